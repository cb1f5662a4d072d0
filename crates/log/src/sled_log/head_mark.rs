//! The head mark: how many records are durable, in 16 bytes that are overwritten after every commit.
//!
//! sled drops what follows a damaged page without a word. The signed witness is up to a second old; this mark is
//! not, and costs one small write without a sync: it reaches the disk after the records that it counts. If it is
//! lost or torn, nothing is lost but this check.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
    path::Path,
};

use chancery_model::Sequence;
use sha2::{Digest as _, Sha256};

/// The open mark.
pub(super) struct HeadMark {
    file: File,
}

impl HeadMark {
    /// Opens or creates it, and gives the head that it says; `None` when it is new or torn.
    pub(super) fn open(path: &Path) -> io::Result<(Self, Option<Sequence>)> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        let mut bytes = [0; 16];
        let head = match file.read_exact_at(&mut bytes, 0) {
            Ok(()) => parse(bytes),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(error) => return Err(error),
        };
        Ok((Self { file }, head))
    }

    /// Says that so many records are durable.
    pub(super) fn set(&mut self, head: Sequence) -> io::Result<()> {
        self.file.write_all_at(&render(head), 0)
    }
}

fn render(head: Sequence) -> [u8; 16] {
    let number = head.0.to_le_bytes();
    let sum = Sha256::digest(number);
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(number.iter().chain(sum.iter())).for_each(|(to, from)| *to = *from);
    bytes
}

fn parse(bytes: [u8; 16]) -> Option<Sequence> {
    let (number, _) = bytes.split_first_chunk::<8>()?;
    let head = Sequence(u64::from_le_bytes(*number));
    (render(head) == bytes).then_some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_was_set_and_nothing_when_torn() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mark");
        let (mut mark, head) = HeadMark::open(&path).unwrap();
        assert_eq!(head, None);
        mark.set(Sequence(7)).unwrap();
        mark.set(Sequence(4_711)).unwrap();
        assert_eq!(HeadMark::open(&path).unwrap().1, Some(Sequence(4_711)));
        for at in 0..16 {
            let mut bytes = render(Sequence(4_711));
            bytes[at] ^= 1;
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(HeadMark::open(&path).unwrap().1, None);
        }
    }
}
