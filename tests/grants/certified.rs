//! A report certified by the legal representative: a link in a mail, a page that shows, a button that signs.

use super::{
    NAME, Stage, hidden, leads, page,
    walks::{enter, look, walk},
};
use crate::support::{
    browser::{Browser, Step},
    databases::sqlite,
    grants::{IBANS, Paying, person},
};
use tisserand::{
    domain::{
        definitions::{CallDefinition, FilingSignature},
        lifecycles::reports::ReportState,
        messages::MessageKind,
        organisations::MemberSeat,
        reports::ReportKind,
        roles::Role,
    },
    store::{
        Tx, messages,
        organisations::{self as seats, MemberRow},
        report_signatures as signatures,
        reports::{self as rows, ReportRow},
    },
    usecases::{Actor, Outcome, attachments, report_signatures, reports},
};

fn certified(call: &mut CallDefinition) {
    call.reports.certified_by = Some(FilingSignature::Representative);
}

fn stage() -> Stage {
    let stage = Stage::over(Paying::with(sqlite(), certified), 10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    stage
}

fn report(stage: &Stage) -> ReportRow {
    let all = stage.paying.db.read(|conn| rows::of_grant(conn, stage.grantee.grant)).unwrap();
    all.into_iter().find(|row| row.kind == ReportKind::Final).unwrap()
}

/// The final report begun, with its papers.
fn begun(stage: &Stage) -> ReportRow {
    let (id, holder, now) = (report(stage).id, &stage.grantee.holder, stage.paying.now);
    let slip = attachments::judge("f", "factures.pdf", super::PDF).unwrap();
    let begin = |tx: &mut Tx| {
        reports::start(tx, holder, id, 0, now)?;
        reports::attach(tx, holder, id, "justificatifs", &slip, now).map(drop)
    };
    stage.paying.does(begin).unwrap();
    report(stage)
}

/// Somebody who represents the grantee and does nothing else.
fn representative(stage: &Stage) -> Actor {
    let (organisation_id, since) = (stage.grantee.organisation, stage.paying.now);
    let seated = |tx: &mut Tx| -> Outcome<Actor> {
        let actor = person(tx, "Rita Présidente", Role::Applicant, since)?;
        let person_id = actor.person.unwrap();
        let seat = MemberSeat::Representative;
        seats::insert_member(tx, &MemberRow { organisation_id, person_id, seat, since })?;
        Ok(actor)
    };
    stage.paying.does(seated).unwrap()
}

const WHOLE: [(&str, &str); 7] = [
    ("realise", "Quatre ateliers."),
    ("egalite", "Deux femmes président."),
    ("appris", "Partir plus tôt."),
    ("femmes", "40"),
    ("total", "70"),
    ("depense-0", "14 000"),
    ("explication-0", "La salle a été prêtée."),
];

#[actix_web::test]
async fn a_link_shows_the_report_and_only_the_button_certifies_it() {
    let stage = stage();
    let (row, rita) = (begun(&stage), representative(&stage));
    let path = format!("{}/bilans/{}", stage.home(), row.id);
    let form = stage.reads(&path).await;
    let fields = |seen: &'static str| [&WHOLE[..], &[("lu", seen)]].concat();
    let seen: &'static str = hidden(&form, "lu").leak();
    let lacking = page(stage.presses(&form, &format!("{path}/depot"), &fields(seen)).await, 422).await;
    assert!(lacking.contains("Il manque la certification de Rita Présidente"), "{lacking}");
    assert!(lacking.contains("Demander la certification"), "{lacking}");
    leads(&stage.presses(&lacking, &format!("{path}/certification/demande"), &[]).await);
    let mails = stage.paying.db.read(|conn| messages::page(conn, None, None, 500)).unwrap();
    let asked: Vec<_> = mails.iter().filter(|mail| mail.kind == MessageKind::SignatureAsked).collect();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].recipient_id, rita.person);

    let (hers, theirs) = (stage.cookie(&rita), format!("{path}/certification"));
    assert_eq!(stage.site.get(&stage.holder, &theirs).await.status(), 404, "it is nobody else's");
    let lead = page(stage.site.get(&hers, &path).await, 200).await;
    assert!(lead.contains(&format!("href=\"{theirs}\"")), "without the mail, the page leads there too: {lead}");
    let shown = page(stage.site.get(&hers, &theirs).await, 200).await;
    assert!(shown.contains("Partir plus tôt.") && shown.contains("Certifier le bilan"), "{shown}");
    let kept = || stage.paying.db.read(|conn| signatures::find(conn, row.id)).unwrap().unwrap();
    assert_eq!(kept().signed_at, None, "to look is not to sign");
    let digest = hidden(&shown, "empreinte");
    let mute = page(stage.site.post(&hers, &theirs, &[("empreinte", &digest)]).await, 422).await;
    assert!(mute.contains("Cochez la case"), "{mute}");
    assert_eq!(kept().signed_at, None);
    leads(&stage.site.post(&hers, &theirs, &[("empreinte", &digest), ("certifie", "oui")]).await);
    assert_eq!(kept().person_id, rita.person);

    // What changes afterwards is certified again.
    let again = stage.reads(&path).await;
    assert!(again.contains("Certifié par Rita Présidente"), "{again}");
    let seen: &'static str = hidden(&again, "lu").leak();
    let other = [&[("realise", "Cinq ateliers.")][..], &WHOLE[1..], &[("lu", seen)]].concat();
    let changed = page(stage.presses(&again, &format!("{path}/depot"), &other).await, 422).await;
    assert!(changed.contains("Il manque la certification"), "{changed}");
    let shown = page(stage.site.get(&hers, &theirs).await, 200).await;
    let stale = [("empreinte", digest.as_str()), ("certifie", "oui")];
    assert_eq!(stage.site.post(&hers, &theirs, &stale).await.status(), 409, "another text than the one that was read");
    let digest = hidden(&shown, "empreinte");
    leads(&stage.site.post(&hers, &theirs, &[("empreinte", &digest), ("certifie", "oui")]).await);
    let ready = stage.reads(&path).await;
    let seen: &'static str = hidden(&ready, "lu").leak();
    let other = [&[("realise", "Cinq ateliers.")][..], &WHOLE[1..], &[("lu", seen)]].concat();
    leads(&stage.presses(&ready, &format!("{path}/depot"), &other).await);
    assert_eq!(report(&stage).state, ReportState::Submitted);
    let officer = stage.cookie(&stage.paying.officer);
    let read = page(stage.site.get(&officer, &format!("/suivi/bilans/{}", row.id)).await, 200).await;
    assert!(read.contains("Certifié par Rita Présidente"), "{read}");
    stage.paying.check();
}

#[actix_web::test]
async fn a_representative_who_writes_the_report_certifies_it_when_filing_it() {
    let stage = stage();
    let row = begun(&stage);
    let path = format!("{}/bilans/{}", stage.home(), row.id);
    let form = stage.reads(&path).await;
    assert!(form.contains("je certifie que ce compte rendu est exact"), "{form}");
    let seen = hidden(&form, "lu");
    let whole = [&WHOLE[..], &[("lu", seen.as_str())]].concat();
    let mute = page(stage.presses(&form, &format!("{path}/depot"), &whole).await, 422).await;
    assert!(mute.contains("Cochez la case pour certifier."), "{mute}");
    let seen = hidden(&mute, "lu");
    let whole = [&WHOLE[..], &[("lu", seen.as_str()), ("certifie", "oui")]].concat();
    leads(&stage.presses(&mute, &format!("{path}/depot"), &whole).await);
    assert_eq!(report(&stage).state, ReportState::Submitted);
}

#[actix_web::test]
async fn nobody_files_around_the_certification() {
    let stage = stage();
    let (row, _rita) = (begun(&stage), representative(&stage));
    let (holder, now) = (&stage.grantee.holder, stage.paying.now);
    let refused = stage.paying.does(|tx| reports::submit(tx, holder, row.id, row.version, now).map(drop));
    assert!(refused.is_err(), "{refused:?}");
    let lacking = stage.paying.does(|tx| report_signatures::certify(tx, holder, row.id, true, now)).unwrap();
    assert!(lacking.unwrap().message.contains("Rita Présidente"));
}

#[actix_web::test]
async fn the_page_that_certifies_is_fit_for_everybody_when_the_box_is_empty_too() {
    let Some(browser) = Browser::open() else { return };
    let stage = stage();
    let (row, rita) = (begun(&stage), representative(&stage));
    let path = format!("{}/bilans/{}", stage.home(), row.id);
    let form = stage.reads(&path).await;
    let seen: &'static str = hidden(&form, "lu").leak();
    let fields = [&WHOLE[..], &[("lu", seen)]].concat();
    page(stage.presses(&form, &format!("{path}/depot"), &fields).await, 422).await;
    let mut steps = enter(&stage, "rita", &rita);
    steps.extend(look(&format!("{path}/certification"), "certification"));
    steps.extend([
        Step::Click("Certifier le bilan".into()),
        Step::Expect("Cochez la case".into()),
        Step::Summary,
        Step::Screenshot("wrong-certification".into()),
        Step::Reflow,
        Step::Audit,
    ]);
    walk(browser, "certification", stage.site.base.clone(), steps).await;
}
