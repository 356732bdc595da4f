//! Choosing what a payment pays: the debtor's open receivables to tick, and what will happen, before it happens.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use duewell_domain::id::{DebtorId, PaymentId};
use duewell_engine::cash::{self, Preview, PreviewRow, Target};
use maud::{Markup, html};

use super::{MatchForm, Pairs, Place, id_of, numbers_of};
use crate::app::Shared;
use crate::fail::Fail;
use crate::imports::{not_done, told};
use crate::session::{Here, Staff};
use crate::texts;
use crate::ui;

pub async fn show(
    State(app): State<Shared>,
    staff: Staff,
    Path((id, debtor)): Path<(String, String)>,
    Query(pairs): Query<Pairs>,
) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let debtor: DebtorId = debtor.parse().map_err(|_| Fail::NotFound)?;
    let place = Place::of(&pairs);
    let target = target_of(&pairs);
    let found = app.ask(move |desk| Ok(cash::preview_match(desk, id, debtor, target.as_ref()))).await?;
    let title = staff.speech.say("payments-choose-title");
    match found {
        Ok(preview) => Ok(staff.page(&title, Here::Payments, None, page(&staff, &preview, &place))),
        Err(error @ duewell_engine::EngineError::NotFound("debtor", _)) => Err(error.into()),
        Err(error) => {
            let reason = told(error)?;
            let back = back_address(id, &place);
            let content = html! {
                (ui::page_head(&title, None, None))
                (not_done(staff.speech, "payments-not-done", "payments-not-done-text", &reason))
                p { a href=(back) { (staff.speech.say("payments-back")) } }
            };
            let page = staff.page(&title, Here::Payments, None, content);
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// What the address says is chosen; none before anyone has chosen.
fn target_of(pairs: &[(String, String)]) -> Option<Target> {
    let how = pairs.iter().find(|(name, _)| name == "how").map(|(_, value)| value.as_str());
    match how {
        Some("oldest") => Some(Target::OldestFirst),
        Some("pick") => Some(Target::Numbers(numbers_of(pairs))),
        _ => None,
    }
}

fn back_address(payment: PaymentId, place: &Place) -> String {
    let id = payment.to_string();
    texts::address("/payments", &[("after", &place.after), ("payment", &id)])
}

fn page(staff: &Staff, preview: &Preview, place: &Place) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let address = format!("/payments/{}/to/{}", preview.payment, preview.debtor.id);
    let lead = speech.say_with(
        "payments-choose-lead",
        &[
            ("amount", preview.amount.into()),
            ("day", preview.received_on.into()),
            ("name", (&preview.debtor.name).into()),
        ],
    );
    let oldest =
        texts::address(&address, &[("how", "oldest"), ("after", &place.after), ("next", &place.next)]);
    html! {
        p {
            a href=(back_address(preview.payment, place)) { (say("payments-back")) } " · "
            a href={ "/debtors/" (preview.debtor.id) } { bdi { (preview.debtor.name) } " (" bdi { (preview.debtor.external_id) } ")" }
        }
        (ui::page_head(&say("payments-choose-title"), Some(&lead), None))
        div.split {
            section.card {
                h2 { (say("payments-open-title")) }
                @if preview.rows.is_empty() {
                    p { (say("payments-nothing-open")) }
                } @else {
                    form method="get" action=(address) hx-get=(address) hx-trigger="change, submit" hx-target="#preview"
                        hx-select="#preview" hx-swap="outerHTML" {
                        input type="hidden" name="how" value="pick";
                        (place.fields())
                        (receivables(staff, preview))
                        (ui::actions(html! {
                            (ui::button(ui::Button::Secondary, &say("payments-show")))
                            (ui::button_link(ui::Button::Quiet, &say("payments-oldest"), &oldest))
                        }))
                    }
                }
            }
            (outcome(staff, preview, place))
        }
    }
}

fn receivables(staff: &Staff, preview: &Preview) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let heads = [say("payments-number"), say("payments-due"), say("payments-open-amount")];
    let columns =
        vec![ui::Column::text(&heads[0]), ui::Column::number(&heads[1]), ui::Column::number(&heads[2])];
    let rows = preview.rows.iter().enumerate().map(|(index, row)| {
        let id = format!("pick-{index}");
        ui::Row::new(vec![
            html! {
                span.check {
                    input id=(id) type="checkbox" name="number" value=(row.number) checked[row.chosen];
                    label for=(id) { bdi { (row.number) } }
                }
            },
            ui::time(&row.due_on.to_string(), &speech.day(row.due_on)),
            ui::amount(&speech.money(row.open)),
        ])
    });
    ui::table(&ui::Table::new(&say("payments-open-title"), columns).caption_hidden().rows(rows))
}

/// What will happen, and the button that makes it happen.
fn outcome(staff: &Staff, preview: &Preview, place: &Place) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let numbers: Vec<String> =
        preview.rows.iter().filter(|row| row.chosen).map(|row| row.number.clone()).collect();
    let paid: Vec<&PreviewRow> = preview.rows.iter().filter(|row| row.part.is_positive()).collect();
    let form = MatchForm { payment: preview.payment, debtor: preview.debtor.id, numbers: &numbers, place };
    let label = if paid.is_empty() { say("payments-keep-unapplied") } else { say("payments-match-so") };
    html! {
        section.card id="preview" aria-live="polite" {
            h2 { (say("payments-will-happen")) }
            @if paid.is_empty() { p { (say("payments-pays-nothing")) } }
            @else {
                div.stack role="list" {
                    @for row in paid {
                        p role="listitem" {
                            (speech.say_with(
                                if row.part == row.open { "payments-pays-all" } else { "payments-pays-part" },
                                &[
                                    ("number", (&row.number).into()),
                                    ("amount", row.part.into()),
                                    ("open", row.open.into()),
                                ],
                            ))
                        }
                    }
                }
            }
            p.total {
                span { (say("payments-unapplied")) }
                (ui::amount(&speech.money(preview.unapplied)))
            }
            (ui::actions(form.show(staff, ui::Button::Primary, &label)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ticked_is_a_choice_and_no_choice_is_none() {
        let pairs = |list: &[(&str, &str)]| -> Pairs {
            list.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
        };
        assert_eq!(target_of(&pairs(&[])), None);
        assert_eq!(target_of(&pairs(&[("how", "pick")])), Some(Target::Numbers(Vec::new())));
        let two = target_of(&pairs(&[("how", "pick"), ("number", "A"), ("number", "B")]));
        assert_eq!(two, Some(Target::Numbers(vec!["A".to_owned(), "B".to_owned()])));
        assert_eq!(target_of(&pairs(&[("how", "oldest"), ("number", "A")])), Some(Target::OldestFirst));
    }
}
