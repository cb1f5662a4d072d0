//! References between the things of an account.

use chancery_model::{GroupId, PolicyId, RoleId, UserId};
use serde::{Deserialize, Serialize};

/// An identity that policies are attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Entity {
    /// A user.
    User(UserId),
    /// A group.
    Group(GroupId),
    /// A role.
    Role(RoleId),
}

/// How a managed policy is used by an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Use {
    /// Attached: it grants.
    Permissions,
    /// As permissions boundary: it limits.
    Boundary,
}

/// One use of a managed policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyUse {
    /// By whom.
    pub entity: Entity,
    /// As what.
    pub used: Use,
}

/// Something that may be given for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Grant {
    /// A user's membership in a group.
    Membership(UserId, GroupId),
    /// An attached managed policy.
    Attachment(Entity, PolicyId),
}
