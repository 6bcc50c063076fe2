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
    /// The page of the session, beginning with `/`.
    pub path: String,
}

/// The convocation of a member.
pub fn convocation(meeting: &Meeting) -> Mail {
    Mail {
        kind: MessageKind::Convocation,
        subject: nbsp(&format!("Séance du comité le {}", meeting.meets_at.french())),
        paragraphs: vec![
            nbsp(&format!(
                "Vous êtes convié·e à la séance « {} » du comité. Son ordre du jour est en ligne.",
                meeting.title
            )),
            nbsp(
                "Si vous ne pouvez pas venir, dites-le-nous vite : un quorum est nécessaire. Si vous avez un lien avec un \
                 dossier, déclarez-le avant la séance.",
            ),
        ],
        facts: vec![
            ("Appel".into(), meeting.call_title.clone()),
            ("Date".into(), meeting.meets_at.french()),
            ("Lieu".into(), meeting.place.clone()),
        ],
        action: Some(Action { label: "Voir l’ordre du jour".into(), path: meeting.path.clone() }),
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
