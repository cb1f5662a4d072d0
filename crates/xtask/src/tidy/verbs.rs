//! One stem per verb: `TagUser` is `actions/tag_user.rs`, and both are in the catalogue. A family that is the same for every
//! noun (tagging, say) may share a file, which then holds at least two commands of the catalogue.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};

use super::{
    Finding,
    tokens::{each_run, identifiers},
    workspace::Source,
};

const CATALOGUE: &str = "crates/domain/src/actions.rs";
const FOLDER: &str = "crates/domain/src/actions/";

/// How the names of AWS's commands begin. Reads (Get, List, Simulate) need no file of their own.
const COMMAND_WORDS: [&str; 21] = [
    "Add",
    "Attach",
    "Change",
    "Create",
    "Deactivate",
    "Delete",
    "Detach",
    "Disable",
    "Enable",
    "Erase",
    "Put",
    "Remove",
    "Rename",
    "Request",
    "Reset",
    "Resync",
    "Rotate",
    "Set",
    "Tag",
    "Untag",
    "Update",
];

/// What a file in `actions/` says.
struct ActionFile<'a> {
    source: &'a Source,
    stem: &'a str,
    words: BTreeSet<String>,
}

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let Some(catalogue) = sources.iter().find(|source| source.path == CATALOGUE) else {
        return vec![finding(CATALOGUE, "-", "the catalogue of actions is missing".to_owned())];
    };
    let files: Vec<ActionFile<'_>> = sources.iter().filter_map(action_file).collect();
    let names = names(&catalogue.tokens);
    let (verbs, families): (Vec<_>, Vec<_>) =
        files.iter().partition(|file| names.iter().any(|name| folded(name) == folded(file.stem)));
    let small = families.iter().filter(|file| file.words.intersection(&names).count() < 2).map(|file| {
        let message = format!("the catalogue {CATALOGUE} has no `{}`, nor two commands that this file holds", camel(file.stem));
        finding(&file.source.path, file.stem, message)
    });
    let homeless = names.iter().filter(|name| is_command(name)).filter(|name| {
        let own = verbs.iter().any(|file| folded(file.stem) == folded(name));
        !own && !families.iter().any(|file| file.words.contains(*name))
    });
    let homeless = homeless.map(|name| finding(CATALOGUE, name, format!("`{name}` has no file {FOLDER}{}.rs", snake(name))));
    small.chain(homeless).collect()
}

fn action_file(source: &Source) -> Option<ActionFile<'_>> {
    let stem = source.path.strip_prefix(FOLDER)?.strip_suffix(".rs")?;
    let is_test = stem == "tests" || stem.ends_with("_tests");
    if is_test || stem.contains('/') {
        return None;
    }
    Some(ActionFile { source, stem, words: identifiers(source.tokens.clone()).into_iter().collect() })
}

/// The names of types in the catalogue, written as identifiers or in strings (`"iam:TagUser"`).
fn names(tokens: &TokenStream) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = identifiers(tokens.clone()).into_iter().collect();
    each_run(tokens.clone(), &mut |run| {
        for token in run {
            if let TokenTree::Literal(text) = token {
                let text = text.to_string();
                names.insert(text.trim_matches('"').rsplit(':').next().unwrap_or_default().to_owned());
            }
        }
    });
    names.retain(|name| {
        let camel =
            name.starts_with(|first: char| first.is_ascii_uppercase()) && name.contains(|any: char| any.is_ascii_lowercase());
        camel && name.chars().all(|any| any.is_ascii_alphanumeric())
    });
    names
}

fn is_command(name: &str) -> bool {
    let rest = COMMAND_WORDS.iter().find_map(|word| name.strip_prefix(word));
    rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
}

/// `enable_mfa_device` and `EnableMFADevice` are one stem.
fn folded(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}

fn camel(stem: &str) -> String {
    let upper = |word: &str| -> String {
        word.char_indices().map(|(at, letter)| if at == 0 { letter.to_ascii_uppercase() } else { letter }).collect()
    };
    stem.split('_').map(upper).collect()
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

    fn subjects(catalogue: &str, files: &[(&str, &str)]) -> Vec<String> {
        let mut sources = vec![Source::parse(CATALOGUE, catalogue).unwrap()];
        sources.extend(files.iter().map(|(stem, text)| Source::parse(&format!("{FOLDER}{stem}.rs"), text).unwrap()));
        check(&sources).into_iter().map(|finding| finding.subject).collect()
    }

    #[test]
    fn the_catalogue_must_exist() {
        assert_eq!(check(&[]).len(), 1);
    }

    #[test]
    fn a_file_is_in_the_catalogue() {
        let files = [("create_user", "struct CreateUser;"), ("enable_mfa_device", "struct EnableMFADevice;")];
        assert_eq!(subjects("row!(\"iam:CreateUser\"); use x::EnableMFADevice;", &files), [""; 0]);
        assert_eq!(subjects("row!(CreateUser);", &files), ["enable_mfa_device"]);
        assert_eq!(subjects("// CreateUser, EnableMFADevice", &files), ["create_user", "enable_mfa_device"]);
    }

    #[test]
    fn a_command_has_its_file() {
        assert_eq!(subjects("enum Command { CreateUser, Setting, GetUser }", &[]), ["CreateUser"]);
        let misnamed = [("make_user", "struct CreateUser;")];
        assert_eq!(subjects("enum Command { CreateUser }", &misnamed), ["make_user"]);
    }

    #[test]
    fn a_family_shares_a_file() {
        let family = [("tagging", "tagging!(TagUser, UntagUser);"), ("tagging_tests", "")];
        assert_eq!(subjects("row!(TagUser, UntagUser);", &family), [""; 0]);
        assert_eq!(subjects("row!(TagUser);", &family), ["tagging"]);
    }
}
