//! The table is whole and sorted, and well-known actions and keys are as AWS documents them.

use std::collections::BTreeSet;

use super::*;

#[test]
fn every_line_of_the_table_is_read_and_every_place_is_there() {
    let mut service = None;
    let mut lines = 0;
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        lines += 1;
        if line.starts_with('@') {
            // A fresh service that shares the prefix: reading is what is tested.
            service = Catalogue::read(line).services.pop();
        } else {
            assert_eq!(service.as_mut().unwrap().read(line), Some(()), "{line}");
        }
    }
    assert!(lines > 30_000, "{lines} lines");
    for service in Catalogue::get().services() {
        for shape in &service.shapes {
            assert!(shape.resources.iter().all(|(place, _)| *place < service.resources.len()), "{}", service.prefix());
            assert!(shape.keys.iter().all(|place| *place < service.keys.len()), "{}", service.prefix());
        }
        for resource in service.resource_types() {
            assert!(resource.keys.iter().all(|place| *place < service.keys.len()), "{}", service.prefix());
            assert_eq!(resource.arn().splitn(6, ':').count(), 6, "{}", resource.arn());
        }
    }
}

#[test]
fn what_is_looked_up_is_sorted() {
    let sorted = |names: Vec<&str>| names.windows(2).all(|pair| compare(pair[0], pair[1]) == Ordering::Less);
    let catalogue = Catalogue::get();
    assert!(sorted(catalogue.services().map(Service::prefix).collect()));
    assert!(sorted(catalogue.global.iter().map(ConditionKey::name).collect()));
    for service in catalogue.services() {
        assert!(sorted(service.actions().map(Action::name).collect()), "{}", service.prefix());
        assert!(sorted(service.condition_keys().map(ConditionKey::name).collect()), "{}", service.prefix());
    }
}

#[test]
fn every_action_is_found_by_its_name_in_any_case() {
    let catalogue = Catalogue::get();
    let mut count = 0;
    for action in catalogue.services().flat_map(Service::actions) {
        let name = format!("{}:{}", action.service().prefix(), action.name()).to_ascii_uppercase();
        assert_eq!(catalogue.action(&name).map(Action::name), Some(action.name()));
        count += 1;
    }
    assert!(count > 20_000, "{count} actions");
    assert_eq!(catalogue.actions_matching("*").count(), count);
}

#[test]
fn well_known_actions_are_as_aws_documents_them() {
    let get = Catalogue::get().action("S3:getobject").unwrap();
    assert_eq!((get.name(), get.level(), get.wildcard_only()), ("GetObject", AccessLevel::Read, false));
    let arns: Vec<&str> = get.resource_types().map(|(resource, _)| resource.arn()).collect();
    assert!(arns.contains(&"arn:${Partition}:s3:::${BucketName}/${ObjectName}"), "{arns:?}");
    assert!(get.has_condition_key("s3:existingobjecttag/team") && !get.has_condition_key("s3:prefix"));

    let pass = Catalogue::get().action("iam:PassRole").unwrap();
    assert_eq!(pass.level(), AccessLevel::PermissionsManagement);
    let types: Vec<(&str, &str, bool)> =
        pass.resource_types().map(|(resource, required)| (resource.name(), resource.arn(), required)).collect();
    assert_eq!(types, [("role", "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}", true)]);
    assert!(pass.has_condition_key("iam:PassedToService"));

    let list = Catalogue::get().wildcard_only("s3:ListAllMyBuckets");
    assert_eq!((list, Catalogue::get().wildcard_only("s3:NoSuchAction")), (Some(true), None));
    assert!(Catalogue::get().action("nosuch:Get").is_none() && Catalogue::get().action("s3").is_none());
}

#[test]
fn patterns_match_actions_without_regard_to_case() {
    let names = |pattern: &str| -> BTreeSet<&str> { Catalogue::get().actions_matching(pattern).map(Action::name).collect() };
    assert!(names("s3:getBucket*").contains("GetBucketPolicy") && !names("s3:getBucket*").contains("GetObject"));
    assert_eq!(names("IAM:*passrole"), BTreeSet::from(["PassRole"]));
    assert_eq!(names("iam:?assRole"), BTreeSet::from(["PassRole"]));
    assert!(names("nosuch:*").is_empty() && names("iam:Zz*").is_empty());
    assert!(Catalogue::get().actions_matching("s3*:Get*").any(|action| action.service().prefix() == "s3express"));
}

#[test]
fn condition_keys_have_their_types() {
    for (key, name, value_type, multivalued) in [
        ("aws:sourceip", "aws:SourceIp", KeyType::IpAddress, false),
        ("aws:MultiFactorAuthAge", "aws:MultiFactorAuthAge", KeyType::Numeric, false),
        ("aws:TagKeys", "aws:TagKeys", KeyType::String, true),
        ("aws:PrincipalTag/team", "aws:PrincipalTag/${TagKey}", KeyType::String, false),
        ("s3:ExistingObjectTag/a/b", "s3:ExistingObjectTag/${TagKey}", KeyType::String, false),
        ("iam:PolicyARN", "iam:PolicyARN", KeyType::Arn, false),
        ("sts:RequestContextProviders", "sts:RequestContextProviders", KeyType::Arn, true),
        ("saml:aud", "saml:aud", KeyType::String, false),
        ("kms:ValidTo", "kms:ValidTo", KeyType::Date, false),
        (
            "codebuild:secondarySources/a.auth.type",
            "codebuild:secondarySources/${sourceIdentifier}.auth.type",
            KeyType::String,
            false,
        ),
    ] {
        let found = Catalogue::get().condition_key(key).unwrap_or_else(|| panic!("{key}"));
        assert_eq!((found.name(), found.value_type(), found.is_multivalued()), (name, value_type, multivalued));
    }
    for unknown in ["aws:SourceIpp", "aws:PrincipalTag/", "aws:PrincipalTag", "s3:nosuch", "nosuch:key", "plain"] {
        assert_eq!(Catalogue::get().condition_key(unknown), None, "{unknown}");
    }
}

#[test]
fn resource_types_are_found_by_the_vendor_of_an_arn() {
    let names: BTreeSet<&str> = Catalogue::get().resource_types("iam").map(ResourceType::name).collect();
    assert!(names.contains("role") && names.contains("user") && !names.contains("bucket"), "{names:?}");
    assert_eq!(Catalogue::get().resource_types("IAM").count(), 0);
}
