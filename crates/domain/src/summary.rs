//! The account in figures, under AWS's names. Source: IAM API Reference, `GetAccountSummary`.

use std::collections::BTreeMap;

use crate::{Account, QuotaName};

/// AWS's name of a quota in the summary, and the quota here.
const QUOTA_ENTRIES: [(&str, QuotaName); 16] = [
    ("AccessKeysPerUserQuota", QuotaName::AccessKeysPerUser),
    ("AssumeRolePolicySizeQuota", QuotaName::TrustPolicyChars),
    ("AttachedPoliciesPerGroupQuota", QuotaName::PoliciesPerGroup),
    ("AttachedPoliciesPerRoleQuota", QuotaName::PoliciesPerRole),
    ("AttachedPoliciesPerUserQuota", QuotaName::PoliciesPerUser),
    ("GroupPolicySizeQuota", QuotaName::GroupInlineChars),
    ("GroupsPerUserQuota", QuotaName::GroupsPerUser),
    ("GroupsQuota", QuotaName::GroupsPerAccount),
    ("InstanceProfilesQuota", QuotaName::InstanceProfilesPerAccount),
    ("PoliciesQuota", QuotaName::PoliciesPerAccount),
    ("PolicySizeQuota", QuotaName::ManagedPolicyChars),
    ("RolePolicySizeQuota", QuotaName::RoleInlineChars),
    ("RolesQuota", QuotaName::RolesPerAccount),
    ("UserPolicySizeQuota", QuotaName::UserInlineChars),
    ("UsersQuota", QuotaName::UsersPerAccount),
    ("VersionsPerPolicyQuota", QuotaName::VersionsPerPolicy),
];

/// What AWS counts and nothing here can have yet: server and signing certificates, MFA devices, identity providers, access
/// keys of the root user. Their quotas are 0 as well, because none can be had.
const NOT_THERE: [&str; 9] = [
    "AccountAccessKeysPresent",
    "AccountMFAEnabled",
    "AccountSigningCertificatesPresent",
    "MFADevices",
    "MFADevicesInUse",
    "Providers",
    "ServerCertificates",
    "ServerCertificatesQuota",
    "SigningCertificatesPerUserQuota",
];

/// AWS's `SummaryMap` of an account.
///
/// Two entries need a word: `PolicyVersionsInUseQuota` is what the quotas of policies and of versions allow together,
/// because there is no third one here; `GlobalEndpointTokenVersion` is 1 as in an account at AWS that never changed it.
#[must_use]
pub fn summary(account: &Account) -> BTreeMap<&'static str, u64> {
    let mut map: BTreeMap<&'static str, u64> = NOT_THERE.iter().map(|name| (*name, 0)).collect();
    map.extend(QUOTA_ENTRIES.iter().map(|(name, quota)| (*name, account.quota(*quota))));
    let versions: usize = account.policies.values().map(|policy| policy.versions.len()).sum();
    let versions_max = account.quota(QuotaName::PoliciesPerAccount).saturating_mul(account.quota(QuotaName::VersionsPerPolicy));
    map.extend([
        ("AccountPasswordPresent", u64::from(account.root.password.is_some())),
        ("GlobalEndpointTokenVersion", 1),
        ("Groups", count(account.groups.len())),
        ("InstanceProfiles", count(account.instance_profiles.len())),
        ("Policies", count(account.policies.len())),
        ("PolicyVersionsInUse", count(versions)),
        ("PolicyVersionsInUseQuota", versions_max),
        ("Roles", count(account.roles.len())),
        ("Users", count(account.users.len())),
    ]);
    map
}

/// A length as a figure.
pub(crate) fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        actions::{CreateAccount, RequestQuotaIncrease},
        check::{World, account, group, password, user},
        check_builders::{add_version, instance_profile, policy, role},
    };

    fn shown(world: &World) -> String {
        summary(world.here()).iter().map(|(name, value)| format!("{name}={value}\n")).collect()
    }

    #[test]
    fn a_new_account_has_awss_entries() {
        expect![[r#"
            AccessKeysPerUserQuota=2
            AccountAccessKeysPresent=0
            AccountMFAEnabled=0
            AccountPasswordPresent=0
            AccountSigningCertificatesPresent=0
            AssumeRolePolicySizeQuota=2048
            AttachedPoliciesPerGroupQuota=10
            AttachedPoliciesPerRoleQuota=10
            AttachedPoliciesPerUserQuota=10
            GlobalEndpointTokenVersion=1
            GroupPolicySizeQuota=5120
            Groups=0
            GroupsPerUserQuota=10
            GroupsQuota=300
            InstanceProfiles=0
            InstanceProfilesQuota=1000
            MFADevices=0
            MFADevicesInUse=0
            Policies=0
            PoliciesQuota=1500
            PolicySizeQuota=6144
            PolicyVersionsInUse=0
            PolicyVersionsInUseQuota=7500
            Providers=0
            RolePolicySizeQuota=10240
            Roles=0
            RolesQuota=1000
            ServerCertificates=0
            ServerCertificatesQuota=0
            SigningCertificatesPerUserQuota=0
            UserPolicySizeQuota=2048
            Users=0
            UsersQuota=5000
            VersionsPerPolicyQuota=5
        "#]]
        .assert_eq(&shown(&World::new()));
    }

    #[test]
    fn what_there_is_counts() {
        let root = CreateAccount { password: Some(password("Difference-1")), ..account() };
        let world = World::empty().with(root).with(user("ada")).with(group("devs")).with(group("ops")).with(role("r"));
        let world = world.with(policy("p")).with(policy("q")).with(add_version("p", true)).with(instance_profile("web"));
        let world = world.with(RequestQuotaIncrease { quota_name: QuotaName::RolesPerAccount, value: 2_000 });
        let before = summary(World::new().here());
        let changed = summary(world.here()).into_iter().filter(|(name, value)| before.get(name) != Some(value));
        let changed: Vec<String> = changed.map(|(name, value)| format!("{name}={value}")).collect();
        expect!["AccountPasswordPresent=1 Groups=2 InstanceProfiles=1 Policies=2 PolicyVersionsInUse=3 Roles=1 RolesQuota=2000 Users=1"].assert_eq(&changed.join(" "));
    }
}
