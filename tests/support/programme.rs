//! A published Récital call with its team, its committee and filed applications, walked through the use cases.

use super::databases::TestDb;
use std::collections::BTreeMap;
use tisserand::{
    domain::{
        definitions::{
            self, CallDefinition, Definition, ProjectField, Question, QuestionKind, SectionContent, SourceKind,
        },
        forms::rows_text,
        ids::{ApplicationId, CallId, OrganisationId, PersonId, ReviewId, SessionId},
        lifecycles::{
            applications::{Application, ApplicationEvent},
            calls::{Call, CallEvent},
            sessions::SessionEvent,
        },
        money::Euros,
        roles::Role,
        sessions::Presence,
        text::fold,
        time::Moment,
    },
    store::{Db, Tx, applications as rows, calls as call_rows},
    usecases::{
        Actor, Outcome,
        advance::advance_now,
        answers, applications, assignments, attachments, calls,
        committees::{self, Vote},
        complements::{self, Asking},
        interests::{self, InterestsForm, TypedInterest},
        minutes,
        organisations::{self, OrganisationForm},
        people, reference_data,
        reviews::TypedMark,
        sessions::{self, SessionForm},
        ties,
    },
};

/// The database with everybody in it.
pub struct Programme {
    pub db: TestDb,
    pub call: CallId,
    pub definition: CallDefinition,
    pub officer: Actor,
    pub director: Actor,
    /// Members with a vote.
    pub members: Vec<Actor>,
}

/// While the call is open.
pub fn open() -> Moment {
    Moment::start_of_day("2026-12-01".parse().unwrap())
}

/// After its deadline.
pub fn closed() -> Moment {
    Moment::start_of_day("2027-02-15".parse().unwrap())
}

/// A person with one role, signed in.
pub fn person(db: &Db, name: &str, role: Role) -> Actor {
    let address = format!("{}@example.org", fold(name).replace(' ', "."));
    let id = db.write(|tx| people::ensure(tx, &address.parse().unwrap(), name, role, open())).unwrap();
    Actor::person(id, vec![role])
}

/// Makes the yearly declaration of a member anew: these organisations, for which they work.
pub fn declare_interests(db: &Db, member: &Actor, organisations: &[&str]) {
    declare_at(db, member, organisations, open().plus_minutes(1));
}

fn declare_at(db: &Db, member: &Actor, organisations: &[&str], now: Moment) {
    let line = |name: &&str| TypedInterest {
        organisation: name.to_string(),
        bond: "employer".into(),
        ..TypedInterest::default()
    };
    let answer = if organisations.is_empty() { "rien" } else { "liens" };
    let form = InterestsForm {
        answer: answer.into(),
        lines: organisations.iter().map(line).collect(),
        ..InterestsForm::default()
    };
    db.write(|tx| interests::declare(tx, member, &form, None, now)).unwrap();
}

/// The identifier of a person.
pub fn id(actor: &Actor) -> PersonId {
    actor.person.unwrap()
}

/// A SIRET whose check digit fits.
pub fn siret(number: u32) -> String {
    // A SIRET holds a SIREN that fits too; its ninth digit is searched first.
    (0..10)
        .flat_map(|ninth| (0..10).map(move |last| (ninth, last)))
        .map(|(ninth, last)| format!("{:08}{ninth}0001{last}", 10_000_000 + number))
        .find(|text| text.parse::<tisserand::domain::identity::Siret>().is_ok())
        .unwrap()
}

impl Programme {
    /// A published call with a committee of four.
    pub fn on(db: TestDb) -> Self {
        Self::with(db, |_| {})
    }

    /// The same, its call changed before it is published.
    pub fn with(db: TestDb, change: impl FnOnce(&mut CallDefinition)) -> Self {
        Self::with_definition(db, |definition| change(&mut definition.calls[0]))
    }

    /// One that also collects donations, under this reference.
    pub fn collecting(db: TestDb, reference: &str) -> Self {
        Programme::with_definition(db, |definition| {
            let mut source = definition.funding_sources[0].clone();
            source.reference = reference.to_owned();
            source.title = "Dons des habitant·es".into();
            source.amount = Euros::ZERO;
            source.kind = SourceKind::Donations;
            source.earmarks.clear();
            definition.funding_sources.push(source);
        })
    }

    /// The same, anything in its definition changed.
    pub fn with_definition(db: TestDb, change: impl FnOnce(&mut Definition)) -> Self {
        let mut definition = definitions::parse(include_str!("../../fixtures/recital.toml")).unwrap();
        change(&mut definition);
        db.write(reference_data::load).unwrap();
        db.write(|tx| calls::load(tx, &Actor::system(), &definition, open())).unwrap();
        let definition = definition.calls.remove(0);
        let call = db.read(|conn| calls::by_reference(conn, &definition.reference)).unwrap().id;
        let officer = person(&db, "Lucie Hennebelle", Role::Officer);
        let director = person(&db, "Nadia Belkacem", Role::Director);
        db.write(|tx| advance_now::<Call>(tx, &officer, call, CallEvent::Publish, open())).unwrap();
        let names = ["Claire Vanhoutte", "Mamadou Sarr", "Elodie Mercier", "Rachid Hamdi"];
        let members: Vec<Actor> = names.iter().map(|name| person(&db, name, Role::Reviewer)).collect();
        for member in &members {
            let appoint =
                |tx: &mut Tx| committees::appoint(tx, &officer, call, id(member), "Région", Vote::Deliberative, open());
            db.write(appoint).unwrap();
            declare_at(&db, member, &[], open());
        }
        Programme { db, call, definition, officer, director, members }
    }

    /// A complete application, filed in time by an association of its own.
    pub fn filed(&self, number: u32, requested: i64) -> (Actor, ApplicationId) {
        let (applicant, id) = self.complete(number, requested);
        self.submit(&applicant, id);
        (applicant, id)
    }

    /// Files an application in time.
    pub fn submit(&self, applicant: &Actor, id: ApplicationId) {
        let version = self.application(id).version;
        self.db.write(|tx| applications::submit(tx, applicant, id, version, open())).unwrap();
    }

    /// A complete application, not filed yet.
    pub fn complete(&self, number: u32, requested: i64) -> (Actor, ApplicationId) {
        let applicant = person(&self.db, &format!("Porteuse {number}"), Role::Applicant);
        let organisation = self.organisation(&applicant, number);
        let id = self.complete_for(&applicant, organisation, number, requested);
        (applicant, id)
    }

    /// The same, of an organisation there is already.
    pub fn complete_for(
        &self,
        applicant: &Actor,
        organisation: OrganisationId,
        number: u32,
        requested: i64,
    ) -> ApplicationId {
        let start = |tx: &mut Tx| applications::start(tx, applicant, self.call, organisation, open());
        let id = self.db.write(start).unwrap();
        let amount = Euros::whole(requested);
        for section in &self.definition.sections {
            let typed = match section.content {
                SectionContent::Budget => budget(amount),
                SectionContent::Partners => BTreeMap::from([
                    ("partenaire-0-nom".to_owned(), "Médiathèque".to_owned()),
                    ("partenaire-0-role".to_owned(), "prête la salle".to_owned()),
                ]),
                _ => section
                    .questions
                    .iter()
                    .map(|q| (q.code.clone(), answer(&self.definition, q, amount, number)))
                    .collect(),
            };
            let save = |tx: &mut Tx| answers::save_section(tx, applicant, id, &section.code, &typed, open());
            assert_eq!(self.db.write(save).unwrap(), [], "{}", section.code);
        }
        for document in &self.definition.documents {
            let file = attachments::judge("f", "piece.pdf", PDF).unwrap();
            let attach = |tx: &mut Tx| answers::attach(tx, applicant, id, &document.code, &file, open());
            self.db.write(attach).unwrap();
        }
        self.without_ties(applicant, id);
        id
    }

    /// Declares that nobody has a tie with the network.
    pub fn without_ties(&self, applicant: &Actor, id: ApplicationId) {
        let form = ties::TiesForm { liens: "non".into(), rows: Vec::new() };
        let declare = |tx: &mut Tx| {
            let read_at = ties::last_declared(tx.conn(), id)?;
            ties::declare(tx, applicant, id, &form, read_at, open())
        };
        self.db.write(declare).unwrap();
    }

    /// An association whose member is `applicant`.
    pub fn organisation(&self, applicant: &Actor, number: u32) -> OrganisationId {
        let form = OrganisationForm {
            nom: format!("Passerelles {number}"),
            forme: "association".into(),
            siret: siret(number),
            rue: "3 rue du Port".into(),
            code_postal: "59000".into(),
            ville: "Lille".into(),
            creation: "2015-03-01".into(),
            budget_annuel: "80 000".into(),
            courriel: format!("contact{number}@example.org"),
            representant: format!("Anaïs Lefèvre {number}"),
            qualite: "présidente".into(),
            ..OrganisationForm::default()
        };
        self.db.write(|tx| organisations::create(tx, applicant, &form, open())).unwrap()
    }

    /// The row as it is now.
    pub fn application(&self, id: ApplicationId) -> rows::ApplicationRow {
        self.db.read(|conn| applications::find(conn, &Actor::system(), id)).unwrap()
    }

    /// Closes the window and declares an application admissible.
    pub fn eligible(&self, id: ApplicationId) {
        let version = self.application(id).version;
        self.db.write(|tx| applications::declare_eligible(tx, &self.officer, id, version, closed())).unwrap();
    }

    /// Asks for the complement of these items, named as their boxes are.
    pub fn ask_complement(&self, id: ApplicationId, wanted: &str, items: &[&str], at: Moment) -> Outcome<()> {
        let items = items.iter().map(|item| (item.parse().unwrap(), "")).collect();
        let (asking, version) = (Asking { wanted, items, due_on: "" }, self.application(id).version);
        self.db.write(|tx| complements::request(tx, &self.officer, id, version, &asking, at)).map(drop)
    }

    /// Entrusts an admissible application to this member.
    pub fn assign(&self, id_: ApplicationId, member: &Actor) -> Outcome<ReviewId> {
        self.db.write(|tx| assignments::assign(tx, &self.officer, id_, id(member), None, closed()))
    }

    /// An admissible application with one reader, before the committee.
    pub fn in_review(&self, number: u32, requested: i64) -> (Actor, ApplicationId, ReviewId) {
        let (applicant, application) = self.filed(number, requested);
        let review = self.review(application);
        (applicant, application, review)
    }

    /// Brings a filed application before the committee, with one reader.
    pub fn review(&self, application: ApplicationId) -> ReviewId {
        self.eligible(application);
        let review = self.assign(application, &self.members[0]).unwrap();
        let start = |tx: &mut Tx| {
            advance_now::<Application>(tx, &self.officer, application, ApplicationEvent::StartReview, closed())
        };
        self.db.write(start).unwrap();
        review
    }

    /// Moves the call.
    pub fn advance_call(&self, event: CallEvent) -> Outcome<()> {
        self.db.write(|tx| advance_now::<Call>(tx, &self.officer, self.call, event, closed())).map(drop)
    }

    /// The call as it is now.
    pub fn call_row(&self) -> call_rows::CallRow {
        self.db.read(|conn| call_rows::find(conn, self.call)).unwrap()
    }

    /// A session that is planned, with every waiting file on its agenda.
    pub fn planned_session(&self) -> SessionId {
        let form = SessionForm {
            title: "Jury de mars".into(),
            date: "2027-03-11".into(),
            time: "14:00".into(),
            place: "Lille".into(),
        };
        let session = self.db.write(|tx| sessions::plan(tx, &self.officer, self.call, &form, closed())).unwrap();
        self.db.write(|tx| sessions::fill_agenda(tx, &self.officer, session)).unwrap();
        session
    }

    /// A session under way, with three members present and every waiting file on its agenda.
    pub fn session(&self) -> SessionId {
        let session = self.planned_session();
        self.open(session);
        session
    }

    /// Opens a planned session, with three members present.
    pub fn open(&self, session: SessionId) {
        let there: Vec<_> = self.members.iter().take(3).map(|member| (id(member), Presence::Present)).collect();
        self.db.write(|tx| sessions::record_attendance(tx, &self.officer, session, &there, Some(there[0].0))).unwrap();
        self.step(session, SessionEvent::Convene);
        for member in &self.members {
            self.confirm_interests(member, session);
        }
        self.step(session, SessionEvent::Open);
    }

    /// Confirms before a session that nothing is to be added to what a member declared.
    pub fn confirm_interests(&self, member: &Actor, session: SessionId) {
        let form = InterestsForm { answer: "rien".into(), lines: Vec::new(), ..InterestsForm::default() };
        self.db.write(|tx| interests::declare(tx, member, &form, Some(session), closed())).unwrap();
    }

    /// Moves a session by the officer.
    pub fn step(&self, session: SessionId, event: SessionEvent) {
        self.try_step(&self.officer, session, event).unwrap();
    }

    /// Moves a session by somebody; whoever presides signs before the end.
    pub fn try_step(&self, actor: &Actor, session: SessionId, event: SessionEvent) -> Outcome<()> {
        let is_end = matches!(event, SessionEvent::Confirm | SessionEvent::CloseWithoutBoard);
        self.db.write(|tx| {
            if is_end {
                minutes::sign_read(tx, session, closed())?;
            }
            let version = tisserand::store::sessions::find(tx.conn(), session)?.version;
            sessions::step(tx, actor, session, version, event, closed())
        })
    }

    /// The same mark for every criterion.
    pub fn marks(&self, points: &str) -> Vec<TypedMark> {
        let mark = |code: &String| TypedMark { criterion: code.clone(), points: points.into(), comment: String::new() };
        self.definition.grid.criteria.iter().map(|criterion| mark(&criterion.code)).collect()
    }
}

/// The bytes of every paper attached here.
pub const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

fn budget(requested: Euros) -> BTreeMap<String, String> {
    let cost = requested + requested;
    [("montant-60.2", cost), ("montant-74.4", requested)]
        .map(|(field, amount)| (field.to_owned(), amount.plain()))
        .into()
}

fn answer(call: &CallDefinition, question: &Question, requested: Euros, number: u32) -> String {
    match question.fills {
        Some(ProjectField::Title) => return format!("Un océan, deux classes {number}"),
        Some(ProjectField::Requested) => return requested.plain(),
        Some(ProjectField::StartsOn) => return "2027-04-15".into(),
        Some(ProjectField::EndsOn) => return "2027-10-15".into(),
        Some(ProjectField::Commune) => return "59350".into(),
        Some(ProjectField::Country) => return "FR".into(),
        None => {}
    }
    match question.kind {
        QuestionKind::Number => question.least.unwrap_or(12).max(12).to_string(),
        QuestionKind::Euros => requested.plain(),
        QuestionKind::Date => "2027-04-15".into(),
        QuestionKind::YesNo | QuestionKind::Statement => "oui".into(),
        QuestionKind::Choice | QuestionKind::Choices => question.choices[0].code.clone(),
        QuestionKind::Commune => "59350".into(),
        QuestionKind::Country => "FR".into(),
        QuestionKind::Axis => call.axes[0].clone(),
        QuestionKind::Goals => "4\n13".into(),
        QuestionKind::Targets => "4.7".into(),
        QuestionKind::Themes => format!("{}.1", call.axes[0]),
        QuestionKind::Markers => "gender:1".into(),
        QuestionKind::Email => "contact@example.org".into(),
        QuestionKind::Phone => "03 20 00 00 00".into(),
        QuestionKind::Siret => siret(1),
        QuestionKind::Iban => "FR76 3000 6000 0112 3456 7890 189".into(),
        QuestionKind::Group | QuestionKind::Organisation => {
            let cell = |column: &Question| (column.code.clone(), answer(call, column, requested, number));
            rows_text(&[question.row_columns().iter().map(cell).collect()])
        }
        QuestionKind::Computed | QuestionKind::File => String::new(),
        _ => "Des ateliers, une restitution, un carnet de bord.".into(),
    }
}

/// Fails when a promise of the house is broken.
pub fn assert_whole(db: &Db) {
    let found = db.read(|conn| tisserand::usecases::integrity::check(conn, None, &mut |_| {})).unwrap();
    let broken: Vec<_> = found.iter().filter(|invariant| invariant.tally.broken > 0).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}
