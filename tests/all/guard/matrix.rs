//! The golden matrix: every command and every read of the catalogue, on the resources that matter, by everybody who is
//! typical. `UPDATE_EXPECT=1` writes `tests/golden/authorization.txt` anew: read the difference before you commit it.

use std::{collections::BTreeSet, fmt::Write as _};

use chancery_domain::{Asked, Command, Read, State};
use chancery_engine::{AccessQuestion, Caller, EngineError};
use chancery_graphql::MUTATIONS;
use chancery_model::{AccountId, Arn};
use expect_test::expect_file;

use self::{
    cast::{Column, Stage},
    rows::{commands, resources},
};

pub(super) mod cast;
mod rows;

const LEGEND: &str = "\
# Who may what of Chancery's own API: made by tests/all/guard/matrix.rs from the catalogue, through the engine; a command
# that is authorized and then refused by the domain counts as allowed. `UPDATE_EXPECT=1 cargo test -p chancery-tests
# guard::matrix` writes this file anew.
#
# +           allowed
# identity    no identity-based policy allows it         DENY        an explicit deny in an identity-based policy
# boundary    no permissions boundary allows it          SCP         an explicit deny in a service control policy
# resource    no resource-based policy allows it, and the caller is of another account, or nobody
# operator    only the operator of the machine may       system      only Chancery itself may
# … PassRole  the action itself is allowed, and passing the role is not
#
# The columns:
";

/// Why somebody may not, in a word.
fn word(reason: &str) -> &'static str {
    const WORDS: [(&str, &str); 8] = [
        ("because no identity-based policy allows", "identity"),
        ("with an explicit deny in an identity-based policy", "DENY"),
        ("because no permissions boundary allows", "boundary"),
        ("with an explicit deny in a service control policy", "SCP"),
        ("because no service control policy allows", "scp"),
        ("because no resource-based policy allows", "resource"),
        ("because only the operator of the machine may", "operator"),
        ("because only Chancery itself takes this action", "system"),
    ];
    let found = WORDS.iter().find(|(begin, _)| reason.starts_with(begin));
    found.unwrap_or_else(|| panic!("a reason without a word: {reason}")).1
}

/// What came of an attempt: allowed, or who stopped it.
fn cell<T>(answer: Result<T, EngineError>, action: &str) -> String {
    match answer {
        Ok(_) | Err(EngineError::Rejected(_)) => "+".to_owned(),
        Err(EngineError::Denied(denied)) if denied.action == action => word(&denied.reason).to_owned(),
        Err(EngineError::Denied(denied)) => {
            let (_, besides) = denied.action.split_once(':').unwrap();
            format!("{} {besides}", word(&denied.reason))
        }
        Err(other) => panic!("{action}: {other}"),
    }
}

impl Stage {
    /// A command by somebody.
    async fn command(&self, column: &Column, make: &dyn Fn(AccountId) -> Command, action: &str) -> String {
        match column {
            Column::Caller(caller) => cell(self.office.attempt_one(caller, make(caller.account())).await, action),
            Column::Outsider(asking, principal) => {
                let state = self.office.state().await;
                let asked = make(self.here).asked(&state.accounts[&self.here], &state.aws);
                self.outsider(asking, principal, &asked).await
            }
        }
    }

    /// A read by somebody.
    async fn read(&self, column: &Column, read: Read, resource: &dyn Fn(AccountId) -> Arn) -> String {
        let (service, action) = read.permission();
        match column {
            Column::Caller(caller) => {
                let reader = self.office.engine.read(caller, None).await.unwrap();
                cell(reader.authorize(read, &resource(caller.account())), &format!("{service}:{action}"))
            }
            Column::Outsider(asking, principal) => {
                let keys = chancery_policy::RequestContext::new();
                let asked = [Asked { service, action, resource: resource(self.here), keys }];
                self.outsider(asking, principal, &asked).await
            }
        }
    }

    /// What policies say of somebody who is not of the account; no session lets such a caller ask for it.
    async fn outsider(&self, asking: &Caller, principal: &str, asked: &[Asked]) -> String {
        let reader = self.office.engine.read(asking, None).await.unwrap();
        let proof = reader.authorize(Read::Authorize, &Arn::root(asking.account())).unwrap();
        for one in asked {
            let whole = one.resource == Arn::root(self.here);
            let question = AccessQuestion {
                principal,
                action: &format!("{}:{}", one.service, one.action),
                resource: if whole { "*" } else { one.resource.as_str() },
                resource_account: Some(self.here),
                context: &one.keys,
            };
            if let Some(reason) = reader.explain(&proof, &question).unwrap().reason {
                return word(&reason).to_owned();
            }
        }
        "+".to_owned()
    }
}

/// What a row is called: the action, the resource without its account, and the conditions' keys that tell it apart.
fn label(asked: &Asked, here: AccountId) -> String {
    let mut label = format!("{}:{} {}", asked.service, asked.action, short(&asked.resource, here));
    if let Some(chancery_policy::Values::One(boundary)) =
        chancery_policy::Context::get(&asked.keys, &"iam:PermissionsBoundary".into())
    {
        write!(label, " within {}", boundary.rsplit('/').next().unwrap()).unwrap();
    }
    label
}

fn short(resource: &Arn, here: AccountId) -> String {
    match resource.service() {
        _ if *resource == Arn::root(here) => "*".to_owned(),
        "iam" => resource.resource().to_owned(),
        // Their ids are drawn.
        "organizations" => resource.resource().split('/').next().unwrap().to_owned(),
        _ => resource.as_str().replace(&here.to_string(), "ACCOUNT"),
    }
}

/// One line of the table.
type Row = (String, Vec<String>);

fn table(stage: &Stage, rows: &[Row]) -> String {
    let names: Vec<&str> = stage.columns.iter().map(|(name, _, _)| *name).collect();
    let first = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap();
    let widths: Vec<usize> = (0..names.len())
        .map(|at| rows.iter().map(|(_, cells)| cells[at].len()).chain([names[at].len()]).max().unwrap())
        .collect();
    let mut out = LEGEND.to_owned();
    for (name, _, about) in &stage.columns {
        writeln!(out, "# {name:<11} {about}").unwrap();
    }
    let line = |label: &str, cells: &[String]| {
        let cells: String = cells.iter().zip(&widths).map(|(cell, width)| format!("  {cell:<width$}")).collect();
        format!("{label:<first$}{cells}").trim_end().to_owned() + "\n"
    };
    out.push('\n');
    out.push_str(&line("", &names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()));
    rows.iter().for_each(|(label, cells)| out.push_str(&line(label, cells)));
    out
}

async fn command_rows(stage: &Stage, state: &State) -> Vec<Row> {
    let mut rows = Vec::new();
    for make in commands(state) {
        let sample = make(stage.here);
        let asked = sample.asked(&state.accounts[&stage.here], &state.aws).remove(0);
        let action = format!("{}:{}", asked.service, asked.action);
        let mut cells = Vec::new();
        for (_, column, _) in &stage.columns {
            cells.push(stage.command(column, &*make, &action).await);
        }
        rows.push((label(&asked, stage.here), cells));
    }
    rows
}

async fn read_rows(stage: &Stage, state: &State) -> Vec<Row> {
    let mut rows = Vec::new();
    for read in Read::ALL {
        for resource in resources(*read, state) {
            let (service, action) = read.permission();
            let mut cells = Vec::new();
            for (_, column, _) in &stage.columns {
                cells.push(stage.read(column, *read, &*resource).await);
            }
            rows.push((format!("{service}:{action} {}", short(&resource(stage.here), stage.here)), cells));
        }
    }
    rows
}

/// What no blessing makes right.
fn check_sense(stage: &Stage, commands: &[Row], reads: &[Row]) {
    let column = |name: &str| stage.columns.iter().position(|(known, _, _)| *known == name).unwrap();
    let allowed = |rows: &[Row], name: &str| -> Vec<String> {
        let at = column(name);
        rows.iter().filter(|(_, cells)| cells[at] == "+").map(|(label, _)| label.clone()).collect()
    };
    for name in ["nobody", "stranger", "anonymous"] {
        assert_eq!(allowed(commands, name).len() + allowed(reads, name).len(), 0, "{name}");
    }
    for name in ["IAMReadOnly", "ReadOnly", "SecAudit"] {
        assert_eq!(allowed(commands, name), Vec::<String>::new(), "{name}");
        assert!(allowed(reads, name).len() > 20, "{name}");
    }
    for label in allowed(commands, "self").iter().chain(&allowed(reads, "self")) {
        assert!(label.ends_with("user/self"), "self: {label}");
    }
    for label in allowed(commands, "delegate") {
        assert!(label.contains("team/"), "delegate: {label}");
    }
    assert_eq!(allowed(commands, "operator").len() + 1, commands.len(), "all but what only Chancery itself does");
}

/// Every command of the catalogue has a row: those that GraphQL has, and those that it has for good reasons not.
fn check_whole(state: &State, here: AccountId) {
    let variant = |command: Command| format!("{command:?}").split(['(', ' ']).next().unwrap().to_owned();
    let tried: BTreeSet<String> = commands(state).iter().map(|make| variant(make(here))).collect();
    let elsewhere = include_str!("../../golden/not-in-graphql.txt").lines().filter(|line| !line.starts_with('#'));
    let elsewhere = elsewhere.map(|line| line.split_once(':').unwrap().0);
    let all: BTreeSet<String> = MUTATIONS.iter().map(|(command, _)| *command).chain(elsewhere).map(str::to_owned).collect();
    assert_eq!(all.difference(&tried).collect::<Vec<_>>(), Vec::<&String>::new(), "commands without a row");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_what_of_our_own() {
    let stage = Stage::set().await;
    let state = stage.office.state().await;
    check_whole(&state, stage.here);
    let (commands, reads) = (command_rows(&stage, &state).await, read_rows(&stage, &state).await);
    check_sense(&stage, &commands, &reads);
    let rows: Vec<Row> = commands.into_iter().chain(reads).collect();
    expect_file!["../../golden/authorization.txt"].assert_eq(&table(&stage, &rows));
}
