//! Letters and receipts as tagged PDF bytes.
//!
//! `letters` puts the pages together, `paper` writes them with printpdf, `finish` adds what printpdf cannot: the
//! structure that assistive technology reads, the metadata and identifiers that come from the content alone.

mod blocks;
mod canvas;
mod finish;
mod fonts;
mod layout;
mod letterhead;
mod letters;
mod logos;
mod paper;
mod parties;
mod qr;
mod shaping;
mod tables;
mod tags;

use crate::domain::letters::Letter;

/// The version of the stationery. A change that moves a single byte of a letter needs a new one.
pub const TEMPLATE: &str = "3";

/// Why a letter cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The fonts have no such letter; printing a box instead would falsify a name.
    #[error("no font has the character {0:?}")]
    Unprintable(char),
    /// The address of the check page does not fit a QR code.
    #[error("the check address does not fit a QR code")]
    CheckAddress,
    /// A font shipped with the product cannot be read.
    #[error("a font of the product cannot be read")]
    Font,
    /// A picture shipped with the product cannot be read.
    #[error("a picture of the product cannot be read")]
    Logo,
    /// The file could not be put together.
    #[error("the file could not be written: {0}")]
    File(#[from] lopdf::Error),
    /// The bytes could not be written.
    #[error("the bytes could not be written: {0}")]
    Write(#[from] std::io::Error),
}

/// The letter as a PDF: A4, tagged, every font embedded.
///
/// The same letter gives the same bytes, on any machine and at any time.
///
/// # Errors
/// [`DocumentError::Unprintable`] for a script the fonts do not have; the other errors are defects.
pub fn render(letter: &Letter) -> Result<Vec<u8>, DocumentError> {
    let (pages, tree) = letters::compose(letter)?;
    let file = paper::write(&pages)?;
    finish::finish(file, letter, &tree)
}
