//! A call that has been announced, with grants to pay: everything before the offer is moved along its tables without
//! the people it takes, everything from the offer on goes through the use cases.

use super::databases::TestDb;
use std::sync::Arc;
use tisserand::{
    domain::{
        budgets::AmountRules,
        definitions::{self, CallDefinition, Definition},
        identity::{Email, Iban},
        ids::{
            ApplicationId, BankAccountId, CallId, DisbursementId, GrantId, OrganisationId, PayerAccountId,
            PaymentRunId, ReportId,
        },
        lifecycle::{Coded, decide},
        lifecycles::{
            applications::{Application, ApplicationEvent, ApplicationFacts},
            calls::{Call, CallEvent, CallFacts},
            grants::GrantEvent,
            sessions::{Session, SessionEvent, SessionFacts, SessionState},
        },
        money::Euros,
        reports::ReportKind,
        roles::Role,
        time::Moment,
    },
    store::{
        Tx, answers, applications, decisions,
        disbursements::{self as payments, DisbursementRow},
        grants::{self as grant_rows, GrantRow},
        history,
        recusals::{self, RecusalRow},
        sessions, states,
    },
    usecases::{
        Actor, Outcome,
        account_checks::{self, CheckForm},
        advance::{Object, advance_now, record_birth},
        applications as applying, approvals, attachments, bank_accounts, calls, disbursements, grants,
        organisations::{self, OrganisationForm},
        payment_runs::{self, Preparation},
        people, reports, signing,
    },
};

/// Two funders, three payments (50 % after the agreement, 40 % after the interim report, 10 % after the final one).
pub fn definition() -> Definition {
    let mut definition = definitions::parse(include_str!("../../fixtures/tandems.toml")).unwrap();
    let other = definitions::parse(include_str!("../../fixtures/sublime.toml")).unwrap();
    let (call, model) = (&mut definition.calls[0], &other.calls[0]);
    call.schedule = model.schedule.clone();
    call.reports = model.reports.clone();
    call.surplus = model.surplus.clone();
    call.amount = AmountRules { ceiling: Euros::whole(25_000), maximum_project_cost: None, ..model.amount.clone() };
    call.pair = None;
    call.filing_signature = None;
    for source in &mut definition.funding_sources {
        source.regranting.as_mut().unwrap().ceiling_per_beneficiary = None;
    }
    definition
}

/// The cast of a call being paid.
pub struct Paying {
    pub db: Arc<TestDb>,
    pub now: Moment,
    pub officer: Actor,
    /// Verifies, authorises and prepares.
    pub finance: Actor,
    pub director: Actor,
    pub call: CallId,
    pub payer: PayerAccountId,
    rooms: std::cell::Cell<u32>,
}

/// A grantee: who acts for it, and its grant.
pub struct Grantee {
    pub holder: Actor,
    pub organisation: OrganisationId,
    pub grant: GrantId,
}

/// Who asks for money, and its application.
pub struct Candidate {
    pub holder: Actor,
    pub organisation: OrganisationId,
    pub application: ApplicationId,
}

pub const IBANS: [&str; 3] =
    ["FR7630006000011234567890189", "FR7610107001011234567890129", "FR7611315000011234567890138"];

/// Moves an object along its table as if everything its guard asks for were so.
fn force<L: Object>(tx: &mut Tx, id: L::Id, event: L::Event, role: Role, facts: &L::Facts, now: Moment) -> Outcome<()> {
    let subject = id.to_string();
    let standing = states::current(tx.conn(), L::MACHINE, &subject)?;
    let state = *L::State::ALL.iter().find(|state| state.code() == standing.state).unwrap();
    let decision = decide::<L>(state, event, &[role], facts)?;
    states::apply(tx, &decision, &subject, standing.version, now)?;
    history::append(tx, &decision, &subject, history::Trace { actor: None, reason: "", at: now })?;
    Ok(())
}

pub fn person(tx: &mut Tx, name: &str, role: Role, now: Moment) -> Outcome<Actor> {
    let address: Email =
        format!("{}@tisserand.example", tisserand::domain::text::fold(name).replace(' ', ".")).parse().unwrap();
    let id = people::ensure(tx, &address, name, role, now)?;
    Ok(Actor::person(id, vec![role]))
}

impl Paying {
    /// A published call with its money, at the beginning of its window.
    pub fn on(db: TestDb) -> Self {
        Self::with(db, |_| {})
    }

    /// The same with one grant of this amount: announced and accepted, its account verified.
    pub fn granted(db: TestDb, name: &str, amount: Euros) -> (Self, Grantee) {
        let paying = Self::on(db);
        let grantee = paying.award(name, amount);
        paying.announce();
        paying.ready(&grantee, name, IBANS[0]);
        (paying, grantee)
    }

    /// The same as [`Paying::on`], its call changed before it is published.
    pub fn with(db: TestDb, change: impl FnOnce(&mut CallDefinition)) -> Self {
        let mut definition = definition();
        change(&mut definition.calls[0]);
        let opens = definition.calls[0].window.opens.plus_days(1);
        let system = Actor::system();
        let (officer, finance, director, call, payer) = db
            .write(|tx| {
                let officer = person(tx, "Odile Officier", Role::Officer, opens)?;
                let finance = person(tx, "Farid Finance", Role::Finance, opens)?;
                let director = person(tx, "Diane Direction", Role::Director, opens)?;
                calls::load(tx, &system, &definition, opens)?;
                let call = calls::by_reference(tx.conn(), &definition.calls[0].reference)?.id;
                advance_now::<Call>(tx, &system, call, CallEvent::Publish, opens)?;
                let iban: Iban = "FR1420041010050500013M02606".parse().unwrap();
                let payer = payment_runs::add_payer(tx, "Lianes coopération", iban, None, opens)?;
                Ok::<_, tisserand::usecases::UseCaseError>((officer, finance, director, call, payer))
            })
            .unwrap();
        Paying { db: Arc::new(db), now: opens, officer, finance, director, call, payer, rooms: std::cell::Cell::new(0) }
    }

    /// Runs one use case.
    pub fn does<T>(&self, mut work: impl FnMut(&mut Tx) -> Outcome<T>) -> Outcome<T> {
        self.db.write(|tx| work(tx))
    }

    /// An application awarded `amount`, still under embargo.
    pub fn award(&self, name: &str, amount: Euros) -> Grantee {
        let Candidate { holder, organisation, application } = self.candidate(name, amount);
        let grant = self.does(|tx| {
            decisions::set(tx, application, Some(amount), Some("Un projet solide."), None)?;
            advance_now::<Application>(tx, &self.officer, application, ApplicationEvent::Award, self.now)?;
            Ok(grant_rows::of_application(tx.conn(), application)?.unwrap().id)
        });
        Grantee { holder, organisation, grant: grant.unwrap() }
    }

    /// An application before the committee that asks for `amount`.
    pub fn candidate(&self, name: &str, amount: Euros) -> Candidate {
        let now = self.now;
        let siret =
            ["73282932000074", "35600000000048", "55208131766522"][self.rooms.replace(self.rooms.get() + 1) as usize];
        self.does(|tx| {
            let holder = person(tx, &format!("Hélo {name}"), Role::Applicant, now)?;
            let form = OrganisationForm {
                nom: name.into(),
                forme: "association".into(),
                siret: siret.into(),
                rue: "1 rue des Jardins".into(),
                code_postal: "59000".into(),
                ville: "Lille".into(),
                courriel: format!("contact@{}.example", tisserand::domain::text::fold(name).replace(' ', ".")),
                representant: format!("Hélo {name}"),
                qualite: "présidente".into(),
                ..OrganisationForm::default()
            };
            let organisation = organisations::create(tx, &holder, &form, now)?;
            let application = applying::start(tx, &holder, self.call, organisation, now)?;
            self.carry(tx, &holder, application, amount)?;
            Ok(Candidate { holder: holder.clone(), organisation, application })
        })
        .unwrap()
    }

    fn carry(&self, tx: &mut Tx, holder: &Actor, id: ApplicationId, amount: Euros) -> Outcome<()> {
        let now = self.now;
        let facts = ApplicationFacts {
            is_open: true,
            reviewers: 2,
            is_heard: true,
            decided_amount: Some(amount),
            requested: amount,
            ceiling: amount,
            envelope_left: amount,
            ..ApplicationFacts::default()
        };
        applications::set_submission(tx, id, (holder.person.unwrap(), now), 1, "digest")?;
        answers::set_budget(tx, id, &budget(id, amount))?;
        for (event, role) in [
            (ApplicationEvent::Submit, Role::Applicant),
            (ApplicationEvent::DeclareEligible, Role::Officer),
            (ApplicationEvent::StartReview, Role::Officer),
        ] {
            force::<Application>(tx, id, event, role, &facts, now)?;
        }
        let session = self.session(tx)?;
        sessions::add_item(tx, session, id, 1)?;
        set_project(tx, id, amount)
    }

    pub fn session(&self, tx: &mut Tx) -> Outcome<tisserand::domain::ids::SessionId> {
        let row = sessions::SessionRow {
            id: tx.mint(self.now)?,
            call_id: self.call,
            title: "Comité".into(),
            meets_at: self.now,
            place: "Lille".into(),
            chair_id: None,
            quorum: 0,
            confirmed_on: None,
            state: SessionState::Planned,
            version: 0,
            state_at: self.now,
            created_at: self.now,
        };
        sessions::insert(tx, &row)?;
        record_birth::<Session>(tx, &self.officer, &[Role::Officer], row.id, self.now)?;
        let facts = SessionFacts { items: 1, is_board_required: true, ..SessionFacts::default() };
        for (event, role) in [
            (SessionEvent::Convene, Role::Officer),
            (SessionEvent::Open, Role::Officer),
            (SessionEvent::Minute, Role::Officer),
            (SessionEvent::Confirm, Role::Director),
        ] {
            force::<Session>(tx, row.id, event, role, &facts, self.now)?;
        }
        Ok(row.id)
    }

    /// Announces the results of the call.
    pub fn announce(&self) {
        let facts = CallFacts { is_window_over: true, ..CallFacts::default() };
        self.does(|tx| {
            force::<Call>(tx, self.call, CallEvent::StartReview, Role::Officer, &facts, self.now)?;
            force::<Call>(tx, self.call, CallEvent::Deliberate, Role::Officer, &facts, self.now)?;
            advance_now::<Call>(tx, &self.officer, self.call, CallEvent::Announce, self.now).map(drop)
        })
        .unwrap();
    }

    pub fn grant(&self, id: GrantId) -> GrantRow {
        self.db.read(|conn| grant_rows::find(conn, id)).unwrap()
    }

    pub fn payments(&self, id: GrantId) -> Vec<DisbursementRow> {
        self.db.read(|conn| payments::of_grant(conn, id)).unwrap()
    }

    pub fn accept(&self, grantee: &Grantee) {
        let version = self.grant(grantee.grant).version;
        self.does(|tx| grants::accept(tx, &grantee.holder, grantee.grant, version, self.now)).unwrap();
    }

    /// Signs what waits for this person's signature, in this name and with a code.
    pub fn sign(&self, actor: &Actor, grant: GrantId, name: &str) -> Outcome<()> {
        self.does(|tx| signing::sign_at_once(tx, actor, grant, name, self.now))
    }

    /// Sends the agreement of an accepted grant to be signed.
    pub fn send_agreement(&self, grant: GrantId) {
        let version = self.grant(grant).version;
        self.does(|tx| grants::step(tx, &self.officer, grant, version, GrantEvent::SendAgreement, self.now)).unwrap();
    }

    /// Enters the account `iban` of the grantee, in the name `holder`.
    pub fn enter_account(&self, grantee: &Grantee, iban: &str, holder: &str) -> Outcome<BankAccountId> {
        let rib = attachments::judge("rib", "rib.pdf", b"%PDF-1.7\nrib\n%%EOF\n")?;
        let form = bank_accounts::AccountForm {
            holder: holder.into(),
            iban: iban.parse().unwrap(),
            bic: None,
            bank_name: "Crédit coopératif".into(),
            rib: Some(rib),
        };
        self.does(|tx| bank_accounts::enter(tx, &grantee.holder, grantee.organisation, &form, self.now))
    }

    pub fn verify(&self, id: BankAccountId, now: Moment) -> Outcome<()> {
        let version = self.db.read(|conn| tisserand::store::bank_accounts::find(conn, id))?.version;
        self.does(|tx| account_checks::verify(tx, &self.finance, (id, version), &CheckForm::agreed(), now).map(drop))
    }

    /// Keeps somebody from the file of a grant, and from all that came of it.
    pub fn recuse(&self, who: &Actor, grant: GrantId) {
        let person = who.person.unwrap();
        let application_id = self.grant(grant).application_id;
        let declare = |tx: &mut Tx| {
            let row = RecusalRow {
                id: tx.mint(self.now)?,
                person_id: person,
                application_id,
                reason: "Ma sœur y travaille".into(),
                declared_by: person,
                declared_at: self.now,
            };
            Ok(recusals::insert(tx, &row)?)
        };
        self.does(declare).unwrap();
    }

    /// Accepted, with a verified account.
    pub fn ready(&self, grantee: &Grantee, name: &str, iban: &str) {
        self.accept(grantee);
        let account = self.enter_account(grantee, iban, name).unwrap();
        self.verify(account, self.now).unwrap();
    }

    pub fn authorise(&self, id: DisbursementId) -> Outcome<()> {
        let version = self.db.read(|conn| payments::find(conn, id))?.version;
        self.does(|tx| disbursements::authorise(tx, &self.finance, id, version, self.now).map(drop))
    }

    /// Authorises and prepares a run.
    pub fn prepare(&self, lines: &[DisbursementId]) -> PaymentRunId {
        for line in lines {
            let row = self.db.read(|conn| payments::find(conn, *line)).unwrap();
            if row.authorised_by.is_none() {
                self.authorise(*line).unwrap();
            }
        }
        self.put_in_run(lines).unwrap()
    }

    /// Prepares a run of payments already authorised.
    pub fn put_in_run(&self, lines: &[DisbursementId]) -> Outcome<PaymentRunId> {
        let versions = |id: &DisbursementId| (*id, self.db.read(|conn| payments::find(conn, *id)).unwrap().version);
        let lines = lines.iter().map(versions).collect();
        let wanted = Preparation { lines, payer: self.payer, execution_on: self.now.paris_date() };
        self.does(|tx| payment_runs::prepare(tx, &self.finance, &wanted, self.now))
    }

    /// Approves, exports and marks a run as paid.
    pub fn pay(&self, run: PaymentRunId) {
        self.does(|tx| approvals::approve_by_mail(tx, &self.director, run, 0, self.now)).unwrap();
        self.does(|tx| payment_runs::export(tx, &self.finance, run, 1, text_of, self.now)).unwrap();
        self.does(|tx| payment_runs::mark_paid(tx, &self.finance, run, 2, self.now.paris_date(), self.now)).unwrap();
    }

    /// Fills in, files and accepts the report of this kind, with this cost retained.
    pub fn report(&self, grantee: &Grantee, kind: ReportKind, cost: Euros) {
        let id = self.file_report(grantee, kind, cost);
        self.does(|tx| reports::accept(tx, &self.officer, id, 2, cost, self.now).map(drop)).unwrap();
    }

    /// Fills in and files the report of this kind, with this cost on each line.
    pub fn file_report(&self, grantee: &Grantee, kind: ReportKind, cost: Euros) -> ReportId {
        let rows = self.db.read(|conn| tisserand::store::reports::of_grant(conn, grantee.grant)).unwrap();
        let id = rows.iter().find(|row| row.kind == kind).unwrap().id;
        self.does(|tx| {
            reports::start(tx, &grantee.holder, id, 0, self.now)?;
            let paper = reports::paper(tx.conn(), &grantee.holder, id)?;
            let questions = paper.template.sections.iter().flat_map(|section| &section.questions);
            let form = reports::ReportForm {
                answers: questions.map(|question| (question.code.clone(), "12".to_owned())).collect(),
                lines: paper
                    .lines
                    .iter()
                    .map(|line| (line.position, cost, "Un devis moins cher que prévu.".to_owned()))
                    .collect(),
                ..reports::ReportForm::default()
            };
            reports::save(tx, &grantee.holder, id, &form)?;
            let paper_slip = attachments::judge("f", "factures.pdf", b"%PDF-1.7\nfactures\n%%EOF\n")?;
            for document in &paper.template.documents {
                reports::attach(tx, &grantee.holder, id, &document.code, &paper_slip, self.now)?;
            }
            reports::submit(tx, &grantee.holder, id, 1, self.now).map(drop)
        })
        .unwrap();
        id
    }

    /// Every promise of the product holds.
    pub fn check(&self) {
        let found = self.db.read(|conn| tisserand::usecases::integrity::check(conn, None, &mut |_| {})).unwrap();
        for promise in found {
            assert_eq!(promise.tally.broken, 0, "{}: {:?}", promise.name, promise.tally.examples);
        }
    }
}

/// Writes a bank order in a form that a test can read.
pub fn text_of(order: &payment_runs::BankOrder) -> Result<String, String> {
    let line = |transfer: &payment_runs::BankTransfer| {
        format!("{} {} {}", transfer.end_to_end_id, transfer.amount.machine(), transfer.iban.electronic())
    };
    Ok(order.transfers.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn budget(id: ApplicationId, amount: Euros) -> Vec<answers::BudgetLineRow> {
    vec![answers::BudgetLineRow {
        application_id: id,
        position: 0,
        account: "604".into(),
        side: "expense".into(),
        label: "Animation des ateliers".into(),
        planned_cents: amount + amount,
        is_eligible: true,
        is_secured: true,
        ineligible_cents: Euros::ZERO,
    }]
}

fn set_project(tx: &mut Tx, id: ApplicationId, amount: Euros) -> Outcome<()> {
    use diesel::prelude::*;
    use tisserand::store::schema::applications::dsl;
    let dates =
        ("2027-05-01".parse::<chrono::NaiveDate>().unwrap(), "2027-12-31".parse::<chrono::NaiveDate>().unwrap());
    let values = (
        dsl::title.eq("Jardins du monde"),
        dsl::requested_cents.eq(amount),
        dsl::starts_on.eq(dates.0),
        dsl::ends_on.eq(dates.1),
    );
    diesel::update(dsl::applications.find(id)).set(values).execute(tx.conn()).unwrap();
    Ok(())
}
