//! The service under test: the real one, on a socket of its own, over a database of its own.
//!
//! Callers are typed: `app.master("pt")`, `app.partner(&partner)`, `app.anonymous()`. What they do goes over HTTP. Helpers that
//! touch the database instead are called `db_…`.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, LazyLock, mpsc},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use actix_web::dev::ServerHandle;
use api::{
    access::{Bearer, Role, Scope, token::Keys},
    app::App,
};
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use domain::id::{IntegrationId, SessionId, UserId};
use persistence::{
    columns::{At, Uid},
    db::Db,
    error::DbError,
    schema::{companies, events, integrations, masters, sessions, users},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::engine::{Engine, KeptStore, TestClock, TestStore, wait};

/// The day on which tests begin, unless they say otherwise.
pub fn today() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap()
}

/// A service on a socket of its own, until this value goes.
pub struct Service {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Service {
    /// Serves `app`.
    pub fn start(app: Arc<App>) -> Self {
        let socket = TcpListener::bind(("127.0.0.1", 0)).expect("a socket");
        let address = socket.local_addr().expect("an address");
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = api::serve::server(app, socket, 2).expect("a server");
                sender.send(server.handle()).expect("a test that waits");
                server.await.expect("a server that ends");
            });
        });
        let handle = receiver.recv().expect("a server");
        Self { address, handle, thread: Some(thread) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Somebody who is not signed in.
    pub fn anonymous(&self) -> Caller {
        Caller { address: self.address, token: None, db: None }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        wait(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            thread.join().expect("a server that ended");
        }
    }
}

/// A running service over a database of its own.
pub struct TestApp {
    /// Its engine.
    pub engine: Engine,
    /// Its clock.
    pub clock: TestClock,
    /// Its database, for what cannot be seen over HTTP.
    pub db: Db,
    app: Arc<App>,
    service: Service,
    keys: Arc<Keys>,
    /// The key that its tokens are signed with.
    key: Vec<u8>,
    // Last: the database goes after the service.
    store: TestStore,
}

/// A database with both networks, made once and copied for each test.
fn template(engine: Engine) -> TestStore {
    static SQLITE: LazyLock<KeptStore> = LazyLock::new(|| with_networks(Engine::Sqlite));
    static POSTGRES: LazyLock<KeptStore> = LazyLock::new(|| with_networks(Engine::Postgres));
    match engine {
        Engine::Sqlite => SQLITE.copy(),
        Engine::Postgres => POSTGRES.copy(),
    }
}

fn with_networks(engine: Engine) -> KeptStore {
    let store = TestStore::migrated(engine);
    {
        let db = store.open(TestClock::at(today()).clock());
        for network in ["altoga", "all-in-web"] {
            let file = format!("{}/../networks/{network}.yaml", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(&file).expect("a network's file");
            let applied = wait(api::network::apply::apply_text(&db, &text, false));
            applied.unwrap_or_else(|fault| panic!("{file}: {fault:?}"));
        }
    }
    // Everything into the file itself, since only that is copied.
    if let Some(path) = store.target().path() {
        use diesel::Connection;
        let mut conn = diesel::SqliteConnection::establish(&path.to_string_lossy()).expect("a file");
        // The connections of the database above may take a moment to close.
        diesel::sql_query("PRAGMA busy_timeout = 10000").execute(&mut conn).expect("a timeout");
        diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut conn).expect("a checkpoint");
    }
    store.keep()
}

impl TestApp {
    /// A service over both networks, at nine o'clock on 2 March 2026.
    pub fn start(engine: Engine) -> Self {
        let store = template(engine);
        let clock = TestClock::at(today());
        let db = store.open(clock.clock());
        let key = store.folder().join(format!("{:016x}.pem", rand::random::<u64>()));
        Keys::create(&key).expect("a key");
        let keys = Keys::read([&key]).expect("a key");
        let own = Arc::new(Keys::read([&key]).expect("a key"));
        let pem = std::fs::read(&key).expect("a key");
        std::fs::remove_file(&key).expect("a key to remove");
        let app = Arc::new(App::new(db.clone(), keys, api::routes::contract().expect("a contract"), 0));
        let service = Service::start(Arc::clone(&app));
        Self { engine, clock, db, app, service, keys: own, key: pem, store }
    }

    /// Where the database is.
    pub fn database_url(&self) -> String {
        self.store.url()
    }

    /// Does everything once that the service does of itself.
    pub fn do_jobs(&self) {
        wait(api::jobs::run_all(&self.app)).expect("every job");
    }

    /// The key that its tokens are signed with, for another process over the same database.
    pub fn signing_key(&self) -> &[u8] {
        &self.key
    }

    /// Ends the service and closes its database, which stays, and gives the key that its tokens are signed with.
    pub fn close(self) -> (TestStore, Vec<u8>) {
        (self.store, self.key)
    }

    /// Where the service listens.
    pub fn address(&self) -> SocketAddr {
        self.service.address
    }

    /// Somebody who is not signed in.
    pub fn anonymous(&self) -> Caller {
        Caller { address: self.service.address, token: None, db: Some(self.db.clone()) }
    }

    /// Whoever a token that came over HTTP is for.
    pub fn bearer(&self, token: &Value) -> Caller {
        Caller {
            address: self.service.address,
            token: Some(token.as_str().expect("a token").to_owned()),
            db: Some(self.db.clone()),
        }
    }

    /// An administrator of the master with this code.
    pub fn master(&self, code: &str) -> Caller {
        self.person(self.db_master(code), Role::MasterAdministrator)
    }

    /// An administrator of the partner with this id.
    pub fn partner(&self, id: &str) -> Caller {
        self.person(company(id), Role::PartnerAdministrator)
    }

    /// A person of a company in a role.
    pub fn person(&self, company: Uuid, role: Role) -> Caller {
        Caller { address: self.service.address, token: Some(self.db_person(company, role)), db: Some(self.db.clone()) }
    }

    /// An integration of a company with scopes.
    pub fn integration(&self, company: Uuid, scopes: &[Scope]) -> Caller {
        let (id, now) = (Uuid::now_v7(), At::from(self.clock.now()));
        let words: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
        let words = words.join(" ");
        wait(self.db.write(move |tx| {
            let network: Uid = companies::table.find(Uid(company)).select(companies::network_id).get_result(tx.conn)?;
            diesel::insert_into(integrations::table)
                .values((
                    integrations::id.eq(Uid(id)),
                    integrations::network_id.eq(network),
                    integrations::company_id.eq(Uid(company)),
                    integrations::name.eq("test"),
                    integrations::scopes.eq(&words),
                    integrations::state.eq("active"),
                    integrations::version.eq(1_i64),
                    integrations::created_at.eq(now),
                    integrations::updated_at.eq(now),
                ))
                .execute(tx.conn)?;
            Ok::<_, DbError>(())
        }))
        .expect("an integration");
        Caller {
            address: self.service.address,
            token: Some(self.token(Bearer::Integration(IntegrationId::from_uuid(id)))),
            db: Some(self.db.clone()),
        }
    }

    fn token(&self, bearer: Bearer) -> String {
        self.keys.issue(bearer, self.clock.now()).expect("a token")
    }

    /// The id of the master with this code.
    pub fn db_master(&self, code: &str) -> Uuid {
        let code = code.to_owned();
        let found = wait(self.db.read(move |tx| {
            Ok::<_, DbError>(masters::table.filter(masters::code.eq(&code)).select(masters::id).get_result::<Uid>(tx.conn)?)
        }));
        found.expect("a master").0
    }

    /// A person with a session that was never signed in, which would cost a password hash.
    fn db_person(&self, company: Uuid, role: Role) -> String {
        let (user, session) = (Uuid::now_v7(), Uuid::now_v7());
        let now = self.clock.now();
        wait(self.db.write(move |tx| {
            let network: Uid = companies::table.find(Uid(company)).select(companies::network_id).get_result(tx.conn)?;
            diesel::insert_into(users::table)
                .values((
                    users::id.eq(Uid(user)),
                    users::network_id.eq(network),
                    users::company_id.eq(Uid(company)),
                    users::email.eq(format!("{user}@test.example")),
                    users::name.eq("Test"),
                    users::role.eq(role.word()),
                    users::state.eq("active"),
                    users::password_hash.eq("none"),
                    users::version.eq(1_i64),
                    users::created_at.eq(At::from(now)),
                    users::updated_at.eq(At::from(now)),
                ))
                .execute(tx.conn)?;
            diesel::insert_into(sessions::table)
                .values((
                    sessions::id.eq(Uid(session)),
                    sessions::user_id.eq(Uid(user)),
                    sessions::expires_at.eq(At::from(now + TimeDelta::days(3650))),
                    sessions::created_at.eq(At::from(now)),
                ))
                .execute(tx.conn)?;
            Ok::<_, DbError>(())
        }))
        .expect("a person");
        self.token(Bearer::Person { user: UserId::from_uuid(user), session: SessionId::from_uuid(session) })
    }

    /// Goes on in time. Tokens live ten minutes, so callers made before are not signed in any more.
    pub fn advance(&self, by: TimeDelta) {
        self.clock.set(self.clock.now() + by);
    }
}

/// The company that a typed id names.
pub fn company(id: &str) -> Uuid {
    let partner = id.parse().map(domain::id::CompanyId::Partner);
    let company = partner.or_else(|_| id.parse().map(domain::id::CompanyId::Master)).expect("a company's id");
    Uid::from(company).0
}

/// Somebody who calls.
#[derive(Clone)]
pub struct Caller {
    address: SocketAddr,
    token: Option<String>,
    /// The service's database, to know when its feed has caught up.
    db: Option<Db>,
}

/// A request that is being put together.
pub struct Request<'c> {
    caller: &'c Caller,
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Caller {
    /// The bearer token.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The same caller, who turns to the service at another address.
    #[must_use]
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, token: self.token.clone(), db: None }
    }

    /// A request.
    pub fn request(&self, method: &'static str, path: impl Into<String>) -> Request<'_> {
        Request { caller: self, method, path: path.into(), headers: Vec::new(), body: None }
    }

    /// GET.
    pub fn get(&self, path: impl Into<String>) -> Answer {
        self.request("GET", path).send()
    }

    /// POST with a JSON body.
    pub fn post(&self, path: impl Into<String>, body: Value) -> Answer {
        self.request("POST", path).json(&body).send()
    }

    /// PATCH of the version in `etag` with a JSON body.
    pub fn patch(&self, path: impl Into<String>, etag: &str, body: Value) -> Answer {
        self.request("PATCH", path).header("if-match", etag).json(&body).send()
    }

    /// PUT with a JSON body.
    pub fn put(&self, path: impl Into<String>, body: Value) -> Answer {
        self.request("PUT", path).json(&body).send()
    }
}

impl Request<'_> {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").raw(body.to_string().into_bytes())
    }

    /// Sets the bytes of the body.
    #[must_use]
    pub fn raw(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self
    }

    /// Sends it.
    pub fn send(self) -> Answer {
        self.try_send().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Sends it to a service that may go away before its whole answer is here.
    ///
    /// # Errors
    /// What was asked, and why there is no answer.
    pub fn try_send(self) -> Result<Answer, String> {
        static AGENT: LazyLock<ureq::Agent> = LazyLock::new(|| {
            let config = ureq::Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true);
            config.timeout_global(Some(Duration::from_secs(60))).max_redirects(0).build().into()
        });
        let mut request =
            ureq::http::Request::builder().method(self.method).uri(format!("http://{}{}", self.caller.address, self.path));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(token) = &self.caller.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(self.body.unwrap_or_default()).expect("a request");
        let what = format!("{} {}", self.method, self.path);
        if let (true, Some(db)) = (self.path.starts_with("/v1/events"), &self.caller.db) {
            await_the_feed(db);
        }
        let failed = |error: ureq::Error| format!("{what}: {error}");
        let mut response = AGENT.run(request).map_err(failed)?;
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned())).collect();
        let status = response.status().as_u16();
        let bytes = response.body_mut().read_to_vec().map_err(failed)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // In what is no text, anything may stand.
        let is_text = std::str::from_utf8(&bytes).is_ok();
        assert!(!is_text || !text.contains("%{"), "{what}: a text with a gap: {text}");
        for language in ["en", "es", "fr", "pt"] {
            let names = ["violation", "problem"].map(|of| format!("\"{language}.{of}."));
            assert!(!names.iter().any(|name| text.contains(name)), "{what}: a text that is missing: {text}");
        }
        Ok(Answer { what, status, headers, text, bytes })
    }
}

/// The feed waits for every older transaction on the server, and other tests have theirs on the same one.
fn await_the_feed(db: &Db) {
    let deadline = Instant::now() + Duration::from_secs(60);
    let caught_up = || {
        let places = wait(db.read(|tx| {
            let last: Option<i64> = events::table.select(diesel::dsl::max(events::tx)).get_result(tx.conn)?;
            Ok::<_, DbError>((last, persistence::dialect::feed_horizon(tx.conn)?))
        }));
        let (last, horizon) = places.expect("a feed");
        last.is_none_or(|last| last < horizon)
    };
    while !caught_up() {
        assert!(Instant::now() < deadline, "the feed stands still");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    what: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers, with lower-case names.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub text: String,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null where there is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The body, if the status is this one.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.what, self.text);
        self.json()
    }

    /// The problem with this code, if that is what came back.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(self.header("content-type").as_deref(), Some("application/problem+json"), "{}", self.what);
        assert_eq!(body["code"], code, "{}: {}", self.what, self.text);
        assert_eq!(body["status"], json!(status), "{}", self.what);
        body
    }

    /// The rules that were broken, as `code rule pointer`, sorted.
    #[track_caller]
    pub fn broken(&self) -> Vec<String> {
        let body = self.json();
        let text = |error: &Value, field: &str| error[field].as_str().unwrap_or("-").to_owned();
        let errors = body["errors"].as_array().unwrap_or_else(|| panic!("{}: no errors in {}", self.what, self.text));
        let mut broken: Vec<String> =
            errors.iter().map(|it| format!("{} {} {}", text(it, "code"), text(it, "rule"), text(it, "pointer"))).collect();
        broken.sort();
        broken
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.clone())
    }

    /// The entity tag.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("{}: no entity tag", self.what))
    }
}
