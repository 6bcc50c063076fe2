//! Houses at one moment of their life, each lived in twice: once with files that some people are recused from, and once
//! the same without them.

use crate::support::{
    bare::bare,
    databases::sqlite_in_order,
    grants::{Candidate as Applicant, Grantee, IBANS, Paying},
    programme::{Programme, closed, declare_interests, id, open, person},
    site::Site,
    twins::NOTHING,
};
use tisserand::{
    domain::{
        amendments::AmendmentKind,
        decisions::Verdict,
        exchanges::ExchangeSide,
        ids::{ApplicationId, CallId, SessionId},
        lifecycles::{
            applications::{Application, ApplicationEvent},
            calls::CallEvent,
            sessions::SessionEvent,
        },
        messages::Mail,
        money::Euros,
        reports::ReportKind,
        roles::Role,
        text::fold,
        time::Moment,
    },
    mail::render,
    store::{
        Db, Tx, attachments, decisions, disbursements, documents, grants as grant_rows,
        messages::{self, MessageRow},
        promotions as promotion_rows,
        recusals::{self, RecusalRow},
        reviews as review_rows,
    },
    usecases::{
        Actor,
        advance::advance_now,
        amendments,
        committees::{self, Vote},
        decisions::{self as verdicts, DecisionForm},
        entrustments, exchanges, minutes,
        organisations::{self, OrganisationForm},
        people,
        promotions::{self, Candidate, PromotionForm},
        reviews,
        rooms::{self, ProposalForm},
        settings::Settings,
    },
};

pub const TEAM: [Role; 5] = [Role::Officer, Role::Finance, Role::Director, Role::Auditor, Role::Admin];

/// Somebody who is recused, and their roles.
pub type Away = (Vec<Role>, Actor);

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
pub struct House {
    pub site: Site,
    pub away: Vec<Away>,
    /// What must not exist: identifiers, and words.
    pub hidden: Vec<String>,
    pub words: Vec<String>,
    /// Addresses that a mail leads to.
    pub known: Vec<String>,
    /// Whose grants are followed there: one that has lived, one whose first payment is due.
    pub grantees: Vec<Grantee>,
    /// The files before its committee.
    pub files: Vec<ApplicationId>,
}

impl House {
    fn over(db: &Db, now: Moment, away: Vec<Away>, files: &[ApplicationId]) -> House {
        let (mut hidden, mut words) = (Vec::new(), Vec::new());
        for file in files {
            let row = db.read(|conn| tisserand::usecases::applications::find(conn, &Actor::system(), *file)).unwrap();
            let proposed = db.read(|conn| promotion_rows::of_call(conn, row.call_id)).unwrap().into_iter();
            let proposed = proposed.filter(|(known, _)| known.application_id == *file);
            hidden.extend(traces(db, *file));
            hidden.extend(proposed.map(|(known, _)| known.id.to_string()));
            words.push(row.reference);
        }
        House {
            site: Site::over(db, now),
            away,
            hidden,
            words,
            known: Vec::new(),
            grantees: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Every mail owed to one of them, as it is read: subject, text and page, and the paper that comes with it.
    pub fn mails(&self, who: &Actor) -> Vec<String> {
        let mut mails = self.site.db.read(|conn| messages::page(conn, None, None, 5_000)).unwrap();
        mails.retain(|mail| mail.recipient_id == who.person);
        mails.iter().map(|mail| bare(&self.words_of(mail))).collect()
    }

    fn words_of(&self, mail: &MessageRow) -> String {
        let listed = self.site.db.read(|conn| entrustments::composed(conn, mail)).unwrap();
        let said: Mail = listed.unwrap_or_else(|| serde_json::from_str(&mail.facts).unwrap());
        let words = render(&said, &Settings::default(), &mail.recipient_name).unwrap();
        // A paper is printed from these facts and nothing else.
        let paper = mail.document_id.map(|id| self.site.db.read(|conn| documents::find(conn, id)).unwrap().facts);
        format!(
            "{} to {}\n{}\n{}\n{}\n{}",
            mail.kind,
            mail.recipient_address,
            words.subject,
            words.text,
            words.html,
            paper.unwrap_or_default()
        )
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
pub fn judging(has_file: bool) -> (Programme, House) {
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
    let mut house = House::over(&world.db, closed(), away, hidden.as_slice());
    house.files.extend([first, second]);
    house.words.extend(["classes 4", "Passerelles 4", "Porteuse 4"].map(str::to_owned));
    (world, house)
}

/// Hands in the same marks for a file that comes before the committee, read by these too.
fn heard(world: &Programme, file: ApplicationId, readers: &[&Actor]) {
    let (review, marks) = (world.review(file), world.marks("4"));
    for reader in readers {
        world.assign(file, reader).unwrap();
    }
    let act = |tx: &mut Tx| reviews::save_and_submit(tx, &world.members[0], review, &marks, "Solide.", closed());
    world.db.write(act).unwrap();
}

/// Files of organisations that are known in both houses, filed in the one that has them; everybody who is away is
/// recused from them.
fn hidden(world: &Programme, away: &[Away], numbers: &[u32], has_files: bool) -> Vec<ApplicationId> {
    let mut files = Vec::new();
    for number in numbers {
        let absent = person(&world.db, &format!("Porteuse {number}"), Role::Applicant);
        let organisation = world.organisation(&absent, *number);
        if has_files {
            let file = world.complete_for(&absent, organisation, *number, 2_500);
            recuse(&world.db, away, file);
            world.submit(&absent, file);
            speak(world, &absent, file);
            files.push(file);
        }
    }
    files
}

fn named(mut house: House, numbers: &[u32]) -> House {
    let words =
        |number: &u32| [format!("classes {number}"), format!("Passerelles {number}"), format!("Porteuse {number}")];
    house.words.extend(numbers.iter().flat_map(words));
    house
}

/// A call under review whose session is planned and not convened: of what is hidden one file is on its agenda, where
/// something is proposed for it, and one waits for any.
pub fn planned(has_files: bool) -> (Programme, House) {
    let (world, numbers) = (Programme::on(sqlite_in_order()), [4, 5]);
    let away = away(&world.db, &world.officer, world.call);
    let [first, second, _] = [(1, 3_000), (2, 2_000), (3, 1_500)].map(|(number, asked)| world.filed(number, asked).1);
    let hidden = hidden(&world, &away, &numbers, has_files);
    heard(&world, first, &[&away[5].1, &away[6].1]);
    hidden.iter().take(1).for_each(|file| heard(&world, *file, &[]));
    let session = world.planned_session();
    propose(&world, session, first);
    hidden.iter().take(1).for_each(|file| propose(&world, session, *file));
    heard(&world, second, &[&away[6].1]);
    hidden.iter().skip(1).for_each(|file| heard(&world, *file, &[]));
    world.advance_call(CallEvent::StartReview).unwrap();
    let house = House::over(&world.db, closed(), away, &hidden);
    (world, named(house, &numbers))
}

fn decide(world: &Programme, file: ApplicationId, verdict: Verdict) {
    let motive = "Un partenariat construit avec les habitant·es.".to_owned();
    let form = DecisionForm { verdict, amount: "2 500".into(), motive, conditions: String::new() };
    let version = world.application(file).version;
    world.db.write(|tx| verdicts::decide(tx, &world.officer, file, &form, version, closed())).unwrap();
}

/// Proposes a file of the reserve list to the management.
fn promote(world: &Programme, file: ApplicationId) {
    let form = PromotionForm {
        amount: "1 500".into(),
        motive: "Il peut commencer tout de suite.".into(),
        skipping: "Les autres attendent un partenaire.".into(),
        ..PromotionForm::default()
    };
    let version = world.application(file).version;
    let candidate = Candidate { reference: &world.definition.reference, id: file, version };
    assert!(world.db.write(|tx| promotions::propose(tx, &world.officer, candidate, &form, closed())).unwrap());
}

/// A call whose files are decided and not announced: its minutes are signed and not confirmed, a file of the reserve list
/// waits for the management. What is hidden is granted, or waits beside it.
pub fn deliberated(has_files: bool) -> (Programme, House) {
    use Verdict::{Award, Reject, ReserveList};
    let (world, numbers) = (Programme::on(sqlite_in_order()), [5, 6]);
    let away = away(&world.db, &world.officer, world.call);
    let seen = [(1, Award), (2, ReserveList), (3, ReserveList), (4, Reject)];
    let seen = seen.map(|(number, verdict)| (world.filed(number, 3_000).1, verdict));
    let hidden = hidden(&world, &away, &numbers, has_files);
    let files: Vec<_> = seen.into_iter().chain(hidden.iter().copied().zip([ReserveList, Award])).collect();
    files.iter().for_each(|(file, _)| heard(&world, *file, &[]));
    let session = world.session();
    away[5..].iter().for_each(|(_, one)| world.confirm_interests(one, session));
    files.iter().for_each(|(file, verdict)| decide(&world, *file, *verdict));
    world.advance_call(CallEvent::StartReview).unwrap();
    world.advance_call(CallEvent::Deliberate).unwrap();
    world.step(session, SessionEvent::Minute);
    world.db.write(|tx| minutes::sign_read(tx, session, closed())).unwrap();
    promote(&world, seen[1].0);
    hidden.iter().take(1).for_each(|file| promote(&world, *file));
    let mut house = named(House::over(&world.db, closed(), away, &hidden), &numbers);
    house.known.push(format!("/comite/seances/{session}/proces-verbal"));
    (world, house)
}

fn awarded(paying: &Paying, candidate: Applicant, amount: Euros) -> Grantee {
    let Applicant { holder, organisation, application } = candidate;
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
    let alone = Grantee { holder, organisation, grant: NOTHING.parse().unwrap() };
    paying.does(|tx| paying.session(tx)).unwrap();
    let account = paying.enter_account(&alone, IBANS[2], "Le Fil").unwrap();
    paying.verify(account, now).unwrap();
}

/// A call whose grants are followed and paid.
pub fn paying(has_file: bool) -> (Paying, House) {
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
    let mut house = House::over(&paying.db, paying.now, away, file.as_slice());
    house.words.push("Le Fil".into());
    house.grantees.extend([seen, waiting]);
    (paying, house)
}
