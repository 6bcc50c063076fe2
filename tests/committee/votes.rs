//! Attendance, proxies and votes: whose voices count, for the session and for each file.

use super::{field, text};
use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, closed, id, person},
    site::Site,
};
use tisserand::{
    domain::{
        ids::{ApplicationId, SessionId},
        lifecycles::sessions::SessionEvent,
        roles::Role,
        sessions::{Attended, Presence},
    },
    store::{StoreError, Tx, attendance, sessions as rows},
    usecases::{
        Actor, Outcome, UseCaseError,
        committees::{self, Vote},
        recusals, sessions,
        votes::{self, VoteForm},
    },
};

fn form(in_favour: &str, against: &str, abstained: &str, reason: &str) -> VoteForm {
    let text = str::to_owned;
    VoteForm { in_favour: text(in_favour), against: text(against), abstained: text(abstained), reason: text(reason) }
}

fn proxy(giver: &Actor, holder: &Actor) -> Attended {
    Attended { person: id(giver), presence: Presence::Represented, holder: Some(id(holder)) }
}

fn note(world: &Programme, session: SessionId, noted: &[Attended]) -> Outcome<()> {
    world.db.write(|tx| sessions::record_attendance(tx, &world.officer, session, noted, None))
}

fn vote(world: &Programme, at: (SessionId, ApplicationId), seen: i32, form: &VoteForm) -> Outcome<()> {
    world.db.write(|tx| votes::record(tx, &world.officer, at, seen, form, closed()))
}

fn recuse(world: &Programme, member: &Actor, file: ApplicationId) {
    let declare = |tx: &mut Tx| recusals::declare_conflict(tx, member, id(member), file, "J’y siège", closed());
    world.db.write(declare).unwrap();
}

fn voices(world: &Programme, session: SessionId) -> i64 {
    let count = |conn: &mut tisserand::store::Conn| {
        let row = rows::find(conn, session)?;
        Ok::<_, StoreError>(attendance::roll(conn, &row)?.voices(&[]))
    };
    world.db.read(count).unwrap()
}

/// The sentences beside the fields.
fn wrong<T: std::fmt::Debug>(outcome: Outcome<T>) -> Vec<String> {
    let Err(UseCaseError::Invalid(fields)) = outcome else { panic!("{outcome:?}") };
    fields.into_iter().map(|field| field.message).collect()
}

#[test]
fn a_proxy_keeps_to_the_rules_of_its_committee() {
    for db in each_database() {
        let world = Programme::on(db);
        world.in_review(1, 3_000);
        let session = world.session();
        let [claire, mamadou, elodie, rachid] = &world.members[..] else { panic!("four members") };
        assert_eq!(voices(&world, session), 3);
        note(&world, session, &[proxy(rachid, claire)]).unwrap();
        assert_eq!(voices(&world, session), 4);
        let second = wrong(note(&world, session, &[proxy(elodie, claire)]));
        assert_eq!(second, ["Claire Vanhoutte porte déjà 1\u{a0}pouvoir, le plus que ce comité permet."]);
        let nobody = wrong(note(&world, session, &[(id(elodie), Presence::Represented).into()]));
        assert_eq!(nobody, ["Dites à qui Elodie Mercier donne pouvoir."]);
        let gone = wrong(note(&world, session, &[(id(claire), Presence::Excused).into()]));
        assert_eq!(gone, ["Claire Vanhoutte n’est pas dans la salle et ne peut pas porter ce pouvoir."]);
        assert_eq!(voices(&world, session), 4, "what is refused leaves nothing behind");
        note(&world, session, &[proxy(rachid, mamadou), (id(claire), Presence::Excused).into()]).unwrap();
        assert_eq!(voices(&world, session), 3);
        let chair = world.db.write(|tx| {
            let nothing: [Attended; 0] = [];
            sessions::record_attendance(tx, &world.officer, session, &nothing, Some(id(rachid)))
        });
        assert_eq!(wrong(chair), ["Rachid Hamdi n’est pas dans la salle et ne peut pas présider."]);
    }
}

#[test]
fn a_vote_counts_neither_who_is_out_nor_the_proxy_they_carry() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, file, _) = world.in_review(1, 3_000);
        let (_, other, _) = world.in_review(2, 3_000);
        let session = world.session();
        note(&world, session, &[proxy(&world.members[3], &world.members[1])]).unwrap();
        recuse(&world, &world.members[1], file);
        let many = wrong(vote(&world, (session, file), 0, &form("3", "", "", "")));
        assert_eq!(many, ["Il y a 2\u{a0}voix pour ce dossier, vous en comptez 3."]);
        vote(&world, (session, other), 0, &form("3", "", "1", "")).unwrap();
        vote(&world, (session, file), 0, &form("1", "1", "", "")).unwrap();
        let stale = vote(&world, (session, file), 0, &form("2", "", "", ""));
        assert!(matches!(stale, Err(UseCaseError::Store(StoreError::Stale))), "{stale:?}");
        let silent = wrong(vote(&world, (session, file), 1, &form("2", "0", "", " ")));
        assert_eq!(silent, ["Dites pourquoi le vote change\u{a0}: l’ancien reste visible."]);
        vote(&world, (session, file), 1, &form("2", "", "", "Une main mal comptée.")).unwrap();
        let counts = world.db.read(|conn| tisserand::store::votes::of_file(conn, session, file)).unwrap();
        let said: Vec<_> = counts.iter().map(|(row, by)| (row.tally().in_favour, row.voices, by.as_str())).collect();
        assert_eq!(said, [(1, 2, "Lucie Hennebelle"), (2, 2, "Lucie Hennebelle")], "the first count stays");
        let held = world.db.read(|conn| tisserand::store::votes::of_session(conn, session)).unwrap();
        assert_eq!((held[&file].number, held[&other].tally().abstained), (2, 1));
    }
}

#[test]
fn no_vote_is_counted_outside_a_session_or_on_a_hidden_file() {
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    let session = world.session();
    let reviewer =
        world.db.write(|tx| votes::record(tx, &world.members[0], (session, file), 0, &form("1", "", "", ""), closed()));
    assert!(matches!(reviewer, Err(UseCaseError::Store(StoreError::NotFound))));
    assert_eq!(wrong(vote(&world, (session, file), 0, &form("trois", "-1", "", ""))).len(), 2);
    assert_eq!(wrong(vote(&world, (session, file), 0, &form("", "", "", ""))), ["Indiquez au moins une voix."]);
    let colleague = person(&world.db, "Paul Lemaire", Role::Officer);
    let declare =
        |tx: &mut Tx| recusals::declare_conflict(tx, &world.officer, id(&colleague), file, "Un proche", closed());
    world.db.write(declare).unwrap();
    let hidden =
        world.db.write(|tx| votes::record(tx, &colleague, (session, file), 0, &form("1", "", "", ""), closed()));
    assert!(matches!(hidden, Err(UseCaseError::Store(StoreError::NotFound))));
    super::decisions::reject(&world, file);
    world.step(session, SessionEvent::Minute);
    let late = vote(&world, (session, file), 0, &form("1", "", "", "")).unwrap_err();
    assert_eq!(late.to_string(), "Le procès-verbal est établi\u{a0}: les votes ne changent plus.");
}

#[test]
fn nobody_who_takes_part_is_removed_in_mid_session() {
    for db in each_database() {
        let world = Programme::on(db);
        world.in_review(1, 3_000);
        let session = world.session();
        let dismiss =
            |who: &Actor| world.db.write(|tx| committees::dismiss(tx, &world.officer, world.call, id(who), closed()));
        let refused = dismiss(&world.members[0]).unwrap_err().to_string();
        assert!(refused.contains("prend part à la séance «\u{a0}Jury de mars\u{a0}»"), "{refused}");
        let silenced = world.db.write(|tx| {
            let who = id(&world.members[0]);
            committees::appoint(tx, &world.officer, world.call, who, "Région", Vote::Advisory, closed())
        });
        assert!(silenced.unwrap_err().to_string().contains("prend part"), "nor does a vote vanish");
        assert_eq!(voices(&world, session), 3, "nothing is lost");
        dismiss(&world.members[3]).unwrap();
        note(&world, session, &[(id(&world.members[2]), Presence::Excused).into()]).unwrap();
        dismiss(&world.members[2]).unwrap();
        assert_eq!(voices(&world, session), 2);
    }
}

#[actix_web::test]
async fn the_pages_take_proxies_and_votes_and_keep_what_was_typed() {
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    let session = world.session();
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let page = format!("/seances/{session}");
    let seats: Vec<_> = world.members.iter().map(|member| format!("presence-{}", id(member))).collect();
    let held = format!("represented:{}", id(&world.members[0]));
    let sent = |third: &'static str| {
        vec![
            (seats[0].as_str(), "present"),
            (seats[1].as_str(), "late"),
            (seats[2].as_str(), third),
            (seats[3].as_str(), held.as_str()),
        ]
    };
    let html = text(site.post(&cookie, &format!("{page}/presences"), &sent("represented")).await, 422).await;
    assert!(html.contains("Dites à qui Elodie Mercier donne pouvoir."), "{html}");
    assert!(html.contains(&format!("value=\"{held}\" selected")), "what was chosen is still there");
    assert_eq!(site.post(&cookie, &format!("{page}/presences"), &sent("excused")).await.status(), 303);
    // Somebody else's page, opened before, changes one presence alone.
    let stale: Vec<_> = seats.iter().take(2).map(|seat| (format!("avant-{seat}"), "present".to_owned())).collect();
    let mut late: Vec<_> = stale.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    late.extend([(seats[0].as_str(), "late"), (seats[1].as_str(), "present")]);
    late.extend([("avant-presidence", ""), ("presidence", "")]);
    assert_eq!(site.post(&cookie, &format!("{page}/presences"), &late).await.status(), 303);
    let noted = world.db.read(|conn| {
        let row = rows::find(conn, session)?;
        attendance::roll(conn, &row)
    });
    let noted = noted.unwrap();
    let presence = |member: usize| noted.seat(id(&world.members[member])).unwrap().presence;
    assert_eq!((presence(0), presence(1)), (Some(Presence::Late), Some(Presence::Late)), "what it did not touch stays");
    let html = text(site.get(&cookie, &page).await, 200).await;
    assert!(html.contains("3\u{a0}voix, quorum de 3 atteint") && html.contains("pouvoir à Claire Vanhoutte"), "{html}");
    site.post(&cookie, &format!("{page}/salle"), &[("dossier", file.as_str())]).await;
    let hearing = format!("{page}/dossiers/{file}");
    let html = text(site.get(&cookie, &hearing).await, 200).await;
    assert!(html.contains("quorum de 3 atteint") && field(&html, "compte") == "0", "{html}");
    let vote = format!("{hearing}/vote");
    let token = field(&html, "token");
    let html = text(site.post(&cookie, &vote, &[("token", &token), ("compte", "0"), ("pour", "9")]).await, 422).await;
    assert!(html.contains("vous en comptez 9") && html.contains("value=\"9\""), "{html}");
    let token = field(&html, "token");
    let first = [("token", token.as_str()), ("compte", "0"), ("pour", "2"), ("contre", "1")];
    assert_eq!(site.post(&cookie, &vote, &first).await.status(), 303);
    assert_eq!(site.post(&cookie, &vote, &first).await.status(), 303, "a second click");
    let token = field(&text(site.get(&cookie, &hearing).await, 200).await, "token");
    let late = [("token", token.as_str()), ("compte", "0"), ("pour", "3"), ("raison", "")];
    let html = text(site.post(&cookie, &vote, &late).await, 409).await;
    assert!(html.contains("vient de compter ce vote") && html.contains("value=\"3\""), "{html}");
    let token = field(&html, "token");
    let again = [("token", token.as_str()), ("compte", "1"), ("pour", "3"), ("raison", "Une main oubliée.")];
    assert_eq!(site.post(&cookie, &vote, &again).await.status(), 303);
    let html = text(site.get(&cookie, &hearing).await, 200).await;
    assert!(html.contains("3 pour, 0 contre") && html.contains("Corrigé\u{a0}: Une main oubliée."), "{html}");
    // A decision that was being typed stays, whether the vote is refused or counted.
    let version = field(&html, "version");
    let mut html = html;
    for (reason, status) in [("", 422), ("Une main baissée.", 200)] {
        let token = field(&html, "token");
        let mut sent = vec![("token", token.as_str()), ("version", &version), ("compte", "2"), ("pour", "2")];
        sent.extend([("contre", "1"), ("raison", reason)]);
        sent.extend([("decision", "award"), ("montant", "2 500"), ("motif", "Un projet solide.")]);
        let page = text(site.post(&cookie, &vote, &sent).await, status).await;
        for kept in ["value=\"award\" checked", "value=\"2 500\"", "Un projet solide.</textarea>"] {
            assert!(page.contains(kept), "{kept}: {page}");
        }
        assert_eq!(field(&page, "version"), version);
        html = page;
    }
    assert!(html.contains("Le vote est compté.") && html.contains("2 pour, 1 contre"), "{html}");
    assert!(html.contains(&format!("formaction=\"{vote}\"")), "both stand in one form: {html}");
    let token = field(&html, "token");
    let sent = [("token", token.as_str()), ("version", &version), ("pour", "3"), ("montant", "2 500")];
    let refused = text(site.post(&cookie, &hearing, &sent).await, 422).await;
    assert!(refused.contains("Choisissez une décision.") && refused.contains("value=\"3\""), "{refused}");
    let room = text(site.get(&cookie, &format!("{page}/salle")).await, 200).await;
    assert!(room.contains("2 pour, 1 contre"), "{room}");
    let member = text(site.get(&site.cookie_of(&world.members[1]), &format!("/comite{page}/salle")).await, 200).await;
    assert!(member.contains("2 pour, 1 contre") && member.contains("3\u{a0}voix, quorum de 3 atteint"), "{member}");
}
