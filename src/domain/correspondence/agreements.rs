//! The agreement (convention de subvention): a contract between the fund and the grantee, article by article.

use super::{
    annexes::{AgreedLine, DuePayment, annexes, announced},
    grants::{AwardedProject, ScheduledPayment, paragraph, schedule_table},
};
use crate::domain::{
    letters::{Block, Letter, LetterKind, Party},
    messages::{Mail, MessageKind},
    money::{Euros, Rate},
    organisations::LegalForm,
    text::nbsp,
    time::french_date,
};
use chrono::NaiveDate;

/// Above this amount the law prescribes what an agreement says (loi 2000-321, art. 10; décret 2001-495).
pub const PUBLIC_AGREEMENT_ABOVE: Euros = Euros::whole(23_000);

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
    /// What this call says first in its agreements; often empty.
    pub intro: String,
    pub amount: Euros,
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

impl AgreementTerms {
    fn is_public(&self) -> bool {
        self.amount > PUBLIC_AGREEMENT_ABOVE
    }
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

    /// Points after a sentence that announces them: a semicolon after each, a full stop after the last.
    fn points(&mut self, lead: &str, points: &[String]) {
        if points.is_empty() {
            return;
        }
        self.say(lead);
        self.blocks.push(Block::List(super::decisions::listed(points)));
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

/// The agreement, with what the law asks of one above 23 000 €: object, duration, amount, payment, use, accounts, control,
/// assessment, and what becomes of money not spent.
pub fn agreement_letter(project: &AwardedProject, terms: &AgreementTerms) -> Letter {
    let mut body = Articles::after(project.between());
    if terms.is_public() {
        body.blocks.push(Block::list(visas(project).iter().map(|text| nbsp(text))));
    }
    if !terms.intro.trim().is_empty() {
        body.say(terms.intro.trim());
    }
    body.say("Il est convenu ce qui suit.");
    object_and_money(&mut body, project, terms);
    use_of_the_grant(&mut body, terms);
    accounts_and_control(&mut body, terms);
    if project.grantee.legal_form.owes_republican_contract() {
        body.article("Contrat d’engagement républicain");
        body.say(REPUBLICAN_CONTRACT);
    }
    body.article("Sommes non dépensées");
    body.say(&terms.surplus);
    closing_articles(&mut body, terms);
    body.blocks.push(project.done_at());
    let owes_contract = project.grantee.legal_form.owes_republican_contract();
    body.blocks.extend(annexes(&terms.budget, &terms.calendar, owes_contract));
    let kind = LetterKind::Agreement;
    project.contract(kind, kind.suffix(), "Convention de subvention", body.blocks, project.parties(None, None))
}

fn visas(project: &AwardedProject) -> Vec<String> {
    let mut visas = vec![
        "vu la loi n° 2000-321 du 12 avril 2000, notamment ses articles 9-1 et 10 ;".to_owned(),
        "vu le décret n° 2001-495 du 6 juin 2001, pris pour l’application de l’article 10 de cette loi ;".to_owned(),
    ];
    if project.grantee.legal_form.owes_republican_contract() {
        visas.push("vu l’article 10-1 de la même loi et le décret n° 2021-1947 du 31 décembre 2021 ;".to_owned());
    }
    visas.push(format!("vu la demande de subvention {}, déposée par le bénéficiaire ;", project.application_reference));
    visas
}

fn object_and_money(body: &mut Articles, project: &AwardedProject, terms: &AgreementTerms) {
    body.article("Objet et durée");
    let period = match (terms.starts_on, terms.ends_on) {
        (Some(start), Some(end)) => format!(" Le projet se déroule du {} au {}.", french_date(start), french_date(end)),
        _ => String::new(),
    };
    body.say(&format!(
        "La convention soutient le projet {}, décrit dans le dossier {} et déposé pour l’appel « {} ». Ce dossier et son \
         budget prévisionnel font partie de la convention.{period}",
        project.quoted_title(),
        project.application_reference,
        project.call_title,
    ));
    let owes_contract = project.grantee.legal_form.owes_republican_contract();
    let annexed = announced(&terms.budget, &terms.calendar, owes_contract);
    if !annexed.is_empty() {
        body.say(&annexed);
    }
    body.say(
        "La convention prend effet à la date de la dernière signature. Elle prend fin quand la subvention est soldée et que \
         rien ne reste dû de part ni d’autre.",
    );
    body.article("Montant");
    body.say(&format!(
        "Le financeur accorde une subvention de {} au plus. Elle couvre au plus {} des dépenses retenues au vu du bilan final : \
         si le projet coûte moins que prévu, elle diminue d’autant.",
        terms.amount, terms.rate
    ));
    body.article("Versements");
    body.blocks.push(schedule_table(&terms.schedule));
    let delay = if terms.is_public() {
        " Chaque versement intervient dans les soixante jours qui suivent le moment où il est dû (loi n° 2021-875 du \
         1er juillet 2021, article 2)."
    } else {
        ""
    };
    body.say(&format!(
        "Les versements sont faits sur le compte bancaire ouvert au nom exact du bénéficiaire, une fois ses coordonnées vérifiées.{delay}"
    ));
}

fn use_of_the_grant(body: &mut Articles, terms: &AgreementTerms) {
    body.article("Emploi de la subvention");
    body.say(
        "La subvention sert au seul projet décrit à l’article 1. La convention n’autorise pas le bénéficiaire à en reverser tout \
         ou partie à d’autres associations, œuvres ou entreprises (article 15 du décret-loi du 2 mai 1938 ; article \
         L. 1611-4 du code général des collectivités territoriales).",
    );
    body.points("Le bénéficiaire s’engage à :", &terms.commitments);
    if let Some(conditions) = terms.conditions.as_deref().filter(|text| !text.trim().is_empty()) {
        body.article("Conditions particulières");
        body.blocks.extend(super::decisions::typed(conditions));
    }
}

fn accounts_and_control(body: &mut Articles, terms: &AgreementTerms) {
    body.article("Comptes, bilan et contrôle");
    body.points("Le bénéficiaire remet :", &terms.reports);
    if terms.is_public() {
        body.say(
            "Il dépose le compte rendu financier du projet, sur le modèle Cerfa 15059, dans les six mois qui suivent la fin de \
             l’exercice pour lequel la subvention est attribuée (loi n° 2000-321, article 10). Ce compte rendu atteste que les \
             dépenses sont conformes à l’objet de la subvention. Il est accompagné du dernier rapport d’activité et des comptes \
             approuvés.",
        );
        body.say(
            "Le bénéficiaire tient une comptabilité qui permet de suivre l’emploi de la subvention. Au vu du bilan final, les \
             parties comparent les résultats du projet à ses objectifs : cette évaluation, et le contrôle, précèdent le solde.",
        );
    } else {
        body.say("Le compte rendu financier suit le modèle Cerfa 15059.");
    }
    body.say(
        "Le bénéficiaire conserve les pièces justificatives aussi longtemps que la loi le demande (dix ans pour les pièces \
         comptables) et les présente à toute demande. Le financeur, et ceux dont il tient les fonds, peuvent vérifier l’emploi \
         de la subvention sur pièces et sur place.",
    );
}

/// Its seven commitments (décret 2021-1947, annexe) and what follows from a breach.
const REPUBLICAN_CONTRACT: &str = "Le bénéficiaire a souscrit au contrat d’engagement républicain prévu à l’article 10-1 de la \
     loi n° 2000-321 du 12 avril 2000. Il respecte les lois de la République, la liberté de conscience, la liberté de ses \
     membres, l’égalité et la non-discrimination, la fraternité et le refus de la violence, la dignité de la personne et les \
     symboles de la République. Il en informe ses membres par tout moyen et y veille. En cas de manquement, la subvention est \
     retirée pour la part qui correspond à la période restant à courir.";

fn closing_articles(body: &mut Articles, terms: &AgreementTerms) {
    if terms.is_public() {
        body.article("Publication");
        body.say(
            "Les données essentielles de la convention (parties, objet, montant, dates, versements) sont rendues publiques sous \
             forme électronique (décret n° 2017-779 du 5 mai 2017).",
        );
    }
    body.article("Avenants, suspension et fin");
    body.say(
        "Toute modification fait l’objet d’un avenant, demandé avant d’agir. En cas de manquement, et après que le bénéficiaire a \
         pu s’expliquer, le financeur peut suspendre la subvention, puis résilier la convention ; les sommes versées et non \
         justifiées sont alors reversées.",
    );
    body.article("Différends");
    body.say(
        "Les parties cherchent d’abord un accord entre elles. À défaut, le différend est porté devant la juridiction compétente.",
    );
    body.article("Signature");
    body.say(
        "Chaque partie signe en ligne, dans son espace : elle tape son nom, déclare qu’elle peut engager l’organisation qu’elle \
         représente et recopie un code reçu par courriel. Elle peut aussi signer sur papier et déposer l’exemplaire signé. La \
         convention n’est signée qu’une fois les deux signatures données ; une page jointe dit qui a signé, quand et comment. \
         Chaque partie reçoit la convention signée.",
    );
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
    use crate::domain::correspondence::grants::tests::project;

    /// An agreement about an amount in whole euros.
    pub fn terms(euros: i64) -> AgreementTerms {
        let line = |label: &str, condition: &str, amount| ScheduledPayment {
            label: label.into(),
            condition: condition.into(),
            amount: Euros::whole(amount),
        };
        AgreementTerms {
            intro: String::new(),
            amount: Euros::whole(euros),
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
        for both in [&small, &large] {
            assert!(
                both.contains("article 15 du décret-loi du 2 mai 1938")
                    && both.contains("contrat d’engagement républicain")
            );
        }
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
