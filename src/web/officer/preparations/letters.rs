//! What the letters and mails of a call say about this call in particular.

use super::inputs::{Group, Input, Reading};
use crate::domain::definitions::{CallDefinition, HOUSE_AGREEMENT, LetterTexts, MergeField, MergedText};

/// The longest of these texts, in characters.
const LONGEST: usize = 4_000;
/// The longest agreement, in characters.
const LONGEST_AGREEMENT: usize = 30_000;

/// A text, with what it may name.
fn text(kind: MergedText, label: &str, value: &str) -> Input {
    let fields = kind.fields().iter().map(|field: &MergeField| (field.written(), field.meaning())).collect();
    Input { fields, ..Input::area(format!("letters.{kind}"), label, value) }
}

/// A text of a mail that tells a decision, which may stay empty.
fn mail(kind: MergedText, value: &str) -> Input {
    let help = "Ajouté après la phrase qui dit la décision. Sans texte, le courriel reste tel qu’il est.";
    text(kind, "Ce que dit aussi le courriel", value).help(help).optional()
}

/// The whole agreement: the house's own where the call has none.
fn agreement(letters: &LetterTexts) -> Input {
    let help = "Une ligne qui commence par # ouvre un article, numéroté tout seul\u{a0}; une ligne qui commence par - est un \
                point\u{a0}; une ligne vide sépare deux paragraphes. Les conventions déjà envoyées ne changent pas. Sans texte, \
                la convention est celle de la maison.";
    text(MergedText::Agreement, "Texte de la convention", letters.agreement_text()).help(help).rows(24).optional()
}

/// A text of any other mail, which may stay empty.
fn note(kind: MergedText, value: &str) -> Input {
    let help = "Ajouté à la fin du courriel. Sans texte, le courriel reste tel qu’il est.";
    text(kind, kind.label(), value).help(help).optional()
}

pub(super) fn groups(call: &CallDefinition) -> Vec<Group> {
    let letters = &call.letters;
    let commitments = letters.commitments.join("\n");
    let intro = "Premières phrases de la lettre";
    vec![
        Group::new(
            "Le projet est retenu",
            vec![
                text(MergedText::AwardIntro, intro, &letters.award_intro).help(
                    "Un champ entre accolades est remplacé par sa valeur\u{a0}: «\u{a0}Votre projet {projet} est retenu\u{a0}».",
                ),
                text(MergedText::Commitments, "Ce à quoi l’organisation s’engage", &commitments)
                    .help("Un engagement par ligne, qui commence par un verbe\u{a0}: «\u{a0}remettre le bilan…\u{a0}»."),
                text(MergedText::AgreementIntro, "Premières phrases de la convention", &letters.agreement_intro),
                mail(MergedText::AwardMail, &letters.award_mail),
            ],
        ),
        Group::new(
            "Le projet n’est pas retenu",
            vec![
                text(MergedText::RefusalIntro, intro, &letters.refusal_intro),
                text(MergedText::RefusalAdvice, "Ce que l’organisation peut faire ensuite", &letters.refusal_advice),
                mail(MergedText::RefusalMail, &letters.refusal_mail),
            ],
        ),
        Group::new("Le projet est sur liste d’attente", vec![mail(MergedText::ReserveMail, &letters.reserve_mail)]),
        Group::new("La convention", vec![agreement(letters)]).folded(),
        Group::new(
            "Les autres courriels",
            vec![
                note(MergedText::DraftMail, &letters.draft_mail),
                note(MergedText::ReceiptMail, &letters.receipt_mail),
                note(MergedText::ComplementMail, &letters.complement_mail),
                note(MergedText::ReportMail, &letters.report_mail),
            ],
        ),
    ]
}

pub(super) fn apply(call: &mut CallDefinition, reading: &mut Reading<'_>) {
    let mut needed = |kind: MergedText| reading.needed(&format!("letters.{kind}"), LONGEST, "Écrivez ce texte.");
    let (award_intro, agreement_intro) = (needed(MergedText::AwardIntro), needed(MergedText::AgreementIntro));
    let (refusal_intro, refusal_advice) = (needed(MergedText::RefusalIntro), needed(MergedText::RefusalAdvice));
    let commitments = reading.text("letters.commitments");
    let lines = commitments.lines().map(|line| line.trim().trim_start_matches("- ").to_owned());
    let commitments = lines.filter(|line| !line.is_empty()).collect();
    let mut mail = |kind: MergedText| reading.optional(&format!("letters.{kind}"), LONGEST);
    let award_mail = mail(MergedText::AwardMail);
    let (refusal_mail, reserve_mail) = (mail(MergedText::RefusalMail), mail(MergedText::ReserveMail));
    let (receipt_mail, complement_mail) = (mail(MergedText::ReceiptMail), mail(MergedText::ComplementMail));
    let (draft_mail, report_mail) = (mail(MergedText::DraftMail), mail(MergedText::ReportMail));
    let agreement = reading.optional(&format!("letters.{}", MergedText::Agreement), LONGEST_AGREEMENT);
    // The house's own text was shown where there is none: sent back as it was, it is no text of the call.
    let is_house = call.letters.agreement.is_empty() && agreement == HOUSE_AGREEMENT.trim();
    call.letters = LetterTexts {
        award_intro,
        commitments,
        refusal_intro,
        refusal_advice,
        agreement_intro,
        agreement: if is_house { String::new() } else { agreement },
        award_mail,
        refusal_mail,
        reserve_mail,
        receipt_mail,
        complement_mail,
        draft_mail,
        report_mail,
    };
}
