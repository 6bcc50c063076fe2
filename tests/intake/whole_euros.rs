//! A call that counts in whole euros refuses cents beside the line, typed, saved by itself or pasted, and shows none.

use super::{
    field_saves::{PAGE, pen},
    pages::text,
};
use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, open, person},
    site::Site,
};
use tisserand::{
    domain::{budgets::BudgetUnit, ids::ApplicationId, roles::Role},
    store::Tx,
    usecases::{Actor, applications},
};

/// An empty draft in a call that counts so.
fn draft(world: &Programme) -> (Actor, ApplicationId) {
    let who = person(&world.db, "Awa Diop", Role::Applicant);
    let organisation = world.organisation(&who, 1);
    let start = |tx: &mut Tx| applications::start(tx, &who, world.call, organisation, open());
    let id = world.db.write(start).unwrap();
    (who, id)
}

#[actix_web::test]
async fn cents_are_refused_beside_the_line_and_whole_amounts_shown_without_decimals() {
    for db in each_database() {
        let world = Programme::with(db, |call| call.amount.unit = BudgetUnit::Euro);
        let (who, id) = draft(&world);
        let site = Site::over(&world.db, open());
        let (cookie, path) = (site.cookie_of(&who), format!("/dossiers/{id}/rubriques/budget"));
        let typed = [("montant-60.2", "1 250,50"), ("montant-74.4", "800,00")];
        let page = text(site.post(&cookie, &path, &typed).await, 422).await;
        let said = page.split("id=\"erreur-montant-60.2\"").nth(1).unwrap().split("</span></th>").next().unwrap();
        let said = said.replace(['\u{a0}', '\u{202f}'], " ");
        assert!(
            said.contains("euros entiers, sans centimes : écrivez 1 250 € ou 1 251 €, et non 1 250,50 €."),
            "{said}"
        );
        assert!(page.contains("value=\"1 250,50\""), "what was typed stays: {page}");
        assert!(
            page.contains("name=\"montant-74.4\" value=\"800\""),
            "the other line is kept, without decimals: {page}"
        );
        assert!(page.contains("Montants en euros entiers, sans centimes."), "{page}");
        let pen = pen(&site, &cookie, &format!("/dossiers/{id}"), "budget", PAGE).await;
        let (_, answer) = pen.sends(1, "montant-60.2", "", &[("montant-60.2", "12,05")]).await;
        assert!(answer["wrong"].to_string().contains("euros entiers"), "{answer}");
        let (_, answer) = pen.sends(2, "montant-60.2", "", &[("montant-60.2", "12,00")]).await;
        assert_eq!(answer["wrong"].as_array().map(Vec::len), Some(0), "{answer}");
        let pasted = [("tableur", "60.1\t99,99\n62.3\t45"), ("suite", "coller")];
        let page = text(site.post(&cookie, &path, &pasted).await, 422).await;
        assert!(page.contains("1\u{a0}ligne comprise") && page.contains("1\u{a0}ligne n’est pas comprise"), "{page}");
    }
}

#[actix_web::test]
async fn a_call_that_says_nothing_counts_cents() {
    let world = Programme::on(sqlite());
    let (who, id) = draft(&world);
    let site = Site::over(&world.db, open());
    let (cookie, path) = (site.cookie_of(&who), format!("/dossiers/{id}/rubriques/budget"));
    site.post(&cookie, &path, &[("montant-60.2", "1 250,50")]).await;
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains("name=\"montant-60.2\" value=\"1250,50\"") && !page.contains("euros entiers"), "{page}");
}
