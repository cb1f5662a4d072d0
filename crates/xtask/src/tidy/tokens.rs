//! Looking through Rust's tokens. The rules read tokens and not a syntax tree, so that they also see into macros.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

/// Calls `visit` with every run of sibling tokens, outer ones first.
pub(super) fn each_run(tokens: TokenStream, visit: &mut dyn FnMut(&[TokenTree])) {
    let run: Vec<TokenTree> = tokens.into_iter().collect();
    visit(&run);
    for token in run {
        if let TokenTree::Group(group) = token {
            each_run(group.stream(), visit);
        }
    }
}

/// Every `module::Name` in a run.
pub(super) fn module_paths(run: &[TokenTree]) -> Vec<(String, String)> {
    let path = |four: &[TokenTree]| {
        let (module, name) = (four.first().and_then(ident)?, four.get(3).and_then(ident)?);
        let (module, name) = (module.to_string(), name.to_string());
        let is_path = is_punct(four.get(1), ':') && is_punct(four.get(2), ':') && module.starts_with(char::is_lowercase);
        is_path.then_some((module, name))
    };
    run.windows(4).filter_map(path).collect()
}

/// The token as an identifier.
pub(super) fn ident(token: &TokenTree) -> Option<&Ident> {
    if let TokenTree::Ident(ident) = token { Some(ident) } else { None }
}

/// Whether the token is this identifier.
pub(super) fn is_ident(token: Option<&TokenTree>, text: &str) -> bool {
    token.and_then(ident).is_some_and(|ident| ident == text)
}

/// Whether the token is this punctuation mark.
pub(super) fn is_punct(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

/// The token as a group in these brackets.
pub(super) fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

/// The attribute that starts at `run[at]`: `#[…]` or `#![…]`.
pub(super) fn attribute(run: &[TokenTree], at: usize) -> Option<&Group> {
    if !is_punct(run.get(at), '#') {
        return None;
    }
    let after = if is_punct(run.get(at + 1), '!') { at + 2 } else { at + 1 };
    group(run.get(after), Delimiter::Bracket)
}
