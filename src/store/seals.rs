//! The seal of account numbers: AES-256-GCM under a key that is not in the database, bound to the row it lies in. Only a
//! transaction opens one, so that no reading goes unrecorded: see `iban_readings`.

use super::StoreError;
use crate::domain::{
    identity::{Iban, IbanMark, SEALED, SealedIban},
    ids::{BankAccountId, PayerAccountId},
    text::hexadecimal,
};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
    rand::{SecureRandom, SystemRandom},
};

/// Length of a key in bytes.
pub const KEY_BYTES: usize = 32;

/// A key as it is kept outside the database.
pub type KeyBytes = [u8; KEY_BYTES];

/// The key everything is sealed with, and older ones that still open what they sealed.
pub struct Seals {
    current: Key,
    old: Vec<Key>,
    random: SystemRandom,
}

struct Key {
    /// Eight characters that stand before what it sealed.
    name: String,
    cipher: LessSafeKey,
    marks: hmac::Key,
}

/// The row and column where something lies sealed; there and nowhere else it opens.
#[derive(Debug, Clone)]
pub struct Place(String);

impl Place {
    /// The number of a beneficiary's account.
    pub fn bank_account(id: BankAccountId) -> Self {
        Place(format!("bank_accounts/{id}"))
    }

    /// The number of an account the house pays from.
    pub fn payer(id: PayerAccountId) -> Self {
        Place(format!("payer_accounts/{id}"))
    }

    /// A number answered in the form of an application or of a report.
    pub fn answer(token: &str) -> Self {
        Place(format!("sealed_answers/{token}"))
    }

    /// What is authenticated with the sealed bytes: place, key, and the ends that stay in sight.
    fn bound(&self, key: &str, ends: &str) -> Aad<Vec<u8>> {
        Aad::from(format!("{}|{key}|{ends}", self.0).into_bytes())
    }
}

fn broken(what: &'static str) -> StoreError {
    StoreError::Sealed(what.to_owned())
}

fn part(root: &hmac::Key, purpose: &str) -> hmac::Tag {
    hmac::sign(root, purpose.as_bytes())
}

impl Key {
    fn new(bytes: &KeyBytes) -> Result<Key, StoreError> {
        let root = hmac::Key::new(hmac::HMAC_SHA256, bytes);
        let cipher = UnboundKey::new(&AES_256_GCM, part(&root, "tisserand iban seal").as_ref());
        let cipher = cipher.map_err(|_| broken("the key cannot be used"))?;
        Ok(Key {
            name: hexadecimal(part(&root, "tisserand iban key name").as_ref()).chars().take(8).collect(),
            cipher: LessSafeKey::new(cipher),
            marks: hmac::Key::new(hmac::HMAC_SHA256, part(&root, "tisserand iban mark").as_ref()),
        })
    }
}

impl Seals {
    /// Seals with `current`; opens what `current` or one of the `old` keys sealed.
    pub fn new(current: &KeyBytes, old: &[KeyBytes]) -> Result<Seals, StoreError> {
        let old = old.iter().map(Key::new).collect::<Result<_, _>>()?;
        Ok(Seals { current: Key::new(current)?, old, random: SystemRandom::new() })
    }

    /// A new random key.
    pub fn fresh_key() -> Result<KeyBytes, StoreError> {
        let mut bytes = [0; KEY_BYTES];
        SystemRandom::new().fill(&mut bytes).map_err(|_| broken("no random bytes can be had"))?;
        Ok(bytes)
    }

    /// The name of the key everything is sealed with now.
    pub fn key_name(&self) -> &str {
        &self.current.name
    }

    /// Whether what a key of this name sealed can be opened.
    pub fn knows(&self, name: &str) -> bool {
        self.key(name).is_some()
    }

    fn key(&self, name: &str) -> Option<&Key> {
        std::iter::once(&self.current).chain(&self.old).find(|key| key.name == name)
    }

    /// By what the same number is found again.
    pub fn mark(&self, iban: &Iban) -> IbanMark {
        self.mark_of_text(iban.electronic())
    }

    /// The same for what somebody typed in place of a number.
    pub fn mark_of_text(&self, text: &str) -> IbanMark {
        let digest = hmac::sign(&self.current.marks, text.as_bytes());
        IbanMark::from_digest(&hexadecimal(digest.as_ref()))
    }

    /// Seals an account number in its row.
    pub fn seal(&self, place: &Place, iban: &Iban) -> Result<SealedIban, StoreError> {
        Ok(SealedIban::new(&self.seal_bytes(place, iban.electronic(), &iban.ends())?, iban))
    }

    /// Seals what was typed in place of a number.
    pub fn seal_text(&self, place: &Place, text: &str) -> Result<String, StoreError> {
        self.seal_bytes(place, text, "")
    }

    fn seal_bytes(&self, place: &Place, text: &str, ends: &str) -> Result<String, StoreError> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| broken("no random bytes can be had"))?;
        let mut bytes = text.as_bytes().to_vec();
        let key = &self.current;
        key.cipher
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), place.bound(&key.name, ends), &mut bytes)
            .map_err(|_| broken("a number could not be sealed"))?;
        Ok(format!("{SEALED}{}.{}{}", key.name, hexadecimal(&nonce), hexadecimal(&bytes)))
    }

    /// The number sealed in this row; what was changed or comes from another row does not open.
    pub(super) fn open(&self, place: &Place, sealed: &SealedIban) -> Result<Iban, StoreError> {
        let text = self.open_text(place, sealed.as_str())?;
        text.parse().map_err(|_| broken("what was sealed is no account number"))
    }

    /// The same for what was typed in place of a number.
    pub(super) fn open_text(&self, place: &Place, sealed: &str) -> Result<String, StoreError> {
        let unlike = || broken("a sealed number does not look like one");
        let mut parts = sealed.strip_prefix(SEALED).ok_or_else(unlike)?.splitn(3, '.');
        let (name, bytes) = (parts.next().ok_or_else(unlike)?, parts.next().ok_or_else(unlike)?);
        let ends = parts.next().unwrap_or_default();
        let key = self.key(name).ok_or_else(|| broken("a number was sealed with a key that was not given"))?;
        let bytes = unhexed(bytes).ok_or_else(unlike)?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN).ok_or_else(unlike)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| unlike())?;
        let mut rest = rest.to_vec();
        let opened = key.cipher.open_in_place(nonce, place.bound(name, ends), &mut rest);
        let opened = opened.map_err(|_| broken("a sealed number was changed, or moved from another row"))?;
        String::from_utf8(opened.to_vec()).map_err(|_| unlike())
    }
}

/// The bytes written in hexadecimal.
pub fn unhexed(text: &str) -> Option<Vec<u8>> {
    let digits = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<Vec<u32>>>()?;
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::try_from(pair.iter().fold(0_u32, |sum, digit| sum * 16 + digit)).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: &str = "FR7630006000011234567890189";

    fn place(last: u8) -> Place {
        Place::bank_account(format!("0198c0a1-7b5c-7def-8123-0000000000{last:02}").parse().unwrap())
    }

    fn said(result: Result<Iban, StoreError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn a_number_opens_in_its_row_and_nowhere_else() {
        let (seals, iban) = (Seals::new(&[1; KEY_BYTES], &[]).unwrap(), NUMBER.parse::<Iban>().unwrap());
        let sealed = seals.seal(&place(1), &iban).unwrap();
        assert!(!sealed.as_str().contains(&NUMBER[4..20]));
        assert_ne!(sealed, seals.seal(&place(1), &iban).unwrap(), "the same number never looks the same");
        assert_eq!(seals.open(&place(1), &sealed).unwrap(), iban);
        assert!(said(seals.open(&place(2), &sealed)).contains("moved from another row"));
        let other_ends = sealed.as_str().replace("0189", "0188").parse().unwrap();
        assert!(said(seals.open(&place(1), &other_ends)).contains("was changed"));
    }

    #[test]
    fn an_old_key_opens_and_an_unknown_one_does_not() {
        let iban = NUMBER.parse::<Iban>().unwrap();
        let old = Seals::new(&[1; KEY_BYTES], &[]).unwrap();
        let sealed = old.seal(&place(1), &iban).unwrap();
        let new = Seals::new(&[2; KEY_BYTES], &[[1; KEY_BYTES]]).unwrap();
        assert_eq!(new.open(&place(1), &sealed).unwrap(), iban);
        assert_ne!(new.mark(&iban), old.mark(&iban));
        let stranger = Seals::new(&[3; KEY_BYTES], &[]).unwrap();
        assert!(said(stranger.open(&place(1), &sealed)).contains("a key that was not given"));
    }

    #[test]
    fn hexadecimal_is_read_back() {
        assert_eq!(unhexed("00ff10"), Some(vec![0, 255, 16]));
        assert_eq!((unhexed("0"), unhexed("zz")), (None, None));
    }
}
