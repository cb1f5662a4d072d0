//! Given these commands, when this one comes, then these events or this rejection: how commands are tested.
//!
//! Ids are drawn from a counter, so that events read the same in every run. The sealer wraps the clear text in its
//! field's name: what is sealed under one name does not open under another.

use chancery_model::{AccountId, EmailAddress, Principal, SealedBytes, Secret, Sequence, SubjectId, Timestamp, Ulid};
use expect_test::Expect;

use crate::{Command, Context, Event, Fresh, Given, NewPassword, Opener, RecordFacts, Rejection, SealFailed, Sealer, State, actions};

/// The account in which tests happen.
pub(crate) const ACCOUNT: &str = "123456789012";
/// The moment of a test's first record: 2026-01-01T00:00:00Z. Each record is a second later.
pub(crate) const START: u64 = 1_767_225_600_000;

/// A state that commands are run on.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) account: AccountId,
    pub(crate) now: Timestamp,
    counter: u64,
}

pub(crate) struct TestSealer<'a>(pub(crate) &'a mut u64);

impl Sealer for TestSealer<'_> {
    fn new_subject(&mut self) -> Result<SubjectId, SealFailed> {
        *self.0 += 1;
        Ok(SubjectId(Ulid::from(u128::from(*self.0))))
    }

    fn seal(&mut self, subject: SubjectId, field: &'static str, plain: &[u8]) -> Result<SealedBytes, SealFailed> {
        Ok(SealedBytes { subject, bytes: [field.as_bytes(), b"=", plain].concat().into() })
    }
}

pub(crate) struct TestOpener;

impl Opener for TestOpener {
    fn open(&mut self, field: &'static str, sealed: &SealedBytes) -> Option<Vec<u8>> {
        let prefix = [field.as_bytes(), b"="].concat();
        Some(sealed.bytes.strip_prefix(prefix.as_slice()).expect("sealed under another field's name").to_vec())
    }
}

impl World {
    /// No account yet.
    pub(crate) fn empty() -> Self {
        let account = AccountId::parse(ACCOUNT).unwrap();
        Self { state: State::default(), account, now: Timestamp::from_millis(START), counter: 0 }
    }

    /// An account with nothing in it.
    pub(crate) fn new() -> Self {
        let email = EmailAddress::parse("root@example.com").unwrap();
        Self::empty().with(actions::CreateAccount { email: Given::new(email), password: None, alias: None })
    }

    /// The same world after a command that must be accepted.
    #[track_caller]
    pub(crate) fn with(mut self, command: impl Into<Command>) -> Self {
        let command = command.into();
        if let Err(rejection) = self.run(command.clone()) {
            panic!("given {command:?}: {rejection}");
        }
        self
    }

    /// The same world, so many seconds later.
    pub(crate) fn later(mut self, seconds: u64) -> Self {
        self.now = self.now.plus_seconds(seconds);
        self
    }

    /// Seals, decides and applies, as the engine does.
    pub(crate) fn run(&mut self, command: impl Into<Command>) -> Result<Vec<Event>, Rejection> {
        let mut command = command.into();
        if let Some(password) = command.password() {
            let hash = format!("hash of {}", password.clear().expose());
            password.set_hash(Secret::new(hash));
        }
        let published = self.state.accounts.get(&self.account).cloned();
        command.seal(published.as_deref(), &mut TestSealer(&mut self.counter)).unwrap();
        self.counter += 1;
        let fresh = Fresh::new(u128::from(self.counter));
        let events = command.decide(self.account, &Context { state: &self.state, now: self.now, fresh })?;
        self.apply(&events);
        Ok(events)
    }

    fn apply(&mut self, events: &[Event]) {
        let (sequence, time) = (self.state.next, self.now);
        let facts = RecordFacts { sequence, time, account: self.account, principal: Principal::Root(self.account), token: None };
        self.state.apply(&facts, events);
        self.now = self.now.plus_seconds(1);
        self.assert_index();
    }

    /// The index kept in step must be the index built anew, and a state through storage must be the same state.
    fn assert_index(&self) {
        let mut stored: State = serde_json::from_str(&serde_json::to_string(&self.state).unwrap()).unwrap();
        stored.restore(|_| TestOpener);
        assert_eq!(stored, self.state);
    }
}

/// A new password for commands.
pub(crate) fn password(text: &str) -> NewPassword {
    NewPassword::new(Secret::new(text.to_owned()))
}

/// Runs a command and compares its events (one a line) or its rejection (`Code: message`).
#[track_caller]
pub(crate) fn check(mut given: World, when: impl Into<Command>, then: Expect) {
    let outcome = match given.run(when) {
        Ok(events) if events.is_empty() => "nothing".to_owned(),
        Ok(events) => events.iter().map(show).collect::<Vec<_>>().join("\n"),
        Err(rejection) => format!("{}: {rejection}", rejection.code().as_str()),
    };
    then.assert_eq(&outcome);
}

fn show(event: &Event) -> String {
    format!("{} {event:?}", event.wire_name())
}
