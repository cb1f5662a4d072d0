//! `cargo xtask bench`: the figures, each beside its peer or its bare limit in the same run. Never shipped, and never a test: a busy
//! machine gives other figures, not a failure.

mod access;
mod authz_workload;
mod commit;
mod decide;
mod figure;
mod full_account;
mod graphql_read;
mod http_client;
mod http_create;
mod peer;
mod plan;
mod postgres;
mod process;
mod replay;
mod running_server;
mod space;
mod workload;

use std::process::ExitCode;

use clap::Parser;

/// The allocator of the server, so that what is measured in process is what is shipped.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use crate::{
    figure::Report,
    plan::{Arguments, Bench, Plan},
};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(port) = arguments.bare_graphql {
        return exit(peer::bare_graphql::serve(port));
    }
    let plan = match Plan::new(&arguments) {
        Ok(plan) => plan,
        Err(error) => return exit(Err(error)),
    };
    println!("{}\n", plan.describe());
    let mut report = Report::default();
    for bench in arguments.benches() {
        eprintln!("== {}", bench.name());
        if let Err(error) = run(bench, &plan, &mut report) {
            report.skip(bench.name(), &format!("{error:#}"));
        }
    }
    println!("{}", report.to_markdown());
    if let Err(error) = plan.clean() {
        eprintln!("warning: {error:#}");
    }
    exit(arguments.json.as_deref().map_or(Ok(()), |path| report.write_json(path)))
}

fn run(bench: Bench, plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    match bench {
        Bench::Commit => commit::run(plan, report),
        Bench::Postgres => postgres::run(plan, report),
        Bench::HttpCreate => http_create::run(plan, report),
        Bench::GraphqlRead => graphql_read::run(plan, report),
        Bench::Replay => replay::run(plan, report),
        Bench::Space => space::run(plan, report),
        Bench::Access => access::run(plan, report),
        Bench::Decide => decide::run(plan, report),
    }
}

fn exit(done: anyhow::Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
