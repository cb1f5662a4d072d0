//! What a command asks permission for: actions on resources, and what its input says under condition keys.
//!
//! Which keys an action has is told by the Service Authorization Reference, "Actions, resources, and condition keys for
//! AWS Identity and Access Management". Nothing here decides.

use chancery_model::{Arn, PolicyId, TagKey, TagValue, Tags};
use chancery_policy::RequestContext;
use smol_str::SmolStr;

use crate::{Account, AwsPolicies, Given, actions::PolicyTarget};

/// The name under which policies know an action that is Chancery's own.
pub const OWN_SERVICE: &str = "chancery";

/// One thing that a caller must be allowed to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The service of the action: `iam`.
    pub service: &'static str,
    /// The action: `CreateUser`.
    pub action: &'static str,
    /// On what.
    pub resource: Arn,
    /// What the request says, beside what is known of the caller and the resource.
    pub keys: RequestContext,
}

impl Asked {
    /// `iam:PassRole` on a role that a service will use.
    ///
    /// Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
    #[must_use]
    pub fn pass_role(role: Arn, service: &'static str, to: &Arn) -> Self {
        let keys = RequestContext::new().with("iam:PassedToService", service).with("iam:AssociatedResourceArn", to.to_string());
        Self { service: "iam", action: "PassRole", resource: role, keys }
    }
}

/// Says which tags a request brings: `aws:RequestTag/…` and `aws:TagKeys`.
pub(crate) fn say_tags<V>(tags: &Tags<V>, open: impl Fn(&V) -> &TagValue, keys: &mut RequestContext) {
    if tags.is_empty() {
        return;
    }
    for tag in tags.iter() {
        keys.insert(format!("aws:RequestTag/{}", tag.key).as_str(), SmolStr::new(open(&tag.value).as_str()));
    }
    say_tag_keys(tags.iter().map(|tag| &tag.key), keys);
}

/// The same for tags whose values are personal.
pub(crate) fn say_given_tags(tags: &Tags<Given<TagValue>>, keys: &mut RequestContext) {
    say_tags(tags, Given::open, keys);
}

/// Says which tag keys a request names.
pub(crate) fn say_tag_keys<'a>(tag_keys: impl Iterator<Item = &'a TagKey>, keys: &mut RequestContext) {
    keys.insert_many("aws:TagKeys", tag_keys.map(|key| SmolStr::new(key.as_str())));
}

/// Says which managed policy a request is about.
pub(crate) fn say_policy(arn: &Arn, keys: &mut RequestContext) {
    keys.insert("iam:PolicyARN", arn.to_string());
}

/// Says which permissions boundary a request brings.
pub(crate) fn say_boundary(arn: &Arn, keys: &mut RequestContext) {
    keys.insert("iam:PermissionsBoundary", arn.to_string());
}

/// Says which permissions boundary the user or role has whose permissions a request changes.
pub(crate) fn say_boundary_of(target: &PolicyTarget, account: &Account, aws: &AwsPolicies, keys: &mut RequestContext) {
    if let Some(policy) = boundary_of(target, account).and_then(|id| account.policy_by_id(id, aws)) {
        say_boundary(&policy.arn, keys);
    }
}

fn boundary_of(target: &PolicyTarget, account: &Account) -> Option<PolicyId> {
    match target {
        PolicyTarget::User(name) => account.user(name).ok()?.boundary,
        PolicyTarget::Role(name) => account.role(name).ok()?.boundary,
        PolicyTarget::Group(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use chancery_model::{Path, TagKey};
    use chancery_policy::{Context as _, Values};
    use expect_test::{Expect, expect};

    use super::*;
    use crate::{
        Command, QuotaName,
        actions::{CreateUser, RequestQuotaIncrease, Untag, UpdateUser},
        check::{World, account, group, tag, tag_targets, user, user_name},
        check_builders::{
            add_role, attach, instance_profile, policy, policy_arn, put_boundary, put_inline, role, to_group, to_role, to_user,
        },
    };

    fn given() -> World {
        let given = World::new().with(user("ada")).with(group("devs")).with(role("ops")).with(policy("Readers"));
        given.with(policy("Fence")).with(put_boundary(to_user("ada"), policy_arn("Fence"))).with(instance_profile("web"))
    }

    #[track_caller]
    fn check(when: impl Into<Command>, then: Expect) {
        let given = given();
        let asked = when.into().asked(given.here(), &given.state.aws);
        let lines = asked.iter().map(|asked| {
            let keys = asked.keys.keys().map(|key| match asked.keys.get(key) {
                Some(Values::One(value)) => format!(" {key}={value}"),
                Some(Values::Many(values)) => format!(" {key}=[{}]", values.join(" ")),
                None => String::new(),
            });
            format!("{}:{} {}{}\n", asked.service, asked.action, asked.resource, keys.collect::<String>())
        });
        then.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn who_is_created_comes_with_tags_and_boundary() {
        let tags = crate::check::given_tags(&Tags::parse([("Team", "red")], chancery_model::Case::Kept).unwrap());
        let ben = CreateUser { tags, permissions_boundary: Some(policy_arn("Fence")), ..user("ben") };
        check(
            ben,
            expect![[r#"
                iam:CreateUser arn:aws:iam::123456789012:user/ben aws:tagkeys=[Team] aws:requesttag/team=red iam:permissionsboundary=arn:aws:iam::123456789012:policy/Fence
            "#]],
        );
    }

    #[test]
    fn permissions_are_changed_under_the_boundary_that_is_there() {
        check(
            attach(to_user("ada"), policy_arn("Readers")),
            expect![[r#"
                iam:AttachUserPolicy arn:aws:iam::123456789012:user/ada iam:permissionsboundary=arn:aws:iam::123456789012:policy/Fence iam:policyarn=arn:aws:iam::123456789012:policy/Readers
            "#]],
        );
        check(
            attach(to_group("devs"), policy_arn("Readers")),
            expect![[r#"
                iam:AttachGroupPolicy arn:aws:iam::123456789012:group/devs iam:policyarn=arn:aws:iam::123456789012:policy/Readers
            "#]],
        );
        check(
            put_inline(to_user("ada"), "own"),
            expect![[r#"
                iam:PutUserPolicy arn:aws:iam::123456789012:user/ada iam:permissionsboundary=arn:aws:iam::123456789012:policy/Fence
            "#]],
        );
        check(
            put_boundary(to_role("ops"), policy_arn("Readers")),
            expect![[r#"
                iam:PutRolePermissionsBoundary arn:aws:iam::123456789012:role/ops iam:permissionsboundary=arn:aws:iam::123456789012:policy/Readers
            "#]],
        );
    }

    #[test]
    fn a_role_in_an_instance_profile_is_passed_to_ec2() {
        check(
            add_role("web", "ops"),
            expect![[r#"
                iam:AddRoleToInstanceProfile arn:aws:iam::123456789012:instance-profile/web
                iam:PassRole arn:aws:iam::123456789012:role/ops iam:associatedresourcearn=arn:aws:iam::123456789012:instance-profile/web iam:passedtoservice=ec2.amazonaws.com
            "#]],
        );
    }

    #[test]
    fn who_is_renamed_or_moved_is_asked_for_twice() {
        let path = Some(Path::parse("/ops/").unwrap());
        check(
            UpdateUser { user_name: user_name("ADA"), new_user_name: None, new_path: path },
            expect![[r#"
                iam:UpdateUser arn:aws:iam::123456789012:user/ada
                iam:UpdateUser arn:aws:iam::123456789012:user/ops/ada
            "#]],
        );
    }

    #[test]
    fn tags_by_key() {
        let [target, ..] = tag_targets();
        check(
            tag(target.clone(), &[("Team", "red")]),
            expect![[r#"
            iam:TagUser arn:aws:iam::123456789012:user/ada aws:tagkeys=[Team] aws:requesttag/team=red
        "#]],
        );
        check(
            Untag { target, keys: vec![TagKey::parse("Team").unwrap()] },
            expect![[r#"
            iam:UntagUser arn:aws:iam::123456789012:user/ada aws:tagkeys=[Team]
        "#]],
        );
    }

    #[test]
    fn actions_of_other_services_go_by_their_names() {
        check(
            RequestQuotaIncrease { quota_name: QuotaName::UsersPerAccount, value: 1 },
            expect![[r#"
            servicequotas:RequestServiceQuotaIncrease arn:aws:iam::123456789012:root
        "#]],
        );
        check(
            account(),
            expect![[r#"
            organizations:CreateAccount arn:aws:iam::123456789012:root
        "#]],
        );
    }
}
