//! Mails and letters about a grant: acceptance, agreement, suspension, closing. The other nouns of the paying side build
//! theirs on [`AwardedProject`].

use super::agreements::Grantee;
use crate::domain::{
    letters::{Block, Fund, Issuer, Language, Letter, LetterKind, Signature, Table},
    messages::{Action, Mail, MessageKind},
    money::Euros,
    text::nbsp,
    time::{Moment, french_date},
};
use chrono::NaiveDate;

/// What everything written about a grant says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardedProject {
    pub fund: Fund,
    pub issuer: Issuer,
    pub signature: Signature,
    /// Where letters are signed.
    pub city: String,
    /// Name, representative and postal address of the grantee, one line each.
    pub recipient: Vec<String>,
    pub grantee: Grantee,
    pub grant_reference: String,
    pub application_reference: String,
    pub title: String,
    pub organisation: String,
    pub call_title: String,
    /// Whom to write to.
    pub contact: String,
    /// The grant's page for its holder, beginning with `/`.
    pub path: String,
    /// The page of the grantee's bank account, beginning with `/`.
    pub account_path: String,
    /// The grant's page for the team, beginning with `/`.
    pub team_path: String,
    /// UTC.
    pub issued_at: Moment,
}

/// A payment as a schedule shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledPayment {
    /// « Avance », « Solde ».
    pub label: String,
    /// What it waits for, or when it was paid.
    pub condition: String,
    pub amount: Euros,
}

pub(super) fn paragraph(text: &str) -> Block {
    Block::Paragraph(nbsp(text))
}

impl AwardedProject {
    /// « titre du projet ».
    pub(super) fn quoted_title(&self) -> String {
        nbsp(&format!("« {} »", self.title))
    }

    /// A letter signed for the fund; `suffix` makes its number unique under the grant's.
    pub(super) fn letter(&self, kind: LetterKind, suffix: &str, subject: &str, blocks: Vec<Block>) -> Letter {
        let reference = format!("{}-{suffix}", self.grant_reference);
        let subject = nbsp(subject);
        Letter {
            kind,
            title: format!("{subject} ({reference})"),
            reference,
            language: Language::French,
            issuer: self.issuer.clone(),
            fund: self.fund.clone(),
            sender: Vec::new(),
            recipient: self.recipient.clone(),
            place_and_date: format!("{}, le {}", self.city, french_date(self.issued_at.paris_date())),
            your_reference: Some(format!("subvention {}", self.grant_reference)),
            subject,
            salutation: "Madame, Monsieur,".into(),
            blocks,
            closing: "Nous vous prions d’agréer, Madame, Monsieur, l’expression de notre considération distinguée."
                .into(),
            signature: Some(self.signature.clone()),
            parties: Vec::new(),
            check_url: String::new(),
            check_code: String::new(),
            issued_at: self.issued_at,
        }
        .typeset()
    }

    /// A mail that leads to the grant's page, or to `path` below it.
    pub(super) fn mail(&self, kind: MessageKind, subject: &str, paragraphs: &[&str], action: (&str, &str)) -> Mail {
        let (label, path) = action;
        Mail {
            kind,
            subject: nbsp(subject),
            paragraphs: paragraphs.iter().map(|text| nbsp(text)).collect(),
            facts: vec![
                ("Subvention".into(), self.grant_reference.clone()),
                ("Projet".into(), self.title.clone()),
                ("Organisation".into(), self.organisation.clone()),
            ],
            action: Some(Action { label: label.into(), path: format!("{}{path}", self.path) }),
            contact: self.contact.clone(),
        }
    }
}

/// The schedule as a table of a letter.
pub(super) fn schedule_table(schedule: &[ScheduledPayment]) -> Block {
    let table = Table::new("Échéancier des versements").text_column("Versement").text_column("Condition");
    let table = schedule.iter().fold(table.amount_column("Montant"), |table, line| {
        table.row([line.label.clone(), nbsp(&line.condition), line.amount.to_string()])
    });
    table.total("Total", schedule.iter().map(|line| line.amount).sum()).into()
}

/// Confirms the acceptance, and says what comes next.
pub fn accepted_mail(project: &AwardedProject, amount: Euros, is_agreement_required: bool) -> Mail {
    let next = if is_agreement_required {
        "Nous préparons la convention. Vous recevrez un message dès qu’elle sera à signer."
    } else {
        "Aucune convention n’est nécessaire : votre accord nous engage tous les deux."
    };
    let thanks = format!("Vous avez accepté la subvention de {amount}. Merci !");
    let bank =
        "Pour être payé·e sans attendre, vérifiez que le RIB de votre organisation est enregistré, à son nom exact.";
    let subject = format!("Subvention acceptée : {amount}");
    project.mail(MessageKind::GrantAccepted, &subject, &[&thanks, next, bank], ("Voir la subvention", ""))
}

/// Tells that the offer was declined; to the holder.
pub fn declined_mail(project: &AwardedProject, amount: Euros) -> Mail {
    let said = format!("La subvention de {amount} a été refusée par {}.", project.organisation);
    let next = "Elle ne sera pas versée. L’enveloppe retrouve ce montant, qui peut aller à un autre projet.";
    let subject = format!("Subvention refusée : {}", project.grant_reference);
    project.mail(MessageKind::GrantDeclined, &subject, &[&said, next], ("Voir la subvention", ""))
}

/// Tells the holder that the offer ended without an answer.
pub fn lapsed_mail(project: &AwardedProject, amount: Euros, by: Option<NaiveDate>) -> Mail {
    let until = by.map_or(String::new(), |day| format!(" avant le {}", french_date(day)));
    let said = format!("Nous attendions{until} votre réponse à notre offre de {amount}. Nous ne l’avons pas reçue.");
    let next = "L’offre est donc close : la somme retourne à l’enveloppe de l’appel. Si un empêchement vous a retenu·e, \
                écrivez-nous sans attendre.";
    let subject = format!("Offre close sans réponse : {}", project.grant_reference);
    project.mail(MessageKind::GrantDeclined, &subject, &[&said, next], ("Voir la subvention", ""))
}

/// What a refusal of the offer says to the programme officers, who read it on their own page.
pub fn declined_mail_to_team(project: &AwardedProject, amount: Euros) -> Mail {
    let mut mail = declined_mail(project, amount);
    mail.paragraphs
        .push(nbsp("La liste d’attente de l’appel, sur sa page, montre la somme libérée et le projet suivant."));
    mail.action = Some(Action { label: "Voir la subvention".into(), path: project.team_path.clone() });
    mail
}

/// Tells that the grant runs, or runs again.
pub fn active_mail(project: &AwardedProject, resumption: Resumption) -> Mail {
    let said = match resumption {
        Resumption::First => "Tout est en règle : votre subvention est en cours.",
        Resumption::Signed => {
            "La convention est signée par les deux parties : votre subvention est en cours. La convention signée est jointe."
        }
        Resumption::AfterSuspension => "La suspension est levée : votre subvention est de nouveau en cours.",
    };
    let next = "La page de la subvention montre l’échéancier : ce qui est versé, ce qui reste à venir et ce que chaque \
                versement attend.";
    project.mail(MessageKind::GrantActive, "Votre subvention est en cours", &[said, next], ("Voir l’échéancier", ""))
}

/// Whether a grant runs for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resumption {
    First,
    /// For the first time, with an agreement that both have signed.
    Signed,
    AfterSuspension,
}

/// Tells that payments stop for now, and why.
pub fn suspended_mail(project: &AwardedProject, reason: &str) -> Mail {
    let said = "Votre subvention est suspendue : aucun versement ne part tant que la situation n’est pas réglée.";
    let why = format!("Motif : {reason}");
    let next = "Répondez à ce message ou appelez-nous : nous cherchons une solution avec vous.";
    project.mail(MessageKind::GrantSuspended, "Subvention suspendue", &[said, &why, next], ("Voir la subvention", ""))
}

/// Tells that the grant ends before its time, and why.
pub fn terminated_mail(project: &AwardedProject, reason: &str, paid: Euros, uncovered: Euros) -> Mail {
    let said = "Votre subvention est résiliée : les versements encore prévus sont annulés.";
    let why = format!("Motif : {reason}");
    let paid = match uncovered.is_positive() {
        true => format!(
            "Montant déjà versé : {paid}, dont {uncovered} que des dépenses acceptées ne couvrent pas à ce jour. Cette somme \
             peut vous être redemandée : si vous avez des dépenses à faire accepter, déposez votre bilan sans attendre."
        ),
        false => format!("Montant déjà versé : {paid}."),
    };
    project.mail(MessageKind::GrantTerminated, "Subvention résiliée", &[said, &why, &paid], ("Voir la subvention", ""))
}

/// Tells that nothing is owed either way.
pub fn closed_mail(project: &AwardedProject, paid: Euros) -> Mail {
    let said = format!("Votre subvention est soldée. Montant définitif : {paid}.");
    let keep = "Conservez les pièces justificatives : elles peuvent être demandées pendant plusieurs années. Merci pour ce \
                projet.";
    project.mail(MessageKind::GrantClosed, "Subvention soldée", &[&said, keep], ("Voir la subvention", ""))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::letters::LogoCode;

    /// A project to write about.
    pub fn project() -> AwardedProject {
        AwardedProject {
            fund: Fund { name: "Récital".into(), logo: LogoCode::Recital, mention: String::new(), emblem: None },
            issuer: Issuer {
                name: "Lianes coopération".into(),
                address: vec![],
                contact: String::new(),
                logo: LogoCode::Lianes,
            },
            signature: Signature { name: "Inès Vandenbroucke".into(), title: "Directrice".into(), place: None },
            city: "Lille".into(),
            recipient: vec!["Les Passeurs".into()],
            grantee: Grantee {
                legal_form: crate::domain::organisations::LegalForm::Association,
                registration: "SIRET 732 829 320 00074".into(),
                seat: "4 rue du Port, 62100 CALAIS".into(),
                representative_name: "Aline Vasseur".into(),
                representative_title: "Présidente".into(),
            },
            grant_reference: "RECITAL-2027-1-0007-S".into(),
            application_reference: "RECITAL-2027-1-0007".into(),
            title: "Jardins du monde".into(),
            organisation: "Les Passeurs".into(),
            call_title: "Récital 2027".into(),
            contact: "fonds@lianes.example".into(),
            path: "/subventions/1".into(),
            account_path: "/organisations/1/compte".into(),
            team_path: "/suivi/1".into(),
            issued_at: Moment::from_unix_seconds(1_806_528_600),
        }
    }

    #[test]
    fn acceptance_says_whether_an_agreement_follows() {
        let mail = accepted_mail(&project(), Euros::whole(4_000), true);
        assert_eq!(mail.subject, "Subvention acceptée\u{a0}: 4\u{202f}000\u{a0}€");
        assert!(mail.paragraphs[1].contains("dès qu’elle sera à signer"));
        assert!(accepted_mail(&project(), Euros::whole(4_000), false).paragraphs[1].starts_with("Aucune convention"));
        assert_eq!(mail.action.unwrap().path, "/subventions/1");
    }

    #[test]
    fn the_schedule_of_an_agreement_adds_up() {
        let line = |label: &str, euros| ScheduledPayment {
            label: label.into(),
            condition: "à la signature".into(),
            amount: Euros::whole(euros),
        };
        let Block::Table(table) = schedule_table(&[line("Avance", 3_000), line("Solde", 1_000)]) else { panic!() };
        assert_eq!(table.total.unwrap().last().unwrap(), &Euros::whole(4_000).to_string());
    }
}
