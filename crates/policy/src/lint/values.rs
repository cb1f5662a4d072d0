//! Condition values: does each fit its operator and its key, and do they do what they look like.

use crate::{
    Comparison, Quantifier,
    catalogue::{ConditionKey, KeyType, glob},
    json::Json,
    read::is_date,
};

use super::{
    IssueCode, addresses,
    outline::{Line, Outline, Value},
    principals, regions,
    report::Report,
    variables,
};

pub(super) fn check(policy: &Outline<'_>, line: &Line<'_>, known: Option<&ConditionKey>, report: &mut Report) {
    if line.values.is_empty() {
        report_empty(line, report);
        return;
    }
    for value in &line.values {
        check_variable(policy, line, value, report);
        // What a variable becomes is not known here.
        if !variables::has_variable(&value.text) {
            check_type(line, value, report);
            check_key_value(line, value, report);
        }
        check_sensitive(line, value, report);
    }
    check_list(line, report);
    check_wildcards(line, known, report);
    if matches!(line.operator.comparison, Comparison::IpAddress | Comparison::NotIpAddress) && line.key_is("aws:SourceIp") {
        addresses::check_private(line, report);
    }
}

fn report_empty(line: &Line<'_>, report: &mut Report) {
    let code = match (line.operator.quantifier, line.operator.if_exists) {
        (_, true) => IssueCode::EmptyArrayConditionIfexists,
        (Some(Quantifier::ForAllValues), false) => IssueCode::EmptyArrayConditionForallvalues,
        (Some(Quantifier::ForAnyValue), false) => IssueCode::EmptyArrayConditionForanyvalue,
        (None, false) => IssueCode::EmptyArrayCondition,
    };
    report.add(code, &line.path, format!("{} is compared with no value.", line.key));
}

fn is_string(comparison: Comparison) -> bool {
    comparison.name().starts_with("String")
}

fn check_variable(policy: &Outline<'_>, line: &Line<'_>, value: &Value<'_>, report: &mut Report) {
    if !variables::has_variable(&value.text) {
        return;
    }
    let comparison = line.operator.comparison;
    if is_string(comparison) || comparison.name().starts_with("Arn") {
        variables::check(&value.text, &value.path, policy, report);
    } else {
        let details = format!("{} is plain text to {}.", value.text, line.operator);
        report.add(IssueCode::InvalidVariableForOperator, &value.path, details);
    }
}

fn check_type(line: &Line<'_>, value: &Value<'_>, report: &mut Report) {
    let (comparison, text) = (line.operator.comparison, &value.text);
    let name = comparison.name();
    let mut wrong = |code, what: &str| report.add(code, &value.path, format!("{} compares {what}, not {text}.", line.operator));
    if name.starts_with("Numeric") {
        if text.parse::<f64>().is_err() {
            wrong(IssueCode::TypeMismatchNumber, "numbers");
        }
    } else if comparison.is_date() {
        if !is_date(text) {
            wrong(IssueCode::TypeMismatchDate, "dates");
        } else if !text.contains('-') && !line.key_is("aws:EpochTime") {
            let details = format!("{text} is a count of seconds since 1970, which is easily taken for something else.");
            report.add(IssueCode::InvalidDateValue, &value.path, details);
        }
    } else if name == "Bool" || name == "Null" {
        if !text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false") {
            wrong(IssueCode::TypeMismatchBoolean, "true and false");
        }
    } else if name == "BinaryEquals" {
        if !is_base64(text) {
            wrong(IssueCode::TypeMismatchString, "values in base64");
        }
    } else if name.ends_with("IpAddress") {
        addresses::check_range(line, value, report);
    }
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let plain = body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    plain && text.len() - body.len() <= 2 && text.len().is_multiple_of(4)
}

/// Keys whose values are principals of services.
const SERVICE_KEYS: [&str; 5] =
    ["iam:PassedToService", "aws:PrincipalServiceName", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];

/// Keys whose values are ARNs of KMS keys.
const KMS_KEYS: [&str; 3] = ["s3:x-amz-server-side-encryption-aws-kms-key-id", "ec2:KmsKeyId", "elasticfilesystem:KmsKeyId"];

/// What the values of some keys look like.
fn check_key_value(line: &Line<'_>, value: &Value<'_>, report: &mut Report) {
    let text: &str = &value.text;
    if !is_string(line.operator.comparison) && !line.operator.comparison.name().starts_with("Arn") {
        return;
    }
    let is = |keys: &[&str]| keys.iter().any(|key| line.key_is(key));
    let open = glob::has_wildcard(text);
    let mut wrong = |code, what: &str| report.add(code, &value.path, format!("{} is {what}, which {text} is not.", line.key));
    if is(&["aws:RequestedRegion"]) && !open && !regions::is_region(text) {
        wrong(IssueCode::InvalidRegion, "a Region");
    } else if is(&["aws:SourceVpc"]) && !open && !is_id(text, "vpc-") {
        wrong(IssueCode::InvalidVpcFormat, "the id of a VPC");
    } else if is(&["aws:SourceVpce"]) && !open && !is_id(text, "vpce-") {
        wrong(IssueCode::InvalidVpceFormat, "the id of a VPC endpoint");
    } else if is(&KMS_KEYS) && !glob::meets("arn:*:kms:*:*:key/*", text) {
        wrong(IssueCode::InvalidKmsKeyValue, "the ARN of a KMS key");
    } else if is(&SERVICE_KEYS) && !open && !principals::is_service(text) {
        wrong(IssueCode::InvalidServicePrincipalFormat, "a service principal");
    } else if is(&["kms:ViaService"]) && !open && !is_via_service(text) {
        wrong(IssueCode::InvalidServicePrincipalFormat, "service.region.amazonaws.com");
    }
}

fn is_id(text: &str, prefix: &str) -> bool {
    let id = text.strip_prefix(prefix).unwrap_or_default();
    matches!(id.len(), 8 | 17) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_via_service(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    principals::is_service(text) && labels.get(1).is_some_and(|region| regions::is_region(region))
}

/// The keys of which AWS says that no pattern in them makes sense ("Sensitive condition keys" of the global keys' page).
const SENSITIVE: [&str; 10] = [
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
];

fn check_sensitive(line: &Line<'_>, value: &Value<'_>, report: &mut Report) {
    let sensitive = SENSITIVE.iter().any(|key| line.key_is(key));
    if variables::is_open(&value.text) {
        // A variable of the same kind is how accounts and organizations are compared with one another.
        let compared = SENSITIVE.iter().any(|key| value.text.eq_ignore_ascii_case(&format!("${{{key}}}")));
        if sensitive && !compared && is_string(line.operator.comparison) {
            let details =
                format!("What {} becomes may be chosen by a caller, and {} is what keeps others out.", value.text, line.key);
            report.add(IssueCode::VariableUsageTooPermissive, &value.path, details);
        }
        return;
    }
    let like = matches!(line.operator.comparison, Comparison::StringLike | Comparison::StringNotLike);
    if !like || !glob::has_wildcard(&value.text) {
        return;
    }
    if sensitive {
        let details = format!("{} has a wildcard, which matches accounts and organizations of others.", value.text);
        report.add(IssueCode::WildcardUsageTooPermissive, &value.path, details);
    } else if line.key_is("aws:userid") {
        // The id of a user or role, and for a session a colon and its name.
        let id = value.text.split_once(':').map(|(id, _)| id);
        if id.is_none_or(|id| id != "*" && glob::has_wildcard(id)) {
            let details = format!("{} has a wildcard within an id, which means nothing but a wider match.", value.text);
            report.add(IssueCode::WildcardUsageTooPermissive, &value.path, details);
        }
    }
}

/// What the values are together.
fn check_list(line: &Line<'_>, report: &mut Report) {
    let sort = |value: &Value<'_>| match value.json {
        Json::Text(_) => 0,
        Json::Number(_) => 1,
        Json::Bool(_) => 2,
        Json::Null | Json::List(_) | Json::Object(_) => 3,
    };
    let mut sorts = line.values.iter().map(sort);
    let first = sorts.next();
    if sorts.any(|sort| Some(sort) != first) {
        let details = format!("The values of {} are of several JSON types.", line.key);
        report.add(IssueCode::InvalidConditionDataType, &line.path, details);
    }
    if line.values.len() < 2 {
        return;
    }
    match line.operator.comparison {
        Comparison::Bool | Comparison::Null => {
            let details = format!("{} has {} values, and one of them always matches.", line.key, line.values.len());
            report.add(IssueCode::InvalidConditionMultipleBoolean, &line.path, details);
        }
        Comparison::NumericLessThan | Comparison::NumericLessThanEquals => report_numbers(line, "greatest", report),
        Comparison::NumericGreaterThan | Comparison::NumericGreaterThanEquals => report_numbers(line, "least", report),
        _ => {}
    }
}

fn report_numbers(line: &Line<'_>, which: &str, report: &mut Report) {
    let details = format!("Of the values of {} only the {which} decides.", line.key);
    report.add(IssueCode::RedundantConditionValueNum, &line.path, details);
}

/// Wildcards that are plain text, and wildcards that match everything.
fn check_wildcards(line: &Line<'_>, known: Option<&ConditionKey>, report: &mut Report) {
    let comparison = line.operator.comparison;
    let plain = is_string(comparison) && !matches!(comparison, Comparison::StringLike | Comparison::StringNotLike);
    if plain {
        for value in line.values.iter().filter(|value| glob::has_wildcard(&value.text) && !variables::has_variable(&value.text)) {
            let details = format!("{} compares {} as plain text.", line.operator, value.text);
            report.add(IssueCode::WildcardWithoutLikeOperator, &value.path, details);
        }
        return;
    }
    let of_arns = known.is_some_and(|key| key.value_type() == KeyType::Arn);
    let everything = |value: &Value<'_>| value.text == "*" || (of_arns && &*value.text == "arn:*");
    if line.values.iter().any(everything) {
        report_everything(line, report);
    }
}

/// A pattern that matches every value leaves only the question whether there is a value.
fn report_everything(line: &Line<'_>, report: &mut Report) {
    let operator = line.operator;
    let negated = match operator.comparison {
        Comparison::StringLike | Comparison::ArnLike | Comparison::ArnEquals => false,
        Comparison::StringNotLike | Comparison::ArnNotLike | Comparison::ArnNotEquals => true,
        _ => return,
    };
    let present = match (operator.quantifier, negated) {
        (Some(Quantifier::ForAllValues), false) => None,
        (Some(Quantifier::ForAnyValue), true) if !operator.if_exists => {
            let details = format!("{operator} never matches, whatever {} is.", line.key);
            report.add(IssueCode::RedundantStatementDueToWildcardInCondition, &line.key_path, details);
            return;
        }
        (_, false) => (!operator.if_exists).then_some(true),
        (_, true) => Some(false),
    };
    let (code, what) = match present {
        None => (IssueCode::RedundantKeyDueToWildcardInCondition, "always matches"),
        Some(true) => (IssueCode::EquivalentToNullFalse, "matches when the key is there"),
        Some(false) => (IssueCode::EquivalentToNullTrue, "matches when the key is not there"),
    };
    report.add(code, &line.key_path, format!("{operator} with * {what}, whatever {} is.", line.key));
}
