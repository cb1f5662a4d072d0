//! The table's lines; their form is told in `data/README.md`. A line that has another form is left out: a test reads each.

use super::{AccessLevel, ActionRow, Catalogue, ConditionKey, KeyType, ResourceType, Service, Shape, compare, global};

impl Catalogue {
    pub(super) fn read(table: &str) -> Catalogue {
        let mut services: Vec<Service> = Vec::new();
        for line in table.lines() {
            match (line.strip_prefix('@'), services.last_mut()) {
                (Some(prefix), _) => services.push(Service::empty(prefix)),
                (None, Some(service)) => {
                    let _ = service.read(line);
                }
                // Remarks stand before the first service.
                (None, None) => {}
            }
        }
        services.sort_by(|a, b| compare(&a.prefix, &b.prefix));
        let (foreign, vendors) = (foreign_keys(&services), vendors(&services));
        Catalogue { services, global: global::keys(), foreign, vendors }
    }
}

fn foreign_keys(services: &[Service]) -> Vec<ConditionKey> {
    let own = |service: &Service, key: &ConditionKey| {
        key.name.starts_with("aws:") || key.name.strip_prefix(&*service.prefix).is_some_and(|rest| rest.starts_with(':'))
    };
    let listed = services.iter().flat_map(|service| service.keys.iter().filter(move |key| !own(service, key)));
    let mut foreign: Vec<ConditionKey> = listed.cloned().collect();
    foreign.sort_by(|a, b| compare(&a.name, &b.name));
    foreign.dedup();
    foreign
}

/// Where the resource types of each vendor are.
fn vendors(services: &[Service]) -> Vec<(Box<str>, usize, usize)> {
    let mut vendors = Vec::new();
    for (service, of) in services.iter().enumerate() {
        for (resource, resource_type) in of.resources.iter().enumerate() {
            if let Some(vendor) = resource_type.arn.split(':').nth(2) {
                vendors.push((vendor.into(), service, resource));
            }
        }
    }
    vendors.sort();
    vendors
}

impl Service {
    fn empty(prefix: &str) -> Service {
        Service { prefix: prefix.into(), keys: Vec::new(), resources: Vec::new(), shapes: Vec::new(), actions: Vec::new() }
    }

    pub(super) fn read(&mut self, line: &str) -> Option<()> {
        match line.chars().next()? {
            '?' => {
                let key = self.key(line.get(1..)?)?;
                self.keys.push(key);
            }
            '/' => self.resources.push(resource(line.get(1..)?)?),
            '%' => self.shapes.push(shape(line.get(1..)?)?),
            _ => {
                let action = self.action_row(line)?;
                self.actions.push(action);
            }
        }
        Some(())
    }

    fn key(&self, text: &str) -> Option<ConditionKey> {
        let (letter, name) = (text.chars().next()?, text.get(1..)?);
        let value_type = match letter.to_ascii_uppercase() {
            'S' => KeyType::String,
            'A' => KeyType::Arn,
            'B' => KeyType::Bool,
            'N' => KeyType::Numeric,
            'D' => KeyType::Date,
            'I' => KeyType::IpAddress,
            _ => return None,
        };
        let name = if name.starts_with(':') { format!("{}{name}", self.prefix) } else { name.to_owned() };
        Some(ConditionKey { name: name.into(), value_type, multivalued: letter.is_ascii_lowercase() })
    }

    fn action_row(&self, line: &str) -> Option<ActionRow> {
        let shared = usize::try_from(line.chars().next()?.to_digit(36)?).ok()?;
        let (rest, shape) = line.get(1..)?.split_once(' ')?;
        let before = self.actions.last().map_or("", |row| &row.name);
        let shape = shape.parse().ok().filter(|shape| *shape < self.shapes.len())?;
        Some(ActionRow { name: format!("{}{rest}", before.get(..shared)?).into(), shape })
    }
}

fn resource(text: &str) -> Option<ResourceType> {
    let mut parts = text.split('\t');
    let (name, short, keys) = (parts.next()?, parts.next()?, parts.next()?);
    let arn = format!("arn:${{Partition}}:{}", short.replace('~', ":${Region}:${Account}:").replace('^', "::${Account}:"));
    let pattern = starred(arn.splitn(6, ':').nth(5)?);
    Some(ResourceType { name: name.into(), pattern: pattern.into(), arn: arn.into(), keys: places(keys)? })
}

/// The text with `*` for each placeholder.
fn starred(text: &str) -> String {
    let mut parts = text.split("${");
    let mut starred = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        starred.push('*');
        starred.push_str(part.split_once('}').map_or("", |(_, after)| after));
    }
    starred
}

fn shape(text: &str) -> Option<Shape> {
    let mut parts = text.split('\t');
    let level = match parts.next()? {
        "L" => AccessLevel::List,
        "R" => AccessLevel::Read,
        "W" => AccessLevel::Write,
        "T" => AccessLevel::Tagging,
        "P" => AccessLevel::PermissionsManagement,
        _ => return None,
    };
    let resources = parts.next()?.split(',').filter(|place| !place.is_empty());
    let resources = resources.map(|place| match place.strip_suffix('!') {
        Some(place) => Some((place.parse().ok()?, true)),
        None => Some((place.parse().ok()?, false)),
    });
    Some(Shape { level, resources: resources.collect::<Option<_>>()?, keys: places(parts.next()?)? })
}

fn places(text: &str) -> Option<Vec<usize>> {
    text.split(',').filter(|place| !place.is_empty()).map(|place| place.parse().ok()).collect()
}
