//! The reviews behind one line of a ranking, mark by mark, and the way to give one back.

use crate::{
    domain::{
        ids::{ApplicationId, ReviewId},
        lifecycles::reviews::ReviewState,
        reviews::Confidence,
        scoring::{Criterion, Grid, Marks, Score},
    },
    store::reviews::NamedReview,
    usecases::{
        UseCaseError,
        rankings::{self, FileReviews},
        reviews,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        filters,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Badge,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/ranking_reviews.html")]
struct ReviewsPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    action: String,
    dossier: String,
    title: String,
    reference: String,
    mean: String,
    is_unread: bool,
    warnings: Vec<String>,
    heads: Vec<String>,
    rows: Vec<(String, Vec<(String, String)>)>,
    reviews: Vec<OneReview>,
    errors: FieldErrors,
    notice: String,
}

struct OneReview {
    id: String,
    version: i32,
    name: String,
    badge: Badge,
    total: String,
    confidence: &'static str,
    opinion: String,
    may_reopen: bool,
    typed: String,
    field: String,
}

fn marks_of(view: &FileReviews, review: &NamedReview) -> Marks {
    let own = view.scores.iter().filter(|score| score.review_id == review.id);
    own.filter_map(|score| Some((score.criterion.clone(), score.points?))).collect()
}

fn warnings(view: &FileReviews, grid: &Grid, submitted: &[&NamedReview]) -> Vec<String> {
    let marks: Vec<Marks> = submitted.iter().map(|review| marks_of(view, review)).collect();
    let totals: Vec<_> = submitted.iter().filter_map(|r| r.total).map(Score::from_hundredths).collect();
    let mut warnings = Vec::new();
    if view.is_unread {
        warnings.push("Ce dossier attend votre évaluation\u{a0}: celles des autres apparaissent ensuite.".to_owned());
    }
    if grid.is_spread(&totals) {
        warnings.push("Les notes sont très éloignées\u{a0}: à discuter en séance.".to_owned());
    }
    for criterion in grid.eliminating(&marks) {
        warnings.push(format!("La moyenne de «\u{a0}{}\u{a0}» est sous la note éliminatoire.", criterion.label));
    }
    let row = &view.content.row;
    if row.score_count > 0 && !grid.passes(Score::from_hundredths(row.score_mean)) {
        warnings.push("La moyenne est sous le seuil de l’appel.".to_owned());
    }
    warnings
}

/// The review that was to be reopened, what was typed for it, and what came of it.
#[derive(Default)]
struct Again {
    review: Option<ReviewId>,
    typed: String,
    error: String,
    notice: String,
}

fn one_review(review: &NamedReview, again: &Again) -> OneReview {
    let is_in = review.state == ReviewState::Submitted;
    OneReview {
        id: review.id.to_string(),
        version: review.version,
        name: review.name.clone(),
        badge: crate::web::committee::badge(review.state),
        total: review.total.filter(|_| is_in).map(|t| Score::from_hundredths(t).to_string()).unwrap_or_default(),
        confidence: review.confidence.filter(|_| is_in).map_or("", Confidence::label),
        opinion: if is_in { review.opinion.clone() } else { String::new() },
        may_reopen: is_in,
        typed: if again.review == Some(review.id) { again.typed.clone() } else { String::new() },
        field: format!("motif-{}", review.id),
    }
}

fn reviews_page(who: &Officer, reference: &str, view: &FileReviews, again: Again) -> ReviewsPage {
    let (grid, row) = (&view.content.definition.grid, &view.content.row);
    let submitted: Vec<_> = view.reviews.iter().filter(|review| review.state == ReviewState::Submitted).collect();
    let points = |criterion: &Criterion| {
        let cell = |review: &&NamedReview| {
            let given = marks_of(view, review).get(&criterion.code).map(|p| format!("{p} sur {}", criterion.most));
            (review.name.clone(), given.unwrap_or_else(|| "–".into()))
        };
        (criterion.label.clone(), submitted.iter().map(cell).collect())
    };
    let base = format!("/appels-a-projets/{reference}");
    let error = again.review.filter(|_| !again.error.is_empty()).map(|id| (format!("motif-{id}"), again.error.clone()));
    ReviewsPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/appels-a-projets", "Appels à projets"),
            NavLink::new(base.clone(), &view.content.call.title),
            NavLink::new(format!("{base}/classement"), "Classement"),
        ],
        action: format!("{base}/classement/{}", row.id),
        dossier: format!("/instruction/{}", row.id),
        title: row.title.clone(),
        reference: row.reference.clone(),
        mean: if row.score_count > 0 { Score::from_hundredths(row.score_mean).to_string() } else { String::new() },
        is_unread: view.is_unread,
        warnings: warnings(view, grid, &submitted),
        heads: std::iter::once("Critère".to_owned()).chain(submitted.iter().map(|r| r.name.clone())).collect(),
        rows: if submitted.is_empty() || view.is_unread {
            Vec::new()
        } else {
            grid.criteria.iter().map(points).collect()
        },
        reviews: view.reviews.iter().map(|review| one_review(review, &again)).collect(),
        errors: error.into_iter().collect(),
        notice: again.notice,
    }
}

async fn build(app: &App, who: &Officer, path: &(String, ApplicationId), again: Again) -> Result<ReviewsPage, Failure> {
    let (actor, id) = (who.actor.clone(), path.1);
    let view = app.read(move |conn| rankings::reviews_of(conn, &actor, id)).await?;
    if view.content.call.reference != path.0 {
        return Err(Failure::NotFound);
    }
    Ok(reviews_page(who, &path.0, &view, again))
}

/// The reviews of one file.
pub async fn show(app: Data<App>, who: Officer, path: Path<(String, ApplicationId)>) -> Reply {
    Ok(render(&build(&app, &who, &path.into_inner(), Again::default()).await?))
}

/// Gives a review back to its author.
pub async fn reopen(app: Data<App>, who: Officer, path: Path<(String, ApplicationId)>, form: Fields) -> Reply {
    let (path, actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    let review: ReviewId = form.text("evaluation").parse().map_err(|_| Failure::NotFound)?;
    let (version, reason) = (form.version(), form.text(&format!("motif-{review}")).to_owned());
    let typed = reason.clone();
    let done = app.write(move |tx| reviews::reopen(tx, &actor, review, version, &reason, now)).await;
    let again = Again { review: Some(review), typed, ..Again::default() };
    match done {
        Ok(()) => {
            let to = format!("/appels-a-projets/{}/classement/{}", path.0, path.1);
            Ok(see_other_saying(
                to,
                &Flash::success("L’évaluation est rouverte. La personne est prévenue par courriel."),
            ))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let error = wrong.into_iter().map(|field| field.message).collect();
            let page = build(&app, &who, &path, Again { error, ..again }).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(Failure::UseCase(UseCaseError::Refused(refusal))) => {
            let page = build(&app, &who, &path, Again { notice: refusal.to_string(), ..again }).await?;
            Ok(render_as(StatusCode::CONFLICT, &page))
        }
        Err(failure) => Err(failure),
    }
}
