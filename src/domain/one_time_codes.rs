//! One-time codes: six digits sent by mail, typed back by the same person, for one act on one thing as it stands.

use super::{codes::codes, time::Moment};

/// Digits of a code.
pub const DIGITS: usize = 6;
/// How long a code is valid once its mail has left.
pub const VALID_MINUTES: i64 = 15;
/// Wrong codes after which the right one is refused too.
pub const MOST_TRIES: i32 = 5;
/// Codes sent to one person for one thing within [`VALID_MINUTES`].
pub const MOST_CODES: i64 = 5;

codes! {
    /// What a code lets its owner do.
    pub enum CodePurpose {
        PaymentRunApproval => "payment_run_approval",
        /// Signing an agreement or an amendment to it.
        Agreement => "agreement",
        /// Giving an organisation another bank account.
        BankAccountChange => "bank_account_change",
    }
}

codes! {
    /// Why a code does not do.
    pub enum CodeFault {
        /// What was typed is no code.
        Missing => "missing",
        /// No code waits: none was asked for, or it has served.
        NotAsked => "not_asked",
        Wrong => "wrong",
        Expired => "expired",
        /// Too many wrong ones were typed.
        Exhausted => "exhausted",
        /// The thing is no longer what it was when the code was sent.
        Changed => "changed",
    }
}

impl CodeFault {
    /// What the person reads beside the field.
    pub const fn sentence(self) -> &'static str {
        match self {
            CodeFault::Missing => "Tapez les six chiffres reçus par courriel.",
            CodeFault::NotAsked => {
                "Aucun code n’est en cours\u{a0}: un code ne sert qu’une fois. Demandez-en un autre."
            }
            CodeFault::Wrong => "Ce n’est pas le bon code. Relisez le dernier courriel reçu.",
            CodeFault::Expired => "Ce code n’est plus valable\u{a0}: il durait un quart d’heure. Demandez-en un autre.",
            CodeFault::Exhausted => "Trop de codes faux\u{a0}: celui-ci ne sert plus. Demandez-en un autre.",
            CodeFault::Changed => {
                "Le contenu a changé depuis l’envoi de ce code. Relisez-le, puis demandez un autre code."
            }
        }
    }
}

/// A code that waits to be typed.
#[derive(Debug, Clone, Copy)]
pub struct Waiting<'a> {
    /// Digest of the thing as it was when the code was asked for.
    pub digest: &'a str,
    /// Wrong codes typed so far.
    pub tries: i32,
    pub expires_at: Moment,
}

/// Judges what was typed for a thing that has this digest now; `is_right` says whether the code is the one sent.
pub fn judge(waiting: Waiting<'_>, digest: &str, is_right: bool, now: Moment) -> Result<(), CodeFault> {
    if waiting.digest != digest {
        return Err(CodeFault::Changed);
    }
    if waiting.expires_at <= now {
        return Err(CodeFault::Expired);
    }
    if waiting.tries >= MOST_TRIES {
        return Err(CodeFault::Exhausted);
    }
    match is_right {
        true => Ok(()),
        false if waiting.tries + 1 >= MOST_TRIES => Err(CodeFault::Exhausted),
        false => Err(CodeFault::Wrong),
    }
}

/// The code that a secret of many hexadecimal characters makes.
pub fn digits(secret: &str) -> String {
    let number = secret.chars().take(15).fold(0_u64, |sum, c| sum * 16 + u64::from(c.to_digit(16).unwrap_or_default()));
    format!("{:06}", number % 1_000_000)
}

/// The digits of what was typed, whatever stands between them; nothing when they are not as many as a code has.
pub fn typed(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_code = digits.len() == DIGITS && text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace());
    is_code.then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_digits_however_it_is_typed() {
        assert_eq!(digits("000000000000007ffff"), "000007");
        for secret in ["ffffffffffffffffffff", "0123456789abcdef", ""] {
            assert_eq!(digits(secret).len(), DIGITS, "{secret}");
        }
        assert_eq!(typed(" 123\u{a0}456 ").as_deref(), Some("123456"));
        for bad in ["", "12345", "1234567", "12345a", "-123456"] {
            assert_eq!(typed(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_right_code_does_once_in_time_for_the_same_thing() {
        let now = Moment::from_unix_seconds(1_800_000_000);
        let waiting = Waiting { digest: "d", tries: 0, expires_at: now.plus_minutes(VALID_MINUTES) };
        assert_eq!(judge(waiting, "d", true, now), Ok(()));
        assert_eq!(judge(waiting, "e", true, now), Err(CodeFault::Changed));
        assert_eq!(judge(waiting, "d", true, waiting.expires_at), Err(CodeFault::Expired));
        assert_eq!(judge(waiting, "d", false, now), Err(CodeFault::Wrong));
        assert_eq!(judge(Waiting { tries: 4, ..waiting }, "d", false, now), Err(CodeFault::Exhausted));
        assert_eq!(judge(Waiting { tries: 5, ..waiting }, "d", true, now), Err(CodeFault::Exhausted));
    }
}
