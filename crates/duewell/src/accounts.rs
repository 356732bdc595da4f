//! Debtors and payments, for the people who work with them.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use duewell_domain::debtor::Consent;
use duewell_domain::hold::HoldReason;
use duewell_domain::id::{HoldId, PaymentId};
use duewell_domain::money::{Currency, Money};
use duewell_domain::receivable::ReceivableState;
use duewell_domain::reference::reference_key;
use duewell_engine::cash::{self, Target};
use duewell_engine::{hold, proof, report};
use jiff::civil::Date;
use serde_json::json;

use crate::Global;
use crate::imports::printable;
use crate::wiring::Office;
use crate::work::table;

pub const ACTOR: &str = "user:cli";

#[derive(Subcommand)]
pub enum Payments {
    /// Payments that wait to be matched, with suggestions
    Queue {
        #[arg(long, default_value_t = 20)]
        limit: i64,
    },
    /// Assign a waiting payment to a debtor
    Match {
        /// The payment's id (pay_…)
        payment: PaymentId,
        /// Number, id or name of the debtor
        debtor: String,
        /// Pay these receivables, by number; without it the oldest due date first
        #[arg(long = "for", value_name = "NUMBER")]
        numbers: Vec<String>,
        /// Assign it to no receivable: it stays the debtor's unapplied money
        #[arg(long, conflicts_with = "numbers")]
        unapplied: bool,
    },
    /// Take a match back: what was paid is open again, the payment waits
    Unmatch { payment: PaymentId },
    /// Say that a waiting payment is not about receivables
    Ignore { payment: PaymentId },
    /// Record money that came another way (cash, cheque)
    Record {
        /// Number, id or name of the debtor
        debtor: String,
        /// Amount in major units with a point: 120.50
        amount: String,
        #[arg(long)]
        currency: Option<Currency>,
        /// The day it came; today without it
        #[arg(long)]
        on: Option<Date>,
        #[arg(long = "for", value_name = "NUMBER")]
        numbers: Vec<String>,
        #[arg(long, default_value = "")]
        note: String,
    },
}

fn target(numbers: &[String], unapplied: bool) -> Target {
    match (numbers, unapplied) {
        (_, true) => Target::Unapplied,
        ([], false) => Target::OldestFirst,
        (numbers, false) => Target::Numbers(numbers.to_vec()),
    }
}

pub fn payments(global: &Global, command: &Payments) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let desk = &office.desk;
    let assigned = match command {
        Payments::Queue { limit } => {
            let waiting = cash::list_waiting(desk, PaymentId(0), *limit)?;
            if global.json {
                println!("{}", serde_json::to_string_pretty(&waiting)?);
                return Ok(ExitCode::SUCCESS);
            }
            for one in &waiting {
                let words: serde_json::Value = json!(one.because);
                let because = serde_json::from_value::<duewell_domain::matching::Because>(words)
                    .map_or(one.because.as_str(), |because| because.words());
                println!("{}  {}  {}  {}", one.payment, one.received_on, one.amount, printable(&one.payer));
                println!("    {}", printable(&one.text.replace('\n', " / ")));
                println!("    Waits because: {because}.");
                for guess in &one.suggestions {
                    println!(
                        "    Perhaps {} ({}), {} open: {} [{}]",
                        printable(&guess.debtor_name),
                        guess.external_id,
                        guess.open,
                        guess.numbers.join(", "),
                        guess.why
                    );
                }
            }
            println!(
                "{} payments shown. Match one with `duewell payments match PAYMENT DEBTOR`.",
                waiting.len()
            );
            return Ok(ExitCode::SUCCESS);
        }
        Payments::Match { payment, debtor, numbers, unapplied } => {
            let id = report::find_debtor(desk, debtor)?;
            cash::match_payment(desk, *payment, id, &target(numbers, *unapplied), ACTOR)?
        }
        Payments::Unmatch { payment } => {
            let assigned = cash::unmatch_payment(desk, *payment, ACTOR)?;
            office.sign()?;
            if global.json {
                println!("{}", serde_json::to_string_pretty(&assigned)?);
            } else {
                println!("{payment} waits again; {} assignments were taken back.", assigned.parts.len());
            }
            return Ok(ExitCode::SUCCESS);
        }
        Payments::Ignore { payment } => {
            cash::ignore_payment(desk, *payment, ACTOR)?;
            office.sign()?;
            if global.json {
                println!("{}", json!({ "payment": payment, "state": "ignored" }));
            } else {
                println!("{payment} left the queue; it stays on the books as unidentified money.");
            }
            return Ok(ExitCode::SUCCESS);
        }
        Payments::Record { debtor, amount, currency, on, numbers, note } => {
            let id = report::find_debtor(desk, debtor)?;
            let currency = match currency {
                Some(currency) => *currency,
                None => desk.settings.currency.parse()?,
            };
            let amount = Money::parse_major(amount, currency)?;
            let on = on.unwrap_or(desk.today());
            cash::record_payment(desk, id, amount, on, note, &target(numbers, false), ACTOR)?
        }
    };
    office.sign()?;
    if global.json {
        println!("{}", serde_json::to_string_pretty(&assigned)?);
    } else {
        println!(
            "{}: assigned to {} receivables, {} unapplied.",
            assigned.payment,
            assigned.parts.len(),
            assigned.unapplied
        );
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Subcommand)]
pub enum DebtorCommand {
    /// Everything about one debtor, and why nothing is sent now
    Show { debtor: String },
    /// Find debtors by a word of their name
    Search { text: String },
    /// What happened with one debtor, oldest first
    Timeline { debtor: String },
    /// Silence a debtor, or one receivable
    Hold {
        debtor: String,
        /// dispute, promise, care, legal or manual
        reason: HoldReason,
        /// The last day of silence; open-ended without it
        #[arg(long)]
        until: Option<Date>,
        /// Hold this receivable only
        #[arg(long = "for", value_name = "NUMBER")]
        number: Option<String>,
        #[arg(long, default_value = "")]
        note: String,
    },
    /// End a hold
    Release { debtor: String, hold: HoldId },
    /// Record that a debtor wants no e-mail (to one address, or at all)
    OptOut {
        debtor: String,
        #[arg(long)]
        address: Option<String>,
        #[arg(long, default_value = "told us")]
        how: String,
    },
    /// Record that a debtor agrees to e-mail again
    OptIn {
        debtor: String,
        #[arg(long)]
        address: Option<String>,
        #[arg(long, default_value = "told us")]
        how: String,
    },
    /// Erase what was said to and about a debtor; that it happened stays provable
    Erase {
        debtor: String,
        /// Say that you mean it: erased content cannot be brought back
        #[arg(long)]
        yes: bool,
    },
}

pub fn debtor(global: &Global, command: &DebtorCommand) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let desk = &office.desk;
    let find = |text: &str| report::find_debtor(desk, text);
    let say = |json: serde_json::Value, words: String| {
        println!("{}", if global.json { json.to_string() } else { words });
    };
    match command {
        DebtorCommand::Show { debtor } => show(global, &office, debtor)?,
        DebtorCommand::Search { text } => {
            let found = report::search(desk, text, 50)?;
            if global.json {
                let list: Vec<_> = found
                    .iter()
                    .map(|one| json!({ "id": one.id, "external_id": one.external_id, "name": one.name }))
                    .collect();
                println!("{}", serde_json::to_string_pretty(&list)?);
            } else {
                let mut rows = table(&["number", "name", "segment", "country"]);
                for one in found {
                    rows.add_row([
                        one.external_id,
                        printable(&one.name),
                        one.segment.unwrap_or_default(),
                        one.country.unwrap_or_default(),
                    ]);
                }
                println!("{rows}");
            }
        }
        DebtorCommand::Timeline { debtor } => {
            let events = proof::timeline(desk, find(debtor)?)?;
            if global.json {
                println!("{}", serde_json::to_string_pretty(&events)?);
            } else {
                for event in events {
                    println!(
                        "{}  {:<20} {}",
                        event.at.strftime("%Y-%m-%d %H:%M"),
                        event.kind,
                        printable(&event.words)
                    );
                }
            }
        }
        DebtorCommand::Hold { debtor, reason, until, number, note } => {
            let id = find(debtor)?;
            let receivable = match number {
                None => None,
                Some(number) => {
                    let key = reference_key(number);
                    let account = report::account(desk, id)?;
                    let found = account.receivables.iter().find(|one| reference_key(&one.number) == key);
                    Some(found.with_context(|| format!("this debtor has no receivable {number}"))?.id)
                }
            };
            let hold = hold::place_hold(desk, id, receivable, *reason, *until, note, ACTOR)?;
            office.sign()?;
            say(json!({ "hold": hold }), format!("{hold}: nothing is sent while it is in force."));
        }
        DebtorCommand::Release { debtor, hold } => {
            hold::release_hold(desk, find(debtor)?, *hold, ACTOR)?;
            office.sign()?;
            say(
                json!({ "released": hold }),
                format!("{hold} is released; the next run looks at the debtor."),
            );
        }
        DebtorCommand::OptOut { debtor, address, how } => {
            let count =
                hold::set_consent(desk, find(debtor)?, address.as_deref(), Consent::Refused, how, ACTOR)?;
            office.sign()?;
            say(json!({ "addresses": count }), format!("No more mail to {count} addresses of this debtor."));
        }
        DebtorCommand::OptIn { debtor, address, how } => {
            let count =
                hold::set_consent(desk, find(debtor)?, address.as_deref(), Consent::Given, how, ACTOR)?;
            office.sign()?;
            say(
                json!({ "addresses": count }),
                format!("Mail to {count} addresses of this debtor is allowed."),
            );
        }
        DebtorCommand::Erase { debtor, yes } => {
            anyhow::ensure!(*yes, "erased content cannot be brought back: say --yes if you mean it");
            let count = proof::erase(desk, find(debtor)?)?;
            say(
                json!({ "erased": count }),
                format!("The content of {count} events is erased; that they happened stays provable."),
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(global: &Global, office: &Office, text: &str) -> anyhow::Result<()> {
    let desk = &office.desk;
    let account = report::account(desk, report::find_debtor(desk, text)?)?;
    let debtor = &account.debtor;
    let outlook: Vec<String> = account.outlook.iter().map(report::outlook_words).collect();
    if global.json {
        let value = json!({
            "id": debtor.id, "external_id": debtor.external_id, "name": debtor.name, "kind": debtor.kind,
            "language": debtor.language, "country": debtor.country, "zone": debtor.zone,
            "reference": debtor.reference(),
            "open": account.open()?,
            "contact_points": account.contact_points,
            "receivables": account.receivables.iter().map(|one| json!({
                "id": one.id, "number": one.number, "amount": one.amount, "open": one.open,
                "due_on": one.due_on, "state": one.state, "reference": one.reference,
            })).collect::<Vec<_>>(),
            "payments": account.payments.iter().map(|one| json!({
                "id": one.id, "amount": one.amount, "unapplied": one.unapplied, "received_on": one.received_on,
                "state": one.state.as_str(), "because": one.because,
            })).collect::<Vec<_>>(),
            "holds": account.holds, "cases": account.cases,
            "notices": account.notices.iter().map(|one| json!({
                "id": one.id, "kind": one.kind, "decided_on": one.decided_on, "state": one.state.as_str(),
                "because": one.because, "sent_at": one.sent_at, "total": one.total,
            })).collect::<Vec<_>>(),
            "outlook": outlook,
        });
        println!("{}", serde_json::to_string_pretty(&value)?);
        return Ok(());
    }
    println!("{} ({}, {})  {}", printable(&debtor.name), debtor.external_id, debtor.kind.as_str(), debtor.id);
    println!("Payment reference for everything: {}", debtor.reference());
    for point in &account.contact_points {
        let state = if point.failed { "  refused mail" } else { "" };
        let consent = if point.consent == Consent::Refused { "  opted out" } else { "" };
        println!("  {}: {}{state}{consent}", point.channel.as_str(), printable(&point.value));
    }
    let open: Vec<String> = account.open()?.iter().map(ToString::to_string).collect();
    println!("Open: {}", if open.is_empty() { "nothing".to_owned() } else { open.join(", ") });
    let mut rows = table(&["number", "due", "amount", "open", "state"]);
    for one in account.receivables.iter().filter(|one| one.state != ReceivableState::Cancelled) {
        rows.add_row([
            printable(&one.number),
            one.due_on.to_string(),
            one.amount.to_string(),
            one.open.to_string(),
            one.state.as_str().to_owned(),
        ]);
    }
    println!("{rows}");
    for payment in &account.payments {
        println!(
            "Paid {} on {} ({}), unapplied {}",
            payment.amount,
            payment.received_on,
            payment.state.as_str(),
            payment.unapplied
        );
    }
    for hold in &account.holds {
        let until = hold.until_on.map_or("until released".to_owned(), |day| format!("until {day}"));
        println!("Hold {} ({}) {until}", hold.id, hold.reason.as_str());
    }
    for notice in &account.notices {
        println!("Notice {} on {}: {}", notice.kind, notice.decided_on, notice.state.as_str());
    }
    for words in outlook {
        println!("Now: {words}");
    }
    Ok(())
}

pub fn aging(global: &Global) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let aging = report::aging(&office.desk)?;
    if global.json {
        let list: Vec<_> = aging
            .iter()
            .map(|row| {
                json!({
                    "currency": row.buckets[0].currency, "receivables": row.receivables,
                    "not_due_minor": row.buckets[0].minor, "days_1_30_minor": row.buckets[1].minor,
                    "days_31_60_minor": row.buckets[2].minor, "days_61_90_minor": row.buckets[3].minor,
                    "days_over_90_minor": row.buckets[4].minor,
                })
            })
            .collect();
        println!("{}", serde_json::to_string_pretty(&list)?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = table(&["currency", "not due", "1–30 days", "31–60", "61–90", "over 90", "receivables"]);
    for row in aging {
        let mut cells = vec![row.buckets[0].currency.to_string()];
        cells.extend(row.buckets.iter().map(|bucket| bucket.major_text()));
        cells.push(row.receivables.to_string());
        rows.add_row(cells);
    }
    println!("Open money by days past due on {}\n{rows}", office.desk.today());
    Ok(ExitCode::SUCCESS)
}

pub fn status(global: &Global) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let standing = report::standing(&office.desk)?;
    if global.json {
        println!("{}", serde_json::to_string_pretty(&standing)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{} debtors, {} cases need a look today ({}).",
        standing.debtors, standing.cases_due, standing.today
    );
    println!(
        "{} payments wait to be matched; newest bank statement: {}.",
        standing.payments_waiting,
        standing.newest_statement.map_or("none".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
    );
    let mut rows = table(&["notices", "how many"]);
    for (state, count) in &standing.notices {
        rows.add_row([state.clone(), count.to_string()]);
    }
    println!("{rows}");
    let mut rows = table(&["cases that wait", "how many"]);
    for (reason, count) in &standing.waiting {
        let words = reason
            .parse::<duewell_domain::dunning::Reason>()
            .map_or(reason.as_str(), |reason| reason.words());
        rows.add_row([words.to_owned(), count.to_string()]);
    }
    println!("{rows}\n{} events in the journal.", standing.events);
    Ok(ExitCode::SUCCESS)
}
