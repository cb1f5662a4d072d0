//! `chancery init`: data directory, keys and the first account.

use std::path::PathBuf;

use chancery_engine::{FirstAccount, Initialised};
use chancery_model::{AccountAlias, AccountId, Arn, EmailAddress, Invalid};
use clap::Args;
use serde_json::json;

use super::{Exit, Failure, Global, Output, boot, password, progress::Bar};
use crate::config::Config;

/// Create a data directory with its keys and the first account
///
/// The account's root user gets the password of --root-password-file. Without it you are asked on a terminal, unseen; where
/// there is no terminal, or you give none, a password is generated and shown once. An interrupted `init` can be repeated.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The account's id, twelve digits [default: a random one]
    #[arg(long, value_name = "ID")]
    account_id: Option<String>,
    /// The account's alias, by which its people may sign in instead of the id
    #[arg(long, value_name = "ALIAS")]
    alias: Option<String>,
    /// The root user's e-mail address
    #[arg(long, value_name = "ADDRESS")]
    root_email: Option<String>,
    /// Take the root user's password from the first line of this file; `-` is standard input
    #[arg(long, value_name = "FILE")]
    root_password_file: Option<PathBuf>,
}

fn parse<T>(flag: &str, text: Option<&String>, read: impl Fn(&str) -> Result<T, Invalid>) -> Result<Option<T>, Failure> {
    let parsed = text.map(|text| read(text)).transpose();
    parsed.map_err(|invalid| Failure::new(Exit::Usage, format!("{flag}: {invalid}")))
}

impl Init {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        let account = parse("--account-id", self.account_id.as_ref(), AccountId::parse)?;
        let alias = parse("--alias", self.alias.as_ref(), AccountAlias::parse)?;
        let email = parse("--root-email", self.root_email.as_ref(), EmailAddress::parse)?;
        let config = boot::load(global, Vec::new())?;
        boot::refuse_foreign(&config)?;
        let password = match &self.root_password_file {
            Some(file) => Some(password::from_file(file)?),
            None => password::from_terminal()?,
        };
        let bar = Bar::new(global.output);
        let first = FirstAccount { account, alias: alias.clone(), email, password };
        let (engine, made) = chancery_engine::init(config.engine(), first, &|progress| bar.show(progress))?;
        bar.clear();
        boot::runtime()?.block_on(engine.shutdown());
        tell(&config, &made, alias.as_ref(), global.output)
    }
}

/// Says what was made. A generated password is shown here and nowhere else.
pub(super) fn tell(config: &Config, made: &Initialised, alias: Option<&AccountAlias>, output: Output) -> Result<(), Failure> {
    let data = std::path::absolute(&config.data_dir).unwrap_or_else(|_| config.data_dir.clone());
    let (account, root) = (made.account, Arn::root(made.account));
    let generated = made.password.as_ref();
    output.print(
        || {
            let mut text = format!("account {account} and its root user {root} are in {}", data.display());
            if let Some(alias) = alias {
                text.push_str(&format!("\nalias {alias}"));
            }
            if let Some(password) = generated {
                text.push_str(&format!("\npassword of the root user, shown only now: {}", password.expose()));
            }
            text
        },
        || {
            let mut made = json!({ "accountId": account.to_string(), "rootArn": root.as_str(), "dataDir": data });
            if let Some(fields) = made.as_object_mut() {
                fields.insert("alias".to_owned(), alias.map(AccountAlias::as_str).into());
                if let Some(password) = generated {
                    fields.insert("password".to_owned(), password.expose().into());
                }
            }
            made
        },
    )
}
