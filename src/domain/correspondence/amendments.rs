//! Letters and mails about an amendment.

use super::{
    agreements::Articles,
    grants::{AwardedProject, paragraph},
};
use crate::domain::{
    amendments::Change,
    letters::{Block, Letter, LetterKind, Table},
    messages::{Mail, MessageKind},
    money::Euros,
    text::nbsp,
    time::{Moment, french_date},
};
use chrono::NaiveDate;

/// What was asked for and decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// « durée du projet ».
    pub kind: String,
    pub wanted: String,
    /// What it changes, before and after.
    pub changes: Vec<Change>,
    /// Why it was refused; empty when it was not.
    pub motive: String,
    /// Its place among the amendments of the grant.
    pub number: usize,
    /// When it was asked for (UTC).
    pub asked_at: Moment,
    /// Whether it amends an agreement rather than an offer that was accepted.
    pub is_of_agreement: bool,
}

/// The amendment itself, once approved (avenant): a contract to be signed by both when it amends one.
pub fn approved_letter(project: &AwardedProject, decided: &Decided) -> Letter {
    let kind = LetterKind::Amendment;
    let suffix = format!("{}{}", kind.suffix(), decided.number);
    let mut what =
        vec![Block::facts([("Ce qui change", decided.kind.clone()), ("La demande", decided.wanted.clone())])];
    what.extend(changes_table(&decided.changes));
    if decided.is_of_agreement {
        return contract(project, decided, &suffix, what);
    }
    let said = format!(
        "Vous nous avez demandé de modifier la subvention du projet {}. Nous l’acceptons.",
        project.quoted_title()
    );
    let mut blocks = vec![paragraph(&said)];
    blocks.extend(what);
    blocks.push(paragraph("Tout le reste demeure inchangé."));
    project.letter(kind, &suffix, &format!("avenant n° {} : {}", decided.number, decided.kind), blocks)
}

/// Before and after, line by line; nothing when the words of the demand say it all.
fn changes_table(changes: &[Change]) -> Option<Block> {
    let table = Table::new("Avant et après l’avenant").text_column("Objet").text_column("Avant").text_column("Après");
    let row =
        |table: Table, change: &Change| table.row([nbsp(&change.label), nbsp(&change.was), nbsp(&change.becomes)]);
    (!changes.is_empty()).then(|| changes.iter().fold(table, row).into())
}

fn contract(project: &AwardedProject, decided: &Decided, suffix: &str, what: Vec<Block>) -> Letter {
    let mut body = Articles::after(project.between());
    body.say(&format!(
        "Les parties ont conclu une convention pour la subvention {} du projet {}. Elles conviennent de ce qui suit.",
        project.grant_reference,
        project.quoted_title()
    ));
    body.article("Objet de l’avenant");
    let on = french_date(decided.asked_at.paris_date());
    body.say(&format!("Le bénéficiaire a demandé cette modification le {on}. Le financeur l’accepte."));
    body.blocks.extend(what);
    body.article("Prise d’effet");
    body.say("L’avenant prend effet à la date de la dernière signature. Rien ne change avant.");
    body.article("Autres clauses");
    body.say("Toutes les autres clauses de la convention demeurent inchangées.");
    body.blocks.push(project.done_at());
    let subject = format!("Avenant n° {} à la convention de subvention", decided.number);
    project.contract(LetterKind::Amendment, suffix, &subject, body.blocks, project.parties(None, None))
}

/// The mail that comes with the amendment as both have signed it.
pub fn signed_mail(project: &AwardedProject, decided: &Decided) -> Mail {
    let said = format!("L’avenant ({}) est signé par les deux parties : il prend effet. Il est joint.", decided.kind);
    project.mail(MessageKind::AmendmentDecided, "Avenant signé", &[&said], ("Voir la subvention", ""))
}

/// Asks the holder to sign the agreement that a raise takes, where the grant had none.
pub fn agreement_to_sign_mail(project: &AwardedProject, new: Euros, by: NaiveDate) -> Mail {
    let said = format!(
        "Votre demande d’avenant est acceptée : la subvention peut passer à {new}. À ce montant, une convention est \
         nécessaire. Elle est jointe à ce message, à signer."
    );
    let how = format!(
        "Pour la signer, ouvrez la page de la subvention avant le {} : votre représentant·e légal·e tape son nom et recopie un \
         code reçu par courriel. La direction signe ensuite ; rien ne change d’ici là.",
        french_date(by)
    );
    let action = ("Lire et signer la convention", "");
    project.mail(MessageKind::AmendmentDecided, "Convention à signer", &[&said, &how], action)
}

/// The mail that comes with that agreement as both have signed it.
pub fn agreement_in_force_mail(project: &AwardedProject, amount: Euros) -> Mail {
    let said = format!(
        "La convention est signée par les deux parties : la subvention est maintenant de {amount}. La convention est jointe."
    );
    project.mail(MessageKind::AmendmentDecided, "Convention signée", &[&said], ("Voir la subvention", ""))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::correspondence::grants::tests::project;

    #[test]
    fn an_amendment_to_an_agreement_is_a_contract_and_another_one_a_letter() {
        let at = Moment::from_unix_seconds(1_806_528_600);
        let mut decided = Decided {
            kind: "durée du projet".into(),
            wanted: "Trois mois de plus.".into(),
            changes: vec![Change {
                label: "Fin du projet".into(),
                was: "31 décembre 2027".into(),
                becomes: "31 mars 2028".into(),
            }],
            motive: String::new(),
            number: 2,
            asked_at: at,
            is_of_agreement: true,
        };
        let contract = approved_letter(&project(), &decided);
        assert!(contract.subject.starts_with("Avenant n°\u{a0}2 à la convention") && contract.salutation.is_empty());
        assert!(contract.parties.iter().all(|party| party.signed.is_none()), "both have still to sign");
        assert!(contract.blocks.contains(&Block::heading("Article 3 – Autres clauses")));
        let is_table = |block: &Block| matches!(block, Block::Table(table) if table.rows[0][2].contains("mars"));
        assert!(contract.blocks.iter().any(is_table));
        decided.is_of_agreement = false;
        let letter = approved_letter(&project(), &decided);
        assert!(letter.parties.is_empty() && letter.signature.is_some());
        assert!(letter.blocks.iter().any(is_table));
        assert_eq!(letter.reference, contract.reference);
    }
}
