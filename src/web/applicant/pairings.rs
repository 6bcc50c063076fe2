//! The other half of a pair: seated by hand, or looked for by the team.

use super::applications::refused;
use crate::{
    domain::{
        ids::{ApplicationId, OrganisationId},
        pairings::LONGEST_WISH,
    },
    store::{Tx, organisations::OrganisationRow, pairings::WishRow},
    usecases::{
        UseCaseError,
        answers::{self, Content},
        organisations, pairings,
    },
    web::{App, Failure, Fields, Reply, audiences::Applicant, flashes::see_other_saying, pages::Flash, parts::Choice},
};
use actix_web::web::{Data, Path};

/// The other half of the pair, on the page of a draft.
pub(super) struct PairPanel {
    pub label: String,
    pub help: String,
    pub partner: String,
    pub choices: Vec<Choice>,
    /// What was asked of the team, and since when; nothing while nothing was.
    pub wanted: Option<(String, String)>,
    pub wish: String,
    pub wish_help: String,
}

/// The panel of a call of pairs, for whoever writes in the file; `typed` is what was refused.
pub(super) fn panel(
    content: &Content,
    wanted: Option<&WishRow>,
    mine: &[OrganisationRow],
    typed: &str,
    writes: bool,
) -> Option<PairPanel> {
    let pair = content.definition.pair.as_ref().filter(|_| writes)?;
    let fits =
        |row: &&OrganisationRow| pair.partner_forms.contains(&row.legal_form) && row.id != content.organisation.id;
    let known = mine.iter().filter(fits).map(|row| (row.id.to_string(), row.name.clone()));
    Some(PairPanel {
        label: pair.partner_label.clone(),
        help: pair.help.clone(),
        partner: content.partner.as_ref().map(|row| row.name.clone()).unwrap_or_default(),
        choices: Choice::list(known, &[]),
        wanted: wanted.map(|row| (row.wish.clone(), row.asked_at.french())),
        wish: typed.to_owned(),
        wish_help: format!(
            "Qui vous êtes, quel niveau ou quel sujet, quand. Aucun nom d’élève. {LONGEST_WISH} caractères au plus."
        ),
    })
}

/// Seats the other half of the pair.
pub async fn join(app: Data<App>, who: Applicant, id: Path<ApplicationId>, form: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let partner: OrganisationId = form.text("partenaire").parse().map_err(|_| Failure::NotFound)?;
    app.write(move |tx| {
        organisations::find(tx.conn(), &actor, partner)?;
        answers::join_partner(tx, &actor, id, partner, now)
    })
    .await?;
    Ok(see_other_saying(format!("/dossiers/{id}"), &Flash::success("Le binôme est complet.")))
}

/// Asks the team to find the other half.
pub async fn look(app: Data<App>, who: Applicant, id: Path<ApplicationId>, form: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let (words, typed) = (form.text("souhait").to_owned(), form.text("souhait").to_owned());
    match app.write(move |tx: &mut Tx| pairings::ask(tx, &actor, id, &words, now)).await {
        Ok(()) => {
            let flash = Flash::success("C’est noté\u{a0}: notre équipe cherche l’autre moitié de votre binôme.");
            Ok(see_other_saying(format!("/dossiers/{id}"), &flash))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => refused(&app, &who, id, &typed, wrong).await,
        Err(failure) => Err(failure),
    }
}

/// Looks no longer.
pub async fn stop(app: Data<App>, who: Applicant, id: Path<ApplicationId>) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    app.write(move |tx: &mut Tx| pairings::stop(tx, &actor, id, now)).await?;
    let flash = Flash::success("Notre équipe ne cherche plus et ne voit plus votre brouillon.");
    Ok(see_other_saying(format!("/dossiers/{id}"), &flash))
}
