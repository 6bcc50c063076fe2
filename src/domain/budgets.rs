//! Planned and actual budgets by Cerfa line: balance, valuations, eligible cost.
