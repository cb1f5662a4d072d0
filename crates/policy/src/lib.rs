//! The policy language of AWS IAM: documents, read and refused as AWS reads and refuses them, and decisions as AWS makes them.
//!
//! [`Document`] is the typed tree of a policy, [`Document::parse`] reads a text under the rules of a
//! [`Kind`] and says what is wrong as a [`Malformed`] that names the place in the document,
//! [`Document::to_json`] prints it in one canonical form. [`PolicyText`] keeps the text exactly as its
//! author wrote it, which is what AWS gives back, and [`size_without_white_space`] counts it as AWS does.
//!
//! [`CompiledPolicy`] is a document made ready for decisions, [`authorize`] decides a [`Request`] under the [`Policies`] that
//! apply to it, [`explain`] says why, and [`Decision::message`] says it in AWS's words.
//!
//! Nothing here knows of users or accounts, does I/O or reads a clock.
//!
//! ```
//! use chancery_policy::{Document, Effect, Kind};
//!
//! let text = r#"{"Version": "2012-10-17",
//!                "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::logs/*"}}"#;
//! let document = Document::parse(text, Kind::Identity)?;
//! assert_eq!(document.statements[0].effect, Effect::Allow);
//!
//! let refused = Document::parse(&text.replace("arn:aws:s3:::logs/*", "logs"), Kind::Identity).unwrap_err();
//! assert_eq!(refused.path, "Statement.Resource");
//! assert_eq!(refused.message, r#"Resource logs must be in ARN format or "*"."#);
//! # Ok::<(), chancery_policy::Malformed>(())
//! ```

mod authorize;
mod case;
mod catalogue;
mod compiled;
mod condition;
mod context;
mod document;
mod explain;
mod json;
mod key;
mod kind;
mod lint;
mod malformed;
mod matcher;
mod pattern;
mod policies;
mod principal;
mod print;
mod read;
mod text;

#[cfg(test)]
mod round_trip_tests;

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use authorize::{Decision, Determining, Outcome, Statements, authorize};
pub use case::{Case, CaseError, Expected, Said, layer_field, outcome_name};
pub use catalogue::{AccessLevel, Action, Catalogue, ConditionKey, KeyType, ResourceType, Service};
pub use compiled::CompiledPolicy;
pub use condition::{Comparison, Condition, Operator, Quantifier, Value};
pub use context::{Context, Layered, RequestContext, Values};
pub use document::{Document, Effect, Principal, Scope, Statement, Version};
pub use explain::{Cited, Explanation, NearMiss, explain};
pub use key::Key;
pub use kind::Kind;
pub use lint::{Finding, FindingType, IssueCode, Linter, Location, Path, PolicyType, Span, Step, TextPosition};
pub use malformed::{Malformed, Position};
pub use matcher::{Conditions, Failure};
pub use pattern::{ActionPattern, ResourcePattern};
pub use policies::{Documents, Layer, Policies, Request};
pub use principal::{Caller, CallerKind, Naming};
pub use text::{PolicyText, size_without_white_space};
