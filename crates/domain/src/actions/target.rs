//! What a family of actions can be aimed at, by the names that callers use.

use std::sync::Arc;

use chancery_model::{Arn, Case, GroupName, InstanceProfileName, RoleName, UserName};

use crate::{
    Account, Entity, Event, Group, GroupChange, InstanceProfile, ManagedPolicy, PermissionChange, Permissions, QuotaName,
    Rejection, Role, RoleChange, User, UserChange,
};

/// An identity that policies are attached to, by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PolicyTarget {
    /// A user.
    User(UserName),
    /// A group.
    Group(GroupName),
    /// A role.
    Role(RoleName),
}

/// The identity that a name stands for.
pub(crate) enum Found<'a> {
    User(&'a Arc<User>),
    Group(&'a Arc<Group>),
    Role(&'a Arc<Role>),
}

impl PolicyTarget {
    /// Picks the action's name by the kind of target: `["AttachUserPolicy", "AttachGroupPolicy", "AttachRolePolicy"]`.
    pub(crate) fn pick(&self, user_group_role: [&'static str; 3]) -> &'static str {
        let [user, group, role] = user_group_role;
        match self {
            Self::User(_) => user,
            Self::Group(_) => group,
            Self::Role(_) => role,
        }
    }

    /// The ARN; for a name that nothing has, the ARN that it would have at the root path.
    pub(crate) fn arn(&self, account: &Account) -> Arn {
        match self {
            Self::User(name) => {
                account.user(name).map_or_else(|_| Arn::entity(account.id, "user", name.as_str()), |user| user.arn(account.id))
            }
            Self::Group(name) => account
                .group(name)
                .map_or_else(|_| Arn::entity(account.id, "group", name.as_str()), |group| group.arn(account.id)),
            Self::Role(name) => {
                account.role(name).map_or_else(|_| Arn::entity(account.id, "role", name.as_str()), |role| role.arn(account.id))
            }
        }
    }

    /// The identity itself.
    pub(crate) fn find<'a>(&self, account: &'a Account) -> Result<Found<'a>, Rejection> {
        match self {
            Self::User(name) => account.user(name).map(Found::User),
            Self::Group(name) => account.group(name).map(Found::Group),
            Self::Role(name) => account.role(name).map(Found::Role),
        }
    }
}

impl Found<'_> {
    pub(crate) fn entity(&self) -> Entity {
        match self {
            Self::User(user) => Entity::User(user.id),
            Self::Group(group) => Entity::Group(group.id),
            Self::Role(role) => Entity::Role(role.id),
        }
    }

    pub(crate) fn permissions(&self) -> &Permissions {
        match self {
            Self::User(user) => &user.permissions,
            Self::Group(group) => &group.permissions,
            Self::Role(role) => &role.permissions,
        }
    }

    /// The quota of attached managed policies.
    pub(crate) fn attachment_quota(&self) -> QuotaName {
        match self {
            Self::User(_) => QuotaName::PoliciesPerUser,
            Self::Group(_) => QuotaName::PoliciesPerGroup,
            Self::Role(_) => QuotaName::PoliciesPerRole,
        }
    }

    /// The quota of characters in inline policies.
    pub(crate) fn inline_quota(&self) -> QuotaName {
        match self {
            Self::User(_) => QuotaName::UserInlineChars,
            Self::Group(_) => QuotaName::GroupInlineChars,
            Self::Role(_) => QuotaName::RoleInlineChars,
        }
    }

    /// The event of a change of permissions.
    pub(crate) fn event(&self, change: PermissionChange) -> Event {
        permission_event(self.entity(), change)
    }
}

/// The event of a change of an identity's permissions.
pub(crate) fn permission_event(entity: Entity, change: PermissionChange) -> Event {
    match entity {
        Entity::User(id) => Event::User(id, UserChange::Permission(change)),
        Entity::Group(id) => Event::Group(id, GroupChange::Permission(change)),
        Entity::Role(id) => Event::Role(id, RoleChange::Permission(change)),
    }
}

/// Something that carries tags, by the name that callers use.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TagTarget {
    /// A user.
    User(UserName),
    /// A role.
    Role(RoleName),
    /// A customer managed policy.
    Policy(Arn),
    /// An instance profile.
    InstanceProfile(InstanceProfileName),
}

impl TagTarget {
    /// Picks the action's name by the kind of target: user, role, policy, instance profile.
    pub(crate) fn pick(&self, names: [&'static str; 4]) -> &'static str {
        let [user, role, policy, profile] = names;
        match self {
            Self::User(_) => user,
            Self::Role(_) => role,
            Self::Policy(_) => policy,
            Self::InstanceProfile(_) => profile,
        }
    }

    /// How tag keys compare there.
    #[must_use]
    pub fn case(&self) -> Case {
        match self {
            Self::User(_) => User::TAG_CASE,
            Self::Role(_) => Role::TAG_CASE,
            Self::Policy(_) => ManagedPolicy::TAG_CASE,
            Self::InstanceProfile(_) => InstanceProfile::TAG_CASE,
        }
    }

    /// The ARN; for a name that nothing has, the ARN that it would have at the root path.
    pub(crate) fn arn(&self, account: &Account) -> Arn {
        match self {
            Self::User(name) => PolicyTarget::User(name.clone()).arn(account),
            Self::Role(name) => PolicyTarget::Role(name.clone()).arn(account),
            Self::Policy(arn) => arn.clone(),
            Self::InstanceProfile(name) => account
                .instance_profile(name)
                .map_or_else(|_| Arn::entity(account.id, "instance-profile", name.as_str()), |profile| profile.arn(account.id)),
        }
    }
}
