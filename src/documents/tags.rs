//! The structure that assistive technology reads: a tree of tagged elements beside the drawing.

use super::shaping::Length;

/// A standard structure type (ISO 32000-1, 14.8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    Document,
    H1,
    H2,
    H3,
    P,
    L,
    LI,
    Lbl,
    LBody,
    Table,
    Caption,
    TR,
    /// A header cell, of a column or of a row.
    TH(Scope),
    TD,
    Figure,
    /// An address that can be followed.
    Link,
}

/// What a header cell heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Column,
    Row,
}

/// An element of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ElementId(pub usize);

/// Something inside an element, in reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kid {
    Element(ElementId),
    /// The marked content `mark` of the page.
    Content {
        page: usize,
        mark: usize,
    },
}

/// One element with what it holds.
#[derive(Debug, Clone)]
pub struct Node {
    pub tag: Tag,
    pub parent: Option<ElementId>,
    pub kids: Vec<Kid>,
    /// What a figure shows, in words; where a link leads.
    pub words: Option<String>,
    /// The page, and on it the left, top, width and height, of a figure or of each line of a link.
    pub areas: Vec<(usize, [Length; 4])>,
}

/// The structure of one document. Elements are added in reading order.
#[derive(Debug)]
pub struct Tree {
    nodes: Vec<Node>,
}

impl Tag {
    /// The name in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Tag::Document => "Document",
            Tag::H1 => "H1",
            Tag::H2 => "H2",
            Tag::H3 => "H3",
            Tag::P => "P",
            Tag::L => "L",
            Tag::LI => "LI",
            Tag::Lbl => "Lbl",
            Tag::LBody => "LBody",
            Tag::Table => "Table",
            Tag::Caption => "Caption",
            Tag::TR => "TR",
            Tag::TH(_) => "TH",
            Tag::TD => "TD",
            Tag::Figure => "Figure",
            Tag::Link => "Link",
        }
    }
}

impl Tree {
    /// The element that holds all others.
    pub const ROOT: ElementId = ElementId(0);

    /// A tree with its root only.
    pub fn new() -> Self {
        let root = Node { tag: Tag::Document, parent: None, kids: Vec::new(), words: None, areas: Vec::new() };
        Tree { nodes: vec![root] }
    }

    /// Adds an element after those its parent already holds.
    pub fn add(&mut self, parent: ElementId, tag: Tag) -> ElementId {
        let id = ElementId(self.nodes.len());
        self.nodes.push(Node { tag, parent: Some(parent), kids: Vec::new(), words: None, areas: Vec::new() });
        if let Some(parent) = self.nodes.get_mut(parent.0) {
            parent.kids.push(Kid::Element(id));
        }
        id
    }

    /// Adds a figure with its description.
    pub fn add_figure(&mut self, parent: ElementId, alternative: String) -> ElementId {
        self.add_with_words(parent, Tag::Figure, alternative)
    }

    /// Adds a link to an address.
    pub fn add_link(&mut self, parent: ElementId, address: String) -> ElementId {
        self.add_with_words(parent, Tag::Link, address)
    }

    fn add_with_words(&mut self, parent: ElementId, tag: Tag, words: String) -> ElementId {
        let id = self.add(parent, tag);
        if let Some(node) = self.nodes.get_mut(id.0) {
            node.words = Some(words);
        }
        id
    }

    /// Notes that this marked content belongs to the element.
    pub fn attach(&mut self, element: ElementId, page: usize, mark: usize) {
        if let Some(node) = self.nodes.get_mut(element.0) {
            node.kids.push(Kid::Content { page, mark });
        }
    }

    /// Notes where a figure or a line of a link stands.
    pub fn place(&mut self, element: ElementId, page: usize, bounds: [Length; 4]) {
        let has_area = |node: &&mut Node| matches!(node.tag, Tag::Figure | Tag::Link);
        if let Some(node) = self.nodes.get_mut(element.0).filter(has_area) {
            node.areas.push((page, bounds));
        }
    }

    /// The name of an element's structure type.
    pub fn name(&self, element: ElementId) -> &'static str {
        self.nodes.get(element.0).map_or("Span", |node| node.tag.name())
    }

    /// Every element, the root first, in the order of their numbers.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }
}
