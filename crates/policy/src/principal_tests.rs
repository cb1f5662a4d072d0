//! Who is read from a text, and who is named by what.

use super::*;
use crate::Principal;

#[test]
fn callers_are_read_by_their_names() {
    for (text, kind, account) in [
        ("arn:aws:iam::111122223333:root", CallerKind::Root, Some("111122223333")),
        ("111122223333", CallerKind::Root, Some("111122223333")),
        ("arn:aws-cn:iam::111122223333:user/people/ada", CallerKind::User, Some("111122223333")),
        ("arn:aws:iam::111122223333:role/auditor", CallerKind::Role, Some("111122223333")),
        ("arn:aws:sts::111122223333:assumed-role/auditor/monday", CallerKind::RoleSession, Some("111122223333")),
        ("arn:aws:sts::111122223333:federated-user/ada", CallerKind::FederatedUser, Some("111122223333")),
        ("arn:aws:iam::111122223333:saml-provider/corp", CallerKind::Provider, None),
        ("arn:aws:iam::111122223333:oidc-provider/token.example.com", CallerKind::Provider, None),
        ("accounts.google.com", CallerKind::Provider, None),
        ("ec2.amazonaws.com", CallerKind::Service, None),
        ("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", CallerKind::Service, None),
        ("anonymous", CallerKind::Anonymous, None),
        ("*", CallerKind::Anonymous, None),
    ] {
        let caller = Caller::parse(text).unwrap();
        assert_eq!((caller.kind(), caller.account()), (kind, account), "{text}");
    }
    assert_eq!(Caller::parse("arn:aws-cn:iam::111122223333:user/ada").unwrap().partition(), "aws-cn");
}

#[test]
fn what_is_no_principal_is_refused_with_its_value() {
    for text in [
        "",
        "ada",
        "11112222333",
        "arn:aws:iam::111122223333:group/staff",
        "arn:aws:iam::111122223333:user/",
        "arn:aws:iam::11112222:role/auditor",
        "arn:aws:sts::111122223333:assumed-role/auditor",
        "arn:aws:s3:::logs",
        "ec2 .amazonaws.com",
    ] {
        let refused = Caller::parse(text).unwrap_err();
        assert_eq!((refused.field.as_str(), refused.value.as_str()), ("principal", text));
    }
}

fn check(caller: &Caller, principal: Principal, expected: Option<Naming>) {
    assert_eq!(Named::compile(&principal).names(caller), expected, "{principal:?} of {caller}");
}

fn aws(text: &str) -> Principal {
    Principal::Aws(text.into())
}

#[test]
fn session_is_named_by_its_role_whatever_the_path() {
    let session = Caller::parse("arn:aws:sts::111122223333:assumed-role/auditor/monday").unwrap();
    for (principal, expected) in [
        ("arn:aws:iam::111122223333:role/auditor", Some(Naming::Issuer)),
        ("arn:aws:iam::111122223333:role/work/auditor", Some(Naming::Issuer)),
        ("arn:aws:iam::111122223333:role/Auditor", None),
        ("arn:aws:iam::999988887777:role/auditor", None),
        ("arn:aws-cn:iam::111122223333:role/auditor", None),
        ("arn:aws:iam::111122223333:user/auditor", None),
        ("arn:aws:sts::111122223333:assumed-role/auditor/monday", Some(Naming::Direct)),
        ("arn:aws:sts::111122223333:assumed-role/auditor/*", None),
        ("arn:aws:iam::111122223333:role/*", None),
        ("111122223333", Some(Naming::Account)),
        ("arn:aws-cn:iam::111122223333:root", None),
        ("*", Some(Naming::Direct)),
    ] {
        check(&session, aws(principal), expected);
    }
    // Whoever knows the role's path is exact about it.
    let known = session.with_issuer("arn:aws:iam::111122223333:role/work/auditor").with_unique_id("AROAEXAMPLE");
    check(&known, aws("arn:aws:iam::111122223333:role/work/auditor"), Some(Naming::Issuer));
    check(&known, aws("arn:aws:iam::111122223333:role/auditor"), None);
    check(&known, aws("AROAEXAMPLE"), Some(Naming::Issuer));
    check(&known, aws("AROAOTHER"), None);
}

#[test]
fn everyone_else_is_named_by_itself() {
    let user =
        Caller::parse("arn:aws:iam::111122223333:user/ada").unwrap().with_unique_id("AIDAEXAMPLE").with_canonical_id("79a5");
    check(&user, aws("arn:aws:iam::111122223333:user/ada"), Some(Naming::Direct));
    check(&user, aws("arn:aws:iam::111122223333:user/people/ada"), None);
    check(&user, aws("AIDAEXAMPLE"), Some(Naming::Direct));
    check(&user, Principal::CanonicalUser("79a5".into()), Some(Naming::Account));
    check(&user, Principal::CanonicalUser("ffff".into()), None);
    check(&user, Principal::Everyone, Some(Naming::Direct));
    let federated = Caller::parse("arn:aws:sts::111122223333:federated-user/ada").unwrap();
    check(&federated, aws("arn:aws:iam::111122223333:user/ada"), Some(Naming::Issuer));
    check(&federated.clone().with_issuer("arn:aws:iam::111122223333:user/bob"), aws("arn:aws:iam::111122223333:user/ada"), None);
    check(&federated, aws("arn:aws:sts::111122223333:federated-user/ada"), Some(Naming::Direct));
    let root = Caller::parse("111122223333").unwrap();
    check(&root, aws("111122223333"), Some(Naming::Direct));
    check(&root, aws("999988887777"), None);
    let service = Caller::parse("sns.amazonaws.com").unwrap();
    check(&service, Principal::Service("sns.amazonaws.com".into()), Some(Naming::Direct));
    check(&service, Principal::Service("*.amazonaws.com".into()), None);
    check(&service, aws("111122223333"), None);
}
