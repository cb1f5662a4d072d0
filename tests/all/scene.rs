//! Requests and answers as transcripts: what the answer must be stands beside the request.

use std::cell::RefCell;

use chancery_testkit::{Client, Home, Options, Server, masked, masked_text};
use expect_test::Expect;
use serde_json::{Value, json};

/// A server, and its root user signed in.
pub(crate) struct Scene {
    pub(crate) server: Server,
    pub(crate) root: Client,
    told: RefCell<String>,
}

/// A policy that allows an action on everything.
pub(crate) fn allowing(action: &str) -> String {
    statement(&json!({ "Effect": "Allow", "Action": action, "Resource": "*" }))
}

/// A trust policy for one of AWS's services.
pub(crate) fn trusting(service: &str) -> String {
    let principal = json!({ "Service": format!("{service}.amazonaws.com") });
    statement(&json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" }))
}

fn statement(statement: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let server = Server::start_on(Home::initialised(), options);
        let root = server.root().await;
        Self { server, root, told: RefCell::default() }
    }

    /// Runs a mutation as the root user, for the transcript; `fields` are those of the payload that are shown.
    pub(crate) async fn tell(&self, mutation: &str, input: Value, fields: &str) {
        let answer = self.root.try_mutate(mutation, input, fields).await.unwrap();
        self.note(&format!("{mutation} → {}", told(&answer, Some(mutation))));
    }

    /// Runs a query as the root user, for the transcript.
    pub(crate) async fn ask(&self, query: &str) {
        let answer = self.root.run(query, json!({})).await;
        self.note(&told(&answer, None));
    }

    fn note(&self, line: &str) {
        let mut told = self.told.borrow_mut();
        told.push_str(line);
        told.push('\n');
    }

    /// What was answered since the scene began, a line each.
    pub(crate) fn transcript(&self, expect: Expect) {
        expect.assert_eq(&self.told.borrow());
    }

    /// Runs a mutation that only has to succeed.
    pub(crate) async fn given(&self, mutation: &str, input: Value) {
        self.root.mutate(mutation, input, "__typename").await;
    }
}

/// An answer as a transcript has it: the data on one line, or each error with its code.
pub(crate) fn told(answer: &Value, mutation: Option<&str>) -> String {
    if let Some(errors) = answer["errors"].as_array() {
        return errors.iter().map(error).collect::<Vec<_>>().join("\n");
    }
    let data = mutation.map_or(&answer["data"], |mutation| &answer["data"][mutation]);
    masked(data)
}

fn error(error: &Value) -> String {
    let extensions = &error["extensions"];
    let mut line = format!("{}: {}", extensions["code"].as_str().unwrap(), error["message"].as_str().unwrap());
    for name in ["field", "limit"] {
        if let Some(value) = extensions.get(name) {
            line.push_str(&format!(" [{name}: {value}]"));
        }
    }
    masked_text(&line)
}
