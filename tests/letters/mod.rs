//! Letters as readers, screen readers and archives get them.

mod accessibility;
mod contracts;
pub mod specimens;

use crate::support;
use sha2::{Digest, Sha256};
use specimens::{award, blank, long_table, paragraphs, payment_notice, receipt, refusal, rules};
use std::{fs, path::PathBuf, process::Command, thread};
use tisserand::documents::{self, DocumentError};
use tisserand::domain::letters::{Block, Letter, LetterKind};

/// The rendered letter on disk, where a person can look at it after the tests.
fn printed(name: &str, letter: &Letter) -> PathBuf {
    let file = support::output_dir("letters").join(format!("{name}.pdf"));
    fs::write(&file, documents::render(letter).unwrap()).unwrap();
    file
}

/// What a program says about the letter; `None`, said aloud, where the program is missing.
fn said(program: &str, options: &[&str], name: &str, letter: &Letter) -> Option<String> {
    let file = printed(name, letter);
    if !support::require(program) {
        return None;
    }
    let mut command = Command::new(program);
    command.args(options).arg(file);
    if program == "pdftotext" {
        command.arg("-");
    }
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{program}: {text}{}", String::from_utf8_lossy(&output.stderr));
    Some(text)
}

/// The words of the letter, page by page.
fn pages(name: &str, letter: &Letter) -> Option<Vec<String>> {
    let text = said("pdftotext", &["-layout"], name, letter)?;
    Some(text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect())
}

/// The words on one line. `pdftotext` gives every space as a plain one, so all of them count as such.
fn flat(text: &str) -> String {
    text.split([' ', '\n', '\u{a0}', '\u{202f}']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[test]
fn an_award_reads_back_as_it_was_written() {
    let Some(text) = said("pdftotext", &[], "award", &award()) else { return };
    let text = flat(&text);
    for words in [
        "Association Les Jardins d’Œuilly Madame Anaïs Lefèvre, présidente",
        "Objet\u{a0}: attribution d’une subvention de 4\u{202f}500\u{a0}€",
        "«\u{a0}Semer ici, récolter là-bas\u{a0}»",
        "a décidé d’accorder à votre association une subvention de 4\u{202f}500,00\u{a0}€, soit 60\u{a0}% du budget",
        "Échéancier des versements",
        "3\u{202f}150\u{a0}€",
        "lire et signer la convention, dans votre espace en ligne\u{202f};",
        "Inès Vandenbroucke",
        "Code\u{a0}: 7K3F-9Q2M-0042",
        "Page\u{a0}1 sur\u{a0}1",
    ] {
        assert!(text.contains(&flat(words)), "{words:?} is not in:\n{text}");
    }
}

#[test]
fn the_rules_of_a_call_say_what_its_page_says() {
    let Some(text) = said("pdftotext", &[], "rules", &rules()) else { return };
    let text = flat(&text);
    for words in [
        "Récital 2027, première session – règlement",
        "Date limite",
        "dimanche 31\u{a0}janvier 2027",
        "Les heures sont celles de Paris.",
        "Les associations loi 1901 qui ont leur siège en Hauts-de-France\u{202f};",
        "Ce que lit le comité",
        "Pièces à préparer",
        "Relevé d’identité bancaire (peut suivre, jusqu’au 22\u{a0}mars 2027)",
        "recital@lianescooperation.example",
    ] {
        assert!(text.contains(&flat(words)), "{words:?} is not in:\n{text}");
    }
    assert!(!text.contains("Objet") && !text.contains("Code\u{a0}:"), "{text}");
}

#[test]
fn rare_letters_copy_back() {
    let mut letter = blank(LetterKind::Award, 1, "noms");
    let names = "Ÿves Œuvré, l’Haÿ\u{2011}les\u{2011}Roses, Łódź, Nguyễn, Kɔnɔ Ŋgugi, Αθήνα, Київ, 50\u{202f}% – 12\u{a0}°C … −3 →";
    letter.blocks = vec![Block::paragraph(names)];
    let Some(text) = said("pdftotext", &[], "names", &letter) else { return };
    assert!(flat(&text).contains(&flat(names)), "{text}");
}

#[test]
fn the_spaces_of_french_keep_their_code_points() {
    let file = lopdf::Document::load_mem(&documents::render(&award()).unwrap()).unwrap();
    let streams = file.objects.values().filter_map(|object| object.as_stream().ok());
    let maps: Vec<String> = streams
        .filter_map(|stream| stream.decompressed_content().ok())
        .filter_map(|content| String::from_utf8(content).ok())
        .filter(|text| text.contains("begincmap"))
        .collect();
    assert_eq!(maps.len(), 2, "one map for each face");
    for code_point in ["<00A0>", "<202F>", "<20AC>", "<00E9>", "<0152>"] {
        assert!(maps.iter().any(|map| map.to_uppercase().contains(code_point)), "no {code_point} in {maps:?}");
    }
}

#[test]
fn the_file_is_a_tagged_a4_page_with_its_title() {
    let letter = award();
    let Some(info) = said("pdfinfo", &[], "award-info", &letter) else { return };
    let line = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    assert_eq!(line("Title:"), letter.title);
    assert_eq!(line("Author:"), "Lianes coopération");
    assert_eq!(line("Tagged:"), "yes");
    assert_eq!(line("Pages:"), "1");
    assert!(line("Page size:").ends_with("(A4)"), "{info}");
}

#[test]
fn the_structure_says_what_each_part_is() {
    let Some(structure) = said("pdfinfo", &["-struct"], "award-structure", &award()) else { return };
    for tag in ["Document", "H1", "P (block)", "Table", "Caption", "TH", "TD", "LBody", "Figure"] {
        assert!(structure.contains(tag), "no {tag} in:\n{structure}");
    }
}

#[test]
fn the_specimens_fit_one_page_and_forty_kilobytes() {
    let specimens =
        [("award", award()), ("refusal", refusal()), ("receipt", receipt()), ("payment_notice", payment_notice())];
    for (name, letter) in specimens {
        let bytes = documents::render(&letter).unwrap();
        assert!(bytes.len() <= 40_000, "{name}: {} bytes", bytes.len());
        if let Some(pages) = pages(name, &letter) {
            assert_eq!(pages.len(), 1, "{name}");
        }
    }
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let first = documents::render(&award()).unwrap();
    let again = thread::spawn(|| documents::render(&award()).unwrap());
    assert!(first == documents::render(&award()).unwrap());
    assert!(first == again.join().unwrap());
    let kept = serde_json::to_string(&award()).unwrap();
    assert!(first == documents::render(&serde_json::from_str(&kept).unwrap()).unwrap());
    assert!(first != documents::render(&refusal()).unwrap());
}

/// Bytes that are given out are kept; still, no change of the code may move them unnoticed.
#[test]
fn the_bytes_of_this_stationery_are_known() {
    let mut list = format!("stationery {}\n", documents::TEMPLATE);
    for (name, letter) in [("award", award()), ("receipt", receipt()), ("long_table", long_table(90))] {
        let digest = Sha256::digest(documents::render(&letter).unwrap());
        let hexadecimal: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        list.push_str(&format!("{hexadecimal} {name}\n"));
    }
    support::golden("tests/letters/digests.txt", &list);
}

#[test]
fn a_table_repeats_its_head_on_each_page() {
    let Some(pages) = pages("long_table", &long_table(90)) else { return };
    assert!(pages.len() >= 3, "{} pages", pages.len());
    for (number, page) in pages.iter().enumerate() {
        let head = page.lines().any(|line| ["Pièce", "Nature", "Montant"].iter().all(|word| line.contains(word)));
        assert!(head, "no head on page {}:\n{page}", number + 1);
        assert!(page.contains(&format!("Page {} sur {}", number + 1, pages.len())), "{page}");
    }
    let rows = pages.iter().flat_map(|page| page.lines()).filter(|line| line.trim_start().starts_with("P-")).count();
    assert_eq!(rows, 90);
}

#[test]
fn a_signature_is_never_alone_on_its_page() {
    for count in 1..=22 {
        let Some(pages) = pages("paragraphs", &paragraphs(count)) else { return };
        let last = pages.last().unwrap();
        assert!(last.contains("Inès Vandenbroucke") && last.contains("Nous vous prions"), "{count}:\n{last}");
        assert!(last.contains("enjeu commun"), "the signature has no text above it with {count} paragraphs:\n{last}");
    }
}

#[test]
fn facts_under_a_label_are_on_its_page() {
    let names = ["Organisation", "Demandé", "Décision", "Motif", "Conditions", "Vote"];
    for count in 10..=22 {
        let mut letter = paragraphs(count);
        letter.blocks.push(Block::Label("7. RECITAL-2027-1-0007 – Un projet".to_owned()));
        letter.blocks.push(Block::facts(names.map(|name| (name, format!("Valeur de {name}")))));
        let Some(pages) = pages("decision", &letter) else { return };
        let page = pages.iter().map(|page| flat(page)).find(|page| page.contains("RECITAL-2027-1-0007")).unwrap();
        for name in names {
            assert!(
                page.contains(&format!("Valeur de {name}")),
                "{name} is elsewhere after {count} paragraphs:\n{page}"
            );
        }
    }
}

#[test]
fn words_without_end_stay_between_the_margins() {
    let mut letter = award();
    let word = "https://exemple.fr/".to_owned() + &"chemin-tres-long".repeat(40);
    letter.subject = word.clone();
    letter.recipient = vec!["ŒUVRE".repeat(60)];
    letter.fund.name = "Fonds".repeat(30);
    letter.blocks.push(Block::list([word.clone()]));
    letter.blocks.push(Block::facts([(word.clone(), word.clone())]));
    let table =
        tisserand::domain::letters::Table::new(word.clone()).text_column(&word).text_column("b").amount_column("c");
    letter.blocks.push(table.row([word.clone(), word.clone(), "1".repeat(90)]).into());
    let Some(boxes) = said("pdftotext", &["-bbox"], "endless", &letter) else { return };
    let right: Vec<&str> = boxes.split("xMax=\"").skip(1).filter_map(|rest| rest.split('.').next()).collect();
    assert!(right.len() > 50);
    assert!(right.iter().all(|edge| edge.parse::<u32>().unwrap() <= 595 - 50), "{right:?}");
}

#[test]
fn a_cell_longer_than_a_page_goes_on_over_the_next() {
    let mut letter = award();
    let text = "Un motif très détaillé. ".repeat(400);
    let table = tisserand::domain::letters::Table::new("Motifs").text_column("Critère").text_column("Motif");
    letter.blocks = vec![table.row(["Qualité du partenariat", &text]).into(), Block::paragraph(text.clone())];
    let Some(pages) = pages("long_cell", &letter) else { return };
    let read: usize = pages.iter().map(|page| flat(page).matches("détaillé.").count()).sum();
    assert!(pages.len() >= 3 && read >= 780, "{} pages, {read} sentences", pages.len());
}

#[test]
fn a_name_no_font_can_write_is_refused() {
    let mut letter = award();
    letter.recipient[1] = "Madame ليلى".into();
    assert!(matches!(documents::render(&letter), Err(DocumentError::Unprintable('ل'))));
}

/// A second opinion on PDF/UA-1 where a person has installed it (`pip install outloud`, 300 MB, so never asked for).
#[test]
fn a_checker_of_accessible_pdf_finds_no_error() {
    if support::on_path("outloud").is_none() {
        return;
    }
    let specimens = [
        ("award", award()),
        ("refusal", refusal()),
        ("receipt", receipt()),
        ("two_pages", paragraphs(9)),
        ("long_table", long_table(90)),
    ];
    for (name, letter) in specimens {
        said("outloud", &["--no-info"], name, &letter);
    }
}
