//! What can be seen of a real account, in the shape of the naive model.

use chancery_model::{Arn, PolicyId, Tags, Timestamp};

use super::{
    model::{Group, Imported, Managed, Model, Moment, OTHERS_BUCKET, Policies, Profile, QUOTAS, Role, TagMap, User},
    step::{Text, arn_text},
};
use crate::{
    Account, Permissions, QuotaName,
    check::{ACCOUNT, World},
};

/// Resources that steps name.
pub(super) const RESOURCES: &[Text] = &[
    "arn:aws:s3:::logs",
    "arn:aws:s3:::logs",
    "arn:aws:s3:::logs/key",
    "arn:aws:s3:::reports",
    "arn:aws:sqs:eu-west-1:123456789012:jobs",
    "arn:aws:sqs:eu-west-1:999999999999:jobs",
    OTHERS_BUCKET,
];
/// AWS's policies that steps import.
pub(super) const PUBLISHED: &[Text] = &["aws:Novel", "aws:ReadOnlyAccess"];
/// Imported versions are lower than this; those of the catalogue are higher.
pub(super) const PUBLISHED_VERSION_MAX: u32 = 9;

fn tags(tags: &Tags, folded: bool) -> TagMap {
    let pair = |key: &str| if folded { key.to_lowercase() } else { key.to_owned() };
    tags.iter().map(|tag| (pair(tag.key.as_str()), (tag.key.to_string(), tag.value.to_string()))).collect()
}

fn ends(since: Timestamp, expires: Option<Timestamp>) -> (Moment, Option<Moment>) {
    (since.millis(), expires.map(Timestamp::millis))
}

/// Looks at everything through what the account offers to readers.
pub(super) fn seen(world: &World) -> Model {
    let account = world.here();
    let see = Seer { account, world };
    Model {
        alias: account.alias.as_ref().map(ToString::to_string),
        password_length: account.password_policy.as_ref().map(|policy| policy.minimum_password_length),
        quotas: QUOTAS
            .iter()
            .map(|(name, _, _)| ((*name).to_owned(), account.quota(name.parse::<QuotaName>().unwrap())))
            .collect(),
        users: account.users.values().map(|user| see.user(user)).collect(),
        groups: account.groups.values().map(|group| see.group(group)).collect(),
        roles: account.roles.values().map(|role| see.role(role)).collect(),
        managed: account.policies.values().map(|policy| see.managed(policy)).collect(),
        profiles: account.instance_profiles.values().map(|profile| see.profile(profile)).collect(),
        resource_policies: account
            .resource_policies
            .values()
            .map(|policy| (policy.resource.to_string(), policy.text.text().to_owned()))
            .collect(),
        published: PUBLISHED.iter().filter_map(|policy| see.published(policy)).collect(),
    }
}

struct Seer<'a> {
    account: &'a Account,
    world: &'a World,
}

impl Seer<'_> {
    fn arn(&self, id: PolicyId) -> String {
        self.account.policy_by_id(id, &self.world.state.aws).unwrap().arn.to_string()
    }

    fn policies(&self, permissions: &Permissions, boundary: Option<PolicyId>) -> Policies {
        let attached = permissions.attached.iter();
        Policies {
            attached: attached.map(|(id, attachment)| (self.arn(*id), ends(attachment.since, attachment.expires))).collect(),
            inline: permissions.inline.iter().map(|(name, text)| (name.to_string(), text.text().to_owned())).collect(),
            boundary: boundary.map(|id| self.arn(id)),
        }
    }

    fn user(&self, user: &crate::User) -> (String, User) {
        let opened = user.tags.try_map(|value| value.get().cloned().ok_or(())).unwrap();
        let groups = user.groups.iter().map(|(id, membership)| {
            let name = self.account.groups.get(id).unwrap().name.as_str().to_lowercase();
            (name, ends(membership.since, membership.expires))
        });
        let seen = User {
            name: user.display_name(),
            path: user.path.to_string(),
            created: user.created.millis(),
            tags: tags(&opened, true),
            groups: groups.collect(),
            policies: self.policies(&user.permissions, user.boundary),
            login: user.login.as_ref().map(|login| (login.created.millis(), login.changed.millis(), login.reset_required)),
        };
        (seen.name.to_lowercase(), seen)
    }

    fn group(&self, group: &crate::Group) -> (String, Group) {
        let seen = Group {
            name: group.name.to_string(),
            path: group.path.to_string(),
            created: group.created.millis(),
            policies: self.policies(&group.permissions, None),
        };
        (seen.name.to_lowercase(), seen)
    }

    fn role(&self, role: &crate::Role) -> (String, Role) {
        let seen = Role {
            name: role.name.to_string(),
            path: role.path.to_string(),
            created: role.created.millis(),
            description: role.description.as_ref().map(ToString::to_string),
            seconds: role.session_seconds_max,
            trust: role.trust.text().to_owned(),
            tags: tags(&role.tags, true),
            policies: self.policies(&role.permissions, role.boundary),
        };
        (seen.name.to_lowercase(), seen)
    }

    fn managed(&self, policy: &crate::ManagedPolicy) -> (String, Managed) {
        let versions = policy.versions.iter();
        let seen = Managed {
            name: policy.name.to_string(),
            path: policy.path.to_string(),
            created: policy.created.millis(),
            updated: policy.updated.millis(),
            versions: versions.map(|(id, one)| (id.0, (one.text.text().to_owned(), one.created.millis()))).collect(),
            default: policy.default.0,
            latest: policy.latest.0,
            tags: tags(&policy.tags, false),
        };
        (seen.name.to_lowercase(), seen)
    }

    fn profile(&self, profile: &crate::InstanceProfile) -> (String, Profile) {
        let role = profile.role.map(|id| self.account.roles.get(&id).unwrap().name.as_str().to_lowercase());
        let (name, path, created) = (profile.name.to_string(), profile.path.to_string(), profile.created.millis());
        (name.to_lowercase(), Profile { name, path, created, role, tags: tags(&profile.tags, false) })
    }

    fn published(&self, policy: Text) -> Option<(String, Imported)> {
        let arn = arn_text(policy);
        let known = self.world.state.aws.by_arn(&Arn::parse(&arn).unwrap())?;
        let document = known.document().unwrap().text().to_owned();
        let description = known.description.as_ref().map(ToString::to_string);
        (known.default.0 <= PUBLISHED_VERSION_MAX).then_some((arn, (known.default.0, document, description)))
    }
}

/// What the account finds by its index is what a look through everything finds.
pub(super) fn check_lookups(world: &World, model: &Model) {
    let account = world.here();
    for arn in RESOURCES {
        let found = world.state.resource_policy(&Arn::of_resource(arn).unwrap());
        let owner = found.map(|(owner, _)| owner);
        let expected = if *arn == OTHERS_BUCKET { Some("999999999999") } else { None };
        let own = model.resource_policies.contains_key(arn.split('/').next().unwrap());
        assert_eq!(owner.map(|id| id.to_string()).as_deref(), expected.or(own.then_some(ACCOUNT)), "{arn}");
    }
    assert_eq!(account.next_expiry().map(Timestamp::millis), model.next_expiry());
    for key in model.groups.keys() {
        let id = account.groups.values().find(|group| group.name.as_str().to_lowercase() == *key).unwrap().id;
        let mut members: Vec<String> = account.members(id).map(|user| user.display_name().to_lowercase()).collect();
        members.sort();
        let expected = model.users.iter().filter(|(_, user)| user.groups.contains_key(key)).map(|(name, _)| name.clone());
        assert_eq!(members, expected.collect::<Vec<_>>(), "members of {key}");
        assert_eq!(account.member_count(id), members.len());
    }
    let read_only = Arn::parse(&arn_text("aws:ReadOnlyAccess")).unwrap();
    for policy in account.policies.values().chain(world.state.aws.by_arn(&read_only)) {
        let attached = model.all_policies().filter(|policies| policies.attached.contains_key(policy.arn.as_str())).count();
        let bounded = model.all_policies().filter(|policies| policies.boundary.as_deref() == Some(policy.arn.as_str())).count();
        assert_eq!(account.policy_use_counts(policy.id), (attached, bounded), "uses of {}", policy.arn);
    }
    for role in account.roles.values() {
        let key = role.name.as_str().to_lowercase();
        let expected = model.profiles.values().filter(|profile| profile.role.as_ref() == Some(&key)).count();
        assert_eq!(
            (account.instance_profile_count(role.id), account.role_instance_profiles(role.id).count()),
            (expected, expected)
        );
    }
}
