//! Tags, on everything that has them.

use async_graphql::{Context, InputObject, Object, OneofObject};
use chancery_domain::actions::{Tag as SetTags, TagTarget, Untag};
use chancery_model::{InstanceProfileName, RoleName, TagKey, UserName};

use super::{arn, payload};
use crate::{
    fault::{Answer, Nullable, refusable},
    objects::{Tag, TagInput, given_tags},
    scope::{Done, Scope},
};

#[derive(Debug)]
pub(crate) struct Tagging;

payload!(TagPayload, "a command on tags"; tags: Option<Vec<Tag>> = "All tags as the command left them, in the order of their keys.");

impl TagPayload {
    fn of(done: &Done, target: &TagTarget) -> Self {
        Self { tags: Self::left(done, target), record: done.record() }
    }

    fn left(done: &Done, target: &TagTarget) -> Option<Vec<Tag>> {
        let account = done.account()?;
        let plain = match target {
            TagTarget::User(name) => return Some(account.user(name).ok()?.tags.iter().filter_map(Tag::personal).collect()),
            TagTarget::Role(name) => &account.role(name).ok()?.tags,
            TagTarget::Policy(arn) => &account.customer_policy(arn)?.tags,
            TagTarget::InstanceProfile(name) => &account.instance_profile(name).ok()?.tags,
        };
        Some(plain.iter().map(Tag::of).collect())
    }
}

/// What carries the tags; exactly one field.
#[derive(OneofObject)]
pub(crate) enum TagTargetInput {
    /// The user of this name.
    #[graphql(name = "userName")]
    User(String),
    /// The role of this name.
    #[graphql(name = "roleName")]
    Role(String),
    /// The customer managed policy of this ARN.
    #[graphql(name = "policyArn")]
    Policy(String),
    /// The instance profile of this name.
    #[graphql(name = "instanceProfileName")]
    InstanceProfile(String),
}

impl TagTargetInput {
    fn read(&self) -> Answer<TagTarget> {
        Ok(match self {
            Self::User(name) => TagTarget::User(UserName::parse(name)?),
            Self::Role(name) => TagTarget::Role(RoleName::parse(name)?),
            Self::Policy(text) => TagTarget::Policy(arn("policyArn", text)?),
            Self::InstanceProfile(name) => TagTarget::InstanceProfile(InstanceProfileName::parse(name)?),
        })
    }
}

/// Input of `tag`.
#[derive(InputObject)]
pub(crate) struct TagResourceInput {
    /// What carries them.
    target: TagTargetInput,
    /// The tags to set; those of the same key are replaced.
    tags: Vec<TagInput>,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `untag`.
#[derive(InputObject)]
pub(crate) struct UntagResourceInput {
    /// What carries them.
    target: TagTargetInput,
    /// The keys of the tags to take away; those that are not there are passed over.
    tag_keys: Vec<String>,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

#[Object(serial)]
impl Tagging {
    /// Sets tags on a user, role, customer managed policy or instance profile.
    async fn tag(&self, ctx: &Context<'_>, input: TagResourceInput) -> Nullable<TagPayload> {
        refusable(async move {
            let target = input.target.read()?;
            let command = SetTags { target: target.clone(), tags: given_tags(Some(input.tags), target.case())? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(TagPayload::of(&done, &target))
        })
        .await
    }

    /// Takes tags away from a user, role, customer managed policy or instance profile.
    async fn untag(&self, ctx: &Context<'_>, input: UntagResourceInput) -> Nullable<TagPayload> {
        refusable(async move {
            let target = input.target.read()?;
            let key = |(at, key): (usize, &String)| TagKey::parse(key).map_err(|e| e.at(format!("tagKeys.{}", at + 1)));
            let keys = input.tag_keys.iter().enumerate().map(key).collect::<Result<_, _>>()?;
            let done = Scope::of(ctx)?.run(Untag { target: target.clone(), keys }, input.client_token).await?;
            Ok(TagPayload::of(&done, &target))
        })
        .await
    }
}
