//! `chancery import`: what AWS prints about an account, brought into one here.

use std::{collections::BTreeMap, fs, path::PathBuf};

use chancery_engine::{
    Caller, Engine, Request,
    import::{AccountFile, ImportMode, Imported, Item, Outcome, Plan, plan, plan_managed_policies},
};
use chancery_model::AccountId;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Exit, Failure, Global, boot, progress::Bar};

/// The largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// Bring in an AWS account, or AWS's managed policies
#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// Import the output of `aws iam get-account-authorization-details`
    ///
    /// Users, groups, roles, policies with their versions, instance profiles, and what ties them together. Everything is tried before
    /// anything is written: if one item is refused, nothing is, unless --skip-refused is given. What is there already is unchanged
    /// or updated and never taken away, so that a second import changes nothing. Unique ids and dates are new; ARNs of the source
    /// account are read as ARNs of this one, except inside documents; tags `aws:…` are left out. Works on a data directory that no
    /// server holds: stop the server first.
    AwsAccount(Arguments),
    /// Import the output of `aws iam get-account-authorization-details --filter AWSManagedPolicy`
    ///
    /// The binary knows AWS's managed policies as of its release; this adds those that it does not know, and newer versions of those
    /// that it does, for all accounts. Works on a data directory that no server holds: stop the server first.
    ManagedPolicies(Arguments),
}

/// What both imports take.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file, as JSON
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Import into this account [default: the only one]
    #[arg(long, value_name = "ID")]
    account_id: Option<String>,
    /// Show what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Leave out what is refused and import the rest
    #[arg(long)]
    skip_refused: bool,
}

impl Import {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::AwsAccount(arguments) => arguments.run(global, plan),
            Self::ManagedPolicies(arguments) => arguments.run(global, plan_managed_policies),
        }
    }
}

type Planning = fn(&AccountFile, &chancery_domain::Account, &chancery_domain::AwsPolicies) -> Plan;

impl Arguments {
    fn run(self, global: &Global, planning: Planning) -> Result<(), Failure> {
        let wanted = self.account_id.as_deref().map(AccountId::parse).transpose();
        let wanted = wanted.map_err(|invalid| Failure::new(Exit::Usage, format!("--account-id: {invalid}")))?;
        let file = self.read()?;
        let config = boot::load(global, Vec::new())?;
        let (bar, mode) = (Bar::new(global.output), ImportMode { dry_run: self.dry_run, skip_refused: self.skip_refused });
        let imported = boot::with_engine(config.engine(), &bar, async |engine| {
            let caller = Caller::operator(account(engine, wanted)?);
            let failed = |error| Failure::new(Exit::Failed, error);
            let planned = engine.plan_import(&caller, |account, aws| planning(&file, account, aws)).map_err(failed)?;
            let step = bar.steps();
            engine.import(&caller, &Request::local(), planned, mode, &step).await.map_err(failed)
        });
        bar.clear();
        let imported = imported?;
        global.output.print(|| text(&imported, mode), || as_json(&imported, mode))?;
        verdict(&imported, mode)
    }

    fn read(&self) -> Result<AccountFile, Failure> {
        let failed = |reason: &dyn std::fmt::Display| {
            Failure::new(Exit::Failed, format!("{} cannot be imported: {reason}", self.file.display()))
        };
        let bytes = fs::metadata(&self.file).map_err(|error| failed(&error))?.len();
        if bytes > FILE_BYTES_MAX {
            return Err(failed(&format!("it has {bytes} bytes, the limit is {FILE_BYTES_MAX}")));
        }
        AccountFile::parse(&fs::read(&self.file).map_err(|error| failed(&error))?).map_err(|reason| failed(&reason))
    }
}

/// The account to import into.
fn account(engine: &Engine, wanted: Option<AccountId>) -> Result<AccountId, Failure> {
    let known = engine.accounts();
    let list = || known.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match (wanted, known.as_slice()) {
        (Some(wanted), known) if known.contains(&wanted) => Ok(wanted),
        (Some(wanted), _) => Err(Failure::new(Exit::Usage, format!("there is no account {wanted}; there is {}", list()))),
        (None, [only]) => Ok(*only),
        (None, _) => Err(Failure::new(Exit::Usage, format!("--account-id is needed: there are {}", list()))),
    }
}

const OUTCOMES: [Outcome; 4] = [Outcome::Created, Outcome::Updated, Outcome::Unchanged, Outcome::Refused];

/// Whether everything is well, as the exit code tells it.
fn verdict(imported: &Imported, mode: ImportMode) -> Result<(), Failure> {
    let refused = imported.count(Outcome::Refused);
    if refused == 0 || mode.skip_refused {
        return Ok(());
    }
    let message = format!("nothing was written: {refused} of {} items are refused", imported.items.len());
    Err(Failure::new(Exit::Failed, message)
        .with_remedy("--skip-refused leaves them out, with what needs them, and imports the rest"))
}

fn text(imported: &Imported, mode: ImportMode) -> String {
    let mut text = String::new();
    for Item { kind, name, outcome, reason, .. } in &imported.items {
        let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let line = format!("{:<9}  {:<16}  {name}{reason}", outcome.name(), kind.name());
        // A name from a file must not be able to move the cursor of a terminal.
        text.extend(line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }));
        text.push('\n');
    }
    for note in &imported.notes {
        text.push_str(&format!("note: {note}\n"));
    }
    let counts = OUTCOMES.map(|outcome| format!("{} {}", imported.count(outcome), outcome.name())).join(", ");
    let written =
        if mode.dry_run { "dry run, nothing written".to_owned() } else { format!("{} records written", imported.records) };
    text.push_str(&format!("{} items: {counts}; {written}", imported.items.len()));
    text
}

fn as_json(imported: &Imported, mode: ImportMode) -> Value {
    let items = imported.items.iter().map(|item| {
        json!({
            "kind": item.kind.name(),
            "name": item.name,
            "arn": item.arn,
            "outcome": item.outcome.name(),
            "reason": item.reason,
        })
    });
    let mut kinds: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for item in &imported.items {
        *kinds.entry(item.kind.name()).or_default().entry(item.outcome.name()).or_default() += 1;
    }
    let mut summary: serde_json::Map<String, Value> =
        OUTCOMES.iter().map(|outcome| (outcome.name().to_owned(), imported.count(*outcome).into())).collect();
    summary.insert("records".to_owned(), imported.records.into());
    summary.insert("dryRun".to_owned(), mode.dry_run.into());
    summary.insert("kinds".to_owned(), json!(kinds));
    json!({ "items": items.collect::<Vec<_>>(), "notes": imported.notes, "summary": summary })
}
