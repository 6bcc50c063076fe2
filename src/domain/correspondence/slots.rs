//! Mails about a meeting that somebody booked after a refusal: to the people of the file and to whoever meets them.

use crate::domain::{
    messages::{Action, Mail, MessageKind},
    slots::MeetingMeans,
    text::nbsp,
    time::Moment,
};

/// A meeting and the file it is about, as its mails name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub adviser: String,
    pub starts_at: Moment,
    pub minutes: i32,
    pub means: MeetingMeans,
    /// Where, the number, or the link.
    pub place: String,
    /// Whom to write to.
    pub contact: String,
    /// The page of the meeting for the people of the file, beginning with `/`.
    pub path: String,
}

/// Who called a meeting off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalledOff<'a> {
    /// The people of the file.
    ByApplicant,
    /// The team, with its reason; often empty where nobody had to give one.
    ByTeam(&'a str),
}

impl Meeting {
    fn mail(&self, kind: MessageKind, subject: &str, paragraphs: &[String], action: Option<Action>) -> Mail {
        let place = match self.means {
            MeetingMeans::OnSite => "Lieu",
            MeetingMeans::Phone => "Téléphone",
            MeetingMeans::Video => "Lien",
        };
        let facts = [
            ("Date", self.starts_at.french()),
            ("Durée", format!("{}\u{a0}minutes, {}", self.minutes, self.means.label())),
            (place, self.place.clone()),
            ("Avec", self.adviser.clone()),
            ("Organisation", self.organisation.clone()),
            ("Dossier", format!("{}, {}", self.reference, self.title)),
        ];
        Mail {
            kind,
            subject: nbsp(subject),
            paragraphs: paragraphs.iter().map(|text| nbsp(text)).collect(),
            facts: facts.map(|(label, value)| (label.to_owned(), value)).into(),
            action,
            contact: self.contact.clone(),
        }
    }

    fn page(&self, label: &str) -> Option<Action> {
        Some(Action { label: label.to_owned(), path: self.path.clone() })
    }

    /// One line for a calendar.
    pub fn summary(&self) -> String {
        nbsp(&format!("Rendez-vous : {}, avec {}", self.organisation, self.adviser))
    }

    /// What the calendar says below it.
    pub fn description(&self) -> String {
        nbsp(&format!("Projet : {}\nDossier : {}\nQuestions : {}", self.title, self.reference, self.contact))
    }
}

/// The meeting is booked: to the people of the file.
pub fn booked(meeting: &Meeting) -> Mail {
    let paragraphs = [
        format!("Votre rendez-vous avec {} est réservé. Nous relirons votre projet avec vous.", meeting.adviser),
        "L’invitation jointe s’ajoute à votre agenda. Si vous ne pouvez pas venir, annulez le rendez-vous sur sa page : \
         le créneau servira à quelqu’un d’autre."
            .to_owned(),
    ];
    let subject = format!("Rendez-vous réservé : {}", meeting.starts_at.french());
    meeting.mail(MessageKind::SlotBooked, &subject, &paragraphs, meeting.page("Voir le rendez-vous"))
}

/// The meeting is booked: to whoever meets them.
pub fn booked_with(meeting: &Meeting) -> Mail {
    let said = format!(
        "{} a réservé un de vos créneaux, après une réponse négative. L’invitation jointe s’ajoute à votre agenda.",
        meeting.organisation
    );
    let subject = format!("Rendez-vous réservé : {}, {}", meeting.organisation, meeting.starts_at.french());
    meeting.mail(MessageKind::SlotBooked, &subject, &[said], None)
}

/// The meeting is called off: to the people of the file.
pub fn called_off(meeting: &Meeting, by: CalledOff<'_>) -> Mail {
    let mut paragraphs = match by {
        CalledOff::ByApplicant => vec!["Votre rendez-vous est annulé, comme demandé sur sa page.".to_owned()],
        CalledOff::ByTeam("") => vec!["Nous devons annuler votre rendez-vous. Veuillez nous en excuser.".to_owned()],
        CalledOff::ByTeam(reason) => vec![
            "Nous devons annuler votre rendez-vous. Veuillez nous en excuser.".to_owned(),
            format!("Pourquoi : {reason}"),
        ],
    };
    paragraphs.push("Vous pouvez choisir un autre créneau sur la page du rendez-vous.".to_owned());
    let subject = format!("Rendez-vous annulé : {}", meeting.starts_at.french());
    meeting.mail(MessageKind::SlotCancelled, &subject, &paragraphs, meeting.page("Choisir un autre créneau"))
}

/// The meeting is called off: to whoever was to meet them.
pub fn called_off_with(meeting: &Meeting, by: CalledOff<'_>) -> Mail {
    let said = match by {
        CalledOff::ByApplicant => {
            format!("{} a annulé ce rendez-vous. Le créneau est de nouveau libre.", meeting.organisation)
        }
        CalledOff::ByTeam(_) => format!("L’équipe a annulé ce créneau. {} en est prévenue.", meeting.organisation),
    };
    let subject = format!("Rendez-vous annulé : {}, {}", meeting.organisation, meeting.starts_at.french());
    meeting.mail(MessageKind::SlotCancelled, &subject, &[said], None)
}
