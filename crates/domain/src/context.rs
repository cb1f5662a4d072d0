//! What `decide` is handed in besides the account: the moment and fresh ids.

use chancery_model::{
    GroupId, HandshakeId, InstanceProfileId, OrganizationId, OrganizationPolicyId, OrganizationalUnitId, PolicyId, RoleId,
    RootId, Timestamp, UserId,
};

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

    /// The ids of a new organization and of its root.
    #[must_use]
    pub fn organization(self) -> (OrganizationId, RootId) {
        (OrganizationId::from_random(self.low()), RootId::from_random(u64::try_from(self.0 >> 64).unwrap_or_default()))
    }

    /// The id of a new organizational unit under a root.
    #[must_use]
    pub fn unit(self, root: RootId) -> OrganizationalUnitId {
        OrganizationalUnitId::from_random(root, self.low())
    }

    /// The id of a new invitation.
    #[must_use]
    pub fn handshake(self) -> HandshakeId {
        HandshakeId::from_random(self.low())
    }

    /// The id of a new control policy.
    #[must_use]
    pub fn organization_policy(self) -> OrganizationPolicyId {
        OrganizationPolicyId::from_random(self.low())
    }

    fn low(self) -> u64 {
        u64::try_from(self.0 & u128::from(u64::MAX)).unwrap_or_default()
    }

    /// The id of a new instance profile.
    #[must_use]
    pub fn instance_profile(self) -> InstanceProfileId {
        InstanceProfileId::from_random(self.0)
    }
}
