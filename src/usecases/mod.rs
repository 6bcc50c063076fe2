//! One function per verb people use. No SQL, no HTTP.
