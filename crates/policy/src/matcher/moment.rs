//! Moments: ISO 8601 in the forms that AWS takes, or seconds since 1970.

/// A moment, to the nanosecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// Since 1970-01-01T00:00:00Z.
    seconds: i64,
    nanoseconds: u32,
}

const DAY_SECONDS: i64 = 86_400;

impl Moment {
    /// Reads `2026-01-31`, `2026-01-31T12:00Z`, `2026-01-31T12:00:00.5+01:00` or `1769860800`; none if the text is no
    /// such thing. Without a zone it is UTC; what is left out is the first of its kind. Digits alone are seconds.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::parse_usual(text).or_else(|| Self::parse_any(text))
    }

    /// Reads `2026-01-31T12:00:00Z`, which is what requests carry, without a search for its parts.
    fn parse_usual(text: &str) -> Option<Self> {
        let bytes: [u8; 20] = text.as_bytes().try_into().ok()?;
        let [c, d, y, z, b'-', m, n, b'-', e, f, b'T', h, i, b':', j, k, b':', s, t, b'Z'] = bytes else { return None };
        let number = |tens: u8, ones: u8| {
            let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
            digits.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
        };
        let (month, day) = (number(m, n)?, number(e, f)?);
        let (hour, minute, second) = (number(h, i)?, number(j, k)?, number(s, t)?);
        let valid = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 60;
        valid.then_some(())?;
        let days = days_since_1970(number(c, d)? * 100 + number(y, z)?, month, day)?;
        Some(Self { seconds: days * DAY_SECONDS + hour * 3_600 + minute * 60 + second, nanoseconds: 0 })
    }

    fn parse_any(text: &str) -> Option<Self> {
        let (day, time) = match text.split_once(['T', 't']) {
            Some(parts) => parts,
            None if text.contains('-') => (text, ""),
            None => return epoch(text),
        };
        let (clock, offset) = zone(time)?;
        let (seconds, nanoseconds) = seconds_of_day(clock)?;
        let seconds = days(day)?.checked_mul(DAY_SECONDS)?.checked_add(seconds)?.checked_sub(offset)?;
        Some(Self { seconds, nanoseconds })
    }
}

fn epoch(text: &str) -> Option<Moment> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    Some(Moment { seconds: digits(seconds)?, nanoseconds: nanoseconds(fraction)? })
}

/// The days since 1970 of a year, which may be negative, with month and day or without.
fn days(text: &str) -> Option<i64> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let mut parts = text.split('-');
    let year = digits(parts.next()?)?;
    let year = if negative { -year } else { year };
    let month = parts.next().map_or(Some(1), |month| within(month, 1, 12))?;
    let day = parts.next().map_or(Some(1), |day| within(day, 1, 31))?;
    if parts.next().is_some() {
        return None;
    }
    days_since_1970(year, month, day)
}

/// A day beyond the end of its month is in the next.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    // Years are counted from March, so that a leap day is a year's last; 719,468 days are from year 0 to 1970.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year.checked_mul(365)?.checked_add(leap_days + (153 * month + 2) / 5 + day - 1 - 719_468)
}

/// Hours, minutes and seconds, as many as are there.
fn seconds_of_day(clock: &str) -> Option<(i64, u32)> {
    if clock.is_empty() {
        return Some((0, 0));
    }
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':');
    let hour = within(parts.next()?, 0, 23)?;
    let minute = parts.next().map_or(Some(0), |minute| within(minute, 0, 59))?;
    let second = parts.next().map_or(Some(0), |second| within(second, 0, 59))?;
    parts.next().is_none().then_some(())?;
    Some((hour * 3_600 + minute * 60 + second, nanoseconds(fraction)?))
}

/// Splits a time into its clock and the seconds that its zone is ahead of UTC.
fn zone(time: &str) -> Option<(&str, i64)> {
    let Some(start) = time.find(['Z', 'z', '+', '-']) else { return Some((time, 0)) };
    let (clock, zone) = time.split_at_checked(start)?;
    let (sign, offset) = match (zone.strip_prefix('+'), zone.strip_prefix('-')) {
        (Some(offset), _) => (1, offset),
        (None, Some(offset)) => (-1, offset),
        (None, None) => return (zone.len() == 1).then_some((clock, 0)),
    };
    let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "00"));
    Some((clock, sign * (within(hours, 0, 23)? * 3_600 + within(minutes, 0, 59)? * 60)))
}

/// A fraction of a second; what is finer than a nanosecond is cut off.
fn nanoseconds(fraction: &str) -> Option<u32> {
    let valid = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let places = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    valid.then(|| places.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

fn within(text: &str, least: i64, most: i64) -> Option<i64> {
    digits(text).filter(|number| (least..=most).contains(number))
}

fn digits(text: &str) -> Option<i64> {
    // `parse` alone would take a sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
