//! The data keys in memory: read by many threads at once, wiped when they go.
//!
//! Only the 32 bytes of a key are kept, each in a box of its own: a growing table then moves pointers and leaves
//! no copies of keys behind. About 120 bytes a subject all told.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use chancery_model::SubjectId;

use crate::cipher::Key;

/// So many that readers on every core rarely meet. A power of two.
const SHARDS: usize = 64;

/// A data key, and whether this process made it (and may have handed it out to somebody still at work).
#[derive(Clone)]
pub(crate) struct DataKey {
    pub(crate) key: Key,
    pub(crate) made_here: bool,
}

type Shard = HashMap<SubjectId, Box<DataKey>>;

/// Subject to data key.
pub(crate) struct DataKeys(Vec<RwLock<Shard>>);

impl DataKeys {
    pub(crate) fn new() -> Self {
        Self((0..SHARDS).map(|_| RwLock::default()).collect())
    }

    /// A copy of the subject's key. The caller's copy wipes itself.
    pub(crate) fn get(&self, subject: SubjectId) -> Option<Key> {
        self.read(subject)?.get(&subject).map(|data| data.key.clone())
    }

    pub(crate) fn contains(&self, subject: SubjectId) -> bool {
        self.read(subject).is_some_and(|shard| shard.contains_key(&subject))
    }

    pub(crate) fn insert(&self, subject: SubjectId, key: Box<DataKey>) {
        if let Some(mut shard) = self.write(subject) {
            shard.insert(subject, key);
        }
    }

    pub(crate) fn remove(&self, subject: SubjectId) {
        if let Some(mut shard) = self.write(subject) {
            shard.remove(&subject);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|shard| shard.read().unwrap_or_else(PoisonError::into_inner).len()).sum()
    }

    /// Calls `each` for every key, one shard held at a time.
    ///
    /// # Errors
    /// The first error of `each`, which ends the walk.
    pub(crate) fn try_for_each<E>(&self, mut each: impl FnMut(SubjectId, &DataKey) -> Result<(), E>) -> Result<(), E> {
        for shard in &self.0 {
            for (subject, key) in shard.read().unwrap_or_else(PoisonError::into_inner).iter() {
                each(*subject, key)?;
            }
        }
        Ok(())
    }

    // No code panics while it holds a shard, and a shard is a plain map: a poisoned one is still whole.

    fn read(&self, subject: SubjectId) -> Option<RwLockReadGuard<'_, Shard>> {
        self.shard(subject).map(|shard| shard.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(&self, subject: SubjectId) -> Option<RwLockWriteGuard<'_, Shard>> {
        self.shard(subject).map(|shard| shard.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Subjects are random numbers, so their low bits spread them evenly. There is a shard for every such number.
    fn shard(&self, subject: SubjectId) -> Option<&RwLock<Shard>> {
        let low = u128::from(subject.0) % SHARDS as u128;
        self.0.get(usize::try_from(low).unwrap_or_default())
    }
}
