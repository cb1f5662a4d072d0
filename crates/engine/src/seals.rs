//! The vault as domain and records need it: sealing and opening for one account.

use std::collections::BTreeMap;

use chancery_domain::{Event, Opener, SealFailed, Sealer, field};
use chancery_log::Record;
use chancery_model::{AccountId, SealedBytes, SubjectId};
use chancery_vault::{OpenError, SealContext, Vault};

/// Seals for one account.
pub(crate) struct AccountSealer<'a> {
    pub(crate) vault: &'a Vault,
    pub(crate) account: AccountId,
}

impl Sealer for AccountSealer<'_> {
    fn new_subject(&mut self) -> Result<SubjectId, SealFailed> {
        self.vault.new_subject().map_err(|error| SealFailed(error.to_string()))
    }

    fn seal(&mut self, subject: SubjectId, field: &'static str, plain: &[u8]) -> Result<SealedBytes, SealFailed> {
        let context = SealContext { account: self.account, field };
        self.vault.seal(subject, &context, plain).map_err(|error| SealFailed(error.to_string()))
    }
}

/// Opens for one account, and remembers whether something was damaged: that stops whoever reads the log.
pub(crate) struct AccountOpener<'a> {
    pub(crate) vault: &'a Vault,
    pub(crate) account: AccountId,
    pub(crate) damaged: bool,
}

impl<'a> AccountOpener<'a> {
    pub(crate) fn new(vault: &'a Vault, account: AccountId) -> Self {
        Self { vault, account, damaged: false }
    }
}

impl Opener for AccountOpener<'_> {
    fn open(&mut self, field: &'static str, sealed: &SealedBytes) -> Option<Vec<u8>> {
        match self.vault.open_sealed(&SealContext { account: self.account, field }, sealed) {
            Ok(plain) => Some(plain.to_vec()),
            Err(OpenError::Erased) => None,
            Err(OpenError::Damaged) => {
                self.damaged = true;
                None
            }
        }
    }
}

/// Opens the personal fields of a record's events; `false` when one is damaged.
#[must_use]
pub(crate) fn open_events(vault: &Vault, record: &mut Record<Event>) -> bool {
    let mut opener = AccountOpener::new(vault, record.account);
    for event in &mut record.events {
        event.open(&mut opener);
    }
    !opener.damaged
}

/// What was opened, by its ciphertext in hexadecimal: to show records to those who may read them.
pub(crate) type Opened = BTreeMap<String, String>;

/// Opens like [`open_events`], and tells what was opened; `None` when something is damaged.
pub(crate) fn open_to_show(vault: &Vault, record: &mut Record<Event>) -> Option<Opened> {
    struct Telling<'a>(AccountOpener<'a>, Opened);
    impl Opener for Telling<'_> {
        fn open(&mut self, field: &'static str, sealed: &SealedBytes) -> Option<Vec<u8>> {
            let plain = self.0.open(field, sealed)?;
            self.1.insert(hex::encode(&sealed.bytes), String::from_utf8_lossy(&plain).into_owned());
            Some(plain)
        }
    }
    let mut telling = Telling(AccountOpener::new(vault, record.account), Opened::new());
    for event in &mut record.events {
        event.open(&mut telling);
    }
    if telling.0.damaged { None } else { Some(telling.1) }
}

/// Where a record's request came from, if its actor is not erased.
pub(crate) fn open_origin(vault: &Vault, record: &Record<Event>) -> Option<String> {
    let mut opener = AccountOpener::new(vault, record.account);
    let plain = opener.open(field::ORIGIN, record.origin.as_ref()?)?;
    String::from_utf8(plain).ok()
}
