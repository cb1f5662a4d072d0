//! The `format` file: the version of the data directory's layout, and the checksum of sled's settings.
//!
//! It is written last when a directory is made, so that a directory without it holds no record.

use std::{io, path::Path};

use sha2::{Digest as _, Sha256};

use super::OpenError;
use crate::{DataDir, data_dir};

/// The newest layout that this version knows.
pub(super) const FORMAT_KNOWN: u32 = 1;

const TITLE: &str = "chancery data directory";
const REMEDY: &str = "Restore this file from a backup of the same data directory";

/// What a format file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Format {
    version: u32,
    settings: String,
}

/// Reads and checks it; `None` for a directory that has none.
pub(super) fn read(dir: &DataDir) -> Result<Option<Format>, OpenError> {
    let at = dir.format();
    let io = |source| OpenError::Io { action: "read", path: at.clone(), source };
    let Some(bytes) = data_dir::read_if_there(&at).map_err(io)? else { return Ok(None) };
    let damaged =
        |reason: &str| OpenError::Damaged { what: "the format file", at: at.clone(), reason: reason.to_owned(), remedy: REMEDY };
    let format = parse(&bytes).map_err(damaged)?;
    if format.version > FORMAT_KNOWN {
        return Err(OpenError::NewerFormat { dir: dir.root().to_owned(), found: format.version, known: FORMAT_KNOWN });
    }
    Ok(Some(format))
}

/// Writes it, durably.
pub(super) fn write(dir: &DataDir) -> Result<(), OpenError> {
    let settings = settings_of(&dir.log()).map_err(|source| OpenError::Io { action: "read", path: dir.log(), source })?;
    let text = render(&Format { version: FORMAT_KNOWN, settings });
    data_dir::replace_file(&dir.format(), &[text.as_bytes()]).map_err(|source| OpenError::Io {
        action: "write",
        path: dir.format(),
        source,
    })
}

impl Format {
    /// Checks that sled's settings are those of the day the directory was made: sled takes a cut settings file
    /// for an absent one.
    pub(super) fn check_settings(&self, dir: &DataDir) -> Result<(), OpenError> {
        let at = dir.log().join("conf");
        match settings_of(&dir.log()) {
            Ok(settings) if settings == self.settings => Ok(()),
            Ok(_) => Err(damaged_settings(at, "its checksum does not match".to_owned())),
            Err(error) => Err(damaged_settings(at, error.to_string())),
        }
    }
}

fn damaged_settings(at: std::path::PathBuf, reason: String) -> OpenError {
    let remedy = "Copy the file of the same name from `log.aside` back, or restore the data directory from a backup";
    OpenError::Damaged { what: "the store's settings file", at, reason, remedy }
}

fn settings_of(log: &Path) -> io::Result<String> {
    std::fs::read(log.join("conf")).map(|bytes| hex::encode(Sha256::digest(bytes)))
}

fn render(format: &Format) -> String {
    let body = format!("{TITLE}\nformat {}\nsettings {}\n", format.version, format.settings);
    let sum = hex::encode(Sha256::digest(&body));
    format!("{body}checksum {sum}\n")
}

fn parse(bytes: &[u8]) -> Result<Format, &'static str> {
    let text = str::from_utf8(bytes).map_err(|_| "it is not text")?;
    let cut = text.rfind("checksum ").ok_or("it has no checksum")?;
    let (body, sum) = text.split_at_checked(cut).ok_or("it has no checksum")?;
    if sum != format!("checksum {}\n", hex::encode(Sha256::digest(body))) {
        return Err("its checksum does not match");
    }
    let mut lines = body.lines();
    if lines.next() != Some(TITLE) {
        return Err("it is not that of a data directory");
    }
    let version = lines.next().and_then(|line| line.strip_prefix("format ")?.parse().ok()).ok_or("it names no format")?;
    // A newer format may say more, or other things, on the lines that follow.
    let settings = lines.next().and_then(|line| line.strip_prefix("settings ")).unwrap_or_default();
    Ok(Format { version, settings: settings.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_as_written_and_refused_when_altered() {
        let dir = tempfile::tempdir().unwrap();
        let dir = DataDir::new(dir.path());
        assert_eq!(read(&dir).unwrap(), None);
        let newer = render(&Format { version: 2, settings: "ab".into() });
        std::fs::create_dir_all(dir.root()).unwrap();
        std::fs::write(dir.format(), &newer).unwrap();
        assert!(matches!(read(&dir), Err(OpenError::NewerFormat { found: 2, known: 1, .. })));
        let good = Format { version: 1, settings: "ab".into() };
        let text = render(&good).into_bytes();
        assert_eq!(parse(&text), Ok(good));
        for at in 0..text.len() {
            let mut altered = text.clone();
            altered[at] ^= 1;
            assert!(parse(&altered).is_err(), "byte {at}");
            assert!(parse(&text[..at]).is_err(), "cut at {at}");
        }
    }
}
