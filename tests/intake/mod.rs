//! From signing up to the filed application.

mod applications;
mod pages;
mod people;
