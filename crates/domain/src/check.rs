//! Given these commands, when this one comes, then these events or this rejection: how commands are tested.
//!
//! Ids are drawn from a counter, so that events read the same in every run. The sealer wraps the clear text in its
//! field's name: what is sealed under one name does not open under another.

use std::{convert::Infallible, sync::Arc};

use chancery_model::{
    AccountId, Arn, EmailAddress, GroupName, InstanceProfileName, Path, PolicyName, Principal, RoleName, SealedBytes, Secret,
    SubjectId, TagValue, Tags, Timestamp, Ulid, UserName,
};
use chancery_policy::{Kind, PolicyText};
use expect_test::Expect;

use crate::{
    AccountChange, Command, Context, Event, Fresh, Given, NewPassword, Opener, PermissionChange, QuotaName, RecordFacts,
    Rejection, SealFailed, Sealer, State,
    actions::{
        AddUserToGroup, AttachPolicy, CreateAccount, CreateGroup, CreateLoginProfile, CreateUser, DeleteUser, PolicyTarget, Tag,
        TagTarget,
    },
    sample_events,
};

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
        Self::empty().with(account())
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

    /// The same world, with commands going to another account from now on.
    pub(crate) fn in_account(mut self, id: &str) -> Self {
        self.account = AccountId::parse(id).unwrap();
        self
    }

    /// The same world after a quota was set to any value: also to one that `RequestQuotaIncrease` would not grant.
    pub(crate) fn limited(self, quota: QuotaName, value: u64) -> Self {
        self.after(Event::Account(AccountChange::QuotaSet { quota, value }))
    }

    /// The same world after an event, whatever command it came from.
    pub(crate) fn after(mut self, event: Event) -> Self {
        self.apply(&[event]);
        self
    }

    /// The account in which commands run.
    pub(crate) fn here(&self) -> &Arc<crate::Account> {
        self.state.account(self.account).unwrap()
    }

    /// The command as the engine hands it to the writer.
    pub(crate) fn sealed(&mut self, command: impl Into<Command>) -> Command {
        let mut command = command.into();
        if let Some(password) = command.password() {
            let hash = format!("hash of {}", password.clear().expose());
            password.set_hash(Secret::new(hash));
        }
        let published = self.state.accounts.get(&self.account).cloned();
        command.seal(published.as_deref(), &mut TestSealer(&mut self.counter)).unwrap();
        command
    }

    /// Seals, decides and applies, as the engine does.
    pub(crate) fn run(&mut self, command: impl Into<Command>) -> Result<Vec<Event>, Rejection> {
        let command = self.sealed(command);
        self.run_sealed(&command)
    }

    /// Decides and applies a command as it is: one that was sealed earlier, or never.
    pub(crate) fn run_sealed(&mut self, command: &Command) -> Result<Vec<Event>, Rejection> {
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

/// A user's name.
pub(crate) fn user_name(name: &str) -> UserName {
    UserName::parse(name).unwrap()
}

/// A group's name.
pub(crate) fn group_name(name: &str) -> GroupName {
    GroupName::parse(name).unwrap()
}

/// Creates a user at the root path, without tags or boundary.
pub(crate) fn user(name: &str) -> CreateUser {
    CreateUser { user_name: Given::new(user_name(name)), path: Path::root(), tags: Tags::default(), permissions_boundary: None }
}

/// Creates a group at the root path.
pub(crate) fn group(name: &str) -> CreateGroup {
    CreateGroup { group_name: group_name(name), path: Path::root() }
}

/// Puts a user into a group for good.
pub(crate) fn joined(user: &str, group: &str) -> AddUserToGroup {
    AddUserToGroup { group_name: group_name(group), user_name: user_name(user), expires_at: None }
}

/// Deletes a user.
pub(crate) fn delete_user(name: &str) -> DeleteUser {
    DeleteUser { user_name: user_name(name) }
}

/// Gives a user a password that AWS's rules allow.
pub(crate) fn login(user: &str) -> CreateLoginProfile {
    CreateLoginProfile { user_name: user_name(user), password: password("Difference-1"), password_reset_required: false }
}

/// Creates the account that commands go to, without password or alias.
pub(crate) fn account() -> CreateAccount {
    let email = EmailAddress::parse("root@example.com").unwrap();
    CreateAccount { email: Given::new(email), password: None, alias: None }
}

/// The sample of an event that has its own account's nothing in it: a role, a policy, an instance profile.
pub(crate) fn sample(wire_name: &str) -> Event {
    sample_events().into_iter().find(|(name, _)| *name == wire_name).map(|(_, event)| event).unwrap()
}

/// The user `ada`, and the role, policy and instance profile of [`sample`].
pub(crate) fn tag_targets() -> [TagTarget; 4] {
    [
        TagTarget::User(user_name("ada")),
        TagTarget::Role(RoleName::parse("deploy").unwrap()),
        TagTarget::Policy(Arn::parse("arn:aws:iam::123456789012:policy/eng/reading").unwrap()),
        TagTarget::InstanceProfile(InstanceProfileName::parse("web").unwrap()),
    ]
}

/// One of AWS's policies, to be refused tags.
pub(crate) fn aws_policy(name: &str) -> TagTarget {
    TagTarget::Policy(Arn::parse(&format!("arn:aws:iam::aws:policy/{name}")).unwrap())
}

/// Sets tags.
pub(crate) fn tag(target: TagTarget, pairs: &[(&str, &str)]) -> Tag {
    let tags = Tags::parse(pairs.iter().copied(), target.case()).unwrap();
    Tag { target, tags: given_tags(&tags) }
}

/// Tags as a command brings them.
pub(crate) fn given_tags(tags: &Tags) -> Tags<Given<TagValue>> {
    tags.try_map(|value| Ok::<_, Infallible>(Given::new(value.clone()))).unwrap()
}

/// The world after tags were set.
pub(crate) fn tagged(world: World, target: TagTarget, pairs: &[(&str, &str)]) -> World {
    world.with(tag(target, pairs))
}

/// The world after AWS's `ReadOnlyAccess` was attached to a target.
pub(crate) fn attached(world: World, target: &PolicyTarget) -> World {
    let policy_arn = Arn::parse("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap();
    world.with(AttachPolicy { target: target.clone(), policy_arn, expires_at: None })
}

/// The world after an inline policy `p` was put on a target.
pub(crate) fn inline(world: World, target: &PolicyTarget) -> World {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let change = PermissionChange::InlinePut {
        name: PolicyName::parse("p").unwrap(),
        text: PolicyText::parse(text, Kind::Identity).unwrap(),
    };
    let event = target.find(world.here()).map(|found| found.event(change)).unwrap();
    world.after(event)
}

/// A new password for commands.
pub(crate) fn password(text: &str) -> NewPassword {
    NewPassword::new(Secret::new(text.to_owned()))
}

/// Runs a command and compares its events (one a line) or its rejection (`Code: message`).
#[track_caller]
pub(crate) fn check(mut given: World, when: impl Into<Command>, then: Expect) {
    let outcome = given.run(when);
    check_outcome(outcome, &then);
}

/// The same for a command that was sealed earlier, or never.
#[track_caller]
pub(crate) fn check_sealed(mut given: World, when: &Command, then: Expect) {
    let outcome = given.run_sealed(when);
    check_outcome(outcome, &then);
}

#[track_caller]
fn check_outcome(outcome: Result<Vec<Event>, Rejection>, then: &Expect) {
    let outcome = match outcome {
        Ok(events) if events.is_empty() => "nothing".to_owned(),
        Ok(events) => events.iter().map(show).collect::<Vec<_>>().join("\n"),
        Err(rejection) => format!("{}: {rejection}", rejection.code().as_str()),
    };
    then.assert_eq(&outcome);
}

/// The wire name, the event, and behind it what it carries sealed: `user.renamed.v1 User(…) | user.name=ada`.
fn show(event: &Event) -> String {
    let mut opened = Vec::new();
    open_all(&serde_json::to_value(event).unwrap(), &mut opened);
    let sealed = if opened.is_empty() { String::new() } else { format!(" | {}", opened.join(", ")) };
    format!("{} {event:?}{sealed}", event.wire_name())
}

/// Collects what [`TestSealer`] sealed: the only objects with a field `sealed`, in hexadecimal.
fn open_all(value: &serde_json::Value, opened: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => match fields.get("sealed") {
            Some(hex) => opened.push(from_hex(hex.as_str().unwrap())),
            None => fields.values().for_each(|value| open_all(value, opened)),
        },
        serde_json::Value::Array(items) => items.iter().for_each(|item| open_all(item, opened)),
        _ => {}
    }
}

fn from_hex(hex: &str) -> String {
    let bytes = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
    String::from_utf8(bytes.collect()).unwrap()
}
