//! Numbers, compared exactly however many digits they have.

use std::{cmp::Ordering, iter};

use smol_str::SmolStr;

/// A number of a policy: an integer or a decimal, as JSON writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    text: SmolStr,
    /// The number when it is a small integer, as nearly all are.
    small: Option<i64>,
}

impl Number {
    /// Reads a number; none if the text is not one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Decimal::parse(text)?;
        Some(Self { text: text.into(), small: text.parse().ok() })
    }

    /// How a number of a request, as text, compares with this one; none if it is no number.
    pub(super) fn order_of(&self, found: &str) -> Option<Ordering> {
        match (found.parse::<i64>(), self.small) {
            (Ok(found), Some(expected)) => Some(found.cmp(&expected)),
            (Ok(_) | Err(_), _) => Some(Decimal::parse(found)?.order(&Decimal::parse(&self.text)?)),
        }
    }
}

/// A decimal taken apart: `0.d₁d₂d₃… × 10^magnitude`, where d₁ is not 0; no digits for zero.
struct Decimal<'a> {
    negative: bool,
    magnitude: i64,
    /// The digits before and after the point, zeros at the start taken off.
    digits: (&'a [u8], &'a [u8]),
}

impl<'a> Decimal<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
        if !all_digits || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let significant = if whole.is_empty() { fraction.trim_start_matches('0') } else { fraction };
        let zeros = i64::try_from(fraction.len() - significant.len()).ok()?;
        let magnitude = i64::try_from(whole.len()).ok()? - zeros + i64::from(exponent);
        Some(Self { negative, magnitude, digits: (whole.as_bytes(), significant.as_bytes()) })
    }

    fn order(&self, other: &Self) -> Ordering {
        let by_sign = self.sign().cmp(&other.sign());
        let by_size = if self.sign() < 0 { other.size_order(self) } else { self.size_order(other) };
        by_sign.then(by_size)
    }

    fn sign(&self) -> i8 {
        match (self.digits, self.negative) {
            (([], []), _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        }
    }

    /// The order without regard to sign.
    fn size_order(&self, other: &Self) -> Ordering {
        if self.sign() == 0 || other.sign() == 0 {
            return self.sign().abs().cmp(&other.sign().abs());
        }
        let length = self.length().max(other.length());
        self.magnitude.cmp(&other.magnitude).then_with(|| self.places(length).cmp(other.places(length)))
    }

    fn length(&self) -> usize {
        self.digits.0.len() + self.digits.1.len()
    }

    fn places(&self, length: usize) -> impl Iterator<Item = u8> {
        self.digits.0.iter().chain(self.digits.1).copied().chain(iter::repeat(b'0')).take(length)
    }
}
