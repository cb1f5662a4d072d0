//! Folding what has happened into the organization.

use std::sync::Arc;

use chancery_model::{
    AccountId, OrganizationId, OrganizationPolicyId, OrganizationalUnitId, ParentId, RootId, TargetId, Timestamp, Title,
};
use imbl::{OrdMap, OrdSet};

use super::{Invitation, Member, Organization, OrganizationChange, OrganizationPolicy, OrganizationalUnit, PolicyType};
use crate::VersionId;

impl Organization {
    /// One that has just been created: its tree is a root with the management account.
    #[must_use]
    pub fn new(id: OrganizationId, management: AccountId, root: RootId, at: Timestamp) -> Self {
        Self {
            id,
            management,
            created: at,
            root,
            units: OrdMap::new(),
            accounts: OrdMap::unit(management, Member { parent: ParentId::Root(root), joined: at }),
            invitations: OrdMap::new(),
            policies: OrdMap::new(),
            enabled: OrdMap::new(),
        }
    }

    /// Folds a change; creation and deletion are the state's.
    pub(crate) fn apply(&mut self, change: &OrganizationChange, at: Timestamp) {
        match change {
            OrganizationChange::Created { .. } | OrganizationChange::Deleted => {}
            OrganizationChange::UnitCreated { unit, parent, name } => self.add_unit(*unit, *parent, name.clone(), at),
            OrganizationChange::UnitRenamed { unit, name } => {
                if let Some(known) = self.units.get_mut(unit) {
                    Arc::make_mut(known).name = name.clone();
                }
            }
            OrganizationChange::UnitDeleted { unit } => {
                self.units.remove(unit);
                self.detach_all(TargetId::Parent(ParentId::Unit(*unit)));
            }
            OrganizationChange::AccountInvited { handshake, account } => {
                self.invitations.insert(*account, Invitation { id: *handshake, created: at });
            }
            OrganizationChange::InvitationCanceled { account, .. } | OrganizationChange::InvitationDeclined { account, .. } => {
                self.invitations.remove(account);
            }
            OrganizationChange::AccountJoined { account, .. } => self.add_account(*account, at),
            OrganizationChange::AccountRemoved { account } => {
                self.accounts.remove(account);
                self.detach_all(TargetId::Account(*account));
            }
            OrganizationChange::AccountMoved { account, parent } => {
                if let Some(member) = self.accounts.get_mut(account) {
                    member.parent = *parent;
                }
            }
            OrganizationChange::PolicyCreated { .. } | OrganizationChange::PolicyUpdated { .. } => self.write_policy(change, at),
            OrganizationChange::PolicyDeleted { policy } => {
                self.policies.remove(policy);
            }
            OrganizationChange::PolicyAttached { policy, target } => self.attach(*policy, *target),
            OrganizationChange::PolicyDetached { policy, target } => self.detach(*policy, *target),
            OrganizationChange::PolicyTypeEnabled { policy_type } => self.enable(*policy_type),
            OrganizationChange::PolicyTypeDisabled { policy_type } => {
                self.enabled.remove(policy_type);
            }
        }
    }

    fn add_unit(&mut self, id: OrganizationalUnitId, parent: ParentId, name: Title, at: Timestamp) {
        self.units.insert(id, Arc::new(OrganizationalUnit { id, name, parent, created: at }));
        self.attach_defaults(TargetId::Parent(ParentId::Unit(id)));
    }

    fn add_account(&mut self, account: AccountId, at: Timestamp) {
        self.invitations.remove(&account);
        self.accounts.insert(account, Member { parent: ParentId::Root(self.root), joined: at });
        self.attach_defaults(TargetId::Account(account));
    }

    fn write_policy(&mut self, change: &OrganizationChange, at: Timestamp) {
        if let OrganizationChange::PolicyCreated { policy: id, policy_type, name, description, text } = change {
            let (name, description, text) = (name.clone(), description.clone(), text.clone());
            let (id, policy_type, version) = (*id, *policy_type, VersionId(1));
            let new = OrganizationPolicy { id, policy_type, name, description, text, version, created: at, updated: at };
            self.policies.insert(id, Arc::new(new));
        }
        if let OrganizationChange::PolicyUpdated { policy, name, description, text } = change {
            let Some(known) = self.policies.get_mut(policy).map(Arc::make_mut) else { return };
            known.updated = at;
            known.name = name.clone().unwrap_or_else(|| known.name.clone());
            known.description = description.clone().or_else(|| known.description.clone());
            if let Some(text) = text {
                known.text = text.clone();
                known.version = VersionId(known.version.0.saturating_add(1));
            }
        }
    }

    fn attach(&mut self, policy: OrganizationPolicyId, target: TargetId) {
        let Some(policy_type) = self.policy(policy).map(|policy| policy.policy_type) else { return };
        if let Some(attached) = self.enabled.get_mut(&policy_type).and_then(|places| places.get_mut(&target)) {
            attached.insert(policy);
        }
    }

    fn detach(&mut self, policy: OrganizationPolicyId, target: TargetId) {
        let Some(policy_type) = self.policy(policy).map(|policy| policy.policy_type) else { return };
        if let Some(attached) = self.enabled.get_mut(&policy_type).and_then(|places| places.get_mut(&target)) {
            attached.remove(&policy);
        }
    }

    fn enable(&mut self, policy_type: PolicyType) {
        let default = OrdSet::unit(policy_type.default_policy());
        let places = self.targets().map(|target| (target, default.clone())).collect();
        self.enabled.insert(policy_type, places);
    }

    fn attach_defaults(&mut self, target: TargetId) {
        for policy_type in PolicyType::ALL {
            if let Some(places) = self.enabled.get_mut(&policy_type) {
                places.insert(target, OrdSet::unit(policy_type.default_policy()));
            }
        }
    }

    fn detach_all(&mut self, target: TargetId) {
        for policy_type in PolicyType::ALL {
            if let Some(places) = self.enabled.get_mut(&policy_type) {
                places.remove(&target);
            }
        }
    }
}
