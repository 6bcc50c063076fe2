//! Scenarios of a session: kept, worked out, compared side by side, taken up.

use super::rooms::{told, unnamed, words};
use crate::{
    domain::{
        cut_lines::Strategy,
        ids::{ScenarioId, SessionId},
        money::Euros,
        references::department_name,
    },
    usecases::{
        UseCaseError,
        scenarios::{self, Column},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        flashes::see_other_saying,
        pages::Flash,
        pages::{Chrome, NavLink, render},
    },
};
use actix_web::web::{Data, Path};
use askama::Template;
use std::collections::BTreeSet;

#[derive(Template)]
#[template(path = "officer/scenarios.html")]
struct ScenariosPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    heads: Vec<Head>,
    /// Sums by scenario: a label, then one value a column.
    sums: Vec<(String, Vec<String>)>,
    files: Vec<(String, String, Vec<String>)>,
    is_open: bool,
}

struct Head {
    /// Empty for what is proposed now.
    id: String,
    name: String,
}

fn head(column: &Column) -> Head {
    match &column.scenario {
        None => Head { id: String::new(), name: "Proposé maintenant".into() },
        Some(row) => Head { id: row.id.to_string(), name: row.name.clone() },
    }
}

fn sums(columns: &[Column]) -> Vec<(String, Vec<String>)> {
    let row = |label: &str, value: fn(&Column) -> String| (label.to_owned(), columns.iter().map(value).collect());
    let mut sums = vec![
        row("Dossiers retenus", |column| column.count.to_string()),
        row("Montant proposé", |column| column.amount.to_string()),
        row("Reste de l’enveloppe", |column| column.left.to_string()),
    ];
    let departments: BTreeSet<&String> = columns.iter().flat_map(|column| column.departments.keys()).collect();
    for code in departments {
        let label = department_name(code).unwrap_or("Ailleurs").to_owned();
        let value = |column: &Column| column.departments.get(code).map(Euros::to_string).unwrap_or_default();
        sums.push((label, columns.iter().map(value).collect()));
    }
    sums
}

/// What is proposed now beside every scenario.
pub async fn compare(app: Data<App>, who: Officer, id: Path<SessionId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let (cut, columns) = app.read(move |conn| scenarios::compare(conn, &actor, id)).await?;
    let files = cut.lines.iter().filter(|line| !line.candidate.is_decided).map(|line| {
        let value = |column: &Column| column.proposals.get(&line.row.id).copied().map(words).unwrap_or_default();
        let title = format!("{} ({})", line.row.title, line.row.requested);
        (title, line.row.reference.clone(), columns.iter().map(value).collect())
    });
    Ok(render(&ScenariosPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/seances", "Séances"),
            NavLink::new(format!("/seances/{id}"), &cut.session.title),
            NavLink::new(format!("/seances/{id}/salle"), "Salle de séance"),
        ],
        id: id.to_string(),
        heads: columns.iter().map(head).collect(),
        sums: sums(&columns),
        files: files.collect(),
        is_open: cut.is_open(),
    }))
}

/// Keeps what is proposed under a name, or works one out.
pub async fn keep(app: Data<App>, who: Officer, id: Path<SessionId>, form: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let to = format!("/seances/{id}/scenarios");
    if let Some(code) = form.filled("calcul") {
        let strategy: Strategy = code.parse().map_err(|_| Failure::Malformed)?;
        app.write(move |tx| scenarios::work_out(tx, &actor, id, strategy, now)).await?;
        return Ok(see_other_saying(to, &Flash::success("Le scénario est calculé\u{a0}: comparez-le.")));
    }
    let name = form.text("nom").to_owned();
    let kept = name.clone();
    match app.write(move |tx| scenarios::save(tx, &actor, id, &kept, now)).await {
        Ok(()) => Ok(see_other_saying(to, &Flash::success("Le scénario est gardé."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let why = wrong.into_iter().next().map(|field| field.message).unwrap_or_default();
            unnamed(&app, &who, id, &name, why).await
        }
        Err(failure) => Err(failure),
    }
}

/// Takes a scenario up as what is proposed, or throws it away.
pub async fn settle(app: Data<App>, who: Officer, place: Path<(SessionId, ScenarioId)>, form: Fields) -> Reply {
    let ((id, scenario), actor) = (place.into_inner(), who.actor.clone());
    if form.text("geste") == "supprimer" {
        app.write(move |tx| scenarios::drop(tx, &actor, id, scenario)).await?;
        let to = format!("/seances/{id}/scenarios");
        return Ok(see_other_saying(to, &Flash::success("Le scénario est supprimé.")));
    }
    app.write(move |tx| scenarios::adopt(tx, &actor, id, scenario)).await?;
    told(&app, id, "Le scénario est repris\u{a0}: c’est lui qui est proposé maintenant.", "")
}
