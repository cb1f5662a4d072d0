//! Pages: no gap, no repeat, and cursors that open nothing else.

use serde_json::{Value, json};

use super::{Root, World};

async fn people(root: &Root<'_>, count: usize) {
    for number in 0..count {
        let path = if number % 2 == 0 { "/even/" } else { "/odd/" };
        root.data(&format!(
            r#"mutation {{ createUser(input: {{userName: "u{number:02}", path: "{path}"}}) {{ user {{ id }} }} }}"#
        ))
        .await;
    }
}

fn names(page: &Value) -> Vec<&str> {
    page["nodes"].as_array().unwrap().iter().map(|node| node["userName"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn pages_follow_each_other() {
    let world = World::new();
    let root = world.root().await;
    people(&root, 7).await;
    let query = "query($after: String, $prefix: String) { account { users(first: 3, after: $after, pathPrefix: $prefix) {
        nodes { userName } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } } }";
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let answer = root.ask_with(query, json!({"after": after})).await;
        let page = &answer["data"]["account"]["users"];
        seen.extend(names(page).into_iter().map(str::to_owned));
        assert_eq!((&page["totalCount"], page["pageInfo"]["hasPreviousPage"] == true), (&json!(7), after != Value::Null));
        assert_eq!(page["edges"].as_array().unwrap().last().unwrap()["cursor"], page["pageInfo"]["endCursor"]);
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, ["u00", "u01", "u02", "u03", "u04", "u05", "u06"]);

    let odd = root.ask_with(query, json!({"prefix": "/odd/"})).await;
    assert_eq!(names(&odd["data"]["account"]["users"]), ["u01", "u03", "u05"]);
    assert_eq!(odd["data"]["account"]["users"]["totalCount"], Value::Null);
}

#[tokio::test]
async fn a_cursor_is_bound_to_its_list() {
    let world = World::new();
    let root = world.root().await;
    people(&root, 2).await;
    let page = root.data("{ account { users(first: 1) { pageInfo { endCursor } } } }").await;
    let cursor = page["account"]["users"]["pageInfo"]["endCursor"].as_str().unwrap();
    for list in ["groups", "roles", "policies", "users(pathPrefix: \"/odd/\")"] {
        let list = if list.contains('(') {
            list.replace(')', &format!(", after: \"{cursor}\")"))
        } else {
            format!("{list}(after: \"{cursor}\")")
        };
        let (code, _) = root.refusal(&format!("{{ account {{ {list} {{ nodes {{ arn }} }} }} }}")).await;
        assert_eq!(code, "ValidationError", "{list}");
    }
    let changed = cursor.replace(|c: char| c.is_ascii_digit(), "a");
    let (code, _) = root.refusal(&format!("{{ account {{ users(after: \"{changed}\") {{ nodes {{ arn }} }} }} }}")).await;
    assert_eq!(code, "ValidationError");
}

#[tokio::test]
async fn members_are_paged_by_id() {
    let world = World::new();
    let root = world.root().await;
    people(&root, 5).await;
    root.data(r#"mutation { createGroup(input: {groupName: "all"}) { group { id } } }"#).await;
    for number in 0..5 {
        root.data(&format!(
            r#"mutation {{ addUserToGroup(input: {{groupName: "all", userName: "u{number:02}"}}) {{ record {{ id }} }} }}"#
        ))
        .await;
    }
    let (mut after, mut seen) = (Value::Null, Vec::new());
    while seen.len() < 5 {
        let query = "query($after: String) { group(name: \"all\") { users(first: 2, after: $after) { nodes { userName } pageInfo { endCursor hasNextPage } } } }";
        let answer = root.ask_with(query, json!({"after": after})).await;
        let page = &answer["data"]["group"]["users"];
        seen.extend(names(page).into_iter().map(str::to_owned));
        assert_eq!(page["pageInfo"]["hasNextPage"] == true, seen.len() < 5);
        after = page["pageInfo"]["endCursor"].clone();
    }
    seen.sort();
    assert_eq!(seen, ["u00", "u01", "u02", "u03", "u04"]);
}

#[tokio::test]
async fn nodes_come_in_the_order_of_their_ids() {
    let world = World::new();
    let root = world.root().await;
    people(&root, 2).await;
    let users = root.data("{ account { id users { nodes { id } } } }").await;
    let ids = json!([
        users["account"]["users"]["nodes"][1]["id"],
        "bm9uZQ",
        users["account"]["id"],
        users["account"]["users"]["nodes"][0]["id"]
    ]);
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on User { userName } } }";
    let answer = root.ask_with(query, json!({"ids": ids})).await;
    let expected = json!([{"__typename": "User", "userName": "u01"}, null, {"__typename": "Account"}, {"__typename": "User", "userName": "u00"}]);
    assert_eq!(answer["data"]["nodes"], expected, "{answer}");
    let many = json!(vec!["x"; 101]);
    assert_eq!(root.ask_with(query, json!({"ids": many})).await["errors"][0]["extensions"]["code"], "ValidationError");
}

#[tokio::test]
async fn the_past_is_as_it_was() {
    let world = World::new();
    let root = world.root().await;
    people(&root, 3).await;
    let seen = root
        .data(
            r#"{ account(asOf: {sequence: "2"}) { users { totalCount nodes { userName } } }
            early: account(asOf: {sequence: 0}) { users { totalCount } } now: account { users { totalCount } }
            far: account(asOf: {time: "2999-01-01T00:00:00Z"}) { users { totalCount } } }"#,
        )
        .await;
    assert_eq!(names(&seen["account"]["users"]), ["u00", "u01"]);
    let counts = ["early", "now", "far"].map(|field| seen[field]["users"]["totalCount"].as_i64().unwrap());
    assert_eq!(counts, [0, 3, 3]);
}
