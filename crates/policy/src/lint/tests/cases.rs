//! Of each issue a document that has it, with the place, and one that has not.
//!
//! Documents are written with `'` for `"` and `` ` `` for `'`. A text without `'Statement'` is one statement of a policy of version
//! 2012-10-17, and a path that starts with a dot begins in it. `@I`, `@D`, `@R`, `@T` and `@X` are the elements of a sound statement.

mod errors_of_conditions;
mod errors_of_kinds;
mod errors_of_statements;
mod security_warnings;
mod suggestions;
mod warnings;

use std::collections::BTreeSet;

use super::*;

/// Type, code, place, a document with the issue, one without.
type Case = (PolicyType, &'static str, &'static str, &'static str, &'static str);

const I: PolicyType = PolicyType::Identity;
const R: PolicyType = PolicyType::Resource;
const T: PolicyType = PolicyType::Trust;
const S: PolicyType = PolicyType::ServiceControl;
const X: PolicyType = PolicyType::ResourceControl;

const ELEMENTS: [(&str, &str); 5] = [
    ("@I", "'Effect':'Allow','Action':'s3:GetObject','Resource':'arn:aws:s3:::b/k'"),
    ("@D", "'Effect':'Deny','Action':'s3:GetObject','Resource':'arn:aws:s3:::b/k'"),
    ("@R", "'Effect':'Allow','Principal':{'AWS':'123456789012'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::b/k'"),
    ("@T", "'Effect':'Allow','Principal':{'AWS':'123456789012'},'Action':'sts:AssumeRole'"),
    ("@X", "'Effect':'Deny','Principal':'*','Action':'s3:GetObject','Resource':'*'"),
];

fn all() -> impl Iterator<Item = &'static Case> {
    errors_of_conditions::CASES
        .iter()
        .chain(errors_of_kinds::CASES)
        .chain(errors_of_statements::CASES)
        .chain(security_warnings::CASES)
        .chain(suggestions::CASES)
        .chain(warnings::CASES)
}

fn document(written: &str) -> String {
    let mut text = written.to_owned();
    for (token, elements) in ELEMENTS {
        text = text.replace(token, elements);
    }
    let whole = text.contains("'Statement'") || text.contains("'Version'") || !text.starts_with('{');
    let text = if whole { text } else { format!("{{'Version':'2012-10-17','Statement':[{text}]}}") };
    text.replace('\'', "\"").replace('`', "'")
}

fn has(findings: &[Finding], code: &str) -> bool {
    findings.iter().any(|finding| finding.code.as_str() == code)
}

#[test]
fn each_issue_is_found_at_its_place() {
    for (policy_type, code, path, bad, _) in all() {
        let text = document(bad);
        let findings = Linter::new(*policy_type).lint(&text);
        let path = if path.starts_with('.') { format!("Statement[0]{path}") } else { (*path).to_owned() };
        let found = findings.iter().any(|finding| {
            finding.code.as_str() == *code && finding.locations.iter().any(|location| location.path.to_string() == path)
        });
        let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(found, "{code} at {path} is not said of {text}, but {said:#?}");
        for location in findings.iter().flat_map(|finding| &finding.locations) {
            assert!(location.span.is_some(), "{} has no place in {text}", location.path);
        }
    }
}

#[test]
fn a_document_without_the_issue_is_not_blamed_for_it() {
    for (policy_type, code, _, _, good) in all() {
        let text = document(good);
        let findings = Linter::new(*policy_type).lint(&text);
        let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(!has(&findings, code), "{code} is said of {text}: {said:#?}");
    }
}

/// What is tested by a test of its own.
const ELSEWHERE: [&str; 7] = [
    "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
    "POLICY_SIZE_EXCEEDS_RCP_QUOTA",
    "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",
    "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
    "POLICY_SIZE_EXCEEDS_SCP_QUOTA",
    "UNSUPPORTED_RESOURCE_ARN_IN_POLICY",
    "JSON_SYNTAX_ERROR",
];

#[test]
fn every_issue_has_a_case() {
    let tested: BTreeSet<&str> = all().map(|(_, code, ..)| *code).chain(ELSEWHERE).collect();
    let known: BTreeSet<&str> = IssueCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(known.difference(&tested).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert_eq!(tested.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn sizes_are_counted_as_each_quota_counts() {
    for (policy_type, statement, code, chars_max, counts_white_space) in [
        (I, "@I", "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", 6_144, false),
        (T, "@T", "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", 2_048, false),
        (R, "@R", "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", 20_480, true),
        (S, "@I", "POLICY_SIZE_EXCEEDS_SCP_QUOTA", 10_240, true),
        (X, "@X", "POLICY_SIZE_EXCEEDS_RCP_QUOTA", 5_120, true),
    ] {
        let of_sid = |chars: usize| document(&format!("{{'Sid':'{}',{statement}}}", "a".repeat(chars)));
        let rest = of_sid(0).len();
        assert!(!has(&Linter::new(policy_type).lint(&of_sid(chars_max - rest)), code), "{code}");
        assert!(has(&Linter::new(policy_type).lint(&of_sid(chars_max - rest + 1)), code), "{code}");
        let spaced = format!("{}{}", " ".repeat(100), of_sid(chars_max - rest));
        assert_eq!(has(&Linter::new(policy_type).lint(&spaced), code), counts_white_space, "{code}");
    }
}

#[test]
fn a_policy_of_a_resource_is_about_its_service() {
    let text = document(
        "{'Effect':'Deny','Principal':'*','Action':['s3:GetObject','kms:Decrypt'],'Resource':['arn:aws:s3:::b/*','arn:aws:kms:*:*:key/*']}",
    );
    let said: Vec<(IssueCode, String)> = Linter::new(R)
        .attached_to("s3")
        .lint(&text)
        .into_iter()
        .map(|finding| (finding.code, finding.locations[0].path.to_string()))
        .collect();
    let expected = [
        (IssueCode::UnsupportedActionInPolicy, "Statement[0].Action[1]".to_owned()),
        (IssueCode::UnsupportedResourceArnInPolicy, "Statement[0].Resource[1]".to_owned()),
    ];
    assert_eq!(said, expected);
    assert_eq!(Linter::new(R).lint(&text), []);
}

#[test]
fn what_is_no_json_is_said_with_its_line_and_column() {
    let findings = Linter::new(I).lint("{\n  \"Version\" \"2012-10-17\"}");
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, IssueCode::JsonSyntaxError);
    assert_eq!(
        findings[0].locations[0].span.map(|span| (span.start.line, span.start.column, span.start.offset)),
        Some((2, 12, 14))
    );
}
