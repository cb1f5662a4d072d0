//! Reads: what can be asked, each authorized like a command.

use crate::OWN_SERVICE;

/// The service that is named, or IAM.
macro_rules! service {
    () => {
        "iam"
    };
    ($service:expr) => {
        $service
    };
}

macro_rules! reads {
    (
        iam { $($name:ident $(of $service:tt)?: $doc:literal;)* }
        organizations { $($ours:ident = $aws:ident: $about:literal;)* }
    ) => {
        /// A read, as AWS names it (our own where AWS has none, or where two of its services have one of the same name).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Read {
            $(#[doc = $doc] $name,)*
            $(#[doc = $about] $ours,)*
        }

        impl Read {
            /// Every read.
            pub const ALL: &[Self] = &[$(Self::$name,)* $(Self::$ours,)*];

            /// The action's name.
            #[must_use]
            pub fn action(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* $(Self::$ours => stringify!($ours),)* }
            }

            /// The service and the action that the caller must be allowed, as policies name them: `iam` and `GetUser`.
            #[must_use]
            pub fn permission(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$name => (service!($($service)?), stringify!($name)),)*
                    $(Self::$ours => ("organizations", stringify!($aws)),)*
                }
            }
        }
    };
}

reads! {
    iam {
        Authorize of OWN_SERVICE: "What the policies say of a principal, an action and a resource.";
        GetAccountPasswordPolicy: "The rules for passwords.";
        GetAccountSummary: "Counts and quotas.";
        GetContextKeysForCustomPolicy: "The condition keys that documents ask for.";
        GetContextKeysForPrincipalPolicy: "The condition keys that the policies of a principal ask for.";
        GetGroup: "A group and its users.";
        GetGroupPolicy: "An inline policy of a group.";
        GetInstanceProfile: "An instance profile.";
        GetLoginProfile: "Whether a user has a password.";
        GetPolicy: "A managed policy.";
        GetPolicyVersion: "A version of a managed policy.";
        GetRecord of OWN_SERVICE: "A record of the log.";
        GetResourcePolicy of OWN_SERVICE: "The policy of a resource that lives elsewhere.";
        GetRole: "A role.";
        GetRolePolicy: "An inline policy of a role.";
        GetUser: "A user.";
        GetUserPolicy: "An inline policy of a user.";
        ListAccountAliases: "The account's alias.";
        ListAttachedGroupPolicies: "Managed policies of a group.";
        ListAttachedRolePolicies: "Managed policies of a role.";
        ListAttachedUserPolicies: "Managed policies of a user.";
        ListEffectivePolicies of OWN_SERVICE: "The policies that apply to a principal.";
        ListEntitiesForPolicy: "What uses a managed policy.";
        ListGroupPolicies: "Inline policies of a group.";
        ListGroups: "Groups.";
        ListGroupsForUser: "The groups of a user.";
        ListInstanceProfileTags: "Tags of an instance profile.";
        ListInstanceProfiles: "Instance profiles.";
        ListInstanceProfilesForRole: "The instance profiles of a role.";
        ListPolicies: "Managed policies.";
        ListPolicyTags: "Tags of a managed policy.";
        ListPolicyVersions: "The versions of a managed policy.";
        ListRecords of OWN_SERVICE: "Records of the log.";
        ListResourcePolicies of OWN_SERVICE: "Policies of resources that live elsewhere.";
        ListRolePolicies: "Inline policies of a role.";
        ListRoleTags: "Tags of a role.";
        ListRoles: "Roles.";
        ListServiceQuotas of "servicequotas": "Quotas with their values and use.";
        ListSessions of OWN_SERVICE: "Bearer sessions.";
        ListUserPolicies: "Inline policies of a user.";
        ListUserTags: "Tags of a user.";
        ListUsers: "Users.";
        SimulateCustomPolicy: "What documents would allow.";
        SimulatePrincipalPolicy: "What the policies of a principal, with others, would allow.";
        ValidatePolicy of "access-analyzer": "What is wrong or unwise in a document.";
        WhoCan of OWN_SERVICE: "Everybody whom the policies allow an action on a resource.";
    }
    organizations {
        DescribeAccount = DescribeAccount: "An account of the organization.";
        DescribeOrganization = DescribeOrganization: "The organization.";
        DescribeOrganizationPolicy = DescribePolicy: "A control policy of the organization.";
        DescribeOrganizationalUnit = DescribeOrganizationalUnit: "An organizational unit.";
        ListAccounts = ListAccounts: "The accounts of the organization.";
        ListAccountsForParent = ListAccountsForParent: "The accounts right under the root or a unit.";
        ListHandshakesForAccount = ListHandshakesForAccount: "The invitation of the account.";
        ListHandshakesForOrganization = ListHandshakesForOrganization: "The invitations to the organization.";
        ListOrganizationPolicies = ListPolicies: "The control policies of the organization.";
        ListOrganizationPoliciesForTarget = ListPoliciesForTarget: "The control policies attached to the root, a unit or an account.";
        ListOrganizationalUnitsForParent = ListOrganizationalUnitsForParent: "The units right under the root or a unit.";
        ListRoots = ListRoots: "The root of the organization.";
        ListTargetsForOrganizationPolicy = ListTargetsForPolicy: "What a control policy is attached to.";
    }
}
