//! Decisions of the policy engine alone, and those of Cedar, casbin and Rego on the same policies and the same questions.
//!
//! Every engine gets the policies that are relevant to the one who asks, prepared before, and a request that was made just before
//! the clock is looked at. What is timed is the decision. An engine's answers are compared with the right ones before.

mod ours;
mod statement;

use std::{fs, hint::black_box, time::Instant};

use anyhow::{Context as _, ensure};
use chancery_policy::Outcome;

use self::ours::{Account, Ours};
pub(crate) use self::statement::{Condition, Effect, Statement, Statements, matches, service_of};
use crate::{
    authz_workload::Workload,
    figure::{Report, Runs, Target, median, p99},
    peer::{casbin::Casbin, cedar::Cedar, rego::Rego},
    plan::Plan,
};

const BENCH: &str = "decide";
/// Rounds of ours through all the questions in one run; peers take one.
const ROUNDS: usize = 20;
/// All documents are compiled so many times at least; every copy is kept until the last is measured.
const COPIES_MIN: usize = 5;

/// What decides.
pub(crate) trait Decider {
    /// A request in the form that it takes.
    type Request;
    /// What it says.
    type Answer;

    /// The request of a question, by its number in the workload.
    fn request(&self, question: usize) -> anyhow::Result<Self::Request>;

    /// The decision: all that is timed. What is left of the request is dropped afterwards.
    fn decide(&mut self, question: usize, request: &mut Self::Request) -> anyhow::Result<Self::Answer>;

    /// Whether an answer is the right one.
    fn is(&self, answer: &Self::Answer, expected: Outcome) -> bool;
}

pub(crate) fn run(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let workload = Workload::read()?;
    let account = compiled(plan, report, &workload)?;
    let mut ours = Ours::new(&workload, &account)?;
    ensure!(right(&mut ours, &workload)? == workload.questions.len(), "ours gives wrong answers");
    report.note(format!("decide: ours: all {} answers are right", workload.questions.len()));
    alone(plan, report, &mut ours, &workload)?;
    explained(plan, report, &ours, &workload)?;

    let statements = Statements::of(&workload)?;
    let mut beside = |what: &str, peer: &mut dyn Timed, target| beside(plan, report, &workload, &mut ours, (what, peer, target));
    beside("cedar-policy, relevant policies", &mut Cedar::new(&workload, &statements, false)?, Target::TimesFaster(250.0))?;
    beside(
        "cedar-policy, relevant policies of one service",
        &mut Cedar::new(&workload, &statements, true)?,
        Target::TimesFasterTold,
    )?;
    beside("casbin, allowed or denied only", &mut Casbin::new(&workload, &statements)?, Target::TimesFaster(140.0))?;
    beside("Rego in regorus", &mut Rego::new(&workload, &statements, false)?, Target::TimesFaster(600.0))?;
    let mut written_out = Rego::new(&workload, &statements, true)?;
    beside("Rego in regorus, wildcards of actions written out", &mut written_out, Target::TimesFasterTold)?;
    Ok(())
}

/// Compiles all documents, with time and memory.
fn compiled(plan: &Plan, report: &mut Report, workload: &Workload) -> anyhow::Result<Account> {
    let (mut copies, mut millis, mut resident) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.runs.max(COPIES_MIN) {
        let start = Instant::now();
        copies.push(ours::compile(workload)?);
        millis.push(start.elapsed().as_secs_f64() * 1e3);
        resident.push(resident_mib()?);
    }
    // The first copy may lie in memory that was freed before, and it pays for what reading needs and every later copy reuses.
    let (first, last) = resident.first().zip(resident.last()).context("no copy")?;
    let mib = (last - first) / crate::workload::count(copies.len() - 1);
    let account = copies.pop().context("no copy")?;
    let what = format!("read and compile {} documents", account.len());
    report.add(BENCH, what, "ms", &Runs::alone(millis), Target::Max(50.0));
    report.add(BENCH, "memory of the compiled documents", "MiB", &Runs::alone(vec![mib]), Target::Max(25.0));
    Ok(account)
}

fn alone(plan: &Plan, report: &mut Report, ours: &mut Ours<'_>, workload: &Workload) -> anyhow::Result<()> {
    let (mut medians, mut tails) = (Vec::new(), Vec::new());
    for _ in 0..plan.runs {
        let micros = timed(ours, workload, ROUNDS)?;
        medians.push(median(&micros));
        tails.push(p99(micros));
    }
    report.add(BENCH, "decision, 50 relevant statements, median", "µs", &Runs::alone(medians), Target::Max(0.5));
    report.add(BENCH, "the same, p99", "µs", &Runs::alone(tails), Target::Max(3.0));
    Ok(())
}

/// Implicit denies with their nearest misses.
fn explained(plan: &Plan, report: &mut Report, ours: &Ours<'_>, workload: &Workload) -> anyhow::Result<()> {
    let denied = workload.questions.iter().enumerate().filter(|(_, question)| question.expected == Outcome::ImplicitlyDenied);
    let denied: Vec<usize> = denied.map(|(number, _)| number).collect();
    let mut medians = Vec::new();
    for _ in 0..plan.runs {
        let mut micros = Vec::new();
        for question in (0..ROUNDS).flat_map(|_| &denied) {
            let request = black_box(ours.request(*question)?);
            let start = Instant::now();
            let explanation = request.explain();
            micros.push(start.elapsed().as_secs_f64() * 1e6);
            black_box(explanation);
        }
        medians.push(median(&micros));
    }
    report.add(BENCH, "explanation of an implicit deny, median", "µs", &Runs::alone(medians), Target::Max(5.0));
    Ok(())
}

/// A peer, whatever its requests and answers are.
trait Timed {
    fn right(&mut self, workload: &Workload) -> anyhow::Result<usize>;
    fn timed(&mut self, workload: &Workload) -> anyhow::Result<Vec<f64>>;
}

impl<D: Decider> Timed for D {
    fn right(&mut self, workload: &Workload) -> anyhow::Result<usize> {
        right(self, workload)
    }

    fn timed(&mut self, workload: &Workload) -> anyhow::Result<Vec<f64>> {
        timed(self, workload, 1)
    }
}

/// A peer beside ours, in turn.
fn beside(
    plan: &Plan,
    report: &mut Report,
    workload: &Workload,
    ours: &mut Ours<'_>,
    (what, peer, target): (&str, &mut dyn Timed, Target),
) -> anyhow::Result<()> {
    let (right, all) = (peer.right(workload)?, workload.questions.len());
    report.note(format!("decide: {what}: {right} of {all} answers are right"));
    let (mut runs, mut tails) = (Runs::default(), Vec::new());
    for _ in 0..plan.runs {
        let own = median(&timed(ours, workload, ROUNDS)?);
        let micros = peer.timed(workload)?;
        runs.push(own, median(&micros));
        tails.push(p99(micros));
    }
    report.add(BENCH, format!("median; {what}"), "µs", &runs, target);
    report.note(format!("decide: {what}: p99 {:.0} µs", median(&tails)));
    Ok(())
}

/// How many answers are right.
fn right(decider: &mut impl Decider, workload: &Workload) -> anyhow::Result<usize> {
    let mut right = 0;
    for (number, question) in workload.questions.iter().enumerate() {
        let answer = decider.decide(number, &mut decider.request(number)?)?;
        right += usize::from(decider.is(&answer, question.expected));
    }
    Ok(right)
}

/// Microseconds of each decision, the looks at the clock included.
///
/// The questions come in the order of the workload, which goes from user to user, so that policies are as cold as in an account
/// that is asked about everybody.
fn timed(decider: &mut impl Decider, workload: &Workload, rounds: usize) -> anyhow::Result<Vec<f64>> {
    let mut micros = Vec::with_capacity(workload.questions.len() * rounds);
    for _ in 0..rounds {
        for number in 0..workload.questions.len() {
            let mut request = black_box(decider.request(number)?);
            let start = Instant::now();
            let answer = decider.decide(number, &mut request)?;
            micros.push(start.elapsed().as_secs_f64() * 1e6);
            black_box(answer);
        }
    }
    Ok(micros)
}

/// The memory of this process that is in use.
fn resident_mib() -> anyhow::Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS in /proc/self/status")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1_024.0)
}
