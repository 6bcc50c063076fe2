//! The copy both have signed, with the page that says who signed it, when and how; and the mails around signing.

use super::{
    due_dates::how_far,
    grants::{AwardedProject, paragraph},
    papers::in_groups,
};
use crate::domain::{
    letters::{Block, Letter, LetterKind},
    messages::{Action, Mail, MessageKind},
    one_time_codes::VALID_MINUTES,
    signing::{SigningSide, SigningWay},
    text::nbsp,
    time::{Moment, french_date},
};
use chrono::NaiveDate;

/// What proves one signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub side: SigningSide,
    /// Who signed, or who sent the signed copy in.
    pub name: String,
    /// The mail address, masked.
    pub address: String,
    pub way: SigningWay,
    /// The sign-in in which it was given.
    pub session: String,
    /// SHA-256 of the text that was signed.
    pub digest: String,
    /// SHA-256 of the copy signed on paper.
    pub scan: Option<String>,
    /// Who signed by hand, and on which day, where the house deposited the copy.
    pub by_hand: Option<(String, NaiveDate)>,
    /// UTC.
    pub at: Moment,
}

impl Proof {
    /// What the block under the text says of it.
    fn in_short(&self) -> String {
        if let Some((name, day)) = &self.by_hand {
            let (day, at) = (french_date(*day), self.at.french());
            return nbsp(&format!(
                "Signé sur papier par {name} le {day}, exemplaire déposé par {} le {at}.",
                self.name
            ));
        }
        let how = match self.way {
            SigningWay::Code => "Signé en ligne par",
            SigningWay::Scan => "Signé sur papier, exemplaire déposé par",
        };
        nbsp(&format!("{how} {} le {}.", self.name, self.at.french()))
    }

    fn facts(&self, body: &str) -> Block {
        let who = match self.way {
            SigningWay::Code => "Signataire",
            SigningWay::Scan => "Exemplaire déposé par",
        };
        let mut facts = vec![("Pour".to_owned(), body.to_owned()), (who.to_owned(), self.name.clone())];
        if let Some((name, day)) = &self.by_hand {
            facts.push(("Signé à la main par".to_owned(), name.clone()));
            facts.push(("Jour de la signature".to_owned(), french_date(*day)));
        }
        facts.extend([
            ("Date et heure".to_owned(), format!("{} (heure de Paris)", self.at.french())),
            ("Moyen".to_owned(), self.way.label().to_owned()),
            ("Adresse de courriel".to_owned(), self.address.clone()),
        ]);
        // What was signed outside a sign-in, or long ago, has none to show.
        if !self.session.is_empty() {
            facts.push(("Session".to_owned(), self.session.clone()));
        }
        facts.push(("Empreinte SHA-256 du texte signé".to_owned(), in_groups(&self.digest)));
        facts.extend(self.scan.as_ref().map(|scan| ("Empreinte SHA-256 de l’exemplaire".to_owned(), in_groups(scan))));
        Block::Facts(facts)
    }
}

/// The paper as both have signed it: its text unchanged, what each signed under it, and the evidence after the annexes.
pub fn signed_copy(paper: Letter, number: &str, proofs: &[Proof], at: Moment) -> Letter {
    let signed = match paper.kind {
        LetterKind::Amendment => "signé par les deux parties",
        _ => "signée par les deux parties",
    };
    let (text_number, text_code) = (paper.reference.clone(), paper.check_code.clone());
    let subject = nbsp(&format!("{}, {signed}", paper.subject));
    let mut letter = Letter {
        title: format!("{subject} ({number})"),
        reference: number.to_owned(),
        subject,
        check_url: String::new(),
        check_code: String::new(),
        issued_at: at,
        ..paper
    };
    // The house stands first under a contract.
    for (party, side) in letter.parties.iter_mut().zip([SigningSide::Issuer, SigningSide::Holder]) {
        party.signed = proofs.iter().find(|proof| proof.side == side).map(Proof::in_short);
    }
    letter.blocks.push(Block::Annex("Preuve des signatures".into()));
    letter.blocks.push(paragraph(&format!(
        "Le texte signé est celui du document {text_number} (code {text_code}), annexes comprises. Ce qui suit a été relevé au \
         moment de chaque signature.",
    )));
    for side in SigningSide::ALL {
        let Some(proof) = proofs.iter().find(|proof| proof.side == *side) else { continue };
        let at = usize::from(*side == SigningSide::Holder);
        let body = letter.parties.get(at).map(|party| party.body.clone()).unwrap_or_default();
        letter.blocks.push(Block::Label(side.label().to_owned()));
        letter.blocks.push(proof.facts(&body));
    }
    letter.typeset()
}

/// The mail that carries a code. The worker writes the code into it when it leaves.
pub fn code_mail(what: &str, project: &str, contact: &str) -> Mail {
    Mail {
        kind: MessageKind::OneTimeCode,
        subject: nbsp(&format!("Votre code pour signer {what}")),
        paragraphs: vec![
            nbsp(&format!("Vous allez signer {what}. Recopiez ce code sur la page où vous l’avez demandé.")),
            nbsp(&format!("Il sert une seule fois et reste valable {VALID_MINUTES} minutes. Ne le donnez à personne.")),
            nbsp("Vous n’avez rien demandé ? Prévenez-nous : quelqu’un est peut-être entré dans votre espace."),
        ],
        facts: vec![("Projet".into(), project.to_owned())],
        action: None,
        contact: contact.to_owned(),
    }
}

/// Tells the management that the holder has signed and that it is its turn.
pub fn countersign_mail(project: &AwardedProject, what: &str, by: NaiveDate) -> Mail {
    let said = format!("{} a signé : {what}. Il manque la signature de la direction.", project.organisation);
    let until = format!("Elle est attendue avant le {}.", french_date(by));
    let label = "Lire et signer";
    let mail = project.mail(MessageKind::Agreement, &format!("À signer : {what}"), &[&said, &until], (label, ""));
    Mail { action: Some(Action { label: label.into(), path: project.team_path.clone() }), ..mail }
}

/// Reminds the holder of a paper that was sent on `sent_on` and that nobody has signed for it.
pub fn unsigned_mail(
    project: &AwardedProject,
    what: &str,
    (sent_on, by): (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Mail {
    let (sent, far, day) = (french_date(sent_on), how_far(sent_on, today), french_date(by));
    let said = format!(
        "Un document vous attend depuis le {sent}, {far} : {what}. Il manque votre signature, attendue avant le {day}. Rien de \
         ce qu’il prévoit ne commence avant, versements compris."
    );
    let how = "Signez en ligne, sur la page de la subvention : une minute suffit. Vous pouvez aussi y déposer l’exemplaire \
               signé sur papier, ou nous l’envoyer par la poste. Si quelque chose vous empêche de signer, répondez à ce \
               message.";
    let subject = format!("Rappel, à signer : {what}");
    project.mail(MessageKind::SignatureDue, &subject, &[&said, how], ("Lire et signer", ""))
}

/// The same to the management, once the holder has signed.
pub fn uncountersigned_mail(
    project: &AwardedProject,
    what: &str,
    (signed_on, by): (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Mail {
    let (signed, far) = (french_date(signed_on), how_far(signed_on, today));
    let said = format!(
        "{} a signé le {signed}, {far} : {what}. Il manque la signature de la direction.",
        project.organisation
    );
    let until = format!(
        "Elle est attendue avant le {}. Rien de ce que ce document prévoit ne commence avant, versements compris.",
        french_date(by)
    );
    let (label, subject) = ("Lire et signer", format!("Rappel, à signer : {what}"));
    let mail = project.mail(MessageKind::SignatureDue, &subject, &[&said, &until], (label, ""));
    Mail { action: Some(Action { label: label.into(), path: project.team_path.clone() }), ..mail }
}

/// Tells the holder that the copy they sent by post has come and counts as their signature.
pub fn deposited_mail(project: &AwardedProject, what: &str, (signed_by, signed_on): (&str, NaiveDate)) -> Mail {
    let said = format!(
        "Nous avons bien reçu par la poste l’exemplaire signé par {signed_by} le {} : {what}. L’équipe du fonds l’a déposé pour \
         vous ; vous pouvez le relire sur la page de la subvention.",
        french_date(signed_on)
    );
    let how = "Si ce n’est pas vous qui l’avez envoyé, ou si quelque chose n’est pas juste, répondez à ce message.";
    let subject = format!("Exemplaire signé reçu : {what}");
    project.mail(MessageKind::Agreement, &subject, &[&said, how], ("Voir la subvention", ""))
}

/// Asks the holder to sign an amendment that was granted.
pub fn amendment_to_sign_mail(project: &AwardedProject, kind: &str, by: NaiveDate) -> Mail {
    let said = format!("Votre demande d’avenant ({kind}) est acceptée. L’avenant est joint : il est à signer.");
    let how = format!(
        "Signez-le avant le {}, sur la page de la subvention. La direction signe ensuite ; rien ne change d’ici là.",
        french_date(by)
    );
    project.mail(MessageKind::AmendmentDecided, "Avenant à signer", &[&said, &how], ("Lire et signer l’avenant", ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::correspondence::grants::tests::project;

    #[test]
    fn a_reminder_to_sign_says_since_when_and_leads_each_side_to_its_own_page() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let days = (day("2027-04-02"), day("2027-05-02"));
        let holder = unsigned_mail(&project(), "la convention de subvention", days, day("2027-04-09"));
        assert_eq!(holder.subject, "Rappel, à signer\u{a0}: la convention de subvention");
        assert!(holder.paragraphs[0].contains("il y a 7 jours"), "{:?}", holder.paragraphs);
        assert_eq!(holder.action.unwrap().path, "/subventions/1");
        let house = uncountersigned_mail(&project(), "la convention de subvention", days, day("2027-04-23"));
        assert!(house.paragraphs[0].contains("il y a 21 jours"), "{:?}", house.paragraphs);
        assert!(house.paragraphs[1].contains("Rien de ce que ce document prévoit"), "an amendment stops no payment");
        assert_eq!(house.action.unwrap().path, "/suivi/1");
    }

    #[test]
    fn the_signed_copy_says_who_signed_when_and_how_and_keeps_the_text() {
        let project = project();
        let parties = project.parties(None, None);
        let text = vec![Block::paragraph("Il est convenu ce qui suit.")];
        let paper = project.contract(LetterKind::Agreement, "C", "Convention de subvention", text.clone(), parties);
        let proof = |side, name: &str, way| Proof {
            side,
            name: name.into(),
            address: "a•••@passeurs.example".into(),
            way,
            session: "0198c0a1".into(),
            digest: "a".repeat(64),
            scan: (way == SigningWay::Scan).then(|| "b".repeat(64)),
            by_hand: None,
            at: Moment::from_unix_seconds(1_806_528_600),
        };
        let proofs = [
            proof(SigningSide::Holder, "Aline Vasseur", SigningWay::Code),
            proof(SigningSide::Issuer, "Inès Vandenbroucke", SigningWay::Scan),
        ];
        let number = format!("{}-C", project.grant_reference);
        let copy = signed_copy(paper, &number, &proofs, Moment::from_unix_seconds(1_806_528_600));
        assert!(copy.subject.contains("signée par les deux parties") && copy.title.contains(&number));
        assert_eq!(copy.blocks[..1], text[..]);
        let said: Vec<_> = copy.parties.iter().map(|party| party.signed.clone().unwrap()).collect();
        assert!(said[0].contains("exemplaire déposé par Inès") && said[1].starts_with("Signé en ligne par Aline"));
        let json = serde_json::to_string(&copy.blocks).unwrap().replace(['\u{a0}', '\u{202f}'], " ");
        for words in ["Preuve des signatures", "(heure de Paris)", "a•••@passeurs.example", "0198c0a1", "bbbb"] {
            assert!(json.contains(words), "{words}: {json}");
        }
    }
}
