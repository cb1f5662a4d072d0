//! The only encoding of stored values: a format byte, then bincode 2 in its `legacy` configuration.
//!
//! bincode is frozen upstream (RUSTSEC-2025-0141). The maintained crate `wincode` writes the identical bytes,
//! which a test proves, and the format byte lets another codec follow. Decoding never trusts a length: the input
//! is capped before it is read, no length inside may exceed the cap, and no byte may be left over.

use chancery_model::Sequence;
use serde::{Serialize, de::DeserializeOwned};

use crate::Record;

/// The first byte of everything encoded here.
pub const FORMAT: u8 = 1;
/// The largest record, in bytes. The store cuts it into pieces, so that sled never makes a blob of it.
pub const RECORD_BYTES_MAX: usize = 1 << 20;
/// The largest encoded value (the body of a snapshot), in bytes.
pub const VALUE_BYTES_MAX: usize = 8 << 30;

/// Why bytes are not a value, or a value does not fit into bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// Nothing is there.
    #[error("there are no bytes; an encoded value has at least its format byte")]
    Empty,
    /// Another format byte.
    #[error("format {found} is unknown; this version reads format {FORMAT}: use the version that wrote it, or a newer one")]
    UnknownFormat {
        /// The format byte found.
        found: u8,
    },
    /// Over the limit.
    #[error("{bytes} bytes are more than the limit of {max} bytes")]
    TooLarge {
        /// The size found.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// The bytes are not those of the type.
    #[error("the bytes are damaged or of another type: {reason}")]
    Malformed {
        /// What the decoder says.
        reason: String,
    },
    /// The value ends before the bytes do.
    #[error("{bytes} bytes are left over after the value")]
    TrailingBytes {
        /// How many.
        bytes: usize,
    },
    /// A record at the wrong place.
    #[error("the record at place {at} says that it is number {says}")]
    WrongSequence {
        /// The key it was stored under.
        at: Sequence,
        /// The number inside.
        says: Sequence,
    },
    /// A value that cannot be encoded; a mistake in its type.
    #[error("the value cannot be encoded: {reason}")]
    NotEncodable {
        /// What the encoder says.
        reason: String,
    },
}

/// Encodes a value: state for a snapshot, a golden sample, an event.
///
/// # Errors
/// [`CodecError::NotEncodable`], or [`CodecError::TooLarge`] over [`VALUE_BYTES_MAX`].
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, CodecError> {
    let mut bytes = Vec::with_capacity(512);
    bytes.push(FORMAT);
    bincode::serde::encode_into_std_write(value, &mut bytes, bincode::config::legacy())
        .map_err(|error| CodecError::NotEncodable { reason: error.to_string() })?;
    within(bytes.len(), VALUE_BYTES_MAX)?;
    Ok(bytes)
}

/// Decodes what [`encode`] wrote.
///
/// # Errors
/// Any [`CodecError`] that says why the bytes are not a `T`. It never panics and allocates no more than the
/// input allows.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
    within(bytes.len(), VALUE_BYTES_MAX)?;
    let (&format, body) = bytes.split_first().ok_or(CodecError::Empty)?;
    if format != FORMAT {
        return Err(CodecError::UnknownFormat { found: format });
    }
    // The limit is part of the type in bincode. Two are enough: a damaged length in a record may ask for
    // a record's worth of memory, and only a snapshot, whose checksum has been verified, for more.
    let decoded = if body.len() <= RECORD_BYTES_MAX {
        bincode::serde::borrow_decode_from_slice(body, bincode::config::legacy().with_limit::<RECORD_BYTES_MAX>())
    } else {
        bincode::serde::borrow_decode_from_slice(body, bincode::config::legacy().with_limit::<VALUE_BYTES_MAX>())
    };
    let (value, read) = decoded.map_err(|error| CodecError::Malformed { reason: error.to_string() })?;
    match body.len().saturating_sub(read) {
        0 => Ok(value),
        bytes => Err(CodecError::TrailingBytes { bytes }),
    }
}

/// Encodes a record.
///
/// # Errors
/// [`CodecError::TooLarge`] over [`RECORD_BYTES_MAX`], [`CodecError::NotEncodable`].
pub fn encode_record<E: Serialize>(record: &Record<E>) -> Result<Vec<u8>, CodecError> {
    let bytes = encode(record)?;
    within(bytes.len(), RECORD_BYTES_MAX)?;
    Ok(bytes)
}

/// Decodes the record stored at place `at`.
///
/// # Errors
/// As [`decode`], [`CodecError::TooLarge`] over [`RECORD_BYTES_MAX`], and [`CodecError::WrongSequence`] for
/// a record that belongs to another place.
pub fn decode_record<E: DeserializeOwned>(at: Sequence, bytes: &[u8]) -> Result<Record<E>, CodecError> {
    within(bytes.len(), RECORD_BYTES_MAX)?;
    let record: Record<E> = decode(bytes)?;
    if record.sequence != at {
        return Err(CodecError::WrongSequence { at, says: record.sequence });
    }
    Ok(record)
}

fn within(bytes: usize, max: usize) -> Result<(), CodecError> {
    if bytes > max { Err(CodecError::TooLarge { bytes, max }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
