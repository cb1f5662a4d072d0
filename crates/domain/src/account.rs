//! An account: everything that has its twelve digits in the ARN.

use std::sync::Arc;

use chancery_model::{
    AccountAlias, AccountId, Arn, ClientToken, EmailAddress, GroupId, InstanceProfileId, Personal, PolicyId, Principal, RoleId,
    Sealed, Sequence, SubjectId, Timestamp, UserId,
};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use crate::{
    Group, InOrganization, InstanceProfile, ManagedPolicy, Opener, PasswordHash, PasswordPolicy, QuotaName, ResourcePolicy, Role,
    User, field, index::Index,
};

mod apply;
mod lists;
mod lookup;

/// How long a client token answers a repeated request, in seconds.
pub const TOKEN_SECONDS: u64 = 86_400;
/// How many client tokens an account keeps; beyond, the oldest goes before its time.
pub const TOKENS_PER_ACCOUNT_MAX: usize = 100_000;

/// An account as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The twelve digits.
    pub id: AccountId,
    /// When it was created.
    pub created: Timestamp,
    /// Its alias.
    pub alias: Option<AccountAlias>,
    /// Its root user.
    pub root: Root,
    /// Rules for passwords, if it has its own.
    pub password_policy: Option<PasswordPolicy>,
    /// Quotas that differ from their default.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub quotas: OrdMap<QuotaName, u64>,
    /// Users by id.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub users: OrdMap<UserId, Arc<User>>,
    /// Groups by id.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub groups: OrdMap<GroupId, Arc<Group>>,
    /// Roles by id.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub roles: OrdMap<RoleId, Arc<Role>>,
    /// Customer managed policies by id.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub policies: OrdMap<PolicyId, Arc<ManagedPolicy>>,
    /// Instance profiles by id.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub instance_profiles: OrdMap<InstanceProfileId, Arc<InstanceProfile>>,
    /// Policies of resources that live elsewhere, by the resource's ARN.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub resource_policies: OrdMap<Arn, Arc<ResourcePolicy>>,
    /// Client tokens that were used in the last day.
    #[serde(deserialize_with = "crate::ordered::map")]
    pub tokens: OrdMap<(Principal, ClientToken), TokenEntry>,
    /// The same tokens in the order in which they were used.
    #[serde(deserialize_with = "crate::ordered::map")]
    token_order: OrdMap<Sequence, (Principal, ClientToken)>,
    /// The organization that it is in, as the organization itself has it.
    #[serde(skip)]
    pub organization: Option<InOrganization>,
    #[serde(skip)]
    index: Index,
}

/// The root user of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// Whose key its personal fields are sealed under.
    pub subject: SubjectId,
    /// Its e-mail address.
    pub email: Personal<EmailAddress>,
    /// The hash of its password, sealed; `None` when it cannot sign in with one.
    pub password: Option<Sealed<PasswordHash>>,
    /// When the password was set.
    pub password_changed: Timestamp,
}

/// A client token and the request that it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenEntry {
    /// A keyed hash of the request's input.
    pub fingerprint: [u8; 16],
    /// The record that the request wrote.
    pub sequence: Sequence,
    /// When.
    pub at: Timestamp,
}

/// What can happen to an account itself. Variants are append-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountChange {
    /// It was created, with its root user.
    Created {
        /// The root user's e-mail address.
        email: Personal<EmailAddress>,
        /// The hash of the root user's password, sealed.
        password: Option<Sealed<PasswordHash>>,
        /// Its alias.
        alias: Option<AccountAlias>,
    },
    /// It got an alias, in place of the one it had.
    AliasSet {
        /// The alias.
        alias: AccountAlias,
    },
    /// Its alias was taken away.
    AliasDeleted,
    /// It got rules for passwords.
    PasswordPolicySet {
        /// The rules.
        policy: PasswordPolicy,
    },
    /// Its rules for passwords were taken away.
    PasswordPolicyDeleted,
    /// A quota was raised.
    QuotaSet {
        /// Which.
        quota: QuotaName,
        /// To what.
        value: u64,
    },
}

impl AccountChange {
    /// The wire name.
    #[must_use]
    pub fn wire_name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "account.created.v1",
            Self::AliasSet { .. } => "account.alias_set.v1",
            Self::AliasDeleted => "account.alias_deleted.v1",
            Self::PasswordPolicySet { .. } => "account.password_policy_set.v1",
            Self::PasswordPolicyDeleted => "account.password_policy_deleted.v1",
            Self::QuotaSet { .. } => "account.quota_set.v1",
        }
    }

    /// Opens the personal fields.
    pub fn open(&mut self, opener: &mut dyn Opener) {
        match self {
            Self::Created { email, .. } => email.open_with(|sealed| opener.open(field::ROOT_EMAIL, sealed)),
            Self::AliasSet { .. }
            | Self::AliasDeleted
            | Self::PasswordPolicySet { .. }
            | Self::PasswordPolicyDeleted
            | Self::QuotaSet { .. } => {}
        }
    }
}

impl Account {
    /// An account that has just been created.
    #[must_use]
    pub fn new(id: AccountId, root: Root, alias: Option<AccountAlias>, at: Timestamp) -> Self {
        Self {
            id,
            created: at,
            alias,
            root,
            password_policy: None,
            quotas: OrdMap::new(),
            users: OrdMap::new(),
            groups: OrdMap::new(),
            roles: OrdMap::new(),
            policies: OrdMap::new(),
            instance_profiles: OrdMap::new(),
            resource_policies: OrdMap::new(),
            tokens: OrdMap::new(),
            token_order: OrdMap::new(),
            organization: None,
            index: Index::default(),
        }
    }

    /// The ARN of its root user.
    #[must_use]
    pub fn root_arn(&self) -> Arn {
        Arn::root(self.id)
    }

    /// The value of a quota here.
    #[must_use]
    pub fn quota(&self, name: QuotaName) -> u64 {
        self.quotas.get(&name).copied().unwrap_or_else(|| name.quota().default)
    }

    /// Remembers a client token, and forgets those that are a day old or too many.
    pub(crate) fn remember(&mut self, key: (Principal, ClientToken), entry: TokenEntry) {
        while let Some((sequence, oldest)) = self.token_order.get_min() {
            let old = self.tokens.get(oldest).is_none_or(|known| entry.at.seconds_since(known.at) >= TOKEN_SECONDS);
            if !old && self.tokens.len() < TOKENS_PER_ACCOUNT_MAX {
                break;
            }
            let (sequence, oldest) = (*sequence, oldest.clone());
            self.tokens.remove(&oldest);
            self.token_order.remove(&sequence);
        }
        self.token_order.insert(entry.sequence, key.clone());
        self.tokens.insert(key, entry);
    }

    /// Makes a snapshot's account whole: opens the personal fields and rebuilds the index.
    pub(crate) fn restore(&mut self, opener: &mut dyn Opener) {
        self.root.email.open_with(|sealed| opener.open(field::ROOT_EMAIL, sealed));
        let ids: Vec<UserId> = self.users.keys().copied().collect();
        for id in ids {
            if let Some(user) = self.users.get_mut(&id) {
                Arc::make_mut(user).open(opener);
            }
        }
        self.reindex();
    }
}
