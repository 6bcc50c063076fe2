//! The site's own pages: legal notice, accessibility, contact.

use crate::{
    usecases::settings::{self, Settings},
    web::{
        App, Reply,
        audiences::Public,
        pages::{Chrome, render},
    },
};
use actix_web::web::Data;
use askama::Template;

#[derive(Template)]
#[template(path = "public/legal.html")]
struct LegalPage {
    chrome: Chrome,
    settings: Settings,
}

/// Who publishes the site, and what becomes of the data.
pub async fn legal(app: Data<App>, visitor: Public) -> Reply {
    let settings = app.read(settings::load).await?;
    Ok(render(&LegalPage { chrome: visitor.chrome(), settings }))
}

#[derive(Template)]
#[template(path = "public/accessibility.html")]
struct AccessibilityPage {
    chrome: Chrome,
    settings: Settings,
}

/// How accessible the site is, and whom to tell when it is not.
pub async fn accessibility(app: Data<App>, visitor: Public) -> Reply {
    let settings = app.read(settings::load).await?;
    Ok(render(&AccessibilityPage { chrome: visitor.chrome(), settings }))
}

#[derive(Template)]
#[template(path = "public/contact.html")]
struct ContactPage {
    chrome: Chrome,
    settings: Settings,
}

/// Whom to ask.
pub async fn contact(app: Data<App>, visitor: Public) -> Reply {
    let settings = app.read(settings::load).await?;
    Ok(render(&ContactPage { chrome: visitor.chrome(), settings }))
}
