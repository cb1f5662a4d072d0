//! Documents made to hurt.

use async_graphql::parser::parse_query;

use super::*;

fn check(text: &str) -> Result<Shape, &'static str> {
    check_text(text).map_err(|over| over.name)?;
    check_document(&parse_query(text).expect("a document that parses")).map_err(|over| over.name)
}

/// `fragment f0 on Query { ...f1 ...f1 } fragment f1 …`: small as written, huge once expanded.
fn bomb(levels: usize, spreads: usize) -> String {
    let fragments =
        (0..levels).map(|at| format!("fragment f{at} on Query {{ {} }} ", format!("...f{} ", at + 1).repeat(spreads)));
    format!("{{ ...f0 }} {} fragment f{levels} on Query {{ me {{ arn }} }}", fragments.collect::<String>())
}

#[test]
fn a_usual_document_passes() {
    let shape = check("{ a: me { arn } user(name: \"ada\") { arn groups { nodes { groupName } } } }").unwrap();
    assert_eq!(shape, Shape { does_more: true, single: true, ..Shape::default() });
    assert!(check("mutation { signIn(input: {}) { session { id } } }").unwrap().mutates);
}

#[test]
fn the_schema_is_told_from_the_rest() {
    for (text, introspects, does_more) in [
        ("{ __typename }", false, false),
        ("{ __schema { types { name } } }", true, false),
        ("{ __type(name: \"User\") { name } __typename }", true, false),
        ("{ x: __schema { types { name } } me { arn } }", true, true),
        ("{ ...f } fragment f on Query { ... { __schema { types { name } } } }", true, false),
        ("query a { me { arn } } query b { __schema { types { name } } }", true, true),
    ] {
        let shape = check(text).unwrap();
        assert_eq!((shape.introspects, shape.does_more), (introspects, does_more), "{text}");
    }
}

#[test]
fn every_limit_holds_at_its_value() {
    let roots = |count: usize| format!("{{ {} }}", "me { arn } ".repeat(count));
    let aliases = |count: usize| {
        let fields: String = (0..count).map(|at| format!("a{at}: arn ")).collect();
        format!("{{ me {{ {fields} }} }}")
    };
    let fields = |count: usize| format!("{{ me {{ {} }} }}", "arn ".repeat(count));
    let directives = |count: usize| format!("{{ me {} {{ arn }} }}", "@skip(if: false) ".repeat(count));
    let text = |bytes: usize| format!("{{ me {{ arn }} }}{}", " ".repeat(bytes - 14));
    assert_eq!(text(QUERY_BYTES_MAX).len(), QUERY_BYTES_MAX);
    for (name, good, bad) in [
        ("rootFields", roots(ROOT_FIELDS_MAX), roots(ROOT_FIELDS_MAX + 1)),
        (
            "subscriptionFields",
            "subscription { records { id } }".to_owned(),
            "subscription { a: records { id } b: records { id } }".to_owned(),
        ),
        ("aliases", aliases(ALIASES_MAX), aliases(ALIASES_MAX + 1)),
        // The operation and `me` are two.
        ("nodes", fields(NODES_MAX - 2), fields(NODES_MAX - 1)),
        ("directivesPerField", directives(DIRECTIVES_PER_FIELD_MAX), directives(DIRECTIVES_PER_FIELD_MAX + 1)),
        ("queryBytes", text(QUERY_BYTES_MAX), text(QUERY_BYTES_MAX + 1)),
    ] {
        assert!(check(&good).is_ok(), "{name}");
        assert_eq!(check(&bad), Err(name));
    }
}

#[test]
fn one_sign_in_however_it_is_written() {
    let sign_in = "signIn(input: {}) { session { id } }";
    let answer = "answerChallenge(input: {}) { session { id } }";
    for bad in [
        format!("mutation {{ {sign_in} {sign_in} }}"),
        format!("mutation {{ {sign_in} {answer} }}"),
        format!("mutation {{ a: {sign_in} b: {sign_in} }}"),
        format!("mutation {{ {sign_in} ... {{ {sign_in} }} }}"),
        format!("mutation {{ ...f ...f }} fragment f on Mutation {{ {sign_in} }}"),
        format!("mutation {{ {sign_in} ...f }} fragment f on Mutation {{ ... on Mutation {{ {sign_in} }} }}"),
        format!("mutation a {{ {sign_in} }} mutation b {{ {sign_in} }}"),
    ] {
        assert_eq!(check(&bad), Err("signIns"), "{bad}");
    }
    assert!(check(&format!("mutation {{ ...f }} fragment f on Mutation {{ {sign_in} }}")).is_ok());
}

#[test]
fn fragments_are_counted_as_often_as_they_are_spread() {
    assert_eq!(check(&bomb(30, 2)), Err("nodesExpanded"));
    assert_eq!(check(&bomb(6, 20)), Err("nodesExpanded"));
    assert_eq!(check(&bomb(60, 1)), Err("recursiveDepth"));
    let hidden = format!("{{ ...f ...f }} fragment f on Query {{ {} }}", "me { arn } ".repeat(6));
    assert_eq!(check(&hidden), Err("rootFields"));
}

#[test]
fn fragments_in_a_circle_end() {
    assert_eq!(check("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"), Err("recursiveDepth"));
    assert_eq!(check("{ me { ...a } } fragment a on Me { arn ...a }"), Err("recursiveDepth"));
}

#[test]
fn nesting_is_refused_before_anything_recurses() {
    for open in ["{a", "[", "(", "{a(b:[{c:"] {
        assert_eq!(check_text(&open.repeat(8_000 / open.len())).unwrap_err().name, "bracketsNested");
    }
    let deepest = format!("{}{}", "{a".repeat(BRACKETS_NESTED_MAX), "}".repeat(BRACKETS_NESTED_MAX));
    assert!(check_text(&deepest).is_ok());
    // What passes the scanner is parsed without harm.
    assert_eq!(check(&deepest), Err("recursiveDepth"));
}

#[test]
fn lists_of_the_schema_nest_three_times_at_most() {
    let nested = |levels: usize| {
        let (open, close) = ("fields { type { ".repeat(levels), "} } ".repeat(levels));
        format!("{{ __schema {{ types {{ {open} name {close} }} }} }}")
    };
    assert!(check(&nested(3)).is_ok());
    assert_eq!(check(&nested(4)), Err("introspectionLists"));
    // Fields of the same name elsewhere are none of the schema's.
    assert!(check("{ me { fields { fields { fields { fields { arn } } } } } }").is_ok());
}
