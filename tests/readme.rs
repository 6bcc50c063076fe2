//! What the README says of the lifecycles is what the code does.

use crate::support;
use std::{fmt::Write, fs};
use tisserand::domain::{
    lifecycle::{Line, Machine},
    lifecycles::lines_of,
};

const BEGIN: &str = "<!-- lifecycles -->\n";
const END: &str = "<!-- end of lifecycles -->";

fn arrow(line: &Line) -> String {
    let from = if line.from.is_empty() { "[*]" } else { line.from };
    let roles: Vec<_> = line.by.iter().map(|role| role.code()).collect();
    format!("    {from} --> {}: {} [{}]", line.to, line.event, roles.join(", "))
}

#[test]
fn the_readme_draws_every_lifecycle() {
    let mut drawn = String::new();
    for machine in Machine::ALL {
        writeln!(drawn, "\n<details><summary>{machine}</summary>\n\n```mermaid\nstateDiagram-v2").unwrap();
        for line in lines_of(*machine) {
            writeln!(drawn, "{}", arrow(&line)).unwrap();
        }
        writeln!(drawn, "```\n\n</details>").unwrap();
    }
    let readme = fs::read_to_string(support::root().join("README.md")).unwrap();
    let (head, rest) = readme.split_once(BEGIN).unwrap();
    let (_, tail) = rest.split_once(END).unwrap();
    support::golden("README.md", &format!("{head}{BEGIN}{drawn}\n{END}{tail}"));
}
