//! Plans as a person at work and a debtor meet them, on both databases.

use std::io::Cursor;
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::MockConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use duewell_domain::id::{DebtorId, IdMaker};
use duewell_domain::link::LinkKey;
use duewell_engine::people::{Commit, Source, import_debtors, import_receivables};
use duewell_engine::plan::{self, PlanView};
use duewell_engine::staff::{self, NewAccount};
use duewell_engine::{Desk, Entropy, FixedClock, ensure_book, portal};
use duewell_formats::table::{DecimalMark, TableFile, TableKind, guess_mapping};
use duewell_store::plan::PlanState;
use duewell_store::testing::on_each_engine;
use duewell_store::{Store, journal};
use duewell_web::{App, router};
use tower::ServiceExt as _;

const HOSTILE: &str = "<script>alert(1)</script>";

struct Counting(u64);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            // Knuth, MMIX; the upper bits are the good ones.
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.0 >> 56) as u8;
        }
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

    /// The value of the first field of a name.
    fn field(&self, name: &str) -> &str {
        let start = format!("name=\"{name}\" value=\"");
        self.text.split_once(&start).expect(name).1.split_once('"').expect("its end").0
    }
}

struct World {
    desk: Desk,
    pages: Router,
    cookie: String,
    csrf: String,
    debtor: DebtorId,
    link: String,
    runtime: tokio::runtime::Runtime,
    _uploads: tempfile::TempDir,
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
        let clock = FixedClock("2026-03-02T09:00:00Z".parse().expect("a moment"));
        let mut ids = IdMaker::new(0);
        let book = ensure_book(store, "Book", "Europe/Berlin", clock.0, &mut ids).expect("a book");
        let entropy = Box::new(Counting(1));
        let mut desk = Desk::open(store.clone(), book.id, Box::new(clock), ids, entropy, "test".to_owned())
            .expect("a desk");
        let mut settings = desk.settings.clone();
        settings.portal_url = "http://pay.example.com".to_owned();
        settings.creditor.name = "Nordlicht Handel".to_owned();
        settings.creditor.email = "buero@nordlicht.example".to_owned();
        settings.creditor.iban = "DE02120300000000202051".to_owned();
        desk.save_settings(&settings, "user:test").expect("settings");
        desk.link_key = Some(LinkKey::new([7; 32]));
        let desk = desk.refreshed().expect("a desk");
        bring_in(
            &desk,
            TableKind::Debtors,
            &format!(
                "customer_number,name,email,country,language\nK1,{HOSTILE} Ltd,x@hostile.example,DE,en\n"
            ),
        );
        bring_in(
            &desk,
            TableKind::Receivables,
            &format!(
                "invoice_number,customer_number,kind,amount,currency,issued_on,due_on,description\n\
                 RE-1,K1,invoice,100.00,EUR,2026-01-10,2026-02-20,{HOSTILE}\n\
                 RE-2,K1,invoice,200.00,EUR,2026-01-11,2026-02-21,\n"
            ),
        );
        let token = staff::set_up_token(&desk).expect("a link").expect("nobody has an account");
        let account = NewAccount {
            name: "Ada",
            email: "ada@example.com",
            language: "en",
            password: "quiet lamp on the river",
        };
        let ada = staff::accept_invitation(&desk, &token, &account).expect("an account").expect("a good one");
        let secret = staff::open_session(&desk, ada, "test").expect("a session");
        let uploads = tempfile::tempdir().expect("a folder");
        let app = App::new(desk.refreshed().expect("a desk"), uploads.path().to_owned(), || {});
        let peer: SocketAddr = "192.0.2.7:4000".parse().expect("an address");
        let pages = router(app).layer(MockConnectInfo(peer));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let mut world = World {
            desk,
            pages,
            cookie: format!("duewell={secret}"),
            csrf: String::new(),
            debtor: DebtorId(0),
            link: String::new(),
            runtime,
            _uploads: uploads,
        };
        world.csrf = world.get("/account").field("csrf").to_owned();
        let list = world.get("/debtors").text;
        let id = list.split_once("/debtors/dbt_").expect("a debtor").1.split_once('"').expect("its end").0;
        world.debtor = format!("dbt_{id}").parse().expect("an id");
        let link = portal::hand_out_link(&world.desk, world.debtor, "user:test").expect("a link");
        world.link = link.trim_start_matches("http://pay.example.com").to_owned();
        world
    }

    fn ask(&self, method: Method, address: &str, body: String, cookie: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(address)
            .header(header::COOKIE, cookie)
            .header(header::HOST, "pay.example.com")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
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
        self.ask(Method::GET, address, String::new(), &self.cookie)
    }

    /// Sends a form with the token of this session.
    fn post(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let mut fields = fields.to_vec();
        fields.push(("csrf", &self.csrf));
        let body = serde_urlencoded::to_string(&fields).expect("a form");
        self.ask(Method::POST, address, body, &self.cookie)
    }

    /// A debtor has no session.
    fn look(&self, place: &str) -> Answer {
        self.ask(Method::GET, &format!("{}{place}", self.link), String::new(), "")
    }

    fn answer(&self, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).expect("a form");
        self.ask(Method::POST, &format!("{}/plan", self.link), body, "")
    }

    fn make(&self) -> String {
        format!("/debtors/{}/plan", self.debtor)
    }

    /// The ids of the boxes that are ticked on the page that makes a plan.
    fn ticked(&self) -> Vec<String> {
        let page = self.get(&self.make()).text;
        let boxes = page.match_indices("name=\"over\" value=\"").map(|(at, found)| &page[at + found.len()..]);
        boxes.map(|rest| rest.split_once('"').expect("its end").0.to_owned()).collect()
    }

    /// Makes a plan over everything, as the form is sent.
    fn form<'a>(over: &'a [String], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut fields: Vec<(&str, &str)> = over.iter().map(|id| ("over", id.as_str())).collect();
        fields.extend([("currency", "EUR"), ("count", "3"), ("first", "2026-04-01"), ("rate", "0")]);
        for &(name, value) in more {
            fields.retain(|(other, _)| *other != name);
            fields.push((name, value));
        }
        fields
    }

    fn plans(&self) -> Vec<PlanView> {
        let plans = plan::plans_of(&self.desk, self.debtor).expect("plans");
        plans.into_iter().map(|one| plan::load_view(&self.desk, one.id).expect("a view")).collect()
    }

    /// The newest event of the debtor: as long as it is the same, nothing happened.
    fn head(&self) -> Option<i64> {
        let (book, debtor) = (self.desk.book.id, self.debtor);
        self.desk.store.read(|tx| journal::load_last_seq(tx, book, debtor)).expect("a journal")
    }

    fn agreed(&self) -> String {
        let over = self.ticked();
        let made = self.post(&self.make(), &World::form(&over, &[("do", "agree"), ("how", "in writing")]));
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        made.location().split_once('?').expect("a message").0.to_owned()
    }
}

#[test]
fn nobody_sees_or_changes_plans_without_signing_in_or_by_a_form_of_another_site() {
    on_each_engine(|store| {
        let world = World::open(store);
        let plan = world.agreed();
        let change = format!("{plan}/change/move");
        for address in ["/plans", &plan, &change, &world.make()] {
            assert_eq!(world.get(address).status, StatusCode::OK, "{address}");
            let answer = world.ask(Method::GET, address, String::new(), "");
            assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in"), "{address}");
        }
        let head = world.head();
        for address in [&world.make(), &change, &format!("{plan}/accept"), &format!("{plan}/withdraw")] {
            let answer = world.ask(Method::POST, address, "csrf=guess&do=agree".to_owned(), &world.cookie);
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address}");
        }
        assert_eq!(world.head(), head);
        for address in ["/plans/pln_0", "/plans/nonsense", "/debtors/dbt_0/plan", &format!("{plan}/change/x")]
        {
            assert_eq!(world.get(address).status, StatusCode::NOT_FOUND, "{address}");
        }
    });
}

#[test]
fn a_preview_books_nothing_and_what_is_booked_is_what_was_shown() {
    on_each_engine(|store| {
        let world = World::open(store);
        let over = world.ticked();
        assert_eq!(over.len(), 2, "both invoices are ticked");
        let head = world.head();
        let shown = world.post(&world.make(), &World::form(&over, &[("do", "preview"), ("rate", "9,5")]));
        assert_eq!(shown.status, StatusCode::OK);
        assert!(shown.text.contains("Effective annual rate"), "{}", shown.text);
        assert!(!shown.text.contains(HOSTILE) && shown.text.contains("&lt;script&gt;"));
        assert_eq!((world.head(), world.plans().len()), (head, 0));

        let made = world.post(&world.make(), &World::form(&over, &[("do", "agree"), ("rate", "9,5")]));
        assert_eq!(made.status, StatusCode::SEE_OTHER);
        let [view] = &world.plans()[..] else { panic!("one plan") };
        assert_eq!((view.plan.state, view.plan.terms.principal), (PlanState::Active, 30_000));
        for row in &view.account.rows {
            let amount = format!("€{}.{:02}", row.due.total() / 100, row.due.total() % 100);
            assert!(shown.text.contains(&amount), "{amount}");
        }
        let page = world.get(made.location());
        assert!(page.text.contains("RE-1") && page.text.contains("P26-1/1"), "{}", page.text);
        assert!(!page.text.contains(HOSTILE));

        let again = world.post(&world.make(), &World::form(&over, &[("do", "agree")]));
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "the same form twice makes one plan");
        assert_eq!(world.plans().len(), 1);
    });
}

#[test]
fn a_form_with_a_mistake_remembers_what_was_typed_and_says_where() {
    on_each_engine(|store| {
        let world = World::open(store);
        let over = world.ticked();
        let one = &over[..1];
        let fields = World::form(
            one,
            &[
                ("do", "agree"),
                ("count", "0"),
                ("every", "2weeks"),
                ("fee", "viel"),
                ("fee-name", HOSTILE),
                ("how", "in person"),
                ("down", "10"),
            ],
        );
        let wrong = world.post(&world.make(), &fields);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for part in [
            "href=\"#f-count\"",
            "href=\"#f-fee\"",
            "id=\"f-fee-error\"",
            "<option value=\"2weeks\" selected>",
            "<option value=\"in person\" selected>",
            "value=\"viel\"",
            "value=\"10\"",
            "value=\"&lt;script&gt;alert(1)&lt;/script&gt;\"",
        ] {
            assert!(wrong.text.contains(part), "{part}: {}", wrong.text);
        }
        assert_eq!(wrong.text.matches(" checked").count(), 1, "one invoice stays ticked");
        assert!(world.plans().is_empty());

        let nothing = world.post(&world.make(), &World::form(&[], &[("do", "agree")]));
        assert!(nothing.text.contains("href=\"#f-over\""));
        let strange = world.post(&world.make(), &World::form(&["rcv_1".to_owned()], &[("do", "agree")]));
        assert_eq!(strange.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn beyond_the_bounds_a_plan_needs_a_tick() {
    on_each_engine(|store| {
        let world = World::open(store);
        let over = world.ticked();
        let beyond = [("count", "13"), ("do", "agree")];
        let refused = world.post(&world.make(), &World::form(&over, &beyond));
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("There are more than 12 installments."), "{}", refused.text);
        assert!(refused.text.contains("id=\"f-overrule-error\""));
        assert!(world.plans().is_empty());
        let beyond = [("count", "13"), ("do", "agree"), ("overrule", "yes")];
        assert_eq!(world.post(&world.make(), &World::form(&over, &beyond)).status, StatusCode::SEE_OTHER);
        assert_eq!(world.plans()[0].account.rows.len(), 13);
    });
}

#[test]
fn a_change_is_shown_first_and_needs_a_reason() {
    on_each_engine(|store| {
        let world = World::open(store);
        let plan = world.agreed();
        let address = format!("{plan}/change/move");
        let head = world.head();
        let looked = world.get(&format!("{address}?look=1&from=2026-04-01&to=2026-04-05&shift=rest"));
        assert_eq!(looked.status, StatusCode::OK);
        assert!(looked.text.contains("5 Apr 2026") && looked.text.contains("5 May 2026"), "{}", looked.text);
        assert_eq!(world.head(), head);
        let entries = looked.field("entries").to_owned();

        let fields = [("from", "2026-04-01"), ("to", "2026-04-05"), ("shift", "rest"), ("entries", &entries)];
        let silent = world.post(&address, &fields);
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(silent.text.contains("href=\"#f-because\""));
        let mut reasoned = fields.to_vec();
        reasoned.push(("because", HOSTILE));
        assert_eq!(world.post(&address, &reasoned).status, StatusCode::SEE_OTHER);
        let stale = world.post(&address, &[&reasoned[..], &[("from", "2026-04-05")]].concat());
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY, "it was shown before something happened");
        let view = &world.plans()[0];
        assert_eq!(view.versions.len(), 2);
        assert_eq!(view.account.rows[1].due_on.to_string(), "2026-05-05");
        let page = world.get(&plan);
        assert!(page.text.contains("&lt;script&gt;alert(1)") && !page.text.contains(HOSTILE));
        let story = world.get(&format!("/debtors/{}", world.debtor));
        assert!(story.text.contains("Plan changed") && !story.text.contains(HOSTILE));
    });
}

#[test]
fn every_change_has_a_page_and_a_wrong_figure_is_told_at_its_field() {
    on_each_engine(|store| {
        let world = World::open(store);
        let plan = world.agreed();
        for kind in [
            "move",
            "holiday",
            "extend",
            "re-age",
            "re-amortize",
            "pause",
            "rate",
            "fee",
            "waive",
            "accelerate",
            "settle",
            "cancel",
            "charge-off",
            "write-off",
            "reverse",
        ] {
            let page = world.get(&format!("{plan}/change/{kind}"));
            assert!(page.status != StatusCode::INTERNAL_SERVER_ERROR, "{kind}");
        }
        for (kind, query, field) in [
            ("move", "from=2026-04-01&to=soon", "to"),
            ("re-age", "starts=2026-05-01&installments=0", "installments"),
            ("pause", "until=2026-03-02", "until"),
            ("rate", "new-rate=x&on=2026-03-02", "new-rate"),
            ("fee", "amount=&on=2026-03-02", "amount"),
            ("waive", "of=7", "of"),
            ("reverse", "of=1", "of"),
            ("move", "from=2026-04-02&to=2026-04-05", "change"),
        ] {
            let page = world.get(&format!("{plan}/change/{kind}?look=1&{query}"));
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind}");
            assert!(page.text.contains(&format!("href=\"#f-{field}\"")), "{kind}: {}", page.text);
        }
    });
}

#[test]
fn a_fee_is_charged_waived_and_taken_back_by_its_entry() {
    on_each_engine(|store| {
        let world = World::open(store);
        let plan = world.agreed();
        let change = |kind: &str, fields: &[(&str, &str)]| {
            let mut fields = fields.to_vec();
            let entries = world.plans()[0].log.len().to_string();
            fields.extend([("entries", entries.as_str()), ("because", "as agreed")]);
            let answer = world.post(&format!("{plan}/change/{kind}"), &fields);
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{kind}: {}", answer.text);
        };
        let open = || world.plans()[0].account.totals().open.total();
        change("fee", &[("name", "Posting"), ("amount", "7,50"), ("on", "2026-03-02"), ("component", "fee")]);
        assert_eq!(open(), 30_750);
        change("waive", &[("of", "2"), ("amount", "2.50")]);
        assert_eq!(open(), 30_500);
        change("reverse", &[("of", "3")]);
        assert_eq!(open(), 30_750);
        change("write-off", &[]);
        assert_eq!((open(), world.plans()[0].plan.state), (0, PlanState::WrittenOff));
        assert!(!world.get(&plan).text.contains("/change/"), "what has ended is not changed any more");
    });
}

#[test]
fn a_payment_tells_where_each_cent_of_it_went() {
    on_each_engine(|store| {
        let world = World::open(store);
        let plan = world.agreed();
        let form =
            [("amount", "130"), ("currency", "EUR"), ("received_on", "2026-03-02"), ("target", "oldest")];
        let paid = world.post(&format!("/debtors/{}/payment", world.debtor), &form);
        assert_eq!(paid.status, StatusCode::SEE_OTHER, "{}", paid.text);
        let page = world.get(&plan).text;
        let shares = page.split_once("Where the money went").expect("an explanation").1;
        for part in ["€100.00", "€30.00", "ahead of its time"] {
            assert!(shares.contains(part), "{part}: {shares}");
        }
        assert!(page.contains("partly paid") && page.contains("€170.00"));
        let portal = world.look("").text;
        assert!(portal.contains("€130.00 of €300.00") && portal.contains("Next: €70.00"), "{portal}");
    });
}

#[test]
fn a_debtor_looks_at_plans_without_agreeing_and_agrees_to_what_was_shown() {
    on_each_engine(|store| {
        let world = World::open(store);
        let head = world.head();
        assert!(world.look("").text.contains("/plan\""));
        assert!(world.look("/plan").text.contains("2 installments of €150.00"));
        let shown = world.look("/plan?n=3");
        assert!(shown.text.contains("€100.00"), "{}", shown.text);
        assert_eq!((world.head(), world.plans().len()), (head, 0), "looking changes nothing");
        let print = shown.field("shown").to_owned();

        let other = world.answer(&[("n", "2"), ("shown", &print)]);
        assert_eq!(other.status, StatusCode::CONFLICT, "what was not shown is shown first");
        let none = world.answer(&[("n", "77"), ("shown", &print)]);
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!((world.head(), world.plans().len()), (head, 0));

        let agreed = world.answer(&[("n", "3"), ("shown", &print)]);
        assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.text);
        assert!(agreed.location().ends_with("?said=plan"));
        let again = world.answer(&[("n", "3"), ("shown", &print)]);
        assert!(again.location().ends_with("?said=plan"), "the same yes twice is one");
        let [view] = &world.plans()[..] else { panic!("one plan") };
        let yes = view.acceptance.as_ref().expect("a yes");
        assert!(yes.by.starts_with("link:") && yes.how == "on their page", "{yes:?}");

        let page = world.look("");
        assert!(
            page.text.contains("Your plan P26-1") && page.text.contains("Next: €100.00"),
            "{}",
            page.text
        );
        let reference = &view.receivables[0].1.reference;
        assert!(page.text.contains(&format!("id=\"pay-reference\" value=\"{reference}\"")), "{}", page.text);
        assert!(!page.text.contains("/plan\""), "no second plan is offered");
        assert_eq!(world.look("/plan").status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn an_offer_is_accepted_on_the_page_once_and_not_after_it_was_taken_back() {
    on_each_engine(|store| {
        let world = World::open(store);
        let over = world.ticked();
        let offer = |count: &str| {
            let made = world.post(&world.make(), &World::form(&over, &[("do", "offer"), ("count", count)]));
            assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
            made.location().split_once('?').expect("a message").0.to_owned()
        };
        assert!(!world.look("").text.contains("We offer you"));
        let plan = offer("4");
        // The page was kept; what happened since makes it another.
        assert!(world.look("").text.contains("We offer you"));
        let id = plan.trim_start_matches("/plans/").to_owned();
        let print = world.look(&format!("/plan?offer={id}")).field("shown").to_owned();
        assert_eq!(world.post(&format!("{plan}/withdraw"), &[]).status, StatusCode::SEE_OTHER);
        let late = world.answer(&[("offer", &id), ("shown", &print)]);
        assert_eq!((late.status, late.location()), (StatusCode::SEE_OTHER, world.link.as_str()));
        assert_eq!(world.plans()[0].plan.state, PlanState::Withdrawn);

        let plan = offer("5");
        let id = plan.trim_start_matches("/plans/").to_owned();
        let print = world.look(&format!("/plan?offer={id}")).field("shown").to_owned();
        assert_eq!(world.answer(&[("offer", &id), ("shown", "0")]).status, StatusCode::CONFLICT);
        assert!(world.answer(&[("offer", &id), ("shown", &print)]).location().ends_with("?said=plan"));
        assert_eq!(world.plans()[1].plan.state, PlanState::Active);
        assert!(world.look("").text.contains("Your plan P26-2"));
        assert_eq!(world.post(&format!("{plan}/accept"), &[]).status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn where_debtors_may_not_choose_a_person_is_named() {
    on_each_engine(|store| {
        let world = World::open(store);
        let shown = world.look("/plan?n=2").field("shown").to_owned();
        assert_eq!(world.post("/settings", &[("plan-offered", "no")]).status, StatusCode::SEE_OTHER);
        assert!(!world.look("").text.contains("/plan\""));
        assert!(world.look("/plan").text.contains("Please talk to us"));
        let answer = world.answer(&[("n", "2"), ("shown", &shown)]);
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(world.plans().is_empty());
    });
}

#[test]
fn the_list_counts_states_and_leads_to_each_plan() {
    on_each_engine(|store| {
        let world = World::open(store);
        assert!(world.get("/plans").text.contains("No plans yet"));
        let plan = world.agreed();
        for address in ["/plans", "/plans?state=active", "/plans?state=nonsense"] {
            let list = world.get(address).text;
            assert!(
                list.contains(&format!("href=\"{plan}\"")) && list.contains("1 Apr 2026"),
                "{address}: {list}"
            );
            assert!(list.contains("&lt;script&gt;") && !list.contains(HOSTILE), "{address}");
        }
        assert!(!world.get("/plans?state=broken").text.contains(&plan));
        assert!(
            !world.get(&format!("/plans?before={}", plan.trim_start_matches("/plans/"))).text.contains(&plan)
        );
    });
}
