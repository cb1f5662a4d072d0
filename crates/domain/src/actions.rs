//! The catalogue: every command, one row each, and every read.
//!
//! A verb has one file, named as AWS names it. A family that is the same for every noun (tagging, attaching …) is one
//! file whose action depends on its target.

use std::hash::{Hash, Hasher};

use chancery_model::{AccountId, Arn, Timestamp};

use crate::{Account, Context, Event, NewPassword, Rejection, SealFailed, Sealer};

mod reads;
mod target;

pub use reads::Read;
pub use target::{PolicyTarget, TagTarget};

/// What every command can do.
pub trait Act: Hash {
    /// The action's name, as AWS names it and as records keep it: `CreateUser`.
    fn action(&self) -> &'static str;

    /// The ARN that the caller must be allowed to act on.
    fn resource(&self, account: &Account) -> Arn;

    /// The password to hash before sealing, if the command brings one.
    fn password(&mut self) -> Option<&mut NewPassword> {
        None
    }

    /// Seals what is personal or secret. `account` is as published when the command came in.
    ///
    /// # Errors
    /// As the sealer's.
    fn seal(&mut self, _account: Option<&Account>, _sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        Ok(())
    }

    /// Which events: none when everything is already so.
    ///
    /// # Errors
    /// The first reason against it, in the order of [`Rejection`].
    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection>;
}

macro_rules! catalogue {
    ($($module:ident :: $name:ident: $doc:literal;)*) => {
        $(mod $module; pub use $module::$name;)*

        /// Any command.
        #[derive(Debug, Clone)]
        pub enum Command {
            /// Creates an account: the one command that has no account yet.
            CreateAccount(CreateAccount),
            $(#[doc = $doc] $name($name),)*
        }

        $(impl From<$name> for Command {
            fn from(command: $name) -> Self {
                Self::$name(command)
            }
        })*

        impl Command {
            fn act(&self) -> &dyn DynAct {
                match self {
                    Self::CreateAccount(command) => command,
                    $(Self::$name(command) => command,)*
                }
            }

            fn act_mut(&mut self) -> &mut dyn DynAct {
                match self {
                    Self::CreateAccount(command) => command,
                    $(Self::$name(command) => command,)*
                }
            }
        }
    };
}

catalogue! {
    add_user_to_group::AddUserToGroup: "Puts a user into a group.";
    attach_policy::AttachPolicy: "Attaches a managed policy to a user, group or role.";
    create_group::CreateGroup: "Creates a group.";
    create_user::CreateUser: "Creates a user.";
    delete_group::DeleteGroup: "Deletes a group.";
    delete_user::DeleteUser: "Deletes a user.";
    expire_grant::ExpireGrant: "Ends a membership or an attachment whose time is over.";
}

mod create_account;
pub use create_account::CreateAccount;

impl From<CreateAccount> for Command {
    fn from(command: CreateAccount) -> Self {
        Self::CreateAccount(command)
    }
}

impl Command {
    /// The action's name: `CreateUser`.
    #[must_use]
    pub fn action(&self) -> &'static str {
        self.act().action()
    }

    /// The ARN that the caller must be allowed to act on.
    #[must_use]
    pub fn resource(&self, account: &Account) -> Arn {
        self.act().resource(account)
    }

    /// The password to hash before sealing.
    pub fn password(&mut self) -> Option<&mut NewPassword> {
        self.act_mut().password()
    }

    /// Seals what is personal or secret.
    ///
    /// # Errors
    /// As the sealer's.
    pub fn seal(&mut self, account: Option<&Account>, sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        self.act_mut().seal(account, sealer)
    }

    /// Which events.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn decide(&self, account: AccountId, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        match self {
            Self::CreateAccount(command) => command.decide_new(account, context),
            _ => self.act().decide(context.state.account(account)?, context),
        }
    }

    /// Feeds the input, in clear, to a hasher: two commands with the same input feed the same bytes.
    pub fn feed(&self, hasher: &mut dyn Hasher) {
        self.act().feed(hasher);
    }
}

/// [`Act`] as a trait object: `Hash` is not one.
trait DynAct {
    fn action(&self) -> &'static str;
    fn resource(&self, account: &Account) -> Arn;
    fn password(&mut self) -> Option<&mut NewPassword>;
    fn seal(&mut self, account: Option<&Account>, sealer: &mut dyn Sealer) -> Result<(), SealFailed>;
    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection>;
    fn feed(&self, hasher: &mut dyn Hasher);
}

impl<A: Act> DynAct for A {
    fn action(&self) -> &'static str {
        Act::action(self)
    }

    fn resource(&self, account: &Account) -> Arn {
        Act::resource(self, account)
    }

    fn password(&mut self) -> Option<&mut NewPassword> {
        Act::password(self)
    }

    fn seal(&mut self, account: Option<&Account>, sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        Act::seal(self, account, sealer)
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        Act::decide(self, account, context)
    }

    fn feed(&self, mut hasher: &mut dyn Hasher) {
        Act::action(self).hash(&mut hasher);
        self.hash(&mut hasher);
    }
}

/// Refuses an end that is not after now.
fn in_the_future(end: Option<Timestamp>, context: &Context<'_>) -> Result<(), Rejection> {
    match end {
        Some(expires) if expires <= context.now => Err(Rejection::ExpiryInThePast { expires, now: context.now }),
        Some(_) | None => Ok(()),
    }
}
