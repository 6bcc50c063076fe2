//! Mails to the members of the committee about their meeting, and to whoever presided it about its minutes.

use crate::domain::{
    messages::{Action, Mail, MessageKind},
    text::nbsp,
    time::Moment,
};

/// What a mail says of a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    pub title: String,
    pub call_title: String,
    /// UTC; shown on the Paris clock.
    pub meets_at: Moment,
    pub place: String,
    pub contact: String,
    /// The page of the session, beginning with `/`; empty for whoever has none.
    pub path: String,
}

/// As what somebody is convened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attending {
    /// Counts for the quorum.
    Voting,
    /// Speaks, does not vote (voix consultative).
    Advisory,
    /// Listens.
    Guest,
    /// Works for the fund.
    Team,
}

impl Attending {
    /// What is said to them of the session of this title.
    fn words(self, title: &str) -> [String; 2] {
        let tie = "Si vous avez un lien avec un dossier, déclarez-le avant la séance.";
        match self {
            Attending::Voting => [
                format!("Vous êtes convié·e à la séance « {title} » du comité. Son ordre du jour est en ligne."),
                format!("Si vous ne pouvez pas venir, dites-le-nous vite : un quorum est nécessaire. {tie}"),
            ],
            Attending::Advisory => [
                format!(
                    "Vous êtes convié·e à la séance « {title} » du comité, avec voix consultative. Son ordre du jour est \
                     en ligne."
                ),
                format!("Si vous ne pouvez pas venir, dites-le-nous. {tie}"),
            ],
            Attending::Guest => [
                format!(
                    "Vous êtes invité·e à la séance « {title} » du comité, sans y voter. Son ordre du jour est en ligne."
                ),
                format!("Si vous ne pouvez pas venir, dites-le-nous. {tie}"),
            ],
            Attending::Team => [
                format!(
                    "La séance « {title} » du comité est convoquée : ses membres et ses invité·es sont prévenu·es."
                ),
                tie.to_owned(),
            ],
        }
    }
}

/// The convocation of a member, of a guest or of somebody of the team.
pub fn convocation(meeting: &Meeting, attending: Attending) -> Mail {
    let action = Action { label: "Voir l’ordre du jour".into(), path: meeting.path.clone() };
    Mail {
        kind: MessageKind::Convocation,
        subject: nbsp(&format!("Séance du comité le {}", meeting.meets_at.french())),
        paragraphs: attending.words(&meeting.title).iter().map(|said| nbsp(said)).collect(),
        facts: vec![
            ("Appel".into(), meeting.call_title.clone()),
            ("Date".into(), meeting.meets_at.french()),
            ("Lieu".into(), meeting.place.clone()),
        ],
        action: Some(action).filter(|action| !action.path.is_empty()),
        contact: meeting.contact.clone(),
    }
}

/// The minutes wait for the signature of whoever presided; `is_again` when they were told already.
pub fn minutes_to_sign(meeting: &Meeting, is_again: bool) -> Mail {
    let first = if is_again { "attend toujours votre signature" } else { "attend votre signature" };
    let subject = if is_again { "Rappel : un procès-verbal à signer" } else { "Un procès-verbal à signer" };
    Mail {
        kind: MessageKind::MinutesToSign,
        subject: nbsp(&format!("{subject}, séance du {}", meeting.meets_at.french())),
        paragraphs: vec![
            nbsp(&format!("Le procès-verbal de la séance « {} », que vous avez présidée, {first}.", meeting.title)),
            nbsp(
                "Relisez-le, puis signez-le en bas de sa page. Si quelque chose est faux, ne signez pas : dites-le à \
                 l’équipe du fonds, qui le corrige. Les décisions ne sont confirmées qu’une fois le procès-verbal signé.",
            ),
        ],
        facts: vec![
            ("Appel".into(), meeting.call_title.clone()),
            ("Séance".into(), meeting.meets_at.french()),
            ("Lieu".into(), meeting.place.clone()),
        ],
        action: Some(Action { label: "Lire et signer".into(), path: meeting.path.clone() }),
        contact: meeting.contact.clone(),
    }
}
