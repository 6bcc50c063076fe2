//! Pages of programme officers, which the rest of the team may read.

pub mod grants;
pub mod reports;
