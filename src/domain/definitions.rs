//! Funds and calls as data: what a definition file says and what it may not.
