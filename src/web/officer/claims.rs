//! What a terminated grant was paid and did not spend, asked back: the computation is shown before the letter leaves.

use crate::{
    domain::{balances::Balance, ids::GrantId},
    store::{entropy, grants::GrantFile},
    usecases::{grant_papers::GrantPaper, recoveries},
    web::{
        App, Failure, Fields, Reply,
        audiences::{Payer, SignedIn},
        confirming::{Confirmation, Stands},
        flashes::see_other_saying,
        pages::{FieldErrors, Flash, NavLink},
        parts::{Action, Press, Weight},
        sendings::{Sent, send},
    },
};
use actix_web::web::{Data, Path};

const LABEL: &str = "Demander le reversement";

/// The button on the page of a terminated grant, for whoever may ask.
pub(super) fn action(paper: &GrantPaper) -> Option<Action> {
    let judged = paper.claim.as_ref()?;
    Some(Action {
        label: LABEL.to_owned(),
        href: format!("/suivi/{}/reversement", paper.file.grant.id),
        weight: Weight::Primary,
        refusal: judged.as_ref().err().map(ToString::to_string),
        press: Press::Asks,
    })
}

fn question(who: &SignedIn, (file, balance): &(GrantFile, Balance)) -> Result<Confirmation, Failure> {
    let (grant, title) = (&file.grant, &file.project.title);
    let home = format!("/suivi/{}", grant.id);
    let mut consequences: Vec<String> =
        balance.lines_to_request().into_iter().map(|(label, amount)| format!("{label}\u{a0}: {amount}.")).collect();
    consequences.push(format!(
        "À reverser\u{a0}: {}. Aucune somme n’est laissée à la structure\u{a0}: le projet n’est pas mené à son terme.",
        balance.to_return
    ));
    consequences.push("La lettre de demande part aussitôt par courriel, avec le motif de la résiliation.".to_owned());
    Ok(Confirmation {
        chrome: who.chrome(),
        way: vec![NavLink::new("/suivi", "Suivi des subventions"), NavLink::new(&home, title)],
        title: LABEL.to_owned(),
        lead: format!("{title}, {}.", file.holder.name),
        consequences,
        standing: Stands { version: grant.version, is_final: true },
        action: format!("{home}/reversement"),
        hidden: Vec::new(),
        choice: None,
        motive: None,
        token: entropy::form_token()?,
        errors: FieldErrors::none(),
    })
}

/// Shows what would be asked back, and how it is computed.
pub async fn ask(app: Data<App>, who: Payer, id: Path<GrantId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let found = app.read(move |conn| recoveries::claim_for(conn, &actor, id)).await?;
    Ok(question(&who, &found)?.shown())
}

/// Asks it back.
pub async fn claim(app: Data<App>, who: Payer, id: Path<GrantId>, form: Fields) -> Reply {
    let (id, actor, version, now) = (id.into_inner(), who.actor.clone(), form.version(), app.now());
    let home = format!("/suivi/{id}");
    let sent = Sent::new(&app, &who, &form, &format!("{home}/reversement"), &home);
    let to = send(&app, sent, move |tx| recoveries::claim(tx, &actor, id, version, now).map(drop)).await?;
    Ok(see_other_saying(to, &Flash::success("La demande de reversement part par courriel.")))
}
