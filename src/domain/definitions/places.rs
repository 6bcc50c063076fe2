//! Where in a definition file a field stands.

use toml::de::{DeTable, DeValue};

/// The byte at which the field at `path` begins, or the nearest field around it that exists; 0 for the file itself.
pub fn offset(text: &str, path: &str) -> usize {
    let Ok(table) = DeTable::parse(text) else { return 0 };
    let mut steps = path.split('.');
    let Some((key, value)) = steps.next().and_then(|first| table.get_ref().get_key_value(first)) else { return 0 };
    let (mut start, mut value) = (key.span().start, value);
    for step in steps {
        let next = match value.get_ref() {
            DeValue::Array(items) => {
                step.parse::<usize>().ok().and_then(|i| items.get(i)).map(|item| (item.span().start, item))
            }
            DeValue::Table(fields) => fields.get_key_value(step).map(|(key, value)| (key.span().start, value)),
            _ => None,
        };
        let Some((found, inner)) = next else { break };
        (start, value) = (found, inner);
    }
    start
}

/// The line and column of a byte, both from 1; the column counts characters.
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[fund]\ncode = \"é\"; \n";
    const NESTED: &str = "[[call]]\nreference = \"A\"\n\n[[call]]\nreference = \"B\"\nschedule.step = [\n  { share = 1 },\n  { share = 2 },\n]\n";

    #[test]
    fn a_byte_has_a_line_and_a_column() {
        assert_eq!(position(FILE, 0), (1, 1));
        assert_eq!(position(FILE, FILE.find(';').unwrap()), (2, 11));
        assert_eq!(position(FILE, 999), (3, 1));
    }

    #[test]
    fn a_field_is_found_through_tables_and_arrays() {
        let line = |path| position(NESTED, offset(NESTED, path)).0;
        assert_eq!(line("call.0.reference"), 2);
        assert_eq!(line("call.1.reference"), 5);
        assert_eq!(line("call.1.schedule.step.1.share"), 8);
    }

    #[test]
    fn a_field_that_is_not_there_is_where_it_should_be() {
        assert_eq!(position(NESTED, offset(NESTED, "call.1.schedule.nothing")).0, 6);
        assert_eq!(position(NESTED, offset(NESTED, "call.1.axes")).0, 4);
        assert_eq!(offset(NESTED, "fund"), 0);
    }
}
