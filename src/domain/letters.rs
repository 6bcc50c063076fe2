//! The typed letter: everything a rendered document says, and nothing about how it looks.
//!
//! The database keeps these facts as JSON beside the rendered bytes: the same facts always give the same bytes.

use super::{codes::codes, money::Euros, text::printed, time::Moment};
use serde::{Deserialize, Serialize};

codes! {
    /// What a letter is for.
    pub enum LetterKind {
        /// The fund grants the application (notification d'attribution).
        Award => "award",
        /// The fund does not grant it, and says why.
        Refusal => "refusal",
        /// The application was filed, at this instant, with these documents.
        Receipt => "receipt",
        /// Money has been sent to the bank.
        PaymentNotice => "payment_notice",
        /// Money is to be paid back (trop-perçu à reverser).
        RecoveryRequest => "recovery_request",
        /// The agreement both parties sign (convention).
        Agreement => "agreement",
        /// Bank details were changed; sent to whom they belonged before.
        BankChange => "bank_change",
        /// Something is missing from the file or the report.
        MissingPieces => "missing_pieces",
        /// The report was accepted and the balance fixed.
        ReportAccepted => "report_accepted",
        /// The agreement is amended (avenant).
        Amendment => "amendment",
        /// A whole application, printed for whoever may read it; never issued.
        File => "file",
        /// The rules of a call (règlement), for anybody; never issued.
        Rules => "rules",
        /// The minutes of a session (procès-verbal), signed by its chair.
        Minutes => "minutes",
        /// The same as one reader may see them; never issued.
        MinutesCopy => "minutes_copy",
        /// The receipt of a donation (reçu fiscal).
        TaxReceipt => "tax_receipt",
        /// Says that such a receipt is void.
        VoidTaxReceipt => "void_tax_receipt",
        /// What proves to a funder where its money went; never issued.
        Evidence => "evidence",
        /// The transfers of a payment run, to be printed and signed; never issued.
        RunList => "run_list",
    }

    /// The language a letter is written in, as a BCP 47 tag.
    pub enum Language {
        French => "fr-FR",
    }

    /// A picture shipped with the product.
    pub enum LogoCode {
        /// The operator of the funds.
        Lianes => "lianes",
        Recital => "recital",
        Tandems => "tandems",
        Sublime => "sublime",
        /// The flag of Europe, owed on everything the Union funds.
        EuropeanUnion => "european_union",
    }

    /// On which side a column of a table is set.
    pub enum Align {
        Left => "left",
        /// For amounts and numbers.
        Right => "right",
    }
}

impl LetterKind {
    /// What the number of such a document ends with: no two kinds share a number, since none shares this.
    pub const fn suffix(self) -> &'static str {
        match self {
            LetterKind::Award => "A",
            LetterKind::Refusal => "N",
            LetterKind::Receipt => "R",
            LetterKind::PaymentNotice => "V",
            LetterKind::RecoveryRequest => "T",
            LetterKind::Agreement => "C",
            LetterKind::BankChange => "RIB",
            LetterKind::MissingPieces => "P",
            LetterKind::ReportAccepted => "B",
            LetterKind::Amendment => "AV",
            LetterKind::File => "D",
            LetterKind::Rules => "REG",
            LetterKind::Minutes => "PV",
            LetterKind::MinutesCopy => "PVL",
            LetterKind::TaxReceipt => "RF",
            LetterKind::VoidTaxReceipt => "RFA",
            LetterKind::Evidence => "EB",
            LetterKind::RunList => "LV",
        }
    }

    /// Whether it is kept under its number, with a page that says whether a copy is genuine.
    pub const fn is_issued(self) -> bool {
        !matches!(
            self,
            LetterKind::File | LetterKind::Rules | LetterKind::MinutesCopy | LetterKind::Evidence | LetterKind::RunList
        )
    }
}

/// A letter, receipt or contract, ready to be rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub kind: LetterKind,
    /// The unique number of the document, such as `LC-2027-0042`.
    pub reference: String,
    /// The title in the reader's window and in the metadata.
    pub title: String,
    pub language: Language,
    pub issuer: Issuer,
    pub fund: Fund,
    /// Who writes, under the issuer's name: a service or a person, one line each.
    pub sender: Vec<String>,
    /// To whom, as on the envelope: at most 6 lines of 38 characters pass through its window.
    pub recipient: Vec<String>,
    /// `Lille, le 12 mars 2027`.
    pub place_and_date: String,
    /// The recipient's own number: of the application, of the grant.
    pub your_reference: Option<String>,
    pub subject: String,
    /// `Madame la Présidente,`; empty on a receipt.
    pub salutation: String,
    pub blocks: Vec<Block>,
    /// The closing formula; empty on a receipt.
    pub closing: String,
    pub signature: Option<Signature>,
    /// Who bind themselves, for a contract. It has neither recipient, salutation, closing nor signature.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<Party>,
    /// The public page that says whether this document is genuine.
    pub check_url: String,
    /// The code to type on that page, for whoever has only the paper.
    pub check_code: String,
    pub issued_at: Moment,
}

/// Who issues the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer {
    pub name: String,
    pub address: Vec<String>,
    /// Mail address and telephone, joined by ` – `.
    pub contact: String,
    pub logo: LogoCode,
}

/// The fund in whose name the letter speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fund {
    pub name: String,
    pub logo: LogoCode,
    /// What the funders ask to be said on every document; empty when nothing is owed.
    pub mention: String,
    /// The funder's picture beside the mention.
    pub emblem: Option<LogoCode>,
}

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub name: String,
    pub title: String,
    /// Where it is signed, when that is not said above (`Fait à Lille`).
    pub place: Option<String>,
}

/// One side of a contract, as the block under the text shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The body that is bound.
    pub body: String,
    pub name: String,
    /// The capacity in which that person signs (qualité).
    pub title: String,
    /// When and how it was signed, in words; nothing leaves room for the date and the hand.
    pub signed: Option<String>,
}

/// One piece of the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    Paragraph(String),
    Heading(String),
    /// The title of an annex: it begins a page, and what follows comes after the signatures.
    Annex(String),
    /// What the next block answers.
    Label(String),
    List(Vec<String>),
    Table(Table),
    /// Names and their values, one below the other.
    Facts(Vec<(String, String)>),
}

/// A table with its caption, one header row and perhaps a total.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Table {
    pub caption: String,
    pub headers: Vec<Header>,
    pub rows: Vec<Vec<String>>,
    pub total: Option<Vec<String>>,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    pub text: String,
    pub align: Align,
}

impl Letter {
    /// The same letter under another number, in its title too.
    pub fn numbered(mut self, reference: String) -> Self {
        self.title = self.title.replace(&self.reference, &reference);
        self.reference = reference;
        self
    }

    /// The same letter with the apostrophes and the spaces of French, wherever its words come from.
    pub fn typeset(mut self) -> Self {
        for text in [&mut self.title, &mut self.place_and_date, &mut self.subject]
            .into_iter()
            .chain([&mut self.salutation, &mut self.closing, &mut self.issuer.name])
            .chain([&mut self.fund.name, &mut self.fund.mention])
            .chain(&mut self.issuer.address)
            .chain(&mut self.sender)
            .chain(&mut self.recipient)
            .chain(&mut self.your_reference)
        {
            *text = printed(text);
        }
        if let Some(signature) = &mut self.signature {
            signature.name = printed(&signature.name);
            signature.title = printed(&signature.title);
        }
        for party in &mut self.parties {
            for text in [&mut party.body, &mut party.name, &mut party.title].into_iter().chain(&mut party.signed) {
                *text = printed(text);
            }
        }
        self.blocks.iter_mut().for_each(Block::typeset);
        self
    }
}

impl Block {
    fn typeset(&mut self) {
        let print = |text: &mut String| *text = printed(text);
        match self {
            Block::Paragraph(text) | Block::Heading(text) | Block::Annex(text) | Block::Label(text) => print(text),
            Block::List(points) => points.iter_mut().for_each(print),
            Block::Facts(facts) => facts.iter_mut().flat_map(|(name, value)| [name, value]).for_each(print),
            Block::Table(table) => {
                let cells = table.rows.iter_mut().chain(&mut table.total).flatten();
                let heads = table.headers.iter_mut().map(|header| &mut header.text);
                heads.chain(cells).chain([&mut table.caption]).for_each(print);
            }
        }
    }

    /// A paragraph.
    pub fn paragraph(text: impl Into<String>) -> Self {
        Block::Paragraph(text.into())
    }

    /// A heading inside the body.
    pub fn heading(text: impl Into<String>) -> Self {
        Block::Heading(text.into())
    }

    /// A list of points.
    pub fn list<T: Into<String>>(points: impl IntoIterator<Item = T>) -> Self {
        Block::List(points.into_iter().map(Into::into).collect())
    }

    /// Names and values.
    pub fn facts<N: Into<String>, V: Into<String>>(facts: impl IntoIterator<Item = (N, V)>) -> Self {
        Block::Facts(facts.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl Table {
    /// An empty table; columns and rows are added one by one.
    pub fn new(caption: impl Into<String>) -> Self {
        Table { caption: caption.into(), ..Table::default() }
    }

    /// Adds a column of text.
    pub fn text_column(mut self, head: impl Into<String>) -> Self {
        self.headers.push(Header { text: head.into(), align: Align::Left });
        self
    }

    /// Adds a column of amounts or numbers.
    pub fn amount_column(mut self, head: impl Into<String>) -> Self {
        self.headers.push(Header { text: head.into(), align: Align::Right });
        self
    }

    /// Adds a row.
    pub fn row<T: Into<String>>(mut self, cells: impl IntoIterator<Item = T>) -> Self {
        self.rows.push(cells.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the last row: `label` first, `total` last, nothing between.
    pub fn total(mut self, label: impl Into<String>, total: Euros) -> Self {
        let mut cells = vec![String::new(); self.headers.len().max(2)];
        if let Some(first) = cells.first_mut() {
            *first = label.into();
        }
        if let Some(last) = cells.last_mut() {
            *last = total.to_string();
        }
        self.total = Some(cells);
        self
    }
}

impl From<Table> for Block {
    fn from(table: Table) -> Self {
        Block::Table(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_kinds_share_the_end_of_their_numbers() {
        let suffixes: std::collections::BTreeSet<_> = LetterKind::ALL.iter().map(|kind| kind.suffix()).collect();
        assert_eq!(suffixes.len(), LetterKind::ALL.len());
    }

    #[test]
    fn every_word_is_typeset() {
        let mut blocks = vec![
            Block::paragraph("d'abord : oui"),
            Block::list(["l'eau ;"]),
            Block::facts([("Nom", "Donner du pouvoir d'agir")]),
            Table::new("l'une").text_column("l'autre").row(["d'ici"]).into(),
        ];
        blocks.iter_mut().for_each(Block::typeset);
        let json = serde_json::to_string(&blocks).unwrap();
        assert!(!json.contains('\'') && !json.contains(" :") && !json.contains(" ;"), "{json}");
    }

    #[test]
    fn facts_survive_json() {
        let table = Table::new("Versements").text_column("Étape").amount_column("Montant").row(["Avance", "700,00 €"]);
        let blocks = vec![
            Block::paragraph("Bonjour"),
            Block::list(["un", "deux"]),
            Block::facts([("Dossier", "R-2027-014")]),
            table.total("Total", Euros::whole(700)).into(),
        ];
        let json = serde_json::to_string(&blocks).unwrap();
        assert!(
            json.starts_with(r#"[{"paragraph":"Bonjour"},{"list":["un","deux"]},{"facts":[["Dossier","R-2027-014"]]}"#)
        );
        assert_eq!(serde_json::from_str::<Vec<Block>>(&json).unwrap(), blocks);
    }

    #[test]
    fn a_total_sits_under_the_last_column() {
        let table = Table::new("").text_column("a").text_column("b").amount_column("c").total("Total", Euros::whole(5));
        assert_eq!(table.total.unwrap(), ["Total".to_owned(), String::new(), Euros::whole(5).to_string()]);
    }
}
