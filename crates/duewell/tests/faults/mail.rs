//! A mail server that is down, slow to agree, or dishonest: nothing is lost, nothing is sent twice.

use std::net::TcpListener;
use std::process::Command;

use jiff::SignedDuration;

use crate::support::{Book, DEBTORS, MailServer, NOTICES, RECEIVABLES, python};

const PASSWORD: &str = "k3ep-it-secret";
const ONE: &str = "pay@bolt.example";

/// Delivers by this server and returns the summary.
fn deliver(book: &mut Book, url: &str) -> serde_json::Value {
    book.set("DUEWELL_SMTP", url);
    book.json(&["deliver"])
}

/// Checks that everything that was not sent yet arrives in the end, once.
fn check_all_arrive_once(book: &mut Book, python: &str) {
    let server = MailServer::start(python, &[]);
    for _ in 0..3 {
        deliver(book, &server.plain());
        book.wait(SignedDuration::from_hours(1));
    }
    assert_eq!(book.notices("pending"), [""; 0]);
    assert_eq!(book.notices("sent").len(), NOTICES);
    let receivers = server.receivers();
    let mut once = receivers.clone();
    once.dedup();
    assert_eq!(once, receivers, "nothing arrives twice");
    book.verify();
}

#[test]
fn while_nobody_answers_everything_waits_and_then_arrives_once() {
    let Some(python) = python() else { return };
    let mut book = Book::with_notices();
    // A port that was free a moment ago refuses connections.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port();
    let summary = deliver(&mut book, &format!("smtp+plain://127.0.0.1:{port}"));
    assert_eq!(summary["postponed"], NOTICES);
    assert_eq!(summary["sent"], 0);
    let problem = summary["last_problem"].as_str().expect("a problem is told");
    assert!(problem.contains("the mail server cannot be used"), "{problem}");
    let pending = book.list("pending");
    assert_eq!(pending.len(), NOTICES);
    for notice in pending {
        assert!(
            notice["because"].as_str().is_some_and(|because| because.contains("cannot be used")),
            "{notice}"
        );
    }
    book.verify();
    check_all_arrive_once(&mut book, &python);
}

#[test]
fn a_server_that_will_not_listen_now_is_asked_again_later() {
    let Some(python) = python() else { return };
    for mode in ["greet-421", "greet-nothing", "rcpt-450", "data-452", "mail-550", "drop-at-rcpt"] {
        let mut book = Book::with_notices().labelled(mode);
        let server = MailServer::start(&python, &["--mode", mode]);
        let summary = deliver(&mut book, &server.plain());
        assert_eq!(summary["postponed"], NOTICES, "{mode}: {summary}");
        assert_eq!(summary["failed"], 0, "{mode}: {summary}");
        let tries = server.events().len();
        // Not at once: the first wait is a minute.
        let summary = deliver(&mut book, &server.plain());
        assert_eq!(summary["postponed"], 0, "{mode}: {summary}");
        assert_eq!(server.events().len(), tries, "{mode}: it is not asked again within the minute");
        assert_eq!(server.messages().len(), 0, "{mode}");
        check_all_arrive_once(&mut book, &python);
    }
}

#[test]
fn waiting_grows_from_try_to_try_and_ends_in_failure_without_blame_for_the_address() {
    let Some(python) = python() else { return };
    let mut book = Book::with_notices();
    let server = MailServer::start(&python, &["--mode", "rcpt-450", "--at", ONE]);
    let mut waits = Vec::new();
    deliver(&mut book, &server.plain());
    while let [notice] = book.list("pending").as_slice() {
        let planned: jiff::Timestamp = notice["send_at"].as_str().unwrap().parse().unwrap();
        let minutes = (planned - book.now()).get_seconds() / 60 + 1;
        waits.push(minutes);
        assert!(waits.len() < 20, "it ends: {waits:?}");
        book.wait(SignedDuration::from_mins(minutes));
        deliver(&mut book, &server.plain());
    }
    // Some waits end outside contact hours and are then longer than the plan for tries.
    assert!(waits.len() >= 7, "{waits:?}");
    assert!(waits[..4].is_sorted() && waits[3] >= 60, "{waits:?}");
    assert_eq!(book.notices("failed").len(), 1);
    assert_eq!(book.notices("sent").len(), NOTICES - 1);
    let debtor = book.json(&["debtor", "show", "D2"]);
    assert_eq!(
        debtor["contact_points"][0]["failed"], false,
        "the address itself was never refused: {debtor}"
    );
    book.verify();
}

#[test]
fn an_address_refused_for_good_is_marked_and_does_not_stop_the_others() {
    let Some(python) = python() else { return };
    for mode in ["rcpt-550", "data-554"] {
        let mut book = Book::with_notices().labelled(mode);
        let server = MailServer::start(&python, &["--mode", mode, "--at", ONE]);
        let summary = deliver(&mut book, &server.plain());
        assert_eq!(
            (summary["failed"].as_u64(), summary["sent"].as_u64()),
            (Some(1), Some(NOTICES as u64 - 1)),
            "{summary}"
        );
        assert_eq!(server.messages().len(), NOTICES - 1);
        let failed = book.list("failed");
        assert_eq!(failed[0]["debtor_number"], "D2");
        assert!(failed[0]["because"].as_str().is_some_and(|because| because.contains('5')), "{failed:?}");
        let debtor = book.json(&["debtor", "show", "D2"]);
        assert_eq!(debtor["contact_points"][0]["failed"], true, "{debtor}");
        // Until someone mends the address, nothing goes there.
        book.wait(SignedDuration::from_hours(24));
        book.run(&["run"]).good();
        deliver(&mut book, &server.plain());
        assert!(!server.receivers().contains(&ONE.to_owned()));
        assert_eq!(book.list("failed").len(), 1, "no second try was made");
        book.verify();
    }
}

#[test]
fn a_server_that_wants_a_login_or_relays_for_nobody_is_not_the_debtors_fault() {
    let Some(python) = python() else { return };
    for mode in ["rcpt-530", "rcpt-relay"] {
        let mut book = Book::with_notices().labelled(mode);
        let server = MailServer::start(&python, &["--mode", mode]);
        let summary = deliver(&mut book, &server.plain());
        assert_eq!((summary["failed"].as_u64(), summary["postponed"].as_u64()), (Some(0), Some(7)), "{mode}");
        let debtor = book.json(&["debtor", "show", "D2"]);
        assert_eq!(debtor["contact_points"][0]["failed"], false, "{mode}");
        check_all_arrive_once(&mut book, &python);
    }
}

#[test]
fn a_connection_lost_after_the_message_leaves_it_unknown_and_it_is_never_sent_again() {
    let Some(python) = python() else { return };
    let mut book = Book::with_notices();
    let server = MailServer::start(&python, &["--mode", "drop-after-data", "--at", ONE]);
    let summary = deliver(&mut book, &server.plain());
    assert_eq!(summary["unknown"], 1, "{summary}");
    assert_eq!(summary["sent"], NOTICES - 1, "the others went out: {summary}");
    let answer = book.run(&["deliver"]).good();
    assert!(answer.text().contains("0 sent"), "{}", answer.text());
    for days in 1..4 {
        book.wait(SignedDuration::from_hours(24 * days));
        book.run(&["run"]).good();
        deliver(&mut book, &server.plain());
    }
    let unknown = book.list("unknown");
    assert_eq!(unknown.len(), 1);
    assert_eq!(unknown[0]["debtor_number"], "D2");
    let first_texts: Vec<String> = server
        .messages()
        .iter()
        .filter(|message| message["to"][0] == ONE)
        .map(|message| message["message_id"].to_string())
        .collect();
    assert_eq!(first_texts.len(), 1, "{first_texts:?}");
    let (debtor, id) = (unknown[0]["debtor"].as_str().unwrap(), unknown[0]["notice"].as_str().unwrap());
    book.run(&["notices", "settle", debtor, id, "arrived"]).good().says(&["counts as sent"]);
    assert_eq!(book.notices("unknown"), [""; 0]);
    book.verify();
}

/// Makes a certificate authority and a server's certificate in the book's folder.
fn certificates(book: &Book, python: &str) -> [String; 3] {
    let output = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/certificate.py"))
        .arg(book.folder.path())
        .output()
        .expect("DUEWELL_PYTHON names an interpreter");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    ["ca.pem", "server.pem", "server.key"]
        .map(|name| book.folder.path().join(name).to_str().expect("a plain name").to_owned())
}

/// Checks that no answer, and nothing that is kept, has the password in it.
fn check_password_is_nowhere(book: &Book, answers: &[String]) {
    use base64_like::encoded;
    for text in answers {
        assert!(!text.contains(PASSWORD) && !text.contains(&encoded(PASSWORD)), "{text}");
    }
    let mut folders = vec![book.path()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder can be read").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let bytes = std::fs::read(entry.path()).expect("the file can be read");
            let kept = bytes.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes());
            assert!(!kept, "{} holds the password", entry.path().display());
        }
    }
}

/// Base64 of short texts, as AUTH sends it.
mod base64_like {
    pub fn encoded(text: &str) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        // Whole groups only: the end would be padded, and a part of the secret is telling enough.
        for group in text.as_bytes().chunks_exact(3) {
            let bits = u32::from(group[0]) << 16 | u32::from(group[1]) << 8 | u32::from(group[2]);
            for shift in [18, 12, 6, 0] {
                out.push(char::from(LETTERS[(bits >> shift & 63) as usize]));
            }
        }
        out
    }
}

#[test]
fn with_our_authority_and_login_mail_leaves_encrypted_and_the_password_stays_secret() {
    let Some(python) = python() else { return };
    for (scheme, extra) in [("smtp", None), ("smtps", Some("--implicit"))] {
        let mut book = Book::with_notices().labelled(scheme);
        let [ca, certificate, key] = certificates(&book, &python);
        let login = ["--user", "shop", "--password", PASSWORD, "--certificate", &certificate, "--key", &key];
        let mut arguments = login.to_vec();
        arguments.extend(extra);
        let server = MailServer::start(&python, &arguments);
        let url = format!("{scheme}://shop@localhost:{}", server.port);
        book.set("DUEWELL_SMTP", &url);
        let mut answers = Vec::new();

        // Without a password nothing is tried.
        let answer = book.run(&["deliver"]).exits(2).says(&["DUEWELL_SMTP_PASSWORD"]);
        answers.push(answer.text());
        assert_eq!(server.events().len(), 0);

        // An authority that nobody knows is not trusted, so no login is sent.
        book.set("DUEWELL_SMTP_PASSWORD", PASSWORD);
        let answer = book.run(&["deliver"]).good().says(&["7 will be tried again", "cannot be used"]);
        answers.push(answer.text());
        assert!(server.events().iter().all(|event| event["event"] == "connect"), "{:?}", server.events());

        // A wrong password is the installation's fault: everything waits.
        book.set("DUEWELL_SMTP_CA", &ca);
        book.set("DUEWELL_SMTP_PASSWORD", "wr0ng-but-secret");
        book.wait(SignedDuration::from_hours(1));
        let answer = book.run(&["deliver"]).good().says(&["7 will be tried again", "cannot be used"]);
        assert!(!answer.text().contains("wr0ng-but-secret"));
        answers.push(answer.text());
        let logins = server.events().iter().filter(|event| event["event"] == "auth").count();
        assert!(logins >= 1, "{:?}", server.events());
        assert_eq!(book.notices("pending").len(), NOTICES);

        book.set("DUEWELL_SMTP_PASSWORD", PASSWORD);
        book.wait(SignedDuration::from_hours(1));
        for arguments in [&["deliver"][..], &["deliver", "--json"], &["notices", "list", "sent", "--json"]] {
            answers.push(book.run(arguments).good().text());
        }
        let messages = server.messages();
        assert_eq!(messages.len(), NOTICES);
        for event in server.events() {
            let secret = event["event"] == "connect" || event["tls"] == true;
            // aiosmtpd does not see TLS that was there before it.
            assert!(secret || extra.is_some(), "{event}");
        }
        for message in messages {
            assert_eq!(message["user"], "shop", "{message}");
        }
        check_password_is_nowhere(&book, &answers);
        book.verify();
    }
}

#[test]
fn without_starttls_nothing_is_said_in_the_clear() {
    let Some(python) = python() else { return };
    let mut book = Book::with_notices();
    let server = MailServer::start(&python, &[]);
    for user in ["", "shop@"] {
        book.set("DUEWELL_SMTP_PASSWORD", PASSWORD);
        let summary = deliver(&mut book, &format!("smtp://{user}127.0.0.1:{}", server.port));
        assert_eq!(summary["postponed"], NOTICES, "{summary}");
        assert!(summary["last_problem"].as_str().is_some_and(|text| text.contains("STARTTLS")), "{summary}");
        for event in server.events() {
            assert_eq!(event["event"], "connect", "no sender, login or message is told: {event}");
        }
        check_password_is_nowhere(&book, &[summary.to_string()]);
        book.wait(SignedDuration::from_hours(1));
    }
    check_all_arrive_once(&mut book, &python);
}

#[test]
fn an_address_of_a_server_that_cannot_be_right_is_refused_before_anything_is_tried() {
    let mut book = Book::with_notices();
    for (url, words) in [
        ("mail.example:25", "smtp://user@host:587"),
        ("http://mail.example", "smtps://"),
        ("smtp://mail.example:port", "port is a number"),
        ("smtp+plain://shop@mail.example:25", "not sent without TLS"),
    ] {
        book.set("DUEWELL_SMTP", url);
        book.set("DUEWELL_SMTP_PASSWORD", PASSWORD);
        let answer = book.run(&["deliver"]).exits(2).says(&[words]);
        assert!(!answer.text().contains(PASSWORD));
        assert_eq!(book.notices("pending").len(), NOTICES);
    }
}

#[test]
fn a_file_without_a_certificate_is_no_authority() {
    let mut book = Book::with_notices();
    book.set("DUEWELL_SMTP", "smtp://127.0.0.1:587");
    book.set("DUEWELL_SMTP_CA", &book.file("ca.pem", "no certificate"));
    book.run(&["deliver"]).exits(2).says(&["certificate"]);
}

#[test]
fn names_and_addresses_from_files_cannot_stop_the_mail_of_others() {
    let book = Book::with_creditor();
    let debtors = DEBTORS
        .replace("Anna Ahrens", "\"Anna\u{85}\u{200e}\u{202e} Ahrens\u{7f}\"")
        .replace("Bolt GmbH", "\"Bolt\n\tGmbH\r\nBcc: all@evil.example\"")
        .replace("carla@debtor.example", "o'neil+tag!#$%&*/=?^_`{|}~@debtor.example")
        .replace("dora@debtor.example", "dora@bücher.example")
        .replace("fred@debtor.example", "fred@x--y.1.example");
    book.run(&["import", "debtors", &book.file("debtors.csv", debtors)]).says(&["debtors.csv"]);
    book.run(&["import", "receivables", &book.file("receivables.csv", RECEIVABLES)])
        .says(&["receivables.csv"]);
    book.run(&["run"]).good();
    let decided = book.notices("pending").len();
    assert!(decided >= 3, "the plain ones are decided: {decided}");
    book.run(&["deliver"]).good();
    assert_eq!(book.notices("pending"), [""; 0]);
    assert!(book.notices("sent").len() >= 3);
    for notice in book.list("failed") {
        assert!(notice["because"].as_str().is_some_and(|because| !because.is_empty()), "{notice}");
    }
    book.verify();
}
