//! Instance profiles.

use std::sync::Arc;

use async_graphql::{ID, Object};
use chancery_domain::{InstanceProfile as State, Read};
use chancery_model::Arn;

use super::{Role, Tag};
use crate::{
    fault::{Nullable, nullable, refusable},
    ids::GlobalId,
    page::connection,
    scalars::Timestamp,
    view::View,
};

/// An instance profile: the holder by which a machine gets a role.
#[derive(Debug, Clone)]
pub(crate) struct InstanceProfile {
    view: View,
    state: Arc<State>,
}

connection!(InstanceProfileConnection, InstanceProfileEdge, InstanceProfile, "instance profiles");

impl InstanceProfile {
    /// An instance profile as a view has it.
    pub(crate) fn new(view: &View, state: &Arc<State>) -> Self {
        Self { view: view.clone(), state: Arc::clone(state) }
    }

    fn arn_of(&self) -> Arn {
        self.state.arn(self.view.account_id())
    }
}

/// An instance profile: the holder by which a machine gets a role.
#[Object(serial)]
impl InstanceProfile {
    /// The global id, for `node`. A recreated instance profile of the same name has another.
    pub(crate) async fn id(&self) -> ID {
        GlobalId::InstanceProfile(self.view.account_id(), self.state.id).encode()
    }

    /// AWS's unique id, `AIPA…`.
    async fn instance_profile_id(&self) -> String {
        self.state.id.to_string()
    }

    /// The ARN.
    async fn arn(&self) -> String {
        self.arn_of().to_string()
    }

    /// The name.
    async fn instance_profile_name(&self) -> &str {
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

    /// The role in it; AWS allows one. Needs `iam:GetInstanceProfile`.
    async fn role(&self) -> Nullable<Role> {
        nullable(async move {
            let proof = self.view.authorize(Read::GetInstanceProfile, &self.arn_of())?;
            let account = self.view.account(&proof)?;
            let role = self.state.role.and_then(|id| account.roles.get(&id));
            Ok(role.map(|role| Role::new(&self.view, role)))
        })
        .await
    }

    /// The tags, in the order of their keys. Needs `iam:ListInstanceProfileTags`.
    async fn tags(&self) -> Nullable<Vec<Tag>> {
        refusable(async move {
            self.view.authorize(Read::ListInstanceProfileTags, &self.arn_of())?;
            Ok(self.state.tags.iter().map(Tag::of).collect())
        })
        .await
    }
}
