//! Attaches a managed policy to a user, group or role, for good or for a time.
//! Source: IAM API Reference, `AttachUserPolicy`, `AttachGroupPolicy`, `AttachRolePolicy`; the end is ours.

use chancery_model::{Arn, Timestamp};
use chancery_policy::RequestContext;

use super::{Act, PolicyTarget, target::Found};
use crate::{Account, AwsPolicies, Context, Event, ManagedPolicy, PermissionChange, Rejection, asked};

/// Attaches a managed policy. Doing so again changes nothing, unless the end differs.
#[derive(Debug, Clone, Hash)]
pub struct AttachPolicy {
    /// To whom.
    pub target: PolicyTarget,
    /// Which.
    pub policy_arn: Arn,
    /// Until when; for good when absent.
    pub expires_at: Option<Timestamp>,
}

/// Where AWS keeps the roles that its services make for themselves, and the policies that are for these alone.
const SERVICE_ROLE_PATH: &str = "/aws-service-role/";

/// Refuses a policy of AWS's that is for the roles of its services alone: `how` reads as in "to a user".
pub(super) fn not_for_service_roles(policy: &ManagedPolicy, how: &str) -> Result<(), Rejection> {
    if policy.arn.account_text() != "aws" || !policy.path.as_str().starts_with(SERVICE_ROLE_PATH) {
        return Ok(());
    }
    let what = format!("policy {} {how}", policy.arn);
    Err(Rejection::NotAttachable {
        what,
        why: format!("it is for roles under {SERVICE_ROLE_PATH} alone, which AWS's services make"),
    })
}

impl Act for AttachPolicy {
    fn action(&self) -> &'static str {
        self.target.pick(["AttachUserPolicy", "AttachGroupPolicy", "AttachRolePolicy"])
    }

    fn resource(&self, account: &Account) -> Arn {
        self.target.arn(account)
    }

    fn say(&self, account: &Account, aws: &AwsPolicies, keys: &mut RequestContext) {
        asked::say_policy(&self.policy_arn, keys);
        asked::say_boundary_of(&self.target, account, aws, keys);
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        super::in_the_future(self.expires_at, context)?;
        let found = self.target.find(account)?;
        let policy = super::attachable_policy(account, &self.policy_arn, context)?;
        let known = found.permissions().attached.get(&policy.id);
        if known.is_some_and(|attachment| attachment.expires == self.expires_at) {
            return Ok(Vec::new());
        }
        match &found {
            Found::User(_) => not_for_service_roles(policy, "to a user")?,
            Found::Group(_) => not_for_service_roles(policy, "to a group")?,
            Found::Role(role) if role.path.as_str().starts_with(SERVICE_ROLE_PATH) => {}
            Found::Role(_) => not_for_service_roles(policy, "to a role of yours")?,
        }
        if known.is_none() {
            account.within(found.attachment_quota(), found.permissions().attached.len() + 1)?;
        }
        Ok(vec![found.event(PermissionChange::Attached { policy: policy.id, expires: self.expires_at })])
    }
}

#[cfg(test)]
mod tests {
    use chancery_model::Path;
    use expect_test::{Expect, expect};

    use super::*;
    use crate::{
        QuotaName,
        actions::CreateRole,
        check::{START, World, check, group, user},
        check_builders::{attach, aws_arn, awss_for_services, policy, policy_arn, role, to_group, to_role, to_user},
    };

    fn given() -> World {
        World::new().with(user("ada")).with(group("devs")).with(role("ops")).with(policy("Readers"))
    }

    fn until(target: PolicyTarget, policy_arn: Arn, seconds: u64) -> AttachPolicy {
        let expires_at = Some(Timestamp::from_millis(START).plus_seconds(seconds));
        AttachPolicy { target, policy_arn, expires_at }
    }

    #[test]
    fn to_each_kind_of_identity() {
        check(
            given(),
            attach(to_user("ADA"), policy_arn("Readers")),
            expect![
                "user.policy_attached.v1 User(AIDAAAAAAAAAAAAAAAAAE, Permission(Attached { policy: ANPAAAAAAAAAAAAAAAAAH, expires: None }))"
            ],
        );
        check(
            given(),
            attach(to_group("devs"), policy_arn("Readers")),
            expect![
                "group.policy_attached.v1 Group(AGPAAAAAAAAAAAAAAAAAF, Permission(Attached { policy: ANPAAAAAAAAAAAAAAAAAH, expires: None }))"
            ],
        );
        check(
            given(),
            attach(to_role("ops"), aws_arn("ReadOnlyAccess")),
            expect![
                "role.policy_attached.v1 Role(AROAAAAAAAAAAAAAAAAAG, Permission(Attached { policy: ANPAILL3HVNFSB6DCOWYQ, expires: None }))"
            ],
        );
    }

    #[test]
    fn again_is_nothing_unless_the_end_differs() {
        let given = given().with(attach(to_role("ops"), policy_arn("Readers")));
        check(given.clone(), attach(to_role("OPS"), policy_arn("Readers")), expect!["nothing"]);
        check(
            given.clone(),
            until(to_role("ops"), policy_arn("Readers"), 60),
            expect![
                "role.policy_attached.v1 Role(AROAAAAAAAAAAAAAAAAAG, Permission(Attached { policy: ANPAAAAAAAAAAAAAAAAAH, expires: Some(2026-01-01T00:01:00.000Z) }))"
            ],
        );
        let ending = given.with(until(to_role("ops"), policy_arn("Readers"), 60));
        check(ending.clone(), until(to_role("ops"), policy_arn("Readers"), 60), expect!["nothing"]);
        check(
            ending,
            attach(to_role("ops"), policy_arn("Readers")),
            expect![
                "role.policy_attached.v1 Role(AROAAAAAAAAAAAAAAAAAG, Permission(Attached { policy: ANPAAAAAAAAAAAAAAAAAH, expires: None }))"
            ],
        );
    }

    #[test]
    fn an_end_is_in_the_future() {
        let given = given();
        let now = given.now.seconds_since(Timestamp::from_millis(START));
        assert!(given.clone().run(until(to_role("ops"), policy_arn("Readers"), now + 1)).is_ok());
        check(
            given,
            until(to_role("ops"), policy_arn("Readers"), now),
            expect![
                "InvalidInput: the end 2026-01-01T00:00:05.000Z is not after now (2026-01-01T00:00:05.000Z): give a moment in the future, or none for good"
            ],
        );
    }

    #[test]
    fn an_identity_and_a_policy_that_are_not_there() {
        check(
            World::new(),
            attach(to_user("ada"), policy_arn("Readers")),
            expect!["NoSuchEntity: The user with name ada cannot be found."],
        );
        check(
            World::new(),
            attach(to_group("devs"), policy_arn("Readers")),
            expect!["NoSuchEntity: The group with name devs cannot be found."],
        );
        check(
            World::new(),
            attach(to_role("ops"), policy_arn("Readers")),
            expect!["NoSuchEntity: The role with name ops cannot be found."],
        );
        check(
            given(),
            attach(to_role("ops"), policy_arn("Writers")),
            expect!["NoSuchEntity: Policy arn:aws:iam::123456789012:policy/Writers does not exist or is not attachable."],
        );
        check(
            given(),
            attach(to_role("ops"), aws_arn("NoSuchPolicy")),
            expect!["NoSuchEntity: Policy arn:aws:iam::aws:policy/NoSuchPolicy does not exist or is not attachable."],
        );
    }

    #[test]
    fn policies_of_services_are_for_their_roles_alone() {
        check(
            given(),
            attach(to_user("ada"), awss_for_services()),
            expect![
                "PolicyNotAttachable: Cannot attach policy arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy to a user: it is for roles under /aws-service-role/ alone, which AWS's services make"
            ],
        );
        check(
            given(),
            attach(to_group("devs"), awss_for_services()),
            expect![
                "PolicyNotAttachable: Cannot attach policy arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy to a group: it is for roles under /aws-service-role/ alone, which AWS's services make"
            ],
        );
        check(
            given(),
            attach(to_role("ops"), awss_for_services()),
            expect![
                "PolicyNotAttachable: Cannot attach policy arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy to a role of yours: it is for roles under /aws-service-role/ alone, which AWS's services make"
            ],
        );
        let path = Path::parse("/aws-service-role/elasticloadbalancing.amazonaws.com/").unwrap();
        let services = given().with(CreateRole { path, ..role("AWSServiceRoleForElasticLoadBalancing") });
        let attached = attach(to_role("AWSServiceRoleForElasticLoadBalancing"), awss_for_services());
        assert_eq!(services.clone().run(attached).unwrap().len(), 1);
    }

    #[track_caller]
    fn check_quota(target: PolicyTarget, quota: QuotaName, then: Expect) {
        let full = given().limited(quota, 1).with(until(target.clone(), policy_arn("Readers"), 3_600));
        check(full.clone(), attach(target.clone(), aws_arn("ReadOnlyAccess")), then);
        assert!(full.clone().run(attach(target, policy_arn("Readers"))).is_ok(), "what is attached already takes no place");
    }

    #[test]
    fn as_many_as_the_quotas_allow() {
        check_quota(
            to_user("ada"),
            QuotaName::PoliciesPerUser,
            expect!["LimitExceeded: Cannot exceed quota for PoliciesPerUser: 1 (RequestQuotaIncrease can raise it to 20)"],
        );
        check_quota(
            to_group("devs"),
            QuotaName::PoliciesPerGroup,
            expect!["LimitExceeded: Cannot exceed quota for PoliciesPerGroup: 1 (RequestQuotaIncrease can raise it to 10)"],
        );
        check_quota(
            to_role("ops"),
            QuotaName::PoliciesPerRole,
            expect!["LimitExceeded: Cannot exceed quota for PoliciesPerRole: 1 (RequestQuotaIncrease can raise it to 20)"],
        );
    }

    #[test]
    fn the_first_reason_wins() {
        let full = given().limited(QuotaName::PoliciesPerRole, 0);
        check(
            full.clone(),
            until(to_role("nobody"), policy_arn("Writers"), 0),
            expect![
                "InvalidInput: the end 2026-01-01T00:00:00.000Z is not after now (2026-01-01T00:00:06.000Z): give a moment in the future, or none for good"
            ],
        );
        check(
            full.clone(),
            attach(to_role("nobody"), policy_arn("Writers")),
            expect!["NoSuchEntity: The role with name nobody cannot be found."],
        );
        check(
            full.clone(),
            attach(to_role("ops"), awss_for_services()),
            expect![
                "PolicyNotAttachable: Cannot attach policy arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy to a role of yours: it is for roles under /aws-service-role/ alone, which AWS's services make"
            ],
        );
        check(
            full,
            attach(to_role("ops"), policy_arn("Readers")),
            expect!["LimitExceeded: Cannot exceed quota for PoliciesPerRole: 0 (RequestQuotaIncrease can raise it to 20)"],
        );
    }
}
