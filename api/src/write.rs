//! The one way in for every write, so that none can forget a part of it: authorise, idempotency key, one transaction with what was
//! due before, the command, its event and the kept answer, entity tag.

mod in_flight;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use chrono::{DateTime, Utc};
use domain::id::{CompanyId, EventId, Id, NetworkId, StaticType};
use persistence::{
    db::{Conn, Tx},
    dialect,
    error::{CommandError, DbError},
    event::{self, Audience, Event},
    idempotency::{self, KeptAnswer},
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use self::in_flight::InFlight;
use crate::{
    access::Caller,
    app::App,
    extract::{IfMatch, Write},
    problem::{Code, Problem},
    transfer,
};

/// Something that an answer shows.
pub trait Resource: Serialize {
    /// Its version, which is its entity tag.
    fn version(&self) -> Option<i64> {
        None
    }

    /// Where it is.
    fn location(&self) -> Option<String> {
        None
    }

    /// Its JSON.
    fn body(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// Its JSON as it may be kept for a repeated request: without secrets, which are shown once.
    fn kept(&self) -> serde_json::Result<String> {
        self.body()
    }
}

/// The ids that a command needs. They are made outside of it, and a command that runs again gets the same ones.
#[derive(Debug, Default)]
struct Ids {
    made: Vec<Uuid>,
    used: usize,
}

impl Ids {
    fn next(&mut self) -> Uuid {
        if self.made.len() <= self.used {
            self.made.push(Uuid::now_v7());
        }
        let id = self.made.get(self.used).copied().unwrap_or_default();
        self.used = self.used.saturating_add(1);
        id
    }
}

/// What happened to a resource.
#[derive(Debug)]
pub struct Change<'c> {
    /// In which network.
    pub network: NetworkId,
    /// What: `registration.accepted`.
    pub kind: &'static str,
    /// The resource's id.
    pub subject: String,
    /// Its version afterwards.
    pub version: i64,
    /// Whom it concerns.
    pub audience: Audience,
    /// The resource afterwards, as the API shows it.
    pub body: &'c dyn erased::Json,
}

/// All that is told of what a company does not see any more.
#[derive(Debug, Serialize)]
struct Left {
    id: String,
}

/// Serialization that can be behind a reference.
pub mod erased {
    /// A value that can be written as JSON.
    pub trait Json: std::fmt::Debug {
        /// Its JSON.
        ///
        /// # Errors
        /// Those of the serializer.
        fn to_json(&self) -> serde_json::Result<String>;
    }

    impl<T: serde::Serialize + std::fmt::Debug> Json for T {
        fn to_json(&self) -> serde_json::Result<String> {
            serde_json::to_string(self)
        }
    }
}

/// What a command works with: the transaction, who asks, and the record of what it did.
pub struct Work<'w, 'c> {
    tx: &'w mut Tx<'c>,
    caller: Option<&'w Caller>,
    if_match: Option<&'w IfMatch>,
    /// Who acts where nobody asks.
    nobody: &'static str,
    request_id: &'w str,
    ids: &'w mut Ids,
    recorded: u32,
    unchanged: bool,
}

impl<'w, 'c> Work<'w, 'c> {
    fn of_request(tx: &'w mut Tx<'c>, asked: &'w Asked, ids: &'w mut Ids) -> Self {
        let Asked { caller, if_match, request_id } = asked;
        ids.used = 0;
        let (caller, if_match) = (caller.as_ref(), if_match.as_ref());
        Self { tx, caller, if_match, nobody: "anonymous", request_id, ids, recorded: 0, unchanged: false }
    }

    /// Nothing that changes may go unrecorded.
    fn leaves_a_trace(&self) -> Result<(), Problem> {
        if self.recorded == 0 && !self.unchanged {
            return Err(Problem::internal("a write recorded no event"));
        }
        Ok(())
    }
}

/// Who asks for a write, and for which version of what.
struct Asked {
    caller: Option<Caller>,
    if_match: Option<IfMatch>,
    request_id: String,
}

impl<'c> Work<'_, 'c> {
    /// The transaction.
    pub fn tx(&mut self) -> &mut Tx<'c> {
        self.tx
    }

    /// The connection.
    pub fn conn(&mut self) -> &mut Conn {
        self.tx.conn
    }

    /// The time of the transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub fn now(&mut self) -> Result<DateTime<Utc>, Problem> {
        Ok(self.tx.now()?)
    }

    /// Who asks.
    ///
    /// # Errors
    /// `authentication_required` when nobody did.
    pub fn caller(&self) -> Result<&Caller, Problem> {
        self.caller.ok_or_else(|| Problem::new(Code::AuthenticationRequired))
    }

    /// The id of who asks, or `anonymous`, or `system` where the service itself acts.
    #[must_use]
    pub fn actor(&self) -> String {
        self.caller.map_or_else(|| self.nobody.to_owned(), Caller::actor)
    }

    /// A new id, the same one when the command runs again.
    pub fn new_id<K: StaticType>(&mut self) -> Id<K> {
        Id::from_uuid(self.ids.next())
    }

    /// Holds the version that was found against the one that the caller means.
    ///
    /// Every command calls this for the resource it changes, right after loading it.
    ///
    /// # Errors
    /// `version_mismatch`.
    pub fn expect_version(&self, found: i64) -> Result<(), Problem> {
        match self.if_match {
            Some(IfMatch::Versions(versions)) if !versions.contains(&found) => {
                Err(Problem::new(Code::VersionMismatch).with("version", found))
            }
            _ => Ok(()),
        }
    }

    /// Records what happened. Every write records at least one event, or says [`Work::nothing_changed`].
    ///
    /// # Errors
    /// Those of the database.
    pub fn record(&mut self, change: Change<'_>) -> Result<(), Problem> {
        let (actor, request_id) = (self.actor(), self.request_id.to_owned());
        self.append(change, actor, request_id)
    }

    /// Tells a company that it does not see something any more, and nothing else of it, once its change is recorded: whoever keeps a
    /// copy takes it out (D22).
    ///
    /// # Errors
    /// Those of the database.
    pub fn tell_left(
        &mut self,
        kind: &'static str,
        (network, subject, version): (NetworkId, String, i64),
        company: CompanyId,
    ) -> Result<(), Problem> {
        let audience = Audience { master: company.master(), partner: company.partner(), counterparty: None };
        let body = Left { id: subject.clone() };
        self.record_as_service(Change { network, kind, subject, version, audience, body: &body })
    }

    /// Records what the service itself did on the way of a request, where to name the caller would tell the companies concerned
    /// of a stranger (D22).
    ///
    /// # Errors
    /// Those of the database.
    pub fn record_as_service(&mut self, change: Change<'_>) -> Result<(), Problem> {
        self.append(change, "system".to_owned(), "system".to_owned())
    }

    fn append(&mut self, change: Change<'_>, actor: String, request_id: String) -> Result<(), Problem> {
        let Change { network, kind, subject, version, audience, body } = change;
        let id: EventId = self.new_id();
        let body = body.to_json().map_err(|error| Problem::internal(error.to_string()))?;
        let event = Event {
            id,
            network,
            kind: kind.to_owned(),
            subject,
            subject_version: version,
            actor,
            audience,
            body,
            request_id,
            recorded_at: self.now()?,
        };
        event::append(self.tx.conn, &event)?;
        self.recorded = self.recorded.saturating_add(1);
        Ok(())
    }

    /// Does on the way of a request, in its transaction, what the service does for `caller` under a name of its own: whole, or not at
    /// all. It is no part of what the request asked for.
    ///
    /// # Errors
    /// Those of `command`.
    pub fn on_behalf_of<T>(
        &mut self,
        caller: &Caller,
        name: &str,
        command: impl FnOnce(&mut Work<'_, '_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let ids = &mut *self.ids;
        self.tx.whole(|tx| {
            let caller = Some(caller);
            let mut work =
                Work { tx, caller, if_match: None, nobody: "system", request_id: name, ids, recorded: 0, unchanged: false };
            command(&mut work)
        })
    }

    /// Says that what was done stands in an append-only log of its own, and concerns nobody who reads events.
    pub fn logged(&mut self) {
        self.unchanged = true;
    }

    /// Says that the request was carried out before, so that there is nothing to record.
    pub fn nothing_changed(&mut self) {
        self.unchanged = true;
    }
}

/// A job of the service itself, outside of any request: expiry, demo data, configuration from a file.
pub struct Job {
    ids: Ids,
    name: String,
}

impl Job {
    /// A job of a name, which stands as the request id of its events.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { ids: Ids::default(), name: name.to_owned() }
    }

    /// Runs `command` as the service itself, or for `caller`.
    ///
    /// # Errors
    /// Those of `command`.
    pub fn run<T, E>(
        &mut self,
        tx: &mut Tx<'_>,
        caller: Option<&Caller>,
        command: impl FnOnce(&mut Work<'_, '_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.ids.used = 0;
        let ids = &mut self.ids;
        let mut work =
            Work { tx, caller, if_match: None, nobody: "system", request_id: &self.name, ids, recorded: 0, unchanged: false };
        command(&mut work)
    }
}

/// An answer, ready to send.
#[derive(Debug)]
struct Answer {
    status: u16,
    etag: Option<String>,
    location: Option<String>,
    body: String,
    replayed: bool,
}

impl Answer {
    fn send(self) -> HttpResponse {
        let mut response = HttpResponse::build(StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK));
        if let Some(etag) = self.etag {
            response.insert_header((header::ETAG, etag));
        }
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if self.replayed {
            response.insert_header(("Idempotency-Replayed", "true"));
        }
        response.insert_header((header::CONTENT_TYPE, "application/json"));
        response.body(self.body)
    }
}

/// Why a transaction is not kept.
enum Stop {
    Problem(Problem),
    /// It was only asked what would happen.
    DryRun(Answer),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl CommandError for Stop {
    fn database(&self) -> Option<&DbError> {
        match self {
            Self::Problem(problem) => problem.database(),
            Self::DryRun(_) => None,
        }
    }
}

/// The statuses of a write that was carried out.
#[derive(Clone, Copy)]
struct Statuses {
    made: u16,
    /// Where it was carried out before, so that nothing changed.
    made_before: u16,
}

/// Whether a write is about the state that the day has brought, or about what brings it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Day {
    /// What is due is done before it.
    Reached,
    /// It does itself what is due, or lets it be.
    AtHand,
}

/// The entity tag of a version.
#[must_use]
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// What is kept for a repeated request is the caller's alone.
#[derive(Debug, Clone)]
struct Repeatable {
    principal: String,
    key: String,
    fingerprint: String,
}

impl Repeatable {
    /// The answer kept for the same request, if it was carried out before.
    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<Answer>, Problem> {
        if !dialect::try_claim(tx.conn, self.lock())? {
            return Err(Problem::new(Code::RequestInProgress).retry_after(1));
        }
        let Some(kept) = idempotency::find(tx.conn, &self.principal, &self.key)? else { return Ok(None) };
        let KeptAnswer { request_hash, status, etag, location, answer } = kept;
        if request_hash != self.fingerprint {
            return Err(Problem::new(Code::IdempotencyKeyReused));
        }
        let status = u16::try_from(status).map_err(|_| Problem::internal(format!("kept status {status}")))?;
        Ok(Some(Answer { status, etag, location, body: answer, replayed: true }))
    }

    fn keep(&self, tx: &mut Tx<'_>, answer: &Answer, body: String) -> Result<(), Problem> {
        let kept = KeptAnswer {
            request_hash: self.fingerprint.clone(),
            status: i32::from(answer.status),
            etag: answer.etag.clone(),
            location: answer.location.clone(),
            answer: body,
        };
        let now = tx.now()?;
        Ok(idempotency::keep(tx.conn, &self.principal, &self.key, kept, now)?)
    }

    fn lock(&self) -> i64 {
        let digest = Sha256::digest(format!("{}\n{}", self.principal, self.key));
        digest.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
    }
}

impl App {
    /// Carries out a write that makes something: 201 with its location.
    ///
    /// # Errors
    /// Those of `command` and of the way in.
    pub async fn create<B, T>(
        &self,
        write: Write<B>,
        command: impl Fn(&mut Work<'_, '_>, &B) -> Result<T, Problem> + Send + 'static,
    ) -> Result<HttpResponse, Problem>
    where
        B: Send + 'static,
        T: Resource,
    {
        self.write(write, (Statuses { made: 201, made_before: 201 }, Day::Reached), command).await
    }

    /// Carries out a write that makes something once: 201 with its location, or 200 where the command says [`Work::nothing_changed`]
    /// and shows what was made before.
    ///
    /// # Errors
    /// Those of `command` and of the way in.
    pub async fn create_once<B, T>(
        &self,
        write: Write<B>,
        command: impl Fn(&mut Work<'_, '_>, &B) -> Result<T, Problem> + Send + 'static,
    ) -> Result<HttpResponse, Problem>
    where
        B: Send + 'static,
        T: Resource,
    {
        self.write(write, (Statuses { made: 201, made_before: 200 }, Day::Reached), command).await
    }

    /// Carries out a write that changes something: 200.
    ///
    /// # Errors
    /// Those of `command` and of the way in.
    pub async fn change<B, T>(
        &self,
        write: Write<B>,
        command: impl Fn(&mut Work<'_, '_>, &B) -> Result<T, Problem> + Send + 'static,
    ) -> Result<HttpResponse, Problem>
    where
        B: Send + 'static,
        T: Resource,
    {
        self.write(write, (Statuses { made: 200, made_before: 200 }, Day::Reached), command).await
    }

    /// Carries out a write that changes a transfer, which is not carried out before by itself: 200.
    ///
    /// # Errors
    /// Those of `command` and of the way in.
    pub async fn change_transfer<B, T>(
        &self,
        write: Write<B>,
        command: impl Fn(&mut Work<'_, '_>, &B) -> Result<T, Problem> + Send + 'static,
    ) -> Result<HttpResponse, Problem>
    where
        B: Send + 'static,
        T: Resource,
    {
        self.write(write, (Statuses { made: 200, made_before: 200 }, Day::AtHand), command).await
    }

    /// Carries out a write whose answer is the handler's to make, because it holds secrets: signing in, say. For the same reason
    /// nothing is kept for a repeated request, and a digest of what was asked neither.
    ///
    /// # Errors
    /// Those of `command`.
    pub async fn exchange<B, T>(
        &self,
        write: Write<B>,
        command: impl Fn(&mut Work<'_, '_>, &B) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem>
    where
        B: Send + 'static,
        T: Send + 'static,
    {
        let Write { body, caller, request_id, if_match, .. } = write;
        let asked = Asked { caller, if_match, request_id };
        let mut ids = Ids::default();
        self.db
            .write(move |tx| {
                let mut work = Work::of_request(tx, &asked, &mut ids);
                let value = command(&mut work, &body)?;
                work.leaves_a_trace()?;
                Ok(value)
            })
            .await
    }

    async fn write<B, T>(
        &self,
        write: Write<B>,
        (statuses, day): (Statuses, Day),
        command: impl Fn(&mut Work<'_, '_>, &B) -> Result<T, Problem> + Send + 'static,
    ) -> Result<HttpResponse, Problem>
    where
        B: Send + 'static,
        T: Resource,
    {
        let Write { body, caller, request_id, key, fingerprint, if_match, dry_run, .. } = write;
        let repeatable = key.filter(|_| !dry_run).map(|key| Repeatable {
            principal: caller.as_ref().map_or_else(|| "anonymous".to_owned(), Caller::actor),
            key,
            fingerprint,
        });
        let _turn =
            repeatable.as_ref().map(|repeatable| InFlight::begin(self, &repeatable.principal, &repeatable.key)).transpose()?;
        let asked = Asked { caller, if_match, request_id };
        let mut ids = Ids::default();
        let done = self
            .db
            .write(move |tx| {
                if let Some(answer) = repeatable.as_ref().map(|it| it.find(tx)).transpose()?.flatten() {
                    return Ok(answer);
                }
                let mut work = Work::of_request(tx, &asked, &mut ids);
                if day == Day::Reached {
                    transfer::carry_out_due(&mut work)?;
                }
                let value = command(&mut work, &body)?;
                work.leaves_a_trace()?;
                let broken = |error: serde_json::Error| Problem::internal(error.to_string());
                let answer = Answer {
                    status: if work.unchanged { statuses.made_before } else { statuses.made },
                    etag: value.version().map(etag),
                    location: value.location(),
                    body: value.body().map_err(broken)?,
                    replayed: false,
                };
                if dry_run {
                    return Err(Stop::DryRun(answer));
                }
                if let Some(repeatable) = &repeatable {
                    repeatable.keep(tx, &answer, value.kept().map_err(broken)?)?;
                }
                Ok(answer)
            })
            .await;
        match done {
            Ok(answer) => Ok(answer.send()),
            // Nothing was made, so there is no location.
            Err(Stop::DryRun(answer)) => Ok(Answer { status: 200, location: None, ..answer }.send()),
            Err(Stop::Problem(problem)) => Err(problem),
        }
    }
}
