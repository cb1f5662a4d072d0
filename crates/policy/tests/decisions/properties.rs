//! What must hold of every decision, on the random cases.

use chancery_policy::{Document, Effect, Outcome};

use crate::{
    asked::Asked,
    generate::{self, Random},
    real::Compiled,
};

const CASES: u64 = 30_000;

fn check(property: impl Fn(&Random, &Asked)) {
    for seed in 0..CASES {
        let random = Random::new(seed);
        property(&random, &generate::asked(&random));
    }
}

fn outcome(asked: &Asked) -> Outcome {
    Compiled::new(asked).evaluate(asked)
}

/// Every list of documents of every layer.
fn lists(asked: &mut Asked) -> Vec<&mut Vec<Document>> {
    let Asked { identity, boundary, session, resource_policy, scps, rcps, endpoint, .. } = asked;
    let mut lists = vec![identity, resource_policy];
    lists.extend([boundary, session, endpoint].into_iter().flatten());
    lists.extend([scps, rcps].into_iter().flatten().flatten());
    lists
}

#[test]
fn adding_a_deny_never_allows() {
    check(|random, asked| {
        let mut more = asked.clone();
        let mut lists = lists(&mut more);
        let list = random.below(lists.len());
        let Some(document) = lists[list].first_mut() else { return };
        let mut deny = generate::document(random, document.statements[0].principals.is_some()).statements.remove(0);
        deny.effect = Effect::Deny;
        document.statements.push(deny);
        assert!(outcome(asked) == Outcome::Allowed || outcome(&more) != Outcome::Allowed, "{more:?}");
    });
}

#[test]
fn limits_never_widen() {
    check(|_, asked| {
        let allowed = outcome(asked) == Outcome::Allowed;
        // A federated user has nothing without session policies: for it alone they are no mere limit.
        let session = if asked.principal.contains("federated-user") { asked.session.clone() } else { None };
        let wider = [
            Asked { boundary: None, ..asked.clone() },
            Asked { session, ..asked.clone() },
            Asked { scps: None, rcps: None, ..asked.clone() },
            Asked { endpoint: None, ..asked.clone() },
        ];
        assert!(!allowed || wider.iter().all(|wider| outcome(wider) == Outcome::Allowed), "{asked:?}");
    });
}

#[test]
fn order_means_nothing() {
    check(|_, asked| {
        let mut turned = asked.clone();
        for list in lists(&mut turned) {
            list.iter_mut().for_each(|document| document.statements.reverse());
            list.reverse();
        }
        [&mut turned.scps, &mut turned.rcps].into_iter().flatten().for_each(|levels| levels.reverse());
        assert_eq!(outcome(asked), outcome(&turned), "{asked:?}");
    });
}

#[test]
fn printed_documents_decide_the_same() {
    check(|_, asked| {
        let mut printed = asked.clone();
        for list in lists(&mut printed) {
            list.iter_mut().for_each(|document| *document = Document::parse_saved(&document.to_json()).unwrap());
        }
        assert_eq!(outcome(asked), outcome(&printed), "{asked:?}");
    });
}
