//! The minutes of a committee session (procès-verbal): what happened, kept as it was. They are written once the session is
//! over; a correction is a new version with its reason, and the older ones stay.

use super::{
    ids::{ApplicationId, PersonId},
    lifecycles::applications::ApplicationState,
    money::Euros,
    sessions::{Roll, Seat, Tally},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// Everything that happened in a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minutes {
    pub title: String,
    pub call_title: String,
    pub call_reference: String,
    pub place: String,
    /// For when the committee was convened; UTC, as every instant here.
    pub meets_at: Moment,
    pub opened_at: Option<Moment>,
    pub closed_at: Option<Moment>,
    pub chair: Option<PersonId>,
    pub quorum: i32,
    pub roll: Roll,
    /// The envelope of the call.
    pub envelope: Euros,
    /// Whether the board confirms the decisions.
    pub is_board_required: bool,
    /// In the order of the agenda.
    pub items: Vec<Item>,
    /// What whoever wrote them adds; often empty.
    pub observations: String,
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub application: ApplicationId,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub requested: Euros,
    /// Where the decision led.
    pub state: ApplicationState,
    /// What an award grants.
    pub amount: Option<Euros>,
    pub motive: String,
    pub conditions: String,
    /// By how much an award goes beyond a ceiling on its axis, and why; often nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beyond: Vec<String>,
    /// The mean of the marks, in hundredths: the order of the reserve list.
    pub mean: i64,
    /// Who was out of the room (hors séance), by name.
    pub out: Vec<(PersonId, String)>,
    pub tally: Option<Tally>,
}

impl Item {
    /// The people who were out.
    pub fn out_ids(&self) -> Vec<PersonId> {
        self.out.iter().map(|(person, _)| *person).collect()
    }
}

/// How many files a decision was taken for, and what it grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    pub state: ApplicationState,
    pub files: i64,
    pub amount: Euros,
}

impl Minutes {
    /// The same for somebody to whom these files do not exist: nothing of them is left, in no list and in no sum. What was
    /// written freely may speak of them, and goes with them.
    pub fn without(&self, hidden: &[ApplicationId]) -> Minutes {
        let mut seen = self.clone();
        seen.items.retain(|item| !hidden.contains(&item.application));
        if seen.items.len() < self.items.len() {
            seen.observations.clear();
        }
        seen
    }

    /// Who presided.
    pub fn chair(&self) -> Option<&Seat> {
        self.roll.seat(self.chair?)
    }

    /// The reserve list, the first to be called first: by mean, then by number.
    pub fn reserve(&self) -> Vec<&Item> {
        let mut waiting: Vec<&Item> =
            self.items.iter().filter(|item| item.state == ApplicationState::ReserveListed).collect();
        waiting.sort_by(|a, b| b.mean.cmp(&a.mean).then_with(|| a.reference.cmp(&b.reference)));
        waiting
    }

    /// The decisions taken, each with its files and its money.
    pub fn totals(&self) -> Vec<Total> {
        let states = [
            ApplicationState::Awarded,
            ApplicationState::ReserveListed,
            ApplicationState::Rejected,
            ApplicationState::Deferred,
        ];
        let total = |state: ApplicationState| {
            let of_state = self.items.iter().filter(|item| item.state == state);
            let amount = of_state.clone().filter_map(|item| item.amount).sum();
            Total { state, files: of_state.map(|_| 1).sum(), amount }
        };
        states.into_iter().map(total).filter(|total| total.files > 0).collect()
    }

    /// What the session granted.
    pub fn granted(&self) -> Euros {
        let awarded = self.items.iter().filter(|item| item.state == ApplicationState::Awarded);
        awarded.filter_map(|item| item.amount).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Minted;

    fn item(number: u8, state: ApplicationState, mean: i64) -> Item {
        Item {
            application: ApplicationId::mint(Moment::from_unix_seconds(1_800_000_000), [number; 10]),
            reference: format!("R27-{number:04}"),
            title: String::new(),
            organisation: String::new(),
            requested: Euros::whole(3_000),
            state,
            amount: (state == ApplicationState::Awarded).then(|| Euros::whole(1_000)),
            motive: String::new(),
            conditions: String::new(),
            beyond: Vec::new(),
            mean,
            out: Vec::new(),
            tally: None,
        }
    }

    fn minutes() -> Minutes {
        use ApplicationState::{Awarded, ReserveListed};
        let at = Moment::from_unix_seconds(1_800_000_000);
        Minutes {
            title: "Jury".into(),
            call_title: "Récital".into(),
            call_reference: "R27".into(),
            place: "Lille".into(),
            meets_at: at,
            opened_at: None,
            closed_at: None,
            chair: None,
            quorum: 3,
            roll: Roll::default(),
            envelope: Euros::whole(9_000),
            is_board_required: true,
            items: vec![
                item(1, ReserveListed, 4_000),
                item(2, Awarded, 9_000),
                item(3, ReserveListed, 6_000),
                item(4, Awarded, 8_000),
            ],
            observations: "Le dossier 2 a été discuté deux fois.".into(),
        }
    }

    #[test]
    fn the_reserve_list_is_called_in_the_order_of_the_means() {
        let minutes = minutes();
        let order: Vec<_> = minutes.reserve().iter().map(|item| item.reference.clone()).collect();
        assert_eq!(order, ["R27-0003", "R27-0001"]);
        let totals: Vec<_> = minutes.totals().iter().map(|total| (total.files, total.amount)).collect();
        assert_eq!(totals, [(2, Euros::whole(2_000)), (2, Euros::ZERO)]);
    }

    #[test]
    fn what_somebody_may_not_see_leaves_nothing_behind() {
        let all = minutes();
        let seen = all.without(&[all.items[1].application]);
        assert_eq!((seen.items.len(), seen.granted(), seen.observations.as_str()), (3, Euros::whole(1_000), ""));
        assert_eq!(all.without(&[]), all);
    }

    #[test]
    fn minutes_survive_json() {
        let json = serde_json::to_string(&minutes()).unwrap();
        assert_eq!(serde_json::from_str::<Minutes>(&json).unwrap(), minutes());
    }
}
