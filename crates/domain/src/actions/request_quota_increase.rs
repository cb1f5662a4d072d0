//! Raises a quota of the account, up to the most that it can be. Ours; AWS has it in Service Quotas
//! (`RequestServiceQuotaIncrease`), where a person at AWS grants it.

use chancery_model::Arn;

use super::Act;
use crate::{Account, AccountChange, Context, Event, QuotaName, Rejection};

/// Raises a quota. Granted at once up to the quota's maximum.
#[derive(Debug, Clone, Hash)]
pub struct RequestQuotaIncrease {
    /// Which.
    pub quota_name: QuotaName,
    /// To what.
    pub value: u64,
}

impl Act for RequestQuotaIncrease {
    fn action(&self) -> &'static str {
        "RequestQuotaIncrease"
    }

    fn resource(&self, account: &Account) -> Arn {
        account.root_arn()
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("servicequotas", "RequestServiceQuotaIncrease")
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let (name, asked) = (self.quota_name, self.value);
        let (now, quota) = (account.quota(name), name.quota());
        if !quota.adjustable() {
            return Err(refused(format!("The quota {name} ({}) is {now} and cannot be raised.", quota.limits)));
        }
        if asked <= now {
            return Err(refused(format!("The quota {name} is {now} already: ask for more than that, {} at most.", quota.max)));
        }
        if asked > quota.max {
            return Err(refused(format!("The quota {name} can be raised to {} at most; {asked} is more.", quota.max)));
        }
        Ok(vec![Event::Account(AccountChange::QuotaSet { quota: name, value: asked })])
    }
}

fn refused(message: String) -> Rejection {
    Rejection::InvalidInput { message }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::check::{World, check, group};

    fn groups(value: u64) -> RequestQuotaIncrease {
        RequestQuotaIncrease { quota_name: QuotaName::GroupsPerAccount, value }
    }

    #[test]
    fn a_quota_is_raised_up_to_its_maximum() {
        check(
            World::new(),
            groups(301),
            expect!["account.quota_set.v1 Account(QuotaSet { quota: GroupsPerAccount, value: 301 })"],
        );
        check(
            World::new().with(groups(301)),
            groups(500),
            expect!["account.quota_set.v1 Account(QuotaSet { quota: GroupsPerAccount, value: 500 })"],
        );
    }

    #[test]
    fn what_was_over_the_limit_is_within_it_now() {
        let mut given = World::new();
        for number in 0..300 {
            given = given.with(group(&format!("g{number}")));
        }
        check(
            given.clone(),
            group("devs"),
            expect!["LimitExceeded: Cannot exceed quota for GroupsPerAccount: 300 (RequestQuotaIncrease can raise it to 500)"],
        );
        check(
            given.with(groups(301)),
            group("devs"),
            expect!["group.created.v1 Group(AGPAAAAAAAAAAAAAAAAJQ, Created { name: devs, path: / })"],
        );
    }

    #[test]
    fn more_than_the_maximum() {
        check(
            World::new(),
            groups(501),
            expect!["InvalidInput: The quota GroupsPerAccount can be raised to 500 at most; 501 is more."],
        );
    }

    #[test]
    fn no_more_than_there_is() {
        check(
            World::new(),
            groups(300),
            expect!["InvalidInput: The quota GroupsPerAccount is 300 already: ask for more than that, 500 at most."],
        );
        check(
            World::new().with(groups(400)),
            groups(350),
            expect!["InvalidInput: The quota GroupsPerAccount is 400 already: ask for more than that, 500 at most."],
        );
    }

    #[test]
    fn at_the_maximum_what_there_is_comes_before_the_maximum() {
        check(
            World::new().limited(QuotaName::GroupsPerAccount, 600),
            groups(501),
            expect!["InvalidInput: The quota GroupsPerAccount is 600 already: ask for more than that, 500 at most."],
        );
    }

    #[test]
    fn a_quota_that_cannot_be_raised_is_told_before_the_value() {
        let request = |value| RequestQuotaIncrease { quota_name: QuotaName::GroupsPerUser, value };
        check(
            World::new(),
            request(1),
            expect!["InvalidInput: The quota GroupsPerUser (groups that a user is in) is 10 and cannot be raised."],
        );
        check(
            World::new(),
            request(11),
            expect!["InvalidInput: The quota GroupsPerUser (groups that a user is in) is 10 and cannot be raised."],
        );
    }
}
