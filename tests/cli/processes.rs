//! The long-running commands as processes: they answer, and they end when they are asked to.

use super::tisserand_in;
use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// A running command; it does not outlive its test.
pub(super) struct Running(Child);

impl Running {
    fn start(folder: &Path, arguments: &[&str]) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tisserand"));
        command.args(arguments).current_dir(folder).env_remove("DATABASE_URL");
        Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// The same, telling all it has to say of itself; what it says goes to the files `out` and `err` of the folder.
    pub(super) fn telling_all(folder: &Path, arguments: &[&str]) -> Running {
        let file = |name: &str| Stdio::from(File::create(folder.join(name)).unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_tisserand"));
        command.args(arguments).current_dir(folder).env_remove("DATABASE_URL").env("RUST_LOG", "trace");
        Running(command.stdout(file("out")).stderr(file("err")).spawn().unwrap())
    }

    /// The first line it says.
    fn first_line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        line
    }

    /// Asks it to stop as a service manager does, and waits for its exit code; a minute is long enough for anybody.
    pub(super) fn stop(&mut self) -> Option<i32> {
        let asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(asked.success());
        for _ in 0..600 {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(100));
        }
        None
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn get(address: &str, path: &str) -> String {
    let mut line = TcpStream::connect(address).unwrap();
    write!(line, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_served_site_answers_and_ends_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    tisserand_in(folder.path(), &["migrate"]).done();
    let mut site = Running::start(folder.path(), &["serve", "--bind", "127.0.0.1:0"]);
    let line = site.first_line();
    let address = line.trim().rsplit("http://").next().unwrap().to_owned();
    let answer = get(&address, "/");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("</html>"), "{line}{answer}");
    assert_eq!(site.stop(), Some(0));
}

#[test]
fn a_worker_of_its_own_ends_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    tisserand_in(folder.path(), &["migrate"]).done();
    let mut worker = Running::start(folder.path(), &["worker"]);
    assert!(worker.first_line().contains("worker"));
    assert_eq!(worker.stop(), Some(0));
}

#[test]
fn a_port_that_is_taken_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    tisserand_in(folder.path(), &["migrate"]).done();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let sentence = tisserand_in(folder.path(), &["serve", "--bind", &address]).refused();
    assert!(sentence.contains(&address), "{sentence}");
}
