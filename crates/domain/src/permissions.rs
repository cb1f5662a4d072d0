//! The policies of an identity: attached managed ones and inline ones.

use chancery_model::{PolicyId, PolicyName, Timestamp};
use chancery_policy::PolicyText;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};

/// An attached managed policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Since when.
    pub since: Timestamp,
    /// Until when, if it was attached for a time.
    pub expires: Option<Timestamp>,
}

/// The policies of a user, group or role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions {
    /// Managed policies, by id: customer managed or AWS's.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub attached: OrdMap<PolicyId, Attachment>,
    /// Inline policies, by name.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub inline: OrdMap<PolicyName, PolicyText>,
}

/// What can happen to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PermissionChange {
    /// A managed policy was attached, or its end was changed.
    Attached {
        /// Which.
        policy: PolicyId,
        /// Until when; for good when absent.
        expires: Option<Timestamp>,
    },
    /// A managed policy was detached.
    Detached {
        /// Which.
        policy: PolicyId,
    },
    /// The time of an attachment was over.
    AttachmentExpired {
        /// Which.
        policy: PolicyId,
    },
    /// An inline policy was written or replaced.
    InlinePut {
        /// Its name.
        name: PolicyName,
        /// The document.
        text: PolicyText,
    },
    /// An inline policy was deleted.
    InlineDeleted {
        /// Its name.
        name: PolicyName,
    },
}

impl Permissions {
    /// Folds a change.
    pub fn apply(&mut self, change: &PermissionChange, at: Timestamp) {
        match change {
            PermissionChange::Attached { policy, expires } => {
                let since = self.attached.get(policy).map_or(at, |old| old.since);
                self.attached.insert(*policy, Attachment { since, expires: *expires });
            }
            PermissionChange::Detached { policy } | PermissionChange::AttachmentExpired { policy } => {
                self.attached.remove(policy);
            }
            PermissionChange::InlinePut { name, text } => {
                self.inline.insert(name.clone(), text.clone());
            }
            PermissionChange::InlineDeleted { name } => {
                self.inline.remove(name);
            }
        }
    }

    /// Whether there is neither an attached nor an inline policy.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attached.is_empty() && self.inline.is_empty()
    }

    /// The characters of all inline policies together, without white space, `except` one that is to be replaced.
    #[must_use]
    pub fn inline_chars(&self, except: Option<&PolicyName>) -> usize {
        self.inline.iter().filter(|(name, _)| Some(*name) != except).map(|(_, text)| text.chars()).sum()
    }
}

impl PermissionChange {
    /// The end of its wire name, as in `user.policy_attached.v1`.
    pub(crate) const fn wire_name(&self, names: &PermissionWireNames) -> &'static str {
        match self {
            Self::Attached { .. } => names.attached,
            Self::Detached { .. } => names.detached,
            Self::AttachmentExpired { .. } => names.expired,
            Self::InlinePut { .. } => names.inline_put,
            Self::InlineDeleted { .. } => names.inline_deleted,
        }
    }
}

/// The wire names of permission changes of one noun.
pub(crate) struct PermissionWireNames {
    pub(crate) attached: &'static str,
    pub(crate) detached: &'static str,
    pub(crate) expired: &'static str,
    pub(crate) inline_put: &'static str,
    pub(crate) inline_deleted: &'static str,
}
