//! Bearer sessions. They are no facts: they live in memory and in a small journal beside the log, never in the log.
//!
//! A token is stored as its SHA-256 only. A session ends by its two limits, when it is revoked, and when its principal
//! is gone or has another password than at sign-in.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use chancery_domain::State;
use chancery_model::{AccountId, Actor, Credential, Principal, SessionId, Timestamp, Ulid};
use chancery_vault::{Token, Vault, new_token, token_digest};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::{Caller, EngineError, SessionLimits};

mod journal;
mod manage;

use journal::{Journal, Line};

/// A session as its owner and administrators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id; the token is the secret.
    pub id: SessionId,
    /// The account.
    pub account: AccountId,
    /// Whose it is.
    pub principal: Principal,
    /// When it began.
    pub created: Timestamp,
    /// When it was used last.
    pub last_used: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// Where the sign-in came from.
    pub address: Option<String>,
}

/// A session as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Stored {
    id: SessionId,
    digest: String,
    account: AccountId,
    principal: Principal,
    created: Timestamp,
    used: Timestamp,
    expires_at: Timestamp,
    /// Since when the password has held that the session was begun with: another one ends the session.
    password_since: Timestamp,
    address: Option<chancery_model::SealedBytes>,
}

struct Live {
    stored: Stored,
    digest: [u8; 32],
    used: AtomicU64,
    address: Option<String>,
}

impl Live {
    fn view(&self) -> Session {
        let Stored { id, account, principal, created, expires_at, .. } = self.stored;
        let last_used = Timestamp::from_millis(self.used.load(Ordering::Relaxed));
        Session { id, account, principal, created, last_used, expires_at, address: self.address.clone() }
    }

    fn over(&self, now: Timestamp, limits: &SessionLimits) -> bool {
        let used = Timestamp::from_millis(self.used.load(Ordering::Relaxed));
        now >= self.stored.expires_at || now.seconds_since(used) >= limits.idle_seconds
    }
}

#[derive(Default)]
struct Maps {
    by_digest: HashMap<[u8; 32], Arc<Live>>,
    by_id: HashMap<SessionId, [u8; 32]>,
}

/// All sessions.
pub(crate) struct Sessions {
    maps: RwLock<Maps>,
    journal: Mutex<Journal>,
    limits: SessionLimits,
    ended: watch::Sender<u64>,
}

impl Sessions {
    /// Reads the journal. One that is damaged is dropped whole: everybody signs in again, nobody is let in by mistake.
    pub(crate) fn open(
        dir: &std::path::Path,
        vault: &Arc<Vault>,
        limits: SessionLimits,
        now: Timestamp,
    ) -> std::io::Result<Self> {
        let (journal, stored) = Journal::open(dir, Arc::clone(vault))?;
        let mut maps = Maps::default();
        for stored in stored {
            let Some(live) = revive(stored, vault) else { continue };
            if !live.over(now, &limits) {
                maps.insert(Arc::new(live));
            }
        }
        let sessions = Self { maps: RwLock::new(maps), journal: Mutex::new(journal), limits, ended: watch::Sender::new(0) };
        sessions.compact()?;
        Ok(sessions)
    }

    /// Begins a session, durably; may block on the disk. On a full disk it is not durable and ends with the process: whoever
    /// is to make room must be able to sign in.
    pub(crate) fn begin(
        &self,
        proof: Proof,
        address: Option<(String, chancery_model::SealedBytes)>,
        now: Timestamp,
    ) -> std::io::Result<(Token, Session)> {
        let Proof { account, principal, password_since } = proof;
        let token = new_token();
        let digest = token.digest();
        let (address, sealed) = address.unzip();
        let stored = Stored {
            id: SessionId(Ulid::from_parts(now.millis(), chancery_vault::random_u128())),
            digest: hex::encode(digest),
            account,
            principal,
            created: now,
            used: now,
            expires_at: now.plus_seconds(self.limits.absolute_seconds),
            password_since,
            address: sealed,
        };
        let line = Line::Begun(stored.clone());
        let live = Arc::new(Live { used: AtomicU64::new(now.millis()), stored, digest, address });
        let session = live.view();
        let oldest = self.too_many(account, principal);
        self.store(&line, live)?;
        for id in oldest {
            match self.end(id) {
                // It has ended all the same.
                Err(error) if error.kind() != std::io::ErrorKind::StorageFull => return Err(error),
                _ => {}
            }
        }
        Ok((token, session))
    }

    /// The sessions that a new one pushes out.
    fn too_many(&self, account: AccountId, principal: Principal) -> Vec<SessionId> {
        let mut own = self.list(account, principal, Timestamp::default());
        own.sort_by_key(|session| session.created);
        let excess = (own.len() + 1).saturating_sub(self.limits.per_principal_max);
        own.iter().take(excess).map(|session| session.id).collect()
    }

    /// Who comes with this token.
    pub(crate) fn authenticate(&self, token: &str, state: &State, now: Timestamp) -> Result<Caller, EngineError> {
        let digest = token_digest(token).ok_or(EngineError::InvalidToken)?;
        let maps = self.maps.read().unwrap_or_else(PoisonError::into_inner);
        let live = maps.by_digest.get(&digest).ok_or(EngineError::InvalidToken)?;
        if live.over(now, &self.limits) {
            return Err(EngineError::ExpiredToken);
        }
        if !still_good(&live.stored, state) {
            return Err(EngineError::InvalidToken);
        }
        live.used.fetch_max(now.millis(), Ordering::Relaxed);
        let Stored { id, account, principal, created, .. } = live.stored;
        Ok(Caller::new(account, Actor { principal, credential: Credential::Session(id) }).since(created))
    }

    /// Whether a session still stands, without counting as a use of it.
    pub(crate) fn stands(&self, id: SessionId, state: &State, now: Timestamp) -> bool {
        let maps = self.maps.read().unwrap_or_else(PoisonError::into_inner);
        let live = maps.by_id.get(&id).and_then(|digest| maps.by_digest.get(digest));
        live.is_some_and(|live| !live.over(now, &self.limits) && still_good(&live.stored, state))
    }

    /// The sessions of a principal that are not over, oldest first.
    pub(crate) fn list(&self, account: AccountId, principal: Principal, now: Timestamp) -> Vec<Session> {
        let maps = self.maps.read().unwrap_or_else(PoisonError::into_inner);
        let of = |live: &&Arc<Live>| {
            live.stored.account == account && live.stored.principal == principal && !live.over(now, &self.limits)
        };
        let mut found: Vec<Session> = maps.by_digest.values().filter(of).map(|live| live.view()).collect();
        found.sort_by_key(|session| (session.created, session.id));
        found
    }

    /// The session of an id.
    pub(crate) fn get(&self, id: SessionId) -> Option<Session> {
        let maps = self.maps.read().unwrap_or_else(PoisonError::into_inner);
        maps.by_id.get(&id).and_then(|digest| maps.by_digest.get(digest)).map(|live| live.view())
    }

    /// Ends a session, durably; may block on the disk. One whose end cannot be stored has ended all the same, until the
    /// next start at least.
    pub(crate) fn end(&self, id: SessionId) -> std::io::Result<()> {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let written = journal.append(&Line::Ended(id));
        self.maps.write().unwrap_or_else(PoisonError::into_inner).remove(id);
        drop(journal);
        self.ended.send_modify(|count| *count += 1);
        written
    }

    /// Tells whenever a session was ended by hand.
    pub(crate) fn endings(&self) -> watch::Receiver<u64> {
        self.ended.subscribe()
    }

    /// Forgets sessions that are over, and writes the journal anew with the moments of last use.
    pub(crate) fn tidy(&self, now: Timestamp) -> std::io::Result<()> {
        {
            let mut maps = self.maps.write().unwrap_or_else(PoisonError::into_inner);
            let over: Vec<SessionId> =
                maps.by_digest.values().filter(|live| live.over(now, &self.limits)).map(|live| live.stored.id).collect();
            for id in over {
                maps.remove(id);
            }
        }
        self.compact()
    }

    fn compact(&self) -> std::io::Result<()> {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let maps = self.maps.read().unwrap_or_else(PoisonError::into_inner);
        let all = maps.by_digest.values().map(|live| {
            let used = Timestamp::from_millis(live.used.load(Ordering::Relaxed));
            Line::Begun(Stored { used, ..live.stored.clone() })
        });
        let lines: Vec<Line> = all.collect();
        drop(maps);
        journal.replace(&lines)
    }

    /// The journal stays locked until the session counts, as it does at the end of one: written anew in between, it would
    /// forget a session that was begun, or bring back one that was ended.
    fn store(&self, line: &Line, live: Arc<Live>) -> std::io::Result<()> {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        match journal.append(line) {
            Err(error) if error.kind() == std::io::ErrorKind::StorageFull => {
                tracing::warn!("the disk is full: a session was begun that ends with this process");
            }
            written => written?,
        }
        self.maps.write().unwrap_or_else(PoisonError::into_inner).insert(live);
        Ok(())
    }

    #[cfg(test)]
    pub(crate) fn fill_the_disk(&self) {
        self.journal.lock().unwrap().fill_the_disk();
    }
}

impl Maps {
    fn insert(&mut self, live: Arc<Live>) {
        self.by_id.insert(live.stored.id, live.digest);
        self.by_digest.insert(live.digest, live);
    }

    fn remove(&mut self, id: SessionId) {
        if let Some(digest) = self.by_id.remove(&id) {
            self.by_digest.remove(&digest);
        }
    }
}

fn revive(stored: Stored, vault: &Vault) -> Option<Live> {
    let digest = hex::decode(&stored.digest).ok()?.try_into().ok()?;
    let context = chancery_vault::SealContext { account: stored.account, field: SESSION_ADDRESS };
    let plain = stored.address.as_ref().and_then(|sealed| vault.open_sealed(&context, sealed).ok());
    let address = plain.and_then(|plain| String::from_utf8(plain.to_vec()).ok());
    Some(Live { used: AtomicU64::new(stored.used.millis()), stored, digest, address })
}

/// The name under which a session's address is sealed.
pub(crate) const SESSION_ADDRESS: &str = "session.address";

/// A password that was shown: whose it is, and since when it has held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proof {
    pub(crate) account: AccountId,
    pub(crate) principal: Principal,
    pub(crate) password_since: Timestamp,
}

impl Proof {
    /// Whether the principal is still there, with that password. Told by the password itself and not by the clock: one that
    /// was changed while it was being checked does not count, and a clock that was set back locks nobody out.
    pub(crate) fn holds(&self, state: &State) -> bool {
        let Some(account) = state.accounts.get(&self.account) else { return false };
        match self.principal {
            Principal::Root(_) => account.root.password_changed == self.password_since,
            Principal::User(id) => {
                let login = account.users.get(&id).and_then(|user| user.login.as_ref());
                login.is_some_and(|login| login.changed == self.password_since)
            }
            Principal::Role(_) | Principal::System | Principal::Operator => false,
        }
    }
}

fn still_good(stored: &Stored, state: &State) -> bool {
    let Stored { account, principal, password_since, .. } = *stored;
    Proof { account, principal, password_since }.holds(state)
}
