//! What is printed reads back as what was printed, and no text at all makes the reader panic.

use proptest::{collection::vec, option, prelude::*};
use smol_str::SmolStr;

use crate::{Comparison, Condition, Document, Effect, Kind, Operator, Principal, Quantifier, Scope, Statement, Value, Version};

fn text() -> impl Strategy<Value = SmolStr> {
    // Quotes, escapes, variables and letters outside ASCII, which JSON must carry unharmed.
    "[ -~\u{e9}\n\t]{0,12}|\\$\\{aws:[a-z]{1,8}\\}|\\*".prop_map(SmolStr::from)
}

fn action() -> impl Strategy<Value = SmolStr> {
    "\\*|[a-zA-Z0-9.-]{1,8}:[a-zA-Z*?]{1,8}".prop_map(SmolStr::from)
}

fn resource() -> impl Strategy<Value = SmolStr> {
    "\\*|arn:aws:sqs:[a-z*-]{0,8}:[0-9]{12}:[a-z*?/\"\\\\]{0,8}".prop_map(SmolStr::from)
}

fn scope<T: std::fmt::Debug + Clone>(items: impl Strategy<Value = Vec<T>>) -> impl Strategy<Value = Scope<T>> {
    (items, any::<bool>()).prop_map(|(items, not)| if not { Scope::Except(items) } else { Scope::Only(items) })
}

fn principals() -> impl Strategy<Value = Vec<Principal>> {
    let principal = prop_oneof![
        "\\*|[0-9]{12}|arn:aws:iam::[0-9]{12}:(root|user/[a-z]{1,4})".prop_map(|value| Principal::Aws(value.into())),
        "[a-z]{1,4}\\.amazonaws\\.com".prop_map(|value| Principal::Service(value.into())),
        "[a-z]{1,4}\\.example".prop_map(|value| Principal::Federated(value.into())),
        "[0-9a-f]{64}".prop_map(|value| Principal::CanonicalUser(value.into())),
    ];
    let listed = vec(principal, 1..4).prop_map(|mut principals| {
        // The reader keeps them by class, and in the document's order within a class.
        principals.sort_by_key(|principal| {
            ["AWS", "Service", "Federated", "CanonicalUser"].iter().position(|class| principal.class() == Some(class))
        });
        principals
    });
    prop_oneof![Just(vec![Principal::Everyone]), listed]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        text().prop_map(Value::Text),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| Value::Number(number.to_string().into())),
        any::<f64>()
            .prop_filter_map("JSON has no infinities", serde_json::Number::from_f64)
            .prop_map(|number| Value::Number(number.to_string().into())),
    ]
}

fn operator() -> impl Strategy<Value = Operator> {
    let quantifier = option::of(prop_oneof![Just(Quantifier::ForAllValues), Just(Quantifier::ForAnyValue)]);
    (quantifier, proptest::sample::select(Comparison::ALL), any::<bool>())
        .prop_map(|(quantifier, comparison, if_exists)| Operator {
            quantifier,
            comparison,
            if_exists: if_exists && comparison != Comparison::Null,
        })
        .prop_filter("dates have a test of their own", |operator| !operator.comparison.is_date())
}

/// Each operator once, and under it each key once.
fn conditions() -> impl Strategy<Value = Vec<Condition>> {
    let keys = proptest::collection::btree_map("[a-z]{1,3}:[a-z/é]{1,4}", vec(value(), 0..3), 1..3);
    proptest::collection::btree_map(operator(), keys, 0..3).prop_map(|operators| {
        let flatten = |(operator, keys): (Operator, std::collections::BTreeMap<String, Vec<Value>>)| {
            keys.into_iter().map(move |(key, values)| Condition { operator, key: key.into(), values })
        };
        operators.into_iter().flat_map(flatten).collect()
    })
}

fn statement(kind: Kind) -> impl Strategy<Value = Statement> {
    let sid = option::of("[a-zA-Z0-9]{0,8}");
    let effect = prop_oneof![Just(Effect::Allow), Just(Effect::Deny)];
    let parts = (sid, effect, scope(principals()), scope(vec(action(), 1..4)), scope(vec(resource(), 1..3)), conditions());
    parts.prop_map(move |(sid, effect, principals, actions, resources, conditions)| Statement {
        sid: sid.map(SmolStr::from),
        effect,
        principals: (kind == Kind::Resource).then_some(principals),
        actions,
        resources: Some(resources),
        conditions,
    })
}

fn document(kind: Kind) -> impl Strategy<Value = Document> {
    let version = prop_oneof![Just(Version::V2008), Just(Version::V2012)];
    (version, option::of(text()), vec(statement(kind), 1..4)).prop_map(|(version, id, mut statements)| {
        // A Sid is there once; a number after it makes it so.
        for (index, sid) in statements.iter_mut().filter_map(|statement| statement.sid.as_mut()).enumerate() {
            *sid = if sid.is_empty() { SmolStr::default() } else { format!("{sid}x{index}").into() };
        }
        Document { version, id, statements }
    })
}

proptest! {
    #[test]
    fn identity_documents_read_back_as_printed(document in document(Kind::Identity)) {
        let printed = document.to_json();
        prop_assert_eq!(Document::parse(&printed, Kind::Identity), Ok(document.clone()), "{}", printed);
        prop_assert_eq!(Document::parse_saved(&printed), Ok(document));
    }

    #[test]
    fn resource_documents_read_back_as_printed(document in document(Kind::Resource)) {
        let printed = document.to_json();
        prop_assert_eq!(Document::parse(&printed, Kind::Resource), Ok(document), "{}", printed);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        let _ = Document::parse(&text, Kind::Identity);
        let _ = Document::parse_saved(&text);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = Document::parse(&String::from_utf8_lossy(&bytes), Kind::Trust);
    }

    /// Damaged documents reach further into the reader than noise: what still reads must print and read back.
    #[test]
    fn damaged_documents_are_refused_or_read(
        document in document(Kind::Resource), at in any::<prop::sample::Index>(), put in "[\"\\\\{}\\[\\]:,*$a0 ]{0,3}", cut in 0..4_usize,
    ) {
        let mut chars: Vec<char> = document.to_json().chars().collect();
        let start = at.index(chars.len());
        chars.splice(start..(start + cut).min(chars.len()), put.chars());
        let damaged: String = chars.into_iter().collect();
        if let Ok(read) = Document::parse(&damaged, Kind::Resource) {
            prop_assert_eq!(Document::parse_saved(&read.to_json()), Ok(read));
        }
    }
}

#[test]
fn the_canonical_text() {
    let text = r#"{"Statement": [{"Condition": {"Bool": {"a:b": ["true"]}}, "Resource": ["*"], "Action": ["s3:*", "sqs:*"],
                   "Effect": "Allow"}], "Id": "i"}"#;
    let canonical = r#"{"Version":"2008-10-17","Id":"i","Statement":{"Effect":"Allow","Action":["s3:*","sqs:*"],"Resource":"*","Condition":{"Bool":{"a:b":"true"}}}}"#;
    assert_eq!(Document::parse(text, Kind::Identity).unwrap().to_json(), canonical);
}

#[test]
fn numbers_print_as_they_were_read() {
    // The second needs serde_json's float_roundtrip: without it, the last digit changes.
    for number in ["10", "-1.1010626773853833e-51", "18446744073709551615"] {
        let condition = format!(r#""Condition":{{"NumericEquals":{{"a:b":{number}}}}}"#);
        let text = format!(r#"{{"Statement":{{"Effect":"Deny","Action":"*","Resource":"*",{condition}}}}}"#);
        assert!(Document::parse(&text, Kind::Identity).unwrap().to_json().contains(&condition), "{number}");
    }
}
