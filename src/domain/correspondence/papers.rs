//! The files of an application, as its receipt and the whole file list them.

use super::whole_files::legible_pairs;
use crate::domain::letters::Block;

/// A document that was attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub label: String,
    pub file_name: String,
    /// In bytes.
    pub size: i64,
    /// 64 hexadecimal characters.
    pub sha256: String,
}

/// A digest in groups that a line can break between.
pub fn in_groups(digest: &str) -> String {
    let chars: Vec<char> = digest.chars().collect();
    chars.chunks(16).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The list, with what proves each file; nothing when there is none.
pub(super) fn blocks(papers: &[Paper]) -> Vec<Block> {
    if papers.is_empty() {
        return Vec::new();
    }
    let said = papers.iter().map(|paper| {
        let size = (paper.size + 1023) / 1024;
        let value = format!("{}, {size}\u{a0}ko, SHA-256 {}", paper.file_name, in_groups(&paper.sha256));
        (paper.label.clone(), value)
    });
    vec![Block::heading("Documents joints"), legible_pairs(&said.collect::<Vec<_>>())]
}
