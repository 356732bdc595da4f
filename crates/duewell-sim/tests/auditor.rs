//! The auditor fed with what must not be: it complains.

use duewell_domain::dunning::Scenario;
use duewell_domain::id::{CaseId, ContactPointId, DebtorId, NoticeId, PaymentId, ReceivableId};
use duewell_domain::money::{Currency, Money};
use duewell_domain::receivable::{ReceivableKind, ReceivableState};
use duewell_gateways::{Mail, Mailbox, compose};
use duewell_sim::auditor::{Book, Letter, Rules, Snapshot, check_letter, check_money};
use duewell_sim::gateway::{Fate, Sending};
use duewell_sim::model::{self, Address, Claim, Model, Party, Place, Silence};
use duewell_store::notice::{Notice, NoticeState};
use duewell_store::payment::{Payment, PaymentState};
use duewell_store::receivable::{Aging, Receivable};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

const TO: &str = "anna@debtors.example";
const NUMBER: &str = "RE-2026-00001";
/// A Monday, ten in the morning in Berlin.
const AT: &str = "2026-11-23T09:00:00Z";

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("a zone")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// One debtor, one claim of 100.00 of which 40.00 are paid.
fn known() -> Model {
    let parts = [(NUMBER.to_owned(), 4_000)].into();
    let mut model = Model {
        parties: vec![Party {
            external_id: "C100".to_owned(),
            name: "Anna Berg".to_owned(),
            id: DebtorId(1),
            zones: vec![berlin()],
            addresses: vec![Address { value: TO.to_owned(), refused: false, failed: false }],
        }],
        ..Model::default()
    };
    model.claims.insert(
        NUMBER.to_owned(),
        Claim {
            party: 0,
            currency: Currency::EUR,
            amount: 10_000,
            paid: 0,
            issued_on: date(2026, 11, 1),
            due_on: date(2026, 11, 15),
            known_on: date(2026, 11, 1),
            withdrawn: false,
            id: ReceivableId(7),
        },
    );
    let money =
        model::Money { minor: 4_000, currency: Currency::EUR, place: Place::Ignored, id: PaymentId(9) };
    model.money.insert("ACC1".to_owned(), money);
    model.put("ACC1", Place::Assigned { party: 0, parts, rest: 0 });
    model
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn stored() -> Snapshot {
    let mut buckets = [eur(0); 5];
    buckets[1] = eur(6_000);
    let payment = Payment {
        id: PaymentId(9),
        debtor: Some(DebtorId(1)),
        amount: eur(4_000),
        unapplied: eur(0),
        received_on: date(2026, 11, 20),
        source: "bank".to_owned(),
        line_key: vec![1; 16],
        statement: None,
        payer_name: "Anna Berg".to_owned(),
        payer_account: "ACC1".to_owned(),
        reference: String::new(),
        remittance: String::new(),
        state: PaymentState::Matched,
        because: String::new(),
    };
    Snapshot {
        receivables: vec![Receivable {
            debtor: DebtorId(1),
            id: ReceivableId(7),
            external_id: NUMBER.to_owned(),
            kind: ReceivableKind::Invoice,
            number: NUMBER.to_owned(),
            reference: NUMBER.to_owned(),
            amount: eur(10_000),
            open: eur(6_000),
            issued_on: None,
            due_on: date(2026, 11, 15),
            state: ReceivableState::Open,
            announced_on: None,
            description: String::new(),
        }],
        aging: vec![Aging { buckets, receivables: 1 }],
        payments: Some(vec![payment]),
        parts: [((PaymentId(9), ReceivableId(7)), 4_000)].into(),
        kept: Default::default(),
    }
}

fn money(spoil: impl FnOnce(&mut Snapshot)) -> Vec<String> {
    let mut snapshot = stored();
    spoil(&mut snapshot);
    check_money(&mut known(), &snapshot)
}

#[test]
fn a_book_that_is_right_is_not_complained_about() {
    assert_eq!(money(|_| {}), Vec::<String>::new());
}

#[test]
fn money_that_changed_behind_the_back_is_noticed() {
    let complains = |what: &str, spoil: fn(&mut Snapshot)| assert!(!money(spoil).is_empty(), "{what}");
    complains("an open balance", |snapshot| snapshot.receivables[0].open.minor -= 1);
    complains("an amount", |snapshot| snapshot.receivables[0].amount.minor += 1);
    complains("a due date", |snapshot| snapshot.receivables[0].due_on = date(2026, 11, 16));
    complains("a state", |snapshot| snapshot.receivables[0].state = ReceivableState::Settled);
    complains("a lost claim", |snapshot| snapshot.receivables.clear());
    complains("aging", |snapshot| snapshot.aging[0].buckets[2].minor += 1);
    complains("a lost payment", |snapshot| snapshot.payments = Some(Vec::new()));
    complains("a payment that is there twice", |snapshot| {
        let again = snapshot.payments.as_ref().expect("payments")[0].clone();
        snapshot.payments.as_mut().expect("payments").push(Payment { id: PaymentId(10), ..again });
    });
    complains("a lost match", |snapshot| {
        snapshot.payments.as_mut().expect("payments")[0].state = PaymentState::Queued;
    });
    complains("a posting", |snapshot| {
        snapshot.parts.insert((PaymentId(9), ReceivableId(7)), 3_999);
    });
    complains("money kept as unapplied", |snapshot| {
        snapshot.kept.insert(PaymentId(9), (1, 0));
    });
}

fn sending(moment: &str, text: &str) -> Sending {
    let person = |email: &str| Mailbox { name: String::new(), email: email.to_owned() };
    let mail = Mail {
        message_id: "ntc_1.1@x.example".to_owned(),
        date: at(moment),
        from: person("accounts@x.example"),
        reply_to: None,
        to: person(TO),
        subject: "Reminder".to_owned(),
        text: text.to_owned(),
        html: "<p>Reminder</p>".to_owned(),
        list_unsubscribe: None,
    };
    Sending {
        at: at(moment),
        to: TO.to_owned(),
        message_id: mail.message_id.clone(),
        bytes: compose(&mail).expect("a message"),
        arrived: true,
        fate: Fate::Accepted,
        recorded: true,
    }
}

fn notice(kind: &str, on: Date, intent: &str) -> Notice {
    Notice {
        debtor: DebtorId(1),
        id: NoticeId(1),
        intent_key: intent.to_owned(),
        case: CaseId(3),
        kind: kind.to_owned(),
        step: 1,
        cycle: 1,
        channel: "email".to_owned(),
        contact_point: ContactPointId(1),
        items: "[[7,6000]]".to_owned(),
        total: eur(6_000),
        decided_on: on,
        send_at: at(AT),
        state: NoticeState::Sent,
        because: None,
        attempts: 1,
        sent_at: Some(at(AT)),
        journal_seq: 1,
    }
}

const TEXT: &str = "Dear Anna,\n\nRE-2026-00001   15 November 2026   \u{20ac}60.00\n\nTotal: \u{20ac}60.00\n";

fn letter(model: &Model, book: &mut Book, moment: &str, kind: &str, intent: &str, text: &str) -> Vec<String> {
    let rules = Rules::of(&Scenario::standard(), &berlin(), true);
    let sending = sending(moment, text);
    let notice = notice(kind, date(2026, 11, 23), intent);
    let letter = Letter { sending: &sending, notice: &notice, others: &[] };
    check_letter(&rules, model, book, &letter)
}

fn first(spoil: impl FnOnce(&mut Model), moment: &str, kind: &str, text: &str) -> Vec<String> {
    let mut model = known();
    spoil(&mut model);
    letter(&model, &mut Book::default(), moment, kind, "a", text)
}

#[test]
fn a_letter_that_is_right_is_not_complained_about() {
    assert_eq!(first(|_| {}, AT, "first", TEXT), Vec::<String>::new());
    // A narrow table is written as a block of lines.
    let block = "Factura: RE-2026-00001\nVencimiento: 15 de noviembre\nPendiente: 60,00 \u{20ac}\n\nTotal: 60,00 \u{20ac}\n";
    assert_eq!(first(|_| {}, AT, "first", block), Vec::<String>::new());
}

#[test]
fn a_letter_that_must_not_leave_is_noticed() {
    let complains = |word: &str, found: Vec<String>| {
        assert!(found.iter().any(|text| text.starts_with(word)), "{word}: {found:?}");
    };
    complains("hours", first(|_| {}, "2026-11-23T19:00:00Z", "first", TEXT));
    complains("hours", first(|_| {}, "2026-11-22T10:00:00Z", "first", TEXT));
    complains("hours", first(|_| {}, "2026-12-25T10:00:00Z", "first", TEXT));
    complains("text", first(|_| {}, AT, "first", &TEXT.replace("Total: \u{20ac}60", "Total: \u{20ac}61")));
    complains("text", first(|_| {}, AT, "first", &TEXT.replace("\u{20ac}60.00\n\n", "\u{20ac}59.00\n\n")));
    complains(
        "text",
        first(|model| model.claims.get_mut(NUMBER).expect("a claim").paid = 10_000, AT, "first", TEXT),
    );
    complains("address", first(|model| model.parties[0].addresses[0].refused = true, AT, "first", TEXT));
    complains("address", first(|model| model.parties[0].addresses[0].failed = true, AT, "first", TEXT));
    complains("climb", first(|_| {}, AT, "second", TEXT));
    complains(
        "stale",
        first(|model| model.statement_at = Some(at("2026-11-18T09:00:00Z")), AT, "first", TEXT),
    );
    let hold = Silence {
        party: 0,
        claim: Some(NUMBER.to_owned()),
        from_on: date(2026, 11, 20),
        until_on: Some(date(2026, 11, 23)),
        released: false,
        id: None,
    };
    complains("hold", first(|model| model.silences.push(hold), AT, "first", TEXT));
    let waiting = |model: &mut Model| model.put("ACC1", Place::Waiting(Some(0)));
    complains("waiting", first(waiting, AT, "first", &TEXT.replace("60.00", "100.00")));
}

#[test]
fn a_letter_that_comes_twice_or_too_soon_is_noticed() {
    let (model, mut book) = (known(), Book::default());
    assert!(letter(&model, &mut book, AT, "first", "a", TEXT).is_empty());
    let again = letter(&model, &mut book, "2026-11-23T10:00:00Z", "first", "a", TEXT);
    for word in ["intent", "cap", "gap", "climb"] {
        assert!(again.iter().any(|text| text.starts_with(word)), "{word}: {again:?}");
    }
    let soon = letter(&model, &mut book, "2026-11-27T10:00:00Z", "second", "b", TEXT);
    assert!(soon.iter().all(|text| text.starts_with("gap")) && soon.len() == 1, "{soon:?}");
}
