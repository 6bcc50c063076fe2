//! The words of a letter that somebody may write anew for one file. What they name between braces stays computed, as do
//! the amount, the schedule, the reasons, the steps and the commitments, which are not among them.

use crate::domain::{
    decisions::DecisionWay,
    definitions::{LetterTexts, MergeField, MergeValues, MergedText},
    letters::LetterKind,
};

/// The subject, the first paragraphs and the last ones, with their fields between braces or filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wording {
    pub subject: String,
    /// Paragraphs apart by an empty line.
    pub opening: String,
    pub ending: String,
}

const SUPPORT: &str = "Cette réponse porte sur un dossier, pas sur votre projet. Notre équipe vous propose un échange pour \
                       le relire avec vous, chercher d’autres financements et préparer une prochaine demande.";

const AWARDED: &str = "Le comité de sélection s’est réuni le {date_comite} et a retenu votre projet « {projet} », \
                       déposé par {organisation} pour l’appel « {appel} ». Nous sommes heureux de vous l’annoncer.";
const PROMOTED: &str = "Votre projet « {projet} », déposé par {organisation} pour l’appel « {appel} », était sur la liste \
                        d’attente. Une somme s’est libérée : nous le retenons, et sommes heureux de vous l’annoncer.";
const AWARDED_ALONE: &str = "Nous avons étudié votre projet « {projet} », déposé par {organisation} pour l’appel \
                             « {appel} », et nous le retenons. Nous sommes heureux de vous l’annoncer.";
const THANKS: &str = "Vous avez déposé le projet « {projet} » pour l’appel « {appel} ». Nous vous remercions de votre \
                      confiance, et du temps consacré à ce dossier par {organisation}.";
const REFUSED: &str =
    "Le comité de sélection s’est réuni le {date_comite}. Il n’a pas pu retenir votre projet cette fois-ci.";
const REFUSED_ALONE: &str =
    "Nous l’avons étudié avec attention. Nous n’avons pas pu retenir votre projet cette fois-ci.";

impl Wording {
    /// What a letter of this kind says where nobody wrote anything else; nothing for a kind that tells no decision.
    /// A session of the committee is spoken of where one decided, and nowhere else.
    pub fn model(kind: LetterKind, texts: &LetterTexts, way: DecisionWay) -> Option<Wording> {
        let (subject, first, intro, ending) = match kind {
            LetterKind::Award => (
                "attribution d’une subvention de {montant}",
                match way {
                    DecisionWay::Session => AWARDED,
                    DecisionWay::Promotion => PROMOTED,
                    DecisionWay::Unheard => AWARDED_ALONE,
                }
                .to_owned(),
                &texts.award_intro,
                "Une question ? Écrivez-nous : {contact}.".to_owned(),
            ),
            LetterKind::Refusal => (
                "réponse à votre demande pour le projet « {projet} »",
                format!("{THANKS}\n\n{}", if way == DecisionWay::Session { REFUSED } else { REFUSED_ALONE }),
                &texts.refusal_intro,
                if texts.refusal_advice.trim().is_empty() { SUPPORT } else { texts.refusal_advice.trim() }.to_owned(),
            ),
            _ => return None,
        };
        let opening = if intro.trim().is_empty() { first } else { format!("{first}\n\n{}", intro.trim()) };
        Some(Wording { subject: subject.to_owned(), opening, ending })
    }

    /// What such words may name.
    pub const fn fields(kind: LetterKind) -> &'static [MergeField] {
        Self::text(kind).fields()
    }

    /// The text of a call whose fields they share.
    pub const fn text(kind: LetterKind) -> MergedText {
        match kind {
            LetterKind::Award => MergedText::AwardIntro,
            _ => MergedText::RefusalIntro,
        }
    }

    /// The same with a value for each field.
    pub fn filled(&self, values: &MergeValues) -> Wording {
        Wording {
            subject: values.fill(&self.subject),
            opening: values.fill(&self.opening),
            ending: values.fill(&self.ending),
        }
    }

    /// Each part with the name of its field on screen.
    pub fn parts(&self) -> [(&'static str, &str); 3] {
        [("objet", &self.subject), ("debut", &self.opening), ("suite", &self.ending)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::definitions::merge_faults;

    #[test]
    fn a_model_names_only_what_its_letter_has() {
        let file = crate::domain::definitions::parse(include_str!("../../../fixtures/recital.toml")).unwrap();
        for kind in [LetterKind::Award, LetterKind::Refusal] {
            for way in [DecisionWay::Session, DecisionWay::Promotion, DecisionWay::Unheard] {
                let is_heard = way == DecisionWay::Session;
                let model = Wording::model(kind, &file.calls[0].letters, way).unwrap();
                for (part, text) in model.parts() {
                    assert_eq!(merge_faults(text, Wording::text(kind)), [], "{kind} {part}");
                    assert_eq!(text.contains("{date_comite}"), is_heard && part == "debut", "{kind} {part}");
                }
                let mut bare = file.calls[0].letters.clone();
                (bare.award_intro, bare.refusal_intro) = (String::new(), String::new());
                let of_house = Wording::model(kind, &bare, way).unwrap();
                assert_eq!(of_house.opening.contains("s’est réuni"), is_heard, "{kind}");
            }
        }
        assert_eq!(Wording::model(LetterKind::Receipt, &file.calls[0].letters, DecisionWay::Session), None);
    }
}
