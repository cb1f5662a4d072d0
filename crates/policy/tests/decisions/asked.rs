//! A request and all policies about it, in plain types: what both evaluators are asked.

use std::collections::BTreeMap;

use chancery_policy::{Case, Context, Document, Values};

/// What a key holds: one value of a single-valued key, or the values of a multivalued one.
#[derive(Debug, Clone)]
pub(crate) enum Held {
    One(String),
    Many(Vec<String>),
}

/// A request and all policies about it. `None` is a layer that is not there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) principal: String,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) resource_account: Option<String>,
    /// By key in lower case.
    pub(crate) context: BTreeMap<String, Held>,
    pub(crate) identity: Vec<Document>,
    pub(crate) boundary: Option<Vec<Document>>,
    pub(crate) session: Option<Vec<Document>>,
    /// One or none.
    pub(crate) resource_policy: Vec<Document>,
    pub(crate) scps: Option<Vec<Vec<Document>>>,
    pub(crate) rcps: Option<Vec<Vec<Document>>>,
    pub(crate) endpoint: Option<Vec<Document>>,
}

impl From<&Case> for Asked {
    fn from(case: &Case) -> Self {
        let context = case.context();
        let held = |values| match values {
            Values::One(value) => Held::One(value.into_owned()),
            Values::Many(values) => Held::Many(values.iter().map(ToString::to_string).collect()),
        };
        let full = || Case::parse(DEFAULT_RCP, "").unwrap().identity_policies;
        let with_default = |level: &Vec<_>| [level.clone(), full()].concat();
        Asked {
            principal: case.caller.name().to_owned(),
            action: case.action.to_string(),
            resource: if case.wildcard_only_action { "*".to_owned() } else { case.resource.to_string() },
            resource_account: case.resource_account.as_ref().map(ToString::to_string),
            context: context.keys().map(|key| (key.to_string(), held(context.get(key).unwrap()))).collect(),
            identity: case.identity_policies.clone(),
            boundary: case.boundary.clone(),
            session: case.session_policies.clone(),
            resource_policy: case.resource_policy.iter().cloned().collect(),
            scps: case.scps.clone(),
            rcps: case.rcps.as_ref().map(|levels| levels.iter().map(with_default).collect()),
            endpoint: case.endpoint_policies.clone(),
        }
    }
}

/// "RCPFullAWSAccess … is automatically attached to every level and cannot be detached."
const DEFAULT_RCP: &str = r#"{"principal": "anonymous", "action": "a:B", "resource": "*", "identityPolicies":
    {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}}"#;
