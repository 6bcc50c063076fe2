//! What PDF/UA-1 (ISO 14289-1) asks and a program can judge, read from the file itself.

use super::contracts::agreement;
use super::specimens::{award, long_table, paragraphs, payment_notice, receipt, refusal, rules};
use lopdf::{Dictionary, Document, Object, ObjectId, content::Content, decode_text_string};
use std::collections::BTreeSet;
use tisserand::documents;

fn files() -> Vec<Document> {
    let letters =
        [award(), refusal(), receipt(), payment_notice(), paragraphs(9), long_table(90), agreement(4), rules()];
    letters.iter().map(|letter| Document::load_mem(&documents::render(letter).unwrap()).unwrap()).collect()
}

/// The elements of the structure, with their types.
fn elements(file: &Document) -> Vec<(ObjectId, String, &Dictionary)> {
    let dictionaries = file.objects.iter().filter_map(|(&id, object)| Some((id, object.as_dict().ok()?)));
    let elements = dictionaries.filter(|(_, object)| object.has_type(b"StructElem"));
    elements
        .map(|(id, element)| {
            (id, String::from_utf8(element.get(b"S").unwrap().as_name().unwrap().to_vec()).unwrap(), element)
        })
        .collect()
}

fn kids<'a>(file: &'a Document, element: &'a Dictionary) -> Vec<&'a Object> {
    let kids = element.get(b"K").unwrap();
    let kids = kids.as_array().map_or_else(|_| vec![kids], |kids| kids.iter().collect());
    kids.into_iter().map(|kid| file.dereference(kid).unwrap().1).collect()
}

#[test]
fn the_catalog_says_language_title_and_standard() {
    for file in files() {
        let catalog = file.catalog().unwrap();
        assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"fr-FR");
        assert!(file.get_dict_in_dict(catalog, b"MarkInfo").unwrap().get(b"Marked").unwrap().as_bool().unwrap());
        let preferences = file.get_dict_in_dict(catalog, b"ViewerPreferences").unwrap();
        assert!(preferences.get(b"DisplayDocTitle").unwrap().as_bool().unwrap());
        let metadata = file.get_object(catalog.get(b"Metadata").unwrap().as_reference().unwrap()).unwrap();
        let metadata = String::from_utf8(metadata.as_stream().unwrap().content.clone()).unwrap();
        assert!(metadata.contains("<pdfuaid:part>1</pdfuaid:part>") && metadata.contains("<dc:title>"), "{metadata}");
        assert!(!metadata.contains("pdfaid"), "PDF/A is not claimed");
    }
}

#[test]
fn everything_drawn_is_tagged_or_an_artifact() {
    for file in files() {
        for page in file.get_pages().into_values() {
            let (mut depth, mut seen) = (0, BTreeSet::new());
            for operation in Content::decode(&file.get_page_content(page)).unwrap().operations {
                match operation.operator.as_str() {
                    "BMC" | "BDC" => {
                        depth += 1;
                        if let Some(number) =
                            operation.operands.get(1).and_then(|object| object.as_dict().ok()?.get(b"MCID").ok())
                        {
                            assert!(seen.insert(number.as_i64().unwrap()), "a number is used twice");
                        }
                    }
                    "EMC" => depth -= 1,
                    "TJ" | "Tj" | "f" | "f*" | "S" | "Do" => assert_eq!(depth, 1, "{} outside", operation.operator),
                    _ => {}
                }
            }
            assert!(seen.iter().copied().eq(0..i64::try_from(seen.len()).unwrap()));
        }
    }
}

#[test]
fn each_mark_leads_to_the_element_that_holds_it() {
    for file in files() {
        let catalog = file.catalog().unwrap();
        let tree = file.get_dict_in_dict(catalog, b"StructTreeRoot").unwrap();
        let numbers = file.get_dict_in_dict(tree, b"ParentTree").unwrap().get(b"Nums").unwrap().as_array().unwrap();
        for (key, pair) in numbers.chunks(2).enumerate() {
            assert_eq!(pair[0].as_i64().unwrap(), i64::try_from(key).unwrap());
        }
        for (number, page) in file.get_pages().into_values().enumerate() {
            let owners = file.dereference(&numbers[2 * number + 1]).unwrap().1.as_array().unwrap();
            for (mark, owner) in owners.iter().enumerate() {
                let mark = i64::try_from(mark).unwrap();
                let element = file.get_dictionary(owner.as_reference().unwrap()).unwrap();
                let home = element.get(b"Pg").and_then(Object::as_reference).ok();
                let holds = kids(&file, element).into_iter().any(|kid| match kid {
                    Object::Integer(own) => *own == mark && home == Some(page),
                    Object::Dictionary(other) if other.has_type(b"MCR") => {
                        other.get(b"MCID").unwrap().as_i64().unwrap() == mark
                            && other.get(b"Pg").unwrap().as_reference().unwrap() == page
                    }
                    _ => false,
                });
                assert!(holds, "mark {mark} of page {number}");
            }
        }
    }
}

#[test]
fn figures_have_words_heads_have_a_scope_and_links_say_where_they_lead() {
    for file in files() {
        let mut tags = BTreeSet::new();
        for (_, tag, element) in elements(&file) {
            let attribute = |key: &[u8]| element.get(b"A").unwrap().as_dict().unwrap().get(key).is_ok();
            match tag.as_str() {
                "Figure" => {
                    let words = decode_text_string(element.get(b"Alt").unwrap()).unwrap();
                    assert!(words.len() > 10 && attribute(b"BBox"), "{words}");
                }
                "TH" => assert!(attribute(b"Scope")),
                "Link" => {
                    let objects =
                        kids(&file, element).into_iter().filter_map(|kid| kid.as_dict().ok()?.get(b"Obj").ok());
                    let areas: Vec<&Dictionary> =
                        objects.map(|object| file.get_dictionary(object.as_reference().unwrap()).unwrap()).collect();
                    assert!(!areas.is_empty());
                    assert!(areas.iter().all(|area| area.has(b"Contents") && area.has(b"StructParent")));
                }
                _ => {}
            }
            tags.insert(tag);
        }
        for tag in ["Document", "H1", "P", "Figure", "Link"] {
            assert!(tags.contains(tag), "no {tag}");
        }
    }
}

#[test]
fn the_rows_of_a_table_have_as_many_cells() {
    for file in files() {
        for (_, _, table) in elements(&file).into_iter().filter(|(_, tag, _)| tag == "Table") {
            let rows = kids(&file, table).into_iter().filter_map(|kid| kid.as_dict().ok());
            let counts: BTreeSet<usize> = rows
                .filter(|row| row.get(b"S").unwrap().as_name().unwrap() == b"TR")
                .map(|row| kids(&file, row).len())
                .collect();
            assert_eq!(counts.len(), 1, "{counts:?}");
        }
    }
}

#[test]
fn every_font_is_embedded_and_maps_to_unicode() {
    for file in files() {
        for page in file.get_pages().into_values() {
            for (name, font) in file.get_page_fonts(page).unwrap() {
                assert!(font.has(b"ToUnicode"), "{}", String::from_utf8_lossy(&name));
            }
        }
        let programs =
            file.objects.values().filter_map(|object| object.as_dict().ok()).filter(|object| object.has(b"FontFile2"));
        assert_eq!(programs.count(), 2);
    }
}
