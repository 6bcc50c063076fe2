//! Signing an agreement: by whom, how and by when.

use super::{codes::codes, money::Euros};
use chrono::{Days, NaiveDate};

/// What one beneficiary may be granted in a year without an agreement, by law (loi 2000-321, art. 10; décret 2001-495, art. 1):
/// above it there is one, and the law prescribes what it says.
pub const PUBLIC_AGREEMENT_ABOVE: Euros = Euros::whole(23_000);

/// Whether a grant goes with a signed agreement: its own amount is above what its call sets, or it takes what the
/// beneficiary is granted in the year (`others` of it by other decisions) above what the law lets go without one. A call
/// that sets more than the law sets it for the year too.
pub fn is_agreement_required(amount: Euros, others: Euros, threshold: Euros) -> bool {
    amount > threshold || amount + others > threshold.max(PUBLIC_AGREEMENT_ABOVE)
}

codes! {
    /// For whom a signature is given.
    pub enum SigningSide {
        /// The grantee, by its legal representative.
        Holder => "holder",
        /// The network, by its management.
        Issuer => "issuer",
    }

    /// How a signature is given.
    pub enum SigningWay {
        /// Online: a typed name and a code received by mail.
        Code => "code",
        /// On paper: the signed copy was sent in.
        Scan => "scan",
    }
}

/// Days in which both sides are expected to sign. A wish of the house, which no law sets: nothing lapses with it.
pub const SIGNING_DAYS: u64 = 30;

impl SigningSide {
    /// Who signs, as a page says it.
    pub const fn label(self) -> &'static str {
        match self {
            SigningSide::Holder => "L’organisation",
            SigningSide::Issuer => "La direction",
        }
    }
}

impl SigningWay {
    /// The French words shown on screen and in the evidence.
    pub const fn label(self) -> &'static str {
        match self {
            SigningWay::Code => "en ligne, nom tapé et code reçu par courriel",
            SigningWay::Scan => "sur papier, exemplaire signé déposé",
        }
    }
}

/// The last day on which a paper sent on `sent_on` is expected back.
pub fn sign_by(sent_on: NaiveDate) -> NaiveDate {
    sent_on.checked_add_days(Days::new(SIGNING_DAYS)).unwrap_or(sent_on)
}

/// The day on which a paper was sent that is expected back by `sign_by`.
pub fn sent_on(sign_by: NaiveDate) -> NaiveDate {
    sign_by.checked_sub_days(Days::new(SIGNING_DAYS)).unwrap_or(sign_by)
}

/// A mail address that its owner recognises and nobody else can write to: « h•••@tisserand.example ».
pub fn masked(address: &str) -> String {
    match address.split_once('@') {
        Some((name, host)) => format!("{}•••@{host}", name.chars().take(1).collect::<String>()),
        None => "•••".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agreement_is_signed_above_the_threshold_of_the_call_or_of_the_year() {
        let (law, cent) = (PUBLIC_AGREEMENT_ABOVE, Euros::from_cents(1));
        for (amount, others, threshold, expected) in [
            (law, Euros::ZERO, law, false),
            (law + cent, Euros::ZERO, law, true),
            (Euros::whole(15_000), Euros::whole(8_000), law, false),
            (Euros::whole(15_000), Euros::whole(8_000) + cent, law, true),
            (cent, Euros::ZERO, Euros::ZERO, true),
            // A call that signs early does so for its own grants.
            (Euros::whole(3_000), Euros::whole(4_000), Euros::whole(5_000), false),
            (Euros::whole(3_000), Euros::whole(20_001), Euros::whole(5_000), true),
            (Euros::whole(20_000), Euros::whole(9_000), Euros::whole(30_000), false),
        ] {
            assert_eq!(is_agreement_required(amount, others, threshold), expected, "{amount} {others} {threshold}");
        }
    }

    #[test]
    fn an_address_is_masked() {
        assert_eq!(masked("helo.passeurs@tisserand.example"), "h•••@tisserand.example");
        assert_eq!(masked("personne"), "•••");
    }

    #[test]
    fn a_paper_is_expected_back_within_a_month() {
        let sent: NaiveDate = "2027-04-02".parse().unwrap();
        assert_eq!(sign_by(sent), "2027-05-02".parse().unwrap());
        assert_eq!(sent_on(sign_by(sent)), sent);
    }
}
