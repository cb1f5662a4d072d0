//! What the log asks of the machine: a local disk, and the text of a panic.

use std::{any::Any, path::Path};

/// What is under a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileSystem {
    /// One on which locks and syncs do not hold.
    Network(&'static str),
    /// One that does not outlive its container, or of which it is not known what it does.
    Doubtful(&'static str),
    /// Any other.
    Local,
}

/// The file system that `dir` is on.
pub(super) fn file_system(dir: &Path) -> FileSystem {
    let kind = rustix::fs::statfs(dir).ok().and_then(|disk| u32::try_from(disk.f_type & 0xffff_ffff).ok());
    kind.map_or(FileSystem::Local, of_kind)
}

/// By the numbers of `statfs(2)` and of the kernel's `magic.h`.
fn of_kind(kind: u32) -> FileSystem {
    match kind {
        0x6969 => FileSystem::Network("NFS"),
        0x517b => FileSystem::Network("SMB"),
        0xff53_4d42 => FileSystem::Network("CIFS"),
        0xfe53_4d42 => FileSystem::Network("SMB 2"),
        0x0102_1997 => FileSystem::Network("9P"),
        0x00c3_6400 => FileSystem::Network("Ceph"),
        0x5346_414f | 0x6b41_4653 => FileSystem::Network("AFS"),
        0x7375_7245 => FileSystem::Network("Coda"),
        0x564c => FileSystem::Network("NCP"),
        0x0bd0_0bd0 => FileSystem::Network("Lustre"),
        0x4750_4653 => FileSystem::Network("GPFS"),
        0x1983_0326 => FileSystem::Network("BeeGFS"),
        0x786f_4256 => FileSystem::Network("a VirtualBox share"),
        0x794c_7630 => {
            FileSystem::Doubtful("overlayfs, the writable layer of a container: it is gone with the container. Mount a volume")
        }
        0x6573_5546 => FileSystem::Doubtful("FUSE: whether locks and syncs hold depends on what is behind it"),
        0x0102_1994 | 0x8584_58f6 => FileSystem::Doubtful("memory: it is gone with the machine's power"),
        _ => FileSystem::Local,
    }
}

/// What a panic said.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    format!("the store broke off: {}", text.unwrap_or("it did not say why"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_known_by_their_numbers() {
        for kind in [0x6969, 0xff53_4d42, 0xfe53_4d42, 0x0102_1997, 0x00c3_6400, 0x0bd0_0bd0] {
            assert!(matches!(of_kind(kind), FileSystem::Network(_)), "{kind:#x}");
        }
        for local in [0xef53, 0x5846_5342, 0x9123_683e, 0x2fc1_2fc1] {
            assert_eq!(of_kind(local), FileSystem::Local, "{local:#x}");
        }
        assert!(matches!(of_kind(0x794c_7630), FileSystem::Doubtful(_)));
        // Where the machine has one of its own, its number is read as it is.
        if Path::new("/dev/shm").is_dir() {
            assert!(matches!(file_system(Path::new("/dev/shm")), FileSystem::Doubtful(_) | FileSystem::Local));
        }
    }
}
