//! `chancery policy lint`: what AWS's ValidatePolicy would say of documents.

use std::path::PathBuf;

use chancery_policy::{Document, Finding, FindingType, Linter, PolicyType};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{Exit, Failure, Global, Output, case_file::Source, counted};

/// Check policy documents as AWS's ValidatePolicy does
///
/// Errors, security warnings, warnings and suggestions, with code, place and remedy; as JSON one finding a line. Exits with 1 when
/// there is a finding as grave as --fail-on says.
#[derive(Debug, Args)]
pub(in crate::cli) struct Lint {
    /// Documents; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// What the documents are for [default: by their elements: trust or resource with a Principal, else identity]
    #[arg(long = "type", value_name = "TYPE", value_enum)]
    policy_type: Option<TypeName>,
    /// The service of the resource that a resource policy is for, such as s3
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// The lightest finding that fails the command
    #[arg(long, value_name = "GRAVITY", value_enum, default_value_t = Gravity::Error)]
    fail_on: Gravity,
}

/// [`PolicyType`] on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum TypeName {
    /// Of a user, group or role, also as a boundary or for a session
    Identity,
    /// Of a resource of a service
    Resource,
    /// Of a role: who may assume it
    Trust,
    /// A service control policy
    Scp,
    /// A resource control policy
    Rcp,
}

/// [`FindingType`] on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Gravity {
    /// A part of the policy does not work
    Error,
    /// The policy allows more than its author is likely to want
    SecurityWarning,
    /// The policy departs from good practice
    Warning,
    /// It could be written better
    Suggestion,
}

impl Lint {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        let fail_on = self.fail_on.finding_type();
        let (mut findings, mut grave) = (0_usize, 0_usize);
        for file in &self.files {
            let source = Source::read(file)?;
            let found = self.lint(&source.text);
            findings += found.len();
            grave += found.iter().filter(|finding| finding.finding_type <= fail_on).count();
            global.output.print_lines(found.iter().map(|finding| match global.output {
                Output::Text => text(&source.name, finding),
                Output::Json => as_json(&source.name, finding).to_string(),
            }))?;
        }
        if global.output == Output::Text {
            global.output.print_lines(std::iter::once(format!(
                "{} in {}",
                counted(findings, "finding"),
                counted(self.files.len(), "file")
            )))?;
        }
        match grave {
            0 => Ok(()),
            grave => {
                Err(Failure::new(Exit::Failed, format!("{} as grave as {} or graver", counted(grave, "finding"), name(fail_on))))
            }
        }
    }

    fn lint(&self, text: &str) -> Vec<Finding> {
        let linter = Linter::new(self.policy_type.map_or_else(|| guess(text), TypeName::policy_type));
        match &self.service {
            Some(service) => linter.attached_to(service).lint(text),
            None => linter.lint(text),
        }
    }
}

/// What a document is for, by its elements.
fn guess(text: &str) -> PolicyType {
    let Ok(document) = Document::parse_saved(text) else { return PolicyType::Identity };
    let sts = |action: &str| action.get(..4).is_some_and(|service| service.eq_ignore_ascii_case("sts:"));
    let mut statements = document.statements.iter();
    if statements.clone().all(|statement| statement.principals.is_none()) {
        PolicyType::Identity
    } else if statements
        .all(|statement| statement.resources.is_none() && statement.actions.listed().iter().all(|action| sts(action)))
    {
        PolicyType::Trust
    } else {
        PolicyType::Resource
    }
}

fn text(file: &str, finding: &Finding) -> String {
    let Finding { finding_type, code, details, remedy, locations } = finding;
    let place = locations.first();
    let position = place.and_then(|place| place.span).map(|span| format!(":{}:{}", span.start.line, span.start.column + 1));
    let paths: Vec<_> = locations.iter().map(|place| place.path.to_string()).filter(|path| !path.is_empty()).collect();
    let at = if paths.is_empty() { String::new() } else { format!(" at {}", paths.join(" and ")) };
    let head = format!("{file}{}: {} {}{at}", position.unwrap_or_default(), name(*finding_type), code.as_str());
    format!("{head}\n  {details}\n  {remedy}")
}

fn as_json(file: &str, finding: &Finding) -> Value {
    json!({ "file": file, "finding": finding })
}

fn name(finding_type: FindingType) -> &'static str {
    match finding_type {
        FindingType::Error => "error",
        FindingType::SecurityWarning => "security warning",
        FindingType::Warning => "warning",
        FindingType::Suggestion => "suggestion",
    }
}

impl TypeName {
    fn policy_type(self) -> PolicyType {
        match self {
            Self::Identity => PolicyType::Identity,
            Self::Resource => PolicyType::Resource,
            Self::Trust => PolicyType::Trust,
            Self::Scp => PolicyType::ServiceControl,
            Self::Rcp => PolicyType::ResourceControl,
        }
    }
}

impl Gravity {
    fn finding_type(self) -> FindingType {
        match self {
            Self::Error => FindingType::Error,
            Self::SecurityWarning => FindingType::SecurityWarning,
            Self::Warning => FindingType::Warning,
            Self::Suggestion => FindingType::Suggestion,
        }
    }
}
