//! The first start: data directory, keys, log, first account.

use std::{fs, os::unix::fs::DirBuilderExt};

use chancery_domain::{Given, NewPassword, actions::CreateAccount};
use chancery_log::{EventLog, SledLog};
use chancery_model::{AccountAlias, AccountId, EmailAddress, Secret};
use chancery_vault::{Vault, generate_password, random_u128};

use crate::{BootError, Caller, Engine, EngineConfig, Progress, Request, boot};

/// What the first account is to be. What is absent is chosen.
#[derive(Debug, Clone, Default)]
pub struct FirstAccount {
    /// The account's id.
    pub account: Option<AccountId>,
    /// Its alias.
    pub alias: Option<AccountAlias>,
    /// The root user's e-mail address.
    pub email: Option<EmailAddress>,
    /// The root user's password.
    pub password: Option<Secret>,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Initialised {
    /// The first account's id.
    pub account: AccountId,
    /// The root user's password, if it was generated: to be shown once.
    pub password: Option<Secret>,
}

/// Whether the directory holds keys and a log. The log may still be empty, after a first start that was interrupted.
#[must_use]
pub fn is_initialised(config: &EngineConfig) -> bool {
    Vault::exists(&config.vault().dir) && config.layout().has_log()
}

/// Makes the data directory and the first account, and gives the running engine. A first start that was interrupted is
/// taken up again.
///
/// # Errors
/// [`BootError::AlreadyInitialised`] when there is an account, or why the directory cannot be made.
pub fn init(config: EngineConfig, first: FirstAccount, progress: &dyn Fn(Progress)) -> Result<(Engine, Initialised), BootError> {
    make_dir(&config)?;
    let vault = config.vault();
    let has_keys = Vault::exists(&vault.dir);
    // The log's lock guards the whole directory: nobody else makes keys meanwhile.
    let log = SledLog::open(&config.data_dir, config.log_options())?;
    if log.head().0 > 0 {
        let dir = config.data_dir;
        return Err(if has_keys { BootError::AlreadyInitialised { dir } } else { BootError::KeysMissing { dir } });
    }
    if !has_keys {
        drop(Vault::create(&vault)?);
    }
    drop(log);
    let booted = boot::boot(&config, progress)?;
    let engine = Engine::start(config, booted)?;
    let made = first_account(&engine, first)?;
    Ok((engine, made))
}

fn make_dir(config: &EngineConfig) -> Result<(), BootError> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&config.data_dir);
    made.map_err(|error| BootError::Io { action: "create", path: config.data_dir.clone(), reason: error.to_string() })
}

fn first_account(engine: &Engine, first: FirstAccount) -> Result<Initialised, BootError> {
    let account = first.account.unwrap_or_else(|| AccountId::from_random(random_u128()));
    let refused = |error: &dyn std::fmt::Display| BootError::FirstAccount(error.to_string());
    let email = match first.email {
        Some(email) => email,
        None => EmailAddress::parse(&format!("root@{account}.invalid")).map_err(|error| refused(&error))?,
    };
    let generated = if first.password.is_none() { Some(generate_password()) } else { None };
    let password = first.password.or_else(|| generated.clone());
    let command = CreateAccount { email: Given::new(email), password: password.map(NewPassword::new), alias: first.alias };
    let caller = Caller::new(account, chancery_model::Actor::OPERATOR);
    engine.execute_blocking(&caller, &Request::local(), command.into()).map_err(|error| refused(&error))?;
    Ok(Initialised { account, password: generated })
}
