//! What must always hold, in the words of those who read it, and what to do when it does not.

/// A promise in French.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub words: &'static str,
    /// What to do when it is broken.
    pub remedy: &'static str,
}

const fn said(words: &'static str, remedy: &'static str) -> Said {
    Said { words, remedy }
}

/// Each promise by its number and how its English name begins; several share a number, the particular one first.
const SAID: &[(u8, &str, Said)] = &[
    (
        1,
        "no axis",
        said(
            "Aucun axe ne dépasse le plafond qui lui est fixé",
            "N’attribuez plus rien sous cet axe. Relevez son plafond avec le bailleur, ou réduisez une subvention par \
             avenant.",
        ),
    ),
    (
        1,
        "",
        said(
            "Aucune enveloppe n’est dépassée\u{a0}: réservé ≥ engagé ≥ autorisé ≥ versé",
            "Suspendez tout nouvel engagement et toute autorisation sur ce compte. Retrouvez dans le journal des fonds \
             l’écriture qui le fait passer sous zéro.",
        ),
    ),
    (
        2,
        "",
        said(
            "Les versements font le montant de la subvention, et leurs parts celui du versement",
            "Ne payez pas cette subvention. Comparez ses versements, leurs parts par bailleur et ses avenants.",
        ),
    ),
    (
        3,
        "nobody in France",
        said(
            "En France, personne n’est payé sans numéro SIRET",
            "Demandez son numéro SIRET à l’organisation avant tout autre versement.",
        ),
    ),
    (
        3,
        "no IBAN",
        said(
            "Aucun IBAN n’est en clair dans la base",
            "Demandez à la personne qui exploite la plateforme de la redémarrer avec sa clé\u{a0}: ce qui est en clair est \
             scellé. Détruisez les sauvegardes faites entre-temps.",
        ),
    ),
    (
        3,
        "what a payment needs",
        said(
            "Ce qu’il faut à un versement l’a précédé, et il va au compte que disait son lot",
            "Ne payez plus rien de ce lot. Comparez l’historique de la subvention, du compte et du lot avec le relevé de la \
             banque.",
        ),
    ),
    (
        3,
        "whoever prepared",
        said(
            "Qui prépare ou autorise n’approuve pas, et qui saisit un compte ne le vérifie pas",
            "Une seule personne a fait le travail de deux. Prévenez la direction, et faites revoir ce lot ou ce compte par \
             quelqu’un d’autre avant tout virement.",
        ),
    ),
    (
        3,
        "each payment run",
        said(
            "Chaque lot reste ce qui a été approuvé, et son fichier demande la même somme",
            "Comparez le lot avec le fichier remis à la banque et avec le relevé, avant tout autre virement.",
        ),
    ),
    (
        3,
        "",
        said(
            "Rien n’est payé sans ses conditions, ni par une seule personne",
            "Retirez ce versement de son lot s’il n’est pas parti. S’il est parti, prévenez la direction et gardez la \
             preuve de qui a fait quoi.",
        ),
    ),
    (
        4,
        "each confirmed line",
        said(
            "Chaque ligne de relevé confirmée a fait ce qu’elle dit, une fois",
            "Comparez cette ligne avec le relevé de la banque et avec l’historique du versement.",
        ),
    ),
    (
        4,
        "what is kept of an account by day",
        said(
            "Ce qui est gardé d’un compte jour par jour est ce que disent ses mouvements",
            "Les soldes affichés sont faux, le journal reste juste. Prévenez la personne qui exploite la plateforme.",
        ),
    ),
    (
        4,
        "each accounting entry",
        said(
            "Chaque écriture comptable est un mouvement, une fois, et chaque fichier est ce qu’il était",
            "N’importez pas d’autre fichier en comptabilité. Comparez le fichier avec celui que le cabinet a reçu.",
        ),
    ),
    (
        4,
        "each donation",
        said(
            "Chaque don est au journal, et les reçus fiscaux se suivent sans trou",
            "N’émettez plus de reçu fiscal. Comparez les dons avec le journal et avec la dernière sauvegarde.",
        ),
    ),
    (
        4,
        "",
        said(
            "Le journal des fonds ne se corrige que par contre-écriture",
            "Le journal a été modifié hors de la plateforme. Comparez-le avec la dernière sauvegarde avant tout paiement.",
        ),
    ),
    (
        5,
        "",
        said(
            "L’état de chaque objet est celui que raconte son historique",
            "Cet objet a été modifié hors de la plateforme, ou une mise à jour est incomplète. Ne le faites plus avancer.",
        ),
    ),
    (
        6,
        "what is asked back",
        said(
            "Un trop-perçu vient d’un solde, ou d’une subvention résiliée qui n’a pas tout dépensé",
            "N’encaissez pas cette somme. Comparez la demande avec le calcul montré sur la page de la subvention.",
        ),
    ),
    (
        6,
        "",
        said(
            "Le solde est ce que laissent les dépenses acceptées, ou un trop-perçu est demandé",
            "Relisez le bilan final et les versements de la subvention. Demandez le trop-perçu, ou versez ce qui manque.",
        ),
    ),
    (
        7,
        "one submission",
        said(
            "Un formulaire envoyé deux fois ne dépose un dossier qu’une fois",
            "Comparez les dépôts du dossier avec ses accusés de réception. Prévenez la personne qui exploite la plateforme.",
        ),
    ),
    (
        7,
        "",
        said(
            "Une organisation n’a qu’un dossier vivant par appel",
            "Demandez à l’organisation lequel elle garde, et retirez l’autre avec elle.",
        ),
    ),
    (
        8,
        "nobody recused was given",
        said(
            "Depuis son déport, personne n’a reçu le dossier, n’y a agi ni n’en a été informé",
            "Prévenez la direction\u{a0}: la décision prise sur ce dossier est à relire, et le procès-verbal doit le dire.",
        ),
    ),
    (
        8,
        "",
        said(
            "Personne n’a noté un dossier dont il s’est déporté",
            "Rouvrez l’évaluation et confiez-la à quelqu’un d’autre. La décision du comité est à relire.",
        ),
    ),
    (
        9,
        "what a thread",
        said(
            "Chaque fil de messages compte les messages qu’il contient",
            "Ouvrez le fil et marquez-le comme lu. Si le compte reste faux, prévenez la personne qui exploite la \
             plateforme.",
        ),
    ),
    (
        9,
        "",
        said(
            "Chaque courriel vient d’une étape, une fois par destinataire",
            "Suspendez les courriels en attente qui sont en double. Prévenez la personne qui exploite la plateforme.",
        ),
    ),
    (
        10,
        "every kept filing",
        said(
            "Chaque dépôt gardé dit ce que dit son empreinte",
            "Ce dépôt a été modifié. Retrouvez-le dans une sauvegarde et comparez-le avec l’accusé de réception.",
        ),
    ),
    (
        10,
        "every issued document",
        said(
            "Chaque document émis est gardé tel que le dit son empreinte",
            "Retrouvez ce document dans une sauvegarde des fichiers.",
        ),
    ),
    (
        10,
        "the heads",
        said(
            "Chaque empreinte publiée de l’historique s’y trouve encore, à sa place",
            "L’historique a été réécrit ou raccourci depuis sa publication. Comparez-le avec les rapports de la nuit reçus par \
             courriel et avec une sauvegarde d’avant, et prévenez l’auditeur ou l’auditrice.",
        ),
    ),
    (
        10,
        "",
        said(
            "L’historique est une chaîne d’empreintes sans rupture",
            "L’historique a été modifié hors de la plateforme. Comparez-le avec la dernière sauvegarde, et prévenez \
             l’auditeur ou l’auditrice.",
        ),
    ),
];

/// What is said of a promise that has no words of its own.
const UNKNOWN: Said = said(
    "Ce que la plateforme promet tient toujours",
    "Prévenez la personne qui exploite la plateforme avant tout nouveau paiement.",
);

/// The promise of this number and English name.
pub fn in_french(number: u8, name: &str) -> Said {
    let known = SAID.iter().find(|(known, begins, _)| *known == number && name.starts_with(*begins));
    known.map_or(UNKNOWN, |(.., said)| *said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promises_that_share_a_number_are_told_apart() {
        let two =
            [in_french(9, "every mail comes from a transition"), in_french(9, "what a thread of messages counts")];
        assert_ne!(two[0], two[1]);
        assert!((1..=10).all(|number| in_french(number, "").remedy != in_french(99, "").remedy));
    }
}
