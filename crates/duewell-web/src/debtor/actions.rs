//! What one can do about a debtor: hold, payment, note, consent, links.

use axum::extract::Path;
use axum::response::Response;
use duewell_domain::debtor::Consent;
use duewell_domain::hold::HoldReason;
use duewell_domain::id::{HoldId, ReceivableId};
use duewell_domain::money::{Currency, Money};
use duewell_domain::receivable::ReceivableState;
use duewell_engine::cash::{Target, record_payment};
use duewell_engine::{hold, portal};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Page, Problem, address, again, id_of, load, write};
use crate::fail::{Fail, sentence};
use crate::session::{Form, Staff, see};
use crate::texts;
use crate::ui;

type Pairs = Vec<(String, String)>;

/// No money is booked that came before; a database has no days without end either.
const EARLIEST: Date = Date::constant(1900, 1, 1);

fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
}

fn problem(form: &'static str, field: &'static str, text: String, values: Pairs) -> Problem {
    Problem { form, field, text, values }
}

/// The forms beside the page, each behind its name; the one with a mistake is open.
pub(super) fn forms(staff: &Staff, page: &Page, wrong: &Problem) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let here = address(page.account.debtor.id);
    let open: Vec<_> = page
        .account
        .receivables
        .iter()
        .filter(|one| one.state == ReceivableState::Open)
        .map(|one| (one.id.to_string(), format!("{} · {}", one.number, speech.money(one.open))))
        .collect();
    let part = |form: &'static str, title: &str, body: Markup| {
        html! {
            details.disclosure open[wrong.form == form] {
                summary { (ui::icon(ui::Icon::Next)) span { (title) } }
                div { form.stack method="post" action={ (here) "/" (form) } { (ui::csrf(&staff.csrf)) (body) } }
            }
        }
    };
    let today = page.today.to_string();
    let currency: String =
        page.account.receivables.iter().find(|one| one.state == ReceivableState::Open).map_or_else(
            || staff.app.desk().settings.currency.clone(),
            |one| one.open.currency.code().to_owned(),
        );
    ui::card(
        &say("debtor-do"),
        html! {
            (part("payment", &say("debtor-payment"), html! {
                (ui::money_input(
                    &ui::Field::new("amount", &say("debtor-payment-amount")).error(wrong.error("payment", "amount")),
                    &currency,
                    wrong.value("payment", "amount"),
                ))
                input type="hidden" name="currency" value=(currency);
                (ui::input(
                    &ui::Field::new("received_on", &say("debtor-payment-on")).error(wrong.error("payment", "received_on")),
                    &ui::Input::date(match wrong.value("payment", "received_on") { "" => &today, typed => typed }).max(&today).required(),
                ))
                (choice(speech, "target", &say("debtor-payment-for"), wrong.value("payment", "target"), &[
                    ("oldest", &say("debtor-payment-oldest")),
                    ("unapplied", &say("debtor-payment-unapplied")),
                ], &open))
                (ui::input(
                    &ui::Field::new("note", &say("debtor-note-word")).optional(&say("optional")),
                    &ui::Input::text(wrong.value("payment", "note")),
                ))
                (ui::actions(ui::button(ui::Button::Primary, &say("debtor-payment-action"))))
            }))
            (part("hold", &say("debtor-hold"), html! {
                (hold_reasons(staff, wrong.value("hold", "reason")))
                (ui::input(
                    &ui::Field::new("until", &say("debtor-hold-last")).hint(&*say("debtor-hold-last-hint")).optional(&say("optional"))
                        .error(wrong.error("hold", "until")),
                    &ui::Input::date(wrong.value("hold", "until")).min(&today),
                ))
                (choice(speech, "receivable", &say("debtor-hold-what"), wrong.value("hold", "receivable"), &[
                    ("", &say("debtor-hold-all")),
                ], &open))
                (ui::textarea(&ui::Field::new("hold_note", &say("debtor-note-word")).optional(&say("optional")), 2, wrong.value("hold", "hold_note")))
                (ui::actions(ui::button(ui::Button::Primary, &say("debtor-hold-action"))))
            }))
            (part("note", &say("debtor-note"), html! {
                (ui::textarea(
                    &ui::Field::new("words", &say("debtor-note-text")).error(wrong.error("note", "words")),
                    3,
                    wrong.value("note", "words"),
                ))
                (ui::actions(ui::button(ui::Button::Primary, &say("debtor-note-action"))))
            }))
        },
    )
}

/// A choice of some fixed words and of the open receivables.
fn choice(
    _: &duewell_documents::Speech,
    name: &str,
    label: &str,
    chosen: &str,
    fixed: &[(&str, &str)],
    receivables: &[(String, String)],
) -> Markup {
    let choices: Vec<ui::Choice<'_>> = fixed
        .iter()
        .map(|&(value, label)| ui::Choice::new(value, label).chosen_if(value == chosen))
        .chain(
            receivables.iter().map(|(value, label)| ui::Choice::new(value, label).chosen_if(value == chosen)),
        )
        .collect();
    ui::select(&ui::Field::new(name, label), &choices)
}

fn hold_reasons(staff: &Staff, chosen: &str) -> Markup {
    let words: Vec<(&str, String)> = HoldReason::ALL
        .into_iter()
        .map(|reason| (reason.as_str(), texts::hold(staff.speech, reason)))
        .collect();
    let choices: Vec<ui::Choice<'_>> = words
        .iter()
        .map(|(value, label)| ui::Choice::new(value, label).chosen_if(*value == chosen))
        .collect();
    ui::select(&ui::Field::new("reason", &staff.speech.say("debtor-hold-reason")), &choices)
}

/// Places a hold.
pub(super) async fn hold(Path(id): Path<String>, Form(staff, form): Form<Pairs>) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let reason: HoldReason = value(&form, "reason").parse().map_err(|_| Fail::NotFound)?;
    let until: Option<Date> = match value(&form, "until") {
        "" => None,
        text => match text.parse() {
            Ok(day) => Some(day),
            Err(_) => {
                let words = staff.speech.say("date-wrong").into_owned();
                return again(&staff, id, problem("hold", "until", words, form)).await;
            }
        },
    };
    if until.is_some_and(|day| day < staff.app.desk().today()) {
        let words = staff.speech.say("date-past").into_owned();
        return again(&staff, id, problem("hold", "until", words, form)).await;
    }
    let receivable: Option<ReceivableId> = match value(&form, "receivable") {
        "" => None,
        text => Some(text.parse().map_err(|_| Fail::NotFound)?),
    };
    let note = value(&form, "hold_note").to_owned();
    let actor = staff.actor();
    staff
        .app
        .ask(move |desk| hold::place_hold(desk, id, receivable, reason, until, &note, &actor).map(drop))
        .await?;
    Ok(see(&format!("{}?done=done-hold", address(id))))
}

/// Ends a hold.
pub(super) async fn release(
    Path((id, hold_id)): Path<(String, String)>,
    Form(staff, _): Form<Pairs>,
) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let hold_id: HoldId = hold_id.parse().map_err(|_| Fail::NotFound)?;
    let actor = staff.actor();
    staff.app.ask(move |desk| hold::release_hold(desk, id, hold_id, &actor)).await?;
    Ok(see(&format!("{}?done=done-released", address(id))))
}

/// Records money that did not come by a bank file.
pub(super) async fn payment(
    Path(id): Path<String>,
    Form(staff, form): Form<Pairs>,
) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let speech = staff.speech;
    let currency: Currency = value(&form, "currency").parse().map_err(|_| Fail::NotFound)?;
    // People type amounts as their language writes them.
    let typed = texts::plain_amount(value(&form, "amount"));
    let amount = match typed.and_then(|text| Money::parse_major(&text, currency).ok()) {
        Some(amount) if amount.is_positive() => amount,
        _ => {
            let words = speech.say("amount-wrong").into_owned();
            return again(&staff, id, problem("payment", "amount", words, form)).await;
        }
    };
    let today = staff.app.desk().today();
    let on: Date = match value(&form, "received_on").parse() {
        Ok(day) if (EARLIEST..=today).contains(&day) => day,
        Ok(day) if day > today => {
            let words = speech.say("date-future").into_owned();
            return again(&staff, id, problem("payment", "received_on", words, form)).await;
        }
        _ => {
            let words = speech.say("date-wrong").into_owned();
            return again(&staff, id, problem("payment", "received_on", words, form)).await;
        }
    };
    let target = match value(&form, "target") {
        "oldest" | "" => Target::OldestFirst,
        "unapplied" => Target::Unapplied,
        text => {
            let wanted: ReceivableId = text.parse().map_err(|_| Fail::NotFound)?;
            let page = load(&staff.app, id).await?;
            let found = page.account.receivables.iter().find(|one| one.id == wanted).ok_or(Fail::NotFound)?;
            Target::Numbers(vec![found.number.clone()])
        }
    };
    let note = value(&form, "note").to_owned();
    let actor = staff.actor();
    let recorded = staff
        .app
        .ask(move |desk| record_payment(desk, id, amount, on, &note, &target, &actor).map(drop))
        .await;
    match recorded {
        Ok(()) => Ok(see(&format!("{}?done=done-payment", address(id)))),
        Err(Fail::Refused(reason)) => {
            again(&staff, id, problem("payment", "amount", sentence(&reason), form)).await
        }
        Err(other) => Err(other),
    }
}

/// Adds a note to the debtor's story.
pub(super) async fn note(Path(id): Path<String>, Form(staff, form): Form<Pairs>) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let words = value(&form, "words").to_owned();
    if words.is_empty() {
        let text = staff.speech.say("debtor-note-empty").into_owned();
        return again(&staff, id, problem("note", "words", text, form)).await;
    }
    let actor = staff.actor();
    staff.app.ask(move |desk| portal::add_note(desk, id, &words, &actor)).await?;
    Ok(see(&format!("{}?done=done-note", address(id))))
}

#[derive(Deserialize)]
pub(super) struct Mail {
    consent: String,
}

/// Records what the debtor said about e-mail.
pub(super) async fn mail(Path(id): Path<String>, Form(staff, form): Form<Mail>) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let (consent, done) = match form.consent.as_str() {
        "given" => (Consent::Given, "done-opted-in"),
        "refused" => (Consent::Refused, "done-opted-out"),
        _ => return Err(Fail::NotFound),
    };
    let actor = staff.actor();
    staff
        .app
        .ask(move |desk| hold::set_consent(desk, id, None, consent, "told us", &actor).map(drop))
        .await?;
    Ok(see(&format!("{}?done={done}", address(id))))
}

/// Makes a link to hand over, shown once.
pub(super) async fn link(Path(id): Path<String>, Form(staff, _): Form<Pairs>) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let actor = staff.actor();
    let link = staff.app.ask(move |desk| portal::hand_out_link(desk, id, &actor)).await?;
    let page = load(&staff.app, id).await?;
    Ok(write(&staff, &page, super::STORY, None, Some("done-link"), Some(&link)))
}

/// Takes all links of the debtor back.
pub(super) async fn end_links(Path(id): Path<String>, Form(staff, _): Form<Pairs>) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let actor = staff.actor();
    staff.app.ask(move |desk| portal::end_links(desk, id, &actor)).await?;
    Ok(see(&format!("{}?done=done-links-ended", address(id))))
}
