//! Resource control policies: what their syntax takes, and the conditions that keep services working.

use crate::{Comparison, Effect};

use super::{
    IssueCode,
    outline::{Line, Outline, Statement},
    report::Report,
};

/// The services whose resources these policies protect: "List of AWS services that support RCPs".
const SERVICES: [&str; 11] =
    ["aoss", "cognito-identity", "cognito-idp", "dynamodb", "ecr", "kms", "logs", "s3", "secretsmanager", "sqs", "sts"];

pub(super) fn check(policy: &Outline<'_>, report: &mut Report) {
    for statement in &policy.statements {
        check_syntax(statement, report);
        if statement.is(Effect::Deny) {
            check_services(statement, report);
        }
    }
}

fn check_syntax(statement: &Statement<'_>, report: &mut Report) {
    if statement.is(Effect::Allow) {
        let details = "Only RCPFullAWSAccess, which AWS attaches itself, allows.";
        report.add(IssueCode::RcpSyntaxErrorAllow, &statement.path.value("Effect"), details);
    }
    if let Some(principals) = &statement.principals {
        let everyone = principals.items.iter().all(|principal| principal.value == "*");
        if principals.not || !everyone {
            let details = "A resource control policy is about all principals.";
            report.add(IssueCode::RcpSyntaxErrorPrincipal, &principals.path, details);
        }
    }
    let Some(actions) = &statement.actions else { return };
    if actions.not {
        report.add(IssueCode::RcpSyntaxErrorNotaction, &actions.path, "A resource control policy has no NotAction.");
        return;
    }
    for item in &actions.items {
        let prefix = item.text.split(':').next().unwrap_or_default();
        if !SERVICES.iter().any(|service| service.eq_ignore_ascii_case(prefix)) {
            let details = format!("{} is not an action of {}.", item.text, SERVICES.join(", "));
            report.add(IssueCode::RcpSyntaxErrorAction, &item.path, details);
        }
    }
}

const OF_PRINCIPALS: [&str; 5] =
    ["aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalTag/"];
const OF_SOURCES: [&str; 3] = ["aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceAccount"];

/// A Deny by who asks also hits services that act for a customer, and one by what a service acts for also hits people.
fn check_services(statement: &Statement<'_>, report: &mut Report) {
    let service = |wanted: &str| {
        statement.lines_of("aws:PrincipalIsAWSService").any(|line| {
            line.operator.comparison == Comparison::Bool
                && line.values.iter().all(|value| value.text.eq_ignore_ascii_case(wanted))
        })
    };
    for line in lines(statement, &OF_PRINCIPALS) {
        if !service("false") {
            let details = format!("Services that act for you have no {} and are denied.", line.key);
            report.add(IssueCode::RcpMissingRelatedPrincipalConditionKey, &line.key_path, details);
        }
    }
    let asks_for_source = ["aws:SourceAccount", "aws:SourceArn"].iter().any(|key| {
        let mut of_key = statement.lines_of(key);
        of_key.any(|line| line.operator.comparison == Comparison::Null && line.values.iter().any(|value| value.text == "false"))
    });
    for line in lines(statement, &OF_SOURCES) {
        if !service("true") {
            let details = format!("Requests that no service makes have no {} and are denied.", line.key);
            report.add(IssueCode::RcpMissingRelatedServicePrincipalConditionKey, &line.key_path, details);
        }
        if !asks_for_source {
            let details = format!("Some services act for you without sending {}.", line.key);
            report.add(IssueCode::RcpMissingServiceConditionKeyNullCheck, &line.key_path, details);
        }
    }
}

/// The lines about some keys that a missing key satisfies or might; a check for the key itself is none.
fn lines<'s>(statement: &'s Statement<'_>, keys: &'s [&str]) -> impl Iterator<Item = &'s Line<'s>> {
    let of_keys = statement.conditions.iter().filter(|line| keys.iter().any(|key| line.key_is(key)));
    of_keys.filter(|line| line.operator.comparison != Comparison::Null)
}
