//! Payments: the queue of those that wait for a person, what was dealt with, and the bank's statements.

mod choose;
mod dealt;
mod queue;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use duewell_documents::Speech;
use duewell_domain::id::{DebtorId, PaymentId};
use duewell_engine::cash::{self, Target};
use duewell_engine::{Desk, EngineError};
use maud::{Markup, html};

use crate::app::Shared;
use crate::fail::Fail;
use crate::imports::{not_done, told};
use crate::session::{Form, Staff, see};
use crate::{texts, ui};

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/payments", get(queue::show))
        .route("/payments/done", get(dealt::show))
        .route("/payments/statements", get(dealt::statements))
        .route("/payments/{id}/match", post(match_one))
        .route("/payments/{id}/ignore", post(ignore))
        .route("/payments/{id}/unmatch", post(unmatch))
        .route("/payments/{id}/requeue", post(requeue))
        .route("/payments/{id}/to/{debtor}", get(choose::show))
}

/// The three views of payments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Queue,
    Dealt,
    Statements,
}

fn tabs(speech: &Speech, here: Tab, waiting: i64) -> Markup {
    let say = |id: &str| speech.say(id);
    let (queue, dealt, statements) =
        (say("payments-tab-queue"), say("payments-tab-done"), say("payments-tab-statements"));
    let count = speech.number(waiting);
    ui::tabs(
        &say("payments-tabs"),
        &[
            ui::Link::new(&queue, "/payments").current_if(here == Tab::Queue).count(&*count),
            ui::Link::new(&dealt, "/payments/done").current_if(here == Tab::Dealt),
            ui::Link::new(&statements, "/payments/statements").current_if(here == Tab::Statements),
        ],
    )
}

/// Where a person stands in the queue: carried through forms, so that the next payment opens by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Place {
    /// The page of the queue starts after this payment.
    after: String,
    /// The payment that opens next.
    next: String,
}

impl Place {
    fn of(pairs: &[(String, String)]) -> Place {
        let value = |name: &str| {
            let found = pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
            // Only an id of ours goes back into an address.
            found.filter(|text| text.parse::<PaymentId>().is_ok()).unwrap_or("").to_owned()
        };
        Place { after: value("after"), next: value("next") }
    }

    fn fields(&self) -> Markup {
        html! {
            @if !self.after.is_empty() { input type="hidden" name="after" value=(self.after); }
            @if !self.next.is_empty() { input type="hidden" name="next" value=(self.next); }
        }
    }

    fn address(&self, done: &str, was: PaymentId) -> String {
        let was = was.to_string();
        texts::address(
            "/payments",
            &[("done", done), ("was", &was), ("after", &self.after), ("payment", &self.next)],
        )
    }
}

/// The form that matches a payment to receivables of a debtor, by one button.
struct MatchForm<'a> {
    payment: PaymentId,
    debtor: DebtorId,
    /// Nothing named means that the money stays unapplied.
    numbers: &'a [String],
    place: &'a Place,
}

impl MatchForm<'_> {
    fn show(&self, staff: &Staff, button: ui::Button, label: &str) -> Markup {
        self.show_with(staff, ui::button(button, label))
    }

    fn show_with(&self, staff: &Staff, button: Markup) -> Markup {
        html! {
            form.inline method="post" action={ "/payments/" (self.payment) "/match" } {
                (ui::csrf(&staff.csrf))
                input type="hidden" name="debtor" value=(self.debtor);
                @for number in self.numbers { input type="hidden" name="number" value=(number); }
                (self.place.fields())
                (button)
            }
        }
    }
}

type Pairs = Vec<(String, String)>;

fn id_of(text: &str) -> Result<PaymentId, Fail> {
    text.parse().map_err(|_| Fail::NotFound)
}

/// Numbers as chosen in a form or an address.
fn numbers_of(pairs: &[(String, String)]) -> Vec<String> {
    pairs.iter().filter(|(name, _)| name == "number").map(|(_, value)| value.clone()).collect()
}

/// Does one thing to a payment and leads on; a refusal is told above the queue.
async fn act(
    app: &Shared,
    staff: &Staff,
    place: &Place,
    to: String,
    work: impl FnOnce(&Desk) -> Result<(), EngineError> + Send + 'static,
) -> Result<Response, Fail> {
    match app.ask(move |desk| Ok(work(desk))).await? {
        Ok(()) => Ok(see(&to)),
        Err(error) => {
            let reason = told(error)?;
            let notice = not_done(staff.speech, "payments-not-done", "payments-not-done-text", &reason);
            queue::refused(app, staff, place, notice).await
        }
    }
}

async fn match_one(
    State(app): State<Shared>,
    Path(id): Path<String>,
    Form(staff, pairs): Form<Pairs>,
) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let debtor = pairs.iter().find(|(name, _)| name == "debtor").and_then(|(_, value)| value.parse().ok());
    let debtor: DebtorId = debtor.ok_or(Fail::NotFound)?;
    let (place, actor) = (Place::of(&pairs), staff.actor());
    let target = Target::Numbers(numbers_of(&pairs));
    act(&app, &staff, &place, place.address("done-matched", id), move |desk| {
        cash::match_payment(desk, id, debtor, &target, &actor).map(drop)
    })
    .await
}

async fn ignore(
    State(app): State<Shared>,
    Path(id): Path<String>,
    Form(staff, pairs): Form<Pairs>,
) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let (place, actor) = (Place::of(&pairs), staff.actor());
    act(&app, &staff, &place, place.address("done-ignored", id), move |desk| {
        cash::ignore_payment(desk, id, &actor)
    })
    .await
}

/// Takes a match back; the payment is open on top of the queue again.
async fn unmatch(
    State(app): State<Shared>,
    Path(id): Path<String>,
    Form(staff, pairs): Form<Pairs>,
) -> Result<Response, Fail> {
    let (id, actor) = (id_of(&id)?, staff.actor());
    let to = format!("/payments?done=done-unmatched&payment={id}");
    act(&app, &staff, &Place::of(&pairs), to, move |desk| cash::unmatch_payment(desk, id, &actor).map(drop))
        .await
}

/// Lets a payment that was put aside wait again.
async fn requeue(
    State(app): State<Shared>,
    Path(id): Path<String>,
    Form(staff, pairs): Form<Pairs>,
) -> Result<Response, Fail> {
    let (id, actor) = (id_of(&id)?, staff.actor());
    let to = format!("/payments?done=done-requeued&payment={id}");
    act(&app, &staff, &Place::of(&pairs), to, move |desk| cash::requeue_payment(desk, id, &actor)).await
}

/// By what a payment was recognised, or why it waits.
fn because(speech: &Speech, word: &str) -> String {
    let id = format!("because-{}", word.replace('_', "-"));
    if speech.knows(&id) { speech.say(&id).into_owned() } else { word.to_owned() }
}

/// The payer, or a word for nobody.
fn payer(speech: &Speech, name: &str) -> Markup {
    html! {
        @if name.is_empty() { span.quiet { (speech.say("payments-no-payer")) } } @else { bdi { (name) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_queue_carries_ids_only() {
        let id = PaymentId(77).to_string();
        let pairs = |after: &str, next: &str| {
            vec![("after".to_owned(), after.to_owned()), ("next".to_owned(), next.to_owned())]
        };
        let place = Place::of(&pairs(&id, "//evil.example"));
        assert_eq!(place, Place { after: id.clone(), next: String::new() });
        assert_eq!(
            place.address("done-matched", PaymentId(77)),
            format!("/payments?done=done-matched&was={id}&after={id}")
        );
    }

    #[test]
    fn every_reason_to_match_or_wait_has_words() {
        use duewell_domain::matching::Because;
        for speech in Speech::all() {
            for reason in [
                Because::ReferenceExact,
                Because::ReferencePart,
                Because::ReferenceOver,
                Because::NameAmount,
                Because::Person,
                Because::SeveralDebtors,
                Because::AlreadySettled,
                Because::WeakReference,
                Because::OtherCurrency,
                Because::NameOnly,
                Because::SeveralNames,
                Because::Stranger,
            ] {
                assert_ne!(because(speech, reason.as_str()), reason.as_str());
            }
        }
    }
}
