//! How cases are read, and what they are then about.

use super::*;
use crate::{Context, Values};

const REST: &str =
    r#""principal": "arn:aws:iam::111122223333:user/eng/ada", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k""#;
const ALLOW_ALL: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

fn case(fields: &str) -> Case {
    Case::parse(&format!("{{{REST}, {fields}}}"), "line 7").unwrap()
}

fn refused(text: &str) -> String {
    Case::parse(text, "line 7").unwrap_err().to_string()
}

fn refused_field(fields: &str) -> String {
    refused(&format!(r#"{{"id": "x", {REST}, {fields}}}"#))
}

fn outcome(fields: &str) -> Outcome {
    case(fields).decide().outcome
}

#[test]
fn misspelt_and_repeated_fields_are_refused_by_name() {
    assert!(refused_field(r#""identityPolicy": []"#).starts_with("case `x`, identityPolicy: a case has no such field"));
    assert!(refused_field(r#""scps": null, "scps": []"#).contains("scps: the field is there twice"));
    assert_eq!(
        refused_field(r#""expected": "deny""#),
        "case `x`, expected: `deny` is none of allowed, implicitlyDenied, explicitlyDenied, denied"
    );
    assert_eq!(
        refused_field(r#""resourceAccount": "123""#),
        "case `x`, resourceAccount: `123` is not an account id: it has 12 digits"
    );
    let keys = refused_field(r#""context": {"aws:username": "a", "AWS:UserName": "b"}"#);
    assert_eq!(keys, "case `x`, context.AWS:UserName: the key is there twice; case does not count in keys");
    let missing = refused(r#"{"principal": "anonymous", "resource": "*"}"#);
    assert_eq!(missing, "case `line 7`, action: it is missing: give an action such as s3:GetObject");
}

#[test]
fn what_is_no_case_is_refused_with_its_place() {
    assert_eq!(refused("[]"), "case `line 7`: a case is a JSON object, not a list");
    assert_eq!(refused("{} x"), "case `line 7`: it is not valid JSON: trailing characters, at line 1, column 4");
    assert!(refused(r#"{"id": "x", "principal": "ada", "action": "a:B", "resource": "*"}"#).starts_with("case `x`, principal: "));
}

#[test]
fn malformed_documents_are_refused_with_case_policy_and_path() {
    let documents = format!(r#""identityPolicies": [{ALLOW_ALL}, {{"Statement": {{"Effect": "Maybe", "Action": "*"}}}}]"#);
    let message = refused_field(&documents);
    assert!(message.starts_with("case `x`, identityPolicies[1]: "), "{message}");
    assert!(message.ends_with("(at Statement.Effect)"), "{message}");
    let message = refused_field(r#""scps": [[], ["{"]]"#);
    assert!(message.starts_with("case `x`, scps[1][0]: ") && message.contains("line 1"), "{message}");
    assert!(refused_field(r#""resourcePolicy": 5"#).contains("a policy is an object, or its text in a string, not a number"));
}

#[test]
fn documents_are_objects_or_texts_alone_or_in_lists() {
    let text = serde_json::Value::from(ALLOW_ALL).to_string();
    for given in [ALLOW_ALL, &text, &format!("[{ALLOW_ALL}]"), &format!("[{text}]")] {
        assert_eq!(outcome(&format!(r#""identityPolicies": {given}"#)), Outcome::Allowed, "{given}");
        for layer in ["boundary", "sessionPolicies", "endpointPolicies", "scps", "rcps"] {
            let fields = format!(r#""identityPolicies": {ALLOW_ALL}, "{layer}": {given}"#);
            assert_eq!(outcome(&fields), Outcome::Allowed, "{fields}");
        }
    }
    let resource = ALLOW_ALL.replace("\"Effect\"", "\"Principal\": \"*\", \"Effect\"");
    assert_eq!(outcome(&format!(r#""resourcePolicy": [{resource}]"#)), Outcome::Allowed);
    assert!(
        refused_field(&format!(r#""resourcePolicy": [{resource}, {resource}]"#)).contains("a resource has one policy, not 2")
    );
}

#[test]
fn documents_that_aws_would_not_save_today_are_read() {
    let odd = r#"{"Statement": {"Sid": "a b", "Effect": "Allow", "Action": "nonsense", "Resource": "b"}}"#;
    assert_eq!(outcome(&format!(r#""identityPolicies": {odd}"#)), Outcome::ImplicitlyDenied);
}

#[test]
fn empty_lists_of_optional_layers_are_no_layer_and_empty_levels_allow_nothing() {
    for (fields, expected) in [
        (r#""boundary": [], "sessionPolicies": [], "endpointPolicies": [], "scps": [], "rcps": []"#, Outcome::Allowed),
        (r#""scps": [[]]"#, Outcome::ImplicitlyDenied),
        (r#""boundary": [{"Statement": []}]"#, Outcome::ImplicitlyDenied),
        // Every level of resource control policies has the default that nobody can detach.
        (r#""rcps": [[], []]"#, Outcome::Allowed),
    ] {
        assert_eq!(outcome(&format!(r#""identityPolicies": {ALLOW_ALL}, {fields}"#)), expected, "{fields}");
    }
    assert_eq!(outcome(r#""identityPolicies": null"#), Outcome::ImplicitlyDenied);
}

fn value(case: &Case, key: &str) -> Option<String> {
    match case.context().get(&Key::new(key))? {
        Values::One(value) => Some(value.into_owned()),
        Values::Many(values) => Some(format!("{:?}", values.iter().map(SmolStr::as_str).collect::<Vec<_>>())),
    }
}

#[test]
fn keys_follow_from_the_principal_unless_the_case_says_otherwise() {
    let plain = case(r#""resourceAccount": "444455556666""#);
    assert_eq!(value(&plain, "aws:username").as_deref(), Some("ada"));
    assert_eq!(value(&plain, "aws:PrincipalArn").as_deref(), Some("arn:aws:iam::111122223333:user/eng/ada"));
    assert_eq!(value(&plain, "aws:PrincipalAccount").as_deref(), Some("111122223333"));
    assert_eq!(value(&plain, "aws:ResourceAccount").as_deref(), Some("444455556666"));
    assert_eq!(value(&plain, "aws:userid"), None);
    let said = case(r#""context": {"AWS:UserName": null, "aws:PrincipalArn": "other", "k": [1, "b"], "n": 5, "t": true}"#);
    assert_eq!(value(&said, "aws:username"), None);
    assert_eq!(value(&said, "aws:principalarn").as_deref(), Some("other"));
    assert_eq!(value(&said, "k").as_deref(), Some(r#"["1", "b"]"#));
    assert_eq!((value(&said, "n").as_deref(), value(&said, "t").as_deref()), (Some("5"), Some("true")));
}

#[test]
fn every_kind_of_principal_has_the_keys_that_aws_documents() {
    let mut table = String::new();
    for principal in [
        "111122223333",
        "arn:aws:iam::111122223333:user/ada",
        "arn:aws-cn:sts::111122223333:assumed-role/auditor/ada",
        "arn:aws:sts::111122223333:federated-user/bob",
        "sns.amazonaws.com",
        "arn:aws:iam::111122223333:saml-provider/corp",
        "anonymous",
    ] {
        let case = Case::parse(&format!(r#"{{"principal": "{principal}", "action": "a:B", "resource": "*"}}"#), "").unwrap();
        table += &format!("{principal}\n");
        for key in case.context().keys() {
            table += &format!("  {key} {}\n", value(&case, key.as_str()).unwrap());
        }
    }
    expect_test::expect![[r#"
        111122223333
          aws:principalaccount 111122223333
          aws:principalarn arn:aws:iam::111122223333:root
          aws:principalisawsservice false
          aws:principaltype Account
          aws:userid 111122223333
        arn:aws:iam::111122223333:user/ada
          aws:principalaccount 111122223333
          aws:principalarn arn:aws:iam::111122223333:user/ada
          aws:principalisawsservice false
          aws:principaltype User
          aws:username ada
        arn:aws-cn:sts::111122223333:assumed-role/auditor/ada
          aws:principalaccount 111122223333
          aws:principalarn arn:aws-cn:iam::111122223333:role/auditor
          aws:principalisawsservice false
          aws:principaltype AssumedRole
        arn:aws:sts::111122223333:federated-user/bob
          aws:principalaccount 111122223333
          aws:principalarn arn:aws:sts::111122223333:federated-user/bob
          aws:principalisawsservice false
          aws:principaltype FederatedUser
          aws:userid 111122223333:bob
        sns.amazonaws.com
          aws:principalisawsservice true
          aws:principalservicename sns.amazonaws.com
          aws:principalservicenameslist ["sns.amazonaws.com"]
        arn:aws:iam::111122223333:saml-provider/corp
        anonymous
          aws:principaltype Anonymous
    "#]]
    .assert_eq(&table);
}

#[test]
fn actions_without_resources_need_none() {
    let given = r#"{"principal": "anonymous", "action": "s3:ListAllMyBuckets", "wildcardOnlyAction": true}"#;
    assert_eq!(Case::parse(given, "").unwrap().resource, "*");
    let narrow = ALLOW_ALL.replace(r#""Resource": "*""#, r#""Resource": "arn:aws:s3:::b/*""#);
    for (wildcard_only, expected) in [(false, Outcome::Allowed), (true, Outcome::ImplicitlyDenied)] {
        let fields = format!(r#""identityPolicies": {narrow}, "wildcardOnlyAction": {wildcard_only}"#);
        assert_eq!(outcome(&fields), expected);
    }
}

#[test]
fn places_are_paths_in_the_case() {
    let deny = ALLOW_ALL.replace("Allow", "Deny");
    let case = case(&format!(r#""identityPolicies": {ALLOW_ALL}, "scps": [[], [{ALLOW_ALL}, {deny}]], "rcps": [[]]"#));
    let decision = case.decide();
    assert_eq!(case.place(&decision.determining[0]), "scps[1][1].Statement[0]");
    let default = Determining { layer: Layer::ResourceControl, level: 0, policy: 0, statement: 0 };
    assert_eq!(case.document_place(&default), "RCPFullAWSAccess of rcps[0]");
    assert!(case.explanation_text(&case.explain()).contains("deny by scps[1][1], statement 1"));
}
