//! The life of a session as its stepper shows it: the same steps for whoever reads, the next one in the words of each.

use super::{
    deadlines::Deadline,
    parts::{Step, Stepper},
};
use crate::{
    domain::{decisions::DecisionPace, lifecycles::sessions::SessionState, time::Moment},
    store::sessions::SessionRow,
    usecases::minutes::Version,
};

/// Who reads the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    Team,
    Director,
    Member,
}

/// Whether the last version of the minutes waits for its signature; the last one stands first.
pub(super) fn is_unsigned(versions: &[Version]) -> bool {
    versions.first().is_some_and(|last| last.signed.is_none())
}

/// Before the minutes.
fn under_way(state: SessionState, reader: Reader) -> (usize, &'static str, &'static str) {
    const TEAM: &str = "L’équipe du fonds";
    match (state, reader) {
        (SessionState::Planned, Reader::Team) => (0, TEAM, "Composez l’ordre du jour, puis convoquez le comité."),
        (SessionState::Planned, _) => (0, TEAM, "L’ordre du jour est en préparation\u{a0}: le comité sera convoqué."),
        (SessionState::Convened, Reader::Team) => {
            (1, TEAM, "Le comité est convoqué. Notez les présences pour ouvrir la séance.")
        }
        (SessionState::Convened, _) => (1, TEAM, "Le comité est convoqué\u{a0}: l’équipe ouvrira la séance."),
        (_, Reader::Team) => (2, "Le comité", "La séance est ouverte\u{a0}: écrivez la décision de chaque dossier."),
        (_, Reader::Director) => (2, "Le comité", "La séance est ouverte\u{a0}: le comité décide de chaque dossier."),
        (_, Reader::Member) => {
            (2, "Le comité", "La séance est ouverte\u{a0}: entrez dans la salle pour y prendre part.")
        }
    }
}

/// From the minutes on.
fn minuted(state: SessionState, reader: Reader, is_rolling: bool) -> (usize, &'static str, &'static str) {
    const TEAM: &str = "L’équipe du fonds";
    match (state, is_rolling) {
        (SessionState::Confirmed, true) => {
            (4, TEAM, "La séance est close. Les décisions sont parties, chacune quand elle a été écrite.")
        }
        (SessionState::Confirmed, false) => {
            (4, TEAM, "Les décisions sont confirmées\u{a0}: elles peuvent être annoncées.")
        }
        (_, true) => (3, TEAM, "Le procès-verbal est établi. Les décisions sont déjà parties."),
        (_, false) if reader == Reader::Director => {
            (3, "Vous", "Le procès-verbal est établi\u{a0}: les décisions attendent votre confirmation.")
        }
        (_, false) => (3, "La direction", "Le procès-verbal est établi. Les décisions restent sous embargo."),
    }
}

/// Where the session stands, who acts next and by when.
pub(super) fn stepper(
    reader: Reader,
    (session, pace): (&SessionRow, DecisionPace),
    is_unsigned: bool,
    now: Moment,
) -> Stepper {
    let (step, who_acts, sentence) = match session.state {
        SessionState::Minuted if is_unsigned => (
            3,
            "La présidence de séance",
            "Le procès-verbal est établi\u{a0}: la personne qui a présidé le lit et le signe.",
        ),
        state @ (SessionState::Minuted | SessionState::Confirmed) => {
            minuted(state, reader, pace == DecisionPace::Rolling)
        }
        state @ (SessionState::Planned | SessionState::Convened | SessionState::InSession) => under_way(state, reader),
    };
    Stepper {
        title: "Où en est la séance".into(),
        steps: Step::along(["Préparation", "Convocation", "Séance", "Procès-verbal", "Confirmation"], step),
        who_acts: who_acts.into(),
        by_when: (step < 3).then(|| match session.meets_at {
            at if step < 2 && at.paris_date() < now.paris_date() => Deadline::on(at.paris_date(), now.paris_date()),
            at => at.french().into(),
        }),
        sentence: sentence.into(),
    }
}
