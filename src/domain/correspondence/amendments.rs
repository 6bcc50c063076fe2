//! Letters and mails about an amendment.

use super::{
    agreements::Articles,
    grants::{AwardedProject, paragraph},
};
use crate::domain::{
    letters::{Block, Letter, LetterKind},
    messages::{Mail, MessageKind},
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
    pub new_ends_on: Option<NaiveDate>,
    /// Why it was refused; empty when it was not.
    pub motive: String,
    /// Its place among the amendments of the grant.
    pub number: usize,
    /// Who asked for it, and who decided, each with the moment (UTC).
    pub asked: (String, Moment),
    pub decided: (String, Moment),
    /// Whether it amends an agreement rather than an offer that was accepted.
    pub is_of_agreement: bool,
}

/// The amendment itself, once approved (avenant): a contract when it amends one.
pub fn approved_letter(project: &AwardedProject, decided: &Decided) -> Letter {
    let kind = LetterKind::Amendment;
    let suffix = format!("{}{}", kind.suffix(), decided.number);
    let facts = Block::facts([("Ce qui change", decided.kind.clone()), ("La demande", decided.wanted.clone())]);
    let new_end = decided.new_ends_on.map(|day| {
        format!(
            "Le projet se termine désormais le {}. Les dates des bilans encore attendus sont décalées d’autant.",
            french_date(day)
        )
    });
    if decided.is_of_agreement {
        return contract(project, decided, &suffix, facts, new_end);
    }
    let said = format!(
        "Vous nous avez demandé de modifier la subvention du projet {}. Nous l’acceptons.",
        project.quoted_title()
    );
    let mut blocks = vec![paragraph(&said), facts];
    blocks.extend(new_end.map(|text| paragraph(&text)));
    blocks.push(paragraph("Tout le reste demeure inchangé."));
    project.letter(kind, &suffix, &format!("avenant n° {} : {}", decided.number, decided.kind), blocks)
}

fn contract(
    project: &AwardedProject,
    decided: &Decided,
    suffix: &str,
    facts: Block,
    new_end: Option<String>,
) -> Letter {
    let mut body = Articles::after(project.between());
    body.say(&format!(
        "Les parties ont conclu une convention pour la subvention {} du projet {}. Elles conviennent de ce qui suit.",
        project.grant_reference,
        project.quoted_title()
    ));
    body.article("Objet de l’avenant");
    let on = french_date(decided.asked.1.paris_date());
    body.say(&format!("Le bénéficiaire a demandé cette modification le {on}. Le financeur l’accepte."));
    body.blocks.push(facts);
    if let Some(text) = new_end {
        body.article("Nouvelle durée");
        body.say(&text);
    }
    body.article("Autres clauses");
    body.say("Toutes les autres clauses de la convention demeurent inchangées.");
    body.blocks.push(project.done_at());
    let online = |what: &str, (name, at): &(String, Moment)| {
        Some(nbsp(&format!("{what} en ligne par {name} le {}.", at.french())))
    };
    let parties = project.parties(online("Accordé", &decided.decided), online("Demandé", &decided.asked));
    let subject = format!("Avenant n° {} à la convention de subvention", decided.number);
    project.contract(LetterKind::Amendment, suffix, &subject, body.blocks, parties)
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
            new_ends_on: "2028-03-31".parse().ok(),
            motive: String::new(),
            number: 2,
            asked: ("Aline Vasseur".into(), at),
            decided: ("Inès Vandenbroucke".into(), at),
            is_of_agreement: true,
        };
        let contract = approved_letter(&project(), &decided);
        assert!(contract.subject.starts_with("Avenant n°\u{a0}2 à la convention") && contract.salutation.is_empty());
        assert!(contract.parties[1].signed.as_deref().unwrap().starts_with("Demandé en ligne par Aline Vasseur"));
        assert!(contract.blocks.contains(&Block::heading("Article 3 – Autres clauses")));
        decided.is_of_agreement = false;
        let letter = approved_letter(&project(), &decided);
        assert!(letter.parties.is_empty() && letter.signature.is_some());
        assert_eq!(letter.reference, contract.reference);
    }
}
