//! Evidence packs that wait: their facts are frozen, their papers fetched, and all of it bound into one archive.

use super::{threads::apart, worker::Office};
use crate::{
    domain::{
        correspondence::evidence_packs::{letter, report_letter},
        evidence_packs::Evidence,
    },
    store::Tx,
    usecases::{Outcome, evidence_packs},
};
use tokio::sync::watch;

/// Packs made in one round.
const BATCH: i64 = 4;
/// Most bytes of proofs in one archive: they are held in memory while it is made.
const MOST_BYTES: i64 = 200_000_000;
/// Where the statement lies in the archive.
const STATEMENT: &str = "01-etat/etat.pdf";

/// A file that was made for an archive: its path and its bytes.
pub type Made = (String, Vec<u8>);

/// Why a pack has no facts.
const UNGATHERED: &str = "Les faits de cette période n’ont pas pu être rassemblés. Si un nouvel essai échoue aussi, prévenez \
                          l’administration.";

/// What binds an archive of the facts, of what was made for it, and of the proofs in their order.
pub type Binder = fn(&Evidence, Vec<Made>, Vec<Vec<u8>>) -> Result<Vec<u8>, String>;

/// Makes the packs that wait where something binds them; mails never wait for it.
pub(super) async fn pack(office: &Office, binder: Option<Binder>, stop: &watch::Receiver<bool>) {
    let Some(binder) = binder else { return };
    if let Err(error) = pack_all(office, binder, stop).await {
        tracing::error!(%error, "the evidence packs could not be made");
    }
}

async fn pack_all(office: &Office, binder: Binder, stop: &watch::Receiver<bool>) -> Outcome<()> {
    for id in office.read(|conn| evidence_packs::owed(conn, BATCH)).await? {
        if *stop.borrow() {
            return Ok(());
        }
        let now = office.now();
        let evidence = match office.write(move |tx| evidence_packs::freeze(tx, id, now)).await {
            Ok(Some(evidence)) => evidence,
            Ok(None) => continue,
            // One that fails holds up no other, and whoever asked for it is told.
            Err(error) => {
                tracing::error!(pack = %id, %error, "the facts of an evidence pack cannot be gathered");
                office.write(move |tx| evidence_packs::record_failed(tx, id, UNGATHERED)).await?;
                continue;
            }
        };
        let removals = evidence.removals.len();
        let made = match bind(office, binder, evidence).await {
            Ok(bytes) => office.keep(bytes).await.map_err(|error| error.to_string()),
            Err(why) => Err(why),
        };
        match made {
            Ok(file) => {
                let record =
                    move |tx: &mut Tx| evidence_packs::record(tx, id, (&file.sha256, file.size), removals, now);
                office.write(record).await?;
            }
            Err(why) => {
                tracing::error!(pack = %id, why, "an evidence pack cannot be made");
                office.write(move |tx| evidence_packs::record_failed(tx, id, &why)).await?;
            }
        }
    }
    Ok(())
}

/// The bytes of an archive, or a French sentence that says what stands in its way.
async fn bind(office: &Office, binder: Binder, evidence: Evidence) -> Result<Vec<u8>, String> {
    let wanted: Vec<(String, String, i64)> =
        evidence.proofs().map(|(proof, sha256)| (proof.path.clone(), sha256.to_owned(), proof.size)).collect();
    if wanted.iter().map(|(_, _, size)| size).sum::<i64>() > MOST_BYTES {
        let sentence = "Les pièces de cette période sont trop lourdes pour une seule archive\u{a0}: choisissez une période \
                        plus courte.";
        return Err(sentence.to_owned());
    }
    let mut proofs = Vec::with_capacity(wanted.len());
    for (path, sha256, _) in wanted {
        let bytes = office.bytes(&sha256).await;
        proofs.push(bytes.map_err(|error| format!("La pièce {path} ne peut pas être lue ({error})."))?);
    }
    let press = office.press();
    let work = move || {
        let mut made = vec![(STATEMENT.to_owned(), press(&letter(&evidence))?)];
        for grant in &evidence.grants {
            for report in grant.printed_reports() {
                made.push((report.path.clone(), press(&report_letter(&evidence, grant, report))?));
            }
        }
        binder(&evidence, made, proofs)
    };
    let made = match apart(work).await {
        Ok(made) => made,
        Err(error) => Err(error.to_string()),
    };
    made.map_err(|error| format!("Un fichier de l’archive ne peut pas être fait ({error})."))
}
