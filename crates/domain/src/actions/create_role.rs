//! Creates a role. Source: IAM API Reference, `CreateRole`.

use chancery_model::{Arn, Description, Invalid, Path, RoleName, Tags};
use chancery_policy::{PolicyText, RequestContext};

use super::{Act, attach_policy::not_for_service_roles};
use crate::{
    Account, AwsPolicies, Context, Event, QuotaName, Rejection, RoleChange, SESSION_SECONDS_DEFAULT, SESSION_SECONDS_MAX,
    SESSION_SECONDS_MIN, asked,
};

/// Creates a role.
#[derive(Debug, Clone, Hash)]
pub struct CreateRole {
    /// The name.
    pub role_name: RoleName,
    /// The path.
    pub path: Path,
    /// What it is for.
    pub description: Option<Description>,
    /// The longest a session may last, in seconds; [`SESSION_SECONDS_DEFAULT`] when absent.
    pub max_session_duration: Option<u32>,
    /// Who may assume it.
    pub assume_role_policy_document: PolicyText,
    /// Tags.
    pub tags: Tags,
    /// A managed policy that limits what the role can be allowed.
    pub permissions_boundary: Option<Arn>,
}

/// Refuses a session duration that no role may have.
pub(super) fn session_range(seconds: Option<u32>) -> Result<(), Rejection> {
    let refused =
        |seconds: u32, constraint: String| Err(Invalid::new("maxSessionDuration", &seconds.to_string(), constraint).into());
    match seconds {
        Some(short) if short < SESSION_SECONDS_MIN => {
            refused(short, format!("Member must have value greater than or equal to {SESSION_SECONDS_MIN}"))
        }
        Some(long) if long > SESSION_SECONDS_MAX => {
            refused(long, format!("Member must have value less than or equal to {SESSION_SECONDS_MAX}"))
        }
        Some(_) | None => Ok(()),
    }
}

impl Act for CreateRole {
    fn action(&self) -> &'static str {
        "CreateRole"
    }

    fn resource(&self, account: &Account) -> Arn {
        Arn::role(account.id, &self.path, &self.role_name)
    }

    fn say(&self, _account: &Account, _aws: &AwsPolicies, keys: &mut RequestContext) {
        asked::say_tags(&self.tags, |value| value, keys);
        if let Some(arn) = &self.permissions_boundary {
            asked::say_boundary(arn, keys);
        }
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        session_range(self.max_session_duration)?;
        let boundary =
            self.permissions_boundary.as_ref().map(|arn| super::attachable_policy(account, arn, context)).transpose()?;
        if !account.role_name_is_free(&self.role_name) {
            return Err(Rejection::taken("Role", self.role_name.as_str()));
        }
        boundary.map_or(Ok(()), |policy| not_for_service_roles(policy, "as permissions boundary"))?;
        account.within(QuotaName::TagsPerRole, self.tags.len())?;
        account.within(QuotaName::TrustPolicyChars, self.assume_role_policy_document.chars())?;
        account.within(QuotaName::RolesPerAccount, account.roles.len() + 1)?;
        let change = RoleChange::Created {
            name: self.role_name.clone(),
            path: self.path.clone(),
            description: self.description.clone(),
            session_seconds_max: self.max_session_duration.unwrap_or(SESSION_SECONDS_DEFAULT),
            trust: self.assume_role_policy_document.clone(),
            tags: self.tags.clone(),
            boundary: boundary.map(|policy| policy.id),
        };
        Ok(vec![Event::Role(context.fresh.role(), change)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_builders::{aws_arn, awss_for_services, numbered_tags, policy, policy_arn, role, trust_of_chars},
    };

    #[test]
    fn a_role_with_what_it_was_given() {
        let plain = role("ops");
        check(
            World::new(),
            plain.clone(),
            expect![[
                r#"role.created.v1 Role(AROAAAAAAAAAAAAAAAAAD, Created { name: ops, path: /, description: None, session_seconds_max: 3600, trust: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}, tags: Tags([]), boundary: None })"#
            ]],
        );
        let full = CreateRole {
            path: Path::parse("/deploy/").unwrap(),
            description: Some(Description::parse("ships").unwrap()),
            max_session_duration: Some(43_200),
            tags: numbered_tags(1),
            permissions_boundary: Some(aws_arn("PowerUserAccess")),
            ..plain
        };
        check(
            World::new(),
            full,
            expect![[
                r#"role.created.v1 Role(AROAAAAAAAAAAAAAAAAAD, Created { name: ops, path: /deploy/, description: Some(ships), session_seconds_max: 43200, trust: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}, tags: Tags([Tag { key: k0, value: 0 }]), boundary: Some(ANPAJYRXTHIB4FOVS3ZXS) })"#
            ]],
        );
    }

    #[test]
    fn sessions_last_one_to_twelve_hours() {
        let lasting = |seconds| CreateRole { max_session_duration: Some(seconds), ..role("ops") };
        assert!(World::new().run(lasting(3_600)).is_ok());
        check(
            World::new(),
            lasting(3_599),
            expect![
                "ValidationError: 1 validation error detected: Value '3599' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600"
            ],
        );
        check(
            World::new(),
            lasting(43_201),
            expect![
                "ValidationError: 1 validation error detected: Value '43201' at 'maxSessionDuration' failed to satisfy constraint: Member must have value less than or equal to 43200"
            ],
        );
    }

    #[test]
    fn a_boundary_must_be_a_policy_for_customers() {
        let bounded = |arn| CreateRole { permissions_boundary: Some(arn), ..role("ops") };
        let given = World::new().with(policy("Limits"));
        assert!(given.clone().run(bounded(policy_arn("Limits"))).is_ok());
        check(
            given.clone(),
            bounded(policy_arn("Other")),
            expect!["NoSuchEntity: Policy arn:aws:iam::123456789012:policy/Other does not exist or is not attachable."],
        );
        check(
            given,
            bounded(awss_for_services()),
            expect![
                "PolicyNotAttachable: Cannot attach policy arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy as permissions boundary: it is for roles under /aws-service-role/ alone, which AWS's services make"
            ],
        );
    }

    #[test]
    fn a_name_is_taken_whatever_its_case() {
        check(World::new().with(role("ops")), role("OPS"), expect!["EntityAlreadyExists: Role with name OPS already exists."]);
    }

    #[test]
    fn as_much_as_the_quotas_allow() {
        check(
            World::new(),
            CreateRole { tags: numbered_tags(51), ..role("ops") },
            expect!["LimitExceeded: Cannot exceed quota for TagsPerRole: 50 (it cannot be raised)"],
        );
        let trusted = |chars| CreateRole { assume_role_policy_document: trust_of_chars(chars), ..role("ops") };
        assert!(World::new().run(trusted(2_048)).is_ok());
        check(
            World::new(),
            trusted(2_049),
            expect!["LimitExceeded: Cannot exceed quota for TrustPolicyChars: 2048 (RequestQuotaIncrease can raise it to 8192)"],
        );
        check(
            World::new().with(role("dev")).limited(QuotaName::RolesPerAccount, 1),
            role("ops"),
            expect!["LimitExceeded: Cannot exceed quota for RolesPerAccount: 1 (RequestQuotaIncrease can raise it to 5000)"],
        );
    }

    #[test]
    fn the_first_reason_wins() {
        let mut wrong = CreateRole {
            max_session_duration: Some(1),
            permissions_boundary: Some(policy_arn("Limits")),
            tags: numbered_tags(51),
            assume_role_policy_document: trust_of_chars(2_049),
            ..role("ops")
        };
        let given = World::new().with(role("ops")).limited(QuotaName::RolesPerAccount, 1);
        check(
            given.clone(),
            wrong.clone(),
            expect![
                "ValidationError: 1 validation error detected: Value '1' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600"
            ],
        );
        wrong.max_session_duration = None;
        check(
            given.clone(),
            wrong.clone(),
            expect!["NoSuchEntity: Policy arn:aws:iam::123456789012:policy/Limits does not exist or is not attachable."],
        );
        wrong.permissions_boundary = Some(awss_for_services());
        check(given.clone(), wrong.clone(), expect!["EntityAlreadyExists: Role with name ops already exists."]);
        wrong.role_name = RoleName::parse("dev").unwrap();
        check(
            given.clone(),
            wrong.clone(),
            expect![
                "PolicyNotAttachable: Cannot attach policy arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy as permissions boundary: it is for roles under /aws-service-role/ alone, which AWS's services make"
            ],
        );
        wrong.permissions_boundary = None;
        check(
            given.clone(),
            wrong.clone(),
            expect!["LimitExceeded: Cannot exceed quota for TagsPerRole: 50 (it cannot be raised)"],
        );
        wrong.tags = Tags::default();
        check(
            given.clone(),
            wrong.clone(),
            expect!["LimitExceeded: Cannot exceed quota for TrustPolicyChars: 2048 (RequestQuotaIncrease can raise it to 8192)"],
        );
        wrong.assume_role_policy_document = trust_of_chars(2_048);
        check(
            given,
            wrong,
            expect!["LimitExceeded: Cannot exceed quota for RolesPerAccount: 1 (RequestQuotaIncrease can raise it to 5000)"],
        );
    }
}
