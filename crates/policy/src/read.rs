//! From JSON to the tree of a document.
//!
//! A `Reader` walks the document once. What breaks the grammar stops it; what breaks a rule of the document's
//! kind is noted and reported at the end, because AWS reports errors of syntax first. Without a kind (a document
//! that was accepted before) rules are not looked at.

mod at;
#[cfg(test)]
mod control_tests;
mod date;
mod rules;
#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, fmt};

use smol_str::SmolStr;

use crate::{
    Condition, Document, Effect, Kind, Malformed, Operator, Principal, Scope, Statement, Value, Version, json::Json, kind::Need,
    malformed::shown,
};
use at::At;

pub(crate) use date::is_date;
pub(crate) use rules::check_text;

/// Reads a document; with a kind, also holds it to that kind's rules.
pub(crate) fn read(json: &Json, kind: Option<Kind>) -> Result<Document, Malformed> {
    let mut reader = Reader { kind, sids: BTreeSet::new(), first_violation: None };
    let document = reader.document(json)?;
    reader.first_violation.map_or(Ok(document), Err)
}

struct Reader {
    kind: Option<Kind>,
    sids: BTreeSet<SmolStr>,
    first_violation: Option<Malformed>,
}

impl Reader {
    fn violation(&mut self, malformed: impl FnOnce() -> Malformed) {
        if self.kind.is_some() && self.first_violation.is_none() {
            self.first_violation = Some(malformed());
        }
    }

    fn refuse(&mut self, at: &At, message: impl fmt::Display) {
        self.violation(|| Malformed::new(at.to_string(), message.to_string()));
    }

    fn document(&mut self, json: &Json) -> Result<Document, Malformed> {
        const FIELDS: &[&str] = &["Version", "Id", "Statement"];
        let at = At::Document;
        let fields = Fields::read(json, &at, "A policy", FIELDS)?;
        let given = fields.get("Version").map(|json| version(json, &at.field("Version"))).transpose()?;
        if let Some(Err(message)) = self.kind.map(|kind| rules::control_version(kind, given)) {
            self.refuse(&at, message);
        }
        let version = given.unwrap_or(Version::V2008);
        let id = fields.get("Id").map(|json| text(json, &at.field("Id"))).transpose()?;
        let Some(json) = fields.get("Statement") else {
            return Err(at.syntax("Missing required field Statement."));
        };
        let statements = self.statements(json, &at.field("Statement"))?;
        Ok(Document { version, id: id.map(SmolStr::from), statements })
    }

    fn statements(&mut self, json: &Json, at: &At) -> Result<Vec<Statement>, Malformed> {
        match json {
            Json::List(items) if items.is_empty() => Err(at.syntax("A policy must have at least one statement.")),
            Json::List(items) => items.iter().enumerate().map(|(index, item)| self.statement(item, &at.item(index))).collect(),
            single => Ok(vec![self.statement(single, at)?]),
        }
    }

    fn statement(&mut self, json: &Json, at: &At) -> Result<Statement, Malformed> {
        const FIELDS: &[&str] =
            &["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
        let fields = Fields::read(json, at, "A statement", FIELDS)?;
        let sid = fields.get("Sid").map(|json| self.sid(json, &at.field("Sid"))).transpose()?;
        let effect = self.effect(&fields, at)?;
        let principals = self.principals(&fields, at)?;
        let actions = self.actions(&fields, at)?;
        let resources = self.resources(&fields, at)?;
        let conditions = fields.get("Condition").map_or(Ok(Vec::new()), |json| self.conditions(json, &at.field("Condition")))?;
        let statement = Statement { sid, effect, principals, actions, resources, conditions };
        if self.kind == Some(Kind::ResourceControl)
            && let Err((field, message)) = rules::resource_control(&statement)
        {
            self.refuse(&at.field(field), message);
        }
        Ok(statement)
    }

    fn sid(&mut self, json: &Json, at: &At) -> Result<SmolStr, Malformed> {
        let sid = SmolStr::from(text(json, at)?);
        let alphanumeric = sid.bytes().all(|b| b.is_ascii_alphanumeric());
        if !alphanumeric && self.kind.is_some_and(Kind::alphanumeric_sid) {
            self.refuse(at, rules::sid_message(&sid));
        }
        // AWS lets any number of statements have an empty Sid.
        if !sid.is_empty() && !self.sids.insert(sid.clone()) {
            let found = shown(&sid);
            self.refuse(at, format_args!("Statement IDs (SID) in a single policy must be unique. `{found}` is there twice."));
        }
        Ok(sid)
    }

    fn effect(&mut self, fields: &Fields, at: &At) -> Result<Effect, Malformed> {
        let Some(json) = fields.get("Effect") else {
            return Err(at.syntax("Missing required field Effect."));
        };
        let at = at.field("Effect");
        let found = text(json, &at)?;
        for effect in [Effect::Allow, Effect::Deny] {
            if found == effect.as_str() {
                return Ok(effect);
            }
            if found.eq_ignore_ascii_case(effect.as_str()) {
                let detail = format!("`{found}` must be written `{}`.", effect.as_str());
                return Err(Malformed::legacy_parsing(at.to_string(), detail));
            }
        }
        Err(at.syntax(format_args!("Effect must be `Allow` or `Deny`, not `{}`.", shown(found))))
    }

    fn actions(&mut self, fields: &Fields, at: &At) -> Result<Scope<SmolStr>, Malformed> {
        let Some((json, name, scope)) = fields.either("Action", "NotAction", at)? else {
            self.refuse(at, rules::missing_action_message(self.kind));
            return Ok(Scope::Only(Vec::new()));
        };
        let at = at.field(name);
        let items = texts(json, &at)?;
        if items.is_empty() {
            self.refuse(&at, "Policy statement must contain actions.");
        }
        if let Some(kind) = self.kind {
            self.check_each(json, &at, &|action| rules::action(action, kind, scope == Not::Not));
        }
        Ok(scope.of(items))
    }

    fn resources(&mut self, fields: &Fields, at: &At) -> Result<Option<Scope<SmolStr>>, Malformed> {
        let need = self.kind.map_or(Need::Optional, Kind::resource);
        let Some((json, name, scope)) = fields.either("Resource", "NotResource", at)? else {
            if need == Need::Required {
                self.refuse(at, "Policy statement must contain resources.");
            }
            return Ok(None);
        };
        let at = at.field(name);
        let items = texts(json, &at)?;
        if need == Need::Forbidden {
            self.refuse(&at, "Has prohibited field Resource. The resource of a trust policy is the role that has it.");
        } else if items.is_empty() {
            self.refuse(&at, "Policy statement must contain resources.");
        }
        if let Some(kind) = self.kind {
            self.check_each(json, &at, &|resource| rules::resource(resource, kind));
        }
        Ok(Some(scope.of(items)))
    }

    fn principals(&mut self, fields: &Fields, at: &At) -> Result<Option<Scope<Principal>>, Malformed> {
        let need = self.kind.map_or(Need::Optional, Kind::principal);
        let Some((json, name, scope)) = fields.either("Principal", "NotPrincipal", at)? else {
            if need == Need::Required {
                self.refuse(at, "Missing required field Principal.");
            }
            return Ok(None);
        };
        let at = at.field(name);
        if need == Need::Forbidden {
            self.refuse(&at, "Policy document should not specify a principal. It applies to whom it is attached to.");
        }
        let principals = match json {
            Json::Text(text) if text == "*" => vec![Principal::Everyone],
            Json::Text(text) => {
                let detail = format_args!("A principal is `\"*\"` or an object such as {{\"AWS\": \"{}\"}}.", shown(text));
                return Err(at.syntax(detail));
            }
            object => self.principal_classes(object, &at)?,
        };
        if principals.is_empty() {
            self.refuse(&at, "Missing required field Principal cannot be empty!");
        }
        Ok(Some(scope.of(principals)))
    }

    fn principal_classes(&mut self, json: &Json, at: &At) -> Result<Vec<Principal>, Malformed> {
        const CLASSES: &[&str] = &["AWS", "Service", "Federated", "CanonicalUser"];
        let fields = Fields::read(json, at, "A principal", CLASSES)?;
        let mut principals = Vec::new();
        // In the order of CLASSES: it means nothing in the document, and printing must not change it.
        for class in CLASSES {
            let Some(json) = fields.get(class) else { continue };
            let at = at.field(class);
            principals.extend(texts(json, &at)?.into_iter().filter_map(|value| Principal::new(class, value)));
            if let Some(kind) = self.kind {
                self.check_each(json, &at, &|value| rules::principal(class, value, kind));
            }
        }
        Ok(principals)
    }

    fn conditions(&mut self, json: &Json, at: &At) -> Result<Vec<Condition>, Malformed> {
        let mut conditions = Vec::new();
        for (name, keys) in entries(json, at)? {
            let at = at.field(name);
            let Some(operator) = Operator::parse(name) else {
                return Err(at.syntax(rules::unknown_operator_detail(name)));
            };
            for (key, json) in entries(keys, &at)? {
                let at = at.field(key);
                let values = values(json, &at)?;
                if operator.comparison.is_date() {
                    self.check_dates(&values, &at);
                }
                conditions.push(Condition { operator, key: key.into(), values });
            }
        }
        Ok(conditions)
    }

    fn check_dates(&mut self, values: &[Value], at: &At) {
        if let Some(wrong) = values.iter().find(|value| !is_date(&value.text())) {
            let detail = format!("`{}` is not a date: use 2026-01-31T12:00:00Z or epoch seconds.", shown(&wrong.text()));
            self.violation(|| Malformed::legacy_parsing(at.to_string(), detail));
        }
    }

    /// Holds a text, or each text of a list, to a rule.
    fn check_each(&mut self, json: &Json, at: &At, rule: &dyn Fn(&str) -> Result<(), String>) {
        match json {
            Json::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.check_each(item, &at.item(index), rule);
                }
            }
            Json::Text(text) => {
                if let Err(message) = rule(text) {
                    self.refuse(at, message);
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => {}
        }
    }
}

/// Whether an element was given in its `Not…` form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Not {
    Plain,
    Not,
}

impl Not {
    fn of<T>(self, items: Vec<T>) -> Scope<T> {
        match self {
            Not::Plain => Scope::Only(items),
            Not::Not => Scope::Except(items),
        }
    }
}

/// The fields of an object, each known and there once.
struct Fields<'a>(&'a [(String, Json)]);

impl<'a> Fields<'a> {
    fn read(json: &'a Json, at: &At, what: &str, known: &[&str]) -> Result<Self, Malformed> {
        let fields = entries(json, at)?;
        match fields.iter().find(|(key, _)| !known.contains(&key.as_str())) {
            Some((key, _)) => {
                let detail = format_args!("Unknown field {}. {what} may have {}.", shown(key), known.join(", "));
                Err(at.syntax(detail))
            }
            None => Ok(Self(fields)),
        }
    }

    fn get(&self, name: &str) -> Option<&'a Json> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, json)| json)
    }

    /// The element in its plain or its `Not…` form, which exclude each other.
    fn either(
        &self,
        plain: &'static str,
        not: &'static str,
        at: &At,
    ) -> Result<Option<(&'a Json, &'static str, Not)>, Malformed> {
        match (self.get(plain), self.get(not)) {
            (Some(_), Some(_)) => Err(at.syntax(format_args!("A statement has either {plain} or {not}, not both."))),
            (Some(json), None) => Ok(Some((json, plain, Not::Plain))),
            (None, Some(json)) => Ok(Some((json, not, Not::Not))),
            (None, None) => Ok(None),
        }
    }
}

fn entries<'a>(json: &'a Json, at: &At) -> Result<&'a [(String, Json)], Malformed> {
    let Json::Object(fields) = json else {
        return Err(at.syntax(format_args!("Expected an object, found {}.", json.noun())));
    };
    let mut seen = BTreeSet::new();
    match fields.iter().find(|(key, _)| !seen.insert(key)) {
        Some((key, _)) => Err(at.syntax(format_args!("The field {} is there twice.", shown(key)))),
        None => Ok(fields),
    }
}

fn text<'a>(json: &'a Json, at: &At) -> Result<&'a str, Malformed> {
    match json {
        Json::Text(text) => Ok(text),
        other => Err(at.syntax(format_args!("Expected a string, found {}.", other.noun()))),
    }
}

fn texts(json: &Json, at: &At) -> Result<Vec<SmolStr>, Malformed> {
    match json {
        Json::List(items) => {
            items.iter().enumerate().map(|(index, item)| text(item, &at.item(index)).map(SmolStr::from)).collect()
        }
        Json::Text(text) => Ok(vec![text.into()]),
        other => Err(at.syntax(format_args!("Expected a string or a list of strings, found {}.", other.noun()))),
    }
}

fn values(json: &Json, at: &At) -> Result<Vec<Value>, Malformed> {
    match json {
        Json::List(items) => items.iter().enumerate().map(|(index, item)| value(item, &at.item(index))).collect(),
        single => Ok(vec![value(single, at)?]),
    }
}

fn value(json: &Json, at: &At) -> Result<Value, Malformed> {
    match json {
        Json::Text(text) => Ok(Value::Text(text.into())),
        Json::Number(number) => Ok(Value::Number(number.to_string().into())),
        Json::Bool(value) => Ok(Value::Bool(*value)),
        other => Err(at.syntax(format_args!("A condition compares with strings, numbers and booleans, not {}.", other.noun()))),
    }
}

fn version(json: &Json, at: &At) -> Result<Version, Malformed> {
    let found = text(json, at)?;
    [Version::V2012, Version::V2008]
        .into_iter()
        .find(|version| version.as_str() == found)
        .ok_or_else(|| at.syntax(format_args!("Version must be `2012-10-17` or `2008-10-17`, not `{}`.", shown(found))))
}
