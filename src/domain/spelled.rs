//! Amounts spelled out in French, as receipts ask for them: « mille deux cents euros et cinq centimes ».

use super::money::Euros;

const SMALL: [&str; 17] = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize",
];
const TENS: [&str; 7] = ["", "dix", "vingt", "trente", "quarante", "cinquante", "soixante"];

/// Whether the number ends what is said: only then « vingt » and « cent » take the mark of the plural.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Last,
    /// « mille » follows, which is no noun.
    BeforeThousand,
}

fn small(number: u64) -> &'static str {
    usize::try_from(number).ok().and_then(|at| SMALL.get(at)).copied().unwrap_or_default()
}

fn below_hundred(number: u64, place: Place) -> String {
    let (tens, unit) = (number / 10, number % 10);
    let name = |tens: u64| usize::try_from(tens).ok().and_then(|at| TENS.get(at)).copied().unwrap_or_default();
    match (tens, unit) {
        _ if number <= 16 => small(number).to_owned(),
        (1, unit) => format!("dix-{}", small(unit)),
        (7, 1) => "soixante et onze".to_owned(),
        (7, unit) => format!("soixante-{}", below_hundred(10 + unit, Place::Last)),
        (8, 0) if place == Place::Last => "quatre-vingts".to_owned(),
        (8, 0) => "quatre-vingt".to_owned(),
        (8, unit) => format!("quatre-vingt-{}", small(unit)),
        (9, unit) => format!("quatre-vingt-{}", below_hundred(10 + unit, Place::Last)),
        (tens, 0) => name(tens).to_owned(),
        (tens, 1) => format!("{} et un", name(tens)),
        (tens, unit) => format!("{}-{}", name(tens), small(unit)),
    }
}

fn below_thousand(number: u64, place: Place) -> String {
    let (hundreds, rest) = (number / 100, number % 100);
    match (hundreds, rest) {
        (0, rest) => below_hundred(rest, place),
        (1, 0) => "cent".to_owned(),
        (1, rest) => format!("cent {}", below_hundred(rest, place)),
        (hundreds, 0) if place == Place::Last => format!("{} cents", small(hundreds)),
        (hundreds, 0) => format!("{} cent", small(hundreds)),
        (hundreds, rest) => format!("{} cent {}", small(hundreds), below_hundred(rest, place)),
    }
}

/// A whole number in words, masculine.
pub fn number(value: u64) -> String {
    if value < 1_000 {
        return below_thousand(value, Place::Last);
    }
    let mut said = Vec::new();
    for (size, name) in [(1_000_000_000_u64, "milliard"), (1_000_000, "million")] {
        let count = value / size % 1_000;
        if count > 0 {
            let mark = if count > 1 { "s" } else { "" };
            said.push(format!("{} {name}{mark}", below_thousand(count, Place::Last)));
        }
    }
    match value / 1_000 % 1_000 {
        0 => {}
        1 => said.push("mille".to_owned()),
        thousands => said.push(format!("{} mille", below_thousand(thousands, Place::BeforeThousand))),
    }
    if !value.is_multiple_of(1_000) {
        said.push(below_thousand(value % 1_000, Place::Last));
    }
    said.join(" ")
}

/// An amount in words; its sign is not said.
pub fn euros(amount: Euros) -> String {
    let cents = amount.cents().unsigned_abs();
    let (whole, cents) = (cents / 100, cents % 100);
    // « un million d’euros », and « un million deux cents euros ».
    let of = if whole >= 1_000_000 && whole.is_multiple_of(1_000_000) { "d’" } else { "" };
    let euro = format!("{} {of}euro{}", number(whole), if whole > 1 { "s" } else { "" });
    let centime = format!("{} centime{}", number(cents), if cents > 1 { "s" } else { "" });
    match (whole, cents) {
        (_, 0) => euro,
        (0, _) => centime,
        _ => format!("{euro} et {centime}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelled_as_in_school() {
        for (value, words) in [
            (0, "zéro"),
            (1, "un"),
            (16, "seize"),
            (17, "dix-sept"),
            (20, "vingt"),
            (21, "vingt et un"),
            (42, "quarante-deux"),
            (60, "soixante"),
            (70, "soixante-dix"),
            (71, "soixante et onze"),
            (77, "soixante-dix-sept"),
            (80, "quatre-vingts"),
            (81, "quatre-vingt-un"),
            (91, "quatre-vingt-onze"),
            (99, "quatre-vingt-dix-neuf"),
            (100, "cent"),
            (101, "cent un"),
            (200, "deux cents"),
            (280, "deux cent quatre-vingts"),
            (1_000, "mille"),
            (1_001, "mille un"),
            (2_000, "deux mille"),
            (80_000, "quatre-vingt mille"),
            (200_000, "deux cent mille"),
            (1_234_567, "un million deux cent trente-quatre mille cinq cent soixante-sept"),
            (80_000_000, "quatre-vingts millions"),
            (2_000_000_300, "deux milliards trois cents"),
        ] {
            assert_eq!(number(value), words, "{value}");
        }
    }

    #[test]
    fn amounts_say_euros_and_centimes() {
        for (cents, words) in [
            (100, "un euro"),
            (5, "cinq centimes"),
            (101, "un euro et un centime"),
            (120_005, "mille deux cents euros et cinq centimes"),
            (15_000, "cent cinquante euros"),
            (100_000_000, "un million d’euros"),
            (100_020_000, "un million deux cents euros"),
        ] {
            assert_eq!(euros(Euros::from_cents(cents)), words, "{cents}");
        }
    }
}
