//! The pages in a browser, on a phone and on a desk: nothing sticks out, nothing keeps anybody out.

use super::{NAME, Stage, team};
use crate::support::{
    browser::{
        Browser,
        Step::{self, Audit, Become, Click, Expect, Goto, Reflow, Screenshot},
    },
    grants::{Grantee, IBANS},
};
use tisserand::{
    domain::{amendments::AmendmentKind, ids::LoginLinkId, money::Euros, reports::ReportKind},
    store::{StoreError, answers, people, reports as rows},
    usecases::{Actor, Outcome, UseCaseError, amendments, login_links, own_passwords::FORGOTTEN, reports},
};

/// The address that signs somebody in.
pub(super) fn door(stage: &Stage, actor: &Actor) -> String {
    door_to(stage, actor, "/compte")
}

/// The same, leading on to this path.
pub(super) fn door_to(stage: &Stage, actor: &Actor, path: &str) -> String {
    use diesel::prelude::*;
    use tisserand::store::schema::login_links::dsl;
    let now = stage.paying.now;
    let open = |tx: &mut tisserand::store::Tx| -> Outcome<String> {
        let person = people::find(tx.conn(), actor.person.unwrap())?;
        match path {
            FORGOTTEN => login_links::ask_forgotten(tx, &person.email, now)?,
            path => login_links::ask(tx, &person.email, path, now)?,
        }
        let newest = dsl::login_links.filter(dsl::person_id.eq(person.id)).order(dsl::id.desc()).select(dsl::id);
        let id: LoginLinkId = newest.first(tx.conn()).map_err(StoreError::from).map_err(UseCaseError::from)?;
        login_links::arm(tx, id, now)
    };
    stage.paying.does(open).unwrap()
}

/// A budget such as people write.
fn budget(stage: &Stage, grantee: &Grantee) {
    let application = stage.paying.grant(grantee.grant).application_id;
    let line = |(position, (account, side, label, planned)): (usize, (&str, &str, &str, i64))| answers::BudgetLineRow {
        application_id: application,
        position: i32::try_from(position).unwrap(),
        account: account.into(),
        side: side.into(),
        label: label.into(),
        planned_cents: Euros::whole(planned),
        is_eligible: side == "expense" && account != "64.1",
        is_secured: true,
        ineligible_cents: Euros::ZERO,
    };
    let lines = [
        ("60.2", "expense", "Plants, terreau et outils", 4_200),
        ("61.1", "expense", "Location de la salle des fêtes", 1_350),
        ("62.4", "expense", "Voyage de trois jardiniers de Ziguinchor", 6_450),
        ("64.1", "expense", "Coordination du projet", 8_000),
        ("74.4", "income", "Ville de Lille", 6_000),
        ("75.6", "income", "Cotisations", 4_000),
    ];
    let rows: Vec<_> = lines.into_iter().enumerate().map(line).collect();
    stage.paying.does(|tx| Ok(answers::set_budget(tx, application, &rows)?)).unwrap();
}

/// Looks at a page: kept as a picture, audited, never wider than the screen.
pub(super) fn look(path: &str, name: &str) -> Vec<Step> {
    vec![Goto(path.into()), Screenshot(name.into()), Reflow, Audit]
}

fn report(stage: &Stage, kind: ReportKind) -> rows::ReportRow {
    let all = stage.paying.db.read(|conn| rows::of_grant(conn, stage.grantee.grant)).unwrap();
    all.into_iter().find(|row| row.kind == kind).unwrap()
}

pub(super) async fn walk(browser: Browser, name: &'static str, base: String, steps: Vec<Step>) {
    let walk = actix_web::rt::task::spawn_blocking(move || browser.walk(name, &base, &steps).map(drop));
    walk.await.unwrap().unwrap_or_else(|story| panic!("{story}"));
}

pub(super) fn enter(stage: &Stage, who: &str, actor: &Actor) -> Vec<Step> {
    vec![Become(who.into()), Goto(door(stage, actor)), Click("Entrer".into()), Expect("Se déconnecter".into())]
}

#[actix_web::test]
async fn the_holder_walks_from_the_offer_to_the_report() {
    let Some(browser) = Browser::open() else { return };
    let stage = Stage::of(10_000);
    let home = stage.home();
    let mut steps = enter(&stage, "porteuse", &stage.grantee.holder);
    steps.extend(look("/subventions", "subventions"));
    steps.extend(look(&home, "subvention-offre"));
    steps.extend(look(&format!("{home}/refus"), "subvention-refus"));
    steps.push(Goto(home.clone()));
    steps.push(Click("Accepter la subvention".into()));
    steps.push(Expect("La subvention est acceptée".into()));
    steps.extend(look(&stage.account(), "compte"));
    steps.extend(look(&format!("{home}/avenants"), "avenant"));
    walk(browser, "holder", stage.site.base.clone(), steps).await;
}

#[actix_web::test]
async fn the_holder_and_the_team_read_a_grant_on_its_way() {
    let Some(browser) = Browser::open() else { return };
    let stage = Stage::of(10_000);
    budget(&stage, &stage.grantee);
    let (home, now, id) = (stage.home(), stage.paying.now, stage.grantee.grant);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    stage.paying.pay(stage.paying.prepare(&[stage.paying.payments(id)[0].id]));
    let asked = amendments::AmendmentForm {
        new_ends_on: Some("2028-03-31".parse().unwrap()),
        ..amendments::AmendmentForm::new(
            AmendmentKind::Duration,
            "Reporter la fête de clôture au printemps.",
            "La salle des fêtes est en travaux jusqu’en février.",
        )
    };
    stage.paying.does(|tx| amendments::request(tx, &stage.grantee.holder, id, &asked, now)).unwrap();
    team::file(&stage, ReportKind::Interim, 1_800);
    let last = report(&stage, ReportKind::Final).id;
    stage.paying.does(|tx| reports::start(tx, &stage.grantee.holder, last, 0, now).map(drop)).unwrap();
    let interim = report(&stage, ReportKind::Interim).id;
    let mut steps = enter(&stage, "porteuse", &stage.grantee.holder);
    steps.extend(look(&home, "subvention-en-cours"));
    steps.extend(look(&format!("{home}/bilans/{last}"), "bilan-a-remplir"));
    steps.extend(look(&format!("{home}/bilans/{interim}"), "bilan-depose"));
    steps.extend(look(&stage.account(), "compte-a-changer"));
    steps.extend(enter(&stage, "officier", &stage.paying.officer));
    steps.extend(look("/suivi", "suivi"));
    steps.extend(look(&format!("/suivi/{id}"), "suivi-subvention"));
    steps.extend(look(&format!("/suivi/bilans/{interim}"), "suivi-bilan"));
    walk(browser, "grant", stage.site.base.clone(), steps).await;
}

#[actix_web::test]
async fn what_an_officer_wrote_about_a_report_is_there_again_after_a_closed_tab_until_it_is_sent() {
    let Some(browser) = Browser::open() else { return };
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    team::file(&stage, ReportKind::Interim, 1_800);
    let page = format!("/suivi/bilans/{}", report(&stage, ReportKind::Interim).id);
    let (area, words) = ("css=#champ-motif".to_owned(), "Les factures de la salle manquent.".to_owned());
    let mut steps = enter(&stage, "officier", &stage.paying.officer);
    steps.extend([Goto(page.clone()), Step::Fill(area.clone(), words.clone()), Step::CloseTab]);
    steps.extend([Goto(page), Step::Holds(area, words), Expect("Texte retrouvé sur cet appareil".into()), Audit]);
    walk(browser, "kept-correction", stage.site.base.clone(), steps).await;
}

#[actix_web::test]
async fn what_an_officer_wrote_about_more_time_is_kept_until_it_is_sent() {
    let Some(browser) = Browser::open() else { return };
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let row = report(&stage, ReportKind::Final);
    let (page, later) = (format!("/suivi/bilans/{}", row.id), row.due_on + chrono::Duration::days(60));
    let (area, words) = ("css=#champ-delai".to_owned(), "La salle a fermé.".to_owned());
    let mut steps = enter(&stage, "officier", &stage.paying.officer);
    steps.extend([Goto(page.clone()), Step::Fill(area.clone(), words.clone()), Step::CloseTab]);
    steps.extend([
        Goto(page.clone()),
        Step::Holds(area.clone(), words),
        Expect("Texte retrouvé sur cet appareil".into()),
    ]);
    steps.push(Step::Fill("css=#champ-jusqu_au".into(), later.to_string()));
    steps.extend([Click("Donner ce délai".into()), Expect("L’organisation est prévenue.".into())]);
    steps.extend([Goto(page), Step::Holds(area, String::new()), Step::Absent("Texte retrouvé".into())]);
    walk(browser, "kept-extension", stage.site.base.clone(), steps).await;
}
