//! The linter's findings.

use async_graphql::{Enum, SimpleObject};
use chancery_model::Invalid;
use chancery_policy::{Finding, FindingType as Type, Kind, Linter, Location, PolicyType, TextPosition as Position};

use crate::fault::Answer;

/// What a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[expect(clippy::enum_variant_names, reason = "the names are those of AWS's `policyType`")]
pub(crate) enum PolicyDocumentType {
    /// Of a user, group or role, also as a boundary or for a session.
    IdentityPolicy,
    /// Of a resource of a service.
    ResourcePolicy,
    /// Of a role: who may assume it.
    TrustPolicy,
    /// A service control policy of an organization.
    ServiceControlPolicy,
    /// A resource control policy of an organization.
    ResourceControlPolicy,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum FindingType {
    /// A part of the policy does not work.
    Error,
    /// The policy allows more than its author is likely to want.
    SecurityWarning,
    /// The policy departs from good practice, without harm to security.
    Warning,
    /// It could be written better; access is the same.
    Suggestion,
}

/// One thing that the linter has to say.
#[derive(Debug, SimpleObject)]
#[graphql(serial)]
pub(crate) struct PolicyFinding {
    /// How much it matters.
    finding_type: FindingType,
    /// What it is, under the code of AWS's `ValidatePolicy`.
    issue_code: &'static str,
    /// What is wrong, with the value.
    finding_details: String,
    /// What to do.
    remedy: &'static str,
    /// Where it is: one place, or all places that make it together.
    locations: Vec<FindingLocation>,
}

/// A place in a policy.
#[derive(Debug, SimpleObject)]
#[graphql(serial)]
pub(crate) struct FindingLocation {
    /// The way through the document, as in `Statement[0].Action[1]`; empty for the document as a whole.
    path: String,
    /// The first character; null for a text that is not JSON, where the details tell.
    start: Option<TextPosition>,
    /// The character after the last.
    end: Option<TextPosition>,
}

/// A place in a text.
#[derive(Debug, SimpleObject)]
#[graphql(serial)]
pub(crate) struct TextPosition {
    /// The line, from 1.
    line: usize,
    /// The character in the line, from 0.
    column: usize,
    /// The character in the text, from 0.
    offset: usize,
}

/// Looks at a document.
pub(super) fn findings(document: &str, policy_type: PolicyDocumentType, service: Option<&str>) -> Answer<Vec<PolicyFinding>> {
    if document.chars().count() > Kind::DOCUMENT_CHARS_MAX {
        return Err(Invalid::too_long("document", document, Kind::DOCUMENT_CHARS_MAX).into());
    }
    let linter = Linter::new(policy_type.read());
    let linter = service.map_or(linter, |service| linter.attached_to(service));
    Ok(linter.lint(document).into_iter().map(PolicyFinding::of).collect())
}

impl PolicyDocumentType {
    fn read(self) -> PolicyType {
        match self {
            Self::IdentityPolicy => PolicyType::Identity,
            Self::ResourcePolicy => PolicyType::Resource,
            Self::TrustPolicy => PolicyType::Trust,
            Self::ServiceControlPolicy => PolicyType::ServiceControl,
            Self::ResourceControlPolicy => PolicyType::ResourceControl,
        }
    }
}

impl PolicyFinding {
    fn of(finding: Finding) -> Self {
        Self {
            finding_type: FindingType::of(finding.finding_type),
            issue_code: finding.code.as_str(),
            finding_details: finding.details,
            remedy: finding.remedy,
            locations: finding.locations.iter().map(FindingLocation::of).collect(),
        }
    }
}

impl FindingLocation {
    fn of(location: &Location) -> Self {
        let (start, end) = location.span.map(|span| (TextPosition::of(span.start), TextPosition::of(span.end))).unzip();
        Self { path: location.path.to_string(), start, end }
    }
}

impl TextPosition {
    fn of(Position { line, column, offset }: Position) -> Self {
        Self { line, column, offset }
    }
}

impl FindingType {
    fn of(finding_type: Type) -> Self {
        match finding_type {
            Type::Error => Self::Error,
            Type::SecurityWarning => Self::SecurityWarning,
            Type::Warning => Self::Warning,
            Type::Suggestion => Self::Suggestion,
        }
    }
}
