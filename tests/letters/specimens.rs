//! Letters as the funds send them, with invented people.

use tisserand::domain::correspondence::call_rules::{self, CallRules};
use tisserand::domain::definitions;
use tisserand::domain::letters::{Block, Fund, Issuer, Language, Letter, LetterKind, LogoCode, Signature, Table};
use tisserand::domain::money::Euros;
use tisserand::domain::time::Moment;

/// A letter with everything around the body; each specimen says the rest.
pub fn blank(kind: LetterKind, number: u32, subject: &str) -> Letter {
    let reference = format!("LC-2027-{number:04}");
    Letter {
        kind,
        title: format!("{subject} ({reference})"),
        reference,
        language: Language::French,
        issuer: issuer(),
        fund: recital(),
        sender: ["Pôle Éducation à la citoyenneté mondiale", "Affaire suivie par Camille Delattre"]
            .map(Into::into)
            .into(),
        recipient: [
            "Association Les Jardins d’Œuilly",
            "Madame Anaïs Lefèvre, présidente",
            "14 bis rue de l’Abbé-Lemire",
            "59280 ARMENTIÈRES",
        ]
        .map(Into::into)
        .into(),
        place_and_date: "Lille, le 12\u{a0}mars 2027".into(),
        your_reference: Some("dossier R27-0148".into()),
        subject: subject.into(),
        salutation: "Madame la Présidente,".into(),
        blocks: Vec::new(),
        closing: "Nous vous prions d’agréer, Madame la Présidente, l’expression de nos salutations les meilleures."
            .into(),
        signature: Some(Signature { name: "Inès Vandenbroucke".into(), title: "La directrice".into(), place: None }),
        parties: Vec::new(),
        check_url: format!("https://fonds.lianes.example/verifier/7K3F-9Q2M-{number:04}"),
        check_code: format!("7K3F-9Q2M-{number:04}"),
        issued_at: Moment::from_unix_seconds(1_804_842_900),
    }
}

fn issuer() -> Issuer {
    Issuer {
        name: "Lianes coopération".into(),
        address: vec!["5 rue Jules de Vicq".into(), "59000 Lille".into()],
        contact: "fonds@lianes.example – 03\u{a0}20\u{a0}00\u{a0}00\u{a0}00".into(),
        logo: LogoCode::Lianes,
    }
}

fn recital() -> Fund {
    Fund {
        name: "Fonds Récital".into(),
        logo: LogoCode::Recital,
        mention:
            "Avec le soutien financier de l’Agence française de développement (AFD) et de la Région Hauts-de-France. \
                  Les positions exprimées n’engagent que leurs auteurs."
                .into(),
        emblem: None,
    }
}

fn sublime() -> Fund {
    Fund {
        name: "Fonds SUBLIME".into(),
        logo: LogoCode::Sublime,
        mention: "Financé par l’Union européenne. Les points de vue et avis exprimés n’engagent toutefois que leurs auteurs et \
                  ne reflètent pas nécessairement ceux de l’Union européenne, qui ne saurait en être tenue pour responsable."
            .into(),
        emblem: Some(LogoCode::EuropeanUnion),
    }
}

/// The rules of a call, as its definition file says them.
pub fn rules() -> Letter {
    let file = definitions::parse(include_str!("../../fixtures/recital.toml")).unwrap();
    let (fund, call, since) = (&file.fund, &file.calls[0], Moment::from_unix_seconds(1_793_000_000));
    call_rules::letter(&CallRules { issuer: issuer(), city: "Lille".into(), fund, call, since })
}

/// An award with its schedule of payments.
pub fn award() -> Letter {
    let schedule = Table::new("Échéancier des versements")
        .text_column("Versement")
        .text_column("Condition")
        .text_column("Date prévue")
        .amount_column("Montant")
        .row(["Avance", "Convention signée", "15\u{a0}avril 2027", &Euros::whole(3_150).to_string()])
        .row(["Solde", "Bilan et justificatifs acceptés", "31\u{a0}mars 2028", &Euros::whole(1_350).to_string()])
        .total("Total", Euros::whole(4_500));
    let mut letter = blank(LetterKind::Award, 42, "attribution d’une subvention de 4\u{202f}500\u{a0}€");
    letter.title = "Attribution d’une subvention (LC-2027-0042)".into();
    letter.blocks = vec![
        Block::paragraph(
            "Le comité du fonds Récital s’est réuni le 9\u{a0}mars 2027. Il a été sensible à la place que votre projet \
             «\u{a0}Semer ici, récolter là-bas\u{a0}» donne aux jeunes d’Armentières et de Saint-Louis du Sénégal.",
        ),
        Block::paragraph(
            "J’ai le plaisir de vous annoncer que le conseil d’administration de Lianes coopération a décidé \
             d’accorder à votre association une subvention de 4\u{202f}500,00\u{a0}€, soit 60\u{a0}% du budget retenu \
             (7\u{202f}500,00\u{a0}€).",
        ),
        schedule.into(),
        Block::paragraph(
            "Pour recevoir l’avance, il vous reste trois choses à faire avant le 2\u{a0}avril 2027\u{a0}:",
        ),
        Block::list([
            "lire et signer la convention, dans votre espace en ligne\u{202f};",
            "vérifier les coordonnées bancaires de l’association\u{202f};",
            "nous indiquer la date de votre première action.",
        ]),
    ];
    letter
}

/// A refusal that says why, and what is still possible.
pub fn refusal() -> Letter {
    let mut letter = blank(LetterKind::Refusal, 57, "votre demande au fonds Tandems");
    letter.fund = Fund { name: "Fonds Tandems".into(), logo: LogoCode::Tandems, ..recital() };
    letter.recipient =
        ["Collège Gustave-Eiffel", "Monsieur Loïc Dœuvre, principal", "2 place de l’Église", "62420 BILLY-MONTIGNY"]
            .map(Into::into)
            .into();
    letter.salutation = "Monsieur le Principal,".into();
    letter.your_reference = Some("dossier T27-0063".into());
    letter.blocks = vec![
        Block::paragraph(
            "Vous avez déposé le 28\u{a0}janvier 2027, avec l’association Passerelles d’Artois, le projet «\u{a0}Un \
             océan, deux classes\u{a0}». Nous vous en remercions\u{a0}: le comité a reçu 61 demandes et pouvait en \
             retenir 24.",
        ),
        Block::paragraph("Votre demande n’a pas été retenue. Le comité l’a classée 31e, pour deux raisons\u{a0}:"),
        Block::list([
            "les rencontres prévues ne disent pas encore ce que les élèves feront avec l’association entre deux séances \
             (critère 2, «\u{a0}qualité du tandem\u{a0}»\u{a0}: 9 points sur 20)\u{202f};",
            "le budget ne distingue pas les dépenses du collège de celles de l’association (critère 5, \
             «\u{a0}cohérence du budget\u{a0}»\u{a0}: 4 points sur 10).",
        ]),
        Block::heading("Ce que vous pouvez faire"),
        Block::paragraph(
            "Votre chargée de mission, Camille Delattre, vous propose un échange de trente minutes pour préparer une \
             nouvelle demande. Le prochain appel ouvrira le 6\u{a0}septembre 2027\u{202f}; votre dossier y sera repris \
             sans rien ressaisir.",
        ),
        Block::paragraph(
            "Vous pouvez aussi demander un nouvel examen au conseil d’administration, par simple lettre motivée, dans \
             les deux mois qui suivent la réception de ce courrier.",
        ),
    ];
    letter.closing =
        "Nous vous prions d’agréer, Monsieur le Principal, l’expression de notre considération distinguée.".into();
    letter
}

/// The proof that an application was filed.
pub fn receipt() -> Letter {
    let mut letter = blank(LetterKind::Receipt, 12, "accusé de dépôt de votre dossier S27-0009");
    letter.fund = sublime();
    letter.sender.clear();
    letter.salutation = String::new();
    letter.closing = String::new();
    letter.signature = None;
    letter.your_reference = Some("dossier S27-0009".into());
    letter.blocks = vec![
        Block::paragraph("Votre dossier est déposé. Ce document en fait la preuve\u{202f}; gardez-le."),
        Block::facts([
            ("Projet", "Nos dunes, leurs rivages\u{a0}: jeunes du littoral pour le climat"),
            ("Porteur", "Association Les Jardins d’Œuilly (SIRET 732\u{202f}829\u{202f}320\u{202f}00074)"),
            ("Déposé par", "Anaïs Lefèvre"),
            ("Déposé le", "28\u{a0}janvier 2027 à 23\u{a0}h\u{a0}47 (heure de Paris)"),
            ("Date limite de l’appel", "31\u{a0}janvier 2027 à 23\u{a0}h\u{a0}59 (heure de Paris)"),
            ("Montant demandé", "12\u{202f}000,00\u{a0}€"),
        ]),
        Block::heading("Pièces reçues"),
        Block::list([
            "Statuts signés (PDF, 212 ko)",
            "Budget prévisionnel (XLSX, 48 ko)",
            "Lettre de la commune de Zuydcoote (PDF, 90 ko)",
        ]),
        Block::heading("Et maintenant\u{202f}?"),
        Block::paragraph(
            "Nous vérifions que le dossier est complet avant le 12\u{a0}février 2027. S’il manque une pièce, vous \
             recevrez un message et aurez dix jours pour l’ajouter. La décision est annoncée le 31\u{a0}mars 2027.",
        ),
    ];
    letter
}

/// The announcement that money is on its way.
pub fn payment_notice() -> Letter {
    let mut letter = blank(LetterKind::PaymentNotice, 88, "versement de votre avance");
    letter.blocks = vec![
        Block::paragraph("Nous avons demandé à notre banque de verser à votre association la somme suivante."),
        Block::facts([
            ("Montant", "3\u{202f}150,00\u{a0}€"),
            ("Nature", "Avance de 70\u{a0}% sur une subvention de 4\u{202f}500,00\u{a0}€"),
            ("Compte", "IBAN terminé par 0189, au nom de Les Jardins d’Œuilly"),
            ("Libellé du virement", "RECITAL R27-0148 AVANCE"),
            ("Arrivée prévue", "au plus tard le 16\u{a0}avril 2027"),
        ]),
        Block::paragraph(
            "Il restera 1\u{202f}350,00\u{a0}€ à verser, après votre bilan attendu le 31\u{a0}mars 2028. Si le compte \
             ci-dessus n’est pas le vôtre, prévenez-nous tout de suite.",
        ),
    ];
    letter
}

/// A letter with a table of many rows, over several pages.
pub fn long_table(rows: usize) -> Letter {
    let mut table = Table::new("Dépenses retenues").text_column("Pièce").text_column("Nature").amount_column("Montant");
    for number in 1..=rows {
        let nature = if number % 7 == 0 {
            "Location de la salle des fêtes, du matériel de sonorisation et des tables, pour la rencontre annuelle des classes"
        } else {
            "Déplacement d’un groupe d’élèves"
        };
        table = table.row([format!("P-{number:03}"), nature.to_owned(), Euros::whole(40).to_string()]);
    }
    let total = Euros::whole(40 * i64::try_from(rows).unwrap());
    let mut letter = blank(LetterKind::ReportAccepted, 101, "votre bilan est accepté");
    letter.blocks = vec![
        Block::paragraph("Voici les dépenses retenues."),
        table.total("Total des dépenses retenues", total).into(),
    ];
    letter
}

/// A letter of this many short paragraphs.
pub fn paragraphs(count: usize) -> Letter {
    let mut letter = blank(LetterKind::Award, 7, "une lettre plus ou moins longue");
    letter.blocks = (1..=count)
        .map(|number| {
            Block::paragraph(format!(
                "Paragraphe {number}. Le fonds soutient des projets qui relient les habitants des Hauts-de-France et \
                 ceux d’autres pays, autour d’un enjeu commun et d’actions concrètes."
            ))
        })
        .collect();
    letter
}
