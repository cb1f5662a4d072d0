//! A request beside a statement: is the statement about it?

use crate::{
    Caller, CallerKind, Context, Effect, Naming, Policies, Request,
    compiled::{ActionName, CompiledStatement},
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
    pub(crate) fn new(request: &Request<'a>, policies: &Policies<'_>) -> Self {
        Self {
            caller: request.caller,
            action: ActionName::new(request.action),
            resource: request.resource,
            context: request.context,
            bounded: policies.boundary.is_some() && request.caller.kind() != CallerKind::Root,
        }
    }
}

impl CompiledStatement {
    /// Whether the action and the resource are in the statement's scope.
    pub(crate) fn concerns(&self, asked: &Asked<'_>) -> bool {
        let action = match asked.action.folded() {
            Some(folded) => self.actions.includes(|pattern| pattern.matches_folded(folded)),
            None => self.actions.includes(|pattern| pattern.matches(asked.action.text())),
        };
        let resources = self.resources.as_ref();
        action && resources.is_none_or(|listed| listed.includes(|pattern| pattern.matches(asked.resource, asked.context)))
    }

    /// Whether the statement has a `Principal` or `NotPrincipal` element.
    pub(crate) fn names_anyone(&self) -> bool {
        self.principals.is_some()
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
