//! What makes the file accessible and reproducible: structure tree, language, metadata, identifiers from the content.
//!
//! The file claims PDF/UA-1 (ISO 14289-1).

use super::{
    DocumentError, TEMPLATE,
    shaping::{Length, mm},
    tags::{ElementId, Kid, Node, Scope, Tag, Tree},
};
use crate::domain::letters::Letter;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary, text_string};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const PRODUCER: &str = "Tisserand";

/// Adds the structure and the metadata, and gives the bytes.
pub fn finish(mut file: Document, letter: &Letter, tree: &Tree) -> Result<Vec<u8>, DocumentError> {
    file.version = "1.7".to_owned();
    let structure = add_structure(&mut file, tree)?;
    file.compress();
    let identity = identity(&file, letter);
    let metadata = metadata(letter, &identity);
    let metadata = Stream::new(dictionary! { "Type" => "Metadata", "Subtype" => "XML" }, metadata.into_bytes());
    let metadata = file.add_object(metadata.with_compression(false));
    let catalog = file.catalog_mut()?;
    catalog.set("Lang", Object::string_literal(letter.language.code()));
    catalog.set("MarkInfo", dictionary! { "Marked" => true });
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    catalog.set("StructTreeRoot", structure);
    catalog.set("Metadata", metadata);
    catalog.remove(b"PageLayout");
    let info = file.trailer.get(b"Info")?.as_reference()?;
    file.set_object(info, information(letter));
    let id = Object::String(identity.to_vec(), StringFormat::Hexadecimal);
    file.trailer.set("ID", vec![id.clone(), id]);
    let mut bytes = Vec::with_capacity(48 * 1_024);
    file.save_modern(&mut bytes)?;
    Ok(bytes)
}

/// Sixteen bytes that only the letter, the stationery and what they became determine.
fn identity(file: &Document, letter: &Letter) -> [u8; 16] {
    let mut digest = Sha256::new();
    for text in [TEMPLATE, &letter.reference, &letter.title, &letter.issued_at.machine()] {
        digest.update(text.as_bytes());
        digest.update([0]);
    }
    for object in file.objects.values() {
        if let Object::Stream(stream) = object {
            digest.update(&stream.content);
        }
    }
    let mut identity = [0; 16];
    identity.iter_mut().zip(digest.finalize()).for_each(|(byte, hashed)| *byte = hashed);
    identity
}

fn information(letter: &Letter) -> Dictionary {
    let issued = letter.issued_at.utc().format("D:%Y%m%d%H%M%SZ").to_string();
    dictionary! {
        "Title" => text_string(&letter.title),
        "Author" => text_string(&letter.issuer.name),
        "Subject" => text_string(&letter.subject),
        "Creator" => text_string(PRODUCER),
        "Producer" => text_string(PRODUCER),
        "CreationDate" => Object::string_literal(issued.as_str()),
        "ModDate" => Object::string_literal(issued.as_str()),
    }
}

fn metadata(letter: &Letter, identity: &[u8; 16]) -> String {
    let mut uuid = String::new();
    for (index, byte) in identity.iter().enumerate() {
        let dash = if matches!(index, 4 | 6 | 8 | 10) { "-" } else { "" };
        // Writing to a text cannot fail.
        let _ = write!(uuid, "{dash}{byte:02x}");
    }
    let (title, author, subject) = (escape(&letter.title), escape(&letter.issuer.name), escape(&letter.subject));
    let (language, issued) = (letter.language.code(), letter.issued_at.machine());
    let reference = escape(&letter.reference);
    format!(
        r#"<?xpacket begin="{bom}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
<dc:format>application/pdf</dc:format>
<dc:identifier>{reference}</dc:identifier>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{PRODUCER}</pdf:Producer>
<xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool>
<xmp:CreateDate>{issued}</xmp:CreateDate>
<xmp:ModifyDate>{issued}</xmp:ModifyDate>
<xmpMM:DocumentID>uuid:{uuid}</xmpMM:DocumentID>
<xmpMM:InstanceID>uuid:{uuid}</xmpMM:InstanceID>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"#,
        bom = '\u{feff}'
    )
}

fn escape(text: &str) -> String {
    let kept: String = text.chars().filter(|character| !character.is_control()).collect();
    kept.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Writes the elements, and for each page which element each of its marks belongs to.
fn add_structure(file: &mut Document, tree: &Tree) -> Result<ObjectId, DocumentError> {
    let pages: Vec<ObjectId> = file.get_pages().into_values().collect();
    let root = file.new_object_id();
    let elements: Vec<ObjectId> = tree.nodes().iter().map(|_| file.new_object_id()).collect();
    let mut owners: Vec<Vec<Object>> = vec![Vec::new(); pages.len()];
    for (node, &id) in tree.nodes().iter().zip(&elements) {
        for kid in &node.kids {
            if let &Kid::Content { page, mark } = kid
                && let Some(owners) = owners.get_mut(page)
            {
                owners.resize(owners.len().max(mark + 1), Object::Null);
                owners[mark] = id.into();
            }
        }
        file.set_object(id, element(node, root, &elements, &pages));
    }
    let mut numbers = Vec::new();
    for (number, (owners, page)) in (0i64..).zip(owners.into_iter().zip(&pages)) {
        numbers.push(Object::Integer(number));
        numbers.push(file.add_object(owners).into());
        let page = file.get_dictionary_mut(*page)?;
        page.set("StructParents", number);
        page.set("Tabs", "S");
    }
    add_links(file, tree, &elements, &pages, &mut numbers)?;
    let next = i64::try_from(numbers.len() / 2).unwrap_or(0);
    let parents = file.add_object(dictionary! { "Nums" => numbers });
    let first = elements.first().copied().unwrap_or(root);
    let tree = dictionary! {
        "Type" => "StructTreeRoot", "K" => first, "ParentTree" => parents, "ParentTreeNextKey" => next,
    };
    file.set_object(root, tree);
    Ok(root)
}

fn element(node: &Node, root: ObjectId, elements: &[ObjectId], pages: &[ObjectId]) -> Dictionary {
    let of = |id: ElementId| elements.get(id.0).copied().unwrap_or(root);
    let home = node.kids.iter().find_map(|kid| if let Kid::Content { page, .. } = kid { Some(*page) } else { None });
    let mut kids = Vec::new();
    for kid in &node.kids {
        kids.push(match *kid {
            Kid::Element(id) => of(id).into(),
            Kid::Content { page, mark } => {
                let mark = Object::Integer(i64::try_from(mark).unwrap_or(0));
                match pages.get(page).filter(|_| home != Some(page)) {
                    Some(&page) => dictionary! { "Type" => "MCR", "Pg" => page, "MCID" => mark }.into(),
                    None => mark,
                }
            }
        });
    }
    let parent = node.parent.map_or(root, of);
    let mut element = dictionary! { "Type" => "StructElem", "S" => node.tag.name(), "P" => parent, "K" => kids };
    if let Some(&page) = home.and_then(|page| pages.get(page)) {
        element.set("Pg", page);
    }
    if let Some(alternative) = node.words.as_ref().filter(|_| node.tag == Tag::Figure) {
        element.set("Alt", text_string(alternative));
    }
    if let Tag::TH(scope) = node.tag {
        let scope = if scope == Scope::Row { "Row" } else { "Column" };
        element.set("A", dictionary! { "O" => "Table", "Scope" => scope });
    }
    if let Some((_, area)) = node.areas.first().filter(|_| node.tag == Tag::Figure) {
        element.set("A", dictionary! { "O" => "Layout", "Placement" => "Block", "BBox" => rectangle(*area) });
    }
    if node.tag == Tag::L {
        element.set("A", dictionary! { "O" => "List", "ListNumbering" => "Disc" });
    }
    element
}

/// From left, top, width and height to PDF's two corners, in whole points.
fn rectangle([left, top, width, height]: [Length; 4]) -> Vec<Object> {
    let low = mm(297) - top - height;
    [left, low, left + width, low + height].map(|length| Object::Integer((length + 500) / 1_000)).to_vec()
}

/// Makes each line of a link clickable; adds to the parent tree that the area belongs to the link's element.
fn add_links(
    file: &mut Document,
    tree: &Tree,
    elements: &[ObjectId],
    pages: &[ObjectId],
    numbers: &mut Vec<Object>,
) -> Result<(), DocumentError> {
    let mut key = i64::try_from(pages.len()).unwrap_or(0);
    let links = tree.nodes().iter().zip(elements).filter(|(node, _)| node.tag == Tag::Link);
    for (node, &element) in links {
        let address = node.words.clone().unwrap_or_default();
        for &(page, area) in &node.areas {
            let Some(&page) = pages.get(page) else { continue };
            let annotation = file.add_object(dictionary! {
                "Type" => "Annot", "Subtype" => "Link", "Rect" => rectangle(area), "F" => 4, "StructParent" => key,
                "Border" => vec![0.into(), 0.into(), 0.into()], "Contents" => text_string(&format!("Ouvrir {address}")),
                "A" => dictionary! { "S" => "URI", "URI" => Object::string_literal(address.as_str()) },
            });
            numbers.extend([Object::Integer(key), element.into()]);
            key += 1;
            file.get_dictionary_mut(page)?.get_mut(b"Annots")?.as_array_mut()?.push(annotation.into());
            let object = dictionary! { "Type" => "OBJR", "Pg" => page, "Obj" => annotation };
            file.get_dictionary_mut(element)?.get_mut(b"K")?.as_array_mut()?.push(object.into());
        }
    }
    Ok(())
}
