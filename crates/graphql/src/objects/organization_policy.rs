//! Control policies.

use std::sync::Arc;

use async_graphql::{Enum, Object};
use chancery_domain::{Organization as Owner, OrganizationPolicy as State, Read};

use super::OrganizationTargetConnection;
use crate::{
    fault::{Nullable, refusable},
    page::{PageArgs, connection, cost},
    scalars::Timestamp,
    view::View,
};

/// A control policy: it limits what the principals of accounts may do, or what may be done to their resources.
#[derive(Debug, Clone)]
pub(crate) struct OrganizationPolicy {
    view: View,
    owner: Arc<Owner>,
    state: Arc<State>,
}

connection!(OrganizationPolicyConnection, OrganizationPolicyEdge, OrganizationPolicy, "control policies");

/// A type of control policy, as AWS names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "chancery_domain::PolicyType")]
pub(crate) enum PolicyType {
    /// Service control policies limit what the principals of accounts may do.
    #[graphql(name = "SERVICE_CONTROL_POLICY")]
    ServiceControl,
    /// Resource control policies limit what may be done to the resources of accounts.
    #[graphql(name = "RESOURCE_CONTROL_POLICY")]
    ResourceControl,
}

impl OrganizationPolicy {
    /// A policy as a view has it.
    pub(crate) fn new(view: &View, owner: &Arc<Owner>, state: &Arc<State>) -> Self {
        Self { view: view.clone(), owner: Arc::clone(owner), state: Arc::clone(state) }
    }

    fn arn_of(&self) -> chancery_model::Arn {
        self.owner.membership().policy_arn(self.state.policy_type, self.state.id)
    }
}

/// A control policy: it limits what the principals of accounts may do, or what may be done to their resources.
#[Object(serial)]
impl OrganizationPolicy {
    /// Its id, `p-…`.
    async fn policy_id(&self) -> String {
        self.state.id.to_string()
    }

    /// Its ARN.
    async fn arn(&self) -> String {
        self.arn_of().to_string()
    }

    /// Its type.
    async fn policy_type(&self) -> PolicyType {
        self.state.policy_type.into()
    }

    /// Its name, unique within its type.
    async fn name(&self) -> &str {
        self.state.name.as_str()
    }

    /// What it is for.
    async fn description(&self) -> Option<&str> {
        self.state.description.as_ref().map(chancery_model::Description::as_str)
    }

    /// Whether it is AWS's.
    async fn aws_managed(&self) -> bool {
        self.state.is_awss()
    }

    /// The document: JSON, as it was given. Needs `organizations:DescribePolicy`.
    async fn content(&self) -> Nullable<&str> {
        refusable(async move {
            let proof = self.view.authorize(Read::DescribeOrganizationPolicy, &self.arn_of())?;
            self.view.managed_organization(&proof)?;
            Ok(self.state.text.text())
        })
        .await
    }

    /// When it was created.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.state.created)
    }

    /// When it last changed.
    async fn updated_at(&self) -> Timestamp {
        Timestamp(self.state.updated)
    }

    /// What it is attached to, in the order of ids. Needs `organizations:ListTargetsForPolicy`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn targets(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<OrganizationTargetConnection> {
        refusable(async move {
            let proof = self.view.authorize(Read::ListTargetsForOrganizationPolicy, &self.arn_of())?;
            self.view.managed_organization(&proof)?;
            let args = PageArgs::read(&self.view, format!("targets of {}", self.state.id), first, after.as_deref())?;
            let ids: Vec<_> = self.owner.targets_of(self.state.id).collect();
            OrganizationTargetConnection::page(&self.view, &self.owner, args, ids)
        })
        .await
    }
}
