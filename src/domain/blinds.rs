//! Reading without names (lecture à l’aveugle): what is masked in the words of a file until its reader has scored it.

use super::{
    definitions::{CallDefinition, Question, QuestionKind},
    forms::{Answers, Row, rows, rows_text},
    text::fold,
};
use std::collections::BTreeSet;

/// What stands in place of a name. The words are for whoever hears the page.
pub const MASK: &str = "▇▇▇\u{a0}(nom masqué)";

/// Words that name nobody when an organisation begins with them.
const GENERIC: &[&str] = &[
    "a",
    "asso",
    "association",
    "au",
    "aux",
    "centre",
    "college",
    "collectif",
    "comite",
    "commune",
    "compagnie",
    "d",
    "de",
    "des",
    "du",
    "ecole",
    "en",
    "et",
    "federation",
    "fondation",
    "groupe",
    "l",
    "la",
    "le",
    "les",
    "lycee",
    "mairie",
    "maison",
    "pour",
    "reseau",
    "union",
    "universite",
    "ville",
];
/// Words without a letter in an acronym.
const SMALL: &[&str] =
    &["a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "pour", "un", "une"];

/// The names that a text may not say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The folded words of each.
    sequences: BTreeSet<Vec<String>>,
    /// Masked where they are written in capitals alone, since many are words too.
    acronyms: BTreeSet<String>,
}

/// A word of a text, where it stands.
struct Word<'a> {
    from: usize,
    to: usize,
    text: &'a str,
    folded: String,
}

fn is_word(c: char) -> bool {
    // An accent written after its letter belongs to the word.
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}')
}

fn words(text: &str) -> Vec<Word<'_>> {
    let (mut found, mut from) = (Vec::new(), None);
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (is_word(c), from) {
            (true, None) => from = Some(at),
            (false, Some(start)) => {
                let word = &text[start..at];
                found.push(Word { from: start, to: at, text: word, folded: fold(word) });
                from = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    found
}

fn folded(text: &str) -> Vec<String> {
    fold(text).split_whitespace().map(str::to_owned).collect()
}

fn is_capitals(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

impl Names {
    /// Adds words that stand together, such as a street.
    pub fn add(&mut self, text: &str) {
        let words = folded(text);
        if !words.is_empty() {
            self.sequences.insert(words);
        }
    }

    /// Adds an organisation: its name, the same without the words that many names begin with, and its acronym.
    pub fn add_organisation(&mut self, name: &str) {
        self.add(name);
        let words = folded(name);
        let telling: Vec<String> = words.iter().skip_while(|word| GENERIC.contains(&word.as_str())).cloned().collect();
        if telling.len() > 1 || telling.iter().any(|word| word.chars().count() > 4) {
            self.sequences.insert(telling);
        }
        let initials = |is_counted: fn(&&String) -> bool| -> String {
            words.iter().filter(is_counted).filter_map(|word| word.chars().next()).collect()
        };
        let acronyms = [initials(|word| !SMALL.contains(&word.as_str())), initials(|_| true)];
        self.acronyms.extend(acronyms.into_iter().filter(|letters| letters.chars().count() > 2));
        let capitals = self::words(name).into_iter().filter(|word| is_capitals(word.text));
        self.acronyms.extend(capitals.map(|word| word.folded).filter(|letters| letters.chars().count() > 1));
    }

    /// Adds a person: the whole name either way round, and the family name.
    pub fn add_person(&mut self, name: &str) {
        self.add(name);
        let is_name = |word: &String| word.chars().any(char::is_alphabetic);
        let words: Vec<String> = folded(name).into_iter().filter(is_name).collect();
        let Some(family) = words.last() else { return };
        self.sequences.insert(words.iter().rev().cloned().collect());
        self.sequences.insert(words.clone());
        if family.chars().count() > 2 {
            self.sequences.insert(vec![family.clone()]);
        }
    }

    /// Adds every name of another file or organisation.
    pub fn add_all(&mut self, other: &Names) {
        self.sequences.extend(other.sequences.iter().cloned());
        self.acronyms.extend(other.acronyms.iter().cloned());
    }

    /// The text with every name masked, and every address, telephone number and register number, whoever they are of.
    pub fn mask(&self, text: &str) -> String {
        let mut hidden = contacts(text);
        hidden.extend(numbers(text));
        let words = words(text);
        let mut at = 0;
        while at < words.len() {
            let length = self.named(&words[at..]);
            if length > 0 {
                hidden.push((words[at].from, words[at + length - 1].to));
            }
            at += length.max(1);
        }
        masked(text, hidden)
    }

    /// How many words from here on are a name; the longest one counts.
    fn named(&self, words: &[Word<'_>]) -> usize {
        let begins = |name: &&Vec<String>| {
            name.len() <= words.len() && name.iter().zip(words).all(|(wanted, word)| *wanted == word.folded)
        };
        let longest = self.sequences.iter().filter(begins).map(Vec::len).max().unwrap_or_default();
        let is_acronym =
            words.first().is_some_and(|word| is_capitals(word.text) && self.acronyms.contains(&word.folded));
        longest.max(usize::from(is_acronym)).max(self.spelled(words))
    }

    /// How many words from here on are an acronym written letter by letter (« M.R.E. », « M. R. E. »).
    fn spelled(&self, words: &[Word<'_>]) -> usize {
        let (mut letters, mut longest, mut end) = (String::new(), 0, None);
        for (before, word) in words.iter().enumerate() {
            let is_next = end.is_none_or(|end| word.from <= end + 2);
            if !is_next || !is_capitals(word.text) || word.folded.chars().count() != 1 {
                break;
            }
            letters.push_str(&word.folded);
            end = Some(word.to);
            if letters.chars().count() > 1 && self.acronyms.contains(&letters) {
                longest = before + 1;
            }
        }
        longest
    }
}

/// A piece of a text, from one byte to another.
type Span = (usize, usize);

/// E-mail and web addresses.
fn contacts(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut from = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let inner = piece.trim_matches(|c: char| !c.is_alphanumeric());
        let low = inner.to_lowercase();
        let is_mail = low.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        if is_mail || low.contains("://") || low.starts_with("www.") || low.starts_with("mailto:") {
            let start = from + piece.find(inner).unwrap_or_default();
            found.push((start, start + inner.len()));
        }
        from += piece.len();
    }
    found
}

/// Runs of nine digits and more, whatever stands between them: telephones, SIREN, SIRET, accounts.
fn numbers(text: &str) -> Vec<Span> {
    let (mut found, mut run): (Vec<Span>, Option<(usize, usize, usize)>) = (Vec::new(), None);
    let mut close = |run: Option<(usize, usize, usize)>| {
        found.extend(run.filter(|(.., digits)| *digits > 8).map(|(from, to, _)| (from, to)));
    };
    for (at, c) in text.char_indices() {
        run = match (run, c) {
            (None, '0'..='9') => Some((at, at + 1, 1)),
            (Some((from, _, digits)), '0'..='9') => Some((from, at + 1, digits + 1)),
            (Some(run), ' ' | '\u{a0}' | '\u{202f}' | '.' | '-' | '(' | ')') => Some(run),
            (run, _) => {
                close(run);
                None
            }
        };
    }
    close(run);
    found
}

fn masked(text: &str, mut hidden: Vec<Span>) -> String {
    hidden.sort_unstable();
    let (mut said, mut at, mut covered) = (String::with_capacity(text.len()), 0, 0);
    for (from, to) in hidden {
        // What overlaps what was masked just before widens it.
        if from >= covered {
            said.push_str(&text[at..from]);
            said.push_str(MASK);
        }
        covered = covered.max(to);
        at = covered;
    }
    said.push_str(&text[at..]);
    said
}

/// The answers of a file without what names its people.
pub fn masked_answers(call: &CallDefinition, answers: &Answers, names: &Names) -> Answers {
    let masked = |(code, typed): (&String, &String)| {
        let question = call.question(code)?;
        Some((code.clone(), masked_answer(question, typed, names)))
    };
    answers.iter().filter_map(masked).collect()
}

fn masked_answer(question: &Question, typed: &str, names: &Names) -> String {
    if !question.kind.has_rows() {
        return masked_cell(question.kind, typed, names);
    }
    let cell = |(code, typed): (String, String)| {
        let column = question.row_columns().iter().find(|column| column.code == code)?;
        let masked = masked_cell(column.kind, &typed, names);
        Some((code, masked))
    };
    let rows: Vec<Row> = rows(typed).into_iter().map(|row| row.into_iter().filter_map(cell).collect()).collect();
    rows_text(&rows)
}

fn masked_cell(kind: QuestionKind, typed: &str, names: &Names) -> String {
    match kind {
        QuestionKind::Iban => String::new(),
        _ if typed.trim().is_empty() => String::new(),
        QuestionKind::Email
        | QuestionKind::Phone
        | QuestionKind::Siret
        | QuestionKind::Rna
        | QuestionKind::Uai
        | QuestionKind::File => MASK.to_owned(),
        QuestionKind::ShortText | QuestionKind::LongText => names.mask(typed),
        // What is counted or chosen from a list names nobody.
        _ => typed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names() -> Names {
        let mut names = Names::default();
        names.add_organisation("Association Les Amis du Châtelet");
        names.add_organisation("Maison Régionale de l’Environnement");
        names.add_organisation("Passerelles");
        names.add_person("Élodie Lefèvre");
        names.add("3 rue du Port");
        names
    }

    fn mask(text: &str) -> String {
        names().mask(text).replace(MASK, "▇")
    }

    #[test]
    fn a_name_is_masked_whatever_its_accents_and_its_case() {
        assert_eq!(mask("L’association LES AMIS DU CHATELET agit."), "L’▇ agit.");
        assert_eq!(mask("Les amis du châtelet, puis Amis du Cha\u{302}telet."), "Les ▇, puis ▇.");
        assert_eq!(mask("Avec passerelles et Élodie LEFEVRE (Mme Lefèvre)."), "Avec ▇ et ▇ (Mme ▇).");
        assert_eq!(mask("Lefèvre Elodie, 3, rue du port à Lille"), "▇, ▇ à Lille");
    }

    #[test]
    fn a_word_that_only_begins_like_a_name_stays() {
        for text in ["Des passerellesques", "Le châtelet est vieux", "mre, mare et amère", "Passer elles aussi"] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn an_acronym_is_masked_in_capitals_alone() {
        assert_eq!(mask("La MRE agit, la mre non."), "La ▇ agit, la mre non.");
    }

    #[test]
    fn an_acronym_written_letter_by_letter_is_masked_too() {
        assert_eq!(mask("La M.R.E. agit, la M. R. E. aussi."), "La ▇. agit, la ▇. aussi.");
        assert_eq!(mask("M. R. Dupont, ou m.r.e. : rien."), "M. R. Dupont, ou m.r.e. : rien.");
    }

    #[test]
    fn addresses_and_numbers_are_masked_whoever_they_are_of() {
        let text = "Écrire à <contact@passerelles.org>, voir https://exemple.fr/a ou www.exemple.fr.";
        assert_eq!(mask(text), "Écrire à <▇>, voir ▇ ou ▇.");
        assert_eq!(mask("Tél. +33 3 20 00 00 00 ; SIRET 123 456 789 00012."), "Tél. +▇ ; SIRET ▇.");
        assert_eq!(mask("12 ateliers, 1 250 000 €, le 12.05.2027"), "12 ateliers, 1 250 000 €, le 12.05.2027");
    }

    proptest! {
        #[test]
        fn no_name_is_left_wherever_it_stands(before in "[a-zé ,.]{0,20}", after in "[a-zé ,.]{0,20}") {
            let text = format!("{before} Passerelles, Élodie Lefèvre {after}");
            let said = fold(&names().mask(&text));
            prop_assert!(!said.contains("passerelles") && !said.contains("lefevre"), "{}", said);
        }

        #[test]
        fn masking_any_text_never_breaks_it(text in "\\PC{0,60}") {
            let once = names().mask(&text);
            prop_assert!(once.len() >= text.len() || once.contains(MASK));
        }
    }
}
