//! Questions, each with one argument that names what is not the caller's.

use serde_json::{Map, Value, json};

use super::{
    schema::{Argument, Field, Schema, Way},
    tenants::Tenants,
    words::{Meaning, Whose, meaning},
};

/// One question.
pub(super) struct Probe {
    /// The operation and the argument, as in `Mutation.attachPolicy policyArn`.
    pub(super) label: String,
    pub(super) query: String,
    pub(super) variables: Value,
    /// What is another's.
    pub(super) foreign: Value,
}

/// Whether a field can be asked for with what is the caller's own.
pub(super) fn arguments_of_way(schema: &Schema, field: &Field, tenants: &Tenants) -> bool {
    let required = field.arguments.iter().filter(|argument| argument.required);
    required.into_iter().all(|argument| own(schema, &field.name, argument, tenants).is_some())
}

/// The arguments which name things, as ways through inputs: `["input", "target", "userName"]`.
fn naming(schema: &Schema, operation: &str, arguments: &[Argument]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    // A moment of the log is nobody's.
    for argument in arguments.iter().filter(|argument| argument.name != "asOf") {
        if let Some(fields) = schema.inputs.get(&argument.of.name) {
            let below = naming(schema, operation, fields).into_iter();
            found.extend(below.map(|way| std::iter::once(argument.name.clone()).chain(way).collect()));
        } else if matches!(meaning(operation, argument), Meaning::Names(_)) {
            found.push(vec![argument.name.clone()]);
        }
    }
    found
}

/// The value of an argument where everything is the caller's own; none when it can be left out or has none.
fn own(schema: &Schema, operation: &str, argument: &Argument, tenants: &Tenants) -> Option<Value> {
    value(schema, operation, argument, &[], tenants).map(|(value, _)| value)
}

/// The value of an argument, and what in it is another's: what the way `foreign` leads to.
fn value(
    schema: &Schema,
    operation: &str,
    argument: &Argument,
    foreign: &[String],
    tenants: &Tenants,
) -> Option<(Value, Option<Value>)> {
    let here = foreign.first() == Some(&argument.name);
    let rest = if here { &foreign[1..] } else { &[] };
    let (one, named) = match schema.inputs.get(&argument.of.name) {
        Some(fields) => input(schema, operation, fields, rest, tenants),
        None => match meaning(operation, argument) {
            Meaning::Names(thing) => {
                let value = tenants.value(thing, if here { Whose::Theirs } else { Whose::Own });
                (value.clone(), here.then_some(value))
            }
            Meaning::Plain(value) => (value, None),
            Meaning::LeftOut => return None,
        },
    };
    let list = argument.of.list && !one.is_array();
    Some((if list { json!([one]) } else { one }, named))
}

fn input(schema: &Schema, operation: &str, fields: &[Argument], foreign: &[String], tenants: &Tenants) -> (Value, Option<Value>) {
    let (mut all, mut named) = (Map::new(), None);
    // Exactly one field may be given where none has to be and every one names a target.
    let one_of = fields.iter().all(|field| !field.required && matches!(meaning(operation, field), Meaning::Names(_)));
    for (at, field) in fields.iter().enumerate() {
        let here = foreign.first() == Some(&field.name);
        let wanted =
            if one_of && operation != "signIn" { here || (foreign.is_empty() && at == 0) } else { here || field.required };
        if !wanted {
            continue;
        }
        let (value, theirs) = value(schema, operation, field, foreign, tenants)
            .unwrap_or_else(|| panic!("guard/foreign/words.rs has to learn what {} of {operation} is", field.name));
        named = named.or(theirs);
        all.insert(field.name.clone(), value);
    }
    (Value::Object(all), named)
}

/// A field with its arguments as variables.
fn written(
    schema: &Schema,
    field: &Field,
    foreign: &[String],
    tenants: &Tenants,
    (declared, variables): (&mut Vec<String>, &mut Map<String, Value>),
) -> (String, Option<Value>) {
    let (mut arguments, mut named) = (Vec::new(), None);
    for argument in &field.arguments {
        if argument.name == "first" {
            arguments.push("first: 2".to_owned());
        }
        if !argument.required && foreign.first() != Some(&argument.name) {
            continue;
        }
        let (value, theirs) = value(schema, &field.name, argument, foreign, tenants)
            .unwrap_or_else(|| panic!("guard/foreign/words.rs has to learn what {} of {} is", argument.name, field.name));
        named = named.or(theirs);
        let variable = format!("v{}", variables.len());
        declared.push(format!("${variable}: {}", argument.of.text));
        arguments.push(format!("{}: ${variable}", argument.name));
        variables.insert(variable, value);
    }
    let list = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    (format!("{}{list}", field.name), named)
}

fn probe(schema: &Schema, (object, way): (&str, &Way), field: &Field, foreign: &[String], tenants: &Tenants) -> Probe {
    let (mut declared, mut variables) = (Vec::new(), Map::new());
    let mut opened = String::new();
    for step in &way.steps {
        let (text, _) = written(schema, step, &[], tenants, (&mut declared, &mut variables));
        opened.push_str(&format!("{{ {text} "));
    }
    let (text, named) = written(schema, field, foreign, tenants, (&mut declared, &mut variables));
    let selection = schema.selection(&field.of.name);
    let closed = " }".repeat(way.steps.len() + 1);
    let declared = if declared.is_empty() { String::new() } else { format!("({})", declared.join(", ")) };
    Probe {
        label: format!("{object}.{} {}", field.name, foreign.join(".").trim_start_matches("input.")),
        query: format!("{}{declared} {opened}{{ {text} {selection}{closed}", way.operation),
        variables: Value::Object(variables),
        foreign: named.unwrap_or_else(|| panic!("{object}.{} does not take {foreign:?}", field.name)),
    }
}

/// Every question that can be asked: those that read first, so that they find everything as it was.
pub(super) fn probes(schema: &Schema, tenants: &Tenants) -> Vec<Probe> {
    let ways = schema.ways(tenants);
    let (reads, writes): (Vec<_>, Vec<_>) = schema.objects.iter().partition(|(name, _)| name.as_str() != "Mutation");
    let mut all = Vec::new();
    for (object, fields) in reads.into_iter().chain(writes) {
        // Records that come in are those of the query `records`, and that takes part.
        for field in fields.iter().filter(|_| object != "Subscription") {
            let naming = naming(schema, &field.name, &field.arguments);
            if naming.is_empty() {
                continue;
            }
            // What a payload leads to is what queries lead to as well.
            let Some(way) = ways.get(object) else { panic!("no way leads to {object}.{}", field.name) };
            all.extend(naming.iter().map(|foreign| probe(schema, (object, way), field, foreign, tenants)));
        }
    }
    all
}
