//! Who may open what that exists: every address with an identifier, tried with identifiers of what is there, by those it
//! is open to, by those it is not, by somebody else of the same role, and by nobody.

use super::{
    recused,
    scenes::{Scene, giving, judging, lived},
};
use crate::support::{
    crawls::{Crawl, crawl},
    forms,
    site::Site,
    twins::{assert_none, is_parameter},
};
use reqwest::{Response, multipart::Form};
use std::collections::{BTreeMap, BTreeSet};
use tisserand::{
    domain::roles::Role,
    web::{
        audiences::{Address, Who},
        routes::SITE_MAP,
    },
};

/// Addresses below which nothing of the three houses can be opened, each with why. That others do not get in is tried
/// all the same, wherever there is an identifier to try it with. `recused::UNLED` and `recused::ELSEWHERE` belong here too.
const LEFT: &[(&str, &str)] = &[
    ("/compte/appareils/{id}/fin", "it would end the walker's own sign-in; tests/intake/devices.rs"),
    ("/organisations/{id}/membres/{person}", "whoever is alone in an organisation has nobody to seat"),
    ("/organisations/{id}/dirigeants/{mandate}", "no mandate is written down; tests/intake/profiles.rs"),
    ("/organisations/{id}/coffre/{paper}", "nothing is in a vault; tests/intake/vaults.rs"),
    (
        "/dossiers/{id}/pieces/{attachment}/retrait",
        "what is filed is no longer taken away; tests/intake/whole_files.rs",
    ),
    ("/dossiers/{id}/pieces/{document}", "what is filed is no longer replaced; tests/intake/whole_files.rs"),
    ("/dossiers/{id}/rubriques/{section}", "what is filed is no longer written in; tests/intake/applications.rs"),
    ("/dossiers/{id}/documents/{document}", "a receipt is a file, opened in tests/intake/filings.rs"),
    ("/dossiers/{id}/binome", "the call is not for pairs; tests/intake/pairings.rs"),
    ("/dossiers/{id}/signature", "nothing waits for a signature; tests/intake/tandem_signatures.rs"),
    ("/dossiers/{id}/rendez-vous", "no refusal is told yet; tests/committee/slots.rs"),
    ("/dossiers/{id}/complement", "no complement is asked for; tests/intake/complements.rs"),
    ("/dossiers/{id}/reexamen", "nothing is refused yet; tests/officer/admissions.rs"),
    ("/dossiers/{id}/copie/lue", "nothing was copied; tests/intake/copies.rs"),
    ("/subventions/{id}/refus", "it is accepted already; tests/grants/holder.rs"),
    ("/subventions/{id}/pieces/{piece}", "no payment waits for a paper; tests/grants/pieces.rs"),
    ("/suivi/{grant}/pieces/{piece}", "no payment waits for a paper; tests/grants/pieces.rs"),
    ("/subventions/{id}/courriers/{document}", "a letter is a file, opened in tests/grants/holder.rs"),
    ("/subventions/{id}/bilans/{report}/pieces/{document}", "what is accepted is no longer written in"),
    (
        "/subventions/{id}/bilans/{report}/certification",
        "this report asks for no certificate; tests/grants/certified.rs",
    ),
    ("/subventions/{id}/signature", "nothing waits for a signature; tests/grants/signing.rs"),
    ("/instruction/{id}/iban/{question}", "no question asks for an account; tests/intake/people.rs"),
    ("/instruction/{id}/documents/{document}", "a receipt is a file"),
    ("/appels-a-projets/{reference}/preparation", "the calls are published; tests/officer/preparations.rs"),
    ("/appels-a-projets/{reference}/revision", "no revision is begun; tests/officer/revisions.rs"),
    ("/appels-a-projets/{reference}/conflits", "no link is declared; tests/committee/declarations.rs"),
    ("/appels-a-projets/{reference}/binomes", "the call is not for pairs; tests/intake/pairings.rs"),
    (
        "/appels-a-projets/{reference}/annonce",
        "nothing is decided and not announced; tests/committee/edited_letters.rs",
    ),
    ("/appels-a-projets/{reference}/classement/{application}", "no ranking is set aside; tests/committee/rankings.rs"),
    ("/appels-a-projets/{reference}/reserve", "nothing waits on a reserve list; tests/committee/reserve.rs"),
    ("/appels-a-projets/{reference}/classement/fichier", "a ranking is a file, opened in tests/committee/rankings.rs"),
    ("/seances/{id}/scenarios/{scenario}", "no scenario is kept; tests/committee/cut_lines.rs"),
    ("/suivi/bilans/{report}/delai/{number}", "no delay is asked for; tests/grants/due_dates.rs"),
    ("/suivi/{grant}/{change}", "each change ends something; tests/grants/team.rs"),
    ("/suivi/{grant}/signature", "nothing waits for a signature; tests/grants/signing.rs"),
    ("/finances/conventions/{id}/versements/{instalment}", "no instalment is written down; tests/finance/funding.rs"),
    ("/finances/conventions/{id}/rapports/{report}", "no report to a funder is written down; tests/finance/funding.rs"),
    ("/finances/releves/{id}/confirmation", "no statement was brought; tests/finance/statement_pages.rs"),
    ("/finances/lots/{id}/approbation", "a code comes first; tests/finance/approvals.rs"),
    ("/direction/promotions/{id}/refus", "nothing is promoted from a reserve list; tests/committee/reserve.rs"),
    ("/comite/lectures/{application}", "who reads without a vote; tests/committee/packs.rs"),
    ("/administration/personnes/{id}/{change}", "each change takes something from somebody; tests/administration.rs"),
];

/// Addresses whose identifier is everybody's: that of a published call.
const EVERYBODYS: &[&str] = &["/appels/{reference}/dossier", "/comite/suivant/{reference}"];

/// The last words of what takes something away: it is sent after all else.
const TAKING: [&str; 8] =
    ["retrait", "fin", "annulation", "abandon", "fermeture", "irrecevabilite", "retenue", "deport"];

fn is_left(path: &str) -> bool {
    let unled = recused::UNLED.iter().any(|(paths, _)| paths.contains(&path));
    let elsewhere = recused::ELSEWHERE.iter().any(|(known, _)| *known == path);
    unled
        || elsewhere
        || recused::AFTER.contains(&path)
        || LEFT.iter().any(|(beginning, _)| path.starts_with(beginning))
}

/// Everything that is known of one house: what its people were led to.
struct Map {
    crawls: Vec<Crawl>,
    /// What stands for a parameter after this beginning of an address: `/dossiers/{}`.
    values: BTreeMap<String, BTreeSet<String>>,
}

/// The beginnings of an address as [`Map`] knows them, each with whether it ends with a parameter.
fn keys(pattern: &str) -> Vec<(String, bool)> {
    let (mut key, mut found) = (String::new(), Vec::new());
    for segment in pattern.split('/').skip(1) {
        key.push('/');
        key.push_str(if is_parameter(segment) { "{}" } else { segment });
        found.push((key.clone(), is_parameter(segment)));
    }
    found
}

impl Map {
    async fn of(scene: &Scene) -> Map {
        let mut map = Map { crawls: Vec::new(), values: BTreeMap::new() };
        for one in &scene.insiders {
            map.crawls.push(crawl(&scene.site, &one.cookie, &one.roles).await);
        }
        let mut met: Vec<(&'static str, String)> = Vec::new();
        for crawl in &map.crawls {
            for (pattern, paths) in &crawl.links {
                met.extend(paths.iter().map(|path| (*pattern, path.clone())));
            }
            for (pattern, sheets) in &crawl.forms {
                met.extend(sheets.iter().map(|sheet| (*pattern, sheet.action.clone())));
            }
        }
        for (pattern, path) in met {
            let path = path.split(['?', '#']).next().unwrap();
            for ((key, is_parameter), value) in keys(pattern).into_iter().zip(path.split('/').skip(1)) {
                if is_parameter {
                    map.values.entry(key).or_default().insert(value.to_owned());
                }
            }
        }
        map
    }

    /// Addresses of this line that were met, each with the place of an insider who was led there.
    fn met(&self, address: &Address) -> Vec<(String, usize)> {
        let mut found = BTreeMap::new();
        for (place, crawl) in self.crawls.iter().enumerate() {
            let paths: Vec<String> = match address.method {
                "get" => crawl.links.get(address.path).into_iter().flatten().cloned().collect(),
                _ => crawl.forms.get(address.path).into_iter().flatten().map(|sheet| sheet.action.clone()).collect(),
            };
            for path in paths {
                found.entry(path.split(['?', '#']).next().unwrap().to_owned()).or_insert(place);
            }
        }
        found.into_iter().collect()
    }

    /// An address of this line made of what stands elsewhere; nothing when one of its identifiers is of nothing.
    fn made(&self, pattern: &str) -> Option<String> {
        let mut path = String::new();
        for ((key, is_parameter), segment) in keys(pattern).into_iter().zip(pattern.split('/').skip(1)) {
            let value = if is_parameter { self.values.get(&key)?.first()?.as_str() } else { segment };
            path.push('/');
            path.push_str(value);
        }
        Some(path)
    }

    /// What the form of this page says.
    fn form(&self, (path, place): (&str, usize), pattern: &str) -> Vec<(String, String)> {
        let sheets = self.crawls[place].forms.get(pattern);
        let sheet = sheets.into_iter().flatten().find(|sheet| sheet.action.split(['?', '#']).next() == Some(path));
        sheet.map(|sheet| sheet.fields.clone()).unwrap_or_default()
    }
}

async fn sent(site: &Site, cookie: &str, method: &str, path: &str, fields: &[(String, String)]) -> (u16, String) {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let reply: Response = match method {
        "get" => site.get(cookie, path).await,
        _ => site.post(cookie, path, &fields).await,
    };
    let location = reply.headers().get("location").map_or("", |value| value.to_str().unwrap()).to_owned();
    (reply.status().as_u16(), location)
}

fn is_to_sign_in(status: u16, location: &str) -> bool {
    status == 303 && location.starts_with("/connexion?")
}

/// Somebody of this role who has to do with nothing in the house.
struct Stranger {
    role: Role,
    cookie: String,
    /// Their identifier, which what saves by itself names.
    person: String,
}

impl Stranger {
    async fn of(site: &Site, role: Role) -> Stranger {
        let cookie = site.person(role);
        let page = site.get(&cookie, "/compte").await.text().await.unwrap();
        let person = page.split("data-person=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        Stranger { role, cookie, person }
    }
}

/// A form as its own people would send it, each time as if for the first: only whose it is stands against it.
fn first_time(fields: &[(String, String)], stranger: &Stranger) -> Vec<(String, String)> {
    let token = format!("{:064x}", stranger.role as u8);
    forms::changed(fields.to_vec(), &[("token", &token), ("envoi-personne", &stranger.person)])
}

/// The answer to somebody; a form that is asked for in parts is sent again in parts.
async fn answered(
    site: &Site,
    cookie: &str,
    (method, path): (&str, &str),
    fields: &[(String, String)],
) -> (u16, String) {
    let (status, location) = sent(site, cookie, method, path, fields).await;
    if method == "get" || !matches!(status, 400 | 415) {
        return (status, location);
    }
    let form = fields.iter().fold(Form::new(), |form, (name, value)| form.text(name.clone(), value.clone()));
    (site.post_files(cookie, path, form).await.status().as_u16(), String::new())
}

/// Those to whom the address does not open: nobody, every other role, and somebody else of a role that has things of its
/// own. For all of them what is there does not exist, whatever they send.
async fn kept_out(
    scene: &Scene,
    address: &Address,
    (path, fields): (&str, &[(String, String)]),
    strangers: &[Stranger],
) -> Vec<String> {
    let mut faults = Vec::new();
    if address.who == Who::Public {
        return faults;
    }
    let (status, location) = sent(&scene.site, "", address.method, path, &[]).await;
    if !is_to_sign_in(status, &location) {
        faults.push(format!("{} {path} as nobody: {status} {location}", address.method));
    }
    let Some(roles) = address.who.roles() else { return faults };
    let owns = [Role::Applicant, Role::Reviewer, Role::Funder];
    let is_own = roles.iter().all(|role| owns.contains(role)) && !EVERYBODYS.contains(&address.path);
    for stranger in strangers.iter().filter(|one| is_own || !roles.contains(&one.role)) {
        let fields = first_time(fields, stranger);
        let (status, location) = answered(&scene.site, &stranger.cookie, (address.method, path), &fields).await;
        if status != 404 && !location.starts_with("/comite/declaration") {
            faults.push(format!("{} {path} as another {}: {status} {location}", address.method, stranger.role));
        }
    }
    faults
}

/// Whether the address does what it is for, or says in words why not.
fn is_let_in(method: &str, status: u16, location: &str) -> bool {
    let usual = matches!(status, 200 | 303 | 304 | 409 | 422);
    (usual || method == "post" && matches!(status, 400 | 413 | 415 | 429)) && !is_to_sign_in(status, location)
}

async fn tried(scene: &Scene) -> (Vec<String>, BTreeSet<(&'static str, &'static str)>) {
    let map = Map::of(scene).await;
    let mut strangers = Vec::new();
    for role in Role::ALL.iter().filter(|role| **role != Role::System) {
        strangers.push(Stranger::of(&scene.site, *role).await);
    }
    let mut asked: Vec<&Address> =
        SITE_MAP.iter().filter(|one| one.path.contains('{') && !one.path.contains(".*")).collect();
    let (mut faults, mut opened) = (Vec::new(), BTreeSet::new());
    for address in &asked {
        let met = map.met(address).into_iter().map(|(path, place)| {
            let fields = map.form((path.as_str(), place), address.path);
            (path, fields)
        });
        let made = map.made(address.path).map(|path| (path, Vec::new()));
        for (path, fields) in met.chain(made).take(1) {
            faults.extend(kept_out(scene, address, (&path, &fields), &strangers).await);
        }
    }
    let takes = |path: &str| TAKING.iter().any(|word| path.ends_with(word));
    asked.sort_by_key(|address| (address.method == "post", takes(address.path)));
    for address in asked.into_iter().filter(|one| one.path != "/compte/appareils/{id}/fin") {
        let is_theirs =
            |roles: &[Role]| address.who.roles().is_none_or(|of| of.iter().any(|role| roles.contains(role)));
        let made = map.made(address.path);
        let others = scene.insiders.iter().enumerate().filter(|(_, one)| is_theirs(&one.roles));
        let made = others.filter_map(|(place, _)| Some((made.clone()?, place)));
        for (path, place) in map.met(address).into_iter().take(2).chain(made) {
            // Older than anything that is there: the house stays as it is for those who come after.
            let fields = forms::changed(map.form((path.as_str(), place), address.path), &[("version", "99999")]);
            let cookie = &scene.insiders[place].cookie;
            let (status, location) = sent(&scene.site, cookie, address.method, &path, &fields).await;
            if status >= 500 {
                faults.push(format!("{} {path}: {status}", address.method));
            }
            if is_let_in(address.method, status, &location) {
                opened.insert((address.method, address.path));
                break;
            }
        }
    }
    (faults, opened)
}

#[actix_web::test]
async fn what_exists_opens_for_its_audience_and_for_nobody_else() {
    let (judged, lived, given) = (judging(), lived(), giving());
    let (mut faults, mut opened) = (Vec::new(), BTreeSet::new());
    for scene in [&judged.scene, &lived.scene, &given.scene] {
        let (found, also) = tried(scene).await;
        faults.extend(found);
        opened.extend(also);
    }
    for address in SITE_MAP.iter().filter(|one| one.path.contains('{') && !is_left(one.path)) {
        if !opened.contains(&(address.method, address.path)) {
            faults.push(format!("{} {} opened for none of its people", address.method, address.path));
        }
    }
    for (beginning, _) in LEFT {
        if !SITE_MAP.iter().any(|address| address.path.starts_with(beginning)) {
            faults.push(format!("no address begins with {beginning}"));
        }
    }
    assert_none("permitted", &faults);
}
