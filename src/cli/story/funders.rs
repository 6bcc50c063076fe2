//! The funders' side of a made-up story: what they pay and when, what donors give, and what leaves for the accountant and
//! for a funder as proof.

use super::cast::{Cast, FUNDER};
use crate::{
    domain::{
        accounting::charts,
        definitions::{Definition, FunderDefinition, FundingSourceDefinition, OutsideDays, Regranting, SourceKind},
        donations::{DonorKind, GiftForm, PaymentMeans, TaxArticle},
        ids::FundingSourceId,
        money::{Euros, Rate},
        time::Moment,
    },
    store::{StoreError, Tx, funding_sources},
    usecases::{
        Outcome, accounting, calls, definitions,
        donations::{self, DonationForm},
        evidence_packs::{self, PackForm},
        funding_dues,
        receipt_rights::{self, ReceiptRights},
    },
};
use chrono::{Datelike, Duration, NaiveDate};

/// The house, for the accountant. A number that Insee gives as an example.
const SIREN: &str = "732829320";
/// How long after the day it is expected an instalment comes, in days.
const BANK_DAYS: i64 = 12;

/// Everything between the house and those who give it money, as it stands at the end of the story; `any` is one of its
/// funds. The worker makes the evidence pack.
pub(crate) fn keep_books(tx: &mut Tx, cast: &Cast, any: &Definition, now: Moment) -> Outcome<()> {
    follow_instalments(tx, cast, now)?;
    owe_report(tx, cast, now)?;
    collect_donations(tx, cast, any, now)?;
    hand_entries(tx, cast, now)?;
    ask_proof(tx, cast, now)
}

fn days_after(day: NaiveDate, days: i64) -> NaiveDate {
    day.checked_add_signed(Duration::days(days)).unwrap_or(day)
}

/// Each agreement is paid in three parts; those of the past have come, but for one that was due lately.
fn follow_instalments(tx: &mut Tx, cast: &Cast, now: Moment) -> Outcome<()> {
    let finance = cast.finance.actor();
    for source in funding_sources::all(tx.conn())? {
        if !definitions::source(&source.settings)?.kind.is_agreement() {
            continue;
        }
        let (begins, ends) = (source.starts_on, source.ends_on);
        let middle = days_after(begins, (ends - begins).num_days() / 2);
        for (label, due_on, part) in [("Avance", begins, 50), ("Acompte", middle, 30), ("Solde", ends, 20)] {
            let (due, amount) = (due_on.to_string(), source.amount_cents.at(Rate::percent(part)).plain());
            let expected = (label, due.as_str(), amount.as_str());
            let id = funding_dues::expect(tx, &finance, source.id, expected, now)?;
            let came_on = days_after(due_on, BANK_DAYS);
            if came_on <= now.paris_date() {
                let (came, transfer) = (came_on.to_string(), format!("{label} {}", source.reference));
                let received = (came.as_str(), amount.as_str(), transfer.as_str());
                funding_dues::receive(tx, &finance, (source.id, id), received, now)?;
            }
        }
    }
    Ok(())
}

/// A report is soon due to the funder whose reader can sign in, for the first of its agreements that still runs.
fn owe_report(tx: &mut Tx, cast: &Cast, now: Moment) -> Outcome<()> {
    let funder = funding_sources::funder_by_code(tx.conn(), FUNDER)?.ok_or(StoreError::NotFound)?;
    let sources = funding_sources::all(tx.conn())?;
    let mut running = sources.iter().filter(|row| row.funder_id == funder.id && row.ends_on > now.paris_date());
    if let Some(source) = running.next() {
        let due = now.plus_days(24).paris_date().to_string();
        funding_dues::owe(tx, &cast.finance.actor(), source.id, ("Rapport financier annuel", due.as_str()), now)?;
    }
    Ok(())
}

/// The management says that receipts may be issued; two donors give, and one of them has asked for hers.
fn collect_donations(tx: &mut Tx, cast: &Cast, any: &Definition, now: Moment) -> Outcome<()> {
    let rights = ReceiptRights {
        is_entitled: true,
        number: SIREN.into(),
        object: "Faire vivre la coopération entre les territoires d’ici et d’ailleurs".into(),
        quality: "Association d’intérêt général".into(),
        articles: vec![TaxArticle::Income, TaxArticle::Companies],
        said_by: String::new(),
    };
    receipt_rights::save(tx, &cast.director.actor(), &rights, now)?;
    let (source, finance) = (open_collection(tx, cast, any, now)?, cast.finance.actor());
    let person = donations::record(tx, &finance, &gift_of_person(source, now), now)?;
    donations::issue_receipt(tx, &finance, person, 0, now)?;
    donations::record(tx, &finance, &gift_of_company(source, now), now)?;
    Ok(())
}

/// The source that donations feed.
fn open_collection(tx: &mut Tx, cast: &Cast, any: &Definition, now: Moment) -> Outcome<FundingSourceId> {
    let today = now.paris_date();
    let reference = format!("DONS-{}", today.year());
    let source = FundingSourceDefinition {
        reference: reference.clone(),
        funder: "donateurs".into(),
        title: "Dons des habitant·es et des entreprises".into(),
        amount: Euros::ZERO,
        starts_on: days_after(today, -300),
        ends_on: days_after(today, 800),
        eligible_from: None,
        eligible_until: None,
        outside_days: OutsideDays::Say,
        regranting: Some(Regranting {
            clause: "Appel aux dons\u{a0}: les dons sont reversés aux projets retenus".into(),
            ceiling_per_beneficiary: None,
        }),
        retention_years: 6,
        receipts: false,
        kind: SourceKind::Donations,
        earmarks: Vec::new(),
        fund_earmarks: Vec::new(),
    };
    let donors = FunderDefinition {
        code: "donateurs".into(),
        name: "Donatrices et donateurs".into(),
        mention: "Grâce aux dons reçus par Lianes coopération.".into(),
    };
    let definition =
        Definition { fund: any.fund.clone(), funders: vec![donors], funding_sources: vec![source], calls: Vec::new() };
    calls::load(tx, &cast.officer.actor(), &definition, now)?;
    Ok(funding_sources::by_reference(tx.conn(), &reference)?.ok_or(StoreError::NotFound)?.id)
}

fn gift(source: FundingSourceId, kind: DonorKind, amount: &str, given_on: NaiveDate) -> DonationForm {
    DonationForm {
        source: source.to_string(),
        kind: kind.code().into(),
        amount: amount.into(),
        given_on: given_on.to_string(),
        means: PaymentMeans::Transfer.code().into(),
        gift_form: GiftForm::Manual.code().into(),
        city: "Lille".into(),
        postcode: "59000".into(),
        ..DonationForm::default()
    }
}

fn gift_of_person(source: FundingSourceId, now: Moment) -> DonationForm {
    DonationForm {
        name: "Martin".into(),
        first_names: "Jeanne".into(),
        street: "1 rue Basse".into(),
        email: "jeanne.martin@dons.example".into(),
        ..gift(source, DonorKind::Person, "150", now.plus_days(-9).paris_date())
    }
}

fn gift_of_company(source: FundingSourceId, now: Moment) -> DonationForm {
    DonationForm {
        name: "Brasserie du Beffroi".into(),
        legal_form: "SAS".into(),
        siren: "123456782".into(),
        street: "8 place du Beffroi".into(),
        email: "contact@brasserie.example".into(),
        ..gift(source, DonorKind::Company, "2 500", now.plus_days(-5).paris_date())
    }
}

/// The accounts are set, and everything to the end of the month before has left for the accountant.
fn hand_entries(tx: &mut Tx, cast: &Cast, now: Moment) -> Outcome<()> {
    let finance = cast.finance.actor();
    let mut fields: accounting::Fields = charts::usual().into_iter().collect();
    fields.insert(charts::SIREN.to_owned(), SIREN.to_owned());
    accounting::set(tx, &finance, &fields)?;
    let today = now.paris_date();
    let until = days_after(today, -i64::from(today.day()));
    accounting::export(tx, &finance, until, now)?;
    Ok(())
}

/// Finance asks for what proves to the funder where the money of two years went.
fn ask_proof(tx: &mut Tx, cast: &Cast, now: Moment) -> Outcome<()> {
    let funder = funding_sources::funder_by_code(tx.conn(), FUNDER)?.ok_or(StoreError::NotFound)?;
    let (from, until) = (now.plus_days(-730).paris_date().to_string(), now.paris_date().to_string());
    let form = PackForm { funder: funder.id.to_string(), from, until };
    evidence_packs::ask(tx, &cast.finance.actor(), &form, now)?;
    Ok(())
}
