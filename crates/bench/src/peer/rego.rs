//! Rego in regorus: one policy, and as data the statements that are relevant to each user, those that deny apart from those that
//! allow. All is parsed once, and regorus's cache of patterns is large enough to hold every one.
//!
//! Patterns are matched with `glob.match`. Whoever has a list of all actions can write their wildcards out beforehand and look an
//! action up instead; that is measured as well. regorus has a virtual machine beside its interpreter, which is slower on this
//! policy, and which does not take the `else` of a rule.

use std::{collections::BTreeMap, mem};

use anyhow::Context as _;
use chancery_policy::Outcome;
use regorus::{Engine, Value, cache};
use serde_json::{Value as Json, json};

use crate::{
    authz_workload::{Question, Workload},
    decide::{Condition, Decider, Effect, Statement, Statements},
};

const POLICY: &str = r#"
package authz
import rego.v1

default decision := "implicit_deny"

decision := "explicit_deny" if {
    some statement in data.users[input.principal].deny
    applies(statement)
} else := "allow" if {
    some statement in data.users[input.principal].allow
    applies(statement)
}

applies(statement) if {
    ACTION
    some pattern in statement.resources
    glob.match(pattern, null, input.resource)
    holds(statement)
}

holds(statement) if statement.condition == "none"
holds(statement) if { statement.condition == "team"; input.team == statement.value }
holds(statement) if { statement.condition == "network"; net.cidr_contains(statement.value, input.ip) }
holds(statement) if { statement.condition == "before"; input.now < statement.value }
holds(statement) if { statement.condition == "mfa"; input.mfa }
"#;
/// How an action is matched: by the patterns as they are written, or by looking it up where they have been written out.
const PATTERNS: &str = "some action in statement.actions; glob.match(action, null, input.action)";
const LOOK_UP: &str = "statement.actions[input.action]";
const DECISION: &str = "data.authz.decision";

/// regorus with all users' statements.
pub(crate) struct Rego {
    engine: Engine,
    requests: Vec<Value>,
}

impl Rego {
    /// With actions that are looked up if `written_out`.
    pub(crate) fn new(workload: &Workload, statements: &Statements<'_>, written_out: bool) -> anyhow::Result<Self> {
        cache::configure(cache::Config { glob: cache::Config::MAX_CAPACITY, ..cache::Config::default() });
        let mut engine = Engine::new();
        engine.add_policy("authz.rego".to_owned(), POLICY.replace("ACTION", if written_out { LOOK_UP } else { PATTERNS }))?;
        engine.add_data(Value::from_json_str(&data(workload, statements, written_out)?.to_string())?)?;
        let requests = workload.questions.iter().map(request).collect::<anyhow::Result<_>>()?;
        Ok(Self { engine, requests })
    }
}

impl Decider for Rego {
    type Request = Value;
    type Answer = Value;

    fn request(&self, question: usize) -> anyhow::Result<Value> {
        self.requests.get(question).cloned().context("no such question")
    }

    fn decide(&mut self, _question: usize, request: &mut Value) -> anyhow::Result<Value> {
        self.engine.set_input(mem::replace(request, Value::Undefined));
        self.engine.eval_rule(DECISION.to_owned())
    }

    fn is(&self, answer: &Value, expected: Outcome) -> bool {
        let right = match expected {
            Outcome::Allowed => "allow",
            Outcome::ImplicitlyDenied => "implicit_deny",
            Outcome::ExplicitlyDenied => "explicit_deny",
        };
        answer.as_string().is_ok_and(|said| said.as_ref() == right)
    }
}

/// The statements of everybody who is asked about.
fn data(workload: &Workload, statements: &Statements<'_>, written_out: bool) -> anyhow::Result<Json> {
    let mut users = BTreeMap::new();
    for question in &workload.questions {
        let relevant = statements.relevant(&question.principal)?;
        let of = |effect| {
            relevant.iter().filter(|statement| statement.effect == effect).map(|one| json_of(one, written_out)).collect()
        };
        let [allow, deny]: [Vec<_>; 2] = [Effect::Allow, Effect::Deny].map(of);
        users.insert(question.principal.as_str(), json!({ "allow": allow, "deny": deny }));
    }
    Ok(json!({ "users": users }))
}

fn json_of(statement: &Statement, written_out: bool) -> Json {
    let looked_up = || statement.actions.iter().map(|action| (action, true)).collect::<BTreeMap<_, _>>();
    let actions = if written_out { json!(looked_up()) } else { json!(statement.action_patterns) };
    let (condition, value) = match &statement.condition {
        None => ("none", ""),
        Some(Condition::Team(team)) => ("team", team.as_str()),
        Some(Condition::Network(network)) => ("network", network.as_str()),
        Some(Condition::Before(time)) => ("before", time.as_str()),
        Some(Condition::Mfa) => ("mfa", ""),
    };
    json!({ "actions": actions, "resources": statement.resources, "condition": condition, "value": value })
}

/// Times of one form compare as texts.
fn request(question: &Question) -> anyhow::Result<Value> {
    let request = json!({
        "principal": question.principal,
        "action": question.action,
        "resource": question.resource,
        "team": question.value("aws:PrincipalTag/team")?,
        "ip": question.value("aws:SourceIp")?,
        "now": question.value("aws:CurrentTime")?,
        "mfa": question.value("aws:MultiFactorAuthPresent")? == "true",
    });
    Value::from_json_str(&request.to_string())
}
