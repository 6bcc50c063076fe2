//! My mirror: how I mark beside the others, in kind words and without a name.

use super::read_declared;
use crate::{
    domain::{
        mirrors::{Comparison, LEAST_OTHERS, LEAST_OWN, SecondLook},
        scoring::{Criterion, Score},
        text::counted,
    },
    store::mirrors::OwnFile,
    usecases::{committee_mandates::About, mirrors},
    web::{
        App, Reply,
        audiences::Reviewer,
        pages::{Chrome, NavLink, render},
    },
};
use actix_web::web::{Data, Path};
use askama::Template;

#[derive(Template)]
#[template(path = "committee/mirror.html")]
struct MirrorPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    call_title: String,
    /// What is still to come before the mirror says anything; empty once it does.
    wait: String,
    /// What it says of my totals.
    said: String,
    /// Of how much it is made.
    basis: String,
    mean: String,
    median: String,
    others: String,
    lines: Vec<Line>,
    looks: Vec<Look>,
}

/// A file that deserves a second look.
struct Look {
    href: String,
    title: String,
    reference: String,
    said: String,
}

/// One criterion.
struct Line {
    label: String,
    mine: String,
    others: String,
    said: String,
}

/// A gap out of 100 that nobody should mind.
const NEAR: i64 = 200;

/// « 0,50 point », « 4,00 points ».
fn points(gap: Score) -> String {
    let size = Score::from_hundredths(gap.hundredths().abs());
    format!("{size}\u{a0}{}", if size.hundredths() < 200 { "point" } else { "points" })
}

/// Where my marks lie beside those of the others, out of `most`.
fn beside(gap: Score, most: i64) -> String {
    match gap.hundredths() {
        size if size.abs() * 100 <= NEAR * most => "à peu près comme les autres".to_owned(),
        0.. => format!("en moyenne {} au-dessus", points(gap)),
        _ => format!("en moyenne {} au-dessous", points(gap)),
    }
}

fn line((criterion, found): (Criterion, Option<Comparison>)) -> Line {
    let most = i64::from(criterion.most);
    let (mine, others, said) = match found {
        Some(found) => (
            format!("{} sur {most}", found.mean),
            found.mean_of_others.to_string(),
            format!("Vous notez {}.", beside(found.gap(), most)),
        ),
        None => (String::new(), String::new(), "Pas encore assez d’évaluations pour comparer.".to_owned()),
    };
    Line { label: criterion.label, mine, others, said }
}

fn look((look, own): (SecondLook, OwnFile)) -> Look {
    Look {
        href: format!("/comite/evaluations/{}", own.review),
        title: own.title,
        reference: own.reference,
        said: format!("votre note est de {} sur 100, celle des autres de {} en moyenne", look.mine, look.others),
    }
}

fn wait(done: usize, total: Option<Comparison>) -> String {
    match LEAST_OWN.saturating_sub(done) {
        0 if total.is_some() => String::new(),
        0 => format!(
            "Il faut encore un peu de patience\u{a0}: le miroir s’ouvre quand {LEAST_OTHERS} autres évaluations au moins, de plusieurs personnes, portent sur les mêmes dossiers que les vôtres."
        ),
        left => {
            let left = counted(i64::try_from(left).unwrap_or(i64::MAX), "évaluation", "évaluations");
            format!("Le miroir s’ouvre à partir de {LEAST_OWN} évaluations remises pour cet appel. Encore {left}.")
        }
    }
}

fn basis(found: Comparison) -> String {
    let count = |size: usize, one, many| counted(i64::try_from(size).unwrap_or(i64::MAX), one, many);
    let files = count(found.files, "dossier que vous avez évalué", "dossiers que vous avez évalués");
    format!("D’après {files}, et {} des mêmes dossiers.", count(found.others, "autre évaluation", "autres évaluations"))
}

/// My mirror for one call.
pub async fn show(app: Data<App>, who: Reviewer, reference: Path<String>) -> Reply {
    let (actor, reference) = (who.actor.clone(), reference.into_inner());
    let back = format!("/comite/miroir/{reference}");
    let at = (back, About::Call(reference.clone()));
    let mirror = read_declared(&app, &who, at, move |conn| mirrors::find(conn, &actor, &reference)).await?;
    let figure = |of: fn(Comparison) -> Score| mirror.total.map(|found| of(found).to_string()).unwrap_or_default();
    Ok(render(&MirrorPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/comite", "Mes évaluations")],
        wait: wait(mirror.done, mirror.total),
        said: mirror.total.map(|found| beside(found.gap(), 100)).unwrap_or_default(),
        basis: mirror.total.map(basis).unwrap_or_default(),
        mean: figure(|found| found.mean),
        median: figure(|found| found.median),
        others: figure(|found| found.mean_of_others),
        lines: mirror.criteria.into_iter().map(line).collect(),
        looks: mirror.looks.into_iter().map(look).collect(),
        call_title: mirror.call.title,
    }))
}
