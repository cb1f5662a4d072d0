//! Stored bytes that are cheap to share.

use std::{fmt, ops::Deref};

/// The bytes of a record, shared without copying between writer, store and followers.
///
/// Reading from the store hands out its own buffer.
#[derive(Clone, PartialEq, Eq)]
pub struct Bytes(sled::IVec);

impl Bytes {
    pub(crate) fn from_stored(stored: sled::IVec) -> Self {
        Self(stored)
    }

    /// A part of these bytes, which shares their buffer.
    pub(crate) fn part(&self, start: usize, len: usize) -> Self {
        Self(self.0.subslice(start, len))
    }
}

impl Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(sled::IVec::from(bytes))
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(sled::IVec::from(bytes))
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}
