//! Statements that let roles be passed, or service-linked roles be made, more widely than they look.

use crate::{Effect, Operator, catalogue::glob};

use super::{
    IssueCode, Path, PolicyType,
    outline::{Line, Outline, Statement},
    report::Report,
};

/// An action that hands on power, the roles that it is about, the key that narrows it, and the codes: for NotResource, then for a
/// wide Resource; of each the action by its name, by a pattern, by NotAction.
struct Grant {
    action: &'static str,
    roles: &'static str,
    key: &'static str,
    not_resource: [IssueCode; 3],
    wide_resource: [IssueCode; 3],
}

const GRANTS: [Grant; 2] = [
    Grant {
        action: "iam:PassRole",
        roles: "role/*",
        key: "iam:PassedToService",
        not_resource: [
            IssueCode::PassRoleWithNotResource,
            IssueCode::PassRoleWithStarInActionAndNotResource,
            IssueCode::PassRoleWithNotActionAndNotResource,
        ],
        wide_resource: [
            IssueCode::PassRoleWithStarInResource,
            IssueCode::PassRoleWithStarInActionAndResource,
            IssueCode::PassRoleWithStarInResourceAndNotAction,
        ],
    },
    Grant {
        action: "iam:CreateServiceLinkedRole",
        roles: "role/aws-service-role/*",
        key: "iam:AWSServiceName",
        not_resource: [
            IssueCode::CreateSlrWithNotResource,
            IssueCode::CreateSlrWithStarInActionAndNotResource,
            IssueCode::CreateSlrWithNotActionAndNotResource,
        ],
        wide_resource: [
            IssueCode::CreateSlrWithStarInResource,
            IssueCode::CreateSlrWithStarInActionAndResource,
            IssueCode::CreateSlrWithStarInResourceAndNotAction,
        ],
    },
];

pub(super) fn check(policy: &Outline<'_>, policy_type: PolicyType, report: &mut Report) {
    // Only these grant: a control policy allows nothing by itself.
    if !matches!(policy_type, PolicyType::Identity | PolicyType::Resource) {
        return;
    }
    for statement in policy.statements.iter().filter(|statement| statement.is(Effect::Allow)) {
        for grant in &GRANTS {
            check_grant(statement, grant, report);
        }
    }
}

fn check_grant(statement: &Statement<'_>, grant: &Grant, report: &mut Report) {
    if statement.lines_of(grant.key).any(narrows) {
        return;
    }
    let Some((how, action)) = by_action(statement, grant.action) else { return };
    let Some((codes, resource)) = by_resource(statement, grant) else { return };
    let Some(code) = codes.get(how) else { return };
    let details = format!("The statement allows {} on more roles than it names.", grant.action);
    report.add_all(*code, vec![action.clone(), resource.clone()], details);
}

/// Whether a condition demands one of its values.
fn narrows(line: &Line<'_>) -> bool {
    let Operator { comparison, if_exists, .. } = line.operator;
    !comparison.name().contains("Not") && comparison.name() != "Null" && !if_exists
}

/// How the statement allows the action: by its name, by a pattern, by not excepting it.
fn by_action<'s>(statement: &'s Statement<'_>, action: &str) -> Option<(usize, &'s Path)> {
    let actions = statement.actions.as_ref()?;
    if actions.not {
        let excepted = actions.items.iter().any(|item| glob::covers(item.text, action, true));
        return (!excepted && !actions.items.is_empty()).then_some((2, &actions.path));
    }
    let named = actions.items.iter().find(|item| item.text.eq_ignore_ascii_case(action)).map(|item| (0, &item.path));
    named.or_else(|| actions.items.iter().find(|item| glob::covers(item.text, action, true)).map(|item| (1, &item.path)))
}

fn by_resource<'s, 'g>(statement: &'s Statement<'_>, grant: &'g Grant) -> Option<(&'g [IssueCode; 3], &'s Path)> {
    let resources = statement.resources.as_ref()?;
    if resources.not {
        return Some((&grant.not_resource, &resources.path));
    }
    let wide = resources.items.iter().find(|item| is_wide(item.text, grant.roles))?;
    Some((&grant.wide_resource, &wide.path))
}

/// Whether a resource covers every role. A name that begins with something, as services' roles do, does not.
fn is_wide(resource: &str, roles: &str) -> bool {
    let of_iam = resource.splitn(6, ':').nth(5).is_some_and(|of| glob::covers(of, roles, false));
    resource == "*" || (of_iam && resource.split(':').nth(2).is_some_and(|vendor| glob::covers(vendor, "iam", false)))
}
