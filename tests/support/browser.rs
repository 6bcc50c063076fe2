//! A real browser: people walk through the site, step by step, and what they would complain about fails the test.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tempfile::TempDir;

use super::{left_out, on_path, output_dir, root};

/// How long a step may wait for what it expects, in milliseconds: what comes at once on a machine at rest may take
/// seconds on one that does other work besides.
const PATIENCE_MS: u32 = 20_000;

/// One thing a person does, sees or checks. Fields are named by their label, things to press by their text, exactly as
/// on the screen; `css=…` names any element. Spaces are folded: a narrow no-break space reads as a space.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// From here on it is this person at the keyboard, with cookies of their own. A walk begins as `visitor`.
    Become(String),
    /// Type an address: a path of the site, or a full address read in a mail.
    Goto(String),
    /// Type a value (second) into a field (first).
    Fill(String, String),
    /// Choose an option (second) in a list (first).
    Choose(String, String),
    /// Tick a box or choose a radio button.
    Tick(String),
    /// Attach a file (second, a path) to a field (first).
    Attach(String, String),
    /// Press a button, follow a link or open a disclosure.
    Click(String),
    /// Press what gives a file (first), and keep the file (second, a path).
    Download(String, String),
    /// Go to another tab of the same person; a new name opens one.
    Tab(String),
    /// Close the tab and open an empty one.
    CloseTab,
    /// Press the browser's own button that goes back.
    Back,
    /// Hold a screen of 390 pixels until the next picture or audit.
    Phone,
    /// Cut the network, or restore it.
    Offline(bool),
    /// Of the next request to an address with this in it the site answers, and the answer is lost.
    LoseAnswer(String),
    /// Requests to an address with this in it wait on their way, until `Release`.
    Hold(String),
    /// What was held goes on.
    Release,
    /// The clock of the device is so many hours off, from the next page on.
    WrongClock(i32),
    /// The device sleeps for so many minutes with its page open.
    Sleep(u32),
    /// The sign-in is over, as if it had ended by itself.
    LoseSession,
    /// Press a key: `Tab`, `Enter`, `Shift+Tab`.
    Press(String),
    /// A finger set down on an element goes so many pixels to the right and down, and leaves.
    Swipe(String, i32, i32),
    /// The page comes back from the browser's memory, as it was when it was left.
    Remembered,
    /// This text is read on the screen, soon.
    Expect(String),
    /// This text is not on the screen.
    Absent(String),
    /// An element (first) reads this and nothing else (second), soon.
    Reads(String, String),
    /// A field (first) holds a value (second), soon.
    Holds(String, String),
    /// The focus is on the field or the button so named, soon.
    Focused(String),
    /// The focus is on the summary of what is wrong, soon, and each of its links leads to a field of the page.
    Summary,
    /// The address is this path, soon.
    Path(String),
    /// The last page came with this HTTP status.
    Status(u16),
    /// Keep `screens/NAME-390.png` and `screens/NAME-1280.png`.
    Screenshot(String),
    /// The page on A4 paper, kept as `screens/NAME-paper.png` (first): some element that a selector (second) names is
    /// printed, none that another one (third) names is, and nothing is cut at its side.
    Paper(String, String, String),
    /// axe-core finds nothing under WCAG 2.2 level AA, nor among its best practices, at 390 and at 1280 pixels.
    Audit,
    /// Nothing sticks out sideways at 320 (WCAG 1.4.10), 390 and 1280 pixels.
    Reflow,
}

/// What came of a walk whose every step went well.
#[derive(Deserialize, Debug)]
pub struct Walk {
    ok: bool,
    steps: Vec<Value>,
    complaints: Vec<String>,
    /// The pictures kept.
    pub screenshots: Vec<PathBuf>,
    /// Every accessibility finding, the minor ones included.
    pub audits: Vec<Value>,
    /// How many pages came, those that only lead on left out.
    pub pages: u32,
}

/// A browser whose people keep their cookies from one walk to the next.
pub struct Browser {
    chromium: PathBuf,
    people: TempDir,
    scripts: bool,
}

impl Browser {
    /// The browser, or nothing when this machine lacks a part of it; the suite is then left out.
    pub fn open() -> Option<Self> {
        let chromium = on_path("chromium");
        let missing = match (&chromium, on_path("node")) {
            (None, _) => Some("chromium"),
            (_, None) => Some("node"),
            _ if !root().join("tests/browser/node_modules/playwright-core").is_dir() => Some("npm ci in tests/browser"),
            _ => None,
        };
        if let Some(missing) = missing {
            left_out("the walks in a browser", missing);
            return None;
        }
        Some(Self { chromium: chromium?, people: TempDir::new().unwrap(), scripts: true })
    }

    /// The same, with scripts switched off.
    pub fn without_scripts(self) -> Self {
        Self { scripts: false, ..self }
    }

    /// Walks `steps` on the site at `base` (`http://127.0.0.1:PORT`). The error says which step failed and why, or what
    /// the pages complained of: a script error, refused content, a missing file, a call to another host.
    pub fn walk(&self, name: &str, base: &str, steps: &[Step]) -> Result<Walk, String> {
        let order = serde_json::json!({
            "name": name, "base": base, "steps": steps, "scripts": self.scripts, "patience_ms": PATIENCE_MS,
            "chromium": self.chromium, "people": self.people.path(), "screens": output_dir("screens"),
        });
        let mut node = Command::new("node")
            .arg(root().join("tests/browser/walk.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("node does not start: {error}"))?;
        let mut orders = node.stdin.take().ok_or("node reads nothing")?;
        orders.write_all(order.to_string().as_bytes()).map_err(|error| error.to_string())?;
        drop(orders);
        let said = node.wait_with_output().map_err(|error| error.to_string())?;
        let walk: Walk = serde_json::from_slice(&said.stdout)
            .map_err(|error| format!("{name}: {error}\n{}", String::from_utf8_lossy(&said.stderr)))?;
        if walk.ok { Ok(walk) } else { Err(walk.story(name)) }
    }
}

impl Walk {
    /// The walk told to whoever reads the failed test.
    fn story(&self, name: &str) -> String {
        let mut story = format!("the walk « {name} » went wrong\n");
        for step in &self.steps {
            let _ = writeln!(story, "  {} {}", step["step"], step["error"].as_str().unwrap_or("ok"));
        }
        for complaint in &self.complaints {
            let _ = writeln!(story, "  complaint: {complaint}");
        }
        story
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::Step::{
        Absent, Attach, Audit, Become, Choose, Click, Expect, Fill, Focused, Goto, Path, Press, Reflow, Screenshot,
        Status, Tick,
    };
    use super::*;

    const FORM: &str = r#"<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Essai</title>
        <meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"></head><body><main>
        <h1>Déposer un dossier</h1><form action="/merci">
        <p><label for="nom">Nom du projet</label> <input id="nom" name="nom"></p>
        <p><label for="axe">Axe</label> <select id="axe" name="axe"><option>Rhône<option>Saône</select></p>
        <p><label for="budget">Budget</label> <input id="budget" type="file"></p>
        <p><input id="ok" type="checkbox" name="ok"> <label for="ok">Je certifie</label></p>
        <button>Envoyer</button></form></main><script>document.title = "Essai";</script></body></html>"#;
    const THANKS: &str = r#"<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Merci</title>
        <link rel="icon" href="data:,"></head><body><main><h1>Merci&#8239;! 12 345 €</h1></main></body></html>"#;
    const UNKIND: &str = r#"<!doctype html><html><head><title></title><link rel="icon" href="data:,"></head><body>
        <input name="nom"><p style="width:900px">Large</p><script src="/absent.js"></script></body></html>"#;

    /// A site of three pages; the address it answers at.
    fn site() -> String {
        let door = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", door.local_addr().unwrap());
        thread::spawn(move || {
            for visitor in door.incoming() {
                let mut visitor = visitor.unwrap();
                let mut head = BufReader::new(visitor.try_clone().unwrap()).lines().map_while(Result::ok);
                let Some(first) = head.next() else { continue };
                head.take_while(|line| !line.is_empty()).for_each(drop);
                let (status, page) = match first.split(' ').nth(1).unwrap_or("").split('?').next() {
                    Some("/") => ("200 OK", FORM),
                    Some("/merci") => ("200 OK", THANKS),
                    Some("/unkind") => ("409 Conflict", UNKIND),
                    _ => ("404 Not Found", ""),
                };
                let length = page.len();
                let _ = write!(
                    visitor,
                    "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\
                     Set-Cookie: seen=1\r\n\r\n{page}"
                );
            }
        });
        base
    }

    #[test]
    fn a_person_fills_a_form_and_reads_the_answer() {
        let Some(browser) = Browser::open() else { return };
        let text = String::from;
        let file = root().join("Cargo.toml").display().to_string();
        let steps = [
            Goto(text("/")),
            Status(200),
            Audit,
            Reflow,
            Become(text("porteuse")),
            Goto(text("/")),
            Press(text("Tab")),
            Focused(text("Nom du projet")),
            Fill(text("Nom du projet"), text("La Traversée")),
            Choose(text("Axe"), text("Saône")),
            Attach(text("Budget"), file),
            Tick(text("Je certifie")),
            Screenshot(text("support-form")),
            Click(text("Envoyer")),
            Path(text("/merci")),
            Expect(text("Merci ! 12 345 €")),
            Absent(text("Envoyer")),
        ];
        let walk = browser.walk("form", &site(), &steps).unwrap();
        assert_eq!((walk.screenshots.len(), walk.audits), (2, vec![]));
    }

    #[test]
    fn an_unkind_page_fails_the_walk_with_and_without_scripts() {
        let Some(browser) = Browser::open() else { return };
        let base = site();
        let goto = || Goto(String::from("/unkind"));
        let story = browser.walk("unkind", &base, &[goto(), Status(409), Audit]).unwrap_err();
        assert!(story.contains("html-has-lang") && story.contains("label"), "{story}");
        assert!(story.contains("404 for") && story.contains("/absent.js"), "{story}");
        let story = browser.without_scripts().walk("unkind-plain", &base, &[goto(), Reflow]).unwrap_err();
        assert!(story.contains("the page is 9") && !story.contains("404 for"), "{story}");
    }
}
