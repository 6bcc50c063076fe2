//! What cannot be taken back is asked about on a page that says what is lost; looking at it changes nothing.

use super::{field, text};
use crate::support::{
    databases::{each_database, sqlite},
    grants::Paying,
    programme::{Programme, closed, open},
    site::Site,
};
use tisserand::{
    domain::{
        lifecycle::is_final,
        lifecycles::{
            applications::{Application, ApplicationEvent, ApplicationState},
            bank_accounts::BankAccountState,
            calls::{Call, CallEvent, CallState},
            grants::{Grant, GrantEvent, GrantState},
            payment_runs::PaymentRunState,
            recoveries::RecoveryState,
            reports::ReportState,
        },
        messages::MessageKind,
        money::Euros,
        reports::ReportKind,
    },
    store::{bank_accounts, messages, payment_runs, recoveries, reports},
};

/// The mails of this kind about an object, as they are kept.
fn told(paying: &Paying, about: &str, kind: MessageKind) -> Vec<String> {
    let found = paying.db.read(|conn| messages::about(conn, about, 100)).unwrap();
    found.into_iter().filter(|mail| mail.kind == kind).map(|mail| mail.facts).collect()
}

/// Looks at the question, then answers it with `more`; gives the words of the page and the status of the answer.
async fn answer(site: &Site, cookie: &str, path: &str, more: &[(&str, &str)]) -> (String, reqwest::Response) {
    let page = text(site.get(cookie, path).await, 200).await;
    let (version, token) = (field(&page, "version"), field(&page, "token"));
    let mut fields = vec![("version", version.as_str()), ("token", token.as_str())];
    fields.extend_from_slice(more);
    let sent = site.post(cookie, path, &fields).await;
    (page, sent)
}

#[test]
fn the_table_says_what_cannot_be_undone() {
    assert!(is_final::<Application>(ApplicationState::Submitted, ApplicationEvent::Withdraw));
    assert!(!is_final::<Application>(ApplicationState::Submitted, ApplicationEvent::TakeBack));
    assert!(is_final::<Grant>(GrantState::Active, GrantEvent::Terminate));
    assert!(!is_final::<Grant>(GrantState::Active, GrantEvent::Suspend));
    assert!(is_final::<Call>(CallState::Draft, CallEvent::Publish));
}

#[actix_web::test]
async fn a_holder_reads_what_a_withdrawal_costs_before_it_happens() {
    for db in each_database() {
        let world = Programme::on(db);
        let (holder, filed) = world.filed(1, 3_000);
        let (other, draft) = world.complete(2, 3_000);
        let site = Site::over(&world.db, open());
        let (cookie, others) = (site.cookie_of(&holder), site.cookie_of(&other));
        let home = format!("/dossiers/{filed}");
        let page = text(site.get(&cookie, &home).await, 200).await;
        assert!(page.contains(&format!("href=\"{home}/retrait\"")) && !page.contains(&format!("action=\"{home}/ret")));
        let path = format!("{home}/retrait");
        assert_eq!(site.get(&others, &path).await.status(), 404, "somebody else's file");
        let looked = text(site.get(&cookie, &path).await, 200).await;
        for said in ["Retirer le dossier ?", "il ne sera ni évalué", "encore ouvert", "C’est définitif"] {
            assert!(looked.contains(said), "{said}: {looked}");
        }
        assert_eq!(world.application(filed).state, ApplicationState::Submitted, "looking changes nothing");
        let (_, done) = answer(&site, &cookie, &path, &[]).await;
        assert_eq!(done.status(), 303);
        assert_eq!(world.application(filed).state, ApplicationState::Withdrawn);
        assert!(text(site.get(&cookie, &path).await, 409).await.contains("l’état est « retiré »"));
        let page = text(site.get(&others, &format!("/dossiers/{draft}/retrait")).await, 200).await;
        assert!(page.contains("Ce brouillon ne pourra plus être complété ni déposé."), "{page}");
    }
}

#[actix_web::test]
async fn a_call_is_not_moved_nor_cancelled_by_one_click() {
    let world = Programme::on(sqlite());
    world.filed(1, 3_000);
    let site = Site::over(&world.db, closed());
    let (officer, director) = (site.cookie_of(&world.officer), site.cookie_of(&world.director));
    let home = format!("/appels-a-projets/{}", world.definition.reference);
    let page = text(site.get(&officer, &home).await, 200).await;
    assert!(page.contains(&format!("href=\"{home}/instruction\"")), "{page}");
    let refused = text(site.get(&director, &format!("{home}/annulation")).await, 409).await;
    assert!(refused.contains("Des dossiers sont déjà déposés"), "{refused}");
    let (page, done) = answer(&site, &officer, &format!("{home}/instruction"), &[]).await;
    assert!(page.contains("L’appel ne pourra plus être annulé.") && page.contains("C’est définitif"), "{page}");
    assert_eq!((done.status().as_u16(), world.call_row().state), (303, CallState::InReview));
    let early = text(site.get(&officer, &format!("{home}/deliberation")).await, 409).await;
    assert!(early.contains("Au moins un dossier attend encore une décision."), "{early}");
}

#[actix_web::test]
async fn a_grant_ends_only_after_the_question_and_a_motive() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, "Les Passeurs", Euros::whole(10_000));
        let site = Site::over(&paying.db, paying.now);
        let (director, officer) = (site.cookie_of(&paying.director), site.cookie_of(&paying.officer));
        let path = format!("/suivi/{}/terminate", grantee.grant);
        assert_eq!(site.get(&officer, &path).await.status(), 409, "only the management ends a grant");
        let (page, silent) = answer(&site, &director, &path, &[("motif", " ")]).await;
        assert!(page.contains("Les versements prévus sont annulés") && page.contains("C’est définitif"), "{page}");
        assert!(page.contains("un trop-perçu qui en était déduit est de nouveau à reverser"), "{page}");
        let silent = text(silent, 422).await;
        assert!(silent.contains("Écrivez le motif") && silent.contains("Résilier ?"), "{silent}");
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Active);
        let (_, done) = answer(&site, &director, &path, &[("motif", "Le projet est abandonné.")]).await;
        assert_eq!((done.status().as_u16(), paying.grant(grantee.grant).state), (303, GrantState::Terminated));
        paying.check();
    }
}

#[actix_web::test]
async fn a_run_an_account_and_a_debt_end_only_after_the_question_and_a_motive() {
    let (paying, grantee) = Paying::granted(sqlite(), "Les Passeurs", Euros::whole(10_000));
    let site = Site::over(&paying.db, paying.now);
    let (finance, director) = (site.cookie_of(&paying.finance), site.cookie_of(&paying.director));
    let run = paying.prepare(&[paying.payments(grantee.grant)[0].id]);
    let path = format!("/finances/lots/{run}/annulation");
    let (page, silent) = answer(&site, &finance, &path, &[]).await;
    assert!(page.contains("Le lot ne partira pas à la banque."), "{page}");
    assert!(text(silent, 422).await.contains("Annuler le lot ?"));
    assert_eq!(answer(&site, &finance, &path, &[("motif", "Mauvaise date.")]).await.1.status(), 303);
    let state = paying.db.read(|conn| payment_runs::find(conn, run)).unwrap().state;
    assert_eq!(state, PaymentRunState::Cancelled);

    paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
    paying.report(&grantee, ReportKind::Final, Euros::whole(1_000));
    let debt = paying.db.read(|conn| recoveries::of_grant(conn, grantee.grant)).unwrap()[0].id;
    let path = format!("/finances/trop-percus/{debt}/abandon");
    assert_eq!(site.get(&finance, &path).await.status(), 404, "the management alone gives money up");
    let (page, silent) = answer(&site, &director, &path, &[]).await;
    assert!(page.contains("n’est plus demandée à l’organisation") && page.contains("C’est définitif"), "{page}");
    text(silent, 422).await;
    assert_eq!(answer(&site, &director, &path, &[("motif", "L’association est dissoute.")]).await.1.status(), 303);
    let state = paying.db.read(|conn| recoveries::of_grant(conn, grantee.grant)).unwrap()[0].state;
    assert_eq!(state, RecoveryState::WrittenOff);
    let told = told(&paying, &debt.to_string(), MessageKind::RecoverySettled);
    assert!(told.len() == 1 && told[0].contains("ne vous demandons plus"), "whoever owed it is told: {told:?}");

    let account = paying.db.read(|conn| bank_accounts::open_of(conn, grantee.organisation)).unwrap()[0].id;
    let path = format!("/finances/comptes/{account}/fermeture");
    let (page, done) = answer(&site, &finance, &path, &[("motif", "Fraude.")]).await;
    assert!(page.contains("Ce compte ne resservira pas.") && page.contains("C’est définitif"), "{page}");
    let state = paying.db.read(|conn| bank_accounts::find(conn, account)).unwrap().state;
    assert_eq!((done.status().as_u16(), state), (303, BankAccountState::Closed));
    paying.check();
}

#[actix_web::test]
async fn a_report_is_waived_after_the_question_and_a_motive() {
    let (paying, grantee) = Paying::granted(sqlite(), "Les Passeurs", Euros::whole(10_000));
    let site = Site::over(&paying.db, paying.now);
    let director = site.cookie_of(&paying.director);
    let all = paying.db.read(|conn| reports::of_grant(conn, grantee.grant)).unwrap();
    let last = all.iter().find(|row| row.kind == ReportKind::Final).unwrap().id;
    let path = format!("/suivi/bilans/{last}/dispense");
    let (page, silent) = answer(&site, &director, &path, &[]).await;
    assert!(page.contains("la subvention est due en entier"), "{page}");
    assert!(text(silent, 422).await.contains("Écrivez le motif"));
    assert_eq!(answer(&site, &director, &path, &[("motif", "Force majeure.")]).await.1.status(), 303);
    let state = paying.db.read(|conn| reports::find(conn, last)).unwrap().state;
    assert_eq!(state, ReportState::Waived);
    let told = told(&paying, &last.to_string(), MessageKind::ReportWaived);
    assert!(
        told.len() == 1 && told[0].contains("Force majeure."),
        "the organisation is told, as the page says: {told:?}"
    );
}
