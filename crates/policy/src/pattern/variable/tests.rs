//! How `${…}` is read and filled.

use super::*;
use crate::RequestContext;

fn filled(text: &str, wildcards: bool) -> Option<String> {
    let context = RequestContext::new().with("aws:username", "a*b?").with_many("many", ["x"]).with("empty", "");
    let bytes = match Pattern::compile(text, Syntax { wildcards, variables: true }) {
        Pattern::Fixed(glob) => glob.bytes().to_vec(),
        Pattern::Variable(template) => template.fill(&context)?,
    };
    // Wildcards are shown as characters that no case below has.
    let shown = bytes.into_iter().map(|byte| match byte {
        any if any == wildcard(b'*') => b'%',
        one if one == wildcard(b'?') => b'_',
        plain => plain,
    });
    String::from_utf8(shown.collect()).ok()
}

#[track_caller]
fn check(text: &str, expected: Option<&str>) {
    assert_eq!(filled(text, true).as_deref(), expected, "{text}");
}

#[test]
fn references_are_filled() {
    check("plain", Some("plain"));
    check("*x?", Some("%x_"));
    check("${aws:username}", Some("a*b?"));
    check("<${ AWS:UserName }>*", Some("<a*b?>%"));
    check("${aws:username}${aws:username}", Some("a*b?a*b?"));
    check("${*}${?}${$}", Some("*?$"));
    check("${$}{aws:username}", Some("${aws:username}"));
    check("${missing}", None);
    check("a${many}", None);
    check("a${empty}", None);
}

#[test]
fn defaults_stand_in_for_values() {
    check("${missing, 'x'}", Some("x"));
    check("${missing,'x'}", Some("x"));
    check("${missing , 'a b' }", Some("a b"));
    check("${missing, ''}", Some(""));
    check("${missing, '*'}", Some("*"));
    check("${missing, 'it's'}", Some("it's"));
    check("${missing, 'a}b'}", Some("a}b"));
    check("${aws:username, 'x'}", Some("a*b?"));
    check("${many, 'x'}", Some("x"));
    check("${empty, 'x'}", Some("x"));
    check("${missing}${aws:username, 'x'}", None);
}

#[test]
fn what_is_no_reference_is_text() {
    check("${", Some("${"));
    check("${}", Some("${}"));
    check("${aws:username", Some("${aws:username"));
    check("$aws:username}", Some("$aws:username}"));
    check("{aws:username}", Some("{aws:username}"));
    // Not a default: a name that no request has.
    check("${missing, x}", None);
    check("${missing, 'x}", None);
}

#[test]
fn without_wildcards_stars_are_stars() {
    assert_eq!(filled("*${aws:username}?", false).as_deref(), Some("*a*b??"));
    assert_eq!(filled("${*}", false).as_deref(), Some("*"));
}
