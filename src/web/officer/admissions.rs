//! The files whose whole checklist is met, declared admissible together after one look at their list.

use super::named;
use crate::{
    domain::{eligibility::Verdict, text::counted},
    store::{Tx, entropy},
    usecases::{
        Outcome, UseCaseError,
        admissions::{self, Admitted, Checked, MOST, Wanted},
        form_tokens,
    },
    web::{
        App, Fields, Reply,
        audiences::Officer,
        flashes::see_other_saying,
        pages::{Chrome, Flash, NavLink, render},
    },
};
use actix_web::web::{Data, Query};
use askama::Template;

const QUEUE: &str = "/instruction?etape=a-verifier";
const HERE: &str = "/instruction/recevabilite";
/// Refusals told in full; of the others, how many.
const MOST_TOLD: usize = 5;

#[derive(Template)]
#[template(path = "officer/admissions.html")]
struct AdmissionsPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    back: String,
    reference: String,
    call: String,
    token: String,
    green: Vec<Line>,
    /// Files that wait and have a point to look at, each with that point.
    others: Vec<(String, String, String)>,
    is_cut: bool,
}

struct Line {
    value: String,
    href: String,
    title: String,
    reference: String,
    organisation: String,
    call: String,
    met: String,
    findings: Vec<String>,
}

impl AdmissionsPage {
    fn green_in_words(&self) -> String {
        counted(length(self.green.len()), "dossier", "dossiers")
    }
}

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn line(checked: &Checked) -> Line {
    let row = &checked.row;
    Line {
        value: format!("{}:{}", row.id, row.version),
        href: format!("/instruction/{}", row.id),
        title: named(&row.title),
        reference: row.reference.clone(),
        organisation: checked.organisation.clone(),
        call: checked.call_title.clone(),
        met: counted(length(checked.findings.len()), "condition respectée", "conditions respectées"),
        findings: checked.findings.iter().map(|finding| finding.sentence.clone()).collect(),
    }
}

/// A file that is not green: where it is, its number, and the first point to look at.
fn other(checked: &Checked) -> (String, String, String) {
    let of = |verdict: Verdict| checked.findings.iter().find(|finding| finding.verdict == verdict);
    let point = of(Verdict::NotMet).or_else(|| of(Verdict::ToJudge));
    let sentence = point.map(|finding| format!("{}\u{a0}: {}", finding.verdict.label(), finding.sentence));
    (format!("/instruction/{}", checked.row.id), checked.row.reference.clone(), sentence.unwrap_or_default())
}

/// Which call is asked about.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    appel: String,
}

fn of(reference: &str) -> Option<&str> {
    Some(reference).filter(|reference| !reference.is_empty())
}

fn back(reference: &str) -> String {
    match of(reference) {
        Some(reference) => format!("{QUEUE}&appel={reference}"),
        None => QUEUE.to_owned(),
    }
}

/// The list before the button.
pub async fn ask(app: Data<App>, who: Officer, asked: Query<Asked>) -> Reply {
    let (actor, now, reference) = (who.actor.clone(), app.now(), asked.into_inner().appel);
    let wanted = reference.clone();
    let found = app.read(move |conn| admissions::waiting(conn, &actor, of(&wanted), now)).await?;
    let (green, others): (Vec<_>, Vec<_>) = found.iter().partition(|checked| checked.is_green());
    let call = of(&reference).and_then(|_| found.first()).map(|checked| checked.call_title.clone());
    Ok(render(&AdmissionsPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/instruction", "Instruction")],
        back: back(&reference),
        call: call.unwrap_or_default(),
        reference,
        token: entropy::form_token()?,
        is_cut: found.len() >= MOST,
        green: green.into_iter().map(line).collect(),
        others: others.into_iter().map(other).collect(),
    }))
}

fn wanted(form: &Fields) -> Outcome<Vec<Wanted>> {
    let read = |value: &str| {
        let (id, version) = value.split_once(':')?;
        Some((id.parse().ok()?, version.parse().ok()?))
    };
    let stale = || UseCaseError::Store(crate::store::StoreError::Stale);
    form.all("dossier").map(|value| read(value).ok_or_else(stale)).collect()
}

/// What came of it, in words.
fn said(admitted: &Admitted) -> String {
    let mut said = match admitted.done {
        0 => "Aucun dossier n’est déclaré recevable.".to_owned(),
        1 => "Un dossier est recevable. Sa structure en est avertie par courriel.".to_owned(),
        n => format!("{n} dossiers sont recevables. Leurs structures en sont averties par courriel."),
    };
    for (number, why) in admitted.refused.iter().take(MOST_TOLD) {
        said.push_str(&format!(" {number} reste à vérifier\u{a0}: {why}"));
    }
    if admitted.refused.len() > MOST_TOLD {
        said.push_str(&format!(" {} autres restent à vérifier.", admitted.refused.len() - MOST_TOLD));
    }
    said
}

/// Declares the ticked files admissible.
pub async fn admit(app: Data<App>, who: Officer, form: Fields) -> Reply {
    let (actor, person, now, reference) = (who.actor.clone(), who.id, app.now(), form.text("appel").to_owned());
    let home = back(&reference);
    let write = move |tx: &mut Tx| {
        let body = format!("{form:?}");
        let sending = form_tokens::Sending { person, token: form.token(), route: HERE, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            let admitted = admissions::admit(tx, &actor, of(&reference), &wanted(&form)?, now)?;
            // Which tone it is told in is read again from its first letter.
            Ok(format!("{}{}", if admitted.refused.is_empty() { '+' } else { '!' }, said(&admitted)))
        })
    };
    let said = app.write(write).await?;
    let flash = match said.split_at_checked(1) {
        Some(("+", said)) => Flash::success(said),
        Some((_, said)) => Flash::warning(said),
        None => Flash::warning(said),
    };
    Ok(see_other_saying(home, &flash))
}
