//! Folding events into an account, and keeping its index in step.

use std::sync::Arc;

use chancery_model::{Arn, GroupId, InstanceProfileId, NameKey, PolicyId, RoleId, Timestamp, UserId};

use super::{Account, AccountChange};
use crate::{
    Entity, Event, Group, GroupChange, InstanceProfile, InstanceProfileChange, ManagedPolicy, ManagedPolicyChange,
    PermissionChange, Permissions, ResourcePolicy, ResourcePolicyChange, Role, RoleChange, User, UserChange, index::Index,
};

impl Account {
    /// Folds an event. What refers to something that is not there changes nothing: `decide` never writes such an event.
    pub(crate) fn apply(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::Account(change) => self.apply_own(change),
            Event::User(id, change) => self.apply_user(*id, change, at),
            Event::Group(id, change) => self.apply_group(*id, change, at),
            Event::Role(id, change) => self.apply_role(*id, change, at),
            Event::Policy(id, change) => self.apply_policy(*id, change, at),
            Event::InstanceProfile(id, change) => self.apply_instance_profile(*id, change, at),
            Event::ResourcePolicy(arn, change) => self.apply_resource_policy(arn, change, at),
            Event::AwsPolicy(..) | Event::Organization(..) => {}
        }
    }

    fn apply_own(&mut self, change: &AccountChange) {
        match change {
            AccountChange::Created { .. } => {}
            AccountChange::AliasSet { alias } => self.alias = Some(alias.clone()),
            AccountChange::AliasDeleted => self.alias = None,
            AccountChange::PasswordPolicySet { policy } => self.password_policy = Some(policy.clone()),
            AccountChange::PasswordPolicyDeleted => self.password_policy = None,
            AccountChange::QuotaSet { quota, value } => {
                self.quotas.insert(*quota, *value);
            }
        }
    }

    fn apply_user(&mut self, id: UserId, change: &UserChange, at: Timestamp) {
        if let UserChange::Created { name, path, tags, boundary } = change {
            let mut user = User::new(id, name.clone(), path.clone(), at);
            user.tags = tags.clone();
            user.boundary = *boundary;
            enter_user(&mut self.index, &user);
            self.users.insert(id, Arc::new(user));
            return;
        }
        if matches!(change, UserChange::Deleted) {
            if let Some(user) = self.users.remove(&id) {
                remove_user(&mut self.index, &user);
            }
            return;
        }
        let Some(user) = self.users.get_mut(&id) else { return };
        index_user_change(&mut self.index, user, change);
        Arc::make_mut(user).apply(change, at);
    }

    fn apply_group(&mut self, id: GroupId, change: &GroupChange, at: Timestamp) {
        if let GroupChange::Created { name, path } = change {
            let (name, path) = (name.clone(), path.clone());
            self.index.groups.insert(name.key(), id);
            self.groups.insert(id, Arc::new(Group { id, name, path, created: at, permissions: Permissions::default() }));
            return;
        }
        if matches!(change, GroupChange::Deleted) {
            if let Some(group) = self.groups.remove(&id) {
                self.index.groups.remove(&group.name.key());
                self.index.remove(Entity::Group(id), &group.permissions, None);
            }
            return;
        }
        let Some(group) = self.groups.get_mut(&id) else { return };
        match change {
            GroupChange::Renamed { name } => {
                self.index.groups.remove(&group.name.key());
                self.index.groups.insert(name.key(), id);
            }
            GroupChange::Permission(change) => index_permission(&mut self.index, Entity::Group(id), &group.permissions, change),
            GroupChange::Created { .. } | GroupChange::Moved { .. } | GroupChange::Deleted => {}
        }
        Arc::make_mut(group).apply(change, at);
    }

    fn apply_role(&mut self, id: RoleId, change: &RoleChange, at: Timestamp) {
        if let RoleChange::Created { .. } = change {
            if let Some(role) = new_role(id, change, at) {
                self.index.roles.insert(role.name.key(), id);
                self.index.enter(Entity::Role(id), &role.permissions, role.boundary);
                self.roles.insert(id, Arc::new(role));
            }
            return;
        }
        if matches!(change, RoleChange::Deleted) {
            if let Some(role) = self.roles.remove(&id) {
                self.index.roles.remove(&role.name.key());
                self.index.remove(Entity::Role(id), &role.permissions, role.boundary);
            }
            return;
        }
        let Some(role) = self.roles.get_mut(&id) else { return };
        match change {
            RoleChange::Permission(change) => index_permission(&mut self.index, Entity::Role(id), &role.permissions, change),
            RoleChange::BoundarySet { policy } => self.index.bound(Entity::Role(id), role.boundary, Some(*policy)),
            RoleChange::BoundaryRemoved => self.index.bound(Entity::Role(id), role.boundary, None),
            RoleChange::Created { .. }
            | RoleChange::Deleted
            | RoleChange::Described { .. }
            | RoleChange::SessionLimited { .. }
            | RoleChange::TrustUpdated { .. }
            | RoleChange::Tagged { .. }
            | RoleChange::Untagged { .. } => {}
        }
        Arc::make_mut(role).apply(change, at);
    }

    fn apply_policy(&mut self, id: PolicyId, change: &ManagedPolicyChange, at: Timestamp) {
        if let ManagedPolicyChange::Created { name, path, description, text, tags } = change {
            let arn = Arn::policy(self.id, path, name);
            let mut policy = ManagedPolicy::new(id, arn, name.clone(), path.clone(), text.clone(), at);
            policy.description.clone_from(description);
            policy.tags = tags.clone();
            self.index.policies.insert(name.key(), id);
            self.policies.insert(id, Arc::new(policy));
            return;
        }
        if matches!(change, ManagedPolicyChange::Deleted) {
            if let Some(policy) = self.policies.remove(&id) {
                self.index.policies.remove(&policy.name.key());
            }
            return;
        }
        if let Some(policy) = self.policies.get_mut(&id) {
            Arc::make_mut(policy).apply(change, at);
        }
    }

    fn apply_instance_profile(&mut self, id: InstanceProfileId, change: &InstanceProfileChange, at: Timestamp) {
        if let InstanceProfileChange::Created { name, path, tags } = change {
            let (name, path, tags) = (name.clone(), path.clone(), tags.clone());
            self.index.instance_profiles.insert(name.key(), id);
            self.instance_profiles.insert(id, Arc::new(InstanceProfile { id, name, path, created: at, role: None, tags }));
            return;
        }
        if matches!(change, InstanceProfileChange::Deleted) {
            if let Some(profile) = self.instance_profiles.remove(&id) {
                self.index.instance_profiles.remove(&profile.name.key());
                if let Some(role) = profile.role {
                    self.index.empty(role, id);
                }
            }
            return;
        }
        let Some(profile) = self.instance_profiles.get_mut(&id) else { return };
        match change {
            InstanceProfileChange::RoleAdded { role } => self.index.fill(*role, id),
            InstanceProfileChange::RoleRemoved { role } => self.index.empty(*role, id),
            InstanceProfileChange::Created { .. }
            | InstanceProfileChange::Deleted
            | InstanceProfileChange::Tagged { .. }
            | InstanceProfileChange::Untagged { .. } => {}
        }
        Arc::make_mut(profile).apply(change);
    }

    fn apply_resource_policy(&mut self, arn: &Arn, change: &ResourcePolicyChange, at: Timestamp) {
        match change {
            ResourcePolicyChange::Put { text } => {
                let created = self.resource_policies.get(arn).map_or(at, |old| old.created);
                let policy = ResourcePolicy { resource: arn.clone(), text: text.clone(), created, updated: at };
                self.resource_policies.insert(arn.clone(), Arc::new(policy));
            }
            ResourcePolicyChange::Deleted => {
                self.resource_policies.remove(arn);
            }
        }
    }

    /// Builds the index anew.
    pub(crate) fn reindex(&mut self) {
        let mut index = Index::default();
        for user in self.users.values() {
            enter_user(&mut index, user);
        }
        for (id, group) in &self.groups {
            index.groups.insert(group.name.key(), *id);
            index.enter(Entity::Group(*id), &group.permissions, None);
        }
        for (id, role) in &self.roles {
            index.roles.insert(role.name.key(), *id);
            index.enter(Entity::Role(*id), &role.permissions, role.boundary);
        }
        for (id, policy) in &self.policies {
            index.policies.insert(policy.name.key(), *id);
        }
        for (id, profile) in &self.instance_profiles {
            index.instance_profiles.insert(profile.name.key(), *id);
            if let Some(role) = profile.role {
                index.fill(role, *id);
            }
        }
        self.index = index;
    }
}

fn name_key(user: &User) -> Option<NameKey> {
    user.name.get().map(chancery_model::UserName::key)
}

fn enter_user(index: &mut Index, user: &User) {
    if let Some(key) = name_key(user) {
        index.users.insert(key, user.id);
    }
    for (group, membership) in &user.groups {
        index.join(user.id, *group, membership.expires);
    }
    index.enter(Entity::User(user.id), &user.permissions, user.boundary);
}

fn remove_user(index: &mut Index, user: &User) {
    if let Some(key) = name_key(user) {
        index.users.remove(&key);
    }
    for (group, membership) in &user.groups {
        index.leave(user.id, *group, membership.expires);
    }
    index.remove(Entity::User(user.id), &user.permissions, user.boundary);
}

/// Brings the index to where it is after `change`; `user` is still as before.
fn index_user_change(index: &mut Index, user: &User, change: &UserChange) {
    let leave = |index: &mut Index, group: &GroupId| {
        if let Some(old) = user.groups.get(group) {
            index.leave(user.id, *group, old.expires);
        }
    };
    match change {
        UserChange::Renamed { name } => {
            if let Some(old) = name_key(user) {
                index.users.remove(&old);
            }
            if let Some(new) = name.get() {
                index.users.insert(new.key(), user.id);
            }
        }
        UserChange::JoinedGroup { group, expires } => {
            leave(index, group);
            index.join(user.id, *group, *expires);
        }
        UserChange::LeftGroup { group } | UserChange::MembershipExpired { group } => leave(index, group),
        UserChange::Permission(change) => index_permission(index, Entity::User(user.id), &user.permissions, change),
        UserChange::BoundarySet { policy } => index.bound(Entity::User(user.id), user.boundary, Some(*policy)),
        UserChange::BoundaryRemoved => index.bound(Entity::User(user.id), user.boundary, None),
        UserChange::Created { .. }
        | UserChange::Deleted
        | UserChange::Moved { .. }
        | UserChange::Tagged { .. }
        | UserChange::Untagged { .. }
        | UserChange::LoginProfileCreated { .. }
        | UserChange::LoginProfileUpdated { .. }
        | UserChange::LoginProfileDeleted => {}
    }
}

fn index_permission(index: &mut Index, entity: Entity, before: &Permissions, change: &PermissionChange) {
    let old = |policy| before.attached.get(policy).map(|attachment| attachment.expires);
    match change {
        PermissionChange::Attached { policy, expires } => {
            if let Some(ended) = old(policy) {
                index.detach(entity, *policy, ended);
            }
            index.attach(entity, *policy, *expires);
        }
        PermissionChange::Detached { policy } | PermissionChange::AttachmentExpired { policy } => {
            if let Some(ended) = old(policy) {
                index.detach(entity, *policy, ended);
            }
        }
        PermissionChange::InlinePut { .. } | PermissionChange::InlineDeleted { .. } => {}
    }
}

fn new_role(id: RoleId, change: &RoleChange, at: Timestamp) -> Option<Role> {
    let RoleChange::Created { name, path, description, session_seconds_max, trust, tags, boundary } = change else { return None };
    Some(Role {
        id,
        name: name.clone(),
        path: path.clone(),
        created: at,
        description: description.clone(),
        session_seconds_max: *session_seconds_max,
        trust: trust.clone(),
        tags: tags.clone(),
        permissions: Permissions::default(),
        boundary: *boundary,
    })
}
