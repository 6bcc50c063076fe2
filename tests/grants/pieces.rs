//! A payment that waits for a paper: asked by the call, provided on the page of the grant, accepted by an officer.

use super::{NAME, PDF, Stage, leads, page};
use crate::support::{
    databases::each_database,
    forms::{changed, fields},
    grants::{IBANS, Paying},
};
use chrono::{Duration, NaiveDate};
use tisserand::{
    domain::{
        blockers::{Blocker, Turn},
        disbursements::PieceOutcome,
        lifecycles::{disbursements::DisbursementState, grants::GrantEvent},
        messages::MessageKind,
        money::Euros,
        roles::Role,
        time::Moment,
    },
    store::{Conn, funding_sources, grant_pieces, messages},
    usecases::{
        Outcome, attachments, clock,
        evidence::{self, Period, Told},
        grant_pieces as pieces, grants,
        payables::{self, Filter},
    },
};

const PAPER: &str = "Attestation d’assurance";
const CODE: &str = "attestation-d-assurance";

/// What the first payment waits for, in the list of what has to leave.
fn waits(stage: &Stage) -> Vec<Blocker> {
    let (paying, all) = (&stage.paying, Filter::default());
    let lines = paying.db.read(|conn| payables::page(conn, &paying.finance, all, (None, 100), paying.now)).unwrap();
    lines.into_iter().find(|line| line.file.disbursement.number == 1).map(|line| line.blockers).unwrap_or_default()
}

/// What proves to the funders of the grant where their money went, by title.
fn proofs(stage: &Stage) -> Vec<String> {
    let now = stage.paying.now;
    let period = Period { from: NaiveDate::default(), until: now.paris_date() };
    let gathered = |conn: &mut Conn| -> Outcome<Vec<String>> {
        let mut found = Vec::new();
        for funder in funding_sources::funders(conn)? {
            let told = evidence::gather(conn, &funder, period, (None, Told::Every), now)?.evidence;
            found.extend(told.grants.into_iter().flat_map(|grant| grant.proofs).map(|proof| proof.title));
        }
        Ok(found)
    };
    stage.paying.db.read(gathered).unwrap()
}

/// The mails of a kind about the grant, the last first: to whom, and what is first read in them.
fn mails(stage: &Stage, kind: MessageKind) -> Vec<(String, String)> {
    let about = stage.grantee.grant.to_string();
    let mut found = stage.paying.db.read(|conn| messages::about(conn, &about, 100)).unwrap();
    found.retain(|mail| mail.kind == kind);
    found.into_iter().map(|mail| (mail.recipient_name, mail.subject_line)).collect()
}

/// Sends the form at `path` of the page at `home` with these changes.
async fn judge(stage: &Stage, cookie: &str, home: &str, changes: &[(&str, &str)]) -> reqwest::Response {
    let html = page(stage.site.get(cookie, home).await, 200).await;
    let path = format!("{home}/pieces/{CODE}");
    let form = changed(fields(&html, &path), changes);
    let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    stage.site.post(cookie, &path, &form).await
}

#[actix_web::test]
async fn a_payment_waits_until_its_paper_is_provided_and_accepted() {
    for db in each_database() {
        let ask = |call: &mut tisserand::domain::definitions::CallDefinition| {
            call.schedule.steps[0].piece = Some(PAPER.to_owned());
        };
        let stage = Stage::over(Paying::with(db, ask), 10_000);
        let paying = &stage.paying;
        paying.ready(&stage.grantee, NAME, IBANS[0]);
        let line = paying.payments(stage.grantee.grant)[0].id;
        assert_eq!(waits(&stage), [Blocker::PieceToProvide]);
        assert_eq!(Blocker::PieceToProvide.turn(), Turn::Holder);
        let refused = paying.authorise(line).unwrap_err().to_string();
        assert!(refused.contains("la pièce «\u{a0}Attestation d’assurance\u{a0}»"), "{refused}");

        let mine = stage.reads(&stage.home()).await;
        assert!(mine.contains("Pièces demandées") && mine.contains("Attend la pièce"), "{mine}");
        let path = format!("{}/pieces/{CODE}", stage.home());
        let bad = stage.site.post_file(&stage.holder, &path, &[], Some(("f", "a.exe", b"MZ"))).await;
        assert!(page(bad, 422).await.contains(&format!("erreur-piece-{CODE}")));
        let stranger = stage.site.person(Role::Applicant);
        let sent = stage.site.post_file(&stranger, &path, &[], Some(("f", "a.pdf", PDF))).await;
        assert_eq!(sent.status(), 404);
        leads(&stage.site.post_file(&stage.holder, &path, &[], Some(("f", "assurance.pdf", PDF))).await);
        let unknown = format!("{}/pieces/autre", stage.home());
        let sent = stage.site.post_file(&stage.holder, &unknown, &[], Some(("f", "a.pdf", PDF))).await;
        assert_eq!(sent.status(), 404, "nobody asked for it");
        assert_eq!(waits(&stage), [Blocker::PieceToJudge]);
        let told = mails(&stage, MessageKind::PieceProvided);
        assert!(!told.is_empty() && told.iter().all(|(_, subject)| subject.contains("À lire")), "{told:?}");
        assert!(stage.reads(&stage.home()).await.contains("nous la lisons"), "the page says who acts next");
        assert!(paying.authorise(line).unwrap_err().to_string().contains("l’acceptation de la pièce"));

        let (officer, finance) = (stage.cookie(&paying.officer), stage.cookie(&paying.finance));
        let home = format!("/suivi/{}", stage.grantee.grant);
        let queue = page(stage.site.get(&officer, "/suivi?file=pieces-a-lire").await, 200).await;
        assert!(
            queue.contains(&home) && queue.contains("Pièces à lire ou refusées (1)") && queue.contains(PAPER),
            "{queue}"
        );
        let read = page(stage.site.get(&finance, &home).await, 200).await;
        assert!(read.contains("fournie, à lire") && !read.contains("Accepter la pièce"), "{read}");
        let first = paying.db.read(|conn| grant_pieces::of_grants(conn, &[stage.grantee.grant])).unwrap()[0].clone();
        let silent = page(judge(&stage, &officer, &home, &[("suite", "refuser")]).await, 422).await;
        assert!(silent.contains("Écrivez le motif"), "{silent}");
        let why = [("suite", "refuser"), ("motif", "Elle date de 2025.")];
        leads(&judge(&stage, &officer, &home, &why).await);
        assert_eq!(waits(&stage), [Blocker::PieceToProvide]);
        let told = mails(&stage, MessageKind::PieceJudged);
        assert!(!told.is_empty() && told[0].1.contains("À fournir de nouveau"), "{told:?}");
        let queue = page(stage.site.get(&officer, "/suivi?file=pieces-a-lire").await, 200).await;
        assert!(!queue.contains(&home), "nothing waits to be read: {queue}");
        let is_paper = |title: &String| title == "assurance.pdf";
        assert!(!proofs(&stage).iter().any(is_paper), "what was refused proves nothing");
        let mine = stage.reads(&stage.home()).await;
        assert!(mine.contains("refusée") && mine.contains("Elle date de 2025."), "{mine}");

        leads(&stage.site.post_file(&stage.holder, &path, &[], Some(("f", "assurance.pdf", PDF))).await);
        let former = first.attachment_id.to_string();
        let stale = judge(&stage, &officer, &home, &[("suite", "accepter"), ("lu", &former)]).await;
        assert_eq!(stale.status(), 409, "another file came since");
        leads(&judge(&stage, &officer, &home, &[("suite", "accepter")]).await);
        assert_eq!(waits(&stage), [Blocker::ToAuthorise]);
        assert!(mails(&stage, MessageKind::PieceJudged).iter().any(|(_, subject)| subject.contains("Acceptée")));
        assert!(proofs(&stage).iter().any(is_paper), "what was accepted is among the proofs");
        let (mine, read) = (stage.reads(&stage.home()).await, page(stage.site.get(&finance, &home).await, 200).await);
        for shown in [&mine, &read] {
            assert!(shown.matches("assurance.pdf\u{a0}» déposée le").count() == 2, "both versions: {shown}");
            assert!(shown.contains("Elle date de 2025.") && shown.contains("par Hélo Les Passeurs"), "{shown}");
        }
        assert!(read.contains("par Odile Officier\u{a0}: Elle date de 2025."), "{read}");
        assert!(mine.contains("par l’équipe du fonds") && !mine.contains("Odile Officier"), "{mine}");
        let again = stage.site.post_file(&stage.holder, &path, &[], Some(("f", "autre.pdf", PDF))).await;
        assert_eq!(again.status(), 409, "what was accepted stays");
        paying.authorise(line).unwrap();
        paying.pay(paying.put_in_run(&[line]).unwrap());
        let late = stage.site.post_file(&stage.holder, &path, &[], Some(("f", "autre.pdf", PDF))).await;
        assert!(page(late, 409).await.contains("déjà acceptée"), "a payment left on its faith");
        let kept = paying.db.read(|conn| grant_pieces::of_grants(conn, &[stage.grantee.grant])).unwrap();
        assert_eq!(kept[0].outcome, PieceOutcome::Accepted);
        assert_eq!(paying.payments(stage.grantee.grant)[0].state, DisbursementState::Paid);
        paying.check();
    }
}

#[test]
fn a_paper_is_reminded_of_before_its_payment_is_expected_and_after() {
    for db in each_database() {
        let paying = Paying::with(db, |call| call.schedule.steps[1].piece = Some(PAPER.to_owned()));
        let grantee = paying.award(NAME, Euros::whole(10_000));
        paying.announce();
        paying.ready(&grantee, NAME, IBANS[0]);
        let due = paying.payments(grantee.grant)[1].due_on.unwrap();
        let at = |after: i64| Moment::start_of_day(due + Duration::days(after)).plus_minutes(600);
        let told = || {
            let mut found = paying.db.read(|conn| messages::about(conn, grantee.grant.as_str(), 100)).unwrap();
            found.retain(|mail| mail.kind == MessageKind::PieceDue);
            found
        };
        let wake = |after: i64| {
            paying.does(|tx| clock::run_due(tx, at(after))).unwrap();
            told().len()
        };
        assert_eq!((wake(-20), wake(-14), wake(-13), wake(0), wake(1)), (0, 1, 1, 2, 2));
        assert!(told().iter().all(|mail| mail.subject_line.starts_with("À fournir")), "{:?}", told());
        let file = attachments::judge("f", "assurance.pdf", PDF).unwrap();
        let given = (grantee.grant, CODE);
        let read = paying.does(|tx| pieces::provide(tx, &grantee.holder, given, &file, at(2))).unwrap();
        assert_eq!(wake(7), 2, "it waits for the officer");
        let refused = (false, "Elle date de 2025.");
        let judged = (grantee.grant, CODE, read);
        paying.does(|tx| pieces::judge(tx, &paying.officer, judged, refused, at(7))).unwrap();
        assert_eq!(wake(8), 2, "the refusal has just been told");
        assert_eq!(wake(11), 3);
        let late = told().into_iter().find(|mail| mail.subject_line.starts_with("Un versement attend")).unwrap();
        assert!(late.facts.contains("il y a 11 jours"), "{}", late.facts);
        let (id, why) = (grantee.grant, (GrantEvent::Terminate, "Le projet est abandonné."));
        let version = paying.grant(id).version;
        paying.does(|tx| grants::change_with_reason(tx, &paying.director, id, version, why, at(12)).map(drop)).unwrap();
        assert_eq!(wake(40), 3, "nobody is reminded of a grant that has ended");
        paying.check();
    }
}

#[test]
fn a_paper_that_two_payments_wait_for_is_asked_for_by_one_mail() {
    for db in each_database() {
        let ask = |call: &mut tisserand::domain::definitions::CallDefinition| {
            call.schedule.steps.iter_mut().skip(1).for_each(|step| step.piece = Some(PAPER.to_owned()));
        };
        let paying = Paying::with(db, ask);
        let grantee = paying.award(NAME, Euros::whole(10_000));
        paying.announce();
        paying.ready(&grantee, NAME, IBANS[0]);
        let last = paying.payments(grantee.grant).iter().filter_map(|row| row.due_on).max().unwrap();
        let late = Moment::start_of_day(last).plus_minutes(600);
        paying.does(|tx| clock::run_due(tx, late)).unwrap();
        let mut told = paying.db.read(|conn| messages::about(conn, grantee.grant.as_str(), 100)).unwrap();
        told.retain(|mail| mail.kind == MessageKind::PieceDue);
        assert_eq!(told.len(), 1, "{told:?}");
        paying.check();
    }
}
