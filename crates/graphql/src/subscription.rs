//! The subscriptions.

use async_graphql::{Context, Subscription};
use futures_util::{Stream, StreamExt};

use crate::{
    fault::Fault,
    objects::{Record, RecordFilter},
    scalars::Seq,
    scope::Scope,
};

/// What can be followed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Live;

/// What can be followed.
#[Subscription(name = "Subscription")]
impl Live {
    /// The account's records after one, and then those that come, in order. A client that starts again after the last
    /// record that it has seen misses none and sees none twice. Ends when the session does. Needs `chancery:ListRecords`.
    async fn records(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those after this record; from the first one when absent.")] after: Option<Seq>,
        #[graphql(desc = "Only these.")] filter: Option<RecordFilter>,
    ) -> Result<impl Stream<Item = Result<Record, Fault>> + use<>, Fault> {
        let scope = Scope::of(ctx)?;
        let stream = scope.engine.follow(scope.caller()?, after.map(|seq| seq.0), filter.unwrap_or_default().into())?;
        Ok(stream.map(|record| record.map(Record::new).map_err(Fault::from)))
    }
}
