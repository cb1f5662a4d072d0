//! Finding things in the organization, and the control policies that stand over an account.

use std::sync::Arc;

use chancery_model::{AccountId, HandshakeId, OrganizationPolicyId, OrganizationalUnitId, ParentId, RootId, TargetId, Title};

use super::{InOrganization, Invitation, Organization, OrganizationPolicy, OrganizationRefusal, OrganizationalUnit, PolicyType};
use crate::{Account, QuotaName, Rejection, State};

/// One level of the way from the root to an account, with the policies attached there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlLevel<'a> {
    /// The root, a unit or the account.
    pub target: TargetId,
    /// The policies of the asked type, in the order of their ids. At least one at every level, as long as the type is enabled.
    pub policies: Vec<&'a Arc<OrganizationPolicy>>,
}

impl State {
    /// The service control policies over the principals of an account, root first and the account itself last. `None` when
    /// none limit it: it is in no organization, it is the management account, or the type is not enabled.
    /// Source: AWS Organizations User Guide, "SCP evaluation".
    #[must_use]
    pub fn service_control_levels(&self, account: AccountId) -> Option<Vec<ControlLevel<'_>>> {
        self.organization.as_ref()?.control_levels(account, PolicyType::ServiceControl)
    }

    /// The same for the resource control policies over the resources of an account.
    /// Source: AWS Organizations User Guide, "RCP evaluation".
    #[must_use]
    pub fn resource_control_levels(&self, account: AccountId) -> Option<Vec<ControlLevel<'_>>> {
        self.organization.as_ref()?.control_levels(account, PolicyType::ResourceControl)
    }

    /// The organization that an account is in.
    ///
    /// # Errors
    /// [`OrganizationRefusal::NotInUse`].
    pub fn organization_of(&self, account: AccountId) -> Result<&Organization, Rejection> {
        let found = self.organization.as_deref().filter(|organization| organization.accounts.contains_key(&account));
        found.ok_or_else(|| OrganizationRefusal::NotInUse.into())
    }

    /// The organization that an account manages.
    ///
    /// # Errors
    /// [`OrganizationRefusal::NotInUse`], [`OrganizationRefusal::NotManagement`].
    pub fn organization_managed_by(&self, account: AccountId) -> Result<&Organization, Rejection> {
        let organization = self.organization_of(account)?;
        if organization.management == account { Ok(organization) } else { Err(OrganizationRefusal::NotManagement.into()) }
    }

    /// The open invitation of an account, with the organization that it is to.
    #[must_use]
    pub fn invitation_of(&self, account: AccountId) -> Option<(&Organization, &Invitation)> {
        let organization = self.organization.as_deref()?;
        organization.invitations.get(&account).map(|invitation| (organization, invitation))
    }
}

impl Organization {
    /// What an account in it knows of it.
    #[must_use]
    pub fn membership(&self) -> InOrganization {
        InOrganization { organization: self.id, root: self.root, management: self.management }
    }

    /// The control policies of a type over an account, as [`State::service_control_levels`] has them.
    #[must_use]
    pub fn control_levels(&self, account: AccountId, policy_type: PolicyType) -> Option<Vec<ControlLevel<'_>>> {
        if account == self.management || !self.is_enabled(policy_type) {
            return None;
        }
        let mut targets = self.above(self.accounts.get(&account)?.parent);
        targets.reverse();
        let mut levels: Vec<TargetId> = targets.into_iter().map(TargetId::Parent).collect();
        levels.push(TargetId::Account(account));
        let level = |target| ControlLevel { target, policies: self.attached(policy_type, target).collect() };
        Some(levels.into_iter().map(level).collect())
    }

    /// A parent and all above it, up to the root.
    #[must_use]
    pub fn above(&self, from: ParentId) -> Vec<ParentId> {
        let mut found = vec![from];
        let mut at = from;
        // A unit never moves, so that the way ends; the bound holds whatever a log says.
        while let ParentId::Unit(id) = at
            && found.len() <= self.units.len() + 1
        {
            let Some(unit) = self.units.get(&id) else { break };
            at = unit.parent;
            found.push(at);
        }
        found
    }

    /// The root, every unit and every account.
    pub fn targets(&self) -> impl Iterator<Item = TargetId> + '_ {
        let root = std::iter::once(TargetId::Parent(ParentId::Root(self.root)));
        let units = self.units.keys().map(|unit| TargetId::Parent(ParentId::Unit(*unit)));
        root.chain(units).chain(self.accounts.keys().map(|account| TargetId::Account(*account)))
    }

    /// Whether a type of policy counts.
    #[must_use]
    pub fn is_enabled(&self, policy_type: PolicyType) -> bool {
        self.enabled.contains_key(&policy_type)
    }

    /// The policies of a type that are attached to a place.
    pub fn attached(&self, policy_type: PolicyType, target: TargetId) -> impl Iterator<Item = &Arc<OrganizationPolicy>> {
        let attached = self.enabled.get(&policy_type).and_then(|places| places.get(&target));
        attached.into_iter().flatten().filter_map(|id| self.policy(*id))
    }

    /// The places that a policy is attached to.
    pub fn targets_of(&self, policy: OrganizationPolicyId) -> impl Iterator<Item = TargetId> + '_ {
        let places = self.enabled.values().flatten();
        places.filter(move |(_, attached)| attached.contains(&policy)).map(|(target, _)| *target)
    }

    /// The policy of an id: its own or AWS's.
    #[must_use]
    pub fn policy(&self, id: OrganizationPolicyId) -> Option<&Arc<OrganizationPolicy>> {
        self.policies.get(&id).or_else(|| OrganizationPolicy::of_aws().iter().find(|policy| policy.id == id))
    }

    /// Every policy of a type, AWS's first, then its own in the order of their ids.
    pub fn policies_of(&self, policy_type: PolicyType) -> impl Iterator<Item = &Arc<OrganizationPolicy>> {
        let all = OrganizationPolicy::of_aws().iter().chain(self.policies.values());
        all.filter(move |policy| policy.policy_type == policy_type)
    }

    /// The units right under a parent, in the order of their ids.
    pub fn units_under(&self, parent: ParentId) -> impl Iterator<Item = &Arc<OrganizationalUnit>> {
        self.units.values().filter(move |unit| unit.parent == parent)
    }

    /// The accounts right under a parent.
    pub fn accounts_under(&self, parent: ParentId) -> impl Iterator<Item = AccountId> + '_ {
        self.accounts.iter().filter(move |(_, member)| member.parent == parent).map(|(id, _)| *id)
    }

    /// Whether there is such a parent.
    #[must_use]
    pub fn has_parent(&self, parent: ParentId) -> bool {
        match parent {
            ParentId::Root(root) => root == self.root,
            ParentId::Unit(unit) => self.units.contains_key(&unit),
        }
    }

    /// Whether there is such a root, unit or account.
    #[must_use]
    pub fn has_target(&self, target: TargetId) -> bool {
        match target {
            TargetId::Parent(parent) => self.has_parent(parent),
            TargetId::Account(account) => self.accounts.contains_key(&account),
        }
    }

    pub(crate) fn check_root(&self, root: RootId) -> Result<(), Rejection> {
        if root == self.root { Ok(()) } else { Err(OrganizationRefusal::NoSuchRoot(root).into()) }
    }

    pub(crate) fn check_target(&self, target: TargetId) -> Result<(), Rejection> {
        if self.has_target(target) { Ok(()) } else { Err(OrganizationRefusal::NoSuchTarget(target).into()) }
    }

    /// The unit of an id.
    ///
    /// # Errors
    /// [`OrganizationRefusal::NoSuchUnit`].
    pub fn unit(&self, id: OrganizationalUnitId) -> Result<&Arc<OrganizationalUnit>, Rejection> {
        self.units.get(&id).ok_or_else(|| OrganizationRefusal::NoSuchUnit(id).into())
    }

    /// The policy of an id.
    ///
    /// # Errors
    /// [`OrganizationRefusal::NoSuchPolicy`].
    pub fn existing_policy(&self, id: OrganizationPolicyId) -> Result<&Arc<OrganizationPolicy>, Rejection> {
        self.policy(id).ok_or_else(|| OrganizationRefusal::NoSuchPolicy(id).into())
    }

    /// The account that an open invitation is for.
    pub(crate) fn invited(&self, id: HandshakeId) -> Result<AccountId, Rejection> {
        let found = self.invitations.iter().find(|(_, invitation)| invitation.id == id);
        found.map(|(account, _)| *account).ok_or_else(|| OrganizationRefusal::NoSuchHandshake(id).into())
    }

    /// Refuses the name of a sibling.
    pub(crate) fn unit_name_is_free(&self, parent: ParentId, name: &Title) -> Result<(), Rejection> {
        let taken = self.units_under(parent).any(|unit| unit.name == *name);
        if taken { Err(OrganizationRefusal::DuplicateUnit(name.clone()).into()) } else { Ok(()) }
    }

    /// Refuses the name of another policy of the type.
    pub(crate) fn policy_name_is_free(&self, policy_type: PolicyType, name: &Title) -> Result<(), Rejection> {
        let taken = self.policies_of(policy_type).any(|policy| policy.name == *name);
        if taken { Err(OrganizationRefusal::DuplicatePolicy(name.clone()).into()) } else { Ok(()) }
    }
}

/// Refuses more of something in the organization than the management account's quota allows.
pub(crate) fn within(management: &Account, quota: QuotaName, count_after: usize) -> Result<(), Rejection> {
    let value = management.quota(quota);
    match management.within(quota, count_after) {
        Ok(()) => Ok(()),
        Err(_) => Err(OrganizationRefusal::OverQuota { quota, value }.into()),
    }
}
