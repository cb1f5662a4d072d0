//! A role: permissions that those may take on whom its trust policy names.

use chancery_model::{AccountId, Arn, Case, Description, Path, PolicyId, RoleId, RoleName, TagKey, Tags, Timestamp};
use chancery_policy::PolicyText;
use serde::{Deserialize, Serialize};

use crate::{PermissionChange, Permissions, permissions::PermissionWireNames};

/// The longest a session may last where the role does not say (IAM API Reference, `CreateRole`, `MaxSessionDuration`).
pub const SESSION_SECONDS_DEFAULT: u32 = 3_600;
/// The least that a role may say.
pub const SESSION_SECONDS_MIN: u32 = 3_600;
/// The most that a role may say.
pub const SESSION_SECONDS_MAX: u32 = 43_200;

/// A role as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The unique id.
    pub id: RoleId,
    /// The name.
    pub name: RoleName,
    /// The path.
    pub path: Path,
    /// When it was created.
    pub created: Timestamp,
    /// What it is for.
    pub description: Option<Description>,
    /// The longest a session may last, in seconds.
    pub session_seconds_max: u32,
    /// Who may assume it.
    pub trust: PolicyText,
    /// Tags; keys that differ in case alone are one key.
    pub tags: Tags,
    /// Attached and inline policies.
    pub permissions: Permissions,
    /// The permissions boundary.
    pub boundary: Option<PolicyId>,
}

/// What can happen to a role. Variants are append-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoleChange {
    /// It was created.
    Created {
        /// The name.
        name: RoleName,
        /// The path.
        path: Path,
        /// What it is for.
        description: Option<Description>,
        /// The longest a session may last, in seconds.
        session_seconds_max: u32,
        /// The trust policy.
        trust: PolicyText,
        /// Tags.
        tags: Tags,
        /// The permissions boundary.
        boundary: Option<PolicyId>,
    },
    /// Its description changed.
    Described {
        /// The new one.
        description: Option<Description>,
    },
    /// The longest duration of its sessions changed.
    SessionLimited {
        /// In seconds.
        session_seconds_max: u32,
    },
    /// Its trust policy changed.
    TrustUpdated {
        /// The new one.
        trust: PolicyText,
    },
    /// It was deleted.
    Deleted,
    /// Tags were set.
    Tagged {
        /// Which.
        tags: Tags,
    },
    /// Tags were taken away.
    Untagged {
        /// Their keys.
        keys: Vec<TagKey>,
    },
    /// Its policies changed.
    Permission(PermissionChange),
    /// It got a permissions boundary.
    BoundarySet {
        /// The policy.
        policy: PolicyId,
    },
    /// Its permissions boundary was taken away.
    BoundaryRemoved,
}

const PERMISSIONS: PermissionWireNames = PermissionWireNames {
    attached: "role.policy_attached.v1",
    detached: "role.policy_detached.v1",
    expired: "role.attachment_expired.v1",
    inline_put: "role.inline_policy_put.v1",
    inline_deleted: "role.inline_policy_deleted.v1",
};

impl RoleChange {
    /// The wire name.
    #[must_use]
    pub fn wire_name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "role.created.v1",
            Self::Described { .. } => "role.described.v1",
            Self::SessionLimited { .. } => "role.session_limited.v1",
            Self::TrustUpdated { .. } => "role.trust_updated.v1",
            Self::Deleted => "role.deleted.v1",
            Self::Tagged { .. } => "role.tagged.v1",
            Self::Untagged { .. } => "role.untagged.v1",
            Self::Permission(change) => change.wire_name(&PERMISSIONS),
            Self::BoundarySet { .. } => "role.boundary_set.v1",
            Self::BoundaryRemoved => "role.boundary_removed.v1",
        }
    }
}

impl Role {
    /// How tag keys compare on roles.
    pub const TAG_CASE: Case = Case::Folded;

    /// The ARN.
    #[must_use]
    pub fn arn(&self, account: AccountId) -> Arn {
        Arn::role(account, &self.path, &self.name)
    }

    /// Folds a change that concerns this role alone; creation and deletion are the account's.
    pub fn apply(&mut self, change: &RoleChange, at: Timestamp) {
        match change {
            RoleChange::Created { .. } | RoleChange::Deleted => {}
            RoleChange::Described { description } => self.description = description.clone(),
            RoleChange::SessionLimited { session_seconds_max } => self.session_seconds_max = *session_seconds_max,
            RoleChange::TrustUpdated { trust } => self.trust = trust.clone(),
            RoleChange::Tagged { tags } => self.tags.merge(tags, Self::TAG_CASE),
            RoleChange::Untagged { keys } => self.tags.remove(keys, Self::TAG_CASE),
            RoleChange::Permission(change) => self.permissions.apply(change, at),
            RoleChange::BoundarySet { policy } => self.boundary = Some(*policy),
            RoleChange::BoundaryRemoved => self.boundary = None,
        }
    }
}
