//! Powers that were made before, for the next decision about the same principal.
//!
//! A table of fixed size in which a principal has one place; another that falls there takes it. Readers share no lock and
//! write no memory that another reads.

use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use arc_swap::{ArcSwapOption, Guard};
use chancery_domain::State;
use chancery_model::{AccountId, Principal, Timestamp};

use super::Powers;

/// How many principals it holds at most: those of a full account.
const PLACES: usize = 8_192;

/// The table.
pub(crate) struct Cache {
    places: Box<[ArcSwapOption<Entry>]>,
    hasher: RandomState,
}

struct Entry {
    account: AccountId,
    principal: Principal,
    powers: Powers,
}

/// Powers on loan from the table.
pub(crate) struct Loan(Held);

enum Held {
    Kept(Guard<Option<Arc<Entry>>>),
    Made(Arc<Entry>),
}

impl Default for Cache {
    fn default() -> Self {
        Self { places: (0..PLACES).map(|_| ArcSwapOption::empty()).collect(), hasher: RandomState::new() }
    }
}

impl Cache {
    /// The powers of a principal in a state that was published: for one that was not, its number could stand for another.
    pub(crate) fn powers(&self, state: &State, account: AccountId, principal: Principal, now: Timestamp) -> Option<Loan> {
        let place = self.place(account, principal)?;
        let kept = place.load();
        let fits =
            |entry: &Arc<Entry>| entry.principal == principal && entry.account == account && entry.powers.stands(state, now);
        if kept.as_ref().is_some_and(fits) {
            return Some(Loan(Held::Kept(kept)));
        }
        let entry = Arc::new(Entry { account, principal, powers: Powers::of(state, account, principal, now)? });
        place.store(Some(Arc::clone(&entry)));
        Some(Loan(Held::Made(entry)))
    }

    fn place(&self, account: AccountId, principal: Principal) -> Option<&ArcSwapOption<Entry>> {
        let places = u64::try_from(self.places.len()).ok()?;
        let at = self.hasher.hash_one((account, principal)).checked_rem(places)?;
        self.places.get(usize::try_from(at).ok()?)
    }
}

impl Loan {
    /// What was lent.
    pub(crate) fn powers(&self) -> Option<&Powers> {
        match &self.0 {
            Held::Kept(guard) => guard.as_ref().map(|entry| &entry.powers),
            Held::Made(entry) => Some(&entry.powers),
        }
    }
}
