//! Components of the pages: how Duewell looks, and the markup that assistive technology needs.
//!
//! Components hold no words of their own; every text comes in as an argument, in the reader's language. They write no
//! inline style and no inline script, so that the content security policy may forbid both. `/style` shows each of them
//! in each state ([`style_page`]).
//!
//! | Purpose | Component |
//! |---|---|
//! | whole page | [`document`] with [`staff_shell`], [`portal_shell`] or [`plain_shell`]; links are [`Link`] |
//! | head of a page | [`page_head`], [`tabs`], [`filter_chips`], [`search_form`], [`steps`] |
//! | numbers | [`stats`] of [`Stat`], [`amount`], [`amount_of`], [`progress`], [`meter`], [`chart`], [`chart_frame`] |
//! | facts | [`card`], [`card_with`], [`facts`], [`badge`], [`time`], [`timeline`], [`disclosure`], [`copy_field`] |
//! | lists | [`table`] of [`Table`], [`Column`], [`Row`]; [`pager`]; [`empty_state`] |
//! | forms | [`Field`] with [`input`], [`money_input`], [`select`], [`textarea`], [`radio_cards`], [`checkbox`], [`file_input`]; [`error_summary`], [`csrf`] |
//! | buttons | [`button`], [`button_named`], [`button_link`], [`post_button`] in [`actions`]; [`menu`], [`menu_button`] |
//! | messages | [`notice`], [`flash`] |
//! | signs | [`icon`], [`mark`] |
//!
//! Classes for markup that pages write themselves: `stack` (children under each other), `row` (beside each other,
//! wrapping), `cols` (two equal columns where there is room), `split` (main part and a narrower one; with `cols` two equal
//! ones), `stays` (a column that stays in sight), `card`, `quiet`
//! (secondary text), `small`, `lead`, `num` (tabular figures), `amount`, `total` (the double rule under a sum), `hidden`
//! (for screen readers only), `clip` (one line, cut), `letter` (a notice as the debtor reads it), `btn` with `primary`,
//! `quiet` or `danger`, `no-print`. A tone is one of `t-neutral t-info t-ok t-due t-overdue t-held t-danger`: it sets
//! `--tone` (text and strokes) and `--tone-bg` (ground) for what is inside.
//!
//! Hooks of `app.js`: `form[data-auto]` submits on change and hides its `[data-auto-submit]` button; `[data-copy]` is
//! what [`copy_field`] writes; `body[data-keys]` lets `/` go to `[data-search]`; a new `.error-summary` takes the focus.

mod content;
mod feedback;
mod form;
mod icon;
mod navigation;
mod shell;
mod style_page;
mod table;
#[cfg(test)]
mod tests;

pub use content::{
    Stat, amount, amount_of, card, card_with, chart, chart_frame, copy_field, disclosure, facts, meter,
    page_head, progress, stats, time,
};
pub use feedback::{Event, badge, empty_state, flash, notice, timeline};
pub use form::{
    Button, Choice, Field, Input, Width, actions, button, button_link, button_named, checkbox, csrf,
    error_summary, field_id, file_input, input, menu, menu_button, money_input, post_button, radio_cards,
    select, textarea,
};
pub use icon::{Icon, icon, mark};
pub use navigation::{Link, Search, Step, StepState, filter_chips, pager, search_form, steps, tabs};
pub use shell::{
    Direction, Document, Keys, Layout, PlainShell, PortalShell, Scheme, StaffShell, document, plain_shell,
    portal_shell, staff_shell,
};
pub use style_page::style_page;
pub use table::{Column, Order, Row, Table, table};

/// What a colour says. Each use carries a text or a shape too: colour alone says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Neutral,
    Info,
    Ok,
    /// Due soon.
    Due,
    Overdue,
    /// Silent for a reason: a hold, a dispute, a promise that runs.
    Held,
    Danger,
}

impl Tone {
    /// All tones, from calm to loud.
    pub const ALL: [Tone; 7] =
        [Tone::Neutral, Tone::Info, Tone::Ok, Tone::Due, Tone::Overdue, Tone::Held, Tone::Danger];

    /// Returns the class that sets the colours of this tone.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Neutral => "t-neutral",
            Tone::Info => "t-info",
            Tone::Ok => "t-ok",
            Tone::Due => "t-due",
            Tone::Overdue => "t-overdue",
            Tone::Held => "t-held",
            Tone::Danger => "t-danger",
        }
    }
}
