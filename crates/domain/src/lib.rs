//! What an account is: commands, `decide`, events, `apply`.
//!
//! Pure: no clock, no randomness, no file, no thread. Time and ids are handed in by [`Context`], secrets and
//! personal data come sealed. `decide` looks and answers with events or a [`Rejection`]; `apply` folds events into
//! [`State`] and cannot fail, because it tells what has already happened.

mod account;
pub mod actions;
mod asked;
mod aws_policies;
#[cfg(test)]
mod check;
#[cfg(test)]
mod check_builders;
#[cfg(test)]
mod check_organization;
mod context;
mod effective;
mod entity;
mod event;
mod given;
mod group;
mod index;
mod instance_profile;
mod managed_policy;
#[cfg(test)]
mod model_tests;
mod ordered;
mod organization;
mod page;
mod password_policy;
mod permissions;
mod quota;
mod rejection;
mod resource_policy;
mod role;
mod samples;
mod state;
mod summary;
mod usage;
mod user;

pub use account::{Account, AccountChange, Root, TOKEN_SECONDS, TOKENS_PER_ACCOUNT_MAX, TokenEntry};
pub use actions::{Act, Command, Read};
pub use asked::{Asked, OWN_SERVICE};
pub use aws_policies::{AwsPolicies, AwsPolicyChange};
pub use context::{Context, Fresh};
pub use effective::{Boundary, Effective, EffectivePolicy, PolicyOrigin};
pub use entity::{Entity, Grant, PolicyUse, Use};
pub use event::Event;
pub use given::{Given, NewPassword, Opener, PasswordHash, SealFailed, Sealer, field};
pub use group::{Group, GroupChange};
pub use instance_profile::{InstanceProfile, InstanceProfileChange};
pub use managed_policy::{ManagedPolicy, ManagedPolicyChange, PolicyVersion, VersionId};
pub use organization::{
    ControlLevel, INVITATION_SECONDS, InOrganization, Invitation, Member, Organization, OrganizationChange, OrganizationPolicy,
    OrganizationRefusal, OrganizationalUnit, PolicyType,
};
pub use page::Page;
pub use password_policy::PasswordPolicy;
pub use permissions::{Attachment, PermissionChange, Permissions};
pub use quota::{QUOTAS, Quota, QuotaName};
pub use rejection::{Code, Rejection};
pub use resource_policy::{ResourcePolicy, ResourcePolicyChange};
pub use role::{Role, RoleChange, SESSION_SECONDS_DEFAULT, SESSION_SECONDS_MAX, SESSION_SECONDS_MIN};
pub use samples::sample_events;
pub use state::{RecordFacts, State, TokenUse};
pub use summary::summary;
pub use usage::usage;
pub use user::{LoginProfile, Membership, User, UserChange};
