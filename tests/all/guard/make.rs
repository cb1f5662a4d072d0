//! Commands and documents in short.

use chancery_domain::{
    Command, Given, NewPassword,
    actions::{self, PolicyTarget},
};
use chancery_model::{
    AccountId, Arn, Case, GroupName, InstanceProfileName, Path, PolicyName, RoleName, Secret, TagValue, Tags, UserName,
};
use chancery_policy::{Kind, PolicyText};
use chancery_testkit::PASSWORD;
use serde_json::{Value, json};

/// Allows everything.
pub(crate) const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

pub(crate) fn given<T: chancery_model::Plain + Clone>(open: T) -> Given<T> {
    Given::new(open)
}

pub(crate) fn arn(text: &str) -> Arn {
    Arn::of_resource(text).unwrap()
}

pub(crate) fn user_name(name: &str) -> UserName {
    UserName::parse(name).unwrap()
}

pub(crate) fn group_name(name: &str) -> GroupName {
    GroupName::parse(name).unwrap()
}

pub(crate) fn role_name(name: &str) -> RoleName {
    RoleName::parse(name).unwrap()
}

pub(crate) fn policy_name(name: &str) -> PolicyName {
    PolicyName::parse(name).unwrap()
}

pub(crate) fn profile_name(name: &str) -> InstanceProfileName {
    InstanceProfileName::parse(name).unwrap()
}

pub(crate) fn to_user(name: &str) -> PolicyTarget {
    PolicyTarget::User(user_name(name))
}

pub(crate) fn to_group(name: &str) -> PolicyTarget {
    PolicyTarget::Group(group_name(name))
}

pub(crate) fn to_role(name: &str) -> PolicyTarget {
    PolicyTarget::Role(role_name(name))
}

pub(crate) fn password() -> NewPassword {
    NewPassword::new(Secret::new(PASSWORD.to_owned()))
}

pub(crate) fn path(text: &str) -> Path {
    Path::parse(text).unwrap()
}

/// The path and the name of `/team/ada` or `ada`.
fn placed(place: &str) -> (Path, &str) {
    let (folder, name) = place.rsplit_once('/').map_or(("/", place), |(folder, name)| (folder, name));
    (if folder == "/" { Path::root() } else { path(&format!("{folder}/")) }, name)
}

pub(crate) fn user(place: &str, boundary: Option<&Arn>) -> Command {
    let (path, name) = placed(place);
    let user_name = given(user_name(name));
    actions::CreateUser { user_name, path, tags: Tags::default(), permissions_boundary: boundary.cloned() }.into()
}

pub(crate) fn login(name: &str) -> Command {
    actions::CreateLoginProfile { user_name: user_name(name), password: password(), password_reset_required: false }.into()
}

pub(crate) fn group(place: &str) -> Command {
    let (path, name) = placed(place);
    actions::CreateGroup { group_name: group_name(name), path }.into()
}

pub(crate) fn join(user: &str, group: &str) -> Command {
    let (group_name, user_name) = (group_name(group), user_name(user));
    actions::AddUserToGroup { group_name, user_name, expires_at: None }.into()
}

pub(crate) fn role(place: &str, boundary: Option<&Arn>) -> Command {
    let (path, name) = placed(place);
    actions::CreateRole {
        role_name: role_name(name),
        path,
        description: None,
        max_session_duration: None,
        assume_role_policy_document: trust(&json!({ "Service": "ec2.amazonaws.com" })),
        tags: Tags::default(),
        permissions_boundary: boundary.cloned(),
    }
    .into()
}

pub(crate) fn profile(name: &str) -> Command {
    let instance_profile_name = profile_name(name);
    actions::CreateInstanceProfile { instance_profile_name, path: Path::root(), tags: Tags::default() }.into()
}

pub(crate) fn policy(place: &str, statements: &Value) -> Command {
    let (path, name) = placed(place);
    let policy_document = document(statements);
    actions::CreatePolicy { policy_name: policy_name(name), path, description: None, policy_document, tags: Tags::default() }
        .into()
}

pub(crate) fn inline(target: PolicyTarget, name: &str, statements: &Value) -> Command {
    actions::PutInlinePolicy { target, policy_name: policy_name(name), document: document(statements) }.into()
}

pub(crate) fn attach(target: PolicyTarget, policy: &str) -> Command {
    actions::AttachPolicy { target, policy_arn: arn(policy), expires_at: None }.into()
}

pub(crate) fn bind(target: PolicyTarget, policy: &str) -> Command {
    actions::PutPermissionsBoundary { target, policy_arn: arn(policy) }.into()
}

pub(crate) fn new_version(policy: &str, statements: &Value) -> Command {
    actions::CreatePolicyVersion { policy_arn: arn(policy), policy_document: document(statements), set_as_default: true }.into()
}

pub(crate) fn text(statements: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

pub(crate) fn document(statements: &Value) -> PolicyText {
    PolicyText::parse(&text(statements), Kind::Identity).unwrap()
}

pub(crate) fn trust(principal: &Value) -> PolicyText {
    let statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
    PolicyText::parse(&text(&statement), Kind::Trust).unwrap()
}

pub(crate) fn allow(actions: &Value, resources: &Value) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
}

pub(crate) fn deny(actions: &Value, resources: &Value) -> Value {
    json!({ "Effect": "Deny", "Action": actions, "Resource": resources })
}

/// A statement under a condition.
pub(crate) fn when(mut statement: Value, condition: Value) -> Value {
    statement["Condition"] = condition;
    statement
}

pub(crate) fn everything() -> Value {
    allow(&json!("*"), &json!("*"))
}

/// An ARN of an account.
pub(crate) fn own(account: AccountId, rest: &str) -> String {
    format!("arn:aws:iam::{account}:{rest}")
}

pub(crate) fn tags(key: &str, value: &str) -> Tags<Given<TagValue>> {
    let tags = Tags::<TagValue>::parse([(key, value)], Case::Kept).unwrap();
    tags.try_map(|value| Ok::<_, std::convert::Infallible>(given(value.clone()))).unwrap()
}
