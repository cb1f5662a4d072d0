//! Progress of long work, on standard error when that is a terminal.

use std::{cell::Cell, time::Duration};

use chancery_engine::{BatchMode, Progress, Stage};
use indicatif::{ProgressBar, ProgressStyle};

use super::Output;

/// A bar; invisible where nobody looks.
pub(super) struct Bar {
    bar: ProgressBar,
    stage: Cell<Option<Stage>>,
}

impl Bar {
    /// A bar that shows nothing yet. JSON output is for programs, which have none.
    pub(super) fn new(output: Output) -> Self {
        let bar = match output {
            Output::Text => ProgressBar::no_length(),
            Output::Json => ProgressBar::hidden(),
        };
        Self { bar, stage: Cell::new(None) }
    }

    /// How far an engine is.
    pub(super) fn show(&self, progress: Progress) {
        if self.stage.replace(Some(progress.stage)) != Some(progress.stage) {
            let what = match progress.stage {
                Stage::Replay => "replaying the log",
                Stage::Tiles => "hashing the log",
                Stage::Verify => "checking the log",
                Stage::Copy => "copying the log",
            };
            let form = "{msg} {wide_bar} {human_pos} of {human_len} records, {per_sec}, {eta} left";
            self.bar.set_style(ProgressStyle::with_template(form).unwrap_or_else(|_| ProgressStyle::default_bar()));
            self.bar.reset();
            self.bar.set_message(what);
        }
        self.bar.set_length(progress.total);
        self.bar.set_position(progress.done);
    }

    /// Shows the steps of an import, whose length is not known beforehand.
    pub(super) fn steps(&self) -> impl Fn(BatchMode, usize) + Sync + use<> {
        let bar = self.bar.clone();
        move |mode, commands| {
            let what = match mode {
                BatchMode::DryRun => "checking",
                BatchMode::Commit => "writing",
            };
            bar.reset();
            bar.set_style(ProgressStyle::default_spinner());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar.set_message(format!("{what} {commands} changes"));
        }
    }

    /// Makes room for what is printed.
    pub(super) fn clear(&self) {
        self.bar.disable_steady_tick();
        self.bar.finish_and_clear();
    }
}
