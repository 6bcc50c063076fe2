//! The request to pay back what was paid too much (trop-perçu à reverser), and its end.

use super::grants::{AwardedProject, paragraph};
use crate::domain::{
    letters::{Block, Letter, LetterKind, Table},
    messages::{Mail, MessageKind},
    money::Euros,
    time::french_date,
};
use chrono::NaiveDate;

/// Why money is asked back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// The final report was accepted for less than was paid.
    FinalReport,
    /// The grant ended before its time: why, and how what comes back is computed.
    Termination { reason: String, lines: Vec<(String, String)> },
}

/// What is asked back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub ground: Ground,
    pub amount: Euros,
    pub paid: Euros,
    /// What the grant finally amounts to.
    pub due: Euros,
    pub due_on: NaiveDate,
    /// Holder and number of the account to pay to: the house's own, in full.
    pub account: Option<(String, String)>,
}

/// The letter that asks it back.
pub fn request_letter(project: &AwardedProject, request: &Request) -> Letter {
    let said = reason(project, request);
    let when = format!(
        "Nous vous remercions de le reverser avant le {} inclus, en rappelant la référence {}.",
        french_date(request.due_on),
        project.grant_reference
    );
    let table = computation(request);
    let mut blocks = vec![paragraph(&said), table.total("À reverser", request.amount).into(), paragraph(&when)];
    if let Some((holder, number)) = &request.account {
        blocks.push(Block::facts([("Titulaire du compte", holder.clone()), ("IBAN", number.clone())]));
    }
    blocks.push(paragraph(match request.ground {
        Ground::FinalReport => {
            "Si ce délai est difficile à tenir, écrivez-nous : un échelonnement est possible. Cette demande ne remet pas en \
             cause la qualité de votre projet."
        }
        Ground::Termination { .. } => {
            "Si ce délai est difficile à tenir, écrivez-nous : un échelonnement est possible."
        }
    }));
    project.letter(LetterKind::RecoveryRequest, LetterKind::RecoveryRequest.suffix(), "trop-perçu à reverser", blocks)
}

fn reason(project: &AwardedProject, request: &Request) -> String {
    let Request { due, paid, amount, .. } = request;
    let title = project.quoted_title();
    match &request.ground {
        Ground::FinalReport => format!(
            "Au vu du bilan final du projet {title}, la subvention s’élève définitivement à {due}. Nous vous avons versé \
             {paid}. Le trop-perçu à reverser est de {amount}."
        ),
        Ground::Termination { reason, .. } => format!(
            "La subvention du projet {title} est résiliée. Motif : {} Nous vous avons versé {paid}. Ce que des dépenses \
             acceptées ne couvrent pas est à reverser : {amount}.",
            as_sentence(reason)
        ),
    }
}

/// The words of somebody, ended as a sentence is.
fn as_sentence(words: &str) -> String {
    let words = words.trim();
    let is_ended = words.ends_with(['.', '!', '?', '…']);
    if is_ended { words.to_owned() } else { format!("{words}.") }
}

fn computation(request: &Request) -> Table {
    let table = Table::new("Le calcul").text_column("Élément").amount_column("Montant");
    let left = match &request.ground {
        Ground::Termination { lines, .. } => {
            return lines.iter().fold(table, |table, (label, amount)| table.row([label.clone(), amount.clone()]));
        }
        Ground::FinalReport => request.paid - request.due - request.amount,
    };
    let table = table
        .row(["Déjà versé".to_owned(), request.paid.to_string()])
        .row(["Montant définitif de la subvention".to_owned(), format!("− {}", request.due)]);
    match left.is_positive() {
        true => table.row(["Somme que le règlement de l’appel vous laisse".to_owned(), format!("− {left}")]),
        false => table,
    }
}

/// The mail that goes with it.
pub fn request_mail(project: &AwardedProject, request: &Request) -> Mail {
    let due_on = french_date(request.due_on);
    let said = match &request.ground {
        Ground::FinalReport => format!("Au vu du bilan final, {} sont à reverser avant le {due_on}.", request.amount),
        Ground::Termination { .. } => format!(
            "La subvention est résiliée : {}, versés et que des dépenses acceptées ne couvrent pas, sont à reverser avant le \
             {due_on}.",
            request.amount
        ),
    };
    let how = "La lettre jointe explique le calcul et donne le compte. Pour un échelonnement, répondez à ce message.";
    let subject = format!("À reverser avant le {due_on} : {}", request.amount);
    project.mail(MessageKind::RecoveryRequest, &subject, &[&said, how], ("Voir le calcul", ""))
}

/// Tells that so much is not to be paid back any more, and what still is, by when.
pub fn settled_mail(
    project: &AwardedProject,
    (amount, settled): (Euros, Settled),
    left: Option<(Euros, NaiveDate)>,
    today: NaiveDate,
) -> Mail {
    let said = match settled {
        Settled::Received(on) => format!("Nous avons bien reçu {amount} le {}. Merci.", french_date(on)),
        Settled::Offset => format!("Le trop-perçu de {amount} est compensé : vous n’avez pas à le verser."),
        Settled::GivenUp => format!("Nous ne vous demandons plus de reverser {amount}."),
    };
    let (subject, rest) = match left {
        Some((left, due_on)) if due_on < today => (
            "Trop-perçu réglé en partie",
            format!("Il reste {left} à reverser : l’échéance, le {}, est passée.", french_date(due_on)),
        ),
        Some((left, due_on)) => (
            "Trop-perçu réglé en partie",
            format!("Il reste {left} à reverser avant le {} inclus.", french_date(due_on)),
        ),
        None => ("Trop-perçu réglé", "Il ne reste rien à reverser.".to_owned()),
    };
    project.mail(MessageKind::RecoverySettled, subject, &[&said, &rest], ("Voir la subvention", ""))
}

/// Tells that what was to be kept back from a payment is to be paid back after all, and by when.
pub fn reopened_mail(project: &AwardedProject, amount: Euros, due_on: NaiveDate) -> Mail {
    let day = french_date(due_on);
    let said = format!(
        "Le trop-perçu de {amount} devait être déduit d’un autre versement, qui ne part plus pour l’instant. La somme est de \
         nouveau à reverser, avant le {day} inclus."
    );
    let how = format!(
        "La lettre qui la demandait explique le calcul et donne le compte. Rappelez la référence {}. Pour un échelonnement, \
         répondez à ce message.",
        project.grant_reference
    );
    let subject = format!("De nouveau à reverser avant le {day} : {amount}");
    project.mail(MessageKind::RecoveryRequest, &subject, &[&said, &how], ("Voir le calcul", ""))
}

/// Tells by when it is expected now, and why that has changed.
pub fn postponed_mail(project: &AwardedProject, amount: Euros, due_on: NaiveDate, reason: &str) -> Mail {
    let day = french_date(due_on);
    let said = format!("Vous avez jusqu’au {day} inclus pour reverser {amount}.");
    let why = format!("Motif : {reason}");
    let subject = format!("Délai accordé : {amount} à reverser avant le {day}");
    project.mail(MessageKind::ExtensionDecided, &subject, &[&said, &why], ("Voir la subvention", ""))
}

/// How a recovery ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    Received(NaiveDate),
    Offset,
    /// The management no longer asks for it.
    GivenUp,
}
