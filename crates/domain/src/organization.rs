//! The organization: a tree of units with accounts in it, and the control policies attached to its places.
//!
//! It spans accounts, so it stands beside them in the state; there is one at most. Its records are those of the management
//! account, but for the ones in which an account says yes or no to an invitation, or leaves.
//! Source: AWS Organizations User Guide, "Terminology and concepts for AWS Organizations".

use std::sync::Arc;

use chancery_model::{
    AccountId, Arn, HandshakeId, OrganizationId, OrganizationPolicyId, OrganizationalUnitId, ParentId, RootId, TargetId,
    Timestamp, Title,
};
use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};

mod apply;
mod change;
mod lookup;
mod policy;
mod refusal;
#[cfg(test)]
mod tests;

pub use change::OrganizationChange;
pub use lookup::ControlLevel;
pub(crate) use lookup::within;
pub use policy::{OrganizationPolicy, PolicyType};
pub use refusal::OrganizationRefusal;

/// How long an invitation can be accepted, in seconds: 15 days.
/// Source: AWS Organizations User Guide, "Managing account invitations".
pub const INVITATION_SECONDS: u64 = 15 * 86_400;

/// The organization as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// The account that created it and changes it. Control policies do not limit it.
    pub management: AccountId,
    /// When it was created.
    pub created: Timestamp,
    /// The root of the tree.
    pub root: RootId,
    /// The units, by id.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub units: OrdMap<OrganizationalUnitId, Arc<OrganizationalUnit>>,
    /// The accounts, the management account among them.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub accounts: OrdMap<AccountId, Member>,
    /// Invitations that were neither accepted nor ended, by the account that is invited.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub invitations: OrdMap<AccountId, Invitation>,
    /// The policies that it wrote itself; AWS's two stand in the binary.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub policies: OrdMap<OrganizationPolicyId, Arc<OrganizationPolicy>>,
    /// The types of policy that are enabled, each with the policies that are attached to each place.
    #[serde(deserialize_with = "crate::ordered::maps_of_sets")]
    pub enabled: OrdMap<PolicyType, OrdMap<TargetId, OrdSet<OrganizationPolicyId>>>,
}

/// An organizational unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationalUnit {
    /// Its id; renames keep it.
    pub id: OrganizationalUnitId,
    /// Its name, unique under its parent.
    pub name: Title,
    /// What it is under; it stays there.
    pub parent: ParentId,
    /// When it was created.
    pub created: Timestamp,
}

/// An account in the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// What it is under.
    pub parent: ParentId,
    /// Since when it is in the organization.
    pub joined: Timestamp,
}

/// An invitation of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its id.
    pub id: HandshakeId,
    /// When it was made.
    pub created: Timestamp,
}

impl Invitation {
    /// The moment from which it can no longer be accepted.
    #[must_use]
    pub fn expires(&self) -> Timestamp {
        self.created.plus_seconds(INVITATION_SECONDS)
    }
}

/// Which organization an account is in. Derived from the organization, so that an account alone tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InOrganization {
    /// The organization.
    pub organization: OrganizationId,
    /// Its root.
    pub root: RootId,
    /// Its management account.
    pub management: AccountId,
}

impl InOrganization {
    /// The ARN of the organization.
    #[must_use]
    pub fn organization_arn(&self) -> Arn {
        Arn::organization(Some(self.management), &format!("organization/{}", self.organization))
    }

    /// The ARN of the root, a unit or an account.
    #[must_use]
    pub fn target_arn(&self, target: TargetId) -> Arn {
        let kind = match target {
            TargetId::Parent(ParentId::Root(_)) => "root",
            TargetId::Parent(ParentId::Unit(_)) => "ou",
            TargetId::Account(_) => "account",
        };
        Arn::organization(Some(self.management), &format!("{kind}/{}/{target}", self.organization))
    }

    /// The ARN of an invitation.
    #[must_use]
    pub fn handshake_arn(&self, id: HandshakeId) -> Arn {
        Arn::organization(Some(self.management), &format!("handshake/{}/invite/{id}", self.organization))
    }

    /// The ARN of a policy, which AWS's own have without an organization.
    #[must_use]
    pub fn policy_arn(&self, policy_type: PolicyType, id: OrganizationPolicyId) -> Arn {
        let kind = policy_type.arn_part();
        match id {
            OrganizationPolicyId::FullAwsAccess | OrganizationPolicyId::RcpFullAwsAccess => {
                Arn::organization(None, &format!("policy/{kind}/{id}"))
            }
            OrganizationPolicyId::Own(_) => {
                Arn::organization(Some(self.management), &format!("policy/{}/{kind}/{id}", self.organization))
            }
        }
    }
}
