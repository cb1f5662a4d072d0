//! Writes a policy into a user, group or role itself.
//! Source: IAM API Reference, `PutUserPolicy`, `PutGroupPolicy`, `PutRolePolicy`.

use chancery_model::{Arn, PolicyName};
use chancery_policy::{PolicyText, RequestContext};

use super::{Act, PolicyTarget};
use crate::{Account, AwsPolicies, Context, Event, PermissionChange, Rejection, asked};

/// Writes an inline policy, in place of the one of the same name.
#[derive(Debug, Clone, Hash)]
pub struct PutInlinePolicy {
    /// Into whom.
    pub target: PolicyTarget,
    /// Its name.
    pub policy_name: PolicyName,
    /// The document.
    pub document: PolicyText,
}

impl Act for PutInlinePolicy {
    fn action(&self) -> &'static str {
        self.target.pick(["PutUserPolicy", "PutGroupPolicy", "PutRolePolicy"])
    }

    fn resource(&self, account: &Account) -> Arn {
        self.target.arn(account)
    }

    fn say(&self, account: &Account, aws: &AwsPolicies, keys: &mut RequestContext) {
        asked::say_boundary_of(&self.target, account, aws, keys);
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let found = self.target.find(account)?;
        let permissions = found.permissions();
        if permissions.inline.get(&self.policy_name) == Some(&self.document) {
            return Ok(Vec::new());
        }
        // The quota is for all inline policies of the identity together.
        let chars = permissions.inline_chars(Some(&self.policy_name)) + self.document.chars();
        account.within(found.inline_quota(), chars)?;
        let (name, text) = (self.policy_name.clone(), self.document.clone());
        Ok(vec![found.event(PermissionChange::InlinePut { name, text })])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::{
        check::{World, check, group, user},
        check_builders::{document_of_chars, put_inline, role, spaced, to_group, to_role, to_user},
    };

    fn sized(target: PolicyTarget, name: &str, chars: usize) -> PutInlinePolicy {
        PutInlinePolicy { document: document_of_chars(chars), ..put_inline(target, name) }
    }

    fn given() -> World {
        World::new().with(user("ada")).with(group("devs")).with(role("ops"))
    }

    #[test]
    fn into_each_kind_of_identity() {
        check(
            given(),
            put_inline(to_user("ada"), "Own"),
            expect![[
                r#"user.inline_policy_put.v1 User(AIDAAAAAAAAAAAAAAAAAE, Permission(InlinePut { name: Own, text: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]} }))"#
            ]],
        );
        check(
            given(),
            put_inline(to_group("devs"), "Own"),
            expect![[
                r#"group.inline_policy_put.v1 Group(AGPAAAAAAAAAAAAAAAAAF, Permission(InlinePut { name: Own, text: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]} }))"#
            ]],
        );
        check(
            given(),
            put_inline(to_role("ops"), "Own"),
            expect![[
                r#"role.inline_policy_put.v1 Role(AROAAAAAAAAAAAAAAAAAG, Permission(InlinePut { name: Own, text: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]} }))"#
            ]],
        );
    }

    #[test]
    fn the_same_again_and_another_of_the_name() {
        let given = given().with(put_inline(to_user("ada"), "Own"));
        check(given.clone(), put_inline(to_user("ada"), "Own"), expect!["nothing"]);
        let spaced = PutInlinePolicy {
            document: spaced(&put_inline(to_user("ada"), "Own").document),
            ..put_inline(to_user("ada"), "Own")
        };
        assert_eq!(given.clone().run(spaced).unwrap().len(), 1, "the text is kept as it was given");
    }

    #[test]
    fn an_identity_that_is_not_there() {
        check(
            World::new(),
            sized(to_user("ada"), "Own", 10_241),
            expect!["NoSuchEntity: The user with name ada cannot be found."],
        );
        check(
            World::new(),
            sized(to_group("devs"), "Own", 10_241),
            expect!["NoSuchEntity: The group with name devs cannot be found."],
        );
        check(
            World::new(),
            sized(to_role("ops"), "Own", 10_241),
            expect!["NoSuchEntity: The role with name ops cannot be found."],
        );
    }

    #[track_caller]
    fn check_quota(target: PolicyTarget, chars_max: usize, then: Expect) {
        let given = given().with(sized(target.clone(), "First", chars_max - 200));
        check(given.clone(), sized(target.clone(), "Second", 201), then);
        assert!(given.clone().run(sized(target.clone(), "Second", 200)).is_ok(), "both together are as long as allowed");
        assert!(given.clone().run(sized(target, "First", chars_max)).is_ok(), "what is replaced does not count");
    }

    #[test]
    fn all_inline_policies_together_have_a_size() {
        check_quota(
            to_user("ada"),
            2_048,
            expect!["LimitExceeded: Cannot exceed quota for UserInlineChars: 2048 (it cannot be raised)"],
        );
        check_quota(
            to_group("devs"),
            5_120,
            expect!["LimitExceeded: Cannot exceed quota for GroupInlineChars: 5120 (it cannot be raised)"],
        );
        check_quota(
            to_role("ops"),
            10_240,
            expect!["LimitExceeded: Cannot exceed quota for RoleInlineChars: 10240 (it cannot be raised)"],
        );
    }
}
