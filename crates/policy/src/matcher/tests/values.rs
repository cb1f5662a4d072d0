//! What is equal, less and within: values of every kind, and policy variables in them.

use std::cmp::Ordering;

use proptest::prelude::*;

use super::{check, condition, one};
use crate::{
    RequestContext, Version,
    matcher::{Conditions, moment::Moment, number::Number},
};

/// Checks an operator with one value of the policy against values of the request.
#[track_caller]
fn check_values(operator: &str, expected: &str, holding: &[&str], failing: &[&str]) {
    for (values, holds) in [(holding, true), (failing, false)] {
        for value in values {
            check(operator, &[expected], &one(value), holds);
        }
    }
}

#[test]
fn texts() {
    check_values("StringEquals", "a*?", &["a*?"], &["abc", "A*?", "a*"]);
    check_values("StringEquals", "", &[""], &["a"]);
    check_values("StringEqualsIgnoreCase", "Émile", &["émile", "ÉMILE"], &["emile", "émil"]);
    check_values("StringNotEqualsIgnoreCase", "Émile", &["emile"], &["éMILE"]);
    check_values("StringLike", "*", &["", "a", "a:b/c"], &[]);
    check_values("StringLike", "a?c*", &["abc", "aéc:d"], &["ac", "Abc", "abbc"]);
    check_values("StringLike", "home/", &["home/"], &["home/x", "home"]);
    check_values("StringNotLike", "a?c*", &["ac"], &["abcd"]);
}

/// The user guide's example of what an ARN operator does not match and a string operator does.
#[test]
fn arns_component_by_component() {
    let pattern = "arn:aws:someservice:*:111122223333:finance/*";
    let far = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
    let near = "arn:aws:someservice:us-east-2:111122223333:finance/a:b/c";
    for operator in ["ArnLike", "ArnEquals"] {
        check_values(operator, pattern, &[near], &[far]);
    }
    for operator in ["ArnNotLike", "ArnNotEquals"] {
        check_values(operator, pattern, &[far, "finance"], &[near]);
    }
    check_values("StringLike", pattern, &[near, far], &[]);
    check_values(
        "ArnLike",
        "arn:aws:iam::?:role/*",
        &["arn:aws:iam::1:role/a"],
        &["arn:aws:iam::12:role/a", "arn:aws:iam:::role/a"],
    );
    check_values("ArnLike", "arn:aws:iam::1:role/A", &["arn:aws:iam::1:role/A"], &["arn:aws:iam::1:role/a"]);
    // "Each of the six": fewer are no ARN, other than in a Resource element.
    check_values("ArnLike", "arn:aws:iam:*", &[], &["arn:aws:iam::1:role/a", "arn:aws:iam:x"]);
}

#[test]
fn numbers() {
    check_values(
        "NumericEquals",
        "1",
        &["1", "1.0", "01", "+1", "1e0", "0.1e1", "10E-1"],
        &["1.0000000000000000000001", "", "-1", "1x", ".", "0x1", " 1"],
    );
    check_values("NumericEquals", "0", &["-0", "0.00", "0e9", "-0.0"], &["0.000000000000000000000000001", "e", "-"]);
    check_values("NumericEquals", "1e400", &["10e399"], &["1e401", "1e99999999999"]);
    check_values("NumericLessThan", "0.3", &["0.29999999999999999999", "-5", "0"], &["0.3", "0.30000000000000000001", "1e1"]);
    check_values("NumericLessThan", "-2", &["-2.5", "-10"], &["-2", "-1.5", "0", "2"]);
    check_values("NumericGreaterThan", "9007199254740992", &["9007199254740993"], &["9007199254740992", "9007199254740991"]);
    check_values(
        "NumericGreaterThanEquals",
        "99999999999999999999",
        &["99999999999999999999", "1e20"],
        &["99999999999999999998", "5"],
    );
}

/// The date of a second, found by walking the calendar from year 1.
fn as_date(seconds: i64, zone: &str) -> String {
    let (mut days, second) = (seconds.div_euclid(86_400) + 719_162, seconds.rem_euclid(86_400));
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let (mut year, mut month) = (1 + days / 146_097 * 400, 1);
    days %= 146_097;
    while days >= if is_leap(year) { 366 } else { 365 } {
        days -= if is_leap(year) { 366 } else { 365 };
        year += 1;
    }
    for length in [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        (days, month) = (days - length, month + 1);
    }
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}{zone}", days + 1)
}

proptest! {
    #[test]
    fn decimals_order_as_their_scaled_integers(a in -2_000i64..2_000, b in -2_000i64..2_000, places in 0usize..4, more in 0usize..3) {
        let decimal = |scaled: i64, zeros: usize| {
            let digits = format!("{:0>width$}", scaled.abs(), width = places + 1);
            let (whole, fraction) = digits.split_at(digits.len() - places);
            format!("{}{whole}.{fraction}{}", if scaled < 0 { "-" } else { "" }, "0".repeat(zeros + 1))
        };
        let expected = Number::parse(&decimal(a, more)).unwrap();
        prop_assert_eq!(expected.order_of(&decimal(b, 0)), Some(b.cmp(&a)));
        prop_assert_eq!(expected.order_of(&decimal(a, 0)), Some(Ordering::Equal));
        prop_assert_eq!(Number::parse(&a.to_string()).unwrap().order_of(&format!("{b}e0")), Some(b.cmp(&a)));
    }

    #[test]
    fn moments_are_the_same_in_every_zone(seconds in -62_135_596_800i64..253_402_300_800, hours in 0i64..24) {
        let moment = Moment::parse(&as_date(seconds, "Z"));
        prop_assert_eq!(moment, Moment::parse(&as_date(seconds + hours * 3_600, &format!("+{hours:02}:00"))));
        prop_assert_eq!(moment, Moment::parse(&as_date(seconds, ".000+00:00")));
        if seconds >= 0 {
            prop_assert_eq!(moment, Moment::parse(&seconds.to_string()));
        }
    }

    #[test]
    fn no_text_makes_a_comparison_panic(expected in ".{0,12}", found in ".{0,12}") {
        for operator in ["NumericLessThan", "DateLessThan", "IpAddress", "BinaryEquals", "Bool", "ArnLike", "StringLike"] {
            let conditions = Conditions::compile(&[condition(operator, "k", &[&expected])], Version::V2012);
            let _ = conditions.hold(&one(&found));
        }
    }
}

#[test]
fn dates() {
    for (date, seconds) in [
        ("1970-01-01", "0"),
        ("2026-01-31T12:00:00Z", "1769860800"),
        ("2026-01-31T12:00:00", "1769860800"),
        ("2026-01-31t12:00z", "1769860800"),
        ("2026-01-31T12", "1769860800"),
        ("2026-01-31T13:30:00+01:30", "1769860800"),
        ("2026-01-31T07:00:00-05", "1769860800"),
        ("2026-01-31T12:00:00.000Z", "1769860800"),
        ("2026-01-31T12:00:00Z", "1769860800.0"),
        ("2026-01", "1767225600"),
        ("2026T", "1767225600"),
        ("2024-02-29T23:59:59Z", "1709251199"),
        ("2000-03-01", "951868800"),
        ("2026-02-29", "1772323200"),
    ] {
        check("DateEquals", &[date], &one(seconds), true);
        check("DateEquals", &[seconds], &one(date), true);
    }
    check_values(
        "DateLessThan",
        "1970-01-01",
        &["1969-12-31T23:59:59.999Z", "0001-01-01", "-5"],
        &["1970-01-01T00:00:00.000000001Z"],
    );
    // Digits alone are seconds, not a year.
    check_values("DateLessThan", "2026", &["1970-01-01T00:33:45Z"], &["1970-01-01T00:33:46Z", "2025-01-01"]);
    check_values("DateNotEquals", "2026-01-01", &["2026-01-02", "tomorrow", "2026-01-01T24:00"], &["2026-01-01T00:00Z"]);
    check_values(
        "DateEquals",
        "2026-01-01T00:00:00.5Z",
        &["2026-01-01T00:00:00.50Z"],
        &["2026-01-01T00:00:00.05Z", "2026-01-01"],
    );
    check_values(
        "DateGreaterThan",
        "0",
        &["1"],
        &["", "T", "1.", "9223372036854775808", "2026-13", "2026-01-01T00:00:00+1:x", "2026-01-01Zulu"],
    );
}

#[test]
fn booleans() {
    check_values("Bool", "true", &["true", "TRUE", "True"], &["false", "1", "", "truely"]);
    check_values("Bool", "False", &["false", "FALSE"], &["true", "no"]);
    check_values("Bool", "true*", &[], &["true", "true*"]);
}

#[test]
fn bytes() {
    check_values(
        "BinaryEquals",
        "QmluYXJ5VmFsdWVJbkJhc2U2NA==",
        &["QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA"],
        &["ASIAIOSFODNN7EXAMPLE", "BinaryValueInBase64", "", "QmluYXJ5VmFsdWVJbkJhc2U2NA="],
    );
    check_values("BinaryEquals", "", &[""], &["QQ==", "="]);
    check_values("BinaryEquals", "+/+/", &["+/+/"], &["-_-_"]);
}

#[test]
fn addresses() {
    check_values(
        "IpAddress",
        "203.0.113.0/24",
        &["203.0.113.0", "203.0.113.255", "::ffff:203.0.113.7"],
        &["203.0.112.255", "203.0.113.0/24", "2001:db8::1"],
    );
    check_values("IpAddress", "203.0.113.9/24", &["203.0.113.1"], &["203.0.112.9"]);
    check_values("IpAddress", "203.0.113.9", &["203.0.113.9"], &["203.0.113.8"]);
    check_values("IpAddress", "0.0.0.0/0", &["8.8.8.8"], &["::1", "::"]);
    check_values(
        "IpAddress",
        "2001:DB8:1234:5678::/64",
        &["2001:db8:1234:5678::1", "2001:DB8:1234:5678:FFFF::"],
        &["2001:db8:1234:5679::1", "203.0.113.1"],
    );
    check_values("IpAddress", "::/0", &["::1", "2001:db8::"], &["8.8.8.8"]);
    check_values("IpAddress", "::1", &["::1", "0:0:0:0:0:0:0:1"], &["::2"]);
    check_values("IpAddress", "::ffff:10.0.0.0/104", &["10.1.2.3"], &["11.1.2.3"]);
    check_values("IpAddress", "10.0.0.0/+8", &[], &["10.0.0.0"]);
    check_values("NotIpAddress", "203.0.113.0/24", &["203.0.112.255", "2001:db8::1", "x"], &["203.0.113.7"]);
}

fn tagged() -> RequestContext {
    RequestContext::new()
        .with("aws:username", "ada")
        .with("aws:PrincipalTag/team", "r*d")
        .with("aws:MultiFactorAuthPresent", "true")
        .with_many("aws:TagKeys", ["x"])
}

#[track_caller]
fn check_variable(operator: &str, expected: &str, found: &str, holds: bool) {
    check(operator, &[expected], &tagged().with("k", found), holds);
}

#[test]
fn variables_in_values() {
    check_variable("StringEquals", "${aws:username}", "ada", true);
    check_variable("StringEquals", "${aws:username}", "eve", false);
    check_variable("StringEquals", "${aws:PrincipalTag/team}", "r*d", true);
    check_variable("StringEqualsIgnoreCase", "${aws:username}!", "ADA!", true);
    check_variable("StringLike", "home/${aws:username}/*", "home/ada/x", true);
    check_variable("StringLike", "${aws:PrincipalTag/team}", "red", false);
    check_variable("StringLike", "${aws:PrincipalTag/team}*", "r*ds", true);
    check_variable("StringLike", "${*}${?}", "*?", true);
    check_variable("StringLike", "${*}", "x", false);
    check_variable("StringEquals", "${*}", "*", true);
    check_variable("StringEquals", "${aws:PrincipalTag/none, 'x'}", "x", true);
    check_variable("ArnLike", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::1:user/ada", true);
    check_variable("ArnLike", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::1:user/eve", false);
    check_variable("ArnEquals", "${k}", "arn:aws:iam::1:user/ada", true);
    check_variable("Bool", "${aws:MultiFactorAuthPresent}", "TRUE", true);
    check_variable("ForAnyValue:StringEquals", "${aws:username}", "ada", true);
    // Not put in: what is left cannot be read.
    check_variable("NumericEquals", "${aws:n, '1'}", "1", false);
    check_variable("DateEquals", "${aws:d, '2026-01-01'}", "2026-01-01", false);
    check_variable("IpAddress", "${aws:i, '10.0.0.1'}", "10.0.0.1", false);
    check_variable("BinaryEquals", "${aws:b, 'QQ=='}", "QQ==", false);
}

#[test]
fn variables_without_a_value() {
    for variable in ["${aws:PrincipalTag/none}", "${aws:TagKeys}"] {
        check_variable("StringEquals", variable, "x", false);
        check_variable("StringEquals", variable, variable, false);
        check_variable("StringLike", &format!("{variable}*"), "x", false);
        // "Inverted condition operators […] do match against a null value."
        check_variable("StringNotEquals", variable, "x", true);
        check_variable("StringNotLike", variable, "x", true);
        check_variable("ArnNotLike", variable, "arn:aws:iam::1:user/ada", true);
    }
    let values = ["${aws:PrincipalTag/none}", "x"];
    check("StringNotEquals", &values, &tagged().with("k", "x"), false);
    check("StringEquals", &values, &tagged().with("k", "x"), true);
}

#[test]
fn variables_are_text_in_the_older_version() {
    let holds = |version, found| {
        Conditions::compile(&[condition("StringEquals", "k", &["${aws:username}"])], version).hold(&tagged().with("k", found))
    };
    assert!(holds(Version::V2012, "ada") && !holds(Version::V2012, "${aws:username}"));
    assert!(holds(Version::V2008, "${aws:username}") && !holds(Version::V2008, "ada"));
}
