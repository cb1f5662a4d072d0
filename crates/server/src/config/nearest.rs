//! What somebody may have meant.

/// The candidate that takes the fewest edits, unless more than a third of `name` would have to change.
pub(super) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = name.chars().count().div_ceil(3);
    candidates
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

// Levenshtein's, one row at a time.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, of_a) in a.chars().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        for (of_b, cell) in b.chars().zip(row.iter_mut().skip(1)) {
            let replaced = before + usize::from(of_a != of_b);
            before = *cell;
            left = replaced.min(before + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("abc", "", 3),
            ("", "ab", 2),
            ("kitten", "sitting", 3),
            ("listen", "listen", 0),
            ("lisen", "listen", 1),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn only_what_is_near_is_suggested() {
        let names = ["listen", "log.level", "data_dir"];
        assert_eq!(nearest("datadir", names.into_iter()), Some("data_dir"));
        assert_eq!(nearest("log.levle", names.into_iter()), Some("log.level"));
        assert_eq!(nearest("colour", names.into_iter()), None);
    }
}
