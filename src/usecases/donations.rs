//! Donations: recorded by finance, they feed a funding source; a tax receipt may be issued for one, or it is cancelled.
//! Who gave is for finance and for the auditor alone.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, Object, Standing, advance, record_birth},
    earmarks, journal, reasons, receipt_rights,
};
use crate::{
    domain::{
        definitions::{FundingSourceDefinition, SourceKind},
        donations::{DonorKind, DonorWish, GiftForm, PaymentMeans, donation_number},
        identity::{Email, Siren},
        ids::{DocumentId, DonationId, FundId, FundingSourceId},
        lifecycle::Refusal,
        lifecycles::donations::{Donation, DonationEvent, DonationFacts, DonationState},
        money::Euros,
        references::axis,
        roles::Role,
        text::{fold, unprintable_sentence},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        documents::{self, DocumentRow},
        donations::{self as rows, Asked, DonationRow, DonorPart, ReceiptRow},
        funding_sources::{self, FundingSourceRow},
        funds,
    },
};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// Who may know of donors.
pub(super) const READERS: &[Role] = &[Role::Finance, Role::Auditor];

/// The longest a typed text may be, in characters.
const LONGEST: usize = 200;

impl Object for Donation {
    type Id = DonationId;

    fn look(conn: &mut Conn, id: DonationId, actor: &Actor, _: Moment) -> Outcome<Standing<Self>> {
        access::require(actor, READERS)?;
        let row = rows::find(conn, id)?;
        let roles = [Role::Finance, Role::Auditor].into_iter().filter(|role| actor.is(*role)).collect();
        let facts = DonationFacts {
            not_entitled: receipt_rights::load(conn)?.why_not(row.donor_kind),
            missing: missing(&row),
            is_money_there: journal::source_left(conn, row.funding_source_id)? >= row.amount_cents,
            breaks_ceiling: match row.state {
                DonationState::Cancelled => None,
                _ => earmarks::exceeded_without(conn, row.funding_source_id, row.amount_cents)?,
            },
            reason: row.reason.clone(),
        };
        let reason = row.reason.clone().unwrap_or_default();
        Ok(Standing { state: row.state, version: row.version, roles, facts, reason })
    }
}

/// What a receipt must say of the donor and is not known.
fn missing(row: &DonationRow) -> Vec<String> {
    let is_person = row.donor_kind == DonorKind::Person;
    let lacks = [
        (row.erased_at.is_some(), "Le donateur est effacé\u{a0}: son délai de conservation est passé."),
        (is_person && row.first_names.is_empty(), "Le prénom n’est pas indiqué."),
        (!is_person && row.legal_form.is_empty(), "La forme juridique n’est pas indiquée."),
        (!is_person && row.siren.is_empty(), "Le SIREN n’est pas indiqué."),
        (
            row.street.is_empty() || row.postcode.is_empty() || row.city.is_empty(),
            "L’adresse complète n’est pas indiquée.",
        ),
    ];
    lacks.iter().filter(|(is_lacking, _)| *is_lacking).map(|(_, sentence)| (*sentence).to_owned()).collect()
}

/// A donation as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DonationForm {
    /// The identifier of the funding source it feeds.
    pub source: String,
    /// The code of a kind of donor.
    pub kind: String,
    pub name: String,
    pub first_names: String,
    pub legal_form: String,
    pub siren: String,
    pub street: String,
    pub postcode: String,
    pub city: String,
    pub email: String,
    pub amount: String,
    pub given_on: String,
    pub means: String,
    pub gift_form: String,
    /// `fonds:<code>`, `axe:<code>`, or nothing.
    pub wish: String,
}

/// Faults, each beside its field.
#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn say(&mut self, field: &str, sentence: impl Into<String>) {
        self.0.push(FieldError::new(field, sentence));
    }

    fn need<T>(&mut self, field: &str, found: Option<T>, sentence: &str) -> Option<T> {
        if found.is_none() {
            self.say(field, sentence);
        }
        found
    }
}

impl DonationForm {
    fn donor(&self, faults: &mut Faults) -> Option<DonorPart> {
        let kind = faults.need("donateur", self.kind.parse::<DonorKind>().ok(), "Dites qui donne.");
        if self.name.trim().is_empty() {
            faults.say("nom", "Indiquez le nom.");
        }
        let texts = [
            ("nom", &self.name),
            ("prenoms", &self.first_names),
            ("forme_juridique", &self.legal_form),
            ("rue", &self.street),
            ("code_postal", &self.postcode),
            ("ville", &self.city),
        ];
        for (field, text) in texts {
            if text.chars().count() > LONGEST {
                faults.say(field, format!("Au plus {LONGEST} caractères."));
            } else if let Some(sentence) = unprintable_sentence(text) {
                faults.say(field, sentence);
            }
        }
        let typed = self.siren.trim();
        let number = match typed.is_empty() {
            true => Some(String::new()),
            false => typed.parse::<Siren>().ok().map(|siren| siren.as_str().to_owned()),
        };
        let number = faults.need("siren", number, "Un SIREN compte neuf chiffres\u{a0}: vérifiez-les.");
        let typed = self.email.trim();
        let address = match typed.is_empty() {
            true => Some(String::new()),
            false => typed.parse::<Email>().ok().map(|email| email.as_str().to_owned()),
        };
        let address =
            faults.need("courriel", address, "Cette adresse n’est pas complète. Exemple\u{a0}: prenom@exemple.fr.");
        let (kind, siren, email) = (kind?, number?, address?);
        let is_person = kind == DonorKind::Person;
        let of = |text: &str, is_its: bool| if is_its { text.trim().to_owned() } else { String::new() };
        let mut donor = DonorPart {
            donor_kind: kind,
            name: self.name.trim().to_owned(),
            first_names: of(&self.first_names, is_person),
            legal_form: of(&self.legal_form, !is_person),
            siren: of(&siren, !is_person),
            street: self.street.trim().to_owned(),
            postcode: self.postcode.split_whitespace().collect(),
            city: self.city.trim().to_owned(),
            email,
            search_key: String::new(),
        };
        donor.search_key = fold(&format!("{} {} {} {}", donor.name, donor.first_names, donor.city, donor.siren));
        Some(donor)
    }

    fn read(&self, conn: &mut Conn, now: Moment) -> Outcome<Typed> {
        let mut faults = Faults::default();
        let sources = sources(conn)?;
        let source = sources.iter().find(|row| row.id.as_str() == self.source).map(|row| row.id);
        let source = faults.need("convention", source, "Choisissez la source que ce don alimente.");
        let donor = self.donor(&mut faults);
        let amount = self.amount.trim().parse::<Euros>().ok().filter(|amount| amount.is_positive());
        let amount = faults.need("montant", amount, "Indiquez le montant du don, par exemple 150,00.");
        let today = now.paris_date();
        let given_on = faults.need("date", self.given_on.trim().parse::<NaiveDate>().ok(), "Indiquez la date du don.");
        if given_on.is_some_and(|day| day > today) {
            faults.say("date", "Cette date n’est pas encore venue.");
        }
        let means = faults.need("moyen", self.means.parse::<PaymentMeans>().ok(), "Dites comment l’argent est venu.");
        let gift_form = faults.need("forme", self.gift_form.parse::<GiftForm>().ok(), "Choisissez la forme du don.");
        let wish = self.wish(conn)?;
        let wish = faults.need("flechage", wish, "Choisissez un fonds ou un axe de la liste.");
        match (source, donor, amount, given_on, means, gift_form, wish) {
            (Some(source), Some(donor), Some(amount), Some(given_on), Some(means), Some(gift_form), Some(wish))
                if faults.0.is_empty() =>
            {
                Ok(Typed { source, donor, amount, given_on, means, gift_form, wish })
            }
            _ => Err(UseCaseError::Invalid(faults.0)),
        }
    }

    /// What it is meant for: a fund, or the code of an axis; `None` for what is neither.
    fn wish(&self, conn: &mut Conn) -> Outcome<Option<(Option<FundId>, String)>> {
        Ok(match self.wish.split_once(':') {
            None if self.wish.is_empty() => Some((None, String::new())),
            Some(("fonds", code)) => funds::by_code(conn, code)?.map(|row| (Some(row.id), String::new())),
            Some(("axe", code)) => axis(code).map(|axis| (None, axis.code.clone())),
            _ => None,
        })
    }
}

/// A donation, read.
struct Typed {
    source: FundingSourceId,
    donor: DonorPart,
    amount: Euros,
    given_on: NaiveDate,
    means: PaymentMeans,
    gift_form: GiftForm,
    wish: (Option<FundId>, String),
}

/// The funding sources that donations feed, by reference.
pub(super) fn sources(conn: &mut Conn) -> Outcome<Vec<FundingSourceRow>> {
    let mut found = Vec::new();
    for row in funding_sources::all(conn)? {
        let definition: FundingSourceDefinition = serde_json::from_str(&row.settings)?;
        if definition.kind == SourceKind::Donations {
            found.push(row);
        }
    }
    Ok(found)
}

/// What a form chooses by, and the words for it.
type Named = Vec<(String, String)>;

/// The same for the form of a donation: identifier and title; and the funds, by code and name.
pub fn choices(conn: &mut Conn, actor: &Actor) -> Outcome<(Named, Named)> {
    access::require(actor, READERS)?;
    let sources = sources(conn)?.into_iter().map(|row| (row.id.to_string(), row.title));
    let funds = funds::all(conn)?.into_iter().map(|row| (row.code, row.name));
    Ok((sources.collect(), funds.collect()))
}

/// Records a donation under the next number of the year; its source has so much more.
pub fn record(tx: &mut Tx, actor: &Actor, form: &DonationForm, now: Moment) -> Outcome<DonationId> {
    access::require(actor, &[Role::Finance])?;
    let typed = form.read(tx.conn(), now)?;
    let id: DonationId = tx.mint(now)?;
    let birth = record_birth::<Donation>(tx, actor, &[Role::Finance], id, now)?;
    let transfer_seq = journal::donate(tx, &birth, typed.source, typed.amount)?;
    let year = now.paris_date().year();
    let number = rows::last_number(tx.conn(), year)? + 1;
    let (donor, reference) = (typed.donor, donation_number(year, number));
    let row = DonationRow {
        id,
        year,
        number,
        search_key: format!("{} {}", donor.search_key, fold(&reference)),
        reference,
        funding_source_id: typed.source,
        transfer_seq,
        donor_kind: donor.donor_kind,
        name: donor.name,
        first_names: donor.first_names,
        legal_form: donor.legal_form,
        siren: donor.siren,
        street: donor.street,
        postcode: donor.postcode,
        city: donor.city,
        email: donor.email,
        amount_cents: typed.amount,
        given_on: typed.given_on,
        means: typed.means,
        gift_form: typed.gift_form,
        fund_id: typed.wish.0,
        axis: typed.wish.1,
        reason: None,
        recorded_by: access::person(actor)?,
        erased_at: None,
        state: DonationState::Recorded,
        version: 0,
        state_at: now,
        created_at: now,
    };
    rows::insert(tx, &row)?;
    Ok(id)
}

/// Corrects who gave, as long as no receipt says it; what was given stays.
pub fn correct(tx: &mut Tx, actor: &Actor, id: DonationId, version: i32, form: &DonationForm) -> Outcome<()> {
    access::require(actor, &[Role::Finance])?;
    let row = rows::find(tx.conn(), id)?;
    if row.version != version {
        return Err(StoreError::Stale.into());
    }
    if row.state != DonationState::Recorded {
        return Err(Refusal::NotFromHere(row.state.label()).into());
    }
    if row.erased_at.is_some() {
        return Err(Refusal::because("Le donateur est effacé\u{a0}: son délai de conservation est passé.").into());
    }
    let mut faults = Faults::default();
    match form.donor(&mut faults) {
        Some(donor) if faults.0.is_empty() => {
            let search_key = format!("{} {}", donor.search_key, fold(&row.reference));
            Ok(rows::set_donor(tx, id, &DonorPart { search_key, ..donor })?)
        }
        _ => Err(UseCaseError::Invalid(faults.0)),
    }
}

/// Issues the tax receipt of a donation.
pub fn issue_receipt(tx: &mut Tx, actor: &Actor, id: DonationId, version: i32, now: Moment) -> Outcome<Cause> {
    access::require(actor, &[Role::Finance])?;
    rows::set_reason(tx, id, None)?;
    advance::<Donation>(tx, actor, id, version, DonationEvent::IssueReceipt, now)
}

/// Cancels the receipt of a donation, or the donation itself, for a reason.
pub fn cancel(
    tx: &mut Tx,
    actor: &Actor,
    id: DonationId,
    version: i32,
    (event, reason): (DonationEvent, &str),
    now: Moment,
) -> Outcome<Cause> {
    access::require(actor, &[Role::Finance])?;
    rows::set_reason(tx, id, Some(&reasons::written(reason)?))?;
    advance::<Donation>(tx, actor, id, version, event, now)
}

/// Takes the money of a cancelled donation back from its source.
pub(super) fn take_back(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = rows::find(tx.conn(), cause.subject::<DonationId>()?)?;
    journal::take_back(tx, cause, (row.funding_source_id, row.amount_cents), row.transfer_seq)
}

/// One donation with what surrounds it.
#[derive(Debug, Clone)]
pub struct DonationFile {
    pub row: DonationRow,
    pub source: FundingSourceRow,
    pub wish: DonorWish,
    /// Oldest first.
    pub receipts: Vec<ReceiptRow>,
}

/// One donation, for those who may know of donors.
pub fn file(conn: &mut Conn, actor: &Actor, id: DonationId) -> Outcome<DonationFile> {
    access::require(actor, READERS)?;
    let row = rows::find(conn, id)?;
    let wish = match (row.fund_id, row.axis.as_str()) {
        (Some(fund), _) => DonorWish::Fund(funds::find(conn, fund)?.name),
        (None, "") => DonorWish::Free,
        (None, code) => DonorWish::Axis(code.to_owned()),
    };
    Ok(DonationFile {
        source: funding_sources::find(conn, row.funding_source_id)?,
        receipts: rows::receipts_of(conn, id)?,
        wish,
        row,
    })
}

/// A receipt of a donation, or the word that it is void, as a document.
pub fn document(conn: &mut Conn, actor: &Actor, id: DonationId, document: DocumentId) -> Outcome<DocumentRow> {
    access::require(actor, READERS)?;
    let row = documents::find(conn, document)?;
    if row.subject_id == id.as_str() { Ok(row) } else { Err(StoreError::NotFound.into()) }
}

/// A page of donations: each with the number of its receipt, and what all that are asked for add up to.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub rows: Vec<DonationRow>,
    pub receipts: BTreeMap<DonationId, String>,
    pub total: Euros,
}

/// The donations asked for after one of them, the latest gift first.
pub fn page(conn: &mut Conn, actor: &Actor, asked: &Asked, after: Option<DonationId>, limit: i64) -> Outcome<Page> {
    access::require(actor, READERS)?;
    let key = after.map(|id| rows::find(conn, id)).transpose()?.map(|row| (row.given_on, row.id));
    let found = rows::page(conn, asked, key, limit)?;
    let ids: Vec<_> = found.iter().map(|row| row.id).collect();
    let receipts = rows::live_receipts(conn, &ids)?.into_iter().collect();
    Ok(Page { rows: found, receipts, total: rows::total(conn, asked)? })
}
