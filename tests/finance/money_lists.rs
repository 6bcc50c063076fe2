//! The tables of the money at a glance and of an agreement as files: what the page shows, under keys that stay.

use super::{Desk, led_to};
use crate::support::bare::words_of_workbook;
use tisserand::{domain::references::axes, store::funding_sources};

const REFERENCE: &str = "AFD-2026-TANDEMS";

/// The page of the agreement.
fn agreement(desk: &Desk) -> String {
    let found = desk.paying.db.read(|conn| funding_sources::by_reference(conn, REFERENCE)).unwrap().unwrap();
    format!("/finances/conventions/{}", found.id)
}

#[actix_web::test]
async fn the_money_of_each_call_leaves_source_by_source_as_the_overview_shows_it() {
    let desk = Desk::open();
    let page = desk.page(&desk.finance, "/finances", 200).await;
    assert!(page.contains("/finances/fichier?format=csv"), "{page}");
    let program = desk.page(&desk.director, "/finances/fichier?format=csv-programme", 200).await;
    let keys =
        "fund_name,call_reference,call_title,source_reference,funder_name,envelope,committed,authorised,paid,left";
    assert_eq!(program.lines().next(), Some(keys));
    let line = program.lines().find(|line| line.contains(REFERENCE)).unwrap();
    let figures: Vec<i64> = line.rsplit(',').take(5).map(|figure| figure.replace('.', "").parse().unwrap()).collect();
    let [left, paid, authorised, committed, envelope] = figures[..] else { panic!("{line}") };
    assert_eq!(left, envelope - committed, "in cents: {line}");
    assert!(0 < committed && paid <= authorised && authorised <= committed, "{line}");
    let french = desk.page(&desk.finance, "/finances/fichier?format=csv", 200).await;
    assert!(french.contains("Fonds;Référence de l’appel;") && french.contains(";Disponible (€)"), "{french}");
    let book = desk.door.get(&desk.finance, "/finances/fichier?format=xlsx").await;
    let words = words_of_workbook(&book.bytes().await.unwrap());
    assert_eq!(words.matches("<row ").count(), program.lines().count(), "headings and lines");
    let officer = desk.door.cookie_of(&desk.paying.officer);
    for path in ["/finances/fichier", "/finances/flechages/fichier"] {
        assert_eq!(desk.door.get(&officer, path).await.status().as_u16(), 404, "{path}");
    }
}

#[actix_web::test]
async fn earmarks_leave_with_what_is_left_of_them() {
    let desk = Desk::open();
    let edit = format!("{}/modification", agreement(&desk));
    let name = format!("fleche-{}-reserved", axes()[0].code);
    let fields = [
        ("titre", "Volet scolaire"),
        ("montant", "45 000"),
        ("debut", "2025-01-01"),
        ("fin", "2028-12-31"),
        ("clause", "Article 7"),
        ("conservation", "10"),
        (name.as_str(), "5 000"),
    ];
    led_to(&desk.send(&desk.finance, &edit, &edit, &fields).await);
    let page = desk.page(&desk.finance, "/finances", 200).await;
    assert!(page.contains("/finances/flechages/fichier?format=xlsx"), "{page}");
    let file = desk.page(&desk.finance, "/finances/flechages/fichier?format=csv-programme", 200).await;
    assert_eq!(file.lines().next(), Some("set_by,marked_for,limit,marked,committed,left"));
    let line = file.lines().find(|line| line.starts_with(&format!("Convention {REFERENCE},"))).unwrap();
    assert!(line.contains(",réservé,5000.00,"), "{line}");
    let path = agreement(&desk);
    let page = desk.page(&desk.director, &path, 200).await;
    let own = format!("{path}/flechages/fichier");
    assert!(page.contains(&format!("{own}?format=csv")), "{page}");
    let own = desk.page(&desk.director, &format!("{own}?format=csv-programme"), 200).await;
    assert_eq!(
        own.lines().collect::<Vec<_>>(),
        ["set_by,marked_for,limit,marked,committed,left", line],
        "its own alone"
    );
}

#[actix_web::test]
async fn instalments_and_reports_of_an_agreement_leave_as_its_page_shows_them() {
    let desk = Desk::open();
    let path = agreement(&desk);
    let (due, report) = (format!("{path}/versements"), format!("{path}/rapports"));
    let page = desk.page(&desk.finance, &path, 200).await;
    assert!(!page.contains("/fichier?format="), "nothing is listed yet: {page}");
    let awaited = [("versement", "Avance 2026"), ("prevu-le", "2026-01-15"), ("prevu", "20 000")];
    led_to(&desk.send(&desk.finance, &path, &due, &awaited).await);
    let owed = [("rapport", "Rapport financier"), ("rapport-le", "2026-01-31")];
    led_to(&desk.send(&desk.finance, &path, &report, &owed).await);
    let page = desk.page(&desk.finance, &path, 200).await;
    for file in [format!("{due}/fichier"), format!("{report}/fichier")] {
        assert!(page.contains(&format!("{file}?format=xlsx")), "{file}: {page}");
        let officer = desk.door.cookie_of(&desk.paying.officer);
        assert_eq!(desk.door.get(&officer, &file).await.status().as_u16(), 404, "{file}");
    }
    let file = desk.page(&desk.finance, &format!("{due}/fichier?format=csv-programme"), 200).await;
    let line = file.lines().nth(1).unwrap();
    assert_eq!(line, format!("{REFERENCE},Avance 2026,2026-01-15,20000.00,,,,late,en retard"));
    let file = desk.page(&desk.finance, &format!("{report}/fichier?format=csv-programme"), 200).await;
    let line = file.lines().nth(1).unwrap();
    assert_eq!(line, format!("{REFERENCE},Rapport financier,2026-01-31,,late,en retard"));
    let page = desk.page(&desk.director, "/finances", 200).await;
    assert!(page.contains("Rapport financier") && page.contains("/finances/rapports/fichier?format=xlsx"), "{page}");
    let file = desk.page(&desk.director, "/finances/rapports/fichier?format=csv-programme", 200).await;
    let lines: Vec<_> = file.lines().collect();
    assert_eq!(lines[0], "funder_name,source_reference,title,due_on,status,status_label");
    let wanted = format!("Agence française de développement,{REFERENCE},Rapport financier,2026-01-31,late,en retard");
    assert_eq!(lines[1..], [wanted]);
    let officer = desk.door.cookie_of(&desk.paying.officer);
    assert_eq!(desk.door.get(&officer, "/finances/rapports/fichier").await.status().as_u16(), 404);
    let known = desk.page(&desk.finance, "/colonnes", 200).await;
    for key in ["marked_for", "expected_on", "sent_on", "owed_reports"] {
        assert!(known.contains(&format!("<code>{key}</code>")), "{key}: {known}");
    }
}
