//! For whoever is recused from a file, in whatever role, the site is that of a house in which the file never was: two
//! houses are lived in side by side, the same but for that, and everything one person is served there is compared, byte
//! for byte but for what `tests/support/bare.rs` lists.

use super::houses::{House, TEAM, deliberated, judging, paying, planned};
use crate::support::{
    bare::bare,
    programme::id,
    twins::{NOTHING, Pair, Twins, Walk, assert_none},
};
use std::collections::BTreeSet;
use tisserand::{domain::roles::Role, web::routes::SITE_MAP};

/// Addresses that may not be the same, each with why. What names the file stands on none of them.
const APART: &[(&str, &str)] = &[
    ("/finances/journal", "the lines are numbered through the whole journal: a number that is missing is no file"),
    ("/finances/journal/fichier", "the same lines as a file"),
    ("/administration/historique", "the same, and the seal is that of the whole chain"),
    ("/administration/integrite", "the promises are asked of everything there is, which is what they are for"),
    (
        "/seances/{id}/proces-verbal/{number}",
        "what the chair sealed names every file: whoever is recused from one is given a copy, made for them",
    ),
];

/// Addresses of the end of a session and of what follows it: walked where the committee has deliberated.
pub(super) const AFTER: &[&str] = &[
    "/seances/{id}/proces-verbal/{number}",
    "/seances/{id}/correction",
    "/comite/seances/{id}/proces-verbal",
    "/comite/seances/{id}/proces-verbal/{number}",
    "/direction/seances/{id}",
    "/appels-a-projets/{reference}/annonce/{application}",
    "/appels-a-projets/{reference}/annonce/{application}/pdf",
    "/appels-a-projets/{reference}/reserve/{application}",
    "/direction/promotions/{id}",
];

/// Addresses that are everybody's: what is published there is published for whoever is recused too.
const PUBLIC: &[&str] = &["/projets", "/verifier/{code}"];

/// Addresses at which there is nothing to compare, each with why.
pub(super) const ELSEWHERE: &[(&str, &str)] = &[
    ("/static/{path:.*}", "the same bytes for everybody"),
    ("/connexion/lien/{secret}", "a way in, known to its owner"),
    ("/verifier/{code}", "public, for whoever holds the letter"),
    ("/boite-aux-lettres", "open in the demonstration alone"),
    ("/boite-aux-lettres/{file}", "open in the demonstration alone"),
    ("/boite-aux-lettres/{file}/{index}", "open in the demonstration alone"),
];

/// Addresses to which nothing leads in the two houses as they stand, each with why: there only the identifiers of what is
/// hidden are tried.
pub(super) const UNLED: &[(&[&str], &str)] = &[
    (
        &[
            "/appels-a-projets/{reference}/preparation/{part}/{item}",
            "/appels-a-projets/{reference}/preparation/{part}/{item}/apercu",
            "/appels-a-projets/{reference}/publication",
            "/appels-a-projets/{reference}/deliberation",
            "/appels-a-projets/{reference}/archivage",
            "/appels-a-projets/{reference}/annulation",
            "/appels-a-projets/{reference}/revision/publication",
            "/appels-a-projets/{reference}/binomes",
            "/appels-a-projets/{reference}/binomes/{application}/fin",
        ],
        "the calls are published, not for pairs, and in no state that asks",
    ),
    (
        &["/seances/{id}/proces-verbal", "/seances/{id}/cloture"],
        "asked once every file is decided, and where no board confirms; what they lead to is walked",
    ),
    (
        &[
            "/pieces/{attachment}",
            "/instruction/{id}/conservation",
            "/instruction/{id}/complements/{request}",
            "/comite/miroir/{reference}",
            "/finances/comptes/{id}",
            "/finances/comptes/{id}/fermeture",
            "/finances/lots/{id}/annulation",
            "/finances/lots/{id}/approbation",
            "/finances/releves/{id}",
            "/finances/releves/{id}/operations",
            "/finances/trop-percus/{id}/compensation",
            "/suivi/{grant}/reversement",
            "/finances/comptabilite/{id}/fichier",
            "/finances/dons/{id}",
            "/finances/dons/{id}/correction",
            "/finances/dons/{id}/annulation",
            "/finances/dons/{id}/annulation-du-recu",
            "/finances/dons/{id}/recus/{document}",
            "/finances/preuves/{id}",
            "/finances/preuves/{id}/fichier",
        ],
        "too few papers, files, reviews, accounts, runs, statements, debts, ended grants, accounting files, donations or \
         packs for a link",
    ),
    (
        &[
            "/finances/flechages/fichier",
            "/finances/tresorerie/attendu",
            "/finances/conventions/{id}/versements/fichier",
            "/finances/conventions/{id}/rapports/fichier",
            "/finances/conventions/{id}/flechages/fichier",
            "/finances/rapports/fichier",
        ],
        "no earmark, instalment or report to a funder is written down; tests/finance/money_lists.rs and \
         tests/finance/cash.rs open them",
    ),
    (
        &[
            "/bailleur/fichier",
            "/bailleur/subventions/{grant}",
            "/bailleur/subventions/{grant}/preuves/{number}",
            "/bailleur/preuves/{id}",
        ],
        "nobody there reads for a funder; tests/finance/evidence.rs looks at what a funder finds",
    ),
    (&["/rendez-vous/{id}/annulation"], "no slot is open; tests/committee/slots.rs compares their list"),
];

/// Addresses that take what a page ticked: the field, and whether a version follows the identifier.
const TICKED: &[(&str, &str, bool)] = &[
    ("/finances/versements/autorisation", "versement", true),
    ("/finances/lots", "ligne", true),
    ("/instruction/recevabilite", "dossier", true),
];

/// The members of the committee, who look for what must not be in every place of every address.
const SEEKERS: usize = 3;

/// Walks both houses as each of them, then looks as so many of them for what must not be by its identifiers.
async fn compared(without: &House, with: &House, seekers: usize) -> (Vec<String>, BTreeSet<String>) {
    let words: Vec<&str> = with.words.iter().map(String::as_str).collect();
    let known: Vec<Pair> = without.known.iter().cloned().zip(with.known.iter().cloned()).collect();
    let (one, other) = (&without.site, &with.site);
    let twins = Twins { one, other, words: &words, apart: APART, public: PUBLIC, known: &known };
    let (mut faults, mut reached) = (Vec::new(), BTreeSet::new());
    let mut walks: Vec<(Pair, Walk)> = Vec::new();
    for ((roles, one), (_, other)) in without.away.iter().zip(&with.away) {
        let who = (without.site.cookie_of(one), with.site.cookie_of(other));
        let (before, after) = (without.mails(one), with.mails(other));
        if before != after {
            faults.push(format!("{roles:?}: mails {before:#?}\n  and with it {after:#?}"));
        }
        let walk = twins.walk(&who, roles).await;
        walks.push((who, walk));
    }
    for (who, walk) in walks.iter_mut().skip(TEAM.len()).take(seekers) {
        twins.probe(&who.1, walk, &with.hidden).await;
        for (path, field, is_versioned) in TICKED {
            let said = async |id: &str| {
                let value = if *is_versioned { format!("{id}:0") } else { id.to_owned() };
                let fields = [(*field, value.as_str()), ("version", "0")];
                let reply = with.site.post(&who.1, path, &fields).await;
                (reply.status().as_u16(), bare(&reply.text().await.unwrap()))
            };
            let nothing = said(NOTHING).await;
            for hidden in &with.hidden {
                if said(hidden.as_str()).await != nothing {
                    walk.faults.push(format!("POST {path} with {field}={hidden}"));
                }
            }
        }
    }
    for ((roles, one), (_, walk)) in without.away.iter().zip(walks) {
        let told = walk.faults.into_iter().map(|fault| format!("{roles:?} {}: {fault}", id(one)));
        faults.extend(told);
        reached.extend(walk.reached);
    }
    (faults, reached)
}

#[actix_web::test]
async fn for_whoever_is_recused_the_house_is_one_in_which_the_file_never_was() {
    let ((_world, without), (_twin, with)) = (judging(false), judging(true));
    let (mut faults, mut reached) = compared(&without, &with, SEEKERS).await;
    let ((_world, without), (_twin, with)) = (paying(false), paying(true));
    let (more, also) = compared(&without, &with, SEEKERS).await;
    faults.extend(more);
    reached.extend(also);
    let of_team = |address: &&tisserand::web::routes::Address| {
        address.who.roles().is_none_or(|roles| roles.iter().any(|role| *role != Role::Applicant))
    };
    for address in SITE_MAP.iter().filter(of_team).filter(|address| address.method == "get") {
        let is_excused = |(paths, _): &(&[&str], &str)| paths.contains(&address.path);
        let is_known = ELSEWHERE.iter().chain(APART).any(|(known, _)| *known == address.path)
            || PUBLIC.contains(&address.path)
            || AFTER.contains(&address.path)
            || UNLED.iter().any(is_excused);
        if !is_known && !reached.contains(&format!("get {}", address.path)) {
            faults.push(format!("get {} was not walked", address.path));
        }
    }
    assert_none("recused", &faults);
}

#[actix_web::test]
async fn before_a_planned_session_the_house_is_one_in_which_the_files_never_were() {
    let ((_world, without), (_twin, with)) = (planned(false), planned(true));
    let (mut faults, reached) = compared(&without, &with, 1).await;
    for path in ["/seances/{id}", "/seances/{id}/salle", "/appels-a-projets/{reference}/classement"] {
        if !reached.contains(&format!("get {path}")) {
            faults.push(format!("get {path} was not walked"));
        }
    }
    assert_none("recused-planned", &faults);
}

#[actix_web::test]
async fn after_the_deliberation_the_house_is_one_in_which_the_files_never_were() {
    let ((_world, without), (_twin, with)) = (deliberated(false), deliberated(true));
    let (mut faults, reached) = compared(&without, &with, 1).await;
    for path in AFTER {
        if !reached.contains(&format!("get {path}")) {
            faults.push(format!("get {path} was not walked"));
        }
    }
    assert_none("recused-deliberated", &faults);
}
