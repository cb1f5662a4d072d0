//! Decisions through the engine: who asks, whose policies, which keys, and the answer. Beside them, in the same run, what the
//! policy engine alone takes for the same questions.

mod account;

use std::time::Instant;

use anyhow::{Context as _, ensure};
use chancery_domain::{
    Read,
    actions::{AttachPolicy, DetachPolicy, PolicyTarget},
};
use chancery_engine::{AccessQuestion, Caller, Engine};
use chancery_model::{Arn, GroupName, Path as IamPath, PolicyName};
use chancery_policy::{Outcome, RequestContext};
use tokio::runtime::Runtime;

use crate::{
    authz_workload::{Asked, Workload},
    figure::{Report, Runs, Target, median, p99},
    plan::Plan,
    workload::request,
};

const BENCH: &str = "access";
/// Rounds through all the questions in one run.
const ROUNDS: usize = 10;
/// Attachments and detachments of each group in one run.
const ATTACHMENTS: usize = 40;
const WHO_CAN_ANSWERS: usize = 40;

pub(crate) fn run(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let runtime = crate::workload::runtime()?;
    let workload = Workload::read()?;
    let (engine, callers) = crate::workload::fresh(&runtime, &plan.empty_dir("access")?, 1)?;
    let root = callers.first().context("no account")?;
    account::write(&runtime, &engine, root, &workload)?;
    let asked = workload.asked(root.account());
    check(&engine, root, &asked)?;
    decisions(plan, report, &engine, root, &asked)?;
    both_cores(plan, report, &engine, root, &asked)?;
    who_can(plan, report, &runtime, &engine, root, &asked)?;
    attachments(plan, report, &runtime, &engine, root)?;
    growth(plan, report, &runtime, &engine, root)?;
    runtime.block_on(engine.shutdown());
    Ok(())
}

/// Every answer is right, or nothing is measured.
fn check(engine: &Engine, root: &Caller, asked: &[Asked]) -> anyhow::Result<()> {
    for one in asked {
        let outcome = engine.decide_access(root, &one.question())?.outcome;
        ensure!(outcome == one.expected, "{} {} {}: {outcome}", one.principal, one.action, one.resource);
    }
    Ok(())
}

/// Microseconds of each decision.
fn timed(engine: &Engine, root: &Caller, asked: &[Asked], rounds: usize) -> anyhow::Result<Vec<f64>> {
    let mut micros = Vec::with_capacity(asked.len() * rounds);
    for _ in 0..rounds {
        for one in asked {
            let question = one.question();
            let start = Instant::now();
            let decision = engine.decide_access(root, &question)?;
            micros.push(start.elapsed().as_secs_f64() * 1e6);
            std::hint::black_box(decision);
        }
    }
    Ok(micros)
}

fn decisions(plan: &Plan, report: &mut Report, engine: &Engine, root: &Caller, asked: &[Asked]) -> anyhow::Result<()> {
    let (mut medians, mut tails) = (Vec::new(), Vec::new());
    for _ in 0..plan.runs {
        let micros = timed(engine, root, asked, ROUNDS)?;
        medians.push(median(&micros));
        tails.push(p99(micros));
    }
    report.note(format!("access: all {} answers are right", asked.len()));
    report.add(BENCH, "decide_access, median", "µs", &Runs::alone(medians), Target::Max(1.0));
    report.add(BENCH, "decide_access, p99", "µs", &Runs::alone(tails), Target::Told);
    Ok(())
}

/// Decisions a second by so many threads.
fn rate(engine: &Engine, root: &Caller, asked: &[Asked], threads: usize) -> anyhow::Result<f64> {
    let start = Instant::now();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..ROUNDS * 4 {
                        for one in asked {
                            std::hint::black_box(engine.decide_access(root, &one.question())).ok();
                        }
                    }
                })
            })
            .collect();
        let ended = workers.into_iter().all(|worker| worker.join().is_ok());
        ensure!(ended, "a thread broke off");
        Ok(())
    })?;
    Ok(crate::workload::count(asked.len() * ROUNDS * 4 * threads) / start.elapsed().as_secs_f64())
}

fn both_cores(plan: &Plan, report: &mut Report, engine: &Engine, root: &Caller, asked: &[Asked]) -> anyhow::Result<()> {
    let mut runs = Runs::default();
    for _ in 0..plan.runs {
        let one = rate(engine, root, asked, 1)?;
        runs.push(rate(engine, root, asked, 2)?, one);
    }
    report.add(BENCH, "decisions of two threads; of one", "/s", &runs, Target::RatioMin(1.8));
    Ok(())
}

fn who_can(
    plan: &Plan,
    report: &mut Report,
    runtime: &Runtime,
    engine: &Engine,
    root: &Caller,
    asked: &[Asked],
) -> anyhow::Result<()> {
    let reader = runtime.block_on(engine.read(root, None))?;
    let proof = reader.authorize(Read::WhoCan, &Arn::root(root.account()))?;
    let (mut medians, mut found) = (Vec::new(), Vec::new());
    for _ in 0..plan.runs {
        let mut millis = Vec::new();
        for one in asked.iter().take(WHO_CAN_ANSWERS) {
            let start = Instant::now();
            let allowed = reader.who_can(&proof, &one.action, &one.resource, None, &one.context)?;
            millis.push(start.elapsed().as_secs_f64() * 1e3);
            found.push(crate::workload::count(allowed.len()));
        }
        medians.push(median(&millis));
    }
    report.note(format!("access: whoCan finds {:.0} principals with their statements, median", median(&found)));
    report.add(BENCH, "whoCan over 1,000 users, median", "ms", &Runs::alone(medians), Target::Max(3.0));
    Ok(())
}

/// A policy on a group of a thousand costs what it costs on a group of ten.
fn attachments(plan: &Plan, report: &mut Report, runtime: &Runtime, engine: &Engine, root: &Caller) -> anyhow::Result<()> {
    let mut runs = Runs::default();
    for _ in 0..plan.runs {
        let few = attach(runtime, engine, root, account::GROUP_OF_TEN)?;
        runs.push(attach(runtime, engine, root, account::GROUP_OF_ALL)?, few);
    }
    let what = "attach to a group of 1,000, with a decision about a member; to a group of 10";
    report.add(BENCH, what, "ms", &runs, Target::RatioMax(2.0));
    Ok(())
}

/// Milliseconds until a member's decision has seen the attachment; the median.
fn attach(runtime: &Runtime, engine: &Engine, root: &Caller, group: &str) -> anyhow::Result<f64> {
    let policy_arn = Arn::policy(root.account(), &IamPath::root(), &PolicyName::parse(account::SPARE_POLICY)?);
    let target = || anyhow::Ok(PolicyTarget::Group(GroupName::parse(group)?));
    let member = format!("arn:aws:iam::{}:user/u0000", root.account());
    let context = RequestContext::new();
    let question =
        AccessQuestion { principal: &member, action: "spare:Use", resource: "*", resource_account: None, context: &context };
    let mut millis = Vec::new();
    for _ in 0..ATTACHMENTS {
        let command = AttachPolicy { target: target()?, policy_arn: policy_arn.clone(), expires_at: None };
        let start = Instant::now();
        runtime.block_on(engine.execute(root, &request(), command.into(), None))?;
        let decision = engine.decide_access(root, &question)?;
        millis.push(start.elapsed().as_secs_f64() * 1e3);
        ensure!(decision.is_allowed(), "{member} is in {group}, which may");
        let command = DetachPolicy { target: target()?, policy_arn: policy_arn.clone() };
        runtime.block_on(engine.execute(root, &request(), command.into(), None))?;
        ensure!(engine.decide_access(root, &question)?.outcome == Outcome::ImplicitlyDenied, "{group} may no more");
    }
    Ok(median(&millis))
}

/// What a decision costs by statements that are relevant to it, in a small and in a large account.
fn growth(plan: &Plan, report: &mut Report, runtime: &Runtime, engine: &Engine, root: &Caller) -> anyhow::Result<()> {
    let mut of_users = Vec::new();
    for users in [1_000, 5_000] {
        account::grow(runtime, engine, root, users)?;
        of_users.push(account::RELEVANT.map(|statements| (statements, users)));
    }
    // Both sizes are told; the large account is measured last, so that each line is of the account that it names.
    for (statements, users) in of_users.into_iter().flatten() {
        let asked = [account::question(root.account(), statements)];
        let micros = (0..plan.runs).map(|_| timed(engine, root, &asked, 4_000).map(|micros| median(&micros)));
        let runs = Runs::alone(micros.collect::<anyhow::Result<_>>()?);
        report.add(BENCH, format!("decision over {statements} statements, {users} users"), "µs", &runs, Target::Told);
    }
    Ok(())
}
