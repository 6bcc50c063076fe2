//! The cut-line of a committee session (ligne de coupe): what is proposed for each file before it is decided, what that
//! leaves of the money, and what it goes against.

use super::{
    codes::codes,
    decisions::Verdict,
    definitions::{Earmark, EarmarkLimit},
    ids::{ApplicationId, OrganisationId},
    money::{Euros, Rate},
    references,
};
use std::collections::BTreeMap;

/// What is proposed for a file; the amount is that of an award.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    pub verdict: Verdict,
    pub amount: Euros,
}

impl Proposal {
    /// An award of this amount.
    pub const fn award(amount: Euros) -> Self {
        Proposal { verdict: Verdict::Award, amount }
    }

    /// What it would take from the envelope.
    pub fn takes(&self) -> Euros {
        if self.verdict == Verdict::Award { self.amount } else { Euros::ZERO }
    }
}

/// A file on the agenda, in the order of the ranking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: ApplicationId,
    pub organisation: OrganisationId,
    /// The other half of a pair.
    pub partner: Option<OrganisationId>,
    /// Whether another session of the call awarded a file that one of them holds.
    pub is_holder_awarded: bool,
    /// The department of its seat; empty when it has none.
    pub department: String,
    pub axes: Vec<String>,
    pub requested: Euros,
    /// What its points open, where they set the amount; nothing when its mean opens nothing.
    pub by_points: Option<Euros>,
    /// Why its marks rule it out, French sentences; mostly none.
    pub ruled_out: Vec<String>,
    /// The most that the rate of the call gives it, where some of its expenses were set aside after it was filed.
    pub most_by_rate: Option<Euros>,
    /// Whether its decision is written: nothing is proposed for it any more.
    pub is_decided: bool,
    /// Whether that decision is an award.
    pub is_awarded: bool,
    pub proposal: Option<Proposal>,
    /// What is left for its organisation under a ceiling per beneficiary, if an agreement of the call sets one.
    pub beneficiary_left: Option<Euros>,
}

impl Candidate {
    /// What is proposed for it before anybody says otherwise: what its points open, or else what it asks for; nothing for
    /// a file that its marks rule out.
    pub fn offered(&self) -> Euros {
        if self.ruled_out.is_empty() { self.by_points.unwrap_or(self.requested) } else { Euros::ZERO }
    }

    /// What is proposed to be taken for it.
    fn takes(&self) -> Euros {
        self.open_proposal().map_or(Euros::ZERO, |proposal| proposal.takes())
    }

    fn open_proposal(&self) -> Option<&Proposal> {
        self.proposal.as_ref().filter(|_| !self.is_decided)
    }

    /// Its organisation, and the other half of a pair.
    fn holders(&self) -> impl Iterator<Item = OrganisationId> + use<> {
        std::iter::once(self.organisation).chain(self.partner)
    }

    /// Whether one of its organisations is among these.
    pub fn is_held_by(&self, others: impl IntoIterator<Item = OrganisationId>) -> bool {
        others.into_iter().any(|other| other == self.organisation || Some(other) == self.partner)
    }

    fn is_retained(&self) -> bool {
        self.is_awarded || self.open_proposal().is_some_and(|proposal| proposal.verdict == Verdict::Award)
    }
}

/// The money of a call as a session finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purse {
    pub total: Euros,
    /// Not committed yet.
    pub left: Euros,
    /// The least and the most the call grants to one file.
    pub floor: Euros,
    pub ceiling: Euros,
    /// Each earmark with what is promised under its axis.
    pub earmarks: Vec<(Earmark, Euros)>,
    /// What its agreements mark for its axes and its fund. Which part of a proposal would be theirs nobody knows yet.
    pub of_agreements: Vec<Gauge>,
}

/// How much of something is committed, proposed, and left if the proposals hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gauge {
    /// In French.
    pub label: String,
    pub total: Euros,
    pub committed: Euros,
    pub proposed: Euros,
    /// What the proposals go against, a French sentence; empty when nothing.
    pub warning: String,
}

impl Gauge {
    /// Below zero when more is proposed than there is.
    pub fn left(&self) -> Euros {
        self.total - self.committed - self.proposed
    }
}

/// What is proposed in all.
pub fn proposed(candidates: &[Candidate]) -> Euros {
    candidates.iter().map(Candidate::takes).sum()
}

/// The envelope first, then the earmarks of the call, and those of its agreements.
pub fn gauges(purse: &Purse, candidates: &[Candidate]) -> Vec<Gauge> {
    let mut envelope = Gauge {
        label: "Enveloppe de l’appel".to_owned(),
        total: purse.total,
        committed: purse.total - purse.left,
        proposed: proposed(candidates),
        warning: String::new(),
    };
    if envelope.left() < Euros::ZERO {
        envelope.warning = format!("Il manque {} à l’enveloppe.", -envelope.left());
    }
    let mut of_axes = Vec::with_capacity(purse.earmarks.len());
    let mut reserved = Euros::ZERO;
    for (earmark, promised) in &purse.earmarks {
        let gauge = of_axis(earmark, *promised, candidates);
        if earmark.limit == EarmarkLimit::Reserved {
            reserved += gauge.left().max(Euros::ZERO);
        }
        of_axes.push(gauge);
    }
    if envelope.warning.is_empty() && reserved > envelope.left() {
        let over = reserved - envelope.left();
        envelope.warning = format!("Les propositions prennent {over} sur ce qui est réservé à des axes.");
    }
    let mut gauges = vec![envelope];
    gauges.extend(of_axes);
    gauges.extend(purse.of_agreements.iter().cloned());
    gauges
}

/// What the call still reserves for axes a file is not under.
fn reserved_for_others(candidate: &Candidate, purse: &Purse) -> Euros {
    let is_other =
        |earmark: &Earmark| earmark.limit == EarmarkLimit::Reserved && !candidate.axes.contains(&earmark.axis);
    let others = purse.earmarks.iter().filter(|(earmark, _)| is_other(earmark));
    others.map(|(earmark, promised)| (earmark.amount - *promised).max(Euros::ZERO)).sum()
}

fn of_axis(earmark: &Earmark, promised: Euros, candidates: &[Candidate]) -> Gauge {
    let axis = references::axis(&earmark.axis).map_or(earmark.axis.clone(), |axis| axis.label.clone());
    let of_axis = candidates.iter().filter(|candidate| candidate.axes.contains(&earmark.axis));
    let (word, is_ceiling) = match earmark.limit {
        EarmarkLimit::Reserved => ("réservé", false),
        EarmarkLimit::Ceiling => ("au plus", true),
    };
    let share = earmark.share_words().map(|share| format!(", {share}")).unwrap_or_default();
    let mut gauge = Gauge {
        label: format!("Axe «\u{a0}{axis}\u{a0}» ({word}{share})"),
        total: earmark.amount,
        committed: promised,
        proposed: of_axis.map(Candidate::takes).sum(),
        warning: String::new(),
    };
    if is_ceiling && gauge.left() < Euros::ZERO {
        gauge.warning = format!("Cet axe dépasserait son plafond de {}.", -gauge.left());
    } else if !is_ceiling && gauge.left().is_positive() {
        gauge.warning = format!("Il manque {} pour atteindre ce qui est réservé à cet axe.", gauge.left());
    }
    gauge
}

/// What an award of a file goes against, French sentences. What its marks say is told before anything is proposed. What is
/// asked for has been held to the rate of the call: it counts again where expenses were set aside since.
pub fn objections(candidate: &Candidate, purse: &Purse, candidates: &[Candidate]) -> Vec<String> {
    if candidate.is_decided {
        return Vec::new();
    }
    let mut found = candidate.ruled_out.clone();
    let amount = match candidate.proposal {
        None => return found,
        Some(proposal) if proposal.verdict != Verdict::Award => return Vec::new(),
        Some(proposal) => proposal.amount,
    };
    if amount > candidate.requested {
        found.push(format!("C’est plus que demandé ({}).", candidate.requested));
    }
    if amount < purse.floor || amount > purse.ceiling {
        found.push(format!("L’appel accorde de {} à {}.", purse.floor, purse.ceiling));
    }
    if let Some(most) = candidate.most_by_rate.filter(|most| amount > *most) {
        found.push(format!("Le taux de l’appel donne {most} au plus\u{a0}: des dépenses ont été écartées."));
    }
    let beside = |other: &&Candidate| other.id != candidate.id && other.organisation == candidate.organisation;
    let taken: Euros = candidates.iter().filter(beside).map(Candidate::takes).sum();
    if let Some(left) = candidate.beneficiary_left.map(|left| left - taken).filter(|left| amount > *left) {
        let left = left.max(Euros::ZERO);
        found.push(format!("Un financeur limite ce que cette organisation peut encore recevoir à {left}."));
    }
    let reserved = reserved_for_others(candidate, purse);
    if reserved.is_positive() && amount > purse.left - reserved {
        let free = (purse.left - reserved).max(Euros::ZERO);
        found.push(format!("L’appel réserve {reserved} à d’autres axes\u{a0}: hors de cette part, il reste {free}."));
    }
    let of_holder = |other: &&Candidate| other.id != candidate.id && candidate.is_held_by(other.holders());
    if candidate.is_holder_awarded || candidates.iter().filter(of_holder).any(Candidate::is_retained) {
        found.push("Un autre projet de cette organisation est déjà retenu.".to_owned());
    }
    found
}

codes! {
    /// How a scenario is worked out from the ranking.
    pub enum Strategy {
        /// Down the ranking at the amount asked for, or that the points open, until a file no longer fits.
        Ranking => "ranking",
        /// The best file of each department first, then down the ranking.
        Departments => "departments",
        /// Down the ranking, a tenth less for each.
        TenthLess => "tenth_less",
    }
}

impl Strategy {
    /// The French name of the scenario it gives.
    pub const fn label(self) -> &'static str {
        match self {
            Strategy::Ranking => "Classement strict",
            Strategy::Departments => "Un projet par département d’abord",
            Strategy::TenthLess => "Dix pour cent de moins pour chacun",
        }
    }

    /// An award for each file that fits into what is left, in the order of the ranking; the rest waits, and so does a file
    /// whose points open nothing.
    pub fn work_out(self, purse: &Purse, candidates: &[Candidate]) -> Vec<(ApplicationId, Proposal)> {
        let open: Vec<&Candidate> = candidates.iter().filter(|candidate| !candidate.is_decided).collect();
        let mut order: Vec<&Candidate> = Vec::with_capacity(open.len());
        if self == Strategy::Departments {
            let mut seen: Vec<&str> = Vec::new();
            for candidate in open.iter().filter(|candidate| !candidate.department.is_empty()) {
                if !seen.contains(&candidate.department.as_str()) {
                    seen.push(&candidate.department);
                    order.push(candidate);
                }
            }
        }
        let first = order.len();
        let taken: Vec<ApplicationId> = order.iter().map(|candidate| candidate.id).collect();
        order.extend(open.iter().filter(|candidate| !taken.contains(&candidate.id)));
        let (mut left, mut awards) = (purse.left, BTreeMap::new());
        for (place, candidate) in order.into_iter().enumerate() {
            let amount = self.amount(candidate, purse);
            if !amount.is_positive() {
                continue;
            }
            if amount > left {
                // Down a ranking the line is drawn once; among departments the next one may still fit.
                if place >= first {
                    break;
                }
                continue;
            }
            left -= amount;
            awards.insert(candidate.id, Proposal::award(amount));
        }
        open.into_iter().filter_map(|candidate| Some((candidate.id, *awards.get(&candidate.id)?))).collect()
    }

    fn amount(self, candidate: &Candidate, purse: &Purse) -> Euros {
        match self {
            Strategy::Ranking | Strategy::Departments => candidate.offered(),
            // Never below what the call grants at least.
            Strategy::TenthLess => {
                let reduced = candidate.offered().at(Rate::percent(90));
                reduced.max(purse.floor.min(candidate.offered()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::Minted, time::Moment};

    fn mint<I: Minted>(number: u8) -> I {
        I::mint(Moment::from_unix_seconds(1_800_000_000), [number; 10])
    }

    fn candidate(number: u8, department: &str, requested: i64) -> Candidate {
        Candidate {
            id: mint(number),
            organisation: mint(number),
            partner: None,
            is_holder_awarded: false,
            department: department.to_owned(),
            axes: vec!["ecsi".to_owned()],
            requested: Euros::whole(requested),
            by_points: None,
            ruled_out: Vec::new(),
            most_by_rate: None,
            is_decided: false,
            is_awarded: false,
            proposal: None,
            beneficiary_left: None,
        }
    }

    fn purse(left: i64) -> Purse {
        let earmark = |limit, amount| Earmark::fixed("ecsi", Euros::whole(amount), limit);
        Purse {
            total: Euros::whole(20_000),
            left: Euros::whole(left),
            floor: Euros::whole(500),
            ceiling: Euros::whole(5_000),
            earmarks: vec![
                (earmark(EarmarkLimit::Reserved, 9_000), Euros::whole(1_000)),
                (earmark(EarmarkLimit::Ceiling, 5_000), Euros::whole(1_000)),
            ],
            of_agreements: Vec::new(),
        }
    }

    fn proposed_amounts(strategy: Strategy, left: i64, candidates: &[Candidate]) -> Vec<(usize, i64)> {
        let place = |id| candidates.iter().position(|candidate| candidate.id == id).unwrap();
        let worked_out = strategy.work_out(&purse(left), candidates);
        worked_out.into_iter().map(|(id, proposal)| (place(id), proposal.amount.cents() / 100)).collect()
    }

    #[test]
    fn proposals_count_until_the_decision_is_written() {
        let mut files = vec![candidate(1, "59", 4_000), candidate(2, "62", 3_000)];
        files[0].proposal = Some(Proposal::award(Euros::whole(3_500)));
        files[1].proposal = Some(Proposal { verdict: Verdict::ReserveList, amount: Euros::whole(3_000) });
        assert_eq!(proposed(&files), Euros::whole(3_500));
        files[0].is_decided = true;
        assert_eq!(proposed(&files), Euros::ZERO);
    }

    #[test]
    fn each_gauge_says_what_it_goes_against() {
        let mut files = vec![candidate(1, "59", 4_000), candidate(2, "62", 4_500)];
        for file in &mut files {
            file.proposal = Some(Proposal::award(file.requested));
        }
        let warnings: Vec<String> = gauges(&purse(8_000), &files).into_iter().map(|gauge| gauge.warning).collect();
        let missing = format!("Il manque {} à l’enveloppe.", Euros::whole(500));
        let beyond = format!("Cet axe dépasserait son plafond de {}.", Euros::whole(4_500));
        assert_eq!(warnings, [missing, String::new(), beyond]);
        files[1].proposal = None;
        let reserved = &gauges(&purse(8_000), &files)[1];
        assert!(reserved.warning.contains(&Euros::whole(4_000).to_string()), "{}", reserved.warning);
    }

    #[test]
    fn a_proposal_is_told_what_it_goes_against() {
        let mut files = vec![candidate(1, "59", 4_000), candidate(2, "62", 4_000)];
        files[1].organisation = files[0].organisation;
        files[1].is_decided = true;
        files[1].is_awarded = true;
        files[0].beneficiary_left = Some(Euros::whole(2_000));
        files[0].proposal = Some(Proposal::award(Euros::whole(6_000)));
        assert_eq!(objections(&files[0], &purse(8_000), &files).len(), 4);
        assert!(objections(&files[1], &purse(8_000), &files).is_empty(), "it is decided");
        files[0].proposal = Some(Proposal { verdict: Verdict::Reject, amount: Euros::ZERO });
        assert!(objections(&files[0], &purse(8_000), &files).is_empty());
    }

    #[test]
    fn the_ceiling_of_a_beneficiary_counts_what_is_proposed_for_its_other_files() {
        let mut files = vec![candidate(1, "59", 4_000), candidate(2, "62", 4_000)];
        files[1].organisation = files[0].organisation;
        for file in &mut files {
            file.beneficiary_left = Some(Euros::whole(4_000));
            file.proposal = Some(Proposal::award(Euros::whole(2_500)));
        }
        let told = |files: &[Candidate]| objections(&files[0], &purse(8_000), files).join(" ");
        let left = format!("peut encore recevoir à {}.", Euros::whole(1_500));
        assert!(told(&files).contains(&left), "{}", told(&files));
        files[1].proposal = None;
        assert_eq!(told(&files), "");
    }

    #[test]
    fn what_was_set_aside_lowers_what_the_rate_gives() {
        let mut files = vec![candidate(1, "59", 4_000)];
        files[0].most_by_rate = Some(Euros::whole(3_000));
        files[0].proposal = Some(Proposal::award(Euros::whole(3_000)));
        assert!(objections(&files[0], &purse(8_000), &files).is_empty());
        files[0].proposal = Some(Proposal::award(Euros::whole(3_001)));
        let said = objections(&files[0], &purse(8_000), &files).join(" ");
        assert!(said.contains("Le taux de l’appel donne") && said.contains(&Euros::whole(3_000).to_string()), "{said}");
    }

    #[test]
    fn what_is_reserved_for_other_axes_is_told_to_the_cent() {
        let mut files = vec![candidate(1, "59", 4_000)];
        files[0].axes = vec!["sport".to_owned()];
        // 8 000 € are left, of which 8 000 € less 20 cents are still reserved for another axis.
        let mut purse = purse(8_000);
        purse.earmarks[0].1 = Euros::from_cents(100_020);
        purse.floor = Euros::ZERO;
        files[0].proposal = Some(Proposal::award(Euros::from_cents(20)));
        assert!(objections(&files[0], &purse, &files).is_empty());
        assert!(gauges(&purse, &files)[0].warning.is_empty());
        files[0].proposal = Some(Proposal::award(Euros::from_cents(21)));
        assert_eq!(objections(&files[0], &purse, &files).len(), 1);
        let warned = gauges(&purse, &files)[0].warning.clone();
        assert!(warned.contains(&Euros::from_cents(1).to_string()), "{warned}");
        files[0].axes.push("ecsi".to_owned());
        assert!(objections(&files[0], &purse, &files).is_empty(), "it is for its own axis");
    }

    #[test]
    fn an_organisation_is_one_whether_it_holds_alone_in_a_pair_or_was_awarded_before() {
        let mut files = vec![candidate(1, "59", 4_000), candidate(2, "62", 4_000)];
        files[0].proposal = Some(Proposal::award(Euros::whole(4_000)));
        files[1].proposal = files[0].proposal;
        let told = |files: &[Candidate]| objections(&files[0], &purse(8_000), files).join(" ");
        assert_eq!(told(&files), "");
        files[1].partner = Some(files[0].organisation);
        assert_eq!(told(&files), "Un autre projet de cette organisation est déjà retenu.");
        files[1].proposal = None;
        assert_eq!(told(&files), "");
        files[0].is_holder_awarded = true;
        assert_eq!(told(&files), "Un autre projet de cette organisation est déjà retenu.");
    }

    #[test]
    fn a_file_that_its_marks_rule_out_is_told_so_and_given_nothing() {
        let mut files = vec![candidate(1, "59", 4_000), candidate(2, "62", 3_000)];
        files[0].ruled_out = vec!["La moyenne est sous le seuil de l’appel.".to_owned()];
        assert_eq!(objections(&files[0], &purse(8_000), &files), files[0].ruled_out);
        for strategy in Strategy::ALL {
            let amounts = proposed_amounts(*strategy, 8_000, &files);
            assert_eq!(amounts.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [1], "{strategy}");
        }
    }

    #[test]
    fn the_rate_counts_again_once_expenses_are_set_aside() {
        let mut files = vec![candidate(1, "59", 4_000)];
        files[0].most_by_rate = Some(Euros::whole(2_400));
        files[0].proposal = Some(Proposal::award(Euros::whole(2_400)));
        assert!(objections(&files[0], &purse(8_000), &files).is_empty());
        files[0].proposal = Some(Proposal::award(Euros::whole(2_401)));
        let told = objections(&files[0], &purse(8_000), &files).join(" ");
        assert!(told.contains("taux") && told.contains(&Euros::whole(2_400).to_string()), "{told}");
    }

    #[test]
    fn a_ranking_is_followed_until_a_file_no_longer_fits() {
        let files =
            [candidate(1, "59", 4_000), candidate(2, "59", 3_000), candidate(3, "62", 2_500), candidate(4, "80", 500)];
        assert_eq!(proposed_amounts(Strategy::Ranking, 8_000, &files), [(0, 4_000), (1, 3_000)]);
        assert_eq!(proposed_amounts(Strategy::Departments, 8_000, &files), [(0, 4_000), (2, 2_500), (3, 500)]);
        assert_eq!(proposed_amounts(Strategy::TenthLess, 9_000, &files), [(0, 3_600), (1, 2_700), (2, 2_250)]);
        assert_eq!(proposed_amounts(Strategy::TenthLess, 10_000, &files)[3], (3, 500), "never below the floor");
    }

    #[test]
    fn points_that_set_the_amount_set_it_in_every_scenario() {
        let mut files = vec![candidate(1, "59", 4_000), candidate(2, "62", 3_000), candidate(3, "62", 2_500)];
        files[0].by_points = Some(Euros::whole(3_000));
        files[1].by_points = Some(Euros::ZERO);
        assert_eq!(proposed_amounts(Strategy::Ranking, 8_000, &files), [(0, 3_000), (2, 2_500)]);
        assert_eq!(proposed_amounts(Strategy::TenthLess, 8_000, &files), [(0, 2_700), (2, 2_250)]);
    }

    #[test]
    fn what_is_decided_is_left_alone() {
        let mut files = vec![candidate(1, "59", 4_000), candidate(2, "62", 3_000)];
        files[0].is_decided = true;
        assert_eq!(proposed_amounts(Strategy::Ranking, 3_000, &files), [(1, 3_000)]);
    }
}
