//! Real processes over one database: the test binary itself, started again to serve.
//!
//! The test that is named when it is started calls [`serve_if_asked`] first, so that in the new process it serves and does
//! nothing else:
//!
//! ```no_run
//! use entente_tests::process::{Process, serve_if_asked};
//!
//! serve_if_asked();
//! let process = Process::start("processes::a_rule", "sqlite:/tmp/entente.db", b"a key's PEM");
//! process.kill();
//! ```

use std::{
    env,
    io::{BufRead, BufReader, Read},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio, exit},
    sync::Arc,
};

use api::{access::token::Keys, app::App, serve::server};
use persistence::db::{Clock, Db};

/// Where the database is that a process serves, and where the key is that it signs tokens with.
const DATABASE: &str = "ENTENTE_TEST_SERVE_DATABASE";
const KEY: &str = "ENTENTE_TEST_SERVE_KEY";
/// Whether it does what the service does of itself, too.
const WORKS: &str = "ENTENTE_TEST_SERVE_WORKS";

/// What a process says before its address.
const SERVING: &str = "serving ";

/// A process that serves, until this value goes. It goes with the test process, too, however that ends.
pub struct Process {
    child: Child,
    address: SocketAddr,
}

/// A key in a file, gone with this value.
struct KeyFile(PathBuf);

impl Drop for KeyFile {
    fn drop(&mut self) {
        // What is left in the system's temporary folder goes with it.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Process {
    /// Starts this program again over the database at `url`, to run the one test of that name, and waits until it serves.
    pub fn start(test: &str, url: &str, key: &[u8]) -> Self {
        Self::start_as(test, url, key, false)
    }

    /// The same, and it does what the service does of itself, too: its jobs.
    pub fn start_working(test: &str, url: &str, key: &[u8]) -> Self {
        Self::start_as(test, url, key, true)
    }

    fn start_as(test: &str, url: &str, key: &[u8], works: bool) -> Self {
        let file = KeyFile(env::temp_dir().join(format!("entente-test-{:016x}.pem", rand::random::<u64>())));
        std::fs::write(&file.0, key).expect("a file for the key");
        let mut child = Command::new(env::current_exe().expect("this program"))
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(DATABASE, url)
            .env(KEY, &file.0)
            .env(WORKS, works.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("another process");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let address = lines.map_while(Result::ok).find_map(|line| line.strip_prefix(SERVING).map(str::to_owned));
        let address = address.unwrap_or_else(|| panic!("{test} does not serve")).parse().expect("an address");
        Self { child, address }
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it as `kill -9` does.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        self.child.wait().expect("its end");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// Serves until the process that started this one goes, if this one was started to serve.
pub fn serve_if_asked() {
    let (Ok(database), Some(key)) = (env::var(DATABASE), env::var_os(KEY)) else { return };
    std::thread::spawn(|| {
        // The other end closes with the process that holds it.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        exit(0);
    });
    let keys = Keys::read([PathBuf::from(key)]).expect("a key");
    let db = Db::open(database.parse().expect("a URL"), 8, Clock::Database).expect("a database");
    let app = Arc::new(App::new(db, keys, api::routes::contract().expect("a contract"), 0));
    let socket = TcpListener::bind(("127.0.0.1", 0)).expect("a socket");
    let address = socket.local_addr().expect("an address");
    actix_web::rt::System::new().block_on(async move {
        let server = server(Arc::clone(&app), socket, 2).expect("a server");
        if env::var(WORKS).is_ok_and(|works| works == "true") {
            api::jobs::start(&app);
        }
        println!("\n{SERVING}{address}");
        server.await.expect("a server that serves");
    });
    exit(0);
}
