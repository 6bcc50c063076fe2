//! The word that a password was set, changed or taken away: whoever did not do it learns of it in time.

use crate::domain::{
    messages::{Action, Mail, MessageKind},
    text::nbsp,
    time::Moment,
};

/// What became of somebody's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordChange {
    /// There was none.
    First,
    /// In place of another one.
    Another,
    /// Taken away by whoever runs the platform.
    Withdrawn,
    /// Gone with the access itself.
    Closed,
}

const ALONE: &str = "C’est bien vous ? Vous n’avez rien à faire.";
const OTHERS: &str = "Ce n’est pas vous ? Ouvrez le lien ci-dessous et choisissez aussitôt un autre mot de passe : cela déconnecte \
                      tous les appareils. Le lien sert une seule fois et reste valable trois jours. Prévenez-nous aussi.";
const BY_LINK: &str =
    "Vous entrez désormais par un lien envoyé à cette adresse ; vous pourrez choisir un autre mot de passe.";
const UNASKED: &str = "Ce n’est pas vous qui l’avez demandé ? Prévenez-nous aussitôt.";
const MISTAKEN: &str = "Vous pensez que c’est une erreur ? Prévenez-nous.";

/// The mail to whose password it is. `device` is the browser it was chosen in, empty when nobody chose one; of a chosen one
/// the worker completes the path with a secret when it sends the mail.
pub fn changed_mail(site: &str, change: PasswordChange, device: &str, at: Moment, contact: &str) -> Mail {
    use PasswordChange::{Another, Closed, First, Withdrawn};
    let when = format!("le {} (heure de Paris)", at.french());
    let (subject, said, then): (String, String, &[&str]) = match change {
        First => (
            format!("Un mot de passe a été choisi pour votre compte à {site}"),
            format!("Un mot de passe a été choisi pour votre compte {when}. Jusque-là, il n’en avait pas."),
            &[ALONE, OTHERS],
        ),
        Another => (
            format!("Le mot de passe de votre compte à {site} a changé"),
            format!("Le mot de passe de votre compte a été remplacé {when}. Vos autres appareils ont été déconnectés."),
            &[ALONE, OTHERS],
        ),
        Withdrawn => (
            format!("Le mot de passe de votre compte à {site} a été retiré"),
            format!("Notre équipe a retiré le mot de passe de votre compte {when} et déconnecté vos appareils."),
            &[BY_LINK, UNASKED],
        ),
        Closed => (
            format!("Votre accès à {site} est fermé"),
            format!(
                "Notre équipe a fermé votre accès {when}. Votre mot de passe est effacé, vos appareils sont déconnectés."
            ),
            &[MISTAKEN],
        ),
    };
    let action = match change {
        First | Another => Some(("Choisir un autre mot de passe", "/connexion/lien")),
        Withdrawn => Some(("Me connecter", "/connexion?suite=/compte")),
        Closed => None,
    };
    let mut paragraphs = vec![nbsp(&said)];
    paragraphs.extend(then.iter().map(|part| nbsp(part)));
    let mut facts = vec![("Quand".to_owned(), at.french())];
    if !device.is_empty() {
        facts.push(("Appareil".to_owned(), device.to_owned()));
    }
    Mail {
        kind: MessageKind::PasswordChanged,
        subject: nbsp(&subject),
        paragraphs,
        facts,
        action: action.map(|(label, path)| Action { label: label.to_owned(), path: path.to_owned() }),
        contact: contact.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_says_when_in_paris_and_what_to_do() {
        use PasswordChange::{Another, Closed, First, Withdrawn};
        let at = Moment::from_unix_seconds(1_800_000_000);
        for change in [First, Another, Withdrawn, Closed] {
            let mail = changed_mail("Lianes", change, "", at, "fonds@example.org");
            let said = mail.paragraphs.join("\n");
            assert!(said.contains("15\u{a0}janvier 2027 à 9\u{a0}h\u{a0}00 (heure de Paris)"), "{said}");
            assert!(said.contains("révenez-nous"), "{said}");
            assert_eq!(mail.action.is_some(), change != Closed);
        }
    }
}
