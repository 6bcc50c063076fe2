//! The rules. Pure: no input or output, no clock, no SQL, no HTTP.
