//! A report: kept, refused, filed, sent back, filed again.

use super::{NAME, PDF, Stage, hidden, leads, page, press};
use crate::support::grants::IBANS;
use tisserand::{
    domain::{
        lifecycles::reports::{ReportEvent, ReportState},
        reports::ReportKind,
    },
    store::reports::{self as rows, ReportRow},
    usecases::reports,
};

fn report(stage: &Stage, kind: ReportKind) -> ReportRow {
    let all = stage.paying.db.read(|conn| rows::of_grant(conn, stage.grantee.grant)).unwrap();
    all.into_iter().find(|row| row.kind == kind).unwrap()
}

fn path(stage: &Stage, kind: ReportKind) -> String {
    format!("{}/bilans/{}", stage.home(), report(stage, kind).id)
}

async fn started(stage: &Stage, kind: ReportKind) -> String {
    let path = path(stage, kind);
    let expected = stage.reads(&path).await;
    assert!(expected.contains("Commencer le bilan"), "{expected}");
    leads(&stage.presses(&expected, &format!("{path}/debut"), &[]).await);
    stage.reads(&path).await
}

const WHOLE: &[(&str, &str)] = &[
    ("realise", "Quatre ateliers et une fête."),
    ("egalite", "Deux femmes président le groupe."),
    ("appris", "Partir plus tôt."),
    ("femmes", "40"),
    ("total", "70"),
    ("depense-0", "14 000"),
    ("explication-0", "La salle a été prêtée."),
];

#[actix_web::test]
async fn a_report_is_kept_as_typed_and_filed_when_nothing_is_missing() {
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let path = path(&stage, ReportKind::Final);
    let form = started(&stage, ReportKind::Final).await;
    assert!(form.contains("brouillon, non déposé") && form.contains("Indiquez les dépenses réalisées"), "{form}");
    assert!(form.contains("20\u{202f}000"), "the planned budget is there");
    let seen = hidden(&form, "lu");
    let half = [("lu", seen.as_str()), ("realise", "Quatre ateliers."), ("femmes", "beaucoup"), ("depense-0", "douze")];
    let refused = page(stage.presses(&form, &path, &half).await, 422).await;
    for kept in ["Quatre ateliers.", "value=\"beaucoup\"", "value=\"douze\"", "n’est pas un montant", "nombre entier"]
    {
        assert!(refused.contains(kept), "{kept}: {refused}");
    }
    assert!(stage.reads(&path).await.contains("Quatre ateliers."), "what could be kept is kept");

    let seen = hidden(&refused, "lu");
    let mut whole = WHOLE.to_vec();
    whole.push(("lu", &seen));
    let lacks = page(stage.presses(&refused, &format!("{path}/depot"), &whole).await, 422).await;
    assert!(
        lacks.contains("Joignez le document") && lacks.contains("value=\"14\u{202f}000")
            || lacks.contains("value=\"14 000\""),
        "{lacks}"
    );
    assert_eq!(report(&stage, ReportKind::Final).state, ReportState::Draft);
    let bad = Some(("justificatifs", "f.pdf", &b"MZ\x90\x00"[..]));
    let pieces = format!("{path}/pieces/justificatifs");
    assert!(
        page(stage.site.post_file(&stage.holder, &pieces, &[], bad).await, 422).await.contains("erreur-justificatifs")
    );
    leads(&stage.site.post_file(&stage.holder, &pieces, &[], Some(("justificatifs", "f.pdf", PDF))).await);

    let ready = stage.reads(&path).await;
    let seen = hidden(&ready, "lu");
    let mut whole = WHOLE.to_vec();
    whole.push(("lu", &seen));
    for _ in 0..2 {
        assert_eq!(
            leads(&stage.presses(&ready, &format!("{path}/depot"), &whole).await),
            path,
            "once, and the same answer"
        );
    }
    let filed = stage.reads(&path).await;
    assert!(filed.contains("Le bilan est déposé") && filed.contains("Partir plus tôt."), "{filed}");
    assert!(filed.contains("−6\u{202f}000"), "the gap is shown");
    assert_eq!(report(&stage, ReportKind::Final).version, 2);

    let (id, now) = (report(&stage, ReportKind::Final).id, stage.paying.now);
    let back = (ReportEvent::RequestChanges, "Il manque la liste des ateliers.");
    stage.paying.does(|tx| reports::send_back(tx, &stage.paying.officer, id, 2, back, now)).unwrap();
    let again = stage.reads(&path).await;
    assert!(again.contains("Il manque la liste des ateliers.") && again.contains("Partir plus tôt."), "{again}");
    let seen = hidden(&again, "lu");
    let mut whole = WHOLE.to_vec();
    whole.push(("lu", &seen));
    leads(&stage.presses(&again, &format!("{path}/depot"), &whole).await);
    assert_eq!(report(&stage, ReportKind::Final).state, ReportState::Submitted);
}

#[actix_web::test]
async fn two_people_do_not_overwrite_each_other() {
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let path = path(&stage, ReportKind::Final);
    let form = started(&stage, ReportKind::Final).await;
    let seen = hidden(&form, "lu");
    let first = [("lu", seen.as_str()), ("realise", "Le texte de Hélo.")];
    let second = [("lu", seen.as_str()), ("realise", "Le texte de son collègue.")];
    leads(&stage.presses(&form, &path, &first).await);
    let late = page(press(&stage.site, &stage.holder, &form, &path, &second).await, 409).await;
    assert!(late.contains("Le texte de Hélo.") && late.contains("Le texte de son collègue."), "both are there: {late}");
    assert!(late.contains("rien n’est écrasé"), "{late}");
    assert!(stage.reads(&path).await.contains("Le texte de Hélo."));
    let seen = hidden(&late, "lu");
    let both = [("lu", seen.as_str()), ("realise", "Le texte de Hélo et de son collègue.")];
    leads(&stage.presses(&late, &path, &both).await);
    assert!(stage.reads(&path).await.contains("Le texte de Hélo et de son collègue."));
}

#[actix_web::test]
async fn what_was_not_planned_gets_a_line_of_its_own() {
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let path = path(&stage, ReportKind::Interim);
    let form = started(&stage, ReportKind::Interim).await;
    let seen = hidden(&form, "lu");
    let more = [("lu", seen.as_str()), ("ajout-montant", "120,50")];
    let refused = page(stage.presses(&form, &path, &more).await, 422).await;
    assert!(refused.contains("Choisissez le poste") && refused.contains("120,50"), "{refused}");
    let seen = hidden(&refused, "lu");
    let more = [
        ("lu", seen.as_str()),
        ("ajout-compte", "62.3"),
        ("ajout-montant", "120,50"),
        ("ajout-explication", "Affiches"),
    ];
    leads(&stage.presses(&refused, &path, &more).await);
    let kept = stage.reads(&path).await;
    assert!(kept.contains("120,50") && kept.contains("Affiches"), "{kept}");
}
