//! Bank statements as ISO 20022 camt.053 messages (versions 02 to 13, which name what is read here alike). A message with
//! a document type or an entity of its own is refused: nothing in it is ever expanded.

use super::Unreadable;
use crate::domain::{
    identity::Iban,
    money::Euros,
    statements::{EURO, MOST_LINES, Statement, StatementLine, StatementSide, return_reason},
};
use chrono::NaiveDate;
use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};

/// Deeper than any message goes.
const DEEPEST: usize = 40;
/// More elements than a statement of the most lines has.
const MOST_ELEMENTS: usize = 600_000;
/// What banks write where nobody gave a reference.
pub(super) const NOTHING: [&str; 3] = ["NOTPROVIDED", "NOTAVAILABLE", "NONREF"];

/// One element with what is in it.
#[derive(Debug, Default)]
struct Node {
    name: String,
    /// The attribute `Ccy` of amounts.
    currency: Option<String>,
    text: String,
    children: Vec<Node>,
}

impl Node {
    fn opened(tag: &BytesStart<'_>) -> Result<Self, Unreadable> {
        let currency = tag.try_get_attribute("Ccy").map_err(|_| broken())?;
        Ok(Node {
            name: tag.local_name().as_ref().to_owned(),
            currency: currency.map(|attribute| attribute.value.trim().to_owned()),
            ..Node::default()
        })
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element at the end of this path.
    fn at(&self, path: &[&str]) -> Option<&Node> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        self.children.iter().filter(|child| child.name == *first).find_map(|child| child.at(rest))
    }

    /// The text at the end of this path, when there is some.
    fn said(&self, path: &[&str]) -> Option<&str> {
        self.at(path).map(|node| node.text.trim()).filter(|text| !text.is_empty())
    }

    /// The first text at the end of one of these paths.
    fn any(&self, paths: &[&[&str]]) -> Option<&str> {
        paths.iter().find_map(|path| self.said(path))
    }
}

fn broken() -> Unreadable {
    Unreadable::because("Ce fichier XML est incomplet ou abîmé\u{a0}: téléchargez-le de nouveau depuis votre banque.")
}

fn forbidden() -> Unreadable {
    Unreadable::because(
        "Ce fichier XML contient une définition de type ou des entités\u{a0}: il est refusé par sécurité.",
    )
}

fn something_else() -> Unreadable {
    Unreadable::because(
        "Ce fichier XML n’est pas un relevé de compte camt.053. Demandez ce format à votre banque, ou un CSV.",
    )
}

/// Reads the statements of a message, which must all be of one account.
pub fn read(text: &str) -> Result<Statement, Unreadable> {
    let mut found = Found::default();
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Node> = Vec::new();
    loop {
        match reader.read_event().map_err(|_| broken())? {
            Event::Start(tag) => {
                let node = found.open(&tag, &open)?;
                open.push(node);
            }
            Event::Empty(tag) => {
                let node = found.open(&tag, &open)?;
                found.close(node, &mut open)?;
            }
            Event::End(_) => {
                let node = open.pop().ok_or_else(broken)?;
                found.close(node, &mut open)?;
            }
            Event::Text(text) => write(&mut open, &text),
            Event::CData(text) => write(&mut open, &text),
            Event::GeneralRef(named) => write(&mut open, character(&named)?.encode_utf8(&mut [0; 4])),
            Event::DocType(_) => return Err(forbidden()),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    if open.is_empty() { found.statement() } else { Err(broken()) }
}

fn write(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(text);
    }
}

/// The sign that a reference stands for: one of the five that XML itself knows, or a number.
fn character(named: &BytesRef<'_>) -> Result<char, Unreadable> {
    let name: &str = named;
    Ok(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => named.resolve_char_ref().ok().flatten().filter(|c| !c.is_control()).ok_or_else(forbidden)?,
    })
}

/// What has been read of a message so far.
#[derive(Default)]
struct Found {
    elements: usize,
    statements: usize,
    references: Vec<String>,
    accounts: Vec<String>,
    lines: Vec<StatementLine>,
}

impl Found {
    fn open(&mut self, tag: &BytesStart<'_>, open: &[Node]) -> Result<Node, Unreadable> {
        self.elements += 1;
        let node = Node::opened(tag)?;
        match (open.len(), node.name.as_str()) {
            (0, "Document") | (1, "BkToCstmrStmt") => Ok(node),
            (0 | 1, _) => Err(something_else()),
            (depth, _) if depth > DEEPEST || self.elements > MOST_ELEMENTS => Err(broken()),
            _ => Ok(node),
        }
    }

    /// What is done with an element that ends: each part of a statement is read as soon as it is whole.
    fn close(&mut self, node: Node, open: &mut [Node]) -> Result<(), Unreadable> {
        let is_in_statement = open.len() == 3 && open[2].name == "Stmt";
        match (open.len(), node.name.as_str()) {
            (0 | 1, _) => {}
            (2, "Stmt") => self.statements += 1,
            (2, _) => {}
            (3, "Id") if is_in_statement => self.references.push(node.text.trim().to_owned()),
            (3, "Acct") if is_in_statement => {
                let silent = || Unreadable::because("Le relevé ne dit pas l’IBAN de son compte.");
                self.accounts.push(node.said(&["Id", "IBAN"]).ok_or_else(silent)?.to_owned());
            }
            (3, "Ntry") if is_in_statement => {
                let place = self.lines.len() + 1;
                let unreadable = || {
                    let what = "le montant, le sens ou la date ne sont pas lisibles";
                    Unreadable::because(format!("Opération nº\u{a0}{place} du relevé\u{a0}: {what}."))
                };
                entry(&node, &mut self.lines).ok_or_else(unreadable)?;
                if self.lines.len() > MOST_LINES {
                    return Err(too_many());
                }
            }
            (3, _) => {}
            _ => open.last_mut().ok_or_else(broken)?.children.push(node),
        }
        Ok(())
    }

    fn statement(self) -> Result<Statement, Unreadable> {
        if self.statements == 0 {
            return Err(something_else());
        }
        let mut accounts = self.accounts;
        let is_told = accounts.len() == self.statements;
        accounts.dedup();
        let [account] = accounts.as_slice() else {
            return Err(Unreadable::because(
                "Ce fichier contient les relevés de plusieurs comptes\u{a0}: téléchargez-en un par compte.",
            ));
        };
        let iban: Option<Iban> = account.parse().ok().filter(|_| is_told);
        let iban = iban.ok_or_else(|| Unreadable::because("L’IBAN du compte de ce relevé n’est pas valable."))?;
        let reference = match self.references.as_slice() {
            [] => String::new(),
            [only] => only.clone(),
            [first, .., last] => format!("{first} – {last}"),
        };
        Ok(Statement { iban: Some(iban), reference, lines: self.lines })
    }
}

pub(super) fn too_many() -> Unreadable {
    Unreadable::because(format!("Ce relevé dépasse {MOST_LINES} opérations\u{a0}: importez une période plus courte."))
}

/// An amount with its currency. Zeros beyond the cent are nothing; more of another currency is rounded down.
fn amount(node: &Node) -> Option<(Euros, String)> {
    let currency = node.currency.clone().unwrap_or_else(|| EURO.to_owned());
    let text = node.text.trim();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let (cents, rest) = decimals.split_at_checked(2).unwrap_or((decimals, ""));
    let is_exact = rest.bytes().all(|digit| digit == b'0');
    let are_digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    if !are_digits(whole) || !are_digits(rest) || (currency == EURO && !is_exact) {
        return None;
    }
    Some((format!("{whole}.{cents}").parse().ok()?, currency))
}

fn side(node: &Node) -> Option<StatementSide> {
    match node.said(&["CdtDbtInd"])? {
        "DBIT" => Some(StatementSide::Debit),
        "CRDT" => Some(StatementSide::Credit),
        _ => None,
    }
}

/// The lines of an entry, `None` when it cannot be read. What is not booked yet is left out: it comes again once it is.
fn entry(node: &Node, lines: &mut Vec<StatementLine>) -> Option<()> {
    if node.any(&[&["Sts", "Cd"], &["Sts"]]).is_some_and(|state| state != "BOOK") {
        return Some(());
    }
    let (total, currency) = amount(node.at(&["Amt"])?)?;
    let day = node.any(&[&["BookgDt", "Dt"], &["BookgDt", "DtTm"], &["ValDt", "Dt"], &["ValDt", "DtTm"]])?;
    let booked_on = day.get(..10)?.parse::<NaiveDate>().ok()?;
    let whole = StatementLine {
        booked_on,
        side: side(node)?,
        amount: total,
        currency,
        end_to_end_id: None,
        batch_id: None,
        bank_reference: node.said(&["AcctSvcrRef"]).map(str::to_owned),
        account: String::new(),
        counterpart: String::new(),
        label: node.said(&["AddtlNtryInf"]).unwrap_or_default().to_owned(),
        return_reason: is_reversal(node).then(|| return_reason("")),
    };
    let details: Vec<_> = node.all("NtryDtls").flat_map(|details| details.all("TxDtls")).collect();
    // Our own name of the batch, where the bank tells of it as one.
    let paths: [&[&str]; 3] = [
        &["NtryDtls", "Btch", "PmtInfId"],
        &["NtryDtls", "Btch", "MsgId"],
        &["NtryDtls", "TxDtls", "Refs", "PmtInfId"],
    ];
    let batch_id = node.any(&paths).map(str::to_owned);
    match details.as_slice() {
        [] => lines.push(StatementLine { batch_id, ..whole }),
        [only] => {
            let line = detail(only, &whole);
            // One that names neither its transfer nor its payee is the whole batch, described once.
            let is_whole = line.end_to_end_id.is_none() && line.account.is_empty();
            lines.push(StatementLine { batch_id: batch_id.filter(|_| is_whole), ..line });
        }
        several => match parts(several, &whole) {
            Some(parts) => lines.extend(parts),
            // Details that do not add up to what was booked are not trusted: what was booked is, as the batch it is.
            None => lines.push(StatementLine { batch_id, ..whole }),
        },
    }
    Some(())
}

fn is_reversal(node: &Node) -> bool {
    node.said(&["RvslInd"]).is_some_and(|text| matches!(text, "true" | "1"))
}

/// Each transaction of an entry, when their amounts add up to it.
fn parts(details: &[&Node], whole: &StatementLine) -> Option<Vec<StatementLine>> {
    let mut lines = Vec::with_capacity(details.len());
    for node in details {
        let paths: [&[&str]; 3] = [&["Amt"], &["AmtDtls", "TxAmt", "Amt"], &["AmtDtls", "InstdAmt", "Amt"]];
        let (amount, currency) = amount(paths.iter().find_map(|path| node.at(path))?)?;
        let side = side(node).unwrap_or(whole.side);
        lines.push(StatementLine { amount, currency, side, ..detail(node, whole) });
    }
    let signed = |line: &StatementLine| if line.side == whole.side { line.amount } else { -line.amount };
    let is_whole = lines.iter().map(signed).sum::<Euros>() == whole.amount;
    (is_whole && lines.iter().all(|line| line.currency == whole.currency)).then_some(lines)
}

/// One transaction, with the amount of its entry.
fn detail(node: &Node, whole: &StatementLine) -> StatementLine {
    let reference = node.said(&["Refs", "EndToEndId"]).filter(|text| !NOTHING.contains(text));
    // The other side of a debit is who was paid; of what comes back, whoever it had been sent to.
    let is_return = node.at(&["RtrInf"]).is_some();
    let is_creditor = whole.side == StatementSide::Debit || is_return;
    let (party, account) = if is_creditor { ("Cdtr", "CdtrAcct") } else { ("Dbtr", "DbtrAcct") };
    let free: Vec<_> = node.all("RmtInf").flat_map(|said| said.all("Ustrd")).map(|said| said.text.trim()).collect();
    let told = node.said(&["AddtlTxInf"]).map_or(whole.label.clone(), str::to_owned);
    let code = node.any(&[&["RtrInf", "Rsn", "Cd"], &["RtrInf", "Rsn", "Prtry"]]).unwrap_or_default();
    StatementLine {
        end_to_end_id: reference.map(str::to_owned),
        bank_reference: node.said(&["Refs", "AcctSvcrRef"]).map(str::to_owned).or_else(|| whole.bank_reference.clone()),
        account: node.said(&["RltdPties", account, "Id", "IBAN"]).unwrap_or_default().to_owned(),
        counterpart: node
            .any(&[&["RltdPties", party, "Nm"], &["RltdPties", party, "Pty", "Nm"]])
            .unwrap_or_default()
            .to_owned(),
        label: if free.is_empty() { told } else { free.join(" ") },
        return_reason: if is_return { Some(return_reason(code)) } else { whole.return_reason.clone() },
        ..whole.clone()
    }
}

#[cfg(test)]
mod tests;
