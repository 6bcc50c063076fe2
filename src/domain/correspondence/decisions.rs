//! Letters and mails that tell a decision: granted, on the reserve list, not retained, put off.

use super::wordings::Wording;
use crate::domain::{
    decisions::DecisionWay,
    letters::{Block, Fund, Issuer, Language, Letter, LetterKind, Signature, Table},
    messages::{Action, Mail, MessageKind},
    money::{Euros, Rate},
    text::nbsp,
    time::{Moment, french_date},
};
use chrono::NaiveDate;

/// What every decision says of the file it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedFile {
    pub fund: Fund,
    pub issuer: Issuer,
    pub signature: Signature,
    /// Where the letter is signed.
    pub city: String,
    /// Name, representative and postal address of the applicant, one line each.
    pub recipient: Vec<String>,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub call_title: String,
    /// Labels of the axes of the project.
    pub axes: Vec<String>,
    pub requested: Euros,
    /// How it was decided: where no session did, no word speaks of the committee.
    pub way: DecisionWay,
    /// Why, in the words of whoever decided.
    pub motive: String,
    pub conditions: Option<String>,
    /// Who follows the file, above the letter; one line each.
    pub sender: Vec<String>,
    /// Whom to write to.
    pub contact: String,
    /// What this call says in the mail beside the decision; often empty.
    pub note: String,
    /// What is offered after a refusal, a phrase each; often empty.
    pub support: Vec<String>,
    /// The page of the file, beginning with `/`.
    pub path: String,
    /// UTC.
    pub issued_at: Moment,
}

/// What is offered with an award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub grant_reference: String,
    pub amount: Euros,
    /// The part of the accepted cost that the grant may cover.
    pub rate: Rate,
    pub schedule: Vec<Instalment>,
    pub confirm_by: Option<NaiveDate>,
    pub is_agreement_required: bool,
    /// What the grantee undertakes, one sentence each.
    pub commitments: Vec<String>,
    /// The page on which the offer is accepted, beginning with `/`.
    pub path: String,
}

/// One line of the schedule of payments, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instalment {
    /// « Avance », « Solde ».
    pub label: String,
    /// What it waits for: « à l’acceptation », « bilan final accepté ».
    pub condition: String,
    pub amount: Euros,
}

const SALUTATION: &str = "Madame, Monsieur,";

impl DecidedFile {
    /// One of two sentences: as the committee decided it in session, or without one.
    fn said<'a>(&self, heard: &'a str, alone: &'a str) -> &'a str {
        if self.way == DecisionWay::Session { heard } else { alone }
    }

    fn quoted_title(&self) -> String {
        nbsp(&format!("« {} »", self.title))
    }

    fn letter(&self, kind: LetterKind, subject: String, blocks: Vec<Block>, closing: &str) -> Letter {
        let reference = format!("{}-{}", self.reference, kind.suffix());
        Letter {
            kind,
            title: format!("{subject} ({reference})"),
            reference,
            language: Language::French,
            issuer: self.issuer.clone(),
            fund: self.fund.clone(),
            sender: self.sender.clone(),
            recipient: self.recipient.clone(),
            place_and_date: format!("{}, le {}", self.city, french_date(self.issued_at.paris_date())),
            your_reference: Some(format!("dossier {}", self.reference)),
            subject,
            salutation: SALUTATION.into(),
            blocks,
            closing: closing.into(),
            signature: Some(self.signature.clone()),
            parties: Vec::new(),
            check_url: String::new(),
            check_code: String::new(),
            issued_at: self.issued_at,
        }
        .typeset()
    }

    /// The mail: the decision first, then what the call adds, then the rest.
    fn mail(&self, kind: MessageKind, subject: String, mut paragraphs: Vec<String>, label: &str) -> Mail {
        let added = self.note.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
        let added: Vec<_> = added.map(|part| nbsp(&part.replace('\n', " "))).collect();
        let after_first = paragraphs.len().min(1);
        paragraphs.splice(after_first..after_first, added);
        Mail {
            kind,
            subject,
            paragraphs,
            facts: vec![
                ("Dossier".into(), self.reference.clone()),
                ("Projet".into(), self.title.clone()),
                ("Organisation".into(), self.organisation.clone()),
            ],
            action: Some(Action { label: label.into(), path: self.path.clone() }),
            contact: self.contact.clone(),
        }
    }
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(nbsp(text.trim()))
}

/// One block for each paragraph that was typed.
pub(super) fn typed(text: &str) -> impl Iterator<Item = Block> {
    text.split("\n\n").filter(|part| !part.trim().is_empty()).map(|part| paragraph(&part.replace('\n', " ")))
}

/// The letter that grants (notification d’attribution): amount, rate, schedule, conditions, what to do next, around the
/// `words` of this call or of whoever wrote others.
pub fn award_letter(file: &DecidedFile, offer: &Offer, words: &Wording) -> Letter {
    let amount = offer.amount;
    let mut blocks: Vec<_> = typed(&words.opening).collect();
    blocks.push(paragraph(&format!(
        "Une subvention de {amount} vous est accordée. Elle peut couvrir jusqu’à {} des dépenses retenues.",
        offer.rate
    )));
    let mut facts = vec![
        ("Subvention".to_owned(), offer.grant_reference.clone()),
        ("Montant accordé".to_owned(), amount.to_string()),
    ];
    if amount != file.requested {
        facts.push(("Montant demandé".to_owned(), file.requested.to_string()));
    }
    if !file.axes.is_empty() {
        let label = if file.axes.len() == 1 { "Axe soutenu" } else { "Axes soutenus" };
        facts.push((label.to_owned(), file.axes.join(nbsp(" ; ").as_str())));
    }
    blocks.push(Block::Facts(facts));
    if !file.motive.trim().is_empty() {
        blocks.push(Block::Heading(file.said("L’avis du comité", "Pourquoi nous le retenons").into()));
        blocks.extend(typed(&file.motive));
    }
    if let Some(conditions) = file.conditions.as_deref().filter(|text| !text.trim().is_empty()) {
        blocks.push(Block::Heading("À quelles conditions".into()));
        blocks.extend(typed(conditions));
    }
    blocks.push(schedule(offer));
    blocks.push(Block::Heading("Et maintenant".into()));
    blocks.push(Block::List(next_steps(offer)));
    if !offer.commitments.is_empty() {
        blocks.push(Block::Heading("Vos engagements".into()));
        blocks.push(Block::List(listed(&offer.commitments)));
    }
    blocks.extend(typed(&words.ending));
    let closing = "Nous vous remercions de votre engagement et vous prions d’agréer, Madame, Monsieur, l’expression de \
                   notre considération distinguée.";
    file.letter(LetterKind::Award, nbsp(words.subject.trim()), blocks, closing)
}

fn schedule(offer: &Offer) -> Block {
    let mut table = Table::new("Échéancier des versements").text_column("Versement").text_column("Condition");
    table = table.amount_column("Montant");
    for line in &offer.schedule {
        table = table.row([line.label.clone(), nbsp(&line.condition), line.amount.to_string()]);
    }
    table.total("Total", offer.amount).into()
}

fn next_steps(offer: &Offer) -> Vec<String> {
    let until = offer.confirm_by.map_or(String::new(), |day| format!(", avant le {} inclus", french_date(day)));
    let settle = if offer.is_agreement_required {
        "signez la convention que nous vous enverrons ensuite ;"
    } else {
        "aucune convention n’est nécessaire : votre accord nous engage tous les deux ;"
    };
    [
        &format!("confirmez que vous acceptez la subvention dans votre espace{until} ;"),
        settle,
        "vérifiez les coordonnées bancaires de votre organisation : elles doivent être à son nom exact ;",
        "à la fin du projet, présentez votre bilan dans votre espace.",
    ]
    .into_iter()
    .map(nbsp)
    .collect()
}

/// Sentences as the lines of one list: a semicolon after each, a full stop after the last.
pub(super) fn listed(sentences: &[String]) -> Vec<String> {
    let end = |i| if i + 1 == sentences.len() { "." } else { " ;" };
    sentences
        .iter()
        .enumerate()
        .map(|(i, text)| nbsp(&format!("{}{}", text.trim_end_matches(['.', ';', ' ']), end(i))))
        .collect()
}

/// The reasoned refusal: thanks, the reasons, what remains possible, around the `words` of this call or of whoever wrote
/// others.
pub fn refusal_letter(file: &DecidedFile, words: &Wording) -> Letter {
    let mut blocks: Vec<_> = typed(&words.opening).collect();
    blocks.push(Block::Heading("Pourquoi".into()));
    blocks.extend(typed(&file.motive));
    blocks.push(Block::Heading("Ce que nous vous proposons".into()));
    blocks.extend(typed(&words.ending));
    if !file.support.is_empty() {
        blocks.push(paragraph("Vous pouvez dès maintenant compter sur :"));
        blocks.push(Block::List(listed(&file.support)));
    }
    blocks.push(paragraph(&format!(
        "Vos réponses et vos pièces restent dans votre espace : vous pourrez les reprendre sans rien ressaisir. Pour \
         parler de cette décision ou en demander le réexamen, écrivez à {}.",
        file.contact
    )));
    let closing = "Nous espérons vous retrouver bientôt et vous prions d’agréer, Madame, Monsieur, l’expression de notre \
                   considération distinguée.";
    file.letter(LetterKind::Refusal, nbsp(words.subject.trim()), blocks, closing)
}

/// The mail that goes with the award letter; its subject says what is expected and by when.
pub fn award_mail(file: &DecidedFile, offer: &Offer) -> Mail {
    let subject = match offer.confirm_by {
        Some(day) => nbsp(&format!("Accord : à confirmer avant le {}", french_date(day))),
        None => nbsp("Accord : à confirmer dans votre espace"),
    };
    let paragraphs = vec![
        nbsp(&format!(
            "Bonne nouvelle : le projet {} est retenu. Une subvention de {} vous est accordée.",
            file.quoted_title(),
            offer.amount
        )),
        nbsp(
            "La lettre jointe donne l’échéancier et les conditions. Il vous reste une chose à faire : dire si vous \
             acceptez la subvention.",
        ),
    ];
    let mut mail = file.mail(MessageKind::Award, subject, paragraphs, "Répondre à l’offre");
    mail.facts.push(("Montant accordé".into(), offer.amount.to_string()));
    mail.action = Some(Action { label: "Répondre à l’offre".into(), path: offer.path.clone() });
    mail
}

/// The mail to a file on the reserve list (liste d’attente).
pub fn reserve_mail(file: &DecidedFile) -> Mail {
    let mut paragraphs = vec![
        nbsp(&format!(
            "{} le projet {}, mais l’enveloppe de l’appel ne suffit pas pour tous les projets de qualité. Votre dossier \
             est sur liste d’attente.",
            file.said("Le comité a apprécié", "Nous avons apprécié"),
            file.quoted_title()
        )),
        nbsp(
            "Si un projet retenu renonce à sa subvention, nous vous écrirons aussitôt. Vous n’avez rien à faire d’ici \
             là ; nous vous dirons aussi quand la liste sera close.",
        ),
    ];
    paragraphs.extend(committee_words(file));
    let subject = nbsp("Liste d’attente : rien à faire pour l’instant");
    file.mail(MessageKind::ReserveList, subject, paragraphs, "Voir mon dossier")
}

/// The mail that goes with the refusal letter.
pub fn refusal_mail(file: &DecidedFile) -> Mail {
    let paragraphs = vec![
        nbsp(&format!(
            "{} votre projet {} avec attention. {} cette fois-ci.",
            file.said("Le comité a étudié", "Nous avons étudié"),
            file.quoted_title(),
            file.said("Il n’a pas pu le retenir", "Nous n’avons pas pu le retenir")
        )),
        nbsp(
            "La lettre jointe dit pourquoi, et ce que nous vous proposons pour la suite. Notre équipe est là pour en \
             parler avec vous.",
        ),
    ];
    let whose = file.said("Réponse du comité", "Réponse à votre demande");
    let subject = nbsp(&format!("{whose} : à lire, un échange vous est proposé"));
    file.mail(MessageKind::Refusal, subject, paragraphs, "Voir mon dossier")
}

/// The mail to a file the committee wants to see again later (ajournement).
pub fn deferral_mail(file: &DecidedFile) -> Mail {
    let mut paragraphs = vec![nbsp(&format!(
        "{} sur le projet {} : {}. Ce n’est ni un accord, ni un refus.",
        file.said("Le comité n’a pas voulu trancher aujourd’hui", "Nous n’avons pas voulu trancher aujourd’hui"),
        file.quoted_title(),
        file.said("il souhaite le revoir à une prochaine session", "nous souhaitons le revoir un peu plus tard")
    ))];
    paragraphs.extend(committee_words(file));
    paragraphs.push("Votre chargé·e de mission prendra contact avec vous pour préparer la suite.".into());
    let subject = nbsp("Décision reportée : nous vous recontactons");
    file.mail(MessageKind::Deferral, subject, paragraphs, "Voir mon dossier")
}

fn committee_words(file: &DecidedFile) -> Option<String> {
    let motive = file.motive.trim();
    let whose = file.said("Le comité a motivé ainsi sa décision", "Voici pourquoi");
    (!motive.is_empty()).then(|| nbsp(&format!("{whose} : {motive}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::letters::LogoCode;

    fn file() -> DecidedFile {
        DecidedFile {
            fund: Fund { name: "Fonds Récital".into(), logo: LogoCode::Recital, mention: String::new(), emblem: None },
            issuer: Issuer {
                name: "Lianes coopération".into(),
                address: Vec::new(),
                contact: String::new(),
                logo: LogoCode::Lianes,
            },
            signature: Signature { name: "Inès Vandenbroucke".into(), title: "Directrice".into(), place: None },
            city: "Lille".into(),
            recipient: vec!["Passerelles d’Artois".into()],
            reference: "RECITAL-2027-0014".into(),
            title: "Un océan, deux classes".into(),
            organisation: "Passerelles d’Artois".into(),
            call_title: "Récital 2027".into(),
            axes: vec!["Jeunesse".into()],
            requested: Euros::whole(5000),
            way: DecisionWay::Session,
            motive: "Un partenariat solide.".into(),
            conditions: None,
            sender: Vec::new(),
            contact: "fonds@lianes.example".into(),
            note: String::new(),
            support: vec!["un rendez-vous avec Camille".into()],
            path: "/dossiers/1".into(),
            issued_at: Moment::from_unix_seconds(1_809_000_000),
        }
    }

    fn offer() -> Offer {
        let line = |label: &str, amount| Instalment {
            label: label.into(),
            condition: "bilan accepté".into(),
            amount: Euros::whole(amount),
        };
        Offer {
            grant_reference: "RECITAL-2027-S-0003".into(),
            amount: Euros::whole(4000),
            rate: Rate::percent(70),
            schedule: vec![line("Avance", 2800), line("Solde", 1200)],
            confirm_by: NaiveDate::from_ymd_opt(2027, 6, 1),
            is_agreement_required: false,
            commitments: vec!["nous prévenir de tout changement.".into(), "remettre le bilan".into()],
            path: "/subventions/1".into(),
        }
    }

    fn words() -> Wording {
        Wording {
            subject: "attribution d’une subvention de 4 000 €".into(),
            opening: "Le comité s’est réuni.\n\nIl vous\na lus : bravo.".into(),
            ending: "Un atelier budget a lieu en juin ; venez !".into(),
        }
    }

    #[test]
    fn an_award_says_how_much_when_and_what_next() {
        let letter = award_letter(&file(), &offer(), &words());
        let text = serde_json::to_string(&letter).unwrap();
        for words in [
            "4\u{202f}000\u{a0}€",
            "70\u{a0}%",
            "Avance",
            "1\u{202f}200\u{a0}€",
            "avant le 1er\u{a0}juin 2027 inclus\u{202f};",
            "Il vous a lus\u{a0}: bravo.",
            "Un atelier budget",
            "aucune convention n’est nécessaire\u{a0}:",
            "Montant demandé",
            "nous prévenir de tout changement\u{202f};",
            "remettre le bilan.",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert_eq!(letter.reference, "RECITAL-2027-0014-A");
        assert_eq!(award_mail(&file(), &offer()).subject, "Accord\u{a0}: à confirmer avant le 1er\u{a0}juin 2027");
    }

    #[test]
    fn a_refusal_gives_the_reasons_and_an_offer_of_help() {
        let letter = refusal_letter(&file(), &words());
        let text = serde_json::to_string(&letter).unwrap();
        for words in
            ["Un partenariat solide.", "Ce que nous vous proposons", "Un atelier budget", "Camille", "réexamen"]
        {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert_eq!(letter.reference, "RECITAL-2027-0014-N", "not the number of the receipt");
    }

    #[test]
    fn without_a_session_no_word_speaks_of_the_committee() {
        let alone = DecidedFile { way: DecisionWay::Unheard, ..file() };
        let mails = [award_mail(&alone, &offer()), reserve_mail(&alone), refusal_mail(&alone), deferral_mail(&alone)];
        for mail in mails {
            let said = format!("{} {}", mail.subject, mail.paragraphs.join(" "));
            assert!(!said.contains("comité") && !said.contains("session"), "{said}");
        }
        let words = Wording { opening: "Nous l’avons étudié.".into(), ..words() };
        for letter in [award_letter(&alone, &offer(), &words), refusal_letter(&alone, &words)] {
            let said = serde_json::to_string(&letter).unwrap();
            assert!(!said.contains("comité"), "{said}");
        }
    }

    #[test]
    fn the_subject_of_each_decision_says_what_is_expected() {
        let subjects =
            [award_mail(&file(), &offer()), reserve_mail(&file()), refusal_mail(&file()), deferral_mail(&file())];
        let subjects: Vec<_> = subjects.iter().map(|mail| mail.subject.as_str()).collect();
        assert_eq!(
            subjects,
            [
                "Accord\u{a0}: à confirmer avant le 1er\u{a0}juin 2027",
                "Liste d’attente\u{a0}: rien à faire pour l’instant",
                "Réponse du comité\u{a0}: à lire, un échange vous est proposé",
                "Décision reportée\u{a0}: nous vous recontactons",
            ]
        );
    }

    #[test]
    fn what_a_call_adds_to_a_mail_comes_after_the_decision() {
        let file = DecidedFile { note: "Merci !\n\nÀ bientôt\nà Lille.".into(), ..file() };
        for mail in [award_mail(&file, &offer()), refusal_mail(&file), reserve_mail(&file)] {
            assert_eq!(mail.paragraphs[1..3], ["Merci\u{202f}!", "À bientôt à Lille."], "{mail:?}");
            assert!(mail.paragraphs[0].contains("Un océan, deux classes") && mail.paragraphs.len() > 3, "{mail:?}");
        }
    }

    #[test]
    fn no_ordinary_space_stands_before_a_double_sign() {
        let mails =
            [award_mail(&file(), &offer()), reserve_mail(&file()), refusal_mail(&file()), deferral_mail(&file())];
        let mut texts: Vec<_> = mails.iter().map(|mail| serde_json::to_string(mail).unwrap()).collect();
        texts.push(serde_json::to_string(&award_letter(&file(), &offer(), &words())).unwrap());
        texts.push(serde_json::to_string(&refusal_letter(&file(), &words())).unwrap());
        for text in texts {
            for wrong in [" :", " ;", " ?", " !", " »", "« ", " %", " €"] {
                assert!(!text.contains(wrong), "{wrong:?} in {text}");
            }
        }
    }
}
