//! The debtor's pages as a browser, a mail scanner, a guesser and a mail program meet them, on both databases.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::MockConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use duewell_documents::qr;
use duewell_domain::hold::HoldReason;
use duewell_domain::id::{DebtorId, IdMaker, ReceivableId};
use duewell_domain::link::LinkKey;
use duewell_domain::money::{Currency, Money};
use duewell_engine::cash::{Target, record_payment};
use duewell_engine::people::{Commit, Source, import_debtors, import_receivables};
use duewell_engine::{Clock, Desk, EngineError, Entropy, daily, delivery, ensure_book, portal};
use duewell_formats::epc::{EpcPayment, Remittance};
use duewell_formats::table::{DecimalMark, TableFile, TableKind, guess_mapping};
use duewell_gateways::{Envelope, MailGateway, Outcome};
use duewell_store::book::{self, Book};
use duewell_store::testing::on_each_engine;
use duewell_store::{Store, case, debtor, journal, receivable};
use duewell_web::{App, router};
use jiff::Timestamp;
use jiff::civil::date;
use tower::ServiceExt as _;

const HOSTILE: &str = "<script>alert(1)</script>";

#[derive(Clone)]
struct Hands(Arc<AtomicI64>);

impl Hands {
    fn set(&self, moment: &str) {
        let moment: Timestamp = moment.parse().expect("a moment");
        self.0.store(moment.as_microsecond(), Ordering::Relaxed);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::Relaxed)).expect("a moment of this century")
    }
}

struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(31).wrapping_add(7);
            *byte = self.0;
        }
    }
}

/// A mail server that takes everything.
#[derive(Default)]
struct Taken(u64);

impl MailGateway for Taken {
    fn send(&mut self, _: &Envelope, _: &[u8]) -> Outcome {
        self.0 += 1;
        Outcome::Accepted { response: "250".to_owned() }
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().expect("an address")
    }

    fn title(&self) -> &str {
        self.text.split_once("<title>").expect("a title").1.split_once("</title>").expect("its end").0
    }
}

struct World {
    desk: Desk,
    pages: Router,
    hands: Hands,
    runtime: tokio::runtime::Runtime,
    _uploads: tempfile::TempDir,
}

fn desk_of(store: &Store, book: &Book, hands: &Hands, ids: IdMaker, name: &str) -> Desk {
    let open = |ids| {
        Desk::open(
            store.clone(),
            book.id,
            Box::new(hands.clone()),
            ids,
            Box::new(Counting(1)),
            "test".to_owned(),
        )
    };
    let mut desk = open(ids).expect("a desk");
    let mut settings = desk.settings.clone();
    settings.portal_url = "https://pay.example.com/".to_owned();
    settings.creditor.name = name.to_owned();
    settings.creditor.iban = "DE02120300000000202051".to_owned();
    settings.creditor.email = "buero@nordlicht.example".to_owned();
    settings.creditor.phone = "+49 40 123456".to_owned();
    settings.creditor.address = "Am Kai 1\n20457 Hamburg".to_owned();
    settings.creditor.advice = Some("Free advice: 0800 111 0 111".to_owned());
    desk.save_settings(&settings, "user:test").expect("settings");
    desk.link_key = Some(LinkKey::new([7; 32]));
    desk.is_gone = Arc::new(|_| true);
    desk.is_alone = Arc::new(|| true);
    desk.refreshed().expect("a desk with these settings")
}

fn bring_in(desk: &Desk, kind: TableKind, text: &str) {
    let table = TableFile::from_reader(Cursor::new(text.as_bytes().to_vec())).expect("a table");
    let (mut mapping, _) = guess_mapping(kind, &table).expect("its columns");
    mapping.decimal_mark = Some(DecimalMark::Point);
    let source =
        Source { file_name: "t.csv", sha256: [1; 32], table: &table, mapping: &mapping, actor: "user:test" };
    let summary = match kind {
        TableKind::Debtors => import_debtors(desk, &source, Commit::Write, &mut |_| {}),
        TableKind::Receivables => import_receivables(desk, &source, Commit::Write, &mut |_| {}),
    }
    .expect("a file");
    assert_eq!(summary.wrong, 0, "{:?}", summary.findings);
}

impl World {
    fn open(store: &Store) -> World {
        let hands = Hands(Arc::new(AtomicI64::new(0)));
        hands.set("2026-03-02T09:00:00Z");
        let mut ids = IdMaker::new(0);
        let book = ensure_book(store, "Book", "Europe/Berlin", hands.now(), &mut ids).expect("a book");
        let desk = desk_of(store, &book, &hands, ids, "Nordlicht Handel");
        bring_in(
            &desk,
            TableKind::Debtors,
            &format!(
                "customer_number,name,type,email,phone,country,language\n\
                 K1,Jule Petersen,person,jule@petersen.example,+49 30 987654,DE,en\n\
                 K2,Hafen GmbH,company,post@hafen.example,,DE,de\n\
                 K3,{HOSTILE} Ltd,company,x@hostile.example,,DE,fr\n"
            ),
        );
        bring_in(
            &desk,
            TableKind::Receivables,
            "invoice_number,customer_number,kind,amount,currency,issued_on,due_on,reference,description\n\
             RE-1001,K1,invoice,100.00,EUR,2026-01-10,2026-02-01,RF18539007547034,Order of Jule Petersen\n\
             RE-1002,K1,invoice,50.00,EUR,2026-02-20,2026-03-20,,goods\n\
             RE-2001,K2,invoice,80.00,EUR,2026-01-10,2026-02-10,,goods\n\
             RE-3001,K3,invoice,80.00,USD,2026-01-10,2026-02-10,,goods\n",
        );
        let uploads = tempfile::tempdir().expect("a folder");
        let app = App::new(desk.refreshed().expect("a desk"), uploads.path().to_owned(), || {});
        let peer: SocketAddr = "192.0.2.7:4000".parse().expect("an address");
        let pages = router(app).layer(MockConnectInfo(peer));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        World { desk, pages, hands, runtime, _uploads: uploads }
    }

    fn debtor(&self, external: &str) -> DebtorId {
        let found = self.desk.store.read(|tx| debtor::find_debtor_ids(tx, self.desk.book.id, &[external]));
        found.expect("debtors")[external]
    }

    fn receivable(&self, external: &str, number: &str) -> ReceivableId {
        let id = self.debtor(external);
        let open = self.desk.store.read(|tx| receivable::load_open(tx, self.desk.book.id, &[id]));
        let mut open = open.expect("receivables").remove(&id).expect("some");
        open.retain(|one| one.number == number);
        open[0].id
    }

    /// Makes a link and returns its path.
    fn link(&self, external: &str) -> String {
        let link = portal::hand_out_link(&self.desk, self.debtor(external), "user:test").expect("a link");
        link.strip_prefix("https://pay.example.com").expect("our address").to_owned()
    }

    fn ask(&self, method: Method, address: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .expect("a request");
        self.runtime.block_on(async {
            let response = self.pages.clone().oneshot(request).await.expect("an answer");
            let (parts, body) = response.into_parts();
            let bytes = to_bytes(body, 1 << 20).await.expect("a body");
            let text = String::from_utf8(bytes.to_vec()).expect("text");
            Answer { status: parts.status, headers: parts.headers, text }
        })
    }

    fn get(&self, address: &str) -> Answer {
        self.ask(Method::GET, address, "")
    }

    fn post(&self, address: &str, body: &str) -> Answer {
        self.ask(Method::POST, address, body)
    }

    /// Everything that answering could change.
    fn state(&self) -> String {
        let (desk, book) = (&self.desk, self.desk.book.id);
        let mut ids = ["K1", "K2", "K3"].map(|external| self.debtor(external));
        ids.sort_unstable();
        desk.store
            .read(|tx| -> Result<String, EngineError> {
                let size = journal::journal_size(tx, book)?;
                let mut cases: Vec<String> =
                    case::load_cases(tx, book, &ids)?.values().map(|case| format!("{case:?}")).collect();
                cases.sort();
                let mut holds = Vec::new();
                for id in ids {
                    holds.push(format!("{:?}", debtor::holds_of_debtor(tx, book, id)?));
                }
                let points = debtor::load_contact_points(tx, book, &ids)?;
                let points: Vec<_> = ids.iter().map(|id| &points[id]).collect();
                Ok(format!("{size} {cases:?} {holds:?} {points:?}"))
            })
            .expect("the state")
    }

    fn holds(&self, external: &str) -> Vec<(HoldReason, Option<ReceivableId>, String)> {
        let id = self.debtor(external);
        let holds =
            self.desk.store.read(|tx| debtor::holds_of_debtor(tx, self.desk.book.id, id)).expect("holds");
        holds.into_iter().map(|one| (one.hold.reason, one.hold.receivable, one.note)).collect()
    }

    fn events(&self, external: &str) -> String {
        let id = self.debtor(external);
        let events =
            self.desk.store.read(|tx| journal::list_events(tx, self.desk.book.id, id)).expect("events");
        events.iter().map(|event| String::from_utf8_lossy(&event.envelope).into_owned()).collect()
    }

    /// Runs the day and says how many notices were decided.
    fn notices(&self) -> u64 {
        daily::run_day(&self.desk, &mut |_, _| {}).expect("a run").notices_total()
    }

    /// Sends what waits and says how much left.
    fn sent(&self) -> u64 {
        let mut gateway = Taken::default();
        delivery::deliver(&self.desk, &mut gateway, 100, &mut |_| {}).expect("a delivery");
        gateway.0
    }
}

/// Every address of ours that a page names, made whole.
fn addresses(page: &str, path: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for name in ["href=\"", "src=\"", "action=\""] {
        for rest in page.split(name).skip(1) {
            let address = rest.split('"').next().unwrap_or("").replace("&amp;", "&");
            match address.chars().next() {
                Some('/') => found.insert(address),
                Some('?') => found.insert(format!("{}{address}", path.split('?').next().unwrap_or(""))),
                _ => false,
            };
        }
    }
    found
}

#[test]
fn a_scanner_that_opens_every_address_changes_nothing() {
    on_each_engine(|store| {
        let world = World::open(store);
        let start = world.link("K1");
        let before = world.state();
        let mut seen = BTreeSet::new();
        let mut todo =
            vec![start.clone(), format!("{start}/promise?on=2026-03-09"), format!("{start}?said=paid")];
        while let Some(address) = todo.pop() {
            if !seen.insert(address.clone()) {
                continue;
            }
            let page = world.get(&address);
            assert_eq!(page.status, StatusCode::OK, "{address}");
            let head = world.ask(Method::HEAD, &address, "");
            assert_eq!((head.status, head.text.as_str()), (StatusCode::OK, ""), "{address}");
            todo.extend(addresses(&page.text, &address));
            assert!(seen.len() < 200, "the pages lead in circles");
        }
        for place in ["/paid", "/promise", "/wrong", "/quiet", "/qr.svg"] {
            assert!(seen.contains(&format!("{start}{place}")), "{place} was found");
        }
        assert!(seen.contains(&format!("{start}?lang=de")) && seen.len() >= 8, "{seen:?}");
        assert_eq!(world.state(), before);
    });
}

#[test]
fn a_page_shows_what_is_owed_and_how_to_pay_it() {
    on_each_engine(|store| {
        let world = World::open(store);
        let twenty = Money::new(2_000, Currency::EUR);
        record_payment(
            &world.desk,
            world.debtor("K1"),
            twenty,
            date(2026, 2, 25),
            "",
            &Target::OldestFirst,
            "user:test",
        )
        .expect("a payment");
        let link = world.link("K1");
        let page = world.get(&link);
        for part in [
            "Hello Jule P.",
            "value=\"130.00\"",
            "RE-1001",
            "RE-1002",
            "was due on 1 Feb 2026",
            "due on 20 Mar 2026",
            "of €100.00",
            "reference RF18 5390 0754 7034",
            "one of them not due yet",
            "DE02 1203 0000 0000 2020 51",
            "25 Feb 2026",
            "tel:+4940123456",
            "mailto:buero@nordlicht.example",
            "20457 Hamburg",
            "Free advice: 0800 111 0 111",
        ] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        // Whoever the link was forwarded to learns no family name and no way to reach the debtor.
        for part in ["Petersen", "petersen", "987654"] {
            assert!(!page.text.contains(part), "{part}");
        }
        let reference = debtor::debtor_reference("K1");
        let code = |name: &str, minor, reference: &str| {
            let payment = EpcPayment {
                name: name.to_owned(),
                iban: "DE02120300000000202051".to_owned(),
                bic: None,
                amount: Money::new(minor, Currency::EUR),
                remittance: Remittance::from_reference(reference),
                purpose: None,
            };
            let title = "Payment code for banking apps";
            qr::svg(&payment.payload().expect("a payment"), title).expect("a code")
        };
        let drawn = world.get(&format!("{link}/qr.svg"));
        assert_eq!(drawn.headers[header::CONTENT_TYPE], "image/svg+xml");
        assert_eq!(drawn.text, code("Nordlicht Handel", 13_000, &reference));
        assert_ne!(drawn.text, code("Nordlicht Handel", 13_001, &reference));

        // The debtor's language first, the chosen one before it, and it comes along.
        let company = world.link("K2");
        assert!(world.get(&company).text.contains("Guten Tag, Hafen GmbH"));
        let english = world.get(&format!("{company}?lang=en"));
        assert!(english.text.contains("Hello Hafen GmbH"));
        assert!(english.text.contains(&format!("{company}/paid?lang=en")));
        let sent = world.post(&format!("{company}/paid?lang=en"), "on=&note=");
        assert_eq!(sent.location(), format!("{company}?said=paid&lang=en"));

        // No code where nothing is owed in euro; no language of ours: what the browser asks for.
        let hostile = world.link("K3");
        assert_eq!(world.get(&format!("{hostile}/qr.svg")).status, StatusCode::NOT_FOUND);
        let page = world.get(&hostile);
        assert!(!page.text.contains("qr.svg") && page.text.contains("<html lang=\"en\""));

        // When all is paid the page is glad.
        let rest = Money::new(13_000, Currency::EUR);
        let day = date(2026, 3, 2);
        record_payment(&world.desk, world.debtor("K1"), rest, day, "", &Target::OldestFirst, "user:test")
            .expect("a payment");
        let page = world.get(&link);
        assert!(page.text.contains("Nothing is open. Thank you."), "{}", page.text);
        assert_eq!(world.get(&format!("{link}/qr.svg")).status, StatusCode::NOT_FOUND);
        let before = world.state();
        for place in ["promise", "paid", "wrong"] {
            assert_eq!(
                world.post(&format!("{link}/{place}"), "on=2026-03-02&note=x&which=all").location(),
                link
            );
        }
        assert_eq!(world.state(), before);
    });
}

#[test]
fn links_of_nobody_open_nothing_and_name_nobody() {
    on_each_engine(|store| {
        let world = World::open(store);
        let link = world.link("K1");
        let token = link.strip_prefix("/p/").expect("a token");
        // Another tenant's book in the same database, with a debtor of its own.
        let mut ids = IdMaker::new(1);
        let now = world.hands.now();
        let other = Book {
            id: ids.next(now),
            tenant: ids.next(now),
            name: "Other".to_owned(),
            zone: "Europe/Berlin".to_owned(),
        };
        store
            .write(|tx| -> Result<(), EngineError> {
                book::create_tenant(tx, other.tenant, "Other", now)?;
                book::create_book(tx, &other, now)?;
                book::add_scenario(tx, other.tenant, &world.desk.scenario, now)?;
                Ok(())
            })
            .expect("another book");
        let other = desk_of(store, &other, &world.hands, ids, "Andere AG");
        bring_in(&other, TableKind::Debtors, "customer_number,name,type\nK9,Fremd GmbH,company\n");
        let found = store.read(|tx| debtor::find_debtor_ids(tx, other.book.id, &["K9"])).expect("debtors");
        let foreign = portal::hand_out_link(&other, found["K9"], "user:test").expect("a link");
        let foreign = foreign.rsplit('/').next().expect("a token").to_owned();
        let sealed = LinkKey::new([7; 32]).open(token).expect("our own link");
        let other_key = LinkKey::new([8; 32]).seal(&sealed);
        let nobody =
            LinkKey::new([7; 32]).seal(&duewell_domain::link::Link { debtor: DebtorId(1), ..sealed });

        let mut pages = BTreeSet::new();
        for bad in [&token[..token.len() - 1], &foreign, &other_key, &nobody, "x"] {
            let page = world.get(&format!("/p/{bad}"));
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{bad}");
            for name in ["Nordlicht", "Jule", "Fremd", "Andere", "+49", "mailto:"] {
                assert!(!page.text.contains(name), "{name}");
            }
            assert_eq!(page.title(), "This link cannot be used");
            pages.insert(page.text);
        }
        assert_eq!(pages.len(), 1, "one page for all of them");
        // By now this place has guessed often enough; good links still open for it.
        let before = world.state();
        for (place, body) in
            [("promise", "on=2026-03-05"), ("paid", ""), ("wrong", "which=all&note=x"), ("quiet", "")]
        {
            let page = world.post(&format!("/p/{foreign}/{place}"), body);
            assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{place}");
            assert!(!page.text.contains("Nordlicht"));
        }
        assert_eq!(world.get(&format!("/p/%ff%fe{token}")).status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(world.get(&link).status, StatusCode::OK);
        assert_eq!(world.state(), before);
        // Quiet for an hour forgives.
        world.hands.set("2026-03-02T11:00:00Z");
        assert_eq!(world.get("/p/x").status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_link_ends_with_its_time_and_when_it_is_taken_back() {
    on_each_engine(|store| {
        let world = World::open(store);
        let id = world.debtor("K1");
        let (first, company) = (world.link("K1"), world.link("K2"));
        portal::end_links(&world.desk, id, "user:test").expect("taken back");
        let gone = world.get(&first);
        assert_eq!(gone.status, StatusCode::GONE);
        // Whoever held a good link learns whom to ask, and nothing about the debtor.
        assert!(gone.text.contains("Nordlicht Handel") && gone.text.contains("tel:+4940123456"));
        assert!(!gone.text.contains("Jule") && !gone.text.contains("RE-"));
        assert_eq!(gone.title(), "This link cannot be used");
        let before = world.state();
        assert_eq!(world.post(&format!("{first}/paid"), "").status, StatusCode::GONE);
        assert_eq!(world.post(&format!("{first}/quiet"), "").status, StatusCode::GONE);
        assert_eq!(world.state(), before);
        // A link of a later notice works, and others' links never stopped.
        let later = world.link("K1");
        assert_eq!(world.get(&later).status, StatusCode::OK);
        assert_eq!(world.get(&company).status, StatusCode::OK);
        // It is good for sixty days, the last one included.
        world.hands.set("2026-05-01T20:00:00Z");
        assert_eq!(world.get(&later).status, StatusCode::OK);
        world.hands.set("2026-05-02T09:00:00Z");
        let gone = world.get(&later);
        assert_eq!(gone.status, StatusCode::GONE);
        assert!(gone.text.contains("mailto:buero@nordlicht.example") && !gone.text.contains("RE-"));
        assert_eq!(world.get(&format!("{later}/qr.svg")).status, StatusCode::GONE);
    });
}

/// Gives an answer twice: the first counts, the second changes nothing and leads to the same page.
fn twice(world: &World, address: &str, body: &str, said: &str) -> String {
    let before = world.state();
    let first = world.post(address, body);
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{address}: {}", first.text);
    let after = world.state();
    assert_ne!(after, before, "{address}");
    let second = world.post(address, body);
    assert_eq!((second.status, second.location()), (StatusCode::SEE_OTHER, first.location()));
    assert_eq!(world.state(), after, "{address}");
    assert!(first.location().ends_with(&format!("?said={said}")), "{}", first.location());
    let page = world.get(first.location());
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Thank you, we have noted this"), "{}", page.text);
    page.text
}

#[test]
fn a_promise_is_checked_first_then_counts_and_the_machine_is_silent() {
    on_each_engine(|store| {
        let world = World::open(store);
        let link = world.link("K1");
        let (address, before) = (format!("{link}/promise"), world.state());
        let check = world.get(&format!("{address}?on=2026-03-16"));
        assert!(check.text.contains("You will pay €150.00 by 16 March 2026."), "{}", check.text);
        for day in ["2026-03-17", "2026-03-01", "soon", ""] {
            let page = world.get(&format!("{address}?on={day}"));
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{day}");
            assert!(page.text.contains("Please choose a day from today up to 16 March 2026."));
            assert_eq!(world.post(&address, &format!("on={day}")).status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(world.state(), before);
        let page = twice(&world, &address, "on=2026-03-16", "promised");
        assert!(page.contains("You will pay by 16 March 2026."), "{page}");
        assert_eq!(world.holds("K1"), [(HoldReason::Promise, None, String::new())]);
        assert!(world.events("K1").contains("debtor.promised"));
        // Another day is for a person to take.
        let state = world.state();
        let other = world.post(&address, "on=2026-03-10");
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(other.text.contains("Please talk to us") && other.text.contains("tel:+4940123456"));
        assert_eq!(world.state(), state);
        assert!(world.get(&link).text.contains("You will pay by 16 March 2026."));
        // Two others are reminded today, this one is not.
        assert_eq!(world.notices(), 2);
        // Three days for the bank, and then the reminder comes.
        world.hands.set("2026-03-19T09:00:00Z");
        world.notices();
        assert!(!world.events("K1").contains("notice.decided"));
        world.hands.set("2026-03-20T09:00:00Z");
        world.notices();
        assert!(world.events("K1").contains("notice.decided"));
        // A second promise is taken; a third in ninety days is for a person.
        assert_eq!(world.post(&address, "on=2026-03-21").status, StatusCode::SEE_OTHER);
        world.hands.set("2026-03-27T09:00:00Z");
        assert!(world.get(&address).text.contains("Please talk to us"));
        assert_eq!(world.post(&address, "on=2026-03-28").status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn who_says_that_it_is_paid_is_not_reminded_and_what_waits_is_taken_back() {
    on_each_engine(|store| {
        let world = World::open(store);
        let link = world.link("K1");
        // Three notices are decided and wait to leave when the answer comes.
        assert_eq!(world.notices(), 3);
        let address = format!("{link}/paid");
        let before = world.state();
        assert_eq!(world.post(&address, "on=2026-03-03&note=").status, StatusCode::UNPROCESSABLE_ENTITY);
        let long = format!("on=&note={}", "x".repeat(2_001));
        assert_eq!(world.post(&address, &long).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(world.state(), before);
        let page = twice(&world, &address, "on=2026-02-27&note=from+my+brother%27s+account%00", "paid");
        assert!(page.contains("we look for your payment"), "{page}");
        let note = "from my brother's account".to_owned();
        assert_eq!(world.holds("K1"), [(HoldReason::PaymentClaimed, None, note)]);
        assert!(world.events("K1").contains("debtor.says_paid"));
        assert_eq!(world.sent(), 2, "the third was taken back");
        assert!(!world.events("K1").contains("notice.attempt"), "{}", world.events("K1"));
        let page = world.get(&link).text;
        assert!(page.contains("We are looking for your payment.") && !page.contains(&format!("{link}/paid")));
    });
}

#[test]
fn what_is_wrong_is_taken_for_one_or_for_all_and_never_for_anothers() {
    on_each_engine(|store| {
        let world = World::open(store);
        let (link, company) = (world.link("K1"), world.link("K2"));
        let address = format!("{link}/wrong");
        let (own, foreign) = (world.receivable("K1", "RE-1001"), world.receivable("K2", "RE-2001"));
        let before = world.state();
        let refused = world.post(&address, &format!("which={foreign}&note=not+mine"));
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        assert!(!refused.text.contains("RE-2001"));
        for body in [format!("which={own}&note=+"), "note=x".to_owned(), "which=rcv_x&note=x".to_owned()] {
            let page = world.post(&address, &body);
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            assert!(page.text.contains("error-summary"));
        }
        // What was typed comes back as text, whatever it was.
        let page = world.post(&address, "note=%3Cscript%3Ealert(1)%3C/script%3E");
        assert!(page.text.contains("&lt;script&gt;alert(1)") && !page.text.contains(HOSTILE));
        assert_eq!(world.state(), before);

        twice(&world, &address, &format!("which={own}&note=%3Cscript%3Ealert(1)%3C/script%3E"), "wrong");
        assert_eq!(world.holds("K1"), [(HoldReason::Dispute, Some(own), HOSTILE.to_owned())]);
        assert!(world.events("K1").contains("debtor.disputed"));
        let page = world.get(&link).text;
        assert!(page.contains("It is about: RE-1001") && !page.contains(HOSTILE));
        // The disputed one is the only one overdue: only the two others are reminded.
        assert_eq!(world.notices(), 2);
        // All of it covers the rest; then one of it is nothing new.
        twice(&world, &address, "which=all&note=everything", "wrong");
        let state = world.state();
        let second = world.receivable("K1", "RE-1002");
        assert_eq!(world.post(&address, &format!("which={second}&note=x")).status, StatusCode::SEE_OTHER);
        assert_eq!(world.state(), state);
        // One receivable alone is not asked for.
        let page = world.get(&format!("{company}/wrong?lang=en")).text;
        assert!(page.contains(&format!("name=\"which\" value=\"{foreign}\"")) && !page.contains("radio"));
    });
}

#[test]
fn e_mail_is_declined_by_a_button_or_by_one_click_of_a_mail_program() {
    on_each_engine(|store| {
        let world = World::open(store);
        let link = world.link("K1");
        let page = twice(&world, &format!("{link}/quiet"), "", "quiet");
        assert!(page.contains("We send you no more e-mail about this."), "{page}");
        assert!(world.events("K1").contains("contact.consent"));
        assert!(!world.get(&link).text.contains(&format!("{link}/quiet")));
        // RFC 8058: one request, no redirect, and the same again is fine.
        let company = format!("{}/quiet", world.link("K2"));
        let before = world.state();
        let done = world.post(&company, "List-Unsubscribe=One-Click");
        assert_eq!(done.status, StatusCode::OK);
        let after = world.state();
        assert_ne!(after, before);
        assert_eq!(world.post(&company, "List-Unsubscribe=One-Click").status, StatusCode::OK);
        assert_eq!(world.state(), after);
        assert_eq!(world.notices(), 1, "only who did not decline is written to");
    });
}

#[test]
fn titles_and_what_is_said_to_other_programs_name_no_debt() {
    on_each_engine(|store| {
        let world = World::open(store);
        for (external, name) in [("K1", "Jule"), ("K2", "Hafen"), ("K3", "script")] {
            let link = world.link(external);
            for place in ["", "/promise", "/promise?on=2026-03-09", "/paid", "/wrong", "/quiet"] {
                for language in ["en", "de"] {
                    let joint = if place.contains('?') { '&' } else { '?' };
                    let page = world.get(&format!("{link}{place}{joint}lang={language}"));
                    let title = page.title();
                    assert!(title.starts_with("Nordlicht Handel – "), "{title}");
                    let lower = title.to_lowercase();
                    let words = [
                        "reminder", "mahnung", "overdue", "debt", "schuld", "payment", "zahlung", "€", "re-",
                    ];
                    assert!(!words.iter().any(|word| lower.contains(word)), "{title}");
                    assert!(!title.contains(name) && !title.chars().any(|c| c.is_ascii_digit()), "{title}");
                    let (head, body) = page.text.split_once("</head>").expect("a head");
                    assert!(!head.contains("og:") && !head.contains("description"), "{head}");
                    assert!(!body.contains(HOSTILE));
                    assert_eq!(page.headers[header::REFERRER_POLICY], "no-referrer");
                    assert_eq!(page.headers["x-robots-tag"], "noindex, nofollow");
                    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
                    assert!(!page.headers.contains_key(header::SET_COOKIE));
                }
            }
        }
        let page = world.get(&world.link("K3")).text;
        assert!(page.contains("Hello &lt;script&gt;alert(1)&lt;/script&gt; Ltd"), "{page}");
        // Subjects of the mails that carry the links say no more.
        assert_eq!(world.notices(), 3);
        let mut subjects = 0;
        for external in ["K1", "K2", "K3"] {
            let id = world.debtor(external);
            let events = store.read(|tx| journal::list_events(tx, world.desk.book.id, id)).expect("events");
            for payload in events.into_iter().filter_map(|event| event.payload) {
                let value: serde_json::Value = serde_json::from_slice(&payload).unwrap_or_default();
                let Some(subject) = value["subject"].as_str() else { continue };
                subjects += 1;
                let lower = subject.to_lowercase();
                let words = ["reminder", "mahnung", "overdue", "debt", "schuld", "re-", "€"];
                assert!(!words.iter().any(|word| lower.contains(word)), "{subject}");
                assert!(!subject.chars().any(|letter| letter.is_ascii_digit()), "{subject}");
            }
        }
        assert_eq!(subjects, 3);
    });
}

#[test]
fn a_form_of_another_site_is_refused() {
    on_each_engine(|store| {
        let world = World::open(store);
        let (address, before) = (format!("{}/quiet", world.link("K1")), world.state());
        let request = Request::builder()
            .method(Method::POST)
            .uri(&address)
            .header("sec-fetch-site", "cross-site")
            .body(Body::empty())
            .expect("a request");
        let answer = world.runtime.block_on(world.pages.clone().oneshot(request)).expect("an answer");
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_eq!(world.state(), before);
    });
}
