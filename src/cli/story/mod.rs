//! Made-up people, organisations and projects, and the verbs by which they walk the whole line: what the demo, the
//! rehearsal and the simulation share.

pub(crate) mod advising;
pub(crate) mod applying;
pub(crate) mod calendars;
pub(crate) mod cast;
pub(crate) mod dice;
pub(crate) mod editions;
pub(crate) mod funders;
pub(crate) mod judging;
pub(crate) mod opening;
pub(crate) mod organisations;
pub(crate) mod paying;
mod places;
pub(crate) mod programmes;
pub(crate) mod projects;
mod treasury;
pub(crate) mod world;
pub(crate) mod year;
