//! The fund's side of a made-up story: eligibility, reviews, the session, the announcement.

use super::{
    applying::{Dossier, OpenCall, version},
    cast::Cast,
    dice::Dice,
};
use crate::{
    domain::{
        complements::Item,
        decisions::Verdict,
        definitions::{Question, QuestionKind},
        ids::{ApplicationId, PersonId, SessionId},
        lifecycles::{
            applications::{Application, ApplicationEvent},
            calls::{Call, CallEvent},
            reviews::ReviewState,
            sessions::SessionEvent,
        },
        roles::Role,
        sessions::Presence,
        text::word_count,
        time::Moment,
    },
    store::{Tx, reviews as rows, states},
    usecases::{
        Actor, Outcome,
        advance::advance_now,
        answers::{self, Content},
        applications, assignments, committees,
        committees::Vote,
        complements::{self, Asking},
        decisions::{self, DecisionForm},
        interests::{self, InterestsForm},
        minutes, recusals,
        reviews::{self, TypedMark},
        sessions::{self, SessionForm},
    },
};

/// Seats the committee.
pub(crate) fn seat(tx: &mut Tx, cast: &Cast, call: &OpenCall, now: Moment) -> Outcome<()> {
    const INSTITUTIONS: &[&str] = &[
        "Lianes coopération",
        "Région Hauts-de-France",
        "DRAJES",
        "Rectorat de l’académie de Lille",
        "Personne qualifiée",
    ];
    for (reviewer, institution) in cast.reviewers.iter().zip(INSTITUTIONS.iter().cycle()) {
        committees::appoint(tx, &cast.officer.actor(), call.id, reviewer.id, institution, Vote::Deliberative, now)?;
        declare_interests(tx, &reviewer.actor(), now)?;
    }
    Ok(())
}

/// Makes the yearly declaration of a member who owes it: nothing to declare.
fn declare_interests(tx: &mut Tx, reviewer: &Actor, now: Moment) -> Outcome<()> {
    if !interests::is_owed(tx.conn(), reviewer, now)? {
        return Ok(());
    }
    let form = InterestsForm { answer: "rien".into(), lines: Vec::new(), ..InterestsForm::default() };
    interests::declare(tx, reviewer, &form, None, now)
}

/// Declares a file admissible.
pub(crate) fn admit(tx: &mut Tx, cast: &Cast, id: ApplicationId, now: Moment) -> Outcome<()> {
    let version = version(tx, id)?;
    applications::declare_eligible(tx, &cast.officer.actor(), id, version, now)?;
    Ok(())
}

/// Asks for a complement: a long text of the form and one of its papers.
pub(crate) fn ask(tx: &mut Tx, cast: &Cast, id: ApplicationId, wanted: &str, now: Moment) -> Outcome<()> {
    let content = answers::find(tx.conn(), &cast.officer.actor(), id)?;
    let offered: Vec<Item> = complements::offered(&content).into_iter().flat_map(|(_, items)| items).collect();
    let text = offered.iter().find(|item| long_text(&content, item).is_some());
    let paper = offered.iter().find(|item| matches!(item, Item::Document(_)));
    let said = [(text, "Dites les dates et les lieux."), (paper, "")];
    let items = said.into_iter().filter_map(|(item, note)| Some((item?.clone(), note))).collect();
    let asking = Asking { wanted, items, due_on: "" };
    complements::request(tx, &cast.officer.actor(), id, content.row.version, &asking, now)?;
    Ok(())
}

/// The question behind an item, when it is answered at length.
fn long_text<'a>(content: &'a Content, item: &Item) -> Option<&'a Question> {
    let Item::Question(code) = item else { return None };
    content.definition.question(code).filter(|question| question.kind == QuestionKind::LongText)
}

/// Sends the complement: the long text says more, where it has room for it.
pub(crate) fn answer(tx: &mut Tx, dossier: &Dossier, text: &str, now: Moment) -> Outcome<()> {
    let actor = dossier.applicant.actor();
    let content = answers::find(tx.conn(), &actor, dossier.id)?;
    for section in &content.definition.sections {
        let open = section.questions.iter().filter(|question| content.opening.opens_question(&question.code));
        let typed = open.filter_map(|question| {
            let said = content.answers.get(&question.code)?;
            let more = format!("{said} {text}");
            let fits = question.words.is_none_or(|most| word_count(&more) <= most);
            (question.kind == QuestionKind::LongText && fits).then(|| (question.code.clone(), more))
        });
        let typed: answers::Typed = typed.collect();
        if !typed.is_empty() {
            answers::save_section(tx, &actor, dossier.id, &section.code, &typed, now)?;
        }
    }
    complements::answer(tx, &actor, dossier.id, content.row.version, text, now)?;
    Ok(())
}

/// Declares a file inadmissible.
pub(crate) fn turn_away(tx: &mut Tx, cast: &Cast, id: ApplicationId, motive: &str, now: Moment) -> Outcome<()> {
    let version = version(tx, id)?;
    applications::declare_ineligible(tx, &cast.officer.actor(), id, version, motive, now)?;
    Ok(())
}

/// Closes the window's work: the call is in review, every admissible file has its readers.
pub(crate) fn entrust(tx: &mut Tx, cast: &Cast, call: &OpenCall, files: &[ApplicationId], now: Moment) -> Outcome<()> {
    let officer = cast.officer.actor();
    advance_now::<Call>(tx, &officer, call.id, CallEvent::StartReview, now)?;
    assignments::assign_proposed(tx, &officer, call.id, Some(call.definition.calendar.committee_on), now)?;
    for id in files {
        advance_now::<Application>(tx, &officer, *id, ApplicationEvent::StartReview, now)?;
    }
    Ok(())
}

const OPINION: &str = "Projet sincère, ancré dans son territoire\u{202f}; le calendrier mérite d’être resserré.";

/// One member scores everything that waits for them; gives how many files that were.
pub(crate) fn score(tx: &mut Tx, dice: &Dice, person: PersonId, call: &OpenCall, now: Moment) -> Outcome<i64> {
    let reviewer = Actor::person(person, vec![Role::Reviewer]);
    let mut count = 0;
    for review in waiting(tx, person, call)? {
        let marks = marks(&mut dice_of(dice, &review), call);
        reviews::save_and_submit(tx, &reviewer, review.id, &marks, OPINION, now)?;
        count += 1;
    }
    Ok(count)
}

/// One member scores half of what waits for them, and begins one more.
pub(crate) fn score_half(tx: &mut Tx, dice: &Dice, person: PersonId, call: &OpenCall, now: Moment) -> Outcome<()> {
    let reviewer = Actor::person(person, vec![Role::Reviewer]);
    let waiting = waiting(tx, person, call)?;
    let (done, rest) = waiting.split_at(waiting.len() / 2);
    for review in done {
        let marks = marks(&mut dice_of(dice, review), call);
        reviews::save_and_submit(tx, &reviewer, review.id, &marks, OPINION, now)?;
    }
    if let [begun, _, ..] = rest {
        let marks: Vec<_> = marks(&mut dice_of(dice, begun), call).into_iter().take(2).collect();
        reviews::save_scores(tx, &reviewer, begun.id, &marks, "", now)?;
    }
    Ok(())
}

fn waiting(tx: &mut Tx, person: PersonId, call: &OpenCall) -> Outcome<Vec<rows::OwnReview>> {
    let mut own = rows::of_person(tx.conn(), person)?;
    own.retain(|review| {
        review.call_id == call.id && matches!(review.state, ReviewState::Assigned | ReviewState::InProgress)
    });
    Ok(own)
}

fn dice_of(dice: &Dice, review: &rows::OwnReview) -> Dice {
    let key = review.reference.bytes().fold(0u64, |key, byte| key.wrapping_mul(31).wrapping_add(u64::from(byte)));
    dice.apart(key)
}

fn marks(dice: &mut Dice, call: &OpenCall) -> Vec<TypedMark> {
    let taste = dice.between(-1, 1);
    let quality = dice.between(1, 5);
    let mark = |criterion: &crate::domain::scoring::Criterion| {
        let points = (quality + taste + dice.between(-1, 1)).clamp(0, i64::from(criterion.most));
        let comment = if points >= 4 { "Un point fort du dossier." } else { "À préciser avec l’équipe." };
        TypedMark { criterion: criterion.code.clone(), points: points.to_string(), comment: comment.into() }
    };
    call.definition.grid.criteria.iter().map(mark).collect()
}

/// Plans and convenes the session of a call.
pub(crate) fn convene(tx: &mut Tx, cast: &Cast, call: &OpenCall, now: Moment) -> Outcome<SessionId> {
    let officer = cast.officer.actor();
    let form = SessionForm {
        title: format!("Comité – {}", call.definition.title),
        date: call.definition.calendar.committee_on.to_string(),
        time: "14:00".into(),
        place: "MRES, 5 rue Jules de Vicq, Lille".into(),
    };
    let id = sessions::plan(tx, &officer, call.id, &form, now)?;
    sessions::fill_agenda(tx, &officer, id)?;
    step(tx, &officer, id, SessionEvent::Convene, now)?;
    Ok(id)
}

/// Opens the session with everybody there.
pub(crate) fn open(tx: &mut Tx, cast: &Cast, id: SessionId, now: Moment) -> Outcome<()> {
    let officer = cast.officer.actor();
    let there: Vec<_> = cast.reviewers.iter().map(|reviewer| (reviewer.id, Presence::Present)).collect();
    sessions::record_attendance(tx, &officer, id, &there, cast.reviewers.first().map(|chair| chair.id))?;
    step(tx, &officer, id, SessionEvent::Open, now)
}

/// Makes the minutes and has them confirmed by whoever the call says.
pub(crate) fn close(tx: &mut Tx, cast: &Cast, call: &OpenCall, id: SessionId, now: Moment) -> Outcome<()> {
    minute(tx, cast, id, now)?;
    confirm(tx, cast, call, id, now)
}

/// Makes the minutes, which whoever presided signs.
pub(crate) fn minute(tx: &mut Tx, cast: &Cast, id: SessionId, now: Moment) -> Outcome<()> {
    step(tx, &cast.officer.actor(), id, SessionEvent::Minute, now)?;
    minutes::sign_read(tx, id, now)
}

/// Has the minutes confirmed by whoever the call says.
pub(crate) fn confirm(tx: &mut Tx, cast: &Cast, call: &OpenCall, id: SessionId, now: Moment) -> Outcome<()> {
    let officer = cast.officer.actor();
    match call.definition.decided_by {
        crate::domain::definitions::DecisionAuthority::Board => {
            step(tx, &cast.director.actor(), id, SessionEvent::Confirm, now)
        }
        crate::domain::definitions::DecisionAuthority::Committee => {
            step(tx, &officer, id, SessionEvent::CloseWithoutBoard, now)
        }
    }
}

/// Announces the results.
pub(crate) fn announce(tx: &mut Tx, cast: &Cast, call: &OpenCall, now: Moment) -> Outcome<()> {
    let officer = cast.officer.actor();
    advance_now::<Call>(tx, &officer, call.id, CallEvent::Deliberate, now)?;
    advance_now::<Call>(tx, &officer, call.id, CallEvent::Announce, now)?;
    Ok(())
}

fn step(tx: &mut Tx, actor: &Actor, id: SessionId, event: SessionEvent, now: Moment) -> Outcome<()> {
    let version = states::current(tx.conn(), crate::domain::lifecycle::Machine::Session, id.as_str())?.version;
    sessions::step(tx, actor, id, version, event, now)
}

/// The reader of the first file turns out to know its holder; the file is entrusted to somebody else.
pub(crate) fn recuse_one(tx: &mut Tx, cast: &Cast, files: &[ApplicationId], now: Moment) -> Outcome<String> {
    for reviewer in &cast.reviewers {
        for file in files {
            if rows::of(tx.conn(), *file, reviewer.id)?.is_some() {
                let reason = "Je siège au conseil d’administration du porteur.";
                recusals::declare_conflict(tx, &reviewer.actor(), reviewer.id, *file, reason, now)?;
                return Ok(reviewer.name.clone());
            }
        }
    }
    Ok("nobody".into())
}

/// Decides about every file: half are awarded what they ask for, one waits, the others are not retained. Gives how many
/// are awarded.
pub(crate) fn decide_all(
    tx: &mut Tx,
    cast: &Cast,
    call: &OpenCall,
    files: &[ApplicationId],
    now: Moment,
) -> Outcome<usize> {
    let officer = cast.officer.actor();
    let (mut left, mut awarded, mut waiting) = (call.definition.envelope, 0, 0);
    for id in files {
        let row = applications::find(tx.conn(), &officer, *id)?;
        let (verdict, motive) = if awarded * 2 < files.len() && row.requested_cents <= left {
            left -= row.requested_cents;
            awarded += 1;
            (Verdict::Award, "Un projet solide, construit avec ses partenaires et utile au territoire.")
        } else if waiting == 0 {
            waiting = 1;
            (Verdict::ReserveList, "Un bon projet, qui sera soutenu si l’enveloppe le permet.")
        } else {
            (Verdict::Reject, "Le lien entre le local et le mondial reste à construire avec les participant·es.")
        };
        let form = DecisionForm {
            verdict,
            amount: row.requested_cents.plain(),
            motive: motive.into(),
            conditions: String::new(),
        };
        decisions::decide(tx, &officer, *id, &form, row.version, now)?;
    }
    Ok(awarded)
}
