//! A managed policy with its versions: a customer's, or one of AWS's.

use std::{fmt, str::FromStr};

use chancery_model::{Arn, Case, Description, Invalid, Path, PolicyId, PolicyName, TagKey, Tags, Timestamp};
use chancery_policy::PolicyText;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};

/// The number of a version: `v1`, `v2` … Numbers are never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VersionId(pub u32);

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl FromStr for VersionId {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let number =
            text.strip_prefix('v').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0'));
        let refused = || Invalid::pattern("versionId", text, r"v[1-9][0-9]*");
        number.and_then(|digits| digits.parse().ok()).map(Self).ok_or_else(refused)
    }
}

/// One version of a managed policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// The document.
    pub text: PolicyText,
    /// When it was created.
    pub created: Timestamp,
}

/// A managed policy as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// The unique id.
    pub id: PolicyId,
    /// The ARN; a managed policy is never renamed or moved.
    pub arn: Arn,
    /// The name.
    pub name: PolicyName,
    /// The path.
    pub path: Path,
    /// What it is for.
    pub description: Option<Description>,
    /// When it was created.
    pub created: Timestamp,
    /// When its versions last changed.
    pub updated: Timestamp,
    /// The versions, at least one.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub versions: OrdMap<VersionId, PolicyVersion>,
    /// The version in force.
    pub default: VersionId,
    /// The highest number ever given.
    pub latest: VersionId,
    /// Tags; keys that differ in case alone are two keys.
    pub tags: Tags,
}

/// What can happen to a customer managed policy. Variants are append-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ManagedPolicyChange {
    /// It was created, with version `v1`.
    Created {
        /// The name.
        name: PolicyName,
        /// The path.
        path: Path,
        /// What it is for.
        description: Option<Description>,
        /// The first document.
        text: PolicyText,
        /// Tags.
        tags: Tags,
    },
    /// A version was added.
    VersionCreated {
        /// Its number.
        version: VersionId,
        /// The document.
        text: PolicyText,
        /// Whether it is in force from now on.
        default: bool,
    },
    /// A version was deleted.
    VersionDeleted {
        /// Its number.
        version: VersionId,
    },
    /// Another version is in force.
    DefaultSet {
        /// Its number.
        version: VersionId,
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

impl ManagedPolicyChange {
    /// The wire name.
    #[must_use]
    pub fn wire_name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "policy.created.v1",
            Self::VersionCreated { .. } => "policy.version_created.v1",
            Self::VersionDeleted { .. } => "policy.version_deleted.v1",
            Self::DefaultSet { .. } => "policy.default_set.v1",
            Self::Tagged { .. } => "policy.tagged.v1",
            Self::Untagged { .. } => "policy.untagged.v1",
            Self::Deleted => "policy.deleted.v1",
        }
    }
}

impl ManagedPolicy {
    /// How tag keys compare on managed policies.
    pub const TAG_CASE: Case = Case::Kept;

    /// A policy that has just been created.
    #[must_use]
    pub fn new(id: PolicyId, arn: Arn, name: PolicyName, path: Path, text: PolicyText, at: Timestamp) -> Self {
        let first = VersionId(1);
        Self {
            id,
            arn,
            name,
            path,
            description: None,
            created: at,
            updated: at,
            versions: OrdMap::unit(first, PolicyVersion { text, created: at }),
            default: first,
            latest: first,
            tags: Tags::default(),
        }
    }

    /// The document in force.
    #[must_use]
    pub fn document(&self) -> Option<&PolicyText> {
        self.versions.get(&self.default).map(|version| &version.text)
    }

    /// Folds a change that concerns this policy alone; creation and deletion are the account's.
    pub fn apply(&mut self, change: &ManagedPolicyChange, at: Timestamp) {
        match change {
            ManagedPolicyChange::Created { .. } | ManagedPolicyChange::Deleted => {}
            ManagedPolicyChange::VersionCreated { version, text, default } => {
                self.versions.insert(*version, PolicyVersion { text: text.clone(), created: at });
                self.latest = self.latest.max(*version);
                self.updated = at;
                if *default {
                    self.default = *version;
                }
            }
            ManagedPolicyChange::VersionDeleted { version } => {
                self.versions.remove(version);
                self.updated = at;
            }
            ManagedPolicyChange::DefaultSet { version } => {
                self.default = *version;
                self.updated = at;
            }
            ManagedPolicyChange::Tagged { tags } => self.tags.merge(tags, Self::TAG_CASE),
            ManagedPolicyChange::Untagged { keys } => self.tags.remove(keys, Self::TAG_CASE),
        }
    }
}
