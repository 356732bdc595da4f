//! The queue: the first payment is open, with guesses to accept and a search; the others wait below it.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use duewell_domain::id::PaymentId;
use duewell_domain::matching::Because;
use duewell_engine::cash::{self, Clue, Dealt, Suggestion, Waiting};
use duewell_engine::view::{self, ListRow, Show};
use duewell_engine::{Desk, EngineError};
use duewell_store::payment::PaymentState;
use maud::{Markup, html};
use serde::Deserialize;

use super::{MatchForm, Place, Tab, because, payer, tabs};
use crate::app::Shared;
use crate::fail::Fail;
use crate::session::{Here, Staff};
use crate::texts;
use crate::ui::{self, Tone};

/// Payments on a page.
const PAGE: usize = 20;
/// Debtors that a search shows.
const FOUND: usize = 8;

#[derive(Deserialize, Default, Clone)]
pub struct Asked {
    #[serde(default)]
    after: String,
    #[serde(default)]
    payment: String,
    #[serde(default)]
    q: String,
    done: Option<String>,
    /// The payment that something was just done to.
    #[serde(default)]
    was: String,
    /// What a statement that was just booked held.
    matched: Option<u64>,
    queued: Option<u64>,
    known: Option<u64>,
}

/// What the page shows.
struct Queue {
    count: i64,
    /// The open payment first.
    waiting: Vec<Waiting>,
    /// Where the next page starts, if there is one.
    next_after: Option<PaymentId>,
    /// Debtors that the search found.
    found: Vec<ListRow>,
    was: Option<(Dealt, usize)>,
}

fn load(desk: &Desk, asked: &Asked) -> Result<Queue, EngineError> {
    let after = asked.after.parse().unwrap_or(PaymentId(0));
    let mut waiting = cash::list_waiting(desk, after, PAGE as i64 + 1)?;
    let more = waiting.len() > PAGE;
    waiting.truncate(PAGE);
    let next_after = waiting.last().filter(|_| more).map(|one| one.payment);
    if let Ok(id) = asked.payment.parse::<PaymentId>() {
        // The payment asked for opens; it may stand on another page of the queue.
        match waiting.iter().position(|one| one.payment == id) {
            Some(at) => waiting.rotate_left(at),
            None => {
                if let Some(one) = cash::load_waiting(desk, id)? {
                    waiting.insert(0, one);
                }
            }
        }
    }
    let found = match asked.q.trim() {
        "" => Vec::new(),
        text => {
            let mut page = view::list_debtors(desk, text, Show::All, None)?;
            page.rows.truncate(FOUND);
            page.rows
        }
    };
    let was = match asked.was.parse() {
        Ok(id) => cash::load_dealt(desk, id)?,
        Err(_) => None,
    };
    Ok(Queue { count: cash::count_waiting(desk)?, waiting, next_after, found, was })
}

pub async fn show(
    State(app): State<Shared>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let (asked, queue) = app.ask(move |desk| load(desk, &asked).map(|queue| (asked, queue))).await?;
    let title = staff.speech.say("payments-title");
    let content = page(&staff, &asked, &queue, None);
    Ok(match flash(&staff, &asked, &queue) {
        Some(flash) => staff.page_with(&title, Here::Payments, Some(flash), content),
        None => staff.page(&title, Here::Payments, asked.done.as_deref(), content),
    })
}

/// The queue with a notice that something was not done.
pub async fn refused(app: &Shared, staff: &Staff, place: &Place, notice: Markup) -> Result<Response, Fail> {
    let asked = Asked { after: place.after.clone(), ..Asked::default() };
    let (asked, queue) = app.ask(move |desk| load(desk, &asked).map(|queue| (asked, queue))).await?;
    let content = page(staff, &asked, &queue, Some(notice));
    let page = staff.page(&staff.speech.say("payments-title"), Here::Payments, None, content);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Tells what was just done, with the way back.
fn flash(staff: &Staff, asked: &Asked, queue: &Queue) -> Option<Markup> {
    let speech = staff.speech;
    let undo = |id: PaymentId, way: &str| {
        let action = format!("/payments/{id}/{way}");
        Some(ui::post_button(ui::Button::Secondary, &speech.say("payments-undo"), &action, &staff.csrf))
    };
    match (asked.done.as_deref()?, &queue.was) {
        ("done-booked", _) => {
            let count = |n: Option<u64>| n.unwrap_or(0).into();
            let text = speech.say_with(
                "done-booked",
                &[
                    ("matched", count(asked.matched)),
                    ("queued", count(asked.queued)),
                    ("known", count(asked.known)),
                ],
            );
            Some(ui::flash(Tone::Ok, &text, None))
        }
        ("done-matched", Some((dealt, count))) if dealt.payment.state == PaymentState::Matched => {
            let name = dealt.debtor.as_ref().map_or("", |debtor| debtor.name.as_str());
            let rest = dealt.payment.unapplied;
            let text = speech.say_with(
                if rest.is_positive() { "done-matched-rest" } else { "done-matched" },
                &[
                    ("amount", dealt.payment.amount.into()),
                    ("name", name.into()),
                    ("count", (*count).into()),
                    ("rest", rest.into()),
                ],
            );
            Some(ui::flash(Tone::Ok, &text, undo(dealt.payment.id, "unmatch")))
        }
        ("done-ignored", Some((dealt, _))) if dealt.payment.state == PaymentState::Ignored => {
            let text = speech.say_with("done-ignored", &[("amount", dealt.payment.amount.into())]);
            Some(ui::flash(Tone::Ok, &text, undo(dealt.payment.id, "requeue")))
        }
        // What was done has been undone in another window: nothing is true to say.
        ("done-matched" | "done-ignored", _) => Some(html! {}),
        _ => None,
    }
}

fn page(staff: &Staff, asked: &Asked, queue: &Queue, notice: Option<Markup>) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let lead = speech.say_with("payments-lead", &[("count", queue.count.into())]);
    html! {
        (ui::page_head(&say("payments-title"), Some(&lead), None))
        (tabs(speech, Tab::Queue, queue.count))
        @if let Some(notice) = notice { (notice) }
        @match queue.waiting.split_first() {
            None if queue.count > 0 => (ui::empty_state(
                &say("payments-end-title"),
                &say("payments-end-text"),
                Some(ui::button_link(ui::Button::Primary, &say("payments-from-start"), "/payments")),
            )),
            None => (ui::empty_state(
                &say("payments-empty-title"),
                &say("payments-empty-text"),
                Some(ui::button_link(ui::Button::Secondary, &say("payments-to-imports"), "/imports")),
            )),
            Some((first, rest)) => {
                @let place = Place {
                    after: asked.after.clone(),
                    next: rest.first().map(|one| one.payment.to_string()).unwrap_or_default(),
                };
                (open_card(staff, asked, first, &queue.found, &place))
                (others(staff, asked, rest, queue))
            }
        }
    }
}

/// The payment at hand.
fn open_card(staff: &Staff, asked: &Asked, one: &Waiting, found: &[ListRow], place: &Place) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let why = match one.because.as_str() {
        // A person is a reason to be matched; here one took a match back.
        word if word == Because::Person.as_str() => say("payments-taken-back").into_owned(),
        word => because(speech, word),
    };
    let useful: Vec<&Suggestion> = one.suggestions.iter().filter(|guess| is_useful(guess)).collect();
    let title =
        speech.say_with("payments-one", &[("amount", one.amount.into()), ("day", one.received_on.into())]);
    html! {
        section.card {
            h2 { (title) }
            (ui::facts(&[
                (&say("payments-payer"), payer(speech, &one.payer)),
                (&say("payments-account"), html! { span.num { (texts::account(&one.account)) } }),
            ]))
            @if !one.text.is_empty() {
                p { span.quiet { (say("payments-text")) ": " } bdi { (one.text) } }
            }
            p { (ui::badge(&say("payments-waits"), Tone::Due)) " " (why) }
            h3 { (say("payments-suggestions")) }
            @if useful.is_empty() { p.quiet { (say("payments-no-suggestions")) } }
            @for (index, suggestion) in useful.iter().enumerate() {
                (suggested(staff, one, suggestion, place, index == 0))
            }
            (search(staff, asked, one, found, place))
            (ui::actions(html! {
                form.inline method="post" action={ "/payments/" (one.payment) "/ignore" } {
                    (ui::csrf(&staff.csrf))
                    (place.fields())
                    (ui::button(ui::Button::Secondary, &say("payments-ignore")))
                }
                @if !place.next.is_empty() {
                    (ui::button_link(
                        ui::Button::Quiet,
                        &say("payments-skip"),
                        &texts::address("/payments", &[("after", &place.after), ("payment", &place.next)]),
                    ))
                }
            }))
        }
    }
}

/// A shared word of a name leads nowhere when nothing is open.
fn is_useful(guess: &Suggestion) -> bool {
    guess.clue != Clue::NameWord || !guess.numbers.is_empty()
}

/// A guess, with the button that accepts it and the way to look closer.
fn suggested(staff: &Staff, one: &Waiting, guess: &Suggestion, place: &Place, best: bool) -> Markup {
    let speech = staff.speech;
    let clue = speech.say(match guess.clue {
        Clue::NamedByLine => "payments-clue-line",
        Clue::NumberLike => "payments-clue-number",
        Clue::PayerName => "payments-clue-name",
        Clue::NameWord => "payments-clue-word",
    });
    let numbers = guess.numbers.join(", ");
    let label = match guess.numbers.len() {
        0 => speech.say_with("payments-match-unapplied", &[("name", (&guess.debtor_name).into())]),
        1..=3 => speech.say_with(
            "payments-match",
            &[("name", (&guess.debtor_name).into()), ("numbers", (&numbers).into())],
        ),
        count => speech.say_with(
            "payments-match-many",
            &[("name", (&guess.debtor_name).into()), ("count", count.into())],
        ),
    };
    let form = MatchForm { payment: one.payment, debtor: guess.debtor, numbers: &guess.numbers, place };
    // A word that two names share is too little to make one button the obvious one.
    let is_likely = guess.exact || guess.clue != Clue::NameWord;
    let button = if best && is_likely { ui::Button::Primary } else { ui::Button::Secondary };
    let look = choose_address(one.payment, &guess.debtor.to_string(), place);
    html! {
        div.row {
            (form.show(staff, button, &label))
            span {
                @if guess.exact { (ui::badge(&speech.say("payments-exact"), Tone::Ok)) " " }
                (clue) " · "
                a href={ "/debtors/" (guess.debtor) } { bdi { (guess.external_id) } } " · "
                (speech.say_with("payments-open", &[("amount", guess.open.into())]))
            }
            a href=(look) { (speech.say("payments-choose")) span.hidden { " " (guess.debtor_name) } }
        }
    }
}

fn choose_address(payment: PaymentId, debtor: &str, place: &Place) -> String {
    texts::address(
        &format!("/payments/{payment}/to/{debtor}"),
        &[("after", &place.after), ("next", &place.next)],
    )
}

/// Finds another debtor; what is found is looked at before anything is posted.
fn search(staff: &Staff, asked: &Asked, one: &Waiting, found: &[ListRow], place: &Place) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let id = one.payment.to_string();
    html! {
        h3 { (say("payments-search-title")) }
        form.search role="search" method="get" action="/payments" hx-get="/payments" hx-target="#found"
            hx-select="#found" hx-swap="outerHTML" hx-trigger="submit, input delay:250ms" {
            input type="hidden" name="payment" value=(id);
            @if !asked.after.is_empty() { input type="hidden" name="after" value=(asked.after); }
            label.hidden for="payment-search" { (say("payments-search")) }
            (ui::icon(ui::Icon::Search))
            input id="payment-search" type="search" name="q" value=(asked.q) autocomplete="off" spellcheck="false"
                placeholder=(say("payments-search"));
            button.btn { (say("payments-find")) }
        }
        div id="found" aria-live="polite" {
            @if !asked.q.trim().is_empty() && found.is_empty() { p.quiet { (say("payments-not-found")) } }
            @if !found.is_empty() {
                div.stack role="list" {
                    @for row in found {
                        p role="listitem" {
                            a href=(choose_address(one.payment, &row.debtor.id.to_string(), place)) {
                                bdi { (row.debtor.name) } " (" bdi { (row.debtor.external_id) } ")"
                            }
                            " " span.quiet { (say("payments-open-sums")) " " (texts::sums(speech, &row.open)) }
                        }
                    }
                }
            }
        }
    }
}

/// A button for a guess that is exact; what is not is opened first. The open payment stays open.
fn quick_match(staff: &Staff, asked: &Asked, one: &Waiting, open: &str) -> Markup {
    let Some(best) = one.suggestions.first().filter(|best| best.exact) else { return html! {} };
    let place = Place { after: asked.after.clone(), next: open.to_owned() };
    let form = MatchForm { payment: one.payment, debtor: best.debtor, numbers: &best.numbers, place: &place };
    let amount = staff.speech.money(one.amount);
    let button = html! {
        button.btn {
            (staff.speech.say("payments-match-now"))
            span.hidden { " " (amount) " " (best.debtor_name) " " (best.numbers.join(", ")) }
        }
    };
    form.show_with(staff, button)
}

/// The payments that wait below the open one, each with its best guess.
fn others(staff: &Staff, asked: &Asked, rest: &[Waiting], queue: &Queue) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let heads = [
        say("payments-payer"),
        say("payments-day"),
        say("payments-amount"),
        say("payments-why"),
        say("payments-best"),
        say("payments-match-now"),
    ];
    let columns = vec![
        ui::Column::text(&heads[0]),
        ui::Column::number(&heads[1]),
        ui::Column::number(&heads[2]),
        ui::Column::text(&heads[3]),
        ui::Column::text(&heads[4]),
        ui::Column::actions(&heads[5]),
    ];
    let addresses: Vec<String> = rest
        .iter()
        .map(|one| {
            let id = one.payment.to_string();
            texts::address("/payments", &[("after", &asked.after), ("payment", &id)])
        })
        .collect();
    let open = queue.waiting.first().map(|one| one.payment.to_string()).unwrap_or_default();
    let open = open.as_str();
    let rows = rest.iter().zip(&addresses).map(|(one, address)| {
        ui::Row::new(vec![
            payer(speech, &one.payer),
            ui::time(&one.received_on.to_string(), &speech.day(one.received_on)),
            ui::amount(&speech.money(one.amount)),
            html! {
                @if one.because == Because::Person.as_str() { (say("payments-taken-back")) }
                @else { (because(speech, &one.because)) }
            },
            html! {
                @match one.suggestions.iter().find(|guess| is_useful(guess)) {
                    Some(best) => {
                        bdi { (best.debtor_name) }
                        @if best.exact { " " (ui::badge(&say("payments-exact"), Tone::Ok)) }
                    }
                    None => span.quiet { (say("payments-none")) },
                }
            },
            quick_match(staff, asked, one, open),
        ])
        .link(address)
    });
    let last = queue.next_after.map(|id| id.to_string()).unwrap_or_default();
    let (next, first) = (say("page-next"), say("page-first"));
    let next_page = texts::address("/payments", &[("after", &last)]);
    html! {
        @if !rest.is_empty() {
            (ui::table(&ui::Table::new(&say("payments-others"), columns).rows(rows)))
        }
        @if queue.next_after.is_some() || !asked.after.is_empty() {
            (ui::pager(
                &say("page-label"),
                (!asked.after.is_empty()).then(|| ui::Link::new(&first, "/payments")),
                "",
                queue.next_after.map(|_| ui::Link::new(&next, &next_page)),
            ))
        }
    }
}
