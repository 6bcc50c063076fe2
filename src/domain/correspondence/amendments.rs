//! Letters and mails about an amendment.

use super::grants::{AwardedProject, paragraph};
use crate::domain::{
    letters::{Block, Letter, LetterKind},
    messages::{Mail, MessageKind},
    time::french_date,
};
use chrono::NaiveDate;

/// What was asked for and decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// « durée du projet ».
    pub kind: String,
    pub wanted: String,
    pub new_ends_on: Option<NaiveDate>,
    /// Why it was refused; empty when it was not.
    pub motive: String,
    /// Its place among the amendments of the grant.
    pub number: usize,
}

/// The amendment itself, once approved (avenant).
pub fn approved_letter(project: &AwardedProject, decided: &Decided) -> Letter {
    let mut blocks = vec![
        paragraph(&format!(
            "Vous nous avez demandé de modifier la subvention du projet {}. Nous l’acceptons.",
            project.quoted_title()
        )),
        Block::facts([("Ce qui change", decided.kind.clone()), ("Votre demande", decided.wanted.clone())]),
    ];
    if let Some(day) = decided.new_ends_on {
        blocks.push(paragraph(&format!(
            "Le projet se termine désormais le {}. Les dates des bilans encore attendus sont décalées d’autant.",
            french_date(day)
        )));
    }
    blocks.push(paragraph("Tout le reste demeure inchangé."));
    let subject = format!("avenant : {}", decided.kind);
    project.letter(LetterKind::Amendment, &format!("AV{}", decided.number), &subject, blocks)
}

/// The mail that tells a yes.
pub fn approved_mail(project: &AwardedProject, decided: &Decided) -> Mail {
    let said = format!("Votre demande d’avenant ({}) est acceptée. L’avenant est joint.", decided.kind);
    project.mail(MessageKind::AmendmentDecided, "Avenant accordé", &[&said], ("Voir la subvention", ""))
}

/// The mail that tells a no, and why.
pub fn refused_mail(project: &AwardedProject, decided: &Decided) -> Mail {
    let said = format!("Votre demande d’avenant ({}) n’est pas acceptée.", decided.kind);
    let why = format!("Motif : {}", decided.motive);
    project.mail(MessageKind::AmendmentDecided, "Avenant refusé", &[&said, &why], ("Voir la subvention", ""))
}
