//! One fixed sample of every event that the log can hold.
//!
//! `schema/events/` is made from them: a JSON text and the golden bytes of every wire name ever released. A sample that
//! has been released never changes; a new variant brings a new one, and the tests below miss it until it is here.

use std::fmt::Debug;

use chancery_model::{
    AccountAlias, AccountId, Arn, Description, EmailAddress, GroupId, GroupName, HandshakeId, InstanceProfileId,
    InstanceProfileName, OrganizationId, OrganizationPolicyId, OrganizationalUnitId, ParentId, Path, Personal, Plain, PolicyId,
    PolicyName, RoleId, RoleName, RootId, Sealed, SealedBytes, SubjectId, Tag, TagKey, TagValue, Tags, TargetId, Timestamp,
    Title, Ulid, UserId, UserName,
};
use chancery_policy::{Kind, PolicyText};

use crate::{
    AccountChange, AwsPolicyChange, Event, GroupChange, InstanceProfileChange, ManagedPolicyChange, OrganizationChange,
    PasswordHash, PasswordPolicy, PermissionChange, PolicyType, QuotaName, ResourcePolicyChange, RoleChange, SESSION_SECONDS_MAX,
    UserChange, VersionId,
};

const IDENTITY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

const RESOURCE: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}"#;

/// One sample of every event, with its wire name. The same in every build.
#[must_use]
pub fn sample_events() -> Vec<(&'static str, Event)> {
    let mut events: Vec<Event> = account().into_iter().map(Event::Account).collect();
    events.extend(user().into_iter().map(|change| Event::User(UserId::from_random(1), change)));
    events.extend(group().into_iter().map(|change| Event::Group(GroupId::from_random(2), change)));
    events.extend(role().into_iter().map(|change| Event::Role(RoleId::from_random(3), change)));
    events.extend(policy().into_iter().map(|change| Event::Policy(PolicyId::from_random(4), change)));
    events.extend(instance_profile().into_iter().map(|change| Event::InstanceProfile(InstanceProfileId::from_random(5), change)));
    events.extend(aws_policy().into_iter().map(|change| Event::AwsPolicy(PolicyId::from_random(6), change)));
    events.extend(resource_policy().into_iter().map(|change| Event::ResourcePolicy(bucket(), change)));
    events.extend(organization().into_iter().map(|change| Event::Organization(OrganizationId::from_random(7), change)));
    events.into_iter().map(|event| (event.wire_name(), event)).collect()
}

#[expect(clippy::expect_used, reason = "the values are literals, and a test makes all of them")]
fn made<T, E: Debug>(value: Result<T, E>) -> T {
    value.expect("a sample is a valid value")
}

fn sealed() -> SealedBytes {
    SealedBytes { subject: SubjectId(Ulid::from(0x019b_7600_0000_7000_8000_0000_0000_0001_u128)), bytes: (1..=32_u8).collect() }
}

fn personal<T: Plain>(open: T) -> Personal<T> {
    Personal::new(open, sealed())
}

fn password() -> Sealed<PasswordHash> {
    Sealed::new(sealed())
}

fn path() -> Path {
    made(Path::parse("/eng/"))
}

fn end() -> Option<Timestamp> {
    Some(Timestamp::from_millis(1_767_225_600_000))
}

fn tags() -> Tags {
    made(Tags::parse([("Team", "red")], chancery_model::Case::Kept))
}

fn personal_tags() -> Tags<Personal<TagValue>> {
    let mut tags = Tags::default();
    tags.set(Tag { key: made(TagKey::parse("Team")), value: personal(made(TagValue::parse("red"))) }, crate::User::TAG_CASE);
    tags
}

fn keys() -> Vec<TagKey> {
    vec![made(TagKey::parse("Team"))]
}

fn text(document: &str, kind: Kind) -> PolicyText {
    made(PolicyText::parse(document, kind))
}

fn described() -> Option<Description> {
    Some(made(Description::parse("For reading")))
}

fn alias() -> AccountAlias {
    made(AccountAlias::parse("my-corp"))
}

fn attachable() -> PolicyId {
    PolicyId::from_random(4)
}

fn account() -> Vec<AccountChange> {
    let email = personal(made(EmailAddress::parse("root@example.com")));
    let policy = PasswordPolicy {
        minimum_password_length: 14,
        require_symbols: true,
        max_password_age: Some(90),
        password_reuse_prevention: Some(24),
        ..PasswordPolicy::UPDATE_DEFAULT
    };
    vec![
        AccountChange::Created { email, password: Some(password()), alias: Some(alias()) },
        AccountChange::AliasSet { alias: alias() },
        AccountChange::AliasDeleted,
        AccountChange::PasswordPolicySet { policy },
        AccountChange::PasswordPolicyDeleted,
        AccountChange::QuotaSet { quota: QuotaName::RolesPerAccount, value: 2_000 },
    ]
}

fn user() -> Vec<UserChange> {
    let name = || personal(made(UserName::parse("ada")));
    let group = GroupId::from_random(2);
    let mut changes = vec![
        UserChange::Created { name: name(), path: path(), tags: personal_tags(), boundary: Some(attachable()) },
        UserChange::Renamed { name: name() },
        UserChange::Moved { path: path() },
        UserChange::Deleted,
        UserChange::Tagged { tags: personal_tags() },
        UserChange::Untagged { keys: keys() },
        UserChange::JoinedGroup { group, expires: end() },
        UserChange::LeftGroup { group },
        UserChange::MembershipExpired { group },
        UserChange::BoundarySet { policy: attachable() },
        UserChange::BoundaryRemoved,
        UserChange::LoginProfileCreated { password: password(), reset_required: true },
        UserChange::LoginProfileUpdated { password: Some(password()), reset_required: false },
        UserChange::LoginProfileDeleted,
    ];
    changes.extend(permissions().into_iter().map(UserChange::Permission));
    changes
}

fn group() -> Vec<GroupChange> {
    let name = || made(GroupName::parse("devs"));
    let mut changes = vec![
        GroupChange::Created { name: name(), path: path() },
        GroupChange::Renamed { name: name() },
        GroupChange::Moved { path: path() },
        GroupChange::Deleted,
    ];
    changes.extend(permissions().into_iter().map(GroupChange::Permission));
    changes
}

fn role() -> Vec<RoleChange> {
    let created = RoleChange::Created {
        name: made(RoleName::parse("deploy")),
        path: path(),
        description: described(),
        session_seconds_max: SESSION_SECONDS_MAX,
        trust: text(TRUST, Kind::Trust),
        tags: tags(),
        boundary: Some(attachable()),
    };
    let mut changes = vec![
        created,
        RoleChange::Described { description: described() },
        RoleChange::SessionLimited { session_seconds_max: SESSION_SECONDS_MAX },
        RoleChange::TrustUpdated { trust: text(TRUST, Kind::Trust) },
        RoleChange::Deleted,
        RoleChange::Tagged { tags: tags() },
        RoleChange::Untagged { keys: keys() },
        RoleChange::BoundarySet { policy: attachable() },
        RoleChange::BoundaryRemoved,
    ];
    changes.extend(permissions().into_iter().map(RoleChange::Permission));
    changes
}

fn permissions() -> Vec<PermissionChange> {
    let (policy, name) = (attachable(), || made(PolicyName::parse("inline")));
    vec![
        PermissionChange::Attached { policy, expires: end() },
        PermissionChange::Detached { policy },
        PermissionChange::AttachmentExpired { policy },
        PermissionChange::InlinePut { name: name(), text: text(IDENTITY, Kind::Identity) },
        PermissionChange::InlineDeleted { name: name() },
    ]
}

fn policy() -> Vec<ManagedPolicyChange> {
    let (version, text) = (VersionId(2), || text(IDENTITY, Kind::Identity));
    let name = made(PolicyName::parse("reading"));
    vec![
        ManagedPolicyChange::Created { name, path: path(), description: described(), text: text(), tags: tags() },
        ManagedPolicyChange::VersionCreated { version, text: text(), default: true },
        ManagedPolicyChange::VersionDeleted { version },
        ManagedPolicyChange::DefaultSet { version },
        ManagedPolicyChange::Tagged { tags: tags() },
        ManagedPolicyChange::Untagged { keys: keys() },
        ManagedPolicyChange::Deleted,
    ]
}

fn instance_profile() -> Vec<InstanceProfileChange> {
    let role = RoleId::from_random(3);
    vec![
        InstanceProfileChange::Created { name: made(InstanceProfileName::parse("web")), path: path(), tags: tags() },
        InstanceProfileChange::RoleAdded { role },
        InstanceProfileChange::RoleRemoved { role },
        InstanceProfileChange::Tagged { tags: tags() },
        InstanceProfileChange::Untagged { keys: keys() },
        InstanceProfileChange::Deleted,
    ]
}

fn aws_policy() -> Vec<AwsPolicyChange> {
    vec![AwsPolicyChange::Published {
        arn: made(Arn::parse("arn:aws:iam::aws:policy/eng/ReadingAccess")),
        name: made(PolicyName::parse("ReadingAccess")),
        path: path(),
        description: described(),
        version: VersionId(7),
        text: text(IDENTITY, Kind::Identity),
    }]
}

fn bucket() -> Arn {
    made(Arn::parse("arn:aws:s3:::bucket-of-mine"))
}

fn resource_policy() -> Vec<ResourcePolicyChange> {
    vec![ResourcePolicyChange::Put { text: text(RESOURCE, Kind::Resource) }, ResourcePolicyChange::Deleted]
}

fn organization() -> Vec<OrganizationChange> {
    let (root, handshake) = (RootId::from_random(8), HandshakeId::from_random(10));
    let (unit, policy) = (OrganizationalUnitId::from_random(root, 9), OrganizationPolicyId::from_random(11));
    let (parent, account) = (ParentId::Root(root), made(AccountId::parse("222222222222")));
    let (target, policy_type) = (TargetId::Parent(ParentId::Unit(unit)), PolicyType::ServiceControl);
    let name = || made(Title::parse("Sandbox"));
    let (title, description) = (Some(name()), described());
    vec![
        OrganizationChange::Created { root },
        OrganizationChange::Deleted,
        OrganizationChange::UnitCreated { unit, parent, name: name() },
        OrganizationChange::UnitRenamed { unit, name: name() },
        OrganizationChange::UnitDeleted { unit },
        OrganizationChange::AccountInvited { handshake, account },
        OrganizationChange::InvitationCanceled { handshake, account },
        OrganizationChange::InvitationDeclined { handshake, account },
        OrganizationChange::AccountJoined { handshake, account },
        OrganizationChange::AccountRemoved { account },
        OrganizationChange::AccountMoved { account, parent: ParentId::Unit(unit) },
        OrganizationChange::PolicyCreated { policy, policy_type, name: name(), description: described(), text: control() },
        OrganizationChange::PolicyUpdated { policy, name: title, description, text: Some(control()) },
        OrganizationChange::PolicyDeleted { policy },
        OrganizationChange::PolicyAttached { policy: policy_type.default_policy(), target },
        OrganizationChange::PolicyDetached { policy, target: TargetId::Account(account) },
        OrganizationChange::PolicyTypeEnabled { policy_type },
        OrganizationChange::PolicyTypeDisabled { policy_type: PolicyType::ResourceControl },
    ]
}

fn control() -> PolicyText {
    text(IDENTITY, Kind::ServiceControl)
}

#[cfg(test)]
#[path = "samples_tests.rs"]
mod tests;
