//! A disk that is full or read-only, a second process, a database of a newer program.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jiff::SignedDuration;
use serde_json::Value;

use crate::support::{
    BANK_LINES, Book, DEBTORS, MailServer, NOTICES, PROGRAM, RECEIVABLES, for_each, python, statement,
};

/// Enough for a book of a few debtors with its write-ahead log.
const DISK_KIB: u64 = 4096;

/// A small file system in memory at a folder; it goes away with this value.
struct SmallDisk {
    at: PathBuf,
}

impl SmallDisk {
    /// Mounts it over `at` with what is in there; `None` where mounting is not allowed.
    fn over(at: &Path, kib: u64) -> Option<SmallDisk> {
        let aside = at.with_extension("aside");
        fs::create_dir_all(at).expect("the temporary folder can be written");
        fs::rename(at, &aside).expect("the temporary folder can be written");
        fs::create_dir_all(at).expect("the temporary folder can be written");
        let options = format!("size={kib}k");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "duewell-test"])
            .arg(at)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            println!("skipped: only root may mount the small disk of this test");
            return None;
        }
        let disk = SmallDisk { at: at.to_owned() };
        for entry in fs::read_dir(&aside).expect("the folder can be read").flatten() {
            if entry.path().is_file() {
                fs::copy(entry.path(), at.join(entry.file_name())).expect("the small disk has room");
            }
        }
        Some(disk)
    }

    fn filler(&self) -> PathBuf {
        self.at.join("filler")
    }

    /// Fills the disk up to so many free KiB.
    fn fill_but(&self, kib: u64) {
        let mut filler = fs::File::create(self.filler()).expect("a file can be made");
        let block = [1_u8; 4096];
        let mut blocks: u64 = 0;
        while filler.write_all(&block).is_ok() {
            blocks += 1;
        }
        let left = blocks.saturating_sub(kib / 4) * block.len() as u64;
        filler.set_len(left).expect("a file can be cut");
    }

    fn make_room(&self) {
        fs::remove_file(self.filler()).expect("the filler is there");
    }

    fn remount(&self, how: &str) {
        let status = Command::new("mount").args(["-o", how]).arg(&self.at).status();
        assert!(status.is_ok_and(|status| status.success()), "what was mounted can be mounted anew");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}

/// Runs a command with ever more room; after a refusal the same command does its work once there is room.
///
/// Returns how often there was too little room.
fn with_ever_more_room(start: fn() -> Book, command: &[&str], file: &str, expected: &Value) -> u64 {
    let refused = std::sync::atomic::AtomicU64::new(0);
    for_each((0..28).map(|step| step * 12), |kib| {
        let book = start().labelled(format!("{kib} KiB free"));
        let mut arguments = command.to_vec();
        if !file.is_empty() {
            arguments.push(file);
        }
        let Some(disk) = SmallDisk::over(&book.path(), DISK_KIB) else { return };
        disk.fill_but(kib);
        let answer = book.run(&arguments);
        if answer.code() != Some(0) {
            assert!(matches!(answer.code(), Some(1..=4)), "it ends in order");
            answer.says(&["the d"]);
            refused.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
        disk.make_room();
        book.verify();
        book.run(&arguments).good();
        book.verify();
        assert_eq!(&state(&book), expected, "after {kib} KiB were free");
    });
    refused.into_inner()
}

/// Returns all money and all notices of a book.
fn state(book: &Book) -> Value {
    let notices: Vec<Vec<String>> =
        ["pending", "sent", "failed", "unknown"].map(|state| book.notices(state)).to_vec();
    serde_json::json!([book.money(), notices])
}

fn may_mount() -> bool {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    SmallDisk::over(&folder.path().join("data"), 64).is_some()
}

#[test]
fn an_import_or_a_run_on_a_full_disk_changes_nothing_by_halves_and_is_done_again_with_room() {
    if !may_mount() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).expect("the temporary folder can be written");
        path.to_str().expect("a plain name").to_owned()
    };
    for (start, command, path) in [
        (
            Book::with_debtors as fn() -> Book,
            &["import", "receivables"][..],
            file("receivables.csv", RECEIVABLES),
        ),
        (Book::with_notices, &["import", "statement"], file("statement.xml", &statement(BANK_LINES))),
        (Book::ready, &["run"], String::new()),
    ] {
        let undisturbed = start();
        let mut arguments = command.to_vec();
        if !path.is_empty() {
            arguments.push(&path);
        }
        undisturbed.run(&arguments).good();
        let refused = with_ever_more_room(start, command, &path, &state(&undisturbed));
        assert!((1..28).contains(&refused), "{command:?}: some room is too little, some enough: {refused}");
    }
}

#[test]
fn a_full_disk_is_told_in_words_however_little_room_is_left() {
    if !may_mount() {
        return;
    }
    for_each((0..24).map(|step| step * 4), |kib| {
        let book = Book::ready().labelled(format!("{kib} KiB free"));
        let Some(disk) = SmallDisk::over(&book.path(), DISK_KIB) else { return };
        disk.fill_but(kib);
        for command in [&["run"][..], &["settings", "set", "language", "de"]] {
            let answer = book.run(command);
            if answer.code() != Some(0) {
                answer.exits(4).says(&["the disk", "room", "start again", "nothing was half changed"]);
            }
        }
    });
}

#[test]
fn a_full_disk_is_the_worlds_fault_whatever_is_imported() {
    if !may_mount() {
        return;
    }
    let book = Book::with_notices();
    let file = book.file("statement.xml", statement(BANK_LINES));
    let Some(disk) = SmallDisk::over(&book.path(), DISK_KIB) else { return };
    disk.fill_but(40);
    book.run(&["import", "statement", &file]).exits(4).says(&["statement.xml", "the disk is full"]);
}

#[test]
fn a_delivery_on_a_full_disk_loses_nothing_and_sends_nothing_twice() {
    if !may_mount() {
        return;
    }
    let python = python();
    for_each((0..16).map(|step| step * 12), |kib| {
        let mut book = Book::with_notices().labelled(format!("{kib} KiB free"));
        let Some(disk) = SmallDisk::over(&book.path(), DISK_KIB) else { return };
        // Every other round by a mail server, which takes messages while the database can note nothing down.
        let server = python.as_deref().filter(|_| kib % 24 == 0).map(|python| MailServer::start(python, &[]));
        if let Some(server) = &server {
            book.set("DUEWELL_SMTP", &server.plain());
        }
        disk.fill_but(kib);
        let answer = book.run(&["deliver"]);
        if answer.code() != Some(0) {
            assert!(matches!(answer.code(), Some(1..=4)), "it ends in order");
            answer.says(&["error: "]);
        }
        disk.make_room();
        book.verify();
        for _ in 0..3 {
            book.wait(SignedDuration::from_mins(10));
            book.run(&["deliver"]).good();
        }
        book.verify();
        let (sent, unknown) = (book.notices("sent").len(), book.notices("unknown").len());
        match server {
            Some(server) => {
                assert!(unknown <= 1, "{kib} KiB free: {unknown} unknown");
                assert_eq!(sent + unknown, NOTICES, "{kib} KiB free");
                let receivers = server.receivers();
                let mut once = receivers.clone();
                once.dedup();
                assert_eq!(once, receivers, "{kib} KiB free");
            }
            None => {
                assert_eq!((sent, unknown), (NOTICES, 0), "{kib} KiB free");
                assert!(book.json(&["mailbox"]).as_array().is_some_and(|list| list.len() >= NOTICES));
            }
        }
    });
}

#[test]
fn a_first_command_on_a_full_disk_leaves_a_folder_that_can_be_used() {
    if !may_mount() {
        return;
    }
    let command = ["settings", "set", "creditor.name", "Nordlicht Handel GmbH"];
    let try_with = |kib: u64| -> Option<bool> {
        let book = Book::empty().labelled(format!("{kib} KiB free"));
        let disk = SmallDisk::over(&book.path(), DISK_KIB)?;
        disk.fill_but(kib);
        let answer = book.run(&command);
        let done = answer.code() == Some(0);
        if !done {
            answer.says(&["error"]);
        }
        disk.make_room();
        book.run(&command).good();
        book.run(&["import", "debtors", &book.file("debtors.csv", DEBTORS)]).good();
        book.verify();
        Some(done)
    };
    // The book's files are made one after the other: what comes last meets the end of the disk just below enough.
    let (mut too_little, mut enough) = (0, DISK_KIB);
    while enough - too_little > 4 {
        let middle = (too_little + enough) / 2 / 4 * 4;
        match try_with(middle) {
            Some(true) => enough = middle,
            Some(false) => too_little = middle,
            None => return,
        }
    }
    assert!(too_little > 0 && enough < DISK_KIB, "some room is too little, some enough: {enough} KiB");
    for_each((1..=24).map(|step| enough.saturating_sub(step * 4)), |kib| {
        try_with(kib);
    });
}

#[test]
fn a_limit_on_the_size_of_files_is_told_and_leaves_the_book_whole() {
    let undisturbed = Book::ready();
    undisturbed.run(&["run"]).good();
    let expected = state(&undisturbed);
    let refused = std::sync::atomic::AtomicU64::new(0);
    for_each((0..12).map(|step| step * 32), |blocks| {
        let book = Book::ready().labelled(format!("files of at most {blocks} blocks"));
        let mut command = book.command("sh");
        let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        command.args(["-c", &limit, "sh", PROGRAM, "run"]);
        let answer = book.answer(command);
        if answer.code() != Some(0) {
            assert!(matches!(answer.code(), Some(1..=4)), "it ends in order");
            answer.says(&["error: "]);
            refused.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
        book.verify();
        book.run(&["run"]).good();
        book.verify();
        assert_eq!(state(&book), expected, "after files of at most {blocks} blocks");
    });
    assert!(refused.into_inner() >= 1, "some limits are too small");
}

#[test]
fn a_read_only_disk_is_told_in_words() {
    let book = Book::with_notices();
    let Some(disk) = SmallDisk::over(&book.path(), DISK_KIB) else { return };
    disk.remount("remount,ro");
    let file = book.file("receivables.csv", RECEIVABLES);
    for command in [&["run"][..], &["deliver"], &["import", "receivables", &file], &["verify"]] {
        book.run(command).exits(4).says(&["the database is read-only: check the permissions"]);
    }
    let answer = book.run(&["run", "--json"]).exits(4);
    assert!(answer.json()["error"].as_str().is_some_and(|error| error.contains("read-only")));
    disk.remount("remount,rw");
    book.run(&["deliver"]).good();
    assert_eq!(book.notices("sent").len(), NOTICES);
    book.verify();
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let mut book = Book::empty();
    let file = book.file("not-a-folder", "");
    book.set("DUEWELL_DATA", &format!("{file}/data"));
    let answer = book.run(&["status"]).says(&["data folder", &file]);
    assert_ne!(answer.code(), Some(0));
}

#[test]
fn a_second_process_is_told_who_has_the_book() {
    let book = Book::with_notices();
    let mut first = book.command(PROGRAM);
    first.args(["serve", "--listen", "127.0.0.1:0"]).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut first = first.spawn().expect("the program starts");
    let mut lines = BufReader::new(first.stdout.take().expect("its output is ours")).lines();
    let line = lines.next().expect("it speaks").expect("it writes UTF-8");
    assert!(line.contains("Duewell is at http://127.0.0.1:"), "{line}");
    for command in [&["status"][..], &["run"], &["deliver"], &["settings", "set", "language", "de"]] {
        let path = book.path();
        book.run(command)
            .exits(4)
            .says(&[path.to_str().expect("a plain name"), "is in use by another Duewell: stop that one"]);
    }
    let stopped = Command::new("kill").args(["-TERM", &first.id().to_string()]).status();
    assert!(stopped.is_ok_and(|status| status.success()));
    assert!(first.wait().expect("it ends").success(), "it stops in order");
    assert_eq!(book.notices("sent").len(), NOTICES, "what was due was sent before");
    book.verify();
}

#[test]
fn a_process_that_was_killed_holds_nothing() {
    let book = Book::with_notices();
    let mut first = book
        .command(PROGRAM)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(first.stdout.take().expect("its output is ours")).lines();
    lines.next().expect("it speaks").expect("it writes UTF-8");
    first.kill().expect("it can be killed");
    first.wait().expect("it ends");
    book.run(&["deliver"]).good();
    assert_eq!(book.notices("sent").len(), NOTICES);
    book.verify();
}

#[test]
fn a_database_of_a_newer_program_is_refused_and_left_alone() {
    let book = Book::with_notices();
    let file = book.path().join("duewell.sqlite");
    let connection = rusqlite::Connection::open(&file).expect("the database opens");
    connection
        .execute(
            "insert into schema_version (number, statement, name, applied_at) values (4711, 0, 'later', 0)",
            [],
        )
        .expect("the table is there");
    connection.close().expect("the database closes");
    let before = fs::read(&file).expect("the file can be read");
    for command in [&["status"][..], &["run"], &["deliver"], &["verify"]] {
        let answer = book.run(command).says(&["schema 4711", "use the newer program"]);
        assert!(answer.code().is_some_and(|code| code != 0));
    }
    assert!(fs::read(&file).expect("the file can be read") == before, "not a byte was changed");
    assert!(!book.path().join("backups").exists(), "no copy was made either");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let book = Book::with_notices();
    let file = book.path().join("duewell.sqlite");
    for (what, content) in
        [("text", b"this is a letter, not a database\n".repeat(200)), ("noise", vec![0xA5; 100_000])]
    {
        fs::write(&file, &content).expect("the file can be written");
        let answer = book.run(&["run"]).says(&["damaged", "backup"]);
        assert!(answer.code().is_some_and(|code| code != 0), "{what}");
        assert!(fs::read(&file).expect("the file can be read") == content, "{what} was changed");
    }
}

#[test]
fn a_key_that_is_damaged_is_named_and_not_replaced() {
    let book = Book::with_notices();
    let file = book.path().join("signing.key");
    for content in ["", "short", &"é".repeat(32), &"x".repeat(64)] {
        fs::write(&file, content).expect("the file can be written");
        book.run(&["run"]).exits(2).says(&["signing.key", "damaged"]);
        assert_eq!(fs::read_to_string(&file).expect("the file can be read"), content);
    }
}

#[test]
fn on_postgresql_a_command_gives_its_place_back() {
    let Some(book) = Book::ready_on_postgres() else { return };
    for _ in 0..3 {
        book.run(&["status"]).good();
    }
    let url = book.variable("DUEWELL_DATABASE").expect("it is on PostgreSQL");
    let now = jiff::Timestamp::now();
    let store = duewell_store::Store::open(url, duewell_store::OpenOptions::new(now)).expect("it opens");
    let place = store
        .write(|tx| duewell_store::book::take_node(tx, "a test", now, now + jiff::ToSpan::hours(1)))
        .expect("a place can be taken");
    assert_eq!(place, Some(0), "no command is at work, so every place is free");
}

#[test]
fn on_postgresql_every_question_is_answered() {
    let Some(book) = Book::ready_on_postgres() else { return };
    book.run(&["run"]).good();
    book.run(&["deliver"]).good();
    let xml = book.file("statement.xml", statement(BANK_LINES));
    book.run(&["import", "statement", &xml]).good();
    let (debtors, receivables) =
        (book.file("debtors.csv", DEBTORS), book.file("receivables.csv", RECEIVABLES));
    let zip = book.folder.path().join("case.zip").to_str().expect("a plain name").to_owned();
    for question in [
        &["status"][..],
        &["aging"],
        &["verify"],
        &["debtor", "show", "D1"],
        &["debtor", "search", "bolt"],
        &["debtor", "timeline", "D1"],
        &["payments", "queue"],
        &["notices", "list", "sent"],
        &["evidence", "D1", "--out", &zip],
        &["import", "list"],
        &["import", "debtors", "--dry-run", &debtors],
        &["import", "receivables", "--dry-run", &receivables],
        &["import", "statement", "--dry-run", &xml],
        &["settings", "show"],
        &["scenario", "show"],
    ] {
        book.run(question).good();
    }
}
