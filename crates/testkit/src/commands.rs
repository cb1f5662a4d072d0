//! Commands out of dice: few names, so that they meet each other.

use chancery_domain::{
    Command, Given, PasswordPolicy, PolicyType,
    actions::{self, PolicyTarget, TagTarget},
};
use chancery_model::{
    AccountAlias, Arn, Case, GroupName, InstanceProfileName, Path, PolicyName, RoleName, TagKey, TagValue, Tags, Timestamp,
    Title, UserName,
};
use chancery_policy::{Kind, PolicyText};

use crate::{ACCOUNT, Dice};

/// Creates a user.
///
/// # Panics
/// When the name is not one.
#[must_use]
pub fn create_user(name: &str) -> Command {
    let user_name = Given::new(user_named(name));
    actions::CreateUser { user_name, path: Path::root(), tags: Tags::default(), permissions_boundary: None }.into()
}

/// Moves a user to another path.
///
/// # Panics
/// When name or path is none.
#[must_use]
pub fn move_user(name: &str, path: &str) -> Command {
    let (user_name, new_path) = (user_named(name), Some(self::path(path)));
    actions::UpdateUser { user_name, new_user_name: None, new_path }.into()
}

fn user_named(name: &str) -> UserName {
    UserName::parse(name).expect("a name")
}

/// One of many commands. It may well be refused.
///
/// # Panics
/// Never: what it is made of is written here.
#[must_use]
pub fn random_command(dice: &mut Dice, now: Timestamp) -> Command {
    let n = dice.below(4);
    let (user, group, role) = (user(n), group(dice), role(dice));
    match dice.below(27) {
        0..4 => create_user(&format!("user{n}")),
        4 => actions::CreateGroup { group_name: group, path: path("/teams/") }.into(),
        5 | 6 => create_role(role),
        7 | 8 => create_policy(dice),
        9 => {
            let new_user_name = Some(Given::new(self::user(dice.below(4))));
            actions::UpdateUser { user_name: user, new_user_name, new_path: None }.into()
        }
        10 => actions::DeleteUser { user_name: user }.into(),
        11 | 12 => {
            let expires_at = (dice.below(2) == 0).then(|| now.plus_seconds(dice.below(90) + 1));
            actions::AddUserToGroup { group_name: group, user_name: user, expires_at }.into()
        }
        13 => actions::RemoveUserFromGroup { group_name: group, user_name: user }.into(),
        14..17 => {
            actions::AttachPolicy { target: target(dice, user, group, role), policy_arn: policy_arn(dice), expires_at: None }
                .into()
        }
        17 => actions::DetachPolicy { target: target(dice, user, group, role), policy_arn: policy_arn(dice) }.into(),
        18 => put_inline(dice, user, group, role),
        19 => actions::CreatePolicyVersion {
            policy_arn: policy_arn(dice),
            policy_document: document(dice),
            set_as_default: dice.below(2) == 0,
        }
        .into(),
        20 => actions::PutPermissionsBoundary { target: PolicyTarget::User(user), policy_arn: policy_arn(dice) }.into(),
        21 => tag(dice, user),
        22 => instance_profile(dice, role),
        23 => settings(dice),
        24 => resource_policy(dice),
        25 => organization(dice),
        _ => actions::DeleteRole { role_name: role }.into(),
    }
}

fn user(n: u64) -> UserName {
    UserName::parse(&format!("user{n}")).expect("a name")
}

fn group(dice: &mut Dice) -> GroupName {
    GroupName::parse(dice.pick(&["devs", "Ops"])).expect("a name")
}

fn role(dice: &mut Dice) -> RoleName {
    RoleName::parse(dice.pick(&["deploy", "Audit", "ci"])).expect("a name")
}

fn path(text: &str) -> Path {
    Path::parse(text).expect("a path")
}

fn document(dice: &mut Dice) -> PolicyText {
    let action = dice.pick(&["s3:Get*", "ec2:*", "iam:PassRole"]);
    let text = format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"*"}}}}"#);
    PolicyText::parse(&text, Kind::Identity).expect("a policy")
}

fn policy_arn(dice: &mut Dice) -> Arn {
    let name = dice.pick(&["reading", "writing", "ReadOnlyAccess"]);
    let owner = if name == "ReadOnlyAccess" { "aws" } else { ACCOUNT };
    Arn::parse(&format!("arn:aws:iam::{owner}:policy/{name}")).expect("an ARN")
}

fn target(dice: &mut Dice, user: UserName, group: GroupName, role: RoleName) -> PolicyTarget {
    match dice.below(3) {
        0 => PolicyTarget::User(user),
        1 => PolicyTarget::Group(group),
        _ => PolicyTarget::Role(role),
    }
}

fn create_role(role_name: RoleName) -> Command {
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let assume_role_policy_document = PolicyText::parse(trust, Kind::Trust).expect("a trust policy");
    actions::CreateRole {
        role_name,
        path: Path::root(),
        description: None,
        max_session_duration: None,
        assume_role_policy_document,
        tags: Tags::default(),
        permissions_boundary: None,
    }
    .into()
}

fn create_policy(dice: &mut Dice) -> Command {
    let policy_name = PolicyName::parse(dice.pick(&["reading", "writing"])).expect("a name");
    let policy_document = document(dice);
    actions::CreatePolicy { policy_name, path: Path::root(), description: None, policy_document, tags: Tags::default() }.into()
}

fn put_inline(dice: &mut Dice, user: UserName, group: GroupName, role: RoleName) -> Command {
    let policy_name = PolicyName::parse(dice.pick(&["inline", "more"])).expect("a name");
    let target = target(dice, user, group, role);
    if dice.below(3) == 0 {
        return actions::DeleteInlinePolicy { target, policy_name }.into();
    }
    actions::PutInlinePolicy { target, policy_name, document: document(dice) }.into()
}

fn tag(dice: &mut Dice, user: UserName) -> Command {
    let (key, value) = (dice.pick(&["team", "Team", "cost"]), dice.below(3).to_string());
    let target = TagTarget::User(user);
    if dice.below(3) == 0 {
        return actions::Untag { target, keys: vec![TagKey::parse(key).expect("a key")] }.into();
    }
    let tags = Tags::<TagValue>::parse([(key, &value)], Case::Folded).expect("a tag");
    let tags = tags.try_map(|value| Ok::<_, std::convert::Infallible>(Given::new(value.clone()))).expect("tags");
    actions::Tag { target, tags }.into()
}

fn instance_profile(dice: &mut Dice, role_name: RoleName) -> Command {
    let instance_profile_name = InstanceProfileName::parse("web").expect("a name");
    match dice.below(3) {
        0 => actions::CreateInstanceProfile { instance_profile_name, path: Path::root(), tags: Tags::default() }.into(),
        1 => actions::AddRoleToInstanceProfile { instance_profile_name, role_name }.into(),
        _ => actions::RemoveRoleFromInstanceProfile { instance_profile_name, role_name }.into(),
    }
}

fn resource_policy(dice: &mut Dice) -> Command {
    let resource = Arn::of_resource(dice.pick(&["arn:aws:s3:::logs", "arn:aws:s3:::reports"])).expect("an ARN");
    if dice.below(3) == 0 {
        return actions::DeleteResourcePolicy { resource }.into();
    }
    let action = dice.pick(&["s3:Get*", "s3:Put*"]);
    let statement = format!(r#"{{"Effect":"Allow","Principal":"*","Action":"{action}","Resource":"*"}}"#);
    let policy_document = PolicyText::parse(&format!(r#"{{"Statement":[{statement}]}}"#), Kind::Resource).expect("a policy");
    actions::PutResourcePolicy { resource, policy_document }.into()
}

/// What can be asked of the organization without knowing an id in it.
fn organization(dice: &mut Dice) -> Command {
    match dice.below(4) {
        0 => actions::CreateOrganization.into(),
        1 => actions::DeleteOrganization.into(),
        _ => {
            let action = dice.pick(&["s3:*", "sqs:*"]);
            let statement = format!(r#"{{"Effect":"Deny","Action":"{action}","Resource":"*"}}"#);
            actions::CreateOrganizationPolicy {
                policy_type: PolicyType::ServiceControl,
                name: Title::parse(dice.pick(&["Shut", "Closed"])).expect("a title"),
                description: None,
                content: format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#),
            }
            .into()
        }
    }
}

fn settings(dice: &mut Dice) -> Command {
    let account_alias = AccountAlias::parse(dice.pick(&["acme", "acme-two"])).expect("an alias");
    match dice.below(4) {
        0 => actions::CreateAccountAlias { account_alias }.into(),
        1 => actions::DeleteAccountAlias { account_alias }.into(),
        2 => actions::UpdateAccountPasswordPolicy { policy: PasswordPolicy::UPDATE_DEFAULT }.into(),
        _ => {
            let value = 301 + dice.below(300);
            actions::RequestQuotaIncrease { quota_name: "GroupsPerAccount".parse().expect("a quota"), value }.into()
        }
    }
}
