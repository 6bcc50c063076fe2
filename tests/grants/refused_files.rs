//! What the antivirus refuses of a grant: whoever gave it is told, it counts as missing, and another one takes its place.

use super::{NAME, PDF, Stage, hidden, leads, page};
use crate::{
    intake::scans::{FOUL, daemon, worker},
    support::{
        databases::{each_database, sqlite},
        grants::{IBANS, Paying},
    },
};
use tisserand::{
    domain::{
        blockers::{Blocker, Turn},
        definitions::CallDefinition,
        lifecycles::disbursements::DisbursementState,
        messages::MessageKind,
        money::Euros,
        reports::ReportKind,
    },
    store::{
        bank_accounts,
        messages::{self, MessageRow},
        reports as rows,
    },
    usecases::{
        attachments, grant_pieces,
        payables::{self, Filter},
        reports, scans,
    },
};

const PAPER: &str = "Attestation d’assurance";
const CODE: &str = "attestation-d-assurance";

fn ask(call: &mut CallDefinition) {
    call.schedule.steps[0].piece = Some(PAPER.to_owned());
}

/// The mails about something that say a file was refused, the last first.
fn told(paying: &Paying, about: &str) -> Vec<MessageRow> {
    let mut found = paying.db.read(|conn| messages::about(conn, about, 100)).unwrap();
    found.retain(|mail| mail.kind == MessageKind::FileRefused);
    found
}

/// What the first payment waits for.
fn waits(paying: &Paying) -> Vec<Blocker> {
    let all = Filter::default();
    let lines = paying.db.read(|conn| payables::page(conn, &paying.finance, all, (None, 100), paying.now)).unwrap();
    lines.into_iter().find(|line| line.file.disbursement.number == 1).map(|line| line.blockers).unwrap_or_default()
}

fn scanning(paying: &Paying) {
    paying.does(|tx| scans::switch(tx, true, paying.now)).unwrap();
}

#[actix_web::test]
async fn a_paper_the_antivirus_refused_is_told_shown_and_asked_for_anew() {
    let stage = Stage::over(Paying::with(sqlite(), ask), 10_000);
    let paying = &stage.paying;
    paying.ready(&stage.grantee, NAME, IBANS[0]);
    scanning(paying);
    let (_folder, scanner) = daemon();
    let path = format!("{}/pieces/{CODE}", stage.home());
    leads(&stage.site.post_file(&stage.holder, &path, &[], Some(("f", "assurance.pdf", FOUL))).await);
    assert_eq!(waits(paying), [Blocker::PieceToJudge]);
    worker(&stage.site, scanner).drain().await.unwrap();

    assert_eq!(waits(paying), [Blocker::PieceInfected]);
    assert_eq!(Blocker::PieceInfected.turn(), Turn::Holder);
    let grant = stage.grantee.grant.to_string();
    let mails = told(paying, &grant);
    assert_eq!(mails.len(), 1, "the holder alone: {mails:?}");
    assert_eq!(mails[0].subject_line, "Refusé par l’antivirus\u{a0}: «\u{a0}Attestation d’assurance\u{a0}»");
    assert!(mails[0].facts.contains("assurance.pdf") && mails[0].facts.contains("Déposez-en un autre"));
    let mine = stage.reads(&stage.home()).await;
    assert!(mine.contains("refusée par l’antivirus, à fournir de nouveau"), "{mine}");
    assert!(mine.contains("L’antivirus a refusé la pièce") && mine.contains(&path), "who acts next: {mine}");
    let line = paying.payments(stage.grantee.grant)[0].id;
    assert!(paying.authorise(line).unwrap_err().to_string().contains("l’antivirus"));
    let (officer, finance) = (stage.cookie(&paying.officer), stage.cookie(&paying.finance));
    let queue = page(stage.site.get(&officer, "/suivi?file=pieces-a-lire").await, 200).await;
    assert!(queue.contains(&format!("/suivi/{grant}")) && queue.contains("refusée par l’antivirus"), "{queue}");
    let due = page(stage.site.get(&finance, "/finances/a-verser").await, 200).await;
    assert!(due.contains("Pièce refusée par l’antivirus, à fournir de nouveau"), "{due}");

    leads(&stage.site.post_file(&stage.holder, &path, &[], Some(("f", "encore.pdf", FOUL))).await);
    assert_eq!(waits(paying), [Blocker::PieceInfected], "the same bytes are refused at once");
    assert_eq!(told(paying, &grant).len(), 2);
    leads(&stage.site.post_file(&stage.holder, &path, &[], Some(("f", "propre.pdf", PDF))).await);
    assert_eq!(waits(paying), [Blocker::PieceToJudge]);
    let read = page(stage.site.get(&finance, &format!("/suivi/{grant}")).await, 200).await;
    let lost = "assurance.pdf\u{a0}» déposée le";
    assert!(read.contains(lost) && read.matches("refusée par l’antivirus le").count() == 2, "{read}");
    assert!(read.contains("propre.pdf\u{a0}» déposée le") && read.contains(", à lire"), "{read}");
    paying.check();
}

#[test]
fn an_accepted_paper_is_asked_for_anew_unless_money_left_on_its_faith() {
    for db in each_database() {
        let paying = Paying::with(db, ask);
        let grantee = paying.award(NAME, Euros::whole(10_000));
        paying.announce();
        paying.ready(&grantee, NAME, IBANS[0]);
        scanning(&paying);
        let accepted = |bytes: &[u8]| {
            let file = attachments::judge("f", "assurance.pdf", bytes).unwrap();
            let at = (grantee.grant, CODE);
            paying
                .does(|tx| {
                    let read = grant_pieces::provide(tx, &grantee.holder, at, &file, paying.now)?;
                    grant_pieces::judge(tx, &paying.officer, (at.0, at.1, read), (true, ""), paying.now)
                })
                .unwrap();
            file.sha256
        };
        let refuse = |sha256: &str| paying.does(|tx| scans::record(tx, sha256, Some("EICAR"), paying.now)).unwrap();
        let first = accepted(FOUL);
        assert_eq!(waits(&paying), [Blocker::ToAuthorise]);
        refuse(&first);
        assert_eq!(waits(&paying), [Blocker::PieceInfected]);
        let mails = told(&paying, grantee.grant.as_str());
        assert!(
            mails.iter().any(|mail| mail.facts.contains("Elle n’est plus acceptée")),
            "the officers too: {mails:?}"
        );

        let second = accepted(PDF);
        let line = paying.payments(grantee.grant)[0].id;
        paying.authorise(line).unwrap();
        refuse(&second);
        assert_eq!(waits(&paying), [Blocker::ToPutInRun], "what money was promised on stays accepted");
        let last = told(&paying, grantee.grant.as_str());
        assert!(last.iter().any(|mail| mail.facts.contains("Elle reste acceptée")), "{last:?}");
        assert_eq!(last.len(), mails.len() + 1, "nothing is asked of the holder");
        assert_eq!(paying.payments(grantee.grant)[0].state, DisbursementState::Authorised);
        paying.check();
    }
}

#[actix_web::test]
async fn a_rib_the_antivirus_refused_is_replaced_without_another_account() {
    let stage = Stage::of(10_000);
    let paying = &stage.paying;
    paying.accept(&stage.grantee);
    scanning(paying);
    let (_folder, scanner) = daemon();
    let form = stage.reads(&stage.account()).await;
    let token = hidden(&form, "token");
    let fields = [("token", token.as_str()), ("titulaire", NAME), ("iban", IBANS[0])];
    leads(&stage.site.post_file(&stage.holder, &stage.account(), &fields, Some(("rib", "rib.pdf", FOUL))).await);
    worker(&stage.site, scanner).drain().await.unwrap();
    let open = || paying.db.read(|conn| bank_accounts::open_of(conn, stage.grantee.organisation)).unwrap();
    let first = open()[0].id;
    let mails = told(paying, stage.grantee.organisation.as_str());
    assert!(!mails.is_empty() && mails[0].facts.contains("avec un autre RIB"), "{mails:?}");
    let refused = paying.verify(first, paying.now).unwrap_err().to_string();
    assert!(refused.contains("L’antivirus a refusé le RIB"), "{refused}");
    let finance = stage.cookie(&paying.finance);
    let read = page(stage.site.get(&finance, &format!("/finances/comptes/{first}")).await, 200).await;
    assert!(read.contains("Personne ne peut ouvrir le RIB") && !read.contains("Ouvrir le RIB"), "{read}");
    let form = stage.reads(&stage.account()).await;
    assert!(form.contains("L’antivirus a refusé ce RIB") && !form.contains("RIB joint"), "{form}");
    let token = hidden(&form, "token");
    let fields = [("token", token.as_str()), ("titulaire", NAME), ("iban", IBANS[0])];
    leads(&stage.site.post_file(&stage.holder, &stage.account(), &fields, Some(("rib", "rib.pdf", PDF))).await);
    let accounts = open();
    assert!(accounts.len() == 1 && accounts[0].id != first, "{accounts:?}");
    paying.verify(accounts[0].id, paying.now).unwrap();
    paying.check();
}

#[test]
fn a_paper_of_a_report_is_told_to_its_holder_and_to_the_officers_once_it_is_filed() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        scanning(&paying);
        let id = paying.file_report(&grantee, ReportKind::Final, Euros::whole(20_000));
        let paper = paying.db.read(|conn| reports::paper(conn, &grantee.holder, id)).unwrap();
        let file = &paper.attachments[0];
        paying.does(|tx| scans::record(tx, &file.sha256, Some("EICAR"), paying.now)).unwrap();
        let mails = told(&paying, id.as_str());
        let says = |words: &str| mails.iter().any(|mail| mail.facts.contains(words));
        assert!(says("est déposé") && says("Demandez-en un autre depuis la page du bilan"), "{mails:?}");
        assert!(says(&file.file_name), "{mails:?}");
        let paper = paying.db.read(|conn| reports::paper(conn, &grantee.holder, id)).unwrap();
        assert!(
            paper.named(file).ends_with("(refusé par l’antivirus)"),
            "nothing can be replaced: {}",
            paper.named(file)
        );
        let filed = paying.db.read(|conn| rows::find(conn, id)).unwrap();
        let (officer, why) = (&paying.officer, "La facture est illisible.");
        let back = tisserand::domain::lifecycles::reports::ReportEvent::RequestChanges;
        paying.does(|tx| reports::send_back(tx, officer, id, filed.version, (back, why), paying.now)).unwrap();
        let paper = paying.db.read(|conn| reports::paper(conn, &grantee.holder, id)).unwrap();
        assert!(paper.named(file).ends_with("à remplacer)"), "{}", paper.named(file));
        let again = attachments::judge("f", "factures.pdf", b"%PDF-1.7\nfactures\n%%EOF\n").unwrap();
        paying
            .does(|tx| reports::attach(tx, &grantee.holder, id, &file.document_code, &again, paying.now).map(drop))
            .unwrap();
        let mails = told(&paying, id.as_str());
        assert!(mails.iter().any(|mail| mail.facts.contains("joignez-en un autre")), "refused at once: {mails:?}");
        paying.check();
    }
}
