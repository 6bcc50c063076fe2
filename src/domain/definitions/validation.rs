//! What a definition may not say.

use super::{Definition, Fault};

/// Every fault of the definition.
pub fn faults(_: &Definition) -> Vec<Fault> {
    Vec::new()
}
