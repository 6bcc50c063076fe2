//! The key that seals account numbers: given by the environment, or kept in a file beside the data and never in the
//! database.

use super::{Done, Failure, terminal};
use crate::{
    store::{
        Db, sealing,
        seals::{KEY_BYTES, KeyBytes, Seals, unhexed},
    },
    usecases::{clock::Clock, sealed_numbers},
};
use std::{fs, io, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

/// The file of the key, in the folder of the data.
const FILE: &str = "iban.key";
/// Where a key is given instead.
const GIVEN: &str = "TISSERAND_IBAN_KEY";
/// Where older keys are given.
const OLD: &str = "TISSERAND_IBAN_OLD_KEYS";

/// The keys as they were given, in hexadecimal or base64.
#[derive(Debug, Clone, Default)]
pub(super) struct GivenKeys {
    pub current: Option<String>,
    pub old: Vec<String>,
}

impl GivenKeys {
    /// Gives the database the key of `folder`, made where there is none and nothing is sealed yet; then seals what lies in
    /// clear or under an older key.
    pub(super) fn unlock(&self, db: &Db, folder: &Path) -> Done {
        let names = db.read(sealing::key_names)?;
        let key = self.key(&folder.join(FILE), names.is_empty())?;
        self.hold(db, &key, &names)
    }

    /// The same with a key that nobody keeps, for a database that is thrown away.
    pub(super) fn unlock_once(db: &Db) -> Done {
        GivenKeys::default().hold(db, &Seals::fresh_key()?, &[])
    }

    fn hold(&self, db: &Db, key: &KeyBytes, names: &[String]) -> Done {
        let old = self.old.iter().filter(|text| !text.trim().is_empty()).map(|text| read(text, OLD));
        let seals = Seals::new(key, &old.collect::<Result<Vec<_>, _>>()?)?;
        if names.iter().any(|name| !seals.knows(name)) {
            return Err(Failure::because(format!(
                "the account numbers of this database are sealed with another key than the one given; give that key, in {OLD} \
                 if it was replaced since"
            )));
        }
        db.hold(seals);
        let sealed = db.write(|tx| sealed_numbers::seal_all(tx, Clock::System.now()))?;
        if sealed > 0 {
            // What was overwritten must not be read in the free pages of the file.
            db.compact()?;
            terminal::note(format!("{sealed} account numbers, or papers with such numbers, were sealed"));
        }
        Ok(())
    }

    fn key(&self, file: &Path, may_make: bool) -> Result<KeyBytes, Failure> {
        if let Some(given) = self.current.as_deref().filter(|text| !text.trim().is_empty()) {
            return read(given, GIVEN);
        }
        match fs::read_to_string(file) {
            Ok(text) => read(&text, &file.display().to_string()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Failure::because(format!("{} cannot be read: {error}", file.display())))
            }
            Err(_) if may_make => make(file),
            Err(_) => Err(Failure::because(format!(
                "the database holds sealed account numbers and their key is missing; put it back at {} or give it in {GIVEN}",
                file.display()
            ))),
        }
    }
}

/// Makes a key that only this user of the machine may read.
fn make(file: &Path) -> Result<KeyBytes, Failure> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let key = Seals::fresh_key()?;
    let mut kept = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    writeln!(kept, "{}", crate::domain::text::hexadecimal(&key))?;
    kept.sync_all()?;
    terminal::note(format!(
        "the key that seals account numbers was made at {}: keep a copy apart from the backups of the database",
        file.display()
    ));
    Ok(key)
}

fn read(text: &str, from: &str) -> Result<KeyBytes, Failure> {
    let text = text.trim();
    let bytes = if text.len() == KEY_BYTES * 2 { unhexed(text) } else { unbased(text) };
    bytes
        .and_then(|bytes| KeyBytes::try_from(bytes).ok())
        .ok_or_else(|| Failure::because(format!("{from} does not hold a key: 32 bytes in hexadecimal or base64")))
}

/// The bytes written in base64, with or without padding.
fn unbased(text: &str) -> Option<Vec<u8>> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for sign in text.trim_end_matches('=').bytes() {
        let digit = DIGITS.iter().position(|known| *known == sign)?;
        bits = ((bits << 6) | u32::try_from(digit).ok()?) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_in_hexadecimal_or_base64() {
        let key = [0xab; KEY_BYTES];
        assert_eq!(read(&"ab".repeat(32), GIVEN).ok(), Some(key));
        assert_eq!(read("q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n", GIVEN).ok(), Some(key));
        assert!(read("abcd", GIVEN).is_err_and(|failure| failure.0.contains(GIVEN)));
    }
}
