//! The daily job: run, deliver, serve; reading the mailbox; proof.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use comfy_table::Table;
use duewell_domain::evidence::archive;
use duewell_domain::id::NoticeId;
use duewell_engine::delivery::{Arrived, DeliverySummary, deliver as deliver_now, settle_unknown};
use duewell_engine::{daily, proof, report};
use duewell_store::notice::NoticeState;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::Global;
use crate::accounts::ACTOR;
use crate::wiring::Office;

/// A bar on a terminal, nothing elsewhere.
pub fn bar(global: &Global, what: &str) -> ProgressBar {
    if global.json {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {per_sec}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style);
    bar.set_message(what.to_owned());
    bar
}

pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY.row_separator(comfy_table::LineStyle::none()));
    table.set_header(header.to_vec());
    table
}

pub fn run_day(global: &Global) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let progress = bar(global, "cases");
    let summary = daily::run_day(&office.desk, &mut |done, total| {
        progress.set_length(total.max(done));
        progress.set_position(done);
    })?;
    progress.finish_and_clear();
    office.sign()?;
    if global.json {
        println!("{}", serde_json::to_string_pretty(&summary)?);
        return Ok(ExitCode::SUCCESS);
    }
    print_run(&summary);
    if summary.notices_total() > 0 {
        println!("Next: `duewell deliver` sends them.");
    }
    Ok(ExitCode::SUCCESS)
}

pub fn print_run(summary: &daily::RunSummary) {
    println!(
        "Day {}: {} cases looked at, {} notices decided.",
        summary.as_of,
        summary.looked_at,
        summary.notices_total()
    );
    let mut rows = table(&["what", "how many"]);
    for (kind, count) in &summary.notices {
        rows.add_row([format!("{kind} notices"), count.to_string()]);
    }
    rows.add_row(["cases that became overdue".to_owned(), summary.opened.to_string()]);
    rows.add_row(["cases cured".to_owned(), summary.cured.to_string()]);
    for (reason, count) in &summary.not_done {
        let words = reason
            .parse::<duewell_domain::dunning::Reason>()
            .map_or(reason.as_str(), |reason| reason.words());
        rows.add_row([format!("not sent: {words}"), count.to_string()]);
    }
    let plans = &summary.plans;
    if plans.looked_at > 0 {
        rows.add_row(["installment plans looked at".to_owned(), plans.looked_at.to_string()]);
        rows.add_row(["late fees charged".to_owned(), plans.late_fees.to_string()]);
        rows.add_row(["plans broken".to_owned(), plans.broken.to_string()]);
    }
    println!("{rows}");
    if summary.held_back > 0 && summary.braked_since.is_none() {
        println!("Held back: {} cases, until notices can say who they are from.", summary.held_back);
    }
    if let Some(newest) = &summary.braked_since {
        println!(
            "Held back: the newest bank statement was imported at {newest}. Import a newer one, then run again: \
             nobody is reminded of what they may have paid."
        );
    }
    for warning in &summary.warnings {
        println!("Note: {warning}");
    }
}

pub fn deliver(global: &Global, limit: u64) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let mut mail = office.mail(global)?;
    let progress = bar(global, "notices sent");
    let summary =
        deliver_now(&office.desk, &mut *mail, limit, &mut |summary| progress.set_position(summary.sent))?;
    progress.finish_and_clear();
    office.sign()?;
    if global.json {
        println!("{}", serde_json::to_string_pretty(&summary)?);
    } else {
        print_delivery(&summary);
        if global.smtp.is_none() && summary.sent > 0 {
            println!(
                "No mail server is configured: the mail is in the mailbox folder. Read it with `duewell mailbox`."
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub fn print_delivery(summary: &DeliverySummary) {
    println!(
        "{} sent, {} failed for good, {} will be tried again, {} with unknown outcome.",
        summary.sent, summary.failed, summary.postponed, summary.unknown
    );
    for (reasons, what) in [(&summary.withdrawn, "taken back"), (&summary.waiting, "waiting")] {
        for (reason, count) in reasons {
            let words = reason
                .parse::<duewell_domain::dunning::Reason>()
                .map_or(reason.as_str(), |reason| reason.words());
            println!("{count} {what}: {words}");
        }
    }
    if let Some(problem) = &summary.last_problem {
        println!("The mail server's last answer: {problem}");
    }
    if summary.unknown > 0 {
        println!("Unknown outcomes wait for you: `duewell notices list unknown`.");
    }
}

pub fn mailbox(global: &Global, message: Option<&str>) -> anyhow::Result<ExitCode> {
    let folder = duewell_gateways::MailboxFolder::new(global.data.join("mailbox"))?;
    let entries = folder.list()?;
    let Some(wanted) = message else {
        if global.json {
            let list: Vec<_> = entries
                .iter()
                .map(|entry| json!({ "name": entry.name, "to": entry.to, "subject": entry.subject, "date": entry.date }))
                .collect();
            println!("{}", serde_json::to_string_pretty(&list)?);
            return Ok(ExitCode::SUCCESS);
        }
        if entries.is_empty() {
            println!(
                "The mailbox is empty. `duewell run` decides notices, `duewell deliver` puts them here."
            );
            return Ok(ExitCode::SUCCESS);
        }
        let mut rows = table(&["no", "date", "to", "subject"]);
        for (index, entry) in entries.iter().take(50).enumerate() {
            rows.add_row([
                (index + 1).to_string(),
                entry.date.clone(),
                entry.to.clone(),
                entry.subject.clone(),
            ]);
        }
        println!("{rows}");
        println!("{} messages; the newest 50 are shown. Read one with `duewell mailbox NO`.", entries.len());
        return Ok(ExitCode::SUCCESS);
    };
    let entry = match wanted.parse::<usize>() {
        Ok(number) => entries.get(number.wrapping_sub(1)),
        Err(_) => entries.iter().find(|entry| entry.name == wanted),
    };
    let entry = entry.with_context(|| format!("there is no message {wanted} in the mailbox"))?;
    let bytes = folder.read(&entry.name)?;
    if global.json {
        println!("{}", json!({ "name": entry.name, "eml": String::from_utf8_lossy(&bytes) }));
        return Ok(ExitCode::SUCCESS);
    }
    println!("To: {}\nSubject: {}\nDate: {}\n", entry.to, entry.subject, entry.date);
    println!(
        "{}",
        duewell_gateways::text_part(&bytes).unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned())
    );
    Ok(ExitCode::SUCCESS)
}

#[derive(Subcommand)]
pub enum Notices {
    /// List notices in a state: pending, sent, failed, withdrawn or unknown
    List {
        #[arg(default_value = "pending")]
        state: String,
    },
    /// Settle a notice whose outcome is unknown
    Settle {
        /// Number, id or name of the debtor
        debtor: String,
        /// The notice's id (ntc_…)
        notice: NoticeId,
        /// Whether you found out that it arrived
        #[arg(value_parser = ["arrived", "never-arrived"])]
        outcome: String,
    },
}

pub fn notices(global: &Global, command: &Notices) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    match command {
        Notices::List { state } => {
            let state: NoticeState = state.parse()?;
            let found = report::notices_in_state(&office.desk, state, 200)?;
            if global.json {
                let list: Vec<_> = found
                    .iter()
                    .map(|(debtor, notice)| {
                        json!({
                            "notice": notice.id, "debtor": notice.debtor,
                            "debtor_number": debtor.as_ref().map(|debtor| &debtor.external_id),
                            "kind": notice.kind, "total": notice.total, "decided_on": notice.decided_on,
                            "send_at": notice.send_at, "state": notice.state.as_str(), "because": notice.because,
                            "attempts": notice.attempts, "sent_at": notice.sent_at, "intent": notice.intent_key,
                        })
                    })
                    .collect();
                println!("{}", serde_json::to_string_pretty(&list)?);
                return Ok(ExitCode::SUCCESS);
            }
            let mut rows = table(&["debtor", "name", "notice", "kind", "total", "decided", "why"]);
            for (debtor, notice) in &found {
                rows.add_row([
                    debtor.as_ref().map(|debtor| debtor.external_id.clone()).unwrap_or_default(),
                    debtor.as_ref().map(|debtor| debtor.name.clone()).unwrap_or_default(),
                    notice.id.to_string(),
                    notice.kind.clone(),
                    notice.total.to_string(),
                    notice.decided_on.to_string(),
                    notice.because.clone().unwrap_or_default(),
                ]);
            }
            println!("{rows}\n{} {} notices.", found.len(), state.as_str());
        }
        Notices::Settle { debtor, notice, outcome } => {
            let id = report::find_debtor(&office.desk, debtor)?;
            let arrived = if outcome == "arrived" { Arrived::Yes } else { Arrived::No };
            settle_unknown(&office.desk, id, *notice, arrived, ACTOR)?;
            office.sign()?;
            match (global.json, arrived) {
                (true, _) => println!("{}", json!({ "notice": notice, "outcome": outcome })),
                (false, Arrived::Yes) => println!("{notice} counts as sent."),
                (false, Arrived::No) => {
                    println!("{notice} counts as never sent: the step is done again from tomorrow on.")
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub fn verify(global: &Global) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let summary = proof::verify(&office.desk, &office.key)?;
    if global.json {
        println!("{}", serde_json::to_string_pretty(&summary)?);
    } else {
        println!(
            "{} events and {} signed checkpoints checked, every balance recomputed from the postings.",
            summary.events, summary.checkpoints
        );
        println!("Key of this book: {}", office.key.verifier());
        if summary.flaws.is_empty() {
            println!("All is well.");
        }
        for flaw in &summary.flaws {
            println!("FLAW: {flaw}");
        }
    }
    Ok(if summary.flaws.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

pub fn evidence(global: &Global, debtor: &str, out: Option<&Path>) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let id = report::find_debtor(&office.desk, debtor)?;
    let software = concat!("duewell ", env!("CARGO_PKG_VERSION"));
    let files = proof::case_file(&office.desk, &office.key, id, software)?;
    let name = out.map_or_else(|| Path::new(&format!("{id}.zip")).to_owned(), Path::to_owned);
    fs::write(&name, archive::write(&files)?)
        .with_context(|| format!("{} cannot be written", name.display()))?;
    let events = files.iter().filter(|(path, _)| path.starts_with("events/")).count();
    if global.json {
        println!("{}", json!({ "file": name, "events": events, "key": office.key.verifier().to_string() }));
    } else {
        println!("{} events of {id} written to {}.", events, name.display());
        println!("Anyone can check it: duewell-verify {} --key '{}'", name.display(), office.key.verifier());
    }
    Ok(ExitCode::SUCCESS)
}

pub fn backup(global: &Global, file: &Path) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    office.desk.store.backup(file).map_err(duewell_engine::EngineError::from)?;
    let size = fs::metadata(file).map(|file| file.len()).unwrap_or_default();
    if global.json {
        println!("{}", json!({ "file": file, "bytes": size }));
    } else {
        println!("{} written ({size} bytes). Keep signing.key of the data folder with it.", file.display());
    }
    Ok(ExitCode::SUCCESS)
}
