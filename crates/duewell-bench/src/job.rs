//! The daily job itself, through the same use cases as the binary.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use anyhow::ensure;
use duewell_domain::id::IdMaker;
use duewell_engine::bank::import_statement;
use duewell_engine::people::{Commit, ImportSummary, Source, import_debtors, import_receivables};
use duewell_engine::{Desk, Entropy, FixedClock, Settings, daily, ensure_book};
use duewell_formats::table::{TableFile, TableKind, guess_mapping};
use duewell_store::{OpenOptions, Store};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::book::TODAY;
use crate::measure::{Measured, measure};

/// The system's randomness, read in large pieces as the binary's is.
struct Urandom(File);

impl Entropy for Urandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.read_exact(bytes).expect("the system has randomness");
    }
}

fn now() -> anyhow::Result<Timestamp> {
    Ok(TODAY.at(9, 0, 0, 0).to_zoned(TimeZone::get("Europe/Berlin")?)?.timestamp())
}

pub fn open(url: &str, node: u16) -> anyhow::Result<Desk> {
    let now = now()?;
    let store = Store::open(url, OpenOptions::new(now))?;
    let mut ids = IdMaker::new(node);
    let book = ensure_book(&store, "Bench", "Europe/Berlin", now, &mut ids)?;
    let entropy = || -> anyhow::Result<Box<Urandom>> { Ok(Box::new(Urandom(File::open("/dev/urandom")?))) };
    let desk =
        Desk::open(store.clone(), book.id, Box::new(FixedClock(now)), ids, entropy()?, "bench".to_owned())?;
    if desk.settings.creditor.name.is_empty() {
        let mut settings =
            Settings { country: "DE".to_owned(), holidays: "DE".to_owned(), ..Settings::default() };
        settings.creditor.name = "Example Energy".to_owned();
        settings.creditor.iban = "DE02120300000000202051".to_owned();
        settings.creditor.email = "accounts@example.com".to_owned();
        settings.creditor.phone = "+49 30 555 0100".to_owned();
        settings.link_url = "https://pay.example.com/{reference}".to_owned();
        desk.save_settings(&settings, "bench")?;
    }
    drop(desk);
    let ids = IdMaker::new(node);
    Ok(Desk::open(store, book.id, Box::new(FixedClock(now)), ids, entropy()?, "bench".to_owned())?)
}

/// Imports both tables.
pub fn import(url: &str, dir: &Path, server: Option<u32>) -> anyhow::Result<Measured> {
    let desk = open(url, 1)?;
    measure(server, || {
        let mut rows = 0;
        for (name, kind) in [("debtors.csv", TableKind::Debtors), ("receivables.csv", TableKind::Receivables)]
        {
            let table = TableFile::open(&dir.join(name))?;
            let (mut mapping, _) = guess_mapping(kind, &table)?;
            mapping.defaults.country = Some("DE".to_owned());
            let source = Source {
                file_name: name,
                sha256: [0; 32],
                table: &table,
                mapping: &mapping,
                actor: "user:test",
            };
            let summary: ImportSummary = match kind {
                TableKind::Debtors => import_debtors(&desk, &source, Commit::Write, &mut |_| {})?,
                TableKind::Receivables => import_receivables(&desk, &source, Commit::Write, &mut |_| {})?,
            };
            ensure!(summary.wrong == 0, "{name}: {:?}", summary.findings.first());
            rows += summary.new;
        }
        // Closing writes the log back, as the floor's checkpoint does.
        drop(desk);
        Ok(rows)
    })
}

/// Runs the day.
pub fn daily(url: &str, server: Option<u32>) -> anyhow::Result<Measured> {
    let desk = open(url, 2)?;
    measure(server, || {
        let summary = daily::run_day(&desk, &mut |_, _| {})?;
        ensure!(summary.not_done.values().sum::<u64>() * 10 < summary.looked_at, "{summary:?}");
        drop(desk);
        Ok(summary.notices_total())
    })
}

/// Imports the bank statement.
pub fn pay(url: &str, dir: &Path, server: Option<u32>) -> anyhow::Result<Measured> {
    let desk = open(url, 3)?;
    measure(server, || {
        let path = dir.join("bank.xml");
        let summary = import_statement(
            &desk,
            "bank.xml",
            &[0; 32],
            || Ok(BufReader::with_capacity(1 << 18, File::open(&path)?)),
            false,
            "bench",
            &mut |_, _| {},
        )?;
        ensure!(summary.matched * 10 > summary.lines * 9, "{summary:?}");
        drop(desk);
        Ok(summary.lines)
    })
}
