//! Signed checkpoints of the tree: C2SP `tlog-checkpoint` in a C2SP `signed-note`, with Ed25519.
//!
//! ```text
//! log.example.org/chancery
//! 42
//! qINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=
//!
//! — log.example.org/chancery Ay+aT…
//! ```

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::Hash;

/// The signature type byte of Ed25519 in signed notes.
const ALGORITHM_ED25519: u8 = 1;
/// A note is refused when it is longer, in bytes.
const NOTE_BYTES_MAX: usize = 64 * 1024;

/// A tree head: which log, how many records, which root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The unique name of the log; the name of its key as well.
    pub origin: String,
    /// The number of records.
    pub size: u64,
    /// The root hash of the tree over them.
    pub root: Hash,
}

/// Why a text is not a valid signed checkpoint or key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// A key name that notes cannot carry.
    #[error("`{name}` is no name for a log: it must not be empty and have no space and no `+`")]
    BadName {
        /// The name.
        name: String,
    },
    /// A public key that is none.
    #[error("the public key is not of the form `name+hash+base64` with an Ed25519 key: {reason}")]
    BadKey {
        /// What is wrong.
        reason: &'static str,
    },
    /// The text is not a note.
    #[error("the signed checkpoint is malformed: {reason}")]
    Malformed {
        /// What is wrong.
        reason: &'static str,
    },
    /// Signed by others only.
    #[error("the checkpoint has no signature by `{name}`")]
    NotSigned {
        /// The key that was expected.
        name: String,
    },
    /// The signature is there and wrong.
    #[error("the signature of the checkpoint by `{name}` is wrong: the checkpoint has been altered, or the key is another one")]
    WrongSignature {
        /// The key.
        name: String,
    },
    /// A checkpoint of another log.
    #[error("the checkpoint is of the log `{found}`, not of `{expected}`")]
    OtherLog {
        /// The origin in the checkpoint.
        found: String,
        /// The log that was expected.
        expected: String,
    },
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Reads the text that is signed. Lines after the third are extensions and are ignored, as specified.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`].
    pub fn parse_body(body: &str) -> Result<Self, CheckpointError> {
        let malformed = |reason| CheckpointError::Malformed { reason };
        if !body.ends_with('\n') {
            return Err(malformed("its text does not end with a line break"));
        }
        let mut lines = body.lines();
        let origin = lines.next().filter(|line| !line.is_empty()).ok_or_else(|| malformed("it has no origin line"))?;
        let size = lines.next().and_then(decimal).ok_or_else(|| malformed("its second line is not a number of records"))?;
        let root = lines.next().and_then(|line| STANDARD.decode(line).ok()).and_then(|root| root.try_into().ok());
        let root = root.ok_or_else(|| malformed("its third line is not a SHA-256 hash in base64"))?;
        Ok(Self { origin: origin.to_owned(), size, root })
    }
}

fn decimal(text: &str) -> Option<u64> {
    let canonical = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if canonical { text.parse().ok() } else { None }
}

/// Signs checkpoints. The seed is the secret; it is never shown.
pub struct CheckpointSigner {
    key: SigningKey,
    verifier: CheckpointVerifier,
}

impl CheckpointSigner {
    /// The signer of the log `name` with the Ed25519 key made of `seed`.
    ///
    /// # Errors
    /// [`CheckpointError::BadName`].
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, CheckpointError> {
        let key = SigningKey::from_bytes(seed);
        let verifier = CheckpointVerifier::new(name, key.verifying_key())?;
        Ok(Self { key, verifier })
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> &CheckpointVerifier {
        &self.verifier
    }

    /// The signed note for a tree of `size` records with that `root`; its origin is the signer's name.
    #[must_use]
    pub fn sign(&self, size: u64, root: Hash) -> String {
        let name = &self.verifier.name;
        let body = Checkpoint { origin: name.clone(), size, root }.body();
        let signature = self.key.sign(body.as_bytes()).to_bytes();
        let signed = [self.verifier.id.as_slice(), &signature].concat();
        format!("{body}\n— {name} {}\n", STANDARD.encode(signed))
    }
}

impl fmt::Debug for CheckpointSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckpointSigner({})", self.verifier)
    }
}

/// The public key of a log, in text `name+hash+base64` (C2SP signed-note).
#[derive(Clone, PartialEq, Eq)]
pub struct CheckpointVerifier {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl CheckpointVerifier {
    fn new(name: &str, key: VerifyingKey) -> Result<Self, CheckpointError> {
        if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+') {
            return Err(CheckpointError::BadName { name: name.to_owned() });
        }
        let hash =
            Sha256::new().chain_update(name).chain_update([b'\n', ALGORITHM_ED25519]).chain_update(key.as_bytes()).finalize();
        let mut id = [0; 4];
        id.iter_mut().zip(hash.iter()).for_each(|(to, from)| *to = *from);
        Ok(Self { name: name.to_owned(), id, key })
    }

    /// Reads `name+hash+base64`.
    ///
    /// # Errors
    /// [`CheckpointError::BadKey`], [`CheckpointError::BadName`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let bad = |reason| CheckpointError::BadKey { reason };
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad("it has not three parts"));
        };
        let key = STANDARD.decode(key).map_err(|_| bad("its third part is not base64"))?;
        let Some((&ALGORITHM_ED25519, key)) = key.split_first() else { return Err(bad("it is not an Ed25519 key")) };
        let key = key.try_into().map_err(|_| bad("an Ed25519 key has 32 bytes"))?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| bad("it is not a point of the curve"))?;
        let verifier = Self::new(name, key)?;
        if hex::encode(verifier.id) != id {
            return Err(bad("its hash does not match"));
        }
        Ok(verifier)
    }

    /// The name of the log.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Checks a signed note and gives its checkpoint. Signatures of others are ignored, as specified.
    ///
    /// # Errors
    /// Any other [`CheckpointError`].
    pub fn verify(&self, note: &str) -> Result<Checkpoint, CheckpointError> {
        let malformed = |reason| CheckpointError::Malformed { reason };
        if note.len() > NOTE_BYTES_MAX {
            return Err(malformed("it is longer than 64 KiB"));
        }
        let cut = note.rfind("\n\n").ok_or_else(|| malformed("it has no blank line before its signatures"))?;
        let (body, signatures) = note.split_at_checked(cut + 1).ok_or_else(|| malformed("it has no signatures"))?;
        let signatures = signatures.strip_prefix('\n').unwrap_or(signatures);
        if !signatures.ends_with('\n') {
            return Err(malformed("its last line does not end with a line break"));
        }
        let signature = self.signature(signatures)?;
        let wrong = || CheckpointError::WrongSignature { name: self.name.clone() };
        self.key.verify_strict(body.as_bytes(), &signature).map_err(|_| wrong())?;
        let checkpoint = Checkpoint::parse_body(body)?;
        if checkpoint.origin != self.name {
            return Err(CheckpointError::OtherLog { found: checkpoint.origin, expected: self.name.clone() });
        }
        Ok(checkpoint)
    }

    fn signature(&self, lines: &str) -> Result<Signature, CheckpointError> {
        let malformed = |reason| CheckpointError::Malformed { reason };
        for line in lines.lines() {
            let line = line.strip_prefix("— ").ok_or_else(|| malformed("a signature line does not start with a dash"))?;
            let (name, signature) = line.split_once(' ').ok_or_else(|| malformed("a signature line has no signature"))?;
            let signature = STANDARD.decode(signature).map_err(|_| malformed("a signature is not base64"))?;
            let Some((id, signature)) = signature.split_at_checked(4) else { return Err(malformed("a signature is too short")) };
            if name == self.name && id == self.id {
                return Signature::from_slice(signature).map_err(|_| malformed("an Ed25519 signature has 64 bytes"));
            }
        }
        Err(CheckpointError::NotSigned { name: self.name.clone() })
    }
}

impl fmt::Display for CheckpointVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ALGORITHM_ED25519], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id), STANDARD.encode(key))
    }
}

impl fmt::Debug for CheckpointVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests;
