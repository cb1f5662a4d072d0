//! The organization.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use chancery_domain::{Organization as State, Read};
use chancery_engine::Authorized;
use chancery_model::{AccountId as Id, ParentId, TargetId};

use super::{OrganizationPolicy, OrganizationPolicyConnection, OrganizationTarget, OrganizationTargetConnection, PolicyType};
use crate::{
    fault::{Answer, Nullable, refusable},
    page::{PageArgs, connection, cost, take},
    scalars::{AccountId, Timestamp},
    view::View,
};

/// The organization that the caller's account is in: a tree of units with accounts, and the control policies over them. What
/// is in it is shown to the management account alone.
#[derive(Debug, Clone)]
pub(crate) struct Organization {
    view: View,
    state: Arc<State>,
}

/// An invitation of an account to the organization.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(serial)]
pub(crate) struct Invitation {
    /// Its id, `h-…`.
    handshake_id: String,
    /// The account that is invited.
    account_id: AccountId,
    /// The organization.
    organization_id: String,
    /// The account that manages the organization.
    management_account_id: AccountId,
    /// When it was made.
    created_at: Timestamp,
    /// From when it can no longer be accepted.
    expires_at: Timestamp,
}

connection!(InvitationConnection, InvitationEdge, Invitation, "invitations");

impl Invitation {
    /// The invitation of an account.
    pub(crate) fn of(organization: &State, account: Id, invitation: &chancery_domain::Invitation) -> Self {
        Self {
            handshake_id: invitation.id.to_string(),
            account_id: AccountId(account),
            organization_id: organization.id.to_string(),
            management_account_id: AccountId(organization.management),
            created_at: Timestamp(invitation.created),
            expires_at: Timestamp(invitation.expires()),
        }
    }
}

impl Organization {
    /// The organization as a view has it.
    pub(crate) fn new(view: &View, state: &Arc<State>) -> Self {
        Self { view: view.clone(), state: Arc::clone(state) }
    }

    /// The organization that the caller's account is in, once the caller may see it.
    pub(crate) fn read(view: &View) -> Answer<Option<Self>> {
        let proof = view.authorize_account(Read::DescribeOrganization)?;
        let known = view.state(&proof).organization.as_ref();
        let own = known.filter(|organization| organization.accounts.contains_key(&view.account_id()));
        Ok(own.map(|state| Self::new(view, state)))
    }

    fn authorize(&self, read: Read) -> Answer<(Authorized<Read>, &State)> {
        let proof = self.view.authorize(read, &self.state.membership().organization_arn())?;
        self.view.managed_organization(&proof)?;
        Ok((proof, &self.state))
    }

    fn target(&self, read: Read, id: TargetId) -> Answer<OrganizationTarget> {
        let proof = self.view.authorize(read, &self.state.membership().target_arn(id))?;
        OrganizationTarget::new(&self.view, self.view.managed_organization(&proof)?, id)
    }
}

/// The organization that the caller's account is in: a tree of units with accounts, and the control policies over them. What
/// is in it is shown to the management account alone.
#[Object(serial)]
impl Organization {
    /// Its id, `o-…`.
    async fn organization_id(&self) -> String {
        self.state.id.to_string()
    }

    /// Its ARN.
    async fn arn(&self) -> String {
        self.state.membership().organization_arn().to_string()
    }

    /// The account that manages it. Control policies do not limit it.
    async fn management_account_id(&self) -> AccountId {
        AccountId(self.state.management)
    }

    /// When it was created.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.state.created)
    }

    /// The types of control policy that count.
    async fn enabled_policy_types(&self) -> Vec<PolicyType> {
        self.state.enabled.keys().map(|of| PolicyType::from(*of)).collect()
    }

    /// The root of the tree. Needs `organizations:ListRoots`.
    async fn root(&self) -> Nullable<OrganizationTarget> {
        refusable(async move {
            let (_, state) = self.authorize(Read::ListRoots)?;
            OrganizationTarget::new(&self.view, &self.state, TargetId::Parent(ParentId::Root(state.root)))
        })
        .await
    }

    /// The organizational unit of an id. Needs `organizations:DescribeOrganizationalUnit`.
    async fn organizational_unit(
        &self,
        #[graphql(desc = "Its id, `ou-…`.")] organizational_unit_id: String,
    ) -> Nullable<OrganizationTarget> {
        refusable(async move {
            let unit = organizational_unit_id.parse()?;
            let target = self.target(Read::DescribeOrganizationalUnit, TargetId::Parent(ParentId::Unit(unit)));
            self.state.unit(unit)?;
            target
        })
        .await
    }

    /// The account of an id. Needs `organizations:DescribeAccount`.
    async fn account(&self, #[graphql(desc = "Its twelve digits.")] account_id: AccountId) -> Nullable<OrganizationTarget> {
        refusable(async move { self.target(Read::DescribeAccount, TargetId::Account(account_id.0)) }).await
    }

    /// All accounts, in the order of their ids. Needs `organizations:ListAccounts`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn accounts(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<OrganizationTargetConnection> {
        refusable(async move {
            let (_, state) = self.authorize(Read::ListAccounts)?;
            let args = PageArgs::read(&self.view, "accounts of the organization", first, after.as_deref())?;
            let ids = state.accounts.keys().map(|id| TargetId::Account(*id)).collect();
            OrganizationTargetConnection::page(&self.view, &self.state, args, ids)
        })
        .await
    }

    /// The control policy of an id: the organization's own or AWS's. Needs `organizations:DescribePolicy`.
    async fn policy(&self, #[graphql(desc = "Its id, `p-…`.")] policy_id: String) -> Nullable<OrganizationPolicy> {
        refusable(async move {
            let id = policy_id.parse()?;
            let (_, state) = self.authorize(Read::DescribeOrganizationPolicy)?;
            Ok(OrganizationPolicy::new(&self.view, &self.state, state.existing_policy(id)?))
        })
        .await
    }

    /// The control policies of a type, AWS's among them, in the order of their ids. Needs `organizations:ListPolicies`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn policies(
        &self,
        #[graphql(desc = "Which type.")] policy_type: PolicyType,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<OrganizationPolicyConnection> {
        refusable(async move {
            let (_, state) = self.authorize(Read::ListOrganizationPolicies)?;
            let of = chancery_domain::PolicyType::from(policy_type);
            let args = PageArgs::read(&self.view, format!("control policies {of}"), first, after.as_deref())?;
            let object = |policy: &Arc<_>| OrganizationPolicy::new(&self.view, &self.state, policy);
            let page = take(&args, state.policies_of(of).map(|policy| (policy.id, object(policy))))?;
            Ok(OrganizationPolicyConnection::new(&self.view, args, page, Some(state.policies_of(of).count())))
        })
        .await
    }

    /// The invitations that were neither accepted nor ended. Needs `organizations:ListHandshakesForOrganization`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn invitations(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<InvitationConnection> {
        refusable(async move {
            let (_, state) = self.authorize(Read::ListHandshakesForOrganization)?;
            let args = PageArgs::read(&self.view, "invitations", first, after.as_deref())?;
            let all = state.invitations.iter().map(|(account, one)| (*account, Invitation::of(state, *account, one)));
            let page = take(&args, all)?;
            Ok(InvitationConnection::new(&self.view, args, page, Some(state.invitations.len())))
        })
        .await
    }
}
