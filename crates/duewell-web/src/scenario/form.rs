//! The form in which a scenario is edited: a row per step.

use duewell_documents::Speech;
use duewell_domain::dunning::NoticeKind;
use maud::{Markup, html};

use super::draft::{Draft, Row, STEPS_MAX};
use crate::settings::Problems;
use crate::texts;
use crate::ui::{self, Button, Choice, Field, Input, Width};

/// Where the form is sent, and its id for buttons that stand outside it.
pub const ACTION: &str = "/scenario/edit";
pub const ID: &str = "steps";

/// Shows the form.
pub fn form(
    speech: &Speech,
    csrf: &str,
    draft: &Draft,
    currency: &str,
    version: u32,
    problems: &Problems,
) -> Markup {
    let say = |id: &str| speech.say(id);
    let save = speech.say_with("scenario-save", &[("version", (version + 1).into())]);
    html! {
        section.card {
        form id=(ID) method="post" action=(ACTION)
            hx-post=(ACTION) hx-trigger="change delay:400ms" hx-target="#preview" hx-select="#preview" hx-swap="outerHTML" {
            (ui::csrf(csrf))
            h2 { (say("scenario-steps")) }
            // The first button is what Enter in a field presses: it looks. Saving is a button of its own.
            button.hidden name="do" value="preview" tabindex="-1" aria-hidden="true" { (say("scenario-look")) }
            @for (index, step) in draft.steps.iter().enumerate() { (row(speech, index, step, problems)) }
            p {
                @if draft.steps.len() < STEPS_MAX {
                    button.btn id=(ui::field_id("add")) name="do" value="add" { (say("scenario-add")) }
                }
            }
            @if let Some(error) = problems.of("add") { p.error.t-danger { (ui::icon(ui::Icon::Warning)) span { (error) } } }
            h2 { (say("scenario-limits")) }
            (ui::input(
                &Field::new("gap", &say("scenario-gap")).hint(&*say("scenario-gap-hint")).error(problems.of("gap")),
                &Input::number(&draft.gap).min("0"),
            ))
            (ui::money_input(
                &Field::new("tolerance", &say("scenario-tolerance")).hint(&*say("scenario-tolerance-hint")).error(problems.of("tolerance")),
                currency,
                &draft.tolerance,
            ))
            (ui::input(
                &Field::new("debtor", &say("scenario-for")).hint(&*say("scenario-for-hint")),
                &Input::text(&draft.debtor).autocomplete("off").width(Width::Medium),
            ))
            (ui::actions(html! {
                (ui::button_named(Button::Primary, &save, "do", "save"))
                (ui::button_named(Button::Secondary, &say("scenario-look"), "do", "preview"))
                (ui::button_link(Button::Quiet, &say("common-cancel"), "/scenario"))
            }))
            p.quiet.small { (say("scenario-save-hint")) }
        }
        }
    }
}

fn row(speech: &Speech, index: usize, step: &Row, problems: &Problems) -> Markup {
    let say = |id: &str| speech.say(id);
    let number = index + 1;
    let name = |field: &str| format!("{field}-{index}");
    let (kind, days, side, pay) = (name("kind"), name("days"), name("side"), name("pay"));
    let kinds: Vec<(&str, String)> =
        NoticeKind::ALL.iter().map(|&kind| (kind.as_str(), texts::kind(speech, kind))).collect();
    let kinds: Vec<Choice<'_>> =
        kinds.iter().map(|(value, label)| Choice::new(value, label).chosen_if(*value == step.kind)).collect();
    let (before, after) = (say("scenario-before"), say("scenario-after"));
    let sides = [
        Choice::new("before", &before).chosen_if(step.side == "before"),
        Choice::new("after", &after).chosen_if(step.side != "before"),
    ];
    html! {
        fieldset {
            legend { (speech.say_with("scenario-step", &[("number", number.into())])) }
            div.row {
                (ui::select(&Field::new(&kind, &say("scenario-kind")).error(problems.of(&kind)), &kinds))
                (ui::input(
                    &Field::new(&days, &say("scenario-days")).error(problems.of(&days)),
                    &Input::number(&step.days).min("0"),
                ))
                (ui::select(&Field::new(&side, &say("scenario-side")), &sides))
                (ui::input(
                    &Field::new(&pay, &say("scenario-pay")).error(problems.of(&pay)),
                    &Input::number(&step.pay).min("0"),
                ))
                button.btn.quiet name="do" value={ "remove-" (index) } {
                    (speech.say_with("scenario-remove", &[("number", number.into())]))
                }
            }
        }
    }
}
