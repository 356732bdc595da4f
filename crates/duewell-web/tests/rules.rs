//! Scenario, texts, mail, settings and account as a person at work meets them, on both databases.

use std::io::Cursor;
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::MockConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use duewell_domain::dunning::NoticeKind;
use duewell_domain::id::IdMaker;
use duewell_domain::link::LinkKey;
use duewell_engine::people::{Commit, Source, import_debtors, import_receivables};
use duewell_engine::staff::{self, NewAccount};
use duewell_engine::{Desk, Entropy, FixedClock, daily, delivery, ensure_book};
use duewell_formats::table::{DecimalMark, TableFile, TableKind, guess_mapping};
use duewell_gateways::{Envelope, MailGateway, Outcome};
use duewell_store::Store;
use duewell_store::testing::on_each_engine;
use duewell_web::{App, router};
use tower::ServiceExt as _;

const HOSTILE: &str = "<script>alert(1)</script>";
const PASSWORD: &str = "quiet lamp on the river";

/// Numbers that look random and are the same in every test: each token is another.
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

/// A mail server whose connection breaks at the last moment.
struct Broken;

impl MailGateway for Broken {
    fn send(&mut self, _: &Envelope, _: &[u8]) -> Outcome {
        Outcome::Unknown { reason: "connection reset <after> DATA".to_owned() }
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
}

struct World {
    desk: Desk,
    pages: Router,
    cookie: String,
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
            "invoice_number,customer_number,kind,amount,currency,issued_on,due_on\n\
             RE-1001,K1,invoice,100.00,EUR,2026-01-10,2026-02-20\n",
        );
        let token = staff::set_up_token(&desk).expect("a link").expect("nobody has an account");
        let account =
            NewAccount { name: "Ada", email: "ada@example.com", language: "en", password: PASSWORD };
        let ada = staff::accept_invitation(&desk, &token, &account).expect("an account").expect("a good one");
        let secret = staff::open_session(&desk, ada, "test").expect("a session");
        let uploads = tempfile::tempdir().expect("a folder");
        let app = App::new(desk.refreshed().expect("a desk"), uploads.path().to_owned(), || {});
        let peer: SocketAddr = "192.0.2.7:4000".parse().expect("an address");
        let pages = router(app).layer(MockConnectInfo(peer));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        World { desk, pages, cookie: format!("duewell={secret}"), runtime, _uploads: uploads }
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
        let page = self.get("/account").text;
        let token = page.split_once("name=\"csrf\" value=\"").expect("a token").1;
        let token = token.split_once('"').expect("its end").0;
        let mut fields = fields.to_vec();
        fields.push(("csrf", token));
        let body = serde_urlencoded::to_string(&fields).expect("a form");
        self.ask(Method::POST, address, body, &self.cookie)
    }

    /// The rules as another process would read them.
    fn fresh(&self) -> Desk {
        self.desk.refreshed().expect("a desk")
    }
}

const STEPS: [(&str, &str); 10] = [
    ("kind-0", "first"),
    ("days-0", "5"),
    ("side-0", "after"),
    ("pay-0", "7"),
    ("kind-1", "final"),
    ("days-1", "20"),
    ("side-1", "after"),
    ("pay-1", "10"),
    ("gap", "7"),
    ("tolerance", "2.50"),
];

fn with<'a>(fields: &[(&'a str, &'a str)], change: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    let mut changed: Vec<(&str, &str)> =
        fields.iter().copied().filter(|(name, _)| *name != change.0).collect();
    changed.push(change);
    changed
}

#[test]
fn nobody_sees_or_changes_rules_without_signing_in() {
    on_each_engine(|store| {
        let world = World::open(store);
        for address in ["/scenario", "/scenario/edit", "/scenario/texts", "/mail", "/settings", "/account"] {
            assert_eq!(world.get(address).status, StatusCode::OK, "{address}");
            let answer = world.ask(Method::GET, address, String::new(), "");
            assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in"), "{address}");
        }
        for address in ["/scenario/edit", "/settings", "/account", "/account/invite", "/mail/send"] {
            let answer = world.ask(Method::POST, address, "csrf=guess".to_owned(), &world.cookie);
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address}");
        }
    });
}

#[test]
fn a_scenario_is_looked_at_before_it_is_saved_and_a_wrong_one_never_is() {
    on_each_engine(|store| {
        let world = World::open(store);
        let looked = world.post("/scenario/edit", &with(&STEPS, ("do", "preview")));
        assert_eq!(looked.status, StatusCode::OK);
        assert!(looked.text.contains("RE-1001"), "{}", looked.text);
        assert!(!looked.text.contains(HOSTILE) && looked.text.contains("&lt;script&gt;"));
        assert_eq!(world.fresh().scenario.version, 1);

        let added = world.post("/scenario/edit", &with(&STEPS, ("do", "add")));
        assert!(added.text.contains("name=\"kind-2\"") && !added.text.contains("name=\"kind-3\""));
        let removed = world.post("/scenario/edit", &with(&STEPS, ("do", "remove-0")));
        assert!(removed.text.contains("name=\"kind-0\"") && !removed.text.contains("name=\"kind-1\""));

        let wrong = with(&with(&STEPS, ("days-1", "5")), ("do", "save"));
        let refused = world.post("/scenario/edit", &wrong);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text.contains("href=\"#f-days-1\"") && refused.text.contains("id=\"f-days-1-error\"")
        );
        assert_eq!(world.fresh().scenario.version, 1);

        let saved = world.post("/scenario/edit", &with(&STEPS, ("do", "save")));
        assert_eq!(saved.status, StatusCode::SEE_OTHER);
        let scenario = world.fresh().scenario;
        assert_eq!((scenario.version, scenario.tolerance_minor, scenario.steps.len()), (2, 250, 2));
        // The server's own desk has it too.
        assert!(world.get(saved.location()).text.contains("20 days after the due date"));
    });
}

#[test]
fn a_text_that_cannot_be_filled_in_is_not_saved() {
    on_each_engine(|store| {
        let world = World::open(store);
        let address = "/scenario/texts/first/de";
        let before = world.desk.templates.version(NoticeKind::First, "de").to_owned();
        let form = |body, wish| [("subject", "Hallo"), ("body", body), ("do", wish)];
        let refused = world.post(address, &form("Zeile\n\n{{ nothing }}\n", "save"));
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("href=\"#f-body\"") && refused.text.contains("Line 3"));
        assert_eq!(world.fresh().templates.version(NoticeKind::First, "de"), before);

        let looked = world.post(address, &form("Bitte {{ total }}.\r\n", "look"));
        assert!(looked.text.contains("Bitte 159,00\u{a0}€."), "{}", looked.text);
        assert_eq!(world.fresh().templates.version(NoticeKind::First, "de"), before);

        assert_eq!(
            world.post(address, &form("Bitte {{ total }}.\r\n", "save")).status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(world.fresh().templates.source(NoticeKind::First, "de").body, "Bitte {{ total }}.\n");
        assert_eq!(world.post(address, &form("", "reset")).status, StatusCode::SEE_OTHER);
        assert_eq!(world.fresh().templates.version(NoticeKind::First, "de"), before);
    });
}

#[test]
fn a_message_is_shown_as_decided_in_a_frame_that_runs_nothing() {
    on_each_engine(|store| {
        let world = World::open(store);
        daily::run_day(&world.desk, &mut |_, _| {}).expect("a run");
        let waiting = world.get("/mail").text;
        assert!(waiting.contains("&lt;script&gt;") && !waiting.contains(HOSTILE));
        delivery::deliver(&world.desk, &mut Broken, 10, &mut |_| {}).expect("a delivery");
        let unknown = world.get("/mail?tray=unknown").text;
        let message = unknown.split_once("class=\"row-link\" href=\"").expect("a message").1;
        let message = message.split_once('"').expect("its end").0;

        let page = world.get(message);
        assert!(
            page.text.contains("<iframe sandbox src=")
                && page.text.contains("connection reset &lt;after&gt;")
        );
        let link = page.text.split_once("href=\"/p/").expect("the debtor's page").1;
        let link = format!("/p/{}", link.split_once('"').expect("its end").0);
        assert_eq!(world.ask(Method::GET, &link, String::new(), "").status, StatusCode::OK);

        let html = world.get(&format!("{message}/html"));
        let policy = html.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("a policy");
        assert!(
            policy.starts_with("sandbox; default-src 'none'") && policy.ends_with("frame-ancestors 'self'")
        );
        assert!(html.text.contains("RE-1001") && !html.text.contains(HOSTILE));

        let settled = world.post(&format!("{message}/arrived"), &[]);
        assert_eq!(settled.status, StatusCode::SEE_OTHER);
        assert!(world.get("/mail?tray=sent").text.contains(message));
        // What is settled is settled.
        let again = world.post(&format!("{message}/lost"), &[]);
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn settings_with_a_mistake_are_shown_again_and_not_saved() {
    on_each_engine(|store| {
        let world = World::open(store);
        let form = [("name", "Südlicht"), ("iban", "DE00"), ("country", "Germany"), ("welcome", "1")];
        let refused = world.post("/settings", &form);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("value=\"Südlicht\"") && refused.text.contains("href=\"#f-iban\""));
        assert!(
            refused.text.contains("<details class=\"disclosure\" open>"),
            "the group with the mistake is open"
        );
        assert_eq!(world.fresh().settings.creditor.name, "Nordlicht Handel");

        let saved = world.post("/settings", &[("name", "Südlicht"), ("iban", "de02 1203 0000 0000 2020 51")]);
        assert_eq!(saved.status, StatusCode::SEE_OTHER);
        let settings = world.fresh().settings;
        assert_eq!(settings.creditor.name, "Südlicht");
        assert_eq!(settings.creditor.iban, "DE02120300000000202051");
        assert_eq!(settings.creditor.email, "buero@nordlicht.example", "what the form does not show stays");
    });
}

#[test]
fn whoever_turns_on_https_in_the_settings_stays_signed_in() {
    on_each_engine(|store| {
        let world = World::open(store);
        let saved = world.post("/settings", &[("portal", "https://pay.example.com")]);
        let cookie = saved.headers[header::SET_COOKIE].to_str().expect("a cookie");
        assert!(cookie.starts_with("__Host-duewell=") && cookie.contains("; Secure"), "{cookie}");
        let cookie = cookie.split_once(';').expect("its end").0;
        assert_eq!(world.ask(Method::GET, saved.location(), String::new(), cookie).status, StatusCode::OK);
    });
}

#[test]
fn a_new_password_ends_all_sessions_but_opens_one_here() {
    on_each_engine(|store| {
        let world = World::open(store);
        let wrong =
            world.post("/account/password", &[("present", "no"), ("new", "louder lamp on the river")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("href=\"#f-present\""));
        let changed =
            world.post("/account/password", &[("present", PASSWORD), ("new", "louder lamp on the river")]);
        let cookie = changed.headers[header::SET_COOKIE].to_str().expect("a cookie");
        let cookie = cookie.split_once(';').expect("its end").0;
        assert_eq!(world.ask(Method::GET, changed.location(), String::new(), cookie).status, StatusCode::OK);
        assert_eq!(world.get("/account").status, StatusCode::SEE_OTHER, "the old session is over");
    });
}

#[test]
fn an_invitation_is_shown_once_and_opens_the_door() {
    on_each_engine(|store| {
        let world = World::open(store);
        let invited = world.post("/account/invite", &[("invited", "jo@example.com")]);
        let link = invited.text.split_once("http://pay.example.com/join/").expect("a link").1;
        let link = format!("/join/{}", link.split_once('"').expect("its end").0);
        assert!(!world.get("/account").text.contains("/join/"), "it is not shown again");
        assert!(world.ask(Method::GET, &link, String::new(), "").text.contains("jo@example.com"));
        let taken = world.post("/account/invite", &[("invited", "ada@example.com")]);
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        let back = world.post("/account/invite/take-back", &[("invited", "jo@example.com")]);
        assert!(!world.get(back.location()).text.contains("jo@example.com"));
        assert_eq!(world.ask(Method::GET, &link, String::new(), "").status, StatusCode::GONE);
        let again = world.post("/account/invite/take-back", &[("invited", "jo@example.com")]);
        assert_eq!(again.status, StatusCode::NOT_FOUND);
    });
}

/// Returns the cookies an answer sets, as a browser sends them back.
fn cookies(answer: &Answer) -> String {
    let set = answer.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    set.filter_map(|line| line.split(';').next()).collect::<Vec<_>>().join("; ")
}

fn sign_in(world: &World, email: &str, password: &str, cookie: &str) -> Answer {
    let form = serde_urlencoded::to_string([("email", email), ("password", password)]).expect("a form");
    world.ask(Method::POST, "/sign-in", form, cookie)
}

#[test]
fn guessing_is_slowed_but_keeps_nobody_out_who_signed_in_here_before() {
    on_each_engine(|store| {
        let world = World::open(store);
        let (email, known) = ("ada@example.com", cookies(&sign_in(&world, "ada@example.com", PASSWORD, "")));
        assert!(known.contains("duewell-known="), "{known}");
        for _ in 0..5 {
            assert_eq!(
                sign_in(&world, email, "guess", "duewell-known=x").status,
                StatusCode::UNPROCESSABLE_ENTITY
            );
        }
        assert_eq!(sign_in(&world, " ADA@example.com", PASSWORD, "").status, StatusCode::TOO_MANY_REQUESTS);
        let another = sign_in(&world, "jo@example.com", "guess", &known);
        assert_eq!(another.status, StatusCode::TOO_MANY_REQUESTS, "the mark is of one address");
        assert_eq!(sign_in(&world, email, PASSWORD, &known).status, StatusCode::SEE_OTHER);
        for _ in 0..5 {
            sign_in(&world, email, "guess", &known);
        }
        assert_eq!(
            sign_in(&world, email, PASSWORD, &known).status,
            StatusCode::TOO_MANY_REQUESTS,
            "a known browser guesses no faster"
        );
    });
}

#[test]
fn signing_in_again_ends_the_session_before() {
    on_each_engine(|store| {
        let world = World::open(store);
        let fresh = cookies(&sign_in(&world, "ada@example.com", PASSWORD, &world.cookie));
        assert_eq!(world.get("/account").status, StatusCode::SEE_OTHER, "the old session is over");
        let account = world.ask(Method::GET, "/account", String::new(), &fresh);
        assert_eq!(account.status, StatusCode::OK);
    });
}

#[test]
fn a_payment_is_not_larger_than_sums_can_hold_nor_older_than_databases_know() {
    on_each_engine(|store| {
        let world = World::open(store);
        let list = world.get("/debtors").text;
        let id = list.split_once("/debtors/dbt_").expect("a debtor").1.split_once('"').expect("its end").0;
        let form =
            [("amount", "5"), ("currency", "EUR"), ("received_on", "2026-01-05"), ("target", "unapplied")];
        for wrong in [
            ("amount", "92233720368547758.07"),
            ("received_on", "-009999-01-01"),
            ("received_on", "0001-01-01"),
        ] {
            let form = with(&form, wrong);
            let answer = world.post(&format!("/debtors/dbt_{id}/payment"), &form);
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        }
    });
}
