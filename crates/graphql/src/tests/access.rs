//! What policies let users do through this door.

use std::net::IpAddr;

use chancery_engine::{Caller, Request};
use serde_json::{Value, json};

use super::{PASSWORD, Root, World, refusal, request};

mod documents;
mod questions;

const USERS: &str = "arn:aws:iam::123456789012:user";

/// A policy of statements.
pub(super) fn policy(statements: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// A statement that allows.
pub(super) fn allow(action: &str, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

impl Root<'_> {
    /// A user with an inline policy `own`, signed in.
    pub(super) async fn user(&self, name: &str, path: &str, statements: &Value) -> Caller {
        let text = "mutation($user: CreateUserInput!, $login: CreateLoginProfileInput!, $policy: PutInlinePolicyInput!) {
            createUser(input: $user) { user { id } }
            createLoginProfile(input: $login) { user { id } }
            putInlinePolicy(input: $policy) { user { id } } }";
        let variables = json!({
            "user": { "userName": name, "path": path },
            "login": { "userName": name, "password": PASSWORD },
            "policy": { "target": { "userName": name }, "policyName": "own", "policyDocument": policy(statements) },
        });
        let value = self.ask_with(text, variables).await;
        assert_eq!(value.get("errors"), None, "{value}");
        let token = self.world.sign_in(Some(name), PASSWORD).await;
        self.world.engine.authenticate(&token).unwrap()
    }
}

/// What a caller gets: the data, or the message of a denial.
async fn got(world: &World, caller: &Caller, query: &str) -> Result<Value, String> {
    let (_, mut value) = world.send(Some(caller.clone()), query, json!({})).await;
    if value.get("errors").is_none() {
        return Ok(value["data"].take());
    }
    let (code, message) = refusal(&value);
    assert_eq!(code, "AccessDenied", "{query}: {message}");
    Err(message.split_once(" is not authorized to perform: ").unwrap_or_else(|| panic!("{message}")).1.to_owned())
}

#[tokio::test]
async fn a_user_may_what_its_policies_say() {
    let world = World::new();
    let root = world.root().await;
    let in_eng = format!("{USERS}/eng/*");
    let red = |action: &str, key: &str| {
        let condition = json!({ "StringEquals": { (format!("{key}/team")): "red" } });
        json!({ "Effect": "Allow", "Action": action, "Resource": in_eng, "Condition": condition })
    };
    let statements = json!([
        allow("iam:GetUser", &in_eng),
        allow("iam:ListUsers", "*"),
        red("iam:CreateUser", "aws:RequestTag"),
        red("iam:TagUser", "aws:RequestTag"),
        red("iam:DeleteUser", "aws:ResourceTag"),
        { "Sid": "NotMe", "Effect": "Deny", "Action": "iam:Delete*", "Resource": format!("{USERS}/eng/ada") },
    ]);
    let ada = root.user("ada", "/eng/", &statements).await;
    let create = |name: &str, path: &str, team: &str| {
        format!(
            r#"mutation {{ createUser(input: {{userName: "{name}", path: "{path}", tags: [{{key: "team", value: "{team}"}}]}})
                {{ user {{ arn }} }} }}"#
        )
    };
    root.data(&create("bob", "/ops/", "red")).await;
    root.data(&create("eve", "/eng/", "blue")).await;
    let delete = |name: &str| format!(r#"mutation {{ deleteUser(input: {{userName: "{name}"}}) {{ deletedId }} }}"#);
    let no_policy = |action: &str, name: &str| {
        Err(format!("iam:{action} on resource: {USERS}/{name} because no identity-based policy allows the iam:{action} action"))
    };
    for (query, expected) in [
        (r#"{ user(name: "ada") { userName } }"#.to_owned(), Ok(json!({ "user": { "userName": "ada" } }))),
        (
            r#"{ account { user(userName: "EVE") { userName } } }"#.to_owned(),
            Ok(json!({ "account": { "user": { "userName": "eve" } } })),
        ),
        // Neither that the one is there, nor where, nor that the other is not.
        (r#"{ user(name: "bob") { userName } }"#.to_owned(), no_policy("GetUser", "bob")),
        (r#"{ user(name: "nobody") { userName } }"#.to_owned(), no_policy("GetUser", "nobody")),
        (
            r#"{ account { users(first: 1) { nodes { userName } } } }"#.to_owned(),
            Ok(json!({ "account": { "users": { "nodes": [{ "userName": "ada" }] } } })),
        ),
        (create("red", "/eng/", "red"), Ok(json!({ "createUser": { "user": { "arn": format!("{USERS}/eng/red") } } }))),
        (create("blue", "/eng/", "blue"), no_policy("CreateUser", "eng/blue")),
        (create("red", "/", "red"), no_policy("CreateUser", "red")),
        (delete("eve"), no_policy("DeleteUser", "eng/eve")),
        (
            delete("ada"),
            Err(format!("iam:DeleteUser on resource: {USERS}/eng/ada with an explicit deny in an identity-based policy")),
        ),
    ] {
        assert_eq!(got(&world, &ada, &query).await, expected, "{query}");
    }
    assert!(got(&world, &ada, &delete("red")).await.is_ok(), "its tag says that it may");
}

#[tokio::test]
async fn an_id_is_read_at_the_arn_of_what_it_names() {
    let world = World::new();
    let root = world.root().await;
    let ada = root.user("ada", "/eng/", &json!([allow("iam:GetUser", &format!("{USERS}/eng/*"))])).await;
    root.user("bob", "/ops/", &json!([allow("iam:GetUser", "*")])).await;
    let ids = root.data(r#"{ ada: user(name: "ada") { id userId } bob: user(name: "bob") { id userId } }"#).await;
    let node = |id: &Value| format!("{{ node(id: {id}) {{ ... on User {{ userName }} }} }}");
    assert_eq!(got(&world, &ada, &node(&ids["ada"]["id"])).await, Ok(json!({ "node": { "userName": "ada" } })));
    let refused = got(&world, &ada, &node(&ids["bob"]["id"])).await.unwrap_err();
    let told = format!("iam:GetUser on resource: {USERS}/{} because", ids["bob"]["userId"].as_str().unwrap());
    assert!(refused.starts_with(&told), "{refused}");
    // What is gone is refused in the same words.
    root.data(r#"mutation { deleteLoginProfile(input: {userName: "bob"}) { user { id } }
        deleteInlinePolicy(input: {target: {userName: "bob"}, policyName: "own"}) { user { id } } deleteUser(input: {userName: "bob"}) { deletedId } }"#).await;
    assert_eq!(got(&world, &ada, &node(&ids["bob"]["id"])).await, Err(refused));
}

#[tokio::test]
async fn a_boundary_limits_whatever_policies_allow() {
    let world = World::new();
    let root = world.root().await;
    let ada = root.user("ada", "/", &json!([allow("*", "*")])).await;
    assert!(got(&world, &ada, r#"mutation { createGroup(input: {groupName: "a"}) { group { id } } }"#).await.is_ok());
    let read_only = policy(&json!([allow("iam:Get*", "*"), allow("iam:List*", "*")]));
    let input = json!({ "policy": { "policyName": "limit", "policyDocument": read_only }, "boundary":
        { "target": { "userName": "ada" }, "permissionsBoundary": "arn:aws:iam::123456789012:policy/limit" } });
    let text = "mutation($policy: CreatePolicyInput!, $boundary: PutPermissionsBoundaryInput!) {
        createPolicy(input: $policy) { policy { id } } putPermissionsBoundary(input: $boundary) { user { id } } }";
    assert_eq!(root.ask_with(text, input).await.get("errors"), None);
    assert!(got(&world, &ada, "{ account { users { nodes { userName } } } }").await.is_ok());
    let refused = got(&world, &ada, r#"mutation { createGroup(input: {groupName: "b"}) { group { id } } }"#).await;
    let told = "iam:CreateGroup on resource: arn:aws:iam::123456789012:group/b because no permissions boundary allows the iam:CreateGroup action";
    assert_eq!(refused, Err(told.to_owned()));
    let freed = r#"mutation { deletePermissionsBoundary(input: {target: {userName: "ada"}}) { user { id } } }"#;
    assert!(got(&world, &ada, freed).await.unwrap_err().contains("no permissions boundary allows"), "nobody frees oneself");
}

#[tokio::test]
async fn who_adds_a_role_must_be_allowed_to_pass_it() {
    let world = World::new();
    let root = world.root().await;
    let trust = json!([{ "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" }]);
    for (name, path) in [("web", "/app/"), ("admin", "/")] {
        let input = json!({ "input": { "roleName": name, "path": path, "assumeRolePolicyDocument": policy(&trust) } });
        let made = root.ask_with("mutation($input: CreateRoleInput!) { createRole(input: $input) { role { id } } }", input).await;
        assert_eq!(made.get("errors"), None, "{made}");
    }
    root.data(r#"mutation { createInstanceProfile(input: {instanceProfileName: "p"}) { instanceProfile { id } } }"#).await;
    let pass = json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/app/*",
        "Condition": { "StringEquals": { "iam:PassedToService": "ec2.amazonaws.com" } } });
    let ada = root.user("ada", "/", &json!([allow("iam:AddRoleToInstanceProfile", "*"), pass])).await;
    let add = |role: &str| {
        format!(
            r#"mutation {{ addRoleToInstanceProfile(input: {{instanceProfileName: "p", roleName: "{role}"}}) {{ record {{ id }} }} }}"#
        )
    };
    let refused = got(&world, &ada, &add("admin")).await.unwrap_err();
    let told = "iam:PassRole on resource: arn:aws:iam::123456789012:role/admin because no identity-based policy allows the iam:PassRole action";
    assert_eq!(refused, told);
    assert!(got(&world, &ada, &add("web")).await.is_ok());
}

#[tokio::test]
async fn policies_see_where_a_request_comes_from() {
    let world = World::new();
    let root = world.root().await;
    let condition = json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" }, "Bool": { "aws:SecureTransport": "true" },
        "StringLike": { "aws:UserAgent": "good/*" } });
    let statements =
        json!([{ "Effect": "Allow", "Action": ["iam:ListUsers", "iam:CreateGroup"], "Resource": "*", "Condition": condition }]);
    let ada = root.user("ada", "/", &statements).await;
    let from = |address: &str, secure: bool, agent: &str| Request {
        address: Some(address.parse::<IpAddr>().unwrap()),
        secure,
        user_agent: Some(agent.to_owned()),
        ..request()
    };
    let read = json!({ "query": "{ account { users { nodes { id } } } }" }).to_string();
    let write = json!({ "query": r#"mutation { createGroup(input: {groupName: "g"}) { group { groupName } } }"# }).to_string();
    for (request, may) in [
        (from("10.1.2.3", true, "good/1"), true),
        (from("11.1.2.3", true, "good/1"), false),
        (from("10.1.2.3", false, "good/1"), false),
        (from("10.1.2.3", true, "bad/1"), false),
        (Request { address: None, ..from("10.1.2.3", true, "good/1") }, false),
    ] {
        for body in [&read, &write] {
            let answer = world.door.execute(Some(ada.clone()), request.clone(), body.as_bytes()).await;
            let value: Value = serde_json::from_slice(&answer.body).unwrap();
            let denied = value["errors"][0]["extensions"]["code"] == "AccessDenied";
            assert_eq!(!denied, may, "{request:?}: {value}");
        }
        root.ask(r#"mutation { deleteGroup(input: {groupName: "g"}) { deletedId } }"#).await;
    }
}
