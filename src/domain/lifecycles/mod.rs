//! One file per machine.
