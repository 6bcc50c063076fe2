//! The French names of codes. A code never changes, a label may.
