//! PostgreSQL for tests: an empty database for each test, on a server that leaves nothing behind.
//!
//! [`database`] is what a test calls. It uses the server that `TEST_DATABASE_URL` names (a `postgres://` URL of a role that
//! may `CREATE DATABASE`), and without that variable it starts one throw-away server for the whole test process from the
//! installed binaries. Where there are none, it panics and says what to install: a test is never skipped in silence.
//!
//! A test that has to break its server takes one of its own, so that it breaks nobody else's:
//!
//! ```no_run
//! use entente_tests::postgres::{Cluster, Durability};
//!
//! let server = Cluster::launch(Durability::Off);
//! let database = server.database();
//! server.kill(); // as `kill -9` and a lost connection
//! server.start(); // the same files, the same URL: what was committed is there
//! assert!(database.url().starts_with("postgres://"));
//! ```
//!
//! A server sorts text by ICU's rules for English, as many servers do in production and SQLite never does: a query that
//! needs one order on both engines has to say `COLLATE "C"`, and shows here when it does not.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;

/// The role that owns a throw-away server.
const ROLE: &str = "entente";

/// The port in its socket's name; said, so that `PGPORT` has no say.
const PORT: &str = "5432";

/// Guards one server: obeys `start`, `stop` and `kill` on its input, and when that closes — which it does however the test
/// process ends — ends the server and removes its files. A kill takes the sessions too: left alone, they would keep the
/// files from the next server until they notice.
const GUARDIAN: &str = r#"
home=$1; shift; server=
start() { "$@" >>"$home/log" 2>&1 & server=$!; }
end() {
  [ -n "$server" ] || return 0
  sessions=; [ "$1" != KILL ] || sessions=$(cat "/proc/$server/task/$server/children" 2>/dev/null)
  kill "-$1" "$server" $sessions 2>/dev/null; wait "$server" 2>/dev/null; server=
}
while read -r order; do
  case $order in start) end KILL; start "$@" ;; stop) end INT ;; kill) end KILL ;; esac
  echo "$order"
done
end QUIT; rm -rf "$home"
"#;

/// Whether a server of a test outlives the loss of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Commits reach the operating system, not the disk: quick, and safe against `kill -9`.
    Off,
    /// Commits reach the disk, as in production: for tests that measure.
    Full,
}

/// A fresh, empty database for one test. Tests may call it from many threads at once.
///
/// # Panics
/// When there is no server to be had; the message says what to install.
pub fn database() -> TestDatabase {
    static SHARED: LazyLock<Result<Arc<Server>, String>> = LazyLock::new(|| match env::var("TEST_DATABASE_URL") {
        Ok(url) => Ok(Arc::new(Server { url, session: Mutex::new(None), guardian: None })),
        Err(_) => Ok(Cluster::try_launch(Durability::Off)?.server),
    });
    match &*SHARED {
        Ok(server) => TestDatabase::on(Arc::clone(server)),
        Err(reason) => panic!("{reason}"),
    }
}

/// A database that exists as long as this value.
pub struct TestDatabase {
    server: Arc<Server>,
    name: String,
    url: String,
}

impl TestDatabase {
    /// `postgres://…`, for any client on this machine.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A copy of this database, which nobody may be connected to meanwhile.
    ///
    /// # Panics
    /// When somebody is.
    pub fn copy(&self) -> Self {
        Self::from_template(Arc::clone(&self.server), &self.name)
    }

    fn on(server: Arc<Server>) -> Self {
        Self::from_template(server, "template0")
    }

    fn from_template(server: Arc<Server>, template: &str) -> Self {
        let name = format!("test_{:032x}", rand::random::<u128>());
        server.administer(&format!("CREATE DATABASE {name} TEMPLATE {template}")).expect("a role that may CREATE DATABASE");
        let url = with_database(&server.url, &name);
        Self { server, name, url }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // Where this fails, the test has ended its own server, and the database goes with that.
        let _ = self.server.administer(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

/// A throw-away server of one test's own, for at most 200 connections. It ends, and its files go, with the last value that
/// needs it, or with the process, however that ends.
pub struct Cluster {
    server: Arc<Server>,
}

impl Cluster {
    /// Makes and starts a server, in a second or two.
    ///
    /// # Panics
    /// When the binaries are missing or the server does not come up; the message says why.
    pub fn launch(durability: Durability) -> Self {
        Self::try_launch(durability).unwrap_or_else(|reason| panic!("{reason}"))
    }

    /// A fresh, empty database on this server.
    ///
    /// # Panics
    /// While the server is stopped.
    pub fn database(&self) -> TestDatabase {
        TestDatabase::on(Arc::clone(&self.server))
    }

    /// Ends the server as its administrator would: sessions are cut, everything is saved.
    pub fn stop(&self) {
        self.server.order("stop");
    }

    /// Ends the server and its sessions as `kill -9` would. What was committed survives.
    pub fn kill(&self) {
        self.server.order("kill");
    }

    /// Starts the server again on the same files and under the same URL, and waits until it answers. A running server is
    /// killed first.
    ///
    /// # Panics
    /// When it does not come up within two minutes; the message holds its log.
    pub fn start(&self) {
        self.server.start().unwrap_or_else(|reason| panic!("{reason}"));
    }

    fn try_launch(durability: Durability) -> Result<Self, String> {
        let binaries = binaries()?;
        let home = Home::new().map_err(|error| format!("no folder for PostgreSQL: {error}"))?;
        let initdb = home
            .command(&binaries.join("initdb"))
            .arg("--pgdata")
            .arg(home.files())
            .args(["--username", ROLE, "--auth=trust", "--encoding=UTF8", "--no-sync", "--no-instructions"])
            .args(["--locale=C", "--locale-provider=icu", "--icu-locale=en-US"])
            .output()
            .map_err(|error| format!("initdb: {error}"))?;
        if !initdb.status.success() {
            return Err(format!("initdb: {}", String::from_utf8_lossy(&initdb.stderr)));
        }
        let url = home.url();
        let guardian = Guardian::over(home, &binaries, durability).map_err(|error| format!("sh: {error}"))?;
        let server = Server { url, session: Mutex::new(None), guardian: Some(guardian) };
        server.start()?;
        Ok(Self { server: Arc::new(server) })
    }
}

/// A server and the one session through which its databases come and go.
struct Server {
    url: String,
    session: Mutex<Option<PgConnection>>,
    /// None for the server of `TEST_DATABASE_URL`, which is not this process's to end.
    guardian: Option<Guardian>,
}

impl Server {
    fn administer(&self, statement: &str) -> Result<(), String> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let mut connection = match session.take() {
            Some(connection) => connection,
            None => PgConnection::establish(&self.url).map_err(|error| format!("{}: {error}", self.url))?,
        };
        connection.batch_execute(statement).map_err(|error| format!("{statement}: {error}"))?;
        *session = Some(connection);
        Ok(())
    }

    fn order(&self, order: &str) {
        if let Some(guardian) = &self.guardian {
            guardian.order(order);
        }
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn start(&self) -> Result<(), String> {
        let mut refusal = String::new();
        // A server gives up at once if a session of the one before still holds the files; hence more than one start.
        for patience in [4, 8, 16, 32, 64] {
            self.order("start");
            let deadline = Instant::now().checked_add(Duration::from_secs(patience));
            while deadline.is_some_and(|deadline| Instant::now() < deadline) {
                match self.administer("SELECT 1") {
                    Ok(()) => return Ok(()),
                    Err(reason) => refusal = reason,
                }
                sleep(Duration::from_millis(20));
            }
        }
        let log = self.guardian.as_ref().map(|guardian| guardian.home.log()).unwrap_or_default();
        Err(format!("PostgreSQL does not start: {refusal}\n{log}"))
    }
}

/// The shell that guards a server, and the pipes to it.
struct Guardian {
    home: Home,
    shell: Child,
    pipes: Mutex<Option<(ChildStdin, BufReader<ChildStdout>)>>,
}

impl Guardian {
    fn over(home: Home, binaries: &Path, durability: Durability) -> io::Result<Self> {
        let fsync = match durability {
            Durability::Off => ["-c", "fsync=off", "-c", "full_page_writes=off"].as_slice(),
            Durability::Full => &[],
        };
        // A process group of its own: an interrupt at the terminal is the test process's, and reaches the guardian by its end.
        let mut shell = home
            .command(Path::new("sh"))
            .args(["-c", GUARDIAN, "sh"])
            .arg(&home.path)
            .arg(binaries.join("postgres"))
            .arg("-D")
            .arg(home.files())
            .arg("-k")
            .arg(&home.path)
            .args(["-p", PORT, "-c", "listen_addresses=", "-c", "max_connections=200"])
            .args(fsync)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let pipes = shell.stdin.take().zip(shell.stdout.take().map(BufReader::new));
        Ok(Self { home, shell, pipes: Mutex::new(pipes) })
    }

    fn order(&self, order: &str) {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let (orders, answers) = pipes.as_mut().expect("pipes to the guardian until it is dropped");
        writeln!(orders, "{order}").expect("a guardian that listens");
        let mut answer = String::new();
        answers.read_line(&mut answer).expect("a guardian that answers");
        assert_eq!(answer.trim_end(), order, "the guardian of the PostgreSQL server is gone");
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        *self.pipes.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let _ = self.shell.wait();
    }
}

/// The folder of a throw-away server: its files, its socket and its log.
struct Home {
    path: PathBuf,
    /// Whom the server runs as, where that is not the caller: PostgreSQL refuses to run as root.
    account: Option<(u32, u32)>,
}

impl Home {
    fn new() -> io::Result<Self> {
        // Short, since a socket's path holds 107 bytes at most.
        let path = env::temp_dir().join(format!("entente-{:016x}", rand::random::<u64>()));
        fs::create_dir(&path)?;
        let account = if fs::metadata(&path)?.uid() == 0 { unprivileged_account()? } else { None };
        let home = Self { path, account };
        fs::set_permissions(&home.path, fs::Permissions::from_mode(0o700))?;
        if let Some((user, group)) = home.account {
            chown(&home.path, Some(user), Some(group))?;
        }
        Ok(home)
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.path);
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        command
    }

    fn files(&self) -> PathBuf {
        self.path.join("files")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path.join("log")).unwrap_or_default()
    }

    fn url(&self) -> String {
        format!("postgres://{ROLE}@{}:{PORT}/postgres", self.path.to_string_lossy().replace('/', "%2F"))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // The guardian has done it already, unless the server never got one.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// User and group of `postgres`, which the installed server usually brings, else of `nobody`.
fn unprivileged_account() -> io::Result<Option<(u32, u32)>> {
    let accounts = fs::read_to_string("/etc/passwd")?;
    let account = |name: &str| {
        let fields: Vec<&str> =
            accounts.lines().map(|line| line.split(':').collect()).find(|fields: &Vec<_>| fields[0] == name)?;
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    Ok(account("postgres").or_else(|| account("nobody")))
}

/// The folder that holds `initdb` and `postgres`: on the path, where `pg_config` says, or where Debian puts it (the newest).
fn binaries() -> Result<PathBuf, String> {
    let path = env::var_os("PATH").unwrap_or_default();
    let configured = Command::new("pg_config").arg("--bindir").output().ok();
    let configured = configured.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end()));
    let mut packaged: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    packaged.sort_by_key(|folder| folder.parent().and_then(|version| version.file_name()?.to_str()?.parse::<u32>().ok()));
    packaged.reverse();
    env::split_paths(&path)
        .chain(configured)
        .chain(packaged)
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .ok_or_else(|| {
            "no PostgreSQL server to test on: `make tools` installs the binaries (Debian: the package `postgresql`), \
             or TEST_DATABASE_URL names a server where its role may CREATE DATABASE"
                .to_owned()
        })
}

/// The same server and options, another database.
fn with_database(url: &str, name: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let (address, options) =
        rest.split_once('?').map_or((rest, String::new()), |(address, options)| (address, format!("?{options}")));
    let authority = address.split('/').next().unwrap_or_default();
    format!("{scheme}://{authority}/{name}{options}")
}
