//! The offline pack of a call: the files a member has still to score, as an archive, and the sheet that comes back.

use super::read_declared;
use crate::{
    domain::{
        score_sheets::{Fate, SheetLine},
        text::counted,
    },
    exports::{archives::Archive, score_sheets as outgoing},
    imports::score_sheets as incoming,
    usecases::{
        UseCaseError,
        committee_mandates::About,
        offline_packs::{self, Brought, JudgedLine, Pack},
        whole_files::Whole,
    },
    web::{
        App, Failure, Reply,
        audiences::Reviewer,
        finance::exports::answer,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Choice,
        streams,
        uploads::{Sent, SentFile},
        whole_files,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

#[derive(Template)]
#[template(path = "committee/pack.html")]
struct PackPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    base: String,
    title: String,
    /// « 12 dossiers », or nothing when everything is handed in.
    waiting: String,
    /// What came back, before anything is written.
    preview: Option<Preview>,
    errors: FieldErrors,
}

/// What becomes of the lines of a sheet.
struct Preview {
    taken: Vec<Shown>,
    contested: Vec<Shown>,
    refused: Vec<Shown>,
    kept: String,
    /// The lines that may be taken, to be sent back.
    lines: String,
}

/// One line.
struct Shown {
    /// The file and the criterion.
    about: String,
    said: String,
    why: String,
    choice: String,
    choices: Vec<Choice>,
}

fn address(reference: &str) -> String {
    format!("/comite/hors-ligne/{reference}")
}

/// A mark and its comment in words.
fn words(points: &str, comment: &str) -> String {
    let points = if points.is_empty() { "pas de note" } else { points };
    if comment.is_empty() { points.to_owned() } else { format!("{points} – {comment}") }
}

fn shown(line: &JudgedLine, chosen: &BTreeMap<String, bool>) -> Shown {
    let (sheet, held) = (&line.line, &line.held);
    let said = words(&sheet.points, &sheet.comment);
    let code = chosen.get(&line.choice).map(|is_sheet| if *is_sheet { "feuille" } else { "ligne" });
    let choices = [
        ("feuille", format!("La feuille\u{a0}: {said}")),
        ("ligne", format!("Le site\u{a0}: {}", words(&held.points, &held.comment))),
    ];
    let label = if line.label.is_empty() { &sheet.criterion } else { &line.label };
    Shown {
        about: format!("{} – {label}", sheet.reference),
        said,
        why: match &line.fate {
            Fate::Refused(why) => why.clone(),
            Fate::Kept | Fate::Taken | Fate::Contested => String::new(),
        },
        choice: line.choice.clone(),
        choices: Choice::list(choices, &code.into_iter().collect::<Vec<_>>()),
    }
}

fn preview(judged: &[JudgedLine], chosen: &BTreeMap<String, bool>) -> Result<Preview, Failure> {
    let of = |is_wanted: fn(&Fate) -> bool| judged.iter().filter(move |line| is_wanted(&line.fate));
    let all = |is_wanted: fn(&Fate) -> bool| of(is_wanted).map(|line| shown(line, chosen)).collect::<Vec<_>>();
    let lines: Vec<&SheetLine> =
        of(|fate| matches!(fate, Fate::Taken | Fate::Contested)).map(|line| &line.line).collect();
    let kept = i64::try_from(of(|fate| *fate == Fate::Kept).count()).unwrap_or(i64::MAX);
    Ok(Preview {
        taken: all(|fate| *fate == Fate::Taken),
        contested: all(|fate| *fate == Fate::Contested),
        refused: all(|fate| matches!(fate, Fate::Refused(_))),
        kept: if kept == 0 { String::new() } else { counted(kept, "ligne inchangée", "lignes inchangées") },
        lines: serde_json::to_string(&lines).map_err(UseCaseError::from)?,
    })
}

/// What the page says beside the pack.
#[derive(Default)]
struct Again {
    preview: Option<Preview>,
    errors: FieldErrors,
}

fn page(who: &Reviewer, pack: &Pack, again: Again) -> PackPage {
    let waiting = i64::try_from(pack.references().len()).unwrap_or(i64::MAX);
    PackPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/comite", "Mes évaluations")],
        base: address(&pack.reference),
        title: pack.title.clone(),
        waiting: if waiting == 0 { String::new() } else { counted(waiting, "dossier", "dossiers") },
        preview: again.preview,
        errors: again.errors,
    }
}

async fn load(app: &App, who: &Reviewer, reference: &str) -> Result<Pack, Failure> {
    let (actor, wanted) = (who.actor.clone(), reference.to_owned());
    let at = (address(reference), About::Call(wanted.clone()));
    read_declared(app, who, at, move |conn| offline_packs::find(conn, &actor, &wanted)).await
}

/// The pack of a call: what is in it, and the way back.
pub async fn show(app: Data<App>, who: Reviewer, reference: Path<String>) -> Reply {
    let pack = load(&app, &who, &reference).await?;
    Ok(render(&page(&who, &pack, Again::default())))
}

const MANUAL: &str = "\u{feff}Ce dossier contient les projets qui vous restent à évaluer, et la feuille notes.csv.\r\n\
    Ouvrez-la dans un tableur, remplissez les colonnes «\u{a0}Note\u{a0}» et «\u{a0}Commentaire\u{a0}», et enregistrez-la au format CSV\u{a0}:\r\n\
    - dans Excel, «\u{a0}Fichier\u{a0}», «\u{a0}Enregistrer sous\u{a0}», type «\u{a0}CSV UTF-8 (délimité par des virgules)\u{a0}»\u{a0};\r\n\
    - dans LibreOffice, «\u{a0}Fichier\u{a0}», «\u{a0}Enregistrer sous\u{a0}», type «\u{a0}Texte CSV\u{a0}», avec les choix proposés.\r\n\
    Ne changez ni les titres des colonnes ni les colonnes «\u{a0}Dossier\u{a0}», «\u{a0}Code\u{a0}» et «\u{a0}Repère\u{a0}».\r\n\
    Déposez-la ensuite sur la page d’où vient ce dossier\u{a0}: vous verrez ce qui sera repris avant que rien ne soit écrit.\r\n\
    Rien n’est remis\u{a0}: vos évaluations restent des brouillons jusqu’à ce que vous les remettiez sur le site.\r\n";

fn write(to: impl Write, sheet: &[u8], wholes: &[Whole]) -> io::Result<()> {
    let mut archive = Archive::begin(to);
    archive.add("LISEZ-MOI.txt", MANUAL.as_bytes())?;
    archive.add("notes.csv", sheet)?;
    for whole in wholes {
        let bytes = whole_files::print(whole).map_err(|failure| io::Error::other(failure.to_string()))?;
        archive.add(&format!("dossiers/{}.pdf", whole.content.row.reference), &bytes)?;
    }
    archive.end()
}

/// The archive, file by file.
pub async fn download(app: Data<App>, who: Reviewer, reference: Path<String>) -> Reply {
    let (actor, wanted) = (who.actor.clone(), reference.into_inner());
    let at = (address(&wanted), About::Call(wanted.clone()));
    let (pack, wholes) =
        read_declared(&app, &who, at, move |conn| offline_packs::prints(conn, &actor, &wanted)).await?;
    let sheet = outgoing::sheet(&pack.lines()).map_err(|error| Failure::Broken(error.to_string()))?;
    let name: String = pack.reference.chars().filter(|c| c.is_ascii_alphanumeric() || "-._".contains(*c)).collect();
    let place = app.export_place().await?;
    let stream = streams::of(move |pipe| {
        let _place = place;
        write(pipe, &sheet, &wholes)
    });
    Ok(answer(&format!("{name}-evaluations.zip"), "application/zip").streaming(stream))
}

/// The lines of the sheet that was chosen, or the sentence beside the field.
fn lines_of(sent: Sent) -> Result<Vec<SheetLine>, &'static str> {
    match sent.files.into_iter().next() {
        None => Err("Choisissez la feuille de notes que vous avez remplie."),
        Some(SentFile { bytes: None, name, .. }) if name.to_lowercase().ends_with(".zip") => {
            Err(incoming::Unreadable::Pack.sentence())
        }
        Some(SentFile { bytes: None, .. }) => Err(incoming::Unreadable::TooLong.sentence()),
        Some(SentFile { bytes: Some(bytes), .. }) => incoming::read(&bytes).map_err(incoming::Unreadable::sentence),
    }
}

/// Shows what a sheet would change; nothing is written.
pub async fn bring(app: Data<App>, who: Reviewer, reference: Path<String>, sent: Sent) -> Reply {
    let pack = load(&app, &who, &reference).await?;
    let mut again = Again::default();
    match lines_of(sent) {
        Ok(lines) => {
            again.preview = Some(preview(&offline_packs::judge(&pack, &lines), &BTreeMap::new())?);
            Ok(render(&page(&who, &pack, again)))
        }
        Err(sentence) => {
            again.errors.add("feuille", sentence);
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page(&who, &pack, again)))
        }
    }
}

const CHOOSE: &str = "Choisissez ce qui compte.";

fn said(taken: usize) -> String {
    match i64::try_from(taken).unwrap_or(i64::MAX) {
        0 => "Rien de nouveau dans cette feuille\u{a0}: vos brouillons restent comme ils sont.".to_owned(),
        lines => {
            format!("{} en brouillon. Rien n’est encore remis.", counted(lines, "ligne reprise", "lignes reprises"))
        }
    }
}

/// Takes what the sheet says as drafts, once everything that has changed on both sides is chosen.
pub async fn take(app: Data<App>, who: Reviewer, reference: Path<String>, sent: Sent) -> Reply {
    let pack = load(&app, &who, &reference).await?;
    let fields = sent.fields;
    let lines: Vec<SheetLine> = serde_json::from_str(fields.text("lignes")).map_err(|_| Failure::Malformed)?;
    let chosen = fields.iter().filter(|(name, _)| name.starts_with("choix-"));
    let chosen: BTreeMap<String, bool> = chosen.map(|(name, side)| (name.to_owned(), side == "feuille")).collect();
    let (actor, wanted, now, choices) = (who.actor.clone(), reference.to_string(), app.now(), chosen.clone());
    let written = app.write(move |tx| offline_packs::bring_back(tx, &actor, &wanted, (&lines, &choices), now)).await?;
    let judged = match written {
        Brought::Done(taken) => return Ok(see_other_saying(address(&reference), &Flash::success(said(taken)))),
        Brought::Unsure(judged) => judged,
    };
    let is_open = |line: &&JudgedLine| line.fate == Fate::Contested && !chosen.contains_key(&line.choice);
    let mut again = Again { preview: Some(preview(&judged, &chosen)?), ..Again::default() };
    for line in judged.iter().filter(is_open) {
        again.errors.add(&line.choice, CHOOSE);
    }
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page(&who, &pack, again)))
}
