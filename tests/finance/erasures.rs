//! What was erased is nowhere any more: no column, no stored file, no archive of proofs; and what a funder still asks for is
//! not erased.

use super::{
    NAME,
    evidence::{INVOICES, ask, asking_for_invoices, lived, row, worker_at},
    sealed::dump,
};
use crate::support::{
    databases::{TestDb, each_database, sqlite},
    grants::{Grantee, Paying},
    require,
};
use std::{
    fs,
    io::{Cursor, Read},
    path::Path,
    process::Command,
};
use tempfile::TempDir;
use tisserand::{
    domain::{
        disbursements::PieceOutcome, evidence_packs::Evidence, ids::EvidencePackId, lifecycles::grants::GrantState,
        messages::MessageKind, money::Euros, reports::ReportKind, text::fold, time::Moment, vaults::VaultPaper,
    },
    store::{
        Files, erasures,
        grant_pieces::{self, GrantPieceRow},
        messages, organisations,
    },
    usecases::{UseCaseError, attachments, evidence_packs, vaults},
};

const SIRET: &str = "73282932000074";
/// What only the vault of the organisation holds.
const BYLAWS: &[u8] = b"%PDF-1.7\nstatuts des Passeurs\n%%EOF\n";

/// Three in the morning in Paris.
fn at(day: &str) -> Moment {
    Moment::from_paris(day.parse().unwrap(), "03:00:00".parse().unwrap())
}

/// A grant paid, reported on and closed, its pack made, its holder's vault filled.
struct Past {
    paying: Paying,
    grantee: Grantee,
    folder: TempDir,
    files: Files,
    pack: EvidencePackId,
}

impl Past {
    async fn on(db: TestDb) -> Self {
        let paying = asking_for_invoices(db);
        let grantee = paying.award(NAME, Euros::whole(10_000));
        paying.announce();
        lived(&paying, &grantee);
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[1].id]));
        paying.report(&grantee, ReportKind::Final, Euros::whole(12_000));
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[2].id]));
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Closed);
        let statutes = attachments::judge("f", "statuts.pdf", BYLAWS).unwrap();
        let keep = |tx: &mut tisserand::store::Tx| {
            let paper = (VaultPaper::Bylaws, None);
            vaults::keep(tx, &grantee.holder, grantee.organisation, paper, &statutes, paying.now)
        };
        paying.does(keep).unwrap();
        let folder = TempDir::new().unwrap();
        let files = Files::local(folder.path()).unwrap();
        for bytes in [INVOICES, BYLAWS, b"%PDF-1.7\nrib\n%%EOF\n"] {
            files.put(bytes.to_vec()).await.unwrap();
        }
        let pack = ask(&paying, &paying.finance, "afd");
        let past = Past { paying, grantee, folder, files, pack };
        past.night(past.paying.now).await;
        assert!(row(&past.paying, pack).sha256.is_some(), "{:?}", row(&past.paying, pack).failure);
        past
    }

    /// What the worker does at an instant, and what follows from that.
    async fn night(&self, now: Moment) {
        for _ in 0..2 {
            worker_at(&self.paying, &self.files, now).drain().await.unwrap();
        }
    }

    fn is_erased(&self) -> bool {
        let id = self.paying.grant(self.grantee.grant).application_id;
        let noted = self.paying.db.read(|conn| erasures::find(conn, id)).unwrap();
        noted.is_some_and(|noted| noted.erased_at.is_some())
    }

    fn evidence(&self) -> Evidence {
        serde_json::from_str(&row(&self.paying, self.pack).facts.unwrap()).unwrap()
    }

    /// Every text of the database and every stored file that can be read, folded.
    fn everything(&self) -> String {
        let mut all = self.paying.db.read(dump).unwrap();
        read_files(self.folder.path(), &mut all);
        fold(&all)
    }
}

/// Appends the text of each file below a folder.
fn read_files(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => read_files(&path, all),
            false => read(&fs::read(&path).unwrap(), all),
        }
    }
}

/// Appends what bytes say: those of an archive entry by entry, those of a PDF as they are read.
fn read(bytes: &[u8], all: &mut String) {
    all.push_str(&String::from_utf8_lossy(bytes));
    if let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) {
        for place in 0..archive.len() {
            let (mut entry, mut inner) = (archive.by_index(place).unwrap(), Vec::new());
            entry.read_to_end(&mut inner).unwrap();
            all.push_str(&entry.name().unwrap());
            read(&inner, all);
        }
    } else if bytes.starts_with(b"%PDF") && bytes.len() > 1_000 && require("pdftotext") {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("lu.pdf");
        fs::write(&file, bytes).unwrap();
        let said = Command::new("pdftotext").arg(&file).arg("-").output().unwrap();
        all.push_str(&String::from_utf8_lossy(&said.stdout));
    }
}

#[actix_web::test]
async fn what_a_source_still_asks_for_is_not_erased_though_its_grant_is_long_over() {
    let past = Past::on(sqlite()).await;
    // Ten years after the grant is over; the agreement ends at the end of 2028 and asks for ten years from then.
    for day in ["2037-06-30", "2038-12-31"] {
        past.night(at(day)).await;
        assert!(!past.is_erased(), "{day}");
    }
    let before = row(&past.paying, past.pack);
    past.night(at("2039-01-01")).await;
    assert!(past.is_erased());
    let after = row(&past.paying, past.pack);
    assert!(after.sha256.is_some() && after.sha256 != before.sha256, "the archive is made anew");
    assert!(past.files.get(&before.sha256.unwrap()).await.is_err(), "the former one is gone");
}

#[actix_web::test]
async fn a_pack_made_before_an_erasure_says_what_went_and_keeps_the_figures() {
    let past = Past::on(sqlite()).await;
    let before = past.evidence();
    let former = row(&past.paying, past.pack).sha256;
    assert!(before.removals.is_empty() && before.grants[0].reports.iter().any(|report| !report.said.is_empty()));
    past.night(at("2039-01-01")).await;
    let after = past.evidence();
    assert_eq!((after.paid(), &after.sources), (before.paid(), &before.sources), "figures are of no person");
    assert_eq!(after.grants[0].payments, before.grants[0].payments);
    assert_eq!(after.grants[0].beneficiary, NAME, "the organisation is still there");
    assert!(after.grants[0].reports.iter().all(|report| report.said.is_empty()));
    let kept: Vec<_> = after.grants[0].proofs.iter().map(|proof| proof.title.as_str()).collect();
    assert_eq!(kept, ["Lettre d’attribution"], "the decision and its letter stay");
    let [removal] = &after.removals[..] else { panic!("{:?}", after.removals) };
    assert!(removal.papers > 0 && removal.reports > 0 && removal.archive == former, "{removal:?}");
    let bytes = past.files.get(&row(&past.paying, past.pack).sha256.unwrap()).await.unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut said = String::new();
    archive.by_name("LISEZ-MOI.txt").unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("avant un effacement") && said.contains(&removal.sentence()), "{said}");
    // Asked for once more it is the same to the byte.
    // Before the organisation, which has a month to come back, is erased too.
    let again = at("2039-01-15");
    past.paying.does(|tx| evidence_packs::ask_again(tx, &past.paying.finance, past.pack, again)).unwrap();
    past.night(again).await;
    let remade = row(&past.paying, past.pack);
    assert_eq!(remade.remade_sha256, remade.sha256);
}

#[actix_web::test]
async fn what_was_said_of_papers_that_others_have_replaced_is_erased_too() {
    let past = Past::on(sqlite()).await;
    let (paying, grant_id) = (&past.paying, past.grantee.grant);
    for motive in ["Madame Introuvable y est nommée.", "Illisible."] {
        let set = |tx: &mut tisserand::store::Tx| {
            let row = GrantPieceRow {
                grant_id,
                code: "assurance".into(),
                label: "Assurance".into(),
                attachment_id: tx.mint(paying.now)?,
                outcome: PieceOutcome::Refused,
                motive: motive.into(),
                provided_by: past.grantee.holder.person.unwrap(),
                provided_at: paying.now,
                judged_by: paying.officer.person,
                judged_at: Some(paying.now),
            };
            grant_pieces::set(tx, &row)?;
            Ok::<_, UseCaseError>(())
        };
        paying.does(set).unwrap();
    }
    let former = || paying.db.read(|conn| grant_pieces::former_of(conn, grant_id)).unwrap();
    assert_eq!(former()[0].motive, "Madame Introuvable y est nommée.");
    past.night(at("2039-01-01")).await;
    assert!(past.is_erased());
    assert!(former().iter().all(|row| row.motive.is_empty()));
    assert!(!past.everything().contains("madame introuvable"));
}

#[actix_web::test]
async fn after_an_organisation_is_erased_its_names_are_nowhere() {
    for db in each_database() {
        let past = Past::on(db).await;
        let organisation = past.grantee.organisation;
        let known = past.paying.db.read(|conn| organisations::find(conn, organisation)).unwrap();
        let needles =
            [NAME, SIRET, &known.representative_name, &known.street, &known.email.unwrap().to_string()].map(fold);
        let everything = past.everything();
        needles.iter().for_each(|needle| assert!(everything.contains(needle), "{needle} is there before"));
        past.night(at("2039-01-01")).await;
        past.night(at("2039-01-02")).await;
        let told = past.paying.db.read(|conn| messages::about(conn, organisation.as_str(), 50)).unwrap();
        assert!(told.iter().any(|mail| mail.kind == MessageKind::OrganisationErasure), "told a month before");
        past.night(at("2039-01-20")).await;
        let still = past.paying.db.read(|conn| organisations::find(conn, organisation)).unwrap();
        assert_eq!(still.name, NAME, "a month is a month");
        past.night(at("2039-02-10")).await;
        past.night(at("2039-02-11")).await;
        let everything = past.everything();
        for needle in &needles {
            let near =
                everything.find(needle).map(|place| everything[..place].chars().rev().take(300).collect::<String>());
            let near = near.map(|near| near.chars().rev().collect::<String>());
            assert_eq!(near, None, "{needle} is still there");
        }
        let gone = past.paying.db.read(|conn| organisations::find(conn, organisation)).unwrap();
        assert_eq!((gone.name.as_str(), gone.siret), ("Organisation effacée", None));
        assert!(past.evidence().grants[0].beneficiary == "Organisation effacée");
        past.paying.check();
    }
}

#[actix_web::test]
async fn an_organisation_somebody_comes_back_for_keeps_its_vault() {
    let past = Past::on(sqlite()).await;
    past.night(at("2039-01-01")).await;
    // Somebody joins it in the month that is left.
    let join = |tx: &mut tisserand::store::Tx| {
        let row = organisations::MemberRow {
            organisation_id: past.grantee.organisation,
            person_id: past.paying.finance.person.unwrap(),
            seat: tisserand::domain::organisations::MemberSeat::Member,
            since: at("2039-01-05"),
        };
        Ok::<_, UseCaseError>(organisations::insert_member(tx, &row)?)
    };
    past.paying.does(join).unwrap();
    for day in ["2039-01-10", "2039-02-15", "2040-12-01"] {
        past.night(at(day)).await;
    }
    let still = past.paying.db.read(|conn| organisations::find(conn, past.grantee.organisation)).unwrap();
    assert_eq!(still.name, NAME);
}
