//! Signs: our own drawings on a grid of 20, in the colour of the text around them.

use maud::{Markup, html};

use super::Tone;

/// What a sign stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A notice by mail.
    Mail,
    /// A call.
    Phone,
    /// Money received.
    Payment,
    /// Money taken back: a refund, a return, a reversal.
    Return,
    /// A hold, or what waits.
    Hold,
    /// What was not done, and why.
    Refused,
    Promise,
    Dispute,
    Plan,
    Import,
    Note,
    Person,
    Done,
    Warning,
    Info,
    Search,
    Copy,
    /// Towards the end of the line; turned round in right-to-left text.
    Next,
    /// Towards the start of the line.
    Previous,
    Down,
    Remove,
}

impl Icon {
    /// All signs, for the style page.
    pub const ALL: [Icon; 21] = [
        Icon::Mail,
        Icon::Phone,
        Icon::Payment,
        Icon::Return,
        Icon::Hold,
        Icon::Refused,
        Icon::Promise,
        Icon::Dispute,
        Icon::Plan,
        Icon::Import,
        Icon::Note,
        Icon::Person,
        Icon::Done,
        Icon::Warning,
        Icon::Info,
        Icon::Search,
        Icon::Copy,
        Icon::Next,
        Icon::Previous,
        Icon::Down,
        Icon::Remove,
    ];

    fn path(self) -> &'static str {
        match self {
            Icon::Mail => "M3 5h14v10H3zM3 6l7 5 7-5",
            Icon::Phone => {
                "M7 3H4.5A1.5 1.5 0 0 0 3 4.7 13.5 13.5 0 0 0 15.3 17a1.5 1.5 0 0 0 1.7-1.5V13l-3.6-1.4-1.6 1.7a9 9 0 0 1-5.1-5.1l1.7-1.6z"
            }
            Icon::Payment => "M10 3v10M5.5 9l4.5 4.5L14.5 9M3 17h14",
            Icon::Return => "M7 4 3 8l4 4M3 8h9a4.5 4.5 0 0 1 0 9H8",
            Icon::Hold => "M7 4v12M13 4v12",
            Icon::Refused => "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM5.2 5.2l9.6 9.6",
            Icon::Promise => "M3 5h14v12H3zM3 8.5h14M7 3v3M13 3v3M7 12.7l2 1.8 4-3.7",
            Icon::Dispute => "M3 4h14v10H9l-4 3v-3H3zM10 6.5v3M10 11.5v.2",
            Icon::Plan => {
                "M3 5h14v12H3zM3 8.5h14M7 3v3M13 3v3M6.5 12h.2M10 12h.2M13.5 12h.2M6.5 14.6h.2M10 14.6h.2"
            }
            Icon::Import => "M10 3v9M6.5 8.5 10 12l3.5-3.5M3 12v5h14v-5",
            Icon::Note => "M4 3h12v10l-4 4H4zM12 17v-4h4M7 7h6M7 10h4",
            Icon::Person => "M10 3a3.3 3.3 0 1 0 0 6.6A3.3 3.3 0 0 0 10 3zM3.5 17a6.5 6.5 0 0 1 13 0",
            Icon::Done => "M4 10.5l4 4 8-9",
            Icon::Warning => "M10 3l8 14H2zM10 8v4M10 14.4v.2",
            Icon::Info => "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9v4.5M10 6.4v.2",
            Icon::Search => "M8.5 3a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM12.5 12.5 17 17",
            Icon::Copy => "M7 7h10v10H7zM13 7V3H3v10h4",
            Icon::Next => "M7.5 4l6 6-6 6",
            Icon::Previous => "M12.5 4l-6 6 6 6",
            Icon::Down => "M4 7.5l6 6 6-6",
            Icon::Remove => "M5 5l10 10M15 5 5 15",
        }
    }
}

/// Draws a sign. It is hidden from assistive technology: the text beside it says the same.
pub fn icon(icon: Icon) -> Markup {
    let class = match icon {
        Icon::Next | Icon::Previous | Icon::Return => "icon turns",
        _ => "icon",
    };
    html! { svg class=(class) viewBox="0 0 20 20" aria-hidden="true" { path d=(icon.path()) {} } }
}

/// Returns the sign of a message's tone.
pub(super) fn tone_icon(tone: Tone) -> Icon {
    match tone {
        Tone::Neutral | Tone::Info => Icon::Info,
        Tone::Ok => Icon::Done,
        Tone::Due | Tone::Overdue | Tone::Danger => Icon::Warning,
        Tone::Held => Icon::Hold,
    }
}

/// Draws the mark of Duewell: the bowl of a D, filled to its level.
pub fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 24 24" aria-hidden="true" {
            path d="M4 3h7a9 9 0 0 1 0 18H4z" {}
            path.level d="M4 12.5c3-1.8 5.5-1.8 8 0s5 1.8 8 0A9 9 0 0 1 11 21H4z" {}
        }
    }
}
