//! The papers that payments of a grant wait for, in the words of a page: the holder and the team read the same.

use super::{grants::Reader, pages::Tone, parts::Badge};
use crate::{
    domain::{disbursements::PieceOutcome, lifecycles::grants::GrantState},
    store::grant_pieces::GrantPieceRow,
    usecases::{
        grant_papers::GrantPaper,
        grant_pieces::{AskedPiece, PieceVersion},
    },
};

/// A paper that a payment waits for, ready to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PieceLine {
    pub code: String,
    /// The name of its form and of its file.
    pub form: String,
    pub label: String,
    pub badge: Badge,
    /// Where what was provided is read; empty until then.
    pub href: String,
    /// What was provided, by its identifier.
    pub attachment: String,
    /// Why it was refused; empty otherwise.
    pub motive: String,
    /// Whether another file may still be provided.
    pub is_open: bool,
    pub is_to_judge: bool,
    /// What was provided and what was said of it, oldest first; empty until something was said or replaced.
    pub history: Vec<String>,
}

/// What a list says of a paper that waits for the team.
pub fn wait(row: &GrantPieceRow) -> String {
    match row.outcome {
        PieceOutcome::Infected => format!("pièce «\u{a0}{}\u{a0}» refusée par l’antivirus", row.label),
        _ => format!("pièce «\u{a0}{}\u{a0}» à lire", row.label),
    }
}

/// One version of a paper in a sentence: who gave it and when, who judged it and why. The holder reads no name of the team.
fn told(version: &PieceVersion, is_last: bool, reader: Reader) -> String {
    let (said, file) = (&version.said, &version.file_name);
    let file = if file.is_empty() { String::new() } else { format!("«\u{a0}{file}\u{a0}» ") };
    let given = format!("{file}déposée le {} par {}", said.provided_at.french(), version.provided_by);
    let who = match (reader, version.judged_by.is_empty()) {
        (_, true) => String::new(),
        (Reader::Team, false) => format!(" par {}", version.judged_by),
        (Reader::Holder, false) => " par l’équipe du fonds".to_owned(),
    };
    let when = said.judged_at.map_or(String::new(), |at| format!(" le {}", at.french()));
    let why = if said.motive.is_empty() { String::new() } else { format!("\u{a0}: {}", said.motive) };
    match said.outcome {
        PieceOutcome::Provided if is_last => format!("{given}, à lire"),
        PieceOutcome::Provided => format!("{given}, remplacée avant d’être lue"),
        PieceOutcome::Accepted => format!("{given}, acceptée{when}{who}"),
        PieceOutcome::Refused => format!("{given}, refusée{when}{who}{why}"),
        PieceOutcome::Infected => format!("{given}, refusée par l’antivirus{when}"),
    }
}

/// The versions of one paper, once something was said of it or another one replaced it.
fn history(paper: &GrantPaper, code: &str, reader: Reader) -> Vec<String> {
    let versions: Vec<_> = paper.versions.iter().filter(|version| version.said.code == code).collect();
    if versions.iter().all(|version| version.said.outcome == PieceOutcome::Provided) && versions.len() < 2 {
        return Vec::new();
    }
    let last = versions.len();
    (1..).zip(versions).map(|(place, version)| told(version, place == last, reader)).collect()
}

/// The papers its payments wait for.
pub fn lines(paper: &GrantPaper, reader: Reader) -> Vec<PieceLine> {
    use GrantState::{Closed, Declined, Terminated};
    let is_over = matches!(paper.file.grant.state, Closed | Declined | Terminated);
    let line = |asked: &AskedPiece| {
        let (tone, label) = match asked.outcome() {
            None => (Tone::Warning, "à fournir"),
            Some(PieceOutcome::Provided) => (Tone::Info, "fournie, à lire"),
            Some(PieceOutcome::Accepted) => (Tone::Success, "acceptée"),
            Some(PieceOutcome::Refused) => (Tone::Error, "refusée, à fournir de nouveau"),
            Some(PieceOutcome::Infected) => (Tone::Error, "refusée par l’antivirus, à fournir de nouveau"),
        };
        let attachment = asked.given.as_ref().map(|row| row.attachment_id.to_string()).unwrap_or_default();
        PieceLine {
            code: asked.piece.code.clone(),
            form: format!("piece-{}", asked.piece.code),
            label: asked.piece.label.clone(),
            badge: Badge { tone, label: label.to_owned() },
            href: match asked.outcome() {
                None | Some(PieceOutcome::Infected) => String::new(),
                Some(_) => format!("/pieces/{attachment}"),
            },
            attachment,
            motive: asked.given.as_ref().map(|row| row.motive.clone()).unwrap_or_default(),
            is_open: !is_over && asked.is_open(),
            is_to_judge: !is_over && asked.outcome() == Some(PieceOutcome::Provided),
            history: history(paper, &asked.piece.code, reader),
        }
    };
    paper.pieces.iter().map(line).collect()
}
