//! Questions, conditions and answers: what is complete, what is missing, by name.
