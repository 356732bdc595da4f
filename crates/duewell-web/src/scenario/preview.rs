//! What a scenario would do with one debtor in the weeks to come.

use duewell_documents::{Notice, Speech};
use duewell_domain::dunning::{NoticeKind, Scenario};
use duewell_engine::preview::{Foreseen, Planned, foresee};
use duewell_engine::view::{self, ListRow, Show};
use duewell_engine::{Desk, EngineError, outbox, report};
use duewell_store::debtor::Debtor;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::letter::letter;
use crate::texts;
use crate::ui::{self, Event, Icon, Tone};

/// Days that a preview looks ahead.
pub const DAYS: i64 = 60;
/// Debtors offered where several fit.
const CHOICES_MAX: usize = 12;

/// Pages of overdue debtors that are looked through for an example.
const PAGES_MAX: usize = 10;

/// For whom a preview is.
pub enum Chosen {
    One(Box<Preview>),
    /// Several debtors fit what was typed.
    Several(Vec<Debtor>),
    NotFound,
    /// The book has no debtors yet.
    Nobody,
    /// The scenario has to be put right first.
    Broken,
}

/// What would happen with one debtor.
pub struct Preview {
    pub debtor: Debtor,
    pub clock: TimeZone,
    pub language: String,
    pub foreseen: Vec<Foreseen>,
}

/// Finds the debtor that was asked for, or somebody overdue, and foresees; `None` where the scenario is not fit.
pub fn look(desk: &Desk, asked: &str, scenario: Option<&Scenario>) -> Result<Chosen, EngineError> {
    let debtor = match find(desk, asked.trim())? {
        Ok(debtor) => debtor,
        Err(other) => return Ok(other),
    };
    let Some(scenario) = scenario else { return Ok(Chosen::Broken) };
    let foreseen = foresee(desk, debtor.id, scenario, DAYS)?;
    let clock = outbox::clock_of(desk, &debtor);
    let language = debtor.language.clone().unwrap_or_else(|| desk.settings.language.clone());
    Ok(Chosen::One(Box::new(Preview { debtor, clock, language, foreseen })))
}

fn find(desk: &Desk, asked: &str) -> Result<Result<Debtor, Chosen>, EngineError> {
    if asked.is_empty() {
        return Ok(somebody(desk)?.ok_or(Chosen::Nobody));
    }
    match report::find_debtor(desk, asked) {
        Ok(id) => return Ok(Ok(report::account(desk, id)?.debtor)),
        // A wider search finds by numbers of invoices and parts of words too, and offers what fits.
        Err(EngineError::NotFound(..) | EngineError::Refused(_)) => {}
        Err(error) => return Err(error),
    }
    let mut found: Vec<Debtor> =
        view::list_debtors(desk, asked, Show::All, None)?.rows.into_iter().map(|row| row.debtor).collect();
    found.truncate(CHOICES_MAX);
    Ok(match found.len() {
        0 => Err(Chosen::NotFound),
        1 => Ok(found.swap_remove(0)),
        _ => Err(Chosen::Several(found)),
    })
}

/// Finds somebody whose preview says something: overdue, not silent, and with steps to come.
fn somebody(desk: &Desk) -> Result<Option<Debtor>, EngineError> {
    let mut after = None;
    for _ in 0..PAGES_MAX {
        let page = view::list_debtors(desk, "", Show::Overdue, after.as_deref())?;
        let has_steps = |row: &ListRow| {
            row.holds.is_empty()
                && row.cases.iter().any(|case| case.anchor_on.is_some() && case.waiting.is_none())
        };
        if let Some(row) = page.rows.into_iter().find(has_steps) {
            return Ok(Some(row.debtor));
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(view::list_debtors(desk, "", Show::All, None)?.rows.into_iter().next().map(|row| row.debtor))
}

/// Shows a preview; `choose` writes what chooses one of several debtors, and `search` what looks for another.
pub fn show(
    speech: &Speech,
    chosen: &Chosen,
    search: Option<Markup>,
    choose: &dyn Fn(&Debtor) -> Markup,
) -> Markup {
    let say = |id: &str| speech.say(id);
    let title = match chosen {
        Chosen::One(preview) => {
            speech.say_with("scenario-preview-of", &[("name", preview.debtor.name.as_str().into())])
        }
        _ => say("scenario-preview").into_owned(),
    };
    html! {
        section.card id="preview" {
            h2 { (title) }
            @if let Some(search) = search { (search) }
            @match chosen {
                Chosen::One(preview) => (foreseen(speech, preview)),
                Chosen::Several(found) => {
                    p { (say("scenario-preview-several")) }
                    ul { @for one in found { li { (choose(one)) " " span.quiet { (one.external_id) } } } }
                },
                Chosen::NotFound => p { (say("scenario-preview-not-found")) },
                Chosen::Nobody => p { (say("scenario-preview-nobody")) },
                Chosen::Broken => p { (say("scenario-preview-broken")) },
            }
        }
    }
}

fn foreseen(speech: &Speech, preview: &Preview) -> Markup {
    let events: Vec<Event<'_>> = preview
        .foreseen
        .iter()
        .map(|one| match one {
            Foreseen::Notice(planned) => notice(speech, planned, preview),
            Foreseen::Silence { on, because } => Event {
                icon: Icon::Refused,
                tone: Tone::Held,
                title: html! { (speech.say("scenario-preview-silence")) },
                at: ui::time(&on.to_string(), &speech.day(*on)),
                body: Some(html! { (texts::reason(speech, *because)) }),
                details: None,
            },
        })
        .collect();
    let href = format!("/debtors/{}", preview.debtor.id);
    html! {
        p.quiet {
            (speech.say_with("scenario-preview-assumes", &[("days", DAYS.into())])) " "
            a href=(href) { (speech.say_with("scenario-preview-debtor", &[("name", preview.debtor.name.as_str().into())])) }
        }
        @if events.is_empty() {
            p { (speech.say_with("scenario-preview-nothing", &[("days", DAYS.into())])) }
        } @else {
            (ui::timeline(&speech.say("scenario-preview"), &events))
        }
    }
}

fn notice<'a>(speech: &Speech, planned: &'a Planned, preview: &Preview) -> Event<'a> {
    let text = Notice { subject: planned.subject.clone(), body: planned.body.clone() };
    let numbers = planned.numbers.join(", ");
    Event {
        icon: Icon::Mail,
        tone: tone(planned.kind),
        title: html! { (texts::kind(speech, planned.kind)) " · " (ui::amount(&speech.money(planned.total))) },
        at: ui::time(&planned.send_at.to_string(), &speech.moment(planned.send_at, &preview.clock)),
        body: Some(html! {
            (speech.say_with("scenario-preview-to", &[("to", planned.to.as_str().into()), ("numbers", numbers.as_str().into())]))
        }),
        details: Some((planned.subject.as_str(), letter(&text, &preview.language))),
    }
}

/// How loud a notice is.
pub fn tone(kind: NoticeKind) -> Tone {
    match kind {
        NoticeKind::PreDue => Tone::Info,
        NoticeKind::First => Tone::Due,
        NoticeKind::Second => Tone::Overdue,
        NoticeKind::Final => Tone::Danger,
    }
}
