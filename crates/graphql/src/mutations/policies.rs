//! Customer managed policies and their versions.

use async_graphql::{Context, InputObject, Object};
use chancery_domain::actions::{CreatePolicy, CreatePolicyVersion, DeletePolicy, DeletePolicyVersion, SetDefaultPolicyVersion};
use chancery_model::{Arn, PolicyName};
use chancery_policy::{Kind, PolicyText};

use super::{DeletedPayload, arn, description, path, payload};
use crate::{
    fault::{Nullable, refusable},
    ids::GlobalId,
    objects::{ManagedPolicy, TagInput, tags},
    scope::{Done, Scope},
};

#[derive(Debug)]
pub(crate) struct Policies;

payload!(PolicyPayload, "a command on a managed policy"; policy: Option<ManagedPolicy> = "The policy as the command left it.");

impl PolicyPayload {
    pub(super) fn of(done: &Done, arn: &Arn) -> Self {
        let policy = done.account().and_then(|account| account.policy(arn, done.aws_policies()).ok());
        Self { policy: policy.map(|policy| ManagedPolicy::new(&done.view, policy)), record: done.record() }
    }
}

/// Input of `createPolicy`.
#[derive(InputObject)]
pub(crate) struct CreatePolicyInput {
    /// The name: 1 to 128 letters, digits and `_+=,.@-`, unique whatever its case.
    policy_name: String,
    /// The path; `/` when absent.
    path: Option<String>,
    /// What it is for, up to 1,000 characters. It cannot be changed later.
    description: Option<String>,
    /// The document: JSON text. It becomes version `v1`.
    policy_document: String,
    /// Tags.
    tags: Option<Vec<TagInput>>,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `createPolicyVersion`.
#[derive(InputObject)]
pub(crate) struct CreatePolicyVersionInput {
    /// The policy's ARN.
    policy_arn: String,
    /// The document: JSON text.
    policy_document: String,
    /// Whether the new version is to be in force at once.
    #[graphql(default = false)]
    set_as_default: bool,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `deletePolicy`.
#[derive(InputObject)]
pub(crate) struct DeletePolicyInput {
    /// The policy's ARN.
    policy_arn: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `deletePolicyVersion` and `setDefaultPolicyVersion`.
#[derive(InputObject)]
pub(crate) struct PolicyVersionInput {
    /// The policy's ARN.
    policy_arn: String,
    /// The version's number, as in `v2`.
    version_id: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

#[Object(serial)]
impl Policies {
    /// Creates a customer managed policy with its first version.
    async fn create_policy(&self, ctx: &Context<'_>, input: CreatePolicyInput) -> Nullable<PolicyPayload> {
        refusable(async move {
            let command = CreatePolicy {
                policy_name: PolicyName::parse(&input.policy_name)?,
                path: path(input.path)?,
                description: description(input.description)?,
                policy_document: PolicyText::parse(&input.policy_document, Kind::Identity)?,
                tags: tags(input.tags, chancery_domain::ManagedPolicy::TAG_CASE)?,
            };
            let (path, name) = (command.path.clone(), command.policy_name.clone());
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(PolicyPayload::of(&done, &Arn::policy(done.view.account_id(), &path, &name)))
        })
        .await
    }

    /// Adds a version to a customer managed policy; five at most.
    async fn create_policy_version(&self, ctx: &Context<'_>, input: CreatePolicyVersionInput) -> Nullable<PolicyPayload> {
        refusable(async move {
            let policy_arn = arn("policyArn", &input.policy_arn)?;
            let policy_document = PolicyText::parse(&input.policy_document, Kind::Identity)?;
            let command =
                CreatePolicyVersion { policy_arn: policy_arn.clone(), policy_document, set_as_default: input.set_as_default };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(PolicyPayload::of(&done, &policy_arn))
        })
        .await
    }

    /// Deletes a customer managed policy that has one version and is used by nobody.
    async fn delete_policy(&self, ctx: &Context<'_>, input: DeletePolicyInput) -> Nullable<DeletedPayload> {
        refusable(async move {
            let command = DeletePolicy { policy_arn: arn("policyArn", &input.policy_arn)? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(DeletedPayload::of(&done, GlobalId::Policy))
        })
        .await
    }

    /// Deletes a version of a customer managed policy that is not in force.
    async fn delete_policy_version(&self, ctx: &Context<'_>, input: PolicyVersionInput) -> Nullable<PolicyPayload> {
        refusable(async move {
            let policy_arn = arn("policyArn", &input.policy_arn)?;
            let command = DeletePolicyVersion { policy_arn: policy_arn.clone(), version_id: input.version_id.parse()? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(PolicyPayload::of(&done, &policy_arn))
        })
        .await
    }

    /// Puts another version of a customer managed policy in force.
    async fn set_default_policy_version(&self, ctx: &Context<'_>, input: PolicyVersionInput) -> Nullable<PolicyPayload> {
        refusable(async move {
            let policy_arn = arn("policyArn", &input.policy_arn)?;
            let command = SetDefaultPolicyVersion { policy_arn: policy_arn.clone(), version_id: input.version_id.parse()? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(PolicyPayload::of(&done, &policy_arn))
        })
        .await
    }
}
