//! Actions: does each exist, and does it belong in this kind of policy.

use crate::catalogue::{Action, Catalogue, Service, glob};

use super::{
    IssueCode, Linter, PolicyType,
    outline::{Item, Outline},
    report::Report,
    variables,
};

pub(super) fn check(policy: &Outline<'_>, linter: &Linter<'_>, report: &mut Report) {
    for actions in policy.statements.iter().filter_map(|statement| statement.actions.as_ref()) {
        for item in &actions.items {
            variables::refuse(item.text, &item.path, "Action", report);
            if item.text != "*" && !variables::has_variable(item.text) {
                check_name(item, report);
                check_place(item, linter, report);
            }
        }
    }
}

/// How long the name of an action is, more or less.
const NAME_BYTES_USUAL: usize = 24;

fn check_name(item: &Item<'_>, report: &mut Report) {
    let Some((prefix, name)) = item.text.split_once(':') else {
        report.add(IssueCode::InvalidAction, &item.path, format!("The action {} names no service before a colon.", item.text));
        return;
    };
    if glob::has_wildcard(prefix) {
        if prefix != "*" || name != "*" {
            let details = format!("The service of {} is a pattern, which other services may match as well.", item.text);
            report.add(IssueCode::WildcardInServiceName, &item.path, details);
        }
        return;
    }
    let catalogue = Catalogue::get();
    let Some(service) = catalogue.service(prefix) else {
        let affordable = report.spend(catalogue.services().count() * prefix.len());
        let meant = if affordable { nearest(prefix, catalogue.services().map(Service::prefix)) } else { None };
        let meant = meant.map(|prefix| format!(" Did you mean {prefix}?")).unwrap_or_default();
        report.add(IssueCode::InvalidServiceInAction, &item.path, format!("There is no service {prefix}.{meant}"));
        return;
    };
    let actions = service.actions().count();
    if glob::has_wildcard(name) {
        // Only the actions that begin like the pattern are looked at.
        let looked_at = if name.starts_with(['*', '?']) { actions } else { 1 };
        if !report.spend(looked_at * name.len() * NAME_BYTES_USUAL) {
            return;
        }
        if name != "*" && catalogue.actions_matching(item.text).next().is_none() {
            report.add(IssueCode::InvalidAction, &item.path, format!("No action of {prefix} matches {}.", item.text));
        }
    } else if service.action(name).is_none() {
        let affordable = report.spend(actions * name.len() * NAME_BYTES_USUAL / 4);
        let meant = if affordable { nearest(name, service.actions().map(Action::name)) } else { None };
        let meant = meant.map(|name| format!(" Did you mean {}:{name}?", service.prefix())).unwrap_or_default();
        report.add(IssueCode::InvalidAction, &item.path, format!("There is no action {}.{meant}", item.text));
    }
}

/// What a trust policy is about: assuming the role, and what goes with it.
const TRUST_ACTIONS: [&str; 7] = [
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "SetContext",
    "SetSourceIdentity",
    "TagSession",
    "AssumeRoot",
];

fn check_place(item: &Item<'_>, linter: &Linter<'_>, report: &mut Report) {
    let (prefix, name) = item.text.split_once(':').unwrap_or((item.text, ""));
    if linter.policy_type == PolicyType::Trust {
        let of_sts = prefix.eq_ignore_ascii_case("sts") && TRUST_ACTIONS.iter().any(|action| glob::covers(name, action, true));
        if !of_sts {
            let details =
                format!("The action {} is not one of assuming a role, which is all that a trust policy allows.", item.text);
            report.add(IssueCode::UnsupportedActionInPolicy, &item.path, details);
        }
    } else if let Some(service) = linter.attached_to
        && !glob::covers(prefix, service, true)
    {
        let details = format!("The action {} is not one of {service}, to which the policy is attached.", item.text);
        report.add(IssueCode::UnsupportedActionInPolicy, &item.path, details);
    }
}

/// The name that differs least, if it differs by little.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = (name.len() / 4).clamp(1, 3);
    let near = names.filter(|known| known.len().abs_diff(name.len()) <= most);
    near.map(|known| (distance(name, known), known)).filter(|(distance, _)| *distance <= most).min().map(|(_, known)| known)
}

/// How many letters must be added, left out or changed, without regard to case.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut left = i + 1;
        let mut diagonal = i;
        for (j, y) in b.bytes().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX);
            let change = usize::from(!x.eq_ignore_ascii_case(&y));
            let best = (diagonal + change).min(left + 1).min(above + 1);
            if let Some(slot) = row.get_mut(j) {
                *slot = left;
            }
            (diagonal, left) = (above, best);
        }
        if let Some(last) = row.last_mut() {
            *last = left;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}
