//! Messages as text and HTML, the SMTP transport and the outbox worker.

pub mod rendering;

pub use rendering::{Rendered, render};
