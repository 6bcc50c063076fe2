//! Reports on money whose agreement wants receipts.

use super::{NAME, PDF, Stage, leads, page};
use crate::support::{
    databases::sqlite,
    grants::{IBANS, Paying},
};
use tisserand::{
    domain::{
        definitions::{DocumentNeed, ReportTemplate},
        ids::ReportId,
        reports::ReportKind,
    },
    store::{funding_sources as sources, reports as rows},
    usecases::{
        attachments,
        funding_sources::{self, SourceForm},
        report_lacks, reports,
    },
};

const REFERENCE: &str = "AFD-2026-TANDEMS";

/// What a report lacks of receipts, a sentence each.
fn lacks(stage: &Stage, id: ReportId) -> Vec<String> {
    let all = stage.paying.db.read(|conn| {
        let row = rows::find(conn, id)?;
        report_lacks::obstacles(conn, &row)
    });
    let said = all.unwrap().into_iter().map(|field| field.message);
    said.filter(|message| message.contains("justificatif")).collect()
}

#[actix_web::test]
async fn an_agreement_that_wants_receipts_has_one_with_every_report() {
    let paying = Paying::with(sqlite(), |call| {
        call.reports.last.documents.iter_mut().for_each(|document| document.need = DocumentNeed::Optional);
    });
    let stage = Stage::over(paying, 10_000);
    let paying = &stage.paying;
    paying.ready(&stage.grantee, NAME, IBANS[0]);
    let all = paying.db.read(|conn| rows::of_grant(conn, stage.grantee.grant)).unwrap();
    let id = all.iter().find(|row| row.kind == ReportKind::Final).unwrap().id;
    paying.does(|tx| reports::start(tx, &stage.grantee.holder, id, 0, paying.now).map(drop)).unwrap();
    assert!(lacks(&stage, id).is_empty(), "nobody asks for one");

    let source = paying.db.read(|conn| sources::by_reference(conn, REFERENCE)).unwrap().unwrap();
    let known = paying.db.read(|conn| funding_sources::find(conn, &paying.finance, source.id, paying.now)).unwrap();
    let wanted = SourceForm { receipts: true, ..SourceForm::of(&known.definition) };
    paying.does(|tx| funding_sources::save(tx, &paying.finance, Some(source.id), &wanted, paying.now)).unwrap();
    let (convention, finance) = (format!("/finances/conventions/{}", source.id), stage.cookie(&paying.finance));
    let shown = page(stage.site.get(&finance, &convention).await, 200).await;
    assert!(shown.contains("au moins un avec chaque bilan"), "{shown}");
    let form = page(stage.site.get(&finance, &format!("{convention}/modification")).await, 200).await;
    assert!(form.contains("name=\"justificatifs\" value=\"oui\" checked"), "{form}");
    let said = lacks(&stage, id);
    assert!(said.len() == 1 && said[0].contains(REFERENCE), "{said:?}");

    let slip = attachments::judge("f", "factures.pdf", PDF).unwrap();
    let attached = |tx: &mut tisserand::store::Tx| {
        reports::attach(tx, &stage.grantee.holder, id, "justificatifs", &slip, paying.now)
    };
    paying.does(attached).unwrap();
    assert!(lacks(&stage, id).is_empty(), "one is there");

    // The interim report lists no paper: it has a place for receipts all the same.
    let id = all.iter().find(|row| row.kind == ReportKind::Interim).unwrap().id;
    paying.does(|tx| reports::start(tx, &stage.grantee.holder, id, 0, paying.now).map(drop)).unwrap();
    assert_eq!(lacks(&stage, id).len(), 1);
    let form = stage.reads(&format!("{}/bilans/{id}", stage.home())).await;
    let place = format!("{}/bilans/{id}/pieces/{}", stage.home(), ReportTemplate::RECEIPTS);
    assert!(form.contains(&format!("action=\"{place}\"")), "{form}");
    let sent = Some((ReportTemplate::RECEIPTS, "factures.pdf", PDF));
    leads(&stage.site.post_file(&stage.holder, &place, &[], sent).await);
    assert!(lacks(&stage, id).is_empty(), "one is there");
    let officer = stage.cookie(&paying.officer);
    let read = page(stage.site.get(&officer, &format!("/suivi/bilans/{id}")).await, 200).await;
    assert!(read.contains("Justificatifs de dépenses"), "{read}");
    paying.check();
}
