//! Made-up people, organisations and projects, and the verbs by which they walk the whole line: what the demo, the
//! rehearsal and the simulation share.

pub(crate) mod cast;
pub(crate) mod dice;
mod numbers;
pub(crate) mod organisations;
mod places;
pub(crate) mod projects;
