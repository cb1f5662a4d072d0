//! Which policy a place in a decision is: by name, version, and where it is attached.

use chancery_domain::{Account, Boundary, ControlLevel, Effective, EffectivePolicy, PolicyOrigin, State, VersionId};
use chancery_model::{AccountId, Arn, Principal, Timestamp};
use chancery_policy::{Determining, Layer};

use super::AppliedPolicy;

/// A policy that had a say, as people know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySource {
    /// The kind of policy.
    pub layer: Layer,
    /// The name of a managed or inline policy; that of the resource or role for its own policy.
    pub name: String,
    /// The ARN of a managed or control policy.
    pub arn: Option<Arn>,
    /// The version of a managed policy.
    pub version: Option<VersionId>,
    /// What it is attached to, or part of: the ARN of a user, group, role or resource, of the organization's root, a unit or an
    /// account.
    pub attached_to: Option<String>,
}

/// Names the policies of one principal and one resource.
pub(crate) struct Names<'a> {
    state: &'a State,
    account: Option<&'a Account>,
    effective: Option<Effective<'a>>,
    resource: &'a str,
    /// Whose resource it is.
    owner: Option<AccountId>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(
        state: &'a State,
        account: Option<&'a Account>,
        principal: Option<Principal>,
        resource: &'a str,
        now: Timestamp,
    ) -> Self {
        let effective = account.zip(principal).and_then(|(account, principal)| match principal {
            Principal::User(id) => account.effective_of_user(id, now, &state.aws),
            Principal::Role(id) => account.effective_of_role(id, now, &state.aws),
            Principal::Root(_) | Principal::System | Principal::Operator => None,
        });
        Self { state, account, effective, resource, owner: None }
    }

    /// Names for a resource of this account.
    pub(crate) fn owned_by(mut self, owner: Option<AccountId>) -> Self {
        self.owner = owner;
        self
    }

    /// Every identity-based policy and the boundary, in the order in which decisions count them.
    pub(crate) fn all(&self) -> Vec<AppliedPolicy> {
        let identity = self.effective.into_iter().flat_map(Effective::identity);
        let boundary = self.effective.map(Effective::boundary).and_then(|boundary| match boundary {
            Boundary::Within(policy) => Some((Layer::Boundary, policy)),
            Boundary::None | Boundary::Lost(_) => None,
        });
        let all = identity.map(|policy| (Layer::Identity, policy)).chain(boundary);
        all.map(|(layer, policy)| AppliedPolicy { source: self.effective_source(layer, policy), text: policy.text.clone() })
            .collect()
    }

    /// The policy of a place.
    pub(crate) fn source(&self, place: &Determining) -> Option<PolicySource> {
        match place.layer {
            Layer::Identity => {
                let policy = self.effective?.identity().nth(usize::try_from(place.policy).ok()?)?;
                Some(self.effective_source(Layer::Identity, policy))
            }
            Layer::Boundary => match self.effective?.boundary() {
                Boundary::Within(policy) => Some(self.effective_source(Layer::Boundary, policy)),
                Boundary::None | Boundary::Lost(_) => None,
            },
            Layer::Resource => {
                let attached_to = Some(self.resource.to_owned());
                let name = self.resource.rsplit([':', '/']).next().unwrap_or_default().to_owned();
                Some(PolicySource { layer: Layer::Resource, name, arn: None, version: None, attached_to })
            }
            Layer::ServiceControl => self.control(place, self.state.service_control_levels(self.account?.id)?),
            Layer::ResourceControl => self.control(place, self.state.resource_control_levels(self.owner?)?),
            Layer::Endpoint | Layer::Session => None,
        }
    }

    fn control(&self, place: &Determining, levels: Vec<ControlLevel<'_>>) -> Option<PolicySource> {
        let level = levels.into_iter().nth(usize::from(place.level))?;
        let policy = level.policies.get(usize::try_from(place.policy).ok()?)?;
        let within = self.state.organization.as_deref()?.membership();
        Some(PolicySource {
            layer: place.layer,
            name: policy.name.to_string(),
            arn: Some(within.policy_arn(policy.policy_type, policy.id)),
            version: None,
            attached_to: Some(within.target_arn(level.target).to_string()),
        })
    }

    fn effective_source(&self, layer: Layer, policy: EffectivePolicy<'_>) -> PolicySource {
        let attached_to = self.account.and_then(|account| account.entity_arn(policy.attached_to)).map(|arn| arn.to_string());
        match policy.origin {
            PolicyOrigin::Inline(name) => PolicySource { layer, name: name.to_string(), arn: None, version: None, attached_to },
            PolicyOrigin::Managed(managed, version) => PolicySource {
                layer,
                name: managed.name.to_string(),
                arn: Some(managed.arn.clone()),
                version: Some(version),
                attached_to,
            },
        }
    }
}
