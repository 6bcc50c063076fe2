//! What a committee session (séance) records beside its lifecycle: who was there, for whom, and whose voices count.

use super::{codes::codes, ids::PersonId, text::counted};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

codes! {
    /// How a member took part in a session.
    pub enum Presence {
        Present => "present",
        /// Another member votes for them (pouvoir).
        Represented => "represented",
        /// Came after the opening.
        Late => "late",
        Excused => "excused",
        Absent => "absent",
    }
}

impl Presence {
    /// The French word shown on screen and in the minutes.
    pub const fn label(self) -> &'static str {
        match self {
            Presence::Present => "présent·e",
            Presence::Represented => "représenté·e",
            Presence::Late => "arrivé·e en retard",
            Presence::Excused => "excusé·e",
            Presence::Absent => "absent·e",
        }
    }

    /// Whether the member is in the room.
    pub const fn is_there(self) -> bool {
        matches!(self, Presence::Present | Presence::Late)
    }
}

/// How a member took part, as it is noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attended {
    pub person: PersonId,
    pub presence: Presence,
    /// Who votes for them; read for somebody represented alone.
    pub holder: Option<PersonId>,
}

impl From<(PersonId, Presence)> for Attended {
    fn from((person, presence): (PersonId, Presence)) -> Self {
        Attended { person, presence, holder: None }
    }
}

/// A seat of the committee in one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub person: PersonId,
    pub name: String,
    pub institution: String,
    /// Without a vote it is a guest's seat (voix consultative).
    pub is_voting: bool,
    /// Nothing until it is noted.
    pub presence: Option<Presence>,
    /// Who votes for them (porteur·se du pouvoir), where they are represented.
    pub holder: Option<PersonId>,
}

impl Seat {
    /// Whether the member is in the room.
    pub fn is_there(&self) -> bool {
        self.presence.is_some_and(Presence::is_there)
    }
}

/// The roll of a session: its seats, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Roll(pub Vec<Seat>);

impl Roll {
    /// The seat of a person, if they have one.
    pub fn seat(&self, person: PersonId) -> Option<&Seat> {
        self.0.iter().find(|seat| seat.person == person)
    }

    /// Writes down how somebody took part; of somebody without a seat nothing is written.
    pub fn note(&mut self, attended: Attended) {
        if let Some(seat) = self.0.iter_mut().find(|seat| seat.person == attended.person) {
            seat.presence = Some(attended.presence);
            seat.holder = attended.holder.filter(|_| attended.presence == Presence::Represented);
        }
    }

    /// Who carries the proxy of a seat, if that person is in the room and votes.
    pub fn bearer(&self, seat: &Seat) -> Option<&Seat> {
        let holder = self.seat(seat.holder.filter(|_| seat.presence == Some(Presence::Represented))?)?;
        Some(holder).filter(|holder| holder.is_voting && holder.is_there())
    }

    /// Whether a seat has a voice while those `out` have left the room (déport). A proxy is worth nothing when either of
    /// its two people is out.
    fn has_voice(&self, seat: &Seat, out: &[PersonId]) -> bool {
        let is_in = |seat: &Seat| !out.contains(&seat.person);
        seat.is_voting && is_in(seat) && (seat.is_there() || self.bearer(seat).is_some_and(is_in))
    }

    /// The voices that count while those `out` have left the room: for the session itself, nobody has.
    pub fn voices(&self, out: &[PersonId]) -> i64 {
        self.0.iter().map(|seat| i64::from(self.has_voice(seat, out))).sum()
    }

    /// The seats whose proxy is worth nothing since its bearer, though not they themselves, is `out`.
    pub fn silenced<'a>(&'a self, out: &'a [PersonId]) -> impl Iterator<Item = &'a Seat> {
        let is_out = |seat: &Seat| out.contains(&seat.person);
        self.0.iter().filter(move |seat| seat.is_voting && !is_out(seat) && self.bearer(seat).is_some_and(is_out))
    }

    /// What is wrong with the proxies, where a member may carry `most` of them: the seat that gave one, and a sentence.
    pub fn faults(&self, most: i32) -> Vec<(PersonId, String)> {
        let mut carried: BTreeMap<PersonId, i32> = BTreeMap::new();
        let mut faults = Vec::new();
        for seat in self.0.iter().filter(|seat| seat.presence == Some(Presence::Represented)) {
            let said = match seat.holder.and_then(|holder| self.seat(holder)) {
                _ if !seat.is_voting => format!("{} siège sans vote\u{a0}: il n’y a pas de voix à confier.", seat.name),
                _ if most == 0 => "Ce comité ne vote pas par pouvoir.".to_owned(),
                None => format!("Dites à qui {} donne pouvoir.", seat.name),
                Some(holder) if holder.person == seat.person || !holder.is_voting => {
                    "Un pouvoir se donne à une autre personne qui vote.".to_owned()
                }
                Some(holder) if !holder.is_there() => {
                    format!("{} n’est pas dans la salle et ne peut pas porter ce pouvoir.", holder.name)
                }
                Some(holder) => {
                    let held = carried.entry(holder.person).or_default();
                    *held += 1;
                    if *held <= most {
                        continue;
                    }
                    let limit = counted(most, "pouvoir", "pouvoirs");
                    format!("{} porte déjà {limit}, le plus que ce comité permet.", holder.name)
                }
            };
            faults.push((seat.person, said));
        }
        faults
    }
}

/// How a committee voted on one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    pub in_favour: i32,
    pub against: i32,
    pub abstained: i32,
}

impl Tally {
    /// The voices given.
    pub const fn total(self) -> i32 {
        self.in_favour.saturating_add(self.against).saturating_add(self.abstained)
    }

    /// « 5 pour, 1 contre, 2 abstentions ».
    pub fn words(self) -> String {
        let abstained = counted(self.abstained, "abstention", "abstentions");
        format!("{} pour, {} contre, {abstained}", self.in_favour, self.against)
    }
}

/// Whether so many voices reach the quorum, in words: « 5 voix, quorum de 3 atteint ».
pub fn quorum_words(voices: i64, quorum: i32) -> String {
    let reached = if voices >= i64::from(quorum) { "atteint" } else { "non atteint" };
    format!("{voices}\u{a0}voix, quorum de {quorum} {reached}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::Minted, time::Moment};

    fn person(number: u8) -> PersonId {
        PersonId::mint(Moment::from_unix_seconds(1_800_000_000), [number; 10])
    }

    /// Five seats: 1 to 4 vote, 5 is a guest.
    fn roll(noted: &[(u8, Presence, Option<u8>)]) -> Roll {
        let seat = |number: u8| Seat {
            person: person(number),
            name: format!("N° {number}"),
            institution: String::new(),
            is_voting: number < 5,
            presence: None,
            holder: None,
        };
        let mut roll = Roll((1..=5).map(seat).collect());
        for (number, presence, holder) in noted {
            roll.note(Attended { person: person(*number), presence: *presence, holder: holder.map(person) });
        }
        roll
    }

    use Presence::*;

    #[test]
    fn a_proxy_counts_while_both_of_its_people_take_part() {
        let roll = roll(&[(1, Present, None), (2, Represented, Some(1)), (3, Late, None), (5, Present, None)]);
        assert_eq!(roll.voices(&[]), 3, "a guest has no voice");
        assert_eq!(roll.voices(&[person(1)]), 1, "who is out carries no proxy");
        assert_eq!(roll.voices(&[person(2)]), 2);
        assert_eq!(roll.voices(&[person(3)]), 2);
        let silenced = |out: &[PersonId]| roll.silenced(out).map(|seat| seat.person).collect::<Vec<_>>();
        assert_eq!((silenced(&[person(1)]), silenced(&[person(2)])), (vec![person(2)], vec![]));
        assert_eq!(roll.faults(1), []);
    }

    #[test]
    fn a_proxy_against_the_rules_is_told_why() {
        let noted = [(1, Present, None), (2, Represented, Some(1)), (3, Represented, Some(1)), (4, Represented, None)];
        let said = |roll: &Roll, most| roll.faults(most).into_iter().map(|(_, said)| said).collect::<Vec<_>>();
        let known = roll(&noted);
        let many = ["N° 1 porte déjà 1\u{a0}pouvoir, le plus que ce comité permet.", "Dites à qui N° 4 donne pouvoir."];
        assert_eq!(said(&known, 1), many);
        assert_eq!(said(&known, 2), many[1..]);
        assert_eq!(said(&known, 0).len(), 3);
        let wrong = [
            (1, Excused, None),
            (2, Represented, Some(1)),
            (3, Represented, Some(3)),
            (4, Represented, Some(5)),
            (5, Represented, Some(1)),
        ];
        let known = roll(&wrong);
        assert_eq!((said(&known, 1).len(), known.voices(&[])), (4, 0));
    }

    #[test]
    fn a_presence_changed_takes_its_proxy_with_it() {
        let mut roll = roll(&[(1, Present, None), (2, Represented, Some(1))]);
        roll.note((person(2), Present).into());
        assert_eq!(roll.seat(person(2)).unwrap().holder, None);
        assert_eq!(roll.voices(&[person(1)]), 1);
    }

    #[test]
    fn a_tally_reads_aloud() {
        let tally = Tally { in_favour: 5, against: 1, abstained: 1 };
        assert_eq!((tally.total(), tally.words().as_str()), (7, "5 pour, 1 contre, 1\u{a0}abstention"));
        assert_eq!(quorum_words(2, 3), "2\u{a0}voix, quorum de 3 non atteint");
    }
}
