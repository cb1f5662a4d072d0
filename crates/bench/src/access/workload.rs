//! The account and the questions of `data/authz_workload.json`, with the right answers.

use std::collections::BTreeMap;

use anyhow::bail;
use chancery_engine::AccessQuestion;
use chancery_model::AccountId;
use chancery_policy::{Outcome, RequestContext};
use serde::Deserialize;
use serde_json::value::RawValue;

const JSON: &str = include_str!("../../data/authz_workload.json");
/// The account in whose ARNs it is written.
const ACCOUNT: &str = "123456789012";

/// The account.
#[derive(Deserialize)]
pub(crate) struct Workload {
    pub(crate) managed: BTreeMap<String, Box<RawValue>>,
    pub(crate) groups: BTreeMap<String, Holder>,
    pub(crate) users: BTreeMap<String, User>,
    requests: Vec<Question>,
}

/// The policies of a group.
#[derive(Deserialize)]
pub(crate) struct Holder {
    pub(crate) inline: BTreeMap<String, Box<RawValue>>,
    pub(crate) managed: Vec<String>,
}

/// A user.
#[derive(Deserialize)]
pub(crate) struct User {
    pub(crate) team: String,
    pub(crate) groups: Vec<String>,
    pub(crate) inline: BTreeMap<String, Box<RawValue>>,
    pub(crate) managed: Vec<String>,
}

#[derive(Deserialize)]
struct Question {
    principal: String,
    action: String,
    resource: String,
    context: BTreeMap<String, String>,
    expect: String,
}

/// A question, laid out for the engine.
pub(crate) struct Asked {
    pub(crate) principal: String,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) context: RequestContext,
    pub(crate) expected: Outcome,
}

impl Workload {
    pub(crate) fn read() -> anyhow::Result<Self> {
        Ok(serde_json::from_str(JSON)?)
    }

    /// The questions, in an account of another number.
    pub(crate) fn asked(&self, account: AccountId) -> anyhow::Result<Vec<Asked>> {
        self.requests.iter().map(|question| question.asked(account)).collect()
    }
}

/// A text with the number of another account.
pub(crate) fn moved(text: &str, account: AccountId) -> String {
    text.replace(ACCOUNT, &account.to_string())
}

impl Question {
    fn asked(&self, account: AccountId) -> anyhow::Result<Asked> {
        let mut context = RequestContext::new();
        for (key, value) in &self.context {
            context.insert(key.as_str(), value.as_str());
        }
        let expected = match self.expect.as_str() {
            "allow" => Outcome::Allowed,
            "implicit_deny" => Outcome::ImplicitlyDenied,
            "explicit_deny" => Outcome::ExplicitlyDenied,
            other => bail!("an answer {other}"),
        };
        Ok(Asked {
            principal: format!("arn:aws:iam::{account}:user/{}", self.principal),
            action: self.action.clone(),
            resource: moved(&self.resource, account),
            context,
            expected,
        })
    }
}

impl Asked {
    pub(crate) fn question(&self) -> AccessQuestion<'_> {
        AccessQuestion {
            principal: &self.principal,
            action: &self.action,
            resource: &self.resource,
            resource_account: None,
            context: &self.context,
        }
    }
}
