//! The one place that turns what went wrong into an answer, and logs it once.

use super::{errors::page_for, unavailable::RETRY_AFTER};
use crate::{store::StoreError, usecases::UseCaseError};
use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};

/// What a handler gives.
pub type Reply = Result<HttpResponse, Failure>;

/// Why a handler could not give its page.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A use case said no.
    #[error(transparent)]
    UseCase(#[from] UseCaseError),
    /// The address leads nowhere, or to something this person may not know of.
    #[error("not found")]
    NotFound,
    /// The page is for signed-in people: the path to come back to.
    #[error("not signed in")]
    SignIn(String),
    /// The page is for members whose declaration of interests is in order: the path to come back to.
    #[error("a declaration is owed")]
    Declare(String),
    /// More was sent than the page takes; the limit in words.
    #[error("too large")]
    TooLarge(String),
    /// The request cannot be read as the form it should be.
    #[error("malformed request")]
    Malformed,
    /// Too many attempts; the sentence says when to come back.
    #[error("too many attempts")]
    TooMany(String),
    /// Something of ours broke.
    #[error("{0}")]
    Broken(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::UseCase(error.into())
    }
}

const CHANGED_MEANWHILE: &str = "Cette page a été modifiée entre-temps par une autre personne ou dans un autre \
     onglet. Revenez en arrière, rechargez-la et recommencez\u{a0}: rien n’a été écrasé.";

const AWAY: &str = "Le site ne peut ni lire ni enregistrer en ce moment. Cela ne vient pas de vous, et ce qui était \
     enregistré l’est toujours.";

impl Failure {
    /// The sentence of the page that says it; empty where the general words do.
    pub fn refusal(&self) -> String {
        match self {
            Failure::UseCase(UseCaseError::Refused(refusal)) => refusal.to_string(),
            Failure::UseCase(UseCaseError::Store(StoreError::Stale)) => CHANGED_MEANWHILE.to_owned(),
            _ => String::new(),
        }
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match self {
            Failure::UseCase(UseCaseError::Refused(_)) => StatusCode::CONFLICT,
            Failure::UseCase(UseCaseError::Invalid(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            Failure::UseCase(UseCaseError::Store(StoreError::NotFound)) | Failure::NotFound => StatusCode::NOT_FOUND,
            Failure::UseCase(UseCaseError::Store(StoreError::Stale | StoreError::Taken)) => StatusCode::CONFLICT,
            Failure::UseCase(UseCaseError::Store(StoreError::Conflict | StoreError::Pool(_) | StoreError::Away(_))) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Failure::UseCase(_) | Failure::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Failure::SignIn(_) | Failure::Declare(_) => StatusCode::SEE_OTHER,
            Failure::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::Malformed => StatusCode::BAD_REQUEST,
            Failure::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        if status.is_server_error() {
            tracing::error!(error = %self, "a request failed");
        }
        match self {
            Failure::SignIn(next) => {
                let query = serde_html_form::to_string([("suite", next)]).unwrap_or_default();
                super::pages::see_other(format!("/connexion?{query}"))
            }
            Failure::Declare(next) => {
                let query = serde_html_form::to_string([("suite", next)]).unwrap_or_default();
                super::pages::see_other(format!("/comite/declaration?{query}"))
            }
            Failure::UseCase(UseCaseError::Refused(_) | UseCaseError::Store(StoreError::Stale)) => {
                page_for(status, &self.refusal())
            }
            Failure::UseCase(UseCaseError::Invalid(fields)) => {
                let sentences: Vec<_> = fields.iter().map(|field| field.message.as_str()).collect();
                page_for(status, &sentences.join(" "))
            }
            Failure::TooLarge(sentence) | Failure::TooMany(sentence) => page_for(status, sentence),
            _ if status == StatusCode::SERVICE_UNAVAILABLE => {
                let mut answer = page_for(status, AWAY);
                answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
                answer
            }
            _ => page_for(status, ""),
        }
    }
}
