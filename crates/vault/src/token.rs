//! Bearer tokens: `chs_` and 43 letters and digits, random, opaque. What is stored is their digest.
//!
//! Every text of that shape is a token and has one spelling only: there are no spare bits, no case folding and no
//! optional parts, so a token that is cut, extended or altered is another token or none.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::random;

const PREFIX: &str = "chs_";
/// 43 of 62 characters: a little more than 256 bits.
const RANDOM_CHARS: usize = 43;
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A bearer token in clear, as it is shown once. Wiped when dropped.
pub struct Token(Zeroizing<String>);

impl Token {
    /// The text to hand to the caller. Every use of this is a place to look at in a review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored: SHA-256 of the text.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A fresh token.
#[must_use]
pub fn new_token() -> Token {
    let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + RANDOM_CHARS));
    text.push_str(PREFIX);
    while text.len() < PREFIX.len() + RANDOM_CHARS {
        let bytes = Zeroizing::new(random::random_bytes::<RANDOM_CHARS>());
        // Numbers of six bits that are no index are passed over, so that every character is equally likely.
        let chars = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 64)));
        let room = PREFIX.len() + RANDOM_CHARS - text.len();
        chars.take(room).for_each(|char| text.push(char::from(*char)));
    }
    Token(text)
}

/// The digest to look a token up by; `None` for a text that no token can be.
#[must_use]
pub fn token_digest(text: &str) -> Option<[u8; 32]> {
    let random = text.strip_prefix(PREFIX)?;
    if random.len() != RANDOM_CHARS || !random.bytes().all(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    Some(Sha256::digest(text.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_by_its_own_digest_only() {
        let token = new_token();
        let digest = token_digest(token.expose()).unwrap();
        assert_eq!(digest, token.digest());
        assert_eq!(token.expose().len(), 47);
        let other = new_token();
        assert_ne!(token_digest(other.expose()), Some(digest));
        assert!(!format!("{token:?}").contains(&token.expose()[4..]));
    }

    #[test]
    fn cut_and_extended_tokens_are_none() {
        let token = new_token();
        let text = token.expose();
        for end in 0..text.len() {
            assert_eq!(token_digest(&text[..end]), None, "first {end} characters");
        }
        for start in 1..text.len() {
            assert_eq!(token_digest(&text[start..]), None, "from character {start}");
        }
        for extended in [
            format!("{text}A"),
            format!("{text}="),
            format!("{text} "),
            format!(" {text}"),
            format!("{text}\n"),
            format!("{text}{text}"),
        ] {
            assert_eq!(token_digest(&extended), None, "{extended:?}");
        }
    }

    #[test]
    fn every_flipped_bit_is_another_token_or_none() {
        let token = new_token();
        let digest = token.digest();
        for at in 0..token.expose().len() {
            for bit in 0..8 {
                let mut bytes = token.expose().as_bytes().to_vec();
                bytes[at] ^= 1 << bit;
                if let Ok(text) = std::str::from_utf8(&bytes) {
                    assert_ne!(token_digest(text), Some(digest), "bit {bit} of character {at}");
                }
            }
        }
        assert_eq!(token_digest(&token.expose().to_uppercase()), None);
    }

    #[test]
    fn every_character_of_the_alphabet_is_used() {
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..200 {
            seen.extend(new_token().expose().bytes().skip(PREFIX.len()));
        }
        assert_eq!(seen.len(), ALPHABET.len());
    }
}
