//! The values that everything else is made of: ids, ARNs, names, paths, tags, moments, sealed fields.
//!
//! A value of one of these types is valid by its type: the only way to make one from text is
//! a `parse` that names the field and the rule when it refuses. Nothing here does I/O, reads a clock
//! or draws random numbers.

mod account_id;
mod actor;
mod arn;
mod invalid;
mod names;
mod organization_id;
mod path;
mod sealed;
mod secret;
mod sequence;
mod tags;
mod timestamp;
mod ulid_id;
mod unique_id;

pub use account_id::AccountId;
pub use actor::{Actor, Credential, CredentialId, Principal};
pub use arn::Arn;
pub use invalid::Invalid;
pub use names::{
    AccountAlias, ClientToken, Description, EmailAddress, GroupName, InstanceProfileName, NameKey, PolicyName, RoleName, Title,
    UserName,
};
pub use organization_id::{
    HandshakeId, OrganizationId, OrganizationPolicyId, OrganizationalUnitId, OwnPolicyId, ParentId, RootId, TargetId,
};
pub use path::{Path, PathPrefix};
pub use sealed::{Personal, Plain, Sealed, SealedBytes};
pub use secret::Secret;
pub use sequence::Sequence;
pub use tags::{Case, Tag, TagKey, TagValue, Tags};
pub use timestamp::Timestamp;
pub use ulid::Ulid;
pub use ulid_id::{RecordId, RequestId, SessionId, SubjectId};
pub use unique_id::{GroupId, InstanceProfileId, PolicyId, RoleId, UserId};
