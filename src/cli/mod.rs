//! The command line: each subcommand calls use cases.

use std::process::ExitCode;

/// Runs the command given on the command line. Exit code 2 for usage, 1 for a refusal.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
