//! What a request says under condition keys: by itself, by who makes it, by the resource, by the clock.
//!
//! Source: IAM User Guide, "AWS global condition context keys"; Service Authorization Reference, "Condition keys for AWS
//! Identity and Access Management".

use std::borrow::Cow;

use chancery_domain::State;
use chancery_model::{AccountId, Arn, Timestamp};
use chancery_policy::{Context, Key, RequestContext, Values};

use super::powers::Place;

/// The context of one request. What stands earlier hides what stands later.
pub(crate) struct Facts<'a> {
    /// What the request brings.
    pub(crate) said: &'a RequestContext,
    /// What is known of its credential and where it comes from.
    pub(crate) came: &'a RequestContext,
    /// What is known of who makes it.
    pub(crate) principal: &'a RequestContext,
    pub(crate) state: &'a State,
    /// In whose account the request is made or asked about.
    pub(crate) home: AccountId,
    pub(crate) resource: &'a str,
    /// Whose resource it is, where its ARN does not say.
    pub(crate) owner: Option<AccountId>,
    pub(crate) now: Timestamp,
}

impl Context for Facts<'_> {
    fn get(&self, key: &Key) -> Option<Values<'_>> {
        [self.said, self.came, self.principal].into_iter().find_map(|facts| facts.get(key)).or_else(|| self.found(key.as_str()))
    }
}

/// The account in an ARN.
pub(super) fn account_in(arn: &str) -> Option<AccountId> {
    arn.split(':').nth(4).and_then(|account| AccountId::parse(account).ok())
}

impl Facts<'_> {
    /// Whose resource it is, as far as that is known.
    pub(crate) fn owner(&self) -> Option<AccountId> {
        self.owner.or_else(|| account_in(self.resource))
    }

    /// What is worked out only when a policy asks. Keys come in lower case.
    fn found(&self, key: &str) -> Option<Values<'_>> {
        let value = match key {
            "aws:currenttime" => Cow::Owned(self.now.to_string()),
            "aws:epochtime" => Cow::Owned((self.now.millis() / 1_000).to_string()),
            "aws:resourceaccount" => Cow::Owned(self.owner()?.to_string()),
            "aws:resourceorgid" => Cow::Owned(Place::of(self.state, self.owner()?)?.organization),
            "aws:resourceorgpaths" => {
                return Some(Values::Many(Cow::Owned(vec![Place::of(self.state, self.owner()?)?.path.into()])));
            }
            _ => {
                let (kind, tag) = key.split_once('/')?;
                Cow::Borrowed(self.tag(tag).filter(|_| matches!(kind, "aws:resourcetag" | "iam:resourcetag"))?)
            }
        };
        Some(Values::One(value))
    }

    /// The resource's tag, if it is one of ours. Those of another account are not told: whoever writes the policies that ask for
    /// them would read them one comparison after the other, and the tags of users are personal.
    fn tag(&self, key: &str) -> Option<&str> {
        let arn = Arn::parse(self.resource).ok()?;
        self.state.accounts.get(&arn.account().filter(|account| *account == self.home)?)?.tag_at(&arn, key)
    }
}
