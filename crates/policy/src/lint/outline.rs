//! A policy as the linter reads it: everything that can be understood, with its place, whatever else is wrong.
//!
//! [`crate::Document`] stops at the first thing that IAM refuses; a linter says all of it, so it reads for itself.

use std::borrow::Cow;

use crate::{Effect, Operator, Version, json::Json};

use super::{IssueCode, Path, PolicyType, report::Report};

/// What could be read of a document.
pub(super) struct Outline<'a> {
    /// None when the element is missing or wrong: variables are plain text then.
    pub(super) version: Option<Version>,
    pub(super) statements: Vec<Statement<'a>>,
}

pub(super) struct Statement<'a> {
    pub(super) path: Path,
    pub(super) sid: Option<Item<'a>>,
    /// None when it is missing or wrong.
    pub(super) effect: Option<Effect>,
    pub(super) principals: Option<Element<Principal<'a>>>,
    pub(super) actions: Option<Element<Item<'a>>>,
    pub(super) resources: Option<Element<Item<'a>>>,
    pub(super) conditions: Vec<Line<'a>>,
}

/// An element or its `Not…` form.
pub(super) struct Element<T> {
    pub(super) not: bool,
    pub(super) path: Path,
    pub(super) items: Vec<T>,
}

/// A text and its place.
pub(super) struct Item<'a> {
    pub(super) text: &'a str,
    pub(super) path: Path,
}

pub(super) struct Principal<'a> {
    /// `AWS`, `Service`, `Federated` or `CanonicalUser`; none for `"Principal": "*"`.
    pub(super) class: Option<&'a str>,
    pub(super) value: &'a str,
    pub(super) path: Path,
}

/// An operator, a key and its values.
pub(super) struct Line<'a> {
    pub(super) operator: Operator,
    pub(super) operator_path: Path,
    pub(super) key: &'a str,
    /// Of the key's name.
    pub(super) key_path: Path,
    /// Of the key's values.
    pub(super) path: Path,
    pub(super) values: Vec<Value<'a>>,
}

pub(super) struct Value<'a> {
    pub(super) json: &'a Json,
    pub(super) text: Cow<'a, str>,
    pub(super) path: Path,
}

impl Statement<'_> {
    pub(super) fn is(&self, effect: Effect) -> bool {
        self.effect == Some(effect)
    }

    /// The lines about a key, without regard to case.
    pub(super) fn lines_of<'s>(&'s self, key: &'s str) -> impl Iterator<Item = &'s Line<'s>> {
        self.conditions.iter().filter(move |line| line.key.eq_ignore_ascii_case(key))
    }

    pub(super) fn has_key(&self, keys: &[&str]) -> bool {
        self.conditions.iter().any(|line| keys.iter().any(|key| line.key_is(key)))
    }
}

impl Line<'_> {
    /// Whether the line is about a key; one that ends in a slash stands for all tags.
    pub(super) fn key_is(&self, key: &str) -> bool {
        if key.ends_with('/') {
            return self.key.get(..key.len()).is_some_and(|head| head.eq_ignore_ascii_case(key));
        }
        self.key.eq_ignore_ascii_case(key)
    }
}

/// Reads a document and reports what breaks the grammar.
pub(super) struct Reader<'r> {
    pub(super) policy_type: PolicyType,
    pub(super) report: &'r mut Report,
}

const STATEMENT_FIELDS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

impl Reader<'_> {
    pub(super) fn document<'a>(&mut self, json: &'a Json) -> Outline<'a> {
        let top = Path::default();
        let mut outline = Outline { version: None, statements: Vec::new() };
        let Some(fields) = self.fields(json, &top, &["Version", "Id", "Statement"]) else { return outline };
        outline.version = self.version(field(fields, "Version"));
        if let Some(id) = field(fields, "Id") {
            self.text(id, &top.value("Id"));
        }
        let path = top.value("Statement");
        match field(fields, "Statement") {
            None => self.report.add(IssueCode::MissingStatement, &top, "The policy has no Statement."),
            Some(Json::List(items)) => {
                if items.is_empty() {
                    self.report.add(IssueCode::MissingStatement, &path, "The policy has no statement.");
                }
                for (index, item) in items.iter().enumerate() {
                    outline.statements.extend(self.statement(item, path.index(index)));
                }
            }
            Some(single) => outline.statements.extend(self.statement(single, path)),
        }
        outline
    }

    fn version(&mut self, json: Option<&Json>) -> Option<Version> {
        let Some(json) = json else {
            let details = "The policy has no Version and is read as one of 2008-10-17, without variables.";
            self.report.add(IssueCode::MissingVersion, &Path::default(), details);
            return None;
        };
        let path = Path::default().value("Version");
        let text = self.text(json, &path)?;
        let version = [Version::V2012, Version::V2008].into_iter().find(|version| version.as_str() == text);
        if version.is_none() {
            let details = format!("The version {text} is not one of 2012-10-17 and 2008-10-17.");
            self.report.add(IssueCode::InvalidVersion, &path, details);
        }
        version
    }

    fn statement<'a>(&mut self, json: &'a Json, path: Path) -> Option<Statement<'a>> {
        let fields = self.fields(json, &path, &STATEMENT_FIELDS)?;
        for (one, other) in [("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")] {
            if field(fields, one).is_some() && field(fields, other).is_some() {
                let details = format!("A statement has {one} or {other}, not both.");
                self.report.add_all(IssueCode::UnsupportedElementCombination, vec![path.key(one), path.key(other)], details);
            }
        }
        let sid = field(fields, "Sid").and_then(|json| {
            let path = path.value("Sid");
            self.text(json, &path).map(|text| Item { text, path })
        });
        let effect = self.effect(field(fields, "Effect"), &path);
        let principals = self.principals(fields, &path);
        let actions = self.texts(fields, &path, ["Action", "NotAction"], IssueCode::EmptyArrayAction);
        if actions.is_none() && either(fields, ["Action", "NotAction"]).is_none() {
            self.report.add(IssueCode::MissingAction, &path, "The statement has no Action and no NotAction.");
        }
        let resources = self.texts(fields, &path, ["Resource", "NotResource"], IssueCode::EmptyArrayResource);
        self.resource_element(resources.as_ref(), either(fields, ["Resource", "NotResource"]).is_some(), &path);
        let conditions = field(fields, "Condition").map(|json| self.conditions(json, &path.value("Condition")));
        let conditions = conditions.unwrap_or_default();
        Some(Statement { path, sid, effect, principals, actions, resources, conditions })
    }

    fn resource_element(&mut self, resources: Option<&Element<Item<'_>>>, given: bool, path: &Path) {
        if self.policy_type == PolicyType::Trust {
            if let Some(resources) = resources {
                let details = "A trust policy is about the role that has it, and names no resource.";
                self.report.add(IssueCode::RoleTrustPolicySyntaxErrorResource, &resources.path, details);
            }
        } else if !given {
            self.report.add(IssueCode::MissingResource, path, "The statement has no Resource and no NotResource.");
        }
    }

    fn effect(&mut self, json: Option<&Json>, path: &Path) -> Option<Effect> {
        let Some(json) = json else {
            self.report.add(IssueCode::MissingEffect, path, "The statement has no Effect.");
            return None;
        };
        let path = path.value("Effect");
        let text = self.text(json, &path)?;
        let effect = [Effect::Allow, Effect::Deny].into_iter().find(|effect| effect.as_str() == text);
        if effect.is_none() {
            self.report.add(IssueCode::InvalidEffect, &path, format!("The effect {text} is not Allow or Deny."));
        }
        effect
    }

    fn principals<'a>(&mut self, fields: Fields<'a>, path: &Path) -> Option<Element<Principal<'a>>> {
        let (name, json) = either(fields, ["Principal", "NotPrincipal"])?;
        let path = path.value(name);
        let mut items = Vec::new();
        match json {
            Json::Text(text) if text == "*" => items.push(Principal { class: None, value: text, path: path.clone() }),
            Json::Object(classes) => {
                if classes.is_empty() {
                    self.report.add(IssueCode::EmptyObjectPrincipal, &path, "The statement names no principal.");
                }
                for (class, json) in classes {
                    items.extend(self.principal_class(class, json, &path));
                }
            }
            other => {
                let details = format!("A principal is \"*\" or an object with classes, not {}.", other.noun());
                self.report.add(IssueCode::InvalidPrincipalFormat, &path, details);
            }
        }
        Some(Element { not: name == "NotPrincipal", path, items })
    }

    fn principal_class<'a>(&mut self, class: &'a str, json: &'a Json, path: &Path) -> Vec<Principal<'a>> {
        if !["AWS", "Service", "Federated", "CanonicalUser"].contains(&class) {
            self.report.add(
                IssueCode::InvalidPrincipalKey,
                &path.key(class),
                format!("There is no class {class} of principals."),
            );
            return Vec::new();
        }
        let path = path.value(class);
        let items = self.items(json, &path, IssueCode::EmptyArrayPrincipal);
        items.into_iter().map(|item| Principal { class: Some(class), value: item.text, path: item.path }).collect()
    }

    fn texts<'a>(
        &mut self,
        fields: Fields<'a>,
        path: &Path,
        names: [&'static str; 2],
        empty: IssueCode,
    ) -> Option<Element<Item<'a>>> {
        let (name, json) = either(fields, names)?;
        let path = path.value(name);
        let items = self.items(json, &path, empty);
        Some(Element { not: name.starts_with("Not"), path, items })
    }

    fn items<'a>(&mut self, json: &'a Json, path: &Path, empty: IssueCode) -> Vec<Item<'a>> {
        let Json::List(list) = json else {
            return self.text(json, path).map(|text| Item { text, path: path.clone() }).into_iter().collect();
        };
        if list.is_empty() {
            self.report.add(empty, path, "The list is empty.");
        }
        let mut items = Vec::with_capacity(list.len());
        for (index, json) in list.iter().enumerate() {
            let path = path.index(index);
            items.extend(self.text(json, &path).map(|text| Item { text, path }));
        }
        items
    }

    fn conditions<'a>(&mut self, json: &'a Json, path: &Path) -> Vec<Line<'a>> {
        let mut lines = Vec::new();
        for (name, keys) in self.object(json, path) {
            let operator_path = path.key(name);
            let Some(operator) = self.operator(name, &operator_path) else { continue };
            let block = path.value(name);
            for (key, json) in self.object(keys, &block) {
                let path = block.value(key);
                let values = self.values(json, &path);
                let (operator_path, key_path) = (operator_path.clone(), block.key(key));
                lines.push(Line { operator, operator_path, key, key_path, path, values });
            }
        }
        lines
    }

    fn operator(&mut self, name: &str, path: &Path) -> Option<Operator> {
        let operator = Operator::parse(name);
        if operator.is_none() {
            let plain = name.strip_suffix("IfExists").and_then(Operator::parse);
            let code = if plain.is_some() { IssueCode::NullWithIfExists } else { IssueCode::InvalidConditionOperator };
            let meant = Operator::nearest(name).map(|operator| format!(" It is written {operator}.")).unwrap_or_default();
            self.report.add(code, path, format!("There is no condition operator {name}.{meant}"));
        }
        operator
    }

    /// The fields of a part of a condition, which must not be empty.
    fn object<'a>(&mut self, json: &'a Json, path: &Path) -> Fields<'a> {
        let Json::Object(fields) = json else {
            self.mismatch(path, "an object", json);
            return &[];
        };
        if fields.is_empty() {
            self.report.add(IssueCode::EmptyObjectCondition, path, "The condition is empty.");
        }
        fields
    }

    fn values<'a>(&mut self, json: &'a Json, path: &Path) -> Vec<Value<'a>> {
        let Json::List(list) = json else {
            return self.value(json, path.clone()).into_iter().collect();
        };
        list.iter().enumerate().filter_map(|(index, json)| self.value(json, path.index(index))).collect()
    }

    fn value<'a>(&mut self, json: &'a Json, path: Path) -> Option<Value<'a>> {
        let text = match json {
            Json::Text(text) => Cow::Borrowed(text.as_str()),
            Json::Number(number) => Cow::Owned(number.to_string()),
            Json::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Json::Null | Json::List(_) | Json::Object(_) => {
                self.mismatch(&path, "a string, a number or a boolean", json);
                return None;
            }
        };
        Some(Value { json, text, path })
    }

    fn text<'a>(&mut self, json: &'a Json, path: &Path) -> Option<&'a str> {
        match json {
            Json::Text(text) => Some(text),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Object(_) => {
                self.mismatch(path, "a string", json);
                None
            }
        }
    }

    fn mismatch(&mut self, path: &Path, expected: &str, found: &Json) {
        let details = format!("Here must be {expected}, not {}.", found.noun());
        self.report.add(IssueCode::DataTypeMismatch, path, details);
    }

    /// The fields of an object; those that do not belong there are reported.
    fn fields<'a>(&mut self, json: &'a Json, path: &Path, known: &[&str]) -> Option<Fields<'a>> {
        let Json::Object(fields) = json else {
            self.mismatch(path, "an object", json);
            return None;
        };
        for (name, _) in fields.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            let meant = known.iter().find(|known| known.eq_ignore_ascii_case(name));
            let meant = meant.map(|known| format!(" It is written {known}.")).unwrap_or_default();
            self.report.add(IssueCode::InvalidPolicyElement, &path.key(name), format!("There is no element {name} here.{meant}"));
        }
        Some(fields)
    }
}

type Fields<'a> = &'a [(String, Json)];

fn field<'a>(fields: Fields<'a>, name: &str) -> Option<&'a Json> {
    fields.iter().find(|(key, _)| key == name).map(|(_, json)| json)
}

fn either<'a>(fields: Fields<'a>, names: [&'static str; 2]) -> Option<(&'static str, &'a Json)> {
    names.into_iter().find_map(|name| Some((name, field(fields, name)?)))
}
