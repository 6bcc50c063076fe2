//! One field of an application saved by itself, while its page stays open.
//!
//! A page names itself and numbers its changes. The same change sent again, its answer having been lost, changes nothing
//! and is answered alike; a change that arrives after a later one of the same page is left out.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    answers::{self, Typed},
    asked, authors, complements,
    edits::{self, Fate, Seen, mark},
    pairings, partners,
    planned_budgets::{self, OpenLine},
    projects, reference_data,
    sealed_numbers::{self, asks_number},
};
use crate::{
    domain::{
        budgets::{Budget, BudgetLine},
        complements::{BudgetTable, Item, Opening},
        definitions::{CallDefinition, Question, QuestionKind, Section, SectionContent},
        forms::{Answers, Form, Problem},
        identity::shown_by_token,
        ids::ApplicationId,
        time::Moment,
    },
    store::{
        Conn, Tx,
        answers::{self as rows, PartnerRow},
        applications::{self, ApplicationRow},
        calls, communes,
        field_saves::{self as saves, FieldSaveRow},
        organisations,
    },
};
use std::sync::Arc;

/// As much of an application as saving one field takes.
#[derive(Debug, Clone)]
pub struct Draft {
    row: ApplicationRow,
    /// The section that has the field today.
    place: String,
    pub definition: Arc<CallDefinition>,
    answers: Answers,
    opening: Opening,
}

/// Reads an application in which the actor may write this field of a section now. A question that a revision has moved
/// since the page was shown is written where it is today.
pub fn open(conn: &mut Conn, actor: &Actor, id: ApplicationId, (section, field): (&str, &str)) -> Outcome<Draft> {
    let row = super::applications::find(conn, actor, id)?;
    let call = calls::find(conn, row.call_id)?;
    let definition = asked::of(conn, &row, &call)?;
    let asks = |known: &&Section| known.questions.iter().any(|question| question.code == field);
    let named = definition.sections.iter().find(|known| known.code == section);
    let section = definition.sections.iter().find(asks).or(named);
    let may = match section {
        Some(section) => authors::may_write_section(conn, actor, &row, &definition, section)?,
        None => answers::may_write(conn, actor, &row)?,
    };
    if !may {
        return Err(answers::kept_from(conn, actor, &row)?);
    }
    let place = section.map(|section| section.code.clone()).unwrap_or_default();
    let opening = complements::opening(conn, &row, &definition)?;
    Ok(Draft { place, definition, answers: rows::of_application(conn, id)?, opening, row })
}

impl Draft {
    /// The section that has the field, if it is asked.
    fn section(&self) -> Option<&Section> {
        let form = Form::of_call(&self.definition);
        let section = self.definition.sections.iter().find(|section| section.code == self.place)?;
        form.shows_section(section, &self.answers).then_some(section)
    }

    /// The question with this code.
    pub fn question(&self, code: &str) -> Option<&Question> {
        self.definition.questions().map(|(_, question)| question).find(|question| question.code == code)
    }
}

/// One change of one field, as its page sends it.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The code of a question, `montant-60.1`, or the partners all together.
    pub field: &'a str,
    /// The name the page gave itself.
    pub page: &'a str,
    /// Grows with each change of the page.
    pub number: i64,
    /// The change of an earlier page which this one took up and has written over: its name and number.
    pub before: Option<(&'a str, i64)>,
    /// What was typed, with the mark of what the page showed.
    pub typed: &'a Typed,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is stored, now or since an earlier request.
    Saved,
    /// The same page has saved a later change: this one is left out.
    Older,
    /// Somebody else has written something else meanwhile, and that stays stored.
    Contested(Theirs),
    /// It cannot be kept as it is.
    Unreadable,
    /// The form asks it no longer: nothing is stored, and the page keeps the text for its writer.
    NotAsked,
}

/// What is said of a text that no field of the form takes any more.
const NOT_ASKED: &str = "Le formulaire ne pose plus cette question\u{a0}: ce texte n’entre pas dans le dossier.";

impl Saved {
    fn not_asked(field: &str) -> Self {
        let wrong = vec![FieldError::new(field, NOT_ASKED)];
        let (state, mark) = (State::NotAsked, String::new());
        Saved { state, mark, wrong, asked: None, budget: None, around: Around::default() }
    }
}

/// What somebody else has written meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Theirs {
    /// The stored answer, with the name of the commune it may be.
    Answer(String, Option<String>),
    /// A line of the budget, if there is any.
    Line(Option<BudgetLine>),
    Partners(Vec<PartnerRow>),
}

/// The answer to a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    pub state: State,
    /// The mark of what the page is to send back from now on.
    pub mark: String,
    pub wrong: Vec<FieldError>,
    /// The questions of the section that are asked now, when the change may have brought others.
    pub asked: Option<Vec<String>>,
    /// The budget as it is now, after an amount.
    pub budget: Option<Budget>,
    /// What other questions of the section are now, which lean on this one: computed values by their code, and what is
    /// wrong with answers.
    pub around: Around,
}

/// What an answer changes around it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Around {
    pub computed: Vec<(String, String)>,
    pub wrong: Vec<(String, Vec<FieldError>)>,
}

fn field_errors(problems: Vec<Problem>) -> Vec<FieldError> {
    let error = |problem: Problem| Some(FieldError::new(problem.field()?, &problem.message));
    problems.into_iter().filter_map(error).collect()
}

/// What the answer to a question changes in the others of its section; nothing where the form binds none.
fn around(form: &Form<'_>, section: &Section, code: &str, answers: &Answers) -> Around {
    let mut found = Around::default();
    let bound = section.questions.iter().filter(|other| other.code != code && form.is_bound(other, code));
    for other in bound.filter(|other| form.shows(other, answers)) {
        let answer = form.answer(other, answers);
        let wrong = if answer.is_empty() { Vec::new() } else { form.wrong(section, other, answers) };
        found.wrong.push((other.code.clone(), field_errors(wrong)));
        if !other.is_given() {
            found.computed.push((other.code.clone(), answer));
        }
    }
    found
}

/// A name a page may give itself, and a number it may count to.
pub(super) fn check(change: &Change) -> Outcome<()> {
    let is_name = (8..=40).contains(&change.page.len()) && change.page.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_name && change.number > 0 {
        return Ok(());
    }
    Err(UseCaseError::Invalid(vec![FieldError::new(change.field, "Rechargez la page\u{a0}: elle est trop ancienne.")]))
}

/// Saves one field as typed, unless somebody else has changed it since the page showed it, or nobody is asked it any more.
pub fn save(tx: &mut Tx, draft: &mut Draft, change: &Change, now: Moment) -> Outcome<Saved> {
    check(change)?;
    let Some(section) = draft.section().cloned() else { return Ok(Saved::not_asked(change.field)) };
    if let Some(item) = item(&section, change.field).filter(|item| !draft.opening.opens(item)) {
        return Err(answers::closed(&draft.definition, &item));
    }
    let id = draft.row.id;
    let arrival = Arrival::of(change, |page| {
        let save = saves::find(tx.conn(), id, change.field, page)?;
        Ok(save.map(|save| Past { number: save.number, mark: save.mark }))
    })?;
    if let Some(question) = section.questions.iter().find(|question| question.code == change.field) {
        if !question.is_typed() {
            return Ok(Saved::not_asked(change.field));
        }
        return save_answer(tx, draft, &section, question, arrival, now);
    }
    let line = OpenLine::all().find(|line| line.field() == change.field);
    match (section.content, line) {
        (SectionContent::Budget, Some(line)) => save_amount(tx, draft, line, arrival, now),
        (SectionContent::Partners, _) if change.field == edits::PARTNERS => save_partners(tx, draft, arrival, now),
        _ => Ok(Saved::not_asked(change.field)),
    }
}

/// What a field of a section is part of; nothing for a field that no section has.
fn item(section: &Section, field: &str) -> Option<Item> {
    if section.questions.iter().any(|question| question.code == field) {
        return Some(Item::Question(field.to_owned()));
    }
    match section.content {
        SectionContent::Budget => {
            let line = OpenLine::all().find(|line| line.field() == field)?;
            Some(Item::Budget(BudgetTable::of_account(line.account)))
        }
        SectionContent::Partners => Some(Item::Partners),
        SectionContent::Questions | SectionContent::Documents => None,
    }
}

/// What a page saved of a field: the number of its change, and the mark of what it wrote.
pub(super) struct Past {
    pub number: i64,
    pub mark: String,
}

/// A change as it comes in.
pub(super) struct Arrival<'a> {
    pub change: &'a Change<'a>,
    /// The last save of its field by the same page.
    pub last: Option<Past>,
    /// The change of an earlier page that it continues, if that one did come through.
    before: Option<Past>,
}

impl<'a> Arrival<'a> {
    /// A change with what is known of its pages; `saved` gives the last save of its field by a page.
    pub(super) fn of(change: &'a Change<'a>, mut saved: impl FnMut(&str) -> Outcome<Option<Past>>) -> Outcome<Self> {
        let last = saved(change.page)?;
        let before = match change.before {
            Some((page, number)) => saved(page)?.filter(|past| past.number == number),
            None => None,
        };
        Ok(Arrival { change, last, before })
    }
}

/// What becomes of a value, and the mark its page is to send back; `None` for the fate when nothing is to be done.
pub(super) fn judge(
    Arrival { change, last, before }: &Arrival,
    value: &str,
    stored: &str,
) -> (State, Option<Fate>, String) {
    if let Some(own) = last.as_ref().filter(|own| change.number <= own.number) {
        let is_again = change.number == own.number && own.mark == mark(value);
        if is_again || change.number < own.number {
            return (if is_again { State::Saved } else { State::Older }, None, own.mark.clone());
        }
    }
    // Two pages under one name and number are two writers: neither may overwrite the other.
    let own = last.as_ref().filter(|own| change.number > own.number);
    let saved = own.or(before.as_ref()).map(|past| (change.field.to_owned(), past.mark.clone()));
    match Seen::knowing(change.typed, saved.into_iter().collect()).fate(change.field, value, stored) {
        Fate::Written => (State::Saved, Some(Fate::Written), mark(value)),
        Fate::Kept if value == stored => (State::Saved, Some(Fate::Kept), mark(value)),
        // Taken back to what was shown, while somebody else wrote: theirs is to be seen here too.
        Fate::Kept | Fate::Contested => (State::Saved, Some(Fate::Contested), mark(stored)),
    }
}

/// Days after which a page that saved something is no longer waited for.
pub(super) const DAYS: i64 = 2;

/// Notes which change of which page is stored.
fn note(
    tx: &mut Tx,
    id: ApplicationId,
    Arrival { change, last, .. }: &Arrival,
    mark: &str,
    now: Moment,
) -> Outcome<()> {
    let row = FieldSaveRow {
        application_id: id,
        field: change.field.to_owned(),
        page: change.page.to_owned(),
        number: change.number,
        mark: mark.to_owned(),
        saved_at: now,
    };
    match last {
        Some(_) => saves::change(tx, &row)?,
        None => {
            saves::forget(tx, id, change.field, now.plus_days(-DAYS))?;
            saves::insert(tx, &row)?;
        }
    }
    Ok(())
}

fn save_answer(
    tx: &mut Tx,
    draft: &mut Draft,
    section: &Section,
    question: &Question,
    arrival: Arrival,
    now: Moment,
) -> Outcome<Saved> {
    let (id, code) = (draft.row.id, question.code.as_str());
    let typed = arrival.change.typed.get(code).map_or("", |value| value.trim());
    let found = match question.kind {
        QuestionKind::Commune => reference_data::commune_named(tx.conn(), typed)?,
        _ => None,
    };
    let stored = draft.answers.get(code).cloned().unwrap_or_default();
    let found = match asks_number(question) {
        true => Some(sealed_numbers::said(tx, id.as_str(), (typed, &stored))?),
        false => found,
    };
    let value = found.as_deref().unwrap_or(typed);
    let (mut state, fate, mark) = judge(&arrival, value, &stored);
    match fate {
        Some(Fate::Written) => {
            answers::write_answer(tx, id, &mut draft.answers, (code, value), now)?;
            if projects::depends_on(&draft.definition, question) {
                let organisation = organisations::find(tx.conn(), draft.row.organisation_id)?.name;
                projects::write(tx, &mut draft.row, &draft.definition, &draft.answers, &organisation, now)?;
            } else {
                applications::touch(tx, id, now)?;
            }
            note(tx, id, &arrival, &mark, now)?;
        }
        Some(Fate::Kept) => note(tx, id, &arrival, &mark, now)?,
        Some(Fate::Contested) => {
            let commune = Some(&stored).filter(|_| question.kind == QuestionKind::Commune);
            let commune = commune.and_then(|code| communes::find(tx.conn(), code).ok());
            let name = commune.map(|row| format!("{} ({})", row.name, row.department));
            let theirs = shown_by_token(&stored).map(str::to_owned);
            state = State::Contested(Theirs::Answer(theirs.unwrap_or(stored), name));
        }
        None => {}
    }
    let form = Form::of_call(&draft.definition);
    let mut wrong = field_errors(form.wrong(section, question, &draft.answers));
    wrong.extend(pairings::named_pupils(&draft.definition, question, &draft.answers));
    let asked = projects::is_condition(&draft.definition, question).then(|| {
        let asked = section.questions.iter().filter(|question| form.shows(question, &draft.answers));
        asked.map(|question| question.code.clone()).collect()
    });
    let around = around(&form, section, code, &draft.answers);
    Ok(Saved { state, mark, wrong, asked, budget: None, around })
}

fn save_amount(tx: &mut Tx, draft: &mut Draft, line: OpenLine, arrival: Arrival, now: Moment) -> Outcome<Saved> {
    let id = draft.row.id;
    let mut lines = rows::budget_of(tx.conn(), id)?;
    let known = line.is_in(&lines).and_then(planned_budgets::line);
    let stored = planned_budgets::said(known.as_ref());
    let unit = draft.definition.amount.unit;
    let reading = planned_budgets::read(id, (line, unit), arrival.change.typed, known.as_ref());
    let (mut state, fate, mark) = judge(&arrival, &reading.value, &stored);
    let mut wrong = Vec::new();
    match (fate, reading.unreadable) {
        (Some(_), Some(sentence)) => (state, wrong) = (State::Unreadable, vec![sentence]),
        (Some(Fate::Written), None) => {
            rows::set_budget_line(tx, id, line.position(), reading.row.as_ref())?;
            lines.retain(|other| other.account != line.account.code);
            lines.extend(reading.row);
            applications::touch(tx, id, now)?;
            note(tx, id, &arrival, &mark, now)?;
        }
        (Some(Fate::Kept), None) => note(tx, id, &arrival, &mark, now)?,
        (Some(Fate::Contested), None) => state = State::Contested(Theirs::Line(known)),
        (None, _) => {}
    }
    let lines = lines.iter().filter_map(planned_budgets::line).collect();
    let budget = Some(Budget { grant: draft.row.requested_cents, lines });
    Ok(Saved { state, mark, wrong, asked: None, budget, around: Around::default() })
}

fn save_partners(tx: &mut Tx, draft: &mut Draft, arrival: Arrival, now: Moment) -> Outcome<Saved> {
    let id = draft.row.id;
    let (typed, wrong) = partners::read(id, arrival.change.typed);
    let stored = rows::partners_of(tx.conn(), id)?;
    let (mut state, fate, mark) = judge(&arrival, &edits::partners_text(&typed), &edits::partners_text(&stored));
    match fate {
        Some(Fate::Written) => {
            rows::set_partners(tx, id, &typed)?;
            applications::touch(tx, id, now)?;
            note(tx, id, &arrival, &mark, now)?;
        }
        Some(Fate::Kept) => note(tx, id, &arrival, &mark, now)?,
        Some(Fate::Contested) => state = State::Contested(Theirs::Partners(stored)),
        None => {}
    }
    Ok(Saved { state, mark, wrong, asked: None, budget: None, around: Around::default() })
}
