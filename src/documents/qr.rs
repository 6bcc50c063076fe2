//! The QR code of the page where a document is checked.

use super::{DocumentError, canvas::Ink, canvas::Mark, shaping::Length};
use qrcodegen::{QrCode, QrCodeEcc};

/// The code as one mark of the given side; the paper around it is its quiet zone.
pub fn code(url: &str, x: Length, y: Length, side: Length, ink: Ink) -> Result<Mark, DocumentError> {
    let code = QrCode::encode_text(url, QrCodeEcc::Medium).map_err(|_| DocumentError::CheckAddress)?;
    let size = code.size();
    let at = |module: i32| i64::from(module) * side / i64::from(size);
    let mut tiles = Vec::new();
    for row in 0..size {
        let mut column = 0;
        while column < size {
            let start = column;
            while column < size && code.get_module(column, row) {
                column += 1;
            }
            if column > start {
                tiles.push([at(start), at(row), at(column) - at(start), at(row + 1) - at(row)]);
            }
            column += 1;
        }
    }
    Ok(Mark::Mosaic { x, y, side, tiles, ink })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_fills_its_square() {
        let mark = code("https://fonds.example.org/verifier/7K3F-9Q2M", 0, 0, 60_000, Ink(0, 0, 0)).unwrap();
        let Mark::Mosaic { tiles, .. } = mark else { panic!("not a mosaic") };
        assert_eq!(tiles.iter().map(|tile| tile[0] + tile[2]).max(), Some(60_000));
        assert_eq!(tiles.iter().map(|tile| tile[1] + tile[3]).max(), Some(60_000));
    }

    #[test]
    fn an_address_that_is_too_long_is_refused() {
        assert!(matches!(code(&"x".repeat(4_000), 0, 0, 1, Ink(0, 0, 0)), Err(DocumentError::CheckAddress)));
    }
}
