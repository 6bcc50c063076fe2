//! Text as it is compared, sorted, counted, cut, sent to a bank and printed.

/// Two characters a byte, in lower case.
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// The lower-case letters without accent that stand for this lower-case letter; nothing for a sign that is no letter.
fn plain_letter(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'œ' => "oe",
        'æ' => "ae",
        'ß' => "ss",
        'þ' => "th",
        _ => return None,
    })
}

/// Marks written after the letter they change, as some systems type accents; and what takes no room at all.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}')
}

/// The text without what nobody sees or types on purpose: control characters other than line ends and tabs (a database
/// refuses some), and the signs that make a text read in another order than it is written.
pub fn visible(text: &str) -> String {
    let is_order = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    text.chars().filter(|c| matches!(c, '\n' | '\t') || !(c.is_control() || is_order(*c))).collect()
}

/// The text by which things are searched and compared: lower case, without accents, punctuation read as a space,
/// single spaces. `L’Œuvre d’Été` gives `l oeuvre d ete`. Folding twice changes nothing.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase).filter(|c| !is_mark(*c)) {
        match plain_letter(c) {
            Some(letters) => folded.push_str(letters),
            None if c.is_alphanumeric() => folded.push(c),
            None if folded.is_empty() || folded.ends_with(' ') => {}
            None => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The text by which names are sorted the same way on every database: folded, with numbers in their natural order
/// (`Tandem 2` before `Tandem 10`).
pub fn sort_key(text: &str) -> String {
    let folded = fold(text);
    let mut key = String::with_capacity(folded.len() + 8);
    let mut digits = String::new();
    for c in folded.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        push_number(&mut key, &mut digits);
        key.push(c);
    }
    push_number(&mut key, &mut digits);
    key
}

/// Moves the digits read so far to the key, on eight places.
fn push_number(key: &mut String, digits: &mut String) {
    if !digits.is_empty() {
        key.push_str(&format!("{:0>8}", digits.trim_start_matches('0')));
        digits.clear();
    }
}

/// The words as a word processor counts them: separated by spaces, signs alone left out.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric))
}

/// How many words.
pub fn word_count(text: &str) -> usize {
    words(text).count()
}

/// At most `max_chars` characters, the last one `…` when something was left out; cut between words where that costs
/// less than a third of the room.
pub fn cut(text: &str, max_chars: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(max_chars) else { return text.to_owned() };
    let Some(room) = max_chars.checked_sub(1) else { return String::new() };
    let kept = text.char_indices().nth(room).map_or(&text[..end], |(at, _)| &text[..at]);
    let between_words = kept.rfind(char::is_whitespace).map(|at| &kept[..at]);
    let kept = match between_words {
        Some(shorter) if !text[kept.len()..].starts_with(char::is_whitespace) => {
            let lost = kept.chars().count() - shorter.chars().count();
            if lost * 3 < max_chars { shorter } else { kept }
        }
        _ => kept,
    };
    format!("{}…", kept.trim_end())
}

/// The text in the characters every SEPA bank takes: letters, digits, `/-?:().,'+` and single spaces. Accents go,
/// `œ` is `oe`, `&` is `+`, `€` is `EUR`; any other sign is a full stop.
pub fn latin_sepa(text: &str) -> String {
    let mut latin = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_mark(*c)) {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '/' | '-' | '?' | ':' | '(' | ')' | '.' | ',' | '\'' | '+' => {
                latin.push(c)
            }
            '’' | '‘' | 'ʼ' | '`' | '´' | '"' | '“' | '”' | '«' | '»' => latin.push('\''),
            '‐'..='―' | '−' | '_' | '·' | '•' => latin.push('-'),
            '&' => latin.push('+'),
            '€' => latin.push_str("EUR"),
            '[' | '{' => latin.push('('),
            ']' | '}' => latin.push(')'),
            ';' | '…' => latin.push('.'),
            c if c.is_whitespace() || c.is_control() => {
                if !latin.is_empty() && !latin.ends_with(' ') {
                    latin.push(' ');
                }
            }
            c => match c.to_lowercase().next().and_then(plain_letter) {
                Some(letters) if c.is_uppercase() => latin.push_str(&letters.to_ascii_uppercase()),
                Some(letters) => latin.push_str(letters),
                None => latin.push('.'),
            },
        }
    }
    latin.truncate(latin.trim_end().len());
    latin
}

/// A count as it is read: `12 345`, a narrow space between thousands.
pub fn grouped(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut grouped = String::from(if count < 0 { "\u{2212}" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// « 1 dossier », « 2 dossiers »; see [`tally`] for a count that may be nothing. In French one and a half is still one.
pub fn counted(count: impl Into<i64>, one: &str, many: &str) -> String {
    let count = count.into();
    format!("{count}\u{a0}{}", if count.abs() < 2 { one } else { many })
}

/// « aucun dossier », « 1 dossier », « 2 dossiers »: `none` is the word that agrees, « aucun » or « aucune ».
pub fn tally(count: impl Into<i64>, none: &str, one: &str, many: &str) -> String {
    let count = count.into();
    if count == 0 { format!("{none} {one}") } else { counted(count, one, many) }
}

/// French spacing for text written with ordinary spaces: the space before `;` `!` `?` becomes a narrow no-break one
/// (U+202F), the one before `:` `%` `€` a no-break one (U+00A0), and « guillemets » get theirs, added where missing.
pub fn nbsp(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        match (c, next) {
            (' ', Some(';' | '!' | '?')) => spaced.push('\u{202f}'),
            (' ', Some(':' | '%' | '€' | '»')) => spaced.push('\u{a0}'),
            ('«', Some(' ')) => {
                rest.next();
                spaced.push_str("«\u{a0}");
            }
            ('«', Some(other)) if !is_no_break(other) => spaced.push_str("«\u{a0}"),
            ('»', _) if !spaced.ends_with(is_no_break) => spaced.push_str("\u{a0}»"),
            _ => spaced.push(c),
        }
    }
    spaced
}

/// The text as a document prints it: a typographic apostrophe between letters, and the spaces of [`nbsp`].
pub fn printed(text: &str) -> String {
    let mut curled = String::with_capacity(text.len() + 8);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_elision = c == '\''
            && curled.ends_with(char::is_alphabetic)
            && rest.peek().is_some_and(|c| c.is_alphabetic() || *c == '«');
        curled.push(if is_elision { '’' } else { c });
    }
    nbsp(&curled).replace("n° ", "n°\u{a0}").replace("nº ", "nº\u{a0}")
}

/// What the typeface of the documents has, from and to; compared with the typeface by a test of `documents`.
pub const PRINTABLE: &[(char, char)] = &[
    (' ', '~'),
    ('\u{a0}', '\u{377}'),
    ('\u{37a}', '\u{37f}'),
    ('\u{384}', '\u{38a}'),
    ('\u{38c}', '\u{38c}'),
    ('\u{38e}', '\u{3a1}'),
    ('\u{3a3}', '\u{3e1}'),
    ('\u{3f0}', '\u{52f}'),
    ('\u{1d49}', '\u{1d49}'),
    ('\u{1e00}', '\u{1eff}'),
    ('\u{2009}', '\u{2009}'),
    ('\u{2010}', '\u{2027}'),
    ('\u{202f}', '\u{205e}'),
    ('\u{2070}', '\u{2071}'),
    ('\u{2074}', '\u{208e}'),
    ('\u{2090}', '\u{209c}'),
    ('\u{20a0}', '\u{20bf}'),
    ('\u{2100}', '\u{214f}'),
    ('→', '→'),
    ('←', '←'),
    ('−', '−'),
];

/// The spaces at which a line may break, all printed as one.
pub const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{2000}'..='\u{2006}' | '\u{2008}' | '\u{200a}' | '\u{2028}' | '\u{2029}')
}

/// Marks of direction, joiners, soft hyphens and variation selectors: nobody sees them, so they are left out of print.
pub const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Signs that decorate a text without being part of its words: left out of print too.
pub const fn is_pictogram(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{20d0}'..='\u{20ff}' | '\u{1f000}'..='\u{1faff}')
}

/// The characters of the text that no document can print, each once, in their order.
pub fn unprintable(text: &str) -> Vec<char> {
    let is_known = |c: char| PRINTABLE.iter().any(|(from, to)| (*from..=*to).contains(&c));
    let is_left_out = |c: char| is_space(c) || c == '\u{2007}' || c.is_control() || is_invisible(c) || is_pictogram(c);
    let mut found = Vec::new();
    for c in text.chars().filter(|c| !is_known(*c) && !is_left_out(*c)) {
        if !found.contains(&c) {
            found.push(c);
        }
    }
    found
}

/// The text with a dot for what no document can print: a name in another script keeps no document from leaving.
pub fn legible(text: &str) -> String {
    let signs = unprintable(text);
    text.chars().map(|c| if signs.contains(&c) { '·' } else { c }).collect()
}

/// What a person reads beside a field whose text no document can print; nothing when all is well.
pub fn unprintable_sentence(text: &str) -> Option<String> {
    let signs = unprintable(text);
    let (first, more) = (signs.first()?, signs.len() > 5);
    let named = signs
        .iter()
        .skip(1)
        .take(4)
        .fold(format!("«\u{a0}{first}\u{a0}»"), |list, sign| format!("{list}, «\u{a0}{sign}\u{a0}»"));
    let end = if more { " et d’autres" } else { "" };
    Some(format!(
        "Nos courriers ne savent pas encore imprimer {named}{end}. Écrivez ce texte en lettres latines (ou grecques, ou \
         cyrilliques)\u{a0}: il figure dans les documents que nous vous envoyons."
    ))
}

fn is_no_break(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{202f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_of_a_count_stand_apart() {
        let wanted = [(0, "0"), (999, "999"), (1_000, "1\u{202f}000"), (-1_234_567, "\u{2212}1\u{202f}234\u{202f}567")];
        for (count, words) in wanted {
            assert_eq!(grouped(count), words);
        }
    }
    use proptest::prelude::*;

    #[test]
    fn folding_removes_what_people_forget_to_type() {
        for (text, folded) in [
            ("L’Œuvre d'Été", "l oeuvre d ete"),
            ("  ÉCOLE   Jean-Zay (Lille) ! ", "ecole jean zay lille"),
            ("Ætna, Łódź, Straße, Ñuñoa", "aetna lodz strasse nunoa"),
            ("e\u{301}te\u{301}", "ete"),
            ("Porteur·se", "porteur se"),
            ("…", ""),
            ("12\u{202f}345\u{a0}€", "12 345"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn numbers_sort_in_their_natural_order() {
        let mut names = ["Tandem 10", "Étoile", "tandem 2", "Zèbre", "Tandem 02 bis", "Avenir"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["Avenir", "Étoile", "tandem 2", "Tandem 02 bis", "Tandem 10", "Zèbre"]);
    }

    #[test]
    fn words_are_counted_without_lone_signs() {
        assert_eq!(word_count("L'eau : un bien commun – pour toutes et tous !"), 8);
        assert_eq!(word_count(" \n\t"), 0);
    }

    #[test]
    fn a_cut_text_says_so_and_fits() {
        assert_eq!(cut("Court", 5), "Court");
        assert_eq!(cut("Éducation à la citoyenneté mondiale", 20), "Éducation à la…");
        assert_eq!(cut("Anticonstitutionnellement", 10), "Anticonst…");
        assert_eq!(cut("deux mots et suite", 10), "deux mots…");
        assert_eq!(cut("abc", 1), "…");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn a_bank_reads_plain_latin() {
        assert_eq!(latin_sepa("Cœur d’Été & Cie « Ñandú »"), "Coeur d'Ete + Cie ' Nandu '");
        assert_eq!(latin_sepa("ŒUVRE\n\tn° 12 : 500 € ; 漢"), "OEUVRE n. 12 : 500 EUR . .");
        assert_eq!(latin_sepa("  "), "");
    }

    #[test]
    fn french_signs_keep_to_their_word() {
        assert_eq!(
            nbsp("Bravo ! Reste : 50 % de 10 € ; « oui » ?"),
            "Bravo\u{202f}! Reste\u{a0}: 50\u{a0}% de 10\u{a0}€\u{202f}; «\u{a0}oui\u{a0}»\u{202f}?"
        );
        assert_eq!(nbsp("«oui», https://exemple.fr à 12:30"), "«\u{a0}oui\u{a0}», https://exemple.fr à 12:30");
        assert_eq!(nbsp("«"), "«");
    }

    #[test]
    fn an_apostrophe_between_letters_is_typographic_in_print() {
        assert_eq!(
            printed("Donner du pouvoir d'agir : l'eau, 5' et 'oui'"),
            "Donner du pouvoir d’agir\u{a0}: l’eau, 5' et 'oui'"
        );
    }

    #[test]
    fn what_no_document_can_print_is_named() {
        assert!(
            unprintable("Kɔnɔ Ŋgugi, Αθήνα, Київ, Nguyễn Thị Ánh 🌱\n50\u{202f}% – «\u{a0}œuvre\u{a0}»").is_empty()
        );
        assert_eq!(unprintable("Ghassan غسّان غ"), ['غ', 'س', '\u{651}', 'ا', 'ن']);
        let sentence = unprintable_sentence("北京").unwrap();
        assert!(
            sentence.contains("«\u{a0}北\u{a0}», «\u{a0}京\u{a0}»") && sentence.contains("lettres latines"),
            "{sentence}"
        );
        assert_eq!(unprintable_sentence("Béthune"), None);
    }

    #[test]
    fn what_nobody_sees_is_not_kept() {
        assert_eq!(visible("Fest\0ival\u{202e} des\tlacs\n👩\u{200d}🌾 é\u{7}"), "Festival des\tlacs\n👩\u{200d}🌾 é");
    }

    proptest! {
        #[test]
        fn folding_and_spacing_twice_change_nothing(text in "\\PC{0,40}") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
            prop_assert_eq!(nbsp(&nbsp(&text)), nbsp(&text));
            prop_assert_eq!(printed(&printed(&text)), printed(&text));
            prop_assert_eq!(latin_sepa(&latin_sepa(&text)), latin_sepa(&text));
        }

        #[test]
        fn a_cut_never_exceeds_its_room(text in "\\PC{0,60}", room in 0usize..50) {
            prop_assert!(cut(&text, room).chars().count() <= room);
        }

        #[test]
        fn a_bank_never_sees_another_sign(text in "\\PC{0,60}") {
            prop_assert!(latin_sepa(&text).chars().all(|c| c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c)));
        }
    }
}
