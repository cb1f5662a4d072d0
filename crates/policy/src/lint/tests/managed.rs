//! AWS's own policies: what the linter says of them is what is known of them.

use std::collections::BTreeMap;

use super::*;

/// Name and text of each.
fn managed() -> Vec<(String, String)> {
    let lines = include_str!("../../../../domain/data/aws-managed-policies.json");
    let row = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        (row["name"].as_str().unwrap().to_owned(), row["document"].to_string())
    };
    lines.lines().map(row).collect()
}

/// The names of those that have an issue.
fn with(code: IssueCode) -> Vec<String> {
    let linter = Linter::new(PolicyType::Identity);
    let has = |text: &str| linter.lint(text).iter().any(|finding| finding.code == code);
    managed().into_iter().filter(|(_, text)| has(text)).map(|(name, _)| name).collect()
}

/// Errors that AWS's policies have against the catalogue of this build, by code. The policies are newer than it (actions and services
/// that it does not know yet), some name actions and services that AWS has retired, and the last six are differences between AWS's
/// reference, from which the catalogue is, and what AWS's services take. Any other code is a mistake of the linter.
const ERRORS: [(&str, usize); 9] = [
    ("INVALID_ACTION", 242),
    ("INVALID_ARN_RESOURCE", 10),
    ("INVALID_GLOBAL_CONDITION_KEY", 2),
    ("INVALID_SERVICE", 1),
    ("INVALID_SERVICE_CONDITION_KEY", 1),
    ("INVALID_SERVICE_IN_ACTION", 47),
    ("MISSING_ARN_ACCOUNT", 4),
    ("UNSUPPORTED_ACTION_FOR_CONDITION_KEY", 3),
    ("MALFORMED_POLICY_DOCUMENT", 0),
];

#[test]
fn errors_are_those_that_are_known() {
    let mut counts: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    let policies = managed();
    assert_eq!(policies.len(), 302);
    for (name, text) in policies {
        for finding in Linter::new(PolicyType::Identity).lint(&text) {
            if finding.finding_type == FindingType::Error {
                let count = counts.entry(finding.code.as_str()).or_default();
                *count = (count.0 + 1, format!("{name}: {finding}"));
            }
        }
    }
    for (code, (count, last)) in &counts {
        let known = ERRORS.iter().find(|(known, _)| known == code).map_or(0, |(_, count)| *count);
        assert_eq!(*count, known, "{code}, the last one in {last}");
    }
}

/// The policies that AWS's reference names under a check, of those that are among ours; it lists some that AWS has changed since.
#[test]
fn findings_of_aws_own_policies_are_those_of_its_reference() {
    for (code, policies) in [
        (IssueCode::PassRoleWithStarInActionAndResource, ["AdministratorAccess", "IAMFullAccess"].as_slice()),
        (IssueCode::CreateSlrWithStarInActionAndResource, &["AdministratorAccess", "IAMFullAccess"]),
        (IssueCode::CreateSlrWithStarInResource, &["PowerUserAccess", "AWSOrganizationsServiceTrustPolicy"]),
        (
            IssueCode::StringLikeOperatorWithArnConditionKeys,
            &["AWSCodePipeline_FullAccess", "AWSCodePipeline_ReadOnlyAccess", "S3UnlockBucketPolicy", "SQSUnlockQueuePolicy"],
        ),
        (IssueCode::MissingQualifier, &[]),
        (IssueCode::UnreachableStatement, &[]),
        (IssueCode::RedundantStatement, &[]),
    ] {
        assert_eq!(with(code), policies, "{code}");
    }
}
