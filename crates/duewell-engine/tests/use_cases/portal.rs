//! Debtors' links and answers: what is taken, what is refused, and that the machine is silent at once.

use duewell_domain::debtor::Consent;
use duewell_domain::hold::HoldReason;
use duewell_domain::id::DebtorId;
use duewell_domain::money::{Currency, Money};
use duewell_engine::cash::{Target, record_payment};
use duewell_engine::portal::{
    Answer, Closed, Opened, PortalPage, WORDS_MAX, answer, end_links, hand_out_link, open_link, page,
};
use duewell_engine::{EngineError, report};
use duewell_formats::table::TableKind;
use duewell_gateways::text_part;
use duewell_store::notice::NoticeState;
use duewell_store::testing::on_each_engine;
use duewell_store::{Store, case, debtor};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::world::World;

const TODAY: Date = date(2026, 3, 2);
const PORTAL: &str = "https://pay.example.com";

fn open(store: &Store) -> World {
    let mut world = World::open(store, TODAY);
    world.set(|settings| settings.portal_url = format!("{PORTAL}/"));
    world.bring_in(
        TableKind::Debtors,
        "customer_number,name,type,email,email2,country\n\
         K1,Jule Petersen,person,jule@petersen.example,jp@work.example,DE\n\
         K2,Hafen GmbH,company,post@hafen.example,,DE\n\
         K3,Ohne Adresse,person,,,DE\n",
    );
    world.bring_in(
        TableKind::Receivables,
        "invoice_number,customer_number,kind,amount,currency,due_on\n\
         RE-1,K1,invoice,100.00,EUR,2026-02-20\nRE-2,K1,invoice,50.00,EUR,2026-02-25\n\
         RE-3,K1,invoice,10.00,USD,2026-05-20\nRE-4,K2,invoice,80.00,EUR,2026-02-20\n\
         RE-5,K3,invoice,80.00,EUR,2026-02-20\n",
    );
    world
}

fn token(link: &str) -> &str {
    link.strip_prefix(PORTAL).and_then(|path| path.strip_prefix("/p/")).expect("a link of ours")
}

/// Makes a link of a debtor and opens it.
fn link(world: &World, number: &str) -> (String, Opened) {
    let link = hand_out_link(&world.desk, world.debtor(number), "user:test").expect("a link");
    let token = token(&link).to_owned();
    let opened = open_link(&world.desk, &token).expect("a store").expect("a link that is good");
    (token, opened)
}

fn look(world: &World, token: &str) -> PortalPage {
    page(&world.desk, token).expect("a store").expect("a page")
}

fn says(world: &World, opened: Opened, what: &Answer) -> Result<(), EngineError> {
    answer(&world.desk, opened, what)
}

fn refused(world: &World, opened: Opened, what: &Answer) {
    let size = world.journal_size();
    let end = says(world, opened, what);
    assert!(matches!(end, Err(EngineError::Refused(_))), "{what:?}: {end:?}");
    assert_eq!(world.journal_size(), size, "{what:?}: a refusal writes nothing");
}

/// The days, reasons and notes of a debtor's holds, oldest first.
fn holds(world: &World, number: &str) -> Vec<(HoldReason, Date, Option<Date>)> {
    let mut all = report::holds(&world.desk, world.debtor(number)).expect("holds");
    all.sort_unstable_by_key(|one| one.hold.id);
    all.into_iter().map(|one| (one.hold.reason, one.hold.from_on, one.hold.until_on)).collect()
}

fn promise(on: Date) -> Answer {
    Answer::Promise { on }
}

#[test]
fn a_promise_reaches_from_today_to_the_last_day_and_no_further() {
    let days_max = 14;
    for (ahead, taken) in [(-1, false), (0, true), (1, true), (days_max, true), (days_max + 1, false)] {
        on_each_engine(|store| {
            let world = open(store);
            let (token, opened) = link(&world, "K1");
            assert_eq!(look(&world, &token).may_promise_until, Some(TODAY + days_max.days()));
            let on = TODAY + ahead.days();
            if !taken {
                refused(&world, opened, &promise(on));
                assert!(holds(&world, "K1").is_empty());
                return;
            }
            says(&world, opened, &promise(on)).expect("a promise");
            // The bank may take three days to show it.
            assert_eq!(holds(&world, "K1"), [(HoldReason::Promise, TODAY, Some(on + 3.days()))]);
            let shown = look(&world, &token);
            assert_eq!((shown.promised_on, shown.may_promise_until), (Some(on), None));
            let told = world.events(world.debtor("K1"));
            let (kind, actor, facts) = told.last().expect("an event");
            assert_eq!(kind, "debtor.promised");
            assert_eq!(actor, &format!("link:{}", opened.notice));
            assert!(facts.contains(&on.to_string()), "{facts}");
        });
    }
}

#[test]
fn no_promise_can_be_made_where_the_creditor_takes_none() {
    on_each_engine(|store| {
        let mut world = open(store);
        world.set(|settings| settings.promise_days_max = 0);
        let (token, opened) = link(&world, "K1");
        assert_eq!(look(&world, &token).may_promise_until, None);
        refused(&world, opened, &promise(TODAY));
    });
}

#[test]
fn a_second_promise_waits_for_the_first_and_a_third_for_a_person() {
    on_each_engine(|store| {
        let world = open(store);
        let (token, opened) = link(&world, "K1");
        let first = TODAY + 5.days();
        says(&world, opened, &promise(first)).expect("a promise");
        let size = world.journal_size();
        says(&world, opened, &promise(first)).expect("the same again");
        assert_eq!(world.journal_size(), size, "the same again changes nothing");
        refused(&world, opened, &promise(first + 1.day()));
        world.clock(first + 3.days(), 12);
        refused(&world, opened, &promise(first + 4.days()));
        let second_on = first + 4.days();
        world.clock(second_on, 12);
        says(&world, opened, &promise(second_on)).expect("a second promise");
        world.clock(second_on + 4.days(), 12);
        assert_eq!(look(&world, &token).may_promise_until, None);
        refused(&world, opened, &promise(second_on + 4.days()));
        // By then the link is over; another one is handed out.
        world.clock(TODAY + 90.days(), 12);
        let (_, later) = link(&world, "K1");
        refused(&world, later, &promise(TODAY + 90.days()));
        world.clock(TODAY + 91.days(), 12);
        says(&world, later, &promise(TODAY + 91.days())).expect("three months later");
        assert_eq!(holds(&world, "K1").len(), 3);
    });
}

#[test]
fn i_have_paid_is_taken_twice_in_three_months() {
    on_each_engine(|store| {
        let world = open(store);
        let (token, opened) = link(&world, "K1");
        let paid = |on| Answer::Paid { on, note: "by phone\u{0} banking".to_owned() };
        refused(&world, opened, &paid(Some(TODAY + 1.day())));
        says(&world, opened, &paid(Some(TODAY))).expect("a statement of payment");
        let shown = look(&world, &token);
        assert!(shown.says_paid && shown.may_say_paid);
        assert_eq!(holds(&world, "K1"), [(HoldReason::PaymentClaimed, TODAY, Some(TODAY + 7.days()))]);
        assert!(world.events(world.debtor("K1")).last().unwrap().2.contains("by phone banking"));
        let size = world.journal_size();
        says(&world, opened, &paid(None)).expect("the same again");
        assert_eq!(world.journal_size(), size);
        world.clock(TODAY + 8.days(), 9);
        assert!(!look(&world, &token).says_paid);
        says(&world, opened, &paid(None)).expect("a second time");
        world.clock(TODAY + 16.days(), 9);
        assert!(!look(&world, &token).may_say_paid);
        refused(&world, opened, &paid(None));
        assert_eq!(holds(&world, "K1").len(), 2);
    });
}

#[test]
fn only_what_is_ones_own_and_open_can_be_disputed() {
    on_each_engine(|store| {
        let world = open(store);
        let (token, opened) = link(&world, "K1");
        let (own, foreign) = (world.debtor("K1"), world.debtor("K2"));
        let dispute = |receivable, note: &str| Answer::Dispute { receivable, note: note.to_owned() };
        let of_another = world.receivable(foreign, "RE-4");
        let unknown = says(&world, opened, &dispute(Some(of_another), "not mine"));
        assert!(matches!(unknown, Err(EngineError::NotFound(..))), "{unknown:?}");
        let settled = world.receivable(own, "RE-2");
        let amount = Money::new(5_000, Currency::EUR);
        let target = Target::Numbers(vec!["RE-2".to_owned()]);
        record_payment(&world.desk, own, amount, TODAY, "", &target, "user:test").expect("a payment");
        let paid = says(&world, opened, &dispute(Some(settled), "wrong"));
        assert!(matches!(paid, Err(EngineError::NotFound(..))), "{paid:?}");
        let one = world.receivable(own, "RE-1");
        refused(&world, opened, &dispute(Some(one), " \n "));
        assert!(holds(&world, "K1").is_empty() && holds(&world, "K2").is_empty());

        says(&world, opened, &dispute(Some(one), &"ä".repeat(WORDS_MAX + 50))).expect("a dispute");
        assert_eq!(holds(&world, "K1"), [(HoldReason::Dispute, TODAY, None)]);
        let disputed: Vec<(String, bool)> =
            look(&world, &token).items.into_iter().map(|item| (item.number, item.is_disputed)).collect();
        assert_eq!(disputed, [("RE-1".to_owned(), true), ("RE-3".to_owned(), false)]);
        let note = &report::holds(&world.desk, own).unwrap()[0].note;
        assert_eq!(note.chars().count(), WORDS_MAX);
        says(&world, opened, &dispute(Some(one), "again")).expect("the same again");
        assert_eq!(holds(&world, "K1").len(), 1);
        says(&world, opened, &dispute(None, "all of it")).expect("everything");
        let size = world.journal_size();
        says(&world, opened, &dispute(Some(world.receivable(own, "RE-3")), "this too")).expect("a part");
        assert_eq!(world.journal_size(), size, "what is disputed as a whole is disputed in its parts");
        assert!(look(&world, &token).items.iter().all(|item| item.is_disputed));
    });
}

fn consents(world: &World, id: DebtorId) -> Vec<Consent> {
    let points = world.desk.store.read(|tx| debtor::load_contact_points(tx, world.desk.book.id, &[id]));
    points.unwrap().remove(&id).unwrap_or_default().into_iter().map(|point| point.consent).collect()
}

#[test]
fn quiet_is_a_no_for_every_address() {
    on_each_engine(|store| {
        let world = open(store);
        let (token, opened) = link(&world, "K1");
        let shown = look(&world, &token);
        assert!(shown.has_email && !shown.is_quiet);
        says(&world, opened, &Answer::Quiet).expect("a no");
        assert_eq!(consents(&world, opened.debtor), [Consent::Refused, Consent::Refused]);
        assert!(look(&world, &token).is_quiet);
        assert!(consents(&world, world.debtor("K2")).iter().all(|one| *one != Consent::Refused));
        let told = world.events(opened.debtor);
        let no = told.iter().filter(|(kind, actor, _)| {
            kind == "contact.consent" && *actor == format!("link:{}", opened.notice)
        });
        assert_eq!(no.count(), 2);
        let size = world.journal_size();
        says(&world, opened, &Answer::Quiet).expect("the same again");
        assert_eq!(world.journal_size(), size);
        let (token, opened) = link(&world, "K3");
        assert!(!look(&world, &token).has_email);
        assert!(matches!(says(&world, opened, &Answer::Quiet), Err(EngineError::NotFound(..))));
    });
}

#[test]
fn each_answer_takes_back_a_notice_that_waits_and_wakes_the_case() {
    type Make = fn(&World) -> Answer;
    let answers: [(Make, &str); 5] = [
        (|_| promise(TODAY + 3.days()), "on_hold:promise"),
        (|_| Answer::Paid { on: None, note: String::new() }, "on_hold:payment_claimed"),
        (|_| Answer::Dispute { receivable: None, note: "wrong".to_owned() }, "on_hold:dispute"),
        (
            |world| Answer::Dispute {
                receivable: Some(world.receivable(world.debtor("K1"), "RE-2")),
                note: "wrong".to_owned(),
            },
            "on_hold:dispute",
        ),
        (|_| Answer::Quiet, "opted_out"),
    ];
    for (make, because) in answers {
        on_each_engine(|store| {
            let mut world = open(store);
            let id = world.debtor("K1");
            world.run();
            assert_eq!(world.notices(id)[0].state, NoticeState::Pending);
            let planned = |world: &World| {
                let cases = world.desk.store.read(|tx| case::load_cases(tx, world.desk.book.id, &[id]));
                cases.unwrap()[&(id, Currency::EUR)].next_event_on
            };
            assert!(planned(&world).is_none_or(|day| day > TODAY));
            let (_, opened) = link(&world, "K1");
            says(&world, opened, &make(&world)).expect("an answer");
            assert_eq!(planned(&world), Some(TODAY), "{because}: the case is looked at at once");
            world.clock(TODAY, 8);
            let done = world.deliver();
            assert_eq!(done.withdrawn.get(because), Some(&1), "{because}: {done:?}");
            let notice = &world.notices(id)[0];
            assert_eq!((notice.state, notice.because.as_deref()), (NoticeState::Withdrawn, Some(because)));
            let mailed: Vec<String> = world.mail.list().unwrap().into_iter().map(|one| one.to).collect();
            assert_eq!(mailed, ["post@hafen.example"], "{because}: the other debtor's leaves");
            // The step was given back: nothing is skipped.
            let cases = world.desk.store.read(|tx| case::load_cases(tx, world.desk.book.id, &[id])).unwrap();
            assert_eq!(cases[&(id, Currency::EUR)].steps_done, 0, "{because}");
            let told = world.events(id);
            assert!(
                told.iter().any(|(kind, _, facts)| kind == "notice.withdrawn" && facts.contains(because))
            );
        });
    }
}

#[test]
fn links_taken_back_open_nothing_and_later_ones_do() {
    on_each_engine(|store| {
        let world = open(store);
        let (before, opened) = link(&world, "K1");
        let (other, _) = link(&world, "K2");
        end_links(&world.desk, opened.debtor, "user:test").expect("an end");
        assert_eq!(open_link(&world.desk, &before).unwrap().err(), Some(Closed::Revoked));
        assert_eq!(page(&world.desk, &before).unwrap().err(), Some(Closed::Revoked));
        let (after, _) = link(&world, "K1");
        assert_eq!(look(&world, &after).opened.debtor, opened.debtor);
        assert_eq!(look(&world, &other).greeting, "Hafen GmbH");
    });
}

#[test]
fn a_link_is_good_until_its_day_and_for_its_own_book_and_key() {
    on_each_engine(|store| {
        let world = open(store);
        let (token, opened) = link(&world, "K1");
        world.clock(TODAY + 60.days(), 23);
        assert!(open_link(&world.desk, &token).unwrap().is_ok());
        world.clock(TODAY + 61.days(), 0);
        assert_eq!(open_link(&world.desk, &token).unwrap().err(), Some(Closed::Expired));
        assert_eq!(page(&world.desk, &token).unwrap().err(), Some(Closed::Expired));
        world.clock(TODAY, 9);
        let next_door = world.neighbour();
        assert_eq!(open_link(&next_door, &token).unwrap().err(), Some(Closed::Unknown));
        let mut keyless = world.desk.refreshed().unwrap();
        keyless.link_key = None;
        assert_eq!(open_link(&keyless, &token).unwrap().err(), Some(Closed::Unknown));
        let bent: String = token
            .chars()
            .rev()
            .enumerate()
            .map(|(at, c)| if at == 20 { if c == 'A' { 'B' } else { 'A' } } else { c })
            .collect();
        let bent: String = bent.chars().rev().collect();
        for text in [bent.as_str(), "", "p", &token[1..], "ä\u{0}"] {
            assert_eq!(open_link(&world.desk, text).unwrap().err(), Some(Closed::Unknown), "{text}");
        }
        let size = world.journal_size();
        assert_eq!(look(&world, &token).opened.notice, opened.notice);
        assert_eq!(world.journal_size(), size, "looking writes nothing");
    });
}

#[test]
fn a_page_shows_what_is_open_and_no_family_name() {
    on_each_engine(|store| {
        let world = open(store);
        let (token, opened) = link(&world, "K1");
        let amount = Money::new(2_500, Currency::EUR);
        record_payment(&world.desk, opened.debtor, amount, TODAY, "", &Target::OldestFirst, "user:test")
            .unwrap();
        let shown = look(&world, &token);
        assert_eq!(shown.greeting, "Jule P.");
        let items: Vec<(&str, i64, bool)> =
            shown.items.iter().map(|one| (one.number.as_str(), one.open.minor, one.is_overdue)).collect();
        assert_eq!(items, [("RE-1", 7_500, true), ("RE-2", 5_000, true), ("RE-3", 1_000, false)]);
        assert_eq!(
            shown.totals,
            [Money::new(12_500, Currency::EUR), Money::new(1_000, "USD".parse().unwrap())]
        );
        assert_eq!(shown.paid, [(TODAY, amount)]);
    });
}

/// Decides and sends what is due, and returns the mail to the company: its headers unfolded, and its text.
fn mail_to_hafen(world: &mut World) -> (Vec<String>, String) {
    world.clock(TODAY, 7);
    world.run();
    world.clock(TODAY, 8);
    world.deliver();
    let listed = world.mail.list().expect("mail");
    let one = listed.iter().find(|one| one.to == "post@hafen.example").expect("a mail");
    let bytes = world.mail.read(&one.name).expect("the mail");
    let raw = String::from_utf8_lossy(&bytes).replace("\r\n ", " ").replace("\r\n\t", " ");
    let headers = raw.split_once("\r\n\r\n").expect("a header").0.split("\r\n").map(str::to_owned).collect();
    (headers, text_part(&bytes).expect("a text"))
}

fn header(headers: &[String], name: &str) -> Option<String> {
    headers.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned))
}

#[test]
fn a_notice_carries_a_link_to_this_debtors_page_and_a_way_to_say_no() {
    for (address, one_click) in [(PORTAL, true), ("http://127.0.0.1:8080", false)] {
        on_each_engine(|store| {
            let mut world = open(store);
            world.set(|settings| settings.portal_url = format!("{address}/"));
            let (headers, text) = mail_to_hafen(&mut world);
            let start = format!("{address}/p/");
            let at = text.find(&start).unwrap_or_else(|| panic!("a link stands in the text: {text}"));
            let token: String = text[at + start.len()..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
                .collect();
            let shown = look(&world, &token);
            assert_eq!(shown.opened.debtor, world.debtor("K2"));
            assert_eq!(shown.opened.notice, world.notices(world.debtor("K2"))[0].id);
            assert_eq!(header(&headers, "List-Unsubscribe"), Some(format!("<{start}{token}/quiet>")));
            let post = header(&headers, "List-Unsubscribe-Post");
            assert_eq!(post.as_deref(), one_click.then_some("List-Unsubscribe=One-Click"));
        });
    }
}

#[test]
fn without_pages_of_our_own_a_no_comes_by_mail() {
    on_each_engine(|store| {
        let mut world = open(store);
        world.set(|settings| settings.portal_url = String::new());
        let (headers, text) = mail_to_hafen(&mut world);
        assert!(!text.contains("/p/"), "{text}");
        let no = header(&headers, "List-Unsubscribe").expect("a way to say no");
        assert!(no.starts_with("<mailto:buero@nordlicht.example?subject=STOP%20RF"), "{no}");
        assert_eq!(header(&headers, "List-Unsubscribe-Post"), None);
        let refused = hand_out_link(&world.desk, world.debtor("K2"), "user:test");
        assert!(matches!(refused, Err(EngineError::Refused(_))));
    });
}
