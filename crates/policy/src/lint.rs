//! The linter: what AWS's ValidatePolicy says of a policy, with code, place and remedy.
//!
//! The checks follow AWS's "IAM policy validation check reference" (IAM Access Analyzer); [`IssueCode`] lists them, and the few
//! that are this linter's own. They read the [`Catalogue`](crate::Catalogue), so a new action of a service is unknown until that
//! is refreshed. A linter advises: whether IAM takes a document is decided by [`Document::parse`] alone.
//!
//! Two checks of the reference are not made: `SCP_SYNTAX_ERROR_ACTION_WILDCARD`, since service control policies take wildcards
//! anywhere by now, and the part of `USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES` about services that are named one by one.
//!
//! ```
//! use chancery_policy::{FindingType, Linter, PolicyType};
//!
//! let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObjekt"], "Resource": "*"}]}"#;
//! let findings = Linter::new(PolicyType::Identity).lint(text);
//! assert_eq!(findings[0].finding_type, FindingType::Error);
//! assert_eq!(findings[0].code.as_str(), "INVALID_ACTION");
//! assert_eq!(findings[0].locations[0].path.to_string(), "Statement[0].Action[0]");
//! assert_eq!(findings[0].details, "There is no action s3:GetObjekt. Did you mean s3:GetObject?");
//! ```

mod actions;
mod addresses;
mod conditions;
mod control;
mod finding;
mod issue;
mod outline;
mod permissive;
mod principals;
mod redundant;
mod regions;
mod report;
mod resources;
mod spans;
mod statements;
mod tags;
#[cfg(test)]
mod tests;
mod trust;
mod values;
mod variables;

use crate::{Document, Kind, Malformed, json::Json};

pub use finding::{Finding, FindingType, Location, Path, Span, Step, TextPosition};
pub use issue::IssueCode;
use report::Report;

/// What a policy is for, as the linter needs to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyType {
    /// Of a user, group or role, also as a boundary or for a session.
    Identity,
    /// Of a resource of a service.
    Resource,
    /// Of a role: who may assume it.
    Trust,
    /// A service control policy of an organization.
    ServiceControl,
    /// A resource control policy of an organization.
    ResourceControl,
}

impl PolicyType {
    /// All of them.
    pub const ALL: &'static [PolicyType] =
        &[PolicyType::Identity, PolicyType::Resource, PolicyType::Trust, PolicyType::ServiceControl, PolicyType::ResourceControl];

    /// The short name, for a command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            PolicyType::Identity => "identity",
            PolicyType::Resource => "resource",
            PolicyType::Trust => "trust",
            PolicyType::ServiceControl => "scp",
            PolicyType::ResourceControl => "rcp",
        }
    }

    /// The type with a short name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|policy_type| policy_type.name() == name)
    }

    /// The rules under which such a document is saved. Organizations' own are these but for what the linter says itself.
    fn kind(self) -> Kind {
        match self {
            PolicyType::Identity | PolicyType::ServiceControl => Kind::Identity,
            PolicyType::Resource | PolicyType::ResourceControl => Kind::Resource,
            PolicyType::Trust => Kind::Trust,
        }
    }
}

/// Checks policies of one type.
#[derive(Debug, Clone, Copy)]
pub struct Linter<'a> {
    policy_type: PolicyType,
    attached_to: Option<&'a str>,
}

impl<'a> Linter<'a> {
    /// The longest text that is read, in bytes. IAM's API takes half of it, and AWS's own longest policy has 152,297.
    pub const TEXT_BYTES_MAX: usize = 262_144;

    /// A linter for policies of a type.
    #[must_use]
    pub fn new(policy_type: PolicyType) -> Self {
        Self { policy_type, attached_to: None }
    }

    /// Says which service the resource belongs to that has the policy, such as `s3`: actions and ARNs of others are errors then.
    #[must_use]
    pub fn attached_to(self, service: &'a str) -> Self {
        Self { attached_to: Some(service), ..self }
    }

    /// What there is to say of a document, in the order of its text; nothing when all is well.
    #[must_use]
    pub fn lint(&self, text: &str) -> Vec<Finding> {
        if text.len() > Self::TEXT_BYTES_MAX {
            return vec![too_long(text.len())];
        }
        let json = match Json::parse(text) {
            Ok(json) => json,
            Err(malformed) => return vec![not_json(text, &malformed)],
        };
        let mut report = Report::new();
        let outline = outline::Reader { policy_type: self.policy_type, report: &mut report }.document(&json);
        statements::check_size(text, self.policy_type, &mut report);
        statements::check_sids(&outline, self.policy_type, &mut report);
        principals::check(&outline, self.policy_type, &mut report);
        actions::check(&outline, self, &mut report);
        resources::check(&outline, self, &mut report);
        conditions::check(&outline, self, &mut report);
        tags::check(&outline, &mut report);
        permissive::check(&outline, self.policy_type, &mut report);
        redundant::check(&outline, &mut report);
        if self.policy_type == PolicyType::ResourceControl {
            control::check(&outline, &mut report);
        }
        self.check_refusal(text, &json, &mut report);
        report.finish(text)
    }

    /// What IAM refuses and no check has said.
    fn check_refusal(&self, text: &str, json: &Json, report: &mut Report) {
        if report.has_error() {
            return;
        }
        if let Err(malformed) = Document::parse(text, self.policy_type.kind()) {
            let path = finding::read_path(json, &malformed.path);
            report.add(IssueCode::MalformedPolicyDocument, &path, malformed.message);
        }
    }
}

fn too_long(bytes: usize) -> Finding {
    let code = IssueCode::MalformedPolicyDocument;
    Finding {
        finding_type: code.finding_type(),
        code,
        details: format!("The text has {bytes} bytes; a policy has at most {}.", Linter::TEXT_BYTES_MAX),
        remedy: code.remedy(),
        locations: vec![Location { path: Path::default(), span: None }],
    }
}

fn not_json(text: &str, malformed: &Malformed) -> Finding {
    let code = IssueCode::JsonSyntaxError;
    let span = malformed.position.map(|position| spans::Spans::of_lines(text).point(position.line, position.column));
    let place = malformed.position.map(|at| format!(" At line {}, column {}.", at.line, at.column)).unwrap_or_default();
    let detail = malformed.message.strip_prefix("Syntax errors in policy. ").unwrap_or(&malformed.message);
    Finding {
        finding_type: code.finding_type(),
        code,
        details: format!("{detail}{place}"),
        remedy: code.remedy(),
        locations: vec![Location { path: Path::default(), span }],
    }
}
