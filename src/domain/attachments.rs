//! Which files may be attached: by what they contain, what their name ends in, and how big they are.

use super::{codes::codes, text::cut};

codes! {
    /// What a file is attached to.
    pub enum AttachmentOwner {
        Application => "application",
        Report => "report",
        /// A copy of its agreement signed on paper.
        Grant => "grant",
        BankAccount => "bank_account",
        /// A message between an applicant and the team.
        Exchange => "exchange",
        /// Its vault.
        Organisation => "organisation",
    }

    /// What the antivirus says of a file.
    pub enum ScanVerdict {
        /// It has not been asked yet.
        Waiting => "waiting",
        Clean => "clean",
        /// Something was found: nobody gets the file.
        Refused => "refused",
    }

    /// The kinds of file that are taken.
    pub enum FileKind {
        Pdf => "pdf",
        Png => "png",
        Jpeg => "jpeg",
        /// The photos of recent telephones.
        Heic => "heic",
        Docx => "docx",
        Xlsx => "xlsx",
        Odt => "odt",
        Ods => "ods",
    }
}

/// Most bytes of one file: 10 MiB.
pub const LARGEST: usize = 10 * 1024 * 1024;
/// The limit in words.
pub const LARGEST_IN_WORDS: &str = "10\u{a0}Mo";
/// Most characters kept of a file's name.
const LONGEST_NAME: usize = 150;
/// Most entries looked at in an office document.
const MOST_ENTRIES: usize = 5000;

/// Why a file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    Empty,
    TooLarge,
    /// Not one of the kinds that are taken.
    UnknownKind,
    /// An image of a kind that is not taken, such as those of some telephones and messengers (WebP, AVIF).
    OtherImage,
    /// The name ends in something else than what the file contains.
    NameDisagrees(FileKind),
    /// An office document with macros.
    HasMacros,
}

impl Unfit {
    /// The French sentence beside the field.
    pub fn sentence(self) -> String {
        match self {
            Unfit::Empty => "Aucun fichier reçu, ou un fichier vide. Choisissez-le, puis recommencez.".into(),
            Unfit::TooLarge => format!(
                "Ce fichier est trop lourd\u{a0}: {LARGEST_IN_WORDS} au plus. Enregistrez-le en PDF, ou réduisez ses \
                 images. D’une photo, une capture d’écran suffit."
            ),
            Unfit::UnknownKind => {
                "Ce fichier n’est pas d’un type accepté. Envoyez un PDF, une photo (JPEG, PNG ou HEIC) ou un document \
                 DOCX, XLSX, ODT ou ODS."
                    .into()
            }
            Unfit::OtherImage => {
                "Nous n’ouvrons pas ce format d’image. Faites-en une capture d’écran et envoyez-la, ou \
                 enregistrez l’image en JPEG ou en PNG."
                    .into()
            }
            Unfit::NameDisagrees(kind) => format!(
                "Le nom de ce fichier ne correspond pas à son contenu, qui est de type {}. Enregistrez-le à nouveau.",
                kind.label()
            ),
            Unfit::HasMacros => {
                "Ce document contient des macros, que nous n’ouvrons pas. Enregistrez-le en PDF.".into()
            }
        }
    }
}

impl ScanVerdict {
    /// The French words shown on screen, of a document (pièce).
    pub const fn label(self) -> &'static str {
        match self {
            ScanVerdict::Waiting => "en cours d’analyse",
            ScanVerdict::Clean => "saine",
            ScanVerdict::Refused => "refusée par l’antivirus",
        }
    }
}

impl FileKind {
    /// The name people know it by.
    pub const fn label(self) -> &'static str {
        match self {
            FileKind::Pdf => "PDF",
            FileKind::Png => "PNG",
            FileKind::Jpeg => "JPEG",
            FileKind::Heic => "HEIC",
            FileKind::Docx => "DOCX",
            FileKind::Xlsx => "XLSX",
            FileKind::Odt => "ODT",
            FileKind::Ods => "ODS",
        }
    }

    /// The media type under which it is given back.
    pub const fn content_type(self) -> &'static str {
        match self {
            FileKind::Pdf => "application/pdf",
            FileKind::Png => "image/png",
            FileKind::Jpeg => "image/jpeg",
            FileKind::Heic => "image/heic",
            FileKind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            FileKind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            FileKind::Odt => "application/vnd.oasis.opendocument.text",
            FileKind::Ods => "application/vnd.oasis.opendocument.spreadsheet",
        }
    }

    const fn is_photo(self) -> bool {
        matches!(self, FileKind::Png | FileKind::Jpeg | FileKind::Heic)
    }

    /// How the names of its files end.
    const fn ending(self) -> &'static str {
        match self {
            FileKind::Jpeg => "jpg",
            other => other.code(),
        }
    }

    fn is_ending(self, ending: &str) -> bool {
        match self {
            FileKind::Jpeg => matches!(ending, "jpg" | "jpeg" | "jfif"),
            FileKind::Heic => matches!(ending, "heic" | "heif"),
            other => ending == other.code(),
        }
    }
}

/// Judges a file by its content and its name.
pub fn judge(file_name: &str, bytes: &[u8]) -> Result<FileKind, Unfit> {
    if bytes.is_empty() {
        return Err(Unfit::Empty);
    }
    if bytes.len() > LARGEST {
        return Err(Unfit::TooLarge);
    }
    let kind = recognise(bytes)?;
    named(file_name, kind).map(|_| kind).ok_or(Unfit::NameDisagrees(kind))
}

/// The name under which a file of this kind is kept; nothing when its name says that it is something else. Telephones
/// convert a photo and leave it the name it had, or give it one without an ending: that is set right.
pub fn named(file_name: &str, kind: FileKind) -> Option<String> {
    let (stem, ending) = file_name.rsplit_once('.').unwrap_or((file_name, ""));
    let ending = ending.to_lowercase();
    if kind.is_ending(&ending) {
        return Some(file_name.to_owned());
    }
    let is_photo = |other: &FileKind| other.is_photo() && other.is_ending(&ending);
    let is_harmless = ending.is_empty() || (kind.is_photo() && FileKind::ALL.iter().any(is_photo));
    is_harmless.then(|| format!("{stem}.{}", kind.ending()))
}

fn recognise(bytes: &[u8]) -> Result<FileKind, Unfit> {
    match infer::get(bytes).map(|found| found.mime_type()) {
        Some("application/pdf") => Ok(FileKind::Pdf),
        Some("image/png") => Ok(FileKind::Png),
        Some("image/jpeg") => Ok(FileKind::Jpeg),
        _ if is_heic(bytes) => Ok(FileKind::Heic),
        Some(other) if other.starts_with("image/") => Err(Unfit::OtherImage),
        // An archive: which document it is depends on entries that may come in any order.
        _ if bytes.starts_with(b"PK\x03\x04") => office(bytes),
        _ => Err(Unfit::UnknownKind),
    }
}

/// The brands under which telephones keep their photos (ISO/IEC 23008-12), after the size of the first box.
fn is_heic(bytes: &[u8]) -> bool {
    const BRANDS: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"];
    bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..12).is_some_and(|brand| BRANDS.contains(&brand))
}

/// An office document is a ZIP archive: its table of contents tells which, the order of its entries does not.
fn office(bytes: &[u8]) -> Result<FileKind, Unfit> {
    let names = entries(bytes).ok_or(Unfit::UnknownKind)?;
    let has = |name: &[u8]| names.contains(&name);
    if names.iter().any(|name| name.ends_with(b"vbaProject.bin") || name.starts_with(b"Basic/")) {
        return Err(Unfit::HasMacros);
    }
    // OpenDocument: the first entry is `mimetype`, stored as it is.
    let media = bytes.get(38..).unwrap_or_default();
    if has(b"[Content_Types].xml") && has(b"word/document.xml") {
        Ok(FileKind::Docx)
    } else if has(b"[Content_Types].xml") && has(b"xl/workbook.xml") {
        Ok(FileKind::Xlsx)
    } else if media.starts_with(FileKind::Odt.content_type().as_bytes()) && has(b"content.xml") {
        Ok(FileKind::Odt)
    } else if media.starts_with(FileKind::Ods.content_type().as_bytes()) && has(b"content.xml") {
        Ok(FileKind::Ods)
    } else {
        Err(Unfit::UnknownKind)
    }
}

/// The kind of file that is given back under this media type.
pub fn kind_of(content_type: &str) -> Option<FileKind> {
    FileKind::ALL.iter().copied().find(|kind| kind.content_type() == content_type)
}

/// The names in a ZIP archive's table of contents, or nothing when it does not read. Nothing is unpacked.
fn entries(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let tail = bytes.len().saturating_sub(66_000);
    let end = tail + bytes.get(tail..)?.windows(4).rposition(|four| four == b"PK\x05\x06")?;
    let number = |at: usize, size: usize| -> Option<usize> {
        let digits = bytes.get(at..at.checked_add(size)?)?;
        Some(digits.iter().rev().fold(0, |sum, byte| sum * 256 + usize::from(*byte)))
    };
    let (count, mut at) = (number(end + 10, 2)?, number(end + 16, 4)?);
    if count > MOST_ENTRIES {
        return None;
    }
    let mut names = Vec::with_capacity(count);
    for _ in 0..count {
        if bytes.get(at..at.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        let (name, extra, comment) = (number(at + 28, 2)?, number(at + 30, 2)?, number(at + 32, 2)?);
        names.push(bytes.get(at + 46..at + 46 + name)?);
        at += 46 + name + extra + comment;
    }
    Some(names)
}

/// A file's name as it is kept and given back: without folders, invisible and reserved characters.
pub fn clean_name(typed: &str) -> String {
    let last = typed.rsplit(['/', '\\']).next().unwrap_or_default();
    let unwanted = |c: &char| {
        c.is_control()
            || matches!(c, '"' | '<' | '>' | '|' | ':' | '*' | '?' | '\u{ad}' | '\u{feff}')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let kept: String = last.chars().filter(|c| !unwanted(c)).collect();
    let kept = kept.trim().trim_start_matches('.');
    if kept.chars().count() <= LONGEST_NAME {
        return if kept.is_empty() { "fichier".into() } else { kept.to_owned() };
    }
    let (stem, ending) = kept.rsplit_once('.').unwrap_or((kept, ""));
    format!("{}.{}", cut(stem, LONGEST_NAME - 10), cut(ending, 9))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A ZIP archive of empty entries with these names; the first one holds `content`, stored.
    fn zip(names: &[&str], content: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (i, name) in names.iter().enumerate() {
            let content = if i == 0 { content } else { b"" };
            bytes.extend(b"PK\x03\x04");
            bytes.extend([0; 22]);
            bytes.extend((name.len() as u16).to_le_bytes());
            bytes.extend([0; 2]);
            bytes.extend(name.as_bytes());
            bytes.extend(content);
        }
        let start = bytes.len() as u32;
        for name in names {
            bytes.extend(b"PK\x01\x02");
            bytes.extend([0; 24]);
            bytes.extend((name.len() as u16).to_le_bytes());
            bytes.extend([0; 16]);
            bytes.extend(name.as_bytes());
        }
        bytes.extend(b"PK\x05\x06");
        bytes.extend([0; 6]);
        bytes.extend((names.len() as u16).to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(start.to_le_bytes());
        bytes.extend([0; 2]);
        bytes
    }

    #[test]
    fn what_a_file_contains_decides_and_its_name_must_agree() {
        let docx = zip(&["docProps/app.xml", "[Content_Types].xml", "a.xml", "word/document.xml"], b"");
        let ods = zip(&["mimetype", "content.xml"], FileKind::Ods.content_type().as_bytes());
        assert_eq!(judge("Statuts.PDF", b"%PDF-1.7 ..."), Ok(FileKind::Pdf));
        assert_eq!(judge("photo.jpg", b"\xff\xd8\xff\xe0"), Ok(FileKind::Jpeg));
        assert_eq!(judge("IMG_0412.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Ok(FileKind::Heic));
        assert_eq!(judge("rib.pdf", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Err(Unfit::NameDisagrees(FileKind::Heic)));
        assert_eq!(judge("projet.docx", &docx), Ok(FileKind::Docx));
        assert_eq!(judge("budget.ods", &ods), Ok(FileKind::Ods));
        assert_eq!(judge("budget.pdf", &ods), Err(Unfit::NameDisagrees(FileKind::Ods)));
    }

    #[test]
    fn a_photo_is_taken_under_whatever_name_a_telephone_gives_it() {
        const JPEG: &[u8] = b"\xff\xd8\xff\xe0";
        for (name, kept) in [
            ("IMG_0412.HEIC", "IMG_0412.jpg"),
            ("1000012345", "1000012345.jpg"),
            ("image.", "image.jpg"),
            ("IMG_1.JPG", "IMG_1.JPG"),
            ("capture.png", "capture.jpg"),
        ] {
            assert_eq!(judge(name, JPEG), Ok(FileKind::Jpeg), "{name}");
            assert_eq!(named(name, FileKind::Jpeg).as_deref(), Some(kept));
        }
        assert_eq!(judge("statuts", b"%PDF-1.7 ..."), Ok(FileKind::Pdf));
        assert_eq!(judge("photo.exe", JPEG), Err(Unfit::NameDisagrees(FileKind::Jpeg)));
        assert_eq!(judge("statuts.jpg", b"%PDF-1.7 ..."), Err(Unfit::NameDisagrees(FileKind::Pdf)));
    }

    #[test]
    fn another_image_is_refused_with_what_to_do() {
        let webp = b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0";
        let avif = b"\0\0\0\x18ftypavif\0\0\0\0avifmif1";
        let gif = b"GIF89a\x01\0\x01\0";
        for (name, bytes) in [("photo.webp", &webp[..]), ("photo.avif", &avif[..]), ("photo.jpg", &gif[..])] {
            assert_eq!(judge(name, bytes), Err(Unfit::OtherImage), "{name}");
        }
        assert!(Unfit::OtherImage.sentence().contains("capture d’écran"));
    }

    #[test]
    fn what_could_harm_or_help_nobody_is_refused() {
        let macros = zip(&["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"], b"");
        let bomb = zip(&["a", "b"], b"");
        assert_eq!(judge("rib.pdf", b"MZ\x90\x00\x03"), Err(Unfit::UnknownKind));
        assert_eq!(judge("rib.pdf", b""), Err(Unfit::Empty));
        assert_eq!(judge("rib.pdf", &vec![b'%'; LARGEST + 1]), Err(Unfit::TooLarge));
        assert_eq!(judge("budget.xlsx", &macros), Err(Unfit::HasMacros));
        assert_eq!(judge("projet.docx", &bomb), Err(Unfit::UnknownKind));
        assert_eq!(judge("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), Err(Unfit::UnknownKind));
    }

    #[test]
    fn a_hostile_name_loses_its_tricks() {
        assert_eq!(clean_name("..\\..\\etc/passwd"), "passwd");
        assert_eq!(clean_name("rib\u{202e}fdp.exe"), "ribfdp.exe");
        assert_eq!(clean_name(" .\r\n "), "fichier");
        assert!(clean_name(&format!("{}.pdf", "é".repeat(300))).ends_with(".pdf"));
    }

    proptest! {
        #[test]
        fn no_archive_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), cut_at in 0usize..300) {
            let mut archive = zip(&["[Content_Types].xml", "word/document.xml"], b"");
            archive.truncate(cut_at);
            archive.extend(&bytes);
            let _ = judge("x.docx", &archive);
        }
    }
}
