//! Evidence packs: asked for, followed while the worker makes them, taken away.

use super::{once, places};
use crate::{
    domain::{
        evidence_packs::{Evidence, RemovalFacts},
        ids::EvidencePackId,
        money::Euros,
        roles::Role,
        time::french_date,
    },
    store::{
        Conn, Tx, entropy,
        evidence_packs::{EvidencePackRow, PackLine},
        funding_sources,
    },
    usecases::{
        Outcome, UseCaseError,
        evidence_packs::{self, PackForm},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Books, Finance, SignedIn},
        downloads,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, Tone, render, render_as},
        parts::{Action, Badge, Choice, Fact, Pager, Press, Weight},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;

const LIST: &str = "/finances/preuves";
/// Packs on one page.
const PAGE: usize = 30;

#[derive(Template)]
#[template(path = "finance/evidence_packs.html")]
struct PacksPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    lines: Vec<Line>,
    pager: Pager,
    can_ask: bool,
    funders: Vec<Choice>,
    from: String,
    until: String,
    token: String,
    errors: FieldErrors,
}

struct Line {
    href: String,
    funder: String,
    days: String,
    asked: String,
    badge: Badge,
}

/// Where a list goes on.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    apres: String,
}

fn badge(is_made: bool, has_failed: bool) -> Badge {
    let (tone, label) = match (has_failed, is_made) {
        (true, _) => (Tone::Error, "à reprendre"),
        (false, true) => (Tone::Success, "prêt"),
        (false, false) => (Tone::Info, "en préparation"),
    };
    Badge { tone, label: label.to_owned() }
}

fn line(row: PackLine) -> Line {
    Line {
        href: format!("{LIST}/{}", row.id),
        days: format!("du {} au {}", french_date(row.from_on), french_date(row.until_on)),
        asked: format!("le {}, par {}", row.asked_at.french(), row.asked_by),
        badge: badge(row.made_at.is_some(), row.failure.is_some()),
        funder: row.funder,
    }
}

async fn page(
    app: &App,
    who: &SignedIn,
    asked: Asked,
    form: &PackForm,
    errors: FieldErrors,
) -> Result<PacksPage, Failure> {
    let (actor, key) = (who.actor.clone(), asked.apres.parse::<EvidencePackId>().ok());
    let load = move |conn: &mut Conn| -> Outcome<_> {
        let packs = evidence_packs::page(conn, &actor, key, PAGE as i64 + 1)?;
        Ok((packs, funding_sources::funders(conn)?))
    };
    let (mut packs, funders) = app.read(load).await?;
    let more = packs.len() > PAGE;
    packs.truncate(PAGE);
    let next = packs.last().filter(|_| more).map(|last| format!("{LIST}?apres={}", last.id));
    let named = funders.into_iter().map(|row| (row.id.to_string(), row.name));
    Ok(PacksPage {
        chrome: who.chrome(),
        places: places(who, LIST),
        lines: packs.into_iter().map(line).collect(),
        pager: Pager { first: key.map(|_| LIST.to_owned()), next },
        can_ask: who.actor.is(Role::Finance),
        funders: Choice::list(named, &[&form.funder]),
        from: form.from.clone(),
        until: form.until.clone(),
        token: entropy::form_token()?,
        errors,
    })
}

/// The packs, newest first, and the form for another one.
pub async fn list(app: Data<App>, who: Books, asked: Query<Asked>) -> Reply {
    let page = page(&app, &who, asked.into_inner(), &PackForm::default(), FieldErrors::none()).await?;
    Ok(render(&page))
}

/// Asks for a pack.
pub async fn ask(app: Data<App>, who: Finance, form: Fields) -> Reply {
    let (actor, now) = (who.actor.clone(), app.now());
    let text = |name: &str| form.text(name).to_owned();
    let wanted = PackForm { funder: text("bailleur"), from: text("du"), until: text("au") };
    let typed = wanted.clone();
    let act = move |tx: &mut Tx| {
        let id = evidence_packs::ask(tx, &actor, &wanted, now)?;
        Ok(format!("{LIST}/{id}"))
    };
    match once(&app, &who, &form, LIST.to_owned(), act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("Le dossier de preuves est demandé\u{a0}: il se prépare."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = page(&app, &who, Asked::default(), &typed, errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

#[derive(Template)]
#[template(path = "finance/evidence_pack.html")]
struct PackPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    title: String,
    badge: Badge,
    facts: Vec<Fact>,
    /// Where the archive is, once made.
    file: Option<String>,
    is_waiting: bool,
    failure: String,
    /// What a second making gave, in one sentence.
    comparison: Option<(Tone, String)>,
    is_partial: bool,
    actions: Vec<Action>,
    grants: Vec<Granted>,
    paid: Euros,
    /// Papers that cannot be had.
    missing: Vec<String>,
    /// What was erased since, a sentence for each grant.
    removed: Vec<String>,
    token: String,
}

struct Granted {
    reference: String,
    beneficiary: String,
    decided: String,
    awarded: Euros,
    paid: Euros,
    owed: usize,
}

fn comparison(row: &EvidencePackRow) -> Option<(Tone, String)> {
    let (at, remade) = row.remade_at.zip(row.remade_sha256.as_ref())?;
    Some(if row.sha256.as_ref() == Some(remade) {
        (Tone::Success, format!("Refaite le {}, l’archive est la même, à l’octet près.", at.french()))
    } else {
        (
            Tone::Error,
            format!("Refaite le {}, l’archive est différente\u{a0}: son empreinte est {remade}.", at.french()),
        )
    })
}

fn facts(row: &EvidencePackRow) -> Vec<Fact> {
    let instant = |at: Option<crate::domain::time::Moment>| at.map(|at| at.french()).unwrap_or_default();
    let size = row.size.map(|size| format!("{}\u{a0}ko", (size + 1023) / 1024)).unwrap_or_default();
    let mut facts = vec![
        Fact::new("Période", format!("du {} au {}", french_date(row.from_on), french_date(row.until_on))),
        Fact::new("Demandé le", row.asked_at.french()),
    ];
    if row.made_at.is_some() {
        facts.extend([
            Fact::new("Montants et pièces du", instant(row.facts_at)),
            Fact::new("Archive faite le", instant(row.made_at)),
            Fact::new("Taille", size),
            Fact::new("Empreinte SHA-256", row.sha256.clone().unwrap_or_default()),
        ]);
    }
    facts
}

fn granted(evidence: &Evidence) -> Vec<Granted> {
    let line = |grant: &crate::domain::evidence_packs::GrantFacts| Granted {
        reference: grant.reference.clone(),
        beneficiary: grant.beneficiary.clone(),
        decided: french_date(grant.decided_on),
        awarded: grant.awarded,
        paid: grant.paid(),
        owed: grant.reports.iter().filter(|report| report.is_owed).count(),
    };
    evidence.grants.iter().map(line).collect()
}

fn missing(evidence: &Evidence) -> Vec<String> {
    let of_grant = |grant: &crate::domain::evidence_packs::GrantFacts| {
        let absent = grant.proofs.iter().filter(|proof| proof.sha256.is_none());
        absent.map(|proof| format!("{}, {}", grant.reference, proof.title)).collect::<Vec<_>>()
    };
    evidence.grants.iter().flat_map(of_grant).collect()
}

fn removed(evidence: &Evidence) -> Vec<String> {
    evidence.removals.iter().map(RemovalFacts::sentence).collect()
}

/// One pack.
pub async fn show(app: Data<App>, who: Books, id: Path<EvidencePackId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let pack = app.read(move |conn| evidence_packs::find(conn, &actor, id)).await?;
    let row = &pack.row;
    let is_made = row.sha256.is_some();
    let is_waiting = row.failure.is_none() && (!is_made || row.again_at.is_some());
    let again = Action {
        label: if is_made { "Refaire l’archive et comparer" } else { "Essayer de nouveau" }.to_owned(),
        href: format!("{LIST}/{id}"),
        weight: Weight::Secondary,
        refusal: None,
        press: Press::Acts,
    };
    let page = PackPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Preuves")],
        title: format!("Preuves – {}", pack.funder.name),
        badge: badge(is_made, row.failure.is_some()),
        facts: facts(row),
        file: is_made.then(|| format!("{LIST}/{id}/fichier")),
        is_waiting,
        failure: row.failure.clone().unwrap_or_default(),
        comparison: comparison(row),
        is_partial: !row.is_whole && who.actor.person != Some(row.asked_by),
        actions: if who.actor.is(Role::Finance) && !is_waiting { vec![again] } else { Vec::new() },
        grants: pack.evidence.as_ref().map(granted).unwrap_or_default(),
        paid: pack.evidence.as_ref().map(Evidence::paid).unwrap_or_default(),
        missing: pack.evidence.as_ref().map(missing).unwrap_or_default(),
        removed: pack.evidence.as_ref().map(removed).unwrap_or_default(),
        token: entropy::form_token()?,
    };
    Ok(render(&page))
}

/// Has the archive made once more, of the same facts.
pub async fn ask_again(app: Data<App>, who: Finance, id: Path<EvidencePackId>, form: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let act = move |tx: &mut Tx| {
        evidence_packs::ask_again(tx, &actor, id, now)?;
        Ok(format!("{LIST}/{id}"))
    };
    let to = once(&app, &who, &form, format!("{LIST}/{id}"), act).await?;
    Ok(see_other_saying(to, &Flash::success("L’archive se refait, à partir des mêmes faits.")))
}

/// The archive.
pub async fn download(app: Data<App>, who: Books, id: Path<EvidencePackId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let archived = app.read(move |conn| evidence_packs::archive(conn, &actor, id)).await?;
    let bytes = app.files()?.get(&archived.sha256).await?;
    Ok(downloads::file(&archived.name, "application/zip", bytes))
}
