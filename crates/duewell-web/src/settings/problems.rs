//! What is wrong in a form, to be said on top of it and at each field.

use axum::http::StatusCode;
use duewell_documents::Speech;
use maud::Markup;

use crate::ui;

/// What is wrong, by the name of the field.
#[derive(Debug, Default)]
pub struct Problems(Vec<(String, String)>);

impl Problems {
    pub fn add(&mut self, field: &str, text: impl Into<String>) {
        self.0.push((field.to_owned(), text.into()));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts the problems in the order in which a form has its fields.
    pub fn sort_by_form(&mut self, fields: &[&str]) {
        self.0.sort_by_key(|(name, _)| fields.iter().position(|field| field == name));
    }

    /// Returns what is wrong with a field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, text)| text.as_str())
    }

    /// Lists what is wrong, without the fields.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, text)| text.as_str())
    }

    /// Says whether one of some fields is wrong.
    pub fn any(&self, fields: &[&str]) -> bool {
        self.0.iter().any(|(name, _)| fields.iter().any(|field| name.starts_with(field)))
    }

    /// Writes the summary above the form; nothing when nothing is wrong.
    pub fn summary(&self, speech: &Speech) -> Markup {
        let errors: Vec<(&str, &str)> =
            self.0.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        ui::error_summary(&speech.say("form-wrong"), &errors)
    }

    /// Returns the status of the page that shows the form again.
    pub fn status(&self) -> StatusCode {
        if self.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }
}
