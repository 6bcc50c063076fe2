//! The agreement that a raise takes where its grant had none: a whole one on the amended terms, in force with the amendment
//! once both have signed it.

use super::{
    Outcome, advance::Cause, agreements, amendment_terms, amendments as usual, documents, settings, terms,
    terms::Subject,
};
use crate::{
    domain::{
        correspondence::amendments as letters,
        lifecycles::amendments::AmendmentState,
        money::Euros,
        signing::{PUBLIC_AGREEMENT_ABOVE, SigningSide, sign_by},
    },
    store::{
        Conn, StoreError, Tx,
        amendments::AmendmentRow,
        grants::{self as store_grants, GrantRow},
        signing::{self as signed, PaperRow},
    },
};

/// What an amendment that nobody has settled yet would take a grant without an agreement to, where that takes one. Once it
/// was sent to be signed it is signed, whatever the year has become since.
fn raised(conn: &mut Conn, row: &AmendmentRow, grant: &GrantRow) -> Outcome<Option<Euros>> {
    let new = row.new_amount_cents.filter(|new| !grant.is_agreement_required && *new > grant.amount_cents);
    let Some(new) = new else { return Ok(None) };
    let is_owed = match row.state {
        AmendmentState::ToSign => true,
        AmendmentState::Requested => {
            let threshold = terms::of_call(conn, grant.call_id)?.call.agreement_threshold;
            agreements::is_required(conn, (grant, new), threshold)?
        }
        AmendmentState::Approved | AmendmentState::Refused => false,
    };
    Ok(is_owed.then_some(new))
}

/// Whether an amendment takes a whole agreement.
pub(super) fn is_made_by(conn: &mut Conn, row: &AmendmentRow, grant: &GrantRow) -> Outcome<bool> {
    Ok(raised(conn, row, grant)?.is_some())
}

/// What whoever grants such an amendment should know first, in French: who wants the agreement, and what follows.
pub(super) fn caution(conn: &mut Conn, row: &AmendmentRow, grant: &GrantRow) -> Outcome<Option<String>> {
    let Some(new) = raised(conn, row, grant)? else { return Ok(None) };
    let threshold = terms::of_call(conn, grant.call_id)?.call.agreement_threshold;
    let is_by_itself = new > threshold;
    let most = if is_by_itself { threshold } else { threshold.max(PUBLIC_AGREEMENT_ABOVE) };
    let wants = match most == PUBLIC_AGREEMENT_ABOVE {
        true => "la loi veut une convention (décret 2001-495)",
        false => "l’appel veut une convention",
    };
    let together = if is_by_itself { "" } else { " Toutes les subventions de l’année comptent." };
    Ok(Some(format!(
        "Au-delà de {most}, {wants}, et cette subvention n’en a pas.{together} Si vous accordez l’avenant, la convention part \
         à signer\u{a0}; le montant change quand les deux parties l’ont signée."
    )))
}

/// What stands in the way of such an agreement, in a French sentence: nobody is named who could sign it, or what was sent
/// to be signed is not true any more.
pub(super) fn obstacle(conn: &mut Conn, row: &AmendmentRow, grant: &GrantRow) -> Outcome<Option<String>> {
    if !is_made_by(conn, row, grant)? {
        return Ok(None);
    }
    if row.state == AmendmentState::ToSign {
        let is_true = amendment_terms::still_changes(conn, row, grant)?;
        return Ok((!is_true).then(|| {
            "Les versements ont changé depuis que cette convention a été écrite\u{a0}: l’avenant est à refuser, puis à \
             demander de nouveau."
                .to_owned()
        }));
    }
    let fund = terms::of_call(conn, grant.call_id)?.fund;
    let is_named = terms::names_signatory(&settings::load(conn)?, &fund);
    Ok((!is_named).then(|| "La définition du fonds ne dit pas qui signe pour lui (nom et qualité).".to_owned()))
}

/// Issues the agreement on the amended terms and asks the holder to sign it.
pub(super) fn send(tx: &mut Tx, cause: &Cause, row: &AmendmentRow, mut about: Subject) -> Outcome<()> {
    let was = about.file.grant.clone();
    let new = row.new_amount_cents.ok_or(StoreError::NotFound)?;
    let planned = amendment_terms::planned_of(tx.conn(), &was, new, cause.now)?;
    about.file.grant = GrantRow { amount_cents: new, is_agreement_required: true, ..was.clone() };
    let letter = agreements::raised_letter(tx.conn(), &about, was.amount_cents, &planned)?;
    let sign_by = sign_by(cause.now.paris_date());
    let mail = letters::agreement_to_sign_mail(&about.project, new, sign_by);
    let document_id = documents::issue_and_send(tx, cause, &about.settings, letter, &about.recipients, &mail)?;
    let (grant_id, amendment_id) = (row.grant_id, Some(row.id));
    Ok(signed::insert_paper(tx, &PaperRow { document_id, grant_id, amendment_id, sign_by, replaced_at: None })?)
}

/// Gives a grant that had none the agreement which came with its raise, as both have signed it.
pub(super) fn put_in_force(tx: &mut Tx, row: &AmendmentRow, grant: &GrantRow) -> Outcome<()> {
    let Some(paper) = usual::paper_of(tx.conn(), row)?.filter(|_| !grant.is_agreement_required) else {
        return Ok(());
    };
    store_grants::require_agreement(tx, grant.id)?;
    for given in signed::signatures_under(tx.conn(), &[paper.document_id])? {
        match given.side {
            SigningSide::Holder => store_grants::set_holder_signed(tx, grant.id, given.person_id, given.signed_at)?,
            SigningSide::Issuer => store_grants::set_issuer_signed(tx, grant.id, given.person_id, given.signed_at)?,
        }
    }
    Ok(())
}
