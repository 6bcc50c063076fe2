//! The tables of the code and of the database say the same.

use crate::support;
use std::{fmt::Write, fs};
use tisserand::domain::{lifecycle::edge_id, lifecycles::all_lines};

/// The text of every migration after the one that fills `lifecycle_edges`.
fn later_migrations() -> String {
    let folder = support::root().join("migrations");
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let later = names.filter(|name| name.as_str() > "2026-11-24-000009");
    later.map(|name| fs::read_to_string(folder.join(name).join("up.sql")).unwrap()).collect()
}

/// The migration that fills `lifecycle_edges` is the golden file of the tables; `UPDATE=1` writes it again until it
/// has been shipped, afterwards a change of a table needs a migration of its own.
#[test]
fn the_database_holds_every_edge_of_the_code() {
    let mut sql = String::new();
    let (first, later) = ("migrations/2026-11-24-000008_lifecycle_edges/up.sql", later_migrations());
    let shipped = fs::read_to_string(support::root().join(first)).unwrap();
    for line in all_lines() {
        let roles: Vec<_> = line.by.iter().map(|role| role.code()).collect();
        let (id, machine) = (edge_id(line.machine, line.from, line.event), line.machine);
        let is_shipped = shipped.contains(&format!("VALUES ('{id}'"));
        if !is_shipped && later.contains(&format!("'{id}', '{machine}'")) {
            continue;
        }
        let (from, event, to, roles) = (line.from, line.event, line.to, roles.join(" "));
        writeln!(sql, "INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)").unwrap();
        writeln!(sql, "  VALUES ('{id}', '{machine}', '{from}', '{event}', '{to}', '{roles}');").unwrap();
    }
    support::golden(first, &sql);
}
