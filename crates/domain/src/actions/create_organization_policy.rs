//! Creates a control policy, attached to nothing yet. In AWS's API it is `organizations:CreatePolicy`, which IAM's own `CreatePolicy` leaves no room for here. Source: AWS Organizations API Reference, `CreatePolicy`.

use chancery_model::{Arn, Description, Invalid, Title};
use chancery_policy::PolicyText;

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, PolicyType, Rejection, organization::within};

/// Creates a service or resource control policy.
#[derive(Debug, Clone, Hash)]
pub struct CreateOrganizationPolicy {
    /// Its type, for good.
    pub policy_type: PolicyType,
    /// Its name, unique within its type.
    pub name: Title,
    /// What it is for, up to 512 characters.
    pub description: Option<Description>,
    /// The document: JSON text, up to 5,120 characters.
    pub content: String,
}

/// The longest description of a control policy, in characters.
const DESCRIPTION_CHARS_MAX: usize = 512;

/// Refuses a description that is longer than a control policy's may be.
pub(super) fn check_description(description: Option<&Description>) -> Result<(), Rejection> {
    match description.map(Description::as_str) {
        Some(text) if text.chars().count() > DESCRIPTION_CHARS_MAX => {
            Err(Invalid::too_long("description", text, DESCRIPTION_CHARS_MAX).into())
        }
        Some(_) | None => Ok(()),
    }
}

impl Act for CreateOrganizationPolicy {
    fn action(&self) -> &'static str {
        "CreateOrganizationPolicy"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "CreatePolicy")
    }

    fn resource(&self, account: &Account) -> Arn {
        // It has no id yet: the ARN ends where that of every policy of the type begins.
        let kind = self.policy_type.arn_part();
        super::organization_arn(account, |known| {
            Arn::organization(Some(known.management), &format!("policy/{}/{kind}/*", known.organization))
        })
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        check_description(self.description.as_ref())?;
        let text = PolicyText::parse(&self.content, self.policy_type.kind()).map_err(OrganizationRefusal::Malformed)?;
        organization.policy_name_is_free(self.policy_type, &self.name)?;
        let own = organization.policies.values().filter(|policy| policy.policy_type == self.policy_type).count();
        within(account, self.policy_type.quota(), own + 1)?;
        let change = OrganizationChange::PolicyCreated {
            policy: context.fresh.organization_policy(),
            policy_type: self.policy_type,
            name: self.name.clone(),
            description: self.description.clone(),
            text,
        };
        Ok(super::organization_event(organization, change))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        QuotaName,
        check::check,
        check_organization::{DENY_ALL_S3, MEMBER, founded, joined_by, rcp, scp, title},
    };

    #[test]
    fn of_either_type() {
        let described = CreateOrganizationPolicy { description: Description::parse("Keeps S3 shut").ok(), ..scp("No-S3") };
        check(
            founded(),
            described,
            expect![[
                r#"organization.policy_created.v1 Organization(o-0000000003, PolicyCreated { policy: p-0000000004, policy_type: ServiceControl, name: No-S3, description: Some(Keeps S3 shut), text: {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]} })"#
            ]],
        );
        check(
            founded().with(scp("No-S3")),
            rcp("No-S3"),
            expect![[
                r#"organization.policy_created.v1 Organization(o-0000000003, PolicyCreated { policy: p-0000000005, policy_type: ResourceControl, name: No-S3, description: None, text: {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]} })"#
            ]],
        );
    }

    #[test]
    fn management_then_values_then_document_then_name_then_number() {
        let given = joined_by(founded(), MEMBER).with(scp("No-S3")).limited(QuotaName::ServiceControlPoliciesPerOrganization, 1);
        let description = Description::parse(&"d".repeat(513)).ok();
        let mut wrong = CreateOrganizationPolicy { description, content: "{}".to_owned(), ..scp("No-S3") };
        check(
            given.clone().in_account(MEMBER),
            wrong.clone(),
            expect![
                "AccessDeniedException: You don't have permissions to access this resource: only the organization's management account may."
            ],
        );
        assert!(given.clone().run(wrong.clone()).unwrap_err().to_string().contains("length less than or equal to 512"));
        wrong.description = Description::parse(&"d".repeat(512)).ok();
        check(
            given.clone(),
            wrong.clone(),
            expect!["MalformedPolicyDocumentException: Syntax errors in policy. Missing required field Statement."],
        );
        wrong.content = DENY_ALL_S3.to_owned();
        check(
            given.clone(),
            wrong.clone(),
            expect![
                "MalformedPolicyDocumentException: Policy document should not specify a principal. It applies to whom it is attached to. (at Statement[0].Principal)"
            ],
        );
        wrong.content = scp("No-S3").content;
        check(given.clone(), wrong.clone(), expect!["DuplicatePolicyException: A policy named No-S3 already exists."]);
        wrong.name = title("FullAWSAccess");
        check(given.clone(), wrong.clone(), expect!["DuplicatePolicyException: A policy named FullAWSAccess already exists."]);
        wrong.name = title("Other");
        check(
            given,
            wrong,
            expect![
                "ConstraintViolationException: You have exceeded the quota ServiceControlPoliciesPerOrganization: 1 service control policies of an organization's own."
            ],
        );
    }
}
