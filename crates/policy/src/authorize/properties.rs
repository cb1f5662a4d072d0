//! What no policy may do, on random worlds.

use proptest::{prelude::*, sample::select};

use super::world::*;
use crate::{Outcome, RequestContext};

const CALLERS: [&str; 9] =
    [USER, ROOT, ROLE, SESSION, FEDERATED, STRANGER, "anonymous", "sns.amazonaws.com", "accounts.google.com"];
const PRINCIPALS: [&str; 9] = [
    r#""*""#,
    r#"{"AWS": "111122223333"}"#,
    r#"{"AWS": "arn:aws:iam::111122223333:user/people/ada"}"#,
    r#"{"AWS": ["arn:aws:iam::111122223333:role/work/auditor", "999988887777"]}"#,
    r#"{"AWS": "arn:aws:sts::111122223333:assumed-role/auditor/monday"}"#,
    r#"{"AWS": "arn:aws:sts::111122223333:federated-user/ada"}"#,
    r#"{"AWS": "arn:aws:iam::999988887777:user/eve"}"#,
    r#"{"Service": "sns.amazonaws.com"}"#,
    r#"{"Federated": "accounts.google.com"}"#,
];

fn statement() -> impl Strategy<Value = String> {
    let parts = (
        prop::bool::weighted(0.25),
        select(&[r#""Action": "*""#, r#""Action": ["s3:Get*", "iam:*"]"#, r#""Action": "sts:*""#, r#""NotAction": "s3:*""#][..]),
        select(&[r#""Resource": "*""#, r#""Resource": "arn:aws:s3:::logs/*""#, r#""NotResource": "arn:aws:s3:::logs/*""#][..]),
        select(&["", r#", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}"#][..]),
    );
    parts.prop_map(|(deny, action, resource, condition)| {
        format!(r#"{{"Effect": "{}", {action}, {resource}{condition}}}"#, if deny { "Deny" } else { "Allow" })
    })
}

fn statements() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(statement(), 0..3)
}

fn resource_policy() -> impl Strategy<Value = String> {
    let one = (statement(), select(&PRINCIPALS[..]), prop::bool::weighted(0.1)).prop_map(|(statement, principal, not)| {
        let element = if not { "NotPrincipal" } else { "Principal" };
        statement.replacen('{', &format!(r#"{{"{element}": {principal}, "#), 1)
    });
    prop::collection::vec(one, 1..4).prop_map(|statements| statements.join(", "))
}

prop_compose! {
    fn world()(
        caller in select(&CALLERS[..]),
        (action, resource) in select(&[("s3:GetObject", BUCKET), ("s3:PutObject", BUCKET), ("iam:GetUser", USER),
            ("sts:AssumeRole", OTHER_ROLE), ("s3:ListAllMyBuckets", "*")][..]),
        red in any::<bool>(),
        identity in statements(),
        boundary in prop::option::weighted(0.3, statements()),
        session in prop::option::weighted(0.4, statements()),
        policy in prop::option::of(resource_policy()),
        scps in prop::option::weighted(0.3, prop::collection::vec(statements(), 0..3)),
        rcps in prop::option::weighted(0.2, prop::collection::vec(statements(), 0..3)),
        endpoint in prop::option::weighted(0.2, statements()),
    ) -> World {
        let context = if red { RequestContext::new().with("aws:PrincipalTag/team", "red") } else { RequestContext::new() };
        World { context, identity, boundary, session, policy, scps, rcps, endpoint, ..asks(caller).of(action, resource) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn adding_a_deny_never_allows(world in world(), deny in statement(), layer in 0..5_usize) {
        let deny = deny.replace("Allow", "Deny");
        let mut more = world.clone();
        match layer {
            0 => more.identity.push(deny),
            1 => more.boundary.iter_mut().for_each(|documents| documents.push(deny.clone())),
            2 => more.session.iter_mut().for_each(|documents| documents.push(deny.clone())),
            3 => more.scps.iter_mut().flatten().for_each(|documents| documents.push(deny.clone())),
            _ => more.policy.iter_mut().for_each(|text| {
                text.push_str(&format!(", {}", deny.replacen('{', r#"{"Principal": "*", "#, 1)));
            }),
        }
        prop_assert!(world.decide().is_allowed() || !more.decide().is_allowed());
    }

    #[test]
    fn a_boundary_or_session_policy_never_widens(world in world(), limit in statements(), boundary in any::<bool>()) {
        // A federated user has nothing without session policies: there, and only there, one more layer is a grant.
        prop_assume!(boundary || world.caller.name() != FEDERATED);
        let mut without = world.clone();
        let mut within = world;
        if boundary {
            (without.boundary, within.boundary) = (None, Some(limit));
        } else {
            (without.session, within.session) = (None, Some(limit));
        }
        prop_assert!(without.decide().is_allowed() || !within.decide().is_allowed());
    }

    #[test]
    fn control_and_endpoint_policies_never_widen(world in world()) {
        let without = World { scps: None, rcps: None, endpoint: None, ..world.clone() };
        prop_assert!(without.decide().is_allowed() || !world.decide().is_allowed());
    }

    #[test]
    fn order_means_nothing(world in world()) {
        let mut turned = world.clone();
        turned.identity.reverse();
        for documents in [&mut turned.boundary, &mut turned.session, &mut turned.endpoint].into_iter().flatten() {
            documents.reverse();
        }
        for levels in [&mut turned.scps, &mut turned.rcps].into_iter().flatten() {
            levels.reverse();
        }
        turned.identity = vec![turned.identity.join(", ")].into_iter().filter(|text| !text.is_empty()).collect();
        let [before, after] = [world.decide(), turned.decide()];
        prop_assert_eq!(before.outcome, after.outcome);
        prop_assert_eq!(before.stopped_by, after.stopped_by);
        prop_assert_eq!(before.determining.len(), after.determining.len());
    }

    #[test]
    fn explanation_tells_of_the_same_decision(world in world()) {
        let explanation = world.explain();
        prop_assert_eq!(&explanation.decision, &world.decide());
        prop_assert_eq!(explanation.determining.len(), explanation.decision.determining.len());
        prop_assert!(explanation.near_misses.is_empty() || explanation.decision.outcome == Outcome::ImplicitlyDenied);
        prop_assert!(explanation.near_misses.iter().all(|miss| !miss.failures.is_empty()));
        prop_assert!(!explanation.to_string().is_empty());
    }
}
