//! Messages as text and HTML, the SMTP transport and the outbox worker.

mod alarms;
mod checking;
pub mod composing;
mod erasing;
pub mod mailbox;
mod packing;
mod quarantine;
mod releasing;
pub mod rendering;
mod scanning;
mod threads;
pub mod transport;
pub mod worker;

pub use composing::{Attached, Parcel};
pub use packing::{Binder, Made};
pub use rendering::{Rendered, render};
pub use transport::{SendError, Transport};
pub use worker::{Press, Tally, Worker};
