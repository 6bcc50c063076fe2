//! The floors of the house: imports only go down.

use crate::support;
use std::{fs, path::Path};

/// Each floor with those it may use, from the ground up. The four in the middle do not know each other.
const FLOORS: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("store", &["domain"]),
    ("usecases", &["domain", "store"]),
    ("documents", &["domain", "usecases"]),
    ("mail", &["domain", "store", "usecases", "documents"]),
    ("exports", &["domain", "usecases"]),
    ("imports", &["domain", "usecases"]),
    ("web", &["domain", "store", "usecases", "documents", "mail", "exports", "imports"]),
    ("cli", &["domain", "store", "usecases", "documents", "mail", "exports", "imports", "web"]),
];

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The floors that a source names, by `crate::floor` or inside `use crate::{…}`.
fn floors_named(source: &str) -> Vec<&'static str> {
    let code: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut named = Vec::new();
    for (floor, _) in FLOORS {
        let direct = code.contains(&format!("crate::{floor}::")) || code.contains(&format!("crate::{floor};"));
        let grouped = code.split("use crate::{").skip(1).any(|rest| {
            let group = rest.split("};").next().unwrap();
            group
                .lines()
                .any(|line| line.starts_with(&format!("    {floor}::")) || line.starts_with(&format!("    {floor},")))
                || group.split(',').any(|item| item.trim().starts_with(&format!("{floor}::")) && !group.contains('\n'))
        });
        if direct || grouped {
            named.push(floor);
        }
    }
    named
}

#[test]
fn imports_only_go_down() {
    let mut faults = Vec::new();
    for (floor, below) in FLOORS {
        let mut files = Vec::new();
        sources(&support::root().join("src").join(floor), &mut files);
        for (path, source) in files {
            for named in floors_named(&source) {
                if named != floor && !below.contains(&named) {
                    faults.push(format!("{path} uses {named}"));
                }
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn each_crate_stays_on_its_floor() {
    let kept = [
        ("diesel::", &["domain", "store"][..]),
        ("actix_web::", &["web", "cli"]),
        ("lettre::", &["mail"]),
        ("printpdf::", &["documents"]),
        ("rust_xlsxwriter::", &["exports"]),
    ];
    let mut faults = Vec::new();
    for (floor, _) in FLOORS {
        let mut files = Vec::new();
        sources(&support::root().join("src").join(floor), &mut files);
        for (path, source) in files {
            for (name, allowed) in kept {
                if !allowed.contains(&floor)
                    && source.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(name))
                {
                    faults.push(format!("{path} uses {name}"));
                }
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn every_module_says_what_lives_there_and_none_outgrows_its_reader() {
    let mut files = Vec::new();
    sources(&support::root().join("src"), &mut files);
    sources(&support::root().join("tests"), &mut files);
    let silent: Vec<_> = files.iter().filter(|(_, source)| !source.starts_with("//!")).map(|(path, _)| path).collect();
    assert_eq!(silent, Vec::<&String>::new());
    let long = |(path, source): &&(String, String)| !path.ends_with("schema.rs") && source.lines().count() > 500;
    assert_eq!(files.iter().filter(long).map(|(path, _)| path).collect::<Vec<_>>(), Vec::<&String>::new());
}
