//! Eligibility rules as data and the facts they judge.
