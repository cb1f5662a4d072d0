//! The policies of an organization: what is accepted and what is refused.

use expect_test::{Expect, expect};

use crate::{Document, Kind};

fn versioned(statement: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{{statement}}}]}}"#)
}

fn check(kind: Kind, texts: &[&str], expected: &Expect) {
    let refused = |text: &&str| {
        let malformed = Document::parse(text, kind).expect_err(text);
        format!("{}: {}\n", malformed.path, malformed.message)
    };
    expected.assert_eq(&texts.iter().map(refused).collect::<String>());
}

fn check_statements(kind: Kind, statements: &[&str], expected: &Expect) {
    let documents: Vec<_> = statements.iter().map(|statement| versioned(statement)).collect();
    check(kind, &documents.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn a_service_control_policy_has_the_whole_language_but_principals() {
    for statement in [
        r#""Effect":"Allow","Action":"*","Resource":"*""#,
        r#""Sid":"A1","Effect":"Allow","NotAction":["iam:*"],"NotResource":"arn:aws:s3:::b/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#,
        r#""Effect":"Deny","Action":"*:Delete*","Resource":["*"]"#,
    ] {
        assert!(Document::parse(&versioned(statement), Kind::ServiceControl).is_ok(), "{statement}");
    }
    check_statements(
        Kind::ServiceControl,
        &[
            r#""Effect":"Deny","Action":"*","Resource":"*","Principal":"*""#,
            r#""Effect":"Deny","Action":"*","Resource":"*","NotPrincipal":{"AWS":"123456789012"}"#,
            r#""Effect":"Deny","Action":"*""#,
            r#""Effect":"Deny","Resource":"*""#,
            r#""Sid":"a b","Effect":"Deny","Action":"*","Resource":"*""#,
        ],
        &expect![[r#"
            Statement[0].Principal: Policy document should not specify a principal. It applies to whom it is attached to.
            Statement[0].NotPrincipal: Policy document should not specify a principal. It applies to whom it is attached to.
            Statement[0]: Policy statement must contain resources.
            Statement[0]: Policy statement must contain actions.
            Statement[0].Sid: Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*. Found `a b`.
        "#]],
    );
}

#[test]
fn a_resource_control_policy_denies_everybody_something() {
    for statement in [
        r#""Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*""#,
        r#""Effect":"Deny","Principal":"*","Action":["s3:*","sqs:*"],"NotResource":"arn:aws:s3:::b","Condition":{"Bool":{"aws:SecureTransport":"false"}}"#,
    ] {
        assert!(Document::parse(&versioned(statement), Kind::ResourceControl).is_ok(), "{statement}");
    }
    check_statements(
        Kind::ResourceControl,
        &[
            r#""Effect":"Allow","Principal":"*","Action":"*","Resource":"*""#,
            r#""Effect":"Deny","Action":"s3:*","Resource":"*""#,
            r#""Effect":"Deny","Principal":{"AWS":"123456789012"},"Action":"s3:*","Resource":"*""#,
            r#""Effect":"Deny","NotPrincipal":{"AWS":"123456789012"},"Action":"s3:*","Resource":"*""#,
            r#""Effect":"Deny","Principal":"*","NotAction":"s3:*","Resource":"*""#,
            r#""Effect":"Deny","Principal":"*","Action":"s3:*""#,
        ],
        &expect![[r#"
            Statement[0].Effect: A resource control policy can only deny; what it does not deny, RCPFullAWSAccess lets through.
            Statement[0]: Missing required field Principal.
            Statement[0].Principal: The principal of a resource control policy must be `"*"`: narrow it with Condition.
            Statement[0].NotPrincipal: A resource control policy cannot have NotPrincipal.
            Statement[0].NotAction: A resource control policy cannot have NotAction: name the actions in Action.
            Statement[0]: Policy statement must contain resources.
        "#]],
    );
}

#[test]
fn both_say_their_version_and_have_5120_characters_at_most() {
    let statement = r#""Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#;
    let (none, old) = (format!("{{{statement}}}"), format!(r#"{{"Version":"2008-10-17",{statement}}}"#));
    let long = |chars: usize| {
        let text = versioned(r#""Effect":"Deny","Action":"s3:*","Resource":"*""#);
        format!("{text}{}", " ".repeat(chars - text.len()))
    };
    assert!(Document::parse(&long(5_120), Kind::ServiceControl).is_ok());
    check(
        Kind::ServiceControl,
        &[&none, &old, &long(5_121)],
        &expect![[r#"
            : A policy of an organization must include the field Version with the value `2012-10-17`.
            : A policy of an organization must include the field Version with the value `2012-10-17`.
            : The policy document is too long. It must have at most 5120 characters.
        "#]],
    );
    assert!(Document::parse(&none, Kind::ResourceControl).is_err());
    assert_eq!(Kind::ResourceControl.chars_max(), 5_120);
}
