//! One stem per verb: the command `TagUser` stands in `actions/tag_user.rs`, alone, and has its row `tag_user::TagUser` in the
//! catalogue. A family that is the same for every noun is one command with a target, and so follows the same rule.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream};

use super::{
    Finding,
    tokens::{each_run, group, ident, is_ident, is_punct, module_paths},
    workspace::Source,
};

const CATALOGUE: &str = "crates/domain/src/actions.rs";
const FOLDER: &str = "crates/domain/src/actions/";
/// The macro of the rows.
const ROWS: &str = "catalogue";
/// The trait of what has a row.
const TRAIT: &str = "Act";

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let Some(catalogue) = sources.iter().find(|source| source.path == CATALOGUE) else {
        return vec![finding(CATALOGUE, "-", "the catalogue of actions is missing".to_owned())];
    };
    let rows = rows(&catalogue.tokens);
    if rows.is_empty() {
        return vec![finding(CATALOGUE, "-", format!("`{ROWS}!` has no row of the form `tag_user::TagUser`"))];
    }
    let files: BTreeMap<&str, &Source> = sources.iter().filter_map(|source| Some((stem(source)?, source))).collect();
    let of_rows = rows.iter().filter_map(|(module, name)| {
        let message = format!("the row `{module}::{name}` has two stems: one verb, one stem, as `{}::{name}`", snake(name));
        (folded(module) != folded(name)).then(|| finding(CATALOGUE, name, message))
    });
    let homeless = rows.iter().filter(|(module, _)| !files.contains_key(module.as_str()));
    let homeless = homeless.map(|(module, name)| finding(CATALOGUE, name, format!("`{name}` has no file {FOLDER}{module}.rs")));
    let of_files = files.iter().flat_map(|(stem, source)| check_file(stem, source, &rows));
    of_rows.chain(homeless).chain(of_files).collect()
}

fn check_file(stem: &str, source: &Source, rows: &BTreeSet<(String, String)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for command in commands(&source.tokens) {
        if folded(&command) != folded(stem) {
            let message = format!("holds the command `{command}`, whose file is {FOLDER}{}.rs", snake(&command));
            findings.push(finding(&source.path, &command, message));
        } else if !rows.contains(&(stem.to_owned(), command.clone())) {
            findings.push(finding(&source.path, &command, format!("`{command}` has no row in {CATALOGUE}")));
        }
    }
    findings
}

/// The name of a file in `actions/` that is not one of tests.
fn stem(source: &Source) -> Option<&str> {
    let stem = source.path.strip_prefix(FOLDER)?.strip_suffix(".rs")?;
    let is_test = stem == "tests" || stem.ends_with("_tests");
    (!is_test && !stem.contains('/')).then_some(stem)
}

/// `module::Name` of every row, and of every variant `Name(Name)` that is written out beside them.
fn rows(tokens: &TokenStream) -> BTreeSet<(String, String)> {
    let (mut rows, mut paths, mut variants) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    each_run(tokens.clone(), &mut |run| {
        paths.extend(module_paths(run));
        for (at, token) in run.iter().enumerate() {
            if is_ident(Some(token), ROWS) && is_punct(run.get(at + 1), '!') {
                let body = group(run.get(at + 2), Delimiter::Brace).map(|body| body.stream().into_iter().collect::<Vec<_>>());
                rows.extend(module_paths(&body.unwrap_or_default()));
            }
            let inner = group(run.get(at + 1), Delimiter::Parenthesis).map(|inner| inner.stream().to_string());
            variants.extend(inner.filter(|inner| is_ident(Some(token), inner)));
        }
    });
    rows.extend(paths.into_iter().filter(|(_, name)| variants.contains(name)));
    rows
}

/// The types in `impl Act for …`.
fn commands(tokens: &TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    each_run(tokens.clone(), &mut |run| {
        for three in run.windows(3) {
            if is_ident(three.first(), TRAIT) && is_ident(three.get(1), "for") {
                found.extend(three.get(2).and_then(ident).map(ToString::to_string));
            }
        }
    });
    found
}

/// `enable_mfa_device` and `EnableMFADevice` are one stem.
fn folded(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn finding(path: &str, subject: &str, message: String) -> Finding {
    Finding { path: path.to_owned(), line: 1, rule: "verb-stem", subject: subject.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATE: (&str, &str) = ("create_user", "struct CreateUser; impl Act for CreateUser {}");

    fn messages(catalogue: &str, files: &[(&str, &str)]) -> Vec<String> {
        let mut sources = vec![Source::parse(CATALOGUE, catalogue).unwrap()];
        sources.extend(files.iter().map(|(stem, text)| Source::parse(&format!("{FOLDER}{stem}.rs"), text).unwrap()));
        check(&sources).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn the_catalogue_exists_and_has_rows() {
        assert_eq!(check(&[]).len(), 1);
        assert_eq!(
            messages("enum Command { CreateUser }", &[CREATE]),
            ["`catalogue!` has no row of the form `tag_user::TagUser`"]
        );
    }

    #[test]
    fn a_row_and_its_file_have_one_stem() {
        let two = "catalogue! { create_user::CreateUser: \"Creates.\"; enable_mfa_device::EnableMFADevice: \"Enables.\"; }";
        let device = ("enable_mfa_device", "impl Act for EnableMFADevice {}");
        assert_eq!(messages(two, &[CREATE, device, ("target", "enum Target {}"), ("create_user_tests", "")]), [""; 0]);
        assert_eq!(
            messages("catalogue! { make_user::CreateUser: \"\"; }", &[("make_user", "impl Act for CreateUser {}")]),
            [
                "the row `make_user::CreateUser` has two stems: one verb, one stem, as `create_user::CreateUser`",
                "holds the command `CreateUser`, whose file is crates/domain/src/actions/create_user.rs"
            ]
        );
    }

    #[test]
    fn a_row_without_a_file_and_a_file_without_a_row_are_found() {
        assert_eq!(
            messages("catalogue! { tag_user::TagUser: \"\"; }", &[CREATE]),
            [
                "`TagUser` has no file crates/domain/src/actions/tag_user.rs",
                "`CreateUser` has no row in crates/domain/src/actions.rs"
            ]
        );
    }

    #[test]
    fn a_variant_may_be_written_out_beside_the_rows() {
        let catalogue = |variant: &str| {
            format!(
                "catalogue! {{ a::A: \"\"; }} enum Command {{ {variant} }} fn a() {{ Self::{variant} }} use create_user::CreateUser;"
            )
        };
        let files = [CREATE, ("a", "impl Act for A {}")];
        assert_eq!(messages(&catalogue("CreateUser(CreateUser)"), &files), [""; 0]);
        assert_eq!(messages(&catalogue("Other(Other)"), &files), ["`CreateUser` has no row in crates/domain/src/actions.rs"]);
    }

    #[test]
    fn a_file_holds_one_command() {
        let both = (CREATE.0, "impl Act for CreateUser {} impl Act for DeleteUser {}");
        assert_eq!(
            messages("catalogue! { create_user::CreateUser: \"\"; }", &[both]),
            ["holds the command `DeleteUser`, whose file is crates/domain/src/actions/delete_user.rs"]
        );
    }
}
