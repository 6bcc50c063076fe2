//! What the members of a committee have declared of their interests, and who owes it.

use crate::{
    domain::{
        text::counted,
        time::{Moment, french_date},
    },
    store::{Tx, entropy},
    usecases::{
        form_tokens,
        interests::{self, Board, MemberLine},
    },
    web::{
        App, Fields, Reply,
        audiences::Officer,
        flashes::see_other_saying,
        pages::{Chrome, Flash, NavLink, Tone, render},
        parts::Badge,
    },
};
use actix_web::web::{Data, Path};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/interests.html")]
struct BoardPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    call: String,
    href: String,
    token: String,
    sessions: Vec<String>,
    lines: Vec<Line>,
    owing: usize,
    owing_in_words: String,
}

struct Line {
    name: String,
    institution: String,
    yearly: Badge,
    detail: String,
    /// For each session, whether it was confirmed, and when.
    confirmed: Vec<(Badge, String)>,
    ties: Vec<String>,
}

fn line(line: &MemberLine, now: Moment) -> Line {
    let on = |at: Moment| french_date(at.paris_date());
    let (yearly, detail) = match (line.declared.until(now), line.declared.last) {
        (Some(until), Some(at)) => (
            Badge { tone: Tone::Success, label: format!("faite le {}", on(at)) },
            format!("vaut jusqu’au {}", french_date(until)),
        ),
        (_, Some(at)) => {
            (Badge { tone: Tone::Error, label: "à refaire".into() }, format!("la dernière est du {}", on(at)))
        }
        (_, None) => (Badge { tone: Tone::Error, label: "attendue".into() }, String::new()),
    };
    let confirmed = |at: &Option<Moment>| match at {
        Some(at) => (Badge { tone: Tone::Success, label: "confirmée".into() }, format!("le {}", at.french())),
        None => (Badge { tone: Tone::Warning, label: "attendue".into() }, String::new()),
    };
    let tie = |(tie, at): &(crate::domain::interests::Interest, chrono::NaiveDate)| {
        format!("{}\u{a0}: {} (déclaré le {})", tie.organisation, tie.words(), french_date(*at))
    };
    Line {
        name: line.member.name.clone(),
        institution: line.member.institution.clone(),
        yearly,
        detail,
        confirmed: line.confirmed.iter().map(confirmed).collect(),
        ties: line.declared.ties.iter().map(tie).collect(),
    }
}

fn address(reference: &str) -> String {
    format!("/appels-a-projets/{reference}/declarations")
}

fn page(who: &Officer, board: &Board, now: Moment, token: String) -> BoardPage {
    let reference = &board.call.reference;
    let owing = board.owing().count();
    BoardPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/appels-a-projets", "Appels à projets"),
            NavLink::new(format!("/appels-a-projets/{reference}"), &board.call.title),
        ],
        call: board.call.title.clone(),
        href: address(reference),
        token,
        sessions: board.sessions.iter().map(|row| row.title.clone()).collect(),
        lines: board.members.iter().map(|member| line(member, now)).collect(),
        owing,
        owing_in_words: counted(i64::try_from(owing).unwrap_or(i64::MAX), "personne", "personnes"),
    }
}

/// Who declared what, when, and who owes it.
pub async fn list(app: Data<App>, who: Officer, reference: Path<String>) -> Reply {
    let (actor, now, reference) = (who.actor.clone(), app.now(), reference.into_inner());
    let board = app.read(move |conn| interests::board(conn, &actor, &reference, now)).await?;
    Ok(render(&page(&who, &board, now, entropy::form_token()?)))
}

/// Reminds whoever owes a declaration, by mail.
pub async fn remind(app: Data<App>, who: Officer, reference: Path<String>, form: Fields) -> Reply {
    let (actor, person, now, reference) = (who.actor.clone(), who.id, app.now(), reference.into_inner());
    let href = address(&reference);
    let write = move |tx: &mut Tx| {
        let route = address(&reference);
        let sending = form_tokens::Sending { person, token: form.token(), route: &route, body: b"", now };
        form_tokens::once(tx, sending, |tx| {
            let count = interests::remind(tx, &actor, &reference, now)?;
            Ok(match count {
                0 => "Personne ne doit de déclaration.".to_owned(),
                1 => "Une personne reçoit un rappel par courriel.".to_owned(),
                n => format!("{n} personnes reçoivent un rappel par courriel."),
            })
        })
    };
    let said = app.write(write).await?;
    Ok(see_other_saying(href, &Flash::success(said)))
}
