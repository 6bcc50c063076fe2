//! Instants as people type them: a day and an hour on the Paris wall clock.

use super::FieldError;
use crate::domain::time::Moment;
use chrono::{NaiveDate, NaiveTime};

/// A day (`2027-04-03`) and an hour (`18:00`) as typed into the fields `jour` and `heure`, read in Paris.
#[derive(Debug, Clone, Copy, Default)]
pub struct TypedInstant<'a> {
    pub day: &'a str,
    pub hour: &'a str,
}

impl TypedInstant<'_> {
    /// The instant, to come and at most `most_days` away; every fault beside its field otherwise.
    pub(super) fn to_come(self, most_days: i64, now: Moment) -> Result<Moment, Vec<FieldError>> {
        let day: Result<NaiveDate, _> = self.day.trim().parse();
        let day = day.map_err(|_| FieldError::new("jour", "Donnez un jour qui existe."));
        let hour = NaiveTime::parse_from_str(self.hour.trim(), "%H:%M");
        let hour = hour.map_err(|_| FieldError::new("heure", "Donnez une heure, par exemple 18:00."));
        let at = match (day, hour) {
            (Ok(day), Ok(hour)) => Moment::from_paris(day, hour),
            (day, hour) => return Err([day.err(), hour.err()].into_iter().flatten().collect()),
        };
        if at <= now {
            return Err(vec![FieldError::new("jour", "Ce moment est passé\u{a0}: donnez-en un à venir.")]);
        }
        if at > now.plus_days(most_days) {
            let sentence = format!("C’est trop loin\u{a0}: {most_days} jours au plus.");
            return Err(vec![FieldError::new("jour", sentence)]);
        }
        Ok(at)
    }
}
