//! A call prepared on screen: a list of its parts, a page for each, one for each thing of its lists.

mod calendar;
pub mod creations;
mod documents;
mod dues;
mod grids;
mod holders;
mod inputs;
mod letters;
mod lists;
mod models;
mod money;
pub mod pages;
mod presentation;
pub mod previews;
mod questions;
pub mod rehearsals;
mod relations;
mod reports;
pub mod revisions;
mod rules;
pub mod saving;
mod spots;

use crate::{
    domain::definitions::{CallDefinition, CallPart},
    usecases::preparations::Preparation,
    web::Fields,
};
use inputs::{Group, Reading, Typed};
use spots::Spot;

/// What a page changes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Part(CallPart),
    Item(CallPart, Spot),
}

impl Target {
    fn part_named(part: &str) -> Option<Self> {
        part.parse().ok().map(Target::Part)
    }

    fn item_named(part: &str, item: &str) -> Option<Self> {
        let part = part.parse().ok()?;
        Some(Target::Item(part, Spot::parse(part, item)?))
    }

    const fn part(&self) -> CallPart {
        match self {
            Target::Part(part) | Target::Item(part, _) => *part,
        }
    }

    /// Its address below the call's preparation.
    fn address(&self) -> String {
        match self {
            Target::Part(part) => part.code().to_owned(),
            Target::Item(part, spot) => format!("{}/{}", part.code(), spot.item()),
        }
    }

    const fn title(&self) -> &'static str {
        match self {
            Target::Part(part) => part.label(),
            Target::Item(_, spot) => spot.title(),
        }
    }

    /// The fields of the page; `None` when there is no such thing.
    fn groups(&self, known: &Preparation, typed: Typed<'_>, seed: &Fields) -> Option<Vec<Group>> {
        let call = &known.definition;
        Some(match self {
            Target::Item(_, spot) => spot.groups(call, typed, seed)?,
            Target::Part(CallPart::Presentation) => presentation::groups(call, typed),
            Target::Part(CallPart::Calendar) => calendar::groups(call, typed),
            Target::Part(CallPart::Money) => money::groups(known, typed),
            Target::Part(CallPart::Holders) => holders::groups(call),
            Target::Part(CallPart::Grid) => grids::groups(call, typed),
            Target::Part(CallPart::Reports) => reports::groups(call),
            Target::Part(CallPart::Letters) => letters::groups(call),
            Target::Part(CallPart::Eligibility | CallPart::Form | CallPart::Documents) => Vec::new(),
        })
    }

    /// Writes what the form says into the definition; gives the fields it may have changed, `None` when there is no such
    /// thing.
    fn apply(&self, known: &Preparation, call: &mut CallDefinition, reading: &mut Reading<'_>) -> Option<Vec<String>> {
        match self {
            Target::Item(_, spot) => return Some(vec![spot.apply(call, &known.used_codes, reading)?]),
            Target::Part(CallPart::Presentation) => presentation::apply(call, reading),
            Target::Part(CallPart::Calendar) => calendar::apply(call, reading),
            Target::Part(CallPart::Money) => money::apply(known, call, reading),
            Target::Part(CallPart::Holders) => holders::apply(call, reading),
            Target::Part(CallPart::Grid) => {
                grids::apply(call, reading);
                return Some(
                    ["pass_mark", "spread_alert", "blind", "amounts"].map(|field| format!("grid.{field}")).into(),
                );
            }
            Target::Part(CallPart::Reports) => {
                reports::apply(call, reading);
                return Some(Vec::new());
            }
            Target::Part(CallPart::Letters) => letters::apply(call, reading),
            Target::Part(CallPart::Eligibility | CallPart::Form | CallPart::Documents) => return None,
        }
        Some(self.part().fields().iter().map(|field| (*field).to_owned()).collect())
    }
}
