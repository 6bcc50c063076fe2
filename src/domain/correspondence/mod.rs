//! What mails and letters say, in French: pure builders, one file per noun.

pub mod decisions;
pub mod people;
pub mod reviews;
pub mod sessions;
