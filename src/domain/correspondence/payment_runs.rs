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

/// Why transfers whose file has left may have to be stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopCause<'a> {
    /// Their organisation gave another account.
    OtherAccount,
    /// The account they go to is in doubt.
    Doubt,
    /// Their grant, with this reference, is suspended.
    Suspension(&'a str),
}

impl StopCause<'_> {
    /// What they may have to be stopped for, in the subject.
    fn about(self, organisation: &str) -> String {
        match self {
            StopCause::OtherAccount | StopCause::Doubt => format!("compte de {organisation}"),
            StopCause::Suspension(reference) => format!("subvention {reference}, {organisation}"),
        }
    }

    fn sentence(self, organisation: &str) -> String {
        match self {
            StopCause::OtherAccount => format!("{organisation} vient de donner un autre compte bancaire."),
            StopCause::Doubt => format!("Le compte bancaire de {organisation} est bloqué : il y a un doute."),
            StopCause::Suspension(reference) => {
                format!("La subvention {reference}, accordée à {organisation}, vient d’être suspendue.")
            }
        }
    }

    /// What is to be known before a bank is telephoned to.
    const fn first(self) -> &'static str {
        match self {
            StopCause::OtherAccount | StopCause::Doubt => {
                "Vérifiez d’abord auprès de l’organisation, par un moyen connu avant ce jour."
            }
            StopCause::Suspension(_) => {
                "Lisez d’abord pourquoi, sur la page de la subvention. Un virement déjà exécuté ne revient que si \
                 l’organisation le reverse."
            }
        }
    }
}

/// To whoever pays: these transfers, whose file has left, may have to be stopped. Nothing where there is none to tell of.
pub fn stop_mail(organisation: &str, cause: StopCause<'_>, transfers: &[&GoneTransfer], contact: &str) -> Option<Mail> {
    let first = transfers.first()?;
    let gone = match transfers.len() {
        1 => "Le fichier bancaire de ce virement est déjà généré : le site ne peut plus le retirer.",
        _ => "Le fichier bancaire de ces virements est déjà généré : le site ne peut plus les retirer.",
    };
    let next = format!(
        "Si la banque n’a pas encore ce fichier, ne le remettez pas. Si elle l’a, téléphonez-lui : elle peut arrêter un \
         virement, ou le rappeler. {}",
        cause.first()
    );
    let fact = |transfer: &&GoneTransfer| {
        let name = format!("{} ({})", transfer.reference, transfer.run_reference);
        (name, format!("{} vers {}", transfer.amount, transfer.account))
    };
    Some(Mail {
        kind: MessageKind::TransferToStop,
        subject: nbsp(&format!("Virement peut-être à arrêter : {}", cause.about(organisation))),
        paragraphs: vec![nbsp(&cause.sentence(organisation)), nbsp(gone), nbsp(&next)],
        facts: transfers.iter().map(fact).collect(),
        action: Some(Action { label: "Voir le versement".into(), path: format!("/finances/versements/{}", first.id) }),
        contact: contact.to_owned(),
    })
}
