//! How much of a quota an account uses.

use crate::{Account, QuotaName, summary::count};

/// How many there are of what a quota limits in the whole account; `None` where it limits each user, group, role, policy or
/// text of its own.
#[must_use]
pub fn usage(account: &Account, quota: QuotaName) -> Option<u64> {
    match quota {
        QuotaName::UsersPerAccount => Some(count(account.users.len())),
        QuotaName::GroupsPerAccount => Some(count(account.groups.len())),
        QuotaName::RolesPerAccount => Some(count(account.roles.len())),
        QuotaName::PoliciesPerAccount => Some(count(account.policies.len())),
        QuotaName::InstanceProfilesPerAccount => Some(count(account.instance_profiles.len())),
        QuotaName::ResourcePoliciesPerAccount => Some(count(account.resource_policies.len())),
        QuotaName::AliasesPerAccount => Some(u64::from(account.alias.is_some())),
        QuotaName::GroupsPerUser
        | QuotaName::PoliciesPerUser
        | QuotaName::PoliciesPerGroup
        | QuotaName::PoliciesPerRole
        | QuotaName::VersionsPerPolicy
        | QuotaName::RolesPerInstanceProfile
        | QuotaName::InstanceProfilesPerRole
        | QuotaName::LoginProfilesPerUser
        | QuotaName::AccessKeysPerUser
        | QuotaName::MfaDevicesPerUser
        | QuotaName::TagsPerUser
        | QuotaName::TagsPerRole
        | QuotaName::TagsPerPolicy
        | QuotaName::TagsPerInstanceProfile
        | QuotaName::ManagedPolicyChars
        | QuotaName::UserInlineChars
        | QuotaName::GroupInlineChars
        | QuotaName::RoleInlineChars
        | QuotaName::TrustPolicyChars
        | QuotaName::PathChars
        | QuotaName::UserNameChars
        | QuotaName::GroupNameChars
        | QuotaName::RoleNameChars
        | QuotaName::PolicyNameChars
        | QuotaName::InstanceProfileNameChars
        | QuotaName::TagKeyChars
        | QuotaName::TagValueChars
        | QuotaName::SessionSecondsPerRole
        | QuotaName::ResourcePolicyChars
        | QuotaName::AccountsPerOrganization
        | QuotaName::UnitsPerOrganization
        | QuotaName::UnitLevelsPerOrganization
        | QuotaName::ServiceControlPoliciesPerOrganization
        | QuotaName::ResourceControlPoliciesPerOrganization
        | QuotaName::ControlPoliciesPerTarget
        | QuotaName::ControlPolicyChars => None,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        QUOTAS,
        actions::{CreateAccountAlias, DeleteGroup},
        check::{World, group, user},
        check_builders::{instance_profile, policy, role},
    };

    fn shown(world: &World) -> String {
        let used = QUOTAS.iter().filter_map(|quota| usage(world.here(), quota.name).map(|used| format!("{}={used}", quota.name)));
        used.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn use_follows_what_there_is() {
        expect!["UsersPerAccount=0 GroupsPerAccount=0 RolesPerAccount=0 PoliciesPerAccount=0 InstanceProfilesPerAccount=0 AliasesPerAccount=0 ResourcePoliciesPerAccount=0"].assert_eq(&shown(&World::new()));
        let alias = CreateAccountAlias { account_alias: chancery_model::AccountAlias::parse("my-corp").unwrap() };
        let world = World::new().with(user("ada")).with(user("bob")).with(group("devs")).with(role("r")).with(policy("p"));
        let world = world.with(instance_profile("web")).with(alias);
        expect!["UsersPerAccount=2 GroupsPerAccount=1 RolesPerAccount=1 PoliciesPerAccount=1 InstanceProfilesPerAccount=1 AliasesPerAccount=1 ResourcePoliciesPerAccount=0"].assert_eq(&shown(&world));
        let world = world.with(DeleteGroup { group_name: group("devs").group_name });
        expect!["UsersPerAccount=2 GroupsPerAccount=0 RolesPerAccount=1 PoliciesPerAccount=1 InstanceProfilesPerAccount=1 AliasesPerAccount=1 ResourcePoliciesPerAccount=0"].assert_eq(&shown(&world));
    }
}
