//! What stands around a page: for staff, for debtors, and for signing in.

use maud::{DOCTYPE, Markup, html};

use super::icon::mark;
use super::navigation::{Link, Search, link_list, search_form};

/// Which way the text runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    #[default]
    LeftToRight,
    RightToLeft,
}

/// Light or dark: as the device says, unless the reader chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    #[default]
    Device,
    Light,
    Dark,
}

/// Whether single keys do something; a person may switch them off (WCAG 2.2, 2.1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keys {
    On,
    #[default]
    Off,
}

/// Which shell a page has; it sets the size of text and targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Staff,
    Portal,
    Plain,
}

/// What a whole HTML document says about itself.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// The tag of the language, as in `es-AR`.
    pub language: &'a str,
    pub direction: Direction,
    pub title: &'a str,
    pub scheme: Scheme,
    pub keys: Keys,
    pub layout: Layout,
    /// The address of `style.css`.
    pub stylesheet: &'a str,
    /// The address of the picture in a browser's tab.
    pub icon: &'a str,
    /// Addresses of scripts, which run after the page is there.
    pub scripts: &'a [&'a str],
}

/// Writes a whole HTML document around what a shell returns.
pub fn document(document: &Document, body: Markup) -> Markup {
    let direction = match document.direction {
        Direction::LeftToRight => "ltr",
        Direction::RightToLeft => "rtl",
    };
    let scheme = match document.scheme {
        Scheme::Device => None,
        Scheme::Light => Some("light"),
        Scheme::Dark => Some("dark"),
    };
    let class = match document.layout {
        Layout::Staff => "staff",
        Layout::Portal => "portal",
        Layout::Plain => "plain",
    };
    html! {
        (DOCTYPE)
        html lang=(document.language) dir=(direction) data-scheme=[scheme] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content=(scheme.unwrap_or("light dark"));
                title { (document.title) }
                link rel="stylesheet" href=(document.stylesheet);
                link rel="icon" type="image/svg+xml" href=(document.icon);
                @for script in document.scripts { script src=(script) defer {} }
            }
            body class=(class) data-keys[document.keys == Keys::On] { (body) }
        }
    }
}

/// What stands around a page for staff.
#[derive(Clone, Debug)]
pub struct StaffShell<'a> {
    /// The words of the link that skips the navigation.
    pub skip: &'a str,
    pub home: &'a str,
    /// The name of the book one works in.
    pub book: &'a str,
    pub nav_label: &'a str,
    pub nav: &'a [Link<'a>],
    pub search: Option<Search<'a>>,
    /// Usually a [`menu`](super::menu) with the name of who is signed in.
    pub user: Markup,
    /// What [`flash`](super::flash) returns, if something was just done.
    pub flash: Option<Markup>,
}

/// Puts a page for staff into its shell.
pub fn staff_shell(shell: &StaffShell, content: Markup) -> Markup {
    html! {
        a.skip href="#main" { (shell.skip) }
        header.top {
            div.bar {
                a.brand href=(shell.home) { (mark()) "Duewell" }
                span.book { (shell.book) }
                @if let Some(search) = &shell.search { (search_form(search)) }
                div.user { (shell.user) }
            }
            (link_list(shell.nav_label, "nav", "page", shell.nav))
        }
        div #flash role="status" { @if let Some(flash) = &shell.flash { (flash) } }
        main #main tabindex="-1" { (content) }
    }
}

/// What stands around a page for a debtor.
#[derive(Clone, Debug)]
pub struct PortalShell<'a> {
    pub skip: &'a str,
    /// Who is owed: the name the debtor knows.
    pub creditor: &'a str,
    pub language_label: &'a str,
    pub languages: &'a [Link<'a>],
    /// How to reach a person, and where advice is free.
    pub footer: Markup,
    pub flash: Option<Markup>,
}

/// Puts a page for a debtor into its shell: one narrow column, the creditor's name on top.
pub fn portal_shell(shell: &PortalShell, content: Markup) -> Markup {
    html! {
        a.skip href="#main" { (shell.skip) }
        header.top {
            p.creditor { (shell.creditor) }
            @if shell.languages.len() > 1 { (link_list(shell.language_label, "languages", "true", shell.languages)) }
        }
        div #flash role="status" { @if let Some(flash) = &shell.flash { (flash) } }
        main #main tabindex="-1" { (content) }
        footer.foot { (shell.footer) }
    }
}

/// What stands around the pages for signing in and setting up.
#[derive(Clone, Debug)]
pub struct PlainShell<'a> {
    pub skip: &'a str,
    pub footer: Option<Markup>,
}

/// Puts one card in the middle of the page.
pub fn plain_shell(shell: &PlainShell, content: Markup) -> Markup {
    html! {
        a.skip href="#main" { (shell.skip) }
        header.top { span.brand { (mark()) "Duewell" } }
        main #main tabindex="-1" { (content) }
        @if let Some(footer) = &shell.footer { footer.foot { (footer) } }
    }
}
