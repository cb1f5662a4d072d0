//! A moment, in milliseconds of UTC.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Invalid;

/// Milliseconds since 1970-01-01T00:00:00Z. Text (RFC 3339, UTC) in JSON, a number in binary formats.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The largest moment that can be shown: the end of the year 9999.
    pub const MAX: Self = Self(253_402_300_799_999);

    /// The moment that many milliseconds after the epoch, cut at [`Timestamp::MAX`].
    #[must_use]
    pub fn from_millis(millis: u64) -> Self {
        Self(millis.min(Self::MAX.0))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub fn millis(self) -> u64 {
        self.0
    }

    /// This moment and so many seconds more.
    #[must_use]
    pub fn plus_seconds(self, seconds: u64) -> Self {
        Self::from_millis(self.0.saturating_add(seconds.saturating_mul(1_000)))
    }

    /// Whole seconds from `earlier` to this moment; 0 when `earlier` is later.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0) / 1_000
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = i64::try_from(self.0).unwrap_or(i64::MAX);
        match jiff::Timestamp::from_millisecond(millis) {
            Ok(moment) => write!(f, "{moment:.3}"),
            Err(_) => write!(f, "{}ms", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Timestamp {
    type Err = Invalid;
    /// Reads RFC 3339 with any offset, from the epoch on.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refused = || Invalid::new("time", text, "Member must be a moment as in 2026-01-31T12:00:00Z");
        let moment: jiff::Timestamp = text.parse().map_err(|_| refused())?;
        u64::try_from(moment.as_millisecond()).map(Self::from_millis).map_err(|_| refused())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { self.0.serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return String::deserialize(deserializer)?.parse().map_err(de::Error::custom);
        }
        match u64::deserialize(deserializer)? {
            millis if millis <= Self::MAX.0 => Ok(Self(millis)),
            _ => Err(de::Error::custom("a moment is not after the year 9999")),
        }
    }
}
