//! How a command ends.

use std::{fmt, process::ExitCode};

use super::Output;

/// The exit codes, which scripts may rely on. They are listed in `chancery --help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0
    Done,
    /// 1: the message says why.
    Failed,
    /// 2: the command line or the configuration is wrong.
    Usage,
    /// 3: the data directory is in use, damaged, of a newer version, or without its key.
    Refused,
    /// 4: a server could not write any more and has ended itself.
    Storage,
}

impl Exit {
    fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Storage => 4,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::Failed => "Failed",
            Self::Usage => "Usage",
            Self::Refused => "DataDirectoryRefused",
            Self::Storage => "StorageFailed",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command did not do its work.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    message: String,
    remedy: Option<String>,
}

impl Failure {
    /// A failure with its exit code. The message says what was wrong, with which value.
    pub fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self { exit, message: message.to_string(), remedy: None }
    }

    /// The same with what the user can do.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// With which code the process ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Tells it on standard error.
    pub(super) fn report(&self, output: Output) {
        match output {
            Output::Text => eprintln!("{self}"),
            Output::Json => {
                let Self { exit, message, remedy } = self;
                let error = serde_json::json!({ "code": exit.name(), "message": message, "remedy": remedy });
                eprintln!("{}", serde_json::json!({ "error": error }));
            }
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        match &self.remedy {
            Some(remedy) => write!(f, "\n  {remedy}"),
            None => Ok(()),
        }
    }
}
