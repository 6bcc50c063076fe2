//! Bank statements (relevés de compte): what a bank says it did, and which column of a table says what. How a line is
//! matched with what is awaited is in [`matching`].

pub mod matching;

use super::{codes::codes, identity::Iban, money::Euros};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most lines of one statement.
pub const MOST_LINES: usize = 10_000;
/// The currency of the accounts the house pays from.
pub const EURO: &str = "EUR";

codes! {
    /// Whether money left the account or came in.
    pub enum StatementSide {
        Debit => "debit",
        Credit => "credit",
    }

    /// What the file was.
    pub enum StatementFormat {
        /// ISO 20022 camt.053.
        Camt => "camt",
        Csv => "csv",
    }

    /// What a confirmed line does.
    pub enum Doing {
        /// The bank executed a payment.
        Pay => "pay",
        /// The bank sent a payment back.
        Return => "return",
        /// A debt was paid to us.
        Receive => "receive",
    }

    /// What a column of a bank's table says.
    pub enum Column {
        Date => "date",
        Label => "libelle",
        Amount => "montant",
        Debit => "debit",
        Credit => "credit",
        /// Whether an amount without a sign left or came in: D or C.
        Direction => "sens",
        Iban => "iban",
        EndToEndId => "reference",
        BankReference => "banque",
        Currency => "devise",
    }
}

impl StatementFormat {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            StatementFormat::Camt => "camt.053",
            StatementFormat::Csv => "CSV",
        }
    }
}

impl Column {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Column::Date => "Date de l’opération",
            Column::Label => "Libellé",
            Column::Amount => "Montant (négatif quand l’argent sort)",
            Column::Debit => "Débit",
            Column::Credit => "Crédit",
            Column::Direction => "Sens (débit ou crédit)",
            Column::Iban => "IBAN du bénéficiaire ou du payeur",
            Column::EndToEndId => "Référence de bout en bout",
            Column::BankReference => "Référence de la banque",
            Column::Currency => "Devise",
        }
    }
}

/// One statement, or several of one account that follow each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    /// The account, when the file names it.
    pub iban: Option<Iban>,
    /// How the bank calls it; empty when it does not.
    pub reference: String,
    pub lines: Vec<StatementLine>,
}

/// One operation the bank has booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    pub booked_on: NaiveDate,
    pub side: StatementSide,
    /// Never negative; in `currency`.
    pub amount: Euros,
    pub currency: String,
    /// What the order of payment called it; nothing when the bank says that nothing was provided.
    pub end_to_end_id: Option<String>,
    /// How the order called the batch of which this is the whole.
    pub batch_id: Option<String>,
    /// How the bank calls the operation.
    pub bank_reference: Option<String>,
    /// The account on the other side, as written.
    pub account: String,
    /// Who is on the other side.
    pub counterpart: String,
    pub label: String,
    /// Why the bank sent the money back, in French; nothing when it did not say so.
    pub return_reason: Option<String>,
}

impl StatementLine {
    /// What makes the line itself, whatever file brings it: where the bank has its own name for the operation its label,
    /// which may be worded otherwise from one file to the next, is left out.
    pub fn content(&self) -> String {
        let said = match &self.bank_reference {
            Some(reference) => format!("reference {reference}"),
            None => format!("label {}", self.label),
        };
        let parts = [
            self.booked_on.to_string(),
            self.side.to_string(),
            self.amount.machine(),
            self.currency.clone(),
            self.end_to_end_id.clone().unwrap_or_default(),
            self.batch_id.clone().unwrap_or_default(),
            self.account.clone(),
            said,
        ];
        parts.join("\n")
    }
}

/// Which column of a bank's table says what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The heads of the table it was made for.
    pub heads: Vec<String>,
    /// Places of the columns, from 0.
    pub columns: BTreeMap<Column, usize>,
}

impl Mapping {
    /// The place of a column.
    pub fn place(&self, column: Column) -> Option<usize> {
        self.columns.get(&column).copied()
    }

    /// What is missing or too much, a French sentence for each column.
    pub fn faults(&self) -> Vec<(Column, &'static str)> {
        let mut faults = Vec::new();
        let has = |column| self.columns.contains_key(&column);
        if !has(Column::Date) {
            faults.push((Column::Date, "Dites quelle colonne donne la date."));
        }
        match (has(Column::Amount), has(Column::Debit), has(Column::Credit)) {
            (true, false, false) | (false, true, true) => {}
            (true, ..) => faults.push((
                Column::Amount,
                "Choisissez soit une colonne de montants, soit une colonne de débits et une de crédits.",
            )),
            (false, true, false) => faults.push((Column::Credit, "Dites quelle colonne donne les crédits.")),
            (false, false, true) => faults.push((Column::Debit, "Dites quelle colonne donne les débits.")),
            (false, false, false) => faults.push((
                Column::Amount,
                "Dites quelle colonne donne les montants, ou lesquelles donnent les débits et les crédits.",
            )),
        }
        if has(Column::Direction) && !has(Column::Amount) {
            faults.push((Column::Direction, "Le sens ne sert qu’avec une colonne de montants."));
        }
        let places: Vec<usize> = self.columns.values().copied().collect();
        for (column, place) in &self.columns {
            if *place >= self.heads.len() {
                faults.push((*column, "Cette colonne n’existe pas dans le fichier."));
            } else if places.iter().filter(|other| *other == place).count() > 1 {
                faults.push((*column, "Une même colonne ne peut pas servir deux fois."));
            }
        }
        faults
    }
}

/// Why a bank sent money back, in French, by the code of ISO 20022 (external return reasons).
pub fn return_reason(code: &str) -> String {
    let words = match code {
        "AC01" | "AC03" => "le numéro de compte est incorrect",
        "AC04" | "AC07" => "le compte est clôturé",
        "AC06" => "le compte est bloqué",
        "AG01" | "AC14" => "le compte ne reçoit pas de virement",
        "AM05" => "le virement est un doublon",
        "BE01" | "BE05" | "BE06" => "le titulaire ne correspond pas au compte",
        "BE04" => "l’adresse du bénéficiaire manque",
        "CNOR" | "DNOR" | "RC01" => "la banque du bénéficiaire n’est pas joignable",
        "FOCR" => "le virement est rappelé à notre demande",
        "MD07" => "le titulaire du compte est décédé",
        "MS02" => "le bénéficiaire le refuse",
        _ => "la banque ne dit pas pourquoi",
    };
    if code.is_empty() { words.to_owned() } else { format!("{words} (code {code})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(columns: &[(Column, usize)]) -> Mapping {
        let heads = ["Date", "Libellé", "Débit", "Crédit"].map(str::to_owned).to_vec();
        Mapping { heads, columns: columns.iter().copied().collect() }
    }

    #[test]
    fn a_mapping_needs_a_date_and_one_way_to_read_amounts() {
        use Column::*;
        assert!(mapping(&[(Date, 0), (Amount, 2)]).faults().is_empty());
        assert!(mapping(&[(Date, 0), (Debit, 2), (Credit, 3)]).faults().is_empty());
        let wrong = |columns: &[(Column, usize)]| -> Vec<Column> {
            mapping(columns).faults().into_iter().map(|(column, _)| column).collect()
        };
        assert_eq!(wrong(&[]), [Date, Amount]);
        assert_eq!(wrong(&[(Date, 0), (Debit, 2)]), [Credit]);
        assert_eq!(wrong(&[(Date, 0), (Amount, 1), (Debit, 2), (Credit, 3)]), [Amount]);
        assert!(mapping(&[(Date, 0), (Amount, 2), (Direction, 3)]).faults().is_empty());
        assert_eq!(wrong(&[(Date, 0), (Debit, 1), (Credit, 2), (Direction, 3)]), [Direction]);
        assert_eq!(wrong(&[(Date, 0), (Amount, 9)]), [Amount]);
        assert_eq!(wrong(&[(Date, 1), (Amount, 1)]), [Date, Amount]);
    }

    #[test]
    fn a_mapping_is_kept_and_read_back() {
        let kept = mapping(&[(Column::Date, 0), (Column::Amount, 2)]);
        let text = serde_json::to_string(&kept).unwrap();
        assert!(text.contains("\"montant\":2"), "{text}");
        assert_eq!(serde_json::from_str::<Mapping>(&text).unwrap(), kept);
    }

    #[test]
    fn an_operation_the_bank_names_is_the_same_under_another_label() {
        let line = StatementLine {
            booked_on: NaiveDate::from_ymd_opt(2027, 5, 3).unwrap(),
            side: StatementSide::Debit,
            amount: Euros::whole(12),
            currency: EURO.into(),
            end_to_end_id: None,
            batch_id: None,
            bank_reference: Some("B1".into()),
            account: String::new(),
            counterpart: String::new(),
            label: "VIR".into(),
            return_reason: None,
        };
        let other = StatementLine { label: "VIREMENT".into(), ..line.clone() };
        assert_eq!(line.content(), other.content());
        let unnamed = |line: StatementLine| StatementLine { bank_reference: None, ..line }.content();
        assert_ne!(unnamed(line), unnamed(other));
    }

    #[test]
    fn a_return_says_why_in_french() {
        assert_eq!(return_reason("AC04"), "le compte est clôturé (code AC04)");
        assert_eq!(return_reason(""), "la banque ne dit pas pourquoi");
    }
}
