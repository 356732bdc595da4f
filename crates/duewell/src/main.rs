//! Duewell: gets businesses paid on time and treats the people who owe well.
//!
//! This file holds the command line; `wiring` opens the book, the other modules print what use cases did.

#![allow(
    clippy::disallowed_methods,
    reason = "the binary is where clock, randomness and environment come in"
)]

mod accounts;
mod demo;
#[cfg(feature = "faults")]
mod faults;
mod imports;
mod plans;
mod rules;
mod serve;
mod wiring;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use duewell_engine::{EngineError, Fault};

/// Gets businesses paid on time and treats the people who owe well.
///
/// Bring in what is owed (`import debtors`, `import receivables`, `import invoice`) and what was paid
/// (`import statement`), let the day run (`run`) and send what it decided (`deliver`). `status`, `aging` and
/// `debtor show` say where you stand; `verify` and `evidence` prove it.
#[derive(Parser)]
#[command(name = "duewell", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args, Clone)]
pub struct Global {
    /// Folder for the database, the mailbox and the signing key
    #[arg(long, env = "DUEWELL_DATA", default_value = "data", global = true, help_heading = "Everywhere")]
    pub data: PathBuf,
    /// PostgreSQL address (postgres://…); without it an SQLite file in the data folder is used
    #[arg(
        long,
        env = "DUEWELL_DATABASE",
        hide_env_values = true,
        global = true,
        help_heading = "Everywhere"
    )]
    pub database: Option<String>,
    /// Work as if it were this day (2026-11-23, nine in the morning) or moment (2026-11-23T14:30:00Z)
    #[arg(long, env = "DUEWELL_AS_OF", global = true, help_heading = "Everywhere")]
    pub as_of: Option<String>,
    /// Print JSON instead of words
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub json: bool,
    /// Your time zone; decides which day it is. Used when the book is created
    #[arg(
        long,
        env = "DUEWELL_ZONE",
        default_value = "Europe/Berlin",
        global = true,
        help_heading = "Everywhere"
    )]
    pub zone: String,
    /// Mail server: smtp://user@host:587 (STARTTLS), smtps://user@host:465 or smtp+plain://host:25.
    /// Without it mail goes to the mailbox folder. The password comes from DUEWELL_SMTP_PASSWORD
    #[arg(long, env = "DUEWELL_SMTP", hide_env_values = true, global = true, help_heading = "Everywhere")]
    pub smtp: Option<String>,
    /// PEM file with a certificate authority to trust for the mail server
    #[arg(long, env = "DUEWELL_SMTP_CA", global = true, help_heading = "Everywhere")]
    pub smtp_ca: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Bring in debtors, receivables, invoices and bank statements; list and undo imports
    #[command(subcommand)]
    Import(imports::Import),
    /// Run the day: look at every case that is due and put what is allowed into the outbox
    Run,
    /// Send the notices whose hour has come
    Deliver {
        /// Stop after so many attempts
        #[arg(long, default_value_t = u64::MAX, hide_default_value = true)]
        limit: u64,
    },
    /// Serve the pages for staff and debtors, run the day each morning and deliver around the clock
    Serve(serve::Serve),
    /// Read the mail in the mailbox folder
    Mailbox {
        /// Show this message (a number from the list, or its name)
        message: Option<String>,
    },
    /// Work with payments: the match queue, matching by hand, taking a match back
    #[command(subcommand)]
    Payments(accounts::Payments),
    /// Find and show debtors, place holds, record opt-outs
    #[command(subcommand)]
    Debtor(accounts::DebtorCommand),
    /// List notices by state; settle those whose outcome is unknown
    #[command(subcommand)]
    Notices(work::Notices),
    /// Open money by days past due
    Aging,
    /// Where the book stands, in counts
    Status,
    /// Recompute every balance from the postings and check the whole journal
    Verify,
    /// Write the case file of a debtor; check it anywhere with `duewell-verify`
    Evidence {
        /// Number, id or name of the debtor
        debtor: String,
        /// File to write; the debtor's id with .zip without it
        #[arg(long, short)]
        out: Option<PathBuf>,
    },
    /// Installment plans: quote, create, amend, payoff, explain
    #[command(subcommand)]
    Plan(plans::PlanCommand),
    /// Show or change settings: your name, bank account, policy
    #[command(subcommand)]
    Settings(rules::SettingsCommand),
    /// Show or replace the dunning scenario
    #[command(subcommand)]
    Scenario(rules::ScenarioCommand),
    /// Show, replace or reset the texts of notices
    #[command(subcommand)]
    Template(rules::TemplateCommand),
    /// Write a sample book: the files a business would bring, and the truth behind them
    Generate(demo::Generate),
    /// Fill a data folder with a sample book that was worked on for some weeks
    Demo(demo::Demo),
    /// Write a consistent copy of the SQLite database beside running work
    Backup {
        /// File to write
        file: PathBuf,
    },
}

/// Ends quietly when the reader of our output has gone, as `head` does: the work is done by then.
fn end_with_the_reader() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let text = info.payload().downcast_ref::<String>().map_or("", String::as_str);
        if text.starts_with("failed printing to stdout") {
            std::process::exit(141);
        }
        usual(info);
    }));
}

fn main() -> ExitCode {
    end_with_the_reader();
    let cli = Cli::parse();
    match run(&cli) {
        Ok(code) => code,
        Err(error) => {
            let code = error.downcast_ref::<EngineError>().map_or(2, |error| match error.fault() {
                Fault::Caller => 2,
                Fault::Rule => 3,
                Fault::World => 4,
                Fault::Us => 1,
            });
            if cli.global.json {
                println!("{}", serde_json::json!({ "error": format!("{error:#}"), "exit_code": code }));
            } else {
                eprintln!("error: {error:#}");
            }
            ExitCode::from(code)
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    let global = &cli.global;
    match &cli.command {
        Command::Import(command) => imports::run(global, command),
        Command::Run => work::run_day(global),
        Command::Deliver { limit } => work::deliver(global, *limit),
        Command::Serve(command) => serve::serve(global, command),
        Command::Mailbox { message } => work::mailbox(global, message.as_deref()),
        Command::Payments(command) => accounts::payments(global, command),
        Command::Debtor(command) => accounts::debtor(global, command),
        Command::Notices(command) => work::notices(global, command),
        Command::Aging => accounts::aging(global),
        Command::Status => accounts::status(global),
        Command::Verify => work::verify(global),
        Command::Evidence { debtor, out } => work::evidence(global, debtor, out.as_deref()),
        Command::Plan(command) => plans::plan(global, command),
        Command::Settings(command) => rules::settings(global, command),
        Command::Scenario(command) => rules::scenario(global, command),
        Command::Template(command) => rules::template(global, command),
        Command::Generate(command) => demo::generate(global, command),
        Command::Demo(command) => demo::demo(global, command),
        Command::Backup { file } => work::backup(global, file),
    }
}
