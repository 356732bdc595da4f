//! The sample book: as files, and as a book that was worked on for some weeks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context as _, bail};
use clap::Args;
use duewell_domain::hold::HoldReason;
use duewell_domain::id::NoticeId;
use duewell_domain::money::Currency;
use duewell_domain::reference::reference_key;
use duewell_engine::bank::{StatementSummary, import_statement};
use duewell_engine::delivery::{DeliverySummary, deliver};
use duewell_engine::invoice::import_invoice;
use duewell_engine::people::{Commit, ImportSummary, Source, import_debtors, import_receivables};
use duewell_engine::portal::{self, Answer, Opened};
use duewell_engine::{Clock, Desk, EngineError, Settings, daily, hold, report};
use duewell_formats::table::{TableFile, TableKind, guess_mapping};
use duewell_sample::{CurrencyMix, Profile, SampleSpec, write_files};
use duewell_store::{StoreError, debtor, notice};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::Global;
use crate::imports::{file_name, files_in, sha256_of};
use crate::serve::{Serve, serve};
use crate::wiring::{Office, moment};
use crate::work::{bar, table};

#[derive(Args)]
pub struct Generate {
    /// New folder for the files
    out: PathBuf,
    /// Equal seeds give equal files, byte for byte
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 300)]
    debtors: u32,
    /// For how many months invoices are issued and paid
    #[arg(long, default_value_t = 12)]
    months: u32,
    /// Any day of the first month
    #[arg(long, default_value = "2026-01-01")]
    start: Date,
    /// Only this currency (e.g. EUR) instead of a mix
    #[arg(long)]
    currency: Option<Currency>,
    /// What kind of business: a name from docs/spec/sample-book.md
    #[arg(long)]
    profile: Option<String>,
}

impl Generate {
    fn spec(&self) -> anyhow::Result<SampleSpec> {
        let profile = match &self.profile {
            None => Profile::TRADE,
            Some(name) => Profile::named(name)
                .with_context(|| format!("there is no profile `{name}`; see docs/spec/sample-book.md"))?,
        };
        Ok(SampleSpec {
            seed: self.seed,
            debtors: self.debtors,
            months: self.months,
            start_on: self.start,
            currencies: self.currency.map_or_else(CurrencyMix::default, CurrencyMix::only),
            profile,
        })
    }
}

pub fn generate(global: &Global, command: &Generate) -> anyhow::Result<ExitCode> {
    let progress = bar(global, "debtors");
    progress.set_length(u64::from(command.debtors));
    let summary = write_files(&command.spec()?, &command.out, &mut |done| progress.set_position(done))?;
    progress.finish_and_clear();
    if global.json {
        println!("{}", serde_json::to_string_pretty(&summary)?);
        return Ok(ExitCode::SUCCESS);
    }
    let out = command.out.display();
    println!("Written to {out}:");
    println!("  debtors.csv      {} debtors", summary.debtors);
    println!("  receivables.csv  {} receivables", summary.receivables - summary.invoice_files);
    println!("  invoices/        {} UBL invoices", summary.invoice_files);
    println!("  bank/            {} bank statements, {} lines", summary.statement_files, summary.entries);
    println!("  truth.jsonl      what each line of the bank truly is");
    println!("Next: duewell import debtors {out}/debtors.csv");
    Ok(ExitCode::SUCCESS)
}

#[derive(Args)]
pub struct Demo {
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 300)]
    debtors: u32,
    /// How many weeks up to today are worked, day by day
    #[arg(long, default_value_t = 6)]
    weeks: u32,
    /// Throw away an earlier demo in the data folder and start over
    #[arg(long)]
    reset: bool,
    /// Fill the book and stop, without opening the pages
    #[arg(long)]
    no_serve: bool,
    #[command(flatten)]
    serve: Serve,
}

/// Who works in the demo.
const DEMO: &str = "user:demo";
/// Marks a data folder as a demo's, so that only such a folder is ever thrown away.
const MARKER: &str = "demo.json";

/// A clock that the demo turns.
struct DemoClock(Arc<AtomicI64>);

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::Relaxed))
            .expect("the demo sets moments of this century")
    }
}

/// What happened in all the weeks.
#[derive(Default)]
struct Totals {
    debtors: ImportSummary,
    receivables: ImportSummary,
    invoices: u64,
    statements: StatementSummary,
    notices: BTreeMap<String, u64>,
    not_done: BTreeMap<String, u64>,
    cured: u64,
    disputes: u64,
    answers: u64,
    delivery: DeliverySummary,
}

pub fn demo(global: &Global, command: &Demo) -> anyhow::Result<ExitCode> {
    if prepare(global, command)? == Demos::New {
        fill(global, command)?;
    }
    if command.no_serve { Ok(ExitCode::SUCCESS) } else { serve(global, &command.serve) }
}

/// Brings the sample in and works it day by day, up to today.
fn fill(global: &Global, command: &Demo) -> anyhow::Result<()> {
    let end = moment(global)?.unwrap_or_else(Timestamp::now);
    introduce(&Office::open_at(global, Some(end))?, &command.serve)?;
    // The desk reads its rules when it is opened.
    let mut office = Office::open_at(global, Some(end))?;
    let zone = office.desk.zone.clone();
    let today = end.to_zoned(zone.clone()).date();
    let first = today.saturating_sub(i64::from(command.weeks).weeks());
    // Four more months of history stand behind the weeks that are worked.
    let start_on = first.first_of_month().saturating_sub(4.months());
    let months =
        (today.year() - start_on.year()) as i32 * 12 + i32::from(today.month() - start_on.month()) + 1;
    let files = global.data.join("sample");
    let spec = SampleSpec {
        seed: command.seed,
        debtors: command.debtors,
        months: months as u32,
        start_on,
        currencies: CurrencyMix::default(),
        profile: Profile::TRADE,
    };
    write_files(&spec, &files, &mut |_| {})?;
    let hands = Arc::new(AtomicI64::new(0));
    office.desk.clock = Arc::new(DemoClock(Arc::clone(&hands)));
    let set = |day: Date, hour: i8| -> anyhow::Result<()> {
        hands.store(
            day.at(hour, 0, 0, 0).to_zoned(zone.clone())?.timestamp().as_microsecond(),
            Ordering::Relaxed,
        );
        Ok(())
    };
    let mut totals = Totals::default();
    let desk = &office.desk;
    let mut mail = office.mail(global)?;
    let by_day = receivables_by_day(&files)?;
    let disputes = disputes(&files)?;
    let invoices = invoices_by_day(&files)?;
    let statements = files_in(&files.join("bank"), "xml")?;
    let progress = bar(global, "days");
    progress.set_length(u64::from(command.weeks) * 7 + 1);
    let mut seen = Date::MIN;
    let mut day = first;
    set(day, 7)?;
    let debtors = TableFile::open(&files.join("debtors.csv"))?;
    totals.debtors = import_rows(desk, &files.join("debtors.csv"), &debtors, TableKind::Debtors)?;
    while day <= today {
        set(day, 7)?;
        // In the morning comes what the accounting and the bank have new since yesterday.
        let new: Vec<&String> =
            by_day.range(..=day).filter(|(on, _)| **on > seen).flat_map(|(_, rows)| rows).collect();
        if !new.is_empty() {
            let path = files.join("daily").join(format!("receivables-{day}.csv"));
            write_table(&files, &path, &new)?;
            let summary = import_rows(desk, &path, &TableFile::open(&path)?, TableKind::Receivables)?;
            totals.receivables.rows += summary.rows;
            totals.receivables.new += summary.new;
            totals.receivables.wrong += summary.wrong;
            totals.receivables.findings.extend(summary.findings);
        }
        for path in invoices.range(..=day).filter(|(on, _)| **on > seen).flat_map(|(_, paths)| paths) {
            let bytes = fs::read(path)?;
            import_invoice(
                desk,
                &file_name(path),
                Sha256::digest(&bytes).into(),
                &bytes,
                Commit::Write,
                DEMO,
            )?;
            totals.invoices += 1;
        }
        for path in
            statements.iter().filter(|path| statement_day(path).is_some_and(|on| on >= seen && on < day))
        {
            let summary = import_statement(
                desk,
                &file_name(path),
                &sha256_of(path)?,
                || Ok(BufReader::new(File::open(path)?)),
                false,
                DEMO,
                &mut |_, _| {},
            )?;
            totals.statements.lines += summary.lines;
            totals.statements.matched += summary.matched;
            totals.statements.queued += summary.queued;
        }
        for dispute in disputes.range(..=day).filter(|(on, _)| **on > seen).flat_map(|(_, all)| all) {
            totals.disputes += u64::from(contest(desk, dispute)?);
        }
        set(day, 9)?;
        let summary = daily::run_day(desk, &mut |_, _| {})?;
        for (from, to) in [(summary.notices, &mut totals.notices), (summary.not_done, &mut totals.not_done)] {
            for (name, count) in from {
                *to.entry(name).or_default() += count;
            }
        }
        totals.cured += summary.cured;
        for hour in [9, 14, 18] {
            set(day, hour)?;
            let delivered = deliver(desk, &mut *mail, u64::MAX, &mut |_| {})?;
            totals.delivery.sent += delivered.sent;
            totals.delivery.failed += delivered.failed;
            for (reason, count) in delivered.withdrawn {
                *totals.delivery.withdrawn.entry(reason).or_default() += count;
            }
        }
        totals.answers += answer_notices(desk, day)?;
        office.sign()?;
        progress.inc(1);
        // Statements of a day come on the next morning; everything else of the day is in.
        seen = day;
        day = day.tomorrow()?;
    }
    progress.finish_and_clear();
    fs::write(global.data.join(MARKER), json!({ "filled": true }).to_string())?;
    tell(global, &office, &totals, first, today)
}

/// Whether the data folder's demo is to be made or goes on.
#[derive(PartialEq, Eq)]
enum Demos {
    New,
    There,
}

/// Makes sure that the data folder is new, an earlier demo's that goes on, or one that may go.
fn prepare(global: &Global, command: &Demo) -> anyhow::Result<Demos> {
    let data = &global.data;
    let marker = data.join(MARKER);
    let occupied = fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some());
    // A demo that was interrupted while it was filled starts over.
    let filled = fs::read_to_string(&marker)
        .ok()
        .and_then(|text| serde_json::from_str::<Value>(&text).ok())
        .is_some_and(|marker| marker["filled"] == true);
    if occupied && filled && !command.reset {
        println!("The demo goes on where it was; `duewell demo --reset` starts it over.");
        return Ok(Demos::There);
    }
    if occupied && (command.reset || marker.exists()) {
        if !marker.exists() {
            bail!("{} is not a demo's folder: nothing was removed", data.display());
        }
        if global.database.is_some() {
            bail!("the demo in your database is not thrown away: give it an empty database");
        }
        for name in ["duewell.sqlite", "duewell.sqlite-wal", "duewell.sqlite-shm", "duewell.sqlite.lock"] {
            remove(&data.join(name))?;
        }
        remove(&data.join("signing.key"))?;
        for name in ["sample", "mailbox", "backups", "uploads"] {
            match fs::remove_dir_all(data.join(name)) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).with_context(|| data.join(name).display().to_string()),
            }
        }
    } else if occupied {
        bail!(
            "{} holds a book already: name another folder with --data, or start the demo over with --reset",
            data.display()
        );
    }
    fs::create_dir_all(data).with_context(|| data.display().to_string())?;
    fs::write(marker, json!({ "filled": false }).to_string())?;
    Ok(Demos::New)
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| path.display().to_string())
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Gives the sample's creditor a name, a bank account and a person who signs.
fn introduce(office: &Office, serve: &Serve) -> anyhow::Result<()> {
    let mut settings =
        Settings { country: "DE".to_owned(), holidays: "DE".to_owned(), ..Settings::default() };
    settings.creditor.name = "Nordlicht Handel".to_owned();
    settings.creditor.account_holder = "Nordlicht Handel GmbH".to_owned();
    settings.creditor.iban = "DE02120300000000202051".to_owned();
    settings.creditor.phone = "+49 30 555 0100".to_owned();
    settings.creditor.email = "accounts@nordlicht.example".to_owned();
    settings.creditor.address = "Hafenstraße 1, 10115 Berlin".to_owned();
    settings.creditor.signer = Some("Jule Petersen".to_owned());
    // Notices of the demo lead to this very machine.
    settings.portal_url = format!("http://{}", serve.listen);
    office.desk.save_settings(&settings, "system:demo")?;
    Ok(())
}

fn import_rows(desk: &Desk, path: &Path, rows: &TableFile, kind: TableKind) -> anyhow::Result<ImportSummary> {
    let (mut mapping, _) = guess_mapping(kind, rows)?;
    mapping.defaults.currency = Some(desk.settings.currency.parse()?);
    mapping.defaults.country = Some(desk.settings.country.clone());
    let name = file_name(path);
    let source =
        Source { file_name: &name, sha256: sha256_of(path)?, table: rows, mapping: &mapping, actor: DEMO };
    Ok(match kind {
        TableKind::Debtors => import_debtors(desk, &source, Commit::Write, &mut |_| {})?,
        TableKind::Receivables => import_receivables(desk, &source, Commit::Write, &mut |_| {})?,
    })
}

/// Reads the sample's receivables as lines by the day they were issued.
///
/// The sample writes them without line breaks inside a cell, which makes lines of rows.
fn receivables_by_day(files: &Path) -> anyhow::Result<BTreeMap<Date, Vec<String>>> {
    let path = files.join("receivables.csv");
    let mut lines = BufReader::new(File::open(&path).with_context(|| path.display().to_string())?).lines();
    let header = lines.next().context("the sample's table has a header")??;
    let column =
        header.split(',').position(|name| name == "issued_on").context("receivables have an issue date")?;
    let mut by_day: BTreeMap<Date, Vec<String>> = BTreeMap::new();
    for line in lines {
        let line = line?;
        let on: Date = line.split(',').nth(column).unwrap_or_default().parse().context("an issue date")?;
        by_day.entry(on).or_default().push(line);
    }
    Ok(by_day)
}

fn write_table(files: &Path, path: &Path, rows: &[&String]) -> anyhow::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(files))?;
    let mut header = String::new();
    BufReader::new(File::open(files.join("receivables.csv"))?).read_line(&mut header)?;
    let mut file = std::io::BufWriter::new(File::create(path)?);
    file.write_all(header.as_bytes())?;
    for row in rows {
        writeln!(file, "{row}")?;
    }
    file.flush()?;
    Ok(())
}

fn invoices_by_day(files: &Path) -> anyhow::Result<BTreeMap<Date, Vec<PathBuf>>> {
    let mut by_day: BTreeMap<Date, Vec<PathBuf>> = BTreeMap::new();
    for path in files_in(&files.join("invoices"), "xml")? {
        let invoice = duewell_formats::invoice::read_invoice(&fs::read(&path)?)
            .with_context(|| path.display().to_string())?;
        by_day.entry(invoice.issued_on).or_default().push(path);
    }
    Ok(by_day)
}

/// A statement's day is its file's name.
fn statement_day(path: &Path) -> Option<Date> {
    path.file_stem()?.to_str()?.parse().ok()
}

struct Dispute {
    customer: String,
    invoice: String,
    reason: String,
}

/// Reads from the sample's truth what debtors contest, and when.
fn disputes(files: &Path) -> anyhow::Result<BTreeMap<Date, Vec<Dispute>>> {
    let mut by_day: BTreeMap<Date, Vec<Dispute>> = BTreeMap::new();
    for line in BufReader::new(File::open(files.join("truth.jsonl"))?).lines() {
        let truth: Value = serde_json::from_str(&line?)?;
        for dispute in truth["disputes"].as_array().into_iter().flatten() {
            let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            by_day.entry(word(&dispute["on"]).parse()?).or_default().push(Dispute {
                customer: word(&truth["customer"]),
                invoice: word(&dispute["invoice"]),
                reason: word(&dispute["reason"]),
            });
        }
    }
    Ok(by_day)
}

/// Does what an agent does when a debtor contests an invoice on the phone.
fn contest(desk: &Desk, dispute: &Dispute) -> anyhow::Result<bool> {
    let debtor = report::find_debtor(desk, &dispute.customer)?;
    let account = report::account(desk, debtor)?;
    let key = reference_key(&dispute.invoice);
    let Some(receivable) = account.receivables.iter().find(|one| reference_key(&one.number) == key) else {
        return Ok(false);
    };
    hold::place_hold(desk, debtor, Some(receivable.id), HoldReason::Dispute, None, &dispute.reason, DEMO)?;
    Ok(true)
}

/// Does what some debtors do who open the link in a notice of the day: promise, say that they have paid, contest.
///
/// Who does what follows from the debtor's number, so that equal seeds give equal demos.
fn answer_notices(desk: &Desk, day: Date) -> anyhow::Result<u64> {
    let sent = desk.store.read(|tx| {
        let newest = notice::list_newest(tx, desk.book.id, NoticeId(i64::MAX), 500)?;
        let ids: Vec<_> = newest.iter().map(|one| one.debtor).collect();
        Ok((debtor::load_debtors(tx, desk.book.id, &ids)?, newest))
    });
    let (debtors, newest) = sent.map_err(|error: StoreError| EngineError::from(error))?;
    let mut answers = 0;
    for one in newest {
        let today = one.sent_at.is_some_and(|at| at.to_zoned(desk.zone.clone()).date() == day);
        let Some(debtor) = debtors.get(&one.debtor).filter(|_| today && one.kind != "pre_due") else {
            continue;
        };
        let dice = Sha256::digest(format!("{} {}", debtor.external_id, one.kind).as_bytes())[0];
        let answer = match dice % 16 {
            0 | 1 => Answer::Promise { on: day.saturating_add(10.days()) },
            2 => Answer::Paid { on: Some(day), note: String::new() },
            3 => Answer::Dispute {
                receivable: None,
                note: "This was agreed differently on the phone.".to_owned(),
            },
            _ => continue,
        };
        let opened = Opened { debtor: one.debtor, notice: one.id };
        match portal::answer(desk, opened, &answer) {
            Ok(()) => answers += 1,
            // A second promise beside the first is for a person to take.
            Err(EngineError::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(answers)
}

fn tell(global: &Global, office: &Office, totals: &Totals, first: Date, today: Date) -> anyhow::Result<()> {
    let standing = report::standing(&office.desk)?;
    if global.json {
        println!(
            "{}",
            serde_json::to_string_pretty(&json!({
                "from": first, "to": today, "debtors": totals.debtors.new, "receivables": totals.receivables.new,
                "invoices": totals.invoices, "bank_lines": totals.statements.lines, "matched": totals.statements.matched,
                "queued": totals.statements.queued, "notices": totals.notices, "not_done": totals.not_done,
                "cured": totals.cured, "disputes": totals.disputes, "answers": totals.answers, "delivery": totals.delivery, "standing": standing,
            }))?
        );
        return Ok(());
    }
    println!("A sample book was worked from {first} to {today}, day by day:");
    let mut rows = table(&["what", "how many"]);
    let mut row = |what: &str, count: u64| {
        rows.add_row([what.to_owned(), count.to_string()]);
    };
    row("debtors brought in from a table", totals.debtors.new);
    row("receivables brought in from tables", totals.receivables.new);
    row("electronic invoices (UBL) brought in", totals.invoices);
    row("lines of bank statements (camt.053)", totals.statements.lines);
    row("  payments matched by themselves", totals.statements.matched);
    row("  payments that wait for a person", totals.statements.queued);
    row("disputes taken up", totals.disputes);
    row("answers of debtors on their page", totals.answers);
    for (kind, count) in &totals.notices {
        row(&format!("{kind} notices decided"), *count);
    }
    row("notices sent", totals.delivery.sent);
    row("notices taken back before they left", totals.delivery.withdrawn.values().sum());
    row("cases cured by payment", totals.cured);
    println!("{rows}");
    let refused: BTreeSet<&String> = totals.not_done.keys().collect();
    if !refused.is_empty() {
        println!("Not sent, with the reason on record:");
        for reason in refused {
            let words = reason
                .parse::<duewell_domain::dunning::Reason>()
                .map_or(reason.as_str(), |reason| reason.words());
            println!("  {:>5} × {words}", totals.not_done[reason]);
        }
    }
    let data = global.data.display();
    println!("\nWhere to look (add --data {data}):");
    for (command, why) in [
        ("duewell status", "where the book stands"),
        ("duewell aging", "open money by days past due"),
        ("duewell mailbox", "what debtors were written; `duewell mailbox 1` shows one"),
        ("duewell payments queue", "payments that wait for you, with suggestions"),
        ("duewell debtor search an", "find debtors; `duewell debtor show NUMBER` explains one"),
        ("duewell evidence NUMBER", "a case file that `duewell-verify` checks without this program"),
        ("duewell verify", "every balance and the whole journal recomputed"),
        ("duewell run", "the day again: it finds nothing left to do"),
    ] {
        println!("  {command:<26} {why}");
    }
    println!("The files it was made of are in {data}/sample.");
    Ok(())
}
