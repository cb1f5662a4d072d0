//! The tree of a policy document.
//!
//! What AWS writes in several ways is one value here: a single statement, action or value and a list of one
//! are the same. It holds texts as their author wrote them; matching is the business of a compiled policy.

use smol_str::SmolStr;

use crate::{Condition, Kind, Malformed, json::Json, print, read};

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The version of the language.
    pub version: Version,
    /// The document's own identifier, which means nothing to IAM.
    pub id: Option<SmolStr>,
    /// The statements in the author's order; at least one.
    pub statements: Vec<Statement>,
}

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// `2008-10-17`, also when the element is missing: `${…}` is plain text.
    V2008,
    /// `2012-10-17`: policy variables are expanded.
    V2012,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The statement's identifier. AWS lets any number of statements have an empty one.
    pub sid: Option<SmolStr>,
    /// What the statement does when it matches.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`; only in resource and trust policies.
    pub principals: Option<Scope<Principal>>,
    /// `Action` or `NotAction`: `*` or `vendor:Name`, with wildcards in the name.
    pub actions: Scope<SmolStr>,
    /// `Resource` or `NotResource`: `*` or ARNs with wildcards and variables; none in a trust policy.
    pub resources: Option<Scope<SmolStr>>,
    /// What else must hold, all of it: one entry for each operator and key.
    pub conditions: Vec<Condition>,
}

/// What a matching statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Allows, unless something denies.
    Allow,
    /// Denies, whatever allows.
    Deny,
}

/// An element or its `Not…` form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope<T> {
    /// Whatever matches one of these.
    Only(Vec<T>),
    /// Whatever matches none of these.
    Except(Vec<T>),
}

/// Whom a statement of a resource or trust policy is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// `"Principal": "*"`: everyone, anonymous callers included.
    Everyone,
    /// `AWS`: an account id, the ARN of a root, user, role or session, a unique id that AWS leaves in the place of
    /// a deleted principal, or `*`.
    Aws(SmolStr),
    /// `Service`: a host name such as `ec2.amazonaws.com`.
    Service(SmolStr),
    /// `Federated`: the ARN of an identity provider, or the host name of a public one.
    Federated(SmolStr),
    /// `CanonicalUser`: the 64 hexadecimal digits by which S3 knows an account.
    CanonicalUser(SmolStr),
}

impl Document {
    /// Reads a document and holds it to the rules that AWS applies when one of this kind is saved.
    ///
    /// # Errors
    /// [`Malformed`] for the first thing that AWS would refuse; what breaks the grammar goes before what breaks a rule.
    pub fn parse(text: &str, kind: Kind) -> Result<Document, Malformed> {
        read::check_text(text, kind)?;
        read::read(&Json::parse(text)?, Some(kind))
    }

    /// Reads a document that was accepted before: only what cannot be represented is refused.
    ///
    /// # Errors
    /// [`Malformed`] when the text does not follow the grammar.
    pub fn parse_saved(text: &str) -> Result<Document, Malformed> {
        read::read(&Json::parse(text)?, None)
    }

    /// A document that denies everything to everyone.
    #[must_use]
    pub fn denying_everything() -> Document {
        let statement = Statement {
            sid: None,
            effect: Effect::Deny,
            principals: Some(Scope::Only(vec![Principal::Everyone])),
            actions: Scope::Only(vec![SmolStr::new_static("*")]),
            resources: Some(Scope::Only(vec![SmolStr::new_static("*")])),
            conditions: Vec::new(),
        };
        Document { version: Version::V2012, id: None, statements: vec![statement] }
    }

    /// The canonical text: compact, elements in AWS's order, lists of one as a single value, the version always there.
    #[must_use]
    pub fn to_json(&self) -> String {
        print::document(self).to_string()
    }
}

impl Version {
    /// The element's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Version::V2008 => "2008-10-17",
            Version::V2012 => "2012-10-17",
        }
    }
}

impl Effect {
    /// The element's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        }
    }
}

impl<T> Scope<T> {
    /// What is listed, whether it is meant or excepted.
    #[must_use]
    pub fn listed(&self) -> &[T] {
        match self {
            Scope::Only(items) | Scope::Except(items) => items,
        }
    }

    /// Whether this is the `Not…` form.
    #[must_use]
    pub fn is_not(&self) -> bool {
        match self {
            Scope::Only(_) => false,
            Scope::Except(_) => true,
        }
    }
}

impl Principal {
    /// The key under which the document lists this principal; none for `"Principal": "*"`.
    #[must_use]
    pub fn class(&self) -> Option<&'static str> {
        match self {
            Principal::Everyone => None,
            Principal::Aws(_) => Some("AWS"),
            Principal::Service(_) => Some("Service"),
            Principal::Federated(_) => Some("Federated"),
            Principal::CanonicalUser(_) => Some("CanonicalUser"),
        }
    }

    /// The value, `*` for everyone.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Principal::Everyone => "*",
            Principal::Aws(value) | Principal::Service(value) | Principal::Federated(value) | Principal::CanonicalUser(value) => {
                value
            }
        }
    }

    /// The principal of a class and a value; none for an unknown class.
    pub(crate) fn new(class: &str, value: SmolStr) -> Option<Self> {
        match class {
            "AWS" => Some(Principal::Aws(value)),
            "Service" => Some(Principal::Service(value)),
            "Federated" => Some(Principal::Federated(value)),
            "CanonicalUser" => Some(Principal::CanonicalUser(value)),
            _ => None,
        }
    }
}
