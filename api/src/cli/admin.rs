//! `entente admin`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use persistence::identity;

use super::{Database, Failure};
use crate::{
    identity::{
        commands::{self, Access},
        password,
        secret::{Purpose, Secret},
        wire,
    },
    problem::{Code, Language, Problem},
    write::Job,
};

#[derive(Debug, Subcommand)]
pub(super) enum Admin {
    /// Give a master its first administrator
    ///
    /// Everybody else is invited through the API. A company that has an administrator who can sign in is refused, unless it is
    /// to be recovered.
    Create(Create),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    #[command(flatten)]
    database: Database,
    /// The code of the network
    #[arg(long, value_name = "CODE")]
    network: String,
    /// The code of the master
    #[arg(long, value_name = "CODE")]
    master: String,
    /// The administrator's e-mail address
    #[arg(long)]
    email: String,
    /// The administrator's name; without it, the e-mail address
    #[arg(long)]
    name: Option<String>,
    /// A file whose first line is the password; without it, a token for POST /v1/invitations/accept is printed
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Do it although the master has an administrator already: nobody can sign in as that one any more
    #[arg(long)]
    recover: bool,
}

/// How long a password may be, as the contract has it.
const PASSWORD: std::ops::RangeInclusive<usize> = 12..=128;

impl Admin {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Self::Create(create) = self;
        actix_web::rt::System::new().block_on(create.run())
    }
}

impl Create {
    async fn run(self) -> Result<(), Failure> {
        let Self { database, network, master, email, name, password_file, recover } = self;
        if !wire::email(&email).contains('@') {
            return Err(format!("{email} is no e-mail address").into());
        }
        let (access, token) = match password_file {
            Some(file) => (Access::Password(password::digest(&read_password(&file)?).map_err(said)?), None),
            None => {
                let token = Secret::generate(Purpose::Invitation);
                (Access::Invitation(token.digest()), Some(token))
            }
        };
        let db = database.open(1)?;
        let mut job = Job::named("admin-create");
        let name = name.unwrap_or_else(|| email.clone());
        let missing = format!("there is no master {master} in a network {network}");
        let made = db.write(move |tx| {
            let Some(master) = identity::find_master(tx.conn, &network, &master)? else { return Ok(None) };
            let made = job
                .run(tx, None, |work| commands::establish_administrator(work, master.into(), (&email, &name), &access, recover));
            made.map(Some)
        });
        let user = made.await.map_err(said)?.ok_or(missing)?;
        println!("{} {}", user.id, user.email);
        if let Some(token) = token {
            println!("{}", token.reveal());
        }
        Ok(())
    }
}

fn read_password(file: &std::path::Path) -> Result<Secret, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let line = text.lines().next().unwrap_or_default().to_owned();
    if !PASSWORD.contains(&line.chars().count()) {
        return Err(format!("a password has {} to {} characters", PASSWORD.start(), PASSWORD.end()).into());
    }
    Ok(line.into())
}

/// A problem in words for a terminal.
fn said(problem: Problem) -> Failure {
    if problem.code() == Code::StateConflict {
        return "the master has an administrator who can sign in; --recover gives it another".into();
    }
    let text = problem.to_json(Language::En, "admin-create");
    let messages = text.get("errors").and_then(|errors| errors.as_array()).into_iter().flatten();
    let messages: Vec<&str> = messages.filter_map(|error| error.get("message")?.as_str()).collect();
    match (problem.cause(), messages.is_empty()) {
        (Some(cause), _) => cause.into(),
        (None, false) => messages.join(" ").into(),
        (None, true) => problem.to_string().into(),
    }
}
