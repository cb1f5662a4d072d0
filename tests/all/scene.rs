//! Requests and answers as transcripts: what the answer must be stands beside the request.

use chancery_testkit::{Client, Home, Options, Server, masked, masked_text};
use expect_test::Expect;
use serde_json::{Value, json};

/// A server, and its root user signed in.
pub(crate) struct Scene {
    pub(crate) server: Server,
    pub(crate) root: Client,
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
        Self { server, root }
    }

    /// Runs a mutation as the root user; `fields` are those of the payload that are shown.
    pub(crate) async fn check(&self, mutation: &str, input: Value, fields: &str, expect: Expect) {
        let answer = self.root.try_mutate(mutation, input, fields).await.unwrap();
        expect.assert_eq(&told(&answer, Some(mutation)));
    }

    /// Runs a query as the root user.
    pub(crate) async fn query(&self, query: &str, expect: Expect) {
        expect.assert_eq(&told(&self.root.run(query, json!({})).await, None));
    }

    /// Runs a mutation that only has to succeed.
    pub(crate) async fn given(&self, mutation: &str, input: Value) {
        self.root.mutate(mutation, input, "__typename").await;
    }
}

/// An answer as a transcript has it: the data in one line of YAML's brevity, or each error with its code.
pub(crate) fn told(answer: &Value, mutation: Option<&str>) -> String {
    if let Some(errors) = answer["errors"].as_array() {
        return errors.iter().map(error).collect();
    }
    let data = mutation.map_or(&answer["data"], |mutation| &answer["data"][mutation]);
    format!("{}\n", masked(data))
}

fn error(error: &Value) -> String {
    let extensions = &error["extensions"];
    let mut line = format!("{}: {}", extensions["code"].as_str().unwrap(), error["message"].as_str().unwrap());
    for name in ["field", "limit"] {
        if let Some(value) = extensions.get(name) {
            line.push_str(&format!(" [{name}: {value}]"));
        }
    }
    masked_text(&line) + "\n"
}
