//! The server's processor time per query, beside that of bare async-graphql and poem.

use std::net::SocketAddr;

use chancery_model::UserName;
use tokio::runtime::Runtime;

use crate::{
    figure::{Report, Runs, Target},
    http_client::{self, Connection},
    peer::bare_graphql,
    plan::Plan,
    process::Process,
    running_server::RunningServer,
    workload,
};

const BENCH: &str = "graphql-read";
const CONNECTIONS: usize = 64;

pub(crate) fn run(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let runtime = workload::runtime()?;
    let dir = plan.empty_dir("graphql-read-ours")?;
    let (engine, callers) = workload::fresh(&runtime, &dir, 1)?;
    runtime.block_on(async {
        for (number, caller) in (0..bare_graphql::USERS).zip(callers.iter().cycle()) {
            let user = workload::create_user(UserName::parse(&bare_graphql::user_name(number))?);
            engine.execute(caller, &workload::request(), user, None).await?;
        }
        engine.shutdown().await;
        anyhow::Ok(())
    })?;
    drop((engine, callers));

    let (bare, address) = bare_graphql::start()?;
    let graphql = Endpoint { address, path: "/graphql", token: None };
    let plain = Endpoint { address, path: "/plain", token: None };
    let mut figures = (Runs::default(), Vec::new(), Vec::new(), Vec::new());
    let mut logging = Vec::new();
    for (level, runs) in [("info", 1), ("warn", plan.runs)] {
        let server = RunningServer::start(plan, &dir, level)?;
        let token = Some(runtime.block_on(server.sign_in(0))?);
        let ours = Endpoint { address: server.address, path: "/graphql", token };
        // The first queries fill caches on both sides.
        cpu_micros(plan, &runtime, &server.process, &ours, query)?;
        for _ in 0..runs {
            let (our_cpu, rate) = cpu_micros(plan, &runtime, &server.process, &ours, query)?;
            if level == "info" {
                logging.push(our_cpu);
                continue;
            }
            figures.0.push(our_cpu, cpu_micros(plan, &runtime, &bare, &graphql, query)?.0);
            figures.1.push(cpu_micros(plan, &runtime, &bare, &graphql, query_with_its_name)?.0);
            figures.2.push(cpu_micros(plan, &runtime, &bare, &plain, query)?.0);
            figures.3.push(rate);
        }
        server.process.stop()?;
    }
    let (beside_bare, literal, plain, rate) = figures;
    let info = Target::Told;
    report.add(
        BENCH,
        "server CPU per user(userName:) query; bare async-graphql + poem",
        "µs",
        &beside_bare,
        Target::RatioMax(1.3),
    );
    let goal = Runs::alone(beside_bare.ours.clone());
    report.add(BENCH, "the same, the goal beyond", "µs", &goal, Target::Max(25.0));
    report.add(BENCH, "the same, a log line for every request (the default)", "µs", &Runs::alone(logging), info);
    report.add(BENCH, "queries over HTTP, 64 connections", "/s", &Runs::alone(rate), info);
    report.add(BENCH, "bare async-graphql + poem, the name in the text of the query", "µs", &Runs::alone(literal), info);
    report.add(BENCH, "bare poem", "µs", &Runs::alone(plain), info);
    bare.stop()
}

/// Where queries go. Connections are made for each measurement: a server closes those that nobody uses.
struct Endpoint {
    address: SocketAddr,
    path: &'static str,
    token: Option<String>,
}

impl Endpoint {
    async fn connect(&self) -> anyhow::Result<Vec<Connection>> {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            connections.push(Connection::open(self.address, self.path, self.token.as_deref()).await?);
        }
        Ok(connections)
    }
}

/// The processor time of `server` per request, in microseconds, and the rate.
fn cpu_micros(
    plan: &Plan,
    runtime: &Runtime,
    server: &Process,
    endpoint: &Endpoint,
    query: fn(usize, usize) -> String,
) -> anyhow::Result<(f64, f64)> {
    let mut connections = runtime.block_on(endpoint.connect())?;
    let before = server.cpu_seconds()?;
    let load = runtime.block_on(http_client::drive(&mut connections, plan.load, query))?;
    let used = server.cpu_seconds()? - before;
    Ok((used * 1e6 / workload::count(load.millis.len()), load.rate))
}

fn query(number: usize, turn: usize) -> String {
    let name = bare_graphql::user_name(number.wrapping_mul(31).wrapping_add(turn));
    format!(
        r#"{{"query":"query ($name: String!) {{ account {{ user(userName: $name) {{ id userId arn userName path createdAt }} }} }}","variables":{{"name":"{name}"}}}}"#
    )
}

fn query_with_its_name(number: usize, turn: usize) -> String {
    let name = bare_graphql::user_name(number.wrapping_mul(31).wrapping_add(turn));
    format!(r#"{{"query":"{{ account {{ user(userName: \"{name}\") {{ id userId arn userName path createdAt }} }} }}"}}"#)
}
