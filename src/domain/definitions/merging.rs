//! Merge fields: what the texts of a call may name between braces, and what stands there in a letter.

use crate::domain::codes::codes;
use std::collections::BTreeMap;

codes! {
    /// What a text may name. Its code is what stands between the braces: `{montant}`.
    pub enum MergeField {
        Organisation => "organisation",
        Project => "projet",
        Application => "dossier",
        Call => "appel",
        Fund => "fonds",
        Requested => "montant_demande",
        Axis => "axe",
        Committee => "date_comite",
        Contact => "contact",
        Amount => "montant",
        Grant => "subvention",
        Rate => "taux",
        AnswerBy => "date_reponse",
        StartsOn => "debut",
        EndsOn => "fin",
        Conditions => "conditions",
        Due => "date_limite",
        // Of an agreement alone: what is known once it is written.
        Place => "lieu",
        Day => "date",
        // Of an agreement alone: what takes the place of a whole line.
        Parties => "parties",
        Preamble => "preambule",
        Annexes => "annexes",
        Schedule => "echeancier",
        Commitments => "engagements",
        SpecialConditions => "conditions_particulieres",
        Reports => "bilans",
        Surplus => "sommes_non_depensees",
        // Of an agreement alone: what follows is said only if, down to the end.
        IfAbove => "si_plus_de_23000",
        IfBelow => "si_23000_ou_moins",
        IfRepublican => "si_contrat_republicain",
        IfDated => "si_dates",
        IfCommitted => "si_engagements",
        IfConditions => "si_conditions",
        IfReports => "si_bilans",
        EndIf => "fin_si",
    }

    /// A text of a call that may name them. Its code is its field of the definition.
    pub enum MergedText {
        AwardIntro => "award_intro",
        Commitments => "commitments",
        AwardMail => "award_mail",
        AgreementIntro => "agreement_intro",
        Agreement => "agreement",
        RefusalIntro => "refusal_intro",
        RefusalAdvice => "refusal_advice",
        RefusalMail => "refusal_mail",
        ReserveMail => "reserve_mail",
        ReceiptMail => "receipt_mail",
        ComplementMail => "complement_mail",
        DraftMail => "draft_mail",
        ReportMail => "report_mail",
    }
}

impl MergeField {
    /// What it stands for, in French.
    pub const fn meaning(self) -> &'static str {
        match self {
            MergeField::Organisation => "le nom de l’organisation",
            MergeField::Project => "le titre du projet",
            MergeField::Application => "le numéro du dossier",
            MergeField::Call => "le titre de l’appel",
            MergeField::Fund => "le nom du fonds",
            MergeField::Requested => "le montant demandé",
            MergeField::Axis => "l’axe ou les axes du projet",
            MergeField::Committee => "le jour où le comité a examiné le dossier",
            MergeField::Contact => "l’adresse où écrire au fonds",
            MergeField::Amount => "le montant accordé",
            MergeField::Grant => "le numéro de la subvention",
            MergeField::Rate => "la part des dépenses que la subvention peut couvrir",
            MergeField::AnswerBy => "le dernier jour pour accepter la subvention",
            MergeField::StartsOn => "le premier jour du projet",
            MergeField::EndsOn => "le dernier jour du projet",
            MergeField::Conditions => "les conditions posées par le comité, quand il en pose",
            MergeField::Due => "la date limite de ce qui est demandé",
            MergeField::Place => "la ville où la convention est faite",
            MergeField::Day => "le jour où elle est envoyée à la signature",
            MergeField::Parties => "les deux parties, seul sur sa ligne",
            MergeField::Preamble => "les premières phrases de la convention, seul sur sa ligne",
            MergeField::Annexes => "la phrase qui nomme les annexes, seul sur sa ligne",
            MergeField::Schedule => "le tableau des versements, seul sur sa ligne",
            MergeField::Commitments => "les engagements de l’organisation, seul sur sa ligne",
            MergeField::SpecialConditions => "les conditions posées par le comité, seul sur sa ligne",
            MergeField::Reports => "les bilans attendus et leurs dates, seul sur sa ligne",
            MergeField::Surplus => "ce que deviennent les sommes non dépensées, seul sur sa ligne",
            MergeField::IfAbove => "ce qui suit n’est dit qu’au-dessus de 23 000 € dans l’année",
            MergeField::IfBelow => "ce qui suit n’est dit que jusqu’à 23 000 € dans l’année",
            MergeField::IfRepublican => "ce qui suit n’est dit qu’à qui doit le contrat d’engagement républicain",
            MergeField::IfDated => "ce qui suit n’est dit que si le projet a des dates",
            MergeField::IfCommitted => "ce qui suit n’est dit que s’il y a des engagements",
            MergeField::IfConditions => "ce qui suit n’est dit que si le comité a posé des conditions",
            MergeField::IfReports => "ce qui suit n’est dit que si des bilans sont attendus",
            MergeField::EndIf => "la fin de ce qui n’est dit que dans un cas, seul sur sa ligne",
        }
    }

    /// The field as it is written in a text.
    pub fn written(self) -> String {
        format!("{{{}}}", self.code())
    }
}

impl MergedText {
    /// What the text is called on screen.
    pub const fn label(self) -> &'static str {
        match self {
            MergedText::AwardIntro => "Premières phrases de la lettre d’accord",
            MergedText::Commitments => "Engagements de l’organisation",
            MergedText::AwardMail => "Courriel d’accord",
            MergedText::AgreementIntro => "Premières phrases de la convention",
            MergedText::Agreement => "Texte de la convention",
            MergedText::RefusalIntro => "Premières phrases de la lettre de refus",
            MergedText::RefusalAdvice => "Conseil de la lettre de refus",
            MergedText::RefusalMail => "Courriel de refus",
            MergedText::ReserveMail => "Courriel de liste d’attente",
            MergedText::ReceiptMail => "Courriel d’accusé de dépôt",
            MergedText::ComplementMail => "Courriel de demande de complément",
            MergedText::DraftMail => "Rappel d’un brouillon avant la fermeture",
            MergedText::ReportMail => "Rappel d’un bilan attendu",
        }
    }

    /// Whether a decision is told with it, which then waits for every value; another mail leaves without the text.
    pub const fn is_decision(self) -> bool {
        use MergedText::{ComplementMail, DraftMail, ReceiptMail, ReportMail};
        !matches!(self, ReceiptMail | ComplementMail | DraftMail | ReportMail)
    }

    /// What it may name.
    #[rustfmt::skip]
    pub const fn fields(self) -> &'static [MergeField] {
        use MergeField::*;
        match self {
            MergedText::AwardIntro | MergedText::AwardMail => &[
                Organisation, Project, Application, Call, Fund, Requested, Axis, Committee, Contact, Amount, Grant, Rate,
                AnswerBy, StartsOn, EndsOn, Conditions,
            ],
            MergedText::RefusalIntro
            | MergedText::RefusalAdvice
            | MergedText::RefusalMail
            | MergedText::ReserveMail => {
                &[Organisation, Project, Application, Call, Fund, Requested, Axis, Committee, Contact]
            }
            // What binds for years names only what cannot be missing.
            MergedText::Commitments | MergedText::AgreementIntro => {
                &[Organisation, Project, Application, Call, Fund, Contact, Amount, Grant, Rate]
            }
            MergedText::Agreement => &[
                Organisation, Project, Application, Call, Fund, Contact, Amount, Grant, Rate, StartsOn, EndsOn, Place, Day,
                Parties, Preamble, Annexes, Schedule, Commitments, SpecialConditions, Reports, Surplus, IfAbove, IfBelow,
                IfRepublican, IfDated, IfCommitted, IfConditions, IfReports, EndIf,
            ],
            MergedText::ReceiptMail => &[Organisation, Project, Application, Call, Fund, Requested, Contact],
            MergedText::ComplementMail => &[Organisation, Project, Application, Call, Fund, Contact, Due],
            // A draft may say nothing yet.
            MergedText::DraftMail => &[Organisation, Application, Call, Fund, Contact, Due],
            MergedText::ReportMail => &[Organisation, Project, Application, Call, Fund, Contact, Amount, Grant, Due],
        }
    }
}

/// What is wrong with the braces of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeFault {
    /// It names something that cannot stand there.
    Unknown(String),
    /// A brace is opened and not closed, or closed and not opened.
    Unpaired,
}

/// The values that a letter has for the fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MergeValues(BTreeMap<MergeField, String>);

impl MergeValues {
    /// The same knowing one more; an empty value is none.
    pub fn with(mut self, field: MergeField, value: impl ToString) -> Self {
        let value = value.to_string();
        if !value.trim().is_empty() {
            self.0.insert(field, value);
        }
        self
    }

    /// The text with a value for each field it names. A field without a value stays as it is written; see [`Self::missing`].
    pub fn fill(&self, text: &str) -> String {
        // No value is read again: a title may hold braces of its own.
        pieces(text).map(|piece| self.said(piece)).collect()
    }

    fn said(&self, piece: Piece<'_>) -> String {
        match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Named(name) => {
                let value = name.parse().ok().and_then(|field: MergeField| self.0.get(&field));
                value.cloned().unwrap_or_else(|| format!("{{{name}}}"))
            }
        }
    }

    /// What a mail may add: nothing where a field that it names has no value, for a mail with a hole must not leave.
    pub fn fill_whole(&self, text: &str) -> String {
        if self.missing(text).is_empty() { self.fill(text) } else { String::new() }
    }

    /// The fields that a text names and that have no value here.
    pub fn missing(&self, text: &str) -> Vec<MergeField> {
        let mut missing: Vec<MergeField> = named(text).filter(|field| !self.0.contains_key(field)).collect();
        missing.sort();
        missing.dedup();
        missing
    }
}

enum Piece<'a> {
    Text(&'a str),
    /// What stands between two braces.
    Named(&'a str),
}

/// The fields that a text names, as often as it does; what is no field is left out.
pub(super) fn named(text: &str) -> impl Iterator<Item = MergeField> {
    pieces(text).filter_map(|piece| match piece {
        Piece::Named(name) => name.parse().ok(),
        Piece::Text(_) => None,
    })
}

/// The pieces of a text whose braces are paired; anything else is text.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let named = rest.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        if let Some((name, after)) = named {
            rest = after;
            return Some(Piece::Named(name));
        }
        let end = rest.char_indices().skip(1).find(|(_, c)| *c == '{').map_or(rest.len(), |(at, _)| at);
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(Piece::Text(text))
    })
}

/// What is wrong with the fields that a text names.
pub fn merge_faults(text: &str, kind: MergedText) -> Vec<MergeFault> {
    let mut faults = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) if text.contains(['{', '}']) => faults.push(MergeFault::Unpaired),
            Piece::Named(name) if name.contains('{') => faults.push(MergeFault::Unpaired),
            Piece::Named(name) => {
                if !name.parse().is_ok_and(|field: MergeField| kind.fields().contains(&field)) {
                    faults.push(MergeFault::Unknown(name.to_owned()));
                }
            }
            Piece::Text(_) => {}
        }
    }
    faults.dedup();
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_gets_the_values_it_names_and_no_value_is_read_again() {
        let values = MergeValues::default()
            .with(MergeField::Organisation, "Les {montant}")
            .with(MergeField::Amount, "5 000 €")
            .with(MergeField::Conditions, " ");
        assert_eq!(values.fill("À {organisation} : {montant}."), "À Les {montant} : 5 000 €.");
        assert_eq!(values.fill("Rien à nommer."), "Rien à nommer.");
        assert_eq!(values.fill_whole("{montant}"), "5 000 €");
        assert_eq!(values.fill_whole("{montant} sous {conditions}"), "", "a hole");
        assert_eq!(values.missing("{conditions} {montant} {debut}"), [MergeField::StartsOn, MergeField::Conditions]);
    }

    #[test]
    fn what_a_text_may_not_name_is_found() {
        let unknown = |name: &str| vec![MergeFault::Unknown(name.into())];
        for (text, kind, expected) in [
            ("{montant} pour {projet}", MergedText::AwardIntro, vec![]),
            ("{montan}", MergedText::AwardIntro, unknown("montan")),
            ("{}", MergedText::AwardIntro, unknown("")),
            ("{ montant }", MergedText::AwardIntro, unknown(" montant ")),
            ("{montant}", MergedText::RefusalIntro, unknown("montant")),
            ("{fin}", MergedText::AgreementIntro, unknown("fin")),
            ("Avant le {date_limite}", MergedText::DraftMail, vec![]),
            ("{projet}", MergedText::DraftMail, unknown("projet")),
            ("{date_limite}", MergedText::AwardIntro, unknown("date_limite")),
            ("Pour {projet", MergedText::AwardIntro, vec![MergeFault::Unpaired]),
            ("Pour projet}", MergedText::AwardIntro, vec![MergeFault::Unpaired]),
            ("{projet {appel}", MergedText::AwardIntro, vec![MergeFault::Unpaired]),
            ("{{projet}}", MergedText::AwardIntro, vec![MergeFault::Unpaired]),
        ] {
            assert_eq!(merge_faults(text, kind), expected, "{text}");
        }
    }
}
