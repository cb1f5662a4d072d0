//! Which crate may name which dependency: a store, a cipher or a protocol stands in one crate, and the pure crates name nothing
//! that has a clock, randomness, files, sockets or threads. Clippy's lists in the pure crates forbid the same of the standard library.

use super::{Finding, workspace::Package};

/// Dependencies, and the crates that alone may name them. `bench` measures the bare thing beside ours.
const ONLY_IN: [(&[&str], &[&str]); 3] = [
    (&["sled", "bincode", "wincode", "fjall", "redb"], &["log", "bench"]),
    (
        &["aes", "aes-gcm", "aes-gcm-siv", "aes-siv", "age", "argon2", "bcrypt", "chacha20", "chacha20poly1305", "scrypt"],
        &["vault"],
    ),
    (&["async-graphql", "async-graphql-poem", "async-graphql-derive", "async-graphql-parser"], &["graphql", "bench"]),
];

const PURE: [&str; 3] = ["model", "policy", "domain"];
/// What a pure crate may not name outside its tests.
const IMPURE: [&str; 22] = [
    "async-std",
    "async-trait",
    "aws-lc-rs",
    "chrono",
    "crossbeam-channel",
    "fastrand",
    "futures-util",
    "getrandom",
    "hyper",
    "libc",
    "parking_lot",
    "poem",
    "rand",
    "rayon",
    "reqwest",
    "rustix",
    "smol",
    "tempfile",
    "time",
    "tokio",
    "tracing",
    "uuid",
];

pub(super) fn check(packages: &[Package]) -> Vec<Finding> {
    packages.iter().flat_map(|package| exclusive(package).chain(impure(package))).collect()
}

fn exclusive(package: &Package) -> impl Iterator<Item = Finding> {
    ONLY_IN.iter().filter(|(_, homes)| !homes.contains(&package.name.as_str())).flat_map(move |(names, homes)| {
        let named = package.dependencies.iter().filter(|each| names.contains(&each.name.as_str()));
        named.map(|each| finding(package, &each.name, format!("names `{}`, which only {} may", each.name, homes.join(" and "))))
    })
}

fn impure(package: &Package) -> impl Iterator<Item = Finding> {
    let is_pure = PURE.contains(&package.name.as_str());
    let named = package.dependencies.iter().filter(move |each| is_pure && !each.dev && IMPURE.contains(&each.name.as_str()));
    named.map(|each| finding(package, &each.name, format!("names `{}`; this crate is pure: hand its results in", each.name)))
}

fn finding(package: &Package, subject: &str, message: String) -> Finding {
    Finding { path: package.manifest.clone(), line: 1, rule: "dependency", subject: subject.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::workspace::Dependency;

    fn subjects(name: &str, dependency: &str, dev: bool) -> Vec<String> {
        let dependencies = vec![Dependency { name: dependency.to_owned(), dev }];
        let package = Package { name: name.to_owned(), manifest: String::new(), dependencies, roots: Vec::new() };
        check(&[package]).into_iter().map(|finding| finding.subject).collect()
    }

    #[test]
    fn a_store_a_cipher_and_a_protocol_have_one_home() {
        for (home, dependency) in [("log", "sled"), ("log", "bincode"), ("vault", "argon2"), ("graphql", "async-graphql")] {
            assert_eq!(subjects(home, dependency, false), [""; 0]);
            assert_eq!(subjects("engine", dependency, false), [dependency]);
            assert_eq!(subjects("engine", dependency, true), [dependency]);
        }
    }

    #[test]
    fn the_pure_crates_name_no_clock_and_no_randomness() {
        for name in PURE {
            assert_eq!(subjects(name, "rand", false), ["rand"]);
            assert_eq!(subjects(name, "rand", true), [""; 0]);
        }
        assert_eq!(subjects("engine", "rand", false), [""; 0]);
    }
}
