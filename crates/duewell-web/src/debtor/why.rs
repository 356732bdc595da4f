//! Why this debtor is, or is not, written to now.

use duewell_domain::dunning::Reason;
use duewell_domain::hold::Hold;
use duewell_engine::report::Outlook;
use duewell_store::notice::NoticeState;
use maud::{Markup, html};

use super::Page;
use crate::session::Staff;
use crate::texts;
use crate::ui::{self, Tone};

/// Answers for each case what a look at it would lead to, by the very function that decides.
pub(super) fn card(staff: &Staff, page: &Page) -> Markup {
    let speech = staff.speech;
    let today = page.today;
    let written: Vec<_> = page
        .account
        .notices
        .iter()
        .filter(|notice| {
            notice.decided_on == today
                || notice.sent_at.is_some_and(|at| at.to_zoned(staff.zone.clone()).date() == today)
                || matches!(notice.state, NoticeState::Pending | NoticeState::Sending | NoticeState::Unknown)
        })
        .collect();
    ui::card(
        &speech.say("why-title"),
        html! {
            @if page.account.outlook.is_empty() { p { (speech.say("why-no-case")) } }
            @for notice in written {
                p {
                    a href={ "/mail/" (notice.debtor) "/" (notice.id) } { (texts::kind_word(speech, &notice.kind)) }
                    " " (ui::amount(&speech.money(notice.total))) " " (texts::notice_state(speech, notice.state))
                    @if let Some(at) = notice.sent_at { " " span.quiet { (ui::time(&at.to_string(), &speech.moment(at, &staff.zone))) } }
                    @else if notice.state == NoticeState::Pending {
                        " " span.quiet { (speech.say_with("why-leaves", &[("when", (&speech.moment(notice.send_at, &staff.zone)).into())])) }
                    }
                }
            }
            @for outlook in &page.account.outlook { (one(staff, page, outlook)) }
            // What is on hold is silent even where no step would be due anyway.
            @for hold in quiet_holds(page) {
                p.small { (ui::badge(&texts::hold(speech, hold.reason), Tone::Held)) " " (speech.say("why-hold")) }
            }
        },
    )
}

/// Returns holds in force that no answer above names as its reason.
fn quiet_holds(page: &Page) -> impl Iterator<Item = &Hold> {
    let named =
        page.account.outlook.iter().any(|outlook| {
            outlook.not_done.is_some_and(|refused| matches!(refused.because, Reason::OnHold(_)))
        });
    page.account.holds.iter().filter(move |hold| !named && hold.is_in_force_on(page.today))
}

fn one(staff: &Staff, page: &Page, outlook: &Outlook) -> Markup {
    let speech = staff.speech;
    let several = page.account.outlook.len() > 1;
    let head = |words: String| {
        html! { p { @if several { strong { (outlook.case.currency.code()) ": " } } (words) } }
    };
    match (&outlook.notify, &outlook.not_done) {
        (Some(notify), _) => {
            let words = speech.say_with(
                "why-would-send",
                &[
                    ("kind", (&texts::kind(speech, notify.kind)).into()),
                    ("amount", notify.total.into()),
                    ("when", (&speech.moment(notify.send_at, &staff.zone)).into()),
                ],
            );
            html! { (head(words)) p.quiet.small { (speech.say("why-would-send-note")) } }
        }
        (None, not_done) => {
            let because = not_done.map_or(Reason::NotYet, |refused| refused.because);
            let until = not_done.and_then(|refused| refused.until).or(outlook.case.next_event_on);
            let words = speech.say_with("why-not", &[("reason", (&texts::reason(speech, because)).into())]);
            let tone = match because {
                Reason::OnHold(_) => Tone::Held,
                Reason::NothingOpen | Reason::NotYet | Reason::TooSoon => Tone::Ok,
                _ => Tone::Due,
            };
            html! {
                (head(words))
                p.small {
                    (ui::badge(&speech.say(match tone { Tone::Ok => "why-as-planned", Tone::Held => "why-held", _ => "why-attention" }), tone))
                    @if let Some(day) = until { " " (speech.say_with("why-next-look", &[("day", day.into())])) }
                    @else { " " (speech.say("why-no-next-look")) }
                }
            }
        }
    }
}
