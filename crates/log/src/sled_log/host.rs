//! What the log asks of the machine: a local disk with room, and the text of a panic.

use std::{any::Any, fs::File, path::Path};

use crate::AppendError;

/// The kind of network file system that `dir` is on, if it is on one that is known.
///
/// Numbers are those of `statfs(2)`.
pub(super) fn network_file_system(dir: &Path) -> Option<&'static str> {
    let kind = rustix::fs::statfs(dir).ok()?.f_type;
    match u32::try_from(kind & 0xffff_ffff).ok()? {
        0x6969 => Some("NFS"),
        0x517b => Some("SMB"),
        0xff53_4d42 => Some("CIFS"),
        0xfe53_4d42 => Some("SMB 2"),
        0x0102_1997 => Some("9P"),
        0x00c3_6400 => Some("Ceph"),
        0x5346_414f => Some("AFS"),
        _ => None,
    }
}

/// Refuses to write when the disk has less than `min` bytes left: sled does not recover from a full disk while
/// it runs.
pub(super) fn check_free(file: &File, min: u64) -> Result<(), AppendError> {
    let Ok(disk) = rustix::fs::fstatvfs(file) else { return Ok(()) };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free < min { Err(AppendError::DiskFull { free, min }) } else { Ok(()) }
}

/// What a panic said.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    format!("the store broke off: {}", text.unwrap_or("it did not say why"))
}
