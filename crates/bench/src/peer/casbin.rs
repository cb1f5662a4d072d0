//! casbin: every user an enforcer with the rules that are relevant, one rule a statement.
//!
//! Patterns and networks are matched by functions in Rust: casbin's own `keyMatch` knows a `*` only at the end, and its other
//! functions compile a regular expression at every call. A condition is a column, read only where all else matches. casbin tells allowed from
//! denied and no more, so that both kinds of denial count as right.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    mem,
    net::IpAddr,
};

use anyhow::Context as _;
use casbin::{
    CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi,
    function_map::OperatorFunction,
    rhai::{Dynamic, ImmutableString},
};
use chancery_policy::Outcome;

use crate::{
    authz_workload::{Question, Workload},
    decide::{Condition, Decider, Effect, Statement, Statements, matches},
};

const MODEL: &str = r#"
[request_definition]
r = act, obj, team, ip, now, mfa

[policy_definition]
p = eft, act, obj, cond

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = like(r.act, p.act) && like(r.obj, p.obj) && (p.cond == "" || holds(p.cond, r.team, r.ip, r.now, r.mfa))
"#;
/// Between the patterns of a rule.
const OR: char = '|';

/// casbin with an enforcer for each user.
pub(crate) struct Casbin {
    enforcers: Vec<Enforcer>,
    /// The enforcer of each question.
    enforcer_of: Vec<usize>,
    requests: Vec<Vec<ImmutableString>>,
}

impl Casbin {
    pub(crate) fn new(workload: &Workload, statements: &Statements<'_>) -> anyhow::Result<Self> {
        let runtime = crate::workload::runtime()?;
        let model = runtime.block_on(DefaultModel::from_str(MODEL))?;
        let mut casbin = Self { enforcers: Vec::new(), enforcer_of: Vec::new(), requests: Vec::new() };
        let mut made = BTreeMap::new();
        for question in &workload.questions {
            let number = match made.entry(&question.principal) {
                Entry::Occupied(made) => *made.get(),
                Entry::Vacant(free) => {
                    let rules = statements.relevant(&question.principal)?.into_iter().map(rule).collect();
                    casbin.enforcers.push(runtime.block_on(enforcer(model.clone(), rules))?);
                    *free.insert(casbin.enforcers.len() - 1)
                }
            };
            casbin.enforcer_of.push(number);
            casbin.requests.push(request(question)?);
        }
        Ok(casbin)
    }
}

impl Decider for Casbin {
    type Request = Vec<ImmutableString>;
    type Answer = bool;

    fn request(&self, question: usize) -> anyhow::Result<Vec<ImmutableString>> {
        self.requests.get(question).cloned().context("no such question")
    }

    fn decide(&mut self, question: usize, request: &mut Vec<ImmutableString>) -> anyhow::Result<bool> {
        let number = self.enforcer_of.get(question).context("no such question")?;
        Ok(self.enforcers.get(*number).context("no such enforcer")?.enforce(mem::take(request))?)
    }

    fn is(&self, answer: &bool, expected: Outcome) -> bool {
        *answer == (expected == Outcome::Allowed)
    }
}

async fn enforcer(model: DefaultModel, rules: Vec<Vec<String>>) -> anyhow::Result<Enforcer> {
    let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
    enforcer.add_function("like", OperatorFunction::Arg2(|text, patterns| like(&text, &patterns).into()));
    let holds = |condition, team, ip, now, mfa| Dynamic::from(holds(&condition, &[team, ip, now, mfa]).unwrap_or(false));
    enforcer.add_function("holds", OperatorFunction::Arg5(holds));
    enforcer.enable_auto_save(false);
    // Two groups of a user may have the same policy, and casbin takes no rule twice.
    for rule in rules {
        enforcer.add_policy(rule).await?;
    }
    Ok(enforcer)
}

fn rule(statement: &Statement) -> Vec<String> {
    let effect = match statement.effect {
        Effect::Allow => "allow",
        Effect::Deny => "deny",
    };
    let condition = match &statement.condition {
        None => String::new(),
        Some(Condition::Team(team)) => format!("team={team}"),
        Some(Condition::Network(network)) => format!("ip={network}"),
        Some(Condition::Before(time)) => format!("now={time}"),
        Some(Condition::Mfa) => "mfa=true".to_owned(),
    };
    let [actions, resources] = [&statement.action_patterns, &statement.resources].map(|patterns| patterns.join(&OR.to_string()));
    vec![effect.to_owned(), actions, resources, condition]
}

fn request(question: &Question) -> anyhow::Result<Vec<ImmutableString>> {
    let keys = ["aws:PrincipalTag/team", "aws:SourceIp", "aws:CurrentTime", "aws:MultiFactorAuthPresent"];
    let values = keys.into_iter().map(|key| question.value(key));
    let all = [Ok(question.action.as_str()), Ok(question.resource.as_str())].into_iter().chain(values);
    all.map(|value| value.map(ImmutableString::from)).collect()
}

fn like(text: &Dynamic, patterns: &Dynamic) -> bool {
    let (Ok(text), Ok(patterns)) = (text.as_immutable_string_ref(), patterns.as_immutable_string_ref()) else { return false };
    patterns.split(OR).any(|pattern| matches(pattern, &text))
}

/// Whether a condition holds. Times of one form compare as texts.
fn holds(condition: &Dynamic, request: &[Dynamic; 4]) -> Option<bool> {
    let condition = condition.as_immutable_string_ref().ok()?;
    let (key, wanted) = condition.split_once('=')?;
    let [team, ip, now, mfa] = request;
    let value = |value: &Dynamic, test: fn(&str, &str) -> bool| Some(test(&value.as_immutable_string_ref().ok()?, wanted));
    match key {
        "team" => value(team, |team, wanted| team == wanted),
        "ip" => value(ip, |address, network| contains(network, address).unwrap_or(false)),
        "now" => value(now, |now, wanted| now < wanted),
        "mfa" => value(mfa, |mfa, wanted| mfa == wanted),
        _ => None,
    }
}

fn contains(network: &str, address: &str) -> Option<bool> {
    let (network, bits) = network.split_once('/')?;
    let (IpAddr::V4(network), IpAddr::V4(address)) = (network.parse().ok()?, address.parse().ok()?) else { return None };
    let ignored = 32_u32.checked_sub(bits.parse().ok()?)?;
    let prefix = |address: u32| address.checked_shr(ignored).unwrap_or(0);
    Some(prefix(network.to_bits()) == prefix(address.to_bits()))
}
