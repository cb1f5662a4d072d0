//! Where things are in a data directory, and how small files are replaced so that a power cut leaves the old
//! or the new one.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// The layout of a data directory, as far as the log is concerned.
#[derive(Debug, Clone)]
pub struct DataDir {
    root: PathBuf,
}

impl DataDir {
    /// The layout under `root`; nothing is touched.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Held locked by the process that has the directory open.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// The version of the layout, with a checksum.
    #[must_use]
    pub fn format(&self) -> PathBuf {
        self.root.join("format")
    }

    /// sled's directory.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    /// Copies of sled's small files as they were before the last start, for a repair by hand.
    #[must_use]
    pub fn log_aside(&self) -> PathBuf {
        self.root.join("log.aside")
    }

    /// Where a compaction makes the new log, with a directory layout of its own.
    #[must_use]
    pub fn compacting(&self) -> PathBuf {
        self.root.join("compact")
    }

    /// The log before a compaction, until the new one has been opened.
    #[must_use]
    pub fn log_old(&self) -> PathBuf {
        self.root.join("log.old")
    }

    /// The log before a compaction, where it was asked to be kept.
    #[must_use]
    pub fn log_kept(&self) -> PathBuf {
        self.root.join("log.kept")
    }

    /// Whether there is a log, under its own name or under the one that a compaction which broke off has left it with.
    #[must_use]
    pub fn has_log(&self) -> bool {
        self.log().exists() || self.log_old().exists()
    }

    /// A file that only takes room, to be deleted when the disk is full.
    #[must_use]
    pub fn ballast(&self) -> PathBuf {
        self.root.join("ballast")
    }

    /// The number of durable records, written after every commit.
    #[must_use]
    pub fn log_head(&self) -> PathBuf {
        self.root.join("log.head")
    }

    /// The last signed checkpoint.
    #[must_use]
    pub fn witness(&self) -> PathBuf {
        self.root.join("witness")
    }

    /// The hash tree's tiles, a cache.
    #[must_use]
    pub fn tiles(&self) -> PathBuf {
        self.root.join("tiles")
    }

    /// Snapshots of the state, a cache.
    #[must_use]
    pub fn snapshots(&self) -> PathBuf {
        self.root.join("snapshots")
    }
}

/// Creates a directory that only its owner may enter, and its parents, and makes its name durable.
pub(crate) fn create_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.map_or(Ok(()), create_dir)?;
    match DirBuilder::new().mode(0o700).create(dir) {
        // Someone else was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => {}
        made => made?,
    }
    sync_dir(parent.unwrap_or(Path::new(".")))
}

/// Makes the names in a directory durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    File::open(dir)?.sync_all()
}

/// Replaces `path` with `parts`, one after the other, durably: a power cut leaves the old or the new file.
pub(crate) fn replace_file(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let temporary = temporary_of(path);
    write_parts(&temporary, parts)?.sync_all()?;
    fs::rename(&temporary, path)?;
    path.parent().map_or(Ok(()), sync_dir)
}

/// Replaces `path` in one step for readers, without waiting for the disk: for caches that check what they read.
pub(crate) fn replace_cache_file(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let temporary = temporary_of(path);
    write_parts(&temporary, parts)?;
    fs::rename(&temporary, path)
}

fn temporary_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

fn write_parts(path: &Path, parts: &[&[u8]]) -> io::Result<File> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    for part in parts {
        file.write_all(part)?;
    }
    Ok(file)
}

/// Reads a file that may be absent and must be small.
pub(crate) fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
