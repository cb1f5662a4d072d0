//! Requests and their policies as tests write them.

use crate::{
    Caller, CompiledPolicy, Decision, Document, Explanation, Outcome, Policies, Request, RequestContext, authorize, explain,
};

pub(crate) const USER: &str = "arn:aws:iam::111122223333:user/people/ada";
pub(crate) const ROOT: &str = "arn:aws:iam::111122223333:root";
pub(crate) const ROLE: &str = "arn:aws:iam::111122223333:role/work/auditor";
pub(crate) const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/auditor/monday";
pub(crate) const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/ada";
pub(crate) const STRANGER: &str = "arn:aws:iam::999988887777:user/eve";
pub(crate) const BUCKET: &str = "arn:aws:s3:::logs/today";
pub(crate) const OTHER_ROLE: &str = "arn:aws:iam::111122223333:role/deployer";

/// The statements of a layer's documents, one document each.
type Texts = Vec<String>;

/// A request for `s3:GetObject` on [`BUCKET`] and no policies, until a test says otherwise.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) caller: Caller,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) owner: Option<&'static str>,
    pub(crate) context: RequestContext,
    pub(crate) identity: Texts,
    pub(crate) boundary: Option<Texts>,
    pub(crate) session: Option<Texts>,
    pub(crate) policy: Option<String>,
    pub(crate) scps: Option<Vec<Texts>>,
    pub(crate) rcps: Option<Vec<Texts>>,
    pub(crate) endpoint: Option<Texts>,
}

/// A world in which somebody asks.
pub(crate) fn asks(caller: &str) -> World {
    World {
        caller: Caller::parse(caller).unwrap(),
        action: "s3:GetObject".into(),
        resource: BUCKET.into(),
        owner: None,
        context: RequestContext::new(),
        identity: Vec::new(),
        boundary: None,
        session: None,
        policy: None,
        scps: None,
        rcps: None,
        endpoint: None,
    }
}

/// A statement of an identity-based policy.
pub(crate) fn allow(action: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#)
}

/// The same, denying.
pub(crate) fn deny(action: &str) -> String {
    allow(action).replace("Allow", "Deny")
}

/// A statement of a resource-based policy that allows every action to `Principal`s, written in JSON.
pub(crate) fn grant(principal: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "*", "Resource": "*"}}"#)
}

/// The same for `AWS` principals.
pub(crate) fn grant_aws(name: &str) -> String {
    grant(&format!(r#"{{"AWS": "{name}"}}"#))
}

impl World {
    pub(crate) fn of(mut self, action: &str, resource: &str) -> Self {
        (self.action, self.resource) = (action.into(), resource.into());
        self
    }

    pub(crate) fn owned_by(mut self, account: &'static str) -> Self {
        self.owner = Some(account);
        self
    }

    pub(crate) fn identity(mut self, statements: &[String]) -> Self {
        self.identity = statements.to_vec();
        self
    }

    pub(crate) fn boundary(mut self, statements: &[String]) -> Self {
        self.boundary = Some(statements.to_vec());
        self
    }

    pub(crate) fn session(mut self, statements: &[String]) -> Self {
        self.session = Some(statements.to_vec());
        self
    }

    /// The statements of the one policy of the resource.
    pub(crate) fn policy(mut self, statements: &[String]) -> Self {
        self.policy = Some(statements.join(", "));
        self
    }

    pub(crate) fn scps(mut self, levels: &[&[String]]) -> Self {
        self.scps = Some(levels.iter().map(|level| level.to_vec()).collect());
        self
    }

    pub(crate) fn rcps(mut self, levels: &[&[String]]) -> Self {
        self.rcps = Some(levels.iter().map(|level| level.to_vec()).collect());
        self
    }

    pub(crate) fn endpoint(mut self, statements: &[String]) -> Self {
        self.endpoint = Some(statements.to_vec());
        self
    }

    pub(crate) fn decide(&self) -> Decision {
        self.ask(authorize)
    }

    pub(crate) fn explain(&self) -> Explanation {
        self.ask(explain)
    }

    /// The decision in a word or two: `allowed`, `denied`, or the layer that did not allow.
    pub(crate) fn answer(&self) -> String {
        let decision = self.decide();
        match (decision.outcome, decision.stopped_by) {
            (Outcome::Allowed, None) => "allowed".into(),
            (Outcome::ExplicitlyDenied, None) => "denied".into(),
            (Outcome::ImplicitlyDenied, Some(layer)) => format!("no {layer}"),
            odd => panic!("{odd:?}"),
        }
    }

    /// Compiles everything and asks.
    pub(crate) fn ask<T>(&self, question: impl Fn(&Request<'_>, &Policies<'_>) -> T) -> T {
        let optional = |texts: &Option<Texts>| texts.as_ref().map(|texts| compiled(texts));
        let [boundary, session, endpoint] = [&self.boundary, &self.session, &self.endpoint].map(optional);
        let [boundary, session, endpoint] = [&boundary, &session, &endpoint].map(|some| some.as_deref().map(refs));
        let levels = |levels: &Option<Vec<Texts>>| {
            levels.as_ref().map(|levels| levels.iter().map(|texts| compiled(texts)).collect::<Vec<_>>())
        };
        let [scps, rcps] = [&self.scps, &self.rcps].map(levels);
        let [scps, rcps] = [&scps, &rcps].map(|levels| levels.as_deref().map(level_refs));
        let [scps, rcps] = [&scps, &rcps].map(|levels| levels.as_deref().map(level_slices));
        let (identity, policy) = (compiled(&self.identity), self.policy.as_ref().map(|text| compile(text)));
        let policies = Policies {
            identity: &refs(&identity),
            boundary: boundary.as_deref(),
            session: session.as_deref(),
            resource: policy.as_ref(),
            scps: scps.as_deref(),
            rcps: rcps.as_deref(),
            endpoint: endpoint.as_deref(),
        };
        let request = Request {
            caller: &self.caller,
            action: &self.action,
            resource: &self.resource,
            resource_account: self.owner,
            context: &self.context,
        };
        question(&request, &policies)
    }
}

fn compile(statements: &str) -> CompiledPolicy {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    CompiledPolicy::compile(&Document::parse_saved(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
}

fn compiled(texts: &[String]) -> Vec<CompiledPolicy> {
    texts.iter().map(|text| compile(text)).collect()
}

fn refs(policies: &[CompiledPolicy]) -> Vec<&CompiledPolicy> {
    policies.iter().collect()
}

fn level_refs(levels: &[Vec<CompiledPolicy>]) -> Vec<Vec<&CompiledPolicy>> {
    levels.iter().map(|level| refs(level)).collect()
}

fn level_slices<'a>(levels: &'a [Vec<&'a CompiledPolicy>]) -> Vec<&'a [&'a CompiledPolicy]> {
    levels.iter().map(Vec::as_slice).collect()
}
