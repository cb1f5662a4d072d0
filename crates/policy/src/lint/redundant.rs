//! What could be left out: actions, resources and statements that others cover, and an Allow that a Deny takes back.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Effect, catalogue::glob};

use super::{
    IssueCode, Path,
    outline::{Element, Item, Outline, Statement},
    report::Report,
};

pub(super) fn check(policy: &Outline<'_>, report: &mut Report) {
    for statement in &policy.statements {
        if let Some(actions) = &statement.actions {
            let covered = covered(&actions.items, service, true, report);
            report_covered(IssueCode::RedundantAction, "actions", &covered, report);
        }
        if let Some(resources) = &statement.resources {
            let covered = covered(&resources.items, |_| "", false, report);
            report_covered(IssueCode::RedundantResource, "resources", &covered, report);
        }
    }
    check_statements(policy, report);
    check_unreachable(policy, report);
}

fn report_covered(code: IssueCode, what: &str, covered: &[&Item<'_>], report: &mut Report) {
    let Some(first) = covered.first() else { return };
    let details = format!("{} of the {what} are covered by others, such as {}.", covered.len(), first.text);
    report.add_all(code, covered.iter().map(|item| item.path.clone()).collect(), details);
}

/// The items that other items cover; of equal ones all but the first. Patterns are compared within a group, and those that are in
/// no group with all. Case matters unless `fold` says otherwise.
fn covered<'s, 'a>(items: &'s [Item<'a>], group: impl Fn(&str) -> &str, fold: bool, report: &mut Report) -> Vec<&'s Item<'a>> {
    let mut patterns: BTreeMap<String, Vec<(usize, &str)>> = BTreeMap::new();
    for (place, item) in items.iter().enumerate().filter(|(_, item)| glob::has_wildcard(item.text)) {
        patterns.entry(group(item.text).to_ascii_lowercase()).or_default().push((place, item.text));
    }
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let own = group(item.text).to_ascii_lowercase();
        let groups = if own.is_empty() { vec![own] } else { vec![own, String::new()] };
        let mut others = groups.iter().filter_map(|group| patterns.get(group)).flatten();
        // Two patterns that cover each other match the same: the first stays.
        let by_other = others.any(|(at, by)| {
            *at != place
                && report.spend(by.len() * item.text.len())
                && glob::covers(by, item.text, fold)
                && !(place < *at && glob::covers(item.text, by, fold))
        });
        let again = !seen.insert(if fold { item.text.to_ascii_lowercase() } else { item.text.to_owned() });
        if by_other || again {
            found.push(item);
        }
    }
    found
}

/// The service of an action; none if that is a pattern.
fn service(action: &str) -> &str {
    action.split_once(':').map_or("", |(service, _)| if glob::has_wildcard(service) { "" } else { service })
}

/// Statements that say the same but for their Sid and the order of their lists.
fn check_statements(policy: &Outline<'_>, report: &mut Report) {
    let mut seen: BTreeMap<String, &Path> = BTreeMap::new();
    for statement in &policy.statements {
        if let Some(first) = seen.get(&says(statement)) {
            let details = format!("The statement says the same as {first}.");
            report.add_all(IssueCode::RedundantStatement, vec![statement.path.clone(), (*first).clone()], details);
        } else {
            seen.insert(says(statement), &statement.path);
        }
    }
}

/// What a statement says, as a text that equal statements share.
fn says(statement: &Statement<'_>) -> String {
    let list = |element: Option<&Element<Item<'_>>>, fold: bool| {
        let texts = element.map(|element| {
            let texts = element.items.iter().map(|item| if fold { item.text.to_ascii_lowercase() } else { item.text.to_owned() });
            (element.not, texts.collect::<BTreeSet<String>>())
        });
        format!("{texts:?}")
    };
    let principals = statement.principals.as_ref().map(|element| {
        let texts = element.items.iter().map(|principal| (principal.class, principal.value));
        (element.not, texts.collect::<BTreeSet<_>>())
    });
    let conditions: BTreeSet<(String, String, BTreeSet<&str>)> = statement
        .conditions
        .iter()
        .map(|line| {
            let values = line.values.iter().map(|value| &*value.text).collect();
            (line.operator.to_string(), line.key.to_ascii_lowercase(), values)
        })
        .collect();
    let (actions, resources) = (list(statement.actions.as_ref(), true), list(statement.resources.as_ref(), false));
    format!("{:?} {principals:?} {actions} {resources} {conditions:?}", statement.effect)
}

/// An Allow of which nothing is left, because a Deny without conditions covers it.
fn check_unreachable(policy: &Outline<'_>, report: &mut Report) {
    let denies: Vec<&Statement<'_>> =
        policy.statements.iter().filter(|statement| statement.is(Effect::Deny) && statement.conditions.is_empty()).collect();
    for allow in policy.statements.iter().filter(|statement| statement.is(Effect::Allow)) {
        if let Some(deny) = denies.iter().find(|deny| report.spend(size(deny) * size(allow)) && takes_back(deny, allow)) {
            let details = format!("Whatever the statement allows, {} denies.", deny.path);
            report.add_all(IssueCode::UnreachableStatement, vec![allow.path.clone(), deny.path.clone()], details);
        }
    }
}

/// How many bytes of actions and resources there are to compare.
fn size(statement: &Statement<'_>) -> usize {
    let of = |element: &Option<Element<Item<'_>>>| {
        element.as_ref().map_or(0, |element| element.items.iter().map(|item| item.text.len()).sum::<usize>())
    };
    of(&statement.actions) + of(&statement.resources)
}

fn takes_back(deny: &Statement<'_>, allow: &Statement<'_>) -> bool {
    let actions = element_covers(deny.actions.as_ref(), allow.actions.as_ref(), true);
    let resources = match (&deny.resources, &allow.resources) {
        (None, None) => true,
        (deny, allow) => element_covers(deny.as_ref(), allow.as_ref(), false),
    };
    actions && resources && principals_cover(deny, allow)
}

/// Whether everything in one element is in another. Exceptions are covered by `*` and by fewer exceptions.
fn element_covers(wide: Option<&Element<Item<'_>>>, narrow: Option<&Element<Item<'_>>>, fold: bool) -> bool {
    let (Some(wide), Some(narrow)) = (wide, narrow) else { return false };
    if wide.items.is_empty() || narrow.items.is_empty() {
        return false;
    }
    let all_in = |items: &[Item<'_>], by: &[Item<'_>]| {
        items.iter().all(|item| by.iter().any(|pattern| glob::covers(pattern.text, item.text, fold)))
    };
    match (wide.not, narrow.not) {
        (false, false) => all_in(&narrow.items, &wide.items),
        (false, true) => wide.items.iter().any(|item| item.text == "*"),
        (true, true) => all_in(&wide.items, &narrow.items),
        (true, false) => narrow.items.iter().all(|item| wide.items.iter().all(|except| !meet(except.text, item.text, fold))),
    }
}

fn meet(a: &str, b: &str, fold: bool) -> bool {
    if fold { glob::meets(&a.to_ascii_lowercase(), &b.to_ascii_lowercase()) } else { glob::meets(a, b) }
}

fn principals_cover(deny: &Statement<'_>, allow: &Statement<'_>) -> bool {
    match (&deny.principals, &allow.principals) {
        (None, None) => true,
        (Some(deny), Some(_)) if !deny.not && deny.items.iter().any(|principal| principal.value == "*") => true,
        (Some(deny), Some(allow)) if !deny.not && !allow.not => {
            let listed = |wanted: &super::outline::Principal<'_>| {
                deny.items.iter().any(|principal| (principal.class, principal.value) == (wanted.class, wanted.value))
            };
            allow.items.iter().all(listed)
        }
        _ => false,
    }
}
