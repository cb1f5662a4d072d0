//! Who did something, by which credential, in which request.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::{AccountId, RoleId, SessionId, UserId};

/// Who acts. Ids only: names are personal and change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Principal {
    /// Chancery itself: the first start, the end of a time-limited grant, clean-up.
    System,
    /// The operator of the machine, through the command line on a data directory that no server holds.
    Operator,
    /// The root user of an account.
    Root(AccountId),
    /// A user.
    User(UserId),
    /// A session of a role.
    Role(RoleId),
}

/// The id of an access key (`AKIA…`), for later credentials; not a secret.
pub type CredentialId = SmolStr;

/// By what the principal proved who it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Credential {
    /// None was needed: the system or the operator.
    None,
    /// A bearer session.
    Session(SessionId),
    /// An access key.
    AccessKey(CredentialId),
}

/// Principal and credential, as every record names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Who acts.
    pub principal: Principal,
    /// By which credential.
    pub credential: Credential,
}

impl Actor {
    /// Chancery itself.
    pub const SYSTEM: Self = Self { principal: Principal::System, credential: Credential::None };
    /// The operator of the machine.
    pub const OPERATOR: Self = Self { principal: Principal::Operator, credential: Credential::None };
}
