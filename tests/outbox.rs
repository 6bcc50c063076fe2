//! The outbox against a mail server with bad days: nothing is lost, nothing is sent twice without need.

use crate::letters::specimens;
use crate::support::databases::{TestDb, each_database, sqlite};
use crate::support::smtp::{Mail as Arrived, Mood, Sink, Stage};
use mail_parser::{MessageParser, MimeHeaders};
use std::{
    collections::BTreeSet,
    io::{self, Write},
    sync::{Arc, Mutex},
};
use tempfile::TempDir;
use tisserand::domain::identity::Email;
use tisserand::domain::ids::{MessageId, PersonId};
use tisserand::domain::letters::{Letter, LetterKind};
use tisserand::domain::lifecycles::messages::{Message, MessageEvent, MessageState};
use tisserand::domain::messages::{Action, Mail, MessageKind};
use tisserand::domain::roles::Role;
use tisserand::domain::time::Moment;
use tisserand::mail::{Press, Tally, Transport, Worker, mailbox};
use tisserand::store::{Db, Entropy, Files, StoreError, Tx, documents as papers, messages as rows};
use tisserand::usecases::advance::{Cause, record_birth};
use tisserand::usecases::documents::{self, Recipient};
use tisserand::usecases::{Actor, Outcome, UseCaseError, clock::Clock, login_links, messages, people, settings};

/// A database, a mail server, files and a clock.
struct Post {
    db: TestDb,
    sink: Sink,
    files: TempDir,
    clock: Clock,
}

impl Post {
    fn over(db: TestDb) -> Self {
        let clock = Clock::at(Moment::from_unix_seconds(1_800_000_000));
        Self { db, sink: Sink::open(), files: TempDir::new().unwrap(), clock }
    }

    fn each() -> Vec<Post> {
        each_database().into_iter().map(Post::over).collect()
    }

    fn worker_with(&self, db: &Db, transport: Transport, press: Press) -> Worker {
        let files = Files::local(self.files.path()).unwrap();
        let from = "Lianes coopération <fonds@example.org>".parse().unwrap();
        Worker::new(db.clone(), self.clock.clone(), files, transport, from, press)
    }

    fn worker(&self) -> Worker {
        self.worker_with(&self.db, Transport::smtp(&self.sink.url()).unwrap(), print)
    }

    /// Queues one mail; with a letter when it says so.
    fn owe(&self, address: &str, letter: Option<Letter>) -> MessageId {
        self.owe_mail(address, &award(), letter)
    }

    fn owe_mail(&self, address: &str, mail: &Mail, letter: Option<Letter>) -> MessageId {
        let (address, now) = (address.to_owned(), self.clock.now());
        let queue = |tx: &mut Tx| -> Outcome<()> {
            let cause = cause(tx, now)?;
            let known = settings::load(tx.conn())?;
            let document = letter.clone().map(|letter| documents::issue(tx, &cause, &known, letter)).transpose()?;
            let to = Recipient { person: None, address: address.clone(), name: "Zoé Nœud".into() };
            messages::queue(tx, &cause, &to, mail, document)
        };
        self.db.write(queue).unwrap();
        self.db
            .read(|conn| rows::page(conn, None, None, 500))
            .unwrap()
            .into_iter()
            .max_by_key(|row| row.cause_seq)
            .unwrap()
            .id
    }

    fn owe_many(&self, count: usize) {
        for i in 0..count {
            self.owe(&format!("p{i}@example.org"), None);
        }
    }

    fn row(&self, id: MessageId) -> rows::MessageRow {
        self.db.read(|conn| rows::find(conn, id)).unwrap()
    }

    fn wait_minutes(&self, minutes: i64) {
        self.clock.set(self.clock.now().plus_minutes(minutes));
    }

    fn admin(&self) -> Actor {
        let now = self.clock.now();
        let email: Email = "admin@example.org".parse().unwrap();
        let add = |tx: &mut Tx| people::ensure(tx, &email, "Ada Admin", Role::Admin, now);
        Actor::person(self.db.write(add).unwrap(), vec![Role::Admin])
    }

    fn decide(&self, actor: &Actor, id: MessageId, event: MessageEvent) -> Outcome<()> {
        let (version, now) = (self.row(id).version, self.clock.now());
        self.db.write(|tx| messages::decide(tx, actor, id, version, event, now))
    }
}

fn print(letter: &Letter) -> Result<Vec<u8>, String> {
    tisserand::documents::render(letter).map_err(|error| error.to_string())
}

/// A line of the history for a mail to come from.
fn cause(tx: &mut Tx, now: Moment) -> Outcome<Cause> {
    let (system, id) = (Actor::system(), tx.mint::<MessageId>(now)?);
    record_birth::<Message>(tx, &system, &system.roles, id, now)
}

fn award() -> Mail {
    Mail {
        kind: MessageKind::Award,
        subject: "Accord\u{a0}: à confirmer avant le 12 mars".into(),
        paragraphs: vec!["Votre projet « L’œuvre d’Aÿ » est retenu\u{202f}!".into()],
        facts: vec![("Montant".into(), "4\u{202f}500,00\u{a0}€".into())],
        action: Some(Action { label: "Confirmer".into(), path: "/subventions/42".into() }),
        contact: "fonds@example.org".into(),
    }
}

fn ids(mails: &[Arrived]) -> Vec<String> {
    mails.iter().map(Arrived::message_id).collect()
}

fn sent(count: usize) -> Tally {
    Tally { sent: count, ..Tally::default() }
}

#[tokio::test]
async fn a_donor_is_not_greeted_by_what_stands_for_a_name() {
    for post in Post::each() {
        post.owe_mail("donneur@example.org", &Mail { kind: MessageKind::TaxReceipt, ..award() }, None);
        assert_eq!(post.worker().drain().await.unwrap(), sent(1));
        let mails = post.sink.mails();
        assert!(
            mails[0].text().starts_with("Bonjour,") && mails[0].html().contains("Bonjour,</p>"),
            "{}",
            mails[0].text()
        );
    }
}

#[tokio::test]
async fn a_mail_leaves_once_as_text_html_and_letter() {
    for post in Post::each() {
        let id = post.owe("zoe@example.org", Some(specimens::blank(LetterKind::Award, 42, "Accord")));
        let mut worker = post.worker();
        assert_eq!(worker.drain().await.unwrap(), Tally { rendered: 1, ..sent(1) });
        assert_eq!(worker.drain().await.unwrap(), Tally::default());
        let mails = post.sink.mails();
        assert_eq!((mails.len(), mails[0].to.as_slice()), (1, &["zoe@example.org".to_owned()][..]));
        assert_eq!(mails[0].message_id(), format!("{id}@example.org"));
        assert_eq!(mails[0].subject(), award().subject);
        for said in ["Bonjour Zoé Nœud", "« L’œuvre d’Aÿ » est retenu\u{202f}!", "8080/subventions/42"] {
            assert!(mails[0].text().contains(said) && mails[0].html().contains(said), "{said}");
        }
        let parsed = MessageParser::default().parse(&mails[0].raw).unwrap();
        let letter = parsed.attachments().next().unwrap();
        assert_eq!(letter.attachment_name(), Some("LC-2027-0042.pdf"));
        let document = post.db.read(|conn| papers::find(conn, post.row(id).document_id.unwrap())).unwrap();
        let kept = Files::local(post.files.path()).unwrap().get(&document.sha256.unwrap()).await.unwrap();
        assert_eq!((letter.contents(), document.size), (kept.as_slice(), Some(kept.len() as i64)));
        assert!(kept.starts_with(b"%PDF-"));
        let row = post.row(id);
        assert_eq!((row.state, row.attempts, row.sent_at), (MessageState::Sent, 1, Some(post.clock.now())));
    }
}

#[tokio::test]
async fn a_postponed_mail_leaves_once_when_its_next_attempt_is_due() {
    for post in Post::each() {
        let id = post.owe("zoe@example.org", None);
        post.sink.next_mails_meet([Mood::Postpones(Stage::End), Mood::Postpones(Stage::Recipient)]);
        let mut worker = post.worker();
        for minutes in [1, 5] {
            assert_eq!(worker.drain().await.unwrap(), Tally { failed: 1, ..Tally::default() });
            assert_eq!(worker.drain().await.unwrap(), Tally::default());
            let row = post.row(id);
            assert_eq!(row.next_attempt_at, post.clock.now().plus_minutes(minutes));
            assert!(row.last_error.unwrap().contains("later") && row.state == MessageState::Failed);
            post.wait_minutes(minutes);
        }
        assert_eq!(worker.drain().await.unwrap(), sent(1));
        assert_eq!((post.sink.mails().len(), post.row(id).last_error), (1, None));
    }
}

#[tokio::test]
async fn a_refused_mail_is_tried_rarely_and_stays_for_somebody_to_decide() {
    let post = Post::over(sqlite());
    let id = post.owe("zoe@example.org", None);
    post.sink.becomes(Mood::Refuses(Stage::Recipient));
    post.worker().drain().await.unwrap();
    assert_eq!(post.row(id).next_attempt_at, post.clock.now().plus_minutes(360));
    let bad = post.owe("not an address", None);
    post.worker().drain().await.unwrap();
    assert!(post.row(bad).last_error.unwrap().contains("address"));
    assert_eq!(post.sink.mails(), []);
}

#[tokio::test]
async fn a_lost_answer_is_repeated_under_the_same_message_id() {
    for post in Post::each() {
        let id = post.owe("zoe@example.org", None);
        post.sink.next_mails_meet([Mood::LosesTheAnswer]);
        let mut worker = post.worker();
        assert_eq!(worker.drain().await.unwrap().failed, 1);
        post.wait_minutes(1);
        assert_eq!(worker.drain().await.unwrap(), sent(1));
        post.wait_minutes(600);
        assert_eq!(worker.drain().await.unwrap().sent, 0);
        let name = format!("{id}@example.org");
        assert_eq!(ids(&post.sink.mails()), [name.clone(), name]);
    }
}

#[tokio::test]
async fn a_server_away_for_a_day_loses_and_doubles_nothing() {
    for post in Post::each() {
        post.sink.becomes(Mood::Closed);
        let mut worker = post.worker();
        for hour in 0..24 {
            post.owe(&format!("h{hour}@example.org"), None);
            for _ in 0..6 {
                assert_eq!(worker.drain().await.unwrap().sent, 0);
                post.wait_minutes(10);
            }
        }
        let waiting = post.db.read(|conn| rows::page(conn, None, None, 100)).unwrap();
        assert!(waiting.iter().all(|row| row.attempts <= 1), "nothing is attempted while nobody answers");
        post.sink.becomes(Mood::Fair);
        assert_eq!(worker.drain().await.unwrap().sent, 24);
        post.wait_minutes(600);
        assert_eq!(worker.drain().await.unwrap().sent, 0);
        let mails = post.sink.mails();
        assert_eq!((mails.len(), ids(&mails).into_iter().collect::<BTreeSet<_>>().len()), (24, 24));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_at_once_never_double() {
    for post in Post::each() {
        post.owe_many(60);
        let other = Db::open(post.db.url(), Entropy::System).unwrap();
        let (mut one, mut two) =
            (post.worker(), post.worker_with(&other, Transport::smtp(&post.sink.url()).unwrap(), print));
        let (first, second) = tokio::join!(
            tokio::spawn(async move { one.drain().await.unwrap() }),
            tokio::spawn(async move { two.drain().await.unwrap() })
        );
        assert_eq!(first.unwrap().sent + second.unwrap().sent, 60);
        let mails = post.sink.mails();
        assert_eq!((mails.len(), ids(&mails).into_iter().collect::<BTreeSet<_>>().len()), (60, 60));
    }
}

#[tokio::test]
async fn a_worker_that_dies_leaves_its_mails_to_the_next_one_after_the_lease() {
    for post in Post::each() {
        let id = post.owe("zoe@example.org", None);
        let now = post.clock.now();
        let taken = post.db.write(|tx| messages::claim(tx, now, 10)).unwrap();
        assert_eq!(taken.len(), 1);
        let mut worker = post.worker();
        assert_eq!(worker.drain().await.unwrap(), Tally::default());
        post.wait_minutes(15);
        assert_eq!(worker.drain().await.unwrap().sent, 1);
        // The first one wakes up: its word no longer counts.
        let late = post.db.write(|tx| messages::record_sent(tx, id, taken[0].version, now));
        assert!(matches!(late, Err(UseCaseError::Store(StoreError::Stale))), "{late:?}");
        assert_eq!((post.sink.mails().len(), post.row(id).attempts), (1, 2));
    }
}

#[tokio::test]
async fn an_administrator_holds_releases_cancels_and_sends_again() {
    for post in Post::each() {
        let (kept, dropped, admin) =
            (post.owe("zoe@example.org", None), post.owe("ayo@example.org", None), post.admin());
        post.decide(&admin, kept, MessageEvent::Hold).unwrap();
        post.decide(&admin, dropped, MessageEvent::Cancel).unwrap();
        let mut worker = post.worker();
        assert_eq!(worker.drain().await.unwrap().sent, 0);
        post.decide(&admin, kept, MessageEvent::Release).unwrap();
        assert_eq!(worker.drain().await.unwrap().sent, 1);
        let refused = post.decide(&admin, kept, MessageEvent::Hold).unwrap_err();
        assert!(matches!(refused, UseCaseError::Refused(_)), "{refused}");
        let now = post.clock.now();
        for _ in 0..2 {
            post.db.write(|tx| messages::resend(tx, &admin, kept, now)).unwrap();
        }
        assert_eq!(worker.drain().await.unwrap().sent, 1);
        let mails = post.sink.mails();
        assert_eq!((mails.len(), mails[0].text() == mails[1].text()), (2, true));
        assert_ne!(mails[0].message_id(), mails[1].message_id());
        let officer = Actor::person(admin.person.unwrap(), vec![Role::Officer]);
        let hidden = post.decide(&officer, dropped, MessageEvent::Hold).unwrap_err();
        assert!(matches!(hidden, UseCaseError::Store(StoreError::NotFound)), "{hidden}");
        let forbidden = post.decide(&admin, dropped, MessageEvent::Claim).unwrap_err();
        assert!(matches!(forbidden, UseCaseError::Refused(_)), "{forbidden}");
    }
}

#[tokio::test]
async fn a_retry_does_not_wait() {
    let post = Post::over(sqlite());
    let (id, admin) = (post.owe("zoe@example.org", None), post.admin());
    post.sink.next_mails_meet([Mood::Refuses(Stage::Recipient)]);
    let mut worker = post.worker();
    worker.drain().await.unwrap();
    post.decide(&admin, id, MessageEvent::Retry).unwrap();
    assert_eq!(worker.drain().await.unwrap().sent, 1);
}

#[tokio::test]
async fn a_mail_waits_for_its_letter() {
    let post = Post::over(sqlite());
    let id = post.owe("zoe@example.org", Some(specimens::blank(LetterKind::Award, 7, "Accord")));
    let bare = post.owe("ayo@example.org", None);
    let transport = || Transport::smtp(&post.sink.url()).unwrap();
    let mut broken = post.worker_with(&post.db, transport(), |_| Err("no ink".into()));
    assert_eq!(broken.drain().await.unwrap(), sent(1));
    assert_eq!((post.row(id).state, post.row(bare).state), (MessageState::Queued, MessageState::Sent));
    assert_eq!(post.worker().drain().await.unwrap(), Tally { rendered: 1, ..sent(1) });
}

#[tokio::test]
async fn a_sign_in_link_gets_its_secret_only_in_the_mail() {
    let post = Post::over(sqlite());
    let (now, email) = (post.clock.now(), "awa@example.org".parse::<Email>().unwrap());
    let ask = |tx: &mut Tx| -> Outcome<PersonId> {
        let id = people::ensure(tx, &email, "Awa Lefèvre", Role::Applicant, now)?;
        login_links::ask(tx, &email, "/dossiers", now)?;
        Ok(id)
    };
    let person = post.db.write(ask).unwrap();
    assert_eq!(post.worker().drain().await.unwrap(), sent(1));
    let text = post.sink.mails()[0].text();
    let secret = text.split("/connexion/lien/").nth(1).unwrap().split_whitespace().next().unwrap();
    assert_eq!(post.db.read(|conn| login_links::show(conn, secret, now)).unwrap().id, person);
    let rows = post.db.read(|conn| rows::page(conn, None, None, 10)).unwrap();
    assert!(!format!("{rows:?}").contains(secret));
}

#[tokio::test]
async fn the_folder_keeps_mails_that_can_be_read_back() {
    let post = Post::over(sqlite());
    post.owe("zoe@example.org", Some(specimens::blank(LetterKind::Award, 42, "Accord")));
    let folder = TempDir::new().unwrap();
    let transport = Transport::folder(folder.path().join("mail")).unwrap();
    let folder = folder.path().join("mail");
    assert_eq!(post.worker_with(&post.db, transport, print).drain().await.unwrap().sent, 1);
    let mails = mailbox::list(&folder, None, 10).unwrap();
    assert_eq!((mails.len(), mails[0].subject.as_str()), (1, award().subject.as_str()));
    assert_eq!(mails[0].to, "Zoé Nœud <zoe@example.org>");
    assert!(mails[0].text.contains("http://127.0.0.1:8080/subventions/42"), "{}", mails[0].text);
    assert_eq!(mails[0].attachments, ["LC-2027-0042.pdf"]);
    let (name, bytes) = mailbox::attachment(&folder, &mails[0].file, 0).unwrap();
    assert!(name == "LC-2027-0042.pdf" && bytes.starts_with(b"%PDF-"));
    assert_eq!(mailbox::list(&folder, Some(&mails[0].file), 10).unwrap(), []);
    for bad in ["../../etc/passwd", "/etc/passwd", "..", "x.eml/../y.eml"] {
        assert_eq!(mailbox::read(&folder, bad), None, "{bad}");
    }
}

/// A journal that a test reads.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<u8>>>);

impl Write for Journal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Journal {
    /// How many lines say that mails do not leave, each a warning.
    fn alarms(&self) -> usize {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().filter(|line| line.contains("WARN") && line.contains("due for an hour and none leaves")).count()
    }
}

#[tokio::test]
async fn the_journal_is_told_once_an_hour_while_no_mail_leaves() {
    let post = Post::over(sqlite());
    let (journal, mut worker) = (Journal::default(), post.worker());
    let kept = journal.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || kept.clone()).finish();
    let _heard = tracing::subscriber::set_default(subscriber);
    post.sink.becomes(Mood::Closed);
    post.owe("zoe@example.org", None);
    for minute in 0..=185 {
        worker.drain().await.unwrap();
        let wanted = match minute {
            0..=60 => 0..=0,
            61..=65 => 0..=1,
            66..=120 => 1..=1,
            126..=180 => 2..=2,
            _ => 1..=3,
        };
        assert!(wanted.contains(&journal.alarms()), "{} alarms after {minute} minutes", journal.alarms());
        post.wait_minutes(1);
    }
    post.sink.becomes(Mood::Fair);
    assert_eq!(worker.drain().await.unwrap().sent, 1);
    let told = journal.alarms();
    for _ in 0..70 {
        post.wait_minutes(1);
        worker.drain().await.unwrap();
    }
    assert_eq!(journal.alarms(), told, "mails leave again");
}
