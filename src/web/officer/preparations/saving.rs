//! Saving a part of a call, and moving or taking away what stands in its lists.

use super::{
    Target,
    inputs::{Reading, Typed},
    pages::{self, Again, home},
};
use crate::{
    domain::{
        definitions::{CallDefinition, Way},
        time::Moment,
    },
    store::{StoreError, Tx},
    usecases::{Actor, FieldError, Outcome, UseCaseError, form_tokens, preparations},
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        flashes::see_other_saying,
        pages::{Flash, render_as},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};

/// What the form asks to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Write,
    Move(Way),
    Remove,
}

impl Deed {
    fn named(word: &str) -> Option<Self> {
        match word {
            "monter" => Some(Deed::Move(Way::Up)),
            "descendre" => Some(Deed::Move(Way::Down)),
            "retrait" => Some(Deed::Remove),
            _ => None,
        }
    }

    const fn said(self) -> &'static str {
        match self {
            Deed::Write => "C’est enregistré.",
            Deed::Move(_) => "C’est déplacé.",
            Deed::Remove => "C’est retiré.",
        }
    }
}

fn changed(
    known: &preparations::Preparation,
    target: &Target,
    deed: Deed,
    form: &Fields,
) -> Outcome<(CallDefinition, Vec<String>)> {
    let mut call = CallDefinition::clone(&known.definition);
    let none = || UseCaseError::from(StoreError::NotFound);
    let scope = match (deed, target) {
        (Deed::Write, target) => {
            let mut reading = Reading::of(form);
            let scope = target.apply(known, &mut call, &mut reading).ok_or_else(none)?;
            if !reading.errors.is_empty() {
                let wrong = reading.errors.iter().map(|(field, sentence)| FieldError::new(field, sentence));
                return Err(UseCaseError::Invalid(wrong.collect()));
            }
            scope
        }
        (Deed::Move(way), Target::Item(_, spot)) => {
            spot.shift(&mut call, way).ok_or_else(none)?;
            Vec::new()
        }
        (Deed::Remove, Target::Item(_, spot)) => {
            spot.remove(&mut call).ok_or_else(none)?;
            Vec::new()
        }
        (Deed::Move(_) | Deed::Remove, Target::Part(_)) => return Err(none()),
    };
    Ok((call, scope))
}

fn write(
    tx: &mut Tx,
    actor: &Actor,
    reference: &str,
    (target, deed): (&Target, Deed),
    form: &Fields,
    now: Moment,
) -> Outcome<String> {
    let known = preparations::to_write(tx.conn(), actor, reference, form.version())?;
    let (call, scope) = changed(&known, target, deed, form)?;
    preparations::save(tx, actor, known, &call, &scope, now)?;
    Ok(match target {
        Target::Part(_) => home(reference),
        Target::Item(part, _) => format!("{}/{}", home(reference), part.code()),
    })
}

async fn act(app: &App, who: &Officer, reference: &str, (target, deed): (Target, Deed), form: Fields) -> Reply {
    let (actor, person, now, sent) = (who.actor.clone(), who.id, app.now(), form.clone());
    let (wanted, done, body) = (reference.to_owned(), target.clone(), format!("{deed:?} {form:?}"));
    let route = format!("{}/{}", home(reference), target.address());
    let written = app
        .write(move |tx| {
            let sending =
                form_tokens::Sending { person, token: sent.token(), route: &route, body: body.as_bytes(), now };
            form_tokens::once(tx, sending, |tx| write(tx, &actor, &wanted, (&done, deed), &sent, now))
        })
        .await;
    match written {
        Ok(to) => Ok(see_other_saying(to, &Flash::success(deed.said()))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors: Vec<_> = wrong.into_iter().map(|wrong| (wrong.field, wrong.message)).collect();
            refused(app, who, reference, (&target, deed), &form, &errors).await
        }
        Err(Failure::UseCase(UseCaseError::Store(StoreError::Stale))) => {
            contested(app, who, reference, (&target, deed), &form).await
        }
        Err(failure) => Err(failure),
    }
}

/// The page again, with what was typed and what is wrong with it; what could not be moved or taken away is said on the
/// page of its list.
async fn refused(
    app: &App,
    who: &Officer,
    reference: &str,
    (target, deed): (&Target, Deed),
    form: &Fields,
    errors: &[(String, String)],
) -> Reply {
    let (target, typed) = match deed {
        Deed::Write => (target.clone(), Typed { form: Some(form), is_contested: false }),
        Deed::Move(_) | Deed::Remove => (Target::Part(target.part()), Typed::default()),
    };
    let page = pages::page(app, who, reference, &target, form, Again { typed, errors }).await?;
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// Somebody else has written meanwhile: the page shows what was typed and what they wrote.
async fn contested(app: &App, who: &Officer, reference: &str, (target, deed): (&Target, Deed), form: &Fields) -> Reply {
    let (target, form) = match deed {
        Deed::Write => (target.clone(), Some(form)),
        Deed::Move(_) | Deed::Remove => (Target::Part(target.part()), None),
    };
    let typed = Typed { form, is_contested: true };
    let seed = form.cloned().unwrap_or_default();
    let page = pages::page(app, who, reference, &target, &seed, Again { typed, errors: &[] }).await?;
    Ok(render_as(StatusCode::CONFLICT, &page))
}

/// Saves one part.
pub async fn part(app: Data<App>, who: Officer, path: Path<(String, String)>, form: Fields) -> Reply {
    let (reference, part) = path.into_inner();
    let target = Target::part_named(&part).ok_or(Failure::NotFound)?;
    act(&app, &who, &reference, (target, Deed::Write), form).await
}

/// Saves one thing of a part, or a new one.
pub async fn item(app: Data<App>, who: Officer, path: Path<(String, String, String)>, form: Fields) -> Reply {
    let (reference, part, item) = path.into_inner();
    let target = Target::item_named(&part, &item).ok_or(Failure::NotFound)?;
    act(&app, &who, &reference, (target, Deed::Write), form).await
}

/// Moves one thing of a part, or takes it away.
pub async fn deed(app: Data<App>, who: Officer, path: Path<(String, String, String, String)>, form: Fields) -> Reply {
    let (reference, part, item, word) = path.into_inner();
    let target = Target::item_named(&part, &item).ok_or(Failure::NotFound)?;
    let deed = Deed::named(&word).ok_or(Failure::NotFound)?;
    act(&app, &who, &reference, (target, deed), form).await
}
