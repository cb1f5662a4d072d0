//! Policies that nobody has, for a simulation: what would be decided if they were there?

use chancery_policy::{CompiledPolicy, Determining, Layer, PolicyText};

use super::{Laid, PolicySource, Powers};

/// Policies to suppose beside those that are there, or in their place.
///
/// Source: IAM API Reference, "SimulatePrincipalPolicy".
#[derive(Clone, Copy, Default)]
pub struct Supposed<'a> {
    /// Identity-based policies that the principal is taken to have besides its own.
    pub identity: &'a [PolicyText],
    /// The permissions boundary that the principal is taken to have in the place of its own.
    pub boundary: Option<&'a [PolicyText]>,
    /// The policy that the resource is taken to have in the place of its own; for a role its trust policy.
    pub resource: Option<&'a PolicyText>,
}

impl<'a> Supposed<'a> {
    pub(super) fn lay_identity(self, powers: &'a Powers) -> Laid<'a> {
        powers.identity().chain(self.identity.iter().map(PolicyText::compiled)).collect()
    }

    pub(super) fn lay_boundary(self, powers: &'a Powers) -> Option<Laid<'a>> {
        match self.boundary {
            Some(documents) => Some(documents.iter().map(PolicyText::compiled).collect()),
            None => powers.boundary().map(Iterator::collect),
        }
    }

    pub(super) fn resource(self) -> Option<&'a CompiledPolicy> {
        self.resource.map(PolicyText::compiled)
    }

    /// What a place is called, if a supposed policy is there: as AWS's `SourcePolicyId` has it. `own` policies of the
    /// principal come before those that are supposed.
    pub(super) fn source(self, place: &Determining, own: usize, resource: &str) -> Option<PolicySource> {
        let number = usize::try_from(place.policy).ok()?;
        let (name, attached_to) = match place.layer {
            Layer::Identity => (format!("PolicyInputList.{}", number.checked_sub(own)? + 1), None),
            Layer::Boundary if self.boundary.is_some() => (format!("PermissionsBoundaryPolicyInputList.{}", number + 1), None),
            Layer::Resource if self.resource.is_some() => ("ResourcePolicy".to_owned(), Some(resource.to_owned())),
            Layer::Boundary | Layer::Resource => return None,
            Layer::ServiceControl | Layer::ResourceControl | Layer::Endpoint | Layer::Session => return None,
        };
        Some(PolicySource { layer: place.layer, name, arn: None, version: None, attached_to })
    }
}
