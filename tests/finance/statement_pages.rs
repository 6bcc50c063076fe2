//! Bank statements on screen: the file, the columns of a table, the lines to confirm, and what everybody then reads.

use super::{
    Desk, NAME, field, led_to,
    statements::{Entry, PAYER, leave, message},
    text,
};
use crate::support::{databases, grants::IBANS, site::Site};
use std::sync::atomic::Ordering;
use tisserand::{
    domain::{lifecycles::disbursements::DisbursementState, time::french_date},
    store::Db,
};

const FORM: &str = "/finances/releves/nouveau";
const LIST: &str = "/finances/releves";

/// A desk whose first payment the bank has been asked for, and the reference of its transfer.
fn asked() -> (Desk, String) {
    let desk = Desk::open();
    leave(&desk.paying, desk.run());
    let reference = desk.paying.payments(desk.grantee.grant)[0].end_to_end_id.clone().unwrap();
    (desk, reference)
}

fn today(desk: &Desk) -> chrono::NaiveDate {
    desk.paying.now.paris_date()
}

async fn uploads(desk: &Desk, name: &str, bytes: &[u8], payer: &str) -> reqwest::Response {
    desk.door.post_file(&desk.finance, LIST, &[("compte", payer)], Some(("fichier", name, bytes))).await
}

#[actix_web::test]
async fn a_statement_is_imported_read_and_confirmed_and_the_grantee_reads_the_day() {
    let (desk, reference) = asked();
    let run = desk.page(&desk.finance, "/finances/lots", 200).await;
    assert!(run.contains("Relevés de banque"), "{run}");
    let form = desk.page(&desk.finance, FORM, 200).await;
    assert!(form.contains("camt.053") && form.contains("Lianes coopération"), "{form}");
    let only = format!("value=\"{}\" selected", desk.paying.payer);
    assert!(form.contains(&only), "the only account there is is chosen: {form}");
    let fee = Entry { account: "", label: "FRAIS DE TENUE", ..Entry::debit(today(&desk), "2.50", "NOTPROVIDED") };
    let wrong = Entry { amount: "1.00", ..Entry::debit(today(&desk), "1.00", &reference) };
    let entries = [Entry::debit(today(&desk), "5000.00", &reference), fee, wrong].map(|entry| entry.xml()).concat();
    let xml = message(PAYER, &entries);
    let path = led_to(&uploads(&desk, "releve.xml", xml.as_bytes(), "").await);
    let list = desk.page(&desk.finance, LIST, 200).await;
    assert!(list.contains("1 à confirmer, 1 à examiner"), "what waits for somebody is said before: {list}");
    let page = desk.page(&desk.finance, &path, 200).await;
    let day = french_date(today(&desk)).replace('\u{a0}', " ");
    for words in ["À confirmer", "rapprochée", NAME, "Notre référence et le montant attendu.", "checked", "−5 000 €"]
    {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert!(page.contains(&format!("versé le {day}. L’avis de versement part par courriel.")), "{page}");
    assert!(!page.contains(IBANS[0]) && !page.contains("FRAIS DE TENUE"), "{page}");
    let unknown = desk.page(&desk.finance, &format!("{path}?groupe=inconnues"), 200).await;
    assert!(unknown.contains("Le montant diffère : 5 000 € attendus, 1 € sur le relevé."), "{unknown}");
    let payment = format!("/finances/versements/{}", desk.paying.payments(desk.grantee.grant)[0].id);
    assert!(unknown.contains(&format!("href=\"{payment}\"")) && unknown.contains("à examiner"), "{unknown}");
    assert!(unknown.contains(&format!("Référence {reference}")), "{unknown}");
    assert!(unknown.contains(&format!("<h1>Relevé du {day}")), "{unknown}");
    let others = desk.page(&desk.finance, &format!("{path}?groupe=autres"), 200).await;
    assert!(others.contains("FRAIS DE TENUE") && others.contains("sans lien"), "{others}");
    assert!(others.contains(&format!("{path}/operations?groupe=autres")), "{others}");
    let file = async |group: &str| {
        let asked = format!("{path}/operations?groupe={group}&format=csv-programme");
        desk.page(&desk.finance, &asked, 200).await
    };
    let (fees, all) = (file("autres").await, file("").await);
    assert!(fees.starts_with("position,booked_on,counterpart,account_masked,label,amount,"), "{fees}");
    assert!(fees.lines().count() == 2 && fees.contains("FRAIS DE TENUE") && fees.contains(",-2.50,"), "{fees}");
    assert!(all.lines().count() == 4 && all.contains(",sure,rapprochée,") && !all.contains(IBANS[0]), "{all}");
    let none = desk.send(&desk.finance, &path, &format!("{path}/confirmation"), &[]).await;
    assert!(text(none, 422).await.contains("Choisissez au moins une ligne."));
    let ticked = field(&page, "ligne");
    let form = [("token", field(&page, "token")), ("groupe", "a-confirmer".into()), ("ligne", ticked)];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for _ in 0..2 {
        let sent = desk.door.post(&desk.finance, &format!("{path}/confirmation"), &form).await;
        assert_eq!(led_to(&sent), path, "a second click gets the first answer");
    }
    let row = &desk.paying.payments(desk.grantee.grant)[0];
    assert_eq!((row.state, row.paid_on), (DisbursementState::Paid, Some(today(&desk))));
    let done = desk.page(&desk.finance, &format!("{path}?groupe=constatees"), 200).await;
    assert!(done.contains("versé. Confirmé par Farid Finance le"), "{done}");
    let payment = desk.page(&desk.finance, &format!("/finances/versements/{}", row.id), 200).await;
    assert!(payment.contains(&path), "{payment}");
    let holder = desk.door.cookie_of(&desk.grantee.holder);
    let grant = desk.page(&holder, &format!("/subventions/{}", desk.grantee.grant), 200).await;
    assert!(grant.contains(&format!("versé le {day}")), "{grant}");
    assert_eq!(led_to(&uploads(&desk, "encore.xml", xml.as_bytes(), "").await), path);
    let list = desk.page(&desk.director, LIST, 200).await;
    assert_eq!(list.matches("releve.xml").count(), 1, "{list}");
    assert!(!list.contains("encore.xml") && !list.contains("Importer un relevé"), "{list}");
    assert!(list.contains("1 à examiner") && !list.contains("à confirmer"), "{list}");
    desk.paying.check();
}

#[actix_web::test]
async fn the_list_as_a_file_says_what_waits_too() {
    let (desk, reference) = asked();
    let entries = ["5000.00", "1.00"].map(|amount| Entry::debit(today(&desk), amount, &reference).xml()).concat();
    uploads(&desk, "releve.xml", message(PAYER, &entries).as_bytes(), "").await;
    let csv = desk.page(&desk.finance, &format!("{LIST}/fichier?format=csv-programme"), 200).await;
    let lines: Vec<_> = csv.lines().collect();
    assert!(lines[0].ends_with(",lines,confirmed,to_confirm,to_examine"), "{csv}");
    assert!(lines.len() == 2 && lines[1].ends_with(",2,0,1,1"), "{csv}");
}

#[actix_web::test]
async fn the_columns_of_a_table_are_chosen_once_for_an_account() {
    let (desk, reference) = asked();
    let (day, payer) = (today(&desk).format("%d/%m/%Y"), desk.paying.payer.to_string());
    let table = |rows: &str| {
        // As many banks still write: Windows-1252.
        let text = format!("Relev\u{e9};du;compte\n\nJour;Libell\u{e9};Montant;IBAN;R\u{e9}f. client\n{rows}");
        text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<_>>()
    };
    let row = format!("{day};VIR LES PASSEURS;-5 000,00;{};{reference}\n", IBANS[0]);
    let unsaid = text(uploads(&desk, "releve.csv", &table(&row), "").await, 422).await;
    assert!(unsaid.contains("Un fichier CSV ne dit pas son compte"), "{unsaid}");
    assert!(unsaid.contains("Fichier déjà reçu : <strong>releve.csv</strong>"), "{unsaid}");
    let content = field(&unsaid, "contenu");
    let again = [("compte", payer.as_str()), ("nom", "releve.csv"), ("contenu", content.as_str())];
    let page = text(desk.door.post_file(&desk.finance, LIST, &again, None).await, 200).await;
    assert!(page.contains("Que dit chaque colonne") && page.contains("VIR LES PASSEURS"), "{page}");
    let page = text(uploads(&desk, "releve.csv", &table(&row), &payer).await, 200).await;
    assert!(page.contains("Que dit chaque colonne") && page.contains("VIR LES PASSEURS"), "{page}");
    let content = field(&page, "contenu");
    let common = [("compte", payer.as_str()), ("nom", "releve.csv"), ("contenu", content.as_str())];
    let send = async |columns: &[(&str, &str)]| {
        let all: Vec<_> = common.iter().chain(columns).copied().collect();
        desk.door.post_file(&desk.finance, "/finances/releves/colonnes", &all, None).await
    };
    let refused = text(send(&[("col-libelle", "1"), ("col-debit", "2")]).await, 422).await;
    assert!(refused.contains("Dites quelle colonne donne la date.") && refused.contains("donne les crédits"));
    let wrong = text(send(&[("col-date", "1"), ("col-montant", "2")]).await, 422).await;
    assert!(wrong.contains("la date « VIR LES PASSEURS » n’est pas lisible"), "{wrong}");
    let columns =
        [("col-date", "0"), ("col-libelle", "1"), ("col-montant", "2"), ("col-iban", "3"), ("col-reference", "4")];
    let path = led_to(&send(&columns).await);
    assert!(desk.page(&desk.finance, &path, 200).await.contains("rapprochée"));
    assert_eq!(led_to(&uploads(&desk, "releve.csv", &table(&row), &payer).await), path, "the same file, at once");
    let again = [("compte", payer.as_str()), ("colonnes", "oui")];
    let again = desk.door.post_file(&desk.finance, LIST, &again, Some(("fichier", "releve.csv", &table(&row)))).await;
    let again = text(again, 200).await;
    assert!(again.contains("Que dit chaque colonne") && again.contains("value=\"2\" selected>Montant"), "{again}");
    let more = format!("{row}{day};FRAIS;-2,50;;\n");
    let next = led_to(&uploads(&desk, "suite.csv", &table(&more), &payer).await);
    assert_ne!(next, path);
    let next = desk.page(&desk.finance, &next, 200).await;
    assert!(next.contains("dont 1 déjà connues") && !next.contains("rapprochée"), "{next}");
    desk.paying.check();
}

#[actix_web::test]
async fn a_file_that_cannot_be_taken_is_refused_beside_its_field() {
    let (desk, reference) = asked();
    let entry = Entry::debit(today(&desk), "5000.00", &reference).xml();
    let bomb = message(PAYER, &entry).replacen("<Document", "<!DOCTYPE d [<!ENTITY a \"b\">]><Document", 1);
    let heavy = vec![b' '; 10 * 1024 * 1024 + 1];
    for (bytes, words) in [
        (bomb.as_bytes(), "refusé par sécurité"),
        (message(IBANS[1], &entry).as_bytes(), "qui n’est pas un compte payeur confirmé"),
        (b"<html></html>".as_slice(), "n’est pas un relevé de compte camt.053"),
        (b"bonjour".as_slice(), "ni un relevé camt.053, ni un tableau CSV lisible"),
        (heavy.as_slice(), "dépasse 10 Mo"),
    ] {
        let page = text(uploads(&desk, "releve.xml", bytes, "").await, 422).await;
        assert!(page.contains(words) && page.contains("id=\"erreur-fichier\""), "{words} in {page}");
    }
    let none = desk.door.post_file(&desk.finance, LIST, &[("compte", "")], None).await;
    assert!(text(none, 422).await.contains("Choisissez le fichier du relevé."));
    // In UTF-8 it is longer than the form that would hold it may be.
    let accents = [b"Jour;Libelle;Montant\n01/01/2027;".as_slice(), &[0xe9; 800_000], b";-2,50\n"].concat();
    let page = text(uploads(&desk, "accents.csv", &accents, "").await, 422).await;
    assert!(page.contains("ne dit pas son compte") && !page.contains("name=\"contenu\""), "it is chosen again");
    let elsewhere = desk.door.post_file(&desk.director, LIST, &[], None).await;
    assert_eq!(elsewhere.status().as_u16(), 404);
    assert!(desk.page(&desk.finance, LIST, 200).await.contains("Aucun relevé pour l’instant"));
}

#[actix_web::test]
async fn a_long_statement_asks_the_database_no_more_than_a_short_one() {
    let (desk, _) = asked();
    let fees = |count: u32, label: &str| {
        let fee = |number: u32| {
            let label = format!("{label} {number}");
            Entry { account: "", label: &label, ..Entry::debit(today(&desk), "2.50", "NOTPROVIDED") }.xml()
        };
        message(PAYER, &(0..count).map(fee).collect::<String>())
    };
    let short = led_to(&uploads(&desk, "court.xml", fees(10, "FRAIS").as_bytes(), "").await);
    let long = led_to(&uploads(&desk, "long.xml", fees(500, "COMMISSION").as_bytes(), "").await);
    let questions = databases::counter();
    let db = Db::open_counting(desk.paying.db.url(), questions.clone()).unwrap();
    let door = Site::over(&db, desk.paying.now);
    let mut asked = Vec::new();
    for path in [&short, &long, &short, &long] {
        let before = questions.load(Ordering::Relaxed);
        let page = text(door.get(&desk.finance, path).await, 200).await;
        asked.push((questions.load(Ordering::Relaxed) - before, page.matches(">sans lien<").count()));
    }
    assert_eq!(asked[2].0, asked[3].0, "{asked:?}");
    assert_eq!((asked[2].1, asked[3].1), (10, 50));
    let mut listed = Vec::new();
    for count in 1..4 {
        uploads(&desk, "autre.xml", fees(count, &format!("FRAIS {count} ")).as_bytes(), "").await;
        let before = questions.load(Ordering::Relaxed);
        text(door.get(&desk.finance, LIST).await, 200).await;
        listed.push(questions.load(Ordering::Relaxed) - before);
    }
    assert!(listed.windows(2).all(|pair| pair[0] == pair[1]), "the list asks for one as for many: {listed:?}");
    let page = text(door.get(&desk.finance, &long).await, 200).await;
    assert!(page.contains("COMMISSION 0<") && page.contains("rel=\"next\"") && !page.contains("COMMISSION 50<"));
    let second = text(door.get(&desk.finance, &format!("{long}?groupe=autres&apres=50")).await, 200).await;
    assert!(second.contains("COMMISSION 50<") && second.contains(">Début<") && !second.contains("COMMISSION 0<"));
}
