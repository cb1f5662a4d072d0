//! Decisions: a principal of this installation, an action, a resource, and what the policies say.
//!
//! Doors do not come here: [`crate::Engine`] and [`crate::Reader`] ask for them. What guards our own commands and reads is
//! the same function that answers questions from outside.

mod answers;
mod cache;
mod facts;
mod names;
mod powers;
mod supposed;

use chancery_domain::State;
use chancery_model::{AccountId, Arn, Timestamp};
use chancery_policy::{CompiledPolicy, Decision, Policies, PolicyText, Request, RequestContext};
use smallvec::SmallVec;

pub(crate) use self::{
    answers::Moment,
    cache::Cache,
    powers::{Powers, truth},
};
pub use self::{
    answers::{AccessQuestion, Allowed, AppliedPolicy, Explained},
    names::PolicySource,
    supposed::Supposed,
};
use self::{facts::Facts, names::Names};

/// So many documents of a principal are laid out without an allocation.
type Laid<'a> = SmallVec<[&'a CompiledPolicy; 24]>;

/// One question, with everything that the answer depends on.
pub(crate) struct Question<'a> {
    pub(crate) state: &'a State,
    pub(crate) powers: &'a Powers,
    /// In whose account the request is made or asked about.
    pub(crate) home: AccountId,
    /// `service:Name`.
    pub(crate) action: &'a str,
    /// An ARN, or `*`.
    pub(crate) resource: &'a str,
    /// Whose resource it is, where its ARN does not say.
    pub(crate) resource_account: Option<AccountId>,
    /// What the request brings.
    pub(crate) said: &'a RequestContext,
    /// What is known of the credential and of where the request comes from.
    pub(crate) came: &'a RequestContext,
    pub(crate) now: Timestamp,
}

impl Question<'_> {
    /// Decides.
    pub(crate) fn decide(&self) -> Decision {
        self.ask(chancery_policy::authorize)
    }

    /// Lays out the request and its policies.
    pub(crate) fn ask<R>(&self, answer: impl FnOnce(&Request<'_>, &Policies<'_>) -> R) -> R {
        self.suppose(Supposed::default(), answer)
    }

    /// The same with policies that nobody has.
    fn suppose<R>(&self, supposed: Supposed<'_>, answer: impl FnOnce(&Request<'_>, &Policies<'_>) -> R) -> R {
        let (identity, boundary) = (supposed.lay_identity(self.powers), supposed.lay_boundary(self.powers));
        let resource = self.resource();
        let owner = self.resource_account.or_else(|| resource.as_ref().map(|(owner, _)| *owner));
        let owner_text = owner.map(|owner| owner.to_string());
        let context = Facts {
            said: self.said,
            came: self.came,
            principal: &self.powers.facts,
            state: self.state,
            home: self.home,
            resource: self.resource,
            owner,
            now: self.now,
        };
        let request = Request {
            caller: &self.powers.caller,
            action: self.action,
            resource: self.resource,
            resource_account: owner_text.as_deref(),
            context: &context,
        };
        let rcps = self.state.organization.as_ref().and_then(|_| self.state.resource_control_levels(context.owner()?));
        let rcps = rcps.map(powers::texts);
        let (scps, rcps) = (self.powers.scps().map(compiled), rcps.as_deref().map(compiled));
        let (scps, rcps) = (scps.as_deref().map(slices), rcps.as_deref().map(slices));
        let policies = Policies {
            identity: &identity,
            boundary: boundary.as_deref(),
            session: None,
            resource: supposed.resource().or_else(|| resource.map(|(_, text)| text.compiled())),
            scps: scps.as_deref(),
            rcps: rcps.as_deref(),
            endpoint: None,
        };
        answer(&request, &policies)
    }

    /// Whose resource it is, as far as that is known.
    pub(crate) fn owner(&self) -> Option<AccountId> {
        let kept = || self.resource().map(|(owner, _)| owner);
        self.resource_account.or_else(kept).or_else(|| facts::account_in(self.resource))
    }

    /// The policy of the resource with its account: a role's trust policy, or that of something that lives elsewhere.
    fn resource(&self) -> Option<(AccountId, &PolicyText)> {
        if self.resource == "*" {
            return None;
        }
        // Only what STS does with a role is a matter of its trust policy.
        let iam = self.resource.split(':').nth(2) == Some("iam");
        if iam && !self.action.get(..4).is_some_and(|service| service.eq_ignore_ascii_case("sts:")) {
            return None;
        }
        let arn = Arn::of_resource(self.resource).ok()?;
        if !iam {
            return self.state.resource_policy(&arn).map(|(owner, policy)| (owner, &policy.text));
        }
        let account = arn.account()?;
        let role = self.state.accounts.get(&account)?.role_at(&arn)?;
        Some((account, &role.trust))
    }
}

/// The documents of each level, ready for decisions.
fn compiled(levels: &[Vec<PolicyText>]) -> Vec<Vec<&CompiledPolicy>> {
    levels.iter().map(|level| level.iter().map(PolicyText::compiled).collect()).collect()
}

fn slices<'a, 'p>(levels: &'a [Vec<&'p CompiledPolicy>]) -> Vec<&'a [&'p CompiledPolicy]> {
    levels.iter().map(Vec::as_slice).collect()
}
