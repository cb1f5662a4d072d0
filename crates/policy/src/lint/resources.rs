//! Resources: is each an ARN, and one that its service can have.

use crate::catalogue::{Catalogue, ResourceType, glob};

use super::{
    IssueCode, Linter, PolicyType,
    outline::{Item, Outline},
    regions,
    report::Report,
    variables,
};

pub(super) fn check(policy: &Outline<'_>, linter: &Linter<'_>, report: &mut Report) {
    if linter.policy_type == PolicyType::Trust {
        return;
    }
    for resources in policy.statements.iter().filter_map(|statement| statement.resources.as_ref()) {
        for item in &resources.items {
            variables::check(item.text, &item.path, policy, report);
            if item.text != "*" {
                check_arn(item, linter, report);
            }
        }
    }
}

/// The parts of an ARN; what a variable may become is a `*`.
struct Arn<'a> {
    partition: &'a str,
    vendor: &'a str,
    region: &'a str,
    account: &'a str,
    resource: &'a str,
}

fn check_arn(item: &Item<'_>, linter: &Linter<'_>, report: &mut Report) {
    let opened = variables::opened(item.text);
    // A pattern that is no ARN but matches some, such as `*/logs/*` or `${aws:PrincipalTag/bucket}`.
    if opened.starts_with('*') {
        return;
    }
    let parts: Vec<&str> = opened.splitn(6, ':').collect();
    if parts.first() != Some(&"arn") {
        // A resource policy may use short forms of its service, such as execute-api:/stage/GET/pets.
        let short = linter.policy_type == PolicyType::Resource && opened.contains(':');
        if !short {
            report.add(IssueCode::InvalidArnPrefix, &item.path, format!("The resource {} is not an ARN.", item.text));
        }
        return;
    }
    let [_, partition, vendor, region, account, resource] = parts.as_slice() else {
        // The star of the last part stands for the parts that follow.
        if !parts.last().is_some_and(|last| last.ends_with('*')) {
            let details = format!("The ARN {} has {} parts of 6.", item.text, parts.len());
            report.add(IssueCode::MissingArnField, &item.path, details);
        }
        return;
    };
    let arn = Arn { partition, vendor, region, account, resource };
    check_partition(item, &arn, report);
    if glob::has_wildcard(arn.vendor) {
        let details = format!("The service of {} is a pattern, which other services may match as well.", item.text);
        report.add(IssueCode::WildcardInServiceName, &item.path, details);
    } else {
        check_vendor(item, &arn, linter, report);
    }
}

fn check_partition(item: &Item<'_>, arn: &Arn<'_>, report: &mut Report) {
    if !regions::PARTITIONS.iter().any(|known| glob::covers(arn.partition, known, false)) {
        let details = format!("There is no partition {}; the partitions are {}.", arn.partition, regions::PARTITIONS.join(", "));
        report.add(IssueCode::InvalidPartition, &item.path, details);
    }
}

fn check_vendor(item: &Item<'_>, arn: &Arn<'_>, linter: &Linter<'_>, report: &mut Report) {
    let catalogue = Catalogue::get();
    if linter.attached_to.is_some_and(|service| !service.eq_ignore_ascii_case(arn.vendor)) {
        let details = format!("The ARN {} is not one of the service that the policy is attached to.", item.text);
        report.add(IssueCode::UnsupportedResourceArnInPolicy, &item.path, details);
        return;
    }
    let all: Vec<&ResourceType> = catalogue.resource_types(arn.vendor).collect();
    if all.is_empty() {
        let lower = arn.vendor.to_ascii_lowercase();
        if lower != arn.vendor && (catalogue.service(&lower).is_some() || catalogue.resource_types(&lower).next().is_some()) {
            let details = format!("The service {} is written {lower} in ARNs.", arn.vendor);
            report.add(IssueCode::InvalidArnServiceCase, &item.path, details);
        } else if catalogue.service(arn.vendor).is_none() {
            report.add(IssueCode::InvalidService, &item.path, format!("There is no service {}.", arn.vendor));
        }
        return;
    }
    let formats: usize = all.iter().map(|of| of.pattern().len()).sum();
    if !report.spend(formats * arn.resource.len()) {
        return;
    }
    let fitting: Vec<&ResourceType> = all.iter().copied().filter(|of| fits(of, arn)).collect();
    if fitting.is_empty() {
        let example = nearest_format(&all, arn).map(|arn| format!(" One of them is {arn}.")).unwrap_or_default();
        let details = format!("The ARN {} fits no resource type of {}.{example}", item.text, arn.vendor);
        report.add(IssueCode::InvalidArnResource, &item.path, details);
        return;
    }
    check_region(item, arn, &fitting, report);
    check_account(item, arn, &fitting, report);
}

fn fits(of: &ResourceType, arn: &Arn<'_>) -> bool {
    // What follows a resource may be named further, as the versions and qualifiers of services are.
    glob::meets(of.pattern(), arn.resource)
}

/// The format that begins like the ARN, for the message.
fn nearest_format<'a>(all: &[&'a ResourceType], arn: &Arn<'_>) -> Option<&'a str> {
    let shared = |of: &ResourceType| of.pattern().bytes().zip(arn.resource.bytes()).take_while(|(a, b)| a == b).count();
    all.iter().max_by_key(|of| shared(of)).map(|of| of.arn())
}

/// The part of a format: 3 is the Region, 4 the account.
fn part<'a>(of: &&'a ResourceType, place: usize) -> &'a str {
    of.arn().split(':').nth(place).unwrap_or_default()
}

fn check_region(item: &Item<'_>, arn: &Arn<'_>, fitting: &[&ResourceType], report: &mut Report) {
    let without = |of: &&ResourceType| part(of, 3).is_empty();
    if arn.region.is_empty() {
        if !fitting.iter().any(without) {
            let details = format!("The ARN {} has no Region, which resources of {} have.", item.text, arn.vendor);
            report.add(IssueCode::MissingArnRegion, &item.path, details);
        }
    } else if arn.region != "*" && fitting.iter().all(without) {
        let details = format!("The ARN {} has a Region, which resources of {} do not have.", item.text, arn.vendor);
        report.add(IssueCode::ArnRegionNotAllowed, &item.path, details);
    } else if !glob::has_wildcard(arn.region) && !regions::is_region(arn.region) {
        let details = format!("There is no Region {}.", arn.region);
        report.add(IssueCode::InvalidArnRegion, &item.path, details);
    }
}

/// Accounts of AWS itself, by the names that ARNs have for them.
const NAMED_ACCOUNTS: [&str; 6] = ["aws", "aws-managed", "amazon", "cloudfront", "third-party", "aws-marketplace"];

fn check_account(item: &Item<'_>, arn: &Arn<'_>, fitting: &[&ResourceType], report: &mut Report) {
    let without = |of: &&ResourceType| part(of, 4).is_empty();
    let fixed = |of: &&ResourceType| part(of, 4) == arn.account;
    if arn.account.is_empty() {
        if !fitting.iter().any(without) {
            let details = format!("The ARN {} has no account, which resources of {} have.", item.text, arn.vendor);
            report.add(IssueCode::MissingArnAccount, &item.path, details);
        }
    } else if arn.account != "*" && fitting.iter().all(without) {
        let details = format!("The ARN {} has an account, which resources of {} do not have.", item.text, arn.vendor);
        report.add(IssueCode::ArnAccountNotAllowed, &item.path, details);
    } else if !is_account(arn.account) && !NAMED_ACCOUNTS.contains(&arn.account) && !fitting.iter().any(fixed) {
        report.add(IssueCode::InvalidArnAccount, &item.path, format!("The account {} does not have 12 digits.", arn.account));
    }
}

/// 12 digits, or a pattern that 12 digits can match.
fn is_account(text: &str) -> bool {
    let shape = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'*' | b'?'));
    shape && (text.len() == 12 || text.contains('*'))
}
