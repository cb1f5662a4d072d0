//! The canonical text of a document.

use serde_json::{Map, Value as Json};
use smol_str::SmolStr;

use crate::{Condition, Document, Principal, Scope, Statement, Value};

pub(crate) fn document(document: &Document) -> Json {
    let mut fields = Map::new();
    fields.insert("Version".to_owned(), document.version.as_str().into());
    if let Some(id) = &document.id {
        fields.insert("Id".to_owned(), id.as_str().into());
    }
    fields.insert("Statement".to_owned(), one_or_list(document.statements.iter().map(statement).collect()));
    Json::Object(fields)
}

fn statement(statement: &Statement) -> Json {
    let mut fields = Map::new();
    if let Some(sid) = &statement.sid {
        fields.insert("Sid".to_owned(), sid.as_str().into());
    }
    fields.insert("Effect".to_owned(), statement.effect.as_str().into());
    if let Some(scope) = &statement.principals {
        fields.insert(element("Principal", scope), principals(scope.listed()));
    }
    fields.insert(element("Action", &statement.actions), texts(statement.actions.listed()));
    if let Some(scope) = &statement.resources {
        fields.insert(element("Resource", scope), texts(scope.listed()));
    }
    if !statement.conditions.is_empty() {
        fields.insert("Condition".to_owned(), conditions(&statement.conditions));
    }
    Json::Object(fields)
}

fn element<T>(name: &str, scope: &Scope<T>) -> String {
    if scope.is_not() { format!("Not{name}") } else { name.to_owned() }
}

fn texts(texts: &[SmolStr]) -> Json {
    one_or_list(texts.iter().map(|text| text.as_str().into()).collect())
}

fn principals(principals: &[Principal]) -> Json {
    let mut classes: Map<String, Json> = Map::new();
    for principal in principals {
        let Some(class) = principal.class() else { return "*".into() };
        push(classes.entry(class).or_insert_with(|| Json::Array(Vec::new())), principal.value().into());
    }
    Json::Object(classes.into_iter().map(|(class, values)| (class, flatten(values))).collect())
}

fn conditions(conditions: &[Condition]) -> Json {
    let mut operators = Map::new();
    for condition in conditions {
        let keys = operators.entry(condition.operator.to_string()).or_insert_with(|| Json::Object(Map::new()));
        if let Json::Object(keys) = keys {
            keys.insert(condition.key.to_string(), one_or_list(condition.values.iter().map(value).collect()));
        }
    }
    Json::Object(operators)
}

fn value(value: &Value) -> Json {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Bool(value) => (*value).into(),
        // A number that was built by hand and is none is still the same text to IAM.
        Value::Number(text) => serde_json::from_str(text).map_or_else(|_| text.as_str().into(), Json::Number),
    }
}

fn push(list: &mut Json, item: Json) {
    if let Json::Array(items) = list {
        items.push(item);
    }
}

fn flatten(list: Json) -> Json {
    match list {
        Json::Array(items) => one_or_list(items),
        other => other,
    }
}

fn one_or_list(mut items: Vec<Json>) -> Json {
    match items.pop() {
        Some(only) if items.is_empty() => only,
        Some(last) => {
            items.push(last);
            Json::Array(items)
        }
        None => Json::Array(items),
    }
}
