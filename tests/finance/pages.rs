//! What the pages show to whom, and that nothing of them hurts on a phone or with a screen reader.

use super::{
    Desk, NAME,
    statements::{Entry, PAYER, bring, message},
};
use crate::support::{
    browser::{Browser, Step},
    grants::IBANS,
    site::sign_in,
};
use tisserand::{
    domain::{holidays::bank_day, roles::Role},
    store::bank_accounts,
    usecases::{passwords, people},
};

fn auditor(desk: &Desk) -> String {
    let address = "audit@tisserand.example".parse().unwrap();
    let id =
        desk.paying.does(|tx| people::ensure(tx, &address, "Agnès Audit", Role::Auditor, desk.paying.now)).unwrap();
    sign_in(&desk.paying.db, id, desk.paying.now)
}

#[actix_web::test]
async fn the_overview_follows_the_money_down_to_the_bank() {
    let desk = Desk::open();
    desk.paying.pay(desk.run());
    for cookie in [&desk.finance, &desk.director, &auditor(&desk)] {
        let page = desk.page(cookie, "/finances", 200).await;
        for words in ["10 000 €", "5 000 €", "Disponible", "/finances/versements?etat=paid&amp;appel="] {
            assert!(page.contains(words), "{words} in {page}");
        }
    }
    // One group of pages is open at a time; the others lead to their first.
    let overview = desk.page(&desk.finance, "/finances", 200).await;
    assert!(overview.contains(">Livres</a>") && !overview.contains(">Journal</a>"), "{overview}");
    let cash = desk.page(&desk.finance, "/finances/tresorerie", 200).await;
    assert!(cash.contains(">Journal</a>") && cash.contains(">Payer</a>") && !cash.contains(">Livres</a>"), "{cash}");
    let accounts = desk.page(&desk.director, "/finances/journal/comptes?etape=paid", 200).await;
    assert!(accounts.contains("Versé") || accounts.contains("versé"), "{accounts}");
    let journal = desk.page(&desk.director, "/finances/journal", 200).await;
    for words in
        ["Convention enregistrée", "Enveloppe réservée", "Engagement", "Autorisation de versement", "Versement"]
    {
        assert!(journal.contains(words), "{words} in {journal}");
    }
}

#[actix_web::test]
async fn an_auditor_reads_everything_and_presses_nothing() {
    let desk = Desk::open();
    let run = desk.run();
    let cookie = auditor(&desk);
    let payment = desk.paying.payments(desk.grantee.grant)[1].id;
    for path in [
        "/finances/versements".to_owned(),
        format!("/finances/versements/{payment}"),
        "/finances/lots".into(),
        format!("/finances/lots/{run}"),
        "/finances/releves".into(),
        "/finances/trop-percus".into(),
        "/finances/dons".into(),
        "/finances/recus-fiscaux".into(),
        "/finances/comptes".into(),
        "/finances/comptabilite".into(),
    ] {
        let page = desk.page(&cookie, &path, 200).await;
        let forms = page.matches("method=\"post\"").count();
        assert_eq!(forms, 1, "only the way out, on {path}: {page}");
    }
    assert_eq!(desk.door.get(&cookie, "/finances/lots/nouveau").await.status().as_u16(), 404);
}

#[actix_web::test]
async fn what_blocks_is_said_with_who_must_act() {
    let desk = Desk::with(|paying, grantee| paying.accept(grantee));
    let page = desk.page(&desk.finance, "/finances/versements", 200).await;
    assert!(page.contains("La saisie du RIB par l’organisation"), "{page}");
    assert!(!page.contains("Peuvent partir"), "{page}");
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words} in {page}"));
    assert!(at("nº 1, ") < at("nº 2, "), "the first to leave is read first: {page}");
    desk.paying.enter_account(&desk.grantee, IBANS[0], NAME).unwrap();
    let page = desk.page(&desk.finance, "/finances/versements", 200).await;
    assert!(page.contains("La vérification du RIB par la gestion financière"), "{page}");
}

#[actix_web::test]
async fn a_run_is_prepared_from_what_is_ticked_and_a_refused_form_keeps_the_ticks() {
    let desk = Desk::open();
    let row = desk.paying.payments(desk.grantee.grant)[0].id;
    desk.paying.authorise(row).unwrap();
    let blank = desk.page(&desk.finance, "/finances/lots/nouveau", 200).await;
    assert!(blank.contains("Lianes coopération") && blank.contains("5 000 €"), "{blank}");
    let tomorrow = bank_day(desk.paying.now.plus_days(1).paris_date()).to_string();
    assert!(blank.contains(&format!("value=\"{tomorrow}\"")), "a day on which the bank works: {blank}");
    let value = super::field(&blank, "ligne");
    let form = [("ligne", value.as_str()), ("payeur", &*desk.paying.payer.to_string()), ("execution", "2020-01-01")]
        .map(|(name, value)| (name, value.to_owned()));
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let sent = desk.send(&desk.finance, "/finances/lots/nouveau", "/finances/lots", &form).await;
    let refused = super::text(sent, 422).await;
    assert!(
        refused.contains("La date d’exécution est passée") && refused.contains("value=\"2020-01-01\""),
        "{refused}"
    );
    let day = desk.paying.now.paris_date().to_string();
    let form = [form[0], form[1], ("execution", day.as_str())];
    let sent = desk.send(&desk.finance, "/finances/lots/nouveau", "/finances/lots", &form).await;
    let run = super::led_to(&sent);
    let page = desk.page(&desk.director, &run, 200).await;
    assert!(page.contains(NAME) && page.contains("Approuver le lot") && !page.contains("disabled>Approuver"), "{page}");
}

#[test]
fn every_page_reads_well_on_a_phone_and_aloud() {
    let Some(browser) = Browser::open() else { return };
    let desk = Desk::open();
    let (password, id) = ("lin-chanvre-soie-coton", desk.paying.finance.person.unwrap());
    let hash = passwords::hash(password).unwrap();
    let run = desk.run();
    desk.paying.does(|tx| people::set_password(tx, id, &hash, desk.paying.now)).unwrap();
    let account = desk.paying.db.read(|conn| bank_accounts::open_of(conn, desk.grantee.organisation)).unwrap()[0].id;
    let payment = desk.paying.payments(desk.grantee.grant)[1].id;
    let fee =
        Entry { account: "", label: "FRAIS", ..Entry::debit(desk.paying.now.paris_date(), "2.50", "NOTPROVIDED") };
    let statement = bring(&desk.paying, &desk.paying.finance, &message(PAYER, &fee.xml())).unwrap().id;
    let said = |text: &str| text.to_owned();
    let mut steps = vec![
        Step::Goto(said("/connexion")),
        Step::Click(said("J’ai un mot de passe")),
        Step::Fill(said("Adresse électronique"), said("farid.finance@tisserand.example")),
        Step::Fill(said("Mot de passe"), said(password)),
        Step::Press(said("Enter")),
        Step::Expect(said("Farid Finance")),
    ];
    for (name, path) in [
        ("overview", said("/finances")),
        ("accounts", said("/finances/comptes")),
        ("account", format!("/finances/comptes/{account}")),
        ("payables", said("/finances/a-verser")),
        ("treasury", said("/finances/tresorerie")),
        ("integrity", said("/administration/integrite")),
        ("payments", said("/finances/versements")),
        ("payment", format!("/finances/versements/{payment}")),
        ("runs", said("/finances/lots")),
        ("run", format!("/finances/lots/{run}")),
        ("new-run", said("/finances/lots/nouveau")),
        ("statements", said("/finances/releves")),
        ("statement", format!("/finances/releves/{statement}")),
        ("new-statement", said("/finances/releves/nouveau")),
        ("recoveries", said("/finances/trop-percus")),
        ("donations", said("/finances/dons")),
        ("new-donation", said("/finances/dons/nouveau")),
        ("tax-receipts", said("/finances/recus-fiscaux")),
        ("journal", said("/finances/journal")),
        ("balances", said("/finances/journal/comptes")),
        ("accounting", format!("/finances/comptabilite?au={}", desk.paying.now.paris_date())),
        ("accounting-settings", said("/finances/comptabilite/reglages")),
        ("exports", said("/finances/exports")),
    ] {
        let screenshot = Step::Screenshot(format!("finance-{name}"));
        steps.extend([Step::Goto(path), Step::Status(200), Step::Audit, Step::Reflow, screenshot]);
    }
    steps.push(Step::Goto(said("/finances/releves/nouveau")));
    steps.push(Step::Click(said("Importer")));
    steps.extend([Step::Expect(said("Choisissez le fichier du relevé.")), Step::Summary, Step::Audit, Step::Reflow]);
    browser.walk("finance", &desk.door.base, &steps).unwrap();
}
