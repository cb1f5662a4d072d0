//! Passwords that we make: for the first root user and for resets, shown once.

use chancery_model::Secret;
use zeroize::Zeroizing;

use crate::random;

/// How long a generated password is, in characters: about 150 bits.
const PASSWORD_CHARS: usize = 24;
/// Letters and digits that are not mistaken for one another, and symbols of those that AWS counts: 64 in all, so that six
/// random bits choose one without favour.
const ALPHABET: &[u8; 64] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789@%+=-_^#";

/// A random password with upper and lower case letters, digits and symbols, that starts with a letter or digit.
#[must_use]
pub fn generate_password() -> Secret {
    loop {
        let text = candidate();
        if fits(&text) {
            return Secret::new(text.as_str().to_owned());
        }
    }
}

fn candidate() -> Zeroizing<String> {
    let bits = Zeroizing::new(random::random_bytes::<PASSWORD_CHARS>());
    let mut text = Zeroizing::new(String::with_capacity(PASSWORD_CHARS));
    for bits in bits.iter() {
        text.push(char::from(ALPHABET.get(usize::from(bits % 64)).copied().unwrap_or(b'?')));
    }
    text
}

fn fits(text: &str) -> bool {
    let has = |class: fn(&u8) -> bool| text.as_bytes().iter().any(class);
    text.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_punctuation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alphabet_has_no_repeats_and_nothing_ambiguous() {
        let mut letters = ALPHABET.to_vec();
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), 64);
        assert!(!letters.iter().any(|c| b"0O1lIo\"'\\$`! ".contains(c)));
    }

    #[test]
    fn passwords_have_every_class_and_differ() {
        let made: Vec<_> = (0..200).map(|_| generate_password()).collect();
        for password in &made {
            assert_eq!(password.expose().len(), PASSWORD_CHARS);
            assert!(fits(password.expose()));
            assert!(!format!("{password:?}").contains(password.expose()));
        }
        let mut texts: Vec<_> = made.iter().map(Secret::expose).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), made.len());
    }

    #[test]
    fn a_class_that_is_missing_is_noticed() {
        for text in ["alllower2+", "ALLUPPER2+", "NoDigits+", "NoSymbols2", "+StartsWithSymbol2", ""] {
            assert!(!fits(text), "{text}");
        }
    }
}
