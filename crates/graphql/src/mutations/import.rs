//! Bringing in an account from AWS.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chancery_engine::import::{AccountFile, ImportMode, Item, plan};
use chancery_model::Invalid;

use crate::{
    fault::{Answer, Nullable, refusable},
    scope::Scope,
};

#[derive(Debug)]
pub(crate) struct Imports;

/// Input of `importAwsAccount`.
#[derive(InputObject)]
pub(crate) struct ImportAwsAccountInput {
    /// What `aws iam get-account-authorization-details` prints, as JSON text. Larger than a request's body may be: use the
    /// command line.
    document: String,
    /// Only try, and write nothing.
    #[graphql(default = false)]
    dry_run: bool,
    /// Leave out what is refused and import the rest; otherwise one refused item stops everything.
    #[graphql(default = false)]
    skip_refused: bool,
}

/// What an import came to.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct ImportPayload {
    /// Every item, with what became of it, or would.
    items: Vec<ImportedItem>,
    /// What concerns the import as a whole.
    notes: Vec<String>,
    /// How many records were written.
    records: u32,
}

/// One thing of the document.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct ImportedItem {
    /// What it is, as in `user` or `inline-policy`.
    kind: &'static str,
    /// Its name.
    name: String,
    /// Its ARN here.
    arn: Option<String>,
    /// `created`, `updated`, `unchanged` or `refused`.
    outcome: &'static str,
    /// Why it is refused, or what is worth knowing.
    reason: Option<String>,
}

impl From<Item> for ImportedItem {
    fn from(item: Item) -> Self {
        let Item { kind, name, arn, outcome, reason, .. } = item;
        Self { kind: kind.name(), name, arn, outcome: outcome.name(), reason }
    }
}

#[Object(serial)]
impl Imports {
    /// Brings in users, groups, roles, policies and what ties them together. Everything is tried before anything is written;
    /// what is there already is unchanged or updated, never taken away. A second import of the same document changes nothing.
    /// AWS's managed policies that this server does not know take the operator's command line.
    async fn import_aws_account(&self, ctx: &Context<'_>, input: ImportAwsAccountInput) -> Nullable<ImportPayload> {
        refusable(import(ctx, input)).await
    }
}

async fn import(ctx: &Context<'_>, input: ImportAwsAccountInput) -> Answer<ImportPayload> {
    let scope = Scope::of(ctx)?;
    let caller = scope.caller()?;
    let file = AccountFile::parse(input.document.as_bytes());
    let file = file.map_err(|reason| Invalid::new("document", "", reason.to_string()))?;
    let planned = scope.engine.plan_import(caller, |account, aws| plan(&file, account, aws))?;
    let mode = ImportMode { dry_run: input.dry_run, skip_refused: input.skip_refused };
    let imported = scope.engine.import(caller, &scope.request, planned, mode, &|_, _| {}).await?;
    let records = u32::try_from(imported.records).unwrap_or(u32::MAX);
    Ok(ImportPayload { items: imported.items.into_iter().map(Into::into).collect(), notes: imported.notes, records })
}
