//! An account number given as an answer: it lies sealed, masked wherever it is read, and who pays may have it shown.

use super::pages::text;
use crate::support::{
    databases::{TestDb, each_database, sqlite},
    programme::{Programme, assert_whole, open},
    site::Site,
};
use diesel::connection::SimpleConnection;
use tisserand::{
    domain::{
        definitions::{Question, QuestionKind},
        iban_readings::ReadingPurpose,
        roles::Role,
    },
    store::{
        StoreError, answers as rows,
        digests::sha256,
        filings::{self, FilingRow},
        iban_readings,
    },
    usecases::{
        answers::{self, Typed},
        integrity, sealed_numbers,
    },
};

const NUMBER: &str = "FR76 3000 6000 0112 3456 7890 189";
const MASKED: &str = "FR76\u{a0}••••\u{a0}••••\u{a0}0189";

fn asking() -> Programme {
    asking_on(sqlite())
}

fn asking_on(db: TestDb) -> Programme {
    Programme::with(db, |call| {
        let asked = Question {
            code: "compte".into(),
            label: "Compte à créditer".into(),
            kind: QuestionKind::Iban,
            ..call.sections[0].questions[0].clone()
        };
        call.sections[0].questions.push(Question { fills: None, ..asked });
    })
}

#[actix_web::test]
async fn an_account_number_in_an_answer_is_masked_for_whoever_reads_the_file() {
    let programme = asking();
    let (who, id) = programme.complete(1, 3_000);
    let section = &programme.definition.sections[0].code;
    let site = Site::over(&programme.db, open());
    let (holder, officer) = (site.cookie_of(&who), site.cookie_of(&programme.officer));
    let form = text(site.get(&holder, &format!("/dossiers/{id}/rubriques/{section}")).await, 200).await;
    assert!(form.contains(MASKED) && !form.contains("3456 7890"), "what lies sealed shows its ends: {form}");
    let check = text(site.get(&holder, &format!("/dossiers/{id}/verification")).await, 200).await;
    programme.submit(&who, id);
    let own = text(site.get(&holder, &format!("/dossiers/{id}")).await, 200).await;
    let team = text(site.get(&officer, &format!("/instruction/{id}")).await, 200).await;
    let member = site.cookie_of(&programme.members[0]);
    let review = programme.review(id);
    let sheet = text(site.get(&member, &format!("/comite/evaluations/{review}")).await, 200).await;
    for page in [check, own, team, sheet] {
        assert!(page.contains(MASKED), "{page}");
        assert!(!page.contains("3456 7890") && !page.contains("34567890"), "{page}");
    }
}

#[actix_web::test]
async fn an_answered_number_lies_sealed_and_is_shown_to_who_pays() {
    let programme = asking();
    let (who, id) = programme.complete(1, 3_000);
    let section = programme.definition.sections[0].code.clone();
    let stored = || programme.db.read(|conn| rows::of_application(conn, id)).unwrap()["compte"].clone();
    let token = stored();
    assert!(token.starts_with("scellé:iban:") && token.ends_with(MASKED), "{token}");
    let save = |said: &str| {
        let typed = Typed::from([("compte".to_owned(), said.to_owned())]);
        programme.db.write(|tx| answers::save_section(tx, &who, id, &section, &typed, open())).unwrap()
    };
    save(MASKED);
    assert_eq!(stored(), token, "what the page showed, sent back, changes nothing");
    let wrong = save("FR76 3000 6000 0112 3456 7890 188");
    assert!(wrong.iter().any(|error| error.field == "compte"), "{wrong:?}");
    assert!(stored().starts_with("scellé:faux:"), "{}", stored());
    save(NUMBER);
    assert_eq!(stored(), token, "the same number has the same token");
    programme.submit(&who, id);
    let site = Site::over(&programme.db, open());
    let (finance, officer) = (site.person(Role::Finance), site.cookie_of(&programme.officer));
    let path = format!("/instruction/{id}/iban/compte");
    let page = text(site.get(&finance, &format!("/instruction/{id}")).await, 200).await;
    assert!(page.contains(&path) && page.contains("Compte à créditer"), "{page}");
    assert!(!text(site.get(&officer, &format!("/instruction/{id}")).await, 200).await.contains(&path));
    assert_eq!(site.post(&officer, &path, &[]).await.status().as_u16(), 404);
    let shown = text(site.post(&finance, &path, &[]).await, 200).await;
    assert!(shown.contains(NUMBER) && shown.contains(ReadingPurpose::Answer.label()), "{shown}");
    let readings =
        programme.db.read(|conn| iban_readings::of_subjects(conn, &[id.to_string()], ReadingPurpose::ALL, 9)).unwrap();
    assert_eq!(readings.len(), 1);
    assert_eq!((readings[0].0.purpose, readings[0].0.detail.as_str()), (ReadingPurpose::Answer, "compte"));
    assert_eq!(site.post(&finance, &format!("/instruction/{id}/iban/titre"), &[]).await.status().as_u16(), 404);
}

#[test]
fn a_number_in_a_filing_older_than_the_seals_is_seen_taken_out_and_its_digest_kept() {
    for db in each_database() {
        let programme = asking_on(db);
        let (who, id) = programme.complete(1, 3_000);
        programme.submit(&who, id);
        let token = programme.db.read(|conn| rows::of_application(conn, id)).unwrap()["compte"].clone();
        let filed = programme.db.read(|conn| filings::find(conn, id, 1)).unwrap();
        // As it was kept before numbers were sealed.
        let said = filed.said.replace(&token, NUMBER);
        let digest = sha256(&said);
        let old = FilingRow { number: 2, said, digest: digest.clone(), kept_sha256: String::new(), ..filed.clone() };
        programme.db.write(|tx| filings::append(tx, &old)).unwrap();
        let found = programme.db.read(|conn| integrity::check(conn, None, &mut |_| {})).unwrap();
        let broken: Vec<_> =
            found.iter().filter(|promise| promise.tally.broken > 0).map(|promise| promise.name).collect();
        assert_eq!(broken, ["no IBAN lies in clear"]);
        assert_eq!(programme.db.write(|tx| sealed_numbers::seal_all(tx, open())).unwrap(), 1);
        assert_eq!(programme.db.write(|tx| sealed_numbers::seal_all(tx, open())).unwrap(), 0, "once");
        let kept = programme.db.read(|conn| filings::find(conn, id, 2)).unwrap();
        assert_eq!((kept.digest, &kept.said), (digest, &filed.said), "the token stands where the number stood");
        assert_ne!(kept.kept_sha256, "");
        let change = |tx: &mut tisserand::store::Tx| {
            tx.conn().batch_execute("UPDATE filings SET said = ''").map_err(StoreError::from)
        };
        assert!(programme.db.write(change).is_err(), "and nothing changes afterwards");
        assert_whole(&programme.db);
    }
}
