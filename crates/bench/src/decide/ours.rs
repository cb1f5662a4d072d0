//! Ours: the public interface of the policy crate.

use std::collections::BTreeMap;

use anyhow::Context as _;
use chancery_policy::{
    Caller, CompiledPolicy, Decision, Document, Explanation, Kind, Outcome, Policies, Request, RequestContext, authorize, explain,
};

use super::Decider;
use crate::authz_workload::{ACCOUNT, Workload};

/// Compiled documents by their names.
pub(super) type Account = BTreeMap<String, CompiledPolicy>;

/// Ours, with its questions.
pub(super) struct Ours<'a>(Vec<Asked<'a>>);

/// A request that owns what it asks, with the documents that are relevant.
#[derive(Clone)]
pub(super) struct Asked<'a> {
    caller: Caller,
    action: String,
    resource: String,
    context: RequestContext,
    documents: Vec<&'a CompiledPolicy>,
}

/// Reads and compiles every document.
pub(super) fn compile(workload: &Workload) -> anyhow::Result<Account> {
    let compile = |text| Document::parse(text, Kind::Identity).map(|document| CompiledPolicy::compile(&document));
    workload.documents().map(|(name, text)| Ok((name.to_owned(), compile(text)?))).collect()
}

impl<'a> Ours<'a> {
    pub(super) fn new(workload: &Workload, account: &'a Account) -> anyhow::Result<Self> {
        let asked = workload.questions.iter().map(|question| {
            let names = workload.relevant(&question.principal)?;
            let documents = names.into_iter().map(|name| account.get(name).with_context(|| format!("no document {name}")));
            Ok(Asked {
                caller: Caller::parse(&format!("arn:aws:iam::{ACCOUNT}:user/{}", question.principal))?,
                action: question.action.clone(),
                resource: question.resource.clone(),
                context: question.context(),
                documents: documents.collect::<anyhow::Result<_>>()?,
            })
        });
        Ok(Self(asked.collect::<anyhow::Result<_>>()?))
    }
}

impl<'a> Decider for Ours<'a> {
    type Request = Asked<'a>;
    type Answer = Decision;

    fn request(&self, question: usize) -> anyhow::Result<Asked<'a>> {
        self.0.get(question).cloned().context("no such question")
    }

    fn decide(&mut self, _question: usize, request: &mut Asked<'a>) -> anyhow::Result<Decision> {
        Ok(authorize(&request.request(), &request.policies()))
    }

    fn is(&self, answer: &Decision, expected: Outcome) -> bool {
        answer.outcome == expected
    }
}

impl Asked<'_> {
    pub(super) fn explain(&self) -> Explanation {
        explain(&self.request(), &self.policies())
    }

    fn request(&self) -> Request<'_> {
        Request {
            caller: &self.caller,
            action: &self.action,
            resource: &self.resource,
            resource_account: None,
            context: &self.context,
        }
    }

    fn policies(&self) -> Policies<'_> {
        Policies { identity: &self.documents, ..Policies::default() }
    }
}
