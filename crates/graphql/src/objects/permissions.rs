//! What users, groups and roles have alike: attached and inline policies, and the boundary.

use async_graphql::{Object, SimpleObject};
use chancery_domain::{Permissions, Read, Rejection};
use chancery_engine::Authorized;
use chancery_model::{Arn, PolicyId, PolicyName};
use chancery_policy::PolicyText;

use super::ManagedPolicy;
use crate::{
    fault::{Answer, Nullable, refusable},
    page::{PageArgs, connection, take},
    scalars::Timestamp,
    view::View,
};

connection!(AttachedPolicyConnection, AttachedPolicyEdge, ManagedPolicy, "attached managed policies";
    since: Timestamp = "Since when the policy is attached.",
    expires_at: Option<Timestamp> = "When the attachment ends by itself; null for good.");

/// A policy that belongs to one user, group or role and goes with it.
#[derive(Debug, Clone)]
pub(crate) struct InlinePolicy {
    identity: Identity,
    name: PolicyName,
    text: PolicyText,
}

/// A policy that belongs to one user, group or role and goes with it.
#[Object(serial)]
impl InlinePolicy {
    /// The name.
    async fn policy_name(&self) -> &str {
        self.name.as_str()
    }

    /// The document: JSON, as it was given. Needs `iam:GetUserPolicy`, `iam:GetGroupPolicy` or `iam:GetRolePolicy`.
    async fn document(&self) -> Nullable<&str> {
        refusable(async move {
            self.identity.view.authorize(self.identity.kind.reads().inline_policy, &self.identity.arn)?;
            Ok(self.text.text())
        })
        .await
    }
}

/// A permissions boundary.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(serial)]
pub(crate) struct Boundary {
    /// The policy that limits.
    policy: ManagedPolicy,
    /// Its ARN.
    policy_arn: String,
}

impl Boundary {
    /// The boundary of an identity that may be read.
    pub(crate) fn of(view: &View, proof: &Authorized<Read>, policy: Option<PolicyId>) -> Answer<Option<Self>> {
        let account = view.account(proof)?;
        let found = policy.and_then(|id| account.policy_by_id(id, view.aws_policies(proof)));
        Ok(found.map(|policy| Self { policy: ManagedPolicy::new(view, policy), policy_arn: policy.arn.to_string() }))
    }
}

/// A kind of identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdentityKind {
    User,
    Group,
    Role,
}

/// The reads of an identity's policies.
struct PolicyReads {
    attached: Read,
    inline: Read,
    inline_policy: Read,
}

impl IdentityKind {
    fn reads(self) -> PolicyReads {
        let (attached, inline, inline_policy) = match self {
            Self::User => (Read::ListAttachedUserPolicies, Read::ListUserPolicies, Read::GetUserPolicy),
            Self::Group => (Read::ListAttachedGroupPolicies, Read::ListGroupPolicies, Read::GetGroupPolicy),
            Self::Role => (Read::ListAttachedRolePolicies, Read::ListRolePolicies, Read::GetRolePolicy),
        };
        PolicyReads { attached, inline, inline_policy }
    }
}

/// A user, group or role whose policies are asked for.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) view: View,
    pub(crate) arn: Arn,
    pub(crate) kind: IdentityKind,
    pub(crate) unique: String,
}

impl Identity {
    /// The attached policies.
    pub(crate) fn attached(
        &self,
        permissions: &Permissions,
        first: Option<i32>,
        after: Option<&str>,
    ) -> Answer<AttachedPolicyConnection> {
        let proof = self.view.authorize(self.kind.reads().attached, &self.arn)?;
        let args = PageArgs::read(&self.view, format!("attached policies of {}", self.unique), first, after)?;
        let (account, aws) = (self.view.account(&proof)?, self.view.aws_policies(&proof));
        let edges = permissions.attached.iter().filter_map(|(id, attachment)| {
            let policy = account.policy_by_id(*id, aws)?;
            let node = ManagedPolicy::new(&self.view, policy);
            Some((*id, (node, Timestamp(attachment.since), attachment.expires.map(Timestamp))))
        });
        let page = take(&args, edges)?;
        Ok(AttachedPolicyConnection::new(&self.view, args, page, Some(permissions.attached.len())))
    }

    /// The inline policies.
    pub(crate) fn inline(&self, permissions: &Permissions) -> Answer<Vec<InlinePolicy>> {
        self.view.authorize(self.kind.reads().inline, &self.arn)?;
        let policy = |(name, text): (&PolicyName, &PolicyText)| self.policy(name, text);
        Ok(permissions.inline.iter().map(policy).collect())
    }

    /// The inline policy of a name.
    pub(crate) fn inline_named(&self, permissions: &Permissions, name: &str) -> Answer<InlinePolicy> {
        self.view.authorize(self.kind.reads().inline_policy, &self.arn)?;
        let name = PolicyName::parse(name)?;
        let found = permissions.inline.get(&name).map(|text| self.policy(&name, text));
        Ok(found.ok_or_else(|| Rejection::missing("policy", name.as_str()))?)
    }

    fn policy(&self, name: &PolicyName, text: &PolicyText) -> InlinePolicy {
        InlinePolicy { identity: self.clone(), name: name.clone(), text: text.clone() }
    }
}
