//! Fields that may not stand in clear in the log.
//!
//! A *sealed* field is a secret; a *personal* field is a datum about a person. Both are stored as
//! ciphertext under the key of their subject. Erasing that key erases the datum and leaves the log,
//! and every proof over it, as they were.

use std::{fmt, marker::PhantomData, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::SubjectId;

/// Ciphertext with the subject whose key opens it. Hexadecimal in JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedBytes {
    /// Whose key opens it.
    pub subject: SubjectId,
    /// Algorithm byte, nonce, ciphertext and tag, as `vault` made them.
    pub bytes: Arc<[u8]>,
}

impl fmt::Debug for SealedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sealed({}, {} bytes)", self.subject, self.bytes.len())
    }
}

#[derive(Serialize, Deserialize)]
struct Readable {
    subject: SubjectId,
    sealed: String,
}

impl Serialize for SealedBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            let sealed = self.bytes.iter().map(|b| format!("{b:02x}")).collect();
            return Readable { subject: self.subject, sealed }.serialize(serializer);
        }
        (self.subject, Binary(&*self.bytes)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SealedBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let Readable { subject, sealed } = Readable::deserialize(deserializer)?;
            return Ok(Self {
                subject,
                bytes: from_hex(&sealed).ok_or_else(|| de::Error::custom("sealed bytes are hexadecimal"))?,
            });
        }
        let (subject, Binary(bytes)) = <(SubjectId, Binary<Arc<[u8]>>)>::deserialize(deserializer)?;
        Ok(Self { subject, bytes })
    }
}

/// Bytes in one piece. Binary formats write them as they write a list of numbers; serde's own way takes them one by one.
struct Binary<T>(T);

impl Serialize for Binary<&[u8]> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'de> Deserialize<'de> for Binary<Arc<[u8]>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(BinaryVisitor)
    }
}

struct BinaryVisitor;

impl de::Visitor<'_> for BinaryVisitor {
    type Value = Binary<Arc<[u8]>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(Binary(bytes.into()))
    }
}

fn from_hex(text: &str) -> Option<Arc<[u8]>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

/// A secret of type `T`, sealed. It is opened in memory only, by the vault, and never kept open.
pub struct Sealed<T> {
    /// The ciphertext.
    pub sealed: SealedBytes,
    kind: PhantomData<fn() -> T>,
}

impl<T> Sealed<T> {
    /// Says of what type the sealed secret is.
    #[must_use]
    pub fn new(sealed: SealedBytes) -> Self {
        Self { sealed, kind: PhantomData }
    }
}

impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        Self::new(self.sealed.clone())
    }
}

impl<T> PartialEq for Sealed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.sealed == other.sealed
    }
}

impl<T> Eq for Sealed<T> {}

impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sealed.fmt(f)
    }
}

impl<T> Serialize for Sealed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.sealed.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Sealed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SealedBytes::deserialize(deserializer).map(Self::new)
    }
}

/// What a personal field holds, as the bytes that are sealed.
pub trait Plain: Sized {
    /// The bytes to seal.
    fn to_plain(&self) -> Vec<u8>;
    /// The value of opened bytes; `None` when they are none of this type's (a broken invariant of ours).
    fn from_plain(bytes: &[u8]) -> Option<Self>;
}

/// A personal datum: sealed in the log and in snapshots, open in memory.
///
/// Serialization writes the ciphertext only, so that erasing the subject's key erases the datum wherever
/// it is stored. Equality is that of the ciphertext.
#[derive(Clone)]
pub struct Personal<T> {
    sealed: SealedBytes,
    open: Option<T>,
}

impl<T> Personal<T> {
    /// A datum with its ciphertext.
    #[must_use]
    pub fn new(open: T, sealed: SealedBytes) -> Self {
        Self { sealed, open: Some(open) }
    }

    /// The datum; `None` once its subject is erased.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        self.open.as_ref()
    }

    /// The ciphertext.
    #[must_use]
    pub fn sealed(&self) -> &SealedBytes {
        &self.sealed
    }

    /// Whose datum it is.
    #[must_use]
    pub fn subject(&self) -> SubjectId {
        self.sealed.subject
    }

    /// Forgets the datum in clear: its subject has been erased.
    pub fn forget(&mut self) {
        self.open = None;
    }
}

impl<T: Plain> Personal<T> {
    /// Opens a datum that was read from storage: `opener` gives the plain bytes, or `None` for an erased subject.
    pub fn open_with(&mut self, opener: impl FnOnce(&SealedBytes) -> Option<Vec<u8>>) {
        if self.open.is_none() {
            self.open = opener(&self.sealed).and_then(|bytes| T::from_plain(&bytes));
        }
    }
}

impl<T> PartialEq for Personal<T> {
    fn eq(&self, other: &Self) -> bool {
        self.sealed == other.sealed
    }
}

impl<T> Eq for Personal<T> {}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "personal({})", self.subject())
    }
}

impl<T> Serialize for Personal<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.sealed.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Personal<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { sealed: SealedBytes::deserialize(deserializer)?, open: None })
    }
}
