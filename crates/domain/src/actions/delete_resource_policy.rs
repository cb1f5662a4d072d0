//! Deletes the policy of a resource that lives elsewhere. Ours; in AWS every service has an action of its own for it.

use chancery_model::Arn;

use super::Act;
use crate::{Account, Context, Event, OWN_SERVICE, Rejection, ResourcePolicyChange};

/// Deletes a resource's policy.
#[derive(Debug, Clone, Hash)]
pub struct DeleteResourcePolicy {
    /// The resource.
    pub resource: Arn,
}

impl Act for DeleteResourcePolicy {
    fn action(&self) -> &'static str {
        "DeleteResourcePolicy"
    }

    fn resource(&self, _account: &Account) -> Arn {
        self.resource.clone()
    }

    fn permission(&self) -> (&'static str, &'static str) {
        (OWN_SERVICE, self.action())
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let policy = account.resource_policy(&self.resource)?;
        Ok(vec![Event::ResourcePolicy(policy.resource.clone(), ResourcePolicyChange::Deleted)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, account, check},
        check_builders::{put_policy, resource},
    };

    const BUCKET: &str = "arn:aws:s3:::reports";

    #[test]
    fn a_policy_that_is_there() {
        let delete = DeleteResourcePolicy { resource: resource(BUCKET) };
        let given = World::new().with(put_policy(BUCKET));
        check(given.clone(), delete.clone(), expect!["resource_policy.deleted.v1 ResourcePolicy(arn:aws:s3:::reports, Deleted)"]);
        assert_eq!(given.with(delete).state.resource_policy(&resource(BUCKET)), None);
    }

    #[test]
    fn one_that_is_not_there_or_anothers() {
        let delete = DeleteResourcePolicy { resource: resource(BUCKET) };
        check(
            World::new(),
            delete.clone(),
            expect!["NoSuchEntity: The resource policy of arn:aws:s3:::reports cannot be found."],
        );
        let others = World::new().with(put_policy(BUCKET)).in_account("999999999999").with(account());
        check(others, delete, expect!["NoSuchEntity: The resource policy of arn:aws:s3:::reports cannot be found."]);
    }
}
