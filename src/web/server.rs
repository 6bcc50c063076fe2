//! The server: the middlewares around the site map, and its start.

use super::{
    app::App,
    expired, flashes,
    headers::{OwnOrigin, lose_patience, protect, refuse_foreign_forms, refuse_zero_bytes},
    refusals, routes, unavailable,
};
use actix_web::{
    App as Site, Error, HttpMessage, HttpServer,
    body::MessageBody,
    dev::{Server, ServiceRequest, ServiceResponse},
    middleware::{Compress, from_fn},
    web::Data,
};
use std::{
    io,
    net::TcpListener,
    time::{Duration, Instant},
};
use tracing::Span;
use tracing_actix_web::{RootSpanBuilder, TracingLogger};

/// What the log says of a request: its method, the pattern of its address and its status. Never the address itself: links
/// of mails carry their secret there, and searches a name.
struct Discreet;

impl RootSpanBuilder for Discreet {
    fn on_request_start(request: &ServiceRequest) -> Span {
        request.extensions_mut().insert(Begun(Instant::now()));
        let route = request.match_pattern().unwrap_or_default();
        tracing::info_span!("request", method = %request.method(), route, status = tracing::field::Empty)
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        if let Ok(response) = outcome {
            span.record("status", response.status().as_u16());
            let begun = response.request().extensions().get::<Begun>().map(|begun| begun.0);
            let micros = begun.map_or(0, |begun| begun.elapsed().as_micros());
            span.in_scope(|| tracing::debug!(micros, "answered"));
        }
    }
}

/// When the head of a request was read, by the clock of the machine that never goes back.
struct Begun(Instant);

/// A server on an open socket. `origin` is the scheme, host and port under which people reach it.
pub fn start(app: App, origin: &str, listener: TcpListener, workers: usize) -> io::Result<Server> {
    let (app, origin) = (Data::new(app), Data::new(OwnOrigin(origin.to_owned())));
    let site = move || {
        Site::new()
            .app_data(app.clone())
            .app_data(origin.clone())
            .configure(routes::configure)
            .wrap(from_fn(refusals::keep_menu))
            .wrap(from_fn(expired::keep_typed))
            .wrap(from_fn(unavailable::give_back))
            .wrap(from_fn(flashes::spend))
            .wrap(from_fn(lose_patience))
            .wrap(from_fn(refuse_foreign_forms))
            .wrap(from_fn(refuse_zero_bytes))
            .wrap(from_fn(protect))
            .wrap(Compress::default())
            .wrap(TracingLogger::<Discreet>::new())
    };
    let server = HttpServer::new(site)
        .workers(workers)
        .client_request_timeout(Duration::from_secs(10))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(20);
    Ok(server.listen(listener)?.run())
}
