//! Files that enter the house: fund definitions, reference data, the sheets of offline packs.

pub mod score_sheets;
