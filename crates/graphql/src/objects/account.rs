//! Accounts.

use async_graphql::{ID, Object, SimpleObject};
use chancery_domain::{ManagedPolicy as PolicyState, Read, summary};
use chancery_model::{NameKey, PathPrefix};

use super::{
    Group, GroupConnection, InstanceProfile, InstanceProfileConnection, Invitation, ManagedPolicy, ManagedPolicyConnection,
    PasswordPolicy, PolicyScope, Quota, ResourcePolicy, ResourcePolicyConnection, Role, RoleConnection, User, UserConnection,
    quota::quotas,
};
use crate::{
    fault::{Answer, Nullable, nullable, refusable},
    ids::GlobalId,
    page::{Page, PageArgs, cost, take},
    scalars::{AccountId, Timestamp},
    view::View,
};

/// The account that the caller belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    view: View,
}

/// A count or limit of the account.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(serial)]
pub(crate) struct KeyCount {
    /// What is counted, as AWS names it: `Users`, `UsersQuota` …
    key: String,
    /// The count or limit.
    value: i32,
}

impl Account {
    pub(crate) fn new(view: View) -> Self {
        Self { view }
    }
}

/// What a list by name is asked for: its cursor stands for the same path prefix only.
struct NamedList {
    args: PageArgs,
    prefix: PathPrefix,
    from: Option<NameKey>,
}

impl NamedList {
    fn read(view: &View, what: &str, path_prefix: Option<&str>, first: Option<i32>, after: Option<&str>) -> Answer<Self> {
        let prefix = path_prefix.map(PathPrefix::parse).transpose()?.unwrap_or_default();
        let args = PageArgs::read(view, format!("{what} under {}", path_prefix.unwrap_or("/")), first, after)?;
        let from = args.after.as_deref().map(NameKey::of);
        Ok(Self { args, prefix, from })
    }

    /// The total, where it is known without walking the list.
    fn total(&self, all: usize) -> Option<usize> {
        (self.prefix == PathPrefix::default()).then_some(all)
    }
}

fn page<T>(items: Vec<(String, T)>, next: Option<&NameKey>) -> Page<T> {
    Page { items, more: next.is_some(), end: None }
}

/// The account that the caller belongs to.
#[Object(serial)]
impl Account {
    /// The global id, for `node`.
    pub(crate) async fn id(&self) -> ID {
        GlobalId::Account(self.view.account_id()).encode()
    }

    /// The twelve digits.
    async fn account_id(&self) -> AccountId {
        AccountId(self.view.account_id())
    }

    /// The ARN of its root user.
    async fn arn(&self) -> String {
        chancery_model::Arn::root(self.view.account_id()).to_string()
    }

    /// The alias, by which its people sign in. Needs `iam:ListAccountAliases`.
    async fn alias(&self) -> Nullable<String> {
        nullable(async move {
            let proof = self.view.authorize_account(Read::ListAccountAliases)?;
            Ok(self.view.account(&proof)?.alias.as_ref().map(ToString::to_string))
        })
        .await
    }

    /// When it was created. Needs `iam:GetAccountSummary`.
    async fn created_at(&self) -> Nullable<Timestamp> {
        refusable(async move {
            let proof = self.view.authorize_account(Read::GetAccountSummary)?;
            Ok(Timestamp(self.view.account(&proof)?.created))
        })
        .await
    }

    /// Counts and limits, as AWS's `GetAccountSummary` has them. Needs `iam:GetAccountSummary`.
    async fn summary(&self) -> Nullable<Vec<KeyCount>> {
        refusable(async move {
            let proof = self.view.authorize_account(Read::GetAccountSummary)?;
            let counts = summary(self.view.account(&proof)?);
            let count = |(key, value): (&'static str, u64)| KeyCount {
                key: key.to_owned(),
                value: i32::try_from(value).unwrap_or(i32::MAX),
            };
            Ok(counts.into_iter().map(count).collect())
        })
        .await
    }

    /// The account's own rules for passwords; null when AWS's default rules hold. Needs `iam:GetAccountPasswordPolicy`.
    async fn password_policy(&self) -> Nullable<PasswordPolicy> {
        nullable(async move {
            let proof = self.view.authorize_account(Read::GetAccountPasswordPolicy)?;
            Ok(self.view.account(&proof)?.password_policy.as_ref().map(PasswordPolicy::of))
        })
        .await
    }

    /// Every limit with its value and use. Needs `servicequotas:ListServiceQuotas`.
    #[graphql(complexity = "cost(Some(50), child_complexity)")]
    async fn quotas(&self) -> Nullable<Vec<Quota>> {
        refusable(async move {
            let proof = self.view.authorize_account(Read::ListServiceQuotas)?;
            Ok(quotas(self.view.account(&proof)?))
        })
        .await
    }

    /// The user of a name, whatever its case. Needs `iam:GetUser`.
    async fn user(&self, #[graphql(desc = "The name.")] user_name: String) -> Nullable<User> {
        refusable(async move { Ok(User::new(&self.view, &self.view.user(&user_name)?)) }).await
    }

    /// Users in the order of their names. Needs `iam:ListUsers`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn users(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Only those whose path starts so.")] path_prefix: Option<String>,
    ) -> Nullable<UserConnection> {
        refusable(async move {
            let proof = self.view.authorize_list(Read::ListUsers, "user")?;
            let list = NamedList::read(&self.view, "users", path_prefix.as_deref(), first, after.as_deref())?;
            let account = self.view.account(&proof)?;
            let found = account.list_users(&list.prefix, list.from.as_ref(), list.args.limit);
            let items = found.items.iter().map(|user| (User::key(user), User::new(&self.view, user))).collect();
            let total = list.total(account.users.len());
            Ok(UserConnection::new(&self.view, list.args, page(items, found.next.as_ref()), total))
        })
        .await
    }

    /// The group of a name, whatever its case. Needs `iam:GetGroup`.
    async fn group(&self, #[graphql(desc = "The name.")] group_name: String) -> Nullable<Group> {
        refusable(async move { Ok(Group::new(&self.view, &self.view.group(&group_name)?)) }).await
    }

    /// Groups in the order of their names. Needs `iam:ListGroups`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn groups(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Only those whose path starts so.")] path_prefix: Option<String>,
    ) -> Nullable<GroupConnection> {
        refusable(async move {
            let proof = self.view.authorize_list(Read::ListGroups, "group")?;
            let list = NamedList::read(&self.view, "groups", path_prefix.as_deref(), first, after.as_deref())?;
            let account = self.view.account(&proof)?;
            let found = account.list_groups(&list.prefix, list.from.as_ref(), list.args.limit);
            let items =
                found.items.iter().map(|group| (group.name.key().as_str().to_owned(), Group::new(&self.view, group))).collect();
            let total = list.total(account.groups.len());
            Ok(GroupConnection::new(&self.view, list.args, page(items, found.next.as_ref()), total))
        })
        .await
    }

    /// The role of a name, whatever its case. Needs `iam:GetRole`.
    async fn role(&self, #[graphql(desc = "The name.")] role_name: String) -> Nullable<Role> {
        refusable(async move { Ok(Role::new(&self.view, &self.view.role(&role_name)?)) }).await
    }

    /// Roles in the order of their names. Needs `iam:ListRoles`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn roles(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Only those whose path starts so.")] path_prefix: Option<String>,
    ) -> Nullable<RoleConnection> {
        refusable(async move {
            let proof = self.view.authorize_list(Read::ListRoles, "role")?;
            let list = NamedList::read(&self.view, "roles", path_prefix.as_deref(), first, after.as_deref())?;
            let account = self.view.account(&proof)?;
            let found = account.list_roles(&list.prefix, list.from.as_ref(), list.args.limit);
            let items =
                found.items.iter().map(|role| (role.name.key().as_str().to_owned(), Role::new(&self.view, role))).collect();
            let total = list.total(account.roles.len());
            Ok(RoleConnection::new(&self.view, list.args, page(items, found.next.as_ref()), total))
        })
        .await
    }

    /// The managed policy of an ARN: the account's own or AWS's. Needs `iam:GetPolicy`.
    async fn policy(&self, #[graphql(desc = "The ARN.")] policy_arn: String) -> Nullable<ManagedPolicy> {
        refusable(async move { Ok(ManagedPolicy::new(&self.view, &self.view.policy(&policy_arn)?)) }).await
    }

    /// Managed policies: the account's own in the order of their names, then AWS's in the order of their ARNs.
    /// Needs `iam:ListPolicies`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn policies(
        &self,
        #[graphql(desc = "Whose.", default_with = "PolicyScope::All")] scope: PolicyScope,
        #[graphql(desc = "Only those that are attached to something.", default = false)] only_attached: bool,
        #[graphql(desc = "Only those whose path starts so.")] path_prefix: Option<String>,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<ManagedPolicyConnection> {
        refusable(async move {
            let proof = self.view.authorize_list(Read::ListPolicies, "policy")?;
            let list = NamedList::read(&self.view, "policies", path_prefix.as_deref(), first, after.as_deref())?;
            let account = self.view.account(&proof)?;
            let local = (scope != PolicyScope::Aws).then(|| account.list_policies(&list.prefix, None, usize::MAX).items);
            let aws = (scope != PolicyScope::Local).then(|| self.view.aws_policies(&proof).iter());
            let attached = |policy: &PolicyState| !only_attached || account.policy_use_counts(policy.id).0 > 0;
            let all = local.into_iter().flatten().chain(aws.into_iter().flatten());
            let wanted = all.filter(|policy| list.prefix.matches(&policy.path) && attached(policy));
            let page =
                take(&list.args, wanted.map(|policy| (ManagedPolicy::key(policy), ManagedPolicy::new(&self.view, policy))))?;
            Ok(ManagedPolicyConnection::new(&self.view, list.args, page, None))
        })
        .await
    }

    /// The instance profile of a name, whatever its case. Needs `iam:GetInstanceProfile`.
    async fn instance_profile(&self, #[graphql(desc = "The name.")] instance_profile_name: String) -> Nullable<InstanceProfile> {
        refusable(async move { Ok(InstanceProfile::new(&self.view, &self.view.instance_profile(&instance_profile_name)?)) }).await
    }

    /// Instance profiles in the order of their names. Needs `iam:ListInstanceProfiles`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn instance_profiles(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Only those whose path starts so.")] path_prefix: Option<String>,
    ) -> Nullable<InstanceProfileConnection> {
        refusable(async move {
            let proof = self.view.authorize_list(Read::ListInstanceProfiles, "instance-profile")?;
            let list = NamedList::read(&self.view, "instance profiles", path_prefix.as_deref(), first, after.as_deref())?;
            let account = self.view.account(&proof)?;
            let found = account.list_instance_profiles(&list.prefix, list.from.as_ref(), list.args.limit);
            let item = |profile: &&std::sync::Arc<chancery_domain::InstanceProfile>| {
                (profile.name.key().as_str().to_owned(), InstanceProfile::new(&self.view, profile))
            };
            let items = found.items.iter().map(item).collect();
            let total = list.total(account.instance_profiles.len());
            Ok(InstanceProfileConnection::new(&self.view, list.args, page(items, found.next.as_ref()), total))
        })
        .await
    }

    /// The policy of a resource that lives elsewhere, by the resource's ARN. Needs `chancery:GetResourcePolicy` on the resource.
    async fn resource_policy(&self, #[graphql(desc = "The resource's ARN.")] resource: String) -> Nullable<ResourcePolicy> {
        refusable(async move {
            let resource = chancery_model::Arn::of_resource(&resource).map_err(|refused| refused.at("resource"))?;
            let proof = self.view.authorize(Read::GetResourcePolicy, &resource)?;
            Ok(ResourcePolicy::of(self.view.account(&proof)?.resource_policy(&resource)?))
        })
        .await
    }

    /// Policies of resources that live elsewhere, in the order of the resources' ARNs. Needs `chancery:ListResourcePolicies`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn resource_policies(
        &self,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
    ) -> Nullable<ResourcePolicyConnection> {
        refusable(async move {
            let proof = self.view.authorize_account(Read::ListResourcePolicies)?;
            let args = PageArgs::read(&self.view, "resource policies", first, after.as_deref())?;
            let from = args.after.as_deref().map(chancery_model::Arn::of_resource).transpose()?;
            let account = self.view.account(&proof)?;
            let found = account.list_resource_policies(from.as_ref(), args.limit);
            let items = found.items.iter().map(|policy| (policy.resource.to_string(), ResourcePolicy::of(policy))).collect();
            let page = Page { items, more: found.next.is_some(), end: None };
            Ok(ResourcePolicyConnection::new(&self.view, args, page, Some(account.resource_policies.len())))
        })
        .await
    }

    /// The open invitation of the account to an organization; null without one. Needs `organizations:ListHandshakesForAccount`.
    async fn organization_invitation(&self) -> Nullable<Invitation> {
        nullable(async move {
            let proof = self.view.authorize_account(Read::ListHandshakesForAccount)?;
            let account = self.view.account_id();
            let found = self.view.state(&proof).invitation_of(account);
            Ok(found.map(|(organization, invitation)| Invitation::of(organization, account, invitation)))
        })
        .await
    }
}
