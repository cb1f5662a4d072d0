//! Quotas: every numeric limit, as data.
//! Source: IAM User Guide, "IAM and AWS STS quotas"; AWS Organizations User Guide, "Quotas and service limits". Those of an
//! organization count in its management account.

use std::{fmt, str::FromStr};

use chancery_model::Invalid;
use serde::{Deserialize, Serialize};

/// One limit: what it limits, its default, and how far it may be raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Its name.
    pub name: QuotaName,
    /// What it limits, for people.
    pub limits: &'static str,
    /// The value in a new account.
    pub default: u64,
    /// The highest value that can be asked for; the default where it cannot be raised.
    pub max: u64,
}

impl Quota {
    /// Whether more can be asked for.
    #[must_use]
    pub fn adjustable(&self) -> bool {
        self.max > self.default
    }
}

macro_rules! quotas {
    ($($name:ident: $default:literal, $max:literal, $limits:literal;)*) => {
        /// The name of a quota. Stored by place: append only.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum QuotaName {
            $(#[doc = $limits] $name,)*
        }

        /// Every quota.
        pub const QUOTAS: &[Quota] = &[$(Quota { name: QuotaName::$name, limits: $limits, default: $default, max: $max },)*];

        impl QuotaName {
            /// Its text, as in `UsersPerAccount`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// Its row in [`QUOTAS`].
            #[must_use]
            pub fn quota(self) -> Quota {
                match self { $(Self::$name => Quota { name: self, limits: $limits, default: $default, max: $max },)* }
            }
        }
    };
}

quotas! {
    UsersPerAccount: 5_000, 5_000, "users in an account";
    GroupsPerAccount: 300, 500, "groups in an account";
    RolesPerAccount: 1_000, 5_000, "roles in an account";
    PoliciesPerAccount: 1_500, 5_000, "customer managed policies in an account";
    InstanceProfilesPerAccount: 1_000, 5_000, "instance profiles in an account";
    AliasesPerAccount: 1, 1, "aliases of an account";
    GroupsPerUser: 10, 10, "groups that a user is in";
    PoliciesPerUser: 10, 20, "managed policies attached to a user";
    PoliciesPerGroup: 10, 10, "managed policies attached to a group";
    PoliciesPerRole: 10, 20, "managed policies attached to a role";
    VersionsPerPolicy: 5, 5, "versions of a managed policy";
    RolesPerInstanceProfile: 1, 1, "roles in an instance profile";
    InstanceProfilesPerRole: 10, 10, "instance profiles that a role is in";
    LoginProfilesPerUser: 1, 1, "login profiles of a user";
    AccessKeysPerUser: 2, 2, "access keys of a user";
    MfaDevicesPerUser: 8, 8, "MFA devices of a user";
    TagsPerUser: 50, 50, "tags on a user";
    TagsPerRole: 50, 50, "tags on a role";
    TagsPerPolicy: 50, 50, "tags on a customer managed policy";
    TagsPerInstanceProfile: 50, 50, "tags on an instance profile";
    ManagedPolicyChars: 6_144, 6_144, "characters of a managed policy, without white space";
    UserInlineChars: 2_048, 2_048, "characters of all inline policies of a user together, without white space";
    GroupInlineChars: 5_120, 5_120, "characters of all inline policies of a group together, without white space";
    RoleInlineChars: 10_240, 10_240, "characters of all inline policies of a role together, without white space";
    TrustPolicyChars: 2_048, 8_192, "characters of a role's trust policy, without white space";
    PathChars: 512, 512, "characters of a path";
    UserNameChars: 64, 64, "characters of a user's name";
    GroupNameChars: 128, 128, "characters of a group's name";
    RoleNameChars: 64, 64, "characters of a role's name";
    PolicyNameChars: 128, 128, "characters of a policy's name";
    InstanceProfileNameChars: 128, 128, "characters of an instance profile's name";
    TagKeyChars: 128, 128, "characters of a tag's key";
    TagValueChars: 256, 256, "characters of a tag's value";
    SessionSecondsPerRole: 43_200, 43_200, "seconds that a role may let its sessions last";
    ResourcePoliciesPerAccount: 1_000, 10_000, "policies on resources that live elsewhere";
    ResourcePolicyChars: 20_480, 20_480, "characters of a resource policy, without white space";
    AccountsPerOrganization: 10, 50_000, "accounts in an organization and invited to it";
    UnitsPerOrganization: 2_000, 2_000, "organizational units in an organization";
    UnitLevelsPerOrganization: 5, 5, "levels of organizational units under the root";
    ServiceControlPoliciesPerOrganization: 10_000, 10_000, "service control policies of an organization's own";
    ResourceControlPoliciesPerOrganization: 1_000, 1_000, "resource control policies of an organization's own";
    ControlPoliciesPerTarget: 5, 5, "control policies of a type attached to a root, unit or account";
    ControlPolicyChars: 5_120, 5_120, "characters of a control policy, white space included";
}

impl fmt::Display for QuotaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for QuotaName {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = QUOTAS.iter().find(|quota| quota.name.as_str() == text);
        found.map(|quota| quota.name).ok_or_else(|| {
            let names: Vec<_> = QUOTAS.iter().map(|quota| quota.name.as_str()).collect();
            Invalid::new("quotaName", text, format!("Member must satisfy enum value set: [{}]", names.join(", ")))
        })
    }
}
