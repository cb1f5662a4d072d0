//! The naive model of the organization: numbers instead of ids, and the rules written down once more.
//!
//! Units and policies have the number of their creation; a step names one by a number, of all there ever were.

use std::collections::{BTreeMap, BTreeSet};

/// The root, a unit or an account, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Root,
    Unit(usize),
    Account(usize),
}

/// AWS's policy of a type, or one of the organization's, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Policy {
    Default(bool),
    Own(usize),
}

/// What a step does; `bool` is the type of policy: service (false) or resource (true).
#[derive(Debug, Clone, Copy)]
pub(super) enum Do {
    Create,
    Delete,
    Unit { under: Place, name: &'static str },
    Rename { unit: usize, name: &'static str },
    DeleteUnit(usize),
    Invite(usize),
    Accept(usize),
    Decline(usize),
    Cancel(usize),
    Remove(usize),
    Leave,
    Move { account: usize, from: Place, to: Place },
    Policy { resource: bool, name: &'static str, of_resource: bool },
    Update { policy: Policy, name: Option<&'static str>, of_resource: Option<bool> },
    DeletePolicy(Policy),
    Attach { policy: Policy, to: Place },
    Detach { policy: Policy, from: Place },
    Enable(bool),
    Disable(bool),
    Wait,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Organization {
    pub(super) management: usize,
    pub(super) units: BTreeMap<usize, (&'static str, Place)>,
    pub(super) accounts: BTreeMap<usize, Place>,
    pub(super) invited: BTreeMap<usize, u64>,
    pub(super) policies: BTreeMap<usize, (bool, &'static str, bool)>,
    pub(super) enabled: BTreeMap<bool, BTreeMap<Place, BTreeSet<Policy>>>,
}

#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) organization: Option<Organization>,
    units: usize,
    policies: usize,
}

pub(super) type Outcome = Result<bool, &'static str>;

pub(super) fn when(code: &'static str, wrong: bool) -> Result<(), &'static str> {
    if wrong { Err(code) } else { Ok(()) }
}

impl Organization {
    fn there(&self, place: Place) -> bool {
        match place {
            Place::Root => true,
            Place::Unit(unit) => self.units.contains_key(&unit),
            Place::Account(account) => self.accounts.contains_key(&account),
        }
    }

    fn depth(&self, place: Place) -> usize {
        match place {
            Place::Unit(unit) => 1 + self.depth(self.units[&unit].1),
            Place::Root | Place::Account(_) => 0,
        }
    }

    fn named(&self, under: Place, name: &str) -> bool {
        self.units.values().any(|(known, parent)| *known == name && *parent == under)
    }

    fn policy(&self, policy: Policy) -> Option<(bool, &'static str, bool)> {
        match policy {
            Policy::Default(resource) => Some((resource, if resource { "RCPFullAWSAccess" } else { "FullAWSAccess" }, resource)),
            Policy::Own(number) => self.policies.get(&number).copied(),
        }
    }

    fn policy_named(&self, resource: bool, name: &str) -> bool {
        (!resource && name == "FullAWSAccess") || self.policies.values().any(|(of, known, _)| *of == resource && *known == name)
    }

    fn arrive(&mut self, place: Place) {
        for (resource, places) in &mut self.enabled {
            places.insert(place, BTreeSet::from([Policy::Default(*resource)]));
        }
    }

    fn go(&mut self, place: Place) {
        self.enabled.values_mut().for_each(|places| drop(places.remove(&place)));
    }

    fn places(&self) -> Vec<Place> {
        let units = self.units.keys().map(|unit| Place::Unit(*unit));
        [Place::Root].into_iter().chain(units).chain(self.accounts.keys().map(|account| Place::Account(*account))).collect()
    }

    /// The policies over an account: each level's, root first.
    pub(super) fn over(&self, account: usize, resource: bool) -> Option<Vec<BTreeSet<Policy>>> {
        let places = self.enabled.get(&resource)?;
        let mut way = vec![Place::Account(account), *self.accounts.get(&account).filter(|_| account != self.management)?];
        while let Some(Place::Unit(unit)) = way.last() {
            way.push(self.units[unit].1);
        }
        Some(way.iter().rev().map(|place| places[place].clone()).collect())
    }
}

impl Model {
    pub(super) fn step(&mut self, by: usize, what: Do, now: u64) -> Outcome {
        let mut numbers = (self.units, self.policies);
        let outcome = match (what, &mut self.organization) {
            (Do::Wait, _) => Ok(false),
            (Do::Create, Some(_)) => Err("AlreadyInOrganizationException"),
            (Do::Create, none) => {
                *none = Some(Organization { management: by, accounts: [(by, Place::Root)].into(), ..Organization::default() });
                Ok(true)
            }
            (Do::Accept(_) | Do::Decline(_), None) => Err("HandshakeNotFoundException"),
            (Do::Accept(account), Some(known)) => accept(known, by, account, now),
            (Do::Decline(account), Some(known)) => {
                when("HandshakeNotFoundException", by != account || known.invited.remove(&by).is_none()).map(|()| true)
            }
            (_, None) => Err("AWSOrganizationsNotInUseException"),
            (_, Some(known)) if !known.accounts.contains_key(&by) => Err("AWSOrganizationsNotInUseException"),
            (Do::Leave, Some(known)) => leave(known, by),
            (_, Some(known)) if known.management != by => Err("AccessDeniedException"),
            (Do::Delete, Some(known)) if known.accounts.len() > 1 => Err("OrganizationNotEmptyException"),
            (Do::Delete, gone) => {
                *gone = None;
                Ok(true)
            }
            (what, Some(known)) => known.tree(what, &mut numbers, now).unwrap_or_else(|| known.control(what, &mut numbers)),
        };
        (self.units, self.policies) = numbers;
        outcome
    }
}

pub(super) fn accept(known: &mut Organization, by: usize, account: usize, now: u64) -> Outcome {
    let at = known.invited.get(&account).copied().filter(|_| by == account).ok_or("HandshakeNotFoundException")?;
    when("InvalidHandshakeTransitionException", now >= at + 15 * 86_400_000)?;
    known.invited.remove(&account);
    known.accounts.insert(account, Place::Root);
    known.arrive(Place::Account(account));
    Ok(true)
}

pub(super) fn leave(known: &mut Organization, account: usize) -> Outcome {
    when("MasterCannotLeaveOrganizationException", known.management == account)?;
    known.accounts.remove(&account);
    known.go(Place::Account(account));
    Ok(true)
}

impl Organization {
    /// Steps on units and accounts; `None` for another step.
    fn tree(&mut self, what: Do, numbers: &mut (usize, usize), now: u64) -> Option<Outcome> {
        Some(match what {
            Do::Unit { under, name } => self.unit(under, name, &mut numbers.0),
            Do::Rename { unit, name } => self.rename(unit, name),
            Do::DeleteUnit(unit) => self.delete_unit(unit),
            Do::Invite(account) => self.invite(account, now),
            Do::Cancel(account) => self.invited.remove(&account).map(|_| true).ok_or("HandshakeNotFoundException"),
            Do::Remove(account) if !self.accounts.contains_key(&account) => Err("AccountNotFoundException"),
            Do::Remove(account) => leave(self, account),
            Do::Move { account, from, to } => self.relocate(account, from, to),
            _ => return None,
        })
    }

    fn unit(&mut self, under: Place, name: &'static str, next: &mut usize) -> Outcome {
        when("ParentNotFoundException", !self.there(under))?;
        when("DuplicateOrganizationalUnitException", self.named(under, name))?;
        when("ConstraintViolationException", self.depth(under) >= 5 || self.units.len() >= 7)?;
        self.units.insert(*next, (name, under));
        self.arrive(Place::Unit(*next));
        *next += 1;
        Ok(true)
    }

    fn rename(&mut self, unit: usize, name: &'static str) -> Outcome {
        let (known, parent) = *self.units.get(&unit).ok_or("OrganizationalUnitNotFoundException")?;
        if known == name {
            return Ok(false);
        }
        when("DuplicateOrganizationalUnitException", self.named(parent, name))?;
        self.units.insert(unit, (name, parent));
        Ok(true)
    }

    fn delete_unit(&mut self, unit: usize) -> Outcome {
        when("OrganizationalUnitNotFoundException", !self.units.contains_key(&unit))?;
        let mut parents = self.units.values().map(|(_, parent)| parent).chain(self.accounts.values());
        when("OrganizationalUnitNotEmptyException", parents.any(|parent| *parent == Place::Unit(unit)))?;
        self.units.remove(&unit);
        self.go(Place::Unit(unit));
        Ok(true)
    }

    fn invite(&mut self, account: usize, now: u64) -> Outcome {
        let open = |at: &u64| now < at + 15 * 86_400_000;
        when("AlreadyInOrganizationException", self.accounts.contains_key(&account))?;
        when("DuplicateHandshakeException", self.invited.get(&account).is_some_and(open))?;
        when("ConstraintViolationException", self.accounts.len() + self.invited.values().filter(|at| open(at)).count() >= 2)?;
        self.invited.insert(account, now);
        Ok(true)
    }

    fn relocate(&mut self, account: usize, from: Place, to: Place) -> Outcome {
        let parent = *self.accounts.get(&account).ok_or("AccountNotFoundException")?;
        when("SourceParentNotFoundException", parent != from)?;
        when("DestinationParentNotFoundException", !self.there(to))?;
        when("DuplicateAccountException", from == to)?;
        self.accounts.insert(account, to);
        Ok(true)
    }

    /// Steps on control policies.
    fn control(&mut self, what: Do, numbers: &mut (usize, usize)) -> Outcome {
        match what {
            Do::Policy { resource, name, of_resource } => {
                when("MalformedPolicyDocumentException", resource != of_resource)?;
                when("DuplicatePolicyException", self.policy_named(resource, name))?;
                self.policies.insert(numbers.1, (resource, name, of_resource));
                numbers.1 += 1;
                Ok(true)
            }
            Do::Update { policy, name, of_resource } => self.update(policy, name, of_resource),
            Do::DeletePolicy(policy) => self.delete_policy(policy),
            Do::Attach { policy, to } => self.attach(policy, to),
            Do::Detach { policy, from } => self.detach(policy, from),
            Do::Enable(resource) => {
                when("PolicyTypeAlreadyEnabledException", self.enabled.contains_key(&resource))?;
                let places = self.places().into_iter().map(|place| (place, BTreeSet::from([Policy::Default(resource)])));
                self.enabled.insert(resource, places.collect());
                Ok(true)
            }
            Do::Disable(resource) => self.enabled.remove(&resource).map(|_| true).ok_or("PolicyTypeNotEnabledException"),
            other => panic!("{other:?} is not about policies"),
        }
    }

    fn update(&mut self, policy: Policy, name: Option<&'static str>, of_resource: Option<bool>) -> Outcome {
        let (resource, known, _) = self.policy(policy).ok_or("PolicyNotFoundException")?;
        let Policy::Own(number) = policy else { return Err("InvalidInputException") };
        when("MalformedPolicyDocumentException", of_resource.is_some_and(|of_resource| of_resource != resource))?;
        let name = name.filter(|name| *name != known);
        when("DuplicatePolicyException", name.is_some_and(|name| self.policy_named(resource, name)))?;
        self.policies.insert(number, (resource, name.unwrap_or(known), resource));
        Ok(name.is_some())
    }

    fn delete_policy(&mut self, policy: Policy) -> Outcome {
        self.policy(policy).ok_or("PolicyNotFoundException")?;
        let Policy::Own(number) = policy else { return Err("InvalidInputException") };
        let mut attached = self.enabled.values().flat_map(BTreeMap::values);
        when("PolicyInUseException", attached.any(|policies| policies.contains(&policy)))?;
        self.policies.remove(&number);
        Ok(true)
    }

    fn attach(&mut self, policy: Policy, to: Place) -> Outcome {
        let (resource, ..) = self.policy(policy).ok_or("PolicyNotFoundException")?;
        when("TargetNotFoundException", !self.there(to))?;
        let places = self.enabled.get_mut(&resource).ok_or("PolicyTypeNotEnabledException")?;
        let attached = places.get_mut(&to).unwrap();
        when("DuplicatePolicyAttachmentException", attached.contains(&policy))?;
        when("ConstraintViolationException", attached.len() >= 2)?;
        Ok(attached.insert(policy))
    }

    fn detach(&mut self, policy: Policy, from: Place) -> Outcome {
        let (resource, ..) = self.policy(policy).ok_or("PolicyNotFoundException")?;
        when("TargetNotFoundException", !self.there(from))?;
        let attached = self.enabled.get_mut(&resource).and_then(|places| places.get_mut(&from));
        let attached = attached.filter(|attached| attached.contains(&policy)).ok_or("PolicyNotAttachedException")?;
        when("InvalidInputException", policy == Policy::Default(true))?;
        when("ConstraintViolationException", attached.len() == 1)?;
        Ok(attached.remove(&policy))
    }
}
