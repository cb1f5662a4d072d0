//! The mutations, one family a file. Each reads its input into a command, hands it to the engine, and answers with the
//! object and the record; none decides anything.

use std::str::FromStr;

use async_graphql::{ID, MergedObject};
use chancery_model::{AccountId, Arn, Description, Path};

use crate::{fault::Answer, ids::GlobalId, scope::Done};

mod account;
mod groups;
mod import;
mod instance_profiles;
mod login;
mod organization;
mod organization_policies;
mod permissions;
mod policies;
mod resource_policies;
mod roles;
mod sessions;
mod tags;
mod users;

/// What can be changed. Every input takes a `clientToken`: the same token with the same input within a day gives the same
/// answer again and writes nothing; with other input it is an error.
#[derive(MergedObject)]
#[graphql(name = "Mutation")]
pub(crate) struct Mutation(
    sessions::Sessions,
    users::Users,
    groups::Groups,
    roles::Roles,
    policies::Policies,
    permissions::Grants,
    resource_policies::ResourcePolicies,
    tags::Tagging,
    instance_profiles::InstanceProfiles,
    login::Logins,
    account::Settings,
    import::Imports,
    resource_policies::ResourcePolicies,
    organization::Organizations,
    organization_policies::ControlPolicies,
);

impl Mutation {
    pub(crate) fn new() -> Self {
        Self(
            sessions::Sessions,
            users::Users,
            groups::Groups,
            roles::Roles,
            policies::Policies,
            permissions::Grants,
            resource_policies::ResourcePolicies,
            tags::Tagging,
            instance_profiles::InstanceProfiles,
            login::Logins,
            account::Settings,
            import::Imports,
            resource_policies::ResourcePolicies,
            organization::Organizations,
            organization_policies::ControlPolicies,
        )
    }
}

/// Defines a payload: `payload!(UserPayload, "a command on a user"; user: Option<User> = "The user.");`.
macro_rules! payload {
    ($name:ident, $what:literal; $($field:ident: $type:ty = $doc:literal),+) => {
        #[doc = concat!("What ", $what, " comes to.")]
        #[derive(Debug, async_graphql::SimpleObject)]
        #[graphql(serial)]
        pub(crate) struct $name {
            $(#[doc = $doc] $field: $type,)+
            /// The record that was written; null when nothing needed to change.
            record: Option<crate::scope::RecordRef>,
        }
    };
}
pub(crate) use payload;

payload!(DeletedPayload, "a deletion"; deleted_id: Option<ID> = "The global id that has ended.");

impl DeletedPayload {
    /// The answer to a deletion of what has a unique id.
    fn of<I: FromStr>(done: &Done, id: fn(AccountId, I) -> GlobalId) -> Self {
        let unique = done.entity_id().and_then(|text| text.parse().ok());
        Self { deleted_id: unique.map(|unique| id(done.view.account_id(), unique).encode()), record: done.record() }
    }
}

/// Reads a path; `/` when absent.
fn path(given: Option<String>) -> Answer<Path> {
    Ok(given.as_deref().map(Path::parse).transpose()?.unwrap_or_default())
}

/// Reads a description.
fn description(given: Option<String>) -> Answer<Option<Description>> {
    Ok(given.as_deref().map(Description::parse).transpose()?)
}

/// Reads the ARN in a field.
fn arn(field: &str, given: &str) -> Answer<Arn> {
    Ok(Arn::parse(given).map_err(|refused| refused.at(field))?)
}

/// Reads the ARN of a permissions boundary.
fn boundary(given: Option<&str>) -> Answer<Option<Arn>> {
    given.map(|text| arn("permissionsBoundary", text)).transpose()
}
