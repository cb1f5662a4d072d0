//! The statements of the workload as the translations for peers start from them.
//!
//! Nothing is left out in silence: an operator, a key or a wildcard that a translation does not know is an error.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;

use crate::authz_workload::Workload;

/// The statements of every document, by its name.
pub(crate) struct Statements<'a> {
    workload: &'a Workload,
    documents: BTreeMap<String, Vec<Statement>>,
}

/// A statement.
#[derive(Debug)]
pub(crate) struct Statement {
    /// A name that no other has.
    pub(crate) id: String,
    pub(crate) effect: Effect,
    /// The service of its actions: no statement names two.
    pub(crate) service: String,
    /// The patterns of its actions, `*` being the only wildcard.
    pub(crate) action_patterns: Vec<String>,
    /// Every action of the workload that a pattern matches.
    pub(crate) actions: Vec<String>,
    /// The patterns of its resources, `*` being the only wildcard.
    pub(crate) resources: Vec<String>,
    pub(crate) condition: Option<Condition>,
}

/// What it does when it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum Effect {
    Allow,
    Deny,
}

/// The condition of a statement: none has two.
#[derive(Debug)]
pub(crate) enum Condition {
    /// `StringEquals` of the principal's tag `team`.
    Team(String),
    /// `IpAddress` of the source.
    Network(String),
    /// `DateLessThan` of the time, ISO 8601 in UTC.
    Before(String),
    /// `Bool` of multi-factor authentication, true.
    Mfa,
}

#[derive(Deserialize)]
struct Policy {
    #[serde(rename = "Statement")]
    statements: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Written {
    sid: String,
    effect: Effect,
    action: Vec<String>,
    resource: Vec<String>,
    #[serde(default)]
    condition: BTreeMap<String, BTreeMap<String, String>>,
}

impl<'a> Statements<'a> {
    pub(crate) fn of(workload: &'a Workload) -> anyhow::Result<Self> {
        let mut documents = BTreeMap::new();
        for (name, text) in workload.documents() {
            let policy: Policy = serde_json::from_str(text)?;
            let statements = policy.statements.into_iter().map(|written| written.read(name, &workload.actions));
            documents.insert(name.to_owned(), statements.collect::<anyhow::Result<_>>()?);
        }
        Ok(Self { workload, documents })
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Statement> {
        self.documents.values().flatten()
    }

    /// Those that are relevant to a user.
    pub(crate) fn relevant(&self, user: &str) -> anyhow::Result<Vec<&Statement>> {
        let names = self.workload.relevant(user)?;
        Ok(names.into_iter().filter_map(|name| self.documents.get(name)).flatten().collect())
    }
}

impl Written {
    fn read(self, document: &str, actions: &[String]) -> anyhow::Result<Statement> {
        let id = format!("{document}.{}", self.sid);
        let strange = |pattern: &&String| pattern.contains(['?', '[', ']', '{', '}', '\\', '"', '|', '$']);
        if let Some(pattern) = self.action.iter().chain(&self.resource).find(strange) {
            bail!("{id}: the pattern {pattern} is not one of `*` alone");
        }
        let (service, _) =
            self.action.first().and_then(|action| action.split_once(':')).context("a statement without actions")?;
        ensure!(self.action.iter().all(|action| service_of(action) == service), "{id}: two services");
        ensure!(self.condition.len() <= 1, "{id}: two conditions");
        let matched = actions.iter().filter(|action| self.action.iter().any(|pattern| matches(pattern, action)));
        Ok(Statement {
            effect: self.effect,
            service: service.to_owned(),
            actions: matched.cloned().collect(),
            condition: self.condition.into_iter().next().map(condition).transpose().with_context(|| id.clone())?,
            action_patterns: self.action,
            resources: self.resource,
            id,
        })
    }
}

fn condition((operator, keys): (String, BTreeMap<String, String>)) -> anyhow::Result<Condition> {
    ensure!(keys.len() == 1, "{operator} has {} keys", keys.len());
    let (key, value) = keys.into_iter().next().context("no key")?;
    Ok(match (operator.as_str(), key.as_str()) {
        ("StringEquals", "aws:PrincipalTag/team") => Condition::Team(value),
        ("IpAddress", "aws:SourceIp") => Condition::Network(value),
        ("DateLessThan", "aws:CurrentTime") => Condition::Before(value),
        ("Bool", "aws:MultiFactorAuthPresent") if value == "true" => Condition::Mfa,
        _ => bail!("no peer has been taught {operator} of {key} = {value}"),
    })
}

/// The service of an action.
pub(crate) fn service_of(action: &str) -> &str {
    action.split_once(':').map_or(action, |(service, _)| service)
}

/// Whether a pattern, in which `*` stands for any text, matches all of a text.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let Some((middle, end)) = rest.rsplit_once('*') else { return text.ends_with(rest) };
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        let Some((_, after)) = text.split_once(part) else { return false };
        text = after;
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_text() {
        let cases = [
            ("s3:Get*", "s3:GetObject", true),
            ("s3:Get*", "s3:PutObject", false),
            ("a*b", "ab", true),
            ("a*a", "a", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "abbc", true),
            ("a*b*c", "a1c", false),
            ("*", "", true),
            ("a**b", "axb", true),
            ("*b*", "abc", true),
            ("ab", "abc", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
