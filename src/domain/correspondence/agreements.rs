//! The agreement (convention de subvention): a contract between the fund and the grantee, article by article.

use super::{
    annexes::{AgreedLine, DuePayment, annexes, announced},
    grants::{AwardedProject, ScheduledPayment, paragraph, schedule_table},
};
use crate::domain::{
    definitions::{Clause, MergeField, MergeValues, clauses},
    letters::{Block, Letter, LetterKind, Party},
    messages::{Mail, MessageKind},
    money::{Euros, Rate},
    organisations::LegalForm,
    signing::PUBLIC_AGREEMENT_ABOVE,
    text::nbsp,
    time::french_date,
};
use chrono::NaiveDate;

/// The grantee as a contract names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grantee {
    pub legal_form: LegalForm,
    /// « SIRET 732 829 320 00074 », or the number of another register; empty when none is known.
    pub registration: String,
    /// The address of its seat, on one line.
    pub seat: String,
    pub representative_name: String,
    pub representative_title: String,
}

/// What the agreement says beside who signs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementTerms {
    /// Its articles, with their merge fields: see [`crate::domain::definitions::clauses`].
    pub text: String,
    /// The mail address where one writes to the fund.
    pub contact: String,
    /// What this call says first in its agreements; often empty.
    pub intro: String,
    pub amount: Euros,
    /// What the grantee is granted in the year by every decision, this one included: what the law counts.
    pub of_year: Euros,
    /// The part of the accepted cost the grant may cover.
    pub rate: Rate,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub schedule: Vec<ScheduledPayment>,
    /// What the grantee undertakes, one sentence each.
    pub commitments: Vec<String>,
    /// The report and its date, one each.
    pub reports: Vec<String>,
    /// What becomes of money not spent.
    pub surplus: String,
    /// Special conditions of the decision.
    pub conditions: Option<String>,
    /// The budget as it is agreed now, for the annex.
    pub budget: Vec<AgreedLine>,
    /// The payments with the days they are expected, for the annex.
    pub calendar: Vec<DuePayment>,
}

/// The body of a contract, its articles counted.
#[derive(Debug)]
pub(super) struct Articles {
    pub blocks: Vec<Block>,
    count: usize,
}

impl Articles {
    /// Those that follow these blocks.
    pub fn after(blocks: Vec<Block>) -> Self {
        Articles { blocks, count: 0 }
    }

    /// Begins the next article.
    pub fn article(&mut self, title: &str) {
        self.count += 1;
        self.blocks.push(Block::Heading(nbsp(&format!("Article {} – {title}", self.count))));
    }

    pub fn say(&mut self, text: &str) {
        self.blocks.push(paragraph(text));
    }
}

/// With a small first letter, inside a sentence.
fn inside(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

/// With a capital, as a line of its own begins.
pub(super) fn capitalised(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn represented(name: &str, title: &str) -> String {
    if title.trim().is_empty() {
        format!("représenté·e par {name}")
    } else {
        format!("représenté·e par {name}, {}", inside(title))
    }
}

impl AwardedProject {
    /// Between whom the contract is made.
    pub(super) fn between(&self) -> Vec<Block> {
        let (issuer, grantee) = (&self.issuer, &self.grantee);
        let joined = |parts: &[&str]| {
            parts.iter().filter(|part| !part.trim().is_empty()).copied().collect::<Vec<_>>().join(", ")
        };
        let ours = represented(&self.signature.name, &self.signature.title);
        let theirs = represented(&grantee.representative_name, &grantee.representative_title);
        let funder = joined(&[&issuer.name, &issuer.address.join(", "), &ours]);
        let form = inside(grantee.legal_form.label());
        let seat = format!("dont le siège se trouve {}", grantee.seat);
        let holder = joined(&[&self.organisation, &form, &grantee.registration, &seat, &theirs]);
        vec![
            paragraph("Entre"),
            paragraph(&format!("{funder}, au titre du {}, ci-après « le financeur »,", inside(&self.fund.name))),
            paragraph("Et"),
            paragraph(&format!("{holder}, ci-après « le bénéficiaire »,")),
        ]
    }

    /// Both sides, each with what it has signed.
    pub(super) fn parties(&self, ours: Option<String>, theirs: Option<String>) -> Vec<Party> {
        let (signature, grantee) = (&self.signature, &self.grantee);
        let party = |body: &str, name: &str, title: &str, signed| Party {
            body: body.into(),
            name: name.into(),
            title: capitalised(title),
            signed,
        };
        vec![
            party(&self.issuer.name, &signature.name, &signature.title, ours),
            party(&self.organisation, &grantee.representative_name, &grantee.representative_title, theirs),
        ]
    }

    /// A contract between the fund and the grantee.
    pub(super) fn contract(
        &self,
        kind: LetterKind,
        suffix: &str,
        subject: &str,
        blocks: Vec<Block>,
        parties: Vec<Party>,
    ) -> Letter {
        let letter = self.letter(kind, suffix, subject, blocks);
        Letter {
            recipient: Vec::new(),
            place_and_date: String::new(),
            your_reference: None,
            salutation: String::new(),
            closing: String::new(),
            signature: None,
            parties,
            ..letter
        }
        .typeset()
    }

    /// « Fait en deux exemplaires, à Lille, le 12 mars 2027. »
    pub(super) fn done_at(&self) -> Block {
        paragraph(&format!(
            "Fait en deux exemplaires, à {}, le {}.",
            self.city,
            french_date(self.issued_at.paris_date())
        ))
    }
}

/// The agreement as its call writes it. What the house ships says all that the law asks of one above 23 000 €: object,
/// duration, amount, payment, use, accounts, control, assessment, and what becomes of money not spent.
pub fn agreement_letter(project: &AwardedProject, terms: &AgreementTerms) -> Letter {
    let values = terms.values(project);
    let mut body = Articles::after(Vec::new());
    for clause in clauses(&terms.text, |field| terms.holds(field, project)) {
        match clause {
            Clause::Article(title) => body.article(&values.fill(&title)),
            Clause::Paragraph(text) => body.say(&values.fill(&text)),
            Clause::Points(points) => {
                body.blocks.push(Block::list(points.iter().map(|point| nbsp(&values.fill(point)))));
            }
            Clause::Part(part) => body.blocks.extend(terms.part(part, project)),
        }
    }
    body.blocks.extend(annexes(&terms.budget, &terms.calendar, project.grantee.legal_form.owes_republican_contract()));
    let kind = LetterKind::Agreement;
    project.contract(kind, kind.suffix(), "Convention de subvention", body.blocks, project.parties(None, None))
}

impl AgreementTerms {
    fn is_public(&self) -> bool {
        self.of_year > PUBLIC_AGREEMENT_ABOVE
    }

    /// What stands for the fields of its sentences.
    fn values(&self, project: &AwardedProject) -> MergeValues {
        let city = if project.city.trim().is_empty() { "…………" } else { project.city.trim() };
        let day = |day: Option<NaiveDate>| day.map(french_date).unwrap_or_default();
        MergeValues::default()
            .with(MergeField::Organisation, &project.organisation)
            .with(MergeField::Project, &project.title)
            .with(MergeField::Application, &project.application_reference)
            .with(MergeField::Call, &project.call_title)
            .with(MergeField::Fund, &project.fund.name)
            .with(MergeField::Contact, &self.contact)
            .with(MergeField::Amount, self.amount)
            .with(MergeField::Grant, &project.grant_reference)
            .with(MergeField::Rate, self.rate)
            .with(MergeField::StartsOn, day(self.starts_on))
            .with(MergeField::EndsOn, day(self.ends_on))
            .with(MergeField::Place, city)
            .with(MergeField::Day, french_date(project.issued_at.paris_date()))
    }

    /// Whether what is said only in this case is said.
    fn holds(&self, case: MergeField, project: &AwardedProject) -> bool {
        match case {
            MergeField::IfAbove => self.is_public(),
            MergeField::IfBelow => !self.is_public(),
            MergeField::IfRepublican => project.grantee.legal_form.owes_republican_contract(),
            MergeField::IfDated => self.starts_on.is_some() && self.ends_on.is_some(),
            MergeField::IfCommitted => !self.commitments.is_empty(),
            MergeField::IfConditions => self.conditions.as_ref().is_some_and(|text| !text.trim().is_empty()),
            MergeField::IfReports => !self.reports.is_empty(),
            _ => false,
        }
    }

    /// What stands for a field that takes a whole line; nothing where there is nothing to say.
    fn part(&self, part: MergeField, project: &AwardedProject) -> Vec<Block> {
        let owes_contract = project.grantee.legal_form.owes_republican_contract();
        let said = |text: &str| if text.trim().is_empty() { Vec::new() } else { vec![paragraph(text.trim())] };
        let listed = |points: &[String]| match points.is_empty() {
            true => Vec::new(),
            false => vec![Block::List(super::decisions::listed(points))],
        };
        match part {
            MergeField::Parties => project.between(),
            MergeField::Preamble => said(&self.intro),
            MergeField::Annexes => said(&announced(&self.budget, &self.calendar, owes_contract)),
            MergeField::Schedule => vec![schedule_table(&self.schedule)],
            MergeField::Commitments => listed(&self.commitments),
            MergeField::SpecialConditions => {
                super::decisions::typed(self.conditions.as_deref().unwrap_or_default()).collect()
            }
            MergeField::Reports => listed(&self.reports),
            MergeField::Surplus => said(&self.surplus),
            _ => Vec::new(),
        }
    }
}

/// Asks the holder to sign.
pub fn agreement_mail(project: &AwardedProject, amount: Euros, sign_by: NaiveDate) -> Mail {
    let ready = format!("La convention de la subvention de {amount} est prête. Elle est jointe à ce message.");
    let how = format!(
        "Pour la signer, ouvrez la page de la subvention : votre représentant·e légal·e tape son nom et recopie un code reçu \
         par courriel, avant le {}. La direction signe ensuite.",
        french_date(sign_by)
    );
    project.mail(MessageKind::Agreement, "Convention à signer", &[&ready, &how], ("Lire et signer la convention", ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{correspondence::grants::tests::project, definitions::HOUSE_AGREEMENT};

    /// An agreement about an amount in whole euros.
    pub fn terms(euros: i64) -> AgreementTerms {
        let line = |label: &str, condition: &str, amount| ScheduledPayment {
            label: label.into(),
            condition: condition.into(),
            amount: Euros::whole(amount),
        };
        AgreementTerms {
            text: HOUSE_AGREEMENT.into(),
            contact: "fonds@lianes.example".into(),
            intro: String::new(),
            amount: Euros::whole(euros),
            of_year: Euros::whole(euros),
            rate: Rate::percent(80),
            starts_on: "2027-05-01".parse().ok(),
            ends_on: "2027-12-31".parse().ok(),
            schedule: vec![
                line("Avance", "convention signée", euros - 1_000),
                line("Solde", "bilan final accepté", 1_000),
            ],
            commitments: vec!["réaliser le projet".into(), "remettre le bilan".into()],
            reports: vec!["bilan final : au plus tard le 28 février 2028".into()],
            surplus: "La différence est un trop-perçu, à reverser.".into(),
            conditions: None,
            budget: vec![AgreedLine {
                side: crate::domain::budgets::Side::Expense,
                label: "Animation des ateliers".into(),
                amount: Euros::whole(euros + 5_000),
            }],
            calendar: vec![DuePayment {
                label: "Avance".into(),
                due: "30 avril 2027".into(),
                condition: "convention signée".into(),
                amount: Euros::whole(euros),
            }],
        }
    }

    fn said(letter: &Letter) -> String {
        serde_json::to_string(letter).unwrap().replace(['\u{a0}', '\u{202f}'], " ")
    }

    #[test]
    fn a_contract_names_its_parties_numbers_its_articles_and_greets_nobody() {
        let letter = agreement_letter(&project(), &terms(5_000));
        let text = said(&letter);
        for words in [
            "Entre",
            "ci-après « le financeur »",
            "Les Passeurs, association, SIRET 732 829 320 00074, dont le siège se trouve 4 rue du Port, 62100 CALAIS, représenté·e par Aline Vasseur, présidente",
            "Article 1 – Objet et durée",
            "Article 10 – Signature",
            "Fait en deux exemplaires, à Lille, le",
            "Contrat d’engagement républicain",
            "réaliser le projet ;",
            "remettre le bilan.",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(letter.salutation.is_empty() && letter.closing.is_empty() && letter.signature.is_none());
        let bodies: Vec<_> = letter.parties.iter().map(|party| (party.body.as_str(), party.name.as_str())).collect();
        assert_eq!(bodies, [("Lianes coopération", "Inès Vandenbroucke"), ("Les Passeurs", "Aline Vasseur")]);
        assert!(!text.contains("Madame, Monsieur") && !text.contains("s’il y en a une"));
    }

    #[test]
    fn above_the_threshold_an_agreement_says_what_the_law_asks() {
        let duties = [
            "décret n° 2001-495",
            "articles 9-1 et 10",
            "soixante jours",
            "dans les six mois qui suivent la fin de l’exercice",
            "Cerfa 15059",
            "comptabilité",
            "évaluation",
            "décret n° 2017-779",
        ];
        let (small, large) =
            (said(&agreement_letter(&project(), &terms(23_000))), said(&agreement_letter(&project(), &terms(23_001))));
        for duty in duties {
            assert!(large.contains(duty), "{duty}: {large}");
        }
        assert!(!small.contains("2001-495") && !small.contains("soixante jours"));
        let together = AgreementTerms { of_year: Euros::whole(23_001), ..terms(10_000) };
        let second = said(&agreement_letter(&project(), &together));
        assert!(second.contains("2001-495") && second.contains("soixante jours"), "above it with others: {second}");
        for both in [&small, &large] {
            assert!(
                both.contains("article 15 du décret-loi du 2 mai 1938")
                    && both.contains("contrat d’engagement républicain")
            );
        }
    }

    #[test]
    fn a_call_writes_its_articles_as_it_likes_and_no_value_becomes_one() {
        let mut other = project();
        other.title = "# {montant}".into();
        let text =
            "{parties}\n# Projet de {organisation}\n{projet}\n- {montant} ;\n- à {lieu}.\n\n{preambule}\n{echeancier}";
        let letter = agreement_letter(&other, &AgreementTerms { text: text.into(), ..terms(5_000) });
        let said = said(&letter);
        assert!(said.contains("Article 1 – Projet de Les Passeurs") && !said.contains("Article 2"), "{said}");
        assert!(letter.blocks.contains(&paragraph("# {montant}")), "{said}");
        assert!(letter.blocks.contains(&Block::list(["5\u{202f}000\u{a0}€\u{202f};", "à Lille."])), "{said}");
        assert!(letter.blocks.contains(&schedule_table(&terms(5_000).schedule)), "{said}");
    }

    #[test]
    fn a_school_owes_no_republican_contract() {
        let mut school = project();
        school.grantee.legal_form = LegalForm::School;
        let text = said(&agreement_letter(&school, &terms(30_000)));
        assert!(!text.contains("engagement républicain") && !text.contains("2021-1947"), "{text}");
    }

    #[test]
    fn what_is_annexed_comes_last_and_is_announced() {
        let letter = agreement_letter(&project(), &terms(30_000));
        let titles: Vec<_> = letter
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Annex(title) => Some(title.replace('\u{a0}', " ")),
                _ => None,
            })
            .collect();
        let wanted = [
            "Annexe 1 – Budget du projet",
            "Annexe 2 – Échéancier des versements",
            "Annexe 3 – Contrat d’engagement républicain",
        ];
        assert_eq!(titles, wanted);
        let text = said(&letter);
        assert!(text.contains("Sont annexés à la convention et en font partie") && text.contains("30 avril 2027"));
        assert!(text.find("Fait en deux exemplaires") < text.find("Annexe 1"), "{text}");
    }
}
