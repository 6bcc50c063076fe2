//! Where a member of a committee comes from: set by the officer; readers are proposed by college, and conflicts looked for
//! by employer.

use super::{Actor, FieldError, Outcome, UseCaseError, skills};
use crate::{
    domain::{conflicts::host, ids::PersonId, interests::number, text::unprintable_sentence},
    store::{
        Conn, Tx,
        seat_origins::{self as rows, OriginRow},
    },
};

/// The longest name of an employer, in characters.
const LONGEST: usize = 160;

/// What was typed of a seat.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OriginForm {
    /// The code of a college; empty for none.
    pub college: String,
    pub employer: String,
    pub number: String,
    pub domain: String,
}

impl From<OriginRow> for OriginForm {
    fn from(row: OriginRow) -> Self {
        let OriginRow { college, employer, employer_number, employer_domain, .. } = row;
        OriginForm { college, employer, number: employer_number, domain: employer_domain }
    }
}

/// What is known of the seat of a member, for the officer of the call.
pub fn find(conn: &mut Conn, officer: &Actor, reference: &str, person: PersonId) -> Outcome<OriginForm> {
    let card = skills::find(conn, officer, reference, person)?;
    Ok(rows::find(conn, card.member.seat_id)?.map(OriginForm::from).unwrap_or_default())
}

/// Writes where a member comes from.
pub fn save(tx: &mut Tx, officer: &Actor, reference: &str, person: PersonId, form: &OriginForm) -> Outcome<()> {
    let card = skills::find(tx.conn(), officer, reference, person)?;
    let mut errors = Vec::new();
    let college = form.college.trim();
    if !college.is_empty() && !card.call.fund.committee.colleges.iter().any(|known| known.code == college) {
        errors.push(FieldError::new("college", "Choisissez parmi les réponses."));
    }
    let employer = form.employer.split_whitespace().collect::<Vec<_>>().join(" ");
    if employer.chars().count() > LONGEST {
        errors.push(FieldError::new("employeur", format!("C’est trop long\u{a0}: {LONGEST} caractères au plus.")));
    } else if let Some(sentence) = unprintable_sentence(&employer) {
        errors.push(FieldError::new("employeur", sentence));
    }
    let known = Some(form.number.trim()).filter(|typed| !typed.is_empty()).map(number);
    if known == Some(None) {
        let sentence =
            "Écrivez un SIREN (9 chiffres), un SIRET (14 chiffres) ou un RNA (W et 9 chiffres), ou laissez vide.";
        errors.push(FieldError::new("employeur_numero", sentence));
    }
    let domain = Some(form.domain.trim()).filter(|typed| !typed.is_empty()).map(host);
    if domain == Some(None) {
        let sentence = "Écrivez ce qui suit l’arobase, par exemple ville-lille.fr, ou laissez vide.";
        errors.push(FieldError::new("employeur_domaine", sentence));
    }
    if !errors.is_empty() {
        return Err(UseCaseError::Invalid(errors));
    }
    let row = OriginRow {
        seat_id: card.member.seat_id,
        college: college.to_owned(),
        employer,
        employer_number: known.flatten().unwrap_or_default(),
        employer_domain: domain.flatten().unwrap_or_default(),
    };
    Ok(rows::set(tx, &row)?)
}
