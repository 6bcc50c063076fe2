//! The chart of accounts as the accountant wants it: numbers, labels and journal codes, each a setting with a usual value.

use super::{Book, Post};
use crate::domain::identity::Siren;
use std::collections::BTreeMap;

/// An account number or a journal code, and its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub code: String,
    pub label: String,
}

/// Everything an export needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Of the house: the file is named by it.
    pub siren: Siren,
    posts: BTreeMap<Post, Named>,
    books: BTreeMap<Book, Named>,
}

impl Chart {
    /// The account of this post.
    pub fn account(&self, post: Post) -> Named {
        self.posts.get(&post).cloned().unwrap_or_else(|| usual_account(post))
    }

    /// The accounting journal.
    pub fn book(&self, book: Book) -> Named {
        self.books.get(&book).cloned().unwrap_or_else(|| usual_book(book))
    }
}

fn named(code: &str, label: &str) -> Named {
    Named { code: code.to_owned(), label: label.to_owned() }
}

/// The account that is proposed: 657 aides financières, 468 charges à payer et produits à recevoir, 512 banques, 74 concours
/// publics et subventions d’exploitation, 754 ressources liées à la générosité du public, 758 produits divers de gestion
/// courante.
pub fn usual_account(post: Post) -> Named {
    match post {
        Post::Receivable => named("468700", "Produits à recevoir"),
        Post::Funding => named("740000", "Concours publics et subventions d’exploitation"),
        Post::Aid => named("657100", "Aides financières octroyées"),
        Post::Payable => named("468600", "Aides financières à verser"),
        Post::Bank => named("512000", "Banque"),
        Post::Recovered => named("758000", "Produits divers de gestion courante"),
        Post::Donations => named("754100", "Dons manuels"),
    }
}

/// The accounting journal that is proposed.
pub fn usual_book(book: Book) -> Named {
    match book {
        Book::Funding => named("FIN", "Conventions des bailleurs"),
        Book::Grants => named("SUB", "Subventions accordées"),
        Book::Bank => named("BQ", "Banque"),
    }
}

/// The class its number begins with.
const fn class(post: Post) -> char {
    match post {
        Post::Receivable | Post::Payable => '4',
        Post::Bank => '5',
        Post::Aid => '6',
        Post::Funding | Post::Recovered | Post::Donations => '7',
    }
}

/// The field of the SIREN. Fields of the form are named as the settings that keep them.
pub const SIREN: &str = "siren";

/// The field of an account number, `compte-bank`.
pub fn number_field(post: Post) -> String {
    format!("compte-{post}")
}

/// The field of an account label, `libelle-bank`.
pub fn label_field(post: Post) -> String {
    format!("libelle-{post}")
}

/// The field of a journal code, `journal-bank`.
pub fn code_field(book: Book) -> String {
    format!("journal-{book}")
}

/// The field of a journal label, `intitule-bank`.
pub fn title_field(book: Book) -> String {
    format!("intitule-{book}")
}

/// Every field of the form with its usual value, in order. The SIREN has none.
pub fn usual() -> Vec<(String, String)> {
    let mut fields = vec![(SIREN.to_owned(), String::new())];
    for post in Post::ALL {
        let usual = usual_account(*post);
        fields.extend([(number_field(*post), usual.code), (label_field(*post), usual.label)]);
    }
    for book in Book::ALL {
        let usual = usual_book(*book);
        fields.extend([(code_field(*book), usual.code), (title_field(*book), usual.label)]);
    }
    fields
}

/// Most characters of a label.
const LONGEST: usize = 60;

/// The chart that these fields make, or a sentence beside each that is wrong, in the order of the form.
pub fn judge(fields: &BTreeMap<String, String>) -> Result<Chart, Vec<(String, String)>> {
    let text = |name: &str| fields.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
    let mut wrong = Vec::new();
    let siren = text(SIREN).parse::<Siren>();
    if siren.is_err() {
        let sentence =
            "Un SIREN compte neuf chiffres, dont le dernier est une clé. Il se trouve sur l’avis de l’Insee.";
        wrong.push((SIREN.to_owned(), sentence.to_owned()));
    }
    let (mut posts, mut books) = (BTreeMap::new(), BTreeMap::new());
    for post in Post::ALL {
        let (number, label) = (text(&number_field(*post)), text(&label_field(*post)));
        wrong.extend(account_fault(*post, &number).map(|sentence| (number_field(*post), sentence)));
        wrong.extend(label_fault(&label).map(|sentence| (label_field(*post), sentence)));
        posts.insert(*post, Named { code: number, label });
    }
    for book in Book::ALL {
        let (code, label) = (text(&code_field(*book)), text(&title_field(*book)));
        let is_double = books.values().any(|other: &Named| other.code == code);
        wrong.extend(book_fault(&code, is_double).map(|sentence| (code_field(*book), sentence)));
        wrong.extend(label_fault(&label).map(|sentence| (title_field(*book), sentence)));
        books.insert(*book, Named { code, label });
    }
    match siren {
        Ok(siren) if wrong.is_empty() => Ok(Chart { siren, posts, books }),
        _ => Err(wrong),
    }
}

fn account_fault(post: Post, number: &str) -> Option<String> {
    let is_number = (3..=12).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && number.bytes().take(3).all(|byte| byte.is_ascii_digit());
    if !is_number {
        return Some("Un numéro de compte commence par trois chiffres et compte douze signes au plus.".to_owned());
    }
    if number.starts_with(class(post)) {
        return None;
    }
    Some(format!("Ce compte est de la classe {}\u{a0}: son numéro commence par ce chiffre.", class(post)))
}

fn book_fault(code: &str, is_double: bool) -> Option<String> {
    if code.is_empty() || code.len() > 6 || !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Some("Un code de journal compte une à six lettres ou chiffres, sans accent.".to_owned());
    }
    is_double.then(|| "Un autre journal a déjà ce code.".to_owned())
}

fn label_fault(label: &str) -> Option<String> {
    if label.is_empty() {
        return Some("Donnez un libellé.".to_owned());
    }
    (label.chars().count() > LONGEST).then(|| format!("Un libellé compte {LONGEST} signes au plus."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(changes: &[(&str, &str)]) -> BTreeMap<String, String> {
        let mut fields: BTreeMap<_, _> = usual().into_iter().collect();
        fields.insert(SIREN.into(), "732829320".into());
        fields.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        fields
    }

    #[test]
    fn the_usual_accounts_lack_only_the_siren() {
        let chart = judge(&filled(&[])).unwrap();
        assert_eq!(chart.account(Post::Aid).code, "657100");
        assert_eq!(chart.book(Book::Bank).code, "BQ");
        let wrong = judge(&usual().into_iter().collect()).unwrap_err();
        assert_eq!(wrong.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), [SIREN]);
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let changes = [
            ("siren", "732829321"),
            ("compte-aid", "12"),
            ("compte-bank", "657100"),
            ("libelle-payable", " "),
            ("journal-grants", "FIN"),
            ("intitule-bank", ""),
        ];
        let wrong = judge(&filled(&changes)).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(
            fields,
            ["siren", "compte-aid", "libelle-payable", "compte-bank", "journal-grants", "intitule-bank"]
        );
    }
}
