//! Policies of resources that live elsewhere.

use async_graphql::SimpleObject;

use crate::{page::connection, scalars::Timestamp};

/// The policy of a resource that lives elsewhere, such as an S3 bucket or a queue.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(serial)]
pub(crate) struct ResourcePolicy {
    /// The resource's ARN.
    resource: String,
    /// The document: JSON, as it was given.
    document: String,
    /// When the resource got its first policy.
    created_at: Timestamp,
    /// When the document last changed.
    updated_at: Timestamp,
}

connection!(ResourcePolicyConnection, ResourcePolicyEdge, ResourcePolicy, "policies of resources");

impl ResourcePolicy {
    /// A policy as an account has it.
    pub(crate) fn of(state: &chancery_domain::ResourcePolicy) -> Self {
        Self {
            resource: state.resource.to_string(),
            document: state.text.text().to_owned(),
            created_at: Timestamp(state.created),
            updated_at: Timestamp(state.updated),
        }
    }
}
