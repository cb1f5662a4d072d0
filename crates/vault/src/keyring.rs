//! The keyring on disk: the data keys of all subjects, wrapped under the key of an epoch.
//!
//! # Files
//! - `keyring-N`: header of 32 bytes (magic and version 8, vault id 16, epoch 8), then entries of 76 bytes
//!   (subject 16, nonce 12, wrapped key 32, tag 16). The tag binds vault, epoch, place and subject.
//! - `epoch-N.key`: the key of epoch N, wrapped under the root key.
//! - `keyring.head`: which epoch counts and how many entries it must have, authenticated, replaced atomically.
//!
//! # Why no key is lost unnoticed
//! Entries are written and synced, then the head that counts them is replaced and synced, and only then is a
//! subject handed out. So **every key that anything may have been sealed under is counted in the head**:
//! - An entry that the head counts and that is missing, cut short, moved or changed in any bit stops the start. It
//!   is never taken for a torn tail, were it the last one.
//! - What follows the counted entries was never handed out. Whole entries are kept all the same (should somebody
//!   have put back an older head alone, they are needed), and what is not a whole entry is a torn append: it is
//!   cut off with a warning.
//! - The head is authenticated: a changed or lost one stops the start. All files carry the vault's id, and those of
//!   an epoch its number, so that files of two vaults or moments do not pass for one set.
//!
//! What cannot be seen from here: the whole directory set back to an older moment. The engine sees it, because its
//! log then names subjects that have no key and were never erased.
//!
//! # Why an erased key is gone
//! Erasing writes `epoch-(N+1).key` and `keyring-(N+1)` without the subject, replaces the head (this is the
//! moment of erasure), overwrites and removes `epoch-N.key`, and removes `keyring-N`. Old copies of `keyring-N`
//! then open nothing. A crash before the head is replaced leaves files of epoch N+1, one after it files of epoch N;
//! the next start removes either. Backups of this directory hold old epoch keys: keep them for less time than
//! the erased are to be remembered.

use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use chancery_model::{SubjectId, Ulid};

use crate::{
    cipher::{Cipher, KEY_BYTES, Key, NONCE_BYTES, TAG_BYTES},
    data_keys::{DataKey, DataKeys},
    error::VaultError,
    files,
    head::Head,
    key_file::{self, Kind, VaultId},
    layout::{self, EpochFile},
    purpose,
};

const MAGIC: &[u8; 7] = b"CHVRING";
const VERSION: u8 = 1;
const HEADER_BYTES: usize = 32;
const SUBJECT_BYTES: usize = 16;
const ENTRY_BYTES: usize = SUBJECT_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES;

/// The root key and what names this vault: what every file is made with.
pub(crate) struct Root {
    pub(crate) dir: PathBuf,
    pub(crate) vault: VaultId,
    pub(crate) key: Key,
}

impl Root {
    fn head_key(&self) -> Key {
        purpose::derive(&self.key, "keyring head")
    }

    /// The header that a keyring of this vault and epoch starts with.
    fn header(&self, epoch: u64) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.vault);
        bytes.extend_from_slice(&epoch.to_le_bytes());
        bytes
    }
}

/// The keyring file that counts, open for appending. One per process, behind a lock.
pub(crate) struct Keyring {
    root: Root,
    head_key: Key,
    epoch: u64,
    epoch_key: Key,
    file: File,
    count: u64,
    /// A sync failed: nobody knows what the disk holds, and a second try would not tell (fsync forgets).
    unsure: bool,
    /// Files of a past epoch may still be there.
    stale: bool,
}

impl Keyring {
    /// How long a keyring without keys is, in bytes.
    pub(crate) const EMPTY_BYTES: u64 = HEADER_BYTES as u64;

    /// Makes the files of epoch 1, with no keys in them.
    pub(crate) fn create(root: &Root) -> Result<(), VaultError> {
        write_epoch(root, 1, &Key::random(), &root.header(1))?;
        files::replace(&layout::head(&root.dir), &Head { epoch: 1, count: 0 }.encode(&root.vault, &root.head_key()))
    }

    /// Reads and checks everything, gives every key to `each`, and finishes what a crash left undone.
    pub(crate) fn open(root: Root, each: impl FnMut(SubjectId, Key)) -> Result<Self, VaultError> {
        let head_key = root.head_key();
        let head = Head::read(&root.dir, &root.vault, &head_key)?;
        let epoch_path = layout::epoch_key(&root.dir, head.epoch);
        let epoch_key = key_file::read_wrapped(&epoch_path, Kind::Epoch, &root.vault, head.epoch, &root.key)?;
        let path = layout::keyring(&root.dir, head.epoch);
        let bytes = files::read_required(&path, "the keyring")?;
        let count = Reader { root: &root, path: &path, head, cipher: epoch_key.cipher() }.read(&bytes, each)?;
        let file = files::open_private(&path)?;
        let mut ring = Self { root, head_key, epoch: head.epoch, epoch_key, file, count, unsure: false, stale: true };
        ring.sweep()?;
        ring.cut_tail(bytes.len())?;
        Ok(ring)
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Appends keys. When this returns, they and the head that counts them are on the disk.
    pub(crate) fn append(&mut self, keys: &[(SubjectId, Box<DataKey>)]) -> Result<(), VaultError> {
        self.check_sure()?;
        let mut bytes = Vec::with_capacity(keys.len() * ENTRY_BYTES);
        let cipher = self.epoch_key.cipher();
        let mut count = self.count;
        for (subject, data) in keys {
            write_entry(&mut bytes, &self.root.vault, self.epoch, count, *subject, &data.key, &cipher)?;
            count += 1;
        }
        let path = layout::keyring(&self.root.dir, self.epoch);
        self.file.write_all_at(&bytes, offset(self.count)).map_err(VaultError::io("write", &path))?;
        let head = Head { epoch: self.epoch, count }.encode(&self.root.vault, &self.head_key);
        let staged = files::stage(&layout::head(&self.root.dir), &head)?;
        // Up to here a failure (a full disk, say) has changed nothing that counts, and the next append writes over it.
        self.unsure = true;
        self.file.sync_data().map_err(VaultError::io("sync", &path))?;
        staged.commit()?;
        self.unsure = false;
        self.count = count;
        Ok(())
    }

    /// Writes the keys that `keep` names into a new epoch and destroys the old one.
    ///
    /// An error after the new epoch counts (see [`Self::epoch`]) means that the old one is not destroyed yet.
    pub(crate) fn rewrite(&mut self, keys: &DataKeys, keep: impl Fn(SubjectId) -> bool) -> Result<(), VaultError> {
        self.check_sure()?;
        let (epoch, epoch_key) = (self.epoch + 1, Key::random());
        let cipher = epoch_key.cipher();
        let mut bytes = self.root.header(epoch);
        let mut count = 0;
        keys.try_for_each(|subject, data| {
            if keep(subject) {
                write_entry(&mut bytes, &self.root.vault, epoch, count, subject, &data.key, &cipher)?;
                count += 1;
            }
            Ok(())
        })?;
        write_epoch(&self.root, epoch, &epoch_key, &bytes)?;
        let file = files::open_private(&layout::keyring(&self.root.dir, epoch))?;
        let staged =
            files::stage(&layout::head(&self.root.dir), &Head { epoch, count }.encode(&self.root.vault, &self.head_key))?;
        self.unsure = true;
        staged.commit()?;
        self.unsure = false;
        (self.epoch, self.epoch_key, self.file, self.count, self.stale) = (epoch, epoch_key, file, count, true);
        self.sweep()
    }

    /// Destroys the keys and removes the files of every epoch but the one that counts, and half-written files.
    pub(crate) fn sweep(&mut self) -> Result<(), VaultError> {
        if !self.stale {
            return Ok(());
        }
        let leftovers = self.leftovers()?;
        for path in &leftovers {
            files::destroy(path)?;
        }
        if !leftovers.is_empty() {
            files::sync_dir(&self.root.dir)?;
        }
        self.stale = false;
        Ok(())
    }

    /// Files to destroy, keys before keyrings.
    fn leftovers(&self) -> Result<Vec<PathBuf>, VaultError> {
        let (mut epoch_keys, mut others) = (Vec::new(), Vec::new());
        let listing = fs::read_dir(&self.root.dir).map_err(VaultError::io("list", &self.root.dir))?;
        for entry in listing {
            let entry = entry.map_err(VaultError::io("list", &self.root.dir))?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            match EpochFile::parse(name) {
                Some(file) if file.epoch() > self.epoch + 1 => return Err(self.head_is_old(name)),
                Some(file) if file.epoch() == self.epoch => {}
                Some(EpochFile::Key(_)) => epoch_keys.push(entry.path()),
                Some(EpochFile::Ring(_)) => others.push(entry.path()),
                None if name.ends_with(layout::TEMPORARY) => others.push(entry.path()),
                None => {}
            }
        }
        epoch_keys.append(&mut others);
        Ok(epoch_keys)
    }

    /// Only one epoch is ever prepared ahead, so a later one means that the head was put back.
    fn head_is_old(&self, name: &str) -> VaultError {
        let reason =
            format!("it names epoch {}, but `{name}` is of a later one: the head is older than the other files", self.epoch);
        VaultError::damaged(layout::head(&self.root.dir), 24, reason)
    }

    fn check_sure(&self) -> Result<(), VaultError> {
        if self.unsure { Err(VaultError::Unsure { dir: self.root.dir.clone() }) } else { Ok(()) }
    }

    /// Cuts off a torn append, which the head does not count.
    fn cut_tail(&self, length: usize) -> Result<(), VaultError> {
        let whole = offset(self.count);
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        if length <= whole {
            return Ok(());
        }
        let path = layout::keyring(&self.root.dir, self.epoch);
        tracing::warn!(file = %path.display(), offset = whole, bytes = length - whole, "cut off a torn append to the keyring; no key in it was in use");
        self.file.set_len(whole).and_then(|()| self.file.sync_all()).map_err(VaultError::io("shorten", &path))
    }
}

/// Writes the two files of an epoch, durably. They do not count before the head says so.
fn write_epoch(root: &Root, epoch: u64, epoch_key: &Key, ring: &[u8]) -> Result<(), VaultError> {
    let key_file = key_file::encode(Kind::Epoch, &root.vault, epoch, &root.key, epoch_key)?;
    files::replace(&layout::epoch_key(&root.dir, epoch), &key_file)?;
    files::replace(&layout::keyring(&root.dir, epoch), ring)
}

/// Where entry number `index` starts.
fn offset(index: u64) -> u64 {
    HEADER_BYTES as u64 + index * ENTRY_BYTES as u64
}

fn associated(vault: &VaultId, epoch: u64, index: u64, subject: &[u8; SUBJECT_BYTES]) -> [u8; 56] {
    let mut bytes = [0; 56];
    let parts: [&[u8]; 5] = [b"CHVENTRY", vault, &epoch.to_le_bytes(), &index.to_le_bytes(), subject];
    bytes.iter_mut().zip(parts.into_iter().flatten()).for_each(|(to, from)| *to = *from);
    bytes
}

fn write_entry(
    out: &mut Vec<u8>,
    vault: &VaultId,
    epoch: u64,
    index: u64,
    subject: SubjectId,
    key: &Key,
    cipher: &Cipher,
) -> Result<(), VaultError> {
    let subject = u128::from(subject.0).to_le_bytes();
    out.extend_from_slice(&subject);
    cipher.seal_onto(out, &associated(vault, epoch, index, &subject), key.bytes())
}

/// Reads the keyring that the head names.
struct Reader<'a> {
    root: &'a Root,
    path: &'a Path,
    head: Head,
    cipher: Cipher,
}

impl Reader<'_> {
    /// Gives every key to `each`; how many there are. All that the head counts must be there and open.
    fn read(&self, bytes: &[u8], mut each: impl FnMut(SubjectId, Key)) -> Result<u64, VaultError> {
        let entries = self.check_header(bytes)?;
        let mut count = 0;
        for entry in entries.chunks_exact(ENTRY_BYTES) {
            match self.open_entry(count, entry) {
                Some((subject, key)) => each(subject, key),
                None if count < self.head.count => {
                    return Err(self.damaged(count, "this key does not open: it was changed or moved"));
                }
                None => break,
            }
            count += 1;
        }
        if count < self.head.count {
            return Err(self.damaged(count, &format!("it ends after {count} whole keys, and {} were written", self.head.count)));
        }
        Ok(count)
    }

    /// The header says nothing that is not known already, so that every bit of it can be checked.
    fn check_header<'b>(&self, bytes: &'b [u8]) -> Result<&'b [u8], VaultError> {
        let expected = self.root.header(self.head.epoch);
        if let Some(entries) = bytes.strip_prefix(expected.as_slice()) {
            return Ok(entries);
        }
        if let Some(version) = bytes.strip_prefix(MAGIC).and_then(|rest| rest.first()).copied().filter(|v| *v != VERSION) {
            return Err(VaultError::Version { path: self.path.to_owned(), version, known: VERSION });
        }
        let at = expected.iter().zip(bytes).take_while(|(a, b)| a == b).count();
        Err(VaultError::damaged(self.path, at, "its header is not that of this vault and epoch"))
    }

    fn open_entry(&self, index: u64, entry: &[u8]) -> Option<(SubjectId, Key)> {
        let (subject, sealed) = entry.split_first_chunk::<SUBJECT_BYTES>()?;
        let key = self.cipher.open(&associated(&self.root.vault, self.head.epoch, index, subject), sealed)?;
        Some((SubjectId(Ulid::from(u128::from_le_bytes(*subject))), Key::from_slice(&key)?))
    }

    fn damaged(&self, index: u64, reason: &str) -> VaultError {
        VaultError::Damaged { path: self.path.to_owned(), offset: offset(index), reason: reason.to_owned() }
    }
}
