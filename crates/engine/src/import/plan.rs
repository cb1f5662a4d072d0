//! The plan: the file held against an account, item by item, in an order in which every item finds what it needs.

use std::collections::{BTreeMap, BTreeSet};

use chancery_domain::{Account, AwsPolicies};
use chancery_model::{Arn, NameKey};
use serde_json::Value;

use super::{AccountFile, Item, ItemKind, Outcome, file, identities::Identity};

/// What an import would do.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Every item of the file, in the order in which they are done.
    pub items: Vec<Item>,
    /// What concerns the import as a whole.
    pub notes: Vec<String>,
}

impl Plan {
    /// How many items come to this.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.items.iter().filter(|item| item.outcome == outcome).count()
    }
}

/// Plans the import of a whole account: AWS's policies, customer policies, groups, users, roles, instance profiles, and then
/// what ties them together.
#[must_use]
pub fn plan(file: &AccountFile, account: &Account, aws: &AwsPolicies) -> Plan {
    let mut planner = Planner::new(account, aws);
    planner.policies(file);
    let mut identities = Vec::new();
    planner.groups(file, &mut identities);
    planner.users(file, &mut identities);
    planner.roles(file, &mut identities);
    for identity in &identities {
        planner.permissions(identity);
    }
    planner.finish()
}

/// Plans the import of AWS's managed policies alone; the file's other policies are refused.
#[must_use]
pub fn plan_managed_policies(file: &AccountFile, account: &Account, aws: &AwsPolicies) -> Plan {
    let mut planner = Planner::new(account, aws);
    planner.managed_policies(file);
    planner.finish()
}

/// The plan in the making.
pub(super) struct Planner<'a> {
    pub(super) account: &'a Account,
    pub(super) aws: &'a AwsPolicies,
    items: Vec<Item>,
    seen: BTreeSet<(ItemKind, NameKey)>,
    /// References into other accounts, which are read as references into this one.
    rewritten: BTreeMap<String, usize>,
}

impl<'a> Planner<'a> {
    fn new(account: &'a Account, aws: &'a AwsPolicies) -> Self {
        Self { account, aws, items: Vec::new(), seen: BTreeSet::new(), rewritten: BTreeMap::new() }
    }

    fn finish(self) -> Plan {
        let mut notes = vec!["unique ids and dates are new: those of the source are not taken over".to_owned()];
        let target = self.account.id;
        notes.extend(self.rewritten.iter().map(|(source, count)| {
            format!("{count} ARNs of account {source} are read as ARNs of {target}; ARNs inside documents stay as they are")
        }));
        Plan { items: self.items, notes }
    }

    pub(super) fn push(&mut self, item: Item) {
        self.items.push(item);
    }

    /// Whether this is the first of its kind and name; a second one is reported as refused.
    pub(super) fn is_first(&mut self, kind: ItemKind, name: &str) -> bool {
        let first = self.seen.insert((kind, NameKey::of(name)));
        if !first {
            self.push(Item::new(kind, name).refused("it stands twice in the file"));
        }
        first
    }

    /// Reads a row, or reports it as refused.
    pub(super) fn row<T: serde::de::DeserializeOwned>(&mut self, value: &Value, kind: ItemKind, name_field: &str) -> Option<T> {
        match file::row(value, name_field) {
            Ok(row) => Some(row),
            Err((name, reason)) => {
                self.push(Item::new(kind, name).refused(reason));
                None
            }
        }
    }

    /// The ARN that a reference of the file stands for: one into the source account is read as one into the target.
    pub(super) fn reference(&mut self, text: &str) -> Result<Arn, String> {
        let arn = Arn::parse(text).map_err(|invalid| invalid.to_string())?;
        match arn.account() {
            Some(source) if source != self.account.id => {
                *self.rewritten.entry(source.to_string()).or_default() += 1;
                let own = format!("arn:{}:iam::{}:{}", arn.partition(), self.account.id, arn.resource());
                Arn::parse(&own).map_err(|invalid| invalid.to_string())
            }
            Some(_) | None => Ok(arn),
        }
    }

    fn permissions(&mut self, identity: &Identity) {
        self.attachments(identity);
        self.inline_policies(identity);
        self.memberships(identity);
    }
}
