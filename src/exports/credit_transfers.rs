//! The file by which a bank is asked to pay: ISO 20022 pain.001.001.09 in its SEPA usage. One payment block, one debit
//! on the account for the whole batch, addresses structured or absent (the only ones taken since November 2026).

use crate::{
    domain::{
        identity::{Bic, Iban, is_in_sepa},
        money::Euros,
        text::latin_sepa,
        time::Moment,
    },
    usecases::payment_runs::BankOrder,
};
use chrono::NaiveDate;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};
use std::{collections::HashSet, io};

/// All that one file says. The same value always gives the same bytes.
#[derive(Debug, Clone)]
pub struct CreditTransferFile {
    /// Unique for ever at this bank; at most 35 characters.
    pub message_id: String,
    /// When the file was made; written on the Paris wall clock.
    pub created_at: Moment,
    /// Who sends the file.
    pub initiating_party: String,
    /// Who pays.
    pub debtor_name: String,
    pub debtor_iban: Iban,
    pub debtor_bic: Option<Bic>,
    /// The day on which the bank is to pay.
    pub execution_on: NaiveDate,
    /// Name of the batch on the statement; at most 35 characters.
    pub batch_id: String,
    pub transfers: Vec<Transfer>,
}

/// One payment.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// Comes back on the statement and to the payee; unique in the file, at most 35 characters.
    pub end_to_end_id: String,
    pub amount: Euros,
    /// The holder as on the bank's own document: banks compare it with the account since October 2025.
    pub creditor_name: String,
    pub creditor_iban: Iban,
    pub creditor_bic: Option<Bic>,
    pub address: Option<Address>,
    /// What the payee reads; shortened to 140 characters.
    pub remittance: String,
}

/// A structured address. An empty street, building or postcode is left out; town and country cannot be.
#[derive(Debug, Clone, Default)]
pub struct Address {
    pub street: String,
    pub building: String,
    pub postcode: String,
    pub town: String,
    /// Two letters (ISO 3166): `FR`.
    pub country: String,
}

/// Why no file can be made, as the person reads it who asked for one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditTransferError {
    #[error("tous ses virements ont été retirés. Annulez ce lot.")]
    Empty,
    #[error("le montant du virement {0} doit être entre 0,01\u{a0}€ et 999\u{202f}999\u{202f}999,99\u{a0}€.")]
    Amount(String),
    #[error("la référence {0} y serait deux fois.")]
    Duplicate(String),
    #[error("les banques ne prennent pas la référence «\u{a0}{0}\u{a0}».")]
    Reference(String),
    #[error("le nom du titulaire, pour {0}, n’a aucune lettre que la banque sache lire.")]
    Name(String),
    #[error("l’adresse du bénéficiaire du virement {0} n’a pas de ville ou pas de pays.")]
    Address(String),
    #[error("le compte du virement {0} est hors de la zone SEPA. Retirez ce virement du lot.")]
    OutOfSepa(String),
    #[error("l’écriture du fichier a échoué.")]
    Unwritten,
}

/// Longest reference and longest town.
const SHORT: usize = 35;
/// Longest name of a party under the SEPA rules (the message itself would take 140).
const NAME: usize = 70;
/// Longest free text to the payee.
const REMITTANCE: usize = 140;
const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

/// A bank order as the bank reads it, or why it cannot be written.
pub fn bank_file(order: &BankOrder) -> Result<String, String> {
    let bytes = CreditTransferFile::from(order).to_xml().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

impl From<&BankOrder> for CreditTransferFile {
    /// Addresses are left out: inside the euro area the number and the holder's name are enough.
    fn from(order: &BankOrder) -> Self {
        let transfers = order.transfers.iter().map(|transfer| Transfer {
            end_to_end_id: transfer.end_to_end_id.clone(),
            amount: transfer.amount,
            creditor_name: transfer.holder.clone(),
            creditor_iban: transfer.iban.clone(),
            creditor_bic: transfer.bic.clone(),
            address: None,
            remittance: transfer.remittance.clone(),
        });
        CreditTransferFile {
            message_id: order.reference.clone(),
            created_at: order.made_at,
            initiating_party: order.payer_holder.clone(),
            debtor_name: order.payer_holder.clone(),
            debtor_iban: order.payer_iban.clone(),
            debtor_bic: order.payer_bic.clone(),
            execution_on: order.execution_on,
            batch_id: order.reference.clone(),
            transfers: transfers.collect(),
        }
    }
}

impl CreditTransferFile {
    /// The sum of the transfers.
    pub fn total(&self) -> Euros {
        self.transfers.iter().map(|transfer| transfer.amount).sum()
    }

    /// The bytes for the bank, checked against the rules of the scheme that its schema does not hold.
    pub fn to_xml(&self) -> Result<Vec<u8>, CreditTransferError> {
        self.check()?;
        let mut bytes = Vec::with_capacity(2048 + self.transfers.len() * 1024);
        let written = self.write(&mut Element(&mut Writer::new_with_indent(&mut bytes, b' ', 2)));
        written.map_err(|_| CreditTransferError::Unwritten)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn check(&self) -> Result<(), CreditTransferError> {
        reference(&self.message_id)?;
        reference(&self.batch_id)?;
        name(&self.message_id, &self.initiating_party)?;
        name(&self.message_id, &self.debtor_name)?;
        if self.transfers.is_empty() {
            return Err(CreditTransferError::Empty);
        }
        let mut seen = HashSet::new();
        for transfer in &self.transfers {
            transfer.check()?;
            if !seen.insert(transfer.end_to_end_id.as_str()) {
                return Err(CreditTransferError::Duplicate(transfer.end_to_end_id.clone()));
            }
        }
        Ok(())
    }

    fn write(&self, to: &mut Element<'_, '_>) -> io::Result<()> {
        to.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let document = to.0.create_element("Document").with_attribute(("xmlns", NAMESPACE));
        document.write_inner_content(|to| {
            Element(to).group("CstmrCdtTrfInitn", |to| {
                to.group("GrpHdr", |to| self.write_header(to))?;
                to.group("PmtInf", |to| self.write_payment(to))
            })
        })?;
        Ok(())
    }

    fn write_header(&self, to: &mut Element<'_, '_>) -> io::Result<()> {
        to.text("MsgId", &self.message_id)?;
        to.text("CreDtTm", &self.created_at.paris().format("%Y-%m-%dT%H:%M:%S").to_string())?;
        self.write_controls(to)?;
        to.group("InitgPty", |to| to.text("Nm", &latin(&self.initiating_party, NAME)))
    }

    /// How many transfers and how much, by which the bank sees that nothing was lost.
    fn write_controls(&self, to: &mut Element<'_, '_>) -> io::Result<()> {
        to.text("NbOfTxs", &self.transfers.len().to_string())?;
        to.text("CtrlSum", &self.total().machine())
    }

    fn write_payment(&self, to: &mut Element<'_, '_>) -> io::Result<()> {
        to.text("PmtInfId", &self.batch_id)?;
        to.text("PmtMtd", "TRF")?;
        to.text("BtchBookg", "true")?;
        self.write_controls(to)?;
        to.group("PmtTpInf", |to| to.group("SvcLvl", |to| to.text("Cd", "SEPA")))?;
        to.group("ReqdExctnDt", |to| to.text("Dt", &self.execution_on.to_string()))?;
        to.group("Dbtr", |to| to.text("Nm", &latin(&self.debtor_name, NAME)))?;
        to.group("DbtrAcct", |to| {
            to.group("Id", |to| to.text("IBAN", self.debtor_iban.electronic()))?;
            to.text("Ccy", "EUR")
        })?;
        to.group("DbtrAgt", |to| to.group("FinInstnId", |to| self.write_debtor_bank(to)))?;
        to.text("ChrgBr", "SLEV")?;
        self.transfers.iter().try_for_each(|transfer| to.group("CdtTrfTxInf", |to| transfer.write(to)))
    }

    fn write_debtor_bank(&self, to: &mut Element<'_, '_>) -> io::Result<()> {
        match &self.debtor_bic {
            Some(bic) => to.text("BICFI", bic.as_str()),
            None => to.group("Othr", |to| to.text("Id", "NOTPROVIDED")),
        }
    }
}

impl Transfer {
    fn check(&self) -> Result<(), CreditTransferError> {
        reference(&self.end_to_end_id)?;
        if !(1..=99_999_999_999).contains(&self.amount.cents()) {
            return Err(CreditTransferError::Amount(self.end_to_end_id.clone()));
        }
        name(&self.end_to_end_id, &self.creditor_name)?;
        if !is_in_sepa(self.creditor_iban.country()) {
            return Err(CreditTransferError::OutOfSepa(self.end_to_end_id.clone()));
        }
        let country = |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        match &self.address {
            Some(address) if latin(&address.town, SHORT).is_empty() || !country(&address.country) => {
                Err(CreditTransferError::Address(self.end_to_end_id.clone()))
            }
            _ => Ok(()),
        }
    }

    fn write(&self, to: &mut Element<'_, '_>) -> io::Result<()> {
        to.group("PmtId", |to| to.text("EndToEndId", &self.end_to_end_id))?;
        to.group("Amt", |to| {
            let amount = to.0.create_element("InstdAmt").with_attribute(("Ccy", "EUR"));
            amount.write_text_content(BytesText::new(&self.amount.machine())).map(|_| ())
        })?;
        if let Some(bic) = &self.creditor_bic {
            to.group("CdtrAgt", |to| to.group("FinInstnId", |to| to.text("BICFI", bic.as_str())))?;
        }
        to.group("Cdtr", |to| {
            to.text("Nm", &latin(&self.creditor_name, NAME))?;
            match &self.address {
                Some(address) => to.group("PstlAdr", |to| address.write(to)),
                None => Ok(()),
            }
        })?;
        to.group("CdtrAcct", |to| to.group("Id", |to| to.text("IBAN", self.creditor_iban.electronic())))?;
        match latin(&self.remittance, REMITTANCE) {
            remittance if remittance.is_empty() => Ok(()),
            remittance => to.group("RmtInf", |to| to.text("Ustrd", &remittance)),
        }
    }
}

impl Address {
    fn write(&self, to: &mut Element<'_, '_>) -> io::Result<()> {
        for (element, text, longest) in [
            ("StrtNm", &self.street, 70),
            ("BldgNb", &self.building, 16),
            ("PstCd", &self.postcode, 16),
            ("TwnNm", &self.town, SHORT),
        ] {
            let text = latin(text, longest);
            if !text.is_empty() {
                to.text(element, &text)?;
            }
        }
        to.text("Ctry", &self.country)
    }
}

/// Where elements are written.
struct Element<'w, 'b>(&'w mut Writer<&'b mut Vec<u8>>);

impl<'b> Element<'_, 'b> {
    /// An element made of others.
    fn group(&mut self, name: &str, inside: impl FnOnce(&mut Element<'_, 'b>) -> io::Result<()>) -> io::Result<()> {
        self.0.create_element(name).write_inner_content(|to| inside(&mut Element(to))).map(|_| ())
    }

    /// An element made of a text.
    fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.0.create_element(name).write_text_content(BytesText::new(text)).map(|_| ())
    }
}

/// At most `longest` characters a bank takes.
fn latin(text: &str, longest: usize) -> String {
    let mut latin = latin_sepa(text);
    latin.truncate(longest);
    latin.truncate(latin.trim_end().len());
    latin
}

/// A reference travels as it is or not at all: changing it would lose the payment's track.
fn reference(text: &str) -> Result<(), CreditTransferError> {
    let well_placed = !text.starts_with('/') && !text.ends_with('/') && !text.contains("//");
    if (1..=SHORT).contains(&text.len()) && well_placed && latin_sepa(text) == text {
        Ok(())
    } else {
        Err(CreditTransferError::Reference(text.to_owned()))
    }
}

/// A name must keep at least one letter or digit once in the bank's characters.
fn name(whose: &str, text: &str) -> Result<(), CreditTransferError> {
    if latin(text, NAME).bytes().any(|b| b.is_ascii_alphanumeric()) {
        Ok(())
    } else {
        Err(CreditTransferError::Name(whose.to_owned()))
    }
}
