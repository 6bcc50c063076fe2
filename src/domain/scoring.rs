//! Scoring grids, means and ranking.
