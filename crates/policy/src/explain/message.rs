//! What AWS says when it refuses.
//!
//! Source: IAM User Guide, "Troubleshoot access denied error messages". "If multiple policy types deny an authorization request,
//! AWS includes only one of those policy types in the error message": here the first in the order of [`Layer`].

use crate::{Decision, Layer, Outcome, Request};

impl Decision {
    /// Why a request is refused, as AWS says it: `because no identity-based policy allows the iam:CreateUser action`, `with an
    /// explicit deny in a service control policy`. None for what is allowed.
    #[must_use]
    pub fn reason(&self, request: &Request<'_>) -> Option<String> {
        let trust = is_trust(request.action, request.resource);
        match self.outcome {
            Outcome::Allowed => None,
            Outcome::ExplicitlyDenied => self.determining.first().map(|statement| match statement.layer {
                Layer::Resource if trust => "with an explicit deny in the role trust policy".to_owned(),
                Layer::Identity => format!("with an explicit deny in an {}", Layer::Identity),
                layer => format!("with an explicit deny in a {layer}"),
            }),
            Outcome::ImplicitlyDenied => self.stopped_by.map(|layer| {
                let policy = if trust && layer == Layer::Resource { "role trust policy" } else { layer.name() };
                format!("because no {policy} allows the {} action", request.action)
            }),
        }
    }

    /// The whole message of an `AccessDenied`, as AWS says it. None for what is allowed.
    #[must_use]
    pub fn message(&self, request: &Request<'_>) -> Option<String> {
        let (caller, action, resource) = (request.caller, request.action, request.resource);
        self.reason(request)
            .map(|reason| format!("User: {caller} is not authorized to perform: {action} on resource: {resource} {reason}"))
    }
}

/// Whether the policy of the resource is the trust policy of a role.
fn is_trust(action: &str, resource: &str) -> bool {
    let sts = action.get(..4).is_some_and(|service| service.eq_ignore_ascii_case("sts:"));
    sts && resource.splitn(6, ':').nth(5).is_some_and(|resource| resource.starts_with("role/"))
}
