//! The reports that a grant owes: when, and in the words of the call. What they ask is a form like any other.

use super::{
    dues,
    inputs::{Group, Input, Reading},
};
use crate::domain::definitions::{CallDefinition, FilingSignature, ReportTemplate, Section};
use crate::domain::reports::GapRule;
use crate::domain::schedules::DueRule;

fn inputs(at: &str, template: Option<&ReportTemplate>, is_needed: bool) -> Vec<Input> {
    let text = |read: fn(&ReportTemplate) -> &String| template.map_or("", |template| read(template).as_str());
    let mut inputs = vec![
        Input::text(format!("{at}.title"), "Titre", text(|template| &template.title)).optional(),
        Input::area(format!("{at}.help"), "Aide", text(|template| &template.help)).optional(),
    ];
    inputs.extend(dues::inputs(&format!("{at}.due"), "À rendre", template.map(|template| template.due)));
    for input in inputs.iter_mut().filter(|input| is_needed && !input.name.ends_with(".help")) {
        input.is_optional = false;
    }
    inputs
}

pub(super) fn groups(call: &CallDefinition) -> Vec<Group> {
    let interim = call.reports.interim.as_ref();
    let wanted = Input::tick("interim", "Un bilan est demandé pendant le projet", interim.is_some());
    let mut asked = vec![wanted];
    asked.extend(inputs("reports.interim", interim, false));
    let asked = Group::new("Bilan intermédiaire", asked);
    let rule = call.reports.explain;
    let certified = call.reports.certified_by.is_some();
    let rules = vec![
        Input::tick("certified_by", "Le représentant légal certifie chaque bilan avant son dépôt", certified),
        Input::rate("reports.explain.rate", "Un écart s’explique au-delà de", Some(rule.rate)),
        Input::money("reports.explain.amount", "et au-delà de", Some(rule.amount))
            .help("Entre le prévu et le réalisé de chaque ligne du compte rendu financier."),
    ];
    vec![
        Group::new("Bilan final", inputs("reports.final", Some(&call.reports.last), true)),
        Group::new("Compte rendu financier", rules),
        if interim.is_some() { asked } else { asked.folded() },
    ]
}

fn read(reading: &mut Reading<'_>, at: &str, known: Option<ReportTemplate>) -> ReportTemplate {
    let (sections, documents) =
        known.map_or_else(|| (vec![first_section()], Vec::new()), |known| (known.sections, known.documents));
    ReportTemplate {
        title: reading.needed(&format!("{at}.title"), 200, "Donnez un titre à ce bilan."),
        help: reading.text(&format!("{at}.help")),
        due: dues::needed(reading, &format!("{at}.due")),
        sections,
        documents,
    }
}

/// What a new report begins with: a section without questions.
fn first_section() -> Section {
    Section {
        code: "recit".into(),
        title: "Récit".into(),
        help: String::new(),
        content: crate::domain::definitions::SectionContent::Questions,
        author: crate::domain::definitions::Author::Lead,
        show_if: None,
        questions: Vec::new(),
    }
}

pub(super) fn apply(call: &mut CallDefinition, reading: &mut Reading<'_>) {
    let (last, interim) = (call.reports.last.clone(), call.reports.interim.take());
    call.reports.last = read(reading, "reports.final", Some(last));
    call.reports.interim = reading.has("interim").then(|| read(reading, "reports.interim", interim));
    call.reports.certified_by = reading.has("certified_by").then_some(FilingSignature::Representative);
    call.reports.explain =
        GapRule { rate: reading.rate("reports.explain.rate"), amount: reading.amount("reports.explain.amount") };
}

/// When a report is due, in words.
pub(super) fn due(rule: DueRule) -> String {
    dues::words(rule)
}
