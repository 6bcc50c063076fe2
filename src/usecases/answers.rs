//! What an application says so far: read as one, saved section by section, and what is still missing.

use super::{
    Actor, FieldError, Outcome, UseCaseError, applications, asked, attachments, authors, complements,
    cost_marks::{self, Marks},
    edits::{self, Fate, Seen},
    file_answers,
    organisations::{self as organisations_of, acts_for},
    owed_documents, pairings, partners, planned_budgets, profiles, projects, scans, sealed_numbers, ties,
};
use crate::{
    domain::{
        attachments::{AttachmentOwner, ScanVerdict},
        budgets::Budget,
        complements::{Item, Opening},
        decisions::shown_to_applicants,
        definitions::{CallDefinition, Section, SectionContent},
        forms::{self, Answers, Filled, Form, Problem, SectionState},
        ids::{ApplicationId, AttachmentId, OrganisationId},
        lifecycle::Refusal,
        lifecycles::applications::ApplicationState,
        organisations::Right,
        profiles::Identity,
        ties::Declared,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        answers::{self, PartnerRow},
        applications::{self as rows, ApplicationRow},
        attachments::{self as files, AttachmentRow},
        calls::{self, CallRow},
        organisations::{self, OrganisationRow},
        owed_documents::{self as owed, OwedRow},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// An application with everything it says.
#[derive(Debug, Clone)]
pub struct Content {
    pub row: ApplicationRow,
    pub call: CallRow,
    /// The revision of the form in which it is asked: a draft follows its call unless it was let keep an earlier one, what
    /// is filed keeps the one it was filed with.
    pub form: i32,
    pub definition: Arc<CallDefinition>,
    pub organisation: OrganisationRow,
    /// The other half of a pair.
    pub partner: Option<OrganisationRow>,
    pub answers: Answers,
    /// With the amount asked for as its grant.
    pub budget: Budget,
    pub partners: Vec<PartnerRow>,
    pub attachments: Vec<AttachmentRow>,
    /// How much of it its people may write in, while they may.
    pub opening: Opening,
    /// What its organisations are and say of themselves today, the one that applies first.
    pub identities: Vec<Identity>,
    /// The ties with the network that were declared.
    pub ties: Declared,
    /// Documents that were promised, or that did not come since it was filed.
    pub owed: Vec<OwedRow>,
    /// Of a file that is read without names, the papers that are there and not to be read yet.
    pub veiled: Option<BTreeSet<String>>,
    /// What the antivirus says of the attachments, by hash; empty where there is none.
    verdicts: BTreeMap<String, ScanVerdict>,
    /// What an officer found ineligible of its expenses, by account.
    marks: Marks,
    attached: Vec<String>,
}

impl Content {
    /// What the antivirus says of an attachment, where there is one.
    pub fn verdict(&self, file: &AttachmentRow) -> Option<ScanVerdict> {
        self.verdicts.get(&file.sha256).copied()
    }

    /// The budget as the team counts it: what an officer found ineligible taken off. What was filed stays as it is.
    pub fn retained_budget(&self) -> Budget {
        self.budget.marked(&self.marks)
    }

    /// The organisations whose file it is.
    pub fn parties(&self) -> Vec<OrganisationId> {
        self.row.parties()
    }

    /// What the form sees of it.
    pub fn filled(&self) -> Filled<'_> {
        Filled {
            answers: &self.answers,
            attached: &self.attached,
            budget: Some(&self.budget),
            partners: self.partners.len(),
            legal_form: Some(self.organisation.legal_form),
        }
    }

    /// Everything missing or wrong, in the order of the form.
    pub fn problems(&self) -> Vec<Problem> {
        Form::of_call(&self.definition).check(&self.filled())
    }

    /// How far each section is, by code.
    pub fn states(&self) -> BTreeMap<String, SectionState> {
        let states = Form::of_call(&self.definition).states(&self.filled());
        states.into_iter().map(|(code, state)| (code.to_owned(), state)).collect()
    }

    /// The section with this code, if it is asked.
    pub fn section(&self, code: &str) -> Option<&Section> {
        let form = Form::of_call(&self.definition);
        let section = self.definition.sections.iter().find(|section| section.code == code)?;
        form.shows_section(section, &self.answers).then_some(section)
    }

    /// The same application, saying something else.
    pub(super) fn saying(
        &self,
        answers: Answers,
        budget: Budget,
        partners: Vec<PartnerRow>,
        attachments: Vec<AttachmentRow>,
    ) -> Self {
        let attached = attachments.iter().map(|file| file.document_code.clone()).collect();
        Content { answers, budget, partners, attachments, attached, ..self.clone() }
    }
}

/// Reads everything an application says; whether it exists for the reader has been judged.
pub fn content(conn: &mut Conn, row: ApplicationRow) -> Outcome<Content> {
    let call = calls::find(conn, row.call_id)?;
    content_in(conn, row, call)
}

/// The same for an application whose call has been read.
pub(super) fn content_in(conn: &mut Conn, row: ApplicationRow, call: CallRow) -> Outcome<Content> {
    let form = asked::form_of(conn, &row, &call)?;
    let definition = asked::definition(conn, &call, form)?;
    let id = row.id;
    let attachments = files::of_owner(conn, id.as_str())?;
    let hashes: Vec<_> = attachments.iter().map(|file| file.sha256.clone()).collect();
    let verdicts = scans::verdicts(conn, &hashes)?;
    // What the antivirus refused is as good as not attached.
    let usable = attachments.iter().filter(|file| verdicts.get(&file.sha256) != Some(&ScanVerdict::Refused));
    let usable: Vec<_> = usable.map(|file| file.document_code.clone()).collect();
    let lines = answers::budget_of(conn, id)?;
    let partner = row.partner_organisation_id.map(|partner| organisations::find(conn, partner)).transpose()?;
    let organisation = organisations::find(conn, row.organisation_id)?;
    let identities = {
        let cards: Vec<_> = std::iter::once(&organisation).chain(&partner).collect();
        profiles::identities(conn, &cards)?
    };
    let marks = match row.state {
        ApplicationState::Draft => Marks::new(),
        _ => cost_marks::of_files(conn, &[id])?.remove(&id).unwrap_or_default(),
    };
    Ok(Content {
        form,
        marks,
        ties: ties::of_content(conn, id)?,
        identities,
        organisation,
        partner,
        answers: answers::of_application(conn, id)?,
        budget: Budget { grant: row.requested_cents, lines: lines.iter().filter_map(planned_budgets::line).collect() },
        partners: answers::partners_of(conn, id)?,
        attached: usable,
        verdicts,
        attachments,
        opening: complements::opening(conn, &row, &definition)?,
        owed: owed::of_application(conn, id)?,
        veiled: None,
        call,
        definition,
        row,
    })
}

/// An application and everything it says, through somebody's eyes.
pub fn find(conn: &mut Conn, actor: &Actor, id: ApplicationId) -> Outcome<Content> {
    let row = applications::find(conn, actor, id)?;
    content(conn, row)
}

/// Whether the actor may write in an application now: its own people, while it is a draft or being completed.
pub fn may_write(conn: &mut Conn, actor: &Actor, row: &ApplicationRow) -> Outcome<bool> {
    let may = is_open(row) && organisations_of::may(conn, actor, &row.parties(), Right::Write)?;
    // What rests behind the common file of a pair is not written in.
    Ok(may && pairings::common_of(conn, row.id)?.is_none())
}

/// Whether an application is in a state in which its people write.
pub(super) fn is_open(row: &ApplicationRow) -> bool {
    matches!(row.state, ApplicationState::Draft | ApplicationState::ComplementRequested)
}

/// An application that the actor may write in now; of what they may not see, nothing is said.
pub(super) fn writable(conn: &mut Conn, actor: &Actor, id: ApplicationId) -> Outcome<ApplicationRow> {
    let row = applications::find(conn, actor, id)?;
    if may_write(conn, actor, &row)? { Ok(row) } else { Err(kept_from(conn, actor, &row)?) }
}

/// Why somebody may not write: their seat, or the state of the file.
pub(super) fn kept_from(conn: &mut Conn, actor: &Actor, row: &ApplicationRow) -> Outcome<UseCaseError> {
    if is_open(row) && acts_for(conn, actor, &row.parties())? {
        return Ok(Refusal::NotYours.into());
    }
    // Of a decision under embargo even the refusal says nothing.
    let call = calls::find(conn, row.call_id)?;
    let shown = shown_to_applicants(row.state, call.state, call.decision_pace);
    Ok(Refusal::NotFromHere(shown.label()).into())
}

/// What was typed into one section, by the names of its fields.
pub type Typed = BTreeMap<String, String>;

/// Saves one section exactly as typed and says what is wrong with it. Everything that can be kept is kept; what somebody
/// else has changed since the page was shown is not overwritten.
pub fn save_section(
    tx: &mut Tx,
    actor: &Actor,
    id: ApplicationId,
    section: &str,
    typed: &Typed,
    now: Moment,
) -> Outcome<Vec<FieldError>> {
    let mut content = to_write_in(tx.conn(), actor, id, section)?;
    write_section(tx, &mut content, section, typed, now)
}

/// An application that the actor may write in now, with everything it says.
pub fn to_write(conn: &mut Conn, actor: &Actor, id: ApplicationId) -> Outcome<Content> {
    let row = writable(conn, actor, id)?;
    content(conn, row)
}

/// An application in which the actor may write this section now, with everything it says.
pub fn to_write_in(conn: &mut Conn, actor: &Actor, id: ApplicationId, section: &str) -> Outcome<Content> {
    let content = find(conn, actor, id)?;
    let may = match content.section(section) {
        Some(section) => authors::may_write_section(conn, actor, &content.row, &content.definition, section)?,
        None if may_write(conn, actor, &content.row)? => return Err(StoreError::NotFound.into()),
        None => false,
    };
    if may { Ok(content) } else { Err(kept_from(conn, actor, &content.row)?) }
}

/// The same for an application just read by [`to_write_in`] in this transaction; it then says what was typed.
pub fn write_section(
    tx: &mut Tx,
    content: &mut Content,
    section: &str,
    typed: &Typed,
    now: Moment,
) -> Outcome<Vec<FieldError>> {
    let id = content.row.id;
    let section = content.section(section).ok_or(StoreError::NotFound)?.clone();
    let tokens = sealed_numbers::with_tokens(tx, id, (&section, &content.answers), typed)?;
    let typed = tokens.as_ref();
    let seen = Seen::by(tx.conn(), id, typed)?;
    keep_closed(content, &section, typed)?;
    let (mut errors, mut first) = (Vec::new(), Vec::new());
    let open = section.questions.iter().filter(|question| content.opening.opens_question(&question.code));
    for question in open.filter(|question| question.is_typed()) {
        let Some(value) = typed.get(&question.code).map(|value| value.trim()) else { continue };
        let stored = content.answers.get(&question.code).map_or("", String::as_str);
        match seen.fate(&question.code, value, stored) {
            Fate::Written if stored.is_empty() && !value.is_empty() => first.push((question.code.as_str(), value)),
            Fate::Written => write_answer(tx, id, &mut content.answers, (&question.code, value), now)?,
            Fate::Kept => {}
            Fate::Contested => errors.push(FieldError::new(&question.code, edits::TAKEN)),
        }
    }
    answers::insert_all(tx, id, &first, now)?;
    content.answers.extend(first.into_iter().map(|(question, value)| (question.to_owned(), value.to_owned())));
    match section.content {
        SectionContent::Budget => {
            let lines =
                planned_budgets::save(tx, (id, content.definition.amount.unit), &seen, &content.opening, &mut errors)?;
            content.budget.lines = lines.iter().filter_map(planned_budgets::line).collect();
        }
        SectionContent::Partners if content.opening.opens(&Item::Partners) => {
            partners::save(tx, id, &seen, &mut content.partners, &mut errors)?;
        }
        SectionContent::Questions | SectionContent::Documents | SectionContent::Partners => {}
    }
    let (definition, organisation) = (content.definition.clone(), &content.organisation.name);
    if section.questions.iter().any(|question| projects::depends_on(&definition, question)) {
        projects::write(tx, &mut content.row, &definition, &content.answers, organisation, now)?;
    } else if content.row.updated_at != now {
        rows::touch(tx, id, now)?;
        content.row.updated_at = now;
    }
    content.budget.grant = content.row.requested_cents;
    let form = Form::of_call(&content.definition);
    let problems = form.check_section(&section, &content.filled());
    let wrong = problems.into_iter().filter(|problem| problem.gravity == forms::Gravity::Wrong);
    errors.extend(wrong.map(|p| FieldError::new(p.field().unwrap_or("budget"), &p.message)));
    let crossed = form.crossed(&section, &content.answers).into_iter();
    errors.extend(crossed.map(|(question, sentence)| FieldError::new(question, sentence)));
    let questions = section.questions.iter();
    errors.extend(questions.filter_map(|question| pairings::named_pupils(&content.definition, question, typed)));
    Ok(errors)
}

/// The refusal of whoever writes in what a complement has not reopened.
pub(super) fn closed(content: &CallDefinition, item: &Item) -> UseCaseError {
    let name = item.label(content).map_or(String::new(), |label| format!(" «\u{a0}{label}\u{a0}»"));
    let sentence = format!(
        "La demande de complément ne rouvre pas{name}\u{a0}: cette partie du dossier reste telle que vous l’avez déposée."
    );
    Refusal::because(sentence).into()
}

/// Refuses a page that would change something a complement has not reopened.
fn keep_closed(content: &Content, section: &Section, typed: &Typed) -> Outcome<()> {
    let (call, opening) = (&content.definition, &content.opening);
    if !opening.opens_section(call, section) {
        let sentence = format!(
            "La demande de complément ne rouvre pas la rubrique «\u{a0}{}\u{a0}»\u{a0}: elle reste telle que vous l’avez déposée.",
            section.title
        );
        return Err(Refusal::because(sentence).into());
    }
    let changed = |item: &Item| match item {
        Item::Question(code) => {
            let stored = content.answers.get(code).map_or("", String::as_str);
            typed.get(code).is_some_and(|value| value.trim() != stored)
        }
        Item::Budget(table) => planned_budgets::changes(content, *table, typed),
        Item::Partners => partners::changes(content, typed),
        Item::Document(_) => false,
    };
    let items = Item::of_section(call, section);
    match items.iter().find(|item| !opening.opens(item) && changed(item)) {
        Some(item) => Err(closed(call, item)),
        None => Ok(()),
    }
}

/// Writes one answer exactly as typed, unless it is the one already given; an empty one is taken away.
pub(super) fn write_answer(
    tx: &mut Tx,
    id: ApplicationId,
    known: &mut Answers,
    (question, value): (&str, &str),
    now: Moment,
) -> Outcome<()> {
    match (known.get(question), value) {
        (Some(given), value) if given == value => return Ok(()),
        (None, "") => return Ok(()),
        (Some(_), "") => answers::remove(tx, id, question)?,
        (Some(_), value) => answers::change(tx, id, question, value, now)?,
        (None, value) => answers::insert(tx, id, question, value, now)?,
    }
    match value {
        "" => drop(known.remove(question)),
        value => drop(known.insert(question.to_owned(), value.to_owned())),
    }
    Ok(())
}

/// The marks of everything a section shows now, each with the name of the field that sends it back.
pub fn marks(content: &Content, section: &Section) -> Vec<(String, String)> {
    let marked = |field: &str, value: &str| (edits::seen_field(field), edits::mark(value));
    let form = Form::of_call(&content.definition);
    let opening = &content.opening;
    let shown = section.questions.iter().filter(|question| form.shows(question, &content.answers));
    let shown = shown.filter(|question| !question.is_given() || opening.opens_question(&question.code));
    let mut marks: Vec<_> = shown
        .map(|question| marked(&question.code, content.answers.get(&question.code).map_or("", String::as_str)))
        .collect();
    match section.content {
        SectionContent::Budget => {
            let fields = planned_budgets::stored_fields(&content.budget.lines, opening);
            marks.extend(fields.map(|(field, stored)| marked(&field, &stored)));
        }
        SectionContent::Partners if opening.opens(&Item::Partners) => {
            marks.push(marked(edits::PARTNERS, &edits::partners_text(&content.partners)));
        }
        SectionContent::Questions | SectionContent::Documents | SectionContent::Partners => {}
    }
    marks
}

/// An application that takes this document now: it may be written in, or it was filed and still owes the document.
fn takes_document(conn: &mut Conn, actor: &Actor, id: ApplicationId, document: &str) -> Outcome<ApplicationRow> {
    use ApplicationState::{Draft, Ineligible, Rejected, Withdrawn};
    let row = applications::find(conn, actor, id)?;
    // Under embargo a refused file takes its document like any other.
    let call = calls::find(conn, row.call_id)?;
    let shown = shown_to_applicants(row.state, call.state, call.decision_pace);
    let is_awaited = !matches!(shown, Draft | Ineligible | Rejected | Withdrawn)
        && organisations_of::may(conn, actor, &row.parties(), Right::Write)?
        && owed::of_application(conn, id)?.iter().any(|owed| owed.document_code == document);
    if is_awaited { Ok(row) } else { writable(conn, actor, id) }
}

/// Attaches a document of the call's list, or the file that answers a question, in place of the former one.
pub fn attach(
    tx: &mut Tx,
    actor: &Actor,
    id: ApplicationId,
    document: &str,
    file: &attachments::FitFile,
    now: Moment,
) -> Outcome<AttachmentId> {
    let row = takes_document(tx.conn(), actor, id, document)?;
    let call = calls::find(tx.conn(), row.call_id)?;
    let definition = asked::of(tx.conn(), &row, &call)?;
    if definition.document(document).is_none() {
        return file_answers::attach(tx, actor, id, document, file, now);
    }
    // What is owed is taken whatever a complement has reopened.
    if !owed_documents::came(tx, id, document, now)? {
        must_open(tx.conn(), &row, &definition, document)?;
    }
    let attached = attachments::attach(tx, actor, (AttachmentOwner::Application, id.as_str()), document, file, now)?;
    scans::refuse_known(tx, attached, now)?;
    Ok(attached)
}

/// Takes a document away again.
pub fn detach(tx: &mut Tx, actor: &Actor, id: ApplicationId, attachment: AttachmentId, now: Moment) -> Outcome<()> {
    let row = writable(tx.conn(), actor, id)?;
    let file = files::find(tx.conn(), attachment)?;
    if file.owner_id != id.as_str() {
        return Err(StoreError::NotFound.into());
    }
    let call = calls::find(tx.conn(), row.call_id)?;
    let definition = asked::of(tx.conn(), &row, &call)?;
    if definition.document(&file.document_code).is_none() {
        return file_answers::remove(tx, actor, id, &file.document_code, now);
    }
    must_open(tx.conn(), &row, &definition, &file.document_code)?;
    Ok(files::remove(tx, attachment, now)?)
}

fn must_open(conn: &mut Conn, row: &ApplicationRow, call: &CallDefinition, document: &str) -> Outcome<()> {
    let item = Item::Document(document.to_owned());
    if complements::opening(conn, row, call)?.opens(&item) { Ok(()) } else { Err(closed(call, &item)) }
}

/// Seats the other half of a pair: one of the organisations the actor may see, in one of the forms the call takes.
/// The one that may be paid is the one that applies: they change places where the other one could not be.
pub fn join_partner(
    tx: &mut Tx,
    actor: &Actor,
    id: ApplicationId,
    partner: OrganisationId,
    now: Moment,
) -> Outcome<()> {
    let row = writable(tx.conn(), actor, id)?;
    let content = content(tx.conn(), row)?;
    let pair = content.definition.pair.as_ref().ok_or(StoreError::NotFound)?;
    if content.opening != Opening::Everything {
        let sentence = "La demande de complément ne rouvre pas la composition du binôme.";
        return Err(Refusal::because(sentence).into());
    }
    if content.partner.is_some() {
        return Err(Refusal::because("Le binôme est déjà complet.").into());
    }
    let other = organisations::find(tx.conn(), partner)?;
    if other.id == content.organisation.id || !pair.partner_forms.contains(&other.legal_form) {
        let sentence = format!("Cette organisation ne peut pas être «\u{a0}{}\u{a0}».", pair.partner_label);
        return Err(UseCaseError::Invalid(vec![FieldError::new("partenaire", sentence)]));
    }
    pairings::end_wish(tx, id, Some(now))?;
    let lead = &content.organisation;
    if pair.pays(lead.legal_form) || !pair.pays(other.legal_form) || !pair.partner_forms.contains(&lead.legal_form) {
        return Ok(rows::set_partner(tx, id, Some(partner))?);
    }
    let key = applications::live_key(&content.definition, content.row.call_id, other.id);
    if let Some(key) = &key
        && rows::by_live_key(tx.conn(), key)?.is_some_and(|known| known != id)
    {
        let sentence = format!("{} a déjà un dossier pour cet appel\u{a0}: un seul est possible.", other.name);
        return Err(Refusal::because(sentence).into());
    }
    Ok(rows::set_parties(tx, id, other.id, lead.id, key.as_deref())?)
}
