//! Questions about documents: simulations, the full form of a case, and the keys that documents ask for.

use serde_json::{Value, json};

use super::{allow, policy};
use crate::tests::{Root, World, refusal};

const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";

async fn asked(root: &Root<'_>, query: &str, input: &Value) -> Value {
    let mut value = root.ask_with(query, json!({ "input": input })).await;
    assert_eq!(value.get("errors"), None, "{value}");
    value["data"].take()
}

const SIMULATE: &str =
    "query($input: SimulatePrincipalInput!) { simulatePrincipal(input: $input) { action resource decision stoppedBy
    determiningStatements { policyName layer attachedTo } } }";
const CASE: &str =
    "query($input: SimulateDocumentsInput!) { simulateDocuments(input: $input) { id passed decision { decision stoppedBy
    reason text determiningStatements { policyName layer level index } missingContextKeys } } }";

#[tokio::test]
async fn a_simulation_adds_policies_that_nobody_has() {
    let world = World::new();
    let root = world.root().await;
    let own = json!([allow("s3:GetObject", "arn:aws:s3:::a/*"), allow("sqs:*", "*")]);
    root.user("ada", "/", &own).await;
    let ada = "arn:aws:iam::123456789012:user/ada";
    let input = json!({ "policySourceArn": ada, "actions": ["s3:GetObject", "s3:PutObject"], "resources": ["arn:aws:s3:::a/1", "arn:aws:s3:::b/1"] });
    let decisions = asked(&root, SIMULATE, &input).await["simulatePrincipal"].take();
    let short = |decisions: &Value| {
        let each = decisions.as_array().unwrap().iter();
        each.map(|one| one["decision"].as_str().unwrap()[..2].to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(short(&decisions), "AL IM IM IM", "resource by resource");
    assert_eq!((&decisions[2]["action"], &decisions[2]["resource"]), (&json!("s3:GetObject"), &json!("arn:aws:s3:::b/1")));
    let with = |field: &str, value: Value| {
        let mut input = input.clone();
        input[field] = value;
        input
    };
    let puts = policy(&json!([allow("s3:PutObject", "*")]));
    let more = asked(&root, SIMULATE, &with("policyInputList", json!([puts]))).await["simulatePrincipal"].take();
    assert_eq!(short(&more), "AL AL IM AL");
    let statement = json!([{ "policyName": "PolicyInputList.1", "layer": "IDENTITY", "attachedTo": null }]);
    assert_eq!(more[1]["determiningStatements"], statement);
    let own = json!([{ "policyName": "own", "layer": "IDENTITY", "attachedTo": ada }]);
    assert_eq!(more[0]["determiningStatements"], own);
    let less =
        asked(&root, SIMULATE, &with("permissionsBoundaryPolicyInputList", json!([puts]))).await["simulatePrincipal"].take();
    assert_eq!((short(&less).as_str(), &less[0]["stoppedBy"]), ("IM IM IM IM", &json!("BOUNDARY")));
    let bucket = policy(&json!([{ "Effect": "Deny", "Principal": "*", "Action": "s3:Get*", "Resource": "*" }]));
    let denied = asked(&root, SIMULATE, &with("resourcePolicy", json!(bucket))).await["simulatePrincipal"].take();
    assert_eq!(short(&denied), "EX IM EX IM");
    let statement = json!([{ "policyName": "ResourcePolicy", "layer": "RESOURCE", "attachedTo": "arn:aws:s3:::a/1" }]);
    assert_eq!(denied[0]["determiningStatements"], statement);
    // The principal's account is not the owner any more: both sides must allow.
    let foreign = asked(&root, SIMULATE, &with("resourceAccount", json!("999999999999"))).await["simulatePrincipal"].take();
    assert_eq!((short(&foreign).as_str(), &foreign[0]["stoppedBy"]), ("IM IM IM IM", &json!("RESOURCE")));
    let all = asked(&root, SIMULATE, &json!({ "policySourceArn": ada, "actions": ["sqs:ListQueues"] })).await;
    assert_eq!(all["simulatePrincipal"][0]["resource"], "*");
}

#[tokio::test]
async fn a_trust_policy_is_part_of_it() {
    let world = World::new();
    let root = world.root().await;
    root.user("ada", "/", &json!([allow("sts:AssumeRole", ROLE)])).await;
    let trust = policy(&json!([{ "Effect": "Allow", "Principal": { "AWS": "123456789012" }, "Action": "sts:AssumeRole",
        "Condition": { "StringEquals": { "sts:ExternalId": "x1" } } }]));
    let input = json!({ "roleName": "deploy", "assumeRolePolicyDocument": trust });
    let made = root
        .ask_with("mutation($input: CreateRoleInput!) { createRole(input: $input) { role { id } } }", json!({ "input": input }));
    assert_eq!(made.await.get("errors"), None);
    let mut input =
        json!({ "policySourceArn": "arn:aws:iam::123456789012:user/ada", "actions": ["sts:AssumeRole"], "resources": [ROLE] });
    let refused = asked(&root, SIMULATE, &input).await["simulatePrincipal"][0].take();
    assert_eq!((&refused["decision"], &refused["stoppedBy"]), (&json!("IMPLICITLY_DENIED"), &json!("RESOURCE")));
    input["context"] = json!([{ "key": "sts:ExternalId", "values": ["x1"] }]);
    assert_eq!(asked(&root, SIMULATE, &input).await["simulatePrincipal"][0]["decision"], "ALLOWED");
}

#[tokio::test]
async fn a_simulation_has_limits() {
    let world = World::new();
    let root = world.root().await;
    let ada = "arn:aws:iam::123456789012:root";
    let many = |count: usize| (0..count).map(|number| format!("s3:Get{number}")).collect::<Vec<_>>();
    let text = "query($input: SimulatePrincipalInput!) { simulatePrincipal(input: $input) { decision } }";
    let whole = json!({ "policySourceArn": ada, "actions": many(500), "resources": ["*", "arn:aws:s3:::a/b"] });
    assert_eq!(asked(&root, text, &whole).await["simulatePrincipal"].as_array().unwrap().len(), 1_000);
    for (input, code, told) in [
        (json!({ "policySourceArn": ada, "actions": many(1_001) }), "ValidationError", "'1001' at 'actions'"),
        (json!({ "policySourceArn": ada, "actions": [] }), "ValidationError", "at least one action"),
        (json!({ "policySourceArn": ada, "actions": ["s3:*"] }), "ValidationError", "without wildcards"),
        (json!({ "policySourceArn": ada, "actions": ["s3:Get"], "resources": ["bucket"] }), "ValidationError", "at 'resources'"),
        (json!({ "policySourceArn": "nobody", "actions": ["s3:Get"] }), "ValidationError", "at 'principal'"),
        (
            json!({ "policySourceArn": ada, "actions": ["s3:Get"], "policyInputList": [policy(&json!([allow("*", "*")])), "{}"] }),
            "MalformedPolicyDocument",
            "policyInputList[1]",
        ),
        (
            json!({ "policySourceArn": ada, "actions": ["s3:Get"], "resourcePolicy": "{" }),
            "MalformedPolicyDocument",
            "resourcePolicy",
        ),
    ] {
        let (got, message) = refusal(&root.ask_with(text, json!({ "input": input })).await);
        assert!(got == code && message.contains(told), "{input}: {got} {message}");
    }
    // Every answer costs what is asked of it.
    let input = json!({ "policySourceArn": ada, "actions": many(1_000) });
    let (_, message) = refusal(&root.ask_with(SIMULATE, json!({ "input": input })).await);
    assert!(message.contains("too complex"), "{message}");
}

#[tokio::test]
async fn a_case_has_all_documents_with_it() {
    let world = World::new();
    let root = world.root().await;
    let input = json!({ "id": "session", "principal": "arn:aws:sts::111122223333:assumed-role/deploy/ci", "action": "s3:GetObject",
        "resource": "arn:aws:s3:::logs/1", "identityPolicies": [policy(&json!([allow("s3:*", "*")]))],
        "sessionPolicies": [policy(&json!([allow("s3:Get*", "arn:aws:s3:::logs/*")]))],
        "boundary": [policy(&json!([allow("s3:*", "*")]))], "scps": [[policy(&json!([allow("*", "*")]))]],
        "rcps": [[]], "expected": "ALLOWED" });
    let result = asked(&root, CASE, &input).await["simulateDocuments"].take();
    assert_eq!((&result["id"], &result["passed"]), (&json!("session"), &json!(true)), "{result}");
    let places: Vec<_> = result["decision"]["determiningStatements"].as_array().unwrap().iter().collect();
    let named = |place: &&Value| place["policyName"].as_str().unwrap().to_owned();
    let names: Vec<_> = places.iter().map(named).collect();
    for name in ["scps[0][0]", "identityPolicies[0]", "boundary[0]", "sessionPolicies[0]"] {
        assert!(names.iter().any(|known| known == name), "{name}: {names:?}");
    }
    let mut other = input.clone();
    other["action"] = json!("s3:PutObject");
    let result = asked(&root, CASE, &other).await["simulateDocuments"].take();
    assert_eq!((&result["passed"], &result["decision"]["stoppedBy"]), (&json!(false), &json!("SESSION")));
    other["expected"] = json!("DENIED");
    assert_eq!(asked(&root, CASE, &other).await["simulateDocuments"]["passed"], true);
    other["expected"] = Value::Null;
    assert_eq!(asked(&root, CASE, &other).await["simulateDocuments"]["passed"], Value::Null);
}

#[tokio::test]
async fn a_case_of_a_trust_policy() {
    let world = World::new();
    let root = world.root().await;
    let trust =
        policy(&json!([{ "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" }]));
    let case = |principal: &str| json!({ "principal": principal, "action": "sts:AssumeRole", "resource": ROLE, "resourcePolicy": trust });
    let service = asked(&root, CASE, &case("ec2.amazonaws.com")).await["simulateDocuments"].take();
    assert_eq!(service["decision"]["decision"], "ALLOWED");
    let other = asked(&root, CASE, &case("lambda.amazonaws.com")).await["simulateDocuments"].take();
    assert_eq!(other["decision"]["reason"], "because no role trust policy allows the sts:AssumeRole action");
    for (field, value, code, told) in [
        ("principal", json!("nobody at all"), "ValidationError", "at 'principal'"),
        ("action", json!("AssumeRole"), "ValidationError", "at 'action'"),
        ("resource", json!("deploy"), "ValidationError", "at 'resource'"),
        ("resourcePolicy", json!("[]"), "MalformedPolicyDocument", "resourcePolicy"),
        ("scps", json!([[], ["{\"Statement\": 1}"]]), "MalformedPolicyDocument", "scps[1][0]"),
        ("scps", json!([[], [], [], [], [], [], [], []]), "ValidationError", "at 'scps'"),
        ("identityPolicies", json!(vec!["{}"; 101]), "ValidationError", "at 'identityPolicies'"),
        ("context", json!([{ "key": "aws:SourceIp", "values": ["a", "b"] }]), "ValidationError", "at 'context.values'"),
    ] {
        let mut input = case("ec2.amazonaws.com");
        input[field] = value;
        let (got, message) = refusal(&root.ask_with(CASE, json!({ "input": input })).await);
        assert!(got == code && message.contains(told), "{field}: {got} {message}");
    }
}

#[tokio::test]
async fn keys_that_documents_ask_for() {
    let world = World::new();
    let root = world.root().await;
    let document =
        policy(&json!([{ "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/${AWS:username}/*", "Condition": {
        "ForAllValues:StringEquals": { "aws:TagKeys": ["a"] }, "StringLike": { "s3:prefix": "${aws:PrincipalTag/Team}/*" },
        "NumericLessThan": { "mine:Level": 3 } } }]));
    let text = "query($input: [String!]) { contextKeysFor(documents: $input) { name valueType isMultivalued } }";
    let keys = asked(&root, text, &json!([document, document])).await["contextKeysFor"].take();
    let key = |name: &str, kind: Value, many: Value| json!({ "name": name, "valueType": kind, "isMultivalued": many });
    let expected = json!([
        key("aws:PrincipalTag/team", json!("STRING"), json!(false)),
        key("aws:TagKeys", json!("STRING"), json!(true)),
        key("aws:username", json!("STRING"), json!(false)),
        key("mine:level", Value::Null, Value::Null),
        key("s3:prefix", json!("STRING"), json!(false)),
    ]);
    assert_eq!(keys, expected);
    assert_eq!(root.refusal("{ contextKeysFor { name } }").await.0, "ValidationError");
    let (code, message) = refusal(&root.ask_with(text, json!({ "input": ["{}", "nonsense"] })).await);
    assert!(code == "MalformedPolicyDocument" && message.contains("documents[0]"), "{message}");
}

#[tokio::test]
async fn the_linter_tells_what_where_and_what_to_do() {
    let world = World::new();
    let root = world.root().await;
    let text = "query($input: String!) { validatePolicy(document: $input, type: IDENTITY_POLICY) { findingType issueCode findingDetails remedy
        locations { path start { line column offset } end { offset } } } }";
    let document =
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObjekt"], "Resource": "*"}]}"#;
    let found = asked(&root, text, &json!(document)).await["validatePolicy"].take();
    let first = &found[0];
    assert_eq!((&first["findingType"], &first["issueCode"]), (&json!("ERROR"), &json!("INVALID_ACTION")), "{found}");
    assert_eq!(first["findingDetails"], "There is no action s3:GetObjekt. Did you mean s3:GetObject?");
    assert!(!first["remedy"].as_str().unwrap().is_empty());
    let place = &first["locations"][0];
    assert_eq!(place["path"], "Statement[0].Action[0]");
    let span = |end: &str| usize::try_from(place[end]["offset"].as_u64().unwrap()).unwrap();
    assert_eq!(&document[span("start")..span("end")], r#""s3:GetObjekt""#);
    assert_eq!(
        asked(&root, text, &json!(policy(&json!([allow("s3:GetObject", "arn:aws:s3:::a/*")])))).await["validatePolicy"],
        json!([])
    );
    assert_eq!(asked(&root, text, &json!("{")).await["validatePolicy"][0]["issueCode"], "JSON_SYNTAX_ERROR");
    let of_bucket = |kind: &str| {
        let grant =
            json!([{ "Effect": "Allow", "Principal": { "AWS": "123456789012" }, "Action": "sqs:SendMessage", "Resource": "*" }]);
        format!(
            "{{ validatePolicy(document: {}, type: {kind}, resourceService: \"s3\") {{ issueCode findingType }} }}",
            Value::from(policy(&grant))
        )
    };
    let as_resource = root.data(&of_bucket("RESOURCE_POLICY")).await["validatePolicy"].take();
    assert!(as_resource.as_array().unwrap().iter().any(|finding| finding["findingType"] == "ERROR"), "{as_resource}");
    let long = format!("{document}{}", " ".repeat(131_072));
    let (code, message) = refusal(&root.ask_with(text, json!({ "input": long })).await);
    assert!(code == "ValidationError" && message.contains("at 'document'"), "{message}");
}
