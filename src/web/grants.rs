//! A grant in the words of a page: where it stands, its payments, its reports, its letters. The holder and the team read
//! the same facts; only who is called « vous » differs.

use super::{
    deadlines::{Deadline, lateness},
    pages::Tone,
    parts::{Badge, Fact, NOBODY, Step, Stepper, TimelineEvent},
};
use crate::{
    domain::{
        balances::Balance,
        disbursements::{PieceOutcome, conditions_of_grant},
        labels,
        letters::LetterKind,
        lifecycle::{BIRTH, Machine},
        lifecycles::{
            amendments::AmendmentState,
            bank_accounts::BankAccountState,
            disbursements::{DisbursementEvent, DisbursementState},
            done::done_label,
            grants::{GrantEvent, GrantState},
            recoveries::RecoveryState,
            reports::{ReportState, is_awaited, standing},
        },
        money::Euros,
        roles::Role,
        signing::SigningSide,
        text::nbsp,
        time::french_date,
    },
    store::{history::TransitionRow, recoveries::RecoveryRow, reports::ReportRow},
    usecases::{
        grant_papers::{GrantPaper, Scheduled},
        grant_pieces::AskedPiece,
        signing::Paper,
    },
};
use chrono::NaiveDate;

/// Who reads the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    Holder,
    Team,
}

/// A payment of the schedule, ready to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentLine {
    pub label: String,
    /// Its page among the payments; nothing for whoever does not read the books.
    pub href: String,
    pub amount: String,
    pub condition: String,
    pub badge: Badge,
    /// What it waits for, when it was paid, or why it does not leave.
    pub note: String,
}

/// A report of the list, ready to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLine {
    pub label: String,
    pub href: String,
    pub due: String,
    pub badge: Badge,
}

/// With a capital, as a line begins.
pub fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn badge(tone: Tone, label: impl Into<String>) -> Badge {
    Badge { tone, label: label.into() }
}

/// The state of a grant as a small label.
pub fn grant_badge(state: GrantState) -> Badge {
    let tone = match state {
        GrantState::Offered | GrantState::AgreementSent | GrantState::Suspended => Tone::Warning,
        GrantState::Active | GrantState::Closed => Tone::Success,
        GrantState::Terminated => Tone::Error,
        GrantState::Declined => Tone::Neutral,
        GrantState::Accepted | GrantState::Closing => Tone::Info,
    };
    badge(tone, state.label())
}

/// The state of a report as a small label; a report that is late says so.
pub fn report_badge((row, grant): (&ReportRow, GrantState), today: NaiveDate) -> Badge {
    if is_awaited(row.state, grant) && row.due_on < today {
        return badge(Tone::Error, format!("{}, en retard", row.state.label()));
    }
    let tone = match row.state {
        ReportState::Accepted => Tone::Success,
        ReportState::Submitted => Tone::Info,
        ReportState::Draft | ReportState::ChangesRequested => Tone::Warning,
        ReportState::Expected | ReportState::Waived => Tone::Neutral,
    };
    badge(tone, standing(row.state, grant))
}

/// The state of a bank account as a small label.
pub fn account_badge(state: BankAccountState) -> Badge {
    let tone = match state {
        BankAccountState::Verified => Tone::Success,
        BankAccountState::Unverified => Tone::Info,
        BankAccountState::Quarantined => Tone::Warning,
        BankAccountState::Closed => Tone::Neutral,
    };
    badge(tone, state.label())
}

/// What a recovery is, in a sentence.
pub fn recovery_sentence(row: &RecoveryRow, today: NaiveDate) -> String {
    let amount = row.amount_cents;
    match (row.state, row.received_on) {
        (RecoveryState::Requested, _) if row.due_on < today => {
            let due = french_date(row.due_on);
            nbsp(&format!(
                "Trop-perçu de {amount} à reverser : il était attendu le {due}, {}.",
                lateness(row.due_on, today)
            ))
        }
        (RecoveryState::Requested, _) => {
            nbsp(&format!("Trop-perçu de {amount} à reverser avant le {}.", french_date(row.due_on)))
        }
        (RecoveryState::Received, Some(day)) => {
            nbsp(&format!("Trop-perçu de {amount} reversé le {}.", french_date(day)))
        }
        (state, _) => {
            let why = row.reason.as_deref().map_or(String::new(), |reason| format!(" {reason}"));
            nbsp(&format!("Trop-perçu de {amount} : {}.{why}", state.label()))
        }
    }
}

/// The schedule, without what was cancelled; foreseen payments when nothing is planned yet. Each payment leads to its page
/// below `root`, if there is one.
pub fn schedule(paper: &GrantPaper, reader: Reader, root: Option<&str>) -> Vec<PaymentLine> {
    let once_accepted = match reader {
        Reader::Holder => "si vous acceptez",
        Reader::Team => "en cas d’accord",
    };
    let foreseen = paper.foreseen.iter().map(|payment| PaymentLine {
        label: capitalised(payment.kind.label()),
        href: String::new(),
        amount: payment.amount.to_string(),
        condition: conditions_of_grant(&payment.conditions, paper.file.grant.is_agreement_required),
        badge: badge(Tone::Neutral, once_accepted),
        note: format!("Prévu vers le {}", french_date(payment.due_on)),
    });
    let planned = paper.schedule.iter().filter(|line| line.row.state != DisbursementState::Cancelled);
    foreseen.chain(planned.map(|line| payment_line(line, reader, root))).collect()
}

fn payment_line(line: &Scheduled, reader: Reader, root: Option<&str>) -> PaymentLine {
    let row = &line.row;
    let because = || row.reason.clone().unwrap_or_default();
    let outside = line.outside.as_ref().filter(|(days, day)| line.obstacles.is_empty() || days.is_over(*day));
    let outside = outside.map(|(days, day)| match reader {
        Reader::Holder => days.wait_of_holder(*day),
        Reader::Team => days.refusal(),
    });
    let (badge, note) = match row.state {
        DisbursementState::Planned | DisbursementState::Authorised if outside.is_some() => {
            let waits = (!line.obstacles.is_empty()).then(|| format!("Attend {}. ", line.obstacles.join(", puis ")));
            (badge(Tone::Warning, "en attente"), waits.unwrap_or_default() + &outside.unwrap_or_default())
        }
        DisbursementState::Paid => {
            let on = row.paid_on.map_or(String::new(), |day| format!("versé le {}", french_date(day)));
            (badge(Tone::Success, row.state.label()), on)
        }
        DisbursementState::Planned if line.obstacles.is_empty() => {
            (badge(Tone::Info, "dû"), "Rien ne manque : la gestion financière le prépare.".into())
        }
        DisbursementState::Planned => {
            (badge(Tone::Neutral, row.state.label()), format!("Attend {}", line.obstacles.join(", puis ")))
        }
        DisbursementState::Authorised | DisbursementState::InRun => {
            let note = match reader {
                Reader::Holder => "Rien à faire de votre côté.",
                Reader::Team => "La gestion financière s’en occupe.",
            };
            (badge(Tone::Info, "virement en préparation"), note.into())
        }
        DisbursementState::Returned => {
            let note = format!("Le virement n’a pas abouti : {}. Vérifiez le RIB.", because().trim_end_matches('.'));
            (badge(Tone::Error, row.state.label()), note)
        }
        DisbursementState::Withheld => (badge(Tone::Warning, row.state.label()), because()),
        DisbursementState::Cancelled => (badge(Tone::Neutral, row.state.label()), String::new()),
    };
    PaymentLine {
        label: capitalised(row.kind.label()),
        href: root.map(|root| format!("{root}/{}", row.id)).unwrap_or_default(),
        amount: row.amount_cents.to_string(),
        condition: line.condition.clone(),
        badge,
        note: nbsp(&note),
    }
}

/// The reports owed, each with the page below `root` on which it is read.
pub fn reports(paper: &GrantPaper, root: &str, today: NaiveDate) -> Vec<ReportLine> {
    let line = |row: &ReportRow| ReportLine {
        label: capitalised(row.kind.label()),
        href: format!("{root}/{}", row.id),
        due: french_date(row.due_on),
        badge: report_badge((row, paper.file.grant.state), today),
    };
    paper.reports.iter().map(line).collect()
}

/// What was awarded. Once the balance is settled the grant's own amount is what has been and will be paid.
pub fn awarded(paper: &GrantPaper) -> Fact {
    match &paper.balance {
        Some(balance) => Fact::new("Montant accordé", balance.award),
        None => Fact::new("Montant", paper.file.grant.amount_cents),
    }
}

/// What the grant finally amounts to, where that is not what was awarded.
pub fn final_amount(paper: &GrantPaper) -> Option<Fact> {
    let is_over = paper.file.grant.state == GrantState::Terminated;
    let balance = paper.balance.as_ref().filter(|balance| balance.due() != balance.award);
    // What ended before its time is paid no further.
    let amount = |balance: &Balance| if is_over { balance.due().min(balance.paid) } else { balance.due() };
    balance.map(|balance| Fact::new("Montant définitif", amount(balance)))
}

/// With whom the project is led, once an amendment has changed it.
pub fn partners(paper: &GrantPaper) -> Option<Fact> {
    let in_force = paper.amendments.iter().filter(|row| row.state == AmendmentState::Approved);
    let partner = in_force.filter_map(|row| row.new_partner.as_ref()).next_back();
    partner.map(|partner| Fact::new("Partenaires", partner))
}

/// Whose turn it is, by when, and what that means.
struct Turn {
    side: Side,
    by: Option<NaiveDate>,
    sentence: String,
}

#[derive(Clone, Copy)]
enum Side {
    Holder,
    Officer,
    Director,
    Finance,
    Nobody,
}

impl Side {
    fn words(self, reader: Reader) -> &'static str {
        match (self, reader) {
            (Side::Holder, Reader::Holder) => "Vous",
            (Side::Holder, Reader::Team) => "L’organisation",
            (Side::Officer, _) => "L’équipe du fonds",
            (Side::Director, _) => "La direction",
            (Side::Finance, _) => "La gestion financière",
            (Side::Nobody, _) => NOBODY,
        }
    }
}

fn turn(paper: &GrantPaper) -> Turn {
    let grant = &paper.file.grant;
    let of = |side, by, sentence: &str| Turn { side, by, sentence: nbsp(sentence) };
    match grant.state {
        GrantState::Offered => {
            let said = format!("Une subvention de {} est proposée : elle attend une réponse.", grant.amount_cents);
            of(Side::Holder, grant.confirm_by, &said)
        }
        GrantState::Accepted => {
            of(Side::Officer, None, "La subvention est acceptée. La convention est en préparation.")
        }
        GrantState::AgreementSent if grant.holder_signed_at.is_none() => {
            let said = "La convention est prête : elle attend la signature de l’organisation.";
            of(Side::Holder, to_sign(paper).map(|(one, _)| one.row.sign_by), said)
        }
        GrantState::AgreementSent => {
            let said = "La convention attend la signature de la direction.";
            of(Side::Director, to_sign(paper).map(|(one, _)| one.row.sign_by), said)
        }
        GrantState::Active => while_active(paper),
        GrantState::Closing => while_closing(paper),
        GrantState::Suspended => {
            of(Side::Officer, None, "La subvention est suspendue : aucun versement ne part pour le moment.")
        }
        GrantState::Closed => of(Side::Nobody, None, "La subvention est soldée : plus rien n’est dû."),
        GrantState::Declined => of(Side::Nobody, None, "La subvention n’a pas été acceptée par l’organisation."),
        GrantState::Terminated => once_terminated(paper),
    }
}

/// What both have not signed yet, and who signs it next; nothing when nothing waits for a signature.
fn to_sign(paper: &GrantPaper) -> Option<(&Paper, SigningSide)> {
    paper.signing.iter().find_map(|one| Some((one, one.next()?)))
}

fn while_active(paper: &GrantPaper) -> Turn {
    if let Some((one, next)) = to_sign(paper) {
        // A raise may take a whole agreement.
        let what = if one.document.kind == LetterKind::Amendment { "Un avenant" } else { "La convention" };
        let (side, whose) = match next {
            SigningSide::Holder => (Side::Holder, "de l’organisation"),
            SigningSide::Issuer => (Side::Director, "de la direction"),
        };
        let sentence = format!("{what} attend la signature {whose}.");
        return Turn { side, by: Some(one.row.sign_by), sentence };
    }
    let to_correct = paper.reports.iter().find(|row| row.state == ReportState::ChangesRequested);
    let filed = paper.reports.iter().find(|row| row.state == ReportState::Submitted);
    let awaited = paper.reports.iter().find(|row| matches!(row.state, ReportState::Expected | ReportState::Draft));
    let returned = paper.schedule.iter().any(|line| line.row.state == DisbursementState::Returned);
    let leaving = paper.schedule.iter().find(|line| match line.row.state {
        DisbursementState::Planned => line.obstacles.is_empty(),
        state => matches!(state, DisbursementState::Authorised | DisbursementState::InRun),
    });
    let (side, by, said) = if let Some(row) = to_correct {
        (Side::Holder, Some(row.due_on), format!("Le {} est à corriger.", row.kind.label()))
    } else if paper.accounts.is_empty() {
        (Side::Holder, None, "La subvention est en cours. Il manque le RIB : rien ne peut être versé sans lui.".into())
    } else if returned {
        (Side::Holder, None, "Un virement n’a pas abouti : le RIB est à vérifier.".into())
    } else if let Some(row) = filed {
        (Side::Officer, None, format!("Le {} est déposé : nous le lisons.", row.kind.label()))
    } else if let Some(piece) = piece_in(paper, Some(PieceOutcome::Provided)) {
        (Side::Officer, None, format!("La pièce « {} » est déposée : nous la lisons.", piece.piece.label))
    } else if let Some(piece) = piece_in(paper, Some(PieceOutcome::Refused)) {
        (Side::Holder, None, format!("La pièce « {} » est à fournir de nouveau.", piece.piece.label))
    } else if let Some(piece) = piece_in(paper, Some(PieceOutcome::Infected)) {
        let label = &piece.piece.label;
        (Side::Holder, None, format!("L’antivirus a refusé la pièce « {label} » : elle est à fournir de nouveau."))
    } else if let Some(line) = leaving {
        (Side::Finance, None, format!("Un versement de {} est en préparation.", line.row.amount_cents))
    } else if let Some(piece) = piece_in(paper, None) {
        (Side::Holder, None, format!("Un versement attend la pièce « {} ».", piece.piece.label))
    } else if let Some(row) = awaited {
        let said = format!("La subvention est en cours. Prochaine étape : le {}.", row.kind.label());
        (Side::Holder, Some(row.due_on), said)
    } else {
        (Side::Officer, None, "La subvention est en cours.".into())
    };
    Turn { side, by, sentence: nbsp(&said) }
}

/// The first of the papers its payments wait for of which this is said; nothing was provided yet without it.
fn piece_in(paper: &GrantPaper, outcome: Option<PieceOutcome>) -> Option<&AskedPiece> {
    paper.pieces.iter().find(|asked| asked.outcome() == outcome)
}

fn while_closing(paper: &GrantPaper) -> Turn {
    let owed = paper.recoveries.iter().find(|row| row.state == RecoveryState::Requested);
    if let Some(row) = owed {
        let said = format!("Le bilan final est accepté. Un trop-perçu de {} est à reverser.", row.amount_cents);
        return Turn { side: Side::Holder, by: Some(row.due_on), sentence: nbsp(&said) };
    }
    let open = paper
        .schedule
        .iter()
        .filter(|line| !matches!(line.row.state, DisbursementState::Paid | DisbursementState::Cancelled));
    let left: Euros = open.map(|line| line.row.amount_cents).sum();
    let said = format!("Le bilan final est accepté. Il reste {left} à verser.");
    Turn { side: Side::Finance, by: None, sentence: nbsp(&said) }
}

fn once_terminated(paper: &GrantPaper) -> Turn {
    let is_end = |row: &&TransitionRow| row.machine == Machine::Grant && row.event == GrantEvent::Terminate.code();
    let end = paper.history.iter().find(is_end).map(|row| row.reason.trim()).filter(|why| !why.is_empty());
    let why = end.map_or(String::new(), |why| format!(" Motif : {why}"));
    let said = |rest: String| nbsp(&format!("La subvention est résiliée.{why}{rest}"));
    // What was ended without a mark goes on into no other sentence.
    let dot = if why.is_empty() || why.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    match paper.recoveries.iter().find(|row| row.state == RecoveryState::Requested) {
        Some(row) => Turn {
            side: Side::Holder,
            by: Some(row.due_on),
            sentence: said(format!(
                "{dot} Ce qui a été versé et que des dépenses acceptées ne couvrent pas est à reverser : {}.",
                row.amount_cents
            )),
        },
        None => Turn { side: Side::Nobody, by: None, sentence: said(dot.to_owned()) },
    }
}

/// How the balance came about, line by line; empty until then, and where a terminated grant has spent more than it was
/// paid: nothing is owed either way.
pub fn balance_lines(paper: &GrantPaper) -> Vec<(String, String)> {
    let is_over = paper.file.grant.state == GrantState::Terminated;
    let balance = paper.balance.filter(|balance| !is_over || balance.overpaid().is_positive());
    balance.map(|balance| balance.lines()).unwrap_or_default()
}

/// Where the grant stands, who acts next and by when.
pub fn stepper(paper: &GrantPaper, reader: Reader, today: NaiveDate) -> Stepper {
    let Turn { side, by, sentence } = turn(paper);
    let grant = &paper.file.grant;
    let label = match grant.state {
        GrantState::Offered | GrantState::Declined => "Proposée",
        GrantState::Accepted => "Acceptée",
        GrantState::AgreementSent => "Convention",
        GrantState::Active | GrantState::Suspended | GrantState::Terminated => "En cours",
        GrantState::Closing => "Solde",
        GrantState::Closed => "Soldée",
    };
    let all = ["Proposée", "Acceptée", "Convention", "En cours", "Solde", "Soldée"];
    let steps: Vec<_> = all.into_iter().filter(|step| grant.is_agreement_required || *step != "Convention").collect();
    let current = steps.iter().position(|step| *step == label).unwrap_or_default();
    Stepper {
        title: "Où en est la subvention".into(),
        steps: Step::along(steps, current),
        who_acts: side.words(reader).into(),
        by_when: by.map(|day| Deadline::before(day, today)),
        sentence,
    }
}

/// What happened, newest first. The holder does not read the cogs of a payment.
pub fn timeline(paper: &GrantPaper, reader: Reader) -> Vec<TimelineEvent> {
    let told = |machine: Machine, event: &str| {
        let is_cog = match machine {
            Machine::Disbursement => ![DisbursementEvent::MarkPaid, DisbursementEvent::MarkReturned]
                .iter()
                .any(|known| known.code() == event),
            _ => false,
        };
        let is_silent_birth = event == BIRTH && matches!(machine, Machine::Disbursement | Machine::Report);
        !is_silent_birth && (reader == Reader::Team || !is_cog)
    };
    let rows = paper.history.iter().filter(|row| told(row.machine, &row.event));
    rows.map(|row| {
        let what = done_label(row.machine, &row.event);
        let who = match (row.role, reader) {
            (Role::Applicant, Reader::Holder) => "vous ou votre organisation",
            (Role::System, Reader::Holder) => "",
            (_, Reader::Holder) => "l’équipe du fonds",
            (Role::Applicant, Reader::Team) => "l’organisation",
            (Role::Officer, Reader::Team) => "l’équipe du fonds",
            (Role::Finance, Reader::Team) => "la gestion financière",
            (Role::Director, Reader::Team) => "la direction",
            (role, Reader::Team) => labels::role(role),
        };
        TimelineEvent { at: row.at.french(), what: what.to_owned(), who: who.into(), note: row.reason.clone() }
    })
    .collect()
}

/// The letters about a grant: address and title.
pub fn letters(paper: &GrantPaper) -> Vec<(String, String)> {
    let all = format!("/subventions/{}/courriers", paper.file.grant.id);
    paper.letters.iter().map(|row| (format!("{all}/{}", row.id), capitalised(&row.title))).collect()
}
