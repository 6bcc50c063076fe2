//! What the command line says: lines on standard output, the journal and progress on standard error.

use super::{Done, Failure};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use tracing_subscriber::EnvFilter;

/// How the journal is written.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line, for a collector.
    Json,
}

/// Starts the journal. Without `RUST_LOG`, warnings are written.
pub(super) fn start_journal(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let journal = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match format {
        LogFormat::Text => journal.with_ansi(io::stderr().is_terminal()).try_init(),
        LogFormat::Json => journal.json().try_init(),
    };
    // A second start, in a test, keeps the first journal.
    started.ok();
}

/// Writes one line on standard output. A closed pipe ends the command quietly.
pub(super) fn say(line: impl std::fmt::Display) -> Done {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        written => Ok(written?),
    }
}

/// Writes one line for who runs the program, on standard error, apart from what a command gives.
pub(super) fn note(line: impl std::fmt::Display) {
    writeln!(io::stderr(), "tisserand: {line}").ok();
}

/// Writes the sentence of a failure on standard error.
pub(super) fn complain(sentence: &str) {
    let sentence = sentence.trim_end_matches('.').replace('\n', " ");
    writeln!(io::stderr(), "tisserand: {sentence}.").ok();
}

/// A table with aligned columns; columns of figures to the right.
pub(super) fn table(heads: &[&str], rows: &[Vec<String>]) -> Done {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(heads.get(column).map(|head| head.chars().count())).max().unwrap_or(0)
    };
    let is_figure = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let line = |cells: &[String]| {
        let cells = cells.iter().enumerate().map(|(column, cell)| {
            let width = width(column);
            if is_figure(cell) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    say(line(&heads.iter().map(|head| (*head).to_owned()).collect::<Vec<_>>()))?;
    rows.iter().try_for_each(|row| say(line(row)))
}

/// A progress bar on a terminal; nothing anywhere else.
pub(super) fn progress(length: u64, what: &str) -> Result<ProgressBar, Failure> {
    if !io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style = ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} {eta}")?;
    Ok(ProgressBar::new(length).with_style(style).with_message(what.to_owned()))
}

/// A progress bar of bytes on a terminal; nothing anywhere else.
pub(super) fn bytes(length: u64, what: &str) -> Result<ProgressBar, Failure> {
    if !io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style = ProgressStyle::with_template("{msg} [{bar:40}] {bytes}/{total_bytes} {eta}")?;
    Ok(ProgressBar::new(length).with_style(style).with_message(what.to_owned()))
}

/// A running count on a terminal, for what is as long as it is; nothing anywhere else.
pub(super) fn counter(what: &str) -> Result<ProgressBar, Failure> {
    if !io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style = ProgressStyle::with_template("{msg} {spinner} {human_pos} rows {elapsed}")?;
    Ok(ProgressBar::new_spinner().with_style(style).with_message(what.to_owned()))
}
