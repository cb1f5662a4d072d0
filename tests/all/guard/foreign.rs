//! No operation reaches into another account: every argument of the schema that names something is given what belongs to
//! another account, one after the other, and nothing of it comes back. The operations and their arguments are read from the
//! schema itself: a new one takes part, or the test says which argument it has to learn.
//! `UPDATE_EXPECT=1` writes `tests/golden/other-account.txt` anew.

use std::fmt::Write as _;

use chancery_domain::State;
use chancery_engine::{Caller, Request};
use chancery_graphql::{Door, DoorConfig};
use expect_test::expect_file;
use serde_json::{Value, json};

use self::{
    probe::{Probe, probes},
    schema::Schema,
    tenants::{MARK, Tenants},
};

mod probe;
mod schema;
mod tenants;
mod words;

const LEGEND: &str = "\
# What an administrator of one account gets for each argument that names something, when it names what is another account's
# and everything else is its own: made by tests/all/guard/foreign.rs from the schema. The caller is root of a member of an
# organization which the other account manages.
#
# null     there is no such thing, as far as the caller is told
# answers  an answer without anything of the other account: a list without it, a decision, or what is the caller's own

";

/// A request through the door: the answer and what it is.
async fn send(door: &Door, caller: Option<&Caller>, query: &str, variables: &Value) -> Value {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let answer = door.execute(caller.cloned(), Request::local(), body.as_bytes()).await;
    serde_json::from_slice(&answer.body).unwrap()
}

/// What an answer came to, in a word.
fn outcome(answer: &Value) -> String {
    if let Some(code) = answer["errors"][0]["extensions"]["code"].as_str() {
        return code.to_owned();
    }
    assert_eq!(answer.get("errors"), None, "{answer}");
    let mut shown = &answer["data"];
    while let Some(fields) = shown.as_object().filter(|fields| fields.len() == 1) {
        shown = fields.values().next().unwrap();
    }
    let none = shown.is_null() || shown.as_array().is_some_and(|all| all.iter().all(Value::is_null));
    if none { "null" } else { "answers" }.to_owned()
}

/// Nothing of the other account is in an answer but what the question itself said.
fn check_silent(probe: &Probe, answer: &Value, tenants: &Tenants) {
    let said = probe.foreign.as_str().map_or_else(|| probe.foreign.to_string(), str::to_owned);
    let heard = answer.to_string().replace(&said, "…");
    for mark in [MARK, &format!("arn:aws:iam::{}", tenants.victim), &tenants.user_id] {
        assert!(!heard.contains(mark), "{}: `{mark}` in {answer}\n{}", probe.label, probe.query);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_another_account_comes_back() {
    let tenants = Tenants::move_in().await;
    let door = Door::new(tenants.office.engine.clone(), DoorConfig::default());
    let schema = Schema::ask(&door, &tenants.caller).await;
    let before = victims(&*tenants.office.state().await, &tenants);
    let mut table = LEGEND.to_owned();
    let all = probes(&schema, &tenants);
    assert!(all.len() > 100, "{}", all.len());
    for probe in &all {
        let answer = send(&door, Some(&tenants.caller), &probe.query, &probe.variables).await;
        let outcome = outcome(&answer);
        assert_ne!(outcome, "GraphQLValidation", "{}: {answer}\n{} {}", probe.label, probe.query, probe.variables);
        check_silent(probe, &answer, &tenants);
        assert!(!probe.label.starts_with("Query.node") || outcome == "null", "{}: {answer}", probe.label);
        writeln!(table, "{}: {outcome}", probe.label).unwrap();
    }
    assert_eq!(victims(&*tenants.office.state().await, &tenants), before, "the other account is as it was");
    expect_file!["../../golden/other-account.txt"].assert_eq(&table);
}

/// What there is of the other account.
fn victims(state: &State, tenants: &Tenants) -> impl PartialEq + std::fmt::Debug + use<> {
    (state.accounts[&tenants.victim].clone(), state.organization.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_nothing_is_answered() {
    let tenants = Tenants::move_in().await;
    let door = Door::new(tenants.office.engine.clone(), DoorConfig::default());
    let schema = Schema::ask(&door, &tenants.caller).await;
    let head = tenants.office.engine.head();
    // These are how one comes by a session.
    let open = |probe: &Probe| ["Mutation.signIn", "Mutation.answerChallenge"].iter().any(|one| probe.label.starts_with(one));
    for probe in probes(&schema, &tenants).iter().filter(|probe| !open(probe)) {
        let answer = send(&door, None, &probe.query, &probe.variables).await;
        assert!(
            !["answers", "null"].contains(&outcome(&answer).as_str()) || answer["data"].is_null(),
            "{}: {answer}",
            probe.label
        );
        assert!(!answer.to_string().contains(&tenants.user_id), "{}", probe.label);
    }
    assert_eq!(tenants.office.engine.head(), head);
}

/// A decision tells what a request would; the words of a policy that another account keeps it does not tell.
#[tokio::test(flavor = "multi_thread")]
async fn reasons_leave_out_what_another_account_s_policies_say() {
    let tenants = Tenants::move_in().await;
    let door = Door::new(tenants.office.engine.clone(), DoorConfig::default());
    let query = "query($principal: String!, $action: String!, $resource: String!) {
        authorize(principal: $principal, action: $action, resource: $resource) {
            decision missingContextKeys nearMisses { statement { sid } } determiningStatements { sid } text } }";
    let principal = tenants.value(words::Thing::Principal, words::Whose::Own);
    for (account, mark, told) in [(tenants.victim, MARK, false), (tenants.caller.account(), "mine", true)] {
        let role = format!("arn:aws:iam::{account}:role/{mark}-role");
        let queue = format!("arn:aws:sqs:eu-west-1:{account}:{mark}-jobs");
        for (action, resource, sid) in [("sts:AssumeRole", role, "3"), ("sqs:SendMessage", queue, "2")] {
            let variables = json!({ "principal": principal, "action": action, "resource": resource });
            let answer = send(&door, Some(&tenants.caller), query, &variables).await;
            let decision = &answer["data"]["authorize"];
            assert_eq!(decision["decision"], "IMPLICITLY_DENIED", "{answer}");
            assert_eq!(decision["nearMisses"].to_string().contains(&format!("{mark}{sid}")), told, "{answer}");
            assert_eq!(decision["missingContextKeys"].as_array().unwrap().is_empty(), !told, "{answer}");
            let rest = answer.to_string().replace(&resource, "…");
            assert_eq!(rest.contains(&format!("{mark}-")) && rest.contains("StringEquals"), told, "{answer}");
        }
    }
}
