//! Conditions: does each key exist, does the operator fit it, do the actions know it, and which keys belong together.

use std::collections::BTreeMap;

use crate::{
    Comparison, Effect, Quantifier,
    catalogue::{Catalogue, ConditionKey, KeyType, glob},
};

use super::{
    IssueCode, Linter, Path, PolicyType,
    outline::{Line, Outline, Statement},
    report::Report,
    values,
};

pub(super) fn check(policy: &Outline<'_>, linter: &Linter<'_>, report: &mut Report) {
    for statement in &policy.statements {
        check_duplicates(statement, report);
        for line in &statement.conditions {
            let known = check_key(line, linter.policy_type, report);
            if let Some(known) = known {
                check_operator(line, known, statement, report);
            }
            check_audience(line, report);
            check_actions(statement, line, known.is_some(), report);
            check_use(statement, line, linter.policy_type, report);
            values::check(policy, line, known, report);
        }
    }
}

fn check_duplicates(statement: &Statement<'_>, report: &mut Report) {
    let mut seen: BTreeMap<(String, String), &str> = BTreeMap::new();
    for line in &statement.conditions {
        let place = (line.operator.to_string(), line.key.to_ascii_lowercase());
        match seen.get(&place) {
            Some(first) if *first != line.key => {
                let details = format!("{} and {first} are one key, since case does not matter.", line.key);
                report.add(IssueCode::DuplicateKeysWithDifferentCase, &line.key_path, details);
            }
            Some(_) => {}
            None => {
                seen.insert(place, line.key);
            }
        }
    }
}

/// The keys that a tag's key must follow.
const TAG_KEYS: [&str; 3] = ["ResourceTag", "RequestTag", "PrincipalTag"];

fn check_key(line: &Line<'_>, policy_type: PolicyType, report: &mut Report) -> Option<&'static ConditionKey> {
    let (key, path) = (line.key, &line.key_path);
    let Some((prefix, name)) = key.split_once(':').filter(|(prefix, name)| !prefix.is_empty() && !name.is_empty()) else {
        report.add(IssueCode::InvalidConditionKeyFormat, path, format!("The condition key {key} has no prefix before a colon."));
        return None;
    };
    let found = Catalogue::get().condition_key(key);
    if found.is_some() {
        return found;
    }
    let bare = name.strip_suffix('/').unwrap_or(name);
    let is_tag = TAG_KEYS.iter().any(|tag| tag.eq_ignore_ascii_case(bare));
    if is_tag && Catalogue::get().condition_key(&format!("{prefix}:{bare}/x")).is_some() {
        report.add(IssueCode::MissingTagKeyInCondition, path, format!("The condition key {key} does not say which tag."));
    } else if prefix.eq_ignore_ascii_case("aws") {
        report_global(key, path, policy_type, report);
    } else if Catalogue::get().has_key_prefix(prefix) {
        let details = format!("There is no condition key {key} among those of {prefix}.");
        report.add(IssueCode::InvalidServiceConditionKey, path, details);
    } else if !prefix.contains('.') {
        // A prefix with a dot is the host of an identity provider, which has what claims it likes.
        report.add(IssueCode::InvalidService, path, format!("There is no service {prefix} for the condition key {key}."));
    }
    None
}

fn report_global(key: &str, path: &Path, policy_type: PolicyType, report: &mut Report) {
    if !key.eq_ignore_ascii_case("aws:ARN") {
        report.add(IssueCode::InvalidGlobalConditionKey, path, format!("There is no global condition key {key}."));
        return;
    }
    // Where a service may ask for someone else, the old key leaves open whose ARN is meant.
    let code = match policy_type {
        PolicyType::Identity | PolicyType::ServiceControl => IssueCode::DeprecatedGlobalConditionKey,
        PolicyType::Resource | PolicyType::Trust | PolicyType::ResourceControl => IssueCode::UnsupportedGlobalConditionKey,
    };
    report.add(code, path, format!("{key} is an old name."));
}

/// What an operator compares; none for Null, which compares nothing.
fn operand(comparison: Comparison) -> Option<&'static str> {
    let name = comparison.name();
    ["String", "Numeric", "Date", "Bool", "Binary", "Arn"]
        .into_iter()
        .find(|family| name.starts_with(family))
        .or_else(|| matches!(comparison, Comparison::IpAddress | Comparison::NotIpAddress).then_some("IpAddress"))
}

fn check_operator(line: &Line<'_>, known: &ConditionKey, statement: &Statement<'_>, report: &mut Report) {
    let operator = line.operator;
    let Some(family) = operand(operator.comparison) else {
        if operator.quantifier.is_some() {
            let details = format!("{operator} does not depend on the request.");
            report.add(IssueCode::NullWithQualifier, &line.operator_path, details);
        }
        return;
    };
    check_quantifier(line, known, statement, report);
    let right = match known.value_type() {
        KeyType::String => "String",
        KeyType::Arn => "Arn",
        KeyType::Bool => "Bool",
        KeyType::Numeric => "Numeric",
        KeyType::Date => "Date",
        KeyType::IpAddress => "IpAddress",
    };
    // aws:EpochTime is a date and a number.
    let fits = family == right || (family == "Numeric" && known.name() == "aws:EpochTime");
    if fits {
        return;
    }
    let like = matches!(operator.comparison, Comparison::StringLike | Comparison::StringNotLike);
    let code = if like && right == "Arn" { IssueCode::StringLikeOperatorWithArnConditionKeys } else { IssueCode::TypeMismatch };
    let details = format!("{} is compared with {operator}, and wants an operator of {right}.", line.key);
    report.add(code, &line.operator_path, details);
}

fn check_quantifier(line: &Line<'_>, known: &ConditionKey, statement: &Statement<'_>, report: &mut Report) {
    match (line.operator.quantifier, known.is_multivalued()) {
        (None, true) => {
            let details = format!("A request may have several values of {}, and {} compares one.", line.key, line.operator);
            report.add(IssueCode::MissingQualifier, &line.operator_path, details);
        }
        // Audiences have findings of their own.
        (Some(Quantifier::ForAllValues), false) => {
            let details =
                format!("A request without {} satisfies {}, and none has more than one value of it.", line.key, line.operator);
            report.add(IssueCode::ForallvaluesWithSingleValuedKey, &line.operator_path, details);
        }
        (Some(Quantifier::ForAllValues), true) if statement.is(Effect::Allow) && !is_demanded(statement, line) => {
            let details = format!("A request without {} satisfies {}.", line.key, line.operator);
            report.add(IssueCode::ForallvaluesWithoutNullCheck, &line.operator_path, details);
        }
        _ => {}
    }
}

/// Whether the statement also says that the key must be there.
fn is_demanded(statement: &Statement<'_>, line: &Line<'_>) -> bool {
    statement.lines_of(line.key).any(|other| {
        let null = other.operator.comparison == Comparison::Null && other.values.iter().any(|value| value.text == "false");
        null || (other.operator.quantifier == Some(Quantifier::ForAnyValue) && !other.operator.if_exists)
    })
}

/// The audience of a token is one value with the providers that AWS knows, and one or several with others.
fn check_audience(line: &Line<'_>, report: &mut Report) {
    let Some((host, claim)) = line.key.rsplit_once(':') else { return };
    let Some(quantifier) = line.operator.quantifier else { return };
    if !claim.eq_ignore_ascii_case("aud") || !(host.contains('.') || host.eq_ignore_ascii_case("saml")) {
        return;
    }
    let known =
        host.eq_ignore_ascii_case("token.actions.githubusercontent.com") || Catalogue::get().condition_key(line.key).is_some();
    if !known {
        let details = format!("{} is one audience for most providers, which {} does not ask for.", line.key, line.operator);
        report.add(IssueCode::ConfirmAudienceClaimType, &line.operator_path, details);
    } else if quantifier == Quantifier::ForAnyValue {
        let details = format!("{} is one value, which {} does not ask for.", line.key, line.operator);
        report.add(IssueCode::ForanyvalueWithAudienceClaimType, &line.operator_path, details);
    }
}

/// The actions that are named in full and whose requests never carry the key.
fn check_actions(statement: &Statement<'_>, line: &Line<'_>, known: bool, report: &mut Report) {
    let global = Catalogue::get().global_key(line.key).is_some();
    let Some(actions) = statement.actions.as_ref().filter(|actions| known && !global && !actions.not) else { return };
    if line.operator.if_exists || line.operator.comparison == Comparison::Null {
        return;
    }
    let without = actions.items.iter().filter(|item| {
        let action = if glob::has_wildcard(item.text) { None } else { Catalogue::get().action(item.text) };
        action.is_some_and(|action| !action.has_condition_key(line.key))
    });
    let without: Vec<_> = without.collect();
    let Some(first) = without.first() else { return };
    let mut paths = vec![line.key_path.clone()];
    paths.extend(without.iter().map(|item| item.path.clone()));
    let details = format!("{} of the actions do not know {}, such as {}.", without.len(), line.key, first.text);
    report.add_all(IssueCode::UnsupportedActionForConditionKey, paths, details);
}

/// Keys that say something only beside others: the key, and those of which one is wanted.
const PAIRS: [(&str, &[&str]); 2] = [
    ("aws:VpcSourceIp", &["aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn"]),
    ("aws:Ec2InstanceSourcePrivateIPv4", &["aws:Ec2InstanceSourceVpc"]),
];

/// Keys of the request's session that another action than AssumeRole sets, which the statement must allow.
const SET_BY: [(&str, &str); 4] = [
    ("sts:SourceIdentity", "sts:SetSourceIdentity"),
    ("sts:TransitiveTagKeys", "sts:TagSession"),
    ("aws:RequestTag/", "sts:TagSession"),
    ("aws:TagKeys", "sts:TagSession"),
];

fn check_use(statement: &Statement<'_>, line: &Line<'_>, policy_type: PolicyType, report: &mut Report) {
    if line.key_is("aws:Referer") || line.key_is("aws:UserAgent") {
        let details = format!("A caller chooses {} at will.", line.key);
        report.add(IssueCode::UntrustworthyConditionKey, &line.key_path, details);
    }
    for (_, related) in PAIRS.iter().filter(|(key, _)| line.key_is(key)) {
        if !statement.has_key(related) {
            let details = format!("{} says little without {}.", line.key, related.join(" or "));
            report.add(IssueCode::MissingPairedConditionKeys, &line.key_path, details);
        }
    }
    check_set_by(statement, line, policy_type, report);
    check_services_of_key(statement, line, report);
    if line.key_is("dynamodb:Attributes") && statement.is(Effect::Allow) && !selects_attributes(statement) {
        let details = "A read that names no attributes returns all of them.";
        report.add(IssueCode::DynamodbAttributesWithoutSelect, &line.key_path, details);
    }
    if line.key_is("s3:prefix") {
        check_prefix(statement, line, report);
    }
    let own = ["s3:ResourceAccount", "aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths"];
    if policy_type == PolicyType::Resource && own.iter().any(|key| line.key_is(key)) {
        let details = format!("{} is always the same for the resource that has the policy.", line.key);
        report.add(IssueCode::IrrelevantConditionKeyInPolicy, &line.key_path, details);
    }
}

fn check_set_by(statement: &Statement<'_>, line: &Line<'_>, policy_type: PolicyType, report: &mut Report) {
    if policy_type != PolicyType::Trust || !statement.is(Effect::Allow) {
        return;
    }
    let Some(actions) = statement.actions.as_ref().filter(|actions| !actions.not && !actions.items.is_empty()) else { return };
    for (_, action) in SET_BY.iter().filter(|(key, _)| line.key_is(key)) {
        if !actions.items.iter().any(|item| glob::covers(item.text, action, true)) {
            let details = format!("{} is set by {action}, which the statement does not have.", line.key);
            report.add(IssueCode::MissingActionForConditionKey, &line.key_path, details);
        }
    }
}

/// `aws:Vpce…` is sent by some services only, so that an action of any service is too wide for it.
fn check_services_of_key(statement: &Statement<'_>, line: &Line<'_>, report: &mut Report) {
    let sparse = ["aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];
    let Some(actions) = statement.actions.as_ref().filter(|_| sparse.iter().any(|key| line.key_is(key))) else { return };
    let all = |text: &str| text.split(':').next().is_some_and(glob::has_wildcard);
    if actions.not || actions.items.iter().any(|item| all(item.text)) {
        let details = format!("The statement is about services that do not send {}.", line.key);
        report.add(IssueCode::UseConditionKeyOnlyWithSupportedServices, &line.key_path, details);
    }
}

fn selects_attributes(statement: &Statement<'_>) -> bool {
    let mut lines = statement.lines_of("dynamodb:Select");
    lines.any(|line| line.values.iter().all(|value| value.text == "SPECIFIC_ATTRIBUTES"))
}

/// A prefix that must not be asked for is still listed by a shorter one.
fn check_prefix(statement: &Statement<'_>, line: &Line<'_>, report: &mut Report) {
    let negated = line.operator.comparison.name().contains("Not");
    let string = operand(line.operator.comparison) == Some("String");
    if string && ((statement.is(Effect::Deny) && !negated) || (statement.is(Effect::Allow) && negated)) {
        let details = "A shorter prefix does not match, and lists the same objects.";
        report.add(IssueCode::S3PrefixInNegativeContext, &line.key_path, details);
    }
}
