//! The faults of a definition in French, for whoever pastes one on a page. The reader of the file and [`super::validation`]
//! speak English, as the command line does; here each of their sentences has its French one.

/// Each English sentence with `{}` where it names something, and the French one that takes the same words in order.
const SENTENCES: &[(&str, &str)] = &[
    // what the file may not say
    ("there is no axis {}.", "l’axe {} n’existe pas."),
    (
        "the code {} of a {} is not made of lower-case letters, digits and _.",
        "le code {} n’est pas fait de minuscules sans accent, de chiffres et de _ ({}).",
    ),
    ("the {} of the signatory is empty.", "le signataire est incomplet ({})."),
    ("no document can print {}.", "aucun document ne sait imprimer {}."),
    (
        "the field {} does not exist in this text.",
        "le champ {{}} n’existe pas pour ce texte : choisissez dans la liste des champs.",
    ),
    (
        "a brace stands alone: a field is written between two braces.",
        "une accolade est seule : un champ s’écrit entre deux accolades, comme {projet}.",
    ),
    ("the field {} stands alone on its line.", "le champ {} s’écrit seul sur sa ligne."),
    ("the end of a case ends none.", "un {fin_si} ne ferme aucun cas."),
    ("a case has no end.", "un cas ouvert par un champ {si_…} n’est pas fermé par {fin_si}."),
    (
        "the field {} is said only where a project has dates.",
        "le champ {} s’écrit entre {si_dates} et {fin_si} : tous les projets n’ont pas de dates.",
    ),
    ("every agreement names {}.", "toute convention doit dire {}, dans tous les cas."),
    ("the call {} is there twice.", "l’appel {} est écrit deux fois."),
    ("the funding source {} is there twice.", "la convention {} est écrite deux fois."),
    ("the axis {} is earmarked twice.", "l’axe {} est fléché deux fois."),
    ("the fund {} is earmarked twice.", "le fonds {} est fléché deux fois."),
    (
        "the fund {} is earmarked both in euros and in percent.",
        "le fonds {} est fléché à la fois en euros et en pourcentage.",
    ),
    ("the shares reserved for funds are more than the whole.", "les parts réservées aux fonds dépassent 100 %."),
    ("a part is marked for no fund.", "une part est fléchée sans fonds."),
    (
        "the axis {} is earmarked both in euros and in percent.",
        "l’axe {} est fléché à la fois en euros et en pourcentage.",
    ),
    ("the shares reserved for axes are more than the whole.", "les parts réservées aux axes dépassent 100 %."),
    ("the call draws on {} twice.", "l’appel puise deux fois dans la convention {}."),
    ("the prefix of a fund is two to six capital letters.", "le préfixe d’un fonds fait de deux à six majuscules."),
    ("the colour {} is not written #rrggbb.", "la couleur {} ne s’écrit pas #rrggbb."),
    ("the quorum of a committee is at least 1.", "le quorum du comité est d’au moins 1."),
    ("a member carries from 0 to 10 proxies.", "un membre porte de 0 à 10 pouvoirs."),
    ("a file has at least one reader.", "un dossier a au moins un·e lecteur·rice."),
    (
        "the colleges ask for more readers than a file has.",
        "les collèges demandent plus de lectures qu’un dossier n’en a.",
    ),
    ("there is no funder {} in this file.", "le bailleur {} n’est pas dans ce texte."),
    ("a funding source ends before it starts.", "une convention finit avant de commencer."),
    (
        "the eligible days of a funding source end before they start.",
        "les dates d’éligibilité d’une convention finissent avant de commencer.",
    ),
    ("a funding source has no money.", "une convention n’a pas de montant."),
    ("papers are kept for a number of years, not negative.", "les pièces se gardent un nombre d’années positif."),
    ("the re-granting clause of {} is empty.", "la clause de reversement de la convention {} est vide."),
    (
        "the earmarks add up to {}, more than the {} there are.",
        "les fléchages font {} en tout, plus que les {} disponibles.",
    ),
    (
        "a call is open to one axis at least: every fund lets a project place itself under one.",
        "un appel est ouvert à un axe au moins : chaque projet se place sous un axe.",
    ),
    ("{} is from 1 to 365.", "{} va de 1 à 365 jours."),
    ("a deadline is reminded of {} times at most.", "une date limite donne lieu à {} rappels au plus."),
    ("a reminder leaves 1 to {} days before.", "un rappel part de 1 à {} jours avant la fermeture."),
    ("the reminder of {} days before is there twice.", "le rappel {} jours avant est écrit deux fois."),
    ("the call closes before it opens.", "l’appel ferme avant d’ouvrir."),
    (
        "decisions told as they are taken cannot wait for the board.",
        "des décisions dites au fur et à mesure ne peuvent pas attendre le conseil d’administration : elles valent telles quelles.",
    ),
    ("the committee meets before the call has closed.", "le comité se réunit avant la fermeture de l’appel."),
    (
        "the results are announced before the committee has met.",
        "les résultats sont annoncés avant la réunion du comité.",
    ),
    (
        "the envelope is {} but its sources add up to {}.",
        "l’enveloppe est de {}, mais ses conventions font {} en tout.",
    ),
    ("there is no funding source {} in this file.", "la convention {} n’est pas dans ce texte."),
    (
        "the funding source {} has no re-granting clause: its money may not be granted on.",
        "la convention {} n’a pas de clause de reversement : son argent ne peut pas être reversé (CGCT, art. L. 1611-4).",
    ),
    ("the calls draw {} on {}, which has {}.", "les appels prennent {} à la convention {}, qui a {}."),
    ("the floor is above the ceiling.", "le plancher dépasse le plafond."),
    ("the ceiling is nothing.", "le plafond est nul."),
    ("the ceiling of {} is above the envelope of {}.", "le plafond de {} dépasse l’enveloppe de {}."),
    ("the rate is nothing.", "le taux est nul."),
    ("a rule {} without {} refuses everybody.", "une règle {} sans rien dans « {} » refuse tout le monde."),
    ("{} is not the code of a country.", "le pays {} n’existe pas (code ISO à deux lettres)."),
    ("the country {} is excluded twice.", "le pays {} est exclu deux fois."),
    ("the country {} is both taken and excluded.", "le pays {} est à la fois accepté et exclu."),
    ("the exclusion of {} has no sentence.", "l’exclusion du pays {} n’a pas de phrase pour le public."),
    ("a rule {} without a floor or a ceiling refuses nobody.", "la règle {} n’a ni minimum ni maximum."),
    ("the least annual budget is above the most.", "le budget annuel minimum dépasse le maximum."),
    (
        "the call takes one file of an organisation, and a rule {}.",
        "l’appel accepte un seul dossier par organisation, et une règle en accepte {}.",
    ),
    ("the period of a rule ends before it begins.", "la période d’une règle finit avant de commencer."),
    ("a rule {} of no file refuses everybody.", "la règle {} n’accepte aucun dossier."),
    ("the rule {} is there twice.", "la règle {} est écrite deux fois."),
    (
        "the question {} names a list of countries, and its kind has none.",
        "la question {} nomme une liste de pays, et son type n’en prend pas.",
    ),
    ("{} is not the INSEE code of a commune of the region.", "{} n’est pas le code INSEE d’une commune de la région."),
    ("there is no goal {}.", "l’objectif de développement durable {} n’existe pas."),
    ("the least duration is above the most.", "la durée minimale dépasse la durée maximale."),
    (
        "the payments of the schedule add up to {} %, not to 100 %.",
        "les versements de l’échéancier font {} % en tout, et non 100 %.",
    ),
    ("a payment is of nothing.", "un versement est nul."),
    (
        "the paper a payment waits for has no name, or too long a one.",
        "la pièce qu’un versement attend n’a pas de nom, ou un nom trop long.",
    ),
    (
        "the document {} cannot follow the filing: it has no day of its own.",
        "la pièce {} ne peut pas suivre le dépôt : elle n’a pas à porter de date.",
    ),
    (
        "the document {} would be owed before the call closes.",
        "la pièce {} serait attendue avant la fermeture de l’appel.",
    ),
    (
        "a payment waits for an interim report, and the call asks for none.",
        "un versement attend un bilan intermédiaire, et l’appel n’en demande pas.",
    ),
    ("only the last payment may wait for the final report.", "seul le dernier versement peut attendre le bilan final."),
    ("the weights of the criteria are all zero.", "tous les coefficients de la grille sont nuls."),
    (
        "the criterion {} looks at {}, which is no question of the form.",
        "le critère {} regarde la réponse à {}, qui n’est pas une question du formulaire.",
    ),
    ("the criterion {} looks at {} twice.", "le critère {} regarde deux fois la réponse à {}."),
    ("{} is from 0 to 100.", "{} va de 0 à 100."),
    ("the marks of {} go up to a number from 1 to 100.", "les notes du critère {} vont jusqu’à un nombre de 1 à 100."),
    ("{} has {} descriptors for {} marks, from 0 to {}.", "le critère {} a {} descriptions pour {} notes, de 0 à {}."),
    ("the eliminatory mark of {} is from 1 to {}.", "la note éliminatoire du critère {} va de 1 à {}."),
    (
        "the independent criterion {} is never summed: its weight is 0.",
        "le critère à part {} n’entre pas dans la note : son coefficient est 0.",
    ),
    (
        "the points set the amount by bands or by the point: one of the two.",
        "les points fixent le montant par paliers ou par valeur du point : l’un des deux.",
    ),
    ("the step of the amounts is nothing.", "l’arrondi des montants est nul."),
    ("a point is worth nothing.", "la valeur du point est nulle."),
    ("a band begins at a mean from 0 to 100.", "un palier commence à une moyenne de 0 à 100."),
    (
        "the bands go up: a higher mean never opens less.",
        "les paliers montent : une moyenne plus haute n’ouvre jamais moins.",
    ),
    (
        "the question {} must name one of the statements of the call.",
        "la question {} doit nommer un des engagements de l’appel.",
    ),
    ("one question must fill {}, and {} do.", "une question doit remplir {}, et {} le font."),
    (
        "no required question asks for the axis: every project places itself under one.",
        "aucune question obligatoire ne demande l’axe : chaque projet se place sous un axe.",
    ),
    ("no section holds the budget.", "aucune rubrique ne porte le budget."),
    (
        "documents are asked for, and no section holds them.",
        "des pièces sont demandées, et aucune rubrique ne les porte.",
    ),
    ("the form has no section.", "le formulaire n’a aucune rubrique."),
    (
        "show_if names {}, which is not an earlier question.",
        "la condition nomme {}, qui n’est pas une question posée avant.",
    ),
    ("show_if gives no answer.", "la condition ne donne aucune réponse."),
    ("{} is not an answer to {}.", "{} n’est pas une réponse à la question {}."),
    ("the question {} has nothing to choose from.", "la question {} n’a rien à choisir."),
    ("the question {} has choices, and its kind has none.", "la question {} a des choix, et son type n’en prend pas."),
    (
        "the code {} is that of a document: the file of a question is kept under its own.",
        "le code {} est celui d’une pièce : le fichier d’une question se garde sous son propre code.",
    ),
    ("the group {} has no column.", "le tableau {} n’a aucune colonne."),
    (
        "the question {} has columns, and its kind has none.",
        "la question {} a des colonnes, et son type n’en prend pas.",
    ),
    ("the group {} has at most {} rows.", "le tableau {} a au plus {} lignes."),
    ("the most of the group {} is from 1 to {} rows.", "le maximum du tableau {} va de 1 à {} lignes."),
    ("a column cannot be of kind {}.", "une colonne ne peut pas être de type {}."),
    (
        "the column {} can only be asked by itself.",
        "la colonne {} ne prend ni condition, ni formule, ni rôle dans le projet.",
    ),
    ("the question {} has no formula.", "la valeur calculée {} n’a pas de formule."),
    (
        "the question {} has a formula, and its kind has none.",
        "la question {} a une formule, et son type n’en prend pas.",
    ),
    (
        "the formula of {} takes from {} to {} answers.",
        "cette opération prend de {1} à {2} réponses (valeur calculée {0}).",
    ),
    ("the formula of {} takes {} answers.", "cette opération prend {1} réponses (valeur calculée {0})."),
    (
        "the formula of {} comes back to itself, or leans on too many.",
        "la valeur calculée {} revient à elle-même, ou passe par trop d’autres valeurs calculées.",
    ),
    (
        "the formula of {} names {}, which is no question.",
        "la valeur calculée {} nomme {}, qui n’est pas une question.",
    ),
    (
        "the formula of {} names {}, which is neither a number nor an amount.",
        "la valeur calculée {} nomme {}, qui n’est ni un nombre ni un montant.",
    ),
    (
        "the formula of {} mixes numbers and amounts.",
        "la valeur calculée {} mélange des nombres et des montants en euros.",
    ),
    ("a rule of {} has no sentence.", "une règle de la question {} n’a pas de phrase."),
    (
        "a rule of {} names {}, which is no question.",
        "une règle de la question {} nomme {}, qui n’est pas une question.",
    ),
    (
        "a rule of {} wants an answer, and compares it too.",
        "une règle de la question {} demande une réponse : elle n’a rien à comparer.",
    ),
    (
        "a rule of {} compares with one answer or one value.",
        "une règle de la question {} se compare à une autre réponse ou à une valeur, l’une des deux.",
    ),
    (
        "a rule of {} cannot compare it with {} in this way.",
        "la réponse à la question {} ne peut pas se comparer ainsi avec {}.",
    ),
    (
        "a rule of {} cannot compare it with the value {}.",
        "la réponse à la question {} ne peut pas se comparer avec la valeur {}.",
    ),
    ("the least of {} is above its most.", "le minimum de la question {} dépasse son maximum."),
    (
        "the question {} must be of kind {} to fill what it fills.",
        "la question {} doit être de type {} pour remplir ce qu’elle remplit.",
    ),
    ("the {} {} is there twice.", "le code {1} est écrit deux fois ({0})."),
    // what the values may not be
    ("{} is not an amount in euros such as {}.", "{} n’est pas un montant en euros, comme {}."),
    ("{} is not a rate such as {}.", "{} n’est pas un taux, comme {}."),
    (
        "{} is not a date such as {} or a date and time such as {}.",
        "{} n’est pas une date, comme {}, ni une date et une heure, comme {}.",
    ),
    // what the reader of the file says
    ("unknown field `{}`, expected one of {}.", "le champ « {} » n’existe pas ici. Champs possibles : {}."),
    ("unknown field `{}`, expected {}.", "le champ « {} » n’existe pas ici. Attendu : {}."),
    ("missing field `{}`.", "il manque le champ « {} »."),
    ("unknown variant `{}`, expected one of {}.", "la valeur « {} » n’existe pas. Valeurs possibles : {}."),
    ("unknown variant `{}`, expected {}.", "la valeur « {} » n’existe pas. Attendu : {}."),
    (
        "invalid type: {}, expected {}.",
        "la valeur n’a pas la forme attendue (lu : {} ; attendu : {}). Un montant, un taux ou une date s’écrit entre guillemets.",
    ),
    ("invalid value: {}, expected {}.", "la valeur ne convient pas (lu : {} ; attendu : {})."),
    ("invalid length {}, expected {}.", "la liste n’a pas la bonne longueur (lu : {} ; attendu : {})."),
    ("duplicate key{}.", "cette clé est déjà écrite plus haut{}."),
    ("duplicate field `{}`.", "le champ « {} » est écrit deux fois."),
    ("invalid basic string{}.", "ce texte n’est pas fermé par un guillemet{}."),
    ("invalid string{}.", "ce texte n’est pas bien écrit entre guillemets{}."),
];

/// Said when no sentence fits: the English one follows.
const OTHERWISE: &str = "cette ligne n’est pas écrite comme il faut (détail technique, en anglais : {}).";

/// The French sentence for a fault of a definition.
pub fn in_french(message: &str) -> String {
    let found = SENTENCES.iter().find_map(|(english, french)| Some((french, words_in(english, message)?)));
    let (french, words) = found.map_or((OTHERWISE, vec![message]), |(french, words)| (*french, words));
    crate::domain::text::nbsp(&filled(french, &words))
}

/// The words of `message` at the places of `pattern`; nothing when it is another sentence.
fn words_in<'a>(pattern: &str, message: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split("{}");
    let mut rest = message.strip_prefix(parts.next()?)?;
    let mut words = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        // The last part ends the sentence: a name may hold a full stop of its own.
        let at = if parts.peek().is_none() {
            rest.len().checked_sub(part.len()).filter(|at| rest.get(*at..) == Some(part))?
        } else {
            rest.find(part)?
        };
        words.push(&rest[..at]);
        rest = &rest[at + part.len()..];
    }
    rest.is_empty().then_some(words)
}

/// Puts the words into the sentence, in order or by number.
fn filled(sentence: &str, words: &[&str]) -> String {
    let mut said = sentence.to_owned();
    for (at, word) in words.iter().enumerate() {
        let word = word.replace(['"', '`'], "");
        let numbered = format!("{{{at}}}");
        said = match said.contains(&numbered) {
            true => said.replace(&numbered, &word),
            false => said.replacen("{}", &word, 1),
        };
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_of_the_validation_has_its_french_one() {
        let sources = [
            include_str!("validation/mod.rs"),
            include_str!("validation/conditions.rs"),
            include_str!("validation/grids.rs"),
            include_str!("validation/questionnaires.rs"),
            include_str!("validation/relations.rs"),
        ];
        let mut seen = 0;
        for text in sources.iter().flat_map(|source| source.split('"').skip(1).step_by(2)) {
            if !text.ends_with('.') || !text.contains(' ') {
                continue;
            }
            // What is written between braces in the source is a word in the sentence.
            let mut message = String::new();
            let mut depth = 0;
            for c in text.chars() {
                match c {
                    '{' => {
                        depth += 1;
                        message.push_str("\"x\"");
                    }
                    '}' => depth -= 1,
                    c if depth == 0 => message.push(c),
                    _ => {}
                }
            }
            assert!(!in_french(&message).contains("en anglais"), "{message}");
            seen += 1;
        }
        assert!(seen > 45, "{seen} sentences");
    }

    #[test]
    fn a_fault_reads_as_french() {
        assert_eq!(in_french("there is no axis \"HABITEZ\"."), "l’axe HABITEZ n’existe pas.");
        assert_eq!(in_french("missing field `closes`."), "il manque le champ «\u{a0}closes\u{a0}».");
        assert_eq!(
            in_french("the question \"nombre\" is there twice."),
            "le code nombre est écrit deux fois (question)."
        );
        assert!(in_french("expected newline.").starts_with("cette ligne n’est pas écrite comme il faut"));
    }
}
