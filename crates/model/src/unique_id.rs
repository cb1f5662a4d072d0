//! AWS's unique ids: a four-letter prefix that tells the kind, and seventeen characters.
//! Source: IAM User Guide, "IAM identifiers", section "Unique identifiers".

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Invalid;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const CHARS: u32 = 17;
const BITS: u32 = CHARS * 5;
const MASK: u128 = (1 << BITS) - 1;

fn write_base32(bits: u128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = [b'A'; CHARS as usize];
    for (place, slot) in (0..CHARS).zip(text.iter_mut().rev()) {
        let digit = usize::try_from((bits >> (place * 5)) & 31).unwrap_or_default();
        *slot = ALPHABET.get(digit).copied().unwrap_or(b'A');
    }
    f.write_str(std::str::from_utf8(&text).unwrap_or_default())
}

fn read_base32(text: &str) -> Option<u128> {
    if text.len() != CHARS as usize {
        return None;
    }
    text.bytes().try_fold(0_u128, |bits, byte| {
        let digit = ALPHABET.iter().position(|&letter| letter == byte)?;
        Some((bits << 5) | digit as u128)
    })
}

macro_rules! unique_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $field:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            #[doc = concat!("The letters that every such id starts with: `", $prefix, "`.")]
            pub const PREFIX: &'static str = $prefix;

            /// An id from randomness: the low 85 bits of `bits` count.
            #[must_use]
            pub fn from_random(bits: u128) -> Self {
                Self(bits & MASK)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Self::PREFIX)?;
                write_base32(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl FromStr for $name {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                text.strip_prefix(Self::PREFIX).and_then(read_base32).map(Self).ok_or_else(|| {
                    Invalid::pattern($field, text, concat!($prefix, "[A-Z2-7]{17}"))
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() { serializer.collect_str(self) } else { self.0.serialize(serializer) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    return String::deserialize(deserializer)?.parse().map_err(de::Error::custom);
                }
                match u128::deserialize(deserializer)? {
                    bits if bits <= MASK => Ok(Self(bits)),
                    _ => Err(de::Error::custom(concat!("an id of the kind ", $prefix, " has 85 bits"))),
                }
            }
        }
    };
}

unique_id!(
    /// A user: `AIDA…`.
    UserId, "AIDA", "userId"
);
unique_id!(
    /// A group: `AGPA…`.
    GroupId, "AGPA", "groupId"
);
unique_id!(
    /// A role: `AROA…`.
    RoleId, "AROA", "roleId"
);
unique_id!(
    /// A managed policy: `ANPA…`.
    PolicyId, "ANPA", "policyId"
);
unique_id!(
    /// An instance profile: `AIPA…`.
    InstanceProfileId, "AIPA", "instanceProfileId"
);
