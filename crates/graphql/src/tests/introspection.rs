//! Who may see the schema, and how much of it at once.

use serde_json::json;

use super::{World, refusal};
use crate::DoorConfig;

/// The query of graphql-js 16 (`getIntrospectionQuery`), which GraphiQL sends.
const GRAPHIQL: &str = "query IntrospectionQuery { __schema { queryType { name kind } mutationType { name kind } subscriptionType { name kind }
  types { ...FullType } directives { name description locations args(includeDeprecated: true) { ...InputValue } } } }
  fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description
    args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
  fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
  fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

#[tokio::test]
async fn graphiql_sees_the_schema_once_signed_in() {
    let world = World::new();
    let root = world.root().await;
    let schema = root.data(GRAPHIQL).await;
    let types = schema["__schema"]["types"].as_array().unwrap();
    assert!(types.iter().any(|one| one["name"] == "CreateUserInput"));
}

#[tokio::test]
async fn strangers_see_it_in_development_only() {
    let closed = World::new();
    for query in [GRAPHIQL, "{ __type(name: \"User\") { name } }", "{ ...f } fragment f on Query { __schema { types { name } } }"]
    {
        let (_, value) = closed.send(None, query, json!({})).await;
        assert_eq!(refusal(&value).0, "AccessDenied");
        assert!(!value.to_string().contains("CreateUser"));
    }
    let open = World::with(DoorConfig { dev: true });
    let (answer, value) = open.send(None, GRAPHIQL, json!({})).await;
    assert_eq!((answer.status, value.get("errors")), (200, None));
}

#[tokio::test]
async fn no_hints_are_given_to_guessers() {
    let world = World::new();
    let (_, value) = world.send(None, "{ acount { id } }", json!({})).await;
    assert_eq!(refusal(&value).1, r#"Unknown field "acount" on type "Query"."#);
}

#[tokio::test]
async fn the_schema_is_no_way_around_the_limits() {
    let world = World::new();
    let root = world.root().await;
    let mixed = format!(
        "{{ __typename __type(name: \"User\") {{ name }} account {{ {} }} }}",
        "user(userName: \"a\") { groups(first: 1) { nodes { users(first: 1) { nodes { groups(first: 1) { nodes { users(first: 1) { nodes { arn } } } } } } } } }"
    );
    assert_eq!(root.ask(&mixed).await["errors"][0]["extensions"]["limit"]["name"], "depth");
    let nested = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }";
    assert_eq!(root.ask(nested).await["errors"][0]["extensions"]["limit"]["name"], "introspectionLists");
}
