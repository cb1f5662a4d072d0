//! A figure: ours, the peer's, their ratio, the target, and whether it is met.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::Context;
use serde::Serialize;

/// What a figure has to be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// At least this ratio to the peer.
    RatioMin(f64),
    /// At most this ratio to the peer.
    RatioMax(f64),
    /// Ours takes so little time that the peer takes at least so many times as long; the ratio is the peer's to ours.
    TimesFaster(f64),
    /// The same ratio, for information.
    TimesFasterTold,
    /// At most this, whatever peers do.
    Max(f64),
    /// None: for information.
    Told,
}

/// One measurement taken several times, ours and the peer's in turn.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    pub(crate) ours: Vec<f64>,
    pub(crate) peer: Vec<f64>,
}

/// One line of the table.
#[derive(Debug, Serialize)]
struct Figure {
    bench: &'static str,
    what: String,
    unit: &'static str,
    ours: f64,
    peer: Option<f64>,
    /// The median of the ratios of each run, ours to the peer's unless the target is of times faster.
    ratio: Option<f64>,
    target: String,
    met: Option<bool>,
    runs: usize,
}

/// All figures.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    figures: Vec<Figure>,
    notes: Vec<String>,
}

impl Runs {
    pub(crate) fn push(&mut self, ours: f64, peer: f64) {
        self.ours.push(ours);
        self.peer.push(peer);
    }

    /// Only ours: there is no peer.
    pub(crate) fn alone(ours: Vec<f64>) -> Self {
        Self { ours, peer: Vec::new() }
    }
}

/// The median; of an even number the lower one of the two in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// The value that 99 in 100 do not exceed; 0 of nothing.
pub(crate) fn p99(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = values.len().saturating_mul(99) / 100;
    values.get(at.min(values.len().saturating_sub(1))).copied().unwrap_or_default()
}

impl Report {
    pub(crate) fn add(&mut self, bench: &'static str, what: impl Into<String>, unit: &'static str, runs: &Runs, target: Target) {
        let ratio_of = |(ours, peer): (&f64, &f64)| match target {
            Target::TimesFaster(_) | Target::TimesFasterTold => peer / ours,
            Target::RatioMin(_) | Target::RatioMax(_) | Target::Max(_) | Target::Told => ours / peer,
        };
        let ratios: Vec<f64> = runs.ours.iter().zip(&runs.peer).map(ratio_of).collect();
        let ratio = (!ratios.is_empty()).then(|| median(&ratios));
        let ours = median(&runs.ours);
        let (target, met) = target.judge(ours, ratio, unit);
        let peer = (!runs.peer.is_empty()).then(|| median(&runs.peer));
        let figure = Figure { bench, what: what.into(), unit, ours, peer, ratio, target, met, runs: runs.ours.len() };
        eprintln!("{}", figure.row());
        self.figures.push(figure);
    }

    /// Something that the table does not show.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        eprintln!("   {text}");
        self.notes.push(text);
    }

    pub(crate) fn skip(&mut self, bench: &str, reason: &str) {
        self.note(format!("{bench}: not measured: {reason}"));
    }

    pub(crate) fn to_markdown(&self) -> String {
        let mut text =
            "| bench | what | ours | peer or limit | ratio | target | met |\n|---|---|--:|--:|--:|---|---|\n".to_owned();
        for figure in &self.figures {
            text.push_str(&figure.row());
            text.push('\n');
        }
        for note in &self.notes {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n- {note}");
        }
        text
    }

    pub(crate) fn write_json(&self, path: &Path) -> anyhow::Result<()> {
        fs::write(path, serde_json::to_vec_pretty(self)?).with_context(|| format!("cannot write {}", path.display()))
    }
}

impl Target {
    fn judge(self, ours: f64, ratio: Option<f64>, unit: &str) -> (String, Option<bool>) {
        match self {
            Self::RatioMin(min) => (format!("≥ {min}×"), ratio.map(|ratio| ratio >= min)),
            Self::RatioMax(max) => (format!("≤ {max}×"), ratio.map(|ratio| ratio <= max)),
            Self::Max(max) => (format!("≤ {max} {unit}"), Some(ours <= max)),
            Self::TimesFaster(min) => (format!("≥ {min}× faster"), ratio.map(|ratio| ratio >= min)),
            Self::Told | Self::TimesFasterTold => ("-".to_owned(), None),
        }
    }
}

impl Figure {
    fn row(&self) -> String {
        let Self { bench, what, unit, ours, peer, ratio, target, met, .. } = self;
        let peer = peer.map_or_else(|| "-".to_owned(), |peer| format!("{} {unit}", number(peer)));
        let ratio = ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
        let met = met.map_or("-", |met| if met { "yes" } else { "**no**" });
        format!("| {bench} | {what} | {} {unit} | {peer} | {ratio} | {target} | {met} |", number(*ours))
    }
}

/// Three digits that count.
fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 1_000.0 => grouped(value),
        middle if middle >= 100.0 => format!("{value:.0}"),
        small if small >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_the_median_of_its_runs_and_their_ratios() {
        let mut report = Report::default();
        let mut runs = Runs::default();
        for (ours, peer) in [(70.0, 100.0), (90.0, 100.0), (12_345.0, 10_000.0), (80.0, 100.0), (10.0, 100.0)] {
            runs.push(ours, peer);
        }
        report.add("a", "b", "/s", &runs, Target::RatioMin(0.9));
        assert_eq!(report.figures[0].row(), "| a | b | 80.0 /s | 100 /s | 0.80 | ≥ 0.9× | **no** |");
        report.add("a", "b", "MiB", &Runs::alone(vec![1_234_567.0]), Target::Max(1.0));
        assert_eq!(report.figures[1].row(), "| a | b | 1,234,567 MiB | - | - | ≤ 1 MiB | **no** |");
        let mut runs = Runs::default();
        runs.push(0.5, 100.0);
        report.add("a", "b", "µs", &runs, Target::TimesFaster(250.0));
        assert_eq!(report.figures[2].row(), "| a | b | 0.50 µs | 100 µs | 200.00 | ≥ 250× faster | **no** |");
    }

    #[test]
    fn one_in_a_hundred_may_exceed_the_p99() {
        assert_eq!(p99((0..1_000).map(f64::from).collect()), 990.0);
        assert_eq!(p99(vec![7.0]), 7.0);
        assert_eq!(p99(Vec::new()), 0.0);
    }
}
