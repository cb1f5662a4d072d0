//! What bad input gets: its own code, the field or limit, the request id, and a status.

use serde_json::{Value, json};

use super::{PASSWORD, World, refusal, request};

#[tokio::test]
async fn refusals_carry_awss_code_and_what_helps() {
    let world = World::new();
    let root = world.root().await;
    for (query, code, told) in [
        (r#"{ user(name: "nobody") { arn } }"#, "NoSuchEntity", "The user with name nobody cannot be found."),
        (r#"{ account { group(groupName: "nobody") { arn } } }"#, "NoSuchEntity", "The group with name nobody cannot be found."),
        (r#"{ user(name: "a b") { arn } }"#, "ValidationError", "at 'userName' failed to satisfy constraint"),
        (r#"{ account { users(first: 0) { nodes { arn } } } }"#, "ValidationError", "'0' at 'first'"),
        (r#"{ account { users(first: 5, after: "zz") { nodes { arn } } } }"#, "ValidationError", "at 'after'"),
        (r#"{ account { users(pathPrefix: "x") { nodes { arn } } } }"#, "ValidationError", "at 'pathPrefix'"),
        (r#"{ account(asOf: {sequence: "99"}) { id } }"#, "ValidationError", "record 99 does not exist yet"),
        (r#"mutation { createUser(input: {userName: ""}) { user { id } } }"#, "ValidationError", "at 'userName'"),
        (
            r#"mutation { createUser(input: {userName: "u", tags: [{key: "a", value: "b"}, {key: "A", value: "c"}]}) { user { id } } }"#,
            "ValidationError",
            "Duplicate tag keys found",
        ),
        (
            r#"mutation { createUser(input: {userName: "u", clientToken: "a b"}) { user { id } } }"#,
            "ValidationError",
            "clientToken",
        ),
        (
            r#"mutation { createPolicy(input: {policyName: "p", policyDocument: "{}"}) { policy { id } } }"#,
            "MalformedPolicyDocument",
            "Statement",
        ),
        (
            r#"mutation { requestQuotaIncrease(input: {quotaName: "Nope", value: 1}) { quota { name } } }"#,
            "ValidationError",
            "enum value set",
        ),
        (r#"mutation { deleteUser(input: {userName: "nobody"}) { deletedId } }"#, "NoSuchEntity", "nobody"),
    ] {
        let (got, message) = root.refusal(query).await;
        assert_eq!(got, code, "{query}: {message}");
        assert!(message.contains(told), "{query}: {message}");
    }
    // Nothing was written by all that.
    assert_eq!(root.data("{ serverInfo { head } }").await["serverInfo"]["head"], "1");
}

#[tokio::test]
async fn what_does_not_fit_the_schema_is_told_with_its_place() {
    let world = World::new();
    let root = world.root().await;
    for (query, told) in [
        ("{ nope }", r#"Unknown field "nope" on type "Query"."#),
        ("{ user { arn } }", r#"is required but not provided"#),
        (r#"{ user(name: 5) { arn } }"#, r#"Invalid value for argument "name""#),
        (r#"{ user(name: "a", nope: 1) { arn } }"#, r#"Unknown argument "nope""#),
        (r#"mutation { createUser(input: {userName: "a", nope: 1}) { user { id } } }"#, "nope"),
        (
            r#"mutation { attachPolicy(input: {policyArn: "a", target: {userName: "a", roleName: "b"}}) { policy { id } } }"#,
            "input.target",
        ),
        ("{ me { arn }", "expected"),
        ("", "expected"),
        ("query a { me { arn } } query b { me { arn } }", "Operation name required in request."),
        ("subscription { records { id } }", "Subscriptions are not supported on this transport."),
    ] {
        let value = root.ask(query).await;
        let (code, message) = refusal(&value);
        assert_eq!(code, "GraphQLValidation", "{query}: {message}");
        assert!(message.contains(told), "{query}: {message}");
        assert_eq!(value["data"], Value::Null);
    }
}

#[tokio::test]
async fn every_error_has_the_request_id_and_limits_are_named() {
    let world = World::new();
    let root = world.root().await;
    let deep = format!(
        "{{ account {{ user(userName: \"a\") {{ {} arn {} }} }} }}",
        "groups(first: 1) { nodes { users(first: 1) { nodes { ".repeat(3),
        "} } } }".repeat(3)
    );
    let wide = "{ account { users(first: 1000) { nodes { groups(first: 1000) { nodes { groupName } } } } } }";
    let aliases: String = (0..20).map(|at| format!("a{at}: arn ")).collect();
    for (query, name, value) in
        [(deep.as_str(), "depth", 10), (wide, "complexity", 500), (format!("{{ me {{ {aliases} }} }}").as_str(), "aliases", 15)]
    {
        let answer = root.ask(query).await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["limit"], json!({"name": name, "value": value}), "{answer}");
        assert_eq!(extensions["code"], "GraphQLValidation");
        assert!(answer["errors"][0]["message"].as_str().unwrap().contains(&value.to_string()), "{answer}");
        assert_eq!(extensions["requestId"].as_str().map(str::len), Some(26));
    }
    let field = root.ask(r#"{ user(name: "a b") { arn } }"#).await;
    assert_eq!(field["errors"][0]["extensions"]["field"], "userName");
    assert_eq!(field["errors"][0]["path"], json!(["user"]));
}

#[tokio::test]
async fn a_quota_that_is_reached_is_named() {
    let world = World::new();
    let root = world.root().await;
    root.data(r#"mutation { createUser(input: {userName: "ada"}) { user { id } } }"#).await;
    for number in 0..10 {
        let query = format!(
            r#"mutation {{ createGroup(input: {{groupName: "g{number}"}}) {{ group {{ id }} }}
            addUserToGroup(input: {{groupName: "g{number}", userName: "ada"}}) {{ record {{ id }} }} }}"#
        );
        root.data(&query).await;
    }
    let answer = root
        .ask(
            r#"mutation { createGroup(input: {groupName: "g10"}) { group { groupName } }
            addUserToGroup(input: {groupName: "g10", userName: "ada"}) { record { id } } }"#,
        )
        .await;
    assert_eq!(
        answer["data"],
        json!({"createGroup": {"group": {"groupName": "g10"}}, "addUserToGroup": null}),
        "the rest stands"
    );
    assert_eq!(answer["errors"][0]["extensions"]["code"], "LimitExceeded");
    assert_eq!(answer["errors"][0]["extensions"]["limit"], json!({"name": "GroupsPerUser", "value": 10}));
}

#[tokio::test]
async fn statuses_are_for_those_on_the_way() {
    let world = World::new();
    let root = world.root().await;
    let caller = || Some(root.caller.clone());
    for (caller, body, status) in [
        (caller(), r#"{"query": "{ me { arn } }"}"#, 200),
        (caller(), r#"{"query": "{ user(name: \"nobody\") { arn } }"}"#, 200),
        (caller(), r#"{"query": "{ nope }"}"#, 400),
        (caller(), r#"[{"query": "{ me { arn } }"}]"#, 400),
        (caller(), "nonsense", 400),
        (None, r#"{"query": "{ me { arn } }"}"#, 401),
        (None, r#"{"query": "{ __schema { types { name } } }"}"#, 403),
        (None, r#"{"query": "mutation { createUser(input: {userName: \"a\"}) { user { id } } }"}"#, 401),
    ] {
        let answer = world.door.execute(caller, request(), body.as_bytes()).await;
        assert_eq!(answer.status, status, "{body}: {}", String::from_utf8_lossy(&answer.body));
        assert_eq!(answer.retry_after_seconds, None);
    }
}

#[tokio::test]
async fn users_may_nothing_without_a_policy() {
    let world = World::new();
    let root = world.root().await;
    root.data(&format!(
        r#"mutation {{ createUser(input: {{userName: "ada"}}) {{ user {{ id }} }}
        createLoginProfile(input: {{userName: "ada", password: "{PASSWORD}"}}) {{ user {{ loginProfile {{ passwordResetRequired }} }} }} }}"#
    ))
    .await;
    let token = world.sign_in(Some("Ada"), PASSWORD).await;
    let ada = world.engine.authenticate(&token).unwrap();
    for query in [
        "{ account { users { nodes { arn } } } }",
        "{ user(name: \"ada\") { arn } }",
        "{ user(name: \"nobody\") { arn } }",
        "{ records { nodes { id } } }",
        "{ record(sequence: 0) { id } }",
        "{ account { quotas { name } } }",
        "mutation { createUser(input: {userName: \"b\"}) { user { id } } }",
        "mutation { revokeAllSessions(input: {userName: \"ada\"}) { count } }",
    ] {
        let (_, value) = world.send(Some(ada.clone()), query, json!({})).await;
        let (code, message) = refusal(&value);
        assert_eq!(code, "AccessDenied", "{query}: {message}");
        assert!(message.contains(" because no identity-based policy allows the "), "{message}");
    }
    let (_, me) = world.send(Some(ada), "{ me { arn accountId sessions { current address } } }", json!({})).await;
    assert_eq!(me["data"]["me"]["arn"], "arn:aws:iam::123456789012:user/ada");
    assert_eq!(me["data"]["me"]["sessions"][0]["current"], true);
}
