//! Global ids: opaque to clients, and never those of a recreated entity, because they are made of AWS's unique ids.

use std::str::FromStr;

use async_graphql::ID;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chancery_model::{AccountId, GroupId, InstanceProfileId, PolicyId, RoleId, Sequence, UserId};

/// What a global id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GlobalId {
    /// An account.
    Account(AccountId),
    /// A user of an account.
    User(AccountId, UserId),
    /// A group of an account.
    Group(AccountId, GroupId),
    /// A role of an account.
    Role(AccountId, RoleId),
    /// A customer managed policy of an account, or one of AWS's as the account sees it.
    Policy(AccountId, PolicyId),
    /// An instance profile of an account.
    InstanceProfile(AccountId, InstanceProfileId),
    /// A record of an account.
    Record(AccountId, Sequence),
}

impl GlobalId {
    /// Longer ids are none of ours.
    const CHARS_MAX: usize = 128;

    /// The id as clients see it.
    pub(crate) fn encode(self) -> ID {
        let text = match self {
            Self::Account(account) => format!("Account:{account}:"),
            Self::User(account, id) => format!("User:{account}:{id}"),
            Self::Group(account, id) => format!("Group:{account}:{id}"),
            Self::Role(account, id) => format!("Role:{account}:{id}"),
            Self::Policy(account, id) => format!("ManagedPolicy:{account}:{id}"),
            Self::InstanceProfile(account, id) => format!("InstanceProfile:{account}:{id}"),
            Self::Record(account, sequence) => format!("Record:{account}:{sequence}"),
        };
        ID(URL_SAFE_NO_PAD.encode(text))
    }

    /// Reads an id; `None` for what is none of ours.
    pub(crate) fn decode(id: &ID) -> Option<Self> {
        if id.len() > Self::CHARS_MAX {
            return None;
        }
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id.as_bytes()).ok()?).ok()?;
        let mut parts = text.splitn(3, ':');
        let (kind, account, unique) = (parts.next()?, parts.next()?, parts.next()?);
        let account = account.parse().ok()?;
        let read = match kind {
            "Account" if unique.is_empty() => Some(Self::Account(account)),
            "User" => parsed(unique).map(|id| Self::User(account, id)),
            "Group" => parsed(unique).map(|id| Self::Group(account, id)),
            "Role" => parsed(unique).map(|id| Self::Role(account, id)),
            "ManagedPolicy" => parsed(unique).map(|id| Self::Policy(account, id)),
            "InstanceProfile" => parsed(unique).map(|id| Self::InstanceProfile(account, id)),
            "Record" => parsed(unique).map(|sequence| Self::Record(account, sequence)),
            _ => None,
        };
        // One thing has one id: a number with zeros before it is none of ours.
        read.filter(|read| read.encode() == *id)
    }

    /// The account that the id belongs to.
    pub(crate) fn account(self) -> AccountId {
        match self {
            Self::Account(account)
            | Self::User(account, _)
            | Self::Group(account, _)
            | Self::Role(account, _)
            | Self::Policy(account, _)
            | Self::InstanceProfile(account, _)
            | Self::Record(account, _) => account,
        }
    }
}

fn parsed<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back() {
        let account = AccountId::parse("012345678901").unwrap();
        let all = [
            GlobalId::Account(account),
            GlobalId::User(account, UserId::from_random(1)),
            GlobalId::Group(account, GroupId::from_random(2)),
            GlobalId::Role(account, RoleId::from_random(3)),
            GlobalId::Policy(account, PolicyId::from_random(4)),
            GlobalId::InstanceProfile(account, InstanceProfileId::from_random(5)),
            GlobalId::Record(account, Sequence(u64::MAX)),
        ];
        for id in all {
            assert_eq!(GlobalId::decode(&id.encode()), Some(id));
            assert_eq!(id.account(), account);
        }
    }

    #[test]
    fn what_is_none_of_ours() {
        let wrong_kind = URL_SAFE_NO_PAD.encode("User:012345678901:AGPAAAAAAAAAAAAAAAAAA");
        let no_account = URL_SAFE_NO_PAD.encode("User::AIDAAAAAAAAAAAAAAAAAA");
        let zeros = URL_SAFE_NO_PAD.encode("Record:012345678901:007");
        let long = "A".repeat(1_000_000);
        for bad in ["", "!", "VXNlcg", "User:1:2", &wrong_kind, &no_account, &zeros, &long] {
            assert_eq!(GlobalId::decode(&ID::from(bad)), None, "{}", bad.get(..20).unwrap_or(bad));
        }
    }
}
