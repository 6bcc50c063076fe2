//! The command line as people meet it: the program itself is run.

mod commands;
mod demos;
mod leaks;
mod processes;
mod simulations;

use std::path::Path;
use std::process::{Command, Output};

/// What one run of the program gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    out: String,
    pub(crate) err: String,
}

/// Runs the program with these arguments in an empty folder of its own.
fn tisserand(arguments: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    tisserand_in(folder.path(), arguments)
}

/// Runs the program with these arguments in `folder`.
pub(crate) fn tisserand_in(folder: &Path, arguments: &[&str]) -> Run {
    let program = env!("CARGO_BIN_EXE_tisserand");
    let output = Command::new(program).args(arguments).current_dir(folder).env_remove("DATABASE_URL").output().unwrap();
    Run::of(output)
}

/// The same, saying everything it has to say of itself on standard error.
fn tisserand_telling_all(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tisserand"));
    command.args(arguments).current_dir(folder).env_remove("DATABASE_URL").env("RUST_LOG", "trace");
    Run::of(command.output().unwrap())
}

impl Run {
    fn of(output: Output) -> Self {
        Run {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asks that the run went well, and gives what it said.
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self.out
    }

    /// Asks for a refusal in one sentence on standard error, and gives it.
    pub(crate) fn refused(self) -> String {
        assert_eq!(self.code, 1, "{}{}", self.out, self.err);
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
        assert!(self.err.starts_with("tisserand: ") && self.err.ends_with(".\n"), "{}", self.err);
        self.err
    }
}
