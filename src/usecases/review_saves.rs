//! One field of a review saved by itself while its sheet stays open: a mark, a comment, the opinion. What a page saved
//! and what another device wrote meanwhile are told apart as in [`super::field_saves`].

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    edits::{Fate, mark, seen_field},
    field_saves::{Around, Arrival, Change, DAYS, Past, Saved, State, Theirs, check, judge},
    review_sheets::own,
    reviews::{self as verbs, Opened, TypedMark},
};
use crate::{
    domain::{
        ids::ReviewId,
        scoring::{Criterion, Grid},
        time::Moment,
    },
    store::{
        Tx,
        review_saves::{self as saves, ReviewSaveRow},
        reviews::ScoreRow,
    },
};

/// The field of the opinion on the whole.
pub const OPINION: &str = "avis";

/// One field of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetField<'a> {
    Points(&'a Criterion),
    Comment(&'a Criterion),
    Opinion,
}

impl<'a> SheetField<'a> {
    /// The field with this name on the sheet of this grid.
    pub fn named(grid: &'a Grid, name: &str) -> Option<Self> {
        if name == OPINION {
            return Some(SheetField::Opinion);
        }
        let points = name.strip_prefix("note-").and_then(|code| grid.criterion(code)).map(SheetField::Points);
        points.or_else(|| {
            name.strip_prefix("commentaire-").and_then(|code| grid.criterion(code)).map(SheetField::Comment)
        })
    }

    /// Every field of the sheet, in its order.
    pub fn all(grid: &'a Grid) -> impl Iterator<Item = SheetField<'a>> {
        let fields = grid.criteria.iter().flat_map(|known| [SheetField::Points(known), SheetField::Comment(known)]);
        fields.chain([SheetField::Opinion])
    }

    /// Its name on the sheet.
    pub fn name(self) -> String {
        match self {
            SheetField::Points(criterion) => format!("note-{}", criterion.code),
            SheetField::Comment(criterion) => format!("commentaire-{}", criterion.code),
            SheetField::Opinion => OPINION.to_owned(),
        }
    }

    /// What a sheet says in it, without the space around it.
    pub fn value<'b>(self, marks: &'b [TypedMark], opinion: &'b str) -> &'b str {
        let of = |criterion: &Criterion| marks.iter().find(|mark| mark.criterion == criterion.code);
        let said = match self {
            SheetField::Points(criterion) => of(criterion).map_or("", |mark| &mark.points),
            SheetField::Comment(criterion) => of(criterion).map_or("", |mark| &mark.comment),
            SheetField::Opinion => opinion,
        };
        said.trim()
    }

    /// Writes a value in its place.
    pub(super) fn put(self, marks: &mut [TypedMark], opinion: &mut String, value: &str) {
        let place = |criterion: &Criterion, mark: &TypedMark| mark.criterion == criterion.code;
        match self {
            SheetField::Points(criterion) => {
                marks.iter_mut().filter(|mark| place(criterion, mark)).for_each(|mark| mark.points = value.to_owned());
            }
            SheetField::Comment(criterion) => {
                marks.iter_mut().filter(|mark| place(criterion, mark)).for_each(|mark| mark.comment = value.to_owned());
            }
            SheetField::Opinion => *opinion = value.to_owned(),
        }
    }

    /// A value in words, for whoever has to choose between two.
    pub fn words(self, value: &str) -> String {
        match self {
            SheetField::Points(criterion) if !value.is_empty() => format!("{value} sur {}", criterion.most),
            SheetField::Points(_) => "(aucune note)".to_owned(),
            _ if value.is_empty() => "(vide)".to_owned(),
            _ => value.to_owned(),
        }
    }
}

const NOT_ASKED: &str = "La grille n’a plus ce critère\u{a0}: ce texte n’entre pas dans l’évaluation.";

fn saved(state: State, mark: String, wrong: Vec<FieldError>) -> Saved {
    Saved { state, mark, wrong, asked: None, budget: None, around: Around::default() }
}

/// Saves one field as typed, unless another device of the reader has changed it since the page showed it.
///
/// `Refused` once the review is handed in or its session over; what cannot be a mark stays unsaved, with its sentence.
pub fn save(tx: &mut Tx, reader: &Actor, id: ReviewId, change: &Change, now: Moment) -> Outcome<Saved> {
    let (_, row) = own(tx.conn(), reader, id)?;
    check(change)?;
    let opened = Opened::read(tx.conn(), row, reader)?;
    let definition = opened.definition.clone();
    let Some(field) = SheetField::named(&definition.grid, change.field) else {
        return Ok(saved(State::NotAsked, String::new(), vec![FieldError::new(change.field, NOT_ASKED)]));
    };
    let arrival = Arrival::of(change, |page| {
        let save = saves::find(tx.conn(), id, change.field, page)?;
        Ok(save.map(|save| Past { number: save.number, mark: save.mark }))
    })?;
    let (marks, opinion) = said(&definition.grid, &opened.scores, &opened.row.opinion);
    let stored = field.value(&marks, &opinion).to_owned();
    let value = change.typed.get(change.field).map_or("", |value| value.trim());
    let (state, fate, mark) = judge(&arrival, value, &stored);
    let Some(fate) = fate else { return Ok(saved(state, mark, Vec::new())) };
    if fate != Fate::Kept {
        verbs::writable(&opened.standing)?;
    }
    match fate {
        Fate::Kept => {}
        Fate::Contested => {
            let words = field.words(&stored);
            return Ok(saved(State::Contested(Theirs::Answer(stored, Some(words))), mark, Vec::new()));
        }
        Fate::Written => {
            if let Some(wrong) = write(tx, reader, opened, (field, value), now)? {
                return Ok(saved(State::Unreadable, mark, wrong));
            }
        }
    }
    note(tx, id, &arrival, &mark, now)?;
    Ok(saved(state, mark, Vec::new()))
}

/// What the stored review says, as it is typed.
pub(super) fn said(grid: &Grid, scores: &[ScoreRow], opinion: &str) -> (Vec<TypedMark>, String) {
    (verbs::typed_marks(grid, scores), opinion.to_owned())
}

/// Writes one field beside all the others; gives what is wrong with it when it cannot be kept.
fn write(
    tx: &mut Tx,
    reader: &Actor,
    opened: Opened,
    (field, value): (SheetField<'_>, &str),
    now: Moment,
) -> Outcome<Option<Vec<FieldError>>> {
    let (mut marks, mut opinion) = said(&opened.definition.grid, &opened.scores, &opened.row.opinion);
    field.put(&mut marks, &mut opinion, value);
    let row = opened.row.clone();
    match verbs::write_scores(tx, reader, opened, &marks, &opinion, now) {
        Ok(_) => {
            verbs::note_opening(tx, &row, now)?;
            Ok(None)
        }
        Err(UseCaseError::Invalid(wrong)) => Ok(Some(wrong)),
        Err(other) => Err(other),
    }
}

/// Notes which change of which page is stored.
fn note(tx: &mut Tx, id: ReviewId, arrival: &Arrival<'_>, mark: &str, now: Moment) -> Outcome<()> {
    let change = arrival.change;
    let row = ReviewSaveRow {
        review_id: id,
        field: change.field.to_owned(),
        page: change.page.to_owned(),
        number: change.number,
        mark: mark.to_owned(),
        saved_at: now,
    };
    match arrival.last {
        Some(_) => saves::change(tx, &row)?,
        None => {
            saves::forget(tx, id, change.field, now.plus_days(-DAYS))?;
            saves::insert(tx, &row)?;
        }
    }
    Ok(())
}

/// The mark of each field of a sheet as it is stored, by the name of the field that sends it back.
pub fn seen(grid: &Grid, scores: &[ScoreRow], opinion: &str) -> Vec<(String, String)> {
    let (marks, opinion) = said(grid, scores, opinion);
    let seen = |field: SheetField<'_>| (seen_field(&field.name()), mark(field.value(&marks, &opinion)));
    SheetField::all(grid).map(seen).collect()
}
