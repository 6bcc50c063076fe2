//! The command line: each subcommand calls use cases. Exit code 2 for usage, 1 for a refusal, with one sentence.

mod accounting_file;
mod backup;
mod check;
mod databases;
mod demo;
mod export;
mod iban_keys;
mod instances;
mod letter;
mod lifecycle;
mod load;
mod migrate;
mod out_files;
mod payment_file;
mod rehearse;
mod routes;
mod serve;
mod simulate;
mod story;
mod terminal;
mod user;
mod worker;

use crate::{store::StoreError, usecases::UseCaseError};
use clap::{Parser, Subcommand};
use std::{io, process::ExitCode};

/// Runs the calls for projects of territorial funds, from the published call to the funder's proof.
#[derive(Debug, Parser)]
#[command(name = "tisserand", version, arg_required_else_help = true)]
struct Cli {
    /// The database: `sqlite:PATH` or `postgres://…` [default: sqlite:var/tisserand.db].
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// The key that seals account numbers, 32 bytes in hexadecimal or base64; better given by the environment [default:
    /// the file iban.key of the data].
    #[arg(long, env = "TISSERAND_IBAN_KEY", hide_env_values = true, global = true, value_name = "KEY")]
    iban_key: Option<String>,
    /// Keys that sealed account numbers before, one after the other with commas between them.
    #[arg(
        long,
        env = "TISSERAND_IBAN_OLD_KEYS",
        hide_env_values = true,
        global = true,
        value_name = "KEYS",
        value_delimiter = ','
    )]
    iban_old_keys: Vec<String>,
    /// The name of this place, where no file of the data stays from one start to the next [default: the file instance of
    /// the data]. Mails and payments leave from a place that the database knows.
    #[arg(long, env = "TISSERAND_INSTANCE", global = true, value_name = "NAME")]
    instance: Option<String>,
    /// How the journal is written on standard error; how much is said comes from RUST_LOG.
    #[arg(long, env = "LOG_FORMAT", global = true, default_value = "text")]
    log_format: terminal::LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Serve(serve::Serve),
    Worker(worker::Worker),
    Routes(routes::Routes),
    Migrate(migrate::Migrate),
    Load(load::Load),
    Rehearse(rehearse::Rehearse),
    Simulate(simulate::Simulate),
    Check(check::Check),
    Lifecycle(lifecycle::Lifecycle),
    Letter(letter::Letter),
    Export(export::Export),
    PaymentFile(payment_file::PaymentFile),
    AccountingFile(accounting_file::AccountingFile),
    Backup(backup::Backup),
    Instance(instances::Instance),
    User(user::User),
}

/// Why a command stopped, in one English sentence.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A sentence without its final point.
    fn because(sentence: impl Into<String>) -> Self {
        Failure(sentence.into())
    }
}

impl From<UseCaseError> for Failure {
    fn from(error: UseCaseError) -> Self {
        match error {
            UseCaseError::Refused(refusal) => Failure(format!("a rule says no: {refusal}")),
            UseCaseError::Invalid(fields) => {
                let fields = fields.iter().map(|error| format!("{}: {}", error.field, error.message));
                Failure(format!("what was given does not fit ({})", fields.collect::<Vec<_>>().join("; ")))
            }
            error => Failure(error.to_string()),
        }
    }
}

/// Errors whose own words are the sentence.
macro_rules! told_by_itself {
    ($($error:ty),+) => { $(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Failure(error.to_string())
            }
        }
    )+ };
}
told_by_itself!(io::Error, StoreError, indicatif::style::TemplateError);

/// What a command gives.
type Done = Result<(), Failure>;

/// Runs the command given on the command line. Exit code 2 for usage, 1 for a refusal.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    terminal::start_journal(cli.log_format);
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(sentence)) => {
            terminal::complain(&sentence);
            ExitCode::from(1)
        }
    }
}

fn run(cli: Cli) -> Done {
    let keys = iban_keys::GivenKeys { current: cli.iban_key, old: cli.iban_old_keys };
    let url = databases::Url::new(cli.database_url, keys, cli.instance);
    match cli.command {
        Command::Demo(command) => command.run(&url),
        Command::Serve(command) => command.run(&url),
        Command::Worker(command) => command.run(&url),
        Command::Routes(command) => command.run(),
        Command::Migrate(command) => command.run(&url),
        Command::Load(command) => command.run(&url),
        Command::Rehearse(command) => command.run(&url),
        Command::Simulate(command) => command.run(&url),
        Command::Check(command) => command.run(&url),
        Command::Lifecycle(command) => command.run(),
        Command::Letter(command) => command.run(&url),
        Command::Export(command) => command.run(&url),
        Command::PaymentFile(command) => command.run(&url),
        Command::AccountingFile(command) => command.run(&url),
        Command::Backup(command) => command.run(&url),
        Command::Instance(command) => command.run(&url),
        Command::User(command) => command.run(&url),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_commands_fit_together_and_each_shows_an_example() {
        let cli = super::Cli::command();
        cli.clone().debug_assert();
        for command in cli.get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example"), "{} has no example", command.get_name());
        }
    }
}
