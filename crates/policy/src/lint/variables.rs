//! Policy variables: `${key}`, `${key, 'default'}` and the escapes `${*}`, `${?}`, `${$}`, by "IAM policy elements: Variables and
//! tags" of the IAM User Guide.

use std::borrow::Cow;

use crate::Version;

use super::{IssueCode, Path, outline::Outline, report::Report};

/// Whether a text has, or begins, a variable.
pub(super) fn has_variable(text: &str) -> bool {
    text.contains("${")
}

/// Whether a text has a variable that a request fills in, an escape is not one.
pub(super) fn is_open(text: &str) -> bool {
    let escapes = ["${*}", "${?}", "${$}"];
    text.match_indices("${")
        .any(|(at, _)| !escapes.iter().any(|escape| text.get(at..).is_some_and(|rest| rest.starts_with(escape))))
}

/// The text with `*` for each variable: what it may become.
pub(super) fn opened(text: &str) -> Cow<'_, str> {
    if !has_variable(text) {
        return Cow::Borrowed(text);
    }
    let mut opened = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        opened.push_str(before);
        opened.push('*');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    opened.push_str(rest);
    Cow::Owned(opened)
}

/// Reports what is wrong with the variables where variables are expanded.
pub(super) fn check(text: &str, path: &Path, policy: &Outline<'_>, report: &mut Report) {
    if !has_variable(text) {
        return;
    }
    if policy.version != Some(Version::V2012) {
        let details =
            format!("{text} is plain text in a policy of version 2008-10-17: nothing is put in the place of the variable.");
        report.add(IssueCode::VariableUnsupportedInVersion, path, details);
        return;
    }
    for (at, _) in text.match_indices("${") {
        let after = text.get(at + 2..).unwrap_or_default();
        match after.split_once('}') {
            Some((inside, _)) => check_inside(inside, path, report),
            None => report.add(IssueCode::MissingBraceInVariable, path, format!("The variable ${{{after} has no closing brace.")),
        }
    }
}

fn check_inside(inside: &str, path: &Path, report: &mut Report) {
    if matches!(inside, "*" | "?" | "$") {
        return;
    }
    let (name, default) = inside.split_once(',').map_or((inside, None), |(name, default)| (name, Some(default.trim())));
    if name.trim().is_empty() {
        report.add(IssueCode::EmptyVariable, path, format!("The variable ${{{inside}}} has no name."));
    } else if name.contains(char::is_whitespace) {
        report.add(IssueCode::UnsupportedSpaceInVariable, path, format!("The name of the variable ${{{inside}}} has a space."));
    }
    let quoted = |default: &str| default.len() >= 2 && default.starts_with('\'') && default.ends_with('\'');
    if default.is_some_and(|default| !quoted(default)) {
        report.add(
            IssueCode::MissingQuoteInVariable,
            path,
            format!("The default value in ${{{inside}}} is not between single quotes."),
        );
    }
}

/// Reports a variable in an element that does not expand it.
pub(super) fn refuse(text: &str, path: &Path, element: &str, report: &mut Report) {
    if has_variable(text) {
        let details = format!("{text} has a variable, which {element} does not expand.");
        report.add(IssueCode::VariableUnsupportedInElement, path, details);
    }
}
