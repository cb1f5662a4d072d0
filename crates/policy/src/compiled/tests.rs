//! No statement is passed over that is about an action.

use super::*;
use crate::Kind;

fn policy(element: &str) -> CompiledPolicy {
    let text = format!(r#"{{"Statement": [{{"Effect": "Allow", {element}, "Resource": "*"}}]}}"#);
    CompiledPolicy::compile(&Document::parse_saved(&text).unwrap())
}

fn reaches(policy: &CompiledPolicy, action: &str) -> bool {
    policy.reached(&ActionName::new(action, &mut Scratch::new())).count() == 1
}

#[test]
fn what_a_pattern_matches_is_reached() {
    let long = format!("s3:Get{}", "a".repeat(200));
    let patterns =
        ["*", "s3:*", "S3:Get*", "s3:?etObject", "s*:GetObject", "s3:GetObject", "iam:*User", "iam:", "x", "s3*", &long];
    let actions =
        ["s3:GetObject", "S3:GETOBJECT", "s3:GetObjectAcl", "s3:PutObject", "iam:CreateUser", "iam:", "x", "s3", "", &long];
    for pattern in patterns {
        let policy = policy(&format!(r#""Action": "{pattern}""#));
        for action in actions {
            let lost = ActionPattern::compile(pattern).matches(action) && !reaches(&policy, action);
            assert!(!lost, "{pattern} loses {action}");
        }
    }
}

#[test]
fn what_starts_otherwise_is_passed_over() {
    let several = policy(r#""Action": ["s3:Get*", "s3:GetObject", "s3:PutObject"]"#);
    for (action, expected) in [
        ("s3:GetObject", true),
        ("s3:GetBucketAcl", true),
        ("s3:PutObject", true),
        ("s3:PutObjectAcl", false),
        ("s3:GutObject", false),
        ("s3:DeleteObject", false),
        ("sqs:GetQueueUrl", false),
    ] {
        assert_eq!(reaches(&several, action), expected, "{action}");
    }
    assert!(reaches(&policy(r#""NotAction": "s3:*""#), "sqs:SendMessage"));
}

#[test]
fn sids_and_effects_are_kept_by_number() {
    let text = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Deny", "Action": "*", "Resource": "*"},
        {"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
    let policy = CompiledPolicy::compile(&Document::parse(text, Kind::Identity).unwrap());
    assert_eq!((policy.statements(), policy.sid(0), policy.sid(1), policy.sid(2)), (2, Some("A"), None, None));
    assert_eq!((policy.effect(0), policy.effect(1), policy.effect(2)), (Some(Effect::Deny), Some(Effect::Allow), None));
}
