//! A user: a person or a program with credentials of its own.

use chancery_model::{
    AccountId, Arn, Case, GroupId, Path, Personal, PolicyId, Sealed, SubjectId, TagKey, TagValue, Tags, Timestamp, UserId,
    UserName,
};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use crate::{Opener, PasswordHash, PermissionChange, Permissions, field, permissions::PermissionWireNames};

/// A user as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The unique id; renames keep it.
    pub id: UserId,
    /// Whose key its personal fields are sealed under.
    pub subject: SubjectId,
    /// The name.
    pub name: Personal<UserName>,
    /// The path.
    pub path: Path,
    /// When it was created.
    pub created: Timestamp,
    /// Tags; keys that differ in case alone are one key.
    pub tags: Tags<Personal<TagValue>>,
    /// The groups it is in.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub groups: OrdMap<GroupId, Membership>,
    /// Attached and inline policies.
    pub permissions: Permissions,
    /// The permissions boundary.
    pub boundary: Option<PolicyId>,
    /// The password, if it may sign in with one.
    pub login: Option<LoginProfile>,
}

/// Membership in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Since when.
    pub since: Timestamp,
    /// Until when, if it was given for a time.
    pub expires: Option<Timestamp>,
}

/// A user's password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginProfile {
    /// When the profile was created.
    pub created: Timestamp,
    /// When the password was set.
    pub changed: Timestamp,
    /// The hash, sealed.
    pub password: Sealed<PasswordHash>,
    /// Whether the user must choose a new one at the next sign-in.
    pub reset_required: bool,
}

/// What can happen to a user. Variants are append-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserChange {
    /// It was created.
    Created {
        /// The name.
        name: Personal<UserName>,
        /// The path.
        path: Path,
        /// Tags.
        tags: Tags<Personal<TagValue>>,
        /// The permissions boundary.
        boundary: Option<PolicyId>,
    },
    /// It got another name.
    Renamed {
        /// The new name.
        name: Personal<UserName>,
    },
    /// It got another path.
    Moved {
        /// The new path.
        path: Path,
    },
    /// It was deleted.
    Deleted,
    /// Tags were set.
    Tagged {
        /// Which.
        tags: Tags<Personal<TagValue>>,
    },
    /// Tags were taken away.
    Untagged {
        /// Their keys.
        keys: Vec<TagKey>,
    },
    /// It came into a group, or the end of its membership was changed.
    JoinedGroup {
        /// The group.
        group: GroupId,
        /// Until when; for good when absent.
        expires: Option<Timestamp>,
    },
    /// It was taken out of a group.
    LeftGroup {
        /// The group.
        group: GroupId,
    },
    /// The time of a membership was over.
    MembershipExpired {
        /// The group.
        group: GroupId,
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
    /// It got a password.
    LoginProfileCreated {
        /// The hash, sealed.
        password: Sealed<PasswordHash>,
        /// Whether it must be changed at the next sign-in.
        reset_required: bool,
    },
    /// Its password was changed.
    LoginProfileUpdated {
        /// The new hash, sealed, if the password changed.
        password: Option<Sealed<PasswordHash>>,
        /// Whether it must be changed at the next sign-in.
        reset_required: bool,
    },
    /// Its password was taken away.
    LoginProfileDeleted,
}

const PERMISSIONS: PermissionWireNames = PermissionWireNames {
    attached: "user.policy_attached.v1",
    detached: "user.policy_detached.v1",
    expired: "user.attachment_expired.v1",
    inline_put: "user.inline_policy_put.v1",
    inline_deleted: "user.inline_policy_deleted.v1",
};

impl UserChange {
    /// The wire name.
    #[must_use]
    pub fn wire_name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "user.created.v1",
            Self::Renamed { .. } => "user.renamed.v1",
            Self::Moved { .. } => "user.moved.v1",
            Self::Deleted => "user.deleted.v1",
            Self::Tagged { .. } => "user.tagged.v1",
            Self::Untagged { .. } => "user.untagged.v1",
            Self::JoinedGroup { .. } => "user.joined_group.v1",
            Self::LeftGroup { .. } => "user.left_group.v1",
            Self::MembershipExpired { .. } => "user.membership_expired.v1",
            Self::Permission(change) => change.wire_name(&PERMISSIONS),
            Self::BoundarySet { .. } => "user.boundary_set.v1",
            Self::BoundaryRemoved => "user.boundary_removed.v1",
            Self::LoginProfileCreated { .. } => "user.login_profile_created.v1",
            Self::LoginProfileUpdated { .. } => "user.login_profile_updated.v1",
            Self::LoginProfileDeleted => "user.login_profile_deleted.v1",
        }
    }

    /// Opens the personal fields.
    pub fn open(&mut self, opener: &mut dyn Opener) {
        match self {
            Self::Created { name, tags, .. } => {
                name.open_with(|sealed| opener.open(field::USER_NAME, sealed));
                open_tags(tags, opener);
            }
            Self::Renamed { name } => name.open_with(|sealed| opener.open(field::USER_NAME, sealed)),
            Self::Tagged { tags } => open_tags(tags, opener),
            Self::Moved { .. }
            | Self::Deleted
            | Self::Untagged { .. }
            | Self::JoinedGroup { .. }
            | Self::LeftGroup { .. }
            | Self::MembershipExpired { .. }
            | Self::Permission(_)
            | Self::BoundarySet { .. }
            | Self::BoundaryRemoved
            | Self::LoginProfileCreated { .. }
            | Self::LoginProfileUpdated { .. }
            | Self::LoginProfileDeleted => {}
        }
    }
}

fn open_tags(tags: &mut Tags<Personal<TagValue>>, opener: &mut dyn Opener) {
    for tag in tags.iter_mut() {
        tag.value.open_with(|sealed| opener.open(field::USER_TAG, sealed));
    }
}

impl User {
    /// How tag keys compare on users.
    pub const TAG_CASE: Case = Case::Folded;

    /// A user that has just been created.
    #[must_use]
    pub fn new(id: UserId, name: Personal<UserName>, path: Path, at: Timestamp) -> Self {
        Self {
            id,
            subject: name.subject(),
            name,
            path,
            created: at,
            tags: Tags::default(),
            groups: OrdMap::new(),
            permissions: Permissions::default(),
            boundary: None,
            login: None,
        }
    }

    /// The name; the id once the person is erased.
    #[must_use]
    pub fn display_name(&self) -> String {
        self.name.get().map_or_else(|| self.id.to_string(), ToString::to_string)
    }

    /// The ARN.
    #[must_use]
    pub fn arn(&self, account: AccountId) -> Arn {
        match self.name.get() {
            Some(name) => Arn::user(account, &self.path, name),
            None => Arn::entity(account, "user", &self.id.to_string()),
        }
    }

    /// Folds a change that concerns this user alone; creation and deletion are the account's.
    pub fn apply(&mut self, change: &UserChange, at: Timestamp) {
        match change {
            UserChange::Created { .. } | UserChange::Deleted => {}
            UserChange::Renamed { name } => self.name = name.clone(),
            UserChange::Moved { path } => self.path = path.clone(),
            UserChange::Tagged { tags } => self.tags.merge(tags, Self::TAG_CASE),
            UserChange::Untagged { keys } => self.tags.remove(keys, Self::TAG_CASE),
            UserChange::JoinedGroup { group, expires } => {
                let since = self.groups.get(group).map_or(at, |old| old.since);
                self.groups.insert(*group, Membership { since, expires: *expires });
            }
            UserChange::LeftGroup { group } | UserChange::MembershipExpired { group } => {
                self.groups.remove(group);
            }
            UserChange::Permission(change) => self.permissions.apply(change, at),
            UserChange::BoundarySet { policy } => self.boundary = Some(*policy),
            UserChange::BoundaryRemoved => self.boundary = None,
            UserChange::LoginProfileCreated { password, reset_required } => {
                let (password, reset_required) = (password.clone(), *reset_required);
                self.login = Some(LoginProfile { created: at, changed: at, password, reset_required });
            }
            UserChange::LoginProfileUpdated { password, reset_required } => {
                self.update_login(password.as_ref(), *reset_required, at)
            }
            UserChange::LoginProfileDeleted => self.login = None,
        }
    }

    fn update_login(&mut self, password: Option<&Sealed<PasswordHash>>, reset_required: bool, at: Timestamp) {
        if let Some(login) = &mut self.login {
            login.reset_required = reset_required;
            if let Some(password) = password {
                login.password = password.clone();
                login.changed = at;
            }
        }
    }

    /// Opens the personal fields of a user read from a snapshot.
    pub fn open(&mut self, opener: &mut dyn Opener) {
        self.name.open_with(|sealed| opener.open(field::USER_NAME, sealed));
        open_tags(&mut self.tags, opener);
    }
}
