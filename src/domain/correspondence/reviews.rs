//! Mails to the members of the committee about the files they score, and to the team when one gives a file up.

use crate::domain::{
    messages::{Action, Mail, MessageKind},
    text::{counted, nbsp},
    time::french_date,
};
use chrono::NaiveDate;

/// What a mail says of the file to score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewedFile {
    pub reference: String,
    pub title: String,
    pub call_title: String,
    /// Whom to write to.
    pub contact: String,
    /// The page to open, beginning with `/`.
    pub path: String,
}

impl ReviewedFile {
    fn mail(&self, kind: MessageKind, subject: String, paragraphs: Vec<String>, label: &str) -> Mail {
        let facts = [("Appel", &self.call_title), ("Dossier", &self.reference), ("Projet", &self.title)];
        Mail {
            kind,
            subject,
            paragraphs: paragraphs.iter().map(|text| nbsp(text)).collect(),
            facts: facts.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect(),
            action: Some(Action { label: label.into(), path: self.path.clone() }),
            contact: self.contact.clone(),
        }
    }
}

/// A file to score (dossier à évaluer).
fn assigned(file: &ReviewedFile, due_on: Option<NaiveDate>) -> Mail {
    let by = due_on.map_or(String::new(), |day| format!(", avant le {}", french_date(day)));
    let subject = nbsp(&format!("À évaluer{by} : {}", file.reference));
    let paragraphs = vec![
        format!("Un dossier vous est confié{by}. Les réponses et la grille tiennent sur un même écran."),
        "Si vous avez un lien avec cette organisation ou ses partenaires, déportez-vous : le dossier disparaîtra de vos \
         listes et nous le confierons à quelqu’un d’autre."
            .to_owned(),
    ];
    file.mail(MessageKind::ReviewAssigned, subject, paragraphs, "Ouvrir le dossier")
}

/// Files entrusted to one reader, each with the day it is due, in the order given: one mail that lists them and leads to the
/// list of the reader, or to the file when there is one. Nothing when there is none.
pub fn entrusted(files: &[(ReviewedFile, Option<NaiveDate>)]) -> Option<Mail> {
    let (first, due_on) = match files {
        [] => return None,
        [(file, due_on)] => return Some(assigned(file, *due_on)),
        [(first, due_on), ..] => (first, *due_on),
    };
    let is_one_day = files.iter().all(|(_, day)| *day == due_on);
    let by = match files.iter().filter_map(|(_, day)| *day).min() {
        None => String::new(),
        Some(day) if is_one_day => format!(" avant le {}", french_date(day)),
        Some(day) => format!(", le premier avant le {}", french_date(day)),
    };
    let count = files.len();
    let mut mail = ReviewedFile { path: "/comite".to_owned(), ..first.clone() }.mail(
        MessageKind::ReviewAssigned,
        nbsp(&format!("{count} dossiers à lire{by}")),
        vec![
            format!(
                "{count} dossiers vous sont confiés, à lire et à évaluer{by}. Ils vous attendent dans votre liste ; \
                 les réponses et la grille de chacun tiennent sur un même écran."
            ),
            "Si vous avez un lien avec l’une de ces organisations ou ses partenaires, déportez-vous : le dossier \
             disparaîtra de vos listes et nous le confierons à quelqu’un d’autre."
                .to_owned(),
        ],
        "Ouvrir ma liste",
    );
    let said = |(file, due_on): &(ReviewedFile, Option<NaiveDate>)| {
        let by = due_on.filter(|_| !is_one_day).map(|day| format!(" (avant le {})", french_date(day)));
        (file.reference.clone(), format!("{}{}", file.title, by.unwrap_or_default()))
    };
    mail.facts = vec![("Appel".to_owned(), first.call_title.clone())];
    mail.facts.extend(files.iter().map(said));
    Some(mail)
}

/// Files entrusted to one reader, before it is known which they are as the mail leaves.
pub fn entrusting(call_title: &str, contact: &str) -> Mail {
    let subject = format!("À évaluer : {call_title}");
    let said = "Des dossiers de cet appel vous sont confiés : ils vous attendent dans votre liste.";
    let about = (call_title, contact);
    let mail = of_call(MessageKind::ReviewAssigned, &subject, about, ("Ouvrir ma liste", "/comite"));
    Mail { paragraphs: vec![nbsp(said)], ..mail }
}

/// An evaluation given back to its author.
pub fn reopened(file: &ReviewedFile) -> Mail {
    let subject = nbsp(&format!("Évaluation rouverte : {}", file.reference));
    let paragraphs = vec![
        "Votre évaluation de ce dossier est rouverte : vous pouvez changer vos notes et votre avis. Elle ne compte plus \
         dans la moyenne tant que vous ne l’avez pas remise à nouveau."
            .to_owned(),
    ];
    file.mail(MessageKind::ReviewReopened, subject, paragraphs, "Reprendre mon évaluation")
}

/// A mail about several files of one call.
fn of_call(kind: MessageKind, subject: &str, (call_title, contact): (&str, &str), action: (&str, &str)) -> Mail {
    let (label, path) = action;
    Mail {
        kind,
        subject: nbsp(subject),
        paragraphs: Vec::new(),
        facts: vec![("Appel".into(), call_title.to_owned())],
        action: Some(Action { label: label.into(), path: path.to_owned() }),
        contact: contact.to_owned(),
    }
}

/// A file that a member gave up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    pub file: ReviewedFile,
    pub who: String,
    /// A recusal (déport) says no reason in a mail.
    pub is_recusal: bool,
    /// Who would be proposed instead, with the reasons.
    pub next: Option<(String, String)>,
}

impl GivenUp {
    const fn verb(&self) -> &'static str {
        if self.is_recusal { "se déporte" } else { "décline l’évaluation" }
    }
}

/// A member gave a file up, to the team: somebody else must score it.
pub fn given_up(given: &GivenUp) -> Mail {
    let GivenUp { file, who, next, .. } = given;
    let subject = nbsp(&format!("À réattribuer : {}", file.reference));
    let verb = given.verb();
    let mut paragraphs =
        vec![format!("{who} {verb}. Ce dossier attend une autre évaluation ; le motif est dans le dossier.")];
    paragraphs.extend(next.as_ref().map(|(name, why)| {
        format!(
            "Nous proposons {name} : {why}. La proposition vous attend dans la répartition des lectures de l’appel."
        )
    }));
    file.mail(MessageKind::ReviewGivenUp, subject, paragraphs, "Confier le dossier")
}

/// Files that members gave up, before it is known which they are as the mail leaves; `path` is where they are entrusted.
pub fn given_back(call_title: &str, contact: &str, path: &str) -> Mail {
    let subject = format!("À réattribuer : {call_title}");
    let said = "Des lectures de cet appel sont rendues : elles attendent d’autres personnes.";
    let about = (call_title, contact);
    let mail = of_call(MessageKind::ReviewGivenUp, &subject, about, ("Répartir les lectures", path));
    Mail { paragraphs: vec![nbsp(said)], ..mail }
}

/// Several files that members gave up.
pub fn given_up_together(call_title: &str, contact: &str, path: &str, files: &[GivenUp]) -> Mail {
    let count = counted(i64::try_from(files.len()).unwrap_or(i64::MAX), "lecture", "lectures");
    let mut mail = given_back(call_title, contact, path);
    mail.subject = nbsp(&format!("À réattribuer : {count}"));
    let said = format!(
        "{count} sont à confier à d’autres personnes ; les motifs sont dans les dossiers. Nos propositions vous attendent \
         dans la répartition des lectures de l’appel."
    );
    mail.paragraphs = vec![nbsp(&said)];
    mail.facts.extend(files.iter().map(|given| {
        let next = given.next.as_ref().map_or(String::new(), |(name, _)| format!(" ; proposition : {name}"));
        (given.file.reference.clone(), nbsp(&format!("{} {}{next}", given.who, given.verb())))
    }));
    mail
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(number: u32) -> ReviewedFile {
        ReviewedFile {
            reference: format!("TANDEMS-2027-000{number}"),
            title: format!("Deux classes {number}"),
            call_title: "Tandems 2027".into(),
            contact: "a@b.example".into(),
            path: "/comite/evaluations/1".into(),
        }
    }

    #[test]
    fn the_subject_says_by_when() {
        let due = NaiveDate::from_ymd_opt(2027, 4, 20);
        let subject = assigned(&file(2), due).subject;
        assert_eq!(subject, "À évaluer, avant le 20\u{a0}avril 2027\u{a0}: TANDEMS-2027-0002");
        assert_eq!(assigned(&file(2), None).subject, "À évaluer\u{a0}: TANDEMS-2027-0002");
        let mail = entrusted(&[(file(2), due), (file(3), due)]).unwrap();
        assert_eq!(mail.subject, "2 dossiers à lire avant le 20\u{a0}avril 2027");
        assert_eq!(entrusted(&[(file(2), None), (file(3), None)]).unwrap().subject, "2 dossiers à lire");
    }

    #[test]
    fn one_mail_lists_what_is_entrusted() {
        assert_eq!(entrusted(&[]), None);
        assert_eq!(entrusted(&[(file(2), None)]), Some(assigned(&file(2), None)));
        let mail = entrusted(&[(file(2), None), (file(3), None)]).unwrap();
        assert_eq!(mail.action.map(|action| action.path).as_deref(), Some("/comite"));
        let listed: Vec<_> = mail.facts.iter().map(|(name, value)| format!("{name} {value}")).collect();
        assert_eq!(
            listed,
            ["Appel Tandems 2027", "TANDEMS-2027-0002 Deux classes 2", "TANDEMS-2027-0003 Deux classes 3"]
        );
    }

    #[test]
    fn files_that_are_due_on_different_days_say_so_one_by_one() {
        let day = |day| NaiveDate::from_ymd_opt(2027, 4, day);
        let mail = entrusted(&[(file(2), day(20)), (file(3), day(12)), (file(4), None)]).unwrap();
        assert_eq!(mail.subject, "3 dossiers à lire, le premier avant le 12\u{a0}avril 2027");
        let values: Vec<_> = mail.facts.iter().skip(1).map(|(_, value)| value.as_str()).collect();
        let dated = ["Deux classes 2 (avant le 20\u{a0}avril 2027)", "Deux classes 3 (avant le 12\u{a0}avril 2027)"];
        assert_eq!(values, [dated[0], dated[1], "Deux classes 4"]);
    }
}
