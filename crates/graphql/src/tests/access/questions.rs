//! Questions about principals: may they, why, who else, by what, then and now.

use serde_json::{Value, json};

use super::{allow, got, policy};
use crate::tests::{Root, World, refusal};

const ADA: &str = "arn:aws:iam::123456789012:user/eng/ada";
const BUCKET: &str = "arn:aws:s3:::reports/2026";

const DECISION: &str = "decision stoppedBy reason principal action resource missingContextKeys text
    determiningStatements { policyName policyArn policyVersion attachedTo layer level index sid effect }
    nearMisses { statement { policyName sid index layer } failures { operator key expected actual } }";

/// Ada of /eng/, in a group with a managed policy; and what the group's policy says.
async fn people(root: &Root<'_>) {
    let from_home = json!({ "Sid": "FromHome", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*",
        "Condition": { "IpAddress": { "aws:SourceIp": "10.0.0.0/8" }, "StringEquals": { "aws:PrincipalTag/Team": "red" } } });
    let text = "mutation($document: String!) {
        createUser(input: {userName: \"ada\", path: \"/eng/\", tags: [{key: \"Team\", value: \"red\"}]}) { user { id } }
        createUser2: createUser(input: {userName: \"bob\"}) { user { id } }
        createGroup(input: {groupName: \"readers\"}) { group { id } }
        createPolicy(input: {policyName: \"read\", policyDocument: $document}) { policy { id } }
        attachPolicy(input: {policyArn: \"arn:aws:iam::123456789012:policy/read\", target: {groupName: \"readers\"}}) { record { id } }
        addUserToGroup(input: {userName: \"ada\", groupName: \"readers\"}) { record { id } } }";
    let value = root.ask_with(text, json!({ "document": policy(&json!([from_home])) })).await;
    assert_eq!(value.get("errors"), None, "{value}");
}

fn authorize(principal: &str, rest: &str, what: &str) -> String {
    format!(r#"{{ authorize(principal: "{principal}", action: "s3:GetObject", resource: "{BUCKET}"{rest}) {{ {what} }} }}"#)
}

const AT_HOME: &str = r#", context: [{key: "aws:SourceIp", values: ["10.1.2.3"]}]"#;

#[tokio::test]
async fn a_decision_names_what_made_it() {
    let world = World::new();
    let root = world.root().await;
    people(&root).await;
    let allowed = root.data(&authorize(ADA, AT_HOME, DECISION)).await["authorize"].take();
    let statement = json!({ "policyName": "read", "policyArn": "arn:aws:iam::123456789012:policy/read", "policyVersion": "v1",
        "attachedTo": "arn:aws:iam::123456789012:group/readers", "layer": "IDENTITY", "level": null, "index": 0,
        "sid": "FromHome", "effect": "ALLOW" });
    let text = format!(
        "allowed: s3:GetObject on {BUCKET} by {ADA}\n  allow by identity-based policy read v1 of arn:aws:iam::123456789012:group/readers, \
         statement 1 (FromHome)"
    );
    let expected = json!({ "decision": "ALLOWED", "stoppedBy": null, "reason": null, "principal": ADA, "action": "s3:GetObject",
        "resource": BUCKET, "missingContextKeys": [], "text": text, "determiningStatements": [statement], "nearMisses": [] });
    assert_eq!(allowed, expected);
}

#[tokio::test]
async fn a_denial_tells_what_was_missing() {
    let world = World::new();
    let root = world.root().await;
    people(&root).await;
    let from = |values: &str| format!(r#", context: [{{key: "aws:SourceIp", values: [{values}]}}]"#);
    let denied = root.data(&authorize(ADA, &from(r#""11.0.0.1""#), DECISION)).await["authorize"].take();
    assert_eq!(denied["decision"], "IMPLICITLY_DENIED");
    assert_eq!(denied["stoppedBy"], "IDENTITY");
    assert_eq!(denied["reason"], "because no identity-based policy allows the s3:GetObject action");
    assert_eq!(denied["determiningStatements"], json!([]));
    let failure = json!({ "operator": "IpAddress", "key": "aws:SourceIp", "expected": ["10.0.0.0/8"], "actual": ["11.0.0.1"] });
    let statement = json!({ "policyName": "read", "sid": "FromHome", "index": 0, "layer": "IDENTITY" });
    assert_eq!(denied["nearMisses"], json!([{ "statement": statement, "failures": [failure] }]));
    assert!(denied["text"].as_str().unwrap().contains("nearly allowed by identity-based policy read v1 of"), "{denied}");
    let missing = root.data(&authorize(ADA, "", DECISION)).await["authorize"].take();
    assert_eq!(missing["missingContextKeys"], json!(["aws:SourceIp"]));
    assert_eq!(missing["nearMisses"][0]["failures"][0]["actual"], Value::Null);
    // What is said goes before what is known, and no values at all mean no key.
    for (values, decision) in [(r#"["red"]"#, "ALLOWED"), (r#"["blue"]"#, "IMPLICITLY_DENIED"), ("[]", "IMPLICITLY_DENIED")] {
        let context = format!(
            r#", context: [{{key: "aws:SourceIp", values: ["10.1.2.3"]}}, {{key: "aws:PrincipalTag/team", values: {values}}}]"#
        );
        assert_eq!(root.data(&authorize(ADA, &context, "decision")).await["authorize"]["decision"], decision, "{values}");
    }
}

#[tokio::test]
async fn the_past_decides_as_it_did() {
    let world = World::new();
    let root = world.root().await;
    people(&root).await;
    let head = root.data("{ serverInfo { head } }").await["serverInfo"]["head"].as_str().unwrap().parse::<u64>().unwrap();
    root.data(r#"mutation { removeUserFromGroup(input: {userName: "ada", groupName: "readers"}) { record { id } } }"#).await;
    let then = format!(r#", asOf: {{sequence: "{}"}}"#, head - 1);
    for (when, decision, count) in [("", "IMPLICITLY_DENIED", 0), (then.as_str(), "ALLOWED", 1)] {
        let asked = authorize(ADA, &format!("{AT_HOME}{when}"), "decision");
        assert_eq!(root.data(&asked).await["authorize"]["decision"], decision, "{when}");
        let asked = format!(
            r#"{{ effectivePolicies(principal: "{ADA}"{when}) {{ policyName layer attachedTo policyVersion policyArn document }} }}"#
        );
        let policies = root.data(&asked).await["effectivePolicies"].take();
        assert_eq!(policies.as_array().unwrap().len(), count, "{policies}");
        let asked = format!(r#"{{ whoCan(action: "s3:GetObject", resource: "{BUCKET}"{AT_HOME}{when}) {{ totalCount }} }}"#);
        assert_eq!(root.data(&asked).await["whoCan"]["totalCount"], 1 + count, "{when}");
        let asked = format!(r#"{{ contextKeysFor(principal: "{ADA}"{when}) {{ name }} }}"#);
        assert_eq!(root.data(&asked).await["contextKeysFor"].as_array().unwrap().len(), 2 * count, "{when}");
        let asked = format!(
            r#"{{ simulatePrincipal(input: {{policySourceArn: "{ADA}", actions: ["s3:GetObject"]{AT_HOME}}}{when}) {{ decision }} }}"#
        );
        assert_eq!(root.data(&asked).await["simulatePrincipal"][0]["decision"], decision, "{when}");
        let asked =
            format!(r#"query($requests: [AuthorizeInput!]!) {{ authorizeBatch(requests: $requests{when}) {{ decision }} }}"#);
        let one = json!({ "principal": ADA, "action": "s3:GetObject", "resource": BUCKET, "context":
            [{ "key": "aws:SourceIp", "values": ["10.1.2.3"] }] });
        let value = root.ask_with(&asked, json!({ "requests": [one] })).await;
        assert_eq!(value["data"]["authorizeBatch"][0]["decision"], decision, "{value}");
    }
}

#[tokio::test]
async fn a_batch_answers_each_on_its_own() {
    let world = World::new();
    let root = world.root().await;
    people(&root).await;
    let one = |principal: &str, action: &str| json!({ "principal": principal, "action": action, "resource": "*" });
    let root_arn = "arn:aws:iam::123456789012:root";
    let requests = [
        one(root_arn, "s3:GetObject"),
        one("arn:aws:iam::123456789012:user/nobody", "s3:GetObject"),
        one(ADA, "s3:*"),
        one("nonsense", "s3:GetObject"),
        one("lambda.amazonaws.com", "s3:GetObject"),
        one("anonymous", "s3:GetObject"),
        one("arn:aws:iam::999999999999:root", "s3:GetObject"),
    ];
    let text = "query($requests: [AuthorizeInput!]!) { authorizeBatch(requests: $requests) { decision } }";
    let value = root.ask_with(text, json!({ "requests": requests })).await;
    let denied = json!({ "decision": "IMPLICITLY_DENIED" });
    let expected = json!([{ "decision": "ALLOWED" }, null, null, null, denied, denied, null]);
    assert_eq!(value["data"]["authorizeBatch"], expected, "{value}");
    let told = |error: &Value| (error["path"][1].as_u64().unwrap(), error["extensions"]["code"].as_str().unwrap().to_owned());
    let errors: Vec<_> = value["errors"].as_array().unwrap().iter().map(told).collect();
    let expected = [(1, "NoSuchEntity"), (2, "ValidationError"), (3, "ValidationError"), (6, "NoSuchEntity")];
    assert_eq!(errors, expected.map(|(place, code)| (place, code.to_owned())));
    let thousand = vec![one(root_arn, "s3:GetObject"); 1_000];
    let value = root.ask_with(text, json!({ "requests": thousand })).await;
    assert_eq!(value["data"]["authorizeBatch"].as_array().unwrap().len(), 1_000);
    let more = vec![one(root_arn, "s3:GetObject"); 1_001];
    let (code, message) = refusal(&root.ask_with(text, json!({ "requests": more })).await);
    assert_eq!(code, "ValidationError");
    assert!(message.contains("'1001' at 'requests'"), "{message}");
}

#[tokio::test]
async fn who_can_is_a_list_like_others() {
    let world = World::new();
    let root = world.root().await;
    people(&root).await;
    let ask = |rest: &str| {
        format!(
            r#"{{ whoCan(action: "s3:GetObject", resource: "{BUCKET}"{AT_HOME}{rest}) {{ totalCount pageInfo {{ hasNextPage endCursor }}
            nodes {{ arn decision {{ decision determiningStatements {{ policyName attachedTo }} }} }} }} }}"#
        )
    };
    let first = root.data(&ask(", first: 1")).await["whoCan"].take();
    assert_eq!(first["totalCount"], 2);
    assert_eq!(first["nodes"][0]["arn"], "arn:aws:iam::123456789012:root");
    assert_eq!(first["nodes"][0]["decision"], json!({ "decision": "ALLOWED", "determiningStatements": [] }));
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let next = root.data(&ask(&format!(", after: {}", first["pageInfo"]["endCursor"]))).await["whoCan"].take();
    let statements = json!([{ "policyName": "read", "attachedTo": "arn:aws:iam::123456789012:group/readers" }]);
    let ada = json!({ "arn": ADA, "decision": { "decision": "ALLOWED", "determiningStatements": statements } });
    assert_eq!((&next["nodes"], &next["pageInfo"]["hasNextPage"]), (&json!([ada]), &json!(false)));
    // A cursor is bound to what was asked.
    let other = format!(
        r#"{{ whoCan(action: "s3:PutObject", resource: "*", after: {}) {{ totalCount }} }}"#,
        first["pageInfo"]["endCursor"]
    );
    assert_eq!(root.refusal(&other).await.0, "ValidationError");
}

#[tokio::test]
async fn a_policy_of_a_resource_has_its_say() {
    let world = World::new();
    let root = world.root().await;
    people(&root).await;
    let grant = json!([{ "Sid": "ForBob", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::123456789012:user/bob" },
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*" }]);
    let input = json!({ "input": { "resource": "arn:aws:s3:::reports", "policyDocument": policy(&grant) } });
    let text = "mutation($input: PutResourcePolicyInput!) { putResourcePolicy(input: $input) { resourcePolicy { resource document createdAt updatedAt } record { sequence } } }";
    let put = root.ask_with(text, input).await;
    assert_eq!(put["data"]["putResourcePolicy"]["resourcePolicy"]["resource"], "arn:aws:s3:::reports", "{put}");
    let bob = "arn:aws:iam::123456789012:user/bob";
    let asked = authorize(bob, "", "decision determiningStatements { layer sid attachedTo policyName } text");
    let allowed = root.data(&asked).await["authorize"].take();
    let statement = json!({ "layer": "RESOURCE", "sid": "ForBob", "attachedTo": BUCKET, "policyName": "2026" });
    assert_eq!((&allowed["decision"], &allowed["determiningStatements"][0]), (&json!("ALLOWED"), &statement));
    assert!(
        allowed["text"].as_str().unwrap().contains(&format!("allow by resource-based policy of {BUCKET}, statement 1 (ForBob)")),
        "{allowed}"
    );
    let shown = r#"{ account { resourcePolicy(resource: "arn:aws:s3:::reports") { document } resourcePolicies { totalCount nodes { resource document } } } }"#;
    let shown = root.data(shown).await["account"].take();
    assert_eq!(shown["resourcePolicies"]["totalCount"], 1);
    assert_eq!(shown["resourcePolicies"]["nodes"][0]["document"], shown["resourcePolicy"]["document"]);
    root.data(r#"mutation { deleteResourcePolicy(input: {resource: "arn:aws:s3:::reports"}) { resourcePolicy { resource } record { sequence } } }"#).await;
    assert_eq!(root.data(&authorize(bob, "", "decision")).await["authorize"]["decision"], "IMPLICITLY_DENIED");
    let gone = r#"{ account { resourcePolicy(resource: "arn:aws:s3:::reports") { document } } }"#;
    assert_eq!(root.refusal(gone).await.0, "NoSuchEntity");
}

#[tokio::test]
async fn questions_are_for_those_who_may_ask() {
    let world = World::new();
    let root = world.root().await;
    people(&root).await;
    let own = "arn:aws:iam::123456789012:user/asker";
    let statements = json!([
        allow("chancery:Authorize", own),
        allow("iam:SimulatePrincipalPolicy", own),
        allow("chancery:ListEffectivePolicies", own),
        allow("iam:GetContextKeysForPrincipalPolicy", own)
    ]);
    let asker = root.user("asker", "/", &statements).await;
    let about = |principal: &str| {
        [
            ("chancery:Authorize", authorize(principal, "", "decision")),
            (
                "iam:SimulatePrincipalPolicy",
                format!(
                    r#"{{ simulatePrincipal(input: {{policySourceArn: "{principal}", actions: ["s3:GetObject"]}}) {{ decision }} }}"#
                ),
            ),
            ("chancery:ListEffectivePolicies", format!(r#"{{ effectivePolicies(principal: "{principal}") {{ policyName }} }}"#)),
            ("iam:GetContextKeysForPrincipalPolicy", format!(r#"{{ contextKeysFor(principal: "{principal}") {{ name }} }}"#)),
        ]
    };
    for (action, query) in about(own) {
        assert!(got(&world, &asker, &query).await.is_ok(), "{action}");
    }
    // Whether somebody is there is not told either.
    for principal in [ADA, "arn:aws:iam::123456789012:user/nobody"] {
        for (action, query) in about(principal) {
            let refused = got(&world, &asker, &query).await.unwrap_err();
            let told = format!("{action} on resource: {principal} because no identity-based policy allows the {action} action");
            assert_eq!(refused, told);
        }
    }
    let document = r#"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}"#;
    for (action, query) in [
        ("chancery:WhoCan", r#"{ whoCan(action: "s3:GetObject", resource: "*") { totalCount } }"#.to_owned()),
        ("chancery:Authorize", authorize("lambda.amazonaws.com", "", "decision")),
        (
            "iam:SimulateCustomPolicy",
            r#"{ simulateDocuments(input: {principal: "anonymous", action: "s3:GetObject"}) { id } }"#.to_owned(),
        ),
        (
            "access-analyzer:ValidatePolicy",
            r#"{ validatePolicy(document: "{}", type: IDENTITY_POLICY) { issueCode } }"#.to_owned(),
        ),
        ("iam:GetContextKeysForCustomPolicy", format!(r#"{{ contextKeysFor(documents: ["{document}"]) {{ name }} }}"#)),
    ] {
        let refused = got(&world, &asker, &query).await.unwrap_err();
        assert!(refused.starts_with(&format!("{action} on resource: * because no identity-based policy allows")), "{refused}");
    }
}
