//! What a notice is written from, and what comes out.

use duewell_domain::money::Money;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Who is owed, as the debtor sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creditor {
    pub name: String,
    /// Name on the bank account; the creditor's name when empty.
    pub account_holder: String,
    pub iban: String,
    pub bic: Option<String>,
    pub bank: Option<String>,
    /// Whom to call.
    pub phone: String,
    pub email: String,
    /// Postal address, lines separated by line breaks.
    pub address: String,
    /// The person who signs; a name people know is answered more often.
    pub signer: Option<String>,
    /// Where independent advice on debt is free, named in later notices.
    pub advice: Option<String>,
}

/// One receivable in a notice.
#[derive(Clone, Debug)]
pub struct NoticeItem<'a> {
    pub number: &'a str,
    pub issued_on: Option<Date>,
    pub due_on: Date,
    pub open: Money,
    pub original: Money,
    pub days_past_due: i32,
}

/// Everything a notice may say.
#[derive(Clone, Debug)]
pub struct NoticeFacts<'a> {
    /// BCP 47 tag; its primary subtag chooses text, dates and amounts.
    pub language: &'a str,
    pub debtor_name: &'a str,
    pub debtor_is_company: bool,
    pub creditor: &'a Creditor,
    pub items: &'a [NoticeItem<'a>],
    pub total: Money,
    pub today: Date,
    pub pay_by: Option<Date>,
    /// What to write into the transfer.
    pub reference: &'a str,
    pub link: Option<&'a str>,
    pub opt_out: Option<&'a str>,
}

/// A written notice: one subject line and a Markdown body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub subject: String,
    pub body: String,
}

/// Shows made-up facts, with everything set and with as little as there can be.
pub(crate) fn try_on_examples<E>(
    language: &str,
    mut show: impl FnMut(&NoticeFacts<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let day = Date::constant(2026, 3, 1);
    let currency = "EUR".parse().expect("the euro is a currency");
    let bare = Creditor { name: "Example & Sons".to_owned(), ..Creditor::default() };
    let full = Creditor {
        account_holder: "Example & Sons Ltd".to_owned(),
        iban: "DE02120300000000202051".to_owned(),
        bic: Some("BYLADEM1001".to_owned()),
        bank: Some("Example Bank".to_owned()),
        phone: "+49 30 1234567".to_owned(),
        email: "accounts@example.com".to_owned(),
        address: "1 Example Street\n10115 Berlin".to_owned(),
        signer: Some("Ada Example".to_owned()),
        advice: Some("Your local debt advice centre helps free of charge.".to_owned()),
        ..bare.clone()
    };
    let item = |number, issued_on| NoticeItem {
        number,
        issued_on,
        due_on: day,
        open: Money::new(5_000, currency),
        original: Money::new(10_000, currency),
        days_past_due: 3,
    };
    let one = [item("2026-001", None)];
    let two = [item("2026-001", Some(day)), item("2026-002", Some(day))];
    let least = NoticeFacts {
        language,
        debtor_name: "Max Example",
        debtor_is_company: false,
        creditor: &bare,
        items: &one,
        total: Money::new(5_000, currency),
        today: day,
        pay_by: None,
        reference: "RF18 5390 0754 7034",
        link: None,
        opt_out: None,
    };
    let most = NoticeFacts {
        debtor_is_company: true,
        creditor: &full,
        items: &two,
        total: Money::new(10_000, currency),
        pay_by: Some(day),
        link: Some("https://pay.example.com/RF18539007547034"),
        opt_out: Some("mailto:accounts@example.com?subject=STOP%20K1"),
        ..least.clone()
    };
    show(&least)?;
    show(&most)
}
