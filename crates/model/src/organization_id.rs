//! The ids of AWS Organizations: a letter or two that tell the kind, and small letters and digits.
//! Source: AWS Organizations API Reference, the patterns of `Organization`, `Root`, `OrganizationalUnit`, `Policy`, `Handshake`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{AccountId, Invalid};

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// How many different texts of so many characters there are, less than 2^53.
const fn texts(chars: u32) -> u64 {
    36_u64.pow(chars)
}

const ROOT_CHARS: u32 = 4;
const CHARS: u32 = 10;

fn write_base36(bits: u64, chars: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for place in (0..chars).rev() {
        let digit = usize::try_from(bits / texts(place) % 36).unwrap_or_default();
        fmt::Write::write_char(f, char::from(DIGITS.get(digit).copied().unwrap_or(b'0')))?;
    }
    Ok(())
}

fn read_base36(text: &str, chars: u32) -> Option<u64> {
    if text.len() != usize::try_from(chars).ok()? {
        return None;
    }
    text.bytes().try_fold(0_u64, |bits, byte| {
        let digit = DIGITS.iter().position(|&letter| letter == byte)?;
        Some(bits * 36 + u64::try_from(digit).ok()?)
    })
}

/// Gives a type that has `Display` and `FromStr` its `Debug` and its form in storage: the text.
macro_rules! as_text {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

macro_rules! organization_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $chars:expr, $field:literal, $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// An id from randomness.
            #[must_use]
            pub fn from_random(bits: u64) -> Self {
                Self(bits % texts($chars))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($prefix)?;
                write_base36(self.0, $chars, f)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                let bits = text.strip_prefix($prefix).and_then(|rest| read_base36(rest, $chars));
                bits.map(Self).ok_or_else(|| Invalid::pattern($field, text, $pattern))
            }
        }

        as_text!($name);
    };
}

organization_id!(
    /// An organization: `o-…`.
    OrganizationId, "o-", CHARS, "organizationId", "o-[a-z0-9]{10}"
);
organization_id!(
    /// The root of an organization's tree: `r-…`.
    RootId, "r-", ROOT_CHARS, "rootId", "r-[0-9a-z]{4}"
);
organization_id!(
    /// An invitation to an organization: `h-…`.
    HandshakeId, "h-", CHARS, "handshakeId", "h-[0-9a-z]{10}"
);

/// An organizational unit: `ou-…-…`, the first part that of its root.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganizationalUnitId {
    root: RootId,
    own: u64,
}

impl OrganizationalUnitId {
    /// An id in the tree of a root, from randomness.
    #[must_use]
    pub fn from_random(root: RootId, bits: u64) -> Self {
        Self { root, own: bits % texts(CHARS) }
    }
}

impl fmt::Display for OrganizationalUnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ou-")?;
        write_base36(self.root.0, ROOT_CHARS, f)?;
        f.write_str("-")?;
        write_base36(self.own, CHARS, f)
    }
}

impl FromStr for OrganizationalUnitId {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parts = text.strip_prefix("ou-").and_then(|rest| rest.split_once('-'));
        let read = |(root, own)| Some(Self { root: RootId(read_base36(root, ROOT_CHARS)?), own: read_base36(own, CHARS)? });
        parts.and_then(read).ok_or_else(|| Invalid::pattern("organizationalUnitId", text, "ou-[0-9a-z]{4}-[0-9a-z]{10}"))
    }
}

as_text!(OrganizationalUnitId);

/// A policy of an organization: `p-…`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrganizationPolicyId {
    /// AWS's service control policy that allows everything.
    FullAwsAccess,
    /// AWS's resource control policy that allows everything.
    RcpFullAwsAccess,
    /// One of the organization's own.
    Own(OwnPolicyId),
}

organization_id!(
    /// The id of a policy that an organization wrote itself.
    OwnPolicyId, "p-", CHARS, "policyId", "p-[0-9a-z]{10}"
);

impl OrganizationPolicyId {
    /// The id of a new policy, from randomness.
    #[must_use]
    pub fn from_random(bits: u64) -> Self {
        Self::Own(OwnPolicyId::from_random(bits))
    }
}

impl fmt::Display for OrganizationPolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FullAwsAccess => f.write_str("p-FullAWSAccess"),
            Self::RcpFullAwsAccess => f.write_str("p-RCPFullAWSAccess"),
            Self::Own(id) => write!(f, "{id}"),
        }
    }
}

impl FromStr for OrganizationPolicyId {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "p-FullAWSAccess" => Ok(Self::FullAwsAccess),
            "p-RCPFullAWSAccess" => Ok(Self::RcpFullAwsAccess),
            own => own.parse().map(Self::Own),
        }
    }
}

as_text!(OrganizationPolicyId);

/// What units and accounts are under: the root or a unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParentId {
    /// The root.
    Root(RootId),
    /// A unit.
    Unit(OrganizationalUnitId),
}

impl fmt::Display for ParentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(id) => write!(f, "{id}"),
            Self::Unit(id) => write!(f, "{id}"),
        }
    }
}

impl FromStr for ParentId {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let root = text.parse().map(Self::Root);
        root.or_else(|_: Invalid| text.parse().map(Self::Unit))
            .map_err(|_: Invalid| Invalid::pattern("parentId", text, "r-[0-9a-z]{4}|ou-[0-9a-z]{4}-[0-9a-z]{10}"))
    }
}

as_text!(ParentId);

/// What a policy of an organization is attached to: the root, a unit or an account.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetId {
    /// The root or a unit.
    Parent(ParentId),
    /// An account.
    Account(AccountId),
}

impl fmt::Display for TargetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parent(id) => write!(f, "{id}"),
            Self::Account(id) => write!(f, "{id}"),
        }
    }
}

impl FromStr for TargetId {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let pattern = "r-[0-9a-z]{4}|ou-[0-9a-z]{4}-[0-9a-z]{10}|[0-9]{12}";
        let account = AccountId::parse(text).map(Self::Account);
        account.or_else(|_| text.parse().map(Self::Parent)).map_err(|_: Invalid| Invalid::pattern("targetId", text, pattern))
    }
}

as_text!(TargetId);

#[cfg(test)]
mod tests {
    use super::*;

    fn round<T: FromStr<Err = Invalid> + fmt::Display>(text: &str) {
        let read: T = text.parse().unwrap_or_else(|invalid| panic!("{text}: {invalid}"));
        assert_eq!(read.to_string(), text);
    }

    #[test]
    fn ids_read_as_they_are_written() {
        round::<OrganizationId>("o-0123456789");
        round::<RootId>("r-zz0a");
        round::<HandshakeId>("h-abcdefghij");
        round::<OrganizationalUnitId>("ou-zz0a-zzzzzzzzzz");
        round::<OrganizationPolicyId>("p-0000000001");
        round::<OrganizationPolicyId>("p-FullAWSAccess");
        round::<OrganizationPolicyId>("p-RCPFullAWSAccess");
        round::<ParentId>("r-zz0a");
        round::<ParentId>("ou-zz0a-zzzzzzzzzz");
        round::<TargetId>("ou-zz0a-zzzzzzzzzz");
        round::<TargetId>("012345678901");
    }

    #[test]
    fn what_is_no_id() {
        for bad in ["", "o-", "o-012345678", "o-01234567890", "o-012345678A", "r-0000", "p-0123456789"] {
            assert!(bad.parse::<OrganizationId>().is_err(), "{bad}");
        }
        for bad in ["ou-zz0a", "ou-zz0a-", "ou-zz0azzzzzzzzzz", "r-zz0", "12345", "p-FullAWSAccess"] {
            assert!(bad.parse::<TargetId>().is_err(), "{bad}");
        }
        assert!("p-fullawsaccess".parse::<OrganizationPolicyId>().is_err());
    }

    #[test]
    fn any_bits_make_an_id() {
        for bits in [0, 1, u64::MAX] {
            round::<OrganizationId>(&OrganizationId::from_random(bits).to_string());
            let unit = OrganizationalUnitId::from_random(RootId::from_random(bits), bits);
            round::<OrganizationalUnitId>(&unit.to_string());
        }
    }

    #[test]
    fn storage_has_the_text() {
        let id: TargetId = "ou-zz0a-zzzzzzzzzz".parse().unwrap();
        let stored = serde_json::to_string(&id).unwrap();
        assert_eq!((stored.as_str(), serde_json::from_str::<TargetId>(&stored).unwrap()), (r#""ou-zz0a-zzzzzzzzzz""#, id));
    }
}
