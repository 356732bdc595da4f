//! The fields of the settings, in groups.

use duewell_documents::Speech;
use duewell_domain::calendar::HolidayCalendar;
use duewell_engine::texts::LANGUAGES;
use maud::{Markup, html};

use super::language_name;
use super::problems::Problems;
use super::typed::{CAPS_MAX, Typed};
use crate::ui::{self, Choice, Field, Input, Width};

/// Writes fields with what was typed into them and what is wrong with it.
pub struct Fields<'a> {
    pub speech: &'a Speech,
    pub typed: &'a Typed,
    pub problems: &'a Problems,
}

impl Fields<'_> {
    fn say(&self, id: &str) -> String {
        self.speech.say(id).into_owned()
    }

    /// Writes a field of one line; its label is `settings-NAME`, its hint `settings-NAME-hint` where there is one.
    fn line(&self, name: &str, input: Input<'_>) -> Markup {
        let (label, hint) = self.words(name);
        ui::input(&Field::new(name, &label).hint(hint.as_deref()).error(self.problems.of(name)), &input)
    }

    fn words(&self, name: &str) -> (String, Option<String>) {
        let hint = format!("settings-{name}-hint");
        let hint = self.speech.knows(&hint).then(|| self.say(&hint));
        (self.say(&format!("settings-{name}")), hint)
    }

    fn text(&self, name: &str) -> Markup {
        self.line(name, Input::text(self.typed.value(name)))
    }

    fn short(&self, name: &str) -> Markup {
        self.line(name, Input::text(self.typed.value(name)).width(Width::Short).autocomplete("off"))
    }

    fn days(&self, name: &str) -> Markup {
        self.line(name, Input::number(self.typed.value(name)).min("0"))
    }

    fn choice(&self, name: &str, choices: &[(String, String)]) -> Markup {
        let (label, hint) = self.words(name);
        let value = self.typed.value(name);
        let choices: Vec<Choice<'_>> =
            choices.iter().map(|(tag, name)| Choice::new(tag, name).chosen_if(tag == value)).collect();
        ui::select(&Field::new(name, &label).hint(hint.as_deref()).error(self.problems.of(name)), &choices)
    }

    fn yes_or_no(&self, name: &str) -> Markup {
        let answers = [("no".to_owned(), self.say("common-no")), ("yes".to_owned(), self.say("common-yes"))];
        self.choice(name, &answers)
    }

    /// What every notice needs.
    pub fn needed(&self) -> Markup {
        let value = |name: &str| self.typed.value(name);
        html! {
            (self.line("name", Input::text(value("name")).autocomplete("organization")))
            (self.line("email", Input::email(value("email"))))
            (self.line("iban", Input::text(value("iban")).autocomplete("off")))
        }
    }

    /// What makes a letter of it.
    pub fn letterhead(&self) -> Markup {
        let value = |name: &str| self.typed.value(name);
        let (label, hint) = self.words("address");
        html! {
            (self.line("phone", Input::tel(value("phone"))))
            (ui::textarea(&Field::new("address", &label).hint(hint.as_deref()), 3, value("address")))
            (self.text("signer"))
            (self.text("advice"))
            (self.line("sender", Input::email(value("sender"))))
        }
    }

    pub fn bank(&self) -> Markup {
        let bic = Input::text(self.typed.value("bic")).width(Width::Medium).autocomplete("off");
        html! { (self.text("holder")) (self.line("bic", bic)) (self.text("bank")) }
    }

    pub fn place(&self) -> Markup {
        let mut languages: Vec<String> = LANGUAGES.map(str::to_owned).to_vec();
        add_missing(&mut languages, self.typed.value("language"));
        let languages: Vec<(String, String)> =
            languages.into_iter().map(|tag| (tag.clone(), language_name(self.speech, &tag))).collect();
        let mut calendars: Vec<String> =
            HolidayCalendar::builtin_names().into_iter().map(str::to_owned).collect();
        add_missing(&mut calendars, self.typed.value("holidays"));
        let mut calendars: Vec<(String, String)> =
            calendars.into_iter().map(|name| (name.clone(), name)).collect();
        calendars.insert(0, (String::new(), self.say("settings-holidays-none")));
        html! {
            (self.choice("language", &languages))
            (self.short("country"))
            (self.short("currency"))
            (self.choice("holidays", &calendars))
            (self.days("terms"))
        }
    }

    pub fn contact(&self) -> Markup {
        let rows = (0..CAPS_MAX).take_while(|index| {
            // One empty row after those in use.
            *index == 0 || !self.typed.value(&format!("cap-max-{}", index - 1)).is_empty()
        });
        html! {
            div.row { (self.short("opens")) (self.short("closes")) }
            div.row { (self.yes_or_no("sundays")) (self.yes_or_no("public-holidays")) }
            fieldset.stack {
                legend { (self.say("settings-caps")) }
                p.hint { (self.say("settings-caps-hint")) }
                @for index in rows { (self.cap(index)) }
            }
            (self.days("stale"))
        }
    }

    fn cap(&self, index: usize) -> Markup {
        let (most, days) = (format!("cap-max-{index}"), format!("cap-days-{index}"));
        let field = |name: &str, label: &str| {
            let label = self.speech.say_with(label, &[("number", (index + 1).into())]);
            ui::input(
                &Field::new(name, &label).error(self.problems.of(name)),
                &Input::number(self.typed.value(name)).min("1"),
            )
        };
        html! { div.row { (field(&most, "settings-cap-max")) (field(&days, "settings-cap-days")) } }
    }

    fn amount(&self, name: &str) -> Markup {
        let (label, hint) = self.words(name);
        let field = Field::new(name, &label).hint(hint.as_deref()).error(self.problems.of(name));
        ui::money_input(&field, self.typed.value("currency"), self.typed.value(name))
    }

    fn percent(&self, name: &str) -> Markup {
        let (label, hint) = self.words(name);
        let field = Field::new(name, &label).hint(hint.as_deref()).error(self.problems.of(name));
        ui::money_input(&field, "%", self.typed.value(name))
    }

    /// What plans may be made, at the desk and on debtors' pages.
    pub fn plans(&self) -> Markup {
        html! {
            (self.yes_or_no("plan-offered"))
            (self.amount("plan-least"))
            (self.days("plan-most"))
            (self.days("plan-first"))
            (self.percent("plan-down"))
            (self.percent("plan-rate"))
            (self.percent("plan-most-rate"))
            (self.amount("plan-balance"))
            (self.days("plan-missed"))
            (self.days("plan-grace"))
            (self.amount("plan-tolerance"))
        }
    }

    pub fn page(&self) -> Markup {
        html! { (self.text("portal")) (self.days("link-days")) (self.days("promise-days")) (self.text("link")) }
    }
}

/// Keeps a value that is set although we would not offer it.
fn add_missing(values: &mut Vec<String>, set: &str) {
    if !set.is_empty() && !values.iter().any(|value| value == set) {
        values.push(set.to_owned());
    }
}
