//! `aws:ResourceTag` in statements about services that do not send it: a Deny that never denies, an Allow that never allows.

use crate::{
    Comparison, Effect,
    catalogue::{Catalogue, glob},
};

use super::{
    IssueCode,
    outline::{Line, Outline, Statement},
    report::Report,
};

pub(super) fn check(policy: &Outline<'_>, report: &mut Report) {
    for statement in &policy.statements {
        let Some(effect) = statement.effect else { continue };
        // With IfExists or a negated operator the condition holds where the key is missing.
        let demands = |line: &&Line<'_>| {
            line.key_is("aws:ResourceTag/")
                && !line.operator.if_exists
                && line.operator.comparison != Comparison::Null
                && !line.operator.comparison.name().contains("Not")
        };
        if let Some(line) = statement.conditions.iter().find(demands) {
            check_statement(statement, effect, line, report);
        }
    }
}

/// What it costs to match an action against those of a service, for each of its bytes.
const MATCHED_WORK: usize = 2_000;

fn check_statement(statement: &Statement<'_>, effect: Effect, line: &Line<'_>, report: &mut Report) {
    let Some(actions) = &statement.actions else { return };
    let (plain, not) = match effect {
        Effect::Deny => (
            IssueCode::DenyWithUnsupportedTagConditionKeyForService,
            IssueCode::DenyNotactionWithUnsupportedTagConditionKeyForService,
        ),
        Effect::Allow => (
            IssueCode::AllowWithUnsupportedTagConditionKeyForService,
            IssueCode::AllowNotactionWithUnsupportedTagConditionKeyForService,
        ),
    };
    if actions.not {
        let details = format!("Many services do not send {}, and the statement does nothing about their actions.", line.key);
        report.add_all(not, vec![actions.path.clone(), line.key_path.clone()], details);
        return;
    }
    let mut paths = vec![line.key_path.clone()];
    let mut services: Vec<&str> = Vec::new();
    for item in &actions.items {
        let Some((prefix, _)) = item.text.split_once(':').filter(|(prefix, _)| !glob::has_wildcard(prefix)) else { continue };
        if !report.spend(item.text.len() * MATCHED_WORK) {
            break;
        }
        let mut matched = Catalogue::get().actions_matching(item.text).peekable();
        if matched.peek().is_some() && !matched.any(|action| action.has_condition_key(line.key)) {
            paths.push(item.path.clone());
            if !services.contains(&prefix) {
                services.push(prefix);
            }
        }
    }
    if !services.is_empty() {
        let details =
            format!("Actions of {} do not send {}: the statement does nothing about them.", services.join(", "), line.key);
        report.add_all(plain, paths, details);
    }
}
