//! Changes a control policy; where it is attached, the change counts at once. In AWS's API it is `organizations:UpdatePolicy`. Source: AWS Organizations API Reference, `UpdatePolicy`.

use chancery_model::{Arn, Description, OrganizationPolicyId, Title};
use chancery_policy::PolicyText;

use super::{Act, create_organization_policy::check_description};
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, Rejection};

/// Changes a control policy. What is absent stays.
#[derive(Debug, Clone, Hash)]
pub struct UpdateOrganizationPolicy {
    /// Which.
    pub policy_id: OrganizationPolicyId,
    /// Its new name.
    pub name: Option<Title>,
    /// What it is for now, up to 512 characters.
    pub description: Option<Description>,
    /// The new document: JSON text.
    pub content: Option<String>,
}

impl Act for UpdateOrganizationPolicy {
    fn action(&self) -> &'static str {
        "UpdateOrganizationPolicy"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "UpdatePolicy")
    }

    fn resource(&self, account: &Account) -> Arn {
        super::organization_policy_arn(account, self.policy_id)
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        check_description(self.description.as_ref())?;
        let policy = super::own_organization_policy(organization, self.policy_id)?;
        let parse = |content: &String| PolicyText::parse(content, policy.policy_type.kind());
        let text = self.content.as_ref().map(parse).transpose().map_err(OrganizationRefusal::Malformed)?;
        let name = self.name.clone().filter(|name| *name != policy.name);
        let description = self.description.clone().filter(|new| Some(new) != policy.description.as_ref());
        let text = text.filter(|text| *text != policy.text);
        if let Some(name) = &name {
            organization.policy_name_is_free(policy.policy_type, name)?;
        }
        if name.is_none() && description.is_none() && text.is_none() {
            return Ok(Vec::new());
        }
        let change = OrganizationChange::PolicyUpdated { policy: policy.id, name, description, text };
        Ok(super::organization_event(organization, change))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_organization::{DENY_ALL_S3, DENY_S3, MEMBER, founded, joined_by, organization, policy_id, scp, title},
    };

    fn update(given: &World, policy: &str) -> UpdateOrganizationPolicy {
        UpdateOrganizationPolicy { policy_id: policy_id(given, policy), name: None, description: None, content: None }
    }

    #[test]
    fn what_is_given_and_differs() {
        let given = founded().with(scp("No-S3"));
        let renamed = UpdateOrganizationPolicy { name: Some(title("S3")), ..update(&given, "No-S3") };
        check(
            given.clone(),
            renamed,
            expect![
                "organization.policy_updated.v1 Organization(o-0000000003, PolicyUpdated { policy: p-0000000004, name: Some(S3), description: None, text: None })"
            ],
        );
        let content = Some(DENY_S3.replace("s3", "sqs"));
        let rewritten =
            UpdateOrganizationPolicy { content, description: Description::parse("d").ok(), ..update(&given, "No-S3") };
        check(
            given.clone(),
            rewritten.clone(),
            expect![[
                r#"organization.policy_updated.v1 Organization(o-0000000003, PolicyUpdated { policy: p-0000000004, name: None, description: Some(d), text: Some({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"sqs:*","Resource":"*"}]}) })"#
            ]],
        );
        let after = given.clone().with(rewritten);
        assert_eq!(organization(&after).existing_policy(policy_id(&after, "No-S3")).unwrap().version.0, 2);
        let same =
            UpdateOrganizationPolicy { name: Some(title("No-S3")), content: Some(DENY_S3.to_owned()), ..update(&given, "No-S3") };
        check(given, same, expect!["nothing"]);
    }

    #[test]
    fn management_then_policy_then_document_then_name() {
        let given = joined_by(founded(), MEMBER).with(scp("No-S3")).with(scp("Other"));
        let mut wrong = UpdateOrganizationPolicy {
            policy_id: "p-zzzzzzzzzz".parse().unwrap(),
            name: Some(title("Other")),
            content: Some(DENY_ALL_S3.to_owned()),
            ..update(&given, "No-S3")
        };
        check(
            given.clone().in_account(MEMBER),
            wrong.clone(),
            expect![
                "AccessDeniedException: You don't have permissions to access this resource: only the organization's management account may."
            ],
        );
        check(
            given.clone(),
            wrong.clone(),
            expect!["PolicyNotFoundException: You specified a policy that doesn't exist: p-zzzzzzzzzz."],
        );
        wrong.policy_id = OrganizationPolicyId::FullAwsAccess;
        check(
            given.clone(),
            wrong.clone(),
            expect![
                "InvalidInputException: The policy p-FullAWSAccess is managed by AWS and can't be changed, deleted or taken from where it has to be."
            ],
        );
        wrong.policy_id = policy_id(&given, "No-S3");
        check(
            given.clone(),
            wrong.clone(),
            expect![
                "MalformedPolicyDocumentException: Policy document should not specify a principal. It applies to whom it is attached to. (at Statement[0].Principal)"
            ],
        );
        wrong.content = None;
        check(given, wrong, expect!["DuplicatePolicyException: A policy named Other already exists."]);
    }
}
