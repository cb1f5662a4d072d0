//! What explanations say.

use expect_test::{Expect, expect};

use crate::authorize::world::*;

const RED: &str = r#"{"Sid": "Ours", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::logs/*",
    "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["red", "blue"]}, "Bool": {"aws:SecureTransport": "true"}}}"#;

fn check(world: &World, expected: Expect) {
    expected.assert_eq(&world.explain().to_string());
}

#[test]
fn implicit_deny_shows_what_was_nearly_enough() {
    let mut world = asks(USER).identity(&[allow("iam:*"), RED.to_owned()]);
    check(
        &world,
        expect![[r"
        implicitly denied: s3:GetObject on arn:aws:s3:::logs/today by arn:aws:iam::111122223333:user/people/ada
          no identity-based policy allows it
          nearly allowed by identity-based policy 2, statement 1 (Ours)
            StringEquals aws:principaltag/team: expected `red` or `blue`, the request does not have the key
            Bool aws:securetransport: expected `true`, the request does not have the key
          asked for and not in the request: aws:securetransport, aws:principaltag/team"]],
    );
    world.context.insert("aws:SecureTransport", "true");
    world.context.insert("aws:PrincipalTag/team", "green");
    check(
        &world.policy(&[RED.replacen('{', r#"{"Principal": "*", "#, 1).replace("green", "red")]),
        expect![[r"
        implicitly denied: s3:GetObject on arn:aws:s3:::logs/today by arn:aws:iam::111122223333:user/people/ada
          no identity-based policy allows it
          nearly allowed by identity-based policy 2, statement 1 (Ours)
            StringEquals aws:principaltag/team: expected `red` or `blue`, the request has `green`
          nearly allowed by resource-based policy, statement 1 (Ours)
            StringEquals aws:principaltag/team: expected `red` or `blue`, the request has `green`"]],
    );
}

#[test]
fn near_misses_are_those_of_the_layer_that_stopped_it() {
    let world = asks(USER).identity(&[allow("*"), RED.to_owned()]).boundary(&[RED.to_owned()]);
    let explanation = world.explain();
    assert_eq!(explanation.near_misses.len(), 1);
    assert_eq!(explanation.near_misses[0].statement.place.layer, crate::Layer::Boundary);
    let levels = asks(USER).identity(&[allow("*")]).scps(&[&[allow("*"), RED.to_owned()], &[RED.to_owned()]]).explain();
    assert_eq!(levels.near_misses.iter().map(|miss| miss.statement.place.level).collect::<Vec<_>>(), [1]);
}

#[test]
fn other_decisions_show_their_statements() {
    check(
        &asks(USER).identity(&[allow("*")]).scps(&[&[allow("*")], &[allow("*"), deny("s3:*")]]),
        expect![[r"
        explicitly denied: s3:GetObject on arn:aws:s3:::logs/today by arn:aws:iam::111122223333:user/people/ada
          deny by service control policy 2 at level 2, statement 1"]],
    );
    check(
        &asks(USER).identity(&[allow("*")]),
        expect![[r"
        allowed: s3:GetObject on arn:aws:s3:::logs/today by arn:aws:iam::111122223333:user/people/ada
          allow by identity-based policy 1, statement 1"]],
    );
    check(
        &asks(ROOT),
        expect![[r"
        allowed: s3:GetObject on arn:aws:s3:::logs/today by arn:aws:iam::111122223333:root
          no policy is needed for it"]],
    );
}

#[test]
fn documents_go_by_the_names_that_they_are_given() {
    let explanation = asks(USER).identity(&[allow("*")]).explain();
    let text = explanation.text(|place| format!("policy/readers (in group {})", place.policy));
    assert!(text.ends_with("allow by policy/readers (in group 0), statement 1"), "{text}");
}

fn reason(world: &World) -> String {
    world.ask(|request, policies| crate::authorize(request, policies).reason(request)).unwrap_or_else(|| "allowed".into())
}

#[test]
fn refusals_read_as_those_of_aws() {
    let all = vec![allow("*")];
    let user = || asks(USER).identity(&all);
    let other_owner = || user().owned_by("999988887777");
    let assume = || asks(USER).of("sts:AssumeRole", OTHER_ROLE).identity(&all);
    for (world, expected) in [
        (user(), "allowed"),
        (asks(USER), "because no identity-based policy allows the s3:GetObject action"),
        (user().boundary(&[]), "because no permissions boundary allows the s3:GetObject action"),
        (user().session(&[]), "because no session policy allows the s3:GetObject action"),
        (user().scps(&[&[]]), "because no service control policy allows the s3:GetObject action"),
        (user().rcps(&[&[]]), "because no resource control policy allows the s3:GetObject action"),
        (user().endpoint(&[]), "because no VPC endpoint policy allows the s3:GetObject action"),
        (other_owner(), "because no resource-based policy allows the s3:GetObject action"),
        (assume(), "because no role trust policy allows the sts:AssumeRole action"),
        (asks(USER).identity(&[deny("*")]), "with an explicit deny in an identity-based policy"),
        (user().scps(&[&[deny("*")]]), "with an explicit deny in a service control policy"),
        (user().boundary(&[deny("*")]), "with an explicit deny in a permissions boundary"),
        (user().policy(&[grant(r#""*""#).replace("Allow", "Deny")]), "with an explicit deny in a resource-based policy"),
        (assume().policy(&[grant(r#""*""#).replace("Allow", "Deny")]), "with an explicit deny in the role trust policy"),
    ] {
        assert_eq!(reason(&world), expected);
    }
    let message = asks(USER).ask(|request, policies| crate::authorize(request, policies).message(request)).unwrap();
    expect![[r"User: arn:aws:iam::111122223333:user/people/ada is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::logs/today because no identity-based policy allows the s3:GetObject action"]].assert_eq(&message);
}
