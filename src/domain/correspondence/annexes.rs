//! What is annexed to an agreement: the budget, the schedule of payments, the republican commitment contract.

use super::grants::paragraph;
use crate::domain::{
    budgets::Side,
    letters::{Block, Table},
    money::Euros,
    text::nbsp,
};

/// The contract as the decree has it (décret 2021-1947 du 31 décembre 2021, annexe): a heading after each `#`.
const REPUBLICAN_CONTRACT: &str = include_str!("republican_contract.txt");

/// A line of the budget both sides agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreedLine {
    pub side: Side,
    pub label: String,
    pub amount: Euros,
}

/// A payment with the day it is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuePayment {
    /// « Avance », « Solde ».
    pub label: String,
    /// « 30 avril 2027 », or when it was paid.
    pub due: String,
    pub condition: String,
    pub amount: Euros,
}

/// The annexes in their order: budget, schedule, and the contract for those who owe it.
pub(super) fn annexes(budget: &[AgreedLine], calendar: &[DuePayment], owes_contract: bool) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut number = 0;
    let mut begin = |blocks: &mut Vec<Block>, title: &str| {
        number += 1;
        blocks.push(Block::Annex(nbsp(&format!("Annexe {number} – {title}"))));
    };
    if !budget.is_empty() {
        begin(&mut blocks, "Budget du projet");
        blocks.extend(budget_tables(budget));
    }
    if !calendar.is_empty() {
        begin(&mut blocks, "Échéancier des versements");
        blocks.push(calendar_table(calendar));
        blocks.push(paragraph(
            "Les dates sont celles auxquelles les versements sont attendus ; un versement ne part que si sa condition est remplie.",
        ));
    }
    if owes_contract {
        begin(&mut blocks, "Contrat d’engagement républicain");
        blocks.push(paragraph("Annexe du décret n° 2021-1947 du 31 décembre 2021."));
        blocks.extend(republican_contract());
    }
    blocks
}

/// What an agreement says of its annexes; empty when there are none.
pub(super) fn announced(budget: &[AgreedLine], calendar: &[DuePayment], owes_contract: bool) -> String {
    let named = [
        (!budget.is_empty()).then_some("le budget du projet"),
        (!calendar.is_empty()).then_some("l’échéancier des versements"),
        owes_contract.then_some("le contrat d’engagement républicain"),
    ];
    let named: Vec<_> = named.into_iter().flatten().collect();
    match named.as_slice() {
        [] => String::new(),
        [one] => format!("Est annexé à la convention et en fait partie : {one}."),
        many => format!("Sont annexés à la convention et en font partie : {}.", many.join(", ")),
    }
}

fn budget_tables(budget: &[AgreedLine]) -> Vec<Block> {
    let table = |side: Side, caption: &str| {
        let lines: Vec<_> = budget.iter().filter(|line| line.side == side).collect();
        let table = Table::new(caption).text_column("Poste").amount_column("Montant prévu");
        let total = lines.iter().map(|line| line.amount).sum();
        let filled = lines.iter().fold(table, |table, line| table.row([line.label.clone(), line.amount.to_string()]));
        (!lines.is_empty()).then(|| Block::from(filled.total("Total", total)))
    };
    [table(Side::Expense, "Dépenses"), table(Side::Income, "Ressources")].into_iter().flatten().collect()
}

fn calendar_table(calendar: &[DuePayment]) -> Block {
    let table = Table::new("Versements").text_column("Versement").text_column("Attendu").text_column("Condition");
    let table = calendar.iter().fold(table.amount_column("Montant"), |table, line| {
        table.row([line.label.clone(), nbsp(&line.due), nbsp(&line.condition), line.amount.to_string()])
    });
    table.total("Total", calendar.iter().map(|line| line.amount).sum()).into()
}

fn republican_contract() -> impl Iterator<Item = Block> {
    REPUBLICAN_CONTRACT.lines().filter(|line| !line.trim().is_empty()).map(|line| match line.strip_prefix("# ") {
        Some(title) => Block::Label(nbsp(title)),
        None => paragraph(line),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_has_its_seven_commitments_and_a_school_none() {
        let line = AgreedLine { side: Side::Expense, label: "Salle".into(), amount: Euros::whole(900) };
        let of = |owes| annexes(std::slice::from_ref(&line), &[], owes);
        let titles: Vec<_> = of(true)
            .into_iter()
            .filter_map(|block| match block {
                Block::Label(title) => Some(title.replace('\u{a0}', " ")),
                _ => None,
            })
            .collect();
        assert_eq!(titles.len(), 7);
        assert!(titles[6].starts_with("Engagement n° 7"), "{titles:?}");
        assert!(of(false).iter().all(|block| !matches!(block, Block::Label(_))));
        assert!(announced(std::slice::from_ref(&line), &[], false).starts_with("Est annexé"));
        assert!(announced(&[], &[], false).is_empty());
    }
}
