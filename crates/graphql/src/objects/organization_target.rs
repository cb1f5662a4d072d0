//! The places of the organization's tree.

use std::sync::Arc;

use async_graphql::{Enum, Object};
use chancery_domain::{Organization as State, OrganizationRefusal, Read, Rejection};
use chancery_model::{ParentId, TargetId};

use super::{OrganizationPolicy, OrganizationPolicyConnection, PolicyType};
use crate::{
    fault::{Answer, Nullable, refusable},
    page::{PageArgs, connection, cost, take},
    scalars::Timestamp,
    view::View,
};

/// A place of the organization's tree: the root, an organizational unit or an account. Control policies are attached to it.
#[derive(Debug, Clone)]
pub(crate) struct OrganizationTarget {
    view: View,
    state: Arc<State>,
    id: TargetId,
}

connection!(OrganizationTargetConnection, OrganizationTargetEdge, OrganizationTarget, "places of the organization");

/// What a place of the organization's tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum TargetKind {
    /// The root.
    Root,
    /// An organizational unit.
    OrganizationalUnit,
    /// An account.
    Account,
}

impl OrganizationTarget {
    /// A place that is there.
    pub(crate) fn new(view: &View, state: &Arc<State>, id: TargetId) -> Answer<Self> {
        if !state.has_target(id) {
            return Err(Rejection::from(OrganizationRefusal::NoSuchTarget(id)).into());
        }
        Ok(Self { view: view.clone(), state: Arc::clone(state), id })
    }

    fn authorize(&self, read: Read) -> Answer<()> {
        let proof = self.view.authorize(read, &self.state.membership().target_arn(self.id))?;
        self.view.managed_organization(&proof)?;
        Ok(())
    }

    fn parent(&self) -> Option<ParentId> {
        match self.id {
            TargetId::Parent(ParentId::Root(_)) => None,
            TargetId::Parent(ParentId::Unit(unit)) => self.state.units.get(&unit).map(|unit| unit.parent),
            TargetId::Account(account) => self.state.accounts.get(&account).map(|member| member.parent),
        }
    }
}

impl OrganizationTargetConnection {
    /// A page of places.
    pub(crate) fn page(view: &View, state: &Arc<State>, args: PageArgs, ids: Vec<TargetId>) -> Answer<Self> {
        let total = ids.len();
        let object = |id| OrganizationTarget { view: view.clone(), state: Arc::clone(state), id };
        let page = take(&args, ids.into_iter().map(|id| (id, object(id))))?;
        Ok(Self::new(view, args, page, Some(total)))
    }
}

/// A place of the organization's tree: the root, an organizational unit or an account. Control policies are attached to it.
#[Object(serial)]
impl OrganizationTarget {
    /// Its id: `r-…`, `ou-…` or twelve digits.
    async fn target_id(&self) -> String {
        self.id.to_string()
    }

    /// Its ARN.
    async fn arn(&self) -> String {
        self.state.membership().target_arn(self.id).to_string()
    }

    /// What it is.
    async fn kind(&self) -> TargetKind {
        match self.id {
            TargetId::Parent(ParentId::Root(_)) => TargetKind::Root,
            TargetId::Parent(ParentId::Unit(_)) => TargetKind::OrganizationalUnit,
            TargetId::Account(_) => TargetKind::Account,
        }
    }

    /// The name of a unit; null for the root and for accounts.
    async fn name(&self) -> Option<String> {
        let TargetId::Parent(ParentId::Unit(unit)) = self.id else { return None };
        self.state.units.get(&unit).map(|unit| unit.name.to_string())
    }

    /// The id of what it is under; null for the root.
    async fn parent_id(&self) -> Option<String> {
        self.parent().map(|parent| parent.to_string())
    }

    /// Since when it is in the organization.
    async fn since(&self) -> Timestamp {
        let since = match self.id {
            TargetId::Parent(ParentId::Root(_)) => None,
            TargetId::Parent(ParentId::Unit(unit)) => self.state.units.get(&unit).map(|unit| unit.created),
            TargetId::Account(account) => self.state.accounts.get(&account).map(|member| member.joined),
        };
        Timestamp(since.unwrap_or(self.state.created))
    }

    /// The units right under it, in the order of their ids. Needs `organizations:ListOrganizationalUnitsForParent`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn organizational_units(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<OrganizationTargetConnection> {
        refusable(async move {
            self.authorize(Read::ListOrganizationalUnitsForParent)?;
            let args = PageArgs::read(&self.view, format!("units under {}", self.id), first, after.as_deref())?;
            let of = |unit: &Arc<chancery_domain::OrganizationalUnit>| TargetId::Parent(ParentId::Unit(unit.id));
            let ids: Vec<_> = match self.id {
                TargetId::Parent(parent) => self.state.units_under(parent).map(of).collect(),
                TargetId::Account(_) => Vec::new(),
            };
            OrganizationTargetConnection::page(&self.view, &self.state, args, ids)
        })
        .await
    }

    /// The accounts right under it, in the order of their ids. Needs `organizations:ListAccountsForParent`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn accounts(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<OrganizationTargetConnection> {
        refusable(async move {
            self.authorize(Read::ListAccountsForParent)?;
            let args = PageArgs::read(&self.view, format!("accounts under {}", self.id), first, after.as_deref())?;
            let ids: Vec<_> = match self.id {
                TargetId::Parent(parent) => self.state.accounts_under(parent).map(TargetId::Account).collect(),
                TargetId::Account(_) => Vec::new(),
            };
            OrganizationTargetConnection::page(&self.view, &self.state, args, ids)
        })
        .await
    }

    /// The control policies of a type that are attached to it. Needs `organizations:ListPoliciesForTarget`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn policies(
        &self,
        #[graphql(desc = "Which type.")] policy_type: PolicyType,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<OrganizationPolicyConnection> {
        refusable(async move {
            self.authorize(Read::ListOrganizationPoliciesForTarget)?;
            let of = chancery_domain::PolicyType::from(policy_type);
            let args = PageArgs::read(&self.view, format!("control policies {of} of {}", self.id), first, after.as_deref())?;
            let object = |policy: &Arc<_>| OrganizationPolicy::new(&self.view, &self.state, policy);
            let page = take(&args, self.state.attached(of, self.id).map(|policy| (policy.id, object(policy))))?;
            Ok(OrganizationPolicyConnection::new(&self.view, args, page, Some(self.state.attached(of, self.id).count())))
        })
        .await
    }
}
