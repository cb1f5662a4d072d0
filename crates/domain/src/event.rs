//! Events: what has happened, as the log keeps it.
//!
//! Variants and fields are append-only: their order is the wire format. A changed shape is a new variant with a new
//! wire name; golden bytes of every variant stand in `schema/events/`.

use chancery_model::{Arn, GroupId, InstanceProfileId, OrganizationId, PolicyId, RoleId, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    AccountChange, AwsPolicyChange, GroupChange, InstanceProfileChange, ManagedPolicyChange, Opener, OrganizationChange,
    ResourcePolicyChange, RoleChange, UserChange,
};

/// One thing that happened in the account of its record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// To the account itself.
    Account(AccountChange),
    /// To a user.
    User(UserId, UserChange),
    /// To a group.
    Group(GroupId, GroupChange),
    /// To a role.
    Role(RoleId, RoleChange),
    /// To a customer managed policy.
    Policy(PolicyId, ManagedPolicyChange),
    /// To an instance profile.
    InstanceProfile(InstanceProfileId, InstanceProfileChange),
    /// To AWS's managed policies, which all accounts share.
    AwsPolicy(PolicyId, AwsPolicyChange),
    /// To the policy of a resource that lives elsewhere.
    ResourcePolicy(Arn, ResourcePolicyChange),
    /// To the organization, which spans accounts.
    Organization(OrganizationId, OrganizationChange),
}

impl Event {
    /// The wire name, as in `user.tagged.v1`.
    #[must_use]
    pub fn wire_name(&self) -> &'static str {
        match self {
            Self::Account(change) => change.wire_name(),
            Self::User(_, change) => change.wire_name(),
            Self::Group(_, change) => change.wire_name(),
            Self::Role(_, change) => change.wire_name(),
            Self::Policy(_, change) => change.wire_name(),
            Self::InstanceProfile(_, change) => change.wire_name(),
            Self::AwsPolicy(_, change) => change.wire_name(),
            Self::ResourcePolicy(_, change) => change.wire_name(),
            Self::Organization(_, change) => change.wire_name(),
        }
    }

    /// The id of what it happened to, the ARN for the policy of a resource; `None` for the account itself.
    #[must_use]
    pub fn entity_id(&self) -> Option<String> {
        match self {
            Self::Account(_) => None,
            Self::User(id, _) => Some(id.to_string()),
            Self::Group(id, _) => Some(id.to_string()),
            Self::Role(id, _) => Some(id.to_string()),
            Self::Policy(id, _) | Self::AwsPolicy(id, _) => Some(id.to_string()),
            Self::InstanceProfile(id, _) => Some(id.to_string()),
            Self::ResourcePolicy(arn, _) => Some(arn.to_string()),
            Self::Organization(id, change) => Some(change.part().unwrap_or_else(|| id.to_string())),
        }
    }

    /// Opens personal fields that were read from the log.
    pub fn open(&mut self, opener: &mut dyn Opener) {
        match self {
            Self::Account(change) => change.open(opener),
            Self::User(_, change) => change.open(opener),
            Self::Group(..)
            | Self::Role(..)
            | Self::Policy(..)
            | Self::InstanceProfile(..)
            | Self::AwsPolicy(..)
            | Self::ResourcePolicy(..)
            | Self::Organization(..) => {}
        }
    }
}
