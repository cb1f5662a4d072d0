//! The dates that IAM takes when a policy is saved: generous ISO 8601, or seconds since 1970.

/// Whether a value is a date to IAM: `2026-01-31`, `2026-01-31T12:00:00.5+01:00`, `1769860800`.
pub(crate) fn is_date(text: &str) -> bool {
    let has_time = text.contains(['T', 't']);
    if !has_time && !text.contains('-') {
        return text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<i64>().is_ok();
    }
    match text.split_once(['T', 't']) {
        Some((date, time)) => is_day(date) && is_time(time),
        None => is_day(text),
    }
}

/// A year, which may be negative, then month and day or neither.
fn is_day(text: &str) -> bool {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let mut parts = digits.split('-');
    // The range of years of a Java date, which is what AWS's parser has.
    let year_max = if negative { 292_275_054 } else { 292_278_993 };
    let year = parts.next().is_some_and(|year| within(year, 0, year_max));
    let month = parts.next().is_none_or(|month| within(month, 1, 12));
    let day = parts.next().is_none_or(|day| within(day, 1, 31));
    year && month && day && parts.next().is_none()
}

/// Hour, minute and second, as many as are there, then a zone or none.
fn is_time(text: &str) -> bool {
    let (clock, zone) = match text.find(['Z', 'z', '+', '-']) {
        Some(start) => text.split_at(start),
        None => (text, ""),
    };
    if clock.is_empty() {
        return zone.is_empty();
    }
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':');
    let hour = parts.next().is_some_and(|hour| within(hour, 0, 23));
    let minute = parts.next().is_none_or(|minute| within(minute, 0, 59));
    let second = parts.next().is_none_or(|second| within(second, 0, 59));
    hour && minute && second && parts.next().is_none() && within(fraction, 0, 999_999_999) && is_zone(zone)
}

fn is_zone(text: &str) -> bool {
    let Some(offset) = text.strip_prefix(['+', '-']) else {
        return matches!(text, "" | "Z" | "z");
    };
    let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "00"));
    hours.len() == 2 && within(hours, 0, 23) && minutes.len() == 2 && within(minutes, 0, 59)
}

fn within(digits: &str, least: u32, most: u32) -> bool {
    // `parse` alone would take a sign.
    digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse().is_ok_and(|number: u32| (least..=most).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn dates_that_aws_takes() {
        for date in [
            "2026-01-31",
            "2026-01-31T12:00:00Z",
            "2026-01-31t2:00:00.593194+23",
            "2026-01-31T12:00:00.5-05:30",
            "2026-01",
            "01T",
            "-292275054",
            "0",
            "1769860800",
            "9223372036854775807",
        ] {
            assert!(is_date(date), "{date}");
        }
    }

    #[test]
    fn dates_that_aws_refuses() {
        for date in [
            "",
            "tomorrow",
            "234-13",
            "2026-01-32",
            "2026-01-31-01",
            "2026-01-31T24:00",
            "2026-01-31T12:00:60Z",
            "2026-01-31T12:00:00+1",
            "2026-01-31T12:00:00.1999999999+10:59",
            "2026-01-31TZ",
            "9223372036854775808",
            "+5",
            "1.5",
            "${aws:CurrentTime}",
        ] {
            assert!(!is_date(date), "{date}");
        }
    }
}
