//! The daily job from end to end, as a user drives it: real invoices in, sixty days on a test clock against a
//! real mail server, the bank's file, cure, aging, evidence. The same on SQLite and on PostgreSQL.
//!
//! The invoices come from the collection of real files that may stand beside the checkout; where it does not,
//! the test says so and does nothing.

#![expect(clippy::disallowed_methods, reason = "tests are told by the environment where the interpreter is")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use duewell_store::testing::PgCluster;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::Value;

const FIRST_DAY: Date = date(2018, 9, 25);
const DAYS: i64 = 60;

fn samples() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    if !folder.is_dir() {
        println!("skipped: no real invoices stand beside this checkout");
        return None;
    }
    Some(folder)
}

fn python() -> Option<String> {
    let python = std::env::var("DUEWELL_PYTHON").ok();
    if python.is_none() {
        assert!(std::env::var_os("CI").is_none(), "DUEWELL_PYTHON is not set: run `make test`");
        println!("skipped: DUEWELL_PYTHON is not set; `make test` sets it");
    }
    python
}

/// A real SMTP server on loopback that writes down every message it takes.
struct MailServer {
    child: Child,
    port: u16,
    record: PathBuf,
}

impl MailServer {
    fn start(python: &str, record: PathBuf) -> MailServer {
        let mut child = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp_server.py"))
            .arg("--record")
            .arg(&record)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it has an output"))
            .read_line(&mut line)
            .expect("the mail server says something");
        let port =
            line.trim().strip_prefix("ready ").and_then(|port| port.parse().ok()).expect("it is ready");
        MailServer { child, port, record }
    }

    /// Returns what arrived: recipient and subject, in order.
    fn messages(&self) -> Vec<(String, String)> {
        let text = fs::read_to_string(&self.record).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("the record holds JSON"))
            .filter(|event| event["event"] == "message")
            .map(|event| {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                (text(&event["to"][0]), text(&event["subject"]))
            })
            .collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Office {
    folder: tempfile::TempDir,
    database: Option<String>,
    server: MailServer,
}

impl Office {
    fn open(database: Option<String>, python: &str) -> Office {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let server = MailServer::start(python, folder.path().join("record.jsonl"));
        Office { folder, database, server }
    }

    fn run(&self, day: Date, args: &[&str]) -> Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duewell"));
        command
            .env_clear()
            .env("DUEWELL_DATA", self.folder.path().join("data"))
            .env("DUEWELL_SMTP", format!("smtp+plain://127.0.0.1:{}", self.server.port))
            .args(["--json", "--as-of", &day.to_string()])
            .args(args);
        if let Some(url) = &self.database {
            command.env("DUEWELL_DATABASE", url);
        }
        let output = command.output().expect("the program starts");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{args:?} on {day}: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?}: {error} in {text}"))
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, content).expect("the temporary folder can be written");
        path.to_string_lossy().into_owned()
    }

    /// Imports a statement of the day with these lines: amount, payer, text.
    fn statement(&self, day: Date, lines: &[(&str, &str, &str)]) -> Value {
        let mut entries = String::new();
        for (index, (amount, payer, text)) in lines.iter().enumerate() {
            entries.push_str(&format!(
                "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>\
                 <AcctSvcrRef>{day}-{index}</AcctSvcrRef><BkTxCd/><NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>{payer}</Nm></Pty></Dbtr></RltdPties>\
                 <RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
            ));
        }
        let file = self.file(
            &format!("bank-{day}.xml"),
            &format!(
                "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>{day}</MsgId>\
                 <CreDtTm>{day}T05:00:00</CreDtTm></GrpHdr><Stmt><Id>{day}</Id><CreDtTm>{day}T05:00:00</CreDtTm><Acct><Id>\
                 <IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"
            ),
        );
        self.run(day, &["import", "statement", &file])[0].clone()
    }
}

fn check(database: Option<String>, samples: &Path, python: &str) {
    let office = Office::open(database, python);
    let set = |name: &str, value: &str| office.run(FIRST_DAY, &["settings", "set", name, value]);
    set("creditor.name", "Verkehrsbetriebe GmbH");
    set("creditor.email", "accounts@creditor.example");
    set("creditor.iban", "DE02120300000000202051");
    set("creditor.phone", "+49 30 555 0100");
    set("country", "DE");
    set("holidays", "DE");
    set("language", "de");

    // Two UBL invoices and one CII invoice, each of another debtor.
    let mut debtors: BTreeMap<&str, (String, String)> = BTreeMap::new();
    for (key, file) in [
        ("transport", "ubl/zugferd__EN16931_OEPNV.ubl.xml"),
        ("physio", "ubl/zugferd__EN16931_Physiotherapeut.ubl.xml"),
        ("long overdue", "cii/itplr-kosit__03.03a-INVOICE_uncefact.xml"),
    ] {
        let path = samples.join(file);
        let done = office.run(FIRST_DAY, &["import", "invoice", &path.to_string_lossy()])[0].clone();
        let number = done["debtor_external_id"].as_str().unwrap_or_else(|| panic!("{done}")).to_owned();
        debtors.insert(key, (number, done["debtor"].as_str().expect("a name").to_owned()));
        // The same file again is the same invoice.
        let again = office.run(FIRST_DAY, &["import", "invoice", &path.to_string_lossy()])[0].clone();
        assert_eq!((&again["number"], &again["outcome"]), (&done["number"], &"same".into()), "{again}");
    }
    let mut table = "customer_number,name,email,language\n".to_owned();
    for (key, (number, name)) in &debtors {
        table.push_str(&format!("{number},\"{name}\",{}@debtor.example,de\n", key.replace(' ', "-")));
    }
    let people = office.file("people.csv", &table);
    let summary = office.run(FIRST_DAY, &["import", "debtors", &people]);
    assert_eq!((summary["wrong"].as_u64(), summary["new"].as_u64()), (Some(0), Some(0)), "{summary}");

    // Sixty days. The bank's file comes every other day; on day 20 the transport invoice is paid, by its number in
    // the text, and on day 30 a part of the old one.
    let (mut cured, mut held_back) = (0, 0);
    let mut sent_on: BTreeMap<String, Vec<(i64, String)>> = BTreeMap::new();
    for index in 0..DAYS {
        let day = FIRST_DAY.checked_add(index.days()).expect("a day");
        // Nothing comes from the bank from day 7 to day 15: nobody may be written to without knowing who paid.
        if index % 2 == 0 && !(7..16).contains(&index) {
            let lines: &[(&str, &str, &str)] = match index {
                20 => &[("235.62", "Liselotte Muellermann", "Rechnung E2018092011804 danke")],
                30 => &[("1.00", "Someone", "0000123456 erste Rate"), ("5.00", "A stranger", "Spende")],
                _ => &[],
            };
            let booked = office.statement(day, lines);
            assert_eq!(booked["lines"].as_u64(), Some(lines.len() as u64), "{booked}");
            if index == 20 {
                assert_eq!(booked["matched"].as_u64(), Some(1), "{booked}");
                let again = office.statement(day, lines);
                assert_eq!(
                    (again["known"].as_u64(), again["matched"].as_u64()),
                    (Some(1), Some(0)),
                    "{again}"
                );
            }
            if index == 30 {
                assert_eq!(
                    (booked["matched"].as_u64(), booked["queued"].as_u64()),
                    (Some(1), Some(1)),
                    "{booked}"
                );
            }
        }
        let before = office.server.messages().len();
        let run = office.run(day, &["run"]);
        cured += run["cured"].as_u64().expect("a count");
        held_back += run["held_back"].as_u64().expect("a count");
        office.run(day, &["deliver"]);
        for (to, subject) in office.server.messages().split_off(before) {
            sent_on.entry(to).or_default().push((index, subject));
        }
        // The same day again finds nothing to do and sends nothing.
        let count = office.server.messages().len();
        let again = office.run(day, &["run"]);
        assert!(again["notices"].as_object().expect("counts").is_empty(), "{again}");
        let delivered = office.run(day, &["deliver"]);
        assert_eq!(delivered["sent"].as_u64(), Some(0), "{delivered}");
        assert_eq!(office.server.messages().len(), count);
    }
    let last = FIRST_DAY.checked_add((DAYS - 1).days()).expect("a day");

    // Transport, due on 3 October (day 8): the word before would be on day 5, a Sunday, and so comes on day 6; the
    // reminder would keep a week's distance and waits for the bank's file of day 16; it is paid on day 20 before the
    // second one would leave.
    let told = |name: &str| -> Vec<(i64, String)> {
        let all = sent_on.get(name).cloned().unwrap_or_default();
        all.into_iter()
            .map(|(day, subject)| (day, subject.split(" von ").next().unwrap_or_default().to_owned()))
            .collect()
    };
    let word = |day: i64, text: &str| (day, text.to_owned());
    assert_eq!(
        told("transport@debtor.example"),
        [word(6, "Eine kurze Nachricht"), word(16, "Eine Nachricht")]
    );
    // This invoice brings the buyer's own address. Overdue since January: one step at a time, a week apart, never all at once; then a person decides.
    assert_eq!(
        told("buyer@contact.com"),
        [word(0, "Eine Nachricht"), word(7, "Noch eine Nachricht"), word(16, "Eine wichtige Nachricht")]
    );
    // Due on 21 November (day 57): the word before would be on a Sunday again, and nothing else is due yet.
    assert_eq!(told("physio@debtor.example"), [word(55, "Eine kurze Nachricht")]);
    assert_eq!(cured, 1, "the paid case is cured");
    assert!(held_back > 0, "the brake held while the bank was silent");

    let (transport, _) = &debtors["transport"];
    let shown = office.run(last, &["debtor", "show", transport]);
    assert_eq!(shown["receivables"][0]["open"]["minor"].as_i64(), Some(0), "{shown}");
    let (old, _) = &debtors["long overdue"];
    let shown = office.run(last, &["debtor", "show", old]);
    let (amount, open) =
        (&shown["receivables"][0]["amount"]["minor"], &shown["receivables"][0]["open"]["minor"]);
    assert_eq!(open.as_i64(), amount.as_i64().map(|minor| minor - 100), "{shown}");

    // The aging report adds up to what the debtors owe.
    let aging = office.run(last, &["aging"]);
    let total: i64 = debtors
        .values()
        .flat_map(|(number, _)| {
            let shown = office.run(last, &["debtor", "show", number]);
            shown["receivables"].as_array().expect("a list").clone()
        })
        .map(|receivable| receivable["open"]["minor"].as_i64().expect("an amount"))
        .sum();
    let buckets: i64 = ["not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90"]
        .iter()
        .map(|bucket| aging[0][format!("{bucket}_minor")].as_i64().unwrap_or_else(|| panic!("{aging}")))
        .sum();
    assert_eq!(buckets, total, "{aging}");
    assert!(total > 0);

    // The evidence stands without the database, and with a byte changed it does not.
    let flaws = office.run(last, &["verify"]);
    assert!(flaws["flaws"].as_array().is_some_and(Vec::is_empty), "{flaws}");
    let case_file = office.folder.path().join("case.zip").to_string_lossy().into_owned();
    let written = office.run(last, &["evidence", transport, "--out", &case_file]);
    assert!(written["events"].as_u64() > Some(8), "{written}");
    let key = written["key"].as_str().expect("a key");
    let judge = |file: &str| {
        let mut command = Command::new(env!("CARGO"));
        command.args(["run", "--quiet", "-p", "duewell-verify", "--", file, "--key", key]);
        command.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("the verifier runs")
    };
    let verdict = judge(&case_file);
    assert!(
        verdict.status.success(),
        "{}{}",
        String::from_utf8_lossy(&verdict.stdout),
        String::from_utf8_lossy(&verdict.stderr)
    );
    let mut bytes = fs::read(&case_file).expect("the case file is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&case_file, bytes).expect("the temporary folder can be written");
    assert!(!judge(&case_file).status.success(), "a changed case file is refused");
}

#[test]
fn sixty_days_on_sqlite() {
    if let (Some(samples), Some(python)) = (samples(), python()) {
        check(None, &samples, &python);
    }
}

#[test]
fn sixty_days_on_postgresql() {
    if let (Some(samples), Some(python), Some(cluster)) = (samples(), python(), PgCluster::shared()) {
        check(Some(cluster.fresh_database_url()), &samples, &python);
    }
}
