//! The queries: what is there. Questions about access are in [`crate::access`].

use async_graphql::{Context, ID, MergedObject, Object, SimpleObject};
use chancery_engine::RecordQuery;
use chancery_model::Sequence;

use crate::{
    access::{Questions, Simulations},
    fault::{Nullable, nullable, refusable},
    objects::{
        Account, Group, InstanceProfile, ManagedPolicy, Me, Node, Organization, Record, RecordConnection, RecordFilter, Role,
        User, find, find_record,
    },
    page::{Page, PageArgs, cost},
    scalars::Seq,
    scope::Scope,
    view::AsOf,
};

/// What can be asked. All fields of a document that give no `asOf` look at the same moment.
#[derive(Debug, Clone, Copy, MergedObject)]
#[graphql(name = "Query", serial)]
pub(crate) struct Query(Lookups, Questions, Simulations);

impl Query {
    pub(crate) fn new() -> Self {
        Self(Lookups, Questions, Simulations)
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Lookups;

/// The server.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(serial)]
pub(crate) struct ServerInfo {
    /// The version of the software.
    version: &'static str,
    /// How many records the log has: the sequence of the next one.
    head: Seq,
}

/// How many nodes one call can ask for.
const NODES_MAX: usize = 100;

#[Object(serial)]
impl Lookups {
    /// Who is signed in.
    async fn me(&self, ctx: &Context<'_>) -> Nullable<Me> {
        refusable(async move { Ok(Me::new(Scope::of(ctx)?.view(None).await?)) }).await
    }

    /// The caller's account.
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<Account> {
        refusable(async move { Ok(Account::new(Scope::of(ctx)?.view(as_of).await?)) }).await
    }

    /// The user of a name, whatever its case. Needs `iam:GetUser`.
    async fn user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The name.")] name: String,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<User> {
        refusable(async move {
            let view = Scope::of(ctx)?.view(as_of).await?;
            Ok(User::new(&view, &view.user(&name)?))
        })
        .await
    }

    /// The group of a name, whatever its case. Needs `iam:GetGroup`.
    async fn group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The name.")] name: String,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<Group> {
        refusable(async move {
            let view = Scope::of(ctx)?.view(as_of).await?;
            Ok(Group::new(&view, &view.group(&name)?))
        })
        .await
    }

    /// The role of a name, whatever its case. Needs `iam:GetRole`.
    async fn role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The name.")] name: String,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<Role> {
        refusable(async move {
            let view = Scope::of(ctx)?.view(as_of).await?;
            Ok(Role::new(&view, &view.role(&name)?))
        })
        .await
    }

    /// The managed policy of an ARN: the account's own or AWS's. Needs `iam:GetPolicy`.
    async fn policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ARN.")] arn: String,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<ManagedPolicy> {
        refusable(async move {
            let view = Scope::of(ctx)?.view(as_of).await?;
            Ok(ManagedPolicy::new(&view, &view.policy(&arn)?))
        })
        .await
    }

    /// The instance profile of a name, whatever its case. Needs `iam:GetInstanceProfile`.
    async fn instance_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The name.")] name: String,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<InstanceProfile> {
        refusable(async move {
            let view = Scope::of(ctx)?.view(as_of).await?;
            Ok(InstanceProfile::new(&view, &view.instance_profile(&name)?))
        })
        .await
    }

    /// The organization that the caller's account is in; null when it is in none. Needs `organizations:DescribeOrganization`.
    async fn organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<Organization> {
        nullable(async move { Organization::read(&Scope::of(ctx)?.view(as_of).await?) }).await
    }

    /// What a global id names; null for an unknown one. The id of something deleted never names its successor.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id.")] id: ID,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<Node> {
        nullable(async move {
            let scope = Scope::of(ctx)?;
            find(&scope.engine, &scope.view(as_of).await?, &id).await
        })
        .await
    }

    /// What each of up to 100 global ids names, in their order; null for unknown ones.
    #[graphql(complexity = "cost(i32::try_from(ids.len()).ok(), child_complexity)")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global ids.")] ids: Vec<ID>,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<Vec<Option<Node>>> {
        refusable(async move {
            if ids.len() > NODES_MAX {
                let rule = format!("Member must have length less than or equal to {NODES_MAX}");
                return Err(chancery_model::Invalid::new("ids", &ids.len().to_string(), rule).into());
            }
            let scope = Scope::of(ctx)?;
            let view = scope.view(as_of).await?;
            let mut nodes = Vec::with_capacity(ids.len());
            for id in &ids {
                nodes.push(find(&scope.engine, &view, id).await?);
            }
            Ok(nodes)
        })
        .await
    }

    /// The account's records, oldest first. Needs `chancery:ListRecords`. A page may be shorter than asked for where a filter
    /// leaves much out; `pageInfo` tells whether more follow.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn records(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Those after this record, where there is no cursor.")] after_sequence: Option<Seq>,
        #[graphql(desc = "Only these.")] filter: Option<RecordFilter>,
        #[graphql(desc = "The log as it was at this moment; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<RecordConnection> {
        refusable(async move {
            let scope = Scope::of(ctx)?;
            let view = scope.view(as_of).await?;
            let mut args = PageArgs::read(&view, "records", first, after.as_deref())?;
            if args.after.is_none() {
                args.after = after_sequence.map(|sequence| sequence.0.to_string());
            }
            let from = args.after.as_deref().map(str::parse::<Sequence>).transpose()?;
            let query = RecordQuery { after: from, first: args.limit, filter: filter.unwrap_or_default().into() };
            let mut found = scope.engine.records(scope.caller()?, query).await?;
            let seen = view.reader().sequence();
            found.records.retain(|record| record.sequence < seen);
            // Behind the moment's last record there is nothing, however long the log is by now.
            let end = found.next.filter(|last| last.next() < seen).map(|last| last.to_string());
            let items = found.records.into_iter().map(Record::new).map(|record| (record.key(), record)).collect();
            Ok(RecordConnection::new(&view, args, Page { items, more: end.is_some(), end }, None))
        })
        .await
    }

    /// The account's record of a sequence; null when there is none. Needs `chancery:GetRecord`.
    async fn record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its place in the log.")] sequence: Seq,
        #[graphql(desc = "The log as it was at this moment; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<Record> {
        nullable(async move {
            let scope = Scope::of(ctx)?;
            find_record(&scope.engine, &scope.view(as_of).await?, sequence.0).await
        })
        .await
    }

    /// The server. Needs a signed-in caller.
    async fn server_info(&self, ctx: &Context<'_>) -> Nullable<ServerInfo> {
        refusable(async move {
            let scope = Scope::of(ctx)?;
            scope.caller()?;
            Ok(ServerInfo { version: env!("CARGO_PKG_VERSION"), head: Seq(scope.engine.head()) })
        })
        .await
    }
}
