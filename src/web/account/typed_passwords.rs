//! The password that somebody signed in types once more, under the brake that signing in has.

use crate::{
    domain::{identity::Email, ids::PersonId},
    usecases::{UseCaseError, login_links, passwords, sign_ins::SignedInPerson},
    web::{App, Failure},
};

const BRAKED: &str = "Trop de mots de passe faux en peu de temps. Attendez un quart d’heure.";

/// Whose password was typed, nobody's when it is wrong; after too many wrong ones it is not looked at, and the sentence
/// says so.
pub async fn opened(
    app: &App,
    who: &SignedInPerson,
    source: &str,
    typed: String,
) -> Result<Result<Option<PersonId>, &'static str>, Failure> {
    let (email, source, now) = (who.email.clone(), source.to_owned(), app.now());
    let known = {
        let (email, source) = (email.clone(), source.clone());
        app.read(move |conn| {
            login_links::brake(conn, &email, &source, now)?;
            passwords::of_email(conn, email.parse::<Email>().ok().as_ref())
        })
        .await
    };
    let known = match known {
        Err(Failure::UseCase(UseCaseError::Refused(_))) => return Ok(Err(BRAKED)),
        known => known?,
    };
    let person = app.hash(move || known.open_with(&typed)).await?;
    if person.is_none() {
        app.write(move |tx| login_links::note_failure(tx, &email, &source, now)).await?;
    }
    Ok(Ok(person))
}
