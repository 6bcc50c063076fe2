//! The partners of a project, typed in rows `partenaire-0-nom`, `partenaire-0-role`, `partenaire-0-pays`,
//! `partenaire-0-courriel` and compared all together.

use super::{
    FieldError, Outcome,
    answers::{Content, Typed},
    edits::{self, Fate, Seen},
};
use crate::{
    domain::ids::ApplicationId,
    store::{
        Tx,
        answers::{self as rows, PartnerRow},
    },
};

/// Most partners of a project.
pub const MOST_PARTNERS: usize = 30;

/// The rows somebody has begun, with a sentence beside each that has no name yet.
pub(super) fn read(id: ApplicationId, typed: &Typed) -> (Vec<PartnerRow>, Vec<FieldError>) {
    let text =
        |i: usize, part: &str| typed.get(&format!("partenaire-{i}-{part}")).map_or("", |text| text.trim()).to_owned();
    let begun: Vec<usize> = (0..MOST_PARTNERS)
        .filter(|i| ["nom", "role", "courriel"].iter().any(|part| !text(*i, part).is_empty()))
        .collect();
    let unnamed = begun.iter().filter(|i| text(**i, "nom").is_empty());
    let sentence = "Écrivez le nom de ce partenaire.";
    let wrong = unnamed.map(|i| FieldError::new(format!("partenaire-{i}-nom"), sentence)).collect();
    let row = |(position, i): (usize, usize)| PartnerRow {
        application_id: id,
        position: i32::try_from(position).unwrap_or(i32::MAX),
        name: text(i, "nom"),
        part: text(i, "role"),
        country_code: Some(text(i, "pays")).filter(|code| !code.is_empty()).unwrap_or_else(|| "FR".into()),
        email: Some(text(i, "courriel")).filter(|email| !email.is_empty()),
    };
    (begun.into_iter().enumerate().map(row).collect(), wrong)
}

/// The fields of the form that say these partners, each with its value.
pub fn fields(rows: &[PartnerRow]) -> Vec<(String, String)> {
    let of_row = |(i, row): (usize, &PartnerRow)| {
        let email = row.email.clone().unwrap_or_default();
        let parts = [("nom", &row.name), ("role", &row.part), ("pays", &row.country_code), ("courriel", &email)];
        parts.map(|(part, value)| (format!("partenaire-{i}-{part}"), value.clone()))
    };
    rows.iter().enumerate().flat_map(of_row).collect()
}

/// Whether a page would write other partners.
pub(super) fn changes(content: &Content, typed: &Typed) -> bool {
    let is_sent = typed.keys().any(|field| field.starts_with("partenaire-"));
    let (sent, _) = read(content.row.id, typed);
    is_sent && edits::partners_text(&sent) != edits::partners_text(&content.partners)
}

/// Writes the partners of a page unless somebody else has written others meanwhile; `stored` is then what is there.
pub(super) fn save(
    tx: &mut Tx,
    id: ApplicationId,
    seen: &Seen,
    stored: &mut Vec<PartnerRow>,
    errors: &mut Vec<FieldError>,
) -> Outcome<()> {
    let (typed, wrong) = read(id, seen.typed());
    match seen.fate(edits::PARTNERS, &edits::partners_text(&typed), &edits::partners_text(stored)) {
        Fate::Written => {
            rows::set_partners(tx, id, &typed)?;
            *stored = typed;
        }
        Fate::Kept => {}
        Fate::Contested => errors.push(FieldError::new(edits::PARTNERS, edits::TAKEN)),
    }
    errors.extend(wrong);
    Ok(())
}
