//! The findings as they are made.

use crate::malformed::shown;

use super::{Finding, IssueCode, Location, Path, Span, spans::Spans};

/// Findings without their places in the text, and how much may still be compared to make them.
pub(super) struct Report {
    findings: Vec<Finding>,
    work_left: usize,
}

/// How much work goes into patterns, in bytes of one times bytes of the other: well over what AWS's longest policy takes. A document
/// that is made to cost more is checked less; what is said of it is true all the same.
const WORK_MAX: usize = 300_000_000;

impl Report {
    pub(super) fn new() -> Self {
        Self { findings: Vec::new(), work_left: WORK_MAX }
    }

    /// Whether there is work left for a comparison, which is then taken off.
    pub(super) fn spend(&mut self, work: usize) -> bool {
        match self.work_left.checked_sub(work) {
            Some(left) => {
                self.work_left = left;
                true
            }
            None => false,
        }
    }

    /// Something about one place.
    pub(super) fn add(&mut self, code: IssueCode, path: &Path, details: impl Into<String>) {
        self.add_all(code, vec![path.clone()], details);
    }

    /// Something that several places make together.
    pub(super) fn add_all(&mut self, code: IssueCode, paths: Vec<Path>, details: impl Into<String>) {
        let locations = paths.into_iter().map(|path| Location { path, span: None }).collect();
        let details = details.into();
        // Values are the author's: a finding never echoes a whole document.
        let details = if details.len() > DETAILS_BYTES_MAX { shown(&details) } else { details };
        self.findings.push(Finding { finding_type: code.finding_type(), code, details, remedy: code.remedy(), locations });
    }

    pub(super) fn has_error(&self) -> bool {
        self.findings.iter().any(|finding| finding.finding_type == super::FindingType::Error)
    }

    /// The findings in the order of the text, with their places in it.
    pub(super) fn finish(mut self, text: &str) -> Vec<Finding> {
        if self.findings.is_empty() {
            return self.findings;
        }
        let spans = Spans::read(text);
        for location in self.findings.iter_mut().flat_map(|finding| &mut finding.locations) {
            location.span = spans.of(&location.path);
        }
        let start = |finding: &Finding| {
            let span: Option<Span> = finding.locations.first().and_then(|location| location.span);
            span.map_or(0, |span| span.start.offset)
        };
        self.findings.sort_by(|a, b| start(a).cmp(&start(b)).then(a.finding_type.cmp(&b.finding_type)));
        self.findings
    }
}

/// How long the details of a finding may be.
const DETAILS_BYTES_MAX: usize = 600;
