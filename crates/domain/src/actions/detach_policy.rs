//! Detaches a managed policy from a user, group or role.
//! Source: IAM API Reference, `DetachUserPolicy`, `DetachGroupPolicy`, `DetachRolePolicy`.

use chancery_model::Arn;
use chancery_policy::RequestContext;

use super::{Act, PolicyTarget};
use crate::{Account, AwsPolicies, Context, Event, PermissionChange, Rejection, asked};

/// Detaches a managed policy.
#[derive(Debug, Clone, Hash)]
pub struct DetachPolicy {
    /// From whom.
    pub target: PolicyTarget,
    /// Which.
    pub policy_arn: Arn,
}

impl Act for DetachPolicy {
    fn action(&self) -> &'static str {
        self.target.pick(["DetachUserPolicy", "DetachGroupPolicy", "DetachRolePolicy"])
    }

    fn resource(&self, account: &Account) -> Arn {
        self.target.arn(account)
    }

    fn say(&self, account: &Account, aws: &AwsPolicies, keys: &mut RequestContext) {
        asked::say_policy(&self.policy_arn, keys);
        asked::say_boundary_of(&self.target, account, aws, keys);
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let found = self.target.find(account)?;
        let policy = account.policy(&self.policy_arn, &context.state.aws)?;
        if !found.permissions().attached.contains_key(&policy.id) {
            return Err(Rejection::policy_missing(&self.policy_arn));
        }
        Ok(vec![found.event(PermissionChange::Detached { policy: policy.id })])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check, group, user},
        check_builders::{attach, aws_arn, policy, policy_arn, role, to_group, to_role, to_user},
    };

    fn detach(target: PolicyTarget, policy_arn: Arn) -> DetachPolicy {
        DetachPolicy { target, policy_arn }
    }

    #[test]
    fn from_each_kind_of_identity() {
        let given = World::new().with(user("ada")).with(group("devs")).with(role("ops")).with(policy("Readers"));
        let outcome = |target: PolicyTarget, arn: Arn, then| {
            check(given.clone().with(attach(target.clone(), arn.clone())), detach(target, arn), then);
        };
        outcome(
            to_user("ADA"),
            policy_arn("Readers"),
            expect![
                "user.policy_detached.v1 User(AIDAAAAAAAAAAAAAAAAAE, Permission(Detached { policy: ANPAAAAAAAAAAAAAAAAAH }))"
            ],
        );
        outcome(
            to_group("devs"),
            aws_arn("ReadOnlyAccess"),
            expect![
                "group.policy_detached.v1 Group(AGPAAAAAAAAAAAAAAAAAF, Permission(Detached { policy: ANPAILL3HVNFSB6DCOWYQ }))"
            ],
        );
        outcome(
            to_role("ops"),
            policy_arn("Readers"),
            expect![
                "role.policy_detached.v1 Role(AROAAAAAAAAAAAAAAAAAG, Permission(Detached { policy: ANPAAAAAAAAAAAAAAAAAH }))"
            ],
        );
    }

    #[test]
    fn an_identity_then_a_policy_then_an_attachment() {
        check(
            World::new(),
            detach(to_user("ada"), policy_arn("Readers")),
            expect!["NoSuchEntity: The user with name ada cannot be found."],
        );
        check(
            World::new(),
            detach(to_group("devs"), policy_arn("Readers")),
            expect!["NoSuchEntity: The group with name devs cannot be found."],
        );
        check(
            World::new(),
            detach(to_role("ops"), policy_arn("Readers")),
            expect!["NoSuchEntity: The role with name ops cannot be found."],
        );
        let given = World::new().with(role("ops"));
        check(
            given.clone(),
            detach(to_role("ops"), policy_arn("Readers")),
            expect!["NoSuchEntity: Policy arn:aws:iam::123456789012:policy/Readers was not found."],
        );
        check(
            given.with(policy("Readers")),
            detach(to_role("ops"), policy_arn("Readers")),
            expect!["NoSuchEntity: Policy arn:aws:iam::123456789012:policy/Readers was not found."],
        );
    }
}
