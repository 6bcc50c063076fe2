//! From signing up to the filed application.

mod people;
