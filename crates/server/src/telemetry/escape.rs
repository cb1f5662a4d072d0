//! Text that stays on its line and reads in the order in which it was written.

use std::fmt::Write;

/// Whether the character could end a line, drive a terminal, hide, or reorder what stands around it.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// `text`, at most `chars_max` characters of it, with unsafe characters as `\u{…}`.
pub(super) fn plain(into: &mut String, text: &str, chars_max: usize) {
    for (count, character) in text.chars().enumerate() {
        if count == chars_max {
            into.push('…');
            return;
        }
        match character {
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            unsafe_one if is_unsafe(unsafe_one) => {
                let _ = write!(into, "\\u{{{:x}}}", u32::from(unsafe_one));
            }
            other => into.push(other),
        }
    }
}

/// A field's value: bare when it is one plain word, else in quotes.
pub(super) fn value(into: &mut String, text: &str, chars_max: usize) {
    let is_bare = |character: char| character.is_alphanumeric() || "-_.:/@%+*[]{}~,".contains(character);
    if !text.is_empty() && text.chars().all(is_bare) && text.len() <= chars_max {
        into.push_str(text);
        return;
    }
    into.push('"');
    plain(into, &text.replace('\\', "\\\\").replace('"', "\\\""), chars_max);
    into.push('"');
}

/// JSON with the unsafe characters, which JSON allows in a string and only there, as `\uXXXX`.
pub(super) fn json(into: &mut String, json: &str) {
    for character in json.chars() {
        if is_unsafe(character) {
            let _ = write!(into, "\\u{:04x}", u32::from(character));
        } else {
            into.push(character);
        }
    }
}
