//! Offline packs: the files of a call that a member has still to score, to take away and to bring back. What comes back is
//! judged before anything is written, and is never handed in.

use super::{
    Actor, Outcome, answers,
    blinds::Veil,
    calls,
    committees::require,
    reviews::{self as verbs, Opened, TypedMark},
    whole_files::{self, Whole},
};
use crate::{
    domain::{
        definitions::CallDefinition,
        ids::{ApplicationId, ReviewId},
        lifecycles::{reviews::ReviewState, sessions::SessionState},
        roles::Role,
        score_sheets::{Asked, Fate, Held, OPINION, SheetLine, judge as judge_line},
        scoring::Criterion,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, calls as call_rows,
        digests::sha256,
        own_reviews,
        reviews::{self, ReviewRow, ScoreRow},
        sessions,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A file entrusted to the member.
#[derive(Debug)]
struct PackFile {
    row: ReviewRow,
    reference: String,
    title: String,
    scores: Vec<ScoreRow>,
    /// Why it takes nothing any more; nothing while it may be scored.
    closed: Option<&'static str>,
}

impl PackFile {
    fn held(&self, code: &str) -> Held {
        if code == OPINION {
            return Held { points: String::new(), comment: self.row.opinion.clone() };
        }
        let Some(score) = self.scores.iter().find(|score| score.criterion == code) else { return Held::default() };
        let points = score.points.map(|points| points.to_string()).unwrap_or_default();
        Held { points, comment: score.comment.clone() }
    }
}

/// Everything of a call that is entrusted to one member.
#[derive(Debug)]
pub struct Pack {
    pub reference: String,
    pub title: String,
    definition: Arc<CallDefinition>,
    files: Vec<PackFile>,
}

impl Pack {
    fn open(&self) -> impl Iterator<Item = &PackFile> {
        self.files.iter().filter(|file| file.closed.is_none())
    }

    /// The references of the files that wait to be scored.
    pub fn references(&self) -> Vec<String> {
        self.open().map(|file| file.reference.clone()).collect()
    }

    /// The lines of its sheet, as the reviews stand.
    pub fn lines(&self) -> Vec<PackLine> {
        self.open().flat_map(|file| self.lines_of(file)).collect()
    }

    fn lines_of(&self, file: &PackFile) -> Vec<PackLine> {
        let line = |code: &str, label: &str, scale: String| {
            let held = file.held(code);
            let seal = seal(&held.points, &held.comment);
            PackLine {
                sent: SheetLine {
                    reference: file.reference.clone(),
                    criterion: code.to_owned(),
                    points: held.points,
                    comment: held.comment,
                    seal,
                },
                title: file.title.clone(),
                label: label.to_owned(),
                scale,
            }
        };
        let mark = |one: &Criterion| line(&one.code, &one.label, format!("de 0 à {}", one.most));
        let mut lines: Vec<_> = self.definition.grid.criteria.iter().map(mark).collect();
        lines.push(line(OPINION, OPINION_LABEL, "sans note".to_owned()));
        lines
    }
}

const OPINION_LABEL: &str = "Avis d’ensemble";

/// One line of the sheet as it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackLine {
    pub sent: SheetLine,
    pub title: String,
    pub label: String,
    /// « de 0 à 5 ».
    pub scale: String,
}

/// Tells whether something has changed since the sheet was made; short, since people see it.
fn seal(points: &str, comment: &str) -> String {
    let mut seal = sha256(format!("{points}\n{comment}"));
    seal.truncate(16);
    seal
}

/// The member's files of a call; without any it does not exist.
pub fn find(conn: &mut Conn, actor: &Actor, reference: &str) -> Outcome<Pack> {
    let person = require(actor, Role::Reviewer)?;
    let call = call_rows::by_reference(conn, reference)?.ok_or(StoreError::NotFound)?;
    let entrusted = own_reviews::entrusted(conn, person, call.id)?;
    if entrusted.is_empty() {
        return Err(StoreError::NotFound.into());
    }
    let ids: Vec<ReviewId> = entrusted.iter().map(|(row, ..)| row.id).collect();
    let mut scores: BTreeMap<ReviewId, Vec<ScoreRow>> = BTreeMap::new();
    for score in reviews::scores_of(conn, &ids)? {
        scores.entry(score.review_id).or_default().push(score);
    }
    let files: Vec<ApplicationId> = entrusted.iter().map(|(row, ..)| row.application_id).collect();
    // The last session that heard a file is the one that counts.
    let heard: BTreeMap<ApplicationId, SessionState> =
        sessions::states_hearing_each(conn, &files)?.into_iter().collect();
    let veil = Veil::of_call(conn, actor, &call, &files)?;
    let file = |(row, reference, mut title): own_reviews::Entrusted| {
        veil.title(row.application_id, &mut title);
        PackFile {
            scores: scores.remove(&row.id).unwrap_or_default(),
            closed: closed(&row, heard.get(&row.application_id).copied()),
            row,
            reference,
            title,
        }
    };
    Ok(Pack {
        files: entrusted.into_iter().map(file).collect(),
        definition: calls::parse(&call)?,
        reference: call.reference,
        title: call.title,
    })
}

fn closed(row: &ReviewRow, heard: Option<SessionState>) -> Option<&'static str> {
    match row.state {
        ReviewState::Submitted => Some("Vous avez déjà remis cette évaluation."),
        _ if matches!(heard, Some(SessionState::Minuted | SessionState::Confirmed)) => {
            Some("La séance est terminée\u{a0}: les évaluations ne changent plus.")
        }
        _ => None,
    }
}

/// The files that wait to be scored, each with everything that its print says.
pub fn prints(conn: &mut Conn, actor: &Actor, reference: &str) -> Outcome<(Pack, Vec<Whole>)> {
    let pack = find(conn, actor, reference)?;
    let mut wholes = Vec::new();
    for file in pack.open() {
        let content = answers::find(conn, actor, file.row.application_id)?;
        wholes.push(whole_files::of_reader(conn, actor, content)?);
    }
    Ok((pack, wholes))
}

/// One line that came back, with what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedLine {
    pub line: SheetLine,
    /// The title of its file and the label of its criterion; empty where there is none.
    pub title: String,
    pub label: String,
    pub held: Held,
    pub fate: Fate,
    /// The name under which a person chooses, where both have changed: another one as soon as the review changes again.
    pub choice: String,
}

const UNKNOWN: &str = "Ce dossier n’est pas parmi ceux qui vous sont confiés.";

/// What becomes of the lines that came back; nothing is written.
pub fn judge(pack: &Pack, lines: &[SheetLine]) -> Vec<JudgedLine> {
    let mut seen = BTreeSet::new();
    let mut judged = Vec::with_capacity(lines.len());
    for line in lines {
        let is_new = seen.insert((line.reference.as_str(), line.criterion.as_str()));
        judged.push(judge_one(pack, line, is_new));
    }
    judged
}

fn judge_one(pack: &Pack, line: &SheetLine, is_new: bool) -> JudgedLine {
    let refused = |why: &str| JudgedLine {
        line: line.clone(),
        title: String::new(),
        label: String::new(),
        held: Held::default(),
        fate: Fate::Refused(why.to_owned()),
        choice: String::new(),
    };
    let Some(file) = pack.files.iter().find(|file| file.reference == line.reference) else { return refused(UNKNOWN) };
    let (asked, label) = match pack.definition.grid.criterion(&line.criterion) {
        Some(criterion) => (Asked::Mark(criterion), criterion.label.as_str()),
        None if line.criterion == OPINION => (Asked::Opinion, OPINION_LABEL),
        None => return refused("Ce critère n’est pas dans la grille de l’appel."),
    };
    if !is_new {
        return refused("Cette ligne est là deux fois\u{a0}: la première compte.");
    }
    let held = file.held(&line.criterion);
    let fate = match (judge_line(line, asked, &held, seal), file.closed) {
        (Fate::Taken | Fate::Contested, Some(why)) => Fate::Refused(why.to_owned()),
        (fate, _) => fate,
    };
    let choice = format!("choix-{}-{}-{}", file.row.id, line.criterion, seal(&held.points, &held.comment));
    JudgedLine { line: line.clone(), title: file.title.clone(), label: label.to_owned(), held, fate, choice }
}

/// What came of bringing a sheet back.
#[derive(Debug, PartialEq, Eq)]
pub enum Brought {
    /// Something has to be chosen first: nothing is written.
    Unsure(Vec<JudgedLine>),
    /// So many lines were taken.
    Done(usize),
}

/// Takes what a sheet says as drafts, never handing anything in. `choices` are the names under which a person chose the
/// sheet (`true`) or what the review holds.
pub fn bring_back(
    tx: &mut Tx,
    actor: &Actor,
    reference: &str,
    (lines, choices): (&[SheetLine], &BTreeMap<String, bool>),
    now: Moment,
) -> Outcome<Brought> {
    let pack = find(tx.conn(), actor, reference)?;
    let judged = judge(&pack, lines);
    if judged.iter().any(|line| line.fate == Fate::Contested && !choices.contains_key(&line.choice)) {
        return Ok(Brought::Unsure(judged));
    }
    let is_taken = |line: &&JudgedLine| match line.fate {
        Fate::Taken => true,
        Fate::Contested => choices.get(&line.choice).copied().unwrap_or_default(),
        Fate::Kept | Fate::Refused(_) => false,
    };
    let taken: Vec<&JudgedLine> = judged.iter().filter(is_taken).collect();
    for file in &pack.files {
        let of_file: Vec<&SheetLine> =
            taken.iter().map(|line| &line.line).filter(|line| line.reference == file.reference).collect();
        if !of_file.is_empty() {
            write(tx, actor, &pack, (file, &of_file), now)?;
        }
    }
    Ok(Brought::Done(taken.len()))
}

/// Writes what the sheet says of one file over what its review holds.
fn write(
    tx: &mut Tx,
    actor: &Actor,
    pack: &Pack,
    (file, lines): (&PackFile, &[&SheetLine]),
    now: Moment,
) -> Outcome<()> {
    let said = |code: &str| match lines.iter().find(|line| line.criterion == code) {
        Some(line) => (line.points.clone(), line.comment.clone()),
        None => {
            let held = file.held(code);
            (held.points, held.comment)
        }
    };
    let mark = |criterion: &Criterion| {
        let (points, comment) = said(&criterion.code);
        TypedMark { criterion: criterion.code.clone(), points, comment }
    };
    let marks: Vec<TypedMark> = pack.definition.grid.criteria.iter().map(mark).collect();
    let (_, opinion) = said(OPINION);
    let row = reviews::find(tx.conn(), file.row.id)?;
    let opened = Opened::read(tx.conn(), row, actor)?;
    verbs::write_scores(tx, actor, opened, &marks, &opinion, now).map(drop)
}
