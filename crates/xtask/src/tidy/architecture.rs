//! The architecture document and the manifests say the same: the crates of its table are those of the workspace, and each depends
//! on what the arrows allow. An arrow points at what is depended on; whatever that depends on is allowed as well.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Finding,
    workspace::{ARCHITECTURE, Dependency, Package},
};

/// What the end-to-end tests are called. They are no crate of the architecture: they may depend on every one.
const TESTS: &str = "tests";
/// What every crate may use in its own tests.
const FOR_TESTS: &str = "testkit";

/// From a crate to what it depends on.
type Arrows = BTreeMap<String, BTreeSet<String>>;

pub(super) fn check(document: &str, packages: &[Package]) -> Vec<Finding> {
    let rows = rows(document);
    let crates: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).filter(|name| *name != TESTS).collect();
    let arrows = arrows(document);
    let mut findings = Vec::new();
    for (name, line) in rows.iter().filter(|(name, _)| !crates.contains(name.as_str())) {
        findings.push(finding(*line, name, format!("the table has `{name}`, the workspace has no such crate")));
    }
    for name in crates.iter().filter(|name| !rows.contains_key(**name)) {
        findings.push(finding(1, name, format!("the table does not have the crate `{name}`")));
    }
    for package in packages.iter().filter(|package| package.name != TESTS) {
        findings.extend(against_the_arrows(package, &arrows, &crates));
    }
    for (from, to) in arrows.iter().flat_map(|(from, all)| all.iter().map(move |to| (from, to))) {
        if !depends(packages, from, to) {
            findings.push(finding(1, from, format!("the arrow from `{from}` to `{to}` is in no manifest")));
        }
    }
    findings
}

fn against_the_arrows(package: &Package, arrows: &Arrows, crates: &BTreeSet<&str>) -> Vec<Finding> {
    let allowed = reached(arrows, &package.name);
    let internal = package.dependencies.iter().filter(|each| crates.contains(each.name.as_str()));
    let right = |each: &Dependency| allowed.contains(&each.name) || (each.dev && each.name == FOR_TESTS);
    let wrong = internal.filter(|each| !right(each)).map(|each| Finding {
        path: package.manifest.clone(),
        message: format!("depends on `{}`, against the arrows in {ARCHITECTURE}", each.name),
        ..finding(1, &each.name, String::new())
    });
    wrong.collect()
}

fn depends(packages: &[Package], from: &str, to: &str) -> bool {
    packages.iter().any(|package| package.name == from && package.dependencies.iter().any(|each| each.name == to))
}

/// All that the arrows lead to from one crate.
fn reached(arrows: &Arrows, from: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(next) = open.pop() {
        for to in arrows.get(&next).into_iter().flatten() {
            if found.insert(to.clone()) {
                open.push(to.clone());
            }
        }
    }
    found
}

/// The first column of the table under `| crate | …`, with line numbers.
fn rows(document: &str) -> BTreeMap<String, usize> {
    let lines = document.lines().enumerate();
    let table = lines.skip_while(|(_, line)| !line.starts_with("| crate |")).take_while(|(_, line)| line.starts_with('|'));
    table.filter_map(|(at, line)| Some((line.strip_prefix("| `")?.split_once('`')?.0.to_owned(), at + 1))).collect()
}

/// The arrows in spans of code: ``a ← b`` and ``{ a, b } → c``.
fn arrows(document: &str) -> Arrows {
    let mut arrows = Arrows::new();
    for span in document.split('`').skip(1).step_by(2).filter(|span| !span.contains('\n')) {
        let steps: Vec<&str> = span.split(['←', '→']).collect();
        let marks = span.chars().filter(|mark| ['←', '→'].contains(mark));
        for (pair, mark) in steps.windows(2).zip(marks) {
            if let [left, right] = pair {
                let (from, to) = if mark == '→' { (left, right) } else { (right, left) };
                for from in members(from) {
                    arrows.entry(from).or_default().extend(members(to));
                }
            }
        }
    }
    arrows
}

/// `a` or `{ a, b }`.
fn members(step: &str) -> Vec<String> {
    let names = step.split(',').map(|name| name.trim_matches(|mark: char| mark.is_whitespace() || "{}".contains(mark)));
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn finding(line: usize, subject: &str, message: String) -> Finding {
    Finding { path: ARCHITECTURE.to_owned(), line, rule: "architecture", subject: subject.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "\
# Architecture
`model ← domain ← { graphql, aws }`, and `domain → log`

| crate | one line | never |
|---|---|---|
| `model` | values | I/O |
| `domain` | rules | |
| `log` | records | |
| `graphql` | a door | |
| `aws` | a door | |
| `testkit` | for tests | |
";

    fn package(name: &str, dependencies: &[&str]) -> Package {
        let dependencies = dependencies
            .iter()
            .map(|each| Dependency { name: each.trim_start_matches("dev:").to_owned(), dev: each.starts_with("dev:") });
        Package {
            name: name.to_owned(),
            manifest: format!("crates/{name}/Cargo.toml"),
            dependencies: dependencies.collect(),
            roots: Vec::new(),
        }
    }

    fn packages() -> Vec<Package> {
        vec![
            package("model", &["serde"]),
            package("domain", &["model", "log", "dev:testkit"]),
            package("log", &[]),
            package("graphql", &["domain", "model"]),
            package("aws", &["domain"]),
            package("testkit", &[]),
            package("tests", &["aws", "model"]),
        ]
    }

    fn messages(document: &str, packages: &[Package]) -> Vec<String> {
        check(document, packages).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_document_that_fits_passes() {
        assert_eq!(messages(DOCUMENT, &packages()), [""; 0]);
    }

    #[test]
    fn the_table_lists_the_crates_of_the_workspace() {
        let more = DOCUMENT.replace("| `aws`", "| `ldap` | x | |\n| `aws`");
        let expected = "crates/README.md:10: architecture: the table has `ldap`, the workspace has no such crate";
        assert_eq!(messages(&more, &packages()), [expected]);
        let less = DOCUMENT.replace("| `testkit` | for tests | |\n", "");
        assert_eq!(
            messages(&less, &packages()),
            ["crates/README.md:1: architecture: the table does not have the crate `testkit`"]
        );
        assert!(!messages("", &packages()).is_empty());
    }

    #[test]
    fn dependencies_follow_the_arrows() {
        let mut packages = packages();
        packages.push(package("model", &["domain"]));
        packages.push(package("graphql", &["aws"]));
        packages.push(package("domain", &["testkit"]));
        let found: Vec<String> =
            check(DOCUMENT, &packages).into_iter().map(|finding| finding.path + " " + &finding.subject).collect();
        assert_eq!(
            found,
            ["crates/model/Cargo.toml domain", "crates/graphql/Cargo.toml aws", "crates/domain/Cargo.toml testkit"]
        );
    }

    #[test]
    fn every_arrow_is_a_dependency() {
        let mut packages = packages();
        packages.retain(|package| package.name != "aws");
        packages.push(package("aws", &[]));
        assert_eq!(
            messages(DOCUMENT, &packages),
            ["crates/README.md:1: architecture: the arrow from `aws` to `domain` is in no manifest"]
        );
    }
}
