//! What the resolvers of one request share: who asks, in which request, and the moment that is looked at.

use std::sync::Arc;

use async_graphql::{Context, SimpleObject};
use chancery_domain::{Account, Command};
use chancery_engine::{Caller, Engine, EngineError, Receipt, Request};
use chancery_model::ClientToken;
use tokio::sync::OnceCell;

use crate::{
    fault::Answer,
    scalars::{Seq, Timestamp},
    view::{AsOf, View},
};

/// One request, from the document's start to its end.
pub(crate) struct Scope {
    pub(crate) engine: Engine,
    pub(crate) request: Request,
    caller: Option<Caller>,
    now: OnceCell<View>,
}

impl Scope {
    pub(crate) fn new(engine: &Engine, caller: Option<Caller>, request: Request) -> Self {
        Self { engine: engine.clone(), request, caller, now: OnceCell::new() }
    }

    /// The scope of the request that a resolver works for.
    pub(crate) fn of<'a>(ctx: &Context<'a>) -> Answer<&'a Self> {
        // Every request is given its scope by the door: without one the fault is ours.
        Ok(ctx.data_opt::<Arc<Self>>().ok_or(EngineError::Internal)?)
    }

    /// Who asks.
    pub(crate) fn caller(&self) -> Answer<&Caller> {
        Ok(self.caller.as_ref().ok_or(EngineError::NotSignedIn)?)
    }

    /// The moment that a query looks at. All fields of a document that name none look at the same one.
    pub(crate) async fn view(&self, at: Option<AsOf>) -> Answer<View> {
        match at {
            Some(at) => self.look(Some(at)).await,
            None => Ok(self.now.get_or_try_init(|| self.look(None)).await?.clone()),
        }
    }

    async fn look(&self, at: Option<AsOf>) -> Answer<View> {
        let reader = self.engine.read(self.caller()?, at.map(Into::into)).await?;
        Ok(View::new(&self.engine, reader))
    }

    /// Executes a command. What the answer shows is of the moment of its record, or later.
    pub(crate) async fn run(&self, command: impl Into<Command>, client_token: Option<String>) -> Answer<Done> {
        let token = client_token.as_deref().map(ClientToken::parse).transpose()?;
        let receipt = self.engine.execute(self.caller()?, &self.request, command.into(), token).await?;
        let view = View::new(&self.engine, self.engine.read_receipt(self.caller()?, &receipt));
        Ok(Done { receipt, view })
    }
}

/// A command that was executed.
pub(crate) struct Done {
    receipt: Receipt,
    pub(crate) view: View,
}

/// The record that a mutation wrote.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(serial)]
pub(crate) struct RecordRef {
    /// Its place in the log.
    sequence: Seq,
    /// Its id.
    id: String,
    /// When it was written.
    time: Timestamp,
}

impl Done {
    /// The record; `None` when nothing needed to change.
    pub(crate) fn record(&self) -> Option<RecordRef> {
        self.receipt.record.as_ref().map(|record| RecordRef {
            sequence: Seq(record.sequence),
            id: record.id.to_string(),
            time: Timestamp(record.time),
        })
    }

    /// The account as the command left it. What a command answers with belongs to it, as in AWS's API: no read is
    /// authorized on its own until the caller asks for more than that.
    pub(crate) fn account(&self) -> Option<&Arc<Account>> {
        self.receipt.state.accounts.get(&self.view.account_id())
    }

    /// The organization as the command left it, if the account is in it.
    pub(crate) fn organization(&self) -> Option<&Arc<chancery_domain::Organization>> {
        let found = self.receipt.state.organization.as_ref();
        found.filter(|organization| organization.accounts.contains_key(&self.view.account_id()))
    }

    /// AWS's managed policies.
    pub(crate) fn aws_policies(&self) -> &chancery_domain::AwsPolicies {
        &self.receipt.state.aws
    }

    /// The unique id of what the first event happened to.
    pub(crate) fn entity_id(&self) -> Option<String> {
        self.receipt.events.first().and_then(chancery_domain::Event::entity_id)
    }
}
