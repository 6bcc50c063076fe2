//! Bank files and letters as they are kept: a reference to its account stands where a number was.

/// What stands for the number of an account.
pub fn account_reference(id: &str) -> String {
    format!("{{iban:{id}}}")
}

/// What is around the first reference in a text, and the account it names.
pub fn around_reference(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{iban:")?;
    let (id, after) = rest.split_once('}')?;
    Some((before, id, after))
}

/// A bank file as it is kept: every number that `reference` knows gives way to what it says.
pub fn veiled(file: &str, reference: impl Fn(&str) -> Option<String>) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric();
    let (mut kept, mut rest) = (String::with_capacity(file.len()), file);
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c: char| !is_part(c)).unwrap_or(from.len()));
        kept.push_str(before);
        kept.push_str(reference(word).as_deref().unwrap_or(word));
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// The file as the bank has it: every reference gives way to the number of its account, where `number` knows it.
pub fn unveiled(kept: &str, number: impl Fn(&str) -> Option<String>) -> String {
    let mut parts = kept.split("{iban:");
    let mut file = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}').and_then(|(id, after)| Some((number(id)?, after))) {
            Some((number, after)) => file.extend([number.as_str(), after]),
            None => file.extend(["{iban:", part]),
        }
    }
    file
}

/// The accounts that a kept file refers to.
pub fn references(kept: &str) -> impl Iterator<Item = &str> {
    kept.split("{iban:").skip(1).filter_map(|part| Some(part.split_once('}')?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_out_of_a_file_and_come_back() {
        let file = "<Id><IBAN>FR76</IBAN></Id>\n<Nm>é FR761 &gt; IBAN</Nm><IBAN>BE68</IBAN> FR76";
        let kept = veiled(file, |word| (word == "FR76").then(|| account_reference("a-1")));
        let wanted = "<Id><IBAN>{iban:a-1}</IBAN></Id>\n<Nm>é FR761 &gt; IBAN</Nm><IBAN>BE68</IBAN> {iban:a-1}";
        assert_eq!(kept, wanted);
        assert_eq!(references(&kept).collect::<Vec<_>>(), ["a-1", "a-1"]);
        assert_eq!(unveiled(&kept, |id| (id == "a-1").then(|| "FR76".to_owned())), file);
        assert_eq!(unveiled("{iban:b} {iban", |_| None), "{iban:b} {iban");
    }

    #[test]
    fn a_reference_is_found_in_a_text() {
        assert_eq!(around_reference("x{iban:a}y"), Some(("x", "a", "y")));
        assert_eq!(around_reference("x{iban"), None);
    }
}
