//! What AWS's services have: actions, resource types, condition keys, and the global condition keys.
//!
//! It comes from `data/catalogue.txt` (see `data/README.md` for source and form), is read once when first asked for, and is
//! never needed to decide a request: services add actions every week, and a decision must not depend on this list.

pub(crate) mod glob;
mod global;
mod read;
#[cfg(test)]
mod tests;

use std::{cmp::Ordering, sync::LazyLock};

/// The table.
const TABLE: &str = include_str!("../data/catalogue.txt");

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(TABLE));

/// The actions, resource types and condition keys of AWS's services.
#[derive(Debug)]
pub struct Catalogue {
    /// Sorted without regard to case, as everything here that is looked up by name.
    services: Vec<Service>,
    /// The global keys.
    global: Vec<ConditionKey>,
    /// The keys whose prefix is not that of the service that lists them, such as `saml:aud` of STS.
    foreign: Vec<ConditionKey>,
    /// The vendor of an ARN, and where its resource type is: service, resource type.
    vendors: Vec<(Box<str>, usize, usize)>,
}

/// A service: what comes before the colon of an action.
#[derive(Debug)]
pub struct Service {
    prefix: Box<str>,
    keys: Vec<ConditionKey>,
    resources: Vec<ResourceType>,
    shapes: Vec<Shape>,
    actions: Vec<ActionRow>,
}

/// What many actions of a service have in common.
#[derive(Debug)]
struct Shape {
    level: AccessLevel,
    resources: Vec<(usize, bool)>,
    keys: Vec<usize>,
}

#[derive(Debug)]
struct ActionRow {
    name: Box<str>,
    shape: usize,
}

/// A kind of resource of a service.
#[derive(Debug)]
pub struct ResourceType {
    name: Box<str>,
    arn: Box<str>,
    /// The part of the ARN after the account, with `*` for each placeholder.
    pattern: Box<str>,
    keys: Vec<usize>,
}

/// A condition key and what its values are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionKey {
    name: Box<str>,
    value_type: KeyType,
    multivalued: bool,
}

/// What the values of a condition key are, as AWS's Service Authorization Reference has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// Any text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A moment.
    Date,
    /// An address or a range of addresses.
    IpAddress,
}

/// What an action does, as AWS classes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessLevel {
    /// Lists resources.
    List,
    /// Reads what is in them.
    Read,
    /// Creates, changes or deletes them.
    Write,
    /// Changes nothing but tags.
    Tagging,
    /// Grants or changes permissions.
    PermissionsManagement,
}

/// An action of a service.
#[derive(Debug, Clone, Copy)]
pub struct Action {
    service: &'static Service,
    row: &'static ActionRow,
}

/// Names are compared without regard to case.
fn compare(a: &str, b: &str) -> Ordering {
    let fold = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(fold).cmp(b.bytes().map(fold))
}

fn find<'a, T>(sorted: &'a [T], name: &str, of: impl Fn(&T) -> &str) -> Option<&'a T> {
    let place = sorted.binary_search_by(|item| compare(of(item), name)).ok()?;
    sorted.get(place)
}

impl Catalogue {
    /// The catalogue of this build; the first call reads it.
    #[must_use]
    pub fn get() -> &'static Catalogue {
        &CATALOGUE
    }

    /// All services, sorted by prefix.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.services.iter()
    }

    /// The service with a prefix, without regard to case.
    #[must_use]
    pub fn service(&self, prefix: &str) -> Option<&Service> {
        find(&self.services, prefix, |service| &service.prefix)
    }

    /// The action with a name such as `s3:GetObject`, without regard to case.
    #[must_use]
    pub fn action(&'static self, action: &str) -> Option<Action> {
        let (prefix, name) = action.split_once(':')?;
        self.service(prefix)?.action(name)
    }

    /// The actions that a pattern such as `s3:Get*` or `*` matches, without regard to case.
    pub fn actions_matching<'a>(&'static self, pattern: &'a str) -> impl Iterator<Item = Action> + 'a {
        let (prefix, name) = pattern.split_once(':').unwrap_or((pattern, "*"));
        let one = if glob::has_wildcard(prefix) { None } else { Some(self.service(prefix)) };
        let services = match one {
            Some(service) => service.map_or([].as_slice(), std::slice::from_ref),
            None => self.services.as_slice(),
        };
        let services = services.iter().filter(move |service| glob::covers(prefix, &service.prefix, true));
        services.flat_map(move |service| service.actions_matching(name))
    }

    /// Whether an action supports no resource-level permissions, so that only `*` is a resource for it; none if it is unknown.
    #[must_use]
    pub fn wildcard_only(&'static self, action: &str) -> Option<bool> {
        self.action(action).map(Action::wildcard_only)
    }

    /// A condition key with its prefix, global or of a service, without regard to case. `aws:ResourceTag/team` is found as
    /// `aws:ResourceTag/${TagKey}`.
    #[must_use]
    pub fn condition_key(&self, key: &str) -> Option<&ConditionKey> {
        let (prefix, _) = key.split_once(':')?;
        self.global_key(key).or_else(|| find_key(&self.service(prefix)?.keys, key)).or_else(|| find_key(&self.foreign, key))
    }

    /// A global condition key, without regard to case: `aws:…`, and the few of services that others see too.
    #[must_use]
    pub fn global_key(&self, key: &str) -> Option<&ConditionKey> {
        find_key(&self.global, key)
    }

    /// Whether keys with this prefix exist.
    #[must_use]
    pub fn has_key_prefix(&self, prefix: &str) -> bool {
        let of = |key: &ConditionKey| key.name.split(':').next().is_some_and(|known| known.eq_ignore_ascii_case(prefix));
        prefix.eq_ignore_ascii_case("aws") || self.service(prefix).is_some() || self.foreign.iter().any(of)
    }

    /// The resource types whose ARNs name a vendor: `s3` in `arn:aws:s3:::bucket`. With case, as ARNs are.
    pub fn resource_types<'a>(&'a self, vendor: &'a str) -> impl Iterator<Item = &'a ResourceType> {
        let from = self.vendors.partition_point(|(known, ..)| **known < *vendor);
        let rest = self.vendors.get(from..).unwrap_or_default().iter();
        rest.take_while(move |(known, ..)| **known == *vendor)
            .filter_map(|(_, service, resource)| self.services.get(*service)?.resources.get(*resource))
    }
}

/// A key by its name; one such as `s3:ExistingObjectTag/team` by the key with a placeholder.
fn find_key<'a>(keys: &'a [ConditionKey], key: &str) -> Option<&'a ConditionKey> {
    find(keys, key, |known| &known.name).or_else(|| keys.iter().find(|known| known.stands_for(key)))
}

impl Service {
    /// The prefix of its actions.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The action with a name such as `GetObject`, without regard to case.
    #[must_use]
    pub fn action(&'static self, name: &str) -> Option<Action> {
        find(&self.actions, name, |row| &row.name).map(|row| Action { service: self, row })
    }

    /// All actions, sorted by name without regard to case.
    pub fn actions(&'static self) -> impl Iterator<Item = Action> {
        self.actions.iter().map(move |row| Action { service: self, row })
    }

    fn actions_matching<'a>(&'static self, pattern: &'a str) -> impl Iterator<Item = Action> + 'a {
        // Only the actions that start like the pattern can match it.
        let literal = pattern.split(['*', '?']).next().unwrap_or_default();
        let head = |row: &ActionRow| row.name.get(..literal.len()).map_or(Ordering::Less, |head| compare(head, literal));
        let from = self.actions.partition_point(|row| compare(&row.name, literal) == Ordering::Less);
        let rows = self.actions.get(from..).unwrap_or_default().iter().take_while(move |row| head(row) == Ordering::Equal);
        rows.filter(move |row| glob::covers(pattern, &row.name, true)).map(move |row| Action { service: self, row })
    }

    /// Its resource types.
    pub fn resource_types(&self) -> impl Iterator<Item = &ResourceType> {
        self.resources.iter()
    }

    /// The condition keys that its actions and resources have, tags among them.
    pub fn condition_keys(&self) -> impl Iterator<Item = &ConditionKey> {
        self.keys.iter()
    }

    /// A key among those, without regard to case.
    #[must_use]
    pub fn condition_key(&self, key: &str) -> Option<&ConditionKey> {
        find_key(&self.keys, key)
    }
}

impl Action {
    /// The name, without the service.
    #[must_use]
    pub fn name(self) -> &'static str {
        &self.row.name
    }

    /// The service it belongs to.
    #[must_use]
    pub fn service(self) -> &'static Service {
        self.service
    }

    fn shape(self) -> Option<&'static Shape> {
        self.service.shapes.get(self.row.shape)
    }

    /// What it does.
    #[must_use]
    pub fn level(self) -> AccessLevel {
        self.shape().map_or(AccessLevel::Write, |shape| shape.level)
    }

    /// The types of resources it is about, and whether a request must name one of each.
    pub fn resource_types(self) -> impl Iterator<Item = (&'static ResourceType, bool)> {
        let listed = self.shape().map_or([].as_slice(), |shape| &shape.resources);
        listed.iter().filter_map(move |(place, required)| Some((self.service.resources.get(*place)?, *required)))
    }

    /// Whether it supports no resource-level permissions: only `*` is a resource for it.
    #[must_use]
    pub fn wildcard_only(self) -> bool {
        self.shape().is_none_or(|shape| shape.resources.is_empty())
    }

    /// The condition keys that its requests carry beside the global ones.
    pub fn condition_keys(self) -> impl Iterator<Item = &'static ConditionKey> {
        let listed = self.shape().map_or([].as_slice(), |shape| &shape.keys);
        listed.iter().filter_map(move |place| self.service.keys.get(*place))
    }

    /// Whether its requests, or the resources it is about, carry a condition key of the service, without regard to case.
    #[must_use]
    pub fn has_condition_key(self, key: &str) -> bool {
        let named = |known: &ConditionKey| known.name.eq_ignore_ascii_case(key) || known.stands_for(key);
        let of_resources = |(resource, _): (&'static ResourceType, bool)| {
            resource.keys.iter().filter_map(|place| self.service.keys.get(*place)).any(named)
        };
        self.condition_keys().any(named) || self.resource_types().any(of_resources)
    }
}

impl ResourceType {
    /// The name, such as `object`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The ARN with placeholders, such as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The part after the account, with `*` for each placeholder.
    pub(crate) fn pattern(&self) -> &str {
        &self.pattern
    }
}

impl ConditionKey {
    /// The name with its prefix; a part that the author chooses is a placeholder, as in `aws:ResourceTag/${TagKey}`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its values are.
    #[must_use]
    pub fn value_type(&self) -> KeyType {
        self.value_type
    }

    /// Whether a request may carry several values (AWS's `ArrayOf…`).
    #[must_use]
    pub fn is_multivalued(&self) -> bool {
        self.multivalued
    }

    /// What comes before and after the placeholder, if there is one.
    pub(crate) fn around_placeholder(&self) -> Option<(&str, &str)> {
        let (before, rest) = self.name.split_once("${")?;
        Some((before, rest.split_once('}')?.1))
    }

    /// Whether this name with a placeholder stands for a key.
    fn stands_for(&self, key: &str) -> bool {
        let Some((before, after)) = self.around_placeholder() else { return false };
        let head = key.get(..before.len()).is_some_and(|head| head.eq_ignore_ascii_case(before));
        let tail = || key.len().checked_sub(after.len()).and_then(|from| key.get(from..));
        head && key.len() > before.len() + after.len() && tail().is_some_and(|tail| tail.eq_ignore_ascii_case(after))
    }
}
