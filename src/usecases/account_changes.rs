//! Giving an organisation another bank account: whoever does it confirms it with a code sent to their own address and, if
//! they have one, with their password.
//!
//! The first account asks for neither: nothing is paid on it before somebody else has verified it, there is nobody to take
//! money from, and whoever gives it at the last minute does not wait for a mail. Any other number is a change, also where
//! the first one was never verified or has been closed; the same number with another RIB is none.
//!
//! For a week neither a password chosen by a link, which proves the mailbox alone, nor a seat given since there is an
//! account changes it: whoever sat down at a screen left open could seat a friend.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    bank_accounts::{self, AccountForm},
    documents::Recipient,
    one_time_codes, organisations, own_passwords, settings,
};
use crate::{
    domain::{
        correspondence::bank_accounts as words,
        ids::{BankAccountId, OneTimeCodeId, OrganisationId, PersonId},
        lifecycle::Refusal,
        one_time_codes::{CodeFault, CodePurpose, MOST_TRIES, typed},
        organisations::Right,
        text::nbsp,
        time::{Moment, french_date},
    },
    store::{
        Conn, Tx, bank_accounts as rows,
        digests::sha256,
        one_time_codes::Owner,
        organisations as store_organisations,
        people::{self, PersonRow},
    },
};

/// Days for which a password chosen by a link and a new seat change no account.
const SETTLING_DAYS: i64 = 7;

/// What somebody who changes an account is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Whether a code was sent to them that still serves.
    pub has_code: bool,
    /// Whether they have a password, and so have to type it.
    pub has_password: bool,
}

/// What confirms a change, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The digits received by mail, as typed.
    pub code: String,
    /// Whose password was typed; nobody's when it was wrong or none was.
    pub opened: Option<PersonId>,
}

/// What the actor is asked for to give an account; nothing for the first one of the organisation.
pub fn asked(conn: &mut Conn, actor: &Actor, organisation: OrganisationId, now: Moment) -> Outcome<Option<Asked>> {
    if !rows::was_given(conn, organisation)? {
        return Ok(None);
    }
    let person = people::find(conn, access::person(actor)?)?;
    let waiting = one_time_codes::waiting(conn, owner(person.id, &organisation))?;
    let has_code = waiting.is_some_and(|code| code.expires_at > now && code.tries < MOST_TRIES);
    Ok(Some(Asked { has_code, has_password: person.password_hash.is_some() }))
}

fn owner(person: PersonId, organisation: &OrganisationId) -> Owner<'_> {
    Owner { purpose: CodePurpose::BankAccountChange, person, subject: organisation.as_str() }
}

/// Whether money could go elsewhere than before: not with the first account, nor with a number that stands already and
/// only gets another RIB.
fn is_change(tx: &mut Tx, organisation: OrganisationId, form: &AccountForm) -> Outcome<bool> {
    let mark = tx.seals()?.mark(&form.iban);
    let is_same = rows::open_of(tx.conn(), organisation)?.iter().any(|row| row.iban_mark == mark);
    Ok(!is_same && rows::was_given(tx.conn(), organisation)?)
}

/// All that is confirmed, so that a code sent for one account serves for no other.
fn digest(tx: &Tx, organisation: OrganisationId, form: &AccountForm) -> Outcome<String> {
    let mark = tx.seals()?.mark(&form.iban);
    let bic = form.bic.as_ref().map(ToString::to_string).unwrap_or_default();
    Ok(sha256(format!("{organisation}\n{}\n{}\n{bic}\n{}", form.holder.trim(), mark.as_str(), form.bank_name.trim())))
}

/// Sends the actor a code to change to this account, once nothing is wrong with it.
pub fn ask(
    tx: &mut Tx,
    actor: &Actor,
    organisation: OrganisationId,
    form: &AccountForm,
    now: Moment,
) -> Outcome<OneTimeCodeId> {
    organisations::require(tx.conn(), actor, &[organisation], Right::Money)?;
    if !rows::was_given(tx.conn(), organisation)? {
        return Err(Refusal::because("Le premier compte se passe de code\u{a0}: enregistrez-le.").into());
    }
    bank_accounts::check_form(tx, organisation, form)?;
    let person = people::find(tx.conn(), access::person(actor)?)?;
    require_settled(tx.conn(), &person, organisation, now)?;
    let name = store_organisations::find(tx.conn(), organisation)?.name;
    let mail = words::change_code(&name, &form.iban.masked(), &settings::load(tx.conn())?.issuer_contact);
    let to = Recipient { person: Some(person.id), address: person.email.to_string(), name: person.name };
    let digest = digest(tx, organisation, form)?;
    one_time_codes::ask(tx, owner(person.id, &organisation), &digest, (&to, &mail), now)
}

/// Enters an account of one's organisation: the first number as it is, any other once it is confirmed. A wrong code is no
/// error: it stays counted.
pub fn give(
    tx: &mut Tx,
    actor: &Actor,
    organisation: OrganisationId,
    (form, proof): (&AccountForm, &Proof),
    now: Moment,
) -> Outcome<Result<BankAccountId, CodeFault>> {
    organisations::require(tx.conn(), actor, &[organisation], Right::Money)?;
    if is_change(tx, organisation, form)? {
        bank_accounts::check_form(tx, organisation, form)?;
        let row = people::find(tx.conn(), access::person(actor)?)?;
        require_settled(tx.conn(), &row, organisation, now)?;
        require_password(&row, proof)?;
        let person = row.id;
        let digest = digest(tx, organisation, form)?;
        if let Err(fault) = one_time_codes::check(tx, owner(person, &organisation), &digest, &proof.code, now)? {
            return Ok(Err(fault));
        }
    }
    bank_accounts::enter(tx, actor, organisation, form, now).map(Ok)
}

/// Refuses whoever is who they say for too short a time.
fn require_settled(conn: &mut Conn, person: &PersonRow, organisation: OrganisationId, now: Moment) -> Outcome<()> {
    let seated = store_organisations::seated_since(conn, organisation, person.id)?;
    let is_newcomer = match seated {
        Some(since) => rows::was_given_before(conn, organisation, since)?,
        None => false,
    };
    let chosen = match person.password_hash {
        Some(_) => own_passwords::forgotten_at(conn, person.id)?,
        None => None,
    };
    let seat = seated.filter(|_| is_newcomer).map(|since| (since, "Vous avez rejoint cette organisation depuis peu"));
    let password = chosen.map(|at| (at, "Vous êtes entré·e depuis peu par un lien pour mot de passe oublié"));
    for (since, why) in [seat, password].into_iter().flatten() {
        let until = since.plus_days(SETTLING_DAYS);
        if now < until {
            let sentence = format!(
                "{why} : par prudence, vous pourrez changer de compte à partir du {}. Une autre personne de \
                 l’organisation peut le faire dès maintenant.",
                french_date(until.paris_date())
            );
            return Err(UseCaseError::Invalid(vec![FieldError::new("code", nbsp(&sentence))]));
        }
    }
    Ok(())
}

/// Refuses whoever has a password and has not typed it.
fn require_password(person: &PersonRow, proof: &Proof) -> Outcome<()> {
    if person.password_hash.is_none() || proof.opened == Some(person.id) {
        return Ok(());
    }
    let mut wrong = Vec::new();
    if typed(&proof.code).is_none() {
        wrong.push(FieldError::new("code", CodeFault::Missing.sentence()));
    }
    let sentence =
        "Tapez le mot de passe de votre compte. Oublié\u{a0}? Choisissez-en un autre dans «\u{a0}Mon compte\u{a0}».";
    wrong.push(FieldError::new("mot_de_passe", sentence));
    Err(UseCaseError::Invalid(wrong))
}
