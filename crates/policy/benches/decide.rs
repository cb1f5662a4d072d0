//! `cargo bench -p chancery-policy`: decisions, explanations and compilation on one account's policies.
//!
//! The account has 1,000 users in 50 groups and 2,150 documents; 10 documents, 50 statements, are relevant to one request. The
//! 2,000 requests carry their answers, which a plain evaluator gave that shares no code with this crate: one wrong answer and
//! the run fails. Peers on the same workload are in `crates/bench`.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads its workload and the clock; the crate itself does not")]

use std::{collections::BTreeMap, error::Error, fs, hint::black_box, time::Instant};

use chancery_policy::{Caller, CompiledPolicy, Document, Kind, Outcome, Policies, Request, RequestContext, authorize, explain};
use serde::Deserialize;

type Failed = Box<dyn Error>;

/// How often all requests are asked.
const PASSES: usize = 50;

#[derive(Deserialize)]
struct Workload {
    managed: BTreeMap<String, Text>,
    groups: BTreeMap<String, Holder>,
    users: BTreeMap<String, Holder>,
    requests: Vec<Asked>,
}

type Text = Box<serde_json::value::RawValue>;

#[derive(Deserialize)]
struct Holder {
    #[serde(default)]
    groups: Vec<String>,
    inline: BTreeMap<String, Text>,
    managed: Vec<String>,
}

#[derive(Deserialize)]
struct Asked {
    principal: String,
    action: String,
    resource: String,
    context: BTreeMap<String, String>,
    expect: String,
}

/// A request with its policies, ready to be asked.
#[derive(Clone)]
struct Ready<'a> {
    caller: Caller,
    context: RequestContext,
    action: String,
    resource: String,
    expect: &'a str,
    documents: Vec<&'a CompiledPolicy>,
}

/// Compiled documents by the names that they have in the workload.
type Account = BTreeMap<String, CompiledPolicy>;

fn main() -> Result<(), Failed> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../bench/data/authz_workload.json");
    let workload: Workload = serde_json::from_str(&fs::read_to_string(path)?)?;
    let (memory, started) = (resident_mib()?, Instant::now());
    let account = workload.compile()?;
    let compiled = started.elapsed();
    println!("read and compile {} documents: {:.1} ms", account.len(), 1e3 * compiled.as_secs_f64());
    println!("memory of the compiled documents: {:.1} MiB", resident_mib()? - memory);

    let ready = workload.ready(&[&account], 10)?;
    let wrong = ready.iter().filter(|ready| ready.answer() != ready.expect).count();
    println!("wrong answers: {wrong} of {}", ready.len());
    report("the clock alone", measure(&ready, |_| ()));
    report("decide, 50 relevant statements", measure(&ready, |ready| ready.ask(authorize)));
    let denied: Vec<_> = ready.into_iter().filter(|ready| ready.expect == "implicit_deny").collect();
    report("explain an implicit deny", measure(&denied, |ready| ready.ask(explain)));

    let more = (0..4).map(|_| workload.compile()).collect::<Result<Vec<_>, _>>()?;
    let large: Vec<_> = more.iter().chain([&account]).collect();
    for (users, accounts) in [("1,000", &[&account][..]), ("5,000", &large)] {
        for documents in [0, 1, 10, 100] {
            let ready = workload.ready(accounts, documents)?;
            let what = format!("decide, {} relevant statements, {users} users", 5 * documents);
            report(&what, measure(&ready, |ready| ready.ask(authorize)));
        }
    }
    if wrong == 0 { Ok(()) } else { Err("wrong answers".into()) }
}

impl Workload {
    fn compile(&self) -> Result<Account, Failed> {
        let holders = self.groups.values().chain(self.users.values());
        let documents = holders.flat_map(|holder| &holder.inline).chain(&self.managed);
        let compile =
            |text: &Text| Document::parse(text.get(), Kind::Identity).map(|document| CompiledPolicy::compile(&document));
        documents.map(|(name, text)| Ok((name.clone(), compile(text)?))).collect()
    }

    /// Every request with that many documents, one account after the other.
    fn ready<'a>(&'a self, accounts: &[&'a Account], documents: usize) -> Result<Vec<Ready<'a>>, Failed> {
        let requests = self.requests.iter().zip(accounts.iter().cycle());
        requests.map(|(asked, account)| self.ready_one(asked, account, documents)).collect()
    }

    /// A request with the documents of its principal, fewer of them, or those of the users after it as well.
    fn ready_one<'a>(&'a self, asked: &'a Asked, account: &'a Account, documents: usize) -> Result<Ready<'a>, Failed> {
        let after = self.users.range(asked.principal.clone()..).chain(&self.users);
        let names = after.flat_map(|(_, user)| self.documents_of(user)).take(documents);
        let documents =
            names.map(|name| account.get(name).ok_or_else(|| format!("no document {name}"))).collect::<Result<_, _>>()?;
        let caller = Caller::parse(&format!("arn:aws:iam::123456789012:user/{}", asked.principal))?;
        let mut context = RequestContext::new();
        for (key, value) in &asked.context {
            context.insert(key.as_str(), value.as_str());
        }
        let (action, resource) = (asked.action.clone(), asked.resource.clone());
        Ok(Ready { caller, context, action, resource, expect: &asked.expect, documents })
    }

    fn documents_of<'a>(&'a self, user: &'a Holder) -> impl Iterator<Item = &'a String> {
        let groups = user.groups.iter().filter_map(|name| self.groups.get(name));
        [user].into_iter().chain(groups).flat_map(|holder| holder.inline.keys().chain(&holder.managed))
    }
}

impl Ready<'_> {
    fn ask<T>(&self, question: impl Fn(&Request<'_>, &Policies<'_>) -> T) -> T {
        let request = Request {
            caller: &self.caller,
            action: &self.action,
            resource: &self.resource,
            resource_account: None,
            context: &self.context,
        };
        question(&request, &Policies { identity: &self.documents, ..Policies::default() })
    }

    fn answer(&self) -> &'static str {
        match self.ask(authorize).outcome {
            Outcome::Allowed => "allow",
            Outcome::ImplicitlyDenied => "implicit_deny",
            Outcome::ExplicitlyDenied => "explicit_deny",
        }
    }
}

/// What each question took, in nanoseconds, sorted; the two looks at the clock included.
///
/// The requests come in the order of the workload, which goes from user to user, so that documents are as cold as in an account
/// that is asked about everybody. The request itself is made just before it is asked, as by whoever reads it from a wire.
fn measure<'a, T>(ready: &[Ready<'a>], question: impl Fn(&Ready<'a>) -> T) -> Vec<u128> {
    let mut took = Vec::with_capacity(PASSES * ready.len());
    for _ in 0..PASSES {
        for one in ready {
            let made = black_box(one.clone());
            let started = Instant::now();
            black_box(question(&made));
            took.push(started.elapsed().as_nanos());
        }
    }
    took.sort_unstable();
    took
}

fn report(what: &str, took: Vec<u128>) {
    let at = |per_mille: usize| took.get((took.len() * per_mille / 1000).min(took.len().saturating_sub(1))).copied().unwrap_or(0);
    println!("{what}: median {} ns, p99 {} ns", at(500), at(990));
}

/// The memory of this process that is in use.
fn resident_mib() -> Result<f64, Failed> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}
