//! How far the committee's reading of a call is, in words.

use super::named;
use crate::{
    store::reviews::FileRow,
    usecases::readings::{Progress, Readings},
};

/// How far a reader is.
pub(super) struct ReaderLine {
    pub(super) name: String,
    pub(super) tone: &'static str,
    pub(super) says: String,
    pub(super) detail: String,
}

/// How far the reading of a file is.
pub(super) struct FileRead {
    pub(super) href: String,
    pub(super) reference: String,
    pub(super) title: String,
    pub(super) given: usize,
    pub(super) submitted: usize,
    pub(super) tone: &'static str,
    pub(super) says: String,
}

/// « 2 sur 5 », and how it is to be felt.
fn progress_words(progress: &Progress) -> (&'static str, String) {
    let words = format!("{} sur {}", progress.submitted, progress.given);
    match progress.given {
        0 => ("neutral", "aucun dossier".to_owned()),
        given if given == progress.submitted => ("success", words),
        _ => ("warning", words),
    }
}

impl ReaderLine {
    pub(super) fn of((name, progress): &(String, Progress)) -> Self {
        let (tone, says) = progress_words(progress);
        let begun = (progress.begun > 0).then(|| format!(", {} en cours", progress.begun));
        let given_up = match progress.given_up {
            0 => None,
            1 => Some(", une évaluation abandonnée".to_owned()),
            n => Some(format!(", {n} évaluations abandonnées")),
        };
        let detail = begun.into_iter().chain(given_up).collect();
        ReaderLine { name: name.clone(), tone, says, detail }
    }
}

impl FileRead {
    /// Every file before the committee or ready for it; what lacks most comes first.
    pub(super) fn all(readings: &Readings) -> Vec<FileRead> {
        let file = |(file, progress): &(FileRow, Progress)| {
            let (tone, says) = match progress.given {
                0 => ("error", "personne".to_owned()),
                _ => progress_words(progress),
            };
            FileRead {
                href: format!("/instruction/{}", file.id),
                reference: file.reference.clone(),
                title: named(&file.title),
                given: progress.given,
                submitted: progress.submitted,
                tone,
                says,
            }
        };
        let mut files: Vec<_> = readings.files.iter().map(file).collect();
        // What lacks most comes first; the order of references stays among equals.
        files.sort_by_key(|file| (file.given > 0, file.submitted >= file.given));
        files
    }
}
