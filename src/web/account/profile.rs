//! My account: who I am here, where I am signed in, my password.

use crate::{
    domain::{ids::SignInId, labels},
    usecases::{
        UseCaseError, passwords, people,
        sign_ins::{self, Device},
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
    errors: FieldErrors,
}

async fn page(app: &App, who: &Member, errors: FieldErrors) -> Result<ProfilePage, Failure> {
    let (person, now) = (who.id, app.now());
    let devices = app.read(move |conn| sign_ins::list(conn, person, now)).await?;
    let roles: Vec<_> = who.actor.roles.iter().map(|role| labels::role(*role)).collect();
    let facts = vec![
        Fact::new("Nom", &who.name),
        Fact::new("Adresse électronique", &who.email),
        Fact::new("Vous êtes ici", roles.join(", ")),
    ];
    Ok(ProfilePage { chrome: who.chrome(), facts, devices, here: who.sign_in, errors })
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

/// Sets a password, for those who prefer one to links.
pub async fn set_password(app: Data<App>, who: Member, request: HttpRequest, form: Fields) -> Reply {
    let typed = form.iter().find(|(name, _)| *name == "mot_de_passe").map(|(_, typed)| typed.to_owned());
    let typed = typed.unwrap_or_default();
    let refused = match who.email.parse() {
        Ok(email) => passwords::judge(&typed, &email).err(),
        Err(_) => None,
    };
    if let Some(UseCaseError::Invalid(fields)) = refused {
        let errors = fields.into_iter().map(|field| (field.field, field.message)).collect();
        return Ok(unprocessable(&page(&app, &who, errors).await?));
    }
    let hash = app.hash(move || passwords::hash(&typed)).await??;
    let (id, device, now) = (who.id, super::device_of(&request), app.now());
    let work = move |tx: &mut crate::store::Tx| {
        people::set_password(tx, id, &hash, now)?;
        sign_ins::open(tx, id, &device, now)
    };
    let token = app.write(work).await?;
    let sentence = "Votre mot de passe est enregistré. Vos autres appareils ont été déconnectés.";
    let mut response = see_other_saying("/compte", &Flash::success(sentence));
    if let Err(error) = response.add_cookie(&super::sign_in_cookie(&app, token)) {
        tracing::error!(%error, "the sign-in cookie could not be set");
    }
    Ok(response)
}

fn unprocessable(page: &ProfilePage) -> HttpResponse {
    render_as(StatusCode::UNPROCESSABLE_ENTITY, page)
}
