//! Cedar: every statement a policy, every user a policy set of those that are relevant, as whoever keeps policies by principal does.
//!
//! Wildcards of actions are written out, since Cedar's actions are entities. The resource is matched with `like`, for which its ARN
//! is in the context, and so are the other keys; an address is an `ip` made beforehand, the time is seconds, so that nothing is
//! parsed at a decision but Cedar's own literals.

use std::collections::{BTreeMap, btree_map::Entry};

use anyhow::{Context as _, bail};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityId, EntityTypeName, EntityUid, Policy, PolicyId, PolicySet, Request, Response,
    RestrictedExpression,
};
use chancery_policy::Outcome;

use crate::{
    authz_workload::{Question, Workload},
    decide::{Condition, Decider, Effect, Statement, Statements, service_of},
};

/// Cedar with a policy set for each question.
pub(crate) struct Cedar {
    authorizer: Authorizer,
    entities: Entities,
    sets: Vec<PolicySet>,
    /// The set of each question.
    set_of: Vec<usize>,
    requests: Vec<Request>,
}

impl Cedar {
    /// With the policies that are relevant to a user; of those only the ones of the action's service if `of_service`.
    pub(crate) fn new(workload: &Workload, statements: &Statements<'_>, of_service: bool) -> anyhow::Result<Self> {
        let policies = statements.all().map(|statement| Ok((statement.id.as_str(), policy(statement)?)));
        let policies: BTreeMap<&str, Policy> = policies.collect::<anyhow::Result<_>>()?;
        let mut cedar = Self {
            authorizer: Authorizer::new(),
            entities: Entities::empty(),
            sets: Vec::new(),
            set_of: Vec::new(),
            requests: Vec::new(),
        };
        let mut made = BTreeMap::new();
        for question in &workload.questions {
            let service = of_service.then(|| service_of(&question.action));
            let number = match made.entry((&question.principal, service)) {
                Entry::Occupied(made) => *made.get(),
                Entry::Vacant(free) => {
                    let mut set = PolicySet::new();
                    let relevant = statements.relevant(&question.principal)?.into_iter();
                    for statement in relevant.filter(|statement| service.is_none_or(|service| service == statement.service)) {
                        // Two groups of a user may have the same policy.
                        if set.policy(&PolicyId::new(&statement.id)).is_none() {
                            set.add(policies.get(statement.id.as_str()).context("no such policy")?.clone())?;
                        }
                    }
                    cedar.sets.push(set);
                    *free.insert(cedar.sets.len() - 1)
                }
            };
            cedar.set_of.push(number);
            cedar.requests.push(request(question)?);
        }
        Ok(cedar)
    }
}

impl Decider for Cedar {
    type Request = Request;
    type Answer = Response;

    fn request(&self, question: usize) -> anyhow::Result<Request> {
        self.requests.get(question).cloned().context("no such question")
    }

    fn decide(&mut self, question: usize, request: &mut Request) -> anyhow::Result<Response> {
        let set = self.set_of.get(question).and_then(|number| self.sets.get(*number)).context("no such question")?;
        Ok(self.authorizer.is_authorized(request, set, &self.entities))
    }

    fn is(&self, answer: &Response, expected: Outcome) -> bool {
        let diagnostics = answer.diagnostics();
        let outcome = match answer.decision() {
            Decision::Allow => Outcome::Allowed,
            // Only a policy that forbids is the reason of a denial.
            Decision::Deny if diagnostics.reason().next().is_some() => Outcome::ExplicitlyDenied,
            Decision::Deny => Outcome::ImplicitlyDenied,
        };
        outcome == expected && diagnostics.errors().next().is_none()
    }
}

fn policy(statement: &Statement) -> anyhow::Result<Policy> {
    let effect = match statement.effect {
        Effect::Allow => "permit",
        Effect::Deny => "forbid",
    };
    let actions: Vec<_> = statement.actions.iter().map(|action| format!("Action::{action:?}")).collect();
    let resources: Vec<_> = statement.resources.iter().map(|pattern| format!("context.resource like {pattern:?}")).collect();
    let condition = match &statement.condition {
        None => String::new(),
        Some(Condition::Team(team)) => format!(" && context.team == {team:?}"),
        Some(Condition::Network(network)) => format!(" && context.ip.isInRange(ip({network:?}))"),
        Some(Condition::Before(time)) => format!(" && context.now < {}", seconds(time)?),
        Some(Condition::Mfa) => " && context.mfa".to_owned(),
    };
    let (actions, resources) = (actions.join(", "), resources.join(" || "));
    let text = format!("{effect}(principal, action in [{actions}], resource) when {{ ({resources}){condition} }};");
    Policy::parse(Some(PolicyId::new(&statement.id)), &text).with_context(|| text)
}

fn request(question: &Question) -> anyhow::Result<Request> {
    let text = |value: &str| RestrictedExpression::new_string(value.to_owned());
    let context = [
        ("resource", text(&question.resource)),
        ("team", text(question.value("aws:PrincipalTag/team")?)),
        ("ip", RestrictedExpression::new_ip(question.value("aws:SourceIp")?)),
        ("now", RestrictedExpression::new_long(seconds(question.value("aws:CurrentTime")?)?)),
        ("mfa", RestrictedExpression::new_bool(question.value("aws:MultiFactorAuthPresent")? == "true")),
    ];
    let context = Context::from_pairs(context.map(|(key, value)| (key.to_owned(), value)))?;
    let principal = entity("User", &question.principal)?;
    let request =
        Request::new(principal, entity("Action", &question.action)?, entity("Resource", &question.resource)?, context, None);
    Ok(request?)
}

fn entity(kind: &str, id: &str) -> anyhow::Result<EntityUid> {
    Ok(EntityUid::from_type_name_and_id(kind.parse::<EntityTypeName>()?, EntityId::new(id)))
}

/// Seconds since 1970 of the times that the workload has.
fn seconds(time: &str) -> anyhow::Result<i64> {
    Ok(match time {
        "2024-01-01T00:00:00Z" => 1_704_067_200,
        "2025-06-01T12:00:00Z" => 1_748_779_200,
        "2026-01-01T00:00:00Z" => 1_767_225_600,
        other => bail!("the time {other}"),
    })
}
