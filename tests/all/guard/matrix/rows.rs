//! The rows of the matrix: every command on its resources, and every read.

use chancery_domain::Read::{
    Authorize, DescribeAccount, DescribeOrganization, DescribeOrganizationPolicy, DescribeOrganizationalUnit,
    GetAccountPasswordPolicy, GetAccountSummary, GetContextKeysForCustomPolicy, GetContextKeysForPrincipalPolicy, GetGroup,
    GetGroupPolicy, GetInstanceProfile, GetLoginProfile, GetPolicy, GetPolicyVersion, GetRecord, GetResourcePolicy, GetRole,
    GetRolePolicy, GetUser, GetUserPolicy, ListAccountAliases, ListAccounts, ListAccountsForParent, ListAttachedGroupPolicies,
    ListAttachedRolePolicies, ListAttachedUserPolicies, ListEffectivePolicies, ListEntitiesForPolicy, ListGroupPolicies,
    ListGroups, ListGroupsForUser, ListHandshakesForAccount, ListHandshakesForOrganization, ListInstanceProfileTags,
    ListInstanceProfiles, ListInstanceProfilesForRole, ListOrganizationPolicies, ListOrganizationPoliciesForTarget,
    ListOrganizationalUnitsForParent, ListPolicies, ListPolicyTags, ListPolicyVersions, ListRecords, ListResourcePolicies,
    ListRolePolicies, ListRoleTags, ListRoles, ListRoots, ListServiceQuotas, ListSessions, ListTargetsForOrganizationPolicy,
    ListUserPolicies, ListUserTags, ListUsers, SimulateCustomPolicy, SimulatePrincipalPolicy, ValidatePolicy, WhoCan,
};
use chancery_domain::{
    Command, Grant, PasswordPolicy, PolicyType, Read, State, VersionId,
    actions::{self, PolicyTarget, TagTarget},
};
use chancery_model::{
    AccountAlias, AccountId, Arn, EmailAddress, GroupId, OrganizationPolicyId, ParentId, Path, TagKey, TargetId, Title, UserId,
};
use chancery_policy::{Kind, PolicyText};
use serde_json::{Value, json};

use super::cast::{STRANGER, targets};
use crate::guard::make::{self, own};

/// A command as somebody of an account gives it.
pub(crate) type Make = Box<dyn Fn(AccountId) -> Command>;
/// A resource of an account.
pub(crate) type Resource = Box<dyn Fn(AccountId) -> Arn>;

fn row(rows: &mut Vec<Make>, make: impl Fn(AccountId) -> Command + 'static) {
    rows.push(Box::new(make));
}

fn s3() -> Value {
    make::allow(&json!("s3:*"), &json!("*"))
}

/// Every command, on everything that makes a difference.
pub(crate) fn commands(state: &State) -> Vec<Make> {
    let mut rows = Vec::new();
    of_users(&mut rows);
    of_groups_and_roles(&mut rows);
    of_permissions(&mut rows);
    of_policies(&mut rows);
    of_the_account(&mut rows);
    of_the_organization(&mut rows, state);
    of_control_policies(&mut rows, state);
    rows
}

fn of_users(rows: &mut Vec<Make>) {
    for (place, fenced) in [("new", false), ("/team/new", false), ("/team/new", true)] {
        row(rows, move |id| make::user(place, fenced.then(|| make::arn(&own(id, "policy/Fence"))).as_ref()));
    }
    for name in ["vic", "self", "tim"] {
        row(rows, |_| make::login(name));
        row(rows, |_| {
            let (password, password_reset_required) = (Some(make::password()), None);
            actions::UpdateLoginProfile { user_name: make::user_name(name), password, password_reset_required }.into()
        });
        row(rows, |_| actions::DeleteLoginProfile { user_name: make::user_name(name) }.into());
        row(rows, |_| {
            let new_user_name = Some(make::given(make::user_name("other")));
            actions::UpdateUser { user_name: make::user_name(name), new_user_name, new_path: None }.into()
        });
        row(rows, |_| actions::DeleteUser { user_name: make::user_name(name) }.into());
    }
}

fn of_groups_and_roles(rows: &mut Vec<Make>) {
    row(rows, |_| make::group("new"));
    row(rows, |_| {
        let new_path = Some(make::path("/eng/"));
        actions::UpdateGroup { group_name: make::group_name("devs"), new_group_name: None, new_path }.into()
    });
    row(rows, |_| actions::DeleteGroup { group_name: make::group_name("devs") }.into());
    row(rows, |_| make::join("vic", "devs"));
    row(rows, |_| {
        actions::RemoveUserFromGroup { group_name: make::group_name("devs"), user_name: make::user_name("vic") }.into()
    });
    row(rows, |_| make::role("new", None));
    row(rows, |id| make::role("/team/new", Some(&make::arn(&own(id, "policy/Fence")))));
    row(rows, |_| {
        let (description, max_session_duration) = (None, Some(7_200));
        actions::UpdateRole { role_name: make::role_name("runner"), description, max_session_duration }.into()
    });
    row(rows, |_| {
        let policy_document = make::trust(&json!({ "Service": "lambda.amazonaws.com" }));
        actions::UpdateAssumeRolePolicy { role_name: make::role_name("runner"), policy_document }.into()
    });
    row(rows, |_| actions::DeleteRole { role_name: make::role_name("runner") }.into());
    row(rows, |_| make::profile("new"));
    row(rows, |_| {
        let (instance_profile_name, role_name) = (make::profile_name("web"), make::role_name("runner"));
        actions::AddRoleToInstanceProfile { instance_profile_name, role_name }.into()
    });
    row(rows, |_| {
        let (instance_profile_name, role_name) = (make::profile_name("web"), make::role_name("runner"));
        actions::RemoveRoleFromInstanceProfile { instance_profile_name, role_name }.into()
    });
    row(rows, |_| actions::DeleteInstanceProfile { instance_profile_name: make::profile_name("web") }.into());
}

fn of_permissions(rows: &mut Vec<Make>) {
    for target in targets() {
        let of = |make: fn(PolicyTarget, AccountId) -> Command| -> Make {
            let target = target.clone();
            Box::new(move |id| make(target.clone(), id))
        };
        rows.push(of(|target, _| make::attach(target, make::ADMINISTRATOR)));
        rows.push(of(|target, _| actions::DetachPolicy { target, policy_arn: make::arn(make::ADMINISTRATOR) }.into()));
        rows.push(of(|target, _| make::inline(target, "more", &s3())));
        rows.push(of(|target, _| actions::DeleteInlinePolicy { target, policy_name: make::policy_name("more") }.into()));
        if !matches!(target, PolicyTarget::Group(_)) {
            rows.push(of(|target, id| make::bind(target, &own(id, "policy/Fence"))));
            rows.push(of(|target, _| make::bind(target, make::ADMINISTRATOR)));
            rows.push(of(|target, _| actions::DeletePermissionsBoundary { target }.into()));
        }
    }
}

fn of_policies(rows: &mut Vec<Make>) {
    row(rows, |_| make::policy("New", &s3()));
    row(rows, |_| make::policy("/team/New", &s3()));
    for name in ["policy/Fence", "policy/team/Own"] {
        row(rows, move |id| make::new_version(&own(id, name), &s3()));
        let version_id = VersionId(1);
        row(rows, move |id| actions::SetDefaultPolicyVersion { policy_arn: make::arn(&own(id, name)), version_id }.into());
        row(rows, move |id| actions::DeletePolicyVersion { policy_arn: make::arn(&own(id, name)), version_id }.into());
        row(rows, move |id| actions::DeletePolicy { policy_arn: make::arn(&own(id, name)) }.into());
    }
    row(rows, |_| {
        let text = make::document(&s3());
        let (arn, name) = (make::arn("arn:aws:iam::aws:policy/Novel"), make::policy_name("Novel"));
        let (path, version) = (Path::root(), VersionId(1));
        actions::PublishManagedPolicy { arn, name, path, description: None, version, text, policy_id: None }.into()
    });
    for target in tagged() {
        let tag = target.clone();
        row(rows, move |id| actions::Tag { target: tag(id), tags: make::tags("team", "red") }.into());
        row(rows, move |id| actions::Untag { target: target(id), keys: vec![TagKey::parse("team").unwrap()] }.into());
    }
}

/// Everything that can have tags.
fn tagged() -> Vec<std::rc::Rc<dyn Fn(AccountId) -> TagTarget>> {
    let user = |name: &'static str| -> std::rc::Rc<dyn Fn(AccountId) -> TagTarget> {
        std::rc::Rc::new(move |_| TagTarget::User(make::user_name(name)))
    };
    vec![
        user("vic"),
        user("self"),
        user("tim"),
        std::rc::Rc::new(|_| TagTarget::Role(make::role_name("runner"))),
        std::rc::Rc::new(|id| TagTarget::Policy(make::arn(&own(id, "policy/Fence")))),
        std::rc::Rc::new(|_| TagTarget::InstanceProfile(make::profile_name("web"))),
    ]
}

fn jobs(id: AccountId) -> Arn {
    make::arn(&format!("arn:aws:sqs:eu-west-1:{id}:jobs"))
}

fn of_the_account(rows: &mut Vec<Make>) {
    let alias = || AccountAlias::parse("acme").unwrap();
    row(rows, move |_| actions::CreateAccountAlias { account_alias: alias() }.into());
    row(rows, move |_| actions::DeleteAccountAlias { account_alias: alias() }.into());
    row(rows, |_| actions::UpdateAccountPasswordPolicy { policy: PasswordPolicy::UPDATE_DEFAULT }.into());
    row(rows, |_| actions::DeleteAccountPasswordPolicy.into());
    row(rows, |_| actions::RequestQuotaIncrease { quota_name: "GroupsPerAccount".parse().unwrap(), value: 400 }.into());
    row(rows, |id| {
        let statement = json!({ "Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*" });
        let policy_document = PolicyText::parse(&make::text(&statement), Kind::Resource).unwrap();
        actions::PutResourcePolicy { resource: jobs(id), policy_document }.into()
    });
    row(rows, |id| actions::DeleteResourcePolicy { resource: jobs(id) }.into());
    row(rows, |_| {
        let grant = Grant::Membership(UserId::from_random(1), GroupId::from_random(1));
        actions::ExpireGrant { grant }.into()
    });
    row(rows, |_| {
        let email = make::given(EmailAddress::parse("more@example.com").unwrap());
        actions::CreateAccount { email, password: None, alias: None }.into()
    });
}

fn of_the_organization(rows: &mut Vec<Make>, state: &State) {
    let known = state.organization.clone().unwrap();
    let (root, unit) = (ParentId::Root(known.root), *known.units.keys().next().unwrap());
    let (account_id, handshake_id) = (AccountId::parse(STRANGER).unwrap(), known.invitations.values().next().unwrap().id);
    let name = || Title::parse("Lab").unwrap();
    row(rows, |_| actions::CreateOrganization.into());
    row(rows, |_| actions::DeleteOrganization.into());
    row(rows, |_| actions::LeaveOrganization.into());
    row(rows, move |_| actions::CreateOrganizationalUnit { parent_id: root, name: name() }.into());
    row(rows, move |_| actions::UpdateOrganizationalUnit { organizational_unit_id: unit, name: name() }.into());
    row(rows, move |_| actions::DeleteOrganizationalUnit { organizational_unit_id: unit }.into());
    row(rows, move |_| actions::InviteAccountToOrganization { account_id }.into());
    row(rows, move |_| actions::AcceptHandshake { handshake_id }.into());
    row(rows, move |_| actions::DeclineHandshake { handshake_id }.into());
    row(rows, move |_| actions::CancelHandshake { handshake_id }.into());
    row(rows, move |_| actions::RemoveAccountFromOrganization { account_id }.into());
    row(rows, move |_| {
        actions::MoveAccount { account_id, source_parent_id: root, destination_parent_id: ParentId::Unit(unit) }.into()
    });
}

fn of_control_policies(rows: &mut Vec<Make>, state: &State) {
    let known = state.organization.clone().unwrap();
    let policy_type = PolicyType::ServiceControl;
    let (root_id, target_id) = (known.root, TargetId::Parent(ParentId::Root(known.root)));
    let own = |id: &OrganizationPolicyId| matches!(id, OrganizationPolicyId::Own(_));
    let policy_id = *known.policies.keys().find(|id| own(id)).unwrap();
    let content = || make::text(&make::deny(&json!("s3:*"), &json!("*")));
    row(rows, move |_| {
        let name = Title::parse("More").unwrap();
        actions::CreateOrganizationPolicy { policy_type, name, description: None, content: content() }.into()
    });
    row(rows, move |_| {
        let content = Some(content());
        actions::UpdateOrganizationPolicy { policy_id, name: None, description: None, content }.into()
    });
    row(rows, move |_| actions::DeleteOrganizationPolicy { policy_id }.into());
    row(rows, move |_| actions::AttachOrganizationPolicy { policy_id, target_id }.into());
    row(rows, move |_| actions::DetachOrganizationPolicy { policy_id, target_id }.into());
    row(rows, move |_| actions::EnablePolicyType { root_id, policy_type }.into());
    row(rows, move |_| actions::DisablePolicyType { root_id, policy_type }.into());
}

/// What a read is asked for on. A new read does not compile before it has its place here.
pub(crate) fn resources(read: Read, state: &State) -> Vec<Resource> {
    let at = |rest: &'static str| -> Resource { Box::new(move |id| make::arn(&own(id, rest))) };
    match read {
        GetUser
        | GetUserPolicy
        | GetLoginProfile
        | ListUserTags
        | ListUserPolicies
        | ListGroupsForUser
        | ListAttachedUserPolicies
        | Authorize
        | ListEffectivePolicies
        | SimulatePrincipalPolicy
        | GetContextKeysForPrincipalPolicy
        | ListSessions => vec![at("user/vic"), at("user/self"), at("user/team/tim")],
        GetGroup | GetGroupPolicy | ListGroupPolicies | ListAttachedGroupPolicies => vec![at("group/devs")],
        GetRole | GetRolePolicy | ListRolePolicies | ListRoleTags | ListAttachedRolePolicies | ListInstanceProfilesForRole => {
            vec![at("role/runner"), at("role/team/helper")]
        }
        GetPolicy | GetPolicyVersion | ListPolicyVersions | ListPolicyTags | ListEntitiesForPolicy => vec![at("policy/Fence")],
        GetInstanceProfile | ListInstanceProfileTags => vec![at("instance-profile/web")],
        ListUsers => vec![at("user/*")],
        ListGroups => vec![at("group/*")],
        ListRoles => vec![at("role/*")],
        ListPolicies => vec![at("policy/*")],
        ListInstanceProfiles => vec![at("instance-profile/*")],
        GetRecord => vec![at("record/1")],
        ListRecords => vec![at("record/*")],
        GetResourcePolicy => vec![Box::new(jobs)],
        GetAccountPasswordPolicy
        | GetAccountSummary
        | GetContextKeysForCustomPolicy
        | ListAccountAliases
        | ListResourcePolicies
        | ListServiceQuotas
        | SimulateCustomPolicy
        | ValidatePolicy
        | WhoCan
        | DescribeOrganization
        | ListHandshakesForAccount => vec![Box::new(Arn::root)],
        DescribeAccount
        | DescribeOrganizationPolicy
        | DescribeOrganizationalUnit
        | ListAccounts
        | ListAccountsForParent
        | ListHandshakesForOrganization
        | ListOrganizationPolicies
        | ListOrganizationPoliciesForTarget
        | ListOrganizationalUnitsForParent
        | ListRoots
        | ListTargetsForOrganizationPolicy => {
            let arn = state.organization.as_ref().unwrap().membership().organization_arn();
            vec![Box::new(move |_| arn.clone())]
        }
    }
}
