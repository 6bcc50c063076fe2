//! SHA-256 in hexadecimal: how secrets, files and filed contents are named.

use crate::domain::text::hexadecimal;
use sha2::{Digest, Sha256};

/// The digest of these bytes as 64 hexadecimal characters.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// The digest of bytes that come piece by piece.
#[derive(Default)]
pub struct Summing(Sha256);

impl Summing {
    /// Takes the next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of everything taken, as 64 hexadecimal characters.
    pub fn end(self) -> String {
        hexadecimal(&self.0.finalize())
    }
}
