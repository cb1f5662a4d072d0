//! `chancery import`: what AWS prints about an account, brought into one here.

use std::{collections::BTreeMap, fs, path::PathBuf};

use chancery_engine::{
    Caller, Engine, Request,
    import::{AccountFile, ImportMode, Imported, Item, Outcome, Plan, plan, plan_managed_policies},
};
use chancery_model::AccountId;
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Exit, Failure, Global, boot,
    progress::Bar,
    remote::{Remote, ServerFlags},
};

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
    /// server holds, or with --server as the caller's account of a running one, which takes no AWS managed policies that it does not
    /// know and no file beyond its limits.body_bytes.
    AwsAccount(Anywhere),
    /// Import the output of `aws iam get-account-authorization-details --filter AWSManagedPolicy`
    ///
    /// The binary knows AWS's managed policies as of its release; this adds those that it does not know, and newer versions of those
    /// that it does, for all accounts. Works on a data directory that no server holds: stop the server first.
    ManagedPolicies(Arguments),
}

/// An import into a data directory or a running server.
#[derive(Debug, Args)]
pub(super) struct Anywhere {
    #[command(flatten)]
    arguments: Arguments,
    #[command(flatten)]
    server: ServerFlags,
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
            Self::AwsAccount(Anywhere { arguments, server }) => match server.remote()? {
                Some(remote) => arguments.run_remote(global, &remote),
                None => arguments.run(global, plan),
            },
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
        let report = Report::from(imported?);
        global.output.print(|| text(&report, mode), || as_json(&report, mode))?;
        verdict(&report, mode)
    }

    /// The same by a running server, which plans and checks it itself.
    fn run_remote(self, global: &Global, remote: &Remote) -> Result<(), Failure> {
        if self.account_id.is_some() {
            return Err(Failure::new(Exit::Usage, "--account-id does not go with --server: the token's account is meant"));
        }
        let mode = ImportMode { dry_run: self.dry_run, skip_refused: self.skip_refused };
        let failed =
            |error: serde_json::Error| Failure::new(Exit::Failed, format!("{} is not JSON: {error}", self.file.display()));
        // Without the file's white space more fits into a request.
        let document: Value = serde_json::from_slice(&self.bytes()?).map_err(failed)?;
        let runtime = boot::runtime()?;
        let answer = runtime.block_on(remote.import_aws_account(&document.to_string(), mode))?;
        let report: Report = serde_json::from_value(answer).map_err(failed)?;
        global.output.print(|| text(&report, mode), || as_json(&report, mode))?;
        verdict(&report, mode)
    }

    fn failed(&self, reason: &dyn std::fmt::Display) -> Failure {
        Failure::new(Exit::Failed, format!("{} cannot be imported: {reason}", self.file.display()))
    }

    fn read(&self) -> Result<AccountFile, Failure> {
        AccountFile::parse(&self.bytes()?).map_err(|reason| self.failed(&reason))
    }

    fn bytes(&self) -> Result<Vec<u8>, Failure> {
        let bytes = fs::metadata(&self.file).map_err(|error| self.failed(&error))?.len();
        if bytes > FILE_BYTES_MAX {
            return Err(self.failed(&format!("it has {bytes} bytes, the limit is {FILE_BYTES_MAX}")));
        }
        fs::read(&self.file).map_err(|error| self.failed(&error))
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

/// What an import came to, wherever it was run.
#[derive(Deserialize)]
struct Report {
    items: Vec<Line>,
    notes: Vec<String>,
    records: usize,
}

#[derive(Serialize, Deserialize)]
struct Line {
    kind: String,
    name: String,
    arn: Option<String>,
    outcome: String,
    reason: Option<String>,
}

impl From<Imported> for Report {
    fn from(imported: Imported) -> Self {
        let line = |Item { kind, name, arn, outcome, reason, .. }| {
            let (kind, outcome) = (kind.name().to_owned(), outcome.name().to_owned());
            Line { kind, name, arn, outcome, reason }
        };
        Self { items: imported.items.into_iter().map(line).collect(), notes: imported.notes, records: imported.records }
    }
}

impl Report {
    fn count(&self, outcome: Outcome) -> usize {
        self.items.iter().filter(|line| line.outcome == outcome.name()).count()
    }
}

const OUTCOMES: [Outcome; 4] = [Outcome::Created, Outcome::Updated, Outcome::Unchanged, Outcome::Refused];

/// Whether everything is well, as the exit code tells it.
fn verdict(imported: &Report, mode: ImportMode) -> Result<(), Failure> {
    let refused = imported.count(Outcome::Refused);
    if refused == 0 || mode.skip_refused {
        return Ok(());
    }
    let message = format!("nothing was written: {refused} of {} items are refused", imported.items.len());
    Err(Failure::new(Exit::Failed, message)
        .with_remedy("--skip-refused leaves them out, with what needs them, and imports the rest"))
}

fn text(imported: &Report, mode: ImportMode) -> String {
    let mut text = String::new();
    for Line { kind, name, outcome, reason, .. } in &imported.items {
        let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let line = format!("{outcome:<9}  {kind:<16}  {name}{reason}");
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

fn as_json(imported: &Report, mode: ImportMode) -> Value {
    let mut kinds: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for item in &imported.items {
        *kinds.entry(&item.kind).or_default().entry(&item.outcome).or_default() += 1;
    }
    let mut summary: serde_json::Map<String, Value> =
        OUTCOMES.iter().map(|outcome| (outcome.name().to_owned(), imported.count(*outcome).into())).collect();
    summary.insert("records".to_owned(), imported.records.into());
    summary.insert("dryRun".to_owned(), mode.dry_run.into());
    summary.insert("kinds".to_owned(), json!(kinds));
    json!({ "items": imported.items, "notes": imported.notes, "summary": summary })
}
