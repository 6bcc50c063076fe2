//! The lifecycle of an application (dossier), from its draft to the decision.

use super::{all_there, coded, require};
use crate::domain::{
    definitions::EarmarkLimit,
    ids::FundingSourceId,
    lifecycle::{Edge, Effect::*, Lifecycle, Machine, Refusal, always},
    money::Euros,
    roles::Role::{self, *},
};

coded! {
    /// Where an application stands.
    pub enum ApplicationState {
        Draft => "draft", "brouillon, non déposé";
        Submitted => "submitted", "déposé";
        ComplementRequested => "complement_requested", "complément demandé";
        Eligible => "eligible", "recevable";
        Ineligible => "ineligible", "non recevable";
        InReview => "in_review", "en cours d’évaluation";
        Awarded => "awarded", "retenu";
        ReserveListed => "reserve_listed", "sur liste d’attente";
        Rejected => "rejected", "non retenu";
        Deferred => "deferred", "reporté";
        Withdrawn => "withdrawn", "retiré";
    }
}

/// What its applicants read of a state: how far along the file is, who acts next and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// The place among draft, filed, admissible, judged, decided, from 0.
    pub step: usize,
    /// Who acts next; nobody once it is over.
    pub acts: Option<Role>,
    /// One plain French sentence.
    pub sentence: &'static str,
}

impl ApplicationState {
    /// The same on every page of its applicants.
    #[rustfmt::skip]
    pub const fn stage(self) -> Stage {
        const fn stage(step: usize, acts: Option<Role>, sentence: &'static str) -> Stage {
            Stage { step, acts, sentence }
        }
        match self {
            Draft               => stage(0, Some(Applicant), "Brouillon, non déposé\u{a0}: nous ne le voyons pas."),
            Submitted           => stage(1, Some(Officer), "Votre dossier est déposé. Nous vérifions qu’il est recevable."),
            ComplementRequested => stage(1, Some(Applicant), "Un complément vous est demandé."),
            Eligible            => stage(2, Some(Officer), "Votre dossier est recevable\u{a0}: il part au comité."),
            Ineligible          => stage(2, Some(Applicant), "Votre dossier n’est pas recevable."),
            InReview            => stage(3, Some(Reviewer), "Le comité évalue votre dossier."),
            Awarded             => stage(4, Some(Applicant), "Votre projet est retenu."),
            ReserveListed       => stage(4, Some(Officer), "Votre projet est sur liste d’attente."),
            Rejected            => stage(4, None, "Votre projet n’est pas retenu cette fois."),
            Deferred            => stage(4, Some(Officer), "La décision est reportée."),
            Withdrawn           => stage(1, None, "Vous avez retiré ce dossier."),
        }
    }
}

coded! {
    /// What can happen to an application.
    pub enum ApplicationEvent {
        Submit => "submit", "Déposer le dossier";
        TakeBack => "take_back", "Reprendre le dossier en brouillon";
        OpenLate => "open_late", "Accorder un délai à ce dossier";
        Pair => "pair", "Former ce binôme";
        Unpair => "unpair", "Séparer ce binôme";
        RequestComplement => "request_complement", "Demander un complément";
        AnswerComplement => "answer_complement", "Envoyer le complément";
        LapseComplement => "lapse_complement", "Constater l’absence de réponse";
        DeclareEligible => "declare_eligible", "Déclarer recevable";
        DeclareIneligible => "declare_ineligible", "Déclarer non recevable";
        Appeal => "appeal", "Demander un réexamen";
        StartReview => "start_review", "Confier au comité";
        Award => "award", "Retenir";
        ReserveList => "reserve_list", "Mettre sur liste d’attente";
        Reject => "reject", "Ne pas retenir";
        Defer => "defer", "Reporter";
        Withdraw => "withdraw", "Retirer le dossier";
    }
}

/// The machine of applications.
#[derive(Debug)]
pub struct Application;
use {ApplicationEvent::*, ApplicationState::*};

impl Lifecycle for Application {
    type State = ApplicationState;
    type Event = ApplicationEvent;
    type Facts = ApplicationFacts;
    const MACHINE: Machine = Machine::Application;
    const INITIAL: ApplicationState = Draft;
    const BORN_BY: &'static [Role] = &[Applicant];
    #[rustfmt::skip]
    const EDGES: &'static [Edge<Self>] = &[
        Edge { on: Submit,            from: &[Draft],                    to: Submitted,           by: &[Applicant],         guard: complete_and_on_time, then: &[AcknowledgeReceipt] },
        Edge { on: TakeBack,          from: &[Submitted],                to: Draft,               by: &[Applicant],         guard: before_deadline,      then: &[TellTakenBack] },
        Edge { on: OpenLate,          from: &[Draft],                    to: Draft,               by: &[Officer],           guard: pass_given,           then: &[TellLatePass] },
        Edge { on: Pair,              from: &[Draft],                    to: Draft,               by: &[Officer],           guard: paired,               then: &[] },
        Edge { on: Unpair,            from: &[Draft],                    to: Draft,               by: &[Officer],           guard: unpaired,             then: &[] },
        Edge { on: RequestComplement, from: &[Submitted],                to: ComplementRequested, by: &[Officer],           guard: complement_written,   then: &[AskComplement] },
        Edge { on: AnswerComplement,  from: &[ComplementRequested],      to: Submitted,           by: &[Applicant],         guard: complement_answered,  then: &[TellComplementAnswered] },
        Edge { on: LapseComplement,   from: &[ComplementRequested],      to: Submitted,           by: &[System, Officer],   guard: complement_overdue,   then: &[] },
        Edge { on: DeclareEligible,   from: &[Submitted],                to: Eligible,            by: &[Officer],           guard: admissible,           then: &[TellEligible] },
        Edge { on: DeclareIneligible, from: &[Submitted],                to: Ineligible,          by: &[Officer],           guard: motive_written,       then: &[TellIneligible] },
        Edge { on: Appeal,            from: &[Ineligible],               to: Submitted,           by: &[Applicant],         guard: appeal_written,       then: &[TellAppeal] },
        Edge { on: StartReview,       from: &[Eligible],                 to: InReview,            by: &[Officer],           guard: reviewers_assigned,   then: &[] },
        Edge { on: Award,             from: &[InReview],                 to: Awarded,             by: &[Officer],           guard: within_envelope,      then: &[OpenGrant, ReleaseDecision] },
        Edge { on: Award,             from: &[ReserveListed],            to: Awarded,             by: &[Officer, Director], guard: promoted,             then: &[OpenGrant, ReleaseDecision] },
        Edge { on: ReserveList,       from: &[InReview],                 to: ReserveListed,       by: &[Officer],           guard: decidable,            then: &[ReleaseDecision] },
        Edge { on: Reject,            from: &[InReview],                 to: Rejected,            by: &[Officer],           guard: decidable,            then: &[ReleaseDecision] },
        Edge { on: Reject,            from: &[ReserveListed],            to: Rejected,            by: &[Officer],           guard: decidable,            then: &[ReleaseDecision] },
        Edge { on: Defer,             from: &[InReview],                 to: Deferred,            by: &[Officer],           guard: decidable,            then: &[ReleaseDecision] },
        Edge { on: Withdraw,          from: &[Draft],                    to: Withdrawn,           by: &[Applicant],         guard: always,               then: &[] },
        Edge { on: Withdraw,          from: &[Submitted, ComplementRequested, Eligible], to: Withdrawn, by: &[Applicant],   guard: always,               then: &[TellWithdrawn] },
        Edge { on: Withdraw,          from: &[InReview],                 to: Withdrawn,           by: &[Applicant],         guard: before_hearing,       then: &[TellWithdrawn] },
    ];
}

/// What the guards of an application read.
#[derive(Debug, Clone, Default)]
pub struct ApplicationFacts {
    /// Whether the call takes applications now, or this one has a pass.
    pub is_open: bool,
    /// Whether the call itself takes applications now: a pass lets one file, not take back.
    pub is_before_deadline: bool,
    /// Whether an officer has just given it more time.
    pub has_pass: bool,
    /// Whether the other half of its pair has joined it.
    pub is_paired: bool,
    /// The deadline in words.
    pub deadline: String,
    /// What is missing before filing, each a French sentence.
    pub missing: Vec<String>,
    /// Whose signature is still missing, each a French sentence.
    pub unsigned: Vec<String>,
    /// Whether the organisation has another live application to this call, and the call allows only one.
    pub has_rival: bool,
    /// Why the organisation may file no more, where the call takes only so many files of it: a French sentence.
    pub too_many: Option<String>,
    /// Whether a complement request waits for its answer.
    pub is_complement_asked: bool,
    pub is_complement_answered: bool,
    pub is_complement_overdue: bool,
    /// What is missing of what a complement reopened, each a French sentence.
    pub complement_missing: Vec<String>,
    /// Blocking eligibility rules judged not met.
    pub unmet_rules: Vec<String>,
    pub motive: Option<String>,
    pub appeal: Option<String>,
    pub reviewers: i64,
    /// Whether the committee is holding or has held the session that hears this application.
    pub is_heard: bool,
    /// Whether that committee still sits on it: what it decides then is a decision like any other.
    pub is_sitting: bool,
    /// Whether its promotion from the reserve list was proposed, and confirmed where it has to be.
    pub is_promoted: bool,
    pub decided_amount: Option<Euros>,
    pub requested: Euros,
    /// Least and most the call grants.
    pub floor: Euros,
    pub ceiling: Euros,
    /// What the envelope of the call has left.
    pub envelope_left: Euros,
    /// Whether awards that are hidden from whoever asks may be in what is left: no figure of it is said.
    pub is_left_hidden: bool,
    /// What is left for this beneficiary under the upstream agreement's ceiling per third party, if it has one.
    pub beneficiary_left: Option<Euros>,
    /// What the award would take from each ceiling set on its axis, and from what is reserved for others.
    pub axis_ceilings: Vec<AxisCeiling>,
}

/// What an earmark leaves, before an award: a ceiling on the axis or the fund of the file, or what is still reserved for
/// others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AxisCeiling {
    /// The axis or the fund, in words: that of the file, or those for which money is reserved.
    pub axis: String,
    /// Its mark; of several the first.
    pub code: String,
    /// Whether it is a fund.
    pub is_fund: bool,
    /// Whether it is a ceiling or a reserve of others.
    pub limit: EarmarkLimit,
    /// Who set it: the call, or the agreement whose money it is.
    pub set_by: String,
    /// That agreement; nothing when it is the call.
    pub source: Option<FundingSourceId>,
    pub wanted: Euros,
    pub left: Euros,
    /// Whether it was written why this award may go beyond it.
    pub is_overridden: bool,
}

impl AxisCeiling {
    /// Whether the award would go beyond it.
    pub fn is_exceeded(&self) -> bool {
        self.wanted > self.left
    }

    /// By how much the award itself would, whatever went beyond it before.
    pub fn over(&self) -> Euros {
        self.wanted - self.left.max(Euros::ZERO)
    }

    /// Whose ceiling it is: « de l’axe « … » ».
    pub fn of_whom(&self) -> String {
        let article = if self.is_fund { "du fonds" } else { "de l’axe" };
        format!("{article} «\u{a0}{}\u{a0}»", self.axis)
    }

    /// For whom it is reserved: « à l’axe « … » ».
    fn for_whom(&self) -> String {
        let article = if self.is_fund { "au fonds" } else { "à l’axe" };
        format!("{article} «\u{a0}{}\u{a0}»", self.axis)
    }

    /// What goes against an award beyond it, a French sentence; what is left too, unless a figure of it would tell too much.
    pub fn refusal(&self, is_left_hidden: bool) -> String {
        let (set_by, left) = (&self.set_by, self.left.max(Euros::ZERO));
        let left =
            |before: &str| if is_left_hidden { String::new() } else { format!("\u{a0}: {before}il reste {left}") };
        match self.limit {
            EarmarkLimit::Ceiling => {
                let left = left("");
                format!("Le plafond {}, fixé par {set_by}, serait dépassé{left}.", self.of_whom())
            }
            EarmarkLimit::Reserved => {
                let left = left("hors de cette part, ");
                format!("Ce montant entamerait ce que {set_by} réserve {}{left}.", self.for_whom())
            }
        }
    }

    /// That an award goes beyond it, a French sentence; by how much too, unless a figure of it would tell too much.
    pub fn excess(&self, is_left_hidden: bool) -> String {
        let set_by = &self.set_by;
        let over = if is_left_hidden { String::new() } else { format!(" de {}", self.over()) };
        match self.limit {
            EarmarkLimit::Ceiling => {
                format!("Le plafond {}, fixé par {set_by}, serait dépassé{over}.", self.of_whom())
            }
            EarmarkLimit::Reserved => {
                format!("Ce montant entamerait{over} ce que {set_by} réserve {}.", self.for_whom())
            }
        }
    }
}

fn complete_and_on_time(facts: &ApplicationFacts) -> Result<(), Refusal> {
    still_open(facts)?;
    require(!facts.has_rival, "Votre organisation a déjà un dossier pour cet appel\u{a0}: un seul est possible.")?;
    match &facts.too_many {
        Some(sentence) => return Err(Refusal::because(sentence.clone())),
        None => all_there(&facts.missing)?,
    }
    if facts.unsigned.is_empty() { Ok(()) } else { Err(Refusal::because(facts.unsigned.join(" "))) }
}

fn still_open(facts: &ApplicationFacts) -> Result<(), Refusal> {
    if facts.is_open { Ok(()) } else { Err(too_late(facts)) }
}

/// Under a pass nothing is taken back: it could not be filed again once the pass is over.
fn before_deadline(facts: &ApplicationFacts) -> Result<(), Refusal> {
    if facts.is_before_deadline { Ok(()) } else { Err(too_late(facts)) }
}

fn pass_given(facts: &ApplicationFacts) -> Result<(), Refusal> {
    require(facts.has_pass, "Dites d’abord jusqu’à quand ce dossier peut être déposé.")
}

fn paired(facts: &ApplicationFacts) -> Result<(), Refusal> {
    require(facts.is_paired, "Choisissez d’abord l’autre moitié du binôme.")
}

fn unpaired(facts: &ApplicationFacts) -> Result<(), Refusal> {
    require(!facts.is_paired, "L’autre moitié du binôme est encore dans ce dossier.")
}

fn too_late(facts: &ApplicationFacts) -> Refusal {
    Refusal::because(format!("La date limite est dépassée\u{a0}: l’appel fermait le {}.", facts.deadline))
}

fn complement_written(facts: &ApplicationFacts) -> Result<(), Refusal> {
    require(facts.is_complement_asked, "Écrivez d’abord ce qu’il faut compléter.")
}

fn complement_answered(facts: &ApplicationFacts) -> Result<(), Refusal> {
    require(facts.is_complement_answered, "Écrivez d’abord votre réponse.")?;
    all_there(&facts.complement_missing)
}

fn complement_overdue(facts: &ApplicationFacts) -> Result<(), Refusal> {
    require(facts.is_complement_overdue, "Le délai de réponse court encore.")
}

fn admissible(facts: &ApplicationFacts) -> Result<(), Refusal> {
    match facts.unmet_rules.first() {
        None => Ok(()),
        Some(rule) => Err(Refusal::because(format!("Une condition de recevabilité n’est pas remplie\u{a0}: {rule}"))),
    }
}

fn motive_written(facts: &ApplicationFacts) -> Result<(), Refusal> {
    require(facts.motive.is_some(), "Un motif est nécessaire\u{a0}: la personne doit savoir pourquoi.")
}

fn appeal_written(facts: &ApplicationFacts) -> Result<(), Refusal> {
    require(facts.appeal.is_some(), "Expliquez d’abord pourquoi la décision devrait être revue.")
}

fn reviewers_assigned(facts: &ApplicationFacts) -> Result<(), Refusal> {
    require(facts.reviewers > 0, "Personne n’est encore chargé d’évaluer ce dossier.")
}

/// From the session on, a file may be decided about: a withdrawal that still worked would tell that it is not.
fn before_hearing(facts: &ApplicationFacts) -> Result<(), Refusal> {
    require(!facts.is_heard, "Le comité examine votre dossier\u{a0}: pour le retirer, écrivez à l’équipe du fonds.")
}

fn decidable(facts: &ApplicationFacts) -> Result<(), Refusal> {
    require(facts.is_heard, "Le dossier n’est à l’ordre du jour d’aucune séance ouverte.")?;
    motive_written(facts)
}

/// Once the committee has risen, a file of the reserve list is awarded by a promotion alone.
fn promoted(facts: &ApplicationFacts) -> Result<(), Refusal> {
    let reason = "La séance est close\u{a0}: proposez ce dossier depuis la liste d’attente de l’appel.";
    require(facts.is_sitting || facts.is_promoted, reason)?;
    within_envelope(facts)
}

fn within_envelope(facts: &ApplicationFacts) -> Result<(), Refusal> {
    decidable(facts)?;
    let amount = facts.decided_amount.filter(|amount| amount.is_positive());
    let amount = amount.ok_or_else(|| Refusal::because("Indiquez le montant accordé."))?;
    if amount > facts.requested {
        let reason = format!("Le montant dépasse la demande de {}.", facts.requested);
        return Err(Refusal::because(reason));
    }
    if amount < facts.floor || amount > facts.ceiling {
        let reason = format!("Le montant doit être compris entre {} et {}.", facts.floor, facts.ceiling);
        return Err(Refusal::because(reason));
    }
    if facts.beneficiary_left.is_some_and(|left| amount > left) {
        let reason = "Le plafond par bénéficiaire de la convention de financement serait dépassé.";
        return Err(Refusal::because(reason));
    }
    if let Some(full) = facts.axis_ceilings.iter().find(|ceiling| ceiling.is_exceeded() && !ceiling.is_overridden) {
        return Err(Refusal::because(full.refusal(facts.is_left_hidden)));
    }
    if amount > facts.envelope_left {
        let reason = match facts.is_left_hidden {
            true => "L’enveloppe de l’appel ne suffit plus pour ce montant.".to_owned(),
            false => format!("L’enveloppe de l’appel n’a plus que {} de disponible.", facts.envelope_left),
        };
        return Err(Refusal::because(reason));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_waited_for_has_something_to_do() {
        for state in ApplicationState::ALL.iter().copied() {
            let leaves = |by: Role| {
                let away = |edge: &&Edge<Application>| edge.from.contains(&state) && edge.by.contains(&by);
                let is_step = |edge: &Edge<Application>| !matches!(edge.on, Withdraw | TakeBack);
                Application::EDGES.iter().filter(away).any(is_step)
            };
            match state.stage().acts {
                // The reviews, the grant and the next session go on elsewhere.
                Some(_) if matches!(state, InReview | Awarded | Deferred) => {}
                Some(role) => assert!(leaves(role), "{state}: {role} cannot do anything"),
                None => assert!(!leaves(Applicant) && !leaves(Officer), "{state}: somebody can act"),
            }
            assert!(state.stage().sentence.ends_with('.'), "{state}");
        }
    }
}
