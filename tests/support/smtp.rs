//! A mail server that keeps what it is given, and has the bad days real ones have: the peer of the outbox.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use mail_parser::MessageParser;

/// How often the door is looked at.
const GLANCE: Duration = Duration::from_millis(2);

/// Where in the conversation trouble comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// At the greeting, before anything is said.
    Greeting,
    /// At the sender.
    Mail,
    /// At a recipient.
    Recipient,
    /// Before the text.
    Data,
    /// After the text: the server has read it and keeps nothing.
    End,
}

/// How the server behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mood {
    /// Everything is taken.
    Fair,
    /// Nobody answers the door: connections are refused.
    Closed,
    /// « 451 later », for good at this stage.
    Postpones(Stage),
    /// « 550 never », for good at this stage.
    Refuses(Stage),
    /// The line drops at this stage, before the answer; nothing is kept.
    HangsUp(Stage),
    /// The text is kept, but the line drops before the sender hears it.
    LosesTheAnswer,
    /// Every answer takes this long.
    Slow(Duration),
}

/// A message as it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Headers and body, dots unstuffed.
    pub raw: String,
}

/// A mail server on a port of its own. It stops with the test.
pub struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    door: Mutex<Option<TcpListener>>,
    state: Mutex<State>,
}

struct State {
    mood: Mood,
    /// Moods of the next messages, one each; then `mood` again.
    next: VecDeque<Mood>,
    mails: Vec<Mail>,
    is_over: bool,
}

impl Default for State {
    fn default() -> Self {
        Self { mood: Mood::Fair, next: VecDeque::new(), mails: Vec::new(), is_over: false }
    }
}

impl Sink {
    /// Opens a server in fair mood on 127.0.0.1.
    pub fn open() -> Self {
        let shared = Arc::new(Shared::default());
        let door = knockable(SocketAddr::from(([127, 0, 0, 1], 0)));
        let address = door.local_addr().unwrap();
        *shared.door.lock().unwrap() = Some(door);
        let porter = Arc::clone(&shared);
        thread::spawn(move || porter.keep_the_door());
        Self { address, shared }
    }

    /// `smtp://127.0.0.1:PORT`, as `SMTP_URL` reads it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// From now on the server is in this mood, open conversations included.
    pub fn becomes(&self, mood: Mood) {
        self.shared.state.lock().unwrap().mood = mood;
        let mut door = self.shared.door.lock().unwrap();
        match (mood, door.is_some()) {
            (Mood::Closed, _) => *door = None,
            (_, false) => *door = Some(knockable(self.address)),
            _ => {}
        }
    }

    /// The next messages meet these moods, one each (from `Stage::Mail` on); later ones meet the standing mood.
    pub fn next_mails_meet(&self, moods: impl IntoIterator<Item = Mood>) {
        self.shared.state.lock().unwrap().next.extend(moods);
    }

    /// What was kept, in order, repetitions included.
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.state.lock().unwrap().mails.clone()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.state.lock().unwrap().is_over = true;
    }
}

impl Mail {
    /// The subject, decoded.
    pub fn subject(&self) -> String {
        self.read(|mail| mail.subject().map(String::from))
    }

    /// The plain text, decoded.
    pub fn text(&self) -> String {
        self.read(|mail| mail.body_text(0).map(String::from))
    }

    /// The HTML, decoded.
    pub fn html(&self) -> String {
        self.read(|mail| mail.body_html(0).map(String::from))
    }

    /// The Message-ID, without its angle brackets.
    pub fn message_id(&self) -> String {
        self.read(|mail| mail.message_id().map(String::from))
    }

    fn read(&self, what: impl Fn(&mail_parser::Message) -> Option<String>) -> String {
        MessageParser::default().parse(&self.raw).as_ref().and_then(what).unwrap_or_default()
    }
}

fn knockable(address: SocketAddr) -> TcpListener {
    let door = TcpListener::bind(address).unwrap();
    door.set_nonblocking(true).unwrap();
    door
}

impl Shared {
    fn keep_the_door(self: Arc<Self>) {
        while !self.state.lock().unwrap().is_over {
            let visitor = self.door.lock().unwrap().as_ref().and_then(|door| door.accept().ok());
            match visitor {
                Some((line, _)) => {
                    let shared = Arc::clone(&self);
                    thread::spawn(move || Talk { line, shared, mood: None }.hold());
                }
                None => thread::sleep(GLANCE),
            }
        }
        *self.door.lock().unwrap() = None;
    }
}

/// One conversation with one sender. An error is the line being gone, wanted or not: the conversation is over.
struct Talk {
    line: TcpStream,
    shared: Arc<Shared>,
    /// The mood met by the message under way, when it is its own.
    mood: Option<Mood>,
}

impl Talk {
    fn hold(mut self) -> io::Result<()> {
        self.line.set_nonblocking(false)?;
        self.line.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut heard = BufReader::new(self.line.try_clone()?);
        let (mut from, mut to) = (String::new(), Vec::new());
        let mut is_open = self.answer(Some(Stage::Greeting), "220 sink")?;
        while is_open {
            let mut said = String::new();
            if heard.read_line(&mut said)? == 0 {
                break;
            }
            match said.split([' ', ':', '\r']).next().unwrap_or("").to_ascii_uppercase().as_str() {
                "EHLO" => {
                    self.answer(None, "250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 10485760")?;
                }
                "MAIL" => {
                    self.mood = self.shared.state.lock().unwrap().next.pop_front();
                    (from, to) = (address(&said), Vec::new());
                    self.answer(Some(Stage::Mail), "250 ok")?;
                }
                "RCPT" => {
                    if self.answer(Some(Stage::Recipient), "250 ok")? {
                        to.push(address(&said));
                    }
                }
                "DATA" => {
                    if self.answer(Some(Stage::Data), "354 go on")? {
                        let raw = text(&mut heard)?;
                        self.keep(Mail { from: from.clone(), to: to.clone(), raw })?;
                    }
                }
                "QUIT" => {
                    self.answer(None, "221 bye")?;
                    is_open = false;
                }
                "RSET" | "NOOP" | "HELO" => {
                    self.answer(None, "250 ok")?;
                }
                _ => {
                    self.answer(None, "502 unknown")?;
                }
            }
        }
        Ok(())
    }

    fn mood(&self) -> Mood {
        self.mood.unwrap_or_else(|| self.shared.state.lock().unwrap().mood)
    }

    /// Gives the good answer, or the one the mood commands at this stage; whether it was the good one.
    fn answer(&mut self, stage: Option<Stage>, good: &str) -> io::Result<bool> {
        let said = match self.mood() {
            Mood::Closed => return Err(io::ErrorKind::ConnectionAborted.into()),
            Mood::HangsUp(at) if stage == Some(at) => return Err(io::ErrorKind::ConnectionAborted.into()),
            Mood::LosesTheAnswer if stage == Some(Stage::End) => return Err(io::ErrorKind::ConnectionAborted.into()),
            Mood::Postpones(at) if stage == Some(at) => "451 4.3.0 later",
            Mood::Refuses(at) if stage == Some(at) => "550 5.1.1 never",
            Mood::Slow(pause) => {
                thread::sleep(pause);
                good
            }
            _ => good,
        };
        self.line.write_all(format!("{said}\r\n").as_bytes())?;
        Ok(said == good)
    }

    /// Keeps the message, unless the mood is against it, and only then answers.
    fn keep(&mut self, mail: Mail) -> io::Result<()> {
        let is_against =
            [Mood::Postpones(Stage::End), Mood::Refuses(Stage::End), Mood::HangsUp(Stage::End), Mood::Closed]
                .contains(&self.mood());
        if !is_against {
            self.shared.state.lock().unwrap().mails.push(mail);
        }
        self.answer(Some(Stage::End), "250 kept")?;
        self.mood = None;
        Ok(())
    }
}

/// The address between angle brackets.
fn address(said: &str) -> String {
    said.split(['<', '>']).nth(1).unwrap_or("").to_owned()
}

/// Everything up to the lone dot.
fn text(heard: &mut impl BufRead) -> io::Result<String> {
    let mut raw = String::new();
    loop {
        let mut line = String::new();
        if heard.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(raw);
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

#[cfg(test)]
mod tests {
    use lettre::message::MultiPart;
    use lettre::{Message, SmtpTransport, Transport};

    use super::*;

    fn post(sink: &Sink, subject: &str) -> Result<(), lettre::transport::smtp::Error> {
        let body = "Bonjour Zoé,\n.\n..\nVotre dossier est déposé\u{202f}!\n".to_owned();
        let mail = Message::builder()
            .from("fonds@example.org".parse().unwrap())
            .to("Zoé <zoe@example.org>".parse().unwrap())
            .message_id(Some(format!("<{subject}@example.org>")))
            .subject(format!("Accusé de réception {subject}"))
            .multipart(MultiPart::alternative_plain_html(body, "<p>Déposé</p>".to_owned()))
            .unwrap();
        let post = SmtpTransport::from_url(&sink.url()).unwrap().timeout(Some(Duration::from_secs(5))).build();
        post.send(&mail).map(drop)
    }

    #[test]
    fn a_mail_is_kept_as_it_was_written() {
        let sink = Sink::open();
        post(&sink, "D-1").unwrap();
        let mails = sink.mails();
        assert_eq!(
            (mails[0].from.as_str(), mails[0].to.as_slice()),
            ("fonds@example.org", &["zoe@example.org".into()][..])
        );
        assert_eq!(
            (mails[0].subject(), mails[0].message_id()),
            ("Accusé de réception D-1".into(), "D-1@example.org".into())
        );
        assert_eq!(mails[0].text().replace('\r', "").trim(), "Bonjour Zoé,\n.\n..\nVotre dossier est déposé\u{202f}!");
        assert_eq!((mails[0].html().trim(), mails.len()), ("<p>Déposé</p>", 1));
    }

    #[test]
    fn a_postponed_or_refused_mail_is_not_kept_at_any_stage() {
        let sink = Sink::open();
        for stage in [Stage::Greeting, Stage::Mail, Stage::Recipient, Stage::Data, Stage::End] {
            sink.becomes(Mood::Postpones(stage));
            assert!(post(&sink, "later").unwrap_err().is_transient(), "{stage:?}");
            sink.becomes(Mood::Refuses(stage));
            assert!(post(&sink, "never").unwrap_err().is_permanent(), "{stage:?}");
            sink.becomes(Mood::HangsUp(stage));
            post(&sink, "gone").unwrap_err();
        }
        assert_eq!(sink.mails(), []);
    }

    #[test]
    fn a_lost_answer_keeps_the_mail_and_fails_the_sender_once() {
        let sink = Sink::open();
        sink.next_mails_meet([Mood::LosesTheAnswer]);
        post(&sink, "D-2").unwrap_err();
        post(&sink, "D-2").unwrap();
        let ids: Vec<_> = sink.mails().iter().map(Mail::message_id).collect();
        assert_eq!(ids, ["D-2@example.org", "D-2@example.org"]);
    }

    #[test]
    fn a_closed_door_opens_again_at_the_same_address() {
        let sink = Sink::open();
        sink.becomes(Mood::Closed);
        post(&sink, "D-3").unwrap_err();
        sink.becomes(Mood::Slow(Duration::from_millis(1)));
        post(&sink, "D-3").unwrap();
        assert_eq!(sink.mails().len(), 1);
    }
}
