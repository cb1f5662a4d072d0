//! Writes the policy of a resource that lives elsewhere, such as an S3 bucket or a queue. AWS has an action for it in every
//! service (`s3:PutBucketPolicy`, `sqs:SetQueueAttributes`, `secretsmanager:PutResourcePolicy` …); this one is ours.

use chancery_model::Arn;
use chancery_policy::PolicyText;

use super::Act;
use crate::{Account, Context, Event, OWN_SERVICE, QuotaName, Rejection, ResourcePolicyChange, resource_policy::check_resource};

/// Writes a resource's policy, in place of the one that there was.
#[derive(Debug, Clone, Hash)]
pub struct PutResourcePolicy {
    /// The resource. Where its ARN names no account, the policy belongs to the caller's.
    pub resource: Arn,
    /// The document.
    pub policy_document: PolicyText,
}

impl Act for PutResourcePolicy {
    fn action(&self) -> &'static str {
        "PutResourcePolicy"
    }

    fn resource(&self, _account: &Account) -> Arn {
        self.resource.clone()
    }

    fn permission(&self) -> (&'static str, &'static str) {
        (OWN_SERVICE, self.action())
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        check_resource(&self.resource, account.id)?;
        if context.state.resource_owner(&self.resource).is_some_and(|owner| owner != account.id) {
            return Err(Rejection::AlreadyExists { what: format!("The policy of {} in another account", self.resource) });
        }
        let known = account.resource_policies.get(&self.resource);
        if known.is_some_and(|known| known.text == self.policy_document) {
            return Ok(Vec::new());
        }
        account.within(QuotaName::ResourcePolicyChars, self.policy_document.chars())?;
        if known.is_none() {
            account.within(QuotaName::ResourcePoliciesPerAccount, account.resource_policies.len() + 1)?;
        }
        let change = ResourcePolicyChange::Put { text: self.policy_document.clone() };
        Ok(vec![Event::ResourcePolicy(self.resource.clone(), change)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, account, check},
        check_builders::{put_policy, resource, resource_text, resource_text_of_chars},
    };

    const BUCKET: &str = "arn:aws:s3:::reports";
    const QUEUE: &str = "arn:aws:sqs:eu-west-1:123456789012:jobs";

    #[test]
    fn a_first_one_and_another() {
        check(
            World::new(),
            put_policy(BUCKET),
            expect![[
                r#"resource_policy.put.v1 ResourcePolicy(arn:aws:s3:::reports, Put { text: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"*"}]} })"#
            ]],
        );
        let given = World::new().with(put_policy(QUEUE)).later(60);
        let other = PutResourcePolicy { policy_document: resource_text("sqs:SendMessage"), ..put_policy(QUEUE) };
        let after = given.clone().with(other);
        let policy = after.here().resource_policy(&resource(QUEUE)).unwrap();
        assert_eq!(policy.updated.seconds_since(policy.created), 61);
        check(given, put_policy(QUEUE), expect!["nothing"]);
    }

    #[test]
    fn what_can_have_no_policy_here() {
        let refused = |arn: &str| World::new().run(put_policy(arn)).unwrap_err().to_string();
        expect![[r#"
            The resource arn:aws:s3:::reports* has a wildcard: a policy belongs to one resource
            The resource arn:aws:iam::123456789012:role/deploy has no resource policy: a role's trust policy is changed with UpdateAssumeRolePolicy, an organization's policies with their own commands
            The resource arn:aws:s3:::reports/2026/a.csv has no policy of its own: put it on the bucket, arn:aws:s3:::reports
            The resource arn:aws:sqs:eu-west-1:999999999999:jobs does not belong to account 123456789012: its policy is kept in its own account
        "#]]
        .assert_eq(
            &[
                "arn:aws:s3:::reports*",
                "arn:aws:iam::123456789012:role/deploy",
                "arn:aws:s3:::reports/2026/a.csv",
                "arn:aws:sqs:eu-west-1:999999999999:jobs",
            ]
            .map(|arn| refused(arn) + "\n")
            .concat(),
        );
    }

    #[test]
    fn a_bucket_of_another_account_until_it_gives_it_up() {
        let given = World::empty().in_account("999999999999").with(account()).with(put_policy(BUCKET));
        let here = given.clone().in_account("123456789012").with(account());
        check(
            here,
            put_policy(BUCKET),
            expect!["EntityAlreadyExists: The policy of arn:aws:s3:::reports in another account already exists."],
        );
        let given_up = given.with(super::super::DeleteResourcePolicy { resource: resource(BUCKET) });
        assert!(given_up.in_account("123456789012").with(account()).run(put_policy(BUCKET)).is_ok());
    }

    #[test]
    fn as_much_as_the_quotas_allow() {
        let sized = |chars| PutResourcePolicy { policy_document: resource_text_of_chars(chars), ..put_policy(BUCKET) };
        assert!(World::new().run(sized(20_480)).is_ok());
        let given = World::new().with(put_policy(QUEUE)).limited(QuotaName::ResourcePoliciesPerAccount, 1);
        check(
            given.clone(),
            sized(20_481),
            expect!["LimitExceeded: Cannot exceed quota for ResourcePolicyChars: 20480 (it cannot be raised)"],
        );
        check(
            given.clone(),
            put_policy(BUCKET),
            expect![
                "LimitExceeded: Cannot exceed quota for ResourcePoliciesPerAccount: 1 (RequestQuotaIncrease can raise it to 10000)"
            ],
        );
        let other = PutResourcePolicy { policy_document: resource_text("sqs:*"), ..put_policy(QUEUE) };
        assert!(given.clone().run(other).is_ok(), "replacing one takes no place");
    }

    #[test]
    fn the_policy_over_a_resource_is_found_from_everywhere() {
        let given = World::new().with(put_policy(BUCKET)).with(put_policy(QUEUE));
        let found =
            |arn: &str| given.state.resource_policy(&resource(arn)).map(|(id, policy)| format!("{id} {}", policy.resource));
        assert_eq!(found("arn:aws:s3:::reports/2026/a.csv").as_deref(), Some("123456789012 arn:aws:s3:::reports"));
        assert_eq!(found(BUCKET).as_deref(), Some("123456789012 arn:aws:s3:::reports"));
        assert_eq!(found(QUEUE), Some(format!("123456789012 {QUEUE}")));
        assert_eq!(found("arn:aws:s3:::reports-of-others"), None);
        assert_eq!(found("arn:aws:sqs:eu-west-1:999999999999:jobs"), None);
    }

    #[test]
    fn lists_are_in_the_order_of_arns() {
        let given = World::new().with(put_policy(QUEUE)).with(put_policy(BUCKET));
        let page = given.here().list_resource_policies(None, 1);
        assert_eq!((page.items[0].resource.as_str(), page.next.as_ref()), (BUCKET, Some(&resource(BUCKET))));
        let page = given.here().list_resource_policies(page.next.as_ref(), 9);
        assert_eq!((page.items.len(), page.items[0].resource.as_str(), page.next), (1, QUEUE, None));
    }
}
