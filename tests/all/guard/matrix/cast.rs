//! The accounts of the matrix, what is in them, and who acts.

use chancery_domain::{
    Command, PolicyType,
    actions::{self, PolicyTarget},
};
use chancery_engine::Caller;
use chancery_model::{AccountId, ParentId, TargetId, Title};
use chancery_policy::{Kind, PolicyText};
use chancery_testkit::Directory;
use serde_json::{Value, json};

use crate::guard::{
    make::{self, ADMINISTRATOR, allow, deny, own, to_group, to_role, to_user, when},
    office::Office,
};

/// Who acts.
pub(crate) enum Column {
    /// With a session, on its own account.
    Caller(Caller),
    /// On the first account, which is not its own: whoever may ask what policies say, and the principal asked about.
    Outsider(Caller, String),
}

/// The accounts with the people in them.
pub(crate) struct Stage {
    pub(crate) office: Office,
    /// The first account, which manages the organization.
    pub(crate) here: AccountId,
    /// Name, who, and what about them.
    pub(crate) columns: Vec<(&'static str, Column, &'static str)>,
}

/// An account that is in the organization, under a service control policy.
const MEMBER: &str = "222222222222";
/// An account that is invited to the organization.
pub(crate) const STRANGER: &str = "333333333333";

/// What there is in an account before anybody comes.
fn furniture(account: AccountId) -> Vec<Command> {
    let fence = make::arn(&own(account, "policy/Fence"));
    let s3 = || allow(&json!("s3:*"), &json!("*"));
    vec![
        make::policy("Fence", &s3()),
        make::policy("/team/Own", &s3()),
        make::user("vic", None),
        make::user("/team/tim", Some(&fence)),
        make::group("devs"),
        make::role("runner", None),
        make::role("/team/helper", Some(&fence)),
        make::profile("web"),
        actions::PutResourcePolicy {
            resource: make::arn(&format!("arn:aws:sqs:eu-west-1:{account}:jobs")),
            policy_document: PolicyText::parse(
                &make::text(&json!({ "Effect": "Deny", "Principal": "*", "Action": "sqs:Send*", "Resource": "*" })),
                Kind::Resource,
            )
            .unwrap(),
        }
        .into(),
    ]
}

/// What everybody should be able to do for themselves. Source: IAM User Guide, "AWS: Allows IAM users to manage their own
/// password, access keys, and SSH public keys on the My security credentials page".
fn self_service() -> Value {
    let actions = ["GetUser", "ChangePassword", "*LoginProfile", "*AccessKey*", "ListUserTags", "ListGroupsForUser"];
    let actions: Vec<String> = actions.iter().map(|action| format!("iam:{action}")).collect();
    allow(&json!(actions), &json!("arn:aws:iam::*:user/${aws:username}"))
}

/// The rights of somebody who looks after a team, and no more. Source: IAM User Guide, "Delegating responsibility to others
/// using permissions boundaries".
pub(crate) fn delegation(account: AccountId) -> Value {
    let fence = own(account, "policy/Fence");
    let team = json!([own(account, "user/team/*"), own(account, "role/team/*")]);
    let fenced = [
        "CreateUser",
        "CreateRole",
        "PutUserPolicy",
        "PutRolePolicy",
        "DeleteUserPolicy",
        "DeleteRolePolicy",
        "AttachUserPolicy",
        "AttachRolePolicy",
        "DetachUserPolicy",
        "DetachRolePolicy",
        "PutUserPermissionsBoundary",
        "PutRolePermissionsBoundary",
    ];
    let fenced: Vec<String> = fenced.iter().map(|action| format!("iam:{action}")).collect();
    let free = ["*LoginProfile", "DeleteUser", "UpdateUser", "GetUser", "List*"].map(|action| format!("iam:{action}"));
    let condition = json!({ "StringEquals": { "iam:PermissionsBoundary": fence } });
    json!([when(allow(&json!(fenced), &team), condition), allow(&json!(free), &team)])
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let (office, here) = (Office::open(), Directory::account());
        let root = office.root().await;
        let (member_root, stranger) = (office.found(MEMBER).await, office.found(STRANGER).await);
        for account in [here, member_root.account()] {
            office.run_all(account, furniture(account)).await;
        }
        organize(&office, &root, &member_root).await;
        let mut columns = vec![
            ("operator", Column::Caller(Directory::operator()), "the operator of the machine"),
            ("root", Column::Caller(root.clone()), "root user of the account, which manages the organization"),
        ];
        for (name, about, grants) in people(here) {
            columns.push((name, Column::Caller(hire(&office, here, name, &grants).await), about));
        }
        let member = member_root.account();
        let limited = hire(&office, member, "limited", &[make::attach(to_user("limited"), ADMINISTRATOR)]).await;
        let stranger_arn = own(stranger.account(), "root");
        columns.extend([
            ("limited", Column::Caller(limited), "AdministratorAccess in a member account whose SCP denies iam:Delete* and more"),
            ("memberroot", Column::Caller(member_root), "root user of that member account"),
            ("stranger", Column::Outsider(stranger, stranger_arn), "root user of another account, on the first one's resources"),
            ("anonymous", Column::Outsider(root, "anonymous".to_owned()), "nobody in particular, on the first one's resources"),
        ]);
        Self { office, here, columns }
    }
}

/// Users with what they are given.
fn people(account: AccountId) -> Vec<(&'static str, &'static str, Vec<Command>)> {
    let managed = |name: &str, policy: &str| vec![make::attach(to_user(name), &format!("arn:aws:iam::aws:policy/{policy}"))];
    let bound = [managed("bounded", "AdministratorAccess"), vec![make::bind(to_user("bounded"), &own(account, "policy/Some"))]];
    let some = allow(&json!(["iam:Get*", "iam:*User", "iam:AddRoleToInstanceProfile", "s3:*"]), &json!("*"));
    let denied = [
        managed("denied", "AdministratorAccess"),
        vec![
            make::group("careful"),
            make::inline(to_group("careful"), "never", &deny(&json!(["iam:*Policy*", "iam:Delete*"]), &json!("*"))),
            make::join("denied", "careful"),
        ],
    ];
    vec![
        ("admin", "AdministratorAccess", managed("admin", "AdministratorAccess")),
        ("IAMFull", "IAMFullAccess", managed("IAMFull", "IAMFullAccess")),
        ("IAMReadOnly", "IAMReadOnlyAccess", managed("IAMReadOnly", "IAMReadOnlyAccess")),
        ("ReadOnly", "ReadOnlyAccess", managed("ReadOnly", "ReadOnlyAccess")),
        ("PowerUser", "PowerUserAccess", managed("PowerUser", "PowerUserAccess")),
        ("SecAudit", "SecurityAudit", managed("SecAudit", "SecurityAudit")),
        ("self", "may look after user/${aws:username}", vec![make::inline(to_user("self"), "own", &self_service())]),
        (
            "delegate",
            "may manage user/team/* and role/team/* as long as they are within the boundary Fence",
            vec![make::inline(to_user("delegate"), "team", &delegation(account))],
        ),
        ("denied", "AdministratorAccess, in a group that denies iam:*Policy* and iam:Delete*", denied.concat()),
        (
            "bounded",
            "AdministratorAccess within a boundary that allows iam:Get*, iam:*User, iam:AddRoleToInstanceProfile and s3:*",
            [vec![make::policy("Some", &some)], bound.concat()].concat(),
        ),
        ("nobody", "a user without policies", Vec::new()),
    ]
}

async fn hire(office: &Office, account: AccountId, name: &str, grants: &[Command]) -> Caller {
    let caller = office.hire(account, make::user(name, None), name).await;
    office.run_all(account, grants.to_vec()).await;
    caller
}

/// An organization with the member under a service control policy, and the stranger invited.
async fn organize(office: &Office, root: &Caller, member: &Caller) {
    let title = |text: &str| Title::parse(text).unwrap();
    office.run(root, actions::CreateOrganization).await;
    let organization = office.state().await.organization.clone().unwrap();
    let at_root = ParentId::Root(organization.root);
    let account_id = member.account();
    office.run(root, actions::InviteAccountToOrganization { account_id }).await;
    let handshake_id = office.state().await.organization.as_ref().unwrap().invitations[&account_id].id;
    office.run(member, actions::AcceptHandshake { handshake_id }).await;
    office.run(root, actions::InviteAccountToOrganization { account_id: AccountId::parse(STRANGER).unwrap() }).await;
    office.run(root, actions::CreateOrganizationalUnit { parent_id: at_root, name: title("Sandbox") }).await;
    office.run(root, actions::EnablePolicyType { root_id: organization.root, policy_type: PolicyType::ServiceControl }).await;
    let denied = json!(["iam:Delete*", "iam:PassRole", "organizations:LeaveOrganization", "iam:ListUsers"]);
    let content = make::text(&deny(&denied, &json!("*")));
    let (policy_type, name) = (PolicyType::ServiceControl, title("Keep"));
    office.run(root, actions::CreateOrganizationPolicy { policy_type, name, description: None, content }).await;
    let known = office.state().await.organization.clone().unwrap();
    let policy_id = known.policies_of(policy_type).find(|policy| policy.name.as_str() == "Keep").unwrap().id;
    office.run(root, actions::AttachOrganizationPolicy { policy_id, target_id: TargetId::Account(account_id) }).await;
}

/// Whoever a row is about.
pub(crate) fn targets() -> Vec<PolicyTarget> {
    ["vic", "self", "tim"].map(to_user).into_iter().chain([to_group("devs"), to_role("runner"), to_role("helper")]).collect()
}
