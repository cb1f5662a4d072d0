//! Random commands on the organization, in three accounts, and a naive model beside it: the same answers, the same sizes, the
//! same policies over every account.

mod model;
mod real;

use std::collections::BTreeSet;

use proptest::{prelude::*, sample::select, strategy::ValueTree, test_runner::TestRunner};

use self::{
    model::{Do, Model, Organization, Outcome, Place, Policy},
    real::Real,
};

const CASES: u32 = 100;
const STEPS: usize = 100;
const ACCOUNTS: [&str; 3] = ["111111111111", "222222222222", "333333333333"];
const NAMES: &[&str] = &["A", "B", "FullAWSAccess"];

/// Runs a step on both sides.
fn step(real: &mut Real, model: &mut Model, by: usize, what: Do) -> Outcome {
    let expected = model.step(by, what, real.world.now.millis());
    let outcome = real.step(by, what);
    assert_eq!(outcome, expected, "real and model: {by} {what:?}");
    let known = real.world.state.organization.as_deref();
    let sizes = known.map(|known| (known.units.len(), known.accounts.len(), known.invitations.len(), known.policies.len()));
    let model_sizes = |known: &Organization| (known.units.len(), known.accounts.len(), known.invited.len(), known.policies.len());
    assert_eq!(sizes, model.organization.as_ref().map(model_sizes), "{what:?}");
    for account in 0..ACCOUNTS.len() {
        let member = model.organization.as_ref().is_some_and(|known| known.accounts.contains_key(&account));
        assert_eq!(real.world.state.accounts[&real.account(account)].organization.is_some(), member, "{what:?}");
        for resource in [false, true] {
            let over = model.organization.as_ref().and_then(|known| known.over(account, resource));
            assert_eq!(real.over(account, resource), over, "over {account} after {what:?}");
        }
    }
    outcome
}

fn parent() -> impl Strategy<Value = Place> {
    prop_oneof![2 => Just(Place::Root), 3 => (0..9_usize).prop_map(Place::Unit)]
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![4 => parent(), 1 => (0..3_usize).prop_map(Place::Account)]
}

fn policy() -> impl Strategy<Value = Policy> {
    prop_oneof![1 => any::<bool>().prop_map(Policy::Default), 4 => (0..4_usize).prop_map(Policy::Own)]
}

fn deed() -> impl Strategy<Value = Do> {
    let name = || select(NAMES);
    let account = || 0..3_usize;
    let create = (prop::bool::weighted(0.3), name(), prop::bool::weighted(0.1));
    let update = (policy(), prop::option::of(name()), prop::option::of(any::<bool>()));
    prop_oneof![
        2 => Just(Do::Create),
        1 => select(&[Do::Delete, Do::Leave][..]),
        3 => Just(Do::Wait),
        9 => (parent(), name()).prop_map(|(under, name)| Do::Unit { under, name }),
        2 => (0..9_usize, name()).prop_map(|(unit, name)| Do::Rename { unit, name }),
        2 => (0..9_usize).prop_map(Do::DeleteUnit),
        4 => account().prop_map(Do::Invite),
        4 => account().prop_map(Do::Accept),
        1 => prop_oneof![account().prop_map(Do::Decline), account().prop_map(Do::Cancel), account().prop_map(Do::Remove)],
        5 => (account(), parent(), parent()).prop_map(|(account, from, to)| Do::Move { account, from, to }),
        4 => create.prop_map(|(resource, name, wrong)| Do::Policy { resource, name, of_resource: resource != wrong }),
        2 => update.prop_map(|(policy, name, of_resource)| Do::Update { policy, name, of_resource }),
        3 => policy().prop_map(Do::DeletePolicy),
        8 => (policy(), place()).prop_map(|(policy, to)| Do::Attach { policy, to }),
        5 => (policy(), place()).prop_map(|(policy, from)| Do::Detach { policy, from }),
        5 => any::<bool>().prop_map(Do::Enable),
        1 => any::<bool>().prop_map(Do::Disable),
    ]
}

/// Mostly the first account, which mostly is the management account.
fn steps() -> impl Strategy<Value = Vec<(usize, Do)>> {
    let deed = (select(&[0, 0, 0, 0, 0, 0, 1, 2][..]), deed()).prop_map(|(by, deed)| match deed {
        // An invitation is for its account to answer, most of the time.
        Do::Accept(account) if by == 0 => (account, deed),
        deed => (by, deed),
    });
    prop::collection::vec(deed, 1..=STEPS).prop_map(|mut steps| {
        steps.insert(0, (0, Do::Create));
        steps
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_organization_does_what_the_naive_model_does(steps in steps()) {
        let (mut real, mut model) = (Real::new(), Model::default());
        for (by, what) in steps {
            let _ = step(&mut real, &mut model, by, what);
        }
    }
}

/// What the runs below must have given. `LastPolicy` and quotas share a code.
const REACHED: &str = "same changed AWSOrganizationsNotInUseException AccessDeniedException AccountNotFoundException \
    AlreadyInOrganizationException ConstraintViolationException DestinationParentNotFoundException DuplicateAccountException \
    DuplicateHandshakeException DuplicateOrganizationalUnitException DuplicatePolicyAttachmentException DuplicatePolicyException \
    HandshakeNotFoundException InvalidHandshakeTransitionException InvalidInputException MalformedPolicyDocumentException \
    MasterCannotLeaveOrganizationException OrganizationNotEmptyException OrganizationalUnitNotEmptyException \
    OrganizationalUnitNotFoundException ParentNotFoundException PolicyInUseException PolicyNotAttachedException \
    PolicyNotFoundException PolicyTypeAlreadyEnabledException PolicyTypeNotEnabledException SourceParentNotFoundException \
    TargetNotFoundException";

#[test]
fn random_runs_on_the_organization_reach_every_outcome() {
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeSet::new();
    for _ in 0..CASES {
        let (mut real, mut model) = (Real::new(), Model::default());
        for (by, what) in steps().new_tree(&mut runner).unwrap().current() {
            reached.insert(match step(&mut real, &mut model, by, what) {
                Ok(true) => "changed",
                Ok(false) => "same",
                Err(code) => code,
            });
        }
    }
    let missed: Vec<_> = REACHED.split_whitespace().filter(|outcome| !reached.contains(outcome)).collect();
    assert!(missed.is_empty(), "never {missed:?}");
}
