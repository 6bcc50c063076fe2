//! Funders and their agreements (conventions amont) on screen: what they say, how far their money has gone, who looks at
//! them for the funder. Money moves only when an agreement is worth more or less than before: the journal records it.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    books::Progress,
    calls, definitions,
    earmark_books::{self, EarmarkBooks},
    journal,
    source_marks::{earmark_field, for_fund, funds_of},
};
use crate::{
    domain::{
        definitions::{
            Earmark, EarmarkLimit, FundingSourceDefinition, OutsideDays, Regranting, SourceKind, marked_fund,
        },
        ids::{FunderId, FundingSourceId, PersonId},
        journal::Stage,
        lifecycle::Refusal,
        money::{Euros, Rate},
        references::axes,
        roles::Role,
        text::unprintable_sentence,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, books, earmark_overrides,
        funding_dues::{self as dues, InstalmentRow, SourceChangeRow, SourceReportRow},
        funding_sources::{self as rows, FunderRow, FundingSourceRow},
        journal::{Scope, balance, promised_under},
        people,
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

pub(super) const READERS: [Role; 4] = [Role::Finance, Role::Director, Role::Auditor, Role::Admin];
pub(super) const WRITERS: [Role; 2] = [Role::Finance, Role::Admin];

/// An agreement as a list shows it.
#[derive(Debug, Clone)]
pub struct SourceLine {
    pub row: FundingSourceRow,
    pub funder: String,
    /// What the funder was to pay by now, and what it has paid.
    pub expected: Euros,
    pub received: Euros,
    /// How far its money has gone, over all calls.
    pub progress: Progress,
    /// The first report owed to the funder.
    pub next_report: Option<SourceReportRow>,
}

impl SourceLine {
    /// Received and not paid to grants: negative where the house paid ahead of the funder.
    pub fn in_hand(&self) -> Euros {
        self.received - self.progress.paid
    }
}

/// One agreement with everything its page shows.
#[derive(Debug, Clone)]
pub struct SourcePaper {
    pub line: SourceLine,
    pub definition: FundingSourceDefinition,
    /// What no call has set aside yet.
    pub unused: Euros,
    /// What is marked for an axis, and what is left of it.
    pub earmarks: Vec<EarmarkBooks>,
    pub instalments: Vec<InstalmentRow>,
    pub reports: Vec<SourceReportRow>,
    /// The calls that draw from it and are published, by reference.
    pub calls: Vec<String>,
    /// When it was changed on screen, and by whom; the last change first.
    pub changes: Vec<(Moment, String)>,
}

/// Every funder, and every agreement by reference, as a reader may know them.
pub fn list(conn: &mut Conn, actor: &Actor, now: Moment) -> Outcome<(Vec<FunderRow>, Vec<SourceLine>)> {
    access::require(actor, &READERS)?;
    let funders = rows::funders(conn)?;
    let mut sources = Vec::new();
    for row in rows::all(conn)? {
        // What donations feed has pages of its own.
        if definitions::source(&row.settings)?.kind.is_agreement() {
            sources.push(row);
        }
    }
    let lines = lines(conn, actor, &funders, sources, now)?;
    Ok((funders, lines))
}

fn lines(
    conn: &mut Conn,
    actor: &Actor,
    funders: &[FunderRow],
    sources: Vec<FundingSourceRow>,
    now: Moment,
) -> Outcome<Vec<SourceLine>> {
    let ids: Vec<_> = sources.iter().map(|row| row.id).collect();
    let hidden = books::hidden_accounts(conn, actor.person)?;
    let mut progress: BTreeMap<FundingSourceId, Progress> = BTreeMap::new();
    for (_, source, stage, amount) in books::by_call_and_source(conn, &hidden)? {
        progress.entry(source).or_default().add(stage, amount);
    }
    let (instalments, reports) = (dues::instalments(conn, &ids)?, dues::reports(conn, &ids)?);
    let today = now.paris_date();
    let line = |row: FundingSourceRow| {
        let theirs = || instalments.iter().filter(|due| due.funding_source_id == row.id);
        let next = reports.iter().find(|due| due.funding_source_id == row.id && due.sent_on.is_none());
        SourceLine {
            funder: funders.iter().find(|one| one.id == row.funder_id).map_or(String::new(), |one| one.name.clone()),
            expected: theirs().filter(|due| due.expected_on <= today).map(|due| due.expected_cents).sum(),
            received: theirs().filter_map(|due| due.received_cents).sum(),
            progress: progress.get(&row.id).copied().unwrap_or_default(),
            next_report: next.cloned(),
            row,
        }
    };
    Ok(sources.into_iter().map(line).collect())
}

/// One agreement.
pub fn find(conn: &mut Conn, actor: &Actor, id: FundingSourceId, now: Moment) -> Outcome<SourcePaper> {
    access::require(actor, &READERS)?;
    let row = rows::find(conn, id)?;
    let definition = definitions::source(&row.settings)?;
    if !definition.kind.is_agreement() {
        return Err(StoreError::NotFound.into());
    }
    let funders = rows::funders(conn)?;
    let mut lines = lines(conn, actor, &funders, vec![row], now)?;
    let line = lines.pop().ok_or(StoreError::NotFound)?;
    let changes = dues::changes(conn, id)?.into_iter();
    Ok(SourcePaper {
        line,
        earmarks: earmark_books::of_source(conn, actor.person, id, &definition)?,
        definition,
        unused: balance(conn, Stage::Source, Scope::Source(id))?,
        instalments: dues::instalments(conn, &[id])?,
        reports: dues::reports(conn, &[id])?,
        calls: rows::published_calls(conn, id)?,
        changes: changes.map(|(change, name): (SourceChangeRow, String)| (change.changed_at, name)).collect(),
    })
}

/// An agreement as typed; everything as on the page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceForm {
    /// Code of the funder and reference: fixed once calls name them.
    pub funder: String,
    pub reference: String,
    pub title: String,
    pub amount: String,
    pub starts_on: String,
    pub ends_on: String,
    pub eligible_from: String,
    pub eligible_until: String,
    /// Whether nothing is paid outside these days.
    pub refuses_outside: bool,
    pub clause: String,
    pub ceiling: String,
    pub retention_years: String,
    /// Whether reports must hold papers that prove what was spent.
    pub receipts: bool,
    /// By axis, or mark of a fund, and limit.
    pub earmarks: BTreeMap<(String, &'static str), String>,
}

impl SourceForm {
    /// What the page shows of an agreement as it is.
    pub fn of(known: &FundingSourceDefinition) -> Self {
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let regranting = known.regranting.as_ref();
        let ceiling = regranting.and_then(|known| known.ceiling_per_beneficiary);
        SourceForm {
            funder: known.funder.clone(),
            reference: known.reference.clone(),
            title: known.title.clone(),
            amount: known.amount.grouped(),
            starts_on: known.starts_on.to_string(),
            ends_on: known.ends_on.to_string(),
            eligible_from: day(known.eligible_from),
            eligible_until: day(known.eligible_until),
            refuses_outside: !known.outside_days.is_said(),
            clause: regranting.map(|known| known.clause.clone()).unwrap_or_default(),
            ceiling: ceiling.map(Euros::grouped).unwrap_or_default(),
            retention_years: known.retention_years.to_string(),
            receipts: known.receipts,
            earmarks: known
                .earmarks
                .iter()
                .chain(&known.fund_marks())
                .map(|mark| {
                    let text = mark.share_words().unwrap_or_else(|| mark.amount.grouped());
                    ((mark.axis.clone(), mark.limit.code()), text)
                })
                .collect(),
        }
    }
}

/// Reads a form field by field; what is wrong is noted beside its field.
struct Reading(Vec<FieldError>);

impl Reading {
    fn wrong(&mut self, field: &str, sentence: impl Into<String>) {
        self.0.push(FieldError::new(field, sentence));
    }

    /// A date; `what` says which on the summary of the page.
    fn day(&mut self, (field, what): (&str, &str), typed: &str) -> Option<NaiveDate> {
        let day = typed.trim().parse().ok();
        if day.is_none() {
            self.wrong(field, format!("Écrivez {what} en entier, par exemple 31/12/2027."));
        }
        day
    }

    fn day_option(&mut self, field: (&str, &str), typed: &str) -> Option<NaiveDate> {
        if typed.trim().is_empty() { None } else { self.day(field, typed) }
    }

    fn amount(&mut self, field: &str, typed: &str) -> Euros {
        match typed.parse::<Euros>() {
            Ok(amount) if amount.is_positive() => amount,
            _ => {
                self.wrong(field, "Écrivez un montant en euros, par exemple 12 500.");
                Euros::ZERO
            }
        }
    }

    fn amount_option(&mut self, field: &str, typed: &str) -> Option<Euros> {
        if typed.trim().is_empty() { None } else { Some(self.amount(field, typed)) }
    }

    /// A share of the money, above nothing.
    fn share(&mut self, field: &str, typed: &str) -> Option<Rate> {
        // A percentage has two decimals at most, as an amount does: its hundredths are basis points.
        let percent = typed.trim().trim_end_matches(['%', ' ', '\u{a0}']).parse::<Euros>().ok();
        let points = percent.and_then(|percent| i32::try_from(percent.cents()).ok());
        let share = points.filter(|points| (1..=10_000).contains(points)).map(Rate::from_basis_points);
        if share.is_none() {
            self.wrong(field, "Écrivez un montant en euros ou un pourcentage, par exemple 30\u{a0}%.");
        }
        share
    }

    fn text(&mut self, field: &str, typed: &str, sentence: &str) -> String {
        if typed.trim().is_empty() {
            self.wrong(field, sentence);
        }
        self.printed(field, typed)
    }

    /// A text that letters and statements carry; often empty.
    fn printed(&mut self, field: &str, typed: &str) -> String {
        if let Some(sentence) = unprintable_sentence(typed) {
            self.wrong(field, sentence);
        }
        typed.trim().to_owned()
    }

    /// What is marked for these axes or funds.
    fn earmarks(&mut self, form: &SourceForm, codes: impl Iterator<Item = String>, whole: Euros) -> Vec<Earmark> {
        let (mut marks, mut reserved, mut first) = (Vec::new(), Euros::ZERO, None);
        for code in codes {
            for limit in EarmarkLimit::ALL {
                let field = earmark_field(&code, *limit);
                let typed = form.earmarks.get(&(code.clone(), limit.code())).map_or("", String::as_str);
                let mark = if typed.contains('%') {
                    let Some(share) = self.share(&field, typed) else { continue };
                    Earmark::part(code.clone(), share, *limit)
                } else {
                    let Some(amount) = self.amount_option(&field, typed) else { continue };
                    Earmark::fixed(code.clone(), amount, *limit)
                };
                if *limit == EarmarkLimit::Reserved {
                    reserved += mark.share.map_or(mark.amount, |share| whole.at(share.0));
                    first.get_or_insert(field);
                }
                marks.push(mark);
            }
        }
        if let Some(field) = first.filter(|_| reserved > whole && self.0.is_empty()) {
            self.wrong(&field, format!("Les parts réservées font {reserved}, plus que les {whole} de la convention."));
        }
        marks
    }
}

fn read(form: &SourceForm, reading: &mut Reading) -> FundingSourceDefinition {
    let amount = reading.amount("montant", &form.amount);
    let starts = reading.day(("debut", "la date de début"), &form.starts_on);
    let ends = reading.day(("fin", "la date de fin"), &form.ends_on);
    let eligible_from = reading.day_option(("eligible-debut", "le début de l’éligibilité"), &form.eligible_from);
    let eligible_until = reading.day_option(("eligible-fin", "la fin de l’éligibilité"), &form.eligible_until);
    let (starts_on, ends_on) = (starts.unwrap_or_default(), ends.unwrap_or_default());
    if starts.zip(ends).is_some_and(|(starts, ends)| starts > ends) {
        reading.wrong("fin", "La convention finit avant de commencer.");
    }
    let clause = reading.printed("clause", &form.clause);
    let ceiling_per_beneficiary = reading.amount_option("plafond", &form.ceiling);
    if clause.is_empty() && ceiling_per_beneficiary.is_some() {
        reading.wrong("clause", "Indiquez la clause qui permet de reverser, ou effacez le plafond.");
    }
    let years = form.retention_years.trim().parse::<i32>().ok().filter(|years| (0..=99).contains(years));
    if years.is_none() {
        reading.wrong("conservation", "Indiquez un nombre d’années, par exemple 10.");
    }
    let definition = FundingSourceDefinition {
        reference: reading.text("reference", &form.reference, "Indiquez le numéro de la convention."),
        funder: form.funder.clone(),
        title: reading.text("titre", &form.title, "Indiquez l’objet de la convention."),
        amount,
        starts_on,
        ends_on,
        eligible_from,
        eligible_until,
        outside_days: if form.refuses_outside { OutsideDays::Refuse } else { OutsideDays::Say },
        regranting: (!clause.is_empty()).then_some(Regranting { clause, ceiling_per_beneficiary }),
        retention_years: years.unwrap_or_default(),
        receipts: form.receipts,
        kind: SourceKind::Agreement,
        earmarks: reading.earmarks(form, axes().iter().map(|axis| axis.code.clone()), amount),
        fund_earmarks: reading.earmarks(form, funds_of(form), amount).into_iter().filter_map(for_fund).collect(),
    };
    let (from, until) = definition.eligible_days();
    if starts.is_some() && ends.is_some() && from > until {
        reading.wrong("eligible-fin", "Les dates d’éligibilité finissent avant de commencer.");
    }
    definition
}

/// Writes an agreement: a new one, or what a known one says now. Whoever administers may correct everything but money.
pub fn save(
    tx: &mut Tx,
    actor: &Actor,
    id: Option<FundingSourceId>,
    form: &SourceForm,
    now: Moment,
) -> Outcome<FundingSourceId> {
    access::require(actor, &WRITERS)?;
    let changed_by = access::person(actor)?;
    let known = id.map(|id| rows::find(tx.conn(), id)).transpose()?;
    let mut reading = Reading(Vec::new());
    let mut definition = read(form, &mut reading);
    match &known {
        Some(row) => {
            let before = definitions::source(&row.settings)?;
            if !before.kind.is_agreement() {
                return Err(StoreError::NotFound.into());
            }
            definition.reference = before.reference.clone();
            definition.funder = before.funder.clone();
            judge_change(tx.conn(), actor, row, &definition, &mut reading)?;
            judge_ceilings(tx.conn(), row, (&before, &definition), &mut reading)?;
        }
        None => judge_new(tx.conn(), actor, &definition, &mut reading)?,
    }
    if !reading.0.is_empty() {
        return Err(UseCaseError::Invalid(reading.0));
    }
    if let Some(row) = &known {
        let change = SourceChangeRow {
            id: tx.mint(now)?,
            funding_source_id: row.id,
            settings: row.settings.clone(),
            changed_by,
            changed_at: now,
        };
        dues::insert_change(tx, &change)?;
        if definition.amount < row.amount_cents {
            journal::lower_source(tx, row.id, row.amount_cents - definition.amount, now)?;
            rows::update(tx, &FundingSourceRow { amount_cents: definition.amount, ..row.clone() })?;
        }
    }
    calls::load_source(tx, &definition, now)?;
    let saved = rows::by_reference(tx.conn(), &definition.reference)?;
    Ok(saved.ok_or(StoreError::NotFound)?.id)
}

fn judge_change(
    conn: &mut Conn,
    actor: &Actor,
    row: &FundingSourceRow,
    wanted: &FundingSourceDefinition,
    reading: &mut Reading,
) -> Outcome<()> {
    let taken = row.amount_cents - balance(conn, Stage::Source, Scope::Source(row.id))?;
    if wanted.amount != row.amount_cents && !actor.is(Role::Finance) {
        reading.wrong("montant", "Seule la gestion financière change un montant.");
    } else if wanted.amount < taken {
        let sentence =
            format!("Des appels ont déjà pris {taken} sur cette convention\u{a0}: elle ne descend pas plus bas.");
        reading.wrong("montant", sentence);
    }
    let calls = rows::published_calls(conn, row.id)?;
    if wanted.regranting.is_none() && row.regranting_clause.is_some() && !calls.is_empty() {
        let sentence =
            format!("Des appels publiés prennent sur cette convention ({})\u{a0}: la clause reste.", calls.join(", "));
        reading.wrong("clause", sentence);
    }
    Ok(())
}

/// A ceiling is not set below what is promised to its axis or fund, but for what was let beyond it for a reason.
fn judge_ceilings(
    conn: &mut Conn,
    row: &FundingSourceRow,
    (before, wanted): (&FundingSourceDefinition, &FundingSourceDefinition),
    reading: &mut Reading,
) -> Outcome<()> {
    let mut known = Earmark::in_euros(&before.earmarks, row.amount_cents);
    known.extend(Earmark::in_euros(&before.fund_marks(), row.amount_cents));
    let mut marks = Earmark::in_euros(&wanted.earmarks, wanted.amount);
    marks.extend(Earmark::in_euros(&wanted.fund_marks(), wanted.amount));
    for mark in marks {
        let is_same = |one: &Earmark| one.axis == mark.axis && one.limit == mark.limit;
        let is_as_high = known.iter().any(|one| is_same(one) && one.amount <= mark.amount);
        if mark.limit != EarmarkLimit::Ceiling || is_as_high {
            continue;
        }
        let promised = promised_under(conn, &mark.axis, Scope::Source(row.id))?;
        let let_through = earmark_overrides::total_of_source(conn, row.id, &mark.axis)?;
        if promised > mark.amount + let_through {
            let whose = if marked_fund(&mark.axis).is_some() { "de ce fonds" } else { "de cet axe" };
            let sentence = format!("Plus que ce maximum est déjà promis à des projets {whose}.");
            reading.wrong(&earmark_field(&mark.axis, mark.limit), sentence);
        }
    }
    Ok(())
}

fn judge_new(conn: &mut Conn, actor: &Actor, wanted: &FundingSourceDefinition, reading: &mut Reading) -> Outcome<()> {
    if !actor.is(Role::Finance) {
        return Err(Refusal::because(
            "Seule la gestion financière inscrit une convention\u{a0}: elle apporte de l’argent.",
        )
        .into());
    }
    if rows::funder_by_code(conn, &wanted.funder)?.is_none() {
        reading.wrong("bailleur", "Choisissez le bailleur.");
    }
    if rows::by_reference(conn, &wanted.reference)?.is_some() {
        reading.wrong("reference", "Une convention porte déjà ce numéro.");
    }
    Ok(())
}

/// Adds a funder, from what was typed into the fields `code`, `nom` and `mention`.
pub fn add_funder(
    tx: &mut Tx,
    actor: &Actor,
    (code, name, mention): (&str, &str, &str),
    now: Moment,
) -> Outcome<FunderId> {
    access::require(actor, &WRITERS)?;
    let mut reading = Reading(Vec::new());
    let is_code = !code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !is_code {
        reading.wrong("code", "Un code court, en minuscules et sans accent, par exemple afd.");
    } else if rows::funder_by_code(tx.conn(), code)?.is_some() {
        reading.wrong("code", "Un bailleur a déjà ce code.");
    }
    let name = reading.text("nom", name, "Indiquez le nom du bailleur.");
    let mention = reading.printed("mention", mention);
    if !reading.0.is_empty() {
        return Err(UseCaseError::Invalid(reading.0));
    }
    let row = FunderRow { id: tx.mint(now)?, code: code.to_owned(), name, mention };
    rows::insert_funder(tx, &row)?;
    Ok(row.id)
}

/// Says for which funder somebody reads: an administrator, and never for themselves.
pub fn seat(tx: &mut Tx, actor: &Actor, person: PersonId, funder: &str, now: Moment) -> Outcome<()> {
    access::require(actor, &[Role::Admin])?;
    if actor.person == Some(person) {
        return Err(Refusal::because("Personne ne change ses propres droits\u{a0}: demandez à un·e collègue.").into());
    }
    if !people::roles_of(tx.conn(), person)?.contains(&Role::Funder) {
        return Err(StoreError::NotFound.into());
    }
    let chosen = match funder {
        "" => None,
        code => Some(rows::funder_by_code(tx.conn(), code)?.ok_or(StoreError::NotFound)?.id),
    };
    Ok(dues::seat(tx, person, chosen, now)?)
}

/// Every funder with its code, and that of a person, for the page of the person.
pub fn seats(conn: &mut Conn, actor: &Actor, person: PersonId) -> Outcome<(Vec<FunderRow>, Option<FunderId>)> {
    access::require(actor, &[Role::Admin])?;
    Ok((rows::funders(conn)?, dues::funder_of(conn, person)?))
}
