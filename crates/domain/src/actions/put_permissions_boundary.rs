//! Sets the policy that limits what a user or role can be allowed.
//! Source: IAM API Reference, `PutUserPermissionsBoundary`, `PutRolePermissionsBoundary`.

use chancery_model::Arn;
use chancery_policy::RequestContext;

use super::{Act, PolicyTarget, attach_policy::not_for_service_roles};
use crate::{Account, AwsPolicies, Context, Event, Rejection, RoleChange, UserChange, asked};

/// Sets a permissions boundary, in place of the one that there was.
#[derive(Debug, Clone, Hash)]
pub struct PutPermissionsBoundary {
    /// Of whom: a user or a role.
    pub target: PolicyTarget,
    /// The managed policy.
    pub policy_arn: Arn,
}

/// The refusal of a group, for which AWS has no such action.
pub(super) fn groups_have_no_boundary() -> Rejection {
    Rejection::InvalidInput { message: "A group has no permissions boundary: name a user or a role.".to_owned() }
}

impl Act for PutPermissionsBoundary {
    fn action(&self) -> &'static str {
        self.target.pick(["PutUserPermissionsBoundary", "PutGroupPermissionsBoundary", "PutRolePermissionsBoundary"])
    }

    fn resource(&self, account: &Account) -> Arn {
        self.target.arn(account)
    }

    fn say(&self, _account: &Account, _aws: &AwsPolicies, keys: &mut RequestContext) {
        asked::say_boundary(&self.policy_arn, keys);
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let policy = || super::attachable_policy(account, &self.policy_arn, context);
        let (known, policy, event) = match &self.target {
            PolicyTarget::Group(_) => return Err(groups_have_no_boundary()),
            PolicyTarget::User(name) => {
                let (user, policy) = (account.user(name)?, policy()?);
                (user.boundary, policy, Event::User(user.id, UserChange::BoundarySet { policy: policy.id }))
            }
            PolicyTarget::Role(name) => {
                let (role, policy) = (account.role(name)?, policy()?);
                (role.boundary, policy, Event::Role(role.id, RoleChange::BoundarySet { policy: policy.id }))
            }
        };
        if known == Some(policy.id) {
            return Ok(Vec::new());
        }
        not_for_service_roles(policy, "as permissions boundary")?;
        Ok(vec![event])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{
        check::{World, check, group, user},
        check_builders::{aws_arn, awss_for_services, policy, policy_arn, put_boundary, role, to_group, to_role, to_user},
    };

    #[test]
    fn a_first_one_and_another() {
        let given = World::new().with(user("ada")).with(role("ops")).with(policy("Limits"));
        check(
            given.clone(),
            put_boundary(to_user("ada"), policy_arn("Limits")),
            expect!["user.boundary_set.v1 User(AIDAAAAAAAAAAAAAAAAAE, BoundarySet { policy: ANPAAAAAAAAAAAAAAAAAG })"],
        );
        let bounded = given.with(put_boundary(to_role("ops"), policy_arn("Limits")));
        check(
            bounded,
            put_boundary(to_role("OPS"), aws_arn("PowerUserAccess")),
            expect!["role.boundary_set.v1 Role(AROAAAAAAAAAAAAAAAAAF, BoundarySet { policy: ANPAJYRXTHIB4FOVS3ZXS })"],
        );
    }

    #[test]
    fn nothing_when_it_is_so_already() {
        for (given, target) in
            [(World::new().with(user("ada")), to_user("ada")), (World::new().with(role("ops")), to_role("ops"))]
        {
            let put = put_boundary(target, aws_arn("PowerUserAccess"));
            check(given.with(put.clone()), put, expect!["nothing"]);
        }
    }

    #[test]
    fn a_user_or_role_then_a_policy_for_customers() {
        check(
            World::new().with(group("devs")),
            put_boundary(to_group("devs"), policy_arn("Limits")),
            expect!["InvalidInput: A group has no permissions boundary: name a user or a role."],
        );
        check(
            World::new(),
            put_boundary(to_user("ada"), policy_arn("Limits")),
            expect!["NoSuchEntity: The user with name ada cannot be found."],
        );
        check(
            World::new(),
            put_boundary(to_role("ops"), policy_arn("Limits")),
            expect!["NoSuchEntity: The role with name ops cannot be found."],
        );
        let given = World::new().with(user("ada")).with(role("ops"));
        check(
            given.clone(),
            put_boundary(to_user("ada"), policy_arn("Limits")),
            expect!["NoSuchEntity: Policy arn:aws:iam::123456789012:policy/Limits does not exist or is not attachable."],
        );
        check(
            given.clone(),
            put_boundary(to_role("ops"), policy_arn("Limits")),
            expect!["NoSuchEntity: Policy arn:aws:iam::123456789012:policy/Limits does not exist or is not attachable."],
        );
        check(
            given,
            put_boundary(to_role("ops"), awss_for_services()),
            expect![
                "PolicyNotAttachable: Cannot attach policy arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy as permissions boundary: it is for roles under /aws-service-role/ alone, which AWS's services make"
            ],
        );
    }
}
