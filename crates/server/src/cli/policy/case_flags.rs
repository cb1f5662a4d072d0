//! A case from the flags of a command line.

use std::{
    fs,
    path::{Path, PathBuf},
};

use chancery_policy::Case;
use clap::Args;
use serde_json::{Map, Value, json};

use super::{Exit, Failure};

/// One request and its policies.
#[derive(Debug, Args)]
#[command(next_help_heading = "The request, when there is no file of cases")]
pub(super) struct CaseFlags {
    /// Who asks: an ARN, an account id, a service such as sns.amazonaws.com, or anonymous
    #[arg(long, value_name = "PRINCIPAL")]
    principal: Option<String>,
    /// What is asked for, such as s3:GetObject
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// On what: an ARN, or * for an action that has no resource
    #[arg(long, value_name = "ARN", default_value = "*")]
    resource: String,
    /// The account that owns the resource, where its ARN does not tell
    #[arg(long, value_name = "ID")]
    resource_account: Option<String>,
    /// A condition key and its value; repeated for one key, or with a value such as ["a","b"], the key is multivalued
    #[arg(long, value_name = "KEY=VALUE")]
    context: Vec<String>,
    /// An identity-based policy; may be repeated
    #[arg(long, value_name = "FILE")]
    identity_policy: Vec<PathBuf>,
    /// The permissions boundary
    #[arg(long, value_name = "FILE")]
    boundary: Vec<PathBuf>,
    /// A session policy; may be repeated
    #[arg(long, value_name = "FILE")]
    session_policy: Vec<PathBuf>,
    /// The policy of the resource; for sts:AssumeRole the trust policy of the role
    #[arg(long, value_name = "FILE")]
    resource_policy: Option<PathBuf>,
    /// A service control policy; repeated ones are of one level, a file of cases can have more
    #[arg(long, value_name = "FILE")]
    scp: Vec<PathBuf>,
    /// A resource control policy; repeated ones are of one level, a file of cases can have more
    #[arg(long, value_name = "FILE")]
    rcp: Vec<PathBuf>,
    /// A policy of the VPC endpoint; may be repeated
    #[arg(long, value_name = "FILE")]
    endpoint_policy: Vec<PathBuf>,
    /// The action has no resource-level permissions: only "*" is its resource
    #[arg(long)]
    wildcard_only_action: bool,
}

/// What the case is called.
const NAME: &str = "request";

impl CaseFlags {
    /// Whether the flags ask for something.
    pub(super) fn are_given(&self) -> bool {
        self.principal.is_some() || self.action.is_some()
    }

    /// The case.
    pub(super) fn case(&self) -> Result<Case, Failure> {
        let (Some(principal), Some(action)) = (&self.principal, &self.action) else {
            return Err(Failure::new(Exit::Usage, "a request needs both --principal and --action"));
        };
        let level = |files: &[PathBuf]| Ok::<_, Failure>(if files.is_empty() { Value::Null } else { json!([documents(files)?]) });
        let resource_policy = self.resource_policy.as_ref().map(document).transpose()?;
        let case = json!({
            "principal": principal,
            "action": action,
            "resource": self.resource,
            "resourceAccount": self.resource_account,
            "context": self.context()?,
            "identityPolicies": documents(&self.identity_policy)?,
            "boundary": documents(&self.boundary)?,
            "sessionPolicies": documents(&self.session_policy)?,
            "resourcePolicy": resource_policy,
            "scps": level(&self.scp)?,
            "rcps": level(&self.rcp)?,
            "endpointPolicies": documents(&self.endpoint_policy)?,
            "wildcardOnlyAction": self.wildcard_only_action,
        });
        Case::parse(&case.to_string(), NAME).map_err(|error| Failure::new(Exit::Usage, error))
    }

    fn context(&self) -> Result<Value, Failure> {
        let mut context = Map::new();
        for text in &self.context {
            let (key, value) = text.split_once('=').ok_or_else(|| {
                Failure::new(
                    Exit::Usage,
                    format!("--context takes KEY=VALUE, as in --context aws:SourceIp=203.0.113.7, not `{text}`"),
                )
            })?;
            let list = serde_json::from_str::<Vec<String>>(value).ok();
            match (context.get_mut(key), list) {
                (None, Some(list)) => drop(context.insert(key.to_owned(), json!(list))),
                (None, None) => drop(context.insert(key.to_owned(), value.into())),
                (Some(Value::Array(values)), _) => values.push(value.into()),
                (Some(first), _) => *first = json!([first.take(), value]),
            }
        }
        Ok(Value::Object(context))
    }
}

fn documents(files: &[PathBuf]) -> Result<Vec<String>, Failure> {
    files.iter().map(document).collect()
}

/// The text of a document, which a case takes as it is.
fn document(file: impl AsRef<Path>) -> Result<String, Failure> {
    let file = file.as_ref();
    fs::read_to_string(file).map_err(|error| Failure::new(Exit::Failed, format!("{} cannot be read: {error}", file.display())))
}
