//! A policy on a resource that lives elsewhere: an S3 bucket, a queue, a key. It is kept here so that decisions about that
//! resource can be asked for. Roles are not such resources: their trust policy is part of the role.

use chancery_model::{AccountId, Arn, Timestamp};
use chancery_policy::PolicyText;
use serde::{Deserialize, Serialize};

use crate::Rejection;

/// A resource's policy as it is now. It belongs to the account in the resource's ARN; where the ARN has none, as that of
/// an S3 bucket, to the account that put it first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourcePolicy {
    /// The resource.
    pub resource: Arn,
    /// The document.
    pub text: PolicyText,
    /// When the resource got its first policy.
    pub created: Timestamp,
    /// When the document last changed.
    pub updated: Timestamp,
}

/// What can happen to the policy of a resource. Variants are append-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResourcePolicyChange {
    /// It was written or replaced.
    Put {
        /// The document.
        text: PolicyText,
    },
    /// It was deleted.
    Deleted,
}

impl ResourcePolicyChange {
    /// The wire name.
    #[must_use]
    pub fn wire_name(&self) -> &'static str {
        match self {
            Self::Put { .. } => "resource_policy.put.v1",
            Self::Deleted => "resource_policy.deleted.v1",
        }
    }
}

/// The services whose resources live here and have no policy of this kind.
const SERVICES_WITHOUT: &[&str] = &["iam", "sts", "organizations"];

/// The ARN that the policy over a resource is kept under: an object of S3 is under its bucket, anything else under itself.
/// Source: S3 User Guide, "Bucket policies for Amazon S3".
pub(crate) fn keeper(resource: &Arn) -> Option<Arn> {
    let (bucket, _) = resource.resource().split_once('/')?;
    if resource.service() != "s3" || !resource.account_text().is_empty() {
        return None;
    }
    let whole = resource.as_str();
    let start = whole.len().checked_sub(resource.resource().len())?;
    Arn::of_resource(whole.get(..start + bucket.len())?).ok()
}

/// Refuses an ARN that cannot have a policy in this account.
pub(crate) fn check_resource(resource: &Arn, account: AccountId) -> Result<(), Rejection> {
    let refused = |why: String| Err(Rejection::InvalidInput { message: format!("The resource {resource} {why}") });
    if resource.as_str().contains(['*', '?']) {
        return refused("has a wildcard: a policy belongs to one resource".to_owned());
    }
    if SERVICES_WITHOUT.contains(&resource.service()) {
        let remedy =
            "a role's trust policy is changed with UpdateAssumeRolePolicy, an organization's policies with their own commands";
        return refused(format!("has no resource policy: {remedy}"));
    }
    if let Some(bucket) = keeper(resource) {
        return refused(format!("has no policy of its own: put it on the bucket, {bucket}"));
    }
    if !resource.account_text().is_empty() && resource.account() != Some(account) {
        return refused(format!("does not belong to account {account}: its policy is kept in its own account"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_under_their_bucket_and_nothing_else_is_under_another() {
        let kept = |text: &str| keeper(&Arn::of_resource(text).unwrap()).map(|arn| arn.to_string());
        assert_eq!(kept("arn:aws:s3:::b/k").as_deref(), Some("arn:aws:s3:::b"));
        assert_eq!(kept("arn:aws:s3:::bucket/a/b:c").as_deref(), Some("arn:aws:s3:::bucket"));
        for own in [
            "arn:aws:s3:::a-bucket-of-mine",
            "arn:aws:s3:eu-west-1:123456789012:accesspoint/a",
            "arn:aws:sqs:eu-west-1:123456789012:q",
            "arn:aws:kms:eu-west-1:123456789012:key/1",
        ] {
            assert_eq!(kept(own), None, "{own}");
        }
    }
}
