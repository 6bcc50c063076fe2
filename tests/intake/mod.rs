//! From signing up to the filed application.

mod applications;
mod bad_input;
mod complements;
mod devices;
mod edits;
mod field_saves;
mod pages;
mod people;
mod rules;
mod typing;
