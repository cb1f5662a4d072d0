//! An explanation as a person reads it.

use std::fmt::{self, Write};

use smol_str::SmolStr;

use crate::{Cited, Determining, Explanation, Failure, Layer, Outcome};

/// How many values of one condition are shown.
const VALUES_SHOWN_MAX: usize = 5;

impl Explanation {
    /// The explanation with documents under the names that they have for the caller of this function.
    #[must_use]
    pub fn text(&self, name: impl Fn(&Determining) -> String) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = self.write(&mut text, &name);
        text
    }

    fn write(&self, f: &mut dyn Write, name: &dyn Fn(&Determining) -> String) -> fmt::Result {
        write!(f, "{}: {} on {} by {}", self.decision.outcome, self.action, self.resource, self.caller)?;
        if let Some(layer) = self.decision.stopped_by {
            write!(f, "\n  no {layer} allows it")?;
        }
        if self.decision.outcome == Outcome::Allowed && self.determining.is_empty() {
            write!(f, "\n  no policy is needed for it")?;
        }
        for cited in &self.determining {
            write!(f, "\n  {} by {}", cited.effect.as_str().to_lowercase(), place(cited, name))?;
        }
        for miss in &self.near_misses {
            write!(f, "\n  nearly allowed by {}", place(&miss.statement, name))?;
            for failure in &miss.failures {
                write!(f, "\n    {}", Shown(failure))?;
            }
        }
        if !self.keys_missing.is_empty() {
            let keys: Vec<_> = self.keys_missing.iter().map(ToString::to_string).collect();
            write!(f, "\n  asked for and not in the request: {}", keys.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, &|place| numbered(place))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Allowed => "allowed",
            Outcome::ImplicitlyDenied => "implicitly denied",
            Outcome::ExplicitlyDenied => "explicitly denied",
        })
    }
}

/// A document by its number, from 1 as people count.
fn numbered(place: &Determining) -> String {
    let number = u64::from(place.policy) + 1;
    match place.layer {
        Layer::Resource => place.layer.to_string(),
        Layer::ResourceControl | Layer::ServiceControl => {
            format!("{} {number} at level {}", place.layer, u64::from(place.level) + 1)
        }
        Layer::Endpoint | Layer::Identity | Layer::Boundary | Layer::Session => format!("{} {number}", place.layer),
    }
}

fn place(cited: &Cited, name: &dyn Fn(&Determining) -> String) -> String {
    let (document, number) = (name(&cited.place), u64::from(cited.place.statement) + 1);
    match &cited.sid {
        Some(sid) if !sid.is_empty() => format!("{document}, statement {number} ({sid})"),
        Some(_) | None => format!("{document}, statement {number}"),
    }
}

struct Shown<'a>(&'a Failure);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { operator, key, expected, actual } = self.0;
        write!(f, "{operator} {key}: expected {}, ", values(expected))?;
        match actual {
            None => f.write_str("the request does not have the key"),
            Some(actual) => write!(f, "the request has {}", values(actual)),
        }
    }
}

fn values(values: &[SmolStr]) -> String {
    let mut shown: Vec<_> = values.iter().take(VALUES_SHOWN_MAX).map(|value| format!("`{}`", value.escape_debug())).collect();
    if values.len() > VALUES_SHOWN_MAX {
        shown.push(format!("{} more", values.len() - VALUES_SHOWN_MAX));
    }
    if shown.is_empty() { "no value".to_owned() } else { shown.join(" or ") }
}
