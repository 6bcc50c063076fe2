//! What mails and letters say, in French: pure builders, one file per noun.

pub mod people;
