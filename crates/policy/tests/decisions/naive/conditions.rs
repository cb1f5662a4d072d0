//! The conditions, patterns and variables of the naive evaluator.

use std::{cmp::Ordering, net::IpAddr};

use chancery_policy::{Comparison, Condition, Quantifier, Version};
use ipnet::IpNet;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::asked::{Asked, Held};

/// A character, and whether it is a wildcard.
type Pattern = Vec<(char, bool)>;

pub(super) fn holds(asked: &Asked, version: Version, condition: &Condition) -> bool {
    let operator = condition.operator;
    let all = operator.quantifier == Some(Quantifier::ForAllValues);
    // "… or if the context key value resolves to a null dataset, such as an empty string" (of ForAllValues).
    let held = asked.context.get(&condition.key.to_lowercase()).filter(|held| match held {
        Held::One(value) => !(all && value.is_empty()),
        Held::Many(values) => !values.iter().all(|value| all && value.is_empty()),
    });
    if operator.comparison == Comparison::Null {
        return condition.values.iter().any(|value| value.text().eq_ignore_ascii_case(&held.is_none().to_string()));
    }
    let negated = operator.comparison.name().contains("Not");
    let one =
        |value: &String| condition.values.iter().any(|v| same(asked, version, operator.comparison, &v.text(), value)) != negated;
    match (held, operator.quantifier) {
        (None, None) => negated || operator.if_exists,
        (None, Some(_)) => all || operator.if_exists,
        (Some(Held::One(value)), _) => one(value),
        (Some(Held::Many(values)), Some(_)) => {
            if all {
                values.iter().all(one)
            } else {
                values.iter().any(one)
            }
        }
        // "Multivalued context keys require a condition set operator."
        (Some(Held::Many(_)), None) => false,
    }
}

/// The comparison without its negation.
fn same(asked: &Asked, version: Version, comparison: Comparison, expected: &str, value: &str) -> bool {
    use Comparison as C;
    let expanded = || expand(asked, version, expected);
    let text = || expanded().map(|pattern| pattern.into_iter().map(|(c, _)| c).collect::<String>());
    let numbers = || value.parse::<f64>().ok()?.partial_cmp(&expected.parse().ok()?);
    let moments = || Some(moment(value)?.cmp(&moment(expected)?));
    match comparison {
        C::StringEquals | C::StringNotEquals => text().is_some_and(|text| text == value),
        C::StringEqualsIgnoreCase | C::StringNotEqualsIgnoreCase => {
            text().is_some_and(|text| text.to_lowercase() == value.to_lowercase())
        }
        C::StringLike | C::StringNotLike => expanded().is_some_and(|pattern| wild(&pattern, &chars(value))),
        C::Bool => text().is_some_and(|text| text.eq_ignore_ascii_case(value) && value.to_lowercase().parse::<bool>().is_ok()),
        C::BinaryEquals => expected == value,
        C::IpAddress | C::NotIpAddress => within(expected, value).unwrap_or(false),
        C::ArnEquals | C::ArnLike | C::ArnNotEquals | C::ArnNotLike => expanded().is_some_and(|pattern| arn(&pattern, value)),
        ordered => {
            let order = if ordered.is_date() { moments() } else { numbers() };
            order.is_some_and(|order| stands(order, ordered.name()))
        }
    }
}

fn stands(order: Ordering, comparison: &str) -> bool {
    match comparison.trim_start_matches("Numeric").trim_start_matches("Date") {
        "LessThan" => order.is_lt(),
        "LessThanEquals" => order.is_le(),
        "GreaterThan" => order.is_gt(),
        "GreaterThanEquals" => order.is_ge(),
        _ => order.is_eq(),
    }
}

/// "When you specify an incomplete ARN …, AWS completes it by adding wildcard characters to all missing fields."
pub(super) fn resource(asked: &Asked, version: Version, pattern: &str) -> bool {
    let missing = 5_usize.saturating_sub(pattern.matches(':').count());
    let completed = format!("{pattern}{}", ":*".repeat(missing));
    pattern == "*" || expand(asked, version, &completed).is_some_and(|pattern| arn(&pattern, &asked.resource))
}

/// "Each of the six colon-delimited components of the ARN is checked separately."
fn arn(pattern: &Pattern, value: &str) -> bool {
    let (pattern, value) = (pattern.splitn(6, |c| c.0 == ':').collect::<Vec<_>>(), value.splitn(6, ':').collect::<Vec<_>>());
    pattern.len() == 6 && value.len() == 6 && pattern.iter().zip(value).all(|(p, v)| wild(p, &chars(v)))
}

/// `${key}`, `${key, 'default'}` and `${*}`; none when a variable has no value.
fn expand(asked: &Asked, version: Version, text: &str) -> Option<Pattern> {
    let literal = |text: &str| text.chars().map(|c| (c, false)).collect::<Pattern>();
    let wildcards = |text: &str| text.chars().map(|c| (c, matches!(c, '*' | '?'))).collect::<Pattern>();
    let Some((before, rest)) = text.split_once("${").filter(|_| version == Version::V2012) else { return Some(wildcards(text)) };
    let (variable, after) = rest.split_once('}')?;
    let (name, default) = variable.split_once(", '").map_or((variable, None), |(name, d)| (name, d.strip_suffix('\'')));
    let value = match (name, asked.context.get(&name.to_lowercase())) {
        ("*" | "?" | "$", _) => literal(name),
        // "… a key that has no value or is not present … the value is effectively null"; multivalued keys are no variables.
        (_, Some(Held::One(value))) if !value.is_empty() => literal(value),
        (_, Some(_) | None) => literal(default?),
    };
    Some([wildcards(before), value, expand(asked, version, after)?].concat())
}

pub(super) fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// By trying everything.
pub(super) fn wild(pattern: &[(char, bool)], text: &[char]) -> bool {
    match (pattern, text) {
        ([], text) => text.is_empty(),
        ([('*', true), rest @ ..], text) => (0..=text.len()).any(|taken| wild(rest, &text[taken..])),
        ([(c, any), rest @ ..], [first, after @ ..]) => (*any || c == first) && wild(rest, after),
        ([..], []) => false,
    }
}

/// Seconds since 1970 of `1700000000`, `2026-01-31` or `2026-01-31T12:00:00Z`.
fn moment(text: &str) -> Option<i64> {
    let day = |_| TimeZone::UTC.to_timestamp(text.parse::<Date>()?.at(0, 0, 0, 0));
    let timestamp = || text.parse::<Timestamp>().or_else(day).ok().map(Timestamp::as_second);
    text.parse().ok().or_else(timestamp)
}

fn within(range: &str, address: &str) -> Option<bool> {
    let range = range.parse::<IpNet>().or_else(|_| range.parse::<IpAddr>().map(IpNet::from)).ok()?;
    Some(range.contains(&address.parse::<IpAddr>().ok()?))
}
