//! Two accounts: one that asks, and one that has what it asks for. The other one's things all have a mark in their names,
//! tags, descriptions and documents.

use chancery_domain::{Command, PolicyType, actions};
use chancery_engine::Caller;
use chancery_graphql::{Door, DoorConfig};
use chancery_model::{AccountAlias, AccountId, Description, OrganizationPolicyId, ParentId, Title};
use chancery_policy::{Kind, PolicyText};
use chancery_testkit::Directory;
use serde_json::{Value, json};

use super::{
    send,
    words::{Thing, Whose},
};
use crate::guard::{
    make::{self, own, to_group, to_user},
    office::Office,
};

/// What is in everything that belongs to the other account.
pub(super) const MARK: &str = "canary";

pub(super) struct Tenants {
    pub(super) office: Office,
    /// The root user of the account that asks.
    pub(super) caller: Caller,
    /// The other account.
    pub(super) victim: AccountId,
    /// The unique id of the other account's user.
    pub(super) user_id: String,
    /// What is the other's and has no name that is known before: nodes, sessions, cursors, records, parts of the organization.
    theirs: Value,
    /// The same of the one that asks.
    own: Value,
}

fn furniture(account: AccountId, mark: &str) -> Vec<Command> {
    let described = Some(Description::parse(&format!("{mark} words")).unwrap());
    let mut document = make::allow(&json!("s3:*"), &json!("*"));
    document["Sid"] = json!(format!("{mark}1"));
    let mut sqs = json!({ "Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Sid": format!("{mark}2") });
    sqs["Condition"] = json!({ "StringEquals": { "aws:PrincipalTag/secret": format!("{mark}-value") } });
    let policy_document = PolicyText::parse(&make::text(&sqs), Kind::Resource).unwrap();
    let mut trust =
        json!({ "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole", "Sid": format!("{mark}3") });
    trust["Condition"] = json!({ "StringEquals": { "sts:ExternalId": format!("{mark}-external") } });
    let trust = PolicyText::parse(&make::text(&trust), Kind::Trust).unwrap();
    let name = |kind: &str| format!("{mark}-{kind}");
    let tag =
        |key| actions::Tag { target: actions::TagTarget::User(make::user_name(&name("user"))), tags: make::tags(key, mark) };
    vec![
        tag("team").into(),
        make::group(&name("group")),
        make::join(&name("user"), &name("group")),
        make::inline(to_user(&name("user")), &name("inline"), &document),
        make::inline(to_group(&name("group")), &name("inline"), &document),
        make::role(&name("role"), None),
        actions::UpdateRole {
            role_name: make::role_name(&name("role")),
            description: Some(described),
            max_session_duration: None,
        }
        .into(),
        actions::UpdateAssumeRolePolicy { role_name: make::role_name(&name("role")), policy_document: trust }.into(),
        make::inline(make::to_role(&name("role")), &name("inline"), &document),
        make::policy(&name("policy"), &document),
        make::profile(&name("profile")),
        actions::PutResourcePolicy { resource: make::arn(&queue(account, mark)), policy_document }.into(),
        actions::CreateAccountAlias { account_alias: AccountAlias::parse(&name("alias")).unwrap() }.into(),
    ]
}

fn queue(account: AccountId, mark: &str) -> String {
    format!("arn:aws:sqs:eu-west-1:{account}:{mark}-jobs")
}

impl Tenants {
    pub(super) async fn move_in() -> Self {
        let (office, victim) = (Office::open(), Directory::account());
        let (their_root, caller) = (office.root().await, office.found("222222222222").await);
        let outsider = office.found("333333333333").await;
        for (account, mark) in [(victim, MARK), (caller.account(), "mine")] {
            office.run_all(account, [make::user(&format!("{mark}-user"), None)]).await;
            office.run_all(account, furniture(account, mark)).await;
            office.run_all(account, [make::login(&format!("{mark}-user"))]).await;
            let _session = office.sign_in(account, Some(&format!("{mark}-user"))).await;
        }
        organize(&office, &their_root, &caller).await;
        let (theirs, own) =
            (ids(&office, &their_root, MARK, outsider.account()).await, ids(&office, &caller, "mine", outsider.account()).await);
        let user_id = theirs["userId"].as_str().unwrap().to_owned();
        Self { office, caller, victim, user_id, theirs, own }
    }

    /// A thing as an argument names it.
    pub(super) fn value(&self, thing: Thing, whose: Whose) -> Value {
        let (account, mark, ids) = match whose {
            Whose::Own => (self.caller.account(), "mine", &self.own),
            Whose::Theirs => (self.victim, MARK, &self.theirs),
        };
        let name = |kind: &str| json!(format!("{mark}-{kind}"));
        match thing {
            Thing::Account => json!(account.to_string()),
            Thing::Alias => name("alias"),
            Thing::Group => name("group"),
            Thing::GroupPolicy => name("inline"),
            Thing::Policy => json!(own(account, &format!("policy/{mark}-policy"))),
            Thing::Principal => json!(own(account, &format!("user/{mark}-user"))),
            Thing::Profile => name("profile"),
            Thing::Resource => json!(queue(account, mark)),
            Thing::Role => name("role"),
            Thing::User => name("user"),
            Thing::Cursor => ids["cursor"].clone(),
            Thing::Node => ids["node"].clone(),
            Thing::Record => ids["record"].clone(),
            Thing::Session => ids["session"].clone(),
            // The one organization is the other account's, whoever asks.
            Thing::Handshake => self.theirs["handshake"].clone(),
            Thing::Root => self.theirs["root"].clone(),
            Thing::ControlPolicy => self.theirs["controlPolicy"].clone(),
            Thing::Unit => self.theirs["unit"].clone(),
        }
    }
}

/// An organization that the other account manages; the one that asks is a member.
async fn organize(office: &Office, root: &Caller, member: &Caller) {
    let title = |text: &str| Title::parse(&format!("{MARK} {text}")).unwrap();
    office.run(root, actions::CreateOrganization).await;
    let organization = office.state().await.organization.clone().unwrap();
    for digits in [member.account(), AccountId::parse("333333333333").unwrap()] {
        office.run(root, actions::InviteAccountToOrganization { account_id: digits }).await;
    }
    let handshake_id = office.state().await.organization.as_ref().unwrap().invitations[&member.account()].id;
    office.run(member, actions::AcceptHandshake { handshake_id }).await;
    let parent_id = ParentId::Root(organization.root);
    office.run(root, actions::CreateOrganizationalUnit { parent_id, name: title("unit") }).await;
    let content = make::text(&make::deny(&json!("sns:*"), &json!("*")));
    let (policy_type, name) = (PolicyType::ServiceControl, title("control"));
    office.run(root, actions::CreateOrganizationPolicy { policy_type, name, description: None, content }).await;
}

/// What is only known once it is there.
async fn ids(office: &Office, root: &Caller, mark: &str, invited: AccountId) -> Value {
    let door = Door::new(office.engine.clone(), DoorConfig::default());
    let query = format!(
        "{{ account {{ user(userName: \"{mark}-user\") {{ id userId }} users(first: 1) {{ pageInfo {{ endCursor }} }} }} \
         records(first: 1) {{ edges {{ node {{ sequence }} }} }} }}"
    );
    let told = send(&door, Some(root), &query, &json!({})).await["data"].take();
    let state = office.state().await;
    let known = state.organization.as_ref().unwrap();
    let own = |id: &&OrganizationPolicyId| matches!(id, OrganizationPolicyId::Own(_));
    let user = &told["account"]["user"];
    let account = &state.accounts[&root.account()];
    let user_id = account.user(&make::user_name(&format!("{mark}-user"))).unwrap().id;
    let session = office.engine.sessions(root, Some(user_id)).unwrap()[0].id;
    json!({
        "node": user["id"], "userId": user["userId"], "session": session.to_string(),
        "cursor": told["account"]["users"]["pageInfo"]["endCursor"],
        "record": told["records"]["edges"][0]["node"]["sequence"],
        "handshake": known.invitations[&invited].id.to_string(), "root": known.root.to_string(),
        "unit": known.units.keys().next().unwrap().to_string(),
        "controlPolicy": known.policies.keys().find(own).unwrap().to_string(),
    })
}
