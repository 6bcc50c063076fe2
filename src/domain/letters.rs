//! The typed letter: everything a rendered document says, and nothing about how it looks.
