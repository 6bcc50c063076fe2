//! Where random bytes come from: the operating system, or a seed when the same run must give the same data.

use super::StoreError;
use crate::domain::text::hexadecimal;
use sha2::{Digest, Sha256};

/// A source of random bytes.
#[derive(Debug)]
pub enum Entropy {
    /// The operating system's generator.
    System,
    /// Reproducible bytes from a seed; for made-up data only, never for secrets.
    Seeded { seed: u64, drawn: u64 },
    /// Bytes that only grow, so that identifiers of one instant are in the order of their making; never for secrets.
    Growing { drawn: u64 },
}

/// A new token of 256 bits for a form, as 64 hexadecimal characters.
pub fn form_token() -> Result<String, StoreError> {
    Ok(hexadecimal(&Entropy::System.draw()?))
}

impl Entropy {
    /// The reproducible source of this seed.
    pub fn seeded(seed: u64) -> Self {
        Entropy::Seeded { seed, drawn: 0 }
    }

    /// A source of bytes that only grow: two runs that do the same list it in the same order.
    pub fn growing() -> Self {
        Entropy::Growing { drawn: 0 }
    }

    /// Thirty-two random bytes.
    pub fn draw(&mut self) -> Result<[u8; 32], StoreError> {
        match self {
            Entropy::System => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).map_err(|error| StoreError::Database(error.to_string()))?;
                Ok(bytes)
            }
            Entropy::Seeded { seed, drawn } => {
                *drawn += 1;
                Ok(Sha256::digest([seed.to_be_bytes(), drawn.to_be_bytes()].concat()).into())
            }
            Entropy::Growing { drawn } => {
                *drawn += 1;
                let mut bytes: [u8; 32] = Sha256::digest(drawn.to_be_bytes()).into();
                bytes[..8].copy_from_slice(&drawn.to_be_bytes());
                Ok(bytes)
            }
        }
    }
}
