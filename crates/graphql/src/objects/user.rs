//! Users.

use std::sync::Arc;

use async_graphql::{ID, Object, SimpleObject};
use chancery_domain::{Read, User as State};
use chancery_model::Arn;

use super::{Boundary, Group, Identity, IdentityKind, InlinePolicy, Session, Tag, permissions::AttachedPolicyConnection};
use crate::{
    fault::{Nullable, nullable, refusable},
    ids::GlobalId,
    page::{PageArgs, connection, cost, take},
    scalars::Timestamp,
    scope::Scope,
    view::View,
};

/// A user of an account: a person or a program with credentials of its own.
#[derive(Debug, Clone)]
pub(crate) struct User {
    view: View,
    state: Arc<State>,
}

connection!(UserConnection, UserEdge, User, "users");
connection!(MemberConnection, MemberEdge, User, "the users of a group";
    since: Timestamp = "Since when the user is in the group.",
    expires_at: Option<Timestamp> = "When the membership ends by itself; null for good.");
connection!(UserGroupConnection, UserGroupEdge, Group, "the groups of a user";
    since: Timestamp = "Since when the user is in the group.",
    expires_at: Option<Timestamp> = "When the membership ends by itself; null for good.");

/// That a user may sign in with a password. The password itself is never shown.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(serial)]
pub(crate) struct LoginProfile {
    /// When it was created.
    created_at: Timestamp,
    /// When the password was last changed.
    password_changed_at: Timestamp,
    /// Whether the user must choose another password at the next sign-in.
    password_reset_required: bool,
}

impl User {
    /// A user as a view has it.
    pub(crate) fn new(view: &View, state: &Arc<State>) -> Self {
        Self { view: view.clone(), state: Arc::clone(state) }
    }

    /// The key of a user in a list by name.
    pub(crate) fn key(state: &State) -> String {
        chancery_model::NameKey::of(&state.display_name()).as_str().to_owned()
    }

    fn arn_of(&self) -> Arn {
        self.state.arn(self.view.account_id())
    }

    fn identity(&self) -> Identity {
        Identity { view: self.view.clone(), arn: self.arn_of(), kind: IdentityKind::User, unique: self.state.id.to_string() }
    }
}

/// A user of an account: a person or a program with credentials of its own.
#[Object(serial)]
impl User {
    /// The global id, for `node`. A recreated user of the same name has another.
    pub(crate) async fn id(&self) -> ID {
        GlobalId::User(self.view.account_id(), self.state.id).encode()
    }

    /// AWS's unique id, `AIDA…`. Renames keep it.
    async fn user_id(&self) -> String {
        self.state.id.to_string()
    }

    /// The ARN, as in `arn:aws:iam::123456789012:user/division/ada`.
    async fn arn(&self) -> String {
        self.arn_of().to_string()
    }

    /// The name; the unique id once the person's data is erased.
    async fn user_name(&self) -> String {
        self.state.display_name()
    }

    /// The path.
    async fn path(&self) -> &str {
        self.state.path.as_str()
    }

    /// When it was created.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.state.created)
    }

    /// The tags, in the order of their keys. Needs `iam:ListUserTags`.
    async fn tags(&self) -> Nullable<Vec<Tag>> {
        refusable(async move {
            self.view.authorize(Read::ListUserTags, &self.arn_of())?;
            Ok(self.state.tags.iter().filter_map(Tag::personal).collect())
        })
        .await
    }

    /// The groups that the user is in, in the order of their names. Needs `iam:ListGroupsForUser`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn groups(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<UserGroupConnection> {
        refusable(async move {
            let proof = self.view.authorize(Read::ListGroupsForUser, &self.arn_of())?;
            let args = PageArgs::read(&self.view, format!("groups of {}", self.state.id), first, after.as_deref())?;
            let account = self.view.account(&proof)?;
            let mut all: Vec<_> =
                self.state.groups.iter().filter_map(|(id, member)| Some((account.groups.get(id)?, member))).collect();
            all.sort_by_key(|(group, _)| group.name.key());
            let edge = |(group, member): (&Arc<chancery_domain::Group>, &chancery_domain::Membership)| {
                let node = Group::new(&self.view, group);
                (group.name.key().as_str().to_owned(), (node, Timestamp(member.since), member.expires.map(Timestamp)))
            };
            let total = all.len();
            Ok(UserGroupConnection::new(&self.view, args.clone(), take(&args, all.into_iter().map(edge))?, Some(total)))
        })
        .await
    }

    /// The managed policies that are attached. Needs `iam:ListAttachedUserPolicies`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn attached_policies(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<AttachedPolicyConnection> {
        refusable(async move { self.identity().attached(&self.state.permissions, first, after.as_deref()) }).await
    }

    /// The inline policies, in the order of their names. Needs `iam:ListUserPolicies`, and `iam:GetUserPolicy` for a document.
    async fn inline_policies(&self) -> Nullable<Vec<InlinePolicy>> {
        refusable(async move { self.identity().inline(&self.state.permissions) }).await
    }

    /// The inline policy of a name. Needs `iam:GetUserPolicy`.
    async fn inline_policy(&self, #[graphql(desc = "Its name.")] policy_name: String) -> Nullable<InlinePolicy> {
        nullable(async move { self.identity().inline_named(&self.state.permissions, &policy_name).map(Some) }).await
    }

    /// The managed policy that limits what the user can be allowed. Needs `iam:GetUser`.
    async fn permissions_boundary(&self) -> Nullable<Boundary> {
        nullable(async move {
            let proof = self.view.authorize(Read::GetUser, &self.arn_of())?;
            Boundary::of(&self.view, &proof, self.state.boundary)
        })
        .await
    }

    /// The password's circumstances; null when the user has none. Needs `iam:GetLoginProfile`.
    async fn login_profile(&self) -> Nullable<LoginProfile> {
        nullable(async move {
            self.view.authorize(Read::GetLoginProfile, &self.arn_of())?;
            Ok(self.state.login.as_ref().map(LoginProfile::of))
        })
        .await
    }

    /// The user's bearer sessions that have not ended. Needs `chancery:ListSessions`.
    async fn sessions(&self, ctx: &async_graphql::Context<'_>) -> Nullable<Vec<Session>> {
        refusable(async move {
            let scope = Scope::of(ctx)?;
            let caller = scope.caller()?;
            let sessions = scope.engine.sessions(caller, Some(self.state.id))?;
            Ok(sessions.iter().map(|session| Session::of(session, caller.session())).collect())
        })
        .await
    }
}

impl LoginProfile {
    pub(crate) fn of(login: &chancery_domain::LoginProfile) -> Self {
        Self {
            created_at: Timestamp(login.created),
            password_changed_at: Timestamp(login.changed),
            password_reset_required: login.reset_required,
        }
    }
}
