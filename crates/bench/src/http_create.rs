//! `createUser` over HTTP, beside adding people to OpenLDAP: 64 connections, everything durable before it is answered.

use crate::{
    figure::{Report, Runs, Target, median},
    http_client,
    peer::slapd::Slapd,
    plan::Plan,
    running_server::RunningServer,
    workload,
};

const BENCH: &str = "http-create";
const CONNECTIONS: usize = 64;

pub(crate) fn run(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let runtime = workload::runtime()?;
    let dir = plan.empty_dir("http-create-ours")?;
    // An account for each connection, since an account may have 5,000 users.
    let (engine, callers) = workload::fresh(&runtime, &dir, CONNECTIONS)?;
    runtime.block_on(engine.shutdown());
    drop((engine, callers));
    let server = RunningServer::start(plan, &dir, "info")?;
    let tokens = runtime.block_on(async {
        let mut tokens = Vec::new();
        for account in 0..CONNECTIONS {
            tokens.push(server.sign_in(account).await?);
        }
        anyhow::Ok(tokens)
    })?;
    let mut peer = match slapd(plan, &runtime) {
        Ok(peer) => Some(peer),
        Err(error) => {
            report.skip("http-create beside slapd", &format!("{error:#}"));
            None
        }
    };
    let (mut rates, mut ours_cpu, mut ours_alone) = (Runs::default(), Vec::new(), Vec::new());
    for run in 0..plan.runs {
        // Made anew: a server closes connections that nobody uses.
        let mut connections = runtime.block_on(server.connect(&tokens))?;
        let cpu = server.process.cpu_seconds()?;
        let load =
            runtime.block_on(http_client::drive(&mut connections, plan.load, move |number, turn| create(run, number, turn)))?;
        ours_cpu.push((server.process.cpu_seconds()? - cpu) * 1e6 / workload::count(load.millis.len()));
        ours_alone.push(load.rate);
        if let Some(peer) = &mut peer {
            rates.push(load.rate, runtime.block_on(peer.drive(plan.load))?.rate);
        }
    }
    if peer.is_some() {
        report.add(BENCH, "createUser over HTTP, 64 connections; slapd adds", "/s", &rates, Target::RatioMin(5.0));
    } else {
        report.add(BENCH, "createUser over HTTP, 64 connections", "/s", &Runs::alone(ours_alone.clone()), Target::Told);
    }
    let busy = median(&ours_cpu) * median(&ours_alone) / 1e6;
    report.add(BENCH, "server CPU per createUser", "µs", &Runs::alone(ours_cpu), Target::Told);
    report.note(format!("http-create: the server keeps {busy:.2} processors busy; the client runs on the same ones"));
    server.process.stop()
}

fn slapd(plan: &Plan, runtime: &tokio::runtime::Runtime) -> anyhow::Result<Slapd> {
    let mut peer = Slapd::start(plan, &plan.empty_dir("http-create-peer")?)?;
    runtime.block_on(peer.connect(CONNECTIONS))?;
    Ok(peer)
}

/// The user's name is a variable, as a client would send it, so that the document is known after the first time.
fn create(run: usize, number: usize, turn: usize) -> String {
    format!(
        r#"{{"query":"mutation ($input: CreateUserInput!) {{ createUser(input: $input) {{ user {{ id userId arn userName path }} record {{ sequence }} }} }}","variables":{{"input":{{"userName":"person.{run}.{number}.{turn}"}}}}}}"#
    )
}
