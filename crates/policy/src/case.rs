//! Policy tests: a request, all documents about it, and what is expected, as one JSON object.
//!
//! This is what `chancery policy test` reads, one case a line. Names are strict (an unknown field is an error, for a
//! misspelt one would be a test of nothing), forms are lenient: a document is an object or its text in a string, a list
//! may be a single item, a missing field is `null`.

mod ask;
mod derived;
mod read;

use std::fmt;

use smol_str::SmolStr;

use crate::{
    Caller, Decision, Determining, Document, Explanation, Key, Layer, Outcome, RequestContext, Statement, authorize, explain,
    json::Json,
};

/// A policy test.
///
/// ```
/// use chancery_policy::Case;
///
/// let case = Case::parse(
///     r#"{"id": "own bucket", "principal": "arn:aws:iam::111122223333:user/ada", "action": "s3:GetObject",
///         "resource": "arn:aws:s3:::logs/today", "expected": "allowed", "identityPolicies": [{"Version": "2012-10-17",
///         "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::logs/*"}}]}"#,
///     "line 1",
/// )?;
/// let decision = case.decide();
/// assert_eq!(case.passes(&decision), Some(true));
/// assert_eq!(case.place(&decision.determining[0]), "identityPolicies[0].Statement[0]");
/// # Ok::<(), chancery_policy::CaseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What the case is called.
    pub id: String,
    /// Who asks.
    pub caller: Caller,
    /// The action that is asked for.
    pub action: SmolStr,
    /// The resource that it is asked for.
    pub resource: SmolStr,
    /// The account of the resource, where its ARN does not say or someone else owns it.
    pub resource_account: Option<SmolStr>,
    /// What the case says of condition keys; [`Case::context`] has what follows from the rest as well.
    pub context: Vec<(Key, Said)>,
    /// Identity-based policies.
    pub identity_policies: Vec<Document>,
    /// The permissions boundary; none when an empty list was given.
    pub boundary: Option<Vec<Document>>,
    /// Session policies; none when an empty list was given.
    pub session_policies: Option<Vec<Document>>,
    /// The resource's policy; for a role its trust policy.
    pub resource_policy: Option<Document>,
    /// Service control policies by level, root first.
    pub scps: Option<Vec<Vec<Document>>>,
    /// Resource control policies by level, root first, without the default that every level has besides.
    pub rcps: Option<Vec<Vec<Document>>>,
    /// Policies of the VPC endpoint; none when an empty list was given.
    pub endpoint_policies: Option<Vec<Document>>,
    /// What should come out.
    pub expected: Option<Expected>,
    /// Whether the action supports no resource-level permissions: then only `*` is its resource.
    pub wildcard_only_action: bool,
}

/// What a case says of a condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// `null`: the key is missing, also where it would follow from the principal.
    Missing,
    /// A value.
    One(SmolStr),
    /// A list, perhaps empty: the key is multivalued.
    Many(Vec<SmolStr>),
}

/// What a case expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// `allowed`
    Allowed,
    /// `implicitlyDenied`
    ImplicitlyDenied,
    /// `explicitlyDenied`
    ExplicitlyDenied,
    /// `denied`: either of the two.
    Denied,
}

impl Expected {
    const ALL: [Expected; 4] = [Expected::Allowed, Expected::ImplicitlyDenied, Expected::ExplicitlyDenied, Expected::Denied];

    /// The word in a case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Expected::Allowed => outcome_name(Outcome::Allowed),
            Expected::ImplicitlyDenied => outcome_name(Outcome::ImplicitlyDenied),
            Expected::ExplicitlyDenied => outcome_name(Outcome::ExplicitlyDenied),
            Expected::Denied => "denied",
        }
    }

    /// Whether an outcome is what was expected.
    #[must_use]
    pub fn includes(self, outcome: Outcome) -> bool {
        match self {
            Expected::Allowed => outcome == Outcome::Allowed,
            Expected::ImplicitlyDenied => outcome == Outcome::ImplicitlyDenied,
            Expected::ExplicitlyDenied => outcome == Outcome::ExplicitlyDenied,
            Expected::Denied => outcome != Outcome::Allowed,
        }
    }
}

/// The word for an outcome in cases and their results.
#[must_use]
pub fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allowed => "allowed",
        Outcome::ImplicitlyDenied => "implicitlyDenied",
        Outcome::ExplicitlyDenied => "explicitlyDenied",
    }
}

/// The field of a case that holds a layer.
#[must_use]
pub fn layer_field(layer: Layer) -> &'static str {
    match layer {
        Layer::Identity => "identityPolicies",
        Layer::Boundary => "boundary",
        Layer::Session => "sessionPolicies",
        Layer::Resource => "resourcePolicy",
        Layer::ServiceControl => "scps",
        Layer::ResourceControl => "rcps",
        Layer::Endpoint => "endpointPolicies",
    }
}

/// A case that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseError {
    /// The case: its `id`, or the name that the reader gave it.
    pub case: String,
    /// The field, as in `identityPolicies[1]`; empty for the case as a whole.
    pub field: String,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

impl CaseError {
    fn new(case: &str, field: &str, message: impl fmt::Display) -> Self {
        Self { case: case.to_owned(), field: field.to_owned(), message: message.to_string() }
    }
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => write!(f, "case `{}`: {}", self.case, self.message),
            field => write!(f, "case `{}`, {field}: {}", self.case, self.message),
        }
    }
}

impl std::error::Error for CaseError {}

impl Case {
    /// Reads a case; without an `id` it is called `name`.
    ///
    /// # Errors
    /// [`CaseError`] for what is no case, with the field, and for a document that does not follow the grammar, with the
    /// place in it. The rules that AWS applies when a policy is saved are not applied.
    pub fn parse(text: &str, name: &str) -> Result<Self, CaseError> {
        let json = Json::read(text).map_err(|error| CaseError::new(name, "", not_json(&error)))?;
        read::read(&json, name)
    }

    /// The request's context: what the case says, and what follows from its principal and resource.
    #[must_use]
    pub fn context(&self) -> RequestContext {
        derived::context(self)
    }

    /// Decides the case.
    #[must_use]
    pub fn decide(&self) -> Decision {
        self.ask(authorize)
    }

    /// Decides the case and says why.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        self.ask(explain)
    }

    /// Whether the case passes; none if it expects nothing.
    #[must_use]
    pub fn passes(&self, decision: &Decision) -> Option<bool> {
        self.expected.map(|expected| expected.includes(decision.outcome))
    }

    /// A document by its place in the case: `identityPolicies[0]`, `scps[1][0]`, `resourcePolicy`.
    #[must_use]
    pub fn document_place(&self, place: &Determining) -> String {
        let (field, level, policy) = (layer_field(place.layer), place.level, place.policy);
        let levels = match place.layer {
            Layer::ServiceControl => self.scps.as_ref(),
            Layer::ResourceControl => self.rcps.as_ref(),
            Layer::Resource => return field.to_owned(),
            Layer::Identity | Layer::Boundary | Layer::Session | Layer::Endpoint => return format!("{field}[{policy}]"),
        };
        let given = levels.and_then(|levels| levels.get(usize::from(level))).map_or(0, Vec::len);
        if usize::try_from(policy).is_ok_and(|policy| policy >= given) {
            return format!("{} of {field}[{level}]", ask::DEFAULT_RCP_NAME);
        }
        format!("{field}[{level}][{policy}]")
    }

    /// A statement by its place in the case: `identityPolicies[0].Statement[1]`, counted from 0 as in JSON paths.
    #[must_use]
    pub fn place(&self, place: &Determining) -> String {
        format!("{}.Statement[{}]", self.document_place(place), place.statement)
    }

    /// A statement of the case; none for that of the default resource control policy.
    #[must_use]
    pub fn statement(&self, place: &Determining) -> Option<&Statement> {
        let [policy, statement] = [place.policy, place.statement].map(usize::try_from);
        let documents = match place.layer {
            Layer::Identity => Some(&self.identity_policies),
            Layer::Boundary => self.boundary.as_ref(),
            Layer::Session => self.session_policies.as_ref(),
            Layer::Endpoint => self.endpoint_policies.as_ref(),
            Layer::ServiceControl => self.scps.as_ref().and_then(|levels| levels.get(usize::from(place.level))),
            Layer::ResourceControl => self.rcps.as_ref().and_then(|levels| levels.get(usize::from(place.level))),
            Layer::Resource => return self.resource_policy.as_ref()?.statements.get(statement.ok()?),
        };
        documents?.get(policy.ok()?)?.statements.get(statement.ok()?)
    }

    /// An explanation of this case as a person reads it.
    #[must_use]
    pub fn explanation_text(&self, explanation: &Explanation) -> String {
        explanation.text(|place| self.document_place(place))
    }
}

fn not_json(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let detail = message.rsplit_once(" at line ").map_or(message.as_str(), |(detail, _)| detail);
    format!("it is not valid JSON: {detail}, at line {}, column {}", error.line(), error.column())
}

#[cfg(test)]
mod tests;
