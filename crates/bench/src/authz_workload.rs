//! The account and the questions of `data/authz_workload.json`, with the right answers.

use std::collections::BTreeMap;

use anyhow::Context as _;
use chancery_engine::AccessQuestion;
use chancery_model::AccountId;
use chancery_policy::{Outcome, RequestContext};
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

const JSON: &str = include_str!("../data/authz_workload.json");
/// The account in whose ARNs it is written.
pub(crate) const ACCOUNT: &str = "123456789012";

/// The account.
#[derive(Deserialize)]
pub(crate) struct Workload {
    /// Every action that a question asks for.
    pub(crate) actions: Vec<String>,
    pub(crate) managed: BTreeMap<String, Box<RawValue>>,
    pub(crate) groups: BTreeMap<String, Holder>,
    pub(crate) users: BTreeMap<String, User>,
    #[serde(rename = "requests")]
    pub(crate) questions: Vec<Question>,
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

/// A question as it is written.
#[derive(Deserialize)]
pub(crate) struct Question {
    /// The name of a user.
    pub(crate) principal: String,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) context: BTreeMap<String, String>,
    #[serde(rename = "expect", deserialize_with = "outcome")]
    pub(crate) expected: Outcome,
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
    pub(crate) fn asked(&self, account: AccountId) -> Vec<Asked> {
        self.questions.iter().map(|question| question.asked(account)).collect()
    }

    /// Every document by its name.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (&str, &str)> {
        let groups = self.groups.values().map(|group| &group.inline);
        let inline = groups.chain(self.users.values().map(|user| &user.inline));
        inline.chain([&self.managed]).flatten().map(|(name, document)| (name.as_str(), document.get()))
    }

    /// The names of the documents that are relevant to a user: its own and those of its groups.
    pub(crate) fn relevant(&self, user: &str) -> anyhow::Result<Vec<&str>> {
        let user = self.users.get(user).with_context(|| format!("no user {user}"))?;
        let groups = user.groups.iter().filter_map(|name| self.groups.get(name));
        let holders = groups.map(|group| (&group.inline, &group.managed)).chain([(&user.inline, &user.managed)]);
        Ok(holders.flat_map(|(inline, managed)| inline.keys().chain(managed)).map(String::as_str).collect())
    }
}

/// A text with the number of another account.
pub(crate) fn moved(text: &str, account: AccountId) -> String {
    text.replace(ACCOUNT, &account.to_string())
}

impl Question {
    /// What is known of the request.
    pub(crate) fn context(&self) -> RequestContext {
        let mut context = RequestContext::new();
        for (key, value) in &self.context {
            context.insert(key.as_str(), value.as_str());
        }
        context
    }

    /// The value of a context key.
    pub(crate) fn value(&self, key: &str) -> anyhow::Result<&str> {
        self.context.get(key).map(String::as_str).with_context(|| format!("a question without {key}"))
    }

    fn asked(&self, account: AccountId) -> Asked {
        Asked {
            principal: format!("arn:aws:iam::{account}:user/{}", self.principal),
            action: self.action.clone(),
            resource: moved(&self.resource, account),
            context: self.context(),
            expected: self.expected,
        }
    }
}

fn outcome<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Outcome, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "allow" => Ok(Outcome::Allowed),
        "implicit_deny" => Ok(Outcome::ImplicitlyDenied),
        "explicit_deny" => Ok(Outcome::ExplicitlyDenied),
        other => Err(de::Error::custom(format!("an answer {other}"))),
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
