//! A group: users that share policies.

use chancery_model::{AccountId, Arn, GroupId, GroupName, Path, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{PermissionChange, Permissions, permissions::PermissionWireNames};

/// A group as it is now. Who is in it stands at its users; the account's index knows it by group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The unique id; renames keep it.
    pub id: GroupId,
    /// The name.
    pub name: GroupName,
    /// The path.
    pub path: Path,
    /// When it was created.
    pub created: Timestamp,
    /// Attached and inline policies.
    pub permissions: Permissions,
}

/// What can happen to a group. Variants are append-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupChange {
    /// It was created.
    Created {
        /// The name.
        name: GroupName,
        /// The path.
        path: Path,
    },
    /// It got another name.
    Renamed {
        /// The new name.
        name: GroupName,
    },
    /// It got another path.
    Moved {
        /// The new path.
        path: Path,
    },
    /// It was deleted.
    Deleted,
    /// Its policies changed.
    Permission(PermissionChange),
}

const PERMISSIONS: PermissionWireNames = PermissionWireNames {
    attached: "group.policy_attached.v1",
    detached: "group.policy_detached.v1",
    expired: "group.attachment_expired.v1",
    inline_put: "group.inline_policy_put.v1",
    inline_deleted: "group.inline_policy_deleted.v1",
};

impl GroupChange {
    /// The wire name.
    #[must_use]
    pub fn wire_name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "group.created.v1",
            Self::Renamed { .. } => "group.renamed.v1",
            Self::Moved { .. } => "group.moved.v1",
            Self::Deleted => "group.deleted.v1",
            Self::Permission(change) => change.wire_name(&PERMISSIONS),
        }
    }
}

impl Group {
    /// The ARN.
    #[must_use]
    pub fn arn(&self, account: AccountId) -> Arn {
        Arn::group(account, &self.path, &self.name)
    }

    /// Folds a change that concerns this group alone; creation and deletion are the account's.
    pub fn apply(&mut self, change: &GroupChange, at: Timestamp) {
        match change {
            GroupChange::Created { .. } | GroupChange::Deleted => {}
            GroupChange::Renamed { name } => self.name = name.clone(),
            GroupChange::Moved { path } => self.path = path.clone(),
            GroupChange::Permission(change) => self.permissions.apply(change, at),
        }
    }
}
