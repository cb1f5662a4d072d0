//! Bytes that policies and requests hold as base64 (RFC 4648, standard alphabet; padding may be left out).

/// The bytes of a base64 text; none if the text is not base64.
pub(super) fn decode(text: &str) -> Option<impl Iterator<Item = u8>> {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let valid = digits.bytes().all(|digit| sextet(digit).is_some())
        && digits.len() % 4 != 1
        && (padding == 0 || (padding < 3 && text.len().is_multiple_of(4)));
    valid.then(|| digits.as_bytes().chunks(4).flat_map(bytes_of))
}

/// The bytes of up to four digits: one less than there are digits.
fn bytes_of(digits: &[u8]) -> impl Iterator<Item = u8> {
    let places = digits.iter().map(|&digit| sextet(digit).unwrap_or(0)).chain(std::iter::repeat(0)).take(4);
    let bits = places.fold(0, |bits, sextet| bits << 6 | u32::from(sextet));
    bits.to_be_bytes().into_iter().skip(1).take(digits.len().saturating_sub(1))
}

fn sextet(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}
