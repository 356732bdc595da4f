//! Installment plans on the command line: terms in as JSON or a few words, schedules out.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use duewell_domain::id::{PlanId, ReceivableId};
use duewell_domain::money::{Currency, Money};
use duewell_domain::plan::{Account, Length, Recalculation, Row, Terms};
use duewell_domain::rate::Rate;
use duewell_engine::plan::{self, Bounds, Change, Over, PlanView, Quote, breach_words};
use duewell_engine::{Desk, report};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::Global;
use crate::accounts::ACTOR;
use crate::imports::printable;
use crate::wiring::Office;
use crate::work::table;

#[derive(Subcommand)]
pub enum PlanCommand {
    /// Show the schedule that terms make; nothing is kept
    Quote {
        /// Number, id or name of the debtor whose open receivables the plan would be over
        #[arg(long)]
        debtor: Option<String>,
        #[command(flatten)]
        shape: Shape,
    },
    /// Make a plan over what a debtor owes
    Create {
        /// Number, id or name of the debtor
        debtor: String,
        #[command(flatten)]
        shape: Shape,
        /// How the debtor agreed, e.g. "by phone"; without it the plan is an offer that waits for a yes
        #[arg(long)]
        agreed: Option<String>,
        /// The plan is a loan: its principal is money that is lent, not what is owed already
        #[arg(long)]
        loan: bool,
        /// Agree beyond the bounds of the settings
        #[arg(long)]
        beyond_bounds: bool,
    },
    /// Take the debtor's yes to an offer
    Accept {
        plan: String,
        /// How the debtor agreed
        #[arg(long, default_value = "by phone")]
        agreed: String,
    },
    /// Take an offer back before anybody said yes
    Withdraw { plan: String },
    /// Change a running plan; shows what the change does and asks for `--yes`
    Amend {
        plan: String,
        /// The change as JSON, or a file with it, or - for standard input:
        /// {"event":"move_due_date","from_on":"2026-04-02","to_on":"2026-04-15","shift":"rest"}
        #[arg(long)]
        change: String,
        /// Why; it is kept with the version
        #[arg(long, default_value = "")]
        because: String,
        /// Make the change; without it the difference is shown and nothing is changed
        #[arg(long)]
        yes: bool,
    },
    /// Say what settles a plan on a day
    Payoff {
        plan: String,
        /// The day; today without it
        #[arg(long)]
        on: Option<Date>,
    },
    /// Show a plan: schedule, versions, books
    Show { plan: String },
    /// Say where each cent of the payments went, and why
    Explain { plan: String },
    /// List plans, newest first
    List {
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
}

/// Terms: a few words, or everything as JSON.
#[derive(Args)]
pub struct Shape {
    /// How many installments
    #[arg(long)]
    installments: Option<u32>,
    /// When the first one is due; a month from today without it
    #[arg(long)]
    first_due: Option<Date>,
    /// Percent a year
    #[arg(long)]
    rate: Option<Rate>,
    /// Amount in major units, where no debtor says it
    #[arg(long)]
    amount: Option<String>,
    #[arg(long)]
    currency: Option<Currency>,
    /// All terms as JSON, or a file with them, or - for standard input; the other words then change single fields
    #[arg(long)]
    terms: Option<String>,
    /// The plan is over these receivables only, by number
    #[arg(long = "for", value_name = "NUMBER")]
    numbers: Vec<String>,
}

pub fn plan(global: &Global, command: &PlanCommand) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let desk = &office.desk;
    match command {
        PlanCommand::Quote { debtor, shape } => {
            let terms = shape.terms(desk)?;
            let quote = match debtor {
                None => plan::quote_terms(desk, &terms)?,
                Some(text) => {
                    let id = report::find_debtor(desk, text)?;
                    plan::quote_plan(desk, id, &shape.over(desk, text)?, &terms)?
                }
            };
            print_quote(global, &quote)?;
        }
        PlanCommand::Create { debtor, shape, agreed, loan, beyond_bounds } => {
            let terms = shape.terms(desk)?;
            let id = report::find_debtor(desk, debtor)?;
            let over = if *loan { Over::Loan } else { shape.over(desk, debtor)? };
            let bounds = if *beyond_bounds { Bounds::Overruled } else { Bounds::Kept };
            let made = match agreed {
                Some(how) => plan::agree_plan(desk, id, &over, &terms, bounds, how, ACTOR)?,
                None => plan::offer_plan(desk, id, &over, &terms, bounds, ACTOR)?,
            };
            office.sign()?;
            print_plan(global, &plan::load_view(desk, made)?)?;
        }
        PlanCommand::Accept { plan, agreed } => {
            let id = find(desk, plan)?;
            plan::accept_plan(desk, id, agreed, ACTOR)?;
            office.sign()?;
            print_plan(global, &plan::load_view(desk, id)?)?;
        }
        PlanCommand::Withdraw { plan } => {
            let id = find(desk, plan)?;
            plan::withdraw_plan(desk, id, ACTOR)?;
            office.sign()?;
            say(global, json!({ "plan": id, "state": "withdrawn" }), format!("{plan} is withdrawn."));
        }
        PlanCommand::Amend { plan, change, because, yes } => {
            let id = find(desk, plan)?;
            let change: Change =
                serde_json::from_str(&text_of(change)?).context("the change is not understood")?;
            let difference = plan::preview_change(desk, id, &change)?;
            if *yes {
                plan::change_plan(desk, id, &change, because, ACTOR)?;
                office.sign()?;
            }
            if global.json {
                println!("{}", serde_json::to_string_pretty(&difference)?);
            } else {
                let currency = plan::load_view(desk, id)?.plan.terms.currency;
                println!("Before:");
                print_rows(currency, &difference.before);
                println!("After:");
                print_rows(currency, &difference.after);
                println!("Interest and fees change by {}.", Money::new(difference.cost_minor, currency));
                println!("{}", if *yes { "Done." } else { "Nothing is changed yet: repeat it with --yes." });
            }
        }
        PlanCommand::Payoff { plan, on } => {
            let id = find(desk, plan)?;
            let on = on.unwrap_or(desk.today());
            let amount = plan::payoff(desk, id, on)?;
            say(
                global,
                json!({ "plan": id, "on": on, "payoff": amount }),
                format!("{amount} settles {plan} on {on}."),
            );
        }
        PlanCommand::Show { plan } => print_plan(global, &plan::load_view(desk, find(desk, plan)?)?)?,
        PlanCommand::Explain { plan } => explain(global, &plan::load_view(desk, find(desk, plan)?)?)?,
        PlanCommand::List { limit } => {
            let listed = plan::list_plans(desk, None, *limit)?;
            if global.json {
                let list: Vec<Value> = listed
                    .iter()
                    .map(|one| {
                        let plan = &one.plan;
                        json!({ "plan": plan.id, "number": plan.number, "debtor": one.debtor_name,
                            "state": plan.state.as_str(), "open": plan.open })
                    })
                    .collect();
                println!("{}", serde_json::to_string_pretty(&list)?);
            } else {
                let mut rows = table(&["plan", "debtor", "state", "open"]);
                for one in listed {
                    let plan = one.plan;
                    rows.add_row([
                        plan.number,
                        printable(&one.debtor_name),
                        plan.state.to_string(),
                        plan.open.to_string(),
                    ]);
                }
                println!("{rows}");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn say(global: &Global, json: Value, words: String) {
    println!("{}", if global.json { json.to_string() } else { words });
}

/// Reads JSON given as such, from a file, or from standard input.
fn text_of(argument: &str) -> anyhow::Result<String> {
    if argument == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("could not read standard input")?;
        return Ok(text);
    }
    if argument.trim_start().starts_with('{') {
        return Ok(argument.to_owned());
    }
    let file: &Path = &PathBuf::from(argument);
    std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))
}

impl Shape {
    fn terms(&self, desk: &Desk) -> anyhow::Result<Terms> {
        let currency = match self.currency {
            Some(currency) => currency,
            None => desk.settings.currency.parse()?,
        };
        let today = desk.today();
        let mut terms = match &self.terms {
            None => {
                let mut terms = Terms::equal_parts(currency, 1, today, 1);
                // Paying early saves interest, unless terms say otherwise.
                terms.interest.recalculation = Recalculation::Daily;
                terms
            }
            Some(text) => {
                let mut value: Value =
                    serde_json::from_str(&text_of(text)?).context("the terms are no JSON")?;
                // What every plan over a debtor's receivables has anyway need not be written.
                let fields = value.as_object_mut().context("the terms are no JSON object")?;
                fields.entry("currency").or_insert(json!(currency));
                fields.entry("principal_minor").or_insert(json!(1));
                fields.entry("starts_on").or_insert(json!(today));
                fields.entry("length").or_insert(json!({ "installments": 1 }));
                serde_json::from_value(value).context("the terms are not understood")?
            }
        };
        if let Some(count) = self.installments {
            terms.length = Length::Installments(count);
        }
        if self.first_due.is_some() {
            terms.first_due_on = self.first_due;
        }
        if let Some(rate) = self.rate {
            terms.interest.rate = rate;
        }
        if let Some(amount) = &self.amount {
            terms.principal = Money::parse_major(amount, terms.currency)?.minor;
        }
        Ok(terms)
    }

    fn over(&self, desk: &Desk, debtor: &str) -> anyhow::Result<Over> {
        if self.numbers.is_empty() {
            return Ok(Over::AllOpen);
        }
        let account = report::account(desk, report::find_debtor(desk, debtor)?)?;
        let mut ids: Vec<ReceivableId> = Vec::new();
        for number in &self.numbers {
            let found = account.receivables.iter().find(|one| one.number == *number);
            ids.push(found.with_context(|| format!("this debtor has no receivable {number}"))?.id);
        }
        Ok(Over::Receivables(ids))
    }
}

/// Finds a plan by its id or its number.
fn find(desk: &Desk, text: &str) -> anyhow::Result<PlanId> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let found = plan::find_plan(desk, text)?;
    found.with_context(|| format!("there is no plan {text}: `duewell plan list` shows them"))
}

fn print_quote(global: &Global, quote: &Quote) -> anyhow::Result<()> {
    if global.json {
        println!("{}", serde_json::to_string_pretty(quote)?);
        return Ok(());
    }
    print_rows(quote.terms.currency, &quote.account);
    for disclosure in &quote.disclosures {
        let convention = json!(disclosure.convention);
        println!(
            "APR {} ({}); total payable {}.",
            disclosure.shown,
            convention.as_str().unwrap_or_default(),
            disclosure.total_of_payments
        );
    }
    for breach in &quote.breaches {
        println!("Beyond the bounds: {}.", breach_words(*breach));
    }
    Ok(())
}

fn print_rows(currency: Currency, account: &Account) {
    let mut rows = table(&["no.", "due on", "principal", "interest", "fees", "due", "paid", "open"]);
    let money = |minor: i64| Money::new(minor, currency).major_text();
    for row in &account.rows {
        let Row { key, due_on, due, paid, .. } = row;
        rows.add_row([
            key.to_string(),
            due_on.to_string(),
            money(due.principal),
            money(due.interest),
            money(due.fees + due.penalties),
            money(due.total()),
            money(paid.total()),
            money(row.open().total()),
        ]);
    }
    println!("{rows}");
    let totals = account.totals();
    println!(
        "Total {} {currency}, of it interest {} and fees {}; open {}.",
        money(totals.due.total()),
        money(totals.due.interest),
        money(totals.due.fees + totals.due.penalties),
        money(totals.open.total())
    );
}

fn print_plan(global: &Global, view: &PlanView) -> anyhow::Result<()> {
    let plan = &view.plan;
    if global.json {
        let references: Vec<Value> = view
            .receivables
            .iter()
            .map(|(key, one)| json!({ "installment": key, "number": one.number, "reference": one.reference }))
            .collect();
        let document = json!({
            "plan": plan.id, "number": plan.number, "state": plan.state.as_str(), "debtor": plan.debtor,
            "terms": plan.terms, "version": plan.version, "account": view.account, "log": view.log,
            "references": references, "disclosures": view.disclosures, "payoff": view.payoff, "books": view.books,
        });
        println!("{}", serde_json::to_string_pretty(&document)?);
        return Ok(());
    }
    println!("{}  {}  {}", plan.number, printable(&view.debtor_name), plan.state);
    print_rows(plan.terms.currency, &view.account);
    if let Some(payoff) = view.payoff {
        println!("Settled today by {payoff}.");
    }
    Ok(())
}

fn explain(global: &Global, view: &PlanView) -> anyhow::Result<()> {
    let explained = view.explain();
    if global.json {
        println!("{}", serde_json::to_string_pretty(&explained)?);
        return Ok(());
    }
    let mut rows = table(&["entry", "installment", "component", "amount", "was", "because"]);
    let word = |value: Value| value.as_str().unwrap_or_default().replace('_', " ");
    for part in explained {
        rows.add_row([
            part.entry.to_string(),
            part.row.to_string(),
            word(json!(part.component)),
            part.amount.to_string(),
            word(json!(part.dueness)),
            word(json!(part.because)),
        ]);
    }
    println!("{rows}");
    Ok(())
}
