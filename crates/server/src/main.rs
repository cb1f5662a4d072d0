//! The binary `chancery`.

use std::process::ExitCode;

/// Records are made on one thread and freed on another, which the system's allocator does with locks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    chancery_server::cli::main()
}
