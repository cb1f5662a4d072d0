//! A running server, asked through its GraphQL door.

use std::{fs, path::PathBuf, time::Duration};

use chancery_engine::import::ImportMode;
use chancery_model::{AccountId, Actor, Credential, Principal, Secret, Sequence};
use clap::Args;
use reqwest::{Client, header};
use serde_json::{Value, json};

use super::{Exit, Failure, TOKEN_VARIABLE};

const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// Records of one page: as many as the door's limit of complexity lets through.
const PAGE_RECORDS: u32 = 150;
const RECORDS: &str = "query Records($first: Int!, $after: String, $afterSequence: Seq) {
  records(first: $first, after: $after, afterSequence: $afterSequence) {
    edges { node {
      sequence recordId time accountId actorId actorArn sessionId requestId origin command clientToken
      events { type entity data }
    } }
    pageInfo { hasNextPage endCursor }
  }
}";

const IMPORT: &str = "mutation Import($input: ImportAwsAccountInput!) {
  importAwsAccount(input: $input) { items { kind name arn outcome reason } notes records }
}";

/// Which server, and who asks.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct ServerFlags {
    /// Ask this running server instead of opening a data directory, such as http://127.0.0.1:8220
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// With --server: the file with the bearer token of a session [default: the environment variable CHANCERY_TOKEN]
    #[arg(long, value_name = "FILE", requires = "server")]
    token_file: Option<PathBuf>,
}

impl ServerFlags {
    /// The server, if one is named.
    pub(super) fn remote(&self) -> Result<Option<Remote>, Failure> {
        let Some(url) = &self.server else { return Ok(None) };
        let usage = |message: String| Failure::new(Exit::Usage, message);
        let token = match &self.token_file {
            Some(file) => {
                fs::read_to_string(file).map_err(|error| usage(format!("no token from {}: {error}", file.display())))?
            }
            None => std::env::var(TOKEN_VARIABLE).map_err(|_| {
                usage("--server needs the bearer token of a session".to_owned())
                    .with_remedy("sign in with the mutation signIn, then give the token in --token-file or CHANCERY_TOKEN")
            })?,
        };
        let client = Client::builder().timeout(ANSWER_WITHIN).redirect(reqwest::redirect::Policy::none()).build();
        let client = client.map_err(|error| Failure::new(Exit::Failed, format!("no HTTP client: {error}")))?;
        let url = format!("{}/graphql", url.trim_end_matches('/'));
        Ok(Some(Remote { client, url, token: Secret::new(token.lines().next().unwrap_or_default().trim().to_owned()) }))
    }
}

/// A server and the token to ask it with.
pub(super) struct Remote {
    client: Client,
    url: String,
    token: Secret,
}

/// Where a page begins.
#[derive(Debug, Clone)]
pub(super) enum From {
    /// After this record; the first page when absent.
    Sequence(Option<Sequence>),
    /// Where the page before it ended.
    Cursor(String),
}

/// Some records, as an export has them.
pub(super) struct Page {
    pub(super) records: Vec<(Sequence, Value)>,
    /// Where to go on, when more follow.
    pub(super) next: Option<From>,
}

impl Remote {
    /// How many records the server's log has.
    pub(super) async fn head(&self) -> Result<Sequence, Failure> {
        let data = self.ask("{ serverInfo { head } }", json!({})).await?;
        let head = data.pointer("/serverInfo/head").and_then(Value::as_str).and_then(|head| head.parse().ok());
        head.ok_or_else(|| self.strange("no head"))
    }

    /// A page of the account's records.
    pub(super) async fn records(&self, from: &From) -> Result<Page, Failure> {
        let mut variables = json!({ "first": PAGE_RECORDS });
        if let Some(fields) = variables.as_object_mut() {
            match from {
                From::Sequence(after) => fields.insert("afterSequence".into(), after.map(|after| after.to_string()).into()),
                From::Cursor(cursor) => fields.insert("after".into(), cursor.as_str().into()),
            };
        }
        let mut data = self.ask(RECORDS, variables).await?;
        let more = data.pointer("/records/pageInfo/hasNextPage").and_then(Value::as_bool).unwrap_or(false);
        let end = data.pointer("/records/pageInfo/endCursor").and_then(Value::as_str).map(str::to_owned);
        let edges = data.pointer_mut("/records/edges").map(Value::take);
        let Some(Value::Array(edges)) = edges else { return Err(self.strange("no records")) };
        let records = edges.into_iter().map(|mut edge| edge.get_mut("node").map(Value::take).as_ref().and_then(record));
        let records = records.collect::<Option<Vec<_>>>().ok_or_else(|| self.strange("a record that is none"))?;
        Ok(Page { records, next: end.filter(|_| more).map(From::Cursor) })
    }

    /// Brings in an AWS account's document, or tries to.
    pub(super) async fn import_aws_account(&self, document: &str, mode: ImportMode) -> Result<Value, Failure> {
        let input = json!({ "document": document, "dryRun": mode.dry_run, "skipRefused": mode.skip_refused });
        let mut data = self.ask(IMPORT, json!({ "input": input })).await?;
        data.get_mut("importAwsAccount").map(Value::take).ok_or_else(|| self.strange("no report"))
    }

    async fn ask(&self, query: &str, variables: Value) -> Result<Value, Failure> {
        let unreachable = |error: reqwest::Error| Failure::new(Exit::Failed, format!("{} does not answer: {error}", self.url));
        let request = self.client.post(&self.url).bearer_auth(self.token.expose()).header(header::ACCEPT, "application/json");
        let answer = request.json(&json!({ "query": query, "variables": variables })).send().await.map_err(unreachable)?;
        let status = answer.status();
        let mut body: Value = answer.json().await.map_err(|error| self.strange(&format!("status {status}: {error}")))?;
        let message = ["/errors/0/message", "/error/message"].iter().find_map(|at| body.pointer(at).and_then(Value::as_str));
        if let Some(message) = message {
            return Err(Failure::new(Exit::Failed, format!("{} refused: {message}", self.url)));
        }
        Ok(body.get_mut("data").map(Value::take).unwrap_or_default())
    }

    fn strange(&self, what: &str) -> Failure {
        Failure::new(Exit::Failed, format!("{} did not answer as a Chancery server of this version does: {what}", self.url))
    }
}

/// A record of the door in the form of an export.
fn record(node: &Value) -> Option<(Sequence, Value)> {
    let text = |name: &str| node.get(name).and_then(Value::as_str);
    let sequence = text("sequence")?.parse().ok()?;
    let actor = Actor { principal: principal(text("actorId")?)?, credential: credential(text("sessionId"))? };
    let line = json!({
        "sequence": text("sequence"),
        "id": text("recordId"),
        "time": text("time"),
        "account": text("accountId"),
        "actor": actor,
        "actorArn": text("actorArn"),
        "requestId": text("requestId"),
        "origin": text("origin"),
        "command": text("command"),
        "clientToken": text("clientToken"),
        "events": node.get("events"),
    });
    Some((sequence, line))
}

fn principal(id: &str) -> Option<Principal> {
    match id {
        "system" => Some(Principal::System),
        "operator" => Some(Principal::Operator),
        id => {
            let root = AccountId::parse(id).ok().map(Principal::Root);
            root.or_else(|| id.parse().ok().map(Principal::User)).or_else(|| id.parse().ok().map(Principal::Role))
        }
    }
}

fn credential(session: Option<&str>) -> Option<Credential> {
    match session {
        None => Some(Credential::None),
        Some(id) => id.parse().ok().map(Credential::Session),
    }
}
