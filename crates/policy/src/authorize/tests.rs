//! The rules of the decision, as tables.

use super::world::*;
use crate::{Caller, Determining, Layer};

fn check(cases: &[(&str, World, &str)]) {
    for (case, world, expected) in cases {
        assert_eq!(world.answer(), *expected, "{case}");
    }
}

fn all() -> Vec<String> {
    vec![allow("*")]
}

#[test]
fn identity_policy_allows_in_the_same_account() {
    check(&[
        ("nothing", asks(USER), "no identity-based policy"),
        ("allow", asks(USER).identity(&[allow("s3:Get*")]), "allowed"),
        ("other action", asks(USER).identity(&[allow("s3:Put*")]), "no identity-based policy"),
        ("deny", asks(USER).identity(&[allow("*"), deny("s3:*")]), "denied"),
        ("deny of another action", asks(USER).identity(&[allow("*"), deny("s3:Put*")]), "allowed"),
        ("account of the ARN", asks(USER).identity(&all()).of("sqs:SendMessage", "arn:aws:sqs:::111122223333:q"), "allowed"),
        ("no resource", asks(USER).identity(&all()).of("s3:ListAllMyBuckets", "*"), "allowed"),
    ]);
}

#[test]
fn not_action_and_not_resource_except() {
    let but =
        |action: &str, resource: &str| format!(r#"{{"Effect": "Allow", "NotAction": "{action}", "NotResource": "{resource}"}}"#);
    check(&[
        ("neither", asks(USER).identity(&[but("iam:*", "arn:aws:s3:::other/*")]), "allowed"),
        ("action", asks(USER).identity(&[but("s3:Get*", "arn:aws:s3:::other/*")]), "no identity-based policy"),
        ("resource", asks(USER).identity(&[but("iam:*", "arn:aws:s3:::logs/*")]), "no identity-based policy"),
    ]);
}

#[test]
fn boundary_and_session_limit_what_identity_grants() {
    let (other, denied) = (vec![allow("s3:Put*")], vec![allow("*"), deny("s3:Get*")]);
    check(&[
        ("both allow", asks(SESSION).identity(&all()).boundary(&all()).session(&all()), "allowed"),
        ("boundary silent", asks(USER).identity(&all()).boundary(&other), "no permissions boundary"),
        ("boundary empty", asks(USER).identity(&all()).boundary(&[]), "no permissions boundary"),
        ("boundary denies", asks(USER).identity(&all()).boundary(&denied), "denied"),
        ("boundary grants nothing", asks(USER).boundary(&all()), "no identity-based policy"),
        ("session silent", asks(SESSION).identity(&all()).session(&other), "no session policy"),
        ("session denies", asks(SESSION).identity(&all()).session(&denied), "denied"),
        ("session grants nothing", asks(SESSION).session(&all()), "no identity-based policy"),
        ("no session policy for a role", asks(SESSION).identity(&all()), "allowed"),
        ("no session policy for a federated user", asks(FEDERATED).identity(&all()), "no session policy"),
        ("session policy for a federated user", asks(FEDERATED).identity(&all()).session(&all()), "allowed"),
    ]);
}

#[test]
fn every_level_of_control_policies_must_allow() {
    let (yes, no, refuses) = (&all()[..], &[allow("s3:Put*")][..], &[allow("*"), deny("s3:Get*")][..]);
    let user = || asks(USER).identity(&all());
    let linked = "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS";
    let service = || asks("logs.amazonaws.com").policy(&[grant(r#"{"Service": "logs.amazonaws.com"}"#)]);
    check(&[
        ("scps allow", user().scps(&[yes, yes]), "allowed"),
        ("one level does not", user().scps(&[yes, no, yes]), "no service control policy"),
        ("a level without policies", user().scps(&[yes, &[]]), "no service control policy"),
        ("scp denies", user().scps(&[yes, refuses]), "denied"),
        ("scps grant nothing", asks(USER).scps(&[yes]), "no identity-based policy"),
        ("scps limit the root user", asks(ROOT).scps(&[no]), "no service control policy"),
        ("scps leave service-linked roles alone", asks(linked).identity(&all()).scps(&[refuses]), "allowed"),
        ("scps are about principals of the account", service().scps(&[refuses]), "allowed"),
        ("rcps allow", user().rcps(&[yes, yes]), "allowed"),
        ("one level does not allow", user().rcps(&[no, yes]), "no resource control policy"),
        ("rcp denies", user().rcps(&[yes, &[allow("*"), deny("*")]]), "denied"),
        ("rcps limit the root user", asks(ROOT).rcps(&[refuses]), "denied"),
        ("rcps limit services", service().rcps(&[refuses]), "denied"),
        ("rcps limit the anonymous", asks("anonymous").policy(&[grant(r#""*""#)]).rcps(&[refuses]), "denied"),
        ("rcps leave service-linked roles alone", asks(linked).identity(&all()).rcps(&[refuses]), "allowed"),
    ]);
}

#[test]
fn endpoint_policy_must_allow() {
    let user = || asks(USER).identity(&all());
    check(&[
        ("allows everyone", user().endpoint(&[grant(r#""*""#)]), "allowed"),
        ("allows the account", user().endpoint(&[grant_aws("111122223333")]), "allowed"),
        ("allows another", user().endpoint(&[grant_aws("999988887777")]), "no VPC endpoint policy"),
        ("allows another action", user().endpoint(&[allow("s3:Put*")]), "no VPC endpoint policy"),
        ("denies", user().endpoint(&[grant(r#""*""#), deny("*")]), "denied"),
        ("is no grant", asks(USER).endpoint(&[grant(r#""*""#)]), "no identity-based policy"),
    ]);
}

/// The table "Resource-based policies and implicit denies in other policy types (same account)".
#[test]
fn whom_the_resource_names_decides_what_limits_it() {
    let silent = |caller: &str, principal: &str| {
        let nothing = [allow("iam:*")];
        asks(caller).policy(&[grant(principal)]).identity(&nothing).boundary(&nothing).session(&nothing)
    };
    let aws = |name: &str| format!(r#"{{"AWS": "{name}"}}"#);
    let bounded = |caller: &str, name: &str| asks(caller).policy(&[grant_aws(name)]).boundary(&all()).session(&all());
    check(&[
        ("role, by session", silent(SESSION, &aws(ROLE)), "no permissions boundary"),
        ("role, limits allow", bounded(SESSION, ROLE), "allowed"),
        ("role, session policy silent", bounded(SESSION, ROLE).session(&[allow("iam:*")]), "no session policy"),
        ("role, no limits", asks(SESSION).policy(&[grant_aws(ROLE)]), "allowed"),
        ("role, asked as role", asks(ROLE).policy(&[grant_aws(ROLE)]).boundary(&[]), "no permissions boundary"),
        ("session", silent(SESSION, &aws(SESSION)), "allowed"),
        ("another session", asks(SESSION).policy(&[grant_aws(&SESSION.replace("monday", "x"))]), "no identity-based policy"),
        ("user", silent(USER, &aws(USER)), "allowed"),
        ("federated user by user", bounded(FEDERATED, "arn:aws:iam::111122223333:user/ada"), "allowed"),
        ("federated user by user, limited", silent(FEDERATED, &aws(USER)), "no permissions boundary"),
        ("federated user by session", silent(FEDERATED, &aws(FEDERATED)), "allowed"),
        ("everyone", silent(SESSION, r#""*""#), "allowed"),
        ("every AWS principal", silent(USER, &aws("*")), "allowed"),
        ("root user", asks(ROOT).policy(&[grant_aws(ROOT)]), "allowed"),
    ]);
}

#[test]
fn naming_the_account_leaves_it_to_identity_policies() {
    for account in ["111122223333", ROOT] {
        let named = || asks(USER).policy(&[grant_aws(account)]);
        check(&[
            ("identity silent", named(), "no identity-based policy"),
            ("identity allows", named().identity(&all()), "allowed"),
            ("boundary silent", named().identity(&all()).boundary(&[]), "no permissions boundary"),
        ]);
    }
}

#[test]
fn both_accounts_must_allow_across_accounts() {
    let across = |policy: &str| asks(STRANGER).owned_by("111122223333").policy(&[policy.to_owned()]);
    let everyone = grant(r#""*""#);
    check(&[
        ("resource only", across(&grant_aws(STRANGER)), "no identity-based policy"),
        ("everyone, identity silent", across(&everyone), "no identity-based policy"),
        ("identity only", asks(STRANGER).owned_by("111122223333").identity(&all()), "no resource-based policy"),
        ("both, by user", across(&grant_aws(STRANGER)).identity(&all()), "allowed"),
        ("both, by account", across(&grant_aws("999988887777")).identity(&all()), "allowed"),
        ("both, everyone", across(&everyone).identity(&all()), "allowed"),
        ("another account", across(&grant_aws("111122223333")).identity(&all()), "no resource-based policy"),
        ("boundary silent", across(&grant_aws(STRANGER)).identity(&all()).boundary(&[]), "no permissions boundary"),
        ("session silent", across(&grant_aws(STRANGER)).identity(&all()).session(&[]), "no session policy"),
        ("root of the other account", across(&grant_aws("arn:aws:iam::999988887777:root")).identity(&all()), "allowed"),
        (
            "account in the ARN",
            asks(STRANGER).identity(&all()).of("sqs:SendMessage", "arn:aws:sqs:x:111122223333:q"),
            "no resource-based policy",
        ),
    ]);
}

#[test]
fn root_user_may_all_in_its_own_account() {
    let across = || asks(ROOT).owned_by("999988887777");
    check(&[
        ("no policies", asks(ROOT), "allowed"),
        ("boundary and session are not for it", asks(ROOT).boundary(&[]).session(&[]), "allowed"),
        ("resource denies", asks(ROOT).policy(&[grant(r#""*""#).replace("Allow", "Deny")]), "denied"),
        ("another account's resource", across(), "no resource-based policy"),
        ("which names it", across().policy(&[grant_aws(ROOT)]), "allowed"),
    ]);
}

#[test]
fn who_has_no_account_needs_the_resource_alone() {
    let (service, google) = (r#"{"Service": "sns.amazonaws.com"}"#, r#"{"Federated": "accounts.google.com"}"#);
    let provider = "arn:aws:iam::111122223333:saml-provider/corp";
    check(&[
        ("service", asks("sns.amazonaws.com").policy(&[grant(service)]), "allowed"),
        ("another service", asks("sqs.amazonaws.com").policy(&[grant(service)]), "no resource-based policy"),
        ("service without a policy", asks("sns.amazonaws.com").identity(&all()), "no resource-based policy"),
        ("anonymous, everyone", asks("anonymous").policy(&[grant(r#""*""#)]), "allowed"),
        ("anonymous, every AWS principal", asks("anonymous").policy(&[grant_aws("*")]), "allowed"),
        ("anonymous, an account", asks("anonymous").policy(&[grant_aws("111122223333")]), "no resource-based policy"),
        ("anonymous by name", asks("anonymous").policy(&[grant(r#"{"Service": "anonymous"}"#)]), "no resource-based policy"),
        ("web identity", asks("accounts.google.com").policy(&[grant(google)]), "allowed"),
        ("saml", asks(provider).policy(&[grant(&format!(r#"{{"Federated": "{provider}"}}"#))]), "allowed"),
    ]);
}

#[test]
fn role_and_key_need_their_own_policy() {
    let assume = |caller: &str| asks(caller).of("sts:AssumeRole", OTHER_ROLE);
    let trust = |name: &str| format!(r#"{{"Effect": "Allow", "Principal": {{"AWS": "{name}"}}, "Action": "sts:AssumeRole"}}"#);
    let key = || asks(USER).of("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1");
    check(&[
        ("identity alone", assume(USER).identity(&all()), "no resource-based policy"),
        ("trust of another", assume(USER).identity(&all()).policy(&[trust(STRANGER)]), "no resource-based policy"),
        ("trust of the user", assume(USER).policy(&[trust(USER)]), "allowed"),
        ("trust of the account alone", assume(USER).policy(&[trust("111122223333")]), "no identity-based policy"),
        ("trust of the account and identity", assume(USER).policy(&[trust("111122223333")]).identity(&all()), "allowed"),
        ("trust of a role", assume(SESSION).policy(&[trust(ROLE)]), "allowed"),
        ("across accounts", assume(STRANGER).policy(&[trust(STRANGER)]), "no identity-based policy"),
        ("across accounts, both", assume(STRANGER).policy(&[trust(STRANGER)]).identity(&all()), "allowed"),
        (
            "tagging the session",
            assume(USER).of("sts:TagSession", OTHER_ROLE).policy(&[trust(USER)]).identity(&all()),
            "no resource-based policy",
        ),
        ("key, identity alone", key().identity(&all()), "no resource-based policy"),
        ("key, by account", key().identity(&all()).policy(&[grant_aws(ROOT)]), "allowed"),
        ("key, by account, identity silent", key().policy(&[grant_aws(ROOT)]), "no identity-based policy"),
        ("key, by user", key().policy(&[grant_aws(USER)]), "allowed"),
        ("key, root user", key().owned_by("111122223333"), "no resource-based policy"),
        ("alias", key().of("kms:CreateAlias", "arn:aws:kms:eu-west-1:111122223333:alias/a").identity(&all()), "allowed"),
        ("who am I", asks(USER).of("sts:GetCallerIdentity", "*").identity(&[deny("*")]), "allowed"),
    ]);
    let root = World { caller: Caller::parse(ROOT).unwrap(), ..key() };
    check(&[("key, root user", root.clone(), "no resource-based policy"), ("named", root.policy(&[grant_aws(ROOT)]), "allowed")]);
}

#[test]
fn not_principal_denies_the_others() {
    let except = |name: &str| grant_aws(name).replace("Allow", "Deny").replace("Principal", "NotPrincipal");
    let with = |caller: &str, name: &str| asks(caller).identity(&all()).policy(&[except(name)]);
    check(&[
        ("excepted", with(USER, USER), "allowed"),
        ("another", with(USER, STRANGER), "denied"),
        ("excepted by account", with(USER, "111122223333"), "allowed"),
        ("excepted by role", with(SESSION, ROLE), "allowed"),
        ("excepted by session", with(SESSION, SESSION), "allowed"),
        ("excepted, with a boundary", with(USER, USER).boundary(&all()), "denied"),
        ("anonymous", with("anonymous", USER), "denied"),
    ]);
}

#[test]
fn deny_of_the_resource_reaches_whom_it_names() {
    let refused = |caller: &str, name: &str| asks(caller).identity(&all()).policy(&[grant_aws(name).replace("Allow", "Deny")]);
    check(&[
        ("by account", refused(USER, "111122223333"), "denied"),
        ("by user", refused(USER, USER), "denied"),
        ("by role", refused(SESSION, ROLE), "denied"),
        ("by user behind the session", refused(FEDERATED, USER).session(&all()), "denied"),
        ("another", refused(USER, STRANGER), "allowed"),
        ("a statement that names nobody", asks(USER).policy(&[deny("*")]).identity(&all()), "allowed"),
    ]);
}

/// The layers and statements (document, statement) that a decision names.
fn check_determining(world: &World, expected: &[(Layer, u32, u32)]) {
    let found: Vec<_> = world.decide().determining.iter().map(|place| (place.layer, place.policy, place.statement)).collect();
    assert_eq!(found, expected);
}

#[test]
fn decision_names_its_statements() {
    use Layer::{Boundary, Endpoint, Identity, Resource, ServiceControl};
    let identity = [allow("iam:*"), [allow("iam:*"), allow("s3:*")].join(", "), allow("s3:Get*")];
    let user = || asks(USER).identity(&identity);
    check_determining(&user(), &[(Identity, 1, 1), (Identity, 2, 0)]);
    check_determining(&user().boundary(&all()), &[(Identity, 1, 1), (Identity, 2, 0), (Boundary, 0, 0)]);
    check_determining(&asks(USER), &[]);
    // An explicit deny names every statement that denies and none that allows.
    let denied = user().boundary(&[deny("s3:*")]).policy(&[grant_aws(USER), grant_aws(ROOT).replace("Allow", "Deny")]);
    check_determining(&denied, &[(Resource, 0, 1), (Boundary, 0, 0)]);
    // A direct grant stands alone when the boundary does not allow, and beside the others when it does.
    let direct = user().policy(&[grant_aws(USER), grant_aws(ROOT)]);
    check_determining(&direct.clone().boundary(&[allow("iam:*")]), &[(Resource, 0, 0)]);
    check_determining(&direct, &[(Resource, 0, 0), (Identity, 1, 1), (Identity, 2, 0)]);
    let levels = user().scps(&[&all(), &[allow("iam:*"), allow("s3:*")]]).endpoint(&all());
    check_determining(
        &levels,
        &[(ServiceControl, 0, 0), (ServiceControl, 1, 0), (Endpoint, 0, 0), (Identity, 1, 1), (Identity, 2, 0)],
    );
    let second = Determining { layer: ServiceControl, level: 1, policy: 1, statement: 0 };
    assert!(levels.decide().determining.contains(&second));
}
