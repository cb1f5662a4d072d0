//! Every command has a mutation, every read a field.

use std::{collections::BTreeSet, fs, path::Path};

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use chancery_domain::Read;

use crate::{MUTATIONS, READS, sdl};

/// The fields of the schema's object types, as `Type.field`.
fn fields() -> BTreeSet<String> {
    let document = parse_schema(sdl()).unwrap();
    let mut all = BTreeSet::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        if let TypeKind::Object(object) = &definition.node.kind {
            let name = &definition.node.name.node;
            all.extend(object.fields.iter().map(|field| format!("{name}.{}", field.node.name.node)));
        }
    }
    all
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The exceptions: name, then the reason.
fn exceptions() -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join("tests/golden/not-in-graphql.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(": ").expect("NAME: reason")).map(|(name, why)| (name.to_owned(), why.to_owned())).collect()
}

/// The commands of the domain's catalogue, one row each, and the one that stands outside it.
fn commands() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("crates/domain/src/actions.rs")).unwrap();
    let row = |line: &str| {
        let (module, rest) = line.trim().split_once("::")?;
        let (name, doc) = rest.split_once(": \"")?;
        let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        (plain(module) && plain(name) && doc.ends_with(';')).then(|| name.to_owned())
    };
    text.lines().filter_map(row).chain(["CreateAccount".to_owned()]).collect()
}

#[test]
fn every_command_has_a_mutation_or_a_reason() {
    let (commands, fields, exceptions) = (commands(), fields(), exceptions());
    assert!(commands.len() > 35 && commands.contains("CreateUser"), "the catalogue is read: {commands:?}");
    let covered: BTreeSet<_> = MUTATIONS.iter().map(|(command, _)| (*command).to_owned()).collect();
    let excepted: BTreeSet<_> = exceptions.iter().map(|(name, _)| name.clone()).collect();
    let missing: Vec<_> = commands.difference(&covered).filter(|name| !excepted.contains(*name)).collect();
    assert!(missing.is_empty(), "commands without a mutation: {missing:?}");
    assert!(covered.is_subset(&commands), "mutations of no command: {:?}", covered.difference(&commands));
    for (_, field) in MUTATIONS {
        assert!(fields.contains(&format!("Mutation.{field}")), "{field}");
    }
}

#[test]
fn every_read_has_a_field() {
    let fields = fields();
    let covered: BTreeSet<_> = READS.iter().map(|(read, _)| *read).collect();
    let missing: Vec<_> = Read::ALL.iter().filter(|read| !covered.contains(read)).collect();
    assert!(missing.is_empty(), "reads without a field: {missing:?}");
    for (read, field) in READS {
        assert!(fields.contains(*field), "{read:?} {field}");
    }
}

/// The list may only shrink: what is covered, or gone, must leave it.
#[test]
fn the_exceptions_are_needed() {
    const EXCEPTIONS_MAX: usize = 3;
    let (commands, exceptions) = (commands(), exceptions());
    assert!(exceptions.len() <= EXCEPTIONS_MAX, "the list may only shrink");
    for (name, why) in exceptions {
        assert!(commands.contains(&name), "{name} is no command");
        assert!(!MUTATIONS.iter().any(|(command, _)| *command == name), "{name} has a mutation");
        assert!(why.len() > 20, "{name} needs a reason");
    }
}

#[test]
fn the_schema_is_stable_and_described() {
    assert_eq!(sdl(), sdl());
    assert!(!sdl().contains('\t'), "blanks only");
    let document = parse_schema(sdl()).unwrap();
    let own = |name: &str| !name.starts_with("__") && !matches!(name, "Boolean" | "Float" | "ID" | "Int" | "String" | "PageInfo");
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.as_str();
        assert!(definition.node.description.is_some() || !own(name), "the type {name} has no description");
        if let TypeKind::Object(object) = &definition.node.kind {
            for field in object.fields.iter().filter(|_| own(name)) {
                assert!(field.node.description.is_some(), "{name}.{} has no description", field.node.name.node);
            }
        }
    }
}

#[test]
fn every_query_can_look_at_the_past() {
    // Who asks, and what server this is, are questions about now.
    const OF_NOW: [&str; 2] = ["me", "serverInfo"];
    let document = parse_schema(sdl()).unwrap();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let TypeKind::Object(object) = &definition.node.kind else { continue };
        for field in object.fields.iter().filter(|_| definition.node.name.node == "Query") {
            let name = field.node.name.node.as_str();
            let past = field.node.arguments.iter().any(|argument| argument.node.name.node == "asOf");
            assert_eq!(past, !OF_NOW.contains(&name), "{name}");
        }
    }
}

/// A read that no resolver asks for would be a field that anybody may see.
#[test]
fn every_read_is_asked_for_in_the_sources() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let folders = [folder.join("objects"), folder.join("access")];
    let inside = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap().map(|one| one.unwrap().path()));
    let files = [folder.join("view.rs"), folder.join("query.rs")].into_iter().chain(inside);
    let sources: String = files.map(|path| fs::read_to_string(path).unwrap()).collect();
    // The engine asks for these itself, at the call that reads.
    let by_the_engine = [Read::ListRecords, Read::ListSessions];
    for one in Read::ALL.iter().filter(|one| !by_the_engine.contains(one)) {
        let used = sources
            .match_indices(&format!("Read::{one:?}"))
            .any(|(at, found)| sources[at + found.len()..].chars().next().is_some_and(|next| !next.is_alphanumeric()));
        assert!(used, "{one:?}");
    }
}
