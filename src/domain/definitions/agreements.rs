//! The text of an agreement (convention), article by article, as a call writes it: `# ` begins an article, `- ` a point,
//! an empty line a paragraph. What may be named, and what is said only in some cases, are merge fields.

use super::merging::{MergeField, named};

/// What an agreement says where its call has no text of its own.
pub const HOUSE_AGREEMENT: &str = include_str!("agreement.txt");

/// A piece of an agreement, its fields not filled in yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause {
    /// The title of an article, without its number.
    Article(String),
    Paragraph(String),
    Points(Vec<String>),
    /// What takes the place of a whole line: a table, a list, both parties.
    Part(MergeField),
}

/// What is wrong with the text of an agreement beside the names of its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgreementFault {
    /// It takes a whole line and has not got one.
    NotAlone(MergeField),
    /// An `EndIf` ends nothing.
    Unopened,
    /// A case is not ended.
    Unclosed,
    /// A file may lack it, and nothing says what happens then.
    Uncovered(MergeField),
    /// No contract goes without it, in every case.
    Lacking(MergeField),
}

/// What every agreement says.
const NEEDED: [MergeField; 3] = [MergeField::Parties, MergeField::Amount, MergeField::Schedule];

const fn is_condition(field: MergeField) -> bool {
    use MergeField::*;
    matches!(field, IfAbove | IfBelow | IfRepublican | IfDated | IfCommitted | IfConditions | IfReports)
}

const fn is_part(field: MergeField) -> bool {
    use MergeField::*;
    matches!(field, Parties | Preamble | Annexes | Schedule | Commitments | SpecialConditions | Reports | Surplus)
}

/// The field that a line consists of.
fn alone(line: &str) -> Option<MergeField> {
    line.strip_prefix('{')?.strip_suffix('}')?.parse().ok()
}

/// What is wrong with the text of an agreement; nothing of one that is empty.
pub fn agreement_faults(text: &str) -> Vec<AgreementFault> {
    let (mut faults, mut open, mut always) = (Vec::new(), Vec::new(), Vec::new());
    for line in text.lines().map(str::trim) {
        let whole = alone(line);
        match whole {
            Some(MergeField::EndIf) if open.pop().is_none() => faults.push(AgreementFault::Unopened),
            Some(field) if is_condition(field) => open.push(field),
            _ => {}
        }
        for field in named(line) {
            let takes_a_line = is_part(field) || is_condition(field) || field == MergeField::EndIf;
            if takes_a_line && whole.is_none() {
                faults.push(AgreementFault::NotAlone(field));
            }
            let may_lack = matches!(field, MergeField::StartsOn | MergeField::EndsOn);
            if may_lack && !open.contains(&MergeField::IfDated) {
                faults.push(AgreementFault::Uncovered(field));
            }
            if open.is_empty() {
                always.push(field);
            }
        }
    }
    if !open.is_empty() {
        faults.push(AgreementFault::Unclosed);
    }
    if !text.trim().is_empty() {
        let lacking = NEEDED.into_iter().filter(|field| !always.contains(field));
        faults.extend(lacking.map(AgreementFault::Lacking));
    }
    faults
}

/// The clauses of an agreement in which exactly these conditions hold.
pub fn clauses(text: &str, holds: impl Fn(MergeField) -> bool) -> Vec<Clause> {
    let (mut open, mut writing) = (Vec::new(), Writing::default());
    for line in text.lines().map(str::trim) {
        match alone(line) {
            Some(MergeField::EndIf) => {
                open.pop();
            }
            Some(field) if is_condition(field) => open.push(holds(field)),
            _ if open.contains(&false) => {}
            part => writing.take(line, part.filter(|field| is_part(*field))),
        }
    }
    writing.end();
    writing.clauses
}

/// The clauses so far, and the lines of the one under way.
#[derive(Debug, Default)]
struct Writing {
    clauses: Vec<Clause>,
    said: Vec<String>,
    points: Vec<String>,
}

impl Writing {
    fn take(&mut self, line: &str, part: Option<MergeField>) {
        if let Some(part) = part {
            self.end();
            self.clauses.push(Clause::Part(part));
        } else if let Some(title) = line.strip_prefix("# ") {
            self.end();
            self.clauses.push(Clause::Article(title.to_owned()));
        } else if let Some(point) = line.strip_prefix("- ") {
            self.end_paragraph();
            self.points.push(point.to_owned());
        } else if line.is_empty() {
            self.end();
        } else {
            self.end_points();
            self.said.push(line.to_owned());
        }
    }

    fn end_paragraph(&mut self) {
        if !self.said.is_empty() {
            self.clauses.push(Clause::Paragraph(std::mem::take(&mut self.said).join(" ")));
        }
    }

    fn end_points(&mut self) {
        if !self.points.is_empty() {
            self.clauses.push(Clause::Points(std::mem::take(&mut self.points)));
        }
    }

    /// At most one of both is under way.
    fn end(&mut self) {
        self.end_paragraph();
        self.end_points();
    }
}

#[cfg(test)]
mod tests {
    use super::{super::merging::*, *};

    #[test]
    fn the_texts_that_are_shipped_have_no_fault() {
        let files = [
            include_str!("../../../fixtures/recital.toml"),
            include_str!("../../../fixtures/tandems.toml"),
            include_str!("../../../fixtures/sublime.toml"),
        ];
        let calls = files.into_iter().flat_map(|file| crate::domain::definitions::parse(file).unwrap().calls);
        let mut texts: Vec<String> = calls.map(|call| call.letters.agreement).collect();
        assert!(texts.len() >= 3 && texts.iter().all(|text| !text.is_empty()));
        texts.push(HOUSE_AGREEMENT.to_owned());
        for text in texts {
            assert_eq!(agreement_faults(&text), []);
            assert_eq!(merge_faults(&text, MergedText::Agreement), []);
        }
    }

    #[test]
    fn lines_become_articles_points_and_paragraphs_and_cases_fall_away() {
        let text = "{parties}\n\nUn\n{si_dates}\nle {debut}.\n{fin_si}\n\n# Titre\n- a ;\n{si_plus_de_23000}\n- b ;\n\
                    {si_dates}\n- c ;\n{fin_si}\n{fin_si}\n- d.\nSuite.\n{echeancier}\n";
        let of = |held: &[MergeField]| clauses(text, |field| held.contains(&field));
        let points = |all: &[&str]| Clause::Points(all.iter().map(|point| (*point).to_owned()).collect());
        let whole = |first: &str, list: Clause| {
            vec![
                Clause::Part(MergeField::Parties),
                Clause::Paragraph(first.into()),
                Clause::Article("Titre".into()),
                list,
                Clause::Paragraph("Suite.".into()),
                Clause::Part(MergeField::Schedule),
            ]
        };
        assert_eq!(of(&[]), whole("Un", points(&["a ;", "d."])));
        assert_eq!(of(&[MergeField::IfDated]), whole("Un le {debut}.", points(&["a ;", "d."])));
        let both = [MergeField::IfDated, MergeField::IfAbove];
        assert_eq!(of(&both), whole("Un le {debut}.", points(&["a ;", "b ;", "c ;", "d."])));
    }

    #[test]
    fn a_text_that_could_not_bind_anybody_is_found() {
        let whole = "{parties}\n{montant}\n{echeancier}";
        for (text, wanted) in [
            ("", vec![]),
            (whole, vec![]),
            ("{parties}\n{montant}\n", vec![AgreementFault::Lacking(MergeField::Schedule)]),
            (
                "{montant}\n{echeancier}\n{si_dates}\n{parties}\n{fin_si}",
                vec![AgreementFault::Lacking(MergeField::Parties)],
            ),
        ] {
            assert_eq!(agreement_faults(text), wanted, "{text}");
        }
        for (line, wanted) in [
            ("Voir {bilans}", AgreementFault::NotAlone(MergeField::Reports)),
            ("Le {debut}", AgreementFault::Uncovered(MergeField::StartsOn)),
            ("{si_dates}", AgreementFault::Unclosed),
            ("{fin_si}", AgreementFault::Unopened),
        ] {
            assert_eq!(agreement_faults(&format!("{whole}\n{line}")), [wanted], "{line}");
        }
    }
}
