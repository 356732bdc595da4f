//! Prints what writing a notice costs: `cargo run --release -p duewell-documents --example render_speed`.

#![expect(clippy::disallowed_methods, reason = "it measures")]

use std::hint::black_box;
use std::time::Instant;

use duewell_documents::{Creditor, NoticeFacts, NoticeItem, Templates, parts};
use duewell_domain::dunning::NoticeKind;
use duewell_domain::money::Money;
use jiff::civil::date;

fn main() {
    let creditor = Creditor {
        name: "Example & Sons".to_owned(),
        account_holder: String::new(),
        iban: "DE02120300000000202051".to_owned(),
        bic: None,
        bank: None,
        phone: "+49 30 1234567".to_owned(),
        email: "accounts@example.com".to_owned(),
        address: "1 Example Street".to_owned(),
        signer: None,
        advice: None,
    };
    let amount = Money::new(123_456, "EUR".parse().expect("a currency"));
    let day = date(2026, 3, 1);
    let one = |number| NoticeItem {
        number,
        issued_on: Some(day),
        due_on: day,
        open: amount,
        original: amount,
        days_past_due: 3,
    };
    let items = [one("2026-001"), one("2026-002"), one("2026-003")];
    let templates = Templates::defaults();
    let facts = NoticeFacts {
        language: "en",
        debtor_name: "Max Example",
        debtor_is_company: false,
        creditor: &creditor,
        items: &items,
        total: amount,
        today: day,
        pay_by: Some(day),
        reference: "RF18539007547034",
        link: Some("https://pay.example/x"),
        opt_out: Some("mailto:accounts@example.com?subject=STOP"),
    };
    let times = 100_000;
    let start = Instant::now();
    for _ in 0..times {
        black_box(templates.render(NoticeKind::First, black_box(&facts)).expect("it renders"));
    }
    println!("render: {:?} each", start.elapsed() / times);
    let notice = templates.render(NoticeKind::First, &facts).expect("it renders");
    let start = Instant::now();
    for _ in 0..times {
        black_box(parts(black_box(&notice), "en"));
    }
    println!("parts: {:?} each", start.elapsed() / times);
}
