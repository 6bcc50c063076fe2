//! One decision read before it leaves, and its letter written anew: every version is kept with its author.

use super::{Outgoing, Release, words::letter_kind};
use crate::{
    domain::{
        correspondence::wordings::Wording,
        decisions::DecisionPace,
        definitions::{MergeFault, merge_faults},
        ids::ApplicationId,
        letters::{Letter, LetterKind},
        lifecycle::Refusal,
        messages::Mail,
        roles::Role,
        text::unprintable_sentence,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        calls::CallRow,
        decisions::{DecidedRow, Of},
        letter_edits::{self, EditRow},
    },
    usecases::{Actor, FieldError, Outcome, UseCaseError, access, calls, committees::require, release_plans},
};

/// Most characters of a subject, and of the paragraphs on one side of what is computed.
const LONGEST_SUBJECT: usize = 150;
const LONGEST: usize = 3_000;

/// One version of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub number: i32,
    pub by: String,
    pub at: Moment,
    /// Whether it went back to the model.
    pub is_model: bool,
    pub wording: Wording,
}

/// One decision of a call as it would leave.
#[derive(Debug)]
pub struct Preview {
    pub call: CallRow,
    pub outgoing: Outgoing,
    pub mail: Option<Mail>,
    pub letter: Option<Letter>,
    /// The words that may be written anew, with their fields between braces; none where no letter goes.
    pub wording: Option<Wording>,
    /// What they may name: as written, what it means, what stands there for this file.
    pub fields: Vec<(String, &'static str, String)>,
    /// The newest first.
    pub versions: Vec<Version>,
    /// Whether the decision changed after the letter was written anew.
    pub is_stale: bool,
    /// The place among the decisions of the call, from 1, and how many there are.
    pub place: (usize, usize),
    pub before: Option<ApplicationId>,
    pub after: Option<ApplicationId>,
}

impl Preview {
    /// The number of the last version; 0 before the first.
    pub fn last(&self) -> i32 {
        self.versions.first().map_or(0, |version| version.number)
    }
}

/// The decisions of a call that have not left, as this officer may read them, and the place of one of them.
fn open(
    conn: &mut Conn,
    officer: &Actor,
    reference: &str,
    id: ApplicationId,
    now: Moment,
) -> Outcome<(CallRow, Release, Vec<ApplicationId>, usize)> {
    let reader = require(officer, Role::Officer)?;
    let call = calls::by_reference(conn, reference)?;
    // What has left is read as it left; what leaves as it is taken is never waited for.
    if call.is_announced() || call.decision_pace == DecisionPace::Rolling {
        return Err(StoreError::NotFound.into());
    }
    let release = Release::load(conn, call.id, Of::Call(call.id), now)?;
    let ids = release.seen_by(conn, reader)?;
    let place = ids.iter().position(|known| *known == id).ok_or(StoreError::NotFound)?;
    Ok((call, release, ids, place))
}

impl Release {
    fn row(&self, id: ApplicationId) -> Outcome<&DecidedRow> {
        Ok(self.rows.iter().find(|row| row.id == id).ok_or(StoreError::NotFound)?)
    }
}

/// One decision before it leaves, with the one before it and the next.
pub fn preview(conn: &mut Conn, officer: &Actor, reference: &str, id: ApplicationId, now: Moment) -> Outcome<Preview> {
    let call = calls::by_reference(conn, reference)?.id;
    let now = release_plans::leaving_at(conn, call, now)?;
    let (call, release, ids, place) = open(conn, officer, reference, id, now)?;
    let row = release.row(id)?;
    let values = release.values(row, now);
    let kind = letter_kind(row.state);
    let fields = kind.map(Wording::fields).unwrap_or_default().iter().map(|field| {
        let written = field.written();
        let value = values.fill(&written);
        let value = if value == written { String::new() } else { value };
        (written, field.meaning(), value)
    });
    let version = |(row, by): (EditRow, String)| Version {
        number: row.number,
        by,
        at: row.edited_at,
        is_model: row.is_model,
        wording: Wording { subject: row.subject, opening: row.opening, ending: row.ending },
    };
    let at = |place: Option<usize>| place.and_then(|place| ids.get(place)).copied();
    Ok(Preview {
        outgoing: release.outgoing(row, now),
        mail: release.mail(row, now),
        letter: release.letter(row, now),
        wording: kind.map(|_| release.wording(row)),
        fields: fields.collect(),
        versions: letter_edits::versions(conn, id)?.into_iter().map(version).collect(),
        is_stale: release.is_stale(row),
        place: (place + 1, ids.len()),
        before: at(place.checked_sub(1)),
        after: at(Some(place + 1)),
        call,
    })
}

/// What is wrong with words for a letter of this kind, beside each field.
fn faults(kind: LetterKind, typed: &Wording) -> Vec<FieldError> {
    let mut faults = Vec::new();
    for (field, text) in typed.parts() {
        let most = if field == "objet" { LONGEST_SUBJECT } else { LONGEST };
        if text.trim().is_empty() {
            faults.push(FieldError::new(field, "Écrivez ce texte, ou revenez au modèle."));
        } else if text.chars().count() > most {
            faults.push(FieldError::new(field, format!("Au plus {most} caractères\u{a0}: la lettre a peu de place.")));
        } else if let Some(sentence) = unprintable_sentence(text) {
            faults.push(FieldError::new(field, sentence));
        }
        faults.extend(merge_faults(text, Wording::text(kind)).into_iter().map(|fault| {
            FieldError::new(
                field,
                match fault {
                    MergeFault::Unknown(name) => format!("Le champ {{{name}}} n’existe pas dans cette lettre."),
                    MergeFault::Unpaired => {
                        "Une accolade est seule\u{a0}: un champ s’écrit entre deux accolades.".to_owned()
                    }
                },
            )
        }));
    }
    faults
}

/// Which letter is changed: its call, its file, and the number of the last version the page showed.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    pub reference: &'a str,
    pub id: ApplicationId,
    pub seen: i32,
}

/// Appends a version to the letter of a place; the second of two officers gets `Stale`.
fn append(
    tx: &mut Tx,
    officer: &Actor,
    place: &Place<'_>,
    now: Moment,
    words: impl FnOnce(&Release, &DecidedRow, LetterKind) -> Outcome<(bool, Wording)>,
) -> Outcome<()> {
    let (_, release, ..) = open(tx.conn(), officer, place.reference, place.id, now)?;
    let row = release.row(place.id)?;
    let kind = letter_kind(row.state).ok_or_else(|| Refusal::because("Cette décision part sans lettre."))?;
    let last = release.edits.get(&place.id).map_or(0, |edit| edit.number);
    if last != place.seen {
        return Err(StoreError::Stale.into());
    }
    let (is_model, Wording { subject, opening, ending }) = words(&release, row, kind)?;
    let row = EditRow {
        application_id: place.id,
        number: last + 1,
        kind,
        is_model,
        subject,
        opening,
        ending,
        basis: release.basis(row),
        edited_by: access::person(officer)?,
        edited_at: now,
    };
    Ok(letter_edits::append(tx, &row)?)
}

/// Writes the words of one letter in place of the model's.
pub fn rewrite(tx: &mut Tx, officer: &Actor, place: &Place<'_>, typed: &Wording, now: Moment) -> Outcome<()> {
    append(tx, officer, place, now, |_, _, kind| match faults(kind, typed) {
        wrong if wrong.is_empty() => Ok((false, typed.clone())),
        wrong => Err(UseCaseError::Invalid(wrong)),
    })
}

/// Goes back to the model; what was written stays among the versions.
pub fn back_to_model(tx: &mut Tx, officer: &Actor, place: &Place<'_>, now: Moment) -> Outcome<()> {
    append(tx, officer, place, now, |release, row, _| match release.edited(row) {
        Some(_) => Ok((true, Wording::default())),
        None => Err(Refusal::because("Cette lettre est déjà celle du modèle.").into()),
    })
}

/// Says that the words of a letter still fit a decision that has changed.
pub fn read_again(tx: &mut Tx, officer: &Actor, place: &Place<'_>, now: Moment) -> Outcome<()> {
    append(tx, officer, place, now, |release, row, _| match release.is_stale(row) {
        true => Ok((false, release.wording(row))),
        false => Err(Refusal::because("Cette lettre n’est pas à relire.").into()),
    })
}
