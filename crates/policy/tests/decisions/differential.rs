//! Random cases, decided by both evaluators: a million a run, another million each time.
//!
//! `CHANCERY_POLICY_CASES` sets another number. A difference prints the seed of its world, which
//! `CHANCERY_POLICY_SEED` runs again, and the case as `chancery policy explain` reads it.

use std::{
    env,
    hash::{BuildHasher, RandomState},
    thread,
};

use chancery_policy::{Document, Outcome};
use serde_json::{Value, json};

use crate::{
    asked::{Asked, Held},
    generate::{self, Random},
    naive,
    real::Compiled,
};

const CASES: u64 = 1_000_000;
/// Requests of one world: compiling its policies costs as much as a few decisions.
const REQUESTS: u64 = 16;
const THREADS: u64 = 2;

fn setting(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number, not `{text}`")))
}

#[test]
fn random_cases_are_decided_alike() {
    if let Some(seed) = setting("CHANCERY_POLICY_SEED") {
        compare(seed).unwrap();
        return;
    }
    let worlds = setting("CHANCERY_POLICY_CASES").unwrap_or(CASES) / REQUESTS;
    let first = RandomState::new().hash_one(0);
    let count = |thread: u64| {
        let mut worlds = (thread..worlds).step_by(usize::try_from(THREADS).unwrap());
        worlds.try_fold([0; 3], |sum, world| Ok(add(sum, compare(first.wrapping_add(world))?)))
    };
    let counts: Vec<Result<_, String>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || count(thread))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let counts = counts.into_iter().map(|counts| counts.unwrap_or_else(|difference| panic!("{difference}"))).fold([0; 3], add);
    // A world in which one answer hardly ever comes would prove little of it.
    assert!(counts.iter().all(|count| count * 20 >= worlds * REQUESTS), "{counts:?}");
}

fn add(a: [u64; 3], b: [u64; 3]) -> [u64; 3] {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

/// Decides the requests of a world in both ways and counts the outcomes, or tells the first difference.
fn compare(seed: u64) -> Result<[u64; 3], String> {
    let random = Random::new(seed);
    let mut asked = generate::asked(&random);
    let compiled = Compiled::new(&asked);
    let mut counts = [0; 3];
    for _ in 0..REQUESTS {
        let (real, naive) = (compiled.evaluate(&asked), naive::evaluate(&asked));
        if real != naive {
            return Err(format!("real: {real}, naive: {naive}\nCHANCERY_POLICY_SEED={seed}\n{}", case(&asked, naive)));
        }
        counts[real as usize] += 1;
        generate::ask(&random, &mut asked);
    }
    Ok(counts)
}

/// The case in the form of `chancery policy test`.
fn case(asked: &Asked, expected: Outcome) -> Value {
    let document = |document: &Document| serde_json::from_str::<Value>(&document.to_json()).unwrap();
    let list = |documents: &Vec<Document>| documents.iter().map(document).collect::<Vec<_>>();
    let levels = |levels: &Vec<Vec<Document>>| levels.iter().map(list).collect::<Vec<_>>();
    let context = asked.context.iter().map(|(key, held)| match held {
        Held::One(value) => (key.clone(), json!(value)),
        Held::Many(values) => (key.clone(), json!(values)),
    });
    json!({
        "principal": asked.principal, "action": asked.action, "resource": asked.resource,
        "resourceAccount": asked.resource_account, "context": context.collect::<serde_json::Map<_, _>>(),
        "identityPolicies": list(&asked.identity), "boundary": asked.boundary.as_ref().map(list),
        "sessionPolicies": asked.session.as_ref().map(list), "resourcePolicy": asked.resource_policy.first().map(document),
        "scps": asked.scps.as_ref().map(levels), "rcps": asked.rcps.as_ref().map(levels),
        "endpointPolicies": asked.endpoint.as_ref().map(list), "expected": chancery_policy::outcome_name(expected),
    })
}
