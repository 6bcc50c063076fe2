//! The rules of a call (règlement) as one document that anybody may keep: what the public page says.

use crate::domain::{
    decisions::DecisionPace,
    definitions::{CallDefinition, DocumentDefinition, DocumentNeed, FundDefinition},
    eligibility::conditions,
    letters::{Block, Fund, Issuer, Language, Letter, LetterKind},
    references,
    text::nbsp,
    time::{Moment, french_date},
};

/// A call, ready to be printed.
#[derive(Debug, Clone)]
pub struct CallRules<'a> {
    pub issuer: Issuer,
    /// Where letters are written.
    pub city: String,
    pub fund: &'a FundDefinition,
    pub call: &'a CallDefinition,
    /// Since when the call says this (UTC).
    pub since: Moment,
}

/// The text of a chapter as the page shows it: paragraphs between empty lines, a list where lines begin with `- `.
fn chapter(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_begun = false;
    for line in text.lines().map(str::trim) {
        match (line.strip_prefix("- "), blocks.last_mut().filter(|_| is_begun)) {
            (Some(point), Some(Block::List(points))) => points.push(point.to_owned()),
            (Some(point), _) => blocks.push(Block::list([point])),
            (None, Some(Block::Paragraph(lines))) if !line.is_empty() => {
                lines.push('\n');
                lines.push_str(line);
            }
            (None, _) if !line.is_empty() => blocks.push(Block::paragraph(line)),
            (None, _) => {}
        }
        is_begun = !line.is_empty();
    }
    blocks
}

/// When decisions are told, where it is not at the announcement of all results.
pub fn decision_pace(call: &CallDefinition) -> Option<&'static str> {
    let words = "au fur et à mesure, dès que le comité a lu un dossier, sans attendre la date limite";
    (call.decisions == DecisionPace::Rolling).then_some(words)
}

/// What the days of the committee and of the announcement are called.
pub fn calendar_words(call: &CallDefinition) -> (&'static str, &'static str) {
    match call.decisions {
        DecisionPace::Together => ("Comité", "Annonce des résultats"),
        DecisionPace::Rolling => ("Dernier comité", "Dernières réponses"),
    }
}

fn calendar(call: &CallDefinition) -> Block {
    let (committee, announcement) = calendar_words(call);
    let mut dates = vec![
        ("Ouverture".to_owned(), call.window.opens.french()),
        ("Date limite".to_owned(), call.window.deadline()),
        (committee.to_owned(), french_date(call.calendar.committee_on)),
        (announcement.to_owned(), french_date(call.calendar.announcement_on)),
    ];
    dates.extend(call.calendar.others.iter().map(|other| (other.label.clone(), french_date(other.on))));
    Block::Facts(dates)
}

fn said(label: &str, more: &str) -> String {
    if more.trim().is_empty() { label.to_owned() } else { format!("{label} : {more}") }
}

fn document(call: &CallDefinition, document: &DocumentDefinition) -> String {
    let need = match (document.need, call.due_on(document)) {
        (DocumentNeed::Required, _) => "à joindre au dossier".to_owned(),
        (DocumentNeed::Later, Some(day)) => format!("peut suivre, jusqu’au {}", french_date(day)),
        (DocumentNeed::Later, None) => "peut suivre".to_owned(),
        (DocumentNeed::Optional, _) => "facultatif".to_owned(),
    };
    said(&format!("{} ({need})", document.label), &document.help)
}

/// A heading and its list; nothing for an empty one.
fn listed(heading: &str, points: Vec<String>) -> Vec<Block> {
    if points.is_empty() { Vec::new() } else { vec![Block::heading(heading), Block::List(points)] }
}

fn blocks(rules: &CallRules<'_>) -> Vec<Block> {
    let CallRules { fund, call, .. } = rules;
    let mut blocks = vec![
        Block::paragraph(&call.summary),
        Block::facts([
            ("Référence", call.reference.clone()),
            ("Montant", format!("de {} à {}", call.amount.floor, call.amount.ceiling)),
            ("Taux", format!("{} des dépenses éligibles au plus", call.amount.rate)),
            ("Enveloppe", call.envelope.to_string()),
        ]),
        Block::heading("Calendrier"),
        calendar(call),
        Block::paragraph("Les heures sont celles de Paris."),
    ];
    blocks.extend(decision_pace(call).map(|words| Block::paragraph(format!("Les décisions sont prises {words}."))));
    for part in &call.rules {
        blocks.push(Block::heading(&part.title));
        blocks.extend(chapter(&part.text));
    }
    blocks.extend(listed("Les conditions", conditions(call)));
    let axes = call.axes.iter().filter_map(|code| references::axis(code));
    blocks.extend(listed("Les axes", axes.map(|axis| said(&axis.label, &axis.themes.join(", "))).collect()));
    let criteria = call.grid.criteria.iter().map(|criterion| said(&criterion.label, &criterion.help));
    blocks.extend(listed("Ce que lit le comité", criteria.collect()));
    let documents = call.documents.iter().map(|needed| document(call, needed));
    blocks.extend(listed("Pièces à préparer", documents.collect()));
    blocks.extend(listed("Avec la subvention", fund.support.clone()));
    let contact = &fund.contact;
    blocks.push(Block::heading("Une question ?"));
    let mut whom = vec![("Contact", contact.name.clone()), ("Courriel", contact.email.to_string())];
    whom.extend(contact.phone.as_ref().map(|phone| ("Téléphone", phone.to_string())));
    blocks.push(Block::facts(whom));
    blocks
}

/// The document. The same call gives the same one.
pub fn letter(rules: &CallRules<'_>) -> Letter {
    let (fund, call) = (rules.fund, rules.call);
    Letter {
        kind: LetterKind::Rules,
        title: format!("Règlement – {}", call.title),
        reference: format!("{}-{}", call.reference, LetterKind::Rules.suffix()),
        language: Language::French,
        issuer: rules.issuer.clone(),
        fund: Fund { name: fund.name.clone(), logo: fund.logo, mention: fund.mention.clone(), emblem: fund.emblem },
        sender: Vec::new(),
        recipient: Vec::new(),
        place_and_date: format!("{}, le {}", rules.city, french_date(rules.since.paris_date())),
        your_reference: None,
        subject: nbsp(&format!("{} – règlement", call.title)),
        salutation: String::new(),
        blocks: blocks(rules),
        closing: String::new(),
        signature: None,
        parties: Vec::new(),
        check_url: String::new(),
        check_code: String::new(),
        issued_at: rules.since,
    }
    .typeset()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chapter_keeps_its_paragraphs_and_its_lists() {
        let text = "Un mot,\nune ligne.\n\nAvant la liste :\n- un ;\n- deux.\nAprès.\n\n- trois";
        let expected = vec![
            Block::paragraph("Un mot,\nune ligne."),
            Block::paragraph("Avant la liste :"),
            Block::list(["un ;", "deux."]),
            Block::paragraph("Après."),
            Block::list(["trois"]),
        ];
        assert_eq!(chapter(text), expected);
    }
}
