//! Records of the event log.

use std::sync::Arc;

use async_graphql::{ID, InputObject, Json, Object};
use chancery_engine::RecordView;
use chancery_model::{Credential, Principal};
use serde_json::Value;

use crate::{
    ids::GlobalId,
    page::connection,
    scalars::{AccountId, Seq, Timestamp},
};

/// A record of the event log: one acknowledged change, for ever.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    state: Arc<RecordView>,
}

connection!(RecordConnection, RecordEdge, Record, "records");

/// Which records. What is absent does not restrict.
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct RecordFilter {
    /// Of this command, as in `CreateUser`.
    command: Option<String>,
    /// That touch the entity of this unique id, as in `AIDA…`.
    entity: Option<String>,
    /// By this actor: an ARN, or a principal's id.
    actor: Option<String>,
}

impl From<RecordFilter> for chancery_engine::RecordFilter {
    fn from(filter: RecordFilter) -> Self {
        Self { command: filter.command, entity: filter.entity, actor: filter.actor }
    }
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    json: Value,
}

impl Record {
    pub(crate) fn new(state: RecordView) -> Self {
        Self { state: Arc::new(state) }
    }

    /// Its place.
    pub(crate) fn key(&self) -> String {
        self.state.sequence.to_string()
    }
}

/// A record of the event log: one acknowledged change, for ever.
#[Object(serial)]
impl Record {
    /// The global id, for `node`.
    pub(crate) async fn id(&self) -> ID {
        GlobalId::Record(self.state.account, self.state.sequence).encode()
    }

    /// Its place in the log, counted from 0. Other accounts' records leave gaps.
    async fn sequence(&self) -> Seq {
        Seq(self.state.sequence)
    }

    /// Its own id (a ULID).
    async fn record_id(&self) -> String {
        self.state.id.to_string()
    }

    /// When it was written. Times never go backwards.
    async fn time(&self) -> Timestamp {
        Timestamp(self.state.time)
    }

    /// The account.
    async fn account_id(&self) -> AccountId {
        AccountId(self.state.account)
    }

    /// The ARN of who did it, with the names of now.
    async fn actor_arn(&self) -> &str {
        self.state.actor_arn.as_str()
    }

    /// The unique id of who did it; the account id for its root user; `system` or `operator`.
    async fn actor_id(&self) -> String {
        match self.state.actor.principal {
            Principal::System => "system".to_owned(),
            Principal::Operator => "operator".to_owned(),
            Principal::Root(account) => account.to_string(),
            Principal::User(id) => id.to_string(),
            Principal::Role(id) => id.to_string(),
        }
    }

    /// The bearer session that it was done with.
    async fn session_id(&self) -> Option<String> {
        match &self.state.actor.credential {
            Credential::Session(id) => Some(id.to_string()),
            Credential::None | Credential::AccessKey(_) => None,
        }
    }

    /// The request, as its caller was told.
    async fn request_id(&self) -> String {
        self.state.request.to_string()
    }

    /// Where the request came from; null when that is unknown or erased.
    async fn origin(&self) -> Option<&str> {
        self.state.origin.as_deref()
    }

    /// The command, as in `CreateUser`.
    async fn command(&self) -> &str {
        self.state.command.as_str()
    }

    /// The client token that the request came with.
    async fn client_token(&self) -> Option<&str> {
        self.state.token.as_deref()
    }

    /// What happened, in order.
    async fn events(&self) -> Vec<Event> {
        let mut line = self.state.to_json();
        match line.get_mut("events").map(Value::take) {
            Some(Value::Array(events)) => events.into_iter().map(|json| Event { json }).collect(),
            _ => Vec::new(),
        }
    }
}

/// One thing that happened.
#[Object(serial)]
impl Event {
    /// What happened, as in `user.created.v1`.
    #[graphql(name = "type")]
    async fn kind(&self) -> Option<&str> {
        self.json.get("type").and_then(Value::as_str)
    }

    /// The unique id of what it happened to; null for the account itself.
    async fn entity(&self) -> Option<&str> {
        self.json.get("entity").and_then(Value::as_str)
    }

    /// The details. Personal data is open unless its person is erased; of a secret only whose it is.
    async fn data(&self) -> Json<Value> {
        Json(self.json.get("data").cloned().unwrap_or(Value::Null))
    }
}
