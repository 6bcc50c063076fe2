//! Matchmaking: a file that one organisation filed alone says that it looks for its other half (à apparier); an officer
//! brings two of them together into one common file (apparié), and may separate them while it is a draft.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, step},
    answers::{self, Content, Typed},
    applications, calls, definitions,
    documents::Recipient,
    file_answers, messages, projects, receipts, recusals as conflicts, ties,
};
use crate::{
    domain::{
        correspondence::pairings::{PairNotice, dissolved, formed, separated},
        definitions::{Author, CallDefinition, Pair, Question, QuestionKind},
        ids::{ApplicationId, OrganisationId, PersonId},
        lifecycle::{self, Refusal},
        lifecycles::applications::{Application, ApplicationEvent, ApplicationFacts, ApplicationState},
        messages::Mail,
        pairings::{LONGEST_WISH, Traits, proposals, seems_to_name_pupils},
        references::axis,
        roles::Role,
        text::unprintable_sentence,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, answers as said, applications as files, attachments,
        calls::CallRow,
        communes, organisations,
        pairings::{self as rows, LonelyLine, NamedPairing, PairingRow, WishRow},
        recusals,
    },
};
use std::collections::BTreeMap;

/// Lonely files and pairs shown at once: a call of this kind has some dozens.
const MOST: i64 = 200;
/// Most characters of the reason of a separation.
pub const LONGEST_REASON: usize = 1_000;

/// The common file behind which a draft rests, if it does.
pub fn common_of(conn: &mut Conn, id: ApplicationId) -> Outcome<Option<ApplicationId>> {
    Ok(rows::common_of(conn, id)?)
}

/// Whether a draft rests; those of other calls never do.
pub(super) fn rests(conn: &mut Conn, call: &CallDefinition, id: ApplicationId) -> Outcome<bool> {
    Ok(call.pair.is_some() && common_of(conn, id)?.is_some())
}

/// What is said beside a text that seems to name pupils.
const PUPILS: &str = "Ce texte semble donner le nom d’élèves\u{a0}: retirez-le, un nombre ou un niveau suffit.";

/// What an application looks for now, if it does.
pub fn wanted(conn: &mut Conn, content: &Content) -> Outcome<Option<WishRow>> {
    if content.definition.pair.is_none() {
        return Ok(None);
    }
    Ok(rows::wish(conn, content.row.id)?.filter(|row| row.ended_at.is_none()))
}

fn invalid(field: &str, sentence: impl Into<String>) -> UseCaseError {
    UseCaseError::Invalid(vec![FieldError::new(field, sentence)])
}

fn check_wish(words: &str) -> Outcome<()> {
    let length = words.chars().count();
    if length == 0 {
        return Err(invalid("souhait", "Dites en quelques mots qui vous cherchez."));
    }
    if length > LONGEST_WISH {
        let sentence = format!("C’est trop long\u{a0}: {length} caractères pour {LONGEST_WISH} au plus.");
        return Err(invalid("souhait", sentence));
    }
    if seems_to_name_pupils(words) {
        return Err(invalid("souhait", PUPILS));
    }
    unprintable_sentence(words).map_or(Ok(()), |sentence| Err(invalid("souhait", sentence)))
}

/// Asks the team to find the other half of a draft. From then on the team sees what identifies it, and no more.
pub fn ask(tx: &mut Tx, actor: &Actor, id: ApplicationId, words: &str, now: Moment) -> Outcome<()> {
    let content = answers::to_write(tx.conn(), actor, id)?;
    content.definition.pair.as_ref().ok_or(StoreError::NotFound)?;
    if content.row.state != ApplicationState::Draft || content.partner.is_some() {
        return Err(Refusal::because("Ce dossier n’attend pas de binôme.").into());
    }
    still_open(&content.call, now)?;
    let words = words.trim();
    check_wish(words)?;
    let row = WishRow {
        application_id: id,
        call_id: content.row.call_id,
        wish: words.to_owned(),
        asked_by: access::person(actor)?,
        asked_at: now,
        ended_at: None,
    };
    Ok(rows::set_wish(tx, &row)?)
}

/// Looks no longer; the team sees nothing of the draft any more.
pub fn stop(tx: &mut Tx, actor: &Actor, id: ApplicationId, now: Moment) -> Outcome<()> {
    answers::to_write(tx.conn(), actor, id)?;
    end_wish(tx, id, Some(now))
}

pub(super) fn end_wish(tx: &mut Tx, id: ApplicationId, at: Option<Moment>) -> Outcome<()> {
    match rows::wish(tx.conn(), id)? {
        Some(row) => Ok(rows::set_wish(tx, &WishRow { ended_at: at, ..row })?),
        None => Ok(()),
    }
}

/// What is said beside a text that seems to name pupils, in a call where classes take part. It is kept all the same: no
/// machine is sure of it.
pub(super) fn named_pupils(call: &CallDefinition, question: &Question, typed: &Typed) -> Option<FieldError> {
    let is_text = matches!(question.kind, QuestionKind::ShortText | QuestionKind::LongText);
    let text = typed.get(&question.code).filter(|_| is_text && call.pair.is_some())?;
    seems_to_name_pupils(text).then(|| FieldError::new(&question.code, PUPILS))
}

fn still_open(call: &CallRow, now: Moment) -> Outcome<()> {
    if call.is_open(now) {
        return Ok(());
    }
    let sentence = format!("L’appel est fermé\u{a0}: la date limite était le {}.", call.window().deadline());
    Err(Refusal::because(sentence).into())
}

/// A lonely file as the officer reads it: what identifies it, and what was chosen from lists.
#[derive(Debug, Clone)]
pub struct Lonely {
    pub line: LonelyLine,
    /// Where it happens, or where its organisation sits.
    pub commune: String,
    pub axis: String,
    /// Label and answer: level, education authority…
    pub details: Vec<(String, String)>,
    traits: Traits,
}

/// A pair the team has formed.
#[derive(Debug, Clone)]
pub struct Formed {
    pub id: ApplicationId,
    pub reference: String,
    pub lead: String,
    pub partner: String,
    pub paired_at: Moment,
    /// Why it cannot be separated any more; nothing while it can.
    pub refusal: Option<Refusal>,
}

/// Who looks for whom in a call.
#[derive(Debug, Clone)]
pub struct Board {
    pub call: CallRow,
    /// Those that may be paid, and those that may not: associations and schools.
    pub payees: Vec<Lonely>,
    pub others: Vec<Lonely>,
    /// Places in `others` and in `payees`, and what they have in common.
    pub proposals: Vec<(usize, usize, Vec<&'static str>)>,
    pub pairs: Vec<Formed>,
}

/// The call of this reference, if it is one of pairs, for an officer.
fn call_of_pairs(conn: &mut Conn, actor: &Actor, reference: &str) -> Outcome<(CallRow, Pair)> {
    access::require(actor, &[Role::Officer])?;
    let call = calls::by_reference(conn, reference)?;
    let pair = definitions::call(&call.settings)?.pair.clone().ok_or(StoreError::NotFound)?;
    Ok((call, pair))
}

/// The organisations an officer acts for: of their files they judge nothing.
fn own(conn: &mut Conn, person: PersonId) -> Outcome<Vec<OrganisationId>> {
    Ok(organisations::of_person(conn, person)?.into_iter().map(|row| row.id).collect())
}

/// Who looks for whom, what might fit, and which pairs there are.
pub fn board(conn: &mut Conn, actor: &Actor, reference: &str) -> Outcome<Board> {
    let (call, pair) = call_of_pairs(conn, actor, reference)?;
    let (person, definition) = (access::person(actor)?, definitions::call(&call.settings)?);
    let own = own(conn, person)?;
    let mut lines = rows::lonely(conn, call.id, person, MOST)?;
    lines.retain(|line| !own.contains(&line.organisation_id));
    let all = described(conn, &definition, lines)?;
    let (payees, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|file| pair.pays(file.line.legal_form));
    let traits = |files: &[Lonely]| files.iter().map(|file| file.traits.clone()).collect::<Vec<_>>();
    let mut pairs = rows::of_call(conn, call.id, person, MOST)?;
    pairs.retain(|(.., lead, partner)| !own.contains(lead) && partner.is_none_or(|id| !own.contains(&id)));
    let proposals = proposals(&traits(&others), &traits(&payees));
    Ok(Board { proposals, payees, others, pairs: named(conn, pairs)?, call })
}

fn named(conn: &mut Conn, pairs: Vec<NamedPairing>) -> Outcome<Vec<Formed>> {
    let ids = pairs.iter().flat_map(|(.., lead, partner)| [Some(*lead), *partner]).flatten().collect::<Vec<_>>();
    let names = organisations::of_ids(conn, &ids)?.into_iter().map(|row| (row.id, row.name));
    let names: BTreeMap<_, _> = names.collect();
    let name = |id: Option<OrganisationId>| id.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
    let formed = pairs.into_iter().map(|(row, reference, _, state, lead, partner)| Formed {
        id: row.application_id,
        reference,
        lead: name(Some(lead)),
        partner: name(partner),
        paired_at: row.paired_at,
        refusal: separable(state).err(),
    });
    Ok(formed.collect())
}

/// Whether a pair may be separated while its common file is in this state: what the table says once the other half left.
fn separable(state: ApplicationState) -> Result<(), Refusal> {
    let facts = ApplicationFacts::default();
    lifecycle::decide::<Application>(state, ApplicationEvent::Unpair, &[Role::Officer], &facts).map(drop)
}

fn described(conn: &mut Conn, definition: &CallDefinition, lines: Vec<LonelyLine>) -> Outcome<Vec<Lonely>> {
    let shown = definition.questions().map(|(_, question)| question);
    let shown = shown.filter(|question| matches!(question.kind, QuestionKind::Choice | QuestionKind::Axis));
    let shown: Vec<_> = shown.collect();
    let codes: Vec<&str> = shown.iter().map(|question| question.code.as_str()).collect();
    let ids: Vec<_> = lines.iter().map(|line| line.id).collect();
    let answers = rows::said(conn, &ids, &codes)?;
    let at = |line: &LonelyLine| line.commune_code.clone().or_else(|| line.seat_commune.clone());
    let places: Vec<_> = lines.iter().filter_map(at).collect();
    let places: BTreeMap<_, _> =
        communes::of_codes(conn, &places)?.into_iter().map(|row| (row.code, row.name)).collect();
    let lonely = lines.into_iter().map(|line| {
        let answer = |code: &str| answers.iter().find(|(id, question, _)| *id == line.id && question == code);
        let mut file = Lonely {
            commune: String::new(),
            axis: String::new(),
            details: Vec::new(),
            traits: Traits { department: line.department.clone(), ..Traits::default() },
            line: line.clone(),
        };
        file.traits.commune = at(&line).unwrap_or_default();
        file.commune = places.get(&file.traits.commune).cloned().unwrap_or_else(|| line.city.clone());
        for question in &shown {
            let Some((.., value)) = answer(&question.code) else { continue };
            match question.kind {
                QuestionKind::Axis => {
                    file.axis = axis(value).map_or(String::new(), |axis| axis.label.clone());
                    file.traits.axis.clone_from(value);
                }
                _ => {
                    let label = question.choices.iter().find(|choice| choice.code == *value);
                    file.details.extend(label.map(|choice| (question.label.clone(), choice.label.clone())));
                }
            }
        }
        file
    });
    Ok(lonely.collect())
}

/// A draft that an officer may bring together with another one.
fn lonely_file(conn: &mut Conn, actor: &Actor, call: &CallRow, id: ApplicationId) -> Outcome<Content> {
    let content = answers::find(conn, &Actor::system(), id)?;
    let person = access::person(actor)?;
    let is_hidden = recusals::is_recused(conn, person, id)? || own(conn, person)?.contains(&content.organisation.id);
    if is_hidden || content.row.call_id != call.id || rows::wish(conn, id)?.is_none() {
        return Err(StoreError::NotFound.into());
    }
    let is_alone = content.partner.is_none() && common_of(conn, id)?.is_none();
    let is_lonely = content.row.state == ApplicationState::Draft && is_alone;
    if !is_lonely || wanted(conn, &content)?.is_none() {
        return Err(Refusal::because("Un de ces deux dossiers n’attend plus de binôme.").into());
    }
    Ok(content)
}

/// Two lonely files of a call that fit together, the one whose organisation is paid first.
pub fn fitting(
    conn: &mut Conn,
    actor: &Actor,
    reference: &str,
    (one, other): (ApplicationId, ApplicationId),
    now: Moment,
) -> Outcome<(Content, Content)> {
    let (call, pair) = call_of_pairs(conn, actor, reference)?;
    let (one, other) = (lonely_file(conn, actor, &call, one)?, lonely_file(conn, actor, &call, other)?);
    still_open(&call, now)?;
    let (lead, other) = if pair.pays(one.organisation.legal_form) { (one, other) } else { (other, one) };
    if !pair.pays(lead.organisation.legal_form) {
        let sentence =
            "Aucune de ces deux organisations ne peut recevoir la subvention\u{a0}: il en faut une qui le puisse.";
        return Err(Refusal::because(sentence).into());
    }
    if lead.organisation.id == other.organisation.id || !pair.partner_forms.contains(&other.organisation.legal_form) {
        return Err(Refusal::because("Ces deux organisations ne peuvent pas former un binôme.").into());
    }
    Ok((lead, other))
}

/// Brings two lonely files together. The one of the organisation that is paid becomes the common file: what it did not
/// say yet is taken from the other one, which rests. Both organisations get a mail.
pub fn pair(
    tx: &mut Tx,
    actor: &Actor,
    reference: &str,
    files_of: (ApplicationId, ApplicationId),
    version: i32,
    now: Moment,
) -> Outcome<ApplicationId> {
    let (mut lead, other) = fitting(tx.conn(), actor, reference, files_of, now)?;
    if lead.row.version != version {
        return Err(StoreError::Stale.into());
    }
    let id = lead.row.id;
    let carried = carry(tx, &mut lead, &other, now)?;
    files::set_partner(tx, id, Some(other.organisation.id))?;
    for lonely in [id, other.row.id] {
        end_wish(tx, lonely, Some(now))?;
    }
    let row = PairingRow {
        application_id: id,
        other_id: other.row.id,
        carried: carried.join("\n"),
        paired_by: access::person(actor)?,
        paired_at: now,
        ended_by: None,
        ended_at: None,
        reason: String::new(),
    };
    rows::insert(tx, &row)?;
    conflicts::carry_over(tx, other.row.id, id, now)?;
    ties::carry_over(tx, other.row.id, id, now)?;
    let content = answers::find(tx.conn(), &Actor::system(), id)?;
    let reason = format!("{} et {}", lead.organisation.name, other.organisation.name);
    let cause = record(tx, actor, &content, ApplicationEvent::Pair, &reason, now)?;
    let to = receipts::applicants(tx.conn(), &content)?;
    let notice = notice(tx.conn(), &content, &other, "")?;
    tell(tx, &cause, &to, &formed(&notice))?;
    Ok(id)
}

/// Takes over what the common file does not say yet; which questions. Nobody swears for somebody else.
fn carry(tx: &mut Tx, lead: &mut Content, other: &Content, now: Moment) -> Outcome<Vec<String>> {
    let definition = lead.definition.clone();
    let is_open = |code: &str| lead.answers.get(code).is_none_or(String::is_empty);
    let is_whole = |code: &str| other.filled().attached.iter().any(|attached| attached == code);
    let may_go = |code: &str| match definition.question(code).map(|question| question.kind) {
        None | Some(QuestionKind::Statement) => false,
        Some(QuestionKind::File) => is_whole(code),
        Some(_) => true,
    };
    let first = other.answers.iter().filter(|(code, value)| !value.is_empty() && may_go(code) && is_open(code));
    let first: Vec<(&str, &str)> = first.map(|(code, value)| (code.as_str(), value.as_str())).collect();
    said::insert_all(tx, lead.row.id, &first, now)?;
    let codes: Vec<String> = first.iter().map(|(code, _)| (*code).to_owned()).collect();
    file_answers::hand_over(tx, other, codes.iter().map(String::as_str), lead.row.id, now)?;
    let first: Vec<_> = first.into_iter().map(|(code, value)| (code.to_owned(), value.to_owned())).collect();
    lead.answers.extend(first);
    projects::write(tx, &mut lead.row, &definition, &lead.answers, &lead.organisation.name, now)?;
    Ok(codes)
}

/// The pair an officer asks to separate, by its common file; refused when it cannot be separated any more.
pub fn formed_pair(conn: &mut Conn, actor: &Actor, reference: &str, id: ApplicationId) -> Outcome<(Content, Content)> {
    let (call, _) = call_of_pairs(conn, actor, reference)?;
    let row = rows::current(conn, id)?.filter(|row| row.application_id == id).ok_or(StoreError::NotFound)?;
    let content = answers::find(conn, &Actor::system(), id)?;
    let person = access::person(actor)?;
    let own = own(conn, person)?;
    let is_own = content.parties().iter().any(|party| own.contains(party));
    if is_own || content.row.call_id != call.id || recusals::is_recused(conn, person, id)? {
        return Err(StoreError::NotFound.into());
    }
    separable(content.row.state)?;
    let other = answers::find(conn, &Actor::system(), row.other_id)?;
    Ok((content, other))
}

/// Separates a pair, for a reason that both organisations are told. Each has its own draft again, with what it wrote in
/// its sections of the common file.
pub fn separate(
    tx: &mut Tx,
    actor: &Actor,
    reference: &str,
    id: ApplicationId,
    (typed, version): (&str, i32),
    now: Moment,
) -> Outcome<()> {
    let (before, other) = formed_pair(tx.conn(), actor, reference, id)?;
    let reason = typed.trim();
    if reason.is_empty() {
        return Err(invalid("motif", "Dites pourquoi\u{a0}: les deux organisations le liront."));
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(invalid("motif", format!("Ce motif est trop long\u{a0}: {LONGEST_REASON} caractères au plus.")));
    }
    if before.row.version != version {
        return Err(StoreError::Stale.into());
    }
    let to = receipts::applicants(tx.conn(), &before)?;
    let notice = notice(tx.conn(), &before, &other, reason)?;
    part(tx, access::person(actor)?, &before, &other, reason, now)?;
    files::set_partner(tx, id, None)?;
    end_wish(tx, id, None)?;
    let content = answers::find(tx.conn(), &Actor::system(), id)?;
    let cause = record(tx, actor, &content, ApplicationEvent::Unpair, reason, now)?;
    tell(tx, &cause, &to, &separated(&notice))
}

/// Wakes the resting draft of a pair up when its common file is withdrawn.
pub(super) fn dissolve(tx: &mut Tx, actor: &Actor, cause: &Cause, now: Moment) -> Outcome<()> {
    let id: ApplicationId = cause.subject()?;
    let Some(row) = rows::current(tx.conn(), id)?.filter(|row| row.application_id == id) else { return Ok(()) };
    let system = Actor::system();
    let (before, other) = (answers::find(tx.conn(), &system, id)?, answers::find(tx.conn(), &system, row.other_id)?);
    let reason = "Le dossier commun a été retiré.";
    part(tx, access::person(actor)?, &before, &other, reason, now)?;
    let to = receipts::applicants(tx.conn(), &before)?;
    let notice = notice(tx.conn(), &before, &other, reason)?;
    tell(tx, cause, &to, &dissolved(&notice, before.call.is_open(now)))
}

/// Ends the pair and gives the resting draft back to its organisation, with its sections of the common file; these, and
/// what went over from it and was not changed since, leave a common file that goes on.
fn part(tx: &mut Tx, by: PersonId, common: &Content, other: &Content, reason: &str, now: Moment) -> Outcome<()> {
    let id = common.row.id;
    let row = rows::current(tx.conn(), id)?.ok_or(StoreError::NotFound)?;
    rows::end(tx, &row, by, reason, now)?;
    end_wish(tx, other.row.id, None)?;
    let own = give_back(tx, common, other, now)?;
    if common.row.state != ApplicationState::Draft {
        return Ok(());
    }
    let mut content = common.clone();
    let unchanged = row.carried.lines().filter(|code| common.answers.get(*code) == other.answers.get(*code));
    for code in unchanged.chain(own) {
        answers::write_answer(tx, id, &mut content.answers, (code, ""), now)?;
        if file_answers::section_of(&common.definition, code).is_some() {
            attachments::remove_document(tx, id.as_str(), code, now)?;
        }
    }
    let name = content.organisation.name.clone();
    projects::write(tx, &mut content.row, &common.definition, &content.answers, &name, now)
}

/// Writes into the resting draft what the sections of its organisation say in the common file; which questions.
fn give_back<'a>(tx: &mut Tx, common: &'a Content, other: &Content, now: Moment) -> Outcome<Vec<&'a str>> {
    let (mut row, mut known) = (other.row.clone(), other.answers.clone());
    let sections = common.definition.sections.iter().filter(|section| section.author == Author::Partner);
    let said = sections.flat_map(|section| &section.questions).filter_map(|q| common.answers.get_key_value(&q.code));
    let said: Vec<_> = said.filter(|(_, value)| !value.is_empty()).collect();
    for (code, value) in &said {
        answers::write_answer(tx, row.id, &mut known, (code, value), now)?;
    }
    file_answers::hand_over(tx, common, said.iter().map(|(code, _)| code.as_str()), other.row.id, now)?;
    projects::write(tx, &mut row, &other.definition, &known, &other.organisation.name, now)?;
    Ok(said.into_iter().map(|(code, _)| code.as_str()).collect())
}

fn record(
    tx: &mut Tx,
    actor: &Actor,
    content: &Content,
    event: ApplicationEvent,
    reason: &str,
    now: Moment,
) -> Outcome<Cause> {
    let mut standing = applications::standing(tx.conn(), actor, content, now)?;
    reason.clone_into(&mut standing.reason);
    step::<Application>(tx, actor, content.row.id, standing, event, now)
}

fn notice(conn: &mut Conn, common: &Content, other: &Content, reason: &str) -> Outcome<PairNotice> {
    let reached = |content: &Content| {
        let email = content.organisation.email.as_ref().map(ToString::to_string);
        (content.organisation.name.clone(), email.unwrap_or_default())
    };
    Ok(PairNotice {
        reference: common.row.reference.clone(),
        call_title: common.call.title.clone(),
        organisations: [reached(common), reached(other)],
        deadline: common.call.window().deadline(),
        reason: reason.to_owned(),
        contact: receipts::contact(conn, common)?,
        path: if reason.is_empty() { format!("/dossiers/{}", common.row.id) } else { "/dossiers".to_owned() },
    })
}

fn tell(tx: &mut Tx, cause: &Cause, to: &[Recipient], mail: &Mail) -> Outcome<()> {
    to.iter().try_for_each(|to| messages::queue(tx, cause, to, mail, None))
}
