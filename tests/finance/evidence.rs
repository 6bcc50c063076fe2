//! What proves to a funder where its money went: the same bytes twice, a manifest that others check, the figures of the
//! journal, and nothing for whoever may not know.

use super::{Desk, led_to, text};
use crate::support::{
    self,
    databases::{self, TestDb, each_database, sqlite},
    grants::{Grantee, IBANS, Paying},
    output_dir,
};
use object_store::memory::InMemory;
use std::{
    path::Path,
    process::Command,
    sync::{Arc, atomic::Ordering},
};
use tisserand::{
    domain::{
        attachments::AttachmentOwner,
        definitions,
        evidence_packs::Evidence,
        identity::Email,
        ids::{EvidencePackId, FundingSourceId, PersonId},
        journal::Stage,
        letters::Letter,
        money::Euros,
        reports::ReportKind,
        roles::Role,
        time::Moment,
    },
    mail::{Transport, Worker},
    store::{
        Db, Files, Tx,
        evidence_packs::{self as rows, EvidencePackRow},
        funding_dues, funding_sources,
        journal::{self, Scope},
    },
    usecases::{
        Actor, UseCaseError, attachments,
        clock::Clock,
        evidence::Told,
        evidence_packs::{self, PackForm},
        people, scans,
    },
};

const NAME: &str = "Les Passeurs";
/// What reports of these tests come with.
pub(super) const INVOICES: &[u8] = b"%PDF-1.7\nfactures\n%%EOF\n";

fn print(letter: &Letter) -> Result<Vec<u8>, String> {
    tisserand::documents::render(letter).map_err(|error| error.to_string())
}

fn bind(evidence: &Evidence, made: Vec<(String, Vec<u8>)>, proofs: Vec<Vec<u8>>) -> Result<Vec<u8>, String> {
    tisserand::exports::evidence_packs::bind(evidence, made, &proofs).map_err(|error| error.to_string())
}

/// A worker over these files that makes packs.
pub(super) fn worker(paying: &Paying, files: &Files) -> Worker {
    worker_at(paying, files, paying.now)
}

/// The same on another day.
pub(super) fn worker_at(paying: &Paying, files: &Files, now: Moment) -> Worker {
    let db: &Db = &paying.db;
    let transport = Transport::folder(output_dir("evidence-mails")).unwrap();
    let from = "Lianes coopération <fonds@example.org>".parse().unwrap();
    Worker::new(db.clone(), Clock::at(now), files.clone(), transport, from, print).with_binder(bind)
}

/// A call whose interim reports come with invoices.
pub(super) fn asking_for_invoices(db: TestDb) -> Paying {
    Paying::with(db, |call| {
        let recital = definitions::parse(include_str!("../../fixtures/recital.toml")).unwrap();
        call.reports.interim.as_mut().unwrap().documents = recital.calls[0].reports.last.documents.clone();
    })
}

/// One grant paid once and reported on.
fn paid(paying: &Paying) -> Grantee {
    let grantee = paying.award(NAME, Euros::whole(10_000));
    paying.announce();
    lived(paying, &grantee);
    grantee
}

pub(super) fn lived(paying: &Paying, grantee: &Grantee) {
    paying.ready(grantee, NAME, IBANS[0]);
    paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
    paying.report(grantee, ReportKind::Interim, Euros::whole(6_000));
}

fn source(paying: &Paying, reference: &str) -> FundingSourceId {
    paying.db.read(|conn| funding_sources::by_reference(conn, reference)).unwrap().unwrap().id
}

fn funder(paying: &Paying, code: &str) -> String {
    paying.db.read(|conn| funding_sources::funder_by_code(conn, code)).unwrap().unwrap().id.to_string()
}

pub(super) fn ask(paying: &Paying, who: &Actor, code: &str) -> EvidencePackId {
    let form = PackForm { funder: funder(paying, code), from: "2026-01-01".into(), until: "2028-12-31".into() };
    paying.does(|tx| evidence_packs::ask(tx, who, &form, paying.now)).unwrap()
}

pub(super) fn row(paying: &Paying, id: EvidencePackId) -> EvidencePackRow {
    paying.db.read(|conn| rows::find(conn, id, None)).unwrap()
}

async fn store() -> Files {
    let files = Files::over(Arc::new(InMemory::new()));
    files.put(INVOICES.to_vec()).await.unwrap();
    files
}

/// What a python script says of a file; `None`, said aloud, where python or its module is missing.
fn python(module: &str, script: &str, file: &Path) -> Option<String> {
    let has = Command::new("python3").args(["-c", &format!("import {module}")]).output();
    if !has.is_ok_and(|run| run.status.success()) {
        support::left_out("evidence packs read by python", module);
        return None;
    }
    let read =
        Command::new("python3").args(["-c", script]).arg(file).env("PYTHONIOENCODING", "utf-8").output().unwrap();
    let said = String::from_utf8(read.stdout).unwrap();
    assert!(read.status.success(), "{said}{}", String::from_utf8_lossy(&read.stderr));
    Some(said)
}

const CHECK: &str = "import hashlib, sys, zipfile\n\
    pack = zipfile.ZipFile(sys.argv[1])\n\
    assert pack.testzip() is None\n\
    names = pack.namelist()\n\
    assert len(names) == len(set(names)), names\n\
    told = {line[66:]: line[:64] for line in pack.read('empreintes-sha256.txt').decode().splitlines()}\n\
    assert sorted(told) == sorted(set(names) - {'empreintes-sha256.txt'}), told\n\
    for name, digest in told.items():\n\
    \x20   assert hashlib.sha256(pack.read(name)).hexdigest() == digest, name\n\
    assert {entry.date_time for entry in pack.infolist()} == {(1980, 1, 1, 0, 0, 0)}\n\
    print('\\n'.join(names))";

const TOTAL: &str = "import hashlib, io, sys, zipfile, openpyxl\n\
    pack = zipfile.ZipFile(sys.argv[1])\n\
    book = openpyxl.load_workbook(io.BytesIO(pack.read('01-etat/etat.xlsx')))\n\
    def column(sheet, name):\n\
    \x20   rows = list(book[sheet].iter_rows(values_only=True))\n\
    \x20   return [row[rows[0].index(name)] for row in rows[1:]]\n\
    print(book.sheetnames)\n\
    print(round(sum(column('Versements', 'Part de ce bailleur')) * 100))\n\
    print(round(sum(column('Conventions', 'Versé sur la période')) * 100))\n\
    print(column('Subventions', 'Bénéficiaire'), column('Comptes', 'Réalisé'), column('Bilans', 'Attendu'))\n\
    listed = dict(zip(column('Pièces', 'Fichier'), column('Pièces', 'SHA-256')))\n\
    proofs = [name for name in pack.namelist() if name.startswith('02-preuves/')]\n\
    print(listed == {name: hashlib.sha256(pack.read(name)).hexdigest() for name in proofs})\n\
    print(*(name.split('/')[2] for name in listed))";

#[actix_web::test]
async fn a_pack_made_again_is_the_same_to_the_byte_whatever_happened_since() {
    for db in each_database() {
        let paying = asking_for_invoices(db);
        let grantee = paid(&paying);
        let files = store().await;
        let id = ask(&paying, &paying.finance, "afd");
        worker(&paying, &files).drain().await.unwrap();
        let made = row(&paying, id);
        assert_eq!(made.failure, None);
        let sha256 = made.sha256.clone().unwrap();
        let first = files.get(&sha256).await.unwrap();
        // The world goes on, and the archive is lost.
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[1].id]));
        files.remove(&sha256).await.unwrap();
        paying.does(|tx| evidence_packs::ask_again(tx, &paying.finance, id, paying.now.plus_days(40))).unwrap();
        let mut later = worker(&paying, &files);
        later.drain().await.unwrap();
        let again = row(&paying, id);
        assert_eq!((again.failure, again.again_at), (None, None));
        assert_eq!(again.remade_sha256.as_ref(), Some(&sha256));
        assert!(files.get(&sha256).await.unwrap() == first);
        assert_eq!(again.facts, made.facts);
    }
}

#[actix_web::test]
async fn the_archive_is_checked_by_another_program_and_says_what_the_journal_says() {
    let paying = asking_for_invoices(sqlite());
    let grantee = paid(&paying);
    let files = store().await;
    let id = ask(&paying, &paying.finance, "afd");
    worker(&paying, &files).drain().await.unwrap();
    let file = output_dir("evidence").join("preuves.zip");
    std::fs::write(&file, files.get(&row(&paying, id).sha256.unwrap()).await.unwrap()).unwrap();
    let grant = paying.grant(grantee.grant).reference;
    if let Some(names) = python("hashlib", CHECK, &file) {
        let names: Vec<&str> = names.lines().collect();
        assert_eq!(names[..3], ["LISEZ-MOI.txt", "01-etat/etat.pdf", "01-etat/etat.xlsx"]);
        let proofs = names[3..names.len() - 1].iter().map(|name| name.split('/').nth(2).unwrap());
        let parts: Vec<&str> = proofs.map(|name| &name[..2]).collect();
        assert!(parts.is_sorted() && ["01", "03", "04", "05"].iter().all(|part| parts.contains(part)), "{names:?}");
        assert!(names[3..names.len() - 1].iter().all(|name| name.starts_with(&format!("02-preuves/{grant}/"))));
    }
    let source = source(&paying, "AFD-2026-TANDEMS");
    let lies = |stage| paying.db.read(|conn| journal::balance(conn, stage, Scope::Source(source))).unwrap();
    let paid = (lies(Stage::Paid) + lies(Stage::Recovered)).cents();
    assert!(paid > 0);
    if let Some(said) = python("openpyxl", TOTAL, &file) {
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines[0], "['Conventions', 'Subventions', 'Versements', 'Comptes', 'Bilans', 'Pièces']");
        assert_eq!([lines[1], lines[2]], [paid.to_string(), paid.to_string()]);
        assert!(lines[3].contains(NAME) && lines[3].contains("6000") && lines[3].contains("oui"), "{said}");
        assert!(lines[4] == "True" && lines[5].contains("04-00-bilan-"), "every paper is listed, reports too: {said}");
    }
}

#[actix_web::test]
async fn the_statement_reads_as_a_tagged_pdf() {
    let paying = asking_for_invoices(sqlite());
    paid(&paying);
    let files = store().await;
    let id = ask(&paying, &paying.finance, "afd");
    worker(&paying, &files).drain().await.unwrap();
    let bytes = files.get(&row(&paying, id).sha256.unwrap()).await.unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let file = output_dir("evidence").join("etat.pdf");
    std::io::copy(&mut archive.by_name("01-etat/etat.pdf").unwrap(), &mut std::fs::File::create(&file).unwrap())
        .unwrap();
    if !support::require("pdftotext") || !support::require("pdfinfo") {
        return;
    }
    let read = Command::new("pdftotext").arg("-layout").arg(&file).arg("-").output().unwrap();
    let said = String::from_utf8(read.stdout).unwrap().replace(['\u{a0}', '\u{202f}'], " ");
    for words in [
        NAME,
        "AFD-2026-TANDEMS",
        "Versé sur la période",
        "Bilans attendus",
        "bilan final",
        "Prévu",
        "Bilan intermédiaire",
    ] {
        assert!(said.contains(words), "{words} is not in {said}");
    }
    let info = Command::new("pdfinfo").arg(&file).output().unwrap();
    let info = String::from_utf8(info.stdout).unwrap();
    assert!(info.lines().any(|line| line.starts_with("Tagged:") && line.ends_with("yes")), "{info}");
}

#[actix_web::test]
async fn a_pack_is_asked_for_followed_and_taken_away_on_screen() {
    let desk = Desk::over(asking_for_invoices(sqlite()), lived);
    let (funder, door) = (funder(&desk.paying, "region"), &desk.door);
    let list = "/finances/preuves";
    let fields = [("bailleur", funder.as_str()), ("du", "2027-12-31"), ("au", "2027-01-01")];
    let refused = text(desk.send(&desk.finance, list, list, &fields).await, 422).await;
    assert!(refused.contains("La fin de la période précède son début") && refused.contains("2027-12-31"), "{refused}");
    let fields = [("bailleur", funder.as_str()), ("du", "2026-01-01"), ("au", "2028-12-31")];
    let page = led_to(&desk.send(&desk.finance, list, list, &fields).await);
    let waiting = desk.page(&desk.finance, &page, 200).await;
    assert!(waiting.contains("L’archive se prépare") && !waiting.contains("/fichier"), "{waiting}");
    assert_eq!(door.get(&desk.finance, &format!("{page}/fichier")).await.status().as_u16(), 404);
    door.files.put(INVOICES.to_vec()).await.unwrap();
    worker(&desk.paying, &door.files).drain().await.unwrap();
    let ready = desk.page(&desk.director, &page, 200).await;
    assert!(ready.contains("prêt") && ready.contains(NAME) && !ready.contains("Refaire"), "{ready}");
    let sent = door.get(&desk.director, &format!("{page}/fichier")).await;
    assert_eq!(sent.headers()["content-type"], "application/zip");
    assert!(sent.bytes().await.unwrap().starts_with(b"PK"));
    led_to(&desk.send(&desk.finance, &page, &page, &[]).await);
    worker(&desk.paying, &door.files).drain().await.unwrap();
    let again = desk.page(&desk.finance, &page, 200).await;
    assert!(again.contains("l’archive est la même, à l’octet près"), "{again}");
    assert!(desk.page(&desk.finance, list, 200).await.contains("Région Hauts-de-France"));
}

#[actix_web::test]
async fn what_cannot_be_bound_is_said_and_tried_again() {
    let desk = Desk::over(asking_for_invoices(sqlite()), lived);
    let id = ask(&desk.paying, &desk.paying.finance, "afd");
    worker(&desk.paying, &desk.door.files).drain().await.unwrap();
    let path = format!("/finances/preuves/{id}");
    let page = desk.page(&desk.finance, &path, 200).await;
    assert!(page.contains("ne peut pas être lue") && page.contains("Essayer de nouveau"), "{page}");
    desk.door.files.put(INVOICES.to_vec()).await.unwrap();
    led_to(&desk.send(&desk.finance, &path, &path, &[]).await);
    worker(&desk.paying, &desk.door.files).drain().await.unwrap();
    assert!(desk.page(&desk.finance, &path, 200).await.contains("prêt"));
}

#[actix_web::test]
async fn facts_that_cannot_be_gathered_are_said_and_hold_up_no_other_pack() {
    let desk = Desk::over(asking_for_invoices(sqlite()), lived);
    desk.door.files.put(INVOICES.to_vec()).await.unwrap();
    let agreement = source(&desk.paying, "AFD-2026-TANDEMS");
    let settings = desk.paying.db.read(|conn| funding_sources::find(conn, agreement)).unwrap().settings;
    let write = |text: &str| {
        let row = desk.paying.db.read(|conn| funding_sources::find(conn, agreement)).unwrap();
        let row = funding_sources::FundingSourceRow { settings: text.to_owned(), ..row };
        desk.paying.does(|tx| Ok(funding_sources::update(tx, &row)?)).unwrap();
    };
    // As many as the worker makes in one round, and one more that nothing stands in the way of.
    let broken: Vec<_> = (0..4).map(|_| ask(&desk.paying, &desk.paying.finance, "afd")).collect();
    let whole = ask(&desk.paying, &desk.paying.finance, "region");
    write("{}");
    worker(&desk.paying, &desk.door.files).drain().await.unwrap();
    worker(&desk.paying, &desk.door.files).drain().await.unwrap();
    write(&settings);
    assert!(row(&desk.paying, whole).sha256.is_some());
    let path = format!("/finances/preuves/{}", broken[0]);
    let page = desk.page(&desk.finance, &path, 200).await;
    assert!(page.contains("n’ont pas pu être rassemblés") && page.contains("Essayer de nouveau"), "{page}");
    led_to(&desk.send(&desk.finance, &path, &path, &[]).await);
    worker(&desk.paying, &desk.door.files).drain().await.unwrap();
    assert!(desk.page(&desk.finance, &path, 200).await.contains("prêt"));
}

#[actix_web::test]
async fn a_file_that_the_antivirus_has_still_to_look_at_is_waited_for() {
    for db in each_database() {
        let paying = asking_for_invoices(db);
        paid(&paying);
        let files = store().await;
        paying.does(|tx| scans::switch(tx, true, paying.now)).unwrap();
        let id = ask(&paying, &paying.finance, "afd");
        worker(&paying, &files).drain().await.unwrap();
        assert_eq!((row(&paying, id).facts, row(&paying, id).sha256), (None, None), "nothing is frozen before");
        let waiting = paying.db.read(|conn| scans::due(conn, paying.now, 100)).unwrap();
        assert!(!waiting.is_empty());
        for sha256 in &waiting {
            paying.does(|tx| scans::record(tx, sha256, None, paying.now)).unwrap();
        }
        worker(&paying, &files).drain().await.unwrap();
        assert_eq!(row(&paying, id).failure, None);
        assert!(row(&paying, id).sha256.is_some());
    }
}

/// Somebody who reads for a funder.
pub(super) fn reader(paying: &Paying, name: &str, code: Option<&str>) -> Actor {
    let email: Email = format!("{name}@bailleur.example").parse().unwrap();
    let seated = |tx: &mut Tx| {
        let id: PersonId = people::ensure(tx, &email, name, Role::Funder, paying.now)?;
        let funder = code.map(|code| funding_sources::funder_by_code(tx.conn(), code)).transpose()?.flatten();
        funding_dues::seat(tx, id, funder.map(|row| row.id), paying.now)?;
        Ok::<_, UseCaseError>(Actor::person(id, vec![Role::Funder]))
    };
    paying.does(seated).unwrap()
}

#[actix_web::test]
async fn a_funder_sees_its_own_money_and_of_the_rest_nothing_exists() {
    let desk = Desk::over(asking_for_invoices(sqlite()), lived);
    let paying = &desk.paying;
    let other = funding_sources::FunderRow {
        id: paying.does(|tx| Ok(tx.mint(paying.now)?)).unwrap(),
        code: "ue".into(),
        name: "Union européenne".into(),
        mention: String::new(),
    };
    paying.does(|tx| Ok(funding_sources::insert_funder(tx, &other)?)).unwrap();
    let id = ask(paying, &paying.finance, "afd");
    desk.door.files.put(INVOICES.to_vec()).await.unwrap();
    worker(paying, &desk.door.files).drain().await.unwrap();
    let cookie = |name: &str, code| desk.door.cookie_of(&reader(paying, name, code));
    let anna = reader(paying, "anna", Some("afd"));
    let (own, stranger, nobody) = (desk.door.cookie_of(&anna), cookie("ugo", Some("ue")), cookie("nils", None));
    let grant = format!("/bailleur/subventions/{}", desk.grantee.grant);
    let statement = desk.page(&own, "/bailleur?du=2026-01-01&au=2028-12-31", 200).await;
    assert!(statement.contains(NAME) && statement.contains("AFD-2026-TANDEMS"), "{statement}");
    assert!(!statement.contains("REGION-2026-TANDEMS"), "{statement}");
    assert!(statement.contains("<dt>Trésorerie</dt>") && statement.contains("<dt>Plafond par bénéficiaire</dt>"));
    assert!(statement.contains("/bailleur/fichier?du=2026-01-01"), "{statement}");
    let list = "/bailleur/fichier?du=2026-01-01&au=2028-12-31&format=csv-programme";
    let file = desk.page(&own, list, 200).await;
    assert!(file.starts_with("grant_reference,beneficiary_name,project_title,decided_on,"), "{file}");
    assert!(file.lines().count() > 1 && file.contains(NAME), "{file}");
    desk.page(&own, "/bailleur/fichier?du=2027-02-01&au=2027-01-01", 422).await;
    let page = desk.page(&own, &grant, 200).await;
    assert!(page.contains("Lettre d’attribution") && page.contains("bilan intermédiaire"), "{page}");
    let told = paying.db.read(|conn| evidence_packs::granted(conn, &anna, desk.grantee.grant, paying.now)).unwrap();
    let said: Vec<_> = told.printed_reports().flat_map(|report| &report.said).collect();
    assert!(!said.is_empty() && page.contains("ce que dit l’organisation"), "what the archive prints: {page}");
    assert!(said.iter().any(|(_, answer)| page.contains(&format!("<dd>{answer}</dd>"))), "{said:?} in {page}");
    let proof = desk.door.get(&own, &format!("{grant}/preuves/1")).await;
    assert!(proof.bytes().await.unwrap().starts_with(b"%PDF"));
    let archive = desk.door.get(&own, &format!("/bailleur/preuves/{id}")).await;
    assert!(archive.bytes().await.unwrap().starts_with(b"PK"));
    for cookie in [&stranger, &nobody] {
        for path in [grant.clone(), format!("{grant}/preuves/1"), format!("/bailleur/preuves/{id}")] {
            assert_eq!(desk.door.get(cookie, &path).await.status().as_u16(), 404, "{path}");
        }
        let page = desk.page(cookie, "/bailleur?du=2026-01-01&au=2028-12-31", 200).await;
        assert!(!page.contains(NAME) && !page.contains("AFD"), "{page}");
        assert_eq!(desk.page(cookie, list, 200).await.lines().count(), 1, "headings alone");
    }
    for path in ["/finances", "/finances/bailleurs", "/finances/preuves", "/suivi"] {
        assert_eq!(desk.door.get(&own, path).await.status().as_u16(), 404, "{path}");
    }
    let upside_down = desk.page(&own, "/bailleur?du=2027-02-01&au=2027-01-01", 422).await;
    assert!(upside_down.contains("La fin de la période précède son début"), "{upside_down}");
}

#[test]
fn a_copy_signed_on_paper_is_among_the_proofs() {
    let paying = asking_for_invoices(sqlite());
    let grantee = paid(&paying);
    let scan = attachments::judge("scan", "convention-signee.pdf", b"%PDF-1.7\nsignee\n%%EOF\n").unwrap();
    let owner = (AttachmentOwner::Grant, grantee.grant.as_str());
    paying.does(|tx| attachments::attach(tx, &paying.director, owner, "papier", &scan, paying.now)).unwrap();
    let reader = reader(&paying, "anna", Some("afd"));
    let told = paying.db.read(|conn| evidence_packs::granted(conn, &reader, grantee.grant, paying.now)).unwrap();
    let proof = told.proofs.iter().find(|proof| proof.title == "convention-signee.pdf").unwrap();
    assert!(proof.path.ends_with("/02-02-convention-signee.pdf"), "{}", proof.path);
    assert_eq!(proof.sha256.as_ref(), Some(&scan.sha256));
}

#[test]
fn a_funder_learns_of_no_decision_before_the_results_are_announced() {
    let paying = asking_for_invoices(sqlite());
    let grantee = paying.award(NAME, Euros::whole(10_000));
    let reader = reader(&paying, "anna", Some("afd"));
    let period = evidence_packs::period("2026-01-01", "2028-12-31").unwrap();
    let told = |conn: &mut tisserand::store::Conn| {
        let found = evidence_packs::statement(conn, &reader, period, Told::Every, paying.now);
        found.map(|found| found.map(|found| found.evidence))
    };
    let before = paying.db.read(told).unwrap().unwrap();
    assert!(before.grants.is_empty());
    assert!(before.sources.iter().all(|source| source.committed == Euros::ZERO));
    let one = |conn: &mut tisserand::store::Conn| evidence_packs::granted(conn, &reader, grantee.grant, paying.now);
    assert!(paying.db.read(one).is_err());
    paying.announce();
    let after = paying.db.read(told).unwrap().unwrap();
    assert_eq!(after.grants.len(), 1);
    assert!(after.sources.iter().any(|source| source.committed.is_positive()));
}

#[actix_web::test]
async fn whoever_is_recused_gets_a_pack_without_the_file_and_never_one_with_it() {
    let desk = Desk::over(asking_for_invoices(sqlite()), lived);
    let (paying, files) = (&desk.paying, &desk.door.files);
    files.put(INVOICES.to_vec()).await.unwrap();
    let whole = ask(paying, &paying.finance, "afd");
    worker(paying, files).drain().await.unwrap();
    paying.recuse(&paying.finance, desk.grantee.grant);
    let partial = ask(paying, &paying.finance, "afd");
    worker(paying, files).drain().await.unwrap();
    for path in [format!("/finances/preuves/{whole}"), format!("/finances/preuves/{whole}/fichier")] {
        assert_eq!(desk.door.get(&desk.finance, &path).await.status().as_u16(), 404, "{path}");
    }
    assert!(!desk.page(&desk.finance, "/finances/preuves", 200).await.contains(whole.as_str()));
    let own = desk.page(&desk.finance, &format!("/finances/preuves/{partial}"), 200).await;
    assert!(!own.contains(NAME) && !own.contains("déportée"), "{own}");
    let other = desk.page(&desk.director, &format!("/finances/preuves/{partial}"), 200).await;
    assert!(!other.contains(NAME) && other.contains("déportée d’un ou de plusieurs projets"), "{other}");
    // A funder is never given what is not whole.
    let reader = reader(paying, "anna", Some("afd"));
    let given = paying.db.read(|conn| evidence_packs::given(conn, &reader)).unwrap();
    assert_eq!(given.iter().map(|row| row.id).collect::<Vec<_>>(), [whole]);
}

#[test]
fn the_grants_of_a_statement_go_on_by_reference_and_its_figures_are_of_all_of_them() {
    let paying = asking_for_invoices(sqlite());
    for name in [NAME, "Les Semeuses", "Les Veilleurs"] {
        paying.award(name, Euros::whole(3_000));
    }
    paying.announce();
    let reader = reader(&paying, "anna", Some("afd"));
    let period = evidence_packs::period("2026-01-01", "2028-12-31").unwrap();
    let questions = databases::counter();
    let counted = Db::open_counting(paying.db.url(), questions.clone()).unwrap();
    let told = |told: Told<'_>| {
        let before = questions.load(Ordering::Relaxed);
        let found = counted.read(|conn| evidence_packs::statement(conn, &reader, period, told, paying.now));
        let found = found.unwrap().unwrap();
        let names: Vec<_> = found.evidence.grants.iter().map(|grant| grant.reference.clone()).collect();
        (names, found.next, found.evidence.sources, questions.load(Ordering::Relaxed) - before)
    };
    let (every, none, sources, _) = told(Told::Every);
    assert_eq!((every.len(), none), (3, None));
    let (first, next, of_first, asked) = told(Told::After("", 2));
    assert_eq!((first.as_slice(), &of_first), (&every[..2], &sources));
    let (rest, end, of_rest, again) = told(Told::After(&next.unwrap(), 2));
    assert_eq!((rest.as_slice(), end, &of_rest), (&every[2..], None, &sources));
    assert_eq!(asked, again, "as many questions for one as for two");
}
