//! The ranking of one call, for the team. As everywhere a decision shows only once it is announced: what leaves the house
//! may be passed on.

use super::{CHUNK, Call, Chunk, Exported, Filter, Origin, Reading, Scope, begin_with};
use crate::{
    domain::{
        decisions::{DECIDED, shown_to_applicants},
        ids::{ApplicationId, CallId},
        money::{Euros, Rate},
        rankings::{Order, Ranked},
        reviews::{Confidence, confidences_in_words},
        roles::Role,
        scoring::{Grid, Score},
        severity::FAR,
    },
    store::{Conn, StoreError, rankings as rows, review_confidences},
    usecases::{
        Actor, Outcome, calls,
        rankings::{Whole, eliminated, whole},
    },
};
use std::{collections::BTreeMap, sync::Arc};

/// One file of a ranking as it leaves the house. Scores are parts of the highest possible one.
#[derive(Debug, Clone)]
pub struct RankingRow {
    pub origin: Arc<Origin>,
    pub rank: Option<i64>,
    pub application_reference: String,
    pub project_title: String,
    pub applicant_name: String,
    /// How many reviews have been submitted.
    pub reviews: Option<i64>,
    pub mean: Option<Rate>,
    pub median: Option<Rate>,
    pub spread: Option<Rate>,
    pub adjusted: Option<Rate>,
    /// Places that the adjusted score would gain, where that is more than a few.
    pub gained: Option<i64>,
    /// What is to be known of these figures, in French.
    pub remarks: Vec<String>,
    /// How sure the readers say they are, in French.
    pub confidence: String,
    pub requested: Option<Euros>,
    /// Code of the state and its French label.
    pub status: &'static str,
    pub status_label: &'static str,
    /// Absent while the decision is not announced.
    pub awarded: Option<Euros>,
}

/// The files of a ranking in one of its orders.
#[derive(Debug, Default)]
pub struct Rankings {
    order: Order,
    known: Option<(CallId, Known)>,
}

/// The ranking and the grid of the present call.
#[derive(Debug)]
struct Known {
    whole: Whole,
    grid: Grid,
}

/// Begins the export of the ranking of the call with this reference.
pub fn ranking(conn: &mut Conn, officer: &Actor, reference: &str, order: Order) -> Outcome<Reading<Rankings>> {
    let call = Some(calls::by_reference(conn, reference)?.reference);
    begin_with(conn, officer, &Filter { call, ..Filter::default() }, Rankings { order, known: None })
}

impl Exported for Rankings {
    type Row = RankingRow;
    /// How many files went before.
    type Key = usize;

    const READERS: &'static [Role] = &[Role::Officer];

    fn chunk(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        call: &Call,
        after: Option<usize>,
    ) -> Outcome<Chunk<RankingRow, usize>> {
        let known = self.known(conn, scope, call.row.id)?;
        let (start, ranked) = (after.unwrap_or_default(), &known.whole.ranked);
        let some: Vec<&Ranked> = ranked.iter().skip(start).take(CHUNK).collect();
        let next = start + some.len();
        let ids: Vec<_> = some.iter().map(|file| file.id).collect();
        let read: Vec<_> = ids.iter().copied().filter(|id| !known.whole.unread.contains(id)).collect();
        let mut sure: BTreeMap<ApplicationId, Vec<Confidence>> = BTreeMap::new();
        for (file, said) in review_confidences::submitted(conn, &read)? {
            sure.entry(file).or_default().push(said);
        }
        let mut eliminated = eliminated(conn, &known.grid, &read)?;
        let mut shown: BTreeMap<_, _> =
            rows::rows(conn, &ids)?.into_iter().map(|row| (row.application_id, row)).collect();
        let row = |file: &Ranked| {
            let below = eliminated.remove(&file.id).unwrap_or_default();
            let confidence = confidences_in_words(&sure.remove(&file.id).unwrap_or_default());
            Some(RankingRow { confidence, ..known.row(file, shown.remove(&file.id)?, below, call) })
        };
        let found = some.into_iter().filter_map(row).collect();
        Ok((found, (next < ranked.len()).then_some(next)))
    }
}

impl Rankings {
    /// The ranking of a call, worked out once.
    fn known(&mut self, conn: &mut Conn, scope: &Scope, call: CallId) -> Outcome<&Known> {
        let kept = self.known.take().filter(|(known, _)| *known == call);
        let known = match kept {
            Some((_, known)) => known,
            None => {
                let reader = scope.sight.person.ok_or(StoreError::NotFound)?;
                let grid = calls::definition(conn, call)?.grid.clone();
                Known { whole: whole(conn, call, reader, self.order)?, grid }
            }
        };
        Ok(&self.known.insert((call, known)).1)
    }
}

fn rate(score: Option<Score>) -> Option<Rate> {
    i32::try_from(score?.hundredths()).ok().map(Rate::from_basis_points)
}

impl Known {
    fn row(&self, file: &Ranked, row: rows::RankedRow, below: Vec<String>, call: &Call) -> RankingRow {
        let shown = shown_to_applicants(row.state, call.row.state, call.row.decision_pace);
        let is_told = DECIDED.contains(&row.state) && call.row.is_announced();
        let (figures, is_unread) = (file.figures, self.whole.unread.contains(&file.id));
        RankingRow {
            origin: call.origin.clone(),
            rank: file.rank,
            application_reference: row.reference,
            project_title: row.title,
            applicant_name: row.organisation,
            reviews: i64::try_from(file.reviews).ok().filter(|_| !is_unread),
            mean: rate(figures.mean),
            median: rate(figures.median),
            spread: rate(figures.spread),
            adjusted: rate(figures.adjusted),
            gained: Some(file.gained).filter(|gained| gained.abs() >= FAR),
            remarks: self.remarks(file, below, is_unread),
            confidence: String::new(),
            requested: Some(file.requested),
            status: shown.code(),
            status_label: shown.label(),
            awarded: row.decided.filter(|_| is_told),
        }
    }

    fn remarks(&self, file: &Ranked, below: Vec<String>, is_unread: bool) -> Vec<String> {
        if is_unread {
            return vec!["à évaluer par vous d’abord".to_owned()];
        }
        let figures = file.figures;
        let is_below = figures.mean.is_some_and(|mean| !self.grid.passes(mean));
        let is_spread = figures.spread.is_some_and(|spread| self.grid.is_gap(spread));
        let is_bare = figures.mean.is_some() && figures.adjusted.is_none();
        let said =
            [(is_below, "sous le seuil"), (is_spread, "à discuter"), (is_bare, "pas assez de lectures croisées")];
        let said = said.into_iter().filter(|(is_so, _)| *is_so).map(|(_, words)| words.to_owned());
        said.chain(below.into_iter().map(|label| format!("note éliminatoire\u{a0}: {label}"))).collect()
    }
}
