//! What the README says, done.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// `entente demo`, in a process of its own, gone with this value.
pub(super) struct Demo {
    process: Child,
    folder: std::path::PathBuf,
    port: u16,
}

const LINE: &str = "ENTENTE_COMMAND_LINE";

/// Not a rule: this program again, as `entente` with the command line in the environment.
#[test]
fn the_program_itself() {
    if let Ok(line) = std::env::var(LINE) {
        let line = line.split(' ').map(Into::into);
        assert_eq!(format!("{:?}", api::cli::run(line)), format!("{:?}", std::process::ExitCode::SUCCESS));
    }
}

fn database(folder: &Path) -> String {
    format!("sqlite:{}/demo.db", folder.display())
}

impl Demo {
    pub(super) fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("entente-demo-{:016x}", rand::random::<u64>()));
        fs::create_dir(&folder).unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let line = format!("entente demo --database {} --listen 127.0.0.1:{port}", database(&folder));
        let process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "readme::the_program_itself", "--nocapture"])
            .env(LINE, line)
            .env("RUST_LOG", "warn")
            .stdout(fs::File::create(folder.join("log")).unwrap())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let demo = Self { process, folder, port };
        let deadline = Instant::now() + Duration::from_secs(120);
        while !demo.script("curl -sf \"$BASE/health/ready\"").0 {
            assert!(Instant::now() < deadline, "the demonstration does not start: {}", demo.log());
            thread::sleep(Duration::from_millis(200));
        }
        demo
    }

    /// Where its database is.
    pub(super) fn database(&self) -> String {
        database(&self.folder)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Runs a script against it: whether it succeeded, and what it said.
    pub(super) fn script(&self, script: &str) -> (bool, String) {
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", script])
            .env("BASE", format!("http://127.0.0.1:{}", self.port))
            .stdin(Stdio::null())
            .output()
            .expect("bash");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), said)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Whether or not it is still there, its files go.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The lines of the README's walk.
fn walk() -> String {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let walk = readme.split("<!-- the walk begins -->").nth(1).unwrap().split("<!-- the walk ends -->").next().unwrap();
    walk.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap()).collect()
}

#[test]
fn the_walk_leads_from_an_application_to_an_explained_amount() {
    let demo = Demo::start();
    for login in ["ana@altoga.example", "claire@all-in-web.example", "paul@girard.example", "integration_"] {
        assert!(demo.log().contains(login), "{login} is printed: {}", demo.log());
    }
    let (done, said) = demo.script(&walk());
    assert!(done, "{said}");
    for expected in [
        r#""state": "accepted""#,
        r#"{"kind":"commission","amount":{"amount":"120.00","currency":"EUR"}}"#,
        r#"{"kind":"commission","amount":{"amount":"60.00","currency":"EUR"}}"#,
        r#""owed_to_you":{"amount":"180.00","currency":"EUR"}"#,
    ] {
        assert!(said.contains(expected), "{expected} in {said}");
    }
}

#[test]
fn every_flag_of_serve_stands_in_the_readme() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/src/cli/serve.rs")).unwrap();
    let variables = source.split("env = \"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let mut seen = 0;
    for variable in variables {
        assert!(readme.contains(variable), "{variable} is not in the README");
        seen += 1;
    }
    assert!(seen > 5, "{seen}");
}
