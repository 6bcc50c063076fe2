//! A call rehearsed before anybody is asked to apply: made-up people walk it from its publication to the last payment,
//! through the use cases everybody goes through. The caller takes everything back afterwards.

mod applying;
mod checks;
mod fictions;
mod judging;
mod money;
mod papers;
mod paying;
mod walks;

pub use papers::Written;

use super::{Actor, Outcome, UseCaseError, payment_runs::BankOrder, preparations};
use crate::{
    domain::{definitions::CallPart, time::Moment},
    store::Tx,
};

/// The steps of the walk, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Publish,
    FillIn,
    File,
    Admit,
    Score,
    Decide,
    Announce,
    Accept,
    Pay,
    Report,
    Settle,
}

impl Step {
    /// Every step, in order.
    pub const ALL: &'static [Step] = &[
        Step::Publish,
        Step::FillIn,
        Step::File,
        Step::Admit,
        Step::Score,
        Step::Decide,
        Step::Announce,
        Step::Accept,
        Step::Pay,
        Step::Report,
        Step::Settle,
    ];

    /// The French sentence shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Step::Publish => "L’appel est publié",
            Step::FillIn => "Deux organisations remplissent le formulaire",
            Step::File => "Elles déposent leur dossier avant la date limite",
            Step::Admit => "Les dossiers sont déclarés recevables",
            Step::Score => "Le comité les lit et les note",
            Step::Decide => "La séance décide\u{a0}: un projet est retenu, l’autre non",
            Step::Announce => "Les résultats partent, avec leurs lettres",
            Step::Accept => "L’organisation accepte la subvention",
            Step::Pay => "Ce qui est dû à l’accord est versé",
            Step::Report => "Les bilans sont remis et acceptés",
            Step::Settle => "Le solde est versé, la subvention est close",
        }
    }

    /// The part of the call that most likely has to be repaired when the step fails.
    const fn part(self) -> CallPart {
        match self {
            Step::Publish | Step::Decide | Step::Pay | Step::Settle => CallPart::Money,
            Step::FillIn | Step::File => CallPart::Form,
            Step::Admit => CallPart::Eligibility,
            Step::Score => CallPart::Grid,
            Step::Announce | Step::Accept => CallPart::Letters,
            Step::Report => CallPart::Reports,
        }
    }
}

/// One thing in a list of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// A rule of eligibility, by its place from 0.
    Rule(usize),
    Document(String),
    Section(String),
    Question(String),
}

/// Where the call leads nowhere, and what repairs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadEnd {
    /// One French sentence.
    pub sentence: String,
    pub part: CallPart,
    pub thing: Option<Thing>,
}

impl DeadEnd {
    fn new(part: CallPart, sentence: impl Into<String>) -> Self {
        DeadEnd { sentence: sentence.into(), part, thing: None }
    }

    fn at(self, thing: Thing) -> Self {
        DeadEnd { thing: Some(thing), ..self }
    }
}

/// A step that went well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub step: Step,
    /// The day of the call's calendar on which it was played.
    pub at: Moment,
    /// What came of it, one French phrase each.
    pub said: Vec<String>,
}

/// How far a call leads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rehearsal {
    pub taken: Vec<Taken>,
    pub dead_ends: Vec<DeadEnd>,
    /// The mails and letters of the call as the made-up applicants get them.
    pub written: Vec<Written>,
}

impl Rehearsal {
    /// Whether the call leads to its end.
    pub fn is_whole(&self) -> bool {
        self.dead_ends.is_empty()
    }

    fn meet(&mut self, dead_end: DeadEnd) {
        if !self.dead_ends.iter().any(|known| known.sentence == dead_end.sentence) {
            self.dead_ends.push(dead_end);
        }
    }
}

/// Plays the call as it is prepared now, dates of its own calendar included. `render` writes a bank file. To be run in
/// a transaction that is taken back: see [`crate::store::Db::rehearse`].
pub fn rehearse(
    tx: &mut Tx,
    actor: &Actor,
    reference: &str,
    render: fn(&BankOrder) -> Result<String, String>,
    now: Moment,
) -> Outcome<Rehearsal> {
    let known = preparations::find(tx.conn(), actor, reference)?;
    let mut rehearsal = Rehearsal::default();
    for dead_end in checks::dead_ends(tx.conn(), &known, now)? {
        rehearsal.meet(dead_end);
    }
    let mut walk = walks::Walk::prepare(tx, &known, render)?;
    for step in Step::ALL {
        let before = rehearsal.dead_ends.len();
        match walk.take(*step, &mut rehearsal) {
            Ok(said) if rehearsal.dead_ends.len() == before => {
                rehearsal.taken.push(Taken { step: *step, at: walk.now(), said });
                continue;
            }
            Ok(_) => {}
            // What keeps the call from being published has been said by name.
            Err(UseCaseError::Refused(_)) if *step == Step::Publish && before > 0 => {}
            Err(UseCaseError::Refused(refusal)) => {
                rehearsal.meet(DeadEnd::new(step.part(), format!("{}\u{a0}: {refusal}", stuck(*step))));
            }
            Err(UseCaseError::Invalid(errors)) => {
                for error in errors {
                    rehearsal.meet(DeadEnd::new(step.part(), format!("{}\u{a0}: {}", stuck(*step), error.message)));
                }
            }
            Err(error) => return Err(error),
        }
        break;
    }
    rehearsal.written = walk.written(&mut rehearsal)?;
    Ok(rehearsal)
}

/// What cannot happen, as the beginning of a sentence that says why.
const fn stuck(step: Step) -> &'static str {
    match step {
        Step::Publish => "L’appel ne peut pas être publié",
        Step::FillIn => "Le formulaire ne peut pas être rempli",
        Step::File => "Un dossier complet ne peut pas être déposé",
        Step::Admit => "Un dossier déposé ne peut pas être déclaré recevable",
        Step::Score => "Le comité ne peut pas noter un dossier",
        Step::Decide => "Un dossier ne peut pas être retenu",
        Step::Announce => "Les résultats ne peuvent pas être annoncés",
        Step::Accept => "Une subvention ne peut pas être acceptée",
        Step::Pay => "Le premier versement ne peut pas être fait",
        Step::Report => "Un bilan ne peut pas être remis et accepté",
        Step::Settle => "La subvention ne peut pas être soldée",
    }
}
