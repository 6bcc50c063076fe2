//! The votes of a session: counted file by file, without whoever is out of the room and without the proxies they carry.

use super::{Actor, FieldError, Outcome, UseCaseError, committees::require, rooms};
use crate::{
    domain::{
        ids::{ApplicationId, PersonId, SessionId},
        lifecycle::Refusal,
        lifecycles::sessions::SessionState,
        roles::Role,
        sessions::{Roll, Tally},
        text::unprintable_sentence,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, attendance, recusals,
        sessions::{self, SessionRow},
        votes::{self, VoteRow},
    },
};

/// Who may vote on one file, and what was counted.
#[derive(Debug)]
pub struct Ballot {
    pub roll: Roll,
    /// Who is out of the room for it.
    pub out: Vec<PersonId>,
    pub quorum: i32,
    pub is_open: bool,
    /// The first count first; the last one holds.
    pub counts: Vec<(VoteRow, String)>,
}

impl Ballot {
    /// The voices that count for this file.
    pub fn voices(&self) -> i64 {
        self.roll.voices(&self.out)
    }

    /// The count that holds.
    pub fn last(&self) -> Option<&VoteRow> {
        self.counts.last().map(|(row, _)| row)
    }
}

/// The ballot of a file whose reader may see it.
pub(super) fn ballot(conn: &mut Conn, session: &SessionRow, application: ApplicationId) -> Outcome<Ballot> {
    let out = recusals::of_application(conn, application)?;
    Ok(Ballot {
        roll: attendance::roll(conn, session)?,
        out: out.into_iter().map(|(person, ..)| person).collect(),
        quorum: session.quorum,
        is_open: session.state == SessionState::InSession,
        counts: votes::of_file(conn, session.id, application)?,
    })
}

/// What was typed of a vote.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VoteForm {
    pub in_favour: String,
    pub against: String,
    pub abstained: String,
    /// Why the count before it does not hold.
    pub reason: String,
}

/// The longest reason, in characters.
const LONGEST: usize = 500;

impl VoteForm {
    /// The count, or everything that is wrong with it. `voices` is how many there are, `is_first` whether nothing was
    /// counted before.
    pub(super) fn read(&self, voices: i64, is_first: bool) -> Result<Tally, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut number = |field: &str, typed: &str| match typed.trim() {
            "" => 0,
            typed => match typed.parse::<u16>() {
                Ok(count) => i32::from(count),
                Err(_) => {
                    wrong.push(FieldError::new(field, "Indiquez un nombre de voix, ou rien."));
                    0
                }
            },
        };
        let tally = Tally {
            in_favour: number("pour", &self.in_favour),
            against: number("contre", &self.against),
            abstained: number("abstentions", &self.abstained),
        };
        if wrong.is_empty() && tally.total() == 0 {
            wrong.push(FieldError::new("pour", "Indiquez au moins une voix."));
        } else if i64::from(tally.total()) > voices {
            let total = tally.total();
            let said = format!("Il y a {voices}\u{a0}voix pour ce dossier, vous en comptez {total}.");
            wrong.push(FieldError::new("pour", said));
        }
        let reason = self.reason.trim();
        if !is_first && reason.is_empty() {
            wrong.push(FieldError::new("raison", "Dites pourquoi le vote change\u{a0}: l’ancien reste visible."));
        } else if reason.chars().count() > LONGEST {
            wrong.push(FieldError::new("raison", format!("Au plus {LONGEST} caractères.")));
        }
        wrong.extend(unprintable_sentence(reason).map(|sentence| FieldError::new("raison", sentence)));
        if wrong.is_empty() { Ok(tally) } else { Err(wrong) }
    }
}

impl VoteForm {
    /// The count that takes the place of the one that held, nothing when it is the same: what is not changed is not judged
    /// again.
    pub(super) fn read_anew(&self, held: Tally, voices: i64) -> Result<Option<Tally>, Vec<FieldError>> {
        match self.read(i64::MAX, false) {
            Ok(tally) if tally == held => Ok(None),
            _ => self.read(voices, false).map(Some),
        }
    }
}

/// Counts the vote on one file of a session under way; `seen` is the number of the last count that the page showed, 0
/// without any. A later count needs a reason, and the former one stays.
pub fn record(
    tx: &mut Tx,
    officer: &Actor,
    (id, application): (SessionId, ApplicationId),
    seen: i32,
    form: &VoteForm,
    now: Moment,
) -> Outcome<()> {
    let by = require(officer, Role::Officer)?;
    let session = sessions::find(tx.conn(), id)?;
    if !sessions::items(tx.conn(), id, Some(by))?.iter().any(|item| item.application_id == application) {
        return Err(StoreError::NotFound.into());
    }
    match session.state {
        SessionState::InSession => {}
        SessionState::Planned | SessionState::Convened => {
            return Err(Refusal::because("La séance n’est pas ouverte\u{a0}: aucun vote ne se compte encore.").into());
        }
        SessionState::Minuted | SessionState::Confirmed => {
            return Err(Refusal::because("Le procès-verbal est établi\u{a0}: les votes ne changent plus.").into());
        }
    }
    let ballot = ballot(tx.conn(), &session, application)?;
    if ballot.last().map_or(0, |last| last.number) != seen {
        return Err(StoreError::Stale.into());
    }
    let tally = form.read(ballot.voices(), seen == 0).map_err(UseCaseError::Invalid)?;
    append(tx, (id, application), (seen + 1, ballot.voices()), (tally, &form.reason), (by, now))?;
    rooms::stir_file(tx, id, application)
}

/// Appends a count that has been judged.
pub(super) fn append(
    tx: &mut Tx,
    (session_id, application_id): (SessionId, ApplicationId),
    (number, voices): (i32, i64),
    (tally, reason): (Tally, &str),
    (recorded_by, recorded_at): (PersonId, Moment),
) -> Outcome<()> {
    let row = VoteRow {
        session_id,
        application_id,
        number,
        in_favour: tally.in_favour,
        against: tally.against,
        abstained: tally.abstained,
        voices: i32::try_from(voices).unwrap_or(i32::MAX),
        reason: if number == 1 { String::new() } else { reason.trim().to_owned() },
        recorded_by,
        recorded_at,
    };
    Ok(votes::append(tx, &row)?)
}
