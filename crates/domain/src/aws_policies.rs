//! AWS's own managed policies (`arn:aws:iam::aws:policy/…`), which every account can attach.
//!
//! The binary carries a catalogue (`data/aws-managed-policies.json`, one policy a line); what an operator imports on top
//! is events, and wins over the catalogue.

use std::sync::{Arc, LazyLock};

use chancery_model::{Arn, Description, Path, PolicyId, PolicyName, Tags, Timestamp};
use chancery_policy::{Kind, PolicyText};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use crate::{ManagedPolicy, PolicyVersion, VersionId};

/// What can happen to AWS's managed policies. Variants are append-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AwsPolicyChange {
    /// A policy was imported, or a newer version of one.
    Published {
        /// The ARN.
        arn: Arn,
        /// The name.
        name: PolicyName,
        /// The path.
        path: Path,
        /// What it is for.
        description: Option<Description>,
        /// The number of the version in force at AWS.
        version: VersionId,
        /// The document of that version.
        text: PolicyText,
    },
}

impl AwsPolicyChange {
    /// The wire name.
    #[must_use]
    pub fn wire_name(&self) -> &'static str {
        match self {
            Self::Published { .. } => "aws_policy.published.v1",
        }
    }
}

/// AWS's managed policies: the imported ones, and behind them the catalogue of the binary.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwsPolicies {
    #[serde(deserialize_with = "crate::ordered::map")]
    published: OrdMap<PolicyId, Arc<ManagedPolicy>>,
    #[serde(skip)]
    by_arn: OrdMap<Arn, PolicyId>,
}

struct Catalogue {
    by_id: OrdMap<PolicyId, Arc<ManagedPolicy>>,
    by_arn: OrdMap<Arn, PolicyId>,
}

#[derive(Deserialize)]
struct Row {
    arn: String,
    name: String,
    path: String,
    #[serde(rename = "policyId")]
    policy_id: String,
    #[serde(rename = "defaultVersionId")]
    default_version_id: String,
    #[serde(rename = "createDate")]
    create_date: String,
    #[serde(rename = "updateDate")]
    update_date: String,
    description: Option<String>,
    document: Box<serde_json::value::RawValue>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let mut catalogue = Catalogue { by_id: OrdMap::new(), by_arn: OrdMap::new() };
    // Every line is checked by a test, so that a line that is no policy cannot be shipped.
    for policy in include_str!("../data/aws-managed-policies.json").lines().filter_map(read_row) {
        catalogue.by_arn.insert(policy.arn.clone(), policy.id);
        catalogue.by_id.insert(policy.id, Arc::new(policy));
    }
    catalogue
});

fn read_row(line: &str) -> Option<ManagedPolicy> {
    let row: Row = serde_json::from_str(line).ok()?;
    let version: VersionId = row.default_version_id.parse().ok()?;
    let created: Timestamp = row.create_date.parse().ok()?;
    let text = PolicyText::parse(row.document.get(), Kind::Identity).ok()?;
    Some(ManagedPolicy {
        id: row.policy_id.parse().ok()?,
        arn: Arn::parse(&row.arn).ok()?,
        name: PolicyName::parse(&row.name).ok()?,
        path: Path::parse(&row.path).ok()?,
        description: row.description.as_deref().and_then(|text| Description::parse(text).ok()),
        created,
        updated: row.update_date.parse().ok()?,
        versions: OrdMap::unit(version, PolicyVersion { text, created }),
        default: version,
        latest: version,
        tags: Tags::default(),
    })
}

impl AwsPolicies {
    /// The policy of an id.
    #[must_use]
    pub fn get(&self, id: PolicyId) -> Option<&Arc<ManagedPolicy>> {
        self.published.get(&id).or_else(|| CATALOGUE.by_id.get(&id))
    }

    /// The policy of an ARN.
    #[must_use]
    pub fn by_arn(&self, arn: &Arn) -> Option<&Arc<ManagedPolicy>> {
        self.id_of(arn).and_then(|id| self.get(id))
    }

    fn id_of(&self, arn: &Arn) -> Option<PolicyId> {
        self.by_arn.get(arn).or_else(|| CATALOGUE.by_arn.get(arn)).copied()
    }

    /// All policies, in the order of their ARNs.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<ManagedPolicy>> {
        let arns = self.by_arn.clone().union(CATALOGUE.by_arn.clone());
        arns.into_iter().filter_map(|(_, id)| self.get(id))
    }

    /// Folds a change.
    pub(crate) fn apply(&mut self, id: PolicyId, change: &AwsPolicyChange, at: Timestamp) {
        let AwsPolicyChange::Published { arn, name, path, description, version, text } = change;
        let mut policy = match self.get(id) {
            Some(known) => ManagedPolicy::clone(known),
            None => ManagedPolicy::new(id, arn.clone(), name.clone(), path.clone(), text.clone(), at),
        };
        policy.description = description.clone().or(policy.description);
        policy.versions = OrdMap::unit(*version, PolicyVersion { text: text.clone(), created: at });
        (policy.default, policy.latest, policy.updated) = (*version, *version, at);
        self.by_arn.insert(arn.clone(), id);
        self.published.insert(id, Arc::new(policy));
    }

    /// Rebuilds what a snapshot leaves out.
    pub(crate) fn reindex(&mut self) {
        self.by_arn = self.published.iter().map(|(id, policy)| (policy.arn.clone(), *id)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_catalogue_is_a_policy() {
        for (at, line) in include_str!("../data/aws-managed-policies.json").lines().enumerate() {
            assert!(read_row(line).is_some(), "line {}: {}", at + 1, line.get(..120).unwrap_or(line));
        }
    }

    #[test]
    fn the_most_used_policies_are_there() {
        let policies = AwsPolicies::default();
        let names = "AdministratorAccess PowerUserAccess ReadOnlyAccess job-function/ViewOnlyAccess SecurityAudit IAMFullAccess \
            IAMReadOnlyAccess IAMUserChangePassword AmazonS3FullAccess AmazonS3ReadOnlyAccess AmazonEC2FullAccess \
            AmazonDynamoDBFullAccess AWSLambda_FullAccess AmazonRDSFullAccess AmazonSQSFullAccess AmazonSNSFullAccess \
            CloudWatchFullAccess AWSKeyManagementServicePowerUser";
        for name in names.split_whitespace() {
            let arn = Arn::parse(&format!("arn:aws:iam::aws:policy/{name}")).unwrap();
            assert!(policies.by_arn(&arn).is_some(), "{name}");
        }
        assert!(policies.iter().count() >= 40);
    }
}
