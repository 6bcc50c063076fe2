//! Calls prepared on screen: each save takes the whole changed definition, judges it as `calls::load` does, and writes
//! the next revision of the draft.

use super::{Actor, FieldError, Outcome, UseCaseError, access, calls, definitions, revisions};
use crate::{
    domain::{
        definitions::{
            CallDefinition, CallPart, CallSource, Definition, Fault, FundDefinition, FunderDefinition,
            FundingSourceDefinition, PartState, Pattern, Remark, in_french, is_below, is_lack,
        },
        ids::FundId,
        lifecycle::Refusal,
        lifecycles::calls::CallState,
        money::Euros,
        roles::Role,
        time::{Moment, Window},
    },
    store::{
        Conn, StoreError, Tx,
        calls::{self as rows, CallRow},
        draft_revisions, funding_sources, funds,
    },
};
use chrono::{Duration, NaiveDate};
use std::sync::Arc;

/// A call while it is being prepared.
#[derive(Debug, Clone)]
pub struct Preparation {
    pub row: CallRow,
    pub fund: Arc<FundDefinition>,
    /// What the call says so far; of a published call, what its next revision will say.
    pub definition: Arc<CallDefinition>,
    /// What the edition it was made from says, where there is one.
    model: Option<Arc<CallDefinition>>,
    /// What a published call says now.
    pub published: Option<Arc<CallDefinition>>,
    /// The number of this writing: a form sends it back, so that nobody covers what they have not seen.
    pub stamp: i32,
    /// Every agreement that money may come from.
    pub sources: Vec<FundingSourceDefinition>,
    funders: Vec<FunderDefinition>,
    /// What it says that it may not; paths below the call.
    pub faults: Vec<Fault>,
    /// Codes under which something was kept already: nothing new may have them.
    pub used_codes: Vec<String>,
}

/// The agreements and their funders, as far as their settings read.
fn money(conn: &mut Conn) -> Outcome<(Vec<FundingSourceDefinition>, Vec<FunderDefinition>)> {
    let rows = funding_sources::all(conn)?;
    let sources = rows.iter().map(|row| serde_json::from_str(&row.settings)).collect::<Result<Vec<_>, _>>()?;
    let funders = funding_sources::funders(conn)?.into_iter();
    let funders = funders.map(|row| FunderDefinition { code: row.code, name: row.name, mention: row.mention });
    Ok((sources, funders.collect()))
}

impl Preparation {
    pub(super) fn of(conn: &mut Conn, row: CallRow) -> Outcome<Self> {
        let mut definition = calls::parse(&row)?;
        let (mut published, mut stamp) = (None, row.revision);
        let mut used_codes = Vec::new();
        if matches!(row.state, CallState::Published | CallState::InReview) {
            published = Some(Arc::clone(&definition));
            used_codes = draft_revisions::answered(conn, row.id)?;
            used_codes.extend(codes_of(&definition));
            let last = draft_revisions::find(conn, row.id)?;
            stamp = last.as_ref().map_or(0, |last| last.number);
            if let Some(prepared) = last.filter(|last| !last.settings.is_empty()) {
                definition = definitions::call(&prepared.settings)?;
            }
        }
        let fund = calls::fund_of(conn, &row)?;
        let (sources, funders) = money(conn)?;
        let (faults, model) = (Vec::new(), model_of(conn, &definition)?);
        let mut found =
            Preparation { row, fund, definition, model, published, stamp, sources, funders, faults, used_codes };
        found.faults = found.faults_of(&found.definition);
        Ok(found)
    }

    /// What a changed definition says that it may not, by the validation of definition files.
    pub fn faults_of(&self, call: &CallDefinition) -> Vec<Fault> {
        let file = Definition {
            fund: FundDefinition::clone(&self.fund),
            funders: self.funders.clone(),
            funding_sources: self.sources.clone(),
            calls: vec![call.clone()],
        };
        let of_call = |fault: Fault| {
            let path = fault.path.strip_prefix("call.0.")?.to_owned();
            Some(Fault { path, ..fault })
        };
        file.validate().into_iter().filter_map(of_call).collect()
    }

    /// Whether a published call is to say something else.
    pub fn is_changed(&self) -> bool {
        self.published.as_ref().is_some_and(|published| **published != *self.definition)
    }

    /// What is left to look at before it is published: days off and school holidays, and texts that still name a year of
    /// the edition it was made from, or of the one before. Worked out from the texts: one that is written again is gone.
    pub fn remarks(&self) -> Vec<Remark> {
        match &self.model {
            Some(model) => self.definition.remarks_after(model),
            None => self.definition.remarks(),
        }
    }
}

/// The edition a call was made from, if it is here.
fn model_of(conn: &mut Conn, call: &CallDefinition) -> Outcome<Option<Arc<CallDefinition>>> {
    let Some(reference) = &call.copied_from else { return Ok(None) };
    rows::by_reference(conn, reference)?.map(|row| definitions::call(&row.settings)).transpose()
}

/// The parts of a draft that are not whole yet, as short phrases: what publishing it still lacks.
pub(super) fn lacking(conn: &mut Conn, row: &CallRow) -> Outcome<Vec<String>> {
    let known = Preparation::of(conn, row.clone())?;
    let is_lacking = |part: &&CallPart| part.state(&known.definition, &known.faults) == PartState::Lacking;
    Ok(CallPart::ALL.iter().filter(is_lacking).map(|part| part.phrase().to_owned()).collect())
}

/// Every code under which something of a published call may have been kept.
fn codes_of(call: &CallDefinition) -> Vec<String> {
    let reports = call.reports.interim.iter().chain([&call.reports.last]);
    let sections = call.sections.iter().chain(reports.clone().flat_map(|report| &report.sections));
    let questions = sections.flat_map(|section| &section.questions).map(|question| question.code.clone());
    let documents = call.documents.iter().chain(reports.flat_map(|report| &report.documents));
    questions.chain(documents.map(|document| document.code.clone())).collect()
}

/// A fault as a French sentence.
pub fn sentence(fault: &Fault) -> String {
    let said = in_french(&fault.message);
    // The command line writes amounts as machines do.
    let said: Vec<_> = said.split(' ').map(amount_in_french).collect();
    let said = said.join(" ");
    let mut letters = said.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `5000.00,` as « 5 000 €, »; any other word as it is.
fn amount_in_french(word: &str) -> String {
    let number = word.trim_end_matches([',', '.']);
    let is_amount = number.split_once('.').is_some_and(|(euros, cents)| {
        cents.len() == 2 && [euros, cents].iter().all(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
    });
    match number.parse::<Euros>() {
        Ok(amount) if is_amount => format!("{amount}{}", &word[number.len()..]),
        _ => word.to_owned(),
    }
}

/// A call that is being prepared, for the officer.
///
/// # Errors
/// `Refused` once its definition is fixed.
pub fn find(conn: &mut Conn, actor: &Actor, reference: &str) -> Outcome<Preparation> {
    access::require(actor, &[Role::Officer])?;
    let row = calls::by_reference(conn, reference)?;
    if !matches!(row.state, CallState::Draft | CallState::Published | CallState::InReview) {
        let reason =
            format!("L’appel {} est {}\u{a0}: sa définition ne change plus.", row.reference, row.state.label());
        return Err(Refusal::because(reason).into());
    }
    Preparation::of(conn, row)
}

/// The same to write in: `StoreError::Stale` when somebody has written since the page showed `stamp`.
pub fn to_write(conn: &mut Conn, actor: &Actor, reference: &str, stamp: i32) -> Outcome<Preparation> {
    let found = find(conn, actor, reference)?;
    if found.stamp == stamp { Ok(found) } else { Err(StoreError::Stale.into()) }
}

/// Writes what was changed in the fields that `scope` names. Refused with the faults in them, and with those that the
/// change brings about elsewhere; a list that is not whole yet is no fault while it is being made.
pub fn save(
    tx: &mut Tx,
    actor: &Actor,
    known: Preparation,
    changed: &CallDefinition,
    scope: &[String],
    now: Moment,
) -> Outcome<()> {
    let was = |fault: &Fault| known.faults.iter().any(|other| other.message == fault.message);
    let counts = |fault: &Fault| {
        let is_asked = scope.iter().any(|field| is_below(&fault.path, field));
        is_asked || !(is_lack(&fault.path) || was(fault))
    };
    let faults = known.faults_of(changed);
    let refused: Vec<_> = faults.iter().filter(|fault| counts(fault)).collect();
    if !refused.is_empty() {
        let errors = refused.into_iter().map(|fault| FieldError::new(&fault.path, sentence(fault)));
        return Err(UseCaseError::Invalid(errors.collect()));
    }
    let settings = serde_json::to_string(changed)?;
    if settings == serde_json::to_string(&*known.definition)? {
        return Ok(());
    }
    match known.published {
        Some(_) => revisions::write(tx, actor, &known, changed, settings, now),
        None => calls::rewrite(tx, known.row, changed, settings, now),
    }
}

/// What a new call begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    pub fund: FundId,
    pub reference: String,
    pub title: String,
    pub window: Window,
    pub committee_on: NaiveDate,
    pub announcement_on: NaiveDate,
    pub model: Model,
    /// The one agreement that pays all of it, and how much, where that is known from the start.
    pub money: Option<CallSource>,
}

/// What a new call is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Model {
    /// One of the house's own.
    Pattern(Pattern),
    /// The call with this reference, its dates moved.
    Call(String),
}

/// The agreements whose money may be granted on.
pub fn granting(conn: &mut Conn) -> Outcome<Vec<FundingSourceDefinition>> {
    let (mut sources, _) = money(conn)?;
    sources.retain(|source| source.regranting.is_some());
    Ok(sources)
}

/// Writes from where the money of a new call comes, when that was said.
fn endow(conn: &mut Conn, call: &mut CallDefinition, money: Option<&CallSource>) -> Outcome<()> {
    let Some(money) = money else { return Ok(()) };
    if !granting(conn)?.iter().any(|source| source.reference == money.reference) {
        let sentence = "Choisissez la convention qui finance l’appel.";
        return Err(UseCaseError::Invalid(vec![FieldError::new("convention", sentence)]));
    }
    call.envelope = money.amount;
    call.sources = vec![money.clone()];
    Ok(())
}

/// Opens a new call as a draft; whether its money was said and nothing lacks any more to publish it.
pub fn create(tx: &mut Tx, actor: &Actor, seed: &Seed, now: Moment) -> Outcome<bool> {
    access::require(actor, &[Role::Officer])?;
    funds::find(tx.conn(), seed.fund)?;
    if rows::by_reference(tx.conn(), &seed.reference)?.is_some() {
        let sentence = "Cette référence est déjà celle d’un autre appel.";
        return Err(UseCaseError::Invalid(vec![FieldError::new("reference", sentence)]));
    }
    let days = (seed.committee_on, seed.announcement_on);
    let mut call = match &seed.model {
        Model::Call(model) => {
            let row = calls::by_reference(tx.conn(), model)?;
            if row.fund_id != seed.fund {
                let sentence = "Ce modèle est celui d’un autre fonds.";
                return Err(UseCaseError::Invalid(vec![FieldError::new("modele", sentence)]));
            }
            let copy = definitions::call(&row.settings)?.edition_opening(seed.window.opens.paris_date());
            let mut call = CallDefinition {
                reference: seed.reference.clone(),
                title: seed.title.clone(),
                copied_from: Some(row.reference),
                window: seed.window,
                ..copy
            };
            (call.calendar.committee_on, call.calendar.announcement_on) = days;
            call
        }
        Model::Pattern(pattern) => pattern
            .call(&seed.reference, &seed.title, seed.window, days)
            .map_err(|error| UseCaseError::Unreadable(error.to_string()))?,
    };
    endow(tx.conn(), &mut call, seed.money.as_ref())?;
    calls::open_draft(tx, actor, seed.fund, &call, now)?;
    let row = calls::by_reference(tx.conn(), &seed.reference)?;
    let known = Preparation::of(tx.conn(), row)?;
    let of_money = |fault: &&Fault| ["envelope", "sources"].iter().any(|field| is_below(&fault.path, field));
    let wrong = known.faults.iter().filter(of_money).map(|fault| FieldError::new("envelope", sentence(fault)));
    let wrong: Vec<_> = wrong.filter(|_| seed.money.is_some()).collect();
    if !wrong.is_empty() {
        return Err(UseCaseError::Invalid(wrong));
    }
    Ok(seed.money.is_some() && lacking(tx.conn(), &known.row)?.is_empty())
}

/// The day so many days after another.
pub fn days_after(day: NaiveDate, days: i64) -> NaiveDate {
    Duration::try_days(days).and_then(|wait| day.checked_add_signed(wait)).unwrap_or(day)
}
