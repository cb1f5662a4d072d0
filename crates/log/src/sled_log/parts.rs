//! How records become keys and values, and back.
//!
//! A record is cut into parts of [`PART_BYTES`]; the first part that is shorter is the last one, if need be an
//! empty one. The first part's key is the sequence in eight big-endian bytes; each further part adds its number in
//! two. sled stores a page of more than 131,052 bytes as a blob that it never syncs, and a page may hold 17 values:
//! parts of 4 KiB stay well below.

use std::ops::Range;

use chancery_model::Sequence;

use crate::Bytes;

/// The size of every part of a record but its last, in bytes.
pub(super) const PART_BYTES: usize = 4 << 10;

/// The write of records from number `first` on.
pub(super) fn cut(first: Sequence, records: &[Bytes]) -> sled::Batch {
    let mut batch = sled::Batch::default();
    for (number, record) in (first.0..).zip(records) {
        if record.len() < PART_BYTES {
            batch.insert(&number.to_be_bytes(), record.stored());
            continue;
        }
        for part in 0..=record.len() / PART_BYTES {
            let start = part * PART_BYTES;
            let len = PART_BYTES.min(record.len().saturating_sub(start));
            batch.insert(key(number, part), record.part(start, len));
        }
    }
    batch
}

/// The keys of the records in a range.
pub(super) fn keys(records: Range<u64>) -> Range<[u8; 8]> {
    records.start.to_be_bytes()..records.end.to_be_bytes()
}

fn key(number: u64, part: usize) -> sled::IVec {
    let number = number.to_be_bytes();
    match u16::try_from(part).unwrap_or(u16::MAX) {
        0 => sled::IVec::from(&number),
        part => [number.as_slice(), &part.to_be_bytes()].concat().into(),
    }
}

/// The record and part that a key names; `None` for a key that is none of ours.
pub(super) fn parse_key(key: &[u8]) -> Option<(u64, usize)> {
    let (number, part) = key.split_first_chunk::<8>()?;
    let number = u64::from_be_bytes(*number);
    match part {
        [] => Some((number, 0)),
        [high, low] => Some((number, usize::from(u16::from_be_bytes([*high, *low])))).filter(|(_, part)| *part > 0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written_and_in_order() {
        let names = [(0, 0), (0, 1), (0, 256), (1, 0), (255, 0), (256, 0), (256, 9), (u64::MAX - 1, 0)];
        let keys: Vec<_> = names.iter().map(|(number, part)| key(*number, *part)).collect();
        assert!(keys.is_sorted());
        assert_eq!(keys.iter().map(|key| parse_key(key).unwrap()).collect::<Vec<_>>(), names);
        for bad in [&[1_u8, 2][..], &[0; 9], &[0; 10], &[0; 11]] {
            assert_eq!(parse_key(bad), None, "{bad:?}");
        }
    }
}
