//! Commands that no longer story covers, run as a person runs them.

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

struct Book(tempfile::TempDir);

impl Book {
    fn new() -> Book {
        Book(tempfile::tempdir().expect("a temporary folder can be made"))
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, content).expect("the temporary folder can be written");
        path.to_string_lossy().into_owned()
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_duewell"))
            .env_clear()
            .env("DUEWELL_DATA", self.0.path().join("data"))
            .env("DUEWELL_AS_OF", "2026-11-24")
            .arg("--json")
            .args(args)
            .output()
            .expect("the program starts")
    }

    #[track_caller]
    fn json(&self, args: &[&str]) -> Value {
        let output = self.run(args);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{args:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?}: {error} in {text}"))
    }

    /// One debtor who owes 1,234.56 since April.
    fn with_debt() -> Book {
        let book = Book::new();
        book.json(&["settings", "set", "creditor.name", "Nordlicht Handel"]);
        book.json(&["settings", "set", "creditor.email", "accounts@nordlicht.example"]);
        let people =
            book.file("people.csv", "customer_number,name,email,country\n1,Anna Ahrens,anna@a.example,DE\n");
        let debts = book.file(
            "debts.csv",
            "Rechnungsnummer;Kundennummer;Betrag;Fällig am\nR-1001;1;1.234,56;03/04/2026\n",
        );
        assert_eq!(book.json(&["import", "debtors", &people])["new"], 1);
        // The third of April or the fourth of March: the file does not say, so the person does.
        let refused = book.run(&["import", "receivables", &debts]);
        assert_eq!(refused.status.code(), Some(3));
        assert_eq!(book.json(&["import", "receivables", &debts, "--date-order", "dmy"])["new"], 1);
        book
    }

    fn shown(&self) -> Value {
        self.json(&["debtor", "show", "1"])
    }
}

#[test]
fn the_order_of_dates_is_what_the_person_said() {
    assert_eq!(Book::with_debt().shown()["receivables"][0]["due_on"], "2026-04-03");
}

#[test]
fn nobody_is_written_to_on_the_creditors_own_holidays() {
    let book = Book::with_debt();
    let days = book.file(
        "days.ics",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261124\r\nSUMMARY:Works outing\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    );
    assert_eq!(book.json(&["import", "holidays", &days])["days"], 1);
    let run = book.json(&["run"]);
    assert_eq!(run["not_done"]["policy:holiday"], 1, "{run}");
    let impossible = book.file("days.csv", "date,name\n2026-02-30,never\n");
    assert_eq!(book.run(&["import", "holidays", &impossible]).status.code(), Some(3));
}

#[test]
fn money_recorded_by_hand_can_be_taken_off_again() {
    let book = Book::with_debt();
    book.json(&["payments", "record", "1", "1000.00", "--for", "R-1001", "--note", "cash"]);
    assert_eq!(book.shown()["receivables"][0]["open"]["minor"], 23_456);
    let payment = book.shown()["payments"][0]["id"].as_str().expect("an id").to_owned();
    book.json(&["payments", "unmatch", &payment]);
    assert_eq!(book.shown()["receivables"][0]["open"]["minor"], 123_456);
    assert_eq!(book.json(&["payments", "queue"]).as_array().map(Vec::len), Some(1));
    book.json(&["payments", "match", &payment, "1"]);
    assert_eq!(book.shown()["receivables"][0]["open"]["minor"], 23_456);
    assert!(book.json(&["verify"])["flaws"].as_array().is_some_and(Vec::is_empty));
}

#[test]
fn nothing_is_written_in_nobodys_name() {
    let book = Book::with_debt();
    book.json(&["settings", "set", "creditor.name", ""]);
    let run = book.json(&["run"]);
    assert_eq!((&run["held_back"], &run["notices"]), (&1.into(), &serde_json::json!({})), "{run}");
    book.json(&["settings", "set", "creditor.name", "Nordlicht Handel"]);
    assert_eq!(book.json(&["run"])["notices"]["first"], 1);
}

#[test]
fn a_debtor_who_opted_out_is_left_alone_until_they_opt_in() {
    let book = Book::with_debt();
    book.json(&["debtor", "opt-out", "1"]);
    assert_eq!(book.json(&["run"])["not_done"]["opted_out"], 1);
    book.json(&["debtor", "opt-in", "1"]);
    assert_eq!(book.json(&["run"])["notices"]["first"], 1);
    assert_eq!(book.json(&["deliver"])["sent"], 1);
    assert_eq!(book.json(&["mailbox"])[0]["to"], "anna@a.example");
}

#[test]
fn an_import_is_taken_back_whole_or_not_at_all() {
    let book = Book::with_debt();
    let batches = book.json(&["import", "list"]);
    let batch = |kind: &str| {
        let all = batches.as_array().expect("a list");
        let found = all.iter().find(|one| one["kind"] == kind && one["new"] == 1).expect("it was brought in");
        found["batch"].as_str().expect("an id").to_owned()
    };
    let refused = book.run(&["import", "undo", &batch("debtors")]);
    assert_eq!(refused.status.code(), Some(3), "the debtor owes something");
    assert_eq!(book.json(&["import", "undo", &batch("receivables")])["removed"], 1);
    assert_eq!(book.shown()["receivables"][0]["state"], "cancelled");
    assert_eq!(book.json(&["run"])["notices"], serde_json::json!({}));
}
