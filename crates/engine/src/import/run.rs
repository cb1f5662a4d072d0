//! A plan is tried as a whole, and then run as a whole.

use chancery_domain::{Account, AwsPolicies, Command, Read};
use chancery_model::{AccountId, Arn};

use super::{Item, Outcome, Plan};
use crate::{
    BatchMode, Caller, Engine, EngineError, Request,
    authorize::{asked_by_read, authorize},
};

/// How an import is run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportMode {
    /// Nothing is written.
    pub dry_run: bool,
    /// What is refused is left out and the rest is imported; otherwise one refused item stops everything.
    pub skip_refused: bool,
}

/// What an import came to.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Every item, with what became of it, or would.
    pub items: Vec<Item>,
    /// What concerns the import as a whole.
    pub notes: Vec<String>,
    /// How many records were written.
    pub records: usize,
}

impl Imported {
    /// How many items came to this.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.items.iter().filter(|item| item.outcome == outcome).count()
    }
}

/// What running or trying all commands came to.
struct Attempt {
    /// Whether a command was refused that was not before.
    refused: bool,
    records: usize,
}

impl Engine {
    /// The accounts of this server, in the order of their ids.
    #[must_use]
    pub fn accounts(&self) -> Vec<AccountId> {
        self.inner().published.load().accounts.keys().copied().collect()
    }

    /// Plans an import with `make` ([`plan`](super::plan) or [`plan_managed_policies`](super::plan_managed_policies)) on the
    /// account as it is now.
    ///
    /// # Errors
    /// [`EngineError::Denied`]; [`EngineError::Rejected`] when there is no such account.
    pub fn plan_import(&self, caller: &Caller, make: impl FnOnce(&Account, &AwsPolicies) -> Plan) -> Result<Plan, EngineError> {
        let state = self.inner().published.load();
        // A plan shows what differs, so that it tells about the account what its summary and lists do.
        for read in [Read::GetAccountSummary, Read::ListUsers, Read::ListGroups, Read::ListRoles, Read::ListPolicies] {
            let asked = asked_by_read(read, &Arn::root(caller.account()));
            authorize(self.grounds(&state), caller, caller.account(), &asked, ())?;
        }
        Ok(make(state.account(caller.account())?, &state.aws))
    }

    /// Tries a plan, and runs it unless `mode` or a refused item is against it. `step` is told how many commands are tried
    /// and then written.
    ///
    /// # Errors
    /// When the batch as a whole cannot be run; what became of each item is in the answer.
    pub async fn import(
        &self,
        caller: &Caller,
        request: &Request,
        plan: Plan,
        mode: ImportMode,
        step: &(dyn Fn(BatchMode, usize) + Sync),
    ) -> Result<Imported, EngineError> {
        let Plan { mut items, notes } = plan;
        while self.attempt(caller, request, &mut items, BatchMode::DryRun, step).await?.refused && mode.skip_refused {
            // What was refused is left out; what relied on it is refused in the next round.
        }
        let stopped = !mode.skip_refused && items.iter().any(|item| item.outcome == Outcome::Refused);
        let mut records = 0;
        if !mode.dry_run && !stopped && commands(&items).next().is_some() {
            records = self.attempt(caller, request, &mut items, BatchMode::Commit, step).await?.records;
        }
        Ok(Imported { items, notes, records })
    }

    /// Runs or tries all commands, and marks what became of each item.
    async fn attempt(
        &self,
        caller: &Caller,
        request: &Request,
        items: &mut [Item],
        mode: BatchMode,
        step: &(dyn Fn(BatchMode, usize) + Sync),
    ) -> Result<Attempt, EngineError> {
        let (owners, batch): (Vec<usize>, Vec<Command>) = commands(items).unzip();
        step(mode, batch.len());
        let answers = self.execute_all(caller, request, batch, mode).await?;
        let (mut refused, mut records) = (false, 0);
        let mut wrote = vec![false; items.len()];
        for (owner, answer) in owners.into_iter().zip(answers) {
            match (answer, items.get_mut(owner), wrote.get_mut(owner)) {
                (Ok(receipt), _, Some(wrote)) => {
                    records += usize::from(receipt.record.is_some());
                    *wrote |= !receipt.events.is_empty();
                }
                // The first reason counts: the item's later commands build on the one that was refused.
                (Err(error), Some(item), _)
                    if item.outcome != Outcome::Refused && !matches!(error, EngineError::BatchRefused) =>
                {
                    refused = true;
                    *item = item.clone().refused(error);
                }
                (Ok(_) | Err(_), _, _) => {}
            }
        }
        for (item, wrote) in items.iter_mut().zip(wrote) {
            if !wrote && matches!(item.outcome, Outcome::Created | Outcome::Updated) && !refused {
                (item.outcome, item.commands) = (Outcome::Unchanged, Vec::new());
            }
        }
        Ok(Attempt { refused, records })
    }
}

/// Every command with the place of its item.
fn commands(items: &[Item]) -> impl Iterator<Item = (usize, Command)> {
    items.iter().enumerate().flat_map(|(at, item)| item.commands.iter().map(move |command| (at, command.clone())))
}
