//! How full an envelope is, as a bar with its numbers beside it.

use crate::domain::{cut_lines::Gauge, money::Euros};

/// A bar of which the parts lie side by side and the rest stays free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    pub label: String,
    pub total: String,
    pub parts: Vec<MeterPart>,
    pub rest: String,
}

/// One part of the bar; positions are thousandths of its length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterPart {
    pub label: String,
    pub amount: String,
    /// `paid`, `authorised`, `committed` or `reserved`.
    pub tone: &'static str,
    pub from_permille: i64,
    pub permille: i64,
}

impl Meter {
    /// The bar of `total`, filled from the left by parts that do not overlap: (label, tone, amount).
    /// More than the total fills the bar to its end and no further; the numbers still tell.
    pub fn new(label: impl Into<String>, total: Euros, parts: &[(&str, &'static str, Euros)]) -> Self {
        let position = |amount: Euros| match total.cents() {
            cents if cents > 0 => (amount.cents().max(0).saturating_mul(1000) / cents).min(1000),
            _ => 0,
        };
        let mut filled = Euros::ZERO;
        let mut shown = Vec::with_capacity(parts.len());
        for (name, tone, amount) in parts {
            let from = position(filled);
            filled += *amount;
            shown.push(MeterPart {
                label: (*name).to_owned(),
                amount: amount.to_string(),
                tone,
                from_permille: from,
                permille: position(filled) - from,
            });
        }
        Meter { label: label.into(), total: total.to_string(), parts: shown, rest: (total - filled).to_string() }
    }
}

impl Meter {
    /// What is promised of a part of the money.
    pub fn promised(gauge: &Gauge) -> Self {
        Meter::new(&gauge.label, gauge.total, &[("Promis", "committed", gauge.committed)])
    }
}

/// The bar of a session's money, with what its proposals go against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gauged {
    pub meter: Meter,
    /// A French sentence; empty when nothing is wrong.
    pub warning: String,
}

impl From<&Gauge> for Gauged {
    fn from(gauge: &Gauge) -> Self {
        let parts = [("Accordé", "committed", gauge.committed), ("Proposé", "reserved", gauge.proposed)];
        Gauged { meter: Meter::new(&gauge.label, gauge.total, &parts), warning: gauge.warning.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_lie_side_by_side_and_stop_at_the_end() {
        let parts = [("Payé", "paid", Euros::whole(250)), ("Engagé", "committed", Euros::whole(900))];
        let meter = Meter::new("Enveloppe", Euros::whole(1000), &parts);
        let places: Vec<_> = meter.parts.iter().map(|part| (part.from_permille, part.permille)).collect();
        assert_eq!(places, [(0, 250), (250, 750)]);
        assert_eq!(meter.rest, Euros::whole(-150).to_string());
    }

    #[test]
    fn an_empty_envelope_is_an_empty_bar() {
        let meter = Meter::new("Enveloppe", Euros::ZERO, &[("Payé", "paid", Euros::ZERO)]);
        assert_eq!((meter.parts[0].from_permille, meter.parts[0].permille), (0, 0));
    }
}
