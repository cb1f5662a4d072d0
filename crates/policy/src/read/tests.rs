//! What is accepted and what is refused, with the place and the words.

use expect_test::{Expect, expect};

use crate::{Document, Effect, Kind, Operator, Principal, Scope, Value, Version};

/// Where and why a document is refused.
fn refused(kind: Kind, text: &str) -> String {
    let malformed = Document::parse(text, kind).expect_err(text);
    match malformed.position {
        Some(at) => format!("{}:{} {}\n", at.line, at.column, malformed.message),
        None => format!("{}: {}\n", malformed.path, malformed.message),
    }
}

fn check(kind: Kind, texts: &[&str], expected: &Expect) {
    expected.assert_eq(&texts.iter().map(|text| refused(kind, text)).collect::<String>());
}

/// An identity statement with these fields in the place of its `Resource`, `Action` and so on.
fn check_statements(kind: Kind, statements: &[&str], expected: &Expect) {
    let documents: Vec<_> = statements.iter().map(|statement| format!(r#"{{"Statement": [{{{statement}}}]}}"#)).collect();
    check(kind, &documents.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

fn check_resources(resources: &[&str], expected: &Expect) {
    let statements: Vec<_> =
        resources.iter().map(|resource| format!(r#""Effect": "Allow", "Action": "*", "Resource": "{resource}""#)).collect();
    check_statements(Kind::Identity, &statements.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

fn accepted(kind: Kind, statement: &str) -> Document {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": {{{statement}}}}}"#);
    Document::parse(&text, kind).unwrap_or_else(|malformed| panic!("{statement}: {malformed}"))
}

#[test]
fn text_that_is_no_json() {
    check(
        Kind::Identity,
        &[
            "",
            "{",
            "nonsense",
            "{\"Version\":\n \"2012-10-17\",}",
            "{} {}",
            "{\"Statement\": 1e999}",
            &"[".repeat(100_000),
            &"{\"a\":".repeat(20_000),
            "{\"Statement\": [[[[[[[[[[[[]]]]]]]]]]]]}",
            "{\"Id\":\n\"\u{2028}\"}",
            "{\"Id\": \"\u{7}\"}",
        ],
        &expect![[r#"
            1:0 Syntax errors in policy. The document is not valid JSON: EOF while parsing a value.
            1:1 Syntax errors in policy. The document is not valid JSON: EOF while parsing an object.
            1:2 Syntax errors in policy. The document is not valid JSON: expected ident.
            2:15 Syntax errors in policy. The document is not valid JSON: trailing comma.
            1:4 Syntax errors in policy. The document is not valid JSON: trailing characters.
            1:19 Syntax errors in policy. The document is not valid JSON: number out of range.
            1:13 Syntax errors in policy. The document is not valid JSON: values are nested more than 12 levels deep.
            1:61 Syntax errors in policy. The document is not valid JSON: values are nested more than 12 levels deep.
            1:27 Syntax errors in policy. The document is not valid JSON: values are nested more than 12 levels deep.
            2:2 The specified value for policyDocument is invalid. The character \u{2028} is not allowed, only tab, line feed, carriage return and \u0020 to \u00FF; escape others in JSON or replace them.
            1:9 The specified value for policyDocument is invalid. The character \u{7} is not allowed, only tab, line feed, carriage return and \u0020 to \u00FF; escape others in JSON or replace them.
        "#]],
    );
}

#[test]
fn documents_that_break_the_grammar() {
    check(
        Kind::Identity,
        &[
            "[]",
            "{}",
            r#"{"Statement": []}"#,
            r#"{"Statement": "Allow"}"#,
            r#"{"Statement": ["Allow"]}"#,
            r#"{"Version": "2013-10-17", "Statement": []}"#,
            r#"{"Version": 2012, "Statement": []}"#,
            r#"{"Id": ["a"], "Statement": []}"#,
            r#"{"Conditions": {}, "Statement": []}"#,
            r#"{"Id": "a", "Statement": [], "Id": "b"}"#,
        ],
        &expect![[r#"
            : Syntax errors in policy. Expected an object, found a list.
            : Syntax errors in policy. Missing required field Statement.
            Statement: Syntax errors in policy. A policy must have at least one statement.
            Statement: Syntax errors in policy. Expected an object, found a string.
            Statement[0]: Syntax errors in policy. Expected an object, found a string.
            Version: Syntax errors in policy. Version must be `2012-10-17` or `2008-10-17`, not `2013-10-17`.
            Version: Syntax errors in policy. Expected a string, found a number.
            Id: Syntax errors in policy. Expected a string, found a list.
            : Syntax errors in policy. Unknown field Conditions. A policy may have Version, Id, Statement.
            : Syntax errors in policy. The field Id is there twice.
        "#]],
    );
}

#[test]
fn statements_that_break_the_grammar() {
    check_statements(
        Kind::Identity,
        &[
            r#""Action": "*", "Resource": "*""#,
            r#""Effect": "Permit", "Action": "*", "Resource": "*""#,
            r#""Effect": "allow", "Action": "*", "Resource": "*""#,
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Principle": "*""#,
            r#""Effect": "Allow", "Action": "*", "NotAction": [], "Resource": "*""#,
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "NotResource": "*""#,
            r#""Effect": "Allow", "Action": ["*", null], "Resource": "*""#,
            r#""Effect": "Allow", "Action": {}, "Resource": "*""#,
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Resource": "*""#,
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Sid": {}"#,
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": []"#,
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": "true"}"#,
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"bool": {"aws:SecureTransport": "true"}}"#,
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NullIfExists": {"a": "true"}}"#,
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"ForAnyValue::Bool": {"a": "true"}}"#,
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a": [{}]}}"#,
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a": "true", "a": "false"}}"#,
        ],
        &expect![[r#"
            Statement[0]: Syntax errors in policy. Missing required field Effect.
            Statement[0].Effect: Syntax errors in policy. Effect must be `Allow` or `Deny`, not `Permit`.
            Statement[0].Effect: The policy failed legacy parsing. `allow` must be written `Allow`.
            Statement[0]: Syntax errors in policy. Unknown field Principle. A statement may have Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition.
            Statement[0]: Syntax errors in policy. A statement has either Action or NotAction, not both.
            Statement[0]: Syntax errors in policy. A statement has either Resource or NotResource, not both.
            Statement[0].Action[1]: Syntax errors in policy. Expected a string, found null.
            Statement[0].Action: Syntax errors in policy. Expected a string or a list of strings, found an object.
            Statement[0]: Syntax errors in policy. The field Resource is there twice.
            Statement[0].Sid: Syntax errors in policy. Expected a string, found an object.
            Statement[0].Condition: Syntax errors in policy. Expected an object, found a list.
            Statement[0].Condition.Bool: Syntax errors in policy. Expected an object, found a string.
            Statement[0].Condition.bool: Syntax errors in policy. The condition operator `bool` must be written `Bool`.
            Statement[0].Condition.NullIfExists: Syntax errors in policy. There is no condition operator `NullIfExists`.
            Statement[0].Condition.ForAnyValue::Bool: Syntax errors in policy. There is no condition operator `ForAnyValue::Bool`.
            Statement[0].Condition.Bool.a[0]: Syntax errors in policy. A condition compares with strings, numbers and booleans, not an object.
            Statement[0].Condition.Bool: Syntax errors in policy. The field a is there twice.
        "#]],
    );
}

#[test]
fn statements_that_aws_refuses_to_save() {
    check_statements(
        Kind::Identity,
        &[
            r#""Effect": "Allow", "Resource": "*""#,
            r#""Effect": "Allow", "Action": [], "Resource": "*""#,
            r#""Effect": "Allow", "Action": "*""#,
            r#""Effect": "Allow", "Action": "*", "Resource": []"#,
            r#""Effect": "Allow", "Action": ["s3:Get*", "GetObject"], "Resource": "*""#,
            r#""Effect": "Allow", "NotAction": "", "Resource": "*""#,
            r#""Effect": "Allow", "Action": "s3:Get:Object", "Resource": "*""#,
            r#""Effect": "Allow", "Action": "s 3:GetObject", "Resource": "*""#,
            r#""Effect": "Allow", "Action": "s*:GetObject", "Resource": "*""#,
            r#""Effect": "Allow", "Action": "s3:", "Resource": "*""#,
            r#""Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*""#,
            r#""Sid": "Not this", "Effect": "Allow", "Action": "*", "Resource": "*""#,
            r#""Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*"}, {"Sid": "A", "Effect": "Deny", "Action": "*", "Resource": "*""#,
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": ["0", "noon"]}}"#,
            // Syntax goes first, wherever it is.
            r#""Effect": "Allow", "Action": "GetObject", "Resource": "*"}, {"Effect": "Maybe""#,
        ],
        &expect![[r#"
            Statement[0]: Policy statement must contain actions.
            Statement[0].Action: Policy statement must contain actions.
            Statement[0]: Policy statement must contain resources.
            Statement[0].Resource: Policy statement must contain resources.
            Statement[0].Action[1]: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc. Found `GetObject`.
            Statement[0].NotAction: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc. Found ``.
            Statement[0].Action: Actions/Condition can contain only one colon. Found `s3:Get:Object`.
            Statement[0].Action: Vendor s 3 is not valid
            Statement[0].Action: Vendor s* is not valid
            Statement[0].Action: The action `s3:` has no name after its vendor.
            Statement[0].Principal: Policy document should not specify a principal. It applies to whom it is attached to.
            Statement[0].Sid: Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*. Found `Not this`.
            Statement[1].Sid: Statement IDs (SID) in a single policy must be unique. `A` is there twice.
            Statement[0].Condition.DateLessThan.aws:CurrentTime: The policy failed legacy parsing. `noon` is not a date: use 2026-01-31T12:00:00Z or epoch seconds.
            Statement[1].Effect: Syntax errors in policy. Effect must be `Allow` or `Deny`, not `Maybe`.
        "#]],
    );
}

#[test]
fn resources_that_aws_refuses_to_save() {
    check_resources(
        &[
            "",
            "bucket",
            "arn",
            "arn:aws",
            "arn:amazon:s3:::bucket",
            "aws:s3:::bucket",
            "urn:aws:s3:::bucket",
            "arn:aws:*:::bucket",
            "arn:aws:s3::bucket",
            "arn:aws::::bucket",
            "arn:aws:s3:eu-west-1::bucket/key",
            "arn:aws:iam:eu-west-1::user/ada",
            "arn:aws:iam::123456789012:person/ada",
        ],
        &expect![[r#"
            Statement[0].Resource: Resource  must be in ARN format or "*".
            Statement[0].Resource: Resource bucket must be in ARN format or "*".
            Statement[0].Resource: Resource arn must be in ARN format or "*".
            Statement[0].Resource: Resource vendor must be fully qualified and cannot contain regexes. Found `arn:aws`.
            Statement[0].Resource: Partition "amazon" is not valid for resource "arn:amazon:s3:::bucket".
            Statement[0].Resource: Partition "s3" is not valid for resource "arn:s3:::bucket:*".
            Statement[0].Resource: Resource urn:aws:s3:::bucket must be in ARN format or "*".
            Statement[0].Resource: Resource vendor must be fully qualified and cannot contain regexes. Found `arn:aws:*:::bucket`.
            Statement[0].Resource: The policy failed legacy parsing. `arn:aws:s3::bucket` is not an ARN: write arn:partition:service:region:account:resource, with empty parts as they are.
            Statement[0].Resource: The policy failed legacy parsing. `arn:aws::::bucket` is not an ARN: write arn:partition:service:region:account:resource, with empty parts as they are.
            Statement[0].Resource: Resource arn:aws:s3:eu-west-1::bucket/key can not contain region information.
            Statement[0].Resource: IAM resource arn:aws:iam:eu-west-1::user/ada cannot contain region information.
            Statement[0].Resource: IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.
        "#]],
    );
}

#[test]
fn trust_policies_that_aws_refuses_to_save() {
    check_statements(
        Kind::Trust,
        &[
            r#""Effect": "Allow", "Action": "sts:AssumeRole""#,
            r#""Effect": "Allow", "Principal": {}, "Action": "sts:AssumeRole""#,
            r#""Effect": "Allow", "Principal": {"AWS": []}, "Action": "sts:AssumeRole""#,
            r#""Effect": "Allow", "Principal": "123456789012", "Action": "sts:AssumeRole""#,
            r#""Effect": "Allow", "Principal": {"User": "ada"}, "Action": "sts:AssumeRole""#,
            r#""Effect": "Allow", "Principal": {"AWS": "*"}"#,
            r#""Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Resource": "*""#,
            r#""Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject""#,
            r#""Effect": "Allow", "Principal": {"AWS": "*"}, "NotAction": "sts:AssumeRole""#,
            r#""Effect": "Allow", "Principal": {"AWS": ["*", "arn:aws:iam::123456789012:group/a"]}, "Action": "sts:AssumeRole""#,
            r#""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/*"}, "Action": "sts:AssumeRole""#,
            r#""Effect": "Allow", "Principal": {"AWS": "12345"}, "Action": "sts:AssumeRole""#,
            r#""Effect": "Allow", "Principal": {"Service": "ec2"}, "Action": "sts:AssumeRole""#,
            r#""Effect": "Allow", "Principal": {"Service": "*.amazonaws.com"}, "Action": "sts:AssumeRole""#,
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:user/a"}, "Action": "sts:AssumeRole""#,
            r#""Effect": "Allow", "Principal": {"CanonicalUser": "0"}, "Action": "sts:AssumeRole""#,
        ],
        &expect![[r#"
            Statement[0]: Missing required field Principal.
            Statement[0].Principal: Missing required field Principal cannot be empty!
            Statement[0].Principal: Missing required field Principal cannot be empty!
            Statement[0].Principal: Syntax errors in policy. A principal is `"*"` or an object such as {"AWS": "123456789012"}.
            Statement[0].Principal: Syntax errors in policy. Unknown field User. A principal may have AWS, Service, Federated, CanonicalUser.
            Statement[0]: Missing required field Action.
            Statement[0].Resource: Has prohibited field Resource. The resource of a trust policy is the role that has it.
            Statement[0].Action: AssumeRole policy may only specify STS AssumeRole actions.
            Statement[0].NotAction: AssumeRole policy may only specify STS AssumeRole actions.
            Statement[0].Principal.AWS[1]: Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:group/a". It must be an account id, the ARN of a root, user, role or session, or "*".
            Statement[0].Principal.AWS: Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role/*". It must be an account id, the ARN of a root, user, role or session, or "*".
            Statement[0].Principal.AWS: Invalid principal in policy: "AWS":"12345". It must be an account id, the ARN of a root, user, role or session, or "*".
            Statement[0].Principal.Service: Invalid principal in policy: "SERVICE":"ec2". It must be a service such as ec2.amazonaws.com.
            Statement[0].Principal.Service: Invalid principal in policy: "SERVICE":"*.amazonaws.com". It must be a service such as ec2.amazonaws.com.
            Statement[0].Principal.Federated: Invalid principal in policy: "FEDERATED":"arn:aws:iam::123456789012:user/a". It must be the ARN of a saml-provider or an oidc-provider, or a host such as accounts.google.com.
            Statement[0].Principal.CanonicalUser: Invalid principal in policy: "CANONICALUSER":"0". It must be AWS, Service or Federated: canonical users are principals of S3 only.
        "#]],
    );
}

#[test]
fn documents_have_a_longest_length_and_errors_echo_little_of_it() {
    let padded =
        |chars: usize| format!(r#"{{"Statement": {{"Effect": "Deny", "Action": "*", "Resource": "*"}}{}}}"#, " ".repeat(chars));
    assert!(Document::parse(&padded(131_000), Kind::Identity).is_ok());
    assert!(Document::parse(&padded(132_000), Kind::Identity).is_err());
    assert!(Document::parse(&padded(132_000), Kind::AwsManaged).is_ok());
    let long = Document::parse(&padded(0).replace('*', &"x".repeat(50_000)), Kind::Identity).unwrap_err();
    assert!(long.message.len() < 500, "{}", long.message.len());
}

#[test]
fn resources_that_aws_takes() {
    for resource in [
        "*",
        "arn:aws:s3:::bucket/*",
        "arn:*:s3:::bucket",
        "arn:aws:s3:*:*:accesspoint/*",
        "arn:aws:sqs:eu-west-1:123456789012:queue",
        "arn:aws:anything",
        "arn:aws:lambda:*",
        "arn:aws:iam::*:user/${aws:username}",
        "arn:aws:iam::123456789012:*",
        "arn:aws:iam::123456789012:role*",
        "arn:*:kms:*:${aws:PrincipalAccount}:key/*",
        "arn:*:kms:*:::*",
        "arn:*:iam::*:role/AWS-QuickSetup-StackSet-Local-ExecutionRole",
        "arn:*:cassandra:*:*:/keyspace/system/table/*",
        "arn:*:secretsmanager:*:*:secret:aws-datasync!*",
        "arn:aws-cn:ec2:::instance/*",
    ] {
        accepted(Kind::Identity, &format!(r#""Effect": "Allow", "Action": "*", "Resource": "{resource}""#));
    }
}

#[test]
fn principals_that_aws_takes() {
    for principal in [
        r#""*""#,
        r#"{"AWS": "*"}"#,
        r#"{"AWS": ["123456789012", "arn:aws:iam::123456789012:root", "AROAIWMBCKSKIEE64ZLYK"]}"#,
        r#"{"AWS": "arn:aws:iam::123456789012:user/division/ada"}"#,
        r#"{"AWS": "arn:aws:sts::123456789012:assumed-role/admin/ada@example.com"}"#,
        r#"{"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}"#,
        r#"{"Service": ["ec2.amazonaws.com", "s3.amazonaws.com.cn"], "Federated": "accounts.google.com"}"#,
        r#"{"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}"#,
    ] {
        accepted(
            Kind::Trust,
            &format!(r#""Effect": "Allow", "Principal": {principal}, "Action": ["sts:AssumeRole", "STS:Tag*"]"#),
        );
    }
    let canonical = format!(r#""Effect": "Deny", "NotPrincipal": {{"CanonicalUser": "{}"}}, "Action": "s3:*""#, "0a".repeat(32));
    accepted(Kind::Resource, &canonical);
    let own =
        r#""Sid": "Allow all of it", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "execute-api:/prod/GET/*""#;
    accepted(Kind::Resource, own);
}

#[test]
fn oddities_that_aws_takes() {
    for statement in [
        r#""Sid": "", "Effect": "Allow", "Action": "*", "Resource": "*""#,
        r#""Effect": "Allow", "Action": ["APS:List *", "a.b-c:D", "*:*"], "NotResource": "*""#,
        r#""Effect": "Allow", "NotAction": "s3:%C3%A9", "Resource": "*", "Condition": {}"#,
        r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"DateGreaterThan": {"no-vendor": []}}"#,
        r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NumericEquals": {"a:b": "many"}}"#,
    ] {
        accepted(Kind::Identity, statement);
    }
    accepted(Kind::Identity, r#""Sid": "\u0041", "Effect": "Allow", "Action": "*", "Resource": "*""#);
}

#[test]
fn elements_are_read_in_every_form() {
    let text = r#"{"Id": "x", "Statement": [
        {"Sid": "", "Effect": "Deny", "NotAction": "a:B", "NotPrincipal": {"Service": "b.c", "AWS": ["*"]}, "NotResource": ["*"]},
        {"Sid": "", "Effect": "Allow", "Action": ["a:B"], "Principal": "*", "Condition": {
            "ForAllValues:StringLikeIfExists": {"k": ["v", 1, -2.50, true]}, "Null": {"k": false, "l": []}, "Bool": {}}}]}"#;
    let document = Document::parse(text, Kind::Resource).unwrap();
    assert_eq!((document.version, document.id.as_deref()), (Version::V2008, Some("x")));
    let [deny, allow] = &document.statements[..] else { panic!("two statements") };
    assert_eq!((deny.effect, allow.effect), (Effect::Deny, Effect::Allow));
    assert_eq!(deny.actions, Scope::Except(vec!["a:B".into()]));
    // Principals are held in the order of their classes, whatever the document's.
    assert_eq!(deny.principals, Some(Scope::Except(vec![Principal::Aws("*".into()), Principal::Service("b.c".into())])));
    assert_eq!(allow.principals, Some(Scope::Only(vec![Principal::Everyone])));
    assert_eq!((deny.resources.as_ref().map(Scope::is_not), &allow.resources), (Some(true), &None));
    let operators: Vec<_> = allow.conditions.iter().map(|condition| (condition.operator.to_string(), &*condition.key)).collect();
    let expected = [("ForAllValues:StringLikeIfExists", "k"), ("Null", "k"), ("Null", "l")];
    assert_eq!(operators, expected.map(|(operator, key)| (operator.to_owned(), key)));
    let values: Vec<_> = allow.conditions[0].values.iter().map(Value::text).collect();
    assert_eq!(values, ["v", "1", "-2.5", "true"]);
    assert!(allow.conditions[2].values.is_empty());
}

#[test]
fn operators_read_what_they_print() {
    for name in ["StringEquals", "NotIpAddressIfExists", "ForAnyValue:ArnNotLike", "ForAllValues:BinaryEqualsIfExists", "Null"] {
        assert_eq!(Operator::parse(name).expect(name).to_string(), name);
    }
    for name in ["", "stringEquals", "IfExists", "ForAnyValue:", "StringEqualsIfExistsIfExists", "ForAnyValue:ForAllValues:Bool"]
    {
        assert_eq!(Operator::parse(name), None, "{name}");
    }
}
