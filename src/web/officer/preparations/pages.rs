//! The pages of a call that is being prepared.

use super::{
    Target,
    inputs::{Group, Typed},
    lists::{self, List},
    previews::agreement_address,
    rehearsals, rules,
};
use crate::{
    domain::{
        definitions::{CallPart, PartState, Remark},
        lifecycles::calls::CallState,
    },
    store::entropy,
    usecases::{
        agreements,
        preparations::{self, Preparation},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        officer::calls::LIST,
        pages::{Chrome, FieldErrors, NavLink, Tone, render},
        parts::{Badge, Choice},
    },
};
use actix_web::web::{Data, Path, Query};
use askama::Template;

/// The address of a call's preparation.
pub(super) fn home(reference: &str) -> String {
    format!("{LIST}/{reference}/preparation")
}

pub(super) fn way(known: &Preparation, target: Option<&Target>) -> Vec<NavLink> {
    let reference = &known.row.reference;
    let mut way = vec![NavLink::new(LIST, "Appels à projets"), NavLink::new(format!("{LIST}/{reference}"), reference)];
    if let Some(target) = target {
        way.push(NavLink::new(home(reference), "Préparation"));
        if let Target::Item(part, _) = target {
            way.push(NavLink::new(format!("{}/{}", home(reference), part.code()), part.label()));
        }
    }
    way
}

/// The call as its officer asks for it.
pub(super) async fn known(app: &App, who: &Officer, reference: &str) -> Result<Preparation, Failure> {
    let (actor, wanted) = (who.actor.clone(), reference.to_owned());
    app.read(move |conn| preparations::find(conn, &actor, &wanted)).await
}

#[derive(Template)]
#[template(path = "officer/preparation.html")]
struct OverviewPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    fund: String,
    fund_code: String,
    reference: String,
    title: String,
    parts: Vec<PartLine>,
    done: usize,
    /// What is left to look at before it is published.
    remarks: Vec<RemarkLine>,
    is_draft: bool,
    /// Where the call is rehearsed.
    rehearsal: String,
    /// Where one sees what the revision does, when something has been changed.
    revision: Option<String>,
}

/// Something to look at, and the part it is in.
struct RemarkLine {
    sentence: String,
    href: String,
    part: &'static str,
}

struct PartLine {
    href: String,
    title: &'static str,
    badge: Badge,
    faults: Vec<String>,
}

fn badge(state: PartState) -> Badge {
    let tone = match state {
        PartState::Complete => Tone::Success,
        PartState::Lacking => Tone::Neutral,
        PartState::Faulty => Tone::Error,
    };
    Badge { tone, label: state.label().to_owned() }
}

fn part_line(known: &Preparation, part: CallPart) -> PartLine {
    let state = part.state(&known.definition, &known.faults);
    let faults = known.faults.iter().filter(|fault| CallPart::of(&fault.path) == Some(part));
    PartLine {
        href: format!("{}/{}", home(&known.row.reference), part.code()),
        title: part.label(),
        badge: badge(state),
        faults: faults.map(preparations::sentence).collect(),
    }
}

fn remark(known: &Preparation, remark: &Remark) -> RemarkLine {
    let part = CallPart::of(remark.path()).unwrap_or(CallPart::Presentation);
    RemarkLine {
        sentence: remark.sentence(),
        href: format!("{}/{}", home(&known.row.reference), part.code()),
        part: part.label(),
    }
}

/// The parts of a call and how far each is.
pub async fn overview(app: Data<App>, who: Officer, reference: Path<String>) -> Reply {
    let known = known(&app, &who, &reference).await?;
    let parts: Vec<_> = CallPart::ALL.iter().map(|part| part_line(&known, *part)).collect();
    let is_complete = |part: &&CallPart| part.state(&known.definition, &known.faults) == PartState::Complete;
    Ok(render(&OverviewPage {
        chrome: who.chrome(),
        way: way(&known, None),
        fund: known.fund.name.clone(),
        fund_code: known.fund.code.clone(),
        reference: known.row.reference.clone(),
        title: known.definition.title.clone(),
        done: CallPart::ALL.iter().filter(is_complete).count(),
        parts,
        remarks: known.remarks().iter().map(|found| remark(&known, found)).collect(),
        is_draft: known.row.state == CallState::Draft,
        rehearsal: rehearsals::address(&known.row.reference),
        revision: known.is_changed().then(|| format!("{LIST}/{}/revision", known.row.reference)),
    }))
}

#[derive(Template)]
#[template(path = "officer/preparation_part.html")]
pub(super) struct PartPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    home: String,
    /// Where its part is, below which its things are.
    part: String,
    href: String,
    call: String,
    title: &'static str,
    is_item: bool,
    stamp: i32,
    token: String,
    groups: Vec<Group>,
    lists: Vec<List>,
    /// The kinds of rules that can be added.
    kinds: Vec<Choice>,
    /// Where the agreement is seen on the data of a grant, when there is one.
    specimen: Option<String>,
    is_contested: bool,
    errors: FieldErrors,
}

impl PartPage {
    fn back(&self) -> &str {
        if self.is_item { &self.part } else { &self.home }
    }
}

/// How a page is shown again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Again<'a> {
    pub typed: Typed<'a>,
    /// What is wrong, by path or by field.
    pub errors: &'a [(String, String)],
}

/// The field of the page that a path of the definition concerns: the longest piece of it that a field is named after.
fn field_of(path: &str, groups: &[Group]) -> Option<String> {
    let has = |name: &str| groups.iter().flat_map(|group| &group.inputs).any(|input| input.name == name);
    let words: Vec<&str> = path.split('.').collect();
    let pieces = (0..words.len()).flat_map(|from| (from + 1..=words.len()).rev().map(move |to| (from, to)));
    pieces.map(|(from, to)| words[from..to].join(".")).find(|piece| has(piece))
}

/// What is wrong beside its field; what concerns none of them stands on top, in one sentence after the other.
fn placed(wrong: &[(String, String)], groups: &[Group], part: CallPart) -> FieldErrors {
    let (mut errors, mut others) = (FieldErrors::none(), Vec::new());
    for (path, sentence) in wrong {
        let elsewhere = CallPart::of(path).filter(|other| *other != part);
        match (field_of(path, groups), elsewhere) {
            (_, Some(other)) => others.push(format!("{}\u{a0}: {sentence}", other.label())),
            (Some(field), None) => errors.add(field, sentence),
            (None, None) => others.push(sentence.clone()),
        }
    }
    if !others.is_empty() {
        errors.add("partie", others.join(" "));
    }
    errors
}

/// Where the agreement is seen on the data of a grant: beside the texts of letters, when there is such a grant.
async fn specimen(app: &App, who: &Officer, known: &Preparation, target: &Target) -> Result<Option<String>, Failure> {
    if *target != Target::Part(CallPart::Letters) {
        return Ok(None);
    }
    let (actor, now, of) = (who.actor.clone(), app.now(), known.clone());
    let found = app.read(move |conn| agreements::specimen(conn, &actor, &of, now)).await?;
    Ok(found.map(|_| agreement_address(&known.row.reference)))
}

/// The page of a part or of one thing of it; `Failure::NotFound` when there is no such thing.
pub(super) async fn page(
    app: &App,
    who: &Officer,
    reference: &str,
    target: &Target,
    seed: &Fields,
    again: Again<'_>,
) -> Result<PartPage, Failure> {
    let known = known(app, who, reference).await?;
    let specimen = specimen(app, who, &known, target).await?;
    let shown = target.groups(&known, again.typed, seed).map(|groups| (target.clone(), groups));
    let anew = || match target {
        Target::Item(part, spot) if again.typed.is_contested => {
            let target = Target::Item(*part, spot.anew());
            target.groups(&known, again.typed, seed).map(|groups| (target, groups))
        }
        _ => None,
    };
    let (target, mut groups) = shown.or_else(anew).ok_or(Failure::NotFound)?;
    again.typed.refill(&mut groups);
    let errors = placed(again.errors, &groups, target.part());
    let is_item = matches!(target, Target::Item(..));
    let lists = if is_item { Vec::new() } else { lists::of_part(&known.definition, target.part()) };
    let kinds = match target {
        Target::Part(CallPart::Eligibility) => Choice::list(rules::KINDS.iter().copied(), &[]),
        _ => Vec::new(),
    };
    let home = home(reference);
    Ok(PartPage {
        chrome: who.chrome(),
        way: way(&known, Some(&target)),
        part: format!("{home}/{}", target.part().code()),
        href: format!("{home}/{}", target.address()),
        home,
        call: known.definition.title.clone(),
        title: target.title(),
        is_item,
        stamp: known.stamp,
        token: entropy::form_token()?,
        groups,
        lists,
        kinds,
        specimen,
        is_contested: again.typed.is_contested,
        errors,
    })
}

/// One part.
pub async fn part(app: Data<App>, who: Officer, path: Path<(String, String)>) -> Reply {
    let (reference, part) = path.into_inner();
    let target = Target::part_named(&part).ok_or(Failure::NotFound)?;
    Ok(render(&page(&app, &who, &reference, &target, &Fields::default(), Again::default()).await?))
}

/// What a new thing begins with.
#[derive(Debug, serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    rubrique: String,
    #[serde(default)]
    rule: String,
    /// A ready-made question.
    #[serde(default)]
    modele: String,
}

/// One thing of a part, or a new one.
pub async fn item(app: Data<App>, who: Officer, path: Path<(String, String, String)>, asked: Query<Asked>) -> Reply {
    let (reference, part, item) = path.into_inner();
    let target = Target::item_named(&part, &item).ok_or(Failure::NotFound)?;
    let seed = [("rubrique", &asked.rubrique), ("rule", &asked.rule), ("modele", &asked.modele)];
    let seed = Fields::of(seed.map(|(name, value)| (name, value.as_str())));
    Ok(render(&page(&app, &who, &reference, &target, &seed, Again::default()).await?))
}
