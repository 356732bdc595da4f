//! Changing a plan: what a change would do is shown before it is made.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use duewell_documents::Speech;
use duewell_domain::money::Money;
use duewell_domain::plan::{Component, Event, FeeAmount, FeeWhen, ROWS_MAX, Row, Shifted};
use duewell_engine::plan::{self, Change, Difference, PlanView};
use jiff::civil::Date;
use maud::{Markup, html};

use super::draft::{self, Draft, Reader};
use super::{id_of, schedule, words};
use crate::fail::{Fail, sentence};
use crate::session::{Form, Here, Staff, see};
use crate::settings::Problems;
use crate::ui::{self, Button, Choice, Field, Input, Tone, Width};

/// What can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Move,
    Holiday,
    Extend,
    ReAge,
    ReAmortize,
    Pause,
    Rate,
    Fee,
    Waive,
    Accelerate,
    Settle,
    Cancel,
    ChargeOff,
    WriteOff,
    Reverse,
}

impl Kind {
    /// In the order of the menu: what helps the debtor first, what ends the plan last.
    pub const ALL: [Kind; 15] = [
        Kind::Move,
        Kind::Holiday,
        Kind::Extend,
        Kind::ReAge,
        Kind::ReAmortize,
        Kind::Pause,
        Kind::Rate,
        Kind::Fee,
        Kind::Waive,
        Kind::Accelerate,
        Kind::Settle,
        Kind::Cancel,
        Kind::ChargeOff,
        Kind::WriteOff,
        Kind::Reverse,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Kind::Move => "move",
            Kind::Holiday => "holiday",
            Kind::Extend => "extend",
            Kind::ReAge => "re-age",
            Kind::ReAmortize => "re-amortize",
            Kind::Pause => "pause",
            Kind::Rate => "rate",
            Kind::Fee => "fee",
            Kind::Waive => "waive",
            Kind::Accelerate => "accelerate",
            Kind::Settle => "settle",
            Kind::Cancel => "cancel",
            Kind::ChargeOff => "charge-off",
            Kind::WriteOff => "write-off",
            Kind::Reverse => "reverse",
        }
    }

    fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    pub fn title(self, speech: &Speech) -> String {
        speech.say(&format!("plan-do-{}", self.word())).into_owned()
    }

    /// Says whether there is anything of the kind to change.
    pub fn fits(self, view: &PlanView) -> bool {
        match self {
            Kind::Waive => !open_fees(view).is_empty(),
            Kind::Reverse => !reversible(view).is_empty(),
            Kind::ReAmortize => view.account.arrears().principal > 0,
            Kind::Move
            | Kind::Holiday
            | Kind::Extend
            | Kind::ReAge
            | Kind::Pause
            | Kind::Rate
            | Kind::Fee
            | Kind::Accelerate
            | Kind::Settle
            | Kind::Cancel
            | Kind::ChargeOff
            | Kind::WriteOff => true,
        }
    }

    /// Says whether the change needs figures or days; without any it is shown at once.
    fn has_fields(self) -> bool {
        match self {
            Kind::Move
            | Kind::Holiday
            | Kind::Extend
            | Kind::ReAge
            | Kind::Pause
            | Kind::Rate
            | Kind::Fee
            | Kind::Waive
            | Kind::Reverse => true,
            Kind::ReAmortize
            | Kind::Accelerate
            | Kind::Settle
            | Kind::Cancel
            | Kind::ChargeOff
            | Kind::WriteOff => false,
        }
    }

    /// Says whether the change ends the plan or gives money up.
    fn is_grave(self) -> bool {
        matches!(self, Kind::Accelerate | Kind::Settle | Kind::Cancel | Kind::ChargeOff | Kind::WriteOff)
    }
}

/// The entries that were taken back.
pub fn taken_back(view: &PlanView) -> Vec<u32> {
    let back = |event: &Event| match event {
        Event::Reverse { of } => Some(*of),
        _ => None,
    };
    view.log.iter().filter_map(|entry| back(&entry.event)).collect()
}

/// Entries that a person may take back: changes, not money.
fn reversible(view: &PlanView) -> Vec<(u32, &Event)> {
    let back = taken_back(view);
    let is_change = |event: &Event| {
        !matches!(
            event,
            Event::Advance { .. }
                | Event::Money { .. }
                | Event::CreditRefund { .. }
                | Event::Chargeback { .. }
                | Event::Reverse { .. }
        )
    };
    let entries = view.log.iter().filter(|entry| is_change(&entry.event) && !back.contains(&entry.number));
    entries.map(|entry| (entry.number, &entry.event)).collect()
}

/// Fees that were charged and are not paid.
fn open_fees(view: &PlanView) -> Vec<(u32, &Event, i64)> {
    let is_fee = |event: &Event| matches!(event, Event::Fee { .. } | Event::LateFee { .. });
    let fees = view.log.iter().filter(|entry| is_fee(&entry.event));
    fees.map(|entry| (entry.number, &entry.event, view.account.open_fee(entry.number)))
        .filter(|(.., open)| *open > 0)
        .collect()
}

fn open_rows(view: &PlanView) -> impl Iterator<Item = &Row> {
    view.account.rows.iter().filter(|row| row.is_open())
}

/// Reads what was typed as a change.
fn read(kind: Kind, typed: &Draft, view: &PlanView, speech: &Speech) -> Result<Change, Problems> {
    let currency = view.plan.terms.currency;
    let mut read = Reader { draft: typed, currency, speech, problems: Problems::default() };
    let today = view.account.as_of;
    let missing = |read: &mut Reader<'_>, name: &str, text: &str| {
        if read.problems.of(name).is_none() {
            read.problems.add(name, speech.say(text));
        }
    };
    let need_day = |read: &mut Reader<'_>, name: &str| {
        let day = read.day(name);
        if day.is_none() {
            missing(read, name, "date-wrong");
        }
        day.unwrap_or(today)
    };
    let mut value_on = None;
    let event = match kind {
        Kind::Move => Event::MoveDueDate {
            from_on: need_day(&mut read, "from"),
            to_on: need_day(&mut read, "to"),
            shift: if typed.value("shift") == "rest" { Shifted::Rest } else { Shifted::One },
        },
        Kind::Holiday => Event::Holiday {
            from_on: need_day(&mut read, "from"),
            installments: read.count("installments", 1, ROWS_MAX).unwrap_or(1),
            of: match typed.value("pauses") {
                "interest" => Component::Interest,
                _ => Component::Principal,
            },
        },
        Kind::Extend => Event::Extend {
            from_on: need_day(&mut read, "from"),
            installments: read.count("installments", 1, ROWS_MAX).unwrap_or(1),
        },
        Kind::ReAge => Event::ReAge {
            starts_on: need_day(&mut read, "starts"),
            every: read.every("every"),
            installments: read.count("installments", 1, ROWS_MAX).unwrap_or(1),
        },
        Kind::ReAmortize => Event::ReAmortize,
        Kind::Pause => {
            let until_on = need_day(&mut read, "until");
            if until_on <= today {
                missing(&mut read, "until", "plan-wrong-until");
            }
            Event::InterestPause { until_on }
        }
        Kind::Rate => {
            value_on = read.day("on");
            let rate = read.rate("new-rate");
            if rate.is_none() {
                missing(&mut read, "new-rate", "plan-wrong-rate");
            }
            Event::RateChange { rate: rate.unwrap_or_default() }
        }
        Kind::Fee => {
            value_on = read.day("on");
            let amount = read.amount("amount");
            if amount.is_none() {
                missing(&mut read, "amount", "amount-wrong");
            }
            let name = match typed.value("name") {
                "" => speech.say("plan-fee").into_owned(),
                name => name.chars().take(60).collect(),
            };
            Event::Fee {
                name,
                component: if typed.value("component") == "penalty" {
                    Component::Penalty
                } else {
                    Component::Fee
                },
                amount: FeeAmount::Minor(amount.map_or(0, |money| money.minor)),
                when: FeeWhen::On(value_on.unwrap_or(today)),
            }
        }
        Kind::Waive => {
            let fees = open_fees(view);
            let chosen = fees.iter().find(|(number, ..)| number.to_string() == typed.value("of"));
            let most = chosen.map_or(0, |(.., open)| *open);
            let amount = read.amount("amount").map_or(most, |money| money.minor);
            if chosen.is_none() {
                missing(&mut read, "of", "plan-wrong-entry");
            } else if amount > most {
                let most = [("amount", Money::new(most, currency).into())];
                read.problems.add("amount", speech.say_with("plan-wrong-waive", &most));
            }
            Event::WaiveFee { of: chosen.map_or(0, |(number, ..)| *number), amount }
        }
        Kind::Accelerate => Event::Accelerate,
        Kind::Settle => Event::Settle,
        Kind::Cancel => Event::Dissolve,
        Kind::ChargeOff => Event::ChargeOff,
        Kind::WriteOff => Event::WriteOff,
        Kind::Reverse => {
            let wanted = typed.value("of");
            let of = reversible(view).into_iter().map(|(number, _)| number);
            let of = of.into_iter().find(|number| number.to_string() == wanted);
            if of.is_none() {
                missing(&mut read, "of", "plan-wrong-entry");
            }
            Event::Reverse { of: of.unwrap_or(0) }
        }
    };
    if read.problems.is_empty() { Ok(Change { event, value_on }) } else { Err(read.problems) }
}

/// What a change would do, or what is wrong with it.
async fn look(
    staff: &Staff,
    view: &PlanView,
    kind: Kind,
    typed: &Draft,
) -> Result<(Option<(Change, Difference)>, Problems), Fail> {
    let change = match read(kind, typed, view, staff.speech) {
        Ok(change) => change,
        Err(problems) => return Ok((None, problems)),
    };
    let (id, asked) = (view.plan.id, change.clone());
    match staff.app.ask(move |desk| plan::preview_change(desk, id, &asked)).await {
        Ok(difference) => Ok((Some((change, difference)), Problems::default())),
        Err(Fail::Refused(reason)) => {
            let mut problems = Problems::default();
            problems.add("change", sentence(&reason));
            Ok((None, problems))
        }
        Err(other) => Err(other),
    }
}

pub async fn show(
    staff: Staff,
    Path((id, kind)): Path<(String, String)>,
    Query(typed): Query<Vec<(String, String)>>,
) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let kind = Kind::parse(&kind).ok_or(Fail::NotFound)?;
    let view = staff.app.ask(move |desk| plan::load_view(desk, id)).await?;
    let mut typed = Draft(typed);
    let is_first = kind.has_fields() && typed.value("look").is_empty();
    if is_first {
        fill_in(kind, &view, &mut typed);
        return Ok(write(&staff, &view, kind, &typed, None, &Problems::default()));
    }
    let (looked, problems) = look(&staff, &view, kind, &typed).await?;
    Ok(write(&staff, &view, kind, &typed, looked.as_ref(), &problems))
}

pub async fn take(
    Path((id, kind)): Path<(String, String)>,
    Form(staff, form): Form<Vec<(String, String)>>,
) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let kind = Kind::parse(&kind).ok_or(Fail::NotFound)?;
    let view = staff.app.ask(move |desk| plan::load_view(desk, id)).await?;
    let typed = Draft(form);
    let (looked, mut problems) = look(&staff, &view, kind, &typed).await?;
    let Some((change, difference)) = looked else {
        return Ok(write(&staff, &view, kind, &typed, None, &problems));
    };
    let because: String = typed.value("because").chars().take(500).collect();
    if because.is_empty() {
        problems.add("because", staff.speech.say("plan-wrong-because"));
        return Ok(write(&staff, &view, kind, &typed, Some(&(change, difference)), &problems));
    }
    // Whoever confirms confirms what was shown: what happened to the plan since then is looked at first.
    if typed.value("entries") != view.log.len().to_string() {
        problems.add("because", staff.speech.say("plan-wrong-since"));
        return Ok(write(&staff, &view, kind, &typed, Some(&(change, difference)), &problems));
    }
    let (asked, actor) = (change.clone(), staff.actor());
    let made = staff.app.ask(move |desk| plan::change_plan(desk, id, &asked, &because, &actor)).await;
    match made {
        Ok(()) => Ok(see(&format!("/plans/{id}?done=done-plan-changed"))),
        Err(Fail::Refused(reason)) => {
            problems.add("because", sentence(&reason));
            Ok(write(&staff, &view, kind, &typed, Some(&(change, difference)), &problems))
        }
        Err(other) => Err(other),
    }
}

/// Writes the obvious into the fields of a form that opens.
fn fill_in(kind: Kind, view: &PlanView, typed: &mut Draft) {
    let today = view.account.as_of;
    let next = open_rows(view).find(|row| row.due_on >= today);
    let next_on = next.map_or(today, |row| row.due_on);
    let missing = |typed: &Draft, name: &str| typed.value(name).is_empty();
    match kind {
        Kind::Move if missing(typed, "from") => typed.put("from", next_on.to_string()),
        Kind::Holiday | Kind::Extend => {
            typed.put("from", next_on.to_string());
            typed.put("installments", "1");
        }
        Kind::ReAge => {
            typed.put("starts", next_on.to_string());
            typed.put("installments", open_rows(view).count().max(1).to_string());
        }
        Kind::Rate | Kind::Fee => typed.put("on", today.to_string()),
        Kind::Move
        | Kind::ReAmortize
        | Kind::Pause
        | Kind::Waive
        | Kind::Accelerate
        | Kind::Settle
        | Kind::Cancel
        | Kind::ChargeOff
        | Kind::WriteOff
        | Kind::Reverse => {}
    }
}

fn write(
    staff: &Staff,
    view: &PlanView,
    kind: Kind,
    typed: &Draft,
    looked: Option<&(Change, Difference)>,
    problems: &Problems,
) -> Response {
    let speech = staff.speech;
    let back = format!("/plans/{}", view.plan.id);
    let here = format!("{back}/change/{}", kind.word());
    let title = kind.title(speech);
    let lead = speech.say(&format!("plan-do-{}-text", kind.word()));
    let plan = speech.say_with("plan-title", &[("number", view.plan.number.as_str().into())]);
    let content = html! {
        p { a href=(back) { (plan) } " · " (view.debtor_name) }
        (ui::page_head(&title, Some(&lead), None))
        (problems.summary(speech))
        @if kind.has_fields() {
            div.card #f-change {
                form method="get" action=(here)
                    hx-get=(here) hx-trigger="change delay:200ms" hx-target="#preview" hx-select="#preview" hx-swap="outerMorph" {
                    input type="hidden" name="look" value="1";
                    (Fields { speech, typed, problems, view }.of(kind))
                    (ui::actions(html! {
                        (ui::button(Button::Primary, &speech.say("plan-look")))
                        (ui::button_link(Button::Quiet, &speech.say("common-cancel"), &back))
                    }))
                }
            }
        }
        div.stack #preview {
            @if let Some((change, difference)) = looked {
                (preview(speech, view, change, difference))
                (confirm(staff, view, kind, typed, problems, &here, &back))
            } @else if !kind.has_fields() {
                div #f-change { (ui::button_link(Button::Secondary, &plan, &back)) }
            }
        }
    };
    let status = match problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    (status, staff.page(&title, Here::Plans, None, content)).into_response()
}

/// Both schedules beside each other, and what the change costs.
fn preview(speech: &Speech, view: &PlanView, change: &Change, difference: &Difference) -> Markup {
    let currency = view.plan.terms.currency;
    let open = |account: &duewell_domain::plan::Account| Money::new(account.totals().open.total(), currency);
    let (before, after) = (open(&difference.before), open(&difference.after));
    let cost = Money::new(difference.cost_minor.abs(), currency);
    let cost = match difference.cost_minor {
        0 => speech.say("plan-cost-same").into_owned(),
        1.. => speech.say_with("plan-cost-more", &[("amount", cost.into())]),
        ..0 => speech.say_with("plan-cost-less", &[("amount", cost.into())]),
    };
    let waived = difference.after.totals().waived.total() - difference.before.totals().waived.total();
    let shown = words::event(speech, &change.event);
    let facts = words::event_facts(speech, &change.event, currency);
    ui::card(
        &speech.say("plan-compared"),
        html! {
            p { strong { (shown) } @if let Some(facts) = facts { " · " (facts) } }
            p role="status" {
                (speech.say_with("plan-open-changes", &[("before", before.into()), ("after", after.into())])) " " (cost)
            }
            @if waived > 0 {
                (ui::notice(Tone::Due, &speech.say_with("plan-gives-up", &[("amount", Money::new(waived, currency).into())]), html! {}))
            }
            (schedule::compared(speech, &difference.before, &difference.after, currency))
            @for one in difference.disclosures.iter().filter(|one| one.finance_charge.minor != 0) {
                p { (words::rate_name(speech, one.convention)) ": " strong { (speech.rate(one.shown)) } }
            }
        },
    )
}

fn confirm(
    staff: &Staff,
    view: &PlanView,
    kind: Kind,
    typed: &Draft,
    problems: &Problems,
    here: &str,
    back: &str,
) -> Markup {
    let speech = staff.speech;
    let button = if kind.is_grave() { Button::Danger } else { Button::Primary };
    html! {
        section.card {
            h2 { (speech.say("plan-confirm")) }
            form method="post" action=(here) {
                (ui::csrf(&staff.csrf))
                @for (name, value) in typed.0.iter().filter(|(name, _)| !["csrf", "because", "entries"].contains(&name.as_str())) {
                    input type="hidden" name=(name) value=(value);
                }
                input type="hidden" name="entries" value=(view.log.len());
                (ui::input(
                    &Field::new("because", &speech.say("plan-because")).hint(&*speech.say("plan-because-hint")).error(problems.of("because")),
                    &Input::text(typed.value("because")).length_max(500),
                ))
                (ui::actions(html! {
                    (ui::button(button, &kind.title(speech)))
                    (ui::button_link(Button::Quiet, &speech.say("common-cancel"), back))
                }))
            }
        }
    }
}

/// The fields of one change.
struct Fields<'a> {
    speech: &'a Speech,
    typed: &'a Draft,
    problems: &'a Problems,
    view: &'a PlanView,
}

impl Fields<'_> {
    fn label(&self, name: &str) -> String {
        self.speech.say(&format!("plan-change-{name}")).into_owned()
    }

    fn input(&self, name: &str, input: Input<'_>) -> Markup {
        ui::input(&Field::new(name, &self.label(name)).error(self.problems.of(name)), &input)
    }

    fn day(&self, name: &str, least: Option<Date>) -> Markup {
        let least = least.map(|day| day.to_string());
        let input = Input::date(self.typed.value(name)).required();
        match &least {
            Some(least) => self.input(name, input.min(least)),
            None => self.input(name, input),
        }
    }

    fn amount(&self, name: &str) -> Markup {
        let label = self.label(name);
        let field = Field::new(name, &label).error(self.problems.of(name));
        ui::money_input(&field, self.view.plan.terms.currency.code(), self.typed.value(name))
    }

    fn choice(&self, name: &str, choices: &[(String, String)]) -> Markup {
        let chosen = self.typed.value(name);
        let choices: Vec<Choice<'_>> =
            choices.iter().map(|(value, text)| Choice::new(value, text).chosen_if(value == chosen)).collect();
        ui::select(&Field::new(name, &self.label(name)).error(self.problems.of(name)), &choices)
    }

    fn count(&self) -> Markup {
        let input = Input::number(self.typed.value("installments")).min("1").required();
        self.input("installments", input)
    }

    /// The installments that are open, by their due dates.
    fn from(&self) -> Markup {
        let (speech, currency) = (self.speech, self.view.plan.terms.currency);
        let rows: Vec<(String, String)> = open_rows(self.view)
            .map(|row| {
                let name = words::row_in_words(speech, row.key);
                let money = speech.money(Money::new(row.open().total(), currency));
                (row.due_on.to_string(), format!("{} · {name} · {money}", speech.day(row.due_on)))
            })
            .collect();
        self.choice("from", &rows)
    }

    fn of(&self, kind: Kind) -> Markup {
        let (speech, currency) = (self.speech, self.view.plan.terms.currency);
        let today = self.view.account.as_of;
        let words = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|&(value, id)| (value.to_owned(), speech.say(id).into_owned())).collect()
        };
        match kind {
            Kind::Move => html! {
                (self.from())
                (self.day("to", None))
                (self.choice("shift", &words(&[("one", "plan-change-shift-one"), ("rest", "plan-change-shift-rest")])))
            },
            Kind::Holiday => html! {
                (self.from())
                (self.count())
                (self.choice("pauses", &words(&[("principal", "plan-change-pauses-principal"), ("interest", "plan-change-pauses-interest")])))
            },
            Kind::Extend => html! { (self.from()) (self.count()) },
            Kind::ReAge => {
                let every: Vec<(String, String)> = draft::EVERY
                    .into_iter()
                    .map(|(word, _)| {
                        (word.to_owned(), speech.say(&format!("plan-every-{word}")).into_owned())
                    })
                    .collect();
                html! {
                    (self.day("starts", None))
                    (self.count())
                    (self.choice("every", &every))
                }
            }
            Kind::Pause => self.day("until", today.tomorrow().ok()),
            Kind::Rate => html! {
                (ui::money_input(
                    &Field::new("new-rate", &self.label("new-rate")).error(self.problems.of("new-rate")),
                    "%",
                    self.typed.value("new-rate"),
                ))
                (self.day("on", None))
            },
            Kind::Fee => html! {
                (self.input("name", Input::text(self.typed.value("name")).width(Width::Medium).length_max(60)))
                (self.amount("amount"))
                (self.choice("component", &words(&[("fee", "plan-change-component-fee"), ("penalty", "plan-change-component-penalty")])))
                (self.day("on", None))
            },
            Kind::Waive => {
                let fees: Vec<(String, String)> = open_fees(self.view)
                    .into_iter()
                    .map(|(number, event, open)| {
                        let facts = words::event_facts(speech, event, currency).unwrap_or_default();
                        let open = speech.money(Money::new(open, currency));
                        let open = speech.say_with("plan-open-of", &[("amount", (&open).into())]);
                        (number.to_string(), format!("{facts} · {open}"))
                    })
                    .collect();
                html! { (self.choice("of", &fees)) (self.amount("amount")) }
            }
            Kind::Reverse => {
                let entries: Vec<(String, String)> = reversible(self.view)
                    .into_iter()
                    .rev()
                    .map(|(number, event)| {
                        let facts = words::event_facts(speech, event, currency);
                        let facts = facts.map_or_else(String::new, |facts| format!(" · {facts}"));
                        (number.to_string(), format!("{}{facts}", words::event(speech, event)))
                    })
                    .collect();
                self.choice("of", &entries)
            }
            Kind::ReAmortize
            | Kind::Accelerate
            | Kind::Settle
            | Kind::Cancel
            | Kind::ChargeOff
            | Kind::WriteOff => html! {},
        }
    }
}
