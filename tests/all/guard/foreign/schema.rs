//! The schema as it tells of itself.

use std::collections::{BTreeMap, VecDeque};

use chancery_engine::Caller;
use chancery_graphql::Door;
use serde_json::{Value, json};

use super::{probe::arguments_of_way, send, tenants::Tenants};

const INTROSPECTION: &str = "{ __schema { types { kind name
    fields { name args { ...Argument } type { ...Type } } inputFields { ...Argument } } } }
  fragment Argument on __InputValue { name defaultValue type { ...Type } }
  fragment Type on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name } } } } } }";

/// So deep a selection goes into what is no list.
const DEPTH: usize = 2;

/// A type as a field or an argument has it.
#[derive(Debug, Clone)]
pub(super) struct TypeRef {
    /// As in `[String!]!`.
    pub(super) text: String,
    /// The name within.
    pub(super) name: String,
    pub(super) list: bool,
}

/// An argument, or a field of an input.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) of: TypeRef,
    /// It must be given.
    pub(super) required: bool,
}

/// A field of an object.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) arguments: Vec<Argument>,
    pub(super) of: TypeRef,
}

/// A way from a root to an object: the text before a selection and after it, with the arguments that it takes.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) operation: &'static str,
    pub(super) steps: Vec<Field>,
}

pub(super) struct Schema {
    pub(super) objects: BTreeMap<String, Vec<Field>>,
    pub(super) inputs: BTreeMap<String, Vec<Argument>>,
    kinds: BTreeMap<String, String>,
}

fn type_ref(value: &Value) -> TypeRef {
    match value["kind"].as_str().unwrap() {
        "NON_NULL" => {
            let within = type_ref(&value["ofType"]);
            TypeRef { text: format!("{}!", within.text), ..within }
        }
        "LIST" => {
            let within = type_ref(&value["ofType"]);
            TypeRef { text: format!("[{}]", within.text), list: true, ..within }
        }
        _ => {
            let name = value["name"].as_str().unwrap().to_owned();
            TypeRef { text: name.clone(), name, list: false }
        }
    }
}

fn argument(value: &Value) -> Argument {
    let of = type_ref(&value["type"]);
    let required = of.text.ends_with('!') && value["defaultValue"].is_null();
    Argument { name: value["name"].as_str().unwrap().to_owned(), of, required }
}

fn field(value: &Value) -> Field {
    let arguments = value["args"].as_array().unwrap().iter().map(argument).collect();
    Field { name: value["name"].as_str().unwrap().to_owned(), arguments, of: type_ref(&value["type"]) }
}

impl Schema {
    pub(super) async fn ask(door: &Door, caller: &Caller) -> Self {
        let told = send(door, Some(caller), INTROSPECTION, &json!({})).await;
        let types = told["data"]["__schema"]["types"].as_array().unwrap_or_else(|| panic!("{told}"));
        let (mut objects, mut inputs, mut kinds) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for one in types {
            let (name, kind) = (one["name"].as_str().unwrap().to_owned(), one["kind"].as_str().unwrap().to_owned());
            if name.starts_with("__") {
                continue;
            }
            match kind.as_str() {
                "OBJECT" => {
                    objects.insert(name.clone(), one["fields"].as_array().unwrap().iter().map(field).collect());
                }
                "INPUT_OBJECT" => {
                    inputs.insert(name.clone(), one["inputFields"].as_array().unwrap().iter().map(argument).collect());
                }
                _ => {}
            }
            kinds.insert(name, kind);
        }
        Self { objects, inputs, kinds }
    }

    /// The shortest way to each kind of object, through what is the caller's own.
    pub(super) fn ways(&self, tenants: &Tenants) -> BTreeMap<String, Way> {
        let mut ways = BTreeMap::new();
        let mut queue = VecDeque::new();
        for (root, operation) in [("Query", "query"), ("Mutation", "mutation")] {
            ways.insert(root.to_owned(), Way { operation, steps: Vec::new() });
        }
        queue.push_back("Query".to_owned());
        while let Some(name) = queue.pop_front() {
            let way = ways[&name].clone();
            for field in &self.objects[&name] {
                let next = &field.of.name;
                if ways.contains_key(next) || !self.objects.contains_key(next) || !arguments_of_way(self, field, tenants) {
                    continue;
                }
                let steps = way.steps.iter().chain([field]).cloned().collect();
                ways.insert(next.clone(), Way { operation: way.operation, steps });
                queue.push_back(next.clone());
            }
        }
        ways
    }

    /// Everything plain that an object has, and what it leads to.
    pub(super) fn selection(&self, name: &str) -> String {
        self.select(name, if name.ends_with("Connection") { 1 } else { DEPTH })
    }

    fn select(&self, name: &str, depth: usize) -> String {
        let Some(fields) = self.objects.get(name) else {
            return if matches!(self.kinds[name].as_str(), "INTERFACE" | "UNION") {
                "{ __typename }".to_owned()
            } else {
                String::new()
            };
        };
        let mut text = "{ __typename".to_owned();
        for field in fields.iter().filter(|field| !field.arguments.iter().any(|argument| argument.required)) {
            let object = self.objects.contains_key(&field.of.name);
            let within = matches!(field.name.as_str(), "edges" | "node" | "pageInfo");
            if object && depth == 0 && !within {
                continue;
            }
            let few = if field.arguments.iter().any(|argument| argument.name == "first") { "(first: 2)" } else { "" };
            let below = self.select(&field.of.name, if within { depth } else { depth.saturating_sub(1) });
            let lists = field.of.name.ends_with("Connection");
            if lists && depth < DEPTH {
                continue;
            }
            text.push_str(&format!(" {}{few} {below}", field.name));
        }
        text + " }"
    }
}
