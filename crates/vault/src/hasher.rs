//! Hashing and verifying passwords, on a few threads of their own behind a bounded queue.
//!
//! Argon2 is meant to be slow. Run where requests run it would stop them, and unbounded it would let anybody fill the
//! memory; here a flood of sign-ins costs its senders a "try again", and nobody else anything.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use chancery_model::Secret;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use tokio::sync::oneshot;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    cipher::Key,
    error::{Busy, VaultError},
    password::{HashingConfig, OUTPUT_BYTES, PasswordHash, SALT_BYTES},
    purpose, random,
    vault::Vault,
};

/// A worker that has had nothing to do for this long gives its memory back.
const IDLE: Duration = Duration::from_secs(10);

/// What came of verifying a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Whether it is the password that was hashed.
    pub matches: bool,
    /// Whether it matched a hash with other parameters than are set now: hash it again and store that.
    pub needs_rehash: bool,
}

/// The workers and their queue. Dropping it lets them finish what is queued and end.
pub struct PasswordHasher {
    queue: Sender<Work>,
    shared: Arc<Shared>,
}

/// What all workers use.
struct Shared {
    config: HashingConfig,
    params: Params,
    pepper: Key,
    /// Stands in for the hash of a user who does not exist: same parameters, and an output that nothing hashes to.
    dummy: PasswordHash,
    /// How long the last hash took, in microseconds.
    last_micros: AtomicU64,
}

enum Work {
    Hash { password: Secret, reply: oneshot::Sender<PasswordHash> },
    Verify { password: Secret, hash: Option<PasswordHash>, reply: oneshot::Sender<Verified> },
}

impl PasswordHasher {
    /// Starts the workers. The pepper comes from `vault`: hashes are of no use without its keys.
    ///
    /// # Errors
    /// [`VaultError::Hashing`] for parameters out of range, [`VaultError::Io`] when no thread can be started.
    pub fn new(vault: &Vault, config: HashingConfig) -> Result<Self, VaultError> {
        let params = config.params()?;
        let dummy = PasswordHash::new(&params, &random::random_bytes::<SALT_BYTES>(), &random::random_bytes::<OUTPUT_BYTES>());
        let dummy = dummy.ok_or(VaultError::Hashing {
            field: "memory_kib",
            value: config.memory_kib.into(),
            constraint: "argon2 refuses to write these parameters down".to_owned(),
        })?;
        let shared = Arc::new(Shared { config, params, pepper: vault.pepper(), dummy, last_micros: AtomicU64::new(50_000) });
        let (queue, queued) = bounded(config.queued_max);
        for number in 0..config.workers {
            let mut worker = Worker { shared: Arc::clone(&shared), memory: Vec::new() };
            let queued = queued.clone();
            thread::Builder::new()
                .name(format!("vault-hash-{number}"))
                .spawn(move || worker.run(&queued))
                .map_err(VaultError::io("start a thread to hash passwords, like", format!("vault-hash-{number}")))?;
        }
        Ok(Self { queue, shared })
    }

    /// How many passwords may wait.
    #[must_use]
    pub fn queued_max(&self) -> usize {
        self.shared.config.queued_max
    }

    /// Hashes a password with a fresh salt.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn hash(&self, password: Secret) -> Result<PasswordHash, Busy> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Work::Hash { password, reply })?;
        answer.await.map_err(|_| self.busy())
    }

    /// Verifies a password. Without a hash (nobody has that name) it does the same work and answers that it does not
    /// match, so that the time does not tell who exists.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn verify(&self, password: Secret, hash: Option<PasswordHash>) -> Result<Verified, Busy> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Work::Verify { password, hash, reply })?;
        answer.await.map_err(|_| self.busy())
    }

    fn enqueue(&self, work: Work) -> Result<(), Busy> {
        self.queue.try_send(work).map_err(|_| self.busy())
    }

    fn busy(&self) -> Busy {
        let waiting = u64::try_from(self.queue.len() / self.shared.config.workers).unwrap_or(u64::MAX);
        let micros = waiting.saturating_mul(self.shared.last_micros.load(Ordering::Relaxed));
        Busy { retry_after_seconds: micros.div_ceil(1_000_000).max(1) }
    }
}

impl std::fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordHasher")
            .field("config", &self.shared.config)
            .field("queued", &self.queue.len())
            .finish_non_exhaustive()
    }
}

/// A thread's own part: the memory that argon2 fills, allocated once and used again.
struct Worker {
    shared: Arc<Shared>,
    memory: Vec<Block>,
}

impl Worker {
    fn run(&mut self, queued: &Receiver<Work>) {
        loop {
            match queued.recv_timeout(IDLE) {
                Ok(work) => self.work(work),
                Err(RecvTimeoutError::Timeout) => self.give_back(),
                Err(RecvTimeoutError::Disconnected) => return self.give_back(),
            }
        }
    }

    /// Does a piece of work, unless the caller has gone away meanwhile.
    fn work(&mut self, work: Work) {
        // An answer that nobody takes any more is no error.
        let _taken = match work {
            Work::Hash { reply, .. } if reply.is_closed() => return,
            Work::Verify { reply, .. } if reply.is_closed() => return,
            Work::Hash { password, reply } => self.hash(&password).map(|hash| reply.send(hash).is_ok()),
            Work::Verify { password, hash, reply } => self.verify(&password, hash).map(|verified| reply.send(verified).is_ok()),
        };
    }

    fn hash(&mut self, password: &Secret) -> Option<PasswordHash> {
        let salt = random::random_bytes::<SALT_BYTES>();
        let mut output = Zeroizing::new([0; OUTPUT_BYTES]);
        let params = self.shared.params.clone();
        self.derive(&params, password, &salt, output.as_mut_slice())?;
        PasswordHash::new(&params, &salt, output.as_slice())
    }

    fn verify(&mut self, password: &Secret, hash: Option<PasswordHash>) -> Option<Verified> {
        let known = hash.is_some();
        let parts = hash.unwrap_or_else(|| self.shared.dummy.clone()).parts()?;
        let mut output = Zeroizing::new(vec![0; parts.output.len()]);
        self.derive(&parts.params, password, &parts.salt, &mut output)?;
        let matches = purpose::same(&output, parts.output.as_bytes()) && known;
        Some(Verified { matches, needs_rehash: matches && !self.is_current(&parts.params) })
    }

    fn is_current(&self, params: &Params) -> bool {
        let now = &self.shared.params;
        (params.m_cost(), params.t_cost(), params.p_cost(), params.output_len())
            == (now.m_cost(), now.t_cost(), now.p_cost(), now.output_len())
    }

    /// Argon2id with the pepper. `None` is for parameters that argon2 refuses, and those were checked before.
    fn derive(&mut self, params: &Params, password: &Secret, salt: &[u8], output: &mut [u8]) -> Option<()> {
        let started = Instant::now();
        let argon2 = Argon2::new_with_secret(self.shared.pepper.bytes(), Algorithm::Argon2id, Version::V0x13, params.clone());
        if self.memory.len() < params.block_count() {
            self.memory.resize(params.block_count(), Block::new());
        }
        let result = argon2.and_then(|argon2| {
            argon2.hash_password_into_with_memory(password.expose().as_bytes(), salt, output, &mut self.memory)
        });
        let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.shared.last_micros.store(micros, Ordering::Relaxed);
        result.inspect_err(|error| tracing::error!(%error, "argon2 refused parameters that were checked")).ok()
    }

    /// Wipes the memory, which the last password left its mark in, and frees it.
    fn give_back(&mut self) {
        self.memory.iter_mut().for_each(Zeroize::zeroize);
        self.memory = Vec::new();
    }
}

#[cfg(test)]
mod tests;
