//! Mails about a payment run.

use crate::domain::{
    ids::{DisbursementId, PaymentRunId},
    messages::{Action, Mail, MessageKind},
    money::Euros,
    text::nbsp,
};

/// The code with which its reader approves a run. The worker writes the code when it sends the mail; nothing is said of
/// what the run pays.
pub fn approval_code(reference: &str, id: PaymentRunId, contact: &str) -> Mail {
    let said = format!(
        "Voici le code à taper pour approuver le lot de virements {reference}. Il sert une seule fois et reste valable un \
         quart d’heure. Si le lot change entre-temps, il faut en demander un autre."
    );
    Mail {
        kind: MessageKind::OneTimeCode,
        subject: nbsp(&format!("Lot {reference} : votre code d’approbation")),
        paragraphs: vec![
            nbsp(&said),
            nbsp(
                "Vous n’avez rien demandé ? Ne donnez ce code à personne et prévenez la direction : quelqu’un d’autre est \
                 entré dans votre espace.",
            ),
        ],
        facts: Vec::new(),
        action: Some(Action { label: "Approuver le lot".into(), path: format!("/finances/lots/{id}/approbation") }),
        contact: contact.to_owned(),
    }
}

/// A transfer that the bank has been asked for, and has not told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoneTransfer {
    pub id: DisbursementId,
    /// What follows the money to the bank.
    pub reference: String,
    pub run_reference: String,
    /// Where it goes, masked.
    pub account: String,
    /// What leaves the bank.
    pub amount: Euros,
}

/// To whoever pays: the account of these transfers changes, or is in doubt, and their file has left. `is_new` tells that it
/// is another account that came. Nothing where there is no transfer to tell of.
pub fn stop_mail(organisation: &str, is_new: bool, transfers: &[&GoneTransfer], contact: &str) -> Option<Mail> {
    let first = transfers.first()?;
    let why = match is_new {
        true => format!("{organisation} vient de donner un autre compte bancaire."),
        false => format!("Le compte bancaire de {organisation} est bloqué : il y a un doute."),
    };
    let gone = match transfers.len() {
        1 => "Le fichier bancaire de ce virement est déjà généré : le site ne peut plus le retirer.",
        _ => "Le fichier bancaire de ces virements est déjà généré : le site ne peut plus les retirer.",
    };
    let next = "Si la banque n’a pas encore ce fichier, ne le remettez pas. Si elle l’a, téléphonez-lui : elle peut arrêter \
                un virement, ou le rappeler. Vérifiez d’abord auprès de l’organisation, par un moyen connu avant ce jour.";
    let fact = |transfer: &&GoneTransfer| {
        let name = format!("{} ({})", transfer.reference, transfer.run_reference);
        (name, format!("{} vers {}", transfer.amount, transfer.account))
    };
    Some(Mail {
        kind: MessageKind::TransferToStop,
        subject: nbsp(&format!("Virement peut-être à arrêter : compte de {organisation}")),
        paragraphs: vec![nbsp(&why), nbsp(gone), nbsp(next)],
        facts: transfers.iter().map(fact).collect(),
        action: Some(Action { label: "Voir le versement".into(), path: format!("/finances/versements/{}", first.id) }),
        contact: contact.to_owned(),
    })
}
