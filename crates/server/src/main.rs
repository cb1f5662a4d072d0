//! The binary `chancery`.

use std::process::ExitCode;

fn main() -> ExitCode {
    chancery_server::cli::main()
}
