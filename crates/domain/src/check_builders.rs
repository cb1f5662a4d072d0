//! Commands and documents that tests of roles, policies and instance profiles start from.

use chancery_model::{Arn, Case, InstanceProfileName, Path, PolicyName, RoleName, Tags};
use chancery_policy::{Kind, PolicyText};

use crate::{
    AwsPolicies, VersionId,
    actions::{
        AddRoleToInstanceProfile, AttachPolicy, CreateInstanceProfile, CreatePolicy, CreatePolicyVersion, CreateRole,
        DeletePolicyVersion, PolicyTarget, PublishManagedPolicy, PutInlinePolicy, PutPermissionsBoundary, PutResourcePolicy,
        SetDefaultPolicyVersion,
    },
    check::{ACCOUNT, group_name, user_name},
};

pub(crate) fn role_name(name: &str) -> RoleName {
    RoleName::parse(name).unwrap()
}

pub(crate) fn profile_name(name: &str) -> InstanceProfileName {
    InstanceProfileName::parse(name).unwrap()
}

pub(crate) fn policy_name(name: &str) -> PolicyName {
    PolicyName::parse(name).unwrap()
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

/// The ARN of a customer managed policy at the root path.
pub(crate) fn policy_arn(name: &str) -> Arn {
    Arn::parse(&format!("arn:aws:iam::{ACCOUNT}:policy/{name}")).unwrap()
}

/// The ARN of one of AWS's managed policies.
pub(crate) fn aws_arn(path_and_name: &str) -> Arn {
    Arn::parse(&format!("arn:aws:iam::aws:policy/{path_and_name}")).unwrap()
}

/// One of AWS's that is for roles of its services alone.
pub(crate) fn awss_for_services() -> Arn {
    aws_arn("aws-service-role/AWSElasticLoadBalancingServiceRolePolicy")
}

/// The version that the catalogue has in force: it differs from release to release.
pub(crate) fn awss_version(name: &str) -> VersionId {
    AwsPolicies::default().by_arn(&aws_arn(name)).unwrap().default
}

/// A document that allows an action on everything.
pub(crate) fn allowing(action: &str) -> PolicyText {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#);
    PolicyText::parse(&text, Kind::Identity).unwrap()
}

/// A short document.
pub(crate) fn document() -> PolicyText {
    allowing("s3:Get*")
}

fn padded(kind: Kind, chars: usize, write: impl Fn(&str) -> String) -> PolicyText {
    let filler = "x".repeat(chars - write("").len());
    let text = PolicyText::parse(&write(&filler), kind).unwrap();
    assert_eq!(text.chars(), chars);
    text
}

/// A document of so many characters, none of them white space.
pub(crate) fn document_of_chars(chars: usize) -> PolicyText {
    padded(Kind::Identity, chars, |filler| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::{filler}*"}}]}}"#
        )
    })
}

/// A resource's ARN.
pub(crate) fn resource(arn: &str) -> Arn {
    Arn::of_resource(arn).unwrap()
}

/// A resource policy that allows everybody an action.
pub(crate) fn resource_text(action: &str) -> PolicyText {
    let statement = format!(r#"{{"Effect":"Allow","Principal":"*","Action":"{action}","Resource":"*"}}"#);
    PolicyText::parse(&format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#), Kind::Resource).unwrap()
}

/// A resource policy of so many characters, none of them white space.
pub(crate) fn resource_text_of_chars(chars: usize) -> PolicyText {
    padded(Kind::Resource, chars, |filler| {
        format!(r#"{{"Statement":[{{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::{filler}*"}}]}}"#)
    })
}

/// Writes a short policy of a resource.
pub(crate) fn put_policy(arn: &str) -> PutResourcePolicy {
    PutResourcePolicy { resource: resource(arn), policy_document: resource_text("s3:Get*") }
}

/// The same document with white space that does not count.
pub(crate) fn spaced(text: &PolicyText) -> PolicyText {
    PolicyText::parse(&format!("\n{}", text.text().replace(',', ",\n\t ")), Kind::Identity).unwrap()
}

/// A trust policy for a service: `ec2`.
pub(crate) fn trust(service: &str) -> PolicyText {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{service}.amazonaws.com"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    PolicyText::parse(&text, Kind::Trust).unwrap()
}

/// A trust policy of so many characters.
pub(crate) fn trust_of_chars(chars: usize) -> PolicyText {
    padded(Kind::Trust, chars, |filler| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"*"}},"Action":"sts:AssumeRole","Condition":{{"StringEquals":{{"sts:ExternalId":"{filler}"}}}}}}]}}"#
        )
    })
}

/// So many tags: `k0` = `0` …
pub(crate) fn numbered_tags(count: usize) -> Tags {
    Tags::parse((0..count).map(|n| (format!("k{n}"), n.to_string())), Case::Folded).unwrap()
}

/// Creates a role at the root path that EC2 may assume.
pub(crate) fn role(name: &str) -> CreateRole {
    CreateRole {
        role_name: role_name(name),
        path: Path::root(),
        description: None,
        max_session_duration: None,
        assume_role_policy_document: trust("ec2"),
        tags: Tags::default(),
        permissions_boundary: None,
    }
}

/// Creates a customer managed policy at the root path.
pub(crate) fn policy(name: &str) -> CreatePolicy {
    CreatePolicy {
        policy_name: policy_name(name),
        path: Path::root(),
        description: None,
        policy_document: document(),
        tags: Tags::default(),
    }
}

/// Adds a version to a customer managed policy.
pub(crate) fn add_version(policy: &str, set_as_default: bool) -> CreatePolicyVersion {
    CreatePolicyVersion { policy_arn: policy_arn(policy), policy_document: document(), set_as_default }
}

/// Deletes a version of a customer managed policy.
pub(crate) fn delete_version(policy: &str, version: u32) -> DeletePolicyVersion {
    DeletePolicyVersion { policy_arn: policy_arn(policy), version_id: VersionId(version) }
}

/// Puts a version of a customer managed policy in force.
pub(crate) fn set_default(policy: &str, version: u32) -> SetDefaultPolicyVersion {
    SetDefaultPolicyVersion { policy_arn: policy_arn(policy), version_id: VersionId(version) }
}

/// Imports one of AWS's managed policies at the root path.
pub(crate) fn publish(name: &str, version: u32) -> PublishManagedPolicy {
    PublishManagedPolicy {
        arn: aws_arn(name),
        name: policy_name(name),
        path: Path::root(),
        description: None,
        version: VersionId(version),
        text: document(),
        policy_id: None,
    }
}

/// Creates an instance profile at the root path.
pub(crate) fn instance_profile(name: &str) -> CreateInstanceProfile {
    CreateInstanceProfile { instance_profile_name: profile_name(name), path: Path::root(), tags: Tags::default() }
}

/// Puts a role into an instance profile.
pub(crate) fn add_role(profile: &str, role: &str) -> AddRoleToInstanceProfile {
    AddRoleToInstanceProfile { instance_profile_name: profile_name(profile), role_name: role_name(role) }
}

/// Attaches a managed policy for good.
pub(crate) fn attach(target: PolicyTarget, policy_arn: Arn) -> AttachPolicy {
    AttachPolicy { target, policy_arn, expires_at: None }
}

/// Writes a short inline policy.
pub(crate) fn put_inline(target: PolicyTarget, name: &str) -> PutInlinePolicy {
    PutInlinePolicy { target, policy_name: policy_name(name), document: document() }
}

/// Sets a permissions boundary.
pub(crate) fn put_boundary(target: PolicyTarget, policy_arn: Arn) -> PutPermissionsBoundary {
    PutPermissionsBoundary { target, policy_arn }
}
