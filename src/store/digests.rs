//! SHA-256 in hexadecimal: how secrets, files and filed contents are named.

use crate::domain::text::hexadecimal;
use sha2::{Digest, Sha256};

/// The digest of these bytes as 64 hexadecimal characters.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hexadecimal(&Sha256::digest(bytes))
}
