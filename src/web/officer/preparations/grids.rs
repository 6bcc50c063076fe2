//! The grid by which a committee scores.

use super::inputs::{Group, Input, Reading, Typed};
use crate::domain::{
    definitions::{CallDefinition, QuestionKind, code_from},
    money::Euros,
    point_amounts::{Band, PointAmounts},
    scoring::Criterion,
};
use std::collections::BTreeSet;

pub(super) fn groups(call: &CallDefinition, typed: Typed<'_>) -> Vec<Group> {
    let grid = &call.grid;
    let mut groups = vec![Group::new(
        "Repères",
        vec![
            Input::number("grid.pass_mark", "Moyenne à atteindre, sur 100", grid.pass_mark)
                .help("En dessous, le dossier n’est pas proposé au comité.")
                .optional(),
            Input::number("grid.spread_alert", "Écart entre deux lectures qui alerte, sur 100", grid.spread_alert)
                .optional(),
            Input::tick("grid.blind", "Lecture à l’aveugle", grid.blind).help(
                "Les membres lisent sans nom d’organisation ni de personne, jusqu’à ce que leur évaluation du dossier soit \
                 remise.",
            ),
        ],
    )];
    groups.extend(amounts(grid.amounts.as_ref(), typed));
    groups
}

/// Where the bands stand in the definition.
const BANDS: &str = "grid.amounts.band";

fn amounts(scheme: Option<&PointAmounts>, typed: Typed<'_>) -> Vec<Group> {
    let per_point = scheme.and_then(|scheme| scheme.per_point);
    let first = Group::new(
        "Montant d’après les points",
        vec![
            Input::money("grid.amounts.per_point", "Valeur d’un point de la moyenne, sur 100", per_point).optional(),
            Input::money("grid.amounts.step", "Arrondi en dessous, au multiple de", scheme.map(|scheme| scheme.step))
                .help("Sans rien, à l’euro.")
                .optional(),
        ],
    )
    .paired()
    .help(
        "Le montant est calculé et proposé au comité, qui peut le changer. Il ne dépasse ni la demande ni le plafond de \
         l’appel. Donnez la valeur du point, ou des paliers\u{202f}; ou rien.",
    );
    let bands = scheme.map(|scheme| scheme.bands.as_slice()).unwrap_or_default();
    let band = |i: usize| {
        let (at, band) = (format!("{BANDS}.{i}"), bands.get(i));
        let title = if band.is_some() { format!("Palier {}", i + 1) } else { "Un palier de plus".to_owned() };
        let inputs = vec![
            Input::number(format!("{at}.from"), "À partir d’une moyenne de, sur 100", band.map(|band| band.from))
                .optional(),
            Input::rate(format!("{at}.rate"), "Part du montant demandé", band.map(|band| band.rate)).optional(),
        ];
        let group = Group::new(&title, inputs).paired();
        if band.is_some() { group } else { group.folded() }
    };
    std::iter::once(first).chain((0..typed.rows(BANDS, bands.len(), 1)).map(band)).collect()
}

fn read_amounts(reading: &mut Reading<'_>) -> Option<PointAmounts> {
    let per_point = reading.amount_option("grid.amounts.per_point");
    let step = reading.amount_option("grid.amounts.step").unwrap_or(Euros::whole(1));
    let mut bands = Vec::new();
    for row in reading.rows(BANDS) {
        let (from, rate) = (format!("{BANDS}.{row}.from"), format!("{BANDS}.{row}.rate"));
        if !(reading.text(&from).is_empty() && reading.text(&rate).is_empty()) {
            bands.push(Band { from: reading.number(&from, 0..=100), rate: reading.rate(&rate) });
        }
    }
    let is_asked = per_point.is_some() || !bands.is_empty();
    is_asked.then_some(PointAmounts { per_point, step, bands })
}

pub(super) fn apply(call: &mut CallDefinition, reading: &mut Reading<'_>) {
    call.grid.pass_mark = reading.number_option("grid.pass_mark", 0..=100);
    call.grid.spread_alert = reading.number_option("grid.spread_alert", 0..=100);
    call.grid.blind = reading.has("grid.blind");
    call.grid.amounts = read_amounts(reading);
}

pub(super) fn criterion_groups(call: &CallDefinition, criterion: Option<&Criterion>) -> Vec<Group> {
    let text = |read: fn(&Criterion) -> &String| criterion.map_or("", |criterion| read(criterion).as_str());
    let descriptors = criterion.map(|criterion| criterion.descriptors.join("\n")).unwrap_or_default();
    let questions = call.questions().filter(|(_, question)| question.kind != QuestionKind::Statement);
    let questions = questions.map(|(_, question)| (question.code.clone(), question.label.clone()));
    let looked_at: Vec<&str> = criterion.iter().flat_map(|known| &known.answers).map(String::as_str).collect();
    vec![Group::new(
        "",
        vec![
            Input::text("label", "Critère", text(|criterion| &criterion.label)),
            Input::area("help", "Aide pour qui évalue", text(|criterion| &criterion.help)).rows(3).optional(),
            Input::number("weight", "Coefficient", Some(criterion.map_or(1, |criterion| criterion.weight))),
            Input::tick(
                "independent",
                "Noté à part\u{a0}: montré, jamais compté dans la note",
                criterion.is_some_and(|criterion| criterion.independent),
            ),
            Input::number("most", "Note maximum", Some(criterion.map_or(5, |criterion| criterion.most)))
                .help("Les notes vont de 0 à ce nombre."),
            Input::area("descriptors", "Ce que veut dire chaque note", &descriptors)
                .rows(7)
                .help("Une ligne par note, de 0 à la note maximum\u{202f}; ou rien.")
                .optional(),
            Input::number(
                "eliminatory_below",
                "Note éliminatoire",
                criterion.and_then(|criterion| criterion.eliminatory_below),
            )
            .help("Une moyenne plus basse écarte le dossier.")
            .optional(),
            Input::choose("checkboxes", "answers", "Réponses à montrer à côté de la note", questions, &looked_at)
                .help("Qui évalue les lit sans chercher dans le dossier.")
                .optional(),
        ],
    )]
}

pub(super) fn read_criterion(reading: &mut Reading<'_>, code: Option<&str>, taken: &[String]) -> Criterion {
    let label = reading.needed("label", 200, "Nommez ce critère.");
    let descriptors = reading.text("descriptors");
    let independent = reading.has("independent");
    let weight = reading.number("weight", 0..=100);
    let descriptors = descriptors.lines().map(str::trim).filter(|line| !line.is_empty());
    Criterion {
        code: code.map_or_else(|| code_from(&label, taken), ToOwned::to_owned),
        label,
        help: reading.text("help"),
        weight: if independent { 0 } else { weight },
        most: reading.number("most", 1..=100),
        independent,
        descriptors: descriptors.map(ToOwned::to_owned).collect(),
        eliminatory_below: reading.number_option("eliminatory_below", 1..=100),
        answers: reading.codes("answers"),
    }
}

/// Lets no criterion look at an answer that is no longer asked for.
pub(super) fn look_away(call: &mut CallDefinition) {
    let asked: BTreeSet<String> = call.questions().map(|(_, question)| question.code.clone()).collect();
    for criterion in &mut call.grid.criteria {
        criterion.answers.retain(|code| asked.contains(code));
    }
}
