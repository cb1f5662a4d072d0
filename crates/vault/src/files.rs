//! Files that only their owner may touch, written so that a power cut leaves the old or the new, never half.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use crate::{error::VaultError, layout};

const DIR_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// Makes a directory for its owner alone, durably. One that is there must already be so.
pub(crate) fn create_private_dir(dir: &Path) -> Result<(), VaultError> {
    if !dir.is_dir() {
        DirBuilder::new().recursive(true).mode(DIR_MODE).create(dir).map_err(VaultError::io("create the directory", dir))?;
        if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync_dir(parent)?;
        }
    }
    check_private(dir)
}

/// Refuses a file or directory that its group or others may touch.
pub(crate) fn check_private(path: &Path) -> Result<(), VaultError> {
    let metadata = fs::metadata(path).map_err(VaultError::io("look at", path))?;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        let right = if metadata.is_dir() { DIR_MODE } else { FILE_MODE };
        return Err(VaultError::Permissions { path: path.to_owned(), mode, right });
    }
    Ok(())
}

/// Reads a private file whole; `None` when it is not there.
pub(crate) fn read_private(path: &Path) -> Result<Option<Vec<u8>>, VaultError> {
    match File::open(path) {
        Ok(mut file) => {
            check_private(path)?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(VaultError::io("read", path))?;
            Ok(Some(bytes))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(VaultError::io("open", path)(error)),
    }
}

/// Reads a private file that must be there.
pub(crate) fn read_required(path: &Path, what: &'static str) -> Result<Vec<u8>, VaultError> {
    read_private(path)?.ok_or_else(|| VaultError::Missing { what, path: path.to_owned() })
}

/// Makes the entries of a directory durable: names made, changed or removed in it.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), VaultError> {
    File::open(dir).and_then(|file| file.sync_all()).map_err(VaultError::io("sync the directory", dir))
}

/// New content for a file, on the disk under a temporary name.
pub(crate) struct Staged {
    temporary: PathBuf,
    path: PathBuf,
}

/// Writes and syncs `bytes` beside `path`. A failure here has changed nothing that counts and may be tried again.
pub(crate) fn stage(path: &Path, bytes: &[u8]) -> Result<Staged, VaultError> {
    let mut name = path.as_os_str().to_owned();
    name.push(layout::TEMPORARY);
    let temporary = PathBuf::from(name);
    remove(&temporary)?;
    let mut file = private().create_new(true).open(&temporary).map_err(VaultError::io("create", &temporary))?;
    file.write_all(bytes).map_err(VaultError::io("write", &temporary))?;
    file.sync_all().map_err(VaultError::io("sync", &temporary))?;
    Ok(Staged { temporary, path: path.to_owned() })
}

impl Staged {
    /// Puts the new content in place of the old. After a failure nobody knows which of the two the disk holds.
    pub(crate) fn commit(self) -> Result<(), VaultError> {
        fs::rename(&self.temporary, &self.path).map_err(VaultError::io("replace", &self.path))?;
        self.path.parent().map_or(Ok(()), sync_dir)
    }
}

/// Replaces a file at once and durably.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
    stage(path, bytes)?.commit()
}

/// Opens a private file for reading and writing, and makes it when it is not there.
pub(crate) fn open_private(path: &Path) -> Result<File, VaultError> {
    let file = private().create(true).truncate(false).open(path).map_err(VaultError::io("open", path))?;
    check_private(path)?;
    Ok(file)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(FILE_MODE);
    options
}

/// Removes a file; one that is not there is removed already. The directory is not synced.
pub(crate) fn remove(path: &Path) -> Result<(), VaultError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(VaultError::io("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Overwrites a file with zeros, syncs it and removes it. The directory is not synced.
///
/// On a copying file system or a worn flash cell the old bytes may outlive this; they are wrapped under the root
/// key all the same.
pub(crate) fn destroy(path: &Path) -> Result<(), VaultError> {
    let file = match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(VaultError::io("overwrite", path))?,
    };
    overwrite(file).map_err(VaultError::io("overwrite", path))?;
    remove(path)
}

fn overwrite(mut file: File) -> io::Result<()> {
    let length = file.metadata()?.len();
    io::copy(&mut io::repeat(0).take(length), &mut file)?;
    file.sync_all()
}
