//! Encoding: golden bytes, limits, damage; nothing panics and nothing is read past its end.

use std::fmt::Debug;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::test_data::{Event, record};

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    assert_eq!(decode::<T>(&encode(value).unwrap()).as_ref(), Ok(value));
}

#[test]
fn records_come_back_as_they_were() {
    for n in 0..50 {
        let record = record(n, n as usize * 11);
        let bytes = encode_record(&record).unwrap();
        assert_eq!(decode_record(Sequence(n), &bytes), Ok(record));
    }
    round_trip(&vec![Some((1_u8, "x".to_owned(), -5_i64)), None]);
    round_trip(&vec![7_u8; RECORD_BYTES_MAX + 5]);
}

/// These bytes are in logs for ever: a change here is a new format byte, never a new expectation.
#[test]
fn the_golden_bytes_of_a_record() {
    let golden = concat!(
        "01",                                                         // format
        "0100000000000000",                                           // sequence 1
        "07000000000000000100000000000000",                           // record id
        "0168e5cf8b010000",                                           // time
        "141a99be1c000000",                                           // account 123456789012
        "0100000000000000",                                           // the operator, with no credential
        "09000000000000000100000000000000",                           // request id
        "01050000000000000000000000000000000300000000000000010203",   // origin: subject, three bytes
        "0a0000000000000043726561746555736572",                       // CreateUser
        "0104000000000000006f6e636503030303030303030303030303030303", // token, fingerprint
        "0300000000000000",                                           // three events
        "0000000002000000000000007878010000000000000004000000000000007465616d0300000000000000726564",
        "010000000100000000000000",
        "0200000000",
    );
    assert_eq!(hex::encode(encode_record(&record(1, 2)).unwrap()), golden);
}

#[test]
fn every_refusal_says_why() {
    let good = encode_record(&record(3, 4)).unwrap();
    let check = |bytes: &[u8], expected: &str| {
        let error = decode_record::<Event>(Sequence(3), bytes).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(&[], "there are no bytes");
    check(&[9, 1, 2], "format 9 is unknown; this version reads format 1");
    check(&good[..good.len() - 1], "damaged or of another type");
    check(&[good.as_slice(), &[0, 0]].concat(), "2 bytes are left over");
    check(&vec![1; RECORD_BYTES_MAX + 1], "1048577 bytes are more than the limit of 1048576 bytes");
    let wrong = decode_record::<Event>(Sequence(4), &good).unwrap_err();
    assert_eq!(wrong, CodecError::WrongSequence { at: Sequence(4), says: Sequence(3) });
    assert!(matches!(encode_record(&record(0, RECORD_BYTES_MAX)), Err(CodecError::TooLarge { .. })));
}

/// bincode without a limit panics on this input ("capacity overflow").
#[test]
fn a_damaged_length_is_an_error() {
    let mut bytes = vec![FORMAT];
    bytes.extend([0xfe; 20]);
    assert!(matches!(decode::<Vec<u8>>(&bytes), Err(CodecError::Malformed { .. })));
    assert!(matches!(decode::<String>(&bytes), Err(CodecError::Malformed { .. })));
    assert!(matches!(decode::<Vec<String>>(&bytes), Err(CodecError::Malformed { .. })));
}

/// The way out of bincode: the maintained `wincode` writes the same bytes and reads ours.
#[test]
fn wincode_writes_the_identical_bytes() {
    #[derive(Debug, PartialEq, Serialize, Deserialize, wincode::SchemaWrite, wincode::SchemaRead)]
    enum Kind {
        Plain,
        Named { name: String, parts: Vec<u32> },
        Pair(i64, Option<bool>),
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize, wincode::SchemaWrite, wincode::SchemaRead)]
    struct Mirror {
        sequence: u64,
        id: u128,
        command: String,
        token: Option<[u8; 16]>,
        kinds: Vec<Kind>,
    }
    let kinds = vec![Kind::Plain, Kind::Named { name: "ä".into(), parts: vec![1, u32::MAX] }, Kind::Pair(-1, Some(true))];
    let value = Mirror { sequence: 1 << 40, id: u128::MAX - 1, command: "TagUser".into(), token: Some([9; 16]), kinds };
    let ours = encode(&value).unwrap();
    assert_eq!(wincode::serialize(&value).unwrap(), ours[1..]);
    assert_eq!(wincode::deserialize::<Mirror>(&ours[1..]).unwrap(), value);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn decoding_anything_never_panics(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), good: bool) {
        if let (Some(first), true) = (bytes.first_mut(), good) {
            *first = FORMAT;
        }
        let _ = decode_record::<Event>(Sequence(1), &bytes);
        let _ = decode::<Vec<(String, Option<Vec<u64>>)>>(&bytes);
        let _ = decode::<std::collections::BTreeMap<String, [u8; 7]>>(&bytes);
    }

    /// A flipped bit is an error or another value, never a panic and never the same value.
    #[test]
    fn a_flipped_bit_is_never_the_same_record(n in 0_u64..9, payload in 0_usize..60, at: prop::sample::Index, bit in 0_u8..8) {
        let record = record(n, payload);
        let mut bytes = encode_record(&record).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert_ne!(decode_record(Sequence(n), &bytes).ok(), Some(record));
    }
}
