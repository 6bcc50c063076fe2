//! The ends of a grant, asked about before they come.

use crate::{
    domain::{
        ids::GrantId,
        lifecycles::grants::{Grant, GrantEvent},
        time::Moment,
    },
    store::Conn,
    usecases::{
        Actor, Outcome,
        advance::{Object, Standing},
        grant_papers::{self, GrantPaper},
    },
    web::{
        App, Failure, Reply,
        audiences::Staff,
        confirming::{Confirmation, Stands},
        pages::NavLink,
    },
};
use actix_web::web::{Data, Path};

/// Whether the team is asked once more before this happens.
pub(super) const fn is_asked(event: GrantEvent) -> bool {
    matches!(event, GrantEvent::Terminate | GrantEvent::Close | GrantEvent::Lapse)
}

fn load(conn: &mut Conn, actor: &Actor, id: GrantId, now: Moment) -> Outcome<(GrantPaper, Standing<Grant>)> {
    let paper = grant_papers::find(conn, actor, id, now)?;
    // Judged as it will be once the motive is written.
    let mut standing = Grant::look(conn, id, actor, now)?;
    standing.facts.reason = Some(String::new());
    Ok((paper, standing))
}

pub(super) async fn question(app: &App, who: &Staff, id: GrantId, event: GrantEvent) -> Result<Confirmation, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (paper, standing) = app.read(move |conn| load(conn, &actor, id, now)).await?;
    let stands = Stands::before(&standing, event)?;
    let (title, home) = (&paper.file.project.title, format!("/suivi/{id}"));
    let way = vec![NavLink::new("/suivi", "Suivi des subventions"), NavLink::new(&home, title)];
    let lead = format!("{title}, {}, {}.", paper.file.holder.name, paper.file.grant.amount_cents);
    let page = Confirmation::about(who.chrome(), way, event, stands, format!("{home}/{}", event.code()))?;
    Ok(match event {
        GrantEvent::Terminate => page
            .saying(
                lead,
                &[
                    "Les versements prévus sont annulés. Ceux qui sont autorisés le sont aussi et quittent leur lot\u{a0}; un \
                     trop-perçu qui en était déduit est de nouveau à reverser.",
                    "Ce qui est déjà versé et que des dépenses acceptées ne couvrent pas pourra ensuite être redemandé, depuis \
                     la page de la subvention.",
                    "La somme qui n’est pas versée retourne à l’enveloppe de l’appel.",
                    "L’organisation est prévenue par courriel et lit votre motif.",
                ],
            )
            .with_motive("L’organisation lit ces mots."),
        GrantEvent::Lapse => page.saying(
            lead,
            &[
                "L’offre est close\u{a0}: l’organisation ne peut plus l’accepter. Elle est prévenue par courriel.",
                "La somme retourne à l’enveloppe de l’appel, et peut aller au premier dossier de la liste d’attente.",
            ],
        ),
        _ => page.saying(
            lead,
            &[
                "Plus rien n’est dû, ni à l’organisation ni par elle.",
                "L’organisation est prévenue par courriel. La subvention reste lisible.",
            ],
        ),
    })
}

/// Asks before a grant ends.
pub async fn ask(app: Data<App>, who: Staff, path: Path<(GrantId, String)>) -> Reply {
    let (id, code) = path.into_inner();
    let event = code.parse::<GrantEvent>().ok().filter(|event| is_asked(*event)).ok_or(Failure::NotFound)?;
    Ok(question(&app, &who, id, event).await?.shown())
}
