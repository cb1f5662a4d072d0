//! What can go wrong for a caller, with AWS's code, and what it may be told.

use chancery_domain::{OrganizationRefusal, Rejection, SealFailed};
use chancery_log::LogError;
use chancery_model::Invalid;
use chancery_vault::{Busy, PasswordHasher};

use crate::AccessDenied;

/// Why a call came to nothing. The message is safe to show to the caller.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    /// The command breaks a rule of the domain.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// A value is not one.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is no credential.
    #[error("Request is missing an authentication token: sign in, then send `Authorization: Bearer TOKEN`.")]
    NotSignedIn,
    /// The credential is unknown, or its principal is gone.
    #[error("The security token included in the request is invalid.")]
    InvalidToken,
    /// The session's time is over.
    #[error("The security token included in the request is expired: sign in again.")]
    ExpiredToken,
    /// Account, name or password are wrong; it is not told which.
    #[error("Your authentication information is incorrect. Please try again.")]
    SignInFailed,
    /// A challenge is unknown, used or too old.
    #[error("The sign-in challenge is unknown, used or expired: sign in again.")]
    NoSuchChallenge,
    /// The client token stands for another request.
    #[error("The client token {token} was used with other input in the last 24 hours: use a new token for a new request.")]
    TokenReused {
        /// The token.
        token: String,
    },
    /// Too many wait already.
    #[error("Rate exceeded: {limit} allows {value} waiting requests; try again in {retry_after_seconds} s.")]
    Busy {
        /// Which limit.
        limit: &'static str,
        /// Its value.
        value: u64,
        /// When to come back.
        retry_after_seconds: u64,
    },
    /// Nothing is written any more.
    #[error("The server accepts no changes: {reason}")]
    ReadOnly {
        /// Why.
        reason: String,
    },
    /// A commit failed; whether the record is stored is known after the next start.
    #[error("The change could not be made durable and is not acknowledged: {reason}")]
    NotDurable {
        /// Why.
        reason: String,
    },
    /// The disk is nearly full; nothing was written, and reading goes on.
    #[error("The change was not stored: {reason}")]
    DiskFull {
        /// How much room there is, how much is needed, and what the operator can do.
        reason: String,
    },
    /// A moment that the log does not reach.
    #[error("{message}")]
    NoSuchMoment {
        /// Which, and what the log has.
        message: String,
    },
    /// Another item of the same batch was refused.
    #[error("Nothing was written: another item of the batch was refused.")]
    BatchRefused,
    /// The fault is ours.
    #[error("An internal error has happened; the log of the server tells more.")]
    Internal,
}

impl EngineError {
    /// AWS's error code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rejected(rejection) => rejection.code().as_str(),
            Self::Denied(_) => "AccessDenied",
            Self::Invalid(_) | Self::NoSuchMoment { .. } => "ValidationError",
            Self::NotSignedIn => "MissingAuthenticationToken",
            Self::InvalidToken => "InvalidClientTokenId",
            Self::ExpiredToken => "ExpiredToken",
            Self::SignInFailed | Self::NoSuchChallenge => "AuthenticationFailure",
            Self::TokenReused { .. } => "IdempotentParameterMismatch",
            Self::Busy { .. } => "Throttling",
            Self::ReadOnly { .. } | Self::NotDurable { .. } | Self::DiskFull { .. } => "ServiceUnavailable",
            Self::BatchRefused => "BatchRefused",
            Self::Internal => "InternalFailure",
        }
    }

    /// The status that HTTP has for it.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        match self {
            Self::Rejected(rejection) => rejection_status(rejection),
            Self::Denied(_) => 403,
            Self::Invalid(_) | Self::NoSuchMoment { .. } | Self::TokenReused { .. } | Self::BatchRefused => 400,
            Self::NotSignedIn | Self::InvalidToken | Self::ExpiredToken | Self::SignInFailed | Self::NoSuchChallenge => 401,
            Self::Busy { .. } => 429,
            Self::ReadOnly { .. } | Self::NotDurable { .. } => 503,
            // 507 Insufficient Storage (RFC 4918, section 11.5).
            Self::DiskFull { .. } => 507,
            Self::Internal => 500,
        }
    }

    /// The parameter at fault.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Invalid(invalid) | Self::Rejected(Rejection::Invalid(invalid)) => Some(&invalid.field),
            _ => None,
        }
    }

    /// The limit that was reached, and its value.
    #[must_use]
    pub fn limit(&self) -> Option<(&'static str, u64)> {
        match self {
            Self::Rejected(
                Rejection::LimitExceeded { quota, value }
                | Rejection::Organization(OrganizationRefusal::OverQuota { quota, value }),
            ) => Some((quota.as_str(), *value)),
            Self::Busy { limit, value, .. } => Some((limit, *value)),
            _ => None,
        }
    }

    /// When it is worth trying again.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::Busy { retry_after_seconds, .. } => Some(*retry_after_seconds),
            _ => None,
        }
    }
}

/// The status of a rejection, as AWS gives it (IAM API Reference, "Common errors" and each action's errors).
fn rejection_status(rejection: &Rejection) -> u16 {
    use chancery_domain::Code;
    match rejection.code() {
        Code::NoSuchEntity => 404,
        Code::EntityAlreadyExists | Code::DeleteConflict | Code::LimitExceeded | Code::ConcurrentModification => 409,
        Code::ValidationError
        | Code::InvalidInput
        | Code::MalformedPolicyDocument
        | Code::PasswordPolicyViolation
        | Code::UnmodifiableEntity
        | Code::PolicyNotAttachable => 400,
        // AWS Organizations has one status for all that the caller did wrong.
        Code::OrganizationsAccessDenied
        | Code::AwsOrganizationsNotInUse
        | Code::AlreadyInOrganization
        | Code::MasterCannotLeaveOrganization
        | Code::RootNotFound
        | Code::OrganizationalUnitNotFound
        | Code::ParentNotFound
        | Code::AccountNotFound
        | Code::SourceParentNotFound
        | Code::DestinationParentNotFound
        | Code::HandshakeNotFound
        | Code::InvalidHandshakeTransition
        | Code::PolicyNotFound
        | Code::TargetNotFound
        | Code::OrganizationsInvalidInput
        | Code::PolicyTypeNotEnabled
        | Code::PolicyTypeAlreadyEnabled
        | Code::MalformedOrganizationPolicy
        | Code::DuplicateOrganizationalUnit
        | Code::DuplicatePolicy
        | Code::DuplicateAccount
        | Code::DuplicateHandshake
        | Code::DuplicatePolicyAttachment
        | Code::PolicyNotAttached
        | Code::OrganizationalUnitNotEmpty
        | Code::OrganizationNotEmpty
        | Code::PolicyInUse
        | Code::ConstraintViolation => 400,
        Code::ServiceFailure => 500,
    }
}

impl EngineError {
    /// Too many passwords wait to be hashed.
    pub(crate) fn hashing_busy(hasher: &PasswordHasher) -> impl Fn(Busy) -> Self {
        let value = u64::try_from(hasher.queued_max()).unwrap_or(u64::MAX);
        move |busy| Self::Busy { limit: "the queue of password hashing", value, retry_after_seconds: busy.retry_after_seconds }
    }
}

impl From<SealFailed> for EngineError {
    fn from(failed: SealFailed) -> Self {
        tracing::error!(error = %failed, "sealing failed");
        Self::Internal
    }
}

impl From<LogError> for EngineError {
    fn from(error: LogError) -> Self {
        tracing::error!(error = %error, "reading the log failed");
        Self::Internal
    }
}
