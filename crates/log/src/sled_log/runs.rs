//! How records become keys and values.
//!
//! Records that are committed together are packed into *runs*: each record behind its length (u32, little-endian),
//! as many as fit into one value of less than [`PART_BYTES`], because sled's cost is per key. A record that is too
//! long for that is a run of its own, cut into parts of [`PART_BYTES`]; the first part that is shorter is the last
//! one, if need be an empty one. A run's key is the sequence of its first record in eight big-endian bytes; each
//! further part adds its number in two. A run never holds records of two commits.
//!
//! sled stores a page of more than 131,052 bytes as a blob that it never syncs, and a page may hold 17 values:
//! parts of 4 KiB stay well below.

use std::ops::Range;

use chancery_model::Sequence;

use crate::{Bytes, RECORD_BYTES_MAX};

/// The size of every part of a run but its last, in bytes.
pub(super) const PART_BYTES: usize = 4 << 10;
/// The longest run, in bytes: one record of the largest size with its length.
pub(super) const RUN_BYTES_MAX: usize = RECORD_BYTES_MAX + LENGTH_BYTES;
/// The length before each record.
const LENGTH_BYTES: usize = 4;

/// The write of records from number `first` on.
pub(super) fn pack(first: Sequence, records: &[Bytes]) -> sled::Batch {
    let mut batch = sled::Batch::default();
    let mut run = Vec::with_capacity(PART_BYTES);
    let mut start = first.0;
    for (number, record) in (first.0..).zip(records) {
        if !run.is_empty() && run.len() + LENGTH_BYTES + record.len() >= PART_BYTES {
            insert(&mut batch, start, &run);
            run.clear();
            start = number;
        }
        let length = u32::try_from(record.len()).unwrap_or(u32::MAX);
        run.extend_from_slice(&length.to_le_bytes());
        run.extend_from_slice(record);
    }
    insert(&mut batch, start, &run);
    batch
}

fn insert(batch: &mut sled::Batch, start: u64, run: &[u8]) {
    let parts = run.chunks(PART_BYTES).chain(run.len().is_multiple_of(PART_BYTES).then_some(&[][..]));
    for (part, bytes) in parts.enumerate() {
        batch.insert(key(start, part), bytes);
    }
}

/// The record of a run that starts at byte `at`, and where the next one starts; `None` if the run is damaged.
pub(super) fn record_at(run: &Bytes, at: usize) -> Option<(Bytes, usize)> {
    let (length, rest) = run.get(at..)?.split_first_chunk::<LENGTH_BYTES>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let start = at + LENGTH_BYTES;
    (length > 0 && length <= rest.len()).then(|| (run.part(start, length), start + length))
}

/// The keys of the runs that start in a range of records.
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

/// The first record and the part that a key names; `None` for a key that is none of ours.
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

    #[test]
    fn a_damaged_run_has_no_record() {
        for run in [&[1_u8, 0, 0][..], &[0, 0, 0, 0], &[2, 0, 0, 0, 9], &[255, 255, 255, 255, 9], &[]] {
            assert_eq!(record_at(&Bytes::from(run), 0), None, "{run:?}");
        }
        let run = Bytes::from(&[1, 0, 0, 0, 7, 2, 0, 0, 0, 8, 9][..]);
        assert_eq!(record_at(&run, 0), Some((Bytes::from(&[7][..]), 5)));
        assert_eq!(record_at(&run, 5), Some((Bytes::from(&[8, 9][..]), 11)));
        assert_eq!(record_at(&run, 11), None);
        assert_eq!(record_at(&run, usize::MAX), None);
    }
}
