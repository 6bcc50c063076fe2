//! My account: who I am here, where I am signed in, my password.

use super::{source_of, typed_passwords};
use crate::{
    domain::{ids::SignInId, labels},
    store::Tx,
    usecases::{
        UseCaseError,
        own_passwords::{self, Asked, FORGOTTEN},
        passwords,
        sign_ins::{self, Device, SignedInPerson},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Member,
        filters,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, render, render_as},
        parts::Fact,
    },
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "account/profile.html")]
struct ProfilePage {
    chrome: Chrome,
    facts: Vec<Fact>,
    devices: Vec<Device>,
    here: SignInId,
    /// Whether the password there is has to be typed.
    asks_former: bool,
    /// Whether no password can be chosen before coming in by a link.
    asks_link: bool,
    email: String,
    /// Where the link of whoever forgot their password leads.
    forgotten: &'static str,
    errors: FieldErrors,
}

async fn page(app: &App, who: &Member, errors: FieldErrors) -> Result<ProfilePage, Failure> {
    let (known, now) = (SignedInPerson::clone(who), app.now());
    let read = app.read(move |conn| {
        let devices = sign_ins::list(conn, known.id, now)?;
        Ok((devices, own_passwords::asked(conn, &known, now)?))
    });
    let (devices, asked) = read.await?;
    let roles: Vec<_> = who.actor.roles.iter().map(|role| labels::role(*role)).collect();
    let facts = vec![
        Fact::new("Nom", &who.name),
        Fact::new("Adresse électronique", &who.email),
        Fact::new("Vous êtes ici", roles.join(", ")),
    ];
    Ok(ProfilePage {
        chrome: who.chrome(),
        facts,
        devices,
        here: who.sign_in,
        asks_former: asked == Asked::Former,
        asks_link: asked == Asked::Link,
        email: who.email.clone(),
        forgotten: FORGOTTEN,
        errors: errors.in_order(&[FORMER, NEW]),
    })
}

/// The page.
pub async fn show(app: Data<App>, who: Member) -> Reply {
    Ok(render(&page(&app, &who, FieldErrors::none()).await?))
}

/// Ends a sign-in elsewhere: a lost telephone, a library's computer.
pub async fn end_device(app: Data<App>, who: Member, id: Path<SignInId>) -> Reply {
    let (person, id, now) = (who.id, id.into_inner(), app.now());
    app.write(move |tx| sign_ins::end(tx, person, id, now)).await?;
    Ok(see_other_saying("/compte", &Flash::success("Cet appareil est déconnecté.")))
}

/// The fields of the form: named so that no page sent back carries what was typed in them.
const FORMER: &str = "mot_de_passe_actuel";
const NEW: &str = "mot_de_passe";

/// What is wrong with whoever chooses a password, beside which field: nothing once they are who they say.
async fn doubt(
    app: &App,
    who: &Member,
    source: &str,
    former: String,
) -> Result<Option<(&'static str, &'static str)>, Failure> {
    let (known, now) = (SignedInPerson::clone(who), app.now());
    match app.read(move |conn| own_passwords::asked(conn, &known, now)).await? {
        Asked::Nothing => Ok(None),
        Asked::Link => Ok(Some((NEW, "Votre connexion date\u{a0}: recevez d’abord un lien par courriel."))),
        Asked::Former if former.is_empty() => Ok(Some((FORMER, "Tapez votre mot de passe actuel."))),
        Asked::Former => match typed_passwords::opened(app, who, source, former).await? {
            Err(braked) => Ok(Some((FORMER, braked))),
            Ok(person) if person == Some(who.id) => Ok(None),
            Ok(_) => Ok(Some((FORMER, "Ce n’est pas votre mot de passe actuel."))),
        },
    }
}

/// Sets a password, for those who prefer one to links.
pub async fn set_password(app: Data<App>, who: Member, request: HttpRequest, form: Fields) -> Reply {
    let typed = |field: &str| form.iter().find(|(name, _)| *name == field).map(|(_, typed)| typed.to_owned());
    let (former, typed) = (typed(FORMER).unwrap_or_default(), typed(NEW).unwrap_or_default());
    let mut errors = FieldErrors::none();
    if let Some((field, sentence)) = doubt(&app, &who, &source_of(&request), former).await? {
        errors.add(field, sentence);
    }
    let refused = match who.email.parse() {
        Ok(email) => passwords::judge(&typed, &email).err(),
        Err(_) => None,
    };
    if let Some(UseCaseError::Invalid(fields)) = refused {
        fields.into_iter().for_each(|field| errors.add(field.field, field.message));
    }
    if !errors.is_empty() {
        return Ok(unprocessable(&page(&app, &who, errors).await?));
    }
    let hash = app.hash(move || passwords::hash(&typed)).await??;
    let (id, device, now) = (who.id, super::device_of(&request), app.now());
    let work = move |tx: &mut Tx| {
        own_passwords::choose(tx, id, &hash, &device, now)?;
        sign_ins::open(tx, id, &device, now)
    };
    let token = app.write(work).await?;
    let sentence =
        "Votre mot de passe est enregistré. Vos autres appareils ont été déconnectés. Un courriel vous le confirme.";
    let mut response = see_other_saying("/compte", &Flash::success(sentence));
    if let Err(error) = response.add_cookie(&super::sign_in_cookie(&app, token)) {
        tracing::error!(%error, "the sign-in cookie could not be set");
    }
    Ok(response)
}

fn unprocessable(page: &ProfilePage) -> HttpResponse {
    render_as(StatusCode::UNPROCESSABLE_ENTITY, page)
}
