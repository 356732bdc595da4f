//! Every component in every state, to look at.

use duewell_documents::chart::{self, Arrangement, Band, Bar, Bars, Baseline, Heading, Line, Point, Size};
use maud::{Markup, html};

use super::*;

/// Shows every component in every state. It is for people who build pages, and in English.
pub fn style_page() -> Markup {
    html! {
        (page_head(
            "Style",
            Some("Every component in every state. What stands here is invented."),
            Some(html! {
                (button_link(Button::Secondary, "Export", "#tables"))
                (button_link(Button::Primary, "Record a payment", "#forms"))
            }),
        ))
        (tabs("Views", &[
            Link::new("Overview", "#main").current_if(true),
            Link::new("Open", "#tables").count("41"),
            Link::new("History", "#history"),
            Link::new("Settings", "#forms"),
        ]))
        (numbers())
        (messages())
        (lists())
        div.split {
            (history())
            div.stack { (facts_card()) (letter()) (signs()) }
        }
        (charts())
        (errors())
        div.cols { (fields()) (choices()) }
        (buttons())
    }
}

fn numbers() -> Markup {
    html! {
        (stats("Today", &[
            Stat { label: "Open", value: "128,430.20 EUR", note: Some("312 receivables of 187 debtors"), href: Some("#tables"), ..Stat::default() },
            Stat { label: "Due in 7 days", value: "18,204.00 EUR", note: Some("41 receivables"), tone: Tone::Due, href: Some("#tables") },
            Stat { label: "Overdue", value: "46,118.75 EUR", note: Some("35.9 % of what is open"), tone: Tone::Overdue, href: Some("#tables") },
            Stat { label: "On hold", value: "6,020.00 EUR", note: Some("3 disputes, 9 promises"), tone: Tone::Held, href: Some("#tables") },
            Stat { label: "Received today", value: "9,310.40 EUR", note: Some("22 payments, all matched"), tone: Tone::Ok, href: Some("#tables") },
            Stat { label: "Days sales outstanding", value: "38.4", note: Some("Count-back over 12 months"), ..Stat::default() },
        ]))
        p.row {
            (badge("Draft", Tone::Neutral)) (badge("Sent", Tone::Info)) (badge("Paid", Tone::Ok))
            (badge("Due in 3 days", Tone::Due)) (badge("31 days overdue", Tone::Overdue))
            (badge("On hold", Tone::Held)) (badge("Returned", Tone::Danger))
        }
    }
}

fn messages() -> Markup {
    html! {
        (flash(Tone::Ok, "Payment of 120.00 EUR recorded.", Some(post_button(Button::Quiet, "Undo", "#", "token"))))
        div.cols {
            (notice(Tone::Info, "The bank statement of 27 February is in", html! { p { "22 lines, all matched." } }))
            (notice(Tone::Held, "Nothing is sent to this debtor", html! { p { "A dispute on " a href="#" { "invoice 2026-0142" } " is open since 3 March." } }))
            (notice(Tone::Due, "The newest bank statement is 3 days old", html! { p { "Notices wait until a newer one is in." } }))
            (notice(Tone::Overdue, "Two promises were not kept", html! { p { "Their cases go on tomorrow." } }))
            (notice(Tone::Ok, "All notices of today have left", html! { p { "64 by mail." } }))
            (notice(Tone::Danger, "The mail server refuses the password", html! { p { "No notice was lost. Check the settings, then try again." } }))
        }
        (steps("Import", "done", &[
            Step { label: "File", state: StepState::Done, href: Some("#forms") },
            Step { label: "Columns", state: StepState::Done, href: Some("#forms") },
            Step { label: "Check", state: StepState::Current, href: None },
            Step { label: "Take over", state: StepState::Open, href: None },
        ]))
    }
}

fn lists() -> Markup {
    let open = |badge_text, tone| badge(badge_text, tone);
    let list = Table::new(
        "Debtors with open receivables",
        vec![
            Column::text("Debtor"),
            Column::text("State"),
            Column::number("Oldest due").sorted("#tables", None),
            Column::number("Receivables"),
            Column::number("Overdue").sorted("#tables", Some(Order::Descending)),
            Column::number("Open"),
            Column::actions("What one can do"),
        ],
    )
    .row(
        Row::new(vec![
            html! { "Brauer & Söhne Metallbau GmbH" },
            open("94 days overdue", Tone::Danger),
            time("2025-11-26", "26 Nov 2025"),
            html! { "4" },
            amount_of("12,480.00 EUR", "12480.00"),
            amount_of("14,930.00 EUR", "14930.00"),
            post_button(Button::Secondary, "Hold", "#", "token"),
        ])
        .link("#debtor-1"),
    )
    .row(
        Row::new(vec![
            html! { "María Fernández Ortega" },
            open("31 days overdue", Tone::Overdue),
            time("2026-01-28", "28 Jan 2026"),
            html! { "1" },
            amount_of("89.90 EUR", "89.90"),
            amount_of("269.70 EUR", "269.70"),
            post_button(Button::Secondary, "Hold", "#", "token"),
        ])
        .link("#debtor-2"),
    )
    .row(
        Row::new(vec![
            html! { "Atelier Nord" },
            open("Promise until 6 March", Tone::Held),
            time("2026-02-14", "14 Feb 2026"),
            html! { "2" },
            amount_of("1,150.00 EUR", "1150.00"),
            amount_of("1,150.00 EUR", "1150.00"),
            html! {},
        ])
        .tone(Tone::Held)
        .link("#debtor-3"),
    )
    .row(
        Row::new(vec![
            html! { "Kowalska, Agnieszka" },
            open("Due in 3 days", Tone::Due),
            time("2026-03-03", "3 Mar 2026"),
            html! { "1" },
            amount_of("0.00 EUR", "0.00"),
            amount_of("540.00 EUR", "540.00"),
            post_button(Button::Secondary, "Hold", "#", "token"),
        ])
        .link("#debtor-4"),
    )
    .total(vec![
        html! { "4 of 187 debtors" },
        html! {},
        html! {},
        html! { "8" },
        amount_of("13,719.90 EUR", "13719.90"),
        amount_of("16,889.70 EUR", "16889.70"),
        html! {},
    ]);
    html! {
        section.card #tables {
            div.card-head {
                h2 { "Debtors" }
                (search_form(&Search { id: "search-list", action: "#", name: "q", value: "", label: "Search name, number or amount", submit: "Search" }))
            }
            (filter_chips("Filters", &[
                Link::new("Overdue", "#").current_if(true).count("41"),
                Link::new("Due soon", "#").count("41"),
                Link::new("On hold", "#").count("12"),
                Link::new("Promise broken", "#").count("2"),
                Link::new("No address", "#").count("5"),
            ]))
            (table(&list))
            (table(&Table::new("Schedule", vec![Column::text("No."), Column::number("Due"), Column::number("Amount")])
                .tight()
                .row(Row::new(vec![html! { "1" }, time("2026-12-23", "23 Dec 2026"), amount("125.00 EUR")]))
                .row(Row::new(vec![html! { "2" }, time("2027-01-23", "23 Jan 2027"), amount("125.00 EUR")]))
                .total(vec![html! { "Total" }, html! {}, amount("250.00 EUR")])))
            (pager("Pages", Some(Link::new("Previous", "#")), "101–200 of 312", Some(Link::new("Next", "#"))))
        }
        (empty_state(
            "No payment waits",
            "A payment waits here when no receivable fits it for certain. Import a bank statement to see new ones.",
            Some(button_link(Button::Primary, "Import a statement", "#")),
        ))
    }
}

fn history() -> Markup {
    let events = [
        Event {
            icon: Icon::Payment,
            tone: Tone::Ok,
            title: html! { "Payment of " (amount("120.00 EUR")) },
            at: time("2026-02-27T09:12:00Z", "27 Feb, 10:12"),
            body: Some(html! { p { "By transfer; allocated to invoice 2026-0142." } }),
            details: None,
        },
        Event {
            icon: Icon::Refused,
            tone: Tone::Neutral,
            title: html! { "Second reminder not sent" },
            at: time("2026-02-25T08:00:00Z", "25 Feb, 09:00"),
            body: Some(html! { p { "A payment of this debtor was not matched yet." } }),
            details: Some((
                "Which rule",
                html! { p { "Nothing is sent while a payment of that debtor waits." } },
            )),
        },
        Event {
            icon: Icon::Promise,
            tone: Tone::Held,
            title: html! { "Promise to pay " (amount("89.90 EUR")) },
            at: time("2026-02-20T15:40:00Z", "20 Feb, 16:40"),
            body: Some(html! { p { "Until 6 March, by telephone with Ana." } }),
            details: None,
        },
        Event {
            icon: Icon::Mail,
            tone: Tone::Info,
            title: html! { "First reminder" },
            at: time("2026-02-11T08:00:00Z", "11 Feb, 09:00"),
            body: None,
            details: Some(("The letter", html! { p { "Dear María, …" } })),
        },
        Event {
            icon: Icon::Dispute,
            tone: Tone::Overdue,
            title: html! { "Dispute opened" },
            at: time("2026-02-02", "2 Feb"),
            body: Some(html! { p { "“The second box never came.”" } }),
            details: None,
        },
    ];
    html! { section.card #history { h2 { "History" } (timeline("History", &events)) } }
}

fn facts_card() -> Markup {
    html! {
        (card_with("Debtor", button_link(Button::Quiet, "Change", "#"), html! {
            (facts(&[
                ("Number", html! { span.num { "D-10482" } }),
                ("Language", html! { "Spanish" }),
                ("Open", amount("269.70 EUR")),
                ("Next step", html! { "Second reminder, " (time("2026-03-02", "2 Mar")) }),
            ]))
            (copy_field("iban", "Account to pay to", "DE02 1203 0000 0000 2020 51", "Copy", "Copied"))
            (progress("Plan", 3, 12, "3 of 12 paid"))
            (meter("Oldest 90 days", Tone::Overdue, 23, 100, "23 % of open"))
            (disclosure("How the share comes about", html! { p { "Overdue for 90 days or more, divided by all that is open." } }))
        }))
    }
}

fn letter() -> Markup {
    html! {
        article.letter {
            p { "Dear María," }
            p { "your instalment of " (amount("89.90 EUR")) " was due on 28 January." }
            p.total.row { "Open " (amount("269.70 EUR")) }
        }
    }
}

fn signs() -> Markup {
    html! {
        (card("Signs", html! { p.row { (mark()) @for sign in Icon::ALL { (icon(sign)) } } }))
    }
}

fn charts() -> Markup {
    let tick = |value: i64| format!("{} k", value / 100_000);
    let bar = |label: &str, value: i64, shown: &str, tone| Bar {
        label: label.to_owned(),
        value,
        shown: shown.to_owned(),
        link: Some("#tables".to_owned()),
        tone,
    };
    let heading = |id: &str, title: &str, label_head: &str, value_head: &str| Heading {
        id: id.to_owned(),
        title: title.to_owned(),
        description: String::new(),
        label_head: label_head.to_owned(),
        value_head: value_head.to_owned(),
        direction: chart::Direction::LeftToRight,
    };
    let aging = Bars {
        heading: heading("aging", "What is open, by days overdue", "Days overdue", "Open, EUR"),
        arrangement: Arrangement::Rows,
        bars: vec![
            bar("Not due", 8_231_100, "82,311.00", chart::Tone::NotDue),
            bar("1–30", 2_490_000, "24,900.00", chart::Tone::Days30),
            bar("31–60", 1_124_000, "11,240.00", chart::Tone::Days60),
            bar("61–90", 551_800, "5,518.00", chart::Tone::Days90),
            bar("Older", 446_120, "4,461.20", chart::Tone::Older),
        ],
        tick: &tick,
    };
    let point = |label: &str, value: i64, band: Option<(i64, i64)>| Point {
        label: label.to_owned(),
        value,
        shown: format!("{}.00", value / 100),
        link: None,
        band: band.map(|(low, high)| Band { low, high }),
    };
    let cash = Line {
        heading: heading("cash", "Received, and expected until March", "Week", "EUR"),
        baseline: Baseline::Zero,
        points: vec![
            point("2 Feb", 910_000, None),
            point("9 Feb", 1_240_000, None),
            point("16 Feb", 1_105_000, None),
            point("23 Feb", 1_420_000, None),
            point("2 Mar", 1_310_000, Some((1_120_000, 1_500_000))),
            point("9 Mar", 1_180_000, Some((900_000, 1_460_000))),
        ],
        tick: &tick,
    };
    html! {
        div.cols {
            (card("Aging", super::chart(aging.svg(Size::Wide), aging.svg(Size::Compact), "The numbers", &aging.table())))
            (card("Cash", super::chart(cash.svg(Size::Wide), cash.svg(Size::Compact), "The numbers", &cash.table())))
        }
    }
}

fn errors() -> Markup {
    error_summary(
        "There is a problem",
        &[
            ("amount", "Enter an amount up to 269.70 EUR"),
            ("paid_on", "The day lies in the future"),
            ("channel", "Choose how to write"),
        ],
    )
}

fn fields() -> Markup {
    html! {
        section.card #forms {
            h2 { "Fields" }
            form method="post" action="#" novalidate {
                (csrf("token"))
                (input(&Field::new("name", "Name").hint("As it stands on the invoice."), &Input::text("María Fernández Ortega")))
                (money_input(&Field::new("amount", "Amount").error("Enter an amount up to 269.70 EUR"), "EUR", "2697"))
                (input(&Field::new("paid_on", "Paid on").hint("The day on the bank statement.").error("The day lies in the future"), &Input::date("2027-03-01")))
                (input(&Field::new("email", "E-mail").optional("(optional)"), &Input::email("")))
                (input(&Field::new("password", "Password"), &Input::password().required()))
                (input(&Field::new("code", "Code from your app"), &Input::code("")))
                (input(&Field::new("parts", "Number of installments"), &Input::number("12").min("2").max("60")))
                (select(&Field::new("reason", "Reason of the hold"), &[
                    Choice::new("promise", "Promise to pay"),
                    Choice::new("dispute", "Dispute").chosen_if(true),
                    Choice::new("other", "Other"),
                ]))
                (textarea(&Field::new("note", "Note").optional("(optional)"), 3, "Calls back on Monday."))
                (actions(html! { (button(Button::Primary, "Save")) (button_link(Button::Quiet, "Cancel", "#")) }))
            }
        }
    }
}

fn choices() -> Markup {
    html! {
        section.card {
            h2 { "Choices" }
            form method="post" action="#" data-auto {
                (radio_cards(&Field::new("start", "How do notices begin?").hint("You can change this later."), &[
                    Choice::new("mailbox", "Into a folder").hint("Nothing leaves; you read what would be sent.").chosen_if(true),
                    Choice::new("approve", "After I look at them").hint("Each notice waits for a person."),
                    Choice::new("auto", "By themselves"),
                ]))
                (radio_cards(&Field::new("channel", "How to write?").error("Choose how to write"), &[
                    Choice::new("mail", "E-mail"),
                    Choice::new("letter", "Letter"),
                ]))
                (checkbox(&Field::new("receipt", "Send a receipt"), "yes", true))
                (checkbox(&Field::new("agree", "The debtor agrees to the plan").hint("By telephone or in writing."), "yes", false))
                (file_input(&Field::new("file", "Bank statement").hint("camt.053, CSV or XLSX, up to 20 MB."), ".xml,.csv,.xlsx"))
                button.btn data-auto-submit { "Apply" }
            }
        }
    }
}

fn buttons() -> Markup {
    html! {
        (card("Buttons", html! {
            form.stack method="post" action="#" {
                (actions(html! {
                    (button(Button::Primary, "Send 64 notices"))
                    (button_named(Button::Secondary, "Hold for 7 days", "hold", "7"))
                    (button(Button::Quiet, "Cancel"))
                    (button(Button::Danger, "Write off"))
                    button.btn disabled { "Not now" }
                    button.btn { (icon(Icon::Import)) "Import" }
                }))
            }
            (menu_button("Change", html! { a href="#" { "Move a due date" } a href="#" { "Charge a fee" } }))
            (menu("More", html! { a href="#" { "Print" } a href="#" { "Case file" } button.btn { "Withdraw" } }))
            p { "Search with " kbd { "/" } ", read " code { "camt.053" } ", and " a href="#" { "follow a link" } "." }
        }))
    }
}
