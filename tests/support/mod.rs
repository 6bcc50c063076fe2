//! What the tests lean on. `cargo test` needs Rust alone: a test that needs more asks here first, and when the thing is
//! missing the suite is left out aloud. `tests/run` installs everything, and there a left-out suite is a failure.

pub mod bare;
pub mod browser;
pub mod crawls;
pub mod databases;
pub mod forms;
pub mod grants;
pub mod programme;
pub mod rendered;
pub mod site;
pub mod smtp;
pub mod twins;

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// Suites already announced in this process, so that fifty tests of one suite say it once.
static ANNOUNCED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Says that `suite` does not run here because `missing` is missing. The caller then returns.
///
/// The line goes straight to standard error, past the capture of the test runner, and to the file named by
/// `TISSERAND_LEFT_OUT`. With `TISSERAND_ALL_SUITES=1` it panics instead.
pub fn left_out(suite: &str, missing: &str) {
    let line = format!("left out: {suite} (missing: {missing}; tests/run installs it)");
    if ANNOUNCED.lock().unwrap().insert(line.clone()) {
        writeln!(io::stderr(), "{line}").unwrap();
        if let Some(list) = env::var_os("TISSERAND_LEFT_OUT") {
            let mut list = OpenOptions::new().append(true).create(true).open(list).unwrap();
            writeln!(list, "{line}").unwrap();
        }
    }
    assert!(env::var_os("TISSERAND_ALL_SUITES").is_none_or(|wanted| wanted != "1"), "{line}");
}

/// Whether `program` is on the path; if not, the checks that need it are left out.
/// `if !support::require("xmllint") { return; }`
pub fn require(program: &str) -> bool {
    let found = on_path(program).is_some();
    if !found {
        left_out(&format!("the checks by {program}"), program);
    }
    found
}

/// Where `program` is, if it is on the path.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The server on which throw-away PostgreSQL databases may be created; without one the suite is left out.
/// `let Some(url) = support::postgres_url() else { return };`
pub fn postgres_url() -> Option<String> {
    let url = env::var_os("TISSERAND_TEST_POSTGRES").and_then(|url| url.into_string().ok());
    if url.is_none() {
        left_out("the tests on PostgreSQL", "TISSERAND_TEST_POSTGRES");
    }
    url
}

/// `target/test-output/NAME`, created: where tests leave screenshots, letters and exports for a person to look at.
pub fn output_dir(name: &str) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir));
    let folder = target.join("test-output").join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// What xmllint says of these bytes against an official schema of ISO 20022, `pain.001.001.09`; nothing when it has no
/// complaint. What they were stays for a person to look at.
pub fn complaints(schema: &str, name: &str, xml: &[u8]) -> String {
    let path = output_dir("iso20022").join(format!("{name}.xml"));
    fs::write(&path, xml).unwrap();
    let schema = root().join("fixtures/standards/iso20022").join(format!("{schema}.xsd"));
    let lint = Command::new("xmllint").args(["--noout", "--nonet", "--schema"]).arg(schema).arg(path).output().unwrap();
    if lint.status.success() { String::new() } else { String::from_utf8_lossy(&lint.stderr).into_owned() }
}

/// The repository's root folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_compiler_is_on_the_path_and_a_made_up_program_is_not() {
    assert!(require("cargo"));
    assert_eq!(on_path("a-program-nobody-wrote"), None);
}

#[test]
fn a_postgres_address_is_one_libpq_reads() {
    let Some(url) = postgres_url() else { return };
    assert!(url.starts_with("postgres://") || url.starts_with("postgresql://"), "{url}");
}

#[test]
fn output_goes_below_the_target_folder() {
    let folder = output_dir("support");
    assert!(folder.is_dir() && folder.ends_with("test-output/support"));
}

/// Compares `text` with the golden file at `path`; `UPDATE=1` writes the file instead.
pub fn golden(path: &str, text: &str) {
    let path = root().join(path);
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, text).unwrap();
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{} differs from what the code says; UPDATE=1 writes it again", path.display());
}
