//! From the authorisation to the bank line, with the buttons people press.

use super::{Desk, NAME, field, led_to, text};
use crate::support::grants::IBANS;
use tisserand::{
    domain::{
        lifecycles::{disbursements::DisbursementState, payment_runs::PaymentRunState},
        messages::MessageKind,
        money::Euros,
        reports::ReportKind,
        time::french_date,
    },
    store::{bank_accounts, digests, messages, payment_runs as runs},
};

fn notices(desk: &Desk) -> usize {
    let queued = tisserand::domain::lifecycles::messages::MessageState::Queued;
    let mails = desk.paying.db.read(|conn| messages::in_state(conn, queued, 500)).unwrap();
    mails.iter().filter(|mail| mail.kind == MessageKind::PaymentNotice).count()
}

#[actix_web::test]
async fn several_payments_are_authorised_by_one_form_and_the_second_click_changes_nothing() {
    let desk = Desk::open();
    let page = desk.page(&desk.finance, "/finances/versements", 200).await;
    assert!(page.contains("Peuvent partir") && page.contains("L’acceptation du bilan"), "{page}");
    let (token, first) = (field(&page, "token"), field(&page, "versement"));
    let form = [("token", token.as_str()), ("versement", first.as_str())];
    for _ in 0..2 {
        let sent = desk.door.post(&desk.finance, "/finances/versements/autorisation", &form).await;
        assert_eq!(led_to(&sent), "/finances/versements?etat=authorised");
    }
    let row = &desk.paying.payments(desk.grantee.grant)[0];
    assert_eq!((row.state, row.version), (DisbursementState::Authorised, 1));
    let later = desk.paying.payments(desk.grantee.grant)[1].id;
    let (from, to) = (format!("/finances/versements/{later}"), "/finances/versements/autorisation");
    let sent = desk.send(&desk.finance, &from, to, &[("etat", "planned")]).await;
    assert!(text(sent, 422).await.contains("Choisissez au moins un versement."));
}

#[actix_web::test]
async fn a_payment_that_waits_is_refused_by_name_and_none_of_the_others_passes() {
    let desk = Desk::open();
    let page = desk.page(&desk.finance, "/finances/versements", 200).await;
    let rows = desk.paying.payments(desk.grantee.grant);
    let (due, early) = (field(&page, "versement"), format!("{}:0", rows[2].id));
    let token = field(&page, "token");
    let form = [("token", token.as_str()), ("versement", due.as_str()), ("versement", early.as_str())];
    let sent = desk.door.post(&desk.finance, "/finances/versements/autorisation", &form).await;
    let words = text(sent, 409).await;
    assert!(words.contains(NAME) && words.contains("versement nº 3"), "{words}");
    assert_eq!(desk.paying.payments(desk.grantee.grant)[0].state, DisbursementState::Planned);
}

#[actix_web::test]
async fn a_payment_is_held_back_for_a_reason_and_let_go_again() {
    let desk = Desk::open();
    let row = &desk.paying.payments(desk.grantee.grant)[1];
    let path = format!("/finances/versements/{}", row.id);
    let refused = desk.send(&desk.finance, &path, &format!("{path}/retenue"), &[("motif", " ")]).await;
    assert!(text(refused, 422).await.contains("Écrivez le motif"));
    led_to(&desk.send(&desk.finance, &path, &format!("{path}/retenue"), &[("motif", "Bilan douteux")]).await);
    let held = desk.page(&desk.finance, "/finances/versements?etat=withheld", 200).await;
    assert!(held.contains("Bilan douteux"), "{held}");
    led_to(&desk.send(&desk.finance, &path, &format!("{path}/reprise"), &[]).await);
    assert_eq!(desk.paying.payments(desk.grantee.grant)[1].state, DisbursementState::Planned);
}

#[actix_web::test]
async fn whoever_prepared_a_run_sees_a_dead_button_and_cannot_approve_by_its_address() {
    let desk = Desk::open();
    let (run, sentence) = (desk.run(), "Une autre personne que celle qui a préparé le lot doit l’approuver.");
    let path = format!("/finances/lots/{run}");
    let page = desk.page(&desk.finance, &path, 200).await;
    assert!(page.contains(sentence) && page.contains("disabled>Approuver le lot"), "{page}");
    let sent = desk.send(&desk.finance, &format!("{path}/annulation"), &format!("{path}/approbation"), &[]).await;
    assert!(text(sent, 409).await.contains(sentence));
    let kept = desk.paying.db.read(|conn| runs::find(conn, run)).unwrap();
    assert_eq!((kept.state, kept.approved_by), (PaymentRunState::Open, None));
}

#[actix_web::test]
async fn a_run_goes_through_two_people_once_however_often_they_click() {
    let desk = Desk::open();
    let run = desk.run();
    let path = format!("/finances/lots/{run}");
    let twice = async |cookie: &str, verb: &str, more: &[(&str, &str)]| {
        let page = desk.page(cookie, &path, 200).await;
        let (version, token) = (field(&page, "version"), field(&page, "token"));
        let form: Vec<_> = [("version", version.as_str()), ("token", token.as_str())]
            .into_iter()
            .chain(more.iter().copied())
            .collect();
        for _ in 0..2 {
            let sent = desk.door.post(cookie, &format!("{path}/{verb}"), &form).await;
            assert_eq!(led_to(&sent), path);
        }
    };
    desk.approve(run).await;
    twice(&desk.finance, "fichier", &[]).await;
    let row = desk.paying.db.read(|conn| runs::find(conn, run)).unwrap();
    assert_eq!((row.state, row.version), (PaymentRunState::Exported, 2));
    let kept = desk.paying.db.read(|conn| runs::file(conn, run)).unwrap().unwrap();
    let page = desk.page(&desk.finance, &path, 200).await;
    assert!(page.contains(&kept.sha256) && page.contains("FR76 •••• •••• 0189") && !page.contains(IBANS[0]), "{page}");
    for _ in 0..2 {
        let file = desk.door.get(&desk.finance, &format!("{path}/fichier")).await;
        assert!(file.headers()["content-disposition"].to_str().unwrap().contains(".xml"));
        let bytes = file.bytes().await.unwrap();
        assert_eq!(digests::sha256(&bytes), kept.sha256);
    }
    let again = desk.send(&desk.finance, &path, &format!("{path}/fichier"), &[]).await;
    assert_eq!(again.status().as_u16(), 409);
    let line = field(&page, "ligne");
    let today = desk.paying.now.paris_date().to_string();
    twice(&desk.finance, "paiement", &[("ligne", &line), ("paye_le", &today)]).await;
    assert_eq!(notices(&desk), 1);
    assert_eq!(desk.paying.payments(desk.grantee.grant)[0].state, DisbursementState::Paid);
    desk.paying.check();
}

#[actix_web::test]
async fn a_bank_date_in_the_future_comes_back_beside_its_field() {
    let desk = Desk::open();
    let run = desk.run();
    desk.paying
        .does(|tx| tisserand::usecases::approvals::approve_by_mail(tx, &desk.paying.director, run, 0, desk.paying.now))
        .unwrap();
    let path = format!("/finances/lots/{run}");
    led_to(&desk.send(&desk.finance, &path, &format!("{path}/fichier"), &[]).await);
    let line = field(&desk.page(&desk.finance, &path, 200).await, "ligne");
    let later = desk.paying.now.plus_days(3).paris_date().to_string();
    let form = [("ligne", line.as_str()), ("paye_le", later.as_str())];
    let refused = text(desk.send(&desk.finance, &path, &format!("{path}/paiement"), &form).await, 422).await;
    assert!(refused.contains("dans le futur") && refused.contains(&later), "{refused}");
    let before = desk.paying.now.plus_days(-1).paris_date().to_string();
    let form = [("ligne", line.as_str()), ("paye_le", before.as_str())];
    let refused = text(desk.send(&desk.finance, &path, &format!("{path}/paiement"), &form).await, 422).await;
    assert!(
        refused.contains("la banque n’a pas pu payer avant"),
        "a wrong year would be another year's money: {refused}"
    );
    let none =
        text(desk.send(&desk.finance, &path, &format!("{path}/paiement"), &[("paye_le", &later)]).await, 422).await;
    assert!(none.contains("Choisissez au moins un virement."), "{none}");
}

#[actix_web::test]
async fn a_new_iban_between_the_approval_and_the_file_takes_the_payment_out() {
    let desk = Desk::open();
    let run = desk.run();
    let path = format!("/finances/lots/{run}");
    desk.approve(run).await;
    desk.paying.enter_account(&desk.grantee, IBANS[1], NAME).unwrap();
    let emptied = desk.page(&desk.finance, &path, 200).await;
    assert!(emptied.contains("Tous les virements de ce lot ont été retirés : annulez-le."), "{emptied}");
    let sent = desk.send(&desk.finance, &format!("{path}/annulation"), &format!("{path}/fichier"), &[]).await;
    assert!(text(sent, 409).await.contains("tous ses virements ont été retirés. Annulez ce lot."));
    assert_eq!(desk.paying.db.read(|conn| runs::file(conn, run)).unwrap(), None);
    assert_eq!(desk.paying.payments(desk.grantee.grant)[0].state, DisbursementState::Authorised);
    let list = desk.page(&desk.finance, "/finances/comptes", 200).await;
    assert!(list.contains("Ce compte remplace un compte déjà vérifié.") && list.contains("Quarantaine jusqu’au"));
}

#[actix_web::test]
async fn a_transfer_the_bank_sent_back_can_be_authorised_again() {
    let desk = Desk::open();
    desk.paying.pay(desk.run());
    let row = &desk.paying.payments(desk.grantee.grant)[0];
    let path = format!("/finances/versements/{}", row.id);
    let page = desk.page(&desk.finance, &path, 200).await;
    assert!(page.contains(&french_date(desk.paying.now.paris_date()).replace('\u{a0}', " ")));
    led_to(&desk.send(&desk.finance, &path, &format!("{path}/rejet"), &[("motif", "Compte clos")]).await);
    let list = desk.page(&desk.finance, "/finances/versements?etat=returned", 200).await;
    assert!(list.contains("Compte clos") && list.contains("À autoriser de nouveau"), "{list}");
    led_to(&desk.send(&desk.finance, &path, &format!("{path}/autorisation"), &[]).await);
    let row = &desk.paying.payments(desk.grantee.grant)[0];
    assert_eq!(row.state, DisbursementState::Authorised);
    assert!(row.end_to_end_id.as_ref().unwrap().ends_with("-R1"));
    desk.paying.check();
}

#[actix_web::test]
async fn the_whole_number_shows_only_when_asked_for_and_the_reading_is_kept() {
    let desk = Desk::with(|paying, grantee| {
        paying.accept(grantee);
        paying.enter_account(grantee, IBANS[0], "Jean Dupont").unwrap();
    });
    let account = desk.paying.db.read(|conn| bank_accounts::to_verify(conn, None, 9)).unwrap()[0].0.id;
    let path = format!("/finances/comptes/{account}");
    let page = desk.page(&desk.finance, &path, 200).await;
    let whole = "FR76 3000 6000 0112 3456 7890 189";
    assert!(page.contains("Les deux noms diffèrent") && !page.contains(whole), "{page}");
    assert!(page.contains("Le titulaire du RIB n’est pas le bénéficiaire."), "the button is dead and says why");
    let shown = desk.door.post(&desk.finance, &format!("{path}/numero"), &[]).await;
    assert!(shown.headers()["cache-control"].to_str().unwrap().contains("no-store"));
    let shown = text(shown, 200).await;
    assert!(shown.contains(whole) && shown.contains("Farid Finance, le"), "{shown}");
    assert!(!desk.page(&desk.finance, &path, 200).await.contains(whole));
    let sent = desk.send(&desk.finance, &path, &format!("{path}/verification"), &[]).await;
    assert!(text(sent, 409).await.contains("n’est pas le bénéficiaire"));
    let form = [("decision", "quarantine"), ("motif", "Le nom ne correspond pas.")];
    led_to(&desk.send(&desk.finance, &path, &format!("{path}/blocage"), &form).await);
    assert!(desk.page(&desk.finance, "/finances/comptes", 200).await.contains("Le nom ne correspond pas."));
}

#[actix_web::test]
async fn money_paid_too_much_comes_back_or_is_given_up_by_management() {
    let desk = Desk::open();
    desk.paying.pay(desk.run());
    desk.paying.report(&desk.grantee, ReportKind::Final, Euros::whole(1_000));
    let list = desk.page(&desk.director, "/finances/trop-percus", 200).await;
    let id = list.split("/finances/trop-percus/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let path = format!("/finances/trop-percus/{id}");
    let asked = desk.page(&desk.finance, &path, 200).await;
    assert!(!asked.contains("Abandonner la créance"), "{asked}");
    let grant = desk.grantee.grant;
    assert!(asked.contains(&format!("href=\"/suivi/{grant}\"")), "its balance and its letter are there: {asked}");
    let payment = format!("/finances/versements/{}", desk.paying.payments(grant)[0].id);
    let there = format!("href=\"{payment}\"");
    let followed = desk.page(&desk.finance, &format!("/suivi/{grant}"), 200).await;
    assert!(followed.contains(&there) && followed.contains(&format!("href=\"{path}\"")), "{followed}");
    let officer = desk.door.cookie_of(&desk.paying.officer);
    assert!(!desk.page(&officer, &format!("/suivi/{grant}"), 200).await.contains(&there), "they read no books");
    assert!(desk.page(&desk.finance, &payment, 200).await.contains(&format!("href=\"/suivi/{grant}\"")));
    let holder = desk.door.cookie_of(&desk.grantee.holder);
    let mine = desk.page(&holder, &format!("/subventions/{grant}"), 200).await;
    let told = mine.matches("Trop-perçu à reverser").count();
    assert!(mine.contains("Le compte à créditer est dans le courrier") && told > 1, "{mine}");
    assert_eq!(desk.door.post(&desk.finance, &format!("{path}/abandon"), &[]).await.status().as_u16(), 404);
    let today = desk.paying.now.paris_date().to_string();
    let missing = desk.send(&desk.finance, &path, &format!("{path}/reception"), &[]).await;
    assert!(text(missing, 422).await.contains("Indiquez la date du relevé de banque."));
    led_to(&desk.send(&desk.finance, &path, &format!("{path}/reception"), &[("recu_le", &today)]).await);
    assert!(desk.page(&desk.director, "/finances/trop-percus?etat=received", 200).await.contains(NAME));
    desk.paying.check();
}
