//! More time for one application of a closed call.

use crate::{
    store::{Conn, Tx, entropy, passes::NamedPass},
    usecases::{
        UseCaseError, calls, form_tokens,
        passes::{self, LONGEST_REASON, LatePass},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/passes.html")]
struct PassesPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    href: String,
    call: String,
    token: String,
    given: Vec<Line>,
    /// Why no time can be given now; empty when it can.
    refusal: String,
    number: String,
    day: String,
    hour: String,
    reason: String,
    help: String,
    errors: FieldErrors,
}

struct Line {
    reference: String,
    until: String,
    filed: String,
    given: String,
    reason: String,
}

fn line((pass, reference, filed, by): NamedPass) -> Line {
    let filed = filed.filter(|at| *at >= pass.opened_at);
    Line {
        reference,
        until: pass.until_at.french(),
        filed: filed.map_or("Pas encore déposé".to_owned(), |at| format!("Déposé le {}", at.french())),
        given: format!("{}, le {}", by, pass.opened_at.french()),
        reason: pass.reason,
    }
}

async fn page(
    app: &App,
    who: &Officer,
    reference: &str,
    form: &Fields,
    errors: FieldErrors,
) -> Result<PassesPage, Failure> {
    let (actor, wanted) = (who.actor.clone(), reference.to_owned());
    let load = move |conn: &mut Conn| {
        let call = calls::by_reference(conn, &wanted)?;
        let given = passes::late_of_call(conn, &actor, &call)?;
        Ok::<_, UseCaseError>((call, given))
    };
    let (call, given) = app.read(load).await?;
    let text = |name: &str| form.text(name).to_owned();
    Ok(PassesPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/appels-a-projets", "Appels à projets"),
            NavLink::new(format!("/appels-a-projets/{reference}"), &call.title),
        ],
        href: format!("/appels-a-projets/{reference}/delais"),
        refusal: passes::may_open_late(&call, app.now()).err().map(|why| why.to_string()).unwrap_or_default(),
        call: call.title,
        token: entropy::form_token()?,
        given: given.into_iter().map(line).collect(),
        number: text("numero"),
        day: text("jour"),
        hour: text("heure"),
        reason: text("motif"),
        help: format!("Il part par courriel et reste dans l’historique. {LONGEST_REASON} caractères au plus."),
        errors,
    })
}

/// The passes given, and a form for one more.
pub async fn list(app: Data<App>, who: Officer, reference: Path<String>) -> Reply {
    Ok(render(&page(&app, &who, &reference, &Fields::default(), FieldErrors::none()).await?))
}

/// Gives one application more time; a second click lands where the first one did.
pub async fn open(app: Data<App>, who: Officer, reference: Path<String>, form: Fields) -> Reply {
    let (reference, actor, person, now) = (reference.into_inner(), who.actor.clone(), who.id, app.now());
    let (sent, route, wanted) = (form.clone(), format!("/appels-a-projets/{reference}/delais"), reference.clone());
    let write = move |tx: &mut Tx| {
        let body = format!("{sent:?}");
        let sending = form_tokens::Sending { person, token: sent.token(), route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            let (day, hour) = (sent.text("jour"), sent.text("heure"));
            let pass = LatePass { reference: sent.text("numero"), day, hour, reason: sent.text("motif") };
            passes::open_late(tx, &actor, &wanted, &pass, now)?;
            Ok(route.clone())
        })
    };
    match app.write(write).await {
        Ok(answer) => {
            Ok(see_other_saying(answer, &Flash::success("Le délai est accordé. La structure l’apprend par courriel.")))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &who, &reference, &form, errors).await?))
        }
        Err(failure) => Err(failure),
    }
}
