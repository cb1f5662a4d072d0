//! A look at a resource before its patterns are read: eight bytes that it must have in one place, kept in the statement itself.

use smol_str::SmolStr;

use crate::Scope;

/// What resources must have for the `Resource` element of a statement, one hint for each of at most two patterns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hints([Hint; 2]);

#[derive(Debug, Clone, Copy)]
enum Hint {
    /// There is no such pattern.
    Never,
    /// The pattern must be read.
    Perhaps,
    /// The bytes that end at this place.
    At(u32, [u8; 8]),
    /// The bytes at the end.
    End([u8; 8]),
}

impl Hints {
    pub(super) fn of(resources: Option<&Scope<SmolStr>>) -> Self {
        match resources {
            Some(Scope::Only(patterns)) => match patterns.as_slice() {
                [one] => Self([Hint::of(one), Hint::Never]),
                [one, other] => Self([Hint::of(one), Hint::of(other)]),
                _ => Self([Hint::Perhaps; 2]),
            },
            Some(Scope::Except(_)) | None => Self([Hint::Perhaps; 2]),
        }
    }

    /// Whether a resource may match.
    #[inline]
    pub(super) fn allow(&self, resource: &str) -> bool {
        self.0.iter().any(|hint| hint.allows(resource.as_bytes()))
    }
}

impl Hint {
    fn of(pattern: &str) -> Self {
        let special = |byte: &u8| matches!(byte, b'*' | b'?' | b'$');
        let bytes = pattern.as_bytes();
        let start = bytes.iter().position(special).unwrap_or(bytes.len());
        let end = bytes.iter().rposition(special).map_or(0, |last| last + 1);
        // An ARN that is cut short goes on with wildcards, and what follows a `$` may be the inside of a variable.
        let ends = end > 0 && bytes.iter().filter(|byte| **byte == b':').count() >= 5 && !bytes.contains(&b'$');
        let tail = bytes.get(end..).and_then(<[u8]>::last_chunk::<8>).filter(|_| ends);
        let head = bytes.get(..start).and_then(<[u8]>::last_chunk::<8>).zip(u32::try_from(start).ok());
        match (tail, head) {
            (Some(tail), _) => Hint::End(*tail),
            (None, Some((head, start))) => Hint::At(start, *head),
            (None, None) => Hint::Perhaps,
        }
    }

    #[inline]
    fn allows(self, resource: &[u8]) -> bool {
        match self {
            Hint::Never => false,
            Hint::Perhaps => true,
            Hint::At(end, bytes) => resource.get(..end as usize).and_then(<[u8]>::last_chunk) == Some(&bytes),
            Hint::End(bytes) => resource.last_chunk() == Some(&bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RequestContext, ResourcePattern, Version};

    #[test]
    fn no_hint_refuses_what_its_pattern_matches() {
        let context = RequestContext::new().with("aws:username", "today").with("k", "arn:aws:s3:::logs/today");
        let patterns = [
            "*",
            "arn:aws:s3:::logs/today",
            "arn:aws:s3:::logs/*",
            "arn:aws:s3:::*/today",
            "arn:aws:s3:::logs/*/${aws:username}-report",
            "arn:aws:s3:::logs/${aws:username}",
            "arn:aws:s3:::logs/${aws:username}-report",
            "arn:aws:s3:::logs/${none, 'today'}",
            "arn:aws:s3:::l?gs/today-report",
            "arn:aws:s3",
            "arn:*:s3",
            "arn:aws:s*:something",
            "arn:aws:sqs:*:111122223333:logs-of-today",
            "arn:aws:sqs:eu-west-1:111122223333",
            "${*}",
            "execute-api:/stage/*",
        ];
        let resources = [
            "*",
            "arn:aws:s3:::logs/today",
            "arn:aws:s3:::logs/x/today",
            "arn:aws:s3:::logs/x/today-report",
            "arn:aws:s3:::logs/today-report",
            "arn:aws:sqs:eu-west-1:111122223333:logs-of-today",
            "arn:aws:sqs:eu-west-1:111122223333:q",
            "execute-api:/stage/GET",
            "",
        ];
        for pattern in patterns {
            for version in [Version::V2008, Version::V2012] {
                let hints = Hints::of(Some(&Scope::Only(vec![pattern.into()])));
                let compiled = ResourcePattern::compile(pattern, version);
                for resource in resources {
                    let lost = compiled.matches(resource, &context) && !hints.allow(resource);
                    assert!(!lost, "{pattern} loses {resource}");
                }
            }
        }
    }

    #[test]
    fn hints_refuse_other_resources() {
        let refuses = |patterns: &[&str], resource: &str| {
            let patterns = patterns.iter().map(|pattern| SmolStr::from(*pattern)).collect();
            !Hints::of(Some(&Scope::Only(patterns))).allow(resource)
        };
        assert!(refuses(&["arn:aws:s3:::logs/*"], "arn:aws:s3:::data/x"));
        assert!(refuses(&["arn:aws:s3:::logs/*", "arn:aws:s3:::*/tomorrow"], "arn:aws:s3:::data/today"));
        assert!(!refuses(&["arn:aws:s3:::logs/*", "arn:aws:s3:::*/tomorrow"], "arn:aws:s3:::data/tomorrow"));
    }
}
