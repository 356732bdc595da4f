//! Throw-away databases: every store test runs on SQLite and on PostgreSQL.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;

use crate::{OpenOptions, Store};

/// The moment at which test stores are opened.
pub fn test_now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().expect("a literal moment")
}

/// Runs a test on a fresh SQLite file and on a fresh PostgreSQL database.
pub fn on_each_engine(test: impl Fn(&Store)) {
    let dir = tempfile::tempdir().expect("a temporary directory can be made");
    let url = format!("sqlite:{}", dir.path().join("test.sqlite").display());
    test(&Store::open(&url, OpenOptions::new(test_now())).expect("a fresh SQLite store opens"));
    if let Some(cluster) = PgCluster::shared() {
        let url = cluster.fresh_database_url();
        test(&Store::open(&url, OpenOptions::new(test_now())).expect("a fresh PostgreSQL store opens"));
    }
}

/// A PostgreSQL server of this process alone; it ends when the process does.
pub struct PgCluster {
    /// Ends with a slash; a database name follows.
    base: String,
    query: String,
    databases: AtomicU32,
    /// Where a server of our own keeps everything.
    dir: Option<PathBuf>,
    _server: Option<Child>,
}

impl PgCluster {
    /// Returns the server at `DUEWELL_TEST_PG` (`postgres://user@host/` form), or starts one of its own.
    ///
    /// Without PostgreSQL's programs tests run on SQLite alone and say so; under `CI` that is a failure.
    pub fn shared() -> Option<&'static PgCluster> {
        static CLUSTER: OnceLock<Option<PgCluster>> = OnceLock::new();
        CLUSTER.get_or_init(PgCluster::find).as_ref()
    }

    #[expect(clippy::disallowed_methods, reason = "tests are told by the environment where their server is")]
    fn find() -> Option<PgCluster> {
        if let Ok(base) = std::env::var("DUEWELL_TEST_PG") {
            let (base, query) = base
                .split_once('?')
                .map_or((base.clone(), String::new()), |(b, q)| (b.to_owned(), format!("?{q}")));
            let base = format!("{}/", base.trim_end_matches('/'));
            return Some(PgCluster { base, query, databases: AtomicU32::new(0), dir: None, _server: None });
        }
        match programs() {
            Some(programs) => Some(start(&programs)),
            None => {
                assert!(std::env::var_os("CI").is_none(), "PostgreSQL's server programs were not found");
                eprintln!("skipped on PostgreSQL: its server programs (initdb, postgres) were not found");
                None
            }
        }
    }

    /// Returns the process id of a server of our own.
    pub fn server_pid(&self) -> Option<u32> {
        let dir = self.dir.as_ref()?;
        let text = std::fs::read_to_string(dir.join("data/postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok()
    }

    /// Makes an empty database and returns its address.
    pub fn fresh_database_url(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("duewell_{}_{number}", std::process::id());
        let admin = crate::pg::Pg::open(&format!("{}postgres{}", self.base, self.query))
            .expect("the test server takes connections");
        admin.single(&format!("create database {name}")).expect("a database can be made");
        format!("{}{name}{}", self.base, self.query)
    }
}

#[expect(clippy::disallowed_methods, reason = "tests look for the server's programs on the machine")]
fn programs() -> Option<PathBuf> {
    let mut places: Vec<PathBuf> =
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions.flatten().map(|entry| entry.path().join("bin")).collect();
        versions.sort();
        // The real directory is better than a wrapper on the path.
        places.splice(0..0, versions.into_iter().rev());
    }
    places.into_iter().find(|place| place.join("initdb").is_file() && place.join("postgres").is_file())
}

/// The server refuses to run as root: as root, everything runs as the first of these users there is.
fn unprivileged() -> Option<&'static str> {
    let root = Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout.starts_with(b"0\n"));
    if !root {
        return None;
    }
    ["postgres", "nobody"].into_iter().find(|user| {
        Command::new("id")
            .arg(user)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|s| s.success())
    })
}

fn start(programs: &Path) -> PgCluster {
    let dir = tempfile::Builder::new()
        .prefix("duewell-pg-")
        .tempdir()
        .expect("a temporary directory can be made")
        .keep();
    let user = unprivileged();
    if let Some(user) = user {
        let done = Command::new("chown").arg(user).arg(&dir).status();
        assert!(done.is_ok_and(|status| status.success()), "the server's directory can be handed to {user}");
    }
    // The pipe closes when this process dies, however it dies; then the shell stops the server and cleans up.
    let script = format!(
        "cd {dir} && {bin}/initdb -D data -U duewell -A trust --locale=C -E UTF8 --no-sync >initdb.log 2>&1 || {{ cat initdb.log >&2; echo failed; exit 1; }}
         {bin}/postgres -D data -k {dir} -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=128MB >postgres.log 2>&1 & p=$!
         i=0; while ! grep -q '^ready' data/postmaster.pid 2>/dev/null && [ $i -lt 300 ]; do sleep 0.1; i=$((i+1)); done; echo ready
         cat >/dev/null; kill -QUIT $p; wait $p; cd /; rm -rf {dir}",
        dir = dir.display(),
        bin = programs.display(),
    );
    let mut command = match user {
        Some(user) => {
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--", "sh", "-c", &script]);
            command
        }
        None => {
            let mut command = Command::new("sh");
            command.args(["-c", &script]);
            command
        }
    };
    let mut server = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .current_dir("/")
        .spawn()
        .expect("a shell can be started");
    let mut answer = [0; 5];
    let said = server.stdout.as_mut().map(|out| out.read_exact(&mut answer));
    assert!(matches!(said, Some(Ok(()))) && answer == *b"ready", "the test server started");
    let host = dir.display().to_string().replace('/', "%2F");
    PgCluster {
        base: format!("postgres://duewell@{host}/"),
        query: String::new(),
        databases: AtomicU32::new(0),
        dir: Some(dir),
        _server: Some(server),
    }
}
