//! The master key: where it comes from. It is read at start, opens the root key, and is forgotten.
//!
//! An environment variable stays visible to its owner in `/proc` for as long as the process runs; prefer a file
//! or a systemd credential.

use std::{
    env,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use crate::{
    cipher::{KEY_BYTES, Key},
    error::VaultError,
    files, layout,
};

/// How long a command may take to give the master key.
const COMMAND_SECONDS_MAX: u64 = 30;
/// How much text a master key may come in, in bytes.
const TEXT_BYTES_MAX: u64 = 4096;

/// Where the master key is to be had. Everywhere it is 32 bytes as 64 hexadecimal digits or as base64; white space
/// around it does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MasterKeySource {
    /// A file that only its owner may read; made with a random key when a vault is created and it is not there.
    File(PathBuf),
    /// The environment variable of this name.
    Env(String),
    /// The systemd credential of this name (`LoadCredential=` in the unit).
    SystemdCredential(String),
    /// What this program with these arguments prints within 30 seconds.
    Command(Vec<String>),
}

impl MasterKeySource {
    /// The file `master.key` in the keys directory: the default.
    #[must_use]
    pub fn file_in(dir: &Path) -> Self {
        Self::File(dir.join(layout::MASTER_KEY))
    }

    /// How messages call it. A command's arguments may be secret, so only its program is named.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => format!("the file `{}`", path.display()),
            Self::Env(name) => format!("the environment variable `{name}`"),
            Self::SystemdCredential(name) => format!("the systemd credential `{name}`"),
            Self::Command(words) => format!("the command `{}`", words.first().map_or("", String::as_str)),
        }
    }

    /// Gets the key.
    pub(crate) fn load(&self) -> Result<Key, VaultError> {
        let text = match self {
            Self::File(path) => self.file_text(path)?,
            Self::Env(name) => env::var(name).map(Zeroizing::new).map_err(|_| self.refuse("it is not set, or is not text"))?,
            Self::SystemdCredential(name) => self.credential_text(name)?,
            Self::Command(words) => self.command_text(words)?,
        };
        parse(&text).ok_or_else(|| self.refuse("what is there is no key"))
    }

    /// Gets the key for a new vault: a file that is not there is made, with a random key.
    pub(crate) fn load_or_make(&self) -> Result<Key, VaultError> {
        if let Self::File(path) = self
            && !path.exists()
        {
            let mut text = Zeroizing::new(String::with_capacity(2 * KEY_BYTES + 1));
            text.push_str(&Zeroizing::new(hex::encode(Key::random().bytes())));
            text.push('\n');
            files::replace(path, text.as_bytes())?;
        }
        self.load()
    }

    fn refuse(&self, reason: impl Into<String>) -> VaultError {
        VaultError::MasterKey { source_name: self.name(), reason: reason.into() }
    }

    fn file_text(&self, path: &Path) -> Result<Zeroizing<String>, VaultError> {
        let bytes = Zeroizing::new(files::read_required(path, "the master key")?);
        self.text(&bytes)
    }

    fn text(&self, bytes: &[u8]) -> Result<Zeroizing<String>, VaultError> {
        str::from_utf8(bytes).map(|text| Zeroizing::new(text.to_owned())).map_err(|_| self.refuse("what is there is not text"))
    }

    /// systemd guards its credentials directory itself, so its modes are not ours to judge.
    fn credential_text(&self, name: &str) -> Result<Zeroizing<String>, VaultError> {
        let dir = env::var_os("CREDENTIALS_DIRECTORY").ok_or_else(|| {
            self.refuse("`CREDENTIALS_DIRECTORY` is not set: the process was not started by a unit with `LoadCredential=`")
        })?;
        if name.is_empty() || name.contains('/') {
            return Err(self.refuse("a credential's name is a plain file name"));
        }
        let path = Path::new(&dir).join(name);
        let file =
            std::fs::File::open(&path).map_err(|error| self.refuse(format!("cannot open `{}`: {error}", path.display())))?;
        self.bounded(file)
    }

    fn bounded(&self, from: impl Read) -> Result<Zeroizing<String>, VaultError> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(256));
        from.take(TEXT_BYTES_MAX).read_to_end(&mut bytes).map_err(|error| self.refuse(format!("cannot read it: {error}")))?;
        self.text(&bytes)
    }

    fn command_text(&self, words: &[String]) -> Result<Zeroizing<String>, VaultError> {
        let Some((program, arguments)) = words.split_first() else {
            return Err(self.refuse("no command is given"));
        };
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| self.refuse(format!("it does not start: {error}")))?;
        self.wait(&mut child)?;
        child.stdout.take().map_or_else(|| Err(self.refuse("it has no output")), |output| self.bounded(output))
    }

    /// Waits for the command. What a key needs fits into the pipe, so nothing has to be read meanwhile.
    fn wait(&self, child: &mut Child) -> Result<(), VaultError> {
        let deadline = Instant::now() + Duration::from_secs(COMMAND_SECONDS_MAX);
        loop {
            match child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(self.refuse(format!("it ended with {status}"))),
                Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(10)),
                Ok(None) => {
                    // The command has had its time; whether it dies now or has just ended is the same to us.
                    let _ended = child.kill().and_then(|()| child.wait());
                    return Err(self.refuse(format!("it did not end within {COMMAND_SECONDS_MAX} seconds")));
                }
                Err(error) => return Err(self.refuse(format!("it cannot be waited for: {error}"))),
            }
        }
    }
}

/// Reads a key as text.
fn parse(text: &str) -> Option<Key> {
    let text = text.trim();
    let mut bytes = Zeroizing::new([0; KEY_BYTES]);
    if text.len() == 2 * KEY_BYTES {
        hex::decode_to_slice(text, bytes.as_mut_slice()).ok()?;
    } else {
        base64(text, &mut bytes)?;
    }
    Key::from_slice(bytes.as_slice())
}

/// Base64 of exactly 32 bytes, in the usual or the URL alphabet, with or without `=`; spare bits must be zero.
fn base64(text: &str, bytes: &mut [u8; KEY_BYTES]) -> Option<()> {
    let digits = if text.len() == 44 { text.strip_suffix('=')? } else { text };
    if digits.len() != 43 {
        return None;
    }
    let (mut bits, mut held, mut to) = (0_u32, 0_u32, bytes.iter_mut());
    for digit in digits.bytes() {
        bits = (bits << 6) | base64_digit(digit)?;
        held += 6;
        if held >= 8 {
            held -= 8;
            *to.next()? = u8::try_from((bits >> held) & 0xff).ok()?;
            bits &= (1 << held) - 1;
        }
    }
    (bits == 0).then_some(())
}

fn base64_digit(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests;
