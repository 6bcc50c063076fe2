//! My files: what is entrusted to me, how far I am, where to go on.

use super::{badge, read_declared};
use crate::{
    domain::{
        ids::CallId,
        lifecycles::reviews::ReviewState,
        mirrors::LEAST_OWN,
        paces::{self, Sitting},
        scoring::Score,
    },
    store::{
        Conn,
        minutes::Unsigned,
        own_reviews::{Shelf, Tally},
        reviews::OwnReview,
        sessions::SessionLine,
    },
    usecases::{
        Outcome, agendas,
        committee_mandates::{self, About},
        guests, minutes, review_sheets,
    },
    web::{
        App, Reply,
        audiences::Reviewer,
        deadlines::Deadline,
        flashes::see_other_saying,
        pages::{Chrome, Flash, render, see_other},
        parts::{Badge, Pager},
    },
};
use actix_web::web::{Data, Path, Query};
use askama::Template;
use chrono::NaiveDate;

#[derive(Template)]
#[template(path = "committee/reviews.html")]
struct ReviewsPage {
    chrome: Chrome,
    is_past: bool,
    calls: Vec<CallCard>,
    sessions: Vec<Meeting>,
    /// Minutes that wait for my signature.
    unsigned: Vec<Meeting>,
    /// Whether files wait to be read without a grid.
    is_guest: bool,
    /// The committees for which the yearly declaration is owed, in words.
    owed: String,
    lines: Vec<Line>,
    pager: Pager,
}

/// How far the reader is with one call.
struct CallCard {
    reference: String,
    title: String,
    fund: String,
    done: i64,
    all: i64,
    /// How long the rest will take; nothing while that is not known.
    pace: String,
    due: Option<Deadline>,
    begin: &'static str,
    /// Whether enough is handed in to compare it with the others.
    has_mirror: bool,
}

/// A session I am invited to.
struct Meeting {
    href: String,
    title: String,
    call: String,
    when: String,
    place: String,
}

fn meeting(row: SessionLine) -> Meeting {
    Meeting {
        href: format!("/comite/seances/{}", row.id),
        title: row.title,
        call: row.call_title,
        when: row.meets_at.french(),
        place: row.place,
    }
}

fn to_sign(row: Unsigned) -> Meeting {
    Meeting {
        href: format!("/comite/seances/{}/proces-verbal", row.session),
        title: row.title,
        call: row.call_title,
        when: row.meets_at.french(),
        place: String::new(),
    }
}

struct Line {
    href: String,
    reference: String,
    title: String,
    organisation: String,
    badge: Badge,
    score: String,
    due: Option<Deadline>,
}

/// Where the list goes on, and which one it is.
#[derive(Debug, serde::Deserialize)]
pub struct Place {
    apres: Option<String>,
    liste: Option<String>,
}

fn cards(tallies: &[Tally], sittings: &[(CallId, Sitting)], today: NaiveDate) -> Vec<CallCard> {
    let mut cards: Vec<CallCard> = Vec::new();
    for of_call in tallies.chunk_by(|a, b| a.call_id == b.call_id) {
        let Some(first) = of_call.first() else { continue };
        let is_in = |tally: &&Tally| tally.state == ReviewState::Submitted;
        let done: i64 = of_call.iter().filter(is_in).map(|tally| tally.count).sum();
        let all: i64 = of_call.iter().map(|tally| tally.count).sum();
        let known = sittings.iter().filter(|(call, _)| *call == first.call_id).map(|(_, sitting)| *sitting);
        let due = of_call.iter().filter(|tally| !is_in(tally)).filter_map(|tally| tally.due_on).min();
        cards.push(CallCard {
            reference: first.reference.clone(),
            title: first.title.clone(),
            fund: first.fund_code.clone(),
            done,
            all,
            pace: paces::left(all - done, &known.collect::<Vec<_>>()).unwrap_or_default(),
            due: due.map(|day| Deadline::before(day, today)),
            begin: if of_call.iter().all(|tally| tally.state == ReviewState::Assigned) {
                "Commencer"
            } else {
                "Reprendre au dossier suivant"
            },
            has_mirror: usize::try_from(done).is_ok_and(|done| done >= LEAST_OWN),
        });
    }
    cards
}

fn line(row: OwnReview, today: NaiveDate) -> Line {
    let is_in = row.state == ReviewState::Submitted;
    Line {
        href: format!("/comite/evaluations/{}", row.id),
        reference: row.reference,
        title: row.title,
        organisation: row.organisation,
        badge: badge(row.state),
        score: row.total.map(|total| format!("{} / 100", Score::from_hundredths(total))).unwrap_or_default(),
        due: row.due_on.filter(|_| !is_in).map(|day| Deadline::on(day, today)),
    }
}

/// The files entrusted to me.
pub async fn list(app: Data<App>, who: Reviewer, place: Query<Place>) -> Reply {
    let (actor, place) = (who.actor.clone(), place.into_inner());
    let (now, today) = (app.now(), app.now().paris_date());
    let is_past = place.liste.as_deref() == Some("passees");
    let shelf = if is_past { Shelf::Past } else { Shelf::Current };
    let after = place.apres.unwrap_or_default();
    let is_first = after.is_empty();
    let load = move |conn: &mut Conn| -> Outcome<_> {
        let listed = review_sheets::list(conn, &actor, shelf, &after, now)?;
        let owed = committee_mandates::owed_in_words(conn, &actor, now)?;
        let (unsigned, is_guest) = (minutes::to_sign(conn, &actor)?, guests::is_guest(conn, &actor)?);
        Ok((listed, agendas::invited(conn, &actor)?, unsigned, is_guest, owed))
    };
    let at = ("/comite".to_owned(), About::All);
    let (found, invited, unsigned, is_guest, owed) = read_declared(&app, &who, at, load).await?;
    let base = if is_past { "/comite?liste=passees" } else { "/comite?liste=en-cours" };
    let pager = Pager {
        first: (!is_first).then(|| base.to_owned()),
        next: found.next.as_ref().map(|reference| format!("{base}&apres={reference}")),
    };
    Ok(render(&ReviewsPage {
        chrome: who.chrome(),
        is_past,
        is_guest,
        owed,
        calls: cards(&found.tallies, &found.sittings, today),
        sessions: invited.into_iter().map(meeting).collect(),
        unsigned: unsigned.into_iter().map(to_sign).collect(),
        lines: found.rows.into_iter().map(|row| line(row, today)).collect(),
        pager,
    }))
}

/// Leads to the first file of a call that waits for me.
pub async fn go_on(app: Data<App>, who: Reviewer, call: Path<String>) -> Reply {
    let (actor, call) = (who.actor.clone(), call.into_inner());
    match app.read(move |conn| review_sheets::first_waiting(conn, &actor, &call)).await? {
        Some(id) => Ok(see_other(format!("/comite/evaluations/{id}"))),
        None => Ok(see_other_saying("/comite", &Flash::success("Plus aucun dossier de cet appel ne vous attend."))),
    }
}
