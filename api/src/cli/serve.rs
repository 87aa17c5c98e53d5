//! `entente serve`

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use actix_web::dev::ServerHandle;
use clap::Args;
use persistence::{
    db::Db,
    migrate::{Direction, SchemaState, migrate, schema_state},
};
use tokio::signal::unix::{SignalKind, signal};

use super::{Database, Failure};
use crate::{access::token::Keys, app::App, jobs, routes, serve::server};

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    database: Database,
    /// The address and port to listen on
    #[arg(long, env = "ENTENTE_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// How many threads answer requests; without it, one for each processor
    #[arg(long, env = "ENTENTE_WORKERS", value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,
    /// How many connections to the database there are at most
    #[arg(long, env = "ENTENTE_CONNECTIONS", value_name = "NUMBER", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1024))]
    connections: u32,
    /// The files of the keys that access tokens are signed with; the first one signs, the others still count
    ///
    /// With SQLite and none named, a key is made beside the database. Processes that share a PostgreSQL share their keys.
    #[arg(long, env = "ENTENTE_SIGNING_KEY", value_name = "FILE", value_delimiter = ',')]
    signing_key: Vec<PathBuf>,
    /// How many requests a second a caller may make; 0 sets no limit
    #[arg(long, env = "ENTENTE_RATE_LIMIT", value_name = "NUMBER", default_value_t = 200)]
    rate_limit: u32,
    /// For how many seconds a process that is asked to end says so before it takes no more requests
    #[arg(long, env = "ENTENTE_DRAIN_SECONDS", value_name = "NUMBER", default_value_t = 5)]
    drain_seconds: u16,
    /// Bring the database's schema up to this program's first
    #[arg(long, env = "ENTENTE_MIGRATE")]
    migrate: bool,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), Failure> {
        if self.migrate {
            migrate(&self.database.database, Direction::Up)?;
        }
        let keys = Keys::read(self.key_files()?)?;
        let db = self.database.open(self.connections)?;
        let drain = Duration::from_secs(self.drain_seconds.into());
        actix_web::rt::System::new().block_on(async move {
            check_schema(&db).await?;
            let app = Arc::new(App::new(db, keys, routes::contract()?, self.rate_limit));
            let workers = self.workers.map(usize::from);
            let workers = workers.or_else(|| std::thread::available_parallelism().ok().map(Into::into)).unwrap_or(1);
            let socket = TcpListener::bind(self.listen).map_err(|error| format!("{}: {error}", self.listen))?;
            log::info!("listening on http://{}", socket.local_addr()?);
            run_until_asked_to_end(app, socket, workers, drain).await
        })
    }

    /// Processes that share a server must share their keys, so that only where the database is a file a key is made for it.
    fn key_files(&self) -> Result<Vec<PathBuf>, Failure> {
        match (self.signing_key.is_empty(), self.database.database.path()) {
            (true, Some(database)) => {
                let file = database.with_added_extension("key.pem");
                Keys::create(&file)?;
                Ok(vec![file])
            }
            _ => Ok(self.signing_key.clone()),
        }
    }
}

/// A server on a schema that it does not know would only fail later. One whose database is away waits for it.
async fn check_schema(db: &Db) -> Result<(), Failure> {
    let target = db.target().clone();
    match db.read(move |tx| schema_state(tx.conn, &target)).await {
        Ok(SchemaState::Current) => Ok(()),
        Ok(SchemaState::Behind) => {
            Err("the database's schema is behind this program: run `entente migrate`, or serve with --migrate".into())
        }
        Ok(SchemaState::Ahead) => Err("the database's schema is ahead of this program: use a newer one".into()),
        Err(error) if error.is_unavailable() => {
            log::warn!("not ready yet: {error}");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Serves until a signal asks the process to end: then it says that it is not ready, goes on for `drain`, and ends what is
/// running. A second signal ends it at once.
///
/// # Errors
/// Those of the socket.
pub(super) async fn run_until_asked_to_end(
    app: Arc<App>,
    socket: TcpListener,
    workers: usize,
    drain: Duration,
) -> Result<(), Failure> {
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let server = server(Arc::clone(&app), socket, workers)?;
    let handle = server.handle();
    jobs::start(&app);
    actix_web::rt::spawn(async move {
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
        log::info!("asked to end");
        app.draining.store(true, Ordering::Relaxed);
        actix_web::rt::spawn(drain_and_stop(handle, drain));
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
        log::warn!("asked again: ending at once");
        std::process::exit(1);
    });
    Ok(server.await?)
}

async fn drain_and_stop(handle: ServerHandle, drain: Duration) {
    tokio::time::sleep(drain).await;
    handle.stop(true).await;
}
