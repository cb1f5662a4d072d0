//! What may not be switched off in silence: lints without a reason, ignored tests, unfinished code.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use super::{
    Finding,
    tokens::{attribute, each_run, group, ident, is_ident, is_punct},
    workspace::Source,
};

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |word: &Ident, rule, message: String| {
        let (line, subject) = (word.span().start().line, word.to_string());
        findings.push(Finding { path: source.path.clone(), line, rule, subject, message });
    };
    each_run(source.tokens.clone(), &mut |run| {
        for (at, token) in run.iter().enumerate() {
            if let Some(attribute) = attribute(run, at) {
                for word in without_reason(&attribute.stream()) {
                    add(&word, "lint-reason", format!("`{word}` without `reason = \"…\"`"));
                }
                for word in ignores(&attribute.stream()) {
                    add(&word, "ignored-test", "an ignored test proves nothing: repair it or delete it".to_owned());
                }
            }
            if let Some(word) = unfinished(token, run.get(at + 1)) {
                add(word, "unfinished", format!("`{word}!` is not an answer"));
            }
        }
    });
    findings
}

fn unfinished<'a>(token: &'a TokenTree, next: Option<&TokenTree>) -> Option<&'a Ident> {
    ident(token).filter(|word| (*word == "todo" || *word == "unimplemented") && is_punct(next, '!'))
}

/// The `allow` and `expect` in an attribute, also within `cfg_attr`, that give no reason.
fn without_reason(attribute: &TokenStream) -> Vec<Ident> {
    let run: Vec<TokenTree> = attribute.clone().into_iter().collect();
    if !["allow", "expect", "cfg_attr"].iter().any(|word| is_ident(run.first(), word)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    each_run(attribute.clone(), &mut |run| {
        for (at, token) in run.iter().enumerate() {
            let word = ident(token).filter(|word| *word == "allow" || *word == "expect");
            if let (Some(word), Some(list)) = (word, group(run.get(at + 1), Delimiter::Parenthesis))
                && !has_reason(list.stream())
            {
                found.push(word.clone());
            }
        }
    });
    found
}

fn has_reason(list: TokenStream) -> bool {
    let run: Vec<TokenTree> = list.into_iter().collect();
    run.windows(2).any(|pair| is_ident(pair.first(), "reason") && is_punct(pair.get(1), '='))
}

/// The `ignore` that an attribute is, or that a `cfg_attr` adds.
fn ignores(attribute: &TokenStream) -> Vec<Ident> {
    let run: Vec<TokenTree> = attribute.clone().into_iter().collect();
    let added = group(run.get(1), Delimiter::Parenthesis).filter(|_| is_ident(run.first(), "cfg_attr")).map(Group::stream);
    let words = run.into_iter().take(1).chain(added.into_iter().flatten());
    words.filter_map(|token| ident(&token).filter(|word| *word == "ignore").cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Vec<(&'static str, usize)> {
        check(&Source::parse("x.rs", text).unwrap()).into_iter().map(|finding| (finding.rule, finding.line)).collect()
    }

    #[test]
    fn a_lint_exception_has_a_reason() {
        assert_eq!(rules("#[allow(dead_code)]\nfn a() {}"), [("lint-reason", 1)]);
        assert_eq!(rules("\n#![expect(clippy::panic)]"), [("lint-reason", 2)]);
        assert_eq!(rules("#[cfg_attr(test, allow(dead_code))] fn a() {}"), [("lint-reason", 1)]);
        assert_eq!(rules("mod a { proptest! {\n #[allow(unused)] fn b() {} } }"), [("lint-reason", 2)]);
        assert_eq!(rules("#[expect(clippy::panic, reason = \"a literal\")] fn a() { x.expect(\"y\") }"), []);
        assert_eq!(rules("#[cfg_attr(test, allow(unused, reason = \"why\"))] fn a() {}"), []);
    }

    #[test]
    fn no_test_is_ignored() {
        assert_eq!(rules("#[test]\n#[ignore]\nfn a() {}"), [("ignored-test", 2)]);
        assert_eq!(rules("#[ignore = \"slow\"] fn a() {}"), [("ignored-test", 1)]);
        assert_eq!(rules("#[cfg_attr(windows, ignore)] fn a() {}"), [("ignored-test", 1)]);
        assert_eq!(rules("#[serde(ignore)] fn ignore() {}"), []);
    }

    #[test]
    fn nothing_is_left_unfinished() {
        assert_eq!(rules("fn a() { todo!() }"), [("unfinished", 1)]);
        assert_eq!(rules("fn a() { b(unimplemented!(\"c\")) }"), [("unfinished", 1)]);
        assert_eq!(rules("/// todo!\nfn todo() { let todo = \"todo!\"; }"), []);
    }
}
