//! A case as a request and compiled policies.

use std::sync::LazyLock;

use super::{Case, Said};
use crate::{
    Caller, CallerKind, CompiledPolicy, Document, Documents, Effect, Key, Policies, Principal, Request, Scope, Statement, Version,
};

/// The resource control policy that AWS attaches at every level and that nobody can detach.
pub(super) const DEFAULT_RCP_NAME: &str = "RCPFullAWSAccess";

static DEFAULT_RCP: LazyLock<CompiledPolicy> = LazyLock::new(|| {
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        principals: Some(Scope::Only(vec![Principal::Everyone])),
        actions: Scope::Only(vec!["*".into()]),
        resources: Some(Scope::Only(vec!["*".into()])),
        conditions: Vec::new(),
    };
    CompiledPolicy::compile(&Document { version: Version::V2012, id: None, statements: vec![statement] })
});

impl Case {
    /// Puts a question, such as [`crate::authorize`], about the case. The documents are compiled anew each time.
    pub fn ask<T>(&self, question: impl FnOnce(&Request<'_>, &Policies<'_>) -> T) -> T {
        let (caller, context) = (self.known_caller(), self.context());
        let request = Request {
            caller: &caller,
            action: &self.action,
            resource: if self.wildcard_only_action { "*" } else { &self.resource },
            resource_account: self.owner(),
            context: &context,
        };
        let (identity, resource) = (compile(&self.identity_policies), self.resource_policy.as_ref().map(CompiledPolicy::compile));
        let [boundary, session, endpoint] = [&self.boundary, &self.session_policies, &self.endpoint_policies]
            .map(|documents| documents.as_ref().map(|documents| compile(documents)));
        let [scps, rcps] = [&self.scps, &self.rcps].map(|levels| levels.as_ref().map(|levels| compile_levels(levels)));
        let [boundary, session, endpoint] =
            [&boundary, &session, &endpoint].map(|policies| policies.as_ref().map(|policies| references(policies)));
        let (scps, rcps) = (levels(scps.as_ref(), None), levels(rcps.as_ref(), Some(&DEFAULT_RCP)));
        let (scps, rcps) = (scps.as_ref().map(|levels| slices(levels)), rcps.as_ref().map(|levels| slices(levels)));
        let policies = Policies {
            identity: &references(&identity),
            boundary: boundary.as_deref(),
            session: session.as_deref(),
            resource: resource.as_ref(),
            scps: scps.as_deref(),
            rcps: rcps.as_deref(),
            endpoint: endpoint.as_deref(),
        };
        question(&request, &policies)
    }

    /// The caller with what the context tells of it: the role of a session with its path, and unique ids, by which documents
    /// name deleted principals.
    fn known_caller(&self) -> Caller {
        let mut caller = self.caller.clone();
        if let (CallerKind::RoleSession, Some(arn)) = (caller.kind(), self.said("aws:PrincipalArn")) {
            caller = caller.with_issuer(arn);
        }
        match (caller.kind(), self.said("aws:userid")) {
            (CallerKind::User, Some(id)) => caller.with_unique_id(id),
            (CallerKind::Role | CallerKind::RoleSession, Some(id)) => {
                caller.with_unique_id(id.split_once(':').map_or(id, |(role, _)| role))
            }
            _ => caller,
        }
    }

    fn said(&self, key: &str) -> Option<&str> {
        let key = Key::new(key);
        self.context.iter().find(|(other, _)| *other == key).and_then(|(_, said)| match said {
            Said::One(value) => Some(value.as_str()),
            Said::Missing | Said::Many(_) => None,
        })
    }

    /// The account of the resource, where the resource that is asked about does not tell.
    fn owner(&self) -> Option<&str> {
        let in_arn = || self.resource.split(':').nth(4).filter(|account| !account.is_empty() && self.wildcard_only_action);
        self.resource_account.as_deref().or_else(in_arn)
    }
}

fn compile(documents: &[Document]) -> Vec<CompiledPolicy> {
    documents.iter().map(CompiledPolicy::compile).collect()
}

fn compile_levels(levels: &[Vec<Document>]) -> Vec<Vec<CompiledPolicy>> {
    levels.iter().map(|level| compile(level)).collect()
}

fn references(policies: &[CompiledPolicy]) -> Vec<&CompiledPolicy> {
    policies.iter().collect()
}

/// Levels with a policy that each has besides its own.
fn levels<'a>(
    levels: Option<&'a Vec<Vec<CompiledPolicy>>>,
    default: Option<&'a CompiledPolicy>,
) -> Option<Vec<Vec<&'a CompiledPolicy>>> {
    levels.map(|levels| levels.iter().map(|level| level.iter().chain(default).collect()).collect())
}

fn slices<'a>(levels: &'a [Vec<&'a CompiledPolicy>]) -> Vec<Documents<'a>> {
    levels.iter().map(Vec::as_slice).collect()
}
