//! Why a command on the organization is refused, with AWS Organizations' error codes, in the order in which the reasons are
//! looked for. Source: AWS Organizations API Reference, "Errors" of each action.

use chancery_model::{AccountId, HandshakeId, OrganizationPolicyId, OrganizationalUnitId, ParentId, RootId, TargetId, Title};
use chancery_policy::Malformed;

use super::PolicyType;
use crate::{Code, QuotaName};

/// Why a command on the organization is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrganizationRefusal {
    /// The account is in no organization.
    #[error("Your account is not a member of an organization.")]
    NotInUse,
    /// The account is in the organization already.
    #[error("The account {0} is already a member of an organization.")]
    AlreadyIn(AccountId),
    /// The installation has an organization, though the account is not in it.
    #[error("This installation has an organization already: an account joins it by accepting an invitation.")]
    OneAtMost,
    /// Only the management account may.
    #[error("You don't have permissions to access this resource: only the organization's management account may.")]
    NotManagement,
    /// The management account cannot leave.
    #[error("You can't remove the management account from an organization: delete the organization instead.")]
    ManagementStays,
    /// The root is another one.
    #[error("You specified a root that doesn't exist: {0}.")]
    NoSuchRoot(RootId),
    /// There is no such unit.
    #[error("You specified an organizational unit that doesn't exist: {0}.")]
    NoSuchUnit(OrganizationalUnitId),
    /// There is no such parent.
    #[error("You specified a parent that doesn't exist: {0}.")]
    NoSuchParent(ParentId),
    /// There is no such account, or not in the organization.
    #[error("You specified an account that {what}: {account}.")]
    NoSuchAccount {
        /// Which.
        account: AccountId,
        /// Where it is not.
        what: &'static str,
    },
    /// The account is not under the parent that it was to be moved from.
    #[error("The account {account} is not under {parent}.")]
    NoSuchSource {
        /// Which.
        account: AccountId,
        /// Where it is not.
        parent: ParentId,
    },
    /// There is nothing to move an account to.
    #[error("You specified a destination that doesn't exist: {0}.")]
    NoSuchDestination(ParentId),
    /// There is no such invitation.
    #[error("You specified a handshake that doesn't exist: {0}.")]
    NoSuchHandshake(HandshakeId),
    /// The invitation is over.
    #[error("The handshake {0} has expired: ask for a new invitation.")]
    HandshakeOver(HandshakeId),
    /// There is no such policy.
    #[error("You specified a policy that doesn't exist: {0}.")]
    NoSuchPolicy(OrganizationPolicyId),
    /// There is no such root, unit or account.
    #[error("You specified a target that doesn't exist: {0}.")]
    NoSuchTarget(TargetId),
    /// The policy is AWS's.
    #[error("The policy {0} is managed by AWS and can't be changed, deleted or taken from where it has to be.")]
    Immutable(OrganizationPolicyId),
    /// The type of policy is not enabled.
    #[error("The policy type {0} isn't enabled in the root: EnablePolicyType comes first.")]
    TypeNotEnabled(PolicyType),
    /// The type of policy is enabled.
    #[error("The policy type {0} is already enabled in the root.")]
    TypeEnabled(PolicyType),
    /// The document is not one of its type.
    #[error("{0}")]
    Malformed(#[from] Malformed),
    /// A sibling has the name.
    #[error("An organizational unit named {0} already exists under that parent.")]
    DuplicateUnit(Title),
    /// Another policy of the type has the name.
    #[error("A policy named {0} already exists.")]
    DuplicatePolicy(Title),
    /// The account is there already.
    #[error("The account {0} is already under that parent.")]
    DuplicateAccount(AccountId),
    /// The account is invited already.
    #[error("The account {0} has an open invitation already.")]
    DuplicateHandshake(AccountId),
    /// The policy is attached there.
    #[error("The policy {policy} is already attached to {target}.")]
    DuplicateAttachment {
        /// Which.
        policy: OrganizationPolicyId,
        /// Where.
        target: TargetId,
    },
    /// The policy is not attached there.
    #[error("The policy {policy} isn't attached to {target}.")]
    NotAttached {
        /// Which.
        policy: OrganizationPolicyId,
        /// Where.
        target: TargetId,
    },
    /// The unit still has units or accounts.
    #[error("The organizational unit {0} isn't empty: move its accounts and delete its units first.")]
    UnitNotEmpty(OrganizationalUnitId),
    /// The organization still has members.
    #[error("The organization isn't empty: remove all member accounts first.")]
    NotEmpty,
    /// The policy is attached somewhere.
    #[error("The policy {0} is attached to one or more entities: detach it from all of them first.")]
    PolicyInUse(OrganizationPolicyId),
    /// The last service control policy of a place cannot go.
    #[error("{0} must have at least one policy of the type {1} attached: attach another one first.")]
    LastPolicy(TargetId, PolicyType),
    /// A quota of the organization is reached: it is the management account's.
    #[error("You have exceeded the quota {quota}: {value} {limits}.", limits = quota.quota().limits)]
    OverQuota {
        /// Which.
        quota: QuotaName,
        /// Its value.
        value: u64,
    },
}

impl OrganizationRefusal {
    /// AWS's code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::NotInUse => Code::AwsOrganizationsNotInUse,
            Self::AlreadyIn(_) | Self::OneAtMost => Code::AlreadyInOrganization,
            Self::NotManagement => Code::OrganizationsAccessDenied,
            Self::ManagementStays => Code::MasterCannotLeaveOrganization,
            Self::NoSuchRoot(_) => Code::RootNotFound,
            Self::NoSuchUnit(_) => Code::OrganizationalUnitNotFound,
            Self::NoSuchParent(_) => Code::ParentNotFound,
            Self::NoSuchAccount { .. } => Code::AccountNotFound,
            Self::NoSuchSource { .. } => Code::SourceParentNotFound,
            Self::NoSuchDestination(_) => Code::DestinationParentNotFound,
            Self::NoSuchHandshake(_) => Code::HandshakeNotFound,
            Self::HandshakeOver(_) => Code::InvalidHandshakeTransition,
            Self::NoSuchPolicy(_) => Code::PolicyNotFound,
            Self::NoSuchTarget(_) => Code::TargetNotFound,
            Self::Immutable(_) => Code::OrganizationsInvalidInput,
            Self::TypeNotEnabled(_) => Code::PolicyTypeNotEnabled,
            Self::TypeEnabled(_) => Code::PolicyTypeAlreadyEnabled,
            Self::Malformed(_) => Code::MalformedOrganizationPolicy,
            Self::DuplicateUnit(_) => Code::DuplicateOrganizationalUnit,
            Self::DuplicatePolicy(_) => Code::DuplicatePolicy,
            Self::DuplicateAccount(_) => Code::DuplicateAccount,
            Self::DuplicateHandshake(_) => Code::DuplicateHandshake,
            Self::DuplicateAttachment { .. } => Code::DuplicatePolicyAttachment,
            Self::NotAttached { .. } => Code::PolicyNotAttached,
            Self::UnitNotEmpty(_) => Code::OrganizationalUnitNotEmpty,
            Self::NotEmpty => Code::OrganizationNotEmpty,
            Self::PolicyInUse(_) => Code::PolicyInUse,
            Self::LastPolicy(..) | Self::OverQuota { .. } => Code::ConstraintViolation,
        }
    }
}
