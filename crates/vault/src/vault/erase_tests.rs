//! Erasure: gone in memory, on the disk and for old copies, wherever a crash cuts in.

use super::{
    tests::{FIELD, Files, Fixture, context},
    *,
};

/// A fixture of six, with its files before and after the erasure of the third.
fn erased_third() -> (Fixture, Files, Files) {
    let fixture = Fixture::new(6);
    let before = fixture.files();
    let vault = fixture.open().unwrap();
    assert!(vault.erase(fixture.sealed[2].subject).unwrap());
    drop(vault);
    let after = fixture.files();
    (fixture, before, after)
}

fn names(files: &Files) -> Vec<&str> {
    files.keys().map(String::as_str).collect()
}

#[test]
fn an_erased_subject_never_opens_again_and_others_do() {
    let mut fixture = Fixture::new(6);
    let vault = fixture.open().unwrap();
    let subject = fixture.sealed[2].subject;
    assert!(vault.erase(subject).unwrap());
    assert!(!vault.erase(subject).unwrap(), "erasing twice is no error");
    assert_eq!(vault.open_sealed(&context(FIELD), &fixture.sealed[2]), Err(OpenError::Erased));
    assert!(!vault.has_key(subject));
    fixture.add(&vault);
    assert_eq!(fixture.opening(&vault), [0, 1, 3, 4, 5, 6]);
    drop(vault);
    let vault = fixture.open().unwrap();
    assert_eq!(fixture.opening(&vault), [0, 1, 3, 4, 5, 6]);
    assert_eq!(
        names(&fixture.files()),
        ["epoch-2.key", "keyring-2", "keyring.head", "lock", "master.key", "purpose.key", "root.key", "signing.key"]
    );
}

#[test]
fn old_copies_of_the_keyring_open_nothing() {
    let (fixture, before, after) = erased_third();
    for (name, as_name) in [("keyring-1", "keyring-2"), ("keyring.head", "keyring.head")] {
        fixture.put(as_name, &before[name]);
        assert!(fixture.open().is_err(), "an old {name} was taken");
        fixture.restore(&after);
    }
    let both = before.iter().filter(|(name, _)| *name == "keyring-1" || *name == "keyring.head");
    both.for_each(|(name, bytes)| fixture.put(name, bytes));
    assert!(fixture.refusal().contains("epoch-1.key` is missing"), "{}", fixture.refusal());
    // The wrapped epoch key that could open the old copy lies nowhere any more, in whole or in part.
    let wrapped = &before["epoch-1.key"][44..76];
    for (name, bytes) in &after {
        assert!(
            !bytes.windows(16).any(|window| wrapped.windows(16).any(|part| part == window)),
            "{name} holds the old epoch key"
        );
    }
}

/// Starts from what a crash left and gives the values that open, having checked that leftovers are gone.
fn open_after_crash(fixture: &Fixture, left: &Files, epoch: u64) -> Vec<usize> {
    fixture.restore(left);
    let vault = fixture.open().unwrap();
    let files = fixture.files();
    let (key, ring) = (format!("epoch-{epoch}.key"), format!("keyring-{epoch}"));
    assert_eq!(names(&files), [&key, &ring, "keyring.head", "lock", "master.key", "purpose.key", "root.key", "signing.key"]);
    fixture.opening(&vault)
}

fn with(files: &Files, more: &[(&str, &[u8])]) -> Files {
    let mut files = files.clone();
    files.extend(more.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())));
    files
}

#[test]
fn a_crash_before_the_new_head_keeps_the_subject_until_it_is_erased_again() {
    let (fixture, before, after) = erased_third();
    let (key, ring, head) = (after["epoch-2.key"].as_slice(), after["keyring-2"].as_slice(), after["keyring.head"].as_slice());
    for more in [
        &[("epoch-2.key.new", &key[..50])][..],
        &[("epoch-2.key", key)],
        &[("epoch-2.key", key), ("keyring-2.new", &ring[..ring.len() / 2])],
        &[("epoch-2.key", key), ("keyring-2", ring)],
        &[("epoch-2.key", key), ("keyring-2", ring), ("keyring.head.new", &head[..10])],
        &[("epoch-2.key", key), ("keyring-2", ring), ("keyring.head.new", head)],
    ] {
        assert_eq!(open_after_crash(&fixture, &with(&before, more), 1), [0, 1, 2, 3, 4, 5]);
        let vault = fixture.open().unwrap();
        assert!(vault.erase(fixture.sealed[2].subject).unwrap());
        assert_eq!(fixture.opening(&vault), [0, 1, 3, 4, 5]);
    }
}

#[test]
fn a_crash_after_the_new_head_finishes_the_erasure() {
    let (fixture, before, after) = erased_third();
    let (key, ring) = (before["epoch-1.key"].as_slice(), before["keyring-1"].as_slice());
    for more in [
        &[("epoch-1.key", key), ("keyring-1", ring)][..],
        &[("epoch-1.key", &[0; 100]), ("keyring-1", ring)],
        &[("keyring-1", ring)],
        &[("keyring-1", &[0; 640])],
        &[],
    ] {
        assert_eq!(open_after_crash(&fixture, &with(&after, more), 2), [0, 1, 3, 4, 5]);
    }
}

#[test]
fn a_head_set_back_over_later_epochs_is_refused() {
    let (fixture, before, _) = erased_third();
    let vault = fixture.open().unwrap();
    assert!(vault.erase(fixture.sealed[3].subject).unwrap());
    drop(vault);
    let latest = fixture.files();
    fixture.restore(&with(
        &latest,
        &[
            ("keyring.head", &before["keyring.head"]),
            ("epoch-1.key", &before["epoch-1.key"]),
            ("keyring-1", &before["keyring-1"]),
        ],
    ));
    let text = fixture.refusal();
    assert!(text.contains("the head is older than the other files"), "{text}");
    assert_eq!(fixture.files()["keyring-3"], latest["keyring-3"], "the later keyring was removed");
}

#[test]
fn an_erasure_that_the_disk_refuses_leaves_the_key_whole() {
    let fixture = Fixture::new(3);
    let vault = fixture.open().unwrap();
    // A directory in the way of a file that is to be written: as good as a disk that refuses.
    fs::create_dir(fixture.path("keyring-2.new")).unwrap();
    let error = vault.erase(fixture.sealed[0].subject).unwrap_err();
    assert!(error.to_string().contains("keyring-2.new"), "{error}");
    fixture.assert_all_open(&vault, "after a failed erasure");
    fs::remove_dir(fixture.path("keyring-2.new")).unwrap();
    assert!(vault.erase(fixture.sealed[0].subject).unwrap());
    assert_eq!(fixture.opening(&vault), [1, 2]);
}

#[test]
fn an_append_that_the_disk_refuses_hands_nothing_out_and_recovers() {
    let mut fixture = Fixture::new(0);
    let vault = fixture.open().unwrap();
    fs::create_dir(fixture.path("keyring.head.new")).unwrap();
    assert!(vault.new_subject().is_err());
    assert_eq!(vault.key_count(), 0);
    fs::remove_dir(fixture.path("keyring.head.new")).unwrap();
    (0..3).for_each(|_| fixture.add(&vault));
    drop(vault);
    fixture.assert_all_open(&fixture.open().unwrap(), "after a failed append");
}

#[test]
fn a_pooled_subject_that_is_erased_is_not_handed_out() {
    let fixture = Fixture::new(0);
    let vault = fixture.open().unwrap();
    vault.new_subject().unwrap();
    let (next, _) = vault.inner.pool.take().unwrap();
    vault.inner.pool.add([next]);
    assert!(vault.erase(next).unwrap());
    for _ in 0..8 {
        let subject = vault.new_subject().unwrap();
        assert!(subject != next && vault.has_key(subject));
    }
}

#[test]
fn unused_keys_of_earlier_processes_are_dropped_and_no_others() {
    let mut fixture = Fixture::new(6);
    let vault = fixture.open().unwrap();
    fixture.add(&vault);
    let at_work = vault.new_subject().unwrap();
    let used: Vec<_> = fixture.sealed.iter().map(|sealed| sealed.subject).collect();
    // Eight keys were made before, of which six are used; four are new.
    assert_eq!(vault.drop_unused(|subject| used.contains(&subject)).unwrap(), 2);
    assert_eq!(vault.drop_unused(|subject| used.contains(&subject)).unwrap(), 0);
    assert!(vault.has_key(at_work));
    fixture.assert_all_open(&vault, "after dropping unused keys");
    drop(vault);
    fixture.assert_all_open(&fixture.open().unwrap(), "after dropping unused keys and a restart");
}

#[test]
fn sealing_and_making_subjects_go_on_while_others_are_erased() {
    let fixture = Fixture::new(4);
    let vault = fixture.open().unwrap();
    let kept = &fixture.sealed[3];
    thread::scope(|scope| {
        let reader = || (0..2_000).for_each(|_| assert!(vault.open_sealed(&context(FIELD), kept).is_ok()));
        let maker = || {
            (0..30).for_each(|_| {
                assert!(vault.new_subject().is_ok_and(|subject| vault.seal(subject, &context(FIELD), b"x").is_ok()))
            })
        };
        scope.spawn(reader);
        scope.spawn(maker);
        fixture.sealed[..3].iter().for_each(|sealed| assert!(vault.erase(sealed.subject).unwrap()));
    });
    drop(vault);
    assert_eq!(fixture.opening(&fixture.open().unwrap()), [3]);
}
