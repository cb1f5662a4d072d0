//! The steps of the search: every action that grants something, with everything that can be meant by it.

use chancery_domain::{
    Command, VersionId,
    actions::{self, PolicyTarget, TagTarget},
};
use chancery_model::{AccountId, TagKey};
use chancery_policy::{Kind, PolicyText};
use serde_json::json;

use crate::guard::make::{self, ADMINISTRATOR, own, to_group, to_role, to_user};

/// Whom a step lets one act as.
#[derive(Clone, Copy)]
pub(in crate::guard) enum Takes {
    Nobody,
    /// By name, and the place in its ARN.
    User(&'static str, &'static str),
    Role(&'static str),
}

pub(in crate::guard) struct Move {
    pub(in crate::guard) command: Command,
    about: String,
    pub(in crate::guard) takes: Takes,
}

impl Move {
    pub(in crate::guard) fn label(&self) -> String {
        format!("{} {}", self.command.action(), self.about)
    }
}

/// The commands that grant nothing to whoever gives them, each for its reason.
pub(in crate::guard) const HARMLESS: &[&str] = &[
    // They lift what control policies take, of accounts that are other ones than that which may give them, and grant nothing.
    "AcceptHandshake",
    "AttachOrganizationPolicy",
    "CancelHandshake",
    "CreateOrganizationPolicy",
    "CreateOrganizationalUnit",
    "DeclineHandshake",
    "DeleteOrganization",
    "DeleteOrganizationPolicy",
    "DeleteOrganizationalUnit",
    "DetachOrganizationPolicy",
    "DisablePolicyType",
    "EnablePolicyType",
    "InviteAccountToOrganization",
    "LeaveOrganization",
    "MoveAccount",
    "RemoveAccountFromOrganization",
    "UpdateOrganizationPolicy",
    "UpdateOrganizationalUnit",
    // They make what is empty.
    "CreateGroup",
    "CreateInstanceProfile",
    // They take away what nobody has: groups with members and policies in force cannot be deleted.
    "DeleteGroup",
    "DeleteInstanceProfile",
    "DeleteLoginProfile",
    "DeletePolicy",
    "DeletePolicyVersion",
    "DeleteResourcePolicy",
    "DeleteRole",
    "DeleteUser",
    "RemoveRoleFromInstanceProfile",
    // No policy reads what they change.
    "CreateAccountAlias",
    "DeleteAccountAlias",
    "DeleteAccountPasswordPolicy",
    "RequestQuotaIncrease",
    "UpdateAccountPasswordPolicy",
    "UpdateRole",
];

/// The roles of the account, and the one that may be made.
pub(in crate::guard) const ROLES: [&str; 4] = ["admin", "app/web", "team/helper", "team/evil"];
/// The users beside the principal, and the ones that may be made, by name and place.
const USERS: [(&str, &str); 6] =
    [("vic", "vic"), ("tim", "team/tim"), ("pat", "people/pat"), ("boss", "boss"), ("evil", "evil"), ("evil", "team/evil")];

struct Moves {
    account: AccountId,
    all: Vec<Move>,
}

/// Every step of a user of a name.
pub(in crate::guard) fn moves(account: AccountId, name: &'static str) -> Vec<Move> {
    let mut moves = Moves { account, all: Vec::new() };
    moves.on(to_user(name), name);
    for (user, _) in USERS.into_iter().take(5) {
        moves.on(to_user(user), user);
    }
    for place in ROLES {
        let role = place.rsplit('/').next().unwrap();
        moves.on(to_role(role), place);
        moves.of_role(role, place, name);
    }
    moves.of_people(name);
    moves.of_groups(name);
    moves.of_policies(name);
    moves.of_the_rest(name);
    moves.all
}

impl Moves {
    fn add(&mut self, command: impl Into<Command>, about: impl Into<String>) {
        self.take(command, about, Takes::Nobody);
    }

    fn take(&mut self, command: impl Into<Command>, about: impl Into<String>, takes: Takes) {
        self.all.push(Move { command: command.into(), about: about.into(), takes });
    }

    /// Permissions of a user, group or role.
    fn on(&mut self, target: PolicyTarget, who: &str) {
        self.add(make::attach(target.clone(), ADMINISTRATOR), who);
        self.add(make::inline(target.clone(), "more", &make::everything()), who);
        self.add(make::attach(target.clone(), &own(self.account, "policy/team/Evil")), format!("team/Evil to {who}"));
        if !matches!(target, PolicyTarget::Group(_)) {
            self.add(make::bind(target.clone(), ADMINISTRATOR), who);
            self.add(actions::DeletePermissionsBoundary { target }, who);
        }
    }

    fn of_role(&mut self, role: &str, place: &'static str, name: &str) {
        let role_name = make::role_name(role);
        let policy_document = make::trust(&json!({ "AWS": own(self.account, &format!("user/{name}")) }));
        self.add(actions::UpdateAssumeRolePolicy { role_name: role_name.clone(), policy_document }, place);
        let add = actions::AddRoleToInstanceProfile { instance_profile_name: make::profile_name("web"), role_name };
        self.take(add, place, Takes::Role(place));
    }

    fn of_people(&mut self, name: &str) {
        let fence = make::arn(&own(self.account, "policy/Fence"));
        for place in ["evil", "/team/evil"] {
            // Whoever makes a user is taken to be able to act as that user.
            let takes = Takes::User("evil", place.trim_start_matches('/'));
            self.take(make::user(place, None), place, takes);
            self.take(make::user(place, Some(&fence)), format!("{place} within Fence"), takes);
        }
        self.add(make::role("/team/evil", None), "team/evil");
        for (user, place) in USERS {
            let (user_name, password) = (make::user_name(user), Some(make::password()));
            self.take(make::login(user), user, Takes::User(user, place));
            let update = actions::UpdateLoginProfile { user_name, password, password_reset_required: None };
            self.take(update, user, Takes::User(user, place));
        }
        for user in [name, "boss"] {
            let (user_name, new_path) = (make::user_name(user), Some(make::path("/team/")));
            self.add(actions::UpdateUser { user_name: user_name.clone(), new_user_name: None, new_path }, user);
            let target = TagTarget::User(user_name);
            // Policies find a tag whatever the case of its key.
            for key in ["team", "Team"] {
                self.add(actions::Tag { target: target.clone(), tags: make::tags(key, "admin") }, format!("{user} {key}"));
            }
            self.add(actions::Untag { target, keys: vec![TagKey::parse("team").unwrap()] }, user);
        }
    }

    fn of_groups(&mut self, name: &str) {
        for group in ["admins", "devs", "careful"] {
            self.on(to_group(group), group);
            for user in [name, "evil", "tim"] {
                self.add(make::join(user, group), format!("{user} to {group}"));
            }
            let (group_name, user_name) = (make::group_name(group), make::user_name(name));
            self.add(actions::RemoveUserFromGroup { group_name: group_name.clone(), user_name }, group);
            let new_path = Some(make::path("/team/"));
            self.add(actions::UpdateGroup { group_name, new_group_name: None, new_path }, group);
        }
    }

    fn of_policies(&mut self, name: &str) {
        let document = make::everything();
        for policy in ["Fence", "Old", "team/Own"] {
            let arn = own(self.account, &format!("policy/{policy}"));
            self.add(make::new_version(&arn, &document), policy);
            for version in [1, 2] {
                let (policy_arn, version_id) = (make::arn(&arn), VersionId(version));
                self.add(actions::SetDefaultPolicyVersion { policy_arn, version_id }, format!("{policy} v{version}"));
            }
        }
        self.add(make::policy("/team/Evil", &document), "team/Evil");
        for policy in ["Old", "Denying"] {
            let policy_arn = make::arn(&own(self.account, &format!("policy/{policy}")));
            self.add(actions::DetachPolicy { target: to_user(name), policy_arn }, policy);
        }
        self.add(actions::DeleteInlinePolicy { target: to_user(name), policy_name: make::policy_name("never") }, "never");
    }

    fn of_the_rest(&mut self, name: &str) {
        let principal = json!({ "AWS": own(self.account, &format!("user/{name}")) });
        let statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*" });
        for resource in ["arn:aws:s3:::any".to_owned(), own(self.account, "role/admin"), own(self.account, "user/anybody")] {
            let policy_document = PolicyText::parse(&make::text(&statement), Kind::Resource).unwrap();
            self.add(actions::PutResourcePolicy { resource: make::arn(&resource), policy_document }, resource.as_str());
        }
        self.add(actions::CreateOrganization, "");
    }
}
