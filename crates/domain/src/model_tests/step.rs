//! What a random run is made of: steps over so few names that they meet, and the commands that they stand for.

use chancery_model::{AccountAlias, Arn, Case, Description, Path, Secret, TagKey, TagValue, Tags, Timestamp};
use chancery_policy::PolicyText;

use crate::{
    Command, Entity, Given, Grant, NewPassword, PasswordPolicy, VersionId,
    actions::*,
    check::{ACCOUNT, World, account, group_name, user_name},
    check_builders::{
        add_role, allowing, document_of_chars, policy_name, profile_name, publish, resource, resource_text,
        resource_text_of_chars, role_name, spaced, to_group, to_role, to_user, trust, trust_of_chars,
    },
};

pub(super) type Text = &'static str;

/// An identity by its name, in any case.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    User(Text),
    Group(Text),
    Role(Text),
}

/// Something with tags.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    User(Text),
    Role(Text),
    Policy(Text),
    Profile(Text),
}

/// A policy document: of identities or of trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doc {
    Get,
    Put,
    /// Longer than the run's quotas of documents.
    Long,
}

/// One command, as plain data. Policies are named by the end of their ARN: `own:Read`, `aws:ReadOnlyAccess`.
/// An end is so many seconds from now.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Wait(u64),
    /// Ends every grant whose time is over, as the engine does.
    Sweep,
    Account(OfAccount),
    People(OfPeople),
    Roles(OfRoles),
    Policies(OfPolicies),
}

/// Steps about the account, AWS's policies and tags.
#[derive(Debug, Clone)]
pub(super) enum OfAccount {
    Create,
    CreateAlias(Text),
    DeleteAlias(Text),
    SetPasswordPolicy(u32),
    DeletePasswordPolicy,
    RaiseQuota(Text, u64),
    Publish { name: Text, right_arn: bool, version: u32, doc: Doc, description: Option<Text> },
    PutResource { arn: Text, doc: Doc },
    DeleteResource(Text),
    Tag { what: What, keys: &'static [Text], value: Text },
    Untag { what: What, keys: &'static [Text] },
}

/// Steps about users and groups.
#[derive(Debug, Clone)]
pub(super) enum OfPeople {
    CreateUser { name: Text, path: Text, tags: usize, boundary: Option<Text> },
    UpdateUser { name: Text, new_name: Option<Text>, new_path: Option<Text> },
    DeleteUser(Text),
    CreateLogin { user: Text, password: Text, reset: bool },
    UpdateLogin { user: Text, password: Option<Text>, reset: Option<bool> },
    DeleteLogin(Text),
    CreateGroup { name: Text, path: Text },
    UpdateGroup { name: Text, new_name: Option<Text>, new_path: Option<Text> },
    DeleteGroup(Text),
    Join { group: Text, user: Text, ends: Option<i64> },
    Leave { group: Text, user: Text },
    ExpireMembership { group: Text, user: Text },
}

/// Steps about roles and instance profiles.
#[derive(Debug, Clone)]
pub(super) enum OfRoles {
    Create { name: Text, path: Text, seconds: Option<u32>, trust: Doc, tags: usize, boundary: Option<Text> },
    Update { name: Text, description: Option<Option<Text>>, seconds: Option<u32> },
    UpdateTrust { name: Text, trust: Doc },
    Delete(Text),
    CreateProfile { name: Text, path: Text, tags: usize },
    DeleteProfile(Text),
    AddRole { profile: Text, role: Text },
    RemoveRole { profile: Text, role: Text },
}

/// Steps about managed policies, and about the policies of identities.
#[derive(Debug, Clone)]
pub(super) enum OfPolicies {
    Create { name: Text, path: Text, doc: Doc, tags: usize },
    CreateVersion { policy: Text, doc: Doc, default: bool },
    DeleteVersion { policy: Text, version: u32 },
    SetDefault { policy: Text, version: u32 },
    Delete(Text),
    Attach { who: Who, policy: Text, ends: Option<i64> },
    Detach { who: Who, policy: Text },
    ExpireAttachment { who: Who, policy: Text },
    PutInline { who: Who, name: Text, doc: Doc },
    DeleteInline { who: Who, name: Text },
    PutBoundary { who: Who, policy: Text },
    DeleteBoundary { who: Who },
}

/// The ARN of a policy as steps name it.
pub(super) fn arn_text(policy: Text) -> String {
    match policy.split_once(':') {
        Some(("aws", name)) => format!("arn:aws:iam::aws:policy/{name}"),
        Some((_, name)) => format!("arn:aws:iam::{ACCOUNT}:policy/{name}"),
        None => panic!("{policy} names no policy"),
    }
}

fn arn(policy: Text) -> Arn {
    Arn::parse(&arn_text(policy)).unwrap()
}

/// The end of a grant that lasts so many seconds from now.
pub(super) fn end(now: Timestamp, ends: Option<i64>) -> Option<Timestamp> {
    ends.map(|seconds| Timestamp::from_millis(now.millis().saturating_add_signed(seconds * 1_000)))
}

/// The text of an identity's document.
pub(super) fn identity_text(doc: Doc) -> PolicyText {
    match doc {
        Doc::Get => allowing("s3:Get*"),
        Doc::Put => spaced(&allowing("s3:Put*")),
        Doc::Long => document_of_chars(400),
    }
}

/// The text of a resource policy.
pub(super) fn resource_text_of(doc: Doc) -> PolicyText {
    match doc {
        Doc::Get => resource_text("s3:Get*"),
        Doc::Put => resource_text("s3:Put*"),
        Doc::Long => resource_text_of_chars(400),
    }
}

/// The text of a trust policy.
pub(super) fn trust_text(doc: Doc) -> PolicyText {
    match doc {
        Doc::Get => trust("ec2"),
        Doc::Put => trust("lambda"),
        Doc::Long => trust_of_chars(400),
    }
}

fn path(text: Text) -> Path {
    Path::parse(text).unwrap()
}

fn description(text: Text) -> Description {
    Description::parse(text).unwrap()
}

fn password(text: Text) -> NewPassword {
    NewPassword::new(Secret::new(text.to_owned()))
}

fn alias(text: Text) -> AccountAlias {
    AccountAlias::parse(text).unwrap()
}

/// So many tags, `k0` = `v` …
fn plain_tags(count: usize) -> Tags {
    Tags::parse((0..count).map(|n| (format!("k{n}"), "v")), Case::Folded).unwrap()
}

fn given_tags(tags: &Tags) -> Tags<Given<TagValue>> {
    tags.try_map(|value| Ok::<_, ()>(Given::new(value.clone()))).unwrap()
}

fn policy_target(who: Who) -> PolicyTarget {
    match who {
        Who::User(name) => to_user(name),
        Who::Group(name) => to_group(name),
        Who::Role(name) => to_role(name),
    }
}

fn tag_target(what: What) -> TagTarget {
    match what {
        What::User(name) => TagTarget::User(user_name(name)),
        What::Role(name) => TagTarget::Role(role_name(name)),
        What::Policy(policy) => TagTarget::Policy(arn(policy)),
        What::Profile(name) => TagTarget::InstanceProfile(profile_name(name)),
    }
}

fn membership(world: &World, group: Text, user: Text) -> Option<Grant> {
    let (user, group) = (world.here().user(&user_name(user)).ok()?, world.here().group(&group_name(group)).ok()?);
    Some(Grant::Membership(user.id, group.id))
}

fn attachment(world: &World, who: Who, policy: Text) -> Option<Grant> {
    let entity: Entity = policy_target(who).find(world.here()).ok()?.entity();
    Some(Grant::Attachment(entity, world.here().policy(&arn(policy), &world.state.aws).ok()?.id))
}

/// The command that a step stands for. `None` when the step is none: time passes, or there is nothing that could expire.
pub(super) fn command(step: &Step, world: &World) -> Option<Command> {
    match step {
        Step::Wait(_) | Step::Sweep => None,
        Step::Account(step) => Some(account_command(step)),
        Step::People(step) => people_command(step, world),
        Step::Roles(step) => Some(role_command(step)),
        Step::Policies(step) => policy_command(step, world),
    }
}

fn account_command(step: &OfAccount) -> Command {
    match *step {
        OfAccount::Create => account().into(),
        OfAccount::CreateAlias(text) => CreateAccountAlias { account_alias: alias(text) }.into(),
        OfAccount::DeleteAlias(text) => DeleteAccountAlias { account_alias: alias(text) }.into(),
        OfAccount::SetPasswordPolicy(minimum_password_length) => {
            let policy = PasswordPolicy { minimum_password_length, ..PasswordPolicy::UPDATE_DEFAULT };
            UpdateAccountPasswordPolicy { policy }.into()
        }
        OfAccount::DeletePasswordPolicy => DeleteAccountPasswordPolicy.into(),
        OfAccount::RaiseQuota(name, value) => RequestQuotaIncrease { quota_name: name.parse().unwrap(), value }.into(),
        OfAccount::Publish { name, right_arn, version, doc, description: text } => {
            let arn = arn(if right_arn { name } else { "own:Read" });
            let name = name.trim_start_matches("aws:");
            let (description, text) = (text.map(description), identity_text(doc));
            PublishManagedPolicy { arn, description, text, ..publish(name, version) }.into()
        }
        OfAccount::PutResource { arn, doc } => {
            PutResourcePolicy { resource: resource(arn), policy_document: resource_text_of(doc) }.into()
        }
        OfAccount::DeleteResource(arn) => DeleteResourcePolicy { resource: resource(arn) }.into(),
        OfAccount::Tag { what, keys, value } => {
            let target = tag_target(what);
            let tags = Tags::parse(keys.iter().map(|key| (key, value)), target.case()).unwrap();
            Tag { target, tags: given_tags(&tags) }.into()
        }
        OfAccount::Untag { what, keys } => {
            let keys = keys.iter().map(|key| TagKey::parse(key).unwrap()).collect();
            Untag { target: tag_target(what), keys }.into()
        }
    }
}

fn people_command(step: &OfPeople, world: &World) -> Option<Command> {
    Some(match *step {
        OfPeople::CreateUser { name, path: at, tags, boundary } => CreateUser {
            user_name: Given::new(user_name(name)),
            path: path(at),
            tags: given_tags(&plain_tags(tags)),
            permissions_boundary: boundary.map(arn),
        }
        .into(),
        OfPeople::UpdateUser { name, new_name, new_path } => {
            let new_user_name = new_name.map(|new| Given::new(user_name(new)));
            UpdateUser { user_name: user_name(name), new_user_name, new_path: new_path.map(path) }.into()
        }
        OfPeople::DeleteUser(name) => DeleteUser { user_name: user_name(name) }.into(),
        OfPeople::CreateLogin { user, password: text, reset } => {
            CreateLoginProfile { user_name: user_name(user), password: password(text), password_reset_required: reset }.into()
        }
        OfPeople::UpdateLogin { user, password: text, reset } => {
            let (user_name, password) = (user_name(user), text.map(password));
            UpdateLoginProfile { user_name, password, password_reset_required: reset }.into()
        }
        OfPeople::DeleteLogin(user) => DeleteLoginProfile { user_name: user_name(user) }.into(),
        OfPeople::CreateGroup { name, path: at } => CreateGroup { group_name: group_name(name), path: path(at) }.into(),
        OfPeople::UpdateGroup { name, new_name, new_path } => {
            let (new_group_name, new_path) = (new_name.map(group_name), new_path.map(path));
            UpdateGroup { group_name: group_name(name), new_group_name, new_path }.into()
        }
        OfPeople::DeleteGroup(name) => DeleteGroup { group_name: group_name(name) }.into(),
        OfPeople::Join { group, user, ends } => {
            let expires_at = end(world.now, ends);
            AddUserToGroup { group_name: group_name(group), user_name: user_name(user), expires_at }.into()
        }
        OfPeople::Leave { group, user } => {
            RemoveUserFromGroup { group_name: group_name(group), user_name: user_name(user) }.into()
        }
        OfPeople::ExpireMembership { group, user } => ExpireGrant { grant: membership(world, group, user)? }.into(),
    })
}

fn role_command(step: &OfRoles) -> Command {
    match *step {
        OfRoles::Create { name, path: at, seconds, trust, tags, boundary } => CreateRole {
            role_name: role_name(name),
            path: path(at),
            description: None,
            max_session_duration: seconds,
            assume_role_policy_document: trust_text(trust),
            tags: plain_tags(tags),
            permissions_boundary: boundary.map(arn),
        }
        .into(),
        OfRoles::Update { name, description: new, seconds } => {
            let description = new.map(|text| text.map(description));
            UpdateRole { role_name: role_name(name), description, max_session_duration: seconds }.into()
        }
        OfRoles::UpdateTrust { name, trust } => {
            UpdateAssumeRolePolicy { role_name: role_name(name), policy_document: trust_text(trust) }.into()
        }
        OfRoles::Delete(name) => DeleteRole { role_name: role_name(name) }.into(),
        OfRoles::CreateProfile { name, path: at, tags } => {
            CreateInstanceProfile { instance_profile_name: profile_name(name), path: path(at), tags: plain_tags(tags) }.into()
        }
        OfRoles::DeleteProfile(name) => DeleteInstanceProfile { instance_profile_name: profile_name(name) }.into(),
        OfRoles::AddRole { profile, role } => add_role(profile, role).into(),
        OfRoles::RemoveRole { profile, role } => {
            let (instance_profile_name, role_name) = (profile_name(profile), role_name(role));
            RemoveRoleFromInstanceProfile { instance_profile_name, role_name }.into()
        }
    }
}

fn policy_command(step: &OfPolicies, world: &World) -> Option<Command> {
    Some(match *step {
        OfPolicies::Create { name, path: at, doc, tags } => CreatePolicy {
            policy_name: policy_name(name),
            path: path(at),
            description: None,
            policy_document: identity_text(doc),
            tags: plain_tags(tags),
        }
        .into(),
        OfPolicies::CreateVersion { policy, doc, default } => {
            let (policy_arn, policy_document) = (arn(policy), identity_text(doc));
            CreatePolicyVersion { policy_arn, policy_document, set_as_default: default }.into()
        }
        OfPolicies::DeleteVersion { policy, version } => {
            DeletePolicyVersion { policy_arn: arn(policy), version_id: VersionId(version) }.into()
        }
        OfPolicies::SetDefault { policy, version } => {
            SetDefaultPolicyVersion { policy_arn: arn(policy), version_id: VersionId(version) }.into()
        }
        OfPolicies::Delete(policy) => DeletePolicy { policy_arn: arn(policy) }.into(),
        OfPolicies::Attach { who, policy, ends } => {
            let (target, expires_at) = (policy_target(who), end(world.now, ends));
            AttachPolicy { target, policy_arn: arn(policy), expires_at }.into()
        }
        OfPolicies::Detach { who, policy } => DetachPolicy { target: policy_target(who), policy_arn: arn(policy) }.into(),
        OfPolicies::ExpireAttachment { who, policy } => ExpireGrant { grant: attachment(world, who, policy)? }.into(),
        OfPolicies::PutInline { who, name, doc } => {
            PutInlinePolicy { target: policy_target(who), policy_name: policy_name(name), document: identity_text(doc) }.into()
        }
        OfPolicies::DeleteInline { who, name } => {
            DeleteInlinePolicy { target: policy_target(who), policy_name: policy_name(name) }.into()
        }
        OfPolicies::PutBoundary { who, policy } => {
            PutPermissionsBoundary { target: policy_target(who), policy_arn: arn(policy) }.into()
        }
        OfPolicies::DeleteBoundary { who } => DeletePermissionsBoundary { target: policy_target(who) }.into(),
    })
}
