//! Passwords: hashed with Argon2id, compared at the same cost whether the person exists or not.
//!
//! Hashing takes tens of milliseconds and 19 MiB: `web` and `cli` let few of them run at once.

use super::{FieldError, Outcome, UseCaseError};
use crate::{
    domain::identity::Email,
    domain::ids::PersonId,
    store::{Conn, people},
};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

/// Fewest characters of a password.
pub const SHORTEST: usize = 12;
/// Most characters: enough for any sentence, too few to tire the server.
pub const LONGEST: usize = 200;

/// What a typed password is compared with.
pub struct Credentials {
    person: Option<PersonId>,
    hash: String,
}

/// The hash that no password has: comparing with it costs what comparing with a real one costs.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Tm8gc2FsdCBhdCBhbGwhIQ$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

impl Credentials {
    /// Whose password this is. Slow on purpose.
    pub fn open_with(&self, password: &str) -> Option<PersonId> {
        let hash = PasswordHash::new(&self.hash).ok()?;
        let fits = password.chars().count() <= LONGEST
            && Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
        if fits { self.person } else { None }
    }
}

/// What a password typed with this address is to be compared with; the same for an unknown address.
pub fn of_email(conn: &mut Conn, email: Option<&Email>) -> Outcome<Credentials> {
    let row = match email {
        Some(email) => people::by_email(conn, email)?,
        None => None,
    };
    let known = row.filter(|row| row.disabled_at.is_none()).and_then(|row| Some((row.id, row.password_hash?)));
    Ok(match known {
        Some((id, hash)) => Credentials { person: Some(id), hash },
        None => Credentials { person: None, hash: NOBODY.to_owned() },
    })
}

/// Judges a new password: long enough, not the person's own address.
pub fn judge(password: &str, email: &Email) -> Result<(), UseCaseError> {
    let length = password.chars().count();
    let local = email.as_str().split('@').next().unwrap_or_default();
    let sentence = if length < SHORTEST {
        format!("Choisissez au moins {SHORTEST} caractères\u{a0}: une petite phrase convient très bien.")
    } else if length > LONGEST {
        format!("Choisissez au plus {LONGEST} caractères.")
    } else if password.to_lowercase().starts_with(&local.to_lowercase()) || is_monotone(password) {
        "Ce mot de passe se devine trop facilement.".to_owned()
    } else {
        return Ok(());
    };
    Err(UseCaseError::Invalid(vec![FieldError::new("mot_de_passe", sentence)]))
}

/// Whether three characters or fewer make up the whole.
fn is_monotone(password: &str) -> bool {
    password.chars().collect::<std::collections::BTreeSet<_>>().len() <= 3
}

/// The hash to keep of a password. Slow on purpose.
pub fn hash(password: &str) -> Outcome<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| UseCaseError::Unreadable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_opens_its_own_hash_and_nobody_has_the_spare_one() {
        let person: PersonId = "0198c0a1-7b5c-7def-8123-456789abcdef".parse().unwrap();
        let mine = Credentials { person: Some(person), hash: hash("une petite phrase").unwrap() };
        assert_eq!(mine.open_with("une petite phrase"), Some(person));
        assert_eq!(mine.open_with("une petite phrase "), None);
        let nobody = Credentials { person: Some(person), hash: NOBODY.into() };
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert_eq!(nobody.open_with(""), None);
    }

    #[test]
    fn short_and_obvious_passwords_are_refused() {
        let email: Email = "jeanne.dupont@exemple.fr".parse().unwrap();
        for bad in ["", "court", "jeanne.dupont2027", "111111111111111", &"é".repeat(201)] {
            assert!(judge(bad, &email).is_err(), "{bad}");
        }
        assert!(judge("le chat dort au soleil", &email).is_ok());
    }
}
