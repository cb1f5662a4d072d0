//! Why a command is refused: AWS's error codes, and messages in IAM's words.

use chancery_model::{Arn, Invalid, Timestamp};
use chancery_policy::Malformed;

use crate::{OrganizationRefusal, QuotaName, VersionId};

/// AWS's error code of a rejection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// A value breaks its parameter's constraint.
    ValidationError,
    /// A value is right in itself but not here.
    InvalidInput,
    /// A policy document breaks the grammar.
    MalformedPolicyDocument,
    /// The password breaks the account's rules.
    PasswordPolicyViolation,
    /// What is named does not exist.
    NoSuchEntity,
    /// The name is taken.
    EntityAlreadyExists,
    /// It is still in use.
    DeleteConflict,
    /// A quota is reached.
    LimitExceeded,
    /// The entity belongs to AWS or a service.
    UnmodifiableEntity,
    /// The policy cannot be attached here.
    PolicyNotAttachable,
    /// Somebody else changed it in the same moment.
    ConcurrentModification,
    /// The fault is ours.
    ServiceFailure,
    /// The account is in no organization.
    AwsOrganizationsNotInUse,
    /// The account is in an organization.
    AlreadyInOrganization,
    /// Only the management account may.
    OrganizationsAccessDenied,
    /// The management account cannot leave its organization.
    MasterCannotLeaveOrganization,
    /// There is no such root.
    RootNotFound,
    /// There is no such unit.
    OrganizationalUnitNotFound,
    /// There is no such parent.
    ParentNotFound,
    /// There is no such account.
    AccountNotFound,
    /// The account is not under that parent.
    SourceParentNotFound,
    /// There is nothing to move to.
    DestinationParentNotFound,
    /// There is no such invitation.
    HandshakeNotFound,
    /// The invitation is over.
    InvalidHandshakeTransition,
    /// There is no such control policy.
    PolicyNotFound,
    /// There is nothing to attach to.
    TargetNotFound,
    /// A value is right in itself but not here.
    OrganizationsInvalidInput,
    /// The type of policy is not enabled.
    PolicyTypeNotEnabled,
    /// The type of policy is enabled.
    PolicyTypeAlreadyEnabled,
    /// A control policy's document breaks the grammar.
    MalformedOrganizationPolicy,
    /// A sibling unit has the name.
    DuplicateOrganizationalUnit,
    /// A control policy of the type has the name.
    DuplicatePolicy,
    /// The account is there.
    DuplicateAccount,
    /// The account is invited.
    DuplicateHandshake,
    /// The control policy is attached.
    DuplicatePolicyAttachment,
    /// The control policy is not attached.
    PolicyNotAttached,
    /// The unit has units or accounts.
    OrganizationalUnitNotEmpty,
    /// The organization has members.
    OrganizationNotEmpty,
    /// The control policy is attached somewhere.
    PolicyInUse,
    /// A limit of the organization.
    ConstraintViolation,
}

impl Code {
    /// The code's text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ValidationError => "ValidationError",
            Self::InvalidInput => "InvalidInput",
            Self::MalformedPolicyDocument => "MalformedPolicyDocument",
            Self::PasswordPolicyViolation => "PasswordPolicyViolation",
            Self::NoSuchEntity => "NoSuchEntity",
            Self::EntityAlreadyExists => "EntityAlreadyExists",
            Self::DeleteConflict => "DeleteConflict",
            Self::LimitExceeded => "LimitExceeded",
            Self::UnmodifiableEntity => "UnmodifiableEntity",
            Self::PolicyNotAttachable => "PolicyNotAttachable",
            Self::ConcurrentModification => "ConcurrentModification",
            Self::ServiceFailure => "ServiceFailure",
            Self::AwsOrganizationsNotInUse => "AWSOrganizationsNotInUseException",
            Self::AlreadyInOrganization => "AlreadyInOrganizationException",
            Self::OrganizationsAccessDenied => "AccessDeniedException",
            Self::MasterCannotLeaveOrganization => "MasterCannotLeaveOrganizationException",
            Self::RootNotFound => "RootNotFoundException",
            Self::OrganizationalUnitNotFound => "OrganizationalUnitNotFoundException",
            Self::ParentNotFound => "ParentNotFoundException",
            Self::AccountNotFound => "AccountNotFoundException",
            Self::SourceParentNotFound => "SourceParentNotFoundException",
            Self::DestinationParentNotFound => "DestinationParentNotFoundException",
            Self::HandshakeNotFound => "HandshakeNotFoundException",
            Self::InvalidHandshakeTransition => "InvalidHandshakeTransitionException",
            Self::PolicyNotFound => "PolicyNotFoundException",
            Self::TargetNotFound => "TargetNotFoundException",
            Self::OrganizationsInvalidInput => "InvalidInputException",
            Self::PolicyTypeNotEnabled => "PolicyTypeNotEnabledException",
            Self::PolicyTypeAlreadyEnabled => "PolicyTypeAlreadyEnabledException",
            Self::MalformedOrganizationPolicy => "MalformedPolicyDocumentException",
            Self::DuplicateOrganizationalUnit => "DuplicateOrganizationalUnitException",
            Self::DuplicatePolicy => "DuplicatePolicyException",
            Self::DuplicateAccount => "DuplicateAccountException",
            Self::DuplicateHandshake => "DuplicateHandshakeException",
            Self::DuplicatePolicyAttachment => "DuplicatePolicyAttachmentException",
            Self::PolicyNotAttached => "PolicyNotAttachedException",
            Self::OrganizationalUnitNotEmpty => "OrganizationalUnitNotEmptyException",
            Self::OrganizationNotEmpty => "OrganizationNotEmptyException",
            Self::PolicyInUse => "PolicyInUseException",
            Self::ConstraintViolation => "ConstraintViolationException",
        }
    }
}

/// Why a command is refused, in the order in which the reasons are looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// A value breaks its parameter's constraint.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A policy document breaks the grammar.
    #[error("{0}")]
    Malformed(#[from] Malformed),
    /// Parameters that do not go together, or a value that is wrong here.
    #[error("{message}")]
    InvalidInput {
        /// What was wrong and what would be right.
        message: String,
    },
    /// An end that is not in the future.
    #[error("the end {expires} is not after now ({now}): give a moment in the future, or none for good")]
    ExpiryInThePast {
        /// As given.
        expires: Timestamp,
        /// The moment of the command.
        now: Timestamp,
    },
    /// What is named does not exist. `what` reads as in "user with name ada".
    #[error("The {what} cannot be found.")]
    NoSuchEntity {
        /// Kind and name.
        what: String,
    },
    /// A managed policy, or a version of one, does not exist: AWS has sentences of its own for it.
    #[error("Policy {what} {missing}.")]
    NoSuchPolicy {
        /// The ARN, and the version if it is about one.
        what: String,
        /// "was not found" or "does not exist or is not attachable".
        missing: &'static str,
    },
    /// The name is taken.
    #[error("{what} already exists.")]
    AlreadyExists {
        /// Kind and name.
        what: String,
    },
    /// The entity belongs to AWS or to a service.
    #[error("{what} cannot be modified: {why}")]
    Unmodifiable {
        /// Kind and name.
        what: String,
        /// Whose it is.
        why: String,
    },
    /// The policy is not for customers' identities.
    #[error("Cannot attach {what}: {why}")]
    NotAttachable {
        /// The policy.
        what: String,
        /// Why not.
        why: String,
    },
    /// It is still in use.
    #[error("{message}")]
    DeleteConflict {
        /// What is in the way and what to do first.
        message: String,
    },
    /// A quota is reached.
    #[error("Cannot exceed quota for {quota}: {value}{remedy}", remedy = remedy(*quota, *value))]
    LimitExceeded {
        /// Which.
        quota: QuotaName,
        /// Its value in this account.
        value: u64,
    },
    /// The password breaks the account's rules.
    #[error("Password should have {}", lacks.join(", "))]
    WeakPassword {
        /// The rules that are broken.
        lacks: Vec<String>,
    },
    /// The entity was replaced while the command was prepared.
    #[error("The entity was changed by another request in the same moment; try again.")]
    ConcurrentModification,
    /// A command on the organization is refused.
    #[error(transparent)]
    Organization(#[from] OrganizationRefusal),
    /// A personal or secret field was not sealed: a mistake of ours.
    #[error("A field of the request was not sealed; nothing was written.")]
    Unsealed,
}

fn remedy(quota: QuotaName, value: u64) -> String {
    let max = quota.quota().max;
    if value < max { format!(" (RequestQuotaIncrease can raise it to {max})") } else { " (it cannot be raised)".to_owned() }
}

impl Rejection {
    /// AWS's code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Invalid(_) => Code::ValidationError,
            Self::Malformed(_) => Code::MalformedPolicyDocument,
            Self::InvalidInput { .. } | Self::ExpiryInThePast { .. } => Code::InvalidInput,
            Self::NoSuchEntity { .. } | Self::NoSuchPolicy { .. } => Code::NoSuchEntity,
            Self::AlreadyExists { .. } => Code::EntityAlreadyExists,
            Self::Unmodifiable { .. } => Code::UnmodifiableEntity,
            Self::NotAttachable { .. } => Code::PolicyNotAttachable,
            Self::DeleteConflict { .. } => Code::DeleteConflict,
            Self::LimitExceeded { .. } => Code::LimitExceeded,
            Self::WeakPassword { .. } => Code::PasswordPolicyViolation,
            Self::ConcurrentModification => Code::ConcurrentModification,
            Self::Organization(refusal) => refusal.code(),
            Self::Unsealed => Code::ServiceFailure,
        }
    }

    /// Refuses a name that nothing has, in AWS's words: `missing("user", "ada")`.
    #[must_use]
    pub fn missing(kind: &str, name: &str) -> Self {
        Self::NoSuchEntity { what: format!("{kind} with name {name}") }
    }

    /// Refuses a name that is taken, in AWS's words: `taken("User", "ada")`.
    #[must_use]
    pub fn taken(kind: &str, name: &str) -> Self {
        Self::AlreadyExists { what: format!("{kind} with name {name}") }
    }

    /// Refuses to delete what is in use: `conflict("detach all policies")`.
    #[must_use]
    pub fn conflict(remedy: &str) -> Self {
        Self::conflict_because(&format!("Cannot delete entity, must {remedy} first."))
    }

    /// Refuses to delete what is in use, where AWS has a sentence of its own.
    #[must_use]
    pub fn conflict_because(message: &str) -> Self {
        Self::DeleteConflict { message: message.to_owned() }
    }

    /// Refuses the ARN of a managed policy that nothing has, or that the identity does not have.
    #[must_use]
    pub fn policy_missing(arn: &Arn) -> Self {
        Self::NoSuchPolicy { what: arn.to_string(), missing: "was not found" }
    }

    /// The same, where the policy was to be attached or to be a boundary.
    #[must_use]
    pub fn not_there_to_attach(arn: &Arn) -> Self {
        Self::NoSuchPolicy { what: arn.to_string(), missing: "does not exist or is not attachable" }
    }

    /// Refuses a version that a managed policy does not have (any more).
    #[must_use]
    pub fn version_missing(arn: &Arn, version: VersionId) -> Self {
        Self::NoSuchPolicy { what: format!("{arn} version {version}"), missing: "does not exist or is not attachable" }
    }

    /// Refuses to change one of AWS's managed policies.
    #[must_use]
    pub fn policy_of_aws(arn: &Arn) -> Self {
        Self::Unmodifiable {
            what: format!("Policy {arn}"),
            why: "it belongs to AWS; create a policy of your own instead".to_owned(),
        }
    }
}
