//! `entente demo`: a server with both networks and sample data, for a first look.
//!
//! The sample data is made through the API itself, by the people it belongs to, so that it shows nothing that a user could not
//! have done: last month, which is closed into statements, and since.

mod academy;
mod amendment;
mod client;
mod sample;

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
    time::Duration,
};

use clap::Args;
use persistence::{
    db::{Clock, Db, Target},
    migrate::{Direction, migrate},
};

use super::{Failure, serve::run_until_asked_to_end};
use crate::{access::token::Keys, app::App, routes};

/// The networks of the demonstration.
const NETWORKS: [&str; 2] =
    [include_str!("../../../../networks/altoga.yaml"), include_str!("../../../../networks/all-in-web.yaml")];

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// The SQLite file, made if it is not there
    #[arg(long, env = "ENTENTE_DEMO_DATABASE", value_name = "URL", default_value = "sqlite:entente-demo.db")]
    database: Target,
    /// The address and port to listen on
    #[arg(long, env = "ENTENTE_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl Demo {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Some(file) = self.database.path() else {
            return Err("the demonstration keeps its data in an SQLite file; `entente serve` works on PostgreSQL".into());
        };
        // Taken first: a port that is in use must not cost a database.
        let socket = TcpListener::bind(self.listen).map_err(|error| format!("{}: {error}", self.listen))?;
        migrate(&self.database, Direction::Up)?;
        let (loading, keys) = (keys_beside(file)?, keys_beside(file)?);
        let db = Db::open(self.database.clone(), 16, Clock::Database)?;
        actix_web::rt::System::new().block_on(async move {
            // The requests that make the sample data are not what anybody looks for on the screen.
            let told = log::max_level();
            log::set_max_level(log::LevelFilter::Warn);
            let logins = sample::load(&self.database, loading).await?;
            log::set_max_level(told);
            let app = Arc::new(App::new(db, keys, routes::contract()?, 0));
            print(&socket, &logins)?;
            let workers = std::thread::available_parallelism().map_or(2, Into::into);
            run_until_asked_to_end(app, socket, workers, Duration::ZERO).await
        })
    }
}

fn keys_beside(database: &Path) -> Result<Keys, Failure> {
    let file = database.with_added_extension("key.pem");
    Keys::create(&file)?;
    Ok(Keys::read([file])?)
}

/// Somebody who can sign in to the demonstration.
struct Login {
    role: &'static str,
    name: String,
    secret: String,
    about: &'static str,
}

fn print(socket: &TcpListener, logins: &[Login]) -> Result<(), Failure> {
    use std::io::Write;

    let address = socket.local_addr()?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nEntente is at http://{address}/ , its contract at http://{address}/docs/\n")?;
    writeln!(out, "Sign in with POST /v1/auth/login (people) or POST /v1/oauth/token (integrations):\n")?;
    for Login { role, name, secret, about } in logins {
        writeln!(out, "  {role:<22}  {name:<40}  {secret}")?;
        writeln!(out, "  {:<22}  {about}", "")?;
    }
    writeln!(out)?;
    Ok(out.flush()?)
}
