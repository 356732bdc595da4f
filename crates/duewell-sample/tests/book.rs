//! A whole book on disk, read back by the readers that creditors' files go through.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use duewell_domain::debtor::EmailAddress;
use duewell_domain::money::{Currency, Money};
use duewell_domain::reference::is_creditor_reference;
use duewell_formats::camt::{
    CamtEvent, CamtKind, Direction, Entry, StatementEnd, StatementHeader, read_camt,
};
use duewell_formats::invoice::read_invoice;
use duewell_sample::{SampleError, SampleSpec, SampleSummary, Source, write_files};
use serde_json::Value;
use sha2::{Digest, Sha256};

fn spec() -> SampleSpec {
    SampleSpec { seed: 7, debtors: 900, months: 7, ..SampleSpec::default() }
}

struct Written {
    dir: tempfile::TempDir,
    spec: SampleSpec,
    summary: SampleSummary,
}

fn written(spec: SampleSpec) -> Written {
    let dir = tempfile::tempdir().expect("a folder");
    let mut told = Vec::new();
    let summary = write_files(&spec, dir.path(), &mut |done| told.push(done)).expect("the book is written");
    assert_eq!(told.last(), Some(&u64::from(spec.debtors)));
    assert!(told.is_sorted());
    Written { dir, spec, summary }
}

impl Written {
    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for folder in ["", "bank", "invoices"] {
            for entry in fs::read_dir(self.path(folder)).expect("the folder is there") {
                let path = entry.expect("an entry").path();
                if path.is_file() {
                    files.push(path);
                } else {
                    assert!(path.ends_with("bank") || path.ends_with("invoices"), "{path:?} is left over");
                }
            }
        }
        files.sort();
        files
    }

    fn table(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_path(self.path(name)).expect("a table");
        reader.deserialize().map(|row| row.expect("a row")).collect()
    }

    fn truth(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.path("truth.jsonl")).expect("the truth");
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect()
    }

    fn statements(&self) -> Vec<(String, StatementHeader, Vec<Entry>, StatementEnd)> {
        let mut statements = Vec::new();
        for path in self.files().into_iter().filter(|path| path.parent() == Some(&self.path("bank"))) {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let input = BufReader::new(File::open(&path).expect("a statement"));
            let (mut header, mut entries) = (None, Vec::new());
            read_camt(input, |event| {
                match event {
                    CamtEvent::StatementStart(start) => header = Some(*start),
                    CamtEvent::Entry(entry) => entries.push(entry),
                    CamtEvent::Refused(refusal) => panic!("{name}: {refusal}"),
                    CamtEvent::StatementEnd(end) => {
                        let header = header.take().expect("a statement begins before it ends");
                        statements.push((name.clone(), header, std::mem::take(&mut entries), *end));
                    }
                }
                ControlFlow::Continue(())
            })
            .expect("our statements are readable");
        }
        statements
    }
}

fn money(value: &Value, currency: &Value) -> Money {
    let currency: Currency = currency.as_str().expect("a code").parse().expect("a currency");
    Money::parse_major(value.as_str().expect("an amount"), currency).expect("an exact amount")
}

fn digest(book: &Written) -> String {
    let mut hash = Sha256::new();
    for path in book.files() {
        let name =
            path.strip_prefix(book.dir.path()).expect("it is inside").to_string_lossy().replace('\\', "/");
        let bytes = fs::read(&path).expect("a file");
        hash.update((name.len() as u64).to_be_bytes());
        hash.update(name.as_bytes());
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(&bytes);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_same_spec_gives_the_same_bytes_for_ever() {
    let small = || SampleSpec { debtors: 120, months: 4, ..SampleSpec::default() };
    let first = digest(&written(small()));
    assert_eq!(first, digest(&written(small())));
    assert_ne!(first, digest(&written(SampleSpec { seed: 2, ..small() })));
    // A change here changes every demo, every saved simulation and every benchmark: say so in the changelog.
    assert_eq!(first, "d56d7a871a921e09cbad3e412c0b5683026780b387b999082f2e10715df38912");
}

#[test]
fn a_debtor_does_not_depend_on_how_many_there_are_after_it() {
    let few = SampleSpec { debtors: 50, ..spec() };
    let many = SampleSpec { debtors: 9_999, ..spec() };
    for index in 0..few.debtors {
        let (mut left, right) = (few.debtor(index), many.debtor(index));
        assert_eq!((&left.name, &left.email, left.behaviour), (&right.name, &right.email, right.behaviour));
        // Numbers count through the months of the whole book; amounts and dates do not.
        for (one, other) in left.receivables.iter_mut().zip(&right.receivables) {
            assert_eq!((one.row.amount, one.row.due_on), (other.row.amount, other.row.due_on));
        }
    }
}

#[test]
fn statements_chain_from_day_to_day_and_balance() {
    let book = written(spec());
    let mut closing: HashMap<String, (Money, u64)> = HashMap::new();
    let (mut references, mut entries_total) = (HashSet::new(), 0);
    let statements = book.statements();
    assert_eq!(statements.len() as u64, book.summary.statements);
    for (day, header, entries, end) in statements {
        assert_eq!(header.kind, CamtKind::Statement053);
        let account = header.account.expect("an account");
        assert!(header.account_is_iban && account.parse::<iban::Iban>().is_ok());
        assert_eq!(end.balance_equation_holds(), Some(true), "{day} {account}");
        let agreed = end.agreed_totals().expect("totals are declared");
        assert_eq!((agreed.entries, agreed.credits, agreed.debits), (Some(true), Some(true), Some(true)));
        let (opens, closes) = (end.opening().expect("opening"), end.closing().expect("closing"));
        let sequence: u64 = header.sequence.expect("a number").parse().expect("a number");
        if let Some((before, number)) = closing.insert(account, (closes.amount, sequence)) {
            assert_eq!((opens.amount, sequence), (before, number + 1), "{day}");
        }
        for entry in &entries {
            assert_eq!(entry.booked_on.expect("a day").to_string(), day);
            assert!(references.insert(entry.bank_reference.clone().expect("a reference")));
            let details =
                Money::sum(entry.amount.currency, entry.details.iter().filter_map(|one| one.amount));
            assert!(entry.details.is_empty() || details == Ok(entry.amount));
            assert!(entry.batch_count.is_none_or(|count| count as usize == entry.details.len()));
            for detail in &entry.details {
                let party = detail.counterparty(entry);
                assert!(party.name.as_ref().is_some_and(|name| name.chars().count() <= 70));
                assert!(party.account.as_ref().is_none_or(|account| account.parse::<iban::Iban>().is_ok()));
                assert!(
                    detail.structured_references.iter().all(|reference| is_creditor_reference(reference))
                );
            }
        }
        entries_total += entries.len() as u64;
    }
    assert_eq!(entries_total, book.summary.entries);
    assert_eq!(closing.len(), 6);
}

#[test]
fn the_truth_knows_every_line_of_the_bank_and_only_those() {
    let book = written(spec());
    let mut told: HashMap<String, Value> = HashMap::new();
    for record in book.truth().into_iter().filter(|record| record["type"] == "line") {
        let covered = record["covers"].as_array().expect("a list").iter();
        let currency = &record["currency"];
        let covered = covered.map(|cover| money(&cover["amount"], currency).minor).sum::<i64>();
        let amount = money(&record["amount"], currency);
        if record["direction"] == "credit" && record["kind"] != "stranger" {
            assert_eq!(covered + money(&record["unapplied"], currency).minor, amount.minor);
            assert!(record["customer"].is_string());
        }
        let reference = record["bank_reference"].as_str().expect("a reference").to_owned();
        assert!(told.insert(reference, record).is_none());
    }
    let mut credits: BTreeMap<&str, i64> = BTreeMap::new();
    let mut kinds: HashSet<String> = HashSet::new();
    for (_, _, entries, _) in &book.statements() {
        for entry in entries {
            let lines: Vec<(Option<&String>, Money)> = match entry.details.as_slice() {
                [] => vec![(entry.bank_reference.as_ref(), entry.amount)],
                details => details
                    .iter()
                    .map(|one| (one.bank_reference.as_ref(), one.amount.expect("an amount")))
                    .collect(),
            };
            for (reference, amount) in lines {
                let record = told.remove(reference.expect("a reference")).expect("the truth knows the line");
                assert_eq!(money(&record["amount"], &record["currency"]), amount);
                let direction = if entry.direction == Direction::Credit { "credit" } else { "debit" };
                assert_eq!(record["direction"], direction);
                if entry.direction == Direction::Credit && record["kind"] != "stranger" {
                    *credits.entry(amount.currency.code()).or_default() += amount.minor;
                }
                kinds.insert(record["kind"].as_str().expect("a kind").to_owned());
            }
        }
    }
    assert!(told.is_empty(), "{} lines are not on any statement", told.len());
    assert_eq!(credits, book.summary.payments_minor);
    for kind in
        ["full", "part", "bundle", "over", "under_fee", "rest", "direct_debit", "return", "fee", "stranger"]
    {
        assert!(kinds.contains(kind), "no {kind} in {kinds:?}");
    }
}

#[test]
fn the_tables_hold_what_the_debtors_are() {
    let book = written(spec());
    let (debtors, receivables) = (book.table("debtors.csv"), book.table("receivables.csv"));
    assert_eq!(debtors.len(), 900);
    let mut seen: HashSet<&str> = HashSet::new();
    let mut rows = receivables.iter();
    for (row, debtor) in debtors.iter().zip(book.spec.debtors()) {
        assert_eq!((&row["customer_number"], &row["name"]), (&debtor.number, &debtor.name));
        assert!(row["parent"].is_empty() || seen.contains(row["parent"].as_str()), "parents come first");
        seen.insert(&row["customer_number"]);
        if !row["email"].is_empty() {
            let address: EmailAddress = row["email"].parse().expect("an address");
            let domain = address.as_str().rsplit('@').next().expect("a domain");
            assert!(domain.ends_with(".example") || domain.starts_with("example."), "{domain}");
            assert_eq!(domain == "bounce.example", debtor.email_bounces());
        }
        assert!(jiff::tz::TimeZone::get(&row["time_zone"]).is_ok(), "{}", row["time_zone"]);
        for receivable in debtor.receivables.iter().filter(|one| one.row.source == Source::Table) {
            let row = rows.next().expect("a row for each receivable");
            assert_eq!(
                (&row["invoice_number"], &row["customer_number"]),
                (&receivable.number, &debtor.number)
            );
            let currency: Currency = row["currency"].parse().expect("a currency");
            assert_eq!(Money::parse_major(&row["amount"], currency), Ok(receivable.row.amount));
            assert_eq!(row["due_on"], receivable.row.due_on.to_string());
            assert!(is_creditor_reference(&row["reference"]));
        }
    }
    assert!(rows.next().is_none());
}

#[test]
fn invoice_files_are_read_as_what_is_owed() {
    let book = written(spec());
    let mut count = 0;
    for debtor in book.spec.debtors() {
        for receivable in debtor.receivables.iter().filter(|one| one.row.source == Source::InvoiceFile) {
            let bytes = fs::read(book.path(&format!("invoices/{}.xml", receivable.number))).expect("a file");
            let invoice = read_invoice(&bytes).expect("our invoices are readable");
            assert_eq!(invoice.number, receivable.number);
            assert_eq!(
                (invoice.issued_on, invoice.due_on),
                (receivable.row.issued_on, Some(receivable.row.due_on))
            );
            assert_eq!(invoice.amount_due(), Some(receivable.row.amount));
            assert_eq!(invoice.totals_agree(), Some(true));
            assert_eq!(invoice.payment_reference.as_ref(), Some(&receivable.reference));
            assert_eq!(invoice.buyer.id.as_ref(), Some(&debtor.number));
            assert_eq!(invoice.buyer.email, debtor.email);
            assert!(invoice.payee_iban.is_some_and(|iban| iban.parse::<iban::Iban>().is_ok()));
            let lines = invoice.lines.iter().filter_map(|line| line.net);
            assert_eq!(Money::sum(invoice.currency, lines).ok(), invoice.net);
            count += 1;
        }
    }
    assert_eq!(count, book.summary.invoice_files);
    assert!(count > 50, "{count}");
}

#[test]
fn hostile_names_leave_every_file_well_formed() {
    let mut hostile = spec();
    hostile.profile.hostile_names = 1000;
    let book = written(hostile);
    let names: HashSet<String> =
        book.table("debtors.csv").into_iter().map(|row| row["name"].clone()).collect();
    assert!(names.iter().any(|name| name.contains("<script>")));
    for path in book.files().into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "xml")) {
        well_formed(&path);
    }
    assert!(!book.statements().is_empty());
}

fn well_formed(path: &Path) {
    let mut reader = quick_xml::Reader::from_file(path).expect("a file");
    reader.config_mut().check_end_names = true;
    let (mut buffer, mut depth) = (Vec::new(), 0i32);
    loop {
        match reader.read_event_into(&mut buffer).unwrap_or_else(|error| panic!("{path:?}: {error}")) {
            quick_xml::events::Event::Start(start) => {
                assert!(start.attributes().all(|attribute| attribute.is_ok()));
                depth += 1;
            }
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    assert_eq!(depth, 0, "{path:?}");
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("mine.txt"), "mine").expect("a file");
    let refused = write_files(&spec(), dir.path(), &mut |_| {});
    assert!(matches!(refused, Err(SampleError::NotEmpty(_))));
    assert_eq!(fs::read_dir(dir.path()).expect("the folder").count(), 1);
    let wrong = SampleSpec { debtors: 0, ..spec() };
    assert!(matches!(write_files(&wrong, &dir.path().join("new"), &mut |_| {}), Err(SampleError::Spec(_))));
    assert!(!dir.path().join("new").exists());
}
