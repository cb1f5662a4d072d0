//! Every byte of every file, flipped, cut off or taken from elsewhere: refused, or harmless.

use super::tests::{Files, Fixture};

/// Opens after `damage`; if that works, every value must open. Whether it was refused.
fn refused(fixture: &Fixture, what: &str) -> bool {
    match fixture.open() {
        Ok(vault) => {
            fixture.assert_all_open(&vault, what);
            false
        }
        Err(error) => {
            let text = error.to_string();
            assert!(
                text.contains("restore") || text.contains("master key") || text.contains("program that wrote it"),
                "no remedy: {text}"
            );
            true
        }
    }
}

/// Tries every change of a file that `changes` gives, each on an otherwise whole directory. How many were refused,
/// and how many did no harm.
fn try_all(name: &str, fixture: &Fixture, whole: &Files, changes: impl Iterator<Item = Vec<u8>>) -> (usize, usize) {
    let (mut refusals, mut harmless) = (0, 0);
    for (number, bytes) in changes.enumerate() {
        fixture.put(name, &bytes);
        if refused(fixture, &format!("{name}, change {number}")) {
            refusals += 1
        } else {
            harmless += 1
        }
        fixture.restore(whole);
    }
    (refusals, harmless)
}

fn fixture() -> (Fixture, Files) {
    let fixture = Fixture::new(6);
    let whole = fixture.files();
    assert_eq!(whole.len(), 8, "{:?}", whole.keys());
    (fixture, whole)
}

#[test]
fn every_flipped_byte_is_refused_or_harmless() {
    let (fixture, whole) = fixture();
    for (name, bytes) in &whole {
        let flips = (0..bytes.len()).flat_map(|at| [0x01, 0x80].map(|mask| (at, mask)));
        let flipped = flips.map(|(at, mask)| {
            let mut bytes = bytes.clone();
            bytes[at] ^= mask;
            bytes
        });
        let (refusals, harmless) = try_all(name, &fixture, &whole, flipped);
        assert_eq!(refusals + harmless, bytes.len() * 2);
        // All but the white space after the master key counts.
        assert!(harmless == 0 || (name == "master.key" && harmless <= 2), "{name}: {harmless} flips went unseen");
    }
}

#[test]
fn every_truncation_is_refused_or_harmless() {
    let (fixture, whole) = fixture();
    for (name, bytes) in &whole {
        let (refusals, harmless) = try_all(name, &fixture, &whole, (0..bytes.len()).map(|length| bytes[..length].to_vec()));
        assert_eq!(refusals + harmless, bytes.len());
        assert!(harmless == 0 || (name == "master.key" && harmless == 1), "{name}: {harmless} truncations went unseen");
    }
}

#[test]
fn the_last_key_is_never_taken_for_a_torn_tail() {
    let (fixture, whole) = fixture();
    let ring = &whole["keyring-1"];
    let last = ring.len() - 76;
    fixture.put("keyring-1", &ring[..last]);
    let text = fixture.refusal();
    assert!(
        text.contains(&format!("damaged at byte {last}")) && text.contains("ends after 7 whole keys, and 8 were written"),
        "{text}"
    );
    let mut flipped = ring.clone();
    flipped[ring.len() - 1] ^= 1;
    fixture.put("keyring-1", &flipped);
    assert!(fixture.refusal().contains(&format!("damaged at byte {last}: this key does not open")), "{}", fixture.refusal());
    assert_eq!(fixture.files()["keyring-1"], flipped, "a refused file was changed");
}

#[test]
fn keys_that_are_swapped_or_repeated_are_refused() {
    let (fixture, whole) = fixture();
    let ring = &whole["keyring-1"];
    let (first, second) = (ring[32..108].to_vec(), ring[108..184].to_vec());
    let swapped = [&ring[..32], &second, &first, &ring[184..]].concat();
    let repeated = [&ring[..32], &first, &first, &ring[184..]].concat();
    let removed = [&ring[..32], &ring[108..]].concat();
    for (bytes, what) in [(swapped, "swapped"), (repeated, "repeated"), (removed, "removed")] {
        fixture.put("keyring-1", &bytes);
        assert!(refused(&fixture, what), "{what}");
    }
}

#[test]
fn every_missing_file_is_named() {
    let (fixture, whole) = fixture();
    for name in whole.keys().filter(|name| *name != "lock") {
        let mut rest = whole.clone();
        rest.remove(name);
        fixture.restore(&rest);
        let text = fixture.refusal();
        assert!(text.contains(name) && text.contains("is missing: restore it"), "{text}");
    }
}

#[test]
fn every_file_of_another_vault_is_refused() {
    let (fixture, whole) = fixture();
    let other = Fixture::new(6).files();
    for name in whole.keys().filter(|name| *name != "lock") {
        fixture.put(name, &other[name]);
        assert!(refused(&fixture, name), "{name} of another vault was taken");
        fixture.restore(&whole);
    }
}

#[test]
fn a_newer_format_says_so() {
    let (fixture, whole) = fixture();
    for name in ["root.key", "purpose.key", "signing.key", "epoch-1.key", "keyring-1", "keyring.head"] {
        let mut bytes = whole[name].clone();
        bytes[7] = 2;
        fixture.put(name, &bytes);
        let text = fixture.refusal();
        assert!(text.contains(name) && text.contains("format version 2, this program reads version 1"), "{text}");
        fixture.restore(&whole);
    }
}

#[test]
fn a_torn_append_is_cut_off() {
    let (fixture, whole) = fixture();
    let ring = &whole["keyring-1"];
    for extra in 1..200 {
        fixture.put("keyring-1", &[ring.as_slice(), &vec![0xa5; extra]].concat());
        fixture.assert_all_open(&fixture.open().unwrap(), &format!("{extra} bytes behind the last key"));
        assert_eq!(fixture.files()["keyring-1"].len(), ring.len());
    }
}

#[test]
fn keys_that_an_older_head_does_not_count_are_kept() {
    let mut fixture = Fixture::new(3);
    let old_head = fixture.files()["keyring.head"].clone();
    let vault = fixture.open().unwrap();
    (0..6).for_each(|_| fixture.add(&vault));
    drop(vault);
    fixture.put("keyring.head", &old_head);
    let vault = fixture.open().unwrap();
    fixture.assert_all_open(&vault, "with an older head");
    fixture.add(&vault);
    drop(vault);
    fixture.assert_all_open(&fixture.open().unwrap(), "after the next append");
}

#[test]
fn half_written_files_are_removed() {
    let (fixture, _) = fixture();
    for name in ["keyring.head.new", "keyring-2.new", "epoch-2.key.new", "root.key.new"] {
        fixture.put(name, b"half");
    }
    fixture.assert_all_open(&fixture.open().unwrap(), "beside half-written files");
    assert_eq!(fixture.files().len(), 8, "{:?}", fixture.files().keys());
}
