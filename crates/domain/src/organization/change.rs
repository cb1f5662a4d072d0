//! What can happen to the organization.

use chancery_model::{
    AccountId, Description, HandshakeId, OrganizationPolicyId, OrganizationalUnitId, ParentId, RootId, TargetId, Title,
};
use chancery_policy::PolicyText;
use serde::{Deserialize, Serialize};

use super::PolicyType;

/// What can happen to the organization. Variants are append-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrganizationChange {
    /// It was created by the account of the record, which is its management account.
    Created {
        /// The root of its tree.
        root: RootId,
    },
    /// It was deleted, with its units and policies.
    Deleted,
    /// A unit was created. It got the default policy of every type that was enabled.
    UnitCreated {
        /// Which.
        unit: OrganizationalUnitId,
        /// Under what.
        parent: ParentId,
        /// Its name.
        name: Title,
    },
    /// A unit got another name.
    UnitRenamed {
        /// Which.
        unit: OrganizationalUnitId,
        /// The new name.
        name: Title,
    },
    /// An empty unit was deleted.
    UnitDeleted {
        /// Which.
        unit: OrganizationalUnitId,
    },
    /// An account was invited; an earlier invitation that was over is replaced.
    AccountInvited {
        /// The invitation.
        handshake: HandshakeId,
        /// The account.
        account: AccountId,
    },
    /// The management account took an invitation back.
    InvitationCanceled {
        /// The invitation.
        handshake: HandshakeId,
        /// The account.
        account: AccountId,
    },
    /// The account refused its invitation.
    InvitationDeclined {
        /// The invitation.
        handshake: HandshakeId,
        /// The account.
        account: AccountId,
    },
    /// The account accepted its invitation and is under the root. It got the default policy of every type that was enabled.
    AccountJoined {
        /// The invitation.
        handshake: HandshakeId,
        /// The account.
        account: AccountId,
    },
    /// An account is no longer in the organization.
    AccountRemoved {
        /// The account.
        account: AccountId,
    },
    /// An account was put under another parent.
    AccountMoved {
        /// The account.
        account: AccountId,
        /// The new parent.
        parent: ParentId,
    },
    /// A policy was created.
    PolicyCreated {
        /// Which.
        policy: OrganizationPolicyId,
        /// Of which type.
        policy_type: PolicyType,
        /// Its name.
        name: Title,
        /// What it is for.
        description: Option<Description>,
        /// The document.
        text: PolicyText,
    },
    /// A policy was changed. What is absent stays.
    PolicyUpdated {
        /// Which.
        policy: OrganizationPolicyId,
        /// The new name.
        name: Option<Title>,
        /// What it is for now.
        description: Option<Description>,
        /// The new document.
        text: Option<PolicyText>,
    },
    /// A policy that was attached to nothing was deleted.
    PolicyDeleted {
        /// Which.
        policy: OrganizationPolicyId,
    },
    /// A policy was attached to a place.
    PolicyAttached {
        /// Which.
        policy: OrganizationPolicyId,
        /// Where.
        target: TargetId,
    },
    /// A policy was detached from a place.
    PolicyDetached {
        /// Which.
        policy: OrganizationPolicyId,
        /// Where.
        target: TargetId,
    },
    /// Policies of a type count from now on. The default policy of the type was attached to every place.
    PolicyTypeEnabled {
        /// Which type.
        policy_type: PolicyType,
    },
    /// Policies of a type no longer count. All of them were detached.
    PolicyTypeDisabled {
        /// Which type.
        policy_type: PolicyType,
    },
}

impl OrganizationChange {
    /// The wire name.
    #[must_use]
    pub fn wire_name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "organization.created.v1",
            Self::Deleted => "organization.deleted.v1",
            Self::UnitCreated { .. } => "organization.unit_created.v1",
            Self::UnitRenamed { .. } => "organization.unit_renamed.v1",
            Self::UnitDeleted { .. } => "organization.unit_deleted.v1",
            Self::AccountInvited { .. } => "organization.account_invited.v1",
            Self::InvitationCanceled { .. } => "organization.invitation_canceled.v1",
            Self::InvitationDeclined { .. } => "organization.invitation_declined.v1",
            Self::AccountJoined { .. } => "organization.account_joined.v1",
            Self::AccountRemoved { .. } => "organization.account_removed.v1",
            Self::AccountMoved { .. } => "organization.account_moved.v1",
            Self::PolicyCreated { .. } => "organization.policy_created.v1",
            Self::PolicyUpdated { .. } => "organization.policy_updated.v1",
            Self::PolicyDeleted { .. } => "organization.policy_deleted.v1",
            Self::PolicyAttached { .. } => "organization.policy_attached.v1",
            Self::PolicyDetached { .. } => "organization.policy_detached.v1",
            Self::PolicyTypeEnabled { .. } => "organization.policy_type_enabled.v1",
            Self::PolicyTypeDisabled { .. } => "organization.policy_type_disabled.v1",
        }
    }

    /// Whether accounts came in or went out.
    pub(crate) fn moves_the_border(&self) -> bool {
        matches!(self, Self::Created { .. } | Self::Deleted | Self::AccountJoined { .. } | Self::AccountRemoved { .. })
    }

    /// The id of the part of the organization that it happened to; `None` for the organization as a whole.
    #[must_use]
    pub fn part(&self) -> Option<String> {
        match self {
            Self::Created { .. } | Self::Deleted | Self::PolicyTypeEnabled { .. } | Self::PolicyTypeDisabled { .. } => None,
            Self::UnitCreated { unit, .. } | Self::UnitRenamed { unit, .. } | Self::UnitDeleted { unit } => {
                Some(unit.to_string())
            }
            Self::AccountInvited { handshake, .. }
            | Self::InvitationCanceled { handshake, .. }
            | Self::InvitationDeclined { handshake, .. } => Some(handshake.to_string()),
            Self::AccountJoined { account, .. } | Self::AccountRemoved { account } | Self::AccountMoved { account, .. } => {
                Some(account.to_string())
            }
            Self::PolicyCreated { policy, .. }
            | Self::PolicyUpdated { policy, .. }
            | Self::PolicyDeleted { policy }
            | Self::PolicyAttached { policy, .. }
            | Self::PolicyDetached { policy, .. } => Some(policy.to_string()),
        }
    }
}
