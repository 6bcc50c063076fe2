//! Texts in the encodings that banks still use.

use crate::domain::text::visible;

/// What the bytes 0x80 to 0x9F are in Windows-1252; five of them are nothing.
const WINDOWS: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}', '\u{fffd}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

fn windows(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

fn utf_16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// The text: UTF-16 when its mark says so, UTF-8 when it is valid, Windows-1252 otherwise. Line ends stay, other
/// control characters go.
pub(super) fn decode(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().copied().map(windows).collect(),
        },
    };
    visible(&text.replace("\r\n", "\n").replace('\r', "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_in_the_encoding_it_is_in() {
        assert_eq!(decode("\u{feff}Libellé;1 €\r\n".as_bytes()), "Libellé;1 €\n");
        assert_eq!(decode(b"Libell\xe9;\x80\r\n\x9cuvre"), "Libellé;€\nœuvre");
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain("é;€".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(&wide), "é;€");
        let wide: Vec<u8> = [0xfe, 0xff].into_iter().chain("é;€".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(decode(&wide), "é;€");
        assert_eq!(decode(b"a\0b\x07c"), "abc");
    }
}
