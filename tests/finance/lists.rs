//! Lists as files: what a list shows, with its filters, under keys that stay.

use super::{Desk, NAME, text};
use tisserand::domain::lifecycles::disbursements::DisbursementState;

#[actix_web::test]
async fn a_list_leaves_with_its_filters_under_the_keys_of_its_columns() {
    let desk = Desk::open();
    desk.run();
    let file = |state: DisbursementState| format!("/finances/versements/fichier?etat={state}&format=csv-programme");
    let planned = desk.page(&desk.finance, &file(DisbursementState::Planned), 200).await;
    let in_run = desk.page(&desk.finance, &file(DisbursementState::InRun), 200).await;
    let (planned, in_run): (Vec<_>, Vec<_>) = (planned.lines().collect(), in_run.lines().collect());
    let keys = "beneficiary_name,grant_reference,call_title,number,kind_label,amount,status,status_label,due_on,paid_on,remarks";
    assert_eq!((planned[0], in_run[0]), (keys, keys));
    assert_eq!(in_run.len(), 2, "{in_run:?}");
    assert!(in_run[1].contains(NAME) && in_run[1].contains(",in_run,"), "{in_run:?}");
    assert!(planned[1..].iter().all(|line| line.contains(",planned,")), "{planned:?}");
    let page = desk.page(&desk.finance, "/finances/versements?etat=in_run", 200).await;
    assert!(page.contains("/finances/versements/fichier?etat=in_run"), "{page}");
    let runs = desk.page(&desk.finance, "/finances/lots/fichier?format=csv", 200).await;
    assert!(runs.contains("Lot;Exécution;Préparé par;Virements;Total (€)") && runs.contains("Farid Finance"), "{runs}");
    let officer = desk.door.cookie_of(&desk.paying.officer);
    let grants = text(desk.door.get(&officer, "/suivi/fichier?file=toutes&format=csv-programme").await, 200).await;
    assert!(grants.starts_with("grant_reference,project_title,beneficiary_name") && grants.contains(NAME), "{grants}");
    let workbook = desk.door.get(&officer, "/instruction/fichier?etape=tous&format=xlsx").await;
    assert!(workbook.headers()["content-type"].to_str().unwrap().contains("spreadsheet"));
    assert!(workbook.bytes().await.unwrap().starts_with(b"PK"));
    let known = text(desk.door.get(&officer, "/colonnes").await, 200).await;
    for key in ["waits_for", "iban_masked", "mean_percent", "applicant_siret", "run_reference"] {
        assert!(known.contains(&format!("<code>{key}</code>")), "{key}: {known}");
    }
    assert_eq!(desk.door.get(&officer, "/finances/versements/fichier").await.status().as_u16(), 404);
}

#[actix_web::test]
async fn what_the_house_keeps_leaves_as_it_is_listed() {
    let desk = Desk::open();
    let file = async |path: &str| desk.page(&desk.finance, &format!("{path}?format=csv-programme"), 200).await;
    let agreements = file("/finances/bailleurs/fichier").await;
    assert!(agreements.starts_with("source_reference,title,funder_name,starts_on,ends_on,"), "{agreements}");
    assert!(agreements.lines().count() > 1, "{agreements}");
    let payers = file("/finances/comptes-payeurs/fichier").await;
    assert!(payers.starts_with("holder_name,iban_masked,") && payers.contains("••••"), "{payers}");
    assert!(file("/finances/preuves/fichier").await.starts_with("funder_name,from_on,until_on,"));
    assert!(file("/finances/comptabilite/fichiers").await.starts_with("file_name,from_on,until_on,entries,total,"));
    for path in ["/finances/bailleurs", "/finances/comptes-payeurs"] {
        let page = desk.page(&desk.finance, path, 200).await;
        assert!(page.contains(&format!("{path}/fichier?format=xlsx")), "{page}");
    }
    let known = desk.page(&desk.finance, "/colonnes", 200).await;
    for key in ["not_before", "in_run", "next_report_due_on", "confirmed_by", "asked_at", "sha256"] {
        assert!(known.contains(&format!("<code>{key}</code>")), "{key}: {known}");
    }
}
