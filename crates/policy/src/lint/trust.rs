//! Trust policies: do principal and action go together, and is a web identity held to whom it is meant for.

use crate::{Effect, catalogue::glob};

use super::{
    IssueCode,
    outline::{Principal, Statement},
    report::Report,
};

const GITHUB: &str = "token.actions.githubusercontent.com";
const ROLES_ANYWHERE: &str = "rolesanywhere.amazonaws.com";

/// What a principal of a trust policy is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Saml,
    WebIdentity,
    Other,
}

pub(super) fn check(statement: &Statement<'_>, report: &mut Report) {
    let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.not) else { return };
    for principal in principals.items.iter().filter(|principal| principal.class == Some("Federated")) {
        if !glob::has_wildcard(principal.value) && sort(principal) == Sort::Other {
            let details = format!("{} is not the ARN of an identity provider, and no host name.", principal.value);
            report.add(IssueCode::InvalidFederatedPrincipalSyntaxInRoleTrustPolicy, &principal.path, details);
        }
    }
    check_sessions(&principals.items, report);
    if statement.is(Effect::Allow) {
        check_actions(statement, &principals.items, report);
        check_roles_anywhere(statement, &principals.items, report);
        for principal in principals.items.iter().filter(|principal| sort(principal) == Sort::WebIdentity) {
            check_web_identity(statement, principal, report);
        }
    }
}

fn sort(principal: &Principal<'_>) -> Sort {
    if principal.class != Some("Federated") {
        return Sort::Other;
    }
    let resource = principal.value.strip_prefix("arn:").and_then(|arn| arn.splitn(5, ':').nth(4));
    match resource {
        Some(resource) if resource.starts_with("saml-provider/") => Sort::Saml,
        Some(resource) if resource.starts_with("oidc-provider/") => Sort::WebIdentity,
        None if principal.value.contains('.') && !principal.value.contains([':', '/', ' ']) => Sort::WebIdentity,
        Some(_) | None => Sort::Other,
    }
}

fn lists(statement: &Statement<'_>, action: &str) -> bool {
    let listed = statement.actions.as_ref().filter(|actions| !actions.not);
    listed.is_some_and(|actions| actions.items.iter().any(|item| glob::covers(item.text, action, true)))
}

fn check_actions(statement: &Statement<'_>, principals: &[Principal<'_>], report: &mut Report) {
    let Some(actions) = statement.actions.as_ref().filter(|actions| !actions.not) else { return };
    for item in &actions.items {
        let wanted = match item.text.to_ascii_lowercase().as_str() {
            "sts:assumerolewithsaml" => Sort::Saml,
            "sts:assumerolewithwebidentity" => Sort::WebIdentity,
            "sts:assumerole" => Sort::Other,
            _ => continue,
        };
        let wrong: Vec<&str> =
            principals.iter().filter(|principal| sort(principal) != wanted).map(|principal| principal.value).collect();
        // A statement may list several ways in for several principals: what none of them can use is wrong.
        if !wrong.is_empty() && wrong.len() == principals.len() {
            let details = format!("{} is not for {}.", item.text, wrong.join(", "));
            report.add(IssueCode::MismatchedActionForPrincipal, &item.path, details);
        }
    }
}

fn check_roles_anywhere(statement: &Statement<'_>, principals: &[Principal<'_>], report: &mut Report) {
    let Some(principal) = principals.iter().find(|principal| principal.value == ROLES_ANYWHERE) else { return };
    let needed = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"];
    let missing: Vec<&str> = needed.into_iter().filter(|action| !lists(statement, action)).collect();
    if !missing.is_empty() {
        let path = statement.actions.as_ref().map_or(&principal.path, |actions| &actions.path);
        let details = format!("{ROLES_ANYWHERE} also needs {}.", missing.join(" and "));
        report.add(IssueCode::MissingActionForRolesAnywhereTrustPolicy, path, details);
    }
}

/// A role and a session of it in one list: the session adds nothing.
fn check_sessions(principals: &[Principal<'_>], report: &mut Report) {
    for session in principals {
        let Some((head, rest)) = session.value.split_once(":assumed-role/") else { continue };
        let role_name = rest.split('/').next().unwrap_or_default();
        let account = head.rsplit(':').next().unwrap_or_default();
        let is_parent = |principal: &Principal<'_>| {
            let Some((head, path)) = principal.value.split_once(":role/") else { return false };
            head.rsplit(':').next() == Some(account) && path.rsplit('/').next() == Some(role_name)
        };
        if let Some(parent) = principals.iter().find(|principal| is_parent(principal)) {
            let details = format!("{} is a session of {}, which is listed.", session.value, parent.value);
            report.add(IssueCode::RedundantPrincipalInRoleTrustPolicy, &session.path, details);
        }
    }
}

fn check_web_identity(statement: &Statement<'_>, principal: &Principal<'_>, report: &mut Report) {
    let host = principal.value.split_once("oidc-provider/").map_or(principal.value, |(_, host)| host);
    let of_host = |key: &str| {
        key.get(..host.len()).is_some_and(|head| head.eq_ignore_ascii_case(host)) && key.as_bytes().get(host.len()) == Some(&b':')
    };
    if !statement.conditions.iter().any(|line| of_host(line.key)) {
        let details = format!("Everyone whom {host} knows may assume the role.");
        report.add(IssueCode::MissingConditionKeyForOidcPrincipal, &principal.path, details);
    }
    if !host.eq_ignore_ascii_case(GITHUB) {
        return;
    }
    let subject = format!("{GITHUB}:sub");
    // Other claims name the repository as well, such as job_workflow_ref and repository.
    if !statement.has_key(&[subject.as_str()]) {
        let details = "Workflows of every repository of GitHub may assume the role.";
        report.add(IssueCode::MissingGithubRepoConditionKey, &principal.path, details);
    }
    let has_ref = statement.has_key(&[format!("{GITHUB}:ref").as_str()]);
    for value in statement.lines_of(&subject).flat_map(|line| &line.values) {
        if is_wide_subject(&value.text, has_ref) {
            let details = format!("{} matches more than one branch of one repository.", value.text);
            report.add(IssueCode::SpecificGithubRepoAndBranchRecommended, &value.path, details);
        }
    }
}

/// `repo:org/name:ref:refs/heads/main` is narrow; a star in it is not, unless it is the branch and that is named elsewhere.
fn is_wide_subject(subject: &str, has_ref: bool) -> bool {
    let repository = subject.splitn(3, ':').take(2).collect::<Vec<_>>().join(":");
    glob::has_wildcard(if has_ref { &repository } else { subject })
}
