//! Random commands on the real domain and on a naive model beside it: the same answers, the same contents, and a state
//! that is what its log says.

mod account;
mod model;
mod organization;
mod people;
mod policies;
mod random;
mod roles;
mod seen;
mod step;

use std::collections::{BTreeMap, BTreeSet};

use chancery_model::{AccountId, Principal, Sequence, Timestamp};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use self::{
    model::{Model, OTHERS_ALIAS, OTHERS_BUCKET, Outcome, QUOTAS},
    step::{OfPeople, OfPolicies, Step, command},
};
use crate::{
    AccountChange, Command, Event, RecordFacts, State,
    actions::{CreateAccountAlias, ExpireGrant},
    check::{TestOpener, World, account},
};

const CASES: u32 = 200;
const STEPS: usize = 120;

/// A world and what its log would hold: when, where, which events.
struct Run {
    world: World,
    model: Model,
    log: Vec<(Timestamp, AccountId, Vec<Event>)>,
}

impl Run {
    /// Two accounts, the other with an alias; this one with small quotas.
    fn new() -> Self {
        let mut run = Self { world: World::empty().in_account("999999999999"), model: Model::new(), log: Vec::new() };
        run.execute(account()).unwrap();
        run.execute(CreateAccountAlias { account_alias: chancery_model::AccountAlias::parse(OTHERS_ALIAS).unwrap() }).unwrap();
        run.execute(crate::check_builders::put_policy(OTHERS_BUCKET)).unwrap();
        run.world = run.world.in_account(crate::check::ACCOUNT);
        run.execute(account()).unwrap();
        for (name, value, _) in QUOTAS {
            let event = Event::Account(AccountChange::QuotaSet { quota: name.parse().unwrap(), value: *value });
            run.log.push((run.world.now, run.world.account, vec![event.clone()]));
            run.world = run.world.after(event);
        }
        run
    }

    fn execute(&mut self, command: impl Into<Command>) -> Outcome {
        let (now, account) = (self.world.now, self.world.account);
        let events = self.world.run(command).map_err(|rejection| rejection.code().as_str())?;
        let changed = !events.is_empty();
        self.log.push((now, account, events));
        Ok(changed)
    }

    /// Ends what is over, one record each.
    fn sweep(&mut self) -> Outcome {
        let over: Vec<_> = self.world.here().expired(self.world.now).map(|(_, grant)| grant).collect();
        for grant in &over {
            assert_eq!(self.execute(ExpireGrant { grant: *grant }), Ok(true));
        }
        Ok(!over.is_empty())
    }

    /// Runs a step on both sides.
    fn step(&mut self, step: &Step) -> Outcome {
        let expected = self.model.step(step, self.world.now.millis());
        let outcome = match (command(step, &self.world), step) {
            (Some(command), _) => self.execute(command),
            (None, Step::Wait(seconds)) => {
                self.world.now = self.world.now.plus_seconds(*seconds);
                Ok(false)
            }
            (None, Step::Sweep) => self.sweep(),
            (None, step) => {
                assert!(is_expiry(step), "{step:?} is no command");
                Ok(false)
            }
        };
        assert_eq!(outcome, expected, "real and model: {step:?}");
        assert_eq!(seen::seen(&self.world), self.model, "real and model after {step:?}");
        seen::check_lookups(&self.world, &self.model);
        outcome
    }

    /// The state folded from zero out of a log that was written and read.
    fn replayed(&self) -> State {
        let mut state = State::default();
        for (sequence, (time, account, events)) in (0..).zip(&self.log) {
            let mut events: Vec<Event> = serde_json::from_str(&serde_json::to_string(events).unwrap()).unwrap();
            events.iter_mut().for_each(|event| event.open(&mut TestOpener));
            let facts = RecordFacts {
                sequence: Sequence(sequence),
                time: *time,
                account: *account,
                principal: Principal::Root(*account),
                token: None,
            };
            state.apply(&facts, &events);
        }
        state
    }

    fn check_log(&self) {
        let (real, replayed) = (&self.world.state, self.replayed());
        assert_eq!(serde_json::to_string(&replayed).unwrap(), serde_json::to_string(real).unwrap(), "replay and live state");
        // `World` compares the state with itself through storage after each record; here the replayed one, index included.
        assert_eq!(replayed, *real);
    }
}

fn is_expiry(step: &Step) -> bool {
    matches!(step, Step::People(OfPeople::ExpireMembership { .. }) | Step::Policies(OfPolicies::ExpireAttachment { .. }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_domain_does_what_the_naive_model_does(steps in random::steps(STEPS)) {
        let mut run = Run::new();
        for step in &steps {
            // A difference panics with the step; proptest then looks for the shortest run that shows it.
            let _ = run.step(step);
        }
        run.check_log();
    }
}

/// The name of a step: `People CreateUser` of `People(CreateUser { … })`.
fn name(step: &Step) -> String {
    let text = format!("{step:?}");
    text.split(['(', ' ', ')']).take(2).collect::<Vec<_>>().join(" ")
}

fn shown(outcome: Outcome) -> &'static str {
    match outcome {
        Ok(true) => "changed",
        Ok(false) => "same",
        Err(code) => code,
    }
}

/// What each step must have given in the runs below.
const REACHED: &[(&str, &str)] = &[
    ("Account Create", "EntityAlreadyExists"),
    ("Account CreateAlias", "changed EntityAlreadyExists"),
    ("Account DeleteAlias", "changed NoSuchEntity"),
    ("Account DeleteResource", "changed NoSuchEntity"),
    ("Account PutResource", "same changed EntityAlreadyExists InvalidInput LimitExceeded"),
    ("Account DeletePasswordPolicy", "changed NoSuchEntity"),
    ("Account Publish", "same changed InvalidInput"),
    ("Account RaiseQuota", "changed InvalidInput"),
    ("Account SetPasswordPolicy", "same changed ValidationError"),
    ("Account Tag", "same changed LimitExceeded NoSuchEntity UnmodifiableEntity"),
    ("Account Untag", "same changed NoSuchEntity UnmodifiableEntity"),
    ("People CreateGroup", "changed EntityAlreadyExists LimitExceeded"),
    ("People CreateLogin", "changed EntityAlreadyExists NoSuchEntity PasswordPolicyViolation ValidationError"),
    ("People CreateUser", "changed EntityAlreadyExists LimitExceeded NoSuchEntity PolicyNotAttachable"),
    ("People DeleteGroup", "changed DeleteConflict NoSuchEntity"),
    ("People DeleteLogin", "changed NoSuchEntity"),
    ("People DeleteUser", "changed DeleteConflict NoSuchEntity"),
    ("People ExpireMembership", "same changed"),
    ("People Join", "same changed InvalidInput LimitExceeded NoSuchEntity"),
    ("People Leave", "changed NoSuchEntity"),
    ("People UpdateGroup", "same changed EntityAlreadyExists NoSuchEntity"),
    ("People UpdateLogin", "same changed NoSuchEntity ValidationError"),
    ("People UpdateUser", "same changed EntityAlreadyExists NoSuchEntity"),
    ("Policies Attach", "same changed InvalidInput LimitExceeded NoSuchEntity PolicyNotAttachable"),
    ("Policies Create", "changed EntityAlreadyExists LimitExceeded ValidationError"),
    ("Policies CreateVersion", "changed LimitExceeded NoSuchEntity UnmodifiableEntity"),
    ("Policies Delete", "changed DeleteConflict NoSuchEntity UnmodifiableEntity"),
    ("Policies DeleteBoundary", "changed InvalidInput NoSuchEntity"),
    ("Policies DeleteInline", "changed NoSuchEntity"),
    ("Policies DeleteVersion", "changed DeleteConflict NoSuchEntity UnmodifiableEntity"),
    ("Policies Detach", "changed NoSuchEntity"),
    ("Policies ExpireAttachment", "same"),
    ("Policies PutBoundary", "same changed InvalidInput NoSuchEntity PolicyNotAttachable"),
    ("Policies PutInline", "same changed LimitExceeded NoSuchEntity"),
    ("Policies SetDefault", "same changed NoSuchEntity UnmodifiableEntity"),
    ("Roles AddRole", "changed LimitExceeded NoSuchEntity"),
    ("Roles Create", "changed EntityAlreadyExists LimitExceeded NoSuchEntity PolicyNotAttachable ValidationError"),
    ("Roles CreateProfile", "changed EntityAlreadyExists LimitExceeded"),
    ("Roles Delete", "changed DeleteConflict NoSuchEntity"),
    ("Roles DeleteProfile", "changed DeleteConflict NoSuchEntity"),
    ("Roles RemoveRole", "changed NoSuchEntity"),
    ("Roles Update", "same changed NoSuchEntity ValidationError"),
    ("Roles UpdateTrust", "same changed LimitExceeded NoSuchEntity"),
    ("Sweep", "same changed"),
];

/// The random runs are worth something only while they reach everything.
#[test]
fn random_runs_reach_every_outcome() {
    let mut runner = TestRunner::deterministic();
    let mut reached: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for _ in 0..CASES {
        let mut run = Run::new();
        for step in random::steps(STEPS).new_tree(&mut runner).unwrap().current() {
            reached.entry(name(&step)).or_default().insert(shown(run.step(&step)));
        }
    }
    for (name, outcomes) in REACHED {
        let missed: Vec<_> = outcomes.split(' ').filter(|outcome| !reached[*name].contains(outcome)).collect();
        assert!(missed.is_empty(), "{name} never gave {missed:?}, but {:?}", reached[*name]);
    }
}
