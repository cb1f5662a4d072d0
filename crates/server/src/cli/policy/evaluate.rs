//! `chancery policy evaluate` and `explain`: requests decided, with or without the reasons.

use std::path::PathBuf;

use chancery_policy::Case;
use clap::Args;

use super::{
    Exit, Failure, Global, Output,
    answer::{Answer, Detail},
    case_file::Source,
    case_flags::CaseFlags,
};

#[derive(Debug, Args)]
pub(in crate::cli) struct Evaluate {
    /// Files of cases, each a JSON object, a list of them, or one a line; `-` is standard input
    #[arg(value_name = "CASES")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) flags: CaseFlags,
}

impl Evaluate {
    pub(super) fn run(self, global: &Global, detail: Detail) -> Result<(), Failure> {
        for case in self.cases()? {
            let answer = Answer::new(case, detail);
            let line = match (global.output, detail) {
                (Output::Json, _) => answer.json().to_string(),
                (Output::Text, Detail::Answer) => answer.line(),
                (Output::Text, Detail::Explanation) => answer.explanation(),
            };
            global.output.print_lines(std::iter::once(line))?;
        }
        Ok(())
    }

    /// The cases with nothing expected: the answer is the result.
    fn cases(&self) -> Result<Vec<Case>, Failure> {
        match (self.files.is_empty(), self.flags.are_given()) {
            (true, true) => return Ok(vec![self.flags.case()?]),
            (true, false) => {
                return Err(Failure::new(Exit::Usage, "give a file of cases, or a request by --principal and --action"));
            }
            (false, true) => {
                return Err(Failure::new(Exit::Usage, "give either a file of cases or a request by flags, not both"));
            }
            (false, false) => {}
        }
        let mut cases = Vec::new();
        for file in &self.files {
            let source = Source::read(file)?;
            for (name, text) in source.cases() {
                let case = Case::parse(text, &name).map_err(|error| Failure::new(Exit::Failed, error))?;
                cases.push(Case { expected: None, ..case });
            }
        }
        Ok(cases)
    }
}
