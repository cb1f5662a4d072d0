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
    ($($name:ident $(of $service:tt)?: $doc:literal;)*) => {
        /// A read, as AWS names it (our own where AWS has none).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Read {
            $(#[doc = $doc] $name,)*
        }

        impl Read {
            /// Every read.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The service and the action under which policies know it.
            #[must_use]
            pub fn permission(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => (service!($($service)?), self.action()),)* }
            }

            /// The action's name.
            #[must_use]
            pub fn action(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

reads! {
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
