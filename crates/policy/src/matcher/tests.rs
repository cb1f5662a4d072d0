//! Conditions against tables: every operator with every set operator and every shape of a key, then the values.

mod values;

use super::Conditions;
use crate::{Comparison, Condition, Operator, Quantifier, RequestContext, Value, Version};

pub(super) fn condition(operator: &str, key: &str, values: &[&str]) -> Condition {
    Condition {
        operator: Operator::parse(operator).expect(operator),
        key: key.into(),
        values: values.iter().map(|&value| Value::Text(value.into())).collect(),
    }
}

/// The one check: whether a condition on the key `k` holds.
#[track_caller]
pub(super) fn check(operator: &str, expected: &[&str], context: &RequestContext, holds: bool) {
    let condition = condition(operator, "K", expected);
    let conditions = Conditions::compile(&[condition], Version::V2012);
    assert_eq!(conditions.hold(context), holds, "{operator} {expected:?} in {context:?}");
    assert_eq!(conditions.failures(context).is_empty(), holds, "{operator} {expected:?} in {context:?}");
}

fn one(value: &str) -> RequestContext {
    RequestContext::new().with("k", value)
}

fn many(values: &[&str]) -> RequestContext {
    RequestContext::new().with_many("k", values.iter().copied())
}

/// For a comparison: a value of the policy, one of the request for which the comparison holds, one for which it does
/// not, and one that it cannot read (for a comparison of texts: another that is not the same).
fn sample(comparison: Comparison) -> [&'static str; 4] {
    use Comparison as C;
    match comparison {
        C::StringEquals => ["red", "red", "Red", ""],
        C::StringNotEquals => ["red", "Red", "red", ""],
        C::StringEqualsIgnoreCase => ["Red", "rED", "blue", ""],
        C::StringNotEqualsIgnoreCase => ["Red", "blue", "rED", ""],
        C::StringLike => ["r*d", "reed", "reeds", ""],
        C::StringNotLike => ["r*d", "reeds", "reed", ""],
        C::NumericEquals => ["10", "10.0", "11", "ten"],
        C::NumericNotEquals => ["10", "11", "10.0", "ten"],
        C::NumericLessThan => ["10", "9.9", "10", "ten"],
        C::NumericLessThanEquals => ["10", "10", "10.1", "ten"],
        C::NumericGreaterThan => ["10", "10.1", "10", "ten"],
        C::NumericGreaterThanEquals => ["10", "10", "9.9", "ten"],
        C::DateEquals => ["2026-01-01T00:00:00Z", "1767225600", "2026-01-02", "tomorrow"],
        C::DateNotEquals => ["2026-01-01T00:00:00Z", "2026-01-02", "1767225600", "tomorrow"],
        C::DateLessThan => ["2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", "2026-01-01", "tomorrow"],
        C::DateLessThanEquals => ["2026-01-01T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00.1Z", "tomorrow"],
        C::DateGreaterThan => ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.1Z", "2026-01-01", "tomorrow"],
        C::DateGreaterThanEquals => ["2026-01-01T00:00:00Z", "2026-01-01", "2025-12-31T23:59:59Z", "tomorrow"],
        C::Bool => ["true", "TRUE", "false", "yes"],
        C::BinaryEquals => ["QmluYXJ5", "QmluYXJ5", "QmluYXJ6", "?"],
        C::IpAddress => ["203.0.113.0/24", "203.0.113.9", "203.0.114.9", "here"],
        C::NotIpAddress => ["203.0.113.0/24", "203.0.114.9", "203.0.113.9", "here"],
        C::ArnEquals | C::ArnLike => ["arn:aws:iam::1:user/*", "arn:aws:iam::1:user/ada", "arn:aws:iam::2:user/ada", "ada"],
        C::ArnNotEquals | C::ArnNotLike => ["arn:aws:iam::1:user/*", "arn:aws:iam::2:user/ada", "arn:aws:iam::1:user/ada", "ada"],
        C::Null => ["true", "", "", ""],
    }
}

/// What AWS's documents say of a set operator and every shape of a key: the rows of two tables.
///
/// The columns: missing; multivalued without values; single value that holds, that fails, that cannot be read;
/// multivalued with one that holds, one that fails, one of each, one that cannot be read.
#[rustfmt::skip]
fn row(quantifier: Option<Quantifier>, negated: bool) -> [bool; 9] {
    const T: bool = true;
    const F: bool = false;
    match (quantifier, negated) {
        //                                       -  []  |  +  -  ?  |  +  -  ±  ?
        (None, false) =>                        [F, F,     T, F, F,    F, F, F, F],
        (None, true) =>                         [T, T,     T, F, T,    F, F, F, F],
        (Some(Quantifier::ForAllValues), false) => [T, T,  T, F, F,    T, F, F, F],
        (Some(Quantifier::ForAllValues), true) =>  [T, T,  T, F, T,    T, F, F, T],
        (Some(Quantifier::ForAnyValue), false) =>  [F, F,  T, F, F,    T, F, T, F],
        (Some(Quantifier::ForAnyValue), true) =>   [F, F,  T, F, T,    T, F, T, T],
    }
}

#[test]
fn every_operator_with_every_shape_of_a_key() {
    let quantifiers = [None, Some(Quantifier::ForAllValues), Some(Quantifier::ForAnyValue)];
    for comparison in Comparison::ALL.iter().copied().filter(|&comparison| comparison != Comparison::Null) {
        let [expected, holding, failing, unreadable] = sample(comparison);
        let negated = comparison.name().contains("Not");
        for quantifier in quantifiers {
            for if_exists in [false, true] {
                let operator = Operator { quantifier, comparison, if_exists }.to_string();
                let [missing, empty, rest @ ..] = row(quantifier, negated);
                check(&operator, &[expected], &RequestContext::new(), missing || if_exists);
                check(&operator, &[expected], &many(&[]), empty || if_exists);
                // To ForAllValues an empty text is no value: see below.
                let unreadable = if unreadable.is_empty() { "else" } else { unreadable };
                let contexts = [
                    one(holding),
                    one(failing),
                    one(unreadable),
                    many(&[holding]),
                    many(&[failing]),
                    many(&[holding, failing]),
                    many(&[unreadable]),
                ];
                for (context, holds) in contexts.iter().zip(rest) {
                    check(&operator, &[expected], context, holds);
                }
            }
        }
    }
}

#[test]
fn null_asks_whether_a_key_is_there() {
    let absent = [RequestContext::new(), many(&[])];
    let present = [one("x"), one(""), many(&["x"]), many(&["x", "y"])];
    for operator in ["Null", "ForAnyValue:Null", "ForAllValues:Null"] {
        for (contexts, is_absent) in [(&absent[..], true), (&present[..], false)] {
            for context in contexts {
                let is_null = is_absent || (operator.starts_with("ForAll") && *context == one(""));
                check(operator, &["true"], context, is_null);
                check(operator, &["TRUE"], context, is_null);
                check(operator, &["false"], context, !is_null);
                check(operator, &["true", "false"], context, true);
                check(operator, &["maybe"], context, false);
                check(operator, &[], context, false);
            }
        }
    }
}

#[test]
fn for_all_values_takes_empty_texts_for_no_values() {
    for context in [one(""), many(&[""]), many(&["", ""])] {
        check("ForAllValues:StringEquals", &["a"], &context, true);
        check("ForAllValues:StringNotEquals", &[""], &context, true);
        check("ForAnyValue:StringEquals", &["a"], &context, false);
    }
    check("ForAllValues:StringEquals", &["a"], &many(&["", "a"]), false);
    check("StringEquals", &[""], &one(""), true);
}

#[test]
fn of_several_values_any_will_do_and_none_for_a_negated_operator() {
    check("StringEquals", &["a", "b"], &one("b"), true);
    check("StringEquals", &["a", "b"], &one("c"), false);
    check("StringNotEquals", &["a", "b"], &one("b"), false);
    check("StringNotEquals", &["a", "b"], &one("c"), true);
    check("NumericLessThan", &["5", "10"], &one("7"), true);
    check("NotIpAddress", &["10.0.0.0/8", "192.0.2.1"], &one("192.0.2.1"), false);
    check("ForAllValues:StringEquals", &["a", "b"], &many(&["a", "b", "a"]), true);
    check("ForAllValues:StringEquals", &["a", "b"], &many(&["a", "c"]), false);
    check("ForAllValues:StringNotEquals", &["a", "b"], &many(&["c", "b"]), false);
    check("ForAnyValue:StringNotEquals", &["a", "b"], &many(&["a", "b"]), false);
    check("ForAnyValue:StringNotEquals", &["a", "b"], &many(&["a", "c"]), true);
    check("StringEquals", &[], &one("a"), false);
    check("StringNotEquals", &[], &one("a"), true);
}

#[test]
fn values_of_the_policy_that_cannot_be_read_match_nothing() {
    for (operator, garbage, valid, found) in [
        ("NumericEquals", "ten", "10", "10"),
        ("DateEquals", "tomorrow", "2026-01-01", "2026-01-01"),
        ("IpAddress", "10.0.0.0/33", "10.0.0.0/8", "10.0.0.1"),
        ("BinaryEquals", "!", "QQ==", "QQ=="),
        ("Bool", "yes", "true", "true"),
        ("ArnLike", "arn:aws:iam", "arn:aws:iam::1:user/a", "arn:aws:iam::1:user/a"),
    ] {
        check(operator, &[garbage], &one(found), false);
        check(operator, &[garbage], &one(garbage), false);
        check(operator, &[garbage, valid], &one(found), true);
    }
    check("NumericNotEquals", &["ten"], &one("10"), true);
    check("NumericNotEquals", &["ten", "10"], &one("10"), false);
    check("NotIpAddress", &["anywhere"], &one("10.0.0.1"), true);
}

#[test]
fn all_operators_and_keys_must_hold() {
    let conditions = Conditions::compile(
        &[condition("StringEquals", "a", &["1"]), condition("StringEquals", "B", &["2"]), condition("Bool", "c", &["true"])],
        Version::V2012,
    );
    let context = RequestContext::new().with("a", "1").with("b", "2").with("c", "true");
    assert!(conditions.hold(&context));
    for key in ["a", "b", "c"] {
        assert!(!conditions.hold(&context.clone().with(key, "other")), "{key}");
    }
    assert!(Conditions::default().hold(&context));
    assert!(Conditions::default().is_empty() && !conditions.is_empty());
}

#[test]
fn failures_say_what_was_expected_and_what_was_there() {
    let conditions = [
        condition("StringEquals", "aws:PrincipalTag/Team", &["red", "${aws:username}"]),
        condition("ForAnyValue:StringLike", "aws:TagKeys", &["a*"]),
        condition("Bool", "aws:SecureTransport", &["true"]),
        condition("IpAddress", "aws:SourceIp", &["10.0.0.0/8"]),
    ];
    let conditions = Conditions::compile(&conditions, Version::V2012);
    let context = RequestContext::new()
        .with("aws:principaltag/team", "blue")
        .with_many("aws:tagkeys", ["b", "c"])
        .with("aws:securetransport", "true");
    let shown = conditions
        .failures(&context)
        .into_iter()
        .map(|failure| format!("{} {} {:?} {:?}", failure.operator, failure.key, failure.expected, failure.actual));
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            r#"StringEquals aws:principaltag/team ["red", "${aws:username}"] Some(["blue"])"#,
            r#"ForAnyValue:StringLike aws:tagkeys ["a*"] Some(["b", "c"])"#,
            r#"IpAddress aws:sourceip ["10.0.0.0/8"] None"#,
        ]
    );
    let keys = conditions.keys().map(|key| key.as_str()).collect::<Vec<_>>();
    assert_eq!(keys, ["aws:principaltag/team", "aws:username", "aws:tagkeys", "aws:securetransport", "aws:sourceip"]);
}
