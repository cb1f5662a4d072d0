//! How long files and functions may be, and how a file begins.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{
    Finding,
    tokens::{each_run, group, ident, is_ident, is_punct},
    workspace::Source,
};

const FILE_LINES_MAX: usize = 500;
/// Lines between the braces of a body.
const BODY_LINES_MAX: usize = 60;

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |line, rule, subject: &str, message| {
        findings.push(Finding { path: source.path.clone(), line, rule, subject: subject.to_owned(), message });
    };
    let lines = source.text.lines().count();
    if lines > FILE_LINES_MAX {
        let message = format!("has {lines} lines; at most {FILE_LINES_MAX}: split it, or move its tests to a sibling file");
        add(1, "file-size", "-", message);
    }
    let header = source.text.lines().next().and_then(|line| line.strip_prefix("//!"));
    if header.is_none_or(|text| text.trim().is_empty()) {
        add(1, "file-header", "-", "does not begin with a `//!` sentence that says what the file is".to_owned());
    }
    for (name, line, lines) in bodies(source) {
        if lines > BODY_LINES_MAX {
            add(line, "function-size", &name, format!("the body of `{name}` has {lines} lines; at most {BODY_LINES_MAX}"));
        }
    }
    findings
}

/// Name, line and lines of body of every function that has a body, in macros too.
fn bodies(source: &Source) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    each_run(source.tokens.clone(), &mut |run| {
        for (at, token) in run.iter().enumerate() {
            if !is_ident(Some(token), "fn") {
                continue;
            }
            if let Some(name) = run.get(at + 1).and_then(ident) {
                let line = name.span().start().line;
                found.extend(body_lines(run.get(at + 2..).unwrap_or_default()).map(|lines| (name.to_string(), line, lines)));
            }
        }
    });
    found
}

/// A signature ends in a body in braces, or in a semicolon. What a text literal runs over is data (a transcript, a query, an
/// expectation) and counts as one line.
fn body_lines(signature: &[TokenTree]) -> Option<usize> {
    let end = signature.iter().find(|token| is_punct(Some(token), ';') || group(Some(token), Delimiter::Brace).is_some());
    let body = group(end, Delimiter::Brace)?;
    let lines = body.span_close().end().line - body.span_open().start().line;
    Some(lines.saturating_sub(1).saturating_sub(data_lines(body.stream())).max(1))
}

/// The lines of literals after their first.
fn data_lines(tokens: TokenStream) -> usize {
    let lines = |token| match token {
        TokenTree::Literal(literal) => literal.span().end().line - literal.span().start().line,
        TokenTree::Group(group) => data_lines(group.stream()),
        TokenTree::Ident(_) | TokenTree::Punct(_) => 0,
    };
    tokens.into_iter().map(lines).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Vec<(&'static str, String)> {
        let source = Source::parse("x.rs", text).unwrap();
        check(&source).into_iter().map(|finding| (finding.rule, finding.subject)).collect()
    }

    #[test]
    fn a_file_has_500_lines_at_most() {
        let lines = |count: usize| format!("//! X.\n{}", "\n".repeat(count - 1));
        assert_eq!(rules(&lines(500)), []);
        assert_eq!(rules(&lines(501)), [("file-size", "-".to_owned())]);
    }

    #[test]
    fn a_file_says_what_it_is() {
        assert_eq!(rules("use std::fmt;\n"), [("file-header", "-".to_owned())]);
        assert_eq!(rules("//!\nuse std::fmt;\n"), [("file-header", "-".to_owned())]);
        assert_eq!(rules("//! Words.\nuse std::fmt;\n"), []);
    }

    #[test]
    fn a_body_has_60_lines_at_most() {
        let function = |name: &str, count: usize| {
            format!("fn {name}(a: [u8; 2]) -> [u8; 2] where u8: Copy {{\n{}}}\n", "a;\n".repeat(count))
        };
        assert_eq!(rules(&format!("//! X.\n{}", function("good", 60))), []);
        let bad = format!("//! X.\nimpl X {{ fn short(); {} }}", function("bad", 61));
        assert_eq!(rules(&bad), [("function-size", "bad".to_owned())]);
        let hidden = format!("//! X.\nproptest! {{ {} }}", function("hidden", 61));
        assert_eq!(rules(&hidden), [("function-size", "hidden".to_owned())]);
    }

    #[test]
    fn a_text_in_a_body_counts_as_one_line() {
        let function =
            |count: usize| format!("//! X.\nfn f() {{\ncheck(r#\"{}\"#);\n{}}}\n", "x\n".repeat(80), "a;\n".repeat(count));
        assert_eq!(rules(&function(59)), []);
        assert_eq!(rules(&function(60)), [("function-size", "f".to_owned())]);
    }

    #[test]
    fn a_type_of_function_and_a_declaration_have_no_body() {
        let text = format!("//! X.\ntrait T {{ fn a(f: fn(u8) -> u8); }}\nstruct S {{\n{}}}\n", "//\n".repeat(70));
        assert_eq!(rules(&text), []);
    }
}
