//! What the house tells a funder, and itself about a funder: the statement that comes with the proofs, and the mail that
//! reminds of a report owed.

use super::agreements::capitalised;
use crate::domain::{
    evidence_packs::{ClassFacts, Evidence, GrantFacts, PaymentFacts, RemovalFacts, ReportFacts, SourceFacts},
    letters::{Block, Fund, Language, Letter, LetterKind, LogoCode, Table},
    messages::{Action, Mail, MessageKind},
    money::Euros,
    text::nbsp,
    time::french_date,
};
use chrono::NaiveDate;

fn source(source: &SourceFacts) -> Vec<Block> {
    let eligible = format!("du {} au {}", french_date(source.eligible_from), french_date(source.eligible_until));
    let clause = source.clause.clone().unwrap_or_else(|| "aucune".to_owned());
    let ceiling = source.ceiling.map_or("sans plafond".to_owned(), |most| most.to_string());
    vec![
        Block::heading(format!("Convention {}", source.reference)),
        Block::facts([
            ("Objet", source.title.clone()),
            ("Durée", format!("du {} au {}", french_date(source.starts_on), french_date(source.ends_on))),
            ("Dates d’éligibilité", eligible),
            ("Clause de reversement", clause),
            ("Plafond par bénéficiaire", ceiling),
            ("Montant de la convention", source.amount.to_string()),
            (
                "Reçu du bailleur",
                format!("{}, sur {} attendus à la fin de la période", source.received, source.expected),
            ),
            ("Engagé, à autoriser", source.committed.to_string()),
            ("Autorisé, à verser", source.authorised.to_string()),
            ("Versé depuis le début", source.paid.to_string()),
            ("Reversé par les bénéficiaires", source.recovered.to_string()),
            ("Versé sur la période", source.paid_in_period.to_string()),
        ]),
    ]
}

fn summary(evidence: &Evidence) -> Table {
    let rows = evidence.grants.iter().map(|grant| {
        [
            grant.reference.clone(),
            grant.beneficiary.clone(),
            french_date(grant.decided_on),
            grant.awarded.to_string(),
            grant.paid().to_string(),
        ]
    });
    let table = Table::new("Subventions de la période")
        .text_column("Subvention")
        .text_column("Bénéficiaire")
        .text_column("Décision")
        .amount_column("Accordé")
        .amount_column("Versé");
    rows.fold(table, |table, row| table.row(row)).total("Total versé", evidence.paid())
}

/// What left the bank where it is not the part of the funder, to be found on the line of the bank.
fn bank_words(payment: &PaymentFacts) -> String {
    let (whole, kept_back) = (payment.whole, payment.kept_back());
    match payment.left_bank {
        Some(left) if kept_back.is_positive() => {
            format!(" (sorti de la banque\u{a0}: {left}, soit {whole} moins {kept_back} de trop-perçu déduits)")
        }
        Some(left) if left != payment.amount => format!(" (sorti de la banque, toutes conventions\u{a0}: {left})"),
        _ => String::new(),
    }
}

fn payments(grant: &GrantFacts) -> Option<Block> {
    let table = Table::new("Versements de la période")
        .text_column("Date")
        .text_column("Convention")
        .text_column("Références bancaires")
        .amount_column("Montant");
    let rows = grant.payments.iter().map(|payment| {
        let outside = if payment.is_eligible { "" } else { " (hors des dates d’éligibilité)" };
        [
            format!("{}{outside}", french_date(payment.paid_on)),
            payment.source.clone(),
            format!("{}{}", payment.references(), bank_words(payment)),
            payment.amount.to_string(),
        ]
    });
    let is_any = !grant.payments.is_empty();
    is_any.then(|| rows.fold(table, |table, row| table.row(row)).total("Versé sur la période", grant.paid()).into())
}

/// The name of a class: « 60 – Achats ».
pub fn class_name(class: &ClassFacts) -> String {
    if class.label.is_empty() { class.class.clone() } else { format!("{} – {}", class.class, class.label) }
}

fn classes(grant: &GrantFacts) -> Option<Block> {
    let table = Table::new("Prévu et réalisé par classe de comptes")
        .text_column("Classe")
        .amount_column("Prévu")
        .amount_column("Réalisé");
    let rows = grant.classes.iter().map(|class| {
        let actual = class.actual.map_or("pas encore de bilan".to_owned(), |amount| amount.to_string());
        let side = if class.is_expense { "Charges" } else { "Produits" };
        [format!("{side} {}", class_name(class)), class.planned.to_string(), actual]
    });
    let is_any = !grant.classes.is_empty();
    is_any.then(|| rows.fold(table, |table, row| table.row(row)).into())
}

fn grant(grant: &GrantFacts) -> Vec<Block> {
    let agreed = match (grant.agreed_on, grant.needs_agreement) {
        (Some(day), true) => format!("convention signée le {}", french_date(day)),
        (Some(day), false) => format!("acceptée le {}, sans convention", french_date(day)),
        (None, _) => "pas encore".to_owned(),
    };
    let mut blocks = vec![
        Block::heading(format!("{} – {}", grant.reference, grant.beneficiary)),
        Block::facts([
            ("Projet", grant.project.clone()),
            ("Appel", format!("{}, {}", grant.call, grant.fund)),
            ("SIRET", grant.siret.clone()),
            ("Décision", french_date(grant.decided_on)),
            ("Accord", agreed),
            ("État", grant.state.clone()),
            ("Accordé par ce bailleur", grant.awarded.to_string()),
            ("Trop-perçu reversé", grant.recovered.to_string()),
        ]),
    ];
    blocks.extend(payments(grant));
    blocks.extend(classes(grant));
    let owed: Vec<_> = grant.reports.iter().filter(|report| report.is_owed).collect();
    if !owed.is_empty() {
        blocks.push(Block::Label("Bilans attendus".to_owned()));
        blocks.push(Block::list(
            owed.iter()
                .map(|report| format!("{} : pour le {} ({})", report.kind, french_date(report.due_on), report.state)),
        ));
    }
    let proofs = grant.proofs.iter().map(|proof| match proof.sha256 {
        Some(_) => proof.title.clone(),
        None => format!("{} (indisponible)", proof.title),
    });
    let papers: Vec<_> = proofs.chain(grant.printed_reports().map(report_title)).collect();
    if !papers.is_empty() {
        blocks.push(Block::Label("Pièces".to_owned()));
        blocks.push(Block::list(papers));
    }
    blocks
}

/// The statement of a pack. The same facts give the same one.
pub fn letter(evidence: &Evidence) -> Letter {
    let mut blocks = vec![Block::paragraph(format!(
        "Bailleur : {}. Cet état dit où est allé son argent, {}. Chaque montant vient du journal des fonds, tel qu’il était le {}.",
        evidence.funder,
        evidence.period(),
        evidence.as_of.french()
    ))];
    if !evidence.removals.is_empty() {
        let said = "Ces preuves ont été rassemblées avant un effacement, que la durée de conservation demandait. Ont été retirés :";
        blocks.push(Block::paragraph(said));
        blocks.push(Block::list(evidence.removals.iter().map(RemovalFacts::sentence)));
    }
    blocks.extend(evidence.sources.iter().flat_map(source));
    if evidence.grants.is_empty() {
        blocks.push(Block::paragraph("Aucune subvention sur cette période."));
    } else {
        blocks.push(Block::heading("Subventions"));
        blocks.push(summary(evidence).into());
        blocks.extend(evidence.grants.iter().flat_map(grant));
    }
    let subject = nbsp(&format!("État de l’emploi des fonds, {}", evidence.period()));
    Letter { subject, blocks, ..letter_of(evidence) }.typeset()
}

/// A paper of the pack that says nothing yet.
fn letter_of(evidence: &Evidence) -> Letter {
    Letter {
        kind: LetterKind::Evidence,
        title: format!("État pour {} – {}", evidence.funder, evidence.period()),
        reference: evidence.name(),
        language: Language::French,
        issuer: evidence.issuer.clone(),
        fund: Fund {
            name: evidence.funder.clone(),
            logo: LogoCode::Lianes,
            mention: evidence.mention.clone(),
            emblem: None,
        },
        sender: Vec::new(),
        recipient: Vec::new(),
        place_and_date: format!("{}, le {}", evidence.city, french_date(evidence.as_of.paris_date())),
        your_reference: None,
        subject: String::new(),
        salutation: String::new(),
        blocks: Vec::new(),
        closing: String::new(),
        signature: None,
        parties: Vec::new(),
        check_url: String::new(),
        check_code: String::new(),
        issued_at: evidence.as_of,
    }
}

/// How a report is called among the papers of its grant.
pub fn report_title(report: &ReportFacts) -> String {
    capitalised(&report.kind)
}

/// A report of a grantee as a paper of its own. The same facts give the same one.
pub fn report_letter(evidence: &Evidence, grant: &GrantFacts, report: &ReportFacts) -> Letter {
    let filed = report.filed_on.map_or("pas déposé".to_owned(), french_date);
    let mut blocks = vec![Block::facts([
        ("Projet", grant.project.clone()),
        ("Bénéficiaire", grant.beneficiary.clone()),
        ("Subvention", grant.reference.clone()),
        ("Déposé le", filed),
        ("État", report.state.clone()),
    ])];
    for (question, answer) in &report.said {
        blocks.push(Block::Label(question.clone()));
        blocks.push(Block::paragraph(answer));
    }
    blocks.extend(classes(grant));
    let subject = format!("{} – {}", report_title(report), grant.reference);
    Letter { title: subject.clone(), subject: nbsp(&subject), blocks, ..letter_of(evidence) }.typeset()
}

/// A report that the house owes to a funder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueReport<'a> {
    pub title: &'a str,
    pub due_on: NaiveDate,
    pub funder: &'a str,
    pub source: &'a str,
    /// What the agreement is worth.
    pub amount: Euros,
    /// Where its page is.
    pub path: String,
}

/// Reminds whoever keeps the money of a report owed to a funder.
pub fn report_due(report: &DueReport<'_>, contact: &str) -> Mail {
    let day = french_date(report.due_on);
    let said = format!(
        "{} attend « {} » pour le {day}, pour la convention {}. L’état et les preuves d’une période se préparent sur la \
         page « Preuves » des finances.",
        report.funder, report.title, report.source
    );
    Mail {
        kind: MessageKind::SourceReportDue,
        subject: nbsp(&format!("À rendre au bailleur : {} avant le {day}", report.title)),
        paragraphs: vec![
            nbsp(&said),
            nbsp("Une fois le rapport parti, notez-le sur la page de la convention : les rappels s’arrêtent."),
        ],
        facts: vec![
            ("Convention".into(), report.source.to_owned()),
            ("Montant".into(), report.amount.to_string()),
            ("Pour le".into(), day),
        ],
        action: Some(Action { label: "Ouvrir la convention".into(), path: report.path.clone() }),
        contact: contact.to_owned(),
    }
}
