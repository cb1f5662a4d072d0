//! The real server, as a process of its own on a data directory that was prepared in this one.

use std::{net::SocketAddr, path::Path, process::Command};

use anyhow::{Context, bail};

use crate::{
    http_client::Connection,
    plan::Plan,
    process::{Process, free_address},
    workload::{PASSWORD, account_id},
};

/// A running `chancery serve`.
pub(crate) struct RunningServer {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
}

impl RunningServer {
    /// Starts it with these logs: a line for every request is written at `info`, which is the default.
    pub(crate) fn start(plan: &Plan, dir: &Path, log_level: &str) -> anyhow::Result<Self> {
        if !plan.server.exists() {
            let path = plan.server.display();
            bail!("{path} is missing: `cargo build --release -p chancery-server`, or name it with --server");
        }
        let address = free_address()?;
        let mut command = Command::new(&plan.server);
        command.arg("serve").arg("--data-dir").arg(dir).args(["--listen", &address.to_string(), "--log-level", log_level]);
        // What it logs costs as much as it would in a journal; nobody wants to read it here.
        command.stderr(std::process::Stdio::null());
        let mut process = Process::spawn(command)?;
        process.wait_for(address)?;
        Ok(Self { process, address })
    }

    /// Signs in as the root user of an account.
    pub(crate) async fn sign_in(&self, account: usize) -> anyhow::Result<String> {
        let mut connection = Connection::open(self.address, "/graphql", None).await?;
        let query = "mutation ($input: SignInInput!) { signIn(input: $input) { session { token } } }";
        let input = serde_json::json!({ "accountId": account_id(account)?.to_string(), "password": PASSWORD });
        let body = serde_json::json!({ "query": query, "variables": { "input": input } }).to_string();
        let answer: serde_json::Value = serde_json::from_str(connection.post(&body).await?)?;
        let token = answer.pointer("/data/signIn/session/token").and_then(serde_json::Value::as_str);
        Ok(token.with_context(|| format!("the sign-in gave no token: {answer}"))?.to_owned())
    }

    /// A connection for each of these tokens, to the GraphQL door.
    pub(crate) async fn connect(&self, tokens: &[String]) -> anyhow::Result<Vec<Connection>> {
        let mut connections = Vec::new();
        for token in tokens {
            connections.push(Connection::open(self.address, "/graphql", Some(token)).await?);
        }
        Ok(connections)
    }
}
