//! Sets tags. Source: IAM API Reference, `TagUser`, `TagRole`, `TagPolicy`, `TagInstanceProfile`.

use std::sync::Arc;

use chancery_model::{Arn, Case, Personal, TagKey, TagValue, Tags};
use chancery_policy::RequestContext;

use super::{Act, TagTarget};
use crate::{
    Account, AwsPolicies, Context, Event, Given, InstanceProfile, InstanceProfileChange, ManagedPolicy, ManagedPolicyChange,
    QuotaName, Rejection, Role, RoleChange, SealFailed, Sealer, User, UserChange, asked, field,
};

/// Sets tags. A tag of the same key is replaced; one that is so already changes nothing.
#[derive(Debug, Clone, Hash)]
pub struct Tag {
    /// On what.
    pub target: TagTarget,
    /// Which.
    pub tags: Tags<Given<TagValue>>,
}

impl Act for Tag {
    fn action(&self) -> &'static str {
        self.target.pick(["TagUser", "TagRole", "TagPolicy", "TagInstanceProfile"])
    }

    fn resource(&self, account: &Account) -> Arn {
        self.target.arn(account)
    }

    fn say(&self, _account: &Account, _aws: &AwsPolicies, keys: &mut RequestContext) {
        asked::say_given_tags(&self.tags, keys);
    }

    /// On users alone: a value there is a datum about a person.
    fn seal(&mut self, account: Option<&Account>, sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        let TagTarget::User(user) = &self.target else { return Ok(()) };
        let Some(subject) = super::subject_of(account, user) else { return Ok(()) };
        self.tags.iter_mut().try_for_each(|tag| tag.value.seal(subject, field::USER_TAG, sealer))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let tagged = Tagged::find(&self.target, account, &context.state.aws)?;
        let mut changed = Tags::default();
        for tag in self.tags.iter().filter(|tag| tagged.value(&tag.key) != Some(tag.value.open())) {
            changed.set(chancery_model::Tag { key: tag.key.clone(), value: &tag.value }, self.target.case());
        }
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        account.within(tagged.quota(), tagged.len_with(&changed))?;
        Ok(vec![tagged.set(&changed)?])
    }
}

/// What carries the tags.
pub(super) enum Tagged<'a> {
    User(&'a Arc<User>),
    Role(&'a Arc<Role>),
    Policy(&'a Arc<ManagedPolicy>),
    InstanceProfile(&'a Arc<InstanceProfile>),
}

impl<'a> Tagged<'a> {
    /// Looks it up; AWS's own policies carry no tags.
    pub(super) fn find(target: &TagTarget, account: &'a Account, aws: &'a AwsPolicies) -> Result<Self, Rejection> {
        match target {
            TagTarget::User(name) => account.user(name).map(Self::User),
            TagTarget::Role(name) => account.role(name).map(Self::Role),
            TagTarget::Policy(arn) => {
                let policy = account.policy(arn, aws)?;
                super::customers_own(policy)?;
                Ok(Self::Policy(policy))
            }
            TagTarget::InstanceProfile(name) => account.instance_profile(name).map(Self::InstanceProfile),
        }
    }

    /// The value of a key that is spelled just so.
    fn value(&self, key: &TagKey) -> Option<&TagValue> {
        match self {
            Self::User(user) => user.tags.get(key, Case::Kept).and_then(Personal::get),
            Self::Role(role) => role.tags.get(key, Case::Kept),
            Self::Policy(policy) => policy.tags.get(key, Case::Kept),
            Self::InstanceProfile(profile) => profile.tags.get(key, Case::Kept),
        }
    }

    /// Whether a key is there, by the case rules of what carries it.
    pub(super) fn has(&self, key: &TagKey) -> bool {
        match self {
            Self::User(user) => user.tags.get(key, User::TAG_CASE).is_some(),
            Self::Role(role) => role.tags.get(key, Role::TAG_CASE).is_some(),
            Self::Policy(policy) => policy.tags.get(key, ManagedPolicy::TAG_CASE).is_some(),
            Self::InstanceProfile(profile) => profile.tags.get(key, InstanceProfile::TAG_CASE).is_some(),
        }
    }

    fn quota(&self) -> QuotaName {
        match self {
            Self::User(_) => QuotaName::TagsPerUser,
            Self::Role(_) => QuotaName::TagsPerRole,
            Self::Policy(_) => QuotaName::TagsPerPolicy,
            Self::InstanceProfile(_) => QuotaName::TagsPerInstanceProfile,
        }
    }

    fn len_with<V>(&self, more: &Tags<V>) -> usize {
        match self {
            Self::User(user) => user.tags.len_with(more, User::TAG_CASE),
            Self::Role(role) => role.tags.len_with(more, Role::TAG_CASE),
            Self::Policy(policy) => policy.tags.len_with(more, ManagedPolicy::TAG_CASE),
            Self::InstanceProfile(profile) => profile.tags.len_with(more, InstanceProfile::TAG_CASE),
        }
    }

    fn set(&self, tags: &Tags<&Given<TagValue>>) -> Result<Event, Rejection> {
        let plain = || tags.try_map(|given| Ok::<_, Rejection>(given.open().clone()));
        let event = match self {
            Self::User(user) => {
                let tags = tags.try_map(|given| super::for_present(given.personal_of(user.subject)))?;
                Event::User(user.id, UserChange::Tagged { tags })
            }
            Self::Role(role) => Event::Role(role.id, RoleChange::Tagged { tags: plain()? }),
            Self::Policy(policy) => Event::Policy(policy.id, ManagedPolicyChange::Tagged { tags: plain()? }),
            Self::InstanceProfile(profile) => {
                Event::InstanceProfile(profile.id, InstanceProfileChange::Tagged { tags: plain()? })
            }
        };
        Ok(event)
    }

    /// The event of tags taken away.
    pub(super) fn unset(&self, keys: Vec<TagKey>) -> Event {
        match self {
            Self::User(user) => Event::User(user.id, UserChange::Untagged { keys }),
            Self::Role(role) => Event::Role(role.id, RoleChange::Untagged { keys }),
            Self::Policy(policy) => Event::Policy(policy.id, ManagedPolicyChange::Untagged { keys }),
            Self::InstanceProfile(profile) => Event::InstanceProfile(profile.id, InstanceProfileChange::Untagged { keys }),
        }
    }
}

#[cfg(test)]
#[path = "tag_tests.rs"]
mod tests;
