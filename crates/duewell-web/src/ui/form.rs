//! Forms: fields with their label, hint and error, and the buttons that send them.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// Returns the id of the input with this name, which is where an error links to.
pub fn field_id(name: &str) -> String {
    format!("f-{name}")
}

/// What stands around an input: its label, a hint, and what is wrong with the value.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    name: &'a str,
    label: &'a str,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    optional: Option<&'a str>,
}

impl<'a> Field<'a> {
    /// Makes a field; the name is unique in its page.
    pub fn new(name: &'a str, label: &'a str) -> Self {
        Field { name, label, hint: None, error: None, optional: None }
    }

    /// Says what to enter, before someone enters it.
    pub fn hint(mut self, hint: impl Into<Option<&'a str>>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Says what is wrong and how to put it right.
    pub fn error(mut self, error: impl Into<Option<&'a str>>) -> Self {
        self.error = error.into();
        self
    }

    /// Says beside the label that the field may stay empty.
    pub fn optional(mut self, word: &'a str) -> Self {
        self.optional = Some(word);
        self
    }

    fn id(&self) -> String {
        field_id(self.name)
    }

    /// Returns the ids of hint and error, for the input to point to.
    fn described(&self) -> Option<String> {
        let id = self.id();
        match (self.hint, self.error) {
            (None, None) => None,
            (Some(_), None) => Some(format!("{id}-hint")),
            (None, Some(_)) => Some(format!("{id}-error")),
            (Some(_), Some(_)) => Some(format!("{id}-hint {id}-error")),
        }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }

    fn texts(&self) -> Markup {
        let id = self.id();
        html! {
            @if let Some(hint) = self.hint { p.hint id={ (id) "-hint" } { (hint) } }
            @if let Some(error) = self.error { p.error id={ (id) "-error" } { (icon(Icon::Warning)) span { (error) } } }
        }
    }

    fn words(&self) -> Markup {
        html! {
            (self.label)
            @if let Some(word) = self.optional { " " span.optional { (word) } }
        }
    }

    fn wrap(&self, control: Markup) -> Markup {
        html! {
            div.field.wrong[self.error.is_some()] {
                label for=(self.id()) { (self.words()) }
                (self.texts())
                (control)
            }
        }
    }
}

/// How wide an input is: as wide as what it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    #[default]
    Full,
    /// About twenty characters.
    Medium,
    /// About ten characters.
    Short,
}

/// What an input takes.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    kind: &'static str,
    value: &'a str,
    autocomplete: Option<&'a str>,
    mode: Option<&'static str>,
    min: Option<&'a str>,
    max: Option<&'a str>,
    length_max: Option<u32>,
    required: bool,
    autofocus: bool,
    width: Width,
}

impl<'a> Input<'a> {
    fn of(kind: &'static str, value: &'a str) -> Self {
        Input {
            kind,
            value,
            autocomplete: None,
            mode: None,
            min: None,
            max: None,
            length_max: None,
            required: false,
            autofocus: false,
            width: Width::Full,
        }
    }

    pub fn text(value: &'a str) -> Self {
        Self::of("text", value)
    }

    pub fn email(value: &'a str) -> Self {
        Input { autocomplete: Some("email"), ..Self::of("email", value) }
    }

    pub fn tel(value: &'a str) -> Self {
        Input { autocomplete: Some("tel"), width: Width::Medium, ..Self::of("tel", value) }
    }

    /// Takes a password that exists; for a new one, set `autocomplete("new-password")`. It never shows a value.
    pub fn password() -> Self {
        Input { autocomplete: Some("current-password"), ..Self::of("password", "") }
    }

    /// Takes a code that was sent or is shown by an app.
    pub fn code(value: &'a str) -> Self {
        Input {
            autocomplete: Some("one-time-code"),
            mode: Some("numeric"),
            width: Width::Short,
            ..Self::of("text", value)
        }
    }

    /// Takes a day, as in `2026-03-01`.
    pub fn date(value: &'a str) -> Self {
        Input { width: Width::Medium, ..Self::of("date", value) }
    }

    /// Takes a whole number.
    pub fn number(value: &'a str) -> Self {
        Input { mode: Some("numeric"), width: Width::Short, ..Self::of("number", value) }
    }

    pub fn autocomplete(mut self, token: &'a str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    pub fn min(mut self, min: &'a str) -> Self {
        self.min = Some(min);
        self
    }

    pub fn max(mut self, max: &'a str) -> Self {
        self.max = Some(max);
        self
    }

    pub fn length_max(mut self, length: u32) -> Self {
        self.length_max = Some(length);
        self
    }

    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Puts the cursor here when the page opens; at most one input of a page, and only where it is the page's purpose.
    pub fn autofocus(mut self) -> Self {
        self.autofocus = true;
        self
    }

    pub fn width(mut self, width: Width) -> Self {
        self.width = width;
        self
    }

    fn class(&self) -> Option<&'static str> {
        match self.width {
            Width::Full => None,
            Width::Medium => Some("w-m"),
            Width::Short => Some("w-s"),
        }
    }
}

fn control(field: &Field, input: &Input) -> Markup {
    html! {
        input id=(field.id()) name=(field.name) type=(input.kind) class=[input.class()]
            value=[(!input.value.is_empty()).then_some(input.value)] autocomplete=[input.autocomplete]
            inputmode=[input.mode] min=[input.min] max=[input.max] maxlength=[input.length_max]
            required[input.required] autofocus[input.autofocus]
            aria-describedby=[field.described()] aria-invalid=[field.invalid()];
    }
}

/// Shows a field of one line.
pub fn input(field: &Field, input: &Input) -> Markup {
    field.wrap(control(field, input))
}

/// Shows a field for an amount. It is text, as people write amounts in the way of their country.
pub fn money_input(field: &Field, currency: &str, value: &str) -> Markup {
    let input =
        Input { mode: Some("decimal"), width: Width::Short, autocomplete: Some("off"), ..Input::text(value) };
    field.wrap(html! { div.money { (control(field, &input)) span { (currency) } } })
}

/// One of several values to choose from.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    value: &'a str,
    label: &'a str,
    hint: Option<&'a str>,
    chosen: bool,
}

impl<'a> Choice<'a> {
    pub fn new(value: &'a str, label: &'a str) -> Self {
        Choice { value, label, hint: None, chosen: false }
    }

    /// Says what the choice means; shown by [`radio_cards`].
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    pub fn chosen_if(mut self, chosen: bool) -> Self {
        self.chosen = chosen;
        self
    }
}

/// Shows a list to choose one value from.
pub fn select(field: &Field, choices: &[Choice]) -> Markup {
    field.wrap(html! {
        select id=(field.id()) name=(field.name) aria-describedby=[field.described()] aria-invalid=[field.invalid()] {
            @for choice in choices { option value=(choice.value) selected[choice.chosen] { (choice.label) } }
        }
    })
}

/// Shows a field of several lines.
pub fn textarea(field: &Field, rows: u32, value: &str) -> Markup {
    field.wrap(html! {
        // A line break directly after the tag is dropped by the browser; ours is in its place.
        textarea id=(field.id()) name=(field.name) rows=(rows)
            aria-describedby=[field.described()] aria-invalid=[field.invalid()] { "\n" (value) }
    })
}

/// Shows a few choices, each with what it means.
pub fn radio_cards(field: &Field, choices: &[Choice]) -> Markup {
    let id = field.id();
    html! {
        fieldset.field.wrong[field.error.is_some()] aria-describedby=[field.described()] {
            legend { (field.words()) }
            (field.texts())
            div.choices {
                @for (index, choice) in choices.iter().enumerate() {
                    // The first one carries the field's id: an error links to where one can choose.
                    @let id = if index == 0 { id.clone() } else { format!("{id}-{index}") };
                    div.choice {
                        input id=(id) type="radio" name=(field.name) value=(choice.value) checked[choice.chosen]
                            aria-describedby=[choice.hint.map(|_| format!("{id}-note"))];
                        label for=(id) { (choice.label) }
                        @if let Some(hint) = choice.hint { p.hint id={ (id) "-note" } { (hint) } }
                    }
                }
            }
        }
    }
}

/// Shows a box to tick; ticked, it sends `value`.
pub fn checkbox(field: &Field, value: &str, checked: bool) -> Markup {
    let id = field.id();
    html! {
        div.field.wrong[field.error.is_some()] {
            div.check {
                input id=(id) type="checkbox" name=(field.name) value=(value) checked[checked]
                    aria-describedby=[field.described()] aria-invalid=[field.invalid()];
                label for=(id) { (field.words()) }
            }
            (field.texts())
        }
    }
}

/// Shows a place for a file: to drop it on, or to choose it. `accept` names kinds, as in `.csv,.xlsx`.
pub fn file_input(field: &Field, accept: &str) -> Markup {
    field.wrap(html! {
        input.drop id=(field.id()) name=(field.name) type="file" accept=(accept)
            aria-describedby=[field.described()] aria-invalid=[field.invalid()];
    })
}

/// Tells on top of a form what is wrong in it, each with a link to its field: the name of the field and the text.
///
/// The pattern is that of the GOV.UK design system, *Error summary*.
pub fn error_summary(title: &str, errors: &[(&str, &str)]) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.error-summary.t-danger role="alert" tabindex="-1" {
                h2 { (title) }
                ul { @for (name, text) in errors { li { a href={ "#" (field_id(name)) } { (text) } } } }
            }
        }
    }
}

/// Sends the token that shows a form is ours.
pub fn csrf(token: &str) -> Markup {
    html! { input type="hidden" name="csrf" value=(token); }
}

/// How loud a button is. A page has one primary button.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Button {
    Primary,
    #[default]
    Secondary,
    Quiet,
    Danger,
}

impl Button {
    fn class(self) -> &'static str {
        match self {
            Button::Primary => "btn primary",
            Button::Secondary => "btn",
            Button::Quiet => "btn quiet",
            Button::Danger => "btn danger",
        }
    }
}

/// Shows a button that sends its form.
pub fn button(button: Button, label: &str) -> Markup {
    html! { button class=(button.class()) { (label) } }
}

/// Shows a button that sends its form and says that it was this button.
pub fn button_named(button: Button, label: &str, name: &str, value: &str) -> Markup {
    html! { button class=(button.class()) name=(name) value=(value) { (label) } }
}

/// Shows a link in the shape of a button.
pub fn button_link(button: Button, label: &str, href: &str) -> Markup {
    html! { a class=(button.class()) href=(href) { (label) } }
}

/// Shows a button that does one thing: a form of its own with only the token.
pub fn post_button(button: Button, label: &str, action: &str, token: &str) -> Markup {
    html! { form.inline method="post" action=(action) { (csrf(token)) (self::button(button, label)) } }
}

/// Puts buttons in a row, the first of them the one most people need.
pub fn actions(buttons: Markup) -> Markup {
    html! { div.actions { (buttons) } }
}

/// Shows what one can do here behind a button.
pub fn menu_button(label: &str, items: Markup) -> Markup {
    html! { details.menu { summary.btn { (label) (icon(Icon::Down)) } div { (items) } } }
}

/// Shows what else one can do behind a word. `items` are links and buttons.
pub fn menu(label: &str, items: Markup) -> Markup {
    html! { details.menu { summary { (label) (icon(Icon::Down)) } div { (items) } } }
}
