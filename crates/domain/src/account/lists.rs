//! The lists of an account, in the order of names, page by page.

use std::{ops::Bound, sync::Arc};

use chancery_model::{Arn, GroupId, NameKey, PathPrefix, PolicyId, RoleId};
use imbl::OrdMap;

use super::Account;
use crate::{Group, InstanceProfile, ManagedPolicy, Page, PolicyUse, ResourcePolicy, Role, User};

/// A page of things in the order of their names.
type Named<'a, T> = Page<&'a Arc<T>, NameKey>;

fn after<'a, I: Copy + 'a, T: 'a>(
    names: &'a OrdMap<NameKey, I>,
    after: Option<&NameKey>,
    find: impl Fn(I) -> Option<&'a Arc<T>> + 'a,
) -> impl Iterator<Item = (NameKey, &'a Arc<T>)> + 'a {
    let from = after.map_or(Bound::Unbounded, |key| Bound::Excluded(key.clone()));
    names.range((from, Bound::Unbounded)).filter_map(move |(key, id)| find(*id).map(|thing| (key.clone(), thing)))
}

impl Account {
    /// Users after a name, under a path.
    #[must_use]
    pub fn list_users(&self, prefix: &PathPrefix, from: Option<&NameKey>, limit: usize) -> Named<'_, User> {
        let all = after(&self.index.users, from, |id| self.users.get(&id));
        Page::take(all.filter(|(_, user)| prefix.matches(&user.path)), limit)
    }

    /// Groups after a name, under a path.
    #[must_use]
    pub fn list_groups(&self, prefix: &PathPrefix, from: Option<&NameKey>, limit: usize) -> Named<'_, Group> {
        let all = after(&self.index.groups, from, |id| self.groups.get(&id));
        Page::take(all.filter(|(_, group)| prefix.matches(&group.path)), limit)
    }

    /// Roles after a name, under a path.
    #[must_use]
    pub fn list_roles(&self, prefix: &PathPrefix, from: Option<&NameKey>, limit: usize) -> Named<'_, Role> {
        let all = after(&self.index.roles, from, |id| self.roles.get(&id));
        Page::take(all.filter(|(_, role)| prefix.matches(&role.path)), limit)
    }

    /// Customer managed policies after a name, under a path.
    #[must_use]
    pub fn list_policies(&self, prefix: &PathPrefix, from: Option<&NameKey>, limit: usize) -> Named<'_, ManagedPolicy> {
        let all = after(&self.index.policies, from, |id| self.policies.get(&id));
        Page::take(all.filter(|(_, policy)| prefix.matches(&policy.path)), limit)
    }

    /// Instance profiles after a name, under a path.
    #[must_use]
    pub fn list_instance_profiles(
        &self,
        prefix: &PathPrefix,
        from: Option<&NameKey>,
        limit: usize,
    ) -> Named<'_, InstanceProfile> {
        let all = after(&self.index.instance_profiles, from, |id| self.instance_profiles.get(&id));
        Page::take(all.filter(|(_, profile)| prefix.matches(&profile.path)), limit)
    }

    /// Policies of resources that live elsewhere, after a resource, in the order of the resources' ARNs.
    #[must_use]
    pub fn list_resource_policies(&self, after: Option<&Arn>, limit: usize) -> Page<&Arc<ResourcePolicy>, Arn> {
        let from = after.map_or(Bound::Unbounded, |arn| Bound::Excluded(arn.clone()));
        let all = self.resource_policies.range((from, Bound::Unbounded));
        Page::take(all.map(|(arn, policy)| (arn.clone(), policy)), limit)
    }

    /// The users of a group, in the order of their ids.
    pub fn members(&self, group: GroupId) -> impl Iterator<Item = &Arc<User>> {
        self.index.members.get(&group).into_iter().flat_map(|set| set.iter()).filter_map(|id| self.users.get(id))
    }

    /// What uses a managed policy, attached or as boundary.
    pub fn policy_uses(&self, policy: PolicyId) -> impl Iterator<Item = PolicyUse> + '_ {
        self.index.policy_uses.get(&policy).into_iter().flat_map(|set| set.iter()).copied()
    }

    /// The instance profiles that a role is in.
    pub fn role_instance_profiles(&self, role: RoleId) -> impl Iterator<Item = &Arc<InstanceProfile>> {
        self.index.role_profiles.get(&role).into_iter().flat_map(|set| set.iter()).filter_map(|id| self.instance_profiles.get(id))
    }
}
