//! A complement: ticked and explained by an officer, compared before and after once it has come.

use super::named;
use crate::{
    domain::{
        complements::Item,
        ids::{ApplicationId, ComplementRequestId},
        lifecycle::Refusal,
        lifecycles::applications::ApplicationEvent,
        text::cut,
        time::french_date,
    },
    store::{Conn, Tx, entropy},
    usecases::{
        Outcome, UseCaseError,
        answers::{self, Content},
        applications,
        complements::{self, Asking, Comparison, LONGEST_TEXT},
        dossiers, form_tokens,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::{Officer, Staff},
        filters,
        flashes::see_other_saying,
        items::{self, LineShown},
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Fact,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use std::collections::BTreeMap;

/// Most characters shown of an answer beside its box.
const EXCERPT: usize = 220;

#[derive(Template)]
#[template(path = "officer/complement.html")]
struct AskPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    title: String,
    reference: String,
    version: i32,
    token: String,
    sections: Vec<(String, Vec<Tick>)>,
    wanted: String,
    due_on: String,
    longest: usize,
    errors: FieldErrors,
}

/// One box to tick, with what was answered.
struct Tick {
    code: String,
    label: String,
    said: String,
    is_ticked: bool,
    note: String,
}

fn way(id: ApplicationId, reference: &str) -> Vec<NavLink> {
    vec![NavLink::new("/instruction", "Instruction"), NavLink::new(format!("/instruction/{id}"), reference)]
}

/// What an item says, on one line.
fn excerpt(lines: &[LineShown]) -> String {
    let texts: Vec<_> = lines.iter().map(|line| line.text.trim()).collect();
    let text = texts.join(" · ").replace('\n', " ");
    cut(&text, EXCERPT)
}

/// The file, as somebody may ask for its complement now.
fn askable(
    conn: &mut Conn,
    app: &App,
    who: &Officer,
    id: ApplicationId,
) -> Outcome<(Content, BTreeMap<String, String>)> {
    let content = answers::find(conn, &who.actor, id)?;
    let standing = applications::standing(conn, &who.actor, &content, app.now())?;
    if !standing.offered().iter().any(|(event, _)| *event == ApplicationEvent::RequestComplement) {
        return Err(Refusal::NotFromHere(standing.state.label()).into());
    }
    let communes = dossiers::communes_of(conn, &content)?;
    Ok((content, communes))
}

async fn ask_page(
    app: &Data<App>,
    who: &Officer,
    id: ApplicationId,
    form: &Fields,
    errors: FieldErrors,
) -> Result<AskPage, Failure> {
    let (site, visitor) = (app.clone(), who.clone());
    let (content, communes) = app.read(move |conn| askable(conn, &site, &visitor, id)).await?;
    let tick = |item: Item| {
        let code = item.to_string();
        let said = excerpt(&items::lines(&content, &item, &communes));
        Tick {
            label: item.label(&content.definition).unwrap_or_default(),
            said: if said.is_empty() { "Sans réponse".into() } else { said },
            is_ticked: form.all("element").any(|ticked| ticked == code),
            note: form.text(&format!("note-{code}")).to_owned(),
            code,
        }
    };
    let sections = complements::offered(&content).into_iter();
    let sections = sections.map(|(title, items)| (title.to_owned(), items.into_iter().map(tick).collect()));
    let proposed = complements::proposed_day(&content.definition, app.now()).to_string();
    Ok(AskPage {
        chrome: who.chrome(),
        way: way(id, &content.row.reference),
        id: id.to_string(),
        title: named(&content.row.title),
        reference: content.row.reference.clone(),
        version: content.row.version,
        token: entropy::form_token()?,
        sections: sections.collect(),
        wanted: form.text("demande").to_owned(),
        due_on: if form.has("echeance") { form.text("echeance").to_owned() } else { proposed },
        longest: LONGEST_TEXT,
        errors,
    })
}

/// What to tick, with what was answered.
pub async fn blank(app: Data<App>, who: Officer, id: Path<ApplicationId>) -> Reply {
    Ok(render(&ask_page(&app, &who, id.into_inner(), &Fields::default(), FieldErrors::none()).await?))
}

/// Sends the request; a second click lands where the first one did.
pub async fn request(app: Data<App>, who: Officer, id: Path<ApplicationId>, form: Fields) -> Reply {
    let (id, actor, person, now) = (id.into_inner(), who.actor.clone(), who.id, app.now());
    let (route, sent) = (format!("/instruction/{id}/complement"), form.clone());
    let write = move |tx: &mut Tx| {
        let body = format!("{sent:?}");
        let sending = form_tokens::Sending { person, token: sent.token(), route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            let items = sent.all("element").filter_map(|code| code.parse::<Item>().ok());
            let notes: Vec<_> = items.map(|item| (sent.text(&format!("note-{item}")).to_owned(), item)).collect();
            let items = notes.iter().map(|(note, item)| (item.clone(), note.as_str())).collect();
            let asking = Asking { wanted: sent.text("demande"), items, due_on: sent.text("echeance") };
            complements::request(tx, &actor, id, sent.version(), &asking, now)?;
            Ok(format!("/instruction/{id}"))
        })
    };
    match app.write(write).await {
        Ok(answer) => Ok(see_other_saying(answer, &Flash::success("La demande de complément part par courriel."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            let page = ask_page(&app, &who, id, &form, errors).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

#[derive(Template)]
#[template(path = "officer/complement_compared.html")]
struct ComparePage {
    chrome: Chrome,
    way: Vec<NavLink>,
    title: String,
    facts: Vec<Fact>,
    wanted: String,
    answer: String,
    pairs: Vec<Pair>,
    /// What the request reopened and nobody changed, by name.
    untouched: Vec<String>,
}

/// One item before and after.
struct Pair {
    label: String,
    note: String,
    before: Vec<LineShown>,
    after: Vec<LineShown>,
}

fn compare_page(who: &Staff, found: &Comparison, communes: &BTreeMap<String, String>) -> ComparePage {
    let (before, after, row) = (&found.before, &found.after, &found.request.row);
    let pair = |item: &Item, note: &str| Pair {
        label: item.label(&after.definition).unwrap_or_default(),
        note: note.to_owned(),
        before: items::lines(before, item, communes),
        after: items::lines(after, item, communes),
    };
    let asked = found.request.items.iter();
    let (changed, same): (Vec<_>, Vec<_>) = asked.partition(|(item, _)| complements::differs(before, after, item));
    let consequences = found.consequences.iter().map(|item| pair(item, "Modifié par suite d’une réponse rouverte."));
    let day = |at: crate::domain::time::Moment| at.french();
    ComparePage {
        chrome: who.chrome(),
        way: way(after.row.id, &after.row.reference),
        title: named(&after.row.title),
        facts: vec![
            Fact::new("Demandé le", format!("{}, par {}", day(row.asked_at), found.asked_by)),
            Fact::new("À rendre pour le", french_date(row.due_at.plus_minutes(-1).paris_date())),
            Fact::new("Reçu le", row.answered_at.map_or("Jamais\u{a0}: le délai est passé".to_owned(), day)),
        ],
        wanted: row.wanted.clone(),
        answer: row.answer.clone().unwrap_or_default(),
        pairs: changed.into_iter().map(|(item, note)| pair(item, note)).chain(consequences).collect(),
        untouched: same.into_iter().filter_map(|(item, _)| item.label(&after.definition)).collect(),
    }
}

/// What was asked for, before and after, side by side.
pub async fn compare(app: Data<App>, who: Staff, path: Path<(ApplicationId, ComplementRequestId)>) -> Reply {
    let ((id, request), actor) = (path.into_inner(), who.actor.clone());
    let load = move |conn: &mut Conn| {
        let found = complements::compare(conn, &actor, id, request)?;
        let mut communes = dossiers::communes_of(conn, &found.before)?;
        communes.extend(dossiers::communes_of(conn, &found.after)?);
        Ok::<_, UseCaseError>((found, communes))
    };
    let (found, communes) = app.read(load).await?;
    Ok(render(&compare_page(&who, &found, &communes)))
}
