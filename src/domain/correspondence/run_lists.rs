//! The transfers of a payment run as a list to print: what leaves, for whom, and room for both people to sign.

use crate::domain::{
    letters::{Block, Fund, Issuer, Language, Letter, LetterKind, LogoCode, Party, Table},
    money::Euros,
    text::{counted, legible},
    time::{Moment, french_date},
};
use chrono::NaiveDate;

/// A payment run, ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunList {
    pub issuer: Issuer,
    /// Where letters are written.
    pub city: String,
    pub reference: String,
    /// Where the run stands, in words.
    pub state: String,
    /// The day on which the bank is asked to pay.
    pub execution_on: NaiveDate,
    /// The account that pays: its holder, and its number masked.
    pub payer: (String, String),
    /// What leaves for each fund, in the order of the names.
    pub funds: Vec<(String, Euros)>,
    pub lines: Vec<RunListLine>,
    /// Lines that were withdrawn after the approval.
    pub withdrawn: i64,
    /// Who prepared it, and when.
    pub prepared: (String, Moment),
    /// Who approved it, and when; nothing before.
    pub approved: Option<(String, Moment)>,
    /// Since when it stands so: the same facts give the same bytes.
    pub at: Moment,
}

/// One transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunListLine {
    pub beneficiary: String,
    /// What the bank tells it by.
    pub reference: String,
    /// The number of the account, masked, and in whose name it is.
    pub account: (String, String),
    /// What the beneficiary reads on its statement.
    pub label: String,
    /// What leaves the bank.
    pub amount: Euros,
    /// What was kept back from it because its beneficiary owes it from elsewhere.
    pub kept_back: Euros,
}

impl RunListLine {
    fn cells(&self) -> [String; 5] {
        let label = match self.kept_back.is_positive() {
            true => format!("{} (trop-perçu déduit\u{a0}: {})", self.label, self.kept_back),
            false => self.label.clone(),
        };
        [
            legible(&self.beneficiary),
            self.reference.clone(),
            format!("{}, {}", self.account.0, legible(&self.account.1)),
            legible(&label),
            self.amount.to_string(),
        ]
    }
}

impl RunList {
    fn facts(&self) -> Block {
        let signed = |(name, at): &(String, Moment)| format!("{}, le {}", legible(name), at.french());
        let mut facts = vec![
            ("Lot".to_owned(), self.reference.clone()),
            ("État".to_owned(), self.state.clone()),
            ("Compte qui paie".to_owned(), format!("{}, {}", legible(&self.payer.0), self.payer.1)),
            ("Exécution demandée".to_owned(), french_date(self.execution_on)),
        ];
        facts.extend(self.funds.iter().map(|(name, sum)| (legible(name), sum.to_string())));
        facts.push(("Préparé par".to_owned(), signed(&self.prepared)));
        facts.push(("Approuvé par".to_owned(), self.approved.as_ref().map_or("pas encore approuvé".into(), signed)));
        Block::Facts(facts)
    }

    fn parties(&self) -> Vec<Party> {
        let party = |body: &str, done: &str, by: Option<&(String, Moment)>| Party {
            body: body.to_owned(),
            name: by.map(|(name, _)| legible(name)).unwrap_or_default(),
            title: by.map_or(String::new(), |(_, at)| format!("{done} le {}", at.french())),
            signed: None,
        };
        vec![
            party("la préparation", "Lot préparé", Some(&self.prepared)),
            party("l’approbation", "Lot approuvé", self.approved.as_ref()),
        ]
    }
}

/// The list. The same facts give the same one.
pub fn letter(list: &RunList) -> Letter {
    let subject = format!("Liste des virements du lot {}", list.reference);
    let mut blocks = vec![list.facts()];
    if list.lines.is_empty() {
        blocks.push(Block::paragraph("Aucun virement ne part avec ce lot."));
    } else {
        let head = Table::new(counted(list.lines.len() as i64, "virement", "virements"));
        let head = head.text_column("Bénéficiaire").text_column("Référence").text_column("IBAN et titulaire");
        let head = head.text_column("Libellé").amount_column("Montant");
        let table = list.lines.iter().fold(head, |table, line| table.row(line.cells()));
        blocks.push(table.total("Total", list.lines.iter().map(|line| line.amount).sum()).into());
    }
    if list.withdrawn > 0 {
        let said =
            counted(list.withdrawn, "virement retiré après l’approbation", "virements retirés après l’approbation");
        blocks.push(Block::paragraph(format!("Hors de cette liste\u{a0}: {said}.")));
    }
    Letter {
        kind: LetterKind::RunList,
        title: subject.clone(),
        reference: format!("{}-{}", list.reference, LetterKind::RunList.suffix()),
        language: Language::French,
        issuer: list.issuer.clone(),
        fund: Fund {
            name: "Lot de virements".to_owned(),
            logo: LogoCode::Lianes,
            mention: String::new(),
            emblem: None,
        },
        sender: Vec::new(),
        recipient: Vec::new(),
        place_and_date: format!("{}, le {}", list.city, french_date(list.at.paris_date())),
        your_reference: None,
        subject,
        salutation: String::new(),
        blocks,
        closing: String::new(),
        signature: None,
        parties: list.parties(),
        check_url: String::new(),
        check_code: String::new(),
        issued_at: list.at,
    }
    .typeset()
}
