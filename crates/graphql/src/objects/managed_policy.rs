//! Managed policies: a customer's own and AWS's.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object, Union};
use chancery_domain::{Entity, ManagedPolicy as State, PolicyUse, Read, Rejection, Use, VersionId};
use chancery_model::Arn;

use super::{Group, Role, Tag, User};
use crate::{
    fault::{Answer, Nullable, nullable, refusable},
    ids::GlobalId,
    page::{PageArgs, connection, cost, take},
    scalars::Timestamp,
    view::View,
};

/// A managed policy: it stands on its own, and is attached to users, groups and roles.
#[derive(Debug, Clone)]
pub(crate) struct ManagedPolicy {
    view: View,
    state: Arc<State>,
}

connection!(ManagedPolicyConnection, ManagedPolicyEdge, ManagedPolicy, "managed policies");
connection!(PolicyEntityConnection, PolicyEntityEdge, PolicyEntity, "what uses a managed policy";
    usage: PolicyUsage = "How it uses the policy.");

/// Whose managed policies are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum PolicyScope {
    /// All.
    All,
    /// AWS's own.
    Aws,
    /// The account's own.
    Local,
}

/// How a managed policy is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum PolicyUsage {
    /// Attached: it grants.
    PermissionsPolicy,
    /// As permissions boundary: it limits.
    PermissionsBoundary,
}

/// What uses a managed policy.
#[derive(Debug, Clone, Union)]
pub(crate) enum PolicyEntity {
    /// A user.
    User(User),
    /// A group.
    Group(Group),
    /// A role.
    Role(Role),
}

/// A version of a managed policy.
#[derive(Debug, Clone)]
pub(crate) struct PolicyVersion {
    policy: ManagedPolicy,
    version: VersionId,
    state: chancery_domain::PolicyVersion,
}

impl ManagedPolicy {
    /// A policy as a view has it.
    pub(crate) fn new(view: &View, state: &Arc<State>) -> Self {
        Self { view: view.clone(), state: Arc::clone(state) }
    }

    /// The key of a policy in the list of all: the account's own come first, by name, then AWS's by ARN.
    pub(crate) fn key(state: &State) -> String {
        if state.arn.account_text() == "aws" { format!("b{}", state.arn) } else { format!("a{}", state.name.key().as_str()) }
    }

    fn arn_of(&self) -> &Arn {
        &self.state.arn
    }

    fn version_of(&self, version: VersionId) -> Option<PolicyVersion> {
        let state = self.state.versions.get(&version)?.clone();
        Some(PolicyVersion { policy: self.clone(), version, state })
    }

    fn counts(&self) -> Answer<(usize, usize)> {
        let proof = self.view.authorize(Read::GetPolicy, self.arn_of())?;
        Ok(self.view.account(&proof)?.policy_use_counts(self.state.id))
    }
}

fn count(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A managed policy: it stands on its own, and is attached to users, groups and roles.
#[Object(serial)]
impl ManagedPolicy {
    /// The global id, for `node`. A recreated policy of the same name has another.
    pub(crate) async fn id(&self) -> ID {
        GlobalId::Policy(self.view.account_id(), self.state.id).encode()
    }

    /// AWS's unique id, `ANPA…`.
    async fn policy_id(&self) -> String {
        self.state.id.to_string()
    }

    /// The ARN.
    async fn arn(&self) -> &str {
        self.state.arn.as_str()
    }

    /// The name.
    async fn policy_name(&self) -> &str {
        self.state.name.as_str()
    }

    /// The path.
    async fn path(&self) -> &str {
        self.state.path.as_str()
    }

    /// What it is for.
    async fn description(&self) -> Option<&str> {
        self.state.description.as_ref().map(chancery_model::Description::as_str)
    }

    /// When it was created.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.state.created)
    }

    /// When its versions last changed.
    async fn updated_at(&self) -> Timestamp {
        Timestamp(self.state.updated)
    }

    /// The number of the version in force, as in `v2`.
    async fn default_version_id(&self) -> String {
        self.state.default.to_string()
    }

    /// The version in force. Needs `iam:GetPolicyVersion`.
    async fn default_version(&self) -> Nullable<PolicyVersion> {
        nullable(async move {
            self.view.authorize(Read::GetPolicyVersion, self.arn_of())?;
            Ok(self.version_of(self.state.default))
        })
        .await
    }

    /// The document in force: JSON, as it was given. Needs `iam:GetPolicyVersion`.
    async fn document(&self) -> Nullable<String> {
        nullable(async move {
            self.view.authorize(Read::GetPolicyVersion, self.arn_of())?;
            Ok(self.state.document().map(|text| text.text().to_owned()))
        })
        .await
    }

    /// The versions, newest first. Needs `iam:ListPolicyVersions`.
    async fn versions(&self) -> Nullable<Vec<PolicyVersion>> {
        refusable(async move {
            self.view.authorize(Read::ListPolicyVersions, self.arn_of())?;
            Ok(self.state.versions.keys().rev().filter_map(|version| self.version_of(*version)).collect())
        })
        .await
    }

    /// The version of a number, as in `v2`. Needs `iam:GetPolicyVersion`.
    async fn version(&self, #[graphql(desc = "Its number, as in `v2`.")] version_id: String) -> Nullable<PolicyVersion> {
        refusable(async move {
            self.view.authorize(Read::GetPolicyVersion, self.arn_of())?;
            let found = self.version_of(version_id.parse()?);
            let missing = || Rejection::NoSuchEntity { what: format!("version {version_id} of policy {}", self.state.arn) };
            Ok(found.ok_or_else(missing)?)
        })
        .await
    }

    /// How many users, groups and roles of the account it is attached to. Needs `iam:GetPolicy`.
    async fn attachment_count(&self) -> Nullable<i32> {
        refusable(async move { self.counts().map(|(attached, _)| count(attached)) }).await
    }

    /// How many users and roles of the account it limits. Needs `iam:GetPolicy`.
    async fn permissions_boundary_usage_count(&self) -> Nullable<i32> {
        refusable(async move { self.counts().map(|(_, boundaries)| count(boundaries)) }).await
    }

    /// Whether it can be attached to users, groups and roles.
    async fn is_attachable(&self) -> bool {
        true
    }

    /// Whether it is one of AWS's, which nobody here can change.
    async fn is_aws_managed(&self) -> bool {
        self.state.arn.account_text() == "aws"
    }

    /// What uses it in the account. Needs `iam:ListEntitiesForPolicy`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn entities(
        &self,
        #[graphql(desc = "Only what uses it so.")] usage: Option<PolicyUsage>,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<PolicyEntityConnection> {
        refusable(async move {
            let proof = self.view.authorize(Read::ListEntitiesForPolicy, self.arn_of())?;
            let args = PageArgs::read(&self.view, format!("entities of {}", self.state.id), first, after.as_deref())?;
            let account = self.view.account(&proof)?;
            let wanted = |one: &PolicyUse| usage.is_none_or(|wanted| wanted == PolicyUsage::of(*one));
            let mut uses: Vec<_> = account.policy_uses(self.state.id).filter(wanted).map(|one| (entity_key(one), one)).collect();
            uses.sort();
            let edges = uses.into_iter().filter_map(|(key, one)| {
                PolicyEntity::find(&self.view, account, one.entity).map(|node| (key, (node, PolicyUsage::of(one))))
            });
            let (attached, boundaries) = account.policy_use_counts(self.state.id);
            let total = match usage {
                None => attached + boundaries,
                Some(PolicyUsage::PermissionsPolicy) => attached,
                Some(PolicyUsage::PermissionsBoundary) => boundaries,
            };
            let page = take(&args, edges)?;
            Ok(PolicyEntityConnection::new(&self.view, args, page, Some(total)))
        })
        .await
    }

    /// The tags, in the order of their keys. Needs `iam:ListPolicyTags`.
    async fn tags(&self) -> Nullable<Vec<Tag>> {
        refusable(async move {
            self.view.authorize(Read::ListPolicyTags, self.arn_of())?;
            Ok(self.state.tags.iter().map(Tag::of).collect())
        })
        .await
    }
}

/// The key of a use: users before groups before roles.
fn entity_key(one: PolicyUse) -> String {
    let used = match one.used {
        Use::Permissions => "p",
        Use::Boundary => "q",
    };
    match one.entity {
        Entity::User(id) => format!("a{id}{used}"),
        Entity::Group(id) => format!("b{id}{used}"),
        Entity::Role(id) => format!("c{id}{used}"),
    }
}

impl PolicyUsage {
    fn of(one: PolicyUse) -> Self {
        match one.used {
            Use::Permissions => Self::PermissionsPolicy,
            Use::Boundary => Self::PermissionsBoundary,
        }
    }
}

impl PolicyEntity {
    fn find(view: &View, account: &chancery_domain::Account, entity: Entity) -> Option<Self> {
        match entity {
            Entity::User(id) => account.users.get(&id).map(|user| Self::User(User::new(view, user))),
            Entity::Group(id) => account.groups.get(&id).map(|group| Self::Group(Group::new(view, group))),
            Entity::Role(id) => account.roles.get(&id).map(|role| Self::Role(Role::new(view, role))),
        }
    }
}

/// A version of a managed policy.
#[Object(serial)]
impl PolicyVersion {
    /// Its number, as in `v2`. Numbers are never used again.
    async fn version_id(&self) -> String {
        self.version.to_string()
    }

    /// Whether it is in force.
    async fn is_default_version(&self) -> bool {
        self.version == self.policy.state.default
    }

    /// When it was created.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.state.created)
    }

    /// The document: JSON, as it was given. Needs `iam:GetPolicyVersion`.
    async fn document(&self) -> Nullable<&str> {
        refusable(async move {
            self.policy.view.authorize(Read::GetPolicyVersion, self.policy.arn_of())?;
            Ok(self.state.text.text())
        })
        .await
    }
}
