//! Roles.

use std::sync::Arc;

use async_graphql::{ID, Object};
use chancery_domain::{Read, Role as State};
use chancery_model::Arn;

use super::{
    Boundary, Identity, IdentityKind, InlinePolicy, InstanceProfile, InstanceProfileConnection, Tag,
    permissions::AttachedPolicyConnection,
};
use crate::{
    fault::{Nullable, nullable, refusable},
    ids::GlobalId,
    page::{PageArgs, connection, cost, take},
    scalars::Timestamp,
    view::View,
};

/// A role: permissions that those may take on for a while whom its trust policy names.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    view: View,
    state: Arc<State>,
}

connection!(RoleConnection, RoleEdge, Role, "roles");

impl Role {
    /// A role as a view has it.
    pub(crate) fn new(view: &View, state: &Arc<State>) -> Self {
        Self { view: view.clone(), state: Arc::clone(state) }
    }

    fn arn_of(&self) -> Arn {
        self.state.arn(self.view.account_id())
    }

    fn identity(&self) -> Identity {
        Identity { view: self.view.clone(), arn: self.arn_of(), kind: IdentityKind::Role, unique: self.state.id.to_string() }
    }
}

/// A role: permissions that those may take on for a while whom its trust policy names.
#[Object(serial)]
impl Role {
    /// The global id, for `node`. A recreated role of the same name has another.
    pub(crate) async fn id(&self) -> ID {
        GlobalId::Role(self.view.account_id(), self.state.id).encode()
    }

    /// AWS's unique id, `AROA…`.
    async fn role_id(&self) -> String {
        self.state.id.to_string()
    }

    /// The ARN.
    async fn arn(&self) -> String {
        self.arn_of().to_string()
    }

    /// The name.
    async fn role_name(&self) -> &str {
        self.state.name.as_str()
    }

    /// The path.
    async fn path(&self) -> &str {
        self.state.path.as_str()
    }

    /// When it was created.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.state.created)
    }

    /// What it is for.
    async fn description(&self) -> Option<&str> {
        self.state.description.as_ref().map(chancery_model::Description::as_str)
    }

    /// The longest that a session of the role may last, in seconds.
    async fn max_session_duration(&self) -> u32 {
        self.state.session_seconds_max
    }

    /// The trust policy: who may assume the role. JSON, as it was given.
    async fn assume_role_policy_document(&self) -> &str {
        self.state.trust.text()
    }

    /// The tags, in the order of their keys. Needs `iam:ListRoleTags`.
    async fn tags(&self) -> Nullable<Vec<Tag>> {
        refusable(async move {
            self.view.authorize(Read::ListRoleTags, &self.arn_of())?;
            Ok(self.state.tags.iter().map(Tag::of).collect())
        })
        .await
    }

    /// The managed policies that are attached. Needs `iam:ListAttachedRolePolicies`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn attached_policies(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<AttachedPolicyConnection> {
        refusable(async move { self.identity().attached(&self.state.permissions, first, after.as_deref()) }).await
    }

    /// The inline policies, in the order of their names. Needs `iam:ListRolePolicies`, and `iam:GetRolePolicy` for a document.
    async fn inline_policies(&self) -> Nullable<Vec<InlinePolicy>> {
        refusable(async move { self.identity().inline(&self.state.permissions) }).await
    }

    /// The inline policy of a name. Needs `iam:GetRolePolicy`.
    async fn inline_policy(&self, #[graphql(desc = "Its name.")] policy_name: String) -> Nullable<InlinePolicy> {
        nullable(async move { self.identity().inline_named(&self.state.permissions, &policy_name).map(Some) }).await
    }

    /// The managed policy that limits what the role can be allowed. Needs `iam:GetRole`.
    async fn permissions_boundary(&self) -> Nullable<Boundary> {
        nullable(async move {
            let proof = self.view.authorize(Read::GetRole, &self.arn_of())?;
            Boundary::of(&self.view, &proof, self.state.boundary)
        })
        .await
    }

    /// The instance profiles that the role is in. Needs `iam:ListInstanceProfilesForRole`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn instance_profiles(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<InstanceProfileConnection> {
        refusable(async move {
            let proof = self.view.authorize(Read::ListInstanceProfilesForRole, &self.arn_of())?;
            let args = PageArgs::read(&self.view, format!("instance profiles of {}", self.state.id), first, after.as_deref())?;
            let account = self.view.account(&proof)?;
            let profiles = account.role_instance_profiles(self.state.id);
            let page = take(&args, profiles.map(|profile| (profile.id, InstanceProfile::new(&self.view, profile))))?;
            Ok(InstanceProfileConnection::new(&self.view, args, page, Some(account.instance_profile_count(self.state.id))))
        })
        .await
    }
}
