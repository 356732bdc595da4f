//! Ways from page to page: links, tabs, filters, search, pages of a list, steps of a task.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// A link of a navigation, of tabs, of filters or of a choice of languages.
#[derive(Clone, Debug)]
pub struct Link<'a> {
    label: &'a str,
    href: &'a str,
    current: bool,
    count: Option<&'a str>,
    language: Option<&'a str>,
}

impl<'a> Link<'a> {
    /// Makes a link.
    pub fn new(label: &'a str, href: &'a str) -> Self {
        Link { label, href, current: false, count: None, language: None }
    }

    /// Marks the link as where the reader is.
    pub fn current_if(mut self, current: bool) -> Self {
        self.current = current;
        self
    }

    /// Shows how many there are behind the link.
    pub fn count(mut self, count: impl Into<Option<&'a str>>) -> Self {
        self.count = count.into();
        self
    }

    /// Says which language the label is in and the link leads to.
    pub fn language(mut self, tag: &'a str) -> Self {
        self.language = Some(tag);
        self
    }

    pub(super) fn anchor(&self, current: &str) -> Markup {
        html! {
            a href=(self.href) lang=[self.language] hreflang=[self.language] aria-current=[self.current.then_some(current)] {
                (self.label)
                @if let Some(count) = self.count { " " span.count { (count) } }
            }
        }
    }
}

pub(super) fn link_list(label: &str, class: &str, current: &str, links: &[Link]) -> Markup {
    html! {
        nav class=(class) aria-label=(label) {
            ul { @for link in links { li { (link.anchor(current)) } } }
        }
    }
}

/// Shows views of one thing beside each other. They are plain links, each a page of its own.
pub fn tabs(label: &str, links: &[Link]) -> Markup {
    link_list(label, "tabs", "page", links)
}

/// Shows filters as links; the ones that apply are current, and their link takes the filter away.
pub fn filter_chips(label: &str, links: &[Link]) -> Markup {
    html! {
        nav.chips aria-label=(label) {
            ul { @for link in links {
                li { (link.anchor("true")) }
            } }
        }
    }
}

/// A form that searches.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// Unique on the page.
    pub id: &'a str,
    pub action: &'a str,
    pub name: &'a str,
    pub value: &'a str,
    pub label: &'a str,
    /// The word on the button.
    pub submit: &'a str,
}

/// Shows a search field. The key `/` goes to the first one of a page.
pub fn search_form(search: &Search) -> Markup {
    html! {
        form.search role="search" aria-label=(search.label) action=(search.action) method="get" {
            label.hidden for=(search.id) { (search.label) }
            (icon(Icon::Search))
            input id=(search.id) type="search" name=(search.name) value=(search.value) placeholder=(search.label)
                autocomplete="off" spellcheck="false" data-search;
            button.btn { (search.submit) }
        }
    }
}

/// Leads to the pages of a list before and after this one. `note` says where the reader is.
pub fn pager(label: &str, previous: Option<Link>, note: &str, next: Option<Link>) -> Markup {
    html! {
        nav.pager aria-label=(label) {
            span { @if let Some(link) = previous {
                a.btn rel="prev" href=(link.href) { (icon(Icon::Previous)) (link.label) }
            } }
            span.quiet.num { (note) }
            span { @if let Some(link) = next {
                a.btn rel="next" href=(link.href) { (link.label) (icon(Icon::Next)) }
            } }
        }
    }
}

/// How far a step of a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    Done,
    Current,
    Open,
}

/// A step of a task with several pages.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    pub label: &'a str,
    pub state: StepState,
    /// Where the step can be looked at again.
    pub href: Option<&'a str>,
}

/// Shows the steps of a task. `done` is read to those who do not see the tick.
pub fn steps(label: &str, done: &str, steps: &[Step]) -> Markup {
    html! {
        nav aria-label=(label) {
            ol.steps { @for step in steps {
                li.done[step.state == StepState::Done] aria-current=[(step.state == StepState::Current).then_some("step")] {
                    @match step.href {
                        Some(href) => a href=(href) { (step.label) },
                        None => span { (step.label) },
                    }
                    @if step.state == StepState::Done { span.hidden { " " (done) } }
                }
            } }
        }
    }
}
