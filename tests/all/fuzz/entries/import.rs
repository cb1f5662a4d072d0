//! The file of an import.

use chancery_engine::import::{AccountFile, Outcome, Plan, plan, plan_managed_policies};

use super::{Entry, world};

/// Bytes as the file: what is read is planned, and every item is either refused with a reason or has what has to be done.
pub(super) fn import() -> Entry {
    let state = world::state();
    Box::new(move |data| {
        let Ok(file) = AccountFile::parse(data) else { return };
        let account = state.account(world::account()).expect("the account");
        check(&plan(&file, account, &state.aws));
        check(&plan_managed_policies(&file, account, &state.aws));
    })
}

fn check(plan: &Plan) {
    for item in &plan.items {
        match item.outcome {
            Outcome::Created | Outcome::Updated => assert!(!item.commands.is_empty(), "{item:?}"),
            Outcome::Unchanged => assert!(item.commands.is_empty(), "{item:?}"),
            Outcome::Refused => assert!(item.commands.is_empty() && item.reason.is_some(), "{item:?}"),
        }
    }
}
