//! The list of exceptions: one a line, each with a reason, each still needed, and never more of them than there were.

use super::{EXCEPTIONS, Finding};

/// How many exceptions there are. Lower it when one goes; it is never raised.
const EXCEPTIONS_MAX: usize = 0;

/// `rule path subject # reason`.
struct Exception<'a> {
    line: usize,
    rule: &'a str,
    path: &'a str,
    subject: &'a str,
}

/// Takes out the findings that the list excuses, and adds what is wrong with the list.
pub(super) fn apply(list: &str, findings: Vec<Finding>) -> Vec<Finding> {
    apply_at_most(list, findings, EXCEPTIONS_MAX)
}

fn apply_at_most(list: &str, findings: Vec<Finding>, max: usize) -> Vec<Finding> {
    let (exceptions, mut wrong) = parse(list);
    let unneeded = exceptions.iter().filter(|exception| !findings.iter().any(|finding| exception.excuses(finding)));
    wrong.extend(unneeded.map(|exception| finding(exception.line, "is no longer needed: delete it".to_owned())));
    let count = exceptions.len();
    if count > max {
        wrong.push(finding(1, format!("has {count} exceptions; {max} at most, and the list only shrinks")));
    } else if count < max {
        wrong
            .push(finding(1, format!("has {count} exceptions: lower EXCEPTIONS_MAX from {max} to {count}, so that it stays so")));
    }
    let left = findings.into_iter().filter(|finding| !exceptions.iter().any(|exception| exception.excuses(finding)));
    wrong.into_iter().chain(left).collect()
}

fn parse(list: &str) -> (Vec<Exception<'_>>, Vec<Finding>) {
    let (mut exceptions, mut wrong) = (Vec::new(), Vec::new());
    for (at, text) in list.lines().enumerate().filter(|(_, text)| !text.trim().is_empty() && !text.starts_with('#')) {
        let (fields, reason) = text.split_once('#').unwrap_or((text, ""));
        match fields.split_whitespace().collect::<Vec<_>>().as_slice() {
            [rule, path, subject] if !reason.trim().is_empty() => {
                exceptions.push(Exception { line: at + 1, rule, path, subject })
            }
            _ => wrong.push(finding(at + 1, format!("`{text}` is not of the form `rule path subject # reason`"))),
        }
    }
    (exceptions, wrong)
}

impl Exception<'_> {
    fn excuses(&self, finding: &Finding) -> bool {
        self.rule == finding.rule && self.path == finding.path && self.subject == finding.subject
    }
}

fn finding(line: usize, message: String) -> Finding {
    Finding { path: EXCEPTIONS.to_owned(), line, rule: "exception", subject: "-".to_owned(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(subject: &str) -> Finding {
        Finding { path: "a.rs".to_owned(), line: 7, rule: "file-size", subject: subject.to_owned(), message: "long".to_owned() }
    }

    fn apply(list: &str, findings: &[Finding], max: usize) -> Vec<String> {
        apply_at_most(list, findings.to_vec(), max).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_exception_excuses_exactly_its_finding() {
        let list = "# comment\n\nfile-size a.rs - # generated\n";
        assert_eq!(apply(list, &[found("-")], 1), [""; 0]);
        assert_eq!(apply(list, &[found("-"), found("other")], 1), ["a.rs:7: file-size: long"]);
    }

    #[test]
    fn an_exception_that_nothing_needs_is_wrong() {
        let expected = "ops/tidy-exceptions.txt:1: exception: is no longer needed: delete it";
        assert_eq!(apply("file-size a.rs - # generated", &[], 1), [expected]);
    }

    #[test]
    fn an_exception_has_a_reason() {
        for line in ["file-size a.rs -", "file-size a.rs - #", "file-size # generated"] {
            assert!(apply(line, &[found("-")], 0).iter().any(|text| text.contains("rule path subject # reason")));
        }
    }

    #[test]
    fn the_list_only_shrinks() {
        let list = "file-size a.rs - # generated";
        assert!(apply(list, &[found("-")], 0).iter().any(|text| text.contains("only shrinks")));
        assert!(apply(list, &[found("-")], 2).iter().any(|text| text.contains("lower EXCEPTIONS_MAX")));
    }
}
