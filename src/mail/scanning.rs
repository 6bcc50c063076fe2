//! The files that wait for the antivirus, scanned one after the other once they are attached.

use super::worker::Office;
use crate::{
    store::{
        StoreError,
        scanner::{Finding, Scanner},
    },
    usecases::{Outcome, scans},
};
use tokio::sync::watch;

/// Files scanned in one round.
const BATCH: i64 = 32;

/// Scans what is due, until `stop` says so. Gives whether the antivirus answered: when it does not, the rest waits.
pub(super) async fn scan_files(office: &Office, scanner: &Scanner, stop: &watch::Receiver<bool>) -> Outcome<bool> {
    let now = office.now();
    for sha256 in office.read(move |conn| scans::due(conn, now, BATCH)).await? {
        if *stop.borrow() {
            break;
        }
        let bytes = match office.bytes(&sha256).await {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::error!(sha256, %error, "a file cannot be scanned");
                put_off(office, sha256).await?;
                continue;
            }
        };
        match scanner.scan(&bytes).await {
            Ok(finding) => record(office, sha256, finding).await?,
            Err(error) => {
                tracing::error!(sha256, %error, "a file cannot be scanned");
                put_off(office, sha256).await?;
                return Ok(false);
            }
        }
    }
    Ok(true)
}

async fn record(office: &Office, sha256: String, finding: Finding) -> Outcome<()> {
    let now = office.now();
    if let Finding::Found(name) = &finding {
        tracing::warn!(sha256, name, "the antivirus refuses a file");
    }
    let write = move |tx: &mut crate::store::Tx| {
        let found = match &finding {
            Finding::Clean => None,
            Finding::Found(name) => Some(name.as_str()),
        };
        match scans::record(tx, &sha256, found, now) {
            // The scan was given up meanwhile.
            Err(crate::usecases::UseCaseError::Store(StoreError::Stale)) => Ok(()),
            done => done,
        }
    };
    office.write(write).await
}

async fn put_off(office: &Office, sha256: String) -> Outcome<()> {
    let now = office.now();
    office.write(move |tx| scans::postpone(tx, &sha256, now)).await
}
