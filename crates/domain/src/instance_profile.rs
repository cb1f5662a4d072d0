//! An instance profile: the holder by which a machine gets a role.

use chancery_model::{AccountId, Arn, Case, InstanceProfileId, InstanceProfileName, Path, RoleId, TagKey, Tags, Timestamp};
use serde::{Deserialize, Serialize};

/// An instance profile as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceProfile {
    /// The unique id.
    pub id: InstanceProfileId,
    /// The name.
    pub name: InstanceProfileName,
    /// The path.
    pub path: Path,
    /// When it was created.
    pub created: Timestamp,
    /// The role in it; one at most.
    pub role: Option<RoleId>,
    /// Tags; keys that differ in case alone are two keys.
    pub tags: Tags,
}

/// What can happen to an instance profile. Variants are append-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum InstanceProfileChange {
    /// It was created.
    Created {
        /// The name.
        name: InstanceProfileName,
        /// The path.
        path: Path,
        /// Tags.
        tags: Tags,
    },
    /// A role was put in.
    RoleAdded {
        /// Which.
        role: RoleId,
    },
    /// The role was taken out.
    RoleRemoved {
        /// Which.
        role: RoleId,
    },
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
    /// It was deleted.
    Deleted,
}

impl InstanceProfileChange {
    /// The wire name.
    #[must_use]
    pub fn wire_name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "instance_profile.created.v1",
            Self::RoleAdded { .. } => "instance_profile.role_added.v1",
            Self::RoleRemoved { .. } => "instance_profile.role_removed.v1",
            Self::Tagged { .. } => "instance_profile.tagged.v1",
            Self::Untagged { .. } => "instance_profile.untagged.v1",
            Self::Deleted => "instance_profile.deleted.v1",
        }
    }
}

impl InstanceProfile {
    /// How tag keys compare on instance profiles.
    pub const TAG_CASE: Case = Case::Kept;

    /// The ARN.
    #[must_use]
    pub fn arn(&self, account: AccountId) -> Arn {
        Arn::instance_profile(account, &self.path, &self.name)
    }

    /// Folds a change that concerns this profile alone; creation and deletion are the account's.
    pub fn apply(&mut self, change: &InstanceProfileChange) {
        match change {
            InstanceProfileChange::Created { .. } | InstanceProfileChange::Deleted => {}
            InstanceProfileChange::RoleAdded { role } => self.role = Some(*role),
            InstanceProfileChange::RoleRemoved { .. } => self.role = None,
            InstanceProfileChange::Tagged { tags } => self.tags.merge(tags, Self::TAG_CASE),
            InstanceProfileChange::Untagged { keys } => self.tags.remove(keys, Self::TAG_CASE),
        }
    }
}
