//! What was foreseen happens: the imagined weeks against weeks that are really run.

use duewell_domain::debtor::{Channel, Consent};
use duewell_domain::dunning::{NoticeKind, Reason, Scenario, Step};
use duewell_domain::hold::HoldReason;
use duewell_domain::id::DebtorId;
use duewell_domain::money::Money;
use duewell_engine::delivery::deliver;
use duewell_engine::hold::{place_hold, set_consent};
use duewell_engine::preview::{Foreseen, Planned, foresee};
use duewell_formats::table::TableKind;
use duewell_gateways::{Envelope, MailGateway, Outcome};
use duewell_store::debtor;
use duewell_store::notice::NoticeState;
use duewell_store::testing::on_each_engine;
use duewell_store::{OpenOptions, Store};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::world::{Dice, World};

const DAYS: i64 = 60;
const TODAY: Date = date(2026, 3, 2);
const DEBTORS: &str = "customer_number,name,type,email,country,time_zone\n";
const RECEIVABLES: &str = "invoice_number,customer_number,kind,amount,currency,due_on\n";

/// A notice, as far as foresight and fact can be compared.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    on: Date,
    kind: String,
    step: usize,
    total: Money,
    numbers: Vec<String>,
    to: String,
}

impl From<&Planned> for Told {
    fn from(planned: &Planned) -> Told {
        Told {
            on: planned.on,
            kind: planned.kind.as_str().to_owned(),
            step: planned.step,
            total: planned.total,
            numbers: planned.numbers.clone(),
            to: planned.to.clone(),
        }
    }
}

fn notices(foreseen: &[Foreseen]) -> Vec<&Planned> {
    foreseen
        .iter()
        .filter_map(|one| match one {
            Foreseen::Notice(planned) => Some(&**planned),
            Foreseen::Silence { .. } => None,
        })
        .collect()
}

fn silences(foreseen: &[Foreseen]) -> Vec<(Date, Reason)> {
    foreseen
        .iter()
        .filter_map(|one| match one {
            Foreseen::Silence { on, because } => Some((*on, *because)),
            Foreseen::Notice(_) => None,
        })
        .collect()
}

/// What really was decided from a day on, all of which must have left on the day foreseen for it.
fn happened(world: &World, id: DebtorId, from: Date) -> Vec<Told> {
    let numbers = world.receivables(id);
    let points = world.desk.store.read(|tx| debtor::load_contact_points(tx, world.desk.book.id, &[id]));
    let points = points.expect("addresses").remove(&id).unwrap_or_default();
    let mut told = Vec::new();
    for notice in world.notices(id).into_iter().filter(|one| one.decided_on >= from) {
        assert_eq!(notice.state, NoticeState::Sent, "{notice:?}");
        let items: Vec<(String, i64, String)> = serde_json::from_str(&notice.items).expect("items");
        let number = |id: &str| {
            numbers.iter().find(|(known, _)| known.to_string() == id).expect("a known receivable").1.clone()
        };
        told.push(Told {
            on: notice.decided_on,
            kind: notice.kind,
            step: notice.step as usize,
            total: notice.total,
            numbers: items.iter().map(|(id, ..)| number(id)).collect(),
            to: points.iter().find(|one| one.id == notice.contact_point).expect("an address").value.clone(),
        });
    }
    told
}

/// Foresees the next weeks of some debtors, lives them, and compares. Returns what was foreseen.
fn check(
    world: &mut World,
    from: Date,
    numbers: &[&str],
    edited: Option<&Scenario>,
    what: &str,
) -> Vec<Vec<Foreseen>> {
    world.clock(from, 7);
    let (size, mailed) = (world.journal_size(), world.mail.list().expect("mail").len());
    let scenario = edited.unwrap_or(&world.desk.scenario);
    let ids: Vec<DebtorId> = numbers.iter().map(|number| world.debtor(number)).collect();
    let foreseen: Vec<Vec<Foreseen>> =
        ids.iter().map(|&id| foresee(&world.desk, id, scenario, DAYS).expect("a preview")).collect();
    assert_eq!(world.journal_size(), size, "{what}: foreseeing writes nothing");
    if let Some(scenario) = edited {
        world.desk.save_scenario(scenario, "user:test").expect("a scenario");
        world.refresh();
    }
    for ahead in 0..=DAYS {
        world.live(from + ahead.days());
    }
    let mut planned_total = 0;
    for ((&id, number), foreseen) in ids.iter().zip(numbers).zip(&foreseen) {
        let planned = notices(foreseen);
        planned_total += planned.len();
        let expected: Vec<Told> = planned.iter().map(|one| Told::from(*one)).collect();
        assert_eq!(expected, happened(world, id, from), "{what}: debtor {number}");
        for (planned, notice) in
            planned.iter().zip(world.notices(id).iter().filter(|one| one.decided_on >= from))
        {
            let sent_at = notice.sent_at.expect("it was sent");
            assert!(sent_at >= planned.send_at, "{what}: {number} left before its hour");
            let day = |moment: jiff::Timestamp| moment.to_zoned(world.desk.zone.clone()).date();
            assert_eq!(day(sent_at), day(planned.send_at), "{what}: {number} left on another day");
        }
    }
    if numbers.len() == world.debtors() {
        let mail = world.mail.list().expect("mail");
        assert_eq!(mail.len() - mailed, planned_total, "{what}: every notice is one message");
    }
    foreseen
}

fn with(store: &Store, debtors: &str, receivables: &str) -> World {
    let world = World::open(store, TODAY);
    world.bring_in(TableKind::Debtors, &format!("{DEBTORS}{debtors}"));
    world.bring_in(TableKind::Receivables, &format!("{RECEIVABLES}{receivables}"));
    world
}

const JULE: &str = "K1,Jule Petersen,person,jule@petersen.example,DE,\n";

fn steps(foreseen: &[Foreseen]) -> Vec<(Date, usize)> {
    notices(foreseen).iter().map(|one| (one.on, one.step)).collect()
}

#[test]
fn one_receivable_climbs_the_scenario_as_foreseen() {
    on_each_engine(|store| {
        let mut world = with(store, JULE, "RE-1,K1,invoice,100.00,EUR,2026-03-10\n");
        let foreseen = check(&mut world, TODAY, &["K1"], None, "one receivable").remove(0);
        let expected =
            [(date(2026, 3, 7), 0), (date(2026, 3, 14), 1), (date(2026, 3, 24), 2), (date(2026, 4, 9), 3)];
        assert_eq!(steps(&foreseen), expected);
        let first = notices(&foreseen)[0];
        assert_eq!(first.kind, NoticeKind::PreDue);
        assert!(first.body.contains("RE-1") && !first.subject.contains("RE-1"), "{first:?}");
        assert_eq!(silences(&foreseen).last().map(|last| last.1), Some(Reason::ScenarioFinished));
    });
}

#[test]
fn several_due_dates_are_asked_for_together_as_foreseen() {
    on_each_engine(|store| {
        let mut world = with(
            store,
            JULE,
            "RE-1,K1,invoice,100.00,EUR,2026-02-20\nRE-2,K1,invoice,20.00,EUR,2026-03-04\n\
             RE-3,K1,invoice,0.40,EUR,2026-01-04\nRE-4,K1,invoice,70.00,EUR,2026-04-15\n",
        );
        let foreseen = check(&mut world, TODAY, &["K1"], None, "several due dates").remove(0);
        assert!(notices(&foreseen).iter().any(|one| one.numbers.len() >= 3), "{foreseen:?}");
    });
}

#[test]
fn two_currencies_are_two_matters_of_one_person() {
    on_each_engine(|store| {
        let mut world = with(
            store,
            JULE,
            "RE-1,K1,invoice,100.00,EUR,2026-02-27\nRE-2,K1,invoice,50.00,USD,2026-02-27\n\
             RE-3,K1,invoice,50.00,USD,2026-03-20\n",
        );
        let foreseen = check(&mut world, TODAY, &["K1"], None, "two currencies").remove(0);
        let days: Vec<Date> = notices(&foreseen).iter().map(|one| one.on).collect();
        // Both are ready on the same days; one person gets one letter a day.
        assert!(days.windows(2).all(|pair| pair[0] != pair[1]), "{days:?}");
        assert!(days.len() >= 6, "{days:?}");
    });
}

#[test]
fn holidays_and_sundays_put_notices_off_as_foreseen() {
    on_each_engine(|store| {
        let mut world = with(
            store,
            JULE,
            // The first notice falls on Good Friday, the second on a day of the tenant's own, a Tuesday.
            "RE-1,K1,invoice,100.00,EUR,2026-03-31\n",
        );
        world.set(|settings| settings.holidays = "DE-BY".to_owned());
        world.desk.save_holidays(&[(date(2026, 4, 14), "Inventory".to_owned())], "user:test").expect("days");
        world.refresh();
        let foreseen = check(&mut world, TODAY, &["K1"], None, "holidays").remove(0);
        // Saturday is a day like others; Easter Sunday and Monday are not needed.
        assert_eq!(steps(&foreseen)[1..3], [(date(2026, 4, 4), 1), (date(2026, 4, 15), 2)]);
    });
}

#[test]
fn a_hold_a_promise_and_a_no_are_foreseen() {
    on_each_engine(|store| {
        let mut world = with(
            store,
            "K1,Jule Petersen,person,jule@petersen.example,DE,\n\
             K2,Hafen GmbH,company,post@hafen.example,DE,\n\
             K3,Nils Nein,person,nils@nein.example,DE,\n\
             K4,Ohne Adresse,person,,DE,\n\
             K5,Fern Ltd,company,far@fern.example,US,\n\
             K6,Teil GmbH,company,teil@teil.example,DE,\n",
            "RE-1,K1,invoice,100.00,EUR,2026-02-20\nRE-2,K2,invoice,100.00,EUR,2026-02-20\n\
             RE-3,K3,invoice,100.00,EUR,2026-02-20\nRE-4,K4,invoice,100.00,EUR,2026-02-20\n\
             RE-5,K5,invoice,100.00,EUR,2026-02-20\nRE-6,K6,invoice,100.00,EUR,2026-02-20\n\
             RE-7,K6,invoice,30.00,EUR,2026-02-25\n",
        );
        let place = |number: &str, receivable, reason, until| {
            place_hold(&world.desk, world.debtor(number), receivable, reason, until, "", "user:test")
                .expect("a hold")
        };
        place("K1", None, HoldReason::Care, Some(date(2026, 3, 15)));
        place("K2", None, HoldReason::Promise, Some(date(2026, 3, 12)));
        let one = world.receivable(world.debtor("K6"), "RE-6");
        place("K6", Some(one), HoldReason::Dispute, Some(date(2026, 4, 1)));
        set_consent(&world.desk, world.debtor("K3"), None, Consent::Refused, "phone", "user:test")
            .expect("a no");
        let all = ["K1", "K2", "K3", "K4", "K5", "K6"];
        let foreseen = check(&mut world, TODAY, &all, None, "holds");
        assert_eq!(steps(&foreseen[0])[0], (date(2026, 3, 16), 1));
        assert_eq!(silences(&foreseen[0])[0], (TODAY, Reason::OnHold(HoldReason::Care)));
        assert_eq!(steps(&foreseen[1])[0], (date(2026, 3, 13), 1));
        assert_eq!((steps(&foreseen[2]).len(), silences(&foreseen[2])), (0, vec![(TODAY, Reason::OptedOut)]));
        assert_eq!(
            (steps(&foreseen[3]).len(), silences(&foreseen[3])),
            (0, vec![(TODAY, Reason::NoAddress)])
        );
        assert_eq!(notices(&foreseen[5])[0].numbers, ["RE-7"]);
    });
}

#[test]
fn a_case_in_the_middle_of_its_cycle_goes_on_as_foreseen() {
    on_each_engine(|store| {
        let mut world = with(
            store,
            "K1,Jule Petersen,person,jule@petersen.example,DE,\nK2,Hafen GmbH,company,post@hafen.example,PT,\n",
            "RE-1,K1,invoice,100.00,EUR,2026-02-20\nRE-2,K2,invoice,100.00,EUR,2026-03-05\n",
        );
        let day = |ahead: i64| TODAY + ahead.days();
        for ahead in 0..9 {
            world.live(day(ahead));
        }
        let before: Vec<usize> =
            ["K1", "K2"].iter().map(|number| world.notices(world.debtor(number)).len()).collect();
        assert_eq!(before, [2, 2], "both were written to before");
        check(&mut world, day(9), &["K1", "K2"], None, "in the middle");
    });
}

#[test]
fn an_edited_scenario_is_foreseen_before_it_is_saved() {
    on_each_engine(|store| {
        let mut world = with(
            store,
            "K1,Jule Petersen,person,jule@petersen.example,DE,\nK2,Hafen GmbH,company,post@hafen.example,DE,\n",
            "RE-1,K1,invoice,100.00,EUR,2026-02-20\nRE-2,K2,invoice,100.00,EUR,2026-03-25\n",
        );
        for ahead in 0..4 {
            world.live(TODAY + ahead.days());
        }
        let step =
            |offset_days, notice| Step { offset_days, notice, channel: Channel::Email, pay_within_days: 5 };
        let edited = Scenario {
            steps: vec![
                step(-20, NoticeKind::PreDue),
                step(0, NoticeKind::PreDue),
                step(2, NoticeKind::First),
                step(9, NoticeKind::Second),
                step(10, NoticeKind::Final),
            ],
            gap_days_min: 1,
            ..world.desk.scenario.clone()
        };
        let from = TODAY + 4.days();
        let foreseen = check(&mut world, from, &["K1", "K2"], Some(&edited), "edited");
        assert_eq!(steps(&foreseen[1])[0], (from, 0), "the new first step is taken at once");
    });
}

#[test]
fn a_notice_that_leaves_the_next_day_keeps_its_distance_from_then() {
    on_each_engine(|store| {
        let mut world = with(store, JULE, "RE-1,K1,invoice,100.00,EUR,2026-02-20\n");
        // Asked at nine in the evening: the notice is written now and leaves tomorrow.
        world.clock(TODAY, 21);
        let id = world.debtor("K1");
        let foreseen = foresee(&world.desk, id, &world.desk.scenario, DAYS).expect("a preview");
        world.run();
        for ahead in 1..=DAYS {
            world.live(TODAY + ahead.days());
        }
        let expected: Vec<Told> = notices(&foreseen).iter().map(|one| Told::from(*one)).collect();
        assert_eq!(expected, happened(&world, id, TODAY));
        assert_eq!(steps(&foreseen)[..2], [(TODAY, 1), (date(2026, 3, 10), 2)]);
    });
}

#[test]
fn what_waits_for_its_hour_is_not_foreseen_a_second_time() {
    on_each_engine(|store| {
        let mut world = with(store, JULE, "RE-1,K1,invoice,100.00,EUR,2026-02-20\n");
        let id = world.debtor("K1");
        world.run();
        assert_eq!(world.notices(id)[0].state, NoticeState::Pending);
        let foreseen = foresee(&world.desk, id, &world.desk.scenario, DAYS).expect("a preview");
        for hour in [8, 12] {
            world.clock(TODAY, hour);
            world.deliver();
        }
        for ahead in 1..=DAYS {
            world.live(TODAY + ahead.days());
        }
        let expected: Vec<Told> = notices(&foreseen).iter().map(|one| Told::from(*one)).collect();
        assert_eq!(expected, happened(&world, id, TODAY)[1..]);
        assert!(!expected.is_empty());
    });
}

/// A mail server that hangs up before it answers.
struct HangsUp;

impl MailGateway for HangsUp {
    fn send(&mut self, _: &Envelope, _: &[u8]) -> Outcome {
        Outcome::Unknown { reason: "the line broke".to_owned() }
    }
}

#[test]
fn a_case_whose_last_notice_may_have_left_is_foreseen_to_wait_for_a_person() {
    on_each_engine(|store| {
        let mut world = with(store, JULE, "RE-1,K1,invoice,100.00,EUR,2026-02-20\n");
        let id = world.debtor("K1");
        world.run();
        world.clock(TODAY, 8);
        deliver(&world.desk, &mut HangsUp, 1, &mut |_| {}).expect("a delivery");
        assert_eq!(world.notices(id)[0].state, NoticeState::Unknown);
        let foreseen = foresee(&world.desk, id, &world.desk.scenario, DAYS).expect("a preview");
        for ahead in 1..=DAYS {
            world.live(TODAY + ahead.days());
        }
        assert_eq!(world.notices(id).len(), 1, "nothing more is sent");
        assert!(notices(&foreseen).is_empty(), "{foreseen:?}");
        assert!(silences(&foreseen).iter().any(|(_, because)| *because == Reason::NoticeOnItsWay));
    });
}

#[test]
fn the_text_foreseen_shows_a_link_where_the_notice_will_carry_one() {
    on_each_engine(|store| {
        let mut world = with(store, JULE, "RE-1,K1,invoice,100.00,EUR,2026-02-20\n");
        let body = |world: &World| {
            let foreseen = foresee(&world.desk, world.debtor("K1"), &world.desk.scenario, 7);
            notices(&foreseen.expect("a preview"))[0].body.clone()
        };
        assert!(!body(&world).contains("https://"), "{}", body(&world));
        world.set(|settings| settings.portal_url = "https://pay.example.com".to_owned());
        assert!(body(&world).contains("https://pay.example.com/p/"), "{}", body(&world));
    });
}

/// Rolls a scenario that passes its check.
fn any_scenario(dice: &mut Dice, now: &Scenario) -> Scenario {
    let step = |offset_days, notice, pay_within_days| Step {
        offset_days,
        notice,
        channel: Channel::Email,
        pay_within_days,
    };
    let mut steps = Vec::new();
    let mut day = -dice.roll(2, 12) as i32;
    for _ in 0..dice.roll(0, 2) {
        steps.push(step(day, NoticeKind::PreDue, 3));
        day = (day + dice.roll(1, 6) as i32).min(0);
        if steps.last().is_some_and(|last| last.offset_days >= day) {
            break;
        }
    }
    let mut day = dice.roll(1, 6) as i32;
    for kind in
        [NoticeKind::First, NoticeKind::Second, NoticeKind::Final].into_iter().take(dice.roll(1, 3) as usize)
    {
        steps.push(step(day, kind, dice.roll(1, 12) as u32));
        day += dice.roll(1, 20) as i32;
    }
    Scenario {
        steps,
        gap_days_min: dice.roll(0, 10) as u32,
        tolerance_minor: dice.roll(0, 3) * 100,
        ..now.clone()
    }
}

/// Rolls a debtor: address, place, receivables.
fn any_debtor(dice: &mut Dice, number: &str) -> (String, String) {
    let email =
        if dice.one_in(8) { String::new() } else { format!("{}@debtor.example", number.to_lowercase()) };
    let country = ["DE", "DE", "AT", "US", "PT", "JP", "BR", "CA"][dice.roll(0, 7) as usize];
    let zone = if country == "US" && dice.one_in(2) { "America/Denver" } else { "" };
    let kind = if dice.one_in(2) { "person" } else { "company" };
    let debtor = format!("{number},Name {number},{kind},{email},{country},{zone}\n");
    let mut receivables = String::new();
    for one in 1..=dice.roll(1, 5) {
        let currency = if dice.one_in(4) { "USD" } else { "EUR" };
        let minor = if dice.one_in(3) { dice.roll(1, 250) } else { dice.roll(500, 90_000) };
        let due_on = TODAY + dice.roll(-50, 45).days();
        receivables.push_str(&format!(
            "{number}-{one},{number},invoice,{}.{:02},{currency},{due_on}\n",
            minor / 100,
            minor % 100
        ));
    }
    (debtor, receivables)
}

/// Lives one book of the seed: some debtors, some weeks before, then what is foreseen.
fn live_book(store: &Store, seed: u64, debtors: usize) {
    let mut dice = Dice::of(seed);
    let numbers: Vec<String> = (1..=debtors).map(|one| format!("S{seed}D{one}")).collect();
    let (mut people, mut claims) = (String::new(), String::new());
    for number in &numbers {
        let (debtor, receivables) = any_debtor(&mut dice, number);
        people.push_str(&debtor);
        claims.push_str(&receivables);
    }
    let mut world = with(store, &people, &claims);
    let calendar = ["", "DE-BY", "DE"][dice.roll(0, 2) as usize];
    world.set(|settings| settings.holidays = calendar.to_owned());
    if dice.one_in(2) {
        let own: Vec<(Date, String)> =
            (0..dice.roll(1, 6)).map(|_| (TODAY + dice.roll(0, 70).days(), "closed".to_owned())).collect();
        world.desk.save_holidays(&own, "user:test").expect("days");
        world.refresh();
    }
    let earlier = dice.roll(0, 12);
    for ahead in 0..earlier {
        world.live(TODAY + ahead.days());
    }
    let from = TODAY + earlier.days();
    world.clock(from, 6);
    for number in &numbers {
        let id = world.debtor(number);
        if dice.one_in(4) {
            let reason = HoldReason::ALL[dice.roll(0, 5) as usize];
            let until = (!dice.one_in(5)).then(|| from + dice.roll(0, 40).days());
            let all = world.receivables(id);
            let one = dice.one_in(2).then(|| all[dice.roll(0, all.len() as i64 - 1) as usize].0);
            place_hold(&world.desk, id, one, reason, until, "", "user:test").expect("a hold");
        }
        if dice.one_in(12) {
            // Some have no address that could say no.
            let _ = set_consent(&world.desk, id, None, Consent::Refused, "phone", "user:test");
        }
    }
    let edited = dice.one_in(2).then(|| any_scenario(&mut dice, &world.desk.scenario));
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let what = format!("seed {seed}, scenario {edited:?}, days before {earlier}, holidays `{calendar}`");
    check(&mut world, from, &numbers, edited.as_ref(), &what);
}

#[test]
fn of_any_book_what_was_foreseen_happens() {
    for seed in 1..=24 {
        let dir = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", dir.path().join("book.sqlite").display());
        let now = TODAY.at(0, 0, 0, 0).in_tz("UTC").expect("a zone").timestamp();
        live_book(&Store::open(&url, OpenOptions::new(now)).expect("a store"), seed, 5);
    }
}

#[test]
fn of_a_book_on_either_database_what_was_foreseen_happens() {
    on_each_engine(|store| live_book(store, 4_711, 12));
}
