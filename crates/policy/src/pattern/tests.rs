//! Actions and resources against tables, and the wildcard matcher against one that is too simple to be wrong.

use proptest::prelude::*;

use super::{ActionPattern, ResourcePattern, glob::Glob};
use crate::{RequestContext, Version};

#[track_caller]
fn check_action(pattern: &str, matching: &[&str], other: &[&str]) {
    let compiled = ActionPattern::compile(pattern);
    for (actions, expected) in [(matching, true), (other, false)] {
        for action in actions {
            assert_eq!(compiled.matches(action), expected, "{pattern} {action}");
            assert_eq!(compiled.matches_folded(&action.to_ascii_lowercase()), expected, "{pattern} {action}, folded");
        }
    }
}

#[test]
fn actions() {
    check_action("*", &["s3:GetObject", "iam:*", ""], &[]);
    check_action("s3:*", &["s3:GetObject", "S3:x", "s3:"], &["s3", "s3express:GetObject", "iam:GetUser"]);
    check_action("s3:GetObject", &["s3:GetObject", "S3:GETOBJECT"], &["s3:GetObjectAcl", "s3:GetObjec", ""]);
    check_action("S3:getobject*", &["s3:GetObject", "s3:GetObjectAcl"], &["s3:PutObject", "s3:GetObjec"]);
    check_action("iam:*AccessKey*", &["iam:CreateAccessKey", "iam:ListAccessKeys"], &["iam:CreateUser", "sts:AccessKey"]);
    check_action("s3:Get*Acl", &["s3:GetBucketAcl", "s3:GetAcl"], &["s3:GetBucketAclX", "s3:GetObject"]);
    check_action("s3:?etObject", &["s3:GetObject", "s3:SetObject"], &["s3:etObject", "s3:GGetObject"]);
    check_action("*:Get*", &["s3:GetObject", "iam:GetUser"], &["s3:PutObject"]);
    check_action("ec2:Describe?*", &["ec2:DescribeX", "ec2:DescribeInstances"], &["ec2:Describe"]);
    check_action("dynamodb:DescribeContinuousBackups*Ac?", &["dynamodb:DescribeContinuousBackupsxAcL"], &["dynamodb:D"]);
}

#[test]
fn service_of_an_action() {
    for (pattern, service) in
        [("*", None), ("S3:Get*", Some("s3")), ("*:Get", None), ("s?:x", None), ("aws-portal:*", Some("aws-portal"))]
    {
        assert_eq!(ActionPattern::compile(pattern).service(), service, "{pattern}");
    }
}

fn context() -> RequestContext {
    RequestContext::new()
        .with("aws:username", "ada")
        .with("aws:PrincipalTag/team", "red*")
        .with("aws:PrincipalTag/empty", "")
        .with("aws:PrincipalAccount", "123456789012")
        .with("aws:userid", "AROA:session")
        .with_many("aws:TagKeys", ["one"])
}

#[track_caller]
fn check_resource(pattern: &str, matching: &[&str], other: &[&str]) {
    check_version(Version::V2012, pattern, matching, other);
}

#[track_caller]
fn check_version(version: Version, pattern: &str, matching: &[&str], other: &[&str]) {
    let (compiled, context) = (ResourcePattern::compile(pattern, version), context());
    for (resources, expected) in [(matching, true), (other, false)] {
        for resource in resources {
            assert_eq!(compiled.matches(resource, &context), expected, "{pattern} {resource}");
        }
    }
}

#[test]
fn resources_of_every_kind() {
    check_resource("*", &["*", "arn:aws:s3:::logs", "anything"], &[]);
    check_resource("arn:aws:s3:::logs", &["arn:aws:s3:::logs"], &["arn:aws:s3:::logs/a", "arn:aws:s3:::LOGS", "*", ""]);
    check_resource("arn:aws:s3:::logs/*", &["arn:aws:s3:::logs/", "arn:aws:s3:::logs/a/b:c"], &["arn:aws:s3:::logs"]);
    check_resource("arn:aws:s3:::log?/*", &["arn:aws:s3:::logs/x", "arn:aws:s3:::logé/x"], &["arn:aws:s3:::log/x"]);
    check_resource("arn:aws:iam::*:user/ada", &["arn:aws:iam::1:user/ada"], &["arn:aws:iam:::user/eve", "arn:aws:iam:1"]);
    check_resource("execute-api:/prod/*", &["execute-api:/prod/GET"], &["execute-api:/test/GET", "arn:aws:s3:::logs"]);
    check_resource("arn:*:ec2:*:*:*", &["arn:aws-cn:ec2:cn-north-1:1:vpc/a"], &["arn:aws:s3:::a", "arn:aws:ec2:a:b"]);
}

/// The user guide's example, "IAM JSON policy elements: Resource".
#[test]
fn wildcards_go_over_slashes() {
    check_resource(
        "arn:aws:s3:::amzn-s3-demo-bucket/*/test/*",
        &[
            "arn:aws:s3:::amzn-s3-demo-bucket/1/test/object.jpg",
            "arn:aws:s3:::amzn-s3-demo-bucket/1/2/test/object.jpg",
            "arn:aws:s3:::amzn-s3-demo-bucket/1/2/test/3/object.jpg",
            "arn:aws:s3:::amzn-s3-demo-bucket/1/2/3/test/4/object.jpg",
            "arn:aws:s3:::amzn-s3-demo-bucket/1///test///object.jpg",
            "arn:aws:s3:::amzn-s3-demo-bucket/1/test/.jpg",
            "arn:aws:s3:::amzn-s3-demo-bucket//test/object.jpg",
            "arn:aws:s3:::amzn-s3-demo-bucket/1/test/",
        ],
        &[
            "arn:aws:s3:::amzn-s3-demo-bucket/1-test/object.jpg",
            "arn:aws:s3:::amzn-s3-demo-bucket/test/object.jpg",
            "arn:aws:s3:::amzn-s3-demo-bucket/1/2/test.jpg",
        ],
    );
}

#[test]
fn wildcards_stay_within_the_first_five_components() {
    let queue = "arn:aws:sqs:us-east-1:123456789012:jobs";
    check_resource("arn:aws:sqs:*:123456789012:jobs", &[queue], &["arn:aws:sqs:us-east-1:999:123456789012:jobs"]);
    check_resource("arn:aws:sqs:*:jobs", &[], &[queue]);
    check_resource("arn:aws:sqs:us-east-??123456789012:jobs", &[], &[queue]);
    check_resource("arn:aws:*:jobs", &[], &[queue]);
    check_resource(
        "arn:aws:lambda:*:*:function:*:prod",
        &["arn:aws:lambda:r:1:function:a:b:prod"],
        &["arn:aws:lambda:r:1:function:prod"],
    );
    check_resource("arn:aws:lambda:r:1:function?a", &["arn:aws:lambda:r:1:function:a"], &["arn:aws:lambda:r:1:function:b"]);
}

#[test]
fn incomplete_arns_are_completed() {
    let queue = "arn:aws:sqs:us-east-1:123456789012:jobs:a";
    for pattern in ["arn:*", "arn:aws:*", "arn:aws:sqs", "arn:aws:sqs:*", "arn:aws:sqs:us-*", "arn:aws:sqs:us-east-1:*"] {
        check_resource(pattern, &[queue], &[]);
    }
    check_resource("arn:aws:sqs:us-east-1:123456789012", &[queue], &["arn:aws:sqs:us-east-1:2:jobs"]);
    check_resource("arn:aws:sqs:eu-*", &[], &[queue]);
    check_resource("arn:aws:s", &[], &[queue]);
}

#[test]
fn variables_and_escapes_in_resources() {
    let home = "arn:aws:s3:::home/${aws:username}/*";
    check_resource(home, &["arn:aws:s3:::home/ada/x"], &["arn:aws:s3:::home/eve/x", "arn:aws:s3:::home/${aws:username}/x"]);
    check_version(Version::V2008, home, &["arn:aws:s3:::home/${aws:username}/x"], &["arn:aws:s3:::home/ada/x"]);
    check_resource("arn:aws:s3:::${AWS:UserName}", &["arn:aws:s3:::ada"], &["arn:aws:s3:::"]);
    check_resource("arn:aws:s3:::${aws:PrincipalTag/team}", &["arn:aws:s3:::red*"], &["arn:aws:s3:::red", "arn:aws:s3:::redo"]);
    check_resource("arn:aws:s3:::a${*}b*", &["arn:aws:s3:::a*b", "arn:aws:s3:::a*bc"], &["arn:aws:s3:::axb"]);
    check_resource("arn:aws:s3:::a${?}b", &["arn:aws:s3:::a?b"], &["arn:aws:s3:::axb"]);
    check_resource("arn:aws:s3:::${$}{aws:username}", &["arn:aws:s3:::${aws:username}"], &["arn:aws:s3:::ada"]);
    check_resource("arn:aws:s3:::${aws:userid}/*", &["arn:aws:s3:::AROA:session/x"], &["arn:aws:s3:::AROA/x"]);
    // "You can't use a variable to replace parts of the ARN before the fifth colon."
    check_resource("arn:aws:iam::${aws:PrincipalAccount}:role/a", &[], &["arn:aws:iam::123456789012:role/a"]);
}

#[test]
fn variables_without_a_value_match_nothing() {
    for name in ["aws:PrincipalTag/none", "aws:PrincipalTag/empty", "aws:TagKeys", "nonsense"] {
        let pattern = ["arn:aws:s3:::a${", name, "}*"].concat();
        check_resource(&pattern, &[], &["arn:aws:s3:::a", "arn:aws:s3:::ax"]);
        assert!(!ResourcePattern::compile(&pattern, Version::V2012).resolves(&context()), "{name}");
        let pattern = ["arn:aws:s3:::a${", name, ", 'all'}"].concat();
        check_resource(&pattern, &["arn:aws:s3:::aall"], &["arn:aws:s3:::a"]);
        assert!(ResourcePattern::compile(&pattern, Version::V2012).resolves(&context()), "{name} with a default");
    }
}

#[test]
fn keys_of_a_resource() {
    let pattern = ResourcePattern::compile("arn:aws:s3:::${aws:username}/${aws:PrincipalTag/Team, 'x'}/${*}", Version::V2012);
    assert_eq!(pattern.keys().map(|key| key.as_str()).collect::<Vec<_>>(), ["aws:username", "aws:principaltag/team"]);
}

/// Wildcards by definition: exponential, so only for short texts.
fn naive(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], text) => text.is_empty(),
        (['*', rest @ ..], text) => (0..=text.len()).any(|taken| naive(rest, &text[taken..])),
        ([expected, rest @ ..], [found, after @ ..]) => (*expected == '?' || expected == found) && naive(rest, after),
        (_, []) => false,
    }
}

/// Components by definition.
fn naive_arn(pattern: &str, text: &str) -> bool {
    let chars = |text: &str| text.chars().collect::<Vec<_>>();
    let (patterns, texts): (Vec<_>, Vec<_>) = (pattern.splitn(6, ':').collect(), text.splitn(6, ':').collect());
    patterns.len() == 6 && texts.len() == 6 && patterns.iter().zip(&texts).all(|(p, t)| naive(&chars(p), &chars(t)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn wildcards_match_as_defined(pattern in "[abé:*?]{0,9}", text in "[abé:*?]{0,9}") {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        prop_assert_eq!(Glob::plain(&pattern).matches(&text), naive(&chars(&pattern), &chars(&text)));
        let folded = ActionPattern::compile(&pattern).matches(&text.to_uppercase().replace('É', "é"));
        prop_assert_eq!(folded, naive(&chars(&pattern), &chars(&text)));
    }

    #[test]
    fn arns_match_as_defined(pattern in "a(:[ab*?]{0,2}){4,5}(:[ab*?/:]{0,4})?", text in "a(:[ab]{0,2}){4}(:[ab/:]{0,4})?") {
        prop_assert_eq!(Glob::plain(&pattern).matches_arn(&text), naive_arn(&pattern, &text));
    }
}

/// A matcher that goes back to more than the last star would not come back from any of these.
#[test]
fn crafted_wildcards_do_not_blow_up() {
    let stars = |piece: &str, last: &str| piece.repeat(2_000) + last;
    let text = "a".repeat(100_000);
    for (pattern, expected) in [
        (stars("*a", "b"), false),
        (stars("*a", ""), true),
        (stars("*?", "b"), false),
        (stars("*a?", "b*"), false),
        (stars("a*", "b*a"), false),
        (stars("*", "ab*a"), false),
    ] {
        assert_eq!(Glob::plain(&pattern).matches(&text), expected);
        let arn = ResourcePattern::compile(&format!("arn:aws:s3:::{pattern}"), Version::V2012);
        assert_eq!(arn.matches(&format!("arn:aws:s3:::{text}"), &RequestContext::new()), expected);
    }
}
