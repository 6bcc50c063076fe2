//! What a call gives and from what: its envelope and its agreements, its amounts, how it pays.

use super::{
    dues,
    inputs::{Group, Input, Reading, Typed},
};
use crate::{
    domain::{
        budgets::{AmountRules, BudgetUnit, RateBase, SurplusRule},
        definitions::{BeyondCeiling, CallDefinition, CallSource, Earmark, EarmarkLimit, SourceKind},
        disbursements::Piece,
        money::{Euros, Rate},
        references::axis,
        schedules::{PaidAfter, ScheduleModel, ScheduleStep, ScheduleTemplate},
    },
    usecases::preparations::Preparation,
};

const LIMITS: [(EarmarkLimit, &str); 2] =
    [(EarmarkLimit::Reserved, "Réservé à cet axe"), (EarmarkLimit::Ceiling, "Maximum pour cet axe")];

const BEYOND: [(BeyondCeiling, &str); 2] =
    [(BeyondCeiling::Refuse, "est refusée"), (BeyondCeiling::Override, "est possible si le comité écrit pourquoi")];

const AFTER: [(PaidAfter, &str); 3] = [
    (PaidAfter::Agreement, "l’accord de l’organisation"),
    (PaidAfter::InterimReport, "le bilan intermédiaire accepté"),
    (PaidAfter::FinalReport, "le bilan final accepté"),
];

fn sources(known: &Preparation) -> Vec<Input> {
    let drawn = |reference: &str| known.definition.sources.iter().find(|drawn| drawn.reference == reference);
    // The agreements of a published call do not change.
    let may_draw = |reference: &str| known.published.is_none() || drawn(reference).is_some();
    let granting = known.sources.iter().filter(|source| source.regranting.is_some() && may_draw(&source.reference));
    let mut inputs = vec![Input::money("envelope", "Enveloppe", Some(known.definition.envelope))];
    inputs.extend(granting.map(|source| {
        let name = format!("sources.{}", source.reference);
        let help = match source.kind {
            SourceKind::Agreement => format!("{}, {} en tout.", source.title, source.amount),
            SourceKind::Donations => format!("{}, alimentée par des dons.", source.title),
        };
        Input::money(name, &source.reference, drawn(&source.reference).map(|drawn| drawn.amount)).help(&help).optional()
    }));
    inputs
}

/// « 10 000 » or « 30 % ».
fn said_of(earmark: &Earmark) -> String {
    earmark.share_words().unwrap_or_else(|| earmark.amount.plain().trim_end_matches(",00").to_owned())
}

fn earmarks(call: &CallDefinition) -> Vec<Input> {
    let beyond = BEYOND.iter().map(|(beyond, label)| (beyond.code(), *label));
    let chosen = call.beyond_ceiling.code();
    let mut inputs = vec![Input::choose(
        "radios",
        "beyond_ceiling",
        "Une attribution au-delà du maximum d’un axe",
        beyond,
        &[chosen],
    )];
    for code in &call.axes {
        for (limit, words) in LIMITS {
            let earmark = call.earmarks.iter().find(|earmark| earmark.axis == *code && earmark.limit == limit);
            let label = axis(code).map_or(code.as_str(), |axis| axis.label.as_str());
            let said = earmark.map(said_of).unwrap_or_default();
            let input = Input::text(format!("earmarks.{code}.{limit}"), label, &said);
            inputs.push(input.help(words).optional());
        }
    }
    inputs
}

fn steps(call: &CallDefinition, typed: Typed<'_>) -> Vec<Group> {
    let steps = &call.schedule.steps;
    let rows = 0..typed.rows("schedule.step", steps.len(), 1);
    let group = |i: usize| {
        let (step, at) = (steps.get(i), format!("schedule.step.{i}"));
        let after = AFTER.iter().map(|(after, label)| (after.code(), *label));
        let chosen = step.map_or("", |step| step.after.code());
        let mut inputs = vec![
            Input::rate(format!("{at}.share"), "Part de la subvention", step.map(|step| step.share)).optional(),
            Input::choose("select", format!("{at}.after"), "Versée après", after, &[chosen]).optional(),
        ];
        inputs.extend(dues::inputs(&format!("{at}.due"), "Attendue", step.map(|step| step.due)));
        inputs.extend(dues::inputs(&format!("{at}.not_before"), "Jamais avant", step.and_then(|step| step.not_before)));
        let piece = step.and_then(|step| step.piece.as_deref()).unwrap_or_default();
        inputs.push(
            Input::text(format!("{at}.piece"), "Pièce à fournir avant", piece)
                .help("Par exemple une attestation d’assurance. L’organisation la dépose, l’équipe l’accepte.")
                .optional(),
        );
        match step {
            Some(_) => Group::new(&format!("Versement {}", i + 1), inputs).paired(),
            None => Group::new("Un versement de plus", inputs)
                .paired()
                .help("Les parts font 100 % en tout. Pour retirer un versement, effacez sa part.")
                .folded(),
        }
    };
    rows.map(group).collect()
}

pub(super) fn groups(known: &Preparation, typed: Typed<'_>) -> Vec<Group> {
    let call = &known.definition;
    let (amount, surplus) = (&call.amount, &call.surplus);
    let bases = [
        (RateBase::WithoutValuations.code(), "Les dépenses seules"),
        (RateBase::WithValuations.code(), "Les dépenses et les contributions en nature"),
    ];
    let models = ScheduleModel::ALL.iter().map(|model| (model.code(), model.label()));
    let units = BudgetUnit::ALL.iter().map(|unit| (unit.code(), unit.label()));
    let mut groups = vec![
        Group::new("Enveloppe et conventions", sources(known))
            .help("Ce que l’appel prend à chaque convention\u{202f}; l’enveloppe en est la somme."),
        Group::new(
            "Une demande",
            vec![
                Input::money("amount.floor", "Montant minimum", Some(amount.floor)),
                Input::money("amount.ceiling", "Montant maximum", Some(amount.ceiling)),
                Input::rate("amount.rate", "Taux maximum", Some(amount.rate)),
                Input::choose("radios", "amount.base", "Ce taux s’applique à", bases, &[amount.base.code()]),
                Input::money("amount.maximum_project_cost", "Coût maximum d’un projet", amount.maximum_project_cost)
                    .optional(),
                Input::choose("radios", "amount.unit", "Montants du budget", units, &[amount.unit.code()])
                    .help("En euros entiers, des centimes sont refusés à côté de la ligne."),
                Input::money("agreement_threshold", "Convention signée au-delà de", Some(call.agreement_threshold))
                    .help("Jusqu’à ce montant, l’accord suffit (décret 2001-495\u{a0}: 23\u{202f}000\u{a0}€). À zéro, la convention est toujours signée."),
            ],
        ),
        Group::new(
            "Argent versé et non dépensé",
            vec![
                Input::rate("surplus.kept", "Part que l’organisation peut garder", Some(surplus.kept)),
                Input::money("surplus.waived_up_to", "Reste qui n’est pas redemandé", Some(surplus.waived_up_to)),
            ],
        ),
        Group::new("Fléchages par axe", earmarks(call))
            .help(
                "Une part de l’enveloppe peut être réservée à un axe, ou limitée pour lui, en euros ou en pourcentage.",
            )
            .folded(),
        Group::new(
            "Versements",
            vec![
                Input::choose("select", "schedule.model", "Échéancier type", models, &[])
                    .help("Un choix remplace les versements écrits plus bas et, sauf s’il n’y en a qu’un, verse en une fois jusqu’à 1\u{202f}000\u{a0}€.")
                    .optional(),
                Input::money("schedule.single_up_to", "Versé en une fois jusqu’à", call.schedule.single_up_to)
                    .optional(),
            ],
        ),
    ];
    groups.extend(steps(call, typed));
    groups
}

fn read_step(reading: &mut Reading<'_>, at: &str) -> Option<ScheduleStep> {
    let share = format!("{at}.share");
    if reading.text(&share).is_empty() {
        return None;
    }
    Some(ScheduleStep {
        share: reading.rate(&share),
        after: reading.code(&format!("{at}.after")).unwrap_or(PaidAfter::Agreement),
        due: dues::needed(reading, &format!("{at}.due")),
        not_before: dues::read(reading, &format!("{at}.not_before")),
        piece: read_piece(reading, &format!("{at}.piece")),
    })
}

/// The name of the paper a payment waits for; none when nothing is written.
fn read_piece(reading: &mut Reading<'_>, name: &str) -> Option<String> {
    let piece = reading.text(name).trim().to_owned();
    if piece.chars().count() > Piece::LONGEST {
        reading.errors.add(name.to_owned(), format!("{} caractères au plus.", Piece::LONGEST));
    }
    (!piece.is_empty()).then_some(piece)
}

/// The payments of the model that was chosen, or those that were written.
fn read_schedule(reading: &mut Reading<'_>) -> ScheduleTemplate {
    if let Ok(model) = reading.text("schedule.model").parse::<ScheduleModel>() {
        return model.schedule();
    }
    let single_up_to = reading.amount_option("schedule.single_up_to");
    let rows = reading.rows("schedule.step");
    let steps = rows.into_iter().filter_map(|i| read_step(reading, &format!("schedule.step.{i}"))).collect();
    ScheduleTemplate { single_up_to, steps }
}

pub(super) fn apply(known: &Preparation, call: &mut CallDefinition, reading: &mut Reading<'_>) {
    call.envelope = reading.amount("envelope");
    let mut drawn = Vec::new();
    for source in known.sources.iter().filter(|source| source.regranting.is_some()) {
        let amount = reading.amount_option(&format!("sources.{}", source.reference)).filter(|a| a.is_positive());
        drawn.extend(amount.map(|amount| CallSource { reference: source.reference.clone(), amount }));
    }
    // The order of the agreements is the order in which their money was first chosen.
    drawn.sort_by_key(|new| {
        let place = call.sources.iter().position(|old| old.reference == new.reference);
        place.unwrap_or(usize::MAX)
    });
    call.sources = drawn;
    let base = reading.code("amount.base").unwrap_or(call.amount.base);
    let unit = reading.code("amount.unit").unwrap_or(call.amount.unit);
    call.amount = AmountRules {
        floor: reading.amount("amount.floor"),
        ceiling: reading.amount("amount.ceiling"),
        rate: reading.rate("amount.rate"),
        base,
        maximum_project_cost: reading.amount_option("amount.maximum_project_cost"),
        unit,
    };
    call.agreement_threshold = reading.amount("agreement_threshold");
    call.surplus =
        SurplusRule { kept: reading.rate("surplus.kept"), waived_up_to: reading.amount("surplus.waived_up_to") };
    let mut earmarks = Vec::new();
    for code in call.axes.clone() {
        for (limit, _) in LIMITS {
            earmarks.extend(reading.earmark_option(&format!("earmarks.{code}.{limit}"), &code, limit));
        }
    }
    call.earmarks = earmarks;
    call.beyond_ceiling = reading.code("beyond_ceiling").unwrap_or(call.beyond_ceiling);
    call.schedule = read_schedule(reading);
    let whole: i32 = call.schedule.steps.iter().map(|step| step.share.basis_points()).sum();
    if whole != Rate::WHOLE.basis_points() && reading.errors.is_empty() {
        let sentence = format!("Les versements font {} en tout, et non 100\u{a0}%.", Rate::from_basis_points(whole));
        reading.errors.add("schedule.step.0.share", sentence);
    }
    let total: Euros = call.sources.iter().map(|source| source.amount).sum();
    if total != call.envelope && reading.errors.is_empty() {
        let sentence = format!("L’enveloppe est de {}, mais ses conventions font {total} en tout.", call.envelope);
        reading.errors.add("envelope", sentence);
    }
}
