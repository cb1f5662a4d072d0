//! From JSON to a case. Strict about names, which are easy to get wrong; lenient about form, as a person would be.

use std::fmt;

use smol_str::SmolStr;

use super::{Case, CaseError, Expected, Said, layer_field};
use crate::{Caller, Document, Key, Layer, Malformed, Version, json::Json, malformed::shown, read};

const FIELDS: &[&str] = &[
    "id",
    "principal",
    "action",
    "resource",
    "resourceAccount",
    "context",
    "identityPolicies",
    "boundary",
    "sessionPolicies",
    "resourcePolicy",
    "scps",
    "rcps",
    "endpointPolicies",
    "expected",
    "wildcardOnlyAction",
];

/// Reads a case; one that has no `id` is called `name`.
pub(super) fn read(json: &Json, name: &str) -> Result<Case, CaseError> {
    let Json::Object(fields) = json else {
        return Err(CaseError::new(name, "", format_args!("a case is a JSON object, not {}", json.noun())));
    };
    let id = fields.iter().find(|(field, _)| field == "id").map_or(&Json::Null, |(_, json)| json);
    let id = match id {
        Json::Null => name.to_owned(),
        Json::Text(id) => id.clone(),
        Json::Number(id) => id.to_string(),
        other => return Err(CaseError::new(name, "id", format_args!("it must be a string, not {}", other.noun()))),
    };
    let reader = Reader { id: &id, fields };
    reader.check_names()?;
    reader.case()
}

struct Reader<'a> {
    id: &'a str,
    fields: &'a [(String, Json)],
}

impl<'a> Reader<'a> {
    fn wrong(&self, field: &str, message: impl fmt::Display) -> CaseError {
        CaseError::new(self.id, field, message)
    }

    fn check_names(&self) -> Result<(), CaseError> {
        for (index, (field, _)) in self.fields.iter().enumerate() {
            if !FIELDS.contains(&field.as_str()) {
                let known = FIELDS.join(", ");
                return Err(self.wrong(&shown(field), format_args!("a case has no such field; its fields are {known}")));
            }
            if self.fields.iter().skip(index + 1).any(|(other, _)| other == field) {
                return Err(self.wrong(field, "the field is there twice"));
            }
        }
        Ok(())
    }

    /// The value of a field; none when it is missing or null.
    fn get(&self, field: &str) -> Option<&'a Json> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, json)| json).filter(|json| **json != Json::Null)
    }

    fn case(&self) -> Result<Case, CaseError> {
        let wildcard_only_action = self.wildcard_only_action()?;
        let resource = match self.text("resource")? {
            Some(resource) => resource,
            // An action that knows no resources is asked about all of them.
            None if wildcard_only_action => "*".into(),
            None => return Err(self.missing("resource", "an ARN, or \"*\" for an action that has no resource")),
        };
        let principal = self.text("principal")?;
        let principal = principal.ok_or_else(|| {
            self.missing("principal", "the ARN of a root, user, role, role session or federated user, a service, or `anonymous`")
        })?;
        Ok(Case {
            id: self.id.to_owned(),
            caller: Caller::parse(&principal).map_err(|error| self.wrong("principal", error))?,
            action: self.text("action")?.ok_or_else(|| self.missing("action", "an action such as s3:GetObject"))?,
            resource,
            resource_account: self.resource_account()?,
            context: self.context()?,
            identity_policies: self.policies(Layer::Identity)?.unwrap_or_default(),
            boundary: self.policies(Layer::Boundary)?.filter(|documents| !documents.is_empty()),
            session_policies: self.policies(Layer::Session)?.filter(|documents| !documents.is_empty()),
            resource_policy: self.resource_policy()?,
            scps: self.levels(Layer::ServiceControl)?,
            rcps: self.levels(Layer::ResourceControl)?,
            endpoint_policies: self.policies(Layer::Endpoint)?.filter(|documents| !documents.is_empty()),
            expected: self.expected()?,
            wildcard_only_action,
        })
    }

    fn missing(&self, field: &str, what: &str) -> CaseError {
        self.wrong(field, format_args!("it is missing: give {what}"))
    }

    fn text(&self, field: &str) -> Result<Option<SmolStr>, CaseError> {
        match self.get(field) {
            None => Ok(None),
            Some(Json::Text(text)) if text.is_empty() => Err(self.wrong(field, "it must not be empty")),
            Some(Json::Text(text)) => Ok(Some(text.into())),
            Some(other) => Err(self.wrong(field, format_args!("it must be a string, not {}", other.noun()))),
        }
    }

    /// Twelve digits; a number that lost its leading zeros gets them back.
    fn resource_account(&self) -> Result<Option<SmolStr>, CaseError> {
        const FIELD: &str = "resourceAccount";
        let text = match self.get(FIELD) {
            Some(Json::Number(number)) => Some(SmolStr::from(format!("{:0>12}", number.to_string()))),
            Some(_) | None => self.text(FIELD)?,
        };
        match text {
            Some(text) if text.len() != 12 || !text.bytes().all(|b| b.is_ascii_digit()) => {
                Err(self.wrong(FIELD, format_args!("`{}` is not an account id: it has 12 digits", shown(&text))))
            }
            other => Ok(other),
        }
    }

    fn wildcard_only_action(&self) -> Result<bool, CaseError> {
        match self.get("wildcardOnlyAction") {
            None => Ok(false),
            Some(Json::Bool(value)) => Ok(*value),
            Some(other) => Err(self.wrong("wildcardOnlyAction", format_args!("it must be true or false, not {}", other.noun()))),
        }
    }

    fn expected(&self) -> Result<Option<Expected>, CaseError> {
        let Some(text) = self.text("expected")? else { return Ok(None) };
        let found = Expected::ALL.iter().copied().find(|expected| expected.name().eq_ignore_ascii_case(&text));
        found.map(Some).ok_or_else(|| {
            let known = Expected::ALL.map(Expected::name).join(", ");
            self.wrong("expected", format_args!("`{}` is none of {known}", shown(&text)))
        })
    }

    fn context(&self) -> Result<Vec<(Key, Said)>, CaseError> {
        let Some(json) = self.get("context") else { return Ok(Vec::new()) };
        let Json::Object(entries) = json else {
            return Err(self.wrong("context", format_args!("it must be an object of keys and values, not {}", json.noun())));
        };
        let mut said: Vec<(Key, Said)> = Vec::with_capacity(entries.len());
        for (name, json) in entries {
            let (key, field) = (Key::new(name), format!("context.{}", shown(name)));
            if said.iter().any(|(other, _)| *other == key) {
                return Err(self.wrong(&field, "the key is there twice; case does not count in keys"));
            }
            let value = match json {
                Json::Null => Said::Missing,
                Json::List(items) => {
                    let values: Result<_, _> = items.iter().map(|item| self.value(item, &field)).collect();
                    Said::Many(values?)
                }
                single => Said::One(self.value(single, &field)?),
            };
            said.push((key, value));
        }
        Ok(said)
    }

    /// `true` and `"true"`, `10` and `"10"` are the same in a request, as they are in a policy.
    fn value(&self, json: &Json, field: &str) -> Result<SmolStr, CaseError> {
        match json {
            Json::Text(text) => Ok(text.into()),
            Json::Number(number) => Ok(number.to_string().into()),
            Json::Bool(true) => Ok("true".into()),
            Json::Bool(false) => Ok("false".into()),
            other => Err(self.wrong(field, format_args!("a value is a string or a list of strings, not {}", other.noun()))),
        }
    }

    fn resource_policy(&self) -> Result<Option<Document>, CaseError> {
        let field = layer_field(Layer::Resource);
        match self.get(field) {
            None => Ok(None),
            Some(Json::List(items)) => match items.as_slice() {
                [] => Ok(None),
                [only] => self.document(only, &format_args!("{field}[0]")).map(Some),
                [..] => Err(self.wrong(field, format_args!("a resource has one policy, not {}", items.len()))),
            },
            Some(single) => self.document(single, &field).map(Some),
        }
    }

    /// A list of documents, or one of them.
    fn policies(&self, layer: Layer) -> Result<Option<Vec<Document>>, CaseError> {
        let field = layer_field(layer);
        self.get(field).map(|json| self.documents(json, &field)).transpose()
    }

    fn documents(&self, json: &Json, field: &dyn fmt::Display) -> Result<Vec<Document>, CaseError> {
        match json {
            Json::List(items) => {
                let items = items.iter().enumerate();
                items.map(|(index, item)| self.document(item, &format_args!("{field}[{index}]"))).collect()
            }
            single => Ok(vec![self.document(single, field)?]),
        }
    }

    /// Levels, each a list of documents or one of them.
    fn levels(&self, layer: Layer) -> Result<Option<Vec<Vec<Document>>>, CaseError> {
        let field = layer_field(layer);
        match self.get(field) {
            None => Ok(None),
            Some(Json::List(levels)) if levels.is_empty() => Ok(None),
            Some(Json::List(levels)) => {
                let levels = levels.iter().enumerate();
                levels.map(|(index, level)| self.documents(level, &format_args!("{field}[{index}]"))).collect::<Result<_, _>>()
            }
            .map(Some),
            Some(single) => Ok(Some(vec![vec![self.document(single, &field)?]])),
        }
    }

    /// A document as an object, or as the text that AWS's API gives. Held to the grammar only: a test must be able to
    /// have whatever AWS stores.
    fn document(&self, json: &Json, field: &dyn fmt::Display) -> Result<Document, CaseError> {
        let document = match json {
            Json::Object(_) => document(json),
            Json::Text(text) => Json::parse(text).and_then(|json| document(&json)),
            other => {
                let message = format_args!("a policy is an object, or its text in a string, not {}", other.noun());
                return Err(self.wrong(&field.to_string(), message));
            }
        };
        document.map_err(|malformed| self.wrong(&field.to_string(), malformed))
    }
}

/// Reads a document. One without statements, which AWS would not save, is what a test of "nothing is allowed" has.
fn document(json: &Json) -> Result<Document, Malformed> {
    let empty =
        |fields: &[(String, Json)]| fields.iter().any(|(name, json)| name == "Statement" && *json == Json::List(Vec::new()));
    match json {
        Json::Object(fields) if empty(fields) => Ok(Document { version: Version::V2012, id: None, statements: Vec::new() }),
        other => read::read(other, None),
    }
}
