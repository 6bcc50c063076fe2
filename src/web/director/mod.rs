//! Pages of the management: what awaits its confirmation.

pub mod confirmations;
pub mod promotions;
