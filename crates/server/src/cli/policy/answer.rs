//! The answer to a case, for people and for programs.

use chancery_policy::{
    Case, CaseError, Decision, Determining, Explanation, NearMiss, authorize, explain, layer_field, outcome_name,
};
use serde_json::{Value, json};

/// How much an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// The decision and the statements that made it.
    Answer,
    /// That, near misses and missing keys.
    Explanation,
}

/// A case with its decision.
pub(super) struct Answer {
    pub(super) case: Case,
    pub(super) decision: Decision,
    explanation: Option<Explanation>,
    /// AWS's sentence about a denial.
    message: Option<String>,
    reason: Option<String>,
}

impl Answer {
    /// Decides a case; with `always`, or when it does not pass, it is explained as well.
    pub(super) fn new(case: Case, always: Detail) -> Self {
        let (decision, explanation, message, reason) = case.ask(|request, policies| {
            let decision = authorize(request, policies);
            let explained = always == Detail::Explanation || case.passes(&decision) == Some(false);
            let explanation = explained.then(|| explain(request, policies));
            let (message, reason) = (decision.message(request), decision.reason(request));
            (decision, explanation, message, reason)
        });
        Self { case, decision, explanation, message, reason }
    }

    /// Whether the case passes; one that expects nothing does not.
    pub(super) fn passes(&self) -> bool {
        self.case.passes(&self.decision) == Some(true)
    }

    /// The decision on one line.
    pub(super) fn line(&self) -> String {
        let reason = match &self.reason {
            Some(reason) => format!(" {reason}"),
            None => String::new(),
        };
        let places: Vec<_> = self.decision.determining.iter().map(|place| self.place(place)).collect();
        let by = if places.is_empty() { String::new() } else { format!(": {}", places.join(", ")) };
        format!("{}: {}{reason}{by}", self.case.id, self.decision.outcome)
    }

    /// The explanation, under the name of the case.
    pub(super) fn explanation(&self) -> String {
        format!("{}: {}", self.case.id, self.explained())
    }

    /// What went wrong in a test.
    pub(super) fn failure(&self) -> String {
        match self.case.expected {
            Some(expected) => format!("FAIL {}: expected {}\n  {}", self.case.id, expected.name(), self.explained()),
            None => format!("FAIL {}\n  `expected` is missing: the case tests nothing", self.line()),
        }
    }

    fn explained(&self) -> String {
        let explanation = self.explanation.as_ref().map(|explanation| self.case.explanation_text(explanation));
        let message = self.message.as_ref().map(|message| format!("\n  {message}"));
        format!("{}{}", explanation.unwrap_or_default(), message.unwrap_or_default())
    }

    /// The answer as JSON; `pass` only where something is expected.
    pub(super) fn json(&self) -> Value {
        let Self { case, decision, explanation, message, reason } = self;
        let mut answer = json!({
            "id": case.id,
            "decision": outcome_name(decision.outcome),
            "expected": case.expected.map(|expected| expected.name()),
            "pass": case.passes(decision),
            "determining": decision.determining.iter().map(|place| self.place_json(place)).collect::<Vec<_>>(),
            "stoppedBy": decision.stopped_by.map(layer_field),
            "reason": reason,
        });
        if let (Some(explanation), Some(fields)) = (explanation, answer.as_object_mut()) {
            let keys: Vec<_> = explanation.keys_missing.iter().map(ToString::to_string).collect();
            let misses: Vec<_> = explanation.near_misses.iter().map(|miss| self.near_miss(miss)).collect();
            fields.insert("message".to_owned(), json!(message));
            fields.insert("nearMisses".to_owned(), json!(misses));
            fields.insert("keysMissing".to_owned(), json!(keys));
            fields.insert("explanation".to_owned(), case.explanation_text(explanation).into());
        }
        answer
    }

    fn near_miss(&self, miss: &NearMiss) -> Value {
        let failures = miss.failures.iter().map(|failure| {
            let (operator, key) = (failure.operator.to_string(), failure.key.to_string());
            json!({ "operator": operator, "key": key, "expected": failure.expected, "actual": failure.actual })
        });
        let mut json = self.place_json(&miss.statement.place);
        if let Some(fields) = json.as_object_mut() {
            fields.insert("failures".to_owned(), failures.collect());
        }
        json
    }

    fn place(&self, place: &Determining) -> String {
        let name = self.case.place(place);
        self.sid(place).map_or(name.clone(), |sid| format!("{name} ({sid})"))
    }

    fn place_json(&self, place: &Determining) -> Value {
        json!({
            "layer": layer_field(place.layer),
            "policy": self.case.document_place(place),
            "statement": place.statement,
            "sid": self.sid(place),
        })
    }

    fn sid(&self, place: &Determining) -> Option<&str> {
        self.case.statement(place)?.sid.as_deref().filter(|sid| !sid.is_empty())
    }
}

/// A case that could not be read, as JSON.
pub(super) fn unreadable(error: &CaseError) -> Value {
    json!({ "id": error.case, "decision": null, "pass": false, "field": error.field, "error": error.message })
}
