//! The objects of the schema, one noun a file. Each field that shows more than its object's own answer asks for the read
//! that AWS has for it; none decides anything.

mod account;
mod group;
mod instance_profile;
mod managed_policy;
mod node;
mod password_policy;
mod permissions;
mod quota;
mod record;
mod resource_policy;
mod role;
mod session;
mod tag;
mod user;

pub(crate) use account::Account;
pub(crate) use group::{Group, GroupConnection};
pub(crate) use instance_profile::{InstanceProfile, InstanceProfileConnection};
pub(crate) use managed_policy::{ManagedPolicy, ManagedPolicyConnection, PolicyScope};
pub(crate) use node::Node;
pub(crate) use node::{find, record as find_record};
pub(crate) use password_policy::PasswordPolicy;
pub(crate) use permissions::{Boundary, InlinePolicy};
pub(crate) use permissions::{Identity, IdentityKind};
pub(crate) use quota::Quota;
pub(crate) use quota::quota;
pub(crate) use record::{Record, RecordConnection, RecordFilter};
pub(crate) use resource_policy::{ResourcePolicy, ResourcePolicyConnection};
pub(crate) use role::{Role, RoleConnection};
pub(crate) use session::{Me, Session};
pub(crate) use tag::{Tag, TagInput};
pub(crate) use tag::{given_tags, tags};
pub(crate) use user::{MemberConnection, User, UserConnection};
