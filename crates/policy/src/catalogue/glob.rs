//! Texts with `*` and `?` against texts with `*` and `?`: does one cover the other, do they meet.
//!
//! For the linter and the catalogue, which compare patterns with patterns. Requests are matched elsewhere, by compiled patterns.

/// Whether every text that matches `other` matches `pattern`; a plain text is a pattern that matches itself only.
///
/// It may miss a cover that only whole sets of texts show (`a?*` and `a*?`), and never claims one that is not there.
/// Time is at most the product of the lengths.
pub(crate) fn covers(pattern: &str, other: &str, fold: bool) -> bool {
    let (pattern, other) = (pattern.as_bytes(), other.as_bytes());
    let (mut at, mut of) = (0, 0);
    // Where to go on when what follows the last star does not fit: the star may take one character more.
    let mut retry: Option<(usize, usize)> = None;
    while let Some(&found) = other.get(of) {
        match pattern.get(at) {
            Some(b'*') => {
                retry = Some((at + 1, of));
                at += 1;
            }
            Some(&wanted) if fits(wanted, found, fold) => (at, of) = (at + 1, of + 1),
            Some(_) | None => match retry {
                Some((after_star, taken)) => {
                    retry = Some((after_star, taken + 1));
                    (at, of) = (after_star, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).is_none_or(|rest| rest.iter().all(|byte| *byte == b'*'))
}

/// Whether a character of the pattern that is not a star takes one of the other text. Only a star takes a star.
fn fits(wanted: u8, found: u8, fold: bool) -> bool {
    match wanted {
        b'?' => found != b'*',
        _ => same(wanted, found, fold),
    }
}

fn same(a: u8, b: u8, fold: bool) -> bool {
    a == b || (fold && a.eq_ignore_ascii_case(&b))
}

/// Whether some text matches both patterns. With case; time and space are at most the product of the lengths.
pub(crate) fn meets(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if !a.iter().zip(b).take_while(|(x, y)| !wild(**x) && !wild(**y)).all(|(x, y)| x == y) {
        return false;
    }
    // `row[j]`: whether what is read of `a` and the first j of `b` have a text in common.
    let mut row = vec![false; b.len() + 1];
    if let Some(first) = row.first_mut() {
        *first = true;
    }
    step_over_stars(&mut row, b, false);
    for &x in a {
        let mut next = vec![false; b.len() + 1];
        let mut diagonal = false;
        for (j, slot) in next.iter_mut().enumerate() {
            let above = row.get(j).copied().unwrap_or(false);
            let y = j.checked_sub(1).and_then(|before| b.get(before)).copied();
            *slot = match (x, y) {
                (b'*', _) => above || diagonal,
                (_, Some(b'*')) => above || diagonal,
                (x, Some(y)) => diagonal && (x == b'?' || y == b'?' || x == y),
                (_, None) => false,
            };
            diagonal = above;
        }
        step_over_stars(&mut next, b, x == b'*');
        row = next;
    }
    row.last().copied().unwrap_or(false)
}

/// A star of `b` may stand for nothing; and while `a` is at a star, that one takes whatever `b` has.
fn step_over_stars(row: &mut [bool], b: &[u8], anything: bool) {
    let mut before = false;
    for (j, slot) in row.iter_mut().enumerate() {
        let skips = j.checked_sub(1).and_then(|place| b.get(place)).is_some_and(|byte| anything || *byte == b'*');
        *slot |= before && skips;
        before = *slot;
    }
}

fn wild(byte: u8) -> bool {
    matches!(byte, b'*' | b'?')
}

/// Whether a text has `*` or `?`.
pub(crate) fn has_wildcard(text: &str) -> bool {
    text.bytes().any(wild)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_covers_what_it_matches_and_narrower_patterns() {
        for (pattern, other, expected) in [
            ("", "", true),
            ("*", "", true),
            ("", "a", false),
            ("Get*", "GetObject", true),
            ("Get*", "getobject", true),
            ("Get*", "Ge*", false),
            ("Get*", "GetO*", true),
            ("*Object", "*tObject", true),
            ("*t*t", "Get*Object", true),
            ("?", "*", false),
            ("?*", "?", true),
            ("a?c", "a?c", true),
            ("abc", "a?c", false),
            ("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(covers(pattern, other, true), expected, "{pattern} {other}");
        }
        assert!(!covers("Get*", "getObject", false));
    }

    #[test]
    fn patterns_meet_when_a_text_matches_both() {
        for (a, b, expected) in [
            ("", "", true),
            ("*", "", true),
            ("a*", "*b", true),
            ("a*", "b*", false),
            ("user/*", "role/*", false),
            ("*/x", "user/*", true),
            ("u?er/x", "user/*", true),
            ("a*b*c", "*x*", true),
            ("ab", "a", false),
            ("a*", "a", true),
            ("a", "a**", true),
            ("*?", "", false),
        ] {
            assert_eq!(meets(a, b), expected, "{a} {b}");
            assert_eq!(meets(b, a), expected, "{b} {a}");
        }
    }
}
