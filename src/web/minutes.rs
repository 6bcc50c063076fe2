//! The minutes of a session, for everybody who may read them: the list of versions, and one to keep.

use super::{App, Failure, Reply, downloads, pages::Tone, parts::Badge};
use crate::{
    documents as press,
    usecases::minutes::{Sheet, Version},
};

/// One version in its list.
pub(super) struct VersionShown {
    pub href: String,
    pub title: String,
    /// Who wrote it, who signed it, and when.
    pub written: String,
    pub badge: Badge,
    /// Why it replaces the one before; often empty.
    pub reason: String,
    /// The number of the sealed document; often empty.
    pub sealed: String,
}

/// Where it stands: a small label, and the same in words.
fn standing(version: &Version, is_last: bool) -> (Badge, String) {
    let badge = |tone: Tone, label: &str| Badge { tone, label: label.to_owned() };
    match &version.signed {
        Some((name, at)) => (badge(Tone::Success, "signé"), format!("signé par {name} le {}", at.french())),
        None if is_last => (badge(Tone::Warning, "à signer"), "attend la signature de la présidence".to_owned()),
        None => (badge(Tone::Neutral, "remplacé"), "remplacé sans avoir été signé".to_owned()),
    }
}

/// The versions, the last first, each leading to a file below `base`.
pub(super) fn shown(versions: &[Version], base: &str) -> Vec<VersionShown> {
    let shown = |(place, version): (usize, &Version)| {
        let (badge, standing) = standing(version, place == 0);
        VersionShown {
            href: format!("{base}/{}", version.number),
            title: match version.number {
                1 => "Procès-verbal".into(),
                number => format!("Procès-verbal, version {number}"),
            },
            written: format!("établi par {} le {}, {standing}", version.written_by, version.written_at.french()),
            badge,
            reason: version.reason.clone(),
            sealed: version.sealed.clone(),
        }
    };
    versions.iter().enumerate().map(shown).collect()
}

/// One version as a PDF. The same facts always give the same bytes.
pub(super) async fn download(app: &App, sheet: Sheet) -> Reply {
    let letter = match sheet {
        Sheet::Sealed(row) => return downloads::letter(app, None, *row).await,
        Sheet::Copy(letter) => *letter,
    };
    let name = format!("{}.pdf", letter.reference);
    let bytes = app.print(move || press::render(&letter).map_err(|error| Failure::Broken(error.to_string()))).await?;
    Ok(downloads::file(&name, "application/pdf", bytes?))
}
