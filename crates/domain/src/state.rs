//! Everything: all accounts at one moment of the log.

use std::sync::Arc;

use chancery_model::{AccountAlias, AccountId, Arn, ClientToken, OrganizationId, Principal, Sequence, Timestamp};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use crate::{
    Account, AccountChange, AwsPolicies, Event, Opener, Organization, OrganizationChange, Rejection, ResourcePolicy,
    ResourcePolicyChange, Root, TokenEntry, resource_policy,
};

/// All accounts after the first `next` records. A clone is cheap and stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The sequence of the next record.
    pub next: Sequence,
    /// The time of the last record.
    pub time: Timestamp,
    /// The accounts.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub accounts: OrdMap<AccountId, Arc<Account>>,
    /// AWS's managed policies.
    pub aws: AwsPolicies,
    /// The organization, if there is one.
    pub organization: Option<Arc<Organization>>,
    #[serde(skip)]
    aliases: OrdMap<AccountAlias, AccountId>,
    /// Whose policy there is on a resource whose ARN names no account.
    #[serde(skip)]
    resource_owners: OrdMap<Arn, AccountId>,
}

/// What of a record's header the state depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFacts {
    /// Its place.
    pub sequence: Sequence,
    /// Its time.
    pub time: Timestamp,
    /// Its account.
    pub account: AccountId,
    /// Who acted.
    pub principal: Principal,
    /// The client token, if the request had one.
    pub token: Option<TokenUse>,
}

/// A client token as a record keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUse {
    /// The token.
    pub token: ClientToken,
    /// A keyed hash of the request's input.
    pub fingerprint: [u8; 16],
}

impl State {
    /// The account of an id.
    ///
    /// # Errors
    /// [`Rejection::NoSuchEntity`].
    pub fn account(&self, id: AccountId) -> Result<&Arc<Account>, Rejection> {
        self.accounts.get(&id).ok_or_else(|| Rejection::NoSuchEntity { what: format!("account {id}") })
    }

    /// The account of an alias.
    #[must_use]
    pub fn account_of_alias(&self, alias: &AccountAlias) -> Option<AccountId> {
        self.aliases.get(alias).copied()
    }

    /// The policy over a resource that lives elsewhere, and its account. An object of S3 has that of its bucket.
    #[must_use]
    pub fn resource_policy(&self, resource: &Arn) -> Option<(AccountId, &Arc<ResourcePolicy>)> {
        let keeper = resource_policy::keeper(resource);
        let kept = keeper.as_ref().unwrap_or(resource);
        let owner = kept.account().or_else(|| self.resource_owner(kept))?;
        Some((owner, self.accounts.get(&owner)?.resource_policies.get(kept)?))
    }

    /// The account that has a policy on a resource whose ARN names no account.
    #[must_use]
    pub fn resource_owner(&self, resource: &Arn) -> Option<AccountId> {
        self.resource_owners.get(resource).copied()
    }

    /// Folds a record. It has happened: this cannot fail.
    pub fn apply(&mut self, facts: &RecordFacts, events: &[Event]) {
        for event in events {
            self.apply_event(facts, event);
        }
        if let (Some(used), Some(account)) = (&facts.token, self.accounts.get_mut(&facts.account)) {
            let entry = TokenEntry { fingerprint: used.fingerprint, sequence: facts.sequence, at: facts.time };
            Arc::make_mut(account).remember((facts.principal, used.token.clone()), entry);
        }
        self.next = facts.sequence.next();
        self.time = facts.time;
    }

    fn apply_event(&mut self, facts: &RecordFacts, event: &Event) {
        match event {
            Event::AwsPolicy(id, change) => self.aws.apply(*id, change, facts.time),
            Event::Account(change) => self.apply_account(facts, change, event),
            Event::ResourcePolicy(resource, change) => self.apply_resource_policy(facts, resource, change, event),
            Event::Organization(id, change) => self.apply_organization(facts, *id, change),
            Event::User(..) | Event::Group(..) | Event::Role(..) | Event::Policy(..) | Event::InstanceProfile(..) => {
                if let Some(account) = self.accounts.get_mut(&facts.account) {
                    Arc::make_mut(account).apply(event, facts.time);
                }
            }
        }
    }

    fn apply_account(&mut self, facts: &RecordFacts, change: &AccountChange, event: &Event) {
        if let AccountChange::Created { email, password, alias } = change {
            let (email, password) = (email.clone(), password.clone());
            let root = Root { subject: email.subject(), email, password, password_changed: facts.time };
            self.accounts.insert(facts.account, Arc::new(Account::new(facts.account, root, alias.clone(), facts.time)));
        }
        let Some(account) = self.accounts.get_mut(&facts.account) else { return };
        if let Some(old) = &account.alias {
            self.aliases.remove(old);
        }
        Arc::make_mut(account).apply(event, facts.time);
        if let Some(new) = &account.alias {
            self.aliases.insert(new.clone(), facts.account);
        }
    }

    fn apply_resource_policy(&mut self, facts: &RecordFacts, resource: &Arn, change: &ResourcePolicyChange, event: &Event) {
        let Some(account) = self.accounts.get_mut(&facts.account) else { return };
        Arc::make_mut(account).apply(event, facts.time);
        if !resource.account_text().is_empty() {
            return;
        }
        match change {
            ResourcePolicyChange::Put { .. } => self.resource_owners.insert(resource.clone(), facts.account),
            ResourcePolicyChange::Deleted => self.resource_owners.remove(resource),
        };
    }

    fn apply_organization(&mut self, facts: &RecordFacts, id: OrganizationId, change: &OrganizationChange) {
        if let OrganizationChange::Created { root } = change {
            self.organization = Some(Arc::new(Organization::new(id, facts.account, *root, facts.time)));
        } else if matches!(change, OrganizationChange::Deleted) {
            self.organization = None;
        } else if let Some(organization) = &mut self.organization {
            Arc::make_mut(organization).apply(change, facts.time);
        }
        if change.moves_the_border() {
            self.tell_accounts();
        }
    }

    /// Lets every account know which organization it is in.
    fn tell_accounts(&mut self) {
        let organization = self.organization.as_deref();
        let of = |id| organization.filter(|known| known.accounts.contains_key(id)).map(Organization::membership);
        let changed = self.accounts.iter().map(|(id, account)| (*id, account.organization, of(id)));
        let changed: Vec<_> = changed.filter(|(_, before, after)| before != after).collect();
        for (id, _, after) in changed {
            if let Some(account) = self.accounts.get_mut(&id) {
                Arc::make_mut(account).organization = after;
            }
        }
    }

    /// Makes a state that was read from a snapshot whole: opens the personal fields and rebuilds the indexes. The opener
    /// is made per account, because ciphertext is bound to it.
    pub fn restore<O: Opener>(&mut self, mut opener_of: impl FnMut(AccountId) -> O) {
        let ids: Vec<AccountId> = self.accounts.keys().copied().collect();
        for id in ids {
            if let Some(account) = self.accounts.get_mut(&id) {
                Arc::make_mut(account).restore(&mut opener_of(id));
            }
        }
        self.aliases = self.accounts.iter().filter_map(|(id, account)| Some((account.alias.clone()?, *id))).collect();
        let owned = |(id, account): (&AccountId, &Arc<Account>)| {
            let id = *id;
            let without = |arn: &&Arn| arn.account_text().is_empty();
            account.resource_policies.keys().filter(without).map(move |arn| (arn.clone(), id)).collect::<Vec<_>>()
        };
        self.resource_owners = self.accounts.iter().flat_map(owned).collect();
        self.tell_accounts();
        self.aws.reindex();
    }
}
