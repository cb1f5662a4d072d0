//! The real evaluator on what the naive one is asked.

use chancery_policy::{Caller, CompiledPolicy, Document, Documents, Outcome, Policies, Request, RequestContext, authorize};

use crate::asked::{Asked, Held};

/// The policies of an [`Asked`], compiled once for many requests.
pub(crate) struct Compiled {
    identity: Vec<CompiledPolicy>,
    boundary: Option<Vec<CompiledPolicy>>,
    session: Option<Vec<CompiledPolicy>>,
    resource: Option<CompiledPolicy>,
    scps: Option<Vec<Vec<CompiledPolicy>>>,
    rcps: Option<Vec<Vec<CompiledPolicy>>>,
    endpoint: Option<Vec<CompiledPolicy>>,
}

impl Compiled {
    pub(crate) fn new(asked: &Asked) -> Self {
        let levels = |levels: &Vec<Vec<Document>>| levels.iter().map(|level| compile(level)).collect();
        Self {
            identity: compile(&asked.identity),
            boundary: asked.boundary.as_ref().map(|documents| compile(documents)),
            session: asked.session.as_ref().map(|documents| compile(documents)),
            resource: asked.resource_policy.first().map(CompiledPolicy::compile),
            scps: asked.scps.as_ref().map(levels),
            rcps: asked.rcps.as_ref().map(levels),
            endpoint: asked.endpoint.as_ref().map(|documents| compile(documents)),
        }
    }

    /// Decides the request of an [`Asked`] that has the same policies.
    pub(crate) fn evaluate(&self, asked: &Asked) -> Outcome {
        let mut context = RequestContext::new();
        for (key, held) in &asked.context {
            match held {
                Held::One(value) => context.insert(key.as_str(), value),
                Held::Many(values) => context.insert_many(key.as_str(), values),
            }
        }
        let identity = references(&self.identity);
        let [boundary, session, endpoint] = [&self.boundary, &self.session, &self.endpoint]
            .map(|policies| policies.as_ref().map(|policies| references(policies)));
        let [scps, rcps] = [&self.scps, &self.rcps]
            .map(|levels| levels.as_ref().map(|levels| levels.iter().map(|level| references(level)).collect::<Vec<_>>()));
        let [scps, rcps] = [&scps, &rcps]
            .map(|levels| levels.as_ref().map(|levels| levels.iter().map(Vec::as_slice).collect::<Vec<Documents<'_>>>()));
        let request = Request {
            caller: &Caller::parse(&asked.principal).unwrap(),
            action: &asked.action,
            resource: &asked.resource,
            resource_account: asked.resource_account.as_deref(),
            context: &context,
        };
        let policies = Policies {
            identity: &identity,
            boundary: boundary.as_deref(),
            session: session.as_deref(),
            resource: self.resource.as_ref(),
            scps: scps.as_deref(),
            rcps: rcps.as_deref(),
            endpoint: endpoint.as_deref(),
        };
        authorize(&request, &policies).outcome
    }
}

fn compile(documents: &[Document]) -> Vec<CompiledPolicy> {
    documents.iter().map(CompiledPolicy::compile).collect()
}

fn references(policies: &[CompiledPolicy]) -> Vec<&CompiledPolicy> {
    policies.iter().collect()
}
