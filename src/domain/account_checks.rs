//! How a bank account was verified: what the bank answers about the name of its holder, and how the organisation confirms
//! that the account is its own.

use super::codes::codes;

/// Most characters of the name that a bank gives, as in the files it reads.
pub const LONGEST_NAME: usize = 140;

codes! {
    /// What the bank answers to the verification of the payee, which banks of the euro area offer since 9 October 2025.
    pub enum PayeeAnswer {
        Match => "match",
        /// Nearly: the bank gives the name it knows.
        CloseMatch => "close_match",
        NoMatch => "no_match",
        /// The other bank did not answer, or is outside the scheme.
        NotPossible => "not_possible",
        NotAsked => "not_asked",
    }

    /// How the organisation confirmed its account.
    pub enum Confirmation {
        /// It was called back on a number known before the account was given.
        Call => "call",
        InPerson => "in_person",
        /// By mail, to an address known before.
        Mail => "mail",
        /// Nobody was asked: the paper of the bank alone.
        Paper => "paper",
    }
}

/// Most characters of what is written of the holder of an account, or of an answer of the bank.
pub const LONGEST_REASON: usize = 2_000;

impl PayeeAnswer {
    /// The French words shown on screen and in the history.
    pub const fn label(self) -> &'static str {
        match self {
            PayeeAnswer::Match => "concordance",
            PayeeAnswer::CloseMatch => "concordance partielle",
            PayeeAnswer::NoMatch => "pas de concordance",
            PayeeAnswer::NotPossible => "vérification impossible",
            PayeeAnswer::NotAsked => "non demandée",
        }
    }
}

impl Confirmation {
    /// The French words shown on screen and in the history.
    pub const fn label(self) -> &'static str {
        match self {
            Confirmation::Call => "rappel à un numéro connu avant cette demande",
            Confirmation::InPerson => "de vive voix, en présence de la personne",
            Confirmation::Mail => "courriel à une adresse connue avant cette demande",
            Confirmation::Paper => "RIB seul, sans joindre personne",
        }
    }
}

/// What whoever verifies an account notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountCheck {
    pub answer: PayeeAnswer,
    /// The name the bank gave; empty when it gave none.
    pub name_given: String,
    pub confirmation: Confirmation,
    /// Why the account is right all the same; often empty.
    pub reason: String,
}

/// What is wrong with a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckFault {
    /// A partial match without the name the bank gave.
    NameMissing,
    NameTooLong,
    /// The bank does not know the holder, and nothing says why the account is right.
    ReasonMissing,
    /// A change that nobody of the organisation confirmed.
    Unconfirmed,
}

impl CheckFault {
    /// What the person reads beside the field.
    pub const fn sentence(self) -> &'static str {
        match self {
            CheckFault::NameMissing => "Recopiez le nom que la banque a donné.",
            CheckFault::NameTooLong => "Ce nom est trop long\u{a0}: 140 caractères au plus.",
            CheckFault::ReasonMissing => {
                "La banque n’a pas reconnu le titulaire. Écrivez pourquoi ce compte est le bon malgré tout, ou ne le \
                 vérifiez pas."
            }
            CheckFault::Unconfirmed => {
                "Ce compte en remplace un autre\u{a0}: joignez l’organisation par un moyen connu avant cette demande."
            }
        }
    }
}

impl AccountCheck {
    /// What is wrong with a check of a first account.
    pub fn faults(&self) -> Vec<CheckFault> {
        let mut faults = Vec::new();
        if self.answer == PayeeAnswer::CloseMatch && self.name_given.is_empty() {
            faults.push(CheckFault::NameMissing);
        }
        if self.name_given.chars().count() > LONGEST_NAME {
            faults.push(CheckFault::NameTooLong);
        }
        if self.answer == PayeeAnswer::NoMatch && self.reason.is_empty() {
            faults.push(CheckFault::ReasonMissing);
        }
        faults
    }

    /// The same for an account that replaces another: the paper of the bank alone confirms no change.
    pub fn faults_of_change(&self) -> Vec<CheckFault> {
        let unconfirmed = (self.confirmation == Confirmation::Paper).then_some(CheckFault::Unconfirmed);
        self.faults().into_iter().chain(unconfirmed).collect()
    }

    /// What the history keeps. The name the bank gave stays with the account, with which it is erased.
    pub fn in_words(&self) -> String {
        let (answer, confirmation) = (self.answer.label(), self.confirmation.label());
        let said = format!("Réponse de la banque\u{a0}: {answer}. Confirmation\u{a0}: {confirmation}.");
        if self.reason.is_empty() { said } else { format!("{said} Motif\u{a0}: {}", self.reason) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answer: PayeeAnswer, confirmation: Confirmation) -> AccountCheck {
        AccountCheck { answer, name_given: String::new(), confirmation, reason: String::new() }
    }

    #[test]
    fn a_partial_match_says_the_name_and_no_match_says_why() {
        assert_eq!(check(PayeeAnswer::Match, Confirmation::Paper).faults(), []);
        let close = check(PayeeAnswer::CloseMatch, Confirmation::Call);
        assert_eq!(close.faults(), [CheckFault::NameMissing]);
        assert_eq!(AccountCheck { name_given: "Les Passeurs du Nord".into(), ..close.clone() }.faults(), []);
        assert_eq!(AccountCheck { name_given: "é".repeat(141), ..close }.faults(), [CheckFault::NameTooLong]);
        let none = check(PayeeAnswer::NoMatch, Confirmation::Call);
        assert_eq!(none.faults(), [CheckFault::ReasonMissing]);
        let why = AccountCheck { reason: "La banque connaît l’ancien nom.".into(), ..none };
        assert_eq!(why.faults(), []);
        assert!(why.in_words().ends_with("Motif\u{a0}: La banque connaît l’ancien nom."));
    }

    #[test]
    fn a_change_is_confirmed_by_somebody() {
        for confirmation in Confirmation::ALL {
            let found = check(PayeeAnswer::NotAsked, *confirmation).faults_of_change();
            assert_eq!(found.is_empty(), *confirmation != Confirmation::Paper, "{confirmation}");
        }
    }
}
