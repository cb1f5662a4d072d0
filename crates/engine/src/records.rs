//! Records as callers see them: a page, one, or all that come.

use std::{sync::Arc, time::Duration};

use chancery_domain::{Event, Read, State};
use chancery_log::{Bytes, decode_record};
use chancery_model::{AccountId, Actor, Arn, RecordId, RequestId, Sequence, Timestamp};
use chancery_vault::Vault;
use futures_util::{Stream, stream};
use serde_json::{Value, json};
use smol_str::SmolStr;

use crate::{
    Caller, Engine, EngineError,
    authorize::{asked_by_read, authorize},
    caller::principal_arn,
    engine::Inner,
    seals::{Opened, open_origin, open_to_show},
};

/// The most records of one page.
pub const PAGE_RECORDS_MAX: usize = 1_000;
/// So many records are looked at for one page at most; a filter that finds less gives a short page and a cursor.
const SCANNED_MAX: usize = 200_000;
/// How often a follower looks whether its session still stands.
const RECHECK: Duration = Duration::from_secs(5);

/// A record, opened.
#[derive(Debug, Clone)]
pub struct RecordView {
    /// Its place.
    pub sequence: Sequence,
    /// Its id.
    pub id: RecordId,
    /// Its time.
    pub time: Timestamp,
    /// Its account.
    pub account: AccountId,
    /// Who acted.
    pub actor: Actor,
    /// The ARN of who acted, with the names of now.
    pub actor_arn: Arn,
    /// The request.
    pub request: RequestId,
    /// Where the request came from, if that is known and not erased.
    pub origin: Option<String>,
    /// The command.
    pub command: SmolStr,
    /// The client token.
    pub token: Option<SmolStr>,
    /// What happened.
    pub events: Vec<Event>,
    opened: Opened,
}

impl RecordView {
    /// Reads a stored record.
    pub(crate) fn of(vault: &Vault, state: &State, sequence: Sequence, bytes: &Bytes) -> Result<Self, EngineError> {
        let mut record = decode_record::<Event>(sequence, bytes)
            .map_err(|error| chancery_log::LogError::Damaged { sequence, reason: error.to_string() })?;
        let damaged = || chancery_log::LogError::Damaged { sequence, reason: "a personal field does not open".to_owned() };
        let opened = open_to_show(vault, &mut record).ok_or_else(damaged)?;
        let origin = open_origin(vault, &record);
        let actor_arn = principal_arn(record.actor.principal, record.account, state);
        Ok(Self {
            sequence,
            id: record.id,
            time: record.time,
            account: record.account,
            actor: record.actor,
            actor_arn,
            request: record.request,
            origin,
            command: record.command,
            token: record.token.map(|used| used.token),
            events: record.events,
            opened,
        })
    }

    /// One line of an export. Personal fields are open where their subject is not erased; secrets stay sealed.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "sequence": self.sequence.to_string(),
            "id": self.id.to_string(),
            "time": self.time.to_string(),
            "account": self.account.to_string(),
            "actor": self.actor,
            "actorArn": self.actor_arn.as_str(),
            "requestId": self.request.to_string(),
            "origin": self.origin,
            "command": self.command.as_str(),
            "clientToken": self.token.as_deref(),
            "events": self.events.iter().map(|event| show(event_json(event), &self.opened)).collect::<Vec<_>>(),
        })
    }
}

/// Puts what was opened in the place of its ciphertext. Of what stays sealed (a secret, or an erased person's datum) only
/// the subject is shown.
fn show(value: Value, opened: &Opened) -> Value {
    match value {
        Value::Object(map) => match (map.get("subject"), map.get("sealed").and_then(Value::as_str)) {
            (Some(subject), Some(sealed)) => {
                opened.get(sealed).map_or_else(|| json!({ "subject": subject, "sealed": true }), |plain| json!(plain))
            }
            _ => Value::Object(map.into_iter().map(|(key, inner)| (key, show(inner, opened))).collect()),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(|item| show(item, opened)).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// An event with its wire name and its entity, and its fields as they are stored.
#[must_use]
pub fn event_json(event: &Event) -> Value {
    json!({ "type": event.wire_name(), "entity": event.entity_id(), "data": fields(event) })
}

/// The innermost value of the nested enums that an event is.
fn fields(event: &Event) -> Value {
    let mut value = serde_json::to_value(event).unwrap_or(Value::Null);
    loop {
        value = match value {
            // A pair of id and change: the change counts.
            Value::Array(mut pair) => pair.pop().unwrap_or(Value::Null),
            Value::Object(map) if map.len() == 1 && map.keys().all(|key| key.starts_with(char::is_uppercase)) => {
                map.into_iter().next().map_or(Value::Null, |(_, inner)| inner)
            }
            Value::String(_) => return json!({}),
            other => return other,
        };
    }
}

/// Which records.
#[derive(Debug, Clone, Default)]
pub struct RecordFilter {
    /// Of this command.
    pub command: Option<String>,
    /// That touch this entity, by its unique id.
    pub entity: Option<String>,
    /// By this actor: an ARN, or a principal's id.
    pub actor: Option<String>,
}

impl RecordFilter {
    fn matches(&self, record: &RecordView) -> bool {
        let actor = |wanted: &String| record.actor_arn.as_str() == wanted || record.actor_arn.resource_name() == wanted;
        let entity = |wanted: &String| record.events.iter().any(|event| event.entity_id().as_ref() == Some(wanted));
        self.command.as_ref().is_none_or(|wanted| record.command == wanted.as_str())
            && self.entity.as_ref().is_none_or(entity)
            && self.actor.as_ref().is_none_or(actor)
    }
}

/// A page of records.
#[derive(Debug, Clone, Default)]
pub struct RecordQuery {
    /// After this record; from the first one when absent.
    pub after: Option<Sequence>,
    /// So many at most.
    pub first: usize,
    /// Which.
    pub filter: RecordFilter,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct RecordPage {
    /// The records, in order.
    pub records: Vec<RecordView>,
    /// Where to go on, when there may be more.
    pub next: Option<Sequence>,
}

impl Engine {
    /// A page of the account's records.
    ///
    /// # Errors
    /// [`EngineError::Denied`]; [`EngineError::Internal`] when the log cannot be read.
    pub async fn records(&self, caller: &Caller, query: RecordQuery) -> Result<RecordPage, EngineError> {
        self.may_read_records(caller)?;
        let (inner, account) = (Arc::clone(self.inner()), caller.account());
        let work = tokio::task::spawn_blocking(move || page(&inner, account, &query));
        work.await.map_err(|_| EngineError::Internal)?
    }

    /// One record of the account; `None` when there is none of that number, or it is another account's.
    ///
    /// # Errors
    /// [`EngineError::Denied`]; [`EngineError::Internal`] when the log cannot be read.
    pub async fn record(&self, caller: &Caller, sequence: Sequence) -> Result<Option<RecordView>, EngineError> {
        self.may_read_records(caller)?;
        let (inner, account) = (Arc::clone(self.inner()), caller.account());
        let work = tokio::task::spawn_blocking(move || one(&inner, account, sequence));
        work.await.map_err(|_| EngineError::Internal)?
    }

    /// Every record of the account after `after` (from the first one when absent), and then those that come, in order,
    /// without gap or repeat. Ends when the caller's session does.
    ///
    /// # Errors
    /// [`EngineError::Denied`].
    pub fn follow(
        &self,
        caller: &Caller,
        after: Option<Sequence>,
        filter: RecordFilter,
    ) -> Result<impl Stream<Item = Result<RecordView, EngineError>> + Send + use<>, EngineError> {
        self.may_read_records(caller)?;
        let next = after.map_or(Sequence(0), Sequence::next);
        let follower =
            Follower { engine: self.clone(), caller: caller.clone(), filter, next, ready: Vec::new().into_iter(), over: false };
        Ok(stream::unfold(follower, Follower::step))
    }

    fn may_read_records(&self, caller: &Caller) -> Result<(), EngineError> {
        let state = self.inner().published.load();
        let (account, read) = (caller.account(), Read::ListRecords);
        let asked = asked_by_read(read, &Arn::entity(account, "record", "*"));
        authorize(self.grounds(&state), caller, account, &asked, read)?;
        Ok(())
    }
}

fn one(inner: &Inner, account: AccountId, sequence: Sequence) -> Result<Option<RecordView>, EngineError> {
    let state = inner.published.load();
    if sequence >= state.next {
        return Ok(None);
    }
    let Some(item) = inner.log.read(sequence).next() else { return Ok(None) };
    let (sequence, bytes) = item?;
    let record = RecordView::of(&inner.vault, &state, sequence, &bytes)?;
    Ok(Some(record).filter(|record| record.account == account))
}

fn page(inner: &Inner, account: AccountId, query: &RecordQuery) -> Result<RecordPage, EngineError> {
    let state = inner.published.load();
    let from = query.after.map_or(Sequence(0), Sequence::next);
    let wanted = query.first.clamp(1, PAGE_RECORDS_MAX);
    let mut records = Vec::new();
    let mut last = None;
    for (scanned, item) in inner.log.read(from).enumerate() {
        let (sequence, bytes) = item?;
        if sequence >= state.next {
            break;
        }
        if records.len() == wanted || scanned == SCANNED_MAX {
            return Ok(RecordPage { records, next: last });
        }
        let record = RecordView::of(&inner.vault, &state, sequence, &bytes)?;
        if record.account == account && query.filter.matches(&record) {
            records.push(record);
        }
        last = Some(sequence);
    }
    Ok(RecordPage { records, next: None })
}

struct Follower {
    engine: Engine,
    caller: Caller,
    filter: RecordFilter,
    next: Sequence,
    ready: std::vec::IntoIter<RecordView>,
    over: bool,
}

impl Follower {
    async fn step(mut self) -> Option<(Result<RecordView, EngineError>, Self)> {
        loop {
            if self.over || !self.engine.still_stands(&self.caller) {
                return None;
            }
            if let Some(record) = self.ready.next() {
                return Some((Ok(record), self));
            }
            match self.fill().await {
                Ok(true) => {}
                Ok(false) => self.wait().await,
                Err(error) => {
                    self.over = true;
                    return Some((Err(error), self));
                }
            }
        }
    }

    /// Reads what is published and not yet given; `false` when there is nothing.
    async fn fill(&mut self) -> Result<bool, EngineError> {
        let (inner, from) = (Arc::clone(self.engine.inner()), self.next);
        if inner.published.load().next <= from {
            return Ok(false);
        }
        let read = tokio::task::spawn_blocking(move || read_some(&inner, from)).await.map_err(|_| EngineError::Internal)??;
        let account = self.caller.account();
        self.next = read.last().map_or(self.next, |record| record.sequence.next());
        let wanted: Vec<_> = read.into_iter().filter(|record| record.account == account && self.filter.matches(record)).collect();
        self.ready = wanted.into_iter();
        Ok(true)
    }

    async fn wait(&self) {
        let inner = self.engine.inner();
        let (mut heads, mut endings) = (inner.published.heads(), inner.sessions.endings());
        if *heads.borrow_and_update() > self.next {
            return;
        }
        tokio::select! {
            _ = heads.changed() => {}
            _ = endings.changed() => {}
            () = tokio::time::sleep(RECHECK) => {}
        }
    }
}

fn read_some(inner: &Inner, from: Sequence) -> Result<Vec<RecordView>, EngineError> {
    const AT_ONCE: usize = 256;
    let state = inner.published.load();
    let mut records = Vec::new();
    for item in inner.log.read(from).take(AT_ONCE) {
        let (sequence, bytes) = item?;
        if sequence >= state.next {
            break;
        }
        records.push(RecordView::of(&inner.vault, &state, sequence, &bytes)?);
    }
    Ok(records)
}
