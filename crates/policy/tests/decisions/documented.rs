//! What the IAM and Organizations User Guides document, as cases: `tests/policy/*.jsonl`, one file a subject, and for each
//! case in `determining.txt` the place of a statement that decided it or the layer that stopped it.

use std::{collections::BTreeMap, fs, path::PathBuf};

use chancery_policy::{Case, Outcome, layer_field};

use crate::{asked::Asked, naive};

/// Fewer would mean that a file was not found.
const CASES_MIN: usize = 300;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/policy")
}

fn cases() -> Vec<Case> {
    let mut files: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let texts = files.into_iter().filter(|file| file.extension().is_some_and(|end| end == "jsonl"));
    let texts: Vec<_> = texts.map(|file| fs::read_to_string(file).unwrap()).collect();
    texts.iter().flat_map(|text| text.lines()).map(|line| Case::parse(line, "a line").unwrap()).collect()
}

#[test]
fn both_evaluators_decide_as_documented() {
    let cases = cases();
    assert!(cases.len() >= CASES_MIN, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let (decision, answer) = (case.decide(), naive::evaluate(&Asked::from(case)));
        if case.passes(&decision) != Some(true) {
            wrong.push(format!("{}: {}", case.id, case.explanation_text(&case.explain())));
        }
        if !case.expected.unwrap().includes(answer) {
            wrong.push(format!("{}: the naive evaluator says {answer}", case.id));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ from what is documented\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn decisions_name_what_made_them() {
    let text = fs::read_to_string(folder().join("determining.txt")).unwrap();
    let named: BTreeMap<_, _> = text.lines().map(|line| line.split_once('\t').unwrap()).collect();
    let mut wrong = Vec::new();
    for case in cases() {
        let (decision, expected) = (case.decide(), named[case.id.as_str()]);
        let places: Vec<_> = decision.determining.iter().map(|place| case.place(place)).collect();
        let right = match decision.outcome {
            Outcome::ImplicitlyDenied => decision.stopped_by.is_some_and(|layer| layer_field(layer) == expected),
            // The root user needs no statement.
            Outcome::Allowed if expected.is_empty() => places.is_empty(),
            Outcome::Allowed | Outcome::ExplicitlyDenied => places.iter().any(|place| place == expected),
        };
        if !right {
            wrong.push(format!("{}: expected `{expected}`, found {places:?}, stopped by {:?}", case.id, decision.stopped_by));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
