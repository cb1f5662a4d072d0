//! `chancery policy test`: cases against what they expect.

use std::{num::NonZero, path::PathBuf, thread};

use chancery_policy::{Case, CaseError};
use clap::Args;

use super::{
    CASE_FORMAT, Exit, Failure, Global, Output,
    answer::{Answer, Detail, unreadable},
    case_file::Source,
    counted,
};

/// Decide cases and compare the answers with what is expected
///
/// Prints the cases that fail, each with its explanation, and the counts; as JSON one answer a line for every case. Exits with 1
/// when a case fails or cannot be read.
#[derive(Debug, Args)]
#[command(after_long_help = CASE_FORMAT)]
pub(in crate::cli) struct Test {
    /// Files of cases, one JSON object a line; `-` is standard input
    #[arg(value_name = "CASES", required = true)]
    files: Vec<PathBuf>,
    /// Print the cases that pass as well
    #[arg(long)]
    all: bool,
}

/// How many answers are made before they are printed.
const BATCH_CASES: usize = 4_096;

type Tested = Result<Answer, CaseError>;

#[derive(Debug, Default)]
struct Counts {
    passed: usize,
    failed: usize,
    unreadable: usize,
}

impl Test {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        let sources: Vec<_> = self.files.iter().map(|file| Source::read(file)).collect::<Result<_, _>>()?;
        let cases: Vec<_> = sources.iter().flat_map(Source::cases).collect();
        if cases.is_empty() {
            return Err(Failure::new(Exit::Failed, "there are no cases, so nothing was tested"));
        }
        let mut counts = Counts::default();
        for batch in cases.chunks(BATCH_CASES) {
            let tested = test(batch);
            tested.iter().for_each(|tested| counts.add(tested));
            global.output.print_lines(tested.iter().filter_map(|tested| self.shown(tested, global.output)))?;
        }
        counts.finish(global.output)
    }

    fn shown(&self, tested: &Tested, output: Output) -> Option<String> {
        match (output, tested) {
            (Output::Json, Ok(answer)) => Some(answer.json().to_string()),
            (Output::Json, Err(error)) => Some(unreadable(error).to_string()),
            (Output::Text, Ok(answer)) if answer.passes() => self.all.then(|| format!("pass {}", answer.line())),
            (Output::Text, Ok(answer)) => Some(answer.failure()),
            (Output::Text, Err(error)) => Some(format!("FAIL {error}")),
        }
    }
}

/// Decides cases on all cores, in their order.
fn test(cases: &[(String, &str)]) -> Vec<Tested> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = cases.len().div_ceil(threads).max(1);
    let test = |cases: &[(String, &str)]| cases.iter().map(|(name, text)| test_one(name, text)).collect::<Vec<_>>();
    thread::scope(|scope| {
        let threads: Vec<_> = cases.chunks(share).map(|cases| scope.spawn(move || test(cases))).collect();
        // A thread that panicked has told why; the panic goes on here.
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

fn test_one(name: &str, text: &str) -> Tested {
    Case::parse(text, name).map(|case| Answer::new(case, Detail::Answer))
}

impl Counts {
    fn add(&mut self, tested: &Tested) {
        match tested {
            Ok(answer) if answer.passes() => self.passed += 1,
            Ok(_) => self.failed += 1,
            Err(_) => self.unreadable += 1,
        }
    }

    /// The counts, and a failure unless all passed.
    fn finish(&self, output: Output) -> Result<(), Failure> {
        let Self { passed, failed, unreadable } = self;
        let cases = passed + failed + unreadable;
        if output == Output::Text {
            let unread = if *unreadable > 0 { format!(", {unreadable} could not be read") } else { String::new() };
            let summary = format!("{}: {passed} passed, {failed} failed{unread}", counted(cases, "case"));
            output.print_lines(std::iter::once(summary))?;
        }
        match failed + unreadable {
            0 => Ok(()),
            wrong => Err(Failure::new(Exit::Failed, format!("{wrong} of {} did not pass", counted(cases, "case")))),
        }
    }
}
