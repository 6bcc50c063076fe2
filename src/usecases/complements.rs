//! Complements: an officer reopens parts of a filed application, its people correct them, the officer compares.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    access::{self, TEAM},
    advance::{Cause, advance, advance_now},
    answers::{self, Content},
    filings, interests,
};
use crate::{
    domain::{
        complements::{BudgetTable, Item, Opening},
        definitions::CallDefinition,
        forms::Form,
        ids::{ApplicationId, ComplementRequestId},
        lifecycles::applications::{Application, ApplicationEvent, ApplicationState},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        applications::ApplicationRow,
        attachments,
        complement_requests::{self as rows, ComplementItemRow, ComplementRequestRow},
        people,
    },
};
use chrono::NaiveDate;

/// Most characters of what is asked, and of the answer.
pub const LONGEST_TEXT: usize = 4_000;
/// Most characters said of one item.
pub const LONGEST_NOTE: usize = 500;
/// Most days given to answer.
const MOST_DAYS: i64 = 183;
/// A request for a complement as it is typed.
#[derive(Debug, Clone, Default)]
pub struct Asking<'a> {
    /// Why, in the officer's words.
    pub wanted: &'a str,
    /// What reopens, each with what the officer says of it; often nothing.
    pub items: Vec<(Item, &'a str)>,
    /// The last day to answer, `2027-02-25`; empty for the call's own delay.
    pub due_on: &'a str,
}

/// A request with what it reopens.
#[derive(Debug, Clone)]
pub struct Request {
    pub row: ComplementRequestRow,
    /// In the order of the form, each with the officer's words.
    pub items: Vec<(Item, String)>,
}

impl Request {
    /// What it reopens, and what depends on it.
    fn opening(&self, call: &CallDefinition) -> Opening {
        match self.row.filing_before {
            Some(_) => Opening::around(call, self.items.iter().map(|(item, _)| item.clone())),
            None => Opening::Everything,
        }
    }

    /// The names of what it reopens, each with the officer's words.
    pub fn named(&self, call: &CallDefinition) -> Vec<(String, String)> {
        let named = self.items.iter().filter_map(|(item, note)| Some((item.label(call)?, note.clone())));
        named.collect()
    }
}

/// The last day an applicant has to answer a request made now.
pub fn proposed_day(call: &CallDefinition, now: Moment) -> NaiveDate {
    now.paris_date() + chrono::Duration::try_days(call.delays.complement_days).unwrap_or_default()
}

/// What an application asks for now, section by section: what an officer may tick.
pub fn offered(content: &Content) -> Vec<(&str, Vec<Item>)> {
    let form = Form::of_call(&content.definition);
    let sections = content.definition.sections.iter().filter(|s| form.shows_section(s, &content.answers));
    let asked = |item: &Item| match item {
        Item::Question(code) => content.definition.question(code).is_some_and(|q| form.shows(q, &content.answers)),
        _ => true,
    };
    let items = sections.map(|section| {
        let items = Item::of_section(&content.definition, section);
        (section.title.as_str(), items.into_iter().filter(asked).collect())
    });
    items.collect()
}

/// The requests to an application, oldest first.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Outcome<Vec<Request>> {
    let requests = rows::of_application(conn, id)?;
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = requests.iter().map(|row| row.id).collect();
    let items = rows::items_of(conn, &ids)?;
    let with_items = |row: ComplementRequestRow| {
        let own = items.iter().filter(|item| item.request_id == row.id);
        let items = own.filter_map(|item| Some((item.item.parse().ok()?, item.note.clone()))).collect();
        Request { row, items }
    };
    Ok(requests.into_iter().map(with_items).collect())
}

/// How much of an application its people may write in, once they may write in it at all.
pub(super) fn opening(conn: &mut Conn, row: &ApplicationRow, call: &CallDefinition) -> Outcome<Opening> {
    if row.state != ApplicationState::ComplementRequested {
        return Ok(Opening::Everything);
    }
    Ok(of_application(conn, row.id)?.last().map_or(Opening::Everything, |request| request.opening(call)))
}

fn day(asking: &Asking, call: &CallDefinition, now: Moment) -> Result<NaiveDate, String> {
    if asking.due_on.trim().is_empty() {
        return Ok(proposed_day(call, now));
    }
    let day: NaiveDate = asking.due_on.trim().parse().map_err(|_| "Cette date n’existe pas.".to_owned())?;
    match (day - now.paris_date()).num_days() {
        ..0 => Err("Cette date est passée\u{a0}: donnez-en une à venir.".into()),
        0..=MOST_DAYS => Ok(day),
        _ => Err("Cette date est trop lointaine\u{a0}: six mois au plus.".into()),
    }
}

/// What was typed, as it is kept: the day, and what reopens in the order of the form.
fn read(content: &Content, asking: &Asking, now: Moment) -> Outcome<(NaiveDate, Vec<(Item, String)>)> {
    let mut wrong = Vec::new();
    let order = offered(content).into_iter().flat_map(|(_, items)| items);
    let ticked = order.filter_map(|item| {
        let note = asking.items.iter().find(|(ticked, _)| *ticked == item)?.1;
        Some((item, note.trim().to_owned()))
    });
    let items: Vec<(Item, String)> = ticked.collect();
    if items.is_empty() {
        wrong.push(FieldError::new("element", "Cochez au moins un élément à compléter."));
    }
    for (item, note) in &items {
        if note.chars().count() > LONGEST_NOTE {
            let sentence = format!("Cette précision est trop longue\u{a0}: {LONGEST_NOTE} caractères au plus.");
            wrong.push(FieldError::new(format!("note-{item}"), sentence));
        }
    }
    let day = day(asking, &content.definition, now);
    match asking.wanted.trim() {
        "" => wrong.push(FieldError::new("demande", "Écrivez ce qu’il faut compléter.")),
        text => wrong.extend(too_long("demande", text)),
    }
    match day {
        Ok(day) if wrong.is_empty() => return Ok((day, items)),
        Ok(_) => {}
        Err(sentence) => wrong.push(FieldError::new("echeance", sentence)),
    }
    Err(UseCaseError::Invalid(wrong))
}

fn too_long(field: &str, text: &str) -> Option<FieldError> {
    let length = text.chars().count();
    let sentence = format!("Ce texte est trop long\u{a0}: {length} caractères pour {LONGEST_TEXT} au plus.");
    (length > LONGEST_TEXT).then(|| FieldError::new(field, sentence))
}

/// Asks the applicant for a complement: what is ticked reopens until it is answered or its day has passed.
pub fn request(
    tx: &mut Tx,
    actor: &Actor,
    id: ApplicationId,
    version: i32,
    asking: &Asking,
    now: Moment,
) -> Outcome<Cause> {
    let content = answers::find(tx.conn(), actor, id)?;
    let (day, items) = read(&content, asking, now)?;
    let row = ComplementRequestRow {
        id: tx.mint(now)?,
        application_id: id,
        asked_by: access::person(actor)?,
        asked_at: now,
        wanted: asking.wanted.trim().to_owned(),
        due_at: Moment::end_of_day(day),
        answer: None,
        answered_at: None,
        filing_before: Some(filings::keep_for_team(tx, content, now)?),
        filing_after: None,
    };
    let item = |(i, (item, note)): (usize, (Item, String))| ComplementItemRow {
        request_id: row.id,
        position: i32::try_from(i).unwrap_or(i32::MAX),
        item: item.to_string(),
        note,
    };
    let items: Vec<_> = items.into_iter().enumerate().map(item).collect();
    rows::insert(tx, &row)?;
    rows::insert_items(tx, &items)?;
    advance::<Application>(tx, actor, id, version, ApplicationEvent::RequestComplement, now)
}

/// Sends the answer to the open request, with what was corrected.
pub fn answer(
    tx: &mut Tx,
    actor: &Actor,
    id: ApplicationId,
    version: i32,
    answer: &str,
    now: Moment,
) -> Outcome<Cause> {
    let content = answers::find(tx.conn(), actor, id)?;
    let answer = answer.trim();
    if answer.is_empty() {
        return Err(UseCaseError::Invalid(vec![FieldError::new("reponse", "Écrivez votre réponse, même courte.")]));
    }
    if let Some(wrong) = too_long("reponse", answer) {
        return Err(UseCaseError::Invalid(vec![wrong]));
    }
    let requests = rows::of_application(tx.conn(), id)?;
    let open = requests.last().filter(|request| request.answer.is_none()).ok_or(StoreError::NotFound)?;
    rows::answer(tx, open.id, answer, now)?;
    let cause = advance::<Application>(tx, actor, id, version, ApplicationEvent::AnswerComplement, now)?;
    let number = filings::keep(tx, &content, now)?;
    interests::keep_from(tx, &content, now)?;
    rows::set_filing_after(tx, open.id, number)?;
    Ok(cause)
}

/// Goes on without the complement whose term has passed.
pub fn lapse(tx: &mut Tx, actor: &Actor, id: ApplicationId, version: i32, now: Moment) -> Outcome<Cause> {
    let cause = advance::<Application>(tx, actor, id, version, ApplicationEvent::LapseComplement, now)?;
    close(tx, id, now)?;
    Ok(cause)
}

/// The same, brought about by the clock.
pub(super) fn lapse_now(tx: &mut Tx, id: ApplicationId, now: Moment) -> Outcome<Cause> {
    let cause = advance_now::<Application>(tx, &Actor::system(), id, ApplicationEvent::LapseComplement, now)?;
    close(tx, id, now)?;
    Ok(cause)
}

/// What was written and not sent stays in the file: it is kept as what the request came to.
fn close(tx: &mut Tx, id: ApplicationId, now: Moment) -> Outcome<()> {
    let content = answers::find(tx.conn(), &Actor::system(), id)?;
    let number = filings::keep_for_team(tx, content, now)?;
    match rows::of_application(tx.conn(), id)?.last() {
        Some(request) => Ok(rows::set_filing_after(tx, request.id, number)?),
        None => Ok(()),
    }
}

/// Whether an item says something else in the one than in the other.
pub fn differs(before: &Content, after: &Content, item: &Item) -> bool {
    let lines = |content: &Content, table: BudgetTable| -> Vec<_> {
        let own = content.budget.lines.iter().filter(|line| BudgetTable::of(line.side, line.is_valuation()) == table);
        own.cloned().collect()
    };
    let files = |content: &Content, code: &str| -> Vec<_> {
        let own = content.attachments.iter().filter(|file| file.document_code == code);
        own.map(|file| (file.file_name.clone(), file.sha256.clone())).collect()
    };
    match item {
        Item::Question(code) => {
            before.answers.get(code) != after.answers.get(code) || files(before, code) != files(after, code)
        }
        Item::Budget(table) => lines(before, *table) != lines(after, *table),
        Item::Partners => before.partners != after.partners,
        Item::Document(code) => files(before, code) != files(after, code),
    }
}

/// A request that waits for its answer, with how far its people are.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub request: Request,
    /// For each item, whether it has been changed since the request.
    pub changed: Vec<bool>,
}

/// The request that an application has to answer now, for its people.
pub fn waiting(conn: &mut Conn, content: &Content) -> Outcome<Option<Waiting>> {
    if content.row.state != ApplicationState::ComplementRequested {
        return Ok(None);
    }
    let Some(request) = of_application(conn, content.row.id)?.pop() else { return Ok(None) };
    let changed = match request.row.filing_before {
        Some(number) => {
            let before = as_filed(conn, content, number)?;
            request.items.iter().map(|(item, _)| differs(&before, content, item)).collect()
        }
        None => Vec::new(),
    };
    Ok(Some(Waiting { request, changed }))
}

fn as_filed(conn: &mut Conn, content: &Content, number: i32) -> Outcome<Content> {
    let files = attachments::ever_of_owner(conn, content.row.id.as_str())?;
    Ok(filings::find(conn, content.row.id, number)?.content(content, &files))
}

/// What a request has changed, side by side.
#[derive(Debug)]
pub struct Comparison {
    pub request: Request,
    pub asked_by: String,
    /// The application as it was when the complement was asked for.
    pub before: Content,
    /// As it was when the complement came, or its term passed.
    pub after: Content,
    /// What was not ticked and depends on what was: it has changed too.
    pub consequences: Vec<Item>,
}

/// Compares an application before and after a complement, for the team. A request that still waits has nothing to
/// compare yet.
pub fn compare(conn: &mut Conn, actor: &Actor, id: ApplicationId, request: ComplementRequestId) -> Outcome<Comparison> {
    access::require(actor, TEAM)?;
    let content = answers::find(conn, actor, id)?;
    let request = of_application(conn, id)?.into_iter().find(|known| known.row.id == request);
    let request = request.ok_or(StoreError::NotFound)?;
    let numbers = request.row.filing_before.zip(request.row.filing_after).ok_or(StoreError::NotFound)?;
    let (before, after) = (as_filed(conn, &content, numbers.0)?, as_filed(conn, &content, numbers.1)?);
    let sections = content.definition.sections.iter();
    let others = sections.flat_map(|section| Item::of_section(&content.definition, section));
    let others = others.filter(|item| !request.items.iter().any(|(ticked, _)| ticked == item));
    let consequences = others.filter(|item| differs(&before, &after, item)).collect();
    let asked_by = people::find(conn, request.row.asked_by)?.name;
    Ok(Comparison { request, asked_by, before, after, consequences })
}
