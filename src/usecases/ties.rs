//! Ties with the bodies of the network, declared by the applicants while their file is a draft.

use super::{Actor, FieldError, Outcome, UseCaseError, access, answers};
use crate::{
    domain::{
        ids::ApplicationId,
        lifecycle::Refusal,
        lifecycles::applications::ApplicationState,
        text::unprintable_sentence,
        ties::{Declared, MOST, Tie},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, applications as rows,
        ties::{self, DeclarationRow},
    },
};

/// The longest name and the longest description of a tie, in characters.
const LONGEST_NAME: usize = 120;
const LONGEST_NATURE: usize = 400;

/// What is said when people are named under the answer « non »: none of them is dropped unseen.
const NAMED: &str = "Vous avez répondu non, mais des personnes sont nommées plus bas. Répondez oui pour les déclarer, ou \
    effacez leurs lignes\u{a0}: rien n’est perdu pour l’instant.";

/// A declaration as typed: `oui`, `non` or nothing, and each person with the nature of their tie.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TiesForm {
    pub liens: String,
    pub rows: Vec<(String, String)>,
}

/// The field of the name, and that of the tie, of the person numbered from 0.
pub fn fields(number: usize) -> (String, String) {
    (format!("personne-{number}"), format!("lien-{number}"))
}

impl TiesForm {
    /// The ties that were written, and whether there are any.
    fn read(&self) -> Outcome<(bool, Vec<Tie>)> {
        let wrong = |field: &str, sentence: &str| UseCaseError::Invalid(vec![FieldError::new(field, sentence)]);
        match self.liens.as_str() {
            "non" if self.rows.iter().all(|(name, nature)| is_blank(name) && is_blank(nature)) => {
                return Ok((false, Vec::new()));
            }
            "non" => return Err(wrong("liens", NAMED)),
            "oui" => {}
            _ => return Err(wrong("liens", "Répondez par oui ou par non.")),
        }
        let (mut ties, mut errors) = (Vec::new(), Vec::new());
        for (number, (name, nature)) in self.rows.iter().enumerate().take(MOST) {
            let (name, nature) = (squeezed(name), squeezed(nature));
            if name.is_empty() && nature.is_empty() {
                continue;
            }
            let (name_field, nature_field) = fields(number);
            errors.extend(fault(&name_field, &name, LONGEST_NAME, "Indiquez le prénom et le nom."));
            errors.extend(fault(&nature_field, &nature, LONGEST_NATURE, "Dites en quelques mots quel est le lien."));
            ties.push(Tie { name, nature });
        }
        if !errors.is_empty() {
            return Err(UseCaseError::Invalid(errors));
        }
        if ties.is_empty() {
            return Err(wrong("personne-0", "Indiquez au moins une personne, ou répondez non."));
        }
        Ok((true, ties))
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn fault(field: &str, text: &str, longest: usize, needed: &str) -> Option<FieldError> {
    if text.is_empty() {
        return Some(FieldError::new(field, needed));
    }
    if text.chars().count() > longest {
        return Some(FieldError::new(field, format!("C’est trop long\u{a0}: {longest} caractères au plus.")));
    }
    unprintable_sentence(text).map(|sentence| FieldError::new(field, sentence))
}

/// Declares the ties of a draft, in place of what was declared; `read_at` is when the page showed it last declared.
pub fn declare(
    tx: &mut Tx,
    actor: &Actor,
    id: ApplicationId,
    form: &TiesForm,
    read_at: Moment,
    now: Moment,
) -> Outcome<()> {
    let row = answers::writable(tx.conn(), actor, id)?;
    if row.state != ApplicationState::Draft {
        let sentence = "La demande de complément ne rouvre pas la déclaration de liens\u{a0}: elle reste telle que vous \
                        l’avez déposée.";
        return Err(Refusal::because(sentence).into());
    }
    let (has_ties, list) = form.read()?;
    if last_declared(tx.conn(), id)? != read_at {
        return Err(StoreError::Stale.into());
    }
    let declaration =
        DeclarationRow { application_id: id, has_ties, declared_by: access::person(actor)?, declared_at: now };
    ties::set(tx, &declaration, &list)?;
    Ok(rows::touch(tx, id, now)?)
}

/// What an application declares.
pub(super) fn of_content(conn: &mut Conn, id: ApplicationId) -> Outcome<Declared> {
    Ok(match ties::of_application(conn, id)? {
        None => None,
        Some(row) if !row.has_ties => Some(Vec::new()),
        Some(_) => Some(ties::list(conn, id)?),
    })
}

/// The ties that are written for an application, whether or not its people have declared them.
pub fn written(conn: &mut Conn, id: ApplicationId) -> Outcome<Vec<Tie>> {
    Ok(ties::list(conn, id)?)
}

/// Adds to what the common file of a pair declares what the draft that rests behind it does. Where the common file has
/// declared nothing yet, or there are more ties than a declaration holds, its people are asked, and shown those written.
pub(super) fn carry_over(tx: &mut Tx, resting: ApplicationId, common: ApplicationId, now: Moment) -> Outcome<()> {
    let theirs = ties::list(tx.conn(), resting)?;
    if theirs.is_empty() {
        return Ok(());
    }
    let mut all = ties::list(tx.conn(), common)?;
    let new: Vec<Tie> = theirs.into_iter().filter(|tie| !all.contains(tie)).collect();
    all.extend(new);
    let declaration = ties::of_application(tx.conn(), common)?;
    match declaration.filter(|_| all.len() <= MOST) {
        Some(row) => ties::set(tx, &DeclarationRow { has_ties: true, declared_at: now, ..row }, &all)?,
        None => {
            all.truncate(MOST);
            ties::propose(tx, common, &all)?;
        }
    }
    Ok(())
}

/// When the ties of an application were last declared; the beginning of time when they never were.
pub fn last_declared(conn: &mut Conn, id: ApplicationId) -> Outcome<Moment> {
    let declared = ties::of_application(conn, id)?.map(|row| row.declared_at);
    Ok(declared.unwrap_or(Moment::from_unix_seconds(0)))
}
