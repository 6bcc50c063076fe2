//! Lists as files: what a list shows, with its filters, under keys that stay.

use super::{Desk, NAME, text};
use crate::support::{bare::words_of_workbook, databases::each_database, grants::Paying};
use diesel::connection::SimpleConnection;
use std::collections::BTreeSet;
use tisserand::{
    domain::{lifecycles::disbursements::DisbursementState, money::Euros, statements::StatementFormat, time::Moment},
    store::{
        StoreError,
        digests::sha256,
        guards,
        statements::{self, StatementImportRow},
    },
    usecases::{Outcome, UseCaseError, disbursements},
};

/// Statements of these names come in at this instant.
fn imported(desk: &Desk, names: &[String], at: Moment) {
    let imports = |tx: &mut tisserand::store::Tx| -> Outcome<()> {
        for name in names {
            let row = StatementImportRow {
                id: tx.mint(at)?,
                payer_account_id: desk.paying.payer,
                sha256: sha256(name),
                format: StatementFormat::Csv,
                file_name: name.clone(),
                reference: String::new(),
                from_on: at.paris_date(),
                until_on: at.paris_date(),
                line_count: 1,
                known_count: 0,
                imported_by: desk.paying.finance.person.unwrap(),
                imported_at: at,
            };
            statements::insert_import(tx, &row)?;
        }
        Ok(())
    };
    desk.paying.does(imports).unwrap();
}

#[actix_web::test]
async fn a_list_leaves_with_its_filters_under_the_keys_of_its_columns() {
    let desk = Desk::open();
    let run = desk.run();
    let file = |state: DisbursementState| format!("/finances/versements/fichier?etat={state}&format=csv-programme");
    let planned = desk.page(&desk.finance, &file(DisbursementState::Planned), 200).await;
    let in_run = desk.page(&desk.finance, &file(DisbursementState::InRun), 200).await;
    let (planned, in_run): (Vec<_>, Vec<_>) = (planned.lines().collect(), in_run.lines().collect());
    let keys = "beneficiary_name,grant_reference,call_title,number,kind_label,amount,status,status_label,due_on,paid_on,remarks,\
                funding";
    assert_eq!((planned[0], in_run[0]), (keys, keys));
    assert_eq!(in_run.len(), 2, "{in_run:?}");
    assert!(in_run[1].contains(NAME) && in_run[1].contains(",in_run,"), "{in_run:?}");
    assert!(in_run[1].contains("Région Hauts-de-France : "), "the shares the page shows: {in_run:?}");
    assert!(planned[1..].iter().all(|line| line.contains(",planned,")), "{planned:?}");
    let page = desk.page(&desk.finance, "/finances/versements?etat=in_run", 200).await;
    assert!(page.contains("/finances/versements/fichier?etat=in_run"), "{page}");
    let runs = desk.page(&desk.finance, "/finances/lots/fichier?format=csv", 200).await;
    assert!(runs.contains("Lot;Exécution;Préparé par;Virements;Total (€)") && runs.contains("Farid Finance"), "{runs}");
    let page = desk.page(&desk.finance, &format!("/finances/lots/{run}"), 200).await;
    let lines = format!("/finances/lots/{run}/virements?format=csv-programme");
    assert!(page.contains(&lines), "{page}");
    let lines = desk.page(&desk.finance, &lines, 200).await;
    assert!(lines.starts_with("run_reference,beneficiary_name,grant_reference,fund_name,number,"), "{lines}");
    assert!(lines.lines().count() == 2 && lines.contains("••••") && lines.contains(",5000.00,"), "{lines}");
    let officer = desk.door.cookie_of(&desk.paying.officer);
    assert_eq!(desk.door.get(&officer, &format!("/finances/lots/{run}/virements")).await.status().as_u16(), 404);
    let grants = text(desk.door.get(&officer, "/suivi/fichier?file=toutes&format=csv-programme").await, 200).await;
    assert!(grants.starts_with("grant_reference,project_title,beneficiary_name") && grants.contains(NAME), "{grants}");
    let workbook = desk.door.get(&officer, "/instruction/fichier?etape=tous&format=xlsx").await;
    assert!(workbook.headers()["content-type"].to_str().unwrap().contains("spreadsheet"));
    assert!(workbook.bytes().await.unwrap().starts_with(b"PK"));
    let known = text(desk.door.get(&officer, "/colonnes").await, 200).await;
    for key in ["waits_for", "iban_masked", "mean_percent", "applicant_siret", "run_reference", "is_eligible"] {
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

#[actix_web::test]
async fn a_list_of_more_lines_than_a_page_leaves_whole_and_computes_nothing() {
    let desk = Desk::open();
    let mut names: Vec<_> = (0..1_100).map(|number| format!("releve-{number:04}.csv")).collect();
    names.push("=1+1".to_owned());
    imported(&desk, &names, desk.paying.now);
    let csv = desk.page(&desk.finance, "/finances/releves/fichier?format=csv-programme", 200).await;
    let told: Vec<_> = csv.lines().skip(1).filter_map(|line| line.split(',').nth(3)).collect();
    assert_eq!(told.len(), names.len());
    let mut wanted: BTreeSet<_> = names.iter().map(String::as_str).collect();
    wanted.remove("=1+1");
    wanted.insert("'=1+1");
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), wanted, "each once, and the formula as a text");
    let book = desk.door.get(&desk.finance, "/finances/releves/fichier?format=xlsx").await;
    let words = words_of_workbook(&book.bytes().await.unwrap());
    assert_eq!(words.matches("<row ").count(), names.len() + 1, "headings and lines");
    assert!(!words.contains("<f>") && words.contains("=1+1") && words.contains("releve-1099.csv"));
}

#[actix_web::test]
async fn the_first_bytes_of_a_list_leave_before_its_last_page_is_read() {
    let desk = Desk::open();
    // More than the sockets of both ends hold: what is not read by the client is not read from the database.
    let names: Vec<_> = (0..1_000).map(|number| format!("{number:04}{}", "x".repeat(16_000))).collect();
    imported(&desk, &names, desk.paying.now);
    let mut reply = desk.door.get(&desk.finance, "/finances/releves/fichier?format=csv-programme").await;
    let mut bytes = reply.chunk().await.unwrap().unwrap().to_vec();
    assert!(bytes.starts_with(b"from_on,until_on,"), "the headings come first");
    // The newest come first: this one, of long ago, stands at the end of what has not been read yet.
    imported(&desk, &["entretemps.csv".to_owned()], desk.paying.now.plus_days(-400));
    while let Some(more) = reply.chunk().await.unwrap() {
        bytes.extend_from_slice(&more);
    }
    let csv = String::from_utf8(bytes).unwrap();
    assert_eq!(csv.lines().count(), names.len() + 2);
    assert!(csv.lines().last().unwrap().contains(",entretemps.csv,"), "the end was read after the beginning had left");
}

#[test]
fn payments_are_read_by_the_day_they_are_due_page_by_page() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        let ids: Vec<_> = paying.payments(grantee.grant).into_iter().map(|row| row.id).collect();
        let mut seen = Vec::new();
        let undone: Outcome<()> = paying.does(|tx| {
            guards::lift(tx.conn())?;
            let (last, first) = (ids[0], ids[1]);
            let days = format!(
                "UPDATE disbursements SET due_on = '2030-01-01';
                 UPDATE disbursements SET due_on = NULL WHERE id = '{last}';
                 UPDATE disbursements SET due_on = '2029-01-01' WHERE id = '{first}'"
            );
            tx.conn().batch_execute(&days).map_err(StoreError::from)?;
            let planned = (DisbursementState::Planned, None);
            seen.clear();
            let mut key = None;
            loop {
                let page = disbursements::to_pay_of(tx.conn(), &paying.finance, planned, (key, 1), paying.now)?;
                let Some(one) = page.first() else { break };
                key = Some(one.file.disbursement.id);
                seen.push(one.file.disbursement.id);
            }
            Err(UseCaseError::Store(StoreError::NotFound))
        });
        assert!(undone.is_err());
        assert!(seen.len() == ids.len() && seen.first() == Some(&ids[1]) && seen.last() == Some(&ids[0]), "{seen:?}");
    }
}
