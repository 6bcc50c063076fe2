//! The receipt of a filed application, and the mails about its way to the committee.

use super::papers::{self, Paper, in_groups};
use crate::domain::{
    decisions::DecisionPace,
    definitions::{LetterTexts, MergeField, MergeValues, MergedText},
    letters::{Block, Fund, Issuer, Language, Letter, LetterKind, Table},
    messages::{Action, Mail, MessageKind},
    money::Euros,
    text::{counted, legible, nbsp},
    time::{Moment, french_date},
};
use chrono::NaiveDate;

/// What letters and mails about an application say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledFile {
    pub issuer: Issuer,
    /// Where letters are written.
    pub city: String,
    pub fund: Fund,
    /// Name, representative and postal address of the applicant, one line each.
    pub recipient: Vec<String>,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub call_title: String,
    pub requested: Euros,
    pub documents: Vec<Paper>,
    /// Documents that are still to come, each with its day.
    pub owed: Vec<(String, NaiveDate)>,
    /// Who signed it for its organisations, and when.
    pub signatures: Vec<(String, Moment)>,
    /// What is declared of ties with the network, a line each.
    pub ties: Vec<String>,
    /// Over everything that was filed.
    pub content_hash: String,
    pub announcement_on: NaiveDate,
    /// Whether each decision is told as it is taken, or all on that day.
    pub decisions: DecisionPace,
    pub closes_at: Moment,
    /// What the last request for a complement asks, by when, and its answer.
    pub wanted: Option<String>,
    /// What it reopens by name, each with the officer's words; often none.
    pub wanted_items: Vec<(String, String)>,
    pub wanted_by: Option<Moment>,
    pub answer: Option<String>,
    pub motive: Option<String>,
    pub appeal: Option<String>,
    pub appeal_by: Moment,
    /// Whom to write to.
    pub contact: String,
    /// What is said of an application filed after its call had closed; often nothing.
    pub lateness: Option<String>,
    /// Until when it may be filed after its call has closed, and why; often nothing.
    pub pass: Option<(Moment, String)>,
    /// The page of the file for the reader, beginning with `/`.
    pub path: String,
    /// When it happened.
    pub at: Moment,
    /// What the call has written for its mails.
    pub texts: LetterTexts,
}

impl FiledFile {
    /// When the answer of the committee is to come.
    fn answer_expected(&self) -> String {
        let day = french_date(self.announcement_on);
        match self.decisions {
            DecisionPace::Together => format!("les résultats seront annoncés autour du {day}."),
            DecisionPace::Rolling => {
                format!("la réponse vous parvient dès que le comité a décidé, autour du {day} au plus tard.")
            }
        }
    }

    fn mail(&self, kind: MessageKind, subject: String, paragraphs: &[String], label: &str) -> Mail {
        Mail {
            kind,
            subject: nbsp(&subject),
            paragraphs: paragraphs.iter().map(|text| nbsp(text)).collect(),
            facts: vec![
                ("Dossier".into(), self.reference.clone()),
                ("Projet".into(), self.title.clone()),
                ("Organisation".into(), self.organisation.clone()),
                ("Appel".into(), self.call_title.clone()),
            ],
            action: Some(Action { label: label.into(), path: self.path.clone() }),
            contact: self.contact.clone(),
        }
    }

    /// The text with what the file has for its fields; `due` is the day that the mail speaks of.
    fn said(&self, text: &str, due: &str) -> String {
        self.values(due).fill_whole(text)
    }

    /// The texts of its call that would stay out of their mail, each with a field that has no value.
    pub fn lacking(&self) -> Vec<(MergedText, MergeField)> {
        let texts = [
            (MergedText::ReceiptMail, &self.texts.receipt_mail),
            (MergedText::ComplementMail, &self.texts.complement_mail),
            (MergedText::DraftMail, &self.texts.draft_mail),
        ];
        let values = self.values("jour");
        let lacking =
            |(kind, text): (MergedText, &String)| values.missing(text).into_iter().map(move |field| (kind, field));
        texts.into_iter().flat_map(lacking).collect()
    }

    fn values(&self, due: &str) -> MergeValues {
        MergeValues::default()
            .with(MergeField::Organisation, &self.organisation)
            .with(MergeField::Project, &self.title)
            .with(MergeField::Application, &self.reference)
            .with(MergeField::Call, &self.call_title)
            .with(MergeField::Fund, &self.fund.name)
            .with(MergeField::Requested, self.requested)
            .with(MergeField::Contact, &self.contact)
            .with(MergeField::Due, due)
    }

    fn title_quoted(&self) -> String {
        nbsp(&format!("« {} »", self.title))
    }
}

/// An instant to the second, as a receipt proves it.
fn to_the_second(at: Moment) -> String {
    format!("{} à {} (heure de Paris)", french_date(at.paris_date()), at.paris().format("%H:%M:%S"))
}

/// The documents that were attached, and those that are still to come.
fn enclosed(file: &FiledFile) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !file.signatures.is_empty() {
        let signed = file.signatures.iter().map(|(name, at)| nbsp(&format!("{name}, le {}", at.french())));
        blocks.push(Block::Paragraph(nbsp(&format!("Signé par {}.", signed.collect::<Vec<_>>().join(" ; ")))));
    }
    blocks.extend(papers::blocks(&file.documents));
    if !file.owed.is_empty() {
        let mut table =
            Table::new("Documents à fournir plus tard").text_column("Document").text_column("Au plus tard le");
        for (label, day) in &file.owed {
            table = table.row([label.clone(), french_date(*day)]);
        }
        blocks.push(table.into());
    }
    blocks
}

/// The receipt: that the application was filed, when, by whom and with what.
pub fn receipt_letter(file: &FiledFile) -> Letter {
    let reference = format!("{}-{}", file.reference, LetterKind::Receipt.suffix());
    let seat =
        file.recipient.iter().skip(1).filter(|line| !line.trim().is_empty()).cloned().collect::<Vec<_>>().join(", ");
    let mut blocks = vec![
        Block::Paragraph(nbsp(&format!(
            "Nous avons bien reçu votre dossier {} pour l’appel « {} ». Ce document prouve le dépôt.",
            file.title_quoted(),
            file.call_title
        ))),
        Block::facts([
            ("Numéro du dossier", file.reference.clone()),
            ("Organisation", file.organisation.clone()),
            ("Siège et représentant·e", seat),
            ("Déposé le", to_the_second(file.at)),
            ("Montant demandé", file.requested.to_string()),
            ("Liens déclarés avec le réseau", legible(&file.ties.join(" ; "))),
            ("Empreinte du contenu", in_groups(&file.content_hash)),
        ]),
    ];
    if let Some(lateness) = &file.lateness {
        blocks.push(Block::facts([("Délai", lateness.clone())]));
    }
    blocks.extend(enclosed(file));
    blocks.push(Block::heading("Et maintenant"));
    let take_back =
        format!("jusqu’au {}, vous pouvez reprendre le dossier et le déposer à nouveau ;", last_minute(file.closes_at));
    let next = [
        "nous vérifions ensuite sa recevabilité ; s’il manque une pièce, nous vous écrivons ;".to_owned(),
        file.answer_expected(),
    ];
    let take_back = Some(take_back).filter(|_| file.lateness.is_none());
    blocks.push(Block::list(take_back.iter().chain(&next).map(|text| nbsp(text))));
    blocks.push(Block::Paragraph(nbsp(&format!("Une question ? Écrivez-nous : {}.", file.contact))));
    Letter {
        kind: LetterKind::Receipt,
        title: format!("Accusé de dépôt {reference}"),
        reference,
        language: Language::French,
        issuer: file.issuer.clone(),
        fund: file.fund.clone(),
        sender: Vec::new(),
        // It travels by mail and in the holder's space: no envelope.
        recipient: Vec::new(),
        place_and_date: format!("{}, le {}", file.city, french_date(file.at.paris_date())),
        your_reference: Some(format!("dossier {}", file.reference)),
        subject: "accusé de dépôt de votre dossier".into(),
        salutation: String::new(),
        blocks,
        closing: String::new(),
        signature: None,
        parties: Vec::new(),
        check_url: String::new(),
        check_code: String::new(),
        issued_at: file.at,
    }
    .typeset()
}

/// The last minute before an instant, in words.
fn last_minute(at: Moment) -> String {
    at.plus_minutes(-1).french()
}

/// The mail that carries the receipt.
pub fn receipt(file: &FiledFile) -> Mail {
    let subject = format!("Dossier {} : bien déposé", file.reference);
    let paragraphs = [
        format!("Votre dossier {} est déposé depuis le {}.", file.title_quoted(), to_the_second(file.at)),
        "L’accusé de dépôt est joint : gardez-le, il prouve la date et le contenu.".to_owned(),
    ];
    let note = file.said(&file.texts.receipt_mail, "");
    file.mail(MessageKind::Receipt, subject, &paragraphs, "Suivre mon dossier").with_note(&note)
}

/// The application is a draft again.
pub fn taken_back(file: &FiledFile) -> Mail {
    let subject = format!("Dossier {} : repris en brouillon, à déposer de nouveau", file.reference);
    let paragraphs = [format!(
        "Votre dossier {} est de nouveau un brouillon : il n’est plus déposé. Vous pouvez le déposer jusqu’au {}.",
        file.title_quoted(),
        last_minute(file.closes_at)
    )];
    file.mail(MessageKind::TakenBack, subject, &paragraphs, "Reprendre mon dossier")
}

/// An officer gave it more time.
pub fn late_pass(file: &FiledFile) -> Mail {
    let (until, why) = file.pass.clone().map_or_else(Default::default, |(at, why)| (at.french(), why));
    let subject = format!("Dossier {} : à déposer avant le {until}", file.reference);
    let paragraphs = [
        format!(
            "L’appel est fermé, mais votre dossier {} peut encore être déposé avant le {until}.",
            file.title_quoted()
        ),
        format!("Pourquoi : {why}"),
        "Ce délai vaut pour ce dossier seulement, et il n’est pas renouvelé.".to_owned(),
    ];
    file.mail(MessageKind::LatePass, subject, &paragraphs, "Ouvrir mon dossier")
}

/// Something is to be completed.
pub fn complement_asked(file: &FiledFile) -> Mail {
    let due = file.wanted_by.map(last_minute).unwrap_or_default();
    let by = if due.is_empty() { String::new() } else { format!(" jusqu’au {due}") };
    let subject = format!("Dossier {} : un complément à envoyer{by}", file.reference);
    let mut paragraphs = vec![
        format!("Pour poursuivre l’examen de votre dossier {}, il nous faut :", file.title_quoted()),
        file.wanted.clone().unwrap_or_default(),
    ];
    if !file.wanted_items.is_empty() {
        paragraphs.push("Ce qui est rouvert dans votre dossier :".to_owned());
        paragraphs.extend(file.wanted_items.iter().map(|(label, note)| match note.as_str() {
            "" => format!("– {label}"),
            note => format!("– {label} : {note}"),
        }));
    }
    paragraphs
        .push(format!("Répondez dans votre espace{by}. Sans réponse, nous examinerons le dossier tel qu’il est."));
    let note = file.said(&file.texts.complement_mail, &due);
    file.mail(MessageKind::ComplementAsked, subject, &paragraphs, "Répondre").with_note(&note)
}

/// The complement has come (to the officers).
pub fn complement_answered(file: &FiledFile) -> Mail {
    let subject = format!("Dossier {} : complément reçu", file.reference);
    let paragraphs = ["La réponse est la suivante :".to_owned(), file.answer.clone().unwrap_or_default()];
    file.mail(MessageKind::ComplementAnswered, subject, &paragraphs, "Ouvrir le dossier")
}

/// The application is admissible.
pub fn eligible(file: &FiledFile) -> Mail {
    let subject = format!("Dossier {} : recevable", file.reference);
    let paragraphs = [
        format!("Votre dossier {} remplit les conditions de l’appel : le comité va l’évaluer.", file.title_quoted()),
        // Both sentences begin with the same letter.
        file.answer_expected().replacen('l', "L", 1),
    ];
    file.mail(MessageKind::Eligible, subject, &paragraphs, "Suivre mon dossier")
}

/// The application is not admissible, and why.
pub fn ineligible(file: &FiledFile) -> Mail {
    let subject = format!("Dossier {} : non recevable", file.reference);
    let paragraphs = [
        format!("Votre dossier {} ne remplit pas les conditions de l’appel :", file.title_quoted()),
        file.motive.clone().unwrap_or_default(),
        format!(
            "Vous pensez que c’est une erreur ? Jusqu’au {}, vous pouvez demander un réexamen dans votre espace.",
            last_minute(file.appeal_by)
        ),
    ];
    file.mail(MessageKind::Ineligible, subject, &paragraphs, "Voir le motif")
}

/// A second look is asked for (to the officers).
pub fn appeal(file: &FiledFile) -> Mail {
    let subject = format!("Dossier {} : réexamen demandé", file.reference);
    let paragraphs = ["L’organisation explique :".to_owned(), file.appeal.clone().unwrap_or_default()];
    file.mail(MessageKind::Appeal, subject, &paragraphs, "Ouvrir le dossier")
}

/// The application is withdrawn (to the officers).
pub fn withdrawn(file: &FiledFile) -> Mail {
    let subject = format!("Dossier {} : retiré", file.reference);
    let paragraphs = [format!("L’organisation a retiré son dossier {}.", file.title_quoted())];
    file.mail(MessageKind::Withdrawn, subject, &paragraphs, "Ouvrir le dossier")
}

/// Each document that is still to come, as a fact of a mail.
fn awaited(file: &FiledFile, mut mail: Mail) -> Mail {
    let facts = file.owed.iter().map(|(label, day)| (label.clone(), nbsp(&format!("pour le {}", french_date(*day)))));
    mail.facts.extend(facts);
    mail
}

/// A document is due within the week.
pub fn document_due(file: &FiledFile) -> Mail {
    let first = file.owed.iter().map(|(_, day)| *day).min().unwrap_or(file.announcement_on);
    let subject = format!("Dossier {} : une pièce à fournir avant le {}", file.reference, french_date(first));
    let paragraphs = [
        format!(
            "Votre dossier {} est bien déposé. Il manque encore ce que vous deviez fournir plus tard.",
            file.title_quoted()
        ),
        "Joignez-le depuis la page du dossier : une photo lisible suffit.".to_owned(),
    ];
    awaited(file, file.mail(MessageKind::OwedDocument, subject, &paragraphs, "Joindre la pièce"))
}

/// The antivirus refused a file of the application.
pub fn file_refused(file: &FiledFile, document: &str, name: &str, may_replace: bool) -> Mail {
    let subject = format!("Dossier {} : un fichier refusé par l’antivirus", file.reference);
    let paragraphs = [
        format!("L’antivirus a refusé le fichier « {name} », joint comme « {document} ». Personne ne peut l’ouvrir."),
        match may_replace {
            true => "Ce document compte comme manquant : joignez-en un autre depuis la page du dossier.".to_owned(),
            false => "Votre dossier est déposé : l’équipe du fonds vous dira s’il faut un autre document.".to_owned(),
        },
        "Un document refait depuis son modèle, ou une photo lisible, convient le plus souvent.".to_owned(),
    ];
    let mut mail = file.mail(MessageKind::FileRefused, subject, &paragraphs, "Ouvrir mon dossier");
    mail.facts.retain(|(_, value)| !value.trim().is_empty());
    mail
}

/// Most missing things named in a mail.
const MOST_NAMED: usize = 15;

/// The call of a draft is about to close. `soon` says how soon, `deadline` the last instant, `missing` what to do before.
pub fn closing_soon(file: &FiledFile, soon: &str, deadline: &str, missing: &[String]) -> Mail {
    let subject = format!("Dossier {} : un brouillon, non déposé – l’appel ferme {soon}", file.reference);
    let name = if file.title.trim().is_empty() { String::new() } else { format!(" {}", file.title_quoted()) };
    let mut paragraphs = vec![
        format!("Votre dossier{name} est un brouillon : il n’est pas déposé."),
        format!("Vous pouvez le déposer jusqu’au {deadline}. Un brouillon n’est pas examiné."),
    ];
    match missing {
        [] => paragraphs.push("Rien ne manque : il reste à relire vos réponses et à déposer le dossier.".to_owned()),
        missing => {
            paragraphs.push("Ce qui manque encore :".to_owned());
            paragraphs.extend(missing.iter().take(MOST_NAMED).map(|item| format!("– {item}")));
            if let more @ 1.. = missing.len().saturating_sub(MOST_NAMED) {
                let more = counted(i64::try_from(more).unwrap_or(i64::MAX), "autre chose", "autres choses");
                paragraphs.push(format!("– et {more}, à lire sur la page du dossier"));
            }
        }
    }
    paragraphs
        .push("Vous ne souhaitez plus le déposer ? Retirez-le depuis sa page : ces rappels s’arrêtent.".to_owned());
    let note = file.said(&file.texts.draft_mail, deadline);
    let mut mail = file.mail(MessageKind::ClosingSoon, subject, &paragraphs, "Ouvrir mon dossier").with_note(&note);
    mail.facts.retain(|(_, value)| !value.trim().is_empty());
    mail
}

/// The same for whoever keeps its money alone: what the budget lacks, and nothing else of the draft.
pub fn budget_wanted_soon(file: &FiledFile, soon: &str, deadline: &str, missing: &[String]) -> Mail {
    let subject = format!("Dossier {}\u{a0}: son budget n’est pas fini – l’appel ferme {soon}", file.reference);
    let mut paragraphs = vec![
        format!("Ce dossier est un brouillon\u{a0}: il n’est pas déposé. Il peut l’être jusqu’au {deadline}."),
        "Vous tenez son budget. Il y manque encore\u{a0}:".to_owned(),
    ];
    paragraphs.extend(missing.iter().take(MOST_NAMED).map(|item| format!("– {item}")));
    file.mail(MessageKind::ClosingSoon, subject, &paragraphs, "Ouvrir le dossier")
}

/// A draft that was never filed will be erased on this day.
pub fn draft_to_be_erased(file: &FiledFile, gone_on: NaiveDate) -> Mail {
    let day = french_date(gone_on);
    let subject = format!("Dossier {} : ce brouillon sera effacé le {day}", file.reference);
    let name = if file.title.trim().is_empty() { String::new() } else { format!(" {}", file.title_quoted()) };
    let paragraphs = [
        format!("L’appel est fermé, et votre dossier{name} n’a pas été déposé. Nous ne gardons pas les brouillons."),
        format!("Le {day}, ses réponses, ses pièces et ses messages seront effacés. Personne ne pourra les retrouver."),
        "Vous voulez en garder une trace ? Téléchargez le dossier en PDF depuis sa page avant cette date.".to_owned(),
    ];
    let mut mail = file.mail(MessageKind::DraftErasure, subject, &paragraphs, "Ouvrir mon brouillon");
    mail.facts.retain(|(_, value)| !value.trim().is_empty());
    mail
}

/// The day of a document is over.
pub fn document_late(file: &FiledFile) -> Mail {
    let subject = format!("Dossier {} : une pièce est en retard", file.reference);
    let paragraphs = [
        format!("Une pièce de votre dossier {} était attendue et n’est pas arrivée.", file.title_quoted()),
        "Vous pouvez encore la joindre depuis la page du dossier. Si quelque chose vous en empêche, écrivez-nous."
            .to_owned(),
    ];
    awaited(file, file.mail(MessageKind::OwedDocument, subject, &paragraphs, "Joindre la pièce"))
}
