//! The head of the history as it is published: by it somebody outside sees that nothing before it was rewritten.

use std::{fmt, str::FromStr};

/// Digits of a SHA-256 in hexadecimal.
const DIGITS: usize = 64;

/// The last line of the history at some moment: its number, and its hash in small hexadecimal digits. Written `SEQ:HASH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryHead {
    pub seq: i64,
    pub hash: String,
}

/// What was written is no head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a head is the number of a line, a colon and the 64 digits of its hash")]
pub struct NotAHead;

impl FromStr for HistoryHead {
    type Err = NotAHead;

    /// Blanks that a mail or a page put in do not count, nor does the size of letters.
    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (seq, hash) = text.split_once(':').ok_or(NotAHead)?;
        let seq: i64 = seq.parse().map_err(|_| NotAHead)?;
        if seq < 1 || hash.len() != DIGITS || !hash.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(NotAHead);
        }
        Ok(HistoryHead { seq, hash: hash.to_ascii_lowercase() })
    }
}

impl fmt::Display for HistoryHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_reads_back_as_it_was_mailed() {
        let head = HistoryHead { seq: 1_234, hash: "9f".repeat(32) };
        assert_eq!(head.to_string().parse(), Ok(head.clone()));
        let copied = format!(" 1\u{202f}234\u{a0}: {}\r\n", "9F".repeat(32));
        assert_eq!(copied.parse(), Ok(head));
    }

    #[test]
    fn anything_else_is_no_head() {
        let digits = "9f".repeat(32);
        let wrong = ["", "12", ":", "12:", "12:9f", "é:é"].map(str::to_owned);
        let worse =
            [format!("0:{digits}"), format!("-1:{digits}"), format!("1:{digits}0"), format!("1:{}", "zz".repeat(32))];
        for text in wrong.iter().chain(&worse) {
            assert_eq!(text.parse::<HistoryHead>(), Err(NotAHead), "{text}");
        }
    }
}
