//! What pages cost: latency of lists at many connections, CPU of a debtor's page against the floor's.
//!
//! A server runs in a process of its own, so that its CPU is its own; this
//! process is the client. Connections stay open and each asks again as soon as
//! it was answered.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use duewell_domain::id::DebtorId;
use duewell_domain::link::{Link, LinkKey};
use duewell_engine::FixedClock;
use duewell_engine::staff::{self, NewAccount};
use duewell_engine::view::{self, Show};
use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use crate::book::TODAY;
use crate::job;
use crate::measure::process_cpu;

/// Connections of the latency figures.
const CONNECTIONS: usize = 16;
/// Requests of each latency figure and of each CPU figure.
const REQUESTS: usize = 4_000;
/// Debtors whose pages are asked for again and again.
const DEBTORS: usize = 400;
/// Links that are opened once.
const ONCE: usize = 8_000;
/// The cookie of a server without HTTPS.
const COOKIE: &str = "duewell";

/// What a server that is ready tells its client.
#[derive(Serialize, Deserialize)]
struct Ready {
    address: SocketAddr,
    cookie: String,
    debtors: Vec<String>,
    links: Vec<String>,
    /// Links that nobody has opened.
    once: Vec<String>,
    searches: Vec<String>,
}

/// Serves a book's pages until the standard input ends; says on the standard output how to reach them.
pub fn serve(url: &str) -> anyhow::Result<()> {
    let mut desk = job::open(url, 4)?;
    // The book's clock stands still; ids of a book that is measured again must not come twice.
    desk.id_clock = Some(Arc::new(FixedClock(jiff::Timestamp::now())));
    let key = LinkKey::new([7; 32]);
    desk.link_key = Some(key.clone());
    // A book that was measured before has an account: the next one is invited.
    let chance: String = desk.salt().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let email = format!("bench-{chance}@example.com");
    let token = match staff::set_up_token(&desk)? {
        Some(token) => token,
        None => staff::invite(&desk, &email, "bench")?.map_err(|problem| anyhow::anyhow!(problem))?,
    };
    let account = NewAccount {
        name: "Bench",
        email: &email,
        language: "en",
        password: "a bench measures what it costs",
    };
    let id =
        staff::accept_invitation(&desk, &token, &account)?.map_err(|problem| anyhow::anyhow!(problem))?;
    let cookie = format!("{COOKIE}={}", staff::open_session(&desk, id, "bench")?);
    let mut found: Vec<(DebtorId, String)> = Vec::new();
    let mut after: Option<String> = None;
    while found.len() < DEBTORS {
        let page = view::list_debtors(&desk, "", Show::All, after.as_deref())?;
        found.extend(page.rows.into_iter().map(|row| (row.debtor.id, row.debtor.name)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let link = |debtor: DebtorId| {
        key.seal(&Link {
            book: desk.book.id,
            debtor,
            notice: desk.id(),
            ends_on: TODAY.saturating_add(60.days()),
        })
    };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let ready = Ready {
        address: listener.local_addr()?,
        cookie,
        links: found.iter().take(DEBTORS).map(|(id, _)| format!("/p/{}", link(*id))).collect(),
        once: found.iter().cycle().take(ONCE).map(|(id, _)| format!("/p/{}", link(*id))).collect(),
        debtors: found.iter().take(DEBTORS).map(|(id, _)| format!("/debtors/{id}")).collect(),
        searches: found
            .iter()
            .take(DEBTORS)
            .filter_map(|(_, name)| name.split_whitespace().last())
            .filter(|word| word.chars().all(char::is_alphanumeric))
            .map(|word| format!("/debtors?q={}", percent(word.chars().take(4).collect::<String>().as_str())))
            .collect(),
    };
    println!("{}", serde_json::to_string(&ready)?);
    let (stop, stopped) = channel();
    thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = stop.send(());
    });
    let uploads = std::env::temp_dir().join("duewell-bench-uploads");
    Ok(duewell_web::serve(listener, duewell_web::App::new(desk, uploads, || {}), stopped)?)
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// A server in a process of its own.
struct Server {
    process: Child,
    ready: Ready,
}

impl Server {
    fn start(part: &str, argument: &str) -> anyhow::Result<Server> {
        eprintln!("bench: {part} {argument}");
        let mut process = Command::new(std::env::current_exe()?)
            .args(["part", part, argument])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().context("a pipe was asked for")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let ready = serde_json::from_str(&line).with_context(|| format!("the server said `{line}`"))?;
        Ok(Server { process, ready })
    }

    fn stop(mut self) -> anyhow::Result<()> {
        drop(self.process.stdin.take());
        ensure!(self.process.wait()?.success(), "the server ended well");
        Ok(())
    }
}

/// One connection that asks and reads answers.
struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    fn open(address: SocketAddr) -> anyhow::Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Client { stream: BufReader::with_capacity(64 * 1024, stream) })
    }

    /// Asks for a page and reads it whole; returns how long it is.
    fn get(&mut self, path: &str, cookie: &str) -> anyhow::Result<usize> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nCookie: {cookie}\r\n\r\n");
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        if !line.starts_with("HTTP/1.1 200") {
            bail!("{path} was answered by {}", line.trim());
        }
        let mut length = None;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse::<usize>().ok();
            }
        }
        let length = length.context("an answer says how long it is")?;
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        ensure!(body.windows(7).any(|part| part == b"</html>"), "{path} was answered with a whole page");
        Ok(length)
    }
}

/// Latency of one kind of page, and CPU of its server.
#[derive(Clone, Debug)]
pub struct Pages {
    pub requests: usize,
    pub p50_ms: f64,
    pub p95_ms: f64,
    /// Server CPU per page.
    pub cpu_us: f64,
    pub bytes: usize,
}

fn load(server: &Server, paths: &[String], requests: usize) -> anyhow::Result<Pages> {
    load_after(server, paths, paths, requests)
}

/// Asks for other pages first: what is asked first fills caches that a running server has filled.
fn load_after(server: &Server, first: &[String], paths: &[String], requests: usize) -> anyhow::Result<Pages> {
    let connections = CONNECTIONS;
    ensure!(!paths.is_empty(), "there are pages to ask for");
    let ask = |paths: &[String], first: usize, count: usize| -> anyhow::Result<(Vec<f64>, usize)> {
        let mut client = Client::open(server.ready.address)?;
        let (mut took, mut bytes) = (Vec::with_capacity(count), 0);
        for at in 0..count {
            let path = &paths[(first + at * connections) % paths.len()];
            let start = Instant::now();
            bytes += client.get(path, &server.ready.cookie)?;
            took.push(start.elapsed().as_secs_f64() * 1_000.0);
        }
        Ok((took, bytes))
    };
    ask(first, 0, 400)?;
    let cpu = process_cpu(server.process.id());
    let mut took: Vec<f64> = Vec::with_capacity(requests);
    let mut bytes = 0;
    thread::scope(|scope| -> anyhow::Result<()> {
        let workers: Vec<_> = (0..connections)
            .map(|first| scope.spawn(move || ask(paths, first, requests / connections)))
            .collect();
        for worker in workers {
            let (own, read) = worker.join().map_err(|_| anyhow::anyhow!("a connection broke"))??;
            took.extend(own);
            bytes += read;
        }
        Ok(())
    })?;
    let cpu = process_cpu(server.process.id()) - cpu;
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took[((took.len() as f64 * share) as usize).min(took.len() - 1)];
    Ok(Pages {
        requests: took.len(),
        p50_ms: at(0.5),
        p95_ms: at(0.95),
        cpu_us: cpu * 1e6 / took.len() as f64,
        bytes: bytes / took.len(),
    })
}

/// The figures of a book's pages.
pub struct Figures {
    pub list: Pages,
    pub search: Pages,
    pub debtor: Pages,
    pub portal: Pages,
    /// The same where nobody has opened the link before.
    pub portal_first: Pages,
    pub floor_portal: Pages,
}

/// Measures the pages of a book, and the floor's page over the same number of debtors.
pub fn measure_pages(url: &str, floor_db: &str) -> anyhow::Result<Figures> {
    let server = Server::start("serve-pages", url)?;
    let ready = &server.ready;
    // The list is walked page by page, as a reader does.
    let mut lists = vec!["/debtors".to_owned(), "/debtors?show=overdue".to_owned()];
    lists.extend(ready.debtors.iter().step_by(7).map(|path| {
        let id = path.trim_start_matches("/debtors/");
        format!("/debtors?after={id}+m")
    }));
    let list = load(&server, &lists, REQUESTS)?;
    let search = load(&server, &ready.searches, REQUESTS)?;
    let debtor = load(&server, &ready.debtors, REQUESTS)?;
    let once = ready.once.len().min(ONCE);
    let portal_first = load_after(&server, &ready.links, &ready.once, once)?;
    let portal = load(&server, &ready.links, REQUESTS * 4)?;
    server.stop()?;
    let server = Server::start("serve-floor", floor_db)?;
    let floor_portal = load(&server, &server.ready.links, REQUESTS * 8)?;
    server.stop()?;
    Ok(Figures { list, search, debtor, portal, portal_first, floor_portal })
}

/// Serves the floor's page: read a customer and up to twenty receivables, write HTML, nothing else.
pub fn serve_floor(path: &str) -> anyhow::Result<()> {
    let path = path.to_owned();
    // One thread without a queue between reading and writing: the least there is.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let ready = Ready {
            address: listener.local_addr()?,
            cookie: String::new(),
            debtors: Vec::new(),
            once: Vec::new(),
            links: (0..DEBTORS).map(|id| format!("/p/{id}")).collect(),
            searches: Vec::new(),
        };
        println!("{}", serde_json::to_string(&ready)?);
        let page = move |axum::extract::Path(id): axum::extract::Path<i64>| {
            let path = path.clone();
            async move { axum::response::Html(crate::floor::portal_page(&path, id)) }
        };
        let app = axum::Router::new().route("/p/{id}", axum::routing::get(page));
        let stopped = async {
            let _ = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await;
        };
        axum::serve(listener, app).with_graceful_shutdown(stopped).await?;
        Ok(())
    })
}
