//! Prints a whole page with the stylesheet inside, to look at: `style_page [staff|portal|plain] [light|dark] [rtl]`.

use duewell_web::ui::*;
use maud::{Markup, html};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let says = |word: &str| words.iter().any(|given| given == word);
    let layout = match () {
        () if says("portal") => Layout::Portal,
        () if says("plain") => Layout::Plain,
        () => Layout::Staff,
    };
    let body = match layout {
        Layout::Staff => staff(),
        Layout::Portal => portal(),
        Layout::Plain => plain(),
    };
    let scheme = match () {
        () if says("light") => Scheme::Light,
        () if says("dark") => Scheme::Dark,
        () => Scheme::Device,
    };
    let page = document(
        &Document {
            language: "en",
            direction: if says("rtl") { Direction::RightToLeft } else { Direction::LeftToRight },
            title: "Duewell: style",
            scheme,
            keys: Keys::On,
            layout,
            stylesheet: "style.css",
            icon: "icon.svg",
            scripts: &["app.js"],
        },
        body,
    );
    let style = format!("<style>{}</style>", include_str!("../assets/style.css"));
    let script = format!("<script>{}</script></body>", include_str!("../assets/app.js"));
    let page = page
        .into_string()
        .replace(r#"<link rel="stylesheet" href="style.css">"#, &style)
        .replace(r#"<script src="app.js" defer></script>"#, "")
        .replace("</body>", &script);
    println!("{page}");
}

fn staff() -> Markup {
    staff_shell(
        &StaffShell {
            skip: "Skip to content",
            home: "#",
            book: "Lindero Instruments",
            nav_label: "Main",
            nav: &[
                Link::new("Today", "#today").current_if(true).count("64"),
                Link::new("Debtors", "#debtors"),
                Link::new("Payments", "#payments").count("3"),
                Link::new("Imports", "#imports"),
                Link::new("Mail", "#mail"),
                Link::new("Scenario", "#scenario"),
                Link::new("Settings", "#settings"),
            ],
            search: Some(Search {
                id: "search",
                action: "#",
                name: "q",
                value: "",
                label: "Search debtors",
                submit: "Search",
            }),
            user: menu("Ana Ruiz", html! { a href="#" { "Profile" } button.btn { "Sign out" } }),
            flash: None,
        },
        style_page(),
    )
}

fn portal() -> Markup {
    let plan =
        Table::new("Your plan", vec![Column::text("Due"), Column::text("State"), Column::number("Amount")])
            .caption_hidden()
            .row(Row::new(vec![html! { "28 January" }, badge("Open", Tone::Due), amount("89.90 EUR")]))
            .row(Row::new(vec![html! { "28 February" }, badge("Open", Tone::Due), amount("89.90 EUR")]))
            .row(Row::new(vec![html! { "28 March" }, badge("Later", Tone::Neutral), amount("89.90 EUR")]))
            .total(vec![html! { "Together" }, html! {}, amount("269.70 EUR")]);
    portal_shell(
        &PortalShell {
            skip: "Skip to content",
            creditor: "Lindero Instruments",
            language_label: "Language",
            languages: &[
                Link::new("English", "#en").language("en").current_if(true),
                Link::new("Español", "#es").language("es"),
            ],
            footer: html! {
                p { "Questions? Call Ana on " a href="tel:+4930000000" { "+49 30 000 000" } ", Monday to Friday, 9 to 17." }
                p { a href="#" { "Free advice on debts" } " · " a href="#" { "How we use your data" } }
            },
            flash: None,
        },
        html! {
            (page_head("Hello María", Some("Here is what is open with us, and what you can do about it."), None))
            (stats("What is open", &[
                Stat { label: "Open now", value: "179.80 EUR", note: Some("For the guitar of 28 November"), ..Stat::default() },
            ]))
            div.stack {
                (button_link(Button::Primary, "Pay", "#"))
                (actions(html! {
                    (button_link(Button::Secondary, "I need more time", "#"))
                    (button_link(Button::Secondary, "Something is wrong", "#"))
                }))
            }
            (card("Your plan", table(&plan)))
            form method="post" action="#" {
                (radio_cards(&Field::new("when", "When can you pay?"), &[
                    Choice::new("week", "Within a week").hint("By 6 March").chosen_if(true),
                    Choice::new("month", "By the end of the month"),
                    Choice::new("parts", "In parts").hint("We suggest amounts on the next page"),
                ]))
                (input(&Field::new("phone", "Telephone").optional("(optional)"), &Input::tel("")))
                (button(Button::Primary, "Continue"))
            }
        },
    )
}

fn plain() -> Markup {
    plain_shell(
        &PlainShell { skip: "Skip to content", footer: Some(html! { p { "Version 0.0.0" } }) },
        html! {
            section.card {
                h1 { "Sign in" }
                (error_summary("There is a problem", &[("password", "E-mail and password do not belong together")]))
                form method="post" action="#" {
                    (csrf("token"))
                    (input(&Field::new("email", "E-mail"), &Input::email("ana@example.com").autocomplete("username")))
                    (input(&Field::new("password", "Password").error("E-mail and password do not belong together"), &Input::password()))
                    (actions(html! { (button(Button::Primary, "Sign in")) a href="#" { "Forgot the password?" } }))
                }
            }
        },
    )
}
