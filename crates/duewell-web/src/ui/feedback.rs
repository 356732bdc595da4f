//! What happened, how things stand, and what is not there yet.

use maud::{Markup, html};

use super::Tone;
use super::icon::{Icon, icon, tone_icon};

/// Names a state: the tone gives colour and shape, the text says it.
pub fn badge(text: &str, tone: Tone) -> Markup {
    html! { span class={ "badge " (tone.class()) } { (text) } }
}

/// Tells something that matters on this page.
pub fn notice(tone: Tone, title: &str, body: Markup) -> Markup {
    html! {
        section class={ "notice " (tone.class()) } aria-label=(title) {
            (icon(tone_icon(tone)))
            div { p.notice-title { (title) } (body) }
        }
    }
}

/// Tells what was just done, with a way to undo it. It belongs into the shell, which announces it.
pub fn flash(tone: Tone, text: &str, action: Option<Markup>) -> Markup {
    html! {
        div class={ "flash " (tone.class()) } {
            (icon(tone_icon(tone)))
            p { (text) }
            @if let Some(action) = action { (action) }
        }
    }
}

/// Says why a list is empty, and what fills it.
pub fn empty_state(title: &str, text: &str, action: Option<Markup>) -> Markup {
    html! {
        div.empty {
            p.empty-title { (title) }
            p { (text) }
            @if let Some(action) = action { div.actions { (action) } }
        }
    }
}

/// Something that happened, or was not done for a reason.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    pub icon: Icon,
    pub tone: Tone,
    pub title: Markup,
    /// What [`time`](super::time) returns.
    pub at: Markup,
    pub body: Option<Markup>,
    /// A summary, and what opens under it.
    pub details: Option<(&'a str, Markup)>,
}

/// Shows what happened in order.
pub fn timeline(label: &str, events: &[Event]) -> Markup {
    html! {
        ol.timeline aria-label=(label) {
            @for event in events {
                li class=(event.tone.class()) {
                    (icon(event.icon))
                    div {
                        div.timeline-head { span { (event.title) } (event.at) }
                        @if let Some(body) = &event.body { div.quiet { (body) } }
                        @if let Some((summary, body)) = &event.details { (super::disclosure(summary, body.clone())) }
                    }
                }
            }
        }
    }
}
