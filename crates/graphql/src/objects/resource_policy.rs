//! Policies of resources that live elsewhere.

use std::sync::Arc;

use async_graphql::Object;
use chancery_domain::{Read, ResourcePolicy as State};
use chancery_model::Arn;

use crate::{
    fault::{Answer, Nullable, refusable},
    page::{PageArgs, connection, take},
    scalars::Timestamp,
    view::View,
};

/// The policy of a resource that lives elsewhere, such as an S3 bucket or a queue. It is kept here so that decisions about
/// the resource can be asked for.
#[derive(Debug, Clone)]
pub(crate) struct ResourcePolicy {
    view: View,
    state: Arc<State>,
}

connection!(ResourcePolicyConnection, ResourcePolicyEdge, ResourcePolicy, "policies of resources that live elsewhere");

impl ResourcePolicy {
    /// A policy as a view has it.
    pub(crate) fn new(view: &View, state: &Arc<State>) -> Self {
        Self { view: view.clone(), state: Arc::clone(state) }
    }

    /// The policy of a resource.
    pub(crate) fn find(view: &View, resource: &str) -> Answer<Self> {
        let resource = Arn::of_resource(resource).map_err(|refused| refused.at("resource"))?;
        let proof = view.authorize(Read::GetResourcePolicy, &resource)?;
        Ok(Self::new(view, view.account(&proof)?.resource_policy(&resource)?))
    }

    /// Those of the account.
    pub(crate) fn list(view: &View, first: Option<i32>, after: Option<&str>) -> Answer<ResourcePolicyConnection> {
        let proof = view.authorize_account(Read::ListResourcePolicies)?;
        let args = PageArgs::read(view, "resource policies", first, after)?;
        let all = &view.account(&proof)?.resource_policies;
        let page = take(&args, all.iter().map(|(resource, state)| (resource.to_string(), Self::new(view, state))))?;
        Ok(ResourcePolicyConnection::new(view, args, page, Some(all.len())))
    }
}

/// The policy of a resource that lives elsewhere, such as an S3 bucket or a queue. It is kept here so that decisions about
/// the resource can be asked for.
#[Object(serial)]
impl ResourcePolicy {
    /// The ARN of the resource.
    async fn resource(&self) -> &str {
        self.state.resource.as_str()
    }

    /// The document: JSON, as it was given. Needs `chancery:GetResourcePolicy`.
    async fn document(&self) -> Nullable<&str> {
        refusable(async move {
            self.view.authorize(Read::GetResourcePolicy, &self.state.resource)?;
            Ok(self.state.text.text())
        })
        .await
    }

    /// When the resource got its first policy.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.state.created)
    }

    /// When the document last changed.
    async fn updated_at(&self) -> Timestamp {
        Timestamp(self.state.updated)
    }
}
