//! The five strategic axes of the Orientations 2025-2030, under one of which every project places itself.

use super::{parts, rows};
use crate::domain::text::printed;
use serde::Deserialize;
use std::sync::LazyLock;

/// One strategic axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// 1 to 5, as in the strategy text.
    pub rank: u8,
    /// The fixed code, such as `HABITER`.
    pub code: String,
    pub label: String,
    /// The themes it gathers.
    pub themes: Vec<String>,
    /// The benefits expected of its projects.
    pub benefits: Vec<String>,
    /// Whom its projects should reach in the end (bénéficiaires finaux).
    pub beneficiaries: Vec<String>,
}

#[derive(Deserialize)]
struct AxisRow {
    rang: u8,
    code: String,
    intitule: String,
    sous_themes: String,
}

#[derive(Deserialize)]
struct BenefitRow {
    axe: String,
    benefice: String,
}

#[derive(Deserialize)]
struct BeneficiaryRow {
    axe: String,
    beneficiaires: String,
}

static AXES: LazyLock<Vec<Axis>> = LazyLock::new(|| {
    let benefits: Vec<BenefitRow> =
        rows(include_str!("../../../fixtures/standards/lianes-orientations-2030/benefices-attendus.csv"));
    let beneficiaries: Vec<BeneficiaryRow> =
        rows(include_str!("../../../fixtures/standards/lianes-orientations-2030/beneficiaires-finaux.csv"));
    rows::<AxisRow>(include_str!("../../../fixtures/standards/lianes-orientations-2030/axes.csv"))
        .into_iter()
        .map(|row| Axis {
            rank: row.rang,
            themes: parts(&row.sous_themes),
            benefits: benefits.iter().filter(|b| b.axe == row.code).map(|b| b.benefice.clone()).collect(),
            beneficiaries: beneficiaries
                .iter()
                .filter(|b| b.axe == row.code)
                .flat_map(|b| parts(&b.beneficiaires))
                .collect(),
            code: row.code,
            label: printed(&row.intitule),
        })
        .collect()
});

/// The axes, in the order of the strategy text.
pub fn axes() -> &'static [Axis] {
    &AXES
}

/// The axis with this code.
pub fn axis(code: &str) -> Option<&'static Axis> {
    AXES.iter().find(|axis| axis.code == code)
}

/// The theme with this code: that of its axis and its place from 1, `JEUNES.2`.
pub fn theme(code: &str) -> Option<(&'static Axis, &'static str)> {
    let (of, place) = code.split_once('.')?;
    let axis = axis(of)?;
    let place: usize = place.parse().ok()?;
    Some((axis, axis.themes.get(place.checked_sub(1)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_axes_are_whole() {
        let codes: Vec<&str> = axes().iter().map(|axis| axis.code.as_str()).collect();
        assert_eq!(codes, ["HABITER", "SERVICES", "CRISES", "JEUNES", "HUMANITE"]);
        for (axis, rank) in axes().iter().zip(1..) {
            assert_eq!(axis.rank, rank);
            assert!((4..=5).contains(&axis.themes.len()), "{}", axis.code);
            assert_eq!(axis.benefits.len(), 4, "{}", axis.code);
            assert!(axis.beneficiaries.len() >= 2, "{}", axis.code);
        }
        assert_eq!(axis("JEUNES").map(|axis| axis.label.as_str()), Some("Donner du pouvoir d’agir aux jeunes"));
        assert_eq!(axis("jeunes"), None);
        assert_eq!(theme("JEUNES.1").map(|(axis, _)| axis.code.as_str()), Some("JEUNES"));
        assert!(theme("JEUNES.0").is_none() && theme("JEUNES.9").is_none() && theme("JEUNES").is_none());
    }
}
