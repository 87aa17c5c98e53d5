//! Serving: workers over one service, until somebody asks the process to end.

use std::{net::TcpListener, sync::Arc, time::Duration};

use actix_web::{
    App as ActixApp, Error, HttpServer,
    body::BoxBody,
    dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web,
};
use utoipa_actix_web::AppExt;

use crate::{app::App, edge, routes};

/// How long requests that are running may still take when the process is asked to end.
const GRACE_SECONDS: u64 = 25;

/// The service: every operation, every page, behind the edge.
pub fn service(
    app: Arc<App>,
) -> ActixApp<impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>>
{
    ActixApp::new()
        .into_utoipa_app()
        .configure(routes::operations)
        .into_app()
        .app_data(web::Data::from(app))
        .configure(routes::pages_and_nowhere)
        .wrap(from_fn(edge::pass))
}

/// A server for `app` on a socket that is open already.
///
/// # Errors
/// When the socket cannot be listened on.
pub fn server(app: Arc<App>, socket: TcpListener, workers: usize) -> std::io::Result<Server> {
    let server = HttpServer::new(move || service(Arc::clone(&app)))
        .workers(workers)
        .keep_alive(Duration::from_secs(75))
        .client_request_timeout(Duration::from_secs(5))
        .shutdown_timeout(GRACE_SECONDS)
        .disable_signals()
        .listen(socket)?;
    Ok(server.run())
}
