//! Mails to the members of the committee about their meeting.

use crate::domain::{
    messages::{Action, Mail, MessageKind},
    text::nbsp,
    time::Moment,
};

/// What a convocation says.
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
