//! What goes with a refusal: somebody to talk to, a training, the next call that may fit.

use super::{
    definitions::{Adviser, FundDefinition, Training},
    identity::Email,
    slots::NAMED,
    text::nbsp,
    time::french_date,
};
use chrono::NaiveDate;

/// A call that an organisation may think of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextCall {
    pub reference: String,
    pub title: String,
    /// The days in Paris, both included.
    pub opens_on: NaiveDate,
    pub closes_on: NaiveDate,
}

/// The offer made to one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    pub adviser: Option<Adviser>,
    /// Whom to write to where no adviser follows the territory.
    pub contact: String,
    /// The slots that may be booked with them, in words, the first ones first.
    pub slots: Vec<String>,
    pub trainings: Vec<Training>,
    pub next: Option<NextCall>,
    /// The day on which it is made.
    pub today: NaiveDate,
}

impl Support {
    /// What a fund offers to an organisation of this department whose project is under these axes.
    pub fn of(fund: &FundDefinition, department: &str, axes: &[String], today: NaiveDate) -> Support {
        let follows = |adviser: &&Adviser| adviser.departments.iter().any(|code| code == department);
        let is_for = |training: &&Training| {
            let concerns = training.axes.is_empty() || training.axes.iter().any(|axis| axes.contains(axis));
            concerns && training.on.is_none_or(|day| day >= today)
        };
        Support {
            adviser: fund.advisers.iter().find(follows).cloned(),
            contact: fund.contact.email.to_string(),
            slots: Vec::new(),
            trainings: fund.trainings.iter().filter(is_for).cloned().collect(),
            next: None,
            today,
        }
    }

    /// The same without an adviser who must know nothing of the file.
    pub fn without(mut self, away: &[Email]) -> Support {
        self.adviser = self.adviser.filter(|adviser| !away.contains(&adviser.email));
        self
    }

    /// The address of whoever is met: the adviser of the territory, or the contact of the fund where nobody follows it.
    pub fn meets(&self) -> &str {
        self.adviser.as_ref().map_or(self.contact.as_str(), |adviser| adviser.email.as_str())
    }

    /// The slots in a phrase; nothing where none is open.
    fn slots_in_words(&self) -> Option<String> {
        let (named, more) = (self.slots.iter().take(NAMED), self.slots.len() > NAMED);
        let named = named.map(String::as_str).collect::<Vec<_>>().join(" ; ");
        let more = if more { " ; d’autres encore" } else { "" };
        (!named.is_empty()).then(|| format!("des créneaux à réserver sur la page de votre dossier : {named}{more}"))
    }

    /// One French phrase each, as the points of a list.
    pub fn phrases(&self) -> Vec<String> {
        let mut phrases = vec![match &self.adviser {
            Some(Adviser { name, meeting, email, phone, .. }) => {
                let phone = phone.as_ref().map_or(String::new(), |phone| format!(" ou {phone}"));
                format!("un rendez-vous avec {name}, qui suit votre territoire : {meeting} ({email}{phone})")
            }
            None => format!("un échange pour relire votre dossier : écrivez à {}", self.contact),
        }];
        phrases.extend(self.slots_in_words());
        phrases.extend(self.trainings.iter().map(|training| {
            let day = training.on.map_or(String::new(), |day| format!(", le {}", french_date(day)));
            format!("une formation : « {} »{day}, {}", training.title, training.place)
        }));
        phrases.extend(self.next.iter().map(|call| {
            let (opens, closes) = (french_date(call.opens_on), french_date(call.closes_on));
            match self.today < call.opens_on {
                true => format!("un appel qui peut convenir : « {} », ouvert du {opens} au {closes}", call.title),
                false => format!("un appel qui peut convenir : « {} », ouvert jusqu’au {closes}", call.title),
            }
        }));
        phrases.iter().map(|phrase| nbsp(phrase)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_names_the_adviser_of_the_territory_and_trainings_to_come() {
        let fund = crate::domain::definitions::parse(include_str!("../../fixtures/recital.toml")).unwrap().fund;
        let day: NaiveDate = "2027-03-01".parse().unwrap();
        let axes = fund.trainings[0].axes.clone();
        let known = Support::of(&fund, "62", &axes, day);
        assert!(known.adviser.is_some() && !known.trainings.is_empty(), "{known:?}");
        let far = Support::of(&fund, "75", &[], "2040-01-01".parse().unwrap());
        assert!(far.adviser.is_none() && far.trainings.iter().all(|training| training.on.is_none()), "{far:?}");
        assert!(far.phrases()[0].contains(&fund.contact.email.to_string()));
        assert!(known.phrases().iter().all(|phrase| !phrase.contains(" :")), "{:?}", known.phrases());
    }

    #[test]
    fn slots_are_offered_with_whoever_is_met_and_never_with_somebody_who_is_away() {
        let fund = crate::domain::definitions::parse(include_str!("../../fixtures/recital.toml")).unwrap().fund;
        let day: NaiveDate = "2027-03-01".parse().unwrap();
        let mut known = Support::of(&fund, "62", &[], day);
        let adviser = known.adviser.clone().unwrap().email;
        assert_eq!(known.meets(), adviser.as_str());
        known.slots = ["un", "deux", "trois", "quatre"].map(str::to_owned).to_vec();
        let said = &known.phrases()[1];
        assert!(
            said.contains("un\u{202f}; deux\u{202f}; trois\u{202f}; d’autres") && !said.contains("quatre"),
            "{said}"
        );
        let away = Support::of(&fund, "62", &[], day).without(&[adviser]);
        assert_eq!((away.adviser.as_ref(), away.meets()), (None, fund.contact.email.as_str()));
    }
}
