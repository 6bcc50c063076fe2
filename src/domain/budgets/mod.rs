//! Planned and actual budgets by Cerfa line: balance, valuations, eligible cost, and what a grant may come to.

pub mod pasting;

use super::{
    codes::codes,
    definitions::values::{amount, amount_option, rate},
    money::{Euros, Rate},
    references::budget_account,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

codes! {
    /// Which way the money goes.
    pub enum Side {
        /// Charges: classes 60 to 69 and 86.
        Expense => "expense",
        /// Produits: classes 70 to 79 and 87.
        Income => "income",
    }

    /// What the co-financing rate is applied to. Funders disagree on it, so each call says it.
    pub enum RateBase {
        WithValuations => "with_valuations",
        WithoutValuations => "without_valuations",
    }

    /// How finely the amounts of a planned budget are written.
    #[derive(Default)]
    pub enum BudgetUnit {
        #[default]
        Cent => "cent",
        /// Whole euros: cents are refused.
        Euro => "euro",
    }

    /// Which of a line's two amounts is meant.
    pub enum Stage {
        Planned => "planned",
        Actual => "actual",
    }
}

/// How much a call gives to one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmountRules {
    #[serde(with = "amount")]
    pub floor: Euros,
    #[serde(with = "amount")]
    pub ceiling: Euros,
    /// The most of the eligible cost that the grant may cover.
    #[serde(with = "rate")]
    pub rate: Rate,
    pub base: RateBase,
    /// The largest project the call is meant for, all expenses and valuations counted.
    #[serde(with = "amount_option", default)]
    pub maximum_project_cost: Option<Euros>,
    /// Without it, to the cent.
    #[serde(default, skip_serializing_if = "BudgetUnit::is_cent")]
    pub unit: BudgetUnit,
}

impl BudgetUnit {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            BudgetUnit::Cent => "En euros et centimes",
            BudgetUnit::Euro => "En euros entiers, sans centimes",
        }
    }

    fn is_cent(&self) -> bool {
        *self == BudgetUnit::Cent
    }

    /// Why an amount cannot stand in the budget, a French sentence; nothing when it can.
    pub fn refuses(self, amount: Euros) -> Option<String> {
        let down = Euros::whole(amount.cents().div_euclid(100));
        let is_refused = self == BudgetUnit::Euro && down != amount;
        is_refused.then(|| {
            let up = down + Euros::whole(1);
            format!(
                "Cet appel demande des euros entiers, sans centimes\u{a0}: écrivez {down} ou {up}, et non {amount}."
            )
        })
    }

    /// An amount as its field shows it.
    pub fn shown(self, amount: Euros) -> String {
        let plain = amount.plain();
        match self {
            BudgetUnit::Cent => plain,
            BudgetUnit::Euro => plain.strip_suffix(",00").map(ToOwned::to_owned).unwrap_or(plain),
        }
    }
}

/// What becomes of money that was paid and not needed (loi 2021-875, art. 2: the agreement says what may be kept).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurplusRule {
    /// The part of the award that the grantee keeps.
    #[serde(with = "rate")]
    pub kept: Rate,
    /// A remainder up to this amount is not asked back.
    #[serde(with = "amount")]
    pub waived_up_to: Euros,
}

impl Default for SurplusRule {
    fn default() -> Self {
        SurplusRule { kept: Rate::percent(0), waived_up_to: Euros::whole(50) }
    }
}

impl SurplusRule {
    /// Everything comes back, however little: the rule of a grant that ended before its time.
    pub const NOTHING_KEPT: Self = SurplusRule { kept: Rate::percent(0), waived_up_to: Euros::ZERO };

    /// What must come back of an overpayment: all beyond what may be kept, or nothing when that is too little to ask for.
    pub fn to_return(&self, award: Euros, overpaid: Euros) -> Euros {
        let excess = overpaid - award.at(self.kept);
        if excess > self.waived_up_to { excess } else { Euros::ZERO }
    }
}

/// One line of a budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetLine {
    /// The code of its Cerfa line.
    pub account: String,
    pub side: Side,
    /// What it is, in the applicant's words.
    pub label: String,
    pub planned: Euros,
    /// Once the money is spent or received.
    pub actual: Option<Euros>,
    /// Whether the fund may pay for it; of no meaning for income.
    pub is_eligible: bool,
    /// Whether an income is certain already; what is not said is asked for only. Left out of the text of what is filed
    /// while it says nothing.
    #[serde(default, skip_serializing_if = "is_not")]
    pub is_secured: bool,
    /// A part of the planned amount that the fund cannot pay for, of a line it pays for otherwise; zero for any other line,
    /// and left out in the same way.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub ineligible: Euros,
}

fn is_nothing(amount: &Euros) -> bool {
    *amount == Euros::ZERO
}

fn is_not(said: &bool) -> bool {
    !said
}

impl BudgetLine {
    /// Whether it values what is given without money (classes 86 and 87).
    pub fn is_valuation(&self) -> bool {
        self.account.starts_with("86") || self.account.starts_with("87")
    }

    /// Whether the box beside it is ticked: an expense of which the fund pays nothing, an income that is certain.
    pub const fn is_ticked(&self) -> bool {
        match self.side {
            Side::Expense => !self.is_eligible,
            Side::Income => self.is_secured,
        }
    }

    /// What is said of it beside its amount, in words; often nothing.
    pub fn note(&self) -> String {
        match self.side {
            Side::Expense if !self.is_eligible => "non éligible".to_owned(),
            Side::Expense => part_in_words(self.ineligible),
            Side::Income if self.is_secured => "acquis".to_owned(),
            Side::Income => String::new(),
        }
    }

    /// What of an expense the fund may share in.
    fn eligible(&self, stage: Stage) -> Euros {
        let is_shared = self.side == Side::Expense && self.is_eligible;
        if is_shared { left_of(self.at(stage), self.ineligible) } else { Euros::ZERO }
    }

    fn at(&self, stage: Stage) -> Euros {
        match stage {
            Stage::Planned => self.planned,
            Stage::Actual => self.actual.unwrap_or_default(),
        }
    }
}

/// « dont 300 € non éligibles »; nothing without such a part.
pub fn part_in_words(ineligible: Euros) -> String {
    if ineligible == Euros::ZERO { String::new() } else { format!("dont {ineligible} non éligibles") }
}

/// What of an amount the fund may share in, once the part it cannot pay for is taken away; never less than nothing.
pub fn left_of(amount: Euros, ineligible: Euros) -> Euros {
    (amount - ineligible).max(Euros::ZERO)
}

/// A budget. The grant itself is an income like any other, but written once, here, and on no line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Budget {
    pub grant: Euros,
    pub lines: Vec<BudgetLine>,
}

/// Something wrong with a budget, as a French sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetProblem {
    /// The line it concerns, counted from 0; nothing for the budget as a whole.
    pub line: Option<usize>,
    pub message: String,
}

impl Budget {
    /// The same, this much of these lines of expense being ineligible whatever is said on them: by account.
    pub fn marked(&self, marks: &BTreeMap<String, Euros>) -> Budget {
        let mut marked = self.clone();
        for line in marked.lines.iter_mut().filter(|line| line.side == Side::Expense) {
            let Some(part) = marks.get(&line.account) else { continue };
            line.is_eligible = *part < line.planned;
            line.ineligible = if line.is_eligible { *part } else { Euros::ZERO };
        }
        marked
    }

    fn sum(&self, stage: Stage, wanted: impl Fn(&BudgetLine) -> bool) -> Euros {
        self.lines.iter().filter(|line| wanted(line)).map(|line| line.at(stage)).sum()
    }

    /// Expenses in money (classes 60 to 69).
    pub fn expenses(&self, stage: Stage) -> Euros {
        self.sum(stage, |line| line.side == Side::Expense && !line.is_valuation())
    }

    /// Income in money (classes 70 to 79), the grant included.
    pub fn income(&self, stage: Stage) -> Euros {
        self.grant + self.sum(stage, |line| line.side == Side::Income && !line.is_valuation())
    }

    /// What is given without money (class 86 on one side, 87 on the other).
    pub fn valuations(&self, side: Side, stage: Stage) -> Euros {
        self.sum(stage, |line| line.side == side && line.is_valuation())
    }

    /// Expenses and valuations together: the size of the project.
    pub fn project_cost(&self, stage: Stage) -> Euros {
        self.expenses(stage) + self.valuations(Side::Expense, stage)
    }

    /// The cost the fund may share in, with or without valuations.
    pub fn eligible_cost(&self, stage: Stage, base: RateBase) -> Euros {
        let counts = |line: &&BudgetLine| base == RateBase::WithValuations || !line.is_valuation();
        self.lines.iter().filter(counts).map(|line| line.eligible(stage)).sum()
    }

    /// Whether charges equal produits, and 86 equals 87.
    pub fn is_balanced(&self, stage: Stage) -> bool {
        self.expenses(stage) == self.income(stage)
            && self.valuations(Side::Expense, stage) == self.valuations(Side::Income, stage)
    }

    /// What the grant is of the eligible cost. Rounded up, so that a rate shown as 80 % is never above it.
    pub fn granted_rate(&self, stage: Stage, base: RateBase) -> Option<Rate> {
        self.grant_over(self.eligible_cost(stage, base))
    }

    /// What the grant is of the whole project, valuations counted; rounded up like the other one.
    pub fn granted_share(&self, stage: Stage) -> Option<Rate> {
        self.grant_over(self.project_cost(stage))
    }

    fn grant_over(&self, cost: Euros) -> Option<Rate> {
        let cost = i128::from(cost.cents());
        let points = (i128::from(self.grant.cents()) * 10_000 + cost - 1).checked_div(cost)?;
        i32::try_from(points).ok().map(Rate::from_basis_points)
    }

    /// Everything that keeps a planned budget from being filed.
    pub fn problems(&self, rules: &AmountRules) -> Vec<BudgetProblem> {
        let mut problems: Vec<BudgetProblem> = self
            .lines
            .iter()
            .enumerate()
            .filter_map(|(i, line)| {
                let message = line_problem(line).or_else(|| rules.unit.refuses(line.planned))?;
                Some(BudgetProblem { line: Some(i), message })
            })
            .collect();
        let whole = self.balance_problems().into_iter().chain(self.amount_problems(rules));
        problems.extend(whole.map(|message| BudgetProblem { line: None, message }));
        problems
    }

    fn balance_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let (expenses, income) = (self.expenses(Stage::Planned), self.income(Stage::Planned));
        if expenses == Euros::ZERO {
            problems.push("Indiquez au moins une dépense.".to_owned());
        } else if expenses > income {
            problems
                .push(format!("Le budget n’est pas équilibré\u{a0}: il manque {} de ressources.", expenses - income));
        } else if income > expenses {
            problems.push(format!(
                "Le budget n’est pas équilibré\u{a0}: il y a {} de ressources en trop.",
                income - expenses
            ));
        }
        let given = self.valuations(Side::Expense, Stage::Planned);
        let received = self.valuations(Side::Income, Stage::Planned);
        if given != received {
            problems.push(format!("Les contributions volontaires doivent être égales des deux côtés\u{a0}: {given} en emplois (compte 86), {received} en ressources (compte 87)."));
        }
        problems
    }

    fn amount_problems(&self, rules: &AmountRules) -> Vec<String> {
        let mut problems: Vec<String> = rules.unit.refuses(self.grant).into_iter().collect();
        let ceiling = rules.ceiling_for(self, Stage::Planned);
        if self.grant < rules.floor {
            problems.push(format!("La subvention demandée doit être d’au moins {}.", rules.floor));
        } else if self.grant > rules.ceiling {
            problems.push(format!("La subvention demandée ne peut pas dépasser {}.", rules.ceiling));
        } else if self.grant > ceiling {
            let cost = self.eligible_cost(Stage::Planned, rules.base);
            problems.push(format!(
                "La subvention demandée ne peut pas dépasser {ceiling}, soit {} des dépenses éligibles ({cost}).",
                rules.rate
            ));
        }
        match rules.maximum_project_cost {
            Some(most) if self.project_cost(Stage::Planned) > most => {
                problems.push(format!("Le budget total du projet ne peut pas dépasser {most}."));
            }
            _ => {}
        }
        problems
    }
}

fn line_problem(line: &BudgetLine) -> Option<String> {
    let Some(account) = budget_account(&line.account) else {
        return Some(format!("La ligne {} n’existe pas dans le formulaire.", line.account));
    };
    if account.side != line.side {
        return Some(format!("La ligne {} n’est pas de ce côté du budget.", account.code));
    }
    if !account.is_open {
        return Some(format!("Répartissez ce montant dans le détail du compte {} ({}).", account.code, account.label));
    }
    if line.planned < Euros::ZERO {
        return Some("Un montant ne peut pas être négatif.".to_owned());
    }
    (line.ineligible > line.planned).then(|| part_too_great(line.planned))
}

/// Why a part of a line cannot be greater than the line.
pub fn part_too_great(planned: Euros) -> String {
    format!("La part non éligible dépasse le montant du poste ({planned}).")
}

impl AmountRules {
    /// The most this project may get: the rate applied to the eligible cost, never above the call's ceiling.
    pub fn ceiling_for(&self, budget: &Budget, stage: Stage) -> Euros {
        budget.eligible_cost(stage, self.base).at(self.rate).min(self.ceiling)
    }
}

/// What is still owed once the cost is accepted: min(award, rate × accepted cost) − paid. When negative, so much was
/// paid too much.
pub fn balance_due(award: Euros, rate: Rate, accepted_cost: Euros, paid: Euros) -> Euros {
    award.min(accepted_cost.at(rate)) - paid
}

#[cfg(test)]
mod tests;
