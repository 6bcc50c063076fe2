//! Bank files and letters as they are kept: a reference to its account stands where a number was.

/// What stands for the number of an account.
pub fn account_reference(id: &str) -> String {
    format!("{{iban:{id}}}")
}

/// The account that a reference names; nothing for a text that is none.
pub fn referenced(text: &str) -> Option<&str> {
    text.strip_prefix("{iban:")?.strip_suffix('}')
}

/// What is around the first reference in a text, and the account it names.
pub fn around_reference(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{iban:")?;
    let (id, after) = rest.split_once('}')?;
    Some((before, id, after))
}

/// A bank file with something else in place of what stands between its `IBAN` tags, where `other` has something.
pub fn with_numbers<E>(file: &str, other: impl Fn(&str) -> Result<Option<String>, E>) -> Result<String, E> {
    let mut changed = String::with_capacity(file.len());
    for (place, piece) in file.split('<').enumerate() {
        if place > 0 {
            changed.push('<');
        }
        match piece.strip_prefix("IBAN>") {
            Some(text) => {
                changed.push_str("IBAN>");
                changed.push_str(other(text)?.as_deref().unwrap_or(text));
            }
            None => changed.push_str(piece),
        }
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    #[test]
    fn numbers_are_taken_out_of_a_file_and_come_back() {
        let file = "<Id><IBAN>FR76</IBAN></Id>\n<Nm>FR76 &gt; IBAN</Nm><IBAN>BE68</IBAN>";
        let out = |text: &str| Ok::<_, Infallible>((text == "FR76").then(|| account_reference("a")));
        let kept = with_numbers(file, out).unwrap();
        assert_eq!(kept, "<Id><IBAN>{iban:a}</IBAN></Id>\n<Nm>FR76 &gt; IBAN</Nm><IBAN>BE68</IBAN>");
        let back = |text: &str| Ok::<_, Infallible>(referenced(text).map(|_| "FR76".to_owned()));
        assert_eq!(with_numbers(&kept, back).unwrap(), file);
    }

    #[test]
    fn a_reference_is_found_in_a_text() {
        assert_eq!(around_reference("x{iban:a}y"), Some(("x", "a", "y")));
        assert_eq!(around_reference("x{iban"), None);
    }
}
