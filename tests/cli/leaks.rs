//! A served site that tells all it has to say is given account numbers, passwords and links in every way: none of them is
//! in its journal, nor in clear in its database, nor in its mails.

use super::processes::Running;
use crate::grants::hidden;
use crate::support::{
    databases::sqlite,
    grants::{IBANS, Paying},
    site::sign_in,
};
use mail_parser::MessageParser;
use reqwest::{
    Client, Response,
    multipart::{Form, Part},
    redirect::Policy,
};
use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tempfile::TempDir;
use tisserand::{
    domain::{ids::OrganisationId, money::Euros, time::Moment},
    usecases::settings,
};

const WRONG: &str = "fr76 3000 6000 0112 3456 7890 188";
const EMAIL: &str = "helo.les.passeurs@tisserand.example";
const PASSWORD: &str = "quatre chevaux verts dans un pre";

/// A site at this address, seen by one browser.
struct Browser {
    base: String,
    client: Client,
    cookie: String,
}

impl Browser {
    async fn get(&self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        request.send().await.unwrap()
    }

    async fn post(&self, path: &str, from: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.client.post(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        request.header("sec-fetch-site", from).form(fields).send().await.unwrap()
    }

    /// Sends the form of an account with this number, its RIB with it.
    async fn account(&self, path: &str, number: &str) -> Response {
        let page = self.get(path).await.text().await.unwrap();
        let token = hidden(&page, "token");
        let fields = [("token", token), ("titulaire", "Les Passeurs".to_owned()), ("iban", number.to_owned())];
        let form = fields.into_iter().fold(Form::new(), |form, (name, value)| form.text(name, value));
        let form = form.part("rib", Part::bytes(b"%PDF-1.7\nrib\n%%EOF\n".to_vec()).file_name("rib.pdf"));
        let request = self.client.post(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        request.header("sec-fetch-site", "same-origin").multipart(form).send().await.unwrap()
    }
}

/// What `look` finds, within a minute.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("{what} did not come");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(folder).map(|files| files.map(|file| file.unwrap().path()).collect());
    found.unwrap_or_default()
}

/// The words of every mail that left.
fn mails(folder: &Path) -> Vec<String> {
    let words = |path: PathBuf| {
        let bytes = fs::read(path).unwrap();
        let mail = MessageParser::default().parse(&bytes)?;
        let text = mail.body_text(0).map(String::from).unwrap_or_default();
        Some(format!("{text}{}", mail.body_html(0).map(String::from).unwrap_or_default()))
    };
    let letters = files(folder).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "eml"));
    letters.filter_map(words).collect()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

/// A grantee without account, somebody of theirs signed in, and the program that serves them.
struct Served {
    paying: Paying,
    organisation: OrganisationId,
    folder: TempDir,
    site: Running,
    browser: Browser,
}

impl Served {
    fn start() -> Served {
        let paying = Paying::on(sqlite());
        let grantee = paying.award("Les Passeurs", Euros::whole(10_000));
        paying.announce();
        paying.accept(&grantee);
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let now = Moment::from_unix_seconds(i64::try_from(seconds).unwrap());
        let cookie = sign_in(&paying.db, grantee.holder.person.unwrap(), now);
        let (folder, key) = (tempfile::tempdir().unwrap(), "07".repeat(32));
        let place = ["serve", "--bind", "127.0.0.1:0", "--data-dir", "data", "--database-url", paying.db.url()];
        let more = ["--iban-key", key.as_str(), "--history-witness", "temoin@example.org"];
        let site = Running::telling_all(folder.path(), &[place.as_slice(), more.as_slice()].concat());
        let base = wait_for("the address", || {
            let said = fs::read_to_string(folder.path().join("out")).unwrap();
            Some(said.lines().next()?.split_once("listens on ")?.1.trim().to_owned())
        });
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let browser = Browser { base, client, cookie };
        Served { paying, organisation: grantee.organisation, folder, site, browser }
    }

    fn letters(&self) -> PathBuf {
        self.folder.path().join("data/mail")
    }

    /// Everything the program said.
    fn written(&self) -> String {
        let read = |name: &str| fs::read(self.folder.path().join(name)).unwrap();
        [read("out"), read("err")].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat()
    }

    /// Every file of the database.
    fn kept(&self) -> Vec<Vec<u8>> {
        let database = PathBuf::from(self.paying.db.url().strip_prefix("sqlite:").unwrap());
        let kept = files(database.parent().unwrap()).into_iter().filter(|path| path.is_file());
        kept.map(|path| fs::read(path).unwrap()).collect()
    }
}

/// Types account numbers where they belong and where they do not.
async fn give_numbers(browser: &Browser, organisation: OrganisationId) {
    let path = format!("/organisations/{organisation}/compte");
    assert_eq!(browser.account(&path, WRONG).await.status(), 422);
    assert_eq!(browser.account(&path, IBANS[0]).await.status(), 303);
    assert_eq!(browser.get(&format!("/{}", IBANS[1])).await.status(), 404);
    assert!(!browser.get(&format!("/projets?q={}", IBANS[1])).await.status().is_server_error());
    assert!(browser.get(&format!("/organisations/{}/compte", IBANS[1])).await.status().is_client_error());
}

/// Sets a password, signs in with a wrong one and with it, and asks for a link.
async fn give_passwords(browser: &mut Browser) {
    let changed = browser.post("/compte/mot-de-passe", "same-origin", &[("mot_de_passe", PASSWORD)]).await;
    assert_eq!(changed.status(), 303);
    browser.cookie.clear();
    for (password, status) in [("quatre chevaux rouges ailleurs", 422), (PASSWORD, 303)] {
        let fields = [("email", EMAIL), ("mot_de_passe", password), ("suite", "")];
        assert_eq!(browser.post("/connexion", "same-origin", &fields).await.status(), status);
    }
    let asked = browser.post("/connexion/lien", "same-origin", &[("email", EMAIL), ("suite", "")]).await;
    assert_eq!(asked.status(), 200);
}

/// Follows the link of a mail; gives its secret and that of the device it signed in.
async fn follow_link(browser: &Browser, letters: &Path) -> (String, String) {
    let secret = wait_for("the link", || {
        let text = mails(letters).into_iter().find(|text| text.contains("/connexion/lien/"))?;
        let secret: String =
            text.split("/connexion/lien/").nth(1)?.chars().take_while(char::is_ascii_hexdigit).collect();
        (secret.len() == 64).then_some(secret)
    });
    let link = format!("/connexion/lien/{secret}");
    assert_eq!(browser.get(&link).await.status(), 200);
    assert_eq!(browser.post(&link, "cross-site", &[]).await.status(), 403);
    let signed_in = browser.post(&link, "same-origin", &[]).await;
    assert_eq!(signed_in.status(), 303);
    let opened = signed_in.headers()["set-cookie"].to_str().unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
    assert_eq!(browser.post(&link, "same-origin", &[]).await.status(), 404, "it is used up");
    (secret, opened)
}

#[actix_web::test]
async fn numbers_passwords_and_links_are_in_no_journal() {
    let mut served = Served::start();
    assert_eq!(served.paying.db.read(settings::load).unwrap().history_witness, "temoin@example.org");
    let device = served.browser.cookie.strip_prefix("sid=").unwrap().to_owned();
    give_numbers(&served.browser, served.organisation).await;
    give_passwords(&mut served.browser).await;
    let (secret, opened) = follow_link(&served.browser, &served.letters()).await;
    assert_eq!(served.site.stop(), Some(0));
    assert!(device.len() > 20 && opened.len() > 20, "{device} {opened}");
    let written = served.written();
    assert!(written.contains("TRACE") && written.contains("/connexion/lien/{secret}"), "it told all: {written}");
    let compact = WRONG.replace(' ', "").to_uppercase();
    let spelled = PASSWORD.replace(' ', "+");
    // A mail holds the secret of its own link, and nothing else holds it.
    let known = [WRONG, &compact, IBANS[0], IBANS[1], PASSWORD, &spelled, "chevaux rouges", &device, &opened];
    let known = known.map(str::to_owned);
    let hidden = known.iter().chain([&secret]);
    let kept = served.kept();
    assert!(kept.iter().any(|bytes| contains(bytes, EMAIL)), "the database is read");
    for one in hidden {
        assert!(!written.contains(one.as_str()), "{one} is in the journal");
        assert!(!kept.iter().any(|bytes| contains(bytes, one)), "{one} is in the database");
    }
    for mail in mails(&served.letters()) {
        assert!(known.iter().all(|one| !mail.contains(one.as_str())), "a secret is in a mail: {mail}");
    }
}
