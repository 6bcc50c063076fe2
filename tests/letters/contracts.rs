//! Letters as their builders write them: contracts, receipts, notices, and how their pages break.

use super::{
    flat, pages, said,
    specimens::{award, blank, payment_notice, receipt, refusal},
};
use tisserand::documents;
use tisserand::domain::{
    correspondence::{
        agreements::{AgreementTerms, Grantee, agreement_letter},
        annexes::{AgreedLine, DuePayment},
        applications::{FiledFile, receipt_letter},
        disbursements::{Payment, payment_notice as notice},
        grants::{AwardedProject, ScheduledPayment},
        papers::Paper,
        recoveries::{self, request_letter},
    },
    decisions::DecisionPace,
    definitions::{HOUSE_AGREEMENT, LetterTexts},
    letters::{Block, Letter, LetterKind, Party},
    money::{Euros, Rate},
    organisations::LegalForm,
};

fn project() -> AwardedProject {
    let letter = award();
    AwardedProject {
        fund: letter.fund,
        issuer: letter.issuer,
        signature: letter.signature.unwrap(),
        city: "Lille".into(),
        recipient: letter.recipient,
        grantee: Grantee {
            legal_form: LegalForm::Association,
            registration: "SIRET 732 829 320 00074".into(),
            seat: "14 bis rue de l'Abbé-Lemire, 59280 ARMENTIÈRES".into(),
            representative_name: "Anaïs Lefèvre".into(),
            representative_title: "Présidente".into(),
        },
        grant_reference: "RECITAL-2027-1-0148-S".into(),
        application_reference: "RECITAL-2027-1-0148".into(),
        title: "Semer ici, récolter là-bas".into(),
        organisation: "Les Jardins d'Œuilly".into(),
        call_title: "Récital 2027".into(),
        contact: "Pôle Récital, fonds@lianes.example".into(),
        path: "/subventions/1".into(),
        account_path: "/organisations/1/compte".into(),
        team_path: "/suivi/1".into(),
        issued_at: letter.issued_at,
    }
}

fn schedule() -> Vec<ScheduledPayment> {
    let line = |label: &str, condition: &str, euros| ScheduledPayment {
        label: label.into(),
        condition: condition.into(),
        amount: Euros::whole(euros),
    };
    vec![line("Avance", "convention signée", 20_000), line("Solde", "bilan final accepté", 5_000)]
}

pub fn agreement(commitments: usize) -> Letter {
    let one = "mentionner le soutien de Lianes coopération et de ses partenaires sur tous les supports du projet";
    let terms = AgreementTerms {
        text: HOUSE_AGREEMENT.into(),
        contact: "fonds@lianes.example".into(),
        intro: "La présente convention fixe les engagements réciproques des parties.".into(),
        amount: Euros::whole(25_000),
        of_year: Euros::whole(25_000),
        rate: Rate::percent(80),
        starts_on: "2027-05-01".parse().ok(),
        ends_on: "2027-12-31".parse().ok(),
        schedule: schedule(),
        commitments: vec![one.into(); commitments],
        reports: vec!["bilan final : au plus tard le 28 février 2028".into()],
        surplus: "La différence est un trop-perçu, à reverser.".into(),
        conditions: None,
        budget: vec![AgreedLine {
            side: tisserand::domain::budgets::Side::Expense,
            label: "Animation des ateliers".into(),
            amount: Euros::whole(30_000),
        }],
        calendar: vec![DuePayment {
            label: "Avance".into(),
            due: "30 avril 2027".into(),
            condition: "convention signée".into(),
            amount: Euros::whole(20_000),
        }],
    };
    agreement_letter(&project(), &terms)
}

/// A contract of this many paragraphs.
fn contract(count: usize) -> Letter {
    let party = |body: &str, name: &str| Party {
        body: body.into(),
        name: name.into(),
        title: "Présidente".into(),
        signed: None,
    };
    let mut letter = super::paragraphs(count);
    letter.kind = LetterKind::Agreement;
    letter.recipient.clear();
    letter.sender.clear();
    (letter.salutation, letter.closing, letter.signature) = (String::new(), String::new(), None);
    letter.parties = vec![party("Lianes coopération", "Inès Vandenbroucke"), party("Les Passeurs", "Aline Vasseur")];
    letter.blocks.push(Block::paragraph("Fait en deux exemplaires, à Lille, le 12\u{a0}mars 2027."));
    letter
}

#[test]
fn both_parties_sign_side_by_side_under_the_text_on_the_same_page() {
    for count in 1..=24 {
        let Some(pages) = pages("contract", &contract(count)) else { return };
        let last = pages.last().unwrap();
        for words in ["enjeu commun", "Fait en deux exemplaires", "Vérifier ce document"] {
            assert!(last.contains(words), "{words} with {count} paragraphs:\n{last}");
        }
        for pair in [["Pour Lianes", "Pour Les Passeurs"], ["Inès Vandenbroucke", "Aline Vasseur"]] {
            assert!(last.lines().any(|line| pair.iter().all(|words| line.contains(words))), "{pair:?}:\n{last}");
        }
        let signs = |line: &str| line.matches("Signature").count() == 2;
        assert!(last.lines().any(signs) && last.matches("Date").count() == 2, "{last}");
    }
}

#[test]
fn an_agreement_is_a_contract_from_its_head_to_its_foot() {
    let Some(pages) = pages("agreement", &agreement(4)) else { return };
    let text = flat(&pages.join(" "));
    for words in [
        "Convention de subvention",
        "Entre Lianes coopération",
        "Les Jardins d’Œuilly, association, SIRET 732 829 320 00074",
        "Article 1 – Objet et durée",
        "vu le décret n° 2001-495",
        "convention signée",
        "Fait en deux exemplaires, à Lille",
        "Pour Les Jardins d’Œuilly",
        "Inès Vandenbroucke Anaïs Lefèvre La directrice Présidente",
    ] {
        assert!(text.contains(words), "{words:?} is not in:\n{text}");
    }
    for words in ["Objet :", "Madame, Monsieur", "agréer", "s’il y en a une", "structure", "'"] {
        assert!(!text.contains(words), "{words:?} is in:\n{text}");
    }
    let annexes = ["Annexe 1 – Budget du projet", "Annexe 2 – Échéancier", "Annexe 3 – Contrat d’engagement"];
    let begins = |page: &String, title: &str| {
        page.lines().filter(|line| !line.trim().is_empty()).take(6).any(|line| flat(line).starts_with(title))
    };
    for title in annexes {
        assert!(pages.iter().any(|page| begins(page, title)), "{title} begins a page:\n{text}");
    }
    let signed = pages.iter().position(|page| page.contains("Pour Lianes")).unwrap();
    let first = pages.iter().position(|page| begins(page, annexes[0])).unwrap();
    assert_eq!(first, signed + 1, "the annexes come after both signatures");
}

#[test]
fn a_page_never_ends_or_begins_with_one_point_of_a_list() {
    for count in 1..=20 {
        let mut letter = super::paragraphs(count);
        letter.blocks.push(Block::paragraph("Le bénéficiaire s’engage à ce qui suit\u{a0}:"));
        letter.blocks.push(Block::list((1..=5).map(|number| format!("point numéro {number}"))));
        letter.blocks.push(Block::paragraph("Et c’est tout."));
        let Some(pages) = pages("points", &letter) else { return };
        for page in pages {
            let points = page.matches("point numéro").count();
            assert!(points != 1, "{points} with {count} paragraphs:\n{page}");
            assert_eq!(page.contains("point numéro 1"), page.contains("s’engage à"), "{count}:\n{page}");
        }
    }
}

fn paper(label: &str) -> Paper {
    Paper { label: label.into(), file_name: "document.pdf".into(), size: 81_920, sha256: "0123456789abcdef".repeat(4) }
}

#[test]
fn a_receipt_proves_each_of_its_documents_and_what_comes_next_is_not_torn_apart() {
    let letter = award();
    let documents = ["Statuts signés", "Derniers comptes approuvés", "Rapport d’activité", "Budget du projet", "RIB"];
    let file = FiledFile {
        issuer: letter.issuer,
        city: "Lille".into(),
        fund: letter.fund,
        recipient: letter.recipient,
        reference: "RECITAL-2027-1-0148".into(),
        title: "Semer ici, récolter là-bas, de l'école au marché".into(),
        organisation: "Les Jardins d'Œuilly".into(),
        call_title: "Récital 2027, première session".into(),
        requested: Euros::whole(4_500),
        documents: documents.map(paper).into(),
        owed: Vec::new(),
        signatures: Vec::new(),
        ties: tisserand::domain::ties::in_words(&Some(Vec::new())),
        content_hash: "a".repeat(64),
        announcement_on: "2027-03-22".parse().unwrap(),
        decisions: DecisionPace::Together,
        closes_at: letter.issued_at,
        wanted: None,
        wanted_items: Vec::new(),
        wanted_by: None,
        answer: None,
        motive: None,
        appeal: None,
        appeal_by: letter.issued_at,
        contact: "recital@lianescooperation.example".into(),
        lateness: None,
        pass: None,
        texts: LetterTexts::default(),
        path: "/dossiers/1".into(),
        at: letter.issued_at,
    };
    let Some(pages) = pages("filed", &receipt_letter(&file)) else { return };
    assert!(pages.len() <= 2, "{pages:?}");
    assert!(pages[0].contains("Organisation"), "{}", pages[0]);
    let last = pages.last().unwrap();
    assert!(last.contains("Et maintenant") && last.contains("Une question") && last.contains("Code"), "{last}");
    let said: String = pages[0].split_whitespace().collect();
    assert_eq!(said.matches(&"0123456789abcdef".repeat(4)).count(), 5, "each file is proved: {}", pages[0]);
    assert!(said.contains(&"a".repeat(64)), "and so is all that was filed: {}", pages[0]);
}

fn payment(kept_back: Euros) -> Payment {
    Payment {
        number: 2,
        kind: "solde".into(),
        amount: Euros::whole(5_000) - kept_back,
        kept_back,
        granted: Euros::whole(25_000),
        paid_before: Euros::whole(20_000),
        settled: Some((Euros::whole(40_000), Rate::percent(80))),
        paid_on: "2028-03-08".parse().unwrap(),
        account: "FR76\u{a0}••••\u{a0}••••\u{a0}4321".into(),
        holder: "Les Jardins d'Œuilly".into(),
        end_to_end_id: "RECITAL-2027-1-0148-S-2".into(),
        run_reference: "LOT-2028-0003".into(),
        next: None,
    }
}

#[test]
fn a_notice_says_what_was_paid_how_it_was_computed_and_what_next_on_one_page() {
    let letter = notice(&project(), &payment(Euros::whole(300)));
    let Some(pages) = pages("notice", &letter) else { return };
    let text = flat(&pages.join(" "));
    for words in [
        "Montant versé 4 700 €",
        "Référence sur votre relevé RECITAL-2027-1-0148-S-2",
        "FR76 •••• •••• 4321, Les Jardins d’Œuilly",
        "Le calcul",
        "Déjà versé avant ce versement − 20 000 €",
        "Reste à verser ensuite 0",
        "Le trop-perçu de 300 € d’une autre subvention en a été déduit",
        "Et maintenant",
        "aucun autre versement n’est prévu",
        "Prévenez-nous tout de suite",
    ] {
        assert!(text.contains(words), "{words:?} is not in:\n{text}");
    }
    assert_eq!(pages.len(), 1, "{text}");
}

#[test]
fn a_request_to_pay_back_shows_its_sum() {
    let request = recoveries::Request {
        ground: recoveries::Ground::FinalReport,
        amount: Euros::whole(1_500),
        paid: Euros::whole(4_000),
        due: Euros::whole(2_450),
        due_on: "2028-07-14".parse().unwrap(),
        account: Some(("Lianes coopération".into(), "FR14 2004 1010 0505 0001 3M02 606".into())),
    };
    let Some(text) = said("pdftotext", &["-layout"], "recovery", &request_letter(&project(), &request)) else { return };
    let text = flat(&text);
    for words in ["Déjà versé 4 000 €", "− 2 450 €", "vous laisse − 50 €", "À reverser 1 500 €"] {
        assert!(text.contains(words), "{words:?} is not in:\n{text}");
    }
}

#[test]
fn no_line_begins_with_a_sign_that_belongs_to_the_one_before() {
    let mut letters = vec![award(), refusal(), receipt(), payment_notice(), agreement(4)];
    letters.push(notice(&project(), &payment(Euros::ZERO)));
    for width in 1..60 {
        let mut letter = blank(LetterKind::Award, 1, "signes");
        let text = format!("{} est-ce un signe ; oui : « non » ! Vraiment ? Oui : 50 % de 10 €", "x".repeat(width));
        letter.blocks = vec![Block::paragraph(text.repeat(3)), Block::list([text])];
        letters.push(letter.typeset());
    }
    for letter in letters {
        let Some(text) = said("pdftotext", &[], "signs", &letter) else { return };
        let wrong = text.lines().find(|line| line.trim_start().starts_with([';', ':', '!', '?', '»', '%', '€']));
        assert_eq!(wrong, None, "{}", letter.subject);
    }
}

#[test]
fn what_was_recorded_before_contracts_still_renders() {
    let json = serde_json::to_string(&award()).unwrap();
    assert!(!json.contains("parties"), "{json}");
    documents::render(&serde_json::from_str(&json).unwrap()).unwrap();
}
