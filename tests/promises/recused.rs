//! For whoever is recused from a file, in whatever role, the site is that of a house in which the file never was: two
//! houses are lived in side by side, the same but for one file, and everything one person is served there is compared.

use crate::support::{
    databases::sqlite_in_order,
    grants::{Candidate, Grantee, IBANS, Paying},
    programme::{Programme, closed, declare_interests, id, open, person},
    site::Site,
    twins::{Pair, Twins, Walk, assert_none, bare},
};
use std::collections::BTreeSet;
use tisserand::{
    domain::{
        amendments::AmendmentKind,
        decisions::Verdict,
        exchanges::ExchangeSide,
        ids::{ApplicationId, CallId, SessionId},
        lifecycles::applications::{Application, ApplicationEvent},
        money::Euros,
        reports::ReportKind,
        roles::Role,
        text::fold,
        time::Moment,
    },
    store::{
        Db, Tx, attachments, decisions, disbursements, documents, grants as grant_rows, messages,
        recusals::{self, RecusalRow},
        reviews as review_rows,
    },
    usecases::{
        Actor,
        advance::advance_now,
        amendments,
        committees::{self, Vote},
        exchanges,
        organisations::{self, OrganisationForm},
        people, reviews,
        rooms::{self, ProposalForm},
    },
    web::routes::SITE_MAP,
};

const TEAM: [Role; 5] = [Role::Officer, Role::Finance, Role::Director, Role::Auditor, Role::Admin];

/// Addresses that may not be the same, each with why. What names the file stands on none of them.
const APART: &[(&str, &str)] = &[
    ("/finances/journal", "the lines are numbered through the whole journal: a number that is missing is no file"),
    ("/finances/journal/fichier", "the same lines as a file"),
    ("/administration/historique", "the same, and the seal is that of the whole chain"),
    ("/administration/integrite", "the promises are asked of everything there is, which is what they are for"),
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
        &[
            "/seances/{id}/proces-verbal",
            "/seances/{id}/proces-verbal/{number}",
            "/seances/{id}/correction",
            "/seances/{id}/cloture",
            "/comite/seances/{id}/proces-verbal",
            "/comite/seances/{id}/proces-verbal/{number}",
            "/direction/seances/{id}",
        ],
        "the session is not over; tests/committee/minutes.rs compares minutes",
    ),
    (
        &[
            "/appels-a-projets/{reference}/annonce/{application}",
            "/appels-a-projets/{reference}/annonce/{application}/pdf",
            "/appels-a-projets/{reference}/reserve/{application}",
            "/direction/promotions/{id}",
        ],
        "nothing is decided and not announced, nothing waits on a reserve list",
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
        &["/bailleur/subventions/{grant}", "/bailleur/subventions/{grant}/preuves/{number}", "/bailleur/preuves/{id}"],
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

/// Somebody who is recused, and their roles.
pub(super) type Away = (Vec<Role>, Actor);

fn somebody(db: &Db, name: &str, roles: &[Role]) -> Away {
    let first = person(db, name, roles[0]);
    let address = format!("{}@example.org", fold(name).replace(' ', "."));
    let also = |tx: &mut Tx, role| people::ensure(tx, &address.parse().unwrap(), name, role, open());
    for role in roles {
        db.write(|tx| also(tx, *role)).unwrap();
    }
    (roles.to_vec(), Actor::person(id(&first), roles.to_vec()))
}

/// One person of each role, one who has them all, one who reads, and a guest; all sit where they may.
fn away(db: &Db, officer: &Actor, call: CallId) -> Vec<Away> {
    let names = ["Odile Autre", "Fanny Autre", "Diane Autre", "Ada Autre", "Aline Autre"];
    let mut away: Vec<Away> = names.iter().zip(TEAM).map(|(name, role)| somebody(db, name, &[role])).collect();
    let all: Vec<Role> = TEAM.into_iter().chain([Role::Reviewer, Role::Funder]).collect();
    let seats = [Vote::Deliberative, Vote::Deliberative, Vote::Guest];
    let reader = [Role::Reviewer];
    let named = [("Toussaint Tout", &all[..]), ("Marc Membre", &reader[..]), ("Zoe Leroy", &reader[..])];
    for ((name, roles), vote) in named.into_iter().zip(seats) {
        let one = somebody(db, name, roles);
        let appoint = |tx: &mut Tx| committees::appoint(tx, officer, call, id(&one.1), "Région", vote, open());
        db.write(appoint).unwrap();
        declare_interests(db, &one.1, &[]);
        away.push(one);
    }
    away
}

fn recuse(db: &Db, away: &[Away], file: ApplicationId) {
    for (_, one) in away {
        let row = |tx: &mut Tx| {
            let row = RecusalRow {
                id: tx.mint(open())?,
                person_id: id(one),
                application_id: file,
                reason: "Ma sœur y travaille".into(),
                declared_by: id(one),
                declared_at: open(),
            };
            recusals::insert(tx, &row)
        };
        db.write(row).unwrap();
    }
}

/// A house at one moment of its life.
pub(super) struct House {
    pub site: Site,
    pub away: Vec<Away>,
    /// What must not exist: identifiers, and words.
    hidden: Vec<String>,
    words: Vec<String>,
    /// Whose grants are followed there: one that has lived, one whose first payment is due.
    pub grantees: Vec<Grantee>,
    /// The files before its committee.
    pub files: Vec<ApplicationId>,
}

impl House {
    fn over(db: &Db, now: Moment, away: Vec<Away>, file: Option<ApplicationId>) -> House {
        let (hidden, mut words) = (file.map(|file| traces(db, file)).unwrap_or_default(), Vec::new());
        if let Some(file) = file {
            let row = db.read(|conn| tisserand::usecases::applications::find(conn, &Actor::system(), file)).unwrap();
            words.push(row.reference);
        }
        House { site: Site::over(db, now), away, hidden, words, grantees: Vec::new(), files: Vec::new() }
    }

    /// Every mail owed to one of them.
    fn mails(&self, who: &Actor) -> Vec<String> {
        let mut mails = self.site.db.read(|conn| messages::page(conn, None, None, 5_000)).unwrap();
        mails.retain(|mail| mail.recipient_id == who.person);
        mails.iter().map(|mail| bare(&format!("{} {} {}", mail.kind, mail.subject_line, mail.facts))).collect()
    }
}

/// Every identifier by which somebody could ask for the file or for what came of it.
fn traces(db: &Db, file: ApplicationId) -> Vec<String> {
    let found = db.read(|conn| {
        let mut ids = vec![file.to_string()];
        ids.extend(attachments::of_owner(conn, file.as_str())?.into_iter().take(1).map(|row| row.id.to_string()));
        ids.extend(documents::of_subject(conn, file.as_str())?.into_iter().map(|row| row.id.to_string()));
        ids.extend(review_rows::of_application(conn, file)?.into_iter().map(|row| row.id.to_string()));
        let mails = messages::about(conn, file.as_str(), 2)?;
        ids.extend(mails.into_iter().map(|row| row.id.to_string()));
        let Some(grant) = grant_rows::of_application(conn, file)? else { return Ok(ids) };
        ids.push(grant.id.to_string());
        ids.extend(documents::of_subject(conn, grant.id.as_str())?.into_iter().map(|row| row.id.to_string()));
        let paid = disbursements::of_grant(conn, grant.id)?;
        ids.extend(paid.iter().filter_map(|row| row.payment_run_id).map(|run| run.to_string()));
        ids.extend(paid.into_iter().map(|row| row.id.to_string()));
        for report in tisserand::store::reports::of_grant(conn, grant.id)? {
            let papers = attachments::of_owner(conn, report.id.as_str())?;
            ids.extend(papers.into_iter().take(1).map(|row| row.id.to_string()));
            ids.push(report.id.to_string());
        }
        let asked = tisserand::store::amendments::of_grants(conn, &[grant.id])?;
        ids.extend(asked.into_iter().map(|row| row.id.to_string()));
        let owed = tisserand::store::recoveries::of_grant(conn, grant.id)?;
        ids.extend(owed.into_iter().map(|row| row.id.to_string()));
        Ok::<_, tisserand::store::StoreError>(ids)
    });
    found.unwrap()
}

fn speak(world: &Programme, who: &Actor, file: ApplicationId) {
    let post = |tx: &mut Tx| {
        exchanges::post(tx, who, file, ExchangeSide::Applicant, ("Une question sur le budget.", &[]), closed())
    };
    world.db.write(post).unwrap();
}

fn propose(world: &Programme, session: SessionId, file: ApplicationId) {
    let form = ProposalForm { verdict: Some(Verdict::Award), amount: "1 500".into() };
    world.db.write(|tx| rooms::propose(tx, &world.officer, session, file, None, &form)).unwrap();
}

/// A call before its committee, in the middle of a session.
pub(super) fn judging(has_file: bool) -> (Programme, House) {
    let world = Programme::on(sqlite_in_order());
    let away = away(&world.db, &world.officer, world.call);
    let (holder, first, review) = world.in_review(1, 3_000);
    let (_, second, _) = world.in_review(2, 2_000);
    world.filed(3, 1_500);
    for (file, reader) in [(first, &away[5].1), (first, &away[6].1), (second, &away[5].1), (second, &away[6].1)] {
        world.assign(file, reader).unwrap();
    }
    let score = |review| {
        let marks = world.marks("4");
        let act = |tx: &mut Tx| reviews::save_and_submit(tx, &world.members[0], review, &marks, "Solide.", closed());
        world.db.write(act).unwrap();
    };
    score(review);
    speak(&world, &holder, first);
    let mut hidden = None;
    let absent = person(&world.db, "Porteuse 4", Role::Applicant);
    let organisation = world.organisation(&absent, 4);
    if has_file {
        let file = world.complete_for(&absent, organisation, 4, 2_500);
        recuse(&world.db, &away, file);
        world.submit(&absent, file);
        score(world.review(file));
        speak(&world, &absent, file);
        hidden = Some(file);
    }
    let session = world.session();
    away[5..].iter().for_each(|(_, one)| world.confirm_interests(one, session));
    propose(&world, session, first);
    if let Some(file) = hidden {
        propose(&world, session, file);
    }
    world.db.write(|tx| rooms::call_up(tx, &world.officer, session, Some(first))).unwrap();
    let mut house = House::over(&world.db, closed(), away, hidden);
    house.files.extend([first, second]);
    house.words.extend(["classes 4", "Passerelles 4", "Porteuse 4"].map(str::to_owned));
    (world, house)
}

fn awarded(paying: &Paying, candidate: Candidate, amount: Euros) -> Grantee {
    let Candidate { holder, organisation, application } = candidate;
    let grant = paying.does(|tx| {
        decisions::set(tx, application, Some(amount), Some("Un projet solide."), None)?;
        advance_now::<Application>(tx, &paying.officer, application, ApplicationEvent::Award, paying.now)?;
        Ok(grant_rows::of_application(tx.conn(), application)?.unwrap().id)
    });
    Grantee { holder, organisation, grant: grant.unwrap() }
}

/// Paid once, asks for more time, reports, and owes something back.
fn lived(paying: &Paying, grantee: &Grantee, name: &str, iban: &str) {
    paying.ready(grantee, name, iban);
    let form = amendments::AmendmentForm {
        new_partner: "La Maison d’à côté".into(),
        ..amendments::AmendmentForm::new(AmendmentKind::Partner, "Changer de salle", "La nôtre ferme")
    };
    paying.does(|tx| amendments::request(tx, &grantee.holder, grantee.grant, &form, paying.now)).unwrap();
    let lines = paying.payments(grantee.grant);
    paying.pay(paying.prepare(&[lines[0].id]));
    paying.report(grantee, ReportKind::Final, Euros::whole(1_000));
}

/// The organisation of the file, in the house in which it never applied: known, and its account verified.
fn organisation_alone(paying: &Paying) {
    let now = paying.now;
    let form = OrganisationForm {
        nom: "Le Fil".into(),
        forme: "association".into(),
        siret: "55208131766522".into(),
        rue: "1 rue des Jardins".into(),
        code_postal: "59000".into(),
        ville: "Lille".into(),
        courriel: "contact@le.fil.example".into(),
        representant: "Hélo Le Fil".into(),
        qualite: "présidente".into(),
        ..OrganisationForm::default()
    };
    let made = paying.does(|tx| {
        let holder = crate::support::grants::person(tx, "Hélo Le Fil", Role::Applicant, now)?;
        Ok((organisations::create(tx, &holder, &form, now)?, holder))
    });
    let (organisation, holder) = made.unwrap();
    // No grant is asked for to enter an account.
    let alone = Grantee { holder, organisation, grant: crate::support::twins::NOTHING.parse().unwrap() };
    paying.does(|tx| paying.session(tx)).unwrap();
    let account = paying.enter_account(&alone, IBANS[2], "Le Fil").unwrap();
    paying.verify(account, now).unwrap();
}

/// A call whose grants are followed and paid.
pub(super) fn paying(has_file: bool) -> (Paying, House) {
    let paying = Paying::on(sqlite_in_order());
    let away = away(&paying.db, &paying.officer, paying.call);
    let seen = paying.candidate("Les Passeurs", Euros::whole(6_000));
    let waiting = paying.candidate("Les Voisins", Euros::whole(4_000));
    let (seen, waiting) = (awarded(&paying, seen, Euros::whole(6_000)), awarded(&paying, waiting, Euros::whole(4_000)));
    let hidden = has_file.then(|| paying.candidate("Le Fil", Euros::whole(5_000)));
    let file = hidden.as_ref().map(|candidate| candidate.application);
    if let Some(file) = file {
        recuse(&paying.db, &away, file);
    }
    let hidden = hidden.map(|candidate| awarded(&paying, candidate, Euros::whole(5_000)));
    paying.announce();
    paying.ready(&waiting, "Les Voisins", IBANS[1]);
    lived(&paying, &seen, "Les Passeurs", IBANS[0]);
    match &hidden {
        Some(grantee) => lived(&paying, grantee, "Le Fil", IBANS[2]),
        None => organisation_alone(&paying),
    }
    let mut house = House::over(&paying.db, paying.now, away, file);
    house.words.push("Le Fil".into());
    house.grantees.extend([seen, waiting]);
    (paying, house)
}

/// Walks both houses as each of them, then looks for what must not be by its identifiers.
async fn compared(without: &House, with: &House) -> (Vec<String>, BTreeSet<String>) {
    let words: Vec<&str> = with.words.iter().map(String::as_str).collect();
    let twins = Twins { one: &without.site, other: &with.site, words: &words, apart: APART, public: PUBLIC };
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
    for (who, walk) in walks.iter_mut().skip(TEAM.len()) {
        twins.probe(&who.1, walk, &with.hidden).await;
        for (path, field, is_versioned) in TICKED {
            let said = async |id: &str| {
                let value = if *is_versioned { format!("{id}:0") } else { id.to_owned() };
                let fields = [(*field, value.as_str()), ("version", "0")];
                let reply = with.site.post(&who.1, path, &fields).await;
                (reply.status().as_u16(), bare(&reply.text().await.unwrap()))
            };
            let nothing = said(crate::support::twins::NOTHING).await;
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
    let (mut faults, mut reached) = compared(&without, &with).await;
    let ((_world, without), (_twin, with)) = (paying(false), paying(true));
    let (more, also) = compared(&without, &with).await;
    faults.extend(more);
    reached.extend(also);
    let of_team = |address: &&tisserand::web::routes::Address| {
        address.who.roles().is_none_or(|roles| roles.iter().any(|role| *role != Role::Applicant))
    };
    for address in SITE_MAP.iter().filter(of_team).filter(|address| address.method == "get") {
        let is_excused = |(paths, _): &(&[&str], &str)| paths.contains(&address.path);
        let is_known = ELSEWHERE.iter().chain(APART).any(|(known, _)| *known == address.path)
            || PUBLIC.contains(&address.path)
            || UNLED.iter().any(is_excused);
        if !is_known && !reached.contains(&format!("get {}", address.path)) {
            faults.push(format!("get {} was not walked", address.path));
        }
    }
    assert_none("recused", &faults);
}
