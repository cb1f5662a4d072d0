//! Principals: is each of a form that its class and the kind of policy take, and is a service held to a source.

use crate::{Effect, catalogue::glob};

use super::{
    IssueCode, PolicyType,
    outline::{Outline, Principal, Statement},
    report::Report,
    statements, trust, variables,
};

pub(super) fn check(policy: &Outline<'_>, policy_type: PolicyType, report: &mut Report) {
    for statement in &policy.statements {
        statements::check_principal_element(statement, policy_type, report);
        let Some(principals) = &statement.principals else { continue };
        for principal in &principals.items {
            check_one(principal, statement, policy_type, report);
        }
        match policy_type {
            PolicyType::Trust => trust::check(statement, report),
            PolicyType::Resource => check_services(statement, report),
            PolicyType::Identity | PolicyType::ServiceControl | PolicyType::ResourceControl => {}
        }
    }
}

fn check_one(principal: &Principal<'_>, statement: &Statement<'_>, policy_type: PolicyType, report: &mut Report) {
    variables::refuse(principal.value, &principal.path, "Principal", report);
    if variables::has_variable(principal.value) {
        return;
    }
    match principal.class {
        None => {
            if policy_type == PolicyType::Trust && statement.is(Effect::Allow) {
                let details = "A trust policy that trusts everyone, anonymous callers included, trusts nobody in particular.";
                report.add(IssueCode::RoleTrustPolicyUnsupportedWildcardInPrincipal, &principal.path, details);
            }
        }
        Some("AWS") if principal.value == "*" => {}
        Some("Federated") if policy_type != PolicyType::Trust => {
            let details = format!("The identity provider {} is no principal of this kind of policy.", principal.value);
            report.add(IssueCode::FederatedPrincipalNotSupported, &principal.path, details);
        }
        Some(class) if glob::has_wildcard(principal.value) => {
            let details = format!("{} is no pattern to {class}: its * and ? match nothing.", principal.value);
            report.add(IssueCode::UnsupportedWildcardInPrincipal, &principal.path, details);
        }
        Some("AWS") => check_unique_id(principal, report),
        Some("Service") if !is_service(principal.value) => {
            let details = format!("The service principal {} is not of the form service.amazonaws.com.", principal.value);
            report.add(IssueCode::InvalidServicePrincipalFormat, &principal.path, details);
        }
        Some(_) => {}
    }
}

/// AWS puts the unique id of a user or role that was deleted in its place, from where it is copied.
fn check_unique_id(principal: &Principal<'_>, report: &mut Report) {
    let id = principal.value;
    let shaped = id.len() >= 16 && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if shaped && id.starts_with("AROA") {
        report.add(IssueCode::InvalidRoleReference, &principal.path, format!("{id} is the unique id of a role."));
    } else if shaped && id.starts_with("AIDA") {
        report.add(IssueCode::InvalidUserReference, &principal.path, format!("{id} is the unique id of a user."));
    }
}

/// The domains under which services are principals, by partition.
const SERVICE_DOMAINS: [&str; 4] = [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".aws.internal"];

/// `ec2.amazonaws.com`, also with a Region between.
pub(super) fn is_service(value: &str) -> bool {
    let name = SERVICE_DOMAINS.iter().find_map(|domain| value.strip_suffix(domain)).unwrap_or_default();
    let label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'))
    };
    name.split('.').all(label)
}

/// What a service acts for: the keys that stop it from acting for everyone ("The confused deputy problem").
const SOURCES: [&str; 4] = ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"];

/// Keys that requests of a service do not carry, since it is in no account or organization of a customer.
const OF_CUSTOMERS: [&str; 8] = [
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalTag/",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
];

/// Keys that people use in the place of the sources.
const WEAK: [&str; 2] = ["aws:Referer", "aws:UserAgent"];

fn check_services(statement: &Statement<'_>, report: &mut Report) {
    let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.not) else { return };
    let services: Vec<&Principal<'_>> = principals.items.iter().filter(|principal| principal.class == Some("Service")).collect();
    let Some(first) = services.first() else { return };
    if services.len() == principals.items.len() {
        for line in statement.conditions.iter().filter(|line| OF_CUSTOMERS.iter().any(|key| line.key_is(key))) {
            let details = format!("Requests of {} do not carry {}.", first.value, line.key);
            report.add(IssueCode::UnsupportedConditionKeyForServicePrincipal, &line.key_path, details);
        }
    }
    if !statement.is(Effect::Allow) || statement.has_key(&SOURCES) {
        return;
    }
    for line in statement.conditions.iter().filter(|line| WEAK.iter().any(|key| line.key_is(key))) {
        let details = format!("{} does not tell for whom {} acts.", line.key, first.value);
        report.add(IssueCode::RecommendedConditionKeyForServicePrincipal, &line.key_path, details);
    }
    let paths = services.iter().map(|service| service.path.clone()).collect();
    let details = format!("{} may use the resource for any of its customers.", first.value);
    report.add_all(IssueCode::RestrictAccessToServicePrincipal, paths, details);
}
