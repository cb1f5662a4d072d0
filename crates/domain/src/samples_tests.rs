//! Every variant has its sample, and a sample survives storage.

use std::collections::BTreeSet;

use super::*;

/// Names the variants of a type twice: in a `match` without `_`, which does not compile while one is missing, and in the
/// list of those that must have a sample.
macro_rules! variants {
    ($function:ident, $all:ident, $type:ident: $($variant:ident),*) => {
        const $all: &[&str] = &[$(stringify!($variant)),*];

        fn $function(change: &$type) -> &'static str {
            match change { $($type::$variant { .. } => stringify!($variant),)* }
        }
    };
}

variants!(of_account, ACCOUNT, AccountChange: Created, AliasSet, AliasDeleted, PasswordPolicySet, PasswordPolicyDeleted, QuotaSet);
variants!(of_user, USER, UserChange: Created, Renamed, Moved, Deleted, Tagged, Untagged, JoinedGroup, LeftGroup,
    MembershipExpired, Permission, BoundarySet, BoundaryRemoved, LoginProfileCreated, LoginProfileUpdated, LoginProfileDeleted);
variants!(of_group, GROUP, GroupChange: Created, Renamed, Moved, Deleted, Permission);
variants!(of_role, ROLE, RoleChange: Created, Described, SessionLimited, TrustUpdated, Deleted, Tagged, Untagged, Permission,
    BoundarySet, BoundaryRemoved);
variants!(of_policy, POLICY, ManagedPolicyChange: Created, VersionCreated, VersionDeleted, DefaultSet, Tagged, Untagged, Deleted);
variants!(of_profile, PROFILE, InstanceProfileChange: Created, RoleAdded, RoleRemoved, Tagged, Untagged, Deleted);
variants!(of_aws_policy, AWS_POLICY, AwsPolicyChange: Published);
variants!(of_resource_policy, RESOURCE_POLICY, ResourcePolicyChange: Put, Deleted);
variants!(of_organization, ORGANIZATION, OrganizationChange: Created, Deleted, UnitCreated, UnitRenamed, UnitDeleted, AccountInvited,
    InvitationCanceled, InvitationDeclined, AccountJoined, AccountRemoved, AccountMoved, PolicyCreated, PolicyUpdated,
    PolicyDeleted, PolicyAttached, PolicyDetached, PolicyTypeEnabled, PolicyTypeDisabled);
variants!(of_permission, PERMISSION, PermissionChange: Attached, Detached, AttachmentExpired, InlinePut, InlineDeleted);

/// The variant of an event, through all of its layers: `user.Permission.Attached`.
fn variant(event: &Event) -> String {
    let inner = |noun: &str, change: &PermissionChange| format!("{noun}.Permission.{}", of_permission(change));
    match event {
        Event::User(_, UserChange::Permission(change)) => inner("user", change),
        Event::Group(_, GroupChange::Permission(change)) => inner("group", change),
        Event::Role(_, RoleChange::Permission(change)) => inner("role", change),
        Event::Account(change) => format!("account.{}", of_account(change)),
        Event::User(_, change) => format!("user.{}", of_user(change)),
        Event::Group(_, change) => format!("group.{}", of_group(change)),
        Event::Role(_, change) => format!("role.{}", of_role(change)),
        Event::Policy(_, change) => format!("policy.{}", of_policy(change)),
        Event::InstanceProfile(_, change) => format!("instance_profile.{}", of_profile(change)),
        Event::AwsPolicy(_, change) => format!("aws_policy.{}", of_aws_policy(change)),
        Event::Organization(_, change) => format!("organization.{}", of_organization(change)),
        Event::ResourcePolicy(_, change) => format!("resource_policy.{}", of_resource_policy(change)),
    }
}

fn every_variant() -> BTreeSet<String> {
    let nouns = [
        ("account", ACCOUNT),
        ("user", USER),
        ("group", GROUP),
        ("role", ROLE),
        ("policy", POLICY),
        ("instance_profile", PROFILE),
        ("aws_policy", AWS_POLICY),
        ("resource_policy", RESOURCE_POLICY),
        ("organization", ORGANIZATION),
    ];
    let all = nouns.iter().flat_map(|(noun, variants)| variants.iter().map(move |variant| format!("{noun}.{variant}")));
    all.flat_map(|variant| match variant.strip_suffix("Permission") {
        Some(_) => PERMISSION.iter().map(|inner| format!("{variant}.{inner}")).collect(),
        None => vec![variant],
    })
    .collect()
}

#[test]
fn every_variant_has_one_sample() {
    let sampled: Vec<String> = sample_events().iter().map(|(_, event)| variant(event)).collect();
    assert_eq!(sampled.iter().cloned().collect::<BTreeSet<_>>(), every_variant());
    assert_eq!(sampled.len(), every_variant().len());
}

#[test]
fn every_sample_has_a_wire_name_of_its_own() {
    let names: BTreeSet<&str> = sample_events().iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), sample_events().len());
    for name in names {
        let parts: Vec<&str> = name.split('.').collect();
        assert!(parts.len() == 3 && parts[2].starts_with('v'), "{name}: a wire name is noun.change.version");
    }
}

#[test]
fn samples_are_the_same_every_time_and_survive_storage() {
    assert_eq!(sample_events(), sample_events());
    for (name, event) in sample_events() {
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event, "{name}");
        for clear in ["ada", "root@example.com"] {
            assert!(!json.contains(clear), "{name} tells a personal datum: {json}");
        }
    }
}
