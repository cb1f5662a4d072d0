//! The real side of a run on the organization.

use std::collections::BTreeSet;

use chancery_model::{AccountId, HandshakeId, OrganizationPolicyId, OrganizationalUnitId, ParentId, RootId, TargetId, Title};

use super::{
    ACCOUNTS,
    model::{Do, Outcome, Place, Policy},
};
use crate::{
    Command, Event, OrganizationChange, PolicyType, QuotaName,
    actions::*,
    check::{World, account},
    check_organization::{DENY_ALL_S3, DENY_S3, account_id},
};

/// Two of them are more than an invitation lasts.
const DAYS_10: u64 = 10 * 86_400;

/// The real side: a world, and the ids by number.
pub(super) struct Real {
    pub(super) world: World,
    units: Vec<OrganizationalUnitId>,
    policies: Vec<OrganizationPolicyId>,
}

impl Real {
    /// Three accounts with small quotas.
    pub(super) fn new() -> Self {
        let mut world = World::empty();
        for id in ACCOUNTS {
            world = world.in_account(id).with(account());
            for (quota, value) in [
                (QuotaName::AccountsPerOrganization, 2),
                (QuotaName::UnitsPerOrganization, 7),
                (QuotaName::ControlPoliciesPerTarget, 2),
            ] {
                world = world.limited(quota, value);
            }
        }
        Self { world, units: Vec::new(), policies: Vec::new() }
    }

    fn root(&self) -> RootId {
        self.world.state.organization.as_ref().map_or_else(|| RootId::from_random(0), |known| known.root)
    }

    fn unit(&self, number: usize) -> OrganizationalUnitId {
        // What never was has an id that nothing has.
        self.units.get(number).copied().unwrap_or_else(|| "ou-zzzz-zzzzzzzzzz".parse().unwrap())
    }

    fn target(&self, place: Place) -> TargetId {
        match place {
            Place::Root => TargetId::Parent(ParentId::Root(self.root())),
            Place::Unit(number) => TargetId::Parent(ParentId::Unit(self.unit(number))),
            Place::Account(number) => TargetId::Account(self.account(number)),
        }
    }

    fn parent(&self, place: Place) -> ParentId {
        match self.target(place) {
            TargetId::Parent(parent) => parent,
            TargetId::Account(_) => panic!("an account is no parent"),
        }
    }

    pub(super) fn account(&self, number: usize) -> AccountId {
        account_id(ACCOUNTS[number])
    }

    fn policy(&self, policy: Policy) -> OrganizationPolicyId {
        match policy {
            Policy::Default(resource) => of(resource).default_policy(),
            Policy::Own(number) => self.policies.get(number).copied().unwrap_or_else(|| "p-zzzzzzzzzz".parse().unwrap()),
        }
    }

    fn handshake(&self, account: usize) -> HandshakeId {
        let open = self.world.state.organization.as_ref().and_then(|known| known.invitations.get(&self.account(account)));
        open.map_or_else(|| "h-zzzzzzzzzz".parse().unwrap(), |invitation| invitation.id)
    }

    fn command(&self, what: Do) -> Option<Command> {
        let title = |name: &str| Title::parse(name).unwrap();
        let (root_id, description) = (self.root(), None);
        Some(match what {
            Do::Wait => return None,
            Do::Create => CreateOrganization.into(),
            Do::Delete => DeleteOrganization.into(),
            Do::Leave => LeaveOrganization.into(),
            Do::Unit { under, name } => CreateOrganizationalUnit { parent_id: self.parent(under), name: title(name) }.into(),
            Do::Rename { unit, name } => {
                UpdateOrganizationalUnit { organizational_unit_id: self.unit(unit), name: title(name) }.into()
            }
            Do::DeleteUnit(unit) => DeleteOrganizationalUnit { organizational_unit_id: self.unit(unit) }.into(),
            Do::Invite(account) => InviteAccountToOrganization { account_id: self.account(account) }.into(),
            Do::Accept(account) => AcceptHandshake { handshake_id: self.handshake(account) }.into(),
            Do::Decline(account) => DeclineHandshake { handshake_id: self.handshake(account) }.into(),
            Do::Cancel(account) => CancelHandshake { handshake_id: self.handshake(account) }.into(),
            Do::Remove(account) => RemoveAccountFromOrganization { account_id: self.account(account) }.into(),
            Do::Move { account, from, to } => {
                let (source_parent_id, destination_parent_id) = (self.parent(from), self.parent(to));
                MoveAccount { account_id: self.account(account), source_parent_id, destination_parent_id }.into()
            }
            Do::Policy { resource, name, of_resource } => {
                let (policy_type, content) = (of(resource), text(of_resource));
                CreateOrganizationPolicy { policy_type, name: title(name), description, content }.into()
            }
            Do::Update { policy, name, of_resource } => {
                let (name, content) = (name.map(title), of_resource.map(text));
                UpdateOrganizationPolicy { policy_id: self.policy(policy), name, description, content }.into()
            }
            Do::DeletePolicy(policy) => DeleteOrganizationPolicy { policy_id: self.policy(policy) }.into(),
            Do::Attach { policy, to } => {
                AttachOrganizationPolicy { policy_id: self.policy(policy), target_id: self.target(to) }.into()
            }
            Do::Detach { policy, from } => {
                DetachOrganizationPolicy { policy_id: self.policy(policy), target_id: self.target(from) }.into()
            }
            Do::Enable(resource) => EnablePolicyType { root_id, policy_type: of(resource) }.into(),
            Do::Disable(resource) => DisablePolicyType { root_id, policy_type: of(resource) }.into(),
        })
    }

    pub(super) fn step(&mut self, by: usize, what: Do) -> Outcome {
        let Some(command) = self.command(what) else {
            self.world.now = self.world.now.plus_seconds(DAYS_10);
            return Ok(false);
        };
        self.world.account = self.account(by);
        let events = self.world.run(command).map_err(|rejection| rejection.code().as_str())?;
        for event in &events {
            let Event::Organization(_, change) = event else { panic!("{event:?}") };
            match change {
                OrganizationChange::UnitCreated { unit, .. } => self.units.push(*unit),
                OrganizationChange::PolicyCreated { policy, .. } => self.policies.push(*policy),
                _ => {}
            }
        }
        Ok(!events.is_empty())
    }

    /// The policies over an account as the model has them.
    pub(super) fn over(&self, account: usize, resource: bool) -> Option<Vec<BTreeSet<Policy>>> {
        let id = self.account(account);
        let state = &self.world.state;
        let levels = if resource { state.resource_control_levels(id) } else { state.service_control_levels(id) };
        let number = |id: OrganizationPolicyId| {
            let own = self.policies.iter().position(|known| *known == id);
            own.map_or(Policy::Default(id == OrganizationPolicyId::RcpFullAwsAccess), Policy::Own)
        };
        Some(levels?.iter().map(|level| level.policies.iter().map(|policy| number(policy.id)).collect()).collect())
    }
}

pub(super) fn of(resource: bool) -> PolicyType {
    if resource { PolicyType::ResourceControl } else { PolicyType::ServiceControl }
}

pub(super) fn text(of_resource: bool) -> String {
    if of_resource { DENY_ALL_S3.to_owned() } else { DENY_S3.to_owned() }
}
