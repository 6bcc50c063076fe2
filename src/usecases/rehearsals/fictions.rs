//! Made-up organisations and projects that keep to the rules of a call as well as anybody can.

use super::{DeadEnd, Thing, money::Room};
use crate::{
    domain::{
        definitions::{CallDefinition, CallPart, Comparison, ProjectField, Question, QuestionKind},
        eligibility::{Rule, fitting_country},
        forms,
        identity::made_up,
        money::Euros,
        organisations::LegalForm,
        references::{Commune, axis, communes, goals, targets_of},
        time::french_date,
    },
    usecases::{organisations::OrganisationForm, preparations::days_after},
};
use chrono::{Datelike, Days, Months, NaiveDate};

/// A project as it is typed into the form.
#[derive(Debug, Clone)]
pub(super) struct Project {
    axis: String,
    pub requested: Euros,
    cost: Euros,
    starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    commune: String,
}

const LILLE: &str = "59350";

impl Project {
    /// A project that fits the call; what makes that impossible is said.
    pub(super) fn fitting(call: &CallDefinition, room: &Room, dead_ends: &mut Vec<DeadEnd>) -> Project {
        let (requested, cost) = amounts(call, room, dead_ends);
        let (starts_on, ends_on) = dates(call, dead_ends);
        let in_communes = call.eligibility.iter().find_map(|rule| match rule {
            Rule::ProjectInCommunes { communes, .. } => communes.first().cloned(),
            _ => None,
        });
        let axis = room.axis.clone();
        Project { axis, requested, cost, starts_on, ends_on, commune: in_communes.unwrap_or_else(|| LILLE.to_owned()) }
    }

    /// The day on which half of the project is done.
    pub(super) fn middle(&self) -> NaiveDate {
        let half = (self.ends_on - self.starts_on) / 2;
        self.starts_on.checked_add_signed(half).unwrap_or(self.starts_on)
    }

    /// The simplest answer to a question that its own bounds allow, and its rules, read one after the other.
    pub(super) fn answer(&self, call: &CallDefinition, question: &Question) -> String {
        let answer = self.simplest(call, question);
        question.rules.iter().filter(|_| question.fills.is_none()).fold(answer, |answer, rule| {
            let named = rule.to.as_deref().and_then(|code| call.question(code));
            let other = rule.value.clone().or_else(|| named.map(|other| self.simplest(call, other)));
            match (rule.is, other) {
                (Comparison::AtLeast | Comparison::AtMost | Comparison::Equal, Some(other)) => other,
                (Comparison::More, Some(other)) => beside(&other, 1),
                (Comparison::Less, Some(other)) => beside(&other, -1),
                _ => answer,
            }
        })
    }

    /// As many rows of a group as it wants.
    fn rows(&self, call: &CallDefinition, group: &Question) -> String {
        let row = || -> forms::Row {
            group.row_columns().iter().map(|column| (column.code.clone(), self.simplest(call, column))).collect()
        };
        forms::rows_text(&(0..many(group)).map(|_| row()).collect::<Vec<_>>())
    }

    fn simplest(&self, call: &CallDefinition, question: &Question) -> String {
        match question.fills {
            Some(ProjectField::Title) => return "Projet fictif de la répétition".into(),
            Some(ProjectField::Requested) => return self.requested.plain(),
            Some(ProjectField::StartsOn) => return self.starts_on.to_string(),
            Some(ProjectField::EndsOn) => return self.ends_on.to_string(),
            Some(ProjectField::Commune) => return self.commune.clone(),
            Some(ProjectField::Country) => return fitting_country(call, question).into(),
            None => {}
        }
        let several = |list: Vec<String>| list.join("\n");
        match question.kind {
            QuestionKind::ShortText | QuestionKind::LongText => "Fictif".into(),
            QuestionKind::Number => {
                let least = question.least.unwrap_or(1).max(0);
                least.max(1).min(question.most.unwrap_or(i64::MAX)).to_string()
            }
            QuestionKind::Euros => self.requested.plain(),
            QuestionKind::Date => self.starts_on.to_string(),
            QuestionKind::YesNo | QuestionKind::Statement => "oui".into(),
            QuestionKind::Choice => question.choices.first().map_or_else(String::new, |choice| choice.code.clone()),
            QuestionKind::Choices => {
                several(question.choices.iter().take(many(question)).map(|choice| choice.code.clone()).collect())
            }
            QuestionKind::Goals => several(wanted_goals(call, many(question))),
            QuestionKind::Targets => {
                let targets = goals().iter().flat_map(|goal| targets_of(goal.number));
                several(targets.take(many(question)).map(|target| target.code.clone()).collect())
            }
            QuestionKind::Themes => several(themes(call, many(question))),
            QuestionKind::Markers => several(markers(call)),
            QuestionKind::Commune => self.commune.clone(),
            QuestionKind::Country => fitting_country(call, question).into(),
            QuestionKind::Axis => self.axis.clone(),
            QuestionKind::Email => "repetition@exemple.fr".into(),
            QuestionKind::Phone => "03 20 00 00 00".into(),
            QuestionKind::Siret => made_up::siret(1),
            QuestionKind::Rna => made_up::rna("59", 1),
            QuestionKind::Uai => made_up::uai("59", 1),
            QuestionKind::Iban => made_up::iban(70_000_000_047),
            QuestionKind::Group | QuestionKind::Organisation => self.rows(call, question),
            QuestionKind::Computed | QuestionKind::File => String::new(),
        }
    }

    /// The fields of a balanced budget.
    pub(super) fn budget(&self) -> Vec<(String, String)> {
        let own = self.cost - self.requested;
        let lines = [("62.1", "Intervenantes et intervenants", self.cost), ("70", "Fonds propres", own)];
        let lines = lines.into_iter().filter(|(.., amount)| amount.is_positive());
        let fields = lines.flat_map(|(account, label, amount)| {
            [(format!("montant-{account}"), amount.plain()), (format!("intitule-{account}"), label.to_owned())]
        });
        fields.collect()
    }
}

/// The number or the day so much after another; anything else as it is.
fn beside(answer: &str, by: i64) -> String {
    match (answer.parse::<i64>(), answer.parse::<NaiveDate>()) {
        (Ok(number), _) => (number + by).to_string(),
        (_, Ok(day)) => days_after(day, by).to_string(),
        _ => answer.to_owned(),
    }
}

/// How many answers a question wants.
fn many(question: &Question) -> usize {
    usize::try_from(question.least.unwrap_or(1).max(1)).unwrap_or(1)
}

/// Goals that the call asks for, then others.
fn wanted_goals(call: &CallDefinition, count: usize) -> Vec<String> {
    let asked = call.eligibility.iter().find_map(|rule| match rule {
        Rule::GoalsAmong { goals } => Some(goals.clone()),
        _ => None,
    });
    let mut chosen = asked.unwrap_or_default();
    chosen.truncate(1);
    let others: Vec<u8> = goals().iter().map(|goal| goal.number).filter(|number| !chosen.contains(number)).collect();
    chosen.extend(others);
    chosen.into_iter().take(count).map(|number| number.to_string()).collect()
}

/// Themes of the axes of the call.
fn themes(call: &CallDefinition, count: usize) -> Vec<String> {
    let open = call.axes.iter().filter_map(|code| axis(code));
    let codes = open.flat_map(|axis| (1..=axis.themes.len()).map(|place| format!("{}.{place}", axis.code)));
    codes.take(count).collect()
}

/// The markers that the call asks for, each at the level asked.
fn markers(call: &CallDefinition) -> Vec<String> {
    let asked = call.eligibility.iter().filter_map(|rule| match rule {
        Rule::MarkerAtLeast { marker, level } => Some(format!("{marker}:{level}")),
        _ => None,
    });
    let asked: Vec<_> = asked.collect();
    if asked.is_empty() { vec!["gender:1".into()] } else { asked }
}

/// What is asked for, and what the project costs: as much as the call gives, shared in as the call wants.
fn amounts(call: &CallDefinition, room: &Room, dead_ends: &mut Vec<DeadEnd>) -> (Euros, Euros) {
    let rules = &call.amount;
    let most = room.left.map_or(rules.ceiling, |left| left.min(rules.ceiling)).min(call.envelope);
    let points = i64::from(rules.rate.basis_points()).max(1);
    let largest = rules.maximum_project_cost.map_or(most, |cost| cost.at(rules.rate));
    let requested = most.min(largest);
    if requested < rules.floor {
        let said = if largest < rules.floor {
            format!(
                "Le plus petit montant, {}, ne peut pas être demandé\u{a0}: {} du plus grand projet accepté font {largest}.",
                rules.floor, rules.rate
            )
        } else {
            format!(
                "Le plus petit montant, {}, ne peut plus être accordé\u{a0}: il reste {}{}.",
                rules.floor,
                requested.max(Euros::ZERO),
                room.why
            )
        };
        dead_ends.push(DeadEnd::new(CallPart::Money, said));
    }
    // Rounded up to the euro, so that the share asked for never passes the rate.
    let cost = (requested.cents() * 10_000 / points / 100 + 1) * 100;
    let cost = if points >= 10_000 { requested.cents() } else { cost };
    let cost = rules.maximum_project_cost.map_or(cost, |most| cost.min(most.cents()));
    (requested, Euros::from_cents(cost))
}

fn after(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months)).unwrap_or(day)
}

/// A project that begins once the results are known and keeps to the rules on its dates.
fn dates(call: &CallDefinition, dead_ends: &mut Vec<DeadEnd>) -> (NaiveDate, NaiveDate) {
    let mut starts_on = call.calendar.announcement_on.checked_add_days(Days::new(1)).unwrap_or_default();
    let (mut least, mut most, mut last) = (1, 12, None);
    for (place, rule) in call.eligibility.iter().enumerate() {
        match rule {
            Rule::StartsFrom { day } => starts_on = starts_on.max(*day),
            Rule::EndsBy { day } => last = Some((place, *day)),
            Rule::DurationMonths { least: l, most: m } => (least, most) = (*l, *m),
            _ => {}
        }
    }
    let ends_on = after(starts_on, if least < most { least + 1 } else { least });
    let Some((place, day)) = last.filter(|(_, day)| *day < ends_on) else { return (starts_on, ends_on) };
    if day < after(starts_on, least) {
        let said = format!(
            "Aucune date ne convient\u{a0}: un projet commence au plus tôt le {}, dure au moins {least} mois et doit finir \
             le {} au plus tard.",
            french_date(starts_on),
            french_date(day)
        );
        dead_ends.push(DeadEnd::new(CallPart::Eligibility, said).at(Thing::Rule(place)));
    }
    (starts_on, day.max(starts_on))
}

/// An organisation of one of these forms that the call takes, under the numbers of nobody.
pub(super) fn organisation(call: &CallDefinition, forms: &[LegalForm], number: i64) -> OrganisationForm {
    let form = if forms.contains(&LegalForm::Association) { Some(&LegalForm::Association) } else { forms.first() };
    let form = form.copied().unwrap_or(LegalForm::Association);
    let deadline = call.window.closes.paris_date();
    let (mut years, mut budget) = (10, Euros::whole(20_000));
    for rule in &call.eligibility {
        match rule {
            Rule::MinimumAge { years: asked } => years = years.max(*asked + 1),
            Rule::AnnualBudgetBetween { floor, ceiling } => {
                budget = floor.map_or(budget, |floor| budget.max(floor));
                budget = ceiling.map_or(budget, |ceiling| budget.min(ceiling));
            }
            _ => {}
        }
    }
    let (postcode, city) = seat(call);
    let department = postcode.get(..2).unwrap_or("59").to_owned();
    let founded = deadline.year() - i32::try_from(years).unwrap_or(10);
    OrganisationForm {
        nom: format!("Organisation fictive {}", number % 10 + 1),
        forme: form.code().into(),
        siret: made_up::siret(number),
        rna: if form == LegalForm::Association { made_up::rna("59", number) } else { String::new() },
        uai: if form == LegalForm::School { made_up::uai(&department, number) } else { String::new() },
        rue: "1 rue de la Répétition".into(),
        code_postal: postcode,
        ville: city,
        pays: "FR".into(),
        creation: format!("{founded}-01-01"),
        budget_annuel: budget.plain(),
        courriel: "repetition@exemple.fr".into(),
        telephone: String::new(),
        site: String::new(),
        representant: "Camille Fictif".into(),
        qualite: "présidence".into(),
    }
}

/// Postcode and commune of a seat that every rule on it takes, as far as one exists.
fn seat(call: &CallDefinition) -> (String, String) {
    let (mut departments, mut among): (Option<&[String]>, Option<&[String]>) = (None, None);
    for rule in &call.eligibility {
        match rule {
            Rule::SeatInDepartments { departments: codes } => departments = Some(codes),
            Rule::SeatInCommunes { communes, .. } => among = Some(communes),
            _ => {}
        }
    }
    if departments.is_none() && among.is_none() {
        return ("59000".into(), "Lille".into());
    }
    let is_in = |commune: &Commune| departments.is_none_or(|codes| codes.contains(&commune.department));
    let takes = |commune: &Commune| is_in(commune) && among.is_none_or(|codes| codes.contains(&commune.insee));
    // Rules that exclude each other are told by name: the seat then keeps to the first of them.
    let found = communes().find(takes).or_else(|| communes().find(is_in));
    let known = found.and_then(|commune| Some((commune.postcodes.first()?.clone(), commune.name)));
    let department = departments.and_then(|codes| codes.first()).map_or("59", String::as_str);
    let postcode = match department {
        "2A" => "20000".to_owned(),
        "2B" => "20200".to_owned(),
        other => format!("{other:0<5}"),
    };
    known.unwrap_or((postcode, "Ville".into()))
}
