//! A small book in a folder of its own, the program, and the Python beside it.

use std::cell::Cell;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use duewell_store::testing::PgCluster;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tempfile::TempDir;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_duewell");

pub const DEBTORS: &str = "\
external_id,name,kind,email,language,country
D1,Anna Ahrens,person,anna@debtor.example,de,DE
D2,Bolt GmbH,company,pay@bolt.example,de,DE
D3,Carla Cruz,person,carla@debtor.example,es,DE
D4,Dora Duval,person,dora@debtor.example,fr,DE
D5,Evans Ltd,company,ap@evans.example,en,DE
D6,\"Fox, Fred\",person,fred@debtor.example,en,DE
D7,Gina Green,person,,en,DE
D8,Hugo Hill,person,hugo@debtor.example,en,DE
";

/// On the day the book stands at, some are overdue, R-1007 and R-1010 are due soon, the rest later.
pub const RECEIVABLES: &str = "\
number,customer_no,amount,currency,invoice_date,due_date
R-1001,D1,120.00,EUR,2026-10-20,2026-11-10
R-1002,D1,80.50,EUR,2026-10-25,2026-11-15
R-1003,D2,1500.00,EUR,2026-09-20,2026-10-20
R-1004,D2,250.00,EUR,2026-10-28,2026-11-18
R-1005,D3,60.00,EUR,2026-10-30,2026-11-19
R-1006,D3,45.00,USD,2026-10-30,2026-11-19
R-1007,D4,99.99,EUR,2026-11-01,2026-11-25
R-1008,D4,10.01,EUR,2026-11-01,2026-12-20
R-1009,D5,740.00,EUR,2026-09-30,2026-10-30
R-1010,D5,15.00,EUR,2026-11-05,2026-11-26
R-1011,D6,300.00,EUR,2026-10-01,2026-11-01
R-1012,D7,210.00,EUR,2026-10-01,2026-11-01
R-1013,D8,18.00,EUR,2026-10-25,2026-11-16
R-1014,D8,22.00,EUR,2026-11-10,2026-12-30
";

/// Notices that a run of this book decides: seven debtors have an address, one has nothing but a second currency left.
pub const NOTICES: usize = 7;

pub const DEBTOR_NUMBERS: [&str; 8] = ["D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8"];

/// One line of a bank statement: amount in major units, who, what for; a minus means that money left.
pub type BankLine<'a> = (&'a str, &'a str, &'a str);

/// What the bank says on the day: paid by number, paid in part, two for one debtor, unknown, sent out.
pub const BANK_LINES: &[BankLine<'static>] = &[
    ("120.00", "Anna Ahrens", "Rechnung R-1001"),
    ("500.00", "Bolt GmbH", "R-1003 part"),
    ("755.00", "Evans Ltd", "R-1009 R-1010"),
    ("18.00", "Hugo Hill", "invoice R-1013"),
    ("33.33", "A Stranger", "for something else"),
    ("18.00", "Hugo Hill", "invoice R-1013"),
    ("-42.00", "Office Supplies", "order 7"),
];

pub fn statement(lines: &[BankLine<'_>]) -> String {
    let entries: String = lines
        .iter()
        .enumerate()
        .map(|(index, (amount, who, what))| {
            let (amount, direction) = match amount.strip_prefix('-') {
                Some(amount) => (amount, "DBIT"),
                None => (*amount, "CRDT"),
            };
            format!(
                "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
<BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>B-{index}</AcctSvcrRef><NtryDtls><TxDtls>\
<RltdPties><Dbtr><Pty><Nm>{who}</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>{what}</Ustrd></RmtInf>\
</TxDtls></NtryDtls></Ntry>\n"
            )
        })
        .collect();
    format!("{STATEMENT_HEAD}{entries}{STATEMENT_FOOT}")
}

pub const STATEMENT_HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>M-1</MsgId></GrpHdr>\n\
<Stmt><Id>S-1</Id><CreDtTm>2026-11-20T22:00:00+01:00</CreDtTm>\
<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>\n";
pub const STATEMENT_FOOT: &str = "</Stmt></BkToCstmrStmt></Document>\n";

/// What the program answered.
pub struct Answer {
    what: String,
    output: Output,
}

impl Answer {
    pub fn code(&self) -> Option<i32> {
        self.output.status.code()
    }

    /// Returns both streams.
    pub fn text(&self) -> String {
        let (out, err) = (&self.output.stdout, &self.output.stderr);
        format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
    }

    /// Checks that all went well.
    pub fn good(self) -> Answer {
        self.exits(0)
    }

    pub fn exits(self, code: i32) -> Answer {
        assert_eq!(self.code(), Some(code), "{}:\n{}", self.what, self.text());
        self
    }

    /// Checks that the program was killed at its edge.
    pub fn killed(self) -> Answer {
        assert_eq!(self.output.status.signal(), Some(9), "{}:\n{}", self.what, self.text());
        self
    }

    /// Checks that the answer has all these words.
    pub fn says(self, words: &[&str]) -> Answer {
        let text = self.text();
        for word in words {
            assert!(text.contains(word), "{}: `{word}` is not in:\n{text}", self.what);
        }
        assert!(!text.contains("panicked"), "{}:\n{text}", self.what);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.output.stdout)
            .unwrap_or_else(|error| panic!("{}: {error} in:\n{}", self.what, self.text()))
    }
}

/// A data folder, and a clock that goes on by a second with every command.
pub struct Book {
    pub folder: TempDir,
    now: Cell<Timestamp>,
    label: String,
    environment: Vec<(String, String)>,
}

impl Book {
    /// An empty folder on Monday, 23 November 2026, nine in the morning in Berlin.
    pub fn empty() -> Book {
        Book {
            folder: tempfile::tempdir().expect("a temporary folder can be made"),
            now: Cell::new("2026-11-23T08:00:00Z".parse().expect("a literal moment")),
            label: String::new(),
            environment: Vec::new(),
        }
    }

    /// The book's creditor is known; nobody owes anything yet.
    pub fn with_creditor() -> Book {
        static BASE: OnceLock<Kept> = OnceLock::new();
        Kept::copy(BASE.get_or_init(|| {
            let book = Book::empty();
            book.set_creditor();
            Kept::of(book)
        }))
    }

    /// The debtors are in as well.
    pub fn with_debtors() -> Book {
        static BASE: OnceLock<Kept> = OnceLock::new();
        Kept::copy(BASE.get_or_init(|| {
            let book = Book::with_creditor();
            book.run(&["import", "debtors", &book.file("debtors.csv", DEBTORS)]).good();
            Kept::of(book)
        }))
    }

    /// Debtors and receivables are in, nothing was run yet.
    pub fn ready() -> Book {
        static BASE: OnceLock<Kept> = OnceLock::new();
        Kept::copy(BASE.get_or_init(|| {
            let book = Book::with_debtors();
            book.run(&["import", "receivables", &book.file("receivables.csv", RECEIVABLES)]).good();
            Kept::of(book)
        }))
    }

    /// The day was run, its notices wait to be sent.
    pub fn with_notices() -> Book {
        static BASE: OnceLock<Kept> = OnceLock::new();
        Kept::copy(BASE.get_or_init(|| {
            let book = Book::ready();
            book.run(&["run"]).good();
            assert_eq!(book.notices("pending").len(), NOTICES);
            Kept::of(book)
        }))
    }

    /// A book like [`Book::ready`] on PostgreSQL; `None` where that is not installed.
    pub fn ready_on_postgres() -> Option<Book> {
        let url = PgCluster::shared()?.fresh_database_url();
        let mut book = Book::empty();
        book.set("DUEWELL_DATABASE", &url);
        book.set_creditor();
        book.run(&["import", "debtors", &book.file("debtors.csv", DEBTORS)]).good();
        book.run(&["import", "receivables", &book.file("receivables.csv", RECEIVABLES)]).good();
        Some(book)
    }

    pub fn set_creditor(&self) {
        for (name, value) in [
            ("creditor.name", "Nordlicht Handel GmbH"),
            ("creditor.email", "hello@nordlicht.example"),
            ("creditor.iban", "DE89370400440532013000"),
        ] {
            self.run(&["settings", "set", name, value]).good();
        }
    }

    /// Names what is tried, for messages.
    pub fn labelled(mut self, label: impl Into<String>) -> Book {
        self.label = label.into();
        self
    }

    /// Sets a variable of the environment for all commands from here on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Writes a file beside the data and returns its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, content).expect("the temporary folder can be written");
        path.to_str().expect("temporary folders have plain names").to_owned()
    }

    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    pub fn wait(&self, time: SignedDuration) {
        self.now.set(self.now.get() + time);
    }

    /// Prepares the command, a second after the one before: two commands are never at one moment.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        self.wait(SignedDuration::from_secs(1));
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("DUEWELL_DATA", self.path())
            .env("DUEWELL_AS_OF", self.now.get().to_string())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    pub fn answer(&self, mut command: Command) -> Answer {
        let what = format!("{} {command:?}", self.label);
        let output = command.output().expect("the program starts");
        Answer { what, output }
    }

    /// Runs the program; `--json` is among the arguments where a test reads the answer.
    pub fn run(&self, arguments: &[&str]) -> Answer {
        let mut command = self.command(PROGRAM);
        command.args(arguments);
        self.answer(command)
    }

    pub fn run_and_die_at(&self, edge: u64, arguments: &[&str]) -> Answer {
        let mut command = self.command(PROGRAM);
        command.args(arguments).env("DUEWELL_DIE_AT", edge.to_string());
        self.answer(command)
    }

    /// Runs a command undisturbed and returns how many edges it has.
    pub fn count_edges(&self, arguments: &[&str]) -> u64 {
        let file = self.folder.path().join("edges");
        let mut command = self.command(PROGRAM);
        command.args(arguments).env("DUEWELL_EDGES", &file);
        self.answer(command).good();
        fs::read_to_string(&file).expect("the program counts").parse().expect("it writes a number")
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--json"]].concat()).good().json()
    }

    /// Checks journal and balances.
    pub fn verify(&self) {
        self.run(&["verify"]).good().says(&["All is well"]);
    }

    /// Lists the notices in a state, as the program tells them.
    pub fn list(&self, state: &str) -> Vec<Value> {
        let Value::Array(all) = self.json(&["notices", "list", state]) else { panic!("a list") };
        all
    }

    /// Lists what the notices in a state are about: debtor, kind, money and what makes them unrepeatable.
    pub fn notices(&self, state: &str) -> Vec<String> {
        let mut all: Vec<String> = self.list(state).iter().map(about).collect();
        all.sort();
        all
    }

    /// Returns all money in the book: aging, and each debtor's receivables, payments and credit.
    pub fn money(&self) -> Value {
        let mut all = vec![self.json(&["aging"])];
        for number in DEBTOR_NUMBERS {
            let mut debtor = self.json(&["debtor", "show", number]);
            for (list, fields) in [
                ("receivables", &["number", "amount", "open", "due_on", "state"][..]),
                ("payments", &["amount", "unapplied", "received_on", "state", "because"]),
            ] {
                let rows = debtor[list].as_array().expect("a list").iter();
                let mut rows: Vec<String> =
                    rows.map(|row| fields.iter().map(|field| format!("{} ", row[field])).collect()).collect();
                rows.sort();
                debtor[list] = rows.into();
            }
            all.push(serde_json::json!([
                number,
                debtor["open"],
                debtor["receivables"],
                debtor["payments"],
                debtor["name"],
                debtor["contact_points"].as_array().map(Vec::len),
            ]));
        }
        let queue = self.json(&["payments", "queue"]);
        let queue = queue.as_array().expect("a list").iter();
        let mut queue: Vec<String> =
            queue.map(|one| format!("{} {} {}", one["amount"], one["payer"], one["because"])).collect();
        queue.sort();
        all.push(queue.into());
        all.into()
    }
}

/// Says what a notice is about, without the ids that a book makes anew.
pub fn about(notice: &Value) -> String {
    let intent = notice["intent"].as_str().expect("a notice has an intent");
    let step = intent.split_once('/').map_or(intent, |(_, step)| step);
    format!("{} {} {} {step}", notice["debtor_number"], notice["kind"], notice["total"])
}

/// A data folder kept in memory, to be copied often.
struct Kept {
    files: Vec<(PathBuf, Vec<u8>)>,
    now: Timestamp,
}

impl Kept {
    fn of(book: Book) -> Kept {
        let root = book.path();
        let mut files = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("the folder can be read") {
                let path = entry.expect("the folder can be read").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(&path).expect("the file can be read");
                    files.push((path.strip_prefix(&root).expect("it is in there").to_owned(), bytes));
                }
            }
        }
        Kept { files, now: book.now.get() }
    }

    fn copy(&self) -> Book {
        let book = Book::empty();
        book.now.set(self.now);
        for (name, bytes) in &self.files {
            let path = book.path().join(name);
            fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder can be made");
            fs::write(path, bytes).expect("the temporary folder can be written");
        }
        book
    }
}

/// Does `work` for every number, on a few threads: most of the time is spent waiting for the disk.
pub fn for_each(numbers: impl Iterator<Item = u64>, work: impl Fn(u64) + Sync) {
    let numbers: Vec<u64> = numbers.collect();
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(&number) = numbers.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                    work(number);
                }
            });
        }
    });
}

/// Returns the interpreter that has scripts/python-requirements.txt installed.
pub fn python() -> Option<String> {
    let python = std::env::var("DUEWELL_PYTHON").ok();
    if python.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "CI needs DUEWELL_PYTHON for the mail server of these tests"
        );
        println!(
            "skipped: DUEWELL_PYTHON names no interpreter with scripts/python-requirements.txt installed; \
             `make test` sets it"
        );
    }
    python
}

/// The mail server of `smtp_server.py`; it ends when this value or this process does.
pub struct MailServer {
    process: Child,
    pub port: u16,
    record: PathBuf,
    _folder: TempDir,
}

impl MailServer {
    pub fn start(python: &str, arguments: &[&str]) -> MailServer {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let record = folder.path().join("record.jsonl");
        // What clients do to it on purpose makes it complain; that is of interest when it does not start.
        let complaints = fs::File::create(folder.path().join("complaints")).expect("a file can be made");
        let mut process = Command::new(python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp_server.py"))
            .arg("--record")
            .arg(&record)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(complaints)
            .spawn()
            .expect("DUEWELL_PYTHON names an interpreter");
        let mut line = String::new();
        let out = process.stdout.take().expect("its output is ours");
        BufReader::new(out).read_line(&mut line).expect("the server speaks");
        let port = line.trim().strip_prefix("ready ").and_then(|port| port.parse().ok());
        let port = port.unwrap_or_else(|| {
            let complaints = fs::read_to_string(folder.path().join("complaints")).unwrap_or_default();
            panic!("the mail server did not start: {line}{complaints}")
        });
        MailServer { process, port, record, _folder: folder }
    }

    /// Returns its address without any protection.
    pub fn plain(&self) -> String {
        format!("smtp+plain://127.0.0.1:{}", self.port)
    }

    pub fn events(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.record).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("the server writes JSON")).collect()
    }

    /// Returns the messages it took.
    pub fn messages(&self) -> Vec<Value> {
        self.events().into_iter().filter(|event| event["event"] == "message").collect()
    }

    /// Returns who got a message, in order of the alphabet.
    pub fn receivers(&self) -> Vec<String> {
        let mut all: Vec<String> = self
            .messages()
            .iter()
            .map(|message| message["to"][0].as_str().expect("a message has a receiver").to_owned())
            .collect();
        all.sort();
        all
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
