//! Ids of our own, where AWS has none: ULIDs. They name, they never order, and they are no secrets.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use ulid::Ulid;

use crate::Invalid;

macro_rules! ulid_id {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $(#[$doc])*
        ///
        /// 26 characters in JSON, 16 bytes in binary formats.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Ulid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                Ulid::from_string(text).map(Self).map_err(|_| Invalid::pattern($field, text, "[0-7][0-9A-HJKMNP-TV-Z]{25}"))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() { serializer.collect_str(self) } else { u128::from(self.0).serialize(serializer) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    return String::deserialize(deserializer)?.parse().map_err(de::Error::custom);
                }
                u128::deserialize(deserializer).map(|bits| Self(Ulid::from(bits)))
            }
        }
    };
}

ulid_id!(
    /// Whose data key a field is sealed under. One subject has one data key; a recreated user is a new subject.
    SubjectId, "subject"
);
ulid_id!(
    /// A bearer session (its token is the secret, not this).
    SessionId, "sessionId"
);
ulid_id!(
    /// A request, in answers, records and log lines alike.
    RequestId, "requestId"
);
ulid_id!(
    /// A record of the event log, for references from outside; its place is its sequence number.
    RecordId, "recordId"
);
