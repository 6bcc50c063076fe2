//! What is filed of the organisations: kept as it was, signed as it was, and held by the digest.

use super::pages::text;
use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, assert_whole, open},
    site::Site,
};
use tisserand::{
    domain::{definitions::FilingSignature, ids::ApplicationId},
    store::{
        digests::sha256,
        filings::{self, FilingRow},
        organisations as rows,
        signatures::{self as signed, SignatureRow},
    },
    usecases::{
        Actor, answers, integrity, organisations,
        profiles::{self, MandateForm, ProfileForm},
        signatures, whole_files,
    },
};

/// The organisation takes another name.
fn rename(programme: &Programme, who: &Actor, id: ApplicationId, name: &str) {
    let organisation = programme.application(id).organisation_id;
    programme
        .db
        .write(|tx| {
            let row = rows::find(tx.conn(), organisation)?;
            let mut form = organisations::OrganisationForm::from(&row);
            form.nom = name.into();
            organisations::edit(tx, who, organisation, &form, row.updated_at, open().plus_minutes(1))
        })
        .unwrap();
}

fn describe(programme: &Programme, who: &Actor, id: ApplicationId) {
    let organisation = programme.application(id).organisation_id;
    let form = ProfileForm { osim: "oui".into(), effectif: "3-5".into(), benevoles: "25".into(), ..Default::default() };
    let led = MandateForm {
        nom: "Zoé Wattez".into(),
        fonction: "treasurer".into(),
        debut: "2026-03-01".into(),
        ..Default::default()
    };
    let never = tisserand::domain::time::Moment::from_unix_seconds(0);
    programme.db.write(|tx| profiles::save(tx, who, organisation, &form, never, open())).unwrap();
    programme.db.write(|tx| profiles::add_mandate(tx, who, organisation, &led, open())).unwrap();
}

#[actix_web::test]
async fn the_team_reads_the_organisation_as_it_was_filed_and_what_changed_since() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.complete(1, 3_000);
    describe(&programme, &who, id);
    programme.submit(&who, id);
    let before = programme.db.read(|conn| whole_files::of_holder(conn, &who, id)).unwrap().identities;
    rename(&programme, &who, id, "Passerelles et Compagnie");
    let after = programme.db.read(|conn| whole_files::of_holder(conn, &who, id)).unwrap().identities;
    assert_eq!(before, after, "the whole file says what was filed");
    let organisation = programme.application(id).organisation_id;
    let fewer = ProfileForm { osim: "oui".into(), effectif: "3-5".into(), ..Default::default() };
    let unsaid = open().plus_minutes(2);
    programme.db.write(|tx| profiles::save(tx, &who, organisation, &fewer, open(), unsaid)).unwrap();
    assert_eq!((before[0].name.as_str(), before[0].mandates[0].name.as_str()), ("Passerelles 1", "Zoé Wattez"));
    let site = Site::over(&programme.db, open());
    let page = text(site.get(&site.cookie_of(&programme.officer), &format!("/instruction/{id}")).await, 200).await;
    for said in [
        "Passerelles 1",
        "Changé depuis le dépôt",
        "Passerelles et Compagnie",
        "25 (retiré)",
        "OSIM",
        "De 3 à 5",
        "Zoé Wattez, depuis le 1er\u{a0}mars 2026",
        "il manque la délégation",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert_whole(&programme.db);
}

#[test]
fn a_signature_does_not_survive_another_identity() {
    let programme = Programme::with(sqlite(), |call| call.filing_signature = Some(FilingSignature::Representative));
    let (who, id) = programme.complete(1, 3_000);
    let content = programme.db.read(|conn| answers::find(conn, &who, id)).unwrap();
    let read = signatures::digest(&content).unwrap();
    programme.db.write(|tx| signatures::sign(tx, &who, id, (&read, true), open())).unwrap();
    let unsigned = || {
        let content = programme.db.read(|conn| answers::find(conn, &who, id)).unwrap();
        programme.db.read(|conn| signatures::unsigned(conn, &content)).unwrap().len()
    };
    assert_eq!(unsigned(), 0);
    rename(&programme, &who, id, "Tout autre chose");
    assert_eq!(unsigned(), 1, "what was signed was the file of another organisation");
    rename(&programme, &who, id, "Passerelles 1");
    assert_eq!(unsigned(), 0, "the same file again");
    programme.submit(&who, id);
    rename(&programme, &who, id, "Tout autre chose");
    assert_eq!(unsigned(), 0, "what was filed stays signed");
}

#[test]
fn a_draft_signed_without_its_organisations_is_to_be_signed_again() {
    let programme = Programme::with(sqlite(), |call| call.filing_signature = Some(FilingSignature::Representative));
    let (who, id) = programme.complete(1, 3_000);
    let content = programme.db.read(|conn| answers::find(conn, &who, id)).unwrap();
    // As it was signed before organisations and ties were a part of what is.
    let partners: Vec<_> = content.partners.iter().map(|p| (&p.name, &p.part, &p.country_code, &p.email)).collect();
    let files: Vec<_> = content.attachments.iter().map(|file| (&file.document_code, &file.sha256)).collect();
    let said = (&content.row.reference, content.call.revision, &content.answers, &content.budget, partners, files);
    let row = SignatureRow {
        application_id: id,
        organisation_id: content.organisation.id,
        asked_at: None,
        person_id: who.person,
        content_hash: Some(sha256(serde_json::to_string(&said).unwrap())),
        signed_at: Some(open()),
    };
    programme.db.write(|tx| signed::insert(tx, &row)).unwrap();
    assert_eq!(programme.db.read(|conn| signatures::unsigned(conn, &content)).unwrap().len(), 1);
}

#[test]
fn filings_kept_in_the_first_format_still_hold_and_an_unreadable_one_is_told() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (_, id) = programme.filed(1, 3_000);
        let first = r#"["REC-1",1,{"titre":"Un océan"},{"grant":100,"lines":[]},[],[["rib","ab"]]]"#;
        let row = |number: i32, said: &str| FilingRow {
            application_id: id,
            number,
            filed_at: open(),
            digest: sha256(said),
            said: said.into(),
            kept_sha256: sha256(said),
        };
        programme.db.write(|tx| filings::append(tx, &row(2, first))).unwrap();
        assert_whole(&programme.db);
        programme.db.write(|tx| filings::append(tx, &row(3, "{\"format\":9}"))).unwrap();
        let found = programme.db.read(|conn| integrity::check(conn, None, &mut |_| {})).unwrap();
        let broken: Vec<_> = found.iter().filter(|promise| promise.tally.broken > 0).collect();
        assert!(broken.len() == 1 && broken[0].tally.examples[0].contains("can no longer be read"), "{broken:?}");
    }
}
