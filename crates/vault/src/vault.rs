//! The vault: opens the chain of keys, lends them out, and never shows one.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
};

use chancery_model::{SealedBytes, SubjectId, Ulid};
use zeroize::Zeroizing;

use crate::{
    associated::SealContext,
    cipher::{KEY_BYTES, Key, NONCE_BYTES, TAG_BYTES},
    data_keys::{DataKey, DataKeys},
    error::{OpenError, VaultError},
    files,
    key_file::{self, Kind},
    keyring::{Keyring, Root},
    layout::{self, EpochFile},
    master::MasterKeySource,
    password::HashingConfig,
    pool::{BatchSizes, Pace, Pool},
    purpose::{self, Purpose, PurposeKeys},
    random,
};

/// The algorithm byte in front of sealed bytes: AES-256-GCM-SIV. Others may follow; none is ever reused.
const AES_256_GCM_SIV: u8 = 1;
/// How much longer sealed bytes are than plain ones.
const OVERHEAD_BYTES: usize = 1 + NONCE_BYTES + TAG_BYTES;

/// Where the keys are, and what they are opened with.
#[derive(Debug, Clone)]
pub struct VaultConfig {
    /// The directory of the keys, `<data>/keys`.
    pub dir: PathBuf,
    /// Where the master key comes from.
    pub master: MasterKeySource,
    /// How passwords are hashed; for [`crate::PasswordHasher::new`].
    pub hashing: HashingConfig,
}

impl VaultConfig {
    /// The defaults: keys in `dir`, the master key in a file beside them.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        let dir = dir.into();
        Self { master: MasterKeySource::file_in(&dir), dir, hashing: HashingConfig::default() }
    }
}

/// All keys of an installation. One per process, shared by all threads; a lock file keeps other processes out.
pub struct Vault {
    inner: Arc<Inner>,
    /// Wakes the thread that refills the pool; dropping it ends the thread.
    wake: Option<SyncSender<()>>,
    refiller: Option<JoinHandle<()>>,
}

struct Inner {
    keys: DataKeys,
    pool: Pool,
    /// Below this many the pool is to be refilled.
    low: AtomicUsize,
    ring: Mutex<Ring>,
    purposes: PurposeKeys,
    signing_seed: Key,
    /// Locked while this process has the vault open.
    _lock: File,
}

/// What changes the keyring file; whoever holds it is the only one who does.
struct Ring {
    keyring: Keyring,
    pace: Pace,
}

impl Vault {
    /// Makes new keys in `config.dir`, durably, and opens them. What an interrupted creation left is made anew.
    ///
    /// # Errors
    /// [`VaultError::Exists`] when there are keys already; otherwise what the master key or the disk refused.
    pub fn create(config: &VaultConfig) -> Result<Self, VaultError> {
        Self::create_sized(config, BatchSizes::default())
    }

    /// Opens the keys in `config.dir`.
    ///
    /// # Errors
    /// A [`VaultError`] when anything is missing, damaged, open to others, in use, or does not fit the master key.
    pub fn open(config: &VaultConfig) -> Result<Self, VaultError> {
        Self::open_sized(config, BatchSizes::default())
    }

    pub(crate) fn create_sized(config: &VaultConfig, sizes: BatchSizes) -> Result<Self, VaultError> {
        files::create_private_dir(&config.dir)?;
        let lock = lock(&config.dir)?;
        if Self::exists(&config.dir) {
            return Err(VaultError::Exists { dir: config.dir.clone() });
        }
        let master = config.master.load_or_make()?;
        let root = Root { dir: config.dir.clone(), vault: random::random_bytes(), key: Key::random() };
        Keyring::create(&root)?;
        for (path, kind) in [(layout::purpose_key(&root.dir), Kind::Purpose), (layout::signing_key(&root.dir), Kind::Signing)] {
            files::replace(&path, &key_file::encode(kind, &root.vault, 0, &root.key, &Key::random())?)?;
        }
        // The root key comes last: before it is there nothing can have been sealed, and creation may start over.
        files::replace(&layout::root_key(&root.dir), &key_file::encode(Kind::Root, &root.vault, 0, &master, &root.key)?)?;
        Self::open_locked(config, lock, sizes)
    }

    pub(crate) fn open_sized(config: &VaultConfig, sizes: BatchSizes) -> Result<Self, VaultError> {
        if !config.dir.is_dir() {
            return Err(VaultError::Missing { what: "the keys directory", path: config.dir.clone() });
        }
        files::check_private(&config.dir)?;
        let lock = lock(&config.dir)?;
        Self::open_locked(config, lock, sizes)
    }

    fn open_locked(config: &VaultConfig, lock: File, sizes: BatchSizes) -> Result<Self, VaultError> {
        let root = open_root(config)?;
        let read = |path: PathBuf, kind| key_file::read_wrapped(&path, kind, &root.vault, 0, &root.key);
        let purpose_key = read(layout::purpose_key(&root.dir), Kind::Purpose)?;
        let signing_seed = read(layout::signing_key(&root.dir), Kind::Signing)?;
        let keys = DataKeys::new();
        let keyring = Keyring::open(root, |subject, key| keys.insert(subject, Box::new(DataKey { key, made_here: false })))?;
        let pace = Pace::new(sizes);
        let inner = Arc::new(Inner {
            keys,
            pool: Pool::default(),
            low: AtomicUsize::new(pace.low()),
            ring: Mutex::new(Ring { keyring, pace }),
            purposes: PurposeKeys::new(&purpose_key),
            signing_seed,
            _lock: lock,
        });
        // One waiting wake-up is enough: the thread looks at the pool itself.
        let (wake, woken) = sync_channel(1);
        let for_thread = Arc::clone(&inner);
        let refiller = thread::Builder::new()
            .name("vault-keys".to_owned())
            .spawn(move || for_thread.refill_when_woken(&woken))
            .map_err(VaultError::io("start the thread that makes keys for", &config.dir))?;
        Ok(Self { inner, wake: Some(wake), refiller: Some(refiller) })
    }

    /// Whether there are keys in `dir`, whole or not: if so they are to be opened, and never created over.
    #[must_use]
    pub fn exists(dir: &Path) -> bool {
        layout::root_key(dir).exists()
            || fs::read_dir(dir).is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| holds_keys(&entry))))
    }

    /// Fills the pool in the background, so that the first subjects need not wait. A server calls it at start.
    pub fn prepare_subjects(&self) {
        self.wake();
    }

    /// A new subject. Its data key is on the disk already, and nobody was ever handed the same one.
    ///
    /// # Errors
    /// A [`VaultError`] when the pool is empty and no keys can be written.
    pub fn new_subject(&self) -> Result<SubjectId, VaultError> {
        loop {
            let Some((subject, left)) = self.inner.pool.take() else {
                self.inner.refill()?;
                continue;
            };
            if left < self.inner.low.load(Ordering::Relaxed) {
                self.wake();
            }
            return Ok(subject);
        }
    }

    fn wake(&self) {
        if let Some(wake) = &self.wake {
            // Full means that the thread is about to look anyway.
            let _full = wake.try_send(());
        }
    }

    /// Whether the subject has a key: it was made here and not erased.
    #[must_use]
    pub fn has_key(&self, subject: SubjectId) -> bool {
        self.inner.keys.contains(subject)
    }

    /// How many data keys there are, those waiting in the pool included.
    #[must_use]
    pub fn key_count(&self) -> usize {
        self.inner.keys.len()
    }

    /// Seals `plain` under the subject's key, bound to `context`. 29 bytes longer than what went in.
    ///
    /// # Errors
    /// [`VaultError::Erased`] without a key, [`VaultError::TooLong`] above 1 MiB.
    pub fn seal(&self, subject: SubjectId, context: &SealContext<'_>, plain: &[u8]) -> Result<SealedBytes, VaultError> {
        let key = self.inner.keys.get(subject).ok_or(VaultError::Erased { subject })?;
        let mut bytes = Vec::with_capacity(OVERHEAD_BYTES + plain.len());
        bytes.push(AES_256_GCM_SIV);
        key.cipher().seal_onto(&mut bytes, &context.associated(AES_256_GCM_SIV, subject), plain)?;
        Ok(SealedBytes { subject, bytes: bytes.into() })
    }

    /// Opens what [`Self::seal`] sealed for the same context.
    ///
    /// # Errors
    /// [`OpenError::Erased`] without a key, [`OpenError::Damaged`] when key, context or bytes do not fit.
    pub fn open_sealed(&self, context: &SealContext<'_>, sealed: &SealedBytes) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let key = self.inner.keys.get(sealed.subject).ok_or(OpenError::Erased)?;
        let (algorithm, boxed) = sealed.bytes.split_first().ok_or(OpenError::Damaged)?;
        if *algorithm != AES_256_GCM_SIV {
            return Err(OpenError::Damaged);
        }
        key.cipher().open(&context.associated(*algorithm, sealed.subject), boxed).ok_or(OpenError::Damaged)
    }

    /// Destroys the subject's key for good, in memory and on the disk; `false` when it had none. Costs a rewrite of the
    /// keyring: call it from a thread that may block.
    ///
    /// # Errors
    /// A [`VaultError`] of the disk. The key is then either still whole, or gone from the keyring with files of the
    /// past epoch still to be destroyed: calling again, or the next start, finishes that.
    pub fn erase(&self, subject: SubjectId) -> Result<bool, VaultError> {
        let mut ring = self.inner.ring();
        if !self.inner.keys.contains(subject) {
            ring.keyring.sweep()?;
            return Ok(false);
        }
        self.inner.rewrite(&mut ring, |kept| kept != subject).map(|gone| gone > 0)
    }

    /// Drops keys that nothing uses: left in the pool by earlier processes, or by commands that came to nothing. Keys
    /// that this process made are kept, as somebody may be at work with them. How many were dropped.
    ///
    /// `used` must know every subject of the whole history that is not erased: a key that is dropped is gone for good.
    ///
    /// # Errors
    /// As [`Self::erase`].
    pub fn drop_unused(&self, used: impl Fn(SubjectId) -> bool) -> Result<usize, VaultError> {
        let mut ring = self.inner.ring();
        let mut unused = std::collections::HashSet::new();
        self.inner.keys.try_for_each(|subject, data| {
            if !data.made_here && !used(subject) {
                unused.insert(subject);
            }
            Ok::<(), VaultError>(())
        })?;
        if unused.is_empty() {
            return Ok(0);
        }
        self.inner.rewrite(&mut ring, |kept| !unused.contains(&kept))
    }

    /// HMAC-SHA-256 under the key of `purpose`, over the parts and their lengths.
    #[must_use]
    pub fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        purpose::hmac(self.inner.purposes.key(purpose), parts)
    }

    /// Whether `code` is what [`Self::mac`] gives, compared in constant time.
    #[must_use]
    pub fn mac_matches(&self, purpose: Purpose, parts: &[&[u8]], code: &[u8]) -> bool {
        purpose::same(&self.mac(purpose, parts), code)
    }

    /// The Ed25519 seed that checkpoints of the log are signed with: the same for the life of the vault.
    #[must_use]
    pub fn signing_seed(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        Zeroizing::new(*self.inner.signing_seed.bytes())
    }

    pub(crate) fn pepper(&self) -> Key {
        self.inner.purposes.pepper().clone()
    }
}

impl Drop for Vault {
    fn drop(&mut self) {
        self.wake = None;
        // Waiting for the thread makes sure that the lock is free when this returns. It catches its own errors.
        let _ended = self.refiller.take().map(JoinHandle::join);
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Inner {
    // A panic while the ring is held can only come from an allocation that failed; its state is set after each step.
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refill_when_woken(&self, woken: &Receiver<()>) {
        while woken.recv().is_ok() {
            if let Err(error) = self.refill() {
                tracing::error!(%error, "no new data keys: creating users will fail once the prepared ones are used up");
            }
        }
    }

    /// Makes a batch of keys and adds them to the pool, unless somebody just did.
    fn refill(&self) -> Result<(), VaultError> {
        let mut ring = self.ring();
        if self.pool.len() > 0 && self.pool.len() >= ring.pace.low() {
            return Ok(());
        }
        // Boxed from the start, because moving a key out of a vector would leave a copy behind.
        let fresh = || (SubjectId(Ulid::from(random::random_u128())), Box::new(DataKey { key: Key::random(), made_here: true }));
        let keys: Vec<_> = (0..ring.pace.next()).map(|_| fresh()).collect();
        ring.keyring.append(&keys)?;
        // On the disk: from here on they may be used, first in the map and then in the pool.
        let subjects: Vec<_> = keys.iter().map(|(subject, _)| *subject).collect();
        for (subject, data) in keys {
            self.keys.insert(subject, data);
        }
        self.pool.add(subjects);
        ring.pace.done();
        self.low.store(ring.pace.low(), Ordering::Relaxed);
        Ok(())
    }

    /// Rewrites the keyring with the keys that `keep` names, and forgets the others once the new one counts.
    fn rewrite(&self, ring: &mut Ring, keep: impl Fn(SubjectId) -> bool) -> Result<usize, VaultError> {
        let before = ring.keyring.epoch();
        let result = ring.keyring.rewrite(&self.keys, &keep);
        if ring.keyring.epoch() == before {
            return result.map(|()| 0);
        }
        let mut gone = Vec::new();
        self.keys.try_for_each(|subject, _| {
            if !keep(subject) {
                gone.push(subject);
            }
            Ok::<(), VaultError>(())
        })?;
        for subject in &gone {
            self.pool.remove(*subject);
            self.keys.remove(*subject);
        }
        result.map(|()| gone.len())
    }
}

fn lock(dir: &Path) -> Result<File, VaultError> {
    let path = layout::lock(dir);
    let file = files::open_private(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(VaultError::InUse { dir: dir.to_owned(), lock: path }),
        Err(TryLockError::Error(error)) => Err(VaultError::io("lock", path)(error)),
    }
}

fn open_root(config: &VaultConfig) -> Result<Root, VaultError> {
    let path = layout::root_key(&config.dir);
    let file = key_file::read(&path, Kind::Root)?;
    let master = config.master.load()?;
    let vault = file.vault();
    let key = file
        .open(Kind::Root, &vault, 0, &master)
        .ok_or_else(|| VaultError::WrongMasterKey { source_name: config.master.name(), path })?;
    Ok(Root { dir: config.dir.clone(), vault, key })
}

/// Whether a file is more than what a creation that was cut short leaves: an empty keyring of epoch 1.
fn holds_keys(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name();
    let Some(file) = name.to_str().and_then(EpochFile::parse) else { return false };
    file.epoch() != 1
        || (matches!(file, EpochFile::Ring(_)) && entry.metadata().map_or(true, |data| data.len() > Keyring::EMPTY_BYTES))
}

#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod erase_tests;
#[cfg(test)]
mod tests;
