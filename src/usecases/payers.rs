//! The accounts the house pays from: proposed by one person, confirmed by another, and only then used by a run.

use super::{Actor, FieldError, Outcome, UseCaseError, access};
use crate::{
    domain::{
        iban_readings::ReadingPurpose,
        identity::{Bic, Iban, faults},
        ids::PayerAccountId,
        lifecycle::Refusal,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        iban_readings::{self, Reading, ReadingRow},
        payment_runs::{self as rows, PayerAccountRow, PayerProposalRow},
        people,
        seals::Place,
    },
};
use std::collections::BTreeMap;

/// Readings of the numbers told on the page.
const LAST_READINGS: i64 = 50;

/// An account the house pays from, as its page shows it.
#[derive(Debug, Clone)]
pub struct Payer {
    pub account: PayerAccountRow,
    /// Who proposed it, and who confirmed it and when; nothing for an account that was there before.
    pub proposed_by: Option<String>,
    pub confirmed: Option<(String, Moment)>,
    /// The last readings of its whole number, each with the name of the reader.
    pub readings: Vec<(ReadingRow, Option<String>)>,
    /// Whether this reader may confirm it; `None` when nothing is to be confirmed.
    pub confirmation: Option<Result<(), Refusal>>,
}

/// An account as typed.
#[derive(Debug, Clone)]
pub struct PayerForm {
    pub holder: String,
    pub iban: String,
    pub bic: String,
}

/// Every account the house pays from, with what it waits for.
pub fn list(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<Payer>> {
    access::require(actor, &[Role::Finance, Role::Director, Role::Auditor])?;
    let proposals = rows::payer_proposals(conn)?;
    let ids: Vec<_> = proposals.iter().flat_map(|row| [Some(row.proposed_by), row.confirmed_by]).flatten().collect();
    let names: BTreeMap<_, _> = people::of_ids(conn, &ids)?.into_iter().map(|row| (row.id, row.name)).collect();
    let payer = |account: PayerAccountRow| {
        let proposal = proposals.iter().find(|row| row.payer_account_id == account.id);
        let name = |id| names.get(&id).cloned().unwrap_or_default();
        Payer {
            proposed_by: proposal.map(|row| name(row.proposed_by)),
            confirmed: proposal.and_then(|row| Some((name(row.confirmed_by?), row.confirmed_at?))),
            readings: Vec::new(),
            confirmation: proposal.filter(|row| row.confirmed_by.is_none()).map(|row| second_person(actor, row)),
            account,
        }
    };
    let mut payers: Vec<_> = rows::all_payers(conn)?.into_iter().map(payer).collect();
    // What a letter or a bank file was printed for tells of files that some readers must not know of.
    let ids: Vec<_> = payers.iter().map(|payer| payer.account.id.to_string()).collect();
    for reading in iban_readings::of_subjects(conn, &ids, &[ReadingPurpose::Payer], LAST_READINGS)? {
        let read = payers.iter_mut().find(|payer| payer.account.id.as_str() == reading.0.subject_id);
        read.into_iter().for_each(|payer| payer.readings.push(reading.clone()));
    }
    Ok(payers)
}

fn second_person(actor: &Actor, row: &PayerProposalRow) -> Result<(), Refusal> {
    if ![Role::Finance, Role::Director].iter().any(|role| actor.is(*role)) {
        return Err(Refusal::NotYours);
    }
    match actor.person == Some(row.proposed_by) {
        true => Err(Refusal::because("Une autre personne que celle qui a proposé le compte doit le confirmer.")),
        false => Ok(()),
    }
}

/// Proposes an account; it pays nothing before somebody else confirms it.
pub fn propose(tx: &mut Tx, actor: &Actor, form: &PayerForm, now: Moment) -> Outcome<PayerAccountId> {
    access::require(actor, &[Role::Finance])?;
    let (iban, bic) = read(tx, form)?;
    let id: PayerAccountId = tx.mint(now)?;
    let holder = form.holder.trim().to_owned();
    insert(tx, (id, holder), &iban, bic, now)?;
    let proposed_by = access::person(actor)?;
    let row = PayerProposalRow {
        payer_account_id: id,
        proposed_by,
        proposed_at: now,
        confirmed_by: None,
        confirmed_at: None,
    };
    rows::insert_payer_proposal(tx, &row)?;
    Ok(id)
}

/// Records an account the house pays from, its number sealed.
pub(super) fn insert(
    tx: &mut Tx,
    (id, holder): (PayerAccountId, String),
    iban: &Iban,
    bic: Option<Bic>,
    now: Moment,
) -> Outcome<()> {
    let seals = tx.seals()?;
    let (sealed, iban_mark) = (seals.seal(&Place::payer(id), iban)?, seals.mark(iban));
    Ok(rows::insert_payer(tx, &PayerAccountRow { id, holder, iban: sealed, bic, created_at: now, iban_mark })?)
}

/// Gives the whole number to who pays from the account or confirms it, and records that it was read.
pub fn reveal(tx: &mut Tx, actor: &Actor, id: PayerAccountId, now: Moment) -> Outcome<Iban> {
    access::require(actor, &[Role::Finance, Role::Director])?;
    let account = rows::payer(tx.conn(), id)?;
    let reading = Reading { person: Some(access::person(actor)?), purpose: ReadingPurpose::Payer, detail: "", at: now };
    Ok(iban_readings::open_payer(tx, &account, reading)?)
}

fn read(tx: &mut Tx, form: &PayerForm) -> Outcome<(Iban, Option<Bic>)> {
    let mut errors = Vec::new();
    if form.holder.trim().is_empty() {
        errors.push(FieldError::new("titulaire", "Recopiez le titulaire du compte."));
    }
    let iban = form.iban.trim().parse::<Iban>().ok();
    let mark = iban.as_ref().map(|iban| Outcome::Ok(tx.seals()?.mark(iban))).transpose()?;
    match (&mark, faults::iban(form.iban.trim())) {
        (_, Some(sentence)) => errors.push(FieldError::new("iban", sentence)),
        (Some(mark), None) if rows::all_payers(tx.conn())?.iter().any(|row| row.iban_mark == *mark) => {
            errors.push(FieldError::new("iban", "Ce compte est déjà enregistré."));
        }
        (_, None) => {}
    }
    let bic = Some(form.bic.trim()).filter(|text| !text.is_empty()).map(str::parse::<Bic>).transpose();
    if bic.is_err() {
        errors.push(FieldError::new("bic", "Un BIC compte 8 ou 11 caractères."));
    }
    match (iban, bic) {
        (Some(iban), Ok(bic)) if errors.is_empty() => Ok((iban, bic)),
        _ => Err(UseCaseError::Invalid(errors)),
    }
}

/// Confirms an account that somebody else proposed.
pub fn confirm(tx: &mut Tx, actor: &Actor, id: PayerAccountId, now: Moment) -> Outcome<()> {
    access::require(actor, &[Role::Finance, Role::Director])?;
    let proposals = rows::payer_proposals(tx.conn())?;
    let row = proposals.iter().find(|row| row.payer_account_id == id).ok_or(StoreError::NotFound)?;
    if row.confirmed_by.is_some() {
        return Err(Refusal::because("Ce compte est déjà confirmé.").into());
    }
    second_person(actor, row)?;
    Ok(rows::confirm_payer(tx, id, access::person(actor)?, now)?)
}
