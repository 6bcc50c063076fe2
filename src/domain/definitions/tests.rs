//! The definition files of the product are read; broken ones name their line.

use super::*;

const RECITAL: &str = include_str!("../../../fixtures/recital.toml");
const TANDEMS: &str = include_str!("../../../fixtures/tandems.toml");
const SUBLIME: &str = include_str!("../../../fixtures/sublime.toml");

#[test]
fn every_definition_file_is_valid_and_survives_being_kept() {
    for (code, text) in [("recital", RECITAL), ("tandems", TANDEMS), ("sublime", SUBLIME)] {
        let definition = parse(text).unwrap_or_else(|error| panic!("{code}: {error}"));
        assert_eq!(definition.fund.code, code);
        for call in &definition.calls {
            let kept = serde_json::to_string(call).unwrap();
            assert_eq!(&serde_json::from_str::<CallDefinition>(&kept).unwrap(), call);
        }
    }
}
