//! Files that enter the house: fund definitions, reference data.
