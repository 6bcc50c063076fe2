//! Whatever people do, in whatever order, the promises hold: walks over everything the tables offer, and over what they
//! do not.

mod embargoed;
mod houses;
mod moves;
mod permitted;
mod recused;
mod rendered;
mod scenes;
mod siblings;
mod steppers;
mod things;
mod walks;
mod world;
