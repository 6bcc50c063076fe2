//! Policy markers of the OECD Development Assistance Committee, said in plain French for small projects.

use crate::domain::codes::codes;

codes! {
    /// A public goal that a project may aim at beside its own.
    pub enum Marker {
        Gender => "gender",
        Environment => "environment",
        Biodiversity => "biodiversity",
        Mitigation => "mitigation",
        Adaptation => "adaptation",
        Disability => "disability",
    }

    /// How far a project aims at a marker's goal.
    pub enum MarkerLevel {
        NotTargeted => "0",
        Significant => "1",
        Principal => "2",
    }
}

impl Marker {
    /// The code of the DAC and of IATI.
    pub const fn dac_code(self) -> u8 {
        match self {
            Marker::Gender => 1,
            Marker::Environment => 2,
            Marker::Biodiversity => 5,
            Marker::Mitigation => 6,
            Marker::Adaptation => 7,
            Marker::Disability => 11,
        }
    }

    /// The French name.
    pub const fn label(self) -> &'static str {
        match self {
            Marker::Gender => "Égalité de genre",
            Marker::Environment => "Environnement",
            Marker::Biodiversity => "Biodiversité",
            Marker::Mitigation => "Climat\u{a0}: réduire les émissions",
            Marker::Adaptation => "Climat\u{a0}: s’adapter",
            Marker::Disability => "Handicap",
        }
    }

    /// What the project would do to aim at it, in one plain sentence.
    pub const fn explanation(self) -> &'static str {
        match self {
            Marker::Gender => {
                "Le projet réduit des inégalités entre les femmes, les hommes et les minorités de genre, ou donne plus de pouvoir d’agir aux filles et aux femmes."
            }
            Marker::Environment => {
                "Le projet protège ou répare un milieu (eau, air, sols, déchets), ou fait une place à l’environnement dans la vie d’un territoire."
            }
            Marker::Biodiversity => {
                "Le projet protège des espèces et des milieux naturels, ou aide à en user sans les épuiser."
            }
            Marker::Mitigation => {
                "Le projet fait baisser les émissions de gaz à effet de serre ou aide à stocker du carbone."
            }
            Marker::Adaptation => {
                "Le projet aide des personnes ou un territoire à vivre avec les effets du changement climatique."
            }
            Marker::Disability => "Le projet est pensé avec et pour des personnes en situation de handicap.",
        }
    }

    /// The marker with this DAC code.
    pub fn of_dac(code: u8) -> Option<Marker> {
        Marker::ALL.iter().copied().find(|marker| marker.dac_code() == code)
    }
}

impl MarkerLevel {
    /// 0, 1 or 2, as stored with a tag.
    pub const fn number(self) -> i32 {
        match self {
            MarkerLevel::NotTargeted => 0,
            MarkerLevel::Significant => 1,
            MarkerLevel::Principal => 2,
        }
    }

    /// The French name.
    pub const fn label(self) -> &'static str {
        match self {
            MarkerLevel::NotTargeted => "Non visé",
            MarkerLevel::Significant => "Objectif important",
            MarkerLevel::Principal => "Objectif principal",
        }
    }

    /// How to choose this level, after the question the DAC asks.
    pub const fn explanation(self) -> &'static str {
        match self {
            MarkerLevel::NotTargeted => "Le projet n’y contribue pas, ou seulement par hasard.",
            MarkerLevel::Significant => "Le projet y contribue vraiment, mais il existerait aussi sans cet objectif.",
            MarkerLevel::Principal => "Sans cet objectif, le projet n’existerait pas.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_marker_is_one_of_the_official_list() {
        #[derive(serde::Deserialize)]
        struct Row {
            code: u8,
        }
        let official: Vec<Row> =
            super::super::rows(include_str!("../../../fixtures/standards/cad-ocde/marqueurs-politiques.csv"));
        assert_eq!(official.len(), 12);
        for marker in Marker::ALL {
            assert!(official.iter().any(|row| row.code == marker.dac_code()), "{marker}");
            assert_eq!(Marker::of_dac(marker.dac_code()), Some(*marker));
        }
    }

    #[test]
    fn levels_are_ordered_and_numbered() {
        assert!(
            MarkerLevel::NotTargeted < MarkerLevel::Significant && MarkerLevel::Significant < MarkerLevel::Principal
        );
        assert!(MarkerLevel::ALL.iter().all(|level| level.number().to_string() == level.code()));
    }
}
