//! What `decide` is handed in besides the account: the moment and fresh ids.

use chancery_model::{GroupId, InstanceProfileId, PolicyId, RoleId, Timestamp, UserId};

use crate::State;

/// What is the same for everything that one command decides.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// All accounts: for what is unique across them, and for AWS's managed policies.
    pub state: &'a State,
    /// The moment of the record that would be written.
    pub now: Timestamp,
    /// The id of what the command creates.
    pub fresh: Fresh,
}

/// Randomness for the one id that a command may need.
#[derive(Clone, Copy)]
pub struct Fresh(u128);

impl Fresh {
    /// Takes random bits, which must come from a cryptographic source.
    #[must_use]
    pub fn new(bits: u128) -> Self {
        Self(bits)
    }

    /// The id of a new user.
    #[must_use]
    pub fn user(self) -> UserId {
        UserId::from_random(self.0)
    }

    /// The id of a new group.
    #[must_use]
    pub fn group(self) -> GroupId {
        GroupId::from_random(self.0)
    }

    /// The id of a new role.
    #[must_use]
    pub fn role(self) -> RoleId {
        RoleId::from_random(self.0)
    }

    /// The id of a new managed policy.
    #[must_use]
    pub fn policy(self) -> PolicyId {
        PolicyId::from_random(self.0)
    }

    /// The id of a new instance profile.
    #[must_use]
    pub fn instance_profile(self) -> InstanceProfileId {
        InstanceProfileId::from_random(self.0)
    }
}
