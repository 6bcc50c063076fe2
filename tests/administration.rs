//! The pages of the administrator, walked through in a browser and asked without one.

use crate::letters::specimens;
use crate::support::browser::{Browser, Step};
use crate::support::databases::{TestDb, sqlite};
use actix_web::rt::System;
use std::net::TcpListener;
use std::thread;
use tempfile::TempDir;
use tisserand::domain::identity::Email;
use tisserand::domain::ids::{MessageId, PersonId};
use tisserand::domain::letters::{Letter, LetterKind};
use tisserand::domain::lifecycles::messages::{Message, MessageEvent};
use tisserand::domain::messages::{Action, Mail, MessageKind};
use tisserand::domain::roles::Role;
use tisserand::domain::time::Moment;
use tisserand::mail::{Transport, Worker};
use tisserand::store::{Files, Tx, messages as rows};
use tisserand::usecases::advance::record_birth;
use tisserand::usecases::documents::{self, Recipient};
use tisserand::usecases::{Actor, Outcome, clock::Clock, messages, people, settings, sign_ins};
use tisserand::web::{App, server};

/// A site with an administrator, an auditor, an applicant and a few mails.
struct Site {
    base: String,
    db: TestDb,
    folder: TempDir,
    admin: PersonId,
    clock: Clock,
}

impl Site {
    fn open() -> Self {
        let (db, folder) = (sqlite(), TempDir::new().unwrap());
        let clock = Clock::at(Moment::from_unix_seconds(1_800_000_000));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mails = folder.path().join("mail");
        std::fs::create_dir_all(&mails).unwrap();
        let app = App::new(db.clone(), clock.clone(), false).with_mailbox(mails);
        let origin = base.clone();
        thread::spawn(move || System::new().block_on(server::start(app, &origin, listener, 1).unwrap()));
        let now = clock.now();
        let admin = db.write(|tx| person(tx, "Ada Lefèvre", "ada@example.org", Role::Admin, now)).unwrap();
        Site { base, db, folder, admin, clock }
    }

    /// The secret of a sign-in.
    fn sign_in(&self, person: PersonId) -> String {
        let now = self.clock.now();
        self.db.write(|tx| sign_ins::open(tx, person, "Essai", now)).unwrap()
    }

    fn owe(&self, address: &str, name: &str, subject: &str, letter: Option<Letter>) -> MessageId {
        let now = self.clock.now();
        let queue = |tx: &mut Tx| -> Outcome<()> {
            let (system, id) = (Actor::system(), tx.mint::<MessageId>(now)?);
            let cause = record_birth::<Message>(tx, &system, &system.roles, id, now)?;
            let known = settings::load(tx.conn())?;
            let document = letter.clone().map(|letter| documents::issue(tx, &cause, &known, letter)).transpose()?;
            let to = Recipient { person: None, address: address.into(), name: name.into() };
            messages::queue(tx, &cause, &to, &mail(subject), document)
        };
        self.db.write(queue).unwrap();
        let all = self.db.read(|conn| rows::page(conn, None, None, 100)).unwrap();
        all.into_iter().find(|row| row.recipient_address == address).unwrap().id
    }

    async fn send(&self) {
        let files = Files::local(&self.folder.path().join("files")).unwrap();
        let transport = Transport::folder(self.folder.path().join("mail")).unwrap();
        let press = |letter: &Letter| tisserand::documents::render(letter).map_err(|error| error.to_string());
        let from = "Lianes coopération <fonds@example.org>".parse().unwrap();
        let mut worker = Worker::new(self.db.clone(), self.clock.clone(), files, transport, from, press);
        worker.drain().await.unwrap();
    }

    async fn get(&self, secret: &str, path: &str) -> (u16, String) {
        let request = reqwest::Client::new().get(format!("{}{path}", self.base));
        let reply = request.header("cookie", format!("sid={secret}")).send().await.unwrap();
        (reply.status().as_u16(), reply.text().await.unwrap())
    }

    async fn post(&self, secret: &str, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let request = client.post(format!("{}{path}", self.base)).form(fields).header("origin", &self.base);
        let reply = request.header("cookie", format!("sid={secret}")).send().await.unwrap();
        (reply.status().as_u16(), reply.text().await.unwrap())
    }

    /// A few mails in every state, and people with roles.
    async fn lived_in(self) -> Self {
        let now = self.clock.now();
        let letter = specimens::blank(LetterKind::Award, 42, "Accord de subvention");
        self.owe("zoe@example.org", "Zoé Nœud", "Accord\u{a0}: à confirmer avant le 12 mars", Some(letter));
        self.send().await;
        let held = self.owe("ayo@example.org", "Ayọ̀ Diallo", "Votre dossier est recevable", None);
        let gone = self.owe("bob@example.org", "Bob Martin", "Il manque une pièce à votre dossier", None);
        self.owe("eve@example.org", "Ève Dubois", "Votre versement est parti", None);
        let admin = Actor::person(self.admin, vec![Role::Admin]);
        let decide = |id, event| self.db.write(|tx| messages::decide(tx, &admin, id, 0, event, now)).unwrap();
        decide(held, MessageEvent::Hold);
        decide(gone, MessageEvent::Cancel);
        let people = [
            ("Camille Delattre", "camille@lianes.example", Role::Officer),
            ("Inès Vandenbroucke", "ines@lianes.example", Role::Director),
            ("Moussa Traoré", "moussa@asso.example", Role::Applicant),
        ];
        for (name, email, role) in people {
            self.db.write(|tx| person(tx, name, email, role, now)).unwrap();
        }
        self
    }
}

fn person(tx: &mut Tx, name: &str, email: &str, role: Role, now: Moment) -> Outcome<PersonId> {
    people::ensure(tx, &email.parse::<Email>().unwrap(), name, role, now)
}

fn mail(subject: &str) -> Mail {
    Mail {
        kind: MessageKind::Award,
        subject: subject.into(),
        paragraphs: vec!["Bonne nouvelle\u{a0}: votre projet avance.".into()],
        facts: vec![("Dossier".into(), "R27-0148".into())],
        action: Some(Action { label: "Voir mon dossier".into(), path: "/dossiers/42".into() }),
        contact: "fonds@example.org".into(),
    }
}

#[tokio::test]
async fn an_administrator_adds_a_person_and_changes_what_they_may_do() {
    let site = Site::open();
    let secret = site.sign_in(site.admin);
    let typed = [("nom", "Léa Petit"), ("email", "pas une adresse"), ("role", "officer")];
    let (status, page) = site.post(&secret, "/administration/personnes", &typed).await;
    assert!(status == 422 && page.contains("Léa Petit") && page.contains("Indiquez une adresse"), "{status} {page}");
    let typed = [("nom", "Léa Petit"), ("email", "lea@example.org"), ("role", "officer")];
    assert_eq!(site.post(&secret, "/administration/personnes", &typed).await.0, 303);
    let (status, page) = site.post(&secret, "/administration/personnes", &typed).await;
    assert!(status == 422 && page.contains("déjà celle de quelqu’un"), "{status} {page}");
    let (_, page) = site.get(&secret, "/administration?q=PETIT").await;
    assert!(page.contains("chargé·e de mission") && !page.contains("Ada Lefèvre</a></th>"), "{page}");
    let id = page.split("/administration/personnes/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let path = format!("/administration/personnes/{id}");
    assert_eq!(site.post(&secret, &format!("{path}/donner"), &[("role", "auditor")]).await.0, 303);
    assert_eq!(site.post(&secret, &format!("{path}/retirer"), &[("role", "officer")]).await.0, 303);
    assert_eq!(site.post(&secret, &format!("{path}/donner"), &[("role", "system")]).await.0, 409);
    assert_eq!(site.post(&secret, &format!("{path}/fermer"), &[]).await.0, 303);
    let (_, page) = site.get(&secret, &path).await;
    assert!(page.contains("Rouvrir l’accès") && page.contains(">audit<"), "{page}");
    assert_eq!(site.post(&secret, &format!("{path}/nommer"), &[]).await.0, 404);
}

#[tokio::test]
async fn nobody_changes_their_own_rights() {
    let site = Site::open();
    let secret = site.sign_in(site.admin);
    for (word, role) in [("donner", "finance"), ("retirer", "admin"), ("fermer", "")] {
        let path = format!("/administration/personnes/{}/{word}", site.admin);
        let (status, page) = site.post(&secret, &path, &[("role", role)]).await;
        assert!(status == 409 && page.contains("ses propres droits"), "{word}: {status} {page}");
    }
    assert!(site.get(&secret, &format!("/administration/personnes/{}", site.admin)).await.1.contains("C’est vous."));
}

#[tokio::test]
async fn an_administrator_sees_and_steers_the_outbox() {
    let site = Site::open().lived_in().await;
    let secret = site.sign_in(site.admin);
    let (status, page) = site.get(&secret, "/administration/courriels?etat=queued").await;
    assert!(status == 200 && page.contains("Votre versement est parti") && !page.contains("recevable"), "{page}");
    let id = page.split("/administration/courriels/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let path = format!("/administration/courriels/{id}");
    let (_, page) = site.get(&secret, &path).await;
    assert!(page.contains("Suspendre") && page.contains("votre projet avance."), "{page}");
    assert_eq!(site.post(&secret, &format!("{path}/suspendre"), &[("version", "0")]).await.0, 303);
    let (status, page) = site.post(&secret, &format!("{path}/annuler"), &[("version", "0")]).await;
    assert!(status == 409 && page.contains("entre-temps"), "{status} {page}");
    assert_eq!(site.post(&secret, &format!("{path}/liberer"), &[("version", "1")]).await.0, 303);
    site.send().await;
    assert_eq!(site.post(&secret, &format!("{path}/renvoyer"), &[]).await.0, 303);
    assert_eq!(site.post(&secret, &format!("{path}/oublier"), &[]).await.0, 404);
}

#[tokio::test]
async fn mails_that_do_not_leave_are_an_alarm_after_an_hour() {
    let site = Site::open();
    let secret = site.sign_in(site.admin);
    let owed_at = site.clock.now();
    site.owe("zoe@example.org", "Zoé Nœud", "Accord", None);
    for (minutes, is_told) in [(59, false), (60, true)] {
        site.clock.set(owed_at.plus_minutes(minutes));
        for path in ["/administration", "/administration/courriels"] {
            let (status, page) = site.get(&secret, path).await;
            assert_eq!((status, page.contains("Des courriels attendent depuis le")), (200, is_told), "{path}: {page}");
        }
    }
    site.send().await;
    let (_, page) = site.get(&secret, "/administration").await;
    assert!(!page.contains("Des courriels attendent"), "{page}");
}

#[tokio::test]
async fn the_history_names_who_did_what_and_every_promise_holds() {
    let site = Site::open().lived_in().await;
    let secret = site.sign_in(site.admin);
    let (status, page) = site.get(&secret, "/administration/historique").await;
    assert!(status == 200 && page.contains("Ada Lefèvre (administration)") && page.contains("suspendu"), "{page}");
    let (_, page) = site.get(&secret, "/administration/historique?sujet=grant").await;
    assert!(page.contains("Rien pour l’instant") && page.contains("value=\"grant\" selected"), "{page}");
    let (_, page) = site.get(&secret, "/administration/historique?sujet=message&avant=4").await;
    assert!(page.contains("Prendre en charge") && !page.contains("Suspendre"), "{page}");
    let object = page.split("?objet=").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(site.get(&secret, &format!("/administration/historique?objet={object}")).await.0, 200);
    let (status, page) = site.get(&secret, "/administration/integrite").await;
    assert!(status == 200 && page.contains("Toutes les promesses tiennent.") && page.contains("la nuit"), "{page}");
    let token = page.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    for _ in 0..2 {
        assert_eq!(site.post(&secret, "/administration/integrite", &[("token", token)]).await.0, 303);
    }
    let (_, page) = site.get(&secret, "/administration/integrite").await;
    assert_eq!(page.matches("Tout tient").count(), 2, "the night’s and one more, for two clicks: {page}");
}

#[tokio::test]
async fn only_administrators_come_in_and_only_the_demo_has_a_mailbox() {
    let site = Site::open().lived_in().await;
    let now = site.clock.now();
    let other = site.db.write(|tx| person(tx, "Moussa Traoré", "moussa@asso.example", Role::Applicant, now)).unwrap();
    let secret = site.sign_in(other);
    for path in ["/administration", "/administration/courriels", "/administration/historique"] {
        assert_eq!(site.get(&secret, path).await.0, 404, "{path}");
    }
    let (status, page) = site.get("", "/boite-aux-lettres").await;
    assert!(status == 200 && page.contains("Zoé Nœud"), "{page}");
    let file = page.split("/boite-aux-lettres/").nth(1).unwrap().split('"').next().unwrap();
    let (_, page) = site.get("", &format!("/boite-aux-lettres/{file}")).await;
    assert!(page.contains("href=\"http://127.0.0.1:8080/dossiers/42\""), "{page}");
    assert_eq!(site.get("", &format!("/boite-aux-lettres/{file}/0")).await.0, 200);
    assert_eq!(site.get("", &format!("/boite-aux-lettres/{file}/7")).await.0, 404);
}

#[tokio::test]
async fn an_administrator_walks_through_the_pages() {
    let Some(browser) = Browser::open() else { return };
    let site = Site::open().lived_in().await;
    let now = site.clock.now();
    let ask = |tx: &mut Tx| {
        tisserand::usecases::login_links::ask(tx, &"ada@example.org".parse().unwrap(), "/administration", now)
    };
    site.db.write(ask).unwrap();
    site.send().await;
    let text = |said: &str| said.to_owned();
    let look = |name: &str| [Step::Audit, Step::Reflow, Step::Screenshot(text(name))];
    let (go, click) = (|path: &str| Step::Goto(text(path)), |label: &str| Step::Click(text(label)));
    let mut steps = vec![go("/boite-aux-lettres")];
    steps.extend(look("boite-aux-lettres"));
    steps.extend([click("Accord : à confirmer avant le 12 mars")]);
    steps.extend(look("boite-aux-lettres-courriel"));
    let mails = tisserand::mail::mailbox::list(&site.folder.path().join("mail"), None, 10).unwrap();
    let link = mails.iter().find_map(|mail| mail.text.split("/connexion/lien/").nth(1)).unwrap();
    let secret = link.split_whitespace().next().unwrap();
    steps.extend([go(&format!("/connexion/lien/{secret}")), click("Entrer"), Step::Path(text("/administration"))]);
    steps.extend(look("administration"));
    steps.extend([click("Camille Delattre")]);
    steps.extend(look("administration-personne"));
    steps.extend([go("/administration/courriels")]);
    steps.extend(look("administration-courriels"));
    steps.extend([click("Votre versement est parti")]);
    steps.extend(look("administration-courriel"));
    steps.extend([go("/administration/historique")]);
    steps.extend(look("administration-historique"));
    steps.extend([click("Vérifier la chaîne")]);
    steps.extend(look("administration-integrite"));
    let base = site.base.clone();
    let walk =
        tokio::task::spawn_blocking(move || browser.walk("administration", &base, &steps)).await.unwrap().unwrap();
    assert_eq!(walk.screenshots.len(), 16);
}
