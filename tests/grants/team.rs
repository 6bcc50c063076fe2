//! The team's side: queues, the agreement, reports read, amendments, suspension.

use super::{NAME, PDF, Stage, hidden, leads, page, press};
use crate::support::grants::IBANS;
use tisserand::{
    domain::{
        lifecycles::{grants::GrantState, reports::ReportState},
        money::Euros,
        reports::ReportKind,
        roles::Role,
    },
    store::{
        recoveries as recovery_rows,
        reports::{self as rows, ReportRow},
    },
    usecases::{amendments, attachments, reports},
};

fn report(stage: &Stage, kind: ReportKind) -> ReportRow {
    let all = stage.paying.db.read(|conn| rows::of_grant(conn, stage.grantee.grant)).unwrap();
    all.into_iter().find(|row| row.kind == kind).unwrap()
}

/// Files a report that says this was spent.
pub fn file(stage: &Stage, kind: ReportKind, spent: i64) {
    let (row, now, holder) = (report(stage, kind), stage.paying.now, &stage.grantee.holder);
    let paper_slip = attachments::judge("f", "factures.pdf", PDF).unwrap();
    let fill = |tx: &mut tisserand::store::Tx| {
        reports::start(tx, holder, row.id, 0, now)?;
        let paper = reports::paper(tx.conn(), holder, row.id)?;
        let questions = paper.template.sections.iter().flat_map(|section| &section.questions);
        let answers = questions.map(|q| (q.code.clone(), "12".to_owned())).collect();
        let line = |line: &rows::ReportLineRow| (line.position, Euros::whole(spent), "Moins cher.".to_owned());
        let lines = paper.lines.iter().map(line).collect();
        reports::save(tx, holder, row.id, &reports::ReportForm { answers, lines, ..Default::default() })?;
        for document in &paper.template.documents {
            reports::attach(tx, holder, row.id, &document.code, &paper_slip, now)?;
        }
        reports::submit(tx, holder, row.id, 1, now)
    };
    stage.paying.does(fill).unwrap();
}

#[actix_web::test]
async fn an_agreement_goes_from_queue_to_queue_until_both_have_signed() {
    let stage = Stage::of(24_000);
    stage.paying.accept(&stage.grantee);
    let (officer, director) = (stage.cookie(&stage.paying.officer), stage.cookie(&stage.paying.director));
    let home = format!("/suivi/{}", stage.grantee.grant);
    let queue = page(stage.site.get(&officer, "/suivi?file=conventions-a-envoyer").await, 200).await;
    assert!(queue.contains("Jardins du monde") && queue.contains("Convention à envoyer"), "{queue}");
    let file = page(stage.site.get(&officer, &home).await, 200).await;
    assert!(file.contains("Envoyer la convention") && file.contains("Reste à verser"), "{file}");
    for _ in 0..2 {
        assert_eq!(leads(&press(&stage.site, &officer, &file, &format!("{home}/send_agreement"), &[]).await), home);
    }
    leads(&stage.signs((&stage.holder, &stage.home()), &format!("Hélo {NAME}")).await);
    let queue = page(stage.site.get(&director, "/suivi?file=a-signer").await, 200).await;
    assert!(queue.contains("Signature de la direction"), "{queue}");
    let seen = page(stage.site.get(&officer, &home).await, 200).await;
    assert!(seen.contains("À signer maintenant\u{a0}: la direction, avant le"), "{seen}");
    assert!(!seen.contains("Recevoir un code"), "an officer does not sign");
    let file = page(stage.site.get(&director, &home).await, 200).await;
    let document = stage.document();
    let asked = [("document", document.as_str())];
    let by_officer = press(&stage.site, &officer, &file, &format!("{home}/signature/code"), &asked).await;
    assert_eq!(by_officer.status(), 409, "an officer does not sign");
    leads(&stage.signs((&director, &home), "Diane Direction").await);
    assert_eq!(stage.paying.grant(stage.grantee.grant).state, GrantState::Active);
    stage.paying.check();
}

#[actix_web::test]
async fn a_report_is_sent_back_then_accepted_and_the_balance_asked_back() {
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    stage.paying.pay(stage.paying.prepare(&[stage.paying.payments(stage.grantee.grant)[0].id]));
    stage.paying.report(&stage.grantee, ReportKind::Interim, Euros::whole(4_000));
    file(&stage, ReportKind::Final, 4_000);
    let officer = stage.cookie(&stage.paying.officer);
    let queue = page(stage.site.get(&officer, "/suivi").await, 200).await;
    assert!(queue.contains("Bilans à lire (1)") && queue.contains("Bilan final à lire"), "{queue}");
    let path = format!("/suivi/bilans/{}", report(&stage, ReportKind::Final).id);
    let paper = page(stage.site.get(&officer, &path).await, 200).await;
    // 90 % of 4 000 € is 3 600 €, of which 5 000 € are paid.
    for line in ["3\u{202f}600", "5\u{202f}000", "1\u{202f}400\u{a0}€ ont été versés de trop"] {
        assert!(paper.contains(line), "{line}: {paper}");
    }
    let less = [("retenu-0", "3 000"), ("motif-0", "Sans facture.")];
    let mute = page(press(&stage.site, &officer, &paper, &format!("{path}/lignes"), &less[..1]).await, 422).await;
    assert!(mute.contains("Dites pourquoi") && mute.contains("erreur-motif-0"), "{mute}");
    leads(&press(&stage.site, &officer, &mute, &format!("{path}/lignes"), &less).await);
    let other = page(stage.site.get(&officer, &path).await, 200).await;
    assert!(other.contains("2\u{202f}700") && other.contains("value=\"3\u{202f}000\""), "{other}");
    let silent = page(press(&stage.site, &officer, &paper, &format!("{path}/corrections"), &[]).await, 422).await;
    assert!(silent.contains("Écrivez le motif") && silent.contains("Cochez au moins un élément"), "{silent}");
    let items = [("element", "question-realise"), ("element", "budget-expense")];
    let why = [("motif", "Joignez la liste des ateliers."), items[0], items[1]];
    leads(&press(&stage.site, &officer, &silent, &format!("{path}/corrections"), &why).await);
    let mine = format!("{}/bilans/{}", stage.home(), report(&stage, ReportKind::Final).id);
    let again = stage.reads(&mine).await;
    assert!(again.contains("Joignez la liste des ateliers."), "{again}");
    assert!(!again.contains("Sans date limite"), "corrections have their day: {again}");
    let is_offered = |account: &str| again.contains(&format!("<option value=\"{account}\""));
    assert!(is_offered("62.3") && !is_offered("74.2"), "a line goes into an open table: {again}");
    let seen = hidden(&again, "lu");
    let mut fields: Vec<(&str, &str)> =
        ["realise", "egalite", "appris", "femmes", "total"].map(|code| (code, "12")).to_vec();
    fields.extend([("lu", seen.as_str()), ("depense-0", "4000"), ("explication-0", "Moins cher.")]);
    leads(&stage.presses(&again, &format!("{mine}/depot"), &fields).await);
    let paper = page(stage.site.get(&officer, &path).await, 200).await;
    let too_much =
        page(press(&stage.site, &officer, &paper, &format!("{path}/acceptation"), &[("retenu-0", "9 000")]).await, 422);
    assert!(too_much.await.contains("ce que le bilan dit de cette ligne"));
    for _ in 0..2 {
        let all = [("retenu-0", "4 000")];
        leads(&press(&stage.site, &officer, &paper, &format!("{path}/acceptation"), &all).await);
    }
    let owed = stage.paying.db.read(|conn| recovery_rows::of_grant(conn, stage.grantee.grant)).unwrap();
    assert_eq!(owed.iter().map(|row| row.amount_cents).collect::<Vec<_>>(), [Euros::whole(1_400)]);
    let home = stage.reads(&stage.home()).await;
    assert!(home.contains("Trop-perçu de 1\u{202f}400") && home.contains("dont à reverser"), "{home}");
    let grant = format!("/suivi/{}", stage.grantee.grant);
    for told in [home, page(stage.site.get(&officer, &grant).await, 200).await] {
        // Not the 5 000 € that were paid.
        for (label, amount) in [("Montant accordé", "10\u{202f}000"), ("Montant définitif", "3\u{202f}600")] {
            assert!(told.contains(&format!("<dt>{label}</dt><dd>{amount}\u{a0}€</dd>")), "{label}: {told}");
        }
    }
    let read = stage.reads(&mine).await;
    for line in ["× taux de la subvention, 90\u{a0}%", "− déjà versé", "= solde", "Les dépenses retenues"] {
        assert!(read.contains(line), "{line}: {read}");
    }
    assert_eq!(report(&stage, ReportKind::Final).state, ReportState::Accepted);
    stage.paying.check();
}

#[actix_web::test]
async fn a_grant_is_suspended_with_a_motive_and_an_amendment_decided() {
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let officer = stage.cookie(&stage.paying.officer);
    let home = format!("/suivi/{}", stage.grantee.grant);
    let file = page(stage.site.get(&officer, &home).await, 200).await;
    let silent = page(press(&stage.site, &officer, &file, &format!("{home}/suspend"), &[]).await, 422).await;
    assert!(silent.contains("Écrivez le motif") && silent.contains("<details class=\"panel\" open>"), "{silent}");
    let why = [("motif", "Les comptes n’arrivent pas.")];
    leads(&press(&stage.site, &officer, &silent, &format!("{home}/suspend"), &why).await);
    let held = stage.reads(&stage.home()).await;
    assert!(held.contains("suspendue") && held.contains("Les comptes n’arrivent pas."), "{held}");
    assert!(held.contains("la levée de la suspension"), "the schedule says so");
    let file = page(stage.site.get(&officer, &home).await, 200).await;
    let terminate = press(&stage.site, &officer, &file, &format!("{home}/terminate"), &why).await;
    assert_eq!(terminate.status(), 409, "only the management ends a grant");
    leads(&press(&stage.site, &officer, &file, &format!("{home}/resume"), &[("motif", "Ils sont là.")]).await);

    let asked = amendments::AmendmentForm {
        new_partner: "Le Fil".into(),
        ..amendments::AmendmentForm::new(
            tisserand::domain::amendments::AmendmentKind::Partner,
            "Plus de transport.",
            "Le car est plus cher.",
        )
    };
    let ask = |tx: &mut tisserand::store::Tx| {
        amendments::request(tx, &stage.grantee.holder, stage.grantee.grant, &asked, stage.paying.now)
    };
    let id = stage.paying.does(ask).unwrap();
    let queue = page(stage.site.get(&officer, "/suivi?file=avenants").await, 200).await;
    assert!(queue.contains("Avenant demandé (partenaires)"), "{queue}");
    let file = page(stage.site.get(&officer, &home).await, 200).await;
    let token = hidden(&file, "token");
    let fields = [("version", "0"), ("token", token.as_str()), ("suite", "refuse"), ("motif", "")];
    let path = format!("{home}/avenants/{id}");
    let silent = page(stage.site.post(&officer, &path, &fields).await, 422).await;
    let complaints = silent.matches("class=\"error\"").count();
    assert_eq!(complaints, 1, "only the form that was sent says what it lacks: {silent}");
    assert!(!silent.contains("<details class=\"panel\" open>"), "nobody asked to suspend: {silent}");
    let token = hidden(&silent, "token");
    let fields = [("version", "0"), ("token", token.as_str()), ("suite", "refuse"), ("motif", "Le budget suffit.")];
    leads(&stage.site.post(&officer, &path, &fields).await);
    assert!(stage.reads(&stage.home()).await.contains("Motif de la décision"));
    stage.paying.check();
}

#[actix_web::test]
async fn those_who_only_read_read_everything_and_change_nothing() {
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let home = format!("/suivi/{}", stage.grantee.grant);
    for role in [Role::Auditor, Role::Finance] {
        let cookie = stage.site.person(role);
        let file = page(stage.site.get(&cookie, &home).await, 200).await;
        assert!(file.contains("Reste à verser") && !file.contains("/suspend"), "{role}: {file}");
        let (version, token) = (stage.paying.grant(stage.grantee.grant).version.to_string(), "a".repeat(64));
        let fields = [("version", version.as_str()), ("token", &token), ("motif", "Non.")];
        let sent = stage.site.post(&cookie, &format!("{home}/suspend"), &fields).await;
        assert_eq!(sent.status(), 409, "{role}");
    }
    assert_eq!(stage.site.get(&stage.holder, &home).await.status(), 404);
    assert_eq!(stage.paying.grant(stage.grantee.grant).state, GrantState::Active);
}
