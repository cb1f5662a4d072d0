//! What arguments mean, by name. An argument that is not here stops the test: a new one is sorted once, by hand.

use serde_json::{Value, json};

use super::schema::Argument;
use crate::guard::make;

/// A thing that can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Account,
    Alias,
    Cursor,
    Group,
    GroupPolicy,
    Handshake,
    Node,
    Policy,
    Principal,
    Profile,
    Record,
    Resource,
    Role,
    Root,
    ControlPolicy,
    Session,
    Unit,
    User,
}

/// Whose thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Own,
    Theirs,
}

/// What an argument means.
pub(super) enum Meaning {
    Names(Thing),
    /// It names nothing: a value that is good.
    Plain(Value),
    /// Never given.
    LeftOut,
}

/// Operations that give a name to something new: the name is not one of anything yet.
const CHRISTENS: [(&str, &str); 7] = [
    ("createUser", "userName"),
    ("createGroup", "groupName"),
    ("createRole", "roleName"),
    ("createPolicy", "policyName"),
    ("createInstanceProfile", "instanceProfileName"),
    ("putInlinePolicy", "policyName"),
    ("createOrganizationPolicy", "name"),
];

/// Nothing is named by these, and they can be left out.
const LEFT_OUT: &[&str] = &[
    "asOf",
    "allowUsersToChangePassword",
    "boundary",
    "clientToken",
    "command",
    "context",
    "description",
    "documents",
    "expected",
    "endpointPolicies",
    "expiresAt",
    "filter",
    "first",
    "hardExpiry",
    "identityPolicies",
    "kind",
    "maxPasswordAge",
    "maxSessionDuration",
    "minimumPasswordLength",
    "multivalued",
    "newGroupName",
    "newPath",
    "newUserName",
    "onlyAttached",
    "passwordResetRequired",
    "passwordReusePrevention",
    "path",
    "pathPrefix",
    "permissionsBoundaryPolicyInputList",
    "policyInputList",
    "rcps",
    "requireLowercaseCharacters",
    "requireNumbers",
    "requireSymbols",
    "requireUppercaseCharacters",
    "resourcePolicy",
    "resourceService",
    "scope",
    "scps",
    "sessionPolicies",
    "skipRefused",
    "time",
    "usage",
    "wildcardOnlyAction",
];

fn document() -> Value {
    json!(make::text(&make::allow(&json!("sqs:*"), &json!("*"))))
}

fn trusting() -> Value {
    let principal = json!({ "Service": "ec2.amazonaws.com" });
    json!(make::text(&json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" })))
}

pub(super) fn meaning(operation: &str, argument: &Argument) -> Meaning {
    let name = argument.name.as_str();
    if CHRISTENS.contains(&(operation, name)) {
        return Meaning::Plain(json!("Novel"));
    }
    if let Some(thing) = named(operation, name) {
        return Meaning::Names(thing);
    }
    plain(operation, argument)
}

fn named(operation: &str, name: &str) -> Option<Thing> {
    Some(match (operation, name) {
        ("user", "name") | (_, "userName") => Thing::User,
        ("group", "name") | (_, "groupName") => Thing::Group,
        ("role", "name") | (_, "roleName") => Thing::Role,
        ("instanceProfile", "name") | (_, "instanceProfileName") => Thing::Profile,
        (_, "policyName") => Thing::GroupPolicy,
        (_, "arn" | "policyArn" | "permissionsBoundary") => Thing::Policy,
        (_, "principal" | "policySourceArn" | "actor" | "entity") => Thing::Principal,
        (_, "resource" | "resources") => Thing::Resource,
        (_, "accountId" | "resourceAccount" | "targetId") => Thing::Account,
        (_, "accountAlias") => Thing::Alias,
        (_, "organizationalUnitId" | "parentId" | "sourceParentId" | "destinationParentId") => Thing::Unit,
        (_, "rootId") => Thing::Root,
        (_, "policyId") => Thing::ControlPolicy,
        (_, "handshakeId") => Thing::Handshake,
        (_, "sessionId") => Thing::Session,
        (_, "sequence" | "afterSequence") => Thing::Record,
        ("node" | "nodes", "id" | "ids") => Thing::Node,
        (_, "after") => Thing::Cursor,
        _ => return None,
    })
}

fn plain(operation: &str, argument: &Argument) -> Meaning {
    let value = match argument.name.as_str() {
        "assumeRolePolicyDocument" => trusting(),
        "policyDocument" if operation == "updateAssumeRolePolicy" => trusting(),
        "policyDocument" if operation == "putResourcePolicy" => {
            json!(make::text(&json!({ "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*" })))
        }
        "content" | "policyDocument" | "document" => document(),
        // Whoever knows the password may come in.
        "password" if operation == "signIn" => json!("not the password"),
        "password" | "newPassword" => json!(chancery_testkit::PASSWORD),
        "policyType" => json!("SERVICE_CONTROL_POLICY"),
        "quotaName" => json!("GroupsPerAccount"),
        "versionId" => json!("v1"),
        "action" | "actions" => json!("sqs:SendMessage"),
        "type" => json!("IDENTITY_POLICY"),
        "name" => json!("Novel"),
        "key" | "tagKeys" => json!("team"),
        "value" if operation == "requestQuotaIncrease" => json!(400),
        "value" => json!("red"),
        "values" => json!(["red"]),
        "id" => json!("nothing"),
        "setAsDefault" | "dryRun" => json!(true),
        other if LEFT_OUT.contains(&other) => return Meaning::LeftOut,
        other => panic!("guard/foreign/words.rs has to learn what {other} of {operation} is: {argument:?}"),
    };
    Meaning::Plain(value)
}
