//! Text as it is compared, sorted, counted and cut.
