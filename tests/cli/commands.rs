//! Each command on its own: its help, its refusals, what it leaves.

use super::{tisserand, tisserand_in, tisserand_telling_all};
use crate::support::{
    databases,
    grants::{IBANS, Paying},
};
use std::fs;
use tisserand::domain::money::Euros;

#[test]
fn every_command_explains_itself_with_an_example() {
    let help = tisserand(&["--help"]).done();
    let commands = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let commands: Vec<_> = commands.map_while(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 5, "{help}");
    for command in commands.iter().filter(|command| **command != "help") {
        let help = tisserand(&[command, "--help"]).done();
        assert!(help.contains(&format!("tisserand {command}")) && help.contains("Example"), "{help}");
    }
}

#[test]
fn a_misspelt_command_is_a_matter_of_usage() {
    assert_eq!(tisserand(&["lifecyle"]).code, 2);
    assert_eq!(tisserand(&["lifecycle", "umbrella"]).code, 2);
    assert_eq!(tisserand(&["backup"]).code, 2);
}

#[test]
fn commands_refuse_a_database_that_is_not_there_and_make_none() {
    let folder = tempfile::tempdir().unwrap();
    let sentence = tisserand_in(folder.path(), &["check"]).refused();
    assert!(sentence.contains("tisserand migrate"), "{sentence}");
    let sentence = tisserand_in(folder.path(), &["check", "--database-url", "mysql:x"]).refused();
    assert!(sentence.contains("sqlite: or postgres://"), "{sentence}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_new_database_is_migrated_then_checked() {
    let folder = tempfile::tempdir().unwrap();
    tisserand_in(folder.path(), &["migrate"]).done();
    tisserand_in(folder.path(), &["migrate"]).done();
    let table = tisserand_in(folder.path(), &["check"]).done();
    assert_eq!(table.lines().count(), 27, "{table}");
}

#[test]
fn an_empty_database_keeps_every_promise_on_both() {
    for db in databases::each_database() {
        tisserand(&["check", "--database-url", db.url()]).done();
    }
}

#[test]
fn a_backup_is_a_database_and_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    tisserand_in(folder.path(), &["migrate"]).done();
    tisserand_in(folder.path(), &["backup", "--out", "copy.db"]).done();
    tisserand_in(folder.path(), &["check", "--database-url", "sqlite:copy.db"]).done();
    let before = fs::read(folder.path().join("copy.db")).unwrap();
    tisserand_in(folder.path(), &["backup", "--out", "copy.db"]).refused();
    tisserand_in(folder.path(), &["backup", "--out", "nowhere/copy.db"]).refused();
    assert_eq!(fs::read(folder.path().join("copy.db")).unwrap(), before);
}

#[test]
fn sealed_numbers_ask_for_their_key_and_for_no_other() {
    let paying = Paying::on(databases::sqlite());
    let grantee = paying.award("Les Passeurs", Euros::whole(10_000));
    paying.announce();
    paying.ready(&grantee, "Les Passeurs", IBANS[0]);
    let folder = tempfile::tempdir().unwrap();
    let migrate = |keys: &[&str]| {
        let arguments = ["migrate", "--database-url", paying.db.url()];
        tisserand_in(folder.path(), &[arguments.as_slice(), keys].concat())
    };
    let (right, wrong) = ("07".repeat(32), "09".repeat(32));
    let missing = migrate(&[]).refused();
    assert!(missing.contains("their key is missing") && missing.contains("iban.key"), "{missing}");
    let refused = migrate(&["--iban-key", &wrong]).refused();
    assert!(refused.contains("another key"), "{refused}");
    assert!(migrate(&["--iban-key", "07"]).refused().contains("32 bytes"));
    migrate(&["--iban-key", &right]).done();
    migrate(&["--iban-key", &wrong, "--iban-old-keys", &right]).done();
    assert!(migrate(&["--iban-key", &right]).refused().contains("another key"), "it was replaced");
    fs::create_dir(folder.path().join("var")).unwrap();
    fs::write(folder.path().join("var/iban.key"), format!("{wrong}\n")).unwrap();
    migrate(&[]).done();
}

#[test]
fn a_key_is_made_once_and_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    tisserand_in(folder.path(), &["demo", "--no-serve", "--data-dir", "data"]).done();
    let file = folder.path().join("data/iban.key");
    let (key, mode) = (fs::read(&file).unwrap(), fs::metadata(&file).unwrap().permissions().mode());
    assert_eq!((key.len(), mode & 0o777), (65, 0o600));
    fs::remove_file(&file).unwrap();
    let sentence = tisserand_in(folder.path(), &["demo", "--no-serve", "--data-dir", "data"]).refused();
    assert!(sentence.contains("put it back at data/iban.key"), "{sentence}");
}

#[test]
fn a_backup_of_postgres_is_left_to_pg_dump() {
    let Some(db) = databases::postgres() else { return };
    let sentence = tisserand(&["backup", "--out", "copy.db", "--database-url", db.url()]).refused();
    assert!(sentence.contains("pg_dump"), "{sentence}");
}

#[test]
fn every_lifecycle_is_printed() {
    let table = tisserand(&["lifecycle"]).done();
    let diagrams = tisserand(&["lifecycle", "--format", "mermaid"]).done();
    for machine in tisserand::domain::lifecycle::Machine::ALL {
        assert!(table.contains(machine.code()), "{machine}");
        assert!(diagrams.contains(&format!("%% {machine}\n")), "{machine}");
    }
    let one = tisserand(&["lifecycle", "recovery", "--format", "table"]).done();
    assert!(one.contains("write_off") && !one.contains("publish"), "{one}");
}

#[test]
fn the_site_map_says_who_may_open_what() {
    let map = tisserand(&["routes"]).done();
    assert!(map.contains("GET") && map.contains("/static/{path:.*}"), "{map}");
}

#[test]
fn the_first_administrator_is_added_changed_and_reset() {
    let folder = tempfile::tempdir().unwrap();
    let user = |arguments: &[&str]| tisserand_in(folder.path(), &[&["user"], arguments].concat());
    tisserand_in(folder.path(), &["migrate"]).done();
    user(&["add", "amelie@example.org", "--name", "Amélie Caron", "--role", "admin", "--role", "officer"]).done();
    user(&["role", "Amelie@example.org", "--give", "finance", "--take", "officer"]).done();
    user(&["reset", "amelie@example.org"]).done();
    let sentence = user(&["reset", "nobody@example.org"]).refused();
    assert!(sentence.contains("nobody@example.org"), "{sentence}");
    assert_eq!(user(&["role", "amelie@example.org", "--give", "system"]).code, 2);
    assert_eq!(user(&["add", "amelie", "--name", "A", "--role", "admin"]).code, 2);
}

fn fixture(name: &str) -> String {
    crate::support::root().join("fixtures").join(name).display().to_string()
}

#[test]
fn the_shipped_definitions_are_loaded_and_published_once() {
    for db in databases::each_database() {
        let (recital, tandems, sublime) = (fixture("recital.toml"), fixture("tandems.toml"), fixture("sublime.toml"));
        let load = |more: &[&str]| {
            let arguments = ["load", &recital, &tandems, &sublime, "--database-url", db.url()];
            tisserand(&[arguments.as_slice(), more].concat()).done()
        };
        let first = load(&["--publish"]);
        assert!(first.contains("RECITAL-2027-1  new"), "{first}");
        let second = load(&[]);
        assert!(second.contains("RECITAL-2027-1  unchanged") && !second.contains("new"), "{second}");
        tisserand(&["check", "--database-url", db.url()]).done();
    }
}

#[test]
fn a_broken_definition_names_its_line_and_loads_nothing() {
    let folder = tempfile::tempdir().unwrap();
    tisserand_in(folder.path(), &["migrate"]).done();
    let text = fs::read_to_string(fixture("tandems.toml")).unwrap();
    let line = 1 + text.lines().position(|line| line.starts_with("envelope")).unwrap();
    let broken = text.replace("envelope = \"25 000\"", "envelope = 25000");
    fs::write(folder.path().join("broken.toml"), broken).unwrap();
    let sentence = tisserand_in(folder.path(), &["load", &fixture("recital.toml"), "broken.toml"]).refused();
    assert!(sentence.contains(&format!("broken.toml, line {line},")), "{sentence}");
    let again = tisserand_in(folder.path(), &["load", &fixture("recital.toml")]).done();
    assert!(again.contains("RECITAL-2027-1  new"), "{again}");
    let missing = tisserand_in(folder.path(), &["load", "nowhere.toml"]).refused();
    assert!(missing.contains("nowhere.toml"), "{missing}");
}

#[test]
fn what_is_not_there_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    tisserand_in(folder.path(), &["migrate"]).done();
    let sentence = tisserand_in(folder.path(), &["letter", "REC-0000-1", "--out", "letter.pdf"]).refused();
    assert!(sentence.contains("REC-0000-1"), "{sentence}");
    let sentence = tisserand_in(folder.path(), &["payment-file", "LOT-0", "--out", "run.xml"]).refused();
    assert!(sentence.contains("LOT-0"), "{sentence}");
    assert!(!folder.path().join("letter.pdf").exists() && !folder.path().join("run.xml").exists());
}

#[test]
fn the_whole_line_is_rehearsed_and_keeps_every_promise() {
    for (db, at) in databases::each_database().into_iter().zip(["2026-09-30", "2027-09-06"]) {
        let folder = tempfile::tempdir().unwrap();
        let is_own = db.url().starts_with("sqlite:");
        let (own, given) = (["rehearse", "--out", "rehearsal", "--at", at], ["--database-url", db.url()]);
        let arguments = if is_own { own.to_vec() } else { [own.as_slice(), given.as_slice()].concat() };
        let run = tisserand_telling_all(folder.path(), &arguments);
        let journal = run.err.clone();
        let steps = run.done();
        let back =
            steps.lines().filter_map(|line| line.strip_suffix(" came back")?.rsplit(' ').next()?.parse::<u32>().ok());
        assert!(steps.lines().nth(1).unwrap().starts_with(at), "{steps}");
        assert!(back.sum::<u32>() >= 3 && steps.contains("is recused"), "{steps}");
        for fund in ["Récital", "Tandems", "SUBLIME"] {
            let theirs: Vec<_> = steps.lines().filter(|line| line.contains(fund)).collect();
            for said in [" to ", "PDF: award", "3 grants closed, nothing is owed either way"] {
                assert!(theirs.iter().any(|line| line.contains(said)), "{said} of {fund}: {steps}");
            }
        }
        let left = |part: &str| -> Vec<String> {
            let files = fs::read_dir(folder.path().join("rehearsal").join(part)).unwrap();
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
        };
        let kinds =
            [("letters", "pdf"), ("mail", "eml"), ("payments", "xml"), ("accounting", "txt"), ("evidence", "zip")];
        for (part, ending) in kinds {
            assert!(left(part).iter().any(|name| name.ends_with(ending)), "{part}");
        }
        for file in left("payments") {
            let asked = fs::read_to_string(folder.path().join("rehearsal/payments").join(file)).unwrap();
            let numbers = asked.split("<IBAN>").skip(1).map(|rest| rest.split('<').next().unwrap());
            assert!(numbers.clone().count() > 1);
            numbers.for_each(|number| assert!(!journal.contains(number), "{number} is in the journal"));
        }
        let letters = left("letters");
        assert!(letters.iter().any(|name| name.starts_with("RF-") && name.contains("-tax_receipt-")), "{letters:?}");
        // The second document of an agreement is the one with its signatures.
        assert!(letters.iter().any(|name| name.contains("-C-2-agreement-")), "{letters:?}");
        let kept = fs::read_to_string(folder.path().join("rehearsal/steps.tsv")).unwrap();
        assert!(kept.lines().any(|line| line.contains("\tClose\t")), "{kept}");
        assert_eq!(folder.path().join("rehearsal/files").exists(), !is_own, "what has no name is left to its database");
        tisserand_in(folder.path(), &arguments).refused();
    }
}

#[test]
fn tables_leave_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    tisserand_in(folder.path(), &["migrate"]).done();
    let export = |arguments: &[&str]| tisserand_in(folder.path(), &[&["export"], arguments].concat());
    for noun in ["disbursements", "grants", "applications"] {
        let said = export(&[noun, "--out", "table.csv"]).done();
        assert!(said.contains("table.csv: 0 rows"), "{said}");
        assert!(fs::read_to_string(folder.path().join("table.csv")).unwrap().starts_with('\u{feff}'));
        export(&[noun, "--format", "xlsx", "--out", "table.xlsx"]).done();
        assert!(fs::read(folder.path().join("table.xlsx")).unwrap().starts_with(b"PK"));
        export(&[noun, "--machine", "--out", "plain.csv"]).done();
        assert!(fs::read_to_string(folder.path().join("plain.csv")).unwrap().starts_with("fund_code,"));
    }
    let sentence = export(&["grants", "--fund", "petit", "--out", "none.csv"]).refused();
    assert!(sentence.contains("petit"), "{sentence}");
    export(&["grants", "--from", "2027-02-01", "--to", "2027-01-01", "--out", "none.csv"]).refused();
    export(&["grants", "--machine", "--format", "xlsx", "--out", "none.xlsx"]).refused();
    export(&["grants", "--out", "nowhere/none.csv"]).refused();
    let sentence = export(&["grants", "--answers", "--out", "none.csv"]).refused();
    assert!(sentence.contains("only applications have answers"), "{sentence}");
    let sentence = export(&["applications", "--answers", "--out", "none.csv"]).refused();
    assert!(sentence.contains("--call") && sentence.contains("xlsx"), "{sentence}");
    let sentence = export(&["applications", "--call", "NULLE-PART", "--out", "none.csv"]).refused();
    assert!(sentence.contains("NULLE-PART"), "{sentence}");
    let lonely = export(&["applications", "--call", "X", "--group", "frais", "--out", "none.csv"]);
    assert_eq!(lonely.code, 2, "a group is one of the answers");
    export(&["applications", "--answers", "--format", "xlsx", "--out", "answers.xlsx"]).done();
    assert!(fs::read(folder.path().join("answers.xlsx")).unwrap().starts_with(b"PK"));
    assert_eq!(export(&["grants", "--from", "hier", "--out", "none.csv"]).code, 2);
    assert_eq!(export(&["loans", "--out", "none.csv"]).code, 2);
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!names.into_iter().any(|name| name.starts_with("none")));
}
