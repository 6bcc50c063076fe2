//! Under which axes a project may place itself, and which organisations apply: alone, more than once, in pairs.

use super::inputs::{Group, Input, Reading};
use crate::domain::{
    definitions::{ApplicationsPerHolder, CallDefinition, FilingSignature, Pair},
    organisations::LegalForm,
    references::axes,
};

pub(super) fn forms() -> impl Iterator<Item = (&'static str, &'static str)> {
    LegalForm::ALL.iter().map(|form| (form.code(), form.label()))
}

pub(super) fn groups(call: &CallDefinition) -> Vec<Group> {
    let open: Vec<&str> = call.axes.iter().map(String::as_str).collect();
    let known = axes().iter().map(|axis| (axis.code.clone(), axis.label.clone()));
    let holders = [
        (ApplicationsPerHolder::One.code(), "Un seul dossier par organisation"),
        (ApplicationsPerHolder::Several.code(), "Plusieurs dossiers par organisation"),
    ];
    let pair = call.pair.as_ref();
    let text = |read: fn(&Pair) -> &String| pair.map_or("", |pair| read(pair).as_str());
    let partner_forms: Vec<&str> = pair.into_iter().flat_map(|pair| &pair.partner_forms).map(|f| f.code()).collect();
    let payee_forms: Vec<&str> = pair.into_iter().flat_map(|pair| &pair.payee_forms).map(|f| f.code()).collect();
    let in_pair = Group::new(
        "À deux organisations",
        vec![
            Input::tick("pair", "Les dossiers se déposent à deux", pair.is_some()),
            Input::text("pair.lead_label", "Nom de celle qui dépose et reçoit l’argent", text(|p| &p.lead_label))
                .optional(),
            Input::text("pair.partner_label", "Nom de l’autre", text(|p| &p.partner_label)).optional(),
            Input::choose("checkboxes", "pair.partner_forms", "Formes que l’autre peut avoir", forms(), &partner_forms)
                .optional(),
            Input::choose("checkboxes", "pair.payee_forms", "Formes de celle qui reçoit l’argent", forms(), &payee_forms)
                .help("Sans choix, toutes sauf les établissements scolaires, qui n’ont pas toujours la personnalité juridique.")
                .optional(),
            Input::area("pair.help", "Que faire quand on est encore seul·e", text(|p| &p.help)).optional(),
        ],
    );
    vec![
        Group::new(
            "Axes ouverts",
            vec![Input::choose("checkboxes", "axes", "Un projet peut se placer sous", known, &open)],
        ),
        Group::new(
            "Dossiers",
            vec![
                Input::choose("radios", "applications", "Combien de dossiers", holders, &[call.applications.code()]),
                Input::tick(
                    "filing_signature",
                    "La personne qui représente chaque organisation signe avant le dépôt",
                    call.filing_signature.is_some(),
                ),
            ],
        ),
        if pair.is_some() { in_pair } else { in_pair.folded() },
    ]
}

pub(super) fn apply(call: &mut CallDefinition, reading: &mut Reading<'_>) {
    let chosen: Vec<String> = reading.codes("axes");
    call.axes = axes().iter().map(|axis| axis.code.clone()).filter(|code| chosen.contains(code)).collect();
    if call.axes.is_empty() {
        reading.errors.add("axes", "Ouvrez au moins un axe\u{a0}: chaque projet se place sous un axe.");
    }
    call.applications = reading.code("applications").unwrap_or(call.applications);
    call.filing_signature = reading.has("filing_signature").then_some(FilingSignature::Representative);
    call.pair = reading.has("pair").then(|| Pair {
        lead_label: reading.needed("pair.lead_label", 100, "Donnez un nom à l’organisation qui dépose."),
        partner_label: reading.needed("pair.partner_label", 100, "Donnez un nom à l’autre organisation."),
        partner_forms: reading.codes("pair.partner_forms"),
        payee_forms: reading.codes("pair.payee_forms"),
        help: reading.text("pair.help"),
    });
    if call.pair.as_ref().is_some_and(|pair| pair.partner_forms.is_empty()) {
        reading.errors.add("pair.partner_forms", "Choisissez au moins une forme.");
    }
}
