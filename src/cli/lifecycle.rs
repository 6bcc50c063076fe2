//! `lifecycle`: the tables that every change of state follows, as text or as a diagram.

use super::{Done, Failure, terminal};
use crate::domain::{
    lifecycle::{Line, Machine},
    lifecycles,
};

/// Prints the lifecycle of one kind of object, or of all of them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tisserand lifecycle grant\n  tisserand lifecycle --format mermaid")]
pub(super) struct Lifecycle {
    /// call, application, review, session, grant, amendment, disbursement, payment_run, report, recovery,
    /// bank_account, message or donation; all of them when left out.
    #[arg(value_parser = machine)]
    machine: Option<Machine>,
    #[arg(long, default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// One line per state left and event.
    Table,
    /// A state diagram in the Mermaid language.
    Mermaid,
}

fn machine(text: &str) -> Result<Machine, String> {
    let known = Machine::ALL.iter().map(|machine| machine.code()).collect::<Vec<_>>().join(", ");
    text.parse().map_err(|_| format!("there is no such lifecycle; there are {known}"))
}

impl Lifecycle {
    pub(super) fn run(&self) -> Done {
        let machines = self.machine.as_ref().map_or(Machine::ALL, std::slice::from_ref);
        match self.format {
            Format::Table => table(machines),
            Format::Mermaid => machines.iter().try_for_each(|machine| terminal::say(mermaid(*machine))),
        }
    }
}

fn table(machines: &[Machine]) -> Result<(), Failure> {
    let lines = machines.iter().flat_map(|machine| lifecycles::lines_of(*machine));
    let row = |line: Line| {
        let by = line.by.iter().map(|role| role.code()).collect::<Vec<_>>().join(" ");
        let effects = line.effects.iter().map(|effect| effect.code()).collect::<Vec<_>>().join(" ");
        vec![line.machine.to_string(), line.from.into(), line.event.into(), line.to.into(), by, effects]
    };
    terminal::table(&["MACHINE", "FROM", "EVENT", "TO", "BY", "EFFECTS"], &lines.map(row).collect::<Vec<_>>())
}

/// The diagram of one machine.
fn mermaid(machine: Machine) -> String {
    let lines = lifecycles::lines_of(machine);
    let arrows = lines.iter().map(|line| match line.from {
        "" => format!("    [*] --> {}\n", line.to),
        from => format!("    {from} --> {}: {}\n", line.to, line.event),
    });
    let mut ends: Vec<_> = lines.iter().map(|line| line.to).collect();
    ends.sort_unstable();
    ends.dedup();
    let ends = ends.iter().filter(|state| !lines.iter().any(|line| line.from == **state));
    let ends = ends.map(|state| format!("    {state} --> [*]\n"));
    format!("%% {machine}\nstateDiagram-v2\n{}", arrows.chain(ends).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagram_begins_and_ends() {
        let diagram = mermaid(Machine::Recovery);
        assert!(diagram.contains("[*] --> requested"), "{diagram}");
        assert!(diagram.contains("requested --> received: receive"), "{diagram}");
        assert!(diagram.contains("written_off --> [*]"), "{diagram}");
    }
}
