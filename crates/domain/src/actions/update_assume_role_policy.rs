//! Replaces a role's trust policy. Source: IAM API Reference, `UpdateAssumeRolePolicy`.

use chancery_model::{Arn, RoleName};
use chancery_policy::PolicyText;

use super::{Act, PolicyTarget};
use crate::{Account, Context, Event, QuotaName, Rejection, RoleChange};

/// Replaces a role's trust policy.
#[derive(Debug, Clone, Hash)]
pub struct UpdateAssumeRolePolicy {
    /// The role.
    pub role_name: RoleName,
    /// Who may assume it from now on.
    pub policy_document: PolicyText,
}

impl Act for UpdateAssumeRolePolicy {
    fn action(&self) -> &'static str {
        "UpdateAssumeRolePolicy"
    }

    fn resource(&self, account: &Account) -> Arn {
        PolicyTarget::Role(self.role_name.clone()).arn(account)
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let role = account.role(&self.role_name)?;
        if role.trust == self.policy_document {
            return Ok(Vec::new());
        }
        account.within(QuotaName::TrustPolicyChars, self.policy_document.chars())?;
        Ok(vec![Event::Role(role.id, RoleChange::TrustUpdated { trust: self.policy_document.clone() })])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_builders::{role, role_name, trust, trust_of_chars},
    };

    fn update(policy_document: PolicyText) -> UpdateAssumeRolePolicy {
        UpdateAssumeRolePolicy { role_name: role_name("ops"), policy_document }
    }

    #[test]
    fn another_trust_policy_and_the_same() {
        let given = World::new().with(role("ops"));
        check(
            given.clone(),
            update(trust("lambda")),
            expect![[
                r#"role.trust_updated.v1 Role(AROAAAAAAAAAAAAAAAAAD, TrustUpdated { trust: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]} })"#
            ]],
        );
        check(given, update(trust("ec2")), expect!["nothing"]);
    }

    #[test]
    fn a_role_then_a_size() {
        check(World::new(), update(trust_of_chars(2_049)), expect!["NoSuchEntity: The role with name ops cannot be found."]);
        let given = World::new().with(role("ops"));
        assert!(given.clone().run(update(trust_of_chars(2_048))).is_ok());
        check(
            given,
            update(trust_of_chars(2_049)),
            expect!["LimitExceeded: Cannot exceed quota for TrustPolicyChars: 2048 (RequestQuotaIncrease can raise it to 8192)"],
        );
    }
}
