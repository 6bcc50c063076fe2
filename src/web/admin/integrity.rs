//! The promises that must always hold, asked now.

use crate::{
    usecases::integrity::{self, Invariant},
    web::{
        App, Reply,
        audiences::Auditor,
        pages::{Chrome, render},
    },
};
use actix_web::web::Data;
use askama::Template;

#[derive(Template)]
#[template(path = "admin/integrity.html")]
struct IntegrityPage {
    chrome: Chrome,
    promises: Vec<Promise>,
    do_all_hold: bool,
}

/// One promise and what was found.
struct Promise {
    words: &'static str,
    checked: i64,
    holds: bool,
    examples: Vec<String>,
}

/// The promise in the words of the page.
fn words(promise: &Invariant) -> &'static str {
    match promise.number {
        1 if promise.name.starts_with("no axis") => "Aucun axe ne dépasse le plafond qui lui est fixé",
        1 => "Aucune enveloppe n’est dépassée\u{a0}: réservé ≥ engagé ≥ autorisé ≥ versé",
        2 => "Les versements font le montant de la subvention, et leurs parts celui du versement",
        3 if promise.name.starts_with("no IBAN") => "Aucun IBAN n’est en clair dans la base",
        3 => "Rien n’est payé sans ses conditions, ni par une seule personne",
        4 if promise.name.starts_with("each confirmed line") => {
            "Chaque ligne de relevé confirmée a fait ce qu’elle dit, une fois"
        }
        4 => "Le journal des fonds ne se corrige que par contre-écriture",
        5 => "L’état de chaque objet est celui que raconte son historique",
        6 => "Le solde est ce que laissent les dépenses acceptées, ou un trop-perçu est demandé",
        7 => "Une organisation n’a qu’un dossier vivant par appel",
        8 => "Personne n’a noté un dossier dont il s’est déporté",
        9 => "Chaque courriel vient d’une étape, une fois par destinataire",
        _ => "L’historique est une chaîne d’empreintes sans rupture",
    }
}

/// Asks every promise and shows what was found.
pub async fn show(app: Data<App>, who: Auditor) -> Reply {
    let promises = app.read(|conn| integrity::check(conn, None, &mut |_| {})).await?;
    let told = |promise: Invariant| Promise {
        words: words(&promise),
        checked: promise.tally.checked,
        holds: promise.tally.broken == 0,
        examples: promise.tally.examples,
    };
    let promises: Vec<_> = promises.into_iter().map(told).collect();
    let do_all_hold = promises.iter().all(|promise| promise.holds);
    Ok(render(&IntegrityPage { chrome: who.chrome(), promises, do_all_hold }))
}
