//! Funds and calls as data: what a definition file says and what it may not.
//!
//! One TOML file holds a fund, its funders, the agreements its money comes from and its calls. Amounts, rates and dates
//! are written as [`values`] explains. A file is taken whole or not at all; a fault names its line.

mod agreements;
mod calls;
mod drafting;
mod editions;
mod french;
mod funds;
mod merging;
mod partners;
mod parts;
mod places;
mod questions;
mod relations;
mod revisions;
mod validation;
pub mod values;

pub use agreements::*;
pub use calls::*;
pub use drafting::*;
pub use editions::Remark;
pub use french::in_french;
pub use funds::*;
pub use merging::*;
pub use parts::*;
pub use questions::*;
pub use relations::*;
pub use revisions::*;

use crate::domain::eligibility::Rule;
use serde::{Deserialize, Serialize};

/// What a definition file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    pub fund: FundDefinition,
    #[serde(rename = "funder")]
    pub funders: Vec<FunderDefinition>,
    #[serde(rename = "funding_source")]
    pub funding_sources: Vec<FundingSourceDefinition>,
    #[serde(rename = "call")]
    pub calls: Vec<CallDefinition>,
}

/// Why a definition file is refused: one English sentence, and where. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct DefinitionError {
    pub line: usize,
    pub column: usize,
    pub message: String,
}

/// Something a definition says that it may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The way to the field, by keys and positions counted from 0: `call.0.schedule.step`.
    pub path: String,
    pub message: String,
}

/// Reads a definition file and validates it; the fault that comes first in the file is the one reported.
///
/// # Errors
/// When the text is not TOML, a field is missing, unknown or misread, or [`Definition::validate`] finds a fault.
pub fn parse(text: &str) -> Result<Definition, DefinitionError> {
    let definition: Definition = toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let start = misread_rule(text).filter(|at| span.contains(at)).unwrap_or(span.start);
        let (line, column) = places::position(text, start);
        DefinitionError { line, column, message: sentence(error.message()) }
    })?;
    let located = definition.validate().into_iter().map(|fault| {
        let (line, column) = places::position(text, places::offset(text, &fault.path));
        DefinitionError { line, column, message: fault.message }
    });
    match located.min_by_key(|error| (error.line, error.column)) {
        Some(error) => Err(error),
        None => Ok(definition),
    }
}

/// Writes a definition as a file that [`parse`] reads back.
///
/// # Errors
/// When a value cannot be written as TOML, in the words of the writer.
pub fn write(definition: &Definition) -> Result<String, String> {
    toml::to_string_pretty(definition).map_err(|error| error.to_string())
}

/// Where the first eligibility rule that does not read begins. The reader only knows the list around it, because it
/// must see the whole of a rule before it can tell which one it is.
fn misread_rule(text: &str) -> Option<usize> {
    let file: toml::Table = text.parse().ok()?;
    let calls = file.get("call")?.as_array()?.iter().enumerate();
    let rules = calls.flat_map(|(i, call)| {
        let rules = call.get("eligibility").and_then(toml::Value::as_array).into_iter().flatten().enumerate();
        rules.map(move |(j, rule)| (format!("call.{i}.eligibility.{j}"), rule))
    });
    let misread = rules.into_iter().find(|(_, rule)| Rule::deserialize((*rule).clone()).is_err());
    misread.map(|(path, _)| places::offset(text, &path))
}

/// The message of the TOML reader as one sentence on one line.
fn sentence(message: &str) -> String {
    let one_line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.ends_with('.') { one_line } else { one_line + "." }
}

impl Definition {
    /// Everything the file says that it may not, as English sentences naming the field.
    pub fn validate(&self) -> Vec<Fault> {
        validation::faults(self)
    }
}

#[cfg(test)]
mod tests;
