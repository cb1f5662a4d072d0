//! Groups.

use std::sync::Arc;

use async_graphql::{ID, Object};
use chancery_domain::{Group as State, Read};
use chancery_model::Arn;

use super::{Identity, IdentityKind, InlinePolicy, MemberConnection, User, permissions::AttachedPolicyConnection};
use crate::{
    fault::{Nullable, nullable, refusable},
    ids::GlobalId,
    page::{PageArgs, connection, cost, take},
    scalars::Timestamp,
    view::View,
};

/// A group: users that share policies.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    view: View,
    state: Arc<State>,
}

connection!(GroupConnection, GroupEdge, Group, "groups");

impl Group {
    /// A group as a view has it.
    pub(crate) fn new(view: &View, state: &Arc<State>) -> Self {
        Self { view: view.clone(), state: Arc::clone(state) }
    }

    fn arn_of(&self) -> Arn {
        self.state.arn(self.view.account_id())
    }

    fn identity(&self) -> Identity {
        Identity { view: self.view.clone(), arn: self.arn_of(), kind: IdentityKind::Group, unique: self.state.id.to_string() }
    }
}

/// A group: users that share policies.
#[Object(serial)]
impl Group {
    /// The global id, for `node`. A recreated group of the same name has another.
    pub(crate) async fn id(&self) -> ID {
        GlobalId::Group(self.view.account_id(), self.state.id).encode()
    }

    /// AWS's unique id, `AGPA…`. Renames keep it.
    async fn group_id(&self) -> String {
        self.state.id.to_string()
    }

    /// The ARN.
    async fn arn(&self) -> String {
        self.arn_of().to_string()
    }

    /// The name.
    async fn group_name(&self) -> &str {
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

    /// The users in the group, in the order of their unique ids. Needs `iam:GetGroup`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn users(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<MemberConnection> {
        refusable(async move {
            let proof = self.view.authorize(Read::GetGroup, &self.arn_of())?;
            let args = PageArgs::read(&self.view, format!("users of {}", self.state.id), first, after.as_deref())?;
            let account = self.view.account(&proof)?;
            let edges = account.members(self.state.id).filter_map(|user| {
                let member = user.groups.get(&self.state.id)?;
                let node = User::new(&self.view, user);
                Some((user.id, (node, Timestamp(member.since), member.expires.map(Timestamp))))
            });
            let page = take(&args, edges)?;
            Ok(MemberConnection::new(&self.view, args, page, Some(account.member_count(self.state.id))))
        })
        .await
    }

    /// The managed policies that are attached. Needs `iam:ListAttachedGroupPolicies`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn attached_policies(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<AttachedPolicyConnection> {
        refusable(async move { self.identity().attached(&self.state.permissions, first, after.as_deref()) }).await
    }

    /// The inline policies, in the order of their names. Needs `iam:ListGroupPolicies`, and `iam:GetGroupPolicy` for a document.
    async fn inline_policies(&self) -> Nullable<Vec<InlinePolicy>> {
        refusable(async move { self.identity().inline(&self.state.permissions) }).await
    }

    /// The inline policy of a name. Needs `iam:GetGroupPolicy`.
    async fn inline_policy(&self, #[graphql(desc = "Its name.")] policy_name: String) -> Nullable<InlinePolicy> {
        nullable(async move { self.identity().inline_named(&self.state.permissions, &policy_name).map(Some) }).await
    }
}
