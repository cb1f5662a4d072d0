//! What is secret or personal stands nowhere in clear: not in what the server logs and says, not in errors, not on the disk.

use std::{
    fs,
    path::{Path, PathBuf},
};

use chancery_testkit::{ACCOUNT, Client, Home, Options, PASSWORD, Server};
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::scene::allowing;

const USER: &str = "canary-user-7f3a";
const RENAMED: &str = "canary-renamed-19c2";
const EMAIL: &str = "canary-mail@canary.example";
const ROOT_EMAIL: &str = "canary-root@canary.example";
const TAG: &str = "canary tag value 55e0";
const ADDRESS: &str = "203.0.113.77";
const AGENT: &str = "canary-agent/8d21";
const FIRST: &str = "Canary first password 1!";
const SECOND: &str = "Canary second password 2!";
const WRONG: &str = "Canary wrong password 3!";

/// What may stand nowhere but in a request and in the answer to whom it concerns.
const SECRET: [&str; 4] = [PASSWORD, FIRST, SECOND, WRONG];
/// What is about a person.
const PERSONAL: [&str; 7] = [USER, RENAMED, EMAIL, ROOT_EMAIL, TAG, ADDRESS, AGENT];

#[tokio::test(flavor = "multi_thread")]
async fn canaries_are_found_nowhere() {
    let home = Home::new();
    let password = home.path("password");
    let init = ["init", "--account-id", ACCOUNT, "--root-email", ROOT_EMAIL, "--root-password-file"];
    let said = home.run(init.into_iter().chain([password.to_str().unwrap()])).succeeded();
    let set = ["log.level=debug", "proxies.trusted=127.0.0.1"].map(str::to_owned).to_vec();
    let server = Server::start_on(home, Options { set, ..Options::default() });
    let mut tokens = Vec::new();
    let errors = live(&server, &mut tokens).await;
    let logged = format!("{}{}{}", said.stdout, said.stderr, server.logged());
    let home = server.stop();
    let logged = logged + &fs::read_to_string(home.path("server.err")).unwrap();
    assert!(logged.contains("/graphql"), "there is a log");
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    for secret in SECRET.iter().chain(&tokens) {
        assert!(!logged.contains(secret), "{secret} is logged");
        let told = errors.iter().find(|error| error.contains(secret));
        assert_eq!(told, None, "{secret} stands in an error");
    }
    // Whose request it was may be logged; what is in it may not.
    for personal in PERSONAL.iter().filter(|personal| **personal != ADDRESS) {
        assert!(!logged.contains(personal), "{personal} is logged");
    }
    nowhere_on_disk(&home, &[&SECRET[..], &tokens, &PERSONAL].concat());
    let exported = home.run(["log", "export"]).succeeded().stdout;
    assert!(exported.contains("user.created.v1"));
    for secret in SECRET.iter().chain(&tokens).chain(&["$argon2", "argon2id"]) {
        assert!(!exported.contains(secret), "{secret} is exported");
    }
}

/// Does what leaves traces, and gives the errors that came of it.
async fn live(server: &Server, tokens: &mut Vec<String>) -> Vec<String> {
    let (root, token) = sign_in(server, None, PASSWORD).await;
    tokens.push(token);
    let mut errors = Vec::new();
    let tags = json!([{ "key": "email", "value": EMAIL }, { "key": "note", "value": TAG }]);
    for (mutation, input) in [
        ("createUser", json!({ "userName": USER, "tags": tags })),
        ("createUser", json!({ "userName": USER })),
        ("createLoginProfile", json!({ "userName": USER, "password": "short" })),
        ("createLoginProfile", json!({ "userName": USER, "password": FIRST })),
        ("createLoginProfile", json!({ "userName": USER, "password": SECOND })),
        ("updateLoginProfile", json!({ "userName": USER, "password": SECOND })),
        ("updateLoginProfile", json!({ "userName": "nobody", "password": WRONG })),
        ("updateUser", json!({ "userName": USER, "newUserName": RENAMED })),
        (
            "putInlinePolicy",
            json!({ "target": { "userName": RENAMED }, "policyName": "own", "policyDocument": allowing("s3:*") }),
        ),
        ("signIn", json!({ "accountId": ACCOUNT, "userName": RENAMED, "password": WRONG })),
        ("signIn", json!({ "accountId": ACCOUNT, "userName": [RENAMED], "password": WRONG })),
        ("createLoginProfile", json!({ "userName": 5, "password": WRONG })),
        ("createLoginProfile", json!({ "userName": RENAMED, "passwort": WRONG })),
    ] {
        let query = format!(
            "mutation($input: {}{}Input!) {{ {mutation}(input: $input) {{ __typename }} }}",
            mutation[..1].to_uppercase(),
            &mutation[1..]
        );
        let body = json!({ "query": query, "variables": { "input": input } });
        errors.push(post(&root, &body).await["errors"].to_string());
    }
    let (user, token) = sign_in(server, Some(RENAMED), SECOND).await;
    tokens.push(token.clone());
    errors.push(post(&user, &json!({ "query": "mutation { signOut { sessionId } }" })).await["errors"].to_string());
    // Passwords where none belongs: in a text that is no GraphQL, in a path, in a token.
    let broken = format!("mutation {{ signIn(input: {{ password: \"{WRONG}\" ");
    errors.push(post(&root, &json!({ "query": broken })).await["errors"].to_string());
    errors.push(post(&root.with_token(&token[1..]), &json!({ "query": "{ me { arn } }" })).await["errors"].to_string());
    let elsewhere = reqwest::get(format!("{}/graphql?password={}", server.url(), WRONG.replace(' ', "%20"))).await.unwrap();
    errors.push(elsewhere.text().await.unwrap());
    errors
}

/// As it comes through a proxy, from a client with a name.
async fn post(client: &Client, body: &Value) -> Value {
    let request = client.request(Method::POST).header(header::CONTENT_TYPE, "application/json");
    let request = request.header("x-forwarded-for", ADDRESS).header(header::USER_AGENT, AGENT);
    Client::send(request.body(body.to_string())).await.unwrap().json()
}

async fn sign_in(server: &Server, user: Option<&str>, password: &str) -> (Client, String) {
    let query = "mutation($input: SignInInput!) { signIn(input: $input) { session { token } } }";
    let input = json!({ "accountId": ACCOUNT, "userName": user, "password": password });
    let answer = post(&server.anonymous(), &json!({ "query": query, "variables": { "input": input } })).await;
    let token = answer["data"]["signIn"]["session"]["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    (server.anonymous().with_token(&token), token)
}

/// Looks for the texts in every file, as they are and in the usual disguises.
fn nowhere_on_disk(home: &Home, texts: &[&str]) {
    let disguises = |text: &str| {
        let bytes = text.as_bytes();
        let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        // Of base64 the middle, which does not depend on what stands around it.
        let base64 = (0..3).map(|skip| base64(&bytes[skip..bytes.len() - (bytes.len() - skip) % 3]));
        [text.to_owned(), text.to_uppercase(), hex].into_iter().chain(base64).collect::<Vec<_>>()
    };
    let wanted: Vec<(String, String)> =
        texts.iter().flat_map(|text| disguises(text).into_iter().map(|disguise| ((*text).to_owned(), disguise))).collect();
    let mut files = 0;
    each_file(&home.data(), &mut |path, bytes| {
        files += 1;
        for (text, disguise) in &wanted {
            let found = bytes.windows(disguise.len()).any(|window| window == disguise.as_bytes());
            assert!(!found, "{text} stands in {} as {disguise}", path.display());
        }
    });
    assert!(files > 10);
}

fn each_file(dir: &Path, look: &mut impl FnMut(PathBuf, &[u8])) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_file(&path, look);
        } else {
            let bytes = fs::read(&path).unwrap();
            look(path, &bytes);
        }
    }
}

/// Of whole groups of three bytes.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let number = three.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(LETTERS[number >> shift & 63]))
    };
    bytes.chunks_exact(3).flat_map(group).collect()
}
