//! Making a plan at a debtor: three fields, the schedule beside them, all other terms behind "More".

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use duewell_domain::hold::HoldReason;
use duewell_domain::id::{DebtorId, ReceivableId};
use duewell_domain::money::{Currency, Money};
use duewell_domain::plan::{PlanPolicy, quote};
use duewell_domain::rate::Rate;
use duewell_domain::receivable::{ReceivableKind, ReceivableState};
use duewell_engine::plan::{self, Bounds, Over, Quote};
use duewell_engine::report::{self, Account};
use duewell_store::plan::PlanState;
use duewell_store::receivable::Receivable;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::draft::{self, Draft};
use super::{schedule, words};
use crate::app::Shared;
use crate::fail::{Fail, sentence};
use crate::session::{Form, Here, Staff, see};
use crate::settings::Problems;
use crate::texts;
use crate::ui::{self, Button, Choice, Field, Input, Tone, Width};

/// More open receivables than this are folded.
const SHOWN: usize = 6;

/// What the page is made from.
struct Page {
    account: Account,
    /// What a plan can be made over, oldest due date first.
    open: Vec<Receivable>,
    disputed: Vec<ReceivableId>,
    today: Date,
    policy: PlanPolicy,
}

fn load(desk: &duewell_engine::Desk, id: DebtorId) -> Result<Page, duewell_engine::EngineError> {
    let account = report::account(desk, id)?;
    let running: Vec<String> = plan::plans_of(desk, id)?
        .into_iter()
        .filter(|one| one.state == PlanState::Active)
        .map(|one| format!("{}/", one.number))
        .collect();
    let in_plan = |one: &Receivable| {
        one.kind == ReceivableKind::Installment && running.iter().any(|plan| one.number.starts_with(plan))
    };
    let mut open: Vec<Receivable> = account
        .receivables
        .iter()
        .filter(|one| one.state == ReceivableState::Open && !in_plan(one))
        .cloned()
        .collect();
    open.sort_unstable_by_key(|one| (one.due_on, one.id));
    let today = desk.today();
    let contested: Vec<Option<ReceivableId>> = account
        .holds
        .iter()
        .filter(|hold| hold.reason == HoldReason::Dispute && hold.is_in_force_on(today))
        .map(|hold| hold.receivable)
        .collect();
    let is_disputed = |id: ReceivableId| contested.iter().any(|held| held.is_none_or(|held| held == id));
    let disputed = open.iter().map(|one| one.id).filter(|id| is_disputed(*id)).collect();
    let policy = desk.settings.plans.of_segment(account.debtor.segment.as_deref()).clone();
    Ok(Page { account, open, disputed, today, policy })
}

impl Page {
    fn currencies(&self) -> Vec<Currency> {
        let mut all: Vec<Currency> = Vec::new();
        for one in &self.open {
            if !all.contains(&one.open.currency) {
                all.push(one.open.currency);
            }
        }
        all
    }

    fn of(&self, currency: Currency) -> impl Iterator<Item = &Receivable> {
        self.open.iter().filter(move |one| one.open.currency == currency)
    }

    /// Fills a form with a plan inside the bounds over everything that is not contested.
    fn offer(&self, currency: Currency) -> Draft {
        let mut draft = Draft::default();
        let free = |one: &&Receivable| !self.disputed.contains(&one.id);
        let ticked: Vec<&Receivable> = self.of(currency).filter(free).collect();
        let balance: i64 = ticked.iter().map(|one| one.open.minor).sum();
        for one in &ticked {
            draft.put("over", one.id.to_string());
        }
        let most = self.policy.most_installments.max(1);
        let least = self.policy.least_installment_minor.max(1);
        let fits = u32::try_from(balance / least).unwrap_or(most);
        let count = 3.min(most).min(fits.max(2));
        draft.put("count", count.to_string());
        let terms = self.policy.terms(currency, balance.max(1), self.today, count);
        let first = quote(&terms).ok().and_then(|account| account.next_open().map(|row| row.due_on));
        draft.put("first", first.map_or_else(String::new, |day| day.to_string()));
        draft.put("rate", self.policy.rate.percent_text());
        draft
    }
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    currency: String,
}

pub(super) async fn show(
    staff: Staff,
    State(app): State<Shared>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let id: DebtorId = id.parse().map_err(|_| Fail::NotFound)?;
    let page = app.ask(move |desk| load(desk, id)).await?;
    let currencies = page.currencies();
    let wanted = asked.currency.parse().ok().filter(|wanted| currencies.contains(wanted));
    let Some(currency) = wanted.or(currencies.first().copied()) else {
        return Ok(nothing(&staff, &page));
    };
    let draft = page.offer(currency);
    let (quote, problems) = work_out(&staff, id, &page, currency, &draft).await?;
    Ok(write(&staff, &page, currency, &draft, quote.as_ref(), &problems))
}

fn nothing(staff: &Staff, page: &Page) -> Response {
    let speech = staff.speech;
    let title = speech.say("plan-make");
    let back = format!("/debtors/{}", page.account.debtor.id);
    let content = html! {
        (ui::page_head(&title, Some(&page.account.debtor.name), None))
        (ui::empty_state(
            &speech.say("plan-nothing-title"),
            &speech.say("plan-nothing-text"),
            Some(ui::button_link(Button::Secondary, &page.account.debtor.name, &back)),
        ))
    };
    staff.page(&title, Here::Debtors, None, content)
}

/// Quotes what was typed, or says what is wrong with it.
async fn work_out(
    staff: &Staff,
    id: DebtorId,
    page: &Page,
    currency: Currency,
    draft: &Draft,
) -> Result<(Option<Quote>, Problems), Fail> {
    let ticked = draft.over();
    let principal = page.of(currency).filter(|one| ticked.contains(&one.id)).map(|one| one.open.minor).sum();
    let desk = staff.app.desk();
    let terms = match draft.terms(currency, principal, page.today, &desk.settings, staff.speech) {
        Ok(terms) => terms,
        Err(problems) => return Ok((None, problems)),
    };
    let over = Over::Receivables(ticked);
    let quoted = staff.app.ask(move |desk| plan::quote_plan(desk, id, &over, &terms)).await;
    match quoted {
        Ok(quote) => Ok((Some(quote), Problems::default())),
        Err(Fail::Refused(reason)) => {
            let mut problems = Problems::default();
            problems.add("over", sentence(&reason));
            Ok((None, problems))
        }
        // What was ticked is not open any more.
        Err(Fail::NotFound) => {
            let mut problems = Problems::default();
            problems.add("over", staff.speech.say("plan-wrong-gone"));
            Ok((None, problems))
        }
        Err(other) => Err(other),
    }
}

pub(super) async fn take(
    Path(id): Path<String>,
    Form(staff, form): Form<Vec<(String, String)>>,
) -> Result<Response, Fail> {
    let id: DebtorId = id.parse().map_err(|_| Fail::NotFound)?;
    let page = staff.app.ask(move |desk| load(desk, id)).await?;
    let draft = Draft(form);
    let currency: Currency = draft.value("currency").parse().map_err(|_| Fail::NotFound)?;
    let (quote, mut problems) = work_out(&staff, id, &page, currency, &draft).await?;
    let wish = draft.value("do");
    let Some(quote) = quote else { return Ok(write(&staff, &page, currency, &draft, None, &problems)) };
    if !matches!(wish, "agree" | "offer") {
        return Ok(write(&staff, &page, currency, &draft, Some(&quote), &problems));
    }
    let bounds = match draft.value("overrule") {
        "yes" => Bounds::Overruled,
        _ => Bounds::Kept,
    };
    if bounds == Bounds::Kept && !quote.breaches.is_empty() {
        problems.add("overrule", staff.speech.say("plan-wrong-bounds"));
        return Ok(write(&staff, &page, currency, &draft, Some(&quote), &problems));
    }
    let how = draft::HOW.into_iter().find(|how| *how == draft.value("how")).unwrap_or(draft::HOW[0]);
    let (over, terms, actor) = (Over::Receivables(quote.over.clone()), quote.terms.clone(), staff.actor());
    let is_agreed = wish == "agree";
    let made = staff.app.ask(move |desk| match is_agreed {
        true => plan::agree_plan(desk, id, &over, &terms, bounds, how, &actor),
        false => plan::offer_plan(desk, id, &over, &terms, bounds, &actor),
    });
    match made.await {
        Ok(plan) if is_agreed => Ok(see(&format!("/plans/{plan}?done=done-plan-agreed"))),
        Ok(plan) => Ok(see(&format!("/plans/{plan}?done=done-plan-offered"))),
        Err(Fail::Refused(reason)) => {
            problems.add("over", sentence(&reason));
            Ok(write(&staff, &page, currency, &draft, Some(&quote), &problems))
        }
        Err(other) => Err(other),
    }
}

fn write(
    staff: &Staff,
    page: &Page,
    currency: Currency,
    draft: &Draft,
    quote: Option<&Quote>,
    problems: &Problems,
) -> Response {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let here = format!("/debtors/{}/plan", page.account.debtor.id);
    let title = say("plan-make");
    let lead = speech.say_with("plan-make-lead", &[("name", page.account.debtor.name.as_str().into())]);
    let back = format!("/debtors/{}", page.account.debtor.id);
    let others: Vec<Currency> = page.currencies().into_iter().filter(|one| *one != currency).collect();
    let content = html! {
        (ui::page_head(&title, Some(&lead), Some(ui::button_link(Button::Quiet, &say("common-cancel"), &back))))
        (problems.summary(speech))
        @if !others.is_empty() {
            p.quiet { (say("plan-currencies"))
                @for other in &others { " " a href=(texts::address(&here, &[("currency", other.code())])) { (other.code()) } }
            }
        }
        form method="post" action=(here) novalidate
            hx-post=(here) hx-trigger="change delay:200ms, input delay:500ms" hx-target="#preview" hx-select="#preview" hx-swap="outerMorph" {
            (ui::csrf(&staff.csrf))
            input type="hidden" name="currency" value=(currency.code());
            // The first button is what Enter in a field presses: it looks. Agreeing is a button of its own.
            button.hidden name="do" value="preview" tabindex="-1" aria-hidden="true" { (say("plan-show")) }
            div.split.cols {
                section.card {
                    h2 { (say("plan-terms")) }
                    (over(speech, page, currency, draft, problems))
                    (Fields { speech, draft, problems, currency, rate: page.policy.rate }.all())
                    p { (ui::button_named(Button::Secondary, &say("plan-show"), "do", "preview")) }
                }
                section.card.stays #preview { (preview(staff, page, currency, draft, quote, problems)) }
                (finish(staff, draft))
            }
        }
    };
    let status = match problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    (status, staff.page(&title, Here::Debtors, None, content)).into_response()
}

/// What the plan is over: every open receivable with a box.
fn over(
    speech: &duewell_documents::Speech,
    page: &Page,
    currency: Currency,
    draft: &Draft,
    problems: &Problems,
) -> Markup {
    let ticked = draft.over();
    let all: Vec<&Receivable> = page.of(currency).collect();
    let chosen: Vec<&&Receivable> = all.iter().filter(|one| ticked.contains(&one.id)).collect();
    let sum = Money::new(chosen.iter().map(|one| one.open.minor).sum(), currency);
    let first = ui::field_id("over");
    let boxes = html! {
        @for (index, one) in all.iter().enumerate() {
            @let id = if index == 0 { first.clone() } else { format!("{first}-{index}") };
            div.check {
                input id=(id) type="checkbox" name="over" value=(one.id) checked[ticked.contains(&one.id)];
                label for=(id) {
                    (one.number) " · " (ui::amount(&speech.money(one.open))) " · "
                    (speech.say_with("plan-over-due", &[("day", (&speech.day(one.due_on)).into())]))
                    @if page.disputed.contains(&one.id) { " " (ui::badge(&speech.say("hold-dispute"), Tone::Held)) }
                }
            }
        }
    };
    let is_wrong = problems.of("over").is_some();
    html! {
        fieldset.field.wrong[is_wrong] {
            legend { (speech.say("plan-over")) }
            @if let Some(error) = problems.of("over") { p.error { (ui::icon(ui::Icon::Warning)) span { (error) } } }
            @if all.len() > SHOWN {
                @let count = [("count", chosen.len().into()), ("amount", sum.into())];
                details.disclosure open[is_wrong] {
                    summary { (ui::icon(ui::Icon::Next)) span { (speech.say_with("plan-over-many", &count)) } }
                    div { (boxes) }
                }
            } @else { (boxes) }
        }
    }
}

/// The fields of the terms.
struct Fields<'a> {
    speech: &'a duewell_documents::Speech,
    draft: &'a Draft,
    problems: &'a Problems,
    currency: Currency,
    /// What plans bear unless somebody says otherwise.
    rate: Rate,
}

impl Fields<'_> {
    fn words(&self, name: &str) -> (String, Option<String>) {
        let hint = format!("plan-field-{name}-hint");
        let hint = self.speech.knows(&hint).then(|| self.speech.say(&hint).into_owned());
        (self.speech.say(&format!("plan-field-{name}")).into_owned(), hint)
    }

    fn input(&self, name: &str, input: Input<'_>) -> Markup {
        let (label, hint) = self.words(name);
        ui::input(&Field::new(name, &label).hint(hint.as_deref()).error(self.problems.of(name)), &input)
    }

    fn count(&self, name: &str) -> Markup {
        self.input(name, Input::number(self.draft.value(name)))
    }

    fn percent(&self, name: &str) -> Markup {
        let (label, hint) = self.words(name);
        let field = Field::new(name, &label).hint(hint.as_deref()).error(self.problems.of(name));
        ui::money_input(&field, "%", self.draft.value(name))
    }

    fn amount(&self, name: &str) -> Markup {
        let (label, hint) = self.words(name);
        let field = Field::new(name, &label).hint(hint.as_deref()).error(self.problems.of(name));
        ui::money_input(&field, self.currency.code(), self.draft.value(name))
    }

    /// A choice of words, each with its text `plan-NAME-WORD`.
    fn choice(&self, name: &str, values: impl IntoIterator<Item = &'static str>) -> Markup {
        let (label, hint) = self.words(name);
        let chosen = self.draft.value(name);
        let texts: Vec<(&str, String)> = values
            .into_iter()
            .map(|value| {
                let word = if value.is_empty() { "no".to_owned() } else { value.replace('_', "-") };
                (value, self.speech.say(&format!("plan-{name}-{word}")).into_owned())
            })
            .collect();
        let choices: Vec<Choice<'_>> =
            texts.iter().map(|(value, text)| Choice::new(value, text).chosen_if(*value == chosen)).collect();
        let field = Field::new(name, &label).hint(hint.as_deref()).error(self.problems.of(name));
        ui::select(&field, &choices)
    }

    /// Fields that most plans do not need, behind their name; open when one of them was used or is wrong.
    fn group(&self, title: &str, names: &[&str], fields: Markup) -> Markup {
        let rate = self.draft.value("rate");
        let is_other_rate =
            names.contains(&"rate") && !rate.is_empty() && texts::rate(rate) != Some(self.rate);
        let is_open = is_other_rate
            || self.draft.has_any(names)
            || names.iter().any(|name| self.problems.of(name).is_some());
        html! {
            details.disclosure open[is_open] {
                summary { (ui::icon(ui::Icon::Next)) span { (self.speech.say(title)) } }
                div { (fields) }
            }
        }
    }

    fn all(&self) -> Markup {
        let draft = self.draft;
        let name_label = self.words("fee-name").0;
        html! {
            (self.count("count"))
            (self.input("first", Input::date(draft.value("first"))))
            (self.group("plan-group-schedule", &draft::OF_SCHEDULE, html! {
                (self.amount("each"))
                (self.choice("every", draft::EVERY.map(|(word, _)| word)))
                (self.choice("amortization", draft::AMORTIZATIONS))
                (self.amount("down"))
                (self.amount("balloon"))
                (self.amount("multiple"))
                (self.choice("residue", draft::RESIDUES))
                (self.choice("month-end", draft::MONTH_ENDS))
                (self.choice("business-days", draft::BUSINESS))
            }))
            (self.group("plan-group-interest", &draft::OF_INTEREST, html! {
                (self.percent("rate"))
                (self.choice("rate-kind", draft::RATE_KINDS))
                (self.choice("day-count", draft::DAY_COUNTS))
                (self.choice("odd-first", draft::ODD_FIRST))
                (self.choice("recalculation", draft::RECALCULATIONS))
                (self.count("grace-principal"))
                (self.count("grace-interest"))
                (self.count("interest-free"))
            }))
            (self.group("plan-group-fees", &draft::OF_FEES, html! {
                (ui::input(
                    &Field::new("fee-name", &name_label),
                    &Input::text(draft.value("fee-name")).width(Width::Medium).length_max(60),
                ))
                (self.amount("fee"))
                (self.choice("fee-when", draft::FEE_WHEN))
                (self.amount("late-fee"))
                (self.count("late-days"))
                (self.percent("penalty"))
            }))
        }
    }
}

/// The schedule that would be agreed, and what has to be said about it.
fn preview(
    staff: &Staff,
    page: &Page,
    currency: Currency,
    draft: &Draft,
    quote: Option<&Quote>,
    problems: &Problems,
) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let Some(quote) = quote else {
        return html! {
            h2 { (say("plan-preview")) }
            p role="status" { (say("plan-preview-wrong")) }
            ul { @for text in problems.texts() { li { (text) } } }
        };
    };
    let account = &quote.account;
    html! {
        h2 { (say("plan-preview")) }
        p role="status" { strong { (words::in_short(speech, account, currency)) } }
        @if !quote.breaches.is_empty() {
            (ui::notice(Tone::Due, &say("plan-breaches"), html! {
                ul { @for breach in &quote.breaches { li { (words::breach(speech, *breach, &page.policy, currency)) } } }
                (ui::checkbox(
                    &Field::new("overrule", &say("plan-overrule")).hint(&*say("plan-overrule-hint")).error(problems.of("overrule")),
                    "yes",
                    draft.value("overrule") == "yes",
                ))
            }))
        }
        (schedule::promised(speech, account, currency, &say("plan-preview")))
        (schedule::cost(speech, account.totals().due, currency, &quote.disclosures))
    }
}

/// The two ways to finish.
fn finish(staff: &Staff, draft: &Draft) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let texts: Vec<(&str, String)> =
        draft::HOW.into_iter().map(|how| (how, words::how(speech, how))).collect();
    let chosen = draft.value("how");
    let choices: Vec<Choice<'_>> =
        texts.iter().map(|(value, text)| Choice::new(value, text).chosen_if(*value == chosen)).collect();
    html! {
        section.card {
            h2 { (say("plan-finish")) }
            (ui::select(&Field::new("how", &say("plan-how")), &choices))
            (ui::actions(html! {
                (ui::button_named(Button::Primary, &say("plan-agree"), "do", "agree"))
                (ui::button_named(Button::Secondary, &say("plan-offer"), "do", "offer"))
            }))
            p.small.quiet { (say("plan-finish-hint")) }
        }
    }
}
