//! Withdrawing an application: what that means, before it happens.

use super::applications::named;
use crate::{
    domain::{
        ids::ApplicationId,
        lifecycles::applications::{Application, ApplicationEvent, ApplicationState},
        organisations::Right,
        time::Moment,
    },
    store::{Conn, StoreError},
    usecases::{
        Actor, Outcome,
        advance::{Object, Standing},
        answers::{self, Content},
        applications, organisations,
    },
    web::{
        App, Reply,
        audiences::Applicant,
        confirming::{Confirmation, Stands},
        pages::NavLink,
    },
};
use actix_web::web::{Data, Path};

fn load(conn: &mut Conn, actor: &Actor, id: ApplicationId, now: Moment) -> Outcome<(Content, Standing<Application>)> {
    let content = answers::find(conn, actor, id)?;
    let parties = [Some(content.row.organisation_id), content.row.partner_organisation_id];
    let parties: Vec<_> = parties.into_iter().flatten().collect();
    if !organisations::may(conn, actor, &parties, Right::Read)? {
        return Err(StoreError::NotFound.into());
    }
    applications::must_not_rest(conn, id)?;
    Ok((content, Application::look(conn, id, actor, now)?))
}

/// What is lost, from where the file stands.
fn consequences(state: ApplicationState, is_open: bool) -> Vec<&'static str> {
    let first = match state {
        ApplicationState::Draft => "Ce brouillon ne pourra plus être complété ni déposé.",
        _ => {
            "Votre dossier n’est plus candidat\u{a0}: il ne sera ni évalué, ni retenu. L’équipe du fonds est prévenue."
        }
    };
    let again = match is_open {
        true => "L’appel est encore ouvert\u{a0}: votre organisation pourra commencer un autre dossier, vide.",
        false => "L’appel est fermé\u{a0}: votre organisation ne pourra pas déposer d’autre dossier.",
    };
    vec![first, again, "Vos réponses et vos pièces restent lisibles sur la page du dossier."]
}

/// Says what a withdrawal means and asks once more.
pub async fn ask(app: Data<App>, who: Applicant, id: Path<ApplicationId>) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let (content, standing) = app.read(move |conn| load(conn, &actor, id, now)).await?;
    let stands = Stands::before(&standing, ApplicationEvent::Withdraw)?;
    let (title, home) = (named(&content.row.title), format!("/dossiers/{id}"));
    let way = vec![NavLink::new("/dossiers", "Mes dossiers"), NavLink::new(&home, &title)];
    let lead = format!("{title}, {}, déposé par {}.", content.row.reference, content.organisation.name);
    let lead = if standing.state == ApplicationState::Draft { lead.replace(", déposé par ", ", de ") } else { lead };
    let action = format!("{home}/retrait");
    let page = Confirmation::about(who.chrome(), way, ApplicationEvent::Withdraw, stands, action)?;
    Ok(page.saying(lead, &consequences(standing.state, content.call.is_open(now))).shown())
}
