//! An AWS account, as `aws iam get-account-authorization-details` prints it, brought into one of ours.
//!
//! [`AccountFile`] reads the file, [`plan`] holds it against an account and says which commands would make the two equal,
//! [`Engine::import`](crate::Engine::import) tries them all and runs them as one. The plan is pure; what may be is decided by
//! the commands, as everywhere. An import adds and changes; it never takes away what the file does not have.
//!
//! Not taken over: the unique ids and the dates of the source, and tags whose key begins with `aws:`, which are AWS's own.

mod file;
mod identities;
mod permissions;
mod plan;
mod policies;
mod run;
#[cfg(test)]
mod tests;
mod values;

pub use file::AccountFile;
pub use plan::{Plan, plan, plan_managed_policies};
pub use run::{ImportMode, Imported};

use chancery_domain::Command;

/// What an item of an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// One of AWS's managed policies.
    AwsPolicy,
    /// A customer managed policy with its versions.
    Policy,
    /// A group.
    Group,
    /// A user.
    User,
    /// A role.
    Role,
    /// An instance profile.
    InstanceProfile,
    /// The role in an instance profile.
    ProfileRole,
    /// A managed policy at a user, group or role.
    Attachment,
    /// An inline policy.
    InlinePolicy,
    /// A user in a group.
    Membership,
}

impl ItemKind {
    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AwsPolicy => "aws-policy",
            Self::Policy => "policy",
            Self::Group => "group",
            Self::User => "user",
            Self::Role => "role",
            Self::InstanceProfile => "instance-profile",
            Self::ProfileRole => "profile-role",
            Self::Attachment => "attachment",
            Self::InlinePolicy => "inline-policy",
            Self::Membership => "membership",
        }
    }
}

/// What becomes of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It was not there.
    Created,
    /// It was there and is changed.
    Updated,
    /// It is so already.
    Unchanged,
    /// It cannot be; the reason says why.
    Refused,
}

impl Outcome {
    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
        }
    }
}

/// One thing of the file.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its name; of what belongs to an identity, `user/ada` and the name.
    pub name: String,
    /// Its ARN in the target account, or that of the policy which is attached.
    pub arn: Option<String>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Why it is refused, or what is worth knowing.
    pub reason: Option<String>,
    /// What has to be done for it, in order.
    pub commands: Vec<Command>,
}

impl Item {
    fn new(kind: ItemKind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into(), arn: None, outcome: Outcome::Unchanged, reason: None, commands: Vec::new() }
    }

    fn at(mut self, arn: impl ToString) -> Self {
        self.arn = Some(arn.to_string());
        self
    }

    fn created(mut self, commands: Vec<Command>) -> Self {
        (self.outcome, self.commands) = (Outcome::Created, commands);
        self
    }

    /// Updated by these commands; unchanged when there is none.
    fn updated(mut self, commands: Vec<Command>) -> Self {
        self.outcome = if commands.is_empty() { Outcome::Unchanged } else { Outcome::Updated };
        self.commands = commands;
        self
    }

    fn refused(mut self, reason: impl ToString) -> Self {
        (self.outcome, self.reason, self.commands) = (Outcome::Refused, Some(reason.to_string()), Vec::new());
        self
    }

    fn noting(mut self, note: Option<String>) -> Self {
        self.reason = match (self.reason, note) {
            (Some(reason), Some(note)) => Some(format!("{reason}; {note}")),
            (reason, note) => reason.or(note),
        };
        self
    }
}
