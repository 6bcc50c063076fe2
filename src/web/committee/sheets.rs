//! One file, one screen: what it says beside the grid.

use super::{badge, errors_of, read_declared, summaries};
use crate::{
    domain::{
        ids::ReviewId,
        lifecycles::reviews::{ReviewEvent, ReviewState},
        paces,
        reviews::Confidence,
        scoring::{Criterion, Score},
        time::Moment,
    },
    store::{Conn, StoreError, Tx, reviews::ScoreRow},
    usecases::{
        Actor, FieldError, Outcome, UseCaseError,
        answers::Typed,
        committee_mandates::About,
        dossiers::communes_of,
        edits::{PAGE, seen_field},
        review_confidences::{self, CONFIDENCE},
        review_saves::OPINION,
        review_sheets::{self, Sent, Sheet, Wish},
        reviews::{TypedMark, typed_marks as kept_marks},
    },
    web::{
        App, Failure, Fields, Reply,
        answers::{self, SectionShown},
        audiences::Reviewer,
        deadlines::Deadline,
        filters,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Badge, Choice, Fact, Stepper},
        scores::{ScoreCriterion, ScoreShown},
        standings,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "committee/sheet.html")]
struct SheetPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    fund: String,
    title: String,
    reference: String,
    organisation: String,
    badge: Badge,
    stepper: Stepper,
    progress: String,
    before: Option<String>,
    after: Option<String>,
    facts: Vec<Fact>,
    sections: Vec<SectionShown>,
    stamp: String,
    /// When this page was opened, in seconds.
    opened: String,
    /// The mark of what is stored in each field, by the name of the field that sends it back.
    seen: Vec<(String, String)>,
    criteria: Vec<ScoreCriterion>,
    opinion: String,
    confidences: Vec<Choice>,
    /// How sure I said I was; empty when I did not.
    confidence: String,
    /// The opinion that was saved elsewhere meanwhile; often nothing.
    other_opinion: String,
    /// Whether marks may be given now.
    is_open: bool,
    /// Whether the review is handed in.
    is_in: bool,
    shown: Vec<ScoreShown>,
    total: String,
    others: Option<Compared>,
    notice: String,
    due: Option<Deadline>,
    reopened_because: String,
    may_decline: bool,
    conflict_href: String,
    errors: FieldErrors,
    /// What was typed when nothing of the review could change any more.
    unsaved: Vec<ScoreShown>,
}

/// The others' marks beside mine.
struct Compared {
    mean: String,
    heads: Vec<String>,
    rows: Vec<(String, Vec<(String, String)>)>,
    opinions: Vec<(String, String)>,
}

/// What the form said, to be shown again.
fn typed_marks(form: &Fields, codes: &[String]) -> Vec<TypedMark> {
    let mark = |code: &String| TypedMark {
        criterion: code.clone(),
        points: form.text(&format!("note-{code}")).to_owned(),
        comment: form.text(&format!("commentaire-{code}")).to_owned(),
    };
    codes.iter().map(mark).collect()
}

/// One criterion of the form. `others` is what was saved elsewhere meanwhile, by field.
fn criterion(
    criterion: &Criterion,
    mark: &TypedMark,
    sections: &[SectionShown],
    others: &BTreeMap<String, String>,
) -> ScoreCriterion {
    let label = |points: i32| {
        let words = usize::try_from(points).ok().and_then(|at| criterion.descriptors.get(at));
        words.map_or_else(|| points.to_string(), |words| format!("{points} – {words}"))
    };
    let (field, comment_field) = (format!("note-{}", criterion.code), format!("commentaire-{}", criterion.code));
    let other = |field: &String| others.get(field).cloned().unwrap_or_default();
    ScoreCriterion {
        answers: summaries::glimpses(criterion, sections),
        other: other(&field),
        other_comment: other(&comment_field),
        field,
        label: criterion.label.clone(),
        help: criterion.help.clone(),
        weight: match criterion.independent {
            true => "à part, hors de la note".to_owned(),
            false => format!("coefficient {}", criterion.weight),
        },
        scale: Choice::list((0..=criterion.most).map(|p| (p.to_string(), label(p))), &[mark.points.trim()]),
        comment_field,
        comment: mark.comment.clone(),
    }
}

fn points_of(criterion: &Criterion, scores: &[ScoreRow]) -> String {
    let points = scores.iter().find(|score| score.criterion == criterion.code).and_then(|score| score.points);
    points.map_or_else(|| "–".to_owned(), |points| format!("{points} sur {}", criterion.most))
}

fn shown(sheet: &Sheet) -> Vec<ScoreShown> {
    let grid = &sheet.content.definition.grid;
    let line = |criterion: &Criterion| ScoreShown {
        label: criterion.label.clone(),
        score: points_of(criterion, &sheet.scores),
        comment: sheet.scores.iter().find(|s| s.criterion == criterion.code).map_or("", |s| &s.comment).to_owned(),
    };
    grid.criteria.iter().map(line).collect()
}

/// What was typed into a form that came too late, so that it can be copied.
fn unsaved(sheet: &Sheet, marks: &[TypedMark], opinion: &str) -> Vec<ScoreShown> {
    let criteria = sheet.content.definition.grid.criteria.iter().zip(marks);
    let line = |(criterion, mark): (&Criterion, &TypedMark)| ScoreShown {
        label: criterion.label.clone(),
        score: mark.points.clone(),
        comment: mark.comment.clone(),
    };
    let whole = ScoreShown { label: "Avis d’ensemble".into(), score: String::new(), comment: opinion.to_owned() };
    criteria.map(line).chain(std::iter::once(whole)).collect()
}

fn compared(sheet: &Sheet) -> Option<Compared> {
    let others = sheet.others.as_ref()?;
    let names = others.readers.iter().map(|reader| reader.name.clone());
    let row = |criterion: &Criterion| {
        let theirs = others.readers.iter().map(|r| (r.name.clone(), points_of(criterion, &r.scores)));
        let mine = ("Vous".to_owned(), points_of(criterion, &sheet.scores));
        (criterion.label.clone(), std::iter::once(mine).chain(theirs).collect())
    };
    let out_of = |total: Option<Score>| total.map_or_else(|| "–".to_owned(), |total| format!("{total} / 100"));
    let totals = others.readers.iter().map(|reader| (reader.name.clone(), out_of(reader.total)));
    let mine = ("Vous".to_owned(), out_of(sheet.row.total.map(Score::from_hundredths)));
    let mut rows: Vec<(String, Vec<_>)> = sheet.content.definition.grid.criteria.iter().map(row).collect();
    rows.push(("Note sur 100".into(), std::iter::once(mine).chain(totals).collect()));
    let sure = |said: Option<Confidence>| said.map_or("–", Confidence::label).to_owned();
    if sheet.confidence.is_some() || others.readers.iter().any(|reader| reader.confidence.is_some()) {
        let theirs = others.readers.iter().map(|reader| (reader.name.clone(), sure(reader.confidence)));
        let mine = ("Vous".to_owned(), sure(sheet.confidence));
        rows.push(("Assurance".into(), std::iter::once(mine).chain(theirs).collect()));
    }
    let opinions = others.readers.iter().filter(|reader| !reader.opinion.is_empty());
    Some(Compared {
        mean: others.mean.map(|mean| format!("{mean} / 100")).unwrap_or_default(),
        heads: ["Critère".to_owned(), "Vous".to_owned()].into_iter().chain(names).collect(),
        rows,
        opinions: opinions.map(|reader| (reader.name.clone(), reader.opinion.clone())).collect(),
    })
}

/// What the screen shows beside what is kept: the form as typed, what is wrong with it, why it was refused.
#[derive(Default)]
struct Again {
    form: Option<Fields>,
    errors: FieldErrors,
    notice: String,
    /// Whether something else was saved elsewhere since the form was shown.
    is_stale: bool,
}

/// « 12 sur 40, environ 1 h 50 à votre rythme ».
fn progress(sheet: &Sheet) -> String {
    let (done, all) = sheet.progress;
    let rest = paces::left(all - done, &sheet.sittings).map(|left| format!(", {left}"));
    format!("{done} sur {all}{}", rest.as_deref().unwrap_or(" remises"))
}

/// The marks and the opinion on the screen, and what was saved elsewhere of them.
struct Said {
    marks: Vec<TypedMark>,
    opinion: String,
    others: BTreeMap<String, String>,
}

fn said(sheet: &Sheet, again: &Again, now: Moment) -> Said {
    let (row, grid) = (&sheet.row, &sheet.content.definition.grid);
    let Some(form) = &again.form else {
        let marks = kept_marks(grid, &sheet.scores);
        return Said { marks, opinion: row.opinion.clone(), others: BTreeMap::new() };
    };
    if again.is_stale {
        let found = review_sheets::reconcile(grid, &sheet.scores, &row.opinion, &sent(form, now), Vec::new());
        return Said { marks: found.marks, opinion: found.opinion, others: found.contested.into_iter().collect() };
    }
    let codes: Vec<String> = grid.criteria.iter().map(|criterion| criterion.code.clone()).collect();
    Said { marks: typed_marks(form, &codes), opinion: form.text(OPINION).to_owned(), others: BTreeMap::new() }
}

/// How sure one may be, with what was said.
fn confidences(sheet: &Sheet, form: Option<&Fields>) -> Vec<Choice> {
    let kept = sheet.confidence.map_or("", Confidence::code);
    let said = form.map_or(kept, |form| form.text(CONFIDENCE));
    Choice::list(Confidence::ALL.iter().map(|one| (one.code(), one.label())), &[said])
}

fn page(who: &Reviewer, sheet: &Sheet, places: &BTreeMap<String, String>, again: Again, now: Moment) -> SheetPage {
    let (row, content) = (&sheet.row, &sheet.content);
    let Said { marks, opinion, others } = said(sheet, &again, now);
    let is_in = row.state == ReviewState::Submitted;
    let (is_open, is_late) = (sheet.closed.is_none(), sheet.closed.is_some() && again.form.is_some());
    let closed = sheet.closed.as_ref().filter(|_| !is_in).map(ToString::to_string);
    let is_offered = |wanted| sheet.offered.iter().any(|(event, _)| *event == wanted);
    let organisations: Vec<&str> =
        std::iter::once(&content.organisation).chain(&content.partner).map(|row| row.name.as_str()).collect();
    let opened = again.form.as_ref().and_then(|form| form.filled("ouvert")).map(str::to_owned);
    let sections = answers::sections(content, places);
    let zipped = content.definition.grid.criteria.iter().zip(&marks);
    let address = |id: ReviewId| format!("/comite/evaluations/{id}");
    SheetPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/comite", "Mes évaluations")],
        id: row.id.to_string(),
        fund: sheet.fund.code.clone(),
        title: content.row.title.clone(),
        reference: content.row.reference.clone(),
        organisation: organisations.join(" et "),
        badge: badge(row.state),
        stepper: standings::of_review(row, is_open, now.paris_date()),
        progress: progress(sheet),
        before: sheet.before.map(address),
        after: sheet.after.map(address),
        facts: summaries::facts(sheet, &sections, places),
        stamp: sheet.stamp.clone(),
        opened: opened.unwrap_or_else(|| now.unix_seconds().to_string()),
        seen: sheet.seen.clone(),
        criteria: zipped.map(|(known, mark)| criterion(known, mark, &sections, &others)).collect(),
        sections,
        is_open,
        is_in,
        shown: if is_open { Vec::new() } else { shown(sheet) },
        total: row.total.map(|total| Score::from_hundredths(total).to_string()).filter(|_| is_in).unwrap_or_default(),
        others: compared(sheet),
        notice: Some(again.notice).filter(|notice| !notice.is_empty()).or(closed).unwrap_or_default(),
        due: row.due_on.filter(|_| !is_in).map(|day| Deadline::before(day, now.paris_date())),
        reopened_because: row.reason.clone().filter(|_| row.state == ReviewState::Reopened).unwrap_or_default(),
        may_decline: is_offered(ReviewEvent::Decline),
        conflict_href: format!("/comite/dossiers/{}/deport", content.row.id),
        errors: again.errors,
        unsaved: if is_late { unsaved(sheet, &marks, &opinion) } else { Vec::new() },
        confidences: confidences(sheet, again.form.as_ref()),
        confidence: sheet.confidence.map_or("", Confidence::label).to_owned(),
        other_opinion: others.get(OPINION).cloned().unwrap_or_default(),
        opinion: if is_open { opinion } else { row.opinion.clone() },
    }
}

fn load(conn: &mut Conn, actor: &Actor, id: ReviewId) -> Outcome<(Sheet, BTreeMap<String, String>)> {
    let sheet = review_sheets::find(conn, actor, id)?;
    let places = communes_of(conn, &sheet.content)?;
    Ok((sheet, places))
}

/// The sheet after something was typed into it: it comes back whatever else is owed.
async fn build(app: &App, who: &Reviewer, id: ReviewId, again: Again) -> Result<SheetPage, Failure> {
    let actor = who.actor.clone();
    let (sheet, places) = app.read(move |conn| load(conn, &actor, id)).await?;
    Ok(page(who, &sheet, &places, again, app.now()))
}

/// One file with its grid.
pub async fn show(app: Data<App>, who: Reviewer, id: Path<ReviewId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let back = format!("/comite/evaluations/{id}");
    let (sheet, places) =
        read_declared(&app, &who, (back, About::Review(id)), move |conn| load(conn, &actor, id)).await?;
    Ok(render(&page(&who, &sheet, &places, Again::default(), app.now())))
}

const CHANGED: &str = "Cette évaluation a été enregistrée ailleurs depuis que vous avez ouvert la page. Ce que vous venez \
     de saisir est ci-dessous, rien n’est perdu\u{a0}: enregistrez de nouveau pour le garder à la place.";

/// When the page of a form was opened, if it says an instant that is over.
fn opened_at(form: &Fields, now: Moment) -> Option<Moment> {
    let seconds = form.text("ouvert").parse::<i64>().ok().filter(|seconds| (0..=now.unix_seconds()).contains(seconds));
    seconds.map(Moment::from_unix_seconds)
}

/// What the form says.
fn sent(form: &Fields, now: Moment) -> Sent {
    let codes = form.iter().filter_map(|(name, _)| name.strip_prefix("commentaire-"));
    let codes: Vec<String> = codes.map(str::to_owned).collect();
    let is_mark = |name: &str| name == PAGE || name.starts_with(&seen_field(""));
    let seen = form.iter().filter(|(name, _)| is_mark(name));
    Sent {
        stamp: form.text("empreinte").to_owned(),
        seen: seen.map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Typed>(),
        opened_at: opened_at(form, now),
        marks: typed_marks(form, &codes),
        opinion: form.text(OPINION).to_owned(),
        wish: if form.text("suite") == "remettre" { Wish::HandIn } else { Wish::Keep },
    }
}

/// Gives what is missing, and where the reader goes on once the sheet is handed in.
fn write(
    tx: &mut Tx,
    actor: &Actor,
    id: ReviewId,
    (sent, confidence): (&Sent, Option<&str>),
    now: Moment,
) -> Outcome<(Vec<FieldError>, ReviewId)> {
    if let Some(said) = confidence {
        review_confidences::note(tx, actor, id, said)?;
    }
    let missing = review_sheets::save(tx, actor, id, sent, now)?;
    let next = match sent.wish {
        Wish::HandIn => review_sheets::next_waiting(tx.conn(), actor, id)?,
        Wish::Keep => None,
    };
    Ok((missing, next.unwrap_or(id)))
}

/// Keeps what was typed, or hands it in and goes on to the next file.
pub async fn save(app: Data<App>, who: Reviewer, id: Path<ReviewId>, form: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let sent = sent(&form, now);
    let wish = sent.wish;
    // A page that does not ask for it says nothing of it.
    let said = form.iter().find(|(name, _)| *name == CONFIDENCE).map(|(_, value)| value.to_owned());
    let again = match app.write(move |tx| write(tx, &actor, id, (&sent, said.as_deref()), now)).await {
        Ok((missing, next)) if missing.is_empty() => {
            let words = told(wish, next != id);
            return Ok(see_other_saying(format!("/comite/evaluations/{next}"), &Flash::success(words)));
        }
        Ok((missing, _)) | Err(Failure::UseCase(UseCaseError::Invalid(missing))) => {
            return refused(&app, &who, id, form, missing).await;
        }
        Err(Failure::UseCase(UseCaseError::Store(StoreError::Stale))) => {
            Again { notice: CHANGED.into(), is_stale: true, ..Again::default() }
        }
        Err(Failure::UseCase(UseCaseError::Refused(why))) => Again { notice: why.to_string(), ..Again::default() },
        Err(failure) => return Err(failure),
    };
    let again = Again { form: Some(form), ..again };
    Ok(render_as(StatusCode::CONFLICT, &build(&app, &who, id, again).await?))
}

const fn told(wish: Wish, goes_on: bool) -> &'static str {
    match (wish, goes_on) {
        (Wish::Keep, _) => "C’est enregistré. L’évaluation ne compte qu’une fois remise.",
        (Wish::HandIn, true) => "Votre évaluation est remise. Voici le dossier suivant.",
        (Wish::HandIn, false) => "Votre évaluation est remise. Vous voyez maintenant celles des autres membres.",
    }
}

async fn refused(app: &App, who: &Reviewer, id: ReviewId, form: Fields, wrong: Vec<FieldError>) -> Reply {
    let again = Again { form: Some(form), errors: errors_of(wrong), ..Again::default() };
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &build(app, who, id, again).await?))
}
