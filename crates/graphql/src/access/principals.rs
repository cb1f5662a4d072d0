//! Principals by what they may: who can, and by which policies.

use async_graphql::{Object, SimpleObject};
use chancery_engine::{Allowed, AppliedPolicy};

use super::decision::{AccessDecision, PolicyLayer};
use crate::page::connection;

connection!(AllowedPrincipalConnection, AllowedPrincipalEdge, AllowedPrincipal, "principals who may");

/// Somebody who may, and by which statements.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(serial)]
pub(crate) struct AllowedPrincipal {
    /// The ARN of the root user, a user or a role.
    arn: String,
    /// The decision.
    decision: AccessDecision,
}

/// A policy that applies to a principal, at the moment that is looked at.
#[derive(Debug, Clone)]
pub(crate) struct EffectivePolicy(AppliedPolicy);

impl AllowedPrincipal {
    /// The key of a principal in the list: the root user first, then users, then roles, by ARN.
    pub(super) fn key(allowed: &Allowed) -> String {
        let kind = match allowed.principal.resource().split('/').next() {
            Some("root") => 'a',
            Some("user") => 'b',
            Some(_) | None => 'c',
        };
        format!("{kind}{}", allowed.principal)
    }
}

impl From<Allowed> for AllowedPrincipal {
    fn from(allowed: Allowed) -> Self {
        Self { arn: allowed.principal.to_string(), decision: allowed.explained.into() }
    }
}

impl From<AppliedPolicy> for EffectivePolicy {
    fn from(applied: AppliedPolicy) -> Self {
        Self(applied)
    }
}

/// A policy that applies to a principal, at the moment that is looked at.
#[Object(serial)]
impl EffectivePolicy {
    /// Whether it grants or limits.
    async fn layer(&self) -> PolicyLayer {
        PolicyLayer::of(self.0.source.layer)
    }

    /// The name.
    async fn policy_name(&self) -> &str {
        &self.0.source.name
    }

    /// The ARN of a managed policy.
    async fn policy_arn(&self) -> Option<&str> {
        self.0.source.arn.as_ref().map(chancery_model::Arn::as_str)
    }

    /// The version of a managed policy that is in force, as in `v2`.
    async fn policy_version(&self) -> Option<String> {
        self.0.source.version.map(|version| version.to_string())
    }

    /// The ARN of the user, group or role that the policy is attached to or part of.
    async fn attached_to(&self) -> Option<&str> {
        self.0.source.attached_to.as_deref()
    }

    /// The document: JSON, as it was given.
    async fn document(&self) -> &str {
        self.0.text.text()
    }
}
