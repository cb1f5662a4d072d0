//! Adds a version to a customer managed policy. Source: IAM API Reference, `CreatePolicyVersion`.

use chancery_model::Arn;
use chancery_policy::PolicyText;

use super::Act;
use crate::{Account, Context, Event, ManagedPolicyChange, QuotaName, Rejection, VersionId};

/// Adds a version to a customer managed policy. Versions are never changed; their numbers never come again.
#[derive(Debug, Clone, Hash)]
pub struct CreatePolicyVersion {
    /// The policy.
    pub policy_arn: Arn,
    /// The document.
    pub policy_document: PolicyText,
    /// Whether the version is in force from now on.
    pub set_as_default: bool,
}

impl Act for CreatePolicyVersion {
    fn action(&self) -> &'static str {
        "CreatePolicyVersion"
    }

    fn resource(&self, _account: &Account) -> Arn {
        self.policy_arn.clone()
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let policy = account.policy(&self.policy_arn, &context.state.aws)?;
        super::customers_own(policy)?;
        account.within(QuotaName::ManagedPolicyChars, self.policy_document.chars())?;
        account.within(QuotaName::VersionsPerPolicy, policy.versions.len() + 1)?;
        let change = ManagedPolicyChange::VersionCreated {
            version: VersionId(policy.latest.0.saturating_add(1)),
            text: self.policy_document.clone(),
            default: self.set_as_default,
        };
        Ok(vec![Event::Policy(policy.id, change)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_builders::{add_version, aws_arn, delete_version, document, document_of_chars, policy, policy_arn, set_default},
    };

    fn add(policy_arn: Arn, policy_document: PolicyText) -> CreatePolicyVersion {
        CreatePolicyVersion { policy_arn, policy_document, set_as_default: false }
    }

    #[test]
    fn a_version_in_force_or_not() {
        let given = World::new().with(policy("Readers"));
        check(
            given.clone(),
            add_version("Readers", true),
            expect![[
                r#"policy.version_created.v1 Policy(ANPAAAAAAAAAAAAAAAAAD, VersionCreated { version: VersionId(2), text: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}, default: true })"#
            ]],
        );
        check(
            given.with(add_version("Readers", true)),
            add_version("Readers", false),
            expect![[
                r#"policy.version_created.v1 Policy(ANPAAAAAAAAAAAAAAAAAD, VersionCreated { version: VersionId(3), text: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}, default: false })"#
            ]],
        );
    }

    #[test]
    fn a_number_never_comes_again() {
        let given = World::new().with(policy("Readers")).with(add_version("Readers", true)).with(set_default("Readers", 1));
        check(
            given.with(delete_version("Readers", 2)),
            add_version("Readers", false),
            expect![[
                r#"policy.version_created.v1 Policy(ANPAAAAAAAAAAAAAAAAAD, VersionCreated { version: VersionId(3), text: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}, default: false })"#
            ]],
        );
    }

    #[test]
    fn a_policy_then_whose_it_is_then_its_size_then_how_many() {
        let long = || document_of_chars(6_145);
        check(
            World::new(),
            add(policy_arn("Readers"), long()),
            expect!["NoSuchEntity: Policy arn:aws:iam::123456789012:policy/Readers was not found."],
        );
        check(
            World::new(),
            add(aws_arn("NoSuchPolicy"), long()),
            expect!["NoSuchEntity: Policy arn:aws:iam::aws:policy/NoSuchPolicy was not found."],
        );
        check(
            World::new(),
            add(aws_arn("ReadOnlyAccess"), long()),
            expect![
                "UnmodifiableEntity: Policy arn:aws:iam::aws:policy/ReadOnlyAccess cannot be modified: it belongs to AWS; create a policy of your own instead"
            ],
        );
        let full = (0..4).fold(World::new().with(policy("Readers")), |given, _| given.with(add_version("Readers", true)));
        check(
            full.clone(),
            add(policy_arn("Readers"), long()),
            expect!["LimitExceeded: Cannot exceed quota for ManagedPolicyChars: 6144 (it cannot be raised)"],
        );
        check(
            full,
            add(policy_arn("Readers"), document()),
            expect!["LimitExceeded: Cannot exceed quota for VersionsPerPolicy: 5 (it cannot be raised)"],
        );
    }

    #[test]
    fn another_accounts_policy_is_not_there() {
        let others = Arn::parse("arn:aws:iam::999999999999:policy/Readers").unwrap();
        check(
            World::new().with(policy("Readers")),
            add(others, document()),
            expect!["NoSuchEntity: Policy arn:aws:iam::999999999999:policy/Readers was not found."],
        );
    }
}
