//! Before the announcement, everything served to whoever applies, to their colleagues, to strangers and to nobody is the
//! same whether and whatever the committee decided.

use crate::support::{
    bare::bare,
    databases::sqlite_in_order,
    programme::{Programme, closed, id, open, person},
    site::Site,
    twins::{Twins, assert_none},
};
use std::collections::BTreeSet;
use tisserand::{
    domain::{
        decisions::{DecisionPace, Verdict},
        definitions::{self, DecisionAuthority},
        ids::ApplicationId,
        lifecycles::{
            calls::{Call, CallEvent},
            sessions::SessionEvent,
        },
        organisations::MemberSeat,
        roles::Role,
    },
    store::{
        Tx, applications as rows, messages,
        organisations::{self as organisation_rows, MemberRow},
    },
    usecases::{
        Actor,
        advance::advance_now,
        applications, calls,
        decisions::{self, DecisionForm},
        instants::TypedInstant,
        release_plans, reviews,
        rooms::{self, ProposalForm},
    },
    web::{audiences::Who, routes::SITE_MAP},
};

/// How far the committee has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// Nothing is read.
    Waiting,
    /// Scored, and something is proposed in the room.
    Proposed,
    /// Each file decided.
    Decided([Verdict; 2]),
    /// The same, the minutes confirmed and the hour of the letters fixed.
    Deliberated([Verdict; 2]),
}

/// Addresses at which an applicant has nothing to compare, each with why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("/static/{path:.*}", "the same bytes for everybody"),
    ("/connexion/lien/{secret}", "a way in, known to its owner"),
    ("/verifier/{code}", "no letter of a decision exists before the announcement"),
    ("/boite-aux-lettres", "open in the demonstration alone"),
    ("/boite-aux-lettres/{file}", "open in the demonstration alone"),
    ("/boite-aux-lettres/{file}/{index}", "open in the demonstration alone"),
    ("/pieces/{attachment}", "the bytes that somebody attached, which no decision touches"),
    ("/dossiers/{id}/rubriques/{section}/communes/{question}", "a search among communes, which reads no decision"),
    ("/dossiers/{id}/rendez-vous", "no refusal is told yet; tests/committee/slots.rs looks for it"),
    ("/subventions/{id}", "there is no grant for them yet"),
    ("/subventions/{id}/refus", "there is no grant for them yet"),
    ("/subventions/{id}/avenants", "there is no grant for them yet"),
    ("/subventions/{id}/bilans/{report}", "there is no grant for them yet"),
    ("/subventions/{id}/bilans/{report}/certification", "there is no grant for them yet"),
    ("/subventions/{id}/courriers/{document}", "there is no grant for them yet"),
];

/// Forms that would end the walker's own sign-in.
const ENDING: &[&str] = &["/deconnexion", "/compte/appareils/{id}/fin", "/compte/mot-de-passe"];

/// A call with two files read, and whoever has to do with the first.
struct Edition {
    world: Programme,
    files: [ApplicationId; 2],
    /// Who applies, a colleague, the other half of the pair, and somebody of another organisation.
    people: Vec<Actor>,
}

impl Edition {
    fn at(pace: DecisionPace, work: Work) -> Edition {
        let world = Programme::with(sqlite_in_order(), |call| {
            call.decisions = pace;
            if pace == DecisionPace::Rolling {
                call.decided_by = DecisionAuthority::Committee;
            }
        });
        let (holder, first) = world.filed(1, 3_000);
        let (_, second) = world.filed(2, 2_000);
        let organisation = world.application(first).organisation_id;
        let colleague = person(&world.db, "Camille Collègue", Role::Applicant);
        let seat = MemberRow {
            organisation_id: organisation,
            person_id: id(&colleague),
            seat: MemberSeat::Member,
            since: open(),
        };
        let partner = person(&world.db, "Paul Partenaire", Role::Applicant);
        let half = world.organisation(&partner, 5);
        let (outsider, _) = world.complete(6, 1_000);
        world
            .db
            .write(|tx| {
                organisation_rows::insert_member(tx, &seat)?;
                rows::set_partner(tx, first, Some(half))
            })
            .unwrap();
        other_drafts(&world, &holder, first);
        let reviews = [first, second].map(|file| world.review(file));
        let edition = Edition { world, files: [first, second], people: vec![holder, colleague, partner, outsider] };
        edition.goes_to(work, &reviews);
        edition
    }

    fn goes_to(&self, work: Work, read: &[tisserand::domain::ids::ReviewId]) {
        let world = &self.world;
        world.advance_call(CallEvent::StartReview).unwrap();
        let session = world.session();
        if work == Work::Waiting {
            return;
        }
        let marks = world.marks("4");
        for review in read {
            let act = |tx: &mut Tx| reviews::save_and_submit(tx, &world.members[0], *review, &marks, "Bien.", closed());
            world.db.write(act).unwrap();
        }
        for file in self.files {
            let form = ProposalForm { verdict: Some(Verdict::Award), amount: "1 500".into() };
            world.db.write(|tx| rooms::propose(tx, &world.officer, session, file, None, &form)).unwrap();
        }
        let (Work::Decided(verdicts) | Work::Deliberated(verdicts)) = work else { return };
        for (file, verdict) in self.files.into_iter().zip(verdicts) {
            let motive = "Un partenariat construit avec les habitant·es.".to_owned();
            let form = DecisionForm { verdict, amount: "1 500".into(), motive, conditions: "Un bilan public.".into() };
            let version = world.application(file).version;
            world.db.write(|tx| decisions::decide(tx, &world.officer, file, &form, version, closed())).unwrap();
        }
        if matches!(work, Work::Decided(_)) {
            return;
        }
        world.advance_call(CallEvent::Deliberate).unwrap();
        world.step(session, SessionEvent::Minute);
        world.try_step(&world.director, session, SessionEvent::Confirm).unwrap();
        let (typed, version) = (TypedInstant { day: "2027-04-02", hour: "09:00" }, world.call_row().version);
        world.db.write(|tx| release_plans::fix(tx, &world.officer, world.call, version, typed, closed())).unwrap();
    }

    /// Every mail owed to somebody who applies.
    fn mails(&self) -> Vec<String> {
        let mut mails = self.world.db.read(|conn| messages::page(conn, None, None, 5_000)).unwrap();
        let team = [&self.world.officer, &self.world.director];
        let inside: Vec<_> = team.into_iter().chain(&self.world.members).map(|actor| actor.person).collect();
        mails.retain(|mail| !inside.contains(&mail.recipient_id));
        mails.iter().map(|mail| bare(&format!("{} {} {}", mail.kind, mail.subject_line, mail.facts))).collect()
    }
}

/// Drafts of the same organisation in other calls, whose rules may look at what it was given before.
fn other_drafts(world: &Programme, holder: &Actor, file: ApplicationId) {
    let organisation = world.application(file).organisation_id;
    for text in [include_str!("../../fixtures/sublime.toml"), include_str!("../../fixtures/tandems.toml")] {
        let definition = definitions::parse(text).unwrap();
        let start = |tx: &mut Tx| {
            calls::load(tx, &Actor::system(), &definition, open())?;
            let call = calls::by_reference(tx.conn(), &definition.calls[0].reference)?.id;
            advance_now::<Call>(tx, &Actor::system(), call, CallEvent::Publish, open())?;
            applications::start(tx, holder, call, organisation, open())
        };
        world.db.write(start).unwrap();
    }
}

/// What differs between two editions, and which addresses gave something.
async fn compared(one: &Edition, other: &Edition) -> (Vec<String>, BTreeSet<String>) {
    let sites = [one, other].map(|edition| Site::over(&edition.world.db, closed()));
    let words = ["classes 1", "Passerelles"];
    let twins = Twins { one: &sites[0], other: &sites[1], words: &words, apart: &[], public: &[], known: &[] };
    let (mut faults, mut reached) = (Vec::new(), BTreeSet::new());
    let mails = (one.mails(), other.mails());
    if mails.0 != mails.1 {
        faults.push(format!("mails {:#?}\n  and with it {:#?}", mails.0, mails.1));
    }
    let mut told = Vec::new();
    for place in 0..=one.people.len() {
        let cookie = |at: usize, edition: &Edition| {
            edition.people.get(place).map(|who| sites[at].cookie_of(who)).unwrap_or_default()
        };
        let (who, roles) = ((cookie(0, one), cookie(1, other)), [Role::Applicant]);
        let roles = if place < one.people.len() { &roles[..] } else { &[] };
        told.push((twins.walk(&who, roles).await, who, roles.to_vec()));
    }
    for (place, (mut walk, who, roles)) in told.into_iter().enumerate() {
        twins.send(&who, &mut walk, &roles, ENDING).await;
        faults.extend(walk.faults.into_iter().map(|fault| format!("person {place}: {fault}")));
        reached.extend(walk.reached);
    }
    (faults, reached)
}

#[actix_web::test]
async fn whether_the_committee_decided_is_nowhere_to_be_read_before_the_announcement() {
    let of = |work| Edition::at(DecisionPace::Together, work);
    let (waiting, decided) = (of(Work::Waiting), of(Work::Decided([Verdict::Award, Verdict::Reject])));
    let (mut faults, reached) = compared(&waiting, &decided).await;
    let is_theirs = |who: Who| matches!(who, Who::Applicant | Who::Member | Who::Public);
    for address in SITE_MAP.iter().filter(|address| is_theirs(address.who)) {
        let is_known = ELSEWHERE.iter().any(|(known, _)| *known == address.path);
        if address.method == "get" && !is_known && !reached.contains(&format!("get {}", address.path)) {
            faults.push(format!("get {} was not walked", address.path));
        }
    }
    assert_none("whether", &faults);
}

#[actix_web::test]
async fn what_the_committee_decided_is_nowhere_to_be_read_before_the_announcement() {
    let of = |work| Edition::at(DecisionPace::Together, work);
    let pairs = [
        (Work::Decided([Verdict::Award, Verdict::Reject]), Work::Decided([Verdict::Reject, Verdict::Award])),
        (Work::Decided([Verdict::ReserveList, Verdict::Defer]), Work::Decided([Verdict::Award, Verdict::Award])),
        (Work::Deliberated([Verdict::Award, Verdict::Reject]), Work::Deliberated([Verdict::Reject, Verdict::Award])),
    ];
    for (one, other) in pairs {
        let (faults, _) = compared(&of(one), &of(other)).await;
        assert_none(&format!("{one:?}"), &faults);
    }
}

#[actix_web::test]
async fn what_is_proposed_in_the_room_of_a_rolling_call_is_nowhere_to_be_read() {
    let of = |work| Edition::at(DecisionPace::Rolling, work);
    let (faults, _) = compared(&of(Work::Waiting), &of(Work::Proposed)).await;
    assert_none("rolling", &faults);
}
