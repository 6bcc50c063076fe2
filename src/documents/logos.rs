//! The pictures shipped with the product, as PDF can show them without decoding.

use crate::domain::letters::LogoCode;
use std::sync::OnceLock;

/// A palette picture. PDF reads PNG's own compression, so the pixels stay as the file holds them.
#[derive(Debug)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub bits: u8,
    /// Three bytes for each colour.
    pub palette: Vec<u8>,
    /// Zlib stream of rows, each with a PNG filter byte.
    pub pixels: Vec<u8>,
}

/// The picture of a logo; `None` only if its file is damaged, which a test excludes.
pub fn picture(logo: LogoCode) -> Option<&'static Picture> {
    static LIANES: OnceLock<Option<Picture>> = OnceLock::new();
    static RECITAL: OnceLock<Option<Picture>> = OnceLock::new();
    static TANDEMS: OnceLock<Option<Picture>> = OnceLock::new();
    static SUBLIME: OnceLock<Option<Picture>> = OnceLock::new();
    static EUROPEAN_UNION: OnceLock<Option<Picture>> = OnceLock::new();
    let (cell, file): (_, &[u8]) = match logo {
        LogoCode::Lianes => (&LIANES, include_bytes!("../../templates/assets/logos/lianes.png")),
        LogoCode::Recital => (&RECITAL, include_bytes!("../../templates/assets/logos/recital.png")),
        LogoCode::Tandems => (&TANDEMS, include_bytes!("../../templates/assets/logos/tandems.png")),
        LogoCode::Sublime => (&SUBLIME, include_bytes!("../../templates/assets/logos/sublime.png")),
        LogoCode::EuropeanUnion => (&EUROPEAN_UNION, include_bytes!("../../templates/assets/logos/european_union.png")),
    };
    cell.get_or_init(|| read(file)).as_ref()
}

/// What the picture shows, for whoever does not see it.
pub const fn alternative(logo: LogoCode) -> &'static str {
    match logo {
        LogoCode::Lianes => "Logo de Lianes coopération",
        LogoCode::Recital => "Logo du fonds Récital",
        LogoCode::Tandems => "Logo du fonds Tandems",
        LogoCode::Sublime => "Logo du fonds SUBLIME",
        LogoCode::EuropeanUnion => "Drapeau de l’Union européenne",
    }
}

/// Reads a non-interlaced palette PNG without transparency.
fn read(file: &[u8]) -> Option<Picture> {
    let mut rest = file.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let mut picture = Picture { width: 0, height: 0, bits: 0, palette: Vec::new(), pixels: Vec::new() };
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, kind @ ..] = head;
        let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).ok()?;
        let (data, after) = after.split_at_checked(length)?;
        match kind {
            b"IHDR" => {
                let (width, after) = data.split_first_chunk::<4>()?;
                let (height, after) = after.split_first_chunk::<4>()?;
                let [bits, 3, 0, 0, 0] = *after else { return None };
                (picture.width, picture.height) = (u32::from_be_bytes(*width), u32::from_be_bytes(*height));
                picture.bits = bits;
            }
            b"PLTE" => picture.palette = data.to_vec(),
            b"IDAT" => picture.pixels.extend_from_slice(data),
            b"tRNS" => return None,
            _ => {}
        }
        rest = after.get(4..)?;
    }
    (picture.width > 0 && !picture.palette.is_empty() && !picture.pixels.is_empty()).then_some(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_logo_is_a_small_palette_picture() {
        for &logo in LogoCode::ALL {
            let picture = picture(logo).unwrap();
            assert!(picture.pixels.len() < 6_000 && picture.bits <= 8, "{logo}");
        }
    }

    #[test]
    fn what_is_not_a_picture_is_refused() {
        assert!(read(b"GIF89a").is_none());
        assert!(read(b"\x89PNG\r\n\x1a\n\0\0\xff\xffIDAT").is_none());
    }
}
