//! The server that a bench measures: started as a program of its own, so that its CPU time and memory are its own.

use reqwest::{Client, redirect::Policy};
use std::{
    error::Error,
    fs,
    io::{self, BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

pub type Done<T = ()> = Result<T, Box<dyn Error>>;

/// Prints one line.
pub fn say(line: impl std::fmt::Display) -> Done {
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// The program with these arguments, over the database of a folder.
pub fn program(executable: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(executable);
    command.args(arguments).current_dir(folder).env("DATABASE_URL", "sqlite:history.db").env("DATA_DIR", "data");
    command
}

/// A page to ask for.
pub fn get(name: &'static str, cookie: String, path: &str) -> Page {
    Page { name, cookie, path: path.to_owned(), form: None }
}

/// A served site; it ends with the value.
pub struct Server {
    process: Child,
    pub base: String,
}

impl Server {
    /// Started in a folder that has its database; it has answered once. What it logs, of warnings and of the part that is
    /// named, is in `server.log` there.
    pub fn start(executable: &Path, folder: &Path, logged: Option<&str>) -> Done<Server> {
        let told = logged.map_or_else(|| "warn".to_owned(), |part| format!("warn,{part}"));
        let mut process = program(executable, folder, &["serve", "--no-worker", "--bind", "127.0.0.1:0"])
            .env("RUST_LOG", told)
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.join("server.log"))?)
            .spawn()?;
        let mut line = String::new();
        let out = process.stdout.as_mut().ok_or("no output")?;
        BufReader::new(out).read_line(&mut line)?;
        let base = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        let server = Server { process, base };
        let page = format!("{}/connexion", server.base);
        let rt = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        rt.block_on(async { reqwest::get(page).await?.error_for_status() })?;
        Ok(server)
    }

    /// CPU time used so far, user and system, in microseconds.
    pub fn cpu(&self) -> Done<u64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // The name of the program, in brackets, may hold spaces; the times are the 14th and 15th fields.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
        // Linux tells hundredths of a second.
        Ok((ticks(11) + ticks(12)) * 10_000)
    }

    /// A line of `/proc/PID/status` or of its neighbours, in kB.
    pub fn memory(&self, file: &str, name: &str) -> Done<u64> {
        let text = fs::read_to_string(format!("/proc/{}/{file}", self.process.id()))?;
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        Ok(line.split_whitespace().nth(1).unwrap_or("0").parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A page to ask for, or a form to send.
pub struct Page {
    pub name: &'static str,
    pub cookie: String,
    pub path: String,
    /// The fields of a form; `#` in a value becomes the number of the request.
    pub form: Option<Vec<(String, String)>>,
}

/// Sends the requests and gives the server's CPU time for each in microseconds, or the status that stopped it.
pub async fn load(server: &Server, page: &Page, requests: usize, connections: usize) -> Done<Result<u64, u16>> {
    let client = Client::builder().redirect(Policy::none()).build()?;
    let first = send(&client, server, page, 0).await?;
    if first >= 400 {
        return Ok(Err(first));
    }
    for number in 1..50 {
        send(&client, server, page, number).await?;
    }
    let (before, next) = (server.cpu()?, Arc::new(AtomicUsize::new(50)));
    let worker = || async {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= requests + 50 {
                return Done::Ok(0);
            }
            let status = send(&client, server, page, number).await?;
            if status >= 400 {
                return Ok(status);
            }
        }
    };
    let statuses = futures_util::future::join_all((0..connections).map(|_| worker())).await;
    for status in statuses {
        match status? {
            0 => {}
            status => return Ok(Err(status)),
        }
    }
    Ok(Ok((server.cpu()? - before) / u64::try_from(requests.max(1))?))
}

pub async fn send(client: &Client, server: &Server, page: &Page, number: usize) -> Done<u16> {
    let url = format!("{}{}", server.base, page.path);
    let request = match &page.form {
        None => client.get(url),
        Some(fields) => {
            let number = number.to_string();
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name, value.replace('#', &number))).collect();
            client.post(url).header("sec-fetch-site", "same-origin").form(&fields)
        }
    };
    let reply = request.header("cookie", &page.cookie).send().await?;
    let status = reply.status().as_u16();
    reply.bytes().await?;
    Ok(status)
}
