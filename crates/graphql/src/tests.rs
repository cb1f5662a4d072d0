//! The door over a real engine.

use std::sync::Arc;

use chancery_engine::{Caller, Engine, EngineConfig, FirstAccount, Request, init};
use chancery_model::{AccountId, RequestId, Secret, Ulid};
use serde_json::{Value, json};

use crate::{Answer, Door, DoorConfig};

mod access;
mod account_life;
mod coverage;
mod errors;
mod fast_path;
mod introspection;
mod organization;
mod paging;
mod sessions;

/// The root user's password.
pub(crate) const PASSWORD: &str = "correct horse Battery 9";
/// The account.
pub(crate) const ACCOUNT: &str = "123456789012";

/// A door over an engine in a directory of its own.
pub(crate) struct World {
    pub(crate) door: Door,
    pub(crate) engine: Engine,
    _dir: tempfile::TempDir,
}

/// Cheap hashes: nothing here is about their strength.
fn hashing() -> chancery_vault::HashingConfig {
    chancery_vault::HashingConfig { memory_kib: 64, passes: 1, ..chancery_vault::HashingConfig::default() }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(DoorConfig::default())
    }

    pub(crate) fn with(config: DoorConfig) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let engine_config = EngineConfig { hashing: hashing(), ..EngineConfig::new(dir.path().join("data")) };
        let first = FirstAccount {
            account: Some(AccountId::parse(ACCOUNT).unwrap()),
            password: Some(Secret::new(PASSWORD.to_owned())),
            ..FirstAccount::default()
        };
        let (engine, _) = std::thread::spawn(move || init(engine_config, first, &|_| {}).unwrap()).join().unwrap();
        Self { door: Door::new(engine.clone(), config), engine, _dir: dir }
    }

    /// Runs a request as whoever `caller` is.
    pub(crate) async fn send(&self, caller: Option<Caller>, query: &str, variables: Value) -> (Answer, Value) {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let answer = self.door.execute(caller, request(), body.as_bytes()).await;
        let value = serde_json::from_slice(&answer.body).unwrap();
        (answer, value)
    }

    /// Signs in: the token.
    pub(crate) async fn sign_in(&self, user: Option<&str>, password: &str) -> String {
        let text = "mutation($input: SignInInput!) { signIn(input: $input) { session { token } } }";
        let input = json!({ "accountId": ACCOUNT, "userName": user, "password": password });
        let (_, value) = self.send(None, text, json!({ "input": input })).await;
        value["data"]["signIn"]["session"]["token"].as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
    }

    /// The root user, signed in.
    pub(crate) async fn root(&self) -> Root<'_> {
        let token = self.sign_in(None, PASSWORD).await;
        Root { world: self, caller: self.engine.authenticate(&token).unwrap(), token }
    }
}

/// The root user of a world.
pub(crate) struct Root<'a> {
    world: &'a World,
    pub(crate) caller: Caller,
    pub(crate) token: String,
}

impl Root<'_> {
    /// Runs a document and gives the whole answer.
    pub(crate) async fn ask(&self, query: &str) -> Value {
        self.world.send(Some(self.caller.clone()), query, json!({})).await.1
    }

    /// The same with variables.
    pub(crate) async fn ask_with(&self, query: &str, variables: Value) -> Value {
        self.world.send(Some(self.caller.clone()), query, variables).await.1
    }

    /// The data of an answer that must be without errors.
    pub(crate) async fn data(&self, query: &str) -> Value {
        let mut value = self.ask(query).await;
        assert_eq!(value.get("errors"), None, "{query}");
        value["data"].take()
    }

    /// The code and message of an answer's first error.
    pub(crate) async fn refusal(&self, query: &str) -> (String, String) {
        refusal(&self.ask(query).await)
    }
}

/// The code and message of an answer's first error.
pub(crate) fn refusal(value: &Value) -> (String, String) {
    let error = &value["errors"][0];
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no error in {error}")).to_owned();
    (text(&error["extensions"]["code"]), text(&error["message"]))
}

/// A request of its own.
pub(crate) fn request() -> Request {
    Request { id: RequestId(Ulid::generate()), address: None, user_agent: Some("tests".to_owned()), secure: false }
}

/// Keeps the compiler's eye on what servers need: a door is shared between threads.
fn _shared(door: Door) -> Arc<dyn Send + Sync> {
    Arc::new(door)
}
