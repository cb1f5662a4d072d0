//! A vault in daily use, and what it refuses to start with.

use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::fs::PermissionsExt,
};

use chancery_model::AccountId;
use tempfile::TempDir;

use super::*;

/// Small batches, so that a few subjects make several.
pub(super) const SMALL: BatchSizes = BatchSizes { least: 4, most: 4 };

pub(super) const FIELD: &str = "user.created.v1/name";

pub(super) fn context(field: &str) -> SealContext<'_> {
    SealContext { account: AccountId::parse("123456789012").unwrap(), field }
}

/// A keys directory with sealed values, whose files can be kept and put back.
pub(super) struct Fixture {
    _home: TempDir,
    pub(super) config: VaultConfig,
    pub(super) sealed: Vec<SealedBytes>,
}

pub(super) type Files = BTreeMap<String, Vec<u8>>;

impl Fixture {
    /// A vault with one value sealed for each of `subjects` subjects.
    pub(super) fn new(subjects: usize) -> Self {
        let home = tempfile::tempdir().unwrap();
        let config = VaultConfig::new(home.path().join("data/keys"));
        let vault = Vault::create_sized(&config, SMALL).unwrap();
        let mut fixture = Self { _home: home, config, sealed: Vec::new() };
        (0..subjects).for_each(|_| fixture.add(&vault));
        fixture
    }

    pub(super) fn add(&mut self, vault: &Vault) {
        let plain = format!("canary {}", self.sealed.len());
        let subject = vault.new_subject().unwrap();
        self.sealed.push(vault.seal(subject, &context(FIELD), plain.as_bytes()).unwrap());
    }

    pub(super) fn open(&self) -> Result<Vault, VaultError> {
        Vault::open_sized(&self.config, SMALL)
    }

    /// The refusal to open.
    pub(super) fn refusal(&self) -> String {
        self.open().map(|_| ()).unwrap_err().to_string()
    }

    /// Which of the sealed values open, as they were.
    pub(super) fn opening(&self, vault: &Vault) -> Vec<usize> {
        let opens = |at: &usize| match vault.open_sealed(&context(FIELD), &self.sealed[*at]) {
            Ok(plain) => {
                assert_eq!(plain.as_slice(), format!("canary {at}").as_bytes());
                true
            }
            Err(_) => false,
        };
        (0..self.sealed.len()).filter(opens).collect()
    }

    pub(super) fn assert_all_open(&self, vault: &Vault, what: &str) {
        assert_eq!(self.opening(vault).len(), self.sealed.len(), "{what}");
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.config.dir.join(name)
    }

    pub(super) fn files(&self) -> Files {
        let entries = fs::read_dir(&self.config.dir).unwrap().map(Result::unwrap);
        entries.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect()
    }

    /// Makes the directory hold exactly `files`.
    pub(super) fn restore(&self, files: &Files) {
        let there = self.files();
        for name in there.keys().filter(|name| !files.contains_key(*name)) {
            fs::remove_file(self.path(name)).unwrap();
        }
        for (name, bytes) in files.iter().filter(|(name, bytes)| there.get(*name) != Some(bytes)) {
            self.put(name, bytes);
        }
    }

    pub(super) fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn what_was_sealed_opens_after_restarts() {
    let mut fixture = Fixture::new(6);
    for restart in 0..4 {
        let vault = fixture.open().unwrap();
        fixture.assert_all_open(&vault, &format!("restart {restart}"));
        fixture.add(&vault);
    }
    let vault = fixture.open().unwrap();
    assert_eq!(fixture.opening(&vault).len(), 10);
}

#[test]
fn creating_over_keys_and_opening_nothing_are_refused() {
    let fixture = Fixture::new(1);
    assert!(Vault::exists(&fixture.config.dir));
    let text = Vault::create(&fixture.config).map(|_| ()).unwrap_err().to_string();
    assert!(text.contains("there are keys in"), "{text}");
    fs::remove_file(fixture.path("root.key")).unwrap();
    assert!(Vault::exists(&fixture.config.dir), "keys without their root key must not be created over");
    assert!(matches!(Vault::create(&fixture.config), Err(VaultError::Exists { .. })));
    let nowhere = VaultConfig::new(fixture.path("nowhere"));
    assert!(!Vault::exists(&nowhere.dir));
    assert!(matches!(Vault::open(&nowhere), Err(VaultError::Missing { .. })));
}

#[test]
fn a_creation_that_was_cut_short_is_made_anew() {
    let fixture = Fixture::new(0);
    let whole = fixture.files();
    let order = ["lock", "master.key", "epoch-1.key", "keyring-1", "keyring.head", "purpose.key", "signing.key"];
    for made in 0..=order.len() {
        fixture.restore(
            &whole
                .iter()
                .filter(|(name, _)| order[..made].contains(&name.as_str()))
                .map(|(n, b)| (n.clone(), b.clone()))
                .collect(),
        );
        assert!(!Vault::exists(&fixture.config.dir), "after {made} files");
        let vault = Vault::create(&fixture.config).unwrap();
        assert!(vault.new_subject().is_ok());
        drop(vault);
        fixture.open().unwrap();
    }
}

#[test]
fn files_are_for_their_owner_alone() {
    let fixture = Fixture::new(5);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    assert_eq!(mode(&fixture.config.dir), 0o700);
    for name in fixture.files().keys() {
        let path = fixture.path(name);
        assert_eq!(mode(&path), 0o600, "{name}");
        for wrong in [0o640, 0o604, 0o620, 0o601] {
            set(&path, wrong);
            let text = fixture.refusal();
            assert!(text.contains(&format!("{name}` has mode {wrong:04o}")) && text.contains("chmod 600"), "{text}");
        }
        set(&path, 0o600);
    }
    set(&fixture.config.dir, 0o750);
    assert!(fixture.refusal().contains("chmod 700"), "{}", fixture.refusal());
    set(&fixture.config.dir, 0o700);
    fixture.assert_all_open(&fixture.open().unwrap(), "with modes put right");
}

#[test]
fn a_second_process_is_kept_out() {
    let fixture = Fixture::new(1);
    let vault = fixture.open().unwrap();
    assert!(matches!(fixture.open(), Err(VaultError::InUse { .. })));
    assert!(matches!(Vault::create(&fixture.config), Err(VaultError::InUse { .. })));
    drop(vault);
    assert!(fixture.open().is_ok());
}

#[test]
fn the_wrong_master_key_is_told_from_damage() {
    let fixture = Fixture::new(1);
    fixture.put("master.key", "11".repeat(32).as_bytes());
    let text = fixture.refusal();
    assert!(text.contains("does not open `") && text.contains("root.key") && text.contains("master.key"), "{text}");
    assert!(matches!(fixture.open(), Err(VaultError::WrongMasterKey { .. })));
}

#[test]
fn a_value_opens_only_where_it_was_sealed() {
    let mut fixture = Fixture::new(0);
    let vault = fixture.open().unwrap();
    fixture.add(&vault);
    fixture.add(&vault);
    let sealed = &fixture.sealed[0];
    assert_eq!(vault.open_sealed(&context("user.created.v1/path"), sealed), Err(OpenError::Damaged));
    let other = SealContext { account: AccountId::parse("123456789013").unwrap(), field: FIELD };
    assert_eq!(vault.open_sealed(&other, sealed), Err(OpenError::Damaged));
    let moved = SealedBytes { subject: fixture.sealed[1].subject, bytes: sealed.bytes.clone() };
    assert_eq!(vault.open_sealed(&context(FIELD), &moved), Err(OpenError::Damaged));
    let unknown = SealedBytes { subject: SubjectId(Ulid::from(7_u128)), bytes: sealed.bytes.clone() };
    assert_eq!(vault.open_sealed(&context(FIELD), &unknown), Err(OpenError::Erased));
    assert!(matches!(vault.seal(unknown.subject, &context(FIELD), b"x"), Err(VaultError::Erased { .. })));
}

#[test]
fn sealed_bytes_resist_flips_and_cuts_and_cost_29_bytes() {
    let fixture = Fixture::new(1);
    let vault = fixture.open().unwrap();
    let sealed = &fixture.sealed[0];
    assert_eq!(sealed.bytes.len(), "canary 0".len() + 29);
    for at in 0..sealed.bytes.len() {
        let mut bytes = sealed.bytes.to_vec();
        bytes[at] ^= 0x10;
        let cut = SealedBytes { subject: sealed.subject, bytes: sealed.bytes[..at].into() };
        let flipped = SealedBytes { subject: sealed.subject, bytes: bytes.into() };
        assert_eq!(vault.open_sealed(&context(FIELD), &flipped), Err(OpenError::Damaged), "byte {at}");
        assert_eq!(vault.open_sealed(&context(FIELD), &cut), Err(OpenError::Damaged), "first {at} bytes");
    }
    let empty = vault.seal(sealed.subject, &context(FIELD), b"").unwrap();
    assert_eq!(vault.open_sealed(&context(FIELD), &empty).unwrap().as_slice(), b"");
    assert!(matches!(vault.seal(sealed.subject, &context(FIELD), &vec![0; (1 << 20) + 1]), Err(VaultError::TooLong { .. })));
    assert_ne!(vault.seal(sealed.subject, &context(FIELD), b"").unwrap().bytes, empty.bytes, "a nonce was used twice");
}

#[test]
fn no_subject_is_handed_out_twice_by_threads_or_restarts() {
    let fixture = Fixture::new(0);
    let mut seen = BTreeSet::new();
    for restart in 0..5 {
        let vault = fixture.open().unwrap();
        vault.prepare_subjects();
        let taken: Vec<SubjectId> = thread::scope(|scope| {
            let take = || (0..9).map(|_| vault.new_subject().unwrap()).collect::<Vec<_>>();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        for subject in taken {
            assert!(vault.has_key(subject));
            assert!(seen.insert(subject), "{subject} was handed out twice, the second time after restart {restart}");
        }
    }
    let vault = fixture.open().unwrap();
    assert!(seen.iter().all(|subject| vault.has_key(*subject)), "a key that was handed out is not on the disk");
}

#[test]
fn a_key_is_on_the_disk_before_it_is_handed_out() {
    let mut fixture = Fixture::new(0);
    let vault = fixture.open().unwrap();
    for _ in 0..12 {
        fixture.add(&vault);
        // A power cut now: the files as they are must do. (The lock keeps the copy from mixing two moments.)
        let copy = tempfile::tempdir().unwrap();
        let config = VaultConfig::new(copy.path().join("keys"));
        files::create_private_dir(&config.dir).unwrap();
        let ring = vault.inner.ring();
        fixture.files().iter().for_each(|(name, bytes)| files::replace(&config.dir.join(name), bytes).unwrap());
        drop(ring);
        let after = Vault::open(&config).unwrap();
        fixture.assert_all_open(&after, "after a power cut");
    }
}

#[test]
fn batches_grow_under_load_and_no_further() {
    let fixture = Fixture::new(0);
    let vault = Vault::open_sized(&fixture.config, BatchSizes { least: 2, most: 16 }).unwrap();
    let taken: BTreeSet<_> = (0..200).map(|_| vault.new_subject().unwrap()).collect();
    assert_eq!(taken.len(), 200);
    let ring = vault.inner.ring();
    assert!(ring.pace.low() <= 4, "a batch is larger than the largest");
    drop(ring);
    assert!(vault.key_count() >= 200 && vault.key_count() <= 200 + 32, "{}", vault.key_count());
}

#[test]
fn codes_differ_by_purpose_parts_and_vault() {
    let fixture = Fixture::new(0);
    let vault = fixture.open().unwrap();
    let code = vault.mac(Purpose::Cursor, &[b"ab", b"c"]);
    let others = [
        vault.mac(Purpose::Token, &[b"ab", b"c"]),
        vault.mac(Purpose::Fingerprint, &[b"ab", b"c"]),
        vault.mac(Purpose::Cursor, &[b"a", b"bc"]),
        vault.mac(Purpose::Cursor, &[b"abc"]),
        vault.mac(Purpose::Cursor, &[b"ab", b"c", b""]),
        Fixture::new(0).open().unwrap().mac(Purpose::Cursor, &[b"ab", b"c"]),
    ];
    assert!(!others.contains(&code));
    assert!(vault.mac_matches(Purpose::Cursor, &[b"ab", b"c"], &code));
    assert!(!vault.mac_matches(Purpose::Cursor, &[b"ab", b"c"], &code[..31]));
    let seed = vault.signing_seed();
    drop(vault);
    let again = fixture.open().unwrap();
    assert_eq!(again.mac(Purpose::Cursor, &[b"ab", b"c"]), code);
    assert_eq!(again.signing_seed(), seed);
}

#[test]
fn nothing_secret_is_shown() {
    let fixture = Fixture::new(1);
    let vault = fixture.open().unwrap();
    let shown = format!("{vault:?} {:?} {:?}", fixture.config, fixture.sealed);
    let master = fs::read_to_string(fixture.path("master.key")).unwrap();
    assert!(!shown.contains(master.trim()) && !shown.contains("canary"));
    for bytes in fixture.files().values() {
        assert!(!bytes.windows(32).any(|window| window == vault.signing_seed().as_slice()), "the signing seed lies in clear");
        let key = vault.inner.keys.get(fixture.sealed[0].subject).unwrap();
        assert!(!bytes.windows(32).any(|window| window == key.bytes()), "a data key lies in clear");
    }
}
