//! What the letters of a call say about this call in particular.

use super::inputs::{Group, Input, Reading};
use crate::domain::definitions::{CallDefinition, LetterTexts};

pub(super) fn groups(call: &CallDefinition) -> Vec<Group> {
    let letters = &call.letters;
    vec![
        Group::new(
            "Le projet est retenu",
            vec![
                Input::area("letters.award_intro", "Premières phrases de la lettre", &letters.award_intro),
                Input::area(
                    "letters.commitments",
                    "Ce à quoi l’organisation s’engage",
                    &letters.commitments.join("\n"),
                )
                .help("Un engagement par ligne, qui commence par un verbe\u{a0}: «\u{a0}remettre le bilan…\u{a0}»."),
                Input::area("letters.agreement_intro", "Premières phrases de la convention", &letters.agreement_intro),
            ],
        ),
        Group::new(
            "Le projet n’est pas retenu",
            vec![
                Input::area("letters.refusal_intro", "Premières phrases de la lettre", &letters.refusal_intro),
                Input::area(
                    "letters.refusal_advice",
                    "Ce que l’organisation peut faire ensuite",
                    &letters.refusal_advice,
                ),
            ],
        ),
    ]
}

pub(super) fn apply(call: &mut CallDefinition, reading: &mut Reading<'_>) {
    let mut text = |name: &str| reading.needed(&format!("letters.{name}"), 4_000, "Écrivez ce texte.");
    let (award_intro, agreement_intro) = (text("award_intro"), text("agreement_intro"));
    let (refusal_intro, refusal_advice) = (text("refusal_intro"), text("refusal_advice"));
    let commitments = reading.text("letters.commitments");
    let lines = commitments.lines().map(|line| line.trim().trim_start_matches("- ").to_owned());
    let commitments = lines.filter(|line| !line.is_empty()).collect();
    call.letters = LetterTexts { award_intro, commitments, refusal_intro, refusal_advice, agreement_intro };
}
