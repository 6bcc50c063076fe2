//! The revision of a published call: what it changes and for whom, the page that asks before it is published, and the
//! way to give it up.

use super::pages::{home, known};
use crate::{
    domain::{
        definitions::{DraftsThen, FileEffect},
        lifecycles::calls::CallEvent,
        text::counted,
    },
    store::entropy,
    usecases::{
        Outcome, UseCaseError,
        form_tokens::{self, Sending},
        preparations::{self, Preparation},
        revisions::{self, Concerned, Impact, Shown},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::Officer,
        confirming::{Choosing, Confirmation, Stands},
        differences::{quoted, said},
        flashes::see_other_saying,
        officer::calls::LIST,
        pages::{Chrome, Flash, NavLink, render},
        parts::{Choice, Fact},
    },
};
use actix_web::web::{Data, Path};
use askama::Template;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "officer/preparation_revision.html")]
struct RevisionPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    home: String,
    address: String,
    call: String,
    stamp: i32,
    token: String,
    /// What the revision changes and does; nothing when nothing has been changed.
    impact: Option<ImpactShown>,
}

struct ImpactShown {
    changes: Vec<String>,
    figures: Vec<Fact>,
    /// Whose drafts lose an answer, and those that lose none but are asked something more or meet a condition no more.
    losing: Vec<ConcernedShown>,
    others: Vec<ConcernedShown>,
    asked: Vec<String>,
    /// Conditions that some drafts meet no more, each with how many.
    outside: Vec<String>,
    leaning: Vec<String>,
    /// Parts that keep it from being published.
    unfinished: Vec<(String, &'static str)>,
}

/// A draft that the revision does something to: whose it is, how to reach them, and what it does, in words.
struct ConcernedShown {
    organisation: String,
    email: String,
    reference: String,
    told: String,
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Each label with how many drafts it concerns.
fn counts(of: &BTreeMap<String, usize>) -> Vec<String> {
    let drafts = |files: usize| counted(count(files), "brouillon", "brouillons");
    of.iter().map(|(label, files)| format!("«\u{a0}{label}\u{a0}»\u{a0}: {}.", drafts(*files))).collect()
}

fn shown(reference: &str, impact: Impact) -> ImpactShown {
    let drafts = |number: usize| counted(count(number), "brouillon", "brouillons");
    let mut changes = said(&impact.changes);
    let parts: Vec<_> = impact.changes.parts.iter().map(|part| part.label().to_owned()).collect();
    changes.push(format!("Parties touchées\u{a0}: {}.", parts.join(", ")));
    if impact.growth.is_positive() {
        changes.push(format!("L’enveloppe grandit de {}.", impact.growth));
    }
    if !impact.reweighed.is_empty() {
        let weights = impact.reweighed.join(", ");
        changes.push(format!("Les notes déjà remises seront recalculées. Coefficients\u{a0}: {weights}."));
    }
    let told = |concerned: &Concerned| {
        let effect = &concerned.effect;
        let said = [("perd", &effect.lost), ("devra donner", &effect.asked), ("ne remplit plus", &effect.outside)];
        let said = said.iter().filter(|(_, labels)| !labels.is_empty());
        ConcernedShown {
            organisation: concerned.file.organisation.name.clone(),
            email: concerned.file.organisation.email.as_ref().map(ToString::to_string).unwrap_or_default(),
            reference: concerned.file.reference.clone(),
            told: said
                .map(|(what, labels)| format!("{what} {}", quoted(labels)))
                .collect::<Vec<_>>()
                .join("\u{202f}; "),
        }
    };
    let (losing, others): (Vec<_>, Vec<_>) =
        impact.concerned.iter().partition(|concerned| !concerned.effect.lost.is_empty());
    let with = |has: fn(&FileEffect) -> bool| {
        drafts(impact.concerned.iter().filter(|concerned| has(&concerned.effect)).count())
    };
    let apart = Some(impact.apart).filter(|apart| *apart > 0);
    let apart =
        apart.map(|apart| Fact::new("Gardent un formulaire d’avant", counted(apart, "brouillon", "brouillons")));
    ImpactShown {
        figures: [
            Fact::new("Commencés, non déposés", drafts(impact.drafts)),
            Fact::new("Gardent toutes leurs réponses", drafts(impact.keeping)),
            Fact::new("Perdent une réponse", drafts(losing.len())),
            Fact::new("Devront donner autre chose", with(|effect| !effect.asked.is_empty())),
            Fact::new("Ne rempliront plus une condition", with(|effect| !effect.outside.is_empty())),
            Fact::new("Déjà déposés, qui ne changent pas", counted(impact.filed, "dossier", "dossiers")),
        ]
        .into_iter()
        .chain(apart)
        .collect(),
        changes,
        losing: losing.into_iter().map(told).collect(),
        others: others.into_iter().map(told).collect(),
        asked: counts(&impact.asked_of),
        outside: counts(&impact.outside_of),
        leaning: impact.leaning,
        unfinished: impact
            .unfinished
            .iter()
            .map(|part| (format!("{}/{}", home(reference), part.code()), part.label()))
            .collect(),
    }
}

fn way(reference: &str) -> Vec<NavLink> {
    vec![
        NavLink::new(LIST, "Appels à projets"),
        NavLink::new(format!("{LIST}/{reference}"), reference),
        NavLink::new(home(reference), "Préparation"),
    ]
}

fn address(reference: &str) -> String {
    format!("{LIST}/{reference}/revision")
}

/// What the revision does, before it is published.
pub async fn show(app: Data<App>, who: Officer, reference: Path<String>) -> Reply {
    let (actor, wanted) = (who.actor.clone(), reference.to_string());
    let load = move |conn: &mut crate::store::Conn| -> Outcome<(Preparation, Option<Impact>)> {
        let known = preparations::find(conn, &actor, &wanted)?;
        let impact = revisions::impact(conn, &known)?;
        Ok((known, impact))
    };
    let (known, impact) = app.read(load).await?;
    if known.published.is_none() {
        return Err(Failure::NotFound);
    }
    Ok(render(&RevisionPage {
        chrome: who.chrome(),
        way: way(&reference),
        home: home(&reference),
        address: address(&reference),
        call: known.definition.title.clone(),
        stamp: known.stamp,
        token: entropy::form_token()?,
        impact: impact.map(|impact| shown(&reference, impact)),
    }))
}

/// The two ways for the drafts that were begun, each with what it does to how many; nothing where there is none.
fn drafts_then(impact: &Impact, chosen: DraftsThen) -> Option<Choosing> {
    if impact.drafts == 0 {
        return None;
    }
    let drafts = |number: usize| counted(count(number), "brouillon", "brouillons");
    let with = |has: fn(&FileEffect) -> bool| {
        drafts(impact.concerned.iter().filter(|concerned| has(&concerned.effect)).count())
    };
    let follow = format!(
        "Perdent une réponse\u{a0}: {}. Devront donner autre chose\u{a0}: {}. Leurs porteur·ses lisent ce qui a changé.",
        with(|effect| !effect.lost.is_empty()),
        with(|effect| !effect.asked.is_empty())
    );
    let keep = "Ils gardent leurs questions, leurs pièces, leurs conditions et leurs montants, et sont déposés ainsi. \
                La date limite est celle de l’appel.";
    let all = drafts(impact.drafts);
    let ways = [
        (DraftsThen::Follow, format!("Suivent la révision\u{a0}: {all}"), follow),
        (DraftsThen::Keep, format!("Gardent le formulaire qu’ils ont\u{a0}: {all}"), keep.to_owned()),
    ];
    let options = ways.into_iter().map(|(way, label, help)| Choice {
        value: way.code().to_owned(),
        label,
        help,
        checked: way == chosen,
    });
    Some(Choosing { name: DRAFTS, label: "Les brouillons déjà commencés", options: options.collect() })
}

/// The field of what becomes of the drafts.
const DRAFTS: &str = "brouillons";

async fn question(app: &App, who: &Officer, reference: &str, chosen: DraftsThen) -> Result<Confirmation, Failure> {
    let (actor, now, wanted) = (who.actor.clone(), app.now(), reference.to_owned());
    let load = move |conn: &mut crate::store::Conn| -> Outcome<_> {
        let (known, standing) = revisions::standing(conn, &actor, &wanted, now)?;
        let impact = revisions::impact(conn, &known)?;
        Ok((known, standing, impact))
    };
    let (known, standing, impact) = app.read(load).await?;
    let stands = Stands::before(&standing, CallEvent::Revise)?;
    let mut way = way(reference);
    way.push(NavLink::new(address(reference), "Révision"));
    let action = format!("{}/publication", address(reference));
    let page = Confirmation::about(who.chrome(), way, CallEvent::Revise, stands, action)?;
    let page = page.saying(
        format!("{}, {reference}.", known.definition.title),
        &[
            "L’appel dit tout de suite ce que dit la révision.",
            "Les brouillons qui la suivent gardent les réponses aux questions retirées, mais plus personne ne les demande.",
            "Leurs porteur·ses voient sur la page du dossier ce qui a changé.",
            "Les dossiers déjà déposés gardent le formulaire avec lequel ils l’ont été.",
        ],
    );
    let page = page.with_motive("Il reste dans l’historique de l’appel.");
    let choice = impact.and_then(|impact| drafts_then(&impact, chosen));
    Ok(Confirmation { hidden: vec![("revision", known.stamp.to_string())], choice, ..page })
}

/// What was chosen for the drafts: they follow where nothing was.
fn chosen(form: &Fields) -> DraftsThen {
    form.text(DRAFTS).parse().unwrap_or_default()
}

/// Asks before the revision is published, and why.
pub async fn ask(app: Data<App>, who: Officer, reference: Path<String>) -> Reply {
    Ok(question(&app, &who, &reference, DraftsThen::default()).await?.shown())
}

/// Publishes the revision, with the reason.
pub async fn publish(app: Data<App>, who: Officer, reference: Path<String>, form: Fields) -> Reply {
    let (actor, person, now, wanted) = (who.actor.clone(), who.id, app.now(), reference.to_string());
    let (route, body, sent) = (format!("{}/publication", address(&reference)), format!("{form:?}"), form.clone());
    let written = app
        .write(move |tx| {
            let sending = Sending { person, token: sent.token(), route: &route, body: body.as_bytes(), now };
            form_tokens::once(tx, sending, |tx| {
                let stamp = sent.text("revision").parse().unwrap_or(-1);
                let (version, reason, drafts) = (sent.version(), sent.text("motif"), chosen(&sent));
                let shown = Shown { version, stamp, reason, drafts };
                revisions::publish(tx, &actor, &wanted, shown, now)?;
                Ok(format!("{LIST}/{wanted}"))
            })
        })
        .await;
    match written {
        Ok(to) => Ok(see_other_saying(to, &Flash::success(published(chosen(&form))))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = question(&app, &who, &reference, chosen(&form)).await?;
            Ok(page.refused(form.text("motif"), errors_of(wrong)))
        }
        Err(failure) => Err(failure),
    }
}

const fn published(drafts: DraftsThen) -> &'static str {
    match drafts {
        DraftsThen::Follow => "La révision est publiée. Les brouillons la suivent.",
        DraftsThen::Keep => "La révision est publiée. Les brouillons déjà commencés gardent leur formulaire.",
    }
}

/// Gives the revision up.
pub async fn give_up(app: Data<App>, who: Officer, reference: Path<String>, form: Fields) -> Reply {
    known(&app, &who, &reference).await?;
    let (actor, now, wanted) = (who.actor.clone(), app.now(), reference.to_string());
    let stamp = form.version();
    app.write(move |tx| revisions::give_up(tx, &actor, &wanted, stamp, now)).await?;
    let said = Flash::success("La révision est abandonnée. L’appel reste comme il est publié.");
    Ok(see_other_saying(format!("{LIST}/{reference}"), &said))
}
