//! `kill -9` at every edge: what is done is done once, what is not is done after the restart.

use std::fs;

use jiff::SignedDuration;

use crate::support::{
    BANK_LINES, Book, DEBTORS, MailServer, NOTICES, RECEIVABLES, about, for_each, python, statement,
};

/// Longer than the lease of an attempt.
const LEASE_OVER: SignedDuration = SignedDuration::from_mins(16);

/// Returns receiver and kind of subject of the messages in the mailbox folder, and that no draft is left.
fn mailbox(book: &Book) -> Vec<String> {
    let list = book.json(&["mailbox"]);
    let list = list.as_array().expect("a list").iter();
    let mut all: Vec<String> = list.map(|one| format!("{} {}", one["to"], one["subject"])).collect();
    all.sort();
    let files = fs::read_dir(book.path().join("mailbox")).expect("the folder is there").flatten();
    let names: Vec<String> = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(names.len(), all.len(), "only messages are left in the mailbox: {names:?}");
    all
}

/// Checks `run` and `deliver` against an undisturbed book after a crash at one edge of `run`.
fn run_again_after_a_crash(book: &Book, edge: u64, expected: &[String]) {
    book.run_and_die_at(edge, &["run"]).killed();
    book.verify();
    // The restart dies as well, if it comes that far.
    book.run_and_die_at(edge, &["run"]);
    book.run(&["run"]).good();
    assert_eq!(book.notices("pending"), expected, "decided after a crash at edge {edge} of run");
    book.run(&["deliver"]).good();
    book.verify();
    assert_eq!(book.notices("sent"), expected, "sent after a crash at edge {edge} of run");
    assert_eq!(book.notices("pending"), [""; 0], "left after a crash at edge {edge} of run");
}

#[test]
fn a_run_killed_anywhere_decides_each_notice_once() {
    let undisturbed = Book::ready();
    let edges = undisturbed.count_edges(&["run"]);
    assert!(edges >= 6, "a run starts, looks, finishes: {edges} edges");
    let expected = undisturbed.notices("pending");
    assert_eq!(expected.len(), NOTICES);
    for_each(1..=edges, |edge| {
        let book = Book::ready().labelled(format!("edge {edge} of {edges}"));
        run_again_after_a_crash(&book, edge, &expected);
        assert_eq!(mailbox(&book).len(), NOTICES);
    });
}

#[test]
fn a_delivery_to_the_mailbox_killed_anywhere_leaves_each_message_once() {
    let undisturbed = Book::with_notices();
    let edges = undisturbed.count_edges(&["deliver"]);
    assert!(edges >= 4 * NOTICES as u64, "each message has a commit before it and one after: {edges} edges");
    let (sent, messages) = (undisturbed.notices("sent"), mailbox(&undisturbed));
    assert_eq!((sent.len(), messages.len()), (NOTICES, NOTICES));
    for_each(1..=edges, |edge| {
        let book = Book::with_notices().labelled(format!("edge {edge} of {edges}"));
        book.run_and_die_at(edge, &["deliver"]).killed();
        book.verify();
        book.run(&["deliver"]).good();
        book.verify();
        assert_eq!(book.notices("sent"), sent, "sent after a crash at edge {edge} of deliver");
        assert_eq!(mailbox(&book), messages, "delivered after a crash at edge {edge} of deliver");
    });
}

#[test]
fn a_delivery_to_the_mailbox_killed_anywhere_loses_and_forgets_nothing() {
    let undisturbed = Book::with_notices();
    let edges = undisturbed.count_edges(&["deliver"]);
    let (sent, messages) = (undisturbed.notices("sent"), mailbox(&undisturbed));
    for_each(1..=edges, |edge| {
        let book = Book::with_notices().labelled(format!("edge {edge} of {edges}"));
        book.run_and_die_at(edge, &["deliver"]).killed();
        // The restart dies as well, at an early edge: recovering can be interrupted, too.
        book.run_and_die_at(edge % 4 + 1, &["deliver"]);
        book.run(&["deliver"]).good();
        book.verify();
        assert_eq!(book.notices("sent"), sent, "sent after a crash at edge {edge} of deliver");
        assert_eq!(book.notices("unknown"), [""; 0], "the mailbox can be asked again");
        let mut there = mailbox(&book);
        there.dedup();
        assert_eq!(there, messages, "delivered after a crash at edge {edge} of deliver");
    });
}

#[test]
fn a_delivery_by_mail_server_killed_anywhere_sends_nothing_twice_and_shows_what_is_unknown() {
    let Some(python) = python() else { return };
    let server = MailServer::start(&python, &[]);
    let mut undisturbed = Book::with_notices();
    undisturbed.set("DUEWELL_SMTP", &server.plain());
    let edges = undisturbed.count_edges(&["deliver"]);
    assert_eq!(undisturbed.notices("sent").len(), NOTICES);
    let receivers = server.receivers();
    assert_eq!(receivers.len(), NOTICES);
    let python = &python;
    let unknowns = std::sync::Mutex::new((0, 0));
    for_each(1..=edges, |edge| {
        let server = MailServer::start(python, &[]);
        let mut book = Book::with_notices().labelled(format!("edge {edge} of {edges}"));
        book.set("DUEWELL_SMTP", &server.plain());
        book.run_and_die_at(edge, &["deliver"]).killed();
        let taken_before = server.messages().len();
        book.verify();
        book.run(&["deliver"]).good();
        book.run(&["deliver"]).good();
        let (unknown, sent) = (book.list("unknown"), book.notices("sent").len());
        assert!(unknown.len() <= 1, "one attempt at a time was under way at edge {edge}: {unknown:?}");
        assert_eq!(sent + unknown.len(), NOTICES, "all is sent or unknown after edge {edge}");
        let received = server.receivers();
        let mut once = received.clone();
        once.dedup();
        assert_eq!(once, received, "nothing is received twice after edge {edge}");
        book.verify();
        let Some(notice) = unknown.first() else {
            assert_eq!(received, receivers, "received after edge {edge}");
            return;
        };
        assert!(about(notice).contains("first") || about(notice).contains("pre_due"));
        let (id, debtor) = (notice["notice"].as_str().unwrap(), notice["debtor"].as_str().unwrap());
        let arrived = received.len() == NOTICES;
        {
            let mut seen = unknowns.lock().expect("no thread panics here");
            if arrived { seen.0 += 1 } else { seen.1 += 1 }
        }
        assert!(taken_before <= NOTICES);
        let word = if arrived { "arrived" } else { "never-arrived" };
        book.run(&["notices", "settle", debtor, id, word]).good();
        // Settled once is settled.
        book.run(&["notices", "settle", debtor, id, "arrived"]).exits(3).says(&["only an unknown outcome"]);
        book.verify();
        if arrived {
            assert_eq!(book.notices("sent").len(), NOTICES);
        }
        // What never arrived is decided anew from the next day on; what arrived is not.
        book.wait(SignedDuration::from_hours(24));
        book.run(&["run"]).good();
        book.run(&["deliver"]).good();
        book.verify();
        let first_texts =
            |event: &serde_json::Value| event["to"][0] == notice_receiver(&received, &receivers);
        if !arrived {
            let again = server.messages().iter().filter(|event| first_texts(event)).count();
            assert_eq!(again, 1, "the step is done again, once, after edge {edge}");
        }
        assert_eq!(book.notices("unknown"), [""; 0]);
    });
    let (arrived, lost) = unknowns.into_inner().expect("no thread panicked");
    assert!(arrived >= NOTICES && lost >= NOTICES, "both kinds were met: {arrived} arrived, {lost} did not");
}

/// Returns the one receiver who is missing.
fn notice_receiver(received: &[String], receivers: &[String]) -> String {
    receivers.iter().find(|one| !received.contains(one)).cloned().unwrap_or_default()
}

/// Kills an import at each of its edges; after it was done again, money and journal are as if nothing had been.
fn check_import(start: fn() -> Book, kind: &str, file: &str, content: &str) {
    let undisturbed = start();
    let edges = undisturbed.count_edges(&["import", kind, &undisturbed.file(file, content)]);
    let expected = if kind == "debtors" { None } else { Some(undisturbed.money()) };
    let count = |book: &Book| book.json(&["status"])["debtors"].clone();
    let debtors = count(&undisturbed);
    for_each(1..=edges, |edge| {
        let book = start().labelled(format!("import {kind}, edge {edge} of {edges}"));
        let path = book.file(file, content);
        book.run_and_die_at(edge, &["import", kind, &path]).killed();
        book.verify();
        book.run_and_die_at(edge, &["import", kind, &path]);
        book.run(&["import", kind, &path]).good();
        book.verify();
        assert_eq!(count(&book), debtors);
        match &expected {
            Some(money) => assert_eq!(&book.money(), money, "after a crash at edge {edge} of import {kind}"),
            None => {
                // Debtors become money with the next file.
                let path = book.file("receivables.csv", RECEIVABLES);
                book.run(&["import", "receivables", &path]).good();
                assert_eq!(
                    book.money(),
                    Book::ready().money(),
                    "after a crash at edge {edge} of import {kind}"
                );
            }
        }
        // Once more changes nothing.
        let before = book.money();
        book.run(&["import", kind, &path]).good();
        assert_eq!(book.money(), before, "imported once more");
    });
}

#[test]
fn an_import_of_debtors_killed_anywhere_is_done_again_without_doubles() {
    check_import(Book::with_creditor, "debtors", "debtors.csv", DEBTORS);
}

#[test]
fn an_import_of_receivables_killed_anywhere_is_done_again_without_doubles() {
    check_import(Book::with_debtors, "receivables", "receivables.csv", RECEIVABLES);
}

#[test]
fn an_import_of_a_statement_killed_anywhere_books_each_line_once() {
    check_import(Book::with_notices, "statement", "statement.xml", &statement(BANK_LINES));
}

#[test]
fn the_first_command_killed_anywhere_leaves_a_folder_that_can_be_used() {
    let command = ["settings", "set", "creditor.name", "Nordlicht Handel GmbH"];
    let edges = Book::empty().count_edges(&command);
    for_each(1..=edges, |edge| {
        let book = Book::empty().labelled(format!("first command, edge {edge}"));
        book.run_and_die_at(edge, &command).killed();
        book.set_creditor();
        book.run(&["import", "debtors", &book.file("debtors.csv", DEBTORS)]).good();
        book.run(&["import", "receivables", &book.file("receivables.csv", RECEIVABLES)]).good();
        book.run(&["run"]).good();
        assert_eq!(book.notices("pending"), Book::with_notices().notices("pending"));
        book.verify();
    });
}

#[test]
fn two_commands_of_one_day_do_not_make_the_same_ids() {
    let mut book = Book::with_creditor();
    let day = "2026-11-23";
    book.set("DUEWELL_AS_OF", day);
    book.run(&["import", "debtors", &book.file("debtors.csv", DEBTORS)]).good();
    book.run(&["import", "receivables", &book.file("receivables.csv", RECEIVABLES)]).good();
    book.run(&["run"]).good();
    book.run(&["run"]).good();
    book.run(&["deliver"]).good();
    book.run(&["import", "statement", &book.file("statement.xml", statement(BANK_LINES))]).good();
    book.verify();
    assert_eq!(book.notices("sent").len(), NOTICES);
}

#[test]
fn on_postgresql_a_run_killed_at_every_third_edge_decides_each_notice_once() {
    let Some(undisturbed) = Book::ready_on_postgres() else { return };
    let edges = undisturbed.count_edges(&["run"]);
    let expected = undisturbed.notices("pending");
    assert_eq!(expected, Book::with_notices().notices("pending"), "both databases decide the same");
    for_each((1..=edges).step_by(3), |edge| {
        let book = Book::ready_on_postgres().expect("it was there before");
        let book = book.labelled(format!("PostgreSQL, edge {edge} of {edges} of run"));
        run_again_after_a_crash(&book, edge, &expected);
        assert_eq!(mailbox(&book).len(), NOTICES);
    });
}

#[test]
fn on_postgresql_a_delivery_killed_at_every_third_edge_loses_and_forgets_nothing() {
    let Some(undisturbed) = Book::ready_on_postgres() else { return };
    undisturbed.run(&["run"]).good();
    let edges = undisturbed.count_edges(&["deliver"]);
    let (sent, messages) = (undisturbed.notices("sent"), mailbox(&undisturbed));
    assert_eq!(sent.len(), NOTICES);
    for_each((1..=edges).step_by(3), |edge| {
        let book = Book::ready_on_postgres().expect("it was there before");
        let book = book.labelled(format!("PostgreSQL, edge {edge} of {edges} of deliver"));
        book.run(&["run"]).good();
        book.run_and_die_at(edge, &["deliver"]).killed();
        book.verify();
        // Another process could still be at work: an interrupted attempt waits until its lease is over.
        book.run(&["deliver"]).good();
        assert!(book.notices("sent").len() >= NOTICES - 1);
        book.wait(LEASE_OVER);
        book.run(&["deliver"]).good();
        book.verify();
        assert_eq!(book.notices("sent"), sent, "sent after a crash at edge {edge} of deliver");
        let mut there = mailbox(&book);
        there.dedup();
        assert_eq!(there, messages, "delivered after a crash at edge {edge} of deliver");
    });
}

#[test]
fn on_postgresql_a_delivery_by_mail_server_killed_between_send_and_outcome_is_unknown_and_not_repeated() {
    let Some(python) = python() else { return };
    let Some(mut book) = Book::ready_on_postgres() else { return };
    book.run(&["run"]).good();
    let server = MailServer::start(&python, &[]);
    book.set("DUEWELL_SMTP", &server.plain());
    // Commits of taking a place (2), finding the book (2), recovering (2), leasing the first notice (2), then the send.
    let mut edge = 5;
    while server.messages().is_empty() {
        edge += 1;
        assert!(edge < 20, "a message leaves within the first edges");
        book.run_and_die_at(edge, &["deliver"]);
        book.wait(LEASE_OVER);
    }
    book.run(&["deliver"]).good();
    book.verify();
    let received = server.receivers();
    let mut once = received.clone();
    once.dedup();
    assert_eq!(once, received, "nothing is received twice");
    assert!(!book.list("unknown").is_empty());
    assert_eq!(book.notices("sent").len() + book.notices("unknown").len(), NOTICES);
}
