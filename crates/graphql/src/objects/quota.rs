//! Quotas.

use async_graphql::SimpleObject;
use chancery_domain::{Account, QUOTAS, usage};

use crate::scalars::Count;

/// A limit of the account, with its value and use.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(serial)]
pub(crate) struct Quota {
    /// Its name, as in `UsersPerAccount`.
    name: &'static str,
    /// What it limits.
    description: &'static str,
    /// Its value in this account.
    value: Count,
    /// Its value in a new account.
    default: Count,
    /// The highest value that `requestQuotaIncrease` can give it.
    maximum: Count,
    /// Whether it can be raised at all.
    adjustable: bool,
    /// How much of it is used, where that can be counted for the account as a whole.
    used: Option<Count>,
}

/// Every quota of an account.
pub(crate) fn quotas(account: &Account) -> Vec<Quota> {
    let quota = |quota: &chancery_domain::Quota| Quota {
        name: quota.name.as_str(),
        description: quota.limits,
        value: Count(account.quota(quota.name)),
        default: Count(quota.default),
        maximum: Count(quota.max),
        adjustable: quota.adjustable(),
        used: usage(account, quota.name).map(Count),
    };
    QUOTAS.iter().map(quota).collect()
}

/// One quota of an account.
pub(crate) fn quota(account: &Account, name: chancery_domain::QuotaName) -> Option<Quota> {
    quotas(account).into_iter().find(|quota| quota.name == name.as_str())
}
