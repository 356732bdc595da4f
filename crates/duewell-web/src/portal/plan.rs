//! "I would like to pay in installments": plans to choose from, one looked at in full, and a yes that counts.
//!
//! A plan that somebody offered is looked at and accepted in the same way. What is agreed is what was shown: the form
//! carries a fingerprint of it, and when anything has changed since, it is shown again first.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use duewell_domain::apr::Disclosure;
use duewell_domain::id::PlanId;
use duewell_domain::money::{Currency, Money};
use duewell_domain::plan::{Account, Component, LateFeeAmount, PlanPolicy, Row as PlanRow, Terms};
use duewell_engine::plan::{PortalPlan, Quote};
use duewell_engine::{EngineError, portal};
use duewell_store::plan::PlanState;
use maud::{Markup, html};
use sha2::{Digest as _, Sha256};

use super::answer::{asks, person_needed, said};
use super::{Room, Shut, Visit, value_of};
use crate::plan::{schedule, words};
use crate::session::{OpenForm, see};
use crate::ui::{self, Column, Row, Table, Tone};

/// A plan that can be agreed to: one to choose, or one that was offered.
struct Proposal<'a> {
    terms: &'a Terms,
    account: &'a Account,
    disclosures: &'a [Disclosure],
    policy: &'a PlanPolicy,
    /// The field that names it in the form.
    field: (&'static str, String),
}

impl Proposal<'_> {
    fn currency(&self) -> Currency {
        self.terms.currency
    }

    /// Fingerprints terms and schedule.
    fn print(&self) -> String {
        let shown = serde_json::to_string(&(self.terms, self.account, self.disclosures));
        let hash = Sha256::digest(shown.unwrap_or_default().as_bytes());
        hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// How many installments a plan has.
fn count(account: &Account) -> usize {
    account.rows.iter().filter(|row| row.due.total() > 0).count()
}

fn chosen<'a>(quotes: &'a [Quote], policy: &'a PlanPolicy, wanted: &str) -> Option<Proposal<'a>> {
    let quote = quotes.iter().find(|quote| count(&quote.account).to_string() == wanted)?;
    Some(Proposal {
        terms: &quote.terms,
        account: &quote.account,
        disclosures: &quote.disclosures,
        policy,
        field: ("n", wanted.to_owned()),
    })
}

fn offered(one: &PortalPlan) -> Proposal<'_> {
    Proposal {
        terms: &one.plan.terms,
        account: &one.account,
        disclosures: &one.disclosures,
        policy: &one.plan.policy,
        field: ("offer", one.plan.id.to_string()),
    }
}

fn find_offer<'a>(room: &'a Room, wanted: &str) -> Option<&'a PortalPlan> {
    let id: PlanId = wanted.parse().ok()?;
    room.page.plans.iter().find(|one| one.plan.id == id && one.plan.state == PlanState::Offered)
}

async fn quotes(room: &Room) -> Result<Vec<Quote>, Shut> {
    let opened = room.page.opened;
    Ok(room.app.ask(move |desk| portal::offers(desk, opened)).await?)
}

/// Offers plans to choose from, or with `?n=…` or `?offer=…` shows one in full. Neither agrees to anything.
pub async fn show(visit: Visit) -> Result<Response, Shut> {
    let room = visit.enter().await?;
    if let Some(wanted) = room.asked("offer") {
        return Ok(match find_offer(&room, wanted) {
            Some(one) => look(&room, &offered(one), false),
            None => see(&room.address("", &[])),
        });
    }
    if !room.page.plans.is_empty() || room.page.items.is_empty() {
        return Ok(see(&room.address("", &[])));
    }
    if !room.page.may_plan {
        return Ok(person_needed(&room).into_response());
    }
    let quotes = quotes(&room).await?;
    Ok(match room.asked("n") {
        None => choose(&room, &quotes, false),
        Some(wanted) => match chosen(&quotes, &room.page.plan_policy, wanted) {
            Some(proposal) => look(&room, &proposal, false),
            None => choose(&room, &quotes, true),
        },
    })
}

fn choose(room: &Room, quotes: &[Quote], wrong: bool) -> Response {
    let speech = room.speech;
    let texts: Vec<(String, String, String)> = quotes
        .iter()
        .map(|quote| {
            let due = quote.account.totals().due;
            let currency = quote.terms.currency;
            let all = Money::new(due.total(), currency);
            let cost = Money::new(due.total() - due.principal, currency);
            let cost = match cost.minor {
                0 => room.say("portal-plan-free"),
                _ => speech.say_with("portal-plan-costs", &[("cost", cost.into()), ("amount", all.into())]),
            };
            let installments = count(&quote.account);
            let asking: Vec<&PlanRow> = quote.account.rows.iter().filter(|row| row.due.total() > 0).collect();
            let amount = Money::new(asking.first().map_or(0, |row| row.due.total()), currency);
            let label = speech
                .say_with("portal-plan-count", &[("count", installments.into()), ("amount", amount.into())]);
            let when = match asking.as_slice() {
                [first, .., last] => {
                    let id = match first.due.total() == last.due.total() {
                        true => "portal-plan-when",
                        false => "portal-plan-when-rest",
                    };
                    let last_amount = Money::new(last.due.total(), currency);
                    speech.say_with(
                        id,
                        &[
                            ("first", first.due_on.into()),
                            ("end", last.due_on.into()),
                            ("last", last_amount.into()),
                        ],
                    )
                }
                [..] => words::in_short(speech, &quote.account, currency),
            };
            (installments.to_string(), label, format!("{when} {cost}"))
        })
        .collect();
    let choices: Vec<ui::Choice<'_>> =
        texts.iter().map(|(value, label, hint)| ui::Choice::new(value, label).hint(hint)).collect();
    let problem = room.say("portal-plan-missing");
    let problems = if wrong { vec![("n", problem.as_str())] } else { Vec::new() };
    let label = room.say("portal-plan-choose");
    let field = ui::Field::new("n", &label).error(wrong.then_some(problem.as_str()));
    let content = html! {
        p { (room.say("portal-plan-intro")) }
        form method="get" action=(room.address("/plan", &[])) {
            @if let Some(chosen) = room.chosen { input type="hidden" name="lang" value=(chosen.tag()); }
            (ui::radio_cards(&field, &choices))
            (ui::button(ui::Button::Primary, &room.say("portal-continue")))
        }
        p.quiet { (room.say("portal-plan-other")) }
    };
    asks(room, "portal-plan", &problems, content)
}

/// Shows a plan in full, with what it costs, what happens when an installment is missed, and the button that agrees.
fn look(room: &Room, proposal: &Proposal<'_>, changed: bool) -> Response {
    let speech = room.speech;
    let currency = proposal.currency();
    let (name, value) = &proposal.field;
    let content = html! {
        @if changed { (ui::notice(Tone::Due, &room.say("portal-plan-changed"), html! { p { (room.say("portal-plan-changed-text")) } })) }
        p { strong { (words::in_short(speech, proposal.account, currency)) } }
        (ui::card(&room.say("portal-plan-schedule"), html! {
            (schedule::promised(speech, proposal.account, currency, &room.say("portal-plan-schedule")))
        }))
        (ui::card(&room.say("portal-plan-cost"), cost(room, proposal)))
        (ui::card(&room.say("portal-plan-missed"), missed(room, proposal)))
        form method="post" action=(room.address("/plan", &[])) {
            input type="hidden" name=(name) value=(value);
            input type="hidden" name="shown" value=(proposal.print());
            p { (room.say("portal-plan-means")) }
            (ui::button(ui::Button::Primary, &room.say("portal-plan-agree")))
        }
        @if *name == "n" { p { a href=(room.address("/plan", &[])) { (room.say("portal-plan-back")) } } }
        @else { p.quiet { (room.say("portal-plan-other")) } }
    };
    let page = room.write(html! {
        (room.back())
        (ui::page_head(&room.say("portal-plan-look"), None, None))
        (content)
    });
    let status = if changed { StatusCode::CONFLICT } else { StatusCode::OK };
    (status, page).into_response()
}

fn cost(room: &Room, proposal: &Proposal<'_>) -> Markup {
    let speech = room.speech;
    let due = proposal.account.totals().due;
    let amount = |minor: i64| ui::amount(&speech.money(Money::new(minor, proposal.currency())));
    if due.total() == due.principal {
        return html! {
            p { (speech.say_with("portal-plan-no-cost", &[("amount", Money::new(due.total(), proposal.currency()).into())])) }
        };
    }
    let mut facts = vec![(room.say("portal-plan-owed"), amount(due.principal))];
    for component in [Component::Interest, Component::Fee, Component::Penalty] {
        if due.get(component) != 0 {
            facts.push((words::component(speech, component), amount(due.get(component))));
        }
    }
    facts.push((room.say("portal-plan-all"), html! { strong { (amount(due.total())) } }));
    for one in proposal.disclosures {
        facts.push((words::rate_name(speech, one.convention), html! { strong { (speech.rate(one.shown)) } }));
    }
    let facts: Vec<(&str, Markup)> =
        facts.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    ui::facts(&facts)
}

fn missed(room: &Room, proposal: &Proposal<'_>) -> Markup {
    let (speech, policy, terms) = (room.speech, proposal.policy, proposal.terms);
    html! {
        p { (room.say("portal-plan-missed-tell")) }
        @if policy.grace_days > 0 {
            p { (speech.say_with("portal-plan-missed-grace", &[("count", i64::from(policy.grace_days).into())])) }
        }
        @if policy.missed_installments > 0 {
            p { (speech.say_with("portal-plan-missed-broken", &[("count", i64::from(policy.missed_installments).into())])) }
        }
        @if let Some(late) = &terms.late_fee {
            p { @match late.amount {
                LateFeeAmount::Minor(minor) => (speech.say_with(
                    "portal-plan-missed-fee", &[("amount", Money::new(minor, terms.currency).into())])),
                LateFeeAmount::Share { rate, .. } => (speech.say_with(
                    "portal-plan-missed-share", &[("rate", (&speech.rate(rate)).into())])),
            } }
        }
        @if let Some(rate) = terms.penalty_rate {
            p { (speech.say_with("portal-plan-missed-penalty", &[("rate", (&speech.rate(rate)).into())])) }
        }
    }
}

/// Takes a yes.
pub async fn take(visit: Visit, OpenForm(form): OpenForm<Vec<(String, String)>>) -> Result<Response, Shut> {
    let room = visit.enter().await?;
    let shown = value_of(&form, "shown").unwrap_or("");
    let opened = room.page.opened;
    let agreed = if let Some(wanted) = value_of(&form, "offer") {
        let running =
            |one: &PortalPlan| one.plan.state == PlanState::Active && one.plan.id.to_string() == wanted;
        if room.page.plans.iter().any(running) {
            return Ok(see(&room.address("", &[("said", "plan")])));
        }
        let Some(one) = find_offer(&room, wanted) else { return Ok(see(&room.address("", &[]))) };
        let proposal = offered(one);
        if proposal.print() != shown {
            return Ok(look(&room, &proposal, true));
        }
        let id = one.plan.id;
        room.app.ask(move |desk| refused(portal::accept(desk, opened, id))).await?
    } else {
        // The same yes again, by whoever went back and sent it twice, has been noted.
        if room.page.plans.iter().any(|one| one.plan.state == PlanState::Active) {
            return Ok(see(&room.address("", &[("said", "plan")])));
        }
        if !room.page.may_plan {
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, person_needed(&room)).into_response());
        }
        let quotes = quotes(&room).await?;
        let wanted = value_of(&form, "n").unwrap_or("");
        let Some(proposal) = chosen(&quotes, &room.page.plan_policy, wanted) else {
            return Ok(choose(&room, &quotes, true));
        };
        if proposal.print() != shown {
            return Ok(look(&room, &proposal, true));
        }
        let terms = proposal.terms.clone();
        room.app.ask(move |desk| refused(portal::agree(desk, opened, &terms).map(drop))).await?
    };
    Ok(match agreed {
        true => see(&room.address("", &[("said", "plan")])),
        false => {
            let text = html! { p { (room.say("portal-plan-gone-text")) } };
            (StatusCode::UNPROCESSABLE_ENTITY, said(&room, "portal-plan-gone", text)).into_response()
        }
    })
}

/// Says whether it was done; what a rule refused is no fault of ours.
fn refused(done: Result<(), EngineError>) -> Result<bool, EngineError> {
    match done {
        Ok(()) => Ok(true),
        Err(EngineError::Refused(_) | EngineError::NotFound(..)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Shows offers that wait for a yes.
pub(super) fn offers(room: &Room) -> Markup {
    let waiting = room.page.plans.iter().filter(|one| one.plan.state == PlanState::Offered);
    html! {
        @for one in waiting {
            div { (ui::notice(Tone::Info, &room.say("portal-plan-offer"), html! {
                p { (words::in_short(room.speech, &one.account, one.plan.terms.currency)) }
                p.no-print {
                    (ui::button_link(
                        ui::Button::Secondary,
                        &room.say("portal-plan-offer-look"),
                        &room.address("/plan", &[("offer", &one.plan.id.to_string())]),
                    ))
                }
            })) }
        }
    }
}

/// Shows plans that run: how far they are, what is next, and the whole schedule.
pub(super) fn running(room: &Room) -> Markup {
    let running = room.page.plans.iter().filter(|one| one.plan.state == PlanState::Active);
    html! { @for one in running { (plan(room, one)) } }
}

fn plan(room: &Room, one: &PortalPlan) -> Markup {
    let (speech, account, currency) = (room.speech, &one.account, one.plan.terms.currency);
    let totals = account.totals();
    let money = |minor: i64| Money::new(minor, currency);
    let (paid, whole) = (totals.paid.total() + totals.waived.total(), totals.due.total());
    let arguments = [("paid", money(totals.paid.total()).into()), ("all", money(whole).into())];
    let title = speech.say_with("portal-plan-yours", &[("number", one.plan.number.as_str().into())]);
    let labels = ["portal-plan-installment", "portal-item-due", "portal-plan-open"].map(|id| room.say(id));
    let [number, due, open] = &labels;
    let columns = vec![Column::text(number), Column::number(due), Column::number(open)];
    let rows = account.rows.iter().filter(|row| row.due.total() > 0).map(|row| {
        Row::new(vec![
            html! { (words::row(speech, row.key)) },
            html! {
                (ui::time(&row.due_on.to_string(), &speech.day(row.due_on)))
                // What is simply to come needs no word of its own.
                @if !row.is_open() || row.due_on <= room.page.today || row.paid.total() > 0 {
                    div { (words::row_state(speech, row, room.page.today)) }
                }
            },
            ui::amount(&speech.money(money(if row.is_open() {
                row.open().total()
            } else {
                row.due.total()
            }))),
        ])
    });
    let u = |amount: i64| u64::try_from(amount).unwrap_or(0);
    ui::card(
        &title,
        html! {
            (ui::progress(&room.say("portal-plan-progress"), u(paid), u(whole), &speech.say_with("portal-plan-paid-of", &arguments)))
            @if let Some(row) = account.next_open() {
                @let next = [("amount", money(row.open().total()).into()), ("day", row.due_on.into())];
                p { strong { @if row.due_on < room.page.today {
                    (speech.say_with("portal-plan-was-due", &next))
                } @else { (speech.say_with("portal-plan-next", &next)) } } }
            }
            (ui::table(&Table::new(&title, columns).caption_hidden().tight().rows(rows)))
        },
    )
}
