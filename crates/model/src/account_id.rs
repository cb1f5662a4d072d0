//! The twelve-digit number of an account.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Invalid;

/// A 12-digit account id, as in `arn:aws:iam::123456789012:root`.
///
/// Text in JSON, a 64-bit number in binary formats.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(u64);

impl AccountId {
    /// One more than the largest id.
    const LIMIT: u64 = 1_000_000_000_000;

    /// Reads exactly twelve decimal digits.
    ///
    /// # Errors
    /// [`Invalid`] at field `accountId` for anything else.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() != 12 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Invalid::pattern("accountId", text, r"\d{12}"));
        }
        text.parse().map(Self).map_err(|_| Invalid::pattern("accountId", text, r"\d{12}"))
    }

    /// An id from randomness: uniform over all ids that do not start with 0.
    #[must_use]
    pub fn from_random(bits: u128) -> Self {
        let low = u64::try_from(bits % 900_000_000_000).unwrap_or_default();
        Self(low + 100_000_000_000)
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for AccountId {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

impl Serialize for AccountId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { self.0.serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom);
        }
        let number = u64::deserialize(deserializer)?;
        if number >= Self::LIMIT {
            return Err(de::Error::custom("an account id has twelve digits"));
        }
        Ok(Self(number))
    }
}
