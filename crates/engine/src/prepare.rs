//! What is done to a command before it is queued: the slow and the random.

use std::hash::Hasher;

use chancery_domain::{Command, Fresh, Sealer, field};
use chancery_log::TokenUse;
use chancery_model::{ClientToken, SealedBytes, Secret};
use chancery_vault::{PasswordHasher, Purpose, Vault, random_u128};

use crate::{Caller, EngineError, Request, published::Published, seals::AccountSealer};

/// A command that the writer can decide without waiting for anything.
pub(crate) struct Prepared {
    pub(crate) caller: Caller,
    pub(crate) request: Request,
    pub(crate) command: Command,
    pub(crate) fresh: Fresh,
    pub(crate) record_bits: u128,
    pub(crate) origin: Option<SealedBytes>,
    pub(crate) token: Option<TokenUse>,
}

/// The bytes of a command's input, for the fingerprint.
struct Collect(Vec<u8>);

impl Hasher for Collect {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

/// A keyed hash of the input: equal input gives an equal fingerprint, and the log tells nothing about the input.
fn fingerprint(vault: &Vault, command: &Command) -> [u8; 16] {
    let mut input = Collect(Vec::new());
    command.feed(&mut input);
    let mac = vault.mac(Purpose::Fingerprint, &[&input.0]);
    let mut short = [0; 16];
    short.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
    short
}

/// Hashes, seals and draws what the command needs.
pub(crate) async fn prepare(
    vault: &Vault,
    hasher: &PasswordHasher,
    published: &Published,
    caller: Caller,
    request: Request,
    mut command: Command,
    token: Option<ClientToken>,
) -> Result<Prepared, EngineError> {
    let token = token.map(|token| TokenUse { token: token.as_str().into(), fingerprint: fingerprint(vault, &command) });
    if let Some(password) = command.password() {
        let hash = hasher.hash(password.clear().clone()).await.map_err(EngineError::hashing_busy(hasher))?;
        password.set_hash(Secret::new(hash.as_phc().to_owned()));
    }
    let state = published.load();
    let account = caller.account();
    let mut sealer = AccountSealer { vault, account };
    command.seal(state.accounts.get(&account).map(|account| &**account), &mut sealer)?;
    let origin = match (request.origin(), caller.subject(&state)) {
        (Some(origin), Some(subject)) => Some(sealer.seal(subject, field::ORIGIN, origin.as_bytes())?),
        _ => None,
    };
    Ok(Prepared { caller, request, command, fresh: Fresh::new(random_u128()), record_bits: random_u128(), origin, token })
}
