//! The verbs on files; what they print is tested on their answers.

use std::{fs, path::PathBuf};

use chancery_policy::Case;
use expect_test::expect;

use super::{
    answer::{Answer, Detail},
    case_file::Source,
    *,
};
use crate::cli::Cli;
use clap::Parser;

const ALLOW_GET: &str = r#"{"Version": "2012-10-17", "Statement": {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*",
    "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}}"#;

fn case(action: &str, team: &str, expected: &str) -> String {
    format!(
        r#"{{"id": "{action} by {team}", "principal": "arn:aws:iam::111122223333:user/ada", "action": "{action}", "resource": "*",
            "context": {{"aws:PrincipalTag/team": "{team}"}}, "identityPolicies": {ALLOW_GET}, "expected": "{expected}"}}"#
    )
    .replace('\n', "")
}

fn answer(text: &str, detail: Detail) -> Answer {
    Answer::new(Case::parse(text, "a case").unwrap(), detail)
}

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

/// Runs a command line and gives its exit, as the process would have it.
fn run(arguments: &[&str]) -> Result<(), (Exit, String)> {
    let cli = Cli::try_parse_from(["chancery", "policy"].iter().chain(arguments)).unwrap();
    cli.command.run(&cli.global).map_err(|failure| (failure.exit(), failure.to_string()))
}

#[test]
fn a_file_of_cases_has_one_a_line_or_one_or_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let names = |text: &str| {
        let source = Source::read(&file(&folder, "c", text)).unwrap();
        let names = source.cases().into_iter().map(|(name, case)| format!("{} {case}", name.rsplit('/').next().unwrap()));
        names.collect::<Vec<_>>()
    };
    assert_eq!(names("{}\n\n {\"a\": 1}\n"), ["c:1 {}", "c:3  {\"a\": 1}"]);
    assert_eq!(names("{\n\"a\": 1\n}\n"), ["c {\n\"a\": 1\n}\n"]);
    assert_eq!(names("[{}, {\"a\": 1}]"), ["c, case 1 {}", "c, case 2 {\"a\": 1}"]);
    assert_eq!(names("[\n{}\n]"), ["c, case 1 {}"]);
    // What is no JSON at all is refused line by line, where the place is known.
    assert_eq!(names("{}\n{"), ["c:1 {}", "c:2 {"]);
    assert_eq!(names(" \n"), Vec::<String>::new());
}

#[test]
fn answers_for_people() {
    let mut text = String::new();
    for (team, expected) in [("red", "allowed"), ("blue", "denied"), ("blue", "allowed")] {
        let answer = answer(&case("s3:GetObject", team, expected), Detail::Answer);
        text += &format!("{} {}\n", answer.passes(), answer.line());
        if !answer.passes() {
            text += &format!("{}\n", answer.failure());
        }
    }
    expect![[r#"
        true s3:GetObject by red: allowed: identityPolicies[0].Statement[0] (Read)
        true s3:GetObject by blue: implicitly denied because no identity-based policy allows the s3:GetObject action
        false s3:GetObject by blue: implicitly denied because no identity-based policy allows the s3:GetObject action
        FAIL s3:GetObject by blue: expected allowed
          implicitly denied: s3:GetObject on * by arn:aws:iam::111122223333:user/ada
          no identity-based policy allows it
          nearly allowed by identityPolicies[0], statement 1 (Read)
            StringEquals aws:principaltag/team: expected `red`, the request has `blue`
          User: arn:aws:iam::111122223333:user/ada is not authorized to perform: s3:GetObject on resource: * because no identity-based policy allows the s3:GetObject action
    "#]].assert_eq(&text);
}

#[test]
fn answers_for_programs() {
    let lines = [
        answer(&case("s3:GetObject", "red", "allowed"), Detail::Answer).json(),
        answer(&case("s3:GetObject", "blue", "implicitlyDenied"), Detail::Explanation).json(),
        answer::unreadable(&Case::parse(r#"{"id": "x", "oops": 1}"#, "").unwrap_err()),
    ];
    expect![[r#"
        {"id":"s3:GetObject by red","decision":"allowed","expected":"allowed","pass":true,"determining":[{"layer":"identityPolicies","policy":"identityPolicies[0]","statement":0,"sid":"Read"}],"stoppedBy":null,"reason":null}
        {"id":"s3:GetObject by blue","decision":"implicitlyDenied","expected":"implicitlyDenied","pass":true,"determining":[],"stoppedBy":"identityPolicies","reason":"because no identity-based policy allows the s3:GetObject action","message":"User: arn:aws:iam::111122223333:user/ada is not authorized to perform: s3:GetObject on resource: * because no identity-based policy allows the s3:GetObject action","nearMisses":[{"layer":"identityPolicies","policy":"identityPolicies[0]","statement":0,"sid":"Read","failures":[{"operator":"StringEquals","key":"aws:principaltag/team","expected":["red"],"actual":["blue"]}]}],"keysMissing":[],"explanation":"implicitly denied: s3:GetObject on * by arn:aws:iam::111122223333:user/ada\n  no identity-based policy allows it\n  nearly allowed by identityPolicies[0], statement 1 (Read)\n    StringEquals aws:principaltag/team: expected `red`, the request has `blue`"}
        {"id":"x","decision":null,"pass":false,"field":"oops","error":"a case has no such field; its fields are id, principal, action, resource, resourceAccount, context, identityPolicies, boundary, sessionPolicies, resourcePolicy, scps, rcps, endpointPolicies, expected, wildcardOnlyAction"}
    "#]].assert_eq(&lines.map(|line| format!("{line}\n")).concat());
}

#[test]
fn a_test_run_fails_when_a_case_does() {
    let folder = tempfile::tempdir().unwrap();
    let (passes, fails) = (case("s3:GetObject", "red", "allowed"), case("s3:PutObject", "red", "allowed"));
    let good = file(&folder, "good.jsonl", &format!("{passes}\n{passes}\n"));
    let (good, bad) = (good.to_str().unwrap(), file(&folder, "bad.jsonl", &format!("{passes}\n{fails}\n{{}}\n")));
    assert_eq!(run(&["test", good]), Ok(()));
    let failure = run(&["test", good, bad.to_str().unwrap()]).unwrap_err();
    assert_eq!(failure, (Exit::Failed, "error: 2 of 5 cases did not pass".to_owned()));
    let empty = file(&folder, "empty.jsonl", "\n");
    assert_eq!(run(&["test", empty.to_str().unwrap()]).unwrap_err().0, Exit::Failed);
    assert_eq!(run(&["test", folder.path().join("none").to_str().unwrap()]).unwrap_err().0, Exit::Failed);
}

#[test]
fn a_request_by_flags_is_the_case_that_it_spells() {
    let folder = tempfile::tempdir().unwrap();
    let policy = file(&folder, "p.json", ALLOW_GET);
    let policy = policy.to_str().unwrap();
    let arguments = [
        "--principal",
        "anonymous",
        "--action",
        "s3:GetObject",
        "--context",
        "k=1",
        "--context",
        "k=2",
        "--context",
        "l=[\"a\"]",
        "--context",
        "e=",
        "--scp",
        policy,
        "--scp",
        policy,
        "--resource-policy",
        policy,
    ];
    let given = Cli::try_parse_from(["chancery", "policy", "evaluate"].iter().chain(&arguments)).unwrap();
    let crate::cli::Command::Policy(Policy::Evaluate(command)) = given.command else { panic!("another command") };
    let case = command.flags.case().unwrap();
    let context =
        r#"{"principal": "anonymous", "action": "a:B", "resource": "*", "context": {"k": ["1", "2"], "l": ["a"], "e": ""}}"#;
    assert_eq!(case.context, Case::parse(context, "").unwrap().context);
    assert_eq!((case.scps.map(|levels| levels.iter().map(Vec::len).collect()), case.boundary), (Some(vec![2]), None));
    assert_eq!((case.resource.as_str(), case.resource_policy.is_some()), ("*", true));
}

#[test]
fn a_request_is_given_in_one_way() {
    for wrong in [
        &["evaluate"][..],
        &["explain", "--principal", "anonymous"],
        &["evaluate", "cases.jsonl", "--principal", "anonymous", "--action", "a:B"],
        &["evaluate", "--principal", "anonymous", "--action", "a:B", "--context", "nonsense"],
        &["evaluate", "--principal", "nobody", "--action", "a:B"],
    ] {
        assert_eq!(run(wrong).unwrap_err().0, Exit::Usage, "{wrong:?}");
    }
    assert_eq!(run(&["explain", "--principal", "anonymous", "--action", "a:B"]), Ok(()));
}

#[test]
fn the_linter_guesses_types_and_fails_on_what_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let old = file(&folder, "old.json", r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#);
    let trust = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}"#;
    let trust = file(&folder, "trust.json", trust);
    let (old, trust) = (old.to_str().unwrap(), trust.to_str().unwrap());
    assert_eq!(run(&["lint", trust]), Ok(()));
    assert_eq!(run(&["lint", "--type", "identity", trust]).unwrap_err().0, Exit::Failed);
    assert_eq!(run(&["lint", old]), Ok(()));
    let failure = run(&["lint", "--fail-on", "warning", old]).unwrap_err();
    assert_eq!(failure, (Exit::Failed, "error: 1 finding as grave as warning or graver".to_owned()));
}
