//! A report that is no longer asked for: the management says why, and is told what it costs.

use crate::{
    domain::{
        ids::ReportId,
        lifecycles::reports::{Report, ReportEvent},
        reports::ReportKind,
        time::Moment,
    },
    store::Conn,
    usecases::{
        Actor, Outcome,
        advance::{Object, Standing},
        reports::{self, ReportPaper},
    },
    web::{
        App, Failure, Reply,
        audiences::Staff,
        confirming::{Confirmation, Stands},
        pages::NavLink,
        reports as words,
    },
};
use actix_web::web::{Data, Path};

fn load(conn: &mut Conn, actor: &Actor, id: ReportId, now: Moment) -> Outcome<(ReportPaper, Standing<Report>)> {
    let mut standing = Report::look(conn, id, actor, now)?;
    standing.facts.reason = Some(String::new());
    Ok((reports::paper(conn, actor, id)?, standing))
}

pub(super) async fn question(app: &App, who: &Staff, id: ReportId) -> Result<Confirmation, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (paper, standing) = app.read(move |conn| load(conn, &actor, id, now)).await?;
    let stands = Stands::before(&standing, ReportEvent::Waive)?;
    let (row, home) = (&paper.report, format!("/suivi/bilans/{id}"));
    let way = vec![
        NavLink::new("/suivi", "Suivi des subventions"),
        NavLink::new(format!("/suivi/{}", row.grant_id), &paper.grant.project.title),
        NavLink::new(&home, words::title(row)),
    ];
    let cost = match row.kind {
        ReportKind::Final => "Sans bilan final, la subvention est due en entier.",
        _ => "Les versements qui attendaient ce bilan ne l’attendent plus.",
    };
    let said = ["Ce bilan n’est plus demandé. Ce qui est commencé n’est pas lu.", cost, "L’organisation est prévenue."];
    let lead = format!("{}, {}.", words::title(row), paper.grant.project.title);
    let page = Confirmation::about(who.chrome(), way, ReportEvent::Waive, stands, format!("{home}/dispense"))?;
    Ok(page.saying(lead, &said).with_motive("L’organisation lit ces mots."))
}

/// Asks before a report is waived.
pub async fn ask(app: Data<App>, who: Staff, id: Path<ReportId>) -> Reply {
    Ok(question(&app, &who, id.into_inner()).await?.shown())
}
