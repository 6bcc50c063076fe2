//! The minutes of a session as a document: sealed once the chair has signed, and a reader's copy for everybody else.

use crate::domain::{
    letters::{Block, Fund, Issuer, Language, Letter, LetterKind, Table},
    lifecycles::applications::ApplicationState,
    minutes::{Item, Minutes},
    sessions::{Presence, Seat, quorum_words},
    text::{counted, legible, nbsp},
    time::{Moment, french_date, french_weekday_date},
};
use chrono::NaiveDate;

use super::papers::in_groups;

/// The minutes, ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub issuer: Issuer,
    /// Where documents are signed.
    pub city: String,
    pub fund: Fund,
    /// As the reader may see them.
    pub minutes: Minutes,
    /// The version, from 1 on.
    pub number: i32,
    /// Why it replaces the one before; empty for the first.
    pub reason: String,
    pub written_at: Moment,
    pub signed: Option<Signed>,
    /// When the board confirmed the decisions; said on copies alone, since what is sealed is sealed before.
    pub confirmed_on: Option<NaiveDate>,
}

/// The signature of the chair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub name: String,
    pub at: Moment,
    /// Over what was read and signed: 64 hexadecimal characters.
    pub digest: String,
    /// Whether everything was read: a chair who left the room for a file neither reads nor signs what was said of it.
    pub is_whole: bool,
}

fn meeting(minutes: &Minutes) -> Block {
    let clock = |at: Moment| at.paris().format("%H\u{a0}h\u{a0}%M").to_string();
    let mut when = french_weekday_date(minutes.opened_at.unwrap_or(minutes.meets_at).paris_date());
    if let Some(at) = minutes.opened_at {
        when.push_str(&format!(", ouverte à {}", clock(at)));
    }
    if let Some(at) = minutes.closed_at {
        when.push_str(&format!(", close à {}", clock(at)));
    }
    let chair = minutes.chair().map_or("personne n’est désigné", |seat| seat.name.as_str());
    Block::facts([
        ("Séance", legible(&minutes.title)),
        ("Appel", legible(&minutes.call_title)),
        ("Date, heure de Paris", when),
        ("Convoquée pour le", minutes.meets_at.french()),
        ("Lieu", legible(&minutes.place)),
        ("Présidence", legible(chair)),
        ("Quorum", quorum_words(minutes.roll.voices(&[]), minutes.quorum)),
    ])
}

fn coming(minutes: &Minutes, seat: &Seat) -> String {
    let holder = seat.holder.and_then(|holder| minutes.roll.seat(holder));
    match (seat.presence, holder) {
        (Some(Presence::Represented), Some(holder)) => {
            format!("{}, pouvoir à {}", Presence::Represented.label(), holder.name)
        }
        (Some(presence), _) => presence.label().to_owned(),
        (None, _) => "non notée".to_owned(),
    }
}

fn attendance(minutes: &Minutes) -> Block {
    let mut table = Table::new("").text_column("Membre").text_column("Au titre de").text_column("Voix");
    table = table.text_column("Présence");
    let row = |seat: &Seat| {
        let vote = if seat.is_voting { "délibérative" } else { "consultative" };
        [legible(&seat.name), legible(&seat.institution), vote.to_owned(), legible(&coming(minutes, seat))]
    };
    minutes.roll.0.iter().map(row).fold(table, Table::row).into()
}

fn recusals(minutes: &Minutes) -> Block {
    let with = minutes.items.iter().filter(|item| !item.out.is_empty());
    let mut table = Table::new("").text_column("Dossier").text_column("Hors séance").text_column("Pouvoir sans effet");
    for item in with {
        let out = item.out_ids();
        let silenced: Vec<&str> = minutes.roll.silenced(&out).map(|seat| seat.name.as_str()).collect();
        let names: Vec<&str> = item.out.iter().map(|(_, name)| name.as_str()).collect();
        let silenced = if silenced.is_empty() { "aucun".to_owned() } else { format!("de {}", silenced.join(", ")) };
        table = table.row([item.reference.clone(), legible(&names.join(", ")), legible(&silenced)]);
    }
    match table.rows.is_empty() {
        true => Block::paragraph("Personne ne s’est déporté."),
        false => table.into(),
    }
}

fn decided(item: &Item) -> String {
    match item.amount.filter(|_| item.state == ApplicationState::Awarded) {
        Some(amount) => format!("{}, {amount}", item.state.label()),
        None => item.state.label().to_owned(),
    }
}

fn decision(minutes: &Minutes, (place, item): (usize, &Item)) -> [Block; 2] {
    let mut facts = vec![
        ("Organisation", legible(&item.organisation)),
        ("Demandé", item.requested.to_string()),
        ("Décision", decided(item)),
        ("Motif", legible(&item.motive)),
    ];
    if !item.conditions.is_empty() {
        facts.push(("Conditions", legible(&item.conditions)));
    }
    for said in &item.beyond {
        facts.push(("Au-delà du plafond", legible(said)));
    }
    if let Some(tally) = item.tally {
        let voices = quorum_words(minutes.roll.voices(&item.out_ids()), minutes.quorum);
        facts.push(("Vote", format!("{} ({voices})", tally.words())));
    }
    let name = format!("{}. {} – {}", place + 1, item.reference, legible(&item.title));
    [Block::Label(name), Block::facts(facts)]
}

fn reserve(minutes: &Minutes) -> Vec<Block> {
    let waiting = minutes.reserve();
    if waiting.is_empty() {
        return Vec::new();
    }
    let line = |(place, item): (usize, &&Item)| {
        let (title, organisation) = (legible(&item.title), legible(&item.organisation));
        format!("{}. {} – {title} ({organisation}), demandé {}", place + 1, item.reference, item.requested)
    };
    let lines: Vec<String> = waiting.iter().enumerate().map(line).collect();
    vec![Block::heading("Liste d’attente, dans l’ordre d’appel"), Block::list(lines)]
}

fn totals(minutes: &Minutes) -> Vec<Block> {
    let mut table = Table::new("").text_column("Décision").amount_column("Dossiers").amount_column("Accordé");
    for total in minutes.totals() {
        let amount = if total.state == ApplicationState::Awarded { total.amount.to_string() } else { String::new() };
        table = table.row([total.state.label().to_owned(), total.files.to_string(), amount]);
    }
    let table = table.total("Accordé par cette séance", minutes.granted());
    let envelope = format!("Enveloppe de l’appel\u{a0}: {}.", minutes.envelope);
    vec![Block::heading("Totaux"), table.into(), Block::paragraph(envelope)]
}

fn confirmation(paper: &Paper) -> Vec<Block> {
    let said = match (paper.minutes.is_board_required, paper.confirmed_on) {
        (true, Some(day)) => format!("Le conseil d’administration a confirmé ces décisions le {}.", french_date(day)),
        (true, None) => "Ces décisions sont soumises à la confirmation du conseil d’administration.".to_owned(),
        (false, _) => "Le règlement de l’appel ne soumet pas ces décisions au conseil d’administration.".to_owned(),
    };
    vec![Block::heading("Confirmation"), Block::paragraph(said)]
}

fn signature(paper: &Paper) -> Vec<Block> {
    let heading = Block::heading("Signature de la présidence");
    let Some(signed) = &paper.signed else {
        return vec![heading, Block::paragraph("Ce procès-verbal n’est pas encore signé.")];
    };
    let mut facts = vec![("Signé par", legible(&signed.name)), ("Le", signed.at.french())];
    if !signed.digest.is_empty() {
        facts.push(("Empreinte de ce qui est signé", in_groups(&signed.digest)));
    }
    let mut blocks = vec![heading, Block::facts(facts)];
    if !signed.is_whole {
        blocks.push(Block::paragraph(
            "La personne qui préside s’est déportée d’un dossier au moins\u{a0}: sa signature porte sur tous les autres.",
        ));
    }
    blocks
}

fn blocks(paper: &Paper) -> Vec<Block> {
    let minutes = &paper.minutes;
    let mut blocks = Vec::new();
    if paper.number > 1 {
        let mut said = format!("Version {}, qui remplace la précédente.", paper.number);
        if !paper.reason.is_empty() {
            said.push_str(&format!(" Pourquoi\u{a0}: {}", legible(&paper.reason)));
        }
        blocks.push(Block::paragraph(said));
    }
    blocks.push(meeting(minutes));
    blocks.extend([Block::heading("Présences"), attendance(minutes)]);
    blocks.extend([Block::heading("Déports"), recusals(minutes)]);
    let files = counted(i64::try_from(minutes.items.len()).unwrap_or_default(), "dossier", "dossiers");
    blocks.push(Block::heading(format!("Décisions sur {files}")));
    blocks.extend(minutes.items.iter().enumerate().flat_map(|item| decision(minutes, item)));
    blocks.extend(reserve(minutes));
    blocks.extend(totals(minutes));
    if !minutes.observations.is_empty() {
        blocks.extend([Block::heading("Observations"), Block::paragraph(legible(&minutes.observations))]);
    }
    blocks.extend(confirmation(paper));
    blocks.extend(signature(paper));
    blocks
}

fn letter(paper: &Paper, kind: LetterKind) -> Letter {
    let minutes = &paper.minutes;
    let day = minutes.opened_at.unwrap_or(minutes.meets_at).paris_date();
    let mut reference = format!("{}-{}-{}", minutes.call_reference, day.format("%Y%m%d"), kind.suffix());
    if paper.number > 1 {
        reference.push_str(&format!("-{}", paper.number));
    }
    Letter {
        kind,
        title: nbsp(&format!("Procès-verbal – {}", legible(&minutes.title))),
        reference,
        language: Language::French,
        issuer: paper.issuer.clone(),
        fund: paper.fund.clone(),
        sender: Vec::new(),
        recipient: Vec::new(),
        place_and_date: format!("{}, le {}", paper.city, french_date(paper.written_at.paris_date())),
        your_reference: None,
        subject: format!("Procès-verbal de la séance du {}", french_date(day)),
        salutation: String::new(),
        blocks: blocks(paper),
        closing: String::new(),
        signature: None,
        parties: Vec::new(),
        check_url: String::new(),
        check_code: String::new(),
        issued_at: paper.signed.as_ref().map_or(paper.written_at, |signed| signed.at),
    }
    .typeset()
}

/// What the chair's signature seals; kept under its number with a page that says whether a copy is genuine.
pub fn sealed(paper: &Paper) -> Letter {
    letter(paper, LetterKind::Minutes)
}

/// A reader's copy, never issued: the same facts, without a seal.
pub fn copy(paper: &Paper) -> Letter {
    letter(paper, LetterKind::MinutesCopy)
}
