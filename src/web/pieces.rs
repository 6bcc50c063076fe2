//! The papers that payments of a grant wait for, in the words of a page: the holder and the team read the same.

use super::{pages::Tone, parts::Badge};
use crate::{
    domain::{disbursements::PieceOutcome, lifecycles::grants::GrantState},
    usecases::{grant_papers::GrantPaper, grant_pieces::AskedPiece},
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
}

/// The papers its payments wait for.
pub fn lines(paper: &GrantPaper) -> Vec<PieceLine> {
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
            href: if attachment.is_empty() { String::new() } else { format!("/pieces/{attachment}") },
            attachment,
            motive: asked.given.as_ref().map(|row| row.motive.clone()).unwrap_or_default(),
            is_open: !is_over && asked.is_open(),
            is_to_judge: !is_over && asked.outcome() == Some(PieceOutcome::Provided),
        }
    };
    paper.pieces.iter().map(line).collect()
}
