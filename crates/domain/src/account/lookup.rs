//! Finding things in an account by the names that people use.

use std::sync::Arc;

use chancery_model::{
    Arn, GroupId, GroupName, InstanceProfileName, NameKey, PolicyId, RoleId, RoleName, TagValue, Tags, Timestamp, UserId,
    UserName,
};

use super::Account;
use crate::{
    AwsPolicies, Entity, Grant, Group, InstanceProfile, ManagedPolicy, QuotaName, Rejection, ResourcePolicy, Role, User,
};

impl Account {
    /// The user of a name, whatever its case.
    ///
    /// # Errors
    /// [`Rejection::NoSuchEntity`].
    pub fn user(&self, name: &UserName) -> Result<&Arc<User>, Rejection> {
        self.user_by_key(&name.key()).ok_or_else(|| Rejection::missing("user", name.as_str()))
    }

    /// The user of a name key.
    #[must_use]
    pub fn user_by_key(&self, key: &NameKey) -> Option<&Arc<User>> {
        self.index.users.get(key).and_then(|id| self.users.get(id))
    }

    /// The role of a name key.
    #[must_use]
    pub fn role_by_key(&self, key: &NameKey) -> Option<&Arc<Role>> {
        self.index.roles.get(key).and_then(|id| self.roles.get(id))
    }

    /// The group of a name, whatever its case.
    ///
    /// # Errors
    /// [`Rejection::NoSuchEntity`].
    pub fn group(&self, name: &GroupName) -> Result<&Arc<Group>, Rejection> {
        let found = self.index.groups.get(&name.key()).and_then(|id| self.groups.get(id));
        found.ok_or_else(|| Rejection::missing("group", name.as_str()))
    }

    /// The role of a name, whatever its case.
    ///
    /// # Errors
    /// [`Rejection::NoSuchEntity`].
    pub fn role(&self, name: &RoleName) -> Result<&Arc<Role>, Rejection> {
        self.role_by_key(&name.key()).ok_or_else(|| Rejection::missing("role", name.as_str()))
    }

    /// The instance profile of a name, whatever its case.
    ///
    /// # Errors
    /// [`Rejection::NoSuchEntity`].
    pub fn instance_profile(&self, name: &InstanceProfileName) -> Result<&Arc<InstanceProfile>, Rejection> {
        let found = self.index.instance_profiles.get(&name.key()).and_then(|id| self.instance_profiles.get(id));
        found.ok_or_else(|| Rejection::NoSuchEntity { what: format!("instance profile {name}") })
    }

    /// The managed policy of an ARN: this account's or AWS's.
    ///
    /// # Errors
    /// [`Rejection::NoSuchPolicy`].
    pub fn policy<'a>(&'a self, arn: &Arn, aws: &'a AwsPolicies) -> Result<&'a Arc<ManagedPolicy>, Rejection> {
        let missing = || Rejection::policy_missing(arn);
        if arn.account_text() == "aws" {
            return aws.by_arn(arn).ok_or_else(missing);
        }
        self.customer_policy(arn).ok_or_else(missing)
    }

    /// The customer managed policy of an ARN.
    #[must_use]
    pub fn customer_policy(&self, arn: &Arn) -> Option<&Arc<ManagedPolicy>> {
        let named = self.index.policies.get(&NameKey::of(arn.resource_name())).and_then(|id| self.policies.get(id));
        named.filter(|policy| policy.arn == *arn)
    }

    /// The managed policy of an id: this account's or AWS's.
    #[must_use]
    pub fn policy_by_id<'a>(&'a self, id: PolicyId, aws: &'a AwsPolicies) -> Option<&'a Arc<ManagedPolicy>> {
        self.policies.get(&id).or_else(|| aws.get(id))
    }

    /// The user of an ARN, path included.
    #[must_use]
    pub fn user_at(&self, arn: &Arn) -> Option<&Arc<User>> {
        self.user_by_key(&NameKey::of(arn.resource_name())).filter(|user| user.arn(self.id) == *arn)
    }

    /// The role of an ARN, path included.
    #[must_use]
    pub fn role_at(&self, arn: &Arn) -> Option<&Arc<Role>> {
        self.role_by_key(&NameKey::of(arn.resource_name())).filter(|role| role.arn(self.id) == *arn)
    }

    /// The value of a tag of what an ARN of this account names; the key's case does not count, as in a condition key.
    ///
    /// Users, roles, customer managed policies and instance profiles carry tags.
    #[must_use]
    pub fn tag_at(&self, arn: &Arn, key: &str) -> Option<&str> {
        if arn.service() != "iam" || arn.account() != Some(self.id) {
            return None;
        }
        let name = NameKey::of(arn.resource_name());
        match arn.resource().split_once('/')?.0 {
            "user" => tag(&self.user_by_key(&name)?.tags, key)?.get().map(TagValue::as_str),
            "role" => tag(&self.roles.get(self.index.roles.get(&name)?)?.tags, key).map(TagValue::as_str),
            "policy" => tag(&self.customer_policy(arn)?.tags, key).map(TagValue::as_str),
            "instance-profile" => {
                tag(&self.instance_profiles.get(self.index.instance_profiles.get(&name)?)?.tags, key).map(TagValue::as_str)
            }
            _ => None,
        }
    }

    /// The policy of a resource that lives elsewhere.
    ///
    /// # Errors
    /// [`Rejection::NoSuchEntity`].
    pub fn resource_policy(&self, resource: &Arn) -> Result<&Arc<ResourcePolicy>, Rejection> {
        let missing = || Rejection::NoSuchEntity { what: format!("resource policy of {resource}") };
        self.resource_policies.get(resource).ok_or_else(missing)
    }

    /// Whether a user's, group's, role's, policy's or instance profile's name is free.
    #[must_use]
    pub fn user_name_is_free(&self, name: &UserName) -> bool {
        !self.index.users.contains_key(&name.key())
    }

    /// Whether no group has the name.
    #[must_use]
    pub fn group_name_is_free(&self, name: &GroupName) -> bool {
        !self.index.groups.contains_key(&name.key())
    }

    /// Whether no role has the name.
    #[must_use]
    pub fn role_name_is_free(&self, name: &RoleName) -> bool {
        !self.index.roles.contains_key(&name.key())
    }

    /// Whether no customer managed policy has the name.
    #[must_use]
    pub fn policy_name_is_free(&self, name: &chancery_model::PolicyName) -> bool {
        !self.index.policies.contains_key(&name.key())
    }

    /// Whether no instance profile has the name.
    #[must_use]
    pub fn instance_profile_name_is_free(&self, name: &InstanceProfileName) -> bool {
        !self.index.instance_profiles.contains_key(&name.key())
    }

    /// How many users a group has.
    #[must_use]
    pub fn member_count(&self, group: GroupId) -> usize {
        self.index.members.get(&group).map_or(0, |set| set.len())
    }

    /// How many identities a managed policy is attached to, and how many it bounds.
    #[must_use]
    pub fn policy_use_counts(&self, policy: PolicyId) -> (usize, usize) {
        let uses = self.index.policy_uses.get(&policy);
        let all = uses.map_or(0, |set| set.len());
        let boundaries = uses.map_or(0, |set| set.iter().filter(|one| one.used == crate::Use::Boundary).count());
        (all - boundaries, boundaries)
    }

    /// How many instance profiles a role is in.
    #[must_use]
    pub fn instance_profile_count(&self, role: RoleId) -> usize {
        self.index.role_profiles.get(&role).map_or(0, |set| set.len())
    }

    /// The grants whose time is over at `now`, earliest first.
    pub fn expired(&self, now: Timestamp) -> impl Iterator<Item = (Timestamp, Grant)> + '_ {
        self.index.expiries.iter().copied().take_while(move |(moment, _)| *moment <= now)
    }

    /// When the next grant's time is over.
    #[must_use]
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.index.expiries.get_min().map(|(moment, _)| *moment)
    }

    /// Refuses one more of something when there are as many as its quota allows.
    ///
    /// # Errors
    /// [`Rejection::LimitExceeded`] when `count` after the change is more than the quota.
    pub fn within(&self, quota: QuotaName, count_after: usize) -> Result<(), Rejection> {
        let value = self.quota(quota);
        if u64::try_from(count_after).unwrap_or(u64::MAX) > value {
            Err(Rejection::LimitExceeded { quota, value })
        } else {
            Ok(())
        }
    }

    /// The ARN of an identity, if it exists.
    #[must_use]
    pub fn entity_arn(&self, entity: Entity) -> Option<Arn> {
        match entity {
            Entity::User(id) => self.users.get(&id).map(|user| user.arn(self.id)),
            Entity::Group(id) => self.groups.get(&id).map(|group| group.arn(self.id)),
            Entity::Role(id) => self.roles.get(&id).map(|role| role.arn(self.id)),
        }
    }

    /// The user of an id.
    #[must_use]
    pub fn user_by_id(&self, id: UserId) -> Option<&Arc<User>> {
        self.users.get(&id)
    }
}
/// The value of a key in any case.
fn tag<'a, V>(tags: &'a Tags<V>, key: &str) -> Option<&'a V> {
    tags.iter().find(|tag| tag.key.as_str().eq_ignore_ascii_case(key)).map(|tag| &tag.value)
}
