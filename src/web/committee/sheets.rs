//! One file, one screen: what it says beside the grid.

use super::{badge, errors_of, read_declared};
use crate::{
    domain::{
        budgets::Stage,
        definitions::QuestionKind,
        ids::ReviewId,
        lifecycles::reviews::{ReviewEvent, ReviewState},
        references::axis,
        scoring::{Criterion, Score},
        time::french_date,
    },
    store::{Conn, StoreError, communes, reviews::ScoreRow},
    usecases::{
        Actor, FieldError, Outcome, UseCaseError,
        review_sheets::{self, Sent, Sheet, Wish},
        reviews::TypedMark,
    },
    web::{
        App, Failure, Fields, Reply,
        answers::{self, SectionShown},
        audiences::Reviewer,
        deadlines::Deadline,
        filters,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Badge, Choice, Fact},
        scores::{ScoreCriterion, ScoreShown},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use chrono::NaiveDate;
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
    progress: String,
    before: Option<String>,
    after: Option<String>,
    facts: Vec<Fact>,
    sections: Vec<SectionShown>,
    stamp: String,
    criteria: Vec<ScoreCriterion>,
    opinion: String,
    /// Whether marks may be given now.
    is_open: bool,
    shown: Vec<ScoreShown>,
    total: String,
    others: Option<Compared>,
    notice: String,
    due: Option<Deadline>,
    reopened_because: String,
    may_decline: bool,
    conflict_href: String,
    errors: FieldErrors,
    /// What was typed after the review had been handed in elsewhere.
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

fn criterion(criterion: &Criterion, mark: &TypedMark) -> ScoreCriterion {
    let label = |points: i32| {
        let words = usize::try_from(points).ok().and_then(|at| criterion.descriptors.get(at));
        words.map_or_else(|| points.to_string(), |words| format!("{points} – {words}"))
    };
    ScoreCriterion {
        field: format!("note-{}", criterion.code),
        label: criterion.label.clone(),
        help: criterion.help.clone(),
        weight: match criterion.independent {
            true => "à part, hors de la note".to_owned(),
            false => format!("coefficient {}", criterion.weight),
        },
        scale: Choice::list((0..=criterion.most).map(|p| (p.to_string(), label(p))), &[mark.points.trim()]),
        comment_field: format!("commentaire-{}", criterion.code),
        comment: mark.comment.clone(),
    }
}

fn kept_marks(sheet: &Sheet) -> Vec<TypedMark> {
    let mark = |criterion: &Criterion| {
        let kept = sheet.scores.iter().find(|score| score.criterion == criterion.code);
        TypedMark {
            criterion: criterion.code.clone(),
            points: kept.and_then(|score| score.points).map(|points| points.to_string()).unwrap_or_default(),
            comment: kept.map(|score| score.comment.clone()).unwrap_or_default(),
        }
    };
    sheet.content.definition.grid.criteria.iter().map(mark).collect()
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
    let opinions = others.readers.iter().filter(|reader| !reader.opinion.is_empty());
    Some(Compared {
        mean: others.mean.map(|mean| format!("{mean} / 100")).unwrap_or_default(),
        heads: ["Critère".to_owned(), "Vous".to_owned()].into_iter().chain(names).collect(),
        rows,
        opinions: opinions.map(|reader| (reader.name.clone(), reader.opinion.clone())).collect(),
    })
}

fn facts(sheet: &Sheet) -> Vec<Fact> {
    let (content, row) = (&sheet.content, &sheet.content.row);
    let axes = content.definition.sections.iter().flat_map(|section| &section.questions);
    let axes = axes.filter(|question| question.kind == QuestionKind::Axis);
    let axes = axes.filter_map(|question| content.answers.get(&question.code).and_then(|code| axis(code)));
    let axes = axes.map(|axis| axis.label.as_str()).collect::<Vec<_>>().join(", ");
    let cost = content.budget.project_cost(Stage::Planned);
    let rate = content
        .budget
        .granted_rate(Stage::Planned, content.definition.amount.base)
        .map(|rate| format!(", soit {rate} des dépenses éligibles"));
    let period = match (row.starts_on, row.ends_on) {
        (Some(start), Some(end)) => format!("du {} au {}", french_date(start), french_date(end)),
        _ => String::new(),
    };
    let balance = if content.budget.is_balanced(Stage::Planned) {
        format!("{cost}, équilibré")
    } else {
        format!("{cost}, non équilibré")
    };
    vec![
        Fact::new("Montant demandé", format!("{}{}", row.requested_cents, rate.unwrap_or_default())),
        Fact::new("Budget du projet", balance),
        Fact::new("Axe", axes),
        Fact::new("Période", period),
        Fact::new("Partenaires", content.partners.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ")),
    ]
}

/// What the screen shows beside what is kept: the form as typed, what is wrong with it, why it was refused.
#[derive(Default)]
struct Again {
    form: Option<Fields>,
    errors: FieldErrors,
    notice: String,
}

fn page(who: &Reviewer, sheet: &Sheet, places: &BTreeMap<String, String>, again: Again, today: NaiveDate) -> SheetPage {
    let (row, content) = (&sheet.row, &sheet.content);
    let grid = &content.definition.grid;
    let codes: Vec<String> = grid.criteria.iter().map(|criterion| criterion.code.clone()).collect();
    let marks = again.form.as_ref().map_or_else(|| kept_marks(sheet), |form| typed_marks(form, &codes));
    let is_in = row.state == ReviewState::Submitted;
    let typed = again.form.as_ref().map(|form| form.text("avis"));
    let opinion = typed.filter(|_| !is_in).unwrap_or(row.opinion.as_str());
    let is_late = is_in && typed.is_some();
    let is_offered = |wanted| sheet.offered.iter().any(|(event, _)| *event == wanted);
    let organisations: Vec<&str> =
        std::iter::once(&content.organisation).chain(&content.partner).map(|row| row.name.as_str()).collect();
    let (done, all) = sheet.progress;
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
        progress: format!("{done} sur {all}"),
        before: sheet.before.map(address),
        after: sheet.after.map(address),
        facts: facts(sheet),
        sections: answers::sections(content, places),
        stamp: sheet.stamp.clone(),
        criteria: grid.criteria.iter().zip(&marks).map(|(c, mark)| criterion(c, mark)).collect(),
        opinion: opinion.to_owned(),
        is_open: !is_in,
        shown: if is_in { shown(sheet) } else { Vec::new() },
        total: row.total.map(|total| Score::from_hundredths(total).to_string()).filter(|_| is_in).unwrap_or_default(),
        others: compared(sheet),
        notice: again.notice,
        due: row.due_on.filter(|_| !is_in).map(|day| Deadline::before(day, today)),
        reopened_because: row.reason.clone().filter(|_| row.state == ReviewState::Reopened).unwrap_or_default(),
        may_decline: is_offered(ReviewEvent::Decline),
        conflict_href: format!("/comite/dossiers/{}/deport", content.row.id),
        errors: again.errors,
        unsaved: if is_late { unsaved(sheet, &marks, typed.unwrap_or_default()) } else { Vec::new() },
    }
}

/// The names of the communes that the answers give by their code.
fn places_of(conn: &mut Conn, sheet: &Sheet) -> Outcome<BTreeMap<String, String>> {
    let questions = sheet.content.definition.sections.iter().flat_map(|section| &section.questions);
    let named = questions.filter(|question| question.kind == QuestionKind::Commune);
    let mut places = BTreeMap::new();
    for code in named.filter_map(|question| sheet.content.answers.get(&question.code)) {
        if let Ok(row) = communes::find(conn, code) {
            places.insert(code.clone(), format!("{} ({})", row.name, row.department));
        }
    }
    Ok(places)
}

fn load(conn: &mut Conn, actor: &Actor, id: ReviewId) -> Outcome<(Sheet, BTreeMap<String, String>)> {
    let sheet = review_sheets::find(conn, actor, id)?;
    let places = places_of(conn, &sheet)?;
    Ok((sheet, places))
}

/// The sheet after something was typed into it: it comes back whatever else is owed.
async fn build(app: &App, who: &Reviewer, id: ReviewId, again: Again) -> Result<SheetPage, Failure> {
    let actor = who.actor.clone();
    let (sheet, places) = app.read(move |conn| load(conn, &actor, id)).await?;
    Ok(page(who, &sheet, &places, again, app.now().paris_date()))
}

/// One file with its grid.
pub async fn show(app: Data<App>, who: Reviewer, id: Path<ReviewId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let back = format!("/comite/evaluations/{id}");
    let (sheet, places) = read_declared(&app, &who, back, move |conn| load(conn, &actor, id)).await?;
    Ok(render(&page(&who, &sheet, &places, Again::default(), app.now().paris_date())))
}

const CHANGED: &str = "Cette évaluation a été enregistrée ailleurs depuis que vous avez ouvert la page. Ce que vous venez \
     de saisir est ci-dessous, rien n’est perdu\u{a0}: enregistrez de nouveau pour le garder à la place.";

/// What the form says.
fn sent(form: &Fields) -> Sent {
    let codes = form.iter().filter_map(|(name, _)| name.strip_prefix("commentaire-"));
    let codes: Vec<String> = codes.map(str::to_owned).collect();
    Sent {
        stamp: form.text("empreinte").to_owned(),
        marks: typed_marks(form, &codes),
        opinion: form.text("avis").to_owned(),
        wish: if form.text("suite") == "remettre" { Wish::HandIn } else { Wish::Keep },
    }
}

/// The sheet again with everything typed, and why nothing was written.
async fn unwritten(app: &App, who: &Reviewer, id: ReviewId, form: Fields, why: String) -> Reply {
    let again = Again { form: Some(form), notice: why, ..Again::default() };
    Ok(render_as(StatusCode::CONFLICT, &build(app, who, id, again).await?))
}

/// Keeps what was typed, or hands it in.
pub async fn save(app: Data<App>, who: Reviewer, id: Path<ReviewId>, form: Fields) -> Reply {
    let (id, actor, now, sent) = (id.into_inner(), who.actor.clone(), app.now(), sent(&form));
    let wish = sent.wish;
    match app.write(move |tx| review_sheets::save(tx, &actor, id, &sent, now)).await {
        Ok(missing) if missing.is_empty() => {
            Ok(see_other_saying(format!("/comite/evaluations/{id}"), &Flash::success(told(wish))))
        }
        Ok(missing) => refused(&app, &who, id, form, missing).await,
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => refused(&app, &who, id, form, wrong).await,
        Err(Failure::UseCase(UseCaseError::Store(StoreError::Stale))) => {
            unwritten(&app, &who, id, form, CHANGED.into()).await
        }
        Err(Failure::UseCase(UseCaseError::Refused(refusal))) => {
            unwritten(&app, &who, id, form, refusal.to_string()).await
        }
        Err(failure) => Err(failure),
    }
}

const fn told(wish: Wish) -> &'static str {
    match wish {
        Wish::Keep => "C’est enregistré. L’évaluation ne compte qu’une fois remise.",
        Wish::HandIn => "Votre évaluation est remise. Vous voyez maintenant celles des autres membres.",
    }
}

async fn refused(app: &App, who: &Reviewer, id: ReviewId, form: Fields, wrong: Vec<FieldError>) -> Reply {
    let again = Again { form: Some(form), errors: errors_of(wrong), ..Again::default() };
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &build(app, who, id, again).await?))
}
