//! The server: the middlewares around the site map, and its start.

use super::{
    app::App,
    expired, flashes,
    headers::{OwnOrigin, protect, refuse_foreign_forms, refuse_zero_bytes},
    routes,
};
use actix_web::{
    App as Site, HttpServer,
    dev::Server,
    middleware::{Compress, from_fn},
    web::Data,
};
use std::{io, net::TcpListener, time::Duration};
use tracing_actix_web::TracingLogger;

/// A server on an open socket. `origin` is the scheme, host and port under which people reach it.
pub fn start(app: App, origin: &str, listener: TcpListener, workers: usize) -> io::Result<Server> {
    let (app, origin) = (Data::new(app), Data::new(OwnOrigin(origin.to_owned())));
    let site = move || {
        Site::new()
            .app_data(app.clone())
            .app_data(origin.clone())
            .configure(routes::configure)
            .wrap(from_fn(expired::keep_typed))
            .wrap(from_fn(flashes::spend))
            .wrap(from_fn(refuse_foreign_forms))
            .wrap(from_fn(refuse_zero_bytes))
            .wrap(from_fn(protect))
            .wrap(Compress::default())
            .wrap(TracingLogger::default())
    };
    let server = HttpServer::new(site)
        .workers(workers)
        .client_request_timeout(Duration::from_secs(10))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(20);
    Ok(server.listen(listener)?.run())
}
