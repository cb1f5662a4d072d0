//! A request beside a statement: is the statement about it?

use crate::{
    Caller, CallerKind, Context, Effect, Key, Layer, Naming, Policies, Request, ResourcePattern,
    compiled::{ActionName, CompiledStatement, Scratch},
};

/// A request with what is worked out once and asked for every statement.
pub(crate) struct Asked<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) action: ActionName<'a>,
    pub(crate) resource: &'a str,
    pub(crate) context: &'a dyn Context,
    /// Whether the caller has a permissions boundary.
    bounded: bool,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(request: &Request<'a>, policies: &Policies<'_>, scratch: &'a mut Scratch) -> Self {
        Self {
            caller: request.caller,
            action: ActionName::new(request.action, scratch),
            resource: request.resource,
            context: request.context,
            bounded: policies.boundary.is_some() && request.caller.kind() != CallerKind::Root,
        }
    }
}

impl CompiledStatement {
    /// Whether the action and the resource are in the statement's scope. The action passed the statement's gate, so it nearly
    /// always is: the resource is asked first.
    pub(crate) fn concerns(&self, asked: &Asked<'_>) -> bool {
        let resources = self.resources.as_ref();
        self.hints.allow(asked.resource)
            && resources.is_none_or(|listed| listed.includes(|pattern| pattern.matches(asked.resource, asked.context)))
            && self.actions.includes(|pattern| asked.action.is_in(pattern))
    }

    /// Whether the statement of a layer is about the caller, the action and the resource.
    ///
    /// A document that is attached to the caller names nobody. A policy of an endpoint or a resource control policy without a
    /// principal is for everyone, one of a resource for no one.
    pub(crate) fn is_about(&self, layer: Layer, asked: &Asked<'_>) -> bool {
        self.concerns(asked)
            && match layer {
                Layer::Resource => self.naming(asked).is_some(),
                Layer::Endpoint | Layer::ResourceControl => self.principals.is_none() || self.naming(asked).is_some(),
                Layer::ServiceControl | Layer::Identity | Layer::Boundary | Layer::Session => true,
            }
    }

    /// The keys that the statement asks for, in conditions and in variables of resources.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        let resources = self.resources.iter().flat_map(|listed| &listed.items).flat_map(ResourcePattern::keys);
        self.conditions.keys().chain(resources)
    }

    /// How the statement of a resource-based policy names the caller, if it does.
    ///
    /// "The `NotPrincipal` element with a `Deny` effect will always deny any IAM principal that has a permissions boundary
    /// policy attached, regardless of the values" (IAM User Guide, "Permissions boundaries for IAM entities").
    pub(crate) fn naming(&self, asked: &Asked<'_>) -> Option<Naming> {
        let principals = self.principals.as_ref()?;
        let strongest = principals.items.iter().filter_map(|named| named.names(asked.caller)).max();
        if !principals.is_not {
            return strongest;
        }
        let regardless = self.effect == Effect::Deny && asked.bounded;
        (regardless || strongest.is_none()).then_some(Naming::Direct)
    }
}
