//! Made-up projects: answers to every question of a call, a balanced budget, partners.

use super::{
    dice::Dice,
    places::{COAST, TOWNS},
};
use crate::domain::{
    definitions::{CallDefinition, Comparison, ProjectField, Question, QuestionKind},
    eligibility::{Rule, fitting_country},
    forms,
    identity::made_up,
    money::Euros,
};
use chrono::{Days, Months, NaiveDate};
use std::collections::BTreeMap;

/// A project ready to be typed in.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    pub title: String,
    pub requested: Euros,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    /// By code of question, as typed.
    pub answers: BTreeMap<String, String>,
    pub budget: Vec<PlannedLine>,
    pub partners: Vec<(String, String)>,
}

/// One line of the budget.
#[derive(Debug, Clone)]
pub(crate) struct PlannedLine {
    pub account: &'static str,
    pub label: &'static str,
    pub amount: Euros,
}

const THEMES: &[&str] = &[
    "Le voyage d’un tee-shirt",
    "Un jardin pour comprendre le climat",
    "L’eau ici, l’eau là-bas",
    "Assiettes du monde, champs d’ici",
    "Paroles d’exil",
    "La fresque des solidarités",
    "Migrations en récits",
    "Nos déchets ont une histoire",
    "Sport, égalité et fair-play",
    "Cartographier les solidarités du quartier",
    "Le coton, de la graine à la friperie",
    "Un podcast pour l’égalité",
    "Théâtre-forum sur les océans",
    "Le festival des alternatives",
    "Des filles et des sciences",
    "Réparer plutôt que jeter",
    "Lire le monde à voix haute",
    "Pêche, mer et partage",
    "La classe qui voulait l’eau pour tous",
    "Énergies d’ici et d’ailleurs",
];

fn sentence(code: &str, town: &str) -> String {
    let text = match code {
        "resume" => format!("Pendant plusieurs mois, des habitantes et des habitants de {town} découvrent ce que leurs gestes quotidiens ont de mondial, rencontrent des personnes venues d’ailleurs et montent ensemble un événement ouvert à tout le quartier."),
        "description" | "activites" | "deroulement" => format!("D’abord trois ateliers d’exploration, en petits groupes, avec nos partenaires. Puis une phase de création accompagnée par une artiste de {town}. Enfin une restitution publique, préparée et animée par les participant·es.\n\nUn comité de suivi se réunit chaque mois."),
        "objectifs" => "Les participant·es savent relier un objet du quotidien à ceux qui le fabriquent, osent prendre la parole et choisissent une action à leur portée.".into(),
        "lien" => format!("Nous partons de ce que l’on voit à {town} : l’eau, les vêtements, l’alimentation. Nos partenaires racontent la même question vue d’un autre pays."),
        "evaluation" | "indicateurs" => "Un carnet de bord tenu par les participant·es, un questionnaire court au début et à la fin, et un bilan partagé avec les partenaires.".into(),
        "comment_eloigne" => "Nous allons là où sont les gens : pied d’immeuble, marché, centre social. Les premières séances sont gratuites et sans inscription.".into(),
        "constat_genre" => "Dans nos ateliers, les femmes sont nombreuses à venir et rares à décider ; les jeunes filles quittent les activités techniques vers treize ans.".into(),
        "actions_genre" => "Des binômes mixtes à chaque poste, des horaires compatibles avec la garde d’enfants, un temps de parole partagé et suivi.".into(),
        "gouvernance_genre" => "Le comité de pilotage compte au moins la moitié de femmes et deux jeunes de moins de 25 ans.".into(),
        "contexte" => format!("À {town}, le littoral change vite : érosion, emplois industriels, arrivées et départs. Beaucoup en souffrent, peu en parlent ensemble."),
        "perennite" => "Les outils créés restent au centre social, et deux bénévoles sont formé·es pour continuer.".into(),
        "role_association" => "L’association apporte l’animation, les intervenant·es et le matériel, et prépare chaque séance avec l’équipe enseignante.".into(),
        "role_ecole" => "L’équipe enseignante inscrit les séances dans la progression de la classe et prolonge le travail entre deux venues.".into(),
        "parcours" => "Le projet nourrit le parcours citoyen et l’enseignement moral et civique.".into(),
        _ => format!("Nous y avons réfléchi avec nos partenaires de {town} et nous vous en dirons plus volontiers de vive voix."),
    };
    text.replace(" :", "\u{a0}:").replace(" ;", "\u{202f};")
}

/// A project that fits the call.
pub(crate) fn make(dice: &mut Dice, call: &CallDefinition, town: &str) -> Project {
    let (starts_on, ends_on) = dates(dice, call);
    let name = TOWNS.iter().chain(COAST).find(|known| known.code == town).map_or("la région", |town| town.name);
    let title = format!("{} – {name}", dice.pick(THEMES));
    let requested = amount(dice, call);
    let mut project = Project {
        title,
        requested,
        starts_on,
        ends_on,
        answers: BTreeMap::new(),
        budget: budget(dice, call, requested),
        partners: partners(dice, name),
    };
    for (_, question) in call.questions() {
        let answer = answer(dice, call, question, &project, (town, name));
        project.answers.insert(question.code.clone(), answer);
    }
    project
}

fn amount(dice: &mut Dice, call: &CallDefinition) -> Euros {
    let (floor, ceiling) = (call.amount.floor.cents() / 5_000, call.amount.ceiling.cents() / 5_000);
    // Most ask for rather much.
    let (one, other) = (dice.between(floor, ceiling), dice.between(floor, ceiling));
    Euros::from_cents(one.max(other) * 5_000)
}

/// The project begins after the results and keeps to the call's rules.
fn dates(dice: &mut Dice, call: &CallDefinition) -> (NaiveDate, NaiveDate) {
    let wait = u64::try_from(dice.between(10, 40)).unwrap_or_default();
    let mut starts_on = call.calendar.announcement_on.checked_add_days(Days::new(wait)).unwrap_or_default();
    let (mut least, mut most, mut last) = (3, 10, NaiveDate::MAX);
    for rule in &call.eligibility {
        match rule {
            Rule::StartsFrom { day } => starts_on = starts_on.max(*day),
            Rule::EndsBy { day } => last = *day,
            Rule::DurationMonths { least: l, most: m } => (least, most) = (*l + 1, *m),
            _ => {}
        }
    }
    let months = dice.between(i64::from(least), i64::from(most.min(12)));
    let months = Months::new(u32::try_from(months).unwrap_or(3));
    (starts_on, starts_on.checked_add_months(months).unwrap_or(starts_on).min(last))
}

fn budget(dice: &mut Dice, call: &CallDefinition, requested: Euros) -> Vec<PlannedLine> {
    let points = i64::from(call.amount.rate.basis_points());
    // The grant is a little less than the rate would allow, rounded to ten euros.
    let share = points * dice.between(72, 96) / 100;
    let cost = (requested.cents() * 10_000 / share / 1_000 + 1) * 1_000;
    let own = cost - requested.cents();
    let (fees, travel) = (cost * dice.between(35, 50) / 100_000 * 1_000, cost * dice.between(8, 15) / 100_000 * 1_000);
    let gifts = own / 3_000 * 1_000;
    let given = dice.between(2, 9) * 10_000;
    let line = |account, label, cents| PlannedLine { account, label, amount: Euros::from_cents(cents) };
    let lines = vec![
        line("62.1", "Intervenantes et intervenants", fees),
        line("62.3", "Déplacements du public et des partenaires", travel),
        line("60.2", "Matériel pédagogique et fournitures", cost - fees - travel),
        line("864", "Bénévolat", given),
        line("74.4", "Commune", gifts),
        line("70", "Fonds propres et participations", own - gifts),
        line("870", "Bénévolat", given),
    ];
    lines.into_iter().filter(|line| line.amount.is_positive()).collect()
}

fn partners(dice: &mut Dice, town: &str) -> Vec<(String, String)> {
    const PARTS: &[(&str, &str)] = &[
        ("Centre social", "accueille les ateliers et mobilise les familles"),
        ("Médiathèque", "prête la salle, les livres et organise la restitution"),
        ("Mission locale", "propose l’action aux jeunes qu’elle suit"),
        ("Recyclerie", "fournit le matériel et anime un atelier"),
    ];
    let count = dice.between(1, 2);
    let from = dice.between(0, 3);
    let part = |place: i64| &PARTS[usize::try_from((from + place) % 4).unwrap_or_default()];
    (0..count).map(|place| (format!("{} de {town}", part(place).0), part(place).1.to_owned())).collect()
}

fn answer(
    dice: &mut Dice,
    call: &CallDefinition,
    question: &Question,
    project: &Project,
    town: (&str, &str),
) -> String {
    match question.fills {
        Some(ProjectField::Title) => return project.title.clone(),
        Some(ProjectField::Requested) => return project.requested.plain(),
        Some(ProjectField::StartsOn) => return project.starts_on.to_string(),
        Some(ProjectField::EndsOn) => return project.ends_on.to_string(),
        Some(ProjectField::Commune) => return town.0.to_owned(),
        Some(ProjectField::Country) => return fitting_country(call, question).into(),
        None => {}
    }
    let codes: Vec<&str> = question.choices.iter().map(|choice| choice.code.as_str()).collect();
    match question.kind {
        QuestionKind::ShortText => "Deux groupes de douze".into(),
        QuestionKind::LongText => sentence(&question.code, town.1),
        QuestionKind::Number => {
            let least = question.least.unwrap_or(0).max(6);
            // A part of another number is never more than it.
            if question.rules.iter().any(|rule| rule.is == Comparison::AtMost) {
                return least.to_string();
            }
            dice.between(least, question.most.unwrap_or(300).min(300).max(least)).to_string()
        }
        QuestionKind::Euros => project.requested.plain(),
        QuestionKind::Date => project.starts_on.to_string(),
        QuestionKind::YesNo => if question.code == "double" { "non" } else { "oui" }.into(),
        QuestionKind::Choice => (*dice.pick(&codes)).to_owned(),
        QuestionKind::Choices => codes.iter().take(2).copied().collect::<Vec<_>>().join("\n"),
        QuestionKind::Commune => town.0.to_owned(),
        QuestionKind::Country => fitting_country(call, question).into(),
        QuestionKind::Axis => dice.pick(&call.axes).clone(),
        QuestionKind::Goals => goals(dice),
        QuestionKind::Targets => "4.7\n13.3".into(),
        QuestionKind::Themes => format!("{}.1", dice.pick(&call.axes)),
        QuestionKind::Markers => "gender:1".into(),
        QuestionKind::Email => "contact@exemple.fr".into(),
        QuestionKind::Phone => "03 20 00 00 00".into(),
        QuestionKind::Siret => made_up::siret(4),
        QuestionKind::Rna => made_up::rna("59", 4),
        QuestionKind::Uai => made_up::uai("59", 4),
        QuestionKind::Iban => "FR76 3000 6000 0112 3456 7890 189".into(),
        QuestionKind::Statement => "oui".into(),
        QuestionKind::Group | QuestionKind::Organisation => rows(dice, call, question, project, town),
        QuestionKind::Computed | QuestionKind::File => String::new(),
    }
}

/// Rows of a group: as many as it wants, three at least.
fn rows(dice: &mut Dice, call: &CallDefinition, group: &Question, project: &Project, town: (&str, &str)) -> String {
    if group.kind == QuestionKind::Organisation {
        return organisation(dice, town.1);
    }
    let count = group.least.unwrap_or_default().max(3).min(group.most.unwrap_or(3));
    let row = |_| {
        let cells = group.row_columns().iter();
        cells.map(|column| (column.code.clone(), answer(dice, call, column, project, town))).collect()
    };
    forms::rows_text(&(0..count).map(row).collect::<Vec<forms::Row>>())
}

/// One organisation that takes part in the project.
fn organisation(dice: &mut Dice, town: &str) -> String {
    const KNOWN: &[(&str, &str, &str, &str)] = &[
        ("Comité de jumelage", "FR", "association", "prépare les échanges avec la ville jumelle"),
        ("Association des pêcheurs de Saint-Louis", "SN", "association", "raconte le littoral d’en face aux groupes"),
        ("Université du littoral", "FR", "enseignement", "apporte les mesures et relit les supports"),
        ("Ville de Cesena", "IT", "collectivite", "partage ce qui a marché chez elle"),
    ];
    let (name, country, nature, role) = dice.pick(KNOWN);
    let name = if *country == "FR" { format!("{name} de {town}") } else { (*name).to_owned() };
    let cells = [("nom", name.as_str()), ("pays", country), ("nature", nature), ("role", role)];
    forms::rows_text(&[cells.into_iter().map(|(column, cell)| (column.to_owned(), cell.to_owned())).collect()])
}

/// Two goals, one of them on equality, consumption or climate.
fn goals(dice: &mut Dice) -> String {
    format!("{}\n{}", dice.pick(&[4, 10, 16, 17]), dice.pick(&[5, 12, 13]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        budgets::{Budget, BudgetLine},
        definitions,
        references::budget_account,
    };

    #[test]
    fn every_budget_may_be_filed() {
        for text in [
            include_str!("../../../fixtures/recital.toml"),
            include_str!("../../../fixtures/tandems.toml"),
            include_str!("../../../fixtures/sublime.toml"),
        ] {
            let definition = definitions::parse(text).unwrap();
            let call = &definition.calls[0];
            for seed in 0..200 {
                let project = make(&mut Dice::new(seed), call, "59350");
                let lines = project.budget.iter().map(|line| BudgetLine {
                    account: line.account.into(),
                    side: budget_account(line.account).unwrap().side,
                    label: line.label.into(),
                    planned: line.amount,
                    actual: None,
                    is_eligible: true,
                    is_secured: false,
                    ineligible: Euros::ZERO,
                });
                let budget = Budget { grant: project.requested, lines: lines.collect() };
                assert_eq!(budget.problems(&call.amount), [], "{}, seed {seed}", call.reference);
                assert!(project.starts_on < project.ends_on);
            }
        }
    }
}
