//! Whatever people do, in whatever order, the promises hold: walks over everything the tables offer, and over what they
//! do not.

mod embargoed;
mod houses;
mod moves;
mod recused;
mod things;
mod walks;
mod world;
