//! Bringing files in.

use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use duewell_domain::id::BatchId;
use duewell_engine::bank::{StatementSummary, import_statement};
use duewell_engine::invoice::import_invoice;
use duewell_engine::people::{
    Commit, FindingReport, ImportSummary, Source, import_debtors, import_receivables, undo_import,
};
use duewell_engine::{EngineError, Fault};
use duewell_formats::holiday_file::read_holidays;
use duewell_formats::table::{DateOrder, DecimalMark, Field, Mapping, TableFile, TableKind, guess_mapping};
use duewell_store::{book, import};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::Global;
use crate::accounts::ACTOR;
use crate::wiring::Office;
use crate::work::{bar, table};

#[derive(Subcommand)]
pub enum Import {
    /// Debtors from a CSV or XLSX file
    Debtors(TableArgs),
    /// Receivables (invoices, bills, fees, installments) from a CSV or XLSX file
    Receivables(TableArgs),
    /// Electronic invoices: UBL 2.1, CII, Factur-X/ZUGFeRD PDF
    Invoice {
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Say what would happen and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Bank statements (camt.053); payments are matched and posted
    Statement {
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Read the file and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Your own days without contact, beside the public holidays: ICS, or CSV with date and name
    Holidays { file: PathBuf },
    /// List what was brought in, newest first
    List,
    /// Take an import back
    Undo {
        /// The import's id (imp_…)
        batch: BatchId,
    },
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum OrderArg {
    Dmy,
    Mdy,
    Ymd,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum MarkArg {
    Comma,
    Point,
}

#[derive(Args)]
pub struct TableArgs {
    /// CSV or XLSX with a header row; docs/spec/tables.md lists the fields
    file: PathBuf,
    /// Say what would happen and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Which column holds which field, e.g. --map external_id="Kunden-Nr"; what is not said is guessed
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// Order of day, month and year in dates; guessed where the file leaves no doubt
    #[arg(long)]
    date_order: Option<OrderArg>,
    /// Guessed where the file leaves no doubt
    #[arg(long)]
    decimal_mark: Option<MarkArg>,
    /// Use this saved mapping
    #[arg(long)]
    mapping: Option<String>,
    /// Save the mapping under this name
    #[arg(long)]
    save_mapping: Option<String>,
    /// Sheet of an XLSX file; the first without it
    #[arg(long)]
    sheet: Option<String>,
}

pub fn run(global: &Global, command: &Import) -> anyhow::Result<ExitCode> {
    match command {
        Import::Debtors(args) => import_table(global, args, TableKind::Debtors),
        Import::Receivables(args) => import_table(global, args, TableKind::Receivables),
        Import::Invoice { files, dry_run } => import_invoices(global, files, *dry_run),
        Import::Statement { files, dry_run } => import_statements(global, files, *dry_run),
        Import::Holidays { file } => import_holidays(global, file),
        Import::List => list(global),
        Import::Undo { batch } => {
            let office = Office::open(global)?;
            let summary = undo_import(&office.desk, *batch, ACTOR)?;
            office.sign()?;
            if global.json {
                println!("{}", serde_json::to_string_pretty(&summary)?);
            } else {
                println!(
                    "Undone: {} rows taken back, {} put back as they were.",
                    summary.removed, summary.restored
                );
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn commit(dry_run: bool) -> Commit {
    if dry_run { Commit::DryRun } else { Commit::Write }
}

pub fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

pub fn sha256_of(path: &Path) -> anyhow::Result<[u8; 32]> {
    let mut file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).with_context(|| format!("{} cannot be read", path.display()))?;
        if read == 0 {
            return Ok(hash.finalize().into());
        }
        hash.update(&buffer[..read]);
    }
}

fn import_table(global: &Global, args: &TableArgs, kind: TableKind) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let mut table = TableFile::open(&args.file).with_context(|| args.file.display().to_string())?;
    if let Some(sheet) = &args.sheet {
        table = table.with_sheet(sheet)?;
    }
    let mapping = mapping(&office, args, kind, &table)?;
    let name = file_name(&args.file);
    let source = Source {
        file_name: &name,
        sha256: sha256_of(&args.file)?,
        table: &table,
        mapping: &mapping,
        actor: ACTOR,
    };
    let progress = bar(global, "rows");
    let mut on = |rows| progress.set_position(rows);
    let summary = match kind {
        TableKind::Debtors => import_debtors(&office.desk, &source, commit(args.dry_run), &mut on)?,
        TableKind::Receivables => import_receivables(&office.desk, &source, commit(args.dry_run), &mut on)?,
    };
    progress.finish_and_clear();
    if let Some(saved) = &args.save_mapping {
        let body = serde_json::to_string(&mapping)?;
        let (tenant, word) = (office.desk.book.tenant, kind_word(kind));
        office
            .desk
            .store
            .write(|tx| book::put_mapping(tx, tenant, word, saved, &body))
            .map_err(duewell_engine::EngineError::from)?;
    }
    if !args.dry_run {
        office.sign()?;
    }
    if global.json {
        println!("{}", serde_json::to_string_pretty(&summary)?);
    } else {
        print_summary(&name, &summary);
    }
    Ok(if summary.wrong == 0 { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn kind_word(kind: TableKind) -> &'static str {
    match kind {
        TableKind::Debtors => "debtors",
        TableKind::Receivables => "receivables",
    }
}

fn mapping(office: &Office, args: &TableArgs, kind: TableKind, table: &TableFile) -> anyhow::Result<Mapping> {
    let desk = &office.desk;
    let mut mapping = match &args.mapping {
        Some(name) => {
            let body = desk
                .store
                .read(|tx| book::load_mapping(tx, desk.book.tenant, kind_word(kind), name))
                .map_err(duewell_engine::EngineError::from)?
                .with_context(|| format!("there is no saved mapping `{name}` for {}", kind_word(kind)))?;
            serde_json::from_str(&body)?
        }
        None => guess_mapping(kind, table).with_context(|| args.file.display().to_string())?.0,
    };
    for pair in &args.map {
        let (field, column) =
            pair.split_once('=').with_context(|| format!("`{pair}` is not FIELD=COLUMN"))?;
        let field: Field = serde_json::from_value(json!(field.trim())).map_err(|_| {
            anyhow::anyhow!("`{field}` is not a field of {}: docs/spec/tables.md lists them", kind_word(kind))
        })?;
        let column = column.trim().trim_matches('"');
        if !table.headers().iter().any(|header| header == column) {
            bail!("the file has no column `{column}`; it has: {}", table.headers().join(", "));
        }
        mapping.columns.insert(field, column.to_owned());
    }
    if let Some(order) = args.date_order {
        mapping.date_order = Some(match order {
            OrderArg::Dmy => DateOrder::DayMonthYear,
            OrderArg::Mdy => DateOrder::MonthDayYear,
            OrderArg::Ymd => DateOrder::YearMonthDay,
        });
    }
    if let Some(mark) = args.decimal_mark {
        mapping.decimal_mark = Some(match mark {
            MarkArg::Comma => DecimalMark::Comma,
            MarkArg::Point => DecimalMark::Point,
        });
    }
    let settings = &desk.settings;
    if mapping.defaults.currency.is_none() {
        mapping.defaults.currency = Some(settings.currency.parse()?);
    }
    if mapping.defaults.country.is_none() && !settings.country.is_empty() {
        mapping.defaults.country = Some(settings.country.clone());
    }
    Ok(mapping)
}

pub fn print_summary(name: &str, summary: &ImportSummary) {
    let what = if summary.dry_run { "would be brought in" } else { "brought in" };
    println!(
        "{name}: {} rows {what}: {} new, {} changed, {} the same; {} wrong and left out.",
        summary.new + summary.changed + summary.same,
        summary.new,
        summary.changed,
        summary.same,
        summary.wrong
    );
    print_findings(&summary.findings);
    if summary.dry_run {
        println!("Nothing was changed. Leave out --dry-run to bring the good rows in.");
    } else if let Some(batch) = summary.batch {
        println!("Take it back with `duewell import undo {batch}`.");
    }
}

fn print_findings(findings: &[FindingReport]) {
    if findings.is_empty() {
        return;
    }
    let mut rows = table(&["line", "column", "value", "what is wrong", "what to do"]);
    for finding in findings.iter().take(50) {
        rows.add_row([
            finding.line.to_string(),
            finding.column.clone(),
            printable(&finding.value),
            finding.problem.clone(),
            finding.remedy.clone(),
        ]);
    }
    println!("{rows}");
    if findings.len() > 50 {
        println!("… and {} more; --json shows up to a thousand.", findings.len() - 50);
    }
}

/// Text from a file on its way to a terminal: no control characters.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '·' } else { c }).collect()
}

fn import_invoices(global: &Global, files: &[PathBuf], dry_run: bool) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let mut results = Vec::new();
    let mut refused = 0;
    for path in files {
        let result = read_capped(path).and_then(|bytes| {
            let sha256 = Sha256::digest(&bytes).into();
            Ok(import_invoice(&office.desk, &file_name(path), sha256, &bytes, commit(dry_run), ACTOR)?)
        });
        match result {
            Ok(summary) if global.json => results.push(serde_json::to_value(&summary)?),
            Ok(summary) => {
                println!(
                    "{}: invoice {} over {} to {} ({}), due {}: {}{}",
                    summary.file,
                    summary.number,
                    summary.amount,
                    printable(&summary.debtor),
                    printable(&summary.debtor_external_id),
                    summary.due_on,
                    summary.outcome,
                    if dry_run { " (nothing was changed)" } else { "" }
                );
                for warning in &summary.warnings {
                    println!("  Note: {warning}");
                }
            }
            Err(error) if !is_the_files(&error) => return Err(error.context(path.display().to_string())),
            Err(error) => {
                refused += 1;
                tell_refused(global, path, &error, &mut results);
            }
        }
    }
    if !dry_run {
        office.sign()?;
    }
    if global.json {
        println!("{}", serde_json::to_string_pretty(&results)?);
    } else {
        println!("{} of {} files brought in.", files.len() - refused, files.len());
    }
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn tell_refused(global: &Global, path: &Path, error: &anyhow::Error, results: &mut Vec<serde_json::Value>) {
    if global.json {
        results.push(json!({ "file": path, "error": format!("{error:#}") }));
    } else {
        println!("{}: {error:#}", path.display());
    }
}

/// Says whether an error is about one file; what is about disk or database ends the command with its own code.
fn is_the_files(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<EngineError>()
        .is_none_or(|error| matches!(error.fault(), Fault::Caller | Fault::Rule))
}

fn import_holidays(global: &Global, path: &Path) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let days = match read_holidays(&read_capped(path)?) {
        Ok(days) => days,
        Err(findings) if global.json => {
            println!("{}", serde_json::to_string_pretty(&json!({ "file": path, "findings": findings }))?);
            return Ok(ExitCode::from(3));
        }
        Err(findings) => {
            println!("{}: nothing was brought in.", path.display());
            print_findings(&findings.into_iter().map(FindingReport::from).collect::<Vec<_>>());
            return Ok(ExitCode::from(3));
        }
    };
    office.desk.save_holidays(&days, ACTOR)?;
    if global.json {
        println!("{}", json!({ "file": path, "days": days.len() }));
    } else {
        println!("{} days are now your own holidays: nobody is written to on them.", days.len());
    }
    Ok(ExitCode::SUCCESS)
}

fn read_capped(path: &Path) -> anyhow::Result<Vec<u8>> {
    const BYTES_MAX: u64 = 64 * 1024 * 1024;
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut bytes = Vec::new();
    file.take(BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    if bytes.len() as u64 > BYTES_MAX {
        bail!("{} is larger than 64 MiB: no invoice is", path.display());
    }
    Ok(bytes)
}

fn import_statements(global: &Global, files: &[PathBuf], dry_run: bool) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let mut results = Vec::new();
    let mut failed = 0;
    for path in files {
        let progress = bar(global, "lines");
        let result = sha256_of(path).and_then(|sha256| {
            Ok(import_statement(
                &office.desk,
                &file_name(path),
                &sha256,
                || Ok(BufReader::with_capacity(1 << 18, File::open(path)?)),
                dry_run,
                ACTOR,
                &mut |done, total| {
                    progress.set_length(total);
                    progress.set_position(done);
                },
            )?)
        });
        progress.finish_and_clear();
        match result {
            Ok(summary) if global.json => results.push(serde_json::to_value(&summary)?),
            Ok(summary) => print_statement(&file_name(path), &summary),
            Err(error) if !is_the_files(&error) => return Err(error.context(path.display().to_string())),
            Err(error) => {
                failed += 1;
                tell_refused(global, path, &error, &mut results);
            }
        }
    }
    if !dry_run {
        office.sign()?;
    }
    if global.json {
        println!("{}", serde_json::to_string_pretty(&results)?);
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

pub fn print_statement(name: &str, summary: &StatementSummary) {
    if summary.dry_run {
        println!(
            "{name}: {} statements, {} booked lines, {} not booked by the bank yet. Nothing was changed.",
            summary.statements, summary.lines, summary.pending
        );
    } else {
        println!(
            "{name}: {} lines; {} matched, {} wait for you, {} known already, {} outgoing.",
            summary.lines, summary.matched, summary.queued, summary.known, summary.outgoing
        );
    }
    for warning in summary.warnings.iter().chain(&summary.refused).take(20) {
        println!("  Note: {}", printable(warning));
    }
    if summary.queued > 0 {
        println!("  See `duewell payments queue`.");
    }
}

fn list(global: &Global) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let desk = &office.desk;
    let batches = desk
        .store
        .read(|tx| import::list_batches(tx, desk.book.id, 50))
        .map_err(duewell_engine::EngineError::from)?;
    if global.json {
        let list: Vec<_> = batches
            .iter()
            .map(|batch| {
                json!({
                    "batch": batch.id, "kind": batch.kind, "file": batch.file_name, "imported_at": batch.imported_at,
                    "new": batch.rows_new, "changed": batch.rows_changed, "same": batch.rows_same,
                    "wrong": batch.rows_wrong, "undone_at": batch.undone_at,
                })
            })
            .collect();
        println!("{}", serde_json::to_string_pretty(&list)?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = table(&["import", "when", "kind", "file", "new", "changed", "same", "wrong", ""]);
    for batch in batches {
        rows.add_row([
            batch.id.to_string(),
            batch.imported_at.strftime("%Y-%m-%d %H:%M").to_string(),
            batch.kind,
            printable(&batch.file_name),
            batch.rows_new.to_string(),
            batch.rows_changed.to_string(),
            batch.rows_same.to_string(),
            batch.rows_wrong.to_string(),
            if batch.undone_at.is_some() { "undone".to_owned() } else { String::new() },
        ]);
    }
    println!("{rows}");
    Ok(ExitCode::SUCCESS)
}

/// Lists the files of a folder with an ending, by name.
pub fn files_in(dir: &Path, ending: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = match fs::read_dir(dir) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error).with_context(|| dir.display().to_string()),
    };
    files.retain(|path| path.extension().is_some_and(|extension| extension == ending));
    files.sort();
    Ok(files)
}
