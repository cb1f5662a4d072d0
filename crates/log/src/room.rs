//! The room on the disk: how much is free, how much of it is kept in reserve, and the ballast that an operator can delete
//! when the disk is full. sled does not recover from a full disk while it runs, and hardly while it opens.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use rustix::fs::{FallocateFlags, StatVfs};

use crate::{AppendError, data_dir};

/// The reserve is this part of the disk …
const RESERVE_PART: u64 = 20;
/// … but at least so many bytes …
const RESERVE_BYTES_MIN: u64 = 64 << 20;
/// … and at most so many.
const RESERVE_BYTES_MAX: u64 = 256 << 20;
/// A start is refused on a disk with fewer bytes free, or less than the reserve where that is smaller: sled writes as it opens.
pub(crate) const START_BYTES_MIN: u64 = 16 << 20;
/// The usual size of the ballast, in bytes: the largest reserve and some, so that a full disk takes changes again without it.
pub const BALLAST_BYTES: u64 = RESERVE_BYTES_MAX + (64 << 20);

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Bytes free for this process.
    pub free: u64,
    /// Bytes kept in reserve: with fewer free, nothing is appended.
    pub reserve: u64,
}

impl Room {
    /// The room where `path` is; `reserve` is 5 % of the disk, from 64 to 256 MiB, unless it is given.
    ///
    /// # Errors
    /// Those of `statvfs`.
    pub fn at(path: &Path, reserve: Option<u64>) -> io::Result<Self> {
        Ok(Self::of(&rustix::fs::statvfs(path)?, reserve))
    }

    /// The same by an open file.
    pub(crate) fn around(file: &File, reserve: Option<u64>) -> io::Result<Self> {
        Ok(Self::of(&rustix::fs::fstatvfs(file)?, reserve))
    }

    fn of(disk: &StatVfs, reserve: Option<u64>) -> Self {
        let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
        let usual = || (bytes(disk.f_blocks) / RESERVE_PART).clamp(RESERVE_BYTES_MIN, RESERVE_BYTES_MAX);
        Self { free: bytes(disk.f_bavail), reserve: reserve.unwrap_or_else(usual) }
    }

    /// Whether the reserve stays untouched when so many bytes are written.
    ///
    /// # Errors
    /// [`AppendError::DiskFull`].
    pub fn check(&self, bytes: u64) -> Result<(), AppendError> {
        let Self { free, reserve } = *self;
        if free.saturating_sub(bytes) < reserve { Err(AppendError::DiskFull { free, min: reserve }) } else { Ok(()) }
    }
}

/// A file of the data directory that holds nothing but room.
#[derive(Debug, Clone)]
pub struct Ballast {
    path: PathBuf,
    bytes: u64,
}

/// What was done about the ballast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BallastKept {
    /// It is as it should be.
    Unchanged,
    /// It was made, or given another size.
    Made,
    /// It is missing, and there is no room for it now.
    NoRoom,
    /// It was not wanted any more and is gone.
    Removed,
}

impl Ballast {
    /// The ballast at `path`; nothing is touched. With 0 bytes there is to be none.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, bytes: u64) -> Self {
        Self { path: path.into(), bytes }
    }

    /// Makes it if it is missing and twice the reserve stays free beside it: one that an operator has deleted does not come back
    /// before there is room again.
    ///
    /// # Errors
    /// Those of the file system; what was made of it is removed again.
    pub fn keep(&self, room: Room) -> io::Result<BallastKept> {
        let held = match fs::metadata(&self.path) {
            Ok(file) => Some(file.blocks().saturating_mul(512)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        match held {
            None if self.bytes == 0 => Ok(BallastKept::Unchanged),
            Some(_) if self.bytes == 0 => fs::remove_file(&self.path).map(|()| BallastKept::Removed),
            // A file system may count a little more for it, but never less.
            Some(held) if held >= self.bytes && held <= self.bytes.saturating_add(1 << 20) => Ok(BallastKept::Unchanged),
            held => {
                let missing = self.bytes.saturating_sub(held.unwrap_or(0));
                if room.check(missing.saturating_add(room.reserve)).is_err() {
                    return Ok(BallastKept::NoRoom);
                }
                self.make().inspect_err(|_| drop(fs::remove_file(&self.path)))?;
                Ok(BallastKept::Made)
            }
        }
    }

    fn make(&self) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&self.path)?;
        match rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, self.bytes) {
            Ok(()) => {}
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {
                let zeros = vec![0; 1 << 20];
                let mut left = self.bytes;
                while left > 0 {
                    let piece = zeros.get(..usize::try_from(left).unwrap_or(usize::MAX)).unwrap_or(&zeros);
                    file.write_all(piece)?;
                    left = left.saturating_sub(u64::try_from(piece.len()).unwrap_or(u64::MAX));
                }
            }
            Err(error) => return Err(error.into()),
        }
        file.sync_all()?;
        self.path.parent().map_or(Ok(()), data_dir::sync_dir)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLENTY: Room = Room { free: 1 << 40, reserve: 1 << 20 };

    #[test]
    fn the_reserve_is_a_part_of_the_disk_within_bounds() {
        let dir = tempfile::tempdir().unwrap();
        let room = Room::at(dir.path(), None).unwrap();
        assert!((RESERVE_BYTES_MIN..=RESERVE_BYTES_MAX).contains(&room.reserve), "{room:?}");
        assert_eq!(Room::at(dir.path(), Some(7)).unwrap().reserve, 7);
        let room = Room { free: 100, reserve: 60 };
        assert_eq!(room.check(40), Ok(()));
        assert_eq!(room.check(41), Err(AppendError::DiskFull { free: 100, min: 60 }), "what is to be written counts");
        assert_eq!(Room { free: 100, reserve: 101 }.check(0), Err(AppendError::DiskFull { free: 100, min: 101 }));
    }

    #[test]
    fn the_ballast_is_made_resized_and_made_again_only_where_there_is_room() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ballast");
        let ballast = Ballast::new(&path, 2 << 20);
        let held = || fs::metadata(&path).unwrap().blocks() * 512;
        assert_eq!(ballast.keep(PLENTY).unwrap(), BallastKept::Made);
        assert!(held() >= 2 << 20, "the room is really taken");
        assert_eq!(ballast.keep(PLENTY).unwrap(), BallastKept::Unchanged);
        fs::remove_file(&path).unwrap();
        // Twice the reserve has to stay.
        let scarce = Room { free: (4 << 20) - 1, reserve: 1 << 20 };
        assert_eq!(ballast.keep(scarce).unwrap(), BallastKept::NoRoom);
        assert!(!path.exists());
        assert_eq!(ballast.keep(Room { free: 4 << 20, ..scarce }).unwrap(), BallastKept::Made);
        assert_eq!(Ballast::new(&path, 8 << 20).keep(PLENTY).unwrap(), BallastKept::Made);
        assert!(held() >= 8 << 20);
        assert_eq!(Ballast::new(&path, 1 << 20).keep(PLENTY).unwrap(), BallastKept::Made);
        assert!(held() < 4 << 20);
        assert_eq!(Ballast::new(&path, 0).keep(PLENTY).unwrap(), BallastKept::Removed);
        assert_eq!(Ballast::new(&path, 0).keep(PLENTY).unwrap(), BallastKept::Unchanged);
    }
}
