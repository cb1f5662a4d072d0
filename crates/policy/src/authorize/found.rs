//! The statements that match a request, layer by layer.

use crate::{
    CompiledPolicy, Determining, Effect, Layer, Naming, Policies, Statements,
    authorize::standing::{Account, Standing},
    compiled::Asked,
};

/// What each layer says of a request.
#[derive(Default)]
pub(super) struct Found {
    pub(super) denies: Statements,
    allows: Statements,
    pub(super) rcps: bool,
    pub(super) scps: bool,
    pub(super) endpoint: bool,
    /// How the strongest statement of the resource's policy that allows names the caller.
    pub(super) resource: Option<Naming>,
    pub(super) identity: bool,
    pub(super) boundary: bool,
    pub(super) session: bool,
}

/// A level of a layer.
#[derive(Clone, Copy)]
struct At(Layer, usize);

impl Found {
    /// Matches every statement of every layer.
    pub(super) fn look(asked: &Asked<'_>, standing: Standing, policies: &Policies<'_>) -> Self {
        let mut found = Self::default();
        found.rcps = found.levels(asked, Layer::ResourceControl, policies.rcps.filter(|_| standing.under_rcps));
        found.scps = found.levels(asked, Layer::ServiceControl, policies.scps.filter(|_| standing.under_scps));
        found.endpoint = found.optional(asked, Layer::Endpoint, policies.endpoint);
        if let Some(policy) = policies.resource {
            found.resource = found.resource(asked, standing, policy);
        }
        found.identity = found.documents(asked, At(Layer::Identity, 0), policies.identity) || standing.is_root;
        found.boundary = found.optional(asked, Layer::Boundary, policies.boundary.filter(|_| !standing.is_root));
        found.session = found.optional(asked, Layer::Session, policies.session.filter(|_| !standing.is_root))
            && (policies.session.is_some() || !standing.needs_session_policy);
        found
    }

    /// The statements that had a part in an allow.
    pub(super) fn take_allows(&mut self, standing: Standing) -> Statements {
        // A direct grant needs nothing of these: they count where they would have been enough without it.
        if standing.account == Account::Same && self.resource == Some(Naming::Direct) {
            let enough = self.identity && self.boundary && self.session;
            self.allows.retain(|place| enough || !matches!(place.layer, Layer::Identity | Layer::Boundary | Layer::Session));
        }
        std::mem::take(&mut self.allows)
    }

    /// Whether every level allows; without levels there is nothing that could not.
    fn levels(&mut self, asked: &Asked<'_>, layer: Layer, levels: Option<&[&[&CompiledPolicy]]>) -> bool {
        let mut all = true;
        for (level, documents) in levels.unwrap_or_default().iter().enumerate() {
            all &= self.documents(asked, At(layer, level), documents);
        }
        all
    }

    fn optional(&mut self, asked: &Asked<'_>, layer: Layer, documents: Option<&[&CompiledPolicy]>) -> bool {
        documents.is_none_or(|documents| self.documents(asked, At(layer, 0), documents))
    }

    /// Whether a statement of a level allows.
    fn documents(&mut self, asked: &Asked<'_>, at: At, documents: &[&CompiledPolicy]) -> bool {
        let mut allowed = false;
        for (index, policy) in documents.iter().enumerate() {
            for (number, statement) in policy.reached(&asked.action) {
                if statement.is_about(at.0, asked) && statement.conditions.hold(asked.context) {
                    allowed |= self.note(statement.effect, at, index, number);
                }
            }
        }
        allowed
    }

    /// How the strongest statement that allows names the caller.
    ///
    /// A statement that names the account is no grant in the account itself: it leaves the grant to identity-based policies,
    /// which need no leave but where the policy of the resource must allow.
    fn resource(&mut self, asked: &Asked<'_>, standing: Standing, policy: &CompiledPolicy) -> Option<Naming> {
        let delegates = standing.account != Account::Same || standing.needs_resource_policy;
        let mut strongest = None;
        for (number, statement) in policy.reached(&asked.action).filter(|(_, statement)| statement.concerns(asked)) {
            let Some(naming) = statement.naming(asked) else { continue };
            let counts = statement.effect == Effect::Deny || delegates || naming > Naming::Account;
            if counts
                && statement.conditions.hold(asked.context)
                && self.note(statement.effect, At(Layer::Resource, 0), 0, number)
            {
                strongest = strongest.max(Some(naming));
            }
        }
        strongest
    }

    /// Notes a matching statement and tells whether it allows.
    fn note(&mut self, effect: Effect, at: At, policy: usize, statement: usize) -> bool {
        let place = Determining::new(at.0, at.1, policy, statement);
        match effect {
            Effect::Allow => self.allows.push(place),
            Effect::Deny => self.denies.push(place),
        }
        effect == Effect::Allow
    }
}
