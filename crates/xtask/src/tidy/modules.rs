//! Which files are modules: every Rust file is reached from a target's root, and none is named for nothing in particular.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use super::{
    Finding,
    tokens::{attribute, each_run, group, ident, is_ident, is_punct, module_paths},
    workspace::{Package, Source},
};

/// A module's last word says what it holds; these say nothing.
const EMPTY_WORDS: [&str; 11] =
    ["util", "utils", "helper", "helpers", "common", "manager", "managers", "service", "services", "handler", "handlers"];

/// A module declared in a file: where it may stand.
#[derive(Debug, PartialEq, Eq)]
struct Declared {
    candidates: Vec<String>,
}

/// Files whose name, folders or inline modules are called `utils` and the like.
pub(super) fn check_names(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |line, name: &str| {
        let last = name.rsplit('_').next().unwrap_or(name);
        if EMPTY_WORDS.contains(&last) {
            let message = format!("a module named `{name}` says nothing about what is in it: name the noun or the verb");
            findings.push(Finding { path: source.path.clone(), line, rule: "module-name", subject: name.to_owned(), message });
        }
    };
    for name in source.path.trim_end_matches(".rs").split('/') {
        add(1, name);
    }
    each_run(source.tokens.clone(), &mut |run| {
        for pair in run.windows(3) {
            let inline = is_ident(pair.first(), "mod") && group(pair.get(2), Delimiter::Brace).is_some();
            if let Some(name) = pair.get(1).and_then(ident).filter(|_| inline) {
                add(name.span().start().line, &name.to_string());
            }
        }
    });
    findings
}

/// Files that no target compiles.
pub(super) fn check_reachable(packages: &[Package], sources: &[Source]) -> Vec<Finding> {
    let by_path: BTreeMap<&str, &Source> = sources.iter().map(|source| (source.path.as_str(), source)).collect();
    let mut reached = BTreeSet::new();
    let roots = packages.iter().flat_map(|package| &package.roots);
    let mut open: Vec<(String, bool)> = roots.map(|root| (root.clone(), true)).collect();
    while let Some((path, is_root)) = open.pop() {
        let Some(source) = by_path.get(path.as_str()) else { continue };
        if !reached.insert(path.clone()) {
            continue;
        }
        for declared in declared(&source.tokens, &parent(&path), &children_of(&path, is_root)) {
            open.extend(declared.candidates.into_iter().map(|candidate| (candidate, false)));
        }
    }
    sources.iter().filter(|source| !reached.contains(&source.path)).map(dead).collect()
}

fn dead(source: &Source) -> Finding {
    let message = "no target reaches this file: declare it with `mod`, or delete it".to_owned();
    Finding { path: source.path.clone(), line: 1, rule: "dead-file", subject: "-".to_owned(), message }
}

fn parent(path: &str) -> String {
    path.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned())
}

/// The folder in which a file's modules stand.
fn children_of(path: &str, is_root: bool) -> String {
    if is_root || path.ends_with("/mod.rs") { parent(path) } else { path.trim_end_matches(".rs").to_owned() }
}

/// The modules that a run of tokens declares, inline ones and those within a macro's braces included. `here` is what a `path`
/// attribute counts from, `children` where the other modules stand.
fn declared(tokens: &TokenStream, here: &str, children: &str) -> Vec<Declared> {
    let run: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let (mut found, mut path) = (Vec::new(), None);
    for (at, token) in run.iter().enumerate() {
        if let Some(attribute) = attribute(&run, at) {
            path = path_attribute(&attribute.stream()).or(path);
        }
        if let (true, Some(name)) = (is_ident(Some(token), "mod"), run.get(at + 1).and_then(ident)) {
            let inside = format!("{children}/{}", name.to_string().trim_start_matches("r#"));
            if is_punct(run.get(at + 2), ';') {
                found.push(file_module(path.take(), here, &inside));
            } else if let Some(body) = group(run.get(at + 2), Delimiter::Brace) {
                found.extend(declared(&body.stream(), &inside, &inside));
            }
        }
        if let (true, Some(body)) = (is_punct(run.get(at + 1), '!'), group(run.get(at + 2), Delimiter::Brace)) {
            found.extend(declared(&body.stream(), here, children));
            if ident(token).is_some_and(|name| declares_modules(&run, name)) {
                let rows = module_paths(&body.stream().into_iter().collect::<Vec<_>>()).into_iter();
                found.extend(rows.map(|(module, _)| file_module(None, here, &format!("{children}/{module}"))));
            }
        }
        if is_punct(Some(token), ';') || group(Some(token), Delimiter::Brace).is_some() {
            path = None;
        }
    }
    found
}

/// Whether this run defines a macro of this name that says `mod $module;`: its rows `module::Name` then declare modules.
fn declares_modules(run: &[TokenTree], name: &Ident) -> bool {
    let defined = run.windows(4).filter(|four| is_ident(four.first(), "macro_rules") && is_ident(four.get(2), &name.to_string()));
    let mut found = false;
    for body in defined.filter_map(|four| group(four.get(3), Delimiter::Brace)) {
        each_run(body.stream(), &mut |run| {
            found |= run.windows(2).any(|pair| is_ident(pair.first(), "mod") && is_punct(pair.get(1), '$'));
        });
    }
    found
}

fn file_module(path: Option<String>, here: &str, inside: &str) -> Declared {
    let candidates = match path {
        Some(path) => vec![join(here, &path)],
        None => vec![format!("{inside}.rs"), format!("{inside}/mod.rs")],
    };
    Declared { candidates }
}

/// The text of `path = "…"`.
fn path_attribute(attribute: &TokenStream) -> Option<String> {
    let run: Vec<TokenTree> = attribute.clone().into_iter().collect();
    match run.get(2) {
        Some(TokenTree::Literal(text)) if is_ident(run.first(), "path") => Some(text.to_string().trim_matches('"').to_owned()),
        _ => None,
    }
}

fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in path.split('/') {
        if part == ".." {
            parts.pop();
        } else if part != "." {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source::parse(path, text).unwrap()
    }

    fn dead(files: &[(&str, &str)]) -> Vec<String> {
        let roots = vec!["a/src/lib.rs".to_owned()];
        let package = Package { name: "a".to_owned(), manifest: "a/Cargo.toml".to_owned(), dependencies: Vec::new(), roots };
        let sources: Vec<Source> = files.iter().map(|(path, text)| source(path, text)).collect();
        check_reachable(&[package], &sources).into_iter().map(|finding| finding.path).collect()
    }

    #[test]
    fn a_file_that_nobody_declares_is_dead() {
        assert_eq!(dead(&[("a/src/lib.rs", "mod b;"), ("a/src/b.rs", ""), ("a/src/c.rs", "")]), ["a/src/c.rs"]);
        assert_eq!(dead(&[("a/src/lib.rs", "// mod b;"), ("a/src/b.rs", "")]), ["a/src/b.rs"]);
        assert_eq!(dead(&[("a/src/lib.rs", "mod b;"), ("a/src/b.rs", "mod c;"), ("a/src/c.rs", "")]), ["a/src/c.rs"]);
    }

    #[test]
    fn modules_are_followed_in_every_way_to_declare_them() {
        let lib = "mod b; pub mod c; mod d { mod e; } #[cfg(test)] #[path = \"b/odd.rs\"] mod f; list! { mod g; }";
        let files = [
            ("a/src/lib.rs", lib),
            ("a/src/b.rs", "mod h;"),
            ("a/src/b/h.rs", ""),
            ("a/src/b/odd.rs", ""),
            ("a/src/c/mod.rs", "mod i;"),
            ("a/src/c/i.rs", ""),
            ("a/src/d/e.rs", ""),
            ("a/src/g.rs", ""),
        ];
        assert_eq!(dead(&files), [""; 0]);
    }

    #[test]
    fn a_macro_may_declare_modules_by_its_rows() {
        let files = |body: &str| {
            let lib = format!("macro_rules! list {{ ($($m:ident :: $n:ident;)*) => {{ $({body})* }}; }} list! {{ b::B; c::C; }}");
            dead(&[("a/src/lib.rs", &lib), ("a/src/b.rs", ""), ("a/src/c.rs", "")])
        };
        assert_eq!(files("mod $m;"), [""; 0]);
        assert_eq!(files("use $m::$n;"), ["a/src/b.rs", "a/src/c.rs"]);
    }

    #[test]
    fn a_module_is_named_for_what_it_holds() {
        let names =
            |path, text| -> Vec<String> { check_names(&source(path, text)).into_iter().map(|finding| finding.subject).collect() };
        assert_eq!(names("a/src/utils.rs", ""), ["utils"]);
        assert_eq!(names("a/src/common/mod.rs", ""), ["common"]);
        assert_eq!(names("a/src/user_service.rs", ""), ["user_service"]);
        assert_eq!(names("a/src/b.rs", "mod c { mod helpers {} }"), ["helpers"]);
        assert_eq!(names("a/src/service_principal.rs", "mod tests {} fn utils() {}"), [""; 0]);
    }
}
