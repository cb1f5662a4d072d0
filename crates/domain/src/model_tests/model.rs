//! The naive model: an account as plain maps by name, with the rules written down once more, straightforward and slow.
//!
//! It shares no code with the domain: it knows no ids and no index, and looks through everything each time.

use std::collections::BTreeMap;

use super::step::{Step, Text, Who};
use crate::check::ACCOUNT;

/// Milliseconds since the epoch.
pub(super) type Moment = u64;
/// Whether something changed, or AWS's code.
pub(super) type Outcome = Result<bool, &'static str>;

/// Tags by the key as it is compared, with the key as it is written.
pub(super) type TagMap = BTreeMap<String, (String, String)>;

/// Version, document, description.
pub(super) type Imported = (u32, String, Option<String>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Policies {
    /// ARN to since and until when.
    pub(super) attached: BTreeMap<String, (Moment, Option<Moment>)>,
    pub(super) inline: BTreeMap<String, String>,
    pub(super) boundary: Option<String>,
}

impl Policies {
    /// Whether there is one that is in the way of deleting: a boundary is not.
    pub(super) fn any(&self) -> bool {
        !self.attached.is_empty() || !self.inline.is_empty()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) created: Moment,
    pub(super) tags: TagMap,
    /// Groups by name in lower case, with since and until when.
    pub(super) groups: BTreeMap<String, (Moment, Option<Moment>)>,
    pub(super) policies: Policies,
    /// When created, when the password changed, whether it must be changed.
    pub(super) login: Option<(Moment, Moment, bool)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) created: Moment,
    pub(super) policies: Policies,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Role {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) created: Moment,
    pub(super) description: Option<String>,
    pub(super) seconds: u32,
    pub(super) trust: String,
    pub(super) tags: TagMap,
    pub(super) policies: Policies,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Managed {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) created: Moment,
    pub(super) updated: Moment,
    pub(super) versions: BTreeMap<u32, (String, Moment)>,
    pub(super) default: u32,
    pub(super) latest: u32,
    pub(super) tags: TagMap,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) created: Moment,
    /// The role's name in lower case.
    pub(super) role: Option<String>,
    pub(super) tags: TagMap,
}

/// Everything that can be seen, by name in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) alias: Option<String>,
    /// The least length of a password, if the account has rules of its own.
    pub(super) password_length: Option<u32>,
    pub(super) quotas: BTreeMap<String, u64>,
    pub(super) users: BTreeMap<String, User>,
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) roles: BTreeMap<String, Role>,
    pub(super) managed: BTreeMap<String, Managed>,
    pub(super) profiles: BTreeMap<String, Profile>,
    /// Documents of resource policies, by the resource's ARN.
    pub(super) resource_policies: BTreeMap<String, String>,
    /// What was imported of AWS's, by ARN.
    pub(super) published: BTreeMap<String, Imported>,
}

/// The quotas of a run: small, so that they are reached. Name, value, how far it may be raised.
pub(super) const QUOTAS: &[(&str, u64, u64)] = &[
    ("UsersPerAccount", 2, 5_000),
    ("GroupsPerAccount", 2, 500),
    ("RolesPerAccount", 2, 5_000),
    ("PoliciesPerAccount", 2, 5_000),
    ("InstanceProfilesPerAccount", 2, 5_000),
    ("GroupsPerUser", 1, 10),
    ("PoliciesPerUser", 1, 20),
    ("PoliciesPerGroup", 1, 10),
    ("PoliciesPerRole", 2, 20),
    ("VersionsPerPolicy", 3, 5),
    ("InstanceProfilesPerRole", 1, 10),
    ("TagsPerUser", 3, 50),
    ("TagsPerRole", 3, 50),
    ("TagsPerPolicy", 3, 50),
    ("TagsPerInstanceProfile", 3, 50),
    ("ManagedPolicyChars", 200, 6_144),
    ("UserInlineChars", 100, 2_048),
    ("GroupInlineChars", 100, 5_120),
    ("RoleInlineChars", 200, 10_240),
    ("TrustPolicyChars", 200, 8_192),
    ("ResourcePoliciesPerAccount", 2, 10_000),
    ("ResourcePolicyChars", 200, 20_480),
];
/// Those of them that AWS raises on request.
pub(super) const RAISABLE: &[&str] = &[
    "GroupsPerAccount",
    "RolesPerAccount",
    "PoliciesPerAccount",
    "InstanceProfilesPerAccount",
    "PoliciesPerUser",
    "PoliciesPerRole",
    "TrustPolicyChars",
    "ResourcePoliciesPerAccount",
];

/// Of AWS's, the two that steps name and the catalogue has.
const CATALOGUE: &[&str] = &[
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy",
];

pub(super) const MISSING: &str = "NoSuchEntity";
pub(super) const TAKEN: &str = "EntityAlreadyExists";
pub(super) const CONFLICT: &str = "DeleteConflict";
pub(super) const LIMIT: &str = "LimitExceeded";
pub(super) const INPUT: &str = "InvalidInput";
pub(super) const VALIDATION: &str = "ValidationError";
pub(super) const UNMODIFIABLE: &str = "UnmodifiableEntity";
pub(super) const UNATTACHABLE: &str = "PolicyNotAttachable";
pub(super) const WEAK: &str = "PasswordPolicyViolation";

/// The bucket whose policy another account has.
pub(super) const OTHERS_BUCKET: &str = "arn:aws:s3:::others";
/// The alias that another account has.
pub(super) const OTHERS_ALIAS: &str = "other-corp";

pub(super) fn low(name: Text) -> String {
    name.to_lowercase()
}

pub(super) fn size(text: &str) -> u64 {
    text.chars().filter(|c| !c.is_whitespace()).count() as u64
}

pub(super) fn when(code: &'static str, wrong: bool) -> Result<(), &'static str> {
    if wrong { Err(code) } else { Ok(()) }
}

pub(super) fn new_tags(count: usize) -> TagMap {
    (0..count).map(|n| (format!("k{n}"), (format!("k{n}"), "v".to_owned()))).collect()
}

pub(super) fn of_service(arn: &str) -> bool {
    arn.contains(":aws:policy/aws-service-role/")
}

pub(super) fn end(now: Moment, ends: Option<i64>) -> Result<Option<Moment>, &'static str> {
    when(INPUT, ends.is_some_and(|seconds| seconds <= 0))?;
    Ok(ends.map(|seconds| now.checked_add_signed(seconds * 1_000).unwrap()))
}

pub(super) fn arn_text_of(path: &str, name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:policy{path}{name}")
}

/// Gives a grant, or changes its end: it still counts from when it was first given.
pub(super) fn grant(
    grants: &mut BTreeMap<String, (Moment, Option<Moment>)>,
    key: String,
    now: Moment,
    until: Option<Moment>,
    most: u64,
) -> Outcome {
    let count_after = grants.len() as u64 + 1;
    match grants.get_mut(&key) {
        Some((_, known)) => {
            let changed = *known != until;
            *known = until;
            Ok(changed)
        }
        None if count_after > most => Err(LIMIT),
        None => Ok(grants.insert(key, (now, until)).is_none()),
    }
}

/// Ends a grant whose time is over.
pub(super) fn expire(grants: &mut BTreeMap<String, (Moment, Option<Moment>)>, key: &str, now: Moment) -> Outcome {
    let over = grants.get(key).is_some_and(|(_, until)| until.is_some_and(|until| until <= now));
    if over {
        grants.remove(key);
    }
    Ok(over)
}

impl Model {
    pub(super) fn new() -> Self {
        let quotas = QUOTAS.iter().map(|(name, value, _)| ((*name).to_owned(), *value)).collect();
        Self { quotas, ..Self::default() }
    }

    /// Does what the step's command does.
    pub(super) fn step(&mut self, step: &Step, now: Moment) -> Outcome {
        match step {
            Step::Wait(_) => Ok(false),
            Step::Sweep => Ok(self.sweep(now)),
            Step::Account(step) => self.account_step(step),
            Step::People(step) => self.people_step(step, now),
            Step::Roles(step) => self.role_step(step, now),
            Step::Policies(step) => self.policy_step(step, now),
        }
    }

    fn sweep(&mut self, now: Moment) -> bool {
        let over = |until: Option<Moment>| until.is_some_and(|until| until <= now);
        let before = self.clone();
        for user in self.users.values_mut() {
            user.groups.retain(|_, (_, until)| !over(*until));
            user.policies.attached.retain(|_, (_, until)| !over(*until));
        }
        self.groups.values_mut().for_each(|group| group.policies.attached.retain(|_, (_, until)| !over(*until)));
        self.roles.values_mut().for_each(|role| role.policies.attached.retain(|_, (_, until)| !over(*until)));
        *self != before
    }

    /// The policies of all identities.
    pub(super) fn all_policies(&self) -> impl Iterator<Item = &Policies> {
        let users = self.users.values().map(|user| &user.policies);
        let groups = self.groups.values().map(|group| &group.policies);
        users.chain(groups).chain(self.roles.values().map(|role| &role.policies))
    }

    /// When the next grant ends.
    pub(super) fn next_expiry(&self) -> Option<Moment> {
        let memberships = self.users.values().flat_map(|user| user.groups.values());
        let attachments = self.all_policies().flat_map(|policies| policies.attached.values());
        memberships.chain(attachments).filter_map(|(_, until)| *until).min()
    }

    pub(super) fn limit(&self, name: &str) -> u64 {
        self.quotas.get(name).copied().unwrap()
    }

    /// Refuses more than a quota allows.
    pub(super) fn room(&self, quota: &str, count_after: usize) -> Result<(), &'static str> {
        when(LIMIT, count_after as u64 > self.limit(quota))
    }

    /// Whether the ARN is that of a policy of the account or of AWS's.
    pub(super) fn is_policy(&self, arn: &str) -> bool {
        let own = self.managed.values().any(|known| arn == arn_text_of(&known.path, &known.name));
        own || CATALOGUE.contains(&arn) || self.published.contains_key(arn)
    }

    /// The customer managed policy of an ARN.
    pub(super) fn own_policy(&mut self, arn: &str) -> Option<&mut Managed> {
        self.managed.values_mut().find(|known| arn == arn_text_of(&known.path, &known.name))
    }

    /// The policies of an identity.
    pub(super) fn policies(&mut self, who: Who) -> Option<&mut Policies> {
        match who {
            Who::User(name) => self.users.get_mut(&low(name)).map(|user| &mut user.policies),
            Who::Group(name) => self.groups.get_mut(&low(name)).map(|group| &mut group.policies),
            Who::Role(name) => self.roles.get_mut(&low(name)).map(|role| &mut role.policies),
        }
    }
}
